//! Arguments and attributes of Terraform's resources of API Gateway, from the pages of the provider `aws`.

use vtl::reference::nearest;

/// Returns the arguments without which a resource is not what it is written for; Terraform requires some more.
pub(crate) fn required(kind: &str) -> &'static [&'static str] {
    match kind {
        "aws_api_gateway_resource" => &["rest_api_id", "parent_id", "path_part"],
        "aws_api_gateway_method" | "aws_api_gateway_integration" => &["rest_api_id", "resource_id", "http_method"],
        "aws_api_gateway_method_response" | "aws_api_gateway_integration_response" => {
            &["rest_api_id", "resource_id", "http_method", "status_code"]
        }
        "aws_api_gateway_model" | "aws_api_gateway_request_validator" => &["rest_api_id", "name"],
        "aws_api_gateway_gateway_response" => &["rest_api_id", "response_type"],
        "aws_api_gateway_stage" => &["rest_api_id", "stage_name"],
        "aws_apigatewayv2_integration" => &["api_id", "integration_type"],
        "aws_apigatewayv2_integration_response" => &["api_id", "integration_id", "integration_response_key"],
        "aws_apigatewayv2_route" => &["api_id", "route_key"],
        "aws_apigatewayv2_stage" | "aws_apigatewayv2_model" => &["api_id", "name"],
        _ => &[],
    }
}

/// Arguments and attributes of all resources of API Gateway.
const ATTRIBUTES: &[&str] = &[
    "access_log_settings",
    "account_id",
    "aliases",
    "api_endpoint",
    "api_id",
    "api_key_required",
    "api_key_selection_expression",
    "api_key_source",
    "api_key_version",
    "api_mapping_key",
    "api_mapping_selection_expression",
    "api_stages",
    "arn",
    "authorization",
    "authorization_scopes",
    "authorization_type",
    "authorizer_credentials",
    "authorizer_credentials_arn",
    "authorizer_id",
    "authorizer_key_id",
    "authorizer_payload_format_version",
    "authorizer_result_ttl_in_seconds",
    "authorizer_type",
    "authorizer_uri",
    "auto_deploy",
    "base_path",
    "binary_media_types",
    "body",
    "body_reference",
    "cache_cluster_enabled",
    "cache_cluster_size",
    "cache_key_parameters",
    "cache_namespace",
    "canary_settings",
    "certificate_arn",
    "certificate_body",
    "certificate_chain",
    "certificate_name",
    "certificate_private_key",
    "certificate_upload_date",
    "client_certificate_id",
    "cloudfront_domain_name",
    "cloudfront_zone_id",
    "cloudwatch_role_arn",
    "connection_id",
    "connection_type",
    "content_handling",
    "content_handling_strategy",
    "content_type",
    "cors_configuration",
    "created_date",
    "credentials",
    "credentials_arn",
    "customer_id",
    "default_route_settings",
    "definition",
    "deployment_id",
    "description",
    "disable_execute_api_endpoint",
    "documentation_part_id",
    "documentation_version",
    "domain_name",
    "domain_name_configuration",
    "domain_name_id",
    "enable_simple_responses",
    "enabled",
    "endpoint_configuration",
    "endpoint_configurations",
    "execution_arn",
    "expiration_date",
    "fail_on_warnings",
    "features",
    "http_method",
    "id",
    "identity_source",
    "identity_sources",
    "identity_validation_expression",
    "integration_http_method",
    "integration_id",
    "integration_method",
    "integration_response_key",
    "integration_response_selection_expression",
    "integration_subtype",
    "integration_target",
    "integration_type",
    "integration_uri",
    "invoke_url",
    "ip_address_type",
    "jwt_configuration",
    "key_type",
    "last_updated_date",
    "location",
    "method_path",
    "minimum_compression_size",
    "model_selection_expression",
    "mutual_tls_authentication",
    "name",
    "name_prefix",
    "operation_name",
    "owner_account_id",
    "ownership_verification_certificate_arn",
    "parameters",
    "parent_id",
    "passthrough_behavior",
    "path",
    "path_part",
    "payload_format_version",
    "pem_encoded_certificate",
    "policy",
    "product_code",
    "properties",
    "protocol_type",
    "provider_arns",
    "put_rest_api_mode",
    "quota_settings",
    "region",
    "regional_certificate_arn",
    "regional_certificate_name",
    "regional_domain_name",
    "regional_zone_id",
    "request_models",
    "request_parameter",
    "request_parameters",
    "request_templates",
    "request_validator_id",
    "reset_on_delete",
    "resource_id",
    "response_models",
    "response_parameters",
    "response_templates",
    "response_transfer_mode",
    "response_type",
    "rest_api_id",
    "root_resource_id",
    "route_id",
    "route_key",
    "route_response_key",
    "route_response_selection_expression",
    "route_selection_expression",
    "route_settings",
    "routing_mode",
    "schema",
    "security_group_ids",
    "security_policy",
    "selection_pattern",
    "settings",
    "stage_description",
    "stage_name",
    "stage_variables",
    "stages",
    "status_code",
    "subnet_ids",
    "tags",
    "tags_all",
    "target",
    "target_arns",
    "template_selection_expression",
    "throttle_settings",
    "timeout_milliseconds",
    "timeouts",
    "tls_config",
    "triggers",
    "type",
    "types",
    "uri",
    "validate_request_body",
    "validate_request_parameters",
    "value",
    "variables",
    "version",
    "vpc_endpoint_ids",
    "web_acl_arn",
    "xray_tracing_enabled",
];

/// Checks for an attribute of a resource of API Gateway that none of them has.
pub(super) fn is_unknown(kind: &str, word: &str) -> bool {
    let is_ours = kind.starts_with("aws_api_gateway_") || kind.starts_with("aws_apigatewayv2_");
    is_ours && ATTRIBUTES.binary_search(&word).is_err()
}

/// Steps of comparing a name with all attributes.
pub(super) const COMPARING: usize = 1_200;

/// Returns the attribute that is meant by a name that no resource has; `None` if it is near none: a newer provider may
/// have it.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    nearest(word, ATTRIBUTES.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, is_unknown, meant};

    #[test]
    fn attributes_are_sorted_and_found() {
        assert!(ATTRIBUTES.is_sorted_by(|one, other| one < other));
        assert!(is_unknown("aws_api_gateway_rest_api", "root_resourceid"));
        assert!(!is_unknown("aws_api_gateway_rest_api", "root_resource_id"));
        assert!(!is_unknown("aws_lambda_function", "idd"));
        assert_eq!(meant("root_resourceid"), Some("root_resource_id"));
        assert_eq!(meant("something_else_new"), None);
    }
}
