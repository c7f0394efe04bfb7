//! Tests that what Terraform refuses has a finding: names that are not declared, expressions that fail, blocks that
//! are there twice, wrong numbers of instances, and values that variables do not take.
//!
//! Assumed: the codes, the texts and the severities, and that a folder is read on after a failure. What is refused is
//! in the pages of the Terraform language ("References to Named Values", "Expressions", "Functions", "Input Variables",
//! "Modules") and in the source that is named at a test.

mod folder;
mod told;

use told::told;
use vtl_loaders::{File, Options, load};

const ALL: &[&str] = &["V528", "V529", "V530", "V531", "V532", "V533", "V536", "V653"];

/// A configuration whose name is an expression.
fn named(expression: &str) -> String {
    format!(
        r#"variable "list" {{ default = ["b", "a"] }}
variable "map" {{ default = {{ y = 2, x = "one" }} }}
variable "open" {{}}
variable "none" {{ default = null }}
locals {{ part = {{ known = "k", open = var.open }} }}
resource "aws_lambda_function" "f" {{ function_name = "f" }}
resource "aws_sqs_queue" "q" {{
  count = 1
  name  = "q"
}}
resource "aws_api_gateway_rest_api" "api" {{
  name = {expression}
}}
"#
    )
}

fn of_name(expression: &str) -> Vec<String> {
    told(&[("main.tf", &named(expression))], ALL)
}

