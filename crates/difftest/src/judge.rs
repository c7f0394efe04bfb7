//! Renders a case with `vtl` and compares the result with the oracle's answer.

use crate::case::{Answer, Case, PAYLOAD};
use crate::failure;
use crate::generate::payload;
use std::panic::{AssertUnwindSafe, catch_unwind};
use vtl::{Code, Globals, Limits, ParseOptions, Template};

/// The kinds of disagreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `vtl` panics.
    Panic,
    /// The outputs differ.
    OutputDiffers,
    /// The oracle prints, `vtl` fails.
    OursFails,
    /// The oracle fails, `vtl` prints.
    OursPrints,
    /// The oracle refuses to parse the template, `vtl` fails only when rendering it.
    FailsLate,
    /// Both fail, for other causes.
    FailsOtherwise,
    /// `vtl` refuses a feature that it does not have.
    Unsupported,
}

/// A disagreement on one case.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// Kind of the difference.
    pub kind: Kind,
    /// The output or error of `vtl`.
    pub ours: String,
    /// The output or error of the oracle.
    pub theirs: String,
}

/// Returns the options to compile a case of a dialect.
pub fn settings(dialect: &str) -> ParseOptions {
    match dialect {
        "service" => ParseOptions::service().limits(limits(dialect)),
        _ => ParseOptions::velocity_1_7(),
    }
}

/// Returns the limits of a dialect; the oracle has no quota of loop turns.
pub fn limits(dialect: &str) -> Limits {
    match dialect {
        "service" => Limits::service().with_foreach(None),
        _ => Limits::velocity_1_7(),
    }
}

/// Renders a case: whether the template parsed, and the output or error; `None` when it panics.
fn render(case: &Case) -> Option<(bool, Result<String, vtl::Error>)> {
    catch_unwind(AssertUnwindSafe(|| {
        if case.dialect == PAYLOAD {
            let rendered = Template::parse(payload::TEMPLATE).and_then(|t| t.render(&Globals::body(&case.template)));
            return (true, rendered.map(|rendered| rendered.text));
        }
        let globals = match Globals::default().variables_json(&case.context) {
            Ok(globals) => globals,
            Err(error) => return (false, Err(error)),
        };
        match Template::parse_with(&case.template, &settings(&case.dialect)) {
            Ok(template) => (true, template.render(&globals).map(|rendered| rendered.text)),
            Err(error) => (false, Err(error)),
        }
    }))
    .ok()
}

/// Compares `vtl` with the oracle's answer; `None` when they agree or the answer cannot be compared.
pub fn compare(case: &Case, answer: &Answer) -> Option<Disagreement> {
    let Some((parsed, ours)) = render(case) else {
        return Some(Disagreement { kind: Kind::Panic, ours: String::new(), theirs: format!("{answer:?}") });
    };
    let (kind, theirs) = match (&ours, answer) {
        (Ok(ours), Answer::Output(theirs)) if ours == theirs || has_identity(theirs) => return None,
        (Ok(_), Answer::Output(theirs)) => (Kind::OutputDiffers, theirs),
        (_, Answer::Error(class, _)) if class == "timeout" => return None,
        (Ok(_), Answer::Error(_, message)) => (Kind::OursPrints, message),
        (Err(error), theirs) if error.code() == Code::Unsupported => match theirs {
            Answer::Output(theirs) => (Kind::Unsupported, theirs),
            Answer::Error(_, _) => return None,
        },
        (Err(_), Answer::Output(theirs)) => (Kind::OursFails, theirs),
        (Err(error), Answer::Error(class, message)) => {
            let code = error.code();
            if case.dialect == PAYLOAD && code == Code::BadPayload {
                return None;
            }
            if class == "parse" && parsed && case.dialect != PAYLOAD && code != Code::Evaluate {
                (Kind::FailsLate, message)
            } else if case.dialect == PAYLOAD || failure::differs(class, message, code).is_some() {
                (Kind::FailsOtherwise, message)
            } else {
                return None;
            }
        }
    };
    let ours = match ours {
        Ok(output) => output,
        Err(error) => error.to_string(),
    };
    Some(Disagreement { kind, ours, theirs: theirs.clone() })
}

/// Checks for an identity hash (`java.util.ArrayList$Itr@1b2c3d`), which differs in every run.
fn has_identity(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let hex = text[at + 1..].bytes().take_while(u8::is_ascii_hexdigit).count();
        hex >= 5 && text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == ';')
    })
}
