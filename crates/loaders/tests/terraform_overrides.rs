//! Override files: `override.tf`, `*_override.tf` and those in JSON ("Override Files" of the Terraform language, and
//! Terraform's internal/configs/module_merge.go).
//!
//! Assumed: the codes and the texts of the findings.

mod folder;

use folder::load_folder;
use serde_json::{Value, json};
use vtl_loaders::Document;

const MAIN: &str = r#"
variable "host" {
  type    = string
  default = "base.test"
}
locals { path = "pets" }
resource "aws_apigatewayv2_api" "a" {
  name          = "base"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id                 = aws_apigatewayv2_api.a.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "GET"
  integration_uri        = "https://${var.host}/${local.path}"
  payload_format_version = "1.0"
  tls_config {
    server_name_to_verify = "base.test"
  }
  response_parameters {
    status_code = "403"
    mappings    = { "append:header.a" = "b" }
  }
  response_parameters {
    status_code = "500"
    mappings    = { "append:header.a" = "b" }
  }
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "GET /pets"
  target    = "integrations/${aws_apigatewayv2_integration.i.id}"
}
"#;

fn with(overrides: &[(&str, &str)]) -> Document {
    let mut files = vec![("main.tf", MAIN)];
    files.extend(overrides);
    load_folder(&files, &[]).expect("it loads")
}

fn integration(document: &Document) -> Value {
    document.to_json()["routes"][0]["integration"].clone()
}

fn found(document: &Document) -> Vec<String> {
    let line = |it: &vtl::diagnostic::Diagnostic| {
        let place = it.location.as_ref().map(|at| format!("{}:{}", at.file.as_deref().unwrap_or_default(), at.line));
        format!("{} {} {}", place.unwrap_or_default(), it.code, it.message)
    };
    document.diagnostics().iter().map(line).collect()
}

/// "a top-level argument in an override file replaces any argument of the same name"; "any nested blocks within the
/// override block replace all blocks of the same type in the original block".
#[test]
fn arguments_and_nested_blocks_are_replaced() {
    let change = r#"resource "aws_apigatewayv2_integration" "i" {
  integration_method = "POST"
  response_parameters {
    status_code = "404"
    mappings    = { "append:header.c" = "d" }
  }
}
"#;
    let in_json = json!({"resource": {"aws_apigatewayv2_integration": {"i": {
        "integration_method": "POST",
        "response_parameters": [{"status_code": "404", "mappings": {"append:header.c": "d"}}],
    }}}});
    let dynamic = r#"resource "aws_apigatewayv2_integration" "i" {
  integration_method = "POST"
  dynamic "response_parameters" {
    for_each = { "404" = "d" }
    content {
      status_code = response_parameters.key
      mappings    = { "append:header.c" = response_parameters.value }
    }
  }
}
"#;
    let mut all = Vec::new();
    for (name, text) in [
        ("override.tf", change.to_owned()),
        ("main_override.tf", dynamic.to_owned()),
        ("x_override.tf.json", in_json.to_string()),
        ("override.tf.json", in_json.to_string()),
    ] {
        let document = with(&[(name, &text)]);
        assert_eq!(found(&document), [""; 0], "{name}");
        let integration = integration(&document);
        assert_eq!(integration["httpMethod"], "POST", "{name}");
        assert_eq!(integration["uri"], "https://base.test/pets", "{name}");
        assert_eq!(integration["tlsConfig"]["serverNameToVerify"], "base.test", "{name}");
        let text = integration.to_string();
        assert!(text.contains("404") && !text.contains("403") && !text.contains("500"), "{name}: {text}");
        all.push(integration);
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]), "{all:#?}");
}

/// "If more than one override file defines the same top-level block, the overriding effect is compounded, with later
/// blocks taking precedence over earlier blocks. Overrides are processed in order first by filename (in
/// lexicographical order) and then by position in each file."
#[test]
fn later_files_and_blocks_count() {
    let change = |method: &str, version: &str| {
        format!(
            "resource \"aws_apigatewayv2_integration\" \"i\" {{\n  integration_method = \"{method}\"\n{version}}}\n"
        )
    };
    let two = change("PUT", "  description = \"a\"\n") + &change("PATCH", "");
    let of = |files: &[(&str, &str)]| {
        let document = with(files);
        assert_eq!(found(&document), [""; 0]);
        integration(&document)["httpMethod"].clone()
    };
    let (first, last) = (change("DELETE", ""), change("HEAD", ""));
    assert_eq!(of(&[("a_override.tf", &two)]), "PATCH");
    assert_eq!(of(&[("b_override.tf", &last), ("a_override.tf", &first)]), "HEAD");
    assert_eq!(of(&[("override.tf", &last), ("a_override.tf", &first)]), "HEAD");
    assert_eq!(of(&[("override.tf", &first), ("zz_override.tf", &last)]), "HEAD");
}

