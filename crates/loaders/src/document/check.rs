//! What is wrong with a document: what the service refuses, apart from what is only worth knowing.

use crate::document::templates::TemplateText;
use crate::document::{Document, Finding, Severity};
use crate::syntax::source::Place;
use std::collections::HashMap;
use vtl::Template;
use vtl::pipeline::{ConnectionType, Integration, IntegrationType, Protocol, ResponseRule};

/// The longest wait of a REST API whose account's quota has not been raised.
const USUAL_TIMEOUT: u64 = 29_000;

/// The longest wait there is, of a stream.
const LONGEST_TIMEOUT: u64 = 900_000;

impl Document {
    /// Everything the service would refuse, or answer with a configuration error: what was found while reading, what is wrong with the
    /// methods, and templates that do not parse. What needs a method's declarations is left out where the document does not
    /// show the method.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let text = "type: mock\nrequestTemplates:\n  application/json: |\n    {\n    #if($x)\n    }\n";
    /// let document = load_integration(&File::new("i.yaml", text), None, &Options::default())?;
    /// let places: Vec<String> = document.problems().into_iter().map(|problem| problem.place.to_string()).collect();
    /// assert_eq!(places, ["i.yaml:5:5"]);
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Vec<Finding> {
        let is_problem = |finding: &&Finding| finding.severity == Severity::Problem;
        let mut found: Vec<Finding> = self.findings.iter().filter(is_problem).cloned().collect();
        let mut told: HashMap<usize, Vec<Finding>> = HashMap::new();
        for finding in &self.findings {
            told.entry(finding.route.unwrap_or(usize::MAX)).or_default().push(finding.clone());
        }
        for route in 0..self.routes.len() {
            let told = told.remove(&route).unwrap_or_default();
            for problem in self.refused(route, &told) {
                // A template's error is told below, at its own line.
                let is_template = self.routes.get(route).is_some_and(|it| it.templates.contains(&problem.pointer));
                let is_template = is_template && !problem.message.starts_with("Invalid content type");
                // One fault is told once.
                let is_told =
                    told.iter().any(|other| other.property == problem.property && other.place == problem.place);
                if !is_template && !is_told {
                    let Problem { property, message, place, .. } = problem;
                    found.push(Finding { severity: Severity::Problem, route: Some(route), property, message, place });
                }
            }
            found.extend(self.broken_templates(route));
        }
        for (at, api) in self.apis.iter().enumerate() {
            let place = self.routes.iter().find(|route| route.api == at).map(|route| route.place.clone());
            for (name, message) in api.gateway_problems() {
                found.push(Finding {
                    severity: Severity::Problem,
                    route: None,
                    property: "gatewayResponses",
                    message: format!("{name}: {message}"),
                    place: place.clone().unwrap_or_default(),
                });
            }
        }
        found
    }

    /// What is worth knowing though the service takes it.
    #[must_use]
    pub fn advice(&self) -> Vec<Finding> {
        let is_note = |finding: &&Finding| finding.severity == Severity::Note;
        let mut found: Vec<Finding> = self.findings.iter().filter(is_note).cloned().collect();
        for route in 0..self.routes.len() {
            let Some((api, method)) = self.method(route) else { continue };
            if let Some(integration) = &method.integration {
                for (property, message) in advise(integration, api.protocol) {
                    let pointer = format!("/{property}");
                    let place = self.place_of(route, &pointer).unwrap_or_default();
                    let message = message.to_owned();
                    found.push(Finding { severity: Severity::Note, route: Some(route), property, message, place });
                }
            }
            for template in self.templates_of(route) {
                let Ok(parsed) = parse(template.text) else { continue };
                for note in parsed.notes() {
                    let place = self.place_in(route, template.pointer, note.span.range().start).unwrap_or_default();
                    let message = format!("{}: {}", template.name, note.detail);
                    let property = property_of(template.pointer);
                    found.push(Finding { severity: Severity::Note, route: Some(route), property, message, place });
                }
            }
        }
        found
    }

