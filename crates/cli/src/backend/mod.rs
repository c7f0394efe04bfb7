//! The backends that can answer a call: a recorded answer, or the endpoint itself.

mod header_case;
mod live;

use crate::args::invoke::BackendArgs;
use crate::backend::live::Live;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use vtl::pipeline::{
    Backend, BackendError, Integration, IntegrationRequest, IntegrationResponse, IntegrationType, Protocol, Replay,
};

/// Who answers.
pub enum Answers {
    /// Nobody: fine as long as nobody is asked.
    Nobody { was_asked: bool },
    /// A recorded answer.
    Recorded(Replay),
    /// The endpoint itself.
    Live,
}

impl Answers {
    pub fn read(args: &BackendArgs, reader: &mut Reader) -> Result<Answers, Failure> {
        if args.live {
            return Ok(Answers::Live);
        }
        let Some(file) = &args.backend else { return Ok(Answers::Nobody { was_asked: false }) };
        let text = reader.text(file)?;
        let replay = reader::parse::<Option<Replay>>(file, &text)?;
        Ok(replay.map_or(Answers::Nobody { was_asked: false }, Answers::Recorded))
    }

    /// Whether this can be what answers an integration.
    pub fn fit(&self, integration: &Integration, protocol: Protocol) -> Result<(), Failure> {
        let runs_function =
            integration.is_lambda() || (protocol == Protocol::Rest && integration.kind == IntegrationType::AwsProxy);
        let endpoint = integration.uri.as_deref().unwrap_or("a service");
        let wrong = |why: String| Err(Failure::Input(why));
        match self {
            Answers::Live if integration.kind.is_aws() => {
                wrong(format!("--live calls HTTP endpoints only; say with --backend what {endpoint} answers"))
            }
            Answers::Recorded(Replay::Response(_)) if runs_function => {
                wrong("--backend: the backend is a Lambda function, write {\"lambda\": {\"payload\": ...}}".to_owned())
            }
            Answers::Recorded(Replay::Lambda { .. }) if integration.kind.is_http() => wrong(format!(
                "--backend: {endpoint} is no Lambda function, write {{\"status\": ..., \"headers\": ..., \"body\": ...}}"
            )),
            _ => Ok(()),
        }
    }
}

impl Backend for Answers {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        match self {
            Answers::Nobody { was_asked } => {
                *was_asked = true;
                Err(BackendError::Connection("there is no backend".to_owned()))
            }
            Answers::Recorded(replay) => replay.call(request),
            Answers::Live => Live.call(request),
        }
    }
}
