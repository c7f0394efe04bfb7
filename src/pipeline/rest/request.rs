//! From the client's request to the backend's.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::invocation::{Invocation, Step};
use crate::pipeline::call::lambda::lambda_event;
use crate::pipeline::call::log::Shown;
use crate::pipeline::call::prepared::{Compiled, Prepared, PreparedIntegration};
use crate::pipeline::call::refusal::{Refusal, ResponseType};
use crate::pipeline::mapping::source::{Origin, Payload, Source, Target};
use crate::pipeline::message::headers::{Fate, Headers, NOT_FORWARDED, fate_to_backend, lists};
use crate::pipeline::message::integration::{CacheKey, Credentials, IntegrationRequest, MethodRequest, Settings};
use crate::pipeline::message::media::{is_binary, is_type, request_conversion};
use crate::pipeline::model::integration::{ContentHandling, IntegrationType, PassthroughBehavior};
use crate::pipeline::model::table::Table;
use crate::pipeline::model::uri::{action_parameters, fill_in_uri, is_endpoint, mask_open, service_fault};
use crate::template::Template;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// What mappings and overrides put into a request.
#[derive(Default)]
pub(crate) struct Mapped {
    pub(crate) headers: Headers,
    pub(crate) querystring: Table<Vec<String>>,
    pub(crate) path: Table<String>,
}

