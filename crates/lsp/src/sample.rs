//! Sample requests of a template: files beside it, the settings of the project, or the route's model.

use crate::file::View;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use vtl::{Globals, Params};
use vtl_check::Config;

/// Most bytes of a file with a sample.
const MAX_BYTES: u64 = 16 << 20;

/// A sample request.
pub(crate) struct Sample {
    /// Name that a person reads: that of the file, or `model`.
    pub(crate) name: String,
    /// File of the sample; none for one that is made from a model.
    pub(crate) path: Option<PathBuf>,
    /// Set if the file has the payload alone, not the whole request.
    is_body: bool,
    /// Request of a sample without a file.
    made: Json,
}

/// Returns the samples of a template. `order.vtl` has `order.sample.json`, `order.NAME.sample.json`, the
/// files that `vtl.toml` lists, and the payload `order.json`; a template of a document has one that is made
/// from the model of its route.
pub(crate) fn samples(view: &View<'_>, name: &str) -> Vec<Sample> {
    match &view.part {
        Some(part) => {
            let sample = part.document.method(part.route).and_then(|(api, method)| {
                let made = vtl_testing::sample_request(api, method)?.request;
                let path = method.path.as_deref().unwrap_or_default();
                let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
                let path: serde_json::Map<String, Json> =
                    names.map(|name| (name.trim_end_matches('+').to_owned(), json!("1"))).collect();
                let variables: serde_json::Map<String, Json> =
                    api.stage_variables.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
                let params = json!({"path": path, "querystring": made["querystring"], "header": made["headers"]});
                let input = json!({"body": made["body"], "params": params, "stageVariables": variables});
                Some(Sample { name: "the model".to_owned(), path: None, is_body: false, made: input })
            });
            sample.into_iter().collect()
        }
        None => beside(Path::new(name)),
    }
}

fn beside(template: &Path) -> Vec<Sample> {
    let (Some(folder), Some(stem)) = (template.parent(), template.file_stem().and_then(|it| it.to_str())) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_sample = |name: &String| {
        name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".sample.json")).is_some_and(|middle| {
            middle.is_empty() || (middle.len() > 1 && middle.starts_with('.') && !middle[1..].contains('.'))
        })
    };
    let mut files: Vec<PathBuf> = names.filter(is_sample).map(|name| folder.join(name)).collect();
    files.sort();
    for path in configured(template) {
        if !files.contains(&path) {
            files.push(path);
        }
    }
    let of_file = |path: PathBuf, is_body| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Sample { name, path: Some(path), is_body, made: Json::Null }
    };
    let body = folder.join(format!("{stem}.json"));
    let body = body.is_file().then(|| of_file(body, true));
    files.into_iter().map(|path| of_file(path, false)).chain(body).collect()
}

/// Returns the samples that the nearest `vtl.toml` lists for a template.
fn configured(template: &Path) -> Vec<PathBuf> {
    let config = template.ancestors().skip(1).find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("vtl.toml")).ok()?;
        Some(Config::parse(&text, folder))
    });
    config.and_then(Result::ok).map(|config| config.samples(template)).unwrap_or_default()
}

impl Sample {
    /// Returns the request: `body`, `params`, `context` and `stageVariables`, as `vtl render --input` takes it.
    pub(crate) fn input(&self) -> Result<Json, String> {
        let Some(path) = &self.path else { return Ok(self.made.clone()) };
        let failed = |why: String| format!("{}: {why}", path.display());
        let is_small = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len() <= MAX_BYTES;
        if !is_small {
            return Err(failed("the sample is larger than 16 MiB".to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        if self.is_body {
            return Ok(json!({ "body": text }));
        }
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| failed(error.to_string()))
    }

    /// Returns the payload as JSON; null if it is none.
    pub(crate) fn body(&self) -> Json {
        match self.input().ok().and_then(|mut input| input.get_mut("body").map(Json::take)) {
            Some(Json::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
            other => other.unwrap_or_default(),
        }
    }
}

/// Returns the data of a render with a request.
pub(crate) fn globals(input: &Json) -> Globals<'static> {
    let body = match &input["body"] {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut params = Params::new();
    for (name, value) in pairs(&input["params"]["path"]) {
        params = params.path(&name, &value);
    }
    for (name, value) in pairs(&input["params"]["querystring"]) {
        params = params.query(&name, &value);
    }
    for (name, value) in pairs(&input["params"]["header"]) {
        params = params.header(&name, &value);
    }
    let context = if input["context"].is_object() { input["context"].clone() } else { json!({}) };
    Globals::body(body).params(params).context(context).stage_variables(pairs(&input["stageVariables"]))
}

/// Returns the members of an object as texts, one pair for each value of a list.
fn pairs(members: &Json) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut found = Vec::new();
    for (name, value) in members.as_object().into_iter().flatten() {
        match value {
            Json::Array(values) => found.extend(values.iter().map(|value| (name.clone(), text(value)))),
            value => found.push((name.clone(), text(value))),
        }
    }
    found
}
