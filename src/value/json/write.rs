//! Values → compact JSON text, straight into the output.

use crate::error::Error;
use crate::value::{Arena, Value};

/// Writes a value as json-smart's compact JSON.
pub(crate) fn write(_arena: &Arena<'_>, _value: &Value<'_>, _out: &mut String) -> Result<(), Error> {
    Ok(())
}
