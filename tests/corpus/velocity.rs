//! `corpus/velocity` and `corpus/velocity-own`: the language, in both dialects, recorded from Velocity 1.7.

use crate::{cases_with_text, failure, score, score::Score, topics};
use serde_json::Value;
use vtl::{Code, Globals, ParseOptions, Probe, RenderOptions, Rendered, Span, State, Template};

pub struct Suite {
    name: &'static str,
    key: &'static str,
    options: fn() -> ParseOptions,
}

pub const SERVICE: Suite = Suite { name: "velocity service", key: "service", options: ParseOptions::service };
pub const VELOCITY: Suite = Suite { name: "velocity 1.7", key: "v17", options: ParseOptions::velocity_1_7 };

pub fn run(suite: Suite) -> Score {
    let mut score = score(suite.name);
    let all = ["velocity", "velocity-own"].map(|folder| topics(folder).into_iter().map(move |topic| (folder, topic)));
    for (folder, topic) in all.into_iter().flatten() {
        for case in cases_with_text(&format!("{folder}/{topic}.jsonl"), "context") {
            // Where Velocity's secure introspector answers otherwise, that is what a safe engine gives.
            let secure = case.get("v17_secure").filter(|_| suite.key == "v17");
            let Some(expected) = secure.or_else(|| case.get(suite.key)) else { continue };
            let problem = compare(&suite, &case, expected);
            score.count(&topic, case["id"].as_str().unwrap_or_default(), problem);
        }
    }
    score
}

type Change = fn(ParseOptions) -> ParseOptions;
type Render = fn(&Template, &Globals<'_>) -> Result<Rendered, vtl::Error>;

/// With superinstructions and without, and watched by a probe: all must agree.
const WAYS: [(Change, Render); 3] = [
    (|options| options, |template, globals| template.render(globals)),
    (ParseOptions::unfused, |template, globals| template.render(globals)),
    (|options| options, |template, globals| template.render_with(globals, RenderOptions::new().probe(&mut Watch))),
];

struct Watch;
impl Probe for Watch {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        assert!(at.end() <= state.source().len());
    }
}

fn compare(suite: &Suite, case: &Value, expected: &Value) -> Option<String> {
    let text = case["template"].as_str().expect("a case has a template");
    let variables = case["context"].as_str().expect("a case has variables");
    let globals = Globals::default().variables_json(variables).expect("variables are a JSON object");
    for (change, render) in WAYS {
        let parsed = Template::parse_with(text, &change((suite.options)()));
        let parsed_well = parsed.is_ok();
        let outcome = parsed.and_then(|template| render(&template, &globals));
        let problem = match (expected.get("output").and_then(Value::as_str), outcome) {
            (Some(output), Ok(rendered)) if rendered.text == output => None,
            (Some(output), Ok(rendered)) => Some(format!("gives {:?}, wanted {output:?}", rendered.text)),
            (Some(output), Err(error)) => Some(format!("fails with {error}, wanted {output:?}")),
            (None, Ok(rendered)) => Some(format!("gives {:?}, wanted {expected}", rendered.text)),
            // The text of an `#evaluate` is parsed when it is run.
            (None, Err(error)) if expected["error"] == "parse" && parsed_well && error.code() != Code::Evaluate => {
                Some("fails only when rendered".to_owned())
            }
            (None, Err(error)) => {
                let message = expected["message"].as_str().unwrap_or_default();
                let expected = expected["error"].as_str().unwrap_or_default();
                failure::differs(expected, message, error.code()).map(|why| format!("fails with {error}: {why}"))
            }
        };
        if let Some(problem) = problem {
            return Some(format!("{problem} in {text:?}"));
        }
    }
    None
}
