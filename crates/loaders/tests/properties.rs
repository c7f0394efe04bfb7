//! Every property of an integration in every document language: is it loaded, is a wrong value found,
//! does it change a call? The resulting table is in `docs/documents.md`.

use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;
use std::time::SystemTime;
use vtl::pipeline::call::Replay;
use vtl::pipeline::http::HttpRoute;
use vtl::pipeline::websocket::{SocketRequest, SocketRoute};
use vtl::pipeline::{Invocation, MethodRequest, PreparedMethod, Protocol, Route};
use vtl_loaders::{Document, File, Options, load};

#[derive(Clone, Copy, PartialEq)]
enum Surface {
    OpenApi,
    Cfn,
    CfnV2,
    Terraform,
    TerraformV2,
    Cli,
    CliV2,
}

const SURFACES: [(Surface, &str); 7] = [
    (Surface::OpenApi, "OpenAPI"),
    (Surface::Cfn, "CloudFormation"),
    (Surface::CfnV2, "CloudFormation V2"),
    (Surface::Terraform, "Terraform"),
    (Surface::TerraformV2, "Terraform V2"),
    (Surface::Cli, "CLI"),
    (Surface::CliV2, "CLI V2"),
];

/// Names of a property in each language; empty where the language does not have it.
const NAMES: &[(&str, [&str; 7])] = &[
    ("type", ["type", "Type", "IntegrationType", "type", "integration_type", "type", "IntegrationType"]),
    (
        "httpMethod",
        [
            "httpMethod",
            "IntegrationHttpMethod",
            "IntegrationMethod",
            "integration_http_method",
            "integration_method",
            "integrationHttpMethod",
            "IntegrationMethod",
        ],
    ),
    ("uri", ["uri", "Uri", "IntegrationUri", "uri", "integration_uri", "uri", "IntegrationUri"]),
    (
        "integrationSubtype",
        ["integrationSubtype", "", "IntegrationSubtype", "", "integration_subtype", "", "IntegrationSubtype"],
    ),
    (
        "connectionType",
        [
            "connectionType",
            "ConnectionType",
            "ConnectionType",
            "connection_type",
            "connection_type",
            "connectionType",
            "ConnectionType",
        ],
    ),
    (
        "connectionId",
        [
            "connectionId",
            "ConnectionId",
            "ConnectionId",
            "connection_id",
            "connection_id",
            "connectionId",
            "ConnectionId",
        ],
    ),
    (
        "credentials",
        [
            "credentials",
            "Credentials",
            "CredentialsArn",
            "credentials",
            "credentials_arn",
            "credentials",
            "CredentialsArn",
        ],
    ),
    (
        "requestParameters",
        [
            "requestParameters",
            "RequestParameters",
            "RequestParameters",
            "request_parameters",
            "request_parameters",
            "requestParameters",
            "RequestParameters",
        ],
    ),
    (
        "requestTemplates",
        [
            "requestTemplates",
            "RequestTemplates",
            "RequestTemplates",
            "request_templates",
            "request_templates",
            "requestTemplates",
            "RequestTemplates",
        ],
    ),
    (
        "templateSelectionExpression",
        ["", "", "TemplateSelectionExpression", "", "template_selection_expression", "", "TemplateSelectionExpression"],
    ),
    (
        "passthroughBehavior",
        [
            "passthroughBehavior",
            "PassthroughBehavior",
            "PassthroughBehavior",
            "passthrough_behavior",
            "passthrough_behavior",
            "passthroughBehavior",
            "PassthroughBehavior",
        ],
    ),
    (
        "contentHandling",
        [
            "contentHandling",
            "ContentHandling",
            "ContentHandlingStrategy",
            "content_handling",
            "content_handling_strategy",
            "contentHandling",
            "ContentHandlingStrategy",
        ],
    ),
    (
        "payloadFormatVersion",
        ["payloadFormatVersion", "", "PayloadFormatVersion", "", "payload_format_version", "", "PayloadFormatVersion"],
    ),
    (
        "timeoutInMillis",
        [
            "timeoutInMillis",
            "TimeoutInMillis",
            "TimeoutInMillis",
            "timeout_milliseconds",
            "timeout_milliseconds",
            "timeoutInMillis",
            "TimeoutInMillis",
        ],
    ),
    (
        "cacheKeyParameters",
        ["cacheKeyParameters", "CacheKeyParameters", "", "cache_key_parameters", "", "cacheKeyParameters", ""],
    ),
    ("cacheNamespace", ["cacheNamespace", "CacheNamespace", "", "cache_namespace", "", "cacheNamespace", ""]),
    ("tlsConfig", ["tlsConfig", "TlsConfig", "TlsConfig", "tls_config", "tls_config", "tlsConfig", "TlsConfig"]),
    (
        "responseTransferMode",
        ["responseTransferMode", "ResponseTransferMode", "", "response_transfer_mode", "", "responseTransferMode", ""],
    ),
    (
        "integrationTarget",
        ["integrationTarget", "IntegrationTarget", "", "integration_target", "", "integrationTarget", ""],
    ),
    ("responses", ["responses", "IntegrationResponses", "+", "+", "+", "integrationResponses", "IntegrationResponses"]),
    ("responseParameters", ["", "", "ResponseParameters", "", "response_parameters", "", "ResponseParameters"]),
    ("description", ["", "", "Description", "", "description", "", "Description"]),
];

