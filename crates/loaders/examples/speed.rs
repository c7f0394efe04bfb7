//! Measures how long documents take to load: an OpenAPI document of 1.4 MB, as JSON and as YAML, and 1,000
//! CloudFormation templates of 20 KB.
//!
//! `cargo run --release -p vtl-loaders --example speed`

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use vtl_loaders::{File, Options, load};

const TEMPLATE: &str = "#set($r = $input.path('$'))\n{\"id\": \"$input.params('id')\", \"name\": \"$r.name\"}";

fn integration() -> Value {
    json!({
        "type": "http", "httpMethod": "GET", "uri": "https://example.com/items",
        "requestTemplates": {"application/json": TEMPLATE},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": TEMPLATE}}},
    })
}

fn openapi(routes: usize) -> Value {
    let route = |at| {
        let parameters = json!([{"name": "id", "in": "path", "required": true, "type": "string"}]);
        let method = json!({
            "operationId": format!("get{at}"), "parameters": parameters, "responses": {"200": {"description": "ok"}},
            "x-amazon-apigateway-integration": integration(),
        });
        (format!("/items{at}/{{id}}"), json!({"get": method}))
    };
    let paths: serde_json::Map<_, _> = (0..routes).map(route).collect();
    json!({"swagger": "2.0", "info": {"title": "items", "version": "1"}, "paths": paths})
}

/// Writes a document of objects, lists and strings as YAML, block style.
fn yaml(value: &Value, depth: usize, to: &mut String) {
    let pad = "  ".repeat(depth);
    let scalar = |value: &Value| value.as_object().is_none_or(|map| map.is_empty()) && !value.is_array();
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let _ = write!(to, "{pad}{}:", json!(key));
            nested(value, scalar(value), depth, to);
        }),
        Value::Array(items) => items.iter().for_each(|value| {
            let _ = write!(to, "{pad}-");
            nested(value, scalar(value), depth, to);
        }),
        _ => {}
    }
}

fn nested(value: &Value, is_scalar: bool, depth: usize, to: &mut String) {
    if is_scalar {
        let _ = writeln!(to, " {value}");
    } else {
        to.push('\n');
        yaml(value, depth + 1, to);
    }
}

fn cloudformation(routes: usize) -> Value {
    let mut resources = serde_json::Map::new();
    resources.insert("Api".into(), json!({"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "items"}}));
    for at in 0..routes {
        let resource = json!({
            "RestApiId": {"Ref": "Api"}, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": format!("items{at}"),
        });
        resources.insert(format!("Items{at}"), json!({"Type": "AWS::ApiGateway::Resource", "Properties": resource}));
        let method = json!({
            "RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": format!("Items{at}")}, "HttpMethod": "GET", "AuthorizationType": "NONE",
            "Integration": {
                "Type": "HTTP", "IntegrationHttpMethod": "GET", "Uri": {"Fn::Sub": "https://${AWS::Region}.example.com/items"},
                "RequestTemplates": {"application/json": TEMPLATE},
                "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": TEMPLATE}}],
            },
            "MethodResponses": [{"StatusCode": "200"}],
        });
        resources.insert(format!("Get{at}"), json!({"Type": "AWS::ApiGateway::Method", "Properties": method}));
    }
    json!({"Resources": resources})
}

/// Loads a document and returns the time that it took.
fn timed(name: &str, text: &str, routes: usize) -> Duration {
    let start = Instant::now();
    let document = load(&[File::new(name, text)], &Options::default()).expect("the document loads");
    let time = start.elapsed();
    assert_eq!(document.routes.len(), routes);
    time
}

fn main() {
    let document = openapi(2_350);
    let (json, mut block) = (document.to_string(), String::new());
    yaml(&document, 0, &mut block);
    for (name, text) in [("openapi.json", &json), ("openapi.yaml", &block)] {
        let mut times: Vec<_> = (0..9).map(|_| timed(name, text, 2_350)).collect();
        times.sort();
        println!("{name}: {:.2} MB in {:.1} ms", text.len() as f64 / 1e6, times[4].as_secs_f64() * 1e3);
    }
    let text = cloudformation(24).to_string();
    let time: Duration = (0..1_000).map(|_| timed("template.json", &text, 24)).sum();
    println!("1,000 CloudFormation templates of {:.1} KB in {:.2} s", text.len() as f64 / 1e3, time.as_secs_f64());
}
