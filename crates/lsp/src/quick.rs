//! Edits of a file between two readings: findings move with their text, and the edited template is checked alone.

use crate::settings;
use crate::text::Text;
use std::ops::Range;
use vtl_check::{Found, TemplateOptions, check_template};

/// Most findings of a file that are kept; editors show fewer.
const MOST: usize = 1_000;

/// The findings of a file that an editor is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) shown: Vec<Finding>,
    /// The number of those that are not kept.
    pub(crate) more: usize,
}

impl Findings {
    /// Adds a finding if it is about this file, and counts it if there are too many.
    fn push(&mut self, finding: Finding) {
        match finding.is_here() {
            true if self.shown.len() < MOST => self.shown.push(finding),
            is_here => self.more += usize::from(is_here),
        }
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(all: I) -> Self {
        let mut findings = Findings::default();
        all.into_iter().for_each(|finding| findings.push(finding));
        findings
    }
}

/// A finding and the bytes of the file that it is about; none if it is about no place of this file.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) found: Found,
    pub(crate) at: Option<Range<usize>>,
}

impl Finding {
    /// Places a finding in the file of a name.
    pub(crate) fn new(found: Found, name: &str, text: &Text) -> Finding {
        let location = found.diagnostic.location.as_ref();
        let location = location.filter(|it| it.file.as_deref().is_none_or(|file| file == name));
        Finding { at: location.map(|it| text.located(it)), found }
    }

    /// Checks if the finding is about this file, or about no file.
    fn is_here(&self) -> bool {
        self.at.is_some() || self.found.diagnostic.location.is_none()
    }

    /// Moves the finding with an edit; its fix is lost if the edit is within it.
    fn shift(&mut self, name: &str, edit: &Edit) {
        if let Some(at) = &mut self.at {
            *at = edit.moved(at.start)..edit.moved(at.end).max(edit.moved(at.start));
        }
        // The lines of other places are those of the last reading.
        self.found.diagnostic.related.clear();
        let Some(fix) = &mut self.found.fix else { return };
        let own = || fix.edits.iter().filter(|it| it.file == name);
        if own().any(|it| it.range.start <= edit.range.end && edit.range.start <= it.range.end) {
            self.found.fix = None;
            return;
        }
        for it in fix.edits.iter_mut().filter(|it| it.file == name) {
            it.range = edit.moved(it.range.start)..edit.moved(it.range.end);
        }
    }
}

/// An edit: bytes of the file that are replaced, and the length of what replaces them.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) len: usize,
}

impl Edit {
    /// Returns where an offset is after the edit.
    fn moved(&self, at: usize) -> usize {
        match at {
            _ if at >= self.range.end => at - self.range.len() + self.len,
            _ if at > self.range.start => self.range.start + self.len.min(at - self.range.start),
            _ => at,
        }
    }
}

/// A template in a document, with its bytes in the file.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub(crate) range: Range<usize>,
    pub(crate) is_response: bool,
    /// Set if the template is written line by line behind one indent, as in a block scalar or a heredoc.
    pub(crate) is_plain: bool,
    is_edited: bool,
}

impl Region {
    pub(crate) fn new(range: Range<usize>, template: &str, is_response: bool, file: &Text) -> Region {
        let plain = Plain::of(file, &range);
        // A heredoc keeps the line ends of its file.
        let is_plain = plain.is_some_and(|plain| plain.text.trim_end().lines().eq(template.trim_end().lines()));
        Region { range, is_response, is_plain, is_edited: false }
    }
}

/// Moves findings and regions with an edit. Returns false if the edit touches more than the inside of a template
/// that can be checked alone.
pub(crate) fn shift(name: &str, findings: &mut [Finding], regions: &mut [Region], edit: &Edit) -> bool {
    findings.iter_mut().for_each(|finding| finding.shift(name, edit));
    let mut is_inside = false;
    for region in regions {
        if region.range.start <= edit.range.start && edit.range.end <= region.range.end {
            region.range.end = region.range.end - edit.range.len() + edit.len;
            region.is_edited = true;
            is_inside |= region.is_plain;
        } else {
            region.range =
                edit.moved(region.range.start)..edit.moved(region.range.end).max(edit.moved(region.range.start));
        }
    }
    is_inside
}

