//! Terraform's regular expressions, which are those of Go (RE2), for `regex`, `regexall` and `replace`.

use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::captures::Captures;
use regex_automata::util::interpolate;

/// Largest automaton of a pattern, in bytes.
const LARGEST: usize = 1 << 20;

/// Checks if the second argument of `replace` is a pattern: it stands between slashes.
pub(crate) fn is_pattern(from: &str) -> bool {
    from.len() > 1 && from.starts_with('/') && from.ends_with('/')
}

/// Returns the steps of reading a pattern, before its automaton is built.
pub(crate) fn reading(pattern: &str) -> usize {
    let properties = pattern.matches("\\p").count() + pattern.matches("\\P").count();
    let folded = if ignores_case(pattern) { pattern.len() } else { 0 };
    let plain = pattern.len().saturating_mul(STEPS_PER_BYTE) + properties.saturating_mul(STEPS_PER_PROPERTY);
    plain.saturating_add(folded.saturating_mul(STEPS_PER_FOLD))
}

/// Returns the steps of compiling a pattern, and of searching a value of so many bytes: each may lead to a set of states
/// that is new, and each state has its groups.
pub(crate) fn work(pattern: &str, value: usize) -> usize {
    let config = NFA::config().nfa_size_limit(Some(LARGEST));
    let Ok(automaton) = NFA::compiler().configure(config).build(&ascii(pattern)) else { return TOO_LARGE };
    let (states, slots) = (automaton.states().len(), automaton.group_info().slot_len());
    let compiling = COMPILING + states * STEPS_PER_STATE + automaton.memory_usage() / BYTES_PER_STEP;
    let looked_at = states.saturating_mul(1 + slots / SLOTS_PER_STEP).saturating_add(STEPS_PER_BYTE);
    value.saturating_mul(looked_at).saturating_add(compiling)
}

/// Checks for a flag by which upper and lower case are equal: `(?i)`, `(?si:…)`.
fn ignores_case(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|rest| {
        let end = rest.find(|letter| !matches!(letter, 'a'..='z' | 'U' | '-')).unwrap_or(rest.len());
        rest.get(..end).is_some_and(|flags| flags.contains('i'))
    })
}

/// Steps of a byte of a pattern or a value, of a property such as `\p{L}`, and of the letters that are equal but for
/// their case.
const STEPS_PER_BYTE: usize = 8;
const STEPS_PER_PROPERTY: usize = 1_000;
const STEPS_PER_FOLD: usize = 400;

/// Steps of compiling a pattern, and a state of the three automata that are built.
const COMPILING: usize = 1_000;
const STEPS_PER_STATE: usize = 84;

/// Bytes of an automaton that one step makes.
const BYTES_PER_STEP: usize = 4;

/// Starts and ends of groups that are copied in a step.
const SLOTS_PER_STEP: usize = 64;

/// Steps of a pattern whose automaton is too large.
const TOO_LARGE: usize = LARGEST / 2;

/// Replaces what a pattern matches; `$1` and `${name}` are groups. `None` if `scan`, which charges the bytes that may be
/// looked at for a match, returns `false`.
pub(crate) fn replace(value: &str, pattern: &str, to: &str, scan: &dyn Fn(usize) -> bool) -> Option<String> {
    let regex = compile(pattern)?;
    let (mut replaced, mut end) = (String::with_capacity(value.len()), 0);
    for found in regex.captures_iter(value) {
        let whole = found.get_match()?;
        // A search may look at all of the rest before it knows where the match ends.
        if !scan(rest(value, whole.end())) {
            return None;
        }
        replaced.push_str(&value[end..whole.start()]);
        let group = |at: usize, into: &mut String| into.push_str(text(&found, at, value).unwrap_or_default());
        interpolate::string(to, group, |name| found.group_info().to_index(whole.pattern(), name), &mut replaced);
        end = whole.end();
    }
    replaced.push_str(&value[end..]);
    Some(replaced)
}

