//! Findings as text for people: message, source line with a marker, and help, as compilers draw them.

use crate::input::sources::Sources;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Renderer, Snippet, normalize_untrusted_str,
};
use std::borrow::Cow;
use std::ops::Range;
use vtl::diagnostic::{Diagnostic, Location, Severity, printable};

/// Lines longer than this, in bytes, are not shown: in a minified document a line says little.
const LONGEST_EXCERPT: usize = 64 << 10;

/// Draws one finding, with colours, without a line end.
pub fn draw(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let title =
        level(diagnostic.severity).primary_title(without_commands(&diagnostic.message)).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    for element in places(diagnostic, sources) {
        group = group.element(element);
    }
    if let Some(owner) = owner(diagnostic) {
        group = group.element(Level::NOTE.message(printable(&owner).into_owned()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(message(Level::HELP, help));
    }
    without_c1(Renderer::styled().render(&[group]))
}

/// Replaces the control characters beyond ASCII, such as U+009B: some terminals take them for commands.
fn without_c1(text: String) -> String {
    const C1: std::ops::RangeInclusive<char> = '\u{80}'..='\u{9f}';
    let is_c1 = |c: char| C1.contains(&c);
    if text.contains(is_c1) { text.replace(is_c1, "\u{fffd}") } else { text }
}

/// Draws findings with an empty line between them, and a line end after the last.
pub fn draw_all(findings: &[Diagnostic], sources: &Sources) -> String {
    findings.iter().map(|finding| draw(finding, sources) + "\n").collect::<Vec<_>>().join("\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::INFO.with_name("advice"),
    }
}

fn message<'a>(level: Level<'a>, text: &str) -> Message<'a> {
    level.message(normalize_untrusted_str(&without_commands(text)))
}

/// Escapes a message of several lines of which one would be a command of GitHub Actions, wherever it is drawn.
fn without_commands(message: &str) -> Cow<'_, str> {
    let has_command = message.lines().any(|line| line.trim_start().starts_with("::"));
    if has_command { printable(message) } else { Cow::Borrowed(message) }
}

/// Names the part of the document that a finding concerns.
fn owner(diagnostic: &Diagnostic) -> Option<String> {
    let part = diagnostic.template.as_ref().or(diagnostic.property.as_ref());
    match (part, &diagnostic.route) {
        (Some(part), Some(route)) => Some(format!("in {part} of {route}")),
        (Some(one), None) | (None, Some(one)) => Some(format!("in {one}")),
        (None, None) => None,
    }
}

/// A place to mark, and its label.
struct Mark<'a> {
    location: &'a Location,
    label: Option<&'a str>,
}

/// Draws the place of a finding and the related places; those that are near each other in one excerpt.
fn places<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Vec<Element<'a>> {
    let primary = diagnostic.location.iter().map(|location| Mark { location, label: None });
    let related = diagnostic.related.iter().map(|it| Mark { location: &it.location, label: Some(&it.message) });
    let marks: Vec<Mark> = primary.chain(related).collect();
    excerpt(&marks, sources).map_or_else(
        || {
            marks
                .iter()
                .map(|mark| excerpt(std::slice::from_ref(mark), sources).unwrap_or_else(|| origin(mark)))
                .collect()
        },
        |whole| vec![whole],
    )
}

/// Draws places of one file with the lines around them. Returns `None` for places in different files, for
/// texts that are not known, and for excerpts that are too long, also together with those drawn before.
fn excerpt<'a>(marks: &[Mark<'a>], sources: &Sources) -> Option<Element<'a>> {
    let file = marks.first()?.location.file.as_deref()?;
    if marks.iter().any(|mark| mark.location.file.as_deref() != Some(file)) {
        return None;
    }
    let source = sources.get(file)?;
    let first = marks.iter().map(|mark| mark.location.line).min()?;
    let last = marks.iter().map(|mark| mark.location.line).max()?;
    let text = source.lines(first, last).filter(|text| text.len() <= LONGEST_EXCERPT)?;
    if !sources.may_show(text.len()) {
        return None;
    }
    // A carriage return would be drawn as a symbol.
    let text = text.strip_suffix('\r').unwrap_or(text).replace("\r\n", "\n");
    let mut snippet = Snippet::source(text.clone()).path(printable(file)).line_start(first);
    for (at, mark) in marks.iter().enumerate() {
        let kind = if at == 0 && mark.label.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = mark.label.map(normalize_untrusted_str);
        let annotation: Annotation<'a> = kind.span(range(&text, first, mark.location)).label(label);
        snippet = snippet.annotation(annotation);
    }
    Some(snippet.into())
}

/// Draws a place without its text.
fn origin<'a>(mark: &Mark<'a>) -> Element<'a> {
    let Location { file, line, column, .. } = mark.location;
    Origin::path(printable(file.as_deref().unwrap_or("<unknown>"))).line(*line).char_column(*column).into()
}

