//! Arithmetic of Velocity 1.7's `MathUtils`, over Java's number classes.
//!
//! The result of two whole numbers has the larger of their classes, or the next that holds it:
//! `2147483647 + 1` is a Long, past that a BigInteger. With a Float or Double operand the result is
//! one too; a BigInteger and a Double give a BigDecimal with the exact digits of the Double.

use super::{Big, Value, big};
use crate::error::Error;
use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Two operands converted to the class that their operation is computed in.
enum Pair<'n> {
    Longs(i64, i64),
    Floats(f32, f32),
    Doubles(f64, f64),
    Integers(Cow<'n, BigInt>, Cow<'n, BigInt>),
    Decimals(Cow<'n, BigDecimal>, Cow<'n, BigDecimal>),
}

fn pair<'n>(left: &'n Value<'_>, right: &'n Value<'_>) -> Result<Pair<'n>, Error> {
    let whole = is_whole(left) && is_whole(right);
    let has = |test: fn(&Value<'_>) -> bool| test(left) || test(right);
    let big = has(|v| matches!(v, Value::Big(_)));
    if whole && !big {
        return Ok(Pair::Longs(long_value(left), long_value(right)));
    }
    if whole {
        return Ok(Pair::Integers(to_integer(left), to_integer(right)));
    }
    if big {
        return Ok(Pair::Decimals(to_decimal(left)?, to_decimal(right)?));
    }
    if has(|v| matches!(v, Value::Double(_))) {
        return Ok(Pair::Doubles(double_value(left), double_value(right)));
    }
    Ok(Pair::Floats(float_value(left), float_value(right)))
}

/// Returns `true` for a number of an integer class.
fn is_whole(number: &Value<'_>) -> bool {
    match number {
        Value::Int(_) | Value::Long(_) | Value::Short(_) | Value::Byte(_) => true,
        Value::Big(big) => matches!(**big, Big::Integer(_)),
        _ => false,
    }
}

fn to_integer<'n>(number: &'n Value<'_>) -> Cow<'n, BigInt> {
    if let Value::Big(big) = number
        && let Big::Integer(i) = &**big
    {
        return Cow::Borrowed(i);
    }
    Cow::Owned(long_value(number).into())
}

/// Converts to BigDecimal. A Long is converted through a double, as in `MathUtils`: `9007199254740993` loses
/// its last bit.
fn to_decimal<'n>(number: &'n Value<'_>) -> Result<Cow<'n, BigDecimal>, Error> {
    Ok(match number {
        Value::Big(big) => match &**big {
            Big::Decimal(d) => Cow::Borrowed(d),
            Big::Integer(i) => Cow::Owned(BigDecimal::new(i.clone(), 0)),
        },
        _ => Cow::Owned(big::from_double(double_value(number))?),
    })
}

/// Returns an integer result in the larger class of the two operands, or the next that holds it.
fn wrap<'r>(result: i64, left: &Value<'_>, right: &Value<'_>) -> Value<'r> {
    let rank = |v: &Value<'_>| match v {
        Value::Byte(_) => 0,
        Value::Short(_) => 1,
        Value::Int(_) => 2,
        _ => 3,
    };
    let rank = rank(left).max(rank(right));
    if let Ok(byte) = i8::try_from(result)
        && rank == 0
    {
        return Value::Byte(byte);
    }
    if let Ok(short) = i16::try_from(result)
        && rank <= 1
    {
        return Value::Short(short);
    }
    int_or_long(result, rank)
}

fn int_or_long<'r>(result: i64, rank: u8) -> Value<'r> {
    match i32::try_from(result) {
        Ok(int) if rank <= 2 => Value::Int(int),
        _ => Value::Long(result),
    }
}

fn integer<'r>(result: BigInt) -> Result<Value<'r>, Error> {
    big::check_bits(result.bits())?;
    Ok(Value::big(result))
}

