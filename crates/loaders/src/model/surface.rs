//! The names of integration properties in each document language.
//!
//! [`PROPERTIES`] is the dictionary: the model's names, CloudFormation's, and CloudFormation's of
//! version 2. Terraform writes CloudFormation's names in snake case, the AWS CLI in camel case.

use crate::model::shape::Shape::{Any, Flag, ListOrMap, Map, OneOrMore, Scalar};
use crate::model::shape::{Object, Shape};
use std::collections::HashSet;

/// A document language, with its names of the properties of an integration.
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
    /// The JSON input of `put-integration`.
    CliInput,
    /// The JSON output of `get-integration`.
    CliOutput,
}

/// A property of an integration: its names in the model (and in OpenAPI), in CloudFormation, and in CloudFormation's
/// version 2, empty where the language does not have the property; and the shape of its values.
type Property = (&'static str, &'static str, &'static str, Shape);

/// The certificate check of a private integration.
const TLS: Object = Object {
    fields: &[("InsecureSkipVerification", Flag), ("ServerNameToVerify", Scalar)],
    closed: Some("the TLS configuration"),
};

/// The properties of an integration.
const PROPERTIES: &[Property] = &[
    ("type", "Type", "IntegrationType", Scalar),
    ("httpMethod", "IntegrationHttpMethod", "IntegrationMethod", Scalar),
    ("uri", "Uri", "IntegrationUri", Scalar),
    ("integrationSubtype", "", "IntegrationSubtype", Scalar),
    ("connectionType", "ConnectionType", "ConnectionType", Scalar),
    ("connectionId", "ConnectionId", "ConnectionId", Scalar),
    ("credentials", "Credentials", "CredentialsArn", Scalar),
    ("requestParameters", "RequestParameters", "RequestParameters", Map(&Any)),
    ("requestTemplates", "RequestTemplates", "RequestTemplates", Map(&Any)),
    ("templateSelectionExpression", "", "TemplateSelectionExpression", Scalar),
    ("passthroughBehavior", "PassthroughBehavior", "PassthroughBehavior", Scalar),
    ("contentHandling", "ContentHandling", "ContentHandlingStrategy", Scalar),
    ("payloadFormatVersion", "", "PayloadFormatVersion", Scalar),
    ("timeoutInMillis", "TimeoutInMillis", "TimeoutInMillis", Scalar),
    ("cacheKeyParameters", "CacheKeyParameters", "", OneOrMore(&Scalar)),
    ("cacheNamespace", "CacheNamespace", "", Scalar),
    ("tlsConfig", "TlsConfig", "TlsConfig", Shape::Object(&TLS)),
    ("responseTransferMode", "ResponseTransferMode", "", Scalar),
    ("integrationTarget", "IntegrationTarget", "", Scalar),
    ("responses", "IntegrationResponses", "IntegrationResponses", ListOrMap(&Any)),
    ("responseParameters", "", "ResponseParameters", ListOrMap(&Map(&Any))),
    ("description", "", "Description", Scalar),
];

/// Names that may occur beside the properties: owners of the integration, and what the service or
/// Terraform adds.
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

/// Converts a name to camel case: `StatusCode` to `statusCode`.
pub(crate) fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Converts a name to snake case: `StatusCode` to `status_code`.
fn snake(name: &str) -> String {
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
    /// Returns the name that this language has for one of CloudFormation's names.
    pub(crate) fn spell(self, name: &str) -> String {
        match self {
            Surface::Cfn | Surface::CfnV2 => name.to_owned(),
            Surface::Terraform | Surface::TerraformV2 if name == "TimeoutInMillis" => "timeout_milliseconds".to_owned(),
            Surface::Terraform | Surface::TerraformV2 => snake(name),
            Surface::OpenApi | Surface::CliInput | Surface::CliOutput => camel(name),
        }
    }

    /// Returns the name of a property; `None` if the language does not have it.
    pub(crate) fn name_of(self, property: &str) -> Option<String> {
        PROPERTIES.iter().find(|row| row.0 == property).and_then(|row| self.name_in(row))
    }

    /// Returns the names of the properties, and those that may occur beside them.
    pub(crate) fn names(self) -> HashSet<String> {
        let properties = PROPERTIES.iter().filter_map(|row| self.name_in(row));
        properties.chain(OWNERS.iter().map(|owner| self.spell(owner))).collect()
    }

    /// Iterates over the properties that the language has: the model's name, the language's, and the shape.
    pub(crate) fn properties(self) -> impl Iterator<Item = (&'static str, String, &'static Shape)> {
        PROPERTIES.iter().filter_map(move |row| Some((row.0, self.name_in(row)?, &row.3)))
    }

    fn name_in(self, &(property, first, second, _): &Property) -> Option<String> {
        let name = match self {
            Surface::OpenApi => return Some(property.to_owned()),
            Surface::CliOutput if property == "httpMethod" => return Some(property.to_owned()),
            Surface::CfnV2 | Surface::TerraformV2 => second,
            _ => first,
        };
        (!name.is_empty()).then(|| self.spell(name))
    }

    /// Checks for a language that writes a map also as a block, which becomes a list.
    pub(crate) fn has_blocks(self) -> bool {
        matches!(self, Surface::Terraform | Surface::TerraformV2)
    }

    /// Checks for a language of version 2 of the API.
    pub(crate) fn is_v2(self) -> bool {
        matches!(self, Surface::CfnV2 | Surface::TerraformV2)
    }
}
