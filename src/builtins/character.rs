//! Methods of `java.lang.Character`, which `charAt` returns.

use super::JavaMethod as M;
use super::exception::{class_cast, illegal_argument, illegal_monitor, null_pointer};
use super::java_string::{int_at, is_whitespace};
use super::overload::Param::{self, Char, Character, Int, Object};
use super::overload::choose;

use crate::error::Error;
use crate::value::pattern::class::has_property;
use crate::value::pattern::fold::{lower, upper};
use crate::value::text::{from_utf16, lone_surrogate};
use crate::value::{Arena, Value};

fn overloads(method: M) -> &'static [&'static [Param]] {
    match method {
        M::CharValue | M::GetClass => &[&[]],
        M::ToString => &[&[], &[Char], &[Int]],
        M::HashCode => &[&[], &[Char]],
        M::IsAlphabetic => &[&[Int]],
        M::IsSpaceChar | M::IsTitleCase => &[&[Char], &[Int]],
        M::Digit => &[&[Char, Int], &[Int, Int]],
        M::ForDigit => &[&[Int, Int]],
        M::Notify | M::NotifyAll => &[&[]],
        M::Equals => &[&[Object]],
        M::CompareTo => &[&[Character], &[Object]],
        M::Compare => &[&[Char, Char]],
        M::ValueOf => &[&[Char]],
        M::IsDigit | M::IsLetter | M::IsLetterOrDigit | M::IsUpperCase | M::IsLowerCase | M::IsWhitespace => {
            &[&[Char], &[Int]]
        }
        M::ToUpperCase | M::ToLowerCase | M::GetNumericValue => &[&[Char], &[Int]],
        _ => &[],
    }
}

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    unit: u16,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let Some(overload) = choose(overloads(method), args)? else { return Ok(None) };
    arena.budget.charge(2)?;
    let given = |at: usize| match args.get(at) {
        Some(Value::Char(unit)) => *unit,
        _ => unit,
    };
    let code = match args.first() {
        Some(Value::Char(unit)) => u32::from(*unit),
        Some(_) => int_at(args, 0) as u32,
        None => u32::from(unit),
    };
    let c = match code {
        0xD800..=0xDFFF => lone_surrogate(code as u16),
        _ => char::from_u32(code).unwrap_or('\u{FFFF}'),
    };
    let within = |name: &'static str| Value::Bool(has_property(c, name));
    let cased = |c: char| match overload {
        0 => Value::Char(u16::try_from(c as u32).unwrap_or(code as u16)),
        _ => Value::Int(c as i32),
    };
    Ok(Some(match method {
        M::CharValue | M::ValueOf => Value::Char(given(0)),
        M::GetClass => Value::Class("java.lang.Character"),
        M::ToString if overload == 2 => match u32::try_from(int_at(args, 0)).is_ok_and(|code| code <= 0x10_FFFF) {
            true => arena.string(c.to_string())?,
            false => return Err(illegal_argument("not a valid Unicode code point")),
        },
        M::ToString => arena.string(from_utf16(&[given(0)]))?,
        M::IsAlphabetic => within("javaAlphabetic"),
        M::IsSpaceChar => within("javaSpaceChar"),
        M::IsTitleCase => within("javaTitleCase"),
        M::Digit => {
            let value = numeric_value(c);
            let radix = int_at(args, 1);
            Value::Int(if (2..=36).contains(&radix) && value < radix { value } else { -1 })
        }
        M::ForDigit => {
            let (digit, radix) = (int_at(args, 0), int_at(args, 1));
            let c = u32::try_from(digit).ok().zip(u32::try_from(radix).ok().filter(|r| (2..=36).contains(r)));
            Value::Char(c.and_then(|(digit, radix)| char::from_digit(digit, radix)).map_or(0, |c| c as u16))
        }
        M::Notify | M::NotifyAll => return Err(illegal_monitor()),
        M::HashCode => Value::Int(i32::from(given(0))),
        M::Equals => Value::Bool(matches!(args[0], Value::Char(other) if other == unit)),
        M::CompareTo => match &args[0] {
            Value::Char(other) => Value::Int(i32::from(unit) - i32::from(*other)),
            Value::Null => return Err(null_pointer()),
            other => return Err(class_cast(other.class_name(), "java.lang.Character")),
        },
        M::Compare => Value::Int(i32::from(given(0)) - i32::from(given(1))),
        M::IsDigit => within("Nd"),
        M::IsLetter => within("L"),
        M::IsLetterOrDigit => within("LD"),
        M::IsUpperCase => within("javaUpperCase"),
        M::IsLowerCase => within("javaLowerCase"),
        M::IsWhitespace => Value::Bool(is_whitespace(c)),
        M::ToUpperCase => cased(upper(c)),
        M::ToLowerCase => cased(lower(c)),
        _ => Value::Int(numeric_value(c)),
    }))
}

/// Returns `Character.getNumericValue` for digits and Latin letters, -1 for other characters.
fn numeric_value(c: char) -> i32 {
    match c {
        'a'..='z' => c as i32 - 'a' as i32 + 10,
        'A'..='Z' => c as i32 - 'A' as i32 + 10,
        '\u{FF21}'..='\u{FF3A}' => c as i32 - 0xFF21 + 10,
        '\u{FF41}'..='\u{FF5A}' => c as i32 - 0xFF41 + 10,
        '0'..='9' => c as i32 - '0' as i32,
        _ => -1,
    }
}
