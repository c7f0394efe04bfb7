//! Events of functions: `http` of a REST API, `httpApi` of an HTTP API, `websocket`.

use crate::diagnostic::{Fault, Remark};
use crate::serverless::defaults;
use crate::serverless::made::{at, collect, flag, list, map, map_at, reference, sub, text};
use crate::serverless::service::Service;
use crate::serverless::shapes;
use crate::serverless::template::{MAX_WORDS, Preflight, REST_API, Template, method_name, normal_name};
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use std::borrow::Cow;
use vtl::Code;

/// The statuses of a Lambda integration without statuses of its own, with their selection patterns.
const STATUSES: &[(&str, &str)] = &[
    ("200", ""),
    ("400", r"[\s\S]*\[400\][\s\S]*"),
    ("401", r"[\s\S]*\[401\][\s\S]*"),
    ("403", r"[\s\S]*\[403\][\s\S]*"),
    ("404", r"[\s\S]*\[404\][\s\S]*"),
    ("422", r"[\s\S]*\[422\][\s\S]*"),
    ("500", r"[\s\S]*(Process\s?exited\s?before\s?completing\s?request|\[500\])[\s\S]*"),
    ("502", r"[\s\S]*\[502\][\s\S]*"),
    ("504", r"([\s\S]*\[504\][\s\S]*)|(.*Task timed out after \d+\.\d+ seconds$)"),
];

/// Headers that a preflight response allows if the event names none.
pub(super) const HEADERS: &[&str] = &[
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "X-Amz-User-Agent",
    "X-Amzn-Trace-Id",
];

/// Copies that are made of the headers of a response: in the integration, in the method, and while these are read.
pub(super) const COPIES: usize = 4;

/// Steps of the framework's templates of a function: they are made, resolved and compiled for each event.
const OF_TEMPLATES: usize = 3_500;

/// Steps of a response: it is made, resolved and checked, and its selection pattern is compiled.
const OF_RESPONSE: usize = 1_700;

/// Steps of the method that answers a preflight request.
const OF_PREFLIGHT: usize = 1_200;

/// Steps of a word of a header of preflight responses.
const OF_WORD: usize = 8;

/// Adds the routes of a function's events.
///
/// # Errors
/// A variable refers to itself, or the values grow too large.
pub(super) fn read(name: &str, function: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    // A reference to the function finds it.
    let own = map::<&str>(function.span, []);
    template.add(&format!("{}LambdaFunction", normal_name(name)), "AWS::Lambda::Function", own);
    shapes::check_function(name, function, service);
    for event in function.get("events").map_or(&[][..], Node::items) {
        service.count(event.span)?;
        shapes::check_event(event, service);
        service.spend(COPIES * name.len(), event.span)?;
        if let Some(http) = event.some("http") {
            rest(name, &with_route(http), service, template)?;
        } else if let Some(route) = event.some("httpApi") {
            http_api(name, route, service, template)?;
        } else if let Some(route) = event.some("websocket") {
            websocket(name, route, service, template)?;
        } else if event.has_placeholder() && event.as_str().is_some() {
            let message = format!("an event of the function {name} is known only when the service is deployed");
            service.remark(Remark::new(Code::UnreadPart, "", message, event.span));
        }
    }
    Ok(())
}

/// Returns an event as a map: `GET /pets` is short for `{method, path}`.
pub(super) fn with_route(event: &Node) -> Cow<'_, Node> {
    let Some(word) = event.as_str() else { return Cow::Borrowed(event) };
    let (method, path) = word.trim().split_once(' ').unwrap_or((word, ""));
    let entry = |name: &str, value: &str| (name.to_owned(), Node::text(event.span, value.trim()));
    Cow::Owned(map(event.span, [entry("method", method), entry("path", path)]))
}

/// Returns the type of an integration by the framework's word for it.
fn kind_of(http: &Node) -> String {
    let word = http.word("integration").unwrap_or_default().to_ascii_uppercase().replacen('-', "_", 1);
    match word.as_str() {
        "LAMBDA" => "AWS".to_owned(),
        "" if http.get("async").and_then(Node::to_bool) == Some(true) => "AWS".to_owned(),
        "" | "LAMBDA_PROXY" => "AWS_PROXY".to_owned(),
        _ => word,
    }
}

