//! A compiled method of a REST API.

use super::request::choose;
use crate::pipeline::call::context::Wanted;
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::prepared::{Compiler, PrepareOptions, Prepared, shared};
use crate::pipeline::call::route::{Route, Sealed};
use crate::pipeline::call::steps::{check_sendable, log_request};
use crate::pipeline::call::{Refusal, Step};
use crate::pipeline::mapping::Source;
use crate::pipeline::message::{IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse};
use crate::pipeline::model::{Api, IntegrationType, Method};
use std::borrow::Cow;
use std::sync::Arc;

/// A compiled method of a REST API. Cheap to clone, and shared by threads.
///
/// [`PreparedApi`](crate::pipeline::PreparedApi) makes one of each method and finds the method of a
/// request. The steps of a call are those of [`Route`].
///
/// ```
/// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, PreparedMethod, Route};
/// let method: Method = serde_json::from_str(r#"{"integration": {
///     "type": "http", "httpMethod": "ANY", "uri": "http://backend.test/{id}",
///     "requestParameters": {"integration.request.path.id": "method.request.path.pet",
///                           "integration.request.header.X-Stage": "stageVariables.name"}}}"#)?;
/// let prepared = PreparedMethod::new(&Api::default(), &method);
///
/// let mut request = MethodRequest::new("DELETE", "/pets/7");
/// request.path_parameters.set("pet", "7".to_owned());
/// let mut invocation = Invocation::new().stage_variables([("name", "beta")]);
/// let sent = prepared.request(&request, &mut invocation).unwrap();
/// assert_eq!((sent.method.as_str(), sent.uri.as_str()), ("DELETE", "http://backend.test/7"));
/// assert_eq!(sent.headers.get("X-Stage"), Some("beta"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreparedMethod(pub(super) Arc<Prepared>);

impl PreparedMethod {
    /// Compiles a method under the rules and quotas of the service.
    ///
    /// Never fails: a part that does not compile fails the calls that need it, as on the service.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        PreparedMethod::with_options(api, method, &PrepareOptions::new())
    }

    /// Compiles a method with a dialect and limits for its templates.
    #[must_use]
    pub fn with_options(api: &Api, method: &Method, options: &PrepareOptions) -> Self {
        PreparedMethod::compile(&shared(api), method, &mut Compiler::new(options))
    }

    pub(crate) fn compile(api: &Arc<Api>, method: &Method, compiler: &mut Compiler<'_>) -> Self {
        PreparedMethod(Arc::new(Prepared::new(api, method, Source::request_within, compiler)))
    }
}

impl Sealed for PreparedMethod {}

impl Route for PreparedMethod {
    type Request = MethodRequest;
    type Response = MethodResponse;

    fn kind(&self) -> Option<IntegrationType> {
        self.0.kind()
    }

    fn receive<'r>(&self, request: &'r MethodRequest, invocation: &mut Invocation<'_>) -> Cow<'r, MethodRequest> {
        self.0.receive(request, invocation)
    }

    fn validate(&self, request: &MethodRequest, invocation: &mut Invocation<'_>) -> Result<(), Refusal> {
        invocation.check_authorizer()?;
        let result = check_sendable(request)
            .and_then(|()| invocation.within(&self.0.limits, |_, budget| self.0.check(request, budget)));
        match result {
            Ok(None) => Ok(()),
            Ok(Some(media_type)) => {
                // Logged in "Tutorial: Create a REST API with a Lambda non-proxy integration".
                invocation.say(format_args!("Request validation succeeded for content type {media_type}"));
                Ok(())
            }
            Err(refusal) => {
                invocation.note_refusal(Step::Validation, &refusal);
                Err(refusal)
            }
        }
    }

    fn request(&self, request: &MethodRequest, invocation: &mut Invocation<'_>) -> Result<IntegrationRequest, Refusal> {
        let integration = self.0.integration().map_err(Refusal::configuration);
        let result = integration.and_then(|integration| {
            invocation.within(&self.0.limits, |invocation, budget| match integration.model.kind {
                IntegrationType::AwsProxy => self.0.event_request(integration, request, invocation, budget),
                _ => {
                    let template = choose(integration, request, invocation);
                    self.0.templated_request(integration, request, template, invocation, budget)
                }
            })
        });
        log_request(&result, invocation);
        result
    }

    fn respond(
        &self,
        request: &MethodRequest,
        response: &IntegrationResponse,
        invocation: &mut Invocation<'_>,
    ) -> Result<MethodResponse, Refusal> {
        let result = invocation
            .within(&self.0.limits, |invocation, budget| self.0.answer(request, response, invocation, budget));
        if let Err(refusal) = &result {
            invocation.note_refusal(Step::Response, refusal);
        }
        result
    }

    fn refuse(&self, request: &MethodRequest, refusal: &Refusal, invocation: &mut Invocation<'_>) -> MethodResponse {
        invocation.fill_rest(&self.0.arrival(request, None, Wanted::ALL));
        super::response::refuse(&self.0.api, request, refusal, invocation)
    }
}
