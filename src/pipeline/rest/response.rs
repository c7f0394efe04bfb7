//! The response step of REST APIs: selection, conversion, template, mappings and overrides.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::choice::compared;
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::lambda::{charge_result, error_message, lambda_result, refuse_denied};
use crate::pipeline::call::prepared::{Compiled, Prepared, PreparedIntegration, PreparedRule, PreparedTemplate, keys};
use crate::pipeline::call::steps::{check_answer, log_response, override_text_within};
use crate::pipeline::call::templated::{shown, untransformed};
use crate::pipeline::call::{Choice, ChoiceKind, Refusal, ResponseType, Step, Subject};
use crate::pipeline::mapping::Target;
use crate::pipeline::mapping::payload::{Origin, Payload};
use crate::pipeline::message::media::{self, essence, is_type};
use crate::pipeline::message::{
    Conversion, HeaderAction, Headers, IntegrationResponse, MethodRequest, MethodResponse, header_to_client, is_binary,
    response_conversion,
};
use crate::pipeline::model::{Api, IntegrationType};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::sync::Arc;

impl Prepared {
    /// Creates the client's response from the backend's.
    pub(super) fn answer(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<MethodResponse, Refusal> {
        let integration = self.integration().map_err(Refusal::configuration)?;
        let kind = integration.model.kind;
        if kind.is_aws() {
            invocation.answered(&response.headers);
        }
        let mut answer = match kind {
            IntegrationType::AwsProxy => self.function_answer(request, response, budget)?,
            IntegrationType::HttpProxy => self.forwarded_answer(request, response),
            _ => self.mapped_answer(integration, request, response, invocation, budget)?,
        };
        check_answer(&answer)?;
        filter_headers(&mut answer.headers);
        answer.headers.reserve(4);
        answer.headers.add_own("Content-Type", media::JSON);
        if matches!(kind, IntegrationType::Http | IntegrationType::Aws | IntegrationType::AwsProxy) {
            let trace = invocation.trace_id(request.headers.get("X-Amzn-Trace-Id"));
            answer.headers.add_own("X-Amzn-Trace-Id", trace);
        }
        sign(&mut answer, invocation);
        log_response(&answer, invocation);
        Ok(answer)
    }

    fn accepts_binary(&self, request: &MethodRequest) -> bool {
        let types = &self.api.binary_media_types;
        !types.is_empty() && is_binary(types, request.accept())
    }

    fn function_answer(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        budget: &Budget<'_>,
    ) -> Result<MethodResponse, Refusal> {
        refuse_denied(response)?;
        charge_result(response, budget)?;
        lambda_result(response, self.accepts_binary(request))
    }

    /// Creates the response of HTTP_PROXY: bodies of binary media types are kept, others are text.
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
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<MethodResponse, Refusal> {
        let configuration = |text: String| Refusal::configuration(Error::new(Code::Configuration, text));
        if integration.is_lambda {
            refuse_denied(response)?;
        }
        let payload = Payload::new(&response.body, budget);
        let rule = select(integration, response, &payload, invocation, budget)?;
        let declared = self.method.method_responses.as_ref();
        if declared.is_some_and(|declared| declared.get(&rule.status_code).is_none()) {
            let code = &rule.status_code;
            return Err(configuration(format!("Output mapping refers to an invalid method response: {code}")));
        }
        let status = rule.status_code.parse();
        let status = status.map_err(|_| configuration(format!("{:?} is not a status code", rule.status_code)))?;
        let mut answer = MethodResponse { status, ..MethodResponse::default() };

        let binary = self.is_binary_answer(response);
        let conversion = response_conversion(binary, self.accepts_binary(request), rule.handling);
        let body = conversion.apply(&response.body).map_err(Refusal::configuration)?;
        answer.body = match choose(rule, request, invocation) {
            None | Some(PreparedTemplate { compiled: Compiled::Empty, .. }) => body.into_owned(),
            Some(PreparedTemplate { compiled: Compiled::Broken(error), name, .. }) => {
                return Err(untransformed("response", error.clone()).in_template(name));
            }
            // Bytes are never text, even if they are valid UTF-8 (aws-observed 9.11, R).
            Some(_) if matches!(conversion, Conversion::Keep | Conversion::Decode) => {
                return Err(untransformed("response", Error::new(Code::Conversion, "the body is binary")));
            }
            Some(PreparedTemplate { compiled: Compiled::Ready(template), name, .. }) => {
                let (chosen, read) = ((&**name, template), self.params_read());
                let text = invocation.render(Step::Response, chosen, request, read, &body, budget);
                let failed = |error| untransformed("response", error).in_template(name);
                text.map_err(failed)?.into_bytes()
            }
        };
        map_headers(rule, request, (response, &payload), &mut answer.headers, invocation, budget)?;
        override_answer(&mut answer, invocation, budget).map_err(Refusal::configuration)?;
        Ok(answer)
    }
}

/// Creates the gateway's own response to a refusal, configured or built in, and logs it.
pub(crate) fn refuse(
    api: &Api,
    request: &MethodRequest,
    refusal: &Refusal,
    invocation: &mut Invocation<'_>,
) -> MethodResponse {
    let why = refusal.log_line.as_deref().unwrap_or(refusal.cause.detail());
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
    if !api.gateway_responses.is_empty() {
        let (wanted, keys) = (refusal.response_type.as_str(), keys(&api.gateway_responses));
        let choice = Choice::new(ChoiceKind::GatewayResponse, Subject::ResponseType, wanted, &keys);
        let configured = refusal.configured(&api.gateway_responses).map(|(name, _)| Arc::from(name));
        invocation.choices.push(match configured {
            Some(name) if *name == *wanted => choice.matching(&name, &name),
            Some(name) => choice.default_is(&name, &name),
            None => choice,
        });
    }
    let (mut answer, faults) =
        refusal.answer_and_faults(api, request, &invocation.context, &invocation.stage_variables);
    for fault in faults {
        invocation.note_refusal(Step::Response, &Refusal::configuration(fault));
    }
    sign(&mut answer, invocation);
    invocation.say(format_args!("Method completed with status: {}", answer.status));
    answer
}

/// Selects the integration response of an answer by the error text of a function, else by the status.
///
/// Of several that match the one with the lowest status is taken, without a match the one without a
/// pattern (aws-observed 11.1 to 11.6).
fn select<'a>(
    integration: &'a PreparedIntegration,
    response: &IntegrationResponse,
    payload: &Payload<'_>,
    invocation: &mut Invocation<'_>,
    budget: &Budget<'_>,
) -> Result<&'a PreparedRule, Refusal> {
    let mut digits = itoa::Buffer::new();
    let text = match integration.is_lambda {
        true => error_message(payload).map(Cow::Owned),
        false => Some(Cow::Borrowed(digits.format(response.status))),
    };
    let default = integration.rules.iter().find(|rule| rule.pattern.is_none());
    // A function that did not fail has no text: the default takes it, else a pattern that matches "".
    let subject = text.as_deref().unwrap_or_default();
    let kind = if integration.is_lambda { Subject::ErrorMessage } else { Subject::Status };
    let choice = Choice::new(ChoiceKind::IntegrationResponse, kind, subject, &integration.patterns);
    if let (None, Some(default)) = (&text, default) {
        invocation.choices.push(choice.default_is(&default.pattern_text, &default.name));
        return Ok(default);
    }
    let (mut found, mut others): (Option<&PreparedRule>, Vec<&PreparedRule>) = (None, Vec::new());
    for rule in &integration.rules {
        budget.charge(1 + subject.len() / 8).map_err(Refusal::configuration)?;
        match &rule.pattern {
            Some(pattern) if pattern.matches(subject, budget).map_err(Refusal::configuration)? => match found {
                Some(_) => others.push(rule),
                None => found = Some(rule),
            },
            _ => {}
        }
    }
    if !others.is_empty() {
        let matching = || found.iter().chain(&others).copied();
        let codes: Vec<&str> = matching().take(10).map(|rule| rule.status_code.as_str()).collect();
        let detail = format!(
            "several integration responses match {:?} ({}); the lowest status is taken",
            shown(subject),
            codes.join(", ")
        );
        invocation.note(Step::Response, Code::SeveralResponses, detail);
        found = matching().min_by_key(|rule| rule.status_code.parse::<u16>().unwrap_or(u16::MAX));
    }
    invocation.choices.push(match (found, default) {
        (Some(rule), _) => choice.matching(&rule.pattern_text, &rule.name),
        (None, Some(rule)) => choice.default_is(&rule.pattern_text, &rule.name),
        (None, None) => choice,
    });
    found.or(default).ok_or_else(|| {
        let status = response.status;
        let why = "No match for output mapping and no default output mapping configured";
        Refusal::configuration(Error::new(Code::NoResponse, format!("{why}. Endpoint Response Status Code: {status}")))
    })
}

