//! The protocol: requests in, answers out, and the templates that are kept between them.

#[cfg(feature = "documents")]
use crate::documents::Documents;
use crate::failure::Failure;
use crate::input;
use crate::note::notes;
use crate::request::{Command, Id, Named, Request, check_request};
use crate::rules::Rules;
use crate::slots::Slots;
use crate::trace::{Written, written};
use crate::write::write;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use vtl::diagnostic::{Diagnostic, Lines};
use vtl::{OutputMap, ReadPart, Reads, RenderOptions, Rendered, Template};

/// Templates that are kept compiled although no request named them.
const CACHED: usize = 256;

/// Bytes that their texts may have together: compiled they may take twenty times as much.
const CACHED_BYTES: usize = 4 << 20;

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
    #[cfg(feature = "documents")]
    documents: Documents,
    last: u64,
    cache: HashMap<CacheKey, Template>,
    /// Keys of the cache, oldest first.
    cached: VecDeque<CacheKey>,
    /// Bytes of the texts in the cache.
    cached_bytes: usize,
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
        let (id, answer) = match read(request) {
            Ok(Request { id: Some(id), .. }) if id.get().starts_with(['[', '{']) => {
                (None, Err(Failure::usage("`id` is a text or a number")))
            }
            Ok(parsed) => (parsed.id, self.run(parsed, payload, &mut output)),
            Err(failure) => (serde_json::from_slice::<Id<'_>>(request).ok().and_then(|it| it.id), Err(failure)),
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
        request.check_names()?;
        match request.command {
            Command::Compile => self.compile(request),
            Command::Render => self.render(request, payload, output),
            Command::Free => self.free(&request),
            Command::Version => write(&json!({"version": env!("CARGO_PKG_VERSION")})),
            #[cfg(feature = "documents")]
            Command::Load => {
                let number = self.keep();
                self.documents.load(request, number)
            }
            #[cfg(feature = "documents")]
            _ => self.documents.answer(request, payload),
            #[cfg(not(feature = "documents"))]
            _ => Err(Failure::usage("this module renders templates only; the whole one answers this command")),
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
        let mut map = request.trace.then(OutputMap::default);
        let options = map.as_mut().map_or_else(RenderOptions::new, |map| RenderOptions::new().probe(map));
        let rendered = template.render_with(&globals, options);
        let (json, text) = report(&template, name, rendered, is_apart, map)?;
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
        let answer = match self.templates.get_mut(&template) {
            Some(Kept { template, name, slots: Some(slots) }) => slots.read(data).and_then(|payload| {
                let rendered = slots.render_bytes(template, payload);
                report(template, name.as_deref(), rendered, true, None)
            }),
            _ => Err(Failure::Usage(format!("there is no template {template} with slots"))),
        };
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
        self.cached_bytes += source.len();
        while self.cached.len() >= CACHED || self.cached_bytes > CACHED_BYTES {
            let Some(oldest) = self.cached.pop_front() else { break };
            self.cached_bytes -= oldest.2.len();
            self.cache.remove(&oldest);
        }
        self.cached.push_back(key.clone());
        self.cache.insert(key, template.clone());
        Ok(template)
    }

    fn free(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Failure> {
        let freed = match (&request.template, request.api) {
            (Some(Named::Number(number)), None) => self.templates.remove(number).is_some(),
            #[cfg(feature = "documents")]
            (None, Some(number)) => self.documents.free(number),
            _ => return Err(Failure::usage("`free` takes the number of a `template` or of an `api`")),
        };
        write(&json!({"freed": freed}))
    }
}

/// Reads a request.
fn read(request: &[u8]) -> Result<Request<'_>, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::Usage(format!("the request cannot be read: {error}"));
    let text = std::str::from_utf8(request).map_err(|error| unreadable(&error))?;
    check_request(text)?;
    serde_json::from_str(text).map_err(|error| unreadable(&error))
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

/// Reports a render; returns the document, and the output if it is apart.
fn report(
    template: &Template,
    name: Option<&str>,
    rendered: Result<Rendered, vtl::Error>,
    is_apart: bool,
    map: Option<OutputMap>,
) -> Result<(Vec<u8>, Option<String>), Failure> {
    let Rendered { text, overrides, notes: found, .. } =
        rendered.map_err(|error| Failure::template(&error, name, template.source()))?;
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
            let lines = Lines::new(template.source());
            written(template.source(), &text, &map.pieces(text.len()), |span| {
                let location = lines.location(template.source(), span);
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
