//! The surroundings of one call, and what the call records.
//!
//! The caller gives the clock and the ids, so equal input gives equal messages and an equal log.

use super::authorizer::Authorizer;
use super::choice::Choice;
use super::context::{self, Arrival, Filled, Stamp, Wanted};
use super::log::Log;
use super::note::{CallNote, Step};
use super::prepared::Chosen;
use super::probe::CallProbe;
use super::refusal::Refusal;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::host::{Globals, Overrides, Params};
use crate::limits::Limits;
use crate::note::Note;
use crate::options::RenderOptions;
use crate::pipeline::message::headers::is_broken;
use crate::pipeline::message::{Headers, MethodRequest, media};
use crate::pipeline::model::{Api, ApiKeySource, Table};
use crate::value::datum::Members;
use crate::value::{Datum, text};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
    /// `$context` as the caller gave it.
    given: Arc<Json>,
    /// The variables of REST APIs that it has, but for `identity`, to which a call adds.
    given_names: Wanted,
    /// Its members as data of templates.
    given_members: Members,
    /// `$context` of the current call.
    pub(crate) context: Arc<Json>,
    authorizer: Option<Authorizer>,
    /// Refusal of the authorizer, which the validation step takes.
    denied: Option<Refusal>,
    pub(crate) stage_variables: Table<String>,
    now: SystemTime,
    /// Id of the call that was given by itself.
    request_id: Option<String>,
    /// Id of the call in the context that was given.
    context_id: Option<String>,
    keeps_log: bool,
    /// Overrides that templates have set; those of the request live on into the response
    /// (aws-observed 6.3, R).
    pub(crate) overrides: Overrides,
    /// Data of the templates without the body: the surroundings once they are given, the parameters
    /// from the first render on. `None` while a template renders.
    globals: Option<Globals<'static>>,
    has_params: bool,
    /// The context lacks variables that the call does not want.
    is_partial: bool,
    probe: Option<&'p mut dyn CallProbe>,
    cancel: Option<&'p (dyn Fn() -> bool + Sync)>,
    spent: Spent,
}

/// Id of the console's test.
const TEST_ID: &str = "test-invoke-request";

/// Resources that the steps of the current call have used.
#[derive(Clone, Copy, Default)]
struct Spent {
    steps: u64,
    time: Duration,
}

