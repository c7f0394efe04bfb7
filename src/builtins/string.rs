//! Methods of strings besides those with patterns and `format`. Indexes count UTF-16 units, as in Java.

use super::JavaMethod;
use super::exception::{class_cast, exception, illegal_argument, illegal_monitor, null_pointer};
use super::java_string::{WideText, has_lone, int_at, is_whitespace, out_of_bounds, text_at, wide};
use super::overload::{Param, choose, variable};
use super::search::{find, find_last};
use super::string_lines::{indent, lines, strip_indent, translate_escapes};
use super::string_units::{byte_of, char_at, char_before, unit_at, unit_count, unit_of};
use super::{character, collection, format, string_regex};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::pattern::fold::{lower, upper};
use crate::value::show::show;
use crate::value::text::{as_lone_surrogate, from_utf16, joined, lone_surrogate, mapped, to_utf16, units, utf16_len};
use crate::value::{Arena, ListKind, Text, Value, View, text};
use std::cell::RefCell;
use std::ops::Range;

use JavaMethod as M;
use Param::{Bool, Bytes, Char, CharSequence, CharSequences, Chars, Charset, Function, Int, Iterable, Locale};
use Param::{Double, Float, Long, Lookup, Object, Objects, Str, StringBuffer};

/// Lists the parameters of each overload, in the order that [`call`] numbers them.
fn overloads(method: M) -> &'static [&'static [Param]] {
    match method {
        M::Length | M::IsEmpty | M::IsBlank | M::HashCode | M::ToString | M::Intern | M::Trim => &[&[]],
        M::Strip | M::StripLeading | M::StripTrailing | M::StripIndent | M::TranslateEscapes => &[&[]],
        M::ToCharArray | M::GetClass | M::Lines | M::CharStream | M::CodePoints | M::DescribeConstable => &[&[]],
        M::Notify | M::NotifyAll => &[&[]],
        M::Wait => &[&[], &[Long], &[Long, Int]],
        M::CharAt | M::CodePointAt | M::CodePointBefore | M::Repeat | M::Indent => &[&[Int]],
        M::CodePointCount | M::OffsetByCodePoints | M::SubSequence => &[&[Int, Int]],
        M::Substring => &[&[Int], &[Int, Int]],
        M::CompareTo => &[&[Str], &[Object]],
        M::CompareToIgnoreCase | M::Concat | M::EndsWith | M::EqualsIgnoreCase | M::Matches => &[&[Str]],
        M::Compare => &[&[CharSequence, CharSequence]],
        M::Contains => &[&[CharSequence]],
        M::ContentEquals => &[&[CharSequence], &[StringBuffer]],
        M::Equals => &[&[Object]],
        M::Format => &[&[Str, Objects], &[Locale, Str, Objects]],
        M::Formatted => &[&[Objects]],
        M::GetBytes => &[&[], &[Str], &[Charset], &[Int, Int, Bytes, Int]],
        M::GetChars => &[&[Int, Int, Chars, Int]],
        M::IndexOf | M::LastIndexOf => &[&[Str], &[Int], &[Str, Int], &[Int, Int]],
        M::Join => &[&[CharSequence, CharSequences], &[CharSequence, Iterable]],
        M::RegionMatches => &[&[Int, Str, Int, Int], &[Bool, Int, Str, Int, Int]],
        M::Replace => &[&[Char, Char], &[CharSequence, CharSequence]],
        M::ReplaceAll | M::ReplaceFirst => &[&[Str, Str]],
        M::Split => &[&[Str], &[Str, Int]],
        M::StartsWith => &[&[Str], &[Str, Int]],
        M::ToLowerCase | M::ToUpperCase => &[&[], &[Locale]],
        M::ValueOf => {
            &[&[Object], &[Chars], &[Bool], &[Char], &[Int], &[Long], &[Float], &[Double], &[Chars, Int, Int]]
        }
        M::CopyValueOf => &[&[Chars], &[Chars, Int, Int]],
        M::Transform => &[&[Function]],
        M::ResolveConstantDesc => &[&[Lookup]],
        _ => &[],
    }
}

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let text = match receiver {
        Value::Str(text) => text,
        Value::Char(unit) => return character::call(arena, *unit, method, args),
        _ => return Ok(None),
    };
    let overloads = overloads(method);
    // They are compared with each other, of `valueOf` nine.
    arena.budget.charge(usize::from(overloads.len() > 1) + overloads.len().saturating_sub(4) / 2)?;
    let Some(overload) = choose(overloads, args)? else { return Ok(None) };
    // These look at a part of the text, or charge for what they search.
    let looks =
        matches!(method, M::Length | M::IsEmpty | M::ToString | M::Intern | M::GetClass | M::CharAt | M::CodePointAt)
            || matches!(
                method,
                M::Substring | M::SubSequence | M::IndexOf | M::LastIndexOf | M::StartsWith | M::EndsWith
            );
    if !looks {
        arena.budget.charge(text.len() / bytes_per_step(method, text))?;
    }
    // Letters beyond ASCII are compared one by one, and looked up in tables.
    let steps_per_letter = match method {
        M::CompareTo => 1,
        M::EqualsIgnoreCase | M::CompareToIgnoreCase => 2,
        _ => 0,
    };
    let is_ascii = || text.is_ascii() && args.iter().filter_map(Value::as_text).all(|text| text.is_ascii());
    if steps_per_letter > 0 && !is_ascii() {
        arena.budget.charge(steps_per_letter * text.len())?;
    }
    run(arena, text, method, overload, args).map(Some)
}

