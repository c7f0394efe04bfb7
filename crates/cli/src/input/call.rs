//! The call that `vtl invoke` makes: its target, the client's message and the invocation around them.

use crate::args::invoke::InvokeArgs;
use crate::failure::Failure;
use crate::input::client::{Client, Message};
use crate::input::document;
use crate::input::reader::{self, Reader};
use crate::input::rendered::{Maps, Watch};
use crate::input::request::Surroundings;
use crate::input::target::{self, Target};
use serde_json::Value as Json;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use vtl::pipeline::call::Authorizer;
use vtl::pipeline::{Invocation, Protocol};
use vtl::{Code, Limits};

/// A call that is ready to be sent.
pub struct Call {
    pub target: Target,
    pub message: Message,
    pub limits: Limits,
    pub invocation: Invocation<'static>,
    /// Maps of the templates that the call renders.
    pub maps: Maps,
}

impl Call {
    /// Reads the inputs of the call.
    pub fn read(args: &InvokeArgs, reader: &mut Reader) -> Result<Call, Failure> {
        let (document, path) = places(args)?;
        let client = Client::read(&args.message, path, &args.reading.allow, reader)?;
        let of_event = Surroundings {
            context: Some(client.context.clone()),
            stage_variables: Some(client.stage_variables.clone()),
        };
        let file = args.message.request.as_deref().unwrap_or(Path::new(""));
        let (mut context, variables) = of_event.changed(file, &args.surroundings, reader)?;
        let (target, message) = match document {
            Some(file) => target::in_document(
                document::load(file, &args.reading, args.reading.limits.raised(), reader)?,
                &client,
                args,
            )?,
            None => target::alone(&client, args, &context, reader)?,
        };
        if let (Some(stage), Protocol::Rest) = (client.stage(), target.api.protocol) {
            context.entry("stage").or_insert_with(|| stage.into());
        }
        let mut stage_variables = target.api.stage_variables.clone();
        for (name, value) in variables {
            stage_variables.set(name, value);
        }
        // The same input gives the same log: the clock and the ids are those of the context, not of the machine.
        let millis = epoch(context.get("requestTimeEpoch"))?;
        let mut invocation = Invocation::new()
            .context(Json::Object(context))
            .stage_variables(stage_variables)
            .clock(UNIX_EPOCH + Duration::from_millis(millis));
        if let Some(authorizer) = client.authorizer {
            invocation = invocation.authorizer(authorizer);
        }
        if let Some(file) = &args.authorizer {
            invocation = invocation.authorizer(authorizer(file, reader)?);
        }
        let maps = Maps::default();
        // One for the life of the program, which makes one call.
        let invocation = invocation.probe(Box::leak(Box::new(Watch(maps.clone()))));
        Ok(Call { target, message, limits: args.reading.limits.over(Limits::service()), invocation, maps })
    }
}

/// Reads the milliseconds of `requestTimeEpoch`: a number, or its text.
fn epoch(value: Option<&Json>) -> Result<u64, Failure> {
    let text = match value {
        None | Some(Json::Null) => return Ok(0),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    // A clock ends before the number does.
    let millis = text.trim().parse().ok().filter(|millis| *millis < 1 << 48);
    millis.ok_or_else(|| Failure::usage(format!("requestTimeEpoch of $context is no time in milliseconds: {text}")))
}

/// Reads the answer of an authorizer.
fn authorizer(file: &Path, reader: &mut Reader) -> Result<Authorizer, Failure> {
    let text = reader.text(file)?;
    let answer: Json = reader::parse(file, &text)?;
    Authorizer::from_json(&answer)
        .map_err(|error| Failure::input(Code::MalformedInput, format!("{}: {}", reader::name(file), error.detail())))
}

const NOTHING_NAMED: &str = "no document is given, and no integration with --integration";

/// Returns the document and the path among the positional arguments; the path is the last.
fn places(args: &InvokeArgs) -> Result<(Option<&Path>, Option<&str>), Failure> {
    let wrong = |why: &str| Err(Failure::usage(why));
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
        [_, _, ..] => wrong("a document and --integration cannot be used together"),
    }
}
