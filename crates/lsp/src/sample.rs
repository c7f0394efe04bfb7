//! Sample requests of a template: files beside it, the settings of the project, inputs of tests, the model of its route.

use crate::file::View;
use crate::settings;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vtl::Globals;
use vtl_loaders::{Document, Reach};
use vtl_testing::TestInput;

/// Most bytes of a file with a sample.
const MAX_BYTES: u64 = 16 << 20;

/// Most bytes of a test file whose inputs are samples.
const MAX_TEST_BYTES: u64 = 1 << 20;

/// A sample request.
pub(crate) struct Sample {
    /// Name that a person reads: that of the file, of the test, or `the model`.
    pub(crate) name: String,
    /// Key by which a client names it: its path, with `#` and the name for that of a test.
    pub(crate) key: String,
    source: Source,
}

enum Source {
    /// File of a whole request, within reach of the template.
    Request(PathBuf, Arc<Reach>),
    /// File of the payload alone.
    Payload(PathBuf, Arc<Reach>),
    /// Text of a request that is made.
    Made(String),
}

/// Returns the samples of a template: the files of `vtl check`, the payload `NAME.json`, the inputs of tests, and for a
/// template of a document the request that is made from the model of its route.
pub(crate) fn samples(view: &View<'_>) -> Vec<Sample> {
    let path = Path::new(view.name());
    let Some(part) = &view.part else {
        let files = vtl_data::sample_files(path, settings::of(view.name()).ok().flatten().as_ref());
        let payload = Some(path.with_extension("json")).filter(|it| it.is_file());
        let reach = Arc::new(Reach::of(path, &[]));
        let payload = payload.map(|file| Source::Payload(file, Arc::clone(&reach)));
        let files = files.into_iter().map(|file| Source::Request(file, Arc::clone(&reach))).chain(payload);
        let of_tests = inputs(path).into_iter().filter(|it| it.part.is_none()).map(of_test);
        return files.filter_map(of_file).chain(of_tests).collect();
    };
    let is_own = |it: &TestInput| {
        it.part.as_ref().is_some_and(|(route, name)| {
            let routes = route.as_ref().map(|key| part.document.find_routes(key));
            *name == part.name && routes.is_none_or(|routes| routes.contains(&part.route))
        })
    };
    let of_tests = inputs(path).into_iter().filter(is_own).map(of_test);
    of_tests.chain(of_model(part.document, part.route)).collect()
}

/// Reads the inputs of the tests of a file: of the test files in its folder.
fn inputs(subject: &Path) -> Vec<TestInput> {
    let entries = subject.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let is_small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() <= MAX_TEST_BYTES);
    let mut files: Vec<PathBuf> = entries.map(|it| it.path()).filter(|path| is_test(path) && is_small(path)).collect();
    files.sort();
    let mut inputs = vtl_testing::test_inputs(&files);
    let is_same = |path: &Path| {
        path == subject || path.canonicalize().is_ok_and(|it| subject.canonicalize().is_ok_and(|own| own == it))
    };
    inputs.retain(|it| is_same(&it.subject));
    inputs
}

/// Checks if a path is that of a test file.
pub(crate) fn is_test(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".vtl-test.yaml", ".vtl-test.yml", ".vtl-test.json"].iter().any(|end| name.ends_with(end))
}

fn of_file(source: Source) -> Option<Sample> {
    let (Source::Request(path, _) | Source::Payload(path, _)) = &source else { return None };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Some(Sample { name, key: path.display().to_string(), source })
}

fn of_test(input: TestInput) -> Sample {
    let key = format!("{}#{}", input.file.display(), input.name);
    Sample { name: format!("test “{}”", input.name), key, source: Source::Made(input.request.to_string()) }
}

/// Makes a request from the model of a route.
fn of_model(document: &Document, route: usize) -> Option<Sample> {
    let (api, method) = document.method(route)?;
    let made = vtl_testing::sample_request(api, method)?.request;
    let path = method.path.as_deref().unwrap_or_default();
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let path: serde_json::Map<String, Json> =
        names.map(|name| (name.trim_end_matches('+').to_owned(), json!("1"))).collect();
    let variables: serde_json::Map<String, Json> =
        api.stage_variables.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let params = json!({"path": path, "querystring": made["querystring"], "header": made["headers"]});
    let mut request = json!({"params": params, "stageVariables": variables});
    if !made["body"].is_null() {
        request["body"] = made["body"].clone();
    }
    Some(Sample { name: "the model".to_owned(), key: "model".to_owned(), source: Source::Made(request.to_string()) })
}

impl Sample {
    /// Does work with the data of the sample.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Globals<'_>) -> T) -> Result<T, String> {
        match &self.source {
            Source::Payload(path, reach) => Ok(work(&Globals::body(read(path, reach)?))),
            Source::Request(path, reach) => {
                of_text(&read(path, reach)?, work).map_err(|why| format!("{}: {why}", path.display()))
            }
            Source::Made(text) => of_text(text, work),
        }
    }
}

fn of_text<T>(text: &str, work: impl FnOnce(&Globals<'_>) -> T) -> Result<T, String> {
    let globals = vtl_data::Sample::parse(text).and_then(vtl_data::Sample::globals);
    globals.map(|globals| work(&globals)).map_err(|error| error.to_string())
}

fn read(path: &Path, reach: &Reach) -> Result<String, String> {
    reach.text(path, MAX_BYTES).map_err(|error| format!("{}: {error}", path.display()))
}
