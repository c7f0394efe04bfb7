//! Sample requests of templates: the files that have them, and the request in a file.

use crate::failure::Failure;
use crate::input::{Groups, Input, Members, payload};
use crate::request::check_request;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vtl::Globals;
use vtl_check::Config;

/// Finds the files with sample requests of a template file, each once: `NAME.sample.json` beside it, those that
/// `[samples]` of `vtl.toml` lists for it, then `NAME.ANY.sample.json` in the order of their names. The sample
/// `NAME.ANY.sample.json` is that of `NAME.ANY.vtl` or `NAME.ANY.vm` where there is one.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// for name in ["order.vtl", "order.response.vtl"] {
///     std::fs::write(folder.path().join(name), "")?;
/// }
/// for name in ["order.sample.json", "order.large.sample.json", "order.response.sample.json", "orders.sample.json"] {
///     std::fs::write(folder.path().join(name), "{}")?;
/// }
/// let found = vtl_data::sample_files(&folder.path().join("order.vtl"), None);
/// let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
/// assert_eq!(names, ["order.sample.json", "order.large.sample.json"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn sample_files(template: &Path, config: Option<&Config>) -> Vec<PathBuf> {
    SampleFolders::default().files(template, config)
}

/// The samples of folders, each of which is listed once for all of its templates.
#[derive(Debug, Default)]
pub struct SampleFolders(Mutex<HashMap<PathBuf, Arc<[String]>>>);

impl SampleFolders {
    /// Finds the files with sample requests of a template file, as [`sample_files`] does.
    #[must_use]
    pub fn files(&self, template: &Path, config: Option<&Config>) -> Vec<PathBuf> {
        found(template, config, &self.of(folder_of(template)))
    }

    /// Returns the names of the samples in a folder, sorted.
    fn of(&self, folder: &Path) -> Arc<[String]> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = known.get(folder) {
            return Arc::clone(names);
        }
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".sample.json")).collect();
        names.sort();
        let names: Arc<[String]> = names.into();
        known.insert(folder.to_owned(), Arc::clone(&names));
        names
    }
}

fn folder_of(template: &Path) -> &Path {
    template.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn found(template: &Path, config: Option<&Config>, names: &[String]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        Some(template.with_extension("sample.json")).filter(|file| file.is_file()).into_iter().collect();
    let absolute = template.canonicalize().unwrap_or_else(|_| template.to_owned());
    let configured = config.map(|config| config.samples(&absolute)).unwrap_or_default();
    for file in configured.into_iter().chain(named(template, names)) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// Returns the files `NAME.ANY.sample.json` beside a template, of the sorted names of all samples there.
fn named(template: &Path, names: &[String]) -> Vec<PathBuf> {
    let Some(stem) = template.file_stem().and_then(|it| it.to_str()) else { return Vec::new() };
    let folder = folder_of(template);
    let is_sample = |name: &str| {
        let middle = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".sample.json"));
        let of_other = |any: &str| {
            ["vtl", "vm"].iter().any(|extension| folder.join(format!("{stem}.{any}.{extension}")).is_file())
        };
        middle.is_some_and(|any| !any.is_empty() && !any.contains('.') && !of_other(any))
    };
    let start = format!("{stem}.");
    let first = names.partition_point(|name| *name < start);
    let own = names.get(first..).unwrap_or_default().iter().take_while(|name| name.starts_with(&start));
    own.filter(|name| is_sample(name)).map(|name| template.with_file_name(name)).collect()
}

/// A sample request, as `vtl render --input` takes it: `{"body", "params", "context", "stageVariables"}`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample<'a> {
    #[serde(borrow, default, deserialize_with = "crate::request::present")]
    body: Option<&'a RawValue>,
    #[serde(default)]
    params: Option<Groups>,
    #[serde(default)]
    context: Option<Map<String, Json>>,
    #[serde(default)]
    stage_variables: Option<Members>,
}

impl<'a> Sample<'a> {
    /// Reads a sample request.
    ///
    /// ```
    /// let sample = vtl_data::Sample::parse(r#"{"body": {"id": 7}, "params": {"path": {"shop": "a"}}}"#)?;
    /// assert_eq!(sample.payload()?, r#"{"id":7}"#);
    /// let template = vtl::Template::parse("$input.path('$.id') $input.params('shop')").expect("it compiles");
    /// assert_eq!(template.render(&sample.globals()?).expect("it renders").text, "7 a");
    /// # Ok::<(), vtl_data::Failure>(())
    /// ```
    ///
    /// # Errors
    /// The text is no JSON, has a member that a request has not, or more than 500,000 values besides the payload.
    pub fn parse(text: &'a str) -> Result<Sample<'a>, Failure> {
        let text = text.trim_start_matches('\u{feff}');
        check_request(text)?;
        serde_json::from_str(text).map_err(|error| Failure::usage(error.to_string()))
    }

    /// Returns the text of the payload; empty without one.
    ///
    /// # Errors
    /// The payload is a string that is no text.
    pub fn payload(&self) -> Result<String, Failure> {
        let bytes = payload(self.body, false)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Returns the data for a render.
    ///
    /// # Errors
    /// A parameter or a stage variable is no text.
    pub fn globals(self) -> Result<Globals<'a>, Failure> {
        let body = payload(self.body, false)?;
        let Sample { params, context, stage_variables, .. } = self;
        Input { params, context, stage_variables, ..Input::default() }.globals(body)
    }
}
