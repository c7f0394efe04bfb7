//! Lenient JSON → values, straight into the arena: objects, lists, and what stands where
//! a value is expected.
//!
//! One pass over the bytes. Children are gathered in one stack for all lists and one for all
//! objects, and leave it in one exactly sized piece when their bracket closes. Well-formed
//! text takes the first arm everywhere; the lenient arms only meet the odd byte.
//!
//! What an object or list calls is made part of it, but not in debug builds, where 400 such
//! frames would not fit into the stack of a thread.

use super::refuse::Fault;
use super::wanted::{Choice, Wanted, Whole, read_part};
use super::{scan, skim};
use crate::error::Error;
use crate::value::{Arena, List, ListKind, Map, MapKind, Text, Value};
use std::marker::PhantomData;

/// Reads a payload as json-smart does in permissive mode. The empty text gives the empty string.
/// Strings without escapes are slices of `text`.
pub(crate) fn read<'r>(arena: &'r Arena<'r>, text: &'r str) -> Result<Value<'r>, Error> {
    Reader::<Borrowing>::new(arena, text)?.document()
}

/// [`read`] of those parts that are wanted; of the rest there may be less, or nothing. What is wrong with
/// the text is found all the same.
pub(crate) fn read_wanted<'r>(arena: &'r Arena<'r>, text: &'r str, wanted: &Wanted) -> Result<Value<'r>, Error> {
    let mut reader = Reader::<Borrowing>::new(arena, text)?;
    read_part(&mut reader, wanted, Stop::END, Item)?;
    Ok(reader.children.items.pop().unwrap_or(Value::Null))
}

/// [`read`] for a text that does not live as long as the render: strings are copied.
pub(crate) fn read_owned<'r>(arena: &'r Arena<'r>, text: &str) -> Result<Value<'r>, Error> {
    arena.meter.grow(text.len())?;
    Reader::<Copying>::new(arena, text)?.document()
}

/// How a slice of the source becomes a string of the render.
pub(super) trait Keep<'t, 'r> {
    fn keep(slice: &'t str) -> Value<'r>;
}

pub(super) struct Borrowing;

impl<'r> Keep<'r, 'r> for Borrowing {
    #[inline(always)]
    fn keep(slice: &'r str) -> Value<'r> {
        Value::Str(Text::Borrowed(slice))
    }
}

pub(super) struct Copying;

impl<'t, 'r> Keep<'t, 'r> for Copying {
    fn keep(slice: &'t str) -> Value<'r> {
        Value::string(slice.to_owned())
    }
}

/// json-smart's mark for the end of the text, which a text may also hold.
pub(super) const END: u8 = 0x1A;

/// Most open brackets.
const DEEPEST: usize = 400;

/// Up to this many members, names are compared each with each.
const COMPARED: usize = 24;

/// A list of the outermost level that is this long is not copied out of the stack.
const LONG: usize = 256;

/// What ends a bare word or a number, besides [`END`].
#[derive(Clone, Copy)]
pub(super) struct Stop(u8, u8);

impl Stop {
    const END: Stop = Stop(END, END);
    pub(super) const IN_LIST: Stop = Stop(b',', b']');
    pub(super) const IN_OBJECT: Stop = Stop(b',', b'}');
    const NAME: Stop = Stop(b':', END);

    #[inline(always)]
    pub(super) fn holds(self, byte: u8) -> bool {
        byte == self.0 || byte == self.1 || byte == END
    }

    #[inline(always)]
    pub(super) fn find(self, bytes: &[u8], at: usize) -> usize {
        scan::one_of(bytes, at, [self.0, self.1, END])
    }
}

/// What the open lists and objects hold so far, innermost last.
#[derive(Default)]
pub(super) struct Children<'r> {
    items: Vec<Value<'r>>,
    members: Vec<(Value<'r>, Value<'r>)>,
    /// A number for each name, to tell most names apart at a glance.
    prints: Vec<u32>,
}

impl<'r> Children<'r> {
    /// A member whose value is still to be read. The name is written into its place: a pair that is
    /// made elsewhere and moved goes through memory in different widths, which stalls.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin(&mut self, print: u32, name: Value<'r>) {
        self.prints.push(print);
        self.members.extend(std::iter::once_with(|| (Value::Null, Value::Null)));
        if let Some((nothing, _)) = self.members.last_mut() {
            replace_null(nothing, name);
        }
    }
}

impl Children<'_> {
    /// The name of the last member, if it is a string.
    pub(super) fn last_name(&self) -> Option<&str> {
        self.members.last().and_then(|(name, _)| name.as_text()).map(|text| text.as_str())
    }

    /// Takes the last member away.
    pub(super) fn forget_member(&mut self) {
        self.members.pop();
        self.prints.pop();
    }

    /// Adds an element that nobody will look at.
    pub(super) fn nothing(&mut self) {
        self.items.push(Value::Null);
    }
}

