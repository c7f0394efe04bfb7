//! The names of an object, kept once for all objects of a payload that have the same names in the
//! same order.
//!
//! A list of a thousand orders is a thousand objects of one shape: their values are all that each
//! holds. The reader knows by the shape of the last order what the next will look like, down to the
//! objects inside, and a name is found by one number instead of by its letters.

use super::Value;
use std::cell::{Cell, OnceCell};

/// A name as it was met, with its [`print()`].
pub(crate) type Given<'r> = (u32, Value<'r>);

/// What a name looks like in a text, with its quotes and a colon, so that it need not be read to be known.
#[derive(Debug)]
pub(crate) struct Key {
    /// How many bytes `name":` has.
    length: usize,
    /// The first eight of them, and which of those count.
    head: u64,
    mask: u64,
    /// The last eight, if there are more.
    tail: u64,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let length = name.len() + 2;
        if memchr::memchr2(b'"', b'\\', name.as_bytes()).is_some() {
            // It is never written as it is: nothing looks like it, which the empty mask says.
            return Key { length, head: 1, mask: 0, tail: 0 };
        }
        let written = || name.bytes().chain(*b"\":");
        let (mut head, mut mask) = (0, 0);
        for (at, byte) in written().take(8).enumerate() {
            head |= u64::from(byte) << (8 * at);
            mask |= 0xFF << (8 * at);
        }
        let tail = written().skip(length.saturating_sub(8)).fold(0, |word, byte| word >> 8 | u64::from(byte) << 56);
        Key { length, head, mask, tail }
    }

    fn is_plain(&self) -> bool {
        self.mask != 0
    }

    /// The first eight bytes of a name that stands at `at` in double quotes; none too near the end to tell.
    #[inline(always)]
    pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u64> {
        let [quote, word @ .., _] = bytes.get(at..)?.first_chunk::<10>()?;
        (*quote == b'"').then(|| u64::from_le_bytes(*word))
    }

    /// Whether it starts as these bytes do.
    #[inline(always)]
    pub(crate) fn starts(&self, word: u64) -> bool {
        word & self.mask == self.head
    }

    /// Where what follows starts, behind the colon, if this name stands at `at`. There is something that follows.
    #[inline(always)]
    pub(crate) fn behind<'n>(&self, name: impl FnOnce() -> &'n str, bytes: &[u8], at: usize) -> Option<usize> {
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

/// A name and what follows it in the objects of a shape.
pub(crate) struct Name<'r> {
    /// A string.
    text: Value<'r>,
    print: u32,
    key: Key,
    /// The shape that the object there had last, or the objects of the list there.
    inner: Cell<Option<&'r Shape<'r>>>,
}

impl<'r> Name<'r> {
    pub(crate) fn new((print, text): Given<'r>) -> Self {
        let key = Key::new(text.as_text().map_or("", |text| text.as_str()));
        Name { text, print, key, inner: Cell::new(None) }
    }

    /// The name with its print, as it was given.
    pub(crate) fn given(&self) -> Given<'r> {
        (self.print, self.text.clone())
    }

    #[inline]
    pub(crate) fn text(&self) -> &Value<'r> {
        &self.text
    }

    #[inline]
    fn as_str(&self) -> &str {
        self.text.as_text().map_or("", |text| text.as_str())
    }

    #[inline]
    pub(crate) fn inner(&self) -> &Cell<Option<&'r Shape<'r>>> {
        &self.inner
    }

    /// Where what follows starts, behind the colon, if this name stands at `at`.
    #[inline(always)]
    pub(crate) fn behind(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.key.behind(|| self.as_str(), bytes, at)
    }

    /// The same where there are blanks before the colon, as some printers have it.
    #[inline(never)]
    pub(crate) fn behind_spaced(&self, bytes: &[u8], at: usize) -> Option<usize> {
        if !self.key.is_plain() {
            return None;
        }
        let name = self.as_str().as_bytes();
        let rest = bytes.get(at..)?.strip_prefix(b"\"")?.strip_prefix(name)?.strip_prefix(b"\"")?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        (rest.get(blanks) == Some(&b':') && blanks + 1 < rest.len()).then_some(at + name.len() + blanks + 3)
    }
}

/// The names of objects, which all differ.
pub(crate) struct Shape<'r> {
    names: &'r [Name<'r>],
    index: OnceCell<Box<hashbrown::HashTable<u32>>>,
}

/// Up to this many names are walked over.
const WALKED: usize = 24;

impl<'r> Shape<'r> {
    /// A shape for names that are kept in `arena`.
    pub(super) fn new(arena: &'r typed_arena::Arena<Name<'r>>, names: impl Iterator<Item = Given<'r>>) -> Self {
        let names: &[Name<'r>] = arena.alloc_extend(names.map(Name::new));
        Shape { names, index: OnceCell::new() }
    }

    #[inline]
    pub(crate) fn names(&self) -> &'r [Name<'r>] {
        self.names
    }

    /// Whether these are its names.
    pub(crate) fn has_names(&self, names: &[Given<'r>]) -> bool {
        let same = |(own, (print, text)): (&Name<'r>, &Given<'r>)| {
            own.print == *print && text.as_text().is_some_and(|text| text.as_str() == own.as_str())
        };
        self.names.len() == names.len() && self.names.iter().zip(names).all(same)
    }

    /// The place of a name whose print is known.
    #[inline]
    pub(crate) fn position(&self, name: &str, print: u32) -> Option<usize> {
        if self.names.len() > WALKED {
            return self.indexed(name, print);
        }
        let mut names = self.names.iter();
        names.position(|own| own.print == print && own.as_str() == name)
    }

    #[cold]
    fn indexed(&self, name: &str, print: u32) -> Option<usize> {
        let index = self.index.get_or_init(|| {
            let mut index = hashbrown::HashTable::with_capacity(self.names.len());
            for (at, name) in self.names.iter().enumerate() {
                index.insert_unique(spread(name.print), at as u32, |&at| spread(self.print_at(at)));
            }
            Box::new(index)
        });
        let is = |&at: &u32| self.names.get(at as usize).is_some_and(|own| own.as_str() == name);
        index.find(spread(print), is).map(|&at| at as usize)
    }

    fn print_at(&self, at: u32) -> u32 {
        self.names.get(at as usize).map_or(0, |name| name.print)
    }
}

/// A print as the hash of a table, which looks at the top bits too.
fn spread(print: u32) -> u64 {
    u64::from(print) << 32 | u64::from(print)
}

/// Whether two names may be the same; surely so when they are. Sorts the prints of a large object.
pub(crate) fn may_repeat(names: &[Given<'_>]) -> bool {
    if names.len() > WALKED {
        let mut prints: Vec<u32> = names.iter().map(|(print, _)| *print).collect();
        prints.sort_unstable();
        return prints.windows(2).any(|pair| pair[0] == pair[1]);
    }
    names.iter().enumerate().any(|(i, (print, _))| names.iter().take(i).any(|(earlier, _)| earlier == print))
}

/// A number that tells two names apart nearly always: from their length, their first and their
/// last eight bytes.
#[inline(always)]
pub(crate) fn print(name: &[u8]) -> u32 {
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

/// Whether two names are the same: often they are one string, and mostly short.
#[inline(always)]
pub(crate) fn same(a: &str, b: &str) -> bool {
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
