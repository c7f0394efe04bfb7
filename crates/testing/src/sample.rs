//! Sample values of models, and sample requests of routes.

use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use vtl::pipeline::model::{Table, schema_faults};
use vtl::pipeline::{Api, Method, Protocol};

/// Deepest nesting of a sample; models may refer to themselves.
const MAX_DEPTH: usize = 12;

/// Most values and names of a sample, a name counting one more for each 64 bytes.
const MAX_VALUES: usize = 10_000;

/// Most values of the examples that a sample has copies of, a text counting one more for each 16 bytes.
const MAX_TOLD: usize = 1_000_000;

/// Makes a value that a JSON Schema describes: its example or default where it has one, else the smallest
/// value of its type. `$ref` may lead to another of the `models`.
///
/// ```
/// use vtl::pipeline::model::Table;
/// let pet = serde_json::json!({"type": "object", "properties": {
///     "name": {"type": "string", "example": "Rex"}, "age": {"type": "integer", "minimum": 1}}});
/// assert_eq!(vtl_testing::sample(&pet, &Table::new()), serde_json::json!({"name": "Rex", "age": 1}));
/// ```
#[must_use]
pub fn sample(schema: &Json, models: &Table<Json>) -> Json {
    let mut sampler = Sampler { models, left: MAX_VALUES, told: MAX_TOLD };
    sampler.of(schema, schema, 0)
}

struct Sampler<'a> {
    models: &'a Table<Json>,
    left: usize,
    told: usize,
}

impl<'a> Sampler<'a> {
    fn of(&mut self, schema: &'a Json, root: &'a Json, depth: usize) -> Json {
        let Json::Object(keywords) = schema else { return json!({}) };
        if depth > MAX_DEPTH || self.left == 0 {
            return Json::Null;
        }
        self.left -= 1;
        if let Some(target) = keywords.get("$ref").and_then(Json::as_str) {
            return match self.resolve(target, root) {
                Some((schema, root)) => self.of(schema, root, depth + 1),
                None => json!({}),
            };
        }
        let first = |key: &str| keywords.get(key).and_then(Json::as_array).and_then(|all| all.first());
        let told = keywords.get("example").or_else(|| first("examples")).or_else(|| keywords.get("default"));
        if let Some(value) = told.or_else(|| keywords.get("const")).or_else(|| first("enum")) {
            return self.copy(value);
        }
        if let Some(parts) = keywords.get("allOf").and_then(Json::as_array) {
            let mut whole = Map::new();
            for part in parts {
                if let Json::Object(members) = self.of(part, root, depth + 1) {
                    whole.extend(members);
                }
            }
            whole.extend(self.members(keywords, root, depth));
            return Json::Object(whole);
        }
        if let Some(schema) = first("oneOf").or_else(|| first("anyOf")) {
            return self.of(schema, root, depth + 1);
        }
        let kind = keywords.get("type");
        let kind = kind.and_then(|kind| kind.as_str().or_else(|| kind.as_array()?.iter().find_map(Json::as_str)));
        let implied = ["properties", "items"].into_iter().find(|key| keywords.contains_key(*key));
        match (kind, implied) {
            (Some("string"), _) => Json::String(text(keywords)),
            (Some("integer"), _) => json!(number(keywords).ceil() as i64),
            (Some("number"), _) => {
                let number = number(keywords);
                if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
            }
            (Some("boolean"), _) => json!(true),
            (Some("null"), _) => Json::Null,
            (Some("array"), _) | (None, Some("items")) => {
                let count = keywords.get("minItems").and_then(Json::as_u64).unwrap_or(1).clamp(1, 10);
                let items = match keywords.get("items") {
                    Some(Json::Array(each)) => each.iter().map(|schema| self.of(schema, root, depth + 1)).collect(),
                    Some(schema) => (0..count).map(|_| self.of(schema, root, depth + 1)).collect(),
                    None => Vec::new(),
                };
                Json::Array(items)
            }
            _ => Json::Object(self.members(keywords, root, depth)),
        }
    }

    /// Copies an example, unless the copies are too large together.
    fn copy(&mut self, value: &Json) -> Json {
        if self.told == 0 {
            return Json::Null;
        }
        self.told = self.told.saturating_sub(weight(value));
        if self.told == 0 { Json::Null } else { value.clone() }
    }

