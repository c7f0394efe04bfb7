//! The backends that can answer a call: a recorded answer, or the endpoint itself.

mod header_case;
mod live;

use crate::args::invoke::BackendArgs;
use crate::backend::live::Live;
use crate::failure::Failure;
use crate::input::reader::{self, Keys, Reader};
use vtl::pipeline::call::Replay;
use vtl::pipeline::model::IntegrationType;
use vtl::pipeline::{Backend, BackendError, Integration, IntegrationRequest, IntegrationResponse, Protocol};

/// The keys of the file of `--backend`.
const KEYS: &Keys<'static> = &[
    ("", &["status", "headers", "body", "bodyIsBase64", "lambda", "failure"]),
    ("/lambda", &["payload", "functionError"]),
];

/// The backend of a call.
pub enum Answers {
    /// No backend; enough if none is called.
    Missing { was_called: bool },
    /// The response in a file.
    Recorded(Replay),
    /// The endpoint of the integration.
    Live,
}

impl Answers {
    pub fn read(args: &BackendArgs, reader: &mut Reader) -> Result<Answers, Failure> {
        if args.live {
            return Ok(Answers::Live);
        }
        let Some(file) = &args.backend else { return Ok(Answers::Missing { was_called: false }) };
        let text = reader.text(file)?;
        let replay = reader::parse_known::<Option<Replay>>(file, &text, KEYS)?;
        Ok(replay.map_or(Answers::Missing { was_called: false }, Answers::Recorded))
    }

    /// Checks that the backend suits an integration.
    pub fn fit(&self, integration: &Integration, protocol: Protocol) -> Result<(), Failure> {
        let runs_function =
            integration.is_lambda() || (protocol == Protocol::Rest && integration.kind == IntegrationType::AwsProxy);
        let endpoint = integration.uri.as_deref().unwrap_or("a service");
        let wrong = |why: String| Err(Failure::usage(why));
        match self {
            Answers::Live if integration.kind.is_aws() => {
                wrong(format!("--live calls HTTP endpoints only; give the response of {endpoint} with --backend"))
            }
            Answers::Recorded(Replay::Response(_)) if runs_function => wrong(
                "--backend: the backend is a Lambda function; expected {\"lambda\": {\"payload\": ...}}".to_owned(),
            ),
            Answers::Recorded(Replay::Lambda { .. }) if integration.kind.is_http() => wrong(format!(
                "--backend: {endpoint} is not a Lambda function; expected {{\"status\": ..., \"headers\": ..., \"body\": ...}}"
            )),
            _ => Ok(()),
        }
    }
}

impl Backend for Answers {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        match self {
            Answers::Missing { was_called } => {
                *was_called = true;
                Err(BackendError::Connection("no backend was given".to_owned()))
            }
            Answers::Recorded(replay) => replay.call(request),
            Answers::Live => Live.call(request),
        }
    }
}
