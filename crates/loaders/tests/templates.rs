//! CloudFormation and SAM: functions, parameters, conditions, placeholders, and routes made from events.

use serde_json::{Value as Json, json};
use vtl_loaders::{Document, File, Options, load};

fn document(text: &str, parameters: &[(&str, &str)]) -> Document {
    let options = Options::new().parameters(parameters.iter().copied());
    load(&[File::new("t.yaml", text)], &options).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Returns the value of an expression, as the `uri` of an integration.
fn uri(expression: &str, parameters: &[(&str, &str)]) -> Json {
    let text = format!(
        "\
Parameters:
  Host: {{Type: String, Default: b.test}}
  Port: {{Type: Number, Default: 8443}}
  Names: {{Type: CommaDelimitedList, Default: 'a, b'}}
  Stage: {{Type: String}}
  Stored: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /path/of/it}}
Mappings:
  Hosts: {{eu: {{name: eu.test, list: [x, y]}}, us: {{name: us.test}}}}
Conditions:
  Yes: !Equals [!Ref Host, b.test]
  No: !Not [!Condition Yes]
  Open: !Equals [!Ref Stage, prod]
  Both: !And [!Condition Yes, !Condition No]
  Any: !Or [!Condition Open, !Condition Yes]
Resources:
  F: {{Type: AWS::Lambda::Function}}
  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration: {{Type: HTTP, IntegrationHttpMethod: GET, Uri: {expression}}}
"
    );
    document(&text, parameters).to_json()["routes"][0]["integration"]["uri"].clone()
}

#[test]
fn functions_of_known_values() {
    let cases = [
        ("!Ref Host", "b.test"),
        ("{Ref: Port}", "8443"),
        ("!Sub 'https://${Host}:${Port}/'", "https://b.test:8443/"),
        ("!Sub ['${ Host }/${x}', {x: !Join ['-', [a, b]]}]", "b.test/a-b"),
        ("!Sub '${!Host} $Host ${}'", "${Host} $Host ${}"),
        ("!Sub 'https://${!stageVariables.host}/'", "https://${stageVariables.host}/"),
        ("!Join ['/', ['https:', '', !Ref Host]]", "https://b.test"),
        ("!Join ['+', !Ref Names]", "a+b"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select ['2', !Split ['.', 'a.b.c']]", "c"),
        ("!FindInMap [Hosts, eu, name]", "eu.test"),
        ("!Select [1, !FindInMap [Hosts, eu, list]]", "y"),
        ("{Fn::FindInMap: [Hosts, asia, name, {DefaultValue: any.test}]}", "any.test"),
        ("!If [Yes, y, n]", "y"),
        ("!If [No, y, n]", "n"),
        ("!If [Both, y, n]", "n"),
        ("!If [Any, y, n]", "y"),
        ("!Base64 'a b'", "YSBi"),
        ("{Fn::Base64: !Sub '${Host}'}", "Yi50ZXN0"),
        ("{Fn::Length: !Ref Names}", "2"),
        ("{Fn::ToJsonString: {a: [1, x]}}", r#"{"a":[1,"x"]}"#),
    ];
    for (expression, wanted) in cases {
        assert_eq!(uri(expression, &[]), wanted, "{expression}");
    }
    assert_eq!(
        uri("!Sub '${Host}-${Stage}-${AWS::Region}'", &[("Stage", "prod"), ("AWS::Region", "eu")]),
        "b.test-prod-eu"
    );
    assert_eq!(uri("!FindInMap [Hosts, !Ref AWS::Region, name]", &[("AWS::Region", "us")]), "us.test");
    assert_eq!(uri("!If [Open, y, n]", &[("Stage", "prod")]), "y");
}

#[test]
fn unknown_values_become_placeholders() {
    let cases = [
        ("!Ref Stage", "${Stage}"),
        ("!Ref F", "${F}"),
        ("!GetAtt F.Arn", "${F.Arn}"),
        ("!GetAtt [F, Arn]", "${F.Arn}"),
        ("{Fn::GetAtt: F.Arn}", "${F.Arn}"),
        ("!Sub 'arn:${AWS::Partition}:x:${F.Arn}'", "arn:${AWS::Partition}:x:${F.Arn}"),
        ("!Ref AWS::StackName", "${AWS::StackName}"),
        ("!Join ['', ['a', !Ref Stage]]", "a${Stage}"),
        ("!Ref Stored", "${Stored}"),
    ];
    for (expression, wanted) in cases {
        assert_eq!(uri(expression, &[]), wanted, "{expression}");
    }
    // The text of these placeholders is not defined; they are there, and no error.
    for expression in [
        "!ImportValue x",
        "!If [Open, y, n]",
        "!FindInMap [Hosts, !Ref AWS::Region, name]",
        "!Split [',', !Ref Stage]",
        "!Cidr [a, 1, 2]",
    ] {
        let text = uri(expression, &[]);
        assert!(text.as_str().is_some_and(|text| text.contains("${")), "{expression}: {text}");
    }
    assert_eq!(uri("!Ref AWS::NoValue", &[]), Json::Null);
}

#[test]
fn a_body_with_functions_and_loops() {
    let text = "\
Transform: AWS::LanguageExtensions
Resources:
  A:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Parameters: {basepath: prepend}
      BinaryMediaTypes: [image~1png]
      Body:
        openapi: 3.0.1
        info: {title: a}
        servers: [{url: 'https://x.test/{basePath}', variables: {basePath: {default: v1}}}]
        paths:
          /f:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations
  Fn::ForEach::Stages:
    - Name
    - [alpha, beta]
    - Api${Name}: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub 'api-${Name}'}}
";
    let model = document(text, &[]).to_json();
    assert_eq!(model["apis"][0]["binaryMediaTypes"], json!(["image/png"]));
    assert_eq!(model["routes"][0]["path"], "/v1/f");
    assert_eq!(model["routes"][0]["method"], "ANY");
    let uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations";
    assert_eq!(model["routes"][0]["integration"]["uri"], uri);
    assert_eq!((&model["apis"][1]["name"], &model["apis"][2]["name"]), (&json!("api-alpha"), &json!("api-beta")));
    // The template has no resource F.
    let names: Vec<&Json> = model["findings"].as_array().into_iter().flatten().map(|found| &found["name"]).collect();
    assert_eq!(names, ["unresolved-name"]);
}

