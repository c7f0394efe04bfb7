//! The gateway's own answers: errors as responses, built in or configured.
//!
//! Their templates are not the template language: only variables are filled in
//! ("Gateway responses in API Gateway").

use crate::error::Error;
use crate::pipeline::mapping::source::context_value;
use crate::pipeline::message::headers::Headers;
use crate::pipeline::message::integration::{MethodRequest, MethodResponse};
use crate::pipeline::message::media;
use crate::pipeline::model::integration::{Api, GatewayResponse};
use crate::pipeline::model::table::Table;
use serde_json::{Value as Json, json};

macro_rules! response_types {
    ($($variant:ident = $name:literal, $status:literal, $error_type:literal, $message:literal;)*) => {
        /// Why the gateway answers itself ("Gateway response types").
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ResponseType { $(#[doc = concat!("`", $name, "`.")] $variant,)* }

        impl ResponseType {
            /// Every type.
            pub const ALL: &'static [ResponseType] = &[$(ResponseType::$variant),*];

            /// The name it is configured under.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(ResponseType::$variant => $name,)* }
            }

            /// The status unless another is configured.
            #[must_use]
            pub fn default_status(self) -> u16 {
                match self { $(ResponseType::$variant => $status,)* }
            }

            /// The value of the header `x-amzn-ErrorType`.
            #[must_use]
            pub fn error_type(self) -> &'static str {
                match self { $(ResponseType::$variant => $error_type,)* }
            }

            /// The message unless the case has one of its own.
            #[must_use]
            pub fn default_message(self) -> &'static str {
                match self { $(ResponseType::$variant => $message,)* }
            }
        }
    };
}

response_types! {
    AccessDenied = "ACCESS_DENIED", 403, "AccessDeniedException", "User is not authorized to access this resource with an explicit deny";
    ApiConfigurationError = "API_CONFIGURATION_ERROR", 500, "InternalServerErrorException", "Internal server error";
    AuthorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException", "Internal server error";
    AuthorizerFailure = "AUTHORIZER_FAILURE", 500, "AuthorizerFailureException", "Internal server error";
    BadRequestBody = "BAD_REQUEST_BODY", 400, "BadRequestException", "Invalid request body";
    BadRequestParameters = "BAD_REQUEST_PARAMETERS", 400, "BadRequestException", "Missing required request parameters";
    Default4xx = "DEFAULT_4XX", 400, "BadRequestException", "Bad Request";
    Default5xx = "DEFAULT_5XX", 500, "InternalServerErrorException", "Internal server error";
    ExpiredToken = "EXPIRED_TOKEN", 403, "ExpiredTokenException", "The security token included in the request is expired";
    IntegrationFailure = "INTEGRATION_FAILURE", 504, "InternalServerErrorException", "Internal server error";
    IntegrationTimeout = "INTEGRATION_TIMEOUT", 504, "InternalServerErrorException", "Endpoint request timed out";
    InvalidApiKey = "INVALID_API_KEY", 403, "ForbiddenException", "Forbidden";
    InvalidSignature = "INVALID_SIGNATURE", 403, "InvalidSignatureException", "The request signature does not match";
    MissingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException", "Missing Authentication Token";
    QuotaExceeded = "QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded";
    RequestTooLarge = "REQUEST_TOO_LARGE", 413, "RequestTooLargeException", "Request Too Long";
    ResourceNotFound = "RESOURCE_NOT_FOUND", 404, "NotFoundException", "Not Found";
    Throttled = "THROTTLED", 429, "TooManyRequestsException", "Too Many Requests";
    Unauthorized = "UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException", "Unsupported Media Type";
    WafFiltered = "WAF_FILTERED", 403, "ForbiddenException", "Forbidden";
}

impl ResponseType {
    /// The type of a configured name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ResponseType::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// Why a call ends in an answer of the gateway itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The type that chooses the configured answer.
    pub response_type: ResponseType,
    /// The status unless another is configured: the type's own, but for a few cases.
    pub status: u16,
    /// What the client is told.
    pub message: String,
    /// What the log says.
    pub cause: Error,
    /// What the validation of the request found: `[object has missing required properties (["name"])]`.
    pub validation: Option<String>,
}

impl Refusal {
    /// A refusal with the type's own status and message.
    #[must_use]
    pub fn new(response_type: ResponseType, cause: Error) -> Self {
        let message = response_type.default_message().to_owned();
        Refusal { response_type, status: response_type.default_status(), message, cause, validation: None }
    }

    /// The same with another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with another message.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same with what the validation found.
    #[must_use]
    pub fn validation(mut self, found: impl Into<String>) -> Self {
        self.validation = Some(found.into());
        self
    }

    /// A mistake in the configuration: 500.
    #[must_use]
    pub fn configuration(cause: Error) -> Self {
        Refusal::new(ResponseType::ApiConfigurationError, cause)
    }

