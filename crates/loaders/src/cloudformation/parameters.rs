//! Checks of the values of a template's parameters ("CloudFormation template Parameters syntax").

use crate::context::Context;
use crate::diagnostic::Remark;
use crate::model::shape::Object;
use crate::model::shape::Shape::{Any, Flag, List, Scalar};
use crate::model::words::invalid_word;
use crate::syntax::tree::Node;
use std::collections::HashSet;
use vtl::Code;
use vtl::reference::{nearest, steps_of_nearest};

/// A parameter of a template.
pub(super) const PARAMETER: Object = Object {
    fields: &[
        ("AllowedPattern", Scalar),
        ("AllowedValues", List(&Scalar)),
        ("ConstraintDescription", Any),
        ("Default", Scalar),
        ("Description", Any),
        ("MaxLength", Scalar),
        ("MaxValue", Scalar),
        ("MinLength", Scalar),
        ("MinValue", Scalar),
        ("NoEcho", Flag),
        ("Type", Scalar),
    ],
    closed: Some("a parameter"),
};

/// Types of parameters, but for those of AWS: `AWS::…` and `List<AWS::…>`.
const TYPES: &[&str] = &["String", "Number", "List<Number>", "CommaDelimitedList"];

/// Adds the findings about the types of parameters, used or not.
fn check_types(parameters: &Node, found: &mut Vec<Remark>) {
    for (name, node) in parameters.fields() {
        match node.some("Type") {
            Some(written) => {
                let is_known =
                    |kind: &str| TYPES.contains(&kind) || kind.trim_start_matches("List<").starts_with("AWS::");
                if written.as_str().is_some_and(|kind| !is_known(kind)) {
                    found.extend(invalid_word(
                        "String, Number, CommaDelimitedList, List<Number> or a type of AWS",
                        written,
                    ));
                }
            }
            None if node.is_map() && !node.fields().any(|(key, _)| key.starts_with("Fn::")) => {
                let message = format!("the parameter {name} has no Type; it is read as a string");
                found.push(Remark::new(Code::WrongValueType, "", message, node.span));
            }
            None => {}
        }
    }
}

/// Returns the findings about the values that the caller gives, and about defaults.
///
/// A part of a template does not show its parameters, so only a whole one is checked.
pub(crate) fn check(root: &Node, context: &Context<'_, '_>) -> Vec<Remark> {
    let mut found = Vec::new();
    if root.get("Resources").is_none() {
        return found;
    }
    if let Some(parameters) = root.get("Parameters") {
        check_types(parameters, &mut found);
    }
    let declared: Vec<(&str, &Node)> = root.get("Parameters").into_iter().flat_map(Node::fields).collect();
    let names: HashSet<&str> = declared.iter().map(|(name, _)| *name).collect();
    for name in context.parameter_names() {
        if name.starts_with("AWS::") || names.contains(name) {
            continue;
        }
        let span = root.get("Parameters").map_or(root.span, |section| section.span);
        // The name is compared with all that are declared.
        if !context.budget.charge(declared.len().saturating_mul(steps_of_nearest(name)), span) {
            break;
        }
        let message = format!("a value is given for the parameter {name}, which the template does not declare");
        let remark = Remark::new(Code::UndeclaredValue, "", message, span);
        found.push(match nearest(name, declared.iter().map(|(known, _)| *known)) {
            Some(near) => remark.with_help(format!("did you mean {near}?")),
            None => remark.with_help("declare it, or remove the value"),
        });
    }
    for (name, node) in &declared {
        found.extend(constrained(name, node, context));
    }
    for (name, node) in declared {
        let Some(allowed) = node.get("AllowedValues") else { continue };
        let words: Vec<String> = allowed.each().iter().filter_map(Node::to_word).collect();
        let known: HashSet<&str> = words.iter().map(String::as_str).collect();
        let (value, span) = match (context.parameter(name), node.some("Default")) {
            (Some(given), _) => (given.to_owned(), allowed.span),
            (None, Some(default)) => (default.to_word().unwrap_or_default(), default.span),
            (None, None) => continue,
        };
        let kind = node.word("Type").unwrap_or_default();
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let is_allowed = |value: &str| known.contains(value);
        let wrong = match is_list {
            true => value.split(',').map(str::trim).find(|item| !is_allowed(item)),
            false => Some(value.as_str()).filter(|value| !is_allowed(value)),
        };
        if let Some(wrong) = wrong {
            let message = format!("{wrong} is none of the allowed values of the parameter {name}");
            let listed = words.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
            found.push(Remark::new(Code::DisallowedValue, "", message, span).with_help(format!("allowed: {listed}")));
        }
    }
    found
}

/// Checks a value against the bounds of its parameter.
fn constrained(name: &str, node: &Node, context: &Context<'_, '_>) -> Option<Remark> {
    let default = node.some("Default");
    let (value, span) = match (context.parameter(name), default) {
        (Some(given), _) => (given.to_owned(), node.span),
        (None, Some(default)) => (default.to_word()?, default.span),
        (None, None) => return None,
    };
    let bound = |key: &str| node.word(key)?.parse::<f64>().ok();
    let is_number = node.word("Type").as_deref() == Some("Number");
    let (size, keys, what) = match is_number {
        true => (value.trim().parse().ok(), ["MinValue", "MaxValue"], "value"),
        false => (Some(value.encode_utf16().count() as f64), ["MinLength", "MaxLength"], "length"),
    };
    let Some(size) = size else {
        let message = format!("{value} is no number, as the parameter {name} is");
        return Some(Remark::new(Code::DisallowedValue, "", message, span));
    };
    let message = match keys.map(bound) {
        [Some(least), _] if size < least => {
            format!("{value} is below the least {what} of the parameter {name}, {least}")
        }
        [_, Some(most)] if size > most => {
            format!("{value} is above the greatest {what} of the parameter {name}, {most}")
        }
        _ => return None,
    };
    Some(Remark::new(Code::DisallowedValue, "", message, span))
}
