//! `corpus/json`: payloads as json-smart reads them, seen through `$input`.

use crate::{cases, score, score::Score, topics};
use serde_json::Value;
use vtl::{Code, Dialect, Globals, ParseOptions, Template};

pub fn run() -> Score {
    let mut score = score("payloads");
    for topic in topics("json") {
        for case in cases(&format!("json/{topic}.jsonl")) {
            score.count(&topic, case["id"].as_str().unwrap_or_default(), compare(&case));
        }
    }
    score
}

fn compare(case: &Value) -> Option<String> {
    let text = case["text"].as_str().expect("a case has a text");
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        // An empty payload never reaches the reader: the service takes it for `{}`.
        return None;
    }
    let render = |template: &str, slash: bool| {
        let dialect = Dialect::service().with_escape_slash(slash);
        let template = Template::parse_with(template, &ParseOptions::new().dialect(dialect))?;
        Ok::<_, vtl::Error>(template.render(&Globals::body(text))?.text)
    };
    if case.get("error").is_some() {
        return match render("$input.path('$')", true) {
            Err(error) if error.code() == Code::BadPayload => None,
            other => Some(format!("gives {other:?}, wanted an error for {text:?}")),
        };
    }
    // `$input.json` of null is `""` whatever the writer says.
    let printed = case["printed"].as_str().filter(|p| *p != "null");
    let unescaped = case["printed_lt"].as_str().or(printed);
    let java = case["java"].as_str().filter(|_| printed.is_some());
    let class = case["class"].as_str().filter(|c| *c != "null");
    let checks = [
        ("$input.json('$')", true, printed.map(str::to_owned)),
        ("$input.json('$')", false, unescaped.map(str::to_owned)),
        ("$input.path('$')", true, java.map(str::to_owned)),
        ("$input.path('$').class.simpleName", true, None),
        ("$input.path('$').class.name", true, class.map(class_name)),
    ];
    for (template, slash, wanted) in checks {
        let Some(wanted) = wanted else { continue };
        match render(template, slash) {
            Ok(found) if found == wanted => {}
            other => return Some(format!("{template} gives {other:?}, wanted {wanted:?} for {text:?}")),
        }
    }
    None
}

fn class_name(simple: &str) -> String {
    let package = if simple.starts_with("Big") { "java.math" } else { "java.lang" };
    format!("{package}.{simple}")
}
