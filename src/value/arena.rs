//! The owner of everything that is shared in one render.

use super::list::{List, ListKind};
use super::map::{Map, MapKind};
use super::pattern::Pattern;
use super::shape::{Given, Name, Shape};
use super::view::{Block, View};
use super::{Datum, Value};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::limits::{Limits, Meter};
use bumpalo::Bump;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Things of one kind. Takes no memory before there is one: most renders have few kinds.
struct Kept<T>(OnceCell<typed_arena::Arena<T>>);

impl<T> Kept<T> {
    const fn new() -> Self {
        Kept(OnceCell::new())
    }

    #[inline]
    fn arena(&self) -> &typed_arena::Arena<T> {
        self.0.get_or_init(|| typed_arena::Arena::with_capacity(4))
    }

    #[inline]
    fn alloc(&self, thing: T) -> &mut T {
        self.arena().alloc(thing)
    }
}

/// Strings up to this many bytes are kept in one piece of memory.
const SHORT: usize = 64;

/// Lists, maps, views and blocks of one render, dropped together at its end.
pub(crate) struct Arena<'r> {
    lists: Kept<List<'r>>,
    maps: Kept<Map<'r>>,
    /// The values of what was read.
    read: Kept<Value<'r>>,
    rare: OnceCell<Box<Rare<'r>>>,
    /// Short strings that were made.
    short: Bump,
    /// Compiled patterns, so that one in a loop is compiled once.
    pub(crate) patterns: RefCell<Vec<(String, Rc<Pattern>)>>,
    pub(crate) meter: Meter<'r>,
    pub(crate) dialect: Dialect,
}

/// What many a render makes nothing of.
struct Rare<'r> {
    views: typed_arena::Arena<View<'r>>,
    /// The names of the objects that were read.
    names: typed_arena::Arena<Name<'r>>,
    shapes: typed_arena::Arena<Shape<'r>>,
    blocks: typed_arena::Arena<Block<'r>>,
}

impl<'r> Arena<'r> {
    pub(crate) fn new(limits: &Limits, dialect: Dialect) -> Self {
        Arena {
            lists: Kept::new(),
            maps: Kept::new(),
            read: Kept::new(),
            rare: OnceCell::new(),
            short: Bump::new(),
            patterns: RefCell::new(Vec::new()),
            meter: Meter::new(limits),
            dialect,
        }
    }

