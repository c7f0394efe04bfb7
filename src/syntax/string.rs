//! Quoted strings: quotes, `\u`, and the template inside double quotes.

use super::Settings;
use super::ast::{Ast, ExprKind, Interpolation, Kind};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;
use std::borrow::Cow;

/// `'…'`: `''` is a quote, nothing else is special.
pub(super) fn single<'s>(image: &'s str, settings: Settings<'s>) -> ExprKind<'s> {
    let inner = &image[1..image.len() - 1];
    ExprKind::Str(if inner.contains('\'') { settings.keep(inner.replace("''", "'")) } else { inner })
}

/// `"…"`: `\uXXXX` first, then `""` is a quote, then references and directives are evaluated.
/// `brackets` are open around it.
pub(super) fn double<'s>(
    image: &'s str,
    span: Span,
    settings: Settings<'s>,
    brackets: u64,
) -> Result<ExprKind<'s>, Error> {
    let inner = &image[1..image.len() - 1];
    let mut text = unescape(inner).ok_or_else(|| {
        Error::new(Code::BadString, "`\\u` in a double-quoted string wants four hexadecimal digits")
            .at(span)
            .with_help("use single quotes, or write the character itself")
    })?;
    if text.contains('"') {
        text = text.replace("\"\"", "\"").into();
    }
    if memchr::memchr2(b'$', b'#', image.as_bytes()).is_none() {
        return Ok(ExprKind::Str(match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => settings.keep(text),
        }));
    }
    let chop = !text.contains("##");
    let same_offsets = text.len() == inner.len();
    let text = settings.keep(if chop { format!("{text} ") } else { text.into_owned() });
    let place = |error: Error| {
        let inside = error
            .span()
            .filter(|_| same_offsets)
            .map(|s| Span::new(span.start as usize + 1 + s.start as usize, s.len as usize));
        let known = inside.unwrap_or(span);
        error.with_span(known)
    };
    let mut ast = super::parse_inside(text, settings, brackets).map_err(place)?;
    if same_offsets {
        shift(&mut ast, span.start as usize + 1);
    } else {
        pin(&mut ast, span);
    }
    // The blank is mostly the end of a piece of text: cut it off now.
    let mut chop = chop;
    if chop
        && let Some(node) = ast.nodes.last_mut()
        && let Kind::Text(last) = &mut node.kind
        && last.ends_with(' ')
    {
        *last = &last[..last.len() - 1];
        chop = false;
        if last.is_empty() {
            ast.nodes.pop();
        }
    }
    if ast.nodes.is_empty() {
        return Ok(ExprKind::Str(""));
    }
    if !chop
        && let [node] = ast.nodes.as_slice()
        && let Kind::Text(text) = &node.kind
    {
        return Ok(ExprKind::Str(text));
    }
    Ok(ExprKind::Template(Box::new(Interpolation { ast, chop })))
}

/// Replaces `\uXXXX` as Velocity does, digits read by Java's `parseInt`; `None` where that throws.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    let Some(first) = text.find("\\u") else { return Some(text.into()) };
    let mut units: Vec<u16> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut at = first;
    out.push_str(&text[..first]);
    loop {
        let digits = text.get(at + 2..at + 6)?;
        let (negative, hex) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let unit = i32::from_str_radix(hex, 16).ok()?;
        units.push(if negative { -unit } else { unit } as u16);
        at += 6;
        if text[at..].starts_with("\\u") {
            continue;
        }
        let piece: String = char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('?')).collect();
        out.push_str(&piece);
        let next = text[at..].find("\\u").map_or(text.len(), |n| at + n);
        out.push_str(&text[at..next]);
        if next == text.len() {
            return Some(out.into());
        }
        at = next;
    }
}

/// Moves the spans of a string's template to where it stands in the source.
fn shift(ast: &mut Ast<'_>, by: usize) {
    ast.map_spans(&mut |s| Span::new(s.start as usize + by, s.len as usize));
}

/// Gives a string's template the string's own place: its text is not the source's.
fn pin(ast: &mut Ast<'_>, span: Span) {
    ast.map_spans(&mut |_| span);
}
