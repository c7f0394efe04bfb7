//! Terraform: values of expressions, references between blocks, and places.

use serde_json::{Value as Json, json};
use vtl_loaders::{Document, File, Kind, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn tf(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("main.tf", text)], &Options::default())
}

/// Loads a MOCK integration with these attributes.
fn integration(lines: &str) -> Result<Json, Box<dyn std::error::Error>> {
    let text = format!(
        "resource \"aws_api_gateway_integration\" \"i\" {{\n  rest_api_id = \"a\"\n  resource_id = \"r\"\n  http_method = \"GET\"\n  \
         type = \"MOCK\"\n{lines}\n}}\n"
    );
    Ok(tf(&text)?.to_json()["routes"][0]["integration"].clone())
}

/// Returns the value of an expression, as the `uri` of an integration.
fn value(before: &str, expression: &str) -> Result<Json, Box<dyn std::error::Error>> {
    Ok(integration(&format!("  uri = {expression}\n}}\n{before}\nlocals {{\n"))?["uri"].clone())
}

const VARIABLES: &str = r#"
variable "given" { default = "d" }
variable "none" {}
variable "list" { default = ["b", "a"] }
variable "map" { default = { y = 2, x = "one" } }
variable "routes" {
  type = map(object({ path = string, timeout = optional(number, 5000), extra = optional(string) }))
  default = { a = { path = "p" } }
}
locals { base = "https://${var.given}.test" }
resource "aws_lambda_function" "f" { function_name = "f-${var.given}" }
"#;

