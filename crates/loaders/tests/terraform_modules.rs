//! Terraform beyond one file: local modules, files of values, files that do not parse, and instances
//! whose number is unknown.

mod folder;

use folder::load_folder;
use vtl_loaders::{Document, File, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn findings(document: &Document) -> Vec<String> {
    document.diagnostics().iter().map(|found| found.to_string()).collect()
}

fn keys(document: &Document) -> Vec<String> {
    (0..document.routes.len()).map(|route| document.route_key(route).unwrap_or_else(|| "?".to_owned())).collect()
}

fn uris(document: &Document) -> Vec<String> {
    let uri = |route| Some(document.method(route)?.1.integration.as_ref()?.uri.clone().unwrap_or_default());
    (0..document.routes.len()).filter_map(uri).collect()
}

/// A module with a method and its integration, below a resource that the caller has.
const METHOD: &str = r#"
variable "api" { type = string }
variable "resource" { type = string }
variable "verb" { default = "GET" }
variable "host" {}
resource "aws_api_gateway_method" "m" {
  rest_api_id   = var.api
  resource_id   = var.resource
  http_method   = var.verb
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id             = var.api
  resource_id             = var.resource
  http_method             = aws_api_gateway_method.m.http_method
  type                    = "HTTP"
  integration_http_method = "GET"
  uri                     = "https://${var.host}/"
  passthrough_behavior    = "NEVER"
  request_templates       = { "application/json" = file("${path.module}/t/request.vtl") }
}
resource "aws_api_gateway_integration_response" "r" {
  rest_api_id = var.api
  resource_id = var.resource
  http_method = aws_api_gateway_integration.i.http_method
  status_code = "200"
}
resource "aws_api_gateway_method_response" "r" {
  rest_api_id = var.api
  resource_id = var.resource
  http_method = aws_api_gateway_integration.i.http_method
  status_code = "200"
}
output "verb" { value = aws_api_gateway_method.m.http_method }
"#;

const API: &str = r#"
resource "aws_api_gateway_rest_api" "a" { name = "n" }
resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "pets"
}
"#;

// "Modules" and "Calling a Child Module" of the Terraform language: inputs, outputs, for_each, nesting.
#[test]
fn local_modules_are_followed() -> Outcome {
    let root = format!(
        "{API}module \"get\" {{\n  source   = \"./method\"\n  api      = aws_api_gateway_rest_api.a.id\n  resource = aws_api_gateway_resource.pets.id\n  \
         host = \"a.test\"\n}}\n\
         module \"others\" {{\n  for_each = toset([\"PUT\", \"POST\"])\n  source   = \"./nested\"\n  api      = aws_api_gateway_rest_api.a.id\n  \
         resource = aws_api_gateway_resource.pets.id\n  verb     = each.key\n}}\n\
         output \"verbs\" {{ value = [for o in module.others : o.verb] }}\n"
    );
    let nested = "variable \"api\" {}\nvariable \"resource\" {}\nvariable \"verb\" {}\n\
         module \"inner\" {\n  source   = \"../method\"\n  api      = var.api\n  resource = var.resource\n  verb     = var.verb\n  host     = \"${lower(var.verb)}.test\"\n}\n\
         output \"verb\" { value = module.inner.verb }\n";
    let document = load_folder(
        &[
            ("main.tf", &root),
            ("method/main.tf", METHOD),
            ("method/t/request.vtl", "#if($x)"),
            ("nested/main.tf", nested),
        ],
        &[],
    )?;
    assert_eq!(keys(&document), ["GET /pets", "POST /pets", "PUT /pets"]);
    assert_eq!(uris(&document), ["https://a.test/", "https://post.test/", "https://put.test/"]);
    assert_eq!(document.apis.len(), 1);
    let found = findings(&document);
    assert!(found.iter().all(|found| found.starts_with("method/t/request.vtl:1:")), "{found:#?}");
    assert_eq!(found.len(), 3, "{found:#?}");
    Ok(())
}