/// A property's case: an integration without it, a good value and a bad one (null if any value is good).
struct Case {
    protocol: Protocol,
    base: Json,
    good: Json,
    bad: Json,
}

fn case(protocol: Protocol, changes: Json, good: Json, bad: Json) -> Option<Case> {
    let mut base = match protocol {
        Protocol::Rest | Protocol::WebSocket => json!({"type": "HTTP", "httpMethod": "POST", "uri": "https://b.test/"}),
        Protocol::Http => {
            json!({"type": "HTTP_PROXY", "httpMethod": "POST", "uri": "https://b.test/", "payloadFormatVersion": "1.0"})
        }
    };
    for (name, value) in changes.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    Some(Case { protocol, base, good, bad })
}

fn cases(property: &str) -> (Option<Case>, Option<Case>) {
    use Protocol::{Http, Rest, WebSocket};
    let function = "arn:aws:lambda:us-east-1:111111111111:function:f";
    let link = json!({"connectionType": "VPC_LINK", "connectionId": "l"});
    let none = || json!({});
    let templates = json!({"application/json": "{\"t\": 1}"});
    match property {
        "type" => {
            (case(Rest, none(), json!("MOCK"), json!("NOPE")), case(WebSocket, none(), json!("MOCK"), json!("NOPE")))
        }
        "httpMethod" => {
            (case(Rest, none(), json!("PUT"), json!("FETCH")), case(Http, none(), json!("PUT"), json!("FETCH")))
        }
        "uri" => (
            case(Rest, none(), json!("https://c.test/"), json!("nonsense")),
            case(Http, none(), json!("https://c.test/"), json!("nonsense")),
        ),
        "integrationSubtype" => {
            let parameters = json!({"QueueUrl": "u", "MessageBody": "b"});
            let base = json!({"type": "AWS_PROXY", "credentials": "arn:aws:iam::1:role/r", "requestParameters": parameters, "uri": null, "httpMethod": null});
            (None, case(Http, base, json!("SQS-SendMessage"), json!("SQS-Nothing")))
        }
        "connectionType" => {
            let base = || json!({"connectionId": "l"});
            (case(Rest, base(), json!("VPC_LINK"), json!("WIRE")), case(Http, base(), json!("VPC_LINK"), json!("WIRE")))
        }
        "connectionId" => (case(Rest, link.clone(), json!("m"), json!("")), case(Http, link, json!("m"), json!(""))),
        "credentials" => {
            let role = json!("arn:aws:iam::111111111111:role/r");
            let call = json!({"type": "AWS_PROXY", "uri": function, "payloadFormatVersion": "2.0"});
            (case(Rest, none(), role.clone(), json!("nobody")), case(Http, call, role, json!("nobody")))
        }
        "requestParameters" => (
            case(
                Rest,
                none(),
                json!({"integration.request.header.h": "'v'"}),
                json!({"integration.request.header.h": "v"}),
            ),
            case(Http, none(), json!({"append:header.h": "v"}), json!({"append:header.via": "v"})),
        ),
        "requestTemplates" => {
            let bad = json!({"application/json": "#if("});
            (
                case(Rest, none(), templates.clone(), bad.clone()),
                case(WebSocket, json!({"templateSelectionExpression": "application/json"}), templates, bad),
            )
        }
        "templateSelectionExpression" => {
            let base = json!({"requestTemplates": {"k": "by key", "$default": "by default"}});
            (None, case(WebSocket, base, json!("${request.body.a}"), Json::Null))
        }
        "passthroughBehavior" => (
            case(Rest, none(), json!("NEVER"), json!("SOMETIMES")),
            case(WebSocket, none(), json!("NEVER"), json!("SOMETIMES")),
        ),
        "contentHandling" => {
            let (good, bad) = (json!("CONVERT_TO_BINARY"), json!("CONVERT"));
            (case(Rest, none(), good.clone(), bad.clone()), case(WebSocket, none(), good, bad))
        }
        "payloadFormatVersion" => {
            (None, case(Http, json!({"type": "AWS_PROXY", "uri": function}), json!("2.0"), json!("3.0")))
        }
        "timeoutInMillis" => {
            (case(Rest, none(), json!(5_000), json!(20)), case(Http, none(), json!(5_000), json!(40_000)))
        }
        "cacheKeyParameters" => {
            (case(Rest, none(), json!(["method.request.querystring.q"]), json!(["nonsense"])), None)
        }
        "cacheNamespace" => {
            (case(Rest, json!({"cacheKeyParameters": ["method.request.querystring.q"]}), json!("n"), Json::Null), None)
        }
        "tlsConfig" => (
            case(Rest, none(), json!({"insecureSkipVerification": true}), Json::Null),
            case(
                Http,
                json!({"connectionType": "VPC_LINK", "connectionId": "l"}),
                json!({"serverNameToVerify": "b.test"}),
                Json::Null,
            ),
        ),
        "responseTransferMode" => (case(Rest, json!({"type": "HTTP_PROXY"}), json!("STREAM"), json!("DRIP")), None),
        "integrationTarget" => (case(Rest, link, json!("arn:aws:elasticloadbalancing:x"), Json::Null), None),
        "responses" => {
            let rest =
                |template: &str| json!([{"statusCode": "201", "responseTemplates": {"application/json": template}}]);
            let socket = |template: &str| json!([{"integrationResponseKey": "$default", "responseTemplates": {"$default": template}}]);
            (
                case(Rest, none(), rest("r"), rest("#if(")),
                case(WebSocket, json!({"templateSelectionExpression": "x"}), socket("r"), socket("#if(")),
            )
        }
        "responseParameters" => {
            let by = |destination: &str| json!({"200": {destination: "403"}});
            (None, case(Http, none(), by("overwrite:statuscode"), by("overwrite:nothing")))
        }
        "description" => (None, case(Http, none(), json!("d"), Json::Null)),
        _ => (None, None),
    }
}

