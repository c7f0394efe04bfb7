//! Types of variables: which values they take ("Type Constraints").

use crate::diagnostic::brief;
use crate::syntax::tree::{Data, Node};
use crate::terraform::operators::{members, number, truth};
use hcl_edit::expr::{Expression, FuncCall, Object};

/// Says why a value cannot be converted to a type; `None` if it can, or if it is known only after deployment.
pub(crate) fn mismatch(value: &Node, kind: &Expression) -> Option<String> {
    let is_open = value.as_text().is_some_and(|text| text.has_placeholder);
    if is_open || value.is_null() {
        return None;
    }
    match kind {
        Expression::Variable(name) => of_word(value, name.as_str()),
        // As Terraform 0.11 wrote it.
        Expression::String(name) => of_word(value, name.value()),
        Expression::Parenthesis(kind) => mismatch(value, kind.inner()),
        Expression::FuncCall(call) => of_call(value, call),
        _ => None,
    }
}

fn wanted(kind: &str, value: &Node) -> Option<String> {
    Some(format!("it must be {kind}, not {}", value.type_name()))
}

fn of_word(value: &Node, name: &str) -> Option<String> {
    let is_scalar = value.to_word().is_some();
    match name {
        "string" if !is_scalar => wanted("a string", value),
        "number" if number(value).is_none() => wanted("a number", value),
        "bool" if truth(value).is_none() => wanted("true or false", value),
        "list" | "set" if !value.is_list() => wanted("a list", value),
        "map" if !value.is_map() => wanted("a map", value),
        _ => None,
    }
}

fn of_call(value: &Node, call: &FuncCall) -> Option<String> {
    let argument = call.args.get(0)?;
    match (call.name.name.as_str(), &value.data, argument) {
        ("list" | "set", Data::List(items), _) => {
            let mut each = items.iter().enumerate();
            within(each.find_map(|(at, item)| Some((at.to_string(), mismatch(item, argument)?))))
        }
        ("list" | "set" | "tuple", ..) if !value.is_list() => wanted("a list", value),
        ("map", Data::Map(_), _) => {
            within(value.fields().find_map(|(key, item)| Some((brief(key), mismatch(item, argument)?))))
        }
        ("map" | "object", ..) if !value.is_map() => wanted("a map", value),
        ("object", _, Expression::Object(attributes)) => of_object(value, attributes),
        ("tuple", Data::List(items), Expression::Array(kinds)) if items.len() != kinds.len() => {
            Some(format!("it must have {} items, not {}", kinds.len(), items.len()))
        }
        ("tuple", Data::List(items), Expression::Array(kinds)) => {
            let mut each = items.iter().zip(kinds.iter()).enumerate();
            within(each.find_map(|(at, (item, kind))| Some((at.to_string(), mismatch(item, kind)?))))
        }
        ("optional", ..) => mismatch(value, argument),
        _ => None,
    }
}

fn within(found: Option<(String, String)>) -> Option<String> {
    found.map(|(name, why)| format!("{name}: {why}"))
}

fn of_object(value: &Node, attributes: &Object) -> Option<String> {
    let known: std::collections::HashMap<&str, &Node> = value.fields().collect();
    let is_open = value.entries().iter().any(|(key, _)| key.has_placeholder());
    for (name, kind) in members(attributes) {
        let is_optional = matches!(kind, Expression::FuncCall(call) if call.name.name.as_str() == "optional");
        match known.get(name) {
            Some(item) => {
                if let Some(why) = mismatch(item, kind) {
                    return Some(format!("{}: {why}", brief(name)));
                }
            }
            None if !is_optional && !is_open => {
                return Some(format!("it lacks the attribute {}", brief(name)));
            }
            None => {}
        }
    }
    None
}
