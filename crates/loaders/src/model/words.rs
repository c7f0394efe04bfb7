//! Words of which the service knows a few: findings about others.

use crate::diagnostic::Remark;
use crate::model::address::is_known;
use crate::model::defaults::MODELS;
use crate::span::Span;
use crate::syntax::tree::Node;
use vtl::Code;
use vtl::pipeline::Api;
use vtl::pipeline::model::METHODS;

/// Returns the finding about a word that is none of those that the service knows; `None` if its value is not known.
pub(crate) fn invalid_word(known: &str, written: &Node) -> Option<Remark> {
    let word = written.to_word().filter(|word| !word.is_empty() && !word.contains("${"))?;
    let message = format!("{word} is not read: the value must be {known}");
    Some(Remark::new(Code::InvalidEnumValue, "", message, written.span))
}

/// Returns the finding about the method of requests that a method of an API has, unless it is one, in any case.
pub(crate) fn unknown_method(written: &Node) -> Option<Remark> {
    let word = written.to_word().unwrap_or_default();
    let is_known = METHODS.iter().any(|known| word.eq_ignore_ascii_case(known));
    (!is_known).then(|| invalid_word("ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT", written)).flatten()
}

/// Returns the finding about the key of a route of an HTTP API, unless it is `$default` or a method with a path.
pub(crate) fn unknown_route_key(written: &Node) -> Option<Remark> {
    let key = written.to_word().unwrap_or_default();
    let is_known = key == "$default"
        || key.split_once(' ').is_some_and(|(method, path)| METHODS.contains(&method) && path.starts_with('/'));
    let is_open = key.is_empty() || key.contains("${");
    (!is_known && !is_open).then(|| {
        let message =
            format!("{key} is no route key: the value must be $default, or a method and a path as in GET /pets");
        Remark::new(Code::InvalidEnumValue, "", message, written.span)
    })
}

/// Returns the finding about the path of a method, unless it begins with a slash.
pub(crate) fn unknown_path(path: &str, span: Span) -> Option<Remark> {
    let is_path = path.starts_with('/') || path == "$default" || path.contains("${");
    (!is_path).then(|| {
        let message = format!("{path} is no path: a path must begin with a slash");
        Remark::new(Code::InvalidEnumValue, "", message, span)
    })
}

/// Returns the finding about a model of a method's requests, unless the API has it.
pub(crate) fn unknown_model(api: &Api, name: &str, span: Span) -> Option<Remark> {
    let is_there = api.models.get(name).is_some() || MODELS.contains(&name) || !is_known(name);
    (!is_there).then(|| {
        let message = format!("the API has no model {name}; bodies are not validated");
        Remark::new(Code::UnreadPart, "", message, span)
    })
}

/// Returns the finding about the status code of a response that a method declares, unless it has three digits.
pub(crate) fn unknown_status(written: &Node) -> Option<Remark> {
    let word = written.to_word().unwrap_or_default();
    let is_status = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    (!is_status).then(|| invalid_word("a status code of three digits", written)).flatten()
}

/// Returns the finding about the name of a request parameter that a method declares, unless it has a place.
pub(crate) fn unknown_parameter(name: &str, span: Span) -> Option<Remark> {
    let place = name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.'));
    let is_known = place.is_some_and(|(place, name)| PLACES.contains(&place) && !name.is_empty());
    (!is_known && !name.contains("${")).then(|| {
        let message =
            format!("{name} is not read: the name must be method.request.PLACE.NAME, of header, path or querystring");
        Remark::new(Code::InvalidMapping, "", message, span)
    })
}

/// Places of request parameters.
const PLACES: &[&str] = &["header", "multivalueheader", "multivaluequerystring", "path", "querystring"];
