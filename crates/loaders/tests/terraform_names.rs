//! Names that are not declared, in expressions whose values are not needed. Terraform looks all names up before it
//! evaluates (internal/terraform/evaluate_valid.go; `Variables` of hcl's expressions).
//!
//! Assumed: only a folder, or a module, that has something of API Gateway is looked through.

mod folder;
mod told;

use told::told;

const API: &str = "resource \"aws_api_gateway_rest_api\" \"a\" { name = \"n\" }\n";

fn of(text: &str) -> Vec<String> {
    told(&[("api.tf", API), ("main.tf", text)], &["V529", "V536"])
}

fn undeclared(line: usize, name: &str) -> String {
    format!("main.tf:{line} V529 {name} is not declared (declare it, or mend the name)")
}

#[test]
fn names_in_branches_that_are_not_taken() {
    for (expression, name) in [
        ("true ? 1 : var.missing", "var.missing"),
        ("false && local.nope", "local.nope"),
        ("true || module.nope.x", "module.nope"),
        ("[for x in [] : data.aws_region.gone.name]", "data.aws_region.gone"),
        ("{ for k, v in {} : k => aws_sqs_queue.gone.arn if var.missing }", "var.missing"),
        ("try(1, aws_sqs_queue.gone[0].arn)", "aws_sqs_queue.gone"),
        ("false ? resource.aws_sqs_queue.gone.arn : 1", "aws_sqs_queue.gone"),
        ("\"%{ if false }${var.missing}%{ endif }\"", "var.missing"),
        ("<<-E\n  %{ for x in [] }${local.nope}%{ endfor }\n  E", "local.nope"),
        ("false ? [1][var.missing] : 1", "var.missing"),
    ] {
        let found = of(&format!("locals {{\n  a = {expression}\n}}\n"));
        let line = if expression.starts_with('<') { 3 } else { 2 };
        assert!(found.contains(&undeclared(line, name)), "{expression}: {found:#?}");
    }
}

#[test]
fn names_in_resources_of_other_services() {
    let text = r#"resource "aws_sqs_queue" "q" {
  name = var.missing
  tags = { a = local.nope }
  nested {
    deep {
      x = module.m.y
    }
  }
  dynamic "block" {
    for_each = var.gone
    content {
      x = block.value.x + other.value
    }
  }
  depends_on = [aws_sqs_queue.dead]
  lifecycle {
    precondition {
      condition     = data.aws_region.r.name == "x"
      error_message = "no"
    }
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${var.absent}"
  }
}
data "aws_iam_policy_document" "d" { source = aws_sqs_queue.other.arn }
module "m2" {
  source = "./m2"
  arn    = aws_sqs_queue.third.arn
}
output "o" { value = aws_sqs_queue.fourth.arn }
"#;
    let expected = [
        (2, "var.missing"),
        (3, "local.nope"),
        (6, "module.m"),
        (10, "var.gone"),
        (12, "other.value"),
        (15, "aws_sqs_queue.dead"),
        (18, "data.aws_region.r"),
        (24, "var.absent"),
        (27, "aws_sqs_queue.other"),
        (30, "aws_sqs_queue.third"),
        (32, "aws_sqs_queue.fourth"),
    ]
    .map(|(line, name)| undeclared(line, name));
    let plain = |line: &String| line.split(" (").next().unwrap_or_default().to_owned();
    let found: Vec<String> = of(text).iter().map(plain).collect();
    assert_eq!(found, expected.iter().map(plain).collect::<Vec<_>>());
}

/// What looks like a reference and is none, and what no block declares.
#[test]
fn names_that_need_no_declaration() {
    let text = r#"variable "v" {
  type    = list(object({ a = optional(string) }))
  default = []
  validation {
    condition     = length(var.v) >= 0
    error_message = "never"
  }
}
locals {
  a = [for k, v in var.v : "${k}-${v.a}" if v.a != null]
  b = "%{ for k, v in { a = 1 } }${k}${v.x}%{ endfor }"
  c = "${terraform.workspace} ${path.module} $${var.none} %%{ if x.y }"
  d = { aws_sqs_queue = 1, "var.x" = 2 }
  e = [for queue in var.v : { queue = queue.a, x = [for a in queue.b : a.c] }]
}
provider "aws" { alias = "west" }
resource "aws_sqs_queue" "q" {
  provider = aws.west
  for_each = toset(["a"])
  name     = each.value
  dynamic "a" {
    for_each = var.v
    iterator = it
    content {
      x = it.value.x
      dynamic "b" {
        for_each = it.value.b
        content {
          y = b.value + it.key
        }
      }
    }
  }
  lifecycle {
    ignore_changes        = [tags.a, name]
    replace_triggered_by  = [null_resource.r.id]
    postcondition {
      condition     = self.name != ""
      error_message = "no"
    }
  }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "echo ${self.id}"
  }
  depends_on = [module.m, data.aws_region.r, null_resource.r]
}
resource "null_resource" "r" { count = 1 }
data "aws_region" "r" {}
ephemeral "random_password" "p" {}
module "m" {
  source    = "./m"
  providers = { aws = aws.west }
  password  = ephemeral.random_password.p.result
}
moved {
  from = aws_sqs_queue.old
  to   = aws_sqs_queue.q
}
check "c" {
  data "http" "h" { url = "https://x.test" }
  assert {
    condition     = data.http.h.status_code == 200
    error_message = "no"
  }
}
"#;
    assert_eq!(of(text), [""; 0]);
}

