//! Integrations in any document language.
//!
//! Values are read leniently: `200` is `"200"`, and an empty string counts as absent. Enumerations
//! must be written in capitals, except in OpenAPI, where case does not matter.

use crate::diagnostic::Remark;
use crate::model::defaults;
use crate::model::draft::RouteDraft;
use crate::model::response::response_rule;
use crate::model::shape::Check;
use crate::model::surface::Surface;
use crate::model::table;
use crate::syntax::pointer::escape;
use crate::syntax::tree::Node;
use std::str::FromStr;
use vtl::Code;
use vtl::pipeline::model::{
    ConnectionType, ContentHandling, IntegrationType, PassthroughBehavior, ResponseRule, ResponseTransferMode, Table,
    TlsConfig,
};
use vtl::pipeline::{Integration, Protocol};

/// Reads an integration. Places and findings of its properties go to `draft`; returns `None` if its
/// type is unknown.
pub(crate) fn read(node: &Node, surface: Surface, protocol: Protocol, draft: &mut RouteDraft) -> Option<Integration> {
    if node.as_text().is_some_and(|text| text.has_placeholder) {
        let message = format!("the integration is known only after deployment: {}", node.as_str().unwrap_or_default());
        draft.remark(Code::UnknownIntegration, "type", message, node.span);
        return None;
    }
    if !node.is_map() {
        let message = "an integration must be a map with a type, such as {\"type\": \"mock\"}";
        draft.remark(Code::WrongValueType, "type", message, node.span);
        return None;
    }
    let is_import = surface == Surface::OpenApi && protocol == Protocol::Rest;
    let mut fields = Fields { node, surface, is_import, draft };
    fields.remark_unknown();
    fields.check_shapes();
    let kind = fields.enumeration("type", IntegrationType::as_str);
    let mut integration = Integration::new(kind.unwrap_or(IntegrationType::Http));
    integration.timeout_in_millis = defaults::timeout_in_millis(protocol);
    integration.http_method = fields.word("httpMethod").map(|method| match surface {
        Surface::OpenApi => method.to_ascii_uppercase(),
        _ => method,
    });
    integration.uri = fields.word("uri");
    integration.connection_id = fields.word("connectionId");
    // The manuals of Terraform and the AWS CLI escape the stars of `arn:aws:iam::*:user/*`.
    integration.credentials = fields.word("credentials").map(|arn| arn.replace("\\*", "*"));
    integration.cache_namespace = fields.word("cacheNamespace");
    integration.integration_target = fields.word("integrationTarget");
    integration.description = fields.word("description");
    integration.integration_subtype = fields.word("integrationSubtype");
    integration.template_selection_expression = fields.word("templateSelectionExpression");
    integration.payload_format_version = fields.payload_format();
    if surface == Surface::TerraformV2 {
        integration.payload_format_version.get_or_insert_with(|| "1.0".to_owned());
    }
    integration.request_templates = fields.templates("requestTemplates");
    let connection = fields.enumeration("connectionType", ConnectionType::as_str);
    integration.connection_type = connection.unwrap_or(ConnectionType::Internet);
    let behavior = fields.enumeration("passthroughBehavior", PassthroughBehavior::as_str);
    integration.passthrough_behavior = behavior.unwrap_or(PassthroughBehavior::WhenNoMatch);
    integration.content_handling = fields.enumeration("contentHandling", ContentHandling::as_str);
    integration.response_transfer_mode = fields.enumeration("responseTransferMode", ResponseTransferMode::as_str);
    if let Some(timeout) = fields.timeout() {
        integration.timeout_in_millis = timeout;
    }
    if surface == Surface::Terraform && behavior.is_none() && !integration.request_templates.is_empty() {
        let message = "Terraform's manual requires passthrough_behavior where request_templates is set";
        let remark = Remark::new(Code::MissingPassthrough, "passthroughBehavior", message, node.span);
        fields.draft.remarks.push(remark.with_help("set it to NEVER unless other media types may pass as they are"));
    }
    integration.request_parameters = fields.table("requestParameters");
    integration.cache_key_parameters = fields.list("cacheKeyParameters");
    integration.tls_config = fields.tls();
    integration.response_parameters = fields.status_parameters();
    integration.responses = fields.responses();
    kind.map(|_| integration)
}

/// Most unknown properties of an integration that have a finding each.
const MOST_UNKNOWN: usize = 100;

struct Fields<'a> {
    node: &'a Node,
    surface: Surface,
    /// Set for a REST API that is imported, which takes strings only.
    is_import: bool,
    draft: &'a mut RouteDraft,
}

