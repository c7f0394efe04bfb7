//! Suppressions for an old code base: written above the lines with findings, or as a property beside them.

use crate::outline::{Outline, Owner, Place};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The names of the rules to silence, by line and column from 1.
pub type Places<'n> = BTreeMap<(usize, usize), Vec<&'n str>>;

/// The place of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// As near to the finding as its notation has a place: a comment above the line, or a property beside
    /// the integration.
    Near,
    /// The whole of the integration, template or file, where a comment above the line breaks the text.
    Wide,
}

/// Reason that is written behind the names.
const REASON: &str = "before the rules";

/// Returns a file with suppressions for findings in it; `None` if its notation has no place for one.
///
/// ```
/// use std::collections::BTreeMap;
/// use vtl_check::{Reach, with_ignores};
/// let places = BTreeMap::from([((1, 3), vec!["json-in-quotes"])]);
/// let written = with_ignores("a.vtl", "{\"a\": \"$input.json('$.a')\"}", &places, Reach::Near);
/// assert!(written.unwrap().starts_with("## vtl-ignore-next-line json-in-quotes: before the rules\n{"));
/// ```
#[must_use]
pub fn with_ignores(file: &str, source: &str, places: &Places<'_>, reach: Reach) -> Option<String> {
    let name = file.to_ascii_lowercase();
    let is_template = name.ends_with(".vtl") || name.ends_with(".vm");
    let is_json = source.trim_start().starts_with(['{', '[']);
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    let starts = std::iter::once(0).chain(ends).collect();
    let mut change = Change { source, lines, starts, insertions: BTreeMap::new() };
    if is_template && reach == Reach::Wide {
        change.at_head("##", places.values().flatten());
    } else if is_template {
        places.iter().for_each(|((line, _), names)| change.above(*line, "", "##", names));
    } else if name.ends_with(".tf") {
        change.hcl(places, reach);
    } else {
        change.document(places, is_json, reach)?;
    }
    Some(change.written())
}

/// A text with insertions: at an offset, the text around the names and the names.
struct Change<'s> {
    source: &'s str,
    lines: Vec<&'s str>,
    starts: Vec<usize>,
    insertions: BTreeMap<usize, Insertion>,
}

/// Names that are inserted, with the text around and between them.
struct Insertion {
    before: String,
    names: Vec<String>,
    between: &'static str,
    behind: String,
}

impl<'s> Change<'s> {
    fn insert<'n>(&mut self, at: usize, place: Place, names: impl IntoIterator<Item = &'n &'n str>) {
        let Place { before, between, behind, .. } = place;
        let entry = self.insertions.entry(at).or_insert(Insertion { before, names: Vec::new(), between, behind });
        for name in names {
            if !entry.names.iter().any(|it| it == name) {
                entry.names.push((*name).to_owned());
            }
        }
    }

    fn written(self) -> String {
        let mut text = String::with_capacity(self.source.len() + 100);
        let mut at = 0;
        for (offset, it) in self.insertions {
            text.push_str(&self.source[at..offset]);
            let _ = write!(text, "{}{}{}", it.before, it.names.join(it.between), it.behind);
            at = offset;
        }
        text + &self.source[at..]
    }

    /// Returns the place of a comment, which begins with a word.
    fn comment(&self, at: usize, before: &str, word: &str) -> Place {
        let behind = format!(": {REASON}{}", self.line_end());
        Place { at, before: format!("{before} {word} "), between: ", ", behind }
    }

    /// Returns the offset of a line from 1.
    fn start_of(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.source.len())
    }

    /// Returns the offset at which the text begins, behind a byte order mark.
    fn head(&self) -> usize {
        if self.source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// Returns the end of a line, as the file writes it.
    fn line_end(&self) -> &'static str {
        if self.lines.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// Writes a comment above a line, which holds for that line alone: at the head of a text too.
    fn above(&mut self, line: usize, indent: &str, mark: &str, names: &[&str]) {
        let place =
            self.comment(self.start_of(line).max(self.head()), &format!("{indent}{mark}"), "vtl-ignore-next-line");
        self.insert(place.at, place, names);
    }

    /// Writes a comment at the head of the file, which holds for all of it.
    fn at_head<'n>(&mut self, mark: &str, names: impl IntoIterator<Item = &'n &'n str>) {
        let at = self.head();
        let place = self.comment(at, mark, "vtl-ignore");
        self.insert(at, place, names);
    }

    fn hcl(&mut self, places: &Places<'_>, reach: Reach) {
        if reach == Reach::Wide {
            self.at_head("#", places.values().flatten());
            return;
        }
        let heredocs = heredocs(&self.lines);
        for ((line, _), names) in places {
            let before = heredocs.partition_point(|(first, ..)| first <= line);
            match before.checked_sub(1).map(|at| &heredocs[at]).filter(|(_, last, _)| line <= last) {
                Some((.., indent)) => self.above(*line, &indent.clone(), "##", names),
                None => self.above(*line, indent_of(self.lines.get(line - 1).unwrap_or(&"")), "#", names),
            }
        }
    }

    fn document(&mut self, places: &Places<'_>, is_json: bool, reach: Reach) -> Option<()> {
        let parents = if is_json { Vec::new() } else { parents(&self.lines) };
        let filled = if is_json { Vec::new() } else { filled(&self.lines) };
        let mut beside = Vec::new();
        // Places are in the order of the file: each is counted from the one before it in its line.
        let (mut last_line, mut last_column, mut last) = (0, 1, 0);
        for ((line, column), names) in places {
            if !is_json && reach == Reach::Near {
                let own = indent_of(self.lines.get(line - 1)?);
                match scalar(&self.lines, &parents, &filled, line - 1) {
                    Scalar::Literal(indent) => {
                        self.above(*line, &indent, "##", names);
                        continue;
                    }
                    Scalar::None => {
                        self.above(*line, own, "#", names);
                        continue;
                    }
                    Scalar::Joined => {}
                }
            }
            if *line != last_line {
                (last_line, last_column, last) = (*line, 1, self.start_of(*line));
            }
            let rest = self.source.get(last..self.start_of(line + 1))?;
            let at = last + rest.char_indices().nth(column - last_column).map_or(0, |(at, _)| at);
            (last_column, last) = (*column, at);
            beside.push((at, names.as_slice()));
        }
        self.beside(&beside, is_json)
    }

    /// Writes names as properties beside the places that they are for: those of one owner in one place.
    fn beside(&mut self, names: &[(usize, &[&str])], is_json: bool) -> Option<()> {
        let outline = Outline::new(self.source);
        let offsets: Vec<usize> = names.iter().map(|(at, _)| *at).collect();
        let mut of_owners: BTreeMap<Option<Owner>, Vec<&str>> = BTreeMap::new();
        for (owner, (_, names)) in outline.owners(self.source, &offsets).into_iter().zip(names) {
            of_owners.entry(owner).or_default().extend(*names);
        }
        for (owner, names) in of_owners {
            match owner.and_then(|owner| outline.place_of_ignore(self.source, owner, self.line_end())) {
                Some(place) => self.insert(place.at, place, &names),
                None if is_json => return None,
                None => self.at_head("#", &names),
            }
        }
        Some(())
    }
}

