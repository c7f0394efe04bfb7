//! `vtl check` as a process: folders, settings, suppressions, fixes and formats.

use crate::run::{Folder, vtl, vtl_with};
use serde_json::Value;

/// Places and names of findings, as `concise` prints them without the folder.
fn concise(folder: &Folder, args: &[&str]) -> (Option<i32>, Vec<String>) {
    let run = folder.vtl(&[&["check", "--format", "concise"], args].concat());
    assert_eq!(run.err, "");
    let short = |line: &str| {
        let (place, rest) = line.split_once(": ").expect("a place");
        format!("{place} {}", rest.split(['[', ']', ':']).nth(2).expect("a name").trim())
    };
    (run.code, run.out.lines().map(short).collect())
}

const DOCUMENT: &str = r#"swagger: "2.0"
info: {title: t, version: "1"}
paths:
  /a:
    post:
      responses: {"200": {description: x}, "500": {description: y}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations
        passthroughBehavior: never
        requestTemplates:
          application/json: |
            {"name": "$input.json('$.name')"}
          text/plain: "{\"name\": \"$input.json('$.name')\"}"
          text/html: '{"name": "$input.json(''$.name'')"}'
        responses:
          default: {statusCode: "200"}
          ".*error.*": {statusCode: "500"}
"#;

#[test]
fn folders_are_searched_without_what_git_ignores() {
    let folder = Folder::outside();
    folder.file("a.vtl", "$util.nope('x')");
    folder.file("sub/b.vtl", "{\"a\": 1,}");
    folder.file("ignored/c.vtl", "{\"a\": 1,}");
    folder.file(".gitignore", "ignored/\n");
    folder.file("api.yaml", DOCUMENT);
    folder.file("package.json", "{\"name\": \"x\"}");
    folder.file("broken.json", "{");
    let (code, found) = concise(&folder, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        found,
        [
            "api.yaml:14:23 json-in-quotes",
            "api.yaml:15:37 json-in-quotes",
            "api.yaml:16:33 json-in-quotes",
            "a.vtl:1:7 unknown-util",
            "sub/b.vtl:1:8 invalid-json",
        ]
    );
    assert_eq!(folder.vtl(&["check", "package.json"]).code, Some(2));
    assert_eq!(concise(&folder, &["--select", "unknown-util"]).1, ["a.vtl:1:7 unknown-util"]);
    assert_eq!(concise(&folder, &["--ignore", "output", "--fail-level", "error"]).1.len(), 1);
}

#[test]
fn what_cannot_be_read_in_a_folder_is_told_if_it_is_a_document() {
    let folder = Folder::outside();
    folder.file("tf/main.tf", "resource \"aws_api_gateway_rest_api\" \"a\" { name = \"a\"\n");
    folder.file("other/main.tf", "resource \"null_resource\" \"a\" {\n");
    folder.file("s/api.sh", "aws apigateway put-integration --uri 'x\n");
    folder.file("s/v2.sh", "aws apigatewayv2 create-integration --uri 'x\n");
    folder.file(
        "sls/serverless.yml",
        "service: s\nprovider: {name: aws}\nfunctions:\n  a:\n    events:\n      - http: {}\n",
    );
    let (code, found) = concise(&folder, &[]);
    assert_eq!(code, Some(1));
    let files: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, ["s/api.sh", "s/v2.sh", "sls/serverless.yml", "sls/serverless.yml", "tf/main.tf"], "{found:?}");
}

#[test]
fn a_template_of_a_document_is_checked_once_and_as_its_part() {
    let folder = Folder::outside();
    folder.file("t/order.vtl", "{\"id\": \"$input.params('id')\"}");
    folder.file(
        "main.tf",
        r#"resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "POST"
  type = "HTTP"
  integration_http_method = "POST"
  uri = "https://backend.test/"
  passthrough_behavior = "NEVER"
  request_templates = { "application/json" = file("${path.module}/t/order.vtl") }
}
"#,
    );
    let run = folder.vtl(&["check", "--format", "json", "--select", "unescaped-in-string"]);
    let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{}", run.out);
    assert_eq!(report["findings"][0]["template"], "request:application/json");
    assert_eq!(report["findings"][0]["file"], "t/order.vtl");
}

#[test]
fn settings_change_levels_by_rule_and_path() {
    let folder = Folder::outside();
    folder.file("a.vtl", "$util.nope('x')");
    folder.file("old/a.vtl", "$util.nope('x')");
    folder.file("vtl.toml", "fail-level = \"error\"\n[rules]\nunknown-util = \"advice\"\n[[paths]]\npath = \"old/**\"\nrules = {unknown-util = \"off\"}\n");
    let (code, found) = concise(&folder, &["."]);
    assert_eq!((code, found), (Some(0), vec!["a.vtl:1:7 unknown-util".to_owned()]));
    folder.file("vtl.toml", "[rules]\nunknown-utill = \"off\"\n");
    let run = folder.vtl(&["check", "."]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("did you mean `unknown-util`?"), "{}", run.err);
}

