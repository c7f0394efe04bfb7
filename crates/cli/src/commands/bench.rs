//! `vtl bench`: the time to render and to compile a template.
//!
//! A figure is the median of many samples, so that other load hardly shows; a sample repeats the work
//! until the cost and resolution of the clock are small beside it.

use crate::args::bench::BenchArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::request::Request;
use crate::input::template::Source;
use crate::report::json;
use crate::report::stdout::print;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::time::{Duration, Instant};

const RENDER: Duration = Duration::from_secs(1);
const COMPILE: Duration = Duration::from_millis(200);
const WARM_UP: Duration = Duration::from_millis(200);
const SAMPLE: Duration = Duration::from_micros(50);
const FEWEST_SAMPLES: usize = 3;

#[derive(Serialize)]
struct Figures {
    ns_per_render: u64,
    compile_ns: u64,
    output_sha256: String,
}

pub fn run(args: &BenchArgs, reader: &mut Reader) -> Result<(), Failure> {
    let source = Source::read(&args.template, reader)?;
    let mut request = Request::read(&args.request, reader)?;
    request.add_stage_variables(source.stage_variables());
    let template = source.compile()?;
    let mut globals = request.globals()?;
    let output = source.render(&template, &globals)?.text;

    // The time starts at the bytes of the body; parameters and context are prepared before.
    let ns_per_render = median_ns(RENDER, || {
        globals.set_body_bytes(black_box(&request.body));
        drop(black_box(template.render(&globals)));
    });
    let compile_ns = median_ns(COMPILE, || drop(black_box(source.compile())));
    let output_sha256 = Sha256::digest(&output).iter().map(|byte| format!("{byte:02x}")).collect();
    let figures = Figures { ns_per_render, compile_ns, output_sha256 };
    match args.format {
        Format::Json => json::print_line(&figures),
        Format::Text => {
            let text = describe(&figures, request.body.len(), source.text.len(), output.len());
            print(format!("{text}\n").as_bytes())
        }
    }
}

/// Measures the median time of one turn, over samples that last `total` together.
fn median_ns(total: Duration, mut turn: impl FnMut()) -> u64 {
    let mut sample = |turns: u32| {
        let start = Instant::now();
        (0..turns).for_each(|_| turn());
        start.elapsed()
    };
    let mut turns = 1;
    let start = Instant::now();
    loop {
        let took = sample(turns);
        if took < SAMPLE {
            turns *= 2;
        }
        if start.elapsed() >= WARM_UP.min(total) {
            break;
        }
    }
    let mut samples = Vec::new();
    let start = Instant::now();
    while start.elapsed() < total || samples.len() < FEWEST_SAMPLES {
        samples.push(sample(turns).as_nanos() / u128::from(turns));
    }
    samples.sort_unstable();
    samples.get(samples.len() / 2).map_or(0, |ns| u64::try_from(*ns).unwrap_or(u64::MAX))
}

fn describe(figures: &Figures, body: usize, source: usize, output: usize) -> String {
    let row = |what: &str, ns: u64, size: &str, bytes: usize| {
        let rate = bytes as f64 * 1_000.0 / ns.max(1) as f64;
        format!("{what:<8}{:>10}   {bytes} bytes of {size}, {rate:.1} MB/s\n", duration(ns))
    };
    let mut text = row("render", figures.ns_per_render, "payload", body);
    text += &row("compile", figures.compile_ns, "template", source);
    text += &format!("output  {output:>10}   bytes, sha256 {}", figures.output_sha256);
    text
}

fn duration(ns: u64) -> String {
    match ns {
        0..10_000 => format!("{ns} ns"),
        10_000..10_000_000 => format!("{:.1} µs", ns as f64 / 1e3),
        _ => format!("{:.1} ms", ns as f64 / 1e6),
    }
}
