//! A compiled API: give it a request and a backend, and get the answer.

use super::routing::Router;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::context::{Arrival, Wanted};
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::prepared::{Compiler, shared};
use crate::pipeline::call::{Backend, Outcome, PrepareOptions, Refusal, ResponseType, Route, Started, Step};
use crate::pipeline::http::{HttpRoute, cors, route as http_route};
use crate::pipeline::message::{MethodRequest, MethodResponse};
use crate::pipeline::model::{Api, METHODS, Method, Protocol, Table};
use crate::pipeline::rest::{PreparedMethod, response as rest_response};
use crate::pipeline::websocket::{EventType, SocketRequest, SocketResponse, SocketRoute, route as socket_route};
use std::sync::Arc;

/// A compiled API: finds the route of a request, makes the call and returns the answer. Cheap to clone,
/// and shared by threads.
///
/// Answers every request, also one that no route takes (REST: 403 `Missing Authentication Token`, HTTP:
/// 404 `Not Found`, WebSocket: `Forbidden`), and preflight requests of HTTP APIs with CORS.
///
/// ```
/// use vtl::pipeline::{Api, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation,
///     MethodRequest, PreparedApi};
///
/// struct Pets;
/// impl Backend for Pets {
///     fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
///         Ok(IntegrationResponse::new(200).with_body(format!("{} {}", request.method, request.uri)))
///     }
/// }
///
/// let api: Api = serde_json::from_str(r#"{"methods": [{"httpMethod": "ANY", "path": "/pets/{id}", "integration": {
///     "type": "http_proxy", "httpMethod": "ANY", "uri": "http://backend.test/{id}",
///     "requestParameters": {"integration.request.path.id": "method.request.path.id"}}}]}"#)?;
/// let api = PreparedApi::new(&api);
/// let get = |path: &str| api.handle(MethodRequest::new("GET", path), Some(&mut Pets), &mut Invocation::new()).response;
/// assert_eq!(get("/pets/7").body, b"GET http://backend.test/7");
/// assert_eq!(get("/toys").status, 403);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// An async server asks the backend itself: it [starts](PreparedApi::start) the call, awaits the answer
/// and completes the call with it.
///
/// ```
/// use vtl::pipeline::call::Started;
/// use vtl::pipeline::{BackendError, IntegrationRequest, IntegrationResponse, Invocation, MethodRequest,
///     MethodResponse, PreparedApi};
///
/// # async fn fetch(_: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> { Ok(IntegrationResponse::new(200)) }
/// async fn answer(api: &PreparedApi, request: MethodRequest) -> MethodResponse {
///     let mut invocation = Invocation::new();
///     let outcome = match api.start(request, &mut invocation) {
///         Started::Answered(outcome) => outcome,
///         Started::Waiting(call) => {
///             let answer = fetch(call.request()).await;
///             call.respond(answer, &mut invocation)
///         }
///     };
///     outcome.response
/// }
/// # fn is_send<T: Send>(_: T) {}
/// # is_send(answer(&PreparedApi::new(&Default::default()), MethodRequest::new("GET", "/")));
/// ```
#[derive(Clone, Debug)]
pub struct PreparedApi(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The API without its methods.
    settings: Arc<Api>,
    routes: Vec<AnyRoute>,
    router: Router,
}

#[derive(Debug)]
enum AnyRoute {
    Rest(PreparedMethod),
    Http(HttpRoute),
    Socket(SocketRoute),
}

/// The route of an HTTP request.
#[non_exhaustive]
pub struct RouteMatch<'a> {
    /// Index in [`Api::methods`].
    pub index: usize,
    /// The route, whose steps a server may take itself.
    pub route: &'a dyn Route<Request = MethodRequest, Response = MethodResponse>,
    /// Path parameters, percent-encoded. Set them in the request before the first step.
    pub path_parameters: Table<String>,
}

impl PreparedApi {
    /// Compiles an API under the rules and quotas of the service.
    ///
    /// Never fails: a part that does not compile fails the calls that need it, as on the service, and
    /// [`Method::problems`] finds it beforehand.
    #[must_use]
    pub fn new(api: &Api) -> Self {
        PreparedApi::with_options(api, &PrepareOptions::new())
    }

