//! `$o.name`, `$o[k]`, `#set` to both, and what `#foreach` runs over: Velocity's look-ups.

use super::JavaMethod;
use crate::error::Error;
use crate::value::{Arena, Value};

/// A property's name with the methods it may stand for, found when compiling.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: Box<str>,
    /// `getName()` in either case of the first letter, if any Java class here has it.
    pub(crate) getter: JavaMethod,
    /// `isName()`.
    pub(crate) is: JavaMethod,
    /// `setName(v)`.
    pub(crate) setter: JavaMethod,
}

impl Property {
    pub(crate) fn new(name: &str) -> Self {
        let _ = name;
        Property {
            name: name.into(),
            getter: JavaMethod::Unknown,
            is: JavaMethod::Unknown,
            setter: JavaMethod::Unknown,
        }
    }
}

/// `$o.name`, in Velocity's order: getter, member of a map, `get("name")`, `isName()`.
/// `Ok(None)`: there is no such property.
pub(crate) fn get<'r>(
    _arena: &'r Arena<'r>,
    _receiver: &Value<'r>,
    _property: &Property,
) -> Result<Option<Value<'r>>, Error> {
    Ok(None)
}

/// `#set($o.name = v)`: setter, member of a map, `put("name", v)`. False: there is none, nothing happened.
pub(crate) fn set<'r>(
    _arena: &'r Arena<'r>,
    _receiver: &Value<'r>,
    _property: &Property,
    _value: Value<'r>,
) -> Result<bool, Error> {
    Ok(false)
}

/// `$o[k]`: Velocity calls `get(k)`, a negative number counts from the end. `Ok(None)`: no such method.
pub(crate) fn get_index<'r>(
    _arena: &'r Arena<'r>,
    _receiver: &Value<'r>,
    _key: &Value<'r>,
) -> Result<Option<Value<'r>>, Error> {
    Ok(None)
}

/// `#set($o[k] = v)`: Velocity calls `set(k, v)`, else `put(k, v)`. False: there is neither.
pub(crate) fn set_index<'r>(
    _arena: &'r Arena<'r>,
    _receiver: &Value<'r>,
    _key: &Value<'r>,
    _value: Value<'r>,
) -> Result<bool, Error> {
    Ok(false)
}
