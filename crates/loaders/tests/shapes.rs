//! A value of another type than what is read, and a name that does not exist, have a finding each.
//!
//! Assumed: the types are those of CloudFormation's and Terraform's documentation and of the OpenAPI specification;
//! what the service answers to a value of another type is not recorded.

mod found;

use found::{assert_found, findings};
use vtl_loaders::{File, Options, load};

const OPENAPI: &str = "openapi: 3.0.1
info: {title: t}
paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{\"statusCode\": 200}'}
        responses: {default: {statusCode: 200}}
        PART
";

#[test]
fn properties_of_an_integration() {
    let without_templates =
        OPENAPI.replace("        requestTemplates: {application/json: '{\"statusCode\": 200}'}\n", "");
    let of_templates = &[
        ("requestTemplates: [a]", "9 V653 requestTemplates must be a map, not a list; it is not read"),
        ("requestTemplates: {? {a: b} : x}", "9 V653 a key in requestTemplates must be a string, not a map"),
        ("requestTemplates: {null: x}", "9 V653 a key in requestTemplates must be a string, not null"),
        ("requestTemplates: text", "9 V653 requestTemplates must be a map, not a string"),
        ("requestTemplate: {application/json: '{}'}", "9 V528 unknown property requestTemplate"),
    ];
    assert_found("t.yaml", &without_templates, of_templates);
    assert_found(
        "t.yaml",
        OPENAPI,
        &[
            ("requestParameters: [a]", "10 V653 requestParameters must be a map, not a list"),
            ("timeoutInMillis: [1]", "10 V653 timeoutInMillis must be a string, not a list"),
            ("cacheNamespace: [1]", "10 V653 cacheNamespace must be a string, not a list"),
            ("connectionId: {a: b}", "10 V653 connectionId must be a string, not a map"),
            ("credentials: [x]", "10 V653 credentials must be a string, not a list"),
            ("cacheKeyParameters: [[x]]", "10 V653 cacheKeyParameters must be a string, not a list"),
            ("tlsConfig: x", "10 V653 tlsConfig must be a map, not a string"),
            ("tlsConfig: {insecureSkipVerificaton: true}", "10 V528 the TLS configuration has no property"),
            ("tlsConfig: {insecureSkipVerification: maybe}", "10 V653 insecureSkipVerification must be true or false"),
        ],
    );
    let without_responses = OPENAPI.replace("        responses: {default: {statusCode: 200}}\n", "");
    assert_found(
        "t.yaml",
        &without_responses,
        &[
            ("responses: text", "9 V653 responses must be a list or a map, not a string"),
            ("responses: {default: text}", "9 V653 an integration response must be a map, not a string"),
            (
                "responses: {default: {statusCode: 200, responseTemplates: [x]}}",
                "9 V653 responseTemplates must be a map",
            ),
            (
                "responses: {default: {statusCode: 200, responseParameters: x}}",
                "9 V653 responseParameters must be a map",
            ),
            (
                "responses: {default: {statusCode: 200, responseTemplate: {a: b}}}",
                "9 V528 an integration response has no property responseTemplate",
            ),
            ("responses: {default: {statusCode: [200]}}", "9 V653 statusCode must be a string, not a list"),
        ],
    );
}

#[test]
fn the_payload_format() {
    let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://a.test', PART}\n";
    assert_found(
        "t.yaml",
        text,
        &[
            ("payloadFormatVersion: 9.9", "5 V651"),
            ("payloadFormatVersion: [1]", "5 V653 payloadFormatVersion must be a string, not a list"),
        ],
    );
}

#[test]
fn parts_of_an_openapi_document() {
    let text = "openapi: 3.0.1\nPART\npaths:\n  /a: {get: {x-amazon-apigateway-integration: {type: mock}}}\n";
    assert_found(
        "t.yaml",
        text,
        &[
            (
                "x-amazon-apigateway-binary-media-types: image/png",
                "2 V653 x-amazon-apigateway-binary-media-types must be a list, not a string",
            ),
            (
                "x-amazon-apigateway-binary-media-types: [[a]]",
                "2 V653 x-amazon-apigateway-binary-media-types must be a string, not a list",
            ),
            (
                "x-amazon-apigateway-request-validators: [a]",
                "2 V653 x-amazon-apigateway-request-validators must be a map",
            ),
            (
                "x-amazon-apigateway-request-validators: {a: {validateRequestBdy: true}}",
                "2 V528 a request validator has no property validateRequestBdy",
            ),
            (
                "x-amazon-apigateway-gateway-responses: [a]",
                "2 V653 x-amazon-apigateway-gateway-responses must be a map",
            ),
            (
                "x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: a}",
                "2 V653 a gateway response must be a map, not a string",
            ),
            (
                "x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: [1]}}",
                "2 V653 statusCode must be a string",
            ),
            ("components: {schemas: [a]}", "2 V653 schemas must be a map, not a list"),
            ("securityDefinitions: {a: {type: [apiKey], name: x-api-key}}", "2 V653 type must be a string, not a list"),
            ("securityDefinitions: {a: {type: apiKey, name: {}}}", "2 V653 name must be a string, not a map"),
            ("securityDefinitions: {a: {type: apikey}}", "2 V651 apikey is not read: the value must be apiKey"),
            ("components: {securitySchemes: {a: {type: key}}}", "2 V651 key is not read: the value must be apiKey"),
            ("components: {securitySchemes: [a]}", "2 V653 securitySchemes must be a map, not a list"),
            ("servers: text", "2 V653 servers must be a list, not a string"),
        ],
    );
    assert_found("t.yaml", "openapi: 3.0.1\npaths: PART\n", &[("[a]", "2 V653 paths must be a map, not a list")]);
    let text = "openapi: 3.0.1\npaths:\n  /b: {get: {x-amazon-apigateway-integration: {type: mock}}}\n  /a: PART\n";
    assert_found(
        "t.yaml",
        text,
        &[
            ("text", "4 V653 /a must be a map, not a string"),
            ("[get]", "4 V653 /a must be a map, not a list"),
            ("{GET: {x-amazon-apigateway-integration: {type: mock}}}", "4 V528 a path has no property GET"),
            ("{parameters: {a: b}}", "4 V653 parameters must be a list, not a map"),
            ("{parameters: [text]}", "4 V653 parameters must be a map, not a string"),
            ("{get: {requestBody: text}}", "4 V653 requestBody must be a map, not a string"),
            ("{get: {responses: [a]}}", "4 V653 responses must be a map, not a list"),
            ("{get: {security: {a: []}}}", "4 V653 security must be a list, not a map"),
            ("{get: text}", "4 V653 the operation must be a map, not a string"),
        ],
    );
}

#[test]
fn parts_of_a_cloudformation_template() {
    let method = "Resources:
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      HttpMethod: GET
      Integration:
        Type: MOCK
        PART
";
    assert_found(
        "t.yaml",
        method,
        &[
            ("RequestTemplates: [a]", "8 V653 RequestTemplates must be a map, not a list"),
            ("RequestTemplates: text", "8 V653 RequestTemplates must be a map, not a string"),
            ("RequestParameters: [a]", "8 V653 RequestParameters must be a map, not a list"),
            ("IntegrationResponses: [text]", "8 V653 an integration response must be a map, not a string"),
            (
                "IntegrationResponses: [{StatusCode: 200, ResponseTemplate: {a: b}}]",
                "8 V528 an integration response has no property",
            ),
        ],
    );
    let resource = "Conditions: {Known: !Equals [a, a]}
Resources:
  Get: {Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, Integration: {Type: MOCK}}}
  Other: PART
";
    assert_found(
        "t.yaml",
        resource,
        &[
            ("text", "4 V653 Other must be a map, not a string"),
            (
                "{Type: AWS::ApiGateway::Metod}",
                "4 V528 Other is not read: API Gateway has no resources of the type AWS::ApiGateway::Metod",
            ),
            ("{Type: AWS::ApiGateway::RestApi, Condition: Unknown}", "4 V535 the template has no condition Unknown"),
            (
                "{Type: AWS::ApiGateway::RestApi, Properties: {Name: !If [Unknown, a, b]}}",
                "4 V535 the template has no condition Unknown",
            ),
            (
                "{Type: AWS::ApiGateway::RestApi, Properties: {BinaryMediaTypes: image/png}}",
                "4 V653 BinaryMediaTypes must be a list, not a string",
            ),
            ("{Type: AWS::ApiGateway::RestApi, Properties: {Nam: a}}", "4 V528 a REST API has no property Nam"),
            (
                "{Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, RequestModels: text}}",
                "4 V653 RequestModels must be a map",
            ),
            (
                "{Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, MethodResponses: {a: b}}}",
                "4 V653 MethodResponses must be a list",
            ),
            (
                "{Type: AWS::ApiGateway::Model, Properties: {Name: Pet, Schema: '{'}}",
                "4 V501 the schema of the model Pet is not JSON",
            ),
            (
                "{Type: AWS::ApiGateway::GatewayResponse, Properties: {ResponseType: THROTTLED, RestApiId: a}}",
                "4 V530 the document does not have the API",
            ),
            ("{Type: AWS::ApiGateway::Stage, Properties: {Variables: [a]}}", "4 V653 Variables must be a map"),
            ("{Type: AWS::Serverless::Function, Properties: {Events: [a]}}", "4 V653 Events must be a map"),
        ],
    );
    let section = "PART\nResources:\n  Get: {Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, Integration: {Type: MOCK}}}\n";
    assert_found(
        "t.yaml",
        section,
        &[
            ("Conditions: [a]", "1 V653 Conditions must be a map, not a list"),
            ("Parameters: text", "1 V653 Parameters must be a map, not a string"),
            ("Parameters: {A: text}", "1 V653 A must be a map, not a string"),
            ("Parameters: {A: {Type: String, Default: [a]}}", "1 V653 Default must be a string, not a list"),
            ("Parameters: {A: {Type: [String]}}", "1 V653 Type must be a string, not a list"),
            ("Parameters: {A: {Type: Strin}}", "1 V651 Strin is not read: the value must be String, Number"),
            ("Parameters: {A: {Default: a}}", "1 V653 the parameter A has no Type"),
            ("Parameters: {A: {Type: String, Defalt: a}}", "1 V528 a parameter has no property Defalt"),
            ("Mappings: [a]", "1 V653 Mappings must be a map, not a list"),
            ("Globals: text", "1 V653 Globals must be a map, not a string"),
        ],
    );
}

