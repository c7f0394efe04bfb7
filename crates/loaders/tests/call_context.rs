//! Facts of a document about the calls of its API: stage, id and host name; names of operations; API keys.

use vtl::pipeline::model::ApiKeySource;
use vtl::pipeline::{Api, Method};
use vtl_loaders::{File, Options, load};

fn loaded(name: &str, text: &str) -> (Api, Method) {
    let document = load(&[File::new(name, text)], &Options::default()).expect("it loads");
    let api = document.apis.into_iter().find(|api| !api.methods.is_empty()).expect("it has a method");
    let method = api.methods[0].clone();
    (api, method)
}

fn told(name: &str, text: &str) -> [String; 3] {
    let (api, method) = loaded(name, text);
    let word = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
    [word(api.stage), word(method.operation_name), method.api_key_required.to_string()]
}

/// "Choose an API key source", "Set the OpenAPI basePath property": an export has the address of its API.
#[test]
fn an_export_of_the_service() {
    let operation = r#""paths": {"/": {"get": {"operationId": "List", "security": [{"api_key": []}],
        "responses": {}, "x-amazon-apigateway-integration": {"type": "mock"}}}}"#;
    let scheme = r#""api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}"#;
    let of_2 = format!(
        r#"{{"swagger": "2.0", "info": {{"title": "t"}}, "host": "abcde12345.execute-api.eu-west-1.amazonaws.com",
        "basePath": "/beta", "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "securityDefinitions": {{{scheme}}}, {operation}}}"#
    );
    let (api, method) = loaded("api.json", &of_2);
    assert_eq!((api.id.as_deref(), api.stage.as_deref()), (Some("abcde12345"), Some("beta")));
    assert_eq!(api.domain_name.as_deref(), Some("abcde12345.execute-api.eu-west-1.amazonaws.com"));
    assert_eq!(api.api_key_source, Some(ApiKeySource::Authorizer));
    assert_eq!((method.operation_name.as_deref(), method.api_key_required), (Some("List"), true));
    let of_3 = format!(
        r#"{{"openapi": "3.0.1", "info": {{"title": "t"}}, "components": {{"securitySchemes": {{{scheme}}}}},
        "servers": [{{"url": "https://abcde12345.execute-api.eu-west-1.amazonaws.com/{{basePath}}",
        "variables": {{"basePath": {{"default": "/beta"}}}}}}], {operation}}}"#
    );
    assert_eq!(told("api.json", &of_3), ["beta", "List", "true"]);
    // An address of one's own is that of no API.
    let (api, _) =
        loaded("api.json", &of_3.replace("abcde12345.execute-api.eu-west-1.amazonaws.com", "api.example.com"));
    assert_eq!((api.id, api.stage, api.domain_name), (None, None, None));
    // A scheme with an authorizer is no API key.
    let authorizer = scheme.replace("}", r#", "x-amazon-apigateway-authorizer": {"type": "request"}}"#);
    assert_eq!(told("api.json", &of_3.replace(scheme, &authorizer)), ["beta", "List", "false"]);
}

#[test]
fn cloudformation_and_sam() {
    let template = "Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref A, ResourceId: !GetAtt A.RootResourceId, HttpMethod: GET, AuthorizationType: NONE,
      OperationName: List, ApiKeyRequired: true, Integration: {Type: MOCK}}
  S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref A, StageName: live}}
";
    assert_eq!(told("t.yaml", template), ["live", "List", "true"]);
    // Of two stages neither is the one.
    let two = format!(
        "{template}  T: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref A, StageName: test}}}}\n"
    );
    assert_eq!(told("t.yaml", &two), ["-", "List", "true"]);
    let sam = "Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: v1, Auth: {ApiKeyRequired: true}, Domain: {DomainName: a.test}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        One: {Type: Api, Properties: {Path: /one, Method: get, RestApiId: !Ref A}}
        Two: {Type: Api, Properties: {Path: /two, Method: get, RestApiId: !Ref A, Auth: {ApiKeyRequired: false}}}
";
    let (api, first) = loaded("t.yaml", sam);
    assert_eq!((api.stage.as_deref(), api.domain_name.as_deref()), (Some("v1"), Some("a.test")));
    assert!(first.api_key_required && !api.methods[1].api_key_required);
    // SAM's own API has the stage `Prod`.
    let own = sam.replace(", RestApiId: !Ref A", "");
    assert_eq!(told("t.yaml", &own), ["Prod", "-", "false"]);
}

#[test]
fn terraform_and_the_aws_cli() {
    let terraform = r#"
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_method" "m" {
  rest_api_id      = aws_api_gateway_rest_api.a.id
  resource_id      = aws_api_gateway_rest_api.a.root_resource_id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = true
  operation_name   = "List"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.m.http_method
  type        = "MOCK"
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = "live"
}
"#;
    assert_eq!(told("main.tf", terraform), ["live", "List", "true"]);
    let socket = r#"
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "WEBSOCKET"
}
resource "aws_apigatewayv2_route" "r" {
  api_id           = aws_apigatewayv2_api.a.id
  route_key        = "$connect"
  api_key_required = true
  operation_name   = "Open"
}
resource "aws_apigatewayv2_stage" "s" {
  api_id = aws_apigatewayv2_api.a.id
  name   = "live"
}
"#;
    assert_eq!(told("main.tf", socket), ["live", "Open", "true"]);
    let script = "aws apigateway put-method --rest-api-id abcde12345 --resource-id r --http-method GET --authorization-type NONE \
        --operation-name List --api-key-required
aws apigateway put-integration --rest-api-id abcde12345 --resource-id r --http-method GET --type MOCK
aws apigateway create-deployment --rest-api-id abcde12345 --stage-name live
";
    assert_eq!(told("a.sh", script), ["live", "List", "true"]);
    assert_eq!(loaded("a.sh", script).0.id.as_deref(), Some("abcde12345"));
    let none = script.replace("--api-key-required", "--no-api-key-required");
    assert_eq!(told("a.sh", &none), ["live", "List", "false"]);
    let output = r#"{"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": true, "operationName": "List",
        "methodIntegration": {"type": "MOCK"}}"#;
    assert_eq!(told("method.json", output), ["-", "List", "true"]);
}

#[test]
fn serverless() {
    let service = "service: s
provider: {name: aws, stage: beta}
functions:
  f:
    handler: h.f
    events:
      - http: {path: a, method: get, private: true, operationId: List}
";
    assert_eq!(told("serverless.yml", service), ["beta", "List", "true"]);
    let socket =
        service.replace("http: {path: a, method: get, private: true, operationId: List}", "websocket: $connect");
    assert_eq!(told("serverless.yml", &socket)[0], "beta");
}

/// serverless-step-functions, lib/deploy/events/apiGateway/methods.js, and serverless-apigateway-service-proxy: `private`.
#[test]
fn plug_ins_of_serverless() {
    let service = "service: s
provider: {name: aws}
custom:
  apiGatewayServiceProxies:
    - sqs: {path: /q, method: post, queueName: q, private: true}
stepFunctions:
  stateMachines:
    m:
      events: [{http: {path: m, method: POST, private: true}}]
      definition: {StartAt: a}
";
    let (api, _) = loaded("serverless.yml", service);
    assert_eq!(api.methods.iter().map(|method| method.api_key_required).collect::<Vec<_>>(), [true, true]);
}
