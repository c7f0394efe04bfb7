//! The lenient JSON reader: parses a payload into values in the arena, in one pass over the bytes.
//!
//! The children of all open lists and objects are on one stack; closing a bracket moves them into an
//! exactly sized allocation. Well-formed JSON takes the first arm of every match; the lenient
//! arms handle the deviations that json-smart accepts.
//!
//! The functions that recurse through objects and lists are inlined into each other in release
//! builds only: in debug builds 400 such frames would overflow the stack of a thread.

use super::cursor::{END, Reader, Stop};
use super::refuse::Fault;
use super::{scan, skim};
use crate::error::Error;
use crate::value::shape::{Shape, ShapeKey, fingerprint, may_have_duplicates};
use crate::value::{Arena, ListKind, Map, MapKind, Value};
use std::cell::Cell;

/// Names of an object behind which they are looked up in a table, and the steps of making it, a name.
const MANY_NAMES: usize = 64;
const STEPS_PER_NAME: usize = 28;

/// Reads a payload as json-smart does in permissive mode. The empty text reads as the empty string.
/// Strings without escapes borrow from `text`.
pub(crate) fn read<'r>(arena: &'r Arena<'r>, text: &'r str) -> Result<Value<'r>, Error> {
    Reader::new(arena, text)?.document()
}

/// Reads a copy of a text that is dropped before the render ends: like [`read`].
pub(crate) fn read_owned<'r>(arena: &'r Arena<'r>, text: &str) -> Result<Value<'r>, Error> {
    read(arena, arena.keep(text)?)
}

/// Minimum length of an outermost list that takes over the child stack instead of copying from it.
const LONG_LIST: usize = 256;

/// Maximum number of interned shapes.
const MAX_INTERNED: usize = 16;

