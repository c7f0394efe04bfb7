//! Headers that the gateway drops, renames or refuses on the way through.

use crate::pipeline::model::IntegrationType;

/// The treatment of a header on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderAction {
    /// Passes it on.
    Pass,
    /// Drops it.
    Drop,
    /// Passes it on as `x-amzn-Remapped-NAME`.
    Remap,
    /// Fails the whole call with a configuration error.
    Fail,
}

use HeaderAction::{Drop, Fail, Pass, Remap};

/// Headers removed from the client's request before anything sees it (aws-observed 10.1, R).
#[doc(hidden)]
pub const STRIPPED: &[&str] = &[
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Expect",
    "Max-Forwards",
    "Proxy-Authenticate",
    "Server",
    "TE",
    "Transfer-Encoding",
    "Trailer",
    "Upgrade",
    "WWW-Authenticate",
];

/// Further headers that HTTP_PROXY does not forward (aws-observed 10.3, R).
#[doc(hidden)]
pub const NOT_FORWARDED: &[&str] = &["Host", "Content-Encoding", "Via"];

/// Headers set on the request to the backend, for HTTP types and for AWS types (aws-observed 10.4 and
/// 10.5, R); others pass.
#[doc(hidden)]
pub const TO_BACKEND: &[(&str, HeaderAction, HeaderAction)] = &[
    ("Authorization", Pass, Fail),
    ("Connection", Drop, Fail),
    ("Content-Length", Fail, Fail),
    ("Expect", Drop, Fail),
    ("Proxy-Authenticate", Drop, Fail),
    ("TE", Drop, Fail),
    ("Transfer-Encoding", Fail, Fail),
    ("Via", Drop, Pass),
];

/// Headers on their way to the client (aws-observed 10.7 and 10.8, R); others pass.
#[doc(hidden)]
pub const TO_CLIENT: &[(&str, HeaderAction)] = &[
    ("Authorization", Remap),
    ("Connection", Remap),
    ("Content-Length", Remap),
    ("Content-MD5", Remap),
    ("Date", Remap),
    ("Expect", Remap),
    ("Host", Remap),
    ("Max-Forwards", Remap),
    ("Proxy-Authenticate", Remap),
    ("Server", Remap),
    ("Trailer", Remap),
    ("Transfer-Encoding", Drop),
    ("Upgrade", Remap),
    ("User-Agent", Remap),
    ("WWW-Authenticate", Remap),
    ("x-amzn-RequestId", Remap),
];

/// Returns the treatment of a header that is set on the request to a backend.
///
/// ```
/// use vtl::pipeline::message::{HeaderAction, header_to_backend};
/// use vtl::pipeline::model::IntegrationType;
/// assert_eq!(header_to_backend("te", IntegrationType::Http), HeaderAction::Drop);
/// assert_eq!(header_to_backend("te", IntegrationType::AwsProxy), HeaderAction::Fail);
/// ```
#[must_use]
pub fn header_to_backend(name: &str, kind: IntegrationType) -> HeaderAction {
    let row = TO_BACKEND.iter().find(|row| row.0.eq_ignore_ascii_case(name));
    row.map_or(Pass, |row| if kind.is_http() { row.1 } else { row.2 })
}

/// Returns the treatment of a header on its way to the client.
///
/// ```
/// use vtl::pipeline::message::{HeaderAction, header_to_client};
/// assert_eq!(header_to_client("Date"), HeaderAction::Remap);
/// assert_eq!(header_to_client("X-Mine"), HeaderAction::Pass);
/// ```
#[must_use]
pub fn header_to_client(name: &str) -> HeaderAction {
    TO_CLIENT.iter().find(|row| row.0.eq_ignore_ascii_case(name)).map_or(Pass, |row| row.1)
}

/// Checks whether a list of header names contains a name, ignoring case.
pub(crate) fn lists(names: &[&str], name: &str) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}
