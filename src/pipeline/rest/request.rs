//! The request step of REST APIs: the choice of the template, and the event of AWS_PROXY.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::lambda::{event_body, lambda_event};
use crate::pipeline::call::prepared::{Chosen, Prepared, PreparedIntegration};
use crate::pipeline::call::steps::{Mapped, backend_method};
use crate::pipeline::call::templated::{endpoint, refuse_forbidden, template_or_passthrough};
use crate::pipeline::call::{Refusal, ResponseType, Subject};
use crate::pipeline::message::media::is_type;
use crate::pipeline::message::{IntegrationRequest, MethodRequest};
use crate::pipeline::model::Table;
use serde_json::Value as Json;

impl Prepared {
    /// Creates the request of AWS_PROXY: the event. Mappings have no effect, but one onto a forbidden
    /// header fails the call (aws-observed 7.9, 10.5, R).
    pub(super) fn event_request(
        &self,
        integration: &PreparedIntegration,
        request: &MethodRequest,
        invocation: &mut Invocation<'_>,
        budget: &Budget<'_>,
    ) -> Result<IntegrationRequest, Refusal> {
        refuse_forbidden(integration)?;
        let uri = endpoint(integration, &Table::new(), invocation, budget)?;
        if integration.model.http_method.is_some() && backend_method(integration, request) != "POST" {
            let cause = Error::new(
                Code::Configuration,
                "Lambda functions are invoked by POST; see the integration's HTTP method",
            );
            return Err(Refusal::new(ResponseType::IntegrationFailure, cause).with_status(500));
        }
        let named = invocation.context.get("resourcePath").and_then(Json::as_str).map(str::to_owned);
        let resource = named.or_else(|| self.method.path.clone()).unwrap_or_else(|| request.path.clone());
        let binary = self.is_binary_request(request);
        let event = lambda_event(request, &resource, binary, invocation);
        let mut mapped = Mapped::default();
        mapped.headers.set("Content-Type", "application/json");
        mapped.headers.set("X-Amzn-Trace-Id", invocation.trace_id(request.headers.get("X-Amzn-Trace-Id")));
        let body = event_body(&event, budget).map_err(Refusal::configuration)?;
        let sent = self.assemble(integration, request, invocation, (mapped, uri, body), budget);
        let mut sent = sent.map_err(Refusal::configuration)?;
        sent.method = "POST".to_owned();
        Ok(sent)
    }
}

/// Chooses the template by the media type of the request; `None` if the body passes unchanged ("Method
/// request behavior for payloads without mapping templates").
pub(super) fn choose<'a>(
    integration: &'a PreparedIntegration,
    request: &MethodRequest,
    invocation: &mut Invocation<'_>,
) -> Result<Option<Chosen<'a>>, Refusal> {
    let media_type = request.content_type();
    let found = integration.templates.iter().find(|template| is_type(&template.key, media_type));
    template_or_passthrough(integration, found, (Subject::ContentType, media_type), invocation)
}
