//! One call: what stands around it, and what is found out on the way.
//!
//! Nothing is taken from the machine: the clock and the ids are given, so the same input gives the
//! same messages and the same log.

use crate::diagnostic::Code;
use crate::host::{Globals, Overrides, Params};
use crate::note::Note;
use crate::pipeline::call::log::Log;
use crate::pipeline::call::refusal::Refusal;
use crate::pipeline::message::integration::MethodRequest;
use crate::pipeline::model::table::Table;
use crate::span::Span;
use crate::value::text;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// The surroundings of one call (context, stage variables, clock, ids), its log and its notes.
///
/// ```
/// use vtl::pipeline::Invocation;
/// let invocation = Invocation::new()
///     .context(serde_json::json!({"apiId": "a1", "stage": "prod"}))
///     .stage_variables([("host", "backend.test")])
///     .request_id("r-1");
/// assert_eq!(invocation.log.lines().count(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Invocation {
    /// What was done, in the service's words.
    pub log: Log,
    /// What was swallowed, and why a call was refused.
    pub notes: Vec<CallNote>,
    pub(crate) context: Json,
    pub(crate) stage_variables: Table<String>,
    now: SystemTime,
    request_id: Option<String>,
    keeps_log: bool,
    /// What the templates have overridden so far: it lives on into the response (aws-observed 6.3, R).
    pub(crate) overrides: Overrides,
    /// The data of the templates but for the body: the surroundings as soon as they are given, the parameters
    /// with the first render. Away while a template is rendered.
    globals: Option<Globals<'static>>,
    has_params: bool,
    /// Names in the context that only the current call put there.
    known: Vec<&'static str>,
}

impl Default for Invocation {
    fn default() -> Self {
        Invocation::new()
    }
}

impl Invocation {
    /// A call with an empty context at the beginning of 1970.
    #[must_use]
    pub fn new() -> Self {
        Invocation {
            log: Log::default(),
            notes: Vec::new(),
            context: Json::Object(serde_json::Map::new()),
            stage_variables: Table::new(),
            now: UNIX_EPOCH,
            request_id: None,
            keeps_log: true,
            overrides: Overrides::default(),
            globals: None,
            has_params: false,
            known: Vec::new(),
        }
    }

    /// What `$context` holds: an object.
    #[must_use]
    pub fn context(mut self, context: Json) -> Self {
        self.context = context;
        let globals = self.globals.take().unwrap_or_default();
        self.globals = Some(globals.context(self.context.clone()));
        self
    }

