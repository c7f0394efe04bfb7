//! The protocol: requests in, answers out, and what is kept between them.

use crate::api::{Api, Call, Source, Step};
use crate::check::{check_document, check_template, notes};
use crate::failure::Failure;
use crate::input;
use crate::reference::{explain, reference};
use crate::request::{Command, Id, Named, Request};
use crate::rules::Rules;
use crate::slots::Slots;
use crate::trace::{Written, written};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::Backend;
use vtl::{Globals, OutputMap, ReadPart, Reads, RenderOptions, Rendered, Template};
use vtl_loaders::{File, Options};

/// Templates that are kept compiled although no request named them.
const CACHED: usize = 256;

/// Answers requests, and keeps templates and documents.
///
/// ```
/// let mut session = vtl_data::Session::new();
/// session.answer(br#"{"command": "compile", "template": "$input.path('$.n')"}"#);
/// assert_eq!(
///     session.answer(br#"{"command": "render", "template": 1, "body": {"n": 1.50}}"#),
///     br#"{"output":"1.5","requestOverride":{},"responseOverride":{},"notes":[]}"#,
/// );
/// ```
#[derive(Default)]
pub struct Session {
    templates: HashMap<u64, Kept>,
    apis: HashMap<u64, Api>,
    last: u64,
    cache: HashMap<CacheKey, Template>,
    /// Keys of the cache, oldest first.
    cached: VecDeque<CacheKey>,
}

type CacheKey = (Rules, Option<String>, String);

/// A compiled template with the name that it was given.
struct Kept {
    template: Template,
    name: Option<String>,
    slots: Option<Slots>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The document.
    pub json: Vec<u8>,
    /// The output of a render, if it was asked for apart from the document.
    pub output: Option<String>,
}

/// The result as `vtl render --format json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    request_override: &'a Map<String, Json>,
    response_override: &'a Map<String, Json>,
    notes: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Vec<Written<'a>>>,
}