#[test]
fn parts_of_a_terraform_configuration() {
    let integration = "resource \"aws_api_gateway_integration\" \"i\" {
  http_method = \"GET\"
  type        = \"MOCK\"
  PART
}
";
    assert_found(
        "main.tf",
        integration,
        &[
            ("request_templates = [\"a\"]", "4 V653 request_templates must be a map, not a list"),
            ("request_templates = \"a\"", "4 V653 request_templates must be a map, not a string"),
            ("request_parameters = [\"a\"]", "4 V653 request_parameters must be a map, not a list"),
            ("request_template = {}", "4 V528 unknown property request_template"),
            (
                "count = \"x\"",
                "4 V653 count of aws_api_gateway_integration.i must be a whole number that is not negative",
            ),
            (
                "count = aws_lambda_function.f.memory_size",
                "4 V522 the number of aws_api_gateway_integration.i is known only after deployment",
            ),
            ("for_each = \"x\"", "4 V653 for_each of aws_api_gateway_integration.i must be a map or a set of strings"),
            ("tls { insecure = true }", "V528"),
            ("tls_config { insecure = true }", "4 V528 the TLS configuration has no property insecure"),
            ("dynamic \"tls_config\" { for_each = [1] }", "4 V528"),
        ],
    );
    let beside = "resource \"aws_api_gateway_integration\" \"i\" {
  http_method = \"GET\"
  type        = \"MOCK\"
}
PART
";
    assert_found(
        "main.tf",
        beside,
        &[
            (
                "resource \"aws_api_gateway_integration_response\" \"r\" {}",
                "5 V530 the document has no integration for this response",
            ),
            (
                "resource \"aws_api_gateway_metod\" \"m\" {}",
                "5 V528 aws_api_gateway_metod.m is not read: API Gateway has no resources",
            ),
            ("resource \"aws_api_gateway_rest_api_put\" \"p\" {}", "5 V530 aws_api_gateway_rest_api_put.p is not read"),
            ("resource \"aws_api_gateway_method\" {}", "5 V528 the block resource has a type and a name, not 1 labels"),
            ("resources \"a\" \"b\" {}", "5 V528 Terraform has no blocks resources"),
            (
                "resource \"aws_api_gateway_method\" \"m\" {\n  request_models = \"a\"\n}",
                "6 V653 request_models must be a map, not a string",
            ),
            (
                "resource \"aws_api_gateway_method\" \"m\" {\n  request_model = {}\n}",
                "6 V528 a method has no property request_model",
            ),
        ],
    );
}

