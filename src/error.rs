//! What stops a template: one error type, one table of codes.

use crate::span::Span;
use std::fmt;

/// One row per code: variant, number, title. The enum, the names and the page
/// of codes are made from it. A number that shipped is never used again.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $title:literal;)*) => {
        /// A stable number for each kind of failure and of [`Note`](crate::Note).
        ///
        /// `V0xx` syntax, `V1xx` run time, `V2xx` paths and payloads, `V3xx` limits,
        /// `V4xx` the integration.
        ///
        /// ```
        /// let error = vtl::Template::parse("#if(true)").unwrap_err();
        /// assert_eq!(error.code().to_string(), "V002");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $title] $(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The name that is printed, such as `V001`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => $number,)* }
            }

            /// What the code stands for, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }
        }
    };
}

codes! {
    Syntax = "V001", "the template does not parse";
    Unclosed = "V002", "a block is not closed by `#end`";
    StrayEnd = "V003", "an `#end`, `#else` or `#elseif` without a block";
    LoneMark = "V004", "a `$` or `#` at the very end of the template";
    BadArguments = "V005", "a directive has the wrong arguments";
    BadString = "V006", "the text inside a double-quoted string does not parse";

    JavaException = "V101", "a Java method threw an exception";
    OutOfBounds = "V102", "an index is out of range";
    NoResource = "V103", "`#include` and `#parse` have nothing to load";
    BadPattern = "V104", "a regular expression does not compile";
    Evaluate = "V105", "the text given to `#evaluate` does not parse";
    Modified = "V106", "a collection was changed while a loop or iterator ran over it";
    BadScope = "V107", "`#break` was given something that is no scope";
    BadMacroArgument = "V108", "a macro call has an argument that is a bare word";
    Unsupported = "V109", "a Java feature that this engine does not have";

    NullReference = "V150", "a reference resolves to nothing";
    UnknownMethod = "V151", "no method of that name and these arguments";
    UnknownProperty = "V152", "no property of that name";
    IgnoredSet = "V153", "a `#set` had no effect";
    NullOperand = "V154", "an operand is null or no number";
    NotIterable = "V155", "`#foreach` over something that is no collection";
    MacroAsText = "V156", "a macro call, `#evaluate` or `#return` prints as text here";
    NoSuchMacro = "V157", "a call of an unknown macro prints as text";
    LoopCut = "V158", "a `#foreach` stopped at the loop limit";
    Recursion = "V159", "a `#define` block stopped at its recursion limit";

    BadPath = "V201", "a JSONPath does not compile";
    PathFailed = "V202", "a JSONPath could not be evaluated";
    BadPayload = "V203", "the payload cannot be read as JSON";
    PathNotFound = "V250", "a JSONPath found nothing";

    SourceLimit = "V301", "the template is larger than allowed";
    NestingLimit = "V302", "an expression is nested too deeply";
    StepLimit = "V303", "the render took too many steps";
    OutputLimit = "V304", "the output is larger than allowed";
    MemoryLimit = "V305", "the render needs more memory than allowed";
    DepthLimit = "V306", "calls are nested too deeply";
    LoopLimit = "V307", "a `#foreach` ran into the loop limit";
    PatternLimit = "V308", "a regular expression backtracked too much";

    Configuration = "V401", "the integration is not configured soundly";
    Backend = "V402", "the backend failed";
    Mapping = "V403", "a parameter mapping cannot be applied";
    Request = "V404", "the request is refused";
    Conversion = "V405", "a payload cannot be converted as asked";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
