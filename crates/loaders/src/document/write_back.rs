//! Changes of a string of a document, written as its language writes them.

use crate::document::Document;
use std::ops::Range;

impl Document {
    /// Returns the change of a file that replaces a range of bytes within a string of a route's
    /// integration, such as a template: the file, the bytes to replace, and the text in their place,
    /// escaped as the notation of the string demands.
    ///
    /// Returns `None` if the string is not written in one place of the document, or its notation
    /// cannot hold the text.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let text = r#"{"type": "mock", "requestTemplates": {"a/b": "say \"hi\""}}"#;
    /// let document = load_integration(&File::new("i.json", text), None, &Options::default())?;
    /// let change = document.write_back(0, "/requestTemplates/a~1b", 4..5, "'\"");
    /// assert_eq!(change, Some(("i.json".to_owned(), 50..52, "'\\\"".to_owned())));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn write_back(
        &self,
        route: usize,
        pointer: &str,
        range: Range<usize>,
        text: &str,
    ) -> Option<(String, Range<usize>, String)> {
        match self.origin(route, pointer)? {
            (origin, true) => self.sources.write_back(origin, range, text),
            _ => None,
        }
    }
}
