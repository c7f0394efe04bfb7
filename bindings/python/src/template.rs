//! Compiled templates and what they render.

use crate::diagnostic::Diagnostic;
use crate::error::to_exception;
use crate::filled::Filled;
use crate::wanted::Wanted;
use crate::{read, write};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::collections::BTreeMap;
use std::sync::Mutex;
use vtl::{Globals, Overrides};
use vtl_data::{Failure, Rules};

/// Reads the rules that a template is compiled under.
pub fn rules(
    dialect: Option<String>,
    switches: Option<Vec<String>>,
    limits: Option<BTreeMap<String, Option<u64>>>,
    foreach_fails: bool,
) -> Rules {
    Rules { dialect, switches: switches.unwrap_or_default(), limits: limits.unwrap_or_default(), foreach_fails }
}

/// A compiled mapping template. It never changes, and threads may share it.
#[pyclass(frozen, module = "apigw_vtl")]
pub struct Template {
    template: vtl::Template,
    name: Option<String>,
    wanted: Wanted,
    /// The values of the last render; a render in another thread meanwhile makes its own.
    filled: Option<Mutex<Filled>>,
    /// Renders with a short payload take no longer than to release the lock.
    is_short: bool,
}

/// Bytes of a template and of a payload up to which a linear render keeps the lock.
const SHORT: usize = 4096;

#[pymethods]
impl Template {
    #[new]
    #[pyo3(signature = (source, *, name=None, dialect=None, switches=None, limits=None, foreach_fails=false))]
    fn new(
        py: Python<'_>,
        source: &Bound<'_, PyString>,
        name: Option<String>,
        dialect: Option<String>,
        switches: Option<Vec<String>>,
        limits: Option<BTreeMap<String, Option<u64>>>,
        foreach_fails: bool,
    ) -> PyResult<Self> {
        let rules = rules(dialect, switches, limits, foreach_fails);
        let mut options = rules.parse_options().map_err(|failure| to_exception(py, failure))?;
        if let Some(name) = &name {
            options = options.name(name.as_str());
        }
        let source = source.to_str()?;
        match py.detach(|| vtl::Template::parse_with(source, &options)) {
            Ok(template) => {
                let reads = template.reads();
                let is_short = source.len() <= SHORT && template.is_linear();
                let filled = Filled::of(py, &reads).map(Mutex::new);
                Ok(Template { template, name, wanted: Wanted::of(py, &reads), filled, is_short })
            }
            Err(error) => Err(to_exception(py, Failure::template(&error, name.as_deref(), source))),
        }
    }

