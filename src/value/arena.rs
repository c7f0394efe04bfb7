//! The arena of one render: owns its lists, maps, views, blocks, short strings and texts that are read in place.
//!
//! Two allocators: `typed_arena` for values whose destructors must run, `bumpalo` for strings and other values.

use super::list::{List, ListKind};
use super::map::{Map, MapKind};
use super::pattern::Pattern;
use super::shape::{FingerprintedName, Shape, ShapeKey};
use super::units::{KnownUnits, Units};
use super::view::{Block, View};
use super::{Datum, Text, Value};
use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::error::Error;
use bumpalo::Bump;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// An arena for values of one type, allocated on first use: most renders need few types.
struct LazyArena<T>(OnceCell<typed_arena::Arena<T>>);

impl<T> LazyArena<T> {
    const fn new() -> Self {
        LazyArena(OnceCell::new())
    }

    #[inline]
    fn arena(&self) -> &typed_arena::Arena<T> {
        self.0.get_or_init(|| typed_arena::Arena::with_capacity(4))
    }

    #[inline]
    fn alloc(&self, value: T) -> &mut T {
        self.arena().alloc(value)
    }
}

/// Maximum length in bytes of strings that are allocated in the arena until the render ends.
const SHORT: usize = 64;

/// Bytes of a captured text that are written and copied in a step.
const CAPTURED_PER_STEP: usize = 16;

/// The owner of the lists, maps, views and blocks of one render; drops them together.
pub(crate) struct Arena<'r> {
    lists: LazyArena<List<'r>>,
    maps: LazyArena<Map<'r>>,
    /// The first maps over data that outlives the render: `$context`, `$stageVariables`.
    first_frozen: [OnceCell<Map<'r>>; 2],
    /// The values of lists and objects of the payload some of which are reference-counted.
    read: LazyArena<Value<'r>>,
    rare: OnceCell<Box<Rare<'r>>>,
    /// Computed strings of at most [`SHORT`] bytes, and values of the payload: nothing that must be dropped.
    short: Bump,
    /// Cache of compiled regular expressions.
    units: RefCell<KnownUnits<'r>>,
    pub(crate) patterns: RefCell<Vec<(String, Rc<Pattern>)>>,
    pub(crate) budget: &'r Budget<'r>,
    pub(crate) dialect: Dialect,
}

/// The arenas for types that most renders do not need.
struct Rare<'r> {
    views: typed_arena::Arena<View<'r>>,
    shape_keys: typed_arena::Arena<ShapeKey<'r>>,
    shapes: typed_arena::Arena<Shape<'r>>,
    blocks: typed_arena::Arena<Block<'r>>,
}

impl<'r> Arena<'r> {
    pub(crate) fn new(budget: &'r Budget<'r>, dialect: Dialect) -> Self {
        Arena {
            lists: LazyArena::new(),
            maps: LazyArena::new(),
            first_frozen: [const { OnceCell::new() }; 2],
            read: LazyArena::new(),
            rare: OnceCell::new(),
            short: Bump::new(),
            units: RefCell::default(),
            patterns: RefCell::new(Vec::new()),
            budget,
            dialect,
        }
    }

