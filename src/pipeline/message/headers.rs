//! Header lists: several values per name, in order.
//!
//! Whether a name is compared with or without case depends on who asks: mappings compare exactly
//! (aws-observed 7.3), everything else does not. So both ways are here, and the spelling is kept.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

/// Headers in order, a name as often as it has values.
///
/// ```
/// use vtl::pipeline::Headers;
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
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Headers { entries: Vec::new() }
    }

    /// Adds a value behind those that are there.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.entries.push((name.into(), value.into()));
    }

    /// Replaces every value of a name, however it is spelled.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.remove(&name);
        self.add(name, value);
    }

    /// Adds a header unless the name has a value, however it is spelled.
    pub fn set_default(&mut self, name: &str, value: impl Into<String>) {
        if !self.contains(name) {
            self.add(name, value);
        }
    }

    /// Takes a name out, however it is spelled.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The last value of a name, however it is spelled.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The last value of a name spelled exactly so.
    #[must_use]
    pub fn get_exactly(&self, name: &str) -> Option<&str> {
        self.all_exactly(name).last()
    }

    /// Every value of a name, however it is spelled.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a name spelled exactly so.
    pub fn all_exactly(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether a name has a value, however it is spelled.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.entries.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Each name once, in its first spelling, with all its values.
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

/// As an object: a text for one value, a list for several.
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

/// One value or a list of them; numbers and booleans become their text, null is nothing.
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
        other => Err(format!("a value is a text, not {other}")),
    }
}

/// What becomes of a header on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    Pass,
    /// It vanishes.
    Drop,
    /// It goes on as `x-amzn-Remapped-NAME`.
    Remap,
    /// The whole call fails with a configuration error.
    Fail,
}

use Fate::{Drop, Fail, Pass, Remap};

/// Taken off the client's request before anything sees it (aws-observed 10.1, R).
pub const STRIPPED: &[&str] = &[
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Expect",
    "Max-Forwards",
    "Proxy-Authenticate",
    "Server",
    "TE",
    "Transfer-Encoding",
    "Trailer",
    "Upgrade",
    "WWW-Authenticate",
];

/// Besides those, not forwarded by HTTP_PROXY (aws-observed 10.3, R).
pub const NOT_FORWARDED: &[&str] = &["Host", "Content-Encoding", "Via"];

/// A header set on the request to the backend: its fate for HTTP types and for AWS types
/// (aws-observed 10.4 and 10.5, R); a name that is not here passes.
pub const TO_BACKEND: &[(&str, Fate, Fate)] = &[
    ("Authorization", Pass, Fail),
    ("Connection", Drop, Fail),
    ("Content-Length", Fail, Fail),
    ("Expect", Drop, Fail),
    ("Proxy-Authenticate", Drop, Fail),
    ("TE", Drop, Fail),
    ("Transfer-Encoding", Fail, Fail),
    ("Via", Drop, Pass),
];

/// A header on its way to the client (aws-observed 10.7 and 10.8, R); a name that is not here passes.
pub const TO_CLIENT: &[(&str, Fate)] = &[
    ("Authorization", Remap),
    ("Connection", Remap),
    ("Content-Length", Remap),
    ("Content-MD5", Remap),
    ("Date", Remap),
    ("Expect", Remap),
    ("Host", Remap),
    ("Max-Forwards", Remap),
    ("Proxy-Authenticate", Remap),
    ("Server", Remap),
    ("Trailer", Remap),
    ("Transfer-Encoding", Drop),
    ("Upgrade", Remap),
    ("User-Agent", Remap),
    ("WWW-Authenticate", Remap),
    ("x-amzn-RequestId", Remap),
];

/// The fate of a header set on the request to a backend.
///
/// ```
/// use vtl::pipeline::{Fate, IntegrationType, fate_to_backend};
/// assert_eq!(fate_to_backend("te", IntegrationType::Http), Fate::Drop);
/// assert_eq!(fate_to_backend("te", IntegrationType::AwsProxy), Fate::Fail);
/// ```
#[must_use]
pub fn fate_to_backend(name: &str, kind: crate::pipeline::model::integration::IntegrationType) -> Fate {
    let row = TO_BACKEND.iter().find(|row| row.0.eq_ignore_ascii_case(name));
    row.map_or(Pass, |row| if kind.is_http() { row.1 } else { row.2 })
}

/// The fate of a header on its way to the client.
///
/// ```
/// use vtl::pipeline::{Fate, fate_to_client};
/// assert_eq!(fate_to_client("Date"), Fate::Remap);
/// assert_eq!(fate_to_client("X-Mine"), Fate::Pass);
/// ```
#[must_use]
pub fn fate_to_client(name: &str) -> Fate {
    TO_CLIENT.iter().find(|row| row.0.eq_ignore_ascii_case(name)).map_or(Pass, |row| row.1)
}

/// Whether a list of names has this one, however it is spelled.
pub(crate) fn lists(names: &[&str], name: &str) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}
