//! Ranges of source text, and the notation of the text in them.

/// The notation of a string, which determines how offsets in the string map to the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Style {
    /// Verbatim: a whole file, or a plain word.
    #[default]
    Verbatim,
    /// In double quotes, of JSON or YAML.
    Double,
    /// In YAML's single quotes.
    Single,
    /// A plain YAML scalar that spans several lines.
    Plain,
    /// A YAML literal block (`|`), with the number of blanks that are cut from each line.
    Literal(u16),
    /// A YAML folded block (`>`), with the number of blanks that are cut from each line.
    Folded(u16),
    /// Between HCL's quotes; the span excludes the quotes.
    Quoted,
    /// An HCL heredoc, with the number of blanks that are cut from each line.
    Heredoc(u16),
}

impl Style {
    /// Writes a text in the notation; `None` if it cannot hold the text.
    pub(crate) fn escaped(self, text: &str) -> Option<String> {
        let has_break = text.contains(['\n', '\r']);
        match self {
            Style::Verbatim => Some(text.to_owned()),
            Style::Double => {
                let quoted = serde_json::to_string(text).ok()?;
                Some(quoted[1..quoted.len() - 1].to_owned())
            }
            Style::Single => (!has_break).then(|| text.replace('\'', "''")),
            Style::Quoted => {
                let quoted = serde_json::to_string(text).ok()?;
                Some(quoted[1..quoted.len() - 1].replace("${", "$${").replace("%{", "%%{"))
            }
            Style::Heredoc(_) => (!has_break).then(|| text.replace("${", "$${").replace("%{", "%%{")),
            // A comment or a key may begin in a plain text.
            Style::Plain => (!has_break && !text.contains(" #") && !text.contains(": ")).then(|| text.to_owned()),
            Style::Literal(_) | Style::Folded(_) => (!has_break).then(|| text.to_owned()),
        }
    }
}

/// A range of bytes in one of the [`Sources`](crate::syntax::source::Sources).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// Index of the source.
    pub file: u32,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
    /// Notation of the text in the range.
    pub style: Style,
}

/// A part of a string that was put together from several places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    /// Offset of the part in the whole string.
    pub at: usize,
    /// Span of the part.
    pub span: Span,
    /// Offset of the part in the string that is written there.
    pub skip: usize,
}