#[test]
fn what_has_no_effect_is_told() {
    let api =
        "Resources:\n  A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: PROTOCOL, Name: a}}\n  PART\n";
    let http = api.replace("PROTOCOL", "HTTP");
    let integration = |rest: &str| {
        format!(
            "I: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{ApiId: !Ref A, IntegrationType: HTTP_PROXY, {rest}}}}}"
        )
    };
    let pairs = |pair: &str| integration(&format!("ResponseParameters: {{'200': {{ResponseParameters: [{pair}]}}}}"));
    let pair = "3 V653 a response parameter has a Destination and a Source; this one is not read";
    assert_found(
        "t.yaml",
        &http,
        &[
            (&pairs("{Source: a}"), pair),
            (&pairs("{Destination: a}"), pair),
            (&pairs("a"), pair),
            (
                "R: {Type: AWS::ApiGatewayV2::IntegrationResponse, Properties: {IntegrationId: x}}",
                "3 V530 the document has no integration for this response; it is not read",
            ),
            (
                "M: {Type: AWS::ApiGateway::Model, Properties: {RestApiId: x}}",
                "V530 the document does not have the API",
            ),
            ("B: {Properties: {Integration: {Type: MOCK}}}", "3 V653 the resource B has no type; it is not read"),
            ("B: {Type: [AWS::ApiGateway::Method]}", "3 V653 the resource B has no type; it is not read"),
            (
                "B: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTPP}}",
                "3 V651 HTPP is not read: the value must be HTTP or WEBSOCKET",
            ),
            (
                "B: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigin: a}}}",
                "3 V528 the CORS settings has no property AllowOrigin",
            ),
            (
                "B: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, CorsConfiguration: {MaxAge: long}}}",
                "3 V653 the age of CORS settings is a number of seconds, not long",
            ),
            (
                "B: {Type: AWS::ApiGateway::RestApi, Properties: {ApiKeySourceType: COOKIE}}",
                "3 V651 COOKIE is not read: the value must be HEADER or AUTHORIZER",
            ),
            (
                "B: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {path: {}}}}",
                "3 V653 the definition of an API is no OpenAPI document",
            ),
        ],
    );
    let sam = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {E: PART}}\n";
    assert_found(
        "t.yaml",
        sam,
        &[
            ("{Type: Api, Properties: {Path: /a, Methd: get}}", "5 V528 an event has no property Methd"),
            ("{Type: Api, Properties: {Path: [a], Method: get}}", "5 V653 Path must be a string, not a list"),
            (
                "{Type: Api, Properties: {Path: /a, Method: get, ResponseTransferMode: SLOW}}",
                "5 V651 SLOW is not read: the value must be BUFFERED or RESPONSE_STREAM",
            ),
            ("{Properties: {Path: /a, Method: get}}", "5 V530 the event E of F is not read: it has no type"),
        ],
    );
    let integrations = "resource \"aws_api_gateway_integration\" \"i\" {\n  rest_api_id = \"a\"\n  resource_id = \"b\"\n  \
                        http_method = \"GET\"\n  type = \"MOCK\"\n}\n";
    let second = integrations.replace("\"i\"", "\"j\"");
    let replaced = "1 V525 the method has another integration, which counts; this one is not read";
    assert_found("main.tf", &format!("{integrations}PART"), &[(&second, replaced)]);
    let openapi = "openapi: 3.0.1\npaths: {/a: {get: {parameters: [PART]}}}\n";
    assert_found(
        "t.yaml",
        openapi,
        &[
            ("{name: a, in: querystring}", "2 V528 a parameter is not read: querystring is no place of parameters"),
            ("{in: query}", "2 V528 a parameter is not read: it has no name"),
            ("]}}, /b: 'a ${b} c', /c: {get: {parameters: [", "2 V653 /b must be a map, not a string"),
            ("]}}}\n---\na: [b", "4 V530 the documents behind the first one of the file are not read"),
        ],
    );
    let shell = "aws apigateway put-integration --rest-api-id a --resource-id b --http-method GET --type MOCK\nPART\n";
    let unknown = "2 V527 ignoring unsupported command put-integratoin";
    assert_found("t.sh", shell, &[("aws apigateway put-integratoin --type MOCK", unknown)]);
}

