//! Findings in a document: those of reading it, of the configuration of its methods, and of its
//! templates.

use crate::document::{Document, Finding};
use crate::kind::Kind;
use crate::model::defaults;
use crate::syntax::pointer::{escape, unescape};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl::pipeline::check::Problem;
use vtl::pipeline::model::{ConnectionType, IntegrationType, ResponseRule};
use vtl::pipeline::{Integration, Method, Protocol};
use vtl::syntax_unstable::{Texts, parse_all};
use vtl::{Budget, Code, Dialect, Error, ParseOptions, Template};

/// Longest timeout of a streamed response in milliseconds.
const MAX_STREAM_TIMEOUT: u64 = 900_000;

/// Steps of the checks of a route.
const STEPS: usize = 200;

/// Most findings of checking a document; one more says how many there are.
const MOST_LISTED: usize = 50_000;

/// Findings of a document: those of reading it, and the first of checking it.
struct Listed {
    all: Vec<Finding>,
    room: usize,
    /// The first finding that has no room, with the worst severity of these.
    first: Option<Finding>,
    more: usize,
}

impl Listed {
    fn new(all: Vec<Finding>) -> Self {
        Listed { all, room: MOST_LISTED, first: None, more: 0 }
    }

    fn push(&mut self, finding: Finding) {
        if self.room > 0 {
            self.room -= 1;
            return self.all.push(finding);
        }
        self.more += 1;
        let severity = finding.diagnostic.severity;
        let first = self.first.get_or_insert(finding);
        first.diagnostic.severity = first.diagnostic.severity.max(severity);
    }

    /// Returns the findings, with the one that says how many have no room.
    fn finish(mut self) -> Vec<Finding> {
        self.all.extend(self.first.map(|first| if self.more > 1 { first.of_many(self.more) } else { first }));
        self.all
    }
}

