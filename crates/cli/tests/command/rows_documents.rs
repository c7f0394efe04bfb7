//! Documents that real repositories hold, each made small: they load, or the finding says what to do. The inputs are in
//! `corpus/reported/documents`; the sources of the facts are those of `docs/observed.md`.

use super::run::{Run, vtl_in_row};

fn check(file: &str) -> Run {
    vtl_in_row("documents", &["check", file])
}

fn routes(file: &str) -> Run {
    vtl_in_row("documents", &["routes", file])
}

/// libyaml and SnakeYAML, which CloudFormation and its users' tools read with, take a bracket at the column of the
/// parent.
#[test]
fn yaml_flow_close_at_parent_column() {
    routes("yaml-flow-close-at-parent-column.yaml").says(0, &["GET /  MOCK", "request:application/json"]);
}

#[test]
fn yaml_quoted_continuation_at_key_column() {
    routes("yaml-quoted-continuation-at-key-column.yaml").says(0, &["GET /  MOCK", "request:application/json"]);
}

/// CloudFormation merges `Fn::Transform: AWS::Include` with the keys beside it, and what is included wins.
#[test]
fn sam_include_with_siblings() {
    let run = routes("sam-include-with-siblings/template.yaml");
    run.says(0, &["REST included (sam)", "POST /token  MOCK", "sam-include-with-siblings/api.yaml:8:9"]);
    run.never_says(&["never-created"]);
}

/// Fact 18.14.
#[test]
fn openapi_payload_format_1_0_in_rest() {
    let run = routes("openapi-payload-format-1.0-in-rest.json");
    run.says(0, &["REST r (openapi3)", "GET /a  HTTP", "GET /b  HTTP"]).never_says(&["error["]);
}

/// Fact 18.14.
#[test]
fn openapi_rest_with_cors_extension() {
    routes("openapi-rest-with-cors-extension.yaml").says(0, &["REST rest (openapi3)", "GET /a  AWS_PROXY"]);
    check("openapi-rest-with-cors-extension.yaml").says(0, &[]).never_says(&["error[", "warning["]);
}

/// Instances of one unknown expression belong together.
#[test]
fn terraform_count_on_unknown_variable() {
    routes("terraform-count-on-unknown-variable.tf").says(0, &["GET /robots.txt  MOCK", "request:application/json"]);
    check("terraform-count-on-unknown-variable.tf").never_says(&["error[", "No integration"]);
}

#[test]
fn terraform_for_each_on_unknown_variable() {
    routes("terraform-for-each-on-unknown-variable.tf").says(0, &["HTTP_PROXY"]);
    check("terraform-for-each-on-unknown-variable.tf").never_says(&["error[", "No integration"]);
}

/// The module may bring the integration.
#[test]
fn terraform_method_integrated_in_module() {
    check("terraform-method-integrated-in-module.tf")
        .says(0, &["advice[V526]", "advice[V530]: the module integration is not read", "terraform show -json"])
        .never_says(&["error[", "warning["]);
}

#[test]
fn terraform_conditional_in_gateway_response_parameter() {
    check("terraform-conditional-in-gateway-response-parameter.tf").says(0, &[]).never_says(&["error["]);
}

#[test]
fn cfn_sub_of_importvalue_in_host() {
    check("cfn-sub-of-importvalue-in-host.yaml").says(0, &[]).never_says(&["error["]);
    routes("cfn-sub-of-importvalue-in-host.yaml").says(0, &["GET /   HTTP_PROXY", "POST /", "PUT /"]);
}

#[test]
fn openapi_substitution_as_http_mapping() {
    check("openapi-substitution-as-http-mapping.yaml").says(0, &[]).never_says(&["error["]);
    routes("openapi-substitution-as-http-mapping.yaml").says(0, &["HTTP stepfunctions", "POST /  AWS_PROXY"]);
}

/// An object with a `type` is not yet an integration.
#[test]
fn package_json_taken_for_integration() {
    check("package-json-taken-for-integration.json").says(2, &["error[V505]", "no API Gateway integration found"]);
    let row = vtl_in_row("documents/sam-include-with-siblings", &["check", "."]);
    row.says(0, &[]).never_says(&["V505"]);
}

/// The route is there, with the template that SAM generates.
#[test]
fn sam_statemachine_api_event() {
    routes("sam-statemachine-api-event.yaml").says(0, &["POST /start  AWS", "request:application/json"]);
}

#[test]
fn openapi_undeclared_path_parameter() {
    check("openapi-undeclared-path-parameter.yaml")
        .says(0, &["advice[V667]", "openapi-undeclared-path-parameter.yaml:13:41"])
        .never_says(&["error[", "warning["]);
}

/// Fact 18.15.
#[test]
fn openapi_non_text_values_are_warnings() {
    let run = check("openapi-non-text-values-are-warnings.yaml");
    run.says(1, &["warning[V656]: Invalid format for 'requestParameters'. Expected type string", "12:47", "left out"]);
    run.never_says(&["error["]);
}

/// Fact 18.16.
#[test]
fn cfn_integration_response_without_method_response() {
    check("cfn-integration-response-without-method-response.yaml")
        .says(1, &["warning[V668]", "Output mapping refers to an invalid method response", ":19:27"])
        .never_says(&["error[", "Invalid mapping expression"]);
}

#[test]
fn terraform_0_11_map_block() {
    check("terraform-0.11-map-block.tf").says(2, &["error[V503]", "terraform-0.11-map-block.tf:10:5", "0.12"]);
    // The other files of the folder load.
    let folder = routes(".");
    folder.says(0, &["error[V503]", "GET /robots.txt  MOCK"]);
}
