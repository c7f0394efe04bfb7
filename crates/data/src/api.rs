//! A loaded document, ready for calls.

use crate::failure::Failure;
use crate::message::Message;
use crate::outcome::{Answer, CallOutcome, CallReport, RefusalReport};
use crate::rules::Rules;
use crate::target::{self, Described, Single, Target};
use serde_json::{Map, Value as Json};
use std::time::{Duration, UNIX_EPOCH};
use vtl::diagnostic::Diagnostic;
use vtl::pipeline::call::CallNote;
use vtl::pipeline::http::HttpRoute;
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::SocketRoute;
use vtl::pipeline::{
    self, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation, Method, PrepareOptions,
    PreparedApi, PreparedMethod, Protocol, Route,
};
use vtl_loaders::{Document, File, Options};

/// The text of an API: a whole document, or a single integration.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Source<'a> {
    /// The files of a document, as [`vtl_loaders::load`] takes them.
    Document(&'a [File]),
    /// A single integration, as [`vtl_loaders::load_integration`] takes it.
    Integration {
        /// The integration; `None` to select a route only.
        file: Option<&'a File>,
        /// Settings of its API as JSON, as `vtl invoke --api` reads them.
        settings: Option<&'a str>,
        /// Resource path that gives the path parameters, such as `/pets/{id}`.
        resource: Option<&'a str>,
    },
}

/// A loaded document, or a single integration, that answers requests. Shared by threads.
///
/// ```
/// use vtl_data::{Api, Call, Rules, Source};
/// use vtl_loaders::{File, Options};
/// let file = File::new("i.yaml", "openapi: 3.0.1\npaths:\n  /pets/{id}:\n    get:\n      responses: {'200': {}}\n      x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{\"statusCode\": 200}'}, responses: {default: {statusCode: '200', responseTemplates: {application/json: \"$input.params('id')\"}}}}\n");
/// let api = Api::load(Source::Document(&[file]), &Options::new(), &Rules::default())?;
/// let call = Call { request: serde_json::json!({"path": "/pets/7"}), ..Call::default() };
/// let answer = api.invoke(&call, None)?;
/// assert_eq!((&answer["routeKey"], &answer["response"]["body"]), (&"GET /pets/{id}".into(), &"7".into()));
/// # Ok::<(), vtl_data::Failure>(())
/// ```
pub struct Api {
    document: Option<Document>,
    prepared: Vec<PreparedApi>,
    single: Option<Single>,
    resource: Option<String>,
    options: PrepareOptions,
}

/// A request to an API with its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The request as in the file of `vtl invoke --request`: `{"method", "path", "pathParameters",
    /// "querystring", "headers", "body", "bodyIsBase64"}`, for a WebSocket API `{"eventType", "body",
    /// "headers", "querystring"}`.
    pub request: Json,
    /// Name or number of the API, if the document has several.
    pub api: Option<String>,
    /// `$context`. Its `requestTimeEpoch` is the time of the call, its `requestId` the seed of all ids.
    pub context: Map<String, Json>,
    /// Stage variables, besides those of the document.
    pub stage_variables: Vec<(String, String)>,
    /// Return the execution log.
    pub log: bool,
}

/// Longest text of the settings of an API in bytes, as of a document.
const MOST_SETTINGS: usize = 8 << 20;

/// The state of a call that was [started](Api::start).
#[derive(Debug)]
#[non_exhaustive]
pub enum Step {
    /// The call is answered, without the backend.
    Answered(Json),
    /// The backend has to answer this request.
    Waiting(Box<IntegrationRequest>),
}