/// Checks the edited templates alone, and replaces what was found in them.
pub(crate) fn check(name: &str, text: &Text, findings: &mut Findings, regions: &mut [Region]) {
    let mut edited = regions.iter_mut().filter(|it| it.is_edited && it.is_plain).peekable();
    let config = edited.peek().and_then(|_| settings::of(name).ok()?);
    for region in edited {
        region.is_edited = false;
        let Some(plain) = Plain::of(text, &region.range) else { continue };
        let mut options = TemplateOptions::default();
        options.is_response = region.is_response;
        let is_within = |at: &Range<usize>| region.range.start <= at.start && at.end <= region.range.end;
        findings.shown.retain(|it| !it.at.as_ref().is_some_and(is_within));
        let template = Text::new(plain.text.clone());
        let all = check_template(name, &plain.text, &options);
        for mut found in settings::leveled(all, name, config.as_ref()) {
            let at = found.diagnostic.location.as_ref().map(|it| plain.in_file(template.located(it)));
            for edit in found.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
                edit.range = plain.in_file(edit.range.clone());
            }
            found.diagnostic.related.clear();
            findings.push(Finding { found, at });
        }
    }
}

/// A template that is written line by line behind an indent.
struct Plain {
    text: String,
    /// For each line: its offset in the template, and in the file.
    lines: Vec<(usize, usize)>,
}

impl Plain {
    /// Reads the bytes of a file without the indent of the first line.
    fn of(file: &Text, range: &Range<usize>) -> Option<Plain> {
        let source = file.as_str().get(range.clone())?;
        let indent = range.start - file.start_of_line(range.start);
        let mut plain = Plain { text: String::with_capacity(source.len()), lines: Vec::new() };
        let mut at = range.start;
        for (number, line) in source.split_inclusive('\n').enumerate() {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            let cut = if number == 0 { 0 } else { blanks.min(indent) };
            plain.lines.push((plain.text.len(), at + cut));
            let content = &line[cut..];
            match content.strip_suffix("\r\n") {
                Some(content) => {
                    plain.text.push_str(content);
                    plain.text.push('\n');
                }
                None => plain.text.push_str(content),
            }
            at += line.len();
        }
        Some(plain)
    }

    fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let line = self.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
            self.lines.get(line).map_or(0, |(own, file)| file + at - own)
        };
        place(range.start)..place(range.end).max(place(range.start))
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, Finding, Findings, Plain, Region, Text, check, shift};
    use vtl::Code;
    use vtl::diagnostic::{Diagnostic, Location};
    use vtl_check::Found;

    #[test]
    fn a_thousand_findings_are_kept_and_the_others_counted() {
        let text = Text::new("$a".to_owned());
        let found = |file: &str| {
            let place = Location::new(1, 1).in_file(file);
            Finding::new(Found::new(Diagnostic::new(Code::UnknownVariable, "").at(place)), "f", &text)
        };
        let findings: Findings = (0..2_400).map(|at| found(if at % 2 == 0 { "f" } else { "other" })).collect();
        assert_eq!((findings.shown.len(), findings.more), (1_000, 200));
    }

    #[test]
    fn an_edited_block_is_checked_alone() {
        let source = "a: |\r\n  #set($x = 1)\r\n  #if($x)y#end\r\nb: 1\r\n";
        let start = source.find("#set").unwrap();
        let range = start..source.find("b:").unwrap();
        let mut text = Text::new(source.to_owned());
        let mut regions = [Region::new(range.clone(), "#set($x = 1)\n#if($x)y#end\n", false, &text)];
        assert!(regions[0].is_plain);
        // `#end` is deleted.
        let end = source.find("#end").unwrap();
        let edit = Edit { range: end..end + 4, len: 0 };
        let mut findings = Findings::default();
        assert!(shift("f", &mut findings.shown, &mut regions, &edit));
        text = Text::new(source.replace("#end", ""));
        check("f", &text, &mut findings, &mut regions);
        let place = findings.shown.iter().find(|it| it.found.diagnostic.code.name() == "unclosed-block").unwrap();
        assert!(text.as_str()[place.at.clone().unwrap()].starts_with("#if"));
        // An edit above moves it.
        let edit = Edit { range: 0..0, len: 3 };
        assert!(!shift("f", &mut findings.shown, &mut regions, &edit));
        let moved = Text::new(format!("# \n{}", text.as_str()));
        let place = findings.shown.iter().find(|it| it.found.diagnostic.code.name() == "unclosed-block").unwrap();
        assert!(moved.as_str()[place.at.clone().unwrap()].starts_with("#if"));
        assert!(moved.as_str()[regions[0].range.clone()].starts_with("#set"));
    }

    #[test]
    fn a_place_of_a_block_is_behind_the_indent() {
        let text = Text::new("a:\n    x\n      y\n\n    z".to_owned());
        let plain = Plain::of(&text, &(7..text.as_str().len())).unwrap();
        assert_eq!(plain.text, "x\n  y\n\nz");
        let z = plain.text.find('z').unwrap();
        assert_eq!(&text.as_str()[plain.in_file(z..z + 1)], "z");
    }
}
