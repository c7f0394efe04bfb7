//! What must hold of any template, asked without an oracle: nothing panics, fused ops change nothing, a second
//! render is the first again, and a limit that is reached is an error that names it.

use crate::case::Case;
use crate::judge;
use std::panic::{AssertUnwindSafe, catch_unwind};
use vtl::{Code, Error, Globals, Limits, Rendered, Template};

/// Room that no template of the generator needs, so that reaching it is a fault of its own.
const SMALL: u64 = 64;

/// What is wrong with a case, if anything is.
pub fn check(case: &Case) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| problem(case))) {
        Ok(problem) => problem,
        Err(_) => Some("panics".to_owned()),
    }
}

fn problem(case: &Case) -> Option<String> {
    let globals = match Globals::default().variables_json(&case.context) {
        Ok(globals) => globals,
        Err(error) => return Some(format!("the variables are refused: {error}")),
    };
    let (dialect, limits) = judge::settings(&case.dialect);
    let (fused, unfused) = match (
        Template::parse_with(&case.template, dialect, &limits),
        Template::parse_unfused(&case.template, dialect, &limits),
    ) {
        (Ok(fused), Ok(unfused)) => (fused, unfused),
        (Err(a), Err(b)) if a == b => return reports(&a, &case.template),
        (a, b) => return Some(format!("fused {a:?}, unfused {b:?}")),
    };
    let first = fused.render(&globals);
    let checks = [("rendered twice", fused.render(&globals)), ("unfused", unfused.render(&globals))];
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
    let (dialect, _) = judge::settings(&case.dialect);
    let limits_and_codes = [
        ("output", Code::OutputLimit),
        ("steps", Code::StepLimit),
        ("memory", Code::MemoryLimit),
        ("depth", Code::DepthLimit),
    ];
    for (name, code) in limits_and_codes {
        let mut tight = limits.clone();
        tight.set(name, Some(if name == "depth" { 3 } else { SMALL }));
        let outcome = Template::parse_with(&case.template, dialect, &tight).and_then(|t| t.render(globals));
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
