//! A JSON reader that takes text with holes: a template's literal text and the places of its references.
//!
//! It reads one character at a time, is cheap to copy, and goes on behind what is wrong.

/// An object, array or string that a reader is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    Object,
    Array,
}

/// The token that a reader expects next.
#[derive(Clone, Debug, PartialEq)]
enum At {
    /// A value.
    Value,
    /// A value, or the end of an array.
    ValueOrEnd,
    /// A key, or the end of an object.
    KeyOrEnd,
    /// A key behind a comma.
    Key,
    /// A colon.
    Colon,
    /// A comma or an end.
    After,
    /// The rest of a string.
    Str { key: bool, escape: u8 },
    /// The rest of a number or of a word; `None` if a hole is a part of it.
    Word(Option<String>),
}

/// The place of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// In a string, with `text` around it or not.
    InString,
    /// In a key.
    InKey,
    /// Position where a value is expected; `top` if it is the whole text.
    Value { top: bool },
    /// Position where a key, a comma or an end is expected.
    Structure,
}

/// A fault of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    TrailingComma,
    DoubleComma,
    MissingComma,
    MissingColon,
    MissingValue,
    Unquoted,
    SingleQuotes,
    Semicolon,
    BehindEnd,
    WrongEnd,
    BadEscape,
    RawControl,
    Unclosed,
    Other,
}

/// Certainty of the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Not at all.
    Lost,
    /// Strings are known, the structure is not.
    Strings,
    /// All of it.
    Exact,
}

/// A JSON reader.
#[derive(Clone, Debug)]
pub struct Reader {
    stack: Vec<Frame>,
    at: At,
    pub trust: Trust,
    /// Offset of the last comma in the template.
    pub comma: usize,
    /// Offset of the last number or word.
    pub word: usize,
    /// Set when something was read.
    pub started: bool,
}

impl PartialEq for Reader {
    fn eq(&self, other: &Self) -> bool {
        (&self.stack, &self.at, self.trust, self.started) == (&other.stack, &other.at, other.trust, other.started)
    }
}

/// Nesting that is followed; deeper text is not judged.
const DEEPEST: usize = 200;

impl Reader {
    pub fn new() -> Reader {
        Reader { stack: Vec::new(), at: At::Value, trust: Trust::Exact, comma: 0, word: 0, started: false }
    }

    /// Returns the place of a hole that is next.
    pub fn position(&self) -> Option<Position> {
        if self.trust == Trust::Lost {
            return None;
        }
        match &self.at {
            At::Str { key: false, .. } => Some(Position::InString),
            At::Str { key: true, .. } => Some(Position::InKey),
            At::Value | At::ValueOrEnd if self.trust == Trust::Exact => {
                Some(Position::Value { top: self.stack.is_empty() })
            }
            _ if self.trust == Trust::Exact => Some(Position::Structure),
            _ => None,
        }
    }

    /// Reads a hole of which nothing is known but that it is one value, or that it is not.
    pub fn hole(&mut self, is_value: bool) {
        self.started = true;
        match &mut self.at {
            At::Str { .. } => {}
            At::Value | At::ValueOrEnd => {
                self.at = At::After;
                if !is_value {
                    self.distrust(Trust::Strings);
                }
            }
            At::Word(word) => {
                *word = None;
                self.distrust(Trust::Strings);
            }
            _ => self.distrust(Trust::Strings),
        }
    }

    pub fn distrust(&mut self, trust: Trust) {
        self.trust = self.trust.min(trust);
    }

