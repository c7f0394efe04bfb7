//! Live views of maps and lists, iterators, the `$foreach` object, and `#define` blocks.

use super::Value;
use super::list::List;
use super::map::Map;
use std::cell::{Cell, RefCell};
use std::fmt;

/// What `keySet()`, `iterator()`, `$foreach` and their like give.
pub(crate) enum View<'r> {
    /// `Map.keySet()`.
    Keys(&'r Map<'r>),
    /// `Map.values()`.
    Values(&'r Map<'r>),
    /// `Map.entrySet()`.
    Entries(&'r Map<'r>),
    /// One entry of a map: its key. The value is read from the map.
    Entry(&'r Map<'r>, Value<'r>),
    /// `List.subList(from, to)`.
    Slice(&'r List<'r>, Cell<usize>, Cell<usize>),
    /// `iterator()`: what is iterated over, and where it stands.
    Iterator(Value<'r>, Steps<'r>),
    /// `$foreach`.
    Loop(Loop<'r>),
}

/// Where a Java iterator stands.
pub(crate) struct Steps<'r> {
    /// The elements as they were when it was made.
    pub(crate) items: Vec<Value<'r>>,
    pub(crate) next: Cell<usize>,
    /// The changes its collection had seen then.
    pub(crate) changes: Cell<u32>,
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
    /// How many renders of it are running.
    pub(crate) depth: Cell<u32>,
    /// How deep it may recurse: 2 for `#define`, the macro depth for `$bodyContent`.
    pub(crate) most: u32,
    pub(crate) marker: std::marker::PhantomData<&'r ()>,
}

impl View<'_> {
    pub(crate) fn class_name(&self) -> &'static str {
        match self {
            View::Keys(_) => "java.util.LinkedHashMap$LinkedKeySet",
            View::Values(_) => "java.util.LinkedHashMap$LinkedValues",
            View::Entries(_) => "java.util.LinkedHashMap$LinkedEntrySet",
            View::Entry(..) => "java.util.LinkedHashMap$Entry",
            View::Slice(..) => "java.util.ArrayList$SubList",
            View::Iterator(..) => "java.util.ArrayList$Itr",
            View::Loop(_) => "org.apache.velocity.runtime.directive.ForeachScope",
        }
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
