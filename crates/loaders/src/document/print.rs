//! The model as one JSON shape, so that documents of different kinds can be compared.

use crate::document::Document;
use crate::syntax::source::Place;
use serde_json::{Map, Value as Json, json};
use vtl::pipeline::{Api, Integration, Method, Protocol, ResponseRule};

impl Document {
    /// The kind, the APIs, the routes and the problems.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let routes = self.routes.iter().enumerate().filter_map(|(at, route)| {
            let (api, method) = self.method(at)?;
            Some(print_route(api.protocol, route.api, method, &route.place))
        });
        let problems = self.problems().into_iter().map(|problem| {
            let key = problem.route.and_then(|route| self.route_key(route));
            json!({"routeKey": key, "property": problem.property, "message": problem.message, "place": problem.place})
        });
        json!({
            "kind": self.kind.word(),
            "apis": self.apis.iter().map(print_api).collect::<Vec<_>>(),
            "routes": routes.collect::<Vec<_>>(),
            "problems": problems.collect::<Vec<_>>(),
        })
    }

    /// `GET /things/{id}`, `$default`, or a WebSocket route's key; none where method or path is unknown.
    #[must_use]
    pub fn route_key(&self, route: usize) -> Option<String> {
        self.method(route).and_then(|(_, method)| route_key(method))
    }
}

fn route_key(method: &Method) -> Option<String> {
    method.route_key.clone().or_else(|| Some(format!("{} {}", method.http_method.as_deref()?, method.path.as_deref()?)))
}

fn print_api(api: &Api) -> Json {
    let mut models: Vec<&str> = api.models.names().collect();
    models.sort_unstable();
    json!({
        "protocol": api.protocol,
        "name": api.name,
        "binaryMediaTypes": api.binary_media_types,
        "gatewayResponses": api.gateway_responses,
        "models": models,
        "stageVariables": api.stage_variables,
        "routeSelectionExpression": api.route_selection_expression,
    })
}

fn print_route(protocol: Protocol, api: usize, method: &Method, place: &Place) -> Json {
    let mut route = Map::new();
    let mut set = |key: &str, value: Json| route.insert(key.to_owned(), value);
    set("api", json!(api));
    set("method", json!(method.http_method));
    set("path", json!(method.path));
    set("routeKey", json!(route_key(method)));
    if protocol == Protocol::Rest {
        let responses = method.method_responses.iter().flat_map(|table| table.iter());
        let responses = responses.map(|(status, response)| {
            let mut headers = response.headers.clone();
            headers.sort_unstable();
            (status.to_owned(), json!({"headers": headers, "models": response.models}))
        });
        set("requestParameters", json!(method.request_parameters));
        set("requestModels", json!(method.request_models));
        set("requestValidator", json!(method.request_validator));
        set("methodResponses", Json::Object(responses.collect()));
    }
    set("integration", method.integration.as_ref().map_or(Json::Null, |it| print_integration(protocol, it)));
    set("place", json!(place));
    Json::Object(route)
}

fn print_integration(protocol: Protocol, it: &Integration) -> Json {
    let rest = protocol == Protocol::Rest;
    let http = protocol == Protocol::Http;
    let tls = it.tls_config.as_ref().map(|tls| match protocol {
        Protocol::Http => json!({"serverNameToVerify": tls.server_name_to_verify}),
        _ => json!({"insecureSkipVerification": tls.insecure_skip_verification}),
    });
    let mut shape = json!({
        "type": it.kind,
        "httpMethod": it.http_method,
        "uri": it.uri,
        "connectionType": it.connection_type,
        "connectionId": it.connection_id,
        "credentials": it.credentials,
        "requestParameters": it.request_parameters,
        "passthroughBehavior": if http { Json::Null } else { json!(it.passthrough_behavior) },
        "timeoutInMillis": it.timeout_in_millis,
        "tlsConfig": tls,
    });
    let Json::Object(fields) = &mut shape else { return shape };
    let mut set = |key: &str, value: Json| fields.insert(key.to_owned(), value);
    if !http {
        let print = if rest { print_response } else { print_message_response };
        set("requestTemplates", json!(it.request_templates));
        set("contentHandling", json!(it.content_handling));
        set("responses", it.responses.iter().map(print).collect());
    }
    if rest {
        set("cacheNamespace", json!(it.cache_namespace));
        set("cacheKeyParameters", json!(it.cache_key_parameters));
        set("responseTransferMode", json!(it.response_transfer_mode));
        set("integrationTarget", json!(it.integration_target));
    } else {
        set("payloadFormatVersion", json!(it.payload_format_version));
        set("integrationSubtype", json!(it.integration_subtype));
        set("description", json!(it.description));
    }
    if http {
        set("responseParameters", json!(it.response_parameters));
    }
    if protocol == Protocol::WebSocket {
        set("templateSelectionExpression", json!(it.template_selection_expression));
    }
    shape
}

fn print_response(rule: &ResponseRule) -> Json {
    json!({
        "selectionPattern": rule.selection_pattern,
        "statusCode": rule.status_code,
        "responseParameters": rule.response_parameters,
        "responseTemplates": rule.response_templates,
        "contentHandling": rule.content_handling,
    })
}

fn print_message_response(rule: &ResponseRule) -> Json {
    json!({
        "integrationResponseKey": rule.integration_response_key,
        "responseParameters": rule.response_parameters,
        "responseTemplates": rule.response_templates,
        "templateSelectionExpression": rule.template_selection_expression,
        "contentHandling": rule.content_handling,
    })
}
