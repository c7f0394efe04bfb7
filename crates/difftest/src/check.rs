//! What must hold of any template and any payload, asked without Velocity: nothing panics, fused ops change
//! nothing, a second render is the first again, a probe changes nothing, a limit that is reached is an error that
//! names it, and what `serde_json` reads is read to the same value.

use crate::case::{self, Case, DIALECTS, Kind, PAYLOAD};
use crate::{judge, payload};
use std::panic::{AssertUnwindSafe, catch_unwind};
use vtl::{Code, Error, Globals, Limits, Note, Probe, RenderOptions, Rendered, Span, State, Template};
use vtl_workloads::Random;

/// Room that no template of the generator needs, so that reaching it is a fault of its own.
const SMALL: u64 = 64;

/// The cases of one round: a template in both dialects, its bytes damaged, and two payloads.
pub fn cases(kind: Kind, seed: u64, n: u64, seeds: &[Case]) -> Vec<Case> {
    let made = case::make(kind, seed, n, seeds);
    let mut random = Random::new(!seed.wrapping_mul(1_000_003).wrapping_add(n));
    let damaged = Case { template: damage(&made.template, &mut random), ..made.clone() };
    let payloads = [payload::valid(&mut random), payload::any(&mut random)];
    let payloads = payloads.map(|template| Case { template, dialect: PAYLOAD.to_owned(), ..made.clone() });
    let with = |case: &Case, dialect: &str| Case { dialect: dialect.to_owned(), ..case.clone() };
    let mut all: Vec<Case> = DIALECTS.iter().map(|dialect| with(&made, dialect)).collect();
    all.push(with(&damaged, DIALECTS[random.below(2)]));
    all.extend(payloads);
    all
}

/// Some bytes changed to any other; what is no UTF-8 any more is read as a caller would read it.
fn damage(template: &str, random: &mut Random) -> String {
    let mut bytes = template.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len().max(1));
        if let Some(byte) = bytes.get_mut(at) {
            *byte = random.below(256) as u8;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is wrong with a case, if anything is.
pub fn check(case: &Case) -> Option<String> {
    let problem = if case.dialect == PAYLOAD { unread } else { problem };
    match catch_unwind(AssertUnwindSafe(|| problem(case))) {
        Ok(problem) => problem,
        Err(_) => Some("panics".to_owned()),
    }
}

/// What is wrong with the reading of a payload: `serde_json` reads it, and here it is refused or another value.
fn unread(case: &Case) -> Option<String> {
    let rendered = Template::parse("$input.json('$')").and_then(|t| t.render(&Globals::body(&case.template)));
    // json-smart drops a raw U+007F from a string that holds a backslash, and so do we.
    let wanted: serde_json::Value = serde_json::from_str(&case.template).ok()?;
    if case.template.contains('\u{7f}') && case.template.contains('\\') {
        return None;
    }
    // Of null nothing is written.
    let wanted = if wanted.is_null() { "".into() } else { wanted };
    let text = match rendered {
        Ok(rendered) => rendered.text,
        Err(error) => return Some(format!("{error}, but serde_json reads it")),
    };
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(found) if same(&found, &wanted) => None,
        other => Some(format!("is read as {other:?}, not {wanted:?}")),
    }
}

/// Equal, numbers by their value.
fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Looks at everything that a probe can see.
struct Curious {
    seen: usize,
}

impl Probe for Curious {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        self.seen += state.source().get(at.range()).map_or(0, str::len);
    }

    fn note(&mut self, note: &Note) {
        self.seen += format!("{note:?}").len();
    }
}

fn problem(case: &Case) -> Option<String> {
    let globals = match Globals::default().variables_json(&case.context) {
        Ok(globals) => globals,
        Err(error) => return Some(format!("the variables are refused: {error}")),
    };
    let (options, limits) = (judge::settings(&case.dialect), judge::limits(&case.dialect));
    let (fused, unfused) = match (
        Template::parse_with(&case.template, &options),
        Template::parse_with(&case.template, &options.clone().unfused()),
    ) {
        (Ok(fused), Ok(unfused)) => (fused, unfused),
        (Err(a), Err(b)) if a == b => return reports(&a, &case.template),
        (a, b) => return Some(format!("fused {a:?}, unfused {b:?}")),
    };
    let first = fused.render(&globals);
    let mut probe = Curious { seen: 0 };
    let checks = [
        ("rendered twice", fused.render(&globals)),
        ("unfused", unfused.render(&globals)),
        ("with a probe", fused.render_with(&globals, RenderOptions::new().probe(&mut probe))),
    ];
    for (name, other) in checks {
        if !agree(&first, &other) {
            return Some(format!("{name}: {other:?}, not {first:?}"));
        }
    }
    if let Err(error) = &first {
        return reports(error, &case.template);
    }
    within(case, &limits, &globals, &first)
}

/// Equal output and overrides, or errors of one code. Notes may differ: they never count.
fn agree(a: &Result<Rendered, Error>, b: &Result<Rendered, Error>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.text == b.text && a.overrides == b.overrides,
        (Err(a), Err(b)) => a.code() == b.code(),
        _ => false,
    }
}

/// An error can be drawn beside its source.
fn reports(error: &Error, source: &str) -> Option<String> {
    let report = error.report("t", source).to_string();
    let outside = error.span().is_some_and(|span| source.get(span.range()).is_none());
    (report.is_empty() || outside).then(|| format!("{error} stands outside of the template"))
}

/// A tight limit gives the same output or the limit's own error.
fn within(case: &Case, limits: &Limits, globals: &Globals<'_>, first: &Result<Rendered, Error>) -> Option<String> {
    let limits_and_codes = [
        ("output", Code::OutputLimit),
        ("steps", Code::StepLimit),
        ("memory", Code::MemoryLimit),
        ("depth", Code::DepthLimit),
    ];
    for (name, code) in limits_and_codes {
        let mut tight = limits.clone();
        if let Err(error) = tight.set(name, Some(if name == "depth" { 3 } else { SMALL })) {
            return Some(error.to_string());
        }
        let options = judge::settings(&case.dialect).limits(tight);
        let outcome = Template::parse_with(&case.template, &options).and_then(|t| t.render(globals));
        match &outcome {
            Ok(rendered) if name == "output" && rendered.text.len() as u64 > SMALL => {
                return Some(format!("{} bytes of output with a limit of {SMALL}", rendered.text.len()));
            }
            // A block that stops at its depth is no error, so what it prints may change.
            Ok(_) if name == "depth" => {}
            Ok(_) if agree(&outcome, first) => {}
            Err(error) if error.code() == code => {}
            other => return Some(format!("with {name} limited: {other:?}, not {first:?}")),
        }
    }
    None
}
