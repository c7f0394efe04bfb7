//! The identifiers of `Fn::ForEach`.

use crate::syntax::tree::Node;
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

    /// Checks for the identifier.
    pub(super) fn is(&self, word: &str) -> bool {
        self.identifier == word
    }

    /// Replaces the placeholder in a string by an item.
    pub(super) fn replace(&self, text: &str, item: &str) -> String {
        text.replace(&self.placeholder, item)
    }

    /// Counts the places of the placeholder in a string.
    pub(super) fn count(&self, text: &str) -> usize {
        self.finder.find_iter(text.as_bytes()).count()
    }
}
