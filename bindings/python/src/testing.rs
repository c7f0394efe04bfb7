//! Test files, as `vtl test` runs them.

use crate::write;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use serde_json::Value as Json;
use std::path::PathBuf;
use vtl_testing::{Regex, Settings, SnapshotMode, Unreferenced, discover, run_files};

/// Runs the test files in some files and folders; returns the report that `vtl test --format json` prints.
#[pyfunction]
#[pyo3(signature = (paths, allow, filter, tags, snapshots, unreferenced, coverage, list))]
#[allow(clippy::too_many_arguments, reason = "apigw_vtl.run_tests gives them")]
pub fn run_tests<'py>(
    py: Python<'py>,
    paths: Vec<PathBuf>,
    allow: Vec<PathBuf>,
    filter: Option<String>,
    tags: Vec<String>,
    snapshots: &str,
    unreferenced: bool,
    coverage: bool,
    list: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let mut settings = Settings::default();
    let filter = filter.map(|filter| Regex::new(&filter)).transpose();
    settings.filter = filter.map_err(|error| PyValueError::new_err(error.to_string()))?;
    settings.tags = tags;
    settings.allowed = allow;
    settings.snapshots = match snapshots {
        "check" => SnapshotMode::Check,
        "new" => SnapshotMode::New,
        "update" => SnapshotMode::Update,
        other => return Err(PyValueError::new_err(format!("snapshots must be check, new or update, not {other:?}"))),
    };
    settings.unreferenced = if unreferenced { Unreferenced::Warn } else { Unreferenced::Ignore };
    settings.coverage = coverage;
    settings.list = list;
    let report = py.detach(|| {
        let files = discover(&paths)?;
        Ok(serde_json::to_value(run_files(&files, &settings, &|_| {})).unwrap_or(Json::Null))
    });
    let report = report.map_err(|error: std::io::Error| PyOSError::new_err(error.to_string()))?;
    write::to_python(py, &report)
}
