//! From the backend's answer to the client's, and the whole way there and back.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::backend::{Backend, BackendError, Mock};
use crate::pipeline::call::invocation::{Invocation, Step};
use crate::pipeline::call::lambda::lambda_result;
use crate::pipeline::call::log::Shown;
use crate::pipeline::call::prepared::{Compiled, Prepared, PreparedIntegration, PreparedRule};
use crate::pipeline::call::refusal::{Refusal, ResponseType};
use crate::pipeline::mapping::source::{Origin, Payload, Target};
use crate::pipeline::message::headers::{Fate, Headers, fate_to_client};
use crate::pipeline::message::integration::{IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse};
use crate::pipeline::message::media::{self, Conversion, essence, is_binary, is_type, response_conversion};
use crate::pipeline::model::integration::IntegrationType;
use crate::pipeline::rest::request::{override_text, render, untransformed};
use serde_json::Value as Json;

/// A whole call: the messages as far as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the backend got; none when the call was refused before.
    pub integration_request: Option<IntegrationRequest>,
    /// What the backend answered; none when it did not.
    pub integration_response: Option<IntegrationResponse>,
    /// What the client gets.
    pub response: MethodResponse,
}

impl Prepared {
    /// Makes a whole call: the steps one after another, a refusal of any becoming the gateway's own answer.
    ///
    /// A MOCK needs no backend; the other types without one fail as an endpoint that cannot be reached.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Prepared, Replay};
    /// let method: Method = serde_json::from_str(r#"{"integration": {
    ///     "type": "http", "httpMethod": "GET", "uri": "http://backend.test/",
    ///     "responses": {"4\\d{2}": {"statusCode": "404"}, "default": {"statusCode": "200"}}}}"#)?;
    /// let mut backend: Replay = serde_json::from_str(r#"{"status": 410, "body": "gone"}"#)?;
    /// let prepared = Prepared::new(&Api::default(), &method);
    /// let outcome = prepared.invoke(&MethodRequest::new("GET", "/"), Some(&mut backend), &mut Invocation::new());
    /// assert_eq!((outcome.response.status, outcome.response.body.as_slice()), (404, &b"gone"[..]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn invoke(
        &self,
        request: &MethodRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> Outcome {
        let request = self.receive(request, invocation);
        let (mut sent, mut answered) = (None, None);
        let result = self
            .validate(&request, invocation)
            .and_then(|()| self.request(&request, invocation))
            .and_then(|message| self.send(sent.insert(message), backend, invocation))
            .and_then(|message| self.respond(&request, answered.insert(message), invocation));
        let response = result.unwrap_or_else(|refusal| self.refuse(&request, &refusal, invocation));
        Outcome { integration_request: sent, integration_response: answered, response }
    }

