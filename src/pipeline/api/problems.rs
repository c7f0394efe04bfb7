//! The check of methods, integrations and gateway responses, by the rules of their kind of API.

use crate::pipeline::check::Problem;
use crate::pipeline::check::problem::Problems;
use crate::pipeline::model::{Api, Integration, Method, Protocol};
use crate::pipeline::{http, rest, websocket};

impl Method {
    /// Returns everything that is wrong with a method or route and its integration, by the rules of
    /// its kind of API.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// let method: Method = serde_json::from_str(r#"{"integration": {
    ///     "type": "http", "uri": "b.test", "timeoutInMillis": 20, "connectionType": "VPC_LINK",
    ///     "requestParameters": {"integration.request.header.a": "method.request.header.b"}}}"#)?;
    /// let problems = method.problems(Protocol::Rest);
    /// let properties: Vec<_> = problems.iter().map(|problem| problem.property).collect();
    /// assert_eq!(properties, ["httpMethod", "uri", "connectionId", "timeoutInMillis", "requestParameters"]);
    /// assert_eq!(problems[3].code.name(), "timeout-out-of-range");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self, protocol: Protocol) -> Vec<Problem> {
        match (&self.integration, protocol) {
            (Some(integration), Protocol::Http | Protocol::WebSocket) => integration.problems(protocol, Some(self)),
            _ => {
                let mut found = Problems::default();
                rest::check::check_declared(self, &mut found);
                found.0
            }
        }
    }
}

impl Integration {
    /// Returns everything that is wrong with the integration, by the rules of its kind of API.
    ///
    /// Without the method, as where a document does not show it, declarations are not checked.
    ///
    /// ```
    /// use vtl::pipeline::{Integration, Protocol};
    /// let json = serde_json::json!({"IntegrationType": "MOCK", "TimeoutInMillis": 29_001});
    /// let problems = |protocol| Integration::from_v2(json.clone(), protocol).map(|it| it.problems(protocol, None));
    /// assert_eq!(problems(Protocol::Http)?[0].property, "type");
    /// assert_eq!(problems(Protocol::WebSocket)?[0].property, "timeoutInMillis");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self, protocol: Protocol, method: Option<&Method>) -> Vec<Problem> {
        let mut found = Problems::default();
        match protocol {
            Protocol::Rest => rest::check::check(self, method, &mut found),
            Protocol::Http => http::check::check(self, &mut found),
            Protocol::WebSocket => websocket::check::check(self, &mut found),
        }
        found.0
    }
}

impl Api {
    /// Returns everything that is wrong with the configured gateway responses.
    ///
    /// ```
    /// use vtl::pipeline::Api;
    /// let api: Api = serde_json::from_str(r#"{"gatewayResponses": {"NO_SUCH": {"statusCode": 700}}}"#)?;
    /// let problems = api.gateway_problems();
    /// assert_eq!(problems[1].place, "/gatewayResponses/NO_SUCH/statusCode");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn gateway_problems(&self) -> Vec<Problem> {
        let mut found = Problems::default();
        rest::check::check_gateway_responses(self, &mut found);
        found.0
    }
}
