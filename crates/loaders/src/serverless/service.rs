//! What the events of a service have in common.

use crate::diagnostic::Remark;
use crate::syntax::tree::Node;
use std::cell::RefCell;

/// The settings of a service that its events share, and the findings while they are read.
pub(super) struct Service<'a> {
    /// The section `provider`.
    pub provider: Node,
    /// Findings.
    pub remarks: &'a RefCell<Vec<Remark>>,
}

impl Service<'_> {
    /// Adds a finding.
    pub(super) fn remark(&self, remark: Remark) {
        self.remarks.borrow_mut().push(remark);
    }
}
