//! What the service refuses when a method is configured, found beforehand and all at once.
//!
//! The messages are the service's own where they are known (aws-observed 7.13, 15; "Amazon API Gateway important notes").
//! What a document leaves open, such as an unresolved `${…}`, is not held against it.

use crate::error::Error;
use crate::pipeline::call::refusal::ResponseType;
use crate::pipeline::mapping::source::{Source, Target};
use crate::pipeline::message::media::essence;
use crate::pipeline::model::integration::{
    Api, ConnectionType, GatewayResponse, Integration, IntegrationType, Method, ResponseRule, ResponseTransferMode,
};
use crate::pipeline::model::table::Table;
use crate::pipeline::model::uri::{is_endpoint, mask, service_fault};
use crate::template::Template;
use crate::value::pattern::Pattern;
use serde::Serialize;

/// One thing the service would refuse, or answer with a configuration error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The property of the integration that is at fault, such as `uri`; `responses` for anything
    /// inside a response.
    pub property: &'static str,
    /// The place below the integration as a JSON pointer, such as `/requestParameters/integration.request.header.a`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl Method {
    /// Everything that is wrong with the method and its integration.
    ///
    /// ```
    /// use vtl::pipeline::Method;
    /// let method: Method = serde_json::from_str(r#"{"integration": {
    ///     "type": "http", "uri": "b.test", "timeoutInMillis": 20, "connectionType": "VPC_LINK",
    ///     "requestParameters": {"integration.request.header.a": "method.request.header.b"}}}"#)?;
    /// let found: Vec<_> = method.problems().into_iter().map(|problem| problem.property).collect();
    /// assert_eq!(found, ["httpMethod", "uri", "connectionId", "timeoutInMillis", "requestParameters"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Findings::default();
        let mut names: Vec<&str> =
            self.request_parameters.names().filter_map(|full| full.splitn(4, '.').nth(3)).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            found.add("requestParameters", "", "Parameter names must be unique across querystring, header and path");
        }
        match &self.integration {
            Some(integration) => found.0.extend(integration.problems(Some(self))),
            None => found.add("type", "", "No integration defined for method"),
        }
        found.0
    }
}

impl Api {
    /// What is wrong with the configured answers of the gateway: pairs of response type and message.
    ///
    /// ```
    /// use vtl::pipeline::Api;
    /// let api: Api = serde_json::from_str(r#"{"gatewayResponses": {"NO_SUCH": {"statusCode": 700}}}"#)?;
    /// assert_eq!(api.gateway_problems().len(), 2);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn gateway_problems(&self) -> Vec<(String, String)> {
        let problems = |(name, own): (&str, &GatewayResponse)| {
            let mut messages = Vec::new();
            if ResponseType::from_name(name).is_none() {
                messages.push(format!("Invalid gateway response type specified: {name}"));
            }
            if let Some(status) = own.status_code.as_deref().filter(|status| !is_status(status)) {
                messages.push(format!("Invalid status code: {status}"));
            }
            for (target, source) in own.response_parameters.iter() {
                let faults = [Target::gateway(target).err(), Source::gateway(source).err()];
                messages.extend(faults.iter().flatten().map(|error| error.detail().to_owned()));
            }
            messages.into_iter().map(|message| (name.to_owned(), message)).collect::<Vec<_>>()
        };
        self.gateway_responses.iter().flat_map(problems).collect()
    }
}