/// Returns the bytes of its text that a method works on in one step.
fn bytes_per_step(method: M, text: &str) -> usize {
    match method {
        M::StripIndent => 1,
        M::RegionMatches | M::CodePointBefore | M::CodePointCount | M::OffsetByCodePoints => 4,
        M::Indent
        | M::Replace
        | M::TranslateEscapes
        | M::Strip
        | M::StripLeading
        | M::StripTrailing
        | M::IsBlank
        | M::Trim => 8,
        _ if text.is_ascii() => 16,
        M::ToLowerCase | M::ToUpperCase => 4,
        _ => 8,
    }
}

/// Returns the bytes that a method may take, beside its result, for each byte of its text.
fn bytes_made(method: M, text: &str) -> usize {
    match method {
        M::ToCharArray | M::CharStream | M::CodePoints | M::GetBytes | M::Lines => size_of::<Value>(),
        M::CodePointBefore | M::CodePointCount | M::OffsetByCodePoints | M::StripIndent | M::TranslateEscapes => 2,
        M::ToLowerCase | M::ToUpperCase if !text.is_ascii() => 3,
        M::ToLowerCase | M::ToUpperCase => 1,
        _ => 0,
    }
}

fn length<'r>(n: usize) -> Value<'r> {
    Value::Int(i32::try_from(n).unwrap_or(i32::MAX))
}

