//! The number tower of Velocity 1.7's `MathUtils`, over Java's number classes.

use super::Value;
use crate::error::Error;
use std::cmp::Ordering;

/// `left + right` for two numbers.
pub(crate) fn add<'r>(_left: &Value<'r>, _right: &Value<'r>) -> Result<Value<'r>, Error> {
    Ok(Value::Null)
}
/// `left - right` for two numbers.
pub(crate) fn sub<'r>(_left: &Value<'r>, _right: &Value<'r>) -> Result<Value<'r>, Error> {
    Ok(Value::Null)
}
/// `left * right` for two numbers.
pub(crate) fn mul<'r>(_left: &Value<'r>, _right: &Value<'r>) -> Result<Value<'r>, Error> {
    Ok(Value::Null)
}
/// `left / right` for two numbers; null when the divisor is zero.
pub(crate) fn div<'r>(_left: &Value<'r>, _right: &Value<'r>) -> Result<Value<'r>, Error> {
    Ok(Value::Null)
}
/// `left % right` for two numbers; null when the divisor is zero.
pub(crate) fn rem<'r>(_left: &Value<'r>, _right: &Value<'r>) -> Result<Value<'r>, Error> {
    Ok(Value::Null)
}
/// How two numbers compare by value, whatever their classes. NaN is equal to all (`MathUtils.compare`).
pub(crate) fn compare(_left: &Value<'_>, _right: &Value<'_>) -> Ordering {
    Ordering::Equal
}
/// `Number.intValue()`.
pub(crate) fn int_value(_number: &Value<'_>) -> i32 {
    0
}
