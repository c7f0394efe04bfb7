//! The table of gateway response types.

use crate::pipeline::model::UnknownWord;
use std::fmt;
use std::str::FromStr;

macro_rules! response_types {
    ($($variant:ident = $name:literal, $status:literal, $error_type:literal, $message:literal;)*) => {
        /// The reason why the gateway answers itself ("Gateway response types").
        ///
        /// ```
        /// use vtl::pipeline::call::ResponseType;
        /// assert_eq!("THROTTLED".parse(), Ok(ResponseType::Throttled));
        /// assert_eq!(ResponseType::Throttled.default_status(), 429);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ResponseType { $(#[doc = concat!("`", $name, "`.")] $variant,)* }

        impl ResponseType {
            /// Lists every type.
            pub const ALL: &'static [ResponseType] = &[$(ResponseType::$variant),*];

            /// Returns the name that it is configured under, such as `THROTTLED`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(ResponseType::$variant => $name,)* }
            }

            /// Returns the status that applies unless another is configured.
            #[must_use]
            pub const fn default_status(self) -> u16 {
                match self { $(ResponseType::$variant => $status,)* }
            }

            /// Returns the value of the header `x-amzn-ErrorType`.
            #[must_use]
            pub const fn error_type(self) -> &'static str {
                match self { $(ResponseType::$variant => $error_type,)* }
            }

            /// Returns the message that applies unless the case has its own; empty if the service answers null.
            #[must_use]
            pub const fn default_message(self) -> &'static str {
                match self { $(ResponseType::$variant => $message,)* }
            }
        }
    };
}

response_types! {
    AccessDenied = "ACCESS_DENIED", 403, "AccessDeniedException", "User is not authorized to access this resource with an explicit deny";
    ApiConfigurationError = "API_CONFIGURATION_ERROR", 500, "InternalServerErrorException", "Internal server error";
    AuthorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException", "";
    AuthorizerFailure = "AUTHORIZER_FAILURE", 500, "AuthorizerFailureException", "";
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

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads the name of a type; case matters.
impl FromStr for ResponseType {
    type Err = UnknownWord;

    fn from_str(name: &str) -> Result<Self, UnknownWord> {
        let found = ResponseType::ALL.iter().copied().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| UnknownWord::new(name, ResponseType::ALL.iter().map(|kind| kind.as_str())))
    }
}
