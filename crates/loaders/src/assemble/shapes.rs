//! The shapes of resources: their properties in CloudFormation, with those that Terraform and the AWS CLI have besides.

use crate::assemble::resource::{Resource, ResourceKind};
use crate::budget::Budget;
use crate::diagnostic::{Fault, Remark};
use crate::model::response::DECLARED_RESPONSE;
use crate::model::shape::Shape::{Any, Flag, List, Map, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::model::surface::Surface;

/// Steps of a finding, whose name is compared with all that are known.
const STEPS_OF_FINDING: usize = 100;

/// Bytes of a finding, besides those of its message.
const REMARK: usize = 256;

/// Adds the findings about the properties of a resource. Integrations and their responses have theirs where they are
/// read.
///
/// # Errors
/// The budget is spent: each instance of a resource has findings.
pub(super) fn check(resource: &Resource, remarks: &mut Vec<Remark>, budget: &Budget<'_>) -> Result<(), Fault> {
    let spell = |name: &str| resource.surface.spell(name);
    let mut found = Vec::new();
    let mut check = Check::new(&mut found).spelled(resource.surface.has_blocks(), &spell);
    match object(resource.kind) {
        Some(object) => check.value("Properties", &resource.properties, &Shape::Object(object)),
        None => {
            for name in OWNERS {
                if let Some(value) = resource.get(name) {
                    check.value(&spell(name), value, &Scalar);
                }
            }
        }
    }
    let inner = match resource.kind {
        ResourceKind::SamRestApi => Some(("Cors", &SAM_CORS)),
        ResourceKind::Deployment if resource.surface == Surface::Cfn => Some(("StageDescription", &STAGE_DESCRIPTION)),
        _ => None,
    };
    if let Some((name, object)) = inner
        && let Some(value) = resource.get(name).filter(|value| name != "Cors" || value.as_str().is_none())
    {
        check.value(name, value, &Shape::Object(object));
    }
    let bytes = found.iter().map(|remark| REMARK + remark.message.len()).sum();
    budget.spend(found.len() * STEPS_OF_FINDING, bytes, resource.span)?;
    remarks.append(&mut found);
    Ok(())
}

/// Names what a resource belongs to. These properties are checked here, also of resources whose others are checked
/// where they are read.
const OWNERS: &[&str] = &["ApiId", "HttpMethod", "IntegrationId", "ResourceId", "ResponseType", "RestApiId", "RouteId"];

/// Returns the properties of a kind of resource; `None` for one that is checked where it is read.
fn object(kind: ResourceKind) -> Option<&'static Object> {
    Some(match kind {
        ResourceKind::RestApi => &REST_API,
        ResourceKind::Resource => &RESOURCE,
        ResourceKind::Method => &METHOD,
        ResourceKind::Model | ResourceKind::V2Model => &MODEL,
        ResourceKind::RequestValidator => &VALIDATOR,
        ResourceKind::Stage => &STAGE,
        ResourceKind::Deployment => &DEPLOYMENT,
        ResourceKind::V2Api => &V2_API,
        ResourceKind::V2Route => &V2_ROUTE,
        ResourceKind::V2RouteResponse => &V2_ROUTE_RESPONSE,
        ResourceKind::V2Stage => &V2_STAGE,
        ResourceKind::SamRestApi | ResourceKind::SamHttpApi => &SAM_API,
        ResourceKind::SamFunction | ResourceKind::SamStateMachine => &SAM_FUNCTION,
        ResourceKind::MethodResponse
        | ResourceKind::Integration
        | ResourceKind::IntegrationResponse
        | ResourceKind::GatewayResponse
        | ResourceKind::V2Integration
        | ResourceKind::V2IntegrationResponse => return None,
    })
}

