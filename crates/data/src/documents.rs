//! The commands on documents: loading, checking, calls; and the tables of the reference.

use crate::api::{Api, Call, Source, Step};
use crate::check::{Settings, check_document, check_template};
use crate::failure::Failure;
use crate::input;
use crate::reference::{explain, reference};
use crate::request::{Command, Named, Request};
use crate::write::write;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use vtl::pipeline::Backend;
use vtl_loaders::{File, Options};

/// The loaded documents by their numbers.
#[derive(Default)]
pub(crate) struct Documents(HashMap<u64, Api>);

impl Documents {
    /// Answers the commands that keep nothing.
    pub fn answer(&self, request: Request<'_>, payload: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        match request.command {
            Command::Check => check(request),
            Command::Invoke => self.invoke(request, payload),
            Command::Start => self.start(request, payload),
            Command::Explain => match &request.code {
                Some(code) => write(&explain(code)?),
                None => Err(Failure::usage("`explain` takes a `code`")),
            },
            _ => write(&reference()),
        }
    }

    /// Drops a document; returns `false` if there is none with that number.
    pub fn free(&mut self, number: u64) -> bool {
        self.0.remove(&number).is_some()
    }

    /// Loads a document or an integration and keeps it under a number.
    pub fn load(&mut self, mut request: Request<'_>, number: u64) -> Result<Vec<u8>, Failure> {
        let api = load(&mut request)?;
        let mut document = api.to_json();
        if let Json::Object(members) = &mut document {
            members.shift_insert(0, "api".to_owned(), number.into());
        }
        self.0.insert(number, api);
        write(&document)
    }

    fn invoke(&self, mut request: Request<'_>, payload: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        let call = call(&mut request, payload)?;
        let mut replay = request.backend.take();
        let backend = replay.as_mut().map(|replay| replay as &mut dyn Backend);
        match request.api {
            Some(number) => write(&self.api(number)?.invoke(&call, backend)?),
            None => write(&load(&mut request)?.invoke(&call, backend)?),
        }
    }

    fn start(&self, mut request: Request<'_>, payload: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        let call = call(&mut request, payload)?;
        let step = match request.api {
            Some(number) => self.api(number)?.start(&call)?,
            None => load(&mut request)?.start(&call)?,
        };
        match step {
            Step::Answered(answer) => write(&answer),
            Step::Waiting(asked) => write(&json!({"waiting": asked})),
        }
    }

    fn api(&self, number: u64) -> Result<&Api, Failure> {
        self.0.get(&number).ok_or_else(|| Failure::Usage(format!("there is no API {number}")))
    }
}

fn check(mut request: Request<'_>) -> Result<Vec<u8>, Failure> {
    let rules = request.rules();
    let settings = settings(&mut request)?;
    match (&request.template, &request.files) {
        (Some(Named::Text(source)), None) => {
            write(&check_template(source, request.name.as_deref(), &rules, &settings)?)
        }
        (None, Some(_)) => {
            let (files, read) = files(&mut request);
            write(&check_document(&files, &options(&request)?.read_file(&read), &settings))
        }
        _ => Err(Failure::usage("`check` takes the text of a `template`, or the `files` of a document")),
    }
}

/// Takes the `vtl.toml` from the files of a request.
fn settings(request: &mut Request<'_>) -> Result<Settings, Failure> {
    let Some(files) = &mut request.files else { return Ok(Settings::default()) };
    let Some(at) = files.iter().position(|file| file.name == "vtl.toml") else { return Ok(Settings::default()) };
    let file = files.remove(at);
    if files.is_empty() {
        request.files = None;
    }
    Settings::parse(&file.text, "")
}

/// Takes the files of a document: those that are loaded, which is the first, or all if they are Terraform;
/// and the reader of the rest, which the document may refer to.
fn files(request: &mut Request<'_>) -> (Vec<File>, impl Fn(&str) -> Option<String> + use<>) {
    let all: Vec<File> =
        request.files.take().unwrap_or_default().into_iter().map(|file| File::new(file.name, file.text)).collect();
    let is_terraform = |file: &File| file.name.ends_with(".tf") || file.name.ends_with(".tf.json");
    let together = all.first().is_some_and(is_terraform);
    let loaded = all.iter().enumerate().filter(|(at, file)| *at == 0 || together && is_terraform(file));
    let loaded = loaded.map(|(_, file)| file.clone()).collect();
    let read = move |name: &str| {
        let name = name.trim_start_matches("./");
        all.iter().find(|file| file.name == name).map(|file| file.text.clone())
    };
    (loaded, read)
}

fn options(request: &Request<'_>) -> Result<Options<'static>, Failure> {
    let kind = request.kind.as_deref().map(str::parse).transpose();
    let kind = kind.map_err(|error: vtl_loaders::UnknownKind| Failure::usage(error.to_string()))?;
    Ok(Options::new().kind(kind).parameters(request.parameters.clone()))
}

fn load(request: &mut Request<'_>) -> Result<Api, Failure> {
    let rules = request.rules();
    if request.files.is_some() {
        let (files, read) = files(request);
        return Api::load(Source::Document(&files), &options(request)?.read_file(&read), &rules);
    }
    if request.integration.is_none() && request.settings.is_none() {
        return Err(Failure::usage("give an `api` by its number, the `files` of a document, or an `integration`"));
    }
    // An integration is JSON, or a string with JSON or YAML.
    let text = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned());
    let file = request
        .integration
        .map(|raw| File::new(request.name.clone().unwrap_or_else(|| "integration".to_owned()), text(raw)));
    let settings = request.settings.map(text);
    let source = Source::Integration {
        file: file.as_ref(),
        settings: settings.as_deref(),
        resource: request.resource.as_deref(),
    };
    Api::load(source, &options(request)?, &rules)
}

fn call(request: &mut Request<'_>, payload: Option<&[u8]>) -> Result<Call, Failure> {
    let mut message = request.request.take();
    if let (Some(payload), Some(members)) = (payload.filter(|payload| !payload.is_empty()), message.as_object_mut()) {
        match std::str::from_utf8(payload) {
            Ok(text) => members.insert("body".to_owned(), text.into()),
            Err(_) => {
                members.insert("bodyIsBase64".to_owned(), true.into());
                members.insert("body".to_owned(), input::encode(payload).into())
            }
        };
    }
    Ok(Call {
        request: message,
        api: request.api_name.take(),
        context: request.context.take().unwrap_or_default(),
        stage_variables: input::stage_variables(request.stage_variables.take().unwrap_or_default())?,
        log: request.log,
    })
}