impl Api {
    /// Loads and compiles an API.
    ///
    /// # Errors
    /// The document cannot be read, or a rule does not exist.
    pub fn load(source: Source<'_>, options: &Options<'_>, rules: &Rules) -> Result<Api, Failure> {
        let prepare = rules.prepare_options()?;
        match source {
            Source::Document(files) => {
                let document = vtl_loaders::load(files, options)?;
                let prepared = document.apis.iter().map(|api| PreparedApi::with_options(api, &prepare)).collect();
                Ok(Api { document: Some(document), prepared, single: None, resource: None, options: prepare })
            }
            Source::Integration { file, settings, resource } => {
                let wrong = |error: serde_json::Error| Failure::Usage(format!("settings: {error}"));
                let settings = settings.unwrap_or("{}");
                if settings.len() > MOST_SETTINGS {
                    return Err(Failure::Usage(format!("settings: more than {MOST_SETTINGS} bytes")));
                }
                let mut api: pipeline::Api = serde_json::from_str(settings).map_err(wrong)?;
                let described: Described = serde_json::from_str(settings).map_err(wrong)?;
                let document = match file {
                    Some(file) => Some(vtl_loaders::load_integration(file, described.protocol_type, options)?),
                    None => None,
                };
                let told = document.as_ref().and_then(|document| document.apis.first()).map(|api| api.protocol);
                api.protocol = described.protocol_type.or(told).unwrap_or(Protocol::Rest);
                api.methods = described.route_keys.iter().map(|key| Method::from_key(key, api.protocol)).collect();
                let method = document.as_ref().and_then(|document| document.method(0));
                let is_known = method.is_some_and(|(_, method)| method.integration.is_some());
                if file.is_some() && !is_known && api.protocol == Protocol::Rest {
                    let problems = document.iter().flat_map(|it| target::errors(it, None)).next();
                    return Err(problems.map_or_else(
                        || Failure::usage("the file has no integration"),
                        |diagnostic| Failure::Finding {
                            report: diagnostic.to_string(),
                            diagnostic: Box::new(diagnostic),
                        },
                    ));
                }
                let single = Single { api, described, is_integration: is_known };
                let resource = resource.map(str::to_owned);
                Ok(Api { document, prepared: Vec::new(), single: Some(single), resource, options: prepare })
            }
        }
    }

