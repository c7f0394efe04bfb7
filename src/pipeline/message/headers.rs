//! Header lists: several values per name, in order.
//!
//! Mappings compare header names exactly (aws-observed 7.3), everything else ignores case. A list
//! supports both and keeps the spelling.

use crate::budget::Budget;
use crate::error::Error;
use crate::value::name_index::NameIndex;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::fmt;

/// A name or a value; those of the gateway's own headers are borrowed.
type Text = Cow<'static, str>;

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
#[derive(Clone, Default)]
pub struct Headers {
    entries: Vec<(Text, Text)>,
    /// The first place of each name.
    index: NameIndex<true>,
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

/// Compares names, in their spelling, and values in order.
impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Headers {}

impl Headers {
    /// Creates an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Headers { entries: Vec::new(), index: NameIndex::new() }
    }

    /// Returns the first place of a name, ignoring case.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.index.position(name, self.entries.len(), |at| self.entries.get(at).map_or("", |(name, _)| name))
    }

    /// Returns the name at a place.
    pub(crate) fn name_at(&self, place: usize) -> Option<&str> {
        self.entries.get(place).map(|(name, _)| &**name)
    }

    /// Appends a value and keeps those of the same name.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.push(Cow::Owned(name.into()), Cow::Owned(value.into()));
    }

    fn push(&mut self, name: Text, value: Text) {
        self.entries.push((name, value));
        let entries = &self.entries;
        self.index.add(entries.len(), |at| entries.get(at).map_or("", |(name, _)| name));
    }

    /// Makes room for `more` headers.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }

    /// Adds a header of the gateway, whose text is not copied, unless the name has a value, ignoring case. A value
    /// that cannot be sent is left out.
    pub(crate) fn add_own(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        let value = value.into();
        let is_sound = matches!(value, Cow::Borrowed(_)) || !is_broken(&value);
        if is_sound && !self.contains(name) {
            self.push(Cow::Borrowed(name), value);
        }
    }

    /// Creates headers with one value of each name, ignoring case: of several the last one.
    pub(crate) fn of_last(entries: Vec<(String, String)>) -> Headers {
        let mut headers = Headers::new();
        for (name, value) in entries.into_iter().rev() {
            headers.set_default(&name, value);
        }
        headers.entries.reverse();
        headers.index_again();
        headers
    }

    /// Replaces every value of a name, ignoring case.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.remove(&name);
        self.add(name, value);
    }

    /// Replaces every value of a name.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn set_within(&mut self, name: &str, value: String, budget: &Budget<'_>) -> Result<(), Error> {
        self.remove_within(name, budget)?;
        self.add(name, value);
        Ok(())
    }

    /// Removes every value of a name, ignoring case; a name that has one is compared with all.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn remove_within(&mut self, name: &str, budget: &Budget<'_>) -> Result<(), Error> {
        let each = 1 + name.len() / 32;
        budget.charge(if self.contains(name) { 4 + self.len().saturating_mul(each) } else { 4 })?;
        self.remove(name);
        Ok(())
    }

    /// Adds a header unless the name has a value, ignoring case.
    pub fn set_default(&mut self, name: &str, value: impl Into<String>) {
        if !self.contains(name) {
            self.add(name, value);
        }
    }

    /// Removes every value of a name, ignoring case.
    pub fn remove(&mut self, name: &str) {
        let Some(first) = self.position(name) else { return };
        let mut removed = Vec::new();
        let mut at = 0;
        self.entries.retain(|(n, _)| {
            let is_removed = at >= first && n.eq_ignore_ascii_case(name);
            if is_removed {
                removed.push(at);
            }
            at += 1;
            !is_removed
        });
        self.index.remove(name, &removed);
    }

    fn index_again(&mut self) {
        self.index.clear();
        let entries = &self.entries;
        self.index.add(entries.len(), |at| entries.get(at).map_or("", |(name, _)| name));
    }

    /// Returns the last value of a name, ignoring case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let first = self.position(name)?;
        let rest = self.entries.get(first..)?;
        rest.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// Returns the last value of a name; case matters.
    #[must_use]
    pub fn get_exactly(&self, name: &str) -> Option<&str> {
        self.all_exactly(name).last()
    }

    /// Iterates over the values of a name, ignoring case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// Iterates over the values of a name; case matters.
    pub fn all_exactly(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n == name).map(|(_, value)| &**value)
    }

    /// Returns the number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Checks whether there are no headers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Checks whether a name has a value, ignoring case.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// Describes the first header that cannot be sent: `the header "a b" of the response has …`.
    pub(crate) fn unsendable(&self, of: &str) -> Option<String> {
        // Those of the gateway are sound.
        let foreign = |text: &'_ Text| matches!(text, Cow::Owned(_));
        self.entries.iter().find_map(|(name, value)| {
            let in_name = if foreign(name) { fault_of_name(name) } else { None };
            let fault = in_name.or_else(|| if foreign(value) { fault_of_value(value) } else { None });
            fault.map(|fault| told(name, of, fault))
        })
    }

    /// Iterates over names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Iterates over each name once, in its first spelling, with all its values.
    pub fn grouped(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        // The group of each name, at its first place.
        let mut group_at: Vec<Option<usize>> = vec![None; self.entries.len()];
        for (name, value) in self.iter() {
            let Some(group) = self.position(name).and_then(|first| group_at.get_mut(first)) else { continue };
            match group.and_then(|group| groups.get_mut(group)) {
                Some((_, values)) => values.push(value),
                None => {
                    *group = Some(groups.len());
                    groups.push((name, vec![value]));
                }
            }
        }
        groups.into_iter()
    }
}

