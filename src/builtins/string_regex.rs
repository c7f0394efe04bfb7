//! Methods of strings that take a regular expression, and `replace`, which takes text.

use super::JavaMethod as M;
use super::java_string::{WideText, has_lone, int_at, text_at, wide};
use crate::error::Error;
use crate::value::pattern::{Pattern, Pieces};
use crate::value::text::{from_utf16, joined, same, to_utf16};
use crate::value::{Arena, ListKind, Text, Value};
use std::rc::Rc;

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    text: &Text<'r>,
    method: M,
    overload: usize,
    args: &[Value<'r>],
) -> Result<Value<'r>, Error> {
    let source = text_at(args, 0)?;
    if method == M::ReplaceFirst {
        text_at(args, 1)?;
    }
    let pattern = compiled(arena, source)?;
    arena.budget.charge(text.len())?;
    Ok(match method {
        M::Matches => Value::Bool(pattern.matches_within(text, arena.budget)?),
        M::Split => {
            let limit = if overload == 1 { int_at(args, 1) } else { 0 };
            let own = if text.borrowed().is_none() { 1 + text.len() / 4 } else { 0 };
            let pieces = match pattern.split(text, limit, arena.budget)? {
                Pieces::Ranges(ranges) if ranges.len() > own && own > 0 => {
                    // Each piece is a string of its own.
                    arena.budget.make(ranges.len() * 64)?;
                    ranges.into_iter().map(|range| Value::Str(text.slice(range))).collect()
                }
                Pieces::Ranges(ranges) => ranges.into_iter().map(|range| Value::Str(text.slice(range))).collect(),
                Pieces::Texts(texts) => {
                    arena.budget.hold(texts.iter().map(String::len).sum())?;
                    texts.into_iter().map(Value::string).collect()
                }
            };
            if text.borrowed().is_none() {
                arena.budget.hold(text.len())?;
            }
            arena.list(ListKind::Strings, pieces)?
        }
        _ => {
            let all = method == M::ReplaceAll;
            let replacement = match text_at(args, 1) {
                Ok(replacement) => replacement,
                // No exception for a null replacement when there is nothing to replace.
                Err(error) => {
                    return match pattern.replace(text, "", false, arena.budget)? {
                        Some(_) => Err(error),
                        None => Ok(Value::Str(text.clone())),
                    };
                }
            };
            match pattern.replace(text, replacement, all, arena.budget)? {
                Some(replaced) => arena.string(replaced)?,
                None => Value::Str(text.clone()),
            }
        }
    })
}

/// The number of compiled patterns that a render keeps.
const KEPT: usize = 16;

fn compiled(arena: &Arena<'_>, source: &str) -> Result<Rc<Pattern>, Error> {
    let known =
        arena.patterns.borrow().iter().find(|(known, _)| same(known, source)).map(|(_, pattern)| pattern.clone());
    if let Some(pattern) = known {
        return Ok(pattern);
    }
    arena.budget.charge(source.len() * 64)?;
    let pattern = Rc::new(Pattern::compile_within(source, 0, arena.budget)?);
    let mut kept = arena.patterns.borrow_mut();
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push((source.to_owned(), pattern.clone()));
    Ok(pattern)
}

/// Steps of a place at which a text is replaced.
const STEPS_PER_PLACE: usize = 2;

/// Runs `String.replace(CharSequence, CharSequence)`; `None` when nothing is found.
pub(super) fn replace_text(s: &str, old: &str, new: &str, arena: &Arena<'_>) -> Result<Option<String>, Error> {
    arena.budget.charge(s.len())?;
    // Half a pair takes four bytes alone, and four with the other half.
    if old.len() > 3 * s.len().saturating_add(1) {
        return Ok(None);
    }
    if old.is_empty() || has_lone(old) {
        return replace_units(s, old, new, arena);
    }
    let count = memchr::memmem::find_iter(s.as_bytes(), old.as_bytes()).count();
    if count == 0 {
        return Ok(None);
    }
    arena.budget.charge(count.saturating_mul(STEPS_PER_PLACE))?;
    let size = (s.len() - count * old.len()).saturating_add(count.saturating_mul(new.len()));
    arena.room(size)?;
    let found = memchr::memmem::find_iter(s.as_bytes(), old.as_bytes());
    let mut out = String::with_capacity(size);
    let mut copied = 0;
    for at in found {
        out.push_str(&s[copied..at]);
        out.push_str(new);
        copied = at + old.len();
    }
    out.push_str(&s[copied..]);
    Ok(Some(joined(out)))
}

/// Replaces by UTF-16 units: an empty text is found before each unit and at the end, half a surrogate pair
/// within a pair.
fn replace_units(s: &str, old: &str, new: &str, arena: &Arena<'_>) -> Result<Option<String>, Error> {
    arena.budget.charge(8 + new.len() / 8)?;
    arena.budget.hold(2 * new.len())?;
    arena.budget.release(2 * new.len());
    let (all, old, new) = (to_utf16(s), wide(old), to_utf16(new));
    let mut places = Vec::new();
    if old.is_empty() {
        places.extend(0..=all.len());
    } else {
        let (text, mut from) = (WideText::new(s, &old), 0);
        while let Some(at) = text.find(arena, from)? {
            places.push(at);
            from = at + old.len() / 2;
        }
    }
    if places.is_empty() {
        return Ok(None);
    }
    arena.room(2 * all.len().saturating_add(places.len().saturating_mul(new.len())))?;
    let mut out = Vec::with_capacity(all.len());
    let mut copied = 0;
    for at in places {
        out.extend_from_slice(&all[copied..at]);
        out.extend_from_slice(&new);
        copied = at + old.len() / 2;
    }
    out.extend_from_slice(&all[copied..]);
    Ok(Some(from_utf16(&out)))
}
