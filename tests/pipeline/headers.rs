//! The treatment of each header, by name (aws-observed 10).

use serde_json::{Value as Json, json};
use vtl::pipeline::call::Replay;
use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Outcome, PreparedMethod, Route};

/// The names that were tried on the service, without Connection, which the client library set itself.
const TRIED: &[&str] = &[
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Age",
    "Authorization",
    "Content-Encoding",
    "Content-Length",
    "Content-MD5",
    "Date",
    "Expect",
    "Host",
    "Max-Forwards",
    "Pragma",
    "Proxy-Authenticate",
    "Range",
    "Referer",
    "Server",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "Warn",
    "WWW-Authenticate",
];

const LAMBDA: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";

fn call(integration: Json, request: &MethodRequest, backend: Json) -> Outcome {
    let method: Method = serde_json::from_value(json!({"integration": integration})).unwrap();
    let mut backend: Replay = serde_json::from_value(backend).unwrap();
    PreparedMethod::new(&Api::default(), &method).invoke(request, Some(&mut backend), &mut Invocation::new())
}

fn integration(kind: &str) -> Json {
    let uri = if kind.starts_with("http") { "http://b.test/" } else { LAMBDA };
    json!({"type": kind, "httpMethod": "POST", "uri": uri, "responses": {"default": {"statusCode": "200"}}})
}

fn backend(kind: &str, headers: Json) -> Json {
    match kind {
        "aws" | "aws_proxy" => json!({"lambda": {"payload": {"statusCode": 200, "headers": headers}}}),
        _ => json!({"status": 200, "headers": headers}),
    }
}

#[test]
fn set_on_the_request_to_the_backend() {
    // 10.4 and 10.5
    for kind in ["http", "http_proxy", "aws", "aws_proxy"] {
        let http = kind.starts_with("http");
        for name in TRIED {
            let mut integration = integration(kind);
            integration["requestParameters"] = json!({format!("integration.request.header.{name}"): "'v'"});
            let outcome = call(integration, &MethodRequest::new("POST", "/"), backend(kind, json!({})));
            let fails = matches!(*name, "Content-Length" | "Transfer-Encoding")
                || (!http && matches!(*name, "Authorization" | "Connection" | "Expect" | "Proxy-Authenticate" | "TE"));
            assert_eq!(outcome.response.status, if fails { 500 } else { 200 }, "{kind} {name}");
            // AWS_PROXY applies no mapping (7.9).
            if fails || kind == "aws_proxy" {
                continue;
            }
            let dropped = http && matches!(*name, "Expect" | "Proxy-Authenticate" | "TE" | "Via");
            let sent = outcome.integration_request.unwrap();
            assert_eq!(sent.headers.get(name), (!dropped).then_some("v"), "{kind} {name}");
        }
    }
}

#[test]
fn sent_by_the_client_through_a_proxy() {
    // 10.1 and 10.3
    let mut request = MethodRequest::new("POST", "/");
    for name in TRIED {
        request.headers.add(*name, "v");
    }
    request.headers.add("Connection", "v");
    let outcome = call(integration("http_proxy"), &request, backend("http_proxy", json!({})));
    let sent = outcome.integration_request.unwrap();
    let stripped = [
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Expect",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "TE",
        "Transfer-Encoding",
        "Trailer",
        "Upgrade",
        "WWW-Authenticate",
        "Host",
        "Content-Encoding",
        "Via",
    ];
    for name in TRIED {
        assert_eq!(sent.headers.contains(name), !stripped.contains(name), "{name}");
    }
}

#[test]
fn mapped_onto_the_answer() {
    // 10.7
    let renamed = [
        "Authorization",
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Date",
        "Expect",
        "Host",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "Trailer",
        "Upgrade",
        "User-Agent",
        "WWW-Authenticate",
    ];
    for kind in ["http", "aws"] {
        for name in TRIED.iter().chain(&["Connection"]) {
            let mut integration = integration(kind);
            let target = format!("method.response.header.{name}");
            integration["responses"] = json!({"default": {"statusCode": "200", "responseParameters": {target: "'v'"}}});
            let response = call(integration, &MethodRequest::new("POST", "/"), backend(kind, json!({}))).response;
            let remapped = response.headers.get(&format!("x-amzn-Remapped-{name}"));
            let is_renamed = renamed.contains(name);
            assert_eq!(remapped, is_renamed.then_some("v"), "{kind} {name}");
            let passes = !is_renamed && *name != "Transfer-Encoding";
            assert_eq!(response.headers.get(name), passes.then_some("v"), "{kind} {name}");
        }
    }
}

#[test]
fn answered_by_a_proxied_backend() {
    // 10.8
    let headers = json!({"Connection": "c", "Content-Length": "1", "Date": "d", "Server": "s", "x-amzn-RequestId": "r", "X-Mine": "m"});
    for kind in ["http_proxy", "aws_proxy"] {
        let response =
            call(integration(kind), &MethodRequest::new("POST", "/"), backend(kind, headers.clone())).response;
        for (name, value) in
            [("Connection", "c"), ("Content-Length", "1"), ("Date", "d"), ("Server", "s"), ("x-amzn-RequestId", "r")]
        {
            assert_eq!(response.headers.get(&format!("x-amzn-remapped-{name}")), Some(value), "{kind} {name}");
        }
        assert_eq!(response.headers.get("X-Mine"), Some("m"));
        assert_ne!(response.headers.get("x-amzn-RequestId"), Some("r"));
    }
}

#[test]
fn traces_are_told_by_types_that_have_a_backend_of_their_own() {
    // 10.10 and 10.11
    for (kind, told) in [("http", true), ("aws", true), ("aws_proxy", true), ("http_proxy", false), ("mock", false)] {
        let mut request = MethodRequest::new("POST", "/");
        request.headers.add("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
        request.body = b"{\"statusCode\": 200}".to_vec();
        let mut integration = integration(kind);
        integration["type"] = json!(kind);
        let response = call(integration, &request, backend(kind, json!({}))).response;
        assert_eq!(response.status, 200);
        let trace = response.headers.get("X-Amzn-Trace-Id");
        assert_eq!(trace.is_some(), told, "{kind}");
        if let Some(trace) = trace {
            assert!(
                trace.starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=") && trace.ends_with(";Sampled=1")
            );
        }
        assert!(response.headers.contains("x-amzn-RequestId") && response.headers.contains("x-amz-apigw-id"));
    }
}