/// Adds the method of an `http` event.
///
/// # Errors
/// The values grow too large.
fn rest(name: &str, http: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let span = http.span;
    let (verb, path) = (http.word("method").unwrap_or_default(), http.word("path").unwrap_or_default());
    shapes::check_route(http, service);
    let kind = kind_of(http);
    let has_templates = matches!(kind.as_str(), "AWS" | "HTTP" | "MOCK");
    let parameters = parameters(http);
    let mut properties = map(span, [("RequestParameters", required(&parameters, span))]);
    let mut integration = map(
        span,
        [
            ("IntegrationHttpMethod", text(span, "POST")),
            (
                "Type",
                http.get("integration").map_or_else(|| text(span, kind.as_str()), |it| text(it.span, kind.as_str())),
            ),
            ("TimeoutInMillis", service.timeout(http)?),
        ],
    );
    match kind.as_str() {
        "AWS" | "AWS_PROXY" => integration.set("Uri", function_uri(name, span)),
        "HTTP" | "HTTP_PROXY" => {
            integration.set("Uri", at(http, &["request", "uri"]));
            let method = http.at(&["request", "method"]).and_then(Node::to_word).unwrap_or_else(|| verb.clone());
            integration.set("IntegrationHttpMethod", text(span, method.to_ascii_uppercase()));
            if let Some(connection) = http.word("connectionType") {
                integration.set("ConnectionType", text(span, connection.to_ascii_uppercase().replacen('-', "_", 1)));
                integration.set("ConnectionId", at(http, &["connectionId"]));
            }
        }
        _ => {}
    }
    if has_templates {
        let never = if kind == "AWS" { text(span, "NEVER") } else { Node::null(span) };
        set(&mut integration, "PassthroughBehavior", first(&[at(http, &["request", "passThrough"]), never]));
        set(&mut integration, "ContentHandling", at(http, &["request", "contentHandling"]));
        set(&mut integration, "RequestTemplates", request_templates(http, kind == "AWS", span));
        let statuses = statuses(http, &kind);
        // Each response has copies of the headers, with the origin, and the template.
        let parts = ["response", "cors"].into_iter().filter_map(|part| http.get(part));
        let shared = parts.map(Node::weight).sum::<usize>().saturating_mul(COPIES);
        service.spend(statuses.len().saturating_mul(shared), span)?;
        let templates = if kind == "AWS" { OF_TEMPLATES } else { 0 };
        service.take(templates + statuses.len() * OF_RESPONSE, span)?;
        integration.set("IntegrationResponses", responses(http, &statuses, span));
        properties.set("MethodResponses", method_responses(http, &statuses, span));
    }
    let is_async = http.get("async").and_then(Node::to_bool) == Some(true);
    if is_async || (kind != "AWS_PROXY" && kind != "MOCK" && !parameters.is_empty()) {
        let mut mapped: Vec<(String, Node)> = parameters.iter().map(mapped).collect();
        if is_async {
            mapped.push(("integration.request.header.X-Amz-Invocation-Type".to_owned(), text(span, "'Event'")));
        }
        integration.set("RequestParameters", map(span, mapped));
    }
    if kind.ends_with("_PROXY") {
        set(&mut integration, "ResponseTransferMode", at(http, &["response", "transferMode"]));
    }
    schemas(http, &path, &verb, service, &mut properties, template)?;
    if parameters.iter().any(|(_, value)| is_required(value)) || properties.get("RequestModels").is_some() {
        let both = [
            ("ValidateRequestBody", flag(span, true)),
            ("ValidateRequestParameters", flag(span, true)),
            ("RestApiId", reference(span, REST_API)),
        ];
        template.add("ApiGatewayRequestValidator", "AWS::ApiGateway::RequestValidator", map(span, both));
        properties.set("RequestValidatorId", reference(span, "ApiGatewayRequestValidator"));
    }
    set(&mut properties, "ApiKeyRequired", at(http, &["private"]));
    set(&mut properties, "OperationName", at(http, &["operationId"]));
    properties.set("Integration", integration);
    if let Some(cors) = cors(http, &verb, HEADERS, false) {
        let words = cors.headers.len() + cors.methods.len() + cors.origins.len();
        service.take(OF_PREFLIGHT + OF_WORD * words, span)?;
        template.preflight(&path, cors);
    }
    template.add_method(&verb, &path, properties)
}

/// Sets a property unless the value is null.
fn set(node: &mut Node, name: &str, value: Node) {
    if !value.is_null() {
        node.set(name, value);
    }
}

/// Returns the first value that is not null.
fn first(values: &[Node]) -> Node {
    let known = values.iter().find(|value| !value.is_null()).or(values.first());
    known.cloned().unwrap_or_else(|| Node::null(Span::default()))
}

