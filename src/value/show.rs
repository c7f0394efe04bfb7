//! Java's `toString`, `equals` and `hashCode` for every kind of value.

use super::{Arena, Value};
use crate::error::Error;

impl<'r> Value<'r> {
    /// `Object.equals`: same class and same value (1 and 1.0 differ), lists and maps by their members.
    pub(crate) fn equals(&self, _other: &Value<'r>) -> bool {
        false
    }

    /// `Object.hashCode`.
    pub(crate) fn java_hash(&self) -> i32 {
        0
    }
}

/// Appends `value.toString()`. A block cannot be shown here: it needs the machine.
pub(crate) fn show(_arena: &Arena<'_>, _value: &Value<'_>, _out: &mut String) -> Result<(), Error> {
    Ok(())
}
