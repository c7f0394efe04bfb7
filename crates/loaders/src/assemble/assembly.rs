//! The APIs of a document while their resources are assembled.

use crate::assemble::resource::{Resource, ResourceKind};
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::model::address::is_api_id;
use crate::model::draft::{ApiDraft, Drafts};
use crate::openapi::{self, BasePath};
use crate::references::References;
use crate::syntax::tree::{Data, Node};
use std::collections::HashMap;
use vtl::Code;
use vtl::pipeline::Protocol;

/// The APIs of a document while their resources are assembled.
pub(crate) struct Assembly<'a> {
    pub context: &'a Context<'a, 'a>,
    pub resources: &'a [Resource],
    pub drafts: Drafts,
    /// Index of an API by the string that a reference to it evaluates to.
    by_id: HashMap<String, usize>,
}

impl<'a> Assembly<'a> {
    /// Creates an assembly without APIs.
    pub(crate) fn new(resources: &'a [Resource], context: &'a Context<'a, 'a>) -> Self {
        Assembly { context, resources, drafts: Drafts::default(), by_id: HashMap::new() }
    }

    /// Iterates over the resources of a kind.
    pub(crate) fn of_kind(&self, kind: ResourceKind) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// Adds an API that references evaluate to one of `ids`.
    pub(crate) fn add(&mut self, mut api: ApiDraft, ids: &[String]) {
        if let Some(id) = ids.iter().find(|id| is_api_id(id)) {
            api.api.id = Some(id.clone());
        }
        for id in ids {
            self.by_id.insert(id.clone(), self.drafts.apis.len());
        }
        self.drafts.apis.push(api);
    }

    /// Returns the API of a reference; adds one of which only the protocol is known if the document
    /// does not define it.
    pub(crate) fn api_of(&mut self, reference: &str, protocol: Protocol) -> &mut ApiDraft {
        let at = self.api_index(reference, protocol);
        &mut self.drafts.apis[at]
    }

    /// Returns the index of the API of a reference, as [`Assembly::api_of`] does.
    pub(crate) fn api_index(&mut self, reference: &str, protocol: Protocol) -> usize {
        if let Some(at) = self.by_id.get(reference) {
            return *at;
        }
        self.add(ApiDraft::of_protocol(protocol), &[reference.to_owned()]);
        self.drafts.apis.len() - 1
    }

    /// Returns the API of a reference if the document defines it.
    pub(crate) fn known_api(&mut self, reference: &str) -> Option<&mut ApiDraft> {
        let at = *self.by_id.get(reference)?;
        self.drafts.apis.get_mut(at)
    }

    /// Reads the OpenAPI document of an API, a map or a string; `None` if its content is unknown.
    ///
    /// # Errors
    /// The document does not parse, or a `$ref` in it leads back to itself.
    pub(crate) fn body(&self, body: &Node, protocol: Protocol, base: BasePath) -> Result<Option<ApiDraft>, Fault> {
        let parsed = match &body.data {
            Data::Map(_) => Some(body.clone()),
            Data::Text(text) if text.has_placeholder => self.context.parse_text(body).ok(),
            Data::Text(_) => Some(self.context.parse_text(body)?),
            Data::Null => None,
            _ => {
                let message = "the definition of an API must be a map or a string; it is not read";
                self.context.remarks.borrow_mut().push(Remark::new(Code::WrongValueType, "", message, body.span));
                None
            }
        };
        match parsed.filter(|root| body.is_map() || openapi::is_root(root)) {
            Some(root) => {
                let is_open = root.fields().any(|(key, _)| key.starts_with("Fn::"));
                if !openapi::is_root(&root) && root.get("paths").is_none() && !is_open {
                    let message = "the definition of an API is no OpenAPI document: it has no `openapi` and no `paths`";
                    self.context.remarks.borrow_mut().push(Remark::new(Code::WrongValueType, "", message, root.span));
                }
                let references = References::read(&root, self.context)?;
                openapi::load(&root, Some(protocol), base, &references, &self.context.budget).map(Some)
            }
            None => Ok(None),
        }
    }
}
