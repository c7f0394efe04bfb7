//! `custom.apiGatewayServiceProxies` of the plug-in serverless-apigateway-service-proxy.

use crate::diagnostic::{Fault, Remark};
use crate::serverless::defaults;
use crate::serverless::functions::{COPIES, HEADERS, cors, simple_template};
use crate::serverless::made::{at, attribute, flag, join, list, map, map_at, merge, set_all, sub, text};
use crate::serverless::service::Service;
use crate::serverless::template::Template;
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use vtl::Code;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Integration that the plug-in makes of a proxy, by the name of the service.
struct Proxy {
    uri: Node,
    method: &'static str,
    passthrough: Option<&'static str>,
    /// Name of the role that is made for all proxies of the service.
    role: &'static str,
    parameters: Node,
    templates: Node,
    responses: Vec<Response>,
}

/// A response of the integration.
struct Response {
    status: u16,
    pattern: Node,
    parameters: Node,
    templates: Node,
}

/// Adds the routes of all proxies.
///
/// # Errors
/// They are too many.
pub(super) fn read(proxies: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    for proxy in proxies.items() {
        service.count(proxy.span)?;
        let Some((name, http)) = proxy.fields().next() else { continue };
        let made = match name {
            "kinesis" => kinesis(http),
            "sqs" => sqs(http),
            "sns" => sns(http),
            "s3" => s3(http),
            "dynamodb" => dynamodb(http),
            "eventbridge" => eventbridge(http),
            _ => {
                let message = format!("the service proxy {name} is not one that the plug-in has");
                service.remark(Remark::new(Code::UnreadPart, "", message, proxy.span));
                continue;
            }
        };
        add(name, http, made, service, template)?;
    }
    Ok(())
}

fn add(name: &str, http: &Node, proxy: Proxy, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let span = http.span;
    let (verb, path) = (http.word("method").unwrap_or_default(), http.word("path").unwrap_or_default());
    let preflight = cors(http, &verb, HEADERS.get(..6).unwrap_or(HEADERS), true);
    let origin = preflight.as_ref().map(|cors| {
        let origins = cors.origins.join(",");
        format!("'{}'", if origins.is_empty() { cors.origin.as_str() } else { origins.as_str() })
    });
    // Each response has copies of it.
    let shared = origin.as_ref().map_or(0, String::len).saturating_mul(COPIES);
    service.spend(proxy.responses.len().saturating_mul(shared), span)?;
    let is_s3 = name == "s3";
    let mut declared = map_at(http, "acceptParameters");
    let statuses: &[u16] = if is_s3 { &[200, 400, 500, 206] } else { &[200, 400, 500] };
    let mut allowed: Vec<(u16, Node)> = statuses.iter().map(|status| (*status, map::<&str>(span, []))).collect();
    const ORIGIN: &str = "method.response.header.Access-Control-Allow-Origin";
    if origin.is_some() {
        allowed.iter_mut().for_each(|(_, parameters)| parameters.set(ORIGIN, flag(span, true)));
    }
    let mut responses = Vec::new();
    for mut response in proxy.responses {
        if let Some(origin) = &origin {
            response.parameters.set(ORIGIN, text(span, origin.as_str()));
        }
        // The proxy of S3 declares what it maps.
        if let Some((_, parameters)) = allowed.iter_mut().find(|(status, _)| is_s3 && *status == response.status) {
            set_all(parameters, response.parameters.fields().map(|(name, _)| (name, flag(span, true))));
        }
        let entries = [
            ("StatusCode", Node::new(span, Data::Number(response.status.to_string()))),
            ("SelectionPattern", response.pattern),
            ("ResponseParameters", response.parameters),
            ("ResponseTemplates", response.templates),
        ];
        responses.push(map(span, entries));
    }
    if is_s3 {
        let sources = proxy.parameters.fields().filter_map(|(_, source)| source.as_str());
        let sources = sources.filter(|source| source.starts_with("method."));
        set_all(&mut declared, sources.map(|source| (source, flag(span, true))));
    }
    let credentials = http.some("roleArn").filter(|_| name != "dynamodb").cloned();
    let integration = [
        ("IntegrationHttpMethod", text(span, proxy.method)),
        ("Type", text(span, "AWS")),
        ("Credentials", credentials.unwrap_or_else(|| attribute(span, proxy.role, "Arn"))),
        ("Uri", proxy.uri),
        ("PassthroughBehavior", proxy.passthrough.map_or(Node::null(span), |word| text(span, word))),
        ("RequestParameters", proxy.parameters),
        ("RequestTemplates", proxy.templates),
        ("IntegrationResponses", list(span, responses)),
    ];
    let mut integration = map(span, integration);
    if name == "sns" {
        for (key, property) in [("passThrough", "PassthroughBehavior"), ("contentHandling", "ContentHandling")] {
            if let Some(value) = http.at(&["request", key]) {
                integration.set(property, value.clone());
            }
        }
    }
    let method_responses = allowed.into_iter().map(|(status, parameters)| {
        map(
            span,
            [("StatusCode", Node::new(span, Data::Number(status.to_string()))), ("ResponseParameters", parameters)],
        )
    });
    let entries = [
        ("ApiKeyRequired", at(http, &["private"])),
        ("RequestParameters", declared),
        ("MethodResponses", list(span, method_responses)),
        ("Integration", integration),
    ];
    if let Some(preflight) = preflight {
        template.preflight(&path, preflight);
    }
    template.add_method(&verb, &path, map(span, entries))
}

