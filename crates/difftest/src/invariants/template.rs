//! One template rendered in several ways, which must agree.

use crate::case::Case;
use crate::judge;
use vtl::{
    Code, Error, Globals, Limits, Note, Params, ParseOptions, Probe, RenderOptions, Rendered, Span, State, Template,
};

/// The tight limit: so small that many templates reach it.
const SMALL: u64 = 64;

/// A probe that reads everything it is given.
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

/// Checks a template: fused and unfused ops, a second render and a render with a probe agree; a tight limit
/// gives the same output or its own error; an error can be drawn beside its source.
pub fn template(case: &Case) -> Option<String> {
    let globals = match Globals::default().variables_json(&case.context) {
        Ok(globals) => globals,
        Err(error) => return Some(format!("the variables are refused: {error}")),
    };
    problem(&case.template, judge::settings(&case.dialect), &judge::limits(&case.dialect), &globals)
}

/// Checks a template as [`template`] does, in the `service` dialect with a payload and fixed parameters.
pub fn mapping(template: &str, payload: &str) -> Option<String> {
    let params = Params::new().path("id", "7").query("q", "a b").header("Accept", "text/html");
    let context = serde_json::json!({"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}});
    let globals = Globals::body(payload).params(params).context(context);
    // Few steps and little memory: a fuzzer that waits for a loop does not find anything.
    let limits = Limits::service().with_steps(Some(100_000)).with_memory(Some(8 << 20)).with_output(Some(1 << 20));
    problem(template, ParseOptions::service(), &limits, &globals)
}

fn problem(template: &str, options: ParseOptions, limits: &Limits, globals: &Globals<'_>) -> Option<String> {
    let options = options.limits(limits.clone());
    let unfused = Template::parse_with(template, &options.clone().unfused());
    let (fused, unfused) = match (Template::parse_with(template, &options), unfused) {
        (Ok(fused), Ok(unfused)) => (fused, unfused),
        (Err(a), Err(b)) if a == b => return reports(&a, template),
        (a, b) => return Some(format!("fused {a:?}, unfused {b:?}")),
    };
    let first = fused.render(globals);
    let mut probe = Curious { seen: 0 };
    let checks = [
        ("rendered twice", fused.render(globals)),
        ("unfused", unfused.render(globals)),
        ("with a probe", fused.render_with(globals, RenderOptions::new().probe(&mut probe))),
    ];
    for (name, other) in checks {
        // The steps of fused ops are not exactly those of their parts, and with a probe the payload is read as a
        // whole: near the limit only one may reach it.
        let near_limit = name != "rendered twice" && exhausted(&first) != exhausted(&other);
        if !near_limit && !agree(&first, &other) {
            return Some(format!("{name}: {other:?}, not {first:?}"));
        }
    }
    if let Err(error) = &first {
        return reports(error, template);
    }
    within(template, &options, limits, globals, &first)
}

/// Compares output and overrides, or the codes of errors. Notes may differ.
fn agree(a: &Result<Rendered, Error>, b: &Result<Rendered, Error>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a.text == b.text && a.overrides == b.overrides,
        (Err(a), Err(b)) => a.code() == b.code(),
        _ => false,
    }
}

/// Checks whether a render ended at the limit of steps.
fn exhausted(outcome: &Result<Rendered, Error>) -> bool {
    outcome.as_ref().is_err_and(|error| error.code() == Code::StepLimit)
}

/// Checks that an error can be drawn beside its source.
fn reports(error: &Error, source: &str) -> Option<String> {
    let report = error.report("t", source).to_string();
    let outside = error.span().is_some_and(|span| source.get(span.range()).is_none());
    (report.is_empty() || outside).then(|| format!("{error} stands outside of the template"))
}

/// Checks that a tight limit gives the same output or its own error.
fn within(
    template: &str,
    options: &ParseOptions,
    limits: &Limits,
    globals: &Globals<'_>,
    first: &Result<Rendered, Error>,
) -> Option<String> {
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
        let outcome = Template::parse_with(template, &options.clone().limits(tight)).and_then(|t| t.render(globals));
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
