//! Parsing of escapes: `\d`, `\x41`, `\p{L}`, `\k<name>`, `\1`.

use super::class::{NEVER, Set, char_of, posix_unicode, property};
use super::extent::Extent;
use super::translate::{Escape, Form, PatternParser, Piece, Subject, flag, unsupported};
use crate::error::Error;

const VERTICAL: &[(u32, u32)] = &[(0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029)];
const HORIZONTAL: &[(u32, u32)] = &[
    (0x09, 0x09),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x180E, 0x180E),
    (0x2000, 0x200A),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
];

impl PatternParser<'_> {
    /// Parses an escape from its backslash. `range` marks an end of a range such as `\v-z`.
    pub(super) fn escape(&mut self, in_class: bool, range: bool) -> Result<Escape, Error> {
        self.at += 1;
        let code = self.code(self.at);
        let at_end = self.done();
        self.at += 1;
        let Ok(c) = u8::try_from(code) else { return Ok(Escape::Code(code)) };
        if at_end {
            return Err(self.bad("Unescaped trailing backslash"));
        }
        let unicode = self.has(flag::UNICODE_CHARACTER_CLASS);
        let posix = |name: &str, ascii: &[(u32, u32)]| match unicode {
            true => posix_unicode(name, false).ok_or_else(|| unsupported(name)),
            false => Ok(Set::of(ascii)),
        };
        if unicode && b"dDsSwW".contains(&c) {
            self.pay_property()?;
        }
        let set = match c {
            b'd' | b'D' => posix("DIGIT", &[(0x30, 0x39)])?,
            b's' | b'S' => posix("SPACE", &[(9, 13), (32, 32)])?,
            b'w' | b'W' => posix("WORD", &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])?,
            b'h' | b'H' => Set::of(HORIZONTAL),
            b'v' if range => return Ok(Escape::Code(0x0B)),
            b'v' | b'V' => Set::of(VERTICAL),
            b'p' | b'P' => self.property()?,
            _ => return self.escaped_atom(c, in_class),
        };
        Ok(Escape::Class(if c.is_ascii_uppercase() { set.not() } else { set }))
    }

    /// Parses an escape that is not a predefined class, after its letter.
    pub(super) fn escaped_atom(&mut self, c: u8, in_class: bool) -> Result<Escape, Error> {
        let atom = |text: &str| Ok(Escape::Atom(Piece::assertion(text)));
        match c {
            b'0' => self.octal(),
            b't' => Ok(Escape::Code(9)),
            b'n' => Ok(Escape::Code(10)),
            b'r' => Ok(Escape::Code(13)),
            b'f' => Ok(Escape::Code(12)),
            b'a' => Ok(Escape::Code(7)),
            b'e' => Ok(Escape::Code(27)),
            b'c' if self.done() => Err(self.bad("Illegal control escape sequence")),
            b'c' => Ok(Escape::Code(self.read() ^ 64)),
            b'x' => self.hexadecimal(),
            b'u' => self.utf16(),
            b'N' => Err(unsupported("\\N{…}")),
            b'A' if !in_class => atom("\\A"),
            b'z' if !in_class => atom("\\z"),
            b'Z' if !in_class => atom(self.line_end(false)),
            b'G' if !in_class => {
                self.continues = true;
                atom(if self.first { "\\G" } else { NEVER })
            }
            b'b' if !in_class && self.peek() == b'{' && self.ascii(self.at + 1) == b'g' => Err(unsupported("\\b{g}")),
            b'b' | b'B' if !in_class => atom(&self.boundary(c == b'b')?),
            b'R' if !in_class => {
                let ends = self.class_text(&Set::of(VERTICAL))?;
                let text = format!("(?:\\r\\n|{ends})");
                Ok(Escape::Atom(Piece { text, extent: Extent::LINE_END, form: Form::LineEnd }))
            }
            b'X' if !in_class => Err(unsupported("\\X")),
            b'k' if !in_class => {
                if self.read_ascii() != b'<' {
                    return Err(self.bad("\\k is not followed by '<' for named capturing group"));
                }
                let first = self.read_ascii();
                let name = self.group_name(first)?;
                match self.names.get(&name) {
                    Some(&group) => self.reference(group),
                    None => Err(self.bad(format!("named capturing group <{name}> does not exist"))),
                }
            }
            b'1'..=b'9' if !in_class => {
                let mut group = usize::from(c - b'0');
                while self.peek().is_ascii_digit() && !self.done() {
                    // A further digit is consumed only if such a group exists so far.
                    let longer = group * 10 + usize::from(self.peek() - b'0');
                    if longer > self.groups {
                        break;
                    }
                    group = longer;
                    self.at += 1;
                }
                self.reference(group)
            }
            _ if c.is_ascii_alphanumeric() => Err(self.bad("Illegal/unsupported escape sequence")),
            _ => Ok(Escape::Code(u32::from(c))),
        }
    }

    /// Translates a back-reference.
    pub(super) fn reference(&mut self, group: usize) -> Result<Escape, Error> {
        self.highest_reference = self.highest_reference.max(group);
        let text = match (group > self.last_group, self.has(flag::CASE_INSENSITIVE), self.has(flag::UNICODE_CASE)) {
            (true, ..) => NEVER.to_owned(),
            (_, false, _) => format!("(?:\\{group})"),
            (_, true, _) if self.texts == Subject::PlainText => format!("(?i:\\{group})"),
            _ => return Err(unsupported("a case-insensitive back-reference on text that is not plain ASCII")),
        };
        Ok(Escape::Atom(Piece { text, extent: Extent::UNKNOWN, form: Form::Other }))
    }

    /// Parses the digits of `\0`.
    pub(super) fn octal(&mut self) -> Result<Escape, Error> {
        let mut code = 0;
        let mut digits = 0;
        while digits < 3 {
            let c = self.peek();
            if !(b'0'..=b'7').contains(&c) || self.done() || (digits == 2 && code > 0o37) {
                break;
            }
            code = code * 8 + u32::from(c - b'0');
            digits += 1;
            self.at += 1;
        }
        if digits == 0 { Err(self.bad("Illegal octal escape sequence")) } else { Ok(Escape::Code(code)) }
    }

    pub(super) fn hex_digit(&mut self) -> Option<u32> {
        let digit = char::from(self.peek()).to_digit(16)?;
        self.at += 1;
        Some(digit)
    }

    /// Parses the digits of `\x`.
    pub(super) fn hexadecimal(&mut self) -> Result<Escape, Error> {
        if self.peek() == b'{' {
            self.at += 1;
            let mut code = None;
            while let Some(digit) = self.hex_digit() {
                code = Some(code.unwrap_or(0) * 16 + digit);
                if code > Some(0x10_FFFF) {
                    return Err(self.bad("Hexadecimal codepoint is too big"));
                }
            }
            return match (code, self.read_ascii()) {
                (Some(code), b'}') => Ok(Escape::Code(code)),
                (None, _) => Err(self.bad("Illegal hexadecimal escape sequence")),
                _ => Err(self.bad("Unclosed hexadecimal escape sequence")),
            };
        }
        match (self.hex_digit(), self.hex_digit()) {
            (Some(high), Some(low)) => Ok(Escape::Code(high * 16 + low)),
            _ => Err(self.bad("Illegal hexadecimal escape sequence")),
        }
    }

    /// Parses the four digits of a UTF-16 unit.
    pub(super) fn unit(&mut self) -> Result<u32, Error> {
        (0..4).try_fold(0, |unit, _| {
            self.hex_digit().map(|digit| unit * 16 + digit).ok_or_else(|| self.bad("Illegal Unicode escape sequence"))
        })
    }

    /// Parses the digits of `\u`; joins a surrogate pair such as `\uD83D\uDE00`.
    pub(super) fn utf16(&mut self) -> Result<Escape, Error> {
        let high = self.unit()?;
        if (0xD800..0xDC00).contains(&high) && self.code(self.at) == 0x5C && self.code(self.at + 1) == 0x75 {
            let back = self.at;
            self.at += 2;
            let low = self.unit()?;
            if (0xDC00..0xE000).contains(&low) {
                return Ok(Escape::Code(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
            }
            self.at = back;
        }
        Ok(Escape::Code(high))
    }

    /// Parses the name of `\p{L}` or `\pL`, after the `p`.
    pub(super) fn property(&mut self) -> Result<Set, Error> {
        let mut name = String::new();
        if self.peek() == b'{' && !self.done() {
            self.at += 1;
            loop {
                if self.done() {
                    return Err(self.bad("Unclosed character family"));
                }
                match char_of(self.read()) {
                    '}' => break,
                    c => name.push(c),
                }
            }
            if name.is_empty() {
                return Err(self.bad("Empty character family"));
            }
        } else {
            name.push(char_of(self.read()));
        }
        let any_case = self.has(flag::CASE_INSENSITIVE);
        if name == "javaMirrored" {
            return Err(unsupported("\\p{javaMirrored}"));
        }
        self.pay_property()?;
        property(&name, any_case, self.has(flag::UNICODE_CHARACTER_CLASS))
            .ok_or_else(|| self.bad(format!("Unknown character property name {{{name}}}")))
    }
}