fn spelled(name: &str, surface: Surface) -> &'static str {
    let at = SURFACES.iter().position(|(one, _)| *one == surface).unwrap_or_default();
    NAMES.iter().find(|(property, _)| *property == name).map_or("", |(_, names)| names[at])
}

/// Writes a name such as `statusCode` as the language does.
fn word(name: &str, surface: Surface) -> String {
    match surface {
        Surface::Cfn | Surface::CfnV2 | Surface::CliV2 => name[..1].to_uppercase() + &name[1..],
        Surface::Terraform | Surface::TerraformV2 => name
            .chars()
            .map(
                |letter| if letter.is_uppercase() { format!("_{}", letter.to_lowercase()) } else { letter.to_string() },
            )
            .collect(),
        _ => name.to_owned(),
    }
}

fn words(record: &Json, surface: Surface) -> Json {
    let members = record.as_object().into_iter().flatten();
    members.map(|(name, value)| (word(name, surface), value.clone())).collect::<Map<String, Json>>().into()
}

/// Returns an integration in a language, and the records that are resources of their own.
fn integration(model: &Json, surface: Surface) -> (Json, Vec<Json>) {
    let mut own = Map::new();
    let mut apart = Vec::new();
    for (name, value) in model.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let key = spelled(name, surface);
        let records = || value.as_array().into_iter().flatten().map(|record| words(record, surface));
        let value = match (name.as_str(), surface) {
            ("tlsConfig", _) => words(value, surface),
            ("responses", Surface::OpenApi) => json!({"default": value[0]}),
            ("responses", Surface::Cli) => json!({"201": value[0]}),
            ("responses", _) if key == "+" => {
                apart.extend(records());
                continue;
            }
            ("responses", _) => records().collect(),
            ("responseParameters", Surface::CfnV2 | Surface::TerraformV2) => {
                let Some((status, mappings)) = value.as_object().and_then(|map| map.iter().next()) else { continue };
                let pairs = mappings.as_object().into_iter().flatten();
                match surface {
                    Surface::TerraformV2 => json!([{"status_code": status, "mappings": mappings}]),
                    _ => {
                        let pairs: Vec<Json> =
                            pairs.map(|(to, from)| json!({"Destination": to, "Source": from})).collect();
                        json!({status: {"ResponseParameters": pairs}})
                    }
                }
            }
            _ => value.clone(),
        };
        own.insert(key.to_owned(), value);
    }
    (own.into(), apart)
}

