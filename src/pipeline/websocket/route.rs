//! Routes of WebSocket APIs: a message goes to the backend through the template that it selects, and an answer comes back if the
//! route has a response ("Working with routes for WebSocket APIs", "Setting up data transformations for WebSocket APIs").
//!
//! ```text
//! SocketRequest ─ Api::route_message ─▶ route ─ validate ─▶ request ─ send ─▶ respond ─▶ message, or none
//! ```

use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::call::backend::Backend;
use crate::pipeline::call::invocation::{Invocation, Step};
use crate::pipeline::call::lambda::lambda_result;
use crate::pipeline::call::log::Shown;
use crate::pipeline::call::prepared::{Compiled, Prepared, PreparedIntegration, compile};
use crate::pipeline::call::refusal::{Refusal, ResponseType};
use crate::pipeline::mapping::source::{Payload, Source};
use crate::pipeline::message::integration::{IntegrationRequest, IntegrationResponse, MethodRequest};
use crate::pipeline::message::media::{self, Conversion};
use crate::pipeline::model::integration::{Api, ContentHandling, IntegrationType, Method, ResponseRule};
use crate::pipeline::model::table::Table;
use crate::pipeline::model::uri::fill_in_uri;
use crate::pipeline::rest::request::{Mapped, render, tell, template_or_passthrough, untransformed};
use crate::pipeline::rest::response::{error_message, refuse_denied};
use crate::pipeline::rest::validate::is_blank;
use crate::pipeline::websocket::event::{EventType, SocketRequest, socket_event};
use crate::pipeline::websocket::selector::{Selector, Subject};
use crate::template::Template;
use crate::value::pattern::Pattern;
use serde_json::json;
use std::sync::Arc;

/// The key of the route, template or response that takes what nothing else does.
const DEFAULT: &str = "$default";

impl Api {
    /// The route of a WebSocket API that takes what a client sends, as an index into [`methods`](Api::methods): `$connect` and
    /// `$disconnect` for the two ends of a connection; for a message the route that the API's selection expression names, else
    /// `$default`. What is no JSON goes to `$default`.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Method, Protocol, SocketRequest};
    /// let methods = ["$connect", "$default", "join"].map(|key| Method::from_key(key, Protocol::WebSocket)).to_vec();
    /// let expression = Some("$request.body.action".to_owned());
    /// let api = Api { protocol: Protocol::WebSocket, route_selection_expression: expression, methods, ..Api::default() };
    /// let route = |message: &str| api.route_message(&SocketRequest::message(message));
    /// assert_eq!(route(r#"{"action": "join"}"#), Some(2));
    /// assert_eq!(route(r#"{"action": "leave"}"#), Some(1));
    /// assert_eq!(route("join"), Some(1));
    /// assert_eq!(route(r#"{"action": "$connect"}"#), Some(1));
    /// ```
    #[must_use]
    pub fn route_message(&self, request: &SocketRequest) -> Option<usize> {
        match request.event_type {
            EventType::Connect => return self.named("$connect"),
            EventType::Disconnect => return self.named("$disconnect"),
            EventType::Message => {}
        }
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&request.body).is_ok();
        let selector = self.route_selection_expression.as_deref().filter(|_| is_json);
        let key = selector.and_then(|text| Selector::parse(text).ok()).map(|selector| selector.of_message(request));
        // A message cannot pose as the end of its connection.
        let named = key.filter(|key| !key.starts_with('$')).and_then(|key| self.named(&key));
        named.or_else(|| self.named(DEFAULT))
    }
}

/// A route of a WebSocket API, made ready to be called.
///
/// ```
/// use vtl::pipeline::{Api, Integration, Invocation, Method, Protocol, SocketRequest, SocketRoute};
/// let integration = Integration::from_v2(serde_json::json!({
///     "IntegrationType": "MOCK", "TemplateSelectionExpression": "$request.body.kind",
///     "RequestTemplates": {"$default": "{\"statusCode\": 200}"},
///     "IntegrationResponses": [{"IntegrationResponseKey": "/2\\d\\d/", "TemplateSelectionExpression": "\\$default",
///                               "ResponseTemplates": {"$default": "hello from $context.routeKey"}}]}), Protocol::WebSocket)?;
/// let method = Method { integration: Some(integration), route_response: true, ..Method::from_key("join", Protocol::WebSocket) };
/// let outcome = SocketRoute::new(&Api::default(), &method).invoke(&SocketRequest::message("{}"), None, &mut Invocation::new());
/// assert_eq!(outcome.message.as_deref(), Some(&b"hello from join"[..]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SocketRoute {
    inner: Prepared,
    key: String,
    template_key: Result<Option<Selector>, Error>,
    model_key: Result<Option<Selector>, Error>,
    rules: Arc<[SocketRule]>,
}

