//! Settings that the events of a service share.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::{Fault, Remark};
use crate::serverless::made::at;
use crate::span::Span;
use crate::syntax::tree::Node;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use vtl::Code;

/// Most events of a service; a stack has far fewer resources, and an event may have long templates.
const MAX_EVENTS: usize = 5_000;

/// Place of the schemas that events name.
const SCHEMAS: &[&str] = &["apiGateway", "request", "schemas"];

/// Place of the timeout that integrations have without one of their own.
const TIMEOUT: &[&str] = &["apiGateway", "timeoutInMillis"];

/// The settings of a service that its events share, and the findings while they are read.
pub(super) struct Service<'a> {
    /// The section `provider`.
    pub provider: Node,
    /// Positions of the schemas of the provider by their names.
    schemas: HashMap<String, usize>,
    /// Bytes of the provider's timeout.
    timeout: usize,
    /// Findings.
    pub remarks: &'a RefCell<Vec<Remark>>,
    budget: &'a Budget<'a>,
    events: Cell<usize>,
}

impl<'a> Service<'a> {
    /// Creates a service without events.
    pub(super) fn new(provider: Node, remarks: &'a RefCell<Vec<Remark>>, budget: &'a Budget<'a>) -> Self {
        let entries = provider.at(SCHEMAS).map_or(&[][..], Node::entries).iter().enumerate().rev();
        let schemas = entries.filter_map(|(at, (name, _))| Some((name.as_str()?.to_owned(), at))).collect();
        let timeout = provider.at(TIMEOUT).map_or(0, Node::weight);
        Service { provider, schemas, timeout, remarks, budget, events: Cell::new(0) }
    }

    /// Returns a schema of the provider by its name.
    pub(super) fn schema(&self, name: &str) -> Option<&Node> {
        let at = *self.schemas.get(name)?;
        self.provider.at(SCHEMAS)?.entries().get(at).map(|(_, schema)| schema)
    }

    /// Returns a copy of the timeout of an event, or else of the provider.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn timeout(&self, event: &Node) -> Result<Node, Fault> {
        if let Some(own) = event.some("timeoutInMillis") {
            return Ok(own.clone());
        }
        self.spend(self.timeout, event.span)?;
        Ok(at(&self.provider, TIMEOUT))
    }

    /// Charges values that are about to be made for an event.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn spend(&self, bytes: usize, span: Span) -> Result<(), Fault> {
        self.budget.spend(bytes / VALUE, bytes, span)
    }

    /// Charges the work that what an event makes causes later.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn take(&self, steps: usize, span: Span) -> Result<(), Fault> {
        self.budget.spend(steps, 0, span)
    }

    /// Counts an event.
    ///
    /// # Errors
    /// The events are too many.
    pub(super) fn count(&self, span: Span) -> Result<(), Fault> {
        self.events.set(self.events.get() + 1);
        if self.events.get() > MAX_EVENTS {
            return Err(Fault::new(
                Code::DocumentLimit,
                span,
                format!("the service has more than {MAX_EVENTS} events"),
            ));
        }
        Ok(())
    }

    /// Adds a finding.
    pub(super) fn remark(&self, remark: Remark) {
        self.remarks.borrow_mut().push(remark);
    }
}
