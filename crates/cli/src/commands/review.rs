//! `vtl review`: steps through the results that wait for a decision.

use crate::args::test::ReviewArgs;
use crate::commands::accept::{Decision, decide, each, find, print_json};
use crate::failure::Failure;
use crate::report::stdout::print_styled;
use crate::report::tests;
use console::{Key, Term};
use vtl::diagnostic::printable;

/// Reviews the results that wait, one by one, on a terminal.
pub fn run(args: &ReviewArgs) -> Result<(), Failure> {
    let pending = find(args)?;
    if args.as_json {
        return print_json(args);
    }
    if pending.is_empty() {
        return print_styled("no result waits for a review\n");
    }
    let term = Term::stdout();
    if !term.is_term() {
        let names: String = pending.iter().map(|it| format!("  {}\n", it.snapshot.display())).collect();
        return Err(Failure::usage(format!(
            "a review needs a terminal; `vtl accept` and `vtl reject` decide without one, on all or on the \
             snapshots they are given, and `--as-json` prints them:\n{}",
            names.trim_end()
        )));
    }
    let lost = |error: std::io::Error| Failure::usage(format!("the terminal is lost: {error}"));
    let (mut accepted, mut rejected, mut skipped) = (0, 0, 0);
    let mut for_all = None;
    for (at, it) in each(args)?.enumerate() {
        let it = it?;
        let key = match for_all {
            Some(key) => key,
            None => {
                let diff = it.diff();
                let head = format!(
                    "Reviewing [{}/{}] {}\n{} of {}\n",
                    at + 1,
                    pending.len(),
                    printable(&it.snapshot.to_string_lossy()),
                    printable(&it.test),
                    printable(&it.source)
                );
                term.clear_screen().map_err(lost)?;
                print_styled(&format!("{head}\n{}\n", tests::coloured(&diff)))?;
                print_styled("a accept, r reject, s skip; A, R, S for all that remain; q quit\n")?;
                loop {
                    match term.read_key().map_err(lost)? {
                        Key::Enter => break 'a',
                        Key::Escape => break 'r',
                        Key::CtrlC => break 'q',
                        Key::Char(' ') => break 's',
                        Key::Char(key @ ('a' | 'r' | 's' | 'A' | 'R' | 'S' | 'q')) => break key,
                        _ => {}
                    }
                }
            }
        };
        match key {
            'a' | 'A' => {
                decide(&it, Decision::Accept)?;
                accepted += 1;
            }
            'r' | 'R' => {
                decide(&it, Decision::Reject)?;
                rejected += 1;
            }
            'q' => break,
            _ => skipped += 1,
        }
        for_all = Some(key).filter(|key| key.is_ascii_uppercase());
    }
    let left = pending.len() - accepted - rejected - skipped;
    print_styled(&format!("{accepted} accepted, {rejected} rejected, {} left\n", skipped + left))
}
