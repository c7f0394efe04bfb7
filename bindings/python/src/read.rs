//! Values of Python to the data of a render.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView, PyString, PyTuple,
};
use serde_json::{Map, Number, Value as Json};
use std::borrow::Cow;
use std::fmt::Write;
use vtl::Params;

/// Nested lists and dicts in a value; a list that contains itself ends here.
const DEEPEST: usize = 512;

/// A body: bytes as they are, or text.
pub enum Body<'a> {
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl Body<'_> {
    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }
}

/// Reads a body: `None`, `str`, bytes, or a value whose JSON text it is.
pub fn body<'a>(value: Option<&'a Bound<'_, PyAny>>) -> PyResult<Body<'a>> {
    let Some(value) = value else { return Ok(Body::Text(Cow::Borrowed(""))) };
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Body::Text(text.to_str().map_or_else(|_| text.to_string_lossy(), Cow::Borrowed)));
    }
    if let Some(bytes) = bytes(value)? {
        return Ok(Body::Bytes(bytes));
    }
    let mut text = String::new();
    write_json(value, &mut text, DEEPEST)?;
    Ok(Body::Text(Cow::Owned(text)))
}

/// Returns the bytes of `bytes`, `bytearray` or a `memoryview`.
fn bytes<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<Cow<'a, [u8]>>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(Cow::Borrowed(bytes.as_bytes())));
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(Some(Cow::Owned(bytes.to_vec())));
    }
    if value.is_instance_of::<PyMemoryView>() {
        let copy = value.call_method0("tobytes")?;
        return Ok(Some(Cow::Owned(copy.cast::<PyBytes>()?.as_bytes().to_vec())));
    }
    Ok(None)
}

type Add = fn(Params, &str, &str) -> Params;

/// The groups of parameters, with how one is added.
pub const GROUPS: [(&str, Add); 3] =
    [("path", Params::path), ("querystring", Params::query), ("header", Params::header)];

/// Reads `{"path": {}, "querystring": {}, "header": {}}`.
pub fn params(value: &Bound<'_, PyAny>) -> PyResult<Params> {
    let mut params = Params::new();
    for_each(value, "params", |group, members| {
        let Some((group, add)) = GROUPS.iter().find(|(name, _)| *name == group) else {
            let message = format!("params has no group {group:?}; the groups are path, querystring, header");
            return Err(PyValueError::new_err(message));
        };
        if members.is_none() {
            return Ok(());
        }
        for_each(members, group, |name, value| {
            params = param(std::mem::take(&mut params), (group, *add), name, value)?;
            Ok(())
        })
    })?;
    Ok(params)
}

/// Adds the values of a parameter to its group.
pub fn param(params: Params, group: (&str, Add), name: &str, value: &Bound<'_, PyAny>) -> PyResult<Params> {
    let (group, add) = group;
    let mut params = Some(params);
    each_text(value, &|| format!("params[{group:?}][{name:?}]"), &mut |text| {
        params = params.take().map(|params| add(params, name, text));
    })?;
    Ok(params.unwrap_or_default())
}

/// Reads stage variables, names and texts.
pub fn stage_variables(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for_each(value, "stage_variables", |name, value| stage_variable(name, value, &mut pairs))?;
    Ok(pairs)
}

/// Reads a stage variable.
pub fn stage_variable(name: &str, value: &Bound<'_, PyAny>, pairs: &mut Vec<(String, String)>) -> PyResult<()> {
    each_text(value, &|| format!("stage_variables[{name:?}]"), &mut |text| {
        pairs.push((name.to_owned(), text.to_owned()));
    })
}

/// Calls `each` with the members of a dict or another mapping.
fn for_each(
    value: &Bound<'_, PyAny>,
    what: &str,
    mut each: impl FnMut(&str, &Bound<'_, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let wrong = |found: &Bound<'_, PyAny>, must: &str| -> PyErr {
        PyTypeError::new_err(format!("{what} must {must}, not {}", type_name(found)))
    };
    if let Ok(dict) = value.cast::<PyDict>() {
        for (name, value) in dict.iter() {
            let key = name.cast::<PyString>().map_err(|_| wrong(&name, "have strings as keys"))?;
            each(&key.to_string_lossy(), &value)?;
        }
        return Ok(());
    }
    let mapping = value.cast::<PyMapping>().map_err(|_| wrong(value, "be a dict"))?;
    for item in mapping.items()?.iter() {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let key = name.cast::<PyString>().map_err(|_| wrong(&name, "have strings as keys"))?;
        each(&key.to_string_lossy(), &value)?;
    }
    Ok(())
}

/// Calls `each` with the texts of `"a"`, `7` or `["a", "b"]`.
fn each_text(value: &Bound<'_, PyAny>, what: &dyn Fn() -> String, each: &mut dyn FnMut(&str)) -> PyResult<()> {
    if let Ok(text) = value.cast::<PyString>() {
        each(&text.to_string_lossy());
        return Ok(());
    }
    let items: Vec<Bound<'_, PyAny>> = match (value.cast::<PyList>(), value.cast::<PyTuple>()) {
        (Ok(list), _) => list.iter().collect(),
        (_, Ok(tuple)) => tuple.iter().collect(),
        _ => vec![value.clone()],
    };
    for item in items {
        let is_scalar =
            item.is_instance_of::<PyBool>() || item.is_instance_of::<PyInt>() || item.is_instance_of::<PyFloat>();
        if let Ok(text) = item.cast::<PyString>() {
            each(&text.to_string_lossy());
        } else if is_scalar {
            let mut text = String::new();
            write_json(&item, &mut text, 1)?;
            each(&text);
        } else {
            let message = format!("{} must be a string or a list of strings, not {}", what(), type_name(&item));
            return Err(PyTypeError::new_err(message));
        }
    }
    Ok(())
}