/// Returns the URI by which API Gateway invokes a function of the service.
fn function_uri(name: &str, span: Span) -> Node {
    let function = format!("{}LambdaFunction", normal_name(name));
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{function}.Arn}}/invocations"
    );
    map(span, [("Fn::Sub", text(span, uri))])
}

/// Returns the request parameters by their names as method parameters.
fn parameters(http: &Node) -> Vec<(String, Node)> {
    let mut found = Vec::new();
    for (plural, place) in [("querystrings", "querystring"), ("paths", "path"), ("headers", "header")] {
        for (name, value) in http.at(&["request", "parameters", plural]).into_iter().flat_map(Node::fields) {
            found.push((format!("method.request.{place}.{name}"), value.clone()));
        }
    }
    found
}

/// Checks for a required parameter: `true`, or a map that does not say otherwise.
fn is_required(value: &Node) -> bool {
    match value.is_map() {
        true => value.get("required").and_then(Node::to_bool).unwrap_or(true),
        false => value.to_bool().unwrap_or_default(),
    }
}

fn required(parameters: &[(String, Node)], span: Span) -> Node {
    map(span, parameters.iter().map(|(name, value)| (name.as_str(), flag(value.span, is_required(value)))))
}

/// Returns the mapping of a parameter to the integration request.
fn mapped((name, value): &(String, Node)) -> (String, Node) {
    let target = name.replacen("method.", "integration.", 1);
    let source = value.some("mappedValue").cloned();
    (target, source.unwrap_or_else(|| text(value.span, name.as_str())))
}

/// Returns the request templates: the framework's for a function, replaced by the event's own; null
/// removes one.
fn request_templates(http: &Node, is_function: bool, span: Span) -> Node {
    let mut templates = Vec::new();
    if is_function {
        let claims = claims(http);
        let made = |template: String| text(span, template.replacen(defaults::CLAIMS, &claims, 1));
        templates.push(("application/json".to_owned(), made(defaults::lambda_json())));
        templates.push(("application/x-www-form-urlencoded".to_owned(), made(defaults::lambda_form())));
    }
    let own = http.at(&["request", "template"]).into_iter().flat_map(Node::fields);
    templates.extend(own.map(|(media, template)| (media.to_owned(), template.clone())));
    let mut templates = collect(span, templates);
    if let Data::Map(entries) = &mut templates.data {
        entries.retain(|(_, template)| !template.is_null());
    }
    if templates.entries().is_empty() { Node::null(span) } else { templates }
}

/// Returns the claims of a Cognito authorizer that the framework's template passes on.
fn claims(http: &Node) -> String {
    let named = http.at(&["authorizer", "claims"]).map_or(&[][..], Node::items);
    let one = |claim: String| match claim.split_once(':') {
        Some((_, name)) => format!("\"{name}\": \"$context.authorizer.claims['{claim}']\","),
        None => format!("\"{claim}\": \"$context.authorizer.claims.{claim}\","),
    };
    named.iter().filter_map(Node::to_word).map(one).collect()
}

/// Returns the statuses of the responses in ascending order, as JavaScript has the keys of an object.
fn statuses(http: &Node, kind: &str) -> Vec<(String, Node)> {
    let default = |(status, pattern): &(&str, &str)| {
        let pattern = map(http.span, [("pattern", text(http.span, *pattern))]);
        ((*status).to_owned(), pattern)
    };
    let own = http.at(&["response", "statusCodes"]).filter(|codes| codes.is_map());
    let mut found: Vec<(String, Node)> = match (own, http.get("response")) {
        (Some(own), _) => {
            own.entries().iter().filter_map(|(key, value)| Some((key.to_word()?, value.clone()))).collect()
        }
        (None, None) if kind != "AWS" => Vec::new(),
        (None, _) if kind == "MOCK" => Vec::new(),
        (None, _) => STATUSES.iter().map(default).collect(),
    };
    let is_default = |(_, config): &(String, Node)| config.word("pattern").is_some_and(|pattern| pattern.is_empty());
    if own.is_some() && kind != "MOCK" && !found.iter().any(is_default) {
        found.retain(|(status, _)| status != "200");
        found.extend(STATUSES.iter().take(1).map(default));
    }
    found.sort_by_key(|(status, _)| status.parse::<u32>().unwrap_or(u32::MAX));
    found
}