#[test]
fn names_that_are_not_declared() {
    for (expression, expected) in [
        ("var.nope", "main.tf:12 V529 var.nope is not declared (did you mean var.none?)"),
        ("local.parts", "main.tf:12 V529 local.parts is not declared (did you mean local.part?)"),
        ("module.m.x", "main.tf:12 V529 module.m is not declared (declare it, or mend the name)"),
        ("data.aws_region.x.name", "main.tf:12 V529 data.aws_region.x is not declared (declare it, or mend the name)"),
        (
            "aws_lambda_function.g.arn",
            "main.tf:12 V529 aws_lambda_function.g is not declared (did you mean aws_lambda_function.f?)",
        ),
        ("each.value", "main.tf:12 V529 each.value is not declared here (only blocks with `for_each` have it)"),
        ("count.index", "main.tf:12 V529 count.index is not declared here (only blocks with `count` have it)"),
        ("self.id", "main.tf:12 V529 self.id is not declared here (only provisioners and conditions have it)"),
        ("path.modul", "main.tf:12 V529 path.modul is not declared here (`path` has `module`, `root` and `cwd`)"),
        (
            "stage",
            "main.tf:12 V529 stage is not declared here (a reference is a name, a dot and another name; a text is written in quotes)",
        ),
        // Terraform looks names up before it evaluates: internal/terraform/evaluate_valid.go.
        (r#"try(var.nope, "x")"#, "main.tf:12 V529 var.nope is not declared (did you mean var.none?)"),
        (r#"can(local.parts) ? "a" : "b""#, "main.tf:12 V529 local.parts is not declared (did you mean local.part?)"),
    ] {
        assert_eq!(of_name(expression), [expected], "{expression}");
    }
    for fine in [
        "var.open",
        "local.part.known",
        "local.part.open",
        "aws_lambda_function.f.arn",
        "resource.aws_lambda_function.f.arn",
        "path.module",
        "path.cwd",
        "terraform.workspace",
        r#"join("", [for var in var.list : var])"#,
    ] {
        assert_eq!(of_name(fine), [""; 0], "{fine}");
    }
}

/// The file that declares a name may be beside the one that is read.
#[test]
fn names_of_other_files() {
    let main = named("var.nope");
    let both = [("main.tf", main.as_str()), ("variables.tf", "variable \"nope\" {}\n")];
    assert_eq!(told(&both, ALL), [""; 0]);
    let list = |_: &str| vec!["main.tf".to_owned(), "variables.tf".to_owned()];
    let alone = load(&[File::new("main.tf", main.as_str())], &Options::new().list_folder(&list)).expect("it loads");
    let found: Vec<String> = alone.diagnostics().iter().map(ToString::to_string).collect();
    let expected =
        "main.tf:12:10: advice[V530]: the other files of the folder are not read; var.nope may be declared there";
    assert_eq!(found, [expected]);
    // A file that does not parse, and one of OpenTofu, may declare it.
    let broken = [("main.tf", main.as_str()), ("variables.tf", "variable \"nope\" {\n")];
    assert_eq!(told(&broken, ALL), [""; 0]);
    assert_eq!(told(&[("main.tf", &main), ("variables.tofu", "")], &["V529"]), [""; 0]);
}

#[test]
fn expressions_that_fail() {
    for (expression, expected) in [
        ("var.map.nope", "the map has no key nope"),
        (r#"local.part["absent"]"#, "the map has no key absent"),
        ("var.list[5]", "the list has no item 5: it has 2"),
        ("var.list.first", "a list has no attribute first; an item of it is meant, as in `[0]`"),
        ("aws_sqs_queue.q.name", "a list has no attribute name; an item of it is meant, as in `[0]`"),
        ("var.map.x.y", "a string has no attribute y"),
        ("var.none.x", "null has no attribute x"),
        ("1 / 0", "a division by zero"),
        (r#"1 + "a""#, "the operands are a number and a string"),
        (r#"-"a""#, "the operand is a string"),
        (r#"var.list && true ? "a" : "b""#, "the operands are a list and a boolean"),
        (r#"var.list ? "a" : "b""#, "a condition must be true or false, not a list"),
        (r#""x-${var.list}""#, "a string cannot contain a list"),
        (r#""x-${var.none}""#, "a string cannot contain null"),
        (r#""%{ for x in "a" }${x}%{ endfor }""#, "`for` needs a list or a map, not a string"),
        (r#"join("", [for x in "a" : x])"#, "`for` needs a list or a map, not a string"),
        (r#"{ for x in var.list : "k" => x }.k"#, "two items have the key k; `...` behind the value groups them"),
        (r#"{ (var.none) = 1, x = "x" }.x"#, "a key is null; it must be a string"),
        ("uper(\"a\")", "Terraform has no function uper (did you mean upper?)"),
        (r#"replace("a", "b")"#, "replace takes 3 arguments, not 2"),
        (r#"lookup(var.map)"#, "lookup takes 2 to 3 arguments, not 1"),
        (r#"join("/")"#, "join takes at least 2 arguments, not 1"),
        (r#"join(",", "a")"#, "join does not take a string, a string"),
        ("upper(var.list)", "upper does not take a list"),
        ("keys(var.list)[0]", "keys does not take a list"),
        (r#"lookup(var.map, "z")"#, "the map of lookup has no key z"),
        ("element([], 0)", "element does not take a list, a number"),
        (r#"tonumber("ten")"#, "tonumber cannot convert ten"),
        (r#"regex("[0-9]+", "abc")"#, "nothing in abc matches the pattern of regex"),
        (r#"format("%s")"#, "format does not take a string"),
        (r#"format("%s", "a", "b")"#, "format does not take a string, a string, a string"),
        (r#"zipmap(["a", "b"], [1]).a"#, "zipmap does not take a list, a list"),
        (r#"coalesce(var.none, "")"#, "coalesce does not take null, a string"),
        (r#"upper("a"...)"#, "`...` needs a list, not a string"),
        // internal/lang/funcs/collection.go: "cannot sum an empty list", "argument must be a string, a collection type".
        ("sum([])", "sum does not take a list"),
        ("length(5)", "length does not take a number"),
        ("length(true)", "length does not take a boolean"),
        ("max()", "max takes at least 1 argument, not 0"),
        ("max([]...)", "max takes at least 1 argument, not 0"),
        // hcl's ops.go: "Elements of a set are identified only by their value".
        (r#"toset(["a"])[0]"#, "a set has no indexes; `tolist(…)` makes a list of it"),
        (r#"(setunion(["a"], ["b"])).0"#, "a set has no indexes; `tolist(…)` makes a list of it"),
        ("try(var.map.nope)", "no argument of `try` has a value"),
    ] {
        assert_eq!(of_name(expression), [format!("main.tf:12 V536 {expected}")], "{expression}");
    }
    for fine in [
        r#"try(var.map.nope, "x")"#,
        r#"try(local.part.absent, "x")"#,
        r#"can(var.map.nope) ? "a" : "b""#,
        r#"var.none != null && var.none.x ? "a" : "b""#,
        r#"var.none == null ? "a" : var.none.x"#,
        r#"try(aws_sqs_queue.q[3].name, "x")"#,
        "aws_sqs_queue.q[0].name",
        r#"join("", aws_sqs_queue.q[*].name)"#,
        "local.part.open.anything[3]",
        "sha1(\"a\")",
        "sum([1])",
        "length(\"abc\")",
        "tolist(toset([\"a\"]))[0]",
        "one(toset([\"a\"])[*])",
        "try(toset([\"a\"])[0], \"x\")",
        "sum(var.open)",
        r#"cidrhost("10.0.0.0/8", 2)"#,
        r#"urldecode("a")"#,
        r#"format("%v %d", null, 3)"#,
        r#"replace("a", "/(?P<x>a)/", "$x")"#,
        r#"tobool("1") ? "a" : "b""#,
        r#"merge(null, { a = "b" }).a"#,
        r#"lookup(var.map, "z", null) == null ? "a" : "b""#,
        r#"join(",", setproduct(["a"], ["b"])[0])"#,
        r#"var.open[0].x"#,
    ] {
        assert_eq!(of_name(fine), [""; 0], "{fine}");
    }
}

/// A key that an object has twice is no error of Terraform, and one of the values is lost.
#[test]
fn keys_twice() {
    assert_eq!(of_name("{ a = 1, \"a\" = 2 }.a"), ["main.tf:12 V533 the map has the key a twice; the last one counts"]);
}

/// Checks that a failure of a local is its own: `try` around a reference does not catch it.
#[test]
fn failures_of_locals_are_told_where_they_are() {
    let text =
        "locals { a = { b = 1 }.c }\nresource \"aws_api_gateway_rest_api\" \"a\" { name = try(local.a, \"x\") }\n";
    assert_eq!(told(&[("main.tf", text)], ALL), ["main.tf:1 V536 the map has no key c"]);
}

/// A function that is not evaluated here neither fails nor succeeds.
#[test]
fn functions_that_are_not_supported_do_not_fail() {
    let name = |expression: &str| {
        let text = named(expression);
        let document = load(&[File::new("main.tf", text.as_str())], &Options::default()).expect("it loads");
        document.apis[0].name.clone().unwrap_or_default()
    };
    assert_eq!(
        name(r#"can(cidrhost("10.0.0.0/8", 2)) ? "a" : "b""#),
        r#"${can(cidrhost("10.0.0.0/8", 2)) ? "a" : "b"}"#
    );
    assert_eq!(name(r#"try(sha1("a"), "b")"#), r#"${sha1("a")}"#);
    // "If the limit is less than the start, the default step is -1": the function `range`.
    assert_eq!(name(r#"join(",", range(3, 1))"#), "3,2");
    // The items of a set need not be strings.
    assert_eq!(name(r#"join(",", [for x in toset([{ a = "b" }, { a = "b" }]) : x.a])"#), "b");
}

#[test]
fn names_in_templates() {
    let main = named(r#"templatefile("t.tpl", { stage = "dev" })"#);
    let of = |template: &str| told(&[("main.tf", &main), ("t.tpl", template)], ALL);
    assert_eq!(of("${stage} %{ for x in [1] }${x}%{ endfor }"), [""; 0]);
    // internal/lang/funcs/filesystem.go: "vars map does not contain key".
    let help = "(give it in the map of the template's values)";
    assert_eq!(of("a\n${stag}"), [format!("t.tpl:2 V529 stag is not declared here {help}")]);
    assert_eq!(of("${var.open}"), [format!("t.tpl:1 V529 var is not declared here {help}")]);
    let open = named("templatefile(\"t.tpl\", var.open)");
    assert_eq!(told(&[("main.tf", &open), ("t.tpl", "${stag}")], ALL), [""; 0]);
}

fn of_method(lines: &str) -> Vec<String> {
    let text = format!(
        r#"variable "names" {{
  type    = list(string)
  default = ["a"]
}}
variable "open" {{}}
locals {{ names = concat(var.names, ["b"]) }}
resource "aws_api_gateway_method" "m" {{
  rest_api_id = "a"
  resource_id = "r"
  http_method = "GET"
{lines}
}}
"#
    );
    told(&[("main.tf", &text)], ALL)
}

/// internal/terraform/eval_count.go, eval_for_each.go.
#[test]
fn numbers_of_instances() {
    let whole = "count of aws_api_gateway_method.m must be a whole number that is not negative; one is read";
    let list =
        "for_each of aws_api_gateway_method.m must be a map or a set, not a list (`toset(…)` makes a set of a list)";
    for (lines, expected) in [
        ("  count = -1", whole),
        ("  count = 1.5", whole),
        ("  count = [1]", whole),
        ("  for_each = [\"a\"]", list),
        ("  for_each = []", list),
        ("  for_each = var.names", list),
        ("  for_each = local.names", list),
        ("  for_each = [for x in [1] : x]", list),
        ("  for_each = var.names == [] ? [] : sort([\"a\"])", list),
        ("  for_each = toset([[1]])", "for_each of aws_api_gateway_method.m must be a map or a set of strings"),
        ("  for_each = \"a\"", "for_each of aws_api_gateway_method.m must be a map or a set of strings; one is read"),
        (
            "  count = 1\n  for_each = {}",
            "aws_api_gateway_method.m has `count` and `for_each`; `count` is read (remove one of them)",
        ),
    ] {
        let line = if lines.contains('\n') { 12 } else { 11 };
        assert_eq!(of_method(lines), [format!("main.tf:{line} V653 {expected}")], "{lines}");
    }
    for fine in [
        "  count = 2",
        "  count = \"2\"",
        "  count = var.open",
        "  for_each = toset(var.names)",
        "  for_each = { for x in var.names : x => x }",
        "  for_each = length(var.names) > 0 ? toset(var.names) : []",
        "  for_each = var.open",
        "  for_each = toset(var.open)\n  authorization = each.value",
        "  for_each = { for x in var.open : x.name => x }\n  authorization = each.value.auth",
        "  count = var.open\n  authorization = count.index",
    ] {
        assert_eq!(of_method(fine), [""; 0], "{fine}");
    }
}

/// internal/configs/module.go: "Duplicate …".
#[test]
fn blocks_twice() {
    let text = r#"variable "v" {}
variable "v" {}
locals { l = 1 }
locals { l = 2 }
output "o" { value = 1 }
output "o" { value = 2 }
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_rest_api" "a" { name = "b" }
data "aws_region" "a" {}
"#;
    let expected = [
        (2, "var.v"),
        (4, "local.l"),
        (6, "output.o"),
        (8, "aws_api_gateway_rest_api.a"),
    ]
    .map(|(line, name)| {
        format!("main.tf:{line} V533 {name} is declared twice; references lead to the last one (rename or remove one of them)")
    });
    assert_eq!(told(&[("main.tf", text)], ALL), expected);
    let json = r#"{"locals": [{"l": 1}, {"l": 2}], "resource": {"aws_api_gateway_rest_api": {"a": [{}, {}]}}}"#;
    assert_eq!(told(&[("main.tf.json", json)], ALL).len(), 2);
}

#[test]
fn values_that_a_variable_does_not_take() {
    let of = |kind: &str, default: &str| {
        let name = "resource \"aws_api_gateway_rest_api\" \"a\" { name = jsonencode(var.v) }";
        let text = format!("variable \"v\" {{\n  type = {kind}\n  default = {default}\n}}\n{name}\n");
        told(&[("main.tf", &text)], ALL)
    };
    for (kind, default, why) in [
        ("string", "[]", "it must be a string, not a list"),
        ("number", "\"ten\"", "it must be a number, not a string"),
        ("bool", "1", "it must be true or false, not a number"),
        ("list(string)", "{}", "it must be a list, not a map"),
        ("map(number)", "{ a = \"x\" }", "a: it must be a number, not a string"),
        ("object({ a = string, b = optional(number) })", "{ b = 1 }", "it lacks the attribute a"),
        ("tuple([string, number])", "[\"a\"]", "it must have 2 items, not 1"),
        ("list(object({ a = string }))", "[{ a = \"x\" }, {}]", "1: it lacks the attribute a"),
    ] {
        let expected = format!("main.tf:3 V532 var.v has a value of the wrong type: {why}");
        assert_eq!(of(kind, default), [expected], "{kind} {default}");
    }
    for (kind, default) in [
        ("string", "5"),
        ("string", "null"),
        ("number", "\"5\""),
        ("bool", "\"true\""),
        ("any", "[]"),
        ("list(string)", "[1, true]"),
        ("set(string)", "[\"a\"]"),
        ("map(any)", "{}"),
        ("object({ a = optional(string, \"x\"), b = list(number) })", "{ b = [], more = 1 }"),
        ("tuple([string, number])", "[\"a\", 1]"),
    ] {
        assert_eq!(of(kind, default), [""; 0], "{kind} {default}");
    }
    let json = r#"{"variable": {"v": {"type": "object({a = optional(string, \"x\"), b = number})", "default": {"b": "y"}}},
        "resource": {"aws_api_gateway_rest_api": {"a": {"name": "${var.v.a}"}}}}"#;
    let expected = "main.tf.json:1 V532 var.v has a value of the wrong type: b: it must be a number, not a string";
    assert_eq!(told(&[("main.tf.json", json)], ALL), [expected]);
}

#[test]
fn values_that_do_not_pass_a_validation() {
    let of = |values: &str| {
        let text = r#"variable "stage" {
  default = "dev"
  validation {
    condition     = contains(["dev", "prod"], var.stage)
    error_message = "The stage is dev or prod."
  }
  validation {
    condition     = can(cidrhost("10.0.0.0/8", 1))
    error_message = "No."
  }
}
variable "open" {
  type = string
  validation {
    condition     = length(var.open) > 3
    error_message = "Too short."
  }
}
resource "aws_api_gateway_rest_api" "a" { name = "a" }
"#;
        told(&[("main.tf", text), ("terraform.tfvars", values)], ALL)
    };
    assert_eq!(of(""), [""; 0]);
    assert_eq!(
        of("stage = \"test\"\n"),
        ["terraform.tfvars:1 V532 the value of var.stage does not pass its validation: The stage is dev or prod."]
    );
    assert_eq!(
        of("open = \"ab\"\n"),
        ["terraform.tfvars:1 V532 the value of var.open does not pass its validation: Too short."]
    );
    // Terraform warns: "Value for undeclared variable".
    // internal/backend/backendrun/unparsed_value.go: the file is evaluated without functions.
    assert_eq!(of("stage = lower(\"DEV\")\n"), ["terraform.tfvars:1 V536 lower cannot be called in a file of values"]);
    assert_eq!(of("stage = true ? \"dev\" : \"a\"\n"), [""; 0]);
    let unused = "terraform.tfvars:1 V528 the value of stag is not read: the configuration has no such variable";
    assert_eq!(of("stag = 1\n"), [format!("{unused} (did you mean stage?)")]);
}

#[test]
fn arguments_and_outputs_of_modules() {
    let module = "variable \"host\" {}\nvariable \"port\" { default = 1 }\noutput \"uri\" { value = var.host }\n";
    let of = |arguments: &str, name: &str| {
        let root = format!(
            "module \"m\" {{\n  source = \"./m\"\n{arguments}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = {name}\n}}\n"
        );
        told(&[("main.tf", &root), ("m/main.tf", module)], ALL)
    };
    assert_eq!(of("  host = \"a\"\n  port = 2", "module.m.uri"), [""; 0]);
    assert_eq!(of("  host = \"a\"", "try(module.m.url, \"x\")"), [""; 0]);
    assert_eq!(
        of("  host = \"a\"", "module.m.url"),
        ["main.tf:6 V529 module.m.url is not declared (did you mean module.m.uri?)"]
    );
    assert_eq!(
        of("  host = \"a\"\n  hots = 1", "\"a\""),
        ["main.tf:4 V528 the module m has no variable hots; the value is not read (did you mean host?)"]
    );
    assert_eq!(
        of("", "\"a\""),
        ["main.tf:1 V536 the module m gets no value of its variable host (give a value, or declare a default)"]
    );
    let source = |source: &str| {
        let root = format!("module \"m\" {{\n{source}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{}}\n");
        told(&[("main.tf", &root)], ALL).join("").split(" (").next().unwrap_or_default().to_owned()
    };
    assert_eq!(source(""), "main.tf:1 V530 the module m is not read: it has no source");
    assert_eq!(source("  source = \"\""), "main.tf:2 V530 the module m is not read: its source is empty");
    assert_eq!(source("  source = local.x"), "main.tf:1 V530 the module m is not read: its source is no literal text");
}

/// Names in JSON, and a finding once for all instances.
#[test]
fn expressions_in_json() {
    let json = r#"{"resource": {"aws_api_gateway_method": {"m": {"count": 3, "rest_api_id": "a", "resource_id": "r",
        "http_method": "${var.verb}",
        "authorization": "${upper(1, 2)}"}}}}"#;
    assert_eq!(
        told(&[("main.tf.json", json)], ALL),
        [
            "main.tf.json:2 V529 var.verb is not declared (declare it, or mend the name)",
            "main.tf.json:3 V536 upper takes 1 argument, not 2",
        ]
    );
}

/// Arguments and attributes of the provider `aws`, and of Terraform's own blocks.
#[test]
fn arguments_that_are_missing_or_unknown() {
    let of = |name: &str, text: &str| told(&[(name, text)], &["V528", "V529", "V653"]);
    let model = |lines: &str| format!("resource \"aws_api_gateway_model\" \"m\" {{\n{lines}\n}}\n");
    assert_eq!(of("main.tf", &model("  rest_api_id = \"a\"\n  name = \"n\"")), [""; 0]);
    assert_eq!(
        of("main.tf", &model("  rest_api_id = \"a\"\n  name = null")),
        ["main.tf:1 V653 aws_api_gateway_model.m must have name; Terraform refuses it"]
    );
    let integration = "resource \"aws_apigatewayv2_integration\" \"i\" { integration_type = \"MOCK\" }\n";
    assert_eq!(
        of("main.tf", integration),
        ["main.tf:1 V653 aws_apigatewayv2_integration.i must have api_id; Terraform refuses it"]
    );
    let fragment = "resource \"aws_api_gateway_integration\" \"i\" { type = \"HTTP\" }\n";
    assert_eq!(of("main.tf", fragment), [""; 0]);
    let name = |attribute: &str| {
        let model = model("  rest_api_id = \"a\"\n  name = \"n\"");
        of(
            "main.tf",
            &format!(
                "{model}resource \"aws_api_gateway_rest_api\" \"a\" {{ name = aws_api_gateway_model.m.{attribute} }}\n"
            ),
        )
    };
    assert_eq!(name("id"), [""; 0]);
    assert_eq!(name("content_type"), [""; 0]);
    assert_eq!(name("brand_new_attribute"), [""; 0]);
    assert_eq!(name("nmae"), ["main.tf:5 V529 aws_api_gateway_model.m has no attribute nmae (did you mean name?)"]);
    let blocks = "variable \"a\" { defalt = 1 }\noutput \"b\" {\n  value = 1\n  sensitiv = true\n}\n";
    let expected = [
        "main.tf:1 V528 the variable a has no argument defalt; it is not read (did you mean default?)",
        "main.tf:4 V528 the output b has no argument sensitiv; it is not read (did you mean sensitive?)",
    ];
    assert_eq!(of("main.tf", blocks), expected);
    let json = r#"{"//": "c", "resources": {}, "variable": {"a": {"defalt": 1}},
        "resource": {"aws_api_gateway_rest_api": {"a": {}}}}"#;
    let expected = [
        "main.tf.json:1 V528 Terraform has no blocks resources; they are not read (did you mean resource?)",
        "main.tf.json:1 V528 the variable a has no argument defalt; it is not read (did you mean default?)",
    ];
    assert_eq!(of("main.tf.json", json), expected);
}

/// The findings are bounded, and so are their texts.
#[test]
fn many_failures_and_long_names() {
    let many: String = (0..1_500).map(|at| format!("    x{at} = var.v{at}\n")).collect();
    let text = format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = jsonencode({{\n{many}  }})\n}}\n");
    let found = told(&[("main.tf", &text)], ALL);
    assert_eq!(found.len(), 1_001);
    assert!(
        found.iter().any(|line| line.contains("more than 1000 expressions and arguments are wrong")),
        "{:?}",
        found.last()
    );
    let twice = "locals { a = 1 }\n".repeat(1_500);
    let found = told(&[("main.tf", &format!("{twice}{}", named("\"a\"")))], ALL);
    assert_eq!(found.len(), 1_001);
    assert!(found.iter().any(|line| line.contains("more than 1000 blocks are wrong")), "{:?}", found.last());
    let long = named(&format!("var.{}", "n".repeat(100_000)));
    assert!(told(&[("main.tf", &long)], ALL)[0].len() < 300);
}

/// The parser cannot be interrupted, so a long file is given to it in pieces, which are one body.
#[test]
fn a_long_file_of_values_is_parsed_in_pieces() {
    let fillers: String = (0..20_000).map(|at| format!("list_{at} = [\n  1,\n]\n")).collect();
    let text = "variable \"type\" {}\nresource \"aws_api_gateway_rest_api\" \"a\" { name = var.type }\n";
    let of = |values: &str| told(&[("main.tf", text), ("terraform.tfvars", values)], &["V503", "V536"]);
    assert_eq!(
        of(&format!("{fillers}type = lower(\"A\")\n")),
        ["terraform.tfvars:60001 V536 lower cannot be called in a file of values"]
    );
    assert_eq!(
        of(&format!("type = 1\n{fillers}type = \"MOCK\"\n")),
        ["terraform.tfvars:60002 V503 invalid attribute; expected unique attribute key; found redefined attribute"]
    );
}
