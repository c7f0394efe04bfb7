//! Compiled routes of WebSocket APIs.

use super::event::socket_event;
use super::message::{EventType, SocketRequest, SocketResponse};
use super::selector::{Selected, Selector};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::context::{Arrival, Wanted};
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::lambda::{charge_result, error_message, event_body, lambda_result, refuse_denied};
use crate::pipeline::call::log::Shown;
use crate::pipeline::call::prepared::{
    Chosen, Compiled, Compiler, PrepareOptions, Prepared, PreparedIntegration, PreparedTemplate, SelectionPattern,
    keys, shared,
};
use crate::pipeline::call::route::{Route, Sealed};
use crate::pipeline::call::steps::{Mapped, log_request};
use crate::pipeline::call::templated::{template_or_passthrough, untransformed};
use crate::pipeline::call::{Choice, ChoiceKind, Refusal, ResponseType, Step, Subject};
use crate::pipeline::mapping::Source;
use crate::pipeline::mapping::payload::Payload;
use crate::pipeline::message::media;
use crate::pipeline::message::{Conversion, IntegrationRequest, IntegrationResponse, MethodRequest};
use crate::pipeline::model::{
    Api, ContentHandling, Integration, IntegrationType, Method, ResponseRule, Table, fill_in_uri_within,
};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;

/// The key of the route, template or response that takes what no other does.
pub(super) const DEFAULT: &str = "$default";

/// A compiled route of a WebSocket API. Cheap to clone, and shared by threads.
///
/// [`PreparedApi`](crate::pipeline::PreparedApi) makes one of each route and finds the route of a
/// message. The steps of a call are those of [`Route`].
///
/// ```
/// use vtl::pipeline::websocket::{SocketRequest, SocketRoute};
/// use vtl::pipeline::{Api, Integration, Invocation, Method, Protocol, Route};
/// let integration = Integration::from_v2(serde_json::json!({
///     "IntegrationType": "MOCK", "TemplateSelectionExpression": "$request.body.kind",
///     "RequestTemplates": {"$default": "{\"statusCode\": 200}"},
///     "IntegrationResponses": [{"IntegrationResponseKey": "/2\\d\\d/", "TemplateSelectionExpression": "\\$default",
///                               "ResponseTemplates": {"$default": "hello from $context.routeKey"}}]}), Protocol::WebSocket)?;
/// let mut method = Method::from_key("join", Protocol::WebSocket).with_integration(integration);
/// method.route_response = true;
/// let route = SocketRoute::new(&Api::new(Protocol::WebSocket), &method);
/// let outcome = route.invoke(&SocketRequest::message("{}"), None, &mut Invocation::new());
/// assert_eq!(outcome.response.message.as_deref(), Some(&b"hello from join"[..]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SocketRoute(Arc<CompiledRoute>);

#[derive(Debug)]
struct CompiledRoute {
    inner: Prepared,
    key: String,
    template_key: Result<Option<Selector>, Error>,
    model_key: Result<Option<Selector>, Error>,
    rules: Vec<SocketRule>,
    /// Keys of the rules, but for the default.
    response_keys: Arc<[String]>,
}

/// A compiled integration response.
#[derive(Debug)]
struct SocketRule {
    key: ResponseKey,
    key_text: Arc<str>,
    template_key: Result<Option<Selector>, Error>,
    templates: Vec<PreparedTemplate>,
    /// Keys of the templates.
    template_keys: Arc<[String]>,
    handling: Option<ContentHandling>,
}

/// The key of an integration response: the answers that it selects.
enum ResponseKey {
    Default,
    Text(String),
    Pattern(Box<SelectionPattern>),
}

impl std::fmt::Debug for ResponseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ResponseKey::Default => "Default",
            ResponseKey::Text(_) => "Text",
            ResponseKey::Pattern(_) => "Pattern",
        })
    }
}

