//! Parser of JSON (RFC 8259) that keeps the place of each value and the order of keys.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::build::check_keys;
use crate::syntax::duplicate::{Duplicates, unique};
use crate::syntax::tree::{Data, MAX_DEPTH, MAX_NODES, Node};
use vtl::Code;

/// Steps of a value, besides those of its text.
const STEPS: usize = 4;

/// Parses a JSON text; `file` is the index of its source. Keys that a map has more than once go to
/// `duplicates`.
pub(crate) fn read(text: &str, file: u32, duplicates: &mut Duplicates, budget: &Budget<'_>) -> Result<Node, Fault> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, file, nodes: 0, duplicates, budget };
    if text.starts_with('\u{feff}') {
        parser.at = 3;
    }
    let node = parser.value(0)?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(parser.fault("unexpected text after the JSON value"));
    }
    Ok(node)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    file: u32,
    nodes: usize,
    duplicates: &'a mut Duplicates,
    budget: &'a Budget<'a>,
}

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        self.blanks();
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(self.limit());
        }
        let start = self.at;
        self.budget.spend(STEPS, VALUE, self.span(start, Style::Verbatim))?;
        let data = match self.bytes.get(self.at) {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => return self.string(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node::new(self.span(start, Style::Verbatim), data))
    }

    fn map(&mut self, depth: usize) -> Result<Data, Fault> {
        let mut entries = Vec::new();
        self.at += 1;
        if self.take(b'}') {
            return Ok(Data::Map(entries));
        }
        loop {
            self.blanks();
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(self.fault("expected a key in double quotes"));
            }
            let key = self.string()?;
            if !self.take(b':') {
                return Err(self.fault("expected `:`"));
            }
            entries.push((key, self.value(depth + 1)?));
            if self.take(b'}') {
                check_keys(&entries)?;
                return Ok(Data::Map(unique(entries, self.duplicates)));
            }
            if !self.take(b',') {
                return Err(self.fault("expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Data, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        if self.take(b']') {
            return Ok(Data::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Data::List(items));
            }
            if !self.take(b',') {
                return Err(self.fault("expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<Node, Fault> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(stop) = rest.find(['"', '\\', '\n']) else {
                return Err(self.fault("unclosed string"));
            };
            text.push_str(&rest[..stop]);
            self.at += stop;
            match rest.as_bytes().get(stop) {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.fault("unclosed string: a line break in a string is written `\\n`")),
            }
        }
        self.at += 1;
        let span = self.span(start, Style::Double);
        self.budget.spend(text.len() / 64, text.len(), span)?;
        Ok(Node::text(span, text))
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let letter = self.bytes.get(self.at + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(sign @ (b'"' | b'\\' | b'/')) => char::from(sign),
            Some(b'u') => {
                let first = self.hex()?;
                let second = match first {
                    0xD800..=0xDBFF if self.text.get(self.at..self.at + 2) == Some("\\u") => {
                        self.at += 2;
                        Some(self.hex()?)
                    }
                    _ => None,
                };
                let units = std::iter::once(first).chain(second);
                let decoded = char::decode_utf16(units).next();
                decoded.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => {
                self.at -= 2;
                return Err(self.fault("unknown escape sequence"));
            }
        })
    }

    fn hex(&mut self) -> Result<u16, Fault> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.fault("expected four hexadecimal digits after `\\u`"))?;
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Data, Fault> {
        let rest = &self.text[self.at..];
        let len = rest.bytes().take_while(|b| b.is_ascii_digit() || b"+-.eE".contains(b)).count();
        let number = &rest[..len];
        if serde_json::from_str::<serde_json::Number>(number).is_err() {
            return Err(self.fault("malformed number"));
        }
        self.at += len;
        Ok(Data::Number(number.to_owned()))
    }

    fn word(&mut self) -> Result<Data, Fault> {
        for (word, data) in [("true", Data::Bool(true)), ("false", Data::Bool(false)), ("null", Data::Null)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(data);
            }
        }
        Err(self.fault("expected a value"))
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
    }

    fn take(&mut self, sign: u8) -> bool {
        self.blanks();
        let found = self.bytes.get(self.at) == Some(&sign);
        self.at += usize::from(found);
        found
    }

    fn span(&self, start: usize, style: Style) -> Span {
        Span { file: self.file, start: start as u32, end: self.at as u32, style }
    }

    fn fault(&self, message: &str) -> Fault {
        Fault::new(Code::MalformedJson, self.span(self.at, Style::Verbatim), message)
    }

    fn limit(&self) -> Fault {
        let message = format!("the document has more than {MAX_NODES} values or {MAX_DEPTH} levels");
        Fault::new(Code::DocumentLimit, self.span(self.at, Style::Verbatim), message)
    }
}

/// Writes a value as Terraform's `jsonencode` does: without blanks, keys sorted, and with `<`, `>`
/// and `&` escaped.
pub(crate) fn write_go(node: &Node, text: &mut String) {
    match &node.data {
        Data::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write_go(item, text);
            }
            text.push(']');
        }
        Data::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().filter_map(|(key, value)| Some((key.to_word()?, value))).collect();
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            text.push('{');
            for (at, (key, value)) in sorted.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write_quoted(key, text);
                text.push(':');
                write_go(value, text);
            }
            text.push('}');
        }
        Data::Text(value) => write_quoted(&value.text, text),
        _ => text.push_str(&node.to_json().to_string()),
    }
}

fn write_quoted(value: &str, text: &mut String) {
    let quoted = serde_json::Value::from(value).to_string();
    for letter in quoted.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", letter as u32)),
            other => text.push(other),
        }
    }
}