// An API that a module makes and the root uses by its outputs.
#[test]
fn outputs_lead_to_the_resources_of_a_module() -> Outcome {
    let root = "module \"api\" {\n  source = \"./api\"\n  count  = 1\n}\n\
         resource \"aws_api_gateway_method\" \"m\" {\n  rest_api_id = module.api[0].id\n  resource_id = module.api[0].pets\n  http_method = \"GET\"\n  authorization = \"NONE\"\n}\n\
         resource \"aws_api_gateway_integration\" \"i\" {\n  rest_api_id = module.api[0].id\n  resource_id = module.api[0].pets\n  http_method = \"GET\"\n  type = \"HTTP_PROXY\"\n  integration_http_method = \"GET\"\n  uri = \"https://x.test/${module.api[0].name}\"\n}\n";
    let api = format!(
        "{API}output \"id\" {{ value = aws_api_gateway_rest_api.a.id }}\noutput \"pets\" {{ value = aws_api_gateway_resource.pets.id }}\noutput \"name\" {{ value = aws_api_gateway_rest_api.a.name }}\n"
    );
    let document = load_folder(&[("main.tf", root), ("api/main.tf", &api)], &[])?;
    assert_eq!((keys(&document), uris(&document)), (vec!["GET /pets".to_owned()], vec!["https://x.test/n".to_owned()]));
    assert_eq!((findings(&document), document.apis.len()), (vec![], 1));
    Ok(())
}

// corpus/reported, newcomer: `module-from-root`.
#[test]
fn a_module_alone_in_the_root_is_read() -> Outcome {
    let module = r##"
variable "name" { default = "z" }
resource "aws_api_gateway_rest_api" "a" { name = var.name }
resource "aws_api_gateway_method" "m" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.m.http_method
  type = "MOCK"
  request_templates = { "application/json" = "#if($x" }
}
"##;
    let root = "module \"m\" {\n  source = \"./mod\"\n  name = \"zz\"\n}\n";
    let document = load_folder(&[("main.tf", root), ("mod/i.tf", module)], &[])?;
    assert_eq!(document.apis[0].name.as_deref(), Some("zz"));
    assert!(
        findings(&document).iter().any(|found| found.starts_with("mod/i.tf:15:53: error[V001]")),
        "{:#?}",
        findings(&document)
    );
    Ok(())
}

// The rule: nothing that holds an integration disappears without a finding.
#[test]
fn modules_that_are_not_followed_are_findings() -> Outcome {
    let root = "module \"vpc\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\nmodule \"git\" {\n  source = \"git::https://example.com/i.git\"\n}\nmodule \"gone\" {\n  source = \"./gone\"\n}\nresource \"aws_cloudformation_stack\" \"s\" {\n  template_body = file(\"t.yaml\")\n}\n";
    let document = load_folder(&[("main.tf", root)], &[])?;
    assert_eq!(
        findings(&document),
        [
            "main.tf:2:12: advice[V530]: the module vpc is not read: its source terraform-aws-modules/vpc/aws is not a local folder",
            "main.tf:5:12: advice[V530]: the module git is not read: its source git::https://example.com/i.git is not a local folder",
            "main.tf:8:12: advice[V530]: the module gone is not read: ./gone has no Terraform file",
            "main.tf:10:1: advice[V530]: the stack aws_cloudformation_stack.s is not read; its template may have integrations",
        ]
    );
    Ok(())
}

#[test]
fn modules_in_a_circle_and_too_many_are_refused() {
    let code =
        |files: &[(&str, &str)]| load_folder(files, &[]).map_or_else(|error| error.diagnostic().code.name(), |_| "");
    let circle = "module \"b\" {\n  source = \"../b\"\n}\n";
    let back = "module \"a\" {\n  source = \"../a\"\n}\n";
    let root = "module \"a\" {\n  source = \"./a\"\n}\n";
    assert_eq!(code(&[("main.tf", root), ("a/m.tf", circle), ("b/m.tf", back)]), "circular-reference");
    let itself = "module \"a\" {\n  source = \"./\"\n}\n";
    assert_eq!(code(&[("main.tf", itself)]), "circular-reference");
    let many = "module \"a\" {\n  count = 4000\n  source = \"./a\"\n}\n";
    assert_eq!(code(&[("main.tf", many), ("a/m.tf", "locals {}\n")]), "document-limit");
    let loops = "module \"a\" {\n  source = \"./a\"\n  x = module.a.x\n}\n";
    let inner = "variable \"x\" {}\noutput \"x\" { value = var.x }\nresource \"aws_api_gateway_rest_api\" \"a\" { name = var.x }\n";
    assert_eq!(code(&[("main.tf", loops), ("a/m.tf", inner)]), "circular-reference");
}

