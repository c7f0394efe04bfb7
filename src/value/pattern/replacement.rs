//! Replacement text: `$1`, `${name}`, `\$`, as `Matcher.appendReplacement` reads it.

use super::compiled::Pattern;
use super::search::{Search, join_surrogates};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::sink::Sink;

/// A part of a replacement.
enum ReplacementPart {
    Text(String),
    Group(usize),
}

/// Replaces the first or all matches; returns `None` if there is no match. A malformed replacement is an error only
/// if there is a match.
pub(super) fn replace(
    pattern: &Pattern,
    text: &str,
    replacement: &str,
    all: bool,
    budget: &Budget<'_>,
) -> Result<Option<String>, Error> {
    let captures = replacement.contains('$') && pattern.literal.is_none();
    let mut search = Search::new(pattern, text, budget);
    let Some(mut found) = search.next(captures)? else { return Ok(None) };
    let parts = parse(pattern, replacement)?;
    let mut replaced = String::with_capacity(text.len());
    let mut out = Sink::new(&mut replaced, budget);
    let mut copied = 0;
    loop {
        out.push_str(&search.text[copied..found.range.start])?;
        for part in &parts {
            match part {
                ReplacementPart::Text(text) => out.push_str(text)?,
                ReplacementPart::Group(0) => out.push_str(&search.text[found.range.clone()])?,
                ReplacementPart::Group(group) => {
                    if let Some(Some(range)) = found.groups.get(*group) {
                        out.push_str(&search.text[range.clone()])?;
                    }
                }
            }
        }
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
fn parse(pattern: &Pattern, replacement: &str) -> Result<Vec<ReplacementPart>, Error> {
    let bad = |what: &str| Error::new(Code::JavaException, format!("IllegalArgumentException: {what}"));
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.push(chars.next().ok_or_else(|| bad("character to be escaped is missing"))?),
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
                parts.push(ReplacementPart::Text(std::mem::take(&mut plain)));
                parts.push(ReplacementPart::Group(group));
            }
            c => plain.push(c),
        }
    }
    parts.push(ReplacementPart::Text(plain));
    Ok(parts)
}
