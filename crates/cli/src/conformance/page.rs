//! The result of a run: the score by topic, and a page with the first differences.

use super::case::Case;
use super::engine::NoAnswer;
use super::judge::Difference;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use vtl::diagnostic::printable;

/// Differences that the page shows of each topic.
const SHOWN: usize = 3;

/// A topic's score.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Row {
    pub passed: usize,
    pub all: usize,
}

/// The result of a run.
#[derive(Default, Serialize)]
pub struct Score {
    pub passed: usize,
    pub all: usize,
    /// Cases without an answer.
    pub unanswered: usize,
    /// Those among them whose time ran out.
    pub late: usize,
    pub topics: BTreeMap<String, Row>,
    /// Ids of the cases that failed.
    pub failed: Vec<String>,
    #[serde(skip)]
    sections: BTreeMap<String, (usize, String)>,
}

impl Score {
    /// Counts a case; `answer` is a difference, or the reason why there is no answer.
    pub fn count(&mut self, case: &Case, answer: Result<Option<Difference>, NoAnswer>) {
        let row = self.topics.entry(case.topic.clone()).or_default();
        row.all += 1;
        self.all += 1;
        if matches!(answer, Ok(None)) {
            row.passed += 1;
            self.passed += 1;
            return;
        }
        self.failed.push(case.id.clone());
        self.unanswered += usize::from(answer.is_err());
        self.late += usize::from(matches!(answer, Err(NoAnswer::Late(_))));
        let (shown, section) = self.sections.entry(case.topic.clone()).or_default();
        if *shown < SHOWN {
            *shown += 1;
            let _ = write!(section, "### {}\n\n", printable(&case.id));
            if let Some(template) = &case.template {
                let _ = write!(section, "{}\n\n", block(template));
            }
            let _ = match answer {
                Ok(Some(it)) => {
                    write!(
                        section,
                        "`{}`: the service gives\n\n{}\n\nyour engine gives\n\n{}\n\n",
                        it.part,
                        block(&it.expected),
                        block(&it.found)
                    )
                }
                Ok(None) => Ok(()),
                Err(why) => write!(section, "{}\n\n", printable(&cut(&why.to_string()))),
            };
        }
    }

    /// Returns the table.
    pub fn table(&self) -> String {
        let names: Vec<_> = self.topics.keys().map(|topic| printable(topic)).collect();
        // Longer names are written behind the others; a width has sixteen bits.
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(5).clamp(5, 60);
        let mut text = String::new();
        let mut line = |name: &str, passed: usize, all: usize| {
            let share = passed as f64 * 100.0 / all.max(1) as f64;
            let _ = writeln!(text, "{name:width$}  {passed:>5} of {all:<5}  {share:5.1} %");
        };
        for (name, row) in names.iter().zip(self.topics.values()) {
            line(name, row.passed, row.all);
        }
        line("total", self.passed, self.all);
        if self.unanswered > 0 {
            let _ = writeln!(text, "{}", self.without_answer());
        }
        text
    }

    /// Tells a slow engine, or a machine that is busy, from a wrong answer.
    fn without_answer(&self) -> String {
        let cases = if self.unanswered == 1 { "case has" } else { "cases have" };
        let late = match self.late {
            0 => String::new(),
            late => format!(", {late} for lack of time (--timeout, --start-timeout)"),
        };
        format!("{} {cases} no answer{late}", self.unanswered)
    }

    /// Returns the page in Markdown.
    pub fn page(&self, engine: &str) -> String {
        let mut text = format!("# Conformance of `{engine}`\n\n{} of {} cases.\n\n", self.passed, self.all);
        if self.unanswered > 0 {
            let _ = writeln!(text, "{}.\n", self.without_answer());
        }
        let _ = writeln!(text, "| topic | passed | of |\n| --- | ---: | ---: |");
        for (topic, row) in &self.topics {
            let topic = printable(topic).replace('|', "\\|");
            let _ = writeln!(text, "| {topic} | {} | {} |", row.passed, row.all);
        }
        for (topic, (_, section)) in &self.sections {
            let _ = write!(text, "\n## {}\n\n{section}", printable(topic));
        }
        text
    }
}

/// Returns a text as a code block; a long text is cut.
fn block(text: &str) -> String {
    let text = cut(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

/// Cuts a long text.
fn cut(text: &str) -> String {
    const LONGEST: usize = 600;
    let cut: String = text.chars().take(LONGEST).collect();
    let more = if cut.len() < text.len() { " …" } else { "" };
    cut + more
}