impl Clone for Invocation<'_> {
    fn clone(&self) -> Self {
        Invocation {
            log: self.log.clone(),
            notes: self.notes.clone(),
            choices: self.choices.clone(),
            given: Arc::clone(&self.given),
            given_names: self.given_names,
            given_members: self.given_members.clone(),
            context: Arc::clone(&self.context),
            authorizer: self.authorizer.clone(),
            denied: self.denied.clone(),
            stage_variables: self.stage_variables.clone(),
            now: self.now,
            request_id: self.request_id.clone(),
            context_id: self.context_id.clone(),
            keeps_log: self.keeps_log,
            overrides: self.overrides.clone(),
            globals: self.globals.clone(),
            has_params: self.has_params,
            is_partial: self.is_partial,
            probe: None,
            cancel: self.cancel,
            spent: self.spent,
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
        static NONE: LazyLock<Arc<Json>> = LazyLock::new(|| Arc::new(Json::Object(serde_json::Map::new())));
        Invocation {
            log: Log::default(),
            notes: Vec::new(),
            choices: Vec::new(),
            given: Arc::clone(&NONE),
            given_names: Wanted::NONE,
            given_members: Globals::default().context,
            context: Arc::clone(&NONE),
            authorizer: None,
            denied: None,
            stage_variables: Table::new(),
            now: UNIX_EPOCH,
            request_id: None,
            context_id: None,
            keeps_log: true,
            overrides: Overrides::default(),
            globals: None,
            has_params: false,
            is_partial: false,
            probe: None,
            cancel: None,
            spent: Spent::default(),
        }
    }

    /// Sets variables of `$context`, a JSON object. A call adds those that it knows and this lacks.
    ///
    /// The others are fixed, so that equal input gives equal output: the stage `test-invoke-stage` of a REST
    /// API, `$default` of an HTTP API, `prod` of a WebSocket API, and the like.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
    /// let api: Api = serde_json::from_str(r#"{"methods": [{"httpMethod": "GET", "path": "/{id}", "integration": {
    ///     "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
    ///     "responses": {"default": {"statusCode": "200", "responseTemplates": {
    ///         "application/json": "$context.stage $context.path $context.resourcePath $context.apiId"}}}}}]}"#)?;
    /// let mut invocation = Invocation::new().context(serde_json::json!({"stage": "prod"}));
    /// let outcome = PreparedApi::new(&api).handle(MethodRequest::new("GET", "/7"), None, &mut invocation);
    /// assert_eq!(outcome.response.body, b"prod /prod/7 /{id} a1b2c3d4e5");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn context(mut self, context: Json) -> Self {
        self.context_id = context.get("requestId").and_then(Json::as_str).map(str::to_owned);
        self.given_names = context.as_object().map_or(Wanted::NONE, Wanted::given);
        self.given = Arc::new(context);
        self.context = Arc::clone(&self.given);
        if let Json::Object(members) = &*self.given {
            // Without the overrides of a call before.
            let mut globals = Globals::default();
            globals.set_context(members);
            self.given_members = globals.context;
            self.globals.get_or_insert_default().context = self.given_members.clone();
        }
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

    /// Sets the answer of an authorizer, which becomes `$context.authorizer` unless the context has one, and
    /// may refuse the call.
    ///
    /// See [`Authorizer`] for an example.
    #[must_use]
    pub fn authorizer(mut self, authorizer: Authorizer) -> Self {
        self.authorizer = Some(authorizer);
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

    /// Sets a function that ends the work of a call with `V309` once it returns true: a flag that another
    /// thread sets, or a deadline. The call is then refused like one that ran into a limit.
    ///
    /// All steps of a call share the limits of [`PrepareOptions`](super::PrepareOptions), its time too; the
    /// wait for the backend does not count.
    ///
    /// ```
    /// use vtl::Code;
    /// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
    /// let api: Api = serde_json::from_str(r##"{"methods": [{"httpMethod": "GET", "path": "/", "integration": {
    ///     "type": "mock", "requestTemplates": {"application/json":
    ///         "#foreach($i in [1..1000])#foreach($j in [1..1000])x#end#end"}}}]}"##)?;
    /// let is_stopped = || true;
    /// let mut invocation = Invocation::new().cancel_when(&is_stopped);
    /// let outcome = PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut invocation);
    /// assert_eq!((outcome.response.status, invocation.notes[0].code), (500, Code::Cancelled));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn cancel_when(mut self, cancel: &'p (dyn Fn() -> bool + Sync)) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// Returns the steps that the current call has taken so far of its limits.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.spent.steps
    }

    /// Runs a step of the call on what the steps before have left of the limits.
    pub(crate) fn within<T>(
        &mut self,
        limits: &Limits,
        step: impl FnOnce(&mut Self, &Budget<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let Spent { steps, time } = self.spent;
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mut left = limits.clone();
        left = left.with_steps(limits.steps().map(|most| most.saturating_sub(steps)));
        left = left.with_time(limits.time().map(|most| most.saturating_sub(millis)));
        // Without a limit the time is not asked for: there may be no clock.
        let start = left.time().filter(|_| !cfg!(all(target_family = "wasm", target_os = "unknown")));
        let start = start.map(|_| Instant::now());
        let cancel = self.cancel;
        let is_cancelled = || cancel.is_some_and(|cancel| cancel());
        let mut budget = Budget::new(&left);
        if cancel.is_some() {
            budget = budget.cancel_when(&is_cancelled);
        }
        let done = step(self, &budget);
        self.spent.steps = steps.saturating_add(budget.steps());
        self.spent.time = time.saturating_add(start.map_or(Duration::ZERO, |start| start.elapsed()));
        match budget.check() {
            // A limit is never swallowed, whatever the step made of it.
            Err(error) if done.is_ok() => Err(Refusal::configuration(error)),
            _ => done,
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.request_id.as_deref().or(self.context_id.as_deref()).unwrap_or(TEST_ID)
    }

    /// Returns the value of `x-amz-apigw-id`.
    pub(crate) fn extended_id(&self) -> String {
        let given = self.given.get("extendedRequestId").and_then(Json::as_str);
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

    /// Fills the context for a call, and checks the answer of the authorizer.
    pub(crate) fn arrive(&mut self, arrival: &Arrival<'_>) {
        // The ends of a connection and its messages were let in when it was opened.
        let checked = arrival.event_type.is_none_or(|kind| kind == "CONNECT");
        let wanted = if self.probe.is_some() { Wanted::ALL } else { arrival.wanted };
        if !self.given.is_object() {
            return;
        }
        let is_open = self.authorizer.is_none() && arrival.method.is_some_and(|method| !method.api_key_required);
        if is_open && wanted != Wanted::ALL && self.given_names.has_all(wanted) {
            self.is_partial = true;
            self.globals.get_or_insert_default().context = self.given_members.clone();
            self.context = Arc::clone(&self.given);
            return;
        }
        let Filled { context, decision, lacks_api_key } = self.filled(&Arrival { wanted, ..*arrival });
        self.denied = decision.err().filter(|_| checked);
        self.is_partial = wanted != Wanted::ALL;
        self.globals.get_or_insert_default().set_context(&context);
        self.context = Arc::new(context.into());
        if lacks_api_key && checked {
            let detail = "the method needs an API key and the request has none: the service answers 403 Forbidden";
            self.note(Step::Authorization, Code::NoApiKey, detail);
            let help = match arrival.api.api_key_source {
                Some(ApiKeySource::Authorizer) => "the answer of the authorizer names it as usageIdentifierKey",
                _ => "add the header X-API-Key",
            };
            if let Some(note) = self.notes.last_mut() {
                note.help = Some(help.to_owned());
            }
        }
    }

    fn filled(&self, arrival: &Arrival<'_>) -> Filled {
        let none = serde_json::Map::new();
        let stamp = Stamp {
            id: self.id(),
            extended_id: &|| self.extended_id(),
            // All calls of a connection share it.
            connection_id: &|| media::encode(&hash(SEED, "connection").to_be_bytes()),
            message_id: &|| media::encode(&self.bits("message").to_be_bytes()),
            time: &|| self.request_time(),
            millis: self.epoch_millis(),
        };
        context::fill(self.given.as_object().unwrap_or(&none), arrival, self.authorizer.as_ref(), &stamp)
    }

    /// Fills the variables of the context that the call did not want when it arrived, as the gateway's own answer
    /// may show any.
    pub(crate) fn fill_rest(&mut self, arrival: &Arrival<'_>) {
        if !std::mem::take(&mut self.is_partial) {
            return;
        }
        let mut context = self.filled(arrival).context;
        for (name, value) in self.context.as_object().into_iter().flatten() {
            context.entry(name).or_insert_with(|| value.clone());
        }
        self.context = Arc::new(context.into());
    }

    /// Adds what the answer of the backend adds to the context: the ids of the request at an AWS service.
    pub(crate) fn answered(&mut self, headers: &Headers) {
        let id = ["x-amzn-RequestId", "x-amz-request-id"].iter().find_map(|name| headers.get(name));
        let ids = [("awsEndpointRequestId", id), ("awsEndpointRequestId2", headers.get("x-amz-id-2"))];
        for (name, id) in ids {
            let Some(id) = id.filter(|_| self.context.get(name).is_none()) else { continue };
            let Json::Object(context) = Arc::make_mut(&mut self.context) else { return };
            context.insert(name.to_owned(), id.into());
            self.globals.get_or_insert_default().set_context(context);
        }
    }

    /// Returns the refusal of the authorizer, once.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn check_authorizer(&mut self) -> Result<(), Refusal> {
        match self.denied.take() {
            None => Ok(()),
            Some(refusal) => {
                self.note_refusal(Step::Authorization, &refusal);
                Err(refusal)
            }
        }
    }

    /// Returns the authorizer of an event of an HTTP API: that of the context, else the answer in the form of
    /// the format.
    pub(crate) fn event_authorizer(&self, version: &str) -> Option<Json> {
        let given = self.given.get("authorizer").filter(|value| !value.is_null()).cloned();
        given.or_else(|| self.authorizer.as_ref()?.event(version))
    }

    /// Returns a text of the context that the caller gave.
    pub(crate) fn given_text(&self, name: &str) -> Option<&str> {
        self.given.get(name).and_then(Json::as_str)
    }

    /// Returns `$context.apiId` of a call to an API.
    pub(crate) fn api_id<'a>(&'a self, api: &'a Api, headers: &'a Headers) -> Option<&'a str> {
        match self.given.as_object()?.get("apiId").filter(|id| !id.is_null()) {
            Some(given) => given.as_str(),
            None => Some(context::api_id(api, headers)),
        }
    }

    /// Returns the trace header of the call: parts that the client sent are kept, the rest is derived
    /// from the id (aws-observed 10.11, R).
    pub(crate) fn trace_id(&self, client: Option<&str>) -> String {
        let part = |key: &str| {
            let mut parts = client?.split(';').filter_map(|part| part.trim().split_once('='));
            parts.find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
        };
        let seconds = self.now.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()) & 0xffff_ffff;
        let id = hash(SEED, self.id());
        let mut text = String::with_capacity(80);
        text.push_str("Root=");
        match part("Root") {
            Some(root) => text.push_str(root),
            None => {
                text.push_str("1-");
                push_hex(&mut text, seconds, 8);
                text.push('-');
                push_hex(&mut text, hash(id, "root"), 16);
                push_hex(&mut text, hash(id, "root2") >> 32, 8);
            }
        }
        text.push_str(";Parent=");
        match part("Parent") {
            Some(parent) => text.push_str(parent),
            None => push_hex(&mut text, hash(id, "parent"), 16),
        }
        text.push_str(";Sampled=");
        text.push_str(part("Sampled").unwrap_or("0"));
        text
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
        hash(hash(SEED, self.id()), salt)
    }

    pub(crate) fn keeps_log(&self) -> bool {
        self.keeps_log
    }

    /// Adds the first line to the log.
    pub(crate) fn say_start(&mut self) {
        if self.keeps_log {
            let id = self.id().to_owned();
            self.say(format_args!("Starting execution for request: {id}"));
        }
    }

    /// Adds a line to the log; formats nothing if the log is off.
    pub(crate) fn say(&mut self, text: fmt::Arguments<'_>) {
        if self.keeps_log {
            self.log.line(self.now, text);
        }
    }

    /// Starts a new call in these surroundings.
    pub(crate) fn begin(&mut self) {
        self.log.start(self.request_id.as_deref().or(self.context_id.as_deref()).unwrap_or(TEST_ID));
        self.notes.clear();
        self.choices.clear();
        self.has_params = false;
        self.denied = None;
        self.spent = Spent::default();
        self.set_overrides(Overrides::default());
        if is_broken(self.id()) || self.given_text("extendedRequestId").is_some_and(is_broken) {
            let detail = "an id of the call has a line break or a NUL: the response is without the header of it";
            self.note(Step::Response, Code::Mapping, detail);
        }
    }

    /// Replaces the overrides, which the data of the templates has too once there were any.
    fn set_overrides(&mut self, overrides: Overrides) {
        if overrides.is_empty() && !self.overrides.is_empty() {
            self.globals = self.globals.take().map(|globals| globals.overrides(Overrides::default()));
        }
        self.overrides = overrides;
    }

    pub(crate) fn note(&mut self, step: Step, code: Code, detail: impl Into<String>) {
        let detail = detail.into();
        self.notes.push(CallNote { step, code, detail, template: None, span: None, help: None, related: None });
    }

    fn note_render(&mut self, step: Step, template: &str, notes: Vec<Note>) {
        let note = |n: Note| CallNote {
            step,
            code: n.code,
            detail: n.detail,
            template: Some(template.to_owned()),
            span: Some(n.span),
            help: n.help,
            related: None,
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
            help: cause.help().map(str::to_owned),
            related: cause.related().map(|(span, label)| (span, label.to_owned())),
        });
    }

    /// Renders a template of either phase; its overrides and notes stay here. The templates of the call read at
    /// most the parameters `read`; all of them if that is `None`.
    pub(crate) fn render(
        &mut self,
        step: Step,
        (name, template): Chosen<'_>,
        request: &MethodRequest,
        read: Option<&[Box<str>]>,
        body: &[u8],
        budget: &Budget<'_>,
    ) -> Result<String, Error> {
        let globals = self.take_globals(request, read, body);
        let probe = self.probe.as_deref_mut().and_then(|probe| probe.template(name));
        let options = RenderOptions::new().budget(budget);
        let rendered = match probe {
            None => template.render_with(&globals, options),
            Some(probe) => template.render_with(&globals, options.probe(probe)),
        };
        self.put_back(globals);
        let rendered = rendered?;
        self.set_overrides(rendered.overrides);
        self.note_render(step, name, rendered.notes);
        Ok(rendered.text)
    }

    /// Takes the data of the templates, with a body; [`put_back`](Invocation::put_back) returns it.
    fn take_globals<'a>(&mut self, request: &MethodRequest, read: Option<&[Box<str>]>, body: &'a [u8]) -> Globals<'a> {
        let mut globals = self.globals.take().unwrap_or_default();
        if !self.has_params {
            globals.params = params(request, read.filter(|_| self.probe.is_none()));
            self.has_params = true;
        }
        let globals = Globals { body: text::from_bytes(body), ..globals };
        if self.overrides.is_empty() { globals } else { globals.overrides(self.overrides.clone()) }
    }

    fn put_back(&mut self, globals: Globals<'_>) {
        let Globals { body: _, params, context, stage_variables, variables, clock, from_request } = globals;
        let body = Cow::Borrowed("");
        self.globals = Some(Globals { body, params, context, stage_variables, variables, clock, from_request });
    }
}