#[test]
fn resources_without_what_they_belong_to() {
    let api = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n  \
               M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, HttpMethod: GET, PART}}\n";
    let unknown = "V530 the document has no request validator abc; requests are not validated";
    assert_found("t.yaml", api, &[("RequestValidatorId: abc", unknown)]);
    let resource =
        "Resources:\n  A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}\n  B: PART\n";
    assert_found(
        "t.yaml",
        resource,
        &[
            (
                "{Type: AWS::ApiGateway::Stage, Properties: {RestApiId: x, StageName: s}}",
                "3 V530 the document does not have the API of this stage; it is not read",
            ),
            (
                "{Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: x, StageName: s}}",
                "3 V530 the document does not have the API of this stage; it is not read",
            ),
            (
                "{Type: AWS::ApiGateway::RequestValidator, Properties: {RestApiId: x}}",
                "3 V530 the document does not have the API of this request validator; it is not read",
            ),
            (
                "{Type: AWS::ApiGatewayV2::RouteResponse, Properties: {ApiId: !Ref A, RouteId: x}}",
                "3 V530 the document has no route for this response; it is not read",
            ),
        ],
    );
}

#[test]
fn stages_of_one_api() -> Result<(), Box<dyn std::error::Error>> {
    let document = |stages: &[&str]| {
        let mut text = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n  \
                        M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, HttpMethod: GET, \
                        Integration: {Type: MOCK}}}\n"
            .to_owned();
        for (at, stage) in stages.iter().enumerate() {
            text.push_str(&format!("  S{at}: {{Type: AWS::ApiGateway::{stage}}}\n"));
        }
        load(&[File::new("t.yaml", text)], &Options::default())
    };
    let dev = "Stage, Properties: {RestApiId: !Ref A, StageName: dev, Variables: {table: t}}";
    let prod = "Stage, Properties: {RestApiId: !Ref A, StageName: prod, Variables: {table: p}}";
    let same = "Stage, Properties: {RestApiId: !Ref A, StageName: prod, Variables: {table: t}}";
    let deployment = "Deployment, Properties: {RestApiId: !Ref A, StageName: dev}";
    let told = "5 V530 the API has 2 stages whose variables differ; none are read";
    for (stages, stage, table, finding) in [
        (&[dev][..], Some("dev"), Some("t"), None),
        (&[deployment, dev], Some("dev"), Some("t"), None),
        (&[dev, deployment], Some("dev"), Some("t"), None),
        (&[deployment, prod], Some("prod"), Some("p"), None),
        (&[dev, same], None, Some("t"), None),
        (&[dev, prod], None, None, Some(told)),
    ] {
        let document = document(stages)?;
        let api = &document.apis[0];
        assert_eq!(api.stage.as_deref(), stage, "{stages:?}");
        assert_eq!(api.stage_variables.get("table").map(String::as_str), table, "{stages:?}");
        let diagnostics = document.diagnostics();
        let found = diagnostics.iter().find(|it| it.message.contains("stage"));
        let line = |it: &vtl::diagnostic::Diagnostic| it.location.as_ref().map_or(0, |location| location.line);
        let found = found.map(|it| format!("{} {} {}", line(it), it.code, it.message));
        assert_eq!(found.as_deref(), finding, "{stages:?}");
    }
    Ok(())
}

