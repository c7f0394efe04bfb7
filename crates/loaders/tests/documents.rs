//! Documents of public repositories and reports that were read wrongly, by their names in `corpus/reported`.

use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl_loaders::{Document, File, Options, load};

const REPORTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/reported");

fn read(name: &str) -> Option<String> {
    std::fs::read_to_string(format!("{REPORTED}/{name}")).ok()
}

fn document(name: &str) -> Document {
    let text = read(name).unwrap_or_else(|| panic!("{name} cannot be read"));
    let options = Options::new().read_file(&|path: &str| read(path)).reach(["documents"]);
    load(&[File::new(name, text)], &options).unwrap_or_else(|error| panic!("{error}"))
}

fn text(name: &str, text: &str) -> Document {
    load(&[File::new(name, text)], &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns severity, name and line of each finding.
fn found(document: &Document) -> Vec<(Severity, &'static str, usize)> {
    let line = |found: &vtl::diagnostic::Diagnostic| found.location.as_ref().map_or(0, |location| location.line);
    document.diagnostics().iter().map(|it| (it.severity, it.code.name(), line(it))).collect()
}

fn template(document: &Document) -> String {
    document.templates().next().map(|template| template.text.to_owned()).unwrap_or_default()
}

#[test]
fn what_is_included_wins_over_the_keys_beside_it() {
    let document = document("documents/sam-include-with-siblings/template.yaml");
    let keys: Vec<Option<String>> = (0..document.routes.len()).map(|route| document.route_key(route)).collect();
    assert_eq!(keys, [Some("POST /token".to_owned())]);
    assert_eq!(document.apis.first().and_then(|api| api.name.as_deref()), Some("included"));
}

// aws-observed 18.14: recorded by LocalStack's test_import_with_cognito_auth_identity_source.
#[test]
fn what_only_rest_apis_have_decides_the_protocol() {
    for name in ["documents/openapi-payload-format-1.0-in-rest.json", "documents/openapi-rest-with-cors-extension.yaml"]
    {
        let document = document(name);
        assert_eq!(document.apis.first().map(|api| api.protocol), Some(Protocol::Rest), "{name}");
        assert_eq!(document.errors(), [], "{name}");
    }
    let http = |integration: &str, root: &str| {
        let document = text(
            "api.yaml",
            &format!(
                "openapi: 3.0.1\n{root}paths: {{/a: {{get: {{x-amazon-apigateway-integration: {{{integration}}}}}}}}}\n"
            ),
        );
        document.apis.first().is_some_and(|api| api.protocol == Protocol::Http)
    };
    let cors = "x-amazon-apigateway-cors: {allowOrigins: ['*']}\n";
    assert!(http("type: http_proxy, httpMethod: GET, uri: 'https://b.test', payloadFormatVersion: '1.0'", ""));
    assert!(http("type: http_proxy, httpMethod: GET, uri: 'https://b.test'", cors));
    assert!(http("type: aws_proxy, httpMethod: POST, uri: 'arn:x', payloadFormatVersion: 2.0", ""));
    assert!(!http("type: mock, payloadFormatVersion: '1.0'", cors));
    assert!(!http("type: http_proxy, httpMethod: GET, uri: 'https://b.test'", ""));
}

#[test]
fn an_open_value_is_no_problem_by_itself() {
    for name in ["documents/openapi-substitution-as-http-mapping.yaml", "documents/cfn-sub-of-importvalue-in-host.yaml"]
    {
        assert_eq!(document(name).errors(), [], "{name}");
    }
}

#[test]
fn an_undeclared_parameter_of_the_path_is_advice() {
    let document = document("documents/openapi-undeclared-path-parameter.yaml");
    assert_eq!(found(&document), [(Severity::Advice, "undeclared-path-parameter", 13)]);
    let greedy =
        read("documents/openapi-undeclared-path-parameter.yaml").unwrap_or_default().replace("/{iun}:", "/{iun+}:");
    let names: Vec<&str> = text("api.yaml", &greedy).errors().iter().map(|error| error.code.name()).collect();
    assert_eq!(names, ["undeclared-parameter"]);
}

// aws-observed 18.15: recorded by LocalStack's import tests.
#[test]
fn an_import_leaves_out_what_is_no_string() {
    let document = document("documents/openapi-non-text-values-are-warnings.yaml");
    let found = found(&document);
    assert_eq!(document.errors(), []);
    let lines: Vec<usize> = found.iter().filter(|it| it.1 == "non-text-value").map(|it| it.2).collect();
    assert_eq!(lines, [12, 14]);
    let integration = document.method(0).and_then(|(_, method)| method.integration.as_ref());
    assert_eq!(integration.map(|it| (it.request_parameters.len(), it.request_templates.len())), Some((0, 0)));
}

// aws-observed 18.16: recorded by LocalStack's template35.
#[test]
fn a_response_of_an_undeclared_status_deploys_and_fails_when_it_is_chosen() {
    let document = document("documents/cfn-integration-response-without-method-response.yaml");
    assert_eq!(found(&document), [(Severity::Warning, "unusable-response", 19)]);
}

#[test]
fn ordinary_objects_are_no_documents() {
    let name = "documents/package-json-taken-for-integration.json";
    for text in [
        read(name).unwrap_or_default().as_str(),
        r#"{"type": "http", "url": "https://example.com/mcp"}"#,
        r#"{"type": "object", "properties": {"uri": {"type": "string"}}}"#,
        r#"{"items": [{"id": 1}]}"#,
        r#"{"Items": [{"id": {"S": "a"}}]}"#,
        // An event of a function.
        r#"{"resource": "/", "path": "/", "httpMethod": "GET", "headers": {}, "requestContext": {}, "body": null}"#,
        r#"{"Resources": ["a", "b"]}"#,
        r#"{"Transform": "rotate(45)"}"#,
        "on: push\njobs: {}\n",
        "- a\n- b\n",
    ] {
        let loaded = load(&[File::new("file.yaml", text)], &Options::default());
        let code = loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "");
        assert_eq!(code, "unknown-document", "{text}");
    }
    for text in [
        r#"{"type": "mock"}"#,
        r#"{"type": "http_proxy", "httpMethod": "GET", "uri": "https://b.test"}"#,
        r#"{"type": "lamda", "uri": "arn:x", "requestTemplates": {}}"#,
        r#"{"httpMethod": "GET", "authorizationType": "NONE"}"#,
    ] {
        assert!(load(&[File::new("i.json", text)], &Options::default()).is_ok(), "{text}");
    }
}

// The template is that of samtranslator/model/stepfunctions/events.py.
#[test]
fn an_event_of_a_state_machine_starts_an_execution() {
    let document = document("documents/sam-statemachine-api-event.yaml");
    assert_eq!(document.route_key(0).as_deref(), Some("POST /start"));
    assert_eq!(
        template(&document),
        r#"{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "${Machine}"}"#
    );
    assert_eq!(found(&document), []);
    let plain = read("documents/sam-statemachine-api-event.yaml").unwrap_or_default()
        + "            UnescapeMappingTemplate: true\n";
    assert!(template(&text("template.yaml", &plain)).contains(r#".replaceAll("\\'","'")"#));
}

// aws/serverless-application-model, tests/translator, api_with_invoke_mode.
#[test]
fn an_event_of_sam_streams_the_answer_of_its_function() {
    let event = |mode: &str| {
        let sam = format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
             Events: {{E: {{Type: Api, Properties: {{Path: /stream, Method: post, ResponseTransferMode: {mode}}}}}}}\n"
        );
        let document = text("template.yaml", &sam);
        assert_eq!(found(&document), [], "{mode}");
        document.to_json()["routes"][0]["integration"].clone()
    };
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${F.Arn}/response-streaming-invocations";
    let (streamed, buffered) = (event("RESPONSE_STREAM"), event("BUFFERED"));
    assert_eq!((&streamed["responseTransferMode"], &streamed["uri"]), (&"STREAM".into(), &uri.into()));
    assert!(buffered["uri"].as_str().is_some_and(|uri| uri.ends_with("2015-03-31/functions/${F.Arn}/invocations")));
}

// aws/serverless-application-model, tests/translator, api_merge_definitions_with_conflicting_request_models:
// the event adds its parameter and its model to the method of the definition.
#[test]
fn an_event_of_sam_declares_on_a_method_of_the_definition() {
    let document = text(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31
Resources:
  A:
    Type: AWS::Serverless::Api
    Properties:
      Models: {User: {type: object}}
      DefinitionBody: {swagger: '2.0', paths: {/test: {get: {parameters: [{name: h, in: header}], responses: {}}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E:
          Type: Api
          Properties:
            RestApiId: !Ref A
            Path: /test
            Method: get
            RequestModel: {Model: User, ValidateBody: true}
            RequestParameters: [{method.request.querystring.type: {Required: true, Caching: true}}]
",
    );
    assert_eq!(document.errors(), []);
    let method = document.method(0).map(|(_, method)| method).expect("a route");
    assert_eq!(method.request_parameters.get("method.request.querystring.type"), Some(&true));
    assert_eq!(method.request_parameters.get("method.request.header.h"), Some(&false));
    assert_eq!(method.request_models.get("application/json").map(String::as_str), Some("User"));
    assert!(method.request_validator.is_some());
}

// The headers and the template are those of samtranslator/swagger/swagger.py, `add_cors`.
#[test]
fn cors_of_sam_adds_options() {
    let document = text(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31
Globals: {Api: {Cors: {AllowOrigin: \"'https://a.test'\", AllowHeaders: \"'X-A'\", MaxAge: \"'600'\"}}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: get}}
        B: {Type: Api, Properties: {Path: /a, Method: post}}
        C: {Type: Api, Properties: {Path: /b, Method: any}}
        D: {Type: Api, Properties: {Path: /c, Method: options}}
",
    );
    let keys: Vec<Option<String>> = (4..document.routes.len()).map(|route| document.route_key(route)).collect();
    assert_eq!(keys, ["OPTIONS /a", "OPTIONS /b"].map(|key| Some(key.to_owned())));
    let rule = |route: usize| document.method(route)?.1.integration.as_ref()?.responses.first().cloned();
    let header = |route: usize, name: &str| {
        rule(route)?.response_parameters.get(&format!("method.response.header.Access-Control-{name}")).cloned()
    };
    assert_eq!(header(4, "Allow-Origin").as_deref(), Some("'https://a.test'"));
    assert_eq!(header(4, "Allow-Methods").as_deref(), Some("'GET,OPTIONS,POST'"));
    assert_eq!(header(5, "Allow-Methods").as_deref(), Some("'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'"));
    assert_eq!((header(4, "Max-Age").as_deref(), header(4, "Allow-Credentials")), (Some("'600'"), None));
    assert_eq!(document.errors(), []);
}

#[test]
fn cors_of_http_apis_is_read_in_every_language() {
    for (name, written) in [
        (
            "api.yaml",
            "openapi: 3.0.1\nx-amazon-apigateway-cors: {allowOrigins: [https://a.test], allowMethods: [GET], maxAge: 600, allowCredentials: true}\n\
          paths: {/a: {get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://b.test', payloadFormatVersion: '1.0'}}}}\n",
        ),
        (
            "cfn.yaml",
            "Resources:\n  A:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      ProtocolType: HTTP\n      \
          CorsConfiguration: {AllowOrigins: [https://a.test], AllowMethods: [GET], MaxAge: 600, AllowCredentials: true}\n",
        ),
        (
            "sam.yaml",
            "Resources:\n  A:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      \
          CorsConfiguration: {AllowOrigins: [https://a.test], AllowMethods: [GET], MaxAge: 600, AllowCredentials: true}\n",
        ),
        (
            "main.tf",
            "resource \"aws_apigatewayv2_api\" \"a\" {\n  protocol_type = \"HTTP\"\n  cors_configuration {\n    allow_origins = [\"https://a.test\"]\n    \
          allow_methods = [\"GET\"]\n    max_age = 600\n    allow_credentials = true\n  }\n}\n",
        ),
        (
            "put.sh",
            "aws apigatewayv2 create-api --name a --protocol-type HTTP --cors-configuration AllowOrigins=https://a.test,AllowMethods=GET,MaxAge=600,AllowCredentials=true\n",
        ),
        (
            "out.json",
            r#"{"ProtocolType": "HTTP", "Name": "a", "CorsConfiguration": {"AllowOrigins": ["https://a.test"], "AllowMethods": ["GET"], "MaxAge": 600, "AllowCredentials": true}}"#,
        ),
    ] {
        let document = text(name, written);
        let cors =
            document.apis.first().and_then(|api| api.cors_configuration.clone()).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(
            (cors.allow_origins, cors.allow_methods),
            (vec!["https://a.test".to_owned()], vec!["GET".to_owned()]),
            "{name}"
        );
        assert_eq!((cors.max_age, cors.allow_credentials), (Some(600), true), "{name}");
    }
    let short =
        text("sam.yaml", "Resources: {A: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: true}}}\n");
    let origins = short.apis.first().and_then(|api| api.cors_configuration.clone()).map(|cors| cors.allow_origins);
    assert_eq!(origins, Some(vec!["*".to_owned()]));
}

/// Each report with the findings that it must have, by severity, name and line.
#[test]
fn reports_have_their_findings() {
    use Severity::{Error, Warning};
    for (name, expected) in [
        // aws-observed 18.7: an action with a blank is not signed.
        ("r08/space.json", vec![(Error, "invalid-uri", 1)]),
        // aws-observed 18.11: two responses of one pattern.
        ("r16/cfn.yaml", vec![(Error, "duplicate-selection-pattern", 14)]),
        (
            "r35/template.yaml",
            vec![(Error, "duplicate-selection-pattern", 16), (Error, "duplicate-selection-pattern", 17)],
        ),
        ("r16/main.tf", vec![(Error, "duplicate-selection-pattern", 34)]),
        // aws-observed 18.13: a static value of a path must be encoded.
        ("r18/template.yaml", vec![(Error, "invalid-mapping-expression", 18)]),
        ("r20/template.yaml", vec![(Error, "invalid-mapping-expression", 9)]),
        ("r47/template.yaml", vec![(Error, "invalid-sub-name", 28)]),
        ("r47/uri.yaml", vec![(Error, "unresolved-name", 15)]),
        ("r58/api.yaml", vec![(Error, "invalid-mapping-expression", 4), (Error, "invalid-gateway-response", 5)]),
        (
            "r58/m.yaml",
            vec![
                (Error, "invalid-binary-type", 3),
                (Error, "unknown-validator", 4),
                (Error, "invalid-schema-type", 11),
            ],
        ),
    ] {
        let document = document(&format!("reports/{name}"));
        let found: Vec<_> = found(&document).into_iter().filter(|it| it.0 == Error || it.0 == Warning).collect();
        for finding in &expected {
            assert!(found.contains(finding), "{name}: {finding:?} in {:?}", document.diagnostics());
        }
    }
}

/// Each part of a path is a place of the routing table: 8 MB of them took 5 s and 1 GB to route a request.
#[test]
fn parts_of_paths_are_charged() {
    let load_with = |parts: usize| {
        let path = format!("/p{}", "/a".repeat(parts));
        let integration = serde_json::json!({"x-amazon-apigateway-integration": {"type": "mock"}});
        let document = serde_json::json!({"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {path: {"get": integration}}});
        let options = Options::default().limits(vtl::Limits::service().with_steps(Some(100_000)));
        let loaded = load(&[File::new("a.json", document.to_string())], &options);
        loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
    };
    assert_eq!((load_with(100), load_with(2_000)), ("", "step-limit"));
}
