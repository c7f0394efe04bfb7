//! The check of methods, integrations and gateway responses, by the rules of their kind of API.

use crate::budget::Budget;
use crate::limits::Limits;
use crate::pipeline::check::Problem;
use crate::pipeline::check::problem::{Problems, Templates};
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
        let budget = Budget::new(&Limits::service());
        self.find(protocol, Problems::new(Templates::Compiled, &budget)).all()
    }

    /// Returns the problems of a method or route without those of its templates, which are not compiled.
    ///
    /// For who compiles the templates anyway, such as a reader of documents that reports their errors at
    /// their lines.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// let method: Method = serde_json::from_str(r##"{"integration": {"type": "mock", "timeoutInMillis": 20,
    ///     "requestTemplates": {"application/json": "#if"}}}"##)?;
    /// let properties = |problems: Vec<vtl::pipeline::check::Problem>| -> Vec<&str> {
    ///     problems.iter().map(|problem| problem.property).collect()
    /// };
    /// assert_eq!(properties(method.problems(Protocol::Rest)), ["timeoutInMillis", "requestTemplates"]);
    /// assert_eq!(properties(method.configuration_problems(Protocol::Rest)), ["timeoutInMillis"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn configuration_problems(&self, protocol: Protocol) -> Vec<Problem> {
        let budget = Budget::new(&Limits::service());
        self.find(protocol, Problems::new(Templates::Left, &budget)).all()
    }

    /// Returns the problems of a method or route as [`configuration_problems`](Method::configuration_problems)
    /// does, on a budget that the check of other methods shares. A pattern that is beyond the budget is no
    /// problem: [`Budget::check`] has the error.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// use vtl::{Budget, Limits};
    /// let method: Method = serde_json::from_str(r#"{"integration": {"type": "mock", "responses": [
    ///     {"statusCode": "200", "selectionPattern": "(a|b)*["}]}}"#)?;
    /// let budget = Budget::new(&Limits::service());
    /// let problems = method.configuration_problems_within(Protocol::Rest, &budget);
    /// assert_eq!(problems[0].code.name(), "invalid-selection-pattern");
    ///
    /// let budget = Budget::new(&Limits::service().with_steps(Some(1)));
    /// assert!(method.configuration_problems_within(Protocol::Rest, &budget).is_empty());
    /// assert!(budget.check().is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn configuration_problems_within(&self, protocol: Protocol, budget: &Budget<'_>) -> Vec<Problem> {
        self.find(protocol, Problems::new(Templates::Left, budget)).found
    }

    fn find<'b>(&self, protocol: Protocol, mut problems: Problems<'b>) -> Problems<'b> {
        match (&self.integration, protocol) {
            (Some(integration), Protocol::Http | Protocol::WebSocket) => {
                integration.find(protocol, Some(self), problems)
            }
            _ => {
                rest::check::check_declared(self, &mut problems);
                problems
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
        let budget = Budget::new(&Limits::service());
        self.find(protocol, method, Problems::new(Templates::Compiled, &budget)).all()
    }

    /// Returns the problems of the integration without those of its templates, as
    /// [`Method::configuration_problems`] does.
    #[must_use]
    pub fn configuration_problems(&self, protocol: Protocol, method: Option<&Method>) -> Vec<Problem> {
        let budget = Budget::new(&Limits::service());
        self.find(protocol, method, Problems::new(Templates::Left, &budget)).all()
    }

    /// Returns the problems of the integration on a budget, as
    /// [`Method::configuration_problems_within`] does.
    #[must_use]
    pub fn configuration_problems_within(
        &self,
        protocol: Protocol,
        method: Option<&Method>,
        budget: &Budget<'_>,
    ) -> Vec<Problem> {
        self.find(protocol, method, Problems::new(Templates::Left, budget)).found
    }

    fn find<'b>(&self, protocol: Protocol, method: Option<&Method>, mut problems: Problems<'b>) -> Problems<'b> {
        match protocol {
            Protocol::Rest => rest::check::check(self, method, &mut problems),
            Protocol::Http => http::check::check(self, &mut problems),
            Protocol::WebSocket => websocket::check::check(self, &mut problems),
        }
        problems
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
        let budget = Budget::new(&Limits::service());
        let mut problems = Problems::new(Templates::Compiled, &budget);
        rest::check::check_gateway_responses(self, &mut problems);
        problems.all()
    }
}
