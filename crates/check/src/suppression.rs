//! Suppressions: comments and properties that silence rules.
//!
//! In a template it is a comment, `## vtl-ignore rule-name: reason`, on the line of the finding or the
//! line above it; at the head of the template, for all of it. `vtl-ignore-next-line` is for the line below
//! it alone, at the head as well. In YAML and HCL around a template it is `# vtl-ignore rule-name: reason` in the
//! same places. A document may also have the property
//! `x-vtl-ignore` (OpenAPI) or `vtl-ignore` in `Metadata` (CloudFormation), which hold for all that is
//! beside them.

use crate::outline::Outline;
use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use vtl::{Budget, Code};

const WORD: &str = "vtl-ignore";

/// Marks a comment that holds for the line below it alone; stands right behind [`WORD`].
const NEXT_LINE: &str = "-next-line";

/// Steps of a suppression.
const STEPS: usize = 20;

/// A suppression of a rule.
#[derive(Clone, Debug)]
pub(crate) struct Suppression {
    /// Code that is silenced; `None` if the name is none of a rule.
    pub code: Option<Code>,
    /// Name as it is written.
    pub name: String,
    /// Offset of the name in the text.
    pub at: usize,
    /// Lines of the text for which it holds, from 1.
    pub lines: RangeInclusive<usize>,
}

/// The suppressions of a text.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    all: Vec<Suppression>,
    /// Those of a line or two, by code and line.
    of_line: HashMap<(Code, usize), Vec<usize>>,
    /// Those of more lines by code, in the order of their first lines, each with the one around it.
    of_range: HashMap<Code, Vec<(usize, Option<usize>)>>,
    used: BTreeSet<usize>,
    /// Codes and lines that were asked for, and whether they are suppressed.
    known: HashMap<(Code, usize), bool>,
}

impl Suppressions {
    fn new(all: Vec<Suppression>) -> Suppressions {
        let mut found = Suppressions::default();
        let mut ranges: Vec<usize> = Vec::new();
        for (at, it) in all.iter().enumerate() {
            let Some(code) = it.code else { continue };
            if it.lines.end() - it.lines.start() < 2 {
                for line in it.lines.clone() {
                    found.of_line.entry((code, line)).or_default().push(at);
                }
            } else {
                ranges.push(at);
            }
        }
        ranges.sort_by_key(|at| (*all[*at].lines.start(), std::cmp::Reverse(*all[*at].lines.end())));
        for at in ranges {
            let Some(code) = all[at].code else { continue };
            let list = found.of_range.entry(code).or_default();
            let mut around = list.len().checked_sub(1);
            while let Some(outer) = around {
                if all[list[outer].0].lines.end() >= all[at].lines.start() {
                    break;
                }
                around = list[outer].1;
            }
            list.push((at, around));
        }
        found.all = all;
        found
    }

    /// Returns the suppressions in the comments of a template, as far as the budget lasts.
    pub fn in_template(source: &str, budget: &Budget<'_>) -> Suppressions {
        Suppressions::new(comments(source, "##", budget))
    }

    /// Returns the suppressions in the comments and properties of a document, as far as the budget lasts.
    pub fn in_document(source: &str, budget: &Budget<'_>) -> Suppressions {
        if !source.contains(WORD) {
            return Suppressions::default();
        }
        let mut all = comments(source, "#", budget);
        all.extend(properties(source, budget));
        Suppressions::new(all)
    }

    /// Checks for a text without suppressions.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Checks whether a finding on a line is suppressed.
    pub fn covers(&self, code: Code, line: usize) -> bool {
        self.of_line.contains_key(&(code, line)) || self.ranges(code, line).next().is_some()
    }

    /// Checks whether a finding on a line is suppressed, and notes what suppresses it.
    pub fn take(&mut self, code: Code, line: usize) -> bool {
        if let Some(known) = self.known.get(&(code, line)) {
            return *known;
        }
        let mut taken = self.of_line.get(&(code, line)).cloned().unwrap_or_default();
        for (at, is_within) in self.ranges(code, line) {
            // Whoever took it took those around it too.
            if is_within && self.used.contains(&at) {
                taken.push(at);
                break;
            }
            taken.push(at);
        }
        let is_suppressed = !taken.is_empty();
        self.used.extend(taken);
        self.known.insert((code, line), is_suppressed);
        is_suppressed
    }