/// Describes why a header of a name and a value cannot be sent, if so: `the header "a b" of the response has …`.
pub(crate) fn unsendable(name: &str, value: &str, of: &str) -> Option<String> {
    fault_of_name(name).or_else(|| fault_of_value(value)).map(|fault| told(name, of, fault))
}

/// Describes the fault of a header.
fn told(name: &str, of: &str, fault: &str) -> String {
    format!("the header {name:?}{of} has {fault}")
}

/// Returns why a value cannot be sent.
fn fault_of_value(value: &str) -> Option<&'static str> {
    is_broken(value).then_some("a line break or a NUL")
}

/// Returns why a name cannot be that of a header: it is no token (RFC 9110, 5.6.2).
fn fault_of_name(name: &str) -> Option<&'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() {
        Some("an empty name")
    } else if any(name, |byte| matches!(byte, b'\r' | b'\n' | 0)) {
        Some("a line break or a NUL in its name")
    } else if any(name, |byte| !is_token(byte)) {
        Some("a character in its name that no name of a header has")
    } else {
        None
    }
}

/// Checks whether a value cannot be sent: one with a line break or a NUL.
pub(crate) fn is_broken(value: &str) -> bool {
    any(value, |byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// Checks whether a byte of a text is of a kind. Looks at all of them, which takes less than to stop early.
pub(super) fn any(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(false, |found, byte| found | is(byte))
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let mut headers = Headers::new();
        for (name, value) in entries {
            headers.add(name, value);
        }
        headers
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
        let mut repeats = Repeats::default();
        for (name, value) in members {
            let values = texts(value).map_err(serde::de::Error::custom)?;
            repeats.add(&name, values.len()).map_err(serde::de::Error::custom)?;
            for text in values {
                headers.add(name.as_str(), text);
            }
        }
        Ok(headers)
    }
}

/// The bytes that names take which are written once for each of several values.
#[derive(Default)]
pub(crate) struct Repeats(usize);

impl Repeats {
    const MOST: usize = 16 << 20;

    /// Adds a name with a number of values.
    ///
    /// # Errors
    /// A text, if the names take more bytes than any message has.
    pub(crate) fn add(&mut self, name: &str, values: usize) -> Result<(), String> {
        self.0 = self.0.saturating_add(name.len().saturating_mul(values.saturating_sub(1)));
        match self.0 > Self::MOST {
            true => Err(format!("names that have several values take more than {} bytes", Self::MOST)),
            false => Ok(()),
        }
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
