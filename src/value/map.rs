//! Maps, shared by reference. The `RefCell` never leaves this file.
//!
//! Entries are kept in the order of insertion. A map of a kind that Java keeps in a
//! `HashMap` comes out in bucket order instead: the service shows it (aws-observed 1.7, R).

use super::frozen::Thawed;
use super::shape::{Name, Shape, print};
use super::{Arena, Datum, Value, datum::Members};
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::hash::BuildHasher;

/// Which Java class a map is; it decides its order, how it prints and who may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapKind {
    /// `java.util.LinkedHashMap`: literals, payloads, plain variables.
    Linked,
    /// `java.util.HashMap`.
    Hash,
    /// The headers of a request: sorted by name without regard to case (aws-observed 3.21, U).
    Headers,
    /// `$context` itself: HashMap order, cannot be changed (aws-observed 5.5, U).
    Context,
    /// `$context` under Velocity 1.7: order of insertion, cannot be changed.
    ContextLinked,
    /// A map below `$context`: prints as nothing (aws-observed 18.8, R).
    ContextPart,
    /// `$context.identity`: HashMap order (aws-observed 1.7, R), prints as nothing.
    Identity,
    /// `requestOverride`, `responseOverride` and what hangs below: prints as nothing, and a
    /// missing member grows when something is set below it (aws-observed 1.6, 5.3, R).
    Override,
    /// A map that cannot be changed, in order of insertion: `Map.of`, `Collections.unmodifiableMap`.
    Unmodifiable,
}

impl MapKind {
    pub(crate) fn class_name(self) -> &'static str {
        match self {
            MapKind::Linked | MapKind::ContextPart => "java.util.LinkedHashMap",
            MapKind::Hash | MapKind::Identity => "java.util.HashMap",
            MapKind::Headers => "java.util.TreeMap",
            MapKind::Context | MapKind::ContextLinked | MapKind::Unmodifiable => {
                "java.util.Collections$UnmodifiableMap"
            }
            MapKind::Override => "com.amazon.apigateway.EmptyStringExpandingMap",
        }
    }

    /// The kind that keeps the order of insertion.
    pub(crate) fn in_insertion_order(self) -> Self {
        match self {
            MapKind::Hash | MapKind::Headers => MapKind::Linked,
            MapKind::Context => MapKind::ContextLinked,
            MapKind::Identity => MapKind::ContextPart,
            other => other,
        }
    }

    pub(super) fn in_hash_order(self) -> bool {
        matches!(self, MapKind::Hash | MapKind::Identity | MapKind::Context | MapKind::Headers)
    }

    /// In which order keys come out of a map of this kind that held `most` members at once, if it is not that of
    /// insertion.
    pub(super) fn order<'k, 'r: 'k>(self, keys: impl Iterator<Item = &'k Value<'r>>, most: u32) -> Option<Vec<u32>> {
        fn sorted<K: Ord>(keys: impl Iterator<Item = K>) -> Option<Vec<u32>> {
            let mut order: Vec<(K, u32)> = keys.zip(0..).collect();
            order.sort();
            Some(order.into_iter().map(|(_, at)| at).collect())
        }
        let buckets = java_table_size(most as usize);
        match self {
            MapKind::Headers => sorted(keys.map(|key| key.as_text().map(|t| t.to_lowercase()))),
            MapKind::Hash | MapKind::Identity | MapKind::Context => sorted(keys.map(|key| java_bucket(key, buckets))),
            _ => None,
        }
    }

    /// Checks for a kind whose maps print as nothing, whatever they hold (aws-observed 1.6, 5.3, 18.8).
    pub(crate) fn is_silent(self) -> bool {
        matches!(self, MapKind::ContextPart | MapKind::Identity | MapKind::Override)
    }

    pub(crate) fn can_change(self) -> bool {
        !matches!(self, MapKind::Context | MapKind::ContextLinked | MapKind::Unmodifiable)
    }
}

/// Up to this many members are found by walking over them.
const WALKED: usize = 12;

type Index = hashbrown::HashTable<u32>;