/// Returns the headers that every response has: those of CORS, and the event's own.
fn headers(http: &Node, span: Span) -> Vec<(String, Node)> {
    let mut headers = Vec::new();
    if let Some(cors) = cors(http, "", HEADERS, false) {
        let origin = if cors.origins.is_empty() { cors.origin } else { cors.origins.join(",") };
        headers.push(("Access-Control-Allow-Origin".to_owned(), text(span, format!("'{origin}'"))));
        if cors.allow_credentials {
            headers.push(("Access-Control-Allow-Credentials".to_owned(), text(span, "true")));
        }
    }
    let own = http.at(&["response", "headers"]).into_iter().flat_map(Node::fields);
    headers.extend(own.map(|(name, value)| (name.to_owned(), value.clone())));
    headers
}

fn responses(http: &Node, statuses: &[(String, Node)], span: Span) -> Node {
    let shared = headers(http, span);
    let response = |(status, config): &(String, Node)| {
        let place = config.span;
        let own = config.get("headers").into_iter().flat_map(Node::fields);
        let parameters = shared.iter().map(|(name, value)| (name.clone(), value.clone()));
        let parameters = parameters.chain(own.map(|(name, value)| (name.to_owned(), value.clone())));
        let parameters = parameters.map(|(name, value)| (format!("method.response.header.{name}"), value));
        let parameters = collect(place, parameters);
        let mut templates = vec![("application/json".to_owned(), at(http, &["response", "template"]))];
        templates.retain(|(_, template)| !template.is_null());
        match config.get("template") {
            Some(template) if template.is_map() => {
                templates.extend(template.fields().map(|(media, template)| (media.to_owned(), template.clone())));
            }
            Some(template) if !template.is_null() => templates.push(("application/json".to_owned(), template.clone())),
            _ => {}
        }
        let templates = collect(place, templates);
        let handling =
            if status.starts_with('2') { at(http, &["response", "contentHandling"]) } else { Node::null(place) };
        map(
            place,
            [
                ("StatusCode", text(place, status.as_str())),
                ("SelectionPattern", first(&[at(config, &["pattern"]), text(place, "")])),
                ("ResponseParameters", parameters),
                ("ResponseTemplates", templates),
                ("ContentHandling", handling),
            ],
        )
    };
    list(span, statuses.iter().map(response))
}

fn method_responses(http: &Node, statuses: &[(String, Node)], span: Span) -> Node {
    let shared = headers(http, span);
    let response = |(status, config): &(String, Node)| {
        let own = config.get("headers").into_iter().flat_map(Node::fields).map(|(name, _)| name);
        let names = shared.iter().map(|(name, _)| name.as_str()).chain(own);
        let declared = names.map(|name| (format!("method.response.header.{name}"), flag(span, true)));
        let declared = collect(span, declared);
        map(span, [("StatusCode", text(span, status.as_str())), ("ResponseParameters", declared)])
    };
    list(span, statuses.iter().map(response))
}

/// Returns the settings of `cors: true` or a map; `None` if the event has none. `names_any` is set for
/// the plug-ins, which allow any origin by name.
pub(super) fn cors(http: &Node, verb: &str, headers: &[&str], names_any: bool) -> Option<Preflight> {
    let cors = http.some("cors").filter(|cors| cors.to_bool() != Some(false))?;
    let words = |name: &str| {
        cors.get(name).map_or(&[][..], Node::each).iter().take(MAX_WORDS).filter_map(Node::to_word).collect()
    };
    let mut found = Preflight { span: http.span, ..Preflight::default() };
    if cors.is_map() {
        found.origins = words("origins");
        let any = if found.origins.is_empty() { "*" } else { "" };
        found.origin = cors.word("origin").unwrap_or_else(|| any.to_owned());
        found.headers = words("headers");
        found.methods = words("methods");
        found.allow_credentials = cors.get("allowCredentials").and_then(Node::to_bool).unwrap_or_default();
        found.max_age = cors.word("maxAge");
        found.cache_control = cors.word("cacheControl");
    } else {
        found.origin = "*".to_owned();
        found.origins = if names_any { vec!["*".to_owned()] } else { Vec::new() };
    }
    if found.headers.is_empty() {
        found.headers = headers.iter().map(|header| (*header).to_owned()).collect();
    }
    for method in ["OPTIONS".to_owned(), verb.to_ascii_uppercase()] {
        if !found.methods.contains(&method) {
            found.methods.push(method);
        }
    }
    Some(found)
}

