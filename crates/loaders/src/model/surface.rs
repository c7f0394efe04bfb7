//! The names of integration properties in each document language.
//!
//! [`PROPERTIES`] is the dictionary: the model's names, CloudFormation's, and CloudFormation's of
//! version 2. Terraform writes CloudFormation's names in snake case, the AWS CLI in camel case.

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

/// Names of each property: the model's (and OpenAPI's), CloudFormation's, and CloudFormation's of
/// version 2; empty where the language does not have the property.
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

    /// Returns `true` for the name of a property, or one that may occur beside the properties.
    pub(crate) fn knows(self, name: &str) -> bool {
        let is_property = PROPERTIES.iter().any(|row| self.name_in(row).is_some_and(|known| known == name));
        is_property || OWNERS.iter().any(|owner| self.spell(owner) == name)
    }

    fn name_in(self, &(property, first, second): &(&str, &str, &str)) -> Option<String> {
        let name = match self {
            Surface::OpenApi => return Some(property.to_owned()),
            Surface::CliOutput if property == "httpMethod" => return Some(property.to_owned()),
            Surface::CfnV2 | Surface::TerraformV2 => second,
            _ => first,
        };
        (!name.is_empty()).then(|| self.spell(name))
    }

    /// Checks for a language of version 2 of the API.
    pub(crate) fn is_v2(self) -> bool {
        matches!(self, Surface::CfnV2 | Surface::TerraformV2)
    }
}
