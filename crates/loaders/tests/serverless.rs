//! Services of the Serverless framework: what it and its plug-ins deploy, variables, and places.

use serde_json::{Value as Json, json};
use vtl::Limits;
use vtl_loaders::{Document, File, Kind, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn sls(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("serverless.yml", text)], &Options::default())
}

/// Returns the routes without their places and without what the case does not tell.
fn routes(document: &Document) -> Vec<Json> {
    let mut routes = document.to_json()["routes"].as_array().cloned().unwrap_or_default();
    for route in routes.iter_mut().filter_map(Json::as_object_mut) {
        for key in ["place", "requestValidator", "api"] {
            route.remove(key);
        }
    }
    routes
}

// `tests/cases/serverless.json` has what the sources of the framework (oss-serverless/serverless, the
// MIT licensed continuation of version 3), of serverless-apigateway-service-proxy and of
// serverless-step-functions make of each service: the properties of its methods, taken from
// `compileMethods`, `compileMethodsTo…` and `compileCors`.
#[test]
fn methods_are_those_that_the_framework_deploys() -> Outcome {
    let path = format!("{}/tests/cases/serverless.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Json = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let cases = cases.as_array().cloned().unwrap_or_default();
    assert!(cases.len() >= 50);
    let mut wrong = Vec::new();
    for case in cases {
        let mut resources =
            json!({"ApiGatewayRestApi": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "dev-pets"}}});
        for (at, method) in case["methods"].as_array().into_iter().flatten().enumerate() {
            let path = method["ResourceId"].as_str().unwrap_or_default();
            let mut method = method.clone();
            method["ResourceId"] = json!({"Ref": format!("P{at}")});
            let api = json!({"Ref": "ApiGatewayRestApi"});
            resources[format!("P{at}")] = json!({"Type": "AWS::ApiGateway::Resource", "Properties": {"RestApiId": api, "Path": format!("/{path}")}});
            resources[format!("M{at}")] = json!({"Type": "AWS::ApiGateway::Method", "Properties": method});
        }
        let template = json!({"Resources": resources}).to_string();
        let expected = routes(&load(&[File::new("template.json", template)], &Options::default())?);
        assert!(
            expected.iter().all(|route| route["integration"].is_object()) && !expected.is_empty(),
            "{}",
            case["name"]
        );
        let made = sls(&case["service"].to_string())?;
        assert_eq!(made.kind, Kind::Serverless);
        let made = routes(&made);
        if made != expected {
            wrong.push(format!("{}:\n made     {}\n expected {}", case["name"], json!(made), json!(expected)));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n\n"));
    Ok(())
}

const PETS: &str = r#"
service: pets
custom:
  stage: ${opt:stage, self:provider.stage}
  tables: {dev: pets-dev, prod: pets-prod}
  host: ${env:HOST, 'fallback.test'}
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  apiGateway:
    request:
      schemas:
        pet: {name: Pet, schema: {type: object, required: [name]}}
functions:
  list:
    handler: src/list.handler
    events:
      - http:
          path: pets/{id}
          method: get
          integration: lambda
          request:
            parameters: {paths: {id: true}}
            schemas: {application/json: pet}
            template:
              application/json: |
                {
                  "table": "${self:custom.tables.${self:custom.stage}}",
                  "id": "$input.params('id'"
                }
          response:
            headers: {Content-Type: "'application/json'"}
            template: ${file(templates/ok.vtl)}
            statusCodes:
              200: {pattern: ''}
              404: {pattern: '.*\[404\].*', template: "$input.path('$.errorMessage')"}
      - httpApi: 'GET /v2/pets'
      - websocket: $connect
  proxy:
    handler: src/proxy.handler
    events:
      - http:
          path: hosts
          method: get
          integration: http
          request: {uri: 'https://${self:custom.host}/'}
          response: {statusCodes: {200: {pattern: ''}}}
resources:
  Resources:
    Denied:
      Type: AWS::ApiGateway::GatewayResponse
      Properties:
        RestApiId: {Ref: ApiGatewayRestApi}
        ResponseType: ACCESS_DENIED
        StatusCode: 418
  extensions:
    ApiGatewayMethodHostsGet:
      Properties: {Integration: {TimeoutInMillis: 5000}}
"#;

fn read(name: &str) -> Option<String> {
    match name {
        "templates/ok.vtl" => Some("#if($x".to_owned()),
        "functions.yml" => Some("get:\n  events:\n    - http: GET ${self:custom.path}\n".to_owned()),
        "config.prod.json" => Some("{\"hosts\": {\"api\": \"prod.test\"}}".to_owned()),
        _ => None,
    }
}

fn keys(document: &Document) -> Vec<String> {
    (0..document.routes.len()).map(|route| document.route_label(route)).collect()
}

// "Variables", "API Gateway" and "AWS Infrastructure Resources" of the framework's documentation.
#[test]
fn a_whole_service() -> Outcome {
    let load = |options: Options<'_>| load(&[File::new("serverless.yml", PETS)], &options.read_file(&read));
    let document = load(Options::new())?;
    assert_eq!(keys(&document), ["GET /pets/{id}", "GET /hosts", "GET /v2/pets", "$connect"]);
    let names: Vec<Option<&str>> = document.apis.iter().map(|api| api.name.as_deref()).collect();
    assert_eq!(names[0], Some("dev-pets"));
    let request = document.templates().next().map(|template| template.text.to_owned()).unwrap_or_default();
    assert!(request.contains("\"table\": \"pets-dev\""), "{request}");
    let uri =
        |document: &Document, route| document.method(route).and_then(|(_, it)| it.integration.as_ref()?.uri.clone());
    assert_eq!(uri(&document, 1).as_deref(), Some("https://fallback.test/"));
    assert_eq!(
        uri(&document, 0).as_deref(),
        Some(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${ListLambdaFunction.Arn}/invocations"
        )
    );
    let json = document.to_json();
    assert_eq!(
        json["routes"][0]["requestValidator"],
        json!({"validateRequestBody": true, "validateRequestParameters": true})
    );
    assert_eq!(json["routes"][0]["requestModels"], json!({"application/json": "Pet"}));
    assert_eq!(json["apis"][0]["gatewayResponses"]["ACCESS_DENIED"]["statusCode"], "418");
    assert_eq!(json["routes"][1]["integration"]["timeoutInMillis"], 5000);
    // The errors of templates are at their places: in the document, and in a file of it.
    let errors: Vec<String> = document.errors().iter().map(|found| found.to_string()).collect();
    let line = PETS.lines().position(|line| line.contains("$input.params")).unwrap_or_default() + 1;
    assert!(errors.iter().any(|found| found.starts_with(&format!("serverless.yml:{line}:"))), "{errors:#?}");
    assert!(errors.iter().any(|found| found.starts_with("templates/ok.vtl:1:7: error[V001]")), "{errors:#?}");

    let prod = load(Options::new().parameters([("stage", "prod"), ("env:HOST", "given.test")]))?;
    assert_eq!(prod.apis[0].name.as_deref(), Some("prod-pets"));
    assert_eq!(uri(&prod, 1).as_deref(), Some("https://given.test/"));
    let request = prod.templates().next().map(|template| template.text.to_owned()).unwrap_or_default();
    assert!(request.contains("\"table\": \"pets-prod\""), "{request}");
    Ok(())
}

#[test]
fn variables_have_the_frameworks_values() -> Outcome {
    let custom = "  a: one\n  list: [x, y]\n  map: {k: v}\n  path: /from-file\n  ref: ${self:custom.a}\n  which: a\n";
    for (variable, expected) in [
        ("${self:custom.a}", "one"),
        ("x-${self:custom.a}-${self:custom.list.1}", "x-one-y"),
        ("${self:custom.missing, self:custom.a}", "one"),
        ("${self:custom.missing, 'b,c'}", "b,c"),
        ("${opt:missing, \"d\"}", "d"),
        ("${self:custom.${self:custom.which}}", "one"),
        ("${self:custom.ref}", "one"),
        ("${self:service}-${sls:stage}", "s-dev"),
        ("${opt:stage, self:provider.stage}", "dev"),
        ("${self:provider.stage, 'x'}", "dev"),
        ("${aws:region}", "us-east-1"),
        ("${param:p}", "of-default"),
        ("${file(config.${self:custom.missing, 'prod'}.json):hosts.api}", "prod.test"),
        ("${file(gone.yml):x, 'none'}", "none"),
        ("${ssm:/x}", "${ssm:/x}"),
        ("${cf:stack.Output}/y", "${cf:stack.Output}/y"),
        ("${env:X}", "${env:X}"),
        // CloudFormation's, and the mapping language's.
        ("${AWS::Region}", "${AWS::Region}"),
        ("${Name}", "${Name}"),
        ("$input.path('$.x')", "$input.path('$.x')"),
    ] {
        let text = format!(
            "service: s\nprovider: {{name: aws}}\nparams: {{default: {{p: of-default}}}}\ncustom:\n{custom}functions:\n  f:\n    events:\n      - http:\n          method: GET\n          path: p\n          integration: http\n          request: {{uri: {variable:?}}}\n"
        );
        let document = load(&[File::new("serverless.yml", text)], &Options::new().read_file(&read))?;
        let uri = document.method(0).and_then(|(_, method)| method.integration.as_ref()?.uri.clone());
        assert_eq!(uri.as_deref(), Some(expected), "{variable}");
    }
    Ok(())
}

#[test]
fn parts_in_files_and_parts_that_are_not_read() -> Outcome {
    let text = "service: s\nprovider: aws\ncustom: {path: /from-file}\nfunctions:\n  - ${file(functions.yml)}\n  - ${file(more.js):functions}\n  - ${file(gone.yml)}\n";
    let document = load(&[File::new("serverless.yml", text)], &Options::new().read_file(&read))?;
    assert_eq!(keys(&document), ["GET /from-file"]);
    let found: Vec<String> = document.diagnostics().iter().map(|found| found.to_string()).collect();
    assert!(
        found.contains(
            &"serverless.yml:6:5: advice[V530]: more.js is a program and is not run; its values are unknown".to_owned()
        ),
        "{found:#?}"
    );
    assert!(found.contains(&"serverless.yml:7:5: warning[V524]: cannot read gone.yml".to_owned()), "{found:#?}");
    // A part of a service, as a question shows it.
    assert_eq!(keys(&sls("functions:\n  f:\n    handler: a.b\n    events:\n      - http: POST a\n")?), ["POST /a"]);
    Ok(())
}

#[test]
fn variables_that_grow_or_go_in_circles_are_refused() {
    let code = |text: &str| sls(text).map_or_else(|error| error.diagnostic().code.name(), |_| "");
    let service = |custom: &str| {
        format!("service: s\nprovider: aws\ncustom:\n{custom}functions: {{f: {{events: [{{http: GET a}}]}}}}\n")
    };
    assert_eq!(code(&service("  a: ${self:custom.b}\n  b: ${self:custom.a}\n")), "circular-reference");
    assert_eq!(code(&service("  a: {b: '${self:custom}'}\n")), "circular-reference");
    let mut doubled = "  v0: xxxxxxxxxxxxxxxx\n".to_owned();
    for level in 1..40 {
        doubled += &format!("  v{level}: ${{self:custom.v{}}}${{self:custom.v{}}}\n", level - 1, level - 1);
    }
    assert_eq!(code(&service(&doubled)), "memory-limit");
    let nested = format!("  a: \"{}x{}\"\n", "${self:custom.".repeat(2_000), "}".repeat(2_000));
    assert_eq!(code(&service(&nested)), "document-limit");
    assert_eq!(code(&service(&format!("  a: \"{}\"\n", "${a ".repeat(100_000)))), "");
    assert_eq!(code(&service(&format!("  a: \"{}{}\"\n", "${a ".repeat(20_000), "}".repeat(20_000)))), "step-limit");
    let many: String = (0..6_000).map(|at| format!("  f{at}: {{events: [{{http: GET a}}]}}\n")).collect();
    assert_eq!(code(&format!("service: s\nprovider: aws\nfunctions:\n{many}")), "document-limit");
    // The same value in many places.
    let list = "[".to_owned() + &"x, ".repeat(20_000) + "x]";
    let copies: String = (0..2_000).map(|at| format!("  c{at}: ${{self:custom.list}}\n")).collect();
    assert_eq!(code(&service(&format!("  list: {list}\n{copies}"))), "memory-limit");
}

#[test]
fn variables_that_double_each_other_end_with_the_budget() {
    let chain: String =
        (1..50).map(|at| format!("  a{at}: ${{self:custom.a{}}}${{self:custom.a{}}}\n", at - 1, at - 1)).collect();
    let text = format!(
        "service: a\nprovider: {{name: aws}}\ncustom:\n  a0: abc\n{chain}functions:\n  f:\n    handler: ${{self:custom.a49}}\n    events:\n      - http: {{path: x, method: get}}\n"
    );
    let error = sls(&text).expect_err("it is too large");
    assert_eq!(error.diagnostic().code.name(), "memory-limit");
}

/// An event of a few words makes two templates, nine responses and a method for preflight requests.
#[test]
fn events_of_a_service_pay_for_what_they_make() {
    let text = |integration: &str| {
        let event =
            |at| format!("      - http: {{path: p{at}, method: get, integration: {integration}, cors: true}}\n");
        let events: String = (0..40).map(event).collect();
        let service = "service: s\nprovider: {name: aws}\nfunctions:\n  f:\n    handler: h.h\n    events:\n";
        format!("{service}{events}")
    };
    let read = |integration: &str| {
        let options = Options::default().limits(vtl::Limits::service().with_steps(Some(500_000)));
        let loaded = load(&[File::new("serverless.yml", text(integration))], &options);
        loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
    };
    assert_eq!((read("lambda-proxy"), read("lambda")), ("", "step-limit"));
}

#[test]
fn a_schema_of_the_provider_is_charged_for_each_event() {
    let load_events = |count: usize, letters: usize| {
        let schema = format!("{{schema: {{type: object, description: {}}}}}", "x".repeat(letters));
        let event = |at: usize| {
            format!("      - http: {{path: p{at}, method: post, request: {{schemas: {{application/json: shared}}}}}}\n")
        };
        let events: String = (0..count).map(event).collect();
        let text = format!(
            "service: s\nprovider:\n  name: aws\n  apiGateway: {{request: {{schemas: {{shared: {schema}}}}}}}\nfunctions:\n  f:\n    handler: h\n    events:\n{events}"
        );
        let limits = Limits::service().with_memory(Some(2 << 20));
        load(&[File::new("serverless.yml", text)], &Options::default().limits(limits))
    };
    assert_eq!(load_events(50, 1).map_or(0, |document| document.routes.len()), 50);
    let error = load_events(50, 50_000).expect_err("it takes too much memory");
    assert_eq!(error.diagnostic().code.name(), "memory-limit");
}

/// Checks values that are written once, and copied to each event or looked at for each variable.
#[test]
fn long_values_that_events_or_variables_share_are_charged() {
    let refused = |provider: &str, count: usize, event: &str, value: &str| {
        let events: String = (0..count).map(|at| event.replace('#', &at.to_string())).collect();
        let values: String =
            (0..count).map(|at| format!("      c{at}: {}\n", value.replace('#', &at.to_string()))).collect();
        let text = format!(
            "service: s\nprovider: {{name: aws{provider}}}\nfunctions:\n  f:\n    handler: h\n    environment:\n{values}    events:\n{events}"
        );
        let limits = Limits::service().with_memory(Some(8 << 20)).with_steps(Some(4_000_000));
        let loaded = load(&[File::new("serverless.yml", text)], &Options::default().limits(limits));
        loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
    };
    let event = "      - http: GET /p#\n";
    let timeout = format!(", apiGateway: {{timeoutInMillis: [{}]}}", "0,".repeat(2_000));
    assert_eq!((refused(&timeout, 5, event, "a"), refused(&timeout, 100, event, "a")), ("", "memory-limit"));
    let name =
        format!(", apiGateway: {{request: {{schemas: {{S: {{name: {}, schema: {{}}}}}}}}}}", "x".repeat(100_000));
    let named = "      - http: {method: GET, path: p#, request: {schemas: {a/b: S}}}\n";
    assert_eq!((refused(&name, 5, named, "a"), refused(&name, 200, named, "a")), ("", "memory-limit"));
    let stage = format!(", stage: {}", "x".repeat(100_000));
    assert_eq!(
        (refused(&stage, 5, event, "${sls:stage}"), refused(&stage, 100, event, "${sls:stage}")),
        ("", "memory-limit")
    );
    // The name of the stage is not copied for each parameter.
    assert_eq!(refused(&stage, 800, event, "${param:a#}"), "");
    let origin = |count: usize| {
        let origin = format!("cors: {{origin: {}}}", "x".repeat(20_000));
        let codes: String = (0..count).map(|at| format!("{}: {{pattern: ''}}, ", 1_000 + at)).collect();
        let event =
            format!("method: get, path: a, integration: lambda, {origin}, response: {{statusCodes: {{{codes}}}}}");
        refused("", 1, &format!("      - http: {{{event}}}\n"), "a")
    };
    assert_eq!((origin(5), origin(150)), ("", "memory-limit"));
    let deep = "      - http: 'GET /a#".to_owned() + &"/bcdefghijk".repeat(200) + "'\n";
    assert_eq!((refused("", 2, &deep, "a"), refused("", 60, &deep, "a")), ("", "memory-limit"));
}

#[test]
fn the_origin_of_a_proxy_is_charged_with_each_response() {
    let responses = |count: usize| {
        let list: String = (0..count).map(|at| format!("{{statusCode: {}}}, ", 1_000 + at)).collect();
        let proxy = format!(
            "path: /a, method: post, queueName: q, cors: {{origin: {}}}, response: [{list}]",
            "x".repeat(20_000)
        );
        let text = format!(
            "service: s\nprovider: {{name: aws}}\ncustom: {{apiGatewayServiceProxies: [{{sqs: {{{proxy}}}}}]}}\n"
        );
        let options = Options::default().limits(Limits::service().with_memory(Some(8 << 20)));
        let loaded = load(&[File::new("serverless.yml", text)], &options);
        loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
    };
    assert_eq!((responses(5), responses(200)), ("", "memory-limit"));
}

/// Checks that a key which many variables name is found, or missed, without a search of all of the file.
#[test]
fn a_large_service_is_not_searched_for_each_variable() {
    let text = |variable: &str| {
        let keys: String = (0..20_000).map(|at| format!("k{at}: 1\n")).collect();
        let values = format!(" - ${{{variable}}}\n").repeat(2_000);
        format!(
            "{keys}service: s\nprovider: {{name: aws}}\nfunctions:\n  f:\n    handler: h\n    events: [{{http: GET /a}}]\n    environment:\n      a:\n{}",
            values.replace(" - ", "        - ")
        )
    };
    let steps = |variable: &str| sls(&text(variable)).map(|document| document.steps());
    let plain = steps("env:a").expect("it loads");
    for variable in ["param:x", "self:nothing.x"] {
        let more = steps(variable).expect("it loads").saturating_sub(plain);
        assert!(more < 1_000_000, "{variable}: {more}");
    }
}

/// A large file of values is not searched for each variable that names one of them.
#[test]
fn variables_find_the_values_of_a_large_file() -> Outcome {
    let read = |_: &str| {
        let values: Vec<String> = (0..5_000).map(|at| format!("\"k{at}\": \"p{at}\"")).collect();
        Some(format!("{{{}, \"k7\": \"last\"}}", values.join(", ")))
    };
    let service = |count: usize| {
        let events: String = (0..count)
            .map(|at| format!("      - http: GET ${{file(v.json):k{at}}}/${{file(v.json):none, 'n'}}\n"))
            .collect();
        format!("service: s\nprovider: {{name: aws}}\nfunctions:\n  f:\n    handler: h\n    events:\n{events}")
    };
    let options = || Options::new().read_file(&read);
    let steps = |count: usize| {
        load(&[File::new("serverless.yml", service(count))], &options()).map(|document| document.steps())
    };
    let document = load(&[File::new("serverless.yml", service(9))], &options())?;
    assert_eq!(keys(&document)[6..], ["GET /p6/n", "GET /last/n", "GET /p8/n"]);
    // An event costs less than a step for ten values of the file.
    assert!((steps(201)? - steps(1)?) / 200 < 5_000);
    Ok(())
}

/// The preflight responses of the events of a path have the words of all of them, each once.
#[test]
fn preflight_responses_join_the_words_of_events() -> Outcome {
    let event = |path: &str, headers: &str| {
        format!("      - http: {{method: GET, path: {path}, cors: {{origin: x, headers: [{headers}]}}}}\n")
    };
    let text = format!(
        "service: s\nprovider: {{name: aws}}\nfunctions:\n  f:\n    handler: h\n    events:\n{}{}{}{}",
        event("a", "A, B"),
        event("b", "Z"),
        event("/a/", "B, C"),
        event("a", "A, C, D"),
    );
    let document = sls(&text)?;
    let allowed = |path: &str| {
        let methods = (0..document.routes.len()).filter_map(|at| document.method(at).map(|(_, method)| method));
        let is_preflight = |method: &&vtl::pipeline::Method| {
            method.http_method.as_deref() == Some("OPTIONS") && method.path.as_deref() == Some(path)
        };
        let preflight = methods.into_iter().find(is_preflight)?.integration.as_ref()?.responses.first()?;
        preflight.response_parameters.get("method.response.header.Access-Control-Allow-Headers").cloned()
    };
    assert_eq!(allowed("/a").as_deref(), Some("'A,B,C,D'"));
    assert_eq!(allowed("/b").as_deref(), Some("'Z'"));
    Ok(())
}
