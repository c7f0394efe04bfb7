//! Maps, shared by reference. No borrow of the `RefCell` leaves this file.
//!
//! Members are stored in insertion order. Iteration over a kind that is a `HashMap` in Java follows
//! bucket order instead, since the service shows it (aws-observed 1.7, R).

use super::float::double_bits;
use super::frozen::Thawed;
use super::shape::{Shape, ShapeKey, fingerprint};
use super::{Arena, Big, Datum, Plain, Text, Value, big, datum::Members, text};
use crate::budget::Budget;
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::hash::BuildHasher;

/// The Java class of a map: determines iteration order, text and mutability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapKind {
    /// `java.util.LinkedHashMap`: literals, payloads, plain variables.
    Linked,
    /// `java.util.HashMap`.
    Hash,
    /// The headers of a request: sorted by name, ignoring case (aws-observed 3.21, U).
    Headers,
    /// `$context` on the service: hash order, unmodifiable (aws-observed 5.5, U).
    Context,
    /// `$context` under Velocity 1.7: insertion order, unmodifiable.
    ContextLinked,
    /// A map below `$context`: prints as nothing (aws-observed 18.8, R).
    ContextPart,
    /// `$context.identity`: HashMap order (aws-observed 1.7, R), prints as nothing.
    Identity,
    /// `requestOverride`, `responseOverride` and the maps below them: prints as nothing, and setting a
    /// member of a missing map creates the map (aws-observed 1.6, 5.3, R).
    Override,
    /// `Map.of`, `Collections.unmodifiableMap`: insertion order, unmodifiable.
    Unmodifiable,
}

impl MapKind {
    /// Returns the full name of the Java class.
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

    /// Returns the kind that differs from this one only in keeping insertion order.
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

    /// Returns the iteration order of keys as positions in insertion order, or `None` if the two are
    /// the same. `most` is the largest number of members the map ever had.
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

/// Maximum number of members that are searched linearly.
const MAX_LINEAR: usize = 12;

/// Bytes of a key that one step hashes and compares.
const BYTES_HASHED_PER_STEP: usize = 128;

/// Bytes of a key that one step hashes as Java does.
const BYTES_ORDERED_PER_STEP: usize = 32;

/// Steps of copying, hashing and sorting a member, beside those of its key.
const STEPS_PER_ORDERED: usize = 2;

type Index = hashbrown::HashTable<u32>;

/// The representation of the members.
enum Store<'r> {
    /// Owned pairs, and a hash index built on the first lookup in a map of many members.
    Own(Vec<(Value<'r>, Value<'r>)>, Option<Index>),
    /// An object of a payload: a shape and the values, in the arena.
    Read(&'r Shape<'r>, &'r mut [Value<'r>]),
    /// Data that outlives the render, and the lists and maps made of it so far.
    Frozen(&'r Members, Thawed<'r>),
}

