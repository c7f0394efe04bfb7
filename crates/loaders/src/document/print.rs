//! The document as JSON: one shape for all formats, so that documents can be compared.

use crate::document::Document;
use serde_json::{Map, Value as Json, json};
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl::pipeline::model::ResponseRule;
use vtl::pipeline::{Api, Integration, Method, Protocol};

impl Document {
    /// Returns the document as JSON: `{"kind", "apis": […], "routes": […], "findings": […], "problems": […]}`,
    /// with the findings of [`Document::diagnostics`]. Problems are the errors among them, each
    /// `{"routeKey", "property", "code"}`: route key or null, and the key of the integration that is at fault or null.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let routes = self.routes.iter().enumerate().filter_map(|(at, route)| {
            let (api, method) = self.method(at)?;
            Some(print_route(api.protocol, route.api, method, &route.location))
        });
        let findings = self.diagnostics();
        json!({
            "kind": self.kind.as_str(),
            "apis": self.apis.iter().map(print_api).collect::<Vec<_>>(),
            "routes": routes.collect::<Vec<_>>(),
            "problems": findings.iter().filter(|it| it.severity == Severity::Error).map(print_problem).collect::<Vec<_>>(),
            "findings": findings,
        })
    }
}

fn print_problem(finding: &Diagnostic) -> Json {
    json!({"routeKey": finding.route, "property": finding.property, "code": finding.code})
}

fn print_api(api: &Api) -> Json {
    let mut models: Vec<&str> = api.models.names().collect();
    models.sort_unstable();
    let mut shape = json!({
        "protocol": api.protocol,
        "name": api.name,
        "binaryMediaTypes": api.binary_media_types,
        "gatewayResponses": api.gateway_responses,
        "models": models,
        "stageVariables": api.stage_variables,
        "routeSelectionExpression": api.route_selection_expression,
    });
    if let Json::Object(fields) = &mut shape {
        let optional = [
            ("id", json!(api.id)),
            ("stage", json!(api.stage)),
            ("domainName", json!(api.domain_name)),
            ("apiKeySource", json!(api.api_key_source)),
            ("corsConfiguration", json!(api.cors_configuration)),
        ];
        fields.extend(
            optional.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)),
        );
    }
    shape
}

fn print_route(protocol: Protocol, api: usize, method: &Method, location: &Location) -> Json {
    let mut route = Map::new();
    let mut set = |key: &str, value: Json| route.insert(key.to_owned(), value);
    set("api", json!(api));
    set("method", json!(method.http_method));
    set("path", json!(method.path));
    set("routeKey", json!(method.key()));
    if method.operation_name.is_some() {
        set("operationName", json!(method.operation_name));
    }
    if method.api_key_required {
        set("apiKeyRequired", json!(true));
    }
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
    set("place", json!(location));
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
