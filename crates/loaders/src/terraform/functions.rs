//! Terraform's functions of known values ("Built-in Functions").
//!
//! A function that is not supported, or whose arguments are not known, returns `None`; the call
//! becomes a placeholder.

use crate::span::{Piece, Span};
use crate::syntax::build::{MapBuilder, TextBuilder};
use crate::syntax::json;
use crate::syntax::tree::{Data, Node, Text};
use crate::terraform::instance::set_or_map;
use crate::terraform::operators::{equal, number, quote, spell_float, truth};
use crate::terraform::{patterns, signatures};
use base64::Engine as _;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// Longest list that `range` returns, as in Terraform.
const LONGEST_RANGE: usize = 1024;

/// Evaluates a call. `scan` charges bytes that a pattern looks at; it returns `false` if the budget is spent.
pub(crate) fn call(name: &str, arguments: &[Node], span: Span, scan: &dyn Fn(usize) -> bool) -> Option<Node> {
    // A computed value is not written anywhere; its place is the start of the call.
    let span = Span { end: span.start, ..span };
    encoding(name, arguments, span)
        .or_else(|| of_texts(name, arguments, span, scan))
        .or_else(|| of_numbers(name, arguments, span))
        .or_else(|| of_lists(name, arguments, span))
        .or_else(|| of_maps(name, arguments, span))
}

/// Returns the pattern of a call, and the bytes of the value that it is searched in.
pub(crate) fn pattern_of<'n>(name: &str, arguments: &'n [Node]) -> Option<(&'n str, usize)> {
    let (pattern, value) = match (name, arguments) {
        ("regex" | "regexall", [pattern, value]) => (pattern.as_str()?, value),
        ("replace", [value, from, _]) => {
            let from = from.as_str().filter(|from| patterns::is_pattern(from))?;
            (&from[1..from.len() - 1], value)
        }
        _ => return None,
    };
    Some((pattern, value.as_str().map_or(16, str::len)))
}

/// Returns the work of a call beyond that of copying its arguments, in units of sixteen bytes.
pub(crate) fn growth(name: &str, arguments: &[Node]) -> usize {
    let length = |node: &Node| node.as_str().map_or(16, str::len);
    let count = |node: &Node| items(node).map_or(1, <[Node]>::len);
    let grown: usize = match (name, arguments) {
        ("join", [separator, lists @ ..]) => {
            lists.iter().map(count).sum::<usize>().saturating_mul(length(separator) + 40)
        }
        ("replace", [value, from, to]) if from.as_str().is_some_and(patterns::is_pattern) => {
            length(value).saturating_mul(length(to))
        }
        ("replace", [value, from, to]) => {
            let from = from.as_str().unwrap_or_default();
            value.as_str().map_or(0, |value| value.matches(from).count()).saturating_mul(length(to))
        }
        ("format", [_, values @ ..]) => values.len().saturating_mul(1_000),
        ("formatlist", [pattern, lists @ ..]) => {
            let rows = lists.iter().map(count).max().unwrap_or_default();
            let scalars: usize = lists.iter().map(|list| if items(list).is_some() { 0 } else { length(list) }).sum();
            rows.saturating_mul(length(pattern) + scalars + 200 * lists.len())
        }
        ("indent", [columns, value]) => {
            let lines = value.as_str().map_or(0, |value| value.bytes().filter(|byte| *byte == b'\n').count());
            lines.saturating_mul(index(columns).unwrap_or_default().min(1_000))
        }
        ("contains" | "index", [values, sought]) => count(values).saturating_mul(sought.weight() / 8),
        ("distinct" | "toset", [values]) => {
            let others = items(values).unwrap_or_default().iter().filter(|value| value.as_str().is_none()).count();
            (1 + others.min(LONGEST_RANGE)).saturating_mul(values.weight() / 8)
        }
        ("split", [_, whole]) => length(whole).saturating_mul(64),
        ("setintersection" | "setsubtract" | "matchkeys", sets) => {
            sets.iter().map(count).sum::<usize>().saturating_mul(40)
        }
        ("setproduct", sets) => {
            let rows = sets.iter().map(count).fold(1_usize, usize::saturating_mul).min(LONGEST_RANGE * 8);
            let row: usize = sets.iter().map(|set| set.weight() / count(set).max(1)).sum();
            rows.saturating_mul(row)
        }
        _ => 0,
    };
    grown / 16
}

fn flag(span: Span, flag: bool) -> Option<Node> {
    Some(Node::new(span, Data::Bool(flag)))
}

