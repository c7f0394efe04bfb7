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
use super::{scan, skim};
use crate::error::Error;
use crate::value::shape::{Given, Name, Shape, may_repeat, print};
use crate::value::{Arena, ListKind, Map, MapKind, Text, Value};
use std::cell::Cell;
use std::marker::PhantomData;

/// Reads a payload as json-smart does in permissive mode. The empty text gives the empty string.
/// Strings without escapes are slices of `text`.
pub(crate) fn read<'r>(arena: &'r Arena<'r>, text: &'r str) -> Result<Value<'r>, Error> {
    Reader::<Borrowing>::new(arena, text)?.document()
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

/// A list of the outermost level that is this long is not copied out of the stack.
const LONG: usize = 256;

/// What ends a bare word or a number, besides [`END`].
#[derive(Clone, Copy)]
pub(super) struct Stop(u8, u8);

impl Stop {
    pub(super) const END: Stop = Stop(END, END);
    pub(super) const IN_LIST: Stop = Stop(b',', b']');
    pub(super) const IN_OBJECT: Stop = Stop(b',', b'}');
    pub(super) const NAME: Stop = Stop(b':', END);

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
pub(super) struct Children<'r> {
    /// Elements, and values of members.
    items: Vec<Value<'r>>,
    /// The names of those objects whose names are not those of the object before.
    pub(super) names: Vec<Given<'r>>,
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

/// The shapes of some objects that were read.
#[derive(Default)]
struct Shapes<'r> {
    known: Vec<&'r Shape<'r>>,
    /// The shape that the object likely has that is read next.
    next: Option<&'r Shape<'r>>,
    /// The shape of the object that was read last.
    last: Option<&'r Shape<'r>>,
}

/// So many shapes are known again by their names.
const KNOWN: usize = 16;

pub(super) struct Reader<'t, 'r, K> {
    pub(super) arena: &'r Arena<'r>,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    depth: usize,
    pub(super) children: Children<'r>,
    shapes: Shapes<'r>,
    /// Whether [`END`] is somewhere in the text, which then is not passed over.
    pub(super) marked: bool,
    keep: PhantomData<K>,
}

