//! Lists, shared by reference. No borrow of the `RefCell` leaves this file: each method
//! borrows, acts and returns, so `$l.addAll($l)` cannot panic.

use super::frozen::Thawed;
use super::{Arena, Datum, Value};
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::fmt;

/// The Java class of a list: determines its text and the operations it supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// A list literal or range: `java.util.ArrayList`, prints `[1, b]`.
    Array,
    /// A list of the payload: json-smart's `JSONArray`, prints as compact JSON (aws-observed 3.1, R).
    Json,
    /// `String[]`, as returned by `split`; fixed size.
    Strings,
    /// `Object[]`, as returned by `toArray`.
    Objects,
    /// `char[]`.
    Chars,
    /// `byte[]`.
    Bytes,
    /// An unmodifiable list: `List.of`, `Collections.unmodifiableList`.
    Unmodifiable,
}

impl ListKind {
    /// Returns the full name of the Java class.
    pub(crate) fn class_name(self) -> &'static str {
        match self {
            ListKind::Array => "java.util.ArrayList",
            ListKind::Json => "net.minidev.json.JSONArray",
            ListKind::Strings => "[Ljava.lang.String;",
            ListKind::Objects => "[Ljava.lang.Object;",
            ListKind::Chars => "[C",
            ListKind::Bytes => "[B",
            ListKind::Unmodifiable => "java.util.ImmutableCollections$ListN",
        }
    }

    /// Returns `true` for a Java array (`isArray()`).
    pub(crate) fn is_java_array(self) -> bool {
        matches!(self, ListKind::Strings | ListKind::Objects | ListKind::Chars | ListKind::Bytes)
    }
}

/// The representation of the elements.
enum Store<'r> {
    Own(Vec<Value<'r>>),
    /// A list of the payload, in the arena.
    Read(&'r [Value<'r>]),
    /// A range that is not materialized: first element, length, and `true` if it descends.
    Range(i32, usize, bool),
    Frozen(&'r [Datum], Thawed<'r>),
}

/// A Java list or array.
pub(crate) struct List<'r> {
    arena: &'r Arena<'r>,
    kind: ListKind,
    /// The number of structural modifications; Java's iterators fail when it changes.
    changes: Cell<u32>,
    store: RefCell<Store<'r>>,
}

impl<'r> List<'r> {
    pub(super) fn new(arena: &'r Arena<'r>, kind: ListKind, items: Vec<Value<'r>>) -> Self {
        List { arena, kind, changes: Cell::new(0), store: RefCell::new(Store::Own(items)) }
    }

    pub(super) fn read(arena: &'r Arena<'r>, kind: ListKind, items: &'r [Value<'r>]) -> Self {
        List { arena, kind, changes: Cell::new(0), store: RefCell::new(Store::Read(items)) }
    }

    pub(super) fn range(arena: &'r Arena<'r>, first: i32, last: i32, count: usize) -> Self {
        let store = RefCell::new(Store::Range(first, count, first > last));
        List { arena, kind: ListKind::Array, changes: Cell::new(0), store }
    }

    pub(super) fn frozen(arena: &'r Arena<'r>, kind: ListKind, data: &'r [Datum]) -> Self {
        List { arena, kind, changes: Cell::new(0), store: RefCell::new(Store::Frozen(data, Thawed::None)) }
    }

    pub(crate) fn kind(&self) -> ListKind {
        self.kind
    }

    pub(crate) fn arena(&self) -> &'r Arena<'r> {
        self.arena
    }

    /// Returns the number of structural modifications so far.
    pub(crate) fn changes(&self) -> u32 {
        self.changes.get()
    }

    pub(crate) fn len(&self) -> usize {
        match &*self.store.borrow() {
            Store::Own(items) => items.len(),
            Store::Read(items) => items.len(),
            Store::Range(_, count, _) => *count,
            Store::Frozen(data, _) => data.len(),
        }
    }

    /// Returns the element at a zero-based index.
    pub(crate) fn get(&self, index: usize) -> Option<Value<'r>> {
        match &mut *self.store.borrow_mut() {
            Store::Own(items) => items.get(index).cloned(),
            Store::Read(items) => items.get(index).cloned(),
            Store::Range(first, count, down) => (index < *count).then(|| Value::Int(nth(*first, index, *down))),
            Store::Frozen(data, made) => Some(made.value(self.arena, data.get(index)?, index)),
        }
    }

    /// Returns the Integer at a zero-based index of a range that is not materialized, and `true` if others follow
    /// it: the commonest turn of a loop over numbers.
    #[inline]
    pub(crate) fn range_turn(&self, index: usize) -> Option<(i32, bool)> {
        match *self.store.borrow() {
            Store::Range(first, count, down) if index < count => Some((nth(first, index, down), index + 1 != count)),
            _ => None,
        }
    }

    /// Returns the element at a zero-based index, and `true` if others follow it: the turn of a loop.
    #[inline]
    pub(crate) fn turn(&self, index: usize) -> Option<(Value<'r>, bool)> {
        self.get(index).map(|item| (item, index + 1 != self.len()))
    }

    /// Returns a copy of the elements.
    pub(crate) fn to_vec(&self) -> Vec<Value<'r>> {
        match &*self.store.borrow() {
            Store::Own(items) => return items.clone(),
            Store::Read(items) => return items.to_vec(),
            _ => {}
        }
        (0..self.len()).filter_map(|i| self.get(i)).collect()
    }

    /// Calls `act` with each element. `act` must not change the list.
    pub(crate) fn each(&self, mut act: impl FnMut(&Value<'r>) -> Result<(), Error>) -> Result<(), Error> {
        match &*self.store.borrow() {
            Store::Own(items) => return items.iter().try_for_each(act),
            Store::Read(items) => return items.iter().try_for_each(act),
            _ => {}
        }
        (0..self.len()).filter_map(|i| self.get(i)).try_for_each(|item| act(&item))
    }

    /// Changes the elements by calling `act`, which must not call back into this list. `structural` marks a
    /// change of number or order that makes Java's iterators fail.
    pub(crate) fn edit<T>(&self, structural: bool, act: impl FnOnce(&mut Vec<Value<'r>>) -> T) -> Result<T, Error> {
        let own = matches!(&*self.store.borrow(), Store::Own(_));
        if !own {
            let items = self.to_vec();
            *self.store.borrow_mut() = Store::Own(items);
        }
        if structural {
            self.changes.set(self.changes.get().wrapping_add(1));
        }
        let mut store = self.store.borrow_mut();
        let Store::Own(items) = &mut *store else {
            return Err(Error::new(crate::diagnostic::Code::JavaException, "list"));
        };
        let before = items.len();
        let result = act(items);
        let grown = items.len().saturating_sub(before);
        drop(store);
        self.arena.budget.hold(grown * size_of::<Value>())?;
        Ok(result)
    }
}

/// Returns an element of a range.
fn nth(first: i32, index: usize, down: bool) -> i32 {
    let step = index as i32;
    if down { first.wrapping_sub(step) } else { first.wrapping_add(step) }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "List({:?}, {})", self.kind, self.len())
    }
}