impl SocketRoute {
    /// Compiles a route under the rules and quotas of the service.
    ///
    /// Never fails: a part that does not compile fails the calls that need it, as on the service.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        SocketRoute::with_options(api, method, &PrepareOptions::new())
    }

    /// Compiles a route with a dialect and limits for its templates.
    #[must_use]
    pub fn with_options(api: &Api, method: &Method, options: &PrepareOptions) -> Self {
        SocketRoute::compile(&shared(api), method, &mut Compiler::new(options))
    }

    pub(crate) fn compile(api: &Arc<Api>, method: &Method, compiler: &mut Compiler<'_>) -> Self {
        let model = method.integration.as_ref();
        let rules = model.into_iter().flat_map(Integration::response_names);
        let rules: Vec<SocketRule> = rules.map(|(rule, name)| SocketRule::new(rule, name, compiler)).collect();
        let named = rules.iter().filter(|rule| !matches!(rule.key, ResponseKey::Default));
        SocketRoute(Arc::new(CompiledRoute {
            response_keys: named.map(|rule| rule.key_text.as_ref().to_owned()).collect(),
            key: method.key().unwrap_or_else(|| DEFAULT.to_owned()),
            template_key: selector(
                model.and_then(|model| model.template_selection_expression.as_deref()),
                &compiler.budget,
            ),
            model_key: selector(method.model_selection_expression.as_deref(), &compiler.budget),
            rules,
            inner: Prepared::new(api, method, Source::socket_within, compiler),
        }))
    }

    fn check_parameters(&self, request: &SocketRequest, budget: &Budget<'_>) -> Result<(), Refusal> {
        let request = request.to_method_request();
        let work = self.0.inner.method.request_parameters.len().saturating_mul(1 + request.headers.len() / 4);
        budget.charge(work).map_err(Refusal::configuration)?;
        let required = self.0.inner.method.request_parameters.iter().filter(|(_, required)| **required);
        let missing: Vec<&str> = required.map(|(name, _)| name).filter(|name| request.is_blank(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("Missing required request parameters: [{}]", missing.join(", "));
        let cause = Error::new(Code::Request, message.as_str());
        Err(Refusal::new(ResponseType::BadRequestParameters, cause).with_message(message))
    }

    fn check_body(&self, request: &SocketRequest, budget: &Budget<'_>) -> Result<(), Refusal> {
        let selector = self.0.model_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let Some(selector) = selector else { return Ok(()) };
        let schemas = &self.0.inner.schemas;
        let of = |key: &str| schemas.iter().find(|(own, _)| own == key).map(|(_, schema)| schema);
        let keys: Vec<String> = schemas.iter().map(|(key, _)| key.clone()).collect();
        let key = message_key(Some(selector), request, &keys, budget)?;
        let Some(schema) = of(&key).or_else(|| of(DEFAULT)) else { return Ok(()) };
        let messages = schema.messages_within(&request.body, budget).map_err(Refusal::configuration)?;
        if messages.is_empty() {
            return Ok(());
        }
        let list = format!("[{}]", messages.join(", "));
        let cause = Error::new(Code::Request, format!("The message does not match its model: {list}"));
        let refusal = Refusal::new(ResponseType::BadRequestBody, cause);
        Err(refusal.with_message("Bad request body").with_validation(list))
    }

    /// Chooses the template by the key that the message selects, else that of `$default`.
    fn choose<'a>(
        &self,
        integration: &'a PreparedIntegration,
        request: &SocketRequest,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<Option<Chosen<'a>>, Refusal> {
        let selector = self.0.template_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let key = message_key(selector.as_ref(), request, &integration.template_keys, budget)?;
        template_or_passthrough(integration, find(&integration.templates, &key), (Subject::Key, &key), invocation)
    }

    fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &SocketRequest,
        plain: &MethodRequest,
        invocation: &Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Error> {
        let uri = integration.model.uri.as_deref().unwrap_or_default();
        let uri = fill_in_uri_within(uri, &Table::new(), &invocation.stage_variables, budget)?;
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", media::JSON);
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let body = event_body(&socket_event(request, &self.0.key, invocation), budget)?;
        let mut sent = self.0.inner.assemble(integration, plain, invocation, (mapped, uri, body), budget)?;
        sent.method = "POST".to_owned();
        Ok(sent)
    }

    fn function_answer(&self, response: &IntegrationResponse, budget: &Budget<'_>) -> Result<(u16, Vec<u8>), Refusal> {
        refuse_denied(response)?;
        charge_result(response, budget)?;
        let answer = lambda_result(response, false).map_err(|refusal| Refusal::configuration(refusal.cause))?;
        Ok((answer.status, answer.body))
    }

    fn mapped_answer(
        &self,
        integration: &PreparedIntegration,
        request: &SocketRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        if integration.is_lambda {
            refuse_denied(response)?;
        }
        let rule = self.select(integration, response, invocation, budget)?;
        let conversion = match rule.handling {
            Some(ContentHandling::ConvertToText) => Conversion::Encode,
            Some(ContentHandling::ConvertToBinary) => Conversion::Decode,
            None => Conversion::Keep,
        };
        let body = conversion.apply(&response.body).map_err(Refusal::configuration)?;
        let selector = rule.template_key.as_ref().map_err(|error| Refusal::configuration(error.clone()))?;
        let (message, told) = (Payload::new(&request.body, budget), Payload::new(&response.body, budget));
        let subject = Selected {
            message: &message,
            status: Some(response.status),
            headers: Some(&response.headers),
            answer: Some(&told),
        };
        let key = key_of(selector.as_ref(), &subject, &rule.template_keys, budget)?;
        let choice = Choice::new(ChoiceKind::ResponseTemplate, Subject::Key, key.as_str(), &rule.template_keys);
        let Some(PreparedTemplate { name, compiled, key: taken }) = find(&rule.templates, &key) else {
            invocation.choices.push(choice);
            return Ok(body.into_owned());
        };
        invocation.choices.push(match **taken == *key {
            true => choice.matching(taken, name),
            false => choice.default_is(taken, name),
        });
        let failed = |error| untransformed("response", error).in_template(name);
        match compiled {
            Compiled::Empty => Ok(body.into_owned()),
            Compiled::Broken(error) => Err(failed(error.clone())),
            Compiled::Ready(template) => {
                let plain = request.to_method_request();
                let text = invocation.render(Step::Response, (name, template), &plain, None, &body, budget);
                Ok(text.map_err(failed)?.into_bytes())
            }
        }
    }

    /// Selects the integration response of an answer by the error text of a function, else by the status.
    fn select(
        &self,
        integration: &PreparedIntegration,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<&SocketRule, Refusal> {
        let text = match integration.is_lambda {
            true => error_message(&Payload::new(&response.body, budget)),
            false => Some(response.status.to_string()),
        };
        let kind = if integration.is_lambda { Subject::ErrorMessage } else { Subject::Status };
        let value = text.as_deref().unwrap_or_default();
        let choice = Choice::new(ChoiceKind::IntegrationResponse, kind, value, &self.0.response_keys);
        if let Some(text) = &text {
            for rule in self.0.rules.iter() {
                budget.charge(1 + text.len() / 8).map_err(Refusal::configuration)?;
                let takes = match &rule.key {
                    ResponseKey::Default => false,
                    ResponseKey::Text(key) => key == text,
                    ResponseKey::Pattern(pattern) => pattern.matches(text, budget).map_err(Refusal::configuration)?,
                };
                if takes {
                    invocation.choices.push(choice.matching(&rule.key_text, &rule.key_text));
                    return Ok(rule);
                }
            }
        }
        let default = self.0.rules.iter().find(|rule| matches!(rule.key, ResponseKey::Default));
        invocation.choices.push(match default {
            Some(rule) => choice.default_is(&rule.key_text, &rule.key_text),
            None => choice,
        });
        default.ok_or_else(|| {
            let why = "No match for output mapping and no default output mapping configured";
            Refusal::configuration(Error::new(Code::NoResponse, why))
        })
    }

    fn answer(
        &self,
        request: &SocketRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<SocketResponse, Refusal> {
        let integration = self.0.inner.integration().map_err(Refusal::configuration)?;
        let two_way = self.0.inner.method.route_response && request.event_type == EventType::Message;
        let passed = u16::try_from(response.status).unwrap_or(500);
        let (status, body) = match integration.model.kind {
            IntegrationType::AwsProxy => self.function_answer(response, budget)?,
            IntegrationType::HttpProxy => (passed, response.body.clone()),
            _ if two_way => (passed, self.mapped_answer(integration, request, response, invocation, budget)?),
            _ if integration.is_lambda => (200, Vec::new()),
            _ => (passed, Vec::new()),
        };
        Ok(SocketResponse { status, message: Some(body).filter(|body| two_way && !body.is_empty()) })
    }
}

impl Sealed for SocketRoute {}

impl Route for SocketRoute {
    type Request = SocketRequest;
    type Response = SocketResponse;

    fn kind(&self) -> Option<IntegrationType> {
        self.0.inner.kind()
    }

    /// Starts the log, and adds the route key and the event type to the context.
    fn receive<'r>(&self, request: &'r SocketRequest, invocation: &mut Invocation<'_>) -> Cow<'r, SocketRequest> {
        invocation.begin();
        let inner = &self.0.inner;
        arrive(request, (&inner.api, Some(&inner.method)), Some(&self.0.key), invocation);
        invocation.say_start();
        invocation.say(format_args!("Event type: {}, Route key: {}", request.event_type.as_str(), self.0.key));
        invocation.say(format_args!("Request query string: {}", Shown::Query(&request.querystring)));
        invocation.say(format_args!("Request headers: {}", Shown::Headers(&request.headers)));
        invocation.say(format_args!("Request body before transformations: {}", Shown::Body(&request.body)));
        Cow::Borrowed(request)
    }

    /// Checks required parameters on opening, and a message against the model that it selects.
    fn validate(&self, request: &SocketRequest, invocation: &mut Invocation<'_>) -> Result<(), Refusal> {
        invocation.check_authorizer()?;
        let result = invocation.within(&self.0.inner.limits, |_, budget| match request.event_type {
            EventType::Connect => self.check_parameters(request, budget),
            EventType::Message => self.check_body(request, budget),
            EventType::Disconnect => Ok(()),
        });
        if let Err(refusal) = &result {
            invocation.note_refusal(Step::Validation, refusal);
        }
        result
    }

    fn request(&self, request: &SocketRequest, invocation: &mut Invocation<'_>) -> Result<IntegrationRequest, Refusal> {
        let plain = request.to_method_request().received().into_owned();
        let integration = self.0.inner.integration().map_err(Refusal::configuration);
        let limits = &self.0.inner.limits;
        let result = integration.and_then(|integration| {
            invocation.within(limits, |invocation, budget| match integration.model.kind {
                IntegrationType::AwsProxy => {
                    self.event_request(integration, request, &plain, invocation, budget).map_err(Refusal::configuration)
                }
                _ => {
                    let template = self.choose(integration, request, invocation, budget);
                    self.0.inner.templated_request(integration, &plain, template, invocation, budget)
                }
            })
        });
        log_request(&result, invocation);
        result
    }

    fn respond(
        &self,
        request: &SocketRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
    ) -> Result<SocketResponse, Refusal> {
        let limits = &self.0.inner.limits;
        let result = invocation.within(limits, |invocation, budget| self.answer(request, response, invocation, budget));
        match &result {
            Err(refusal) => invocation.note_refusal(Step::Response, refusal),
            Ok(SocketResponse { status, message }) => {
                if let Some(message) = message {
                    invocation.say(format_args!("Message after transformations: {}", Shown::Body(message)));
                }
                invocation.say(format_args!("Successfully completed execution"));
                invocation.say(format_args!("Route completed with status: {status}"));
            }
        }
        result
    }

    /// Creates the gateway's own message. A connection that is not open yet, or no longer, gets none.
    fn refuse(&self, request: &SocketRequest, refusal: &Refusal, invocation: &mut Invocation<'_>) -> SocketResponse {
        refuse(request, refusal, invocation)
    }
}

/// Fills the context for an event, on its way to a route if one takes it.
pub(crate) fn arrive(
    request: &SocketRequest,
    (api, method): (&Api, Option<&Method>),
    route_key: Option<&str>,
    invocation: &mut Invocation<'_>,
) {
    invocation.arrive(&Arrival {
        api,
        method,
        http_method: "",
        path: "",
        route_key,
        event_type: Some(request.event_type.as_str()),
        headers: &request.headers,
        wanted: Wanted::ALL,
    });
}

/// Creates the gateway's own message for a refusal, and logs it.
pub(crate) fn refuse(request: &SocketRequest, refusal: &Refusal, invocation: &mut Invocation<'_>) -> SocketResponse {
    invocation.say(format_args!("Execution failed: {}", refusal.cause.detail()));
    invocation.say(format_args!("Route completed with status: {}", refusal.status));
    if request.event_type != EventType::Message {
        return SocketResponse::new(refusal.status);
    }
    let connection = invocation.text("/connectionId");
    let message = match refusal.response_type {
        ResponseType::BadRequestBody => {
            let id = invocation.text("/messageId");
            json!({"message": refusal.message, "connectionId": connection, "messageId": id})
        }
        _ => json!({"message": refusal.message, "connectionId": connection, "requestId": invocation.id()}),
    };
    SocketResponse { status: refusal.status, message: Some(message.to_string().into_bytes()) }
}

impl SocketRule {
    fn new(rule: &ResponseRule, name: &str, compiler: &mut Compiler<'_>) -> Self {
        let key = rule.integration_response_key.as_deref().unwrap_or(DEFAULT);
        SocketRule {
            key_text: key.into(),
            key: match pattern_of(key) {
                Some(pattern) => ResponseKey::Pattern(SelectionPattern::new(pattern, &compiler.store).into()),
                None if key == DEFAULT => ResponseKey::Default,
                None => ResponseKey::Text(key.to_owned()),
            },
            template_key: selector(rule.template_selection_expression.as_deref(), &compiler.budget),
            templates: compiler.templates(&format!("response:{name}"), &rule.response_templates),
            template_keys: keys(&rule.response_templates),
            handling: rule.content_handling,
        }
    }
}

/// Returns the pattern in `/4\d\d/`.
pub(super) fn pattern_of(key: &str) -> Option<&str> {
    key.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'))
}

fn selector(text: Option<&str>, budget: &Budget<'_>) -> Result<Option<Selector>, Error> {
    text.filter(|text| !text.is_empty()).map(|text| Selector::parse_within(text, budget)).transpose()
}

/// Computes the key that a message selects; `$default` without an expression.
fn message_key(
    selector: Option<&Selector>,
    request: &SocketRequest,
    keys: &[String],
    budget: &Budget<'_>,
) -> Result<String, Refusal> {
    let message = Payload::new(&request.body, budget);
    key_of(selector, &Selected::of(&message), keys, budget)
}

/// Computes the key among `keys` that messages select; one that is longer than all of them is empty.
fn key_of(
    selector: Option<&Selector>,
    subject: &Selected<'_>,
    keys: &[String],
    budget: &Budget<'_>,
) -> Result<String, Refusal> {
    let Some(selector) = selector else { return Ok(DEFAULT.to_owned()) };
    let most = keys.iter().map(String::len).max().unwrap_or(0).max(256);
    Ok(selector.key(subject, most, budget).map_err(Refusal::configuration)?.unwrap_or_default())
}

fn find<'a>(templates: &'a [PreparedTemplate], key: &str) -> Option<&'a PreparedTemplate> {
    let of = |wanted: &str| templates.iter().find(|template| *template.key == *wanted);
    of(key).or_else(|| of(DEFAULT))
}
