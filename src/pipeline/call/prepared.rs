//! Compilation of a method or route: its templates, patterns and mappings.
//!
//! A part that does not compile is kept as an error and fails the calls that need it, as on the
//! service; `Method::problems` finds such parts beforehand.

use super::context::Wanted;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::pipeline::mapping::{Source, Target};
use crate::pipeline::model::kept_patterns::{KeptPatterns, SEARCH, hold, release};
use crate::pipeline::model::{
    Api, ContentHandling, Integration, IntegrationType, Method, Protocol, ResponseRule, Schema, Table,
};
use crate::template::Template;
use crate::value::pattern::Pattern;
use crate::value::pattern::engine::expanded_size;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// Options for compiling the templates of an API.
///
/// ```
/// use vtl::{Dialect, Limits};
/// use vtl::pipeline::{Api, PrepareOptions, PreparedApi};
/// let options = PrepareOptions::new()
///     .dialect(Dialect::service().with_escape_slash(true))
///     .limits(Limits::service().with_output(Some(1_000_000)));
/// let api = PreparedApi::with_options(&Api::default(), &options);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrepareOptions {
    /// Dialect of the templates.
    pub dialect: Dialect,
    /// Limits of the templates, and of each call: its steps share the work, the memory and the time.
    pub limits: Limits,
}

impl PrepareOptions {
    /// Creates options with the rules and quotas of the service.
    #[must_use]
    pub fn new() -> Self {
        PrepareOptions { dialect: Dialect::service(), limits: Limits::service() }
    }

    /// Sets the dialect of the templates.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Sets the limits of the templates and of each call.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

impl Default for PrepareOptions {
    fn default() -> Self {
        PrepareOptions::new()
    }
}

/// Compiles the methods of one API. Templates of equal text share their program, and methods the models
/// that they name.
pub(crate) struct Compiler<'a> {
    options: &'a PrepareOptions,
    templates: HashMap<String, Compiled>,
    /// Models by name.
    schemas: HashMap<String, Arc<Schema>>,
    pub(crate) store: KeptPatterns,
    /// Steps and memory of all templates and mappings together.
    pub(crate) budget: Budget<'static>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(options: &'a PrepareOptions) -> Self {
        Compiler {
            options,
            templates: HashMap::new(),
            schemas: HashMap::new(),
            store: KeptPatterns::default(),
            budget: Budget::new(&options.limits),
        }
    }

    fn template(&mut self, source: &str) -> Compiled {
        if source.is_empty() {
            return Compiled::Empty;
        }
        if let Some(known) = self.templates.get(source) {
            return known.clone();
        }
        let options = ParseOptions::new().dialect(self.options.dialect).limits(self.options.limits.clone());
        let parsed = Template::parse_within(source, &options, &self.budget);
        let compiled = parsed.map_or_else(Compiled::Broken, Compiled::Ready);
        self.templates.insert(source.to_owned(), compiled.clone());
        compiled
    }

    /// Compiles the models of a method by media type or selection key; unknown ones are left out.
    fn schemas(&mut self, api: &Api, method: &Method) -> Vec<(String, Arc<Schema>)> {
        let mut compile = |name: &String| {
            if let Some(known) = self.schemas.get(name) {
                return Some(Arc::clone(known));
            }
            let schema = Arc::new(Schema::with_store(api.models.get(name)?, &api.models, &self.store));
            self.schemas.insert(name.clone(), Arc::clone(&schema));
            Some(schema)
        };
        method.request_models.iter().filter_map(|(key, name)| Some((key.to_owned(), compile(name)?))).collect()
    }

    /// Compiles templates by media type or key; their names start with `prefix`.
    pub(crate) fn templates(&mut self, prefix: &str, templates: &Table<String>) -> Vec<PreparedTemplate> {
        let entries = templates.iter();
        entries
            .map(|(key, source)| PreparedTemplate {
                key: key.into(),
                name: format!("{prefix}:{key}").into(),
                compiled: self.template(source),
            })
            .collect()
    }
}

/// A compiled template of an integration.
#[derive(Debug)]
pub(crate) struct PreparedTemplate {
    /// Media type, or the key of a WebSocket API.
    pub(crate) key: Arc<str>,
    /// Name for notes and probes, such as `request:application/json`.
    pub(crate) name: Arc<str>,
    pub(crate) compiled: Compiled,
}

/// The result of compiling a template. An empty template is present, but leaves the body unchanged
/// (aws-observed 15.4, R).
#[derive(Clone, Debug)]
pub(crate) enum Compiled {
    Empty,
    Ready(Template),
    Broken(Error),
}

