//! Benchmarks of the workloads against hand-written code, from payload bytes to output; of the JSON reader
//! and JSONPath against other crates; and of one template in two threads.
//!
//! `cargo bench --bench workloads` ends with a table of multiples: the engine's time divided by that of the
//! hand-written floor. Both are medians of samples taken in turn, so that load on the machine cancels out.

use criterion::Criterion;
use jsonpath_rust::JsonPath as _;
use std::hint::black_box;
use std::time::{Duration, Instant};
use vtl::jsonpath::JsonPath;
use vtl::{Globals, Template};
use vtl_workloads::Workload;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let workloads = vtl_workloads::all();
    for workload in &workloads {
        render(&mut criterion, workload);
    }
    json(&mut criterion, &workloads[3].body);
    path(&mut criterion, &workloads[3].body);
    threads(&mut criterion, &workloads[2]);
    criterion.final_summary();
    println!("\nMultiples of the floor");
    for workload in &workloads {
        println!("{:<16}{:>8.2}", workload.name, multiple(workload));
    }
}

fn render(criterion: &mut Criterion, workload: &Workload) {
    let template = workload.compile();
    let mut globals = workload.globals();
    globals.set_body_bytes(workload.body.as_bytes());
    let output = template.render(&globals).expect("it renders").text;
    assert_eq!(output, (workload.by_hand)(&workload.body), "{}", workload.name);
    let mut group = criterion.benchmark_group(workload.name);
    group.bench_function("vtl", |bencher| bencher.iter(|| from_bytes(&template, &mut globals, workload)));
    group.bench_function("floor", |bencher| bencher.iter(|| (workload.by_hand)(black_box(&workload.body))));
    group.bench_function("compile", |bencher| bencher.iter(|| workload.compile()));
    group.finish();
}

fn from_bytes<'a>(template: &Template, globals: &mut Globals<'a>, workload: &'a Workload) -> String {
    globals.set_body_bytes(black_box(workload.body.as_bytes()));
    template.render(globals).expect("it renders").text
}

fn multiple(workload: &Workload) -> f64 {
    let template = workload.compile();
    let mut globals = workload.globals();
    let mut turns = 1;
    let mut time = |turns: u32, by_hand: bool| {
        let start = Instant::now();
        for _ in 0..turns {
            match by_hand {
                true => drop(black_box((workload.by_hand)(black_box(&workload.body)))),
                false => drop(black_box(from_bytes(&template, &mut globals, workload))),
            }
        }
        start.elapsed().as_secs_f64()
    };
    while time(turns, true) < 0.001 {
        turns *= 2;
    }
    let mut multiples: Vec<f64> = (0..21).map(|_| time(turns, false) / time(turns, true)).collect();
    multiples.sort_by(f64::total_cmp);
    multiples[multiples.len() / 2]
}

/// The whole of a payload of lists and objects. The engine's reader is reached through a template that does nothing else:
/// it hands the payload to a method that there is not, so that all of it is wanted.
fn json(criterion: &mut Criterion, body: &str) {
    let template = Template::parse("#set($all = $input.path('$'))#set($none = $all.whole())").expect("it parses");
    let globals = Globals::body(body);
    let mut group = criterion.benchmark_group("json");
    group.throughput(criterion::Throughput::Bytes(body.len() as u64));
    group.bench_function("vtl", |bencher| bencher.iter(|| template.render(black_box(&globals))));
    group.bench_function("serde_json", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(body)));
    });
    group.bench_function("sonic-rs", |bencher| {
        bencher.iter(|| sonic_rs::from_str::<sonic_rs::Value>(black_box(body)));
    });
    group.bench_function("serde_json, nothing kept", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(body)));
    });
    group.finish();
}

/// Paths over the same tree.
fn path(criterion: &mut Criterion, body: &str) {
    let tree: serde_json::Value = serde_json::from_str(body).expect("the payload is sound");
    let mut group = criterion.benchmark_group("path");
    for (name, text) in [
        ("names and an index", "$.tickets[9000].trip.to"),
        ("a wildcard", "$.tickets[*].id"),
        ("a filter", "$.tickets[?(@.price > 110)].id"),
    ] {
        let (ours, theirs) = (JsonPath::parse(text).expect("a path"), tree.query(text).expect("a path").len());
        let found = ours.find(&tree).expect("it finds").into_owned();
        assert_eq!(found.as_array().map_or(1, Vec::len), theirs, "{text}");
        group.bench_function(format!("vtl, {name}"), |bencher| bencher.iter(|| ours.find(black_box(&tree))));
        group.bench_function(format!("jsonpath-rust, {name}"), |bencher| {
            bencher.iter(|| black_box(&tree).query(black_box(text)));
        });
    }
    group.finish();
}

/// One template in one thread, and in two at once: the time per render should not change.
fn threads(criterion: &mut Criterion, workload: &Workload) {
    let template = workload.compile();
    let mut globals = workload.globals();
    globals.set_body_bytes(workload.body.as_bytes());
    let mut group = criterion.benchmark_group("threads");
    for threads in [1, 2] {
        group.bench_function(format!("{threads}, a render of each"), |bencher| {
            bencher.iter_custom(|turns| {
                let start = Instant::now();
                std::thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(|| (0..turns).for_each(|_| drop(black_box(template.render(&globals)))));
                    }
                });
                start.elapsed()
            });
        });
    }
    group.finish();
}
