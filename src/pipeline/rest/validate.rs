//! What is checked before the integration: required parameters, then the body against its model.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::invocation::{Invocation, Step};
use crate::pipeline::call::prepared::Prepared;
use crate::pipeline::call::refusal::{Refusal, ResponseType};
use crate::pipeline::message::integration::MethodRequest;
use crate::pipeline::message::media;

impl Prepared {
    /// Step 2: checks a received request as the method's validator asks; without one nothing is refused.
    ///
    /// Parameters must be there and not blank, whatever they contain. The body is checked against the model of its
    /// media type or of `$default`; without either it passes ("Request validation for REST APIs").
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Prepared};
    /// let method: Method = serde_json::from_str(r#"{
    ///     "requestParameters": {"method.request.querystring.q": true, "method.request.header.h": true},
    ///     "requestValidator": {"validateRequestParameters": true}}"#)?;
    /// let prepared = Prepared::new(&Api::default(), &method);
    /// let refusal = prepared.validate(&MethodRequest::new("GET", "/"), &mut Invocation::new()).unwrap_err();
    /// assert_eq!((refusal.status, refusal.message.as_str()), (400, "Missing required request parameters: [h, q]"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A refusal with 400.
    pub fn validate(&self, request: &MethodRequest, invocation: &mut Invocation) -> Result<(), Refusal> {
        let Some(validator) = self.method.request_validator else { return Ok(()) };
        let result = self
            .check_parameters(validator.validate_request_parameters, request)
            .and_then(|()| self.check_body(validator.validate_request_body, request));
        if let Err(refusal) = &result {
            invocation.note_refusal(Step::Validation, refusal);
        }
        result
    }

    fn check_parameters(&self, asked: bool, request: &MethodRequest) -> Result<(), Refusal> {
        let required = self.method.request_parameters.iter().filter(|(_, required)| **required && asked);
        let mut missing: Vec<&str> = required.map(|(name, _)| name).filter(|name| is_blank(name, request)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        // By full name, so headers come before path and query (aws-observed 14.1, R).
        missing.sort_unstable();
        let names: Vec<&str> = missing.iter().map(|name| name.splitn(4, '.').nth(3).unwrap_or(name)).collect();
        let message = format!("Missing required request parameters: [{}]", names.join(", "));
        let cause = Error::new(Code::Request, message.as_str());
        Err(Refusal::new(ResponseType::BadRequestParameters, cause).message(message.as_str()).validation(message))
    }

    fn check_body(&self, asked: bool, request: &MethodRequest) -> Result<(), Refusal> {
        let media_type = request.content_type();
        let named = self
            .schemas
            .iter()
            .find(|(name, _)| media::essence(name).is_some_and(|name| name.eq_ignore_ascii_case(media_type)))
            .or_else(|| self.schemas.iter().find(|(name, _)| name == "$default"));
        let Some((_, schema)) = named.filter(|_| asked) else { return Ok(()) };
        let messages = schema.messages(&request.body);
        if messages.is_empty() {
            return Ok(());
        }
        // The log's line and the list for gateway responses (aws-observed 18.10).
        let list = format!("[{}]", messages.join(", "));
        let cause = format!("Request body does not match model schema for content type {media_type}: {list}");
        let refusal = Refusal::new(ResponseType::BadRequestBody, Error::new(Code::Request, cause));
        Err(refusal.validation(list))
    }
}

pub(crate) fn is_blank(parameter: &str, request: &MethodRequest) -> bool {
    let mut parts = parameter.splitn(4, '.').skip(2);
    let (Some(place), Some(name)) = (parts.next(), parts.next()) else { return false };
    let value = match place {
        "path" => request.path_parameters.get(name).map(String::as_str),
        "querystring" => request.querystring.get(name).and_then(|values| values.last()).map(String::as_str),
        "header" => request.headers.get(name),
        _ => return false,
    };
    value.is_none_or(|value| value.trim().is_empty())
}