/// A compiled method or route of any kind of API.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Settings of the API, without its methods.
    pub(crate) api: Arc<Api>,
    /// The method, without its integration.
    pub(crate) method: Method,
    /// Limits that all steps of a call share.
    pub(crate) limits: Limits,
    /// Models of bodies by media type or selection key.
    pub(crate) schemas: Vec<(String, Arc<Schema>)>,
    integration: Option<PreparedIntegration>,
    /// The surroundings that a call may read; computed by the first call.
    read: OnceLock<Read>,
}

/// The surroundings that the templates and mappings of a method can read.
#[derive(Debug)]
struct Read {
    /// Variables of `$context`.
    context: Wanted,
    /// Parameters, in templates; `None` for all of them.
    params: Option<Vec<Box<str>>>,
}

/// A template that was chosen, with its name.
pub(crate) type Chosen<'a> = (&'a str, &'a Template);

#[derive(Debug)]
pub(crate) struct PreparedIntegration {
    /// The integration, without the parts that are compiled below.
    pub(crate) model: Integration,
    pub(crate) is_lambda: bool,
    pub(crate) templates: Vec<PreparedTemplate>,
    /// Keys of the templates.
    pub(crate) template_keys: Arc<[String]>,
    pub(crate) mappings: Result<Vec<(Target, Source)>, Error>,
    pub(crate) rules: Vec<PreparedRule>,
    /// Patterns of the rules that have one.
    pub(crate) patterns: Arc<[String]>,
}

/// A compiled integration response.
pub(crate) struct PreparedRule {
    /// Name for notes, such as `404`.
    pub(crate) name: Arc<str>,
    pub(crate) pattern: Option<SelectionPattern>,
    /// Text of the pattern, or `default`.
    pub(crate) pattern_text: Arc<str>,
    pub(crate) status_code: String,
    pub(crate) templates: Vec<PreparedTemplate>,
    /// Keys of the templates.
    pub(crate) template_keys: Arc<[String]>,
    pub(crate) mappings: Result<Vec<(Target, Source)>, Error>,
    pub(crate) handling: Option<ContentHandling>,
}

/// A pattern that selects a response, compiled when a text is matched with it.
pub(crate) struct SelectionPattern {
    source: String,
    /// States of the pattern, about.
    size: usize,
    /// `None` for a pattern that is compiled in each call: too many large ones are kept.
    kept: Option<OnceLock<Pattern>>,
    /// The last status of three digits and, in the lowest bit, its result: most answers have one status.
    last: AtomicU32,
}

impl SelectionPattern {
    /// Creates a pattern.
    pub(crate) fn new(source: &str, store: &KeptPatterns) -> Self {
        let size = expanded_size(source);
        let kept = store.keep(size).then(OnceLock::new);
        SelectionPattern { source: source.to_owned(), size, kept, last: AtomicU32::new(0) }
    }

    /// Checks whether the pattern matches a whole text.
    ///
    /// # Errors
    /// The error of the budget or of the pattern.
    pub(crate) fn matches(&self, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        budget.charge(SEARCH)?;
        let status = text.parse::<u16>().ok().filter(|status| (100..1_000).contains(status) && text.len() == 3);
        let Some(status) = status else { return self.search(text, budget) };
        let last = self.last.load(Ordering::Relaxed);
        if last >> 1 == u32::from(status) {
            return Ok(last & 1 == 1);
        }
        let matched = self.search(text, budget)?;
        self.last.store(u32::from(status) << 1 | u32::from(matched), Ordering::Relaxed);
        Ok(matched)
    }

    fn search(&self, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        let compile = || {
            hold(self.size, budget)?;
            Pattern::compile_within(&self.source, 0, budget).inspect_err(|_| release(self.size, budget))
        };
        let Some(kept) = &self.kept else {
            let matched = compile()?.matches_within(text, budget);
            release(self.size, budget);
            return matched;
        };
        let pattern = match kept.get() {
            Some(pattern) => pattern,
            None => {
                let pattern = compile()?;
                kept.get_or_init(|| pattern)
            }
        };
        let matched = pattern.matches_within(text, budget);
        pattern.trim();
        matched
    }
}

impl fmt::Debug for SelectionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SelectionPattern({:?})", self.source)
    }
}

impl fmt::Debug for PreparedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRule").field("status_code", &self.status_code).finish_non_exhaustive()
    }
}

