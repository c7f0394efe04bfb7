//! The texts that were read, kept for the excerpts in messages.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Bytes of all excerpts together. Thousands of findings in one long line would take seconds to draw.
const MOST_SHOWN: usize = 16 << 20;

/// Texts by the names that messages use for them.
#[derive(Default)]
pub struct Sources {
    texts: RefCell<HashMap<String, Rc<Source>>>,
    shown: Cell<usize>,
}

/// A text and the offsets of its lines.
pub struct Source {
    text: String,
    lines: OnceCell<Vec<usize>>,
}

impl Sources {
    /// Adds a text; a later one of the same name replaces it.
    pub fn add(&self, name: impl Into<String>, text: impl Into<String>) {
        let source = Source { text: text.into(), lines: OnceCell::new() };
        self.texts.borrow_mut().insert(name.into(), Rc::new(source));
    }

    /// Returns the number of texts.
    pub fn len(&self) -> usize {
        self.texts.borrow().len()
    }

    /// Returns the names of all texts.
    pub fn names(&self) -> Vec<String> {
        self.texts.borrow().keys().cloned().collect()
    }

    /// Counts the bytes of an excerpt; returns `false` if they are beyond what is shown in one run.
    pub fn may_show(&self, bytes: usize) -> bool {
        self.shown.set(self.shown.get().saturating_add(bytes));
        self.shown.get() <= MOST_SHOWN
    }

    /// Returns the text of a name.
    pub fn get(&self, name: &str) -> Option<Rc<Source>> {
        self.texts.borrow().get(name).cloned()
    }
}

impl Source {
    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the lines `first` to `last`, counted from 1, without the line end of the last.
    pub fn lines(&self, first: usize, last: usize) -> Option<&str> {
        let starts = self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        });
        let start = *starts.get(first.checked_sub(1)?)?;
        let end = starts.get(last).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;

    #[test]
    fn lines_count_from_1() {
        let sources = Sources::default();
        sources.add("a", "one\ntwo\n\nfour");
        let source = sources.get("a").expect("it was added");
        assert_eq!(source.lines(1, 1), Some("one"));
        assert_eq!(source.lines(2, 4), Some("two\n\nfour"));
        assert_eq!(source.lines(4, 9), Some("four"));
        assert_eq!((source.lines(0, 1), source.lines(5, 5)), (None, None));
    }
}
