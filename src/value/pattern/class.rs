//! Character classes: `[…]`, `\d` and `\p{…}` of a Java pattern as sets of characters.
//!
//! Every class is expanded to its ranges, so that Java's rules (nested classes, `&&`, case, Unicode 13)
//! do not depend on the syntax of `fancy-regex`.
//!
//! Code points are Java's: a lone surrogate is 0xD800 to 0xDFFF. In a set it is the private-use character
//! that represents it in our strings (`value::text`).

use super::blocks::BLOCKS;
use super::fold::{fold, letters, same, upper};
use crate::value::text::lone_surrogate;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// A regular expression that never matches: a class that no character is in.
pub(super) const NEVER: &str = "[a&&b]";

/// The flags that affect classes: `Pattern.CASE_INSENSITIVE` and `Pattern.UNICODE_CASE`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Case {
    pub(super) insensitive: bool,
    pub(super) unicode: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Set(ClassUnicode);

/// The first character that represents a lone surrogate; all after it do as well.
const FIRST_LONE: u32 = 0x10_F800;

impl Set {
    pub(super) fn empty() -> Self {
        Set(ClassUnicode::empty())
    }

    pub(super) fn all() -> Self {
        Set(ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]))
    }

    /// Creates a set from inclusive ranges of code points.
    pub(super) fn of(ranges: &[(u32, u32)]) -> Self {
        let mut set = ClassUnicode::empty();
        for &(first, last) in ranges {
            let parts = [
                (first, last.min(0xD7FF)),
                (first.max(0xE000), last.min(FIRST_LONE - 1)),
                (FIRST_LONE + (first.max(0xD800) - 0xD800), FIRST_LONE + (last.min(0xDFFF).saturating_sub(0xD800))),
            ];
            let halves = first <= 0xDFFF && last >= 0xD800;
            for (part, (a, b)) in parts.into_iter().enumerate() {
                if a <= b
                    && (part != 2 || halves)
                    && let (Some(a), Some(b)) = (char::from_u32(a), char::from_u32(b))
                {
                    set.push(ClassUnicodeRange::new(a, b));
                }
            }
        }
        Set(set)
    }

    pub(super) fn not(mut self) -> Self {
        self.0.negate();
        self
    }

    pub(super) fn or(mut self, other: &Set) -> Self {
        self.0.union(&other.0);
        self
    }

    pub(super) fn and(mut self, other: &Set) -> Self {
        self.0.intersect(&other.0);
        self
    }

    fn less(mut self, other: &Set) -> Self {
        self.0.difference(&other.0);
        self
    }

    pub(crate) fn contains(&self, c: char) -> bool {
        let ranges = self.0.ranges();
        let after = ranges.partition_point(|range| range.start() <= c);
        ranges[..after].last().is_some_and(|range| c <= range.end())
    }

    /// Returns the number of its ranges.
    pub(super) fn len(&self) -> usize {
        self.0.ranges().len()
    }

    /// Creates the set that one character of a pattern matches.
    pub(super) fn single(code: u32, case: Case) -> Self {
        let set = Set::of(&[(code, code)]);
        let Some(c) = char::from_u32(code).filter(|_| case.insensitive) else { return set };
        if case.unicode {
            let folded = fold(c);
            if upper(c) == folded {
                return set;
            }
            let same = same(folded).chain([folded]);
            return Set(ClassUnicode::new(same.map(|c| ClassUnicodeRange::new(c, c))));
        }
        let (low, up) = (c.to_ascii_lowercase() as u32, c.to_ascii_uppercase() as u32);
        Set::of(&[(low, low), (up, up)])
    }

    /// Creates the set that a range of a class matches.
    pub(super) fn range(first: u32, last: u32, case: Case) -> Self {
        let mut set = Set::of(&[(first, last)]);
        if !case.insensitive {
            return set;
        }
        let within = |c: char| (first..=last).contains(&(c as u32));
        let more: Vec<char> = match case.unicode {
            true => letters(first, last).filter(|c| !within(*c)).collect(),
            false => {
                let letters = ('a'..='z').chain('A'..='Z');
                letters.filter(|c| within(c.to_ascii_uppercase()) || within(c.to_ascii_lowercase())).collect()
            }
        };
        set.0.union(&ClassUnicode::new(more.into_iter().map(|c| ClassUnicodeRange::new(c, c))));
        set
    }

    /// Returns the number of letters that a range of a class is compared with.
    pub(super) fn letters(first: u32, last: u32, case: Case) -> usize {
        if case.insensitive && case.unicode { letters(first, last).count() } else { 0 }
    }

    /// Appends the class in the syntax of `fancy-regex`.
    pub(super) fn write(&self, out: &mut String) {
        let ranges = self.0.ranges();
        match ranges {
            [] => out.push_str(NEVER),
            [all] if all.start() == '\0' && all.end() == char::MAX => out.push_str("(?s:.)"),
            [one] if one.start() == one.end() => write_char(one.start(), out),
            _ => {
                out.push('[');
                for range in ranges {
                    write_char(range.start(), out);
                    if range.start() != range.end() {
                        out.push('-');
                        write_char(range.end(), out);
                    }
                }
                out.push(']');
            }
        }
    }
}