fn run<'r>(
    arena: &'r Arena<'r>,
    text: &Text<'r>,
    method: M,
    overload: usize,
    args: &[Value<'r>],
) -> Result<Value<'r>, Error> {
    let s = mapped(text);
    let same = || Value::Str(text.clone());
    let part = |range: Range<usize>| {
        if text.borrowed().is_none() {
            arena.budget.hold(range.len())?;
        }
        Ok::<_, Error>(Value::Str(text.slice(range)))
    };
    arena.room(s.len().saturating_mul(bytes_made(method, s)))?;
    let trimmed = |trimmed: &str, start: usize| match trimmed.len() == s.len() {
        true => Ok(same()),
        false => part(start..start + trimmed.len()),
    };
    Ok(match method {
        M::Length => length(unit_count(arena, text)?),
        M::IsEmpty => Value::Bool(s.is_empty()),
        M::IsBlank => Value::Bool(s.chars().all(is_whitespace)),
        M::HashCode => Value::Int(Value::Str(text.clone()).java_hash()),
        M::ToString | M::Intern => same(),
        M::GetClass => Value::Class("java.lang.String"),
        M::Trim => {
            let rest = s.trim_start_matches(|c| c <= ' ');
            trimmed(rest.trim_end_matches(|c| c <= ' '), s.len() - rest.len())?
        }
        M::Strip => {
            let rest = s.trim_start_matches(is_whitespace);
            trimmed(rest.trim_end_matches(is_whitespace), s.len() - rest.len())?
        }
        M::StripLeading => part(s.len() - s.trim_start_matches(is_whitespace).len()..s.len())?,
        M::StripTrailing => part(0..s.trim_end_matches(is_whitespace).len())?,
        M::StripIndent => arena.string(strip_indent(arena, s)?)?,
        M::TranslateEscapes => arena.string(translate_escapes(s)?)?,
        M::Indent => arena.string(indent(arena, s, int_at(args, 0))?)?,
        M::ToCharArray => arena.list(ListKind::Chars, to_utf16(s).into_iter().map(Value::Char).collect())?,
        M::GetBytes => bytes(arena, s, overload, args)?,
        M::GetChars => return Err(Error::new(Code::Unsupported, "`getChars`")),
        M::Lines => arena.view(View::Stream(RefCell::new(Some(
            lines(s)
                .map(|line| {
                    arena.budget.charge(2)?;
                    arena.string(line.to_owned())
                })
                .collect::<Result<_, _>>()?,
        ))))?,
        M::CharStream => {
            let units = to_utf16(s).into_iter().map(|unit| Value::Int(unit.into())).collect();
            arena.view(View::Ints(RefCell::new(Some(units))))?
        }
        M::CodePoints => {
            let points = s.chars().map(|c| Value::Int(c as i32)).collect();
            arena.view(View::Ints(RefCell::new(Some(points))))?
        }
        M::DescribeConstable => arena.view(View::Optional(Some(same())))?,
        M::Notify | M::NotifyAll | M::Wait => return Err(illegal_monitor()),
        M::ResolveConstantDesc => same(),
        M::Transform => return Err(null_pointer()),
        M::CharAt => Value::Char(unit_at(arena, text, int_at(args, 0))?),
        M::CodePointAt => {
            let at = int_at(args, 0);
            let unit = unit_at(arena, text, at)?;
            let pair = char_at(arena, text, at)?.filter(|c| c.len_utf16() == 2 && as_lone_surrogate(*c).is_none());
            Value::Int(pair.map_or(i32::from(unit), |c| c as i32))
        }
        M::CodePointBefore => {
            let at = int_at(args, 0).wrapping_sub(1);
            unit_at(arena, text, at)?;
            Value::Int(code_point_before(&to_utf16(s), at as usize) as i32)
        }
        M::CodePointCount => {
            let all = to_utf16(s);
            let range = check_range(int_at(args, 0), int_at(args, 1), all.len())?;
            length(from_utf16(&all[range]).chars().count())
        }
        M::OffsetByCodePoints => Value::Int(offset_by_code_points(&to_utf16(s), int_at(args, 0), int_at(args, 1))?),
        M::Substring if overload == 0 => substring(arena, text, int_at(args, 0), None)?,
        M::Substring | M::SubSequence => substring(arena, text, int_at(args, 0), Some(int_at(args, 1)))?,
        M::CompareTo => match &args[0] {
            Value::Str(other) => Value::Int(compare(s, other)),
            Value::Null => return Err(null_pointer()),
            other => return Err(class_cast(other.class_name(), "java.lang.String")),
        },
        M::Compare => Value::Int(compare(text_at(args, 0)?, text_at(args, 1)?)),
        M::CompareToIgnoreCase => Value::Int(compare_ignoring_case(s, text_at(args, 0)?)),
        M::Equals => Value::Bool(matches!(&args[0], Value::Str(other) if text::same(other, s))),
        M::ContentEquals => Value::Bool(text_at(args, 0)? == s),
        M::EqualsIgnoreCase => Value::Bool(match &args[0] {
            Value::Str(other) => utf16_len(s) == utf16_len(other) && compare_ignoring_case(s, other) == 0,
            _ => false,
        }),
        M::Concat => match text_at(args, 0)? {
            "" => same(),
            other => {
                arena.room(s.len() + other.len())?;
                arena.string(joined([s, other].concat()))?
            }
        },
        M::Contains => Value::Bool(index_of(arena, text, text_at(args, 0)?, 0)? >= 0),
        M::StartsWith if overload == 0 => Value::Bool(starts_with(arena, text, text_at(args, 0)?, 0)?),
        M::StartsWith => Value::Bool(starts_with(arena, text, text_at(args, 0)?, int_at(args, 1))?),
        M::EndsWith => {
            let end = text_at(args, 0)?;
            if has_lone(end) {
                let from = unit_count(arena, text)? as i64 - utf16_len(end) as i64;
                return Ok(Value::Bool(from >= 0 && starts_with(arena, text, end, from as i32)?));
            }
            Value::Bool(s.ends_with(end))
        }
        M::IndexOf => match overload {
            0 => Value::Int(index_of(arena, text, text_at(args, 0)?, 0)?),
            2 => Value::Int(index_of(arena, text, text_at(args, 0)?, int_at(args, 1))?),
            1 => Value::Int(index_of_code(arena, text, int_at(args, 0), 0)?),
            _ => Value::Int(index_of_code(arena, text, int_at(args, 0), int_at(args, 1))?),
        },
        M::LastIndexOf => {
            let from = if overload < 2 { i32::MAX } else { int_at(args, 1) };
            match overload {
                0 | 2 => Value::Int(last_index_of(arena, text, text_at(args, 0)?, from)?),
                _ => Value::Int(match code_text(int_at(args, 0)) {
                    Some(code) => last_index_of(arena, text, &code, from)?,
                    None => -1,
                }),
            }
        }
        M::RegionMatches => {
            let a = &args[overload..];
            let any_case = overload == 1 && matches!(args[0], Value::Bool(true));
            let other = text_at(a, 1)?;
            arena.room(s.len().saturating_add(other.len()).saturating_mul(4))?;
            arena.budget.charge(8)?;
            Value::Bool(region_matches(s, int_at(a, 0), other, int_at(a, 2), int_at(a, 3), any_case))
        }
        M::Repeat => {
            let Ok(times) = usize::try_from(int_at(args, 0)) else {
                return Err(illegal_argument(format_args!("count is negative: {}", int_at(args, 0))));
            };
            let size = s.len().saturating_mul(times);
            arena.budget.hold(size)?;
            arena.budget.charge(size / 32)?;
            Value::string(joined(s.repeat(times)))
        }
        M::Replace if overload == 0 => {
            let (Value::Char(old), Value::Char(new)) = (&args[0], &args[1]) else { return Ok(same()) };
            arena.room(s.len() * 3)?;
            if let (Ok(old @ ..0x80), Ok(new @ ..0x80)) = (u8::try_from(*old), u8::try_from(*new)) {
                // A byte below 80 is a character by itself.
                let bytes = s.bytes().map(|b| if b == old { new } else { b }).collect();
                return arena.string(String::from_utf8(bytes).unwrap_or_default());
            }
            arena.budget.charge(s.len() / 4)?;
            let units: Vec<u16> = to_utf16(s).into_iter().map(|u| if u == *old { *new } else { u }).collect();
            arena.string(from_utf16(&units))?
        }
        M::Replace => match string_regex::replace_text(s, text_at(args, 0)?, text_at(args, 1)?, arena)? {
            Some(replaced) => arena.string(replaced)?,
            None => same(),
        },
        M::Matches | M::ReplaceAll | M::ReplaceFirst | M::Split => {
            string_regex::call(arena, text, method, overload, args)?
        }
        M::ToLowerCase | M::ToUpperCase if overload == 1 => {
            return Err(exception("NullPointerException", "the locale is null"));
        }
        M::ToLowerCase if !s.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) => same(),
        M::ToLowerCase => {
            // The form of a sigma depends on what is around it.
            arena.budget.charge(4 * s.matches('Σ').count())?;
            arena.string(s.to_lowercase())?
        }
        M::ToUpperCase if !s.bytes().any(|b| b.is_ascii_lowercase() || !b.is_ascii()) => same(),
        M::ToUpperCase => arena.string(s.to_uppercase())?,
        M::Join => join(arena, overload, args)?,
        M::ValueOf | M::CopyValueOf => value_of(arena, method, overload, args)?,
        M::Format if overload == 1 => arena.string(format::format(arena, text_at(args, 1)?, variable(args, 2))?)?,
        M::Format => arena.string(format::format(arena, text_at(args, 0)?, variable(args, 1))?)?,
        M::Formatted => arena.string(format::format(arena, s, variable(args, 0))?)?,
        _ => Value::Null,
    })
}