    fn members(&mut self, keywords: &'a Map<String, Json>, root: &'a Json, depth: usize) -> Map<String, Json> {
        let properties = keywords.get("properties").and_then(Json::as_object);
        let required: HashSet<&str> =
            keywords.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
        let mut members = Map::new();
        for (name, schema) in properties.into_iter().flatten() {
            // A model that refers to itself ends at what need not be there.
            if self.left > 0 && (depth < MAX_DEPTH / 2 || required.contains(name.as_str())) {
                self.left = self.left.saturating_sub(name.len() / 64);
                members.insert(name.clone(), self.of(schema, root, depth + 1));
            }
        }
        for name in keywords.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if self.left == 0 {
                break;
            }
            self.left = self.left.saturating_sub(1 + name.len() / 64);
            members.entry(name).or_insert_with(|| json!("a text"));
        }
        members
    }

    fn resolve(&self, target: &str, root: &'a Json) -> Option<(&'a Json, &'a Json)> {
        let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
        let root = if address.is_empty() { root } else { self.models.get(address.rsplit('/').next()?)? };
        root.pointer(pointer).map(|schema| (schema, root))
    }
}

/// Returns the number of values and names, a text counting one more for each 16 bytes.
fn weight(value: &Json) -> usize {
    match value {
        Json::String(text) => 1 + text.len() / 16,
        Json::Array(items) => items.iter().map(weight).sum::<usize>() + 1,
        Json::Object(members) => {
            members.iter().map(|(name, value)| 1 + name.len() / 16 + weight(value)).sum::<usize>() + 1
        }
        _ => 1,
    }
}

fn text(keywords: &Map<String, Json>) -> String {
    let known = match keywords.get("format").and_then(Json::as_str) {
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("date") => "2026-01-31",
        Some("time") => "12:00:00",
        Some("email") => "ada@example.com",
        Some("uuid") => "123e4567-e89b-12d3-a456-426614174000",
        Some("uri" | "url") => "https://example.com/",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("hostname") => "example.com",
        Some("byte") => "YQ==",
        _ => "text",
    };
    let length = |key: &str| keywords.get(key).and_then(Json::as_u64).map(|length| length.min(1_000) as usize);
    let mut text = known.to_owned();
    while text.len() < length("minLength").unwrap_or(0) {
        text.push('x');
    }
    if let Some(most) = length("maxLength") {
        text.truncate(most);
    }
    text
}

fn number(keywords: &Map<String, Json>) -> f64 {
    let limit = |key: &str| keywords.get(key).and_then(Json::as_f64);
    let is_open = |key: &str| keywords.get(key).and_then(Json::as_bool).unwrap_or(false);
    let least = match (limit("minimum"), limit("exclusiveMinimum")) {
        (Some(least), _) if is_open("exclusiveMinimum") => Some(least + 1.0),
        (None, Some(below)) => Some(below + 1.0),
        (least, _) => least,
    };
    let most = limit("maximum").map(|most| if is_open("exclusiveMaximum") { most - 1.0 } else { most });
    let number = match (least, most) {
        (Some(least), _) => least,
        (None, Some(most)) => most.min(1.0),
        (None, None) => 1.0,
    };
    match limit("multipleOf") {
        Some(step) if step > 0.0 => (number / step).ceil() * step,
        _ => number,
    }
}

/// A request that a route takes, made from its models and declared parameters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SampleRequest {
    /// Request as `vtl invoke --request` and a test's `request` have it.
    pub request: Json,
    /// Violations of the body's model, in the words of the service: a pattern that the sample does not match.
    pub faults: Vec<String>,
}