/// An integration response, compiled.
#[derive(Debug)]
struct SocketRule {
    key: Key,
    template_key: Result<Option<Selector>, Error>,
    templates: Vec<(String, Compiled)>,
    handling: Option<ContentHandling>,
}

/// Which answers an integration response takes.
enum Key {
    Default,
    Text(String),
    Pattern(Result<Box<Pattern>, Error>),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Key::Default => "Default",
            Key::Text(_) => "Text",
            Key::Pattern(_) => "Pattern",
        })
    }
}

/// A whole call: the messages as far as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct SocketOutcome {
    /// What the backend got; none when the call was refused before.
    pub integration_request: Option<IntegrationRequest>,
    /// What the backend answered; none when it did not.
    pub integration_response: Option<IntegrationResponse>,
    /// The status of the call: on `CONNECT` it decides whether the connection is opened.
    pub status: u16,
    /// What goes back over the connection; none when nothing does.
    pub message: Option<Vec<u8>>,
}

impl SocketRoute {
    /// Prepares a route under the service's rules and quotas.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        SocketRoute::with_limits(api, method, &Limits::service())
    }

    /// Prepares a route with limits for its templates.
    #[must_use]
    pub fn with_limits(api: &Api, method: &Method, limits: &Limits) -> Self {
        let model = method.integration.as_ref();
        let rules = model.into_iter().flat_map(|model| &model.responses).map(|rule| SocketRule::new(rule, limits));
        SocketRoute {
            key: method.key().unwrap_or_else(|| DEFAULT.to_owned()),
            template_key: selector(model.and_then(|model| model.template_selection_expression.as_deref())),
            model_key: selector(method.model_selection_expression.as_deref()),
            rules: rules.collect(),
            inner: Prepared::read(api, method, Source::socket, limits),
        }
    }

    /// Makes a whole call: the steps one after another, a refusal of any becoming the gateway's own message.
    pub fn invoke(
        &self,
        request: &SocketRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> SocketOutcome {
        self.receive(request, invocation);
        let (mut sent, mut answered) = (None, None);
        let result = self
            .validate(request, invocation)
            .and_then(|()| self.request(request, invocation))
            .and_then(|message| self.inner.send(sent.insert(message), backend, invocation))
            .and_then(|message| self.respond(request, answered.insert(message), invocation));
        let (status, message) = match result {
            Ok(answer) => answer,
            Err(refusal) => (refusal.status, self.refuse(request, &refusal, invocation)),
        };
        SocketOutcome { integration_request: sent, integration_response: answered, status, message }
    }

    /// Step 1: opens the log, and puts what is known of the message into the context.
    pub fn receive(&self, request: &SocketRequest, invocation: &mut Invocation) {
        let id = invocation.begin();
        invocation.know("routeKey", &self.key);
        invocation.know("eventType", request.event_type.word());
        invocation.say(format_args!("Starting execution for request: {id}"));
        invocation.say(format_args!("Event type: {}, Route key: {}", request.event_type.word(), self.key));
        invocation.say(format_args!("Request query string: {}", Shown::Query(&request.querystring)));
        invocation.say(format_args!("Request headers: {}", Shown::Headers(&request.headers)));
        invocation.say(format_args!("Request body before transformations: {}", Shown::Body(&request.body)));
    }

    /// Step 2: checks required parameters on opening, and a message against the model that it selects.
    ///
    /// # Errors
    /// A refusal with 400.
    pub fn validate(&self, request: &SocketRequest, invocation: &mut Invocation) -> Result<(), Refusal> {
        let result = match request.event_type {
            EventType::Connect => self.check_parameters(request),
            EventType::Message => self.check_body(request),
            EventType::Disconnect => Ok(()),
        };
        if let Err(refusal) = &result {
            invocation.note_refusal(Step::Validation, refusal);
        }
        result
    }

    /// Step 3: makes the backend's request of a message: template, mappings, address, or the event.
    ///
    /// # Errors
    /// A refusal: 415 for a message that may not pass without a template, 500 for mistakes of the configuration.
    pub fn request(&self, request: &SocketRequest, invocation: &mut Invocation) -> Result<IntegrationRequest, Refusal> {
        let plain = request.to_method_request().received().into_owned();
        let result = self.inner.integration().map_err(Refusal::configuration).and_then(|integration| match integration
            .model
            .kind
        {
            IntegrationType::AwsProxy => Ok(self.event_request(integration, request, &plain, invocation)),
            _ => {
                let template = self.choose(integration, request);
                self.inner.plain_request(integration, &plain, template, invocation)
            }
        });
        tell(&result, invocation);
        result
    }

    /// Step 4: asks the backend. A MOCK is answered here.
    ///
    /// # Errors
    /// A refusal for a backend that does not answer.
    pub fn send(
        &self,
        request: &IntegrationRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation,
    ) -> Result<IntegrationResponse, Refusal> {
        self.inner.send(request, backend, invocation)
    }

    /// Step 5: makes the status of the call and the message that goes back, if any does, of the backend's answer.
    ///
    /// # Errors
    /// A refusal with 500 for a failed function and mistakes of the configuration.
    pub fn respond(
        &self,
        request: &SocketRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<(u16, Option<Vec<u8>>), Refusal> {
        let result = self.inner.integration().map_err(Refusal::configuration).and_then(|integration| {
            let two_way = self.inner.method.route_response && request.event_type == EventType::Message;
            let passed = u16::try_from(response.status).unwrap_or(500);
            let (status, body) = match integration.model.kind {
                IntegrationType::AwsProxy => self.function_answer(response)?,
                IntegrationType::HttpProxy => (passed, response.body.clone()),
                _ if two_way => (passed, self.mapped_answer(integration, request, response, invocation)?),
                _ if integration.is_lambda => (200, Vec::new()),
                _ => (passed, Vec::new()),
            };
            Ok((status, Some(body).filter(|body| two_way && !body.is_empty())))
        });
        match &result {
            Err(refusal) => invocation.note_refusal(Step::Response, refusal),
            Ok((status, message)) => {
                if let Some(message) = message {
                    invocation.say(format_args!("Message after transformations: {}", Shown::Body(message)));
                }
                invocation.say(format_args!("Successfully completed execution"));
                invocation.say(format_args!("Route completed with status: {status}"));
            }
        }
        result
    }

    /// The gateway's own message of a refusal. A connection that is not open yet, or no longer, gets none.
    pub fn refuse(&self, request: &SocketRequest, refusal: &Refusal, invocation: &mut Invocation) -> Option<Vec<u8>> {
        invocation.say(format_args!("Execution failed: {}", refusal.cause.detail()));
        invocation.say(format_args!("Route completed with status: {}", refusal.status));
        if request.event_type != EventType::Message {
            return None;
        }
        let connection = invocation.text("/connectionId");
        let message = match refusal.response_type {
            ResponseType::BadRequestBody => {
                let id = invocation.text("/messageId");
                json!({"message": refusal.message, "connectionId": connection, "messageId": id})
            }
            _ => json!({"message": refusal.message, "connectionId": connection, "requestId": invocation.id()}),
        };
        Some(message.to_string().into_bytes())
    }

    fn check_parameters(&self, request: &SocketRequest) -> Result<(), Refusal> {
        let request = request.to_method_request();
        let required = self.inner.method.request_parameters.iter().filter(|(_, required)| **required);
        let missing: Vec<&str> = required.map(|(name, _)| name).filter(|name| is_blank(name, &request)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("Missing required request parameters: [{}]", missing.join(", "));
        let cause = Error::new(Code::Request, message.as_str());
        Err(Refusal::new(ResponseType::BadRequestParameters, cause).message(message))
    }

    fn check_body(&self, request: &SocketRequest) -> Result<(), Refusal> {
        let selector = self.model_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let Some(selector) = selector else { return Ok(()) };
        let schemas = &self.inner.schemas;
        let of = |key: &str| schemas.iter().find(|(own, _)| own == key).map(|(_, schema)| schema);
        let Some(schema) = of(&selector.of_message(request)).or_else(|| of(DEFAULT)) else { return Ok(()) };
        let messages = schema.messages(&request.body);
        if messages.is_empty() {
            return Ok(());
        }
        let list = format!("[{}]", messages.join(", "));
        let cause = Error::new(Code::Request, format!("The message does not match its model: {list}"));
        Err(Refusal::new(ResponseType::BadRequestBody, cause).message("Bad request body").validation(list))
    }

    /// The template whose key the message selects, else that of `$default`.
    fn choose<'a>(
        &self,
        integration: &'a PreparedIntegration,
        request: &SocketRequest,
    ) -> Result<Option<&'a Template>, Refusal> {
        let selector = self.template_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let key = selector.as_ref().map_or_else(|| DEFAULT.to_owned(), |selector| selector.of_message(request));
        template_or_passthrough(integration, find(&integration.templates, &key), &format!("{key:?}"))
    }

    fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &SocketRequest,
        plain: &MethodRequest,
        invocation: &Invocation,
    ) -> IntegrationRequest {
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let uri = fill_in_uri(uri, &Table::new(), &invocation.stage_variables);
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", media::JSON);
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let body = socket_event(request, &self.key, invocation).to_string().into_bytes();
        let mut sent = self.inner.assemble(integration, plain, invocation, mapped, uri, body);
        sent.method = "POST".to_owned();
        sent
    }

    fn function_answer(&self, response: &IntegrationResponse) -> Result<(u16, Vec<u8>), Refusal> {
        refuse_denied(response)?;
        let answer = lambda_result(response, false).map_err(|refusal| Refusal::configuration(refusal.cause))?;
        Ok((answer.status, answer.body))
    }

    fn mapped_answer(
        &self,
        integration: &PreparedIntegration,
        request: &SocketRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation,
    ) -> Result<Vec<u8>, Refusal> {
        if integration.is_lambda {
            refuse_denied(response)?;
        }
        let rule = self.select(integration, response)?;
        let conversion = match rule.handling {
            Some(ContentHandling::ConvertToText) => Conversion::Encode,
            Some(ContentHandling::ConvertToBinary) => Conversion::Decode,
            None => Conversion::Keep,
        };
        let body = conversion.apply(&response.body).map_err(Refusal::configuration)?;
        let selector = rule.template_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let subject = Subject {
            message: &request.body,
            status: Some(response.status),
            headers: Some(&response.headers),
            answer: &response.body,
        };
        let key = selector.as_ref().map_or_else(|| DEFAULT.to_owned(), |selector| selector.key(&subject));
        let transform = |error: Error| Refusal::configuration(untransformed("response", error));
        match find(&rule.templates, &key) {
            None | Some(Compiled::Empty) => Ok(body.into_owned()),
            Some(Compiled::Broken(error)) => Err(transform(error.clone())),
            Some(Compiled::Ready(template)) => {
                let plain = request.to_method_request();
                let text = render(template, Step::Response, &plain, &body, invocation).map_err(transform)?;
                Ok(text.into_bytes())
            }
        }
    }

    /// The integration response that takes an answer: by the error text of a function, else by the status.
    fn select(
        &self,
        integration: &PreparedIntegration,
        response: &IntegrationResponse,
    ) -> Result<&SocketRule, Refusal> {
        let text = match integration.is_lambda {
            true => error_message(&Payload::new(&response.body)),
            false => Some(response.status.to_string()),
        };
        if let Some(text) = &text {
            for rule in self.rules.iter() {
                let takes = match &rule.key {
                    Key::Default => false,
                    Key::Text(key) => key == text,
                    Key::Pattern(Ok(pattern)) => pattern.matches(text).map_err(Refusal::configuration)?,
                    Key::Pattern(Err(error)) => return Err(Refusal::configuration(error.clone())),
                };
                if takes {
                    return Ok(rule);
                }
            }
        }
        let default = self.rules.iter().find(|rule| matches!(rule.key, Key::Default));
        default.ok_or_else(|| {
            let why = "No match for output mapping and no default output mapping configured";
            Refusal::configuration(Error::new(Code::Configuration, why))
        })
    }
}

impl SocketRule {
    fn new(rule: &ResponseRule, limits: &Limits) -> Self {
        let key = rule.integration_response_key.as_deref().unwrap_or(DEFAULT);
        SocketRule {
            key: match pattern_of(key) {
                Some(pattern) => Key::Pattern(Pattern::compile(pattern, 0).map(Box::new)),
                None if key == DEFAULT => Key::Default,
                None => Key::Text(key.to_owned()),
            },
            template_key: selector(rule.template_selection_expression.as_deref()),
            templates: compile(&rule.response_templates, limits),
            handling: rule.content_handling,
        }
    }
}

/// The pattern in `/4\d\d/`.
pub(crate) fn pattern_of(key: &str) -> Option<&str> {
    key.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'))
}

fn selector(text: Option<&str>) -> Result<Option<Selector>, Error> {
    text.filter(|text| !text.is_empty()).map(Selector::parse).transpose()
}

fn find<'a>(templates: &'a [(String, Compiled)], key: &str) -> Option<&'a Compiled> {
    let of = |wanted: &str| templates.iter().find(|(key, _)| key == wanted).map(|(_, template)| template);
    of(key).or_else(|| of(DEFAULT))
}
