//! An integration in the words of any surface.
//!
//! The surfaces name the same things differently: [`PROPERTIES`] is the dictionary. What follows from it: values are read loosely
//! (`200` and `"200"`), an empty text is as good as none, enumerations are in capitals except in OpenAPI, where any case will do.

use crate::model::draft::RouteDraft;
use crate::syntax::tree::{Data, Node};
use vtl::pipeline::{
    ConnectionType, ContentHandling, Integration, IntegrationType, PassthroughBehavior, Protocol, ResponseRule,
    ResponseTransferMode, Table, TlsConfig,
};

/// A way of writing an integration down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `x-amazon-apigateway-integration`.
    OpenApi,
    /// The `Integration` of `AWS::ApiGateway::Method`.
    Cfn,
    /// `AWS::ApiGatewayV2::Integration`, and JSON of `apigatewayv2`.
    CfnV2,
    /// `aws_api_gateway_integration`.
    Terraform,
    /// `aws_apigatewayv2_integration`.
    TerraformV2,
    /// What `put-integration` is given.
    CliInput,
    /// What `get-integration` prints.
    CliOutput,
}

/// The properties: the model's name (which is OpenAPI's), CloudFormation's, and CloudFormation's of version 2. Terraform
/// writes CloudFormation's names in snake case, the command line in camel case.
const PROPERTIES: &[(&str, &str, &str)] = &[
    ("type", "Type", "IntegrationType"),
    ("httpMethod", "IntegrationHttpMethod", "IntegrationMethod"),
    ("uri", "Uri", "IntegrationUri"),
    ("integrationSubtype", "", "IntegrationSubtype"),
    ("connectionType", "ConnectionType", "ConnectionType"),
    ("connectionId", "ConnectionId", "ConnectionId"),
    ("credentials", "Credentials", "CredentialsArn"),
    ("requestParameters", "RequestParameters", "RequestParameters"),
    ("requestTemplates", "RequestTemplates", "RequestTemplates"),
    ("templateSelectionExpression", "", "TemplateSelectionExpression"),
    ("passthroughBehavior", "PassthroughBehavior", "PassthroughBehavior"),
    ("contentHandling", "ContentHandling", "ContentHandlingStrategy"),
    ("payloadFormatVersion", "", "PayloadFormatVersion"),
    ("timeoutInMillis", "TimeoutInMillis", "TimeoutInMillis"),
    ("cacheKeyParameters", "CacheKeyParameters", ""),
    ("cacheNamespace", "CacheNamespace", ""),
    ("tlsConfig", "TlsConfig", "TlsConfig"),
    ("responseTransferMode", "ResponseTransferMode", ""),
    ("integrationTarget", "IntegrationTarget", ""),
    ("responses", "IntegrationResponses", "IntegrationResponses"),
    ("responseParameters", "", "ResponseParameters"),
    ("description", "", "Description"),
];

/// Names beside the properties that say whose integration it is, or that the service adds.
const OWNERS: &[&str] = &[
    "RestApiId",
    "ResourceId",
    "HttpMethod",
    "ApiId",
    "IntegrationId",
    "Id",
    "ForEach",
    "Count",
    "DependsOn",
    "Lifecycle",
    "Provider",
    "Region",
    "ApiGatewayManaged",
    "IntegrationResponseSelectionExpression",
];