impl Document {
    /// Returns all findings, in the order of their locations.
    ///
    /// Errors are what the service would refuse, or answer with a configuration error. Warnings and
    /// advice are what it accepts. A problem that depends on a method's declarations is left out if
    /// the document does not have them.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let text = "type: mock\nrequestTemplates:\n  application/json: |\n    {\n    #if($x)\n    }\n";
    /// let document = load_integration(&File::new("i.yaml", text), None, &Options::default())?;
    /// let found: Vec<String> = document.diagnostics().iter().map(|found| found.to_string()).collect();
    /// assert_eq!(found, [
    ///     "i.yaml:1:1: warning[V663]: every call is answered with 500: the integration has no response",
    ///     "i.yaml:5:5: error[V002]: `#if` is not closed",
    /// ]);
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.sorted(|_| true)
    }

    /// Returns the findings of a route, in the order of their locations.
    #[must_use]
    pub fn diagnostics_of(&self, route: usize) -> Vec<Diagnostic> {
        self.sorted(|finding| finding.route == Some(route))
    }

    /// Returns the findings of each route, as [`diagnostics_of`](Document::diagnostics_of) has them, with one
    /// check of the document for all.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let file = File::new("i.yaml", "type: http\nhttpMethod: GET\nuri: backend.test\n");
    /// let document = load_integration(&file, None, &Options::default())?;
    /// assert_eq!(document.diagnostics_by_route(), [document.diagnostics_of(0)]);
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn diagnostics_by_route(&self) -> Vec<Vec<Diagnostic>> {
        let mut by_route = vec![Vec::new(); self.routes.len()];
        for finding in self.all_findings() {
            if let Some(found) = finding.route.and_then(|route| by_route.get_mut(route)) {
                found.push(finding.diagnostic);
            }
        }
        by_route.iter_mut().for_each(|found| found.sort_by(|one, other| one.location.cmp(&other.location)));
        by_route
    }

    fn sorted(&self, keep: impl Fn(&Finding) -> bool) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> =
            self.all_findings().into_iter().filter(keep).map(|finding| finding.diagnostic).collect();
        found.sort_by(|one, other| one.location.cmp(&other.location));
        found
    }

    /// Returns the finding of a budget that is spent: the rest of the document is not checked.
    fn spent(error: &Error) -> Finding {
        let message = format!("checking the document: {}; the rest of it is not checked", error.detail());
        let mut diagnostic = Diagnostic::new(error.code(), message);
        diagnostic.help = error.help().map(str::to_owned);
        Finding { route: None, diagnostic }
    }

    fn all_findings(&self) -> Vec<Finding> {
        let mut found = Listed::new(self.findings.clone());
        let mut reported: HashMap<usize, Vec<&Diagnostic>> = HashMap::new();
        for finding in &self.findings {
            if let Some(route) = finding.route {
                reported.entry(route).or_default().push(&finding.diagnostic);
            }
        }
        let budget = self.budget_left();
        for route in 0..self.routes.len() {
            if budget.charge(STEPS).is_err() {
                break;
            }
            let reported = reported.remove(&route).unwrap_or_default();
            let mut add = |diagnostic| found.push(Finding { route: Some(route), diagnostic });
            self.problems(route, &reported, &budget, &mut add);
            self.advice(route).into_iter().for_each(&mut add);
            self.template_findings(route, &budget).into_iter().for_each(&mut add);
        }
        if let Err(error) = budget.check() {
            found.all.push(Self::spent(&error));
        }
        self.api_problems(&mut found);
        for (at, api) in self.apis.iter().enumerate() {
            let places = self.gateway_places.get(at);
            for problem in api.gateway_problems() {
                let place = |pointer: &str| places.and_then(|places| places.get(pointer));
                // A value that is known only after deployment may be right.
                if place(&problem.place) == Some(&None) {
                    continue;
                }
                let whole: Vec<&str> = problem.place.splitn(4, '/').take(3).collect();
                let location = place(&problem.place).or_else(|| place(&whole.join("/"))).cloned().flatten();
                let mut diagnostic = problem.diagnostic();
                diagnostic.location = location;
                found.push(Finding { route: None, diagnostic });
            }
        }
        found.finish()
    }

    /// Adds what the service refuses of an API as a whole: its binary media types and its models.
    fn api_problems(&self, found: &mut Listed) {
        for (at, api) in self.apis.iter().enumerate().filter(|(_, api)| api.protocol == Protocol::Rest) {
            let places = self.gateway_places.get(at);
            let mut add = |code, place: String, message: String| {
                let mut diagnostic = Diagnostic::new(code, message);
                diagnostic.location = places.and_then(|places| places.get(&place)).cloned().flatten();
                found.push(Finding { route: None, diagnostic });
            };
            for (at, media) in api.binary_media_types.iter().enumerate() {
                if !media.contains('/') && !media.contains("${") {
                    let message = format!("the binary media type {media} has no slash, as in image/png");
                    add(Code::InvalidBinaryType, format!("/binaryMediaTypes/{at}"), message);
                }
            }
            for (name, schema) in api.models.iter() {
                if let Some(word) = unknown_type(schema) {
                    let message = format!("Invalid model schema specified: {name} has the type {word}");
                    add(Code::InvalidSchemaType, format!("/models/{}", escape(name)), message);
                }
            }
        }
    }

    /// Adds what the service refuses of a method, except for what is `reported` already.
    fn problems(&self, at: usize, reported: &[&Diagnostic], budget: &Budget<'_>, add: &mut dyn FnMut(Diagnostic)) {
        let (Some((api, method)), Some(route)) = (self.method(at), self.routes.get(at)) else { return };
        let has_no_type = reported.iter().any(|other| other.property.as_deref() == Some("type"));
        // Without a known type, further problems would be guesses.
        if method.integration.is_none() && (has_no_type || api.protocol != Protocol::Rest) {
            return;
        }
        // The errors of templates are reported at their own lines.
        let problems = match &method.integration {
            Some(integration) if !route.is_declared => {
                integration.configuration_problems_within(api.protocol, None, budget)
            }
            _ => method.configuration_problems_within(api.protocol, budget),
        };
        // A mapping with a placeholder may be right after deployment.
        let is_unknown = |problem: &Problem| {
            let is_open = || mapping(method, &problem.place).is_some_and(|source| source.contains("${"));
            problem.place.contains("Parameters/") && (route.placeholders.contains(&problem.place) || is_open())
        };
        let placed = reported.iter().filter_map(|it| Some((it.property.as_deref(), it.location.as_ref()?)));
        let known: HashSet<_> =
            placed.map(|(property, location)| (property.unwrap_or_default(), start_of(location))).collect();
        for problem in problems {
            if is_unknown(&problem) {
                continue;
            }
            let location = self.location_of(at, &problem.place).unwrap_or_else(|| route.location.clone());
            if !known.contains(&(problem.property, start_of(&location))) {
                let diagnostic = self.unusable(&problem).unwrap_or_else(|| problem.diagnostic()).at(location);
                add(self.concerning(diagnostic, Some(at), problem.property));
            }
        }
    }

    /// Returns the finding of a status that the method does not declare, which CloudFormation deploys
    /// (aws-observed 18.16).
    fn unusable(&self, problem: &Problem) -> Option<Diagnostic> {
        let is_deployed = matches!(self.kind, Kind::CloudFormation | Kind::Sam);
        let message =
            "the call fails when this response is chosen: Output mapping refers to an invalid method response";
        (problem.code == Code::UndeclaredStatus && is_deployed)
            .then(|| Diagnostic::new(Code::UnusableResponse, message).of_property(problem.property))
    }

    /// Returns what the service accepts of a method, although its author may not mean it.
    fn advice(&self, route: usize) -> Vec<Diagnostic> {
        let Some((api, method)) = self.method(route) else { return Vec::new() };
        let Some(integration) = &method.integration else { return Vec::new() };
        let placed = |advice: Advice| {
            let mut diagnostic = Diagnostic::new(advice.code, advice.message).with_help(advice.help);
            diagnostic.location = self.location_of(route, &format!("/{}", advice.property));
            self.concerning(diagnostic, Some(route), advice.property)
        };
        advise(integration, api.protocol).into_iter().map(placed).collect()
    }

    /// Returns the errors and notes of a route's templates.
    fn template_findings(&self, route: usize, budget: &Budget<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for template in self.templates_of(route) {
            if budget.charge(template.text.len()).is_err() {
                break;
            }
            match Template::parse_within(template.text, &ParseOptions::new(), budget) {
                Ok(parsed) => {
                    let notes = parsed.notes().iter();
                    found.extend(notes.map(|note| self.note_in(&template, note)));
                }
                Err(error) => {
                    let has_placeholder =
                        self.routes.get(route).is_some_and(|it| it.placeholders.contains(template.pointer));
                    let errors = if has_placeholder || template.text.contains("${AWS::") {
                        let filled = without_placeholders(template.text);
                        Template::parse_within(&filled, &ParseOptions::new(), budget)
                            .err()
                            .map_or_else(Vec::new, |error| all_errors(&filled, error, budget))
                    } else {
                        all_errors(template.text, error, budget)
                    };
                    found.extend(errors.iter().map(|error| self.error_in(&template, error)));
                }
            }
        }
        found
    }

    /// Returns the findings that are errors, as [`Document::diagnostics`] does.
    #[must_use]
    pub fn errors(&self) -> Vec<Diagnostic> {
        let mut found = self.diagnostics();
        found.retain(|diagnostic| diagnostic.severity == Severity::Error);
        found
    }
}