impl Integration {
    /// Everything that is wrong with the integration. Without the method, as where a document does not show it, what needs its
    /// declarations is not checked.
    ///
    /// ```
    /// use vtl::pipeline::Integration;
    /// let integration: Integration = serde_json::from_str(r#"{"type": "mock", "requestParameters":
    ///     {"integration.request.header.a": "true"}}"#)?;
    /// let problems = integration.problems(None);
    /// assert_eq!(problems[0].place, "/requestParameters/integration.request.header.a");
    /// assert!(problems[0].message.starts_with("Invalid mapping expression specified"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self, method: Option<&Method>) -> Vec<Problem> {
        let mut found = Findings::default();
        self.check_http_method(&mut found);
        self.check_uri(&mut found);
        self.check_connection(&mut found);
        self.check_credentials(&mut found);
        self.check_timeout(&mut found);
        self.check_transfer(&mut found);
        for (target, source) in self.request_parameters.iter() {
            let place = || format!("/requestParameters/{}", escape(target));
            if let Err(error) = Target::request(target) {
                found.add("requestParameters", place(), error.detail());
            }
            match Source::request(source) {
                Err(error) => found.add("requestParameters", place(), error.detail()),
                Ok(parsed) => {
                    if method.is_some_and(|method| !declares(method, &parsed)) {
                        found.add("requestParameters", place(), undeclared(source));
                    }
                }
            }
        }
        check_templates(&mut found, "requestTemplates", "/requestTemplates", &self.request_templates, true);
        self.check_cache_keys(&mut found, method);
        // A proxy's responses are not used, so exports write statuses that the method does not declare.
        let method = method.filter(|_| !self.kind.is_proxy());
        for (at, rule) in self.responses.iter().enumerate() {
            check_response(&mut found, at, rule, method);
        }
        found.0
    }

    fn check_http_method(&self, found: &mut Findings) {
        const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "ANY"];
        match self.http_method.as_deref() {
            _ if self.kind == IntegrationType::Mock => {}
            None | Some("") => {
                found.add("httpMethod", "/httpMethod", "Enumeration value for HttpMethod must be non-empty")
            }
            Some(method) if is_open(method) => {}
            Some(method) if !METHODS.contains(&method) => {
                found.add("httpMethod", "/httpMethod", format!("Invalid HTTP method specified: {method}"));
            }
            Some(method) if method != "POST" && self.is_lambda() => {
                let message = format!("Lambda functions are invoked by POST: with {method} every call fails");
                found.add("httpMethod", "/httpMethod", message);
            }
            Some(_) => {}
        }
    }

    fn check_uri(&self, found: &mut Findings) {
        let uri = self.uri.as_deref().unwrap_or_default();
        let masked = mask(uri);
        // Nothing is known of it but that there is one.
        if self.kind == IntegrationType::Mock || (!uri.is_empty() && masked.starts_with('x') && uri.starts_with("${")) {
            return;
        }
        let message = if self.kind.is_http() {
            (!is_endpoint(&masked) || !is_port_allowed(&masked)).then_some("Invalid HTTP endpoint specified for URI")
        } else {
            let supported = self.is_lambda() || masked.split(':').nth(4) == Some("firehose");
            service_fault(&masked).or((self.kind == IntegrationType::AwsProxy && !supported).then_some(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            ))
        };
        if let Some(message) = message {
            found.add("uri", "/uri", message);
        }
    }

    fn check_connection(&self, found: &mut Findings) {
        if self.connection_type != ConnectionType::VpcLink {
            return;
        }
        if !self.kind.is_http() {
            found.add("connectionType", "/connectionType", "VPC_LINK is for the types HTTP and HTTP_PROXY only");
        }
        if self.connection_id.as_deref().unwrap_or_default().is_empty() {
            found.add("connectionId", "/connectionId", "Connection ID must be specified for a VPC_LINK connection");
        }
    }

    pub(crate) fn check_credentials(&self, found: &mut Findings) {
        match self.credentials.as_deref() {
            None | Some("") => {
                // A service that is no function has no permissions of its own ("Integration types").
                let masked = mask(self.uri.as_deref().unwrap_or_default());
                if self.kind == IntegrationType::Aws && !self.is_lambda() && service_fault(&masked).is_none() {
                    found.add("credentials", "/credentials", "Role ARN must be specified for AWS integrations");
                }
            }
            Some(arn) if !is_open(arn) && !arn.starts_with("arn:") => {
                found.add("credentials", "/credentials", "Invalid ARN specified in the request");
            }
            Some(_) => {}
        }
    }

    fn check_timeout(&self, found: &mut Findings) {
        // Regional and private APIs may have the quota raised, streams more so.
        let most = if self.response_transfer_mode == Some(ResponseTransferMode::Stream) { 900_000 } else { 300_000 };
        if !(50..=most).contains(&self.timeout_in_millis) {
            let message = format!("Timeout should be between 50 ms and {most} ms");
            found.add("timeoutInMillis", "/timeoutInMillis", message);
        }
    }

    /// A stream needs a proxy, and of Lambda its own address.
    fn check_transfer(&self, found: &mut Findings) {
        let stream = self.response_transfer_mode == Some(ResponseTransferMode::Stream);
        if stream && !self.kind.is_proxy() {
            let message = "Response streaming is for the types HTTP_PROXY and AWS_PROXY only";
            found.add("responseTransferMode", "/responseTransferMode", message);
        }
        let uri = self.uri.as_deref().unwrap_or_default();
        if self.is_lambda() && !uri.ends_with('}') && stream != uri.ends_with("/response-streaming-invocations") {
            found.add(
                "uri",
                "/uri",
                "STREAM and an address that ends in /response-streaming-invocations need each other",
            );
        }
    }

    fn check_cache_keys(&self, found: &mut Findings, method: Option<&Method>) {
        for (at, name) in self.cache_key_parameters.iter().enumerate() {
            let place = format!("/cacheKeyParameters/{at}");
            match Source::cache(name) {
                Err(error) => found.add("cacheKeyParameters", place, error.detail()),
                // A parameter of the integration is one that is mapped.
                Ok(_) if name.starts_with("integration.") => {
                    if self.request_parameters.get(name).is_none() {
                        found.add("cacheKeyParameters", place, undeclared(name));
                    }
                }
                Ok(source) => {
                    if method.is_some_and(|method| !declares(method, &source)) {
                        found.add("cacheKeyParameters", place, undeclared(name));
                    }
                }
            }
        }
    }
}