#[test]
fn expressions_have_terraforms_values() -> Outcome {
    for (expression, expected) in [
        (r#""a\tb\u00e9\"""#, "a\tbé\""),
        (r#""$${x} %%{y} $x""#, "${x} %{y} $x"),
        (r#""${local.base}/x""#, "https://d.test/x"),
        ("var.list[1]", "a"),
        ("var.map.x", "one"),
        (r#"var.map["y"]"#, "2"),
        (r#""${1 + 2 * 3}""#, "7"),
        (r#"var.given == "d" ? "yes" : "no""#, "yes"),
        (r#"!true || 2 >= 3 ? "yes" : "no""#, "no"),
        (r#"join("/", [for k, v in var.map : "${k}=${v}"])"#, "x=one/y=2"),
        (r#"join(",", [for x in var.list : upper(x) if x != "b"])"#, "A"),
        (r#"{ for k, v in var.map : v => k }["one"]"#, "x"),
        (r#"join(",", sort(var.list))"#, "a,b"),
        (r#"format("%s-%03d%%", "x", 7)"#, "x-007%"),
        (r#"replace("a.b", ".", "/")"#, "a/b"),
        // Examples of Terraform's pages on these functions.
        (r#"replace("hello world", "/w.*d/", "everybody")"#, "hello everybody"),
        (r#"replace("abc", "/(b)/", "<$1>")"#, "a<b>c"),
        (r#"regex("[a-z]+", "53453453.345345aaabbbccc23454")"#, "aaabbbccc"),
        (r#"join(",", regex("(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)", "2019-02-01"))"#, "2019,02,01"),
        (
            r#"regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/").authority"#,
            "terraform.io",
        ),
        (r#"can(regex("[a-z]+", "53453453.34534523454")) ? "yes" : "no""#, "no"),
        (r#"join(",", regexall("[a-z]+", "1234abcd5678efgh9"))"#, "abcd,efgh"),
        (r#"format("%6.2f|%q|%v|%x|%t", 1.234, "b", [1], 255, true)"#, "  1.23|\"b\"|[1]|ff|true"),
        ("signum(-13)", "-1"),
        ("log(16, 2)", "4"),
        (r#"join(",", setintersection(["a", "b"], ["b", "c"], ["b", "d"]))"#, "b"),
        (r#"join(",", setsubtract(["a", "b", "c"], ["a", "c"]))"#, "b"),
        (r#"jsonencode(chunklist(["a", "b", "c", "d", "e"], 2))"#, r#"[["a","b"],["c","d"],["e"]]"#),
        (
            r#"join(",", matchkeys(["i-123", "i-abc", "i-def"], ["us-west", "us-east", "us-east"], ["us-east"]))"#,
            "i-abc,i-def",
        ),
        (r#"textencodebase64("Hi", "UTF-8")"#, "SGk="),
        (r#"textdecodebase64("SGk=", "UTF-8")"#, "Hi"),
        (r#"element(["a", "b", "c"], -1)"#, "c"),
        (r#"lookup(var.map, "z", "fallback")"#, "fallback"),
        (r#"try(var.map.z, "fallback")"#, "fallback"),
        (r#"try(var.map.x, "fallback")"#, "one"),
        (r#"can(var.map.z) ? "yes" : "no""#, "no"),
        (r#"coalesce("", null, "c")"#, "c"),
        (r#"merge(var.map, { x = "two" }).x"#, "two"),
        (r#"element(concat(var.list, ["c"]), 5)"#, "c"),
        (r#"jsonencode({ b = [1, true, null], a = "<é>" })"#, r#"{"a":"\u003cé\u003e","b":[1,true,null]}"#),
        (r#"jsondecode("{\"a\": [1, 2]}").a[1]"#, "2"),
        (r#"base64encode("hi")"#, "aGk="),
        (r#"urlencode("a b/c")"#, "a+b%2Fc"),
        (r#"split("/", "a/b")[1]"#, "b"),
        (r#"trimsuffix(trimspace(" a/ "), "/")"#, "a"),
        (r#"aws_lambda_function.f.function_name"#, "f-d"),
        ("var.routes[\"a\"].timeout", "5000"),
        (r#"var.routes["a"].extra == null ? "unset" : "set""#, "unset"),
        ("length(keys(var.routes))", "1"),
        (r#""%{ if var.given == "d" }one%{ else }two%{ endif }""#, "one"),
        (r#""%{ for x in var.list ~}  ${x}, %{ endfor }""#, "b, a, "),
        (r#"flatten([["a"], [["b"]]])[1]"#, "b"),
        (r#"one(["x"])"#, "x"),
        (r#"tolist(toset(["b", "a", "b"]))[1]"#, "b"),
        (r#"zipmap(["k"], ["v"]).k"#, "v"),
        (r#"substr("hello", 1, 3)"#, "ell"),
        ("max(1, 12, 3)", "12"),
        ("-(2 - 5)", "3"),
    ] {
        assert_eq!(value(VARIABLES, expression)?, json!(expected), "{expression}");
    }
    Ok(())
}

#[test]
fn unknown_values_become_placeholders() -> Outcome {
    for (expression, expected) in [
        ("var.none", "${var.none}"),
        (r#""${var.none}/x""#, "${var.none}/x"),
        ("aws_lambda_function.f.invoke_arn", "${aws_lambda_function.f.invoke_arn}"),
        (r#"aws_lambda_function.g["x"].arn"#, r#"${aws_lambda_function.g["x"].arn}"#),
        ("data.aws_region.current.name", "${data.aws_region.current.name}"),
        ("module.lambda.arn", "${module.lambda.arn}"),
        ("path.cwd", "${path.cwd}"),
        ("terraform.workspace", "${terraform.workspace}"),
        (r#"sha1("x")"#, r#"${sha1("x")}"#),
        (r#"var.none == "x" ? "a" : "b""#, r#"${var.none == "x" ? "a" : "b"}"#),
        (r#"format("%s:live", aws_lambda_function.f.arn)"#, "${aws_lambda_function.f.arn}:live"),
        (r#"provider::x::f("y")"#, r#"${provider::x::f("y")}"#),
        (r#"cidrhost("10.0.0.0/8", 2)"#, r#"${cidrhost("10.0.0.0/8", 2)}"#),
        (r#"templatefile("missing.vtl", {})"#, r#"${templatefile("missing.vtl", {})}"#),
        ("try(aws_lambda_function.f.arn, \"x\")", "${aws_lambda_function.f.arn}"),
    ] {
        assert_eq!(value(VARIABLES, expression)?, json!(expected), "{expression}");
    }
    Ok(())
}

#[test]
fn parameters_set_variables() -> Outcome {
    let text = "variable \"a\" { default = \"old\" }\nvariable \"list\" {\n  type = list(string)\n}\n\
        variable \"flag\" {\n  type = bool\n}\n\
        resource \"aws_api_gateway_integration\" \"i\" {\n  count = var.flag ? 1 : 0\n  type = \"MOCK\"\n  uri = \"${var.a}-${var.list[1]}\"\n}\n";
    let parameters = [("a", "new"), ("list", r#"["x", "y"]"#), ("flag", "true")];
    let document = load(&[File::new("main.tf", text)], &Options::new().parameters(parameters))?;
    assert_eq!(document.to_json()["routes"][0]["integration"]["uri"], json!("new-y"));
    Ok(())
}

#[test]
fn heredocs_keep_their_text() -> Outcome {
    let lines = "  request_templates = {\n    \"a/plain\" = <<EOF\n    keep\n  $${x} \\n\nEOF\n    \"a/flush\" = <<-EOF\n      one\n      \n        two ${1 + 1}\n\n      $!{three}\n      EOF\n    \"a/directive\" = <<-EOT\n      %{ for x in [\"a\", \"b\"] ~}\n      - ${x}\n      %{ endfor ~}\n      end\n    EOT\n  }";
    let templates = integration(lines)?["requestTemplates"].clone();
    assert_eq!(templates["a/plain"], json!("    keep\n  ${x} \\n\n"));
    // A line of blanks keeps them, as in Terraform.
    assert_eq!(templates["a/flush"], json!("one\n      \n  two 2\n\n$!{three}\n"));
    assert_eq!(templates["a/directive"], json!("- a\n- b\nend\n"));
    Ok(())
}

#[test]
fn an_error_in_a_heredoc_points_into_the_file() -> Outcome {
    let text = "resource \"aws_api_gateway_integration\" \"i\" {\n  type = \"MOCK\"\n  request_templates = {\n    \"application/json\" = <<-EOF\n      #set($a = 1)\n      é ${1}$${b} #if(\n    EOF\n    \"a/q\" = \"x\\ty\\\"$z\"\n  }\n}\n";
    let document = tf(text)?;
    let template = "#set($a = 1)\né 1${b} #if(\n";
    assert_eq!(document.templates().next().map(|it| it.text), Some(template));
    let place =
        |pointer: &str, offset: usize| document.locate(0, pointer, offset..offset).map(|place| place.to_string());
    let json = "/requestTemplates/application~1json";
    assert_eq!(place(json, 0), Some("main.tf:5:7".into()));
    assert_eq!(place(json, 13), Some("main.tf:6:7".into()));
    assert_eq!(place(json, template.find("b}").unwrap_or_default()), Some("main.tf:6:16".into()));
    assert_eq!(place(json, template.find("#if").unwrap_or_default()), Some("main.tf:6:19".into()));
    // `$z` comes after two escapes.
    assert_eq!(place("/requestTemplates/a~1q", 4), Some("main.tf:8:20".into()));
    assert_eq!(document.routes[0].location.to_string(), "main.tf:1:1");
    assert_eq!(place("/type", 0), Some("main.tf:2:11".into()));
    Ok(())
}

#[test]
fn places_in_json_lead_through_its_escapes() -> Outcome {
    let text = "{\"resource\": {\"aws_api_gateway_integration\": {\"i\": {\n \"type\": \"MOCK\",\n \"request_templates\": {\"a/b\": \"\\\"x\\n${1 + 1}$${y} #if\"}}}}}";
    let document = load(&[File::new("cdk.tf.json", text)], &Options::default())?;
    assert_eq!(document.kind, Kind::TerraformJson);
    assert_eq!(document.templates().next().map(|it| it.text), Some("\"x\n2${y} #if"));
    let place = document.locate(0, "/requestTemplates/a~1b", 9..9).map(|place| place.to_string());
    assert_eq!(place, Some("cdk.tf.json:3:51".into()));
    Ok(())
}

#[test]
fn a_template_in_a_file_of_its_own_is_read() -> Outcome {
    let text = r#"resource "aws_api_gateway_integration" "i" {
  type = "MOCK"
  request_templates = {
    a = file("${path.module}/a.vtl")
    b = templatefile("${path.module}/b.vtl", { name = "N", list = [1, 2] })
    c = filebase64("c.vtl")
    d = filebase64("d.vtl")
  }
}"#;
    let read = |name: &str| match name {
        "a.vtl" => Some("$${raw}\n".to_owned()),
        "c.vtl" => Some("a\u{e9}".to_owned()),
        "b.vtl" => Some("first\n${name} $${x} %{ for n in list }<${n}>%{ endfor }\n".to_owned()),
        _ => None,
    };
    let document = load(&[File::new("main.tf", text)], &Options::new().read_file(&read))?;
    let templates: Vec<&str> = document.templates().map(|it| it.text).collect();
    // RFC 4648 of the bytes 61 C3 A9.
    assert_eq!(templates, ["$${raw}\n", "first\nN ${x} <1><2>\n", "YcOp", "${filebase64(\"d.vtl\")}"]);
    let found = document.diagnostics();
    assert_eq!(found.iter().filter(|it| it.code.as_str() == "V524").count(), 1, "{found:?}");
    assert_eq!(document.locate(0, "/requestTemplates/b", 8..8).map(|it| it.to_string()), Some("b.vtl:2:9".into()));
    Ok(())
}

const REST: &str = r#"
resource "aws_api_gateway_rest_api" "api" { name = "n" }
resource "aws_api_gateway_resource" "r" {
  for_each    = { b = "bee", a = "ay" }
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = each.value
}
resource "aws_api_gateway_method" "m" {
  for_each    = aws_api_gateway_resource.r
  rest_api_id = each.value.rest_api_id
  resource_id = each.value.id
  http_method = "GET"
}
resource "aws_api_gateway_integration" "i" {
  for_each    = aws_api_gateway_method.m
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.r[each.key].id
  http_method = each.value.http_method
  type        = "MOCK"
}
resource "aws_api_gateway_integration_response" "ok" {
  for_each    = toset(["a", "b"])
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.r[each.value].id
  http_method = aws_api_gateway_method.m[each.value].http_method
  status_code = 200
}
"#;

#[test]
fn instances_come_in_the_order_of_their_keys_and_find_each_other() -> Outcome {
    let json = tf(REST)?.to_json();
    let keys: Vec<&Json> = json["routes"].as_array().into_iter().flatten().map(|route| &route["routeKey"]).collect();
    assert_eq!(keys, ["GET /ay", "GET /bee"]);
    for route in json["routes"].as_array().into_iter().flatten() {
        assert_eq!(route["integration"]["type"], "MOCK");
        assert_eq!(route["integration"]["responses"][0]["statusCode"], "200");
    }
    Ok(())
}

#[test]
fn an_unknown_count_gives_one_instance() -> Outcome {
    let with = |count: &str| {
        tf(&format!(
            "variable \"x\" {{}}\nresource \"aws_api_gateway_rest_api\" \"api\" {{\n  count = {count}\n}}\nresource \"aws_api_gateway_method\" \"m\" {{\n  \
             count = {count}\n  rest_api_id = aws_api_gateway_rest_api.api[count.index].id\n  resource_id = \
             one(aws_api_gateway_rest_api.api[*].root_resource_id)\n  http_method = \"ANY\"\n}}\n"
        ))
    };
    assert_eq!(with("1")?.to_json()["routes"][0]["routeKey"], "ANY /");
    assert_eq!((with("0")?.apis.len(), with("0")?.routes.len()), (0, 0));
    assert_eq!((with("3")?.apis.len(), with("3")?.routes.len()), (3, 3));
    let unknown = with("var.x")?;
    assert_eq!((unknown.apis.len(), unknown.routes.len()), (1, 1));
    Ok(())
}

#[test]
fn files_of_a_folder_are_one_document() -> Outcome {
    let files = [
        File::new("api.tf", "resource \"aws_api_gateway_rest_api\" \"api\" {\n  name = local.name\n}\n"),
        File::new(
            "more.tf.json",
            r#"{"locals": [{"name": "n"}], "resource": [{"aws_api_gateway_method": {"m": [{
            "//": "c", "rest_api_id": "${aws_api_gateway_rest_api.api.id}",
            "resource_id": "${aws_api_gateway_rest_api.api.root_resource_id}", "http_method": "GET"}]}}]}"#,
        ),
    ];
    let json = load(&files, &Options::default())?.to_json();
    assert_eq!(json["kind"], "terraform");
    assert_eq!((&json["apis"][0]["name"], &json["routes"][0]["routeKey"]), (&json!("n"), &json!("GET /")));
    Ok(())
}

#[test]
fn a_body_is_an_openapi_document_with_places_of_its_own() -> Outcome {
    let text = "resource \"aws_api_gateway_rest_api\" \"api\" {\n  body = jsonencode({\n    openapi = \"3.0.1\"\n    info = { title = \"t\" }\n    paths = {\n      \"/x\" = {\n        get = {\n          x-amazon-apigateway-integration = {\n            type = \"mock\"\n            requestTemplates = {\n              \"application/json\" = \"{$input.x}\"\n            }\n          }\n        }\n      }\n    }\n  })\n}\n";
    let document = tf(text)?;
    assert_eq!(document.route_key(0).as_deref(), Some("GET /x"));
    assert_eq!(document.apis[0].name.as_deref(), Some("t"));
    let place = document.locate(0, "/requestTemplates/application~1json", 1..1).map(|place| place.to_string());
    assert_eq!(place, Some("main.tf:11:38".into()));
    let heredoc = "resource \"aws_api_gateway_rest_api\" \"api\" {\n  body = <<-EOF\n    swagger: '2.0'\n    paths:\n      /y:\n        get:\n          x-amazon-apigateway-integration:\n            type: mock\n            requestTemplates:\n              application/json: |\n                one\n                two\n  EOF\n}\n";
    let document = tf(heredoc)?;
    assert_eq!(document.route_key(0).as_deref(), Some("GET /y"));
    let place = document.locate(0, "/requestTemplates/application~1json", 4..4).map(|place| place.to_string());
    assert_eq!(place, Some("main.tf:12:17".into()));
    Ok(())
}

#[test]
fn everything_around_a_method_is_loaded() -> Outcome {
    let text = r#"
resource "aws_api_gateway_rest_api" "a" {
  name = "n"
}
resource "aws_api_gateway_model" "m" {
  rest_api_id  = aws_api_gateway_rest_api.a.id
  name         = "Pet"
  content_type = "application/json"
  schema       = jsonencode({ type = "object" })
}
resource "aws_api_gateway_request_validator" "v" {
  rest_api_id           = aws_api_gateway_rest_api.a.id
  name                  = "v"
  validate_request_body = true
}
resource "aws_api_gateway_gateway_response" "g" {
  rest_api_id        = aws_api_gateway_rest_api.a.id
  response_type      = "DEFAULT_4XX"
  status_code        = 418
  response_templates = { "application/json" = "{}" }
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = "s"
  variables   = { host = "h" }
}
resource "aws_api_gateway_method" "m" {
  rest_api_id          = aws_api_gateway_rest_api.a.id
  resource_id          = aws_api_gateway_rest_api.a.root_resource_id
  http_method          = "POST"
  request_validator_id = aws_api_gateway_request_validator.v.id
  request_models       = { "application/json" = aws_api_gateway_model.m.name }
}
resource "aws_api_gateway_method_response" "r" {
  rest_api_id     = aws_api_gateway_rest_api.a.id
  resource_id     = aws_api_gateway_rest_api.a.root_resource_id
  http_method     = aws_api_gateway_method.m.http_method
  status_code     = "200"
  response_models = { "application/json" = "Empty" }
}
resource "aws_lambda_permission" "p" {
  principal = "apigateway.amazonaws.com"
  source_arn = "${aws_api_gateway_rest_api.a.execution_arn}/*"
}
import {
  to = aws_api_gateway_rest_api.a
  id = "x"
}
output "x" {
  value = unknown_function(1)
}
"#;
    let json = tf(text)?.to_json();
    let (api, route) = (&json["apis"][0], &json["routes"][0]);
    assert_eq!(api["models"], json!(["Pet"]));
    assert_eq!(api["gatewayResponses"]["DEFAULT_4XX"]["statusCode"], "418");
    assert_eq!(api["stageVariables"], json!({"host": "h"}));
    assert_eq!(route["requestModels"], json!({"application/json": "Pet"}));
    assert_eq!(route["requestValidator"], json!({"validateRequestBody": true, "validateRequestParameters": false}));
    assert_eq!(route["methodResponses"], json!({"200": {"headers": [], "models": {"application/json": "Empty"}}}));
    Ok(())
}

#[test]
fn http_and_websocket_apis_are_loaded() -> Outcome {
    let text = r#"
resource "aws_apigatewayv2_api" "h" {
  name          = "h"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id             = aws_apigatewayv2_api.h.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = "https://x.test/{proxy}"
  request_parameters = { "overwrite:path" = "$request.path" }
  dynamic "response_parameters" {
    for_each = { "403" = "a", "500" = "b" }
    content {
      status_code = response_parameters.key
      mappings    = { "append:header.h" = response_parameters.value }
    }
  }
  tls_config {
    server_name_to_verify = "x.test"
  }
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.h.id
  route_key = "GET /p/{proxy+}"
  target    = "integrations/${aws_apigatewayv2_integration.i.id}"
}
resource "aws_apigatewayv2_api" "w" {
  name                       = "w"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}
resource "aws_apigatewayv2_integration" "w" {
  api_id                        = aws_apigatewayv2_api.w.id
  integration_type              = "MOCK"
  template_selection_expression = "\\$default"
  request_templates             = { "$default" = "{\"statusCode\": 200}" }
}
resource "aws_apigatewayv2_integration_response" "w" {
  api_id                   = aws_apigatewayv2_api.w.id
  integration_id           = aws_apigatewayv2_integration.w.id
  integration_response_key = "/200/"
}
resource "aws_apigatewayv2_route" "w" {
  api_id    = aws_apigatewayv2_api.w.id
  route_key = "$default"
  target    = join("/", ["integrations", aws_apigatewayv2_integration.w.id])
}
resource "aws_apigatewayv2_stage" "s" {
  api_id          = aws_apigatewayv2_api.w.id
  name            = "s"
  stage_variables = { v = "1" }
}
"#;
    let json = tf(text)?.to_json();
    let (http, socket) = (&json["routes"][0], &json["routes"][1]);
    assert_eq!(http["routeKey"], "GET /p/{proxy+}");
    assert_eq!(http["integration"]["payloadFormatVersion"], "1.0");
    assert_eq!(http["integration"]["tlsConfig"], json!({"serverNameToVerify": "x.test"}));
    assert_eq!(
        http["integration"]["responseParameters"],
        json!({"403": {"append:header.h": "a"}, "500": {"append:header.h": "b"}})
    );
    assert_eq!((&socket["routeKey"], &socket["api"]), (&json!("$default"), &json!(1)));
    assert_eq!(socket["integration"]["templateSelectionExpression"], "\\$default");
    assert_eq!(socket["integration"]["responses"][0]["integrationResponseKey"], "/200/");
    assert_eq!(json["apis"][1]["stageVariables"], json!({"v": "1"}));
    Ok(())
}

#[test]
fn references_replace_unknown_identifiers_of_a_plan() -> Outcome {
    let text = json!({
        "format_version": "1.2",
        "planned_values": {"root_module": {"child_modules": [{"address": "module.m[0]", "resources": [
            {"address": "module.m[0].aws_api_gateway_rest_api.a", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "a",
             "values": {"name": "n"}},
            {"address": "module.m[0].aws_api_gateway_resource.r[\"x\"]", "mode": "managed", "type": "aws_api_gateway_resource", "name": "r",
             "index": "x", "values": {"path_part": "px"}},
            {"address": "module.m[0].aws_api_gateway_resource.r[\"y\"]", "mode": "managed", "type": "aws_api_gateway_resource", "name": "r",
             "index": "y", "values": {"path_part": "py"}},
            {"address": "module.m[0].aws_api_gateway_method.m[\"y\"]", "mode": "managed", "type": "aws_api_gateway_method", "name": "m",
             "index": "y", "values": {"http_method": "GET"}},
            {"address": "module.m[0].aws_api_gateway_integration.i[\"y\"]", "mode": "managed", "type": "aws_api_gateway_integration",
             "name": "i", "index": "y", "values": {"http_method": "GET", "type": "AWS_PROXY", "integration_http_method": "POST",
             "request_parameters": {"integration.request.header.a": "'b'"}}}
        ]}]}},
        "resource_changes": [{"address": "module.m[0].aws_api_gateway_integration.i[\"y\"]", "change": {
            "after_unknown": {"uri": true, "request_parameters": {"integration.request.header.c": true}}}}],
        "configuration": {"root_module": {
            "resources": [],
            "module_calls": {"m": {"expressions": {"arn": {"references": ["aws_lambda_function.f.invoke_arn", "aws_lambda_function.f"]}},
                "module": {"resources": [
                {"address": "aws_api_gateway_resource.r", "expressions": {
                    "rest_api_id": {"references": ["aws_api_gateway_rest_api.a.id", "aws_api_gateway_rest_api.a"]},
                    "parent_id": {"references": ["aws_api_gateway_rest_api.a.root_resource_id", "aws_api_gateway_rest_api.a"]}}},
                {"address": "aws_api_gateway_method.m", "expressions": {
                    "rest_api_id": {"references": ["aws_api_gateway_rest_api.a.id", "aws_api_gateway_rest_api.a"]},
                    "resource_id": {"references": ["aws_api_gateway_resource.r", "each.key"]}}},
                {"address": "aws_api_gateway_integration.i", "expressions": {
                    "rest_api_id": {"references": ["local.api"]},
                    "resource_id": {"references": ["each.key", "aws_api_gateway_resource.r"]},
                    "request_parameters": {"references": ["var.arn"]},
                    "uri": {"references": ["var.arn"]}}}
            ]}}}
        }}
    });
    let json = load(&[File::new("plan.json", text.to_string())], &Options::default())?.to_json();
    assert_eq!((&json["kind"], json["routes"].as_array().map(Vec::len)), (&json!("terraform-plan"), Some(1)));
    let route = &json["routes"][0];
    assert_eq!(route["routeKey"], "GET /py");
    assert_eq!(route["integration"]["uri"], "${aws_lambda_function.f.invoke_arn}");
    assert_eq!(
        route["integration"]["requestParameters"],
        json!({"integration.request.header.a": "'b'", "integration.request.header.c": "${aws_lambda_function.f.invoke_arn}"})
    );
    Ok(())
}

#[test]
fn a_state_joins_by_identifiers() -> Outcome {
    let resource = |kind: &str, values: Json| {
        json!({"address": format!("aws_{kind}.x"), "mode": "managed", "type": format!("aws_{kind}"),
        "name": "x", "values": values})
    };
    let text = json!({"format_version": "1.0", "values": {"root_module": {"resources": [
        resource("api_gateway_rest_api", json!({"id": "api1", "root_resource_id": "root1", "name": "n"})),
        resource("api_gateway_resource", json!({"id": "res1", "rest_api_id": "api1", "parent_id": "root1", "path_part": "p", "path": "/p"})),
        resource("api_gateway_method", json!({"rest_api_id": "api1", "resource_id": "res1", "http_method": "GET"})),
        resource("api_gateway_integration", json!({"rest_api_id": "api1", "resource_id": "res1", "http_method": "GET", "type": "MOCK",
            "uri": "", "credentials": "", "integration_http_method": "", "tls_config": [], "timeout_milliseconds": 29000})),
    ]}}});
    let json = load(&[File::new("state.json", text.to_string())], &Options::default())?.to_json();
    assert_eq!((&json["kind"], &json["routes"][0]["routeKey"]), (&json!("terraform-state"), &json!("GET /p")));
    assert_eq!(json["routes"][0]["integration"]["uri"], Json::Null);
    Ok(())
}

/// Returns the error of loading a document.
fn error(text: &str) -> String {
    tf(text).map(drop).map_or_else(|error| error.to_string(), |()| "loaded".to_owned())
}

#[test]
fn errors_have_a_place() {
    assert!(error("resource \"a\" \"b\" {\n  x = = 1\n}\n").starts_with("main.tf:2:7: "));
    assert!(error("resource \"a\" \"b\" {\n").starts_with("main.tf:"));
    assert!(error("locals {\n  a = \"\\q\"\n}\n").starts_with("main.tf:2:"));
    assert!(error("locals {\n  a = 1\n  a = 2\n}\n").starts_with("main.tf:3:3: "));
    let source = load(&[File::new("main.ts", "import { App } from \"cdktf\";")], &Options::default());
    let message = source.map(drop).map_or_else(|error| error.to_string(), |()| String::new());
    assert!(message.contains("cdktf synth") && message.contains("cdktf.out/stacks/*/cdk.tf.json"), "{message}");
}

/// The parser cannot be interrupted, so a long file is given to it in pieces.
#[test]
fn a_long_file_is_parsed_in_pieces_with_its_places() -> Outcome {
    let filler =
        "resource \"aws_s3_bucket\" \"b\" {\n  tags = {\n    a = <<-E\n      }\n    E\n  }\n}\n".repeat(10_000);
    let integration = "resource \"aws_api_gateway_integration\" \"i\" {\n  type = \"MOCK\"\n}\n";
    let document = tf(&format!("{filler}{integration}"))?;
    assert_eq!(document.routes.last().map(|route| route.location.to_string()), Some("main.tf:70001:1".into()));
    let place = document.locate(document.routes.len() - 1, "/type", 0..0).map(|place| place.to_string());
    assert_eq!(place, Some("main.tf:70002:11".into()));

    let broken = format!("{filler}resource \"a\" \"b\" {{\n  x = = 1\n}}\n");
    assert!(error(&broken).starts_with("main.tf:70002:7: "), "{}", error(&broken));
    let looks = std::cell::Cell::new(0);
    let cancel = || {
        looks.set(looks.get() + 1);
        false
    };
    assert!(load(&[File::new("main.tf", &broken)], &Options::new().cancel_when(&cancel)).is_err());
    assert!(looks.get() >= broken.len() / (128 << 10), "{} looks", looks.get());
    Ok(())
}

#[test]
fn circular_references() {
    let uri = |name: &str| {
        format!("resource \"aws_api_gateway_integration\" \"i\" {{\n  type = \"MOCK\"\n  uri = {name}\n}}\n")
    };
    let circle = format!("locals {{\n  a = local.b\n  b = \"${{local.a}}\"\n}}\n{}", uri("local.a"));
    assert_eq!(error(&circle), "main.tf:3:10: local.a refers to itself");
    let own = "resource \"aws_api_gateway_method\" \"m\" {\n  http_method = aws_api_gateway_method.m.http_method\n}\n";
    assert!(error(own).contains("aws_api_gateway_method.m.http_method refers to itself"), "{}", error(own));
    let count = "resource \"aws_api_gateway_method\" \"m\" {\n  count = length(aws_api_gateway_method.m)\n}\n";
    assert!(error(count).contains("refers to itself"), "{}", error(count));
    let parents = "resource \"aws_api_gateway_resource\" \"a\" {\n  rest_api_id = \"x\"\n  path_part = \"a\"\n  parent_id = aws_api_gateway_resource.b.id\n}\n\
        resource \"aws_api_gateway_resource\" \"b\" {\n  rest_api_id = \"x\"\n  path_part = \"b\"\n  parent_id = aws_api_gateway_resource.a.id\n}\n\
        resource \"aws_api_gateway_method\" \"m\" {\n  rest_api_id = \"x\"\n  resource_id = aws_api_gateway_resource.a.id\n  http_method = \"GET\"\n}\n";
    assert!(error(parents).contains("cyclic ParentId chain"), "{}", error(parents));
}

#[test]
fn growing_values_end_in_an_error() {
    let uri = |name: &str| {
        format!("resource \"aws_api_gateway_integration\" \"i\" {{\n  type = \"MOCK\"\n  uri = {name}\n}}\n")
    };
    // Each local is twice the one before.
    let mut doubled = String::from("locals {\n  a0 = \"xxxxxxxxxxxxxxxx\"\n");
    let mut listed = String::from("locals {\n  a0 = [1]\n");
    for at in 1..60 {
        doubled.push_str(&format!("  a{at} = \"${{local.a{}}}${{local.a{}}}\"\n", at - 1, at - 1));
        listed.push_str(&format!("  a{at} = [local.a{}, local.a{}]\n", at - 1, at - 1));
    }
    assert!(
        error(&format!("{doubled}}}\n{}", uri("local.a59")))
            .contains("loading the document: more than 268435456 bytes")
    );
    assert!(
        error(&format!("{listed}}}\n{}", uri("jsonencode(local.a59)")))
            .contains("loading the document: more than 268435456 bytes")
    );
    // A chain that is too long to follow.
    let mut chain = String::from("locals {\n  a0 = 1\n");
    (1..5_000).for_each(|at| chain.push_str(&format!("  a{at} = local.a{}\n", at - 1)));
    assert!(error(&format!("{chain}}}\n{}", uri("local.a4999"))).contains("too deeply"));
    // Nesting.
    let nested =
        |open: &str, close: &str| format!("locals {{\n  a = {}1{}\n}}\n", open.repeat(20_000), close.repeat(20_000));
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{a=", "}"), ("\"${", "}\""), ("f(", ")"), ("-", ""), ("[for x in ", ": x]")]
    {
        assert!(error(&nested(open, close)).starts_with("main.tf:"), "{open}");
    }
    assert!(error(&"a {\n".repeat(20_000)).starts_with("main.tf:"));
    let many = "resource \"aws_api_gateway_method\" \"m\" {\n  count = 1000000000\n}\n";
    assert!(error(many).contains("instances"), "{}", error(many));
}

#[test]
fn a_long_document_is_read() {
    let mut text = String::from("resource \"aws_api_gateway_rest_api\" \"a\" {\n  name = \"n\"\n}\n");
    let mut at = 0;
    while text.len() < 1_000_000 {
        at += 1;
        text.push_str(&format!(
            "resource \"aws_api_gateway_method\" \"m{at}\" {{\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = \
             aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \"GET\"\n}}\nresource \"aws_api_gateway_integration\" \"i{at}\" {{\n  \
             rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \
             aws_api_gateway_method.m{at}.http_method\n  type = \"MOCK\"\n  request_templates = {{\n    \"application/json\" = <<-EOF\n      \
             {{\"statusCode\": 200}}\n    EOF\n  }}\n}}\n"
        ));
    }
    assert_eq!(tf(&text).map(|document| document.routes.len()).ok(), Some(at));
}

/// A body of the parser would look through all its arguments for each one that is added.
#[test]
fn each_argument_of_a_long_file_of_values_is_read() -> Outcome {
    let values: String = (0..60_000).map(|at| format!("value_{at} = {at}\n")).collect();
    let text = "variable \"type\" {}\nresource \"aws_api_gateway_integration\" \"i\" {\n  type = var.type\n}\n";
    let read = |name: &str| (name == "terraform.tfvars").then(|| format!("{values}type = \"MOCK\"\n"));
    let list = |_: &str| vec!["terraform.tfvars".to_owned()];
    let document = load(&[File::new("main.tf", text)], &Options::new().read_file(&read).list_folder(&list))?;
    assert_eq!(document.to_json()["routes"][0]["integration"]["type"], "MOCK");
    Ok(())
}
