//! Header lists: several values per name, in order.
//!
//! Mappings compare header names exactly (aws-observed 7.3), everything else ignores case. A list
//! supports both and keeps the spelling.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

/// Headers in order; a name appears once per value.
///
/// ```
/// use vtl::pipeline::message::Headers;
/// let mut headers = Headers::new();
/// headers.add("Accept", "a/b");
/// headers.add("accept", "c/d");
/// assert_eq!(headers.get("ACCEPT"), Some("c/d"));
/// assert_eq!(headers.get_exactly("Accept"), Some("a/b"));
/// headers.set("ACCEPT", "e/f");
/// assert_eq!(headers.iter().collect::<Vec<_>>(), [("ACCEPT", "e/f")]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    entries: Vec<(String, String)>,
}

impl Headers {
    /// Creates an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Headers { entries: Vec::new() }
    }

    /// Appends a value and keeps those of the same name.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.entries.push((name.into(), value.into()));
    }

    /// Replaces every value of a name, ignoring case.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.remove(&name);
        self.add(name, value);
    }

    /// Adds a header unless the name has a value, ignoring case.
    pub fn set_default(&mut self, name: &str, value: impl Into<String>) {
        if !self.contains(name) {
            self.add(name, value);
        }
    }

    /// Removes every value of a name, ignoring case.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Returns the last value of a name, ignoring case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the last value of a name; case matters.
    #[must_use]
    pub fn get_exactly(&self, name: &str) -> Option<&str> {
        self.all_exactly(name).last()
    }

    /// Iterates over the values of a name, ignoring case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Iterates over the values of a name; case matters.
    pub fn all_exactly(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Checks whether a name has a value, ignoring case.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.entries.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// Iterates over names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Iterates over each name once, in its first spelling, with all its values.
    pub fn grouped(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let first = |at: usize, name: &str| !self.entries[..at].iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let firsts = self.entries.iter().enumerate().filter(move |(at, (name, _))| first(*at, name));
        firsts.map(|(_, (name, _))| (name.as_str(), self.all(name).collect()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        Headers { entries: entries.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

/// Writes an object: a string for one value, a list for several.
impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.grouped().map(|(name, values)| match values.as_slice() {
            [one] => (name, Json::from(*one)),
            _ => (name, Json::from(values)),
        }))
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Option::<Map<String, Json>>::deserialize(deserializer)?.unwrap_or_default();
        let mut headers = Headers::new();
        for (name, value) in members {
            for text in texts(value).map_err(serde::de::Error::custom)? {
                headers.add(name.as_str(), text);
            }
        }
        Ok(headers)
    }
}

/// Converts one value or a list of values to texts: numbers and booleans are printed, null is dropped.
pub(crate) fn texts(value: Json) -> Result<Vec<String>, String> {
    match value {
        Json::Array(items) => items.into_iter().map(text).collect(),
        Json::Null => Ok(Vec::new()),
        one => Ok(vec![text(one)?]),
    }
}

fn text(value: Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(truth) => Ok(truth.to_string()),
        other => Err(format!("a header or parameter must be a string, not {other}")),
    }
}
