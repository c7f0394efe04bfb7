//! Diagnostics as Python sees them.

use crate::write;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use vtl::diagnostic;

/// Something that is wrong, or worth knowing, with its place.
#[pyclass(frozen, eq, module = "apigw_vtl", skip_from_py_object)]
#[derive(Clone, PartialEq)]
pub struct Diagnostic(diagnostic::Diagnostic);

impl From<diagnostic::Diagnostic> for Diagnostic {
    fn from(diagnostic: diagnostic::Diagnostic) -> Self {
        Diagnostic(diagnostic)
    }
}

#[pymethods]
impl Diagnostic {
    /// Stable code such as `V002`.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code.as_str()
    }

    /// Name of the code such as `unclosed-block`.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.code.name()
    }

    /// `error`, `warning` or `advice`.
    #[getter]
    fn severity(&self) -> String {
        self.0.severity.to_string()
    }

    /// Description of this case.
    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    /// Suggested way out.
    #[getter]
    fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Name of the file or template.
    #[getter]
    fn file(&self) -> Option<&str> {
        self.0.location.as_ref()?.file.as_deref()
    }

    /// Line of the first character, from 1.
    #[getter]
    fn line(&self) -> Option<usize> {
        Some(self.0.location.as_ref()?.line)
    }

    /// Column of the first character, from 1.
    #[getter]
    fn column(&self) -> Option<usize> {
        Some(self.0.location.as_ref()?.column)
    }

    /// Line of the end.
    #[getter]
    fn end_line(&self) -> Option<usize> {
        Some(self.0.location.as_ref()?.end_line)
    }

    /// Column behind the last character.
    #[getter]
    fn end_column(&self) -> Option<usize> {
        Some(self.0.location.as_ref()?.end_column)
    }

    /// Key of the route that it concerns.
    #[getter]
    fn route(&self) -> Option<&str> {
        self.0.route.as_deref()
    }

    /// Name of the template that it concerns.
    #[getter]
    fn template(&self) -> Option<&str> {
        self.0.template.as_deref()
    }

    /// Property of the integration that it concerns.
    #[getter]
    fn property(&self) -> Option<&str> {
        self.0.property.as_deref()
    }

    /// Returns the diagnostic as the command prints it with `--format json`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let json = serde_json::to_value(&self.0).unwrap_or_default();
        Ok(write::to_python(py, &json)?.cast_into::<PyDict>()?)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Diagnostic {}>", self.0)
    }
}
