//! Whole calls with two small templates, MOCK and HTTP, beside the two renders alone.

use criterion::Criterion;
use std::hint::black_box;
use vtl::pipeline::{
    Api, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation, Method, MethodRequest,
    PreparedApi, PreparedMethod, Route,
};
use vtl::{Globals, Params, Template};

const REQUEST: &str = r#"{"statusCode": #if($input.params('scope') == "internal")200#{else}404#end}"#;
const RESPONSE: &str =
    r#"{"id": "$input.params('id')", "stage": "$context.stage", "message": "$stageVariables.greeting"}"#;
const EXPECTED: &str = r#"{"id": "7", "stage": "prod", "message": "hello"}"#;

/// A backend that answers at once.
struct Prompt(IntegrationResponse);

impl Backend for Prompt {
    fn call(&mut self, _: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        Ok(self.0.clone())
    }
}

/// Returns a method of a type, with both templates.
fn method(kind: &str) -> Method {
    serde_json::from_value(serde_json::json!({"httpMethod": "GET", "path": "/pets/{id}", "integration": {
        "type": kind,
        "httpMethod": "POST",
        "uri": "http://backend.test/pets/{id}",
        "requestParameters": {"integration.request.path.id": "method.request.path.id"},
        "requestTemplates": {"application/json": REQUEST},
        "responses": {"2\\d{2}": {"statusCode": "200", "responseTemplates": {"application/json": RESPONSE}}},
    }}))
    .expect("the method is sound")
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let context = serde_json::json!({"stage": "prod", "requestId": "r-1", "identity": {"sourceIp": "192.0.2.1"}});
    let [mock, http] = ["mock", "http"].map(|kind| PreparedMethod::new(&Api::default(), &method(kind)));
    let mut api = Api::default();
    api.methods.push(method("http"));
    let api = PreparedApi::new(&api);
    let mut request = MethodRequest::new("GET", "/pets/7");
    request.path_parameters.set("id", "7".to_owned());
    request.querystring.set("scope", vec!["internal".to_owned()]);
    request.headers.add("Accept", "application/json");
    let answer = IntegrationResponse::new(200).with_header("Content-Type", "application/json");
    let mut backend = Prompt(answer.with_body(r#"{"ok": true}"#));
    let invocation = || Invocation::new().context(context.clone()).stage_variables([("greeting", "hello")]);

    let (first, second) = (Template::parse(REQUEST).expect("parses"), Template::parse(RESPONSE).expect("parses"));
    let globals = Globals::default()
        .params(Params::new().path("id", "7").query("scope", "internal").header("Accept", "application/json"))
        .context(context.clone())
        .stage_variables([("greeting".to_owned(), "hello".to_owned())]);
    assert_eq!(second.render(&globals).expect("renders").text, EXPECTED);
    assert_eq!(mock.invoke(&request, None, &mut invocation()).response.body, EXPECTED.as_bytes());
    let outcome = api.handle(request.clone(), Some(&mut backend), &mut invocation());
    assert_eq!(outcome.integration_request.map(|sent| sent.uri).as_deref(), Some("http://backend.test/pets/7"));
    assert_eq!(outcome.response.body, EXPECTED.as_bytes());

    let mut group = criterion.benchmark_group("pipeline");
    group.bench_function("two renders", |bencher| {
        bencher.iter(|| (first.render(black_box(&globals)), second.render(black_box(&globals))));
    });
    let mut reused = invocation().without_log();
    group.bench_function("a MOCK call", |bencher| {
        bencher.iter(|| mock.invoke(black_box(&request), None, &mut reused));
    });
    group.bench_function("a MOCK call, surroundings made anew", |bencher| {
        bencher.iter(|| mock.invoke(black_box(&request), None, &mut invocation().without_log()));
    });
    group.bench_function("a MOCK call with its log", |bencher| {
        bencher.iter(|| mock.invoke(black_box(&request), None, &mut invocation()));
    });
    group.bench_function("an HTTP call", |bencher| {
        bencher.iter(|| http.invoke(black_box(&request), Some(&mut backend), &mut reused));
    });
    group.bench_function("an HTTP call, with its request and its route", |bencher| {
        bencher.iter(|| api.handle(black_box(&request).clone(), Some(&mut backend), &mut reused));
    });
    group.finish();
    criterion.final_summary();
}
