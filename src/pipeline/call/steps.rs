//! Parts of the steps that several kinds of API share.

use super::context::{Arrival, Wanted};
use super::invocation::Invocation;
use super::log::Shown;
use super::note::Step;
use super::prepared::{Prepared, PreparedIntegration};
use super::refusal::Refusal;
use super::response_type::ResponseType;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::mapping::source::json_length;
use crate::pipeline::mapping::{Source, Target};
use crate::pipeline::message::header_rules::lists;
use crate::pipeline::message::media::is_binary;
use crate::pipeline::message::{
    CacheKey, Credentials, Headers, IntegrationRequest, MethodRequest, MethodResponse, Settings,
};
use crate::pipeline::model::{IntegrationType, Protocol, Table, fill_in_uri_within};
use serde_json::Value as Json;
use std::borrow::Cow;

/// The parts of a request that mappings and overrides set.
#[derive(Default)]
pub(crate) struct Mapped {
    pub(crate) headers: Headers,
    pub(crate) querystring: Table<Vec<String>>,
    pub(crate) path: Table<String>,
}

impl Prepared {
    /// Starts the log of a call to a REST or HTTP API.
    pub(crate) fn receive<'r>(
        &self,
        request: &'r MethodRequest,
        invocation: &mut Invocation<'_>,
    ) -> Cow<'r, MethodRequest> {
        let received = request.received();
        invocation.begin();
        let key = if self.api.protocol == Protocol::Http { self.method.key() } else { None };
        // The answer to a refusal may need all, and has the received request alone.
        let is_unchanged = matches!(received, Cow::Borrowed(_));
        let wanted = if is_unchanged { self.wanted() } else { Wanted::ALL };
        invocation.arrive(&self.arrival(request, key.as_deref(), wanted));
        let resource = self.method.path.as_deref().unwrap_or(&request.path);
        let body = match received.body.as_slice() {
            // A request without a body (aws-observed 18.4, R).
            [] => Shown::Body(b"null"),
            _ if self.is_binary_request(&received) => Shown::Binary,
            body => Shown::Body(body),
        };
        invocation.say_start();
        invocation.say(format_args!("HTTP Method: {}, Resource Path: {resource}", request.method));
        invocation.say(format_args!("Method request path: {}", Shown::Path(&received.path_parameters)));
        invocation.say(format_args!("Method request query string: {}", Shown::Query(&received.querystring)));
        invocation.say(format_args!("Method request headers: {}", Shown::Headers(&received.headers)));
        invocation.say(format_args!("Method request body before transformations: {body}"));
        received
    }

    /// Returns a call of a REST or HTTP API as it arrives.
    pub(crate) fn arrival<'a>(
        &'a self,
        request: &'a MethodRequest,
        key: Option<&'a str>,
        wanted: Wanted,
    ) -> Arrival<'a> {
        Arrival {
            api: &self.api,
            method: Some(&self.method),
            http_method: &request.method,
            path: &request.path,
            route_key: key,
            event_type: None,
            headers: &request.headers,
            wanted,
        }
    }

    /// Assembles a request of its parts, with settings and cache key.
    pub(crate) fn assemble(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation<'_>,
        (mapped, uri, body): (Mapped, String, Vec<u8>),
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Error> {
        if let Some(why) = mapped.headers.unsendable(" of the request to the backend") {
            return Err(Error::new(Code::Mapping, why));
        }
        let model = &integration.model;
        if uri.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(Error::new(Code::Configuration, "the address of the backend has a control character"));
        }
        // The URL has each name once for each of its values, and three bytes for one that it escapes.
        for (name, values) in mapped.querystring.iter() {
            let bytes = values.iter().fold(name.len().saturating_mul(values.len()), |sum, value| sum + value.len());
            budget.make(bytes.saturating_mul(3))?;
        }
        let fill_in = |text: &String| fill_in_uri_within(text, &Table::new(), &invocation.stage_variables, budget);
        // Some documents escape the asterisks.
        let credentials =
            model.credentials.as_ref().map(fill_in).transpose()?.map(|arn| match arn.replace('\\', "").as_str() {
                "arn:aws:iam::*:user/*" => Credentials::Caller,
                _ => Credentials::Role(arn),
            });
        Ok(IntegrationRequest {
            kind: model.kind,
            method: backend_method(integration, request).to_owned(),
            uri,
            cache_key: self.cache_key(integration, request, &mapped, invocation, budget)?,
            service_call: None,
            headers: mapped.headers,
            querystring: mapped.querystring,
            body,
            settings: Settings {
                credentials: credentials.unwrap_or_default(),
                connection_type: model.connection_type,
                connection_id: model.connection_id.as_ref().map(fill_in).transpose()?,
                timeout_in_millis: model.timeout_in_millis,
                tls_config: model.tls_config.clone(),
            },
        })
    }

    fn cache_key(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        mapped: &Mapped,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<Option<CacheKey>, Error> {
        let names = &integration.model.cache_key_parameters;
        if names.is_empty() {
            return Ok(None);
        }
        let resource = || invocation.given_text("resourceId").map(str::to_owned);
        let namespace =
            integration.model.cache_namespace.clone().or_else(resource).or_else(|| self.method.path.clone());
        let joined = |values: Option<&Vec<String>>| values.map(|values| values.join(","));
        let value = |name: &str| match name.strip_prefix("integration.request.") {
            Some(_) => match Target::request(name).ok()? {
                Target::Header(name) => mapped.headers.get(&name).map(str::to_owned),
                Target::Query(name) => joined(mapped.querystring.get(&name)),
                Target::Path(name) => mapped.path.get(&name).cloned(),
            },
            None => match Source::cache(name).ok()? {
                Source::Path(name) => request.path_parameters.get(&name).cloned(),
                Source::Query(name) | Source::Queries(name) => joined(request.querystring.get(&name)),
                Source::Header(name) | Source::Headers(name) => request.headers.get(&name).map(str::to_owned),
                _ => None,
            },
        };
        let mut values = Table::new();
        for name in names {
            budget.charge(32 + mapped.headers.len() + request.headers.len())?;
            let value = value(name);
            budget.make(value.as_ref().map_or(0, String::len))?;
            values.set(name.as_str(), value);
        }
        Ok(Some(CacheKey { namespace, values }))
    }

    /// Checks whether the body of a request is of a binary media type.
    pub(crate) fn is_binary_request(&self, request: &MethodRequest) -> bool {
        let types = &self.api.binary_media_types;
        !types.is_empty() && is_binary(types, Some(request.content_type()))
    }
}