fn list(span: Span, items: Vec<Node>) -> Option<Node> {
    Some(Node::new(span, Data::List(items)))
}

/// Returns the items of a list.
fn items(node: &Node) -> Option<&[Node]> {
    match &node.data {
        Data::List(items) => Some(items),
        _ => None,
    }
}

/// Returns a scalar without placeholders as a string.
fn word(node: &Node) -> Option<String> {
    if node.has_placeholder() { None } else { node.to_word() }
}

fn index(node: &Node) -> Option<usize> {
    number(node).filter(|number| *number >= 0.0 && number.fract() == 0.0).map(|number| number as usize)
}

fn encoding(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    let standard = base64::engine::general_purpose::STANDARD;
    match (name, arguments) {
        ("jsonencode" | "yamlencode", [value]) => {
            let mut text = String::new();
            json::write_go(value, &mut text);
            let (has_placeholder, encoded) = (value.has_placeholder(), Some(Rc::new(value.clone())));
            let pieces = Some(Arc::from([Piece { at: 0, span, skip: 0 }]));
            Some(Node::new(span, Data::Text(Text { text, has_placeholder, pieces, encoded })))
        }
        ("base64encode", [text]) => Some(Node::text(span, standard.encode(word(text)?))),
        ("base64decode", [text]) => Some(Node::text(span, String::from_utf8(standard.decode(word(text)?).ok()?).ok()?)),
        // Of the other charsets Terraform knows some hundred.
        ("textencodebase64", [text, charset]) if word(charset)?.eq_ignore_ascii_case("utf-8") => {
            Some(Node::text(span, standard.encode(word(text)?)))
        }
        ("textdecodebase64", [text, charset]) if word(charset)?.eq_ignore_ascii_case("utf-8") => {
            Some(Node::text(span, String::from_utf8(standard.decode(word(text)?).ok()?).ok()?))
        }
        ("urlencode", [text]) => Some(Node::text(span, escape_query(&word(text)?))),
        ("sensitive" | "nonsensitive" | "ephemeralasnull", [value]) => Some(value.clone()),
        _ => None,
    }
}