    /// Renders the template.
    #[pyo3(signature = (body=None, params=None, context=None, stage_variables=None, variables=None, *, request_override=None, response_override=None))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn render(
        slf: &Bound<'_, Self>,
        body: Option<&Bound<'_, PyAny>>,
        params: Option<&Bound<'_, PyAny>>,
        context: Option<&Bound<'_, PyAny>>,
        stage_variables: Option<&Bound<'_, PyAny>>,
        variables: Option<&Bound<'_, PyAny>>,
        request_override: Option<&Bound<'_, PyAny>>,
        response_override: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Rendered> {
        let (py, this) = (slf.py(), slf.get());
        let body = read::body(body)?;
        let is_short = this.is_short && body.as_bytes().len() <= SHORT;
        let has_others = variables.is_some() || request_override.is_some() || response_override.is_some();
        if !has_others
            && let Some(Ok(mut filled)) = this.filled.as_ref().map(Mutex::try_lock)
            && filled.fill(params, context, stage_variables)?
        {
            let slots = &mut filled.slots;
            let mut render = || match &body {
                read::Body::Text(text) => slots.render(&this.template, text),
                read::Body::Bytes(bytes) => slots.render_bytes(&this.template, bytes),
            };
            let rendered = if is_short { render() } else { py.detach(render) };
            return Template::finish(slf, rendered);
        }
        let mut globals = match &body {
            read::Body::Text(text) => Globals::body(text.as_ref()),
            read::Body::Bytes(bytes) => Globals::body_bytes(bytes),
        };
        if let Some(params) = params {
            globals = globals.params(this.wanted.params(params)?);
        }
        if let Some(context) = context {
            globals = this.wanted.context(globals, context)?;
        }
        if let Some(variables) = stage_variables {
            globals = globals.stage_variables(this.wanted.stage_variables(variables)?);
        }
        if let Some(variables) = variables {
            let mut text = String::new();
            match variables.cast::<PyString>() {
                Ok(given) => text.push_str(given.to_str()?),
                Err(_) => read::write_json(variables, &mut text, read::deepest())?,
            }
            globals =
                globals.variables_json(&text).map_err(|error| to_exception(py, Failure::usage(error.detail())))?;
        }
        if request_override.is_some() || response_override.is_some() {
            let part = |given: Option<&Bound<'_, PyAny>>, what: &str| {
                given.map_or_else(|| Ok(serde_json::Map::new()), |given| read::object(given, what))
            };
            let request = part(request_override, "request_override")?;
            let response = part(response_override, "response_override")?;
            globals = globals.overrides(Overrides::new(request, response));
        }
        let render = || this.template.render(&globals);
        let rendered = if is_short { render() } else { py.detach(render) };
        Template::finish(slf, rendered)
    }

    /// Text of the template.
    #[getter]
    fn source(&self) -> &str {
        self.template.source()
    }

    /// Name that errors show.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Notes on the text, without a render.
    #[getter]
    fn notes(&self) -> Vec<Diagnostic> {
        vtl_data::notes(self.template.notes(), self.name.as_deref(), self.template.source())
            .into_iter()
            .map(Diagnostic::from)
            .collect()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "a {} cannot be pickled; pickle its source",
            slf.get_type().name()?
        )))
    }

    fn __repr__(&self) -> String {
        format!("<Template {} of {} bytes>", self.name.as_deref().unwrap_or("(no name)"), self.template.source().len())
    }
}

impl Template {
    fn finish(slf: &Bound<'_, Self>, rendered: Result<vtl::Rendered, vtl::Error>) -> PyResult<Rendered> {
        let (py, this) = (slf.py(), slf.get());
        match rendered {
            Ok(rendered) => Ok(Rendered {
                text: PyString::new(py, &rendered.text).unbind(),
                overrides: Some(rendered.overrides).filter(is_any).map(Box::new),
                notes: rendered.notes,
                template: slf.clone().unbind(),
            }),
            Err(error) => {
                let failure = Failure::template(&error, this.name.as_deref(), this.template.source());
                Err(to_exception(py, failure))
            }
        }
    }
}

fn is_any(overrides: &Overrides) -> bool {
    !overrides.request.is_empty() || !overrides.response.is_empty()
}

/// The result of a render.
#[pyclass(frozen, module = "apigw_vtl")]
pub struct Rendered {
    text: Py<PyString>,
    /// Few templates set any.
    overrides: Option<Box<Overrides>>,
    notes: Vec<vtl::Note>,
    template: Py<Template>,
}

#[pymethods]
impl Rendered {
    /// The output.
    #[getter]
    fn text(&self, py: Python<'_>) -> Py<PyString> {
        self.text.clone_ref(py)
    }

    /// Values below `$context.requestOverride`; a new dict each time.
    #[getter]
    fn request_override<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.overrides.as_ref().map_or_else(|| Ok(PyDict::new(py)), |it| write::to_dict(py, &it.request))
    }

    /// Values below `$context.responseOverride`; a new dict each time.
    #[getter]
    fn response_override<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.overrides.as_ref().map_or_else(|| Ok(PyDict::new(py)), |it| write::to_dict(py, &it.response))
    }

    /// Mistakes that Velocity ignores in silence, in the order of their places.
    #[getter]
    fn notes(&self) -> Vec<Diagnostic> {
        let Template { template, name, .. } = self.template.get();
        let mut notes = template.notes().to_vec();
        notes.extend(self.notes.iter().cloned());
        notes.sort_by_key(|note| note.span.start);
        vtl_data::notes(&notes, name.as_deref(), template.source()).into_iter().map(Diagnostic::from).collect()
    }

    fn __str__(&self, py: Python<'_>) -> Py<PyString> {
        self.text.clone_ref(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<Rendered {}>", self.text.bind(py).repr()?))
    }
}