    /// Iterates over the suppressions of more than two lines of a code that hold for a line, from the inside, and
    /// whether the next one around it holds for all of its lines.
    fn ranges(&self, code: Code, line: usize) -> impl Iterator<Item = (usize, bool)> {
        let list = self.of_range.get(&code).map_or(&[][..], Vec::as_slice);
        let behind = list.partition_point(|(at, _)| *self.all[*at].lines.start() <= line);
        let all = std::iter::successors(behind.checked_sub(1), |next| list[*next].1);
        let end = |at: usize| *self.all[at].lines.end();
        all.map(|next| list[next])
            .filter(move |(at, _)| end(*at) >= line)
            .map(move |(at, around)| (at, around.is_none_or(|around| end(list[around].0) >= end(at))))
    }

    /// Iterates over the suppressions that were not needed.
    pub fn unused(&self) -> impl Iterator<Item = &Suppression> {
        self.all.iter().enumerate().filter(|(at, _)| !self.used.contains(at)).map(|(_, it)| it)
    }
}

fn comments(source: &str, mark: &str, budget: &Budget<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    if !source.contains(WORD) {
        return found;
    }
    let mut is_head = true;
    let mut start = 0;
    // Comments one above another hold for the line below all of them.
    let mut first_above = 0;
    for (at, line) in source.split_inclusive('\n').enumerate() {
        let number = at + 1;
        let comment = line.match_indices(mark).find_map(|(begin, _)| {
            let before = line[..begin].chars().next_back();
            let behind = line[begin + mark.len()..].trim_start();
            let fits = behind.starts_with(WORD) && before != Some('#');
            fits.then(|| (begin, line.len() - behind.len() + WORD.len()))
        });
        if let Some((begin, mut names)) = comment {
            let is_alone = line[..begin].trim_start_matches('\u{feff}').trim().is_empty();
            let is_next = line[names..].starts_with(NEXT_LINE);
            names += if is_next { NEXT_LINE.len() } else { 0 };
            let lines = match (is_alone, is_head) {
                (true, true) if !is_next => 1..=usize::MAX,
                (false, _) if !is_next => number..=number,
                _ => number..=number + 1,
            };
            if !is_alone {
                end_at(number, &mut found[first_above..]);
            }
            add(&line[names..], start + names, lines, budget, &mut found);
            first_above = if is_alone { first_above } else { found.len() };
        } else {
            end_at(number, &mut found[first_above..]);
            first_above = found.len();
        }
        let text = line.trim_start_matches('\u{feff}').trim();
        let comments: &[&str] = if mark == "##" { &["##", "#*"] } else { &["#"] };
        is_head &= text.is_empty() || comments.iter().any(|comment| text.starts_with(comment));
        start += line.len();
    }
    found
}

/// Makes suppressions that stand above a line hold up to it.
fn end_at(line: usize, above: &mut [Suppression]) {
    for it in above.iter_mut().filter(|it| *it.lines.end() != usize::MAX) {
        it.lines = *it.lines.start()..=line;
    }
}

/// Reads names up to a colon or the end of the line.
fn add(text: &str, offset: usize, lines: RangeInclusive<usize>, budget: &Budget<'_>, found: &mut Vec<Suppression>) {
    let names = text.split([':', '\n', '\r']).next().unwrap_or_default();
    let mut at = 0;
    for name in names.split_inclusive([',', ' ', '\t']) {
        let word = name.trim_matches([',', ' ', '\t', '[', ']', '"', '\'', '*', '#']);
        if !word.is_empty() && budget.charge(STEPS).is_ok() {
            let begin = offset + at + name.find(word).unwrap_or(0);
            found.push(Suppression {
                code: Code::from_name(word),
                name: word.to_owned(),
                at: begin,
                lines: lines.clone(),
            });
        }
        at += name.len();
    }
}

