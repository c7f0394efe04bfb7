//! The findings in templates and documents.

use crate::failure::Failure;
use crate::rules::Rules;
use serde::Serialize;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::{Note, Template};
use vtl_loaders::{File, Options};

/// The findings in a template or a document, as `vtl check --format json` prints them.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Checked {
    /// Findings in the order of their places.
    pub findings: Vec<Diagnostic>,
    /// Numbers of findings by severity, and of files.
    pub summary: Summary,
}

/// Numbers of findings by severity, and of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings that make the service refuse or fail.
    pub error: usize,
    /// Findings that are probably mistakes.
    pub warning: usize,
    /// Findings that are worth knowing.
    pub advice: usize,
    /// Files that were checked.
    pub files: usize,
}

impl Checked {
    fn new(findings: Vec<Diagnostic>, files: usize) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (error, warning, advice) = (count(Severity::Error), count(Severity::Warning), count(Severity::Advice));
        Checked { findings, summary: Summary { error, warning, advice, files } }
    }
}

/// Returns notes as diagnostics with their places in a template of that name.
pub fn notes(notes: &[Note], name: Option<&str>, source: &str) -> Vec<Diagnostic> {
    let placed = |note: &Note| {
        let mut diagnostic = note.diagnostic(name.unwrap_or_default(), source);
        if let (None, Some(location)) = (name, &mut diagnostic.location) {
            location.file = None;
        }
        diagnostic
    };
    notes.iter().map(placed).collect()
}

/// Checks the text of a template. A template that does not parse is a finding.
///
/// # Errors
/// [`Failure::Usage`] for a rule that does not exist.
///
/// ```
/// let checked = vtl_data::check_template("#if($x)", Some("a.vtl"), &vtl_data::Rules::default())?;
/// assert_eq!(checked.findings[0].to_string(), "a.vtl:1:1: error[V002]: `#if` of line 1 is not closed");
/// # Ok::<(), vtl_data::Failure>(())
/// ```
pub fn check_template(source: &str, name: Option<&str>, rules: &Rules) -> Result<Checked, Failure> {
    let options = rules.parse_options()?;
    let findings = match Template::parse_with(source, &options) {
        Ok(template) => notes(template.notes(), name, source),
        Err(error) => match Failure::template(&error, name, source) {
            Failure::Finding { diagnostic, .. } => vec![*diagnostic],
            usage @ Failure::Usage(_) => return Err(usage),
        },
    };
    Ok(Checked::new(findings, 1))
}

/// Checks a document. A document that cannot be loaded is a finding.
///
/// ```
/// use vtl_loaders::{File, Options};
/// let file = File::new("i.json", r#"{"type": "http", "httpMethod": "GET", "uri": "backend.test"}"#);
/// let checked = vtl_data::check_document(&[file], &Options::new());
/// assert_eq!((checked.summary.error, checked.summary.files), (1, 1));
/// ```
#[must_use]
pub fn check_document(files: &[File], options: &Options<'_>) -> Checked {
    let findings = match vtl_loaders::load(files, options) {
        Ok(document) => document.diagnostics(),
        Err(error) => vec![error.diagnostic().clone()],
    };
    Checked::new(findings, files.len())
}