/// Adds the models of a request's schemas, and sets them in the method's properties.
///
/// # Errors
/// The budget is spent.
fn schemas(
    http: &Node,
    path: &str,
    verb: &str,
    service: &Service<'_>,
    properties: &mut Node,
    template: &mut Template,
) -> Result<(), Fault> {
    let span = http.span;
    // The older name has schemas alone.
    let all = ["schemas", "schema"].into_iter().filter_map(|name| http.at(&["request", name])).flat_map(Node::fields);
    let mut models = Vec::new();
    for (media, schema) in all {
        let schema = schema.as_str().and_then(|name| service.schema(name)).unwrap_or(schema);
        let definition = schema.get("schema").filter(|inner| inner.is_map()).unwrap_or(schema);
        let named = schema.get("name");
        let weight = definition.weight() + named.map_or(0, Node::weight);
        service.spend(weight + COPIES * (path.len() + media.len()), span)?;
        let letters: String = media.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{}{letters}Model", method_name(path, verb));
        let entries = [
            ("RestApiId", reference(span, REST_API)),
            ("ContentType", text(span, media)),
            ("Schema", definition.clone()),
            ("Name", named.cloned().unwrap_or_else(|| Node::null(schema.span))),
        ];
        template.add(&name, "AWS::ApiGateway::Model", map(span, entries));
        models.push((media.to_owned(), reference(span, &name)));
    }
    if !models.is_empty() {
        properties.set("RequestModels", collect(span, models));
    }
    Ok(())
}

/// Adds the route of an `httpApi` event.
///
/// # Errors
/// The budget is spent.
fn http_api(name: &str, event: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let span = event.span;
    let route = with_route(event);
    let (method, path) = (route.word("method").unwrap_or_default(), route.word("path").unwrap_or_default());
    let key = match (method.as_str(), path.as_str()) {
        ("*", "") | (_, "*") => "$default".to_owned(),
        ("*" | "", path) => format!("ANY {path}"),
        (method, path) => format!("{} {path}", method.to_ascii_uppercase()),
    };
    let api = map(span, [("ProtocolType", text(span, "HTTP"))]);
    template.add("HttpApi", "AWS::ApiGatewayV2::Api", api);
    let integration = [("PayloadFormatVersion", text(span, "2.0"))];
    service.take(key.len(), span)?;
    v2_route(name, "HttpApi", &key, &integration, span, template);
    Ok(())
}

/// Adds the route of a `websocket` event.
///
/// # Errors
/// The budget is spent.
fn websocket(name: &str, event: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let span = event.span;
    let key = event.word("route").or_else(|| event.to_word()).unwrap_or_default();
    let selection = text(span, "$request.body.action");
    let api = map(span, [("ProtocolType", text(span, "WEBSOCKET")), ("RouteSelectionExpression", selection)]);
    template.add("WebsocketsApi", "AWS::ApiGatewayV2::Api", api);
    service.take(2 * key.len(), span)?;
    v2_route(name, "WebsocketsApi", &key, &[], span, template);
    let has_response = event.some("routeResponseSelectionExpression").is_some();
    if has_response {
        let id = route_name("WebsocketsApi", &key);
        let entries = [
            ("ApiId", reference(span, "WebsocketsApi")),
            ("RouteId", reference(span, &id)),
            ("RouteResponseKey", text(span, "$default")),
        ];
        template.add(&format!("{id}Response"), "AWS::ApiGatewayV2::RouteResponse", map(span, entries));
    }
    Ok(())
}

fn route_name(api: &str, key: &str) -> String {
    let digit = |byte: u8| char::from_digit(u32::from(byte), 16).unwrap_or_default();
    let digits = key.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    format!("{api}Route{}", digits.collect::<String>())
}

fn v2_route(name: &str, api: &str, key: &str, more: &[(&str, Node)], span: Span, template: &mut Template) {
    let id = route_name(api, key);
    let mut integration = map(
        span,
        [
            ("ApiId", reference(span, api)),
            ("IntegrationType", text(span, "AWS_PROXY")),
            ("IntegrationUri", function_uri(name, span)),
            ("IntegrationMethod", text(span, "POST")),
        ],
    );
    more.iter().for_each(|(name, value)| integration.set(name, value.clone()));
    template.add(&format!("{id}Integration"), "AWS::ApiGatewayV2::Integration", integration);
    let target = sub(span, "integrations/${Target}", [("Target", reference(span, &format!("{id}Integration")))]);
    let entries = [("ApiId", reference(span, api)), ("RouteKey", text(span, key)), ("Target", target)];
    template.add(&id, "AWS::ApiGatewayV2::Route", map(span, entries));
}

/// Returns the status codes and templates of a response with a simple form: `success`, `clientError`,
/// `serverError` below `response.template`.
pub(super) fn simple_template(http: &Node, outcome: &str) -> Node {
    map_at(&map_at(http, "response"), "template").get(outcome).cloned().unwrap_or_else(|| Node::null(http.span))
}