/// A Java map.
pub(crate) struct Map<'r> {
    arena: &'r Arena<'r>,
    kind: MapKind,
    /// The number of structural modifications; Java's iterators fail when it changes.
    changes: Cell<u32>,
    /// The largest number of members it ever had: Java's table never shrinks.
    most: Cell<u32>,
    /// The override map that a detached branch belongs to, and its key there.
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

    /// Creates a detached branch: an empty override map that is attached to its parent on first
    /// insertion.
    pub(super) fn branch(arena: &'r Arena<'r>, parent: &'r Map<'r>, key: Value<'r>) -> Self {
        Map { root: Some(Box::new((parent, key))), ..Map::new(arena, MapKind::Override) }
    }

    /// Returns the parent and key of a branch of an override map.
    pub(crate) fn root(&self) -> Option<(&'r Map<'r>, &Value<'r>)> {
        self.root.as_deref().map(|(parent, key)| (*parent, key))
    }

    pub(crate) fn kind(&self) -> MapKind {
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
            Store::Own(members, _) => members.len(),
            Store::Read(_, values) => values.len(),
            Store::Frozen(data, _) => data.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the member whose key is the string `name`.
    #[inline]
    pub(crate) fn get_str(&self, name: &str) -> Option<Value<'r>> {
        self.get_fingerprinted(name, fingerprint(name.as_bytes()))
    }

    /// Returns the member whose key is the string `name`, given its fingerprint.
    #[inline]
    pub(crate) fn get_fingerprinted(&self, name: &str, fingerprint: u32) -> Option<Value<'r>> {
        match &mut *self.store.borrow_mut() {
            Store::Read(shape, values) => values.get(shape.position(name, fingerprint)?).cloned(),
            Store::Frozen(data, made) => {
                let at = data.position_fingerprinted(name, fingerprint)?;
                match &data.entries().get(at)?.1 {
                    Datum::Str(text) => Some(Value::str(text)),
                    other => Some(made.value(self.arena, other, at)),
                }
            }
            Store::Own(members, index) => {
                let at = find(members, index, &LookupKey::Name(name), self.arena.budget)?;
                Some(members.get(at)?.1.clone())
            }
        }
    }

    /// Calls `act` with the member of that name and returns its result: the fast path of property
    /// reads. It serves members of payload objects, with an inline cache if one is given, and strings
    /// of frozen data; for anything else it returns `None`.
    #[inline(always)]
    pub(crate) fn with_member<T>(
        &self,
        name: &str,
        fingerprint: u32,
        cache: Option<&mut InlineCache<'r>>,
        act: impl FnOnce(&Value<'r>) -> T,
    ) -> Option<T> {
        match &*self.store.borrow() {
            Store::Read(shape, values) => values.get(read_position(shape, name, fingerprint, cache)?).map(act),
            Store::Frozen(data, _) => match data.entries().get(frozen_position(data, name, fingerprint, cache)?) {
                Some((_, Datum::Str(text))) => Some(act(&Value::str(text))),
                _ => None,
            },
            Store::Own(..) => None,
        }
    }

    /// Returns the member of that name, if it is of a plain kind.
    #[inline(always)]
    pub(crate) fn plain(&self, name: &str, fingerprint: u32, cache: Option<&mut InlineCache<'r>>) -> Option<Plain<'r>> {
        match &*self.store.borrow() {
            Store::Read(shape, values) => Plain::of(values.get(read_position(shape, name, fingerprint, cache)?)?),
            Store::Frozen(data, made) => made.plain(data, frozen_position(data, name, fingerprint, cache)?),
            Store::Own(..) => None,
        }
    }

    /// Returns the member of a key, if it is of a plain kind; the key is expected at a position in insertion order.
    pub(crate) fn plain_at(&self, key: &str, expected: Option<usize>) -> Option<Plain<'r>> {
        let is_it = |own: &str| std::ptr::eq(own, key);
        match &*self.store.borrow() {
            Store::Read(shape, values) => {
                let is_at = |at: &usize| shape.keys().get(*at).is_some_and(|own| is_it(own.as_str()));
                let at = expected.filter(is_at).or_else(|| shape.position(key, fingerprint(key.as_bytes())))?;
                Plain::of(values.get(at)?)
            }
            Store::Frozen(data, made) => {
                let is_at = |at: &usize| data.entries().get(*at).is_some_and(|(own, _)| is_it(own));
                made.plain(data, expected.filter(is_at).or_else(|| data.position(key))?)
            }
            Store::Own(..) => None,
        }
    }

    /// Returns `false` if the template can have changed no member: a frozen map of which none was thawed.
    pub(crate) fn may_have_changed(&self) -> bool {
        !matches!(&*self.store.borrow(), Store::Frozen(_, made) if made.is_empty())
    }

    /// Returns the member of that name if the template may have changed it: of a frozen map only a list or
    /// map that was thawed.
    pub(crate) fn changeable_member(&self, name: &str) -> Option<Value<'r>> {
        match &*self.store.borrow() {
            Store::Own(members, _) => {
                members.iter().find(|(key, _)| LookupKey::Name(name).is(key)).map(|(_, value)| value.clone())
            }
            Store::Read(shape, values) => values.get(shape.position(name, fingerprint(name.as_bytes()))?).cloned(),
            Store::Frozen(data, made) => made.made(data.position(name)? as u32).cloned(),
        }
    }

    /// Returns the member whose key equals `key` by Java's `equals`.
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

    /// Returns the position of a key in insertion order.
    pub(crate) fn position(&self, key: &Value<'r>) -> Option<usize> {
        if is_container(key) {
            // Comparing may reenter this map: `$m.get([$m])`. So it must not be borrowed meanwhile.
            // A failure is reported by the next charge, and by `put`.
            self.arena.budget.charge(self.len()).ok()?;
            let keys: Vec<(usize, Value<'r>)> = match &*self.store.borrow() {
                Store::Own(members, _) => {
                    let keys = members.iter().map(|(k, _)| k).enumerate();
                    keys.filter(|(_, k)| is_container(k)).map(|(i, k)| (i, k.clone())).collect()
                }
                Store::Read(..) | Store::Frozen(..) => return None,
            };
            let goes_on = || self.arena.budget.check().is_ok();
            return keys.into_iter().take_while(|_| goes_on()).find(|(_, k)| key.equals(k)).map(|(i, _)| i);
        }
        match &mut *self.store.borrow_mut() {
            Store::Own(members, index) => find(members, index, &LookupKey::of(key), self.arena.budget),
            Store::Read(shape, _) => {
                let name = key.as_text()?;
                shape.position(name, fingerprint(name.as_bytes()))
            }
            Store::Frozen(data, _) => data.position(key.as_text()?),
        }
    }

    /// Returns the key and value at a position in insertion order.
    pub(crate) fn member_at(&self, at: usize) -> Option<(Value<'r>, Value<'r>)> {
        match &mut *self.store.borrow_mut() {
            Store::Own(members, _) => members.get(at).cloned(),
            Store::Read(shape, values) => Some((shape.keys().get(at)?.name().clone(), values.get(at)?.clone())),
            Store::Frozen(data, made) => {
                let (name, value) = data.entries().get(at)?;
                Some((Value::str(name), made.value(self.arena, value, at)))
            }
        }
    }

    /// Returns the key at a position in insertion order.
    pub(crate) fn key_at(&self, at: usize) -> Option<Value<'r>> {
        match &*self.store.borrow() {
            Store::Own(members, _) => members.get(at).map(|(key, _)| key.clone()),
            Store::Read(shape, _) => shape.keys().get(at).map(|key| key.name().clone()),
            Store::Frozen(data, _) => data.entries().get(at).map(|(name, _)| Value::str(name)),
        }
    }

    /// Returns the key at a position in insertion order, if it is a text that the render borrows.
    pub(crate) fn borrowed_key_at(&self, at: usize) -> Option<&'r str> {
        let text = |key: &Value<'r>| if let Value::Str(Text::Borrowed(text)) = key { Some(*text) } else { None };
        match &*self.store.borrow() {
            Store::Own(members, _) => text(&members.get(at)?.0),
            Store::Read(shape, _) => text(shape.keys().get(at)?.name()),
            Store::Frozen(data, _) => data.entries().get(at).map(|(name, _)| &**name),
        }
    }

    /// Returns `true` if iteration follows insertion order, so that [`key_at`](Map::key_at) and
    /// [`member_at`](Map::member_at) iterate.
    pub(crate) fn in_insertion_order(&self) -> bool {
        !self.kind.in_hash_order()
    }

    /// Returns the iteration order, as positions in insertion order, if it is cached and final.
    pub(crate) fn known_order(&self) -> Option<&'r [u32]> {
        match &*self.store.borrow() {
            Store::Frozen(data, _) => data.order(self.kind),
            _ => None,
        }
    }

    /// Sets a member and returns its previous value. Does not check whether the kind is modifiable.
    pub(crate) fn put(&self, key: Value<'r>, value: Value<'r>) -> Result<Option<Value<'r>>, Error> {
        self.arena.budget.charge(key.price(BYTES_HASHED_PER_STEP))?;
        let at = self.position(&key);
        if is_container(&key) {
            self.arena.budget.check()?;
        }
        // The values of a payload may not be dropped with the arena.
        if !value.is_shared()
            && let Store::Read(_, values) = &mut *self.store.borrow_mut()
            && let Some(place) = at.and_then(|at| values.get_mut(at))
        {
            return Ok(Some(std::mem::replace(place, value)));
        }
        self.make_owned();
        let mut store = self.store.borrow_mut();
        let Store::Own(members, index) = &mut *store else { return Ok(None) };
        if let Some(at) = at {
            return Ok(Some(std::mem::replace(&mut members[at].1, value)));
        }
        self.arena.budget.hold(2 * size_of::<Value>())?;
        if let Some(table) = index.as_mut().filter(|_| !is_container(&key)) {
            let at = members.len() as u32;
            table.insert_unique(LookupKey::of(&key).hash(), at, |&i| LookupKey::of(&members[i as usize].0).hash());
        }
        members.push((key, value));
        self.most.set(self.most.get().max(members.len() as u32));
        self.changes.set(self.changes.get().wrapping_add(1));
        Ok(None)
    }

    /// Removes a member and returns its value.
    pub(crate) fn remove(&self, key: &Value<'r>) -> Option<Value<'r>> {
        self.make_owned();
        let at = self.position(key)?;
        let mut store = self.store.borrow_mut();
        let Store::Own(members, index) = &mut *store else { return None };
        if let Some(table) = index {
            // The keys are not hashed again: they may be long.
            table.retain(|place| {
                let is_kept = *place as usize != at;
                *place -= u32::from(*place as usize > at);
                is_kept
            });
        }
        self.changes.set(self.changes.get().wrapping_add(1));
        Some(members.remove(at).1)
    }

    pub(crate) fn clear(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        *self.store.borrow_mut() = Store::Own(Vec::new(), None);
    }

    /// Returns a copy of the members in iteration order.
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
        if self.kind.in_hash_order() {
            // Each key is hashed, or written in lower case, and sorted. The next charge reports that the limit was
            // reached.
            let sorting = STEPS_PER_ORDERED + members.len().max(1).ilog2() as usize / 4;
            let price = |(key, _): &(Value<'r>, Value<'r>)| sorting + key.price(BYTES_ORDERED_PER_STEP);
            let _ = self.arena.budget.charge(members.iter().map(price).sum());
        }
        if let Some(order) = self.kind.order(members.iter().map(|(key, _)| key), self.most.get()) {
            members = order.into_iter().filter_map(|at| members.get(at as usize).cloned()).collect();
        }
        members
    }

    /// Calls `act` with each member in iteration order. `act` must not change the map.
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

    /// Returns the keys in iteration order.
    pub(crate) fn keys(&self) -> Vec<Value<'r>> {
        if let Store::Frozen(data, _) = &*self.store.borrow() {
            return in_order(data, self.kind).map(|(_, (name, _))| Value::str(name)).collect();
        }
        if !self.kind.in_hash_order() {
            match &*self.store.borrow() {
                Store::Own(members, _) => return members.iter().map(|(key, _)| key.clone()).collect(),
                Store::Read(shape, _) => return shape.keys().iter().map(|key| key.name().clone()).collect(),
                Store::Frozen(..) => {}
            }
        }
        let mut keys: Vec<Value<'r>> = self.members().into_iter().map(|(key, _)| key).collect();
        keys.shrink_to_fit();
        keys
    }

    /// Converts the representation to owned pairs before a modification.
    fn make_owned(&self) {
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

/// A monomorphic inline cache of a property read: the shape of the last receiver, or its frozen data, and the
/// position of the property in it.
#[derive(Clone, Copy, Default)]
pub(crate) struct InlineCache<'r> {
    shape: Option<&'r Shape<'r>>,
    data: Option<&'r Members>,
    position: usize,
}

