//! The result of a call to an API of any kind.

use vtl::pipeline::call::{Choice, ChoiceKind, Refusal};
use vtl::pipeline::websocket::{SocketOutcome, SocketResponse};
use vtl::pipeline::{self, IntegrationRequest, IntegrationResponse, MethodResponse};

/// The result of a call, as far as it got.
#[derive(Default)]
pub struct CallOutcome {
    pub integration_request: Option<IntegrationRequest>,
    pub integration_response: Option<IntegrationResponse>,
    pub answer: Answer,
    /// Templates and responses that were selected, in order.
    pub choices: Vec<Choice>,
    /// The reason why the gateway answered itself.
    pub refusal: Option<Refusal>,
}

impl CallOutcome {
    /// Returns the call up to the request that no backend answered.
    pub fn not_called(self) -> CallOutcome {
        let CallOutcome { integration_request, mut choices, .. } = self;
        choices.retain(|choice| choice.kind == ChoiceKind::RequestTemplate);
        CallOutcome { integration_request, choices, ..CallOutcome::default() }
    }
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
        let pipeline::Outcome { integration_request, integration_response, response, refusal, choices, .. } = outcome;
        let answer = Answer::Response(response);
        CallOutcome { integration_request, integration_response, answer, choices, refusal }
    }
}

impl From<SocketOutcome> for CallOutcome {
    fn from(outcome: SocketOutcome) -> Self {
        let SocketOutcome { integration_request, integration_response, response, refusal, choices, .. } = outcome;
        let SocketResponse { status, message, .. } = response;
        let answer = Answer::Message { status, text: message.map(to_text) };
        CallOutcome { integration_request, integration_response, answer, choices, refusal }
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
