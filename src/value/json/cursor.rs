//! The state of one parse: the cursor in the text, the child stack, the cache of shapes, and the bytes
//! that terminate a token. The files above it add the grammar to [`Reader`].

use super::scan;
use crate::error::Error;
use crate::value::shape::{FingerprintedName, Shape};
use crate::value::{Arena, Value};

/// The byte that json-smart uses as its end-of-text mark. A payload may contain it too.
pub(super) const END: u8 = 0x1A;

/// The two bytes that terminate a bare word or number, besides [`END`].
#[derive(Clone, Copy)]
pub(super) struct Stop(u8, u8);

impl Stop {
    pub(super) const END: Stop = Stop(END, END);
    pub(super) const IN_LIST: Stop = Stop(b',', b']');
    pub(super) const IN_OBJECT: Stop = Stop(b',', b'}');
    pub(super) const NAME: Stop = Stop(b':', END);

    /// Returns `true` if `byte` terminates the token.
    #[inline(always)]
    pub(super) fn contains(self, byte: u8) -> bool {
        byte == self.0 || byte == self.1 || byte == END
    }

    /// Returns the offset of the first terminator from `at` on, or the length of `bytes`.
    #[inline(always)]
    pub(super) fn find(self, bytes: &[u8], at: usize) -> usize {
        scan::one_of(bytes, at, [self.0, self.1, END])
    }
}

/// The child stack of all open lists and objects, innermost last.
pub(super) struct Children<'r> {
    /// The elements of lists and the values of members.
    pub(super) items: Vec<Value<'r>>,
    /// The names of the open objects that do not follow a predicted shape.
    pub(super) names: Vec<FingerprintedName<'r>>,
}

impl<'r> Children<'r> {
    #[inline(always)]
    pub(super) fn put(&mut self, value: Value<'r>) {
        self.items.push(value);
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn last(&self) -> Option<Value<'r>> {
        self.items.last().cloned()
    }

    pub(super) fn take(&mut self) -> Option<Value<'r>> {
        self.items.pop()
    }
}

/// The shapes of the objects read so far, and the prediction for the next.
#[derive(Default)]
pub(super) struct ShapeCache<'r> {
    /// The first shapes of the payload, found again by their names.
    pub(super) interned: Vec<&'r Shape<'r>>,
    /// The predicted shape of the next object.
    pub(super) predicted: Option<&'r Shape<'r>>,
    /// The shape of the last object that was closed.
    pub(super) last: Option<&'r Shape<'r>>,
}

/// Maximum number of open brackets.
pub(crate) const MAX_DEPTH: usize = 400;

/// Bytes of stack for each open bracket, about.
pub(crate) const FRAME: usize = if cfg!(debug_assertions) { 3 << 10 } else { 512 };

/// The cursor and the child stack of one parse.
pub(super) struct Reader<'r> {
    pub(super) arena: &'r Arena<'r>,
    pub(super) text: &'r str,
    pub(super) bytes: &'r [u8],
    /// The offset of the next byte.
    pub(super) at: usize,
    /// The number of open brackets.
    pub(super) depth: usize,
    /// Most brackets that may be open: fewer where the stack is used up.
    pub(super) most_depth: usize,
    pub(super) children: Children<'r>,
    pub(super) shapes: ShapeCache<'r>,
    /// The text contains [`END`], so values are parsed rather than skimmed. Set until known.
    pub(super) has_end_mark: bool,
    /// The buffer for strings with escapes.
    pub(super) unescaped: String,
}

impl<'r> Reader<'r> {
    /// Creates a reader at the start of `text`. Charges for the text's length.
    pub(super) fn new(arena: &'r Arena<'r>, text: &'r str) -> Result<Self, Error> {
        arena.budget.charge(text.len() / 4)?;
        Ok(Reader {
            arena,
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            most_depth: arena.budget.levels(FRAME).min(MAX_DEPTH),
            // Enough for a small payload.
            children: Children { items: Vec::with_capacity(16), names: Vec::new() },
            shapes: ShapeCache::default(),
            has_end_mark: true,
            unescaped: String::new(),
        })
    }

    /// Returns the byte at the cursor, or [`END`] at the end.
    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(END)
    }

    /// Skips JSON's white space.
    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        if self.peek() <= b' ' {
            self.skip_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        }
    }

    /// Skips the characters that Java's `trim` removes: white space and other control characters.
    #[inline(always)]
    pub(super) fn skip_controls(&mut self) {
        if self.peek() <= b' ' {
            self.skip_while(|byte| byte <= b' ' && byte != END);
        }
    }

    #[inline(always)]
    fn skip_while(&mut self, skipped: impl Fn(u8) -> bool) {
        let mut at = self.at;
        loop {
            // Indentation is skipped eight blanks at a time.
            if scan::word(self.bytes, at) == Some(u64::from_le_bytes([b' '; 8])) {
                at += 8;
            } else if self.bytes.get(at).is_some_and(|&byte| skipped(byte)) {
                at += 1;
            } else {
                break;
            }
        }
        self.at = at;
    }
}
