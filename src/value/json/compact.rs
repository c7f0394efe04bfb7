//! The compactness scan: recognizes a payload that serializes to itself byte for byte.
//!
//! For such a payload `$input.json('$')` is the text itself and no value is built. Most payloads were
//! serialized by a machine without white space; any other is parsed and serialized.
//!
//! Duplicate keys must be detected. Objects of a list mostly repeat the keys of the previous object, so
//! the scan predicts the next key from the key that followed last time: each [`KeyNode`] links to its
//! predecessor in its object, to the key that followed it last, and to the first key of the last
//! object in its value. All keys on a chain of predecessors are distinct, so a predicted key is
//! known not to be a duplicate and costs one comparison with the text.

use super::cursor::MAX_DEPTH;
use super::scan;
use super::token::{self, Expected, Window};
use super::write::plain_beyond_ascii;
use crate::value::float;

/// Maximum number of keys in one object: an unpredicted key is compared with each before it.
const MAX_KEYS: usize = 64;

/// Maximum number of nodes kept for later objects; open objects may exceed it.
const MAX_NODES: usize = 1_000;

/// Returns the first value of the text if it is an object or list that serializes to itself.
/// `levels` is the number of open brackets that the stack has room for.
pub(crate) fn compact(text: &str, escape_slash: bool, levels: usize) -> Option<&str> {
    let depth = MAX_DEPTH - levels.min(MAX_DEPTH);
    let bytes = text.as_bytes();
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return None;
    }
    let mut nodes = Vec::with_capacity(32);
    nodes.push(KeyNode::default());
    let shown = String::new();
    let end = if escape_slash {
        Scan::<true> { bytes, nodes, shown }.value(0, 0, depth)?
    } else {
        Scan::<false> { bytes, nodes, shown }.value(0, 0, depth)?
    };
    text.get(..end)
}

/// A key in the prediction graph. The first node represents the payload and has no text.
#[derive(Default)]
struct KeyNode {
    /// `"name":`.
    expected: Expected,
    start: usize,
    length: usize,
    /// The first key of the last object in its value.
    first_inside: u32,
    /// The key that followed it last in its object.
    next: u32,
    position: Position,
}

impl KeyNode {
    /// Returns the offset just past the colon if this key is at `at`.
    #[inline(always)]
    fn match_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let same = self.expected.is_at(rest.first_chunk()?)
            && (self.length <= 16 || rest.get(..self.length) == bytes.get(self.start..self.start + self.length));
        same.then_some(at + self.length)
    }
}

/// The position of a key: after another key of its object, or first in an object in the value of one.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Position(u32);

impl Position {
    fn after(name: usize) -> Self {
        Position((name as u32) << 1)
    }

    fn first_inside(name: usize) -> Self {
        Position((name as u32) << 1 | 1)
    }

    /// Returns the node that it is after or inside of.
    fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    fn is_first(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Returns `true` if a number of `length` bytes, `whole` of them before its point, is written as Java
/// writes it. Of up to fifteen digits none is lost, so only zeros and the exponent matter: Java writes
/// one below 0.001 and from 10,000,000 on.
#[inline(always)]
fn is_canonical(window: &Window, whole: usize, length: usize) -> bool {
    let first = window[0];
    if first == b'0' && whole > 1 {
        return false;
    }
    let fraction = length.saturating_sub(whole + 1);
    let small = first == b'0' && window[2..5] == *b"000";
    fraction == 0 || whole <= 7 && (fraction == 1 || window[(length - 1) % 16] != b'0' && !small)
}

struct Scan<'t, const ESCAPE_SLASH: bool> {
    bytes: &'t [u8],
    nodes: Vec<KeyNode>,
    /// The buffer for the text of decimal numbers.
    shown: String,
}

impl<const ESCAPE_SLASH: bool> Scan<'_, ESCAPE_SLASH> {
    /// Returns the end of the value at `at`, which belongs to the key `node`.
    #[inline(always)]
    fn value(&mut self, at: usize, node: usize, depth: usize) -> Option<usize> {
        match *self.bytes.get(at)? {
            b'"' => self.string(at + 1),
            b'-' | b'0'..=b'9' => self.number(at),
            b'{' if depth < MAX_DEPTH => self.object(at + 1, node, depth + 1),
            b'[' if depth < MAX_DEPTH => self.list(at + 1, node, depth + 1),
            _ => Some(scan::json_word(self.bytes, at)?.1),
        }
    }