/// Returns the members of frozen data with their positions, in iteration order.
fn in_order(data: &Members, kind: MapKind) -> impl Iterator<Item = (usize, &(Box<str>, Datum))> {
    let order = data.order(kind);
    (0..data.len()).filter_map(move |nth| {
        let at = order.map_or(Some(nth), |order| order.get(nth).map(|at| *at as usize))?;
        Some((at, data.entries().get(at)?))
    })
}

/// Looks up a property and updates the inline cache.
#[inline(never)]
fn cache_miss<'r>(
    shape: &'r Shape<'r>,
    name: &str,
    fingerprint: u32,
    cache: Option<&mut InlineCache<'r>>,
) -> Option<usize> {
    let position = shape.position(name, fingerprint)?;
    if let Some(cache) = cache {
        *cache = InlineCache { shape: Some(shape), data: None, position };
    }
    Some(position)
}

/// Looks up a property of frozen data and updates the inline cache.
#[inline(never)]
fn frozen_cache_miss<'r>(
    data: &'r Members,
    name: &str,
    fingerprint: u32,
    cache: Option<&mut InlineCache<'r>>,
) -> Option<usize> {
    let position = data.position_fingerprinted(name, fingerprint)?;
    if let Some(cache) = cache {
        *cache = InlineCache { shape: None, data: Some(data), position };
    }
    Some(position)
}

