//! `vtl accept` and `vtl reject`: decide on all results that wait for a review.

use crate::args::test::ReviewArgs;
use crate::failure::Failure;
use crate::report::json;
use crate::report::stdout::{print, print_styled};
use vtl::Code;
use vtl::diagnostic::printable;
use vtl_testing::Pending;

/// A decision on a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Reject,
}

/// Accepts or rejects all results below the paths, if all of them can be read.
pub fn run(args: &ReviewArgs, decision: Decision) -> Result<(), Failure> {
    let pending = find(args)?;
    if args.as_json {
        return print_json(args);
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

/// Finds the results that wait, without their texts, which may be too many to hold together.
pub fn find(args: &ReviewArgs) -> Result<Vec<Pending>, Failure> {
    each(args)?.map(|pending| pending.map(Pending::without_texts)).collect()
}

/// Reads the results that wait, one after another.
pub fn each(args: &ReviewArgs) -> Result<impl Iterator<Item = Result<Pending, Failure>> + use<>, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(Code::UnreadableInput, error.to_string());
    let pending = Pending::each(&args.paths).map_err(unreadable)?;
    Ok(pending.map(move |pending| pending.map_err(unreadable)))
}

/// Prints the results that wait as a list, one after another.
pub fn print_json(args: &ReviewArgs) -> Result<(), Failure> {
    let mut before = "[";
    for pending in each(args)? {
        print(before.as_bytes())?;
        json::print_item(&pending?)?;
        before = ",";
    }
    print(if before == "[" { "[]\n" } else { "]\n" }.as_bytes())
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
