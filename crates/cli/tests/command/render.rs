//! `vtl render`: each way to give it a template and a request, and what goes where.

use crate::run::{Folder, command, rendered, vtl, vtl_with};
use serde_json::{Value, json};

#[test]
fn a_file_with_a_payload() {
    let out = rendered(&["examples/order.vtl", "--body", "examples/order.json"]);
    let order: Value = serde_json::from_str(&out).expect("the example makes JSON");
    let wanted = json!({
        "orderId": "A-1042",
        "customer": "Ada \"Countess\" Lovelace",
        "lines": [
            {"sku": "PEN-01", "quantity": 2},
            {"sku": "INK-07", "quantity": 10},
            {"sku": "GIFT", "quantity": 1, "gift": true}
        ],
        "pieces": 13,
        "note": "Please ring twice.\nIt's the blue door."
    });
    assert_eq!(order, wanted);
}

#[test]
fn a_whole_request_from_one_document() {
    let out = rendered(&["examples/passthrough.vtl", "--input", "examples/passthrough.json"]);
    let seen: Value = serde_json::from_str(&out).expect("the example makes JSON");
    let wanted = json!({
        "body": {"id": "A-1042", "total": 121.5},
        "params": {
            "path": {"id": "A-1042"},
            "querystring": {"verbose": "true", "tag": "blue"},
            "header": {"Accept": "application/json", "X-Trace-Id": "Root=1-5f3c-19d0ab"}
        },
        "table": "orders-v2",
        "stage": "prod",
        "sourceIp": "203.0.113.9"
    });
    assert_eq!(seen, wanted);
}

#[test]
fn the_template_as_text_or_from_standard_input() {
    assert_eq!(rendered(&["-e", "no newline is added"]), "no newline is added");
    assert_eq!(rendered(&["-e", "- $input.body", "-d", "-5"]), "- -5");
    assert_eq!(vtl_with(&["render", "-", "-d", "x"], b"[$input.body]\n").out, "[x]\n");
}