/// `statusCode` for `StatusCode`.
pub(crate) fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `status_code` for `StatusCode`.
pub(crate) fn snake(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            words.push('_');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

impl Surface {
    /// How this surface spells one of CloudFormation's words.
    pub(crate) fn spell(self, name: &str) -> String {
        match self {
            Surface::Cfn | Surface::CfnV2 => name.to_owned(),
            Surface::Terraform | Surface::TerraformV2 if name == "TimeoutInMillis" => "timeout_milliseconds".to_owned(),
            Surface::Terraform | Surface::TerraformV2 => snake(name),
            Surface::OpenApi | Surface::CliInput | Surface::CliOutput => camel(name),
        }
    }

    /// The name of a property; none where the surface has no such thing.
    fn name_of(self, &(property, first, second): &(&str, &str, &str)) -> Option<String> {
        let name = match self {
            Surface::OpenApi => return Some(property.to_owned()),
            Surface::CliOutput if property == "httpMethod" => return Some(property.to_owned()),
            Surface::CfnV2 | Surface::TerraformV2 => second,
            _ => first,
        };
        (!name.is_empty()).then(|| self.spell(name))
    }

    fn is_v2(self) -> bool {
        matches!(self, Surface::CfnV2 | Surface::TerraformV2)
    }
}

/// Reads an integration; what is wrong with single properties is noted in `draft`.
pub(crate) fn read(node: &Node, surface: Surface, protocol: Protocol, draft: &mut RouteDraft) -> Option<Integration> {
    if node.as_text().is_some_and(|text| text.open) {
        draft.note("type", format!("the integration is not known: {}", node.as_str().unwrap_or_default()), node.span);
        return None;
    }
    let mut fields = Fields { node, surface, draft };
    fields.note_unknown();
    let kind = fields.enumeration("type", IntegrationType::from_word, IntegrationType::word);
    let mut integration = Integration::new(kind.unwrap_or(IntegrationType::Http));
    integration.timeout_in_millis = if protocol == Protocol::Http { 30_000 } else { 29_000 };
    integration.http_method = fields.word("httpMethod").map(|method| match surface {
        Surface::OpenApi => method.to_ascii_uppercase(),
        _ => method,
    });
    integration.uri = fields.word("uri");
    integration.connection_id = fields.word("connectionId");
    // Terraform's and the command line's pages escape the stars of `arn:aws:iam::*:user/*`.
    integration.credentials = fields.word("credentials").map(|arn| arn.replace("\\*", "*"));
    integration.cache_namespace = fields.word("cacheNamespace");
    integration.integration_target = fields.word("integrationTarget");
    integration.description = fields.word("description");
    integration.integration_subtype = fields.word("integrationSubtype");
    integration.template_selection_expression = fields.word("templateSelectionExpression");
    integration.payload_format_version = fields.word("payloadFormatVersion").map(|version| match version.as_str() {
        "1" | "2" => format!("{version}.0"),
        _ => version,
    });
    if surface == Surface::TerraformV2 {
        integration.payload_format_version.get_or_insert_with(|| "1.0".to_owned());
    }
    integration.request_templates = fields.templates("requestTemplates");
    let connection = fields.enumeration("connectionType", ConnectionType::from_word, ConnectionType::word);
    integration.connection_type = connection.unwrap_or(ConnectionType::Internet);
    let behavior = fields.enumeration("passthroughBehavior", PassthroughBehavior::from_word, PassthroughBehavior::word);
    integration.passthrough_behavior = behavior.unwrap_or(PassthroughBehavior::WhenNoMatch);
    integration.content_handling =
        fields.enumeration("contentHandling", ContentHandling::from_word, ContentHandling::word);
    integration.response_transfer_mode =
        fields.enumeration("responseTransferMode", ResponseTransferMode::from_word, ResponseTransferMode::word);
    if let Some(timeout) = fields.timeout() {
        integration.timeout_in_millis = timeout;
    }
    if surface == Surface::Terraform && behavior.is_none() && !integration.request_templates.is_empty() {
        let message = "Terraform's page requires passthrough_behavior beside request_templates";
        fields.draft.note("passthroughBehavior", message, node.span);
    }
    integration.request_parameters = fields.table("requestParameters");
    integration.cache_key_parameters = fields.list("cacheKeyParameters");
    integration.tls_config = fields.tls();
    integration.response_parameters = fields.status_parameters();
    integration.responses = fields.responses();
    kind.map(|_| integration)
}

struct Fields<'a> {
    node: &'a Node,
    surface: Surface,
    draft: &'a mut RouteDraft,
}

