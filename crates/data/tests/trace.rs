//! Traces, and the tables of the engine, as a host asks for them.

use serde_json::{Value as Json, json};
use vtl_data::Session;

fn ask(request: &Json) -> Json {
    serde_json::from_slice(&Session::new().answer(request.to_string().as_bytes())).unwrap()
}

#[test]
fn a_trace_tells_which_part_of_the_template_wrote_each_byte() {
    let template = "é\n#foreach($i in $input.path('$.a'))$i,#end";
    let answer =
        ask(&json!({"command": "render", "template": template, "name": "a.vtl", "body": {"a": [7, 8]}, "trace": true}));
    assert_eq!(answer["output"], "é\n7,8,");
    let trace = answer["trace"].as_array().unwrap();
    let parts: Vec<(&Json, &Json)> = trace.iter().map(|it| (&it["source"], &it["output"])).collect();
    let (text, seven, eight) = (json!(","), json!("7"), json!("8"));
    let (first, variable) = (json!("é\n"), json!("$i"));
    assert_eq!(parts, [(&first, &first), (&variable, &seven), (&text, &text), (&variable, &eight), (&text, &text)]);
    assert_eq!(
        trace[1],
        json!({"start": 3, "end": 4, "source": "$i", "output": "7",
            "file": "a.vtl", "line": 2, "column": 35, "endLine": 2, "endColumn": 37})
    );
    assert_eq!(ask(&json!({"command": "render", "template": "x"})).get("trace"), None);
}

#[test]
fn the_reference_lists_what_a_template_can_name() {
    let reference = ask(&json!({"command": "reference"}));
    let has = |table: &str, name: &str| reference[table].as_array().unwrap().iter().any(|row| row["name"] == name);
    assert!(has("input", "path") && has("util", "escapeJavaScript"));
    assert!(has("methods", "replaceAll") && has("context", "identity.sourceIp"));
}

#[test]
fn a_code_is_explained_by_its_number_and_by_its_name() {
    let page = ask(&json!({"command": "explain", "code": "V002"}));
    assert_eq!((&page["name"], &page["severity"]), (&json!("unclosed-block"), &json!("error")));
    assert!(page["page"].as_str().unwrap().contains("#end"));
    assert_eq!(ask(&json!({"command": "explain", "code": "unclosed-block"})), page);
    assert_eq!(ask(&json!({"command": "explain", "code": "V9999"}))["error"], "there is no code V9999");
}
