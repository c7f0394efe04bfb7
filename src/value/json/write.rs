//! The JSON serializer: compact text as `JSONValue.toJSONString` writes it, appended to the output.

use super::scan;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::show::{number_text, show, steps_of_number};
use crate::value::sink::Sink;
use crate::value::{Arena, ListKind, Value, View};

/// Maximum nesting; only a list or map that contains itself exceeds it.
const MAX_DEPTH: usize = 1_000;

/// Appends a value as json-smart's compact JSON.
///
/// # Errors
/// [`Code::DepthLimit`] past 1,000 levels, and [`Code::JavaException`] for values that json-smart cannot write.
pub(crate) fn write(arena: &Arena<'_>, value: &Value<'_>, out: &mut String) -> Result<(), Error> {
    write_to(arena, value, &mut Sink::new(out, arena.budget))
}

/// Appends a value as [`write`] does, to a text that is charged for.
pub(crate) fn write_to(arena: &Arena<'_>, value: &Value<'_>, out: &mut Sink<'_>) -> Result<(), Error> {
    Writer { arena, out }.value(value, 0)
}

/// Appends the escaped form of a string, without quotes.
pub(crate) fn escape_into(arena: &Arena<'_>, text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, after) = rest.split_at(end_of_plain(rest, arena.dialect.escape_slash));
        out.push_str(plain);
        let mut chars = after.chars();
        let Some(c) = chars.next() else { return };
        escape(c, out);
        rest = chars.as_str();
    }
}

/// Returns the offset of the first character that must be escaped, or the length of `text`.
#[inline]
fn end_of_plain(text: &str, slash: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at = scan::end_of_written(bytes, at, slash);
        match plain_beyond_ascii(bytes, at) {
            Some(length) => at += length,
            None => return at,
        }
    }
}

/// Returns the UTF-8 length of the character at `at` if it is not ASCII and is written unescaped.
#[inline(always)]
pub(super) fn plain_beyond_ascii(bytes: &[u8], at: usize) -> Option<usize> {
    match (*bytes.get(at)?, *bytes.get(at + 1)?) {
        (..0x80, _) => None,
        // U+0080 to U+009F, U+2000 to U+20FF
        (0xC2, ..0xA0) | (0xE2, ..0x84) => None,
        (..0xE0, _) => Some(2),
        (..0xF0, _) => Some(3),
        _ => Some(4),
    }
}

#[cold]
fn escape(c: char, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('\\');
    match c {
        '\u{8}' => out.push('b'),
        '\u{c}' => out.push('f'),
        '\n' => out.push('n'),
        '\r' => out.push('r'),
        '\t' => out.push('t'),
        '"' | '\\' | '/' => out.push(c),
        _ => {
            out.push('u');
            let unit = c as usize;
            out.extend([12, 8, 4, 0].map(|shift| char::from(HEX[unit >> shift & 15])));
        }
    }
}

struct Writer<'a, 'w, 's> {
    arena: &'a Arena<'w>,
    out: &'a mut Sink<'s>,
}

impl Writer<'_, '_, '_> {
    fn value(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Error> {
        match value {
            Value::Null => self.out.push_str("null")?,
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" })?,
            Value::Int(int) => self.out.push_str(itoa::Buffer::new().format(*int))?,
            Value::Long(long) => self.out.push_str(itoa::Buffer::new().format(*long))?,
            Value::Double(double) if double.is_infinite() => self.out.push_str("null")?,
            Value::Float(float) if float.is_infinite() => self.out.push_str("null")?,
            number if number.is_number() => {
                self.arena.budget.charge(steps_of_number(number))?;
                self.out.write(32, |out| number_text(number, out))?;
            }
            Value::Str(text) => self.string(text)?,
            Value::List(list) => match list.kind() {
                ListKind::Chars | ListKind::Bytes => return Err(self.no_object_array(list.kind())),
                _ => {
                    self.open('[', depth)?;
                    self.arena.budget.charge(2 * list.len())?;
                    let mut first = true;
                    list.each(|item| self.item(item, &mut first, depth))?;
                    self.out.push(']')?;
                }
            },
            Value::Map(map) => {
                self.open('{', depth)?;
                self.arena.budget.charge(4 * map.len())?;
                let mut first = true;
                map.each(|name, value| self.member(name, value, &mut first, depth))?;
                self.out.push('}')?;
            }
            Value::View(view) => self.view(view, value, depth)?,
            // A bean without properties.
            Value::Char(_) => self.out.push_str("{}")?,
            other => self.shown(other)?,
        }
        Ok(())
    }

    fn open(&mut self, bracket: char, depth: usize) -> Result<(), Error> {
        if depth >= MAX_DEPTH {
            return Err(Error::new(Code::DepthLimit, "a list or map nests too deeply to be written as JSON")
                .with_help("it may contain itself"));
        }
        self.arena.budget.descend()?;
        self.arena.budget.charge(3)?;
        self.out.push(bracket)
    }

    fn item(&mut self, item: &Value<'_>, first: &mut bool, depth: usize) -> Result<(), Error> {
        if !std::mem::take(first) {
            self.out.push(',')?;
        }
        self.value(item, depth + 1)
    }

    fn member(&mut self, name: &Value<'_>, value: &Value<'_>, first: &mut bool, depth: usize) -> Result<(), Error> {
        if !std::mem::take(first) {
            self.out.push(',')?;
        }
        match name {
            Value::Str(name) => self.string(name)?,
            Value::Null => {
                return Err(Error::new(Code::JavaException, "java.lang.NullPointerException: a map with the key null")
                    .with_help("JSON has no such name"));
            }
            other => self.shown(other)?,
        }
        self.out.push(':')?;
        self.value(value, depth + 1)
    }

    fn string(&mut self, text: &str) -> Result<(), Error> {
        self.out.push('"')?;
        if text.len() >= 32 {
            self.arena.budget.charge(text.len() / if text.is_ascii() { 16 } else { 8 })?;
        }
        let mut escaped = 0;
        self.out.write(text.len(), |out| {
            let before = out.len();
            escape_into(self.arena, text, out);
            escaped = (out.len() - before).saturating_sub(text.len());
        })?;
        // What is escaped is written character by character.
        self.arena.budget.charge(escaped / 4)?;
        self.out.push('"')
    }

    /// Writes a value that JSON cannot represent as the string it prints as.
    fn shown(&mut self, value: &Value<'_>) -> Result<(), Error> {
        let mut text = String::new();
        show(self.arena, value, &mut text)?;
        self.string(&text)
    }

    /// Writes a view: collections as lists, an iterator as a bean without properties.
    fn view(&mut self, view: &View<'_>, value: &Value<'_>, depth: usize) -> Result<(), Error> {
        let items = match view {
            View::Keys(map) => map.keys(),
            View::Values(map) => map.members().into_iter().map(|(_, value)| value).collect(),
            View::Slice(slice) => slice.to_vec()?,
            View::Iterator(..) => {
                self.out.push_str("{}")?;
                return Ok(());
            }
            _ => return self.shown(value),
        };
        self.open('[', depth)?;
        self.arena.budget.charge(2 * items.len())?;
        let mut first = true;
        for item in &items {
            self.item(item, &mut first, depth)?;
        }
        self.out.push(']')?;
        Ok(())
    }

    fn no_object_array(&self, kind: ListKind) -> Error {
        let class = kind.class_name();
        let detail = format!("java.lang.ClassCastException: class {class} cannot be cast to class [Ljava.lang.Object;");
        Error::new(Code::JavaException, detail)
    }
}
