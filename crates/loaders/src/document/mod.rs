//! Loaded documents: the APIs, where everything in them is written, and what is wrong with them.

mod check;
mod error;
mod names;
mod print;
mod route_keys;
mod templates;
mod write_back;

pub use error::LoadError;
pub use route_keys::RouteKeys;
pub use templates::TemplateText;

use crate::diagnostic::Remark;
use crate::kind::Kind;
use crate::model::draft::Drafts;
use crate::syntax::source::{Origin, Sources};
use names::Names;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::{Api, Method};
use vtl::{Budget, Limits, Span};

/// A method of a REST API, or a route of an HTTP or WebSocket API, with its place.
#[derive(Debug)]
#[non_exhaustive]
pub struct Route {
    /// Index of the API in [`Document::apis`].
    pub api: usize,
    /// Index of the method in [`Api::methods`].
    pub method: usize,
    /// Set if the document has the method's own declarations (parameters, responses), and not only
    /// its integration.
    pub is_declared: bool,
    /// Location of the integration, or of the method if it has none.
    pub location: Location,
    /// Origins of properties, by JSON pointer below the integration.
    marks: HashMap<String, Origin>,
    /// Pointers of the strings that have a placeholder.
    placeholders: HashSet<String>,
    /// Pointers of the templates.
    templates: Vec<String>,
    /// Names of the templates, once they were asked for.
    names: OnceLock<Names>,
}

/// A loaded document.
///
/// ```
/// use vtl_loaders::{File, Options, load_integration};
/// let file = File::new("i.yaml", "type: http\nhttpMethod: GET\nuri: backend.test\n");
/// let document = load_integration(&file, None, &Options::default())?;
/// let found = document.errors();
/// let location = found.iter().find_map(|diagnostic| diagnostic.location.as_ref());
/// assert_eq!(location.map(|location| (location.line, location.column)), Some((3, 6)));
/// assert_eq!(document.source("i.yaml").and_then(|text| text.lines().nth(2)), Some("uri: backend.test"));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Document {
    /// Format of the document.
    pub kind: Kind,
    /// APIs in the order of the document, with their methods.
    pub apis: Vec<Api>,
    /// Methods and routes of all APIs in the order of the document.
    pub routes: Vec<Route>,
    /// Places of the gateway responses of each API; `None` for a value that is not known.
    gateway_places: Vec<HashMap<String, Option<Location>>>,
    /// Findings while reading, with the indexes of their routes.
    findings: Vec<Finding>,
    sources: Sources,
    steps: u64,
    limits: Limits,
}

/// Most findings of reading a document; one more says how many there are.
const MOST_FINDINGS: usize = 5_000;

/// A diagnostic, and the index of the route that it concerns.
#[derive(Clone, Debug)]
struct Finding {
    route: Option<usize>,
    diagnostic: Diagnostic,
}

impl Finding {
    /// Makes the finding the one that says how many there are that are not listed.
    fn of_many(mut self, count: usize) -> Self {
        self.diagnostic.message = format!("and {count} more findings like this one or others");
        self.diagnostic.help = Some("mend some of them to see the others".to_owned());
        self
    }
}

