//! Data that outlives a render: the constants of a program, the contents of `$context` and its
//! siblings, and overrides carried from one phase to the next. Plain, owned, `Send + Sync`.

use super::Value;
use super::list::ListKind;
use super::map::MapKind;
use super::name_index::NameIndex;
use super::shape::{equal_names, fingerprint};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// An immutable Java value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    Null,
    Bool(bool),
    Int(i32),
    Long(i64),
    Double(f64),
    Big(BigInt),
    Decimal(bigdecimal::BigDecimal),
    Str(Box<str>),
    List(ListKind, Vec<Datum>),
    Map(MapKind, Members),
}

/// The members of an object in order, with lookup by fingerprint. Copies share them until one is changed.
#[derive(Clone, Default)]
pub(crate) struct Members(Option<Arc<Table>>);

#[derive(Clone, Default)]
struct Table {
    entries: Vec<(Box<str>, Datum)>,
    /// The fingerprint of each name.
    fingerprints: Vec<u32>,
    /// Cached iteration orders that differ from insertion order: of header maps, and of hash maps.
    orders: [OnceLock<Box<[u32]>>; 2],
    index: NameIndex<false>,
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries().iter().map(|(name, value)| (name, value))).finish()
    }
}

/// The number of members from which on names are found by the index.
const LONG: usize = 64;

impl Table {
    /// Adds a member, or replaces its value.
    fn put(&mut self, name: Box<str>, value: Datum) {
        let fingerprint = fingerprint(name.as_bytes());
        if let Some((_, old)) = self.position(&name, fingerprint).and_then(|at| self.entries.get_mut(at)) {
            *old = value;
            return;
        }
        self.fingerprints.push(fingerprint);
        self.entries.push((name, value));
        self.orders = Default::default();
        let entries = &self.entries;
        self.index.add(entries.len(), |at| entries.get(at).map_or("", |(name, _)| name));
    }

    /// Returns the position of a name, given its fingerprint.
    #[inline]
    fn position(&self, name: &str, fingerprint: u32) -> Option<usize> {
        if self.entries.len() > LONG {
            let entry = |at: usize| self.entries.get(at).map_or("", |(name, _)| &**name);
            return self.index.position(name, self.entries.len(), entry);
        }
        let is = |at: usize| self.entries.get(at).is_some_and(|(own, _)| equal_names(own, name));
        self.fingerprints.iter().enumerate().position(|(at, own)| *own == fingerprint && is(at))
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.entries() == other.entries()
    }
}

impl Members {
    pub(crate) const fn new() -> Self {
        Members(None)
    }

    /// Converts the members of a JSON object, without copying its texts.
    pub(crate) fn from_json(object: serde_json::Map<String, serde_json::Value>, kind: MapKind) -> Self {
        Members::of(
            object.into_iter().map(|(name, value)| (name, Datum::from_owned_json(value, ListKind::Array, kind))),
            0,
        )
    }

    /// Returns the members for a change, which no copy shares.
    fn table(&mut self) -> &mut Table {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// Creates an object of members in this order, with room for `more`.
    pub(crate) fn of<N: Into<Box<str>>>(members: impl Iterator<Item = (N, Datum)>, more: usize) -> Self {
        let count = members.size_hint().0 + more;
        let (entries, fingerprints) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut table = Table { entries, fingerprints, ..Table::default() };
        for (name, value) in members {
            table.put(name.into(), value);
        }
        Members((table.entries.capacity() > 0).then(|| Arc::new(table)))
    }

    /// Adds a member, or replaces its value.
    pub(crate) fn put(&mut self, name: impl Into<Box<str>>, value: Datum) {
        self.table().put(name.into(), value);
    }

    /// Removes the member of that name.
    pub(crate) fn remove(&mut self, name: &str) {
        if self.position(name).is_some() {
            let entries = std::mem::take(&mut self.table().entries);
            *self = Members::of(entries.into_iter().filter(|(own, _)| **own != *name), 0);
        }
    }

    /// Returns the position of a name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.position_fingerprinted(name, fingerprint(name.as_bytes()))
    }

    /// Returns the position of a name, given its fingerprint.
    #[inline]
    pub(crate) fn position_fingerprinted(&self, name: &str, fingerprint: u32) -> Option<usize> {
        self.0.as_deref()?.position(name, fingerprint)
    }

