//! Values of `$context` that a host makes from its own values.

use crate::value::datum::Members;
use crate::value::{Datum, ListKind, MapKind};
use serde_json::Value as Json;

/// Value of `$context`, made without a detour over a JSON value.
///
/// ```
/// use vtl::Data;
/// let claims = Data::object([("sub", Data::from("ada")), ("groups", Data::from(serde_json::json!(["a", "b"])))]);
/// # let _ = claims;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Data(pub(super) Datum);

impl Data {
    /// Creates an object with these members in this order; of several values of a name the last one stays.
    #[must_use]
    pub fn object<'n>(members: impl IntoIterator<Item = (&'n str, Data)>) -> Data {
        Data(Datum::Map(MapKind::ContextPart, self::members(members)))
    }
}

/// Creates a text.
impl From<&str> for Data {
    fn from(text: &str) -> Data {
        Data(Datum::str(text))
    }
}

/// Converts a JSON value: whole numbers to the smallest of Java's classes that holds them, others to Double.
impl From<Json> for Data {
    fn from(json: Json) -> Data {
        Data(Datum::from_owned_json(json, ListKind::Array, MapKind::ContextPart))
    }
}

pub(super) fn members<'n>(given: impl IntoIterator<Item = (&'n str, Data)>) -> Members {
    // `$context` gets the overrides too.
    Members::of(given.into_iter().map(|(name, Data(value))| (name, value)), 2)
}
