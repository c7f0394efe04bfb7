//! JSONPath over a parsed document, beside `jsonpath-rust` on paths where both find the same.

use criterion::Criterion;
use jsonpath_rust::JsonPath as _;
use serde_json::json;
use std::hint::black_box;
use vtl::jsonpath::JsonPath;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let items: Vec<_> = (0..1_000).map(|n| json!({"sku": format!("A-{n}"), "price": n, "tags": ["a", "b"]})).collect();
    let document = json!({"order": {"customer": {"name": "Ada"}, "items": items}});

    let mut group = criterion.benchmark_group("path");
    let paths = [
        ("definite", "$.order.items[500].sku", "$.order.items[500].sku"),
        ("wildcard", "$.order.items[*].sku", "$.order.items[*].sku"),
        ("deep scan", "$..price", "$..price"),
        ("filter", "$.order.items[?(@.price > 900)].sku", "$.order.items[?@.price > 900].sku"),
    ];
    for (name, text, rfc) in paths {
        let path = JsonPath::parse(text).expect("it compiles");
        let found = path.find(&document).expect("it is there");
        let rival = document.query(rfc).expect("it is a path");
        assert_eq!(found.as_array().map_or(1, Vec::len), rival.len(), "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| path.find(black_box(&document)).is_ok()));
        group.bench_function(format!("{name}, with its text"), |bencher| {
            bencher.iter(|| JsonPath::parse(black_box(text)).and_then(|path| path.find(&document).map(drop)));
        });
        group.bench_function(format!("{name}, jsonpath-rust with its text"), |bencher| {
            bencher.iter(|| document.query(black_box(rfc)).is_ok());
        });
    }
    group.finish();
    criterion.final_summary();
}
