//! The surroundings of one call, and what the call records.
//!
//! The caller gives the clock and the ids, so equal input gives equal messages and an equal log.

use super::choice::Choice;
use super::log::Log;
use super::note::{CallNote, Step};
use super::probe::CallProbe;
use super::refusal::Refusal;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::host::{Globals, Overrides, Params};
use crate::note::Note;
use crate::options::RenderOptions;
use crate::pipeline::message::{MethodRequest, media};
use crate::pipeline::model::Table;
use crate::template::Template;
use crate::value::text;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// The surroundings of one call (context, stage variables, clock, ids), its log and its notes.
///
/// May serve one call after another: each starts with an empty log and without notes. A clone has no
/// probe.
///
/// ```
/// use vtl::pipeline::Invocation;
/// let invocation = Invocation::new()
///     .context(serde_json::json!({"apiId": "a1", "stage": "prod"}))
///     .stage_variables([("host", "backend.test")])
///     .request_id("r-1");
/// assert_eq!(invocation.log.lines().count(), 0);
/// ```
pub struct Invocation<'p> {
    /// Execution log in the service's words.
    pub log: Log,
    /// Problems that were ignored, and the reason of a refusal.
    pub notes: Vec<CallNote>,
    /// Templates and responses that the call has selected so far, in order.
    pub choices: Vec<Choice>,
    pub(crate) context: Json,
    pub(crate) stage_variables: Table<String>,
    now: SystemTime,
    request_id: Option<String>,
    keeps_log: bool,
    /// Overrides that templates have set; those of the request live on into the response
    /// (aws-observed 6.3, R).
    pub(crate) overrides: Overrides,
    /// Data of the templates without the body: the surroundings once they are given, the parameters
    /// from the first render on. `None` while a template renders.
    globals: Option<Globals<'static>>,
    has_params: bool,
    /// Names in the context that the current call added.
    added: Vec<&'static str>,
    probe: Option<&'p mut dyn CallProbe>,
}

impl Clone for Invocation<'_> {
    fn clone(&self) -> Self {
        Invocation {
            log: self.log.clone(),
            notes: self.notes.clone(),
            choices: self.choices.clone(),
            context: self.context.clone(),
            stage_variables: self.stage_variables.clone(),
            now: self.now,
            request_id: self.request_id.clone(),
            keeps_log: self.keeps_log,
            overrides: self.overrides.clone(),
            globals: self.globals.clone(),
            has_params: self.has_params,
            added: self.added.clone(),
            probe: None,
        }
    }
}

impl fmt::Debug for Invocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("context", &self.context)
            .field("log", &self.log)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl Default for Invocation<'_> {
    fn default() -> Self {
        Invocation::new()
    }
}

impl<'p> Invocation<'p> {
    /// Creates the surroundings of a call with an empty context at the beginning of 1970.
    #[must_use]
    pub fn new() -> Self {
        Invocation {
            log: Log::default(),
            notes: Vec::new(),
            choices: Vec::new(),
            context: Json::Object(serde_json::Map::new()),
            stage_variables: Table::new(),
            now: UNIX_EPOCH,
            request_id: None,
            keeps_log: true,
            overrides: Overrides::default(),
            globals: None,
            has_params: false,
            added: Vec::new(),
            probe: None,
        }
    }

    /// Sets `$context`, a JSON object.
    #[must_use]
    pub fn context(mut self, context: Json) -> Self {
        self.context = context;
        let globals = self.globals.take().unwrap_or_default();
        self.globals = Some(globals.context(self.context.clone()));
        self
    }

    /// Sets `$stageVariables`.
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

    /// Sets the time of the call.
    #[must_use]
    pub fn clock(mut self, now: SystemTime) -> Self {
        self.now = now;
        self.globals = Some(self.globals.take().unwrap_or_default().clock(now));
        self
    }

    /// Sets the id of the call, from which all other ids are derived. By default it is
    /// `$context.requestId`, else that of the console's test.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Turns the log off: printing every message takes longer than a small template.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
    /// let mut invocation = Invocation::new().without_log();
    /// PreparedApi::new(&Api::default()).handle(MethodRequest::new("GET", "/"), None, &mut invocation);
    /// assert_eq!(invocation.log.lines().count(), 0);
    /// ```
    #[must_use]
    pub fn without_log(mut self) -> Self {
        self.keeps_log = false;
        self
    }

    /// Sets a probe that watches the renders of the calls.
    ///
    /// See [`CallProbe`] for an example.
    #[must_use]
    pub fn probe(mut self, probe: &'p mut dyn CallProbe) -> Self {
        self.probe = Some(probe);
        self
    }

    pub(crate) fn id(&self) -> &str {
        let given = self.request_id.as_deref().or_else(|| self.context.get("requestId").and_then(Json::as_str));
        given.unwrap_or("test-invoke-request")
    }