impl Document {
    /// Creates a document from what was read.
    pub(crate) fn new(kind: Kind, drafts: Drafts, sources: Sources, steps: u64, limits: Limits) -> Self {
        let mut document = Document {
            kind,
            apis: Vec::new(),
            routes: Vec::new(),
            gateway_places: Vec::new(),
            findings: Vec::new(),
            sources,
            steps,
            limits,
        };
        let mut remarks = vec![(None, drafts.remarks)];
        for (at, draft) in drafts.apis.into_iter().enumerate() {
            let mut api = draft.api;
            remarks.push((None, draft.remarks));
            let place = |origin: Option<Origin>| origin.map(|origin| document.sources.location_of(&origin));
            let places = draft.marks.into_iter().map(|(pointer, origin)| (pointer, place(origin))).collect();
            document.gateway_places.push(places);
            for route in draft.routes {
                remarks.push((Some(document.routes.len()), route.remarks));
                document.routes.push(Route {
                    api: at,
                    method: api.methods.len(),
                    is_declared: route.is_declared,
                    location: document.sources.location(route.span),
                    marks: route.marks.into_iter().collect(),
                    placeholders: route.placeholders.into_iter().collect(),
                    templates: route.templates,
                    names: OnceLock::new(),
                });
                api.methods.push(route.method);
            }
            document.apis.push(api);
        }
        let mut all = remarks.into_iter().flat_map(|(route, of)| of.into_iter().map(move |remark| (remark, route)));
        let found: Vec<Finding> =
            all.by_ref().take(MOST_FINDINGS).map(|(remark, route)| document.finding(remark, route)).collect();
        document.findings = found;
        let rest = document.rest(all);
        document.findings.extend(rest);
        document
    }

    /// Returns the finding that says how many more there are, at the place of the first of them.
    fn rest(&self, mut more: impl Iterator<Item = (Remark, Option<usize>)>) -> Option<Finding> {
        let (first, route) = more.next()?;
        let mut last = self.finding(first, route);
        let mut count = 1usize;
        for (remark, _) in more {
            count += 1;
            last.diagnostic.severity = last.diagnostic.severity.max(remark.code.severity());
        }
        Some(if count > 1 { last.of_many(count) } else { last })
    }

    fn finding(&self, remark: Remark, route: Option<usize>) -> Finding {
        let mut diagnostic = Diagnostic::new(remark.code, remark.message).at(self.sources.location(remark.span));
        diagnostic.help = remark.help;
        Finding { route, diagnostic: self.concerning(diagnostic, route, remark.property) }
    }

    /// Sets the route and the property that a diagnostic concerns; an empty property is none.
    fn concerning(&self, diagnostic: Diagnostic, route: Option<usize>, property: &str) -> Diagnostic {
        let diagnostic = match route {
            Some(route) => self.on_route(diagnostic, route),
            None => diagnostic,
        };
        if property.is_empty() { diagnostic } else { diagnostic.of_property(property) }
    }

