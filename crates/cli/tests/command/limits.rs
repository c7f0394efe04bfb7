//! `--limit NAME=N|none` on each command that renders: just at each limit, and just beyond it.

use crate::run::{Folder, Run, vtl};
use serde_json::{Value, json};

/// A limit, a template that needs it, the flags beside it, and the code of the error.
const LIMITS: [(&str, &str, &[&str], &str); 8] = [
    ("foreach", "#foreach($i in [1..7])$i#end", &["--foreach-fails"], "V307"),
    ("steps", "#foreach($i in [1..40])$i#end", &[], "V303"),
    ("output", "12345", &[], "V304"),
    ("memory", "#set($l = [])#foreach($i in [1..40])#set($x = $l.add($i))#end", &[], "V305"),
    ("depth", "#define($a)x#end#define($b)$a#end#define($c)$b#end$c", &[], "V306"),
    ("macro-depth", "#macro(a)x#end#macro(b)#a()#end#macro(c)#b()#end#c()", &["--dialect", "velocity-1.7"], "V306"),
    ("source", "0123456789", &[], "V301"),
    ("nesting", "#set($x = [[1]])", &[], "V302"),
];

fn limited(command: &[&str], limit: &str, value: u64) -> Run {
    vtl(&[command, &["--limit", &format!("{limit}={value}")]].concat())
}