/// Reads a dict of JSON values.
pub fn object(value: &Bound<'_, PyAny>, what: &str) -> PyResult<Map<String, Json>> {
    match to_json(value, DEEPEST)? {
        Json::Object(members) => Ok(members),
        _ => Err(PyTypeError::new_err(format!("{what} must be a dict, not {}", type_name(value)))),
    }
}

/// Reads a message: a dict whose `body` may be `str`, bytes, or a value whose JSON text it is.
pub fn message(value: &Bound<'_, PyAny>, what: &str) -> PyResult<Map<String, Json>> {
    let mut members = Map::new();
    for_each(value, what, |name, value| {
        if name == "body" && !value.is_none() {
            let (text, is_base64) = match body(Some(value))? {
                Body::Text(text) => (text.into_owned(), false),
                Body::Bytes(bytes) => match std::str::from_utf8(&bytes) {
                    Ok(text) => (text.to_owned(), false),
                    Err(_) => (STANDARD.encode(&bytes), true),
                },
            };
            members.insert("body".to_owned(), text.into());
            if is_base64 {
                members.insert("bodyIsBase64".to_owned(), true.into());
            }
        } else if !(name == "bodyIsBase64" && members.contains_key("bodyIsBase64")) {
            members.insert(name.to_owned(), to_json(value, DEEPEST)?);
        }
        Ok(())
    })?;
    Ok(members)
}

/// Converts a value of Python to one of JSON.
pub fn to_json(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Json> {
    let Some(deeper) = depth.checked_sub(1) else { return Err(too_deep()) };
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Json::String(text.to_string_lossy().into_owned()));
    }
    if value.is_none() {
        return Ok(Json::Null);
    }
    if let Ok(value) = value.cast::<PyBool>() {
        return Ok(Json::Bool(value.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        let whole = value.extract::<i64>().map(Number::from).or_else(|_| value.extract::<u64>().map(Number::from));
        // Beyond 64 bits a number of JSON is a double.
        return Ok(whole.map_or_else(|_| value.extract::<f64>().map_or(Json::Null, Json::from), Json::Number));
    }
    if let Ok(value) = value.cast::<PyFloat>() {
        return Ok(Json::from(value.value()));
    }
    if let Ok(list) = value.cast::<PyList>() {
        return list.iter().map(|item| to_json(&item, deeper)).collect::<PyResult<Vec<_>>>().map(Json::Array);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return tuple.iter().map(|item| to_json(&item, deeper)).collect::<PyResult<Vec<_>>>().map(Json::Array);
    }
    if value.cast::<PyMapping>().is_err() {
        return Err(PyTypeError::new_err(format!("a value of type {} is no JSON", type_name(value))));
    }
    let mut members = Map::new();
    for_each(value, "a dict", |name, value| {
        members.insert(name.to_owned(), to_json(value, deeper)?);
        Ok(())
    })?;
    Ok(Json::Object(members))
}

/// Writes a value of Python as JSON text; whole numbers of any size keep their digits.
pub fn write_json(value: &Bound<'_, PyAny>, out: &mut String, depth: usize) -> PyResult<()> {
    let Some(deeper) = depth.checked_sub(1) else { return Err(too_deep()) };
    if let Ok(text) = value.cast::<PyString>() {
        write_text(&text.to_string_lossy(), out);
    } else if value.is_none() {
        out.push_str("null");
    } else if let Ok(value) = value.cast::<PyBool>() {
        out.push_str(if value.is_true() { "true" } else { "false" });
    } else if value.is_instance_of::<PyInt>() {
        match value.extract::<i64>() {
            Ok(number) => drop(write!(out, "{number}")),
            Err(_) => out.push_str(&value.str()?.to_string_lossy()),
        }
    } else if let Ok(number) = value.cast::<PyFloat>() {
        match Number::from_f64(number.value()) {
            Some(number) => drop(write!(out, "{number}")),
            None => return Err(PyValueError::new_err("a number of JSON is finite")),
        }
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        out.push('[');
        for (at, item) in value.try_iter()?.enumerate() {
            if at > 0 {
                out.push(',');
            }
            write_json(&item?, out, deeper)?;
        }
        out.push(']');
    } else if value.cast::<PyMapping>().is_ok() {
        out.push('{');
        let mut first = true;
        for_each(value, "a dict", |name, value| {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            write_text(name, out);
            out.push(':');
            write_json(value, out, deeper)
        })?;
        out.push('}');
    } else {
        return Err(PyTypeError::new_err(format!("a value of type {} is no JSON", type_name(value))));
    }
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    // The text of a string can always be written.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn too_deep() -> PyErr {
    PyValueError::new_err(format!("the value has more than {DEEPEST} nested lists and dicts"))
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string())
}

/// Depth for values that a caller gives.
pub const fn deepest() -> usize {
    DEEPEST
}