    /// Reads a character at an offset of the template.
    pub fn read(&mut self, c: char, offset: usize) -> Option<Fault> {
        if self.trust == Trust::Lost {
            return None;
        }
        if let At::Word(word) = &mut self.at {
            if c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_') {
                if let Some(word) = word
                    && word.len() < 64
                {
                    word.push(c);
                }
                return None;
            }
            let is_wrong = word.as_deref().is_some_and(|word| !is_word(word));
            self.at = At::After;
            return if is_wrong { self.judged(Some(Fault::Unquoted)) } else { self.read(c, offset) };
        }
        let fault = self.step(c, offset);
        self.judged(fault)
    }

    /// Ends the text.
    pub fn end(&mut self) -> Option<Fault> {
        let fault = match &self.at {
            At::Word(Some(word)) if !is_word(word) => Some(Fault::Unquoted),
            At::After | At::Word(_) if self.stack.is_empty() => None,
            At::Value if self.stack.is_empty() && !self.started => None,
            _ => Some(Fault::Unclosed),
        };
        self.judged(fault)
    }

    fn judged(&mut self, fault: Option<Fault>) -> Option<Fault> {
        let fault = fault?;
        let was = self.trust;
        self.distrust(match fault {
            Fault::TrailingComma | Fault::DoubleComma | Fault::MissingComma | Fault::BadEscape | Fault::RawControl => {
                Trust::Strings
            }
            Fault::Semicolon | Fault::MissingValue => Trust::Strings,
            _ => Trust::Lost,
        });
        (was == Trust::Exact).then_some(fault)
    }

    fn step(&mut self, c: char, offset: usize) -> Option<Fault> {
        if let At::Str { key, escape } = &mut self.at {
            match (*escape, c) {
                (0, '\\') => *escape = 1,
                (0, '"') => self.at = if *key { At::Colon } else { At::After },
                (0, c) if c < ' ' => return Some(Fault::RawControl),
                (0, _) => {}
                (1, 'u') => *escape = 5,
                (1, c) => {
                    *escape = 0;
                    if !matches!(c, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') {
                        return Some(Fault::BadEscape);
                    }
                }
                (n, c) => {
                    *escape = if n == 2 { 0 } else { n - 1 };
                    if !c.is_ascii_hexdigit() {
                        *escape = 0;
                        return Some(Fault::BadEscape);
                    }
                }
            }
            return None;
        }
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            return None;
        }
        self.started = true;
        if self.trust == Trust::Strings {
            // Only strings and nesting are followed, as far as they go.
            if c == '"' {
                let key = self.stack.last() == Some(&Frame::Object) && !matches!(self.at, At::Value);
                self.at = At::Str { key, escape: 0 };
            } else {
                match c {
                    ':' => self.at = At::Value,
                    '{' => self.open(Frame::Object),
                    '[' => self.open(Frame::Array),
                    '}' | ']' => {
                        self.stack.pop();
                        self.at = At::After;
                    }
                    ',' => self.at = if self.stack.last() == Some(&Frame::Object) { At::Key } else { At::Value },
                    _ => self.at = At::After,
                }
            }
            return None;
        }
        match (&self.at, c) {
            (At::Value | At::ValueOrEnd, '{') => self.open(Frame::Object),
            (At::Value | At::ValueOrEnd, '[') => self.open(Frame::Array),
            (At::Value | At::ValueOrEnd, '"') => self.at = At::Str { key: false, escape: 0 },
            (At::KeyOrEnd | At::Key, '"') => self.at = At::Str { key: true, escape: 0 },
            (At::Colon, ':') => self.at = At::Value,
            (At::ValueOrEnd, ']') | (At::KeyOrEnd, '}') => self.close(),
            (At::After, '}' | ']') => {
                let wanted = if c == '}' { Frame::Object } else { Frame::Array };
                match self.stack.last() {
                    None => return Some(Fault::BehindEnd),
                    Some(frame) if *frame != wanted => return Some(Fault::WrongEnd),
                    Some(_) => self.close(),
                }
            }
            (At::After, ',') => {
                self.comma = offset;
                match self.stack.last() {
                    None => return Some(Fault::BehindEnd),
                    Some(Frame::Object) => self.at = At::Key,
                    Some(Frame::Array) => self.at = At::Value,
                }
            }
            (_, ';') => return Some(Fault::Semicolon),
            (At::Key, '}') | (At::Value, ']') if self.stack.last() != Some(&Frame::Object) || c == '}' => {
                self.close();
                return Some(Fault::TrailingComma);
            }
            (At::Value, '}' | ',') if self.stack.last() == Some(&Frame::Object) => {
                if c == '}' {
                    self.close();
                } else {
                    self.at = At::Key;
                }
                return Some(Fault::MissingValue);
            }
            (At::Key | At::Value | At::KeyOrEnd | At::ValueOrEnd, ',') => return Some(Fault::DoubleComma),
            (At::After, '"' | '{' | '[') if !self.stack.is_empty() => {
                self.at = match self.stack.last() {
                    Some(Frame::Object) => At::Key,
                    _ => At::Value,
                };
                let again = self.step(c, offset);
                return again.or(Some(Fault::MissingComma));
            }
            (At::After, _) if self.stack.is_empty() => return Some(Fault::BehindEnd),
            (At::Colon, _) => return Some(Fault::MissingColon),
            (_, '\'') => return Some(Fault::SingleQuotes),
            (At::Value | At::ValueOrEnd, c) if c.is_alphanumeric() || matches!(c, '+' | '-' | '.') => {
                self.word = offset;
                self.at = At::Word(Some(c.to_string()));
            }
            (At::KeyOrEnd | At::Key, c) if c.is_alphanumeric() || c == '_' => {
                self.word = offset;
                return Some(Fault::Unquoted);
            }
            _ => return Some(Fault::Other),
        }
        None
    }

    fn open(&mut self, frame: Frame) {
        if self.stack.len() >= DEEPEST {
            self.trust = Trust::Lost;
            return;
        }
        self.stack.push(frame);
        self.at = if frame == Frame::Object { At::KeyOrEnd } else { At::ValueOrEnd };
    }

    fn close(&mut self) {
        self.stack.pop();
        self.at = At::After;
    }
}

