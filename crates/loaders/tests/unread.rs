//! Parts of a template beside its resources: macros, and parts that are not read, of which each is a finding.

use std::collections::HashMap;
use vtl::Code;
use vtl_loaders::{Document, File, LoadError, Options, load};

/// Loads a template beside which other files lie.
fn loaded(template: &str, beside: &[(&str, &str)]) -> Document {
    let files: HashMap<&str, &str> = beside.iter().copied().collect();
    let read = |name: &str| files.get(name).map(|text| (*text).to_owned());
    load(&[File::new("template.yaml", template)], &Options::new().read_file(&read)).expect("it loads")
}

fn findings(template: &str) -> Vec<(Code, String)> {
    let found = loaded(template, &[]).diagnostics();
    found
        .into_iter()
        .filter(|it| matches!(it.code, Code::UnreadPart | Code::UnknownBody))
        .map(|it| (it.code, it.message))
        .collect()
}

fn routes(document: &Document) -> Vec<String> {
    (0..document.routes.len()).map(|at| document.route_label(at)).collect()
}

const METHOD: &str = "
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref A, ResourceId: !GetAtt A.RootResourceId, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: MOCK}}
";

/// "AWS::Include transform": at the top of a template, and among its resources.
#[test]
fn files_are_included_at_the_top_and_among_the_resources() {
    let resources = format!(
        "A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: included}}}}{}",
        METHOD.replace("\n  ", "\n")
    );
    let among = "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: other.yaml}}\n";
    assert_eq!(routes(&loaded(among, &[("other.yaml", &resources)])), ["GET /"]);
    let whole = format!("Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}{METHOD}");
    let top = "Transform: [{Name: AWS::Include, Parameters: {Location: other.yaml}}, AWS::Serverless-2016-10-31]\nResources:\n  B: {Type: AWS::S3::Bucket}\n";
    let document = loaded(top, &[("other.yaml", &whole)]);
    assert_eq!(
        (routes(&document), document.diagnostics()[0].location.as_ref().unwrap().file.as_deref()),
        (vec!["GET /".to_owned()], Some("other.yaml"))
    );
    for template in [among, top] {
        assert_eq!(
            findings(template),
            [(Code::UnreadPart, "cannot read other.yaml; what it adds is missing".to_owned())]
        );
    }
    assert_eq!(
        findings("Transform: Mine\nResources:\n  B: {Type: AWS::S3::Bucket}\n"),
        [(Code::UnreadPart, "the macro Mine is not run; what it adds is missing".to_owned())]
    );
}

#[test]
fn what_may_have_integrations_and_is_not_read_is_told() {
    let of = |resource: &str| {
        let found = findings(&format!("Transform: AWS::Serverless-2016-10-31\nResources:\n  R: {resource}\n"));
        found.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join("; ")
    };
    for (resource, told) in [
        (
            "{Type: AWS::Serverless::WebSocketApi}",
            "R is not read: what AWS::Serverless::WebSocketApi makes may have integrations",
        ),
        ("{Type: AWS::Serverless::SimpleTable}", ""),
        (
            "{Type: AWS::ApiGateway::RestApi, Properties: {CloneFrom: abc}}",
            "CloneFrom names another API; its methods are missing",
        ),
        (
            "{Type: AWS::ApiGatewayV2::Api, Properties: {BodyS3Location: {Bucket: b, Key: k}}}",
            "BodyS3Location is not loaded; its routes are missing",
        ),
        (
            "{Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, Properties: {ApiId: a, Integration: {TimeoutInMillis: 3}}}",
            "R is not read: it changes an integration that the service made",
        ),
        (
            "{Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: WebSocket}, S: {Type: SQS}}}}",
            "the event E of R is not read: SAM has no events of the type WebSocket",
        ),
        (
            "{Type: AWS::Serverless::StateMachine, Properties: {Events: {E: {Type: HttpApi, Properties: {Path: /a, Method: get}}}}}",
            "the event E of R is not read: state machines have no events of the type HttpApi",
        ),
    ] {
        assert_eq!(of(resource), told, "{resource}");
    }
}