    /// Returns the value of `x-amz-apigw-id`.
    pub(crate) fn extended_id(&self) -> String {
        let given = self.context.get("extendedRequestId").and_then(Json::as_str);
        given.map_or_else(|| media::encode(&self.bits("extended").to_be_bytes()), str::to_owned)
    }

    /// Returns a text of the context by its JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.context.pointer(pointer).and_then(Json::as_str)
    }

    /// Returns the time of the call in the common log format.
    pub(crate) fn request_time(&self) -> String {
        super::log::common_log_time(self.now)
    }

    pub(crate) fn epoch_millis(&self) -> u64 {
        let since = self.now.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Adds values to the context for this call, unless it has some of that name.
    pub(crate) fn add_to_context(&mut self, values: &[(&'static str, Option<String>)]) {
        let Some(members) = self.context.as_object_mut() else { return };
        let before = self.added.len();
        for (name, value) in values {
            if let (Some(value), false) = (value, members.contains_key(*name)) {
                members.insert((*name).to_owned(), value.as_str().into());
                self.added.push(name);
            }
        }
        if self.added.len() > before {
            let globals = self.globals.take().unwrap_or_default();
            self.globals = Some(globals.context(self.context.clone()));
        }
    }

    pub(crate) fn api_id(&self) -> Option<&str> {
        self.context.get("apiId").and_then(Json::as_str)
    }

    /// Returns the trace header of the call: parts that the client sent are kept, the rest is derived
    /// from the id (aws-observed 10.11, R).
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

    /// Returns the trace header of an event: that of the call, but the root alone if the client sent none
    /// (aws-observed 18.9, R).
    pub(crate) fn event_trace_id(&self, client: Option<&str>) -> String {
        let whole = self.trace_id(client);
        match (client, whole.split_once(';')) {
            (None, Some((root, _))) => root.to_owned(),
            _ => whole,
        }
    }

    /// Derives 64 bits from the id of the call (FNV-1a); not random, so that calls are reproducible.
    fn bits(&self, salt: &str) -> u64 {
        let bytes = self.id().bytes().chain(salt.bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// Adds a line to the log; formats nothing if the log is off.
    pub(crate) fn say(&mut self, text: fmt::Arguments<'_>) {
        if self.keeps_log {
            self.log.line(self.now, text);
        }
    }

    /// Starts a new call in these surroundings and returns its id.
    pub(crate) fn begin(&mut self) -> String {
        let id = self.id().to_owned();
        self.log.start(&id);
        self.notes.clear();
        self.choices.clear();
        self.has_params = false;
        if let (Some(members), false) = (self.context.as_object_mut(), self.added.is_empty()) {
            for name in self.added.drain(..) {
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
        self.notes.push(CallNote { step, code, detail: detail.into(), template: None, span: None });
    }

    fn note_render(&mut self, step: Step, template: &str, notes: Vec<Note>) {
        let note = |n: Note| CallNote {
            step,
            code: n.code,
            detail: n.detail,
            template: Some(template.to_owned()),
            span: Some(n.span),
        };
        self.notes.extend(notes.into_iter().map(note));
    }

    pub(crate) fn note_refusal(&mut self, step: Step, refusal: &Refusal) {
        let cause = &refusal.cause;
        self.notes.push(CallNote {
            step,
            code: cause.code(),
            detail: cause.detail().to_owned(),
            template: refusal.template.clone(),
            span: cause.span(),
        });
    }

    /// Renders a template of either phase; its overrides and notes stay here.
    pub(crate) fn render(
        &mut self,
        step: Step,
        name: &str,
        template: &Template,
        request: &MethodRequest,
        body: &[u8],
    ) -> Result<String, Error> {
        let globals = self.take_globals(request, body);
        let probe = self.probe.as_deref_mut().and_then(|probe| probe.template(name));
        let rendered = match probe {
            None => template.render(&globals),
            Some(probe) => template.render_with(&globals, RenderOptions::new().probe(probe)),
        };
        self.put_back(globals);
        let rendered = rendered?;
        self.overrides = rendered.overrides;
        self.note_render(step, name, rendered.notes);
        Ok(rendered.text)
    }

    /// Takes the data of the templates, with a body; [`put_back`](Invocation::put_back) returns it.
    fn take_globals<'a>(&mut self, request: &MethodRequest, body: &'a [u8]) -> Globals<'a> {
        let mut globals = self.globals.take().unwrap_or_default();
        if !self.has_params {
            globals.params = params(request);
            self.has_params = true;
        }
        let globals = Globals { body: text::from_bytes(body), ..globals };
        if self.overrides == Overrides::default() { globals } else { globals.overrides(self.overrides.clone()) }
    }

    fn put_back(&mut self, globals: Globals<'_>) {
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