/// Refuses a request that no client could have sent, as every server in front does.
///
/// # Errors
/// A refusal with 400.
pub(crate) fn check_sendable(request: &MethodRequest) -> Result<(), Refusal> {
    match request.forged() {
        Some(why) => Err(Refusal::new(ResponseType::Default4xx, Error::new(Code::Request, why))),
        None => Ok(()),
    }
}

/// Refuses a response whose headers cannot be sent.
///
/// # Errors
/// A refusal with 500.
pub(crate) fn check_answer(answer: &MethodResponse) -> Result<(), Refusal> {
    match answer.headers.unsendable(" of the response") {
        Some(why) => Err(Refusal::configuration(Error::new(Code::Mapping, why))),
        None => Ok(()),
    }
}

/// Logs the backend's request, or notes why there is none.
pub(crate) fn log_request(result: &Result<IntegrationRequest, Refusal>, invocation: &mut Invocation<'_>) {
    match result {
        Err(refusal) => invocation.note_refusal(Step::Request, refusal),
        Ok(sent) if sent.kind != IntegrationType::Mock => {
            invocation.say(format_args!("Endpoint request URI: {}", Shown::Url(sent)));
            invocation.say(format_args!("Endpoint request headers: {}", Shown::Headers(&sent.headers)));
            let body = Shown::Body(&sent.body);
            invocation.say(format_args!("Endpoint request body after transformations: {body}"));
        }
        Ok(_) => {}
    }
}

/// Logs the client's response.
pub(crate) fn log_response(answer: &MethodResponse, invocation: &mut Invocation<'_>) {
    if !invocation.keeps_log() {
        return;
    }
    invocation.say(format_args!("Method response body after transformations: {}", Shown::Body(&answer.body)));
    // The ids that every response carries are added later (aws-observed 18.6, R).
    let ids = ["x-amzn-RequestId", "x-amz-apigw-id"];
    let headers: Headers = answer.headers.iter().filter(|(name, _)| !lists(&ids, name)).collect();
    invocation.say(format_args!("Method response headers: {}", Shown::Headers(&headers)));
    invocation.say(format_args!("Successfully completed execution"));
    invocation.say(format_args!("Method completed with status: {}", answer.status));
}

/// Converts an override to text, charged before.
///
/// # Errors
/// The error of the budget.
pub(crate) fn override_text_within(value: &Json, budget: &Budget<'_>) -> Result<String, Error> {
    budget.make(json_length(value).saturating_mul(2))?;
    Ok(override_text(value))
}

/// Converts an override to text; a list is joined with commas ("Override your API's request and response
/// parameters and status codes").
fn override_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(override_text).collect::<Vec<_>>().join(","),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

/// Returns the HTTP method of the backend's request; `ANY` passes that of the client
/// (aws-observed 7.14, R).
pub(crate) fn backend_method<'a>(integration: &'a PreparedIntegration, request: &'a MethodRequest) -> &'a str {
    integration.model.http_method.as_deref().filter(|method| *method != "ANY").unwrap_or(&request.method)
}
