//! `vtl invoke`: sends a request through an integration and prints the messages.
//!
//! A response of the gateway itself, such as 415 or 500, is a result like any other. A call that needs a backend
//! and has none ends with the request that the backend would receive.

use crate::args::invoke::{CallFormat, InvokeArgs};
use crate::args::value::Deny;
use crate::backend::Answers;
use crate::failure::Failure;
use crate::input::call::Call;
use crate::input::client::Message;
use crate::input::reader::Reader;
use crate::input::target::Target;
use crate::report::outcome::{Answer, CallOutcome};
use crate::report::stdout::print;
use crate::report::{self, json, messages};
use serde::Serialize;
use std::collections::BTreeSet;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl::pipeline::call::{Choice, Step};
use vtl::pipeline::http::HttpRoute;
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::SocketRoute;
use vtl::pipeline::{IntegrationRequest, MethodResponse, PrepareOptions, PreparedApi, PreparedMethod, Protocol, Route};

pub fn run(args: &InvokeArgs, reader: &mut Reader) -> Result<(), Failure> {
    let mut call = Call::read(args, reader)?;
    let mut backend = Answers::read(&args.backend, reader)?;
    let outcome = make(&mut call, &mut backend)?;
    let target = &call.target;
    let was_called = !matches!(backend, Answers::Missing { was_called: true });
    if !was_called {
        // What follows is made of the missing answer.
        call.invocation.notes.retain(|note| !matches!(note.step, Step::Backend | Step::Response));
    }
    let mut notes = target.findings(&call.invocation.notes);
    let request = outcome.integration_request.as_ref();
    notes.extend(request.and_then(|request| target.not_json(&call.maps, "request:", &request.body)));
    match &outcome.answer {
        _ if !was_called => notes.push(not_called(target, request)),
        Answer::Response(response) => notes.extend(target.not_json(&call.maps, "response:", &response.body)),
        _ => {}
    }
    let is_denied = Deny::refuses(&args.deny, &notes);
    let printed = match args.format {
        CallFormat::Json => {
            json::print_line(&to_json(target, &outcome, &notes))?;
            String::new()
        }
        CallFormat::Text => messages::show(target, &call.message, &outcome)?,
        CallFormat::Log => {
            let log = log(&call.invocation.log.to_string(), was_called);
            print(log.as_bytes())?;
            log
        }
    };
    if !args.quiet && args.format != CallFormat::Json {
        report::notes(&notes, &reader.sources, &printed);
    }
    if is_denied { Err(Failure::Reported) } else { Ok(()) }
}

fn make(call: &mut Call, backend: &mut Answers) -> Result<CallOutcome, Failure> {
    let Call { target, message, limits, invocation, .. } = call;
    let api = &target.api;
    if target.is_route_only {
        return Ok(CallOutcome::default());
    }
    let integration = target.method.as_ref().and_then(|method| method.integration.as_ref());
    // The backend does not matter for an integration that the service refuses to create.
    if let Some(integration) = integration.filter(|_| api.protocol == Protocol::Rest || target.problems.is_empty()) {
        backend.fit(integration, api.protocol)?;
    }
    let options = PrepareOptions::new().limits(limits.clone());
    let outcome: CallOutcome = match (&*message, &target.method) {
        (Message::Http(request), Some(method)) if api.protocol == Protocol::Http => {
            HttpRoute::new(api, method).invoke(request, Some(backend), invocation).into()
        }
        (Message::Http(request), Some(method)) => {
            PreparedMethod::with_options(api, method, &options).invoke(request, Some(backend), invocation).into()
        }
        (Message::Socket(request), Some(method)) => {
            SocketRoute::with_options(api, method, &options).invoke(request, Some(backend), invocation).into()
        }
        (Message::Http(request), None) => PreparedApi::new(api).handle(request.clone(), None, invocation).into(),
        (Message::Socket(request), None) => {
            PreparedApi::new(api).handle_message(request.clone(), None, invocation).into()
        }
    };
    Ok(match &*backend {
        Answers::Missing { was_called: true } => outcome.not_called(),
        _ => outcome,
    })
}

/// Tells that the call ended before its backend.
fn not_called(target: &Target, request: Option<&IntegrationRequest>) -> Diagnostic {
    let goes_to = request.map(|request| format!(": the request goes to {}", request.url())).unwrap_or_default();
    let integration = target.method.as_ref().and_then(|method| method.integration.as_ref());
    let help = match integration {
        Some(integration) if integration.kind.is_http() => {
            "give its answer with --backend FILE, or call the endpoint with --live"
        }
        Some(integration) if integration.is_lambda() => {
            "give the function's answer with --backend FILE: {\"lambda\": {\"payload\": ...}}"
        }
        _ => "give its answer with --backend FILE: {\"status\": 200, \"body\": \"...\"}",
    };
    let finding = Diagnostic::new(Code::NotCalled, format!("nothing was called{goes_to}")).with_help(help);
    match &target.key {
        Some(key) => finding.on_route(key),
        None => finding,
    }
}

/// Returns the execution log; without a backend it ends with the request to it.
fn log(whole: &str, was_called: bool) -> String {
    let is_sent = |line: &&str| line.contains(" : Sending request to ");
    match whole.split_inclusive('\n').position(|line| is_sent(&line)) {
        Some(sent) if !was_called => whole.split_inclusive('\n').take(sent + 1).collect(),
        _ => whole.to_owned(),
    }
}

/// The result as `--format json` prints it; keys that do not apply are omitted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallReport<'a> {
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
    choices: &'a [Choice],
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalReport<'a>>,
    notes: &'a [Diagnostic],
}

/// The reason why the gateway answered itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefusalReport<'a> {
    response_type: &'static str,
    code: Code,
    reason: &'a str,
}

fn to_json<'a>(target: &'a Target, outcome: &'a CallOutcome, notes: &'a [Diagnostic]) -> CallReport<'a> {
    let is_v2 = target.api.protocol != Protocol::Rest;
    let (response, status, message) = match &outcome.answer {
        Answer::Response(response) => (Some(response), None, None),
        Answer::Message { status, text } => (None, Some(*status), text.as_deref()),
        Answer::None => (None, None, None),
    };
    CallReport {
        route_key: target.has_route.then_some(target.key.as_deref()),
        path_parameters: target.has_route.then_some(&target.path_parameters),
        integration_request: outcome.integration_request.as_ref(),
        response,
        status,
        message: is_v2.then_some(message),
        invalid: is_v2.then(|| target.problems.iter().filter_map(|problem| problem.property.as_deref()).collect()),
        choices: &outcome.choices,
        refusal: outcome.refusal.as_ref().map(|refusal| RefusalReport {
            response_type: refusal.response_type.as_str(),
            code: refusal.cause.code(),
            reason: refusal.cause.detail(),
        }),
        notes,
    }
}
