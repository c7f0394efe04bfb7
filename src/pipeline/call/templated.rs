//! The request of integrations with mappings and templates, in REST and WebSocket APIs.

use super::choice::{Choice, ChoiceKind, Subject, compared};
use super::invocation::Invocation;
use super::note::Step;
use super::prepared::{Chosen, Compiled, Prepared, PreparedIntegration, PreparedTemplate};
use super::refusal::Refusal;
use super::response_type::ResponseType;
use super::steps::{Mapped, backend_method, override_text_within};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::mapping::Target;
use crate::pipeline::mapping::payload::{Origin, Payload};
use crate::pipeline::message::header_rules::{NOT_FORWARDED, lists};
use crate::pipeline::message::{
    HeaderAction, Headers, IntegrationRequest, MethodRequest, header_to_backend, request_conversion,
};
use crate::pipeline::model::uri::{mask_open, service_fault};
use crate::pipeline::model::{
    ContentHandling, IntegrationType, PassthroughBehavior, Table, fill_in_uri_within, is_endpoint,
};
use crate::pipeline::model::{java_uri, service};
use serde_json::{Map, Value as Json};

impl Prepared {
    /// Creates the request of an integration that is not AWS_PROXY, with the template that was chosen.
    pub(crate) fn templated_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<Chosen<'_>>, Refusal>,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Refusal> {
        match integration.model.kind {
            IntegrationType::Mock => self.mock_request(integration, request, template, invocation, budget),
            IntegrationType::HttpProxy => self.forwarded_request(integration, request, invocation, budget),
            _ => self.mapped_request(integration, request, template, invocation, budget),
        }
    }

    /// Creates the request of a MOCK: only the rendered body (aws-observed 8.5).
    fn mock_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<Chosen<'_>>, Refusal>,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Refusal> {
        let body = self.request_body(integration, request, template?, invocation, budget)?;
        self.assemble(integration, request, invocation, (Mapped::default(), String::new(), body), budget)
            .map_err(Refusal::configuration)
    }

    /// Creates the request of HTTP and AWS: the mapped parameters and a few headers of the gateway.
    fn mapped_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Result<Option<Chosen<'_>>, Refusal>,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Refusal> {
        let mut mapped = map_parameters(integration, request, invocation, budget)?;
        let mut body = self.request_body(integration, request, template?, invocation, budget)?;
        override_parameters(&mut mapped, &invocation.overrides.request, budget).map_err(Refusal::configuration)?;
        filter_headers(&mut mapped.headers, integration)?;
        let uri = endpoint(integration, &mapped.path, invocation, budget)?;

        let http = integration.model.kind.is_http();
        let method = backend_method(integration, request);
        if !http {
            add_action(&uri, &mut mapped);
        }
        let has_body = !matches!(method, "GET" | "HEAD");
        if http && !has_body {
            body.clear();
        }
        if integration.is_lambda && !is_json(&body) {
            let detail = "Lambda refuses a payload that is not JSON: Could not parse request body into json";
            invocation.note(Step::Request, Code::Request, detail);
        }
        let (headers, api_id) = (&mut mapped.headers, invocation.api_id(&self.api, &request.headers));
        headers.reserve(5);
        headers.add_own("Accept", "application/json");
        headers.add_own("User-Agent", ["AmazonAPIGateway_", api_id.unwrap_or_default()].concat());
        match request.headers.get("Content-Type") {
            // Recorded: nothing goes to an HTTP endpoint for a GET without body and template.
            None if http && body.is_empty() => {}
            None if has_body => headers.add_own("Content-Type", "application/json"),
            Some(given) if has_body => headers.set_default("Content-Type", given),
            _ => {}
        }
        headers.add_own("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        if let (Some(id), true) = (api_id, http) {
            headers.add_own("x-amzn-apigateway-api-id", id.to_owned());
        }
        let sent = self.assemble(integration, request, invocation, (mapped, uri, body), budget);
        let sent = sent.map_err(Refusal::configuration)?;
        if http { Ok(sent) } else { callable(sent) }
    }

    /// Creates the request of HTTP_PROXY: that of the client, whose headers are replaced by mapped ones,
    /// while mapped query values are appended (aws-observed 7.8, R).
    fn forwarded_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Refusal> {
        let mut mapped = map_parameters(integration, request, invocation, budget)?;
        filter_headers(&mut mapped.headers, integration)?;
        let uri = endpoint(integration, &mapped.path, invocation, budget)?;
        let mut headers: Headers = request.headers.iter().filter(|(name, _)| !lists(NOT_FORWARDED, name)).collect();
        for (name, value) in mapped.headers.iter() {
            headers.set_within(name, value.to_owned(), budget).map_err(Refusal::configuration)?;
        }
        headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        if let Some(id) = invocation.api_id(&self.api, &request.headers) {
            headers.set_default("x-amzn-apigateway-api-id", id);
        }
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
        self.assemble(integration, request, invocation, (mapped, uri, body), budget).map_err(Refusal::configuration)
    }

    fn converted_body(&self, request: &MethodRequest, handling: Option<ContentHandling>) -> Result<Vec<u8>, Refusal> {
        let conversion = request_conversion(self.is_binary_request(request), handling);
        Ok(conversion.apply(&request.body).map_err(Refusal::configuration)?.into_owned())
    }

    /// Returns the body after conversion and template.
    fn request_body(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        template: Option<Chosen<'_>>,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let handling = integration.model.content_handling;
        let body = self.converted_body(request, handling)?;
        let Some(template @ (name, _)) = template else { return Ok(body) };
        // Templates work on text; bytes of a binary media type are never text.
        let bytes = self.is_binary_request(request) && handling != Some(ContentHandling::ConvertToText);
        if bytes || std::str::from_utf8(&body).is_err() {
            return Err(untransformed("request", Error::new(Code::Conversion, "the body is binary")));
        }
        let rendered = invocation.render(Step::Request, template, request, self.params_read(), &body, budget);
        let rendered = rendered.map_err(|error| match error.code() {
            // The payload is broken, not a text given to `$util.parseJson`.
            Code::BadPayload if Payload::new(&body, budget).json().is_err() => bad_json(error).in_template(name),
            _ => untransformed("request", error).in_template(name),
        })?;
        Ok(rendered.into_bytes())
    }
}