/// Returns the steps of an operation on two numbers. A double becomes a decimal of up to 1,074 digits beside a
/// long number.
pub(crate) fn steps(left: &Value<'_>, right: &Value<'_>) -> usize {
    let expanded = match (left, right) {
        (Value::Big(_), Value::Double(number)) | (Value::Double(number), Value::Big(_)) => super::float::steps(*number),
        _ => 0,
    };
    left.weight().saturating_add(right.weight()).saturating_add(expanded)
}

/// Evaluates `left + right` for two numbers.
#[inline]
pub(crate) fn add<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right) {
        return Ok(int_or_long(i64::from(*l) + i64::from(*r), 2));
    }
    add_any(left, right)
}

fn add_any<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    match pair(left, right)? {
        Pair::Longs(l, r) => match l.checked_add(r) {
            Some(sum) => Ok(wrap(sum, left, right)),
            None => integer(BigInt::from(l) + r),
        },
        Pair::Floats(l, r) => Ok(Value::Float(l + r)),
        Pair::Doubles(l, r) => Ok(Value::Double(l + r)),
        Pair::Integers(l, r) => integer(l.as_ref() + r.as_ref()),
        Pair::Decimals(l, r) => big::add(&l, &r).map(Value::decimal),
    }
}

/// Evaluates `left - right` for two numbers.
#[inline]
pub(crate) fn sub<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right) {
        return Ok(int_or_long(i64::from(*l) - i64::from(*r), 2));
    }
    sub_any(left, right)
}

fn sub_any<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    match pair(left, right)? {
        Pair::Longs(l, r) => match l.checked_sub(r) {
            Some(difference) => Ok(wrap(difference, left, right)),
            None => integer(BigInt::from(l) - r),
        },
        Pair::Floats(l, r) => Ok(Value::Float(l - r)),
        Pair::Doubles(l, r) => Ok(Value::Double(l - r)),
        Pair::Integers(l, r) => integer(l.as_ref() - r.as_ref()),
        Pair::Decimals(l, r) => big::subtract(&l, &r).map(Value::decimal),
    }
}

/// Evaluates `left * right` for two numbers.
#[inline]
pub(crate) fn mul<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right) {
        return Ok(int_or_long(i64::from(*l) * i64::from(*r), 2));
    }
    mul_any(left, right)
}

fn mul_any<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    match pair(left, right)? {
        Pair::Longs(l, r) => {
            let product = l.wrapping_mul(r);
            // Velocity's overflow test misses `-9223372036854775808 * -1`, which wraps around.
            if r != 0 && product.wrapping_div(r) != l {
                return integer(BigInt::from(l) * r);
            }
            Ok(wrap(product, left, right))
        }
        Pair::Floats(l, r) => Ok(Value::Float(l * r)),
        Pair::Doubles(l, r) => Ok(Value::Double(l * r)),
        Pair::Integers(l, r) => integer(big::multiply(&l, &r)?),
        Pair::Decimals(l, r) => big::multiply_decimals(&l, &r).map(Value::decimal),
    }
}

/// Evaluates `left / right` for two numbers; null if the divisor is zero.
#[inline]
pub(crate) fn div<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right)
        && *r != 0
    {
        return Ok(int_or_long(i64::from(*l) / i64::from(*r), 2));
    }
    div_any(left, right)
}

fn div_any<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if is_zero(right) {
        return Ok(Value::Null);
    }
    match pair(left, right)? {
        Pair::Longs(l, r) => Ok(wrap(l.wrapping_div(r), left, right)),
        Pair::Floats(l, r) => Ok(Value::Float(l / r)),
        Pair::Doubles(l, r) => Ok(Value::Double(l / r)),
        Pair::Integers(l, r) => integer(l.as_ref() / r.as_ref()),
        Pair::Decimals(l, r) => big::divide(&l, &r, big::parts(&l).1, big::Rounding::HalfDown).map(Value::decimal),
    }
}

/// Evaluates `left % right` for two numbers; null if the divisor is zero.
#[inline]
pub(crate) fn rem<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right)
        && *r != 0
    {
        return Ok(Value::Int(l.wrapping_rem(*r)));
    }
    rem_any(left, right)
}

