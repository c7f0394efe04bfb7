//! Routes of HTTP APIs: the client's request goes on as it is, but for what the parameter mapping changes, to an HTTP
//! endpoint, a private one, a function or a service ("Transform API requests and responses for HTTP APIs").

use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::call::backend::Backend;
use crate::pipeline::call::invocation::{Invocation, Step};
use crate::pipeline::call::prepared::{Prepared, PreparedIntegration};
use crate::pipeline::call::refusal::{Refusal, ResponseType};
use crate::pipeline::http::event::{http_event_1, http_event_2, http_result};
use crate::pipeline::http::mapping::{MappedValue, Message, ParameterMapping, Place};
use crate::pipeline::mapping::source::Source;
use crate::pipeline::message::headers::{Headers, lists};
use crate::pipeline::message::integration::{
    IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse, ServiceCall,
};
use crate::pipeline::message::media;
use crate::pipeline::model::integration::{Api, IntegrationType, Method};
use crate::pipeline::model::table::Table;
use crate::pipeline::model::uri::{fill_in_uri, is_endpoint, mask_open, with_path};
use crate::pipeline::rest::request::{Mapped, tell};
use crate::pipeline::rest::response::{Outcome, refuse_denied, tell_answer};
use std::borrow::Cow;

/// A route of an HTTP API, made ready to be called.
///
/// ```
/// use vtl::pipeline::{Api, HttpRoute, Integration, Invocation, Method, MethodRequest, Protocol, Replay};
/// let integration = Integration::from_v2(serde_json::json!({
///     "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://b.test/{id}", "PayloadFormatVersion": "1.0",
///     "RequestParameters": {"append:header.x-id": "$context.requestId"},
///     "ResponseParameters": {"404": {"overwrite:statuscode": "200"}}}), Protocol::Http)?;
/// let method = Method { integration: Some(integration), ..Method::from_key("GET /pets/{id}", Protocol::Http) };
/// let api = Api { protocol: Protocol::Http, methods: vec![method], ..Api::default() };
///
/// let mut request = MethodRequest::new("GET", "/pets/7");
/// let (route, path_parameters) = api.route(&request.method, &request.path).unwrap();
/// request.path_parameters = path_parameters;
/// let mut backend: Replay = serde_json::from_str(r#"{"status": 404}"#)?;
/// let mut invocation = Invocation::new().context(serde_json::json!({"requestId": "r-1"}));
/// let outcome = HttpRoute::new(&api, &api.methods[route]).invoke(&request, Some(&mut backend), &mut invocation);
/// let sent = outcome.integration_request.unwrap();
/// assert_eq!((sent.uri.as_str(), sent.headers.get("x-id")), ("https://b.test/7", Some("r-1")));
/// assert_eq!(outcome.response.status, 200);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpRoute {
    inner: Prepared,
    key: String,
    mappings: Result<Vec<ParameterMapping>, Error>,
    parameters: Result<Vec<(String, MappedValue)>, Error>,
    by_status: Vec<(String, Result<Vec<ParameterMapping>, Error>)>,
}

