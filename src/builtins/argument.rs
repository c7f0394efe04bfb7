//! Arguments of the methods of numbers, converted as Java converts them, and their answers.

use crate::error::Error;
use crate::value::{Arena, Value};
use std::cmp::Ordering;

/// The reason that a call has no value.
pub(super) enum Miss {
    /// No method of that name takes these arguments.
    NoMethod,
    /// The method threw an exception.
    Throws(Error),
}

/// The result of a call.
pub(super) type Answer<'r> = Result<Value<'r>, Miss>;

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        Miss::Throws(error)
    }
}

/// One reader per primitive type: the classes of arguments that Java converts to it.
macro_rules! primitive {
    ($($(#[$doc:meta])* $name:ident -> $type:ty: $($class:ident)*;)*) => {
        $($(#[$doc])* pub(super) fn $name(argument: &Value<'_>) -> Result<$type, Miss> {
            match argument {
                $(Value::$class(n) => Ok(*n as $type),)*
                _ => Err(Miss::NoMethod),
            }
        })*
    };
}

primitive! {
    byte -> i8: Byte;
    short -> i16: Short Byte;
    int -> i32: Int Short Byte;
    long -> i64: Long Int Short Byte;
    float -> f32: Float Long Int Short Byte;
    double -> f64: Double Float Long Int Short Byte;
}

/// Reads an argument for a parameter of type `boolean`.
pub(super) fn boolean(argument: &Value<'_>) -> Result<bool, Miss> {
    match argument {
        Value::Bool(b) => Ok(*b),
        _ => Err(Miss::NoMethod),
    }
}

/// Reads an argument for a parameter of type `String`, which null is too.
pub(super) fn string<'a>(argument: &'a Value<'_>) -> Result<Option<&'a str>, Miss> {
    match argument {
        Value::Str(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(Miss::NoMethod),
    }
}

/// Answers with a computed string.
pub(super) fn text<'r>(arena: &'r Arena<'r>, text: String) -> Answer<'r> {
    Ok(arena.string(text)?)
}

/// Returns the sign of a comparison as Java's `compare` gives it.
pub(super) fn sign<'r>(order: Ordering) -> Value<'r> {
    Value::Int(order as i32)
}