impl Prepared {
    /// Step 1: opens the log and takes off the headers that nothing behind the door sees
    /// ([`STRIPPED`](crate::pipeline::STRIPPED)). The other steps take what comes out.
    #[must_use]
    pub fn receive<'a>(&self, request: &'a MethodRequest, invocation: &mut Invocation) -> Cow<'a, MethodRequest> {
        let received = request.received();
        let id = invocation.begin();
        let resource = self.method.path.as_deref().unwrap_or(&request.path);
        let body = if self.is_binary_request(&received) { Shown::Binary } else { Shown::Body(&received.body) };
        invocation.say(format_args!("Starting execution for request: {id}"));
        invocation.say(format_args!("HTTP Method: {}, Resource Path: {resource}", request.method));
        invocation.say(format_args!("Method request path: {}", Shown::Path(&received.path_parameters)));
        invocation.say(format_args!("Method request query string: {}", Shown::Query(&received.querystring)));
        invocation.say(format_args!("Method request headers: {}", Shown::Headers(&received.headers)));
        invocation.say(format_args!("Method request body before transformations: {body}"));
        received
    }

    /// Step 3: makes the backend's request of a received one: template, mappings, overrides, address, settings.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Prepared};
    /// let method: Method = serde_json::from_str(r#"{"integration": {
    ///     "type": "http", "httpMethod": "ANY", "uri": "http://backend.test/{id}",
    ///     "requestParameters": {"integration.request.path.id": "method.request.path.pet",
    ///                           "integration.request.header.X-Stage": "stageVariables.name"}}}"#)?;
    /// let mut request = MethodRequest::new("DELETE", "/pets/7");
    /// request.path_parameters.set("pet", "7".to_owned());
    /// let mut invocation = Invocation::new().stage_variables([("name", "beta")]);
    /// let sent = Prepared::new(&Api::default(), &method).request(&request, &mut invocation).unwrap();
    /// assert_eq!((sent.method.as_str(), sent.uri.as_str()), ("DELETE", "http://backend.test/7"));
    /// assert_eq!(sent.headers.get("X-Stage"), Some("beta"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A refusal: 415 for a media type that may not pass, 400 for a body that mappings cannot read, 500 for
    /// mistakes of the configuration.
    pub fn request(&self, request: &MethodRequest, invocation: &mut Invocation) -> Result<IntegrationRequest, Refusal> {
        let result =
            self.integration().map_err(Refusal::configuration).and_then(|integration| match integration.model.kind {
                IntegrationType::AwsProxy => self.event_request(integration, request, invocation),
                _ => self.plain_request(integration, request, choose(integration, request), invocation),
            });
        tell(&result, invocation);
        result
    }

    /// What is no event: by type, with the template that was chosen.
    pub(crate) fn plain_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<&Template>, Refusal>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationRequest, Refusal> {
        match integration.model.kind {
            IntegrationType::Mock => self.mock_request(integration, request, template, invocation),
            IntegrationType::HttpProxy => self.forwarded_request(integration, request, invocation),
            _ => self.mapped_request(integration, request, template, invocation),
        }
    }

    /// MOCK: nothing but the rendered body (aws-observed 8.5).
    fn mock_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<&Template>, Refusal>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationRequest, Refusal> {
        let body = self.request_body(integration, request, template?, invocation)?;
        Ok(self.assemble(integration, request, invocation, Mapped::default(), String::new(), body))
    }

    /// HTTP and AWS: only what is mapped goes out, and a few headers of the gateway's own.
    fn mapped_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<&Template>, Refusal>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationRequest, Refusal> {
        let mut mapped = map_parameters(integration, request, invocation)?;
        let mut body = self.request_body(integration, request, template?, invocation)?;
        override_parameters(&mut mapped, &invocation.overrides.request);
        filter_headers(&mut mapped.headers, integration)?;
        let uri = endpoint(integration, &mapped.path, invocation)?;

        let http = integration.model.kind.is_http();
        let method = backend_method(integration, request);
        if !http {
            for (name, value) in action_parameters(&uri) {
                mapped.querystring.set(name, vec![value]);
            }
        }
        let has_body = !matches!(method, "GET" | "HEAD");
        if http && !has_body {
            body.clear();
        }
        if integration.is_lambda && !is_json(&body) {
            let detail = "Lambda refuses a payload that is not JSON: Could not parse request body into json";
            invocation.note(Step::Request, Code::Request, detail);
        }
        let headers = &mut mapped.headers;
        headers.set_default("Accept", "application/json");
        headers.set_default("User-Agent", format!("AmazonAPIGateway_{}", invocation.api_id().unwrap_or_default()));
        if has_body {
            headers.set_default("Content-Type", request.headers.get("Content-Type").unwrap_or("application/json"));
        }
        headers.set_default("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        set_api_id(headers, integration, invocation);
        Ok(self.assemble(integration, request, invocation, mapped, uri, body))
    }

    /// HTTP_PROXY: the client's request, with mapped headers in place of the client's and mapped query values
    /// behind them (aws-observed 7.8, R).
    fn forwarded_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &mut Invocation,
    ) -> Result<IntegrationRequest, Refusal> {
        let mut mapped = map_parameters(integration, request, invocation)?;
        filter_headers(&mut mapped.headers, integration)?;
        let uri = endpoint(integration, &mapped.path, invocation)?;
        let mut headers: Headers = request.headers.iter().filter(|(name, _)| !lists(NOT_FORWARDED, name)).collect();
        for (name, value) in mapped.headers.iter() {
            headers.set(name, value);
        }
        headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        set_api_id(&mut headers, integration, invocation);
        mapped.headers = headers;
        let mut querystring = request.querystring.clone();
        for (name, values) in mapped.querystring {
            match querystring.get_mut(&name) {
                Some(before) => before.extend(values),
                None => querystring.set(name, values),
            }
        }
        mapped.querystring = querystring;
        let body = match backend_method(integration, request) {
            "GET" | "HEAD" => Vec::new(),
            _ => self.converted_body(request, integration.model.content_handling)?,
        };
        Ok(self.assemble(integration, request, invocation, mapped, uri, body))
    }

    /// AWS_PROXY: the event. Mappings do nothing, but one onto a forbidden header fails the call all the same
    /// (aws-observed 7.9, 10.5, R).
    fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &mut Invocation,
    ) -> Result<IntegrationRequest, Refusal> {
        refuse_forbidden(integration)?;
        let uri = endpoint(integration, &Table::new(), invocation)?;
        if integration.model.http_method.is_some() && backend_method(integration, request) != "POST" {
            let cause = Error::new(
                Code::Configuration,
                "Lambda functions are invoked by POST; see the integration's HTTP method",
            );
            return Err(Refusal::new(ResponseType::IntegrationFailure, cause).status(500));
        }
        let named = invocation.context.get("resourcePath").and_then(Json::as_str).map(str::to_owned);
        let resource = named.or_else(|| self.method.path.clone()).unwrap_or_else(|| request.path.clone());
        let binary = self.is_binary_request(request);
        let event = lambda_event(request, &resource, binary, invocation);
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", "application/json");
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let mut sent = self.assemble(integration, request, invocation, mapped, uri, event.to_string().into_bytes());
        sent.method = "POST".to_owned();
        Ok(sent)
    }

    pub(crate) fn assemble(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation,
        mapped: Mapped,
        uri: String,
        body: Vec<u8>,
    ) -> IntegrationRequest {
        let model = &integration.model;
        let fill_in = |text: &String| fill_in_uri(text, &Table::new(), &invocation.stage_variables);
        // Some documents escape the stars.
        let credentials = model.credentials.as_ref().map(fill_in).map(|arn| match arn.replace('\\', "").as_str() {
            "arn:aws:iam::*:user/*" => Credentials::Caller,
            _ => Credentials::Role(arn),
        });
        IntegrationRequest {
            kind: model.kind,
            method: backend_method(integration, request).to_owned(),
            uri,
            cache_key: self.cache_key(integration, request, &mapped, invocation),
            service_call: None,
            headers: mapped.headers,
            querystring: mapped.querystring,
            body,
            settings: Settings {
                credentials: credentials.unwrap_or_default(),
                connection_type: model.connection_type,
                connection_id: model.connection_id.as_ref().map(fill_in),
                timeout_in_millis: model.timeout_in_millis,
                tls_config: model.tls_config.clone(),
            },
        }
    }

    fn cache_key(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        mapped: &Mapped,
        invocation: &Invocation,
    ) -> Option<CacheKey> {
        let names = &integration.model.cache_key_parameters;
        if names.is_empty() {
            return None;
        }
        let resource = || invocation.context.get("resourceId").and_then(Json::as_str).map(str::to_owned);
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
        Some(CacheKey { namespace, values: names.iter().map(|name| (name.as_str(), value(name))).collect() })
    }

    pub(crate) fn is_binary_request(&self, request: &MethodRequest) -> bool {
        let types = &self.api.binary_media_types;
        !types.is_empty() && is_binary(types, Some(request.content_type()))
    }

    fn converted_body(&self, request: &MethodRequest, handling: Option<ContentHandling>) -> Result<Vec<u8>, Refusal> {
        let conversion = request_conversion(self.is_binary_request(request), handling);
        Ok(conversion.apply(&request.body).map_err(Refusal::configuration)?.into_owned())
    }

    /// The body after conversion and template.
    fn request_body(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Option<&Template>,
        invocation: &mut Invocation,
    ) -> Result<Vec<u8>, Refusal> {
        let handling = integration.model.content_handling;
        let body = self.converted_body(request, handling)?;
        let Some(template) = template else { return Ok(body) };
        // A template works on text: bytes of a binary media type are none, whatever they are.
        let bytes = self.is_binary_request(request) && handling != Some(ContentHandling::ConvertToText);
        if bytes || std::str::from_utf8(&body).is_err() {
            let cause = Error::new(Code::Conversion, "Unable to transform request: the body is binary");
            return Err(Refusal::configuration(cause));
        }
        let rendered =
            render(template, Step::Request, request, &body, invocation).map_err(|error| match error.code() {
                // The payload's fault, not that of a text given to `$util.parseJson`.
                Code::BadPayload if Payload::new(&body).json().is_err() => bad_json(error),
                _ => Refusal::configuration(error),
            })?;
        Ok(rendered.into_bytes())
    }
}

