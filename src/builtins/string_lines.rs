//! Methods of strings that work line by line, or escape by escape.

use super::exception::illegal_argument;
use super::java_string::is_whitespace;
use crate::error::Error;
use crate::value::Arena;

/// Steps of a line whose indentation is changed, beside those of its bytes.
const STEPS_PER_LINE: usize = 4;

/// Splits as `String.lines()` does: at `\n`, `\r` and `\r\n`, without an empty line at the end.
pub(super) fn lines(s: &str) -> impl Iterator<Item = &str> {
    let mut rest = s;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after.strip_prefix("\r\n").unwrap_or_else(|| after.get(1..).unwrap_or_default());
        Some(line)
    })
}

fn leading(line: &str) -> usize {
    line.chars().take_while(|&c| is_whitespace(c)).count()
}

fn skip(line: &str, most: usize) -> &str {
    let cut = line.char_indices().take(most).take_while(|(_, c)| is_whitespace(*c)).last();
    &line[cut.map_or(0, |(at, c)| at + c.len_utf8())..]
}

/// Runs `String.indent(n)`.
pub(super) fn indent(arena: &Arena<'_>, s: &str, n: i32) -> Result<String, Error> {
    let spaces = usize::try_from(n).unwrap_or(0);
    let count = lines(s).count();
    let size = count.saturating_mul(spaces.saturating_add(1)).saturating_add(s.len());
    arena.budget.charge(count.saturating_mul(STEPS_PER_LINE))?;
    arena.room(size.saturating_add(spaces))?;
    let (mut out, blanks) = (String::with_capacity(size), " ".repeat(spaces));
    for line in lines(s) {
        out.push_str(&blanks);
        out.push_str(if n < 0 { skip(line, n.unsigned_abs() as usize) } else { line });
        out.push('\n');
    }
    Ok(out)
}

/// Runs `String.stripIndent()`.
pub(super) fn strip_indent(arena: &Arena<'_>, s: &str) -> Result<String, Error> {
    // Each line is found and measured, and found and cut.
    let count = memchr::memchr2_iter(b'\n', b'\r', s.as_bytes()).count();
    arena.budget.charge(count.saturating_mul(STEPS_PER_LINE))?;
    let ends = s.ends_with(['\n', '\r']);
    let blank = |line: &str| line.chars().all(is_whitespace);
    let last = lines(s).last().filter(|last| blank(last)).map(|last| last.chars().count());
    let least = lines(s).filter(|line| !blank(line)).map(leading).chain(last).min().unwrap_or(0);
    let outdent = if ends { 0 } else { least };
    let mut out = String::with_capacity(s.len());
    for (i, line) in lines(s).enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str(skip(line.trim_end_matches(is_whitespace), outdent));
    }
    if ends {
        out.push('\n');
    }
    Ok(out)
}

/// Runs `String.translateEscapes()`.
pub(super) fn translate_escapes(s: &str) -> Result<String, Error> {
    let mut out = String::with_capacity(s.len());
    let mut chars = s.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{C}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('s') => out.push(' '),
            Some('t') => out.push('\t'),
            Some(c @ ('\'' | '"' | '\\')) => out.push(c),
            Some(c @ '0'..='7') => {
                let mut code = c as u32 - '0' as u32;
                let more = if c <= '3' { 2 } else { 1 };
                for _ in 0..more {
                    let Some(digit) = chars.next_if(|c| c.is_digit(8)) else { break };
                    code = code * 8 + (digit as u32 - '0' as u32);
                }
                out.extend(char::from_u32(code));
            }
            Some('\n') => {}
            Some('\r') => {
                chars.next_if_eq(&'\n');
            }
            other => {
                let other = other.map_or(0, |c| c as u32);
                return Err(illegal_argument(format_args!("Invalid escape sequence: \\\\u{other:04X}")));
            }
        }
    }
    Ok(out)
}
