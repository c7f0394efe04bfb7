//! What an invocation means: where a request goes, in whose surroundings, and who answers for the backend.

use crate::answers::Answers;
use crate::client::{Client, Message};
use crate::document;
use crate::failure::Failure;
use crate::flags::InvokeFlags;
use crate::inputs::Reader;
use crate::plan::{Surroundings, changed};
use crate::target::{self, Target};
use serde_json::Value as Json;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use vtl::Limits;
use vtl::pipeline::{Invocation, Protocol};

/// A call that is ready to be made.
pub struct Call {
    pub target: Target,
    pub message: Message,
    pub backend: Answers,
    pub limits: Limits,
    pub invocation: Invocation,
}

impl Call {
    pub fn read(flags: &InvokeFlags, reader: &mut Reader) -> Result<Call, Failure> {
        let (file, path) = places(flags)?;
        let (context, variables) = Surroundings::default().changed(Path::new(""), &flags.surroundings, reader)?;
        let client = Client::read(&flags.message, path, reader)?;
        let (target, message) = match file {
            Some(file) => target::in_document(&document::load(file, &flags.reading, reader)?, &client, flags)?,
            None => target::alone(&client, flags, &context, reader)?,
        };
        let backend = Answers::read(&flags.backend, reader)?;
        let protocol = target.api.protocol;
        let integration = target.method.as_ref().and_then(|method| method.integration.as_ref());
        // What the service would not even create is no question of its backend.
        if let Some(integration) = integration.filter(|_| protocol == Protocol::Rest || target.problems.is_empty()) {
            backend.fit(integration, protocol)?;
        }
        let mut stage_variables = target.api.stage_variables.clone();
        for (name, value) in variables {
            stage_variables.set(name, value);
        }
        // Nothing is taken from the machine, so that the same input gives the same log: the clock shows the context's time,
        // and ids are made from the context's.
        let millis = context.get("requestTimeEpoch").and_then(Json::as_u64).unwrap_or_default();
        let invocation = Invocation::new()
            .context(Json::Object(context))
            .stage_variables(stage_variables)
            .clock(UNIX_EPOCH + Duration::from_millis(millis));
        Ok(Call { target, message, backend, limits: changed(Limits::service(), &flags.limits), invocation })
    }
}

const NOTHING_NAMED: &str = "name a document, or an integration with --integration";

/// What stands without a flag: a document, unless an integration or an API is named; and a path, always the last.
fn places(flags: &InvokeFlags) -> Result<(Option<&Path>, Option<&str>), Failure> {
    let wrong = |why: &str| Err(Failure::Input(why.to_owned()));
    let is_alone = flags.integration.is_some();
    match flags.places.as_slice() {
        [] if is_alone || flags.api.is_some() => Ok((None, None)),
        [] => wrong(NOTHING_NAMED),
        [document, path] if !is_alone => Ok((Some(Path::new(document)), Some(path))),
        [path] if is_alone || path.starts_with('/') && flags.api.is_some() => Ok((None, Some(path))),
        [path] if path.starts_with('/') && !Path::new(path).is_file() && flags.message.request.is_none() => {
            wrong(NOTHING_NAMED)
        }
        [document] => Ok((Some(Path::new(document)), None)),
        [_, _, ..] => wrong("a document excludes --integration"),
    }
}
