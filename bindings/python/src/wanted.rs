//! The members of the surroundings that a template reads, so that a render converts no others.

use crate::read;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use vtl::{Data, Globals, Params, ReadPart, Reads};

/// The parts of the surroundings that a template reads.
pub struct Wanted {
    params: Part,
    context: Part,
    stage_variables: Part,
    groups: [Py<PyString>; 3],
}

/// The part of a value that a template reads.
enum Part {
    Whole,
    Members(Vec<Member>),
}

struct Member {
    key: Py<PyString>,
    name: String,
    part: Part,
}

impl Part {
    fn of(py: Python<'_>, read: &ReadPart) -> Part {
        let ReadPart::Members(members) = read else { return Part::Whole };
        let members = members.iter().map(|(name, part)| Member {
            key: PyString::intern(py, name).unbind(),
            name: name.to_string(),
            part: Part::of(py, part),
        });
        Part::Members(members.collect())
    }

    /// Checks that nothing is read.
    fn is_none(&self) -> bool {
        matches!(self, Part::Members(members) if members.is_empty())
    }

    /// Reads these members of a dict; `None` if one is missing, or if all are read.
    fn members<'p>(&'p self, value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<(&'p str, Data)>>> {
        let (Part::Members(wanted), Ok(dict)) = (self, value.cast_exact::<PyDict>()) else { return Ok(None) };
        let mut members = Vec::with_capacity(wanted.len());
        for Member { key, name, part } in wanted {
            let Some(value) = dict.get_item(key)? else { return Ok(None) };
            members.push((name.as_str(), part.data(&value)?));
        }
        Ok(Some(members))
    }

    fn data(&self, value: &Bound<'_, PyAny>) -> PyResult<Data> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Data::from(&*text.to_string_lossy()));
        }
        match self.members(value)? {
            Some(members) => Ok(Data::object(members)),
            None => read::to_json(value, read::deepest()).map(Data::from),
        }
    }
}

impl Wanted {
    /// Lists what a template reads.
    pub fn of(py: Python<'_>, reads: &Reads) -> Wanted {
        Wanted {
            params: Part::of(py, &reads.params),
            context: Part::of(py, &reads.context),
            stage_variables: Part::of(py, &reads.stage_variables),
            groups: read::GROUPS.map(|(name, _)| PyString::intern(py, name).unbind()),
        }
    }

    /// Sets `$context`. Where a member is missing all are read, since notes name what was probably meant.
    pub fn context<'a>(&self, globals: Globals<'a>, value: &Bound<'_, PyAny>) -> PyResult<Globals<'a>> {
        if self.context.is_none() && value.is_exact_instance_of::<PyDict>() {
            return Ok(globals);
        }
        match self.context.members(value)? {
            Some(members) => Ok(globals.context_members(members)),
            None => Ok(globals.context(read::object(value, "context")?.into())),
        }
    }

    /// Reads stage variables, names and texts.
    pub fn stage_variables(&self, value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
        let (Part::Members(wanted), Ok(dict)) = (&self.stage_variables, value.cast_exact::<PyDict>()) else {
            return read::stage_variables(value);
        };
        let mut pairs = Vec::with_capacity(wanted.len());
        for Member { key, name, .. } in wanted {
            let Some(found) = dict.get_item(key)? else { return read::stage_variables(value) };
            read::stage_variable(name, &found, &mut pairs)?;
        }
        Ok(pairs)
    }

    /// Reads parameters: of the groups those with a name that is asked for, or a header with one that differs
    /// in case only.
    pub fn params(&self, whole: &Bound<'_, PyAny>) -> PyResult<Params> {
        let (Part::Members(wanted), Ok(dict)) = (&self.params, whole.cast_exact::<PyDict>()) else {
            return read::params(whole);
        };
        let mut groups: [Option<Bound<'_, PyDict>>; 3] = Default::default();
        let mut count = 0;
        for (group, key) in groups.iter_mut().zip(&self.groups) {
            let Some(members) = dict.get_item(key)? else { continue };
            count += 1;
            if let Ok(members) = members.cast_exact::<PyDict>() {
                *group = Some(members.clone());
            } else if !members.is_none() {
                return read::params(whole);
            }
        }
        if count != dict.len() {
            return read::params(whole);
        }
        let mut params = Params::new();
        for Member { key, name, .. } in wanted {
            let mut found = false;
            for ((group, add), members) in read::GROUPS.iter().zip(&groups) {
                if let Some(members) = members
                    && let Some(value) = members.get_item(key)?
                {
                    found = true;
                    params = read::param(params, (group, *add), name, &value)?;
                }
            }
            if !found && let Some(headers) = &groups[2] {
                for (other, value) in headers.iter() {
                    let Ok(other) = other.cast_into::<PyString>() else { return read::params(whole) };
                    let other = other.to_string_lossy();
                    if other.eq_ignore_ascii_case(name) {
                        params = read::param(params, read::GROUPS[2], &other, &value)?;
                    }
                }
            }
        }
        Ok(params)
    }
}