    /// What `$stageVariables` holds.
    #[must_use]
    pub fn stage_variables<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.stage_variables = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        let pairs = self.stage_variables.iter().map(|(name, value)| (name.to_owned(), value.clone()));
        self.globals = Some(self.globals.take().unwrap_or_default().stage_variables(pairs));
        self
    }

    /// The time of the call.
    #[must_use]
    pub fn clock(mut self, now: SystemTime) -> Self {
        self.now = now;
        self.globals = Some(self.globals.take().unwrap_or_default().clock(now));
        self
    }

    /// The id of the call, from which every other id is made; otherwise the context's, otherwise that of the console's test.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Keeps no log: printing every message takes longer than a small template.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Prepared};
    /// let mut invocation = Invocation::new().without_log();
    /// Prepared::new(&Api::default(), &Method::default()).invoke(&MethodRequest::new("GET", "/"), None, &mut invocation);
    /// assert_eq!(invocation.log.lines().count(), 0);
    /// ```
    #[must_use]
    pub fn without_log(mut self) -> Self {
        self.keeps_log = false;
        self
    }

    pub(crate) fn id(&self) -> &str {
        let given = self.request_id.as_deref().or_else(|| self.context.get("requestId").and_then(Json::as_str));
        given.unwrap_or("test-invoke-request")
    }

    /// The value of `x-amz-apigw-id`.
    pub(crate) fn extended_id(&self) -> String {
        let given = self.context.get("extendedRequestId").and_then(Json::as_str);
        given.map_or_else(
            || crate::pipeline::message::media::encode(&self.bits("extended").to_be_bytes()),
            str::to_owned,
        )
    }

    /// A text of the context by its JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.context.pointer(pointer).and_then(Json::as_str)
    }

    /// The time of the call as a common log has it.
    pub(crate) fn request_time(&self) -> String {
        crate::pipeline::call::log::common_log_time(self.now)
    }

    pub(crate) fn epoch_millis(&self) -> u64 {
        let since = self.now.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Puts a value into the context for this call, unless it has one of that name: what the gateway itself knows of it.
    pub(crate) fn know(&mut self, name: &'static str, value: &str) {
        let Some(members) = self.context.as_object_mut() else { return };
        if !members.contains_key(name) {
            members.insert(name.to_owned(), value.into());
            self.known.push(name);
            let globals = self.globals.take().unwrap_or_default();
            self.globals = Some(globals.context(self.context.clone()));
        }
    }

    pub(crate) fn api_id(&self) -> Option<&str> {
        self.context.get("apiId").and_then(Json::as_str)
    }

    /// The trace of a call: what the client sent of it is kept, the rest is made
    /// (aws-observed 10.11, R).
    pub(crate) fn trace_id(&self, client: Option<&str>) -> String {
        let part = |key: &str| {
            let mut parts = client.unwrap_or_default().split(';').filter_map(|part| part.trim().split_once('='));
            parts.find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.to_owned())
        };
        let seconds = self.now.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()) & 0xffff_ffff;
        let unique = format!("{:016x}{:016x}", self.bits("root"), self.bits("root2"));
        let root = part("Root").unwrap_or_else(|| format!("1-{seconds:08x}-{}", &unique[..24]));
        let parent = part("Parent").unwrap_or_else(|| format!("{:016x}", self.bits("parent")));
        let sampled = part("Sampled").unwrap_or_else(|| "0".to_owned());
        format!("Root={root};Parent={parent};Sampled={sampled}")
    }

    /// 64 bits made of the call's id (FNV-1a): not random, so that calls repeat.
    fn bits(&self, salt: &str) -> u64 {
        let bytes = self.id().bytes().chain(salt.bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// A line of the log; its parts are not even printed when nobody keeps one.
    pub(crate) fn say(&mut self, text: fmt::Arguments<'_>) {
        if self.keeps_log {
            self.log.line(self.now, text);
        }
    }

    /// A new call in the same surroundings.
    pub(crate) fn begin(&mut self) -> String {
        let id = self.id().to_owned();
        self.log.start(&id);
        self.notes.clear();
        self.has_params = false;
        if let (Some(members), false) = (self.context.as_object_mut(), self.known.is_empty()) {
            for name in self.known.drain(..) {
                members.remove(name);
            }
            self.globals = self.globals.take().map(|globals| globals.context(self.context.clone()));
        }
        if self.overrides != Overrides::default() {
            self.overrides = Overrides::default();
            self.globals = self.globals.take().map(|globals| globals.overrides(Overrides::default()));
        }
        id
    }

    pub(crate) fn note(&mut self, step: Step, code: Code, detail: impl Into<String>) {
        self.notes.push(CallNote { step, code, detail: detail.into(), span: None });
    }

    pub(crate) fn note_render(&mut self, step: Step, notes: Vec<Note>) {
        let notes = notes.into_iter();
        self.notes.extend(notes.map(|n| CallNote { step, code: n.code, detail: n.detail, span: Some(n.span) }));
    }

    pub(crate) fn note_refusal(&mut self, step: Step, refusal: &Refusal) {
        let cause = &refusal.cause;
        let note = CallNote { step, code: cause.code(), detail: cause.detail().to_owned(), span: cause.span() };
        self.notes.push(note);
    }

    /// The data of the templates, with a body; give it back with [`put_back`](Invocation::put_back).
    pub(crate) fn take_globals<'a>(&mut self, request: &MethodRequest, body: &'a [u8]) -> Globals<'a> {
        let mut globals = self.globals.take().unwrap_or_default();
        if !self.has_params {
            globals.params = params(request);
            self.has_params = true;
        }
        let globals = Globals { body: text::from_bytes(body), ..globals };
        if self.overrides == Overrides::default() { globals } else { globals.overrides(self.overrides.clone()) }
    }

    pub(crate) fn put_back(&mut self, globals: Globals<'_>) {
        let Globals { body: _, params, context, stage_variables, variables, clock, from_request } = globals;
        let body = Cow::Borrowed("");
        self.globals = Some(Globals { body, params, context, stage_variables, variables, clock, from_request });
    }
}

fn params(request: &MethodRequest) -> Params {
    let mut params = Params::new();
    for (name, value) in request.path_parameters.iter() {
        params = params.path(name, value);
    }
    for (name, values) in request.querystring.iter() {
        if let Some(last) = values.last() {
            params = params.query(name, last);
        }
    }
    for (name, value) in request.headers.iter() {
        params = params.header(name, value);
    }
    params
}

/// The step of a call that something was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// The checks before the integration.
    Validation,
    /// From the client's request to the backend's.
    Request,
    /// The backend.
    Backend,
    /// From the backend's answer to the client's.
    Response,
}

/// Something swallowed, or the reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallNote {
    /// Where in the call.
    pub step: Step,
    /// What kind.
    pub code: Code,
    /// What exactly.
    pub detail: String,
    /// Where in the step's template, if it was there.
    pub span: Option<Span>,
}

impl serde::Serialize for CallNote {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut row = serializer.serialize_struct("CallNote", 4)?;
        row.serialize_field("step", &self.step)?;
        row.serialize_field("code", &self.code)?;
        row.serialize_field("detail", &self.detail)?;
        row.serialize_field("span", &self.span)?;
        row.end()
    }
}
