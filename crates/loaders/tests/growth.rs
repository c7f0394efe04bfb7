//! The steps of loading grow with the document: twice the document takes at most 2.3 times the steps, an
//! exponent of 1.2, or the budget ends it.

use vtl_loaders::{File, Options, load};

/// Returns the steps that a document takes; `None` if a limit ends the loading.
fn steps(name: &str, text: String) -> Option<u64> {
    match load(&[File::new(name, text)], &Options::default()) {
        Ok(document) => Some(document.steps()),
        Err(error) => {
            let code = error.diagnostic().code.name();
            assert!(["step-limit", "memory-limit", "document-limit"].contains(&code), "{name}: {error}");
            None
        }
    }
}

/// Repeats a text with a number in place of `#`.
fn many(count: usize, text: &str) -> String {
    (0..count).map(|at| text.replace('#', &at.to_string())).collect()
}

const API: &str = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n";

/// A dimension: its name, the name of the document, and the document of a size.
type Dimension = (&'static str, &'static str, fn(usize) -> String);

const DIMENSIONS: &[Dimension] = &[
    ("parameters", "t.yaml", |n| {
        format!(
            "Parameters:\n{}{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub '{}'}}}}\n",
            many(n, "  P#: {Type: String, Default: a}\n"),
            many(n, "${P#}")
        )
    }),
    ("conditions", "t.yaml", |n| {
        format!(
            "Conditions:\n  C0: !Equals [a, a]\n{}{API}  B: {{Type: AWS::ApiGateway::RestApi, Condition: C0}}\n",
            many(n, "  D#: !And [{Condition: C0}, {Condition: C0}]\n")
        )
    }),
    ("nested functions", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {}a{}}}}}\n",
            "!Join ['', [".repeat(n / 16),
            "]]".repeat(n / 16)
        )
    }),
    ("arguments of Fn::Join", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Join ['-', [{}]]}}}}\n",
            "a, ".repeat(n)
        )
    }),
    ("variables of Fn::Sub", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub ['{}', {{{}}}]}}}}\n",
            many(n, "${v#}"),
            many(n, "v#: a, ")
        )
    }),
    ("resources", "t.yaml", |n| {
        API.to_owned() + &many(n, "  B#: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n")
    }),
    ("loops", "t.yaml", |n| {
        format!("{API}  Fn::ForEach::L: [I, [{}], {{'B${{I}}': {{Type: AWS::ApiGateway::RestApi}}}}]\n", many(n, "#, "))
    }),
    ("functions of SAM with Globals", "t.yaml", |n| {
        format!(
            "Globals: {{Function: {{AutoPublishAlias: live}}}}\nResources:\n{}",
            many(n, "  F#: {Type: AWS::Serverless::Function, Properties: {}}\n")
        )
    }),
    ("locals", "main.tf", |n| {
        format!(
            "locals {{\n{}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{}\" }}\n",
            many(n, "  a# = \"x\"\n"),
            many(n, "${local.a#}")
        )
    }),
    ("items of a comprehension", "main.tf", |n| {
        format!(
            "resource \"aws_api_gateway_rest_api\" \"a\" {{ name = join(\"\", [for i in [{}] : i]) }}\n",
            many(n, "\"#\", ")
        )
    }),
    ("unknown values", "main.tf", |n| {
        format!(
            "variable \"v\" {{}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{}\" }}\n",
            "${var.v}".repeat(n)
        )
    }),
    ("resources of Terraform", "main.tf", |n| {
        many(n, "resource \"aws_api_gateway_rest_api\" \"a#\" {\n  name = \"a\"\n}\n")
    }),
    ("variables of the shell", "put.sh", |n| {
        format!("{}aws apigateway create-rest-api --name \"{}\"\n", many(n, "A#=x\n"), many(n, "$A#"))
    }),
    ("doubled variables of the shell", "put.sh", |n| {
        format!("A=x\n{}aws apigateway create-rest-api --name a\n", "A=\"$A$A\"\n".repeat(n))
    }),
    ("doubled locals", "main.tf", |n| {
        let doubled: String =
            (1..n).map(|at| format!("  a{at} = \"${{local.a{0}}}${{local.a{0}}}\"\n", at - 1)).collect();
        format!(
            "locals {{\n  a0 = \"x\"\n{doubled}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = local.a{} }}\n",
            n - 1
        )
    }),
];

#[test]
fn steps_grow_with_the_document() {
    let mut found = Vec::new();
    for (dimension, name, document) in DIMENSIONS {
        let (Some(small), Some(large)) = (steps(name, document(200)), steps(name, document(400))) else { continue };
        // A document of no work has a step or two.
        if large as f64 > 2.3 * small.max(10) as f64 {
            found.push(format!("{dimension}: {small} to {large} steps"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
