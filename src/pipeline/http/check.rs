//! The check of HTTP APIs.

use super::mapping::{MappedValue, ParameterMapping};
use super::subtype::Subtype;
use crate::diagnostic::Code;
use crate::pipeline::check::problem::Problems;
use crate::pipeline::check::rules::{
    check_lengths, check_method, check_target, check_timeout, escape, is_open, is_status,
};
use crate::pipeline::model::{ConnectionType, Integration, IntegrationType, PassthroughBehavior};

/// Checks an integration of an HTTP API.
pub(crate) fn check(integration: &Integration, found: &mut Problems<'_>) {
    if !integration.kind.is_proxy() {
        let message = format!("Integrations of type {} are not for HTTP APIs", integration.kind);
        found.property(Code::UnsupportedType, "type", message);
    } else if let Some(subtype) = &integration.integration_subtype {
        check_subtype(integration, subtype, found);
    } else {
        check_target(integration, found);
        check_method(integration, integration.kind == IntegrationType::HttpProxy, found);
        for (place, source) in integration.request_parameters.iter().filter(|(_, source)| !source.is_empty()) {
            if let Err(error) = ParameterMapping::request(place, source) {
                let place = format!("/requestParameters/{}", escape(place));
                found.add(Code::InvalidMapping, "requestParameters", place, error.detail());
            }
        }
    }
    check_version(integration, found);
    check_status_mappings(integration, found);
    if integration.connection_type == ConnectionType::VpcLink {
        if integration.kind == IntegrationType::AwsProxy {
            let message = "VPC_LINK is for the type HTTP_PROXY only";
            found.property(Code::InvalidConnection, "connectionType", message);
        }
        if integration.connection_id.as_deref().unwrap_or_default().is_empty() {
            let message = "Connection ID must be specified for a VPC_LINK connection";
            found.property(Code::InvalidConnection, "connectionId", message);
        }
    }
    for (is_set, property) in [
        (!integration.request_templates.is_empty(), "requestTemplates"),
        (integration.template_selection_expression.is_some(), "templateSelectionExpression"),
        (integration.passthrough_behavior != PassthroughBehavior::WhenNoMatch, "passthroughBehavior"),
        (integration.content_handling.is_some(), "contentHandling"),
        (!integration.responses.is_empty(), "responses"),
    ] {
        if is_set {
            let message = format!("{property} is for WebSocket APIs only");
            found.property(Code::UnsupportedProperty, property, message);
        }
    }
    check_timeout(integration, 30_000, found);
    check_lengths(integration, found);
}

fn check_subtype(integration: &Integration, name: &str, found: &mut Problems<'_>) {
    if integration.kind != IntegrationType::AwsProxy {
        found.property(Code::InvalidSubtype, "integrationSubtype", "A subtype needs the type AWS_PROXY");
    }
    if integration.uri.is_some() {
        found.property(Code::InvalidSubtype, "uri", "A service call has no URI: its subtype names the service");
    }
    if integration.credentials.as_deref().unwrap_or_default().is_empty() {
        let message = "Role ARN must be specified for AWS integrations";
        found.property(Code::InvalidCredentials, "credentials", message);
    }
    for (parameter, source) in integration.request_parameters.iter() {
        if let Err(error) = MappedValue::request(source) {
            let place = format!("/requestParameters/{}", escape(parameter));
            found.add(Code::InvalidMapping, "requestParameters", place, error.detail());
        }
    }
    if is_open(name) {
        return;
    }
    let Some(subtype) = Subtype::find(name) else {
        let message = format!("Invalid integration subtype specified: {name}");
        found.property(Code::InvalidSubtype, "integrationSubtype", message);
        return;
    };
    for parameter in subtype.required {
        if integration.request_parameters.get(parameter).is_none_or(String::is_empty) {
            let message = format!("{name} needs the parameter {parameter}");
            found.property(Code::MissingParameter, "requestParameters", message);
        }
    }
    for parameter in integration.request_parameters.names().filter(|parameter| !subtype.knows(parameter)) {
        let place = format!("/requestParameters/{}", escape(parameter));
        let message = format!("{name} has no parameter {parameter}");
        found.add(Code::UnknownParameter, "requestParameters", place, message);
    }
}

fn check_version(integration: &Integration, found: &mut Problems<'_>) {
    let is_function = integration.kind == IntegrationType::AwsProxy && integration.integration_subtype.is_none();
    let message = match integration.payload_format_version.as_deref() {
        None | Some("") => "Payload format version must be specified for HTTP APIs".to_owned(),
        Some("1.0") => return,
        Some("2.0") if is_function => return,
        Some(open) if is_open(open) => return,
        Some("2.0") => "Payload format version 2.0 is for Lambda functions only".to_owned(),
        Some(other) => format!("Invalid payload format version specified: {other}"),
    };
    found.property(Code::InvalidPayloadFormat, "payloadFormatVersion", message);
}

fn check_status_mappings(integration: &Integration, found: &mut Problems<'_>) {
    for (status, mappings) in integration.response_parameters.iter() {
        let place = format!("/responseParameters/{}", escape(status));
        let is_allowed = status.len() == 3 && status.parse().is_ok_and(|code: u16| (200..=599).contains(&code));
        if !is_allowed && !is_open(status) {
            let message = format!("Invalid status code: {status}; 200 to 599 are allowed");
            found.add(Code::InvalidStatus, "responseParameters", place.as_str(), message);
        }
        for (to, source) in mappings.iter().filter(|(_, source)| !source.is_empty()) {
            let place = format!("{place}/{}", escape(to));
            match ParameterMapping::response(to, source) {
                Err(error) => found.add(Code::InvalidMapping, "responseParameters", place, error.detail()),
                Ok(_) if to == "overwrite:statuscode" && !source.contains('$') && !is_status(source) => {
                    let message = format!("Invalid status code: {source}");
                    found.add(Code::InvalidStatus, "responseParameters", place, message);
                }
                Ok(_) => {}
            }
        }
    }
}