/// Percent-encodes a text as Go's `url.QueryEscape` does.
fn escape_query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn of_texts(name: &str, arguments: &[Node], span: Span, scan: &dyn Fn(usize) -> bool) -> Option<Node> {
    let text = |text: String| Some(Node::text(span, text));
    match (name, arguments) {
        ("tostring", [value]) => match &value.data {
            Data::Null | Data::Text(_) => Some(value.clone()),
            _ => text(value.to_word()?),
        },
        ("format", [pattern, values @ ..]) => format(&word(pattern)?, values, span),
        ("formatlist", [pattern, lists @ ..]) => {
            let pattern = word(pattern)?;
            let longest = lists.iter().filter_map(items).map(<[Node]>::len).max()?;
            let row = |at: usize| {
                let cell = |list: &Node| match items(list) {
                    Some(items) => items.get(at).cloned(),
                    None => Some(list.clone()),
                };
                let cells = lists.iter().map(cell).collect::<Option<Vec<_>>>()?;
                format(&pattern, &cells, span)
            };
            list(span, (0..longest).map(row).collect::<Option<_>>()?)
        }
        ("join", [separator, lists @ ..]) => {
            let separator = word(separator)?;
            let parts = lists.iter().map(items).collect::<Option<Vec<_>>>()?.concat();
            let mut joined = TextBuilder::default();
            for (at, part) in parts.iter().enumerate() {
                joined.push(if at > 0 { &separator } else { "" });
                part.to_word()?;
                joined.push_node(part);
            }
            Some(joined.finish(span))
        }
        ("split", [separator, whole]) => {
            let (separator, whole) = (word(separator)?, word(whole)?);
            let parts: Vec<Node> = match separator.as_str() {
                "" => whole.chars().map(|letter| Node::text(span, letter)).collect(),
                _ => whole.split(&separator).map(|part| Node::text(span, part)).collect(),
            };
            list(span, parts)
        }
        ("lower", [value]) => text(word(value)?.to_lowercase()),
        ("upper", [value]) => text(word(value)?.to_uppercase()),
        ("title", [value]) => {
            let mut before = ' ';
            let raise = |letter: char| {
                let begins = !before.is_alphanumeric() && before != '_' && before != '\'';
                before = letter;
                if begins { letter.to_uppercase().next().unwrap_or(letter) } else { letter }
            };
            text(word(value)?.chars().map(raise).collect())
        }
        ("strrev", [value]) => text(word(value)?.chars().rev().collect()),
        ("trimspace", [value]) => text(word(value)?.trim().to_owned()),
        ("chomp", [value]) => text(word(value)?.trim_end_matches(['\r', '\n']).to_owned()),
        ("trim", [value, set]) => {
            let set: HashSet<char> = word(set)?.chars().collect();
            text(word(value)?.trim_matches(|letter| set.contains(&letter)).to_owned())
        }
        ("trimprefix", [value, prefix]) => {
            let (value, prefix) = (word(value)?, word(prefix)?);
            text(value.strip_prefix(&prefix).unwrap_or(&value).to_owned())
        }
        ("trimsuffix", [value, suffix]) => {
            let (value, suffix) = (word(value)?, word(suffix)?);
            text(value.strip_suffix(&suffix).unwrap_or(&value).to_owned())
        }
        ("startswith", [value, prefix]) => flag(span, word(value)?.starts_with(&word(prefix)?)),
        ("endswith", [value, suffix]) => flag(span, word(value)?.ends_with(&word(suffix)?)),
        ("strcontains", [value, part]) => flag(span, word(value)?.contains(&word(part)?)),
        ("replace", [value, from, to]) => {
            let (value, from, to) = (word(value)?, word(from)?, word(to)?);
            match patterns::is_pattern(&from) {
                true => text(patterns::replace(&value, &from[1..from.len() - 1], &to, scan)?),
                false => text(value.replace(&from, &to)),
            }
        }
        ("regex", [pattern, value]) => {
            patterns::find(&word(pattern)?, &word(value)?, span, 1, scan)?.into_iter().next()
        }
        ("regexall", [pattern, value]) => {
            list(span, patterns::find(&word(pattern)?, &word(value)?, span, usize::MAX, scan)?)
        }
        ("substr", [value, from, length]) => {
            let letters: Vec<char> = word(value)?.chars().collect();
            let (from, length) = (number(from)?, number(length)?);
            let from = if from < 0.0 { letters.len() as f64 + from } else { from }.max(0.0) as usize;
            let length = if length < 0.0 { letters.len() } else { length as usize };
            text(letters.into_iter().skip(from).take(length).collect())
        }
        ("indent", [count, value]) => {
            let blanks = " ".repeat(index(count)?.min(1000));
            text(word(value)?.replace('\n', &format!("\n{blanks}")))
        }
        ("basename", [path]) => text(word(path)?.rsplit('/').next().unwrap_or_default().to_owned()),
        ("dirname", [path]) => text(word(path)?.rsplit_once('/').map_or(".", |(directory, _)| directory).to_owned()),
        _ => None,
    }
}

/// Evaluates `format` with the verbs `%s`, `%d`, `%v`, `%q`, `%t`, `%f`, `%x`, `%X`, `%o` and `%b`, and padding.
fn format(pattern: &str, values: &[Node], span: Span) -> Option<Node> {
    let mut joined = TextBuilder::default();
    let mut values = values.iter();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        joined.push(&rest[..at]);
        rest = &rest[at + 1..];
        let verb = rest.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%')?;
        let (flags, letter) = (&rest[..verb], rest[verb..].chars().next()?);
        rest = &rest[verb + letter.len_utf8()..];
        if letter == '%' {
            joined.push("%");
            continue;
        }
        let value = values.next()?;
        match (letter, flags) {
            ('s' | 'v', "") if value.to_word().is_some() => joined.push_node(value),
            ('s' | 'v' | 'd', _) if value.to_word().is_some() => {
                let written = if letter == 'd' { spell_float(number(value)?.trunc()) } else { word(value)? };
                let width = flags.trim_start_matches(['-', '+', ' ', '0']);
                let width = if width.is_empty() { "0" } else { width };
                let width = width.parse::<usize>().ok().filter(|width| *width <= 1000)?;
                let blanks = width.saturating_sub(written.chars().count());
                match (flags.starts_with('-'), flags.starts_with('0')) {
                    (true, _) => joined.push(&(written + &" ".repeat(blanks))),
                    (_, true) => joined.push(&("0".repeat(blanks) + &written)),
                    _ => joined.push(&(" ".repeat(blanks) + &written)),
                }
            }
            ('v', "") if value.is_null() => joined.push("null"),
            ('v', "") if items(value).is_some() || value.is_map() => {
                joined.push(&encoding("jsonencode", std::slice::from_ref(value), span)?.to_word()?);
            }
            ('f', _) => joined.push(&fraction(number(value)?, flags)?),
            ('x', "") => joined.push(&format!("{:x}", index(value)?)),
            ('X', "") => joined.push(&format!("{:X}", index(value)?)),
            ('o', "") => joined.push(&format!("{:o}", index(value)?)),
            ('b', "") => joined.push(&format!("{:b}", index(value)?)),
            ('q', "") => joined.push(&quote(&word(value)?)),
            ('t', "") => joined.push(if truth(value)? { "true" } else { "false" }),
            _ => return None,
        }
    }
    joined.push(rest);
    // Terraform refuses a value that no verb takes.
    if values.next().is_some() {
        return None;
    }
    Some(joined.finish(span))
}

