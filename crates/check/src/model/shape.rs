//! The JSON of an output whose references are not known: a value with holes, each part with its place.

/// The kind of text that a hole prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One JSON value of any kind.
    Any,
    /// Any text, which may be several members or none.
    Text,
}

/// A part of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A character that is known.
    Char(char),
    /// The text of a reference that is not known.
    Hole(Hole),
}

/// A JSON value of which parts may be unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Members with the offsets of their keys; `is_open` if there may be others.
    Object {
        members: Vec<(String, usize, Shape)>,
        is_open: bool,
    },
    /// Members of an array; there may be others.
    Array(Vec<Shape>),
    /// A string; `None` if a reference prints a part of it.
    String(Option<String>),
    /// A number; `None` if a reference prints it.
    Number(Option<f64>),
    /// `true` or `false`; `None` if a reference prints it.
    Boolean(Option<bool>),
    Null,
    /// A value of any kind.
    Unknown,
}

/// A JSON value with the offset of its first character in the text that wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub at: usize,
    pub kind: Kind,
}

/// Nesting that is read; of deeper text nothing is known.
const DEEPEST: usize = 64;

/// Reads an output as JSON; `None` if it is none, or is not one value.
pub fn read(parts: &[(Part, usize)]) -> Option<Shape> {
    let mut reader = Reader { parts, next: 0 };
    let shape = reader.value(0)?;
    reader.skip_blanks();
    (reader.next == parts.len()).then_some(shape)
}

/// Reads a text as JSON, whose places are offsets of bytes.
pub fn of_text(text: &str) -> Option<Shape> {
    let parts: Vec<(Part, usize)> = text.char_indices().map(|(at, c)| (Part::Char(c), at)).collect();
    read(&parts)
}

struct Reader<'p> {
    parts: &'p [(Part, usize)],
    next: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<Part> {
        self.parts.get(self.next).map(|(part, _)| *part)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(Part::Char(' ' | '\t' | '\n' | '\r'))) {
            self.next += 1;
        }
    }

    fn take(&mut self, c: char) -> bool {
        self.skip_blanks();
        let is_there = self.peek() == Some(Part::Char(c));
        self.next += usize::from(is_there);
        is_there
    }

    fn value(&mut self, depth: usize) -> Option<Shape> {
        self.skip_blanks();
        let at = self.parts.get(self.next)?.1;
        let kind = match self.peek()? {
            _ if depth > DEEPEST => return None,
            Part::Char('{') => self.object(depth)?,
            Part::Char('[') => self.array(depth)?,
            Part::Char('"') => Kind::String(self.string()?),
            _ => self.word()?,
        };
        Some(Shape { at, kind })
    }

    fn object(&mut self, depth: usize) -> Option<Kind> {
        self.next += 1;
        let (mut members, mut is_open) = (Vec::new(), false);
        if self.take('}') {
            return Some(Kind::Object { members, is_open });
        }
        loop {
            self.skip_blanks();
            match *self.parts.get(self.next)? {
                (Part::Char('"'), at) => {
                    let key = self.string()?;
                    if !self.take(':') {
                        return None;
                    }
                    let value = self.value(depth + 1)?;
                    match key {
                        Some(key) => members.push((key, at, value)),
                        None => is_open = true,
                    }
                }
                (Part::Hole(_), _) => {
                    self.next += 1;
                    is_open = true;
                }
                _ => return None,
            }
            self.skip_blanks();
            match self.peek()? {
                Part::Char(',') => self.next += 1,
                Part::Char('}') => {
                    self.next += 1;
                    return Some(Kind::Object { members, is_open });
                }
                // Members that begin with their own comma.
                Part::Hole(_) => is_open = true,
                Part::Char(_) => return None,
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Kind> {
        self.next += 1;
        let mut members = Vec::new();
        if self.take(']') {
            return Some(Kind::Array(members));
        }
        loop {
            members.push(self.value(depth + 1)?);
            if self.take(']') {
                return Some(Kind::Array(members));
            }
            if !self.take(',') {
                return None;
            }
        }
    }

    /// Reads a string; the inner `None` is a text that is not known.
    #[allow(clippy::option_option)]
    fn string(&mut self) -> Option<Option<String>> {
        self.next += 1;
        let mut raw = String::from("\"");
        let mut is_known = true;
        loop {
            let part = self.peek()?;
            self.next += 1;
            match part {
                Part::Hole(_) => is_known = false,
                Part::Char('"') => break,
                Part::Char('\\') => {
                    raw.push('\\');
                    if let Part::Char(c) = self.peek()? {
                        self.next += 1;
                        raw.push(c);
                    }
                }
                Part::Char(c) => raw.push(c),
            }
        }
        raw.push('"');
        match is_known {
            true => serde_json::from_str(&raw).ok().map(Some),
            false => Some(None),
        }
    }

    /// Reads a number, a word or a hole, up to the next comma or bracket.
    fn word(&mut self) -> Option<Kind> {
        let mut text = String::new();
        let mut hole = None;
        while let Some(part) = self.peek() {
            match part {
                Part::Char(',' | ']' | '}' | ' ' | '\t' | '\n' | '\r') => break,
                Part::Char(':' | '"' | '{' | '[') => return None,
                Part::Char(c) => text.push(c),
                Part::Hole(kind) if hole.is_none() && text.is_empty() => hole = Some(kind),
                Part::Hole(_) => hole = Some(Hole::Text),
            }
            self.next += 1;
        }
        Some(match (hole, text.as_str()) {
            (Some(Hole::Number), "") => Kind::Number(None),
            (Some(Hole::Boolean), "") => Kind::Boolean(None),
            (Some(_), _) => Kind::Unknown,
            (None, "null") => Kind::Null,
            (None, "true") => Kind::Boolean(Some(true)),
            (None, "false") => Kind::Boolean(Some(false)),
            (None, text) => Kind::Number(Some(text.parse().ok()?)),
        })
    }
}
