//! `corpus/apigateway/templates*.jsonl`: mapping templates as the service renders them.

use crate::{cases, failure, score, score::Score};
use serde_json::Value;
use vtl::{Code, Dialect, Globals, Params, ParseOptions, Template};

pub fn run() -> Score {
    let mut score = score("templates");
    for file in ["templates", "templates-derived", "templates-model"] {
        for case in cases(&format!("apigateway/{file}.jsonl")) {
            let open = case["open"] == true;
            let topic =
                format!("{file}: {}{}", case["confidence"].as_str().unwrap_or("?"), if open { " (open)" } else { "" });
            score.count(&topic, case["id"].as_str().unwrap_or_default(), compare(&case, open));
        }
    }
    score
}

/// Open cases are the engine model's, which writes `/` as `\/`.
fn compare(case: &Value, open: bool) -> Option<String> {
    let text = case["template"].as_str().expect("a case has a template");
    let body = case["body"].as_str().unwrap_or_default();
    let mut params = Params::new();
    let group = |name: &str| case["params"][name].as_object().cloned().unwrap_or_default();
    for (name, value) in group("path") {
        params = params.path(&name, value.as_str().unwrap_or_default());
    }
    for (name, value) in group("querystring") {
        params = params.query(&name, value.as_str().unwrap_or_default());
    }
    for (name, value) in group("header") {
        params = params.header(&name, value.as_str().unwrap_or_default());
    }
    let variables = case["stageVariables"].as_object().cloned().unwrap_or_default();
    let globals = Globals::body(body)
        .params(params)
        .context(case["context"].clone())
        .stage_variables(variables.into_iter().map(|(k, v)| (k, v.as_str().unwrap_or_default().to_owned())));
    let dialect = Dialect::service().with_escape_slash(open);
    let outcome = Template::parse_with(text, &ParseOptions::new().dialect(dialect)).and_then(|t| t.render(&globals));
    let expect = &case["expect"];
    let rendered = match (expect.get("error"), outcome) {
        (Some(word), Err(error)) => {
            let word = word.as_str().unwrap_or_default();
            return fails_otherwise(word, error.code())
                .then(|| format!("fails with {error}, wanted {word} in {text:?}"));
        }
        (Some(word), Ok(rendered)) => return Some(format!("gives {:?}, wanted {word} in {text:?}", rendered.text)),
        (None, Err(error)) => return Some(format!("fails with {error} in {text:?}")),
        (None, Ok(rendered)) => rendered,
    };
    if let Some(output) = expect["output"].as_str()
        && output != rendered.text
        && case["expectParsedPerCall"]["output"] != rendered.text
    {
        return Some(format!("gives {:?}, wanted {output:?} in {text:?}", rendered.text));
    }
    let parts = [("requestOverride", &rendered.overrides.request), ("responseOverride", &rendered.overrides.response)];
    parts.into_iter().find_map(|(key, found)| {
        let wanted = expect.get(key)?;
        let found = Value::Object(found.clone());
        (!contains(&found, wanted)).then(|| format!("{key} is {found}, wanted {wanted} in {text:?}"))
    })
}

/// Returns `true` if `found` contains everything in `wanted`; it may contain more.
fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(name, value)| found.get(name).is_some_and(|f| contains(f, value)))
        }
        _ => found == wanted,
    }
}

/// Returns `true` if a code does not correspond to the failure that a case describes.
fn fails_otherwise(words: &str, code: Code) -> bool {
    match words {
        "template syntax" => !failure::PARSE.contains(&code),
        "failing call" => !matches!(code, Code::JavaException | Code::OutOfBounds | Code::BadPattern | Code::Modified),
        "invalid JSON" | "invalid JSON payload" => code != Code::BadPayload,
        "invalid path" => code != Code::BadPath,
        _ => true,
    }
}
