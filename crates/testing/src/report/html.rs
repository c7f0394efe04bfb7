//! Results as one page of HTML without scripts and without network.

use crate::coverage::escaped;
use crate::suite::{Report, Status};
use std::collections::HashSet;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #d0d7de}\
pre{background:#f6f8fa;padding:.8rem;overflow:auto;font:13px/1.4 ui-monospace,monospace}\
.failed{color:#b42318}.passed{color:#1a7f37}.skipped,.todo{color:#7a6200}.add{color:#1a7f37}.del{color:#b42318}\
.no{background:#ffebe9}.yes{background:#e6f6ea}.some{background:#fff8c5}.n{display:inline-block;width:4rem;color:#6e7781}\
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22}\
.no{background:#4b1113}.yes{background:#12361f}.some{background:#3d3200}}";

impl Report {
    /// Returns the results as one page: tests, differences, and the lines of each template with their
    /// coverage.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out =
            String::from("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>vtl test</title>\n");
        let summary = &self.summary;
        let _ = writeln!(
            out,
            "<style>{STYLE}</style>\n<h1>vtl test</h1>\n<p><span class=passed>{} passed</span>, <span class=failed>{} failed</span>, {} skipped, {} todo</p>",
            summary.passed, summary.failed, summary.skipped, summary.todo
        );
        for tests in self.tests.chunk_by(|one, other| one.file == other.file) {
            let Some(first) = tests.first() else { continue };
            let _ = writeln!(out, "<h2>{}</h2>", escaped(&first.file));
            for test in tests {
                let word = match test.status {
                    Status::Passed => "passed",
                    Status::Failed => "failed",
                    Status::Skipped => "skipped",
                    Status::Todo => "todo",
                };
                let name = escaped(&test.name);
                let details = if test.status == Status::Failed {
                    test.details()
                } else {
                    test.reason.clone().unwrap_or_default()
                };
                if details.is_empty() {
                    let _ = writeln!(out, "<div><b class={word}>{word}</b> {name}</div>");
                } else {
                    let open = if test.status == Status::Failed { " open" } else { "" };
                    let _ = writeln!(
                        out,
                        "<details{open}><summary><b class={word}>{word}</b> {name}</summary><pre>{}</pre></details>",
                        coloured(&details)
                    );
                }
            }
        }
        self.coverage_html(&mut out);
        out.push_str("</html>\n");
        out
    }

    fn coverage_html(&self, out: &mut String) {
        let Some(coverage) = &self.coverage else { return };
        out.push_str("<h2>Coverage</h2>\n<table><tr><th>File<th>Lines<th>Branches<th>Not covered</tr>\n");
        for file in &coverage.files {
            let _ = writeln!(
                out,
                "<tr><td>{}<td>{}/{} {:.1} %<td>{}/{} {:.1} %<td>{}</tr>",
                escaped(&file.file),
                file.lines.covered,
                file.lines.total,
                file.lines.percent(),
                file.branches.covered,
                file.branches.total,
                file.branches.percent(),
                escaped(&file.missed())
            );
        }
        out.push_str("</table>\n");
        for file in &coverage.files {
            let Some(source) = self.sources.get(&file.file) else { continue };
            let _ = write!(out, "<details><summary>{}</summary><pre>", escaped(&file.file));
            let missed = file.branch_hits.iter().filter(|branch| branch.hits == 0).map(|branch| branch.line);
            let missed: HashSet<usize> = missed.collect();
            for (at, line) in source.lines().enumerate() {
                let number = at + 1;
                let class = match file.line_hits.get(&number) {
                    Some(0) => "no",
                    Some(_) if missed.contains(&number) => "some",
                    Some(_) => "yes",
                    None => "",
                };
                let _ =
                    writeln!(out, "<span class=\"n\">{number}</span><span class=\"{class}\">{}</span>", escaped(line));
            }
            out.push_str("</pre></details>\n");
        }
    }
}

fn coloured(text: &str) -> String {
    let line = |line: &str| {
        let class = match line.as_bytes() {
            [b'+', b' ', ..] => "add",
            [b'-', b' ', ..] => "del",
            _ => return escaped(line) + "\n",
        };
        format!("<span class={class}>{}</span>\n", escaped(line))
    };
    text.lines().map(line).collect()
}
