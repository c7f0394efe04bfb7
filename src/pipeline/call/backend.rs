//! Backends: the trait that callers implement, MOCK, and recorded answers.
//!
//! The pipeline has no network; a live backend is the caller's.

use crate::pipeline::message::{IntegrationRequest, IntegrationResponse};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

/// A backend that answers integration requests.
///
/// ```
/// use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse};
///
/// struct Echo;
///
/// impl Backend for Echo {
///     fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
///         Ok(IntegrationResponse::new(200).with_body(request.body.clone()))
///     }
/// }
/// ```
pub trait Backend {
    /// Answers a request.
    ///
    /// # Errors
    /// If there is no answer; the gateway then answers itself.
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError>;
}

/// The reason why a backend gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackendError {
    /// The answer took longer than the integration allows: 504.
    Timeout,
    /// The backend could not be reached: 504.
    Connection(String),
    /// The backend cannot handle such a request: 500.
    Configuration(String),
}

/// The backend of MOCK integrations: the rendered request names the status.
///
/// The request is read leniently and must be an object whose `statusCode` is a whole number, not a
/// string (aws-observed 8.1, 8.2, 8.4).
#[derive(Clone, Copy, Debug, Default)]
pub struct Mock;

impl Backend for Mock {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        /// The fast path for valid JSON without duplicate keys.
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Sound {
            status_code: i64,
        }

        const WRONG: &str = "Unable to parse statusCode. It should be an integer";
        let is_object = request.body.trim_ascii_start().starts_with(b"{");
        if let (true, Ok(Sound { status_code })) = (is_object, serde_json::from_slice(&request.body)) {
            return Ok(IntegrationResponse::new(status_code));
        }
        let wrong = |why: String| BackendError::Configuration(format!("{WRONG}{why}"));
        let body = String::from_utf8_lossy(&request.body);
        let json = crate::value::json::to_serde(&body)
            .map_err(|error| wrong(format!(": the rendered request cannot be read: {}", error.detail())))?;
        let Json::Object(members) = &json else {
            return Err(wrong(": the rendered request is not a JSON object".to_owned()));
        };
        match members.get("statusCode") {
            Some(Json::Number(number)) if number.as_i64().is_some() => {
                let status = number.as_i64().unwrap_or_default();
                Ok(IntegrationResponse::new(status))
            }
            Some(Json::String(text)) => Err(wrong(format!(": the status is the string \"{text}\""))),
            Some(other) => Err(wrong(format!(", not {other}"))),
            None => Err(wrong(": the rendered request has no statusCode".to_owned())),
        }
    }
}

/// A recorded answer or failure that every request receives.
///
/// ```
/// use vtl::pipeline::call::Replay;
/// let plain: Replay = serde_json::from_str(r#"{"status": 200, "headers": {}, "body": "{}"}"#)?;
/// let lambda: Replay = serde_json::from_str(r#"{"lambda": {"payload": {"errorMessage": "x"}, "functionError": "Unhandled"}}"#)?;
/// let failure: Replay = serde_json::from_str(r#"{"failure": "timeout"}"#)?;
/// assert!(lambda.is_lambda() && !plain.is_lambda() && !failure.is_lambda());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Replay {
    /// The response of an HTTP endpoint or of a service.
    Response(IntegrationResponse),
    /// The result of a Lambda function.
    Lambda {
        /// Value that the function returned, or its error object.
        payload: Json,
        /// `Handled` or `Unhandled` if the function failed.
        function_error: Option<String>,
    },
    /// A missing answer.
    Failure(BackendError),
}

impl Replay {
    /// Checks whether this is the result of a Lambda function.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        matches!(self, Replay::Lambda { .. })
    }
}

/// The header by which Lambda reports that the function failed.
pub(crate) const FUNCTION_ERROR: &str = "X-Amz-Function-Error";

impl Backend for Replay {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        match self {
            Replay::Response(response) => Ok(response.clone()),
            Replay::Failure(error) => Err(error.clone()),
            // An asynchronous invocation is only queued.
            Replay::Lambda { .. } if request.is_asynchronous() => Ok(IntegrationResponse::new(202)),
            Replay::Lambda { payload, function_error } => {
                let mut response = IntegrationResponse::new(200);
                response.headers.set("Content-Type", "application/json");
                if let Some(error) = function_error {
                    response.headers.set(FUNCTION_ERROR, error.as_str());
                }
                response.body = payload.to_string().into_bytes();
                Ok(response)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Replay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Function {
            #[serde(default)]
            payload: Json,
            #[serde(default)]
            function_error: Option<String>,
        }

        let json = Json::deserialize(deserializer)?;
        if let Some(function) = json.get("lambda") {
            let function: Function = serde_json::from_value(function.clone()).map_err(D::Error::custom)?;
            return Ok(Replay::Lambda { payload: function.payload, function_error: function.function_error });
        }
        match json.get("failure").map(Json::as_str) {
            Some(Some("timeout")) => Ok(Replay::Failure(BackendError::Timeout)),
            Some(Some("connection")) => Ok(Replay::Failure(BackendError::Connection("as recorded".to_owned()))),
            Some(_) => Err(D::Error::custom("unknown failure: the values are \"timeout\" and \"connection\"")),
            None => serde_json::from_value(json).map(Replay::Response).map_err(D::Error::custom),
        }
    }
}
