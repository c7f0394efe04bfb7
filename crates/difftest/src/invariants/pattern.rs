//! JSONPath and Java's regular expressions on any text.

use vtl::{Globals, Limits, ParseOptions, Template, jsonpath::JsonPath};

/// Checks that a path on a document gives a value or an error whose place is in the path, twice the same.
pub fn path(path: &str, document: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(document).ok()?;
    let (first, second) = match (JsonPath::parse(path), JsonPath::parse(path)) {
        (Ok(first), Ok(second)) => (first.find(&document), second.find(&document)),
        (Err(error), _) | (_, Err(error)) => {
            let outside = error.span().is_some_and(|span| path.get(span.range()).is_none());
            return outside.then(|| format!("{error} is placed outside of the path"));
        }
    };
    (first.as_ref().ok() != second.as_ref().ok()).then(|| format!("{first:?}, then {second:?}"))
}

/// Checks that a pattern used by the methods that take one gives the same output or error twice, and ends on a long
/// text: a search that the steps do not pay for takes longer than a fuzzer waits.
pub fn pattern(pattern: &str, replacement: &str, text: &str) -> Option<String> {
    const TEMPLATE: &str = "$t.matches($p) $t.replaceAll($p, $r) $t.replaceFirst($p, $r) $t.split($p)";
    const LONG: usize = 1 << 16;
    let limits = Limits::velocity_1_7().with_steps(Some(200_000)).with_output(Some(1 << 16));
    let options = ParseOptions::velocity_1_7().limits(limits);
    let render = |text: &str| {
        let variables = serde_json::json!({"p": pattern, "r": replacement, "t": text}).to_string();
        let globals = Globals::default().variables_json(&variables)?;
        let template = Template::parse_with(TEMPLATE, &options)?;
        template.render(&globals).map(|rendered| rendered.text)
    };
    let (first, second) = (render(text), render(text));
    let agree = match (&first, &second) {
        (Ok(first), Ok(second)) => first == second,
        (Err(first), Err(second)) => first.code() == second.code(),
        _ => false,
    };
    // Its output may be anything.
    let _ = render(&text.repeat(LONG / text.len().max(1)));
    (!agree).then(|| format!("{first:?}, then {second:?}"))
}
