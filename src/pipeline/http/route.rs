//! Compiled routes of HTTP APIs.
//!
//! Requests pass unchanged, but for the parameter mapping, to an HTTP endpoint, a private one, a
//! function or a service ("Transform API requests and responses for HTTP APIs").

use super::cors;
use super::event::{http_event_1, http_event_2, http_result, is_rejected};
use super::mapping::{LONGEST_BODY, MappedValue, MappingPlace, Message, ParameterMapping};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::lambda::{charge_result, event_body, refuse_denied};
use crate::pipeline::call::prepared::{Compiler, PrepareOptions, Prepared, PreparedIntegration, shared};
use crate::pipeline::call::route::{Route, Sealed};
use crate::pipeline::call::steps::{Mapped, check_answer, check_sendable, log_request, log_response};
use crate::pipeline::call::templated::shown;
use crate::pipeline::call::{Refusal, ResponseType, Step};
use crate::pipeline::mapping::Source;
use crate::pipeline::mapping::payload::Payload;
use crate::pipeline::message::header_rules::lists;
use crate::pipeline::message::media;
use crate::pipeline::message::{
    Headers, IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse, ServiceCall,
};
use crate::pipeline::model::uri::{mask_open, with_path};
use crate::pipeline::model::{Api, IntegrationType, Method, Table, fill_in_uri_within, is_endpoint};
use std::borrow::Cow;
use std::sync::Arc;

/// A compiled route of an HTTP API. Cheap to clone, and shared by threads.
///
/// [`PreparedApi`](crate::pipeline::PreparedApi) makes one of each route and finds the route of a
/// request. The steps of a call are those of [`Route`].
///
/// ```
/// use vtl::pipeline::http::HttpRoute;
/// use vtl::pipeline::{Api, Integration, Invocation, Method, MethodRequest, Protocol, Route};
/// let integration = Integration::from_v2(serde_json::json!({
///     "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://b.test/{id}",
///     "PayloadFormatVersion": "1.0", "RequestParameters": {"append:header.x-id": "$context.requestId"}}), Protocol::Http)?;
/// let method = Method::from_key("GET /pets/{id}", Protocol::Http).with_integration(integration);
/// let route = HttpRoute::new(&Api::new(Protocol::Http), &method);
///
/// let mut request = MethodRequest::new("GET", "/pets/7");
/// request.path_parameters.set("id", "7".to_owned());
/// let mut invocation = Invocation::new().context(serde_json::json!({"requestId": "r-1"}));
/// let sent = route.request(&request, &mut invocation).unwrap();
/// assert_eq!((sent.uri.as_str(), sent.headers.get("x-id")), ("https://b.test/7", Some("r-1")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpRoute(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    inner: Prepared,
    key: String,
    mappings: Result<Vec<ParameterMapping>, Error>,
    /// Parameters of the service call.
    parameters: Result<Vec<(String, MappedValue)>, Error>,
    by_status: Vec<(String, Result<Vec<ParameterMapping>, Error>)>,
}