/// Headers that concern one connection only.
const HOP_BY_HOP: &[&str] = &["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

/// Headers that become one `Forwarded`, with its words for them.
const FORWARDED: &[(&str, &str)] =
    &[("X-Forwarded-For", "for"), ("X-Forwarded-Host", "host"), ("X-Forwarded-Proto", "proto")];

impl HttpRoute {
    /// Prepares a route.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        let model = method.integration.as_ref();
        let table = |subtype: bool| {
            let model = model.filter(|model| model.integration_subtype.is_some() == subtype);
            model.map(|model| model.request_parameters.clone()).unwrap_or_default()
        };
        let parameters = table(true);
        let parameters = parameters.iter().map(|(name, text)| Ok((name.to_owned(), MappedValue::request(text)?)));
        let by_status = model.into_iter().flat_map(|model| model.response_parameters.iter());
        HttpRoute {
            key: method.key().unwrap_or_else(|| "$default".to_owned()),
            mappings: ParameterMapping::read_all(&table(false), ParameterMapping::request),
            parameters: parameters.collect(),
            by_status: by_status
                .map(|(status, table)| {
                    (status.to_owned(), ParameterMapping::read_all(table, ParameterMapping::response))
                })
                .collect(),
            inner: Prepared::read(api, method, Source::request, &Limits::service()),
        }
    }

    /// Makes a whole call: the steps one after another, a refusal of any becoming the gateway's own answer.
    pub fn invoke(
        &self,
        request: &MethodRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> Outcome {
        let request = self.receive(request, invocation);
        let (mut sent, mut answered) = (None, None);
        let result = self
            .request(&request, invocation)
            .and_then(|message| self.inner.send(sent.insert(message), backend, invocation))
            .and_then(|message| self.respond(&request, answered.insert(message), invocation));
        let response = result.unwrap_or_else(|refusal| self.refuse(&refusal, invocation));
        Outcome { integration_request: sent, integration_response: answered, response }
    }

    /// Step 1: opens the log. The other steps take what comes out.
    #[must_use]
    pub fn receive<'a>(&self, request: &'a MethodRequest, invocation: &mut Invocation) -> Cow<'a, MethodRequest> {
        let mut received = self.inner.receive(request, invocation);
        invocation.know("routeKey", &self.key);
        // "Amazon API Gateway important notes": no payload, but a length of 0. Which type is added they do not say.
        if request.body.is_empty() && request.headers.get("Content-Length") == Some("0") {
            received.to_mut().headers.set_default("Content-Type", "application/octet-stream");
        }
        received
    }

    /// Step 2: makes the backend's request of the client's: mappings, address or event.
    ///
    /// # Errors
    /// A refusal with 500 for mistakes of the configuration.
    pub fn request(&self, request: &MethodRequest, invocation: &mut Invocation) -> Result<IntegrationRequest, Refusal> {
        let result = self.inner.integration().and_then(|integration| {
            if integration.model.integration_subtype.is_some() {
                return self.service_request(integration, request, invocation);
            }
            let (request, path) = self.transformed(request, invocation)?;
            match integration.model.kind {
                IntegrationType::AwsProxy => self.event_request(integration, &request, invocation),
                IntegrationType::HttpProxy => self.forwarded_request(integration, request, path, invocation),
                kind => Err(wrong(format!("HTTP APIs have no integrations of type {kind}"))),
            }
        });
        let result = result.map_err(Refusal::configuration);
        tell(&result, invocation);
        result
    }

    /// Step 3: asks the backend.
    ///
    /// # Errors
    /// A refusal for a backend that does not answer.
    pub fn send(
        &self,
        request: &IntegrationRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationResponse, Refusal> {
        self.inner.send(request, backend, invocation)
    }

    /// Step 4: makes the client's answer of the backend's: the function's contract, then the mappings of the status.
    ///
    /// # Errors
    /// A refusal with 500 for a failed function, a malformed result, or mistakes of the configuration.
    pub fn respond(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<MethodResponse, Refusal> {
        let result = self.answer(request, response, invocation);
        match &result {
            Err(refusal) => invocation.note_refusal(Step::Response, refusal),
            Ok(answer) => tell_answer(answer, invocation),
        }
        result
    }

    /// Makes the gateway's own answer of a refusal. HTTP APIs have no gateway responses to configure.
    pub fn refuse(&self, refusal: &Refusal, invocation: &mut Invocation) -> MethodResponse {
        let status = match refusal.response_type {
            ResponseType::IntegrationTimeout | ResponseType::IntegrationFailure => 503,
            _ => refusal.status,
        };
        invocation.say(format_args!("Execution failed: {}", refusal.cause.detail()));
        let answer = http_error(status, invocation);
        invocation.say(format_args!("Method completed with status: {}", answer.status));
        answer
    }

    fn message<'a>(
        request: &'a MethodRequest,
        headers: &'a Headers,
        body: &'a [u8],
        invocation: &'a Invocation,
    ) -> Message<'a> {
        Message {
            headers,
            querystring: &request.querystring,
            path: &request.path,
            path_parameters: &request.path_parameters,
            body,
            context: &invocation.context,
            stage_variables: &invocation.stage_variables,
        }
    }

    /// The request with its mappings done, and the path that takes the address's place.
    fn transformed(
        &self,
        request: &MethodRequest,
        invocation: &Invocation,
    ) -> Result<(MethodRequest, Option<String>), Error> {
        let message = Self::message(request, &request.headers, &request.body, invocation);
        let (mut changed, mut path) = (request.clone(), None);
        for mapping in self.mappings.as_ref().map_err(Clone::clone)? {
            match &mapping.place {
                Place::Header(name) => mapping.apply_to_header(name, &message, &mut changed.headers),
                Place::Query(name) => mapping.apply_to_query(name, &message, &mut changed.querystring),
                Place::PathVariable(name) => mapping.apply_to_path(name, &message, &mut changed.path_parameters),
                Place::Path => path = mapping.value_of(&message).or(path),
                Place::Status => {}
            }
        }
        Ok((changed, path))
    }

    fn service_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation,
    ) -> Result<IntegrationRequest, Error> {
        let message = Self::message(request, &request.headers, &request.body, invocation);
        let parameters = self.parameters.as_ref().map_err(Clone::clone)?.iter();
        let parameters = parameters.filter_map(|(name, value)| Some((name.as_str(), value.of(&message)?))).collect();
        let subtype = integration.model.integration_subtype.clone().unwrap_or_default();
        let mut sent =
            self.inner.assemble(integration, request, invocation, Mapped::default(), String::new(), Vec::new());
        sent.method = "POST".to_owned();
        sent.service_call = Some(ServiceCall { subtype, parameters });
        Ok(sent)
    }

    fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &Invocation,
    ) -> Result<IntegrationRequest, Error> {
        let key = invocation.text("/routeKey").unwrap_or(&self.key);
        let event = match self.version(integration) {
            "1.0" => {
                // `$default` stands for itself.
                let resource = key.split_once(' ').map_or(key, |(_, path)| path);
                http_event_1(request, resource, invocation)
            }
            "2.0" => http_event_2(request, key, invocation),
            other => return Err(wrong(format!("there is no payload format {other}"))),
        };
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let uri = fill_in_uri(uri, &Table::new(), &invocation.stage_variables);
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", media::JSON);
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let body = event.to_string().into_bytes();
        let mut sent = self.inner.assemble(integration, request, invocation, mapped, uri, body);
        sent.method = "POST".to_owned();
        Ok(sent)
    }

    fn version<'a>(&self, integration: &'a PreparedIntegration) -> &'a str {
        integration.model.payload_format_version.as_deref().unwrap_or("1.0")
    }

    /// The address takes the route's path variables directly.
    fn forwarded_request(
        &self,
        integration: &PreparedIntegration,
        mut request: MethodRequest,
        path: Option<String>,
        invocation: &Invocation,
    ) -> Result<IntegrationRequest, Error> {
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let mut uri = fill_in_uri(uri, &request.path_parameters, &invocation.stage_variables);
        // The address of a private integration is an ARN, of which there is nothing to be told.
        if !uri.starts_with("arn:") && !is_endpoint(&mask_open(&uri)) {
            return Err(wrong(format!("Invalid endpoint address: {uri}")));
        }
        if let Some(path) = path {
            uri = with_path(&uri, &path);
        }
        let mut mapped = Mapped { querystring: std::mem::take(&mut request.querystring), ..Mapped::default() };
        mapped.headers = forwarded_headers(&request.headers);
        let trace = invocation.trace_id(request.headers.get("X-Amzn-Trace-Id"));
        mapped.headers.set("X-Amzn-Trace-Id", trace);
        let body = std::mem::take(&mut request.body);
        Ok(self.inner.assemble(integration, &request, invocation, mapped, uri, body))
    }

    fn answer(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<MethodResponse, Refusal> {
        let integration = self.inner.integration().map_err(Refusal::configuration)?;
        let is_function =
            integration.model.kind == IntegrationType::AwsProxy && integration.model.integration_subtype.is_none();
        let mut answer = if is_function {
            refuse_denied(response)?;
            http_result(response, self.version(integration))?
        } else {
            let status = u16::try_from(response.status).ok().filter(|status| (100..1000).contains(status));
            let headers = response.headers.iter().filter(|(name, _)| !lists(HOP_BY_HOP, name)).collect();
            MethodResponse { status: status.unwrap_or(500), headers, body: response.body.clone() }
        };
        let status = answer.status.to_string();
        if let Some((_, mappings)) = self.by_status.iter().find(|(of, _)| *of == status) {
            let mappings = mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
            self.transform_answer(mappings, request, &mut answer, invocation);
        }
        answer.headers.set_default("apigw-requestid", invocation.extended_id());
        Ok(answer)
    }

    fn transform_answer(
        &self,
        mappings: &[ParameterMapping],
        request: &MethodRequest,
        answer: &mut MethodResponse,
        invocation: &mut Invocation,
    ) {
        let original = answer.clone();
        let mut ignored = Vec::new();
        let message = Self::message(request, &original.headers, &original.body, invocation);
        for mapping in mappings {
            match &mapping.place {
                Place::Header(name) => mapping.apply_to_header(name, &message, &mut answer.headers),
                Place::Status => match mapping.value_of(&message).map(|text| (text.trim().parse(), text)) {
                    Some((Ok(status @ 100..=599), _)) => answer.status = status,
                    Some((_, text)) => ignored.push(format!("the status {text:?} is no whole number from 100 to 599")),
                    None => {}
                },
                Place::Query(_) | Place::Path | Place::PathVariable(_) => {}
            }
        }
        for detail in ignored {
            invocation.note(Step::Response, Code::IgnoredSet, detail);
        }
    }
}

