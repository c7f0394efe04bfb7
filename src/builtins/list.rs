//! Methods of lists.

use super::JavaMethod;
use crate::error::Error;
use crate::value::{Arena, Value};

pub(super) fn call<'r>(
    _arena: &'r Arena<'r>,
    _receiver: &Value<'r>,
    _method: JavaMethod,
    _args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(None)
}
