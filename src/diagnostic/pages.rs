//! The page of each code: an example, the cause and the way out.
//!
//! The texts are Markdown files, one for each hundred of codes, with a section per code under a
//! heading `## V001`.

use super::code::Code;

/// The sources of the pages, by the hundred.
const PAGES: &[&str] = &[
    include_str!("pages/v0.md"),
    include_str!("pages/v1.md"),
    include_str!("pages/v2.md"),
    include_str!("pages/v3.md"),
    include_str!("pages/v4.md"),
    include_str!("pages/v5.md"),
    include_str!("pages/v6.md"),
    include_str!("pages/v7.md"),
    include_str!("pages/v8.md"),
    include_str!("pages/v9.md"),
];

impl Code {
    /// Returns the page of the code in Markdown, without its heading: an example, the cause and the
    /// way out.
    ///
    /// ```
    /// assert!(vtl::Code::Unclosed.page().contains("#end"));
    /// ```
    #[must_use]
    pub fn page(self) -> &'static str {
        let section = |page: &&'static str| {
            let heading = |line: &str| line.strip_prefix("## ").is_some_and(|code| code.trim() == self.as_str());
            let mut start = 0;
            for line in page.split_inclusive('\n') {
                start += line.len();
                if heading(line) {
                    let text = &page[start..];
                    return Some(text[..text.find("\n## ").unwrap_or(text.len())].trim());
                }
            }
            None
        };
        PAGES.iter().find_map(section).unwrap_or_default()
    }
}