enum Store<'r> {
    Own(Vec<(Value<'r>, Value<'r>)>, Option<Index>),
    /// As it was read, in the arena.
    Read(&'r Shape<'r>, &'r mut [Value<'r>]),
    Frozen(&'r Members, Thawed<'r>),
}

/// A Java map.
pub(crate) struct Map<'r> {
    arena: &'r Arena<'r>,
    kind: MapKind,
    changes: Cell<u32>,
    /// Java's table never shrinks: the most members it held at once.
    most: Cell<u32>,
    /// The override map it grew from, and under which key it will hang there.
    root: Option<Box<(&'r Map<'r>, Value<'r>)>>,
    store: RefCell<Store<'r>>,
}

impl<'r> Map<'r> {
    pub(super) fn new(arena: &'r Arena<'r>, kind: MapKind) -> Self {
        Map::with_members(arena, kind, Vec::new())
    }

    pub(super) fn with_members(arena: &'r Arena<'r>, kind: MapKind, members: Vec<(Value<'r>, Value<'r>)>) -> Self {
        let most = Cell::new(members.len() as u32);
        Map { arena, kind, changes: Cell::new(0), most, root: None, store: RefCell::new(Store::Own(members, None)) }
    }

    pub(super) fn read(arena: &'r Arena<'r>, shape: &'r Shape<'r>, values: &'r mut [Value<'r>]) -> Self {
        let most = Cell::new(values.len() as u32);
        let store = RefCell::new(Store::Read(shape, values));
        Map { arena, kind: MapKind::Linked, changes: Cell::new(0), most, root: None, store }
    }

    pub(super) fn frozen(arena: &'r Arena<'r>, kind: MapKind, data: &'r Members) -> Self {
        let most = Cell::new(data.len() as u32);
        let store = RefCell::new(Store::Frozen(data, Thawed::None));
        Map { arena, kind, changes: Cell::new(0), most, root: None, store }
    }

    /// What a missing member of an override map is: an empty one that hangs nowhere yet.
    pub(super) fn branch(arena: &'r Arena<'r>, parent: &'r Map<'r>, key: Value<'r>) -> Self {
        Map { root: Some(Box::new((parent, key))), ..Map::new(arena, MapKind::Override) }
    }

    /// Where a branch of an override map belongs.
    pub(crate) fn root(&self) -> Option<(&'r Map<'r>, &Value<'r>)> {
        self.root.as_deref().map(|(parent, key)| (*parent, key))
    }

    pub(crate) fn kind(&self) -> MapKind {
        self.kind
    }

    pub(crate) fn arena(&self) -> &'r Arena<'r> {
        self.arena
    }

    pub(crate) fn changes(&self) -> u32 {
        self.changes.get()
    }

    pub(crate) fn len(&self) -> usize {
        match &*self.store.borrow() {
            Store::Own(members, _) => members.len(),
            Store::Read(_, values) => values.len(),
            Store::Frozen(data, _) => data.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member whose key is the string `name`.
    #[inline]
    pub(crate) fn get_str(&self, name: &str) -> Option<Value<'r>> {
        self.get_printed(name, print(name.as_bytes()))
    }

    /// The same, where the print of the name is known.
    #[inline]
    pub(crate) fn get_printed(&self, name: &str, print: u32) -> Option<Value<'r>> {
        match &mut *self.store.borrow_mut() {
            Store::Read(shape, values) => values.get(shape.position(name, print)?).cloned(),
            Store::Frozen(data, made) => {
                let at = data.position_printed(name, print)?;
                match &data.entries().get(at)?.1 {
                    Datum::Str(text) => Some(Value::str(text)),
                    other => Some(made.value(self.arena, other, at)),
                }
            }
            Store::Own(members, index) => {
                let at = find(members, index, &Key::Name(name))?;
                Some(members.get(at)?.1.clone())
            }
        }
    }

    /// Lets `look` see the member of that name of an object as it was read, or a string of frozen data. None where
    /// there is none, or the map is of another making. `found` is where the name was found last: likely it is there again.
    #[inline(always)]
    pub(crate) fn look<T>(
        &self,
        name: &str,
        print: u32,
        found: Option<&mut Found<'r>>,
        look: impl FnOnce(&Value<'r>) -> T,
    ) -> Option<T> {
        match &*self.store.borrow() {
            Store::Read(shape, values) => {
                let at = match found {
                    Some(found) if found.shape.is_some_and(|known| std::ptr::eq(known, *shape)) => found.at,
                    found => seek(shape, name, print, found)?,
                };
                values.get(at).map(look)
            }
            Store::Frozen(data, _) => data.text(name, print).map(|text| look(&Value::str(text))),
            Store::Own(..) => None,
        }
    }

    /// The member of that name if somebody may have changed it: of a frozen map only what was handed out.
    pub(crate) fn handed_out(&self, name: &str) -> Option<Value<'r>> {
        match &*self.store.borrow() {
            Store::Own(members, _) => {
                members.iter().find(|(key, _)| Key::Name(name).is(key)).map(|(_, value)| value.clone())
            }
            Store::Read(shape, values) => values.get(shape.position(name, print(name.as_bytes()))?).cloned(),
            Store::Frozen(data, made) => {
                let is_it = |at: u32| data.entries().get(at as usize).is_some_and(|(own, _)| **own == *name);
                made.all().iter().find(|(made, _)| is_it(*made)).map(|(_, value)| value.clone())
            }
        }
    }

    /// The member whose key equals `key`, as Java's `equals` has it.
    #[inline]
    pub(crate) fn get(&self, key: &Value<'r>) -> Option<Value<'r>> {
        match key {
            Value::Str(name) => self.get_str(name),
            _ => self.get_any(key),
        }
    }

    fn get_any(&self, key: &Value<'r>) -> Option<Value<'r>> {
        let at = self.position(key)?;
        match &*self.store.borrow() {
            Store::Own(members, _) => members.get(at).map(|(_, value)| value.clone()),
            Store::Read(_, values) => values.get(at).cloned(),
            Store::Frozen(..) => None,
        }
    }

    /// Where the member with this key is in the order of insertion.
    pub(crate) fn position(&self, key: &Value<'r>) -> Option<usize> {
        if is_container(key) {
            // Comparing may come back to this map: `$m.get([$m])`. So nothing is borrowed meanwhile.
            let keys: Vec<(usize, Value<'r>)> = match &*self.store.borrow() {
                Store::Own(members, _) => {
                    let keys = members.iter().map(|(k, _)| k).enumerate();
                    keys.filter(|(_, k)| is_container(k)).map(|(i, k)| (i, k.clone())).collect()
                }
                Store::Read(..) | Store::Frozen(..) => return None,
            };
            return keys.into_iter().find(|(_, k)| key.equals(k)).map(|(i, _)| i);
        }
        match &mut *self.store.borrow_mut() {
            Store::Own(members, index) => find(members, index, &Key::of(key)),
            Store::Read(shape, _) => {
                let name = key.as_text()?;
                shape.position(name, print(name.as_bytes()))
            }
            Store::Frozen(data, _) => data.position(key.as_text()?),
        }
    }

    /// The member at a place in the order of insertion.
    pub(crate) fn member_at(&self, at: usize) -> Option<(Value<'r>, Value<'r>)> {
        match &mut *self.store.borrow_mut() {
            Store::Own(members, _) => members.get(at).cloned(),
            Store::Read(shape, values) => Some((shape.names().get(at)?.text().clone(), values.get(at)?.clone())),
            Store::Frozen(data, made) => {
                let (name, value) = data.entries().get(at)?;
                Some((Value::str(name), made.value(self.arena, value, at)))
            }
        }
    }

    /// The key at a place in the order of insertion.
    pub(crate) fn key_at(&self, at: usize) -> Option<Value<'r>> {
        match &*self.store.borrow() {
            Store::Own(members, _) => members.get(at).map(|(key, _)| key.clone()),
            Store::Read(shape, _) => shape.names().get(at).map(|name| name.text().clone()),
            Store::Frozen(data, _) => data.entries().get(at).map(|(name, _)| Value::str(name)),
        }
    }

    /// Whether members come out in the order of insertion, so that a loop may walk
    /// [`key_at`](Map::key_at) and [`member_at`](Map::member_at).
    pub(crate) fn in_insertion_order(&self) -> bool {
        !self.kind.in_hash_order()
    }

    /// The order in which members come out, as places in the order of insertion, where it is known for good.
    pub(crate) fn known_order(&self) -> Option<&'r [u32]> {
        match &*self.store.borrow() {
            Store::Frozen(data, _) => data.order(self.kind),
            _ => None,
        }
    }

    /// Sets a member; gives the value it had. Does not ask whether the kind allows it.
    pub(crate) fn put(&self, key: Value<'r>, value: Value<'r>) -> Result<Option<Value<'r>>, Error> {
        let at = self.position(&key);
        if let Store::Read(_, values) = &mut *self.store.borrow_mut()
            && let Some(place) = at.and_then(|at| values.get_mut(at))
        {
            return Ok(Some(std::mem::replace(place, value)));
        }
        self.own();
        let mut store = self.store.borrow_mut();
        let Store::Own(members, index) = &mut *store else { return Ok(None) };
        if let Some(at) = at {
            return Ok(Some(std::mem::replace(&mut members[at].1, value)));
        }
        self.arena.meter.grow(2 * size_of::<Value>())?;
        if let Some(table) = index {
            let at = members.len() as u32;
            table.insert_unique(Key::of(&key).hash(), at, |&i| Key::of(&members[i as usize].0).hash());
        }
        members.push((key, value));
        self.most.set(self.most.get().max(members.len() as u32));
        self.changes.set(self.changes.get().wrapping_add(1));
        Ok(None)
    }

    /// Takes a member out and gives its value.
    pub(crate) fn remove(&self, key: &Value<'r>) -> Option<Value<'r>> {
        self.own();
        let at = self.position(key)?;
        let mut store = self.store.borrow_mut();
        let Store::Own(members, index) = &mut *store else { return None };
        *index = None;
        self.changes.set(self.changes.get().wrapping_add(1));
        Some(members.remove(at).1)
    }

    pub(crate) fn clear(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        *self.store.borrow_mut() = Store::Own(Vec::new(), None);
    }

    /// A copy of its members as they are now, in the order of iteration.
    pub(crate) fn members(&self) -> Vec<(Value<'r>, Value<'r>)> {
        let mut members = match &mut *self.store.borrow_mut() {
            Store::Own(members, _) => members.clone(),
            Store::Read(shape, values) => {
                pairs(shape, values).map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            Store::Frozen(data, made) => {
                let at = |(i, (name, value)): (usize, &'r (Box<str>, Datum))| {
                    (Value::str(name), made.value(self.arena, value, i))
                };
                return in_order(data, self.kind).map(at).collect();
            }
        };
        if let Some(order) = self.kind.order(members.iter().map(|(key, _)| key), self.most.get()) {
            members = order.into_iter().filter_map(|at| members.get(at as usize).cloned()).collect();
        }
        members
    }

    /// Hands each member to `act`, in the order of iteration. `act` must not change the map.
    pub(crate) fn each(&self, mut act: impl FnMut(&Value<'r>, &Value<'r>) -> Result<(), Error>) -> Result<(), Error> {
        match &*self.store.borrow() {
            Store::Own(members, _) if !self.kind.in_hash_order() => {
                return members.iter().try_for_each(|(key, value)| act(key, value));
            }
            Store::Read(shape, values) => return pairs(shape, values).try_for_each(|(key, value)| act(key, value)),
            _ => {}
        }
        self.members().iter().try_for_each(|(key, value)| act(key, value))
    }

    /// The keys, in the order of iteration.
    pub(crate) fn keys(&self) -> Vec<Value<'r>> {
        if let Store::Frozen(data, _) = &*self.store.borrow() {
            return in_order(data, self.kind).map(|(_, (name, _))| Value::str(name)).collect();
        }
        self.members().into_iter().map(|(key, _)| key).collect()
    }

    /// Makes a frozen map, or one as it was read, its own, to change it.
    fn own(&self) {
        if matches!(&*self.store.borrow(), Store::Own(..)) {
            return;
        }
        let members = match &mut *self.store.borrow_mut() {
            Store::Own(..) => return,
            Store::Read(shape, values) => {
                pairs(shape, values).map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            Store::Frozen(data, made) => {
                let data: &'r Members = data;
                data.entries()
                    .iter()
                    .enumerate()
                    .map(|(i, (n, v))| (Value::str(n), made.value(self.arena, v, i)))
                    .collect()
            }
        };
        *self.store.borrow_mut() = Store::Own(members, None);
    }
}

/// Where a name was found last: the place it has in all objects of a shape.
#[derive(Clone, Copy, Default)]
pub(crate) struct Found<'r> {
    shape: Option<&'r Shape<'r>>,
    at: usize,
}

