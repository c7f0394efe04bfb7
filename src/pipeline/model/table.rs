//! Ordered maps: templates, mappings and models in the order of their document.
//!
//! The first template of a list and the order of mappings matter, which rules out hash maps and sorted
//! maps. Most tables are small, so lookups search a list; a long one has an index.

use crate::value::name_index::NameIndex;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Values by name, in the order of the document.
///
/// ```
/// use vtl::pipeline::model::Table;
/// let table: Table<String> = serde_json::from_str(r#"{"b": "1", "a": "2"}"#)?;
/// assert_eq!(table.names().collect::<Vec<_>>(), ["b", "a"]);
/// assert_eq!(table.get("a").map(String::as_str), Some("2"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Table<V> {
    entries: Vec<(String, V)>,
    index: NameIndex<false>,
}

impl<V: fmt::Debug> fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Compares names and values in order.
impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<V> Table<V> {
    /// Creates an empty table.
    #[must_use]
    pub const fn new() -> Self {
        Table { entries: Vec::new(), index: NameIndex::new() }
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.index.position(name, self.entries.len(), |at| self.name(at))
    }

    fn name(&self, at: usize) -> &str {
        self.entries.get(at).map_or("", |(name, _)| name)
    }

    /// Sets the value of a name; a name that is already present keeps its place.
    pub fn set(&mut self, name: impl Into<String>, value: V) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(old) => *old = value,
            None => {
                self.entries.push((name, value));
                let entries = &self.entries;
                self.index.add(entries.len(), |at| entries.get(at).map_or("", |(name, _)| name));
            }
        }
    }

    /// Returns the value of a name; case matters.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entries.get(self.position(name)?).map(|(_, value)| value)
    }

    /// Returns the value of a name for changes; case matters.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.position(name)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Removes a name and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.position(name)?;
        let (_, value) = self.entries.remove(at);
        self.index.remove(name, &[at]);
        Some(value)
    }

    /// Iterates over names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Iterates over the names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Checks whether the table is empty.
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

        // The AWS CLI writes null for an empty table.
        deserializer.deserialize_option(Entries(PhantomData))
    }
}