    fn rare(&self) -> &Rare<'r> {
        self.rare.get_or_init(|| {
            Box::new(Rare {
                views: typed_arena::Arena::with_capacity(0),
                names: typed_arena::Arena::with_capacity(0),
                shapes: typed_arena::Arena::with_capacity(0),
                blocks: typed_arena::Arena::with_capacity(0),
            })
        })
    }

    /// A new list that holds `items`.
    pub(crate) fn list(&'r self, kind: ListKind, items: Vec<Value<'r>>) -> Result<Value<'r>, Error> {
        self.list_of(kind, items).map(Value::List)
    }

    /// The same as a plain reference.
    pub(crate) fn list_of(&'r self, kind: ListKind, items: Vec<Value<'r>>) -> Result<&'r List<'r>, Error> {
        self.meter.grow(size_of::<List>() + items.len() * size_of::<Value>())?;
        Ok(self.lists.alloc(List::new(self, kind, items)))
    }

    /// The numbers from `first` to `last`, up or down, in steps of one. The whole list is
    /// paid for, as Java makes it, but written out only when a template changes it.
    pub(crate) fn range(&'r self, first: i32, last: i32) -> Result<Value<'r>, Error> {
        let count = i64::from(first).abs_diff(i64::from(last)) as usize + 1;
        self.meter.grow(size_of::<List>() + count * size_of::<Value>())?;
        Ok(Value::List(self.lists.alloc(List::range(self, first, last, count))))
    }

    /// A list over data that outlives the render; copied when a template changes it.
    pub(crate) fn frozen_list(&'r self, kind: ListKind, data: &'r [Datum]) -> Value<'r> {
        Value::List(self.lists.alloc(List::frozen(self, kind, data)))
    }

    /// A new empty map.
    pub(crate) fn map(&'r self, kind: MapKind) -> Result<&'r Map<'r>, Error> {
        self.meter.grow(size_of::<Map>())?;
        Ok(self.maps.alloc(Map::new(self, kind)))
    }

    /// A new map with members whose keys are known to differ, in this order.
    pub(crate) fn map_of(&'r self, kind: MapKind, members: Vec<(Value<'r>, Value<'r>)>) -> Result<&'r Map<'r>, Error> {
        self.meter.grow(size_of::<Map>() + members.len() * 2 * size_of::<Value>())?;
        Ok(self.maps.alloc(Map::with_members(self, kind, members)))
    }

    /// Names that differ.
    pub(crate) fn shape(&'r self, names: impl Iterator<Item = Given<'r>>) -> &'r Shape<'r> {
        let rare = self.rare();
        rare.shapes.alloc(Shape::new(&rare.names, names))
    }

    /// An object as it was read: the values of the names of its shape.
    pub(crate) fn map_read(
        &'r self,
        shape: &'r Shape<'r>,
        values: impl ExactSizeIterator<Item = Value<'r>>,
    ) -> Result<&'r Map<'r>, Error> {
        self.meter.grow(size_of::<Map>() + values.len() * size_of::<Value>())?;
        Ok(self.maps.alloc(Map::read(self, shape, self.read.arena().alloc_extend(values))))
    }

    /// A list as it was read.
    pub(crate) fn list_read(&'r self, items: impl ExactSizeIterator<Item = Value<'r>>) -> Result<&'r List<'r>, Error> {
        self.meter.grow(size_of::<List>() + items.len() * size_of::<Value>())?;
        Ok(self.lists.alloc(List::read(self, ListKind::Json, self.read.arena().alloc_extend(items))))
    }

    /// A map over data that outlives the render; copied when a template changes it.
    pub(crate) fn frozen_map(&'r self, kind: MapKind, data: &'r super::datum::Members) -> &'r Map<'r> {
        // Java's hash order is the service's; Velocity by itself sees maps in the order they were made.
        let kind = if self.dialect.service { kind } else { kind.in_insertion_order() };
        self.maps.alloc(Map::frozen(self, kind, data))
    }

    /// An empty override map that hangs below `parent` as soon as something is set in it.
    pub(crate) fn branch(&'r self, parent: &'r Map<'r>, key: Value<'r>) -> Result<&'r Map<'r>, Error> {
        self.meter.grow(size_of::<Map>())?;
        Ok(self.maps.alloc(Map::branch(self, parent, key)))
    }

    pub(crate) fn view(&'r self, view: View<'r>) -> Result<Value<'r>, Error> {
        self.meter.grow(size_of::<View>())?;
        Ok(Value::View(self.rare().views.alloc(view)))
    }

    pub(crate) fn block(&'r self, block: Block<'r>) -> Result<Value<'r>, Error> {
        self.meter.grow(size_of::<Block>())?;
        Ok(Value::Block(self.rare().blocks.alloc(block)))
    }

    /// A string that was made, paid for by its size.
    pub(crate) fn string(&'r self, text: String) -> Result<Value<'r>, Error> {
        self.meter.grow(text.len())?;
        if text.len() <= SHORT {
            return Ok(Value::str(self.short.alloc_str(&text)));
        }
        Ok(Value::string(text))
    }

    /// The same for a copy of a text. A short one stays until the end of the render; one that a loop makes
    /// longer and longer must not.
    pub(crate) fn copy(&'r self, text: &str) -> Result<Value<'r>, Error> {
        self.meter.grow(text.len())?;
        if text.len() > SHORT {
            return Ok(Value::string(text.to_owned()));
        }
        Ok(Value::str(self.short.alloc_str(text)))
    }

    /// A value for data that outlives the render: scalars as they are, the rest in place.
    pub(crate) fn thaw(&'r self, data: &'r Datum) -> Value<'r> {
        match data {
            Datum::Null => Value::Null,
            Datum::Bool(b) => Value::Bool(*b),
            Datum::Int(i) => Value::Int(*i),
            Datum::Long(l) => Value::Long(*l),
            Datum::Double(d) => Value::Double(*d),
            Datum::Big(i) => Value::big(i.clone()),
            Datum::Decimal(d) => Value::decimal(d.clone()),
            Datum::Str(s) => Value::str(s),
            Datum::List(kind, items) => self.frozen_list(*kind, items),
            Datum::Map(kind, members) => Value::Map(self.frozen_map(*kind, members)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_dropped_with_the_arena() {
        let arena = Arena::new(&Limits::service(), Dialect::service());
        let map = arena.map(MapKind::Linked).unwrap();
        map.put(Value::str("self"), Value::Map(map)).unwrap();
        assert_eq!(map.len(), 1);
    }
}