/// Returns the position of a name in a shape, by the inline cache if one is given.
#[inline(always)]
fn read_position<'r>(
    shape: &'r Shape<'r>,
    name: &str,
    fingerprint: u32,
    cache: Option<&mut InlineCache<'r>>,
) -> Option<usize> {
    match cache {
        Some(cache) if cache.shape.is_some_and(|cached| std::ptr::eq(cached, shape)) => Some(cache.position),
        cache => cache_miss(shape, name, fingerprint, cache),
    }
}

/// Returns the position of a name in frozen data, by the inline cache if one is given.
#[inline(always)]
pub(crate) fn frozen_position<'r>(
    data: &'r Members,
    name: &str,
    fingerprint: u32,
    cache: Option<&mut InlineCache<'r>>,
) -> Option<usize> {
    match cache {
        Some(cache) if cache.data.is_some_and(|cached| std::ptr::eq(cached, data)) => Some(cache.position),
        cache => frozen_cache_miss(data, name, fingerprint, cache),
    }
}

/// Returns the members of a payload object.
fn pairs<'m, 'r>(
    shape: &'m Shape<'r>,
    values: &'m [Value<'r>],
) -> impl Iterator<Item = (&'m Value<'r>, &'m Value<'r>)> {
    shape.keys().iter().map(ShapeKey::name).zip(values)
}

