//! Data that outlives a render: constants of a program, what the roots hold, and
//! what overrides carry from one phase to the next. Plain, owned, `Send + Sync`.

use super::list::ListKind;
use super::map::MapKind;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

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
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members {
    entries: Vec<(Box<str>, Datum)>,
}

impl Members {
    pub(crate) fn new() -> Self {
        Members::default()
    }

    /// Adds a member, or replaces the value of the one that is there.
    pub(crate) fn put(&mut self, name: impl Into<Box<str>>, value: Datum) {
        let name = name.into();
        match self.entries.iter_mut().find(|(n, _)| *n == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|(n, _)| **n == *name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        self.position(name).map(|at| &self.entries[at].1)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        self.position(name).map(|at| &mut self.entries[at].1)
    }

    pub(crate) fn entries(&self) -> &[(Box<str>, Datum)] {
        &self.entries
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
                let entries = members
                    .iter()
                    .map(|(name, value)| (name.as_str().into(), Datum::from_json(value, list, map)))
                    .collect();
                Datum::Map(map, Members { entries })
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
