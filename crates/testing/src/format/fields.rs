//! Strict reading of values: unknown keys and values of another kind are faults with their place.

use crate::node::{Data, Entry, Fault, Node};
use vtl::Code;
use vtl::reference::nearest;

/// Returns the members of a map whose keys are all known.
pub(super) fn members<'a>(node: &'a Node, what: &str, known: &[&str]) -> Result<&'a [Entry], Fault> {
    let Data::Map(entries) = &node.data else {
        return Err(Fault::new(node.place, format!("{what} must be a map, not {}", node.kind())));
    };
    match entries.iter().find(|entry| !known.contains(&entry.key.as_str())) {
        Some(entry) => Err(unknown(entry, what, known)),
        None => Ok(entries),
    }
}

fn unknown(entry: &Entry, what: &str, known: &[&str]) -> Fault {
    let help = match nearest(&entry.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    let message = format!("{what} has the unknown key `{}`", entry.key);
    Fault { code: Code::UnknownTestKey, help: Some(help), ..Fault::new(entry.place, message) }
}

/// Returns the text of a value.
pub(super) fn text(node: &Node, what: &str) -> Result<String, Fault> {
    node.word().ok_or_else(|| Fault::new(node.place, format!("{what} must be a text, not {}", node.kind())))
}

/// Returns a list of texts; a text alone is a list of one.
pub(super) fn texts(node: &Node, what: &str) -> Result<Vec<String>, Fault> {
    match &node.data {
        Data::List(items) => items.iter().map(|item| text(item, what)).collect(),
        Data::Null => Ok(Vec::new()),
        _ => Ok(vec![text(node, what)?]),
    }
}

/// Returns the items of a list.
pub(super) fn items<'a>(node: &'a Node, what: &str) -> Result<&'a [Node], Fault> {
    match &node.data {
        Data::List(items) => Ok(items),
        _ => Err(Fault::new(node.place, format!("{what} must be a list, not {}", node.kind()))),
    }
}

/// Returns a map as it is.
pub(super) fn map<'a>(node: &'a Node, what: &str) -> Result<&'a Node, Fault> {
    match &node.data {
        Data::Map(_) => Ok(node),
        _ => Err(Fault::new(node.place, format!("{what} must be a map, not {}", node.kind()))),
    }
}

/// Returns a whole number.
pub(super) fn whole(node: &Node, what: &str) -> Result<u64, Fault> {
    let number = if let Data::Number(digits) = &node.data { digits.parse().ok() } else { None };
    number.ok_or_else(|| Fault::new(node.place, format!("{what} must be a whole number, not {}", node.compact())))
}
