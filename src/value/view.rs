//! Live views of maps and lists, iterators, the `$foreach` object, and `#define` blocks.

use super::list::{List, ListKind};
use super::map::Map;
use super::{Arena, Value};
use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::fmt;

/// What `keySet()`, `iterator()`, `$foreach` and their like give.
pub(crate) enum View<'r> {
    /// `Map.keySet()`. A set that is no map's (`Set.of`) is the key set of a map of its own.
    Keys(&'r Map<'r>),
    /// `Map.values()`.
    Values(&'r Map<'r>),
    /// `Map.entrySet()`.
    Entries(&'r Map<'r>),
    /// One member of a map.
    Entry(Entry<'r>),
    /// `List.subList(from, to)`.
    Slice(Slice<'r>),
    /// `iterator()`: what is iterated over (null for a stream), and where it stands.
    Iterator(Value<'r>, Steps<'r>),
    /// `stream()`: its elements, until they were used.
    Stream(RefCell<Option<Vec<Value<'r>>>>),
    /// `chars()`: an `IntStream`.
    Ints(RefCell<Option<Vec<Value<'r>>>>),
    /// `java.util.Optional`.
    Optional(Option<Value<'r>>),
    /// `$foreach`.
    Loop(Loop<'r>),
    /// `$foreach.info`, of that `$foreach`.
    LoopInfo(&'r View<'r>),
}

/// A member of a map. It stays readable when the map loses it.
pub(crate) struct Entry<'r> {
    pub(crate) map: &'r Map<'r>,
    pub(crate) key: Value<'r>,
    /// Its value when the entry was made.
    first: Value<'r>,
}

impl<'r> Entry<'r> {
    pub(crate) fn new(map: &'r Map<'r>, key: Value<'r>, value: Value<'r>) -> Self {
        Entry { map, key, first: value }
    }

    pub(crate) fn value(&self) -> Value<'r> {
        self.map.get(&self.key).unwrap_or_else(|| self.first.clone())
    }
}

/// A part of a list that follows its changes, and through which the list can be changed.
pub(crate) struct Slice<'r> {
    pub(crate) list: &'r List<'r>,
    /// The part this is a part of: it grows and shrinks with this one.
    outer: Option<&'r Slice<'r>>,
    pub(crate) from: usize,
    len: Cell<usize>,
    changes: Cell<u32>,
}

impl<'r> Slice<'r> {
    pub(crate) fn new(list: &'r List<'r>, outer: Option<&'r Slice<'r>>, from: usize, len: usize) -> Self {
        Slice { list, outer, from, len: Cell::new(len), changes: Cell::new(list.changes()) }
    }

    /// Fails when the list was changed other than through this part.
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

    /// Takes note that through it `old` elements became `new`.
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

/// Where a Java iterator stands.
pub(crate) struct Steps<'r> {
    /// Of a map's view the keys as they were when it was made, of a stream its elements; a list is read in place.
    pub(crate) items: Vec<Value<'r>>,
    pub(crate) next: Cell<usize>,
    /// What `next()` or `previous()` gave last, unless it was removed.
    pub(crate) last: Cell<Option<usize>>,
    /// The changes its collection had seen then.
    pub(crate) changes: Cell<u32>,
    /// `java.util.ListIterator`.
    pub(crate) both_ways: bool,
}

/// The state of one running `#foreach`, as `$foreach` shows it.
pub(crate) struct Loop<'r> {
    /// From 0; -1 before the first turn.
    pub(crate) index: Cell<i32>,
    pub(crate) has_next: Cell<bool>,
    /// The `$foreach` around it, or whatever `$foreach` held.
    pub(crate) outer: Value<'r>,
    /// Which running loop it is, for `#break($foreach)`.
    pub(crate) id: u32,
    /// What `#set($foreach.x = …)` put there.
    pub(crate) own: RefCell<Option<&'r Map<'r>>>,
}

/// What `#define` makes: a body of the program, rendered anew each time it is used.
pub(crate) struct Block<'r> {
    /// The program it is of: 0 the template's, others those of `#evaluate`.
    pub(crate) program: u32,
    /// Where its code starts.
    pub(crate) body: u32,
    /// The same for where no macro runs.
    pub(crate) plain: u32,
    /// How many macro frames there were where it was made: its `toString()` sees those.
    pub(crate) visible: u32,
    /// How many renders of it are running.
    pub(crate) depth: Cell<u32>,
    /// How deep it may recurse: 2 for `#define`, the macro depth for `$bodyContent`.
    pub(crate) most: u32,
    pub(crate) marker: std::marker::PhantomData<&'r ()>,
}

impl<'r> View<'r> {
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

    /// The elements of a set, a collection or a sub-list as they are now; none for what is no collection.
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