/// Checks whether Terraform refuses known arguments for which [`call`] has no value.
pub(crate) fn is_refused(name: &str, arguments: &[Node]) -> bool {
    let are_words = || arguments.iter().all(is_scalar);
    let first = || arguments.first().and_then(Node::as_str).unwrap_or_default();
    match name {
        "regex" => !are_words() || patterns::is_valid(first()),
        "regexall" | "replace" => !are_words(),
        "format" => has_plain_verbs(first()),
        _ => signatures::is_complete(name),
    }
}

/// Checks that a format has only verbs that are read here.
fn has_plain_verbs(pattern: &str) -> bool {
    let mut rest = pattern.split('%').skip(1);
    while let Some(part) = rest.next() {
        if part.is_empty() {
            rest.next();
            continue;
        }
        let verb = part.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
        let width = &part[..part.len() - verb.len()];
        if width.len() > 3
            || !verb.starts_with(['s', 'v', 'd', 'q', 't'])
            || (!width.is_empty() && verb.starts_with(['q', 't']))
        {
            return false;
        }
    }
    true
}

/// Writes a number for `%f`, with its width and the digits behind the point.
fn fraction(value: f64, flags: &str) -> Option<String> {
    let (width, digits) = flags.split_once('.').unwrap_or((flags, "6"));
    let size =
        |text: &str| if text.is_empty() { Some(0) } else { text.parse::<usize>().ok().filter(|size| *size <= 1000) };
    let is_padded = width.starts_with('0');
    let (width, digits) = (size(width)?, size(digits)?);
    Some(match is_padded {
        true => format!("{value:0width$.digits$}"),
        false => format!("{value:width$.digits$}"),
    })
}

fn of_numbers(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    let give = |value: f64| Some(Node::new(span, Data::Number(spell_float(value)))).filter(|_| value.is_finite());
    let all = || arguments.iter().map(number).collect::<Option<Vec<f64>>>();
    match (name, arguments) {
        ("tonumber", [value]) => match value.data {
            Data::Null => Some(value.clone()),
            _ => give(number(value)?),
        },
        ("tobool", [value]) => match value.data {
            Data::Null => Some(value.clone()),
            _ => flag(span, truth(value)?),
        },
        ("max", [_, ..]) => give(all()?.into_iter().fold(f64::NEG_INFINITY, f64::max)),
        ("min", [_, ..]) => give(all()?.into_iter().fold(f64::INFINITY, f64::min)),
        ("abs", [value]) => give(number(value)?.abs()),
        ("ceil", [value]) => give(number(value)?.ceil()),
        ("floor", [value]) => give(number(value)?.floor()),
        ("signum", [value]) => give(number(value).map(|value| if value == 0.0 { 0.0 } else { value.signum() })?),
        ("log", [value, base]) => give(number(value)?.ln() / number(base)?.ln()),
        ("pow", [base, power]) => give(number(base)?.powf(number(power)?)),
        ("parseint", [text, base]) => {
            let base = index(base).filter(|base| (2..=36).contains(base))?;
            give(i64::from_str_radix(&word(text)?, base as u32).ok()? as f64)
        }
        ("sum", [values]) => {
            let values = items(values).filter(|values| !values.is_empty())?;
            give(values.iter().map(number).sum::<Option<f64>>()?)
        }
        ("alltrue", [values]) => {
            flag(span, items(values)?.iter().map(truth).collect::<Option<Vec<_>>>()?.into_iter().all(|it| it))
        }
        ("anytrue", [values]) => {
            flag(span, items(values)?.iter().map(truth).collect::<Option<Vec<_>>>()?.into_iter().any(|it| it))
        }
        ("range", limits) => {
            let down = |from: f64, to: f64| if to < from { -1.0 } else { 1.0 };
            let (from, to, step) = match limits {
                [to] => (0.0, number(to)?, down(0.0, number(to)?)),
                [from, to] => (number(from)?, number(to)?, down(number(from)?, number(to)?)),
                [from, to, step] => (number(from)?, number(to)?, number(step)?),
                _ => return None,
            };
            let count = ((to - from) / step).ceil().max(0.0);
            if !count.is_finite() || count > LONGEST_RANGE as f64 {
                return None;
            }
            let at = |at: usize| Node::new(span, Data::Number(spell_float(from + step * at as f64)));
            list(span, (0..count as usize).map(at).collect())
        }
        _ => None,
    }
}

