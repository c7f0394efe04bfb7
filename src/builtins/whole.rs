//! Static methods of Integer, Long, Short and Byte.

use super::JavaMethod::{self, self as M};
use super::argument::{Answer, Miss, byte, int, long, short, sign, string, text};
use super::exception::exception;
use crate::error::Error;
use crate::value::{Arena, Value, big, text as units};
use num_bigint::BigInt;

/// The methods that Integer and Long share, over `$int` and its unsigned twin.
macro_rules! wide {
    ($name:ident, $int:ty, $unsigned:ty, $make:ident, $take:ident, $parse:ident, $parse_unsigned:ident, $more:ident) => {
        pub(super) fn $name<'r>(arena: &'r Arena<'r>, method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
            let make = |n: $int| Ok(Value::$make(n));
            let unsigned = |v: &Value<'_>| $take(v).map(|n| n as $unsigned);
            let fits = |n: i128| <$int>::try_from(n).map(Value::$make).map_err(|_| out_of_range(n).into());
            let wraps =
                |n: i128| <$unsigned>::try_from(n).map(|n| Value::$make(n as $int)).map_err(|_| out_of_range(n).into());
            match (method, args) {
                (M::ValueOf, [n]) if $take(n).is_ok() => make($take(n)?),
                (M::$parse | M::ValueOf, [s]) => fits(parse(string(s)?, 10)?),
                (M::$parse | M::ValueOf, [s, radix]) => fits(parse(string(s)?, int(radix)?)?),
                (M::$parse, [s, from, to, radix]) => {
                    let radix = int(radix)?;
                    fits(parse(Some(&part(string(s)?, int(from)?, int(to)?)?), radix)?)
                }
                (M::$parse_unsigned, [s]) => wraps(parse_unsigned(string(s)?, 10)?),
                (M::$parse_unsigned, [s, radix]) => wraps(parse_unsigned(string(s)?, int(radix)?)?),
                (M::$parse_unsigned, [s, from, to, radix]) => {
                    let radix = int(radix)?;
                    wraps(parse_unsigned(Some(&part(string(s)?, int(from)?, int(to)?)?), radix)?)
                }
                (M::Decode, [s]) => fits(decode(string(s)?)?),
                (M::ToString, [n]) => text(arena, $take(n)?.to_string()),
                (M::ToString, [n, radix]) => text(arena, in_radix($take(n)?.into(), int(radix)?)),
                (M::ToUnsignedString, [n]) => text(arena, unsigned(n)?.to_string()),
                (M::ToUnsignedString, [n, radix]) => text(arena, in_radix(unsigned(n)?.into(), int(radix)?)),
                (M::ToHexString, [n]) => text(arena, format!("{:x}", $take(n)?)),
                (M::ToOctalString, [n]) => text(arena, format!("{:o}", $take(n)?)),
                (M::ToBinaryString, [n]) => text(arena, format!("{:b}", $take(n)?)),
                (M::Compare, [l, r]) => Ok(sign($take(l)?.cmp(&$take(r)?))),
                (M::CompareUnsigned, [l, r]) => Ok(sign(unsigned(l)?.cmp(&unsigned(r)?))),
                (M::DivideUnsigned, [l, r]) => {
                    make(unsigned(l)?.checked_div(unsigned(r)?).ok_or_else(by_zero)? as $int)
                }
                (M::RemainderUnsigned, [l, r]) => {
                    make(unsigned(l)?.checked_rem(unsigned(r)?).ok_or_else(by_zero)? as $int)
                }
                (M::Max, [l, r]) => make($take(l)?.max($take(r)?)),
                (M::Min, [l, r]) => make($take(l)?.min($take(r)?)),
                (M::Sum, [l, r]) => make($take(l)?.wrapping_add($take(r)?)),
                (M::Signum, [n]) => Ok(Value::Int($take(n)?.signum() as i32)),
                (M::HashCode, [n]) => Ok(Value::Int(Value::$make($take(n)?).java_hash())),
                (M::BitCount, [n]) => Ok(Value::Int($take(n)?.count_ones() as i32)),
                (M::NumberOfLeadingZeros, [n]) => Ok(Value::Int($take(n)?.leading_zeros() as i32)),
                (M::NumberOfTrailingZeros, [n]) => Ok(Value::Int($take(n)?.trailing_zeros() as i32)),
                (M::HighestOneBit, [n]) => {
                    let n = unsigned(n)?;
                    make(n.checked_ilog2().map_or(0, |bit| (1 as $unsigned) << bit) as $int)
                }
                (M::LowestOneBit, [n]) => $take(n).and_then(|n| make(n & n.wrapping_neg())),
                (M::Reverse, [n]) => make($take(n)?.reverse_bits()),
                (M::ReverseBytes, [n]) => make($take(n)?.swap_bytes()),
                (M::RotateLeft, [n, by]) => make($take(n)?.rotate_left(int(by)? as u32 % <$int>::BITS)),
                (M::RotateRight, [n, by]) => make($take(n)?.rotate_right(int(by)? as u32 % <$int>::BITS)),
                _ => $more(method, args),
            }
        }
    };
}
wide!(of_integer, i32, u32, Int, int, ParseInt, ParseUnsignedInt, more_of_integer);
wide!(of_long, i64, u64, Long, long, ParseLong, ParseUnsignedLong, more_of_long);

