//! JSON values as YAML that people read and change.

use serde_json::Value as Json;
use std::fmt::Write;

/// Longest value that is written on one line, in characters.
const LONGEST_LINE: usize = 80;

/// Writes a value as YAML: small values on one line, texts of several lines as blocks.
///
/// ```
/// let json = serde_json::json!({"name": "an order", "input": {"body": {"id": "7"}}, "text": "a\nb\n"});
/// assert_eq!(vtl_testing::to_yaml(&json), "name: an order\ninput: {body: {id: \"7\"}}\ntext: |\n  a\n  b\n");
/// ```
#[must_use]
pub fn to_yaml(value: &Json) -> String {
    let mut out = String::new();
    match value {
        Json::Object(members) if !members.is_empty() => block(&mut out, value, 0),
        Json::Array(items) if !items.is_empty() => block(&mut out, value, 0),
        _ => {
            inline(&mut out, value);
            out.push('\n');
        }
    }
    out
}

/// Writes a value as an item of a list whose dashes are indented.
pub(crate) fn item(out: &mut String, value: &Json, indent: usize) {
    let mut text = String::new();
    block(&mut text, value, indent + 2);
    let _ = write!(out, "{:indent$}- {}", "", text.trim_start());
}

/// Writes the members or items of a value, a line or more each.
fn block(out: &mut String, value: &Json, indent: usize) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                let _ = write!(out, "{:indent$}", "");
                scalar(out, key);
                out.push(':');
                behind(out, value, indent);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for value in items {
                match on_one_line(value, indent) {
                    Some(text) => drop(writeln!(out, "{:indent$}- {text}", "")),
                    None if value.is_string() => {
                        let _ = write!(out, "{:indent$}-", "");
                        behind(out, value, indent);
                    }
                    None => item(out, value, indent),
                }
            }
        }
        _ => {
            let _ = write!(out, "{:indent$}", "");
            inline(out, value);
            out.push('\n');
        }
    }
}

/// Writes a value behind a key.
fn behind(out: &mut String, value: &Json, indent: usize) {
    if let Some(text) = value.as_str().filter(|text| is_block(text)) {
        out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
        for line in text.lines() {
            let width = if line.is_empty() { 0 } else { indent + 2 };
            let _ = writeln!(out, "{:width$}{line}", "");
        }
        return;
    }
    match on_one_line(value, indent) {
        Some(text) => drop(writeln!(out, " {text}")),
        None => {
            out.push('\n');
            block(out, value, indent + 2);
        }
    }
}

/// Returns a value as one line, unless it is too long or has a text of several lines.
fn on_one_line(value: &Json, indent: usize) -> Option<String> {
    let has_parts = matches!(value, Json::Object(members) if !members.is_empty())
        || matches!(value, Json::Array(items) if !items.is_empty());
    if value.as_str().is_some_and(is_block) || has_parts && has_block(value) {
        return None;
    }
    let mut text = String::new();
    inline(&mut text, value);
    (!has_parts || indent + text.chars().count() <= LONGEST_LINE).then_some(text)
}

fn has_block(value: &Json) -> bool {
    match value {
        Json::String(text) => is_block(text),
        Json::Array(items) => items.iter().any(has_block),
        Json::Object(members) => members.values().any(has_block),
        _ => false,
    }
}

/// Checks if a text can stand as lines of its own, with at most one line end at its end.
fn is_block(text: &str) -> bool {
    let is_plain = |c: char| {
        c == '\n' || !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}')
    };
    text.trim_end_matches('\n').contains('\n')
        && text.chars().all(is_plain)
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
}

fn inline(out: &mut String, value: &Json) {
    match value {
        Json::String(text) => scalar(out, text),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                inline(out, item);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                scalar(out, key);
                out.push_str(": ");
                inline(out, value);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// Writes a text, without quotes if no reader of YAML takes it for anything else.
fn scalar(out: &mut String, text: &str) {
    const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_path = ["/", "./", "../"].iter().any(|start| text.starts_with(start));
    let is_plain = (is_path || text.starts_with(|c: char| c.is_ascii_alphabetic()))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " _/.$+-".contains(c))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        out.push_str(text);
        return;
    }
    for c in Json::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_yaml;
    use crate::node;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "",
            "a",
            "7",
            "1e3",
            "null",
            "No",
            "~",
            "a: b",
            "a #b",
            "- a",
            "{a}",
            "'",
            "\"",
            "a\nb",
            "a\nb\n",
            "a\n\nb",
            "\na\nb",
            " a\nb",
            "a\nb\n\n",
            "a\r\nb",
            "\0\u{7f}\u{85}\u{2028}\u{fffe}\u{ffff}",
            "é 大",
            "a ",
            "*/*",
            "@x",
            "%x",
            "a,b",
            "x  \n y\t\n",
            "$context.a",
            "?",
            "../a",
            "./.5",
            "/",
            "=",
            "!t",
            "&a",
            "|",
            ">",
        ];
        let long = json!({"a": "x".repeat(100), "b": [{"c": "y".repeat(90), "d": ["z\nz", 1]}, [["w".repeat(90)]]]});
        let mut values = vec![json!({}), json!([]), json!({"a": {}, "b": [], "c": null, "d": -1.5}), long];
        values.extend(texts.map(|text| json!({"k": text, "l": [text, {"m": text}], text: 1})));
        for value in values {
            let yaml = to_yaml(&value);
            let read = node::parse(&yaml).unwrap_or_else(|fault| panic!("{fault:?}\n{yaml}"));
            assert_eq!(read.to_json(), value, "{yaml}");
        }
    }
}
