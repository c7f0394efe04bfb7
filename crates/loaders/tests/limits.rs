//! Documents that are too large, refer to themselves, or grow when they are read end in an error, and soon.

use std::time::{Duration, Instant};
use vtl_loaders::{File, Options, load};

/// The error of a document; it must come within a few seconds, however slow the machine.
fn refused(name: &str, text: String) -> String {
    let start = Instant::now();
    let error = load(&[File::new(name, text)], &Options::default()).map(drop).map_err(|error| error.to_string());
    assert!(start.elapsed() < Duration::from_secs(10), "{name} took {:?}", start.elapsed());
    error.err().unwrap_or_default()
}

/// The time of a document that is read, with its problems and its shape.
fn read_soon(name: &str, text: String) {
    let start = Instant::now();
    let document = load(&[File::new(name, text)], &Options::default());
    let json = document.map(|document| document.to_json().to_string().len());
    assert!(json.is_ok(), "{name}: {json:?}");
    assert!(start.elapsed() < Duration::from_secs(30), "{name} took {:?}", start.elapsed());
}

const REST: &str = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n";

#[test]
fn five_megabytes() {
    let text = format!("{{\"swagger\": \"2.0\", \"x\": \"{}\"}}", "x".repeat(5 << 20));
    assert_eq!(refused("large.json", text), "large.json: more than 4194304 bytes");
}

#[test]
fn aliases_of_aliases() {
    let mut text = "swagger: '2.0'\na: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("b{level}: &a{level} [{alias}]\n");
    }
    assert!(refused("bomb.yaml", text).contains("the aliases make the document too large"));
    let long = format!("swagger: '2.0'\na: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100_000));
    assert!(refused("long.yaml", long).contains("the aliases make the document too large"));
    let merged = format!("a: &a {{{}}}\nb: [{}]\n", "k: v, ".repeat(5_000), "{<<: *a}, ".repeat(20_000));
    assert!(refused("merge.yaml", merged).contains("the aliases make the document too large"));
}

#[test]
fn depth() {
    let list = "[".repeat(100_000);
    assert!(refused("deep.json", format!("{{\"swagger\": {list}")).contains("nests too deeply"));
    assert!(
        refused("deep.yaml", format!("swagger: {list}")).contains("deep"),
        "{}",
        refused("deep.yaml", format!("swagger: {list}"))
    );
    let block: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(refused("block.yaml", block).contains("nests too deeply"));
}

#[test]
fn references_in_a_circle() {
    let text = "openapi: 3.0.1\npaths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {$ref: '#/paths/~1a'}\n";
    assert!(refused("circle.yaml", text.to_owned()).contains("leads back to itself"));
    let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      parameters: [{$ref: '#/p'}]\n      x-amazon-apigateway-integration: {$ref: '#/i'}\n\
                i: {$ref: '#/i'}\np: {$ref: '#/p'}\n";
    assert!(refused("self.yaml", text.to_owned()).contains("leads back to itself"));
}

#[test]
fn resources_in_a_circle() {
    let text = format!(
        "{REST}  \
           X: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: !Ref Y, PathPart: x}}}}\n  \
           Y: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: !Ref X, PathPart: y}}}}\n  \
           M: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref A, ResourceId: !Ref X, HttpMethod: GET}}}}\n"
    );
    assert!(refused("circle.yaml", text).contains("form a circle"));
}

#[test]
fn functions_that_multiply_what_is_written() {
    let many = "${P}".repeat(100_000);
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {}}}}}\n{REST}  \
           B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub '{many}'}}}}\n",
        "x".repeat(100_000)
    );
    assert!(refused("sub.yaml", text).contains("the functions make the document too large"));
    let base64 = (0..100).fold("x".repeat(1_000), |inner, _| format!("{{Fn::Base64: {inner}}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {base64}}}}}\n");
    assert!(refused("base64.yaml", text).contains("the functions make the document too large"));
    let json = (0..100).fold("'\"'".to_owned(), |inner, _| format!("{{Fn::ToJsonString: [{inner}]}}"));
    let text = format!("{REST}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {json}}}}}\n");
    assert!(refused("json.yaml", text).contains("the functions make the document too large"));
}

#[test]
fn conditions_that_ask_each_other() {
    let mut text = "Conditions:\n".to_owned();
    for level in 0..200 {
        text += &format!("  C{level}: !And [!Condition C{0}, !Condition C{0}]\n", level + 1);
    }
    text += &format!(
        "  C200: !Equals [!Ref Unknown, a]\n{REST}  B: {{Type: AWS::ApiGateway::RestApi, Condition: C0, Properties: {{Name: !If [C0, a, b]}}}}\n"
    );
    assert!(refused("conditions.yaml", text).contains("the functions make the document too large"));
}

#[test]
fn loops_in_loops() {
    let items = format!("[{}]", (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
    let text = format!(
        "{REST}  Fn::ForEach::One: [I, {items}, {{'Fn::ForEach::Two${{I}}': [J, {items}, {{'Fn::ForEach::Three${{I}}${{J}}': [K, {items}, \
         {{'X${{I}}${{J}}${{K}}': {{Type: AWS::ApiGateway::RestApi}}}}]}}]}}]\n"
    );
    assert!(refused("loops.yaml", text).contains("the functions make the document too large"));
}

#[test]
fn many_routes_are_read_soon() {
    let paths: Vec<String> = (0..4_000)
        .map(|n| format!("\"/p{n}\": {{\"get\": {{\"x-amazon-apigateway-integration\": {{\"type\": \"http\", \"uri\": \"nonsense\"}}}}}}"))
        .collect();
    // One long line.
    read_soon("routes.json", format!("{{\"swagger\": \"2.0\", \"paths\": {{{}}}}}", paths.join(", ")));
    let events: String = (0..8_000)
        .map(|n| format!("        E{n}: {{Type: Api, Properties: {{Path: /p{n}, Method: get}}}}\n"))
        .collect();
    read_soon(
        "events.yaml",
        format!("Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n{events}"),
    );
}
