//! Regular expressions of ECMAScript 5 (the library runs them with Rhino), translated.
//!
//! ECMAScript sees UTF-16 units. Characters beyond the basic plane are therefore taken apart, in the
//! pattern and in the text, and each half is written as a private character that no text contains.

use crate::budget::Budget;
use crate::error::Error;
use crate::pipeline::model::kept_patterns::{KeptPatterns, SEARCH, hold, release};
use crate::value::pattern::engine::{Engine, expanded_size, is_valid};
use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::OnceLock;

/// A pattern that is searched anywhere in a text, translated and compiled when it is used first.
#[derive(Debug)]
pub(super) struct Regex {
    source: String,
    store: KeptPatterns,
    /// `None` for one that is not a valid regular expression.
    translated: OnceLock<Option<Translated>>,
}

#[derive(Debug)]
struct Translated {
    /// The pattern in the words of the engine.
    regex: String,
    /// States of the pattern, about.
    size: usize,
    /// `None` for a pattern that is compiled for each text: too many large ones are kept.
    kept: Option<OnceLock<Box<Engine>>>,
}

/// Largest automaton of a pattern in bytes.
const LARGEST: usize = 8 << 20;
/// Bytes of a translation behind which it breaks off: as it is, it has too many states.
const LONGEST: usize = 2 << 20;
/// A class that no character is in.
const NOTHING: &str = r"[^\s\S]";
const SPACE: &str = r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
const WORD: &str = "0-9A-Za-z_";

impl Regex {
    /// Checks whether a text is a valid regular expression.
    ///
    /// # Errors
    /// The error of the budget.
    pub(super) fn is_valid(text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        budget.charge(text.len())?;
        translate(text).map_or(Ok(false), |regex| is_valid(&regex, budget))
    }

    /// Creates a pattern of a schema.
    pub(super) fn new(source: &str, store: &KeptPatterns) -> Regex {
        Regex { source: source.to_owned(), store: store.clone(), translated: OnceLock::new() }
    }

    /// Returns the pattern as the schema has it.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Checks whether the pattern is found in a text; `None` if it is not a valid regular expression.
    ///
    /// # Errors
    /// The error of the budget; `V308` if the search backtracks too much, `V109` if the pattern is too large.
    pub(super) fn finds(&self, text: &str, budget: &Budget<'_>) -> Result<Option<bool>, Error> {
        budget.charge(SEARCH + text.len() / BYTES_PER_STEP)?;
        let translated = match self.translated.get() {
            Some(translated) => translated,
            None => {
                let translated = self.translate(budget)?;
                self.translated.get_or_init(|| translated)
            }
        };
        translated.as_ref().map(|translated| translated.finds(text, budget)).transpose()
    }

    fn translate(&self, budget: &Budget<'_>) -> Result<Option<Translated>, Error> {
        budget.charge(self.source.len())?;
        let Some(regex) = translate(&self.source) else { return Ok(None) };
        budget.hold(regex.len())?;
        if !is_valid(&regex, budget)? {
            return Ok(None);
        }
        let size = expanded_size(&regex);
        Ok(Some(Translated { size, kept: self.store.keep(size).then(OnceLock::new), regex }))
    }
}

impl Translated {
    fn finds(&self, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        let text = units(text);
        let compile = || {
            hold(self.size, budget)?;
            let engine = Engine::compile(self.regex.clone(), &self.regex, LARGEST, budget);
            engine.inspect_err(|_| release(self.size, budget))
        };
        let Some(kept) = &self.kept else {
            let found = compile()?.is_match(&text, &self.regex, budget);
            release(self.size, budget);
            return found;
        };
        let engine = match kept.get() {
            Some(engine) => engine,
            None => {
                let engine = compile()?;
                kept.get_or_init(|| Box::new(engine))
            }
        };
        let found = engine.is_match(&text, &self.regex, budget);
        engine.trim();
        found
    }
}

/// Bytes of a text that one step looks at for characters beyond the basic plane.
const BYTES_PER_STEP: usize = 16;

/// Translates a pattern into the words of the engine; `None` if it is not a valid regular expression.
fn translate(source: &str) -> Option<String> {
    let units = units(source);
    let mut translator = Translator {
        rest: units.chars().peekable(),
        groups: count_groups(&units),
        out: String::with_capacity(source.len() + 16),
    };
    translator.pattern()?;
    Some(translator.out)
}

/// A text with the halves of surrogate pairs as private characters.
fn units(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c > '\u{FFFF}') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.encode_utf16().map(unit).collect())
}

