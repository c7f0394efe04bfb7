//! Types of variables: which values they take ("Type Constraints").

use crate::diagnostic::{Fault, brief};
use crate::syntax::tree::{Data, Node};
use crate::terraform::operators::{members, number, truth};
use hcl_edit::expr::{Expression, FuncCall, Object};
use std::collections::HashMap;

/// Charges steps.
type Charge<'c> = &'c dyn Fn(usize) -> Result<(), Fault>;

/// Says why a value cannot be converted to a type; `None` if it can, or if it is known only after deployment. Each value
/// in it is compared with all attributes of its type, of which `charge` takes a step.
///
/// # Errors
/// `charge` failed.
pub(crate) fn mismatch(value: &Node, kind: &Expression, charge: Charge<'_>) -> Result<Option<String>, Fault> {
    let is_open = value.as_text().is_some_and(|text| text.has_placeholder);
    if is_open || value.is_null() {
        return Ok(None);
    }
    match kind {
        Expression::Variable(name) => Ok(of_word(value, name.as_str())),
        // As Terraform 0.11 wrote it.
        Expression::String(name) => Ok(of_word(value, name.value())),
        Expression::Parenthesis(kind) => mismatch(value, kind.inner(), charge),
        Expression::FuncCall(call) => of_call(value, call, charge),
        _ => Ok(None),
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

fn of_call(value: &Node, call: &FuncCall, charge: Charge<'_>) -> Result<Option<String>, Fault> {
    let Some(argument) = call.args.get(0) else { return Ok(None) };
    Ok(match (call.name.name.as_str(), &value.data, argument) {
        ("list" | "set", Data::List(items), _) => {
            let mut each = items.iter().enumerate();
            each.find_map(|(at, item)| within(|| at.to_string(), mismatch(item, argument, charge))).transpose()?
        }
        ("list" | "set" | "tuple", ..) if !value.is_list() => wanted("a list", value),
        ("map", Data::Map(_), _) => {
            let mut each = value.fields();
            each.find_map(|(key, item)| within(|| brief(key), mismatch(item, argument, charge))).transpose()?
        }
        ("map" | "object", ..) if !value.is_map() => wanted("a map", value),
        ("object", _, Expression::Object(attributes)) => of_object(value, attributes, charge)?,
        ("tuple", Data::List(items), Expression::Array(kinds)) if items.len() != kinds.len() => {
            Some(format!("it must have {} items, not {}", kinds.len(), items.len()))
        }
        ("tuple", Data::List(items), Expression::Array(kinds)) => {
            let mut each = items.iter().zip(kinds.iter()).enumerate();
            each.find_map(|(at, (item, kind))| within(|| at.to_string(), mismatch(item, kind, charge))).transpose()?
        }
        ("optional", ..) => mismatch(value, argument, charge)?,
        _ => None,
    })
}

/// Adds the name of a part to what is wrong with it.
fn within(name: impl FnOnce() -> String, found: Result<Option<String>, Fault>) -> Option<Result<String, Fault>> {
    found.transpose().map(|found| found.map(|why| format!("{}: {why}", name())))
}

fn of_object(value: &Node, attributes: &Object, charge: Charge<'_>) -> Result<Option<String>, Fault> {
    charge(1 + attributes.len())?;
    let known: HashMap<&str, &Node> = value.fields().collect();
    let is_open = value.entries().iter().any(|(key, _)| key.has_placeholder());
    for (name, kind) in members(attributes) {
        let is_optional = matches!(kind, Expression::FuncCall(call) if call.name.name.as_str() == "optional");
        match known.get(name) {
            Some(item) => {
                if let Some(why) = mismatch(item, kind, charge)? {
                    return Ok(Some(format!("{}: {why}", brief(name))));
                }
            }
            None if !is_optional && !is_open => {
                return Ok(Some(format!("it lacks the attribute {}", brief(name))));
            }
            None => {}
        }
    }
    Ok(None)
}