impl<'r> Reader<'r> {
    /// Reads the first value of the text and ignores the rest.
    fn document(&mut self) -> Result<Value<'r>, Error> {
        self.value(Stop::END)?;
        Ok(self.children.items.pop().unwrap_or(Value::Null))
    }

    /// Reads the value at the cursor, after white space, and pushes it onto the child stack. Each kind
    /// pushes for itself: a common exit would store the value through memory in narrow pieces and load
    /// it in wide ones, which defeats store-to-load forwarding.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(&mut self, stop: Stop) -> Result<(), Error> {
        self.skip_space();
        let byte = self.peek();
        if byte == b'"' {
            match self.plain(b'"') {
                Some(text) => self.children.put(Value::str(text)),
                None => return self.escaped(b'"'),
            }
            return Ok(());
        }
        if byte.is_ascii_digit()
            && let Some((int, end, next)) = scan::small_integer(self.bytes, self.at)
            && stop.contains(next)
        {
            self.at = end;
            self.children.put(Value::Int(int));
            return Ok(());
        }
        match byte {
            b'\'' => match self.plain(b'\'') {
                Some(text) => self.children.put(Value::str(text)),
                None => return self.escaped(b'\''),
            },
            b'{' => return self.object(),
            b'[' => return self.list(),
            b'-' | b'0'..=b'9' => return self.number(stop),
            b':' | b']' | b'}' => return Err(self.refuse(Fault::Character, 0)),
            b't' | b'f' | b'n' | b'N' => {
                if let Some((word, end)) = scan::json_word(self.bytes, self.at)
                    && stop.contains(self.bytes.get(end).copied().unwrap_or(END))
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
            // Includes `true` after a control character, which is trimmed.
            _ => return self.bare_text(self.at, stop),
        }
        Ok(())
    }

    // The rare kinds of text have functions of their own: a common call of `put` would make all of them
    // go through memory (see `value`).

    /// Reads a quoted string with escapes and pushes it.
    #[inline(never)]
    fn escaped(&mut self, quote: u8) -> Result<(), Error> {
        let text = self.unescape(quote)?;
        self.children.put(text);
        Ok(())
    }

    /// Reads a quoted name with escapes and pushes it.
    #[inline(never)]
    fn escaped_name(&mut self, quote: u8) -> Result<(), Error> {
        let name = self.unescape(quote)?;
        let text = name.as_text().map_or("", |text| text.as_str());
        self.children.names.push((fingerprint(text.as_bytes()), name));
        Ok(())
    }

    /// Reads an unquoted text that starts at `from` and pushes it.
    #[inline(never)]
    pub(super) fn bare_text(&mut self, from: usize, stop: Stop) -> Result<(), Error> {
        self.at = from;
        let text = self.bare(stop);
        self.children.put(Value::str(text));
        Ok(())
    }

    /// Reads an unquoted name and pushes it.
    #[inline(never)]
    fn bare_name(&mut self) {
        let name = self.bare(Stop::NAME);
        self.children.names.push((fingerprint(name.as_bytes()), Value::str(name)));
    }

    /// Enters the list or object whose bracket is at the cursor; fails if it nests too deeply.
    #[inline(always)]
    pub(super) fn open(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > self.most_depth {
            return Err(self.too_deep());
        }
        self.at += 1;
        Ok(())
    }

    /// Leaves the list or object whose closing bracket is at the cursor.
    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Reads a list, leniently: `[1,, 2 3 "x" [] ]`. Commas may repeat, and may be missing after
    /// values that end by themselves.
    #[inline(never)]
    fn list(&mut self) -> Result<(), Error> {
        let first = self.open_list()?;
        let mut shape = self.shapes.predicted.take();
        while self.is_item()? {
            self.shapes.predicted = shape;
            self.value(Stop::IN_LIST)?;
            shape = self.shapes.last;
        }
        self.close_list(first)
    }

    /// Enters a list and returns the index of its first element on the child stack.
    #[inline(always)]
    pub(super) fn open_list(&mut self) -> Result<usize, Error> {
        self.open()?;
        Ok(self.children.items.len())
    }

    /// Skips white space and commas; returns `true` if an element follows and `false` at the `]`.
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

    /// Leaves a list: replaces its elements on the child stack, from `first` on, by the list.
    pub(super) fn close_list(&mut self, first: usize) -> Result<(), Error> {
        self.close();
        let list = if first == 0 && self.children.items.len() >= LONG_LIST {
            self.arena.list_of(ListKind::Json, std::mem::take(&mut self.children.items))?
        } else {
            self.arena.list_read(&mut self.children.items, first)?
        };
        self.children.put(Value::List(list));
        Ok(())
    }

    /// Reads an object, leniently: `{a: 1,, 'b': , "c": x y }`.
    #[inline(never)]
    fn object(&mut self) -> Result<(), Error> {
        self.open()?;
        let first = self.children.items.len();
        let first_name = self.children.names.len();
        // While the keys follow the predicted shape, their names are not recorded.
        let mut prediction = self.shapes.predicted.take().map(|shape| (shape, shape.keys().iter()));
        loop {
            self.skip_space();
            let mut value_shape = None;
            if let Some((_, keys)) = &mut prediction
                && let Some(key) = keys.as_slice().first()
                && let Some(end) =
                    key.match_at(self.bytes, self.at).or_else(|| key.match_spaced_at(self.bytes, self.at))
            {
                keys.next();
                value_shape = Some(key.value_shape());
                self.at = end;
            } else {
                match self.peek() {
                    b',' => {
                        self.at += 1;
                        continue;
                    }
                    b'}' => break,
                    b':' | b'[' | b']' | b'{' => return Err(self.refuse(Fault::Character, 0)),
                    byte => {
                        if let Some((shape, rest)) = prediction.take() {
                            self.record_matched(shape, rest.len());
                        }
                        match byte {
                            quote @ (b'"' | b'\'') => match self.plain(quote) {
                                Some(name) => {
                                    self.children.names.push((fingerprint(name.as_bytes()), Value::str(name)));
                                }
                                None => self.escaped_name(quote)?,
                            },
                            _ => self.bare_name(),
                        }
                        self.colon()?;
                    }
                }
            }
            self.shapes.predicted = value_shape.and_then(Cell::get);
            self.shapes.last = None;
            self.value(Stop::IN_OBJECT)?;
            if let (Some(value_shape), Some(_)) = (value_shape, self.shapes.last) {
                value_shape.set(self.shapes.last);
            }
            if !self.is_more()? {
                break;
            }
        }
        self.close();
        let shape = match prediction {
            Some((shape, rest)) if rest.len() == 0 => Some(shape),
            Some((shape, rest)) => {
                self.record_matched(shape, rest.len());
                self.intern_shape(first_name)
            }
            None => self.intern_shape(first_name),
        };
        self.shapes.last = shape;
        self.put_object(shape, first_name, first)
    }

    /// Consumes the colon after a name.
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

    /// Consumes the comma after a member; returns `false` at the `}`.
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

    /// Skips white space and commas; returns the first byte of the next key, or `None` at the `}`.
    #[inline(always)]
    pub(super) fn next_key(&mut self) -> Result<Option<u8>, Error> {
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

    /// Returns the name of the key between `start` and the cursor if it is in double quotes without
    /// escapes.
    pub(super) fn unescaped_key(&self, start: usize) -> Option<&'r str> {
        let (name, colon) = self.text.get(start..self.at)?.strip_prefix('"')?.split_once('"')?;
        (!name.contains('\\') && colon.trim_ascii() == ":").then_some(name)
    }

    /// Replaces the values of an object on the child stack, from `first` on, by the object: of a shape, or
    /// of the recorded names from `first_name` on, which may repeat.
    #[inline(always)]
    pub(super) fn put_object(
        &mut self,
        shape: Option<&'r Shape<'r>>,
        first_name: usize,
        first: usize,
    ) -> Result<(), Error> {
        let map = match shape {
            Some(shape) => self.arena.map_read(shape, &mut self.children.items, first)?,
            None => self.object_with_duplicates(first_name, first)?,
        };
        self.children.put(Value::Map(map));
        Ok(())
    }

    /// Records the keys of a predicted shape that were matched: all but the last `rest`.
    #[cold]
    fn record_matched(&mut self, shape: &'r Shape<'r>, rest: usize) {
        let matched = shape.keys().len() - rest;
        self.children.names.extend(shape.keys().iter().take(matched).map(ShapeKey::fingerprinted_name));
    }

    /// Returns the shape of the recorded names from `first` on and removes them; returns `None` and keeps
    /// them if one may occur twice.
    pub(super) fn intern_shape(&mut self, first: usize) -> Option<&'r Shape<'r>> {
        let names = self.children.names.get(first..)?;
        if let Some(known) = self.shapes.interned.iter().find(|known| known.has_names(names)) {
            self.children.names.truncate(first);
            return Some(known);
        }
        if names.len() > MANY_NAMES {
            // The next charge reports that the limit was reached.
            let _ = self.arena.budget.charge(STEPS_PER_NAME * names.len());
        }
        if may_have_duplicates(names) {
            return None;
        }
        // The next charge reports that the limit was reached.
        let _ = self.arena.budget.hold(size_of::<Shape>() + names.len() * size_of::<ShapeKey>());
        let shape = self.arena.shape(self.children.names.drain(first..));
        if self.shapes.interned.len() < MAX_INTERNED {
            self.shapes.interned.push(shape);
        }
        Some(shape)
    }

    /// Builds an object with repeated names: the last value counts, at the position of the first.
    #[cold]
    fn object_with_duplicates(&mut self, first_name: usize, first: usize) -> Result<&'r Map<'r>, Error> {
        let map = self.arena.map(MapKind::Linked)?;
        let names = self.children.names.drain(first_name..);
        for ((_, name), value) in names.zip(self.children.items.drain(first..)) {
            map.put(name, value)?;
        }
        Ok(map)
    }
}

impl<'r> Reader<'r> {
    /// Skips the value at the cursor, and reports what is wrong with it.
    #[inline]
    pub(super) fn skip(&mut self, stop: Stop) -> Result<(), Error> {
        match skim::end_of_value(self.bytes, self.at, stop, self.most_depth - self.depth.min(self.most_depth)) {
            Some(end) if !self.has_end_mark => {
                self.at = end;
                Ok(())
            }
            _ => self.read_and_drop(stop),
        }
    }

    /// Reads the value at the cursor and drops it: the way for values that skimming does not accept.
    #[inline(never)]
    fn read_and_drop(&mut self, stop: Stop) -> Result<(), Error> {
        self.value(stop)?;
        self.children.items.pop();
        Ok(())
    }
}
