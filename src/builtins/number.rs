//! Methods of numbers and booleans, static ones included: `$n.parseInt('7')`.
//!
//! Velocity chooses an overload by the classes of the arguments: a parameter of type `int` takes an
//! Integer, Short or Byte, but not a Long; null fits every parameter that is not a primitive.

use super::JavaMethod::{self, self as M};
use super::argument::{Answer, Miss, boolean, string, text};
use super::exception::{exception, wrong_count};
use super::{decimal, fraction, whole};
use crate::error::Error;
use crate::value::compare::hash_bool;
use crate::value::{Arena, Value, View, num, show};

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    match answer(arena, receiver, method, args) {
        Ok(value) => {
            arena.hold_number(&value)?;
            Ok(Some(value))
        }
        Err(Miss::Throws(error)) => Err(error),
        // Velocity takes a method without parameters for any arguments, if no other fits: `$n.intValue(1)` fails.
        Err(Miss::NoMethod)
            if !args.is_empty() && !matches!(answer(arena, receiver, method, &[]), Err(Miss::NoMethod)) =>
        {
            Err(wrong_count())
        }
        Err(Miss::NoMethod) => Ok(None),
    }
}

fn answer<'r>(arena: &'r Arena<'r>, receiver: &Value<'r>, method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match receiver {
        Value::Null | Value::Block(_) => Err(Miss::NoMethod),
        _ => of_class(arena, receiver.class_name(), receiver, method, args),
    }
}

/// Calls an instance or a static method of a class.
fn of_class<'r>(
    arena: &'r Arena<'r>,
    class: &str,
    this: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Answer<'r> {
    match (method, args) {
        (M::ToString, []) => {
            let mut out = String::new();
            show::show(arena, this, &mut out)?;
            return text(arena, out);
        }
        (M::Equals, [other]) => return Ok(Value::Bool(this.try_equals(other)?)),
        (M::HashCode, []) => return Ok(Value::Int(this.try_java_hash()?)),
        (M::GetClass, []) => return Ok(Value::Class(this.class_name())),
        (M::DescribeConstable, []) => {
            return match this {
                number @ (Value::Int(_) | Value::Long(_) | Value::Float(_) | Value::Double(_)) => {
                    Ok(arena.view(View::Optional(Some(number.clone())))?)
                }
                _ => Err(Miss::NoMethod),
            };
        }
        _ => {}
    }
    if class == "java.lang.Boolean" {
        return of_boolean(arena, this, method, args);
    }
    if matches!((this, method), (Value::Big(_), M::IntValue | M::LongValue | M::ShortValue | M::ByteValue)) {
        // A decimal is divided.
        arena.budget.charge(4)?;
    }
    match (method, args) {
        (M::IntValue, []) => return Ok(Value::Int(num::int_value(number(this)?))),
        (M::LongValue, []) => return Ok(Value::Long(num::long_value(number(this)?))),
        (M::DoubleValue, []) => return Ok(Value::Double(num::double_value(number(this)?))),
        (M::FloatValue, []) => return Ok(Value::Float(num::float_value(number(this)?))),
        (M::ShortValue, []) => return Ok(Value::Short(num::int_value(number(this)?) as i16)),
        (M::ByteValue, []) => return Ok(Value::Byte(num::int_value(number(this)?) as i8)),
        (M::CompareTo, [other]) => return Ok(Value::Int(compare_to(number(this)?, other)?)),
        _ => {}
    }
    match class {
        "java.lang.Integer" => whole::of_integer(arena, method, args),
        "java.lang.Long" => whole::of_long(arena, method, args),
        "java.lang.Double" => fraction::of_double(arena, this, method, args),
        "java.lang.Float" => fraction::of_float(arena, this, method, args),
        "java.lang.Short" => whole::of_short(arena, method, args),
        "java.lang.Byte" => whole::of_byte(arena, method, args),
        "java.math.BigInteger" => decimal::of_integer(arena, this, method, args),
        "java.math.BigDecimal" => decimal::of_decimal(arena, this, method, args),
        _ => Err(Miss::NoMethod),
    }
}

fn number<'a, 'r>(this: &'a Value<'r>) -> Result<&'a Value<'r>, Miss> {
    if this.is_number() { Ok(this) } else { Err(Miss::NoMethod) }
}

/// Runs `Comparable.compareTo`, which takes a value of the same class only.
fn compare_to(this: &Value<'_>, other: &Value<'_>) -> Result<i32, Error> {
    Ok(match (this, other) {
        (_, Value::Null) => return Err(exception("NullPointerException", "compareTo null")),
        (Value::Short(l), Value::Short(r)) => i32::from(*l) - i32::from(*r),
        (Value::Byte(l), Value::Byte(r)) => i32::from(*l) - i32::from(*r),
        (Value::Double(l), Value::Double(r)) => fraction::order(*l, *r) as i32,
        (Value::Float(l), Value::Float(r)) => fraction::order(f64::from(*l), f64::from(*r)) as i32,
        (Value::Bool(l), Value::Bool(r)) => l.cmp(r) as i32,
        _ if this.is_number() && this.class_name() == other.class_name() => num::compare(this, other)? as i32,
        _ => {
            let message = format!("class {} cannot be cast to class {}", other.class_name(), this.class_name());
            return Err(exception("ClassCastException", message));
        }
    })
}

fn of_boolean<'r>(arena: &'r Arena<'r>, this: &Value<'r>, method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    let is_true = |text: Option<&str>| text.is_some_and(|t| t.eq_ignore_ascii_case("true"));
    Ok(Value::Bool(match (method, args) {
        (M::BooleanValue, []) => boolean(this)?,
        (M::CompareTo, [other]) => return Ok(Value::Int(compare_to(this, other)?)),
        (M::Compare, [l, r]) => return Ok(Value::Int(boolean(l)?.cmp(&boolean(r)?) as i32)),
        (M::HashCode, [b]) => return Ok(Value::Int(hash_bool(boolean(b)?))),
        (M::ToString, [b]) => return text(arena, boolean(b)?.to_string()),
        (M::ParseBoolean, [s]) => is_true(string(s)?),
        (M::ValueOf, [Value::Bool(b)]) => *b,
        (M::ValueOf, [s]) => is_true(string(s)?),
        (M::LogicalAnd, [l, r]) => boolean(l)? & boolean(r)?,
        (M::LogicalOr, [l, r]) => boolean(l)? | boolean(r)?,
        (M::LogicalXor, [l, r]) => boolean(l)? ^ boolean(r)?,
        // A system property; there are none here.
        (M::GetBoolean, [s]) => string(s).map(|_| false)?,
        _ => return Err(Miss::NoMethod),
    }))
}
