//! Findings of rules with their fixes, before and after they have a place in a file.

use vtl::diagnostic::{Diagnostic, Severity};
use vtl::{Code, Span};

/// A change of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Part of the template that is replaced.
    pub span: Span,
    /// Text in its place.
    pub text: String,
}

/// A fix: edits that are applied together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// Set if the fix changes nothing but what is wrong.
    pub is_safe: bool,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Creates a fix that changes nothing but what is wrong.
    #[must_use]
    pub fn safe(edits: impl IntoIterator<Item = (Span, String)>) -> Fix {
        Fix { is_safe: true, edits: edits.into_iter().map(|(span, text)| Edit { span, text }).collect() }
    }

    /// Creates a fix that a person should look at.
    #[must_use]
    pub fn unsafe_(edits: impl IntoIterator<Item = (Span, String)>) -> Fix {
        Fix { is_safe: false, ..Fix::safe(edits) }
    }
}

/// The place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A part of the template.
    Template(Span),
    /// A property of the integration, by JSON pointer.
    Property(String),
}

/// A finding of a rule.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub code: Code,
    pub severity: Severity,
    pub place: Place,
    pub message: String,
    pub help: Option<String>,
    pub fix: Option<Fix>,
    pub related: Vec<(Place, String)>,
}

impl Finding {
    /// Creates a finding at a part of a template.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Finding {
        Finding::at(code, Place::Template(span), message)
    }

    /// Creates a finding at a property of an integration.
    pub fn property(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::at(code, Place::Property(pointer.into()), message)
    }

    fn at(code: Code, place: Place, message: impl Into<String>) -> Finding {
        Finding {
            code,
            severity: code.severity(),
            place,
            message: message.into(),
            help: None,
            fix: None,
            related: Vec::new(),
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    pub fn severity(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }

    pub fn fix(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }

    pub fn related(mut self, place: Place, message: impl Into<String>) -> Finding {
        self.related.push((place, message.into()));
        self
    }
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileEdit {
    /// Name of the file, as in the locations of the diagnostics.
    pub file: String,
    /// Bytes of the file that are replaced.
    pub range: std::ops::Range<usize>,
    /// Text in their place.
    pub text: String,
}

/// The fix of a diagnostic: edits that are applied together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileFix {
    /// Set if the fix changes nothing but what is wrong.
    pub is_safe: bool,
    /// The edits, which do not overlap.
    pub edits: Vec<FileEdit>,
}

/// A diagnostic with its fix.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    /// Fix of it, where there is one.
    pub fix: Option<FileFix>,
}

impl Found {
    /// Creates a diagnostic without a fix.
    #[must_use]
    pub fn new(diagnostic: Diagnostic) -> Found {
        Found { diagnostic, fix: None }
    }
}
