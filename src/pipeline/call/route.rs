//! The steps of a call, and the drivers that take them one after another.

use super::backend::{Backend, BackendError, Mock};
use super::choice::Choice;
use super::invocation::Invocation;
use super::log::Shown;
use super::note::Step;
use super::refusal::Refusal;
use super::response_type::ResponseType;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::message::{IntegrationRequest, IntegrationResponse, MethodResponse};
use crate::pipeline::model::IntegrationType;
use std::borrow::Cow;
use std::fmt;

/// Limits the implementations of [`Route`] to those of this crate.
pub(crate) trait Sealed {}

/// A compiled method or route, and the steps of its calls.
///
/// | Step | Takes | Gives |
/// | --- | --- | --- |
/// | [`receive`](Route::receive) | the client's request | the request that the other steps take |
/// | [`validate`](Route::validate) | that request | a refusal, or nothing |
/// | [`request`](Route::request) | that request | the backend's request |
/// | [`send`](Route::send) | the backend's request | the backend's response |
/// | [`respond`](Route::respond) | both | the client's response |
/// | [`refuse`](Route::refuse) | a refusal of any step | the client's response |
///
/// [`invoke`](Route::invoke) takes all steps. A server with work of its own between two steps, such as
/// an authorizer or a cache, calls them one by one. Routes may be shared by threads.
///
/// This trait is sealed: new steps may come.
#[allow(private_bounds, reason = "the trait is sealed")]
pub trait Route: Sealed + Send + Sync {
    /// The client's request: `MethodRequest` or `SocketRequest`.
    type Request: Clone;
    /// The client's response: `MethodResponse` or `SocketResponse`.
    type Response;

    /// Returns the type of the integration; `None` if the route has none.
    fn kind(&self) -> Option<IntegrationType>;

    /// Step 1: starts the log, and removes headers that no later step sees. The other steps take the
    /// result.
    #[must_use]
    fn receive<'r>(&self, request: &'r Self::Request, invocation: &mut Invocation<'_>) -> Cow<'r, Self::Request>;

