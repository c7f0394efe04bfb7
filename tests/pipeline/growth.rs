//! The work of a call grows no faster than each dimension of its input, counted in charged steps.

use serde_json::{Map, Value as Json, json};
use vtl::pipeline::call::Replay;
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};

/// A call whose input has a dimension of a size.
struct Call {
    api: Json,
    request: MethodRequest,
    answer: Json,
}

impl Call {
    fn new(integration: Json) -> Self {
        Call {
            api: json!({"methods": [{"httpMethod": "POST", "path": "/{a}", "integration": integration}]}),
            request: MethodRequest::new("POST", "/x").with_body("{\"a\": 1}"),
            answer: json!({"status": 200, "body": "{\"a\": 1}"}),
        }
    }

    fn asking(mut self, key: &str, value: Json) -> Self {
        self.api["methods"][0][key] = value;
        self
    }

    fn with(mut self, change: impl FnOnce(&mut MethodRequest)) -> Self {
        change(&mut self.request);
        self
    }

    /// Returns the steps of the call, which must have reached its backend.
    fn steps(self) -> u64 {
        let api = PreparedApi::new(&serde_json::from_value::<Api>(self.api).unwrap());
        let mut backend: Replay = serde_json::from_value(self.answer).unwrap();
        let mut invocation = Invocation::new();
        let outcome = api.handle(self.request, Some(&mut backend), &mut invocation);
        assert!(outcome.integration_request.is_some(), "{:?}", outcome.refusal);
        invocation.steps()
    }
}

fn http(more: Json) -> Json {
    let mut integration = json!({"type": "http", "httpMethod": "POST", "uri": "http://b.test/",
        "responses": {"default": {"statusCode": "200"}}});
    integration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    integration
}

fn table(count: usize, name: impl Fn(usize) -> String, value: impl Fn(usize) -> Json) -> Json {
    (0..count).map(|i| (name(i), value(i))).collect::<Map<_, _>>().into()
}

fn mapped(count: usize, source: &str) -> Call {
    Call::new(http(json!({"requestParameters":
        table(count, |i| format!("integration.request.header.h{i}"), |_| source.into())})))
}

fn model(schema: Json, body: String) -> Call {
    let mut call = Call::new(http(json!({})))
        .asking("requestModels", json!({"application/json": "M"}))
        .asking("requestValidator", json!({"validateRequestBody": true}))
        .with(|request| request.body = body.into_bytes());
    call.api["models"] = json!({"M": schema});
    call
}

fn list(count: usize, item: &str) -> String {
    format!("[{}]", vec![item; count].join(","))
}

