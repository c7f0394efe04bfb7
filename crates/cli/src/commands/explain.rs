//! `vtl explain`: the page of a diagnostic code.

use crate::args::explain::ExplainArgs;
use crate::failure::Failure;
use crate::report::stdout::print;
use std::fmt::Write;
use vtl::Code;

/// Names that are less similar than this, from 0 to 1, are not suggested.
const LEAST_SIMILARITY: f64 = 0.7;

pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    match args.code.as_deref().map(|name| Code::from_name(name).ok_or_else(|| unknown(name))) {
        Some(Ok(code)) => print(page(code).as_bytes()),
        Some(Err(message)) => Err(Failure::usage(message)),
        None => print(list().as_bytes()),
    }
}

fn page(code: Code) -> String {
    format!("{code} {} ({}): {}\n\n{}\n", code.name(), code.severity(), code.title(), code.page())
}

fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or_default();
    Code::ALL.iter().fold(String::new(), |mut text, code| {
        let _ = writeln!(text, "{code}  {:width$}  {:7}  {}", code.name(), code.severity().as_str(), code.title());
        text
    })
}

fn unknown(name: &str) -> String {
    match nearest(&name.to_ascii_lowercase()) {
        Some(similar) => format!("unknown code {name}; did you mean {similar}?"),
        None => format!("unknown code {name}; `vtl explain` lists all codes"),
    }
}

/// Returns the number or name that is most similar to `name`.
fn nearest(name: &str) -> Option<&'static str> {
    let known = Code::ALL.iter().flat_map(|code| [code.as_str(), code.name()]);
    let scored = known.map(|known| (strsim::jaro_winkler(&known.to_ascii_lowercase(), name), known));
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY).map(|(_, known)| known)
}
