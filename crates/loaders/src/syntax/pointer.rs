//! Names as parts of JSON pointers (RFC 6901).

/// Returns a name as one part of a JSON pointer: `a/b` becomes `a~1b`.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Unescapes one part of a JSON pointer: `a~1b` becomes `a/b`.
pub(crate) fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
