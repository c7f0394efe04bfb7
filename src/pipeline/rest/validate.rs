//! The validation step of REST APIs: required parameters, then the body against its model.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::prepared::Prepared;
use crate::pipeline::call::{Refusal, ResponseType};
use crate::pipeline::message::{MethodRequest, media};

impl Prepared {
    /// Checks a request as the validator of the method asks; without one nothing is refused.
    ///
    /// Required parameters must be present and not blank. The body is checked against the model of its
    /// media type or of `$default`; without either it passes ("Request validation for REST APIs"). Returns the media
    /// type of a body that was checked.
    ///
    /// # Errors
    /// A refusal with 400; with 500 for a body that takes more than the limits to check.
    pub(super) fn check<'r>(
        &self,
        request: &'r MethodRequest,
        budget: &Budget<'_>,
    ) -> Result<Option<&'r str>, Refusal> {
        let Some(validator) = self.method.request_validator else { return Ok(None) };
        let work = self.method.request_parameters.len().saturating_mul(1 + request.headers.len() / 4);
        budget.charge(work).map_err(Refusal::configuration)?;
        self.check_parameters(validator.validate_request_parameters, request)?;
        self.check_body(validator.validate_request_body, request, budget)
    }

    fn check_parameters(&self, asked: bool, request: &MethodRequest) -> Result<(), Refusal> {
        let required = self.method.request_parameters.iter().filter(|(_, required)| **required && asked);
        let mut missing: Vec<&str> = required.map(|(name, _)| name).filter(|name| request.is_blank(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        // Sorted by full name, so headers come before path and query (aws-observed 14.1, R).
        missing.sort_unstable();
        let names: Vec<&str> = missing.iter().map(|name| name.splitn(4, '.').nth(3).unwrap_or(name)).collect();
        let message = format!("Missing required request parameters: [{}]", names.join(", "));
        let cause = Error::new(Code::Request, message.as_str());
        Err(Refusal::new(ResponseType::BadRequestParameters, cause)
            .with_message(message.as_str())
            .with_validation(message))
    }

    fn check_body<'r>(
        &self,
        asked: bool,
        request: &'r MethodRequest,
        budget: &Budget<'_>,
    ) -> Result<Option<&'r str>, Refusal> {
        let media_type = request.content_type();
        let fits = |name: &str| media::essence(name).is_some_and(|name| name.eq_ignore_ascii_case(media_type));
        let named = self.schemas.iter().find(|(name, _)| fits(name));
        let named = named.or_else(|| self.schemas.iter().find(|(name, _)| name == "$default"));
        let Some((_, schema)) = named.filter(|_| asked) else { return Ok(None) };
        let messages = schema.messages_within(&request.body, budget).map_err(Refusal::configuration)?;
        if messages.is_empty() {
            return Ok(Some(media_type));
        }
        // The line of the log, and the list for gateway responses (aws-observed 18.10).
        let list = format!("[{}]", messages.join(", "));
        let cause = format!("Request body does not match model schema for content type {media_type}: {list}");
        let refusal = Refusal::new(ResponseType::BadRequestBody, Error::new(Code::Request, cause));
        Err(refusal.with_validation(list))
    }
}