/// Returns `{media: template}` for JSON and forms, replaced by the proxy's own templates.
fn both(http: &Node, made: &Node) -> Node {
    let mut templates = map(http.span, [(JSON, made.clone()), (FORM, made.clone())]);
    if let Some(own) = http.at(&["request", "template"]) {
        merge(&mut templates, own);
    }
    templates
}

fn json_template(http: &Node, outcome: &str) -> Node {
    map(http.span, [(JSON, simple_template(http, outcome))])
}

fn response(http: &Node, status: u16, pattern: &str, templates: Node) -> Response {
    let span = http.span;
    let pattern = if pattern.is_empty() { status.to_string() } else { pattern.to_owned() };
    Response { status, pattern: text(span, pattern), parameters: map::<&str>(span, []), templates }
}

/// Returns the responses 200, 400 and 500 with the templates of the simple form.
fn simple(http: &Node, templates: impl Fn(&str) -> Node) -> Vec<Response> {
    let outcomes = [(200, "success"), (400, "clientError"), (500, "serverError")];
    outcomes.into_iter().map(|(status, outcome)| response(http, status, "", templates(outcome))).collect()
}

/// Returns the responses of a proxy: the simple form, a list with all properties, or the default.
fn listed(http: &Node, templates: impl Fn(&str) -> Node, default: impl FnOnce() -> Vec<Response>) -> Vec<Response> {
    if !simple_template(http, "success").is_null() {
        return simple(http, templates);
    }
    let Some(Data::List(items)) = http.get("response").map(|response| &response.data) else { return default() };
    let one = |item: &Node| {
        let status = item.word("statusCode").unwrap_or_default();
        let pattern = item.word("selectionPattern").filter(|pattern| !pattern.is_empty());
        Response {
            status: status.parse().unwrap_or_default(),
            pattern: text(item.span, pattern.unwrap_or(status)),
            parameters: map_at(item, "responseParameters"),
            templates: map_at(item, "responseTemplates"),
        }
    };
    items.iter().map(one).collect()
}

fn none(http: &Node) -> Node {
    map::<&str>(http.span, [])
}

/// Returns the reference to a value that a setting names: of the path, the query or the body.
fn named(http: &Node, setting: &str, absent: &str) -> String {
    let Some(node) = http.get(setting) else { return absent.to_owned() };
    let word = |key: &str| node.word(key);
    if let Some(name) = word("pathParam") {
        format!("$input.params().path.{name}")
    } else if let Some(name) = word("queryStringParam") {
        format!("$input.params().querystring.{name}")
    } else if let Some(name) = word("bodyParam") {
        format!("$util.parseJson($input.body).{name}")
    } else {
        node.to_word().unwrap_or_default()
    }
}

