//! The result of a call to an API of any kind.

use vtl::pipeline::websocket::{SocketOutcome, SocketResponse};
use vtl::pipeline::{self, IntegrationRequest, IntegrationResponse, MethodResponse};

/// The result of a call, as far as it got.
#[derive(Default)]
pub struct CallOutcome {
    pub integration_request: Option<IntegrationRequest>,
    pub integration_response: Option<IntegrationResponse>,
    pub answer: Answer,
}

/// The response to the client.
#[derive(Default)]
pub enum Answer {
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

impl From<pipeline::Outcome> for CallOutcome {
    fn from(outcome: pipeline::Outcome) -> Self {
        let pipeline::Outcome { integration_request, integration_response, response, .. } = outcome;
        CallOutcome { integration_request, integration_response, answer: Answer::Response(response) }
    }
}

impl From<SocketOutcome> for CallOutcome {
    fn from(outcome: SocketOutcome) -> Self {
        let SocketOutcome { integration_request, integration_response, response, .. } = outcome;
        let SocketResponse { status, message, .. } = response;
        CallOutcome {
            integration_request,
            integration_response,
            answer: Answer::Message { status, text: message.map(to_text) },
        }
    }
}

impl From<Answer> for CallOutcome {
    fn from(answer: Answer) -> Self {
        CallOutcome { answer, ..CallOutcome::default() }
    }
}

pub fn to_text(message: Vec<u8>) -> String {
    String::from_utf8_lossy(&message).into_owned()
}