/// Checks that a pattern can be read.
pub(crate) fn is_valid(pattern: &str) -> bool {
    compile(pattern).is_some()
}

/// Returns the first matches of a pattern: strings, or lists or maps of its groups. `scan` is as in [`replace`].
pub(crate) fn find(
    pattern: &str,
    value: &str,
    span: Span,
    most: usize,
    scan: &dyn Fn(usize) -> bool,
) -> Option<Vec<Node>> {
    let regex = compile(pattern)?;
    let names: Vec<Option<&str>> = regex.group_info().all_names().map(|(_, _, name)| name).skip(1).collect();
    let is_named = names.iter().any(Option::is_some);
    if is_named && names.iter().any(Option::is_none) {
        return None;
    }
    let node = |found: &Captures, at: usize| match text(found, at, value) {
        Some(text) => Node::text(span, text),
        None => Node::null(span),
    };
    let one = |found: Captures| {
        Some(match is_named {
            _ if !scan(rest(value, found.get_match()?.end())) => return None,
            _ if names.is_empty() => node(&found, 0),
            true => {
                let groups = names.iter().enumerate();
                let entries =
                    groups.map(|(at, name)| (Node::text(span, name.unwrap_or_default()), node(&found, at + 1)));
                Node::new(span, Data::Map(entries.collect()))
            }
            false => Node::new(span, Data::List((1..=names.len()).map(|at| node(&found, at)).collect())),
        })
    };
    regex.captures_iter(value).take(most).map(one).collect()
}

/// Returns the bytes behind a match that count: few are part of [`work`].
fn rest(value: &str, end: usize) -> usize {
    const FEW: usize = 2_000;
    (value.len() - end).saturating_sub(FEW)
}

fn text<'v>(found: &Captures, group: usize, value: &'v str) -> Option<&'v str> {
    value.get(found.get_group(group)?.range())
}

fn compile(pattern: &str) -> Option<Regex> {
    let config = Regex::config().nfa_size_limit(Some(LARGEST)).onepass(false).hybrid_cache_capacity(LARGEST);
    Regex::builder().configure(config).build(&ascii(pattern)).ok()
}

/// Returns a pattern whose classes `\d`, `\s` and `\w` and whose `\b` are those of ASCII, as RE2 has them.
fn ascii(pattern: &str) -> String {
    let mut ascii = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(unit) = rest.next() {
        let escaped = if unit == '\\' { rest.next() } else { None };
        match escaped {
            // A class may be in another one.
            Some('d') => ascii.push_str("[0-9]"),
            Some('D') => ascii.push_str("[^0-9]"),
            Some('s') => ascii.push_str(r"[\t\n\f\r ]"),
            Some('S') => ascii.push_str(r"[^\t\n\f\r ]"),
            Some('w') => ascii.push_str("[0-9A-Za-z_]"),
            Some('W') => ascii.push_str("[^0-9A-Za-z_]"),
            Some('b') => ascii.push_str(r"(?-u:\b)"),
            _ => {
                ascii.push(unit);
                ascii.extend(escaped);
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::replace;

    // "\d digits (≡ [0-9])" and its kin: github.com/google/re2/wiki/Syntax.
    #[test]
    fn classes_are_those_of_ascii() {
        for (pattern, text, expected) in [
            (r"\d", "1٣", "-٣"),
            (r"\w+", "aé_", "-é-"),
            (r"[\w.]", "a.é", "--é"),
            (r"[^\d]", "1٣", "1-"),
            (r"\s", "a \u{a0}b", "a-\u{a0}b"),
            (r"\S", "\u{a0} ", "- "),
            (r"\bx", "éx", "é-"),
            (r"\\d", r"\d", "-"),
        ] {
            assert_eq!(replace(text, pattern, "-", &|_| true).as_deref(), Some(expected), "{pattern}");
        }
    }
}