impl<'a> Fields<'a> {
    /// The value of a property, if it says anything; its place is kept.
    fn value(&mut self, property: &'static str) -> Option<&'a Node> {
        let row = PROPERTIES.iter().find(|row| row.0 == property)?;
        let value = self.node.some(&self.surface.name_of(row)?)?;
        self.draft.mark(format!("/{property}"), value);
        Some(value)
    }

    fn word(&mut self, property: &'static str) -> Option<String> {
        let value = self.value(property)?;
        let word = value.to_word();
        if word.is_none() && !value.each().is_empty() && value.is_map() {
            self.draft.fault(property, "a text is expected", value.span);
        }
        word.filter(|word| !word.is_empty())
    }

    fn enumeration<T: Copy>(
        &mut self,
        property: &'static str,
        from_word: fn(&str) -> Option<T>,
        word_of: fn(T) -> &'static str,
    ) -> Option<T> {
        let span = self.value(property).map_or(self.node.span, |value| value.span);
        let Some(word) = self.word(property) else {
            if property == "type" {
                self.draft.fault(property, "Enumeration value for IntegrationType must be non-empty", span);
            }
            return None;
        };
        let found = from_word(&word);
        let exact = self.surface == Surface::OpenApi || found.is_none_or(|value| word_of(value) == word);
        if found.is_none() && word.contains("${") {
            self.draft.note(property, format!("the value is not known: {word}"), span);
        } else if found.is_none() || !exact {
            let message = format!("Value '{word}' failed to satisfy constraint: Member must satisfy enum value set");
            self.draft.fault(property, message, span);
        }
        found
    }

    fn timeout(&mut self) -> Option<u64> {
        let word = self.word("timeoutInMillis")?;
        let span = self.value("timeoutInMillis")?.span;
        // A skeleton's 0 is an empty field.
        if word == "0" && self.surface == Surface::CliInput {
            return None;
        }
        // `5000.0` is how some writers of JSON put a whole number.
        let number = word.parse::<u64>().ok().or_else(|| word.strip_suffix(".0")?.parse().ok());
        if number.is_none() && !word.contains("${") {
            self.draft.fault("timeoutInMillis", format!("a number of milliseconds is expected, not {word}"), span);
        }
        number
    }

    fn table(&mut self, property: &'static str) -> Table<String> {
        let Some(value) = self.value(property) else { return Table::new() };
        let place = format!("/{property}");
        words(value, &place, property, self.draft, |key, word| !is_skeleton(key, word))
    }

    fn templates(&mut self, property: &'static str) -> Table<String> {
        let Some(value) = self.value(property) else { return Table::new() };
        templates(value, &format!("/{property}"), property, self.draft)
    }

    fn list(&mut self, property: &'static str) -> Vec<String> {
        let Some(value) = self.value(property) else { return Vec::new() };
        let mut list = Vec::new();
        for item in value.each() {
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
        (skip.is_some() || name.is_some()).then(|| TlsConfig {
            insecure_skip_verification: skip.and_then(Node::to_bool).unwrap_or_default(),
            server_name_to_verify: name,
        })
    }

    /// `ResponseParameters` by status, in each of its three shapes.
    fn status_parameters(&mut self) -> Table<Table<String>> {
        let mut by_status = Table::new();
        let Some(value) = self.value("responseParameters") else { return by_status };
        // Terraform: blocks.
        for block in value.items() {
            if let Some(status) = block.word("status_code") {
                let place = format!("/responseParameters/{status}");
                let mappings = block
                    .get("mappings")
                    .map(|mappings| words(mappings, &place, "responseParameters", self.draft, |_, _| true));
                by_status.set(status, mappings.unwrap_or_default());
            }
        }
        for (status, mappings) in value.fields() {
            let place = format!("/responseParameters/{status}");
            // CloudFormation: a list of pairs.
            let table = match mappings.get("ResponseParameters") {
                Some(pairs) => {
                    let draft = &mut *self.draft;
                    let mut pair = |pair: &Node| {
                        let destination = pair.word("Destination")?;
                        if let Some(source) = pair.get("Source") {
                            draft.mark(format!("{place}/{}", escape(&destination)), source);
                        }
                        Some((destination, pair.word("Source").unwrap_or_default()))
                    };
                    pairs.each().iter().take(MOST).filter_map(&mut pair).collect()
                }
                None => words(mappings, &place, "responseParameters", self.draft, |_, _| true),
            };
            by_status.set(status, table);
        }
        by_status
    }

    fn responses(&mut self) -> Vec<ResponseRule> {
        if matches!(self.surface, Surface::Terraform | Surface::TerraformV2) {
            return Vec::new();
        }
        let Some(value) = self.value("responses") else { return Vec::new() };
        let mut rules = Vec::new();
        for response in value.items().iter().take(MOST) {
            let place = format!("/responses/{}", rules.len());
            rules.push(response_rule(response, self.surface, &place, self.draft));
        }
        for (key, response) in value.fields().take(MOST) {
            let place = format!("/responses/{}", rules.len());
            let mut rule = response_rule(response, self.surface, &place, self.draft);
            match self.surface {
                // The key is the pattern.
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

    fn note_unknown(&mut self) {
        let known: Vec<String> = PROPERTIES.iter().filter_map(|row| self.surface.name_of(row)).collect();
        for (name, value) in self.node.fields() {
            let owner = || OWNERS.iter().any(|owner| self.surface.spell(owner) == name);
            if !known.iter().any(|known| known == name) && !owner() && name != "//" {
                self.draft.note("", format!("unknown property {name}"), value.span);
            }
        }
    }
}

/// An integration response of a REST API.
pub(crate) fn response_rule(node: &Node, surface: Surface, place: &str, draft: &mut RouteDraft) -> ResponseRule {
    let name = |name: &str| surface.spell(name);
    let word = |key: &str| node.word(&name(key)).filter(|word| !word.is_empty());
    for key in ["StatusCode", "SelectionPattern", "ContentHandling"] {
        if let Some(value) = node.get(&name(key)) {
            draft.mark(format!("{place}/{}", camel(key)), value);
        }
    }
    draft.mark(place.to_owned(), node);
    let handling = if surface.is_v2() { "ContentHandlingStrategy" } else { "ContentHandling" };
    let parameters = node.some(&name("ResponseParameters")).map(|value| {
        words(value, &format!("{place}/responseParameters"), "responses", draft, |key, word| !is_skeleton(key, word))
    });
    let response_templates = node
        .some(&name("ResponseTemplates"))
        .map(|value| templates(value, &format!("{place}/responseTemplates"), "responses", draft));
    let content_handling = word(handling).and_then(|word| {
        let found = ContentHandling::from_word(&word);
        if found.is_none() && !word.contains("${") {
            draft.fault(
                "responses",
                format!("Value '{word}' failed to satisfy constraint: Member must satisfy enum value set"),
                node.span,
            );
        }
        found
    });
    ResponseRule {
        selection_pattern: word("SelectionPattern"),
        integration_response_key: if surface.is_v2() { word("IntegrationResponseKey") } else { None },
        template_selection_expression: if surface.is_v2() { word("TemplateSelectionExpression") } else { None },
        status_code: word("StatusCode").unwrap_or_default(),
        response_parameters: parameters.unwrap_or_default(),
        response_templates: response_templates.unwrap_or_default(),
        content_handling,
    }
}

/// `--generate-cli-skeleton` writes this where a map is empty.
fn is_skeleton(key: &str, word: &str) -> bool {
    key == "KeyName" && word.is_empty()
}

/// More entries than anyone writes: the tables are searched one by one.
pub(crate) const MOST: usize = 5_000;

/// A map of texts.
pub(crate) fn words(
    value: &Node,
    place: &str,
    property: &'static str,
    draft: &mut RouteDraft,
    keep: fn(&str, &str) -> bool,
) -> Table<String> {
    let mut table = Table::new();
    if value.entries().len() > MOST {
        draft.fault(property, format!("more than {MOST} entries"), value.span);
        return table;
    }
    for (key, item) in value.fields() {
        match item.to_word() {
            Some(word) if keep(key, &word) => {
                draft.mark(format!("{place}/{}", escape(key)), item);
                table.set(key, word);
            }
            Some(_) => {}
            None if item.is_null() => {}
            None => draft.fault(property, format!("{key}: a text is expected"), item.span),
        }
    }
    table
}

/// A map of templates; null is the empty template.
pub(crate) fn templates(value: &Node, place: &str, property: &'static str, draft: &mut RouteDraft) -> Table<String> {
    let mut table = Table::new();
    if value.entries().len() > MOST {
        draft.fault(property, format!("more than {MOST} entries"), value.span);
        return table;
    }
    for (key, item) in value.fields() {
        let text = match &item.data {
            Data::Null => String::new(),
            Data::List(_) | Data::Map(_) => {
                draft.fault(property, format!("the template {key} is no text"), item.span);
                continue;
            }
            _ => item.to_word().unwrap_or_default(),
        };
        if is_skeleton(key, &text) {
            continue;
        }
        let pointer = format!("{place}/{}", escape(key));
        draft.mark(pointer.clone(), item);
        draft.templates.push(pointer);
        table.set(key, text);
    }
    table
}

/// A name as part of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
