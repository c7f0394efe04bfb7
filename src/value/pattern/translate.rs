//! The translator: parses a pattern as `java.util.regex.Pattern` does and writes it in the syntax of `fancy-regex`.
//!
//! A pattern has two translations: one for any text, and a much simpler one for *plain* text (ASCII without
//! line terminators). There `$` is the end of the text and `\b` the native assertion, so most patterns need
//! no backtracking.
//!
//! Patterns that Java refuses are `BadPattern`; those that cannot be expressed, `Unsupported`.

use super::backtrack::reach_text;
use super::class::{Case, NEVER, Set, posix_unicode, property, write_char};
use super::extent::{Extent, Reach};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::text::as_lone_surrogate;
use std::collections::HashMap;
use std::fmt::Write;

/// The flags of `java.util.regex.Pattern`.
pub(super) mod flag {
    pub(crate) const UNIX_LINES: u32 = 0x01;
    pub(crate) const CASE_INSENSITIVE: u32 = 0x02;
    pub(crate) const COMMENTS: u32 = 0x04;
    pub(crate) const MULTILINE: u32 = 0x08;
    pub(crate) const LITERAL: u32 = 0x10;
    pub(crate) const DOTALL: u32 = 0x20;
    pub(crate) const UNICODE_CASE: u32 = 0x40;
    pub(crate) const CANON_EQ: u32 = 0x80;
    pub(crate) const UNICODE_CHARACTER_CLASS: u32 = 0x100;
}

/// The kind of text that a translation is valid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    AnyText,
    /// ASCII without line terminators.
    PlainText,
}

/// A pattern in the syntax of `fancy-regex`.
#[derive(Debug)]
pub(super) struct Translated {
    pub(super) regex: String,
    pub(super) names: HashMap<String, usize>,
    /// The number of capturing groups.
    pub(super) groups: usize,
    /// The pattern contains `\G`.
    pub(super) continues: bool,
}

/// Translates a pattern. If `first` is unset, `\G` never matches: the search has moved past the end of the last
/// match.
///
/// # Errors
/// [`Code::BadPattern`], [`Code::Unsupported`], and running out of the budget.
pub(super) fn translate(
    pattern: &str,
    flags: u32,
    texts: Subject,
    first: bool,
    budget: &Budget<'_>,
) -> Result<Translated, Error> {
    budget.charge(pattern.len() * STEPS_PER_BYTE)?;
    if flags & flag::CANON_EQ != 0 {
        return Err(unsupported("canonical equivalence"));
    }
    let mut once = PatternParser::new(pattern, flags, texts, first, usize::MAX, budget);
    let mut regex = once.whole()?;
    if once.highest_reference > once.groups {
        // A reference to a group that does not exist never matches.
        once = PatternParser::new(pattern, flags, texts, first, once.groups, budget);
        regex = once.whole()?;
    }
    Ok(Translated { regex, names: once.names, groups: once.groups, continues: once.continues })
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("{what} in a regular expression"))
}

/// Steps of reading a byte of a pattern.
const STEPS_PER_BYTE: usize = 2;

/// Maximum nesting of groups and classes, about that of `fancy-regex`.
const MAX_NESTING: usize = 60;

/// Steps of copying or joining a set, beside those of its ranges.
const STEPS_PER_SET: usize = 4;

/// Ranges of a set that one step copies or joins.
const RANGES_PER_STEP: usize = 2;

/// Steps of writing a range of a set.
const STEPS_PER_RANGE: usize = 4;

/// Steps of finding the letters that are equal but for their case.
const STEPS_PER_FOLD: usize = 8;

/// Most bytes of the classes of a pattern. Its automaton would be too large.
const LONGEST: usize = 1 << 20;

/// Characters that a look-behind of an overflowing length may need before its end.
const MOST_BEHIND: u32 = 1_000;

/// Steps of looking a property up, which may join several sets of hundreds of ranges.
const STEPS_PER_PROPERTY: usize = 1_500;

/// The line terminators of `\R`, and of `^`, `$` and `.` unless `(?d)` is set.
const LINE_ENDS: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x85, 0x85), (0x2028, 0x2029)];

/// The translation of a part of a pattern.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) extent: Extent,
    pub(super) form: Form,
}

/// Tells parts apart that Java repeats differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A single class or character.
    Class,
    /// A group that is not atomic.
    Group,
    /// `\R`, which is matched in one way.
    LineEnd,
    Other,
}

