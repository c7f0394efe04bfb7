//! Shapes (hidden classes): the keys of an object, shared by all objects of a payload that have the
//! same keys in the same order.
//!
//! A list of a thousand orders is a thousand objects of one [`Shape`]; each object stores only its
//! values. Three techniques build on shapes:
//!
//! - *Key prediction.* The reader expects the keys of the previous object, and of the objects nested
//!   in it ([`ShapeKey::value_shape`]), and compares them as one or two 8-byte words
//!   ([`KeyPattern`]) instead of tokenizing them.
//! - *Fingerprints.* A name is looked up by its 32-bit [`fingerprint`]; its text is compared only to
//!   confirm a hit.
//! - *Inline caches.* A property read remembers the shape and position of its last hit
//!   ([`InlineCache`](super::map::InlineCache)).

use super::Value;
use super::text::same;
use std::cell::{Cell, OnceCell};

/// A name as a string value, with its [`fingerprint`].
pub(crate) type FingerprintedName<'r> = (u32, Value<'r>);

/// The serialized form of a key, `name":`, prepared for comparison as 8-byte words.
#[derive(Debug)]
pub(crate) struct KeyPattern {
    /// The length of `name":` in bytes.
    length: usize,
    /// The first eight bytes.
    head: u64,
    /// The bytes of `head` that are significant. Zero for a name that is always escaped in JSON,
    /// which never matches.
    mask: u64,
    /// The last eight bytes, if there are more than eight.
    tail: u64,
}

impl KeyPattern {
    /// Creates the pattern of a name.
    pub(crate) fn new(name: &str) -> Self {
        let length = name.len() + 2;
        if memchr::memchr2(b'"', b'\\', name.as_bytes()).is_some() {
            // JSON escapes it: an empty mask with a non-zero head matches nothing.
            return KeyPattern { length, head: 1, mask: 0, tail: 0 };
        }
        let written = || name.bytes().chain(*b"\":");
        let (mut head, mut mask) = (0, 0);
        for (at, byte) in written().take(8).enumerate() {
            head |= u64::from(byte) << (8 * at);
            mask |= 0xFF << (8 * at);
        }
        let tail = written().skip(length.saturating_sub(8)).fold(0, |word, byte| word >> 8 | u64::from(byte) << 56);
        KeyPattern { length, head, mask, tail }
    }

    fn is_plain(&self) -> bool {
        self.mask != 0
    }

    /// Returns the first eight bytes after the double quote at `at`; `None` if there is no quote or
    /// the text ends within ten bytes.
    #[inline(always)]
    pub(crate) fn first_word(bytes: &[u8], at: usize) -> Option<u64> {
        let [quote, word @ .., _] = bytes.get(at..)?.first_chunk::<10>()?;
        (*quote == b'"').then(|| u64::from_le_bytes(*word))
    }

    /// Returns `true` if the first eight bytes of a key fit this pattern.
    #[inline(always)]
    pub(crate) fn matches_first_word(&self, word: u64) -> bool {
        word & self.mask == self.head
    }

    /// Returns the offset just past the colon if this key is at `at`; always in bounds. `name` is
    /// called for names of more than 14 bytes only.
    #[inline(always)]
    pub(crate) fn match_at<'n>(&self, name: impl FnOnce() -> &'n str, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let [quote, word @ .., _] = rest.first_chunk::<10>()?;
        if *quote != b'"' || u64::from_le_bytes(*word) & self.mask != self.head {
            return None;
        }
        if self.length > 8 {
            let [tail @ .., _] = rest.get(self.length - 7..)?.first_chunk::<9>()?;
            if u64::from_le_bytes(*tail) != self.tail
                || self.length > 16 && rest.get(1..self.length - 1)? != name().as_bytes()
            {
                return None;
            }
        }
        Some(at + self.length + 1)
    }
}

/// A key of a shape.
pub(crate) struct ShapeKey<'r> {
    /// The name, a string.
    name: Value<'r>,
    fingerprint: u32,
    pattern: KeyPattern,
    /// The shape of the last object under this key, or of the last object in a list under it.
    value_shape: Cell<Option<&'r Shape<'r>>>,
}

impl<'r> ShapeKey<'r> {
    /// Creates a key whose values have no known shape.
    pub(crate) fn new((fingerprint, name): FingerprintedName<'r>) -> Self {
        let pattern = KeyPattern::new(name.as_text().map_or("", |name| name.as_str()));
        ShapeKey { name, fingerprint, pattern, value_shape: Cell::new(None) }
    }

    /// Returns the name with its fingerprint.
    pub(crate) fn fingerprinted_name(&self) -> FingerprintedName<'r> {
        (self.fingerprint, self.name.clone())
    }

    /// Returns the name as a string value.
    #[inline]
    pub(crate) fn name(&self) -> &Value<'r> {
        &self.name
    }

    /// Returns the name.
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        self.name.as_text().map_or("", |text| text.as_str())
    }

    /// Returns the predicted shape of the values under this key.
    #[inline]
    pub(crate) fn value_shape(&self) -> &Cell<Option<&'r Shape<'r>>> {
        &self.value_shape
    }

    /// Returns the offset just past the colon if this key is at `at`; always in bounds.
    #[inline(always)]
    pub(crate) fn match_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.pattern.match_at(|| self.as_str(), bytes, at)
    }

    /// Returns the offset just past the colon if this key is at `at`, with or without white space
    /// before the colon; always in bounds.
    #[inline(never)]
    pub(crate) fn match_spaced_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        if !self.pattern.is_plain() {
            return None;
        }
        let name = self.as_str().as_bytes();
        let rest = bytes.get(at..)?.strip_prefix(b"\"")?.strip_prefix(name)?.strip_prefix(b"\"")?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        (rest.get(blanks) == Some(&b':') && blanks + 1 < rest.len()).then_some(at + name.len() + blanks + 3)
    }
}