fn code_point(units: &[u16], at: usize) -> u32 {
    match char::decode_utf16(units[at..].iter().take(2).copied()).next() {
        Some(Ok(c)) => c as u32,
        _ => u32::from(units[at]),
    }
}

fn code_point_before(units: &[u16], at: usize) -> u32 {
    let pair = at.checked_sub(1).and_then(|before| {
        let mut decoded = char::decode_utf16([units[before], units[at]]);
        decoded.next().and_then(Result::ok).filter(|&c| c > '\u{FFFF}')
    });
    pair.map_or(u32::from(units[at]), |c| c as u32)
}

fn offset_by_code_points(units: &[u16], from: i32, count: i32) -> Result<i32, Error> {
    let bad = || out_of_bounds("IndexOutOfBoundsException");
    let mut at = usize::try_from(from).ok().filter(|&at| at <= units.len()).ok_or_else(bad)?;
    for _ in 0..count.unsigned_abs() {
        if count > 0 {
            at += if at >= units.len() { return Err(bad()) } else { 1 + usize::from(code_point(units, at) > 0xFFFF) };
        } else {
            let before = at.checked_sub(1).ok_or_else(bad)?;
            at = before - usize::from(code_point_before(units, before) > 0xFFFF);
        }
    }
    Ok(at as i32)
}