#[test]
fn the_payload_as_text_from_a_file_or_from_standard_input() {
    let folder = Folder::new();
    let template = "$input.path('$.a')|$input.body";
    assert_eq!(rendered(&["-e", template, "-d", r#"{"a":1}"#]), r#"1|{"a":1}"#);
    assert_eq!(rendered(&["-e", template, "--data", r#"{"a":1}"#]), r#"1|{"a":1}"#);
    assert_eq!(rendered(&["-e", template, "--body", &folder.file("payload.json", "{\"a\": 2}\n")]), "2|{\"a\": 2}\n");
    assert_eq!(vtl_with(&["render", "-e", template, "--body", "-"], br#"{"a":3}"#).out, r#"3|{"a":3}"#);
}

#[test]
fn a_payload_that_is_no_utf8_is_read_all_the_same() {
    let folder = Folder::new();
    let body = folder.file("latin1.txt", b"caf\xe9");
    assert_eq!(rendered(&["-e", "$input.body", "--body", &body]), "caf\u{fffd}");
}

#[test]
fn parameters() {
    let template = "$input.params('p') $input.params('q') $input.params('X-Key') $input.params('x-key')";
    let flags = ["--path-param", "p=a=b", "--query", "q=1", "--query", "q=2", "-H", "X-Key:  k: v "];
    assert_eq!(rendered(&[&["-e", template], &flags[..]].concat()), "a=b 2 k: v k: v");
    let groups = "$input.params().path.n $input.params().querystring.n $input.params().header.n";
    let flags = ["-H", "n: h", "--query", "n=q", "--path-param", "n=p"];
    assert_eq!(rendered(&[&["-e", groups], &flags[..]].concat()), "p q h");
}

#[test]
fn context_and_stage_variables() {
    let folder = Folder::new();
    let context = folder.file(
        "context.json",
        "\u{feff}{\"stage\": \"prod\", \"identity\": {\"user\": \"u\"}, \"epoch\": 1700000000000}",
    );
    let template = "$context.stage $context.identity.user $context.identity.sourceIp $context.epoch";
    let flags =
        ["--context", &context, "--context-value", "identity.sourceIp=1.2.3.4", "--context-value", "stage=test"];
    assert_eq!(rendered(&[&["-e", template], &flags[..]].concat()), "test u 1.2.3.4 1700000000000");
    assert_eq!(rendered(&["-e", "$context.a.b.c", "--context-value", "a.b.c=deep"]), "deep");

    let stage = folder.file("stage.json", r#"{"table": "orders", "size": 5}"#);
    let template = "$stageVariables.table $stageVariables.size $stageVariables.get('url')";
    let flags = ["--stage-variables", &stage, "--stage-variable", "url=https://x/?a=b", "--stage-variable", "size=6"];
    assert_eq!(rendered(&[&["-e", template], &flags[..]].concat()), "orders 6 https://x/?a=b");
}

#[test]
fn top_level_variables_keep_big_numbers() {
    let folder = Folder::new();
    let vars = folder.file("vars.json", r#"{"x": 123456789012345678901234567890, "list": [1, {"a": "b"}]}"#);
    assert_eq!(rendered(&["-e", "$x $list[1].a", "--vars", &vars]), "123456789012345678901234567890 b");
}

#[test]
fn the_body_of_a_document() {
    let folder = Folder::new();
    let template = ["-e", "$input.body", "--input"];
    let body = |name: &str, document: &str| rendered(&[&template[..], &[&folder.file(name, document)]].concat());
    assert_eq!(body("text.json", r#"{"body": "{ \"a\" : \u0031 }"}"#), r#"{ "a" : 1 }"#);
    let value = r#"{"body": { "a b" : [ 1.10, 12345678901234567890123, "x \" y" ] }}"#;
    assert_eq!(body("value.json", value), r#"{"a b":[1.10,12345678901234567890123,"x \" y"]}"#);
    assert_eq!(body("null.json", r#"{"body": null, "params": null, "context": null}"#), "null");
    // No payload shows as `{}` (as the service does it).
    assert_eq!(body("nothing.json", "{}"), "{}");
}

#[test]
fn flags_win_over_the_document() {
    let folder = Folder::new();
    let document = json!({
        "body": "document",
        "params": {"path": {"p": "d", "other": "o"}, "querystring": {"q": ["d", "e"]}, "header": {"X-Key": "d"}},
        "context": {"stage": "d", "apiId": "d"},
        "stageVariables": {"v": "d", "w": "d"}
    });
    let input = folder.file("document.json", document.to_string());
    let template = "$input.body $input.params('p') $input.params('other') $input.params('q') $input.params('X-Key') \
        $input.params().header.size() $context.stage $context.apiId $stageVariables.v $stageVariables.w";
    let base = ["-e", template, "--input", &input];
    assert_eq!(rendered(&base), "document d o e d 1 d d d d");
    let flags = [
        "-d",
        "flag",
        "--path-param",
        "p=f",
        "--query",
        "q=f",
        "-H",
        "x-key: f",
        "--context-value",
        "stage=f",
        "--stage-variable",
        "v=f",
    ];
    assert_eq!(rendered(&[&base[..], &flags].concat()), "flag f o f f 1 f d f d");
    let context = folder.file("replace.json", r#"{"stage": "r", "apiId": "r"}"#);
    assert_eq!(rendered(&["-e", "$context.stage $context.apiId", "--input", &input, "--context", &context]), "r r");
}

#[test]
fn dialects() {
    assert_eq!(vtl(&["render", "-e", "$x #set($l = [1..3])$l", "-q"]).out, "[1, 2, 3]");
    assert_eq!(vtl(&["render", "-e", "$x", "-q", "--dialect", "service"]).out, "");
    assert_eq!(vtl(&["render", "-e", "$x", "-q", "--dialect", "velocity-1.7"]).out, "$x");
    // Each dialect has its own limits: the service stops a loop after 1,000 turns.
    let turns = ["render", "-q", "-e", "#foreach($i in [1..1500])#set($n = $i)#end$n"];
    assert_eq!(vtl(&turns).out, "1000");
    assert_eq!(vtl(&[&turns[..], &["--dialect", "velocity-1.7"]].concat()).out, "1500");
}

#[test]
fn limits() {
    let turns = ["render", "-q", "-e", "#foreach($i in [1..1500])#set($n = $i)#end$n"];
    assert_eq!(vtl(&[&turns[..], &["--limit", "foreach=none"]].concat()).out, "1500");
    assert_eq!(vtl(&[&turns[..], &["--limit", "foreach=7"]].concat()).out, "7");
    let fails = vtl(&[&turns[..], &["--limit", "foreach=7", "--foreach-fails"]].concat());
    assert_eq!((fails.code, fails.out.as_str()), (Some(1), ""));
    assert!(fails.err.contains("V307"), "{}", fails.err);
    let reached = |limit: &str, code: &str| {
        let run = vtl(&[&turns[..], &["--limit", limit]].concat());
        assert_eq!(run.code, Some(1), "{limit}");
        assert!(run.err.contains(code), "{limit}: {}", run.err);
    };
    reached("steps=100", "V303");
    reached("output=3", "V304");
    reached("source=10", "V301");
    for name in ["foreach", "steps", "output", "memory", "depth", "macro-depth", "macro_depth", "source", "nesting"] {
        assert_eq!(rendered(&["-e", "x", "--limit", &format!("{name}=none")]), "x");
    }
}

#[test]
fn dialect_switches() {
    let command = ["-e", "$input.json('$')", "-d", r#"["a/b", null]"#];
    let switched = |switches: &[&str]| rendered(&[&command[..], switches].concat());
    assert_eq!(switched(&[]), r#"["a/b",null]"#);
    // `-` and `_` are the same in a name, as in those of limits.
    for name in ["escape_slash", "escape-slash"] {
        assert_eq!(switched(&["--dialect-switch", name]), r#"["a\/b",null]"#);
    }
    let several = ["--dialect-switch", "escape_slash", "--dialect-switch", "json_null"];
    assert_eq!(rendered(&[&["-e", "$input.json('$[1]')", "-d", r#"["a/b", null]"#][..], &several].concat()), "null");
    let run = vtl(&["render", "-e", "x", "--dialect-switch", "escape"]);
    assert!(run.code == Some(2) && run.err.contains("the switches are escape_slash, "), "{}", run.err);
}

#[test]
fn json_has_everything() {
    let template =
        "a\n $x.y()#set($context.responseOverride.status = 201)#set($context.requestOverride.header.h = 'v')";
    let run = vtl(&["render", "-e", template, "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let outcome: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(outcome["output"], "a\n ");
    assert_eq!(outcome["requestOverride"], json!({"header": {"h": "v"}}));
    assert_eq!(outcome["responseOverride"], json!({"status": 201}));
    let note = &outcome["notes"][0];
    assert_eq!((&note["code"], &note["line"], &note["column"]), (&json!("V150"), &json!(2), &json!(2)));
    assert!(note["message"].as_str().is_some_and(|m| m.contains("$x.y()")), "{note}");
    assert_eq!(outcome.as_object().map(|o| o.len()), Some(4));
}

#[test]
fn a_failure_as_json_has_the_shape_of_all_findings() {
    let folder = Folder::new();
    let path = folder.file("open.vtl", "é\n #if($a)x");
    let run = vtl(&["render", &path, "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
    let mut findings = report["findings"].as_array().expect("a list").clone();
    assert_eq!((findings.len(), report.as_object().map(|o| o.len())), (1, Some(1)));
    let mut finding = findings.remove(0);
    for text in ["message", "help"] {
        assert!(finding[text].take().as_str().is_some_and(|text| !text.is_empty()), "{text}");
    }
    let expected = json!({
        "code": "V002", "name": "unclosed-block", "severity": "error", "message": null, "help": null,
        "file": path, "line": 2, "column": 2, "endLine": 2, "endColumn": 9,
    });
    assert_eq!(finding, expected);
    // Those of the other commands that have the format.
    let run = vtl(&["bench", "-e", "#if(", "--format", "json"]);
    assert!(run.code == Some(1) && run.out.starts_with(r#"{"findings":[{"code":"V001","#), "{}", run.out);
}

#[test]
fn notes_go_to_standard_error() {
    let folder = Folder::new();
    let path = folder.file("notes.vtl", "ok\n  $x.y() #set($z = $nope)");
    let run = vtl(&["render", &path]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "ok\n  "));
    let titles: Vec<&str> = run.err.lines().filter(|line| line.starts_with("warning[V1")).collect();
    let places: Vec<&str> = run.err.lines().filter_map(|line| line.strip_prefix(" --> ")).collect();
    assert_eq!((titles.len(), places.len()), (2, 2), "{}", run.err);
    assert!(titles[0].starts_with("warning[V150]: "), "{}", run.err);
    assert_eq!(places[0], format!("{path}:2:3"));
    assert!(run.err.contains("2 |   $x.y() #set($z = $nope)\n  |   ^^"), "{}", run.err);
    assert_eq!(vtl(&["render", &path, "--quiet"]).err, "");
}

#[test]
fn colour_is_for_terminals() {
    let args = ["render", "-e", "#if("];
    let forced = command(&args).env("CLICOLOR_FORCE", "1").output().expect("it runs").stderr;
    assert!(!vtl(&args).err.contains('\u{1b}'), "a pipe is no terminal");
    assert!(forced.contains(&0x1b));
    let unwanted = command(&args).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().expect("it runs").stderr;
    assert!(!unwanted.contains(&0x1b));
}

#[test]
#[cfg(unix)]
fn a_reader_that_leaves_early_is_no_failure() {
    use std::process::Stdio;
    let mut command =
        command(&["render", "-q", "-e", "#foreach($i in [1..900])$input.body#end", "-d", &"x".repeat(5_000)]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn data_may_name_a_file() {
    let folder = Folder::new();
    let file = format!("@{}", folder.file("data.json", r#"{"id": 7}"#));
    assert_eq!(rendered(&["-e", "$input.path('$.id')", "-d", &file]), "7");
    let run = vtl(&["bench", "-e", "$input.path('$.id')", "-d", &file, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    // The digest of `7`.
    assert!(run.out.contains("7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451"), "{}", run.out);
    assert_eq!(vtl(&["render", "-e", "x", "-d", "@no/such.json"]).code, Some(2));
}

/// Of two members of one name only one would be read, and the other has no effect.
#[test]
fn a_key_that_is_there_twice_is_an_error() {
    let folder = Folder::new();
    for (flag, text) in [
        ("--input", r#"{"params": {"header": {"a": "1", "a": "2"}}}"#),
        ("--input", r#"{"context": {"x": [{"a": 1, "a": 2}]}}"#),
        ("--stage-variables", r#"{"a": "1", "b": "3", "a": "2"}"#),
        ("--context", r#"{"x": {"y": 1}, "x": 2}"#),
    ] {
        let file = folder.file("twice.json", text);
        let run = vtl(&["render", "-e", "x", flag, &file, "--format", "json"]);
        run.says(2, &["V903", "is there twice", "\"line\":1"]);
    }
    // A payload may be anything.
    let file = folder.file("body.json", r#"{"body": {"a": 1, "a": 2}}"#);
    assert_eq!(rendered(&["-e", "$input.path('$.a')", "--input", &file]), "2");
}

#[test]
fn options_of_documents_need_a_document() {
    for flag in [["--kind", "sam"], ["--parameter", "a=b"], ["--parameter-file", "a"], ["--allow", "a"]] {
        vtl(&[&["render", "-e", "x"][..], &flag].concat()).says(2, &["are about an API document"]);
    }
}
