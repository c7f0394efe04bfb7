//! The call that `vtl invoke` makes: its target, the client's message and the invocation around them.

use crate::args::invoke::InvokeArgs;
use crate::failure::Failure;
use crate::input::client::{Client, Message};
use crate::input::document;
use crate::input::reader::Reader;
use crate::input::request::Surroundings;
use crate::input::target::{self, Target};
use serde_json::Value as Json;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use vtl::Limits;
use vtl::pipeline::Invocation;

/// A call that is ready to be made.
pub struct Call {
    pub target: Target,
    pub message: Message,
    pub limits: Limits,
    pub invocation: Invocation,
}

impl Call {
    pub fn read(args: &InvokeArgs, reader: &mut Reader) -> Result<Call, Failure> {
        let (file, path) = places(args)?;
        let (context, variables) = Surroundings::default().changed(Path::new(""), &args.surroundings, reader)?;
        let client = Client::read(&args.message, path, reader)?;
        let (target, message) = match file {
            Some(file) => target::in_document(document::load(file, &args.reading, reader)?, &client, args)?,
            None => target::alone(&client, args, &context, reader)?,
        };
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
        Ok(Call { target, message, limits: args.rules.limits(Limits::service()), invocation })
    }
}

const NOTHING_NAMED: &str = "name a document, or an integration with --integration";

/// What stands without a flag: a document, unless an integration or an API is named; and a path, always the last.
fn places(args: &InvokeArgs) -> Result<(Option<&Path>, Option<&str>), Failure> {
    let wrong = |why: &str| Err(Failure::Input(why.to_owned()));
    let is_alone = args.integration.is_some();
    match args.places.as_slice() {
        [] if is_alone || args.api.is_some() => Ok((None, None)),
        [] => wrong(NOTHING_NAMED),
        [document, path] if !is_alone => Ok((Some(Path::new(document)), Some(path))),
        [path] if is_alone || path.starts_with('/') && args.api.is_some() => Ok((None, Some(path))),
        [path] if path.starts_with('/') && !Path::new(path).is_file() && args.message.request.is_none() => {
            wrong(NOTHING_NAMED)
        }
        [document] => Ok((Some(Path::new(document)), None)),
        [_, _, ..] => wrong("a document excludes --integration"),
    }
}
