//! JSON that `--generate-cli-skeleton` printed.

use crate::syntax::tree::{Data, Node};

/// Removes what `--generate-cli-skeleton` prints for absent values: empty strings, empty maps, a
/// timeout of 0. An empty template stays.
pub(crate) fn without_empty(node: &Node) -> Node {
    let Data::Map(entries) = &node.data else { return node.clone() };
    let mut kept = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let name = key.as_str().unwrap_or_default().to_ascii_lowercase();
        let cleaned = match &value.data {
            Data::Map(_) if name == "tlsconfig" => without_empty(value),
            Data::Map(inner) => {
                let inner = inner.iter().filter(|(key, _)| key.as_str() != Some("KeyName")).cloned().collect();
                Node::new(value.span, Data::Map(inner))
            }
            Data::List(items) => {
                let items = items.iter().filter(|item| item.as_str() != Some("")).cloned().collect();
                Node::new(value.span, Data::List(items))
            }
            _ => value.clone(),
        };
        let is_nothing = match &cleaned.data {
            Data::Text(text) => text.text.is_empty(),
            Data::Map(inner) => inner.is_empty() && !value.entries().is_empty(),
            Data::Number(number) => number == "0" && name == "timeoutinmillis",
            _ => false,
        };
        if !is_nothing {
            kept.push((key.clone(), cleaned));
        }
    }
    Node::new(node.span, Data::Map(kept))
}