impl Piece {
    pub(super) fn assertion(text: impl Into<String>) -> Piece {
        Piece { text: text.into(), extent: Extent::NONE, form: Form::Other }
    }
}

/// The meaning of an escape.
pub(super) enum Escape {
    Code(u32),
    Class(Set),
    Atom(Piece),
}

pub(super) struct PatternParser<'b> {
    /// The code points, with `\Q…\E` resolved.
    pub(super) chars: Vec<u32>,
    pub(super) at: usize,
    pub(super) flags: u32,
    pub(super) texts: Subject,
    pub(super) first: bool,
    pub(super) groups: usize,
    pub(super) last_group: usize,
    pub(super) highest_reference: usize,
    pub(super) names: HashMap<String, usize>,
    pub(super) continues: bool,
    pub(super) depth: usize,
    /// Bytes of the classes written so far.
    written: usize,
    budget: &'b Budget<'b>,
}

impl<'b> PatternParser<'b> {
    pub(super) fn new(
        pattern: &str,
        flags: u32,
        texts: Subject,
        first: bool,
        last_group: usize,
        budget: &'b Budget<'b>,
    ) -> Self {
        let chars: Vec<u32> =
            pattern.chars().map(|c| as_lone_surrogate(c).map_or(c as u32, u32::from)).collect::<Vec<_>>();
        let chars = if flags & flag::LITERAL != 0 { chars } else { unquote(chars) };
        // `(?U)` implies `(?u)`.
        let flags = if flags & flag::UNICODE_CHARACTER_CLASS != 0 { flags | flag::UNICODE_CASE } else { flags };
        PatternParser {
            chars,
            at: 0,
            flags,
            texts,
            first,
            groups: 0,
            last_group,
            highest_reference: 0,
            names: HashMap::new(),
            continues: false,
            depth: 0,
            written: 0,
            budget,
        }
    }

    /// Charges for an operation on a set.
    pub(super) fn pay(&self, set: &Set) -> Result<(), Error> {
        self.budget.charge(STEPS_PER_SET + set.len() / RANGES_PER_STEP)
    }

    /// Charges for finding the letters of a range, and those that are equal but for their case.
    fn pay_letters(&self, first: u32, last: u32) -> Result<(), Error> {
        let Case { insensitive, unicode } = self.case();
        self.budget.charge(if insensitive && unicode { STEPS_PER_FOLD } else { 0 })?;
        self.budget.charge(Set::letters(first, last, self.case()))
    }

    /// Charges for looking a property up.
    pub(super) fn pay_property(&self) -> Result<(), Error> {
        self.budget.charge(STEPS_PER_PROPERTY)
    }

    pub(super) fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn case(&self) -> Case {
        Case { insensitive: self.has(flag::CASE_INSENSITIVE), unicode: self.has(flag::UNICODE_CASE) }
    }

    pub(super) fn bad(&self, what: impl Into<String>) -> Error {
        Error::new(Code::BadPattern, format!("{} near index {}", what.into(), self.at.saturating_sub(1)))
    }

    pub(super) fn code(&self, at: usize) -> u32 {
        self.chars.get(at).copied().unwrap_or(0)
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.chars.len()
    }

    /// Returns the character at `at` if it is ASCII; NUL at the end and for any other.
    pub(super) fn ascii(&self, at: usize) -> u8 {
        u8::try_from(self.code(at)).unwrap_or(0)
    }

