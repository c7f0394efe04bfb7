//! Methods of numbers, booleans and classes, static ones included: `$n.parseInt('7')`.
//!
//! Velocity picks an overload by the classes of the arguments: a parameter of type `int` takes an
//! Integer, Short or Byte, but no Long; a null fits every parameter that is no primitive.

use super::JavaMethod::{self, self as M};
use super::argument::{Answer, Miss, boolean, instance, string, text};
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
        Ok(value) => Ok(Some(value)),
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
        Value::Class(name) => class(arena, name, method, args),
        _ => of_class(arena, receiver.class_name(), Some(receiver), method, args),
    }
}

/// A method of a class that is called by its instance, or by the class itself.
fn of_class<'r>(
    arena: &'r Arena<'r>,
    class: &str,
    this: Option<&Value<'r>>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Answer<'r> {
    match (method, args) {
        (M::ToString, []) => {
            let mut out = String::new();
            show::show(arena, instance(this)?, &mut out)?;
            return text(arena, out);
        }
        (M::Equals, [other]) => return Ok(Value::Bool(instance(this)?.try_equals(other)?)),
        (M::HashCode, []) => return Ok(Value::Int(instance(this)?.try_java_hash()?)),
        (M::GetClass, []) => return Ok(Value::Class(instance(this)?.class_name())),
        (M::DescribeConstable, []) => {
            return match instance(this)? {
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

fn number<'a, 'r>(this: Option<&'a Value<'r>>) -> Result<&'a Value<'r>, Miss> {
    let this = instance(this)?;
    if this.is_number() { Ok(this) } else { Err(Miss::NoMethod) }
}

/// `Comparable.compareTo`: only with the same class.
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

fn of_boolean<'r>(
    arena: &'r Arena<'r>,
    this: Option<&Value<'r>>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Answer<'r> {
    let is_true = |text: Option<&str>| text.is_some_and(|t| t.eq_ignore_ascii_case("true"));
    Ok(Value::Bool(match (method, args) {
        (M::BooleanValue, []) => boolean(instance(this)?)?,
        (M::CompareTo, [other]) => return Ok(Value::Int(compare_to(instance(this)?, other)?)),
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

/// A class knows its name. The service's secure introspector hides the rest, but lets the static methods
/// of numbers, booleans and strings through.
fn class<'r>(arena: &'r Arena<'r>, name: &'static str, method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match (method, args) {
        (M::GetName, []) => return Ok(Value::str(name)),
        (M::GetClass, []) => return Ok(Value::Class("java.lang.Class")),
        (M::GetSimpleName, []) if !arena.dialect.service => return text(arena, simple_name(name)),
        (M::ToString, []) if !arena.dialect.service => return text(arena, format!("class {name}")),
        (M::Equals, [other]) if !arena.dialect.service => {
            return Ok(Value::Bool(matches!(other, Value::Class(n) if *n == name)));
        }
        (M::HashCode, []) if !arena.dialect.service => return Ok(Value::Int(Value::Class(name).java_hash())),
        _ => {}
    }
    if name != "java.lang.String" {
        return of_class(arena, name, None, method, args);
    }
    let is_static = matches!(method.name(), "valueOf" | "format" | "join" | "copyValueOf");
    let answer = if is_static { super::string::call(arena, &Value::str(""), method, args)? } else { None };
    answer.ok_or(Miss::NoMethod)
}

/// `Class.getSimpleName()`: `String[]`, `Entry`.
fn simple_name(name: &str) -> String {
    let last = |name: &str| name.rsplit(['.', '$']).next().unwrap_or(name).to_owned();
    match name.strip_prefix('[') {
        Some("C") => "char[]".to_owned(),
        Some("B") => "byte[]".to_owned(),
        Some(element) => last(element.trim_end_matches(';')) + "[]",
        None => last(name),
    }
}