/// A shape: an ordered sequence of distinct keys.
pub(crate) struct Shape<'r> {
    keys: &'r [ShapeKey<'r>],
    /// A hash index of the keys, built on the first lookup in a shape of many keys.
    index: OnceCell<Box<hashbrown::HashTable<u32>>>,
}

/// Maximum number of keys that are searched linearly.
const MAX_LINEAR: usize = 24;

impl<'r> Shape<'r> {
    /// Creates a shape whose keys are allocated in `arena`. The names must be distinct.
    pub(super) fn new(
        arena: &'r typed_arena::Arena<ShapeKey<'r>>,
        names: impl Iterator<Item = FingerprintedName<'r>>,
    ) -> Self {
        let keys: &[ShapeKey<'r>] = arena.alloc_extend(names.map(ShapeKey::new));
        Shape { keys, index: OnceCell::new() }
    }

    /// Returns the keys in order.
    #[inline]
    pub(crate) fn keys(&self) -> &'r [ShapeKey<'r>] {
        self.keys
    }

    /// Returns `true` if the shape has exactly these names in this order.
    pub(crate) fn has_names(&self, names: &[FingerprintedName<'r>]) -> bool {
        let same = |(own, (fingerprint, text)): (&ShapeKey<'r>, &FingerprintedName<'r>)| {
            own.fingerprint == *fingerprint && text.as_text().is_some_and(|text| same(text, own.as_str()))
        };
        self.keys.len() == names.len() && self.keys.iter().zip(names).all(same)
    }

    /// Returns the position of a name in the shape.
    #[inline]
    pub(crate) fn position(&self, name: &str, fingerprint: u32) -> Option<usize> {
        if self.keys.len() > MAX_LINEAR {
            return self.indexed_position(name, fingerprint);
        }
        let mut keys = self.keys.iter();
        keys.position(|own| own.fingerprint == fingerprint && same(own.as_str(), name))
    }

    #[cold]
    fn indexed_position(&self, name: &str, fingerprint: u32) -> Option<usize> {
        let index = self.index.get_or_init(|| {
            let mut index = hashbrown::HashTable::with_capacity(self.keys.len());
            for (at, key) in self.keys.iter().enumerate() {
                let hash = table_hash(key.fingerprint);
                index.insert_unique(hash, at as u32, |&at| table_hash(self.fingerprint_at(at)));
            }
            Box::new(index)
        });
        let is = |&at: &u32| self.keys.get(at as usize).is_some_and(|own| same(own.as_str(), name));
        index.find(table_hash(fingerprint), is).map(|&at| at as usize)
    }

    fn fingerprint_at(&self, at: u32) -> u32 {
        self.keys.get(at as usize).map_or(0, |key| key.fingerprint)
    }
}

/// Widens a fingerprint to the hash of a table, which uses the top bits as well.
fn table_hash(fingerprint: u32) -> u64 {
    u64::from(fingerprint) << 32 | u64::from(fingerprint)
}

/// Returns `true` if two names have one fingerprint, so a duplicate is possible; `false` if all names
/// are surely distinct.
pub(crate) fn may_have_duplicates(names: &[FingerprintedName<'_>]) -> bool {
    if names.len() > MAX_LINEAR {
        let mut fingerprints: Vec<u32> = names.iter().map(|(fingerprint, _)| *fingerprint).collect();
        fingerprints.sort_unstable();
        return fingerprints.windows(2).any(|pair| pair[0] == pair[1]);
    }
    let repeats = |(i, (own, _)): (usize, &FingerprintedName<'_>)| names.iter().take(i).any(|(other, _)| other == own);
    names.iter().enumerate().any(repeats)
}

/// Returns the 32-bit fingerprint of a name, computed from its length and its first and last eight
/// bytes. Equal names have equal fingerprints; unequal names rarely do.
#[inline(always)]
pub(crate) fn fingerprint(name: &[u8]) -> u32 {
    let (head, tail) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (Some(head), Some(tail)) => (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail))),
            _ => (name.iter().fold(0, |all, &byte| all << 8 | u64::from(byte)), 0),
        },
    };
    let mixed = (head ^ tail.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (tail ^ name.len() as u64);
    (mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32) as u32
}

/// Checks two names for equality. Optimised for short names and for names at the same address.
#[inline(always)]
pub(crate) fn equal_names(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if std::ptr::eq(a, b) {
        return true;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    match a.len() {
        4..=8 => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
        9..=16 => a.first_chunk::<8>() == b.first_chunk() && a.last_chunk::<8>() == b.last_chunk(),
        _ => a == b,
    }
}
