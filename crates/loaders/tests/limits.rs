//! Documents that are too large, refer to themselves, or grow when they are read end in an error.

use vtl_loaders::{Document, File, Options, load};

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
    let text = format!("{{\"swagger\": \"2.0\", \"x\": \"{}\"}}", "x".repeat(5 << 20));
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
    let many = "${P}".repeat(100_000);
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {}}}}}\n{REST}  \
           B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub '{many}'}}}}\n",
        "x".repeat(100_000)
    );
    assert_eq!(refused("sub.yaml", text), "memory-limit");
    let base64 = (0..100).fold("x".repeat(1_000), |inner, _| format!("{{Fn::Base64: {inner}}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {base64}}}}}\n");
    assert_eq!(refused("base64.yaml", text), "memory-limit");
    let json = (0..100).fold("'\"'".to_owned(), |inner, _| format!("{{Fn::ToJsonString: [{inner}]}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {json}}}}}\n");
    assert_eq!(refused("json.yaml", text), "memory-limit");
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
    assert_eq!(refused("loops.yaml", text), "memory-limit");
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
    assert_eq!(refused("chain.yaml", format!("{REST}{chain}")), "document-limit");
}

/// Every look at the flag may be the one that cancels: the document is not read then, and is read whole where
/// the flag stays down.
#[test]
fn a_load_is_cancelled_at_any_look_at_the_flag() {
    let locals: String =
        (0..400).map(|n| format!("  a{n} = join(\",\", [for i in range(20) : \"x${{i}}\"])\n")).collect();
    let paths: String = (0..4_000)
        .map(|n| format!("  /p{n}: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}\n"))
        .collect();
    let resources: String = (0..800)
        .map(|n| {
            format!("  R{n}: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub 'a${{AWS::Region}}'}}}}\n")
        })
        .collect();
    let uses: String = (0..400).map(|n| format!("${{local.a{n}}}")).collect();
    let documents = [
        (
            "main.tf",
            format!("locals {{\n{locals}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{uses}\" }}\n"),
        ),
        ("api.yaml", format!("openapi: 3.0.1\npaths:\n{paths}")),
        ("t.yaml", format!("{REST}{resources}")),
    ];
    for (name, text) in documents {
        let looks = std::cell::Cell::new(0_u32);
        let loaded = |moment: u32| {
            looks.set(0);
            let cancel = || {
                looks.set(looks.get() + 1);
                looks.get() >= moment
            };
            load(&[File::new(name, text.as_str())], &Options::new().cancel_when(&cancel))
                .map(|document| document.to_json().to_string())
                .map_err(|error| error.diagnostic().code.name())
        };
        let whole = loaded(u32::MAX);
        let all = looks.get();
        assert!(whole.is_ok() && all > 0, "{name}: {all} looks");
        for moment in (1..=all).step_by((all as usize / 12).max(1)) {
            assert_eq!(loaded(moment), Err("cancelled"), "{name}: look {moment} of {all}");
        }
        assert_eq!(loaded(all + 1), whole, "{name}");
    }
}
