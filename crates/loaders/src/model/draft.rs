//! APIs and routes while a document is read.
//!
//! A draft is a part of the model together with what only the loader knows: where it is written,
//! and what is wrong with it. Drafts become a [`Document`](crate::Document) at the end.

use crate::budget::Budget;
use crate::diagnostic::{Fault, Remark};
use crate::span::Span;
use crate::syntax::pointer::escape;
use crate::syntax::source::Origin;
use crate::syntax::tree::Node;
use std::io::{self, Write};
use vtl::Code;
use vtl::pipeline::model::Table;
use vtl::pipeline::{Api, Method, Protocol};

/// A method of a REST API, or a route of an HTTP or WebSocket API.
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteDraft {
    /// The model.
    pub method: Method,
    /// Set if the document has the method's own declarations, and not only its integration.
    pub is_declared: bool,
    /// Place of the integration, or of the method if it has none.
    pub span: Span,
    /// Places of properties, by JSON pointer below the integration.
    pub marks: Vec<(String, Origin)>,
    /// Pointers of the strings that have a placeholder.
    pub placeholders: Vec<String>,
    /// Pointers of the templates.
    pub templates: Vec<String>,
    /// Findings while reading.
    pub remarks: Vec<Remark>,
}

impl RouteDraft {
    /// Creates a route that the document declares at a place.
    pub(crate) fn declared(span: Span) -> Self {
        RouteDraft { is_declared: true, span, ..RouteDraft::default() }
    }

    /// Records the place of a property.
    pub(crate) fn mark(&mut self, pointer: String, node: &Node) {
        if node.as_text().is_some_and(|text| text.has_placeholder) {
            self.placeholders.push(pointer.clone());
        }
        self.marks.push((pointer, Origin::of(node)));
    }

    /// Records the places of the entries of a map that became a table.
    pub(crate) fn mark_entries<V>(&mut self, pointer: &str, map: &Node, table: &Table<V>) {
        if !table.is_empty() {
            for (key, value) in map.fields() {
                self.mark(format!("{pointer}/{}", escape(key)), value);
            }
        }
    }

    /// Records the places of templates.
    pub(crate) fn mark_templates(&mut self, pointer: &str, map: &Node, table: &Table<String>) {
        self.mark_entries(pointer, map, table);
        self.templates.extend(table.names().map(|key| format!("{pointer}/{}", escape(key))));
    }

    /// Returns the bytes of the route: its texts are copies of what may be written once for many routes.
    fn weight(&self) -> usize {
        let mut size = Size(0);
        // Counting cannot fail.
        let _ = serde_json::to_writer(&mut size, &self.method);
        let marks = self.marks.iter().map(|(pointer, _)| MARK + pointer.len());
        let pointers = self.placeholders.iter().chain(&self.templates).map(String::len);
        let remarks = self.remarks.iter().map(|remark| MARK + remark.message.len());
        size.0 + marks.chain(pointers).chain(remarks).sum::<usize>()
    }

    /// Adds a remark about a property.
    pub(crate) fn remark(&mut self, code: Code, property: &'static str, message: impl Into<String>, span: Span) {
        self.remarks.push(Remark::new(code, property, message, span));
    }
}

/// Bytes of the place of a property, or of a remark, beside its text.
const MARK: usize = 128;

/// Bytes of a route that a step reads or checks.
const BYTES_PER_STEP: usize = 16;

/// Steps of a remark, most of which are about a name that is compared with all that are known.
const STEPS_OF_REMARK: usize = 80;

/// Steps and bytes of a part of a route's path.
const STEPS_OF_PART: usize = 60;
const BYTES_OF_PART: usize = 250;

/// A writer that counts the bytes of a value by its JSON.
struct Size(usize);

impl Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A string is a value of its own, besides its bytes.
        self.0 += bytes.len() + memchr::memchr_iter(b'"', bytes).count() * size_of::<String>();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An API.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiDraft {
    /// The model, without its methods.
    pub api: Api,
    /// Set if the document has the whole API: its own resource, and its models.
    pub is_defined: bool,
    /// Its methods or routes.
    pub routes: Vec<RouteDraft>,
    /// Places of its gateway responses, models and binary media types, by JSON pointer; `None` instead of a place for a value that has
    /// a placeholder.
    pub marks: Vec<(String, Option<Origin>)>,
    /// Findings outside of its routes.
    pub remarks: Vec<Remark>,
}

impl ApiDraft {
    /// Records the places of a gateway response whose parameters have the given name.
    pub(crate) fn mark_gateway_response(&mut self, kind: &str, node: &Node, parameters: &str, status: &str) {
        let place = format!("/gatewayResponses/{}", escape(kind));
        let origin = |node: &Node| (!node.has_placeholder()).then(|| Origin::of(node));
        self.marks.push((place.clone(), Some(Origin::of(node))));
        if let Some(status) = node.get(status) {
            self.marks.push((format!("{place}/statusCode"), origin(status)));
        }
        for (name, value) in node.get(parameters).into_iter().flat_map(Node::fields) {
            self.marks.push((format!("{place}/responseParameters/{}", escape(name)), origin(value)));
        }
    }

    /// Records the place of a value, unless it has a placeholder.
    pub(crate) fn mark(&mut self, pointer: String, node: &Node) {
        self.marks.push((pointer, (!node.has_placeholder()).then(|| Origin::of(node))));
    }

    /// Records the places of a list of binary media types.
    pub(crate) fn mark_binary_types(&mut self, types: &[Node]) {
        let marks =
            types.iter().enumerate().map(|(at, node)| (format!("/binaryMediaTypes/{at}"), Some(Origin::of(node))));
        self.marks.extend(marks);
    }

    /// Records the place of a model.
    pub(crate) fn mark_model(&mut self, name: &str, schema: &Node) {
        self.marks.push((format!("/models/{}", escape(name)), Some(Origin::of(schema))));
    }

    /// Creates an API of which only the protocol is known.
    pub(crate) fn of_protocol(protocol: Protocol) -> Self {
        ApiDraft { api: Api::new(protocol), ..ApiDraft::default() }
    }

    /// Adds a route.
    ///
    /// # Errors
    /// The budget is spent.
    pub(crate) fn add(&mut self, route: RouteDraft, budget: &Budget<'_>) -> Result<(), Fault> {
        let weight = route.weight();
        let steps = weight / BYTES_PER_STEP + route.remarks.len() * STEPS_OF_REMARK;
        budget.spend(steps, weight, route.span)?;
        // Each is a place of the routing table.
        let parts = route.method.path.as_ref().map_or(0, |path| path.bytes().filter(|byte| *byte == b'/').count());
        budget.spend(parts * STEPS_OF_PART, parts * BYTES_OF_PART, route.span)?;
        self.routes.push(route);
        Ok(())
    }

    /// Creates an API with a single route.
    pub(crate) fn with_route(protocol: Protocol, route: RouteDraft) -> Self {
        ApiDraft { routes: vec![route], ..ApiDraft::of_protocol(protocol) }
    }

    /// Adds a remark that concerns no route.
    pub(crate) fn remark(&mut self, code: Code, message: impl Into<String>, span: Span) {
        self.remarks.push(Remark::new(code, "", message, span));
    }
}

/// The content of a document.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    /// APIs in the order of the document.
    pub apis: Vec<ApiDraft>,
    /// Findings outside of APIs.
    pub remarks: Vec<Remark>,
}

impl Drafts {
    /// Creates the content of a document with a single API.
    pub(crate) fn of(api: ApiDraft) -> Self {
        Drafts { apis: vec![api], remarks: Vec::new() }
    }
}