/// The members of frozen data with their places, in the order of iteration.
fn in_order(data: &Members, kind: MapKind) -> impl Iterator<Item = (usize, &(Box<str>, Datum))> {
    let order = data.order(kind);
    (0..data.len()).filter_map(move |nth| {
        let at = order.map_or(Some(nth), |order| order.get(nth).map(|at| *at as usize))?;
        Some((at, data.entries().get(at)?))
    })
}

#[inline(never)]
fn seek<'r>(shape: &'r Shape<'r>, name: &str, print: u32, found: Option<&mut Found<'r>>) -> Option<usize> {
    let at = shape.position(name, print)?;
    if let Some(found) = found {
        *found = Found { shape: Some(shape), at };
    }
    Some(at)
}

/// The members of an object as it was read.
fn pairs<'m, 'r>(
    shape: &'m Shape<'r>,
    values: &'m [Value<'r>],
) -> impl Iterator<Item = (&'m Value<'r>, &'m Value<'r>)> {
    shape.names().iter().map(Name::text).zip(values)
}

/// A key that is looked for: mostly a name.
enum Key<'k, 'r> {
    Name(&'k str),
    Any(&'k Value<'r>),
}

impl<'k, 'r> Key<'k, 'r> {
    fn of(value: &'k Value<'r>) -> Self {
        match value {
            Value::Str(name) => Key::Name(name),
            other => Key::Any(other),
        }
    }

