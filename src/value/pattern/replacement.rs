//! Replacement text: `$1`, `${name}`, `\$`, as `Matcher.appendReplacement` reads it.

use super::compiled::Pattern;
use super::search::{Search, join_surrogates};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::sink::Sink;

/// A replacement: its text, and each group with the place in the text that it comes after.
#[derive(Default)]
struct Replacement {
    text: String,
    groups: Vec<(usize, usize)>,
}

/// Groups that one step writes, beside their text.
const GROUPS_PER_STEP: usize = 2;

/// Replaces the first or all matches; returns `None` if there is no match. A malformed replacement is an error only
/// if there is a match.
pub(super) fn replace(
    pattern: &Pattern,
    text: &str,
    replacement: &str,
    all: bool,
    budget: &Budget<'_>,
) -> Result<Option<String>, Error> {
    budget.briefly(|| replaced(pattern, text, replacement, all, budget))
}

fn replaced(
    pattern: &Pattern,
    text: &str,
    replacement: &str,
    all: bool,
    budget: &Budget<'_>,
) -> Result<Option<String>, Error> {
    let captures = replacement.contains('$') && pattern.literal.is_none();
    let mut search = Search::new(pattern, text, budget);
    let Some(mut found) = search.next(captures)? else { return Ok(None) };
    let replacement = parse(pattern, replacement, budget)?;
    let mut replaced = String::with_capacity(text.len());
    let mut out = Sink::new(&mut replaced, budget);
    let mut copied = 0;
    loop {
        out.push_str(&search.text[copied..found.range.start])?;
        budget.charge(replacement.groups.len() / GROUPS_PER_STEP)?;
        let mut written = 0;
        for &(at, group) in &replacement.groups {
            out.push_str(&replacement.text[written..at])?;
            written = at;
            let range = if group == 0 { Some(&found.range) } else { found.groups.get(group).and_then(Option::as_ref) };
            if let Some(range) = range {
                out.push_str(&search.text[range.clone()])?;
            }
        }
        out.push_str(&replacement.text[written..])?;
        copied = found.range.end;
        if !all {
            break;
        }
        found = match search.next(captures)? {
            Some(next) => next,
            None => break,
        };
    }
    out.push_str(&search.text[copied..])?;
    drop(out);
    let apart = search.has_split_pair() || memchr::memchr(0xF4, replaced.as_bytes()).is_some();
    Ok(Some(if apart { join_surrogates(&replaced) } else { replaced }))
}

/// Parses a replacement.
fn parse(pattern: &Pattern, replacement: &str, budget: &Budget<'_>) -> Result<Replacement, Error> {
    let bad = |what: &str| Error::new(Code::JavaException, format!("IllegalArgumentException: {what}"));
    let mut parsed = Replacement::default();
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => parsed.text.push(chars.next().ok_or_else(|| bad("character to be escaped is missing"))?),
            '$' => {
                let group = match chars.next() {
                    None => return Err(bad("Illegal group reference: group index is missing")),
                    Some('{') => {
                        let mut name = String::new();
                        while let Some(c) = chars.next_if(char::is_ascii_alphanumeric) {
                            name.push(c);
                        }
                        if name.is_empty() || chars.next() != Some('}') {
                            return Err(bad("named capturing group is missing trailing '}'"));
                        }
                        let known = pattern.names.get(&name).copied();
                        known.ok_or_else(|| bad(&format!("No group with name {{{name}}}")))?
                    }
                    Some(c) => {
                        let mut group = c.to_digit(10).ok_or_else(|| bad("Illegal group reference"))? as usize;
                        while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                            // A further digit is consumed only if such a group exists.
                            let longer = group * 10 + digit as usize;
                            if longer > pattern.groups {
                                break;
                            }
                            group = longer;
                            chars.next();
                        }
                        group
                    }
                };
                if group > pattern.groups {
                    let what = format!("IndexOutOfBoundsException: No group {group}");
                    return Err(Error::new(Code::JavaException, what));
                }
                budget.charge(1)?;
                // A list that grows is there twice.
                budget.hold(2 * size_of::<(usize, usize)>())?;
                parsed.groups.push((parsed.text.len(), group));
            }
            c => parsed.text.push(c),
        }
    }
    Ok(parsed)
}
