//! Resources of API Gateway, and their names in each document language.

use crate::budget::Budget;
use crate::model::surface::Surface;
use crate::span::Span;
use crate::syntax::tree::Node;
use vtl::reference::nearest;

macro_rules! resource_kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $cfn:literal, $terraform:literal, $service:literal $noun:literal, $id:literal;)*) => {
        /// A type of resource that has a part in what an API does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum ResourceKind { $($(#[doc = $doc])* $kind,)* }

        /// Every kind with its names.
        const TABLE: &[Row] = &[$(Row {
            kind: ResourceKind::$kind,
            cloudformation: $cfn,
            terraform: $terraform,
            aws_cli: ($service, $noun),
            identifier: $id,
        }),*];
    };
}

/// The names of a kind; a name is empty where the language does not have the kind.
struct Row {
    kind: ResourceKind,
    /// CloudFormation's type.
    cloudformation: &'static str,
    /// Terraform's type.
    terraform: &'static str,
    /// Service of the AWS CLI, and what its operations are named after: `put-integration`.
    aws_cli: (&'static str, &'static str),
    /// CloudFormation's attribute with the identifier of the resource.
    identifier: &'static str,
}

resource_kinds! {
    /// A REST API.
    RestApi = "AWS::ApiGateway::RestApi", "aws_api_gateway_rest_api", "apigateway" "rest-api", "RestApiId";
    /// A part of a path of a REST API.
    Resource = "AWS::ApiGateway::Resource", "aws_api_gateway_resource", "apigateway" "resource", "ResourceId";
    /// A method of a REST API.
    Method = "AWS::ApiGateway::Method", "aws_api_gateway_method", "apigateway" "method", "Id";
    /// A response that a method declares.
    MethodResponse = "", "aws_api_gateway_method_response", "apigateway" "method-response", "Id";
    /// An integration of a REST API.
    Integration = "", "aws_api_gateway_integration", "apigateway" "integration", "Id";
    /// A response of an integration of a REST API.
    IntegrationResponse = "", "aws_api_gateway_integration_response", "apigateway" "integration-response", "Id";
    /// A model of a REST API.
    Model = "AWS::ApiGateway::Model", "aws_api_gateway_model", "apigateway" "model", "Id";
    /// Which parts of a request are validated.
    RequestValidator = "AWS::ApiGateway::RequestValidator", "aws_api_gateway_request_validator", "apigateway" "request-validator", "RequestValidatorId";
    /// A response of the gateway itself.
    GatewayResponse = "AWS::ApiGateway::GatewayResponse", "aws_api_gateway_gateway_response", "apigateway" "gateway-response", "Id";
    /// A stage of a REST API.
    Stage = "AWS::ApiGateway::Stage", "aws_api_gateway_stage", "apigateway" "stage", "Id";
    /// A deployment of a REST API, which may make a stage.
    Deployment = "AWS::ApiGateway::Deployment", "aws_api_gateway_deployment", "apigateway" "deployment", "DeploymentId";

    /// An HTTP or WebSocket API.
    V2Api = "AWS::ApiGatewayV2::Api", "aws_apigatewayv2_api", "apigatewayv2" "api", "ApiId";
    /// A route of an HTTP or WebSocket API.
    V2Route = "AWS::ApiGatewayV2::Route", "aws_apigatewayv2_route", "apigatewayv2" "route", "RouteId";
    /// A response of a WebSocket route.
    V2RouteResponse = "AWS::ApiGatewayV2::RouteResponse", "aws_apigatewayv2_route_response", "apigatewayv2" "route-response", "RouteResponseId";
    /// An integration of an HTTP or WebSocket API.
    V2Integration = "AWS::ApiGatewayV2::Integration", "aws_apigatewayv2_integration", "apigatewayv2" "integration", "IntegrationId";
    /// A response of an integration of a WebSocket API.
    V2IntegrationResponse = "AWS::ApiGatewayV2::IntegrationResponse", "aws_apigatewayv2_integration_response", "apigatewayv2" "integration-response", "IntegrationResponseId";
    /// A model of a WebSocket API.
    V2Model = "AWS::ApiGatewayV2::Model", "aws_apigatewayv2_model", "apigatewayv2" "model", "ModelId";
    /// A stage of an HTTP or WebSocket API.
    V2Stage = "AWS::ApiGatewayV2::Stage", "aws_apigatewayv2_stage", "apigatewayv2" "stage", "Id";

    /// A REST API of SAM.
    SamRestApi = "AWS::Serverless::Api", "", "" "", "RestApiId";
    /// An HTTP API of SAM.
    SamHttpApi = "AWS::Serverless::HttpApi", "", "" "", "Id";
    /// A function of SAM, whose events make routes.
    SamFunction = "AWS::Serverless::Function", "", "" "", "Id";
    /// A state machine of SAM, whose events make routes.
    SamStateMachine = "AWS::Serverless::StateMachine", "", "" "", "Id";
}

