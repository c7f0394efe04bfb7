//! Calls of functions that CloudFormation refuses ("Intrinsic function reference").

use super::{Intrinsics, REMARK};
use crate::diagnostic::Remark;
use crate::span::Span;
use crate::syntax::tree::{Data, MAX_DEPTH, Node};
use std::borrow::Cow;
use vtl::Code;

/// Longest name of a mapping or a key in a finding, in bytes.
const LONGEST_KEY: usize = 100;

impl Intrinsics<'_> {
    /// Adds a finding about a part of the template that CloudFormation refuses.
    pub(super) fn refuse(&self, code: Code, message: String, span: Span) {
        if self.charge(REMARK + message.len(), span) {
            self.context.remarks.borrow_mut().push(Remark::new(code, "", message, span));
        }
    }

    /// Checks for a value or condition that is nested too deeply to be read; the first has a finding.
    pub(super) fn is_too_deep(&self, depth: usize, span: Span) -> bool {
        if depth > MAX_DEPTH && !self.is_deep.replace(true) {
            let message =
                format!("values or conditions nest deeper than {MAX_DEPTH} levels; what is deeper is not read");
            self.refuse(Code::DocumentLimit, message, span);
        }
        depth > MAX_DEPTH
    }

    /// Adds a finding about a call of a function whose evaluated argument it cannot have.
    pub(super) fn check_call(&self, name: &str, argument: &Node) {
        let items = argument.items();
        let refused = match (name, items) {
            // A placeholder may be anything.
            _ if argument.as_text().is_some_and(|text| text.has_placeholder) => None,
            ("Fn::Select", [index, list]) => selected(index, list),
            ("Fn::Select", _) => wrong("Fn::Select must have an index and a list"),
            ("Fn::Join", [separator, list]) if is_scalar(separator) && is_list(list) => {
                let is_wrong = |item: &Node| !is_scalar(item) && !item.has_placeholder();
                list.items()
                    .iter()
                    .any(is_wrong)
                    .then_some(Cow::Borrowed("the values that Fn::Join joins must be strings"))
            }
            ("Fn::Join", _) => wrong("Fn::Join must have a separator and a list of strings"),
            ("Fn::Split", [separator, text]) => {
                let is_empty = separator.as_str() == Some("");
                (!is_scalar(separator) || !is_scalar(text) || is_empty)
                    .then_some(Cow::Borrowed("Fn::Split must have a separator that is not empty, and a string"))
            }
            ("Fn::Split", _) => wrong("Fn::Split must have a separator and a string"),
            ("Fn::FindInMap", [map, first, second, ..]) if [map, first, second].into_iter().all(is_scalar) => None,
            ("Fn::FindInMap", _) => wrong("Fn::FindInMap must have the name of a mapping and two keys"),
            ("Fn::GetAtt", []) if argument.to_word().is_some_and(|name| !name.contains('.')) => {
                wrong("Fn::GetAtt must have a resource and an attribute")
            }
            ("Fn::GetAtt", [_]) => wrong("Fn::GetAtt must have a resource and an attribute"),
            ("Fn::Base64" | "Fn::ImportValue", _) if !is_scalar(argument) && !argument.has_placeholder() => {
                Some(Cow::Owned(format!("{name} must have a string")))
            }
            ("Fn::Length", _) if !argument.is_list() => wrong("Fn::Length must have a list"),
            _ => None,
        };
        if let Some(message) = refused {
            self.refuse(Code::WrongValueType, format!("{message}; its value is not read"), argument.span);
        }
        if matches!(name, "Fn::Length" | "Fn::ToJsonString") {
            self.check_extension(name, argument.span);
        }
    }

    /// Adds a finding about a function that a transform makes, if the template does not name that.
    pub(super) fn check_extension(&self, name: &str, span: Span) {
        let is_open = !self.sections.is_whole || self.sections.has_macro || self.around.is_made;
        if !self.sections.has_extensions && !is_open {
            let message = format!("{name} needs Transform: AWS::LanguageExtensions, which the template does not have");
            self.refuse(Code::UnknownField, message, span);
        }
    }

    /// Adds a finding about a lookup that finds nothing; a macro may add what it looks for.
    pub(super) fn check_mapping(&self, keys: &[String], span: Span) {
        let is_open = !self.sections.is_whole || self.sections.has_macro;
        if !is_open && keys.iter().all(|key| key.len() <= LONGEST_KEY) {
            let message = format!("the template has no mapping {}", keys.join("."));
            self.refuse(Code::UnresolvedName, message, span);
        }
    }

    /// Adds the findings about the resources that a resource depends on.
    pub(crate) fn check_dependencies(&self, resource: &Node) {
        let Some(written) = resource.some("DependsOn") else { return };
        for node in written.each() {
            match &node.data {
                Data::Text(text) => self.check_reference(&text.text, node.span),
                _ => {
                    let message = "DependsOn must have names of resources".to_owned();
                    self.refuse(Code::WrongValueType, message, node.span);
                }
            }
        }
    }
}

fn wrong(message: &'static str) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(message))
}

/// Checks for a string, a number or a boolean, or a value that is not known.
fn is_scalar(node: &Node) -> bool {
    matches!(node.data, Data::Text(_) | Data::Number(_) | Data::Bool(_))
}

/// Checks for a list, or a value that is not known.
fn is_list(node: &Node) -> bool {
    node.is_list() || node.as_text().is_some_and(|text| text.has_placeholder)
}

/// Returns what is wrong with the index and the list of `Fn::Select`.
fn selected(index: &Node, list: &Node) -> Option<Cow<'static, str>> {
    if !is_list(list) {
        return wrong("the second part of Fn::Select must be a list");
    }
    if index.as_text().is_some_and(|text| text.has_placeholder) {
        return None;
    }
    let Some(at) = index.to_word().and_then(|word| word.parse::<usize>().ok()) else {
        return wrong("the index of Fn::Select must be a number from 0");
    };
    let count = list.items().len();
    (list.is_list() && at >= count)
        .then(|| Cow::Owned(format!("Fn::Select cannot select the value at {at}: its list has {count}")))
}
