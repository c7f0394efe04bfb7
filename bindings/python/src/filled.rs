//! The values that a template reads, kept from render to render and set in place: the quick way for plain dicts.

use crate::read;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use vtl::{Data, Reads};
use vtl_data::{SlotRoot, Slots};

/// Characters of a value up to which it is kept.
const LONGEST: usize = 1 << 16;

/// The slots of a template with the keys of their values.
pub struct Filled {
    pub slots: Slots,
    keys: Vec<Key>,
    groups: [Py<PyString>; 3],
}

/// The place of a value.
struct Key {
    root: SlotRoot,
    names: Vec<Py<PyString>>,
    /// The text that its slot has, which is not read again: stages and stage variables seldom change.
    last: Option<Py<PyString>>,
}

type Groups<'py> = [Option<Bound<'py, PyDict>>; 3];

impl Filled {
    /// Lists the slots; `None` if the template reads all of something.
    pub fn of(py: Python<'_>, reads: &Reads) -> Option<Filled> {
        let slots = Slots::of(reads)?;
        let intern = |name: &str| PyString::intern(py, name).unbind();
        let names = |path: &[String]| path.iter().map(|name| intern(name)).collect();
        let keys = slots.paths().map(|(root, path)| Key { root, names: names(path), last: None }).collect();
        Some(Filled { slots, keys, groups: read::GROUPS.map(|(name, _)| intern(name)) })
    }

    /// Sets all slots. Returns `false` for data that has to be read as a whole: it has another shape, or lacks a
    /// value, since notes name what was probably meant.
    pub fn fill(
        &mut self,
        params: Option<&Bound<'_, PyAny>>,
        context: Option<&Bound<'_, PyAny>>,
        stage_variables: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let Some(groups) = self.groups(params)? else { return Ok(false) };
        let dict = |value: Option<&Bound<'_, PyAny>>| value.is_none_or(|value| value.is_exact_instance_of::<PyDict>());
        if !dict(context) || !dict(stage_variables) {
            return Ok(false);
        }
        for (slot, Key { root, names, last }) in self.keys.iter_mut().enumerate() {
            let value = match root {
                SlotRoot::Params => match parameter(&groups, names)? {
                    Found::Value(value) => Some(value),
                    Found::Nothing => None,
                    Found::Other => return Ok(false),
                },
                SlotRoot::Context => member(context, names)?,
                SlotRoot::StageVariables => member(stage_variables, names)?,
            };
            let Some(value) = value else {
                *last = None;
                if !self.slots.set(slot, None) {
                    return Ok(false);
                }
                continue;
            };
            if last.as_ref().is_some_and(|last| last.is(&value)) {
                continue;
            }
            *last = None;
            if let Ok(text) = value.cast::<PyString>() {
                match text.to_str() {
                    Ok(read) if read.len() <= LONGEST && self.slots.set(slot, Some(read)) => {}
                    _ => return Ok(false),
                }
                *last = Some(text.clone().unbind());
            } else if *root == SlotRoot::Context {
                self.slots.set_context(slot, Data::from(read::to_json(&value, read::deepest())?));
            } else {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the groups of parameters; `None` if there are others.
    fn groups<'py>(&self, params: Option<&Bound<'py, PyAny>>) -> PyResult<Option<Groups<'py>>> {
        let mut groups = Groups::default();
        let Some(params) = params else { return Ok(Some(groups)) };
        let Ok(params) = params.cast_exact::<PyDict>() else { return Ok(None) };
        let mut count = 0;
        for (group, key) in groups.iter_mut().zip(&self.groups) {
            let Some(members) = params.get_item(key)? else { continue };
            count += 1;
            if !members.is_none() {
                let Ok(members) = members.cast_into_exact::<PyDict>() else { return Ok(None) };
                *group = Some(members);
            }
        }
        Ok((count == params.len()).then_some(groups))
    }
}

/// Result of a search for a parameter.
enum Found<'py> {
    Value(Bound<'py, PyAny>),
    Nothing,
    /// A header whose name differs in case only.
    Other,
}

/// Finds a parameter in the documented order of the groups.
fn parameter<'py>(groups: &Groups<'py>, keys: &[Py<PyString>]) -> PyResult<Found<'py>> {
    let Some(key) = keys.first() else { return Ok(Found::Nothing) };
    for members in groups.iter().flatten() {
        if let Some(value) = members.get_item(key)? {
            return Ok(Found::Value(value));
        }
    }
    if let Some(headers) = &groups[2] {
        let name = key.bind(headers.py()).to_str()?;
        for (other, _) in headers.iter() {
            let Ok(other) = other.cast::<PyString>() else { return Ok(Found::Other) };
            if other.to_str().map_or(true, |other| other.eq_ignore_ascii_case(name)) {
                return Ok(Found::Other);
            }
        }
    }
    Ok(Found::Nothing)
}

/// Finds the value below nested dicts.
fn member<'py>(whole: Option<&Bound<'py, PyAny>>, keys: &[Py<PyString>]) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(whole) = whole else { return Ok(None) };
    let mut found: Option<Bound<'py, PyAny>> = None;
    for key in keys {
        let Ok(dict) = found.as_ref().unwrap_or(whole).cast_exact::<PyDict>() else { return Ok(None) };
        let Some(value) = dict.get_item(key)? else { return Ok(None) };
        found = Some(value);
    }
    Ok(found)
}