/// Chooses the template of the accepted media type, else that of JSON, else the first
/// (aws-observed 9.4, H).
fn choose<'a>(
    rule: &'a PreparedRule,
    request: &MethodRequest,
    invocation: &mut Invocation<'_>,
) -> Option<&'a PreparedTemplate> {
    let of = |wanted: &str| rule.templates.iter().find(|template| is_type(&template.key, wanted));
    let accepted = request.accept().unwrap_or(media::JSON);
    let found = of(accepted);
    let default = if found.is_some() { None } else { of(media::JSON).or_else(|| rule.templates.first()) };
    let value = compared(accepted, found.map(|template| &template.key));
    let choice = Choice::new(ChoiceKind::ResponseTemplate, Subject::Accept, value, &rule.template_keys);
    invocation.choices.push(match (found, default) {
        (Some(template), _) => choice.matching(&template.key, &template.name),
        (None, Some(template)) => choice.default_is(&template.key, &template.name),
        (None, None) => choice,
    });
    found.or(default)
}

fn map_headers(
    rule: &PreparedRule,
    request: &MethodRequest,
    (response, payload): (&IntegrationResponse, &Payload<'_>),
    headers: &mut Headers,
    invocation: &Invocation<'_>,
    budget: &Budget<'_>,
) -> Result<(), Refusal> {
    let mappings = rule.mappings.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
    let origin = Origin {
        request,
        headers: &response.headers,
        payload,
        context: &invocation.context,
        stage_variables: &invocation.stage_variables,
        budget,
    };
    for (target, source) in mappings {
        let value = origin.text(source).map_err(Refusal::configuration)?;
        if let (Target::Header(name), Some(value)) = (target, value) {
            headers.set_within(name, value, budget).map_err(Refusal::configuration)?;
        }
    }
    Ok(())
}

/// Applies the overrides of both phases; an invalid status is ignored (aws-observed 6.3 to 6.6).
fn override_answer(
    answer: &mut MethodResponse,
    invocation: &mut Invocation<'_>,
    budget: &Budget<'_>,
) -> Result<(), Error> {
    let overrides = &invocation.overrides.response;
    for (name, value) in overrides.get("header").and_then(Json::as_object).into_iter().flatten() {
        answer.headers.set_within(name, override_text_within(value, budget)?, budget)?;
    }
    let Some(status) = overrides.get("status").filter(|status| !status.is_null()) else { return Ok(()) };
    let status = override_text_within(status, budget)?;
    match status.parse() {
        Ok(number @ 100..=599) => answer.status = number,
        _ => {
            let status = shown(&status);
            let detail = format!("the status override {status:?} is not a whole number from 100 to 599 and is ignored");
            invocation.note(Step::Response, Code::IgnoredSet, detail);
        }
    }
    Ok(())
}

/// Renames and drops headers that may not reach the client under their name.
fn filter_headers(headers: &mut Headers) {
    if headers.iter().all(|(name, _)| header_to_client(name) == HeaderAction::Pass) {
        return;
    }
    let mut passed = Headers::new();
    for (name, value) in headers.iter() {
        match header_to_client(name) {
            HeaderAction::Pass => passed.add(name, value),
            HeaderAction::Remap => passed.add(format!("x-amzn-Remapped-{name}"), value),
            HeaderAction::Drop | HeaderAction::Fail => {}
        }
    }
    *headers = passed;
}

/// Adds the ids that every response carries (aws-observed 10.10, R).
fn sign(answer: &mut MethodResponse, invocation: &Invocation<'_>) {
    answer.headers.add_own("x-amzn-RequestId", invocation.id().to_owned());
    answer.headers.add_own("x-amz-apigw-id", invocation.extended_id());
}