/// "Terraform processes locals blocks value by value"; a variable's default and type are replaced each by itself.
#[test]
fn values_of_variables_locals_and_outputs() {
    let document = with(&[(
        "override.tf",
        "variable \"host\" { default = \"over.test\" }\nlocals {\n  path = \"dogs\"\n}\nresource \"aws_apigatewayv2_api\" \"a\" { name = local.path }\n",
    )]);
    assert_eq!(found(&document), [""; 0]);
    assert_eq!(integration(&document)["uri"], "https://over.test/dogs");
    assert_eq!(document.apis[0].name.as_deref(), Some("dogs"));
    let json = r#"{"variable": {"host": {"default": "json.test"}}, "locals": {"path": "cats"}}"#;
    assert_eq!(integration(&with(&[("override.tf.json", json)]))["uri"], "https://json.test/cats");
    // "the default value must be compatible with the overridden type".
    for (name, text) in [
        ("override.tf", "variable \"host\" { type = number }"),
        ("override.tf.json", r#"{"variable": {"host": {"type": "number"}}}"#),
    ] {
        let expected = "main.tf:4 V532 var.host has a value of the wrong type: it must be a number, not a string";
        assert_eq!(found(&with(&[(name, text)])), [expected], "{name}");
    }
    let module = "output \"name\" { value = \"base\" }\n";
    let root = "module \"m\" {\n  source = \"./m\"\n  nope = 1\n}\nresource \"aws_api_gateway_rest_api\" \"a\" { name = module.m.name }\n";
    let call = "module \"m\" { source = \"./n\" }\n";
    let change = "output \"name\" { value = \"over\" }\n";
    let name = |files: &[(&str, &str)]| {
        let document = load_folder(files, &[]).expect("it loads");
        (document.apis[0].name.clone().unwrap_or_default(), found(&document).len())
    };
    let inner = [("main.tf", root), ("m/main.tf", module), ("m/override.tf", change)];
    assert_eq!(name(&inner), ("over".to_owned(), 1));
    // The source is replaced, and the other arguments stay.
    let both = [
        ("main.tf", root),
        ("override.tf", call),
        ("n/main.tf", "output \"name\" { value = \"n\" }\nvariable \"nope\" {}\n"),
    ];
    assert_eq!(name(&both), ("n".to_owned(), 0));
}

/// internal/configs/module.go, `mergeFile`: "Missing … to override", "Unsupported override", "Cannot override …".
#[test]
fn what_terraform_refuses_is_told() {
    let lacks = |file: &str, line: usize, name: &str| {
        format!("{file}:{line} V529 {name} is in an override file, but no other file declares it")
    };
    let text = "variable \"v\" {}\nlocals { l = 1 }\noutput \"o\" { sensitive = true }\nmodule \"m\" { source = \"./m\" }\n\
        resource \"aws_apigatewayv2_route\" \"x\" {}\ndata \"aws_region\" \"d\" {}\nprovider \"aws\" {}\nterraform {}\n";
    let names = ["var.v", "local.l", "output.o", "module.m", "aws_apigatewayv2_route.x", "data.aws_region.d"];
    let expected: Vec<String> = names.iter().enumerate().map(|(at, name)| lacks("override.tf", at + 1, name)).collect();
    assert_eq!(found(&with(&[("override.tf", text)])), expected);
    let json = r#"{"resource": {"aws_apigatewayv2_route": {"x": {}}}}"#;
    assert_eq!(
        found(&with(&[("a_override.tf.json", json)])),
        [lacks("a_override.tf.json", 1, "aws_apigatewayv2_route.x")]
    );
    let order = "resource \"aws_apigatewayv2_route\" \"r\" {\n  depends_on = [aws_apigatewayv2_api.a]\n}\nmoved {\n  from = a.b\n  to = a.c\n}\n";
    let expected = [
        "override.tf:4 V528 an override file cannot have blocks moved; Terraform refuses it",
        "override.tf:2 V528 an override file cannot change `depends_on`; Terraform refuses it",
    ];
    let mut all = found(&with(&[("override.tf", order)]));
    all.sort();
    assert_eq!(all, [expected[1], expected[0]]);
    // Only a file that cannot be read may declare what is changed.
    let broken = with(&[("override.tf", "variable \"v\" {}\n"), ("variables.tf", "variable \"v\" {\n")]);
    let told = found(&broken);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].starts_with("override.tf:1 V530 what an override file says of var.v is not read"), "{told:#?}");
}

/// An override file that does not parse is told as any other, and what it may change is not known.
#[test]
fn a_broken_override_file_is_told() {
    let told = found(&with(&[("override.tf", "locals {\n  path = \n}\n")]));
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("override.tf:2 V503"), "{told:#?}");
}

/// A single file is read as it is, whatever its name is.
#[test]
fn an_override_file_alone_is_read() {
    let document = load_folder(&[("main_override.tf", MAIN)], &[]).expect("it loads");
    assert_eq!((found(&document), document.routes.len()), (vec![], 1));
}

/// Many overrides of one block take no more time than their number.
#[test]
fn many_overrides_of_one_block() {
    let many: String = (0..5_000)
        .map(|at| format!("resource \"aws_apigatewayv2_integration\" \"i\" {{ description = \"{at}\" }}\n"))
        .collect();
    let document = with(&[("override.tf", &many)]);
    assert_eq!(found(&document), [""; 0]);
    assert_eq!(integration(&document)["httpMethod"], "GET");
}
