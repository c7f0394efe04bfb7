//! One whole MOCK call with two small templates, beside the two renders alone.

use criterion::Criterion;
use std::hint::black_box;
use vtl::pipeline::{Api, Invocation, Method, MethodRequest, PreparedMethod, Route};
use vtl::{Globals, Params, Template};

const REQUEST: &str = r#"{"statusCode": #if($input.params('scope') == "internal")200#{else}404#end}"#;
const RESPONSE: &str =
    r#"{"id": "$input.params('id')", "stage": "$context.stage", "message": "$stageVariables.greeting"}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let context = serde_json::json!({"stage": "prod", "requestId": "r-1", "identity": {"sourceIp": "192.0.2.1"}});

    let method: Method = serde_json::from_value(serde_json::json!({"path": "/pets/{id}", "integration": {
        "type": "mock",
        "requestTemplates": {"application/json": REQUEST},
        "responses": {"2\\d{2}": {"statusCode": "200", "responseTemplates": {"application/json": RESPONSE}}},
    }}))
    .expect("the method is sound");
    let prepared = PreparedMethod::new(&Api::default(), &method);
    let mut request = MethodRequest::new("GET", "/pets/7");
    request.path_parameters.set("id", "7".to_owned());
    request.querystring.set("scope", vec!["internal".to_owned()]);
    request.headers.add("Accept", "application/json");
    let invocation = || Invocation::new().context(context.clone()).stage_variables([("greeting", "hello")]);
    let expected = r#"{"id": "7", "stage": "prod", "message": "hello"}"#;

    let (first, second) = (Template::parse(REQUEST).expect("parses"), Template::parse(RESPONSE).expect("parses"));
    let globals = Globals::default()
        .params(Params::new().path("id", "7").query("scope", "internal").header("Accept", "application/json"))
        .context(context.clone())
        .stage_variables([("greeting".to_owned(), "hello".to_owned())]);
    assert_eq!(second.render(&globals).expect("renders").text, expected);
    assert_eq!(prepared.invoke(&request, None, &mut invocation()).response.body, expected.as_bytes());

    let mut group = criterion.benchmark_group("pipeline");
    group.bench_function("two renders", |bencher| {
        bencher.iter(|| (first.render(black_box(&globals)), second.render(black_box(&globals))));
    });
    let mut reused = invocation().without_log();
    group.bench_function("a MOCK call", |bencher| {
        bencher.iter(|| prepared.invoke(black_box(&request), None, &mut reused));
    });
    group.bench_function("a MOCK call, surroundings made anew", |bencher| {
        bencher.iter(|| prepared.invoke(black_box(&request), None, &mut invocation().without_log()));
    });
    group.bench_function("a MOCK call with its log", |bencher| {
        bencher.iter(|| prepared.invoke(black_box(&request), None, &mut invocation()));
    });
    group.finish();
    criterion.final_summary();
}
