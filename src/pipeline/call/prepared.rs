//! A method made ready to be called: templates, patterns and mappings compiled once.
//!
//! What does not compile is kept as an error and fails the calls that need it, as on the service; [`check`](crate::pipeline::Method::problems)
//! finds it beforehand.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::pipeline::mapping::source::{Source, Target};
use crate::pipeline::model::integration::{
    Api, ContentHandling, GatewayResponse, Integration, IntegrationType, Method, ResponseRule,
};
use crate::pipeline::model::schema::Schema;
use crate::pipeline::model::table::Table;
use crate::template::Template;
use crate::value::pattern::Pattern;
use std::fmt;
use std::sync::Arc;

/// A method with its integration, compiled; every step of a call is one of its methods. It may be shared by threads.
///
/// ```
/// use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Prepared};
/// let method: Method = serde_json::from_str(r#"{"integration": {
///     "type": "mock",
///     "requestTemplates": {"application/json": "{\"statusCode\": 201}"},
///     "responses": {"2\\d{2}": {"statusCode": "200", "responseTemplates": {"application/json": "Hello $input.params('who')"}}}
/// }}"#)?;
/// let prepared = Prepared::new(&Api::default(), &method);
/// let mut request = MethodRequest::new("GET", "/");
/// request.querystring.set("who", vec!["Ada".to_owned()]);
/// let outcome = prepared.invoke(&request, None, &mut Invocation::new());
/// assert_eq!(outcome.response.status, 200);
/// assert_eq!(outcome.response.body, b"Hello Ada");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The API without its methods.
    pub(crate) api: Api,
    /// The method without its integration.
    pub(crate) method: Method,
    pub(crate) integration: Option<Arc<PreparedIntegration>>,
    /// The models that bodies are checked against, by media type or selection key.
    pub(crate) schemas: Arc<[(String, Schema)]>,
}

#[derive(Debug)]
pub(crate) struct PreparedIntegration {
    /// The integration without what is compiled below.
    pub(crate) model: Integration,
    pub(crate) is_lambda: bool,
    pub(crate) templates: Vec<(String, Compiled)>,
    pub(crate) mappings: Result<Vec<(Target, Source)>, Error>,
    pub(crate) rules: Vec<PreparedRule>,
}

pub(crate) struct PreparedRule {
    pub(crate) pattern: Option<Result<Pattern, Error>>,
    pub(crate) status_code: String,
    pub(crate) templates: Vec<(String, Compiled)>,
    pub(crate) mappings: Result<Vec<(Target, Source)>, Error>,
    pub(crate) handling: Option<ContentHandling>,
}

impl fmt::Debug for PreparedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRule").field("status_code", &self.status_code).finish_non_exhaustive()
    }
}

/// A template of the configuration: an empty one is there, but leaves the body as it is
/// (aws-observed 15.4, R).
#[derive(Clone, Debug)]
pub(crate) enum Compiled {
    Empty,
    Ready(Template),
    Broken(Error),
}

impl Prepared {
    /// Prepares a method under the service's rules and quotas.
    #[must_use]
    pub fn new(api: &Api, method: &Method) -> Self {
        Prepared::with_limits(api, method, &Limits::service())
    }

    /// Prepares a method with limits for its templates.
    #[must_use]
    pub fn with_limits(api: &Api, method: &Method, limits: &Limits) -> Self {
        Prepared::read(api, method, Source::request, limits)
    }

    /// Prepares a method or a route; `source` reads what its parameters are mapped from.
    pub(crate) fn read(api: &Api, method: &Method, source: fn(&str) -> Result<Source, Error>, limits: &Limits) -> Self {
        let shared = Api {
            protocol: api.protocol,
            name: api.name.clone(),
            binary_media_types: api.binary_media_types.clone(),
            gateway_responses: api.gateway_responses.clone(),
            models: api.models.clone(),
            stage_variables: api.stage_variables.clone(),
            route_selection_expression: api.route_selection_expression.clone(),
            methods: Vec::new(),
        };
        let integration =
            method.integration.as_ref().map(|model| Arc::new(PreparedIntegration::new(model, source, limits)));
        let models = method.request_models.iter();
        let schemas = models
            .filter_map(|(key, name)| Some((key.to_owned(), Schema::new(api.models.get(name)?, &api.models))))
            .collect();
        Prepared { api: shared, method: Method { integration: None, ..method.clone() }, integration, schemas }
    }

    /// The integration's type; none when the method has no integration.
    #[must_use]
    pub fn kind(&self) -> Option<IntegrationType> {
        self.integration.as_ref().map(|integration| integration.model.kind)
    }

    /// The configured answers of the gateway.
    #[must_use]
    pub fn gateway_responses(&self) -> &Table<GatewayResponse> {
        &self.api.gateway_responses
    }
}

const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Prepared>();
};

impl PreparedIntegration {
    /// Compiles an integration; `source` reads what its parameters are mapped from.
    pub(crate) fn new(model: &Integration, source: fn(&str) -> Result<Source, Error>, limits: &Limits) -> Self {
        PreparedIntegration {
            is_lambda: model.is_lambda() || model.kind == IntegrationType::AwsProxy,
            templates: compile(&model.request_templates, limits),
            mappings: read(&model.request_parameters, Target::request, source),
            rules: model.responses.iter().map(|rule| PreparedRule::new(rule, limits)).collect(),
            model: Integration {
                request_templates: Table::new(),
                request_parameters: Table::new(),
                responses: Vec::new(),
                ..model.clone()
            },
        }
    }
}

impl PreparedRule {
    fn new(rule: &ResponseRule, limits: &Limits) -> Self {
        PreparedRule {
            pattern: rule.selection_pattern.as_deref().map(|pattern| Pattern::compile(pattern, 0)),
            status_code: rule.status_code.clone(),
            templates: compile(&rule.response_templates, limits),
            mappings: read(&rule.response_parameters, Target::response, Source::response),
            handling: rule.content_handling,
        }
    }
}

pub(crate) fn compile(templates: &Table<String>, limits: &Limits) -> Vec<(String, Compiled)> {
    let compile = |source: &str| match source {
        "" => Compiled::Empty,
        _ => Template::parse_with(source, &ParseOptions::new().limits(limits.clone()))
            .map_or_else(Compiled::Broken, Compiled::Ready),
    };
    templates.iter().map(|(media_type, source)| (media_type.to_owned(), compile(source))).collect()
}

fn read(
    mappings: &Table<String>,
    target: fn(&str) -> Result<Target, Error>,
    source: fn(&str) -> Result<Source, Error>,
) -> Result<Vec<(Target, Source)>, Error> {
    mappings.iter().map(|(to, from)| Ok((target(to)?, source(from)?))).collect()
}

impl Prepared {
    /// The integration, or why there is none.
    pub(crate) fn integration(&self) -> Result<&PreparedIntegration, Error> {
        self.integration.as_deref().ok_or_else(|| Error::new(Code::Configuration, "No integration defined for method"))
    }
}