    /// Skips white space and comments if `(?x)` is set.
    pub(super) fn skip_comments(&mut self) {
        if !self.has(flag::COMMENTS) {
            return;
        }
        while !self.done() {
            match self.code(self.at) {
                9..=13 | 32 => self.at += 1,
                0x23 => {
                    while !self.done() && !self.ends_line(self.code(self.at)) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    pub(super) fn ends_line(&self, code: u32) -> bool {
        code == 0x0A || !self.has(flag::UNIX_LINES) && matches!(code, 0x0D | 0x85 | 0x2028 | 0x2029)
    }

    pub(super) fn peek(&mut self) -> u8 {
        self.skip_comments();
        self.ascii(self.at)
    }

    /// Consumes the next character, after skipping comments.
    pub(super) fn read(&mut self) -> u32 {
        self.skip_comments();
        let code = self.code(self.at);
        self.at += 1;
        code
    }

    pub(super) fn read_ascii(&mut self) -> u8 {
        u8::try_from(self.read()).unwrap_or(0)
    }

    /// Returns the set that one character of a pattern matches.
    pub(super) fn single(&self, code: u32) -> Result<Set, Error> {
        self.pay_letters(code, code)?;
        Ok(Set::single(code, self.case()))
    }

    /// Returns the set that a range of a class matches.
    pub(super) fn range(&self, first: u32, last: u32) -> Result<Set, Error> {
        self.pay_letters(first, last)?;
        Ok(Set::range(first, last, self.case()))
    }

    /// Writes a class in the syntax of `fancy-regex`.
    pub(super) fn class_text(&mut self, set: &Set) -> Result<String, Error> {
        let mut text = String::new();
        match self.texts {
            Subject::AnyText => {
                self.budget.charge(set.len() * STEPS_PER_RANGE)?;
                set.write(&mut text);
            }
            Subject::PlainText => {
                self.pay(set)?;
                set.clone().and(&Set::of(&[(0, 0x7F)])).write(&mut text);
            }
        }
        self.written += text.len();
        if self.written > LONGEST { Err(unsupported("so many classes")) } else { Ok(text) }
    }

    /// Writes a character, which is a class of those that are equal to it.
    fn character(&mut self, code: u32) -> Result<Piece, Error> {
        let plain = char::from_u32(code).filter(|c| c.is_ascii() && !self.has(flag::CASE_INSENSITIVE));
        let Some(c) = plain else {
            let set = self.single(code)?;
            return self.class_piece(&set);
        };
        self.budget.charge(STEPS_PER_RANGE)?;
        let mut text = String::new();
        write_char(c, &mut text);
        Ok(Piece { text, extent: Extent::ONE, form: Form::Class })
    }

    pub(super) fn class_piece(&mut self, set: &Set) -> Result<Piece, Error> {
        Ok(Piece { text: self.class_text(set)?, extent: Extent::ONE, form: Form::Class })
    }

    pub(super) fn whole(&mut self) -> Result<String, Error> {
        if self.has(flag::LITERAL) {
            let mut text = String::new();
            for at in 0..self.chars.len() {
                text += &self.character(self.code(at))?.text;
            }
            return Ok(text);
        }
        let piece = self.alternatives()?;
        if !self.done() {
            return Err(self.bad("Unmatched closing ')'"));
        }
        Ok(piece.text)
    }

    /// Enters a group or a class, or the whole, which is neither.
    pub(super) fn deeper(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_NESTING + 1 { Err(unsupported("more than 60 nested groups or classes")) } else { Ok(()) }
    }

    /// Parses an alternation: `a|b|c`.
    pub(super) fn alternatives(&mut self) -> Result<Piece, Error> {
        self.deeper()?;
        let mut whole = self.sequence()?;
        let mut others = Vec::new();
        while self.peek() == b'|' && !self.done() {
            self.at += 1;
            let next = self.sequence()?;
            whole.text.push('|');
            whole.text.push_str(&next.text);
            others.push(next.extent);
        }
        if !others.is_empty() {
            others.insert(0, whole.extent);
            whole.extent = Extent::any_of(others);
        }
        self.depth -= 1;
        Ok(whole)
    }

    pub(super) fn sequence(&mut self) -> Result<Piece, Error> {
        let mut whole = Piece::assertion("");
        loop {
            let c = self.peek();
            if self.done() {
                return Ok(whole);
            }
            let piece = match c {
                b'(' => match self.group()? {
                    Some(piece) => piece,
                    None => continue,
                },
                b'[' => {
                    let set = self.class(true)?;
                    self.class_piece(&set)?
                }
                b'^' => {
                    self.at += 1;
                    Piece::assertion(self.line_start())
                }
                b'$' => {
                    self.at += 1;
                    Piece::assertion(self.line_end(self.has(flag::MULTILINE)))
                }
                b'.' => {
                    self.at += 1;
                    let set = match (self.has(flag::DOTALL), self.has(flag::UNIX_LINES)) {
                        (true, _) => Set::all(),
                        (_, true) => Set::of(&[(0x0A, 0x0A)]).not(),
                        _ => Set::of(LINE_ENDS).not(),
                    };
                    self.class_piece(&set)?
                }
                b'|' | b')' => return Ok(whole),
                b'?' | b'*' | b'+' => {
                    self.at += 1;
                    return Err(self.bad(format!("Dangling meta character '{}'", char::from(c))));
                }
                // A count without a preceding atom repeats the empty string.
                b'{' => Piece::assertion(""),
                b'\\' => match self.escape(false, false)? {
                    Escape::Code(code) => self.character(code)?,
                    Escape::Class(set) => self.class_piece(&set)?,
                    Escape::Atom(piece) => piece,
                },
                _ => {
                    let code = self.read();
                    self.character(code)?
                }
            };
            let piece = self.repeated(piece)?;
            whole.text.push_str(&piece.text);
            whole.extent = whole.extent.then(piece.extent);
        }
    }

    pub(super) fn line_start(&self) -> &'static str {
        match (self.has(flag::MULTILINE), self.has(flag::UNIX_LINES), self.texts) {
            (false, ..) => "\\A",
            // Not after a line terminator at the end of the text.
            (_, _, Subject::PlainText) => "(?:\\A(?!\\z))",
            (_, true, _) => "(?:(?!\\z)(?:\\A|(?<=\\n)))",
            _ => "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))",
        }
    }

    pub(super) fn line_end(&self, multiline: bool) -> &'static str {
        match (multiline, self.has(flag::UNIX_LINES), self.texts) {
            (.., Subject::PlainText) => "\\z",
            (true, true, _) => "(?=\\n|\\z)",
            (false, true, _) => "(?=\\n?\\z)",
            (true, ..) => "(?:(?=[\\r\\x{85}\\x{2028}\\x{2029}]|\\z)|(?<!\\r)(?=\\n))",
            _ => "(?:(?=(?:\\r\\n|[\\r\\x{85}\\x{2028}\\x{2029}])?\\z)|(?<!\\r)(?=\\n\\z))",
        }
    }

    /// Translates `\b` and `\B`. A combining mark belongs to the letter before it.
    pub(super) fn boundary(&mut self, is: bool) -> Result<String, Error> {
        let unicode = self.has(flag::UNICODE_CHARACTER_CLASS);
        if self.texts == Subject::PlainText {
            return Ok(if is { "\\b" } else { "\\B" }.to_owned());
        }
        self.pay_property()?;
        let known = |set: Option<Set>| set.ok_or_else(|| unsupported("\\b"));
        let letter = known(property("LD", false, false))?;
        let word = match unicode {
            true => known(posix_unicode("WORD", false))?,
            false => letter.clone().or(&Set::of(&[(0x5F, 0x5F)])),
        };
        let (w, l) = (self.class_text(&word)?, self.class_text(&letter)?);
        let m = self.class_text(&known(property("Mn", false, false))?)?;
        let left = format!("(?:(?<={w})|(?<={l}{m}+))");
        let not_left = format!("(?<!{w})(?<!{l}{m}+)");
        let right = format!("(?:(?={w})|(?={m})(?<={l}{m}*))");
        let not_right = format!("(?!{w})(?:(?!{m})|(?<!{l}{m}*))");
        Ok(match is {
            true => format!("(?:{left}{not_right}|{not_left}{right})"),
            false => format!("(?:{left}{right}|{not_left}{not_right})"),
        })
    }

    /// Parses a group with its quantifier. Returns `None` for flags such as `(?i)`, which apply to the end of the
    /// enclosing group.
    pub(super) fn group(&mut self) -> Result<Option<Piece>, Error> {
        let saved = self.flags;
        self.at += 1;
        let mut open = "(?:";
        let mut look_behind = false;
        let mut assertion = false;
        if self.peek() != b'?' || self.done() {
            self.groups += 1;
            open = "(";
        } else {
            self.at += 1;
            let c = self.ascii(self.at);
            self.at += 1;
            match c {
                b':' => {}
                b'=' => (open, assertion) = ("(?=", true),
                b'!' => (open, assertion) = ("(?!", true),
                b'>' => open = "(?>",
                b'<' => match self.read_ascii() {
                    b'=' => (open, assertion, look_behind) = ("(?<=", true, true),
                    b'!' => (open, assertion, look_behind) = ("(?<!", true, true),
                    c => {
                        let name = self.group_name(c)?;
                        if self.names.contains_key(&name) {
                            return Err(self.bad(format!("Named capturing group <{name}> is already defined")));
                        }
                        self.groups += 1;
                        self.names.insert(name, self.groups);
                        open = "(";
                    }
                },
                b'$' | b'@' => return Err(self.bad("Unknown group type")),
                _ => {
                    self.at -= 1;
                    self.inline_flags()?;
                    match self.read_ascii() {
                        b')' => return Ok(None),
                        b':' => {}
                        _ => return Err(self.bad("Unknown inline modifier")),
                    }
                }
            }
        }
        let inner = self.alternatives()?;
        let mut text = format!("{open}{})", inner.text);
        if look_behind {
            let is_negative = open == "(?<!";
            text = match (inner.extent.reach(), is_negative) {
                (Reach::Unknown, _) => {
                    return Err(self.bad("Look-behind group does not have an obvious maximum length"));
                }
                (Reach::All, _) => text,
                (Reach::Never, false) => format!("(?:{NEVER}{text})"),
                (Reach::Never, true) => format!("(?>|{text})"),
                (Reach::Behind(least @ ..=MOST_BEHIND), false) => format!("(?:(?<=(?s:.){{{least}}}){text})"),
                (Reach::Behind(least @ ..=MOST_BEHIND), true) => format!("(?:(?<!(?s:.){{{least}}})|{text})"),
                (Reach::Some(least, most), _) => format!("{open}{}(?:{}))", reach_text(least, most), inner.text),
                (Reach::Behind(_), _) => {
                    return Err(unsupported("repetitions of an overflowing length in a look-behind"));
                }
            };
        }
        if self.read_ascii() != b')' {
            return Err(self.bad("Unclosed group"));
        }
        self.flags = saved;
        let extent = match open {
            _ if assertion => Extent::NONE,
            "(?>" => inner.extent.atomic(),
            _ => inner.extent,
        };
        let form = if assertion || open == "(?>" { Form::Other } else { Form::Group };
        Ok(Some(Piece { text, extent, form }))
    }

    pub(super) fn inline_flags(&mut self) -> Result<(), Error> {
        let mut on = true;
        loop {
            let flag = match self.peek() {
                b'i' => flag::CASE_INSENSITIVE,
                b'm' => flag::MULTILINE,
                b's' => flag::DOTALL,
                b'd' => flag::UNIX_LINES,
                b'u' => flag::UNICODE_CASE,
                b'c' => return Err(unsupported("canonical equivalence")),
                b'x' => flag::COMMENTS,
                b'U' => flag::UNICODE_CHARACTER_CLASS | flag::UNICODE_CASE,
                b'-' if on => {
                    self.at += 1;
                    on = false;
                    continue;
                }
                _ => return Ok(()),
            };
            self.at += 1;
            self.flags = if on { self.flags | flag } else { self.flags & !flag };
        }
    }

    /// Parses a group name that starts with `c`, and the `>` after it.
    pub(super) fn group_name(&mut self, mut c: u8) -> Result<String, Error> {
        if !c.is_ascii_alphabetic() {
            return Err(self.bad("capturing group name does not start with a Latin letter"));
        }
        let mut name = String::new();
        while c.is_ascii_alphanumeric() {
            name.push(char::from(c));
            c = self.read_ascii();
        }
        if c != b'>' {
            return Err(self.bad("named capturing group is missing trailing '>'"));
        }
        Ok(name)
    }
}

/// Resolves `\Q…\E` by escaping the characters in between.
fn unquote(chars: Vec<u32>) -> Vec<u32> {
    const BACKSLASH: u32 = 0x5C;
    let mut out = Vec::with_capacity(chars.len());
    let mut rest = chars.as_slice();
    loop {
        match rest {
            [BACKSLASH, 0x51, quoted @ ..] => {
                let end = quoted.windows(2).position(|pair| pair == [BACKSLASH, 0x45]);
                for &c in &quoted[..end.unwrap_or(quoted.len())] {
                    match u8::try_from(c) {
                        // `\x3` and a digit, so that it does not extend an escape before it.
                        Ok(digit) if digit.is_ascii_digit() => {
                            let mut text = String::new();
                            let _ = write!(text, "\\x{digit:02x}");
                            out.extend(text.chars().map(u32::from));
                        }
                        Ok(other) if other.is_ascii() && !other.is_ascii_alphabetic() => out.extend([BACKSLASH, c]),
                        _ => out.push(c),
                    }
                }
                rest = end.and_then(|end| quoted.get(end + 2..)).unwrap_or(&[]);
            }
            [BACKSLASH, other, after @ ..] => {
                out.extend([BACKSLASH, *other]);
                rest = after;
            }
            [other, after @ ..] => {
                out.push(*other);
                rest = after;
            }
            [] => return out,
        }
    }
}