/// Refuses a body that its template did not transform. The cause is the template's own, the log has the service's
/// words (aws-observed 18.5).
pub(crate) fn untransformed(what: &str, error: Error) -> Refusal {
    Refusal::configuration(error).with_log_line(format!("Unable to transform {what}"))
}

/// Refuses a body that looks like JSON and is invalid (aws-observed 7.6, H).
fn bad_json(cause: Error) -> Refusal {
    Refusal::new(ResponseType::BadRequestBody, cause).with_message("Invalid JSON in request body")
}

/// Returns the template that was found, or `None` if the body may pass without one.
///
/// The template was looked for by a value of a kind; the choice is recorded.
pub(crate) fn template_or_passthrough<'a>(
    integration: &'a PreparedIntegration,
    found: Option<&'a PreparedTemplate>,
    (subject, wanted): (Subject, &str),
    invocation: &mut Invocation<'_>,
) -> Result<Option<Chosen<'a>>, Refusal> {
    let value = compared(wanted, found.map(|template| &template.key));
    let choice = Choice::new(ChoiceKind::RequestTemplate, subject, value, &integration.template_keys);
    if let Some(PreparedTemplate { name, key, compiled }) = found {
        // A WebSocket API takes `$default` for a key that has no template.
        let is_match = subject == Subject::ContentType || **key == *wanted;
        invocation.choices.push(if is_match { choice.matching(key, name) } else { choice.default_is(key, name) });
        return match compiled {
            Compiled::Ready(template) => Ok(Some((name, template))),
            Compiled::Empty => Ok(None),
            Compiled::Broken(error) => Err(untransformed("request", error.clone()).in_template(name)),
        };
    }
    invocation.choices.push(choice.passing(integration.model.passthrough_behavior));
    let passes = match integration.model.passthrough_behavior {
        PassthroughBehavior::WhenNoMatch => true,
        PassthroughBehavior::WhenNoTemplates => integration.templates.is_empty(),
        PassthroughBehavior::Never => false,
    };
    if passes {
        return Ok(None);
    }
    let shown = if subject == Subject::Key { format!("{wanted:?}") } else { wanted.to_owned() };
    let why =
        format!("no template for {shown}, and the passthrough behaviour is {}", integration.model.passthrough_behavior);
    Err(Refusal::new(ResponseType::UnsupportedMediaType, Error::new(Code::Request, why)))
}

fn map_parameters(
    integration: &PreparedIntegration,
    request: &MethodRequest,
    invocation: &Invocation<'_>,
    budget: &Budget<'_>,
) -> Result<Mapped, Refusal> {
    refuse_forbidden(integration)?;
    let mappings = integration.mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
    let mut mapped = Mapped::default();
    let payload = Payload::new(&request.body, budget);
    let origin = Origin {
        request,
        headers: &request.headers,
        payload: &payload,
        context: &invocation.context,
        stage_variables: &invocation.stage_variables,
        budget,
    };
    for (target, source) in mappings {
        let failed = |error: Error| match error.code() {
            Code::BadPayload => bad_json(error),
            _ => Refusal::configuration(error),
        };
        match target {
            Target::Header(name) => {
                if let Some(value) = origin.text(source).map_err(failed)? {
                    mapped.headers.set_within(name, value, budget).map_err(Refusal::configuration)?;
                }
            }
            Target::Path(name) => {
                if let Some(value) = origin.text(source).map_err(failed)? {
                    mapped.path.set(name, value);
                }
            }
            Target::Query(name) => {
                let values = origin.values(source).map_err(failed)?;
                if !values.is_empty() {
                    mapped.querystring.set(name, values);
                }
            }
        }
    }
    Ok(mapped)
}

