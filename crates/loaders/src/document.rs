//! What loading gives: the APIs of a document, and where everything in them is written.

use crate::detect::Kind;
use crate::draft::{Drafts, Remark};
use crate::source::{Origin, Place, Sources};
use crate::tree::Span;
use vtl::pipeline::{Api, Method};

/// Why reading stopped, and where.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub message: String,
    pub span: Option<Span>,
}

impl Fault {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Fault { message: message.into(), span: Some(span) }
    }

    /// A fault of the document as a whole.
    pub(crate) fn whole(message: impl Into<String>) -> Self {
        Fault { message: message.into(), span: None }
    }
}

/// A document that cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What is wrong.
    pub message: String,
    /// Where, if it is somewhere.
    pub place: Option<Place>,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for LoadError {}

/// Whether a finding is the service's refusal or only worth knowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The service refuses it, or answers calls with a configuration error.
    Problem,
    /// It works, or is unknown.
    Note,
}

/// Something found in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The route it belongs to, as an index into [`Document::routes`].
    pub route: Option<usize>,
    /// The property of the integration that is at fault; empty for none in particular.
    pub property: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// A method or route, and the places of its integration.
#[derive(Debug)]
pub struct Route {
    /// Index into [`Document::apis`].
    pub api: usize,
    /// Index into the API's methods.
    pub method: usize,
    /// Whether the document shows the method's own declarations (parameters, responses), or only an integration.
    pub is_declared: bool,
    /// Where the integration is written, or else the method.
    pub place: Place,
    marks: Vec<(String, Origin)>,
    templates: Vec<String>,
}

/// A template of a document.
#[derive(Clone, Debug)]
pub struct TemplateText<'a> {
    /// Index into [`Document::routes`].
    pub route: usize,
    /// The place below the integration as a JSON pointer, such as `/requestTemplates/application~1json`.
    pub pointer: &'a str,
    /// The template.
    pub text: &'a str,
}

/// A loaded document.
#[derive(Debug)]
pub struct Document {
    /// What kind of document it is.
    pub kind: Kind,
    /// Its APIs in order, with their methods.
    pub apis: Vec<Api>,
    /// All methods and routes in order.
    pub routes: Vec<Route>,
    /// What was found while reading; [`Document::problems`] finds more.
    pub findings: Vec<Finding>,
    sources: Sources,
}

impl Document {
    pub(crate) fn new(kind: Kind, drafts: Drafts, sources: Sources) -> Self {
        let mut document = Document { kind, apis: Vec::new(), routes: Vec::new(), findings: Vec::new(), sources };
        document.tell(drafts.remarks, None);
        for (at, draft) in drafts.apis.into_iter().enumerate() {
            let mut api = draft.api;
            document.tell(draft.remarks, None);
            for route in draft.routes {
                document.tell(route.remarks, Some(document.routes.len()));
                document.routes.push(Route {
                    api: at,
                    method: api.methods.len(),
                    is_declared: route.shown,
                    place: document.sources.place(route.span),
                    marks: route.marks,
                    templates: route.templates,
                });
                api.methods.push(route.method);
            }
            document.apis.push(api);
        }
        document
    }

    fn tell(&mut self, remarks: Vec<Remark>, route: Option<usize>) {
        self.findings.extend(remarks.into_iter().map(|remark| Finding {
            severity: if remark.problem { Severity::Problem } else { Severity::Note },
            route,
            property: remark.property,
            message: remark.message,
            place: self.sources.place(remark.span),
        }));
    }

    /// The API and the method of a route.
    #[must_use]
    pub fn method(&self, route: usize) -> Option<(&Api, &Method)> {
        let route = self.routes.get(route)?;
        let api = self.apis.get(route.api)?;
        Some((api, api.methods.get(route.method)?))
    }

    /// Where a property of a route's integration is written; of one that is not written, where the one around it is.
    #[must_use]
    pub fn place_of(&self, route: usize, pointer: &str) -> Option<Place> {
        self.place_in(route, pointer, 0)
    }

    /// Where an offset (in bytes) within a text of a route's integration, such as a template, is written.
    #[must_use]
    pub fn place_in(&self, route: usize, pointer: &str, offset: usize) -> Option<Place> {
        let route = self.routes.get(route)?;
        let mut pointer = pointer;
        loop {
            if let Some((_, origin)) = route.marks.iter().rfind(|(marked, _)| marked == pointer) {
                return Some(self.sources.locate(origin, offset));
            }
            match pointer.rfind('/') {
                Some(end) if end > 0 => pointer = &pointer[..end],
                _ => return Some(route.place.clone()),
            }
        }
    }

    /// All templates of the document.
    pub fn templates(&self) -> impl Iterator<Item = TemplateText<'_>> {
        self.routes.iter().enumerate().flat_map(move |(route, places)| {
            places
                .templates
                .iter()
                .filter_map(move |pointer| Some(TemplateText { route, pointer, text: self.template(route, pointer)? }))
        })
    }

    fn template(&self, route: usize, pointer: &str) -> Option<&str> {
        let integration = self.method(route)?.1.integration.as_ref()?;
        let (table, key) = match pointer.strip_prefix("/requestTemplates/") {
            Some(key) => (&integration.request_templates, key),
            None => {
                let (at, key) = pointer.strip_prefix("/responses/")?.split_once("/responseTemplates/")?;
                (&integration.responses.get(at.parse::<usize>().ok()?)?.response_templates, key)
            }
        };
        table.get(&key.replace("~1", "/").replace("~0", "~")).map(String::as_str)
    }

    /// Everything the service would refuse: what was found while reading, and what is wrong with the methods.
    /// What needs a method's declarations is left out where the document does not show the method.
    #[must_use]
    pub fn problems(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> =
            self.findings.iter().filter(|finding| finding.severity == Severity::Problem).cloned().collect();
        for at in 0..self.routes.len() {
            let (Some((api, method)), Some(route)) = (self.method(at), self.routes.get(at)) else { continue };
            let told = self.findings.iter().any(|finding| finding.route == Some(at) && finding.property == "type");
            // The rules below are those of REST.
            if api.protocol != vtl::pipeline::Protocol::Rest || (method.integration.is_none() && told) {
                continue;
            }
            let problems = match &method.integration {
                Some(integration) if !route.is_declared => integration.problems(None),
                _ => method.problems(),
            };
            for problem in problems {
                let place = self.place_of(at, &problem.place).unwrap_or_else(|| route.place.clone());
                // One fault is told once.
                if found
                    .iter()
                    .any(|other| other.route == Some(at) && other.property == problem.property && other.place == place)
                {
                    continue;
                }
                found.push(Finding {
                    severity: Severity::Problem,
                    route: Some(at),
                    property: problem.property,
                    message: problem.message,
                    place,
                });
            }
        }
        found
    }
}