/// The smallest value that is enough.
fn least(is_enough: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, 4096);
    while low < high {
        let middle = (low + high) / 2;
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn enough(command: &[&str], limit: &str) -> u64 {
    least(|value| limited(command, limit, value).code == Some(0))
}

#[test]
fn each_limit_on_render() {
    for (limit, template, flags, code) in LIMITS {
        let command = [&["render", "-q", "-e", template], flags].concat();
        let enough = enough(&command, limit);
        assert!((1..4096).contains(&enough), "{limit}: {enough}");
        let beyond = limited(&command, limit, enough - 1);
        assert_eq!((beyond.code, beyond.out.as_str()), (Some(1), ""), "{limit}");
        assert!(beyond.err.starts_with(&format!("error[{code}]")), "{limit}: {}", beyond.err);
        assert_eq!(limited(&command, limit, enough).err, "", "{limit}");
        let none = vtl(&[&command[..], &["--limit", &format!("{limit}=none")]].concat());
        assert_eq!(none.code, Some(0), "{limit}: {}", none.err);
    }
}

#[test]
fn limits_count_what_they_are_named_for() {
    for (limit, template, least) in [
        ("foreach", LIMITS[0].1, 7),
        ("output", LIMITS[2].1, 5),
        ("depth", LIMITS[4].1, 3),
        ("macro-depth", LIMITS[5].1, 3),
        ("source", LIMITS[6].1, 10),
    ] {
        let (.., flags, _) = LIMITS[LIMITS.iter().position(|row| row.0 == limit).expect("it is a limit")];
        assert_eq!(enough(&[&["render", "-q", "-e", template], flags].concat(), limit), least, "{limit}");
    }
}

#[test]
fn each_limit_on_bench() {
    for (limit, template, flags, code) in LIMITS {
        let beyond = limited(&[&["bench", "-e", template], flags].concat(), limit, 0);
        assert_eq!((beyond.code, beyond.out.as_str()), (Some(1), ""), "{limit}");
        assert!(beyond.err.starts_with(&format!("error[{code}]")), "{limit}: {}", beyond.err);
    }
    assert_eq!(limited(&["bench", "-e", "12345", "--format", "json"], "output", 5).code, Some(0));
}

#[test]
fn each_limit_on_invoke() {
    let folder = Folder::new();
    // A render that runs into a limit is the service's 500, with a note that names the limit.
    for (limit, template, _, code) in
        LIMITS.into_iter().filter(|(limit, ..)| !matches!(*limit, "foreach" | "macro-depth"))
    {
        let integration = json!({
            "type": "mock", "requestTemplates": {"application/json": r#"{"statusCode": 200}"#},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}},
        });
        let path = folder.file(&format!("limit-{limit}.json"), integration.to_string());
        let status = |value: u64| {
            let run = limited(&["invoke", "--integration", &path, "--format", "json", "/"], limit, value);
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{limit}");
            let answer: Value = serde_json::from_str(&run.out).expect("it is JSON");
            (answer["response"]["status"].as_u64(), answer["notes"].to_string())
        };
        // The request's template needs more of some limits than the small one of the response.
        let enough = least(|value| status(value).0 == Some(200));
        assert!((1..4096).contains(&enough), "{limit}: {enough}");
        assert!(status(enough - 1).1.contains(code), "{limit}: {}", status(enough - 1).1);
    }
}

#[test]
fn a_loop_ends_quietly_at_its_limit() {
    let command = ["render", "-e", "#foreach($i in [1..7])$i#end"];
    let beyond = limited(&command, "foreach", 6);
    assert_eq!((beyond.code, beyond.out.as_str()), (Some(0), "123456"));
    assert!(beyond.err.starts_with("warning[V158]"), "{}", beyond.err);
    let at = limited(&command, "foreach", 7);
    assert_eq!((at.out.as_str(), at.err.as_str()), ("1234567", ""));
}

/// Values cost far more than their text, so JSON beside a payload has a limit; a payload is charged when it is read.
#[test]
fn json_beside_a_payload() {
    let folder = Folder::outside();
    let [list, large] = [250_000, 600_000].map(|count| format!("[{}1]", "[],".repeat(count)));
    let headers = (0..300_000).map(|at| format!("\"{at}\":\"\"")).collect::<Vec<_>>().join(",");
    folder.file("t.vtl", "$context.a.size()$x.size()$input.body.length()");
    folder.file("i.json", r#"{"type": "http", "httpMethod": "GET", "uri": "http://b.test/"}"#);
    folder.file("few.json", format!(r#"{{"a": {list}}}"#));
    folder.file("x.json", format!(r#"{{"x": {list}}}"#));
    folder.file("many.json", format!(r#"{{"a": {large}}}"#));
    folder.file("input.json", format!(r#"{{"context": {{"a": {large}}}}}"#));
    folder.file("body.json", format!(r#"{{"body": {large}, "context": {{"a": {list}}}}}"#));
    folder.file("request.json", format!(r#"{{"path": "/", "headers": {{{headers}}}}}"#));
    folder.file("archive.json", format!(r#"{{"log": {{"entries": [{}1]}}}}"#, "{},".repeat(1_100_000)));
    let run = folder.vtl(&["render", "t.vtl", "--context", "few.json", "--vars", "x.json", "-q"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2500012500012"), "{}", run.err);
    // The payload of a request is not beside it.
    let run = folder.vtl(&["render", "t.vtl", "--input", "body.json", "-q"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "2500011800003"), "{}", run.err);
    let answer = ["invoke", "--integration", "i.json"];
    for (args, file) in [
        (&["render", "t.vtl", "--context", "many.json"][..], "many.json"),
        (&["render", "t.vtl", "--vars", "many.json"], "many.json"),
        (&["render", "t.vtl", "--stage-variables", "many.json"], "many.json"),
        (&["render", "t.vtl", "--input", "input.json"], "input.json"),
        (&[&answer[..], &["--request", "request.json"]].concat(), "request.json"),
        (&[&answer[..], &["/", "--backend", "request.json"]].concat(), "request.json"),
        (&[&answer[..], &["/", "--authorizer", "many.json"]].concat(), "many.json"),
        (&["record", "archive.json"], "archive.json"),
    ] {
        let run = folder.vtl(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}: {}", run.err);
        assert!(run.err.starts_with(&format!("error[V305]: {file}: the ")), "{args:?}: {}", run.err);
    }
    folder.file("t.sample.json", format!(r#"{{"context": {{"a": {large}}}}}"#));
    let run = folder.vtl(&["check", "t.vtl"]);
    assert!(run.err.contains("t.sample.json: the JSON has more than 500000 values and names"), "{run:?}");
}

/// The output of a test is read into values where it is compared as JSON.
#[test]
fn json_that_a_test_compares() {
    let folder = Folder::outside();
    folder.file("t.vtl", "$input.body");
    folder.file("large.json", format!("[{}1]", "1,".repeat(2_000_000)));
    folder.file(
        "t.vtl-test.yaml",
        r#"
template: t.vtl
defaults: {input: {body: {file: large.json}}}
tests:
  - {name: json, expect: {json: []}}
  - {name: schema, expect: {schema: {}}}
  - {name: assert, expect: {assert: [{path: "$[0]", equals: 1}]}}
"#,
    );
    let run = folder.vtl(&["test"]);
    assert_eq!((run.code, run.out.matches("the JSON has more than 2000000 values").count()), (Some(1), 3), "{run:?}");
}

/// A name with 50,000 dots overflowed the stack.
#[test]
fn nested_names_of_the_context() {
    let render = |names: usize| {
        let value = format!("{}=1", vec!["a"; names].join("."));
        vtl(&["render", "-e", "$context.a.a", "--context-value", &value])
    };
    assert_eq!(render(2).out, "1");
    render(100).says(0, &[]);
    for names in [101, 50_000] {
        render(names).says(2, &["a name has at most 100 parts"]);
    }
}

/// `--limit` holds for reading a document and for checking as well, so what their errors advise can be done.
#[test]
fn documents_are_read_within_the_limits_of_the_flags() {
    let folder = Folder::new();
    let api = json!({"swagger": "2.0", "paths": {"/a": {"get": {
        "responses": {"200": {"description": ""}},
        "x-amazon-apigateway-integration": {
            "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {"statusCode": "200"}},
        },
    }}}});
    folder.file("api.json", api.to_string());
    folder.file("a.vtl", "#set($x = 1)\n{\"a\": $x}\n");
    let run = |command: &[&str], limit: &str| folder.vtl(&[command, &["--limit", limit]].concat());
    let reading: [&[&str]; 4] =
        [&["routes", "api.json"], &["check", "api.json"], &["check", "a.vtl"], &["example", "api.json"]];
    for command in reading {
        assert_eq!(run(command, "steps=none").code, Some(0), "{command:?}");
        let Run { out, err, .. } = run(command, "steps=1");
        assert!(format!("{out}{err}").contains("V303"), "{command:?}: {out}{err}");
    }
    for command in [reading[0], reading[1], reading[3]] {
        let Run { code, out, err } = run(command, "memory=1");
        assert!(code != Some(0) && format!("{out}{err}").contains("V305"), "{command:?}: {out}{err}");
    }
    assert!(run(reading[2], "source=1").out.contains("V301"));
    // The renders with samples share the steps.
    folder.file("s.json", "{}");
    folder.file("turns.vtl", "#foreach($i in [1..900])$i#end\n");
    let samples = ["check", "turns.vtl", "--input", "s.json"];
    assert_eq!(run(&samples, "steps=none").code, Some(0));
    assert!(run(&samples, "steps=300").out.contains("V303]: with s.json: more than 300 steps"));
    folder.file("call.sh", "curl -i https://api.test/a\n");
    let record = ["record", "call.sh", "--document", "api.json"];
    assert_eq!(run(&record, "steps=none").code, Some(0));
    assert!(run(&record, "steps=1").err.contains("V303"));
    // A limit of a render is none of reading its document, but for the time.
    let render = ["render", "api.json", "--route", "GET /a", "--template", "request:application/json"];
    assert_eq!(run(&render, "steps=100").code, Some(0));
    let invoke = run(&["invoke", "api.json", "/a"], "steps=0");
    assert!(invoke.code == Some(0) && invoke.out.contains("500"), "{}{}", invoke.out, invoke.err);
}

/// Each key of a route makes a method.
#[test]
fn keys_of_routes() {
    let folder = Folder::new();
    let run = |key: &str, keys: usize| {
        folder.file("api.json", json!({"protocolType": "WEBSOCKET", "routeKeys": vec![key; keys]}).to_string());
        folder.vtl(&["invoke", "--api", "api.json", "-d", "{}"])
    };
    assert_eq!(run("k", 2).code, Some(0));
    run("k", 50_001).says(2, &["V305", "the API has 50001 routeKeys with 0 parts of paths; at most 50000 with 500000"]);
    run(&"/a".repeat(500_001), 1).says(2, &["V305", "1 routeKeys with 500001 parts"]);
}
