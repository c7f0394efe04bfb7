//! Live views of maps and lists, iterators, the `$foreach` object, and `#define` blocks.

use super::list::{List, ListKind};
use super::map::Map;
use super::{Arena, Value};
use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::fmt;

/// A live view of a collection, an iterator, a stream, or the `$foreach` object.
pub(crate) enum View<'r> {
    /// `Map.keySet()`. A set without a map (`Set.of`) is the key set of a map of its own.
    Keys(&'r Map<'r>),
    /// `Map.values()`.
    Values(&'r Map<'r>),
    /// `Map.entrySet()`.
    Entries(&'r Map<'r>),
    /// `Map.Entry`.
    Entry(Entry<'r>),
    /// `List.subList(from, to)`.
    Slice(Slice<'r>),
    /// `iterator()`: the collection (null for a stream), and the state of the iteration.
    Iterator(Value<'r>, Steps<'r>),
    /// `stream()`: the elements, until they are consumed.
    Stream(RefCell<Option<Vec<Value<'r>>>>),
    /// `chars()`: an `IntStream`.
    Ints(RefCell<Option<Vec<Value<'r>>>>),
    /// `java.util.Optional`.
    Optional(Option<Value<'r>>),
    /// `$foreach`.
    Loop(Loop<'r>),
    /// `$foreach.info` of a `$foreach`.
    LoopInfo(&'r View<'r>),
}

/// A map entry. It stays readable when the member is removed from the map.
pub(crate) struct Entry<'r> {
    pub(crate) map: &'r Map<'r>,
    pub(crate) key: Value<'r>,
    /// The value when the entry was created.
    first: Value<'r>,
}

impl<'r> Entry<'r> {
    pub(crate) fn new(map: &'r Map<'r>, key: Value<'r>, value: Value<'r>) -> Self {
        Entry { map, key, first: value }
    }

    /// Returns the current value, or the last known one if the member was removed.
    pub(crate) fn value(&self) -> Value<'r> {
        self.map.get(&self.key).unwrap_or_else(|| self.first.clone())
    }
}

/// A `subList`: a live part of a list, through which the list can be changed.
pub(crate) struct Slice<'r> {
    pub(crate) list: &'r List<'r>,
    /// The enclosing sub-list, which grows and shrinks with this one.
    outer: Option<&'r Slice<'r>>,
    pub(crate) from: usize,
    len: Cell<usize>,
    changes: Cell<u32>,
}

impl<'r> Slice<'r> {
    pub(crate) fn new(list: &'r List<'r>, outer: Option<&'r Slice<'r>>, from: usize, len: usize) -> Self {
        Slice { list, outer, from, len: Cell::new(len), changes: Cell::new(list.changes()) }
    }

    /// Fails if the list was modified other than through this sub-list.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.changes.get() == self.list.changes() {
            return Ok(());
        }
        Err(Error::new(
            Code::Modified,
            "the list of a `subList` was changed (java.util.ConcurrentModificationException)",
        ))
    }

    pub(crate) fn len(&self) -> usize {
        self.len.get()
    }

    /// Updates this and the enclosing sub-lists after `old` elements were replaced by `new` ones.
    pub(crate) fn resized(&self, old: usize, new: usize) {
        let mut part = Some(self);
        while let Some(slice) = part {
            slice.len.set((slice.len.get() + new).saturating_sub(old));
            slice.changes.set(self.list.changes());
            part = slice.outer;
        }
    }

    pub(crate) fn to_vec(&self) -> Result<Vec<Value<'r>>, Error> {
        self.check()?;
        Ok((self.from..self.from + self.len()).filter_map(|i| self.list.get(i)).collect())
    }
}

/// The state of a Java iterator.
pub(crate) struct Steps<'r> {
    /// The keys of a map at creation, or the elements of a stream; empty for a list, which is read in place.
    pub(crate) items: Vec<Value<'r>>,
    pub(crate) next: Cell<usize>,
    /// The position last returned by `next()` or `previous()`, unless it was removed.
    pub(crate) last: Cell<Option<usize>>,
    /// The modification count of the collection at that time.
    pub(crate) changes: Cell<u32>,
    /// The iterator is a `java.util.ListIterator`.
    pub(crate) both_ways: bool,
}

/// The state of a running `#foreach`, as `$foreach` exposes it.
pub(crate) struct Loop<'r> {
    /// The zero-based index; -1 before the first turn.
    pub(crate) index: Cell<i32>,
    pub(crate) has_next: Cell<bool>,
    /// The previous value of `$foreach`: that of the enclosing loop, if any.
    pub(crate) outer: Value<'r>,
    /// The program and the index there of the loop, for `#break($foreach)`.
    pub(crate) source: (u32, u32),
    /// The members set by `#set($foreach.x = …)`.
    pub(crate) own: RefCell<Option<&'r Map<'r>>>,
}