/// Writes down what was made of a request.
pub(crate) fn tell(result: &Result<IntegrationRequest, Refusal>, invocation: &mut Invocation) {
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

/// Renders a template of either phase; its overrides and notes go to the invocation.
pub(crate) fn render(
    template: &Template,
    step: Step,
    request: &MethodRequest,
    body: &[u8],
    invocation: &mut Invocation,
) -> Result<String, Error> {
    let globals = invocation.take_globals(request, body);
    let rendered = template.render(&globals);
    invocation.put_back(globals);
    let rendered = rendered?;
    invocation.overrides = rendered.overrides;
    invocation.note_render(step, rendered.notes);
    Ok(rendered.text)
}

/// A failed template, in the service's words and the engine's.
pub(crate) fn untransformed(what: &str, error: Error) -> Error {
    let words = Error::new(error.code(), format!("Unable to transform {what}: {}", error.detail()));
    match error.span() {
        Some(span) => words.at(span),
        None => words,
    }
}

/// A payload that is not what it looks like (aws-observed 7.6, H).
fn bad_json(cause: Error) -> Refusal {
    Refusal::new(ResponseType::BadRequestBody, cause).message("Invalid JSON in request body")
}

/// The template for the request's media type; none where the body passes as it is
/// ("Method request behavior for payloads without mapping templates").
fn choose<'a>(integration: &'a PreparedIntegration, request: &MethodRequest) -> Result<Option<&'a Template>, Refusal> {
    let media_type = request.content_type();
    let fits = |key: &str| is_type(key, media_type);
    let found = integration.templates.iter().find(|(key, _)| fits(key)).map(|(_, template)| template);
    template_or_passthrough(integration, found, media_type)
}

/// The template that was found, or none if the body may pass without one.
pub(crate) fn template_or_passthrough<'a>(
    integration: &'a PreparedIntegration,
    found: Option<&'a Compiled>,
    wanted: &str,
) -> Result<Option<&'a Template>, Refusal> {
    match found {
        Some(Compiled::Ready(template)) => return Ok(Some(template)),
        Some(Compiled::Empty) => return Ok(None),
        Some(Compiled::Broken(error)) => {
            return Err(Refusal::configuration(untransformed("request", error.clone())));
        }
        None => {}
    }
    let passes = match integration.model.passthrough_behavior {
        PassthroughBehavior::WhenNoMatch => true,
        PassthroughBehavior::WhenNoTemplates => integration.templates.is_empty(),
        PassthroughBehavior::Never => false,
    };
    if passes {
        return Ok(None);
    }
    let why = format!(
        "no template for {wanted}, and the passthrough behaviour is {}",
        integration.model.passthrough_behavior
    );
    Err(Refusal::new(ResponseType::UnsupportedMediaType, Error::new(Code::Request, why)))
}

