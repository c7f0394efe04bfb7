//! APIs and routes while a document is being read.
//!
//! A draft is the model plus what only the loader knows: where things are written and what was wrong with them. Drafts become a
//! [`Document`](crate::Document) at the end.

use crate::syntax::source::Origin;
use crate::syntax::tree::{Node, Span};
use vtl::pipeline::{Api, Method, Protocol};

/// Something to tell about a property.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    /// Whether the service refuses it; else it is only worth knowing.
    pub problem: bool,
    /// The property of the integration; empty where it is none in particular.
    pub property: &'static str,
    /// What there is to tell.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A method or route.
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteDraft {
    /// The model.
    pub method: Method,
    /// Whether the document shows the method's own declarations, or only an integration.
    pub shown: bool,
    /// Where its integration is written, or else the method.
    pub span: Span,
    /// The places of properties, by JSON pointer below the integration.
    pub marks: Vec<(String, Origin)>,
    /// Which of these are texts of which a part is not known.
    pub open: Vec<String>,
    /// Which of these are templates.
    pub templates: Vec<String>,
    /// What was found while reading.
    pub remarks: Vec<Remark>,
}

impl RouteDraft {
    /// Keeps the place of a property.
    pub(crate) fn mark(&mut self, pointer: String, node: &Node) {
        if node.as_text().is_some_and(|text| text.open) {
            self.open.push(pointer.clone());
        }
        self.marks.push((pointer, Origin::of(node)));
    }

    /// Something the service refuses.
    pub(crate) fn fault(&mut self, property: &'static str, message: impl Into<String>, span: Span) {
        self.remarks.push(Remark { problem: true, property, message: message.into(), span });
    }

    /// Something worth knowing.
    pub(crate) fn note(&mut self, property: &'static str, message: impl Into<String>, span: Span) {
        self.remarks.push(Remark { problem: false, property, message: message.into(), span });
    }
}

/// An API.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiDraft {
    /// The model, without its methods.
    pub api: Api,
    /// Its methods or routes.
    pub routes: Vec<RouteDraft>,
    /// What was found outside of its routes.
    pub remarks: Vec<Remark>,
}

impl ApiDraft {
    /// An API of which nothing is known but its protocol.
    pub(crate) fn unknown(protocol: Protocol) -> Self {
        ApiDraft { api: Api { protocol, ..Api::default() }, ..ApiDraft::default() }
    }
}

/// What a document comes to.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    /// The APIs in the order of the document.
    pub apis: Vec<ApiDraft>,
    /// What was found outside of routes.
    pub remarks: Vec<Remark>,
}

impl Drafts {
    /// Something worth knowing that concerns no route.
    pub(crate) fn note(&mut self, message: impl Into<String>, span: Span) {
        self.remarks.push(Remark { problem: false, property: "", message: message.into(), span });
    }
}
