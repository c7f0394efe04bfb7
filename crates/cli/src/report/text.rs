//! Draws failures and notes on standard error: in colour on a terminal, unless `NO_COLOR` is set.
//!
//! Nothing here can fail: when standard error is gone, there is nobody to tell.

use crate::failure::Failure;
use crate::input::template::Source;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use clap::builder::styling::AnsiColor;
use std::io::{IsTerminal, Write};
use std::ops::Range;
use vtl::pipeline::{CallNote, Step};
use vtl::{Error, Note, Span};
use vtl_loaders::Finding;

/// Draws a failure; that of a template with the lines it happened in.
pub fn failure(failure: &Failure) {
    let drawn = match failure {
        Failure::Template { error, name, source } => draw(error, name, source),
        Failure::Problems(count, name) => {
            let noun = if *count == 1 { "problem" } else { "problems" };
            Renderer::styled()
                .render(&[Group::with_title(Level::ERROR.primary_title(format!("{count} {noun} in {name}")))])
        }
        Failure::Input(message) => {
            Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(message.as_str()))])
        }
    };
    let _ = writeln!(anstream::stderr(), "{drawn}");
}

/// One line for each note; on a terminal not in the line where the output ended.
pub fn notes(source: &Source, notes: &[&Note], output: &str) {
    let mut out = anstream::stderr().lock();
    if !notes.is_empty() && !output.is_empty() && !output.ends_with('\n') && std::io::stdout().is_terminal() {
        let _ = writeln!(out);
    }
    let head = AnsiColor::Cyan.on_default().bold();
    for note in notes {
        let (name, line, column) = source.place(note.span);
        let (code, detail) = (note.code, normalize_untrusted_str(&note.detail));
        let _ = writeln!(out, "{head}note[{code}]{head:#} {name}:{line}:{column}: {}", detail.replace('\n', " "));
    }
}

/// One line for each problem of an integration, and for each note on a call.
pub fn call_notes(problems: &[Finding], notes: &[CallNote]) {
    let mut out = anstream::stderr().lock();
    let head = AnsiColor::Yellow.on_default().bold();
    for problem in problems {
        let (property, message) = (problem.property, normalize_untrusted_str(&problem.message));
        let _ = writeln!(out, "{head}problem{head:#} {}: {property}: {}", problem.place, message.replace('\n', " "));
    }
    let head = AnsiColor::Cyan.on_default().bold();
    for note in notes {
        let (step, detail) = (step_name(note.step), normalize_untrusted_str(&note.detail));
        let _ = writeln!(out, "{head}note[{}]{head:#} {step}: {}", note.code, detail.replace('\n', " "));
    }
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Validation => "validation",
        Step::Request => "request",
        Step::Backend => "backend",
        Step::Response => "response",
    }
}

fn draw(error: &Error, name: &str, source: &str) -> String {
    let title = Level::ERROR.primary_title(error.detail()).id(error.code().as_str());
    let mut group = Group::with_title(title);
    let mut snippet = Snippet::source(source).path(name);
    if let Some(span) = error.span() {
        snippet = snippet.annotation(AnnotationKind::Primary.span(first_line(source, span)));
    }
    if let Some((span, label)) = error.related() {
        snippet = snippet.annotation(AnnotationKind::Context.span(first_line(source, span)).label(label));
    }
    if error.span().is_some() || error.related().is_some() {
        group = group.element(snippet);
    }
    if let Some(advice) = error.advice() {
        group = group.element(Level::HELP.message(advice));
    }
    Renderer::styled().render(&[group])
}

/// The part of a span that lies in its first line, on whole characters and inside the text: a span may
/// cover a block of a thousand lines, or come from a text that `#evaluate` was given.
fn first_line(source: &str, span: Span) -> Range<usize> {
    let boundary = |at: usize| {
        let at = at.min(source.len());
        (0..=at).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0)
    };
    let (start, end) = (boundary(span.range().start), boundary(span.end()));
    let line_end = source[start..].find('\n').map_or(source.len(), |n| start + n);
    start..end.clamp(start, line_end.max(start))
}

#[cfg(test)]
mod tests {
    use super::draw;
    use vtl::{Code, Error, Span};

    #[test]
    fn any_span_can_be_drawn() {
        let long = "x".repeat(5_000);
        for source in ["", "\n", "a\r\nb\t$c", "é\u{301}日本\n\u{1b}[31m$x\u{0}", "#if(\n\n", long.as_str()] {
            for start in (0..12).chain([4_000, 4_990, 5_000, usize::MAX]) {
                for len in [0, 1, 2, 7, 300, usize::MAX] {
                    let (here, there) = (Span::new(start, len), Span::new(len, start));
                    let error = Error::new(Code::Syntax, "bad\u{1b}[0m").at(here).because(there, "why").hint("do");
                    assert!(draw(&error, "x.vtl", source).contains("V001"));
                }
            }
        }
    }
}
