//! How deep brackets nest, checked before anything walks them by recursion.
//!
//! Only the extent of references and directives counts: `((((` in text is text.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

/// Refuses a source with an expression nested deeper than `most`; `around` brackets are open around it, if it is
/// the text of a string.
pub(super) fn check(source: &str, most: Option<u64>, around: u64) -> Result<(), Error> {
    let Some(most) = most else { return Ok(()) };
    let depth = Depth { around, most };
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(mark) = memchr::memchr2(b'$', b'#', &bytes[at..]) {
        at = if bytes[at + mark] == b'$' {
            reference(bytes, at + mark + 1, depth)?
        } else {
            directive(bytes, at + mark + 1, depth)?
        };
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Depth {
    around: u64,
    most: u64,
}

fn skip(bytes: &[u8], mut at: usize, keep: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|&b| keep(b)) {
        at += 1;
    }
    at
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// A `$` that starts nothing may stand between a name and its parentheses.
fn is_mark(b: u8) -> bool {
    matches!(b, b'$' | b'!' | b'\\')
}

/// From behind a `$`: the end of what could be a reference.
fn reference(bytes: &[u8], at: usize, depth: Depth) -> Result<usize, Error> {
    let mut at = skip(bytes, at, |b| b == b'!' || b == b'{');
    let start = at;
    at = skip(bytes, at, is_name);
    if at == start {
        return Ok(at);
    }
    loop {
        match bytes.get(at) {
            Some(b'[') => at = extent(bytes, at, depth)?,
            Some(b'.') if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => {
                at = skip(bytes, at + 1, is_name);
                at = skip(bytes, at, is_mark);
                if bytes.get(at) == Some(&b'(') {
                    at = extent(bytes, at, depth)?;
                }
            }
            _ => return Ok(at),
        }
    }
}

/// From behind a `#`: the end of the arguments of what could be a directive.
fn directive(bytes: &[u8], at: usize, depth: Depth) -> Result<usize, Error> {
    let name = skip(bytes, at, |b| b == b'@' || b == b'{');
    let end = skip(bytes, name, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'}');
    if end == name {
        return Ok(at);
    }
    let open = skip(bytes, end, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'#') || is_mark(b));
    if bytes.get(open) == Some(&b'(') { extent(bytes, open, depth) } else { Ok(end) }
}

/// From an opening bracket to behind the one that closes it.
fn extent(bytes: &[u8], start: usize, limit: Depth) -> Result<usize, Error> {
    let mut at = start;
    let mut depth = limit.around;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > limit.most {
                    return Err(Error::new(Code::NestingLimit, format!("brackets nest deeper than {}", limit.most))
                        .at(Span::new(at, 1))
                        .with_related(Span::new(start, 1), "the expression starts here"));
                }
            }
            b')' | b']' | b'}' => {
                depth -= 1;
                if depth == limit.around {
                    return Ok(at + 1);
                }
            }
            b'"' | b'\'' => match memchr::memchr(b, &bytes[at + 1..]) {
                Some(quote) => at += quote + 1,
                None => return Ok(bytes.len()),
            },
            _ => {}
        }
        at += 1;
    }
    Ok(at)
}