fn check_range(begin: i32, end: i32, len: usize) -> Result<Range<usize>, Error> {
    match (usize::try_from(begin), usize::try_from(end)) {
        (Ok(from), Ok(to)) if from <= to && to <= len => Ok(from..to),
        _ => Err(out_of_bounds(format!("begin {begin}, end {end}, length {len}"))),
    }
}

fn substring<'r>(arena: &'r Arena<'r>, text: &Text<'r>, begin: i32, end: Option<i32>) -> Result<Value<'r>, Error> {
    let len = unit_count(arena, text)?;
    let range = check_range(begin, end.unwrap_or(i32::try_from(len).unwrap_or(i32::MAX)), len)?;
    if range == (0..len) {
        return Ok(Value::Str(text.clone()));
    }
    if range.is_empty() {
        return Ok(Value::EMPTY);
    }
    let half = |c: char, nth: usize| c.encode_utf16(&mut [0; 2]).get(nth).copied().map(lone_surrogate);
    let (first, from) = match byte_of(arena, text, range.start)? {
        Some(from) => (None, from),
        None => match char_before(arena, text, range.start)? {
            Some((byte, pair)) => (half(pair, 1), byte + pair.len_utf8()),
            None => (None, text.len()),
        },
    };
    let (last, to) = match byte_of(arena, text, range.end)? {
        Some(to) => (None, to),
        None => char_before(arena, text, range.end)?.map_or((None, from), |(byte, pair)| (half(pair, 0), byte)),
    };
    if first.is_none() && last.is_none() {
        if text.borrowed().is_none() {
            arena.budget.make(to - from)?;
        }
        return Ok(Value::Str(text.slice(from..to)));
    }
    arena.room(to - from)?;
    arena.string(
        first.into_iter().map(String::from).chain([text[from..to].to_owned()]).chain(last.map(String::from)).collect(),
    )
}

fn compare(a: &str, b: &str) -> i32 {
    if a.is_ascii() && b.is_ascii() {
        let differ = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
        return differ.map_or(a.len() as i32 - b.len() as i32, |(a, b)| i32::from(a) - i32::from(b));
    }
    let differ = units(a).zip(units(b)).find(|(a, b)| a != b);
    differ.map_or_else(|| utf16_len(a) as i32 - utf16_len(b) as i32, |(a, b)| i32::from(a) - i32::from(b))
}

fn fold(c: char) -> char {
    lower(upper(c))
}

fn compare_ignoring_case(a: &str, b: &str) -> i32 {
    if a.is_ascii() && b.is_ascii() {
        let mut pairs = a.bytes().zip(b.bytes()).map(|(a, b)| (a.to_ascii_lowercase(), b.to_ascii_lowercase()));
        let differ = pairs.find(|(a, b)| a != b);
        return differ.map_or_else(|| a.len() as i32 - b.len() as i32, |(a, b)| i32::from(a) - i32::from(b));
    }
    // Two strings that Java keeps as UTF-16 are compared by code points, others by units.
    let narrow = |s: &str| s.chars().all(|c| c <= '\u{FF}');
    let by_units = narrow(a) || narrow(b);
    let code = |c: char| match as_lone_surrogate(c) {
        Some(half) => i32::from(half),
        None if by_units => c.encode_utf16(&mut [0; 2]).first().map_or(0, |&unit| i32::from(unit)),
        None => c as i32,
    };
    let differ = a.chars().map(fold).zip(b.chars().map(fold)).find(|(a, b)| a != b);
    differ.map_or_else(|| utf16_len(a) as i32 - utf16_len(b) as i32, |(a, b)| code(a) - code(b))
}

