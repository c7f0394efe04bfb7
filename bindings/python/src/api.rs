//! Documents: loading them, checking them, and calls to their APIs.

use crate::diagnostic::Diagnostic;
use crate::error::to_exception;
use crate::template::rules;
use crate::{read, write};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use vtl::pipeline::call::Replay;
use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse};
use vtl_data::{Call, Settings, Source};
use vtl_loaders::{File, Kind, Options, Reach, UnknownKind, files_of, open_named};

/// A loaded document that answers requests. Threads may share it.
#[pyclass(frozen, module = "apigw_vtl")]
pub struct Api {
    api: vtl_data::Api,
    document: Json,
}

/// Loads the files of a document; `place` is its path, and `allow` lists what it may refer to besides its reach.
#[pyfunction]
#[pyo3(signature = (files, place, allow, kind, parameters, dialect, switches, limits, foreach_fails))]
#[allow(clippy::too_many_arguments, reason = "apigw_vtl.load gives them")]
pub fn load(
    py: Python<'_>,
    files: Vec<(String, String)>,
    place: Option<PathBuf>,
    allow: Vec<PathBuf>,
    kind: Option<String>,
    parameters: Option<BTreeMap<String, String>>,
    dialect: Option<String>,
    switches: Option<Vec<String>>,
    limits: Option<BTreeMap<String, Option<u64>>>,
    foreach_fails: bool,
) -> PyResult<Api> {
    let rules = rules(dialect, switches, limits, foreach_fails);
    let files = to_files(files);
    let (kind, parameters) = (to_kind(kind)?, parameters.unwrap_or_default());
    let loaded = py.detach(|| {
        within(place.as_deref(), &allow, |options| {
            let options = options.kind(kind).parameters(parameters);
            let api = vtl_data::Api::load(Source::Document(&files), &options, &rules)?;
            let document = api.to_json();
            Ok(Api { api, document })
        })
    });
    loaded.map_err(|failure| to_exception(py, failure))
}

/// Loads a single integration.
#[pyfunction]
#[pyo3(signature = (text, name, settings, resource, dialect, switches, limits, foreach_fails))]
#[allow(clippy::too_many_arguments, reason = "apigw_vtl.load_integration gives them")]
pub fn load_integration(
    py: Python<'_>,
    text: Option<&Bound<'_, PyAny>>,
    name: String,
    settings: Option<&Bound<'_, PyAny>>,
    resource: Option<String>,
    dialect: Option<String>,
    switches: Option<Vec<String>>,
    limits: Option<BTreeMap<String, Option<u64>>>,
    foreach_fails: bool,
) -> PyResult<Api> {
    let rules = rules(dialect, switches, limits, foreach_fails);
    let as_text = |value: Option<&Bound<'_, PyAny>>| {
        value
            .map(|value| read::body(Some(value)))
            .transpose()
            .map(|body| body.map(|body| String::from_utf8_lossy(body.as_bytes()).into_owned()))
    };
    let file = as_text(text)?.map(|text| File::new(name, text));
    let settings = as_text(settings)?;
    let loaded = py.detach(|| {
        let source =
            Source::Integration { file: file.as_ref(), settings: settings.as_deref(), resource: resource.as_deref() };
        let api = vtl_data::Api::load(source, &Options::new(), &rules)?;
        let document = api.to_json();
        Ok(Api { api, document })
    });
    loaded.map_err(|failure| to_exception(py, failure))
}

/// Checks the files of a document.
#[pyfunction]
#[pyo3(signature = (files, place, allow, kind, parameters, settings))]
pub fn check_document(
    py: Python<'_>,
    files: Vec<(String, String)>,
    place: Option<PathBuf>,
    allow: Vec<PathBuf>,
    kind: Option<String>,
    parameters: Option<BTreeMap<String, String>>,
    settings: Option<(String, String)>,
) -> PyResult<Vec<Diagnostic>> {
    let settings = to_settings(py, settings)?;
    let files = to_files(files);
    let (kind, parameters) = (to_kind(kind)?, parameters.unwrap_or_default());
    let checked = py.detach(|| {
        within(place.as_deref(), &allow, |options| {
            vtl_data::check_document(&files, &options.kind(kind).parameters(parameters), &settings)
        })
    });
    Ok(checked.findings.into_iter().map(Diagnostic::from).collect())
}