const REST_API: Object = Object {
    fields: &[
        ("ApiKeySourceType", Scalar),
        ("ApiKeySource", Scalar),
        ("BinaryMediaTypes", List(&Scalar)),
        ("Body", Any),
        ("BodyS3Location", Map(&Any)),
        ("CloneFrom", Scalar),
        ("Description", Scalar),
        ("DisableExecuteApiEndpoint", Any),
        ("EndpointAccessMode", Any),
        ("EndpointConfiguration", Any),
        ("FailOnWarnings", Any),
        ("MinimumCompressionSize", Any),
        ("Mode", Scalar),
        ("Name", Scalar),
        ("Parameters", Map(&Scalar)),
        ("Policy", Any),
        ("SecurityPolicy", Any),
        ("Tags", Any),
        ("Arn", Any),
        ("CreatedDate", Any),
        ("ExecutionArn", Any),
        ("Id", Any),
        ("PutRestApiMode", Any),
        ("Region", Any),
        ("RootResourceId", Any),
        ("TagsAll", Any),
        ("Timeouts", Any),
        ("Version", Any),
    ],
    closed: Some("a REST API"),
};

const RESOURCE: Object = Object {
    fields: &[
        ("ParentId", Scalar),
        ("PathPart", Scalar),
        ("RestApiId", Scalar),
        ("Id", Any),
        ("Path", Scalar),
        ("Region", Any),
    ],
    closed: Some("a resource"),
};

const METHOD: Object = Object {
    fields: &[
        ("ApiKeyRequired", Flag),
        ("AuthorizationScopes", Any),
        ("AuthorizationType", Any),
        ("AuthorizerId", Any),
        ("HttpMethod", Scalar),
        ("Integration", Any),
        ("MethodResponses", List(&Shape::Object(&DECLARED_RESPONSE))),
        ("OperationName", Scalar),
        ("RequestModels", Map(&Scalar)),
        ("RequestParameters", Map(&Shape::FlagOrObject(&REQUIRED))),
        ("RequestValidatorId", Scalar),
        ("ResourceId", Scalar),
        ("RestApiId", Scalar),
        ("Authorization", Any),
        ("Id", Any),
        ("Region", Any),
    ],
    closed: Some("a method"),
};

const MODEL: Object = Object {
    fields: &[
        ("ApiId", Scalar),
        ("ContentType", Any),
        ("Description", Any),
        ("Name", Scalar),
        ("RestApiId", Scalar),
        ("Schema", Any),
        ("Id", Any),
        ("Region", Any),
    ],
    closed: Some("a model"),
};

/// A request parameter: a flag alone, or in a map.
const REQUIRED: Object = Object { fields: &[("Required", Flag)], closed: Some("a request parameter") };

const VALIDATOR: Object = Object {
    fields: &[
        ("Name", Any),
        ("RestApiId", Scalar),
        ("ValidateRequestBody", Flag),
        ("ValidateRequestParameters", Flag),
        ("Id", Any),
        ("Region", Any),
    ],
    closed: Some("a request validator"),
};

const STAGE: Object = Object {
    fields: &[
        ("AccessLogSetting", Any),
        ("CacheClusterEnabled", Any),
        ("CacheClusterSize", Any),
        ("CanarySetting", Any),
        ("ClientCertificateId", Any),
        ("DeploymentId", Any),
        ("Description", Any),
        ("DocumentationVersion", Any),
        ("MethodSettings", Any),
        ("RestApiId", Scalar),
        ("StageName", Scalar),
        ("Tags", Any),
        ("TracingEnabled", Any),
        ("Variables", Map(&Scalar)),
        ("AccessLogSettings", Any),
        ("Arn", Any),
        ("CanarySettings", Any),
        ("ExecutionArn", Any),
        ("Id", Any),
        ("InvokeUrl", Any),
        ("Region", Any),
        ("TagsAll", Any),
        ("WebAclArn", Any),
        ("XrayTracingEnabled", Any),
    ],
    closed: Some("a stage"),
};

const DEPLOYMENT: Object = Object {
    fields: &[
        ("DeploymentCanarySettings", Any),
        ("Description", Any),
        ("RestApiId", Scalar),
        ("StageDescription", Any),
        ("StageName", Scalar),
        ("CacheClusterEnabled", Any),
        ("CacheClusterSize", Any),
        ("CanarySettings", Any),
        ("CreatedDate", Any),
        ("ExecutionArn", Any),
        ("Id", Any),
        ("InvokeUrl", Any),
        ("Region", Any),
        ("TracingEnabled", Any),
        ("Triggers", Any),
        ("Variables", Map(&Scalar)),
    ],
    closed: Some("a deployment"),
};