// System properties: there are none. Of `getInteger(String, int)` and `getInteger(String, Integer)` Velocity keeps
// one, as their keys in its cache are the same; which one was recorded.

fn more_of_integer<'r>(method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match (method, args) {
        (M::GetInteger, [s]) => string(s).map(|_| Value::Null),
        (M::GetInteger, [s, other @ (Value::Int(_) | Value::Null)]) => string(s).map(|_| other.clone()),
        (M::ToUnsignedLong, [n]) => Ok(Value::Long((int(n)? as u32).into())),
        _ => Err(Miss::NoMethod),
    }
}

fn more_of_long<'r>(method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
    match (method, args) {
        (M::GetLong, [s]) => string(s).map(|_| Value::Null),
        (M::GetLong, [s, other]) => string(s).and_then(|_| Ok(Value::Long(long(other)?))),
        _ => Err(Miss::NoMethod),
    }
}

/// The methods that Short and Byte share.
macro_rules! narrow {
    ($name:ident, $int:ty, $unsigned:ty, $make:ident, $take:ident, $parse:ident) => {
        pub(super) fn $name<'r>(arena: &'r Arena<'r>, method: JavaMethod, args: &[Value<'r>]) -> Answer<'r> {
            let unsigned = |v: &Value<'_>| $take(v).map(|n| n as $unsigned);
            let fits = |n: i128| <$int>::try_from(n).map(Value::$make).map_err(|_| out_of_range(n).into());
            match (method, args) {
                (M::ValueOf, [n]) if $take(n).is_ok() => Ok(Value::$make($take(n)?)),
                (M::$parse | M::ValueOf, [s]) => fits(parse(string(s)?, 10)?),
                (M::$parse | M::ValueOf, [s, radix]) => fits(parse(string(s)?, int(radix)?)?),
                (M::Decode, [s]) => fits(decode(string(s)?)?),
                (M::ToString, [n]) => text(arena, $take(n)?.to_string()),
                (M::HashCode, [n]) => Ok(Value::Int($take(n)?.into())),
                (M::Compare, [l, r]) => Ok(Value::Int(i32::from($take(l)?) - i32::from($take(r)?))),
                (M::CompareUnsigned, [l, r]) => Ok(Value::Int(i32::from(unsigned(l)?) - i32::from(unsigned(r)?))),
                (M::ToUnsignedInt, [n]) => Ok(Value::Int(unsigned(n)?.into())),
                (M::ToUnsignedLong, [n]) => Ok(Value::Long(unsigned(n)?.into())),
                (M::ReverseBytes, [n]) if <$int>::BITS == 16 => Ok(Value::$make($take(n)?.swap_bytes())),
                _ => Err(Miss::NoMethod),
            }
        }
    };
}
narrow!(of_short, i16, u16, Short, short, ParseShort);
narrow!(of_byte, i8, u8, Byte, byte, ParseByte);