// "Assigning values to root module variables": terraform.tfvars, then its JSON, then *.auto.tfvars in
// their order; the command line comes last. cases/README.md, newcomer: `tfvars`.
#[test]
fn files_of_values_are_read_in_terraforms_order() -> Outcome {
    let main = "variable \"t\" {}\nvariable \"n\" { default = \"d\" }\nresource \"aws_api_gateway_rest_api\" \"a\" { name = \"${var.n}-${var.t}\" }\n\
         resource \"aws_api_gateway_method\" \"m\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \"GET\"\n  authorization = \"NONE\"\n}\n";
    let name = |files: &[(&str, &str)], parameters: &[(&str, &str)]| -> Result<String, LoadError> {
        let mut all = vec![("main.tf", main)];
        all.extend(files);
        Ok(load_folder(&all, parameters)?.apis[0].name.clone().unwrap_or_default())
    };
    let fixed = ("terraform.tfvars", "t = \"prod\"\n");
    let json = ("terraform.tfvars.json", "{\"t\": \"json\"}");
    let first = ("a.auto.tfvars", "t = \"a\"\nn = \"x\"\n");
    let last = ("z.auto.tfvars.json", "{\"t\": \"z\"}");
    assert_eq!(name(&[fixed], &[])?, "d-prod");
    assert_eq!(name(&[json, fixed], &[])?, "d-json");
    assert_eq!(name(&[last, first, fixed], &[])?, "x-z");
    assert_eq!(name(&[last, fixed], &[("t", "given")])?, "d-given");
    assert_eq!(name(&[("other.tfvars", "t = \"no\"\n")], &[])?, "d-${var.t}");
    Ok(())
}

/// A link that leads outward, a pipe, or a text that is no UTF-8.
#[test]
fn a_file_of_values_that_is_not_read_is_told() -> Outcome {
    let main = "resource \"aws_api_gateway_rest_api\" \"a\" { name = \"pets\" }\n";
    let (read, list) = (|_: &str| None, |_: &str| vec!["main.tf".to_owned(), "x.auto.tfvars".to_owned()]);
    let options = Options::new().read_file(&read).list_folder(&list);
    let found = findings(&load(&[File::new("api/main.tf", main)], &options)?);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].ends_with("warning[V524]: cannot read api/x.auto.tfvars"), "{found:#?}");
    Ok(())
}

#[test]
fn a_file_of_values_can_be_named() -> Outcome {
    let main = "variable \"t\" {}\nresource \"aws_api_gateway_rest_api\" \"a\" { name = var.t }\n";
    let options = Options::new().parameter_file(File::new("prod.tfvars", "t = \"prod\"\n"));
    assert_eq!(load(&[File::new("main.tf", main)], &options)?.apis[0].name.as_deref(), Some("prod"));
    let broken = Options::new().parameter_file(File::new("prod.tfvars", "t = \n"));
    let found = findings(&load(&[File::new("main.tf", main)], &broken)?);
    assert!(found[0].starts_with("prod.tfvars:1:5: error[V503]"), "{found:#?}");
    Ok(())
}

// Terraform refuses it: "Value for undeclared variable".
#[test]
fn values_of_undeclared_variables_are_problems() -> Outcome {
    let main = "variable \"stage\" {}\nresource \"aws_api_gateway_rest_api\" \"a\" { name = var.stage }\n";
    let found = load_folder(&[("main.tf", main)], &[("stgae", "x")])?.diagnostics();
    assert_eq!(
        found[0].to_string(),
        "main.tf:1:1: error[V531]: a value is given for the variable stgae, which the configuration does not declare"
    );
    assert_eq!(found[0].help.as_deref(), Some("did you mean stage?"));
    Ok(())
}

fn case(name: &str) -> String {
    let path = format!("{}/../../corpus/reported/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the case is there")
}

// corpus/reported, documents: instances of one unknown expression belong together.
#[test]
fn instances_of_an_unknown_number_belong_together() -> Outcome {
    let counted = load_folder(&[("main.tf", &case("documents/terraform-count-on-unknown-variable.tf"))], &[])?;
    assert_eq!(keys(&counted), ["GET /robots.txt"]);
    let each = load_folder(&[("main.tf", &case("documents/terraform-for-each-on-unknown-variable.tf"))], &[])?;
    assert_eq!((each.routes.len(), uris(&each)), (1, vec!["https://example.com/".to_owned()]));
    for document in [counted, each] {
        let found = findings(&document);
        assert!(!found.iter().any(|found| found.contains("V601") || found.contains("V525")), "{found:#?}");
    }
    Ok(())
}