/// Returns the suppressions in the properties `x-vtl-ignore` and `vtl-ignore` of YAML and JSON.
fn properties(source: &str, budget: &Budget<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut outline = None;
    // Start of a line of YAML, a place in it, and the braces that are open there.
    let mut flow = (0, 0, 0_usize);
    let mut keys = source.match_indices(WORD).filter_map(|(at, _)| Some((at, value_of(source, at)?))).peekable();
    while let Some((at, value_at)) = keys.next() {
        // A key of `Metadata` holds for what has the metadata.
        let levels: usize = if source[..at].ends_with("x-") { 1 } else { 2 };
        let outline = outline.get_or_insert_with(|| Outline::new(source));
        let start = outline.start_around(at);
        let (from, open) = if start == flow.0 { (flow.1, flow.2) } else { (start, 0) };
        let opened = source[from..at].bytes().fold(open, |open, byte| match byte {
            b'{' => open + 1,
            b'}' => open.saturating_sub(1),
            _ => open,
        });
        flow = (start, at, opened);
        // The maps that a line of YAML has within braces are no lines of their own.
        let within = if outline.is_json() { 0 } else { opened };
        let scope = outline.around(at, levels.saturating_sub(within));
        // A list ends in front of the next key, closed or not: no part of the text is read for two keys.
        let value = match keys.peek() {
            Some((next, _)) => before_key(source.get(value_at..*next).unwrap_or_default()),
            None => &source[value_at..],
        };
        let value = match value.trim_start().starts_with('[') {
            true => &value[..value.find(']').unwrap_or(value.len())],
            false => &value[..block(value)],
        };
        let mut offset = value_at;
        for line in value.split_inclusive(['\n', ',']) {
            let word = line.trim_matches([' ', '\n', '\r', '\t', '-', '[', ']', '"', '\'', ',', '}']);
            if !word.is_empty() {
                if budget.charge(STEPS).is_err() {
                    return found;
                }
                let at = offset + line.find(word).unwrap_or(0);
                let name = word.split([':', ' ']).next().unwrap_or_default().to_owned();
                found.push(Suppression { code: Code::from_name(&name), name, at, lines: scope.clone() });
            }
            offset += line.len();
        }
    }
    found
}

/// Returns the offset of the value of a key whose word is at an offset; `None` if the word is no key.
fn value_of(source: &str, at: usize) -> Option<usize> {
    let before = source[..at].trim_end_matches("x-").trim_end_matches(['"', '\'']);
    let behind = source[at + WORD.len()..].trim_start_matches(['"', '\'']).trim_start();
    let is_key = behind.starts_with(':')
        && before.chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '{' | ','));
    is_key.then_some(source.len() - behind.len() + 1)
}

/// Returns what is in front of the line or item in which another key begins.
fn before_key(text: &str) -> &str {
    &text[..text.rfind(['\n', ',', '{', ']']).map_or(0, |at| at + 1)]
}

