//! Refusals: answers of the gateway itself, built in or configured.
//!
//! Their templates are not Velocity: only variables are substituted ("Gateway responses in API
//! Gateway").

use super::response_type::ResponseType;
use crate::budget::Budget;
use crate::diagnostic::{Code, cut};
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::mapping::payload::{context_value, copied};
use crate::pipeline::message::headers::{is_broken, unsendable};
use crate::pipeline::message::media;
use crate::pipeline::message::{Headers, MethodRequest, MethodResponse};
use crate::pipeline::model::{Api, GatewayResponse, Table};
use serde_json::{Value as Json, json};

/// The reason why a call ends in an answer of the gateway itself.
///
/// A server with checks of its own creates one and gives it to
/// [`Route::refuse`](super::Route::refuse).
///
/// ```
/// use vtl::pipeline::{Refusal, call::ResponseType};
/// use vtl::{Code, Error};
/// let refusal = Refusal::new(ResponseType::Throttled, Error::new(Code::Request, "too many calls"));
/// assert_eq!((refusal.status, refusal.message.as_str()), (429, "Too Many Requests"));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// Type, which selects the configured gateway response.
    pub response_type: ResponseType,
    /// Status that applies unless another is configured.
    pub status: u16,
    /// Message to the client; empty is null.
    pub message: String,
    /// Cause, for the log and for the notes of the call.
    pub cause: Error,
    /// Line of the execution log, where the cause tells more than the service.
    pub log_line: Option<String>,
    /// Violations that the validation of the request found, such as
    /// `[object has missing required properties (["name"])]`.
    pub validation: Option<String>,
    /// Name of the template that failed, such as `request:application/json`.
    pub template: Option<String>,
}

impl Refusal {
    /// Creates a refusal with the status and message of the type.
    #[must_use]
    pub fn new(response_type: ResponseType, cause: Error) -> Self {
        let message = response_type.default_message().to_owned();
        Refusal {
            response_type,
            status: response_type.default_status(),
            message,
            cause,
            log_line: None,
            validation: None,
            template: None,
        }
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Sets the message to the client.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Sets the violations that the validation found, for `$context.error.validationErrorString`.
    #[must_use]
    pub fn with_validation(mut self, found: impl Into<String>) -> Self {
        self.validation = Some(found.into());
        self
    }

    /// Sets the line of the execution log, where the cause tells more than the service.
    #[must_use]
    pub fn with_log_line(mut self, line: impl Into<String>) -> Self {
        self.log_line = Some(line.into());
        self
    }

    /// Creates the refusal of a configuration error: 500.
    #[must_use]
    pub fn configuration(cause: Error) -> Self {
        Refusal::new(ResponseType::ApiConfigurationError, cause)
    }

    /// Sets the name of the template that failed.
    pub(crate) fn in_template(mut self, name: &str) -> Self {
        self.template = Some(name.to_owned());
        self
    }

    /// Returns the gateway response configured for the type, else that of its class.
    pub(crate) fn configured<'a>(&self, api: &'a Table<GatewayResponse>) -> Option<(&'a str, &'a GatewayResponse)> {
        let class = if self.status < 500 { ResponseType::Default4xx } else { ResponseType::Default5xx };
        let of = |name: &'static str| Some((name, api.get(name)?));
        of(self.response_type.as_str()).or_else(|| of(class.as_str()))
    }

