//! How documents write the model's values: null where something is left to its default, numbers for texts, lists or objects.

use crate::pipeline::model::integration::{ConnectionType, DeclaredResponse, PassthroughBehavior, ResponseRule};
use crate::pipeline::model::table::Table;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

pub(crate) fn internet() -> ConnectionType {
    ConnectionType::Internet
}

pub(crate) fn null_is_internet<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConnectionType, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(internet))
}

pub(crate) fn when_no_match() -> PassthroughBehavior {
    PassthroughBehavior::WhenNoMatch
}

pub(crate) fn null_is_when_no_match<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PassthroughBehavior, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(when_no_match))
}

pub(crate) fn default_timeout() -> u64 {
    29_000
}

pub(crate) fn null_is_default_timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(default_timeout))
}

pub(crate) fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A status: documents write it as text or as a number.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Json::deserialize(deserializer)? {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text)),
        Json::Number(number) => Ok(Some(number.to_string())),
        other => Err(serde::de::Error::custom(format!("a status code is a text or a number, not {other}"))),
    }
}

pub(crate) fn text_or_number_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text_or_number(deserializer)?.unwrap_or_default())
}

pub(crate) fn templates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table<String>, D::Error> {
    let table = Table::<Option<String>>::deserialize(deserializer)?;
    Ok(table.into_iter().map(|(media, template)| (media, template.unwrap_or_default())).collect())
}

/// A table by status, or only a list of statuses.
pub(crate) fn method_responses<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Table<DeclaredResponse>>, D::Error> {
    let read = |json: Json| serde_json::from_value::<DeclaredResponse>(json).map_err(serde::de::Error::custom);
    let mut table = Table::new();
    match Json::deserialize(deserializer)? {
        Json::Null => return Ok(None),
        Json::Array(statuses) => {
            for status in statuses {
                match status {
                    Json::String(text) => table.set(text, DeclaredResponse::default()),
                    other => table.set(other.to_string(), DeclaredResponse::default()),
                }
            }
        }
        Json::Object(members) => {
            for (status, response) in members {
                table.set(status, if response.is_null() { DeclaredResponse::default() } else { read(response)? });
            }
        }
        other => return Err(serde::de::Error::custom(format!("method responses are an object, not {other}"))),
    }
    Ok(Some(table))
}

/// A list of responses, or an object whose keys are the patterns.
pub(crate) fn responses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ResponseRule>, D::Error> {
    let read = |json: Json| serde_json::from_value::<ResponseRule>(json).map_err(serde::de::Error::custom);
    let mut rules = match Json::deserialize(deserializer)? {
        Json::Null => Vec::new(),
        Json::Array(list) => list.into_iter().map(read).collect::<Result<Vec<_>, _>>()?,
        Json::Object(members) => {
            let mut rules = Vec::with_capacity(members.len());
            for (pattern, json) in members {
                let mut rule = if json.is_null() { ResponseRule::default() } else { read(json)? };
                if pattern != "default" {
                    rule.selection_pattern.get_or_insert(pattern);
                }
                rules.push(rule);
            }
            rules
        }
        other => return Err(serde::de::Error::custom(format!("responses are an object or a list, not {other}"))),
    };
    for rule in &mut rules {
        rule.selection_pattern.take_if(|pattern| pattern.is_empty());
    }
    Ok(rules)
}

/// A version: documents write `1.0` as a number too.
pub(crate) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = text_or_number(deserializer)?;
    Ok(text.map(|text| if text == "1" || text == "2" { text + ".0" } else { text }))
}

/// Mappings by status: as objects, or as CloudFormation's lists of `Destination` and `Source`.
pub(crate) fn status_mappings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table<Table<String>>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Pair {
        destination: String,
        #[serde(default)]
        source: String,
    }

    let mut by_status = Table::new();
    for (status, mut json) in Table::<Json>::deserialize(deserializer)? {
        let mappings = match json.get_mut("ResponseParameters") {
            Some(list) => {
                let pairs = Vec::<Pair>::deserialize(list.take()).map_err(D::Error::custom)?;
                pairs.into_iter().map(|pair| (pair.destination, pair.source)).collect()
            }
            None => Table::deserialize(json).map_err(D::Error::custom)?,
        };
        by_status.set(status, mappings);
    }
    Ok(by_status)
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(crate) fn is_false(truth: &bool) -> bool {
    !truth
}