fn with(mut record: Json, more: Json) -> Json {
    for (name, value) in more.as_object().into_iter().flatten() {
        record[name] = value.clone();
    }
    record
}

/// Loads a document with one integration.
fn document(model: &Json, protocol: Protocol, surface: Surface) -> Document {
    let (own, apart) = integration(model, surface);
    let resource = |kind: &str, properties: Json| json!({"Type": format!("AWS::{kind}"), "Properties": properties});
    let rest = json!({"rest_api_id": "${aws_api_gateway_rest_api.a.id}", "resource_id": "${aws_api_gateway_resource.r.id}", "http_method": "POST"});
    let statuses = ["200", "201"];
    let socket = protocol == Protocol::WebSocket;
    let (name, text) = match surface {
        Surface::OpenApi => (
            "d.json",
            json!({"openapi": "3.0.1", "info": {"title": "t"}, "paths": {"/p": {"post": {
            "parameters": [{"name": "q", "in": "query"}],
            "responses": {"200": {}, "201": {}},
            "x-amazon-apigateway-integration": own}}}}),
        ),
        Surface::Cfn => (
            "d.json",
            json!({"Resources": {
            "A": resource("ApiGateway::RestApi", json!({"Name": "a"})),
            "M": resource("ApiGateway::Method", json!({"RestApiId": {"Ref": "A"}, "ResourceId": {"Fn::GetAtt": ["A", "RootResourceId"]},
                "HttpMethod": "POST", "RequestParameters": {"method.request.querystring.q": false},
                "MethodResponses": statuses.map(|status| json!({"StatusCode": status})), "Integration": own}))}}),
        ),
        Surface::CfnV2 => {
            let mut resources = json!({
                "A": resource("ApiGatewayV2::Api", json!({"Name": "a", "ProtocolType": protocol, "RouteSelectionExpression": "$request.body.a"})),
                "I": resource("ApiGatewayV2::Integration", with(own, json!({"ApiId": {"Ref": "A"}}))),
                "R": resource("ApiGatewayV2::Route", json!({"ApiId": {"Ref": "A"}, "RouteKey": "$default", "Target": {"Fn::Sub": "integrations/${I}"}})),
            });
            if socket {
                resources["RR"] =
                    resource("ApiGatewayV2::RouteResponse", json!({"ApiId": {"Ref": "A"}, "RouteId": {"Ref": "R"}}));
            }
            for record in apart {
                let owner = json!({"ApiId": {"Ref": "A"}, "IntegrationId": {"Ref": "I"}});
                resources["IR"] = resource("ApiGatewayV2::IntegrationResponse", with(record, owner));
            }
            ("d.json", json!({"Resources": resources}))
        }
        Surface::Terraform => {
            let mut resources = json!({
                "aws_api_gateway_rest_api": {"a": {"name": "a"}},
                "aws_api_gateway_resource": {"r": {"rest_api_id": "${aws_api_gateway_rest_api.a.id}",
                    "parent_id": "${aws_api_gateway_rest_api.a.root_resource_id}", "path_part": "p"}},
                "aws_api_gateway_method": {"m": with(rest.clone(), json!({"request_parameters": {"method.request.querystring.q": false}}))},
                "aws_api_gateway_method_response": statuses.map(|status| (format!("s{status}"), with(rest.clone(), json!({"status_code": status}))))
                    .into_iter().collect::<Map<String, Json>>(),
                "aws_api_gateway_integration": {"i": with(own, rest.clone())},
            });
            for record in apart {
                resources["aws_api_gateway_integration_response"] = json!({"ir": with(record, rest.clone())});
            }
            ("d.tf.json", json!({"resource": resources}))
        }
        Surface::TerraformV2 => {
            let api = json!({"api_id": "${aws_apigatewayv2_api.a.id}"});
            let mut resources = json!({
                "aws_apigatewayv2_api": {"a": {"name": "a", "protocol_type": protocol, "route_selection_expression": "$request.body.a"}},
                "aws_apigatewayv2_integration": {"i": with(own, api.clone())},
                "aws_apigatewayv2_route": {"r": with(api.clone(), json!({"route_key": "$default", "target": "integrations/${aws_apigatewayv2_integration.i.id}"}))},
            });
            if socket {
                let record = with(
                    api.clone(),
                    json!({"route_id": "${aws_apigatewayv2_route.r.id}", "route_response_key": "$default"}),
                );
                resources["aws_apigatewayv2_route_response"] = json!({"rr": record});
            }
            for record in apart {
                let owner = with(api.clone(), json!({"integration_id": "${aws_apigatewayv2_integration.i.id}"}));
                resources["aws_apigatewayv2_integration_response"] = json!({"ir": with(record, owner)});
            }
            ("d.tf.json", json!({"resource": resources}))
        }
        // Responses are in the output of `get-integration`, which has another name for the method.
        Surface::Cli if own.get("integrationResponses").is_some() => {
            let method = own["integrationHttpMethod"].clone();
            let mut shown = with(own, json!({"httpMethod": method}));
            shown.as_object_mut().map(|members| members.remove("integrationHttpMethod"));
            ("d.json", shown)
        }
        Surface::Cli => ("d.json", with(own, json!({"restApiId": "a", "resourceId": "r", "httpMethod": "POST"}))),
        Surface::CliV2 => ("d.json", with(own, json!({"ApiId": "a"}))),
    };
    load(&[File::new(name, text.to_string())], &Options::default()).unwrap_or_else(|error| panic!("{error}\n{text:#}"))
}