/// Writes the last hexadecimal digits of a number, at most 16.
fn push_hex(text: &mut String, number: u64, digits: usize) {
    let mut all = [b'0'; 16];
    let mut rest = number;
    for digit in all.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(rest & 15) as usize];
        rest >>= 4;
    }
    text.push_str(str::from_utf8(&all[16 - digits..]).unwrap_or_default());
}

/// Start of a hash (FNV-1a).
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Continues a hash with a text.
fn hash(start: u64, text: &str) -> u64 {
    text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Returns the parameters of a request that are read, in any case of their names: a header is found in any.
fn params(request: &MethodRequest, read: Option<&[Box<str>]>) -> Params {
    let is_read = |name: &str| read.is_none_or(|read| read.iter().any(|own| own.eq_ignore_ascii_case(name)));
    let members = |given: &mut dyn Iterator<Item = (&str, &str)>| {
        Members::of(given.filter(|(name, _)| is_read(name)).map(|(name, value)| (name, Datum::str(value))), 0)
    };
    Params::of([
        members(&mut request.path_parameters.iter().map(|(name, value)| (name, value.as_str()))),
        members(&mut request.querystring.iter().filter_map(|(name, values)| Some((name, values.last()?.as_str())))),
        members(&mut request.headers.iter()),
    ])
}
