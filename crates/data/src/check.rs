//! The findings in templates and documents.

use crate::failure::Failure;
use crate::note::located;
use crate::rules::Rules;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use vtl::Template;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl_check::{Config, TemplateOptions};
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

impl Summary {
    /// Counts findings in a number of files.
    ///
    /// ```
    /// assert_eq!(vtl_data::Summary::of(&[], 1).to_string(), "0 errors, 0 warnings, 0 advice in 1 file");
    /// ```
    #[must_use]
    pub fn of(findings: &[Diagnostic], files: usize) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (error, warning, advice) = (count(Severity::Error), count(Severity::Warning), count(Severity::Advice));
        Summary { error, warning, advice, files }
    }
}

/// Prints `1 error, 2 warnings, 0 advice in 1 file`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let Summary { error, warning, advice, files } = *self;
        write!(f, "{error} error{}, {warning} warning{}, ", plural(error), plural(warning))?;
        write!(f, "{advice} advice in {files} file{}", plural(files))
    }
}

/// The settings of a project: the text of its `vtl.toml` and the folder that it is in.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    config: Config,
    /// Set if names of files are resolved before they are compared with the paths of the settings.
    is_absolute: bool,
}

impl Settings {
    /// Parses the text of a `vtl.toml` in `folder`. Its paths are those of files below that folder: if it is
    /// absolute, names of files are resolved by the file system, else they are compared as they are.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a text that is no TOML, or a setting or rule that does not exist.
    ///
    /// ```
    /// use vtl_data::{Rules, Settings, check_template};
    /// let settings = Settings::parse("[rules]\nunknown-util = \"off\"", "")?;
    /// let checked = check_template("$util.escapeJavascript('x')", None, &Rules::default(), &settings)?;
    /// assert!(checked.findings.is_empty());
    /// # Ok::<(), vtl_data::Failure>(())
    /// ```
    pub fn parse(text: &str, folder: &str) -> Result<Settings, Failure> {
        let config = Config::parse(text, Path::new(folder));
        let config = config.map_err(|error| Failure::Usage(format!("{}: {error}", vtl_check::FILE_NAME)))?;
        Ok(Settings { config, is_absolute: Path::new(folder).is_absolute() })
    }

    /// Sets the severity of findings, and removes those of rules that are off.
    fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain_mut(|finding| {
            let file = finding.location.as_ref().and_then(|location| location.file.as_deref());
            let mut file = PathBuf::from(file.unwrap_or("."));
            if let (true, Ok(resolved)) = (self.is_absolute, file.canonicalize()) {
                file = resolved;
            }
            self.config.keeps(finding, &file)
        });
    }
}

impl Checked {
    fn new(mut findings: Vec<Diagnostic>, files: usize, settings: &Settings) -> Self {
        settings.apply(&mut findings);
        let summary = Summary::of(&findings, files);
        Checked { findings, summary }
    }
}

/// Checks the text of a template with the rules of `vtl check`. A template that does not parse is a finding.
/// A name such as `order.response.vtl` makes it the template of a response.
///
/// # Errors
/// [`Failure::Usage`] for a rule that does not exist.
///
/// ```
/// let checked = vtl_data::check_template("#if($x)", Some("a.vtl"), &vtl_data::Rules::default(), &Default::default())?;
/// assert_eq!(checked.findings[0].to_string(), "a.vtl:1:1: error[V002]: `#if` is not closed");
/// let checked = vtl_data::check_template("$util.escapeJavascript('x')", None, &vtl_data::Rules::default(), &Default::default())?;
/// assert_eq!(checked.findings[0].code.name(), "unknown-util");
/// # Ok::<(), vtl_data::Failure>(())
/// ```
pub fn check_template(
    source: &str,
    name: Option<&str>,
    rules: &Rules,
    settings: &Settings,
) -> Result<Checked, Failure> {
    let parse_options = rules.parse_options()?;
    let mut options = TemplateOptions::named(name.unwrap_or_default());
    options.protocol = settings.config.protocol();
    options.is_velocity = match rules.dialect.as_deref() {
        Some(dialect) => dialect == "velocity-1.7",
        None => settings.config.is_velocity(),
    };
    let found = vtl_check::check_template(name.unwrap_or_default(), source, &options);
    let mut findings: Vec<Diagnostic> = found.into_iter().map(|it| located(it.diagnostic, name)).collect();
    // The limits are none of the rules.
    if let Err(error) = Template::parse_with(source, &parse_options)
        && error.code().as_str().starts_with("V3")
        && findings.iter().all(|finding| finding.code != error.code())
    {
        findings.push(located(error.diagnostic(name.unwrap_or_default(), source), name));
    }
    Ok(Checked::new(findings, 1, settings))
}

/// Checks a document and its templates with the rules of `vtl check`. A document that cannot be loaded is a
/// finding.
///
/// ```
/// use vtl_loaders::{File, Options};
/// let file = File::new("i.json", r#"{"type": "http", "httpMethod": "GET", "uri": "backend.test"}"#);
/// let checked = vtl_data::check_document(&[file], &Options::new(), &Default::default());
/// assert_eq!((checked.summary.error, checked.summary.files), (1, 1));
/// ```
#[must_use]
pub fn check_document(files: &[File], options: &Options<'_>, settings: &Settings) -> Checked {
    let findings = match vtl_loaders::load(files, options) {
        Ok(document) => vtl_check::check_document(&document).into_iter().map(|it| it.diagnostic).collect(),
        Err(error) => vec![error.diagnostic().clone()],
    };
    Checked::new(findings, files.len(), settings)
}
