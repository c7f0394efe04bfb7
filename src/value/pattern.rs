//! Java's regular expressions on top of `fancy-regex`.

use crate::error::{Code, Error};

#[derive(Clone, Debug)]
pub(crate) struct Pattern(fancy_regex::Regex);

impl Pattern {
    pub(crate) fn compile(regex: &str, _flags: u32) -> Result<Pattern, Error> {
        let whole = format!(r"\A(?:{regex})\z");
        fancy_regex::Regex::new(&whole).map(Pattern).map_err(|e| Error::new(Code::BadPattern, e.to_string()))
    }

    pub(crate) fn matches(&self, text: &str) -> Result<bool, Error> {
        self.0.is_match(text).map_err(|e| Error::new(Code::BadPattern, e.to_string()))
    }
}
