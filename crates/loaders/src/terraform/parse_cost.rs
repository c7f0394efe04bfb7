//! The work of parsing HCL, estimated before it is done.
//!
//! The parser compares each key of an object with all keys before it, so a long object costs the product of
//! its entries and of the bytes of their keys.

/// Steps of a byte of a file, and products of entries and bytes that one step compares.
const STEPS_PER_BYTE: usize = 2;
const COMPARED_PER_STEP: usize = 16;

/// The brackets and quotes that enclose a place of a file.
enum Around<'t> {
    Object {
        entries: usize,
        key_bytes: usize,
        /// Start of the entry; `None` behind its key.
        start: Option<usize>,
    },
    /// A block, a bracket or an interpolation.
    Other,
    Quoted,
    /// A heredoc with the word that ends it.
    Heredoc(&'t str),
}

/// Returns the steps that parsing a text may take.
pub(super) fn parse_cost(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut cost = text.len().saturating_mul(STEPS_PER_BYTE);
    let mut around: Vec<Around<'_>> = Vec::new();
    let mut previous = b'\n';
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let start = at;
        at += 1;
        if let Some(Around::Quoted | Around::Heredoc(_)) = around.last() {
            match (byte, around.last()) {
                (b'$' | b'%', _) if next == b'{' => {
                    at += 1;
                    around.push(Around::Other);
                    previous = b'{';
                }
                (b'\\', Some(Around::Quoted)) => at += 1,
                (b'"', Some(Around::Quoted)) => drop(around.pop()),
                (b'\n', Some(Around::Heredoc(word))) => {
                    let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
                    if line.trim() == *word {
                        around.pop();
                        at += line.len();
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'#' => at = line_end(bytes, at),
            b'/' if next == b'/' => at = line_end(bytes, at),
            b'/' if next == b'*' => {
                at = memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len(), |end| at + end + 2);
            }
            b'"' => around.push(Around::Quoted),
            b'<' if next == b'<' => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let rest = rest.lines().next().unwrap_or_default();
                around.push(Around::Heredoc(rest.trim_start_matches('-').trim()));
                at = line_end(bytes, at).saturating_sub(1).max(at);
            }
            b'{' if b"=([,:?{".contains(&previous) => {
                around.push(Around::Object { entries: 0, key_bytes: 0, start: Some(at) });
            }
            b'{' | b'(' | b'[' => around.push(Around::Other),
            b'}' | b')' | b']' => {
                if let Some(Around::Object { entries, key_bytes, .. }) = around.pop() {
                    cost = cost.saturating_add(entries.saturating_mul(key_bytes) / COMPARED_PER_STEP);
                }
            }
            b'=' | b':' | b',' | b'\n' => {
                if let Some(Around::Object { entries, key_bytes, start: begun }) = around.last_mut() {
                    match *begun {
                        Some(begin) if matches!(byte, b'=' | b':') => {
                            *entries += 1;
                            *key_bytes += start - begin;
                            *begun = None;
                        }
                        _ if matches!(byte, b',' | b'\n') => *begun = Some(at),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
    }
    cost
}

/// Returns the offset of the line break at or behind an offset, or of the end.
fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::{STEPS_PER_BYTE, parse_cost};

    /// Returns the steps beyond those of the bytes.
    fn compared(text: &str) -> usize {
        parse_cost(text) - text.len() * STEPS_PER_BYTE
    }

    #[test]
    fn a_long_object_costs_the_product_of_its_entries_and_keys() {
        let entries = |n: usize| (0..n).map(|at| format!("k{at:04} = 1, ")).collect::<String>();
        let all = compared(&format!("locals {{\n  o = {{{}}}\n}}\n", entries(1_000)));
        assert!((350_000..600_000).contains(&all), "{all}");
        assert_eq!(compared(&format!("x = \"a${{keys({{{}}})}}\"\n", entries(1_000))), all);
        assert!(compared(&format!("x = <<-E\n  ${{keys({{{}}})}}\n  E\n", entries(1_000))) >= all);
    }

    #[test]
    fn blocks_and_texts_are_no_objects() {
        let lines: String = (0..1_000).map(|at| format!("  k{at} = 1\n")).collect();
        assert_eq!(compared(&format!("locals {{\n{lines}}}\n")), 0);
        let json: String = (0..1_000).map(|at| format!("\"k{at}\": 1,\n")).collect();
        assert_eq!(compared(&format!("x {{\n  body = <<E\n{{\"a\": {{{json}}}}}\nE\n}}\n")), 0);
        assert_eq!(compared(&format!("/* {{ a = 1 }} */ # {{\n// {{{lines}")), 0);
    }
}