fn of_lists(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    match (name, arguments) {
        ("tolist", [value]) => Some(value.clone()).filter(|value| value.is_list() || value.is_null()),
        ("toset", [value]) if value.is_null() => Some(value.clone()),
        // The items of a set of lists or maps have no order of their own.
        ("toset", [value]) if !value.items().iter().all(is_scalar) => of_lists("distinct", arguments, span),
        ("toset", [value]) => {
            let entries = set_or_map(value).filter(|_| items(value).is_some())?;
            list(span, entries.into_iter().map(|(_, value)| value).collect())
        }
        ("setunion", sets) => {
            let all = sets.iter().map(items).collect::<Option<Vec<_>>>()?.concat();
            of_lists("toset", &[Node::new(span, Data::List(all))], span)
        }
        ("setintersection", [first, others @ ..]) => {
            let others = others.iter().map(words).collect::<Option<Vec<_>>>()?;
            kept(first, |word| others.iter().all(|set| set.contains(word)), span)
        }
        ("setsubtract", [first, other]) => {
            let other = words(other)?;
            kept(first, |word| !other.contains(word), span)
        }
        ("matchkeys", [values, keys, sought]) => {
            let (sought, keys) = (words(sought)?, items(keys)?.iter().map(word).collect::<Option<Vec<_>>>()?);
            let pairs = items(values)?.iter().zip(keys);
            list(span, pairs.filter(|(_, key)| sought.contains(key)).map(|(value, _)| value.clone()).collect())
        }
        ("chunklist", [values, size]) => {
            let (values, size) = (items(values)?, index(size)?);
            let size = if size == 0 { values.len().max(1) } else { size };
            list(span, values.chunks(size).map(|chunk| Node::new(span, Data::List(chunk.to_vec()))).collect())
        }
        ("concat", lists) => list(span, lists.iter().map(items).collect::<Option<Vec<_>>>()?.concat()),
        ("length", [value]) => {
            let length = match &value.data {
                Data::List(items) => items.len(),
                Data::Map(entries) => entries.len(),
                Data::Text(_) => word(value)?.chars().count(),
                _ => return None,
            };
            Some(Node::new(span, Data::Number(length.to_string())))
        }
        ("element", [values, at]) => {
            let values = items(values).filter(|values| !values.is_empty())?;
            let at = number(at).filter(|at| at.fract() == 0.0)?;
            values.get(at.rem_euclid(values.len() as f64) as usize).cloned()
        }
        ("one", [values]) => match items(values)? {
            [] => Some(Node::null(span)),
            [only] => Some(only.clone()),
            _ => None,
        },
        ("coalesce", values) => {
            let known = |value: &&Node| !value.is_null() && value.as_str() != Some("");
            values.iter().find(known).cloned()
        }
        ("coalescelist", lists) => {
            lists.iter().find(|value| items(value).is_some_and(|items| !items.is_empty())).cloned()
        }
        ("compact", [values]) => {
            let kept = |value: &&Node| !value.is_null() && value.as_str() != Some("");
            list(span, items(values)?.iter().filter(kept).cloned().collect())
        }
        ("contains", [values, sought]) => {
            let mut results = items(values)?.iter().map(|value| equal(value, sought)).collect::<Vec<_>>();
            results.sort();
            match (results.last(), results.first()) {
                (Some(Some(true)), _) => flag(span, true),
                (_, Some(None)) => None,
                _ => flag(span, false),
            }
        }
        ("index", [values, sought]) => {
            let at = items(values)?.iter().position(|value| equal(value, sought) == Some(true))?;
            Some(Node::new(span, Data::Number(at.to_string())))
        }
        ("distinct", [values]) => {
            let values = items(values)?;
            let mut kept: Vec<Node> = Vec::new();
            // Values that are no texts are compared with each other.
            if values.len() > LONGEST_RANGE {
                return None;
            }
            let mut words: HashSet<&str> = HashSet::new();
            let mut others: Vec<&Node> = Vec::new();
            for value in values {
                let is_new = match value.as_str().filter(|_| !value.has_placeholder()) {
                    Some(word) => words.insert(word),
                    None => {
                        let is_new = !others.iter().any(|other| equal(other, value) == Some(true));
                        others.push(value);
                        is_new
                    }
                };
                if is_new {
                    kept.push(value.clone());
                }
            }
            list(span, kept)
        }
        ("flatten", [values]) => {
            let mut flat = Vec::new();
            flatten(items(values)?, &mut flat);
            list(span, flat)
        }
        ("reverse", [values]) => list(span, items(values)?.iter().rev().cloned().collect()),
        ("sort", [values]) => {
            let mut words = items(values)?.iter().map(word).collect::<Option<Vec<_>>>()?;
            words.sort();
            list(span, words.into_iter().map(|word| Node::text(span, word)).collect())
        }
        ("slice", [values, from, to]) => list(span, items(values)?.get(index(from)?..index(to)?)?.to_vec()),
        ("setproduct", sets) => product(&sets.iter().map(items).collect::<Option<Vec<_>>>()?, span),
        _ => None,
    }
}

