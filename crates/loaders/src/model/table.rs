//! Maps of a document as tables of the model.

use crate::diagnostic::Remark;
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use vtl::Code;
use vtl::pipeline::model::Table;

/// Most entries of a table. Tables are searched linearly, and real documents have far fewer.
const MAX_ENTRIES: usize = 5_000;

/// Converts a map to a table; entries that `read` returns `None` for are left out. Adds a remark if not all entries are
/// read.
pub(crate) fn table<V>(node: &Node, remarks: &mut Vec<Remark>, mut read: impl FnMut(&Node) -> Option<V>) -> Table<V> {
    let entries = first(node.entries(), node.span, "", remarks).iter();
    entries.filter_map(|(key, value)| Some((key.as_str()?, read(value)?))).collect()
}

/// Returns the entries or items that are read, and adds a remark if these are not all.
pub(crate) fn first<'n, T>(all: &'n [T], span: Span, property: &'static str, remarks: &mut Vec<Remark>) -> &'n [T] {
    if all.len() > MAX_ENTRIES {
        let message = format!("only {MAX_ENTRIES} of {} entries are read: more are not supported", all.len());
        remarks.push(Remark::new(Code::TooManyEntries, property, message, span));
    }
    all.get(..MAX_ENTRIES).unwrap_or(all)
}

/// Converts a map of strings; adds a remark for each value that is none.
pub(crate) fn words(value: &Node, property: &'static str, remarks: &mut Vec<Remark>) -> Table<String> {
    let mut table = Table::new();
    if is_too_large(value, property, remarks) {
        return table;
    }
    for (key, item) in value.fields() {
        match item.to_word() {
            Some(word) if is_skeleton(key, &word) => {}
            Some(word) => table.set(key, word),
            None if item.is_null() => {}
            None => {
                let message = format!("{key}: expected a string");
                remarks.push(Remark::new(Code::WrongValueType, property, message, item.span));
            }
        }
    }
    table
}

/// Converts a map of templates, in which null is the empty template.
pub(crate) fn templates(value: &Node, property: &'static str, remarks: &mut Vec<Remark>) -> Table<String> {
    let mut table = Table::new();
    if is_too_large(value, property, remarks) {
        return table;
    }
    for (key, item) in value.fields() {
        let text = match &item.data {
            Data::Null => String::new(),
            Data::List(_) | Data::Map(_) => {
                let message = format!("the template {key} must be a string");
                remarks.push(Remark::new(Code::WrongValueType, property, message, item.span));
                continue;
            }
            _ => item.to_word().unwrap_or_default(),
        };
        if !is_skeleton(key, &text) {
            table.set(key, text);
        }
    }
    table
}

/// Returns a map without the values that an import leaves out: those that are no strings (aws-observed 18.15). `name`
/// is that of the map, `property` that of the integration's property it is in.
pub(crate) fn imported(value: &Node, name: &str, property: &'static str, remarks: &mut Vec<Remark>) -> Node {
    let mut kept = Vec::new();
    for (key, item) in value.entries() {
        if item.as_str().is_some() || item.is_null() {
            kept.push((key.clone(), item.clone()));
            continue;
        }
        let key = key.as_str().unwrap_or_default();
        let message = format!("Invalid format for '{name}'. Expected type string for property '{key}'; it is left out");
        remarks.push(Remark::new(Code::NonTextValue, property, message, item.span));
    }
    Node::new(value.span, Data::Map(kept))
}

/// Checks the size of a map, and adds a remark if it is too large for a table.
fn is_too_large(value: &Node, property: &'static str, remarks: &mut Vec<Remark>) -> bool {
    let is_too_large = value.entries().len() > MAX_ENTRIES;
    if is_too_large {
        let message = format!("more than {MAX_ENTRIES} entries are not supported");
        remarks.push(Remark::new(Code::TooManyEntries, property, message, value.span));
    }
    is_too_large
}

/// Checks for the entry that `--generate-cli-skeleton` writes into an empty map.
fn is_skeleton(key: &str, word: &str) -> bool {
    key == "KeyName" && word.is_empty()
}