#[test]
fn globals_apply_to_implicit_apis() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Globals:
  Api: {BinaryMediaTypes: [image~1*], Variables: {a: b}}
  Function: {AutoPublishAlias: live}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        One: {Type: Api, Properties: {Path: /one, Method: get}}
        Two: {Type: HttpApi, Properties: {Path: /two, Method: any, TimeoutInMillis: 5000, PayloadFormatVersion: '1.0'}}
        Rest: {Type: HttpApi}
        Other: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
";
    let model = document(text, &[]).to_json();
    assert_eq!(model["kind"], "sam");
    assert_eq!(model["apis"][0]["binaryMediaTypes"], json!(["image/*"]));
    assert_eq!(model["apis"][0]["stageVariables"], json!({"a": "b"}));
    let keys: Vec<&Json> = model["routes"].as_array().into_iter().flatten().map(|route| &route["routeKey"]).collect();
    assert_eq!(keys, [&json!("GET /one"), &json!("ANY /two"), &json!("$default")]);
    assert!(
        model["routes"][0]["integration"]["uri"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("functions/${FAliaslive}/invocations"))
    );
    assert_eq!(model["routes"][1]["integration"]["timeoutInMillis"], 5_000);
    assert_eq!(model["routes"][1]["integration"]["payloadFormatVersion"], "1.0");
    assert_eq!(model["routes"][2]["integration"]["payloadFormatVersion"], "2.0");
    assert_eq!(model["findings"], json!([]));
}

#[test]
fn an_unknown_integration_is_advice() {
    let text = "\
Parameters: {Stage: {Type: String}}
Conditions: {Open: !Equals [!Ref Stage, prod]}
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration: !If [Open, {Type: MOCK}, {Type: HTTP}]
";
    let loaded = document(text, &[]).to_json();
    assert_eq!(loaded["routes"][0]["integration"], Json::Null);
    let names: Vec<&Json> = loaded["findings"].as_array().into_iter().flatten().map(|found| &found["name"]).collect();
    assert_eq!(names, ["unknown-integration"]);
    let given = document(text, &[("Stage", "prod")]).to_json();
    assert_eq!(given["routes"][0]["integration"]["type"], "MOCK");
}

#[test]
fn unknown_properties_are_warnings_and_unknown_names_problems() {
    let text = "\
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  P: {Type: AWS::Lambda::Permission, Properties: {Action: x}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration:
        Type: MOCK
        Colour: red
        RequestTemplates: {application/json: !Sub '{\"statusCode\": 200, \"a\": \"${inputRoot}\"}'}
        IntegrationResponses: [{StatusCode: 200}]
      MethodResponses: [{StatusCode: '200'}]
";
    let found: Vec<String> = document(text, &[]).diagnostics().iter().map(ToString::to_string).collect();
    let unresolved = "the template has no resource or parameter inputRoot";
    assert_eq!(
        found,
        [
            "t.yaml:12:17: warning[V528]: unknown property Colour".to_owned(),
            format!("t.yaml:13:78: error[V529]: {unresolved}")
        ]
    );
}

#[test]
fn placeholders_are_no_errors_in_mappings_and_templates() {
    let text = "\
Parameters: {Host: {Type: String}, Expression: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Role: {Type: AWS::IAM::Role}
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration:
        Type: HTTP
        IntegrationHttpMethod: GET
        Uri: !Sub 'https://${Host}/'
        RequestParameters: {integration.request.header.h: !Ref Expression, integration.request.header.i: wrong}
        RequestTemplates:
          a/b: !Sub '{\"region\": \"${AWS::Region}\"}'
          c/d: !Sub '{\"region\": \"${AWS::Region}\" #if('
  H: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref H, RouteKey: POST /, Target: !Sub 'integrations/${I}'}}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref H
      IntegrationType: AWS_PROXY
      IntegrationSubtype: SQS-SendMessage
      PayloadFormatVersion: 1.0
      CredentialsArn: !GetAtt Role.Arn
      RequestParameters: {QueueUrl: !Ref Queue, MessageBody: $request.body}
";
    let found: Vec<(Option<usize>, Option<String>)> = document(text, &[])
        .errors()
        .into_iter()
        .map(|problem| (problem.location.map(|it| it.line), problem.property))
        .collect();
    let wanted = [(16, "requestParameters"), (19, "requestTemplates")];
    assert_eq!(found, wanted.map(|(line, property)| (Some(line), Some(property.to_owned()))));
}

/// CloudFormation refuses both (report r47); `HelloRole` is made by SAM.
#[test]
fn names_of_substitutions_are_checked() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello: {Type: AWS::Serverless::Function, Properties: {}}
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub '${HelloRole.Arn}'}}
  B: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub '${Nope.Arn}'}}
  C: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub 'a ${input.params().x} ${!input.params().x}'}}
";
    let found: Vec<String> = document(text, &[]).diagnostics().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "t.yaml:5:64: error[V529]: the template has no resource or parameter Nope.Arn",
            "t.yaml:6:66: error[V534]: variable names in Fn::Sub must contain only alphanumeric characters, \
             underscores, periods, and colons: input.params().x",
        ]
    );
}