pub(super) fn write_char(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        // Writing to a string does not fail.
        let _ = write!(out, "\\x{{{:X}}}", c as u32);
    }
}

/// Changes of properties since Unicode 13: property, ranges added since, ranges removed since.
type Ranges = &'static [(u32, u32)];
const SINCE_13: &[(&str, Ranges, Ranges)] = &[
    ("Alphabetic", &[(0x363, 0x36F), (0xC04, 0xC04), (0xF82, 0xF83), (0x1DD3, 0x1DE6), (0x11080, 0x11081)], &[]),
    ("Lowercase", &[(0x10FC, 0x10FC), (0xAB69, 0xAB69)], &[]),
    ("Mn", &[], &[(0x1734, 0x1734), (0x1171E, 0x1171E)]),
    ("Mc", &[(0x1734, 0x1734), (0x1171E, 0x1171E)], &[]),
    ("ID_Start", &[], &[(0x2E2F, 0x2E2F)]),
    ("ID_Continue", &[(0x30FB, 0x30FB), (0xFF65, 0xFF65)], &[(0x2E2F, 0x2E2F)]),
];

/// Returns a set by its key, made on first use: looking a property up takes a thousand times as long. The
/// keys are spelled in one way, so there are no more than there are properties.
fn remembered(key: String, make: impl FnOnce() -> Option<Set>) -> Option<Arc<Set>> {
    static KNOWN: Mutex<BTreeMap<String, Arc<Set>>> = Mutex::new(BTreeMap::new());
    if let Some(set) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Some(set.clone());
    }
    let set = Arc::new(make()?);
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(key, set.clone());
    Some(set)
}

/// Returns a property as of Unicode 13.
fn unicode(name: &str) -> Option<Set> {
    remembered(format!("unicode {name}"), || unicode_13(name)).map(Arc::unwrap_or_clone)
}

fn unicode_13(name: &str) -> Option<Set> {
    let set = now(name)?.and(&now("Age:13.0")?);
    Some(match SINCE_13.iter().find(|(changed, ..)| *changed == name) {
        Some((_, later, earlier)) => set.less(&Set::of(later)).or(&Set::of(earlier)),
        None => set,
    })
}