    fn rare(&self) -> &Rare<'r> {
        self.rare.get_or_init(|| {
            Box::new(Rare {
                views: typed_arena::Arena::with_capacity(0),
                shape_keys: typed_arena::Arena::with_capacity(0),
                shapes: typed_arena::Arena::with_capacity(0),
                blocks: typed_arena::Arena::with_capacity(0),
            })
        })
    }

    /// Creates a list.
    pub(crate) fn list(&'r self, kind: ListKind, items: Vec<Value<'r>>) -> Result<Value<'r>, Error> {
        self.list_of(kind, items).map(Value::List)
    }

    /// Creates a list and returns it as a reference rather than a value.
    pub(crate) fn list_of(&'r self, kind: ListKind, items: Vec<Value<'r>>) -> Result<&'r List<'r>, Error> {
        self.budget.hold(size_of::<List>() + items.len() * size_of::<Value>())?;
        Ok(self.lists.alloc(List::new(self, kind, items)))
    }

    /// Creates the list of the integers from `first` to `last`, ascending or descending. Charges for the
    /// whole list, as Java allocates it, but materializes it only when a template changes it.
    pub(crate) fn range(&'r self, first: i32, last: i32) -> Result<Value<'r>, Error> {
        let count = i64::from(first).abs_diff(i64::from(last)) as usize + 1;
        self.budget.hold(size_of::<List>() + count * size_of::<Value>())?;
        Ok(Value::List(self.lists.alloc(List::range(self, first, last, count))))
    }

    /// Creates a copy-on-write list over data that outlives the render.
    pub(crate) fn frozen_list(&'r self, kind: ListKind, data: &'r [Datum]) -> Value<'r> {
        Value::List(self.lists.alloc(List::frozen(self, kind, data)))
    }

    /// Creates an empty map.
    pub(crate) fn map(&'r self, kind: MapKind) -> Result<&'r Map<'r>, Error> {
        self.budget.hold(size_of::<Map>())?;
        Ok(self.maps.alloc(Map::new(self, kind)))
    }

    /// Creates a map with these members in this order. The keys must be distinct.
    pub(crate) fn map_of(&'r self, kind: MapKind, members: Vec<(Value<'r>, Value<'r>)>) -> Result<&'r Map<'r>, Error> {
        self.budget.hold(size_of::<Map>() + members.len() * 2 * size_of::<Value>())?;
        Ok(self.maps.alloc(Map::with_members(self, kind, members)))
    }

    /// Creates a shape. The names must be distinct.
    pub(crate) fn shape(&'r self, names: impl Iterator<Item = FingerprintedName<'r>>) -> &'r Shape<'r> {
        let rare = self.rare();
        rare.shapes.alloc(Shape::new(&rare.shape_keys, names))
    }

    /// Creates an object of the payload of the values on a stack from `first` on: one for each key of its shape.
    pub(crate) fn map_read(
        &'r self,
        shape: &'r Shape<'r>,
        stack: &mut Vec<Value<'r>>,
        first: usize,
    ) -> Result<&'r Map<'r>, Error> {
        self.budget.hold(size_of::<Map>() + (stack.len() - first) * size_of::<Value>())?;
        Ok(self.maps.alloc(Map::read(self, shape, self.take(stack, first))))
    }

    /// Creates a list of the payload of the values on a stack from `first` on.
    pub(crate) fn list_read(&'r self, stack: &mut Vec<Value<'r>>, first: usize) -> Result<&'r List<'r>, Error> {
        self.budget.hold(size_of::<List>() + (stack.len() - first) * size_of::<Value>())?;
        Ok(self.lists.alloc(List::read(self, ListKind::Json, self.take(stack, first))))
    }

    /// Moves the values on a stack from `first` on to the arena. It does not drop them unless one is
    /// reference-counted, so no value of that kind may be put in the place of another.
    #[inline]
    fn take(&'r self, stack: &mut Vec<Value<'r>>, first: usize) -> &'r mut [Value<'r>] {
        let values = stack.get_mut(first..).unwrap_or_default();
        if values.iter().any(Value::is_shared) {
            return self.read.arena().alloc_extend(stack.drain(first..));
        }
        let taken =
            self.short.alloc_slice_fill_with(values.len(), |at| std::mem::replace(&mut values[at], Value::Null));
        stack.truncate(first);
        taken
    }

    /// Creates a copy-on-write map over data that outlives the render.
    pub(crate) fn frozen_map(&'r self, kind: MapKind, data: &'r super::datum::Members) -> &'r Map<'r> {
        // The service shows Java's hash order; plain Velocity gets maps in insertion order.
        let kind = if self.dialect.service { kind } else { kind.in_insertion_order() };
        let map = Map::frozen(self, kind, data);
        match self.first_frozen.iter().find(|place| place.get().is_none()) {
            Some(place) => place.get_or_init(|| map),
            None => self.maps.alloc(map),
        }
    }

    /// Creates an empty override map that is attached to `parent` on first insertion.
    pub(crate) fn branch(&'r self, parent: &'r Map<'r>, key: Value<'r>) -> Result<&'r Map<'r>, Error> {
        self.budget.hold(size_of::<Map>())?;
        Ok(self.maps.alloc(Map::branch(self, parent, key)))
    }

    /// Creates a view.
    pub(crate) fn view(&'r self, view: View<'r>) -> Result<Value<'r>, Error> {
        self.budget.hold(size_of::<View>() + view.items() * size_of::<Value>())?;
        Ok(Value::View(self.rare().views.alloc(view)))
    }

    /// Creates a block.
    pub(crate) fn block(&'r self, block: Block<'r>) -> Result<Value<'r>, Error> {
        self.budget.hold(size_of::<Block>())?;
        Ok(Value::Block(self.rare().blocks.alloc(block)))
    }

    /// Charges for `bytes` bytes that are about to be made and are charged again, for as long as they stay, by
    /// what keeps them.
    pub(crate) fn room(&self, bytes: usize) -> Result<(), Error> {
        self.budget.make(bytes)?;
        self.budget.release(bytes);
        Ok(())
    }

    /// Returns the index of the UTF-16 units of a text, made on its first use.
    pub(crate) fn units(&self, text: &Text<'r>) -> Result<Rc<Units<'r>>, Error> {
        if let Some(known) = self.units.borrow().get(text) {
            return Ok(known);
        }
        self.budget.charge(text.len() / 16)?;
        self.budget.hold(text.len() / 16)?;
        Ok(self.units.borrow_mut().add(text))
    }

    /// Charges for the memory of a value, if it is a long number.
    #[inline]
    pub(crate) fn hold_number(&self, value: &Value<'_>) -> Result<(), Error> {
        if let Value::Big(number) = value { self.budget.hold(number.bytes()) } else { Ok(()) }
    }

    /// Creates a string value and charges for its size.
    pub(crate) fn string(&'r self, text: String) -> Result<Value<'r>, Error> {
        self.budget.hold(text.len())?;
        if text.len() <= SHORT {
            return Ok(Value::str(self.short.alloc_str(&text)));
        }
        Ok(Value::string(text))
    }

    /// Copies a text that is read in place until the render ends, and charges for its size.
    pub(crate) fn keep(&'r self, text: &str) -> Result<&'r str, Error> {
        self.budget.hold(text.len())?;
        Ok(self.short.alloc_str(text))
    }

    /// Creates a string value from a text that was captured: charges the steps of writing and copying it, and
    /// its size.
    pub(crate) fn captured(&'r self, text: &str) -> Result<Value<'r>, Error> {
        self.charge_captured(text.len())?;
        self.copy(text)
    }

    /// Charges the steps of a text of `bytes` that was captured, whether or not it is used.
    pub(crate) fn charge_captured(&self, bytes: usize) -> Result<(), Error> {
        self.budget.charge(bytes / CAPTURED_PER_STEP)
    }

    /// Creates a string value by copying `text` and charges for its size. Only a short copy is allocated
    /// in the arena: a string that a loop keeps extending must be freed before the render ends.
    pub(crate) fn copy(&'r self, text: &str) -> Result<Value<'r>, Error> {
        self.budget.hold(text.len())?;
        if text.len() > SHORT {
            return Ok(Value::string(text.to_owned()));
        }
        Ok(Value::str(self.short.alloc_str(text)))
    }

    /// Creates a value from data that outlives the render: scalars are copied, the rest is referenced.
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
    use crate::limits::Limits;
    use crate::value::shape::fingerprint;

    #[test]
    fn cycles_are_dropped_with_the_arena() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Linked).unwrap();
        map.put(Value::str("self"), Value::Map(map)).unwrap();
        assert_eq!(map.len(), 1);
    }

    #[test]
    fn shared_values_of_a_payload_are_dropped_with_the_arena() {
        let text = Rc::new("x".repeat(100));
        let shared = || Value::Str(Text::Built(text.clone()));
        {
            let budget = Budget::new(&Limits::service());
            let arena = Arena::new(&budget, Dialect::service());
            let shape = arena.shape([(fingerprint(b"a"), Value::str("a"))].into_iter());
            let map = arena.map_read(shape, &mut vec![Value::Int(1)], 0).unwrap();
            map.put(Value::str("a"), shared()).unwrap();
            arena.map_read(shape, &mut vec![shared()], 0).unwrap();
            arena.list_read(&mut vec![Value::Null, Value::Int(1), shared()], 1).unwrap();
            assert_eq!(Rc::strong_count(&text), 4);
        }
        assert_eq!(Rc::strong_count(&text), 1);
    }
}
