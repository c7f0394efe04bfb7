//! What loading gives: the APIs of a document, and where everything in them is written.

mod check;
mod print;
pub(crate) mod templates;

use crate::detect::Kind;
use crate::model::draft::{Drafts, Remark};
use crate::syntax::source::{Origin, Place, Sources};
use crate::syntax::tree::Span;
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
    pub(crate) open: Vec<String>,
    pub(crate) templates: Vec<String>,
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
                    open: route.open,
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

    /// The routes of a key such as `GET /pets/{id}` or `$default`; several APIs of a document may have the same.
    #[must_use]
    pub fn find_routes(&self, key: &str) -> Vec<usize> {
        let same = |one: &str| match (one.split_once(' '), key.trim().split_once(' ')) {
            (Some((method, path)), Some((given, at))) => method.eq_ignore_ascii_case(given) && path == at.trim_start(),
            _ => one == key,
        };
        (0..self.routes.len()).filter(|route| self.route_key(*route).is_some_and(|one| same(&one))).collect()
    }

    /// Where a property of a route's integration is written; of one that is not written, where the one around it is.
    #[must_use]
    pub fn place_of(&self, route: usize, pointer: &str) -> Option<Place> {
        self.place_in(route, pointer, 0)
    }

    /// Where an offset (in bytes) within a text of a route's integration, such as a template, is written.
    #[must_use]
    pub fn place_in(&self, route: usize, pointer: &str, offset: usize) -> Option<Place> {
        match self.origin(route, pointer) {
            Some((origin, exact)) => Some(self.sources.locate(origin, if exact { offset } else { 0 })),
            None => Some(self.routes.get(route)?.place.clone()),
        }
    }

    /// The same as the file's name, its text and the offset there; none where the text itself is written nowhere.
    #[must_use]
    pub fn written(&self, route: usize, pointer: &str, offset: usize) -> Option<(&str, &str, usize)> {
        let (origin, exact) = self.origin(route, pointer)?;
        self.sources.in_file(origin, offset).filter(|_| exact)
    }

    /// What was kept of the place of a property, or of the nearest around it.
    fn origin(&self, route: usize, pointer: &str) -> Option<(&Origin, bool)> {
        let marks = &self.routes.get(route)?.marks;
        let mut at = pointer;
        loop {
            if let Some((_, origin)) = marks.iter().rfind(|(marked, _)| marked == at) {
                return Some((origin, at == pointer));
            }
            at = &at[..at.rfind('/').filter(|end| *end > 0)?];
        }
    }
}