/// Returns all mistakes in the syntax of a template that does not compile, or `first` if it is not one of them,
/// such as a limit.
fn all_errors(text: &str, first: Error, budget: &Budget<'_>) -> Vec<Error> {
    let texts = Texts::new();
    let errors = budget.briefly(|| parse_all(text, Dialect::service(), &texts, budget).1);
    if errors.iter().any(|error| error.code() == first.code()) { errors } else { vec![first] }
}

/// Returns the first type in a schema that does not exist.
fn unknown_type(schema: &Json) -> Option<&str> {
    const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string", "any"];
    let Json::Object(fields) = schema else { return None };
    let own =
        fields.get("type").into_iter().flat_map(|it| it.as_array().map_or(std::slice::from_ref(it), Vec::as_slice));
    if let Some(word) = own.filter_map(Json::as_str).find(|word| !TYPES.contains(word) && !word.contains("${")) {
        return Some(word);
    }
    let named =
        ["properties", "patternProperties", "definitions"].iter().filter_map(|key| fields.get(*key)?.as_object());
    let mut inner = named
        .flat_map(|map| map.values())
        .chain(["items", "additionalProperties", "not"].iter().filter_map(|key| fields.get(*key)));
    let listed = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| fields.get(*key)?.as_array()).flatten();
    inner.find_map(unknown_type).or_else(|| listed.into_iter().find_map(unknown_type))
}

