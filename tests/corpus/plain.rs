//! `corpus/plain`: cases written by hand, in plain text. `corpus/plain/README.md` describes the format.

use serde_json::Value;
use std::collections::BTreeMap;
use vtl::{Globals, Params, ParseOptions, Template};

const FIELDS: [&str; 6] = ["source", "confidence", "dialect", "params", "context", "stageVariables"];
const CONFIDENCE: [&str; 6] =
    ["recorded on AWS", "observed by hand on AWS", "documented", "reported by users", "derived", "assumed"];

#[derive(Debug, PartialEq)]
struct Case<'a> {
    fields: BTreeMap<&'a str, &'a str>,
    template: &'a str,
    payload: Option<&'a str>,
    /// The output, or the code of the error.
    expected: Result<&'a str, &'a str>,
}

#[test]
fn plain() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/plain");
    let (mut count, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "case") {
            let text = std::fs::read_to_string(&path).expect("a case is UTF-8");
            count += 1;
            if let Err(problem) = read(&text).and_then(|case| run(&case)) {
                wrong.push(format!("{}: {problem}", path.display()));
            }
        }
    }
    assert!(count > 0 && wrong.is_empty(), "{} of {count} cases fail:\n{}", wrong.len(), wrong.join("\n"));
}

/// Reads a case; the error says what is wrong with the file.
fn read(text: &str) -> Result<Case<'_>, String> {
    let mut fields = BTreeMap::new();
    let mut rest = text;
    let mut title = false;
    while let Some((line, below)) = rest.strip_prefix("## ").and_then(|line| line.split_once('\n')) {
        if title {
            let (name, value) = line.split_once(": ").ok_or_else(|| format!("`{line}` is not `name: value`"))?;
            if !FIELDS.contains(&name) {
                return Err(format!("there is no field `{name}`; the fields are {FIELDS:?}"));
            }
            fields.insert(name, value);
        }
        (title, rest) = (true, below);
    }
    if !fields.contains_key("source") || !fields.get("confidence").is_some_and(|word| CONFIDENCE.contains(word)) {
        return Err(format!("a `## source:` and a `## confidence:` of {CONFIDENCE:?} are required"));
    }
    let (input, expected) = match rest.split_once("\n=== ") {
        Some((input, code)) => (input, Err(code.trim_end())),
        None => match rest.split_once("\n===\n") {
            Some((input, output)) => (input, Ok(output.strip_suffix('\n').unwrap_or(output))),
            None => return Err("a line `===` and the output are missing".to_owned()),
        },
    };
    let (template, payload) = match input.split_once("\n---\n") {
        Some((template, payload)) => (template, Some(payload)),
        None => (input, None),
    };
    Ok(Case { fields, template, payload, expected })
}

fn run(case: &Case<'_>) -> Result<(), String> {
    let json = |name: &str| -> Result<Value, String> {
        let text = case.fields.get(name).copied().unwrap_or("{}");
        serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let given = json("params")?;
    let mut params = Params::new();
    for (name, value) in members(&given["path"]) {
        params = params.path(&name, &text(&value));
    }
    for (name, value) in members(&given["querystring"]) {
        params = params.query(&name, &text(&value));
    }
    for (name, value) in members(&given["header"]) {
        params = params.header(&name, &text(&value));
    }
    let variables = members(&json("stageVariables")?).into_iter().map(|(name, value)| (name, text(&value)));
    let globals = Globals::body(case.payload.unwrap_or_default())
        .params(params)
        .context(json("context")?)
        .stage_variables(variables);
    let options = match case.fields.get("dialect").copied().unwrap_or("service") {
        "service" => ParseOptions::service(),
        "velocity-1.7" => ParseOptions::velocity_1_7(),
        other => return Err(format!("there is no dialect `{other}`")),
    };
    let outcome = Template::parse_with(case.template, &options).and_then(|t| t.render(&globals));
    match (outcome, case.expected) {
        (Ok(rendered), Ok(output)) if rendered.text == output => Ok(()),
        (Ok(rendered), wanted) => Err(format!("gives {:?}, wanted {wanted:?}", rendered.text)),
        (Err(error), Err(code)) if error.code().as_str() == code => Ok(()),
        (Err(error), wanted) => Err(format!("fails with {error}, wanted {wanted:?}")),
    }
}

#[test]
fn a_plain_case_is_read_by_its_separators() {
    let text = "## Title\n## source: s\n## confidence: derived\na\n\n---\nb\n===\nc\n\n";
    let case = read(text).expect("it is sound");
    assert_eq!((case.template, case.payload, case.expected), ("a\n", Some("b"), Ok("c\n")));
    let case = read("## T\n## source: s\n## confidence: derived\na\n=== V001\n").expect("it is sound");
    assert_eq!((case.template, case.payload, case.expected), ("a", None, Err("V001")));
    for broken in ["a\n===\nb", "## T\n## source: s\n## confidence: sure\na\n===\nb", "## T\n## sauce: s\na\n===\nb"] {
        assert!(read(broken).is_err(), "{broken:?}");
    }
}