/// Writes over a null, which need not be dropped; asking would take time.
#[cfg_attr(not(debug_assertions), inline(always))]
fn replace_null<'r>(null: &mut Value<'r>, value: Value<'r>) {
    std::mem::forget(std::mem::replace(null, value));
}

/// Where a value goes when it is read.
pub(super) trait Place<'r> {
    fn put(self, children: &mut Children<'r>, value: Value<'r>);
}

pub(super) struct Item;

impl<'r> Place<'r> for Item {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(self, children: &mut Children<'r>, value: Value<'r>) {
        children.items.push(value);
    }
}

/// The last member, whose name is there already.
pub(super) struct Member;

impl<'r> Place<'r> for Member {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(self, children: &mut Children<'r>, value: Value<'r>) {
        if let Some((_, nothing)) = children.members.last_mut() {
            replace_null(nothing, value);
        }
    }
}

pub(super) struct Reader<'t, 'r, K> {
    pub(super) arena: &'r Arena<'r>,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    depth: usize,
    pub(super) children: Children<'r>,
    keep: PhantomData<K>,
}

impl<'t, 'r, K: Keep<'t, 'r>> Reader<'t, 'r, K> {
    fn new(arena: &'r Arena<'r>, text: &'t str) -> Result<Self, Error> {
        arena.meter.charge(text.len() / 8)?;
        Ok(Reader {
            arena,
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            children: Children::default(),
            keep: PhantomData,
        })
    }

    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(END)
    }

    /// Skips JSON's white space.
    #[inline(always)]
    fn skip_space(&mut self) {
        if self.peek() <= b' ' {
            self.skip_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        }
    }

    /// Skips what Java's `trim` drops: white space and all other control characters.
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
            // The indentation of a pretty printer.
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

    /// The first value of the text; what follows it does not matter.
    fn document(&mut self) -> Result<Value<'r>, Error> {
        self.value(Stop::END, Item)?;
        Ok(self.children.items.pop().unwrap_or(Value::Null))
    }

    /// Reads the value that starts here, after white space, and puts it in its place: each kind on its own
    /// way, since a value that is passed on through memory is written and read in different widths.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(&mut self, stop: Stop, place: impl Place<'r>) -> Result<(), Error> {
        self.skip_space();
        match self.peek() {
            quote @ (b'"' | b'\'') => match self.plain(quote) {
                Some(text) => place.put(&mut self.children, K::keep(text)),
                None => return self.escaped(quote, place),
            },
            b'{' => {
                let map = self.object(Whole)?;
                place.put(&mut self.children, Value::Map(map));
            }
            b'[' => {
                let list = self.list(Whole)?;
                place.put(&mut self.children, Value::List(list));
            }
            b'-' | b'0'..=b'9' => return self.number(stop, place),
            b':' | b']' | b'}' => return Err(self.refuse(Fault::Character, 0)),
            b't' | b'f' | b'n' | b'N' => {
                if let Some((word, end)) = scan::json_word(self.bytes, self.at)
                    && stop.holds(self.bytes.get(end).copied().unwrap_or(END))
                {
                    self.at = end;
                    place.put(&mut self.children, word.map_or(Value::Null, Value::Bool));
                    return Ok(());
                }
                let from = self.at;
                match self.bare(stop) {
                    "true" => place.put(&mut self.children, Value::Bool(true)),
                    "false" => place.put(&mut self.children, Value::Bool(false)),
                    "null" => place.put(&mut self.children, Value::Null),
                    "NaN" => place.put(&mut self.children, Value::Float(f32::NAN)),
                    _ => return self.bare_text(from, stop, place),
                }
            }
            // Also `true` after a control character, which is dropped.
            _ => return self.bare_text(self.at, stop, place),
        }
        Ok(())
    }

    /// The list or object that starts here, or some of it; whole, what is neither.
    pub(super) fn container(&mut self, choice: impl Choice, stop: Stop, place: impl Place<'r>) -> Result<(), Error> {
        self.skip_space();
        match self.peek() {
            b'{' => {
                let map = self.object(choice)?;
                place.put(&mut self.children, Value::Map(map));
            }
            b'[' => {
                let list = self.list(choice)?;
                place.put(&mut self.children, Value::List(list));
            }
            _ => return self.value(stop, place),
        }
        Ok(())
    }

    // The rare kinds of text have functions of their own: were their texts to meet the plain ones on
    // the way to `put`, all would go through memory.

    #[inline(never)]
    fn escaped(&mut self, quote: u8, place: impl Place<'r>) -> Result<(), Error> {
        let text = self.unescape(quote)?;
        place.put(&mut self.children, Value::Str(text));
        Ok(())
    }

    #[inline(never)]
    fn escaped_name(&mut self, quote: u8) -> Result<(), Error> {
        let name = self.unescape(quote)?;
        self.children.begin(print(name.as_bytes()), Value::Str(name));
        Ok(())
    }

    /// The bare text from an earlier place on.
    #[inline(never)]
    pub(super) fn bare_text(&mut self, from: usize, stop: Stop, place: impl Place<'r>) -> Result<(), Error> {
        self.at = from;
        let text = self.bare(stop);
        place.put(&mut self.children, K::keep(text));
        Ok(())
    }

    #[inline(never)]
    fn bare_name(&mut self) {
        let name = self.bare(Stop::NAME);
        self.children.begin(print(name.as_bytes()), K::keep(name));
    }

    fn open(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.refuse(Fault::Depth, 0));
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// `[1,, 2 3 "x" [] ]`: commas may be missing after what ends by itself, and repeated.
    #[inline(never)]
    fn list(&mut self, choice: impl Choice) -> Result<&'r List<'r>, Error> {
        self.open()?;
        let first = self.children.items.len();
        loop {
            self.skip_space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => break,
                END => return Err(self.refuse(Fault::End("EOF"), 1)),
                _ => choice.item(self, self.children.items.len() - first)?,
            }
        }
        self.close();
        let items = if first == 0 && self.children.items.len() >= LONG {
            std::mem::take(&mut self.children.items)
        } else {
            self.children.items.split_off(first)
        };
        self.arena.list_of(ListKind::Json, items)
    }

    /// `{a: 1,, 'b': , "c": x y }`
    #[inline(never)]
    fn object(&mut self, choice: impl Choice) -> Result<&'r Map<'r>, Error> {
        self.open()?;
        let first = self.children.members.len();
        loop {
            self.skip_space();
            match self.peek() {
                quote @ (b'"' | b'\'') => match self.plain(quote) {
                    Some(name) => self.children.begin(print(name.as_bytes()), K::keep(name)),
                    None => self.escaped_name(quote)?,
                },
                b',' => {
                    self.at += 1;
                    continue;
                }
                b'}' => break,
                b':' | b'[' | b']' | b'{' => return Err(self.refuse(Fault::Character, 0)),
                _ => self.bare_name(),
            }
            self.skip_controls();
            match self.peek() {
                b':' => self.at += 1,
                END => return Err(self.refuse(Fault::End("null"), 1)),
                _ => return Err(self.refuse(Fault::Character, 1)),
            }
            if self.at >= self.bytes.len() {
                return Err(self.refuse(Fault::End("EOF"), 1));
            }
            choice.member(self)?;
            self.skip_controls();
            match self.peek() {
                b',' => self.at += 1,
                b'}' => break,
                END => return Err(self.refuse(Fault::End("null"), 1)),
                _ => return Err(self.refuse(Fault::Token, 1)),
            }
        }
        self.close();
        self.gather(first)
    }

    /// Makes the object of the members from `first` on.
    fn gather(&mut self, first: usize) -> Result<&'r Map<'r>, Error> {
        let repeated = match (self.children.members.get(first..), self.children.prints.get_mut(first..)) {
            (Some(members), Some(prints)) => may_repeat(members, prints),
            _ => false,
        };
        self.children.prints.truncate(first);
        let members = self.children.members.split_off(first);
        if !repeated {
            return self.arena.map_of(MapKind::Linked, members);
        }
        let map = self.arena.map(MapKind::Linked)?;
        for (name, value) in members {
            map.put(name, value)?;
        }
        Ok(map)
    }
}