fn index_of<'r>(arena: &'r Arena<'r>, text: &Text<'r>, part: &str, from: i32) -> Result<i32, Error> {
    let from = usize::try_from(from).unwrap_or(0);
    let len = unit_count(arena, text)?;
    let start = byte_of(arena, text, from.min(len))?;
    if let (Some(start), false) = (start, has_lone(part)) {
        return match find(arena.budget, &text.as_bytes()[start..], part.as_bytes())? {
            Some(at) => Ok(unit_of(arena, text, start + at)? as i32),
            None => Ok(-1),
        };
    }
    if part.len() > 3 * text.len() {
        return Ok(-1);
    }
    arena.room(4 * text.len().saturating_add(part.len()))?;
    arena.budget.charge((text.len() + part.len()) / 4)?;
    let part = wide(part);
    Ok(WideText::new(text, &part).find(arena, from)?.map_or(-1, |at| at as i32))
}

/// Returns a code point as text, if it is one.
fn code_text(code: i32) -> Option<String> {
    let code = u32::try_from(code).ok()?;
    match u16::try_from(code) {
        Ok(unit) => Some(from_utf16(&[unit])),
        Err(_) => char::from_u32(code).map(String::from),
    }
}

fn index_of_code<'r>(arena: &'r Arena<'r>, text: &Text<'r>, code: i32, from: i32) -> Result<i32, Error> {
    code_text(code).map_or(Ok(-1), |code| index_of(arena, text, &code, from))
}

fn last_index_of<'r>(arena: &'r Arena<'r>, text: &Text<'r>, part: &str, from: i32) -> Result<i32, Error> {
    let Ok(from) = usize::try_from(from) else { return Ok(-1) };
    let Some(last) = unit_count(arena, text)?.checked_sub(utf16_len(part)) else { return Ok(-1) };
    let last = last.min(from);
    if has_lone(part) {
        arena.room(4 * text.len().saturating_add(part.len()))?;
        arena.budget.charge((text.len() + part.len()) / 4)?;
        let (part, mut found, mut from) = (wide(part), -1, 0);
        let text = WideText::new(text, &part);
        while let Some(at) = text.find(arena, from)?.filter(|at| *at <= last) {
            arena.budget.charge(1 + part.len() / 16)?;
            (found, from) = (at as i32, at + 1);
        }
        return Ok(found);
    }
    // A character that starts in front of the last place may reach behind it.
    let start = match byte_of(arena, text, last)? {
        Some(start) => start,
        None => byte_of(arena, text, last - 1)?.unwrap_or(0),
    };
    let end = (start + part.len()).min(text.len());
    match find_last(arena.budget, &text.as_bytes()[..end], part.as_bytes())? {
        Some(at) => Ok(unit_of(arena, text, at)? as i32),
        None => Ok(-1),
    }
}

fn starts_with<'r>(arena: &'r Arena<'r>, text: &Text<'r>, start: &str, from: i32) -> Result<bool, Error> {
    let Ok(from) = usize::try_from(from) else { return Ok(false) };
    if from > unit_count(arena, text)? {
        return Ok(false);
    }
    let byte = byte_of(arena, text, from)?;
    if let (Some(byte), false) = (byte, has_lone(start)) {
        return Ok(start.is_empty() || text[byte..].starts_with(start));
    }
    arena.budget.charge(start.len() / 4)?;
    let (byte, skipped) = match byte {
        Some(byte) => (byte, 0),
        None => char_before(arena, text, from)?.map_or((text.len(), 0), |(byte, _)| (byte, 1)),
    };
    let mut rest = units(&text[byte..]).skip(skipped);
    Ok(units(start).all(|unit| rest.next() == Some(unit)))
}

fn region_matches(s: &str, from: i32, other: &str, start: i32, len: i32, any_case: bool) -> bool {
    let (a, b) = (to_utf16(s), to_utf16(other));
    let (Ok(from), Ok(start)) = (usize::try_from(from), usize::try_from(start)) else { return false };
    let len = i64::from(len);
    if from as i64 > a.len() as i64 - len || start as i64 > b.len() as i64 - len {
        return false;
    }
    let Ok(len) = usize::try_from(len) else { return true };
    let (a, b) = (&a[from..from + len], &b[start..start + len]);
    a == b || any_case && from_utf16(a).chars().map(fold).eq(from_utf16(b).chars().map(fold))
}

