//! Sets of characters.

use regex_syntax::hir::{Class, HirKind};

/// A set of characters.
#[derive(Debug, PartialEq)]
pub(super) struct Set {
    ascii: u128,
    ranges: Box<[(char, char)]>,
}

impl Set {
    /// Creates the set of the characters that a class such as `[a-z]` matches; `None` if it matches anything else.
    pub(super) fn parse(class: &str, ignores_case: bool) -> Option<Set> {
        let hir = regex_syntax::ParserBuilder::new().case_insensitive(ignores_case).build().parse(class).ok()?;
        match hir.into_kind() {
            HirKind::Class(Class::Unicode(class)) => {
                Some(Set::of(class.iter().map(|range| (range.start(), range.end())).collect()))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let range = |range: &regex_syntax::hir::ClassBytesRange| (range.start().into(), range.end().into());
                class.is_ascii().then(|| Set::of(class.iter().map(range).collect()))
            }
            HirKind::Literal(literal) => {
                let mut chars = std::str::from_utf8(&literal.0).ok()?.chars();
                let c = chars.next()?;
                chars.next().is_none().then(|| Set::of(vec![(c, c)]))
            }
            _ => None,
        }
    }

    fn of(ranges: Vec<(char, char)>) -> Set {
        let codes = ranges.iter().take_while(|(from, _)| from.is_ascii());
        let ascii = codes.flat_map(|&(from, to)| from..=to.min('\x7F')).fold(0, |set, c| set | 1 << u32::from(c));
        Set { ascii, ranges: ranges.into() }
    }

    /// Checks whether a character is in the set.
    pub(super) fn has(&self, c: char) -> bool {
        match u8::try_from(c) {
            Ok(code @ 0..128) => self.ascii >> code & 1 == 1,
            _ => {
                let after = self.ranges.partition_point(|&(from, _)| from <= c);
                after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|&(_, to)| c <= to)
            }
        }
    }

    /// Marks the bytes that its characters start with.
    pub(super) fn mark_first_bytes(&self, bytes: &mut [bool; 256]) {
        for &(from, to) in &self.ranges {
            let first = |c: char| usize::from(c.encode_utf8(&mut [0; 4]).as_bytes().first().copied().unwrap_or(0));
            // The first bytes of UTF-8 grow with the characters. Those in between continue one.
            let starts = |byte: &usize| !(0x80..0xC0).contains(byte);
            (first(from)..=first(to)).filter(starts).for_each(|byte| bytes[byte] = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    #[test]
    fn a_set_has_the_characters_of_its_class() {
        let set = Set::parse("[a-cß-ü€]", false).unwrap();
        let has = |c| set.has(c);
        assert!("abcßàü€".chars().all(has) && !"dAÞý₫\0\u{10FFFF}".chars().any(has));
        assert!(Set::parse("[a-c]", true).unwrap().has('B'));
        assert_eq!(Set::parse("ab", false), None);
        assert!(!Set::parse("[a&&b]", false).unwrap().has('a') && Set::parse("(?s:.)", false).unwrap().has(char::MAX));
    }

    #[test]
    fn first_bytes_are_those_of_its_characters() {
        let mut bytes = [false; 256];
        Set::parse("[aé€]", false).unwrap().mark_first_bytes(&mut bytes);
        let marked: Vec<usize> = (0..256).filter(|&byte| bytes[byte]).collect();
        assert_eq!(marked, [0x61, 0xC3, 0xE2]);
        let mut bytes = [false; 256];
        Set::parse("[z-é]", false).unwrap().mark_first_bytes(&mut bytes);
        let marked: Vec<usize> = (0..256).filter(|&byte| bytes[byte]).collect();
        assert_eq!(marked, [0x7A, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F, 0xC0, 0xC1, 0xC2, 0xC3]);
    }
}