/// Checks for a value that is written as a word.
fn is_scalar(value: &Node) -> bool {
    matches!(value.data, Data::Text(_) | Data::Number(_) | Data::Bool(_))
}

/// Returns the strings of a list.
fn words(list: &Node) -> Option<HashSet<String>> {
    items(list)?.iter().map(word).collect()
}

/// Returns the set of those strings of a list that are to stay.
fn kept(list: &Node, stays: impl Fn(&str) -> bool, span: Span) -> Option<Node> {
    let mut kept = Vec::new();
    for value in items(list)? {
        if stays(&word(value)?) {
            kept.push(value.clone());
        }
    }
    of_lists("toset", &[Node::new(span, Data::List(kept))], span)
}

fn flatten(items: &[Node], flat: &mut Vec<Node>) {
    for item in items {
        match &item.data {
            Data::List(inner) => flatten(inner, flat),
            _ => flat.push(item.clone()),
        }
    }
}

fn product(sets: &[&[Node]], span: Span) -> Option<Node> {
    let size = sets.iter().try_fold(1_usize, |size, set| size.checked_mul(set.len()))?;
    if size > LONGEST_RANGE * 8 || sets.is_empty() {
        return None;
    }
    // The rows of the other sets may be many.
    if size == 0 {
        return list(span, Vec::new());
    }
    let row = |at: usize| {
        // The last set changes with each row.
        let mut same = size;
        let item = |set: &&[Node]| {
            same /= set.len();
            set.get(at / same % set.len()).cloned()
        };
        Node::new(span, Data::List(sets.iter().filter_map(item).collect()))
    };
    list(span, (0..size).map(row).collect())
}

fn of_maps(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    match (name, arguments) {
        ("tomap", [value]) => Some(value.clone()).filter(|value| value.is_map() || value.is_null()),
        ("merge", maps) => {
            let mut merged = MapBuilder::default();
            for map in maps.iter().filter(|map| !map.is_null()) {
                map.is_map().then_some(())?;
                map.entries().iter().for_each(|(key, value)| merged.set(key.clone(), value.clone()));
            }
            Some(merged.finish(span))
        }
        ("keys", [map]) => {
            let keys = set_or_map(map).filter(|_| map.is_map())?;
            list(span, keys.into_iter().map(|(key, value)| Node::text(value.span, key)).collect())
        }
        ("values", [map]) => {
            let entries = set_or_map(map).filter(|_| map.is_map())?;
            list(span, entries.into_iter().map(|(_, value)| value).collect())
        }
        ("lookup", [map, key]) => map.get(&word(key)?).cloned(),
        ("lookup", [map, key, default]) if map.is_map() => Some(map.get(&word(key)?).unwrap_or(default).clone()),
        ("zipmap", [keys, values]) => {
            let (keys, values) = (items(keys)?, items(values)?);
            if keys.len() != values.len() {
                return None;
            }
            let pairs = keys.iter().zip(values);
            let entries = pairs.map(|(key, value)| Some((Node::text(key.span, key.to_word()?), value.clone())));
            Some(Node::new(span, Data::Map(entries.collect::<Option<_>>()?)))
        }
        _ => None,
    }
}
