//! Data from the text of JSON, in which whole numbers of any size keep their digits.

use super::datum::Members;
use super::{Datum, ListKind, MapKind};
use serde::de::Error as _;
use serde_json::value::RawValue;

/// Most lists and objects in each other, as in a document.
const MOST_LEVELS: usize = 250;

impl Datum {
    /// Converts a JSON value as [`from_json`](Datum::from_json) does, but for whole numbers, which keep all their
    /// digits.
    ///
    /// # Errors
    /// Lists and objects are nested too deeply, a number is too large, or a text has half a surrogate pair.
    pub(crate) fn from_raw_json(raw: &RawValue) -> Result<Self, serde_json::Error> {
        Reader { text: raw.get(), at: 0 }.value(0)
    }
}

/// A walk through JSON whose syntax is known to be right.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Result<Datum, serde_json::Error> {
        if depth > MOST_LEVELS {
            return Err(serde_json::Error::custom(format_args!("more than {MOST_LEVELS} levels")));
        }
        Ok(match self.next() {
            Some(b'{') => {
                let mut members = Members::new();
                while self.is_more(b'}') {
                    let name = self.string()?;
                    self.next();
                    self.at += 1;
                    members.put(name, self.value(depth + 1)?);
                }
                Datum::Map(MapKind::Linked, members)
            }
            Some(b'[') => {
                let mut items = Vec::new();
                while self.is_more(b']') {
                    items.push(self.value(depth + 1)?);
                }
                Datum::List(ListKind::Array, items)
            }
            Some(b'"') => Datum::str(self.string()?),
            _ => {
                let rest = self.text.get(self.at..).unwrap_or("");
                let is_end = |c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace();
                let word = rest.split(is_end).next().unwrap_or("");
                self.at += word.len().max(1);
                if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && !word.contains(['.', 'e', 'E']) {
                    return Ok(Datum::integer(word));
                }
                Datum::from_json(&serde_json::from_str(word)?, ListKind::Array, MapKind::Linked)
            }
        })
    }

    /// Returns the next byte that is no white space, and goes there.
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    /// Goes to the next part of a list or object, behind its bracket or comma; `false` at its end.
    fn is_more(&mut self, close: u8) -> bool {
        if matches!(self.next(), Some(b'[' | b'{' | b',')) {
            self.at += 1;
        }
        match self.next() {
            Some(byte) if byte != close => true,
            _ => {
                self.at += 1;
                false
            }
        }
    }

    /// Reads a text in quotes.
    fn string(&mut self) -> Result<String, serde_json::Error> {
        let quoted = self.text.get(self.at..).unwrap_or("");
        let (bytes, mut end, mut is_plain) = (quoted.as_bytes(), 1, true);
        while let Some(found) = bytes.get(end..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            end += found;
            if bytes[end] == b'"' {
                break;
            }
            is_plain = false;
            end += 2;
        }
        self.at += end + 1;
        match quoted.get(1..end) {
            Some(inner) if is_plain => Ok(inner.to_owned()),
            _ => serde_json::from_str(quoted.get(..=end).unwrap_or("")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Datum, serde_json::Error> {
        Datum::from_raw_json(&RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn data_is_read_as_it_is_written() {
        let text = r#" { "a" : [ ] , "b":[1,-2 ,[true,false , null],{}, {"c":{"d":"\"\\]"}}],"":"x","a":[1.5,2e3]} "#;
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text).unwrap(), Datum::from_json(&json, ListKind::Array, MapKind::Linked));
        for text in
            ["7", "-1", "2147483648", "0.5", "1E2", "true", "null", "\"\"", "\"é\\u0041\"", "[]", "{}", "[[[]]]"]
        {
            let json: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text).unwrap(), Datum::from_json(&json, ListKind::Array, MapKind::Linked), "{text}");
        }
        let digits = "123456789012345678901234567890";
        assert_eq!(read(digits).unwrap(), Datum::Big(digits.parse().unwrap()));
    }

    #[test]
    fn data_that_is_nested_too_deeply_is_refused() {
        let nested = |levels: usize| read(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
        assert!(nested(250).is_ok());
        for levels in [252, 100_000] {
            assert_eq!(nested(levels).unwrap_err().to_string(), "more than 250 levels");
        }
        for text in ["1e999", "\"\\ud800\""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