    /// Step 4: asks the backend. A MOCK is answered here.
    ///
    /// # Errors
    /// A refusal: 504 for a backend that does not answer, 500 for one that cannot be asked like this.
    pub fn send(
        &self,
        request: &IntegrationRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationResponse, Refusal> {
        let mock = request.kind == IntegrationType::Mock;
        let result = match backend {
            _ if mock => Mock.call(request),
            Some(backend) => {
                invocation.say(format_args!("Sending request to {}", Shown::Url(request)));
                backend.call(request)
            }
            None => Err(BackendError::Connection("there is no backend".to_owned())),
        };
        if let (Ok(response), false) = (&result, mock) {
            invocation.say(format_args!("Received response. Status: {}, Integration latency: 0 ms", response.status));
            invocation.say(format_args!("Endpoint response headers: {}", Shown::Headers(&response.headers)));
            let body = Shown::Body(&response.body);
            invocation.say(format_args!("Endpoint response body before transformations: {body}"));
        }
        result.map_err(|error| {
            let refusal = failure(error, request.kind);
            invocation.note_refusal(Step::Backend, &refusal);
            refusal
        })
    }

    /// Step 5: makes the client's answer of the backend's: selection, conversion, template, mappings, overrides.
    ///
    /// ```
    /// use vtl::pipeline::{Api, IntegrationResponse, Invocation, Method, MethodRequest, Prepared};
    /// let method: Method = serde_json::from_str(r#"{"integration": {"type": "http", "httpMethod": "GET", "uri": "http://b.test/",
    ///     "responses": {"302": {"statusCode": "302",
    ///         "responseParameters": {"method.response.header.Location": "integration.response.body.redirect.url"}}}}}"#)?;
    /// let response = IntegrationResponse { status: 302, body: br#"{"redirect":{"url":"https://x.test/"}}"#.to_vec(), ..Default::default() };
    /// let answer = Prepared::new(&Api::default(), &method)
    ///     .respond(&MethodRequest::new("GET", "/"), &response, &mut Invocation::new()).unwrap();
    /// assert_eq!(answer.headers.get("Location"), Some("https://x.test/"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A refusal: 502 for a malformed result of a function behind AWS_PROXY, 500 for mistakes of the configuration.
    pub fn respond(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<MethodResponse, Refusal> {
        let result = self.integration().map_err(Refusal::configuration).and_then(|integration| {
            let mut answer = match integration.model.kind {
                IntegrationType::AwsProxy => self.function_answer(request, response),
                IntegrationType::HttpProxy => Ok(self.forwarded_answer(request, response)),
                _ => self.mapped_answer(integration, request, response, invocation),
            }?;
            filter_headers(&mut answer.headers);
            answer.headers.set_default("Content-Type", media::JSON);
            if matches!(
                integration.model.kind,
                IntegrationType::Http | IntegrationType::Aws | IntegrationType::AwsProxy
            ) {
                let trace = invocation.trace_id(request.headers.get("X-Amzn-Trace-Id"));
                answer.headers.set_default("X-Amzn-Trace-Id", trace);
            }
            Ok(answer)
        });
        match result {
            Err(refusal) => {
                invocation.note_refusal(Step::Response, &refusal);
                Err(refusal)
            }
            Ok(mut answer) => {
                sign(&mut answer, invocation);
                tell_answer(&answer, invocation);
                Ok(answer)
            }
        }
    }

    /// Makes the gateway's own answer of a refusal, as configured or built in.
    pub fn refuse(&self, request: &MethodRequest, refusal: &Refusal, invocation: &mut Invocation) -> MethodResponse {
        let why = refusal.cause.detail();
        let line = match refusal.response_type {
            ResponseType::BadRequestBody | ResponseType::BadRequestParameters => why.to_owned(),
            ResponseType::UnsupportedMediaType => format!("Execution failed due to an unsupported media type: {why}"),
            ResponseType::IntegrationTimeout => "Execution failed due to a timeout error".to_owned(),
            ResponseType::IntegrationFailure if refusal.status == 504 => {
                format!("Execution failed due to a network error communicating with endpoint: {why}")
            }
            ResponseType::Default5xx if why.starts_with("Lambda execution failed") => why.to_owned(),
            _ => format!("Execution failed due to configuration error: {why}"),
        };
        invocation.say(format_args!("{line}"));
        let mut answer = refusal.answer(&self.api, request, &invocation.context, &invocation.stage_variables);
        sign(&mut answer, invocation);
        invocation.say(format_args!(
            "Gateway response type: {} with status code: {}",
            refusal.response_type.name(),
            answer.status
        ));
        invocation.say(format_args!("Gateway response body: {}", Shown::Body(&answer.body)));
        invocation.say(format_args!("Gateway response headers: {}", Shown::Headers(&answer.headers)));
        invocation.say(format_args!("Method completed with status: {}", answer.status));
        answer
    }

    fn accepts_binary(&self, request: &MethodRequest) -> bool {
        let types = &self.api.binary_media_types;
        !types.is_empty() && is_binary(types, request.accept())
    }

    fn function_answer(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
    ) -> Result<MethodResponse, Refusal> {
        refuse_denied(response)?;
        lambda_result(response, self.accepts_binary(request))
    }

    /// HTTP_PROXY: bytes stay bytes where the API knows them as such, other bodies are text.
    fn forwarded_answer(&self, request: &MethodRequest, response: &IntegrationResponse) -> MethodResponse {
        let conversion = match self.is_binary_answer(response) || self.accepts_binary(request) {
            true => Conversion::Keep,
            false => Conversion::Text,
        };
        let body = conversion.apply(&response.body).map_or_else(|_| response.body.clone(), |body| body.into_owned());
        MethodResponse {
            status: u16::try_from(response.status).unwrap_or(502),
            headers: response.headers.clone(),
            body,
        }
    }

    fn is_binary_answer(&self, response: &IntegrationResponse) -> bool {
        let types = &self.api.binary_media_types;
        !types.is_empty() && is_binary(types, response.headers.get("Content-Type").and_then(essence))
    }

    fn mapped_answer(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<MethodResponse, Refusal> {
        let configuration = |text: String| Refusal::configuration(Error::new(Code::Configuration, text));
        if integration.is_lambda {
            refuse_denied(response)?;
        }
        let payload = Payload::new(&response.body);
        let rule = select(integration, response, &payload, invocation)?;
        let declared = self.method.method_responses.as_ref();
        if declared.is_some_and(|declared| declared.get(&rule.status_code).is_none()) {
            let code = &rule.status_code;
            return Err(configuration(format!("Output mapping refers to an invalid method response: {code}")));
        }
        let status = rule.status_code.parse();
        let status = status.map_err(|_| configuration(format!("{:?} is no status code", rule.status_code)))?;
        let mut answer = MethodResponse { status, ..MethodResponse::default() };

        let binary = self.is_binary_answer(response);
        let conversion = response_conversion(binary, self.accepts_binary(request), rule.handling);
        let body = conversion.apply(&response.body).map_err(Refusal::configuration)?;
        answer.body = match choose(rule, request) {
            None | Some(Compiled::Empty) => body.into_owned(),
            Some(Compiled::Broken(error)) => {
                return Err(Refusal::configuration(untransformed("response", error.clone())));
            }
            // Bytes are no text, even where they could be read as such (aws-observed 9.11, R).
            Some(Compiled::Ready(_)) if matches!(conversion, Conversion::Keep | Conversion::Decode) => {
                let cause = Error::new(Code::Conversion, "Unable to transform response: the body is binary");
                return Err(Refusal::configuration(cause));
            }
            Some(Compiled::Ready(template)) => {
                let text = render(template, Step::Response, request, &body, invocation);
                text.map_err(|error| Refusal::configuration(untransformed("response", error)))?.into_bytes()
            }
        };
        map_headers(rule, request, response, &payload, &mut answer.headers, invocation)?;
        override_answer(&mut answer, invocation);
        Ok(answer)
    }
}

/// Writes down what the client gets.
pub(crate) fn tell_answer(answer: &MethodResponse, invocation: &mut Invocation) {
    invocation.say(format_args!("Method response body after transformations: {}", Shown::Body(&answer.body)));
    invocation.say(format_args!("Method response headers: {}", Shown::Headers(&answer.headers)));
    invocation.say(format_args!("Successfully completed execution"));
    invocation.say(format_args!("Method completed with status: {}", answer.status));
}

/// Says why there is no answer (aws-observed 14, "Gateway response types").
fn failure(error: BackendError, kind: IntegrationType) -> Refusal {
    match error {
        BackendError::Timeout => {
            Refusal::new(ResponseType::IntegrationTimeout, Error::new(Code::Backend, "the backend took too long"))
        }
        BackendError::Connection(why) => {
            let refusal = Refusal::new(ResponseType::IntegrationFailure, Error::new(Code::Backend, why));
            if kind.is_http() { refusal.message("Network error communicating with endpoint") } else { refusal }
        }
        BackendError::Configuration(why) => Refusal::configuration(Error::new(Code::Backend, why)),
    }
}

/// A function that may not be called is a mistake of the configuration, not an answer
/// (aws-observed 13.5, H).
pub(crate) fn refuse_denied(response: &IntegrationResponse) -> Result<(), Refusal> {
    if response.status == 403 {
        return Err(Refusal::configuration(Error::new(Code::Backend, "Invalid permissions on Lambda function")));
    }
    Ok(())
}

/// The integration response that takes an answer: by the error text of a function, else by the status.
///
/// Of several that match, the one with the lowest status; without a match the one without a pattern
/// (aws-observed 11.1 to 11.6).
fn select<'a>(
    integration: &'a PreparedIntegration,
    response: &IntegrationResponse,
    payload: &Payload<'_>,
    invocation: &mut Invocation,
) -> Result<&'a PreparedRule, Refusal> {
    let text = match integration.is_lambda {
        true => error_message(payload),
        false => Some(response.status.to_string()),
    };
    let default = integration.rules.iter().find(|rule| rule.pattern.is_none());
    // A function that did not fail has no text: the default takes it, or else what takes anything.
    if let (None, Some(default)) = (&text, default) {
        return Ok(default);
    }
    let subject = text.as_deref().unwrap_or_default();
    let mut matching = Vec::new();
    for rule in &integration.rules {
        match &rule.pattern {
            Some(Ok(pattern)) if pattern.matches(subject).map_err(Refusal::configuration)? => matching.push(rule),
            Some(Err(error)) => return Err(Refusal::configuration(error.clone())),
            _ => {}
        }
    }
    if matching.len() > 1 {
        let codes: Vec<&str> = matching.iter().map(|rule| rule.status_code.as_str()).collect();
        let detail = format!(
            "several integration responses match {subject:?} ({}); the lowest status is taken",
            codes.join(", ")
        );
        invocation.note(Step::Response, Code::Configuration, detail);
    }
    matching.sort_by_key(|rule| rule.status_code.parse::<u16>().unwrap_or(u16::MAX));
    matching.first().copied().or(default).ok_or_else(|| {
        let status = response.status;
        let why = "No match for output mapping and no default output mapping configured";
        Refusal::configuration(Error::new(
            Code::Configuration,
            format!("{why}. Endpoint Response Status Code: {status}"),
        ))
    })
}

pub(crate) fn error_message(payload: &Payload<'_>) -> Option<String> {
    match payload.json().ok()?.get("errorMessage")? {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The template of the type the client accepts, else the JSON one, else the first
/// (aws-observed 9.4, H).
fn choose<'a>(rule: &'a PreparedRule, request: &MethodRequest) -> Option<&'a Compiled> {
    let of = |wanted: &str| rule.templates.iter().find(|(key, _)| is_type(key, wanted));
    let accepted = request.accept().unwrap_or(media::JSON);
    of(accepted).or_else(|| of(media::JSON)).or_else(|| rule.templates.first()).map(|(_, template)| template)
}

fn map_headers(
    rule: &PreparedRule,
    request: &MethodRequest,
    response: &IntegrationResponse,
    payload: &Payload<'_>,
    headers: &mut Headers,
    invocation: &Invocation,
) -> Result<(), Refusal> {
    let mappings = rule.mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
    let origin = Origin {
        request,
        headers: &response.headers,
        payload,
        context: &invocation.context,
        stage_variables: &invocation.stage_variables,
    };
    for (target, source) in mappings {
        let values = origin.values(source).map_err(Refusal::configuration)?;
        if let (Target::Header(name), false) = (target, values.is_empty()) {
            headers.set(name, values.join(","));
        }
    }
    Ok(())
}

/// What the templates of both phases have set; a status that is none is passed over
/// (aws-observed 6.3 to 6.6).
fn override_answer(answer: &mut MethodResponse, invocation: &mut Invocation) {
    let overrides = &invocation.overrides.response;
    for (name, value) in overrides.get("header").and_then(Json::as_object).into_iter().flatten() {
        answer.headers.set(name, override_text(value));
    }
    let Some(status) = overrides.get("status").filter(|status| !status.is_null()).map(override_text) else { return };
    match status.parse() {
        Ok(number @ 100..=599) => answer.status = number,
        _ => {
            let detail = format!("the status override {status:?} is no whole number from 100 to 599 and is ignored");
            invocation.note(Step::Response, Code::IgnoredSet, detail);
        }
    }
}

/// Renames and drops what the client may not get under its name.
fn filter_headers(headers: &mut Headers) {
    if headers.iter().all(|(name, _)| fate_to_client(name) == Fate::Pass) {
        return;
    }
    let mut passed = Headers::new();
    for (name, value) in headers.iter() {
        match fate_to_client(name) {
            Fate::Pass => passed.add(name, value),
            Fate::Remap => passed.add(format!("x-amzn-Remapped-{name}"), value),
            Fate::Drop | Fate::Fail => {}
        }
    }
    *headers = passed;
}

/// The ids that every answer carries (aws-observed 10.10, R).
fn sign(answer: &mut MethodResponse, invocation: &Invocation) {
    answer.headers.set_default("x-amzn-RequestId", invocation.id());
    answer.headers.set_default("x-amz-apigw-id", invocation.extended_id());
}
