//! Names that a template does not have, and names that CloudFormation refuses.

use super::{Intrinsics, Locals, REMARK};
use crate::diagnostic::Remark;
use crate::span::Span;
use crate::syntax::tree::Node;
use std::ops::Range;
use vtl::Code;

/// Pseudo parameters, without `AWS::`.
const PSEUDO: &[&str] =
    &["AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix"];

/// Functions whose values are known only after deployment, or that are read elsewhere, without `Fn::`.
const OPEN: &[&str] = &[
    "And",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "GetAZs",
    "GetStackOutput",
    "Not",
    "Or",
    "RefAll",
    "ToJsonString",
    "ValueOf",
    "ValueOfAll",
];

/// Longest logical ID.
const LONGEST_ID: usize = 255;

/// Most names whose exact place is looked up, which takes as long as their string is.
const MAX_LOCATED: usize = 100;

impl Intrinsics<'_> {
    /// Checks for a name that neither the template nor the caller has.
    pub(super) fn is_unresolved(&self, name: &str, locals: &Locals<'_>) -> bool {
        let owner = name.split('.').next().unwrap_or_default();
        let is_known = name.strip_prefix("AWS::").is_some_and(|name| PSEUDO.contains(&name))
            || locals.contains_key(name)
            || self.sections.parameters.contains_key(owner)
            || self.sections.resources.contains(owner)
            || !self.sections.is_whole
            || self.is_generated(owner);
        !is_known && self.context.parameter(name).is_none()
    }

    /// Checks for the name of a resource that a macro of the template may make.
    fn is_generated(&self, name: &str) -> bool {
        let is_sam = || {
            let resources = self.root.get("Resources").map_or(&[][..], Node::entries);
            let kinds = resources.iter().filter_map(|(_, node)| node.get("Type")?.as_str());
            kinds.into_iter().any(|kind| kind.starts_with("AWS::Serverless::"))
        };
        let begins_with_resource = |end: usize| name.get(..end).is_some_and(|id| self.sections.resources.contains(id));
        self.sections.has_macro
            // SAM names what it makes after the resource that it is made for: `HelloRole`, `ApiStage`.
            || (*self.is_sam.get_or_init(is_sam)
                && (name.starts_with("Serverless")
                    // Each of its beginnings is looked up.
                    || (self.context.budget.charge(name.len().min(LONGEST_ID).pow(2) / 64, self.root.span)
                        && (1..name.len().min(LONGEST_ID)).any(begins_with_resource))))
    }

    /// Records a name that CloudFormation refuses, at a range of a string.
    pub(super) fn refuse_name(&self, name: &str, template: &Node, range: Range<usize>) {
        if !self.charge(REMARK + 2 * name.len(), template.span) {
            return;
        }
        let message = format!(
            "variable names in Fn::Sub must contain only alphanumeric characters, underscores, periods, and colons: {name}"
        );
        let span = self.span_within(template, range);
        let help = format!("write ${{!{name}}} where the mapping template itself has the reference");
        let remark = Remark::new(Code::InvalidSubName, "", message, span).with_help(help);
        self.context.remarks.borrow_mut().push(remark);
    }

    /// Returns the span of a range of a string, or of the whole string after many were looked up.
    fn span_within(&self, template: &Node, range: Range<usize>) -> Span {
        self.located.set(self.located.get() + 1);
        if self.located.get() > MAX_LOCATED {
            return template.span;
        }
        self.context.sources.borrow().span_within(template, range)
    }

    /// Records an unresolved name that is written at a range of a string.
    pub(super) fn record_unresolved(&self, name: &str, template: &Node, range: Range<usize>) {
        if !self.charge(REMARK + 2 * name.len(), template.span) {
            return;
        }
        let span = self.span_within(template, range);
        self.unresolved.borrow_mut().push((name.to_owned(), span));
    }

    /// Adds a finding about the name of a reference, unless the template has it, or may have it.
    pub(super) fn check_reference(&self, name: &str, span: Span) {
        let is_open = self.around.is_made || self.sections.has_loop || name.is_empty() || name.contains("${");
        if is_open || !self.is_unresolved(name, &Locals::new()) || !self.charge(REMARK + 2 * name.len(), span) {
            return;
        }
        let message = format!("the template has no resource or parameter {name}");
        let help = "CloudFormation refuses the template: declare it, or mend the name";
        let remark = Remark::new(Code::UnresolvedName, "", message, span).with_help(help);
        self.context.remarks.borrow_mut().push(remark);
    }

    /// Adds a finding about a function that CloudFormation does not have; a macro may have it.
    pub(super) fn check_function(&self, function: &str, span: Span) {
        let name = function.trim_start_matches("Fn::");
        if self.sections.has_macro || OPEN.contains(&name) || !self.charge(REMARK + function.len(), span) {
            return;
        }
        let message = format!("CloudFormation has no function {function}; its value is not read");
        self.context.remarks.borrow_mut().push(Remark::new(Code::UnknownField, "", message, span));
    }

    /// Adds a finding about a reference whose argument is no name.
    pub(super) fn refuse_reference(&self, function: &str, argument: &Node) {
        if self.charge(REMARK, argument.span) {
            let message = format!("{function} must have a name; the value is not read");
            self.context.remarks.borrow_mut().push(Remark::new(Code::WrongValueType, "", message, argument.span));
        }
    }
}