const V2_API: Object = Object {
    fields: &[
        ("ApiKeySelectionExpression", Any),
        ("BasePath", Scalar),
        ("Body", Any),
        ("BodyS3Location", Map(&Any)),
        ("CorsConfiguration", Any),
        ("CredentialsArn", Scalar),
        ("Description", Any),
        ("DisableExecuteApiEndpoint", Any),
        ("DisableSchemaValidation", Any),
        ("FailOnWarnings", Any),
        ("IpAddressType", Any),
        ("Name", Scalar),
        ("ProtocolType", Scalar),
        ("RouteKey", Scalar),
        ("RouteSelectionExpression", Scalar),
        ("Tags", Any),
        ("Target", Scalar),
        ("Version", Any),
        ("ApiEndpoint", Any),
        ("ApiGatewayManaged", Any),
        ("ApiId", Any),
        ("Arn", Any),
        ("Basepath", Scalar),
        ("CreatedDate", Any),
        ("ExecutionArn", Any),
        ("Id", Any),
        ("ImportInfo", Any),
        ("Region", Any),
        ("TagsAll", Any),
        ("Warnings", Any),
    ],
    closed: Some("an API"),
};

const V2_ROUTE: Object = Object {
    fields: &[
        ("ApiId", Scalar),
        ("ApiKeyRequired", Flag),
        ("AuthorizationScopes", Any),
        ("AuthorizationType", Any),
        ("AuthorizerId", Any),
        ("ModelSelectionExpression", Scalar),
        ("OperationName", Scalar),
        ("RequestModels", Map(&Scalar)),
        ("RequestParameters", Map(&Shape::FlagOrObject(&REQUIRED))),
        ("RouteKey", Scalar),
        ("RouteResponseSelectionExpression", Scalar),
        ("Target", Scalar),
        ("ApiGatewayManaged", Any),
        ("Id", Any),
        ("Region", Any),
        ("RequestParameter", Any),
        ("RouteId", Any),
    ],
    closed: Some("a route"),
};

const V2_ROUTE_RESPONSE: Object = Object {
    fields: &[
        ("ApiId", Scalar),
        ("ModelSelectionExpression", Any),
        ("ResponseModels", Any),
        ("ResponseParameters", Any),
        ("RouteId", Scalar),
        ("RouteResponseKey", Scalar),
        ("Id", Any),
        ("Region", Any),
        ("RouteResponseId", Any),
    ],
    closed: Some("a route response"),
};

const V2_STAGE: Object = Object {
    fields: &[
        ("AccessLogSettings", Any),
        ("AccessPolicyId", Any),
        ("ApiId", Scalar),
        ("AutoDeploy", Any),
        ("ClientCertificateId", Any),
        ("DefaultRouteSettings", Any),
        ("DeploymentId", Any),
        ("Description", Any),
        ("RouteSettings", Any),
        ("StageName", Scalar),
        ("StageVariables", Map(&Scalar)),
        ("Tags", Any),
        ("ApiGatewayManaged", Any),
        ("Arn", Any),
        ("CreatedDate", Any),
        ("ExecutionArn", Any),
        ("Id", Any),
        ("InvokeUrl", Any),
        ("LastDeploymentStatusMessage", Any),
        ("LastUpdatedDate", Any),
        ("Name", Scalar),
        ("Region", Any),
        ("TagsAll", Any),
    ],
    closed: Some("a stage"),
};

