//! Parser of the AWS CLI's shorthand for maps: `key=value,key=[a,b],key={k=v},key="quoted"`.
//!
//! A list goes on until the next `key=`: `a=1,2,b=3` is `{"a": ["1", "2"], "b": "3"}`.

use crate::budget::VALUE;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::span::Span;
use crate::syntax::build::{MapBuilder, TextBuilder, part, push_part};
use crate::syntax::tree::{Data, MAX_DEPTH, Node};
use vtl::Code;

/// Steps of a value.
const STEPS: usize = 8;

/// Parses a word of the command line as a map.
pub(crate) fn read(word: &Node, context: &Context<'_, '_>) -> Result<Node, Fault> {
    let text = word.as_str().unwrap_or_default();
    let mut parser = Parser { word, text, at: 0, context };
    parser.pairs(None, 0)
}

struct Parser<'a> {
    word: &'a Node,
    text: &'a str,
    at: usize,
    context: &'a Context<'a, 'a>,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault(&self, message: &str) -> Fault {
        let at = part(self.word, self.at.min(self.text.len().saturating_sub(1)), self.text.len());
        let span = at.as_text().and_then(|text| text.pieces.as_ref()?.first().copied());
        let span = span.map_or(self.word.span, |piece| {
            let start = piece.span.start + piece.skip as u32;
            Span { start, end: start, ..piece.span }
        });
        Fault::new(Code::MalformedCommand, span, message)
    }

    /// Charges for a value, or a part of one.
    fn spend(&self) -> Result<(), Fault> {
        self.context.budget.spend(STEPS, 2 * VALUE, self.word.span)
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, sign: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(sign);
        self.at += usize::from(found);
        found
    }

    /// Parses pairs up to the end or the closing brace.
    fn pairs(&mut self, close: Option<char>, depth: usize) -> Result<Node, Fault> {
        if depth > MAX_DEPTH {
            return Err(self.fault("the shorthand value is nested too deeply"));
        }
        let mut map = MapBuilder::default();
        loop {
            self.spend()?;
            self.blanks();
            if let Some(close) = close
                && self.take(close)
            {
                return Ok(map.finish(self.word.span));
            }
            let start = self.at;
            let length = self.rest().find(['=', '@', ',', '"', '\'', '{', '}', '[', ']']).unwrap_or(self.rest().len());
            let key = self.rest().get(..length).unwrap_or_default().trim_end().to_owned();
            self.at += length;
            let from_file = self.rest().starts_with("@=");
            self.at += usize::from(from_file);
            if key.is_empty() || !self.take('=') {
                self.at = start + key.len();
                return Err(self.fault("expected `key=value`"));
            }
            let value = self.value(depth)?;
            map.set(Node::text(self.word.span, key), if from_file { self.file(&value) } else { value });
            if !self.take(',') {
                return match close {
                    Some(close) if self.take(close) => Ok(map.finish(self.word.span)),
                    None if self.rest().is_empty() => Ok(map.finish(self.word.span)),
                    _ => Err(self.fault("expected `,`")),
                };
            }
        }
    }

    /// Returns the content of the file of `key@=file://name`.
    fn file(&self, value: &Node) -> Node {
        let name = value.as_str().unwrap_or_default();
        let path = name.strip_prefix("file://").unwrap_or(name);
        self.context.read(path).unwrap_or_else(|| {
            if self.context.is_first_unread(path, value.span) {
                let remark = Remark::new(Code::UnreadableFile, "", self.context.unread(path), value.span);
                self.context.remarks.borrow_mut().push(remark);
            }
            Node::placeholder(value.span, format!("${{{name}}}"))
        })
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        let span = self.word.span;
        self.blanks();
        if self.take('{') {
            return self.pairs(Some('}'), depth + 1);
        }
        if self.take('[') {
            let mut items = Vec::new();
            while !self.take(']') {
                self.spend()?;
                items.push(match self.rest().chars().next() {
                    Some('{' | '[') if depth < MAX_DEPTH => self.value(depth + 1)?,
                    _ => self.scalar(false)?,
                });
                if !self.take(',') && !self.rest().starts_with(']') {
                    return Err(self.fault("expected `,` or `]`"));
                }
            }
            return Ok(Node::new(span, Data::List(items)));
        }
        let first = self.scalar(true)?;
        let mut items = vec![first];
        loop {
            self.spend()?;
            let before = self.at;
            if !self.take(',') {
                break;
            }
            // The list ends before the next key.
            let is_end = self.rest().trim_start().is_empty();
            match self.scalar(false) {
                Ok(item) if !is_end && (self.rest().is_empty() || self.rest().trim_start().starts_with([',', '}'])) => {
                    items.push(item);
                }
                _ => {
                    self.at = before;
                    break;
                }
            }
        }
        match <[Node; 1]>::try_from(items) {
            Ok([only]) => Ok(only),
            Err(items) => Ok(Node::new(span, Data::List(items))),
        }
    }

    /// Parses a word, quoted or not; only the first word of a list may contain `=`.
    fn scalar(&mut self, may_equal: bool) -> Result<Node, Fault> {
        self.blanks();
        match self.rest().chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => {
                let mut length = 0;
                for (at, letter) in self.rest().char_indices() {
                    let ends = matches!(letter, ',' | ']' | '}' | '"' | '\'')
                        || (letter == '=' && !may_equal)
                        || (at == 0 && matches!(letter, '{' | '['));
                    if ends && !self.rest()[..at].ends_with('\\') {
                        break;
                    }
                    length = at + letter.len_utf8();
                }
                let (start, end) = (self.at, self.at + length);
                self.at = end;
                Ok(part(self.word, start, start + self.text[start..end].trim_end().len()))
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Node, Fault> {
        let mut joined = TextBuilder::default();
        let opened = self.at;
        self.at += 1;
        loop {
            self.spend()?;
            let Some(length) = self.rest().find([quote, '\\']) else {
                self.at = opened;
                return Err(self.fault("unclosed quote"));
            };
            push_part(&mut joined, self.word, self.at, self.at + length);
            self.at += length;
            if self.rest().starts_with(quote) {
                self.at += 1;
                return Ok(joined.finish(self.word.span));
            }
            // A backslash escapes the quote and itself.
            let skip = usize::from(self.rest()[1..].starts_with([quote, '\\']));
            push_part(&mut joined, self.word, self.at + skip, self.at + skip + 1);
            self.at += 1 + skip;
        }
    }
}
