//! What an invocation means: an integration in its API, a request, and who answers for the backend.

use crate::failure::Failure;
use crate::flags::{InvokeFlags, MessageFlags};
use crate::inputs::{self, Reader};
use crate::live::Live;
use crate::plan::{Surroundings, changed};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use vtl::Limits;
use vtl::pipeline::{
    Api, Backend, BackendError, Integration, IntegrationRequest, IntegrationResponse, IntegrationType, Invocation,
    Method, MethodRequest, Protocol, Replay, match_resource,
};
use vtl_loaders::{File, Options, Severity, load_integration};

/// A call that is ready to be made.
pub struct Call {
    pub api: Api,
    pub method: Method,
    pub limits: Limits,
    pub request: MethodRequest,
    pub backend: Answers,
    pub invocation: Invocation,
}

impl Call {
    pub fn read(flags: &InvokeFlags, reader: &mut Reader) -> Result<Call, Failure> {
        let (api, mut method) = match &flags.api {
            Some(file) => api(file, reader)?,
            None => (Api::default(), Method::default()),
        };
        let integration = integration(&flags.integration, reader)?;
        let backend = Answers::read(flags, &integration, reader)?;
        method.integration = Some(integration);
        method.path = flags.message.resource.clone().or(method.path);
        let request = request(flags, reader)?;
        Ok(Call {
            api,
            method,
            limits: changed(Limits::service(), &flags.limits),
            request,
            backend,
            invocation: invocation(flags, reader)?,
        })
    }
}

/// Reads the `api` object: the API and its one method.
fn api(file: &Path, reader: &mut Reader) -> Result<(Api, Method), Failure> {
    let mut members = reader.object(file)?;
    let method = members.remove("method").unwrap_or(Json::Null);
    let wrong = |what: &str, error: serde_json::Error| Failure::Input(format!("{}: {what}{error}", inputs::name(file)));
    let api = serde_json::from_value(Json::Object(members)).map_err(|error| wrong("", error))?;
    let method: Option<Method> = serde_json::from_value(method).map_err(|error| wrong("method: ", error))?;
    Ok((api, method.unwrap_or_default()))
}

/// Reads a bare integration, in whichever words it is written.
fn integration(path: &Path, reader: &mut Reader) -> Result<Integration, Failure> {
    let file = File::new(inputs::name(path), reader.text(path)?);
    let wrong = |error: &dyn std::fmt::Display| Failure::Input(error.to_string());
    let document = load_integration(&file, Some(Protocol::Rest), &Options::default()).map_err(|error| wrong(&error))?;
    if let Some(method) = document.method(0).and_then(|(_, method)| method.integration.clone()) {
        return Ok(method);
    }
    let why = document.findings.iter().find(|finding| finding.severity == Severity::Problem);
    Err(why.map_or_else(
        || wrong(&format_args!("{}: there is no integration", file.name)),
        |finding| wrong(&format_args!("{}: {}", finding.place, finding.message)),
    ))
}

/// What stands around the call. Nothing is taken from the machine, so that the same input gives the same log: the
/// clock shows the context's time, and ids are made from the context's.
fn invocation(flags: &InvokeFlags, reader: &mut Reader) -> Result<Invocation, Failure> {
    let (context, variables) = Surroundings::default().changed(Path::new(""), &flags.surroundings, reader)?;
    let millis = context.get("requestTimeEpoch").and_then(Json::as_u64).unwrap_or_default();
    Ok(Invocation::new()
        .context(Json::Object(context))
        .stage_variables(variables)
        .clock(UNIX_EPOCH + Duration::from_millis(millis)))
}

fn request(flags: &InvokeFlags, reader: &mut Reader) -> Result<MethodRequest, Failure> {
    let mut request = match (&flags.message.request, &flags.path) {
        (Some(file), _) => {
            let text = reader.text(file)?;
            inputs::parse(file, &text)?
        }
        (None, Some(path)) => typed(&flags.message, path, reader)?,
        (None, None) => MethodRequest::new("GET", "/"),
    };
    if request.method.is_empty() {
        request.method = "GET".to_owned();
    }
    if let Some(resource) = &flags.message.resource {
        let Some(parameters) = match_resource(resource, &request.path) else {
            return Err(Failure::Input(format!("the path {} does not belong to {resource}", request.path)));
        };
        for (name, value) in parameters {
            if request.path_parameters.get(&name).is_none() {
                request.path_parameters.set(name, value);
            }
        }
    }
    Ok(request)
}

/// The request that flags describe, as curl would send it.
fn typed(flags: &MessageFlags, target: &str, reader: &mut Reader) -> Result<MethodRequest, Failure> {
    if !target.starts_with('/') {
        return Err(Failure::Input(format!("the path of a request starts with /, not {target}")));
    }
    let body = match (flags.data.as_deref(), &flags.body) {
        (Some(data), _) => match data.strip_prefix('@') {
            Some(file) => reader.bytes(Path::new(file))?,
            None => data.as_bytes().to_vec(),
        },
        (None, Some(file)) => reader.bytes(file)?,
        (None, None) => Vec::new(),
    };
    let has_body = flags.data.is_some() || flags.body.is_some();
    let method = flags.method.as_deref().unwrap_or(if has_body { "POST" } else { "GET" });
    // What follows `#` is the client's own.
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = MethodRequest { body, ..MethodRequest::new(method, path) };
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        add(&mut request, decode(name), decode(value));
    }
    for (name, value) in &flags.query {
        add(&mut request, name.clone(), value.clone());
    }
    for (name, value) in &flags.headers {
        request.headers.add(name, value);
    }
    for (name, value) in &flags.path_parameters {
        request.path_parameters.set(name, value.clone());
    }
    Ok(request)
}

fn add(request: &mut MethodRequest, name: String, value: String) {
    match request.querystring.get_mut(&name) {
        Some(values) => values.push(value),
        None => request.querystring.set(name, vec![value]),
    }
}

/// A part of a query string: `+` and `%20` are blanks (aws-observed 12.11).
fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Who answers for the backend.
pub enum Answers {
    /// Nobody: fine as long as nobody is asked.
    Nobody { was_asked: bool },
    /// A recorded answer.
    Recorded(Replay),
    /// The endpoint itself.
    Live,
}

impl Answers {
    fn read(flags: &InvokeFlags, integration: &Integration, reader: &mut Reader) -> Result<Answers, Failure> {
        if flags.backend.live {
            return match integration.kind.is_http() || integration.kind == IntegrationType::Mock {
                true => Ok(Answers::Live),
                false => Err(Failure::Input(format!(
                    "--live calls HTTP endpoints only; say with --backend what {} answers",
                    integration.uri.as_deref().unwrap_or("the service")
                ))),
            };
        }
        let Some(file) = &flags.backend.backend else { return Ok(Answers::Nobody { was_asked: false }) };
        let text = reader.text(file)?;
        let Some(replay) = inputs::parse::<Option<Replay>>(file, &text)? else {
            return Ok(Answers::Nobody { was_asked: false });
        };
        let wrong = |why: &str| Err(Failure::Input(format!("{}: {why}", inputs::name(file))));
        match replay {
            Replay::Response(_) if integration.is_lambda() || integration.kind == IntegrationType::AwsProxy => {
                wrong("the backend is a Lambda function; write {\"lambda\": {\"payload\": …}}")
            }
            Replay::Lambda { .. } if integration.kind.is_http() => {
                wrong("the backend is no Lambda function; write {\"status\": …, \"headers\": …, \"body\": …}")
            }
            replay => Ok(Answers::Recorded(replay)),
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