    /// Returns the steps that loading the document took, of those that
    /// [`Options::limits`](crate::Options::limits) allow.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load};
    /// let text = "Resources: {Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: !Ref Stage}}}";
    /// let document = load(&[File::new("t.yaml", text)], &Options::default())?;
    /// assert!((1..500).contains(&document.steps()));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Creates a budget with the steps that loading the document has left, for work on all of it: the
    /// limits are those of [`Options::limits`](crate::Options::limits).
    #[must_use]
    pub fn budget_left(&self) -> Budget<'static> {
        let steps = self.limits.steps().map(|most| most.saturating_sub(self.steps));
        Budget::new(&self.limits.clone().with_steps(steps))
    }

    /// Returns the API and the method of a route.
    #[must_use]
    pub fn method(&self, route: usize) -> Option<(&Api, &Method)> {
        let route = self.routes.get(route)?;
        let api = self.apis.get(route.api)?;
        Some((api, api.methods.get(route.method)?))
    }

    /// Returns the key of a route: `GET /things/{id}`, `$default`, or the key of a WebSocket route.
    /// `None` if its method or path is unknown.
    #[must_use]
    pub fn route_key(&self, route: usize) -> Option<String> {
        self.method(route).and_then(|(_, method)| method.key())
    }

    /// Sets the route that a diagnostic concerns, if its key is known.
    #[must_use]
    pub fn on_route(&self, diagnostic: Diagnostic, route: usize) -> Diagnostic {
        let Some((_, method)) = self.method(route) else { return diagnostic };
        match (&method.route_key, &method.http_method, &method.path) {
            (Some(key), ..) => diagnostic.on_route(key),
            (None, Some(method), Some(path)) => diagnostic.on_route(format_args!("{method} {path}")),
            _ => diagnostic,
        }
    }

    /// Returns the key of a route, with `?` for a method or path that the document does not define;
    /// empty if there is no such route.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let document = load_integration(&File::new("i.yaml", "type: mock"), None, &Options::default())?;
    /// assert_eq!(document.route_label(0), "? ?");
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn route_label(&self, route: usize) -> String {
        let part = |part: Option<&String>| part.map_or("?", String::as_str).to_owned();
        let Some((_, method)) = self.method(route) else { return String::new() };
        let partly = || format!("{} {}", part(method.http_method.as_ref()), part(method.path.as_ref()));
        method.key().unwrap_or_else(partly)
    }

    /// Returns the routes with a key such as `GET /pets/{id}`, `$default` or, if the document does not
    /// define the path, `GET ?`; several APIs of a document may have the same key.
    #[must_use]
    pub fn find_routes(&self, key: &str) -> Vec<usize> {
        self.route_keys().find(key).to_vec()
    }

    /// Returns the content of a file of the document, or of a file that it refers to.
    #[must_use]
    pub fn source(&self, file: &str) -> Option<&str> {
        self.sources.text_of(file)
    }

    /// Returns the offset at which a location starts, in the file that it names.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let document = load_integration(&File::new("i.yaml", "type: mock\nuri: a\n"), None, &Options::default())?;
    /// let place = document.location_in("i.yaml", 16..17).unwrap();
    /// assert_eq!((place.to_string(), document.offset_of(&place)), ("i.yaml:2:6".to_owned(), Some(16)));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn offset_of(&self, location: &Location) -> Option<usize> {
        let (lines, text) = self.sources.named(location.file.as_deref()?)?;
        lines.offset(text, location.line, location.column)
    }

    /// Returns the location of a range of bytes of a file.
    #[must_use]
    pub fn location_in(&self, file: &str, range: Range<usize>) -> Option<Location> {
        let (lines, text) = self.sources.named(file)?;
        Some(lines.location(text, Span::new(range.start, range.len())).in_file(file))
    }

    /// Iterates over the contents of the document's files and of the files that they refer to.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.sources.texts()
    }

    /// Returns the location of a property of a route's integration, given as JSON pointer below the
    /// integration such as `/responses/0/statusCode`. If the property is not written, it is the
    /// start of what contains it; `None` if the document has no such route.
    #[must_use]
    pub fn location_of(&self, route: usize, pointer: &str) -> Option<Location> {
        match self.origin(route, pointer) {
            Some((origin, true)) => Some(self.sources.location_of(origin)),
            Some((origin, false)) => Some(self.sources.locate(origin, 0..0)),
            None => {
                let location = self.routes.get(route)?.location.clone();
                let start = (location.line, location.column);
                Some(location.until(start))
            }
        }
    }

    /// Returns the location of a range of bytes within a string of a route's integration, such as a
    /// template. If the string is not written, it is the start of what contains it; `None` if the
    /// document has no such route.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let file = File::new("i.json", r#"{"type": "mock", "requestTemplates": {"a/b": "one\n $two"}}"#);
    /// let document = load_integration(&file, None, &Options::default())?;
    /// let location = document.locate(0, "/requestTemplates/a~1b", 5..9);
    /// let columns = location.map(|location| (location.column, location.end_column));
    /// assert_eq!(columns, Some((53, 57)));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn locate(&self, route: usize, pointer: &str, range: Range<usize>) -> Option<Location> {
        match self.origin(route, pointer) {
            Some((origin, true)) => Some(self.sources.locate(origin, range)),
            _ => self.location_of(route, pointer),
        }
    }

    /// Returns the origin of a property or of the nearest property around it, and whether it is the
    /// property's own.
    fn origin(&self, route: usize, pointer: &str) -> Option<(&Origin, bool)> {
        let marks = &self.routes.get(route)?.marks;
        let mut at = pointer;
        loop {
            if let Some(origin) = marks.get(at) {
                return Some((origin, at == pointer));
            }
            at = &at[..at.rfind('/').filter(|end| *end > 0)?];
        }
    }
}