#[test]
fn parts_of_a_serverless_service_and_of_json() {
    let service = "service: s\nprovider: {name: aws}\nfunctions:\n  f: {handler: h, events: PART}\n";
    assert_found(
        "serverless.yml",
        service,
        &[
            ("{http: GET /a}", "4 V653 events must be a list, not a map; it is not read"),
            (
                "[{http: GET /a}, {http: GET a}]",
                "4 V530 the framework makes two resources of the name ApiGatewayMethodAGet",
            ),
            (
                "[{http: GET /a-b}, {http: GET /A-B}]",
                "4 V530 the framework makes two resources of the name ApiGatewayR",
            ),
            ("[{http: GET /a/..}]", "4 V530 the path a/.. has a part without letters and digits"),
            ("[{http: {path: [a], method: get}}]", "4 V653 path must be a string, not a list"),
            ("[{http: {path: a, method: get, private: sure}}]", "4 V653 private must be true or false"),
            ("[{http: {path: a, method: get, request: {template: a}}}]", "4 V653 template must be a map"),
            ("[{http: {path: a, method: get, cors: {maxAge: [1]}}}]", "4 V653 maxAge must be a string"),
        ],
    );
    assert_found(
        "serverless.yml",
        "service: s\nprovider: PART\nfunctions:\n  f: {handler: h, events: [{http: true}]}\n",
        &[("azure", "0 V505 a service of the provider azure has no API"), ("{name: google}", "0 V505 a service of")],
    );
    let terraform = "{\"resource\": {\"aws_api_gateway_rest_api\": {\"a\": {\"name\": \"a\"}}},\nPART}";
    assert_found(
        "main.tf.json",
        terraform,
        &[
            ("\"locals\": \"a\"", "2 V528 locals must be a map; it is not read"),
            ("\"data\": {\"aws_region\": [5]}", "2 V528 aws_region must be a map; it is not read"),
            ("\"variable\": {\"v\": 5}", "2 V528 v must be a map; it is not read"),
        ],
    );
    let response = "resource \"aws_api_gateway_method_response\" \"r\" {\n  http_method = \"GET\"\n}\nPART\n";
    let orphan = "1 V530 the document has no method for this response; it is not read";
    assert_found("main.tf", response, &[("", orphan)]);
    let method = "{\"httpMethod\": \"GET\", \"authorizationType\": \"NONE\",\n  PART,\n  \"methodIntegration\": {\"type\": \"MOCK\"}}";
    assert_found(
        "method.json",
        method,
        &[
            ("\"apiKeyRequired\": \"sure\"", "2 V653 apiKeyRequired must be true or false"),
            ("\"requestParameters\": {\"a\": \"b\"}", "2 V653 a must be true or false"),
            ("\"requestModels\": [1]", "2 V653 requestModels must be a map, not a list"),
        ],
    );
}

