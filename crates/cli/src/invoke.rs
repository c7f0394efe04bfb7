//! `vtl invoke`: a request through an integration; what came of it goes to standard output.
//!
//! An answer of the gateway itself, such as 415 or 500, is a result like any other. Only a call that could not be made
//! (because nobody answers for the backend) is a failure.

use crate::answers::Answers;
use crate::call::Call;
use crate::client::Message;
use crate::failure::Failure;
use crate::flags::{CallFormat, InvokeFlags};
use crate::inputs::Reader;
use crate::target::Target;
use crate::{messages, paint, print};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use vtl::pipeline::{
    self, Api, CallNote, HttpRoute, IntegrationRequest, IntegrationResponse, Invocation, Method, MethodRequest,
    MethodResponse, Prepared, Protocol, Refusal, ResponseType, SocketOutcome, SocketRequest, SocketRoute, Table,
    http_error,
};
use vtl::{Code, Error};
use vtl_loaders::Finding;

/// What came of a call, as far as it came.
#[derive(Default)]
pub struct Outcome {
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

pub fn run(flags: &InvokeFlags) -> Result<(), Failure> {
    let mut call = Call::read(flags, &mut Reader::default())?;
    let outcome = make(&mut call)?;
    let notes = &call.invocation.notes;
    match flags.format {
        CallFormat::Json => return print(&to_json(&call.target, &outcome, notes)?),
        CallFormat::Text => messages::show(&call.target, &call.message, &outcome)?,
        CallFormat::Log => print(call.invocation.log.to_string().as_bytes())?,
    }
    if !flags.quiet {
        paint::call_notes(&call.target.problems, notes);
    }
    Ok(())
}

fn make(call: &mut Call) -> Result<Outcome, Failure> {
    let Call { target, message, backend, limits, invocation } = call;
    let api = &target.api;
    if target.is_route_only {
        return Ok(Outcome::default());
    }
    let outcome: Outcome = match (&*message, &target.method) {
        (Message::Http(request), Some(method)) if api.protocol == Protocol::Http => {
            HttpRoute::new(api, method).invoke(request, Some(backend), invocation).into()
        }
        (Message::Http(request), Some(method)) => {
            Prepared::with_limits(api, method, limits).invoke(request, Some(backend), invocation).into()
        }
        (Message::Socket(request), Some(method)) => {
            SocketRoute::with_limits(api, method, limits).invoke(request, Some(backend), invocation).into()
        }
        (Message::Http(request), None) => Answer::Response(not_found(api, request, invocation)).into(),
        (Message::Socket(request), None) => not_taken(api, request, invocation).into(),
    };
    if let (Answers::Nobody { was_asked: true }, true) = (&*backend, target.problems.is_empty()) {
        let uri = outcome.integration_request.map(|request| request.url()).unwrap_or_default();
        return Err(Failure::Input(format!(
            "the request goes to {uri}: say with --backend what is answered there, or call it with --live"
        )));
    }
    Ok(outcome)
}

impl From<pipeline::Outcome> for Outcome {
    fn from(outcome: pipeline::Outcome) -> Self {
        let pipeline::Outcome { integration_request, integration_response, response } = outcome;
        Outcome { integration_request, integration_response, answer: Answer::Response(response) }
    }
}

impl From<SocketOutcome> for Outcome {
    fn from(outcome: SocketOutcome) -> Self {
        let SocketOutcome { integration_request, integration_response, status, message } = outcome;
        Outcome {
            integration_request,
            integration_response,
            answer: Answer::Message { status, text: message.map(text) },
        }
    }
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Outcome { answer, ..Outcome::default() }
    }
}

/// The answer to a request that no method takes.
fn not_found(api: &Api, request: &MethodRequest, invocation: &Invocation) -> MethodResponse {
    match api.protocol {
        Protocol::Http => http_error(404, invocation),
        _ => nothing_there(ResponseType::MissingAuthenticationToken).answer(
            api,
            request,
            &Json::Object(Map::new()),
            &Table::new(),
        ),
    }
}

/// The answer to a message that no route takes.
fn not_taken(api: &Api, request: &SocketRequest, invocation: &mut Invocation) -> Answer {
    let refusal = nothing_there(ResponseType::AccessDenied).message("Forbidden");
    let message = SocketRoute::new(api, &Method::default()).refuse(request, &refusal, invocation);
    Answer::Message { status: refusal.status, text: message.map(text) }
}

fn nothing_there(kind: ResponseType) -> Refusal {
    Refusal::new(kind, Error::new(Code::Request, "no method or route takes this"))
}

fn text(message: Vec<u8>) -> String {
    String::from_utf8_lossy(&message).into_owned()
}

/// What `--format json` prints; what only documents and version 2 have is left out elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    route_key: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_parameters: Option<&'a Table<String>>,
    integration_request: Option<&'a IntegrationRequest>,
    response: Option<&'a MethodResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid: Option<BTreeSet<&'a str>>,
    notes: Vec<Row<'a>>,
}

/// What is told besides: first what the service would refuse of the integration, then what happened on the way.
#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Problem { step: &'static str, code: &'static str, property: &'a str, detail: &'a str, place: String },
    Note(&'a CallNote),
}

impl<'a> Row<'a> {
    fn problem(problem: &'a Finding) -> Row<'a> {
        Row::Problem {
            step: "integration",
            code: Code::Configuration.as_str(),
            property: problem.property,
            detail: &problem.message,
            place: problem.place.to_string(),
        }
    }
}

fn to_json(target: &Target, outcome: &Outcome, notes: &[CallNote]) -> Result<Vec<u8>, Failure> {
    let is_v2 = target.api.protocol != Protocol::Rest;
    let (response, status, message) = match &outcome.answer {
        Answer::Response(response) => (Some(response), None, None),
        Answer::Message { status, text } => (None, Some(*status), text.as_deref()),
        Answer::None => (None, None, None),
    };
    let report = Report {
        route_key: target.has_route.then_some(target.key.as_deref()),
        path_parameters: target.has_route.then_some(&target.path_parameters),
        integration_request: outcome.integration_request.as_ref(),
        response,
        status,
        message: is_v2.then_some(message),
        invalid: is_v2.then(|| target.problems.iter().map(|problem| problem.property).collect()),
        notes: target.problems.iter().map(Row::problem).chain(notes.iter().map(Row::Note)).collect(),
    };
    let mut json = serde_json::to_vec(&report).map_err(|e| Failure::Input(format!("cannot write the output: {e}")))?;
    json.push(b'\n');
    Ok(json)
}