/// Returns a property as of the current Unicode version.
fn now(name: &str) -> Option<Set> {
    let hir = regex_syntax::Parser::new().parse(&format!("\\p{{{name}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(Set(class)),
        HirKind::Literal(one) => {
            let c = std::str::from_utf8(&one.0).ok()?.chars().next()?;
            Some(Set::of(&[(c as u32, c as u32)]))
        }
        _ => None,
    }
}

/// Returns the union of general categories.
fn categories(names: &[&str]) -> Option<Set> {
    names.iter().try_fold(Set::empty(), |set, name| Some(set.or(&category(name)?)))
}

/// Returns a general category by its short name, the only one Java accepts.
fn category(name: &str) -> Option<Set> {
    remembered(format!("category {name}"), || general_category(name)).map(Arc::unwrap_or_clone)
}

fn general_category(name: &str) -> Option<Set> {
    const KNOWN: &[&str] = &[
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Ps",
        "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L", "M", "N", "Z", "P", "S", "LC",
    ];
    Some(match name {
        "Cs" => Set::of(&[(0xD800, 0xDFFF)]),
        "Co" => now("Co")?.less(&category("Cs")?),
        "Cn" => now("Age:13.0")?.less(&now("Cn")?).not(),
        "C" => categories(&["Cc", "Cf", "Cs", "Co", "Cn"])?,
        "LD" => categories(&["L", "Nd"])?,
        "L1" => Set::of(&[(0, 0xFF)]),
        "all" => Set::all(),
        _ if KNOWN.contains(&name) => unicode(name)?,
        _ => return None,
    })
}

/// Returns a binary property, by its name in capitals: POSIX names under `(?U)`, and `\p{IsAlphabetic}`.
fn binary(name: &str, any_case: bool) -> Option<Set> {
    Some(match name {
        "ALPHA" | "ALPHABETIC" => unicode("Alphabetic")?,
        "LOWER" | "UPPER" | "LOWERCASE" | "UPPERCASE" | "TITLECASE" if any_case => {
            unicode("Lowercase")?.or(&unicode("Uppercase")?).or(&unicode("Lt")?)
        }
        "LOWER" | "LOWERCASE" => unicode("Lowercase")?,
        "UPPER" | "UPPERCASE" => unicode("Uppercase")?,
        "TITLECASE" => unicode("Lt")?,
        "SPACE" | "WHITESPACE" | "WHITE_SPACE" => categories(&["Z"])?.or(&Set::of(&[(9, 13), (0x85, 0x85)])),
        "PUNCT" | "PUNCTUATION" => unicode("P")?,
        "XDIGIT" | "HEXDIGIT" | "HEX_DIGIT" => unicode("Nd")?.or(&Set::of(&[
            (0x41, 0x46),
            (0x61, 0x66),
            (0xFF10, 0xFF19),
            (0xFF21, 0xFF26),
            (0xFF41, 0xFF46),
        ])),
        "ALNUM" => unicode("Alphabetic")?.or(&unicode("Nd")?),
        "CNTRL" | "CONTROL" => unicode("Cc")?,
        "DIGIT" => unicode("Nd")?,
        "BLANK" => unicode("Zs")?.or(&Set::of(&[(9, 9)])),
        "GRAPH" => categories(&["Z", "Cc", "Cs", "Cn"])?.not(),
        "PRINT" => binary("GRAPH", false)?.or(&binary("BLANK", false)?).less(&unicode("Cc")?),
        "ASSIGNED" => category("Cn")?.not(),
        "IDEOGRAPHIC" => unicode("Ideographic")?,
        "JOINCONTROL" | "JOIN_CONTROL" => Set::of(&[(0x200C, 0x200D)]),
        "LETTER" => unicode("L")?,
        "NONCHARACTERCODEPOINT" | "NONCHARACTER_CODE_POINT" => (0..=16)
            .fold(Set::of(&[(0xFDD0, 0xFDEF)]), |set, plane| {
                set.or(&Set::of(&[(plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF)]))
            }),
        "WORD" => categories(&["M", "Nd", "Pc"])?.or(&unicode("Alphabetic")?).or(&Set::of(&[(0x200C, 0x200D)])),
        _ => return None,
    })
}

/// Returns a POSIX class under `(?U)`, by its name in capitals; also serves `\w` and `\b` there.
pub(super) fn posix_unicode(name: &str, any_case: bool) -> Option<Set> {
    const POSIX: &[&str] = &[
        "ALPHA", "LOWER", "UPPER", "SPACE", "PUNCT", "XDIGIT", "ALNUM", "CNTRL", "DIGIT", "BLANK", "GRAPH", "PRINT",
        "WORD",
    ];
    let name = name.to_ascii_uppercase();
    POSIX.contains(&name.as_str()).then(|| binary(&name, any_case)).flatten()
}

/// Returns the class `\p{name}`: general categories, POSIX names (ASCII), and tests of `java.lang.Character`.
fn java(name: &str, any_case: bool) -> Option<Set> {
    Some(match name {
        "Lu" | "Ll" | "Lt" if any_case => unicode("LC")?,
        "ASCII" => Set::of(&[(0, 0x7F)]),
        "Alnum" => Set::of(&[(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)]),
        "Alpha" => Set::of(&[(0x41, 0x5A), (0x61, 0x7A)]),
        "Lower" | "Upper" if any_case => java("Alpha", false)?,
        "Lower" => Set::of(&[(0x61, 0x7A)]),
        "Upper" => Set::of(&[(0x41, 0x5A)]),
        "Blank" => Set::of(&[(9, 9), (32, 32)]),
        "Cntrl" => Set::of(&[(0, 31), (127, 127)]),
        "Digit" => Set::of(&[(0x30, 0x39)]),
        "Graph" => Set::of(&[(0x21, 0x7E)]),
        "Print" => Set::of(&[(0x20, 0x7E)]),
        "Punct" => Set::of(&[(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
        "Space" => Set::of(&[(9, 13), (32, 32)]),
        "XDigit" => Set::of(&[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
        "javaLowerCase" => binary("LOWERCASE", any_case)?,
        "javaUpperCase" => binary("UPPERCASE", any_case)?,
        "javaTitleCase" => binary("TITLECASE", any_case)?,
        "javaAlphabetic" => unicode("Alphabetic")?,
        "javaIdeographic" => unicode("Ideographic")?,
        "javaDigit" => unicode("Nd")?,
        "javaDefined" => category("Cn")?.not(),
        "javaLetter" => unicode("L")?,
        "javaLetterOrDigit" => categories(&["L", "Nd"])?,
        "javaJavaIdentifierStart" => categories(&["L", "Nl", "Sc", "Pc"])?,
        "javaJavaIdentifierPart" => {
            categories(&["L", "Nl", "Sc", "Pc", "Nd", "Mc", "Mn"])?.or(&java("javaIdentifierIgnorable", false)?)
        }
        "javaUnicodeIdentifierStart" => unicode("ID_Start")?,
        "javaUnicodeIdentifierPart" => unicode("ID_Continue")?.or(&java("javaIdentifierIgnorable", false)?),
        "javaIdentifierIgnorable" => unicode("Cf")?.or(&Set::of(&[(0, 8), (0xE, 0x1B), (0x7F, 0x9F)])),
        "javaSpaceChar" => unicode("Z")?,
        "javaWhitespace" => unicode("Z")?
            .less(&Set::of(&[(0xA0, 0xA0), (0x2007, 0x2007), (0x202F, 0x202F)]))
            .or(&Set::of(&[(9, 13), (0x1C, 0x1F)])),
        "javaISOControl" => Set::of(&[(0, 0x1F), (0x7F, 0x9F)]),
        _ => category(name)?,
    })
}

fn script(name: &str) -> Option<Set> {
    let known = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !known || name.starts_with('_') || name.ends_with('_') {
        return None;
    }
    let set = unicode(&format!("Script:{}", name.replace('_', "").to_ascii_lowercase()))?;
    // Two marks were Common before they were Han.
    const MOVED: Ranges = &[(0x16FE2, 0x16FE3)];
    Some(if set.contains('!') { set.or(&Set::of(MOVED)) } else { set.less(&Set::of(MOVED)) })
}

fn block(name: &str) -> Option<Set> {
    let plain = |name: &str| name.replace([' ', '_', '-'], "").to_ascii_uppercase();
    let is = |known: &str, wanted: &str| known.chars().filter(|c| !" _-".contains(*c)).eq(wanted.chars());
    let wanted = match plain(name).as_str() {
        "GREEKANDCOPTIC" => "GREEK".to_owned(),
        "COMBININGDIACRITICALMARKSFORSYMBOLS" => "COMBININGMARKSFORSYMBOLS".to_owned(),
        "CYRILLICSUPPLEMENT" => "CYRILLICSUPPLEMENTARY".to_owned(),
        other => other.to_owned(),
    };
    let (_, first, last) = BLOCKS.iter().find(|(name, ..)| is(name, &wanted))?;
    Some(Set::of(&[(*first, *last)]))
}

/// Checks whether a character has a property of Java that needs no flags.
pub(crate) fn has_property(c: char, name: &'static str) -> bool {
    remembered(format!("java {name}"), || property(name, false, false)).is_some_and(|set| set.contains(c))
}

/// Returns the property named in `\p{…}`; `None` if Java has no such property.
pub(super) fn property(name: &str, any_case: bool, unicode_posix: bool) -> Option<Set> {
    if let Some((key, value)) = name.split_once('=') {
        return match key.to_ascii_lowercase().as_str() {
            "sc" | "script" => script(value),
            "blk" | "block" => block(value),
            "gc" | "general_category" => java(value, any_case),
            _ => None,
        };
    }
    if let Some(name) = name.strip_prefix("In") {
        return block(name);
    }
    if let Some(name) = name.strip_prefix("Is") {
        return binary(&name.to_ascii_uppercase(), any_case).or_else(|| java(name, any_case)).or_else(|| script(name));
    }
    let posix = unicode_posix.then(|| posix_unicode(name, any_case).filter(|_| !name.eq_ignore_ascii_case("word")));
    posix.flatten().or_else(|| java(name, any_case))
}

/// Returns the character that represents a Java code point in our strings.
pub(super) fn char_of(code: u32) -> char {
    match code {
        0xD800..=0xDFFF => lone_surrogate(code as u16),
        _ => char::from_u32(code).unwrap_or('\u{FFFD}'),
    }
}
