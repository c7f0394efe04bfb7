//! Reports from public trackers and forums, each made small: what a user was not told. The inputs are in
//! `corpus/reported/reports`, a folder a report; facts are those of `docs/observed.md`.

use super::run::{Folder, Run, vtl, vtl_in_row};

fn row(args: &[&str]) -> Run {
    vtl_in_row("reports", args)
}

fn invoke(args: &[&str]) -> Run {
    row(&[&["invoke"], args].concat())
}

/// Returns the lines of an execution log from the one that starts with a text.
fn log_from(run: &Run, start: &str) -> Vec<String> {
    let messages = run.out.lines().filter_map(|line| line.split_once(" UTC 1970 : ").map(|(_, text)| text.to_owned()));
    messages.skip_while(|text| !text.starts_with(start)).collect()
}

#[test]
fn r01_a_missing_value_is_true() {
    row(&["render", "r01/t.vtl", "--body", "r01/body.json"]).says(
        0,
        &["warning[V150]: `$row.note` resolves to nothing, which is true in a condition", "r01/t.vtl:3:5", r#"!= """#],
    );
}

/// The output is valid JSON here; with a quote in it, the note has its place in output and template.
#[test]
fn r03_the_output_for_a_json_backend_is_no_json() {
    let before =
        invoke(&["--integration", "r03/before.json", "--backend", "r03/backend.json", "-d", "{\"a\":\"it's\"}"]);
    before.says(
        0,
        &["warning[V720]: the output is no JSON at its line 1", "r03/before.json:", r#".replaceAll("\\'", "'")"#],
    );
    let after = invoke(&["--integration", "r03/after.json", "--backend", "r03/backend.json", "-d", "{\"a\":\"it's\"}"]);
    after.says(0, &[]).never_says(&["V720"]);
}

#[test]
fn r05_a_binary_body_with_a_template() {
    row(&["check", "r05/api.yaml"])
        .says(1, &["error[V760]: `*/*` makes every body binary", "r05/api.yaml:11:27", "500"]);
}

#[test]
fn r06_json_in_quotes() {
    let run = invoke(&["--integration", "r06/lambda.json", "--backend", "r06/ok.json", "-d", r#"{"a":1}"#]);
    run.says(
        0,
        &[
            "warning[V720]: the output is no JSON at its line 1, column ",
            "r06/lambda.json:2:",
            "`$input.json('$')` printed",
        ],
    );
}

#[test]
fn r55_an_apostrophe_escaped_for_javascript() {
    let run = invoke(&["--integration", "r55/i.json", "-d", "{\"a\":\"it's\"}"]);
    run.says(0, &["warning[V720]", r"`\'` is no escape of JSON", "r55/i.json:2:", r#".replaceAll("\\'", "'")"#]);
}

/// Fact 18.6, word for word.
#[test]
fn r07_the_log_of_a_lambda_error() {
    const URI: &str = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";
    let log = |backend: &str| invoke(&["--integration", "r07/proxy.json", "--backend", backend, "--format", "log"]);
    let failed = log_from(&log("r07/err.json"), "Starting execution");
    let (event, rest) = (&failed[8], [&failed[..8], &failed[9..]].concat());
    assert!(event.starts_with("Endpoint request body after transformations: {\"resource\":\"/\","), "{event}");
    assert!(event.ends_with(" [TRUNCATED]"), "{event}");
    let expected = [
        "Starting execution for request: test-invoke-request",
        "HTTP Method: GET, Resource Path: /",
        "Method request path: {}",
        "Method request query string: {}",
        "Method request headers: {}",
        "Method request body before transformations: null",
        &format!("Endpoint request URI: {URI}"),
        "Endpoint request headers: {X-Amzn-Trace-Id=Root=1-00000000-ae6328da6920b1e873304520;Parent=9d2b8fba7e014f30;Sampled=0, Content-Type=application/json}",
        &format!("Sending request to {URI}"),
        "Received response. Status: 200, Integration latency: 0 ms",
        "Endpoint response headers: {Content-Type=application/json, X-Amz-Function-Error=Unhandled}",
        "Endpoint response body before transformations: {\"errorMessage\":\"no attribute x\",\"errorType\":\"AttributeError\",\"requestId\":\"r\",\"stackTrace\":[]}",
        "Lambda execution failed with status 200 due to customer function error: no attribute x. Lambda request id: r",
        "Method completed with status: 502",
    ];
    assert_eq!(rest, expected);
    let malformed = log_from(&log("r07/str.json"), "Execution failed");
    assert_eq!(
        malformed,
        [
            "Execution failed due to configuration error: Malformed Lambda proxy response",
            "Method completed with status: 502"
        ]
    );
    let passed = log_from(&log("r07/ok.json"), "Method response headers");
    assert!(!passed[0].contains("x-amzn-RequestId") && !passed[0].contains("x-amz-apigw-id"), "{passed:?}");
}

/// Fact 18.7.
#[test]
fn r08_a_blank_in_the_name_of_an_action() {
    let failed = invoke(&["--integration", "r08/space.json", "--backend", "r08/b.json", "--format", "log"]);
    assert_eq!(
        log_from(&failed, "Execution failed")[0],
        "Execution failed due to configuration error: Illegal character in query at index 49: https://dynamodb.us-east-1.amazonaws.com/?Action= GetItem"
    );
    row(&["check", "r08/space.json"])
        .says(1, &["error[V766]: the URI has a blank in it: signing fails", "r08/space.json:1:42"]);
}

#[test]
fn r11_a_static_value_that_reads_like_a_mapping() {
    row(&["check", "r11"]).says(1, &["warning[V764]", "r11/main.tf:21:67", "remove the quotes"]);
}

/// Fact 18.11.
#[test]
fn r16_and_r35_two_responses_of_one_pattern() {
    row(&["check", "r16/cfn.yaml"])
        .says(1, &["error[V761]", r"selection pattern 4\d\d already exists", "r16/cfn.yaml:14:95"]);
    row(&["check", "r16/main.tf"])
        .says(1, &["error[V761]", "selection pattern default already exists", "r16/main.tf:34:1"]);
    row(&["check", "r35/template.yaml"]).says(1, &["error[V761]", "default already exists", "r35/template.yaml:16:13"]);
}

/// Fact 18.13.
#[test]
fn r18_a_static_value_is_not_encoded() {
    row(&["check", "r18/template.yaml"])
        .says(1, &["Static parameter value must be valid and encoded", "r18/template.yaml:18:45"]);
}

#[test]
fn r20_and_r58_places_of_gateway_responses() {
    row(&["check", "r20/template.yaml"]).says(1, &["test-value", "r20/template.yaml:9:56"]);
    row(&["check", "r58/api.yaml"]).says(1, &["r58/api.yaml:4:85", "NO_SUCH_TYPE", "r58/api.yaml:5:17"]);
    row(&["check", "r58/main.tf"]).says(1, &["UNAUTHORIZED", "r58/main.tf:7:69"]);
    row(&["check", "r58/m.yaml"]).says(
        1,
        &[
            "binary media type image has no slash",
            "r58/m.yaml:3:43",
            "no request validator nope",
            "r58/m.yaml:4:40",
            "strin",
        ],
    );
}

/// Fact 18.9: the path decoded, the query as sent.
#[test]
fn r21_an_http_api_event() {
    let path = "/capture/space%20value?literalPlus=a+b";
    let run = invoke(&[
        "r21/cap.yaml",
        "--backend",
        "r21/b.json",
        "--format",
        "json",
        "-d",
        "{}",
        "-H",
        "content-length: 2",
        path,
    ]);
    run.says(
        0,
        &[
            r#"\"rawPath\":\"/capture/space value\""#,
            r#"\"rawQueryString\":\"literalPlus=a+b\""#,
            r#"\"path\":\"/capture/space value\""#,
            r#"\"content-length\":\"2\""#,
            r#"\"x-amzn-trace-id\":\"Root=1-"#,
            r#"{\"literalPlus\":\"a b\"}"#,
        ],
    );
}

/// Fact 18.8.
#[test]
fn r23_maps_of_context_print_nothing() {
    let text = "[$context.identity][$context.authorizer][$context.authorizer.claims]";
    let run =
        row(&["render", "-e", text, "--input", "r23/in.json", "--context-value", "identity.sourceIp=198.51.100.7"]);
    assert_eq!(run.out, "[][][]");
}

#[test]
fn r25_a_pattern_that_no_status_matches() {
    row(&["check", "r25/i.json"]).says(1, &["warning[V762]", "matches no status", "r25/i.json:1:114"]);
}

#[test]
fn r27_a_map_in_javas_form() {
    let run = invoke(&["--integration", "r27/i.json", "--backend", "r27/b.json"]);
    run.says(0, &["warning[V160]", "r27/i.json:"]);
}

#[test]
fn r29_no_template_fits() {
    let run = invoke(&["--integration", "r29/i.json", "-d", r#"{"a":1}"#, "-H", "Content-Type: text/plain"]);
    run.says(0, &["text/plain matched none of application/json; passthrough WHEN_NO_MATCH"]);
    run.says(0, &["Unable to parse statusCode. It should be an integer"]);
    let json =
        invoke(&["--integration", "r29/i.json", "-d", "{}", "-H", "Content-Type: text/plain", "--format", "json"]);
    json.says(0, &[r#""value":"text/plain","candidates":["application/json"],"matched":false"#]);
}

#[test]
fn r33_which_response_was_chosen() {
    let run = invoke(&["--integration", "r33/i.json", "--backend", "r33/b.json", "-d", r#"{"a":1}"#]);
    run.says(
        0,
        &["integration response: no selection patterns; took default", "no response templates; the body passes"],
    );
}

#[test]
fn r31_a_method_that_takes_no_map() {
    row(&["render", "r31/t.vtl", "--body", "r31/b.json"]).says(
        0,
        &[
            "warning[V151]: `base64Encode` of `$util` does not take a map: there is `base64Encode(String text)`",
            "r31/t.vtl:3:16",
        ],
    );
    row(&["render", "r31/fixed.vtl", "--body", "r31/b.json"]).says(0, &[]).never_says(&["V151"]);
}

#[test]
fn r34_awslocal_endpoint_url_and_shell_variables() {
    for file in ["awslocal.sh", "ep.sh", "vars.sh", "script.sh", "cmds.sh"] {
        row(&["routes", &format!("r34/{file}")]).says(0, &["REST", "GET ?  AWS"]);
    }
    for file in ["local.sh", "local2.sh", "local3.sh"] {
        row(&["routes", &format!("r34/{file}")]).says(0, &["REST", "AWS"]);
    }
    // A route of an unknown path is called by its key, which the message says.
    invoke(&["r34/cmds.sh", "--backend", "r34/b.json", "/"]).says(2, &["error[V905]", "--route 'GET ?'"]);
    invoke(&["r34/cmds.sh", "--backend", "r34/b.json", "--route", "GET ?"]).says(0, &["Method response", "404"]);
}

/// Fact 18.12.
#[test]
fn r36_the_minus_of_terraform() {
    invoke(&["r36/main.tf", "--backend", "r36/b.json", "/"]).says(0, &["200"]).never_says(&["500"]);
    row(&["check", "r36/main.tf"]).says(1, &["warning[V769]", "r36/main.tf:33:24"]);
}

/// Fact 18.10.
#[test]
fn r38_a_body_that_the_model_refuses() {
    let run = invoke(&["r38/api.yaml", "--backend", "r37/b.json", "-d", r#"{"x":1}"#, "--format", "json", "/mail"]);
    run.says(
        0,
        &[
            r#"[object has missing required properties ([\\\"body\\\",\\\"subject\\\",\\\"to\\\"])]"#,
            r#"Request body does not match model schema for content type application/json: [object has missing"#,
        ],
    );
}

#[test]
fn r47_names_in_fn_sub() {
    row(&["check", "r47/template.yaml"])
        .says(1, &["error[V770]", "${input.params().querystring.env}", "r47/template.yaml:28:79"]);
    row(&["check", "r47/uri.yaml"]).says(1, &["error[V529]", "Nope.QueueName", "r47/uri.yaml:15:80"]);
    // `$!{` is no substitution of CloudFormation.
    row(&["check", "r47/v.yaml"]).never_says(&["error["]);
}

/// Each name of a line is told, and a pseudo parameter that does not exist.
#[test]
fn r47_several_names_of_one_line() {
    let folder = Folder::new();
    let template = "Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: POST
      AuthorizationType: NONE
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: HTTP
        IntegrationHttpMethod: POST
        PassthroughBehavior: NEVER
        Uri: !Sub https://backend.test/${AWS::Regon}
        RequestTemplates: {application/json: !Sub '{\"a\": \"${context.requestId}\", \"b\": \"${foo-bar}\"}'}
        IntegrationResponses: [{StatusCode: 200}]
";
    let template = folder.file("template.yaml", template);
    vtl(&["check", &template]).says(
        1,
        &[
            "error[V529]: the template has no resource or parameter AWS::Regon",
            "error[V770]: `Fn::Sub` takes `${context.requestId}`",
            "error[V534]: variable names in Fn::Sub must contain only",
        ],
    );
}