fn check_response(found: &mut Findings, at: usize, rule: &ResponseRule, method: Option<&Method>) {
    let place = |part: &str| format!("/responses/{at}{part}");
    let declared = method.and_then(|method| method.method_responses.as_ref());
    let own = declared.and_then(|declared| declared.get(&rule.status_code));
    if !is_open(&rule.status_code) {
        if !is_status(&rule.status_code) {
            found.add("responses", place("/statusCode"), format!("Invalid status code: {:?}", rule.status_code));
        } else if declared.is_some() && own.is_none() {
            found.add(
                "responses",
                place("/statusCode"),
                "Invalid mapping expression specified: no method response has this status",
            );
        }
    }
    if let Some(Err(error)) = rule.selection_pattern.as_deref().map(|pattern| Pattern::compile(pattern, 0)) {
        found.add("responses", place("/selectionPattern"), error.detail());
    }
    for (target, source) in rule.response_parameters.iter() {
        let place = || format!("/responses/{at}/responseParameters/{}", escape(target));
        match Target::response(target) {
            Err(error) => found.add("responses", place(), error.detail()),
            Ok(Target::Header(name)) => {
                if own.is_some_and(|own| !own.headers.iter().any(|header| header.eq_ignore_ascii_case(&name))) {
                    found.add("responses", place(), undeclared(target));
                }
            }
            Ok(_) => {}
        }
        if let Err(error) = Source::response(source) {
            found.add("responses", place(), error.detail());
        }
    }
    check_templates(found, "responses", &place("/responseTemplates"), &rule.response_templates, true);
}

/// Templates must compile; `by_type` says whether they are chosen by media type.
pub(crate) fn check_templates(
    found: &mut Findings,
    property: &'static str,
    place: &str,
    templates: &Table<String>,
    by_type: bool,
) {
    for (media_type, source) in templates.iter() {
        let place = format!("{place}/{}", escape(media_type));
        if by_type && !is_open(media_type) && essence(media_type).is_none() {
            found.add(property, place.as_str(), format!("Invalid content type specified: {media_type}"));
        }
        if let Err(error) = Template::parse(source) {
            found.add(property, place, explain(&error, source));
        }
    }
}

fn explain(error: &Error, source: &str) -> String {
    match error.line_column(source) {
        Some((line, column)) => format!("{error} (line {line}, column {column})"),
        None => error.to_string(),
    }
}

/// Whether the method declares what a source names; other sources need no declaration.
fn declares(method: &Method, source: &Source) -> bool {
    let (place, name) = match source {
        Source::Path(name) => ("path", name),
        Source::Query(name) | Source::Queries(name) => ("querystring", name),
        Source::Header(name) | Source::Headers(name) => ("header", name),
        _ => return true,
    };
    method.request_parameters.get(&format!("method.request.{place}.{name}")).is_some()
}

fn undeclared(name: &str) -> String {
    let detail = format!("Invalid mapping expression parameter specified: {name}");
    format!("Invalid mapping expression specified: Validation Result: warnings : [], errors : [{detail}]")
}

fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}

/// Whether a text is left open by its document.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains("${")
}

/// 80, 443 and what lies above 1024 ("Amazon API Gateway important notes").
fn is_port_allowed(uri: &str) -> bool {
    let authority =
        uri.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once(':').map(|(_, port)| port.parse::<u32>()) {
        Some(Ok(port)) => matches!(port, 80 | 443 | 1024..=65535),
        _ => true,
    }
}

/// A name as part of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The problems found so far.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Problem>);

impl Findings {
    pub(crate) fn add(&mut self, property: &'static str, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { property, place: place.into(), message: message.into() });
    }
}
