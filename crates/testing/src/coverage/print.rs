//! Coverage in the formats of other tools.

use super::measure::{BranchHits, Coverage, FileCoverage};
use std::collections::HashMap;
use std::fmt::Write;
use vtl::diagnostic::printable;

impl Coverage {
    /// Returns the coverage as text: a row for each file with the lines and branches that no test ran.
    ///
    /// ```
    /// assert_eq!(vtl_testing::Coverage::default().to_text(), "no templates\n");
    /// ```
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        if self.files.is_empty() {
            return "no templates\n".to_owned();
        }
        let width = self.files.iter().map(|file| file.file.chars().count()).max().unwrap_or(0).max(5);
        let _ = writeln!(out, "{:width$}  {:>15}  {:>15}  not covered", "file", "lines", "branches");
        let ratio =
            |ratio: super::measure::Ratio| format!("{}/{} {:>5.1}%", ratio.covered, ratio.total, ratio.percent());
        for file in &self.files {
            let row = format!(
                "{:width$}  {:>15}  {:>15}  {}",
                printable(&file.file),
                ratio(file.lines),
                ratio(file.branches),
                file.missed()
            );
            let _ = writeln!(out, "{}", row.trim_end());
        }
        let _ = writeln!(out, "{:width$}  {:>15}  {:>15}", "all", ratio(self.lines), ratio(self.branches));
        out
    }

    /// Returns the coverage in the format of `lcov`.
    #[must_use]
    pub fn to_lcov(&self) -> String {
        let mut out = String::new();
        for file in &self.files {
            let _ = writeln!(out, "TN:\nSF:{}", printable(&file.file));
            for (block, branches) in file.statements().enumerate() {
                let is_reached = branches.iter().any(|branch| branch.hits > 0);
                for (at, branch) in branches.iter().enumerate() {
                    let taken = if is_reached { branch.hits.to_string() } else { "-".to_owned() };
                    let _ = writeln!(out, "BRDA:{},{block},{at},{taken}", branch.line);
                }
            }
            let _ = writeln!(out, "BRF:{}\nBRH:{}", file.branches.total, file.branches.covered);
            for (line, hits) in &file.line_hits {
                let _ = writeln!(out, "DA:{line},{hits}");
            }
            let _ = writeln!(out, "LF:{}\nLH:{}\nend_of_record", file.lines.total, file.lines.covered);
        }
        out
    }

    /// Returns the coverage in the format of Cobertura.
    #[must_use]
    pub fn to_cobertura(&self) -> String {
        let rate = |ratio: super::measure::Ratio| format!("{:.4}", ratio.percent() / 100.0);
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out.push_str("<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n");
        let _ = writeln!(
            out,
            "<coverage line-rate=\"{}\" branch-rate=\"{}\" lines-covered=\"{}\" lines-valid=\"{}\" \
             branches-covered=\"{}\" branches-valid=\"{}\" complexity=\"0\" version=\"vtl\" timestamp=\"0\">",
            rate(self.lines),
            rate(self.branches),
            self.lines.covered,
            self.lines.total,
            self.branches.covered,
            self.branches.total,
        );
        out.push_str("  <sources><source>.</source></sources>\n  <packages>\n");
        let _ = writeln!(
            out,
            "    <package name=\"templates\" line-rate=\"{}\" branch-rate=\"{}\" complexity=\"0\">\n      <classes>",
            rate(self.lines),
            rate(self.branches)
        );
        for file in &self.files {
            let name = escaped(&printable(&file.file));
            let _ = writeln!(
                out,
                "        <class name=\"{name}\" filename=\"{name}\" line-rate=\"{}\" branch-rate=\"{}\" complexity=\"0\">\n          <methods/>\n          <lines>",
                rate(file.lines),
                rate(file.branches)
            );
            // Branches that were taken, and all, by line.
            let mut branches: HashMap<usize, (usize, usize)> = HashMap::new();
            for branch in &file.branch_hits {
                let (taken, all) = branches.entry(branch.line).or_default();
                *taken += usize::from(branch.hits > 0);
                *all += 1;
            }
            for (line, hits) in &file.line_hits {
                let condition = match branches.get(line) {
                    None => "branch=\"false\"".to_owned(),
                    Some((taken, all)) => {
                        format!("branch=\"true\" condition-coverage=\"{}% ({taken}/{all})\"", taken * 100 / all)
                    }
                };
                let _ = writeln!(out, "            <line number=\"{line}\" hits=\"{hits}\" {condition}/>");
            }
            out.push_str("          </lines>\n        </class>\n");
        }
        out.push_str("      </classes>\n    </package>\n  </packages>\n</coverage>\n");
        out
    }
}

impl FileCoverage {
    /// Lists the lines that no test ran, and the branches that none took, such as `3-5, 9 (else)`.
    #[must_use]
    pub fn missed(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut run: Option<(usize, usize)> = None;
        let push = |run: Option<(usize, usize)>, parts: &mut Vec<String>| match run {
            Some((first, last)) if first == last => parts.push(first.to_string()),
            Some((first, last)) => parts.push(format!("{first}-{last}")),
            None => {}
        };
        for (line, hits) in &self.line_hits {
            match (hits, run) {
                (0, Some((first, _))) => run = Some((first, *line)),
                (0, None) => run = Some((*line, *line)),
                _ => push(run.take(), &mut parts),
            }
        }
        push(run, &mut parts);
        let is_run = |line: usize| self.line_hits.get(&line).is_none_or(|hits| *hits > 0);
        let missed = self.branch_hits.iter().filter(|branch| branch.hits == 0 && is_run(branch.line));
        parts.extend(missed.map(|branch| format!("{} ({})", branch.clause_line, branch.kind)));
        parts.join(", ")
    }

    /// Iterates over the branches of each statement.
    fn statements(&self) -> impl Iterator<Item = &[BranchHits]> {
        self.branch_hits.chunk_by(|one, other| (one.line, one.column) == (other.line, other.column))
    }
}

/// Escapes a text for XML and HTML, which have no place for most control characters.
pub(crate) fn escaped(text: &str) -> String {
    let part = |part: &str| match part.strip_suffix(['\n', '\t']) {
        Some(start) => format!("{}{}", printable(start), &part[start.len()..]),
        None => printable(part).into_owned(),
    };
    let text: String = text.split_inclusive(['\n', '\t']).map(part).collect();
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