/// The value of a `#define`: a body of a program, rendered at each use.
pub(crate) struct Block<'r> {
    /// The number of its program: 0 is the template, others are those of `#evaluate`.
    pub(crate) program: u32,
    /// The first op of its code.
    pub(crate) body: u32,
    /// The first op of the code used while no macro runs.
    pub(crate) plain: u32,
    /// The number of frames visible at its definition, which its `toString()` sees.
    pub(crate) visible: u32,
    /// The current recursion depth.
    pub(crate) depth: Cell<u32>,
    /// Maximum recursion depth: 2 for `#define`, the macro depth for `$bodyContent`.
    pub(crate) most: u32,
    pub(crate) marker: std::marker::PhantomData<&'r ()>,
}

impl<'r> View<'r> {
    /// Returns the number of values that it holds itself.
    pub(crate) fn items(&self) -> usize {
        match self {
            View::Stream(items) | View::Ints(items) => items.borrow().as_ref().map_or(0, Vec::len),
            View::Iterator(_, steps) => steps.items.len(),
            _ => 0,
        }
    }

    /// Returns the steps of reading what an `Optional`, or those within it, hold, or of looking up an entry's key.
    #[cold]
    pub(super) fn weight(&self) -> usize {
        let (mut depth, mut view) = (0, self);
        loop {
            match view {
                View::Optional(Some(Value::View(inner))) => (depth, view) = (depth + 1, inner),
                View::Optional(Some(value)) => return depth / 8 + value.weight(),
                View::Entry(entry) => return depth / 8 + entry.key.weight(),
                _ => return depth / 8,
            }
        }
    }

    /// Returns the full name of the Java class.
    pub(crate) fn class_name(&self) -> &'static str {
        match self {
            View::Keys(_) => "java.util.LinkedHashMap$LinkedKeySet",
            View::Values(_) => "java.util.LinkedHashMap$LinkedValues",
            View::Entries(_) => "java.util.LinkedHashMap$LinkedEntrySet",
            View::Entry(entry) if entry.map.kind().can_change() => "java.util.LinkedHashMap$Entry",
            View::Entry(_) => "java.util.KeyValueHolder",
            View::Slice(slice) if slice.list.kind().is_java_array() => "java.util.AbstractList$SubList",
            View::Slice(slice) if slice.list.kind() == ListKind::Unmodifiable => {
                "java.util.ImmutableCollections$SubList"
            }
            View::Slice(_) => "java.util.ArrayList$SubList",
            View::Iterator(Value::View(View::Slice(slice)), _) if !slice.list.kind().is_java_array() => {
                "java.util.ArrayList$SubList$1"
            }
            View::Iterator(Value::List(list), steps) if list.kind().is_java_array() => {
                if steps.both_ways {
                    "java.util.AbstractList$ListItr"
                } else {
                    "java.util.AbstractList$Itr"
                }
            }
            View::Iterator(Value::List(list), _) if list.kind() == ListKind::Unmodifiable => {
                "java.util.ImmutableCollections$ListItr"
            }
            View::Iterator(Value::Null, _) => "java.util.Spliterators$1Adapter",
            View::Iterator(_, steps) if steps.both_ways => "java.util.ArrayList$ListItr",
            View::Iterator(Value::View(View::Keys(_)), _) => "java.util.LinkedHashMap$LinkedKeyIterator",
            View::Iterator(Value::View(View::Values(_)), _) => "java.util.LinkedHashMap$LinkedValueIterator",
            View::Iterator(Value::View(View::Entries(_)), _) => "java.util.LinkedHashMap$LinkedEntryIterator",
            View::Iterator(..) => "java.util.ArrayList$Itr",
            View::Stream(_) => "java.util.stream.ReferencePipeline$Head",
            View::Ints(_) => "java.util.stream.IntPipeline$Head",
            View::Optional(_) => "java.util.Optional",
            View::Loop(_) => "org.apache.velocity.runtime.directive.ForeachScope",
            View::LoopInfo(_) => "org.apache.velocity.runtime.directive.Scope$Info",
        }
    }

    /// Returns the elements of a set, collection or sub-list; `None` for other views.
    pub(crate) fn elements(&self, arena: &'r Arena<'r>) -> Result<Option<Vec<Value<'r>>>, Error> {
        Ok(Some(match self {
            View::Keys(map) => map.keys(),
            View::Values(map) => map.members().into_iter().map(|(_, value)| value).collect(),
            View::Entries(map) => {
                let entry = |(key, value)| arena.view(View::Entry(Entry::new(map, key, value)));
                map.members().into_iter().map(entry).collect::<Result<_, _>>()?
            }
            View::Slice(slice) => slice.to_vec()?,
            _ => return Ok(None),
        }))
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class_name())
    }
}

impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({})", self.body)
    }
}