#[test]
fn suppressions_silence_and_are_written() {
    let folder = Folder::outside();
    folder.file("a.vtl", "#set($x = 1)\n$util.nope('x') ## vtl-ignore unknown-util: known\n$x\n");
    assert_eq!(concise(&folder, &["."]), (Some(0), vec![]));
    folder.file("a.vtl", "## vtl-ignore json-in-quotes: old\n$input.body\n");
    assert_eq!(concise(&folder, &["."]), (Some(0), vec!["a.vtl:1:15 unused-suppression".to_owned()]));
    folder.file("a.vtl", "{\"a\":\n  \"$input.json('$.a')\"\n}\n");
    assert_eq!(folder.vtl(&["check", "--add-ignores"]).code, Some(0));
    let text = std::fs::read_to_string(folder.path().join("a.vtl")).expect("it is there");
    assert_eq!(
        text,
        "{\"a\":\n## vtl-ignore-next-line json-in-quotes: before the rules\n  \"$input.json('$.a')\"\n}\n"
    );
}

/// One fix inside of each notation: nothing else of the file changes, and the finding is gone.
#[test]
fn fixes_are_written_in_the_notation_of_the_document() {
    let folder = Folder::outside();
    folder.file("api.yaml", DOCUMENT);
    let hcl = r#"resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "POST"
  type = "HTTP"
  integration_http_method = "POST"
  uri = "https://backend.test/"
  passthrough_behavior = "NEVER"
  request_templates = {
    "application/json" = <<-EOT
      {"name": "$util.escapeJavaScript($input.params('name'))"}
    EOT
    "text/plain" = "{\"name\": \"$util.escapeJavaScript($input.params('name'))\"}"
  }
}
"#;
    folder.file("tf/main.tf", hcl);
    folder.file("t.vtl", "#set($a = 1);{\"a\": $a}");
    let run = folder.vtl(&["check", "--diff"]);
    assert!(run.out.contains("+            {\"name\": $input.json('$.name')}"), "{}", run.out);
    assert_eq!(std::fs::read_to_string(folder.path().join("api.yaml")).expect("it is there"), DOCUMENT);
    let (code, found) = concise(&folder, &["--fix", "--quiet", "--ignore", "no-responses"]);
    assert_eq!((code, found), (Some(0), vec![]));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it is there");
    let fixed = DOCUMENT
        .replace("\"$input.json('$.name')\"}\n          text", "$input.json('$.name')}\n          text")
        .replace("\\\"$input.json('$.name')\\\"", "$input.json('$.name')")
        .replace("\"$input.json(''$.name'')\"", "$input.json(''$.name'')");
    assert_eq!(read("api.yaml"), fixed);
    let remedy = "escapeJavaScript($input.params('name')).replaceAll(\"\\\\'\", \"'\")\"}\n    EOT";
    let quoted = "escapeJavaScript($input.params('name')).replaceAll(\\\"\\\\\\\\'\\\", \\\"'\\\")\\\"}\"";
    let fixed = hcl
        .replace("escapeJavaScript($input.params('name'))\"}\n    EOT", remedy)
        .replace("escapeJavaScript($input.params('name'))\\\"}\"", quoted);
    assert_eq!(read("tf/main.tf"), fixed);
    assert_eq!(read("t.vtl"), "#set($a = 1){\"a\": $a}");
}

