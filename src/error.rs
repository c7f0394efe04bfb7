//! The error that stops a template.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::span::Span;
use std::fmt;
use std::sync::Arc;

/// The reason that a template does not compile or that a render stopped.
///
/// `{}` prints one line, `{:#}` the whole [report](Error::report) with the line of the template and
/// a caret. An error is one pointer wide.
///
/// ```
/// use vtl::{ParseOptions, Template};
/// let source = "{\n  \"id\": \"$input.path('$.id)\"\n}";
/// let error = Template::parse_with(source, &ParseOptions::new().name("id.vtl")).unwrap_err();
/// assert_eq!(error.line_column(source), Some((2, 22)));
/// assert!(format!("{error:#}").contains("id.vtl:2:22"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    detail: String,
    span: Option<Span>,
    help: Option<String>,
    related: Option<(Span, String)>,
    template: Option<Origin>,
}

/// The template that an error is from.
#[derive(Clone, PartialEq, Eq)]
struct Origin {
    name: Option<Arc<str>>,
    source: Arc<str>,
}

const _: () = assert!(size_of::<Error>() == size_of::<usize>());

impl Error {
    /// Creates an error without a place.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Error(Box::new(Inner { code, detail: detail.into(), span: None, help: None, related: None, template: None }))
    }

    /// Sets the span, unless the error has one.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    /// Sets the span.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.0.span = Some(span);
        self
    }

    /// Sets the suggested way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Sets a second place that explains the first, with a label for it.
    #[must_use]
    pub fn with_related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.0.related = Some((span, label.into()));
        self
    }

    /// Sets the name and the source of the template that the spans point into.
    #[must_use]
    pub fn with_template(mut self, name: Option<Arc<str>>, source: impl Into<Arc<str>>) -> Self {
        self.0.template = Some(Origin { name, source: source.into() });
        self
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the description of this error, without code and place.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns the place in the template, if it is known.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// Returns the suggested way out, if there is one.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Returns a second place that explains the first, such as the `#if` that was never closed, with
    /// a label for it.
    #[must_use]
    pub fn related(&self) -> Option<(Span, &str)> {
        self.0.related.as_ref().map(|(span, label)| (*span, label.as_str()))
    }

    /// Returns the name of the template, if it was compiled with one.
    #[must_use]
    pub fn template_name(&self) -> Option<&str> {
        self.0.template.as_ref()?.name.as_deref()
    }

    /// Returns the source of the template, if the error is from compiling or rendering one.
    #[must_use]
    pub fn template_source(&self) -> Option<&str> {
        self.0.template.as_ref().map(|template| &*template.source)
    }

    /// Checks for a limit that was reached, which nothing may take for an absent value.
    pub(crate) fn is_limit(&self) -> bool {
        self.code().as_str().starts_with("V3")
    }

    /// Returns line and column of the place in `source`, both counted from 1.
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
        diagnostic.help.clone_from(&self.0.help);
        diagnostic.location = self.0.span.map(place);
        match &self.0.related {
            Some((span, label)) => diagnostic.with_related(label.as_str(), place(*span)),
            None => diagnostic,
        }
    }

    /// Draws the whole message in plain text: the line of `source` with a caret under the place, and the
    /// help. `name` is the name of the template that is shown.
    ///
    /// ```
    /// let source = "ok\n#if(true)";
    /// let error = vtl::Template::parse(source).unwrap_err();
    /// let text = error.report("hello.vtl", source).to_string();
    /// assert!(text.contains("hello.vtl:2:1"));
    /// ```
    pub fn report<'a>(&'a self, name: &'a str, source: &'a str) -> impl fmt::Display + 'a {
        Report { error: self, name, source: Some(source) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            let name = self.template_name().unwrap_or("template");
            return Report { error: self, name, source: self.template_source() }.fmt(f);
        }
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

/// Leaves the source of the template out.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { code, detail, span, help, related, .. } = &*self.0;
        let mut fields = f.debug_struct("Error");
        fields.field("code", code).field("detail", detail).field("span", span);
        fields.field("help", help).field("related", related).field("template_name", &self.template_name()).finish()
    }
}

impl std::error::Error for Error {}

struct Report<'a> {
    error: &'a Error,
    name: &'a str,
    source: Option<&'a str>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.error.0;
        writeln!(f, "error[{}]: {}", inner.code, inner.detail)?;
        let mut gutter = 1;
        if let Some(source) = self.source {
            let spans = [inner.span, inner.related.as_ref().map(|related| related.0)];
            let last_line = spans.iter().flatten().map(|s| s.line_column(source).0).max().unwrap_or(1);
            gutter = last_line.to_string().len();
            if let Some(span) = inner.span {
                excerpt(f, gutter, Some(self.name), source, span, "")?;
            }
            if let Some((span, label)) = &inner.related {
                excerpt(f, gutter, None, source, *span, label)?;
            }
        }
        if let Some(help) = &inner.help {
            writeln!(f, "{:gutter$} = help: {help}", "")?;
        }
        Ok(())
    }
}

/// Draws the line that a span starts in, with carets under the part that it covers.
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