fn by_zero() -> Error {
    big::arithmetic("/ by zero")
}

/// Creates the exception for a text that is not a number.
pub(super) fn no_number(text: &str) -> Error {
    exception("NumberFormatException", format!("For input string: \"{text}\""))
}

fn out_of_range(number: i128) -> Error {
    no_number(&number.to_string())
}

/// Runs `Integer.toString(n, radix)`; Java takes 10 for a radix that it does not know.
fn in_radix(number: i128, radix: i32) -> String {
    let radix = if (2..=36).contains(&radix) { radix as u32 } else { 10 };
    BigInt::from(number).to_str_radix(radix)
}

/// Runs `Character.digit(c, radix)`.
fn digit(c: char, radix: u32) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(radix);
    }
    let wide = matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
    let value = if wide {
        // Full-width letters stand 0xFEE0 above ASCII.
        char::from_u32(c as u32 - 0xFEE0)?.to_digit(36)?
    } else {
        units::decimal_digit(c)?
    };
    (value < radix).then_some(value)
}

/// Parses as `parseInt` and its like do, before the range is checked; a number past all ranges is refused.
fn parse(text: Option<&str>, radix: i32) -> Result<i128, Error> {
    let text = text.ok_or_else(|| exception("NumberFormatException", "Cannot parse null string"))?;
    if !(2..=36).contains(&radix) {
        return Err(exception("NumberFormatException", format!("radix {radix} is not between 2 and 36")));
    }
    let radix = radix as u32;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut number = 0i128;
    for c in digits.chars() {
        let next = digit(c, radix).filter(|_| number < 1 << 70).ok_or_else(|| no_number(text))?;
        number = number * i128::from(radix) + i128::from(next);
    }
    match text {
        _ if digits.is_empty() => Err(no_number(text)),
        _ if text.starts_with('-') => Ok(-number),
        _ => Ok(number),
    }
}

fn parse_unsigned(text: Option<&str>, radix: i32) -> Result<i128, Error> {
    match text {
        Some(negative) if negative.starts_with('-') => Err(no_number(negative)),
        _ => parse(text, radix),
    }
}

/// Returns the part that `parseInt(text, from, to, radix)` reads.
fn part(text: Option<&str>, from: i32, to: i32) -> Result<String, Error> {
    let text = text.ok_or_else(|| exception("NullPointerException", "no text"))?;
    let all = units::to_utf16(text);
    let part = usize::try_from(from).ok().zip(usize::try_from(to).ok()).and_then(|(from, to)| all.get(from..to));
    let part = part.ok_or_else(|| exception("IndexOutOfBoundsException", format!("{from} to {to}")))?;
    Ok(units::from_utf16(part))
}

/// Parses as `Integer.decode` does: `0x1F`, `#1F` and `017` too.
fn decode(text: Option<&str>) -> Result<i128, Error> {
    let text = text.ok_or_else(|| exception("NullPointerException", "no text"))?;
    if text.is_empty() {
        return Err(exception("NumberFormatException", "Zero length string"));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let hex = ["0x", "0X", "#"].iter().find_map(|mark| digits.strip_prefix(mark));
    let (digits, radix) = match hex {
        Some(hex) => (hex, 16),
        None => match digits.strip_prefix('0') {
            Some(octal) if !octal.is_empty() => (octal, 8),
            _ => (digits, 10),
        },
    };
    if digits.starts_with(['-', '+']) {
        return Err(exception("NumberFormatException", "Sign character in wrong position"));
    }
    let number = parse(Some(digits), radix)?;
    Ok(if text.starts_with('-') { -number } else { number })
}