fn bytes<'r>(arena: &'r Arena<'r>, s: &str, overload: usize, args: &[Value<'r>]) -> Result<Value<'r>, Error> {
    let charset = match overload {
        0 => "UTF-8".to_owned(),
        1 => text_at(args, 0)?.to_ascii_uppercase(),
        _ => return Err(null_pointer()),
    };
    let narrow = |most: char| s.chars().map(|c| if c <= most { c as u8 } else { b'?' }).collect::<Vec<u8>>();
    let made: Vec<u8> = match charset.as_str() {
        "UTF-8" | "UTF8" => crate::value::text::to_wire(s.to_owned()).into_bytes(),
        "US-ASCII" | "ASCII" => narrow('\x7F'),
        "ISO-8859-1" | "ISO8859_1" | "LATIN1" => narrow('\u{FF}'),
        "UTF-16BE" => to_utf16(s).iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        "UTF-16LE" => to_utf16(s).iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        "UTF-16" => [0xFEFF].iter().chain(to_utf16(s).iter()).flat_map(|unit| unit.to_be_bytes()).collect(),
        _ => return Err(exception("UnsupportedEncodingException", format_args!("{charset}"))),
    };
    arena.list(ListKind::Bytes, made.into_iter().map(|b| Value::Byte(b as i8)).collect())
}

fn join<'r>(arena: &'r Arena<'r>, overload: usize, args: &[Value<'r>]) -> Result<Value<'r>, Error> {
    let between = text_at(args, 0)?;
    let null = || exception("NullPointerException", "the elements are null");
    let parts = match (overload, args.get(1)) {
        (0, _) => variable(args, 1).ok_or_else(null)?,
        (_, Some(Value::List(list))) => list.to_vec(),
        (_, Some(items)) => collection::collection(arena, items)?.ok_or_else(null)?,
        (_, None) => return Err(null()),
    };
    arena.budget.charge(parts.len())?;
    let size = |part: &Value<'_>| part.as_text().map_or(4, |text| text.len());
    let size = parts
        .iter()
        .fold(parts.len().saturating_sub(1).saturating_mul(between.len()), |sum, part| sum.saturating_add(size(part)));
    // The text is written, looked through and copied.
    arena.room(size)?;
    arena.budget.charge(size / 32)?;
    let mut text = String::with_capacity(size);
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            text.push_str(between);
        }
        match part {
            Value::Str(own) => text.push_str(own),
            Value::Null => text.push_str("null"),
            other => return Err(class_cast(other.class_name(), "java.lang.CharSequence")),
        }
    }
    arena.string(joined(text))
}

