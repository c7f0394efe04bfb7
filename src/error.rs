//! The error that stops a template.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::span::Span;
use std::fmt;

/// Why a template does not compile or a render stopped.
///
/// One pointer wide. `{}` prints one line; [`report`](Error::report) draws the
/// place in the source.
///
/// ```
/// let source = "{\n  \"id\": \"$input.path('$.id)\"\n}";
/// let error = vtl::Template::parse(source).unwrap_err();
/// assert_eq!(error.line_column(source), Some((2, 22)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: Code,
    detail: String,
    span: Option<Span>,
    hint: Option<String>,
    other: Option<(Span, String)>,
}

const _: () = assert!(size_of::<Error>() == 8);

impl Error {
    /// An error without a place: whoever knows the place adds it with [`at`](Error::at).
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Error(Box::new(Inner { code, detail: detail.into(), span: None, hint: None, other: None }))
    }

    /// The same with a place, unless it has one already.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    /// The same with a place, whatever it had before.
    #[must_use]
    pub fn moved(mut self, span: Span) -> Self {
        self.0.span = Some(span);
        self
    }

    /// The same with advice on what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same with a second place that explains the first.
    #[must_use]
    pub fn because(mut self, span: Span, label: impl Into<String>) -> Self {
        self.0.other = Some((span, label.into()));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, without code and place.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Where it happened, if that is known.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// What to write instead, where that can be told.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// A second place that explains the first, such as the `#if` that was never closed.
    #[must_use]
    pub fn related(&self) -> Option<(Span, &str)> {
        self.0.other.as_ref().map(|(span, label)| (*span, label.as_str()))
    }

    /// Line and column in `source`, counted from 1.
    #[must_use]
    pub fn line_column(&self, source: &str) -> Option<(usize, usize)> {
        self.0.span.map(|s| s.line_column(source))
    }

    /// Converts the error into a diagnostic of the template `source`, which the reader knows as
    /// `name`.
    #[must_use]
    pub fn diagnostic(&self, name: &str, source: &str) -> Diagnostic {
        let place = |span| Location::of(span, source).in_file(name);
        let mut diagnostic = Diagnostic::new(self.0.code, self.0.detail.as_str());
        diagnostic.help.clone_from(&self.0.hint);
        diagnostic.location = self.0.span.map(place);
        match &self.0.other {
            Some((span, label)) => diagnostic.with_related(label.as_str(), place(*span)),
            None => diagnostic,
        }
    }

    /// The whole message with the line it happened in and a caret, in plain text.
    ///
    /// ```
    /// let source = "ok\n#if(true)";
    /// let error = vtl::Template::parse(source).unwrap_err();
    /// let text = error.report("hello.vtl", source).to_string();
    /// assert!(text.contains("hello.vtl:2:1"));
    /// ```
    pub fn report<'a>(&'a self, name: &'a str, source: &'a str) -> impl fmt::Display + 'a {
        Report { error: self, name, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl std::error::Error for Error {}

struct Report<'a> {
    error: &'a Error,
    name: &'a str,
    source: &'a str,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.error.0;
        writeln!(f, "error[{}]: {}", inner.code, inner.detail)?;
        let line_numbers = [inner.span, inner.other.as_ref().map(|o| o.0)];
        let wide = line_numbers.iter().flatten().map(|s| s.line_column(self.source).0).max().unwrap_or(1);
        let gutter = wide.to_string().len();
        if let Some(span) = inner.span {
            excerpt(f, gutter, Some(self.name), self.source, span, "")?;
        }
        if let Some((span, label)) = &inner.other {
            excerpt(f, gutter, None, self.source, *span, label)?;
        }
        if let Some(hint) = &inner.hint {
            writeln!(f, "{:gutter$} = help: {hint}", "")?;
        }
        Ok(())
    }
}

/// The line a span starts in, with a caret under the part it covers.
fn excerpt(
    f: &mut fmt::Formatter<'_>,
    gutter: usize,
    name: Option<&str>,
    source: &str,
    span: Span,
    label: &str,
) -> fmt::Result {
    const WIDEST: usize = 160;
    let (line, column) = span.line_column(source);
    if let Some(name) = name {
        writeln!(f, "{:gutter$}--> {name}:{line}:{column}", "")?;
    }
    let text = source.split('\n').nth(line - 1).unwrap_or("").trim_end_matches('\r');
    // A line of a minified document is cut around the place.
    let skip = (column - 1).saturating_sub(WIDEST / 2);
    let shown: String = text.chars().skip(skip).take(WIDEST).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let covered = source.get(span.range()).unwrap_or("").split('\n').next().unwrap_or("").chars().count();
    let room = (WIDEST + 1).saturating_sub(column - 1 - skip).max(1);
    let carets = "^".repeat(covered.clamp(1, room));
    writeln!(f, "{:gutter$} |", "")?;
    writeln!(f, "{}", format!("{line:gutter$} | {shown}").trim_end())?;
    let under = format!("{:gutter$} | {:pad$}{carets} {label}", "", "", pad = column - 1 - skip);
    writeln!(f, "{}", under.trim_end())
}