/// Types of API Gateway that have no part in what an API does: CloudFormation's and Terraform's, a name is empty where
/// the language does not have the type.
const OTHER_TYPES: &[(&str, &str)] = &[
    ("AWS::ApiGateway::Account", "aws_api_gateway_account"),
    ("AWS::ApiGateway::ApiKey", "aws_api_gateway_api_key"),
    ("AWS::ApiGateway::Authorizer", "aws_api_gateway_authorizer"),
    ("AWS::ApiGateway::BasePathMapping", "aws_api_gateway_base_path_mapping"),
    ("AWS::ApiGateway::BasePathMappingV2", ""),
    ("AWS::ApiGateway::ClientCertificate", "aws_api_gateway_client_certificate"),
    ("AWS::ApiGateway::DocumentationPart", "aws_api_gateway_documentation_part"),
    ("AWS::ApiGateway::DocumentationVersion", "aws_api_gateway_documentation_version"),
    ("AWS::ApiGateway::DomainName", "aws_api_gateway_domain_name"),
    ("AWS::ApiGateway::DomainNameAccessAssociation", "aws_api_gateway_domain_name_access_association"),
    ("AWS::ApiGateway::DomainNameV2", ""),
    ("AWS::ApiGateway::UsagePlan", "aws_api_gateway_usage_plan"),
    ("AWS::ApiGateway::UsagePlanKey", "aws_api_gateway_usage_plan_key"),
    ("AWS::ApiGateway::VpcLink", "aws_api_gateway_vpc_link"),
    ("", "aws_api_gateway_method_settings"),
    ("", "aws_api_gateway_rest_api_policy"),
    ("AWS::ApiGatewayV2::ApiGatewayManagedOverrides", ""),
    ("AWS::ApiGatewayV2::ApiMapping", "aws_apigatewayv2_api_mapping"),
    ("AWS::ApiGatewayV2::Authorizer", "aws_apigatewayv2_authorizer"),
    ("AWS::ApiGatewayV2::Deployment", "aws_apigatewayv2_deployment"),
    ("AWS::ApiGatewayV2::DomainName", "aws_apigatewayv2_domain_name"),
    ("AWS::ApiGatewayV2::RoutingRule", "aws_apigatewayv2_routing_rule"),
    ("AWS::ApiGatewayV2::VpcLink", "aws_apigatewayv2_vpc_link"),
];

/// Checks for a type of API Gateway, in CloudFormation or Terraform, that does not exist.
pub(crate) fn is_unknown_type(name: &str) -> bool {
    const PREFIXES: &[&str] = &["AWS::ApiGateway::", "AWS::ApiGatewayV2::", "aws_api_gateway_", "aws_apigatewayv2_"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !OTHER_TYPES.iter().any(|(one, other)| name == *one || name == *other)
        && !TABLE.iter().any(|row| name == row.cloudformation || name == row.terraform)
}

/// Returns the CloudFormation type that a name of another type is nearly one of; `None` for a known type, or once the
/// budget is spent.
pub(crate) fn near_type(name: &str, span: Span, budget: &Budget<'_>) -> Option<&'static str> {
    let is_known =
        TABLE.iter().any(|row| row.cloudformation == name) || OTHER_TYPES.iter().any(|(one, _)| *one == name);
    // Few types are compared letter by letter.
    let may_be_near = ["Api", "ateway", "erverless"].iter().any(|part| name.contains(part));
    if is_known || !may_be_near || name.len() > LONGEST_TYPE || !budget.charge(COMPARING, span) {
        return None;
    }
    let close = |known: &&str| known.len().abs_diff(name.len()) <= 2;
    nearest(name, TABLE.iter().map(|row| row.cloudformation).filter(close))
}

/// Steps of comparing a name with all types.
const COMPARING: usize = 600;

/// Longest name that is compared with types, in bytes.
const LONGEST_TYPE: usize = 64;

impl ResourceKind {
    /// Returns the kind of a CloudFormation type such as `AWS::ApiGateway::Method`.
    pub(crate) fn from_cloudformation(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| !name.is_empty() && row.cloudformation == name).map(|row| row.kind)
    }

    /// Returns the kind of a Terraform type such as `aws_api_gateway_method`. Of data sources only
    /// `data.aws_api_gateway_resource` counts, since it has a path.
    pub(crate) fn from_terraform(name: &str) -> Option<Self> {
        if name == "data.aws_api_gateway_resource" {
            return Some(ResourceKind::Resource);
        }
        TABLE.iter().find(|row| !name.is_empty() && row.terraform == name).map(|row| row.kind)
    }

    /// Returns the kind that operations of the AWS CLI are named after: `rest-api` of `apigateway`.
    pub(crate) fn from_aws_cli(service: &str, noun: &str) -> Option<Self> {
        TABLE.iter().find(|row| !noun.is_empty() && row.aws_cli == (service, noun)).map(|row| row.kind)
    }

    /// Returns CloudFormation's attribute with the identifier of the resource.
    pub(crate) fn identifier(self) -> &'static str {
        TABLE.iter().find(|row| row.kind == self).map_or("Id", |row| row.identifier)
    }

    /// Returns the name of a SAM type in the section `Globals`; `None` for other types.
    pub(crate) fn sam_globals(self) -> Option<&'static str> {
        TABLE.iter().find(|row| row.kind == self)?.cloudformation.strip_prefix("AWS::Serverless::")
    }
}

/// A resource whose values are evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Type of the resource.
    pub kind: ResourceKind,
    /// The strings that references to it evaluate to.
    pub ids: Vec<String>,
    /// Its properties.
    pub properties: Node,
    /// The language of its properties.
    pub surface: Surface,
    /// Span in the document.
    pub span: Span,
}

impl Resource {
    /// Returns a property, by CloudFormation's name, unless it is absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.properties.some(&self.surface.spell(name))
    }

    /// Returns a property as a string, by CloudFormation's name, unless it is empty.
    pub(crate) fn word(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Node::to_word).filter(|word| !word.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn names_are_unique() {
        for names in [
            TABLE.iter().map(|row| row.cloudformation.to_owned()).collect::<Vec<_>>(),
            TABLE.iter().map(|row| row.terraform.to_owned()).collect(),
            TABLE.iter().map(|row| format!("{}{}", row.aws_cli.0, row.aws_cli.1)).collect(),
        ] {
            let mut named: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
            let count = named.len();
            named.sort();
            named.dedup();
            assert_eq!(named.len(), count);
        }
    }
}
