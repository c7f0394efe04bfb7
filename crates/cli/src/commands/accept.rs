//! `vtl accept` and `vtl reject`: decide on all results that wait for a review.

use crate::args::test::ReviewArgs;
use crate::failure::Failure;
use crate::report::json;
use crate::report::stdout::print_styled;
use vtl::Code;
use vtl::diagnostic::printable;
use vtl_testing::Pending;

/// A decision on a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Reject,
}

/// Accepts or rejects all results below the paths.
pub fn run(args: &ReviewArgs, decision: Decision) -> Result<(), Failure> {
    let pending = find(args)?;
    if args.as_json {
        return json::print_line(&pending);
    }
    let mut text = String::new();
    for pending in &pending {
        decide(pending, decision)?;
        let word = if decision == Decision::Accept { "accepted" } else { "rejected" };
        text += &format!("{word} {}\n", printable(&pending.snapshot.to_string_lossy()));
    }
    if pending.is_empty() {
        text.push_str("no result waits for a review\n");
    }
    print_styled(&text)
}

/// Finds the results that wait.
pub fn find(args: &ReviewArgs) -> Result<Vec<Pending>, Failure> {
    Pending::find(&args.paths).map_err(|error| Failure::input(Code::UnreadableInput, error.to_string()))
}

/// Accepts or rejects a result.
pub fn decide(pending: &Pending, decision: Decision) -> Result<(), Failure> {
    let done = match decision {
        Decision::Accept => pending.accept(),
        Decision::Reject => pending.reject(),
    };
    let file = pending.snapshot.display();
    done.map_err(|error| Failure::input(Code::UnwritableOutput, format!("cannot write {file}: {error}")))
}
