//! Ceilings on the allocations and bytes of one render. Unlike times they are equal on every machine and
//! under any load; a broken ceiling means that work is repeated for each render or each loop turn.

use allocation_counter::{AllocationInfo, measure};
use vtl::pipeline::{
    Api, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation, MethodRequest, PreparedApi,
};

/// Measures the second render; the first one records the capacity hint of the output.
fn measured(name: &str) -> AllocationInfo {
    let workload = vtl_workloads::named(name).unwrap();
    let template = workload.compile();
    let mut globals = workload.globals();
    globals.set_body_bytes(workload.body.as_bytes());
    let first = template.render(&globals).unwrap();
    assert_eq!(first.text, (workload.by_hand)(&workload.body));
    measure(|| drop(template.render(&globals)))
}

#[test]
fn a_render_takes_no_more_memory_than_it_did() {
    let mut misses = Vec::new();
    for (name, most_times, most_bytes) in CEILINGS {
        let taken = measured(name);
        println!("{name} {} times, at most {} bytes at once", taken.count_total, taken.bytes_max);
        if taken.count_total > most_times || taken.bytes_max > most_bytes {
            misses.push(format!("{name}: {} times, {} bytes at once", taken.count_total, taken.bytes_max));
        }
    }
    assert!(misses.is_empty(), "{misses:#?}");
}

/// An emulator keeps the templates of thousands of routes prepared.
#[test]
fn a_template_of_one_kilobyte_holds_at_most_twelve() {
    let field = |name: &str| format!("  \"{name}\": \"$util.escapeJavaScript($input.path('$.order.{name}'))\",\n");
    let names = "id customer street city country currency phone channel comment promotion warehouse".split(' ');
    let loops = "#foreach($item in $input.path('$.order.items')){\"sku\": \"$item.sku\", \"count\": \
                 $item.count}#if($foreach.hasNext),#end#end";
    let check = "#if($context.stage == \"prod\" && $input.params('debug') != \"\")#set($debug = true)#end";
    let fields: String = names.map(field).collect();
    let source = format!("{check}{{\n{fields}  \"debug\": \"$!debug\",\n  \"items\": [{loops}]\n}}\n");
    assert!((980..=1_060).contains(&source.len()), "{}", source.len());
    let mut kept = Vec::new();
    let _warm = vtl::Template::parse(&source);
    let taken = measure(|| kept.push(vtl::Template::parse(&source)));
    assert!(kept.iter().all(Result::is_ok));
    println!("a template of {} bytes holds {} bytes", source.len(), taken.bytes_current);
    assert!(taken.bytes_current <= 12 << 10, "{} bytes", taken.bytes_current);
}

/// A backend that answers at once.
struct Prompt(IntegrationResponse);

impl Backend for Prompt {
    fn call(&mut self, _: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        Ok(self.0.clone())
    }
}

/// The second call of an `Invocation` that serves many, with two templates and a route to find. Of a request
/// with 20 headers it copies those that a template reads.
#[test]
fn a_whole_call_takes_no_more_allocations_than_it_did() {
    let mut misses = Vec::new();
    for (kind, most) in [("mock", 28), ("http", 41)] {
        let api: Api = serde_json::from_value(serde_json::json!({"methods": [
            {"httpMethod": "GET", "path": "/pets/{id}", "integration": {
                "type": kind,
                "httpMethod": "POST",
                "uri": "http://backend.test/pets/{id}",
                "requestParameters": {"integration.request.path.id": "method.request.path.id"},
                "requestTemplates": {"application/json": r#"{"statusCode": 200, "of": "$input.params('scope')"}"#},
                "responses": {"2\\d{2}": {"statusCode": "200", "responseTemplates": {
                    "application/json": r#"$input.params('id') in $context.stage of $stageVariables.shop"#}}},
            }},
        ]}))
        .unwrap();
        let api = PreparedApi::new(&api);
        let mut request = MethodRequest::new("GET", "/pets/7").with_query("scope", "internal");
        for header in 0..20 {
            request.headers.add(format!("X-Header-{header}"), "a value");
        }
        let mut backend = Prompt(IntegrationResponse::new(200).with_header("ETag", "1").with_body("{}"));
        let context = serde_json::json!({"stage": "prod", "requestId": "r-1"});
        let mut invocation = Invocation::new().context(context).stage_variables([("shop", "pets")]).without_log();
        for turn in 0..2 {
            let request = request.clone();
            let mut outcome = None;
            let taken = measure(|| outcome = Some(api.handle(request, Some(&mut backend), &mut invocation)));
            assert_eq!(outcome.unwrap().response.body, b"7 in prod of pets");
            if turn == 1 {
                println!("a call of {kind} takes {} allocations", taken.count_total);
                misses.extend((taken.count_total > most).then(|| format!("{kind}: {} times", taken.count_total)));
            }
        }
    }
    assert!(misses.is_empty(), "{misses:#?}");
}

/// Workload, allocations of one render, bytes held at once: a fifth more than measured when they were set.
const CEILINGS: [(&str, u64, u64); 6] = [
    ("w1", 9, 2_500),
    ("w2", 35, 10_500),
    ("w3", 296, 93_000),
    ("w4", 105, 10_000_000),
    ("w5", 27, 3_700),
    ("w7", 23, 31_000),
];
