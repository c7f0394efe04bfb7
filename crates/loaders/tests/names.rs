//! A name that leads to nothing, and one that is nearly a known name, have a finding each.
//!
//! Assumed: what CloudFormation, SAM and the Serverless framework refuse at deployment is wrong; names that are known
//! are those of their references and of samtranslator/internal/schema_source.

mod found;

use found::{assert_found, findings};

#[test]
fn references_of_a_template() {
    let method = "Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration: {Type: HTTP, IntegrationHttpMethod: GET, PART}
";
    assert_found(
        "t.yaml",
        method,
        &[
            ("Uri: !Ref Hots", "9 V529 the template has no resource or parameter Hots"),
            ("Uri: !GetAtt Hots.Name", "9 V529 the template has no resource or parameter Hots.Name"),
            ("Uri: {Ref: [A]}", "9 V653 Ref must have a name; the value is not read"),
        ],
    );
    // A pseudo parameter, what SAM makes, and what a macro or a module may make.
    for (transform, resource, name) in [
        ("AWS::LanguageExtensions", "{Type: AWS::SNS::Topic}", "AWS::Region"),
        ("AWS::Serverless-2016-10-31", "{Type: AWS::Serverless::Function}", "FRole"),
        ("Mine", "{Type: AWS::SNS::Topic}", "Anything"),
        ("AWS::LanguageExtensions", "{Type: My::Own::Api::MODULE}", "FTable"),
    ] {
        let document = method.replace("PART", &format!("Uri: !Ref {name}")) + &format!("  F: {resource}\n");
        let found = findings("t.yaml", &format!("Transform: {transform}\n{document}"));
        assert!(!found.iter().any(|line| line.contains("V529")), "{name}: {found:?}");
    }
}

#[test]
fn parts_of_a_method() {
    let method = "Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  R: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref A, ParentId: !GetAtt A.RootResourceId, PathPart: r}}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref A, Integration: {Type: MOCK}, PART}
";
    assert_found(
        "t.yaml",
        method,
        &[
            ("HttpMethod: GTE", "6 V651 GTE is not read: the value must be ANY, DELETE, GET"),
            ("ResourceId: abc", "6 V522 the path is not known: the document lacks the resource abc"),
            ("RequestModels: {application/json: Pet}", "6 V530 the API has no model Pet; bodies are not validated"),
            ("RequestParameters: {method.request.heder.a: true}", "6 V611 method.request.heder.a is not read"),
            (
                "RequestParameters: {method.request.header.a: [1]}",
                "6 V653 method.request.header.a must be true or false",
            ),
            ("MethodResponses: [{StatusCode: ok}]", "6 V651 ok is not read: the value must be a status code"),
        ],
    );
    let route = "Resources:
  A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: PART}}
";
    let wrong = "is no route key: the value must be $default, or a method and a path";
    assert_found("t.yaml", route, &[("/pets", wrong), ("GTE /pets", wrong), ("GET pets", wrong)]);
    for good in ["$default", "GET /pets", "ANY /{proxy+}"] {
        let found = findings("t.yaml", &route.replace("PART", good));
        assert!(!found.iter().any(|line| line.contains("route key")), "{good}: {found:?}");
    }
}

#[test]
fn misspelt_names() {
    let resource = "Resources:\n  A: PART\n";
    assert_found(
        "t.yaml",
        resource,
        &[
            (
                "{Type: AWS::ApiGateway::RestApi, Property: {Name: a}}",
                "2 V528 A has no property Property; it is not read",
            ),
            ("{Type: AWS::ApiGatway::RestApi}", "2 V528 A is not read: there is no type AWS::ApiGatway::RestApi"),
            ("{Type: RestApi}", "2 V528 A is not read: RestApi is no type of resources"),
            (
                "{Type: AWS::Serverless::Api, Properties: {Variable: {a: b}}}",
                "2 V528 an API of SAM has no property Variable",
            ),
            ("{Type: AWS::Serverless::Function, Properties: {Event: {}}}", "2 V528 Event is no known property"),
        ],
    );
    assert_found(
        "t.yaml",
        "PART\nResources:\n  A: {Type: AWS::ApiGateway::RestApi}\n",
        &[
            ("Parameter: {}", "1 V528 Parameter is no known property"),
            ("Transforms: x", "1 V528 Transforms is no known"),
        ],
    );
    let openapi = "openapi: 3.0.1
PART
paths:
  /a:
    get:
      responses: {'200': {description: a}}
";
    assert_found(
        "t.yaml",
        openapi,
        &[
            ("component: {}", "2 V528 component is no known property; it is not read"),
            (
                "x-amazon-apigateway-binary-media-type: [a/b]",
                "2 V528 x-amazon-apigateway-binary-media-type is no known",
            ),
            ("components: {schemas: {A: {$ref: [a]}}}", "2 V653 a reference must be a string; it is not followed"),
        ],
    );
    assert_found(
        "t.yaml",
        "openapi: 3.0.1\npaths:\n  /a: PART\n",
        &[
            (
                "{get: {x-amazon-apigateway-integratoin: {}}}",
                "3 V528 x-amazon-apigateway-integratoin is no known property",
            ),
            ("{x-amazon-apigateway-any-methd: {}}", "3 V528 x-amazon-apigateway-any-methd is no known property"),
            ("{get: {parameter: []}}", "3 V528 parameter is no known property"),
            ("{post: {requestBody: {contents: {}}}}", "3 V528 contents is no known property"),
        ],
    );
    // Extensions of others are not ours.
    let others = openapi.replace("PART", "x-amazon-apigateway-future: {}\nx-internal: {}");
    assert_eq!(findings("t.yaml", &others).iter().filter(|line| line.contains("V528")).count(), 0);
    let service = "service: s\nprovider: {name: aws}\nPART\n";
    assert_found(
        "serverless.yml",
        service,
        &[
            ("function: {}", "3 V528 function is no known property"),
            ("functions: {g: {event: []}}", "3 V528 event is no known property"),
            ("functions: {g: {events: [{https: GET /b}]}}", "3 V528 https is no known property"),
            ("functions: {g: {events: [{http: {path: /b, methd: get}}]}}", "3 V528 methd is no known property"),
            ("functions: {g: {events: [{http: {path: /b}}]}}", "3 V653 an http event must have a method"),
            ("functions: {g: {events: [{http: {method: get}}]}}", "3 V653 an http event must have a path"),
        ],
    );
}

#[test]
fn events_of_sam() {
    let sam = "Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: s, Models: {Pet: {type: object}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E:
          Type: Api
          Properties: {RestApiId: !Ref A, Path: /a, Method: POST, RequestModel: {Model: PART}}
";
    assert_found("t.yaml", sam, &[("Per", "10 V530 the API has no model Per; bodies are not validated")]);
    assert_eq!(findings("t.yaml", &sam.replace("PART", "Pet")).len(), 0);
    let without = sam.replace("Path: /a, ", "");
    let found = findings("t.yaml", &without.replace("PART", "Pet"));
    assert_eq!(found, ["9 V653 an event of the type Api must have a Path: it is no route"]);
}
