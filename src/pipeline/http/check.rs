//! What the service refuses when an integration of an HTTP or WebSocket API is made, found beforehand and all at once.

use crate::error::Error;
use crate::pipeline::http::mapping::{MappedValue, ParameterMapping};
use crate::pipeline::http::subtype::Subtype;
use crate::pipeline::mapping::source::{Source, Target};
use crate::pipeline::model::integration::{
    ConnectionType, Integration, IntegrationType, Method, PassthroughBehavior, Protocol, ResponseRule,
};
use crate::pipeline::model::uri::{is_endpoint, mask, service_fault};
use crate::pipeline::rest::check::{Findings, Problem, check_templates, escape, is_open};
use crate::pipeline::websocket::route::pattern_of;
use crate::pipeline::websocket::selector::Selector;
use crate::value::pattern::Pattern;

/// The longest value of a request parameter.
const LONGEST_VALUE: usize = 512;
/// The longest template.
const LONGEST_TEMPLATE: usize = 32 * 1024;
/// The longest address, and the longest description.
const LONGEST_URI: usize = 2048;
const LONGEST_DESCRIPTION: usize = 1024;

/// Properties that only one of the two kinds of API knows.
const HTTP_ONLY: &str = "is for HTTP APIs only";
const SOCKET_ONLY: &str = "is for WebSocket APIs only";

impl Method {
    /// Everything that is wrong with a method or route and its integration, by the rules of its kind of API.
    ///
    /// ```
    /// use vtl::pipeline::{Integration, Method, Protocol};
    /// let integration = Integration::from_v2(serde_json::json!({
    ///     "IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage", "PayloadFormatVersion": "1.0",
    ///     "CredentialsArn": "arn:aws:iam::012345678901:role/r", "RequestParameters": {"QueueUrl": "q"}}), Protocol::Http)?;
    /// let route = Method { integration: Some(integration), ..Method::from_key("POST /", Protocol::Http) };
    /// let problems = route.problems_in(Protocol::Http);
    /// assert_eq!((problems.len(), problems[0].property), (1, "requestParameters"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems_in(&self, protocol: Protocol) -> Vec<Problem> {
        match (&self.integration, protocol) {
            (Some(integration), Protocol::Http | Protocol::WebSocket) => integration.problems_in(protocol, Some(self)),
            _ => self.problems(),
        }
    }
}