    fn is(&self, other: &Value<'r>) -> bool {
        match (self, other) {
            (Key::Name(name), Value::Str(text)) => text.as_str() == *name,
            (Key::Any(value), other) => !is_container(other) && value.equals(other),
            _ => false,
        }
    }

    fn hash(&self) -> u64 {
        let hasher = foldhash::fast::FixedState::default();
        match self {
            Key::Name(name) => hasher.hash_one(name),
            // A container may hold this very map; it is never looked for by hash.
            Key::Any(value) if is_container(value) => 0,
            Key::Any(value) => hasher.hash_one(value.java_hash()),
        }
    }
}

/// Whether comparing it may lead to other values, and so back to the map it is a key of.
fn is_container(value: &Value<'_>) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::View(_))
}

fn find<'r>(members: &[(Value<'r>, Value<'r>)], index: &mut Option<Index>, key: &Key<'_, 'r>) -> Option<usize> {
    if members.len() <= WALKED {
        return members.iter().position(|(k, _)| key.is(k));
    }
    let table = index.get_or_insert_with(|| {
        let mut table = Index::with_capacity(members.len());
        for (i, (k, _)) in members.iter().enumerate() {
            table.insert_unique(Key::of(k).hash(), i as u32, |&j| Key::of(&members[j as usize].0).hash());
        }
        table
    });
    table.find(key.hash(), |&i| key.is(&members[i as usize].0)).map(|&i| i as usize)
}

/// The size of Java's table after `count` members were put in one by one.
fn java_table_size(count: usize) -> u32 {
    let mut size = 16;
    while count > size / 4 * 3 {
        size *= 2;
    }
    size as u32
}

fn java_bucket(key: &Value<'_>, buckets: u32) -> u32 {
    let hash = key.java_hash() as u32;
    (hash ^ (hash >> 16)) & (buckets - 1)
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({:?}, {})", self.kind, self.len())
    }
}