    /// Step 2: checks a received request as the route's configuration asks.
    ///
    /// # Errors
    /// A refusal with 400.
    fn validate(&self, request: &Self::Request, invocation: &mut Invocation<'_>) -> Result<(), Refusal>;

    /// Step 3: creates the backend's request from a received one.
    ///
    /// # Errors
    /// A refusal: 415 for a body that may not pass without a template, 400 for a body that mappings or
    /// templates cannot read, 500 for a configuration error.
    fn request(&self, request: &Self::Request, invocation: &mut Invocation<'_>) -> Result<IntegrationRequest, Refusal>;

    /// Step 5: creates the client's response from the backend's.
    ///
    /// # Errors
    /// A refusal: 502 or 500 for a malformed result of a function, 500 for a configuration error.
    fn respond(
        &self,
        request: &Self::Request,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
    ) -> Result<Self::Response, Refusal>;

    /// Creates the gateway's own response to a refusal.
    fn refuse(&self, request: &Self::Request, refusal: &Refusal, invocation: &mut Invocation<'_>) -> Self::Response;

    /// Step 4: asks the backend. A MOCK needs none; for other types `None` is a backend that cannot be
    /// reached.
    ///
    /// # Errors
    /// A refusal: 504 for a backend that does not answer, 500 for a request that it cannot handle.
    fn send(
        &self,
        request: &IntegrationRequest,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation<'_>,
    ) -> Result<IntegrationResponse, Refusal> {
        let answer = match backend {
            _ if request.kind == IntegrationType::Mock => Mock.call(request),
            Some(backend) => backend.call(request),
            None => return refuse_unsent(request, invocation),
        };
        self.answered(request, answer, invocation)
    }

    /// Step 4 for a backend that was asked elsewhere, such as in an async server: records its answer.
    ///
    /// # Errors
    /// As [`send`](Route::send).
    fn answered(
        &self,
        request: &IntegrationRequest,
        answer: Result<IntegrationResponse, BackendError>,
        invocation: &mut Invocation<'_>,
    ) -> Result<IntegrationResponse, Refusal> {
        let is_mock = request.kind == IntegrationType::Mock;
        if !is_mock {
            invocation.say(format_args!("Sending request to {}", Shown::Url(request)));
        }
        if let (Ok(response), false) = (&answer, is_mock) {
            invocation.say(format_args!("Received response. Status: {}, Integration latency: 0 ms", response.status));
            invocation.say(format_args!("Endpoint response headers: {}", Shown::Received(&response.headers)));
            let body = Shown::Body(&response.body);
            invocation.say(format_args!("Endpoint response body before transformations: {body}"));
        }
        answer.map_err(|error| refuse_backend(error, request.kind, invocation))
    }

    /// Makes a whole call. A refusal of any step becomes the gateway's own response.
    ///
    /// A MOCK needs no backend; for other types `None` is a backend that cannot be reached.
    fn invoke(
        &self,
        request: &Self::Request,
        backend: Option<&mut dyn Backend>,
        invocation: &mut Invocation<'_>,
    ) -> Outcome<Self::Response> {
        let request = self.receive(request, invocation);
        let (mut sent, mut answered) = (None, None);
        let result = self
            .validate(&request, invocation)
            .and_then(|()| self.request(&request, invocation))
            .and_then(|message| self.send(sent.insert(message), backend, invocation))
            .and_then(|message| self.respond(&request, answered.insert(message), invocation));
        let (response, refusal) = answer(self, &request, result, invocation);
        let choices = std::mem::take(&mut invocation.choices);
        Outcome { integration_request: sent, integration_response: answered, response, refusal, choices }
    }
}

/// The messages of a whole call, as far as it came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome<R = MethodResponse> {
    /// The backend's request; `None` if the call was refused before.
    pub integration_request: Option<IntegrationRequest>,
    /// The backend's response; `None` if there is none.
    pub integration_response: Option<IntegrationResponse>,
    /// The client's response.
    pub response: R,
    /// The reason why the gateway answered itself; `None` if the call succeeded.
    pub refusal: Option<Refusal>,
    /// Templates and responses that were selected, in order.
    pub choices: Vec<Choice>,
}

impl<R> Outcome<R> {
    /// Creates the outcome of a call that reached no backend.
    pub(crate) fn without_backend(response: R, refusal: Option<Refusal>, invocation: &mut Invocation<'_>) -> Self {
        let choices = std::mem::take(&mut invocation.choices);
        Outcome { integration_request: None, integration_response: None, response, refusal, choices }
    }
}

/// A call that was started: complete, or waiting for its backend.
#[derive(Debug)]
pub enum Started<'a, Q: Clone, R> {
    /// The call needs no backend: it is refused, a MOCK, or answered by the gateway.
    Answered(Outcome<R>),
    /// The backend must be asked.
    Waiting(PendingCall<'a, Q, R>),
}

/// A call that waits for its backend, which may be asked in any way.
pub struct PendingCall<'a, Q: Clone, R> {
    route: &'a dyn Route<Request = Q, Response = R>,
    received: Q,
    request: IntegrationRequest,
}

impl<Q: Clone + fmt::Debug, R> fmt::Debug for PendingCall<'_, Q, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").field("request", &self.request).finish_non_exhaustive()
    }
}

impl<'a, Q: Clone, R> Started<'a, Q, R> {
    /// Takes the steps up to the backend.
    pub(crate) fn new(
        route: &'a dyn Route<Request = Q, Response = R>,
        request: Q,
        invocation: &mut Invocation<'_>,
    ) -> Self {
        let changed = match route.receive(&request, invocation) {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        };
        let received = changed.unwrap_or(request);
        let made = route.validate(&received, invocation).and_then(|()| route.request(&received, invocation));
        match made {
            Ok(request) => {
                let call = PendingCall { route, received, request };
                if call.request.kind != IntegrationType::Mock {
                    return Started::Waiting(call);
                }
                let answer = Mock.call(&call.request);
                Started::Answered(call.respond(answer, invocation))
            }
            Err(refusal) => {
                let response = route.refuse(&received, &refusal, invocation);
                Started::Answered(Outcome::without_backend(response, Some(refusal), invocation))
            }
        }
    }

