//! Lenient JSON → values, straight into the arena.

use crate::error::{Code, Error};
use crate::value::{Arena, ListKind, MapKind, Value};

/// Reads a payload as json-smart does in permissive mode. The empty text gives the empty string.
pub(crate) fn read<'r>(arena: &'r Arena<'r>, text: &'r str) -> Result<Value<'r>, Error> {
    let mut reader = Reader { arena, text, at: 0 };
    let value = reader.value(0, "")?;
    reader.blank();
    if reader.at < text.len() { Err(bad()) } else { Ok(value) }
}

fn bad() -> Error {
    Error::new(Code::BadPayload, "the payload is no JSON")
}

struct Reader<'r> {
    arena: &'r Arena<'r>,
    text: &'r str,
    at: usize,
}

impl<'r> Reader<'r> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|c| c <= ' ') {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32, stop: &str) -> Result<Value<'r>, Error> {
        self.blank();
        if depth > 400 {
            return Err(bad());
        }
        match self.peek() {
            None => Err(bad()),
            Some('[') => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.blank();
                    match self.peek().ok_or_else(bad)? {
                        ']' => break self.at += 1,
                        ',' => self.at += 1,
                        _ => items.push(self.value(depth + 1, ",]")?),
                    }
                }
                self.arena.list(ListKind::Json, items)
            }
            Some('{') => {
                self.at += 1;
                let map = self.arena.map(MapKind::Linked)?;
                loop {
                    self.blank();
                    match self.peek().ok_or_else(bad)? {
                        '}' => break self.at += 1,
                        ',' => self.at += 1,
                        _ => {
                            let key = match self.peek() {
                                Some(q @ ('"' | '\'')) => self.string(q)?,
                                _ => self.word(":").trim().to_owned(),
                            };
                            self.blank();
                            if self.peek() != Some(':') {
                                return Err(bad());
                            }
                            self.at += 1;
                            let value = self.value(depth + 1, ",}")?;
                            map.put(Value::string(key), value)?;
                        }
                    }
                }
                Ok(Value::Map(map))
            }
            Some(q @ ('"' | '\'')) => Ok(Value::string(self.string(q)?)),
            Some(_) => {
                let word = self.word(stop).trim_end();
                Ok(match word {
                    "null" => Value::Null,
                    "true" => Value::Bool(true),
                    "false" => Value::Bool(false),
                    w if w.parse::<i32>().is_ok() => Value::Int(w.parse().unwrap_or(0)),
                    w if w.parse::<i64>().is_ok() => Value::Long(w.parse().unwrap_or(0)),
                    w if w.starts_with(|c: char| c.is_ascii_digit() || c == '-') => match (w.parse(), w.parse()) {
                        (Ok(big), _) => Value::big(big),
                        (_, Ok(double)) => Value::Double(double),
                        _ => Value::str(w),
                    },
                    w => Value::str(w),
                })
            }
        }
    }

    fn word(&mut self, stop: &str) -> &'r str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| stop.contains(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn string(&mut self, quote: char) -> Result<String, Error> {
        let mut out = Vec::new();
        let push = |c: char, out: &mut Vec<u16>| out.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        let mut chars = self.text[self.at..].char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += i + 1;
                    return Ok(crate::value::text::from_utf16(&out));
                }
                '\\' => match chars.next().ok_or_else(bad)?.1 {
                    'n' => push('\n', &mut out),
                    't' => push('\t', &mut out),
                    'u' => {
                        let hex: String = chars.by_ref().take(4).map(|c| c.1).collect();
                        out.extend(u16::from_str_radix(&hex, 16).ok());
                    }
                    other => push(other, &mut out),
                },
                c => push(c, &mut out),
            }
        }
        Err(bad())
    }
}