fn rem_any<'r>(left: &Value<'r>, right: &Value<'r>) -> Result<Value<'r>, Error> {
    if is_zero(right) {
        return Ok(Value::Null);
    }
    match pair(left, right)? {
        Pair::Longs(l, r) => Ok(wrap(l.wrapping_rem(r), left, right)),
        Pair::Floats(l, r) => Ok(Value::Float(l % r)),
        Pair::Doubles(l, r) => Ok(Value::Double(l % r)),
        Pair::Integers(l, r) => modulo(&l, &r).and_then(integer),
        Pair::Decimals(..) => Err(big::arithmetic("Cannot calculate the modulo of BigDecimals.")),
    }
}

/// Evaluates `BigInteger.mod`; the result is never negative.
pub(crate) fn modulo(left: &BigInt, right: &BigInt) -> Result<BigInt, Error> {
    if !right.is_positive() {
        return Err(big::arithmetic("BigInteger: modulus not positive"));
    }
    let rest = left % right;
    Ok(if rest.is_negative() { rest + right } else { rest })
}

/// Compares two numbers by value, regardless of class. NaN equals every number (`MathUtils.compare`).
#[inline]
pub(crate) fn compare(left: &Value<'_>, right: &Value<'_>) -> Result<Ordering, Error> {
    if let (Value::Int(l), Value::Int(r)) = (left, right) {
        return Ok(l.cmp(r));
    }
    compare_any(left, right)
}

fn compare_any(left: &Value<'_>, right: &Value<'_>) -> Result<Ordering, Error> {
    Ok(match pair(left, right)? {
        Pair::Longs(l, r) => l.cmp(&r),
        Pair::Floats(l, r) => l.partial_cmp(&r).unwrap_or(Ordering::Equal),
        Pair::Doubles(l, r) => l.partial_cmp(&r).unwrap_or(Ordering::Equal),
        Pair::Integers(l, r) => l.cmp(&r),
        Pair::Decimals(l, r) => big::compare(&l, &r)?,
    })
}

/// Returns `true` for a zero of any class. NaN is not zero.
pub(crate) fn is_zero(number: &Value<'_>) -> bool {
    match number {
        Value::Big(big) => match &**big {
            Big::Integer(i) => i.is_zero(),
            Big::Decimal(d) => d.is_zero(),
        },
        _ => double_value(number) == 0.0,
    }
}

/// Returns `Number.intValue()`.
pub(crate) fn int_value(number: &Value<'_>) -> i32 {
    match number {
        Value::Int(i) => *i,
        Value::Float(f) => *f as i32,
        Value::Double(d) => *d as i32,
        _ => long_value(number) as i32,
    }
}

/// Returns `Number.longValue()`; 0 for other values.
pub(crate) fn long_value(number: &Value<'_>) -> i64 {
    match number {
        Value::Int(i) => i64::from(*i),
        Value::Long(l) => *l,
        Value::Short(s) => i64::from(*s),
        Value::Byte(b) => i64::from(*b),
        Value::Float(f) => *f as i64,
        Value::Double(d) => *d as i64,
        Value::Big(big) => match &**big {
            Big::Integer(i) => big::low_bits(i),
            Big::Decimal(d) => big::decimal_low_bits(d),
        },
        _ => 0,
    }
}

/// Returns `Number.doubleValue()`.
pub(crate) fn double_value(number: &Value<'_>) -> f64 {
    match number {
        Value::Double(d) => *d,
        Value::Float(f) => f64::from(*f),
        Value::Big(big) => match &**big {
            Big::Integer(i) => big::to_double(i),
            Big::Decimal(d) => big::nearest(d).unwrap_or(f64::NAN),
        },
        _ => long_value(number) as f64,
    }
}

/// Returns `Number.floatValue()`.
pub(crate) fn float_value(number: &Value<'_>) -> f32 {
    match number {
        Value::Float(f) => *f,
        Value::Double(d) => *d as f32,
        Value::Big(big) => match &**big {
            Big::Integer(i) => big::to_float(i),
            Big::Decimal(d) => big::nearest(d).unwrap_or(f32::NAN),
        },
        _ => long_value(number) as f32,
    }
}