/// Returns the source of a parameter mapping by its JSON pointer below the integration.
fn mapping<'a>(method: &'a Method, pointer: &str) -> Option<&'a str> {
    let integration = method.integration.as_ref()?;
    let mut parts = pointer.split('/').skip(1);
    let (first, second) = (parts.next()?, unescape(parts.next()?));
    let rest: Vec<String> = parts.map(unescape).collect();
    let source = match (first, rest.as_slice()) {
        ("requestParameters", []) => integration.request_parameters.get(&second),
        ("responseParameters", [to]) => integration.response_parameters.get(&second)?.get(to),
        ("responses", [_, to]) => integration.responses.get(second.parse::<usize>().ok()?)?.response_parameters.get(to),
        _ => None,
    };
    source.map(String::as_str)
}

/// Returns the file, line and column at which a location starts.
fn start_of(location: &Location) -> (Option<&str>, usize, usize) {
    (location.file.as_deref(), location.line, location.column)
}

/// Replaces each `${…}` by letters: it may be a placeholder of the document, such as `${AWS::Region}`.
fn without_placeholders(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
        filled.push_str(&rest[..start]);
        filled.extend(std::iter::repeat_n('x', end - start));
        rest = &rest[end..];
    }
    filled + rest
}

/// A finding that the service accepts.
struct Advice {
    code: Code,
    property: &'static str,
    message: &'static str,
    help: &'static str,
}

/// Returns what the service accepts of an integration, although its author may not mean it.
fn advise(integration: &Integration, protocol: Protocol) -> Vec<Advice> {
    let rest = protocol == Protocol::Rest;
    let proxy = integration.kind.is_proxy();
    let mock = integration.kind == IntegrationType::Mock;
    let has_templates = !integration.request_templates.is_empty();
    let is_default = |rule: &ResponseRule| rule.selection_pattern.is_none() && rule.response_templates.is_empty();
    let usual_timeout = defaults::timeout_in_millis(Protocol::Rest);
    let is_long = (usual_timeout + 1..=MAX_STREAM_TIMEOUT).contains(&integration.timeout_in_millis);
    let mut found = Vec::new();
    let mut add = |code, property, message, help| found.push(Advice { code, property, message, help });
    if rest && is_long {
        add(
            Code::LongTimeout,
            "timeoutInMillis",
            "a timeout above 29,000 ms needs a raised quota and a Regional or private API",
            "raise the quota `Maximum integration timeout in milliseconds`, or lower the timeout",
        );
    }
    if rest && proxy && has_templates {
        add(
            Code::UnusedTemplates,
            "requestTemplates",
            "request templates of a proxy integration are not used: the request is passed as it is",
            "remove them, or use an integration that is not a proxy",
        );
    }
    if rest && proxy && !integration.responses.iter().all(is_default) {
        add(
            Code::UnusedResponses,
            "responses",
            "responses of a proxy integration are not used: the answer is passed as it is",
            "remove them, or use an integration that is not a proxy",
        );
    }
    if rest && !proxy && integration.responses.is_empty() {
        add(
            Code::NoResponses,
            "responses",
            "every call is answered with 500: the integration has no response",
            "add a default response with a status code",
        );
    }
    if rest && mock && !has_templates {
        add(
            Code::MockWithoutTemplate,
            "requestTemplates",
            "every call is answered with 500: no request template sets the statusCode of the mock",
            "add a request template such as {\"statusCode\": 200}",
        );
    }
    if rest && mock && integration.uri.is_some() {
        add(Code::MockWithUri, "uri", "the URI of a mock is not used", "remove it");
    }
    if integration.connection_id.is_some() && integration.connection_type == ConnectionType::Internet {
        add(
            Code::UnusedConnection,
            "connectionId",
            "the connection is not used: connectionType is not VPC_LINK",
            "set connectionType to VPC_LINK, or remove the connection",
        );
    }
    found
}