fn value_of<'r>(arena: &'r Arena<'r>, method: M, overload: usize, args: &[Value<'r>]) -> Result<Value<'r>, Error> {
    let chars = method == M::CopyValueOf || overload == 1 || overload == 8;
    if !chars {
        let mut out = String::new();
        show(arena, &args[0], &mut out)?;
        return arena.string(out);
    }
    let unit = |value: Value<'r>| if let Value::Char(unit) = value { Some(unit) } else { None };
    let units: Vec<u16> = match args.first() {
        Some(Value::List(list)) => {
            let range = match args.len() == 3 {
                true => {
                    let (from, count) = (int_at(args, 1), int_at(args, 2));
                    check_range(from, from.checked_add(count).unwrap_or(-1), list.len())?
                }
                false => 0..list.len(),
            };
            arena.budget.charge(range.len() / 2)?;
            arena.room(range.len().saturating_mul(2))?;
            range.filter_map(|at| list.get(at).and_then(unit)).collect()
        }
        Some(Value::Null) => return Err(null_pointer()),
        _ => args.iter().cloned().filter_map(unit).collect(),
    };
    arena.string(from_utf16(&units))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::limits::Limits;
    use crate::value::{Datum, MapKind};
    use serde_json::Value as Json;

    /// Each row was recorded from Velocity 1.7 on Java 17: receiver, method, arguments and what is printed;
    /// null if the method does not exist, `"!"` in a list if it throws.
    #[test]
    fn strings_do_what_java_does() {
        let Some(rows) = crate::corpus::read("methods/strings.jsonl") else { return };
        for line in rows.lines() {
            let (receiver, method, args, want): (String, String, Vec<Json>, Json) = serde_json::from_str(line).unwrap();
            let data: Vec<Datum> =
                args.iter().map(|arg| Datum::from_json(arg, ListKind::Array, MapKind::Linked)).collect();
            let budget = Budget::new(&Limits::service());
            let arena = Arena::new(&budget, Dialect::service());
            let args: Vec<Value> = data.iter().map(|arg| arena.thaw(arg)).collect();
            let got = match call(&arena, &Value::str(&receiver), M::named(&method), &args) {
                Err(_) => serde_json::json!(["!"]),
                Ok(None) => Json::Null,
                Ok(Some(Value::Str(text))) => crate::value::text::to_wire(text.to_string()).into(),
                Ok(Some(Value::Int(i))) => i.to_string().into(),
                Ok(Some(Value::Bool(b))) => b.to_string().into(),
                Ok(Some(Value::Char(unit))) => crate::value::text::to_wire(from_utf16(&[unit])).into(),
                Ok(Some(other)) => other.class_name().into(),
            };
            assert_eq!(got, want, "{line}");
        }
    }

    #[test]
    fn characters_do_what_java_does() {
        use M::*;
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let (a, n) = (Value::Char(97), Value::Int(97));
        let rows: Vec<(M, Vec<Value>, &str)> = vec![
            (CharValue, vec![], "a"),
            (HashCode, vec![], "97"),
            (Equals, vec![Value::str("a")], "false"),
            (Equals, vec![a.clone()], "true"),
            (CompareTo, vec![Value::str("a")], "!"),
            (CharValue, vec![Value::Int(1)], "!"),
            (IsDigit, vec![Value::str("1")], "null"),
            (IsLetter, vec![n.clone()], "true"),
            (ToUpperCase, vec![a.clone()], "A"),
            (ToUpperCase, vec![n.clone()], "65"),
            (GetNumericValue, vec![a.clone()], "10"),
            (Digit, vec![a.clone(), Value::Int(16)], "10"),
            (ForDigit, vec![Value::Int(5), Value::Int(10)], "5"),
            (IsAlphabetic, vec![a.clone()], "null"),
            (IsAlphabetic, vec![n], "true"),
            (ToString, vec![Value::Int(1)], "\u{1}"),
        ];
        for (method, args, want) in rows {
            let got = match character::call(&arena, 97, method, &args) {
                Err(_) => "!".to_owned(),
                Ok(Some(Value::Char(unit))) => from_utf16(&[unit]),
                Ok(Some(Value::Int(i))) => i.to_string(),
                Ok(Some(Value::Bool(b))) => b.to_string(),
                Ok(Some(Value::Str(text))) => text.to_string(),
                Ok(_) => "null".to_owned(),
            };
            assert_eq!(got, want, "{method:?} {args:?}");
        }
    }

    #[test]
    fn parts_of_surrogate_pairs_are_those_of_the_units() {
        let budget = Budget::unlimited();
        let arena = Arena::new(&budget, Dialect::service());
        let piece = format!("a\u{1f600}\u{e9}\u{1f600}\u{1f601}z{}", lone_surrogate(0xD83D));
        // A short text is walked through, a long one indexed.
        for text in [piece.clone(), piece.repeat(20)] {
            let (units, value) = (to_utf16(&text), Value::string(text));
            let first = units.len().saturating_sub(12);
            for from in (0..12.min(units.len())).chain(first..units.len()) {
                for to in from..=units.len().min(from + 12) {
                    let part = from_utf16(&units[from..to]);
                    let ends = [Value::Int(from as i32), Value::Int(to as i32)];
                    let Ok(Some(Value::Str(cut))) = call(&arena, &value, M::Substring, &ends) else { panic!("{from}") };
                    assert_eq!(&*cut, part, "{from} to {to}");
                    for at in [from, from + 1] {
                        let start = [Value::string(part.clone()), Value::Int(at as i32)];
                        let found = call(&arena, &value, M::StartsWith, &start).unwrap();
                        let expected = units.get(at..).is_some_and(|rest| rest.starts_with(&units[from..to]));
                        let is_found = matches!(found, Some(Value::Bool(true)));
                        assert_eq!(is_found, expected, "{from} to {to} at {at}");
                    }
                }
            }
        }
    }
}
