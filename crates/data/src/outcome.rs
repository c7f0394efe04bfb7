//! The result of a call as JSON.

use serde::Serialize;
use std::collections::BTreeSet;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl::pipeline::call::{Choice, Refusal};
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::SocketOutcome;
use vtl::pipeline::{IntegrationRequest, MethodResponse, Outcome};

/// The result of a call, as far as it got.
#[derive(Default)]
pub(crate) struct CallOutcome {
    pub integration_request: Option<IntegrationRequest>,
    pub answer: Answer,
    /// Templates and responses that were selected, in order.
    pub choices: Vec<Choice>,
    /// The reason why the gateway answered itself.
    pub refusal: Option<Refusal>,
}

/// The response to the client.
#[derive(Default)]
pub(crate) enum Answer {
    Response(MethodResponse),
    /// Message over a WebSocket connection, if one is sent; the status decides if a connection opens.
    Message {
        status: u16,
        text: Option<String>,
    },
    /// There was no call.
    #[default]
    None,
}

impl From<Outcome> for CallOutcome {
    fn from(outcome: Outcome) -> Self {
        let Outcome { integration_request, response, refusal, choices, .. } = outcome;
        CallOutcome { integration_request, answer: Answer::Response(response), choices, refusal }
    }
}

impl From<SocketOutcome> for CallOutcome {
    fn from(outcome: SocketOutcome) -> Self {
        let text = outcome.response.message.map(|text| String::from_utf8_lossy(&text).into_owned());
        CallOutcome {
            integration_request: outcome.integration_request,
            answer: Answer::Message { status: outcome.response.status, text },
            choices: outcome.choices,
            refusal: outcome.refusal,
        }
    }
}

/// The result as `vtl invoke --format json` prints it; keys that do not apply are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_key: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_parameters: Option<&'a Table<String>>,
    pub integration_request: Option<&'a IntegrationRequest>,
    pub response: Option<&'a MethodResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid: Option<BTreeSet<&'a str>>,
    pub choices: &'a [Choice],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReport<'a>>,
    pub notes: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// The reason why the gateway answered itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefusalReport<'a> {
    response_type: &'static str,
    code: Code,
    reason: &'a str,
}

impl<'a> RefusalReport<'a> {
    pub fn of(refusal: &'a Refusal) -> Self {
        let (code, reason) = (refusal.cause.code(), refusal.cause.detail());
        RefusalReport { response_type: refusal.response_type.as_str(), code, reason }
    }
}