    /// Creates the answer for the client: the configured gateway response, or the built-in one.
    ///
    /// `context` is that of the call; `$context.error` is added.
    ///
    /// ```
    /// use vtl::pipeline::{Api, MethodRequest, Refusal, call::ResponseType, model::Table};
    /// use vtl::{Code, Error};
    /// let refusal = Refusal::new(ResponseType::UnsupportedMediaType, Error::new(Code::Request, "no template"));
    /// let request = MethodRequest::new("GET", "/");
    /// let answer = refusal.answer(&Api::default(), &request, &serde_json::json!({}), &Table::new());
    /// assert_eq!(answer.status, 415);
    /// assert_eq!(answer.body, br#"{"message": "Unsupported Media Type"}"#);
    /// assert_eq!(answer.headers.get("x-amzn-errortype"), Some("BadRequestException"));
    /// ```
    #[must_use]
    pub fn answer(
        &self,
        api: &Api,
        request: &MethodRequest,
        context: &Json,
        stage_variables: &Table<String>,
    ) -> MethodResponse {
        self.answer_and_faults(api, request, context, stage_variables).0
    }

    /// As [`answer`](Refusal::answer), with the faults for which parts of the configured answer are not used.
    pub(crate) fn answer_and_faults(
        &self,
        api: &Api,
        request: &MethodRequest,
        context: &Json,
        stage_variables: &Table<String>,
    ) -> (MethodResponse, Vec<Error>) {
        let mut context = context.clone();
        if let Some(members) = context.as_object_mut() {
            members.insert("error".to_owned(), self.error());
        } else {
            context = json!({ "error": self.error() });
        }
        let budget = Budget::new(&Limits::service().with_memory(Some(LARGEST_ANSWER)));
        let variables = Variables { request, context: &context, stage_variables, budget: &budget };
        let configured = self.configured(&api.gateway_responses).map(|(_, own)| own);

        let mut faults = Vec::new();
        let status = configured.and_then(|own| own.status_code.as_ref()).and_then(|text| match text.parse() {
            Ok(number @ 100..=599) => Some(number),
            _ => {
                let text = cut(text, 100);
                let why = format!("the status {text:?} of the gateway response is not a whole number from 100 to 599");
                faults.push(Error::new(Code::Configuration, why));
                None
            }
        });
        let mut response = MethodResponse { status: status.unwrap_or(self.status), ..MethodResponse::default() };
        let own = configured.and_then(|own| template(&own.response_templates, request));
        if own.is_some_and(|(media_type, _)| is_broken(media_type)) {
            let why = "the media type of the gateway response has a line break or a NUL";
            faults.push(Error::new(Code::Mapping, why));
        }
        let own = own.filter(|(media_type, _)| !is_broken(media_type));
        let own = own.and_then(|(media_type, template)| Some((media_type, variables.substitute(template).ok()?)));
        let (media_type, body) = match own {
            Some(own) => own,
            None if self.message.is_empty() => (media::JSON, r#"{"message":null}"#.to_owned()),
            // One space after the colon (aws-observed 14.3, R).
            None => (media::JSON, format!("{{\"message\": {}}}", Json::from(self.message.as_str()))),
        };
        response.body = body.into_bytes();
        response.headers.set("Content-Type", media_type);
        response.headers.set("x-amzn-ErrorType", self.response_type.error_type());
        if let Some(own) = configured {
            let mut headers = response.headers.clone();
            // Headers that take more than the limit are left out, all of them.
            if variables.set_headers(&own.response_parameters, &mut headers, &mut faults).is_ok() {
                response.headers = headers;
            }
        }
        faults.extend(budget.check().err());
        (response, faults)
    }

    fn error(&self) -> Json {
        let quoted = |text: &str| Json::from(text).to_string();
        let message = Some(self.message.as_str()).filter(|message| !message.is_empty());
        let mut error = json!({
            "message": message,
            "messageString": message.map_or_else(|| "null".to_owned(), quoted),
            "responseType": self.response_type.as_str(),
        });
        if let Some(found) = &self.validation {
            // Escaped but without quotes: templates put it into a JSON string (recorded).
            let escaped = quoted(found);
            error["validationErrorString"] = escaped.get(1..escaped.len() - 1).into();
        }
        error
    }
}

/// Selects the template of the accepted media type, else that of JSON, else the first.
fn template<'a>(templates: &'a Table<String>, request: &MethodRequest) -> Option<(&'a str, &'a str)> {
    let accepted = request.accept().unwrap_or(media::JSON);
    let of = |wanted: &str| templates.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    of(accepted)
        .or_else(|| of(media::JSON))
        .or_else(|| templates.iter().next())
        .map(|(name, text)| (name, text.as_str()))
}