/// Passes over the value that starts here.
pub(super) fn skip<'t, 'r, K: Keep<'t, 'r>>(reader: &mut Reader<'t, 'r, K>, stop: Stop) -> Result<(), Error> {
    match skim::end_of_value(reader.bytes, reader.at, stop, DEEPEST - reader.depth.min(DEEPEST)) {
        Some(end) => reader.at = end,
        None => {
            reader.value(stop, Item)?;
            reader.children.items.pop();
        }
    }
    Ok(())
}

/// A number that tells two names apart nearly always: from their length, their first and their
/// last eight bytes.
#[inline(always)]
fn print(name: &[u8]) -> u32 {
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

/// Whether two names may be the same; surely so when they are. Sorts the prints of a large object.
fn may_repeat(members: &[(Value<'_>, Value<'_>)], prints: &mut [u32]) -> bool {
    if prints.len() > COMPARED {
        prints.sort_unstable();
        return prints.windows(2).any(|pair| pair[0] == pair[1]);
    }
    let is = |i: usize, j: usize| match (members.get(i), members.get(j)) {
        (Some((Value::Str(one), _)), Some((Value::Str(other), _))) => one == other,
        _ => false,
    };
    prints.iter().enumerate().any(|(i, print)| {
        let before = &prints[..i];
        before.iter().fold(false, |hit, earlier| hit | (earlier == print)) && (0..i).any(|j| is(i, j))
    })
}