/// Checks the text of a template.
#[pyfunction]
#[pyo3(signature = (source, name, dialect, settings))]
pub fn check_template(
    py: Python<'_>,
    source: &str,
    name: Option<String>,
    dialect: Option<String>,
    settings: Option<(String, String)>,
) -> PyResult<Vec<Diagnostic>> {
    let settings = to_settings(py, settings)?;
    let rules = rules(dialect, None, None, false);
    let checked = py.detach(|| vtl_data::check_template(source, name.as_deref(), &rules, &settings));
    let checked = checked.map_err(|failure| to_exception(py, failure))?;
    Ok(checked.findings.into_iter().map(Diagnostic::from).collect())
}

/// Reads the text of a `vtl.toml` and its folder.
fn to_settings(py: Python<'_>, settings: Option<(String, String)>) -> PyResult<Settings> {
    let parse = |(text, folder): (String, String)| Settings::parse(&text, &folder);
    settings.map(parse).transpose().map(Option::unwrap_or_default).map_err(|failure| to_exception(py, failure))
}

fn to_files(files: Vec<(String, String)>) -> Vec<File> {
    files.into_iter().map(|(name, text)| File::new(name, text)).collect()
}

fn to_kind(kind: Option<String>) -> PyResult<Option<Kind>> {
    let kind = kind.map(|kind| kind.parse()).transpose();
    kind.map_err(|error: UnknownKind| PyValueError::new_err(error.to_string()))
}

/// Runs `load` with the options of a document at a place: it refers to files within its reach alone.
fn within<T>(place: Option<&Path>, allow: &[PathBuf], load: impl FnOnce(Options<'_>) -> T) -> T {
    let Some(place) = place else { return load(Options::new()) };
    let reach = Reach::of(place, allow);
    let read = |name: &str| reach.read(Path::new(name));
    let list = |folder: &str| reach.list(Path::new(folder));
    load(Options::new().read_file(&read).list_folder(&list).reach(reach.paths()))
}

/// Most bytes of a file; the loader refuses documents that are smaller than that.
const MOST: u64 = 128 << 20;

/// Reads the files of the document at a path: the file itself, or those of a folder, which are within its reach.
#[pyfunction]
#[pyo3(signature = (path, allow))]
pub fn files_at(path: PathBuf, allow: Vec<PathBuf>) -> PyResult<Vec<(String, String)>> {
    let reach = Reach::of(&path, &allow);
    let mut files = Vec::new();
    for file in files_of(&path)? {
        let text = if file == path { named(&file) } else { reach.text(&file, MOST) };
        let name = file.display().to_string();
        let unread = |error: Error| Error::new(error.kind(), format!("cannot read {name}: {error}"));
        files.push((name.clone(), text.map_err(unread)?));
    }
    Ok(files)
}

/// Reads a file that the caller named.
fn named(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    open_named(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(Error::other(format!("it has more than {MOST} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| Error::new(ErrorKind::InvalidData, error.utf8_error()))
}

/// Reads the `vtl.toml` of a folder, if it has one within its reach; returns its text.
#[pyfunction]
pub fn settings_at(folder: PathBuf) -> PyResult<Option<String>> {
    /// Most bytes of the file.
    const MOST: u64 = 256 << 10;
    let file = folder.join("vtl.toml");
    if file.symlink_metadata().is_err() {
        return Ok(None);
    }
    let text = Reach::of(&file, &[]).text(&file, MOST);
    text.map(Some).map_err(|error| PyValueError::new_err(format!("{}: cannot be read: {error}", file.display())))
}

#[pymethods]
impl Api {
    /// The document as `vtl routes --format json` prints it.
    #[getter]
    fn document<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        Ok(write::to_python(py, &self.document)?.cast_into::<PyDict>()?)
    }

    /// Makes a call; the result is that of `vtl invoke --format json`.
    #[pyo3(signature = (request, *, backend=None, context=None, stage_variables=None, api=None, log=false))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn invoke<'py>(
        &self,
        py: Python<'py>,
        request: &Bound<'py, PyAny>,
        backend: Option<&Bound<'py, PyAny>>,
        context: Option<&Bound<'py, PyAny>>,
        stage_variables: Option<&Bound<'py, PyAny>>,
        api: Option<String>,
        log: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let call = call(request, context, stage_variables, api, log)?;
        self.run(py, &call, backend)
    }

    /// Takes the steps of a call up to the backend.
    #[pyo3(signature = (request, *, context=None, stage_variables=None, api=None, log=false))]
    fn start<'py>(
        slf: &Bound<'py, Self>,
        request: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        stage_variables: Option<&Bound<'py, PyAny>>,
        api: Option<String>,
        log: bool,
    ) -> PyResult<Step> {
        let py = slf.py();
        let call = call(request, context, stage_variables, api, log)?;
        let this = slf.get();
        let step = py.detach(|| this.api.start(&call)).map_err(|failure| to_exception(py, failure))?;
        let (answer, request) = match step {
            vtl_data::Step::Answered(answer) => (Some(answer), None),
            vtl_data::Step::Waiting(request) => (None, serde_json::to_value(&*request).ok()),
            _ => (None, None),
        };
        Ok(Step { api: slf.clone().unbind(), call, answer, request })
    }

    fn __repr__(&self) -> String {
        let routes = self.document["routes"].as_array().map_or(0, Vec::len);
        format!("<Api {} with {routes} routes>", self.document["kind"].as_str().unwrap_or("without a document"))
    }
}

impl Api {
    fn run<'py>(
        &self,
        py: Python<'py>,
        call: &Call,
        backend: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let answer = match backend {
            None => py.detach(|| self.api.invoke(call, None)),
            Some(backend) if backend.is_callable() => {
                let mut caller = Caller { function: backend.clone().unbind(), raised: Mutex::new(None) };
                let answer = py.detach(|| self.api.invoke(call, Some(&mut caller)));
                if let Some(raised) = caller.raised.into_inner().ok().flatten() {
                    return Err(raised);
                }
                answer
            }
            Some(backend) => {
                let mut replay = replay(backend)?;
                py.detach(|| self.api.invoke(call, Some(&mut replay)))
            }
        };
        let answer = answer.map_err(|failure| to_exception(py, failure))?;
        Ok(write::to_python(py, &answer)?.cast_into::<PyDict>()?)
    }
}

/// A call that was started: it is answered, or its backend has to be asked.
#[pyclass(frozen, module = "apigw_vtl")]
pub struct Step {
    api: Py<Api>,
    call: Call,
    answer: Option<Json>,
    request: Option<Json>,
}

#[pymethods]
impl Step {
    /// The result, if no backend is needed.
    #[getter]
    fn answer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.answer.as_ref().map(|answer| write::to_python(py, answer)).transpose()
    }

    /// The request that the backend must answer.
    #[getter]
    fn request<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.request.as_ref().map(|request| write::to_python(py, request)).transpose()
    }

    /// Completes the call with the backend's answer.
    fn respond<'py>(&self, py: Python<'py>, backend: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        self.api.get().run(py, &self.call, Some(backend))
    }

    fn __repr__(&self) -> &'static str {
        if self.answer.is_some() { "<Step answered>" } else { "<Step waiting for the backend>" }
    }
}

