//! What answers an integration request: the caller's own, a mock, or a recorded answer.
//!
//! There is no network here: a live backend is the caller's.

use crate::pipeline::message::integration::{IntegrationRequest, IntegrationResponse};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

/// Something that answers integration requests.
///
/// ```
/// use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse};
///
/// struct Echo;
///
/// impl Backend for Echo {
///     fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
///         Ok(IntegrationResponse { status: 200, body: request.body.clone(), ..IntegrationResponse::default() })
///     }
/// }
/// ```
pub trait Backend {
    /// Answers a request.
    ///
    /// # Errors
    /// When there is no answer: the gateway then answers itself.
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError>;
}

/// Why a backend gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackendError {
    /// It took longer than the integration allows: 504.
    Timeout,
    /// It could not be reached: 504.
    Connection(String),
    /// It cannot be asked like this: 500.
    Configuration(String),
}

/// The backend of MOCK: the request's body names the status.
///
/// It is read leniently and must be an object with a whole number `statusCode`; a text is none
/// (aws-observed 8.1, 8.2, 8.4).
#[derive(Clone, Copy, Debug, Default)]
pub struct Mock;

impl Backend for Mock {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        /// What is sound and says nothing twice needs no lenient reader.
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Sound {
            status_code: i64,
        }

        const WRONG: &str = "Unable to parse statusCode. It should be an integer";
        let is_object = request.body.trim_ascii_start().starts_with(b"{");
        if let (true, Ok(Sound { status_code })) = (is_object, serde_json::from_slice(&request.body)) {
            return Ok(IntegrationResponse { status: status_code, ..IntegrationResponse::default() });
        }
        let wrong = |why: String| BackendError::Configuration(format!("{WRONG}{why}"));
        let body = String::from_utf8_lossy(&request.body);
        let json = crate::value::json::to_serde(&body)
            .map_err(|error| wrong(format!(": the rendered request cannot be read: {}", error.detail())))?;
        let Json::Object(members) = &json else {
            return Err(wrong(": the rendered request is no object".to_owned()));
        };
        match members.get("statusCode") {
            Some(Json::Number(number)) if number.as_i64().is_some() => {
                let status = number.as_i64().unwrap_or_default();
                Ok(IntegrationResponse { status, ..IntegrationResponse::default() })
            }
            Some(Json::String(text)) => Err(wrong(format!(": the status is given as the text \"{text}\""))),
            Some(other) => Err(wrong(format!(", not {other}"))),
            None => Err(wrong(": the rendered request has no statusCode".to_owned())),
        }
    }
}

/// A recorded answer or failure, given to every request.
///
/// ```
/// use vtl::pipeline::Replay;
/// let plain: Replay = serde_json::from_str(r#"{"status": 200, "headers": {}, "body": "{}"}"#)?;
/// let lambda: Replay = serde_json::from_str(r#"{"lambda": {"payload": {"errorMessage": "x"}, "functionError": "Unhandled"}}"#)?;
/// let failure: Replay = serde_json::from_str(r#"{"failure": "timeout"}"#)?;
/// assert!(lambda.is_lambda() && !plain.is_lambda() && !failure.is_lambda());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Replay {
    /// An answer of an HTTP endpoint or of a service.
    Response(IntegrationResponse),
    /// A function's result.
    Lambda {
        /// What the function returned, or its error object.
        payload: Json,
        /// `Handled` or `Unhandled` when it failed.
        function_error: Option<String>,
    },
    /// No answer.
    Failure(BackendError),
}

impl Replay {
    /// Whether this is a function's result.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        matches!(self, Replay::Lambda { .. })
    }
}

/// The header with which Lambda says that the function failed.
pub(crate) const FUNCTION_ERROR: &str = "X-Amz-Function-Error";

impl Backend for Replay {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        match self {
            Replay::Response(response) => Ok(response.clone()),
            Replay::Failure(error) => Err(error.clone()),
            // An event is only queued: nobody waits for the result.
            Replay::Lambda { .. } if request.is_asynchronous() => {
                Ok(IntegrationResponse { status: 202, ..IntegrationResponse::default() })
            }
            Replay::Lambda { payload, function_error } => {
                let mut response = IntegrationResponse { status: 200, ..IntegrationResponse::default() };
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
            Some(_) => Err(D::Error::custom("a failure is \"timeout\" or \"connection\"")),
            None => serde_json::from_value(json).map(Replay::Response).map_err(D::Error::custom),
        }
    }
}
