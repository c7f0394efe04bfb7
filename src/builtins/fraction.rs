//! Methods of Double and Float.

use super::JavaMethod::{self, self as M};
use super::argument::{Answer, Miss, double, float, int, long, sign, string, text};
use super::exception::exception;
use super::whole::no_number;
use crate::value::float::{self as digits, Floating};
use crate::value::float::{double_bits, float_bits};
use crate::value::{Arena, Value, num, show};
use std::cmp::Ordering;

/// Compares as `Double.compare` does: -0.0 comes before 0.0, NaN last.
pub(super) fn order(left: f64, right: f64) -> Ordering {
    match left.partial_cmp(&right) {
        Some(order) if order.is_ne() => order,
        _ => (double_bits(left) as i64).cmp(&(double_bits(right) as i64)),
    }
}

/// Parses a number as `Double.parseDouble` does.
fn parse<F: Floating>(text: Option<&str>) -> Result<F, Miss> {
    let text = text.ok_or_else(|| exception("NullPointerException", "no text"))?;
    match digits::parse(text) {
        Some(number) => Ok(number),
        None if text.trim().is_empty() => Err(exception("NumberFormatException", "empty String").into()),
        None => Err(no_number(text).into()),
    }
}

/// The methods that both classes have.
macro_rules! fraction {
    ($name:ident, $float:ty, $make:ident, $take:ident, $parse:ident, $hex:path, $bits:ident) => {
        pub(super) fn $name<'r>(
            arena: &'r Arena<'r>,
            this: &Value<'r>,
            method: JavaMethod,
            args: &[Value<'r>],
        ) -> Answer<'r> {
            let make = |n: $float| Ok(Value::$make(n));
            let own = num::double_value(this);
            match (method, args) {
                (M::IsNaN, []) => Ok(Value::Bool(own.is_nan())),
                (M::IsNaN, [n]) => Ok(Value::Bool($take(n)?.is_nan())),
                (M::IsInfinite, []) => Ok(Value::Bool(own.is_infinite())),
                (M::IsInfinite, [n]) => Ok(Value::Bool($take(n)?.is_infinite())),
                (M::IsFinite, [n]) => Ok(Value::Bool($take(n)?.is_finite())),
                (M::ValueOf, [n]) if $take(n).is_ok() => make($take(n)?),
                (M::$parse | M::ValueOf, [s]) => {
                    arena.budget.charge(16)?;
                    make(parse(string(s)?)?)
                }
                (M::ToString, [n]) => {
                    let mut out = String::new();
                    show::show(arena, &Value::$make($take(n)?), &mut out)?;
                    text(arena, out)
                }
                (M::ToHexString, [n]) => {
                    arena.budget.charge(8)?;
                    text(arena, $hex($take(n)?))
                }
                (M::HashCode, [n]) => Ok(Value::Int(Value::$make($take(n)?).java_hash())),
                (M::Compare, [l, r]) => Ok(sign(order($take(l)?.into(), $take(r)?.into()))),
                (M::Max, [l, r]) => pick($take(l)?, $take(r)?, Ordering::Greater).and_then(make),
                (M::Min, [l, r]) => pick($take(l)?, $take(r)?, Ordering::Less).and_then(make),
                (M::Sum, [l, r]) => make($take(l)? + $take(r)?),
                _ => $bits(method, args),
            }
        }
    };
}
fraction!(of_double, f64, Double, double, ParseDouble, digits::hex_double, bits_of_double);
fraction!(of_float, f32, Float, float, ParseFloat, digits::hex_float, bits_of_float);

/// Picks as `Math.max` and `Math.min` do: NaN if one is, and -0.0 is less than 0.0.
fn pick<F: Copy + Into<f64>>(left: F, right: F, wanted: Ordering) -> Result<F, Miss> {
    let (l, r) = (left.into(), right.into());
    Ok(if l.is_nan() || !r.is_nan() && order(l, r) == wanted { left } else { right })
}

fn bits_of_double<'r>(method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match (method, args) {
        (M::DoubleToLongBits | M::DoubleToRawLongBits, [n]) => Ok(Value::Long(double_bits(double(n)?) as i64)),
        (M::LongBitsToDouble, [n]) => Ok(Value::Double(f64::from_bits(long(n)? as u64))),
        _ => Err(Miss::NoMethod),
    }
}

fn bits_of_float<'r>(method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match (method, args) {
        (M::FloatToIntBits | M::FloatToRawIntBits, [n]) => Ok(Value::Int(float_bits(float(n)?) as i32)),
        (M::IntBitsToFloat, [n]) => Ok(Value::Float(f32::from_bits(int(n)? as u32))),
        _ => Err(Miss::NoMethod),
    }
}