impl Session {
    /// Creates a session that keeps nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Session::default()
    }

    /// Answers a request; the answer has the request's `id`.
    pub fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        self.respond(request, None).json
    }

    /// Answers a request. With a `payload` (it may be empty) that is the body of a render, and the output
    /// is apart from the document, so that neither is escaped.
    pub fn respond(&mut self, request: &[u8], payload: Option<&[u8]>) -> Answer {
        let mut output = None;
        let (id, answer) = match serde_json::from_slice::<Request<'_>>(request) {
            Ok(parsed) => (parsed.id, self.run(parsed, payload, &mut output)),
            Err(error) => {
                let id = serde_json::from_slice::<Id<'_>>(request).ok().and_then(|it| it.id);
                (id, Err(Failure::Usage(format!("the request cannot be read: {error}"))))
            }
        };
        // An id is a text or a number. Of a list as the request it would be the first item.
        let id = id.filter(|id| !id.get().starts_with(['[', '{']) && request.trim_ascii_start().starts_with(b"{"));
        let json = answer.or_else(|failure| write(&failure.to_json())).unwrap_or_else(|_| b"{}".to_vec());
        Answer { json: with_id(id, json), output }
    }

    fn run(
        &mut self,
        request: Request<'_>,
        payload: Option<&[u8]>,
        output: &mut Option<String>,
    ) -> Result<Vec<u8>, Failure> {
        match request.command {
            Command::Compile => self.compile(request),
            Command::Render => self.render(request, payload, output),
            Command::Check => check(request),
            Command::Load => self.load(request),
            Command::Invoke => self.invoke(request, payload),
            Command::Start => self.start(request, payload),
            Command::Free => self.free(&request),
            Command::Reference => write(&reference()),
            Command::Explain => match &request.code {
                Some(code) => write(&explain(code)?),
                None => Err(Failure::usage("`explain` takes a `code`")),
            },
            Command::Version => write(&json!({"version": env!("CARGO_PKG_VERSION")})),
        }
    }

    fn keep(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn compile(&mut self, mut request: Request<'_>) -> Result<Vec<u8>, Failure> {
        let rules = request.rules();
        let Some(Named::Text(source)) = &request.template else {
            return Err(Failure::usage("`compile` takes the text of a `template`"));
        };
        let template = parse(source, request.name.as_deref(), &rules)?;
        let number = self.keep();
        let found = notes(template.notes(), request.name.as_deref(), template.source());
        let reads = template.reads();
        let slots = Slots::of(&reads);
        let listed = slots.as_ref().map(Slots::to_json);
        self.templates.insert(number, Kept { template, name: request.name, slots });
        write(&json!({"template": number, "reads": to_json(&reads), "slots": listed, "notes": found}))
    }

    fn render(
        &mut self,
        mut request: Request<'_>,
        payload: Option<&[u8]>,
        output: &mut Option<String>,
    ) -> Result<Vec<u8>, Failure> {
        let rules = request.rules();
        let template = match request.template.take() {
            Some(Named::Number(number)) => {
                let kept = self.templates.get(&number);
                let kept = kept.ok_or_else(|| Failure::Usage(format!("there is no template {number}")))?;
                request.name.clone_from(&kept.name);
                kept.template.clone()
            }
            Some(Named::Text(source)) => self.cached(&source, request.name.clone(), rules)?,
            None => return Err(Failure::usage("`render` takes a `template`: its text, or its number")),
        };
        let body = match payload {
            Some(payload) => Cow::Borrowed(payload),
            None => input::payload(request.body, request.body_is_base64)?,
        };
        let globals = request.input().globals(body)?;
        let name = request.name.as_deref();
        let is_apart = payload.is_some();
        let map = request.trace.then(OutputMap::default);
        let (json, text) = rendered(&template, name, &globals, is_apart, map)?;
        *output = text;
        Ok(json)
    }

    /// Renders a compiled template with the values of its slots, which `compile` lists, and the payload: the
    /// length of the payload, the length of each value, the values, the payload. Lengths have four bytes, the
    /// least first; a parameter that is missing has the length `0xffffffff`.
    ///
    /// The document of an answer without overrides and notes is empty.
    ///
    /// ```
    /// let mut session = vtl_data::Session::new();
    /// let answer = session.answer(br#"{"command": "compile", "template": "$context.stage: $input.body"}"#);
    /// let answer: serde_json::Value = serde_json::from_slice(&answer)?;
    /// assert_eq!(answer["slots"], serde_json::json!([["context", "stage"]]));
    /// let answer = session.render_slots(1, b"\x02\0\0\0\x04\0\0\0prod{}");
    /// assert_eq!(answer.output.as_deref(), Some("prod: {}"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn render_slots(&mut self, template: u64, data: &[u8]) -> Answer {
        let kept = self.templates.get(&template).and_then(|kept| Some((kept, kept.slots.as_ref()?)));
        let answer =
            kept.ok_or_else(|| Failure::Usage(format!("there is no template {template} with slots"))).and_then(
                |(kept, slots)| rendered(&kept.template, kept.name.as_deref(), &slots.globals(data)?, true, None),
            );
        match answer {
            Ok((json, output)) if json == NOTHING_SET.as_bytes() => Answer { json: Vec::new(), output },
            Ok((json, output)) => Answer { json, output },
            Err(failure) => Answer { json: write(&failure.to_json()).unwrap_or_default(), output: None },
        }
    }

    /// Returns a template that is compiled once for all renders with the same text and rules.
    fn cached(&mut self, source: &str, name: Option<String>, rules: Rules) -> Result<Template, Failure> {
        let key = (rules, name, source.to_owned());
        if let Some(template) = self.cache.get(&key) {
            return Ok(template.clone());
        }
        let template = parse(source, key.1.as_deref(), &key.0)?;
        if self.cached.len() >= CACHED
            && let Some(oldest) = self.cached.pop_front()
        {
            self.cache.remove(&oldest);
        }
        self.cached.push_back(key.clone());
        self.cache.insert(key, template.clone());
        Ok(template)
    }

    fn load(&mut self, mut request: Request<'_>) -> Result<Vec<u8>, Failure> {
        let api = load(&mut request)?;
        let number = self.keep();
        let mut document = api.to_json();
        if let Json::Object(members) = &mut document {
            members.shift_insert(0, "api".to_owned(), number.into());
        }
        self.apis.insert(number, api);
        write(&document)
    }

    fn invoke(&mut self, mut request: Request<'_>, payload: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        let call = call(&mut request, payload)?;
        let mut replay = request.backend.take();
        let backend = replay.as_mut().map(|replay| replay as &mut dyn Backend);
        match request.api {
            Some(number) => write(&self.api(number)?.invoke(&call, backend)?),
            None => write(&load(&mut request)?.invoke(&call, backend)?),
        }
    }

    fn start(&mut self, mut request: Request<'_>, payload: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
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
        self.apis.get(&number).ok_or_else(|| Failure::Usage(format!("there is no API {number}")))
    }

    fn free(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Failure> {
        let freed = match (&request.template, request.api) {
            (Some(Named::Number(number)), None) => self.templates.remove(number).is_some(),
            (None, Some(number)) => self.apis.remove(&number).is_some(),
            _ => return Err(Failure::usage("`free` takes the number of a `template` or of an `api`")),
        };
        write(&json!({"freed": freed}))
    }
}