/// Refuses mappings onto headers that fail every call, even of the type that applies no mappings
/// (aws-observed 10.5, R).
pub(crate) fn refuse_forbidden(integration: &PreparedIntegration) -> Result<(), Refusal> {
    let targets = integration.mappings.iter().flatten().map(|(target, _)| target);
    let mut names = targets.filter_map(|target| if let Target::Header(name) = target { Some(name) } else { None });
    match names.find(|name| header_to_backend(name, integration.model.kind) == HeaderAction::Fail) {
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
    if let Some((name, _)) = headers.iter().find(|(name, _)| header_to_backend(name, kind) == HeaderAction::Fail) {
        return Err(forbidden(name));
    }
    if headers.iter().any(|(name, _)| header_to_backend(name, kind) == HeaderAction::Drop) {
        *headers = headers.iter().filter(|(name, _)| header_to_backend(name, kind) != HeaderAction::Drop).collect();
    }
    Ok(())
}

/// Replaces mapped parameters by overrides, headers ignoring case (aws-observed 6.8, D).
fn override_parameters(mapped: &mut Mapped, overrides: &Map<String, Json>, budget: &Budget<'_>) -> Result<(), Error> {
    let entries = |place: &str| overrides.get(place).and_then(Json::as_object).into_iter().flatten();
    let text = |value: &Json| override_text_within(value, budget);
    for (name, value) in entries("header") {
        mapped.headers.set_within(name, text(value)?, budget)?;
    }
    for (name, value) in entries("path") {
        mapped.path.set(name, text(value)?);
    }
    for (name, value) in entries("querystring") {
        let values = match value {
            Json::Array(items) => items.iter().map(text).collect::<Result<_, _>>()?,
            one => vec![text(one)?],
        };
        mapped.querystring.set(name, values);
    }
    Ok(())
}

/// Returns the beginning of a URL, for a message.
pub(crate) fn shown(url: &str) -> String {
    match url.char_indices().nth(2_000) {
        Some((end, _)) => format!("{}…", &url[..end]),
        None => url.to_owned(),
    }
}

fn is_json(body: &[u8]) -> bool {
    body.is_empty() || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Adds what the URI of an action says: the action before the mapped parameters, the parameters behind it, and
/// the header that names it to services of the JSON protocol.
fn add_action(uri: &str, mapped: &mut Mapped) {
    let Some((name, parameters)) = service::action(uri) else { return };
    let mut querystring: Table<Vec<String>> = Table::new();
    querystring.set("Action", vec![name.to_owned()]);
    for (name, value) in parameters {
        querystring.set(name, vec![value.to_owned()]);
    }
    for (name, values) in std::mem::take(&mut mapped.querystring) {
        if querystring.get(&name).is_none() {
            querystring.set(name, values);
        }
    }
    mapped.querystring = querystring;
    if let Some(target) = service::target(uri) {
        mapped.headers.set_default("X-Amz-Target", target);
    }
}

/// Refuses a URL that `java.net.URI` cannot read; the name of an action stands in it as it was written
/// (aws-observed 18.7).
fn callable(sent: IntegrationRequest) -> Result<IntegrationRequest, Refusal> {
    let url = sent.url();
    match java_uri::parse(&mask_open(&url)) {
        Ok(()) => Ok(sent),
        Err(fault) => Err(Refusal::configuration(Error::new(Code::Configuration, format!("{fault}: {}", shown(&url))))),
    }
}

pub(crate) fn endpoint(
    integration: &PreparedIntegration,
    path: &Table<String>,
    invocation: &Invocation<'_>,
    budget: &Budget<'_>,
) -> Result<String, Refusal> {
    let uri = integration.model.uri.as_deref().unwrap_or_default();
    let uri = fill_in_uri_within(uri, path, &invocation.stage_variables, budget).map_err(Refusal::configuration)?;
    let sound = match integration.model.kind {
        kind if kind.is_http() => is_endpoint(&mask_open(&uri)),
        // A document may leave an ARN unresolved, such as Terraform's `${aws_lambda_function.f.invoke_arn}`.
        _ => uri.starts_with("${") || service_fault(&mask_open(&uri)).is_none(),
    };
    if sound {
        return Ok(uri);
    }
    Err(Refusal::configuration(Error::new(Code::Configuration, format!("Invalid endpoint address: {}", shown(&uri)))))
}