#[test]
fn values_that_are_known_only_after_deployment_fit() {
    let template = "Parameters: {Types: {Type: CommaDelimitedList}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: t, BinaryMediaTypes: !Ref Types, Parameters: !GetAtt A.B}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      HttpMethod: GET
      RestApiId: !Ref Api
      Integration: {Type: MOCK, RequestTemplates: !GetAtt A.B, TimeoutInMillis: !GetAtt A.C}
";
    let found = findings("t.yaml", template);
    assert!(!found.iter().any(|line| line.contains("V653") || line.contains("V528")), "{found:#?}");
}

#[test]
fn findings_about_one_value_are_bounded() {
    let unknown: String = (0..300).map(|at| format!("      Unknown{at}: a\n")).collect();
    let text = format!(
        "Resources:\n  Get:\n    Type: AWS::ApiGateway::Method\n    Properties:\n      HttpMethod: GET\n      Integration: {{Type: MOCK}}\n{unknown}"
    );
    let found = findings("t.yaml", &text);
    assert_eq!(found.iter().filter(|line| line.contains("V528 a method has no property")).count(), 100);
    assert!(found.iter().any(|line| line.contains("more than 100 properties are not read; the others are not listed")));
}

/// AWS::LanguageExtensions, "Fn::ForEach": an identifier, a collection of texts, and a map.
#[test]
fn loops_of_a_template() {
    let frame = "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}, Late: {Type: CommaDelimitedList}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  'Fn::ForEach::A': PART
";
    let body = "{'R${X}': {Type: AWS::ApiGateway::RestApi}}";
    let cases = [
        ("[]", "6 V653 Fn::ForEach::A is not read: it is no list of an identifier, a list and a map"),
        ("text", "6 V653 Fn::ForEach::A is not read: it is no list of"),
        ("[X, [a]]", "6 V653 Fn::ForEach::A is not read: it is no list of"),
        ("[X, [a], text]", "6 V653 Fn::ForEach::A is not read: it is no list of"),
        ("[[1], [a], BODY]", "6 V653 Fn::ForEach::A is not read: it is no list of"),
        ("[X, text, BODY]", "6 V653 Fn::ForEach::A is not read: its second part is no list"),
        ("[X, [a, [b]], BODY]", "6 V653 Fn::ForEach::A is not read: this item of its list is no text"),
        ("[X, !Ref Late, BODY]", "6 V530 Fn::ForEach::A is not read: its list is known only when"),
    ];
    let cases = cases.map(|(part, expected)| (part.replace("BODY", body), expected));
    let cases: Vec<(&str, &str)> = cases.iter().map(|(part, expected)| (part.as_str(), *expected)).collect();
    assert_found("t.yaml", frame, &cases);
    for part in ["[X, [a, 1], BODY]", "[X, !Ref Names, BODY]"] {
        let found = findings("t.yaml", &frame.replace("PART", &part.replace("BODY", body)));
        assert!(!found.iter().any(|line| line.contains("ForEach")), "{part}: {found:?}");
    }
}