fn parse(source: &str, name: Option<&str>, rules: &Rules) -> Result<Template, Failure> {
    let mut options = rules.parse_options()?;
    if let Some(name) = name {
        options = options.name(name);
    }
    Template::parse_with(source, &options).map_err(|error| Failure::template(&error, name, source))
}

/// The document of a render without overrides and notes, apart from its output.
const NOTHING_SET: &str = r#"{"requestOverride":{},"responseOverride":{},"notes":[]}"#;

/// Renders; returns the document, and the output if it is apart.
fn rendered(
    template: &Template,
    name: Option<&str>,
    globals: &Globals<'_>,
    is_apart: bool,
    mut map: Option<OutputMap>,
) -> Result<(Vec<u8>, Option<String>), Failure> {
    let options = map.as_mut().map_or_else(RenderOptions::new, |map| RenderOptions::new().probe(map));
    let Rendered { text, overrides, notes: found, .. } =
        template.render_with(globals, options).map_err(|error| Failure::template(&error, name, template.source()))?;
    let nothing_set = overrides.request.is_empty() && overrides.response.is_empty();
    if is_apart && map.is_none() && nothing_set && found.is_empty() && template.notes().is_empty() {
        return Ok((NOTHING_SET.into(), Some(text)));
    }
    let mut all = template.notes().to_vec();
    all.extend(found);
    all.sort_by_key(|note| note.span.start);
    let json = write(&RenderReport {
        output: (!is_apart).then_some(text.as_str()),
        request_override: &overrides.request,
        response_override: &overrides.response,
        notes: &notes(&all, name, template.source()),
        trace: map.map(|map| {
            written(template.source(), &text, &map.pieces(text.len()), |span| {
                let location = Location::of(span, template.source());
                match name {
                    Some(name) => location.in_file(name),
                    None => location,
                }
            })
        }),
    })?;
    Ok((json, is_apart.then_some(text)))
}

/// Returns what a template reads: `true` for all of it, else the members with the part of each.
fn to_json(reads: &Reads) -> Json {
    fn json(part: &ReadPart) -> Json {
        match part {
            ReadPart::Members(members) => {
                members.iter().map(|(name, part)| (name.to_string(), json(part))).collect::<Map<_, _>>().into()
            }
            _ => true.into(),
        }
    }
    let (params, context, variables) = (json(&reads.params), json(&reads.context), json(&reads.stage_variables));
    json!({"params": params, "context": context, "stageVariables": variables})
}

fn check(mut request: Request<'_>) -> Result<Vec<u8>, Failure> {
    let rules = request.rules();
    match (&request.template, &request.files) {
        (Some(Named::Text(source)), None) => write(&check_template(source, request.name.as_deref(), &rules)?),
        (None, Some(_)) => {
            let (files, read) = files(&mut request);
            write(&check_document(&files, &options(&request)?.read_file(&read)))
        }
        _ => Err(Failure::usage("`check` takes the text of a `template`, or the `files` of a document")),
    }
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

fn write(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::Usage(format!("cannot write the answer: {error}")))
}

/// Adds the id as the first member of a document.
fn with_id(id: Option<&RawValue>, json: Vec<u8>) -> Vec<u8> {
    let Some(id) = id else { return json };
    let mut whole = format!("{{\"id\":{}", id.get()).into_bytes();
    let members = json.get(1..).unwrap_or_default();
    if members != b"}" {
        whole.push(b',');
    }
    whole.extend_from_slice(members);
    whole
}
