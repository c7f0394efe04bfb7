//! The check of WebSocket APIs.

use super::route::pattern_of;
use super::selector::Selector;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::check::problem::Problems;
use crate::pipeline::check::rules::{
    check_credentials, check_lengths, check_method, check_target, check_templates, check_timeout, escape, is_open,
};
use crate::pipeline::mapping::{Source, Target};
use crate::pipeline::model::{ConnectionType, Integration, IntegrationType, ResponseRule};
use crate::value::pattern::Pattern;

/// Longest template in bytes.
const LONGEST_TEMPLATE: usize = 32 * 1024;

/// Checks an integration of a WebSocket API.
pub(crate) fn check(integration: &Integration, found: &mut Problems<'_>) {
    if integration.integration_subtype.is_none() {
        check_target(integration, found);
        // Functions are invoked by POST: public templates leave the method out, and deploy. For services and HTTP the
        // providers' documents ask for it.
        let is_function = integration.kind == IntegrationType::AwsProxy || integration.is_lambda();
        check_method(integration, integration.kind != IntegrationType::Mock && !is_function, found);
        check_credentials(integration, found);
    }
    for (is_set, property) in [
        (integration.integration_subtype.is_some(), "integrationSubtype"),
        (!integration.response_parameters.is_empty(), "responseParameters"),
        (integration.tls_config.is_some(), "tlsConfig"),
        (integration.connection_type == ConnectionType::VpcLink, "connectionType"),
    ] {
        if is_set {
            found.property(Code::UnsupportedProperty, property, format!("{property} is for HTTP APIs only"));
        }
    }
    for (target, source) in integration.request_parameters.iter() {
        let source = Source::socket_within(source, found.budget);
        if found.budget.check().is_err() {
            return;
        }
        for error in [Target::request(target).err(), source.err()].into_iter().flatten() {
            let place = format!("/requestParameters/{}", escape(target));
            found.add(Code::InvalidMapping, "requestParameters", place, error.detail());
        }
    }
    if let Some(error) = selector_fault(found, integration.template_selection_expression.as_deref()) {
        found.property(Code::InvalidSelectionExpression, "templateSelectionExpression", error.detail());
    }
    let templates = &integration.request_templates;
    check_templates(found, "requestTemplates", ("/requestTemplates", "request"), templates, false);
    for (key, template) in integration.request_templates.iter().filter(|(_, text)| text.len() > LONGEST_TEMPLATE) {
        let message = format!("A template has {} bytes; at most {LONGEST_TEMPLATE} are allowed", template.len());
        let place = format!("/requestTemplates/{}", escape(key));
        found.add(Code::ValueTooLong, "requestTemplates", place, message);
    }
    for (at, (rule, name)) in integration.response_names().enumerate() {
        check_response(found, at, rule, name);
    }
    check_timeout(integration, 29_000, found);
    check_lengths(integration, found);
}

fn selector_fault(found: &Problems<'_>, text: Option<&str>) -> Option<Error> {
    let fault = text.and_then(|text| Selector::parse_within(text, found.budget).err());
    fault.filter(|_| found.budget.check().is_ok())
}

fn check_response(found: &mut Problems<'_>, at: usize, rule: &ResponseRule, name: &str) {
    let place = |part: &str| format!("/responses/{at}{part}");
    match rule.integration_response_key.as_deref() {
        None | Some("") => {
            let message = "An integration response needs a key";
            found.add(Code::InvalidResponseKey, "responses", place("/integrationResponseKey"), message);
        }
        Some("$default") => {}
        Some(key) if is_open(key) => {}
        Some(key) => match pattern_of(key).map(|pattern| Pattern::compile_within(pattern, 0, found.budget)) {
            None => {
                let message = format!("A key is $default or a pattern between slashes, not {key}");
                found.add(Code::InvalidResponseKey, "responses", place("/integrationResponseKey"), message);
            }
            Some(Err(_)) if found.budget.check().is_err() => return,
            Some(Err(error)) => {
                let place = place("/integrationResponseKey");
                found.add(Code::InvalidSelectionPattern, "responses", place, error.detail());
            }
            Some(Ok(_)) => {}
        },
    }
    for (target, source) in rule.response_parameters.iter() {
        let source = Source::response_within(source, found.budget);
        if found.budget.check().is_err() {
            return;
        }
        for error in [Target::response(target).err(), source.err()].into_iter().flatten() {
            let place = place(&format!("/responseParameters/{}", escape(target)));
            found.add(Code::InvalidMapping, "responses", place, error.detail());
        }
    }
    if let Some(error) = selector_fault(found, rule.template_selection_expression.as_deref()) {
        let place = place("/templateSelectionExpression");
        found.add(Code::InvalidSelectionExpression, "responses", place, error.detail());
    }
    let (place, name) = (place("/responseTemplates"), format!("response:{name}"));
    check_templates(found, "responses", (&place, &name), &rule.response_templates, false);
}