    /// Returns the member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        self.get_fingerprinted(name, fingerprint(name.as_bytes()))
    }

    /// Returns the member of that name, given its fingerprint.
    #[inline]
    pub(crate) fn get_fingerprinted(&self, name: &str, fingerprint: u32) -> Option<&Datum> {
        let at = self.position_fingerprinted(name, fingerprint)?;
        self.entries().get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        let at = self.position(name)?;
        self.at_mut(at)
    }

    /// Returns the member at a position.
    pub(crate) fn at_mut(&mut self, at: usize) -> Option<&mut Datum> {
        self.table().entries.get_mut(at).map(|(_, value)| value)
    }

    #[inline]
    pub(crate) fn entries(&self) -> &[(Box<str>, Datum)] {
        self.0.as_ref().map_or(&[], |table| &table.entries)
    }

    /// Returns the iteration order in a map of that kind, or `None` for insertion order. Computed once for
    /// all renders.
    pub(super) fn order(&self, kind: MapKind) -> Option<&[u32]> {
        let order = self.0.as_ref()?.orders.get(usize::from(kind != MapKind::Headers))?;
        if kind.in_hash_order() {
            let made = order.get_or_init(|| {
                let keys: Vec<Value<'_>> = self.entries().iter().map(|(name, _)| Value::str(name)).collect();
                kind.order(keys.iter(), keys.len() as u32).unwrap_or_default().into()
            });
            return Some(made);
        }
        None
    }

    pub(crate) fn len(&self) -> usize {
        self.entries().len()
    }
}

impl Datum {
    pub(crate) fn str(text: impl Into<Box<str>>) -> Self {
        Datum::Str(text.into())
    }

    /// Parses decimal digits into the smallest of Integer, Long and BigInteger that holds the number.
    pub(crate) fn integer(digits: &str) -> Self {
        if let Ok(i) = digits.parse() {
            return Datum::Int(i);
        }
        if let Ok(l) = digits.parse() {
            return Datum::Long(l);
        }
        digits.parse().map_or(Datum::Null, Datum::Big)
    }

    /// Converts a JSON value: whole numbers to the smallest class that holds them, other numbers to
    /// Double; lists and objects get the kinds given.
    pub(crate) fn from_json(json: &serde_json::Value, list: ListKind, map: MapKind) -> Self {
        match json {
            serde_json::Value::Null => Datum::Null,
            serde_json::Value::Bool(b) => Datum::Bool(*b),
            serde_json::Value::Number(n) => {
                let digits = n.to_string();
                if digits.contains(['.', 'e', 'E']) {
                    Datum::Double(n.as_f64().unwrap_or(f64::NAN))
                } else {
                    Datum::integer(&digits)
                }
            }
            serde_json::Value::String(s) => Datum::str(s.as_str()),
            serde_json::Value::Array(items) => {
                Datum::List(list, items.iter().map(|i| Datum::from_json(i, list, map)).collect())
            }
            serde_json::Value::Object(members) => {
                let mut own = Members::new();
                for (name, value) in members {
                    own.put(name.as_str(), Datum::from_json(value, list, map));
                }
                Datum::Map(map, own)
            }
        }
    }

    /// Converts a JSON value as [`from_json`](Datum::from_json) does, without copying its texts.
    pub(crate) fn from_owned_json(json: serde_json::Value, list: ListKind, map: MapKind) -> Self {
        match json {
            serde_json::Value::String(text) => Datum::Str(text.into_boxed_str()),
            serde_json::Value::Array(items) => {
                Datum::List(list, items.into_iter().map(|item| Datum::from_owned_json(item, list, map)).collect())
            }
            serde_json::Value::Object(members) => Datum::Map(map, Members::from_json(members, map)),
            scalar => Datum::from_json(&scalar, list, map),
        }
    }

    /// Converts to JSON. Numbers that `serde_json` cannot represent become doubles.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Datum::Null => serde_json::Value::Null,
            Datum::Bool(b) => (*b).into(),
            Datum::Int(i) => (*i).into(),
            Datum::Long(l) => (*l).into(),
            Datum::Double(d) => (*d).into(),
            Datum::Big(i) => i.to_f64().into(),
            Datum::Decimal(d) => d.to_f64().into(),
            Datum::Str(s) => (**s).into(),
            Datum::List(_, items) => items.iter().map(Datum::to_json).collect(),
            Datum::Map(_, members) => {
                members.entries().iter().map(|(name, value)| (name.to_string(), value.to_json())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names differ only in a byte that the fingerprint ignores.
    #[test]
    fn names_with_one_fingerprint_are_distinguished() {
        let names: Vec<String> = (0..40).map(|i| format!("12345678-{i:02}-12345678")).collect();
        let mut members = Members::new();
        for turn in 0..2 {
            for (at, name) in names.iter().enumerate() {
                members.put(name.as_str(), Datum::Int((at + turn) as i32));
            }
        }
        assert_eq!(members.len(), 40);
        for (at, name) in names.iter().enumerate() {
            assert_eq!((members.position(name), members.get(name)), (Some(at), Some(&Datum::Int(at as i32 + 1))));
        }
        for text in ["", "a", "abc", "abcd", "abcdefgh", "abcdefghi", "abcdefghabcdefgh", "abcdefghabcdefghi"] {
            let copy = text.to_owned();
            assert!(equal_names(text, &copy));
            for at in 0..text.len() {
                let mut other = copy.clone();
                other.replace_range(at..=at, "x");
                assert!(!equal_names(text, &other) && !equal_names(text, &text[..at]), "{text}");
            }
        }
        assert_eq!((members.position("12345678-40-12345678"), members.get("")), (None, None));
    }
}