/// Fact 18.15, for all maps of strings.
#[test]
fn values_that_are_no_strings_are_left_out_of_responses() {
    let document = r#"{"openapi": "3.0.1", "info": {"title": "t"}, "paths": {"/": {"get": {
        "responses": {"200": {"description": "x", "headers": {"X": {}}}},
        "x-amazon-apigateway-integration": {"type": "mock", "responses": {"default": {"statusCode": 200,
            "responseParameters": {"method.response.header.X": 5}, "responseTemplates": {"application/json": true}}}}}}}}"#;
    let document = load(&[File::new("api.json", document)], &Options::default()).unwrap();
    let found: Vec<Code> = document.diagnostics().iter().map(|it| it.code).collect();
    assert_eq!(found, [Code::MockWithoutTemplate, Code::NonTextValue, Code::NonTextValue]);
}

/// A value that is known only after deployment is no problem by itself.
#[test]
fn open_values_of_gateway_responses_are_no_problem() {
    let template = "Parameters: {K: {Type: String}}
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  G: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref A, ResponseType: !Ref K, StatusCode: !Ref K,
    ResponseParameters: {gatewayresponse.header.A: !Ref K}}}
";
    assert_eq!(loaded(template, &[]).errors(), []);
}

/// "Intrinsic function reference": any other name is refused, in the long form and as a tag.
#[test]
fn functions_that_do_not_exist_are_told() {
    let told = |template: &str| {
        let found = loaded(template, &[]).diagnostics();
        found.iter().filter(|it| it.code == Code::UnknownField).map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    let of = |uri: &str| {
        let method = METHOD.replace("{Type: MOCK}", &format!("{{Type: HTTP, IntegrationHttpMethod: GET, Uri: {uri}}}"));
        format!("Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}{method}")
    };
    let none = "CloudFormation has no function Fn::Nope; its value is not read";
    for uri in ["!Nope x", "!Nope {a: b}", "{'Fn::Nope': 1}"] {
        assert_eq!(told(&of(uri)), [none], "{uri}");
    }
    assert_eq!(told(&format!("Transform: Mine\n{}", of("!Nope x"))), [""; 0]);
    for uri in
        ["!GetStackOutput {StackName: a, OutputName: b}", "!Select [0, !GetAZs '']", "!Select [0, !Cidr [a, 1, 8]]"]
    {
        assert_eq!(told(&of(uri)), [""; 0], "{uri}");
    }
}

/// A tag that nothing knows hides the map behind it; a merge is one of maps alone.
#[test]
fn tags_and_merges_of_openapi_are_told() {
    let told = |integration: &str| {
        let text = format!(
            "openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {integration}\n"
        );
        let document = load(&[File::new("openapi.yaml", text)], &Options::new()).expect("it loads");
        let found = document.diagnostics();
        found.iter().filter(|it| it.code == Code::UnknownField).map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        told("{type: mock, requestTemplates: !foo {application/json: a}}"),
        ["CloudFormation has no function Fn::foo; its value is not read"]
    );
    assert_eq!(told("{<<: [{type: mock}, {passthroughBehavior: never}]}"), [""; 0]);
    assert_eq!(told("{type: mock, <<: [{passthroughBehavior: never}, x]}"), ["unknown property <<"]);
}

/// Checks that `fileexists` is not known beyond the reach, and where nothing reads files.
#[test]
fn whether_a_file_exists_is_known_only_where_files_are_read() -> Result<(), LoadError> {
    let text = r#"resource "aws_api_gateway_rest_api" "a" { name = "x-${fileexists("FILE") ? "a" : "b"}" }"#;
    let read = |path: &str| (path == "there").then(|| "text".to_owned());
    let name = |file: &str, options: Options<'_>| {
        load(&[File::new("main.tf", text.replace("FILE", file))], &options).map(|it| it.apis[0].name.clone())
    };
    let below = || Options::default().read_file(&read).reach([""]);
    assert_eq!(name("there", below())?.as_deref(), Some("x-a"));
    assert_eq!(name("elsewhere", below())?.as_deref(), Some("x-b"));
    for unknown in [name("../there", below())?, name("/etc/there", below())?, name("there", Options::default())?] {
        assert!(unknown.as_deref().is_some_and(|name| name.starts_with("x-${")), "{unknown:?}");
    }
    Ok(())
}
