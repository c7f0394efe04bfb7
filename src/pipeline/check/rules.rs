//! Rules that several kinds of API share.

use super::problem::{Problem, Problems, Templates};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::options::ParseOptions;
use crate::pipeline::message::media::essence;
use crate::pipeline::model::uri::{mask, service_fault};
use crate::pipeline::model::{ConnectionType, Integration, IntegrationType, METHODS, Table, is_endpoint};
use crate::template::Template;

/// Longest value of a request parameter, URI and description, in characters (HTTP and WebSocket APIs).
const LONGEST_VALUE: usize = 512;
const LONGEST_URI: usize = 2048;
const LONGEST_DESCRIPTION: usize = 1024;

/// The message for AWS_PROXY with a backend that it does not support.
pub(crate) const PROXY_BACKENDS: &str =
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.";

/// Checks whether a text has a part that its document leaves unresolved.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains("${")
}

/// Escapes a name as part of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Checks whether a text is a status code.
pub(crate) fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}

/// Checks that the HTTP method exists, and is present where it is needed.
pub(crate) fn check_method(integration: &Integration, is_needed: bool, found: &mut Problems<'_>) {
    match integration.http_method.as_deref() {
        None | Some("") if is_needed => {
            let message = "Enumeration value for HttpMethod must be non-empty";
            found.property(Code::InvalidHttpMethod, "httpMethod", message);
        }
        Some(method) if !method.is_empty() && !is_open(method) && !METHODS.contains(&method) => {
            let message = format!("Invalid HTTP method specified: {method}");
            found.property(Code::InvalidHttpMethod, "httpMethod", message);
        }
        _ => {}
    }
}

/// Checks the credentials: an ARN, and required for services that are not functions.
pub(crate) fn check_credentials(integration: &Integration, found: &mut Problems<'_>) {
    match integration.credentials.as_deref() {
        None | Some("") => {
            // Only functions can permit the gateway themselves ("Integration types").
            let masked = mask(integration.uri.as_deref().unwrap_or_default());
            let is_service = integration.kind == IntegrationType::Aws && !integration.is_lambda();
            if is_service && service_fault(&masked).is_none() {
                let message = "Role ARN must be specified for AWS integrations";
                found.property(Code::InvalidCredentials, "credentials", message);
            }
        }
        Some(arn) if !is_open(arn) && !arn.starts_with("arn:") => {
            found.property(Code::InvalidCredentials, "credentials", "Invalid ARN specified in the request");
        }
        Some(_) => {}
    }
}

/// Checks that the timeout is at most `most` milliseconds.
pub(crate) fn check_timeout(integration: &Integration, most: u64, found: &mut Problems<'_>) {
    if !(50..=most).contains(&integration.timeout_in_millis) {
        let message = format!("Timeout should be between 50 ms and {most} ms");
        found.property(Code::TimeoutOutOfRange, "timeoutInMillis", message);
    }
}

/// Checks the URI of HTTP and WebSocket APIs: an endpoint, a private one, a function or a service.
pub(crate) fn check_target(integration: &Integration, found: &mut Problems<'_>) {
    let uri = integration.uri.as_deref().unwrap_or_default();
    let masked = mask(uri);
    // A URI that is one unresolved variable cannot be checked.
    if integration.kind == IntegrationType::Mock || (uri.starts_with("${") && masked.starts_with('x')) {
        return;
    }
    let is_private = integration.connection_type == ConnectionType::VpcLink && masked.starts_with("arn:");
    let message = if integration.kind.is_http() {
        (!is_endpoint(&masked) && !is_private).then_some("Invalid HTTP endpoint specified for URI")
    } else if masked.starts_with("arn:") && masked.split(':').nth(2) == Some("lambda") {
        None
    } else {
        let is_unsupported = integration.kind == IntegrationType::AwsProxy && !integration.is_lambda();
        service_fault(&masked).or(is_unsupported.then_some(PROXY_BACKENDS))
    };
    if let Some(message) = message {
        found.property(Code::InvalidUri, "uri", message);
    }
}

/// Checks the lengths that HTTP and WebSocket APIs limit.
pub(crate) fn check_lengths(integration: &Integration, found: &mut Problems<'_>) {
    let length = |text: &Option<String>| text.as_deref().map_or(0, |text| text.chars().count());
    if length(&integration.uri) > LONGEST_URI {
        found.property(Code::ValueTooLong, "uri", format!("A URI has at most {LONGEST_URI} characters"));
    }
    if length(&integration.description) > LONGEST_DESCRIPTION {
        let message = format!("A description has at most {LONGEST_DESCRIPTION} characters");
        found.property(Code::ValueTooLong, "description", message);
    }
    for (name, _) in integration.request_parameters.iter().filter(|(_, value)| value.chars().count() > LONGEST_VALUE) {
        let place = format!("/requestParameters/{}", escape(name));
        let message = format!("A value has at most {LONGEST_VALUE} characters");
        found.add(Code::ValueTooLong, "requestParameters", place, message);
    }
}

/// Checks that templates compile. `prefix` starts their names; `by_type` says whether their keys are
/// media types.
pub(crate) fn check_templates(
    found: &mut Problems<'_>,
    property: &'static str,
    (place, prefix): (&str, &str),
    templates: &Table<String>,
    by_type: bool,
) {
    for (key, source) in templates.iter() {
        let place = format!("{place}/{}", escape(key));
        if by_type && !is_open(key) && essence(key).is_none() {
            let message = format!("Invalid content type specified: {key}");
            found.add(Code::InvalidContentType, property, place.as_str(), message);
        }
        let compiled = (found.templates == Templates::Compiled)
            .then(|| Template::parse_within(source, &ParseOptions::new(), found.budget));
        if let Some(Err(error)) = compiled {
            let (code, message) = (error.code(), explain(&error, source));
            found.found.push(Problem { code, property, place, message, template: Some(format!("{prefix}:{key}")) });
        }
    }
}

fn explain(error: &Error, source: &str) -> String {
    match error.line_column(source) {
        Some((line, column)) => format!("{error} (line {line}, column {column})"),
        None => error.to_string(),
    }
}
