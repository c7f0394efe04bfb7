//! `vtl invoke`: a request through an integration; what came of it goes to standard output.
//!
//! An answer of the gateway itself, such as 415 or 500, is a result like any other. Only a call that could not be made
//! (because nobody answers for the backend) is a failure.

use crate::call::{Answers, Call};
use crate::failure::Failure;
use crate::flags::{CallFormat, InvokeFlags};
use crate::inputs::Reader;
use crate::{messages, paint, print};
use serde::Serialize;
use vtl::pipeline::{CallNote, IntegrationRequest, MethodResponse, Outcome, Prepared};

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    integration_request: Option<&'a IntegrationRequest>,
    response: &'a MethodResponse,
    notes: &'a [CallNote],
}

pub fn run(flags: &InvokeFlags) -> Result<(), Failure> {
    let mut call = Call::read(flags, &mut Reader::default())?;
    let outcome = make(&mut call)?;
    let notes = &call.invocation.notes;
    match flags.format {
        CallFormat::Json => return print(&to_json(&outcome, notes)?),
        CallFormat::Text => messages::show(&call.request, &outcome)?,
        CallFormat::Log => print(call.invocation.log.to_string().as_bytes())?,
    }
    if !flags.quiet {
        paint::call_notes(notes);
    }
    Ok(())
}

fn make(call: &mut Call) -> Result<Outcome, Failure> {
    let prepared = Prepared::with_limits(&call.api, &call.method, &call.limits);
    let outcome = prepared.invoke(&call.request, Some(&mut call.backend), &mut call.invocation);
    if let Answers::Nobody { was_asked: true } = call.backend {
        let uri = outcome.integration_request.map(|request| request.url()).unwrap_or_default();
        return Err(Failure::Input(format!(
            "the request goes to {uri}: say with --backend what is answered there, or call it with --live"
        )));
    }
    Ok(outcome)
}

fn to_json(outcome: &Outcome, notes: &[CallNote]) -> Result<Vec<u8>, Failure> {
    let answer =
        Answer { integration_request: outcome.integration_request.as_ref(), response: &outcome.response, notes };
    let mut json = serde_json::to_vec(&answer).map_err(|e| Failure::Input(format!("cannot write the output: {e}")))?;
    json.push(b'\n');
    Ok(json)
}
