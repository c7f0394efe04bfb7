//! The result of a call, whichever kind of API it went to.

use vtl::pipeline::{self, IntegrationRequest, IntegrationResponse, MethodResponse, SocketOutcome};

/// What came of a call, as far as it came.
#[derive(Default)]
pub struct CallOutcome {
    pub integration_request: Option<IntegrationRequest>,
    pub integration_response: Option<IntegrationResponse>,
    pub answer: Answer,
}

/// What the client gets.
#[derive(Default)]
pub enum Answer {
    Response(MethodResponse),
    /// What goes back over a connection, if anything does; the status tells whether a connection is opened.
    Message {
        status: u16,
        text: Option<String>,
    },
    /// Nothing was called.
    #[default]
    None,
}

impl From<pipeline::Outcome> for CallOutcome {
    fn from(outcome: pipeline::Outcome) -> Self {
        let pipeline::Outcome { integration_request, integration_response, response } = outcome;
        CallOutcome { integration_request, integration_response, answer: Answer::Response(response) }
    }
}

impl From<SocketOutcome> for CallOutcome {
    fn from(outcome: SocketOutcome) -> Self {
        let SocketOutcome { integration_request, integration_response, status, message } = outcome;
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