    /// Compiles an API with a dialect and limits for its templates.
    #[must_use]
    pub fn with_options(api: &Api, options: &PrepareOptions) -> Self {
        let settings = shared(api);
        let mut compiler = Compiler::new(options);
        let mut compile = |method: &Method| match api.protocol {
            Protocol::Rest => AnyRoute::Rest(PreparedMethod::compile(&settings, method, &mut compiler)),
            Protocol::Http => AnyRoute::Http(HttpRoute::compile(&settings, method, &mut compiler)),
            Protocol::WebSocket => AnyRoute::Socket(SocketRoute::compile(&settings, method, &mut compiler)),
        };
        let routes = api.methods.iter().map(&mut compile).collect();
        PreparedApi(Arc::new(Inner { routes, router: Router::new(api), settings }))
    }

    /// Returns the API without its methods.
    #[must_use]
    pub fn settings(&self) -> &Api {
        &self.0.settings
    }

    /// Finds the route of an HTTP request, for a server that takes the steps of the call itself.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
    /// let api: Api = serde_json::from_str(r#"{"methods": [{"httpMethod": "GET", "path": "/pets/{id}",
    ///     "integration": {"type": "http", "httpMethod": "GET", "uri": "http://b.test/"}}]}"#)?;
    /// let api = PreparedApi::new(&api);
    /// let mut request = MethodRequest::new("GET", "/pets/7");
    /// let found = api.find(&request.method, &request.path).unwrap();
    /// request.path_parameters = found.path_parameters;
    /// let mut invocation = Invocation::new();
    /// let request = found.route.receive(&request, &mut invocation);
    /// let sent = found.route.request(&request, &mut invocation).unwrap();
    /// assert_eq!(sent.uri, "http://b.test/");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn find(&self, http_method: &str, path: &str) -> Option<RouteMatch<'_>> {
        let (index, path_parameters) = self.0.router.find(http_method, path)?;
        let route: &dyn Route<Request = MethodRequest, Response = MethodResponse> = match self.0.routes.get(index)? {
            AnyRoute::Rest(route) => route,
            AnyRoute::Http(route) => route,
            AnyRoute::Socket(_) => return None,
        };
        Some(RouteMatch { index, route, path_parameters })
    }

    /// Finds the route of a WebSocket event: its index in [`Api::methods`], and the route. `None` as well if
    /// the selection takes more than the limits, for which a call is refused.
    #[must_use]
    pub fn find_message(&self, request: &SocketRequest) -> Option<(usize, &SocketRoute)> {
        self.select_message(request).ok().flatten()
    }

    fn select_message(&self, request: &SocketRequest) -> Result<Option<(usize, &SocketRoute)>, Error> {
        let index = self.0.router.find_message(request)?;
        Ok(index.and_then(|index| match self.0.routes.get(index)? {
            AnyRoute::Socket(route) => Some((index, route)),
            AnyRoute::Rest(_) | AnyRoute::Http(_) => None,
        }))
    }

    /// Makes the whole call of an HTTP request: finds the route, sets the path parameters, takes the
    /// steps and asks the backend.
    ///
    /// A MOCK needs no backend; for other types `None` is a backend that cannot be reached. Values of
    /// `$context` that the gateway knows, such as `resourcePath`, are added where `invocation` lacks
    /// them.
    pub fn handle(
        &self,
        request: MethodRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation<'_>,
    ) -> Outcome {
        self.start(request, invocation).finish(backend, invocation)
    }

    /// Starts the call of an HTTP request: takes the steps up to the backend.
    pub fn start(
        &self,
        mut request: MethodRequest,
        invocation: &mut Invocation<'_>,
    ) -> Started<'_, MethodRequest, MethodResponse> {
        if let Some((response, refusal)) = self.preflight(&request, invocation) {
            return Started::Answered(Outcome::without_backend(response, refusal, invocation));
        }
        let Some(found) = self.find(&request.method, &request.path) else {
            let (response, refusal) = self.refuse_unrouted(&request, invocation);
            return Started::Answered(Outcome::without_backend(response, Some(refusal), invocation));
        };
        request.path_parameters = found.path_parameters;
        Started::new(found.route, request, invocation)
    }

    /// Makes the whole call of a WebSocket event. A `CONNECT` or `DISCONNECT` without a route or
    /// integration succeeds.
    ///
    /// ```
    /// use vtl::pipeline::websocket::{EventType, SocketRequest};
    /// use vtl::pipeline::{Api, Invocation, PreparedApi, Protocol};
    /// let api = PreparedApi::new(&Api::new(Protocol::WebSocket));
    /// let handle = |request| api.handle_message(request, None, &mut Invocation::new()).response;
    /// assert_eq!(handle(SocketRequest::new(EventType::Connect)).status, 200);
    /// let answer = handle(SocketRequest::message("{}"));
    /// assert!(answer.message.unwrap().starts_with(br#"{"message":"Forbidden""#));
    /// ```
    pub fn handle_message(
        &self,
        request: SocketRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation<'_>,
    ) -> Outcome<SocketResponse> {
        self.start_message(request, invocation).finish(backend, invocation)
    }

    /// Starts the call of a WebSocket event: takes the steps up to the backend.
    pub fn start_message(
        &self,
        request: SocketRequest,
        invocation: &mut Invocation<'_>,
    ) -> Started<'_, SocketRequest, SocketResponse> {
        let is_message = request.event_type == EventType::Message;
        // An integration for the ends of a connection is optional ("$connect and $disconnect routes").
        let found = self.select_message(&request);
        let usable = |(_, route): &(usize, &SocketRoute)| is_message || route.kind().is_some();
        if let Some((_, route)) = found.as_ref().ok().copied().flatten().filter(usable) {
            return Started::new(route, request, invocation);
        }
        invocation.begin();
        socket_route::arrive(&request, (&self.0.settings, None), None, invocation);
        if !is_message {
            return Started::Answered(Outcome::without_backend(SocketResponse::new(200), None, invocation));
        }
        let refusal = match found {
            Err(limit) => Refusal::configuration(limit),
            Ok(_) => unrouted(ResponseType::AccessDenied, "no route takes the message").with_message("Forbidden"),
        };
        invocation.note_refusal(Step::Routing, &refusal);
        let response = socket_route::refuse(&request, &refusal, invocation);
        Started::Answered(Outcome::without_backend(response, Some(refusal), invocation))
    }

    /// Answers a preflight request of an HTTP API with CORS; `None` for any other request.
    fn preflight(
        &self,
        request: &MethodRequest,
        invocation: &mut Invocation<'_>,
    ) -> Option<(MethodResponse, Option<Refusal>)> {
        let cors =
            self.0.settings.cors_configuration.as_ref().filter(|_| self.0.settings.protocol == Protocol::Http)?;
        if !cors::is_preflight(request) {
            return None;
        }
        invocation.begin();
        Some(match cors::preflight(cors, request) {
            Ok(mut response) => {
                response.headers.add_own("apigw-requestid", invocation.extended_id());
                (response, None)
            }
            Err(refusal) => {
                invocation.note_refusal(Step::Validation, &refusal);
                (http_route::refuse(&refusal, invocation), Some(refusal))
            }
        })
    }

    /// Answers a request that no route takes.
    fn refuse_unrouted(&self, request: &MethodRequest, invocation: &mut Invocation<'_>) -> (MethodResponse, Refusal) {
        invocation.begin();
        invocation.arrive(&Arrival {
            api: &self.0.settings,
            method: None,
            http_method: &request.method,
            path: &request.path,
            route_key: None,
            event_type: None,
            headers: &request.headers,
            wanted: Wanted::ALL,
        });
        let why = self.unrouted_reason(request, invocation);
        let settings = &self.0.settings;
        if settings.protocol == Protocol::Rest {
            let refusal = unrouted(ResponseType::MissingAuthenticationToken, &why);
            invocation.note_refusal(Step::Routing, &refusal);
            return (rest_response::refuse(settings, request, &refusal, invocation), refusal);
        }
        let refusal = unrouted(ResponseType::ResourceNotFound, &why);
        invocation.note_refusal(Step::Routing, &refusal);
        (http_route::refuse(&refusal, invocation), refusal)
    }

    /// Describes why no route takes a request: another method would, or the path without its stage.
    fn unrouted_reason(&self, request: &MethodRequest, invocation: &Invocation<'_>) -> String {
        let MethodRequest { method, path, .. } = request;
        let takes = |method: &str, path: &str| self.0.router.find(method, path).is_some();
        let why = format!("no route takes {method} {path}");
        let others: Vec<&str> = METHODS.iter().copied().filter(|other| *other != "ANY" && takes(other, path)).collect();
        if !others.is_empty() {
            return format!("{why}; the path has {}", others.join(", "));
        }
        let stage = invocation.text("/stage").filter(|stage| !stage.is_empty());
        let inside = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
        match inside.filter(|inside| inside.starts_with('/') && takes(method, inside)) {
            Some(inside) => format!("{why}; paths are without the stage: {inside}"),
            None => why,
        }
    }
}

fn unrouted(response_type: ResponseType, why: &str) -> Refusal {
    Refusal::new(response_type, Error::new(Code::NoRoute, why))
}
