//! Paths of `file:` addresses.

use lsp_types::Uri;
use percent_encoding::percent_decode_str;

/// Returns the path of a file, or the whole address if it is of another scheme.
pub(crate) fn path(uri: &Uri) -> String {
    let address = uri.as_str();
    let Some(path) = address.strip_prefix("file://") else { return address.to_owned() };
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    // `/c:/folder` is `c:/folder`.
    match path.as_bytes() {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => path[1..].to_owned(),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::path;
    use std::str::FromStr;

    #[test]
    fn file_addresses_are_decoded() {
        let path = |text| path(&lsp_types::Uri::from_str(text).expect("an address"));
        assert_eq!(path("file:///a%20b/%C3%A9.vtl"), "/a b/\u{e9}.vtl");
        assert_eq!(path("file:///c%3A/a.vtl"), "c:/a.vtl");
        assert_eq!(path("untitled:Untitled-1"), "untitled:Untitled-1");
    }
}