fn map_parameters(
    integration: &PreparedIntegration,
    request: &MethodRequest,
    invocation: &Invocation,
) -> Result<Mapped, Refusal> {
    refuse_forbidden(integration)?;
    let mappings = integration.mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
    let mut mapped = Mapped::default();
    let payload = Payload::new(&request.body);
    let origin = Origin {
        request,
        headers: &request.headers,
        payload: &payload,
        context: &invocation.context,
        stage_variables: &invocation.stage_variables,
    };
    for (target, source) in mappings {
        let values = origin.values(source).map_err(bad_json)?;
        if values.is_empty() {
            continue;
        }
        match target {
            Target::Header(name) => mapped.headers.set(name, values.join(",")),
            Target::Path(name) => mapped.path.set(name, values.join(",")),
            Target::Query(name) => mapped.querystring.set(name, values),
        }
    }
    Ok(mapped)
}

/// A mapping onto some headers fails every call, also of the type that applies none
/// (aws-observed 10.5, R).
fn refuse_forbidden(integration: &PreparedIntegration) -> Result<(), Refusal> {
    let targets = integration.mappings.iter().flatten().map(|(target, _)| target);
    let mut names = targets.filter_map(|target| if let Target::Header(name) = target { Some(name) } else { None });
    match names.find(|name| fate_to_backend(name, integration.model.kind) == Fate::Fail) {
        Some(name) => Err(forbidden(name)),
        None => Ok(()),
    }
}

fn forbidden(name: &str) -> Refusal {
    Refusal::configuration(Error::new(
        Code::Mapping,
        format!("the header {name} cannot be set on the request to the backend"),
    ))
}

fn filter_headers(headers: &mut Headers, integration: &PreparedIntegration) -> Result<(), Refusal> {
    let kind = integration.model.kind;
    if let Some((name, _)) = headers.iter().find(|(name, _)| fate_to_backend(name, kind) == Fate::Fail) {
        return Err(forbidden(name));
    }
    if headers.iter().any(|(name, _)| fate_to_backend(name, kind) == Fate::Drop) {
        *headers = headers.iter().filter(|(name, _)| fate_to_backend(name, kind) != Fate::Drop).collect();
    }
    Ok(())
}

/// Overrides replace what was mapped, a header however it is spelled (aws-observed 6.8, D).
fn override_parameters(mapped: &mut Mapped, overrides: &Map<String, Json>) {
    let entries = |place: &str| overrides.get(place).and_then(Json::as_object).into_iter().flatten();
    for (name, value) in entries("header") {
        mapped.headers.set(name, override_text(value));
    }
    for (name, value) in entries("path") {
        mapped.path.set(name, override_text(value));
    }
    for (name, value) in entries("querystring") {
        let values = match value {
            Json::Array(items) => items.iter().map(override_text).collect(),
            one => vec![override_text(one)],
        };
        mapped.querystring.set(name, values);
    }
}

/// A list is joined with commas ("Override your API's request and response parameters and status codes").
pub(crate) fn override_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(override_text).collect::<Vec<_>>().join(","),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

fn is_json(body: &[u8]) -> bool {
    body.is_empty() || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// `ANY` passes the client's method (aws-observed 7.14, R).
pub(crate) fn backend_method<'a>(integration: &'a PreparedIntegration, request: &'a MethodRequest) -> &'a str {
    integration.model.http_method.as_deref().filter(|method| *method != "ANY").unwrap_or(&request.method)
}

fn set_api_id(headers: &mut Headers, integration: &PreparedIntegration, invocation: &Invocation) {
    if let (Some(id), true) = (invocation.api_id(), integration.model.kind.is_http()) {
        headers.set_default("X-Amzn-Apigateway-Api-Id", id);
    }
}

fn endpoint(
    integration: &PreparedIntegration,
    path: &Table<String>,
    invocation: &Invocation,
) -> Result<String, Refusal> {
    let uri = fill_in_uri(integration.model.uri.as_deref().unwrap_or_default(), path, &invocation.stage_variables);
    let sound = match integration.model.kind {
        kind if kind.is_http() => is_endpoint(&mask_open(&uri)),
        // A document may leave an ARN open, such as Terraform's `${aws_lambda_function.f.invoke_arn}`.
        _ => uri.starts_with("${") || service_fault(&mask_open(&uri)).is_none(),
    };
    if sound {
        return Ok(uri);
    }
    Err(Refusal::configuration(Error::new(Code::Configuration, format!("Invalid endpoint address: {uri}"))))
}