    /// Returns the document as `vtl routes --format json` prints it: `{"kind", "apis", "routes",
    /// "problems", "findings"}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        self.document.as_ref().map_or_else(|| Json::Object(Map::new()), Document::to_json)
    }

    /// Makes a call and returns its result as `vtl invoke --format json` prints it.
    ///
    /// # Errors
    /// The request cannot be read, no single API takes it, or it needs a backend and has none.
    pub fn invoke(&self, call: &Call, backend: Option<&mut dyn Backend>) -> Result<Json, Failure> {
        let mut missing = Missing::default();
        let is_missing = backend.is_none();
        let answer = self.run(call, backend.unwrap_or(&mut missing))?;
        match missing.asked {
            Some(request) if is_missing => {
                Err(Failure::Usage(format!("the request goes to {}; give the response of the backend", request.url())))
            }
            _ => Ok(answer),
        }
    }

    /// Takes the steps of a call up to the backend. To complete it, [`invoke`](Api::invoke) the same call
    /// with the backend's answer: equal calls have equal requests.
    ///
    /// # Errors
    /// The request cannot be read, or no single API takes it.
    pub fn start(&self, call: &Call) -> Result<Step, Failure> {
        let mut missing = Missing::default();
        let answer = self.run(call, &mut missing)?;
        Ok(missing.asked.map_or(Step::Answered(answer), |request| Step::Waiting(Box::new(request))))
    }

    fn run(&self, call: &Call, backend: &mut dyn Backend) -> Result<Json, Failure> {
        match (&self.single, &self.document) {
            (Some(single), document) => self.run_single(single, document.as_ref(), call, backend),
            (None, Some(document)) => self.run_document(document, call, backend),
            (None, None) => Err(Failure::usage("there is no API")),
        }
    }

    fn run_document(&self, document: &Document, call: &Call, backend: &mut dyn Backend) -> Result<Json, Failure> {
        let at = target::choose(document, call.api.as_deref(), &call.request)?;
        let (Some(api), Some(prepared)) = (document.apis.get(at), self.prepared.get(at)) else {
            return Err(Failure::usage("the document defines no API"));
        };
        let message = Message::read(&call.request, api.protocol)?;
        let (index, path_parameters) = match &message {
            Message::Http(request) => prepared
                .find(&request.method, &request.path)
                .map_or((None, Table::new()), |found| (Some(found.index), found.path_parameters)),
            Message::Socket(request) => (prepared.find_message(request).map(|(index, _)| index), Table::new()),
        };
        let route = document.routes.iter().position(|route| route.api == at && Some(route.method) == index);
        let target = Target {
            key: route.and_then(|route| document.route_key(route)),
            path_parameters,
            route,
            problems: route.map(|route| target::errors(document, Some(route))).unwrap_or_default(),
        };
        let mut invocation = call.invocation(&api.stage_variables);
        let outcome: CallOutcome = match message {
            Message::Http(request) => prepared.handle(request, Some(backend), &mut invocation).into(),
            Message::Socket(request) => prepared.handle_message(request, Some(backend), &mut invocation).into(),
        };
        self.report(&target, api.protocol, true, &outcome, &invocation, call.log)
    }

    fn run_single(
        &self,
        single: &Single,
        document: Option<&Document>,
        call: &Call,
        backend: &mut dyn Backend,
    ) -> Result<Json, Failure> {
        let api = &single.api;
        let mut message = Message::read(&call.request, api.protocol)?;
        if let (Message::Http(request), Some(resource)) = (&mut message, &self.resource) {
            let found = pipeline::match_resource(resource, &request.path);
            let Some(parameters) = found else {
                let path = &request.path;
                return Err(Failure::Usage(format!("the path {path} does not match the resource {resource}")));
            };
            for (name, value) in parameters {
                if request.path_parameters.get(&name).is_none() {
                    request.path_parameters.set(name, value);
                }
            }
        }
        let (method, target) = single.method(document, &mut message, &call.context);
        let mut invocation = call.invocation(&api.stage_variables);
        let (backend, invoked) = (Some(backend), &mut invocation);
        let outcome: CallOutcome = match (message, &method) {
            _ if !single.is_integration && document.is_none() => CallOutcome::default(),
            (_, Some(method)) if method.integration.is_none() => CallOutcome::default(),
            (Message::Http(request), Some(method)) if api.protocol == Protocol::Http => {
                HttpRoute::new(api, method).invoke(&request, backend, invoked).into()
            }
            (Message::Http(request), Some(method)) => {
                let mut method = method.clone();
                method.path = self.resource.clone().or(method.path);
                PreparedMethod::with_options(api, &method, &self.options).invoke(&request, backend, invoked).into()
            }
            (Message::Socket(request), Some(method)) => {
                SocketRoute::with_options(api, method, &self.options).invoke(&request, backend, invoked).into()
            }
            (Message::Http(request), None) => PreparedApi::new(api).handle(request, None, invoked).into(),
            (Message::Socket(request), None) => PreparedApi::new(api).handle_message(request, None, invoked).into(),
        };
        let has_route = api.protocol != Protocol::Rest || !api.methods.is_empty();
        self.report(&target, api.protocol, has_route, &outcome, &invocation, call.log)
    }

    fn report(
        &self,
        target: &Target,
        protocol: Protocol,
        has_route: bool,
        outcome: &CallOutcome,
        invocation: &Invocation<'_>,
        log: bool,
    ) -> Result<Json, Failure> {
        let mut notes = target.problems.clone();
        notes.extend(invocation.notes.iter().map(|note| self.diagnostic(target, note)));
        let is_v2 = protocol != Protocol::Rest;
        let (response, status, message) = match &outcome.answer {
            Answer::Response(response) => (Some(response), None, None),
            Answer::Message { status, text } => (None, Some(*status), text.as_deref()),
            Answer::None => (None, None, None),
        };
        let report = CallReport {
            route_key: has_route.then_some(target.key.as_deref()),
            path_parameters: has_route.then_some(&target.path_parameters),
            integration_request: outcome.integration_request.as_ref(),
            response,
            status,
            message: is_v2.then_some(message),
            invalid: is_v2.then(|| target.problems.iter().filter_map(|it| it.property.as_deref()).collect()),
            choices: &outcome.choices,
            refusal: outcome.refusal.as_ref().map(RefusalReport::of),
            notes: &notes,
            log: log.then(|| invocation.log.to_string()),
        };
        serde_json::to_value(&report).map_err(|error| Failure::Usage(format!("cannot write the result: {error}")))
    }

    /// Converts a note on the call; one on a template is placed where the template is written.
    fn diagnostic(&self, target: &Target, note: &CallNote) -> Diagnostic {
        let diagnostic = match self.document.as_ref().zip(target.route) {
            Some((document, route)) => document.call_note(route, note),
            None => note.diagnostic(None),
        };
        match &target.key {
            Some(key) => diagnostic.on_route(key),
            None => diagnostic,
        }
    }
}

impl Call {
    fn invocation(&self, stage_variables: &Table<String>) -> Invocation<'static> {
        let mut variables = stage_variables.clone();
        for (name, value) in &self.stage_variables {
            variables.set(name.clone(), value.clone());
        }
        let millis = self.context.get("requestTimeEpoch").and_then(Json::as_u64).unwrap_or_default();
        // Beyond what a clock can hold there is no time.
        let clock = UNIX_EPOCH.checked_add(Duration::from_millis(millis)).unwrap_or(UNIX_EPOCH);
        let invocation =
            Invocation::new().context(Json::Object(self.context.clone())).stage_variables(variables).clock(clock);
        if self.log { invocation } else { invocation.without_log() }
    }
}

/// The backend that only remembers what it was asked.
#[derive(Default)]
struct Missing {
    asked: Option<IntegrationRequest>,
}

impl Backend for Missing {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        self.asked = Some(request.clone());
        Err(BackendError::Connection("no backend was given".to_owned()))
    }
}
