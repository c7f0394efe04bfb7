//! Methods of strings that take a regular expression, and `replace`, which takes text.

use super::JavaMethod as M;
use super::java_string::{has_lone, int_at, joined, text_at};
use crate::error::Error;
use crate::value::pattern::{Pattern, Pieces};
use crate::value::text::{from_utf16, to_utf16};
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
        M::Matches => Value::Bool(pattern.matches(text)?),
        M::Split => {
            let limit = if overload == 1 { int_at(args, 1) } else { 0 };
            let pieces = match pattern.split(text, limit)? {
                Pieces::Ranges(ranges) => ranges.into_iter().map(|range| Value::Str(text.slice(range))).collect(),
                Pieces::Texts(texts) => texts.into_iter().map(Value::string).collect(),
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
                    return match pattern.replace(text, "", false)? {
                        Some(_) => Err(error),
                        None => Ok(Value::Str(text.clone())),
                    };
                }
            };
            match pattern.replace(text, replacement, all)? {
                Some(replaced) => arena.string(replaced)?,
                None => Value::Str(text.clone()),
            }
        }
    })
}

/// The number of compiled patterns that a render keeps.
const KEPT: usize = 16;

fn compiled(arena: &Arena<'_>, source: &str) -> Result<Rc<Pattern>, Error> {
    let known = arena.patterns.borrow().iter().find(|(known, _)| known == source).map(|(_, pattern)| pattern.clone());
    if let Some(pattern) = known {
        return Ok(pattern);
    }
    arena.budget.charge(source.len() * 64)?;
    let pattern = Rc::new(Pattern::compile(source, 0)?);
    let mut kept = arena.patterns.borrow_mut();
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push((source.to_owned(), pattern.clone()));
    Ok(pattern)
}

/// Runs `String.replace(CharSequence, CharSequence)`; `None` when nothing is found.
pub(super) fn replace_text(s: &str, old: &str, new: &str, arena: &Arena<'_>) -> Result<Option<String>, Error> {
    arena.budget.charge(s.len())?;
    if old.is_empty() || has_lone(old) {
        return Ok(replace_to_utf16(s, &to_utf16(old), &to_utf16(new)));
    }
    let mut found = memchr::memmem::find_iter(s.as_bytes(), old.as_bytes()).peekable();
    if found.peek().is_none() {
        return Ok(None);
    }
    let mut out = String::with_capacity(s.len());
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
fn replace_to_utf16(s: &str, old: &[u16], new: &[u16]) -> Option<String> {
    let all = to_utf16(s);
    let mut out = Vec::with_capacity(all.len());
    let mut at = 0;
    let mut found = old.is_empty();
    while at < all.len() {
        if all[at..].starts_with(old) {
            found = true;
            out.extend_from_slice(new);
            if !old.is_empty() {
                at += old.len();
                continue;
            }
        }
        out.push(all[at]);
        at += 1;
    }
    if old.is_empty() {
        out.extend_from_slice(new);
    }
    found.then(|| from_utf16(&out))
}
