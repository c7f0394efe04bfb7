//! A map that keeps the order of its document: templates, mappings, models.
//!
//! The first template of a list and the order of mappings matter, so neither a hash map nor a sorted one
//! will do; the tables are small, so a list is searched.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Names with values, in the order of the document; setting a name again replaces its value.
///
/// ```
/// use vtl::pipeline::Table;
/// let table: Table<String> = serde_json::from_str(r#"{"b": "1", "a": "2"}"#)?;
/// assert_eq!(table.names().collect::<Vec<_>>(), ["b", "a"]);
/// assert_eq!(table.get("a").map(String::as_str), Some("2"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table<V> {
    entries: Vec<(String, V)>,
}

impl<V> Table<V> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Table { entries: Vec::new() }
    }

    /// Sets the value of a name.
    pub fn set(&mut self, name: impl Into<String>, value: V) {
        let name = name.into();
        match self.entries.iter_mut().find(|(n, _)| *n == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
    }

    /// The value of a name, spelled exactly so.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entries.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.entries.iter_mut().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.entries.iter().position(|(n, _)| n == name)?;
        Some(self.entries.remove(at).1)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// How many names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table::new()
    }
}

impl<N: Into<String>, V> FromIterator<(N, V)> for Table<V> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let mut table = Table::new();
        for (name, value) in entries {
            table.set(name, value);
        }
        table
    }
}

impl<V> IntoIterator for Table<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<V: Serialize> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Table<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Table<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_unit<E>(self) -> Result<Table<V>, E> {
                Ok(Table::new())
            }

            fn visit_none<E>(self) -> Result<Table<V>, E> {
                Ok(Table::new())
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Table<V>, D::Error> {
                deserializer.deserialize_map(self)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table<V>, A::Error> {
                let mut table = Table::new();
                while let Some((name, value)) = map.next_entry::<String, V>()? {
                    table.set(name, value);
                }
                Ok(table)
            }
        }

        // The command line's output writes null where a table is empty.
        deserializer.deserialize_option(Entries(PhantomData))
    }
}