/// The gateway's own answer of an HTTP API, such as 404 where no route takes a request.
///
/// ```
/// use vtl::pipeline::{Invocation, http_error};
/// assert_eq!(http_error(404, &Invocation::new()).body, br#"{"message":"Not Found"}"#);
/// ```
#[must_use]
pub fn http_error(status: u16, invocation: &Invocation) -> MethodResponse {
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
    headers.add("apigw-requestid", invocation.extended_id());
    MethodResponse { status, headers, body: format!("{{\"message\":\"{message}\"}}").into_bytes() }
}

/// What of the client's headers an HTTP endpoint gets ("Amazon API Gateway important notes").
fn forwarded_headers(headers: &Headers) -> Headers {
    let dropped = |name: &str| {
        lists(HOP_BY_HOP, name)
            || name.eq_ignore_ascii_case("Host")
            || FORWARDED.iter().any(|(old, _)| old.eq_ignore_ascii_case(name))
    };
    let mut passed: Headers = headers.iter().filter(|(name, _)| !dropped(name)).collect();
    let told = FORWARDED.iter().filter_map(|(old, word)| Some(format!("{word}={}", headers.get(old)?)));
    let told = told.collect::<Vec<_>>().join(";");
    if !told.is_empty() {
        let before = passed.get("Forwarded").map(|before| format!("{before}, ")).unwrap_or_default();
        passed.set("Forwarded", before + &told);
    }
    passed
}

fn wrong(detail: String) -> Error {
    Error::new(Code::Configuration, detail)
}