fn action_uri(span: Span, service: &str) -> Node {
    map(span, [("Fn::Sub", text(span, format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{service}")))])
}

fn kinesis(http: &Node) -> Proxy {
    let span = http.span;
    let stream = || at(http, &["streamName"]);
    let action = http.word("action").unwrap_or_else(|| "PutRecord".to_owned());
    let made = if action == "PutRecords" {
        let template = "{\"StreamName\":\"${StreamName}\",\"Records\":${Records}}";
        sub(span, template, [("StreamName", stream()), ("Records", text(span, defaults::KINESIS_RECORDS))])
    } else {
        let template = "{\"StreamName\":\"${StreamName}\",\"Data\":\"${Data}\",\"PartitionKey\":\"${PartitionKey}\"}";
        let key = text(span, named(http, "partitionKey", "$context.requestId"));
        let data = text(span, "$util.base64Encode($input.body)");
        sub(span, template, [("StreamName", stream()), ("Data", data), ("PartitionKey", key)])
    };
    Proxy {
        uri: action_uri(span, &format!("kinesis:action/{action}")),
        method: "POST",
        passthrough: Some("NEVER"),
        role: "ApigatewayToKinesisRole",
        parameters: Node::null(span),
        templates: both(http, &made),
        responses: simple(http, |outcome| json_template(http, outcome)),
    }
}

fn sqs(http: &Node) -> Proxy {
    let span = http.span;
    let own = http.at(&["request", "template"]).filter(|own| !own.entries().is_empty());
    let mut parameters = match own {
        None => map(
            span,
            [
                ("integration.request.querystring.Action", text(span, "'SendMessage'")),
                ("integration.request.querystring.MessageBody", text(span, "method.request.body")),
            ],
        ),
        Some(_) => {
            map(span, [("integration.request.header.Content-Type", text(span, "'application/x-www-form-urlencoded'"))])
        }
    };
    let given = http.get("requestParameters").into_iter().flat_map(Node::fields);
    let is_kept = |name: &str| own.is_none() || !name.trim().starts_with("integration.request.querystring.");
    let given = given.filter(|(name, _)| is_kept(name));
    set_all(&mut parameters, given.map(|(name, value)| (name, value.clone())));
    let templates = match own {
        None => map(span, [(JSON, text(span, "{statusCode:200}"))]),
        Some(own) => {
            let body = text(span, "Action=SendMessage&MessageBody=$util.urlEncode($input.body)");
            let mut templates = map(span, [(JSON, body)]);
            merge(&mut templates, own);
            templates
        }
    };
    let template = "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//${AWS::AccountId}/${queueName}";
    Proxy {
        uri: sub(span, template, [("queueName", at(http, &["queueName"]))]),
        method: "POST",
        passthrough: own.map(|_| "NEVER"),
        role: "ApigatewayToSqsRole",
        parameters,
        templates,
        responses: listed(http, |outcome| json_template(http, outcome), || simple(http, |_| none(http))),
    }
}

fn sns(http: &Node) -> Proxy {
    let span = http.span;
    let arn = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${topicName}";
    let topic = sub(span, arn, [("topicName", at(http, &["topicName"]))]);
    let before = "Action=Publish&Message=$util.urlEncode($input.body)&TopicArn=$util.urlEncode('";
    let made = join(span, [text(span, before), topic, text(span, "')")]);
    Proxy {
        uri: action_uri(span, "sns:path//"),
        method: "POST",
        passthrough: Some("NEVER"),
        role: "ApigatewayToSnsRole",
        parameters: map(
            span,
            [("integration.request.header.Content-Type", text(span, "'application/x-www-form-urlencoded'"))],
        ),
        templates: both(http, &made),
        responses: listed(http, |outcome| json_template(http, outcome), || simple(http, |_| none(http))),
    }
}

fn s3(http: &Node) -> Proxy {
    let span = http.span;
    let action = http.word("action").unwrap_or_default();
    let header = |name: &str| {
        (format!("integration.request.header.{name}"), text(span, format!("method.request.header.{name}")))
    };
    let (method, mut parameters, names): (_, _, &[&str]) = match action.as_str() {
        "PutObject" => {
            let acl = ("integration.request.header.x-amz-acl".to_owned(), text(span, "'authenticated-read'"));
            ("PUT", map(span, [acl, header("Content-Type")]), &["Content-Type", "Content-Length"])
        }
        "DeleteObject" => ("DELETE", map::<&str>(span, []), &["Content-Type", "Date"]),
        _ => (
            "GET",
            map(span, [header("Range")]),
            &["content-type", "Content-Type", "accept-ranges", "Accept-Ranges", "content-range", "Content-Range"],
        ),
    };
    parameters.set("integration.request.path.bucket", sub(span, "'${bucket}'", [("bucket", at(http, &["bucket"]))]));
    if let Some(key) = http.get("key") {
        let source = match (key.word("pathParam"), key.word("queryStringParam")) {
            (Some(name), _) => format!("method.request.path.{name}"),
            (None, Some(name)) => format!("method.request.querystring.{name}"),
            (None, None) => format!("'{}'", key.to_word().unwrap_or_default()),
        };
        parameters.set("integration.request.path.object", text(span, source));
    }
    if let Some(own) = http.get("requestParameters") {
        merge(&mut parameters, own);
    }
    let own = http.at(&["request", "template"]).filter(|own| !own.entries().is_empty());
    let mapped = names.iter().map(|name| {
        (format!("method.response.header.{name}"), text(span, format!("integration.response.header.{name}")))
    });
    let mapped = map(span, mapped);
    let rows = [
        (400, r"4\d{2}", "clientError", false),
        (500, r"5\d{2}", "serverError", false),
        (200, r"2(?!06)\d{2}", "success", true),
        (206, "206", "success", true),
    ];
    let responses = rows.into_iter().map(|(status, pattern, outcome, is_mapped)| {
        let made = response(http, status, pattern, json_template(http, outcome));
        Response { parameters: if is_mapped { mapped.clone() } else { none(http) }, ..made }
    });
    let path = http.word("pathOverride").unwrap_or_else(|| "{object}".to_owned());
    Proxy {
        uri: action_uri(span, &format!("s3:path/{{bucket}}/{path}")),
        method,
        passthrough: Some(if own.is_some() { "NEVER" } else { "WHEN_NO_MATCH" }),
        role: "ApigatewayToS3Role",
        parameters,
        templates: own.cloned().unwrap_or_else(|| Node::null(span)),
        responses: responses.collect(),
    }
}

fn dynamodb(http: &Node) -> Proxy {
    let span = http.span;
    let action = http.word("action").unwrap_or_default();
    let mut variables = vec![("TableName", at(http, &["tableName"]))];
    let mut keys = Vec::new();
    for (setting, names) in [
        ("hashKey", ["HashKey", "HashAttributeType", "HashAttributeValue"]),
        ("rangeKey", ["RangeKey", "RangeAttributeType", "RangeAttributeValue"]),
    ] {
        let Some(key) = http.get(setting) else { continue };
        let name = key.word("pathParam").or_else(|| key.word("queryStringParam")).unwrap_or_default();
        variables.push((names[0], text(span, name)));
        variables.push((names[1], at(key, &["attributeType"])));
        variables.push((names[2], text(span, named(http, setting, ""))));
        keys.push(format!("\"${{{}}}\": {{\"${{{}}}\": \"${{{}}}\"}}", names[0], names[1], names[2]));
    }
    let mut condition = String::new();
    if let Some(written) = http.some("condition").filter(|_| action != "GetItem") {
        variables.push(("ConditionExpression", written.clone()));
        condition.push_str(",\"ConditionExpression\": \"${ConditionExpression}\"");
    }
    let template = match action.as_str() {
        "PutItem" => {
            let keys: String = keys.iter().map(|key| format!("{key},")).collect();
            format!(
                "{{\"TableName\": \"${{TableName}}\",\"Item\": {{{keys}{}{condition}}}",
                defaults::DYNAMODB_ATTRIBUTES
            )
        }
        _ => format!("{{\"TableName\": \"${{TableName}}\",\"Key\":{{{}}}{condition}}}", keys.join(",")),
    };
    let is_known = matches!(action.as_str(), "PutItem" | "GetItem" | "DeleteItem");
    let parts = [text(span, template), map(span, variables)];
    let made = if is_known { map(span, [("Fn::Sub", list(span, parts))]) } else { Node::null(span) };
    let templates = |outcome: &str| {
        let own = simple_template(http, outcome);
        map(span, [(JSON, own.clone()), ("application/x-www-form-urlendcoded", own)])
    };
    let default = || {
        let item = text(span, defaults::DYNAMODB_ITEM);
        let found = if action == "GetItem" { map(span, [(JSON, item.clone()), (FORM, item)]) } else { none(http) };
        vec![
            response(http, 200, r"2\d{2}", found),
            response(http, 400, r"4\d{2}", none(http)),
            response(http, 500, r"5\d{2}", none(http)),
        ]
    };
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:dynamodb:action/${action}";
    Proxy {
        uri: sub(span, uri, [("action", at(http, &["action"]))]),
        method: "POST",
        passthrough: Some("NEVER"),
        role: "ApigatewayToDynamodbRole",
        parameters: map_at(http, "requestParameters"),
        templates: both(http, &made),
        responses: listed(http, templates, default),
    }
}

fn eventbridge(http: &Node) -> Proxy {
    let span = http.span;
    let detail = match http.at(&["detail", "bodyParam"]).and_then(Node::to_word) {
        Some(name) => format!("$util.escapeJavaScript($util.parseJson($input.body).{name})"),
        None => "$util.escapeJavaScript($input.body)".to_owned(),
    };
    let template = "{\"Entries\":[{\"Detail\": \"${Detail}\",\"DetailType\": \"${DetailType}\",\"EventBusName\": \"${EventBusName}\",\"Source\": \"${Source}\"}]}";
    let variables = [
        ("EventBusName", at(http, &["eventBusName"])),
        ("Detail", text(span, detail)),
        ("DetailType", text(span, named(http, "detailType", "$context.requestId"))),
        ("Source", text(span, named(http, "source", ""))),
    ];
    let parameters = [
        ("integration.request.header.X-Amz-Target", text(span, "'AWSEvents.PutEvents'")),
        ("integration.request.header.Content-Type", text(span, "'application/x-amz-json-1.1'")),
    ];
    Proxy {
        uri: action_uri(span, "events:action/PutEvents"),
        method: "POST",
        passthrough: Some("NEVER"),
        role: "ApigatewayToEventBridgeRole",
        parameters: map(span, parameters),
        templates: both(http, &sub(span, template, variables)),
        responses: simple(http, |_| none(http)),
    }
}
