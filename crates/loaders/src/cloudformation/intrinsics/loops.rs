//! The turns of `Fn::ForEach`.

use super::Intrinsics;
use crate::syntax::tree::{Data, Node};
use memchr::memmem::Finder;

/// The identifier of a loop, and its placeholder in strings, which is prepared once for the search of many strings.
pub(super) struct Loop {
    identifier: String,
    placeholder: String,
    finder: Finder<'static>,
}

impl Loop {
    /// Returns the loop that an identifier is written for; `None` if it is no word.
    pub(super) fn of(identifier: &Node) -> Option<Self> {
        let identifier = identifier.to_word()?;
        let placeholder = format!("${{{identifier}}}");
        let finder = Finder::new(placeholder.as_bytes()).into_owned();
        Some(Loop { identifier, placeholder, finder })
    }

    /// Counts the places of the placeholder in a string.
    fn count(&self, text: &str) -> usize {
        self.finder.find_iter(text.as_bytes()).count()
    }
}

impl Intrinsics<'_> {
    /// Replaces the identifier of a loop in strings and references.
    pub(super) fn with_item(&self, node: &Node, one: &Loop, item: &str, depth: usize) -> Node {
        let inner = |node: &Node| self.with_item(node, one, item, depth + 1);
        if self.is_too_deep(depth, node.span) || !self.charge(node.own_weight(), node.span) {
            return Node::null(node.span);
        }
        let data = match &node.data {
            Data::Text(text) => match one.count(&text.text) {
                0 => return node.clone(),
                count if !self.charge(count.saturating_mul(item.len()), node.span) => return Node::null(node.span),
                _ => return Node::text(node.span, text.text.replace(&one.placeholder, item)),
            },
            Data::Map(entries) if matches!(entries.as_slice(), [(key, name)] if key.as_str() == Some("Ref") && name.as_str() == Some(&one.identifier)) =>
            {
                return match self.charge(item.len(), node.span) {
                    true => Node::text(node.span, item),
                    false => Node::null(node.span),
                };
            }
            Data::List(items) => Data::List(items.iter().map(inner).collect()),
            Data::Map(entries) => Data::Map(entries.iter().map(|(key, value)| (inner(key), inner(value))).collect()),
            _ => return node.clone(),
        };
        Node::new(node.span, data)
    }
}