/// Returns the bytes of a place within `text`, which starts at the line `first`. A place that covers several
/// lines is cut at the end of its first.
fn range(text: &str, first: usize, location: &Location) -> Range<usize> {
    let skipped = location.line.saturating_sub(first);
    let start: usize = text.split_inclusive('\n').take(skipped).map(str::len).sum();
    let line = text[start..].split('\n').next().unwrap_or_default();
    let offset = |column: usize| {
        let mut offsets = line.char_indices().map(|(at, _)| at);
        start + offsets.nth(column.saturating_sub(1)).unwrap_or(line.len())
    };
    let from = offset(location.column);
    let to = if location.end_line == location.line { offset(location.end_column) } else { start + line.len() };
    from..to.max(from)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_EXCERPT, draw};
    use crate::input::sources::Sources;
    use vtl::diagnostic::{Diagnostic, Location};
    use vtl::{Code, Error, Span};

    /// Draws without colours.
    fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
        anstream::adapter::strip_str(&draw(diagnostic, sources)).to_string()
    }

    fn at(file: &str, line: usize, column: usize) -> Location {
        Location::new(line, column).until((line, column + 2)).in_file(file)
    }

    #[test]
    fn no_control_character_beyond_ascii_reaches_a_terminal() {
        let sources = Sources::default();
        sources.add("a.yaml", "a: \u{9b}31m\n");
        let finding = Diagnostic::new(Code::Configuration, "a\u{9b}2J").at(at("a.yaml", 1, 1)).with_help("\u{85}b");
        let drawn = draw(&finding, &sources);
        assert!(!drawn.contains(|c| ('\u{80}'..='\u{9f}').contains(&c)), "{drawn:?}");
    }

    #[test]
    fn related_places_are_drawn_with_theirs() {
        let sources = Sources::default();
        sources.add("a.yaml", "first: 1\nother: 2\nfirst: 3\n");
        sources.add("b.yaml", "bb: 1\n");
        let diagnostic = Diagnostic::new(Code::Configuration, "twice").at(at("a.yaml", 3, 1));
        let same = diagnostic.clone().with_related("first here", at("a.yaml", 1, 1));
        let expected = "\
error[V401]: twice
 --> a.yaml:3:1
  |
1 | first: 1
  | -- first here
2 | other: 2
3 | first: 3
  | ^^";
        assert_eq!(plain(&same, &sources), expected);
        let other = diagnostic.with_related("first here", at("b.yaml", 1, 1));
        let drawn = plain(&other, &sources);
        assert!(drawn.contains("3 | first: 3\n  | ^^") && drawn.contains("b.yaml:1:1\n"), "{drawn}");
        assert!(drawn.contains("1 | bb: 1\n  | -- first here"), "{drawn}");
    }

    #[test]
    fn a_carriage_return_at_the_end_of_a_line_is_not_drawn() {
        let sources = Sources::default();
        sources.add("a.vtl", "one\r\n#if($a)\r\n");
        let mut location = at("a.vtl", 2, 1);
        location = location.until((3, 1));
        let drawn = plain(&Diagnostic::new(Code::Unclosed, "open").at(location), &sources);
        assert!(drawn.ends_with("2 | #if($a)\n  | ^^^^^^^"), "{drawn}");
    }

    #[test]
    fn a_place_without_its_line_is_named() {
        let sources = Sources::default();
        sources.add("min.json", " ".repeat(LONGEST_EXCERPT + 1));
        for file in ["min.json", "unknown.json"] {
            let drawn = plain(&Diagnostic::new(Code::Configuration, "bad").at(at(file, 1, 9)), &sources);
            assert_eq!(drawn, format!("error[V401]: bad\n--> {file}:1:9"));
        }
        // A place behind the end of the text.
        let drawn = plain(&Diagnostic::new(Code::Configuration, "bad").at(at("min.json", 7, 9)), &sources);
        assert_eq!(drawn, "error[V401]: bad\n--> min.json:7:9");
    }

    #[test]
    fn findings_in_one_long_line_are_drawn_up_to_a_limit() {
        let sources = Sources::default();
        sources.add("one.vtl", "x".repeat(LONGEST_EXCERPT));
        let finding = Diagnostic::new(Code::Configuration, "bad").at(at("one.vtl", 1, 9));
        let drawn: Vec<String> = (0..300).map(|_| plain(&finding, &sources)).collect();
        assert!(drawn[..256].iter().all(|drawn| drawn.contains("\n1 | ")));
        assert!(drawn[256..].iter().all(|drawn| drawn == "error[V401]: bad\n--> one.vtl:1:9"), "{}", drawn[256]);
    }

    #[test]
    fn any_span_can_be_drawn() {
        let long = "x".repeat(5_000);
        for source in ["", "\n", "a\r\nb\t$c", "é\u{301}日本\n\u{1b}[31m$x\u{0}", "#if(\n\n", long.as_str()] {
            let sources = Sources::default();
            sources.add("x.vtl", source);
            for start in (0..12).chain([4_000, 4_990, 5_000, usize::MAX]) {
                for len in [0, 1, 2, 7, 300, usize::MAX] {
                    let (here, there) = (Span::new(start, len), Span::new(len, start));
                    let error =
                        Error::new(Code::Syntax, "bad\u{1b}[0m").at(here).with_related(there, "why").with_help("do");
                    assert!(draw(&error.diagnostic("x.vtl", source), &sources).contains("V001"));
                }
            }
        }
    }
}