impl<'t, 'r, K: Keep<'t, 'r>> Reader<'t, 'r, K> {
    pub(super) fn new(arena: &'r Arena<'r>, text: &'t str) -> Result<Self, Error> {
        arena.meter.charge(text.len() / 8)?;
        Ok(Reader {
            arena,
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            // A small payload needs no more.
            children: Children { items: Vec::with_capacity(16), names: Vec::new() },
            shapes: Shapes::default(),
            marked: true,
            keep: PhantomData,
        })
    }

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
        self.value(Stop::END)?;
        Ok(self.children.items.pop().unwrap_or(Value::Null))
    }

    /// Reads the value that starts here, after white space, and puts it in its place: each kind on its own
    /// way, since a value that is passed on through memory is written and read in different widths.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(&mut self, stop: Stop) -> Result<(), Error> {
        self.skip_space();
        let byte = self.peek();
        if byte == b'"' {
            match self.plain(b'"') {
                Some(text) => self.children.put(K::keep(text)),
                None => return self.escaped(b'"'),
            }
            return Ok(());
        }
        if byte.is_ascii_digit()
            && let Some((int, end, next)) = scan::small_integer(self.bytes, self.at)
            && stop.holds(next)
        {
            self.at = end;
            self.children.put(Value::Int(int));
            return Ok(());
        }
        match byte {
            b'\'' => match self.plain(b'\'') {
                Some(text) => self.children.put(K::keep(text)),
                None => return self.escaped(b'\''),
            },
            b'{' => return self.object(),
            b'[' => return self.list(),
            b'-' | b'0'..=b'9' => return self.number(stop),
            b':' | b']' | b'}' => return Err(self.refuse(Fault::Character, 0)),
            b't' | b'f' | b'n' | b'N' => {
                if let Some((word, end)) = scan::json_word(self.bytes, self.at)
                    && stop.holds(self.bytes.get(end).copied().unwrap_or(END))
                {
                    self.at = end;
                    self.children.put(word.map_or(Value::Null, Value::Bool));
                    return Ok(());
                }
                let from = self.at;
                match self.bare(stop) {
                    "true" => self.children.put(Value::Bool(true)),
                    "false" => self.children.put(Value::Bool(false)),
                    "null" => self.children.put(Value::Null),
                    "NaN" => self.children.put(Value::Float(f32::NAN)),
                    _ => return self.bare_text(from, stop),
                }
            }
            // Also `true` after a control character, which is dropped.
            _ => return self.bare_text(self.at, stop),
        }
        Ok(())
    }

    // The rare kinds of text have functions of their own: were their texts to meet the plain ones on
    // the way to `put`, all would go through memory.

    #[inline(never)]
    fn escaped(&mut self, quote: u8) -> Result<(), Error> {
        let text = self.unescape(quote)?;
        self.children.put(Value::Str(text));
        Ok(())
    }

    #[inline(never)]
    fn escaped_name(&mut self, quote: u8) -> Result<(), Error> {
        let name = self.unescape(quote)?;
        self.children.names.push((print(name.as_bytes()), Value::Str(name)));
        Ok(())
    }

    /// The bare text from an earlier place on.
    #[inline(never)]
    pub(super) fn bare_text(&mut self, from: usize, stop: Stop) -> Result<(), Error> {
        self.at = from;
        let text = self.bare(stop);
        self.children.put(K::keep(text));
        Ok(())
    }

    #[inline(never)]
    fn bare_name(&mut self) {
        let name = self.bare(Stop::NAME);
        self.children.names.push((print(name.as_bytes()), K::keep(name)));
    }

    #[inline(always)]
    pub(super) fn open(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.refuse(Fault::Depth, 0));
        }
        self.at += 1;
        Ok(())
    }

    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// `[1,, 2 3 "x" [] ]`: commas may be missing after what ends by itself, and repeated.
    #[inline(never)]
    fn list(&mut self) -> Result<(), Error> {
        let first = self.open_list()?;
        let mut shape = self.shapes.next.take();
        while self.is_item()? {
            self.shapes.next = shape;
            self.value(Stop::IN_LIST)?;
            shape = self.shapes.last;
        }
        self.close_list(first)
    }

    /// Gives the place of the first element among the children.
    #[inline(always)]
    pub(super) fn open_list(&mut self) -> Result<usize, Error> {
        self.open()?;
        Ok(self.children.items.len())
    }

    /// Whether an element starts here, blanks and commas aside; else the list ends.
    #[inline(always)]
    pub(super) fn is_item(&mut self) -> Result<bool, Error> {
        loop {
            self.skip_space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => return Ok(false),
                END => return Err(self.refuse(Fault::End("EOF"), 1)),
                _ => return Ok(true),
            }
        }
    }

    /// Makes a list of the children from `first` on.
    pub(super) fn close_list(&mut self, first: usize) -> Result<(), Error> {
        self.close();
        let list = if first == 0 && self.children.items.len() >= LONG {
            self.arena.list_of(ListKind::Json, std::mem::take(&mut self.children.items))?
        } else {
            self.arena.list_read(self.children.items.drain(first..))?
        };
        self.children.put(Value::List(list));
        Ok(())
    }

    /// `{a: 1,, 'b': , "c": x y }`
    #[inline(never)]
    fn object(&mut self) -> Result<(), Error> {
        self.open()?;
        let first = self.children.items.len();
        let first_name = self.children.names.len();
        // As long as the names are those of the shape, they are not written down.
        let mut like = self.shapes.next.take().map(|shape| (shape, shape.names().iter()));
        loop {
            self.skip_space();
            let mut inner = None;
            if let Some((_, names)) = &mut like
                && let Some(name) = names.as_slice().first()
                && let Some(behind) =
                    name.behind(self.bytes, self.at).or_else(|| name.behind_spaced(self.bytes, self.at))
            {
                names.next();
                inner = Some(name.inner());
                self.at = behind;
            } else {
                match self.peek() {
                    b',' => {
                        self.at += 1;
                        continue;
                    }
                    b'}' => break,
                    b':' | b'[' | b']' | b'{' => return Err(self.refuse(Fault::Character, 0)),
                    byte => {
                        if let Some((shape, rest)) = like.take() {
                            self.write_down(shape, rest.len());
                        }
                        match byte {
                            quote @ (b'"' | b'\'') => match self.plain(quote) {
                                Some(name) => {
                                    self.children.names.push((print(name.as_bytes()), K::keep(name)));
                                }
                                None => self.escaped_name(quote)?,
                            },
                            _ => self.bare_name(),
                        }
                        self.colon()?;
                    }
                }
            }
            self.shapes.next = inner.and_then(Cell::get);
            self.shapes.last = None;
            self.value(Stop::IN_OBJECT)?;
            if let (Some(inner), Some(_)) = (inner, self.shapes.last) {
                inner.set(self.shapes.last);
            }
            if !self.is_more()? {
                break;
            }
        }
        self.close();
        let shape = match like {
            Some((shape, rest)) if rest.len() == 0 => Some(shape),
            Some((shape, rest)) => {
                self.write_down(shape, rest.len());
                self.shape(first_name)
            }
            None => self.shape(first_name),
        };
        self.shapes.last = shape;
        self.put_object(shape, first_name, first)
    }

    /// The colon behind a name.
    #[inline(always)]
    pub(super) fn colon(&mut self) -> Result<(), Error> {
        if self.peek() != b':' {
            self.skip_controls();
            match self.peek() {
                b':' => {}
                END => return Err(self.refuse(Fault::End("null"), 1)),
                _ => return Err(self.refuse(Fault::Character, 1)),
            }
        }
        self.at += 1;
        if self.at >= self.bytes.len() {
            return Err(self.refuse(Fault::End("EOF"), 1));
        }
        Ok(())
    }

    /// Whether a comma follows a member; else the object ends.
    #[inline(always)]
    pub(super) fn is_more(&mut self) -> Result<bool, Error> {
        if self.peek() == b',' {
            self.at += 1;
            return Ok(true);
        }
        self.skip_controls();
        match self.peek() {
            b',' => self.at += 1,
            b'}' => return Ok(false),
            END => return Err(self.refuse(Fault::End("null"), 1)),
            _ => return Err(self.refuse(Fault::Token, 1)),
        }
        Ok(true)
    }

    /// The first byte of the next name; none at the end of the object.
    #[inline(always)]
    pub(super) fn start_of_name(&mut self) -> Result<Option<u8>, Error> {
        loop {
            self.skip_space();
            match self.peek() {
                b'"' => return Ok(Some(b'"')),
                b',' => self.at += 1,
                b'}' => return Ok(None),
                b':' | b'[' | b']' | b'{' => return Err(self.refuse(Fault::Character, 0)),
                byte => return Ok(Some(byte)),
            }
        }
    }

    /// The name that started at `start` and was read with its colon, if it was written plainly.
    pub(super) fn plain_name(&self, start: usize) -> Option<&'t str> {
        let (name, colon) = self.text.get(start..self.at)?.strip_prefix('"')?.split_once('"')?;
        (!name.contains('\\') && colon.trim_ascii() == ":").then_some(name)
    }

    /// Makes an object of the children from `first` on: of a shape, or of the names written down.
    #[inline(always)]
    pub(super) fn put_object(
        &mut self,
        shape: Option<&'r Shape<'r>>,
        first_name: usize,
        first: usize,
    ) -> Result<(), Error> {
        let map = match shape {
            Some(shape) => self.arena.map_read(shape, self.children.items.drain(first..))?,
            None => self.repeated(first_name, first)?,
        };
        self.children.put(Value::Map(map));
        Ok(())
    }

    /// Writes down the names of a shape but for those that were not met.
    #[cold]
    fn write_down(&mut self, shape: &'r Shape<'r>, rest: usize) {
        let met = shape.names().len() - rest;
        self.children.names.extend(shape.names().iter().take(met).map(Name::given));
    }

    /// The shape of the names from `first` on; none if a name may be there twice.
    pub(super) fn shape(&mut self, first: usize) -> Option<&'r Shape<'r>> {
        let names = self.children.names.get(first..)?;
        if let Some(known) = self.shapes.known.iter().find(|known| known.has_names(names)) {
            self.children.names.truncate(first);
            return Some(known);
        }
        if may_repeat(names) {
            return None;
        }
        let shape = self.arena.shape(self.children.names.drain(first..));
        if self.shapes.known.len() < KNOWN {
            self.shapes.known.push(shape);
        }
        Some(shape)
    }

    /// An object whose last member of a name counts, in the place of the first.
    #[cold]
    fn repeated(&mut self, first_name: usize, first: usize) -> Result<&'r Map<'r>, Error> {
        let map = self.arena.map(MapKind::Linked)?;
        let names = self.children.names.drain(first_name..);
        for ((_, name), value) in names.zip(self.children.items.drain(first..)) {
            map.put(name, value)?;
        }
        Ok(map)
    }
}

impl<'t, 'r, K: Keep<'t, 'r>> Reader<'t, 'r, K> {
    /// Passes over the value that starts here.
    #[inline]
    pub(super) fn skip(&mut self, stop: Stop) -> Result<(), Error> {
        match skim::end_of_value(self.bytes, self.at, stop, DEEPEST - self.depth.min(DEEPEST)) {
            Some(end) if !self.marked => {
                self.at = end;
                Ok(())
            }
            _ => self.drop_value(stop),
        }
    }

    #[inline(never)]
    fn drop_value(&mut self, stop: Stop) -> Result<(), Error> {
        self.value(stop)?;
        self.children.items.pop();
        Ok(())
    }
}