type Dimension = (&'static str, fn(usize) -> Call);

/// Every dimension: its name, and a call of which it has a size.
const DIMENSIONS: &[Dimension] = &[
    ("bytes of the body", |n| {
        mapped(1, "method.request.body").with(|request| request.body = "x".repeat(n * 64).into())
    }),
    ("headers of the request", |n| {
        mapped(3, "method.request.header.h")
            .with(|request| (0..n).for_each(|i| request.headers.add(format!("n{i}"), "v")))
    }),
    ("values of a header", |n| {
        mapped(1, "method.request.multivalueheader.h")
            .with(|request| (0..n).for_each(|_| request.headers.add("h", "v")))
    }),
    ("query parameters", |n| {
        mapped(3, "method.request.querystring.q")
            .with(|request| (0..n).for_each(|i| request.add_query(format!("q{i}"), "v")))
    }),
    ("values of a query parameter", |n| {
        mapped(1, "method.request.multivaluequerystring.q")
            .with(|request| (0..n).for_each(|_| request.add_query("q", "v")))
    }),
    ("header mappings", |n| mapped(n, "'v'")),
    ("mappings of parts of the body", |n| mapped(n, "method.request.body.a")),
    ("query mappings", |n| {
        Call::new(http(json!({"requestParameters":
            table(n, |i| format!("integration.request.querystring.q{i}"), |_| "'v'".into())})))
    }),
    ("path mappings", |n| {
        Call::new(http(json!({"requestParameters":
            table(n, |i| format!("integration.request.path.p{i}"), |_| "'v'".into())})))
    }),
    ("parameters in the URI", |n| {
        Call::new(http(json!({"uri": format!("http://b.test/{}", "{a}".repeat(n)),
        "requestParameters": {"integration.request.path.a": "'v'"}})))
    }),
    ("dollars in the URI", |n| Call::new(http(json!({"uri": format!("http://b.test/{}", "$".repeat(n))})))),
    ("items that a JSONPath visits", |n| {
        mapped(1, "method.request.body..x").with(|request| request.body = list(n, "{\"y\": [1]}").into_bytes())
    }),
    ("turns of the request template", |n| {
        Call::new(http(json!({"requestTemplates": {"application/json": "#foreach($x in $input.path('$'))$x#end"}})))
            .with(|request| request.body = list(n, "1").into_bytes())
    }),
    ("overrides", |n| {
        let set: String = (0..n).map(|i| format!("#set($context.requestOverride.header.h{i} = 'v')")).collect();
        Call::new(http(json!({"requestTemplates": {"application/json": set}})))
    }),
    ("responses", |n| {
        Call::new(http(json!({"responses":
            table(n, |i| if i == 0 { "default".to_owned() } else { format!("4{i}") }, |i| json!({"statusCode": 200 + i}))})))
    }),
    ("headers of the response", |n| {
        Call::new(http(json!({"responses": {"default": {"statusCode": "200", "responseParameters":
            table(n, |i| format!("method.response.header.h{i}"), |_| "'v'".into())}}})))
    }),
    ("cache keys", |n| {
        let names: Vec<String> = (0..n).map(|i| format!("method.request.querystring.q{i}")).collect();
        Call::new(http(json!({"cacheKeyParameters": names})))
    }),
    ("required parameters", |n| {
        Call::new(http(json!({})))
            .asking("requestParameters", table(n, |i| format!("method.request.querystring.q{i}"), |_| true.into()))
            .asking("requestValidator", json!({"validateRequestParameters": true}))
            .with(|request| (0..n).for_each(|i| request.add_query(format!("q{i}"), "v")))
    }),
    ("items of a checked list", |n| model(json!({"items": {"type": "integer"}}), list(n, "1"))),
    ("items that are looked up", |n| model(json!({"items": {"enum": ["a", "b", "c"]}}), list(n, "\"a\""))),
    ("items that a pattern is searched in", |n| {
        model(json!({"items": {"pattern": "^(a{1,9}){1,9}$"}}), list(n, "\"aaa\""))
    }),
    ("values of an enumeration", |n| {
        let values: Vec<String> = (0..n).map(|i| format!("v{i}")).collect();
        model(json!({"items": {"enum": values}}), list(10, "\"v1\""))
    }),
    ("properties of a model", |n| {
        model(
            json!({"properties": table(n, |i| format!("p{i}"), |_| json!({"type": "integer"}))}),
            "{\"p1\": 1}".to_owned(),
        )
    }),
    ("members of a checked object", |n| {
        model(
            json!({"additionalProperties": {"type": "integer"}}),
            table(n, |i| format!("m{i}"), Json::from).to_string(),
        )
    }),
    ("alternatives of a model", |n| {
        model(json!({"not": {"allOf": vec![json!({"enum": [2]}); n]}}), "{\"a\": 1}".to_owned())
    }),
    ("items that must be unique", |n| {
        model(
            json!({"uniqueItems": true}),
            format!("[{}]", (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(",")),
        )
    }),
];

#[test]
fn steps_grow_no_faster_than_the_input() {
    let mut faults = Vec::new();
    for (name, call) in DIMENSIONS {
        // The first doubling shows the costs that are the same for every call.
        let [small, large] = [200, 800].map(|size| call(size).steps());
        let exponent = (large as f64 / small as f64).log2() / 2.0;
        if exponent > 1.2 || small == 0 {
            faults.push(format!("{name}: {small} to {large} steps, exponent {exponent:.2}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The key of a message is computed from variables that are evaluated once each.
#[test]
fn selection_expressions_grow_no_faster_than_their_parts() {
    let steps = |count: usize| {
        let api = json!({"protocol": "WEBSOCKET", "methods": [{"routeKey": "$default", "integration": {
            "type": "mock", "templateSelectionExpression": "${request.body.a}".repeat(count),
            "requestTemplates": {"$default": "{\"statusCode\": 200}"}}}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut invocation = Invocation::new();
        let message = format!("{{\"a\": \"\", \"more\": \"{}\"}}", "x".repeat(10_000));
        api.handle_message(SocketRequest::message(message), None, &mut invocation);
        invocation.steps()
    };
    let [small, large] = [200, 800].map(steps);
    assert!(large < small * 5, "{small} to {large} steps");
}

/// Parameter mappings of HTTP APIs read the body once.
#[test]
fn mappings_of_http_apis_grow_no_faster_than_their_number() {
    let steps = |count: usize| {
        let api = json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": {
            "type": "http_proxy", "httpMethod": "ANY", "uri": "https://b.test/", "requestParameters":
                table(count, |i| format!("append:header.h{i}"), |_| "$request.body.a".into())}}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut invocation = Invocation::new();
        let body = format!("{{\"a\": \"b\", \"more\": \"{}\"}}", "x".repeat(10_000));
        api.handle(MethodRequest::new("POST", "/").with_body(body), None, &mut invocation);
        invocation.steps()
    };
    let [small, large] = [200, 800].map(steps);
    assert!(large < small * 5, "{small} to {large} steps");
}

/// Checks that removing a header costs one step for each header, and more for long names: no other name is hashed.
#[test]
fn removed_headers_cost_a_walk() {
    let steps = |action: &str, length: usize| {
        let (count, name) = (1_000, |i: usize| format!("{}{i:04}", "N".repeat(length)));
        let api = json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": {
            "type": "http_proxy", "httpMethod": "ANY", "uri": "https://b.test/", "requestParameters":
                table(count, |i| format!("{action}:header.{}", name(i)), |_| "v".into())}}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut request = MethodRequest::new("GET", "/");
        (0..2 * count).for_each(|i| request.headers.add(name(i), i.to_string()));
        let mut invocation = Invocation::new();
        let outcome = api.handle(request, None, &mut invocation);
        let sent = outcome.integration_request.expect("a request").headers;
        for i in [0, count - 1, count, 2 * count - 1] {
            let expected =
                if i >= count { Some(i.to_string()) } else { (action == "overwrite").then(|| "v".to_owned()) };
            assert_eq!(sent.get(&name(i)).map(str::to_owned), expected, "{action} {i}");
        }
        invocation.steps()
    };
    for action in ["remove", "overwrite"] {
        let (short, long) = (steps(action, 1), steps(action, 500));
        assert!(short < 3_000_000 && long > 20_000_000, "{action}: {short} and {long} steps");
    }
}