    /// Takes the remaining steps with a backend.
    pub(crate) fn finish(self, backend: Option<&mut dyn Backend>, invocation: &mut Invocation<'_>) -> Outcome<R> {
        match (self, backend) {
            (Started::Answered(outcome), _) => outcome,
            (Started::Waiting(call), Some(backend)) => {
                let answer = backend.call(&call.request);
                call.respond(answer, invocation)
            }
            (Started::Waiting(call), None) => {
                let answered = refuse_unsent(&call.request, invocation);
                call.complete(answered, invocation)
            }
        }
    }
}

impl<Q: Clone, R> PendingCall<'_, Q, R> {
    /// Returns the request that the backend must answer.
    #[must_use]
    pub fn request(&self) -> &IntegrationRequest {
        &self.request
    }

    /// Completes the call with the backend's answer.
    pub fn respond(
        self,
        answer: Result<IntegrationResponse, BackendError>,
        invocation: &mut Invocation<'_>,
    ) -> Outcome<R> {
        let answered = self.route.answered(&self.request, answer, invocation);
        self.complete(answered, invocation)
    }

    /// Completes the call without asking the backend, as a throttle or a breaker does.
    pub fn refuse(self, refusal: &Refusal, invocation: &mut Invocation<'_>) -> Outcome<R> {
        let response = self.route.refuse(&self.received, refusal, invocation);
        let outcome = Outcome::without_backend(response, Some(refusal.clone()), invocation);
        Outcome { integration_request: Some(self.request), ..outcome }
    }

    fn complete(self, answered: Result<IntegrationResponse, Refusal>, invocation: &mut Invocation<'_>) -> Outcome<R> {
        let PendingCall { route, received, request } = self;
        let mut kept = None;
        let result = answered.and_then(|message| route.respond(&received, kept.insert(message), invocation));
        let (response, refusal) = answer(route, &received, result, invocation);
        let outcome = Outcome::without_backend(response, refusal, invocation);
        Outcome { integration_request: Some(request), integration_response: kept, ..outcome }
    }
}

/// Returns the response of a call, and the refusal if it is one.
fn answer<Q: Clone, R>(
    route: &(impl Route<Request = Q, Response = R> + ?Sized),
    request: &Q,
    result: Result<R, Refusal>,
    invocation: &mut Invocation<'_>,
) -> (R, Option<Refusal>) {
    match result {
        Ok(response) => (response, None),
        Err(refusal) => (route.refuse(request, &refusal, invocation), Some(refusal)),
    }
}

fn refuse_unsent<T>(request: &IntegrationRequest, invocation: &mut Invocation<'_>) -> Result<T, Refusal> {
    let error = BackendError::Connection("there is no backend".to_owned());
    Err(refuse_backend(error, request.kind, invocation))
}

/// Refuses a call whose backend gave no answer ("Gateway response types").
fn refuse_backend(error: BackendError, kind: IntegrationType, invocation: &mut Invocation<'_>) -> Refusal {
    let refusal = match error {
        BackendError::Timeout => {
            Refusal::new(ResponseType::IntegrationTimeout, Error::new(Code::Backend, "the backend took too long"))
        }
        BackendError::Connection(why) => {
            let refusal = Refusal::new(ResponseType::IntegrationFailure, Error::new(Code::Backend, why));
            if kind.is_http() { refusal.with_message("Network error communicating with endpoint") } else { refusal }
        }
        BackendError::Configuration(why) => Refusal::configuration(Error::new(Code::Backend, why)),
    };
    invocation.note_refusal(Step::Backend, &refusal);
    refusal
}