// Two loops over different unknown collections are two methods.
#[test]
fn different_unknown_collections_stay_apart() -> Outcome {
    let two = |name: &str, host: &str| {
        format!(
            "variable \"{name}\" {{ type = set(string) }}\n\
             resource \"aws_api_gateway_method\" \"{name}\" {{\n  for_each = toset(var.{name})\n  rest_api_id = \"a\"\n  resource_id = \"r\"\n  http_method = each.value\n  authorization = \"NONE\"\n}}\n\
             resource \"aws_api_gateway_integration\" \"{name}\" {{\n  for_each = aws_api_gateway_method.{name}\n  rest_api_id = each.value.rest_api_id\n  resource_id = \"r\"\n  http_method = each.value.http_method\n  type = \"HTTP_PROXY\"\n  integration_http_method = \"GET\"\n  uri = \"https://{host}/\"\n}}\n"
        )
    };
    let document = load_folder(&[("main.tf", &format!("{}{}", two("one", "a.test"), two("two", "b.test")))], &[])?;
    assert_eq!(uris(&document), ["https://a.test/", "https://b.test/"]);
    Ok(())
}

// corpus/reported, documents: a module that is not read may bring the integration.
#[test]
fn a_module_that_is_not_read_may_have_the_integration() -> Outcome {
    let found =
        load_folder(&[("main.tf", &case("documents/terraform-method-integrated-in-module.tf"))], &[])?.diagnostics();
    assert!(found.iter().all(|found| found.severity == vtl::diagnostic::Severity::Advice), "{found:#?}");
    assert_eq!(found.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["V526", "V530"]);
    Ok(())
}

// aws-samples/serverless-patterns, apigw-rest-vpclink-pvt-alb-terraform: a command puts the integration.
#[test]
fn a_command_may_put_the_integration() -> Outcome {
    let command = |verb: &str| {
        format!(
            "{API}resource \"aws_api_gateway_method\" \"m\" {{\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \"ANY\"\n  authorization = \"NONE\"\n}}\n\
             resource \"null_resource\" \"put\" {{\n  provisioner \"local-exec\" {{\n    command = <<-EOT\n      aws apigateway {verb} \\\n        --http-method ANY\n    EOT\n  }}\n}}\n"
        )
    };
    let found = |verb: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let document = load_folder(&[("main.tf", &command(verb))], &[])?;
        Ok(document.diagnostics().iter().map(|found| found.code.as_str().to_owned()).collect())
    };
    assert_eq!(found("put-integration")?, ["V526", "V530"]);
    assert_eq!(found("put-integration-response")?, ["V601"]);
    Ok(())
}

// corpus/reported, documents: the other files of the folder load.
#[test]
fn a_file_that_does_not_parse_is_a_finding() -> Outcome {
    let old = case("documents/terraform-0.11-map-block.tf");
    let document = load_folder(&[("main.tf", API), ("old.tf", &old)], &[])?;
    assert_eq!(document.apis[0].name.as_deref(), Some("n"));
    let found = document.diagnostics();
    assert!(found[0].to_string().starts_with("old.tf:10:"), "{found:#?}");
    assert!(found[0].help.as_deref().is_some_and(|help| help.contains("request_parameters = {")), "{found:#?}");
    // Alone, it cannot be loaded at all.
    assert!(load_folder(&[("old.tf", &old)], &[]).is_err());
    Ok(())
}

// aws-observed.md 18.12: the provider's documents had `-` for the default response until 2021.
#[test]
fn a_dash_is_the_default_response() -> Outcome {
    let document = load_folder(&[("main.tf", &case("reports/r36/main.tf"))], &[])?;
    let patterns = |route| document.method(route).and_then(|(_, method)| method.integration.as_ref());
    let patterns = patterns(0)
        .map(|integration| integration.responses.iter().map(|rule| rule.selection_pattern.clone()).collect::<Vec<_>>());
    assert_eq!(patterns, Some(vec![None, Some(".*bad.*".to_owned())]));
    Ok(())
}

// corpus/reported, documents: a value that is not known is no problem; one that is wrong has its place.
#[test]
fn gateway_responses_with_unknown_values() -> Outcome {
    let text = case("documents/terraform-conditional-in-gateway-response-parameter.tf");
    assert_eq!(findings(&load_folder(&[("main.tf", &text)], &[])?), Vec::<String>::new());
    let wrong = text.replace("\"'https://${var.domain}'\"", "\"wrong\"").replace("var.stage == \"prod\"", "true");
    let found = findings(&load_folder(&[("main.tf", &wrong)], &[])?);
    assert!(found.len() == 1 && found[0].starts_with("main.tf:14:"), "{found:#?}");
    Ok(())
}

