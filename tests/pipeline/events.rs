//! Events of functions beside recorded ones.

use serde_json::{Value as Json, json};
use vtl::pipeline::http::{http_event_1, http_event_2};
use vtl::pipeline::rest::lambda_event;
use vtl::pipeline::{Invocation, MethodRequest};

/// Recorded in July 2026 (github.com/hotsock/voker, vokerhttp/testdata): the path is decoded, the query is as it was
/// sent, the length of the body is among the headers (aws-observed 18.9).
#[test]
fn the_path_of_http_events_is_decoded_and_the_query_as_sent() {
    let mut request = MethodRequest::new("POST", "/capture/space%20value/%C3%A9%2Fslash").with_body("{}");
    request.add_query_string("literalPlus=a+b&space=a%20b&flag");
    let invocation = Invocation::new().context(json!({"stage": "$default"}));
    let event = http_event_2(&request, "$default", &invocation);
    assert_eq!(event["rawPath"], "/capture/space value/é/slash");
    assert_eq!(event["requestContext"]["http"]["path"], "/capture/space value/é/slash");
    assert_eq!(event["rawQueryString"], "literalPlus=a+b&space=a%20b&flag");
    assert_eq!(event["queryStringParameters"], json!({"literalPlus": "a b", "space": "a b", "flag": ""}));
    assert_eq!(event["headers"]["content-length"], "2");

    let event = http_event_1(&request, "$default", &invocation);
    assert_eq!(event["path"], "/capture/space value/é/slash");
    assert_eq!(event["headers"]["content-length"], "2");
}

/// A request that was made from parameters has no query as sent: they are percent-encoded.
#[test]
fn a_query_of_parameters_is_encoded() {
    let request = MethodRequest::new("GET", "/").with_query("q", "a b");
    let event = http_event_2(&request, "$default", &Invocation::new());
    assert_eq!(event["rawQueryString"], "q=a%20b");
}

/// Checks the trace id of a request that the client sent without one: the root alone, in REST events too
/// (aws-observed 18.9).
#[test]
fn a_trace_that_the_client_did_not_start_is_its_root() {
    let roots = |request: &MethodRequest| -> Vec<Json> {
        let invocation = Invocation::new();
        vec![
            http_event_2(request, "$default", &invocation)["headers"]["x-amzn-trace-id"].clone(),
            http_event_1(request, "$default", &invocation)["headers"]["x-amzn-trace-id"].clone(),
            lambda_event(request, "/", false, &invocation)["headers"]["X-Amzn-Trace-Id"].clone(),
        ]
    };
    for trace in roots(&MethodRequest::new("GET", "/")) {
        let trace = trace.as_str().unwrap();
        assert!(trace.starts_with("Root=1-") && !trace.contains(';'), "{trace}");
    }
}