fn indent_of(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The scalar of YAML that a line is a part of.
enum Scalar {
    /// None, or the line begins it: a comment can stand above.
    None,
    /// A literal block, whose lines have this indentation.
    Literal(String),
    /// A text in quotes, a folded one, or a flow collection: a comment above would be a part of it.
    Joined,
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Returns for each line the last one before it that is indented less.
fn parents(lines: &[&str]) -> Vec<Option<usize>> {
    // Lines that are indented more and more: those that may be a parent.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut parents = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let indent = indent_of(line).len();
        let less = open.partition_point(|(_, other)| *other < indent);
        parents.push(less.checked_sub(1).map(|last| open[last].0));
        if !is_blank(line) {
            open.truncate(less);
            open.push((at, indent));
        }
    }
    parents
}

/// Returns for each line the first one that is not blank, at it or behind it.
fn filled(lines: &[&str]) -> Vec<usize> {
    let mut next = lines.len();
    let mut filled: Vec<usize> = (0..lines.len()).collect();
    for at in filled.iter_mut().rev() {
        if !is_blank(lines[*at]) {
            next = *at;
        }
        *at = next;
    }
    filled
}

/// Finds the scalar that a line is a part of, by the lines before it that are indented less and less.
fn scalar(lines: &[&str], parents: &[Option<usize>], filled: &[usize], at: usize) -> Scalar {
    let mut owner = None;
    let mut parent = parents.get(at).copied().flatten();
    while let Some(before) = parent {
        let line = lines[before];
        let head = line.trim_end().rsplit([' ', ':']).next().unwrap_or_default();
        let mark = head.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'));
        if mark == "|" {
            let first = filled.get(before + 1).and_then(|at| lines.get(*at));
            return Scalar::Literal(first.map_or("", |line| indent_of(line)).to_owned());
        }
        if mark == ">" {
            return Scalar::Joined;
        }
        owner = owner.or(Some(line));
        parent = parents.get(before).copied().flatten();
    }
    let opens = owner.is_none_or(|owner| {
        let owner = owner.trim();
        owner.ends_with(':') || (owner.starts_with("- ") && is_entry(owner) && !owner.contains(['"', '\'', '{', '[']))
    });
    match lines.get(at) {
        Some(line) if opens && is_entry(line.trim()) => Scalar::None,
        _ => Scalar::Joined,
    }
}

/// Checks for a line that is a key with its value.
fn is_entry(text: &str) -> bool {
    let text = text.strip_prefix("- ").unwrap_or(text);
    let is_value = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let behind = text[1..].split_once(quote).map(|(_, rest)| rest.trim_start());
            behind.and_then(|rest| rest.strip_prefix(':')).is_some_and(is_value)
        }
        Some('{' | '[' | '#' | '$') | None => false,
        Some(_) => text.split_once(':').is_some_and(|(_, rest)| is_value(rest)) || text.contains(": "),
    }
}

/// Returns the heredocs of HCL: first and last line of their text, and its indentation.
fn heredocs(lines: &[&str]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str, bool)> = None;
    for (at, line) in lines.iter().enumerate() {
        match open {
            Some((first, word, is_indented)) if line.trim() == word => {
                let text = || lines[first..at].iter().filter(|line| !line.trim().is_empty());
                let least = text().map(|line| indent_of(line)).min_by_key(|indent| indent.len()).unwrap_or_default();
                found.push((first + 1, at, if is_indented { least.to_owned() } else { String::new() }));
                open = None;
            }
            Some(_) => {}
            None => {
                if let Some((_, word)) = line.rsplit_once("<<") {
                    let (word, is_indented) = (word.trim_start_matches('-').trim(), word.starts_with('-'));
                    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
                    open = is_word.then_some((at + 1, word, is_indented));
                }
            }
        }
    }
    found
}