fn call(
    request: &Bound<'_, PyAny>,
    context: Option<&Bound<'_, PyAny>>,
    stage_variables: Option<&Bound<'_, PyAny>>,
    api: Option<String>,
    log: bool,
) -> PyResult<Call> {
    Ok(Call {
        request: Json::Object(read::message(request, "request")?),
        api,
        context: context.map_or_else(|| Ok(Map::new()), |context| read::object(context, "context"))?,
        stage_variables: stage_variables.map_or_else(|| Ok(Vec::new()), read::stage_variables)?,
        log,
    })
}

/// Reads the answer of a backend.
fn replay(value: &Bound<'_, PyAny>) -> PyResult<Replay> {
    let json = Json::Object(read::message(value, "the backend's answer")?);
    serde_json::from_value(json).map_err(|error| PyValueError::new_err(format!("the backend's answer: {error}")))
}

/// A backend that is a function of Python.
struct Caller {
    function: Py<PyAny>,
    /// The exception of the function, which ends the call.
    raised: Mutex<Option<PyErr>>,
}

impl Backend for Caller {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        let answered = Python::attach(|py| {
            let json = serde_json::to_value(request).map_err(|error| PyTypeError::new_err(error.to_string()))?;
            let answer = self.function.bind(py).call1((write::to_python(py, &json)?,))?;
            replay(&answer)
        });
        match answered {
            Ok(mut replay) => replay.call(request),
            Err(raised) => {
                let raised = self.raised.get_mut().map(|place| place.insert(raised)).map(|_| ());
                Err(BackendError::Connection(raised.map_or("no answer", |()| "an exception").to_owned()))
            }
        }
    }
}