/// Bytes that a configured answer may have: more than the service sends. A larger one is the built-in one.
const LARGEST_ANSWER: u64 = 64 << 20;

/// The variables of a gateway response.
struct Variables<'a> {
    request: &'a MethodRequest,
    context: &'a Json,
    stage_variables: &'a Table<String>,
    budget: &'a Budget<'a>,
}

impl Variables<'_> {
    /// Substitutes `$context.…`, `$stageVariables.…` and `$method.request.…`; anything else stays.
    fn substitute(&self, template: &str) -> Result<String, Error> {
        self.budget.make(template.len())?;
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            self.budget.charge(2)?;
            text.push_str(before);
            let name = variable(after);
            match self.value(name)? {
                Some(value) => {
                    self.budget.make(value.len())?;
                    text.push_str(&value);
                    rest = &after[name.len()..];
                }
                None => {
                    text.push('$');
                    rest = after;
                }
            }
        }
        Ok(text + rest)
    }

    /// Returns the value of a variable, empty if it is absent; `None` if the name is not a variable.
    fn value(&self, name: &str) -> Result<Option<String>, Error> {
        if let Some(name) = name.strip_prefix("context.") {
            return Ok(Some(context_value(self.context, name, self.budget)?.unwrap_or_default()));
        }
        let found = if let Some(name) = name.strip_prefix("stageVariables.") {
            Some(self.stage_variables.get(name).map(String::as_str))
        } else {
            let parameter = name.strip_prefix("method.request.").or_else(|| name.strip_prefix("method.input.params."));
            parameter.and_then(|text| text.split_once('.')).and_then(|(place, name)| self.parameter(place, name))
        };
        found.map(|value| copied(value.unwrap_or_default(), self.budget)).transpose()
    }

    fn parameter(&self, place: &str, name: &str) -> Option<Option<&str>> {
        match place {
            "path" => Some(self.request.path_parameters.get(name).map(String::as_str)),
            "querystring" => {
                Some(self.request.querystring.get(name).and_then(|values| values.last()).map(String::as_str))
            }
            "header" => Some(self.request.headers.get(name)),
            _ => None,
        }
    }

    /// Sets the mapped headers, but for those that cannot be sent; the first of these is told.
    fn set_headers(
        &self,
        mappings: &Table<String>,
        headers: &mut Headers,
        faults: &mut Vec<Error>,
    ) -> Result<(), Error> {
        let mut unsent = None;
        for (target, source) in mappings.iter() {
            let Some(name) = target.strip_prefix("gatewayresponse.header.") else { continue };
            let fixed = source.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            let value = match (fixed, self.value(source.trim_start_matches('$'))?) {
                (Some(text), _) => Some(text.to_owned()),
                (None, Some(value)) => Some(value).filter(|value| !value.is_empty()),
                // Documents also write static texts without quotes.
                (None, None) => Some(source.clone()),
            };
            let Some(value) = value else { continue };
            match unsendable(name, &value, " of the gateway response") {
                None => headers.set_within(name, value, self.budget)?,
                Some(why) => unsent = unsent.or(Some(Error::new(Code::Mapping, why))),
            }
        }
        faults.extend(unsent);
        Ok(())
    }
}

/// Returns the longest prefix that is words joined by dots: `context.error.message` of
/// `context.error.message.",`.
fn variable(text: &str) -> &str {
    let bytes = text.as_bytes();
    let word = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count()
    };
    let mut end = word(0);
    while end > 0 && bytes.get(end) == Some(&b'.') && word(end + 1) > 0 {
        end += 1 + word(end + 1);
    }
    &text[..end]
}