/// Calls the only route and returns all that the call does.
fn call(document: &Document) -> String {
    let (api, method) = document.method(0).expect("there is a route");
    let mut invocation = Invocation::new().request_id("r").clock(SystemTime::UNIX_EPOCH).without_log();
    let integration = method.integration.as_ref();
    let answer = if integration.is_some_and(|it| it.is_lambda()) {
        r#"{"lambda": {"payload": {"statusCode": 200, "body": "{}"}}}"#
    } else {
        r#"{"status": 200, "headers": {"Content-Type": "application/json"}, "body": "eyJhIjogMX0="}"#
    };
    let mut backend: Replay = serde_json::from_str(answer).expect("an answer");
    let mut request = MethodRequest::new("POST", "/p");
    request.body = br#"{"a": "k"}"#.to_vec();
    request.headers = serde_json::from_str(r#"{"Content-Type": "application/json"}"#).expect("headers");
    request.querystring.set("q", vec!["1".to_owned()]);
    match api.protocol {
        Protocol::Rest => {
            let outcome = PreparedMethod::new(api, method).invoke(&request, Some(&mut backend), &mut invocation);
            format!("{:?} {:?}", outcome.integration_request, outcome.response)
        }
        Protocol::Http => {
            let outcome = HttpRoute::new(api, method).invoke(&request, Some(&mut backend), &mut invocation);
            format!("{:?} {:?}", outcome.integration_request, outcome.response)
        }
        Protocol::WebSocket => {
            let mut method = method.clone();
            // A single integration has no route response.
            method.route_response = true;
            let message = SocketRequest::message(request.body);
            let outcome = SocketRoute::new(api, &method).invoke(&message, Some(&mut backend), &mut invocation);
            format!("{:?} {:?} {}", outcome.integration_request, outcome.response.message, outcome.response.status)
        }
    }
}

/// Returns the cell of the table: is the property loaded (L), validated (V), and has it an effect (E)?
fn cell(property: &str, case: &Case, surface: Surface) -> String {
    let set = |value: &Json| document(&with(case.base.clone(), json!({property: value})), case.protocol, surface);
    let mut without = case.base.clone();
    if !matches!(property, "type" | "httpMethod" | "uri" | "payloadFormatVersion" | "connectionId") {
        without[property] = Json::Null;
    }
    let (good, without) = (set(&case.good), document(&without, case.protocol, surface));
    let found = &good.to_json()["routes"][0]["integration"][property];
    let is_same = match (found, &case.good) {
        (Json::Array(found), Json::Array(wanted)) if property == "responses" => found
            .iter()
            .zip(wanted)
            .all(|(one, other)| other.as_object().into_iter().flatten().all(|(key, value)| one[key] == *value)),
        _ => *found == case.good,
    };
    let problems =
        |document: &Document| document.errors().iter().any(|problem| problem.property.as_deref() == Some(property));
    assert!(!problems(&good), "{property}: {:?}", good.errors());
    let is_validated = !case.bad.is_null() && problems(&set(&case.bad));
    let has_effect = call(&good) != call(&without);
    [(is_same, 'L'), (is_validated, 'V'), (has_effect, 'E')]
        .iter()
        .map(|(holds, letter)| if *holds { *letter } else { '-' })
        .collect()
}

#[test]
fn the_table_of_the_documentation_holds() {
    let mut table = format!("| Property | {} |\n|{}\n", SURFACES.map(|(_, name)| name).join(" | "), " --- |".repeat(8));
    for (property, _) in NAMES {
        let (first, second) = cases(property);
        let _ = write!(table, "| `{property}` |");
        for (surface, _) in SURFACES {
            let is_v2 = matches!(surface, Surface::CfnV2 | Surface::TerraformV2 | Surface::CliV2);
            let case = if is_v2 { &second } else { &first };
            // OpenAPI writes HTTP APIs too.
            let case = if surface == Surface::OpenApi && first.is_none() { &second } else { case };
            let cell = match case {
                Some(case) if !spelled(property, surface).is_empty() => cell(property, case, surface),
                _ => "".to_owned(),
            };
            let _ = write!(table, " {cell} |");
        }
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/documents.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(page.contains(&table), "docs/documents.md does not have this table:\n{table}");
}