/// Checks for a number or one of JSON's words.
fn is_word(word: &str) -> bool {
    if matches!(word, "true" | "false" | "null") {
        return true;
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit());
    is_number && !digits.ends_with('.') && word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<Fault> {
        let mut reader = Reader::new();
        let mut found: Vec<Fault> = text.char_indices().filter_map(|(at, c)| reader.read(c, at)).collect();
        found.extend(reader.end());
        found
    }

    #[test]
    fn json_is_read_without_a_fault() {
        for text in ["{}", "[]", "{\"a\": [1, -2.5e3, true, null, {\"b\": \"\\u00e9\\\"\"}]}", " 1 ", "\"x\""] {
            assert_eq!(faults(text), [], "{text}");
        }
    }

    #[test]
    fn faults_are_named() {
        for (text, fault) in [
            ("{\"a\": 1,}", Fault::TrailingComma),
            ("[1,]", Fault::TrailingComma),
            ("{\"a\": 1 \"b\": 2}", Fault::MissingComma),
            ("[{} {}]", Fault::MissingComma),
            ("[1,,2]", Fault::DoubleComma),
            ("{\"a\": }", Fault::MissingValue),
            ("{\"a\" 1}", Fault::MissingColon),
            ("{a: 1}", Fault::Unquoted),
            ("{'a': 1}", Fault::SingleQuotes),
            (";{}", Fault::Semicolon),
            ("{}}", Fault::BehindEnd),
            ("{]", Fault::Other),
            ("[1}", Fault::WrongEnd),
            ("{\"a\": \"it\\'s\"}", Fault::BadEscape),
            ("{\"a\": \"b\nc\"}", Fault::RawControl),
            ("{\"a\": 1", Fault::Unclosed),
            ("{\"a\": abc}", Fault::Unquoted),
            ("{\"a\": 01}", Fault::Unquoted),
        ] {
            assert_eq!(faults(text).first(), Some(&fault), "{text}");
        }
    }
}