// A dynamic block over an unknown collection is there once, in HCL and in JSON.
#[test]
fn dynamic_blocks_of_an_unknown_number_are_there_once() -> Outcome {
    let hcl = "variable \"all\" {}\nresource \"aws_apigatewayv2_integration\" \"i\" {\n  api_id = \"a\"\n  integration_type = \"HTTP_PROXY\"\n  integration_uri = \"https://x.test/\"\n  integration_method = \"GET\"\n  payload_format_version = \"1.0\"\n  dynamic \"tls_config\" {\n    for_each = var.all\n    content {\n      server_name_to_verify = \"x.test\"\n    }\n  }\n}\n";
    let json = r#"{"variable": {"all": {}}, "resource": {"aws_apigatewayv2_integration": {"i": {"api_id": "a", "integration_type": "HTTP_PROXY", "integration_uri": "https://x.test/", "integration_method": "GET", "payload_format_version": "1.0", "dynamic": {"tls_config": {"for_each": "${var.all}", "content": {"server_name_to_verify": "x.test"}}}}}}}"#;
    for (name, text) in [("main.tf", hcl), ("main.tf.json", json)] {
        let document = load(&[File::new(name, text)], &Options::default())?;
        let tls = document.to_json()["routes"][0]["integration"]["tlsConfig"].clone();
        assert_eq!(tls, serde_json::json!({"serverNameToVerify": "x.test"}), "{name}");
    }
    Ok(())
}

/// A file that does not parse may call the modules with the API: they are read, so that the caller sees what it is
/// about (`vtl check` passes over a broken file that has nothing to do with an API).
#[test]
fn modules_that_a_broken_file_names_are_read() {
    let seen = |main: &str| {
        let read_files = std::cell::RefCell::new(Vec::new());
        let read = |name: &str| {
            read_files.borrow_mut().push(name.to_owned());
            match name {
                "m/main.tf" => Some("module \"n\" { source = \"../n\" }".to_owned()),
                "n/api.tf" => Some("module \"m\" { source = \"../m\" }\n# aws_api_gateway_rest_api".to_owned()),
                _ => None,
            }
        };
        let list = |folder: &str| match folder {
            "m" => vec!["main.tf".to_owned(), "notes.txt".to_owned()],
            "n" => vec!["api.tf".to_owned()],
            _ => vec!["main.tf".to_owned()],
        };
        let options = Options::new().read_file(&read).list_folder(&list);
        let error = load(&[File::new("main.tf", main)], &options).expect_err("it does not parse");
        assert_eq!(error.diagnostic().code.as_str(), "V503");
        read_files.take()
    };
    assert_eq!(seen("module \"m\" {\n  source = \"./m\"\n  x = \n}\n"), ["m/main.tf", "n/api.tf"]);
    assert_eq!(seen("module \"m\" {\n  x = \n  source=\t\"./m/\"\n}\n"), ["m/main.tf", "n/api.tf"]);
    for other in ["source = local.m", "source = \"git::./m\"", "source = \"registry/m/aws\""] {
        assert_eq!(seen(&format!("module \"m\" {{\n  x = \n  {other}\n}}\n")), [""; 0], "{other}");
    }
}

/// A module is read once if it is not known how many there are; that is told if it has a part of an API.
#[test]
fn modules_of_an_unknown_number_are_told() -> Outcome {
    let of = |count: &str, module: &str| -> Result<Vec<String>, LoadError> {
        let root = format!(
            "variable \"n\" {{}}\nmodule \"m\" {{\n  source = \"./m\"\n  {count}\n}}\nresource \"aws_api_gateway_rest_api\" \"b\" {{ name = \"b\" }}\n"
        );
        Ok(findings(&load_folder(&[("main.tf", &root), ("m/main.tf", module), ("n/main.tf", API)], &[])?))
    };
    let told = |column: usize| {
        format!("main.tf:4:{column}: advice[V522]: the number of module.m is known only after deployment; one is read")
    };
    assert_eq!(of("count = var.n", API)?, [told(11)]);
    assert_eq!(of("for_each = var.n", API)?, [told(14)]);
    assert_eq!(of("count = 2", API)?, [""; 0]);
    // The part may be in a module that the module calls.
    assert_eq!(of("count = var.n", "module \"n\" { source = \"../n\" }\n")?, [told(11)]);
    assert_eq!(of("count = var.n", "resource \"aws_sqs_queue\" \"q\" {}\n")?, [""; 0]);
    Ok(())
}