impl Integration {
    /// Everything that is wrong with the integration, by the rules of its kind of API. Without the method, as where a document
    /// does not show it, what needs its declarations is not checked.
    ///
    /// ```
    /// use vtl::pipeline::{Integration, Protocol};
    /// let json = serde_json::json!({"IntegrationType": "MOCK", "TimeoutInMillis": 29_001});
    /// let problems = |protocol| Integration::from_v2(json.clone(), protocol).map(|it| it.problems_in(protocol, None));
    /// assert_eq!(problems(Protocol::Http)?[0].property, "type");
    /// assert_eq!(problems(Protocol::WebSocket)?[0].property, "timeoutInMillis");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems_in(&self, protocol: Protocol, method: Option<&Method>) -> Vec<Problem> {
        let mut found = Findings::default();
        match protocol {
            Protocol::Rest => return self.problems(method),
            Protocol::Http => self.check_http(&mut found),
            Protocol::WebSocket => self.check_socket(&mut found),
        }
        let most = if protocol == Protocol::Http { 30_000 } else { 29_000 };
        if !(50..=most).contains(&self.timeout_in_millis) {
            let message = format!("Timeout should be between 50 ms and {most} ms");
            found.add("timeoutInMillis", "/timeoutInMillis", message);
        }
        self.check_lengths(&mut found);
        found.0
    }

    fn check_http(&self, found: &mut Findings) {
        if !self.kind.is_proxy() {
            let message = format!("Integrations of type {} are not for HTTP APIs", self.kind);
            found.add("type", "/type", message);
        } else if let Some(subtype) = &self.integration_subtype {
            self.check_subtype(subtype, found);
        } else {
            self.check_target(found);
            self.check_method(self.kind == IntegrationType::HttpProxy, found);
            for (place, source) in self.request_parameters.iter().filter(|(_, source)| !source.is_empty()) {
                if let Err(error) = ParameterMapping::request(place, source) {
                    found.add("requestParameters", format!("/requestParameters/{}", escape(place)), error.detail());
                }
            }
        }
        self.check_version(found);
        self.check_status_mappings(found);
        if self.connection_type == ConnectionType::VpcLink {
            if self.kind == IntegrationType::AwsProxy {
                found.add("connectionType", "/connectionType", "VPC_LINK is for the type HTTP_PROXY only");
            }
            if self.connection_id.as_deref().unwrap_or_default().is_empty() {
                found.add("connectionId", "/connectionId", "Connection ID must be specified for a VPC_LINK connection");
            }
        }
        for (is_there, property, place) in [
            (!self.request_templates.is_empty(), "requestTemplates", "/requestTemplates"),
            (
                self.template_selection_expression.is_some(),
                "templateSelectionExpression",
                "/templateSelectionExpression",
            ),
            (
                self.passthrough_behavior != PassthroughBehavior::WhenNoMatch,
                "passthroughBehavior",
                "/passthroughBehavior",
            ),
            (self.content_handling.is_some(), "contentHandling", "/contentHandling"),
            (!self.responses.is_empty(), "responses", "/responses"),
        ] {
            if is_there {
                found.add(property, place, format!("{property} {SOCKET_ONLY}"));
            }
        }
    }

    fn check_socket(&self, found: &mut Findings) {
        if self.integration_subtype.is_none() {
            self.check_target(found);
            // A function is invoked by POST whatever is written.
            self.check_method(!matches!(self.kind, IntegrationType::Mock | IntegrationType::AwsProxy), found);
            self.check_credentials(found);
        }
        for (is_there, property, place) in [
            (self.integration_subtype.is_some(), "integrationSubtype", "/integrationSubtype"),
            (!self.response_parameters.is_empty(), "responseParameters", "/responseParameters"),
            (self.tls_config.is_some(), "tlsConfig", "/tlsConfig"),
            (self.connection_type == ConnectionType::VpcLink, "connectionType", "/connectionType"),
        ] {
            if is_there {
                found.add(property, place, format!("{property} {HTTP_ONLY}"));
            }
        }
        for (target, source) in self.request_parameters.iter() {
            for error in [Target::request(target).err(), Source::socket(source).err()].into_iter().flatten() {
                found.add("requestParameters", format!("/requestParameters/{}", escape(target)), error.detail());
            }
        }
        if let Some(error) = selector_fault(self.template_selection_expression.as_deref()) {
            found.add("templateSelectionExpression", "/templateSelectionExpression", error.detail());
        }
        check_templates(found, "requestTemplates", "/requestTemplates", &self.request_templates, false);
        for (key, template) in self.request_templates.iter().filter(|(_, text)| text.len() > LONGEST_TEMPLATE) {
            let message = format!("A template has {} bytes; at most {LONGEST_TEMPLATE} are allowed", template.len());
            found.add("requestTemplates", format!("/requestTemplates/{}", escape(key)), message);
        }
        for (at, rule) in self.responses.iter().enumerate() {
            check_response(found, at, rule);
        }
    }

    fn check_subtype(&self, name: &str, found: &mut Findings) {
        if self.kind != IntegrationType::AwsProxy {
            found.add("integrationSubtype", "/integrationSubtype", "A subtype needs the type AWS_PROXY");
        }
        if self.uri.is_some() {
            found.add("uri", "/uri", "A service call has no URI: its subtype tells what is called");
        }
        if self.credentials.as_deref().unwrap_or_default().is_empty() {
            found.add("credentials", "/credentials", "Role ARN must be specified for AWS integrations");
        }
        for (parameter, source) in self.request_parameters.iter() {
            if let Err(error) = MappedValue::request(source) {
                found.add("requestParameters", format!("/requestParameters/{}", escape(parameter)), error.detail());
            }
        }
        if is_open(name) {
            return;
        }
        let Some(subtype) = Subtype::find(name) else {
            found.add(
                "integrationSubtype",
                "/integrationSubtype",
                format!("Invalid integration subtype specified: {name}"),
            );
            return;
        };
        for parameter in subtype.required {
            if self.request_parameters.get(parameter).is_none_or(String::is_empty) {
                found.add("requestParameters", "/requestParameters", format!("{name} needs the parameter {parameter}"));
            }
        }
        for parameter in self.request_parameters.names().filter(|parameter| !subtype.knows(parameter)) {
            let place = format!("/requestParameters/{}", escape(parameter));
            found.add("requestParameters", place, format!("{name} has no parameter {parameter}"));
        }
    }

    /// The address: of an endpoint, a private one, a function or a service.
    fn check_target(&self, found: &mut Findings) {
        let uri = self.uri.as_deref().unwrap_or_default();
        let masked = mask(uri);
        // Nothing is known of an address that is one open variable but that there is one.
        if self.kind == IntegrationType::Mock || (uri.starts_with("${") && masked.starts_with('x')) {
            return;
        }
        let is_private = self.connection_type == ConnectionType::VpcLink && masked.starts_with("arn:");
        let message = if self.kind.is_http() {
            (!is_endpoint(&masked) && !is_private).then_some("Invalid HTTP endpoint specified for URI")
        } else if masked.starts_with("arn:") && masked.split(':').nth(2) == Some("lambda") {
            None
        } else {
            service_fault(&masked).or((self.kind == IntegrationType::AwsProxy && !self.is_lambda()).then_some(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            ))
        };
        if let Some(message) = message {
            found.add("uri", "/uri", message);
        }
    }

    fn check_method(&self, is_needed: bool, found: &mut Findings) {
        const METHODS: &[&str] = &["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "ANY"];
        match self.http_method.as_deref() {
            None | Some("") if is_needed => {
                found.add("httpMethod", "/httpMethod", "Enumeration value for HttpMethod must be non-empty");
            }
            Some(method) if !method.is_empty() && !is_open(method) && !METHODS.contains(&method) => {
                found.add("httpMethod", "/httpMethod", format!("Invalid HTTP method specified: {method}"));
            }
            _ => {}
        }
    }

    fn check_version(&self, found: &mut Findings) {
        let is_function = self.kind == IntegrationType::AwsProxy && self.integration_subtype.is_none();
        let message = match self.payload_format_version.as_deref() {
            None | Some("") => "Payload format version must be specified for HTTP APIs".to_owned(),
            Some("1.0") => return,
            Some("2.0") if is_function => return,
            Some(open) if is_open(open) => return,
            Some("2.0") => "Payload format version 2.0 is for Lambda functions only".to_owned(),
            Some(other) => format!("Invalid payload format version specified: {other}"),
        };
        found.add("payloadFormatVersion", "/payloadFormatVersion", message);
    }

    fn check_status_mappings(&self, found: &mut Findings) {
        for (status, mappings) in self.response_parameters.iter() {
            let place = format!("/responseParameters/{}", escape(status));
            let is_status = status.len() == 3 && status.parse().is_ok_and(|code: u16| (200..=599).contains(&code));
            if !is_status && !is_open(status) {
                found.add(
                    "responseParameters",
                    place.as_str(),
                    format!("Invalid status code: {status}; 200 to 599 are allowed"),
                );
            }
            for (to, source) in mappings.iter().filter(|(_, source)| !source.is_empty()) {
                let place = format!("{place}/{}", escape(to));
                match ParameterMapping::response(to, source) {
                    Err(error) => found.add("responseParameters", place, error.detail()),
                    Ok(_) if to == "overwrite:statuscode" && !source.contains('$') && !is_code(source) => {
                        found.add("responseParameters", place, format!("Invalid status code: {source}"));
                    }
                    Ok(_) => {}
                }
            }
        }
    }

    fn check_lengths(&self, found: &mut Findings) {
        let length = |text: &Option<String>| text.as_deref().map_or(0, |text| text.chars().count());
        if length(&self.uri) > LONGEST_URI {
            found.add("uri", "/uri", format!("An address has at most {LONGEST_URI} characters"));
        }
        if length(&self.description) > LONGEST_DESCRIPTION {
            found.add(
                "description",
                "/description",
                format!("A description has at most {LONGEST_DESCRIPTION} characters"),
            );
        }
        for (name, _) in self.request_parameters.iter().filter(|(_, value)| value.chars().count() > LONGEST_VALUE) {
            let place = format!("/requestParameters/{}", escape(name));
            found.add("requestParameters", place, format!("A value has at most {LONGEST_VALUE} characters"));
        }
    }
}