#[test]
fn parts_of_a_serverless_service() {
    assert_found(
        "serverless.yml",
        "PART\nprovider: {name: aws}\nfunctions: {g: {events: [{http: GET /a}]}}\n",
        &[
            ("service: [x]", "1 V653 service must be a map, not a list"),
            ("service: {nam: x}", "1 V653 service must have a name"),
        ],
    );
    assert_found(
        "serverless.yml",
        "service: s\nprovider: {name: aws}\nstepFunctions:\n  stateMachines:\n    m: PART\n",
        &[
            ("{event: []}", "5 V528 event is no known property"),
            ("{events: [{https: {}}]}", "5 V528 https is no known property"),
            ("{events: [{http: {path: a}}]}", "5 V653 an http event must have a method: it is no route"),
            ("{events: [{http: {path: [a], method: GET}}]}", "5 V653 path must be a string, not a list"),
            ("{events: [{http: {method: GET}}]}", "5 V653 an http event must have a path: it is no route"),
        ],
    );
}

#[test]
fn schemas_and_paths_of_an_openapi_document() {
    let document = "openapi: 3.0.1
info: {title: t}
x-amazon-apigateway-binary-media-types: [TYPE]
paths:
  PATH:
    post:
      requestBody: {content: {application/json: {schema: PART}}}
";
    let with = |path: &str, media: &str| document.replace("PATH", path).replace("TYPE", media);
    assert_found(
        "t.yaml",
        &with("/a", "a/b"),
        &[
            ("{$ref: {x: y}}", "7 V653 $ref must be a string, not a map"),
            ("{$reff: '#/components/schemas/A'}", "7 V528 $reff is no known property"),
        ],
    );
    let good = |path: &str, media: &str| with(path, media).replace("PART", "{type: object}");
    assert_found(
        "t.yaml",
        "PART",
        &[
            (&good("a", "a/b"), "6 V651 a is no path: a path must begin with a slash"),
            (&good("/a", "null"), "3 V653 an item of x-amazon-apigateway-binary-media-types is null; it is not read"),
        ],
    );
    let version = good("/a", "a/b").replace("openapi: 3.0.1", "openapi: 9.1");
    assert_found("t.yaml", "PART", &[(&version, "1 V651 9.1 is not read: the value must be a version 3.x of OpenAPI")]);
    assert_found(
        "t.yaml",
        "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-request-validator: none, PART}}}\n",
        &[
            ("responses: {2XX: {}}", "2 V651 the response 2XX is not read: it must have a status code or default"),
            (
                "parameters: [{in: cookie, name: a}]",
                "2 V530 a parameter is not read: a method has none of the place cookie",
            ),
        ],
    );
    assert_eq!(findings("t.yaml", &good("/a", "a/b")).iter().filter(|line| line.contains("V65")).count(), 0);
}