/// The character of a UTF-16 unit: itself, or the private one of a surrogate.
fn unit(unit: u16) -> char {
    let private = |unit| char::from_u32(0xF_0000 + u32::from(unit) - 0xD800);
    char::from_u32(u32::from(unit)).or_else(|| private(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The unit of such a character, for ranges.
fn unit_of(c: char) -> u32 {
    if c > '\u{FFFF}' { u32::from(c) - 0xF_0000 + 0xD800 } else { u32::from(c) }
}

fn count_groups(source: &str) -> usize {
    let (mut groups, mut class) = (0, false);
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => class = true,
            ']' => class = false,
            '(' if !class && chars.peek() != Some(&'?') => groups += 1,
            _ => {}
        }
    }
    groups
}

struct Translator<'s> {
    rest: Peekable<Chars<'s>>,
    groups: usize,
    out: String,
}

/// The meaning of an escape.
enum Escape {
    Char(char),
    /// The inside of a class, negated or not.
    Class(&'static str, bool),
}

impl Translator<'_> {
    fn pattern(&mut self) -> Option<()> {
        while let Some(c) = self.rest.next().filter(|_| self.out.len() < LONGEST) {
            match c {
                '.' => self.out += r"[^\n\r\u{2028}\u{2029}]",
                '^' => self.out += r"\A",
                '$' => self.out += r"\z",
                '[' => self.class()?,
                '\\' => self.escape()?,
                '{' => match self.quantifier() {
                    Some(bounds) => self.out += &bounds?,
                    None => self.literal(c),
                },
                '*' | '+' | '?' => {
                    self.out.push(c);
                    // Possessive forms are Java's, and two in a row are nobody's.
                    if matches!(self.rest.peek(), Some('*' | '+')) {
                        return None;
                    }
                }
                '(' => {
                    self.out.push('(');
                    if self.rest.next_if_eq(&'?').is_some() {
                        // Java's and later ECMAScript's forms are errors here.
                        self.out.push('?');
                        self.out.push(self.rest.next_if(|c| matches!(c, ':' | '=' | '!'))?);
                    }
                }
                ')' | '|' => self.out.push(c),
                c => self.literal(c),
            }
        }
        Some(())
    }