#[test]
fn names_in_json() {
    let json = r#"{"//": {"x": "${var.no}"}, "resource": {"aws_sqs_queue": {"q": {
        "name": "${var.missing}",
        "tags": {"a": "x-${local.nope}", "b": "${aws_sqs_queue.q.arn}", "c": "$${var.no}"},
        "dynamic": {"d": {"for_each": "${[]}", "content": {"e": "${d.value}-${d.key}", "f": "${d.value}"}}},
        "provider": "aws.west", "//": {"metadata": "${var.no}"},
        "lifecycle": {"ignore_changes": ["tags"]}}}},
        "output": {"o": {"value": "${module.gone.x}"}}}"#;
    let found = told(&[("api.tf", API), ("main.tf.json", json)], &["V529"]);
    let expected = [(2, "var.missing"), (3, "local.nope"), (7, "module.gone")]
        .map(|(line, name)| undeclared(line, name).replace("main.tf", "main.tf.json"));
    assert_eq!(found, expected);
}

/// The names of blocks that are repeated within each other are there in the inner one.
#[test]
fn names_of_loops_in_json() {
    let json = r#"{"resource": {"aws_sqs_queue": {"q": {"dynamic": {"d": {"for_each": "${[]}", "content": {
        "a": "${d.value + e.value}",
        "dynamic": {"e": [{"for_each": "${[d.value + e.value]}", "iterator": "f", "content": {"b": "${d.value + f.value + e.value}"}},
            {"for_each": "${[]}", "content": {"c": "${[for g in [1] : d.value + e.value + g + f.value]}"}}]},
        "h": "${f.value + d.value}"}}}}}}}"#;
    let found = told(&[("api.tf", API), ("main.tf.json", json)], &["V529"]);
    let expected = [(2, "e.value"), (3, "e.value"), (3, "e.value"), (4, "f.value"), (5, "f.value")]
        .map(|(line, name)| undeclared(line, name).replace("main.tf", "main.tf.json"));
    assert_eq!(found, expected);
}

/// What a tool makes before Terraform runs may be named, so only what has an API is looked through; and a file that is
/// read alone names what others declare.
#[test]
fn folders_that_are_not_looked_through() {
    let queue = "resource \"aws_sqs_queue\" \"q\" { name = var.missing }\n";
    let of = |files: &[(&str, &str)]| told(files, &["V529", "V530"]);
    assert_eq!(of(&[("main.tf", queue)]), [""; 0]);
    assert_eq!(of(&[("main.tf", queue), ("api.tf", API), ("more.tofu", "")]), [""; 0]);
    assert_eq!(of(&[("main.tf", queue), ("api.tf", API), ("terragrunt.hcl", "")]), [""; 0]);
    // The module has the API.
    let root = format!("module \"m\" {{ source = \"./m\" }}\n{queue}");
    assert_eq!(of(&[("main.tf", &root), ("m/api.tf", API)]), [undeclared(2, "var.missing")]);
    assert_eq!(of(&[("main.tf", &root), ("m/q.tf", queue)]), [""; 0]);
}

/// A reference that is evaluated and looked up has one finding.
#[test]
fn a_name_is_told_once() {
    let text = "resource \"aws_api_gateway_rest_api\" \"b\" {\n  count = 2\n  name  = var.missing\n}\nlocals { x = var.missing }\n";
    assert_eq!(of(text), [undeclared(3, "var.missing"), undeclared(5, "var.missing")]);
    let many: String = (0..3_000).map(|at| format!("  x{at} = var.v{at}\n")).collect();
    assert_eq!(of(&format!("locals {{\n{many}}}\n")).len(), 1_001);
}