/// Parses the source of a parameter mapping.
pub(crate) type ParseSource = fn(&str, &Budget<'_>) -> Result<Source, Error>;

impl Prepared {
    /// Compiles a method or route; `source` parses the sources of its request parameters.
    pub(crate) fn new(api: &Arc<Api>, method: &Method, source: ParseSource, compiler: &mut Compiler<'_>) -> Self {
        let integration = method.integration.as_ref();
        Prepared {
            api: Arc::clone(api),
            schemas: compiler.schemas(api, method),
            integration: integration.map(|model| PreparedIntegration::new(model, source, compiler)),
            method: Method { integration: None, ..method.clone() },
            limits: compiler.options.limits.clone(),
            read: OnceLock::new(),
        }
    }

    /// Returns the variables of `$context` that a call may read, unless the gateway answers itself.
    pub(crate) fn wanted(&self) -> Wanted {
        self.read().context
    }

    /// Returns the parameters that the templates may read; `None` for all of them.
    pub(crate) fn params_read(&self) -> Option<&[Box<str>]> {
        self.read().params.as_deref()
    }

    fn read(&self) -> &Read {
        let needs_all = self.api.protocol != Protocol::Rest;
        self.read.get_or_init(|| match &self.integration {
            Some(integration) if !needs_all => integration.read(),
            _ => Read { context: Wanted::ALL, params: None },
        })
    }

    /// Returns the integration.
    ///
    /// # Errors
    /// A configuration error if there is none.
    pub(crate) fn integration(&self) -> Result<&PreparedIntegration, Error> {
        self.integration.as_ref().ok_or_else(|| Error::new(Code::Configuration, "No integration defined for method"))
    }

    pub(crate) fn kind(&self) -> Option<IntegrationType> {
        self.integration.as_ref().map(|integration| integration.model.kind)
    }
}

/// Returns the settings that the methods of an API share: all of it but the methods.
pub(crate) fn shared(api: &Api) -> Arc<Api> {
    Arc::new(Api {
        protocol: api.protocol,
        name: api.name.clone(),
        id: api.id.clone(),
        stage: api.stage.clone(),
        domain_name: api.domain_name.clone(),
        api_key_source: api.api_key_source,
        binary_media_types: api.binary_media_types.clone(),
        gateway_responses: api.gateway_responses.clone(),
        models: api.models.clone(),
        stage_variables: api.stage_variables.clone(),
        cors_configuration: api.cors_configuration.clone(),
        route_selection_expression: api.route_selection_expression.clone(),
        methods: Vec::new(),
    })
}

impl PreparedIntegration {
    /// Returns the surroundings that a call may read: all of them for the event of a function.
    fn read(&self) -> Read {
        if self.model.kind == IntegrationType::AwsProxy {
            return Read { context: Wanted::ALL, params: None };
        }
        let templates = self.rules.iter().flat_map(|rule| &rule.templates).chain(&self.templates);
        let mappings = self.rules.iter().map(|rule| &rule.mappings).chain([&self.mappings]).flatten().flatten();
        let mut wanted = mappings.fold(Wanted::NONE, |wanted, (_, source)| match source {
            Source::Context(name) => wanted.and(name.split('.').next().unwrap_or(name)),
            _ => wanted,
        });
        let mut params = Some(Vec::new());
        for template in templates {
            let Compiled::Ready(template) = &template.compiled else { continue };
            let [context, names] = template.names_read();
            wanted = context.map_or(Wanted::ALL, |names| names.iter().fold(wanted, |wanted, name| wanted.and(name)));
            params = params.zip(names).map(|(before, names)| [before, names].concat());
        }
        Read { context: wanted, params }
    }

    fn new(model: &Integration, source: ParseSource, compiler: &mut Compiler<'_>) -> Self {
        PreparedIntegration {
            is_lambda: model.is_lambda() || model.kind == IntegrationType::AwsProxy,
            templates: compiler.templates("request", &model.request_templates),
            template_keys: keys(&model.request_templates),
            mappings: parse_mappings(&model.request_parameters, Target::request, source, &compiler.budget),
            rules: model.response_names().map(|(rule, name)| PreparedRule::new(rule, name, compiler)).collect(),
            patterns: model.responses.iter().filter_map(|rule| rule.selection_pattern.clone()).collect(),
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
    fn new(rule: &ResponseRule, name: &str, compiler: &mut Compiler<'_>) -> Self {
        PreparedRule {
            name: name.into(),
            pattern_text: rule.selection_pattern.as_deref().unwrap_or("default").into(),
            pattern: rule.selection_pattern.as_deref().map(|pattern| SelectionPattern::new(pattern, &compiler.store)),
            status_code: rule.status_code.clone(),
            templates: compiler.templates(&format!("response:{name}"), &rule.response_templates),
            template_keys: keys(&rule.response_templates),
            mappings: parse_mappings(
                &rule.response_parameters,
                Target::response,
                Source::response_within,
                &compiler.budget,
            ),
            handling: rule.content_handling,
        }
    }
}

/// Returns the keys of a table, for choices.
pub(crate) fn keys<V>(table: &Table<V>) -> Arc<[String]> {
    table.names().map(str::to_owned).collect()
}

fn parse_mappings(
    mappings: &Table<String>,
    target: fn(&str) -> Result<Target, Error>,
    source: ParseSource,
    budget: &Budget<'_>,
) -> Result<Vec<(Target, Source)>, Error> {
    mappings.iter().map(|(to, from)| Ok((target(to)?, source(from, budget)?))).collect()
}