    /// Reads what follows `{` when it is `2}`, `2,}` or `2,3}`; `Some(None)` for `3,2}`.
    fn quantifier(&mut self) -> Option<Option<String>> {
        let ahead: String = self.rest.clone().take_while(|c| *c != '}').take(24).collect();
        let (least, most) = ahead.split_once(',').unwrap_or((&ahead, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let closed = self.rest.clone().nth(ahead.len()) == Some('}');
        if least.is_empty() || !digits(least) || !digits(most) || !closed {
            return None;
        }
        self.rest.nth(ahead.len());
        let number = |digits: &str| digits.parse::<u32>().ok();
        let is_reversed = number(most).is_some_and(|most| number(least).is_none_or(|least| least > most));
        // Without zeros before them, so that a translation is at most some times as long as it has states.
        let plain = |digits: &str| match digits.trim_start_matches('0') {
            "" => digits.get(..1).unwrap_or_default().to_owned(),
            rest => rest.to_owned(),
        };
        let bounds: Vec<String> = ahead.split(',').map(plain).collect();
        Some((!is_reversed).then(|| format!("{{{}}}", bounds.join(","))))
    }

    fn literal(&mut self, c: char) {
        if is_escaped(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn escape(&mut self) -> Option<()> {
        match *self.rest.peek()? {
            'b' => self.out += &format!("(?:(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}]))"),
            'B' => self.out += &format!("(?:(?<=[{WORD}])(?=[{WORD}])|(?<![{WORD}])(?![{WORD}]))"),
            digit @ '1'..='9' => {
                let ahead: String = self.rest.clone().take_while(char::is_ascii_digit).take(3).collect();
                let group = (1..=ahead.len()).rev().find_map(|length| {
                    ahead[..length]
                        .parse::<usize>()
                        .ok()
                        .filter(|group| *group <= self.groups)
                        .map(|group| (group, length))
                });
                // A number that no group has is an octal escape of old, or the digit itself.
                let octal: String = ahead.chars().take_while(|c| *c < '8').collect();
                let value = (1..=octal.len()).rev().find_map(|length| {
                    u8::from_str_radix(&octal[..length], 8).ok().map(|value| (char::from(value), length))
                });
                let length = match (group, value) {
                    (Some((group, length)), _) => {
                        // A group that took no part matches nothing at all.
                        self.out += &format!("(?:(?({group})\\{group}|))");
                        length
                    }
                    (None, Some((c, length))) => {
                        self.literal(c);
                        length
                    }
                    (None, None) => {
                        self.literal(digit);
                        1
                    }
                };
                self.rest.nth(length - 1);
                return Some(());
            }
            _ => {
                match self.read_escape()? {
                    Escape::Char(c) => self.literal(c),
                    Escape::Class(inside, negated) => {
                        self.out += &format!("[{}{inside}]", if negated { "^" } else { "" });
                    }
                }
                return Some(());
            }
        }
        self.rest.next();
        Some(())
    }

    /// Parses an escape after its backslash, inside or outside of a class.
    fn read_escape(&mut self) -> Option<Escape> {
        let c = self.rest.next()?;
        Some(match c {
            'd' => Escape::Class("0-9", false),
            'D' => Escape::Class("0-9", true),
            'w' => Escape::Class(WORD, false),
            'W' => Escape::Class(WORD, true),
            's' => Escape::Class(SPACE, false),
            'S' => Escape::Class(SPACE, true),
            't' => Escape::Char('\t'),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            'v' => Escape::Char('\x0B'),
            'f' => Escape::Char('\x0C'),
            '0' => Escape::Char('\0'),
            'c' => match self.rest.next_if(char::is_ascii_alphabetic) {
                Some(letter) => Escape::Char(char::from(letter as u8 % 32)),
                None => Escape::Char('c'),
            },
            'x' => Escape::Char(self.hexadecimal(2).unwrap_or('x')),
            'u' => Escape::Char(self.hexadecimal(4).unwrap_or('u')),
            other => Escape::Char(other),
        })
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<char> {
        let text: String = self.rest.clone().take(digits).filter(char::is_ascii_hexdigit).collect();
        let value = u16::from_str_radix(&text, 16).ok().filter(|_| text.len() == digits)?;
        self.rest.nth(digits - 1);
        Some(unit(value))
    }

    fn class(&mut self) -> Option<()> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut inside = String::new();
        while inside.len() < LONGEST {
            let first = match self.atom()? {
                None => break,
                Some(atom) => atom,
            };
            let is_range = self.rest.peek() == Some(&'-') && !matches!(self.rest.clone().nth(1), Some(']') | None);
            let last = match is_range {
                true => {
                    self.rest.next();
                    self.atom()?
                }
                false => None,
            };
            match (first, last) {
                (Escape::Char(first), Some(Escape::Char(last))) => range(&mut inside, first, last)?,
                (first, last) => {
                    one(&mut inside, &first);
                    if let Some(last) = last {
                        one(&mut inside, &Escape::Char('-'));
                        one(&mut inside, &last);
                    }
                }
            }
        }
        // `[\s\S]` and its kin.
        let has = |class: &str, negated: &str| inside.contains(&format!("[{negated}{class}]"));
        let is_full = ["0-9", WORD, SPACE].iter().any(|class| has(class, "") && has(class, "^"));
        match (inside.is_empty() || is_full, negated != is_full) {
            (true, true) => self.out += r"[\s\S]",
            (true, false) => self.out += NOTHING,
            (false, _) => self.out += &format!("[{}{inside}]", if negated { "^" } else { "" }),
        }
        Some(())
    }

    /// The next part of a class; `Some(None)` at its end.
    fn atom(&mut self) -> Option<Option<Escape>> {
        Some(match self.rest.next()? {
            ']' => None,
            '\\' if self.rest.next_if_eq(&'b').is_some() => Some(Escape::Char('\x08')),
            '\\' => Some(self.read_escape()?),
            c => Some(Escape::Char(c)),
        })
    }
}

fn one(inside: &mut String, atom: &Escape) {
    match atom {
        Escape::Char(c) => put(inside, *c),
        Escape::Class(class, negated) => *inside += &format!("[{}{class}]", if *negated { "^" } else { "" }),
    }
}

/// Checks for a character that is written with a backslash: `\<` and `\>` are edges of words.
fn is_escaped(c: char) -> bool {
    c.is_ascii_punctuation() && !matches!(c, '<' | '>')
}

fn put(inside: &mut String, c: char) {
    if is_escaped(c) {
        inside.push('\\');
    }
    inside.push(c);
}

/// A range of units, with the private characters of the surrogates in it.
fn range(inside: &mut String, first: char, last: char) -> Option<()> {
    let (first, last) = (unit_of(first), unit_of(last));
    if first > last {
        return None;
    }
    for (from, to) in [(0, 0xD7FF), (0xD800, 0xDFFF), (0xE000, 0xFFFF)] {
        let (from, to) = (first.max(from), last.min(to));
        if let (true, Ok(from), Ok(to)) = (from <= to, u16::try_from(from), u16::try_from(to)) {
            put(inside, unit(from));
            inside.push('-');
            put(inside, unit(to));
        }
    }
    Some(())
}