/// Returns the length of a YAML value: the rest of its line, or the list below it.
fn block(value: &str) -> usize {
    let first = value.find('\n').map_or(value.len(), |end| end + 1);
    if !value[..first].trim().is_empty() {
        return value[..first].find(['}', '\n']).unwrap_or(first);
    }
    let items = value[first..].split_inclusive('\n').take_while(|line| line.trim_start().starts_with("- "));
    first + items.map(str::len).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: &Suppressions) -> Vec<(String, usize, usize)> {
        found.all.iter().map(|it| (it.name.clone(), *it.lines.start(), *it.lines.end())).collect()
    }

    #[test]
    fn comments_hold_for_their_line_the_next_or_all() {
        let source = "## vtl-ignore bare-reference: old\n#set($a = 1)\n## vtl-ignore json-in-quotes, V701\n$a ## vtl-ignore V702: x\n";
        assert_eq!(
            shown(&Suppressions::in_template(source, &Budget::unlimited())),
            [
                ("bare-reference".to_owned(), 1, usize::MAX),
                ("json-in-quotes".to_owned(), 3, 4),
                ("V701".to_owned(), 3, 4),
                ("V702".to_owned(), 4, 4),
            ]
        );
    }

    #[test]
    fn comments_for_the_next_line_hold_for_no_other() {
        let source = "## vtl-ignore-next-line bare-reference: old\n## vtl-ignore-next-line V702\n$a\n#if($b)\n## vtl-ignore V701\n## vtl-ignore V702\n\n$c";
        assert_eq!(
            shown(&Suppressions::in_template(source, &Budget::unlimited())),
            [
                ("bare-reference".to_owned(), 1, 3),
                ("V702".to_owned(), 2, 3),
                // A directive ends the head.
                ("V701".to_owned(), 5, 7),
                ("V702".to_owned(), 6, 7),
            ]
        );
        let yaml = "# vtl-ignore-next-line V701\na: 1\nb: 1\n";
        assert_eq!(shown(&Suppressions::in_document(yaml, &Budget::unlimited())), [("V701".to_owned(), 1, 2)]);
    }

    #[test]
    fn properties_hold_for_what_is_beside_them() {
        let yaml = "paths:\n  /a:\n    get:\n      x-vtl-ignore: [json-in-quotes]\n      x: 1\n    put:\n      y: 2\n";
        assert_eq!(
            shown(&Suppressions::in_document(yaml, &Budget::unlimited())),
            [("json-in-quotes".to_owned(), 3, 5)]
        );
        let flow = "paths:\n  /a: {x-vtl-ignore: [V701], get: 1}\n  /b: {get: 1}\n";
        assert_eq!(shown(&Suppressions::in_document(flow, &Budget::unlimited())), [("V701".to_owned(), 2, 2)]);
        let flow = "Resources:\n  M: {Type: x, Metadata: {vtl-ignore: [V701]}}\n  N:\n    Metadata: {vtl-ignore: [V701]}\n    Type: y\n  O: {}\n";
        let found = shown(&Suppressions::in_document(flow, &Budget::unlimited()));
        assert_eq!(found, [("V701".to_owned(), 2, 2), ("V701".to_owned(), 3, 5)]);
        let json = "{\"paths\": {\"/a\": {\n\"x-vtl-ignore\": [\"V701\"],\n\"get\": {}\n}}}";
        assert_eq!(shown(&Suppressions::in_document(json, &Budget::unlimited())), [("V701".to_owned(), 1, 4)]);
        let cfn =
            "Resources:\n  M:\n    Metadata:\n      vtl-ignore:\n        - V701\n    Type: x\n  N:\n    Type: y\n";
        assert_eq!(shown(&Suppressions::in_document(cfn, &Budget::unlimited())), [("V701".to_owned(), 2, 6)]);
    }

    /// Checks that a list which is not closed ends in front of the next key: no text is read for two keys.
    #[test]
    fn lists_that_are_not_closed_end_at_the_next_key() {
        let names = |text: &str| {
            let found = Suppressions::in_document(text, &Budget::unlimited());
            found.all.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names("a: 1 # x-vtl-ignore: [V701\nx-vtl-ignore: [V702]\n"), ["V701", "V702"]);
        assert_eq!(
            names("x-vtl-ignore: V701 # no vtl-ignore below\nb:\n  x-vtl-ignore:\n  - V702\n"),
            ["V701", "V702"]
        );
        assert_eq!(names("{\"x-vtl-ignore\": [\"V701\"], \"b\": {\"x-vtl-ignore\": [\"V702\"]}}"), ["V701", "V702"]);
        for key in ["# x-vtl-ignore: [\n", "- x-vtl-ignore:\n"] {
            assert_eq!(names(&key.repeat(50_000)), [""; 0]);
        }
    }

    #[test]
    fn nested_properties_hold_together() {
        let yaml = "x-vtl-ignore: V701\na:\n  x-vtl-ignore: V701\n  b:\n    x-vtl-ignore: V701\n    c: 1\nd:\n  e: 1\n";
        let mut found = Suppressions::in_document(yaml, &Budget::unlimited());
        assert!(found.take(Code::UnknownVariable, 8));
        assert_eq!(found.unused().count(), 2, "{found:?}");
        assert!(found.take(Code::UnknownVariable, 6));
        assert_eq!(found.unused().count(), 0, "{found:?}");
        assert!(!found.take(Code::UnknownUtil, 6));
    }
}