/// Makes a request that a route takes; `None` if nothing tells its path.
///
/// ```
/// use vtl::pipeline::Api;
/// let api: Api = serde_json::from_str(r#"{"models": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
///     "methods": [{"httpMethod": "PUT", "path": "/pets/{id}", "requestModels": {"application/json": "Pet"},
///         "requestParameters": {"method.request.querystring.dry": true}}]}"#)?;
/// let sample = vtl_testing::sample_request(&api, &api.methods[0]).expect("it has a path");
/// assert_eq!(sample.request, serde_json::json!({"method": "PUT", "path": "/pets/1", "querystring": {"dry": "text"},
///     "headers": {"Content-Type": "application/json"}, "body": {"name": "text"}}));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn sample_request(api: &Api, method: &Method) -> Option<SampleRequest> {
    let model = method
        .request_models
        .iter()
        .find(|(media, _)| *media == "application/json")
        .or_else(|| method.request_models.iter().next())
        .and_then(|(media, name)| Some((media, api.models.get(name)?)));
    let body = model.map(|(media, schema)| (media, sample(schema, &api.models), schema));
    let faults = body.as_ref().map_or(Vec::new(), |(_, body, schema)| schema_faults(schema, body, &api.models));
    let mut request = Map::new();
    if api.protocol == Protocol::WebSocket {
        return Some(SampleRequest { request: event(api, method, body.map(|(_, body, _)| body)), faults });
    }
    let verb = method.http_method.as_deref().filter(|verb| *verb != "ANY").unwrap_or("GET");
    let path = match (&method.path, method.key()) {
        (Some(path), _) => path.as_str(),
        (None, Some(key)) if key == "$default" => "/",
        _ => return None,
    };
    request.insert("method".to_owned(), json!(verb));
    request.insert("path".to_owned(), json!(filled(path)));
    let (mut query, mut headers) = (Map::new(), Map::new());
    for (name, _) in method.request_parameters.iter().filter(|(_, is_required)| **is_required) {
        if let Some(name) = name.strip_prefix("method.request.querystring.") {
            query.insert(name.to_owned(), json!("text"));
        } else if let Some(name) = name.strip_prefix("method.request.header.") {
            headers.insert(name.to_owned(), json!("text"));
        }
    }
    let has_body = matches!(verb, "POST" | "PUT" | "PATCH");
    let body = body.map(|(media, body, _)| (media, body)).filter(|_| has_body);
    let templates = method.integration.as_ref().map(|integration| &integration.request_templates);
    let media =
        body.as_ref().map(|(media, _)| *media).filter(|media| media.contains('/')).or_else(|| {
            templates?.iter().map(|(media, _)| media).find(|media| media.contains('/')).filter(|_| has_body)
        });
    if has_body && !headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
        headers.insert("Content-Type".to_owned(), json!(media.unwrap_or("application/json")));
    }
    let parts = [("querystring", query), ("headers", headers)];
    for (name, members) in parts.into_iter().filter(|(_, members)| !members.is_empty()) {
        request.insert(name.to_owned(), Json::Object(members));
    }
    if has_body {
        request.insert("body".to_owned(), body.map_or_else(|| json!({}), |(_, body)| body));
    }
    Some(SampleRequest { request: Json::Object(request), faults })
}

/// Returns a path with samples of its variables.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        let name = name.trim_end_matches('+');
        let is_id = name.to_ascii_lowercase().ends_with("id");
        out += before;
        out += if is_id { "1" } else { name };
        rest = after;
    }
    out + rest
}

/// Returns an event of a WebSocket connection that takes a route.
fn event(api: &Api, method: &Method, body: Option<Json>) -> Json {
    let key = method.key().unwrap_or_default();
    match key.as_str() {
        "$connect" => json!({"eventType": "CONNECT"}),
        "$disconnect" => json!({"eventType": "DISCONNECT"}),
        key => {
            let mut body = body.unwrap_or_else(|| json!({}));
            // The member by which `$request.body.action` selects the route.
            let selector = api.route_selection_expression.as_deref().unwrap_or("$request.body.action");
            let member = selector.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}');
            if let (Some(name), Some(members)) = (member.strip_prefix("request.body."), body.as_object_mut()) {
                members.insert(name.to_owned(), json!(key));
            }
            json!({"eventType": "MESSAGE", "body": body})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample;
    use serde_json::json;
    use vtl::pipeline::model::{Table, schema_faults};

    #[test]
    fn samples_satisfy_their_schemas() {
        let mut models = Table::new();
        models.set("Line", json!({"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}));
        for schema in [
            json!({"type": "string", "minLength": 7, "maxLength": 9}),
            json!({"type": "string", "maxLength": 2}),
            json!({"type": "integer", "minimum": 5, "exclusiveMinimum": true, "multipleOf": 4}),
            json!({"type": "number", "maximum": -0.5}),
            json!({"type": ["string", "null"], "format": "date-time"}),
            json!({"type": "array", "minItems": 3, "items": {"$ref": "https://apigateway.amazonaws.com/restapis/a/models/Line"}}),
            json!({"allOf": [{"required": ["a"], "properties": {"a": {"type": "integer"}}}, {"required": ["b"]}]}),
            json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]}),
            json!({"enum": ["red", "green"]}),
            json!({"definitions": {"N": {"type": "integer", "minimum": 3}}, "properties": {"n": {"$ref": "#/definitions/N"}}}),
            json!({"required": ["unnamed"]}),
        ] {
            let value = sample(&schema, &models);
            assert!(schema_faults(&schema, &value, &models).is_empty(), "{schema} {value}");
        }
        let large = json!({"type": "array", "minItems": 10, "items": {"example": "x".repeat(1_000_000)}});
        let many = json!({"type": "array", "minItems": 10, "items": large});
        assert!(sample(&many, &models).to_string().len() < 17_000_000);
        let names: Vec<String> = (0..1_000).map(|at| format!("name{at}")).collect();
        let wide = json!({"type": "array", "minItems": 10, "items": {"required": names}});
        let wide = json!({"type": "array", "minItems": 10, "items": wide});
        assert!(sample(&wide, &models).to_string().len() < 300_000);
        let tree = json!({"properties" : {"left": {"$ref": "#"}, "right": {"$ref": "#"}}});
        assert!(sample(&tree, &models).to_string().len() < 10_000);
    }
}