    fn list(&mut self, mut at: usize, node: usize, depth: usize) -> Option<usize> {
        if *self.bytes.get(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(at, node, depth)?;
            match *self.bytes.get(at)? {
                b',' => at += 1,
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn object(&mut self, mut at: usize, owner: usize, depth: usize) -> Option<usize> {
        if *self.bytes.get(at)? == b'}' {
            return Some(at + 1);
        }
        let before = self.nodes.len();
        let mut position = Position::first_inside(owner);
        let mut predicted = self.nodes.get(owner)?.first_inside as usize;
        loop {
            // A truncated node may have left its index to another.
            let known = self.nodes.get(predicted).filter(|node| node.position == position);
            let node = match known.and_then(|node| Some((node.match_at(self.bytes, at)?, node.next))) {
                Some((end, next)) => {
                    at = end;
                    std::mem::replace(&mut predicted, next as usize)
                }
                None => {
                    at = self.unpredicted_key(at, position)?;
                    predicted = 0;
                    self.nodes.len() - 1
                }
            };
            at = self.value(at, node, depth)?;
            match *self.bytes.get(at)? {
                b',' => at += 1,
                b'}' => break,
                _ => return None,
            }
            position = Position::after(node);
        }
        if self.nodes.len() > MAX_NODES {
            self.nodes.truncate(before);
        }
        Some(at + 1)
    }

    /// Adds a node for the key at `start` and returns the offset just past its colon; returns `None` if
    /// the object has the key already.
    #[inline(never)]
    fn unpredicted_key(&mut self, start: usize, position: Position) -> Option<usize> {
        if *self.bytes.get(start)? != b'"' {
            return None;
        }
        let end = self.string(start + 1)? + 1;
        let text = self.bytes.get(start..end).filter(|text| text.last() == Some(&b':'))?;
        let expected = match token::window(self.bytes, start) {
            Some(window) => Expected::in_window(window, text.len()),
            None => Expected::new(text.iter().copied()),
        };
        let mut earlier = position;
        let mut count = 1;
        while !earlier.is_first() {
            let node = self.nodes.get(earlier.node())?;
            if node.length == text.len() && self.bytes.get(node.start..)?.starts_with(text) {
                return None;
            }
            earlier = node.position;
            count += 1;
        }
        if count > MAX_KEYS {
            return None;
        }
        let number = self.nodes.len() as u32;
        let before = self.nodes.get_mut(position.node())?;
        *(if position.is_first() { &mut before.first_inside } else { &mut before.next }) = number;
        self.nodes.push(KeyNode { expected, start, length: text.len(), first_inside: 0, next: 0, position });
        Some(end)
    }

    /// Returns the offset just past the closing quote of the string whose first byte is at `at`.
    #[inline(always)]
    fn string(&self, at: usize) -> Option<usize> {
        let Some(window) = token::window(self.bytes, at) else { return self.rest_of_string(at) };
        let end = scan::not_written(window, ESCAPE_SLASH).trailing_zeros() as usize;
        if window.get(end) == Some(&b'"') { Some(at + end + 1) } else { self.rest_of_string(at) }
    }

    #[inline(never)]
    fn rest_of_string(&self, mut at: usize) -> Option<usize> {
        loop {
            at = scan::end_of_written(self.bytes, at, ESCAPE_SLASH);
            at += match (*self.bytes.get(at)?, self.bytes.get(at + 1)) {
                (b'"', _) => return Some(at + 1),
                (b'\\', Some(b'"' | b'\\' | b'n' | b't' | b'r' | b'b' | b'f')) => 2,
                (b'\\', Some(b'/')) if ESCAPE_SLASH => 2,
                _ => plain_beyond_ascii(self.bytes, at)?,
            };
        }
    }

    /// Returns the end of the number at `at` if it serializes to the same digits.
    #[inline(always)]
    fn number(&mut self, at: usize) -> Option<usize> {
        if let Some(window) = token::window(self.bytes, at)
            && let Some((whole, length)) = token::decimal_in(window)
            && is_canonical(window, whole, length)
        {
            return Some(at + length);
        }
        self.longer_number(at)
    }

    #[inline(never)]
    fn longer_number(&mut self, start: usize) -> Option<usize> {
        let negative = *self.bytes.get(start)? == b'-';
        let first = start + usize::from(negative);
        let end = self.end_of_digits(first);
        let digits = end - first;
        let (head, next) = (*self.bytes.get(first)?, *self.bytes.get(end)?);
        if next == b'.' {
            return self.decimal(start, end + 1);
        }
        // Longer integers may be of another Java class.
        let same = digits != 0 && end - start <= 18 && (head != b'0' || digits == 1 && !negative);
        same.then_some(end)
    }

    fn end_of_digits(&self, mut at: usize) -> usize {
        while let Some(word) = scan::word(self.bytes, at) {
            let digits = scan::digits(word).0;
            at += digits;
            if digits < 8 {
                return at;
            }
        }
        at + self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn decimal(&mut self, start: usize, point: usize) -> Option<usize> {
        let end = self.end_of_digits(point);
        let written = std::str::from_utf8(self.bytes.get(start..end)?).ok()?;
        self.shown.clear();
        float::show_double(written.parse().ok()?, &mut self.shown);
        (written.len() <= 18 && self.shown == written).then_some(end)
    }
}
