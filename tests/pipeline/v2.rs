//! HTTP and WebSocket APIs: the documented cases of `corpus/apigateway/v2.jsonl`, and what they leave out.

use crate::compare::{check_request, check_response, same};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use vtl::pipeline::call::Replay;
use vtl::pipeline::http::HttpRoute;
use vtl::pipeline::websocket::{SocketRequest, SocketRoute};
use vtl::pipeline::{Api, Backend, Integration, Invocation, Method, MethodRequest, Protocol, Route};

pub fn check(case: &Json) -> Result<(), String> {
    let (api, integration) = read(case).map_err(|error| error.to_string())?;
    let expect = case["expect"].as_object().unwrap();
    if let Some(invalid) = expect.get("invalid") {
        let mut method = Method::default();
        method.integration.clone_from(&integration);
        let found: BTreeSet<&str> = method.problems(api.protocol).iter().map(|problem| problem.property).collect();
        same("invalid", invalid, &json!(found))?;
    }
    let variables: BTreeMap<String, String> = serde_json::from_value(case["stageVariables"].clone()).unwrap();
    let mut invocation = Invocation::new().context(case["context"].clone()).stage_variables(variables);
    let mut backend: Option<Replay> = serde_json::from_value(case["backend"].clone()).unwrap();
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    let checked = match api.protocol {
        Protocol::WebSocket => check_socket(case, &api, integration, backend, &mut invocation),
        _ => check_http(case, &api, integration, backend, &mut invocation),
    };
    checked.map_err(|why| format!("{why}\n{}", invocation.log))
}

/// The API with its routes, and the integration that is called, if any.
fn read(case: &Json) -> Result<(Api, Option<Integration>), serde_json::Error> {
    let mut api: Api = serde_json::from_value(case["api"].clone())?;
    let keys = case["api"]["routeKeys"].as_array().into_iter().flatten();
    api.methods = keys.map(|key| Method::from_key(key.as_str().unwrap(), api.protocol)).collect();
    if case["integration"].is_null() {
        return Ok((api, None));
    }
    let mut json = case["integration"].clone();
    if let Some(responses) = case.get("integrationResponses") {
        json["IntegrationResponses"] = responses.clone();
    }
    let integration = Integration::from_v2(json, api.protocol)?;
    Ok((api, Some(integration)))
}

fn check_http(
    case: &Json,
    api: &Api,
    integration: Option<Integration>,
    backend: Option<&mut dyn Backend>,
    invocation: &mut Invocation,
) -> Result<(), String> {
    let expect = &case["expect"];
    let request: MethodRequest = serde_json::from_value(case["request"].clone()).unwrap();
    let found = api.route(&request.method, &request.path);
    if let Some(key) = expect.get("routeKey") {
        same("routeKey", key, &json!(found.as_ref().and_then(|(route, _)| api.methods[*route].key())))?;
    }
    if let Some(parameters) = expect.get("pathParameters") {
        same("pathParameters", parameters, &json!(found.map(|(_, parameters)| parameters).unwrap_or_default()))?;
    }
    let Some(integration) = integration else { return Ok(()) };
    let key = case["context"]["routeKey"].as_str().unwrap_or("$default");
    let method = Method::from_key(key, Protocol::Http).with_integration(integration);
    let outcome = HttpRoute::new(api, &method).invoke(&request, backend, invocation);
    if let Some(expected) = expect.get("response") {
        check_response(expected, &outcome.response)?;
    }
    check_sent(expect.get("integrationRequest"), outcome.integration_request.as_ref())
}

fn check_sent(expected: Option<&Json>, sent: Option<&vtl::pipeline::IntegrationRequest>) -> Result<(), String> {
    match (expected, sent) {
        (None, _) | (Some(Json::Null), None) => Ok(()),
        (Some(Json::Null), Some(_)) => Err("the backend was called".to_owned()),
        (Some(_), None) => Err("the backend was not called".to_owned()),
        (Some(expected), Some(sent)) => check_request(expected, sent),
    }
}

fn check_socket(
    case: &Json,
    api: &Api,
    integration: Option<Integration>,
    backend: Option<&mut dyn Backend>,
    invocation: &mut Invocation,
) -> Result<(), String> {
    let expect = &case["expect"];
    let request: SocketRequest = serde_json::from_value(case["request"].clone()).unwrap();
    if let Some(key) = expect.get("routeKey") {
        same("routeKey", key, &json!(api.route_message(&request).and_then(|route| api.methods[route].key())))?;
    }
    let Some(integration) = integration else { return Ok(()) };
    let key = case["context"]["routeKey"].as_str().unwrap_or("$default");
    let route_response = case["api"]["routeResponse"] == true;
    let mut method = Method::from_key(key, Protocol::WebSocket).with_integration(integration);
    method.route_response = route_response;
    let outcome = SocketRoute::new(api, &method).invoke(&request, backend, invocation);
    if let Some(message) = expect.get("message") {
        same("message", message, &json!(outcome.response.message.map(|text| String::from_utf8(text).unwrap())))?;
    }
    check_sent(expect.get("integrationRequest"), outcome.integration_request.as_ref())
}