#[test]
fn formats_for_machines() {
    let folder = Folder::outside();
    folder.file("a b.vtl", "{\"a\": 1,}");
    let run = folder.vtl(&["check", "--format", "github"]);
    assert_eq!(
        run.out,
        "::error file=a b.vtl,line=1,endLine=1,col=8,endColumn=9,title=V720 invalid-json::the comma has no value behind it%0Aremove it\n"
    );
    let run = folder.vtl(&["check", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&run.out).expect("it is JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!((log["version"].as_str(), result["ruleId"].as_str()), (Some("2.1.0"), Some("V720")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.vtl");
    assert_eq!(place["region"], serde_json::json!({"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 9}));
    let run = folder.vtl(&["check", "--format", "junit"]);
    assert!(run.out.contains("<testsuites name=\"vtl check\" tests=\"1\" failures=\"1\">"), "{}", run.out);
    assert!(run.out.contains("<failure type=\"V720\""), "{}", run.out);
}

#[test]
fn output_that_is_no_json_is_noted_where_it_was_written() {
    let template = "{\"a\": \"$input.json('$.a')\"}";
    let args = ["render", "-e", template, "-d", "{\"a\": \"x\"}"];
    let run = vtl(&args);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "{\"a\": \"\"x\"\"}"));
    for part in ["warning[V720]: the output is no JSON at its line 1, column 9", "<text>:1:8", "printed `\"x\"`"] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    assert_eq!(vtl(&[&args[..], &["--check-json"]].concat()).code, Some(1));
    assert_eq!(vtl(&[&args[..], &["--deny", "invalid-json"]].concat()).code, Some(1));
    assert_eq!(vtl(&[&args[..], &["--deny", "error"]].concat()).code, Some(0));
    let traced = vtl(&[&args[..], &["--trace", "--quiet"]].concat());
    assert_eq!(traced.out, " 1:1  \"{\\\"a\\\": \\\"\"\n 1:8  $input.json('$.a') → \"\\\"x\\\"\"\n1:26  \"\\\"}\"\n");
    assert_eq!(vtl_with(&["render", "-e", "{\"a\": 1}"], b"").err, "");
}

/// A sample of a template: what it writes with it is checked, at the place that wrote it.
#[test]
fn samples_are_rendered() {
    let folder = Folder::outside();
    folder.file("t/a.vtl", "{\"a\": 1,\n \"n\": $input.params('n')}\n");
    let select = &["--select", "invalid-json", "."];
    assert_eq!(concise(&folder, select), (Some(0), vec![]));
    folder.file("t/a.sample.json", r#"{"params": {"querystring": {"n": "x"}}}"#);
    assert_eq!(concise(&folder, select), (Some(1), vec!["t/a.vtl:2:7 invalid-json".to_owned()]));
    let run = folder.vtl(&[&["check"], &select[..]].concat());
    assert!(run.out.contains("with t/a.sample.json: the output is no JSON at its line 2"), "{}", run.out);
    folder.file("t/a.sample.json", r#"{"params": {"querystring": {"n": "5"}}}"#);
    assert_eq!(concise(&folder, select), (Some(0), vec![]));
    // By the settings, and by the flag.
    folder.file("bad.json", r#"{"params": {"querystring": {"n": "a b"}}}"#);
    folder.file("vtl.toml", "[samples]\n\"t/a.vtl\" = [\"bad.json\"]\n");
    assert_eq!(concise(&folder, select).1.len(), 1);
    folder.file("vtl.toml", "");
    assert_eq!(concise(&folder, &[select, &["--input", "bad.json"][..]].concat()).1.len(), 1);
    folder.file("bad.json", "{\"n\": 1}");
    assert_eq!(folder.vtl(&["check", "t", "--input", "bad.json"]).code, Some(2));
}

/// The first sample takes the steps of all: the others are counted.
#[test]
fn samples_share_a_budget() {
    let folder = Folder::outside();
    let turns = "#set($l = [1..999])".to_owned() + &"#foreach($i in $l)".repeat(3) + &"#end".repeat(3);
    folder.file("a.vtl", &turns);
    for name in ["1.json", "2.json", "3.json"] {
        folder.file(name, "{\"body\": {}}");
    }
    let run = folder.vtl(&["check", "a.vtl", "--input", "1.json", "--input", "2.json", "--input", "3.json"]);
    assert!(run.out.contains("V303") && run.out.contains("; 2 renders are not judged"), "{}", run.out);
    assert!(run.out.contains("a.vtl:1:1"), "{}", run.out);
}

/// An output of 4 MiB and more takes too much memory to be compared with its model: that is said, at its template.
#[test]
fn an_output_that_is_not_compared_with_its_model_is_said_so() {
    let folder = Folder::outside();
    let place = "rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \"GET\"\n";
    folder.file(
        "api.tf",
        format!(
            r#"resource "aws_api_gateway_rest_api" "a" {{ name = "a" }}
resource "aws_api_gateway_model" "t" {{
  rest_api_id = aws_api_gateway_rest_api.a.id
  name = "Text"
  content_type = "application/json"
  schema = "{{\"type\": \"string\"}}"
}}
resource "aws_api_gateway_method" "m" {{
  {place}
  authorization = "NONE"
}}
resource "aws_api_gateway_integration" "i" {{
  {place}
  type = "MOCK"
  request_templates = {{ "application/json" = "{{\"statusCode\": 200}}" }}
}}
resource "aws_api_gateway_method_response" "r" {{
  {place}
  status_code = "200"
  response_models = {{ "application/json" = "Text" }}
}}
resource "aws_api_gateway_integration_response" "r" {{
  {place}
  status_code = "200"
  response_templates = {{ "application/json" = file("r.vtl") }}
}}
"#
        ),
    );
    folder.file("r.vtl", "\n\"$input.body$input.body\"");
    folder.file("r.sample.json", serde_json::json!({"body": "x".repeat(2_200_000)}).to_string());
    let run = folder.vtl(&["check", "api.tf", "--format", "concise"]);
    assert!(
        run.out.contains("r.vtl:1:1: error[V305]") && run.out.contains("the output of 4400003 bytes is not compared"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("V303"), "{}", run.out);
}

/// A template is not blamed for the steps that the samples before have taken.
#[test]
fn samples_without_steps_are_not_judged() {
    let folder = Folder::outside();
    let loops = "#foreach($i in $a)#foreach($j in $a)#foreach($k in $b)$!nope#end#end#end";
    folder.file("a.vtl", format!("#set($a = [1..1000])#set($b = [1..9]){loops}{{\"done\": 1}}"));
    folder.file("1.json", "{\"body\": {}}");
    folder.file("2.json", "{\"body\": {}}");
    let check = |samples: &[&str]| folder.vtl(&[&["check", "a.vtl", "--ignore", "unknown-variable"], samples].concat());
    assert_eq!(check(&["--input", "1.json"]).code, Some(0));
    let run = check(&["--input", "1.json", "--input", "2.json"]);
    assert!(run.out.contains("together; 1 render is not judged"), "{}", run.out);
    assert!(!run.out.contains("with 2.json"), "{}", run.out);
}

/// Findings that a property or `vtl.toml` ignores take the place of no other.
#[test]
fn findings_behind_thousands_of_ignored_ones_are_listed() {
    let route = |template: &str| {
        serde_json::json!({"get": {"responses": {"200": {"description": "x"}}, "x-amazon-apigateway-integration": {
            "type": "mock", "requestTemplates": {"application/json": format!("{template}{{\"statusCode\": 200}}")},
            "responses": {"default": {"statusCode": "200"}}}}})
    };
    let api = |first: Value| {
        let paths = serde_json::json!({"/a": first, "/b": route("$util.typo() ")});
        let api = serde_json::json!({"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": paths});
        serde_json::to_string_pretty(&api).expect("it is JSON")
    };
    let folder = Folder::outside();
    let many = route(&"$util.nosuch() ".repeat(6_000));
    let mut ignored = many.clone();
    ignored["x-vtl-ignore"] = serde_json::json!(["unknown-util"]);
    folder.file("api.json", api(ignored));
    let select = ["api.json", "--select", "unknown-util"];
    let assert_typo = || {
        let run = folder.vtl(&[&["check", "--format", "concise"], &select[..]].concat());
        assert_eq!((run.code, run.out.lines().count()), (Some(1), 1), "{}", run.out);
        assert!(run.out.contains("typo"), "{}", run.out);
    };
    assert_typo();
    folder.file("legacy.json", many.to_string());
    folder.file("api.json", api(serde_json::json!({"$ref": "legacy.json"})));
    folder.file("vtl.toml", "[[paths]]\npath = \"legacy.json\"\nrules = { unknown-util = \"off\" }\n");
    assert_typo();
}

/// The template in a file of a document has its sample beside it, an embedded one that of the flag.
#[test]
fn samples_of_documents_are_rendered() {
    let folder = Folder::outside();
    folder.file(
        "i.json",
        r#"{"type": "http", "httpMethod": "POST", "uri": "https://b.test/", "passthroughBehavior": "never",
  "requestTemplates": {"application/json": "{\"n\": $input.params('n')}"}}"#,
    );
    folder.file("s.json", r#"{"params": {"querystring": {"n": "a b"}}}"#);
    let (code, found) = concise(&folder, &["i.json", "--select", "invalid-json", "--input", "s.json"]);
    assert_eq!((code, found), (Some(1), vec!["i.json:2:53 invalid-json".to_owned()]));
}

/// A file that does not load is a finding of the format that was asked for.
#[test]
fn a_failure_has_the_format() {
    let folder = Folder::outside();
    folder.file("api.yaml", "a: [");
    let run = |format: &str| {
        let run = folder.vtl(&["check", "api.yaml", "--format", format]);
        assert_eq!((run.code, &*run.err), (Some(2), ""), "{format}");
        run.out
    };
    assert!(run("concise").starts_with("api.yaml:1:4: error[V502] malformed-yaml: "), "{}", run("concise"));
    assert!(run("github").starts_with("::error file=api.yaml,line=1,"), "{}", run("github"));
    assert!(run("junit").contains("<failure type=\"V502\""), "{}", run("junit"));
    let log: Value = serde_json::from_str(&run("sarif")).expect("it is JSON");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "V502");
    let report: Value = serde_json::from_str(&run("json")).expect("it is JSON");
    assert_eq!((&report["findings"][0]["code"], &report["summary"]["error"]), (&"V502".into(), &1.into()));
}