/// A key to look up; most are names.
enum LookupKey<'k, 'r> {
    Name(&'k str),
    Any(&'k Value<'r>),
}

impl<'k, 'r> LookupKey<'k, 'r> {
    fn of(value: &'k Value<'r>) -> Self {
        match value {
            Value::Str(name) => LookupKey::Name(name),
            other => LookupKey::Any(other),
        }
    }

    fn is(&self, other: &Value<'r>) -> bool {
        match (self, other) {
            (LookupKey::Name(name), Value::Str(text)) => text::same(text, name),
            (LookupKey::Any(value), other) => !is_container(other) && value.equals(other),
            _ => false,
        }
    }

    fn hash(&self) -> u64 {
        let hasher = foldhash::fast::FixedState::default();
        match self {
            LookupKey::Name(name) => hasher.hash_one(name),
            // A container may contain this very map; it is in no index.
            LookupKey::Any(value) if is_container(value) => 0,
            // Numbers by their value: those of one Java hash are easy to find.
            LookupKey::Any(Value::Long(long)) => hasher.hash_one(long),
            LookupKey::Any(Value::Double(double)) => hasher.hash_one(double_bits(*double)),
            LookupKey::Any(Value::Big(number)) => match &**number {
                Big::Integer(integer) => hasher.hash_one(integer),
                Big::Decimal(decimal) => hasher.hash_one(big::parts(decimal)),
            },
            LookupKey::Any(value) => hasher.hash_one(value.java_hash()),
        }
    }
}

/// Returns `true` if comparing the value may reach other values, and so the map it is a key of.
fn is_container(value: &Value<'_>) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::View(_))
}

fn find<'r>(
    members: &[(Value<'r>, Value<'r>)],
    index: &mut Option<Index>,
    key: &LookupKey<'_, 'r>,
    budget: &Budget<'_>,
) -> Option<usize> {
    if members.len() <= MAX_LINEAR {
        return members.iter().position(|(k, _)| key.is(k));
    }
    let table = index.get_or_insert_with(|| {
        // The next charge reports that the limit was reached.
        let _ = budget.charge(members.iter().map(|(key, _)| 1 + key.price(BYTES_HASHED_PER_STEP)).sum());
        let mut table = Index::with_capacity(members.len());
        for (i, (k, _)) in members.iter().enumerate().filter(|(_, (key, _))| !is_container(key)) {
            table.insert_unique(LookupKey::of(k).hash(), i as u32, |&j| LookupKey::of(&members[j as usize].0).hash());
        }
        table
    });
    table.find(key.hash(), |&i| key.is(&members[i as usize].0)).map(|&i| i as usize)
}

/// Returns the size of Java's hash table after `count` insertions.
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