    /// What the service refuses of a method, of which something is told already.
    fn refused(&self, at: usize, told: &[Finding]) -> Vec<Problem> {
        let (Some((api, method)), Some(route)) = (self.method(at), self.routes.get(at)) else { return Vec::new() };
        let is_told = told.iter().any(|finding| finding.property == "type");
        // Without a type, or with one that is not known, nothing else can be said.
        if method.integration.is_none() && (is_told || api.protocol != Protocol::Rest) {
            return Vec::new();
        }
        let problems = match &method.integration {
            Some(integration) if !route.is_declared => integration.problems_in(api.protocol, None),
            _ => method.problems_in(api.protocol),
        };
        // What is not known is not held against a mapping.
        let is_open = |problem: &vtl::pipeline::Problem| {
            let is_mapping = problem.place.contains("Parameters/");
            is_mapping && route.open.contains(&problem.place)
        };
        let placed = |problem: vtl::pipeline::Problem| Problem {
            place: self.place_of(at, &problem.place).unwrap_or_else(|| route.place.clone()),
            pointer: problem.place,
            property: problem.property,
            message: problem.message,
        };
        problems.into_iter().filter(|problem| !is_open(problem)).map(placed).collect()
    }

    /// Templates that do not parse, each at the place of its error.
    fn broken_templates(&self, route: usize) -> Vec<Finding> {
        let broken = |template: TemplateText<'_>| {
            let mut error = parse(template.text).err()?;
            let is_open = self.routes.get(route).is_some_and(|it| it.open.iter().any(|open| open == template.pointer));
            if is_open || template.text.contains("${AWS::") {
                error = parse(&without_symbols(template.text)).err()?;
            }
            let offset = error.span().map_or(0, |span| span.range().start);
            let hint = error.help().map(|advice| format!("; {advice}")).unwrap_or_default();
            Some(Finding {
                severity: Severity::Problem,
                route: Some(route),
                property: property_of(template.pointer),
                message: format!("{}: {}{hint}", template.name, error.detail()),
                place: self.place_in(route, template.pointer, offset).unwrap_or_default(),
            })
        };
        self.templates_of(route).filter_map(broken).collect()
    }
}

/// A template with `xxx` for each `${…}`, which may be a text that only the service knows: `${AWS::Region}`.
fn without_symbols(text: &str) -> String {
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

/// A fault of an integration with its place.
struct Problem {
    pointer: String,
    property: &'static str,
    message: String,
    place: Place,
}

fn parse(text: &str) -> Result<Template, vtl::Error> {
    Template::parse(text)
}

fn property_of(pointer: &str) -> &'static str {
    if pointer.starts_with("/requestTemplates") { "requestTemplates" } else { "responses" }
}

/// What the service takes but its writer may not have meant: the property, and what there is to know.
fn advise(integration: &Integration, protocol: Protocol) -> Vec<(&'static str, &'static str)> {
    let rest = protocol == Protocol::Rest;
    let proxy = integration.kind.is_proxy();
    let mock = integration.kind == IntegrationType::Mock;
    let has_templates = !integration.request_templates.is_empty();
    let is_default = |rule: &ResponseRule| rule.selection_pattern.is_none() && rule.response_templates.is_empty();
    let is_long = (USUAL_TIMEOUT + 1..=LONGEST_TIMEOUT).contains(&integration.timeout_in_millis);
    let rows = [
        (rest && is_long, "timeoutInMillis", "more than 29,000 ms needs a raised quota and a Regional or private API"),
        (
            rest && proxy && has_templates,
            "requestTemplates",
            "a proxy's request passes as it is; its templates are not used",
        ),
        (
            rest && proxy && !integration.responses.iter().all(is_default),
            "responses",
            "a proxy's answer passes as it is; its responses are not used",
        ),
        (
            rest && !proxy && integration.responses.is_empty(),
            "responses",
            "without a response every call ends in a 500",
        ),
        (
            rest && mock && !has_templates,
            "requestTemplates",
            "without a template that names a statusCode every call ends in a 500",
        ),
        (rest && mock && integration.uri.is_some(), "uri", "a mock has no endpoint"),
        (
            integration.connection_id.is_some() && integration.connection_type == ConnectionType::Internet,
            "connectionId",
            "a connection is used with the type VPC_LINK only",
        ),
    ];
    rows.into_iter().filter(|row| row.0).map(|(_, property, message)| (property, message)).collect()
}
