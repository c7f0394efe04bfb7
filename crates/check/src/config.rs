//! `vtl.toml`: the settings of a project.

use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::pipeline::Protocol;
use vtl_loaders::Reach;

/// Name of the file.
pub const FILE_NAME: &str = "vtl.toml";

/// Most bytes of the file.
const MAX_BYTES: u64 = 256 << 10;

/// Most patterns of paths.
const MAX_PATTERNS: usize = 1_000;

/// Most bytes of a pattern, as of a path; `compile_matcher` panics on one that is too large for a regular expression.
const MAX_PATTERN: usize = 4 << 10;

/// The settings of a project.
///
/// ```
/// use vtl_check::Config;
/// let config = Config::parse("[rules]\nbare-reference = \"off\"\n", "/project".as_ref()).unwrap();
/// assert_eq!(config.level(vtl::Code::BareReference, "/project/a.vtl".as_ref()), Some(None));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    folder: PathBuf,
    file: File,
    rules: Levels,
    paths: Vec<(GlobMatcher, Levels)>,
    /// Numbers of the patterns that match the path of the last finding: many findings are in one file.
    last: Arc<Mutex<Last>>,
    samples: HashMap<PathBuf, Vec<PathBuf>>,
}

/// A path, and the numbers of the patterns that match it.
type Last = Option<(PathBuf, Arc<[usize]>)>;

/// The levels of rules.
type Levels = BTreeMap<Code, Level>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct File {
    dialect: Option<String>,
    fail_level: Option<String>,
    api_type: Option<ApiType>,
    rules: BTreeMap<String, Level>,
    paths: Vec<PathRules>,
    samples: BTreeMap<String, Vec<PathBuf>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PathRules {
    path: String,
    #[serde(default)]
    rules: BTreeMap<String, Level>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum ApiType {
    Rest,
    Http,
    Websocket,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Advice,
    Warning,
    Error,
}

impl Level {
    fn severity(self) -> Option<Severity> {
        match self {
            Level::Off => None,
            Level::Advice => Some(Severity::Advice),
            Level::Warning => Some(Severity::Warning),
            Level::Error => Some(Severity::Error),
        }
    }
}

impl Config {
    /// Reads the `vtl.toml` of a folder, if it has one: a regular file of at most 256 KiB within the
    /// [`Reach`] of the folder.
    ///
    /// # Errors
    /// The file cannot be read or parsed: its path and a description.
    pub fn in_folder(folder: &Path) -> Result<Option<Config>, String> {
        let file = folder.join(FILE_NAME);
        if file.symlink_metadata().is_err() {
            return Ok(None);
        }
        let told = |error: String| format!("{}: {error}", file.display());
        let text = Reach::of(&file, &[]).text(&file, MAX_BYTES);
        let text = text.map_err(|error| told(format!("cannot be read: {error}")))?;
        Config::parse(&text, folder).map(Some).map_err(told)
    }

    /// Sets the severity of a finding in the file at `path` to the level of its rule; returns `false`, and changes
    /// nothing, if the rule is off.
    ///
    /// ```
    /// use vtl_check::{Config, TemplateOptions, check_template};
    /// let mut found = check_template("a.vtl", "$inputs.body", &TemplateOptions::default());
    /// let config = Config::parse("[rules]\nunknown-variable = \"off\"", "/project".as_ref())?;
    /// found.retain_mut(|it| config.keeps(&mut it.diagnostic, "/project/a.vtl".as_ref()));
    /// assert!(found.is_empty());
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn keeps(&self, finding: &mut Diagnostic, path: &Path) -> bool {
        match self.level(finding.code, path) {
            Some(None) => return false,
            Some(Some(severity)) => finding.severity = severity,
            None => {}
        }
        true
    }

    /// Parses the text of a `vtl.toml` in `folder`.
    ///
    /// # Errors
    /// The text is no TOML, or has a setting or rule that does not exist: a description of it.
    pub fn parse(text: &str, folder: &Path) -> Result<Config, String> {
        let mut file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let rules = levels(&file.rules)?;
        if let Some(dialect) = file.dialect.as_deref().filter(|it| !matches!(*it, "service" | "velocity-1.7")) {
            return Err(format!("unknown dialect `{dialect}`: give service or velocity-1.7"));
        }
        if let Some(level) = &file.fail_level {
            level.parse::<Severity>().map_err(|error| error.to_string())?;
        }
        if file.paths.len() > MAX_PATTERNS {
            return Err(format!("`paths` has more than {MAX_PATTERNS} patterns"));
        }
        let mut paths = Vec::new();
        for PathRules { path, rules } in std::mem::take(&mut file.paths) {
            if path.len() > MAX_PATTERN {
                return Err(format!("a pattern of `paths` has more than {MAX_PATTERN} bytes"));
            }
            let glob = Glob::new(&path).map_err(|error| error.to_string())?;
            paths.push((glob.compile_matcher(), levels(&rules)?));
        }
        let mut samples: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
        for (template, files) in std::mem::take(&mut file.samples) {
            samples.entry(template.into()).or_default().extend(files);
        }
        Ok(Config { folder: folder.to_owned(), file, rules, paths, last: Arc::default(), samples })
    }

    /// Returns the level that the settings give a code in a file: `None` if they do not say, and
    /// `Some(None)` if it is off.
    #[must_use]
    pub fn level(&self, code: Code, path: &Path) -> Option<Option<Severity>> {
        let matching = self.matching(path);
        let own = matching.iter().find_map(|at| self.paths.get(*at)?.1.get(&code));
        own.or_else(|| self.rules.get(&code)).map(|level| level.severity())
    }

    /// Returns the numbers of the patterns that match a path, the last first.
    fn matching(&self, path: &Path) -> Arc<[usize]> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = last.as_ref().filter(|(of, _)| of == path) {
            return Arc::clone(found);
        }
        let relative = path.strip_prefix(&self.folder).unwrap_or(path);
        let patterns = self.paths.iter().enumerate().rev();
        let found: Arc<[usize]> = patterns.filter(|(_, (glob, _))| glob.is_match(relative)).map(|(at, _)| at).collect();
        *last = Some((path.to_owned(), Arc::clone(&found)));
        found
    }

    /// Returns the severity from which on findings make the command fail.
    #[must_use]
    pub fn fail_level(&self) -> Option<Severity> {
        self.file.fail_level.as_deref().and_then(|level| level.parse().ok())
    }

    /// Returns the kind of API that templates in files of their own belong to.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match self.file.api_type {
            None | Some(ApiType::Rest) => Protocol::Rest,
            Some(ApiType::Http) => Protocol::Http,
            Some(ApiType::Websocket) => Protocol::WebSocket,
        }
    }

    /// Checks whether templates are those of Velocity 1.7 itself.
    #[must_use]
    pub fn is_velocity(&self) -> bool {
        self.file.dialect.as_deref() == Some("velocity-1.7")
    }

    /// Returns the sample requests of a template.
    #[must_use]
    pub fn samples(&self, path: &Path) -> Vec<PathBuf> {
        let relative = path.strip_prefix(&self.folder).unwrap_or(path);
        let files = self.samples.get(relative).into_iter().flatten();
        files.map(|sample| self.folder.join(sample)).collect()
    }
}

