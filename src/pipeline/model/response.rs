//! Integration responses: the rules that make a response of the backend's answer.

use super::reading::{templates, text_or_number_required};
use super::table::Table;
use super::words::ContentHandling;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// An integration response: a rule that selects answers of the backend and transforms them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ResponseRule {
    /// Java regular expression that the whole status or error text must match; `None` is the default
    /// response.
    pub selection_pattern: Option<String>,
    /// Key in place of the pattern: `$default`, or a pattern between slashes. WebSocket APIs only.
    #[serde(alias = "IntegrationResponseKey", skip_serializing_if = "Option::is_none")]
    pub integration_response_key: Option<String>,
    /// Expression that selects the response template. WebSocket APIs only.
    #[serde(alias = "TemplateSelectionExpression", skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
    /// Status of the response; empty in WebSocket APIs.
    #[serde(deserialize_with = "text_or_number_required")]
    pub status_code: String,
    /// Source expressions by `method.response.header.NAME`.
    #[serde(alias = "ResponseParameters")]
    pub response_parameters: Table<String>,
    /// Templates by media type, or by the selected key in WebSocket APIs, in the order of the
    /// document.
    #[serde(alias = "ResponseTemplates", deserialize_with = "templates")]
    pub response_templates: Table<String>,
    /// Conversion of the backend's body.
    #[serde(alias = "ContentHandlingStrategy")]
    pub content_handling: Option<ContentHandling>,
}

/// Reads integration responses as a list, or as an object by pattern.
pub(super) fn responses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ResponseRule>, D::Error> {
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
        other => return Err(serde::de::Error::custom(format!("responses must be an object or a list, not {other}"))),
    };
    for rule in &mut rules {
        rule.selection_pattern.take_if(|pattern| pattern.is_empty());
    }
    Ok(rules)
}
