//! Suppressions: comments and properties that silence rules.
//!
//! In a template it is a comment, `## vtl-ignore rule-name: reason`, on the line of the finding or the
//! line above it; at the head of the template, for all of it. In YAML and HCL around a template it is
//! `# vtl-ignore rule-name: reason` in the same places. A document may also have the property
//! `x-vtl-ignore` (OpenAPI) or `vtl-ignore` in `Metadata` (CloudFormation), which hold for all that is
//! beside them.

use std::ops::RangeInclusive;
use vtl::Code;

const WORD: &str = "vtl-ignore";

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

/// Returns the suppressions in the comments of a template.
pub(crate) fn in_template(source: &str) -> Vec<Suppression> {
    comments(source, "##")
}

/// Returns the suppressions in the comments and properties of a document.
pub(crate) fn in_document(source: &str) -> Vec<Suppression> {
    let mut found = comments(source, "#");
    found.extend(properties(source));
    found
}

fn comments(source: &str, mark: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    if !source.contains(WORD) {
        return found;
    }
    let mut is_head = true;
    let mut start = 0;
    for (at, line) in source.split_inclusive('\n').enumerate() {
        let number = at + 1;
        let comment = line.match_indices(mark).find_map(|(begin, _)| {
            let before = line[..begin].chars().next_back();
            let behind = line[begin + mark.len()..].trim_start();
            let fits = behind.starts_with(WORD) && before != Some('#');
            fits.then(|| (begin, line.len() - behind.len() + WORD.len()))
        });
        if let Some((begin, names)) = comment {
            let is_alone = line[..begin].trim().is_empty();
            let lines = match (is_head && is_alone, is_alone) {
                (true, _) => 1..=usize::MAX,
                (false, true) => number..=number + 1,
                (false, false) => number..=number,
            };
            add(&line[names..], start + names, lines, &mut found);
        }
        let text = line.trim_start();
        is_head &= text.trim().is_empty() || text.starts_with('#') && !text.starts_with("#s");
        start += line.len();
    }
    found
}

/// Reads names up to a colon or the end of the line.
fn add(text: &str, offset: usize, lines: RangeInclusive<usize>, found: &mut Vec<Suppression>) {
    let names = text.split([':', '\n', '\r']).next().unwrap_or_default();
    let mut at = 0;
    for name in names.split_inclusive([',', ' ', '\t']) {
        let word = name.trim_matches([',', ' ', '\t', '[', ']', '"', '\'', '*', '#']);
        if !word.is_empty() {
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
fn properties(source: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices(WORD) {
        let before = source[..at].trim_end_matches("x-").trim_end_matches(['"', '\'']);
        let behind = source[at + WORD.len()..].trim_start_matches(['"', '\'']);
        let is_key = behind.trim_start().starts_with(':')
            && before.chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '{' | ','));
        if !is_key {
            continue;
        }
        let value_at = source.len() - behind.len() + behind.find(':').unwrap_or(0) + 1;
        let scope = scope(source, at, !source[..at].ends_with("x-"));
        let value = &source[value_at..];
        let value = match value.trim_start().starts_with('[') {
            true => &value[..value.find(']').unwrap_or(value.len())],
            false => &value[..block(value)],
        };
        let mut offset = value_at;
        for line in value.split_inclusive(['\n', ',']) {
            let word = line.trim_matches([' ', '\n', '\r', '\t', '-', '[', ']', '"', '\'', ',', '}']);
            if !word.is_empty() {
                let at = offset + line.find(word).unwrap_or(0);
                let name = word.split([':', ' ']).next().unwrap_or_default().to_owned();
                found.push(Suppression { code: Code::from_name(&name), name, at, lines: scope.clone() });
            }
            offset += line.len();
        }
    }
    found
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

/// Returns the lines of the map around the map that has a key: in JSON by its braces, in YAML by
/// indentation. A key of `Metadata` holds for what has the metadata.
fn scope(source: &str, at: usize, is_metadata: bool) -> RangeInclusive<usize> {
    let line_of = |offset: usize| source[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let levels = if is_metadata { 2 } else { 1 };
    if source.trim_start().starts_with('{') {
        let (mut depth, mut start) = (0, 0);
        for (offset, c) in source[..at].char_indices().rev() {
            match c {
                '}' => depth += 1,
                '{' if depth > 0 => depth -= 1,
                '{' => {
                    start += 1;
                    if start == levels {
                        let mut open = 0_usize;
                        let end = source[offset..].char_indices().find(|(_, c)| {
                            match c {
                                '{' => open += 1,
                                '}' => open -= 1,
                                _ => {}
                            }
                            open == 0
                        });
                        let end = offset + end.map_or(source.len() - offset, |(end, _)| end);
                        return line_of(offset)..=line_of(end);
                    }
                }
                _ => {}
            }
        }
        return 1..=usize::MAX;
    }
    let lines: Vec<&str> = source.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_text = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut first = line_of(at) - 1;
    let mut own = indent(lines[first]);
    for _ in 0..levels {
        let parent = (0..first).rev().find(|line| is_text(lines[*line]) && indent(lines[*line]) < own);
        match parent {
            Some(parent) => (first, own) = (parent, indent(lines[parent])),
            None => return 1..=usize::MAX,
        }
    }
    let end = (first + 1..lines.len()).find(|line| is_text(lines[*line]) && indent(lines[*line]) <= own);
    first + 1..=end.unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: &[Suppression]) -> Vec<(String, usize, usize)> {
        found.iter().map(|it| (it.name.clone(), *it.lines.start(), *it.lines.end())).collect()
    }

    #[test]
    fn comments_hold_for_their_line_the_next_or_all() {
        let source = "## vtl-ignore bare-reference: old\n#set($a = 1)\n## vtl-ignore json-in-quotes, V701\n$a ## vtl-ignore V702: x\n";
        assert_eq!(
            shown(&in_template(source)),
            [
                ("bare-reference".to_owned(), 1, usize::MAX),
                ("json-in-quotes".to_owned(), 3, 4),
                ("V701".to_owned(), 3, 4),
                ("V702".to_owned(), 4, 4),
            ]
        );
    }

    #[test]
    fn properties_hold_for_what_is_beside_them() {
        let yaml = "paths:\n  /a:\n    get:\n      x-vtl-ignore: [json-in-quotes]\n      x: 1\n    put:\n      y: 2\n";
        assert_eq!(shown(&in_document(yaml)), [("json-in-quotes".to_owned(), 3, 5)]);
        let json = "{\"paths\": {\"/a\": {\n\"x-vtl-ignore\": [\"V701\"],\n\"get\": {}\n}}}";
        assert_eq!(shown(&in_document(json)), [("V701".to_owned(), 1, 4)]);
        let cfn =
            "Resources:\n  M:\n    Metadata:\n      vtl-ignore:\n        - V701\n    Type: x\n  N:\n    Type: y\n";
        assert_eq!(shown(&in_document(cfn)), [("V701".to_owned(), 2, 6)]);
    }
}