/// Reads the levels of rules, by names or numbers; of one that has both its name counts.
fn levels(rules: &BTreeMap<String, Level>) -> Result<Levels, String> {
    let mut levels = Levels::new();
    for (name, level) in rules {
        let Some(code) = Code::from_name(name) else {
            let near = vtl::reference::nearest(name, Code::ALL.iter().map(|code| code.name()));
            let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(format!("no rule has the name `{name}`{help}"));
        };
        if name.eq_ignore_ascii_case(code.name()) {
            levels.insert(code, *level);
        } else {
            levels.entry(code).or_insert(*level);
        }
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_rule_and_path() {
        let text =
            "[rules]\nbare-reference = \"error\"\n[[paths]]\npath = \"old/**\"\nrules = { bare-reference = \"off\" }\n";
        let config = Config::parse(text, Path::new("/p")).unwrap();
        let level = |path: &str| config.level(Code::BareReference, Path::new(path));
        assert_eq!(level("/p/a.vtl"), Some(Some(Severity::Error)));
        assert_eq!(level("/p/old/x/a.vtl"), Some(None));
        assert_eq!(config.level(Code::InvalidJson, Path::new("/p/a.vtl")), None);
    }

    #[test]
    fn patterns_that_do_not_fit_are_refused() {
        let parse = |path: &str| Config::parse(&format!("[[paths]]\npath = \"{path}\"\n"), Path::new(""));
        for path in ["?", "*a", "**/a", "[!a]", "[!\u{e9}]", "{\u{e9},[!a]}", "\u{10ffff}"] {
            assert!(parse(&path.repeat((4 << 10) / path.len())).is_ok(), "{path}");
            assert!(parse(&path.repeat(40_000)).unwrap_err().contains("more than 4096 bytes"), "{path}");
        }
        assert!(Config::parse(&"[[paths]]\npath = \"a\"\n".repeat(1_001), Path::new("")).is_err());
    }

    #[test]
    fn samples_are_those_of_a_template() {
        let config = Config::parse("[samples]\n\"a//b.vtl\" = [\"c.json\"]\n", Path::new("/p")).unwrap();
        assert_eq!(config.samples(Path::new("/p/a/b.vtl")), [Path::new("/p/c.json")]);
        assert!(config.samples(Path::new("/p/b.vtl")).is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| Config::parse(text, Path::new("")).unwrap_err();
        assert!(error("[rules]\nbare-refernce = \"off\"").contains("did you mean `bare-reference`?"));
        assert!(error("[rulez]").contains("unknown field `rulez`"));
        assert!(error("dialect = \"2.0\"").contains("unknown dialect"));
    }
}
