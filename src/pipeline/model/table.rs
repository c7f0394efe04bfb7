//! Ordered maps: templates, mappings and models in the order of their document.
//!
//! The first template of a list and the order of mappings matter, which rules out hash maps and sorted
//! maps. Most tables are small, so lookups search a list; a large one has an index beside it.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

/// Entries up to which a table is searched without an index.
const SMALL: usize = 32;

/// Values by name, in the order of the document.
///
/// ```
/// use vtl::pipeline::model::Table;
/// let table: Table<String> = serde_json::from_str(r#"{"b": "1", "a": "2"}"#)?;
/// assert_eq!(table.names().collect::<Vec<_>>(), ["b", "a"]);
/// assert_eq!(table.get("a").map(String::as_str), Some("2"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table<V> {
    entries: Vec<(String, V)>,
    /// Positions by name; `None` while the table is small.
    places: Option<HashMap<String, usize>>,
}

impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<V> Table<V> {
    /// Creates an empty table.
    #[must_use]
    pub const fn new() -> Self {
        Table { entries: Vec::new(), places: None }
    }

    /// Sets the value of a name; a name that is already present keeps its place.
    pub fn set(&mut self, name: impl Into<String>, value: V) {
        let name = name.into();
        match self.place(&name).and_then(|at| self.entries.get_mut(at)) {
            Some((_, old)) => *old = value,
            None => {
                if let Some(places) = &mut self.places {
                    places.insert(name.clone(), self.entries.len());
                }
                self.entries.push((name, value));
                if self.places.is_none() && self.entries.len() > SMALL {
                    self.index();
                }
            }
        }
    }

    /// Returns the position of a name.
    fn place(&self, name: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(name).copied(),
            None => self.entries.iter().position(|(n, _)| n == name),
        }
    }

    fn index(&mut self) {
        self.places = Some(self.entries.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect());
    }

    /// Returns the value of a name; case matters.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entries.get(self.place(name)?).map(|(_, value)| value)
    }

    /// Returns the value of a name for changes; case matters.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.place(name)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Removes a name and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.place(name)?;
        let (_, value) = self.entries.remove(at);
        if self.places.take().is_some() && self.entries.len() > SMALL {
            self.index();
        }
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

#[cfg(test)]
mod tests {
    use super::{SMALL, Table};

    #[test]
    fn large_tables_are_found_by_name_like_small_ones() {
        let mut table: Table<usize> = (0..4 * SMALL).map(|at| (format!("n{at}"), at)).collect();
        table.set("n5", 500);
        assert_eq!((table.get("n5"), table.get("n100"), table.get("m")), (Some(&500), Some(&100), None));
        assert_eq!((table.remove("n7"), table.remove("n7")), (Some(7), None));
        assert_eq!((table.get("n8"), table.len()), (Some(&8), 4 * SMALL - 1));
        assert_eq!(table.names().nth(7), Some("n8"));
    }
}
