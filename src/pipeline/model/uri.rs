//! Endpoint URIs: substitution of variables, and checks of the result.

use super::table::Table;
use crate::budget::Budget;
use crate::error::Error;
use memchr::{memchr, memchr2, memchr3};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::borrow::Cow;

/// Characters that a URI must percent-encode; a `%` is taken as the start of an encoding.
const ILLEGAL: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Substitutes `${stageVariables.name}`, empty if missing, and `{name}` from the mapped path parameters;
/// anything else stays (aws-observed 7.10 to 7.12, R).
///
/// ```
/// use vtl::pipeline::model::{Table, fill_in_uri};
/// let path: Table<String> = [("id", "a b".to_owned())].into_iter().collect();
/// let stage: Table<String> = [("host", "b.test".to_owned())].into_iter().collect();
/// assert_eq!(fill_in_uri("http://${stageVariables.host}/{id}/{no}?${other}", &path, &stage), "http://b.test/a%20b/{no}?${other}");
/// ```
#[must_use]
pub fn fill_in_uri(uri: &str, path: &Table<String>, stage_variables: &Table<String>) -> String {
    fill_in_uri_within(uri, path, stage_variables, &Budget::unlimited()).unwrap_or_default()
}

/// Substitutes as [`fill_in_uri`] does; each value is charged before it is copied.
///
/// # Errors
/// The error of the budget.
pub(crate) fn fill_in_uri_within(
    uri: &str,
    path: &Table<String>,
    stage_variables: &Table<String>,
    budget: &Budget<'_>,
) -> Result<String, Error> {
    budget.make(uri.len())?;
    let mut filled = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some(at) = memchr2(b'$', b'{', rest.as_bytes()) {
        let (before, after) = rest.split_at(at);
        filled.push_str(before);
        let is_variable = after.starts_with('{') || after.starts_with("${");
        let close = if is_variable { memchr(b'}', after.as_bytes()) } else { None };
        let Some(close) = close else {
            // Nothing behind an open brace can be closed any more.
            let whole = if is_variable { after.len() } else { 1 };
            filled.push_str(&after[..whole]);
            rest = &after[whole..];
            continue;
        };
        let variable = |open: &str| after[..close].strip_prefix(open);
        if let Some(name) = variable("${stageVariables.") {
            let value = stage_variables.get(name).map_or("", String::as_str);
            budget.make(value.len().saturating_mul(2))?;
            filled.push_str(value);
        } else if let Some(value) = variable("{").and_then(|name| path.get(name)) {
            // A byte may need three, and the URI is copied with its query.
            budget.make(value.len().saturating_mul(3))?;
            filled.extend(utf8_percent_encode(value, ILLEGAL));
        } else {
            filled.push_str(&after[..=close]);
        }
        rest = &after[close + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Replaces the path of a URI and keeps its query string; appends the path to an ARN, which has none.
pub(crate) fn with_path(uri: &str, path: &str) -> String {
    let path = utf8_percent_encode(path.strip_prefix('/').unwrap_or(path), ILLEGAL);
    let Some((scheme, rest)) = uri.split_once("://") else { return format!("{uri}/{path}") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let query = rest.find('?').map_or("", |at| &rest[at..]);
    format!("{scheme}://{authority}/{path}{query}")
}

/// Checks whether an HTTP client can call a URI: it has a scheme and a host, and no character that must
/// be encoded.
///
/// ```
/// use vtl::pipeline::model::is_endpoint;
/// assert!(is_endpoint("https://b.test:8443/a%20b?c=d"));
/// assert!(!is_endpoint("https:///a") && !is_endpoint("b.test/a") && !is_endpoint("http://b.test/{a}"));
/// ```
#[must_use]
pub fn is_endpoint(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else { return false };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    let end = memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    !name.is_empty()
        && name.bytes().all(
            |b| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b':' | b'-' | b'.' | b'_' | b'~' | b'[' | b']' | b'%'),
        )
        && port.bytes().all(|b| b.is_ascii_digit())
        && rest
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{'..=b'}'))
}

/// Replaces each unresolved `${…}` by a letter, so that the rest of the URI can be checked
/// (aws-observed 7.12, H).
pub(crate) fn mask_open(uri: &str) -> Cow<'_, str> {
    if uri.contains("${") { Cow::Owned(masked(uri, "${")) } else { Cow::Borrowed(uri) }
}

/// Replaces each variable by a letter, so that the rest can be checked: the colons of
/// `arn:aws:apigateway:${AWS::Region}:sqs:path/{queue}` are where they belong.
pub(crate) fn mask(uri: &str) -> String {
    masked(uri, "{")
}

/// Replaces each text in braces by a letter, with a `$` in front; `opening` is what starts one.
///
/// It may have others in it: the name of a variable that is not known may be `Fn::ImportValue:${Stack}-host`.
fn masked(uri: &str, opening: &str) -> String {
    let unclosed = unclosed(uri);
    let mut masked = String::with_capacity(uri.len());
    let (mut rest, mut start) = (uri, 0);
    while let Some(at) = rest.find(opening) {
        let (before, braced) = rest.split_at(at + opening.len() - 1);
        // Without its other brace it ends at the first one.
        let length = match unclosed.binary_search(&(start + before.len())) {
            Ok(_) => memchr(b'}', braced.as_bytes()).map(|at| at + 1),
            Err(_) => closed(braced),
        };
        let Some(length) = length else { break };
        masked.push_str(before.strip_suffix('$').unwrap_or(before));
        masked.push('x');
        start += before.len() + length;
        rest = &braced[length..];
    }
    masked.push_str(rest);
    masked
}

/// Returns the places of the opening braces that are not closed.
fn unclosed(text: &str) -> Vec<usize> {
    let mut open = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// Returns the length of a text in braces at the start of `text`, which may have others in it.
fn closed(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let end = text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    end.map(|at| at + 1)
}

/// Returns the service's message if an ARN is not a service call (aws-observed 15.2, R).
pub(crate) fn service_fault(uri: &str) -> Option<&'static str> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [arn, partition, product, region, service, call] = parts[..] else {
        return Some("Invalid ARN specified in the request");
    };
    if arn != "arn" || partition.is_empty() || product != "apigateway" || region.is_empty() || service.is_empty() {
        return Some("Invalid ARN specified in the request");
    }
    let (kind, target) = call.split_once('/').unwrap_or((call, ""));
    if (kind != "path" && kind != "action") || target.is_empty() {
        return Some("AWS ARN for integration must contain path or action");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Table, fill_in_uri, mask, mask_open};

    #[test]
    fn what_is_no_variable_stays() {
        let none = Table::new();
        // aws-observed 7.12: `${other}` and `${bad\}` stay as they are.
        for uri in ["http://h/${other}/${bad\\}", "http://h/$", "http://h/{", "http://h/${stageVariables.x", "{}${}"] {
            assert_eq!(fill_in_uri(uri, &none, &none), uri);
        }
        assert_eq!(fill_in_uri("http://${stageVariables.gone}/", &none, &none), "http:///");
    }

    #[test]
    fn texts_in_braces_are_masked() {
        for (uri, variables, open) in [
            ("http://h/{a}/${b}$", "http://h/x/x$", "http://h/{a}/x$"),
            ("${a${b}}-{c${d}}", "x-x", "x-{cx}"),
            ("${a{b}/{c}", "x/x", "x/{c}"),
            ("{a", "{a", "{a"),
            ("}{a}${b{{c", "}x${b{{c", "}{a}${b{{c"),
        ] {
            assert_eq!((mask(uri).as_str(), &*mask_open(uri)), (variables, open), "{uri}");
        }
    }

    /// Each brace that is not closed would be looked for to the end: 10^12 bytes.
    #[test]
    fn braces_that_are_not_closed_are_read_once() {
        let uri = "${{}".repeat(1 << 20);
        assert_eq!((mask(&uri), mask_open(&uri).into_owned()), ("x".repeat(1 << 20), "x".repeat(1 << 20)));
    }
}