/// Headers that concern one connection only.
const HOP_BY_HOP: &[&str] = &["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

/// Headers that become one `Forwarded`, with its words for them.
const FORWARDED: &[(&str, &str)] =
    &[("X-Forwarded-For", "for"), ("X-Forwarded-Host", "host"), ("X-Forwarded-Proto", "proto")];

impl HttpRoute {
    /// Compiles a route.
    ///
    /// Never fails: a part that does not compile fails the calls that need it, as on the service.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        HttpRoute::compile(&shared(api), method, &mut Compiler::new(&PrepareOptions::new()))
    }

    pub(crate) fn compile(api: &Arc<Api>, method: &Method, compiler: &mut Compiler<'_>) -> Self {
        let model = method.integration.as_ref();
        let table = |subtype: bool| {
            let model = model.filter(|model| model.integration_subtype.is_some() == subtype);
            model.map(|model| model.request_parameters.clone()).unwrap_or_default()
        };
        let parameters = table(true);
        let parameters = parameters.iter().map(|(name, text)| Ok((name.to_owned(), MappedValue::request(text)?)));
        let by_status = model.into_iter().flat_map(|model| model.response_parameters.iter());
        HttpRoute(Arc::new(Compiled {
            key: method.key().unwrap_or_else(|| "$default".to_owned()),
            mappings: ParameterMapping::parse_all(&table(false), ParameterMapping::request),
            parameters: parameters.collect(),
            by_status: by_status
                .map(|(status, table)| {
                    (status.to_owned(), ParameterMapping::parse_all(table, ParameterMapping::response))
                })
                .collect(),
            inner: Prepared::new(api, method, Source::request_within, compiler),
        }))
    }

    fn message<'a>(
        request: &'a MethodRequest,
        headers: &'a Headers,
        body: &'a [u8],
        invocation: &'a Invocation<'_>,
        budget: &'a Budget<'a>,
    ) -> Message<'a> {
        Message {
            payload: Payload::new(body.get(..LONGEST_BODY).unwrap_or(body), budget),
            budget,
            headers,
            querystring: &request.querystring,
            path: &request.path,
            path_parameters: &request.path_parameters,
            body,
            context: &invocation.context,
            stage_variables: &invocation.stage_variables,
        }
    }

    /// Returns the request after its mappings, and the path that replaces that of the endpoint.
    fn transformed(
        &self,
        request: &MethodRequest,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<(MethodRequest, Option<String>), Error> {
        let message = Self::message(request, &request.headers, &request.body, invocation, budget);
        let (mut changed, mut path) = (request.clone(), None);
        for mapping in self.0.mappings.as_ref().map_err(Clone::clone)? {
            match &mapping.place {
                MappingPlace::Header(name) => mapping.apply_to_header(name, &message, &mut changed.headers)?,
                MappingPlace::Query(name) => mapping.apply_to_query(name, &message, &mut changed.querystring)?,
                MappingPlace::PathVariable(name) => {
                    mapping.apply_to_path(name, &message, &mut changed.path_parameters)?
                }
                MappingPlace::Path => path = mapping.value_of(&message)?.or(path),
                MappingPlace::Status => {}
            }
        }
        Ok((changed, path))
    }

    fn service_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Error> {
        let message = Self::message(request, &request.headers, &request.body, invocation, budget);
        let mut parameters = Table::new();
        for (name, value) in self.0.parameters.as_ref().map_err(Clone::clone)? {
            if let Some(value) = value.of(&message)? {
                parameters.set(name.as_str(), value);
            }
        }
        let subtype = integration.model.integration_subtype.clone().unwrap_or_default();
        let (mapped, inner) = (Mapped::default(), &self.0.inner);
        let mut sent = inner.assemble(integration, request, invocation, (mapped, String::new(), Vec::new()), budget)?;
        sent.method = "POST".to_owned();
        sent.service_call = Some(ServiceCall { subtype, parameters });
        Ok(sent)
    }

    fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Error> {
        let key = invocation.text("/routeKey").unwrap_or(&self.0.key);
        let event = match self.version(integration) {
            "1.0" => {
                // The resource of `$default` is `$default`.
                let resource = key.split_once(' ').map_or(key, |(_, path)| path);
                http_event_1(request, resource, invocation)
            }
            "2.0" => http_event_2(request, key, invocation),
            other => return Err(configuration_error(format!("there is no payload format {other}"))),
        };
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let uri = fill_in_uri_within(uri, &Table::new(), &invocation.stage_variables, budget)?;
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", media::JSON);
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let body = event_body(&event, budget)?;
        let mut sent = self.0.inner.assemble(integration, request, invocation, (mapped, uri, body), budget)?;
        sent.method = "POST".to_owned();
        Ok(sent)
    }

    fn version<'a>(&self, integration: &'a PreparedIntegration) -> &'a str {
        integration.model.payload_format_version.as_deref().unwrap_or("1.0")
    }

    /// Creates the request of HTTP_PROXY; the endpoint takes the path variables of the route.
    fn forwarded_request(
        &self,
        integration: &PreparedIntegration,
        mut request: MethodRequest,
        path: Option<String>,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Error> {
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let mut uri = fill_in_uri_within(uri, &request.path_parameters, &invocation.stage_variables, budget)?;
        // The endpoint of a private integration is an ARN, which is not checked.
        if !uri.starts_with("arn:") && !is_endpoint(&mask_open(&uri)) {
            return Err(configuration_error(format!("Invalid endpoint address: {}", shown(&uri))));
        }
        if let Some(path) = path {
            uri = with_path(&uri, &path);
        }
        let mut mapped = Mapped { querystring: std::mem::take(&mut request.querystring), ..Mapped::default() };
        mapped.headers = forwarded_headers(&request.headers);
        let trace = invocation.trace_id(request.headers.get("X-Amzn-Trace-Id"));
        mapped.headers.set("X-Amzn-Trace-Id", trace);
        let body = std::mem::take(&mut request.body);
        self.0.inner.assemble(integration, &request, invocation, (mapped, uri, body), budget)
    }

    fn answer(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<MethodResponse, Refusal> {
        let integration = self.0.inner.integration().map_err(Refusal::configuration)?;
        invocation.answered(&response.headers);
        let is_function =
            integration.model.kind == IntegrationType::AwsProxy && integration.model.integration_subtype.is_none();
        let mut answer = if is_function {
            refuse_denied(response)?;
            charge_result(response, budget)?;
            http_result(response, self.version(integration))?
        } else {
            let status = u16::try_from(response.status).ok().filter(|status| (100..1000).contains(status));
            let headers = response.headers.iter().filter(|(name, _)| !lists(HOP_BY_HOP, name)).collect();
            MethodResponse { status: status.unwrap_or(500), headers, body: response.body.clone() }
        };
        let status = answer.status.to_string();
        if let Some((_, mappings)) = self.0.by_status.iter().find(|(of, _)| *of == status) {
            let mappings = mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
            let changed = self.transform_answer(mappings, request, &mut answer, invocation, budget);
            changed.map_err(Refusal::configuration)?;
        }
        answer.headers.add_own("apigw-requestid", invocation.extended_id());
        if let Some(cors) = &self.0.inner.api.cors_configuration {
            cors::apply(cors, request, &mut answer.headers);
        }
        check_answer(&answer)?;
        Ok(answer)
    }

    fn transform_answer(
        &self,
        mappings: &[ParameterMapping],
        request: &MethodRequest,
        answer: &mut MethodResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Error> {
        let original = answer.clone();
        let mut ignored = Vec::new();
        let message = Self::message(request, &original.headers, &original.body, invocation, budget);
        for mapping in mappings {
            match &mapping.place {
                MappingPlace::Header(name) => mapping.apply_to_header(name, &message, &mut answer.headers)?,
                MappingPlace::Status => match mapping.value_of(&message)?.map(|text| (text.trim().parse(), text)) {
                    Some((Ok(status @ 100..=599), _)) => answer.status = status,
                    Some((_, text)) => {
                        ignored.push(format!("the status {:?} is not a whole number from 100 to 599", shown(&text)))
                    }
                    None => {}
                },
                MappingPlace::Query(_) | MappingPlace::Path | MappingPlace::PathVariable(_) => {}
            }
        }
        for detail in ignored {
            invocation.note(Step::Response, Code::IgnoredSet, detail);
        }
        Ok(())
    }
}

impl Sealed for HttpRoute {}

impl Route for HttpRoute {
    type Request = MethodRequest;
    type Response = MethodResponse;

    fn kind(&self) -> Option<IntegrationType> {
        self.0.inner.kind()
    }

    fn receive<'r>(&self, request: &'r MethodRequest, invocation: &mut Invocation<'_>) -> Cow<'r, MethodRequest> {
        let mut received = self.0.inner.receive(request, invocation);
        // A request with a length of 0 gets a media type ("Amazon API Gateway important notes"). The page
        // does not say which.
        if request.body.is_empty() && request.headers.get("Content-Length") == Some("0") {
            received.to_mut().headers.set_default("Content-Type", "application/octet-stream");
        }
        received
    }

    /// Checks the answer of an authorizer: HTTP APIs have no validators.
    fn validate(&self, request: &MethodRequest, invocation: &mut Invocation<'_>) -> Result<(), Refusal> {
        if is_rejected(&request.path) {
            let why = format!("the path {} cannot be decoded twice, as HTTP APIs do", request.path);
            let refusal = Refusal::new(ResponseType::Default4xx, Error::new(Code::Request, why)).with_status(400);
            invocation.note_refusal(Step::Validation, &refusal);
            return Err(refusal);
        }
        invocation.check_authorizer()?;
        let result = check_sendable(request);
        if let Err(refusal) = &result {
            invocation.note_refusal(Step::Validation, refusal);
        }
        result
    }

    fn request(&self, request: &MethodRequest, invocation: &mut Invocation<'_>) -> Result<IntegrationRequest, Refusal> {
        let make = |invocation: &Invocation<'_>, budget: &Budget<'_>| {
            let integration = self.0.inner.integration()?;
            if integration.model.integration_subtype.is_some() {
                return self.service_request(integration, request, invocation, budget);
            }
            let (request, path) = self.transformed(request, invocation, budget)?;
            match integration.model.kind {
                IntegrationType::AwsProxy => self.event_request(integration, &request, invocation, budget),
                IntegrationType::HttpProxy => self.forwarded_request(integration, request, path, invocation, budget),
                kind => Err(configuration_error(format!("HTTP APIs have no integrations of type {kind}"))),
            }
        };
        let limits = &self.0.inner.limits;
        let result =
            invocation.within(limits, |invocation, budget| make(invocation, budget).map_err(Refusal::configuration));
        log_request(&result, invocation);
        result
    }

    fn respond(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
    ) -> Result<MethodResponse, Refusal> {
        let limits = &self.0.inner.limits;
        let result = invocation.within(limits, |invocation, budget| self.answer(request, response, invocation, budget));
        match &result {
            Err(refusal) => invocation.note_refusal(Step::Response, refusal),
            Ok(answer) => log_response(answer, invocation),
        }
        result
    }

    /// Creates the gateway's own response. HTTP APIs have no configurable gateway responses.
    fn refuse(&self, _: &MethodRequest, refusal: &Refusal, invocation: &mut Invocation<'_>) -> MethodResponse {
        refuse(refusal, invocation)
    }
}

/// Creates the gateway's own response to a refusal, and logs it.
pub(crate) fn refuse(refusal: &Refusal, invocation: &mut Invocation<'_>) -> MethodResponse {
    let status = match refusal.response_type {
        ResponseType::IntegrationTimeout | ResponseType::IntegrationFailure => 503,
        _ => refusal.status,
    };
    invocation.say(format_args!("Execution failed: {}", refusal.cause.detail()));
    let answer = http_error(status, invocation);
    invocation.say(format_args!("Method completed with status: {}", answer.status));
    answer
}

/// Creates the own response of an HTTP API, such as 404 for a request without a route.
///
/// ```
/// use vtl::pipeline::{Invocation, http::http_error};
/// assert_eq!(http_error(404, &Invocation::new()).body, br#"{"message":"Not Found"}"#);
/// ```
#[must_use]
pub fn http_error(status: u16, invocation: &Invocation<'_>) -> MethodResponse {
    let message = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    let mut headers = Headers::new();
    headers.add("Content-Type", media::JSON);
    headers.add_own("apigw-requestid", invocation.extended_id());
    MethodResponse { status, headers, body: format!("{{\"message\":\"{message}\"}}").into_bytes() }
}

/// Returns the client's headers that an HTTP endpoint receives ("Amazon API Gateway important notes").
fn forwarded_headers(headers: &Headers) -> Headers {
    let dropped = |name: &str| {
        lists(HOP_BY_HOP, name)
            || name.eq_ignore_ascii_case("Host")
            || FORWARDED.iter().any(|(old, _)| old.eq_ignore_ascii_case(name))
    };
    let mut passed: Headers = headers.iter().filter(|(name, _)| !dropped(name)).collect();
    let forwarded = FORWARDED.iter().filter_map(|(old, word)| Some(format!("{word}={}", headers.get(old)?)));
    let forwarded = forwarded.collect::<Vec<_>>().join(";");
    if !forwarded.is_empty() {
        let before = passed.get("Forwarded").map(|before| format!("{before}, ")).unwrap_or_default();
        passed.set("Forwarded", before + &forwarded);
    }
    passed
}

fn configuration_error(detail: String) -> Error {
    Error::new(Code::Configuration, detail)
}