fn is_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}

fn selector_fault(text: Option<&str>) -> Option<Error> {
    text.and_then(|text| Selector::parse(text).err())
}

fn check_response(found: &mut Findings, at: usize, rule: &ResponseRule) {
    let place = |part: &str| format!("/responses/{at}{part}");
    match rule.integration_response_key.as_deref() {
        None | Some("") => {
            found.add("responses", place("/integrationResponseKey"), "An integration response needs a key");
        }
        Some("$default") => {}
        Some(key) if is_open(key) => {}
        Some(key) => match pattern_of(key).map(|pattern| Pattern::compile(pattern, 0)) {
            None => {
                let message = format!("A key is $default or a pattern between slashes, not {key}");
                found.add("responses", place("/integrationResponseKey"), message);
            }
            Some(Err(error)) => found.add("responses", place("/integrationResponseKey"), error.detail()),
            Some(Ok(_)) => {}
        },
    }
    for (target, source) in rule.response_parameters.iter() {
        for error in [Target::response(target).err(), Source::response(source).err()].into_iter().flatten() {
            found.add("responses", place(&format!("/responseParameters/{}", escape(target))), error.detail());
        }
    }
    if let Some(error) = selector_fault(rule.template_selection_expression.as_deref()) {
        found.add("responses", place("/templateSelectionExpression"), error.detail());
    }
    check_templates(found, "responses", &place("/responseTemplates"), &rule.response_templates, false);
}
