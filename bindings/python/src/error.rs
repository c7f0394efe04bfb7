//! The exception `VtlError`, and the conversion of failures to exceptions.

use crate::diagnostic::Diagnostic;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::{Bound, Py, PyErr, create_exception};
use vtl_data::Failure;

create_exception!(
    apigw_vtl,
    VtlError,
    PyException,
    "A template that does not compile or render, or a document that cannot be loaded.\n\n\
     Attributes: `code` (`V002`), `name` (`unclosed-block`), `line` and `column` (from 1, or None), `help`,\n\
     `report` (the error drawn with its line), `diagnostic`."
);

/// Converts a failure: a wrong argument is a `ValueError`, all else a `VtlError`.
pub fn to_exception(py: Python<'_>, failure: Failure) -> PyErr {
    let message = failure.to_string();
    let Failure::Finding { diagnostic, report } = failure else {
        return PyValueError::new_err(message);
    };
    let error = VtlError::new_err(message);
    let filled = fill(py, error.value(py).as_any(), *diagnostic, &report);
    filled.map_or_else(|wrong| wrong, |()| error)
}

fn fill(
    py: Python<'_>,
    error: &Bound<'_, PyAny>,
    diagnostic: vtl::diagnostic::Diagnostic,
    report: &str,
) -> PyResult<()> {
    let diagnostic = Py::new(py, Diagnostic::from(diagnostic))?.into_bound(py);
    for name in ["code", "name", "line", "column", "help"] {
        error.setattr(name, diagnostic.getattr(name)?)?;
    }
    error.setattr("report", report)?;
    error.setattr("diagnostic", diagnostic)
}
