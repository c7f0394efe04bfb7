//! Failures: their text and exit codes.

use crate::run::{Folder, vtl, vtl_with};
use insta::assert_snapshot;

/// The exit code and what standard error shows; standard output must stay empty.
fn failure(args: &[&str]) -> String {
    let run = vtl(args);
    assert_eq!(run.out, "", "{args:?}");
    format!("exit code {}\n{}", run.code.unwrap_or(-1), run.err)
}

#[test]
fn a_quote_that_is_not_closed() {
    let template = "{\n  \"id\": \"$input.path('$.id)\"\n}";
    assert_snapshot!(failure(&["render", "-e", template]), @r##"
    exit code 1
    error[V001]: the string that starts here is not closed
     --> <text>:2:22
      |
    2 |   "id": "$input.path('$.id)"
      |                      ^
      |
      = help: close it with `'`
    "##);
}

#[test]
fn a_block_that_is_not_closed_names_the_line_that_opened_it() {
    assert_snapshot!(failure(&["dump", "-e", "{\n#if($a)\n  #foreach($x in $y)\n  #end\n}"]), @r##"
    exit code 1
    error[V002]: `#if` is not closed
     --> <text>:2:1
      |
    2 | #if($a)
      | ^^^^^^^
      |
      = help: close the block with `#end`
    "##);
}

#[test]
fn a_java_exception_fails_the_render() {
    assert_snapshot!(failure(&["render", "-e", "#set($x = 'abc')\n\t$x.substring(9)"]), @r##"
    exit code 1
    error[V102]: begin 9, end 3, length 3
     --> <text>:2:5
      |
    2 |     $x.substring(9)
      |        ^^^^^^^^^^^^
    "##);
}

#[test]
fn a_template_fails_with_1_wherever_it_comes_from() {
    let folder = Folder::new();
    assert_eq!(vtl_with(&["render", "-"], b"#if(").code, Some(1));
    assert_eq!(vtl(&["render", &folder.file("bad.vtl", "#if(")]).code, Some(1));
    assert_eq!(vtl(&["bench", "-e", "#set($x = 'a')$x.substring(9)", "--format", "json"]).code, Some(1));
    assert!(vtl_with(&["render", "-"], b"#if(").err.contains("<stdin>:1:"));
}

#[test]
fn wrong_usage_is_2() {
    let cases: &[&[&str]] = &[
        &[],
        &["render"],
        &["nonsense"],
        &["render", "a.vtl", "-e", "b"],
        &["render", "-e", "x", "--body", "a", "-d", "b"],
        &["render", "-e", "x", "--dialect", "velocity-2"],
        &["render", "-e", "x", "--format", "xml"],
        &["render", "-e", "x", "--query", "novalue"],
        &["render", "-e", "x", "-H", "no-colon"],
        &["render", "-e", "x", "--limit", "loops=3"],
        &["render", "-e", "x", "--limit", "foreach=-3"],
        &["render", "-e", "x", "--limit", "foreach"],
        &["render", "-", "--body", "-"],
        &["render", "-e", "x", "--context-value", "a=1", "--context-value", "a.b=2"],
    ];
    for args in cases {
        let run = vtl(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn unreadable_input_is_2_and_says_which() {
    let folder = Folder::new();
    let run = vtl(&["render", "no/such.vtl"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error[V902]: cannot read no/such.vtl: "), "{}", run.err);
    let not_json = folder.file("not.json", "{\"a\": }");
    let list = folder.file("list.json", "[1]");
    let nested =
        folder.file("nested.json", r#"{"stageVariables": {"v": {"w": 1}}, "params": {"header": {"h": null}}}"#);
    let latin1 = folder.file("latin1.vtl", b"caf\xe9");
    let cases: &[(&str, &[&str])] = &[
        (&not_json, &["--input", &not_json]),
        (&not_json, &["--context", &not_json]),
        (&not_json, &["--vars", &not_json]),
        (&list, &["--context", &list]),
        (&list, &["--stage-variables", &list]),
        (&list, &["--vars", &list]),
        ("params.header.h", &["--input", &nested]),
        ("no/body", &["--body", "no/body"]),
        ("<stdin>", &["--input", "-"]),
    ];
    for (named, flags) in cases {
        let run = vtl(&[&["render", "-e", "x"], *flags].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{flags:?}");
        assert!(run.err.contains(named), "{flags:?}: {}", run.err);
    }
    let run = vtl(&["render", &latin1]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("UTF-8"), "{}", run.err);
}

/// Every failure of every command is a finding with a code: on standard output with `--format json`.
#[test]
fn unusable_input_is_a_finding_in_json() {
    let folder = Folder::new();
    let not_json = folder.file("not.json", "{\"a\":\n }");
    let latin1 = folder.file("latin1.vtl", b"caf\xe9");
    let template = |text: &str| serde_json::json!({"application/json": text});
    let operation = serde_json::json!({"responses": {}, "x-amazon-apigateway-integration": {
        "type": "mock", "requestTemplates": template("{}"),
        "responses": {"default": {"statusCode": "200", "responseTemplates": template("x")}}}});
    let api = serde_json::json!({"swagger": "2.0", "info": {"title": "x"}, "paths": {"/a": {"get": operation}}});
    let api = folder.file("api.json", api.to_string());
    let cases: &[(&str, &[&str])] = &[
        ("V901", &["render", "-e", "x", "--bod", "y"]),
        ("V901", &["render", "-", "--body", "-"]),
        ("V901", &["invoke", &api, "a"]),
        ("V901", &["routes"]),
        ("V901", &["check", &api, "--kind", "wsdl"]),
        ("V902", &["render", "no/such.vtl"]),
        ("V902", &["render", &latin1]),
        ("V902", &["bench", "-e", "x", "--body", "no/body"]),
        ("V902", &["check", "no/such.yaml"]),
        ("V902", &["routes", "src"]),
        ("V902", &["invoke", &api, "/a", "--backend", "no/backend.json"]),
        ("V903", &["render", "-e", "x", "--input", &not_json]),
        ("V903", &["render", "-e", "x", "--vars", &not_json]),
        ("V903", &["invoke", &api, "--request", &not_json]),
        ("V903", &["invoke", &api, "/a", "--backend", &not_json]),
        ("V905", &["render", &api, "--route", "GET /b"]),
        ("V905", &["render", &api, "--template", "request:a/b"]),
        ("V905", &["invoke", &api, "/a", "--api", "other"]),
        ("V906", &["render", &api, "--route", "GET /a"]),
        ("V501", &["check", &not_json]),
    ];
    for (code, args) in cases {
        let run = vtl(&[args, &["--format", "json"][..]].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(2), ""), "{args:?}");
        let told: serde_json::Value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{args:?}: {e}"));
        let findings = told["findings"].as_array().expect("findings");
        assert_eq!((findings.len(), &findings[0]["code"]), (1, &serde_json::json!(code)), "{args:?}: {told}");
        assert_eq!(told.get("summary").is_some(), args[0] == "check", "{told}");
        let text = vtl(args);
        assert_eq!((text.code, text.out.as_str()), (Some(2), ""), "{args:?}");
    }
    let run = vtl(&["render", "-e", "x", "--format=json", "--input", &not_json]);
    let told: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!((&told["findings"][0]["line"], &told["findings"][0]["column"]), (&2.into(), &2.into()), "{told}");
    let run = vtl(&["check", "--quit", "--format", "json", &api]);
    let told: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(told["summary"]["error"], 1);
    assert!(told["findings"][0]["help"].as_str().is_some_and(|help| help.contains("--quiet")), "{told}");
}

#[test]
fn a_list_is_no_request_and_no_answer() {
    let folder = Folder::outside();
    folder.file("i.json", r#"{"type": "http_proxy", "httpMethod": "GET", "uri": "https://a.test/"}"#);
    folder.file("list.json", "\u{feff} []");
    let invoke = |flag: &str| folder.vtl(&["invoke", "--integration", "i.json", flag, "list.json"]);
    invoke("--request").says(2, &["list.json: it is a list; expected an object"]);
    invoke("--backend").says(2, &["list.json: it is a list; expected an object"]);
    let render = folder.vtl(&["render", "-e", "a", "--input", "list.json"]);
    render.says(2, &["list.json: it is a list; expected an object"]);
}