    /// The configured answer: that of the type, else that of its class.
    fn configured<'a>(&self, api: &'a Table<GatewayResponse>) -> Option<&'a GatewayResponse> {
        let class = if self.status < 500 { ResponseType::Default4xx } else { ResponseType::Default5xx };
        api.get(self.response_type.name()).or_else(|| api.get(class.name()))
    }

    /// Makes the answer. `context` is the call's, without its error.
    ///
    /// ```
    /// use vtl::pipeline::{Api, MethodRequest, Refusal, ResponseType, Table};
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
        let mut context = context.clone();
        if let Some(members) = context.as_object_mut() {
            members.insert("error".to_owned(), self.error());
        } else {
            context = json!({ "error": self.error() });
        }
        let known = Known { request, context: &context, stage_variables };
        let configured = self.configured(&api.gateway_responses);

        let status = configured.and_then(|own| own.status_code.as_ref()).and_then(|text| text.parse().ok());
        let mut response = MethodResponse { status: status.unwrap_or(self.status), ..MethodResponse::default() };
        let (media_type, body) = match configured.and_then(|own| template(&own.response_templates, request)) {
            Some((media_type, template)) => (media_type, known.fill_in(template)),
            // One blank after the colon (aws-observed 14.3, R).
            None => (media::JSON, format!("{{\"message\": {}}}", Json::from(self.message.as_str()))),
        };
        response.body = body.into_bytes();
        response.headers.set("Content-Type", media_type);
        response.headers.set("x-amzn-ErrorType", self.response_type.error_type());
        if let Some(own) = configured {
            known.set_headers(&own.response_parameters, &mut response.headers);
        }
        response
    }

    fn error(&self) -> Json {
        let quoted = |text: &str| Json::from(text).to_string();
        let mut error = json!({
            "message": self.message,
            "messageString": quoted(&self.message),
            "responseType": self.response_type.name(),
        });
        if let Some(found) = &self.validation {
            // Escaped, but without quotes around it: templates put it into a text of JSON (recorded).
            let escaped = quoted(found);
            error["validationErrorString"] = escaped.get(1..escaped.len() - 1).into();
        }
        error
    }
}

/// The template of the type the client accepts, else the JSON one, else the first.
fn template<'a>(templates: &'a Table<String>, request: &MethodRequest) -> Option<(&'a str, &'a str)> {
    let accepted = request.accept().unwrap_or(media::JSON);
    let of = |wanted: &str| templates.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    of(accepted)
        .or_else(|| of(media::JSON))
        .or_else(|| templates.iter().next())
        .map(|(name, text)| (name, text.as_str()))
}

/// What a gateway response may name.
struct Known<'a> {
    request: &'a MethodRequest,
    context: &'a Json,
    stage_variables: &'a Table<String>,
}

impl Known<'_> {
    /// Fills in `$context.…`, `$stageVariables.…` and `$method.request.…`; anything else stays.
    fn fill_in(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            text.push_str(before);
            let name = variable(after);
            match self.value(name) {
                Some(value) => {
                    text.push_str(&value);
                    rest = &after[name.len()..];
                }
                None => {
                    text.push('$');
                    rest = after;
                }
            }
        }
        text + rest
    }

    /// The value of a variable, empty when it is absent; none when this is no variable.
    fn value(&self, name: &str) -> Option<String> {
        if let Some(name) = name.strip_prefix("context.") {
            return Some(context_value(self.context, name).unwrap_or_default());
        }
        if let Some(name) = name.strip_prefix("stageVariables.") {
            return Some(self.stage_variables.get(name).cloned().unwrap_or_default());
        }
        let parameter = name.strip_prefix("method.request.").or_else(|| name.strip_prefix("method.input.params."))?;
        let (place, name) = parameter.split_once('.')?;
        Some(self.parameter(place, name)?.unwrap_or_default())
    }

    fn parameter(&self, place: &str, name: &str) -> Option<Option<String>> {
        match place {
            "path" => Some(self.request.path_parameters.get(name).cloned()),
            "querystring" => Some(self.request.querystring.get(name).and_then(|values| values.last()).cloned()),
            "header" => Some(self.request.headers.get(name).map(str::to_owned)),
            _ => None,
        }
    }

    fn set_headers(&self, mappings: &Table<String>, headers: &mut Headers) {
        for (target, source) in mappings.iter() {
            let Some(name) = target.strip_prefix("gatewayresponse.header.") else { continue };
            let fixed = source.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            let value = match (fixed, self.value(source.trim_start_matches('$'))) {
                (Some(text), _) => Some(text.to_owned()),
                (None, Some(value)) => Some(value).filter(|value| !value.is_empty()),
                // Documents also show static texts without their quotes.
                (None, None) => Some(source.clone()),
            };
            if let Some(value) = value {
                headers.set(name, value);
            }
        }
    }
}

/// The longest start of a text that is words joined by dots: `context.error.message` of
/// `context.error.message.",`.
fn variable(text: &str) -> &str {
    let mut end = 0;
    for word in text.split('.') {
        let length = word.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        if length == 0 {
            break;
        }
        end = if end == 0 { length } else { end + 1 + length };
        if length < word.len() {
            break;
        }
    }
    &text[..end]
}
