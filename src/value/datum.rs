//! Data that outlives a render: constants of a program, what the roots hold, and
//! what overrides carry from one phase to the next. Plain, owned, `Send + Sync`.

use super::Value;
use super::list::ListKind;
use super::map::MapKind;
use super::shape::{print, same};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::sync::OnceLock;

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

/// The members of an object, in order, with a fast way to find one by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    entries: Vec<(Box<str>, Datum)>,
    /// What tells their names apart, nearly always.
    prints: Vec<u32>,
    /// Their order in maps that have another than this: in a header map, and in others.
    orders: [OnceLock<Box<[u32]>>; 2],
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Members {
    pub(crate) fn new() -> Self {
        Members::default()
    }

    /// Adds a member, or replaces the value of the one that is there.
    pub(crate) fn put(&mut self, name: impl Into<Box<str>>, value: Datum) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(old) => *old = value,
            None => {
                self.prints.push(print(name.as_bytes()));
                self.entries.push((name, value));
                self.orders = Default::default();
            }
        }
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.position_printed(name, print(name.as_bytes()))
    }

    /// The same, where the print of the name is known.
    #[inline]
    pub(crate) fn position_printed(&self, name: &str, print: u32) -> Option<usize> {
        let is = |at: usize| self.entries.get(at).is_some_and(|(own, _)| same(own, name));
        self.prints.iter().enumerate().position(|(at, own)| *own == print && is(at))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        self.get_printed(name, print(name.as_bytes()))
    }

    /// The same, where the print of the name is known.
    #[inline]
    pub(crate) fn get_printed(&self, name: &str, print: u32) -> Option<&Datum> {
        let at = self.position_printed(name, print)?;
        self.entries.get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        let at = self.position(name)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(Box<str>, Datum)] {
        &self.entries
    }

    /// In which order they come out of a map of that kind, if it is another; found once for all renders.
    pub(super) fn order(&self, kind: MapKind) -> Option<&[u32]> {
        let order = self.orders.get(usize::from(kind != MapKind::Headers))?;
        if kind.in_hash_order() {
            let made = order.get_or_init(|| {
                let keys: Vec<Value<'_>> = self.entries.iter().map(|(name, _)| Value::str(name)).collect();
                kind.order(keys.iter(), keys.len() as u32).unwrap_or_default().into()
            });
            return Some(made);
        }
        None
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The members of an object in the order of the text, each as its text.
struct InOrder<'a>(Vec<(String, &'a serde_json::value::RawValue)>);

impl<'de> serde::Deserialize<'de> for InOrder<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = InOrder<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(InOrder(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Datum {
    pub(crate) fn str(text: impl Into<Box<str>>) -> Self {
        Datum::Str(text.into())
    }

    /// The smallest of Integer, Long and BigInteger that holds a number written in decimal digits.
    pub(crate) fn integer(digits: &str) -> Self {
        if let Ok(i) = digits.parse() {
            return Datum::Int(i);
        }
        if let Ok(l) = digits.parse() {
            return Datum::Long(l);
        }
        digits.parse().map_or(Datum::Null, Datum::Big)
    }

    /// A JSON value as Java's: whole numbers take the smallest class that holds them, others are
    /// doubles; objects and lists are of the kinds given.
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

    /// The same from JSON text, where whole numbers of any size keep their digits.
    pub(crate) fn from_json_text(text: &str) -> Result<Self, serde_json::Error> {
        let text = text.trim();
        match text.bytes().next() {
            Some(b'{') => {
                let object: InOrder<'_> = serde_json::from_str(text)?;
                let mut members = Members::new();
                for (name, raw) in object.0 {
                    members.put(name, Datum::from_json_text(raw.get())?);
                }
                Ok(Datum::Map(MapKind::Linked, members))
            }
            Some(b'[') => {
                let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(text)?;
                let items = items.into_iter().map(|raw| Datum::from_json_text(raw.get())).collect::<Result<_, _>>()?;
                Ok(Datum::List(ListKind::Array, items))
            }
            Some(b'-' | b'0'..=b'9') if !text.contains(['.', 'e', 'E']) => Ok(Datum::integer(text)),
            _ => Ok(Datum::from_json(&serde_json::from_str(text)?, ListKind::Array, MapKind::Linked)),
        }
    }

    /// As JSON: big numbers that JSON's reader cannot hold become doubles.
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
                members.entries.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that differ in a byte that their prints do not see.
    #[test]
    fn names_with_one_print_are_told_apart() {
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
            assert!(same(text, &copy));
            for at in 0..text.len() {
                let mut other = copy.clone();
                other.replace_range(at..=at, "x");
                assert!(!same(text, &other) && !same(text, &text[..at]), "{text}");
            }
        }
        assert_eq!((members.position("12345678-40-12345678"), members.get("")), (None, None));
    }
}
