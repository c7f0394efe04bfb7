//! From text to a compiled template, in three sizes: a line, a page, and the quota's 300 KB. Throughput must
//! not depend on the size.

use criterion::{Criterion, Throughput};
use std::hint::black_box;
use vtl::{Globals, Template};

const LINE: &str = r#"{"id": "$input.path('$.id')", "stage": "$context.stage"}"#;
const PAGE: &str = include_str!("../examples/order.vtl");

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let page = Template::parse(PAGE).expect("it compiles");
    let out = page.render(&Globals::body(include_str!("../examples/order.json"))).expect("it renders");
    assert!(out.text.contains("\"pieces\": 13"));

    let quota = PAGE.repeat((300 << 10) / PAGE.len());
    let mut group = criterion.benchmark_group("compile");
    for (name, text) in [("a line", LINE), ("a page", PAGE), ("300 KB", &quota)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| Template::parse(black_box(text))));
    }
    group.finish();
    criterion.final_summary();
}