impl<'a> Fields<'a> {
    /// Returns the value of a property unless it is null, and records its place.
    fn value(&mut self, property: &'static str) -> Option<&'a Node> {
        let value = self.node.some(&self.surface.name_of(property)?)?;
        self.draft.mark(format!("/{property}"), value);
        Some(value)
    }

    fn word(&mut self, property: &'static str) -> Option<String> {
        self.value(property)?.to_word().filter(|word| !word.is_empty())
    }

    fn enumeration<T: Copy + FromStr>(&mut self, property: &'static str, word_of: fn(T) -> &'static str) -> Option<T> {
        let span = self.value(property).map_or(self.node.span, |value| value.span);
        let Some(word) = self.word(property) else {
            if property == "type" {
                let message = "Enumeration value for IntegrationType must be non-empty";
                self.draft.remark(Code::MissingType, property, message, span);
            }
            return None;
        };
        let found: Option<T> = word.parse().ok();
        let exact = self.surface == Surface::OpenApi || found.is_none_or(|value| word_of(value) == word);
        if found.is_none() && word.contains("${") {
            let message = format!("the value is known only after deployment: {word}");
            self.draft.remark(Code::UnknownValue, property, message, span);
        } else if found.is_none() || !exact {
            let message = format!("Value '{word}' failed to satisfy constraint: Member must satisfy enum value set");
            self.draft.remark(Code::InvalidEnumValue, property, message, span);
        }
        found
    }

    fn payload_format(&mut self) -> Option<String> {
        let span = self.value("payloadFormatVersion")?.span;
        let version = defaults::payload_format(self.word("payloadFormatVersion")?);
        if !matches!(version.as_str(), "1.0" | "2.0") && !version.contains("${") {
            let message = format!("the payload format {version} does not exist: write 1.0 or 2.0");
            self.draft.remark(Code::InvalidEnumValue, "payloadFormatVersion", message, span);
        }
        Some(version)
    }

    fn timeout(&mut self) -> Option<u64> {
        let word = self.word("timeoutInMillis")?;
        let span = self.value("timeoutInMillis")?.span;
        // `--generate-cli-skeleton` writes 0 for an absent timeout.
        if word == "0" && self.surface == Surface::CliInput {
            return None;
        }
        // Some JSON writers print whole numbers as `5000.0`.
        let number = word.parse::<u64>().ok().or_else(|| word.strip_suffix(".0")?.parse().ok());
        if number.is_none() && !word.contains("${") {
            let message = format!("expected a number of milliseconds, found {word}");
            self.draft.remark(Code::InvalidTimeout, "timeoutInMillis", message, span);
        }
        number
    }

    fn table(&mut self, property: &'static str) -> Table<String> {
        let Some(value) = self.value(property) else { return Table::new() };
        let texts = if self.is_import {
            table::imported(value, property, property, &mut self.draft.remarks)
        } else {
            value.clone()
        };
        let table = table::words(&texts, property, &mut self.draft.remarks);
        self.draft.mark_entries(&format!("/{property}"), value, &table);
        table
    }

    fn templates(&mut self, property: &'static str) -> Table<String> {
        let Some(value) = self.value(property) else { return Table::new() };
        let texts = if self.is_import {
            table::imported(value, property, property, &mut self.draft.remarks)
        } else {
            value.clone()
        };
        let table = table::templates(&texts, property, &mut self.draft.remarks);
        self.draft.mark_templates(&format!("/{property}"), value, &table);
        table
    }

    fn list(&mut self, property: &'static str) -> Vec<String> {
        let Some(value) = self.value(property) else { return Vec::new() };
        let mut list = Vec::new();
        for item in table::first(value.each(), value.span, property, &mut self.draft.remarks) {
            if let Some(word) = item.to_word().filter(|word| !word.is_empty()) {
                self.draft.mark(format!("/{property}/{}", list.len()), item);
                list.push(word);
            }
        }
        list
    }

    fn tls(&mut self) -> Option<TlsConfig> {
        let config = self.value("tlsConfig")?.each().first()?;
        let skip = config.some(&self.surface.spell("InsecureSkipVerification"));
        let name = config.word(&self.surface.spell("ServerNameToVerify")).filter(|name| !name.is_empty());
        (skip.is_some() || name.is_some()).then(|| {
            let mut config = TlsConfig::default();
            config.insecure_skip_verification = skip.and_then(Node::to_bool).unwrap_or_default();
            config.server_name_to_verify = name;
            config
        })
    }

    /// Reads `ResponseParameters` by status, in any of its three shapes.
    fn status_parameters(&mut self) -> Table<Table<String>> {
        let mut by_status = Table::new();
        let Some(value) = self.value("responseParameters") else { return by_status };
        // A block for each status, as in Terraform.
        for block in value.items() {
            let Some(status) = block.word("status_code") else {
                let message = "response parameters without a status_code are not read";
                self.draft.remark(Code::WrongValueType, "responseParameters", message, block.span);
                continue;
            };
            let place = format!("/responseParameters/{status}");
            let mappings = block.get("mappings").map(|mappings| self.mappings(mappings, &place));
            by_status.set(status, mappings.unwrap_or_default());
        }
        for (status, mappings) in value.fields() {
            let place = format!("/responseParameters/{status}");
            // A list of pairs, as in CloudFormation.
            let table = match mappings.get("ResponseParameters") {
                Some(pairs) => {
                    let draft = &mut *self.draft;
                    let read = table::first(pairs.each(), pairs.span, "responseParameters", &mut draft.remarks);
                    let mut pair = |pair: &Node| {
                        let both = pair.word("Destination").zip(pair.get("Source").and_then(Node::to_word));
                        let Some((destination, source)) = both else {
                            let message = "a response parameter has a Destination and a Source; this one is not read";
                            draft.remark(Code::WrongValueType, "responseParameters", message, pair.span);
                            return None;
                        };
                        if let Some(source) = pair.get("Source") {
                            draft.mark(format!("{place}/{}", escape(&destination)), source);
                        }
                        Some((destination, source))
                    };
                    read.iter().filter_map(&mut pair).collect()
                }
                None => self.mappings(mappings, &place),
            };
            by_status.set(status, table);
        }
        by_status
    }

    fn mappings(&mut self, mappings: &Node, pointer: &str) -> Table<String> {
        let table = table::words(mappings, "responseParameters", &mut self.draft.remarks);
        self.draft.mark_entries(pointer, mappings, &table);
        table
    }

    fn responses(&mut self) -> Vec<ResponseRule> {
        if matches!(self.surface, Surface::Terraform | Surface::TerraformV2) {
            return Vec::new();
        }
        let Some(value) = self.value("responses") else { return Vec::new() };
        let mut rules = Vec::new();
        for response in table::first(value.items(), value.span, "responses", &mut self.draft.remarks) {
            let place = format!("/responses/{}", rules.len());
            rules.push(response_rule(response, self.surface, &place, self.draft));
        }
        let entries = table::first(value.entries(), value.span, "responses", &mut self.draft.remarks);
        let entries = entries.iter().filter_map(|(key, response)| Some((key, key.as_str()?, response)));
        for (name, key, response) in entries {
            let place = format!("/responses/{}", rules.len());
            if matches!(self.surface, Surface::OpenApi) {
                self.draft.mark(format!("{place}/selectionPattern"), name);
            }
            let mut rule = response_rule(response, self.surface, &place, self.draft);
            match self.surface {
                // The key is the selection pattern.
                Surface::OpenApi => {
                    rule.selection_pattern = Some(key.to_owned()).filter(|key| !matches!(key.as_str(), "default" | ""))
                }
                _ if rule.status_code.is_empty() => rule.status_code = key.to_owned(),
                _ => {}
            }
            rules.push(rule);
        }
        rules
    }

    /// Adds a remark for each property whose value is of another type than what is read.
    fn check_shapes(&mut self) {
        let spell = |name: &str| self.surface.spell(name);
        for (property, name, shape) in self.surface.properties() {
            if let Some(value) = self.node.get(&name) {
                let check = Check::new(&mut self.draft.remarks).spelled(self.surface.has_blocks(), &spell);
                check.of_property(property).value(&name, value, shape);
            }
        }
    }

    /// Adds a remark for each unknown property.
    fn remark_unknown(&mut self) {
        let mut count = 0;
        let known = self.surface.names();
        for (name, value) in self.node.fields().filter(|(name, _)| !known.contains(*name) && *name != "//") {
            count += 1;
            if count <= MOST_UNKNOWN {
                self.draft.remark(Code::UnknownField, "", format!("unknown property {name}"), value.span);
            }
        }
        if count > MOST_UNKNOWN {
            let message = format!("{} further unknown properties", count - MOST_UNKNOWN);
            self.draft.remark(Code::UnknownField, "", message, self.node.span);
        }
    }
}
