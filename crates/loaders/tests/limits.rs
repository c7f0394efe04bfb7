//! Documents that are too large, refer to themselves, or grow when they are read end in an error.

use vtl::Limits;
use vtl_loaders::{Document, File, Kind, Options, load};

/// Returns the name of the error's code; empty if the document loads.
fn refused(name: &str, text: String) -> &'static str {
    let loaded = load(&[File::new(name, text)], &Options::default());
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
}

/// Reads a document with its findings and its JSON.
fn read(name: &str, text: String) -> Document {
    let document = load(&[File::new(name, text)], &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    assert!(!document.to_json().to_string().is_empty(), "{name}");
    document
}

const REST: &str = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n";

#[test]
fn five_megabytes() {
    let text = format!("{{\"swagger\": \"2.0\", \"x\": \"{}\"}}", "x".repeat(9 << 20));
    assert_eq!(refused("large.json", text), "document-limit");
}

#[test]
fn aliases_of_aliases() {
    let mut text = "swagger: '2.0'\na: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("b{level}: &a{level} [{alias}]\n");
    }
    assert_eq!(refused("bomb.yaml", text), "document-limit");
    let long = format!("swagger: '2.0'\na: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100_000));
    assert_eq!(refused("long.yaml", long), "document-limit");
    let merged = format!("a: &a {{{}}}\nb: [{}]\n", "k: v, ".repeat(5_000), "{<<: *a}, ".repeat(20_000));
    assert_eq!(refused("merge.yaml", merged), "document-limit");
}

#[test]
fn depth() {
    let list = "[".repeat(100_000);
    assert_eq!(refused("deep.json", format!("{{\"swagger\": {list}")), "document-limit");
    // The parser has a limit of its own.
    assert!(["document-limit", "malformed-yaml"].contains(&refused("deep.yaml", format!("swagger: {list}"))));
    let block: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(refused("block.yaml", block), "document-limit");
}

#[test]
fn circular_references() {
    let text = "openapi: 3.0.1\npaths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n";
    assert_eq!(refused("circle.yaml", text.to_owned()), "circular-reference");
    let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      parameters: [{$ref: '#/p'}]\n      x-amazon-apigateway-integration: {$ref: '#/i'}\n\
                i: {$ref: '#/i'}\np: {$ref: '#/p'}\n";
    assert_eq!(refused("self.yaml", text.to_owned()), "circular-reference");
}

#[test]
fn cyclic_parents() {
    let text = format!(
        "{REST}  \
           X: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: !Ref Y, PathPart: x}}}}\n  \
           Y: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: !Ref X, PathPart: y}}}}\n  \
           M: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref A, ResourceId: !Ref X, HttpMethod: GET}}}}\n"
    );
    assert_eq!(refused("circle.yaml", text), "circular-reference");
}

#[test]
fn functions_that_multiply_what_is_written() {
    let refused = |name: &str, text: &str| refused_small(name, text, Options::new());
    let many = "${P}".repeat(10_000);
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {}}}}}\n{REST}  \
           B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub '{many}'}}}}\n",
        "x".repeat(10_000)
    );
    assert_eq!(refused("sub.yaml", &text), "memory-limit");
    let base64 = (0..100).fold("x".repeat(1_000), |inner, _| format!("{{Fn::Base64: {inner}}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {base64}}}}}\n");
    assert_eq!(refused("base64.yaml", &text), "memory-limit");
    let json = (0..100).fold("'\"'".to_owned(), |inner, _| format!("{{Fn::ToJsonString: [{inner}]}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {json}}}}}\n");
    assert_eq!(refused("json.yaml", &text), "memory-limit");
}

#[test]
fn conditions_that_ask_each_other() {
    let steps = |levels: usize| {
        let mut text = "Conditions:\n".to_owned();
        for level in 0..levels {
            text += &format!("  C{level}: !And [!Condition C{0}, !Condition C{0}]\n", level + 1);
        }
        text += &format!(
            "  C{levels}: !Equals [!Ref Unknown, a]\n{REST}  B: {{Type: AWS::ApiGateway::RestApi, Condition: C0, Properties: {{Name: !If [C0, a, b]}}}}\n"
        );
        read("conditions.yaml", text).steps()
    };
    // Each condition is evaluated once.
    assert!(steps(200) < 2 * steps(100));
}

#[test]
fn loops_in_loops() {
    let items = format!("[{}]", (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
    let text = format!(
        "{REST}  Fn::ForEach::One: [I, {items}, {{'Fn::ForEach::Two${{I}}': [J, {items}, {{'Fn::ForEach::Three${{I}}${{J}}': [K, {items}, \
         {{'X${{I}}${{J}}${{K}}': {{Type: AWS::ApiGateway::RestApi}}}}]}}]}}]\n"
    );
    assert_eq!(refused_small("loops.yaml", &text, Options::new()), "memory-limit");
}

#[test]
fn many_routes_are_read() {
    let paths: Vec<String> = (0..4_000)
        .map(|n| format!("\"/p{n}\": {{\"get\": {{\"x-amazon-apigateway-integration\": {{\"type\": \"http\", \"uri\": \"nonsense\"}}}}}}"))
        .collect();
    // One long line.
    let document = read("routes.json", format!("{{\"swagger\": \"2.0\", \"paths\": {{{}}}}}", paths.join(", ")));
    assert_eq!(document.routes.len(), 4_000);
    let events: String = (0..8_000)
        .map(|n| format!("        E{n}: {{Type: Api, Properties: {{Path: /p{n}, Method: get}}}}\n"))
        .collect();
    let document = read(
        "events.yaml",
        format!("Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n{events}"),
    );
    assert_eq!(document.routes.len(), 8_000);
}

#[test]
fn a_chain_of_resources_has_long_paths() {
    let chain: String = (1..8_000)
        .map(|n| {
            let above = if n == 1 { "!GetAtt A.RootResourceId".to_owned() } else { format!("!Ref R{}", n - 1) };
            format!(
                "  R{n}: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: {above}, PathPart: p}}}}\n  \
                   M{n}: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref A, ResourceId: !Ref R{n}, HttpMethod: GET}}}}\n"
            )
        })
        .collect();
    assert_eq!(refused("chain.yaml", format!("{REST}{chain}")), "step-limit");
}

/// A document of each format that takes some thousand steps.
fn documents() -> Vec<(Kind, &'static str, String)> {
    let many = |count: usize, text: &str| (0..count).map(|at| text.replace('#', &at.to_string())).collect::<String>();
    let paths =
        |head: &str| head.to_owned() + &many(300, "  /p#: {get: {x-amazon-apigateway-integration: {type: mock}}}\n");
    let resources = REST.to_owned()
        + &many(300, "  R#: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub 'a${AWS::Region}'}}\n");
    let locals = many(300, "  a# = join(\",\", [for i in range(20) : \"x${i}\"])\n");
    let uses = many(300, "${local.a#}");
    let resource = r#"{"address": "aws_api_gateway_rest_api.a#", "mode": "managed", "type": "aws_api_gateway_rest_api", "name": "a#", "values": {"name": "a"}}"#;
    let planned = many(300, &format!("{resource}, ")) + &resource.replace('#', "z");
    let events = many(300, "        E#: {Type: Api, Properties: {Path: /p#, Method: get}}\n");
    vec![
        (Kind::OpenApi2, "api.yaml", paths("swagger: '2.0'\npaths:\n")),
        (Kind::OpenApi3, "api.yaml", paths("openapi: 3.0.1\npaths:\n")),
        (Kind::CloudFormation, "t.yaml", resources),
        (
            Kind::Sam,
            "t.yaml",
            format!("Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n{events}"),
        ),
        (
            Kind::Terraform,
            "main.tf",
            format!("locals {{\n{locals}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{uses}\" }}\n"),
        ),
        (
            Kind::TerraformJson,
            "main.tf.json",
            format!(
                r#"{{"resource": {{"aws_api_gateway_rest_api": {{{}"z": {{"name": "a"}}}}}}}}"#,
                many(300, r#""a#": {"name": "a"}, "#)
            ),
        ),
        (
            Kind::TerraformPlan,
            "plan.json",
            format!(
                r#"{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [{planned}]}}}}}}"#
            ),
        ),
        (
            Kind::TerraformState,
            "state.json",
            format!(r#"{{"format_version": "1.0", "values": {{"root_module": {{"resources": [{planned}]}}}}}}"#),
        ),
        (
            Kind::Cdk,
            "manifest.json",
            format!(
                r#"{{"version": "36.0.0", "artifacts": {{{}"z": {{"type": "cdk:tree"}}}}}}"#,
                many(300, r#""a#": {"type": "cdk:tree"}, "#)
            ),
        ),
        (
            Kind::Serverless,
            "serverless.yml",
            format!(
                "service: a\nprovider: {{name: aws}}\nfunctions:\n{}",
                many(200, "  f#: {handler: a, events: [{http: {path: p#, method: get}}]}\n")
            ),
        ),
        (Kind::AwsCli, "put.sh", many(300, "aws apigateway create-rest-api --name a#\n")),
    ]
}

/// Every look at the flag may be the one that cancels: the document is not read then, and is read whole where
/// the flag stays down.
#[test]
fn a_load_of_each_format_is_cancelled_at_any_look_at_the_flag() {
    let kinds: Vec<Kind> = documents().into_iter().map(|(kind, ..)| kind).collect();
    assert!(Kind::ALL.iter().all(|kind| kinds.contains(kind)), "no document of a format: {kinds:?}");
    for (kind, name, text) in documents() {
        let looks = std::cell::Cell::new(0_u32);
        let loaded = |moment: u32| {
            looks.set(0);
            let cancel = || {
                looks.set(looks.get() + 1);
                looks.get() >= moment
            };
            load(&[File::new(name, text.as_str())], &Options::new().cancel_when(&cancel))
                .map(|document| (document.kind, document.to_json().to_string()))
                .map_err(|error| error.diagnostic().code.name())
        };
        let whole = loaded(u32::MAX);
        let all = looks.get();
        assert_eq!(whole.as_ref().map(|(found, _)| *found), Ok(kind), "{name}");
        assert!(all > 2, "{kind:?}: {all} looks");
        for moment in (1..=all).step_by((all as usize / 12).max(1)) {
            assert_eq!(loaded(moment), Err("cancelled"), "{kind:?}: look {moment} of {all}");
        }
        assert_eq!(loaded(all + 1), whole, "{kind:?}");
    }
}

/// With fewer steps or bytes than it takes, a document is refused, whichever part of it was read last.
#[test]
fn no_reader_of_a_format_swallows_a_limit() {
    for (kind, name, text) in documents() {
        let refused = |limits: Limits| {
            let loaded = load(&[File::new(name, text.as_str())], &Options::new().limits(limits));
            loaded.map(|document| document.steps()).map_err(|error| error.diagnostic().code.name())
        };
        let steps = refused(Limits::none()).unwrap_or_else(|code| panic!("{kind:?}: {code}"));
        for most in (0..20).map(|part| steps * part / 20).chain(steps - 5..steps) {
            let found = refused(Limits::none().with_steps(Some(most)));
            assert_eq!(found, Err("step-limit"), "{kind:?}: {most} of {steps} steps");
        }
        for bytes in [0, 1_000, 10_000] {
            let found = refused(Limits::none().with_memory(Some(bytes)));
            assert_eq!(found, Err("memory-limit"), "{kind:?}: {bytes} bytes");
        }
        assert_eq!(refused(Limits::none().with_steps(Some(steps))), Ok(steps), "{kind:?}");
    }
}

/// A document whose templates take more steps to check than are left tells so.
#[test]
fn the_checks_of_a_document_end_with_its_steps() {
    let template = "$a.b.c ".repeat(20_000);
    let all: String = (0..10).map(|at| format!("          text/t{at}: '{template}'\n")).collect();
    let text = format!(
        "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        \
         requestTemplates:\n{all}"
    );
    let options = Options::new().limits(Limits::service().with_steps(Some(1_000_000)));
    let document = load(&[File::new("api.yaml", text)], &options).unwrap_or_else(|error| panic!("{error}"));
    assert!(document.diagnostics().iter().any(|found| found.code.name() == "step-limit"));
}

/// Work that costs the product of two parts of a document ends with the budget.
#[test]
fn products_of_parts_run_out_of_steps() {
    let keys: String = (0..20_000).map(|at| format!("k{at} = 1, ")).collect();
    let text =
        format!("locals {{\n  o = {{{keys}}}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"a\" }}\n");
    assert_eq!(refused("main.tf", text), "step-limit");
    let body = "locals {\n  b = jsonencode([for i in range(100) : [for j in range(100) : \"x\"]])\n}\n".to_owned();
    let many = "resource \"aws_api_gateway_rest_api\" \"a\" {\n  count = 1000\n  body  = local.b\n}\n";
    assert_eq!(refused_small("main.tf", &body, Options::new()), "");
    assert_eq!(refused_small("main.tf", &(body + many), Options::new()), "memory-limit");
    let nested = "{\"a\": ".repeat(200) + &format!("[{}1]", "1,".repeat(20_000)) + &"}".repeat(200);
    let paths: Vec<String> = (0..200)
        .map(|at| format!(r##""/p{at}": {{"post": {{"requestBody": {{"content": {{"a/b": {{"schema": {{"$ref": "#/x{}"}}}}}}}}}}}}"##, "/a".repeat(at)))
        .collect();
    let text = format!(r#"{{"openapi": "3.0.1", "paths": {{{}}}, "x": {nested}}}"#, paths.join(", "));
    assert_eq!(refused("a.json", text), "memory-limit");
    let commands = ":\n".repeat(1 << 20) + "aws apigateway create-rest-api --name a\n";
    assert_eq!(refused("put.sh", commands), "memory-limit");
}

/// The HCL parser makes a value with its decoration of each item, argument and block, however short.
#[test]
fn short_parts_by_the_million_run_out_of_memory() {
    let list = |items: usize| format!("locals {{\n  x = [{}]\n}}\n", "1,".repeat(items));
    assert_eq!(refused("main.tf", list(1_500_000)), "memory-limit");
    assert_eq!(refused("main.tf", "x {}\n".repeat(500_000)), "memory-limit");
    let arguments: String = (0..600_000).map(|at| format!("a{at}=1\n")).collect();
    assert_eq!(refused("main.tf", format!("locals {{\n{arguments}}}\n")), "memory-limit");
}

/// The HCL parser parses the second operand of a chain twice if it is broken, at each level.
#[test]
fn broken_operands_within_operands_run_out_of_steps() {
    let nested = |levels: usize| format!("locals {{\n  x = {}", "a + b + {c = ".repeat(levels));
    assert_eq!(refused("main.tf", nested(8)), "malformed-hcl");
    for levels in [30, 60, 10_000] {
        assert_eq!(refused("main.tf", nested(levels)), "step-limit", "{levels}");
    }
    let template = serde_json::json!({"locals": {"x": format!("# ${{{}", "a%b%c[".repeat(40))}, "resource": {
        "aws_api_gateway_rest_api": {"a": {"name": "${local.x}"}}}});
    assert_eq!(refused("main.tf.json", template.to_string()), "step-limit");
}

/// Returns the name of the error's code under small limits; empty if the document loads.
fn refused_small(name: &str, text: &str, options: Options<'_>) -> &'static str {
    let limits = Limits::service().with_memory(Some(8 << 20)).with_steps(Some(4_000_000));
    let loaded = load(&[File::new(name, text)], &options.limits(limits));
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
}

/// A text that is written once and copied to each of many routes is charged for each copy.
#[test]
fn a_text_that_routes_share_is_charged_with_each() {
    let long = "x".repeat(15_000);
    let routes = |item: &str| (0..1_000).map(|at| format!("  /p{at}: {{get: {item}}}\n")).collect::<String>();
    let integration = "{x-amazon-apigateway-integration: {$ref: '#/x'}}";
    let documents = [
        format!(
            "swagger: '2.0'\nx: {{type: http, httpMethod: GET, uri: 'http://{long}.test'}}\npaths:\n{}",
            routes(integration)
        ),
        format!(
            "openapi: 3.0.1\nx-amazon-apigateway-request-validator: {long}\npaths:\n{}",
            routes("{x-amazon-apigateway-integration: {type: mock}}")
        ),
        format!(
            "openapi: 3.0.1\nx: {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/{long}'}}}}}}}}\ncomponents: \
             {{schemas: {{? {long} : {{}}}}}}\npaths:\n{}",
            routes("{requestBody: {$ref: '#/x'}}")
        ),
        format!("openapi: 3.0.1\nx: {{in: query, name: {long}}}\npaths:\n{}", routes("{parameters: [{$ref: '#/x'}]}")),
    ];
    for text in &documents {
        assert_eq!(refused_small("api.yaml", text, Options::new()), "memory-limit", "{}", &text[text.len() - 100..]);
    }
    let resources = |properties: &str, count: usize, of: &str| {
        let methods: String = (0..count).map(|at| format!("  M{at}: {of}\n")).collect();
        format!("Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}\n{properties}\n{methods}")
    };
    let method = "{Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, ResourceId: !Ref R, HttpMethod: GET, \
         RequestModels: {a/b: !Ref M}}}";
    let part = format!(
        "  R: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: !GetAtt A.RootResourceId, PathPart: {long}}}}}"
    );
    let model =
        format!("  M: {{Type: AWS::ApiGateway::Model, Properties: {{RestApiId: !Ref A, Name: {long}, Schema: {{}}}}}}");
    let events: String =
        (0..1_000).map(|at| format!("E{at}: {{Type: Api, Properties: {{Method: get, Path: /p{at}}}}}, ")).collect();
    let function = |name: &str, events: &str| {
        format!("  ? {name}\n  : {{Type: AWS::Serverless::Function, Properties: {{Events: {{{events}}}}}}}")
    };
    let cors = format!(
        "  S: {{Type: AWS::Serverless::Api, Properties: {{StageName: s, Cors: {{AllowHeaders: \"'{long}'\"}}}}}}"
    );
    let owned = events.replace("Method:", "RestApiId: !Ref S, Method:");
    for text in [
        resources(&part, 1_000, method),
        resources(&model, 1_000, method),
        resources(&function(&long, &events), 0, ""),
        resources(&function(&long, &events.replace("Type: Api", "Type: Other")), 0, ""),
        resources(&format!("{cors}\n{}", function("F", &owned)), 0, ""),
    ] {
        let found = refused_small("template.yaml", &text, Options::new());
        assert_eq!(found, "memory-limit", "{}", &text[text.len() - 100..]);
    }
}

/// A text that is written once and copied by each use of a function, a variable or an alias is charged for each copy.
#[test]
fn a_text_that_values_share_is_charged_with_each() {
    let long = "1".repeat(100_000);
    let given = || Options::new().parameters([("P", long.as_str())]);
    let api = "resource \"aws_api_gateway_rest_api\" \"a\" {\n  name = \"a\"\n}\n";
    let uses = |what: &str| format!("[{}]", vec![what; 1_000].join(", "));
    let resources = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, Description: ";
    for (name, text, options) in [
        ("put.sh", format!("aws apigateway create-rest-api --name \"{}\"\n", "$P".repeat(1_000)), given()),
        ("t.yaml", format!("Parameters: {{P: {{Type: String}}}}\n{resources}{}}}}}\n", uses("!Ref P")), given()),
        (
            "t.yaml",
            format!("Mappings: {{M: {{a: {{b: !Sub '{long}'}}}}}}\n{resources}{}}}}}\n", uses("!FindInMap [M, a, b]")),
            Options::new(),
        ),
        ("t.yaml", format!("x: &x {long}\n{resources}{}}}}}\n", uses("*x")), Options::new()),
        (
            "t.yaml",
            format!("x: &x {{Fn::Sub: '{}'}}\n{resources}{}}}}}\n", "${-}".repeat(2_000), uses("*x")),
            Options::new(),
        ),
        (
            "main.tf",
            format!("locals {{\n  a = jsondecode(\"{long}\")\n  b = {}\n  c = [local.b, local.b]\n}}\n{api}  \n", uses("local.a")).replace("name = \"a\"", "name = jsonencode(local.c)"),
            Options::new(),
        ),
        (
            "main.tf",
            format!("variable \"v\" {{\n  type = list(object({{a = optional(string, \"{long}\")}}))\n  default = {}\n}}\n{api}", uses("{}"))
                .replace("name = \"a\"", "name = length(var.v)"),
            Options::new(),
        ),
        (
            "main.tf",
            format!("{api}resource \"aws_api_gateway_resource\" \"{long}\" {{\n  count = 1000\n  rest_api_id = aws_api_gateway_rest_api.a.id\n}}\n"),
            Options::new(),
        ),
        (
            "serverless.yml",
            format!("service: s\nprovider: {{name: aws}}\ncustom: {{a: {}}}\nfunctions: {{f: {{handler: '${{self:custom.a}}', events: [{{http: GET /a}}]}}}}\n", uses("'${param:P}'")),
            given(),
        ),
    ] {
        let found = refused_small(name, &text, options);
        assert!(["memory-limit", "document-limit"].contains(&found), "{name}: {found}: {}", &text[..80.min(text.len())]);
    }
}

/// Names are looked up in tables, and what is compared with all others is charged.
#[test]
fn tables_are_not_searched_from_the_front() {
    let steps = |name: &str, text: String, options: Options<'_>| {
        load(&[File::new(name, text)], &options).unwrap_or_else(|error| panic!("{error}")).steps()
    };
    // Names that the template does not declare are compared with those that it does.
    let declared: String = (0..4_000).map(|at| format!("  P{at}: {{Type: String, Default: a}}\n")).collect();
    let template = format!("Parameters:\n{declared}{REST}");
    let given = |n: usize| Options::new().parameters((0..n).map(|at| (format!("Q{at}"), "a")));
    assert!(steps("t.yaml", template.clone(), given(100)) - steps("t.yaml", template.clone(), given(0)) > 1_000_000);
    assert_eq!(refused_small("t.yaml", &template, given(4_000)), "step-limit");
    let declared: String = (0..1_000).map(|at| format!("variable \"p{at}\" {{\n  default = 1\n}}\n")).collect();
    let text = format!("{declared}resource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = \"a\"\n}}\n");
    assert!(steps("main.tf", text.clone(), given(100)) - steps("main.tf", text, given(0)) > 1_600_000);
    // A pattern may look at the rest of the text for each match.
    let text = format!(
        "locals {{\n  a = replace(\"{}\", \"/.*b|a/\", \"\")\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = length(local.a)\n}}\n",
        "a".repeat(40_000)
    );
    assert_eq!(refused_small("main.tf", &text, Options::new()), "step-limit");
    // Members take more memory than their bytes.
    let text = format!("locals {{\n  a = [{}]\n}}\n", "a.b,".repeat(20_000));
    assert_eq!(refused_small("main.tf", &text, Options::new()), "memory-limit");
}

/// Entries that are not read, because they are too many, are told.
#[test]
fn entries_beyond_a_limit_are_told() {
    let many = |entry: &dyn Fn(usize) -> String| (0..5_005).map(entry).collect::<Vec<_>>().join(", ");
    let told = |text: String| {
        let document = read("api.yaml", text);
        document.diagnostics().iter().filter(|found| found.code.name() == "too-many-entries").count()
    };
    let operation = |inner: String| format!("openapi: 3.0.1\npaths:\n  /a:\n    get: {{{inner}}}\n");
    let parameters = many(&|at| format!("{{in: query, name: q{at}}}"));
    assert_eq!(told(operation(format!("parameters: [{parameters}]"))), 1);
    let content = many(&|at| format!("a/b{at}: {{schema: {{$ref: '#/components/schemas/Empty'}}}}"));
    assert_eq!(told(operation(format!("requestBody: {{content: {{{content}}}}}"))), 1);
    let responses = many(&|at| format!("'{at}': {{statusCode: 200}}"));
    let integration = format!("x-amazon-apigateway-integration: {{type: mock, responses: {{{responses}}}}}");
    assert_eq!(told(operation(integration)), 1);
    let variables = many(&|at| format!("v{at}: a"));
    let stage = format!(
        "{REST}  S: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref A, StageName: s, Variables: {{{variables}}}}}}}\n"
    );
    assert_eq!(told(stage), 1);
    let keys = many(&|at| format!("k{at}"));
    let cached = format!("x-amazon-apigateway-integration: {{type: mock, cacheKeyParameters: [{keys}]}}");
    assert_eq!(told(operation(cached)), 1);
    let headers = many(&|at| format!("h{at}: {{}}"));
    assert_eq!(told(operation(format!("responses: {{'200': {{headers: {{{headers}}}}}}}"))), 1);

    let lost: String = (0..1_500).map(|at| format!("  /p{at}: {{$ref: '#/x{at}'}}\n")).collect();
    let document = read("api.yaml", format!("openapi: 3.0.1\npaths:\n{lost}"));
    let found = document.diagnostics();
    assert!(found.iter().any(|found| found.message.contains("500 more references")), "{}", found.len());

    let key = format!("openapi: 3.0.1\npaths: {{? /{} : {{}}}}\n", "a".repeat(17_000));
    assert_eq!(refused("api.yaml", key), "document-limit");
    // A path of many parts has one resource for the last of them.
    let path = "/a".repeat(70);
    let text = format!(
        "service: s\nprovider: {{name: aws}}\nfunctions: {{f: {{handler: h, events: [{{http: 'GET {path}'}}]}}}}\n"
    );
    let document = read("serverless.yml", text);
    let (_, method) = document.method(0).expect("the route");
    assert_eq!(method.path.as_deref(), Some(path.as_str()));
}

/// Files that a document refers to are read until they are too large together.
#[test]
fn files_are_read_up_to_the_limit_of_all() {
    let count = std::cell::Cell::new(0);
    let read = |_: &str| {
        count.set(count.get() + 1);
        Some(format!("a: {}", "x".repeat(3 << 20)))
    };
    let references: String = (0..50).map(|at| format!("  /p{at}: {{$ref: 'f{at}.yaml#/a'}}\n")).collect();
    let file = File::new("api.yaml", format!("openapi: 3.0.1\npaths:\n{references}"));
    let document = load(&[file], &Options::new().read_file(&read)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(count.get(), 3);
    let found = document.diagnostics();
    assert!(found.iter().any(|found| found.message.contains("f40.yaml")), "{found:?}");
}

/// Mappings with regular expressions took 8 s, each with a budget of its own.
#[test]
fn regular_expressions_of_mappings_share_a_budget() {
    let document = |mappings: usize| {
        let source = format!("method.request.body[?(@.a =~ /{}/)]", r"\\pL".repeat(200));
        let all: Vec<String> =
            (0..mappings).map(|at| format!("\"integration.request.header.h{at}\": \"{source}\"")).collect();
        format!(
            "{{\"openapi\": \"3.0.1\", \"info\": {{\"title\": \"a\", \"version\": \"1\"}}, \"paths\": {{\"/\": {{\"get\": {{\
             \"x-amazon-apigateway-integration\": {{\"type\": \"http\", \"httpMethod\": \"GET\", \"uri\": \"https://a.test/\", \
             \"responses\": {{\"default\": {{\"statusCode\": \"200\"}}}}, \"requestParameters\": {{{}}}}}}}}}}}}}",
            all.join(", ")
        )
    };
    let names = |mappings| {
        let found = read("m.json", document(mappings)).diagnostics();
        found.iter().map(|it| it.code.name()).filter(|name| *name == "step-limit").count()
    };
    assert_eq!((names(50), names(500)), (0, 1));
}

#[test]
fn findings_are_listed_up_to_a_number() {
    let parameters: String =
        (0..6_000).map(|at| format!("  P{at}: {{Type: String, Default: a, AllowedValues: [b]}}\n")).collect();
    let document = read("many.yaml", format!("Parameters:\n{parameters}{REST}"));
    let found = document.diagnostics();
    assert_eq!(found.len(), 5_001, "{:?}", found.last());
    assert!(found.iter().any(|it| it.message == "and 1000 more findings like this one or others"));
}

/// A document of 2 MB had 1.2 million findings, and printing them took 2 GB.
#[test]
fn findings_of_the_check_are_listed_up_to_a_number() {
    let parameters: String = (0..5_000).map(|at| format!("        a{at}: '1'\n")).collect();
    let shared = format!("x:\n  {{type: mock, requestParameters: &p\n      {{{}}}}}\n", parameters.replace('\n', ","));
    let paths: String = (0..11)
        .map(|at| format!("  /p{at}: {{get: {{x-amazon-apigateway-integration: {{$ref: '#/x'}}}}}}\n"))
        .collect();
    let document = read("many.yaml", format!("openapi: 3.0.1\npaths:\n{paths}{shared}"));
    let found = document.diagnostics();
    assert_eq!(found.len(), 50_001);
    let more = found.iter().filter(|it| it.message.ends_with("more findings like this one or others"));
    assert_eq!(more.count(), 1);
}

/// Charges what is looked at without being copied: it took 20 s.
#[test]
fn lines_and_names_that_are_looked_at_are_charged() {
    let lines = "y\n".repeat(40_000);
    let heredoc = format!("[for i in range(1000): <<-EOT\n%{{ if false }}{lines}%{{ endif }}\nEOT\n]");
    let text =
        format!("locals {{\n a = {heredoc}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{\n name = local.a\n}}\n");
    assert_eq!(refused_small("main.tf", &text, Options::new()), "step-limit");
    // A name that SAM may make is compared with all beginnings of resources.
    let name = "n".repeat(250);
    let mapped = format!("Mappings: {{M: {{a: {{b: !Sub '{}'}}}}}}\n", format!("${{{name}}}").repeat(20));
    let found = "!FindInMap [M, a, b], ".repeat(1_000);
    let text = format!(
        "{mapped}Resources:\n  F: {{Type: AWS::Serverless::Function}}\n  \
         A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Join ['', [{found}]]}}}}\n"
    );
    assert_eq!(refused_small("t.yaml", &text, Options::new()), "step-limit");
}

/// The rows of the sets in front of an empty one are not made.
#[test]
fn a_product_with_an_empty_set_is_empty() {
    let text = "locals {\n p = setproduct(range(1000), range(100), [])\n}\n\
                resource \"aws_api_gateway_rest_api\" \"a\" {\n name = \"n${length(local.p)}\"\n}\n";
    let measured = allocation_counter::measure(|| {
        let loaded = read("main.tf", text.to_owned());
        assert!(loaded.to_json().to_string().contains("n0"), "{}", loaded.to_json());
    });
    assert!(measured.bytes_max < 4 << 20, "{} bytes at a time", measured.bytes_max);
}

/// An item that paths share is looked at once, and what each instance copies is charged.
#[test]
fn unknown_names() {
    let names: String = (0..1_000).map(|at| format!("  unknown{at}: 1\n")).collect();
    let paths: String = (0..2_000).map(|at| format!("  /p{at}: {{$ref: '#/x-item'}}\n")).collect();
    let text = format!("openapi: 3.0.1\nx-item:\n{names}paths:\n{paths}");
    let started = read("shared.yaml", text);
    let unknown = |document: &Document| document.diagnostics().iter().filter(|it| it.code.as_str() == "V528").count();
    assert_eq!(unknown(&started), 101);
    let long: String = (0..100).map(|at| format!("u{at}{} = 1\n", "x".repeat(16_000))).collect();
    let text = format!("resource \"aws_api_gateway_method\" \"m\" {{\n  count = 5000\n{long}}}\n");
    assert_eq!(refused("main.tf", text), "memory-limit");
    let method = "resource \"aws_api_gateway_method\" \"m\" {}\n";
    assert_eq!(unknown(&read("main.tf", method.to_owned() + &"a {}\n".repeat(3_000))), 1_001);
    let blocks = "dynamic \"a\" {}\n".repeat(100_000);
    let text = format!("resource \"aws_api_gateway_integration\" \"i\" {{\n  type = \"MOCK\"\n{blocks}}}\n");
    assert!(unknown(&read("main.tf", text)) > 1_000);
}

/// A counted repetition has as many states as it counts to, and each character of the value leads to others.
#[test]
fn patterns_of_terraform_pay_for_their_states() {
    let text = |pattern: &str| {
        let value = "ab".repeat(200_000);
        format!(
            "locals {{\n  v = \"{value}\"\n  n = replace(local.v, \"/{pattern}/\", \"\")\n}}\n\
             resource \"aws_api_gateway_rest_api\" \"a\" {{ name = local.n }}\n"
        )
    };
    assert_eq!(refused("main.tf", text("a[ab]{3000}c")), "step-limit");
    assert_eq!(refused("main.tf", text("[ab]+")), "");
    assert_eq!(refused("main.tf", text("\\\\s+")), "");
}

/// A pattern on a short value pays for being compiled: thousands of validations are honest.
#[test]
fn validations_by_patterns_pay_for_their_automata() {
    let text = |count: usize, pattern: &str| {
        let variable = |at: usize| {
            format!(
                "variable \"v{at}\" {{\n  default = \"10.0.{}.0/24\"\n  validation {{\n    \
                 condition = can(regex(\"{pattern}\", var.v{at}))\n    error_message = \"no\"\n  }}\n}}\n",
                at % 256
            )
        };
        format!(
            "{}resource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"n\" }}\n",
            (0..count).map(variable).collect::<String>()
        )
    };
    let number = "[0-9]{1,3}";
    let range = format!("^{number}\\\\.{number}\\\\.{number}\\\\.{number}/[0-9]{{1,2}}$");
    assert_eq!(refused("main.tf", text(3_000, &range)), "");
    // An automaton that is too large, and classes that are joined with their other case.
    assert_eq!(refused("main.tf", text(3_000, "(a{1000}){1000}")), "step-limit");
    assert_eq!(refused("main.tf", text(3_000, &format!("(?i){}", "\\\\pL".repeat(20)))), "step-limit");
}

/// The instances of a resource share the expressions of its configuration.
#[test]
fn expressions_of_a_plan_times_instances() {
    let plan = |instances: usize, expressions: usize, references: &str, unknown: &str| {
        let instances: Vec<usize> = (0..instances).collect();
        let node = |at: &usize| {
            format!(
                r#"{{"address": "aws_api_gateway_method.r[{at}]", "type": "aws_api_gateway_method", "index": {at}, "values": {{"e0": {{}}}}}}"#
            )
        };
        let change = |at: &usize| {
            format!(
                r#"{{"address": "aws_api_gateway_method.r[{at}]", "change": {{"after_unknown": {{"e0": {{{unknown}}}}}}}}}"#
            )
        };
        let all = |make: &dyn Fn(&usize) -> String| instances.iter().map(make).collect::<Vec<_>>().join(",");
        let expressions: Vec<String> =
            (0..expressions).map(|at| format!(r#""e{at}": {{"references": [{references}]}}"#)).collect();
        let expressions = expressions.join(",");
        format!(
            r#"{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [{}]}}}}, "resource_changes": [{}],
                "configuration": {{"root_module": {{"resources": [{{"address": "aws_api_gateway_method.r", "expressions": {{{expressions}}}}}]}}}}}}"#,
            all(&node),
            all(&change),
        )
    };
    let refused = |name: &str, text: String| refused_small(name, &text, Options::new());
    let long = format!("\"aws_x.{}\"", "a".repeat(100_000));
    assert_eq!(refused("long.json", plan(400, 1, &long, "")), "memory-limit");
    assert_eq!(refused("many.json", plan(400, 200, "\"aws_x.y\"", "")), "memory-limit");
    let each = "\"each.x\",".repeat(2_000) + "\"var.q\"";
    assert_eq!(refused("each.json", plan(200, 20, &each, "")), "step-limit");
    let marks: Vec<String> = (0..2_000).map(|at| format!(r#""k{at}": true"#)).collect();
    let refusal = refused("marks.json", plan(1, 1, &long, &marks.join(",")));
    assert!(["step-limit", "memory-limit"].contains(&refusal), "{refusal}");
    assert_eq!(refused("sound.json", plan(50, 20, "\"aws_x.y\"", "\"k\": true")), "");
}