/// The properties of a REST or HTTP API of SAM (samtranslator/internal/schema_source).
const SAM_API: Object = Object {
    fields: &[
        ("ApiKeySourceType", Scalar),
        ("Auth", Shape::Object(&SAM_AUTH)),
        ("Domain", Shape::Object(&SAM_DOMAIN)),
        ("BinaryMediaTypes", List(&Scalar)),
        ("GatewayResponses", Map(&Shape::Object(&SAM_GATEWAY_RESPONSE))),
        ("Models", Map(&Map(&Any))),
        ("Name", Scalar),
        ("StageName", Scalar),
        ("StageVariables", Map(&Scalar)),
        ("Variables", Map(&Scalar)),
        ("AccessLogSetting", Any),
        ("AccessLogSettings", Any),
        ("AlwaysDeploy", Any),
        ("CacheClusterEnabled", Any),
        ("CacheClusterSize", Any),
        ("CanarySetting", Any),
        ("Cors", Any),
        ("CorsConfiguration", Any),
        ("DefaultRouteSettings", Any),
        ("DefinitionBody", Any),
        ("DefinitionUri", Any),
        ("Description", Any),
        ("DisableExecuteApiEndpoint", Any),
        ("EndpointAccessMode", Any),
        ("EndpointConfiguration", Any),
        ("FailOnWarnings", Any),
        ("MergeDefinitions", Any),
        ("MethodSettings", List(&Map(&Any))),
        ("MinimumCompressionSize", Any),
        ("Mode", Any),
        ("OpenApiVersion", Any),
        ("Policy", Any),
        ("PropagateTags", Any),
        ("RouteSettings", Any),
        ("SecurityPolicy", Any),
        ("Tags", Any),
        ("TracingEnabled", Any),
    ],
    closed: Some("an API of SAM"),
};

const SAM_AUTH: Object = Object { fields: &[("ApiKeyRequired", Flag)], closed: None };

const SAM_DOMAIN: Object = Object { fields: &[("DomainName", Scalar)], closed: None };

const SAM_GATEWAY_RESPONSE: Object = Object {
    fields: &[
        ("ResponseParameters", Shape::Object(&SAM_PARAMETERS)),
        ("ResponseTemplates", Map(&Any)),
        ("StatusCode", Scalar),
    ],
    closed: None,
};

const SAM_PARAMETERS: Object = Object {
    fields: &[("Headers", Map(&Scalar)), ("Paths", Map(&Scalar)), ("QueryStrings", Map(&Scalar))],
    closed: Some("the parameters of a gateway response"),
};

/// The settings of `Cors` of a REST API, unless they are its origin alone.
const SAM_CORS: Object = Object {
    fields: &[
        ("AllowCredentials", Flag),
        ("AllowHeaders", Scalar),
        ("AllowMethods", Scalar),
        ("AllowOrigin", Scalar),
        ("MaxAge", Scalar),
    ],
    closed: Some("the CORS settings"),
};

const SAM_FUNCTION: Object =
    Object { fields: &[("AutoPublishAlias", Scalar), ("Events", Map(&Shape::Object(&SAM_EVENT)))], closed: None };

const SAM_EVENT: Object = Object { fields: &[("Properties", Map(&Any)), ("Type", Scalar)], closed: None };

/// The properties of an event that makes a route.
pub(super) const SAM_ROUTE: Object = Object {
    fields: &[
        ("ApiId", Scalar),
        ("Auth", Shape::Object(&SAM_AUTH)),
        ("Method", Scalar),
        ("Path", Scalar),
        ("PayloadFormatVersion", Scalar),
        ("RequestModel", Shape::Object(&SAM_REQUEST_MODEL)),
        ("RequestParameters", List(&Any)),
        ("ResponseTransferMode", Scalar),
        ("RestApiId", Scalar),
        ("RouteSettings", Any),
        ("Stage", Any),
        ("TimeoutInMillis", Scalar),
        ("UnescapeMappingTemplate", Flag),
    ],
    closed: Some("an event"),
};

const SAM_REQUEST_MODEL: Object = Object {
    fields: &[("Model", Scalar), ("Required", Flag), ("ValidateBody", Flag), ("ValidateParameters", Flag)],
    closed: Some("a request model"),
};

/// The flags of a request parameter of an event.
pub(super) const SAM_PARAMETER: Object =
    Object { fields: &[("Caching", Flag), ("Required", Flag)], closed: Some("a request parameter") };

/// The description of the stage that a deployment makes; Terraform has a text in its place.
const STAGE_DESCRIPTION: Object = Object { fields: &[("Variables", Map(&Scalar))], closed: None };
