//! A regular expression that backtracks, with every step on the budget.
//!
//! Look-arounds, references to groups and atomic groups are beyond automata. A budget is charged for each instruction
//! and each character, and asked while a search runs, so that it ends wherever the caller wants it to.

mod compile;
mod machine;
mod program;
mod set;

use crate::budget::Budget;
use crate::error::Error;
pub(super) use compile::reach_text;
use machine::Machine;
use program::{Program, Start};
use std::ops::Range;

/// A compiled regular expression.
#[derive(Debug)]
pub(super) struct Backtracking(Program);

impl Backtracking {
    /// Compiles a regular expression; `None` for one that cannot be expressed. The caller has checked its depth and
    /// its size.
    pub(super) fn compile(regex: &str) -> Option<Backtracking> {
        compile::compile(regex).map(Backtracking)
    }

    /// Finds the first match from a byte on. Returns the ranges of the match and of as many groups as requested.
    ///
    /// # Errors
    /// [`PatternLimit`](crate::diagnostic::Code::PatternLimit) for too much backtracking from one position, and running
    /// out of the budget.
    pub(super) fn find(
        &self,
        text: &str,
        from: usize,
        groups: usize,
        budget: &Budget<'_>,
    ) -> Result<Option<Vec<Option<Range<usize>>>>, Error> {
        if matches!(self.0.start, Start::Text) && from > 0 {
            return Ok(None);
        }
        if let Some(required) = &self.0.required {
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            let found = required.find(rest);
            budget.charge(found.unwrap_or(rest.len()) / BYTES_PER_STEP)?;
            if found.is_none() {
                return Ok(None);
            }
        }
        let mut machine = Machine::new(&self.0, text, from, groups > 0, budget)?;
        let mut start = from;
        loop {
            if let Start::Byte(bytes) = &self.0.start {
                let rest = text.as_bytes().get(start..).unwrap_or_default();
                let skipped = rest.iter().position(|&byte| bytes[usize::from(byte)]);
                budget.charge(skipped.unwrap_or(rest.len()) / BYTES_PER_STEP)?;
                let Some(skipped) = skipped else { return Ok(None) };
                start += skipped;
            }
            if let Some(end) = machine.matches_at(start)? {
                let group = |group| if group == 0 { Some(start..end) } else { machine.group(group) };
                return Ok(Some((0..=groups).map(group).collect()));
            }
            match text.get(start..).and_then(|rest| rest.chars().next()) {
                Some(c) if !matches!(self.0.start, Start::Text | Start::Search) => start += c.len_utf8(),
                _ => return Ok(None),
            }
        }
    }
}

/// Checks whether a regular expression can be read. The caller has checked its depth.
pub(super) fn is_valid(regex: &str) -> bool {
    compile::is_valid(regex)
}

/// Bytes that one step skips: no match starts with them, or they are searched for a text.
const BYTES_PER_STEP: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::limits::Limits;
    use std::cell::Cell;

    fn steps(regex: &str, text: &str) -> u64 {
        let budget = Budget::unlimited();
        let found = Backtracking::compile(regex).unwrap().find(text, 0, 0, &budget);
        assert!(matches!(found, Ok(None)), "{regex}: {found:?}");
        assert_eq!(budget.held(), 0);
        budget.steps()
    }

    #[test]
    fn a_search_can_be_cancelled_wherever_it_is() {
        let text = "ab".repeat(50_000);
        for regex in [
            "(?=[ab]*x)c?",
            "(?<=x[ab]*)[bc]",
            r"(?:(a|b)\1?)+[xy]",
            "(?>(?:a|b)*)(?=x)",
            "(?:(?=(?:a|b)+x)|[ab])*[xy]",
        ] {
            let regex = Backtracking::compile(regex).unwrap();
            for polls in [1_i64, 5, 40] {
                let left = Cell::new(polls);
                let cancel = || {
                    left.set(left.get() - 1);
                    left.get() <= 0
                };
                let budget = Budget::new(&Limits::none()).cancel_when(&cancel);
                let error = regex.find(&text, 0, 0, &budget).unwrap_err();
                assert_eq!(error.code(), Code::Cancelled, "{regex:?}");
                // A poll every thousand steps, and what is charged at once: the memory of failures.
                assert!(budget.steps() < 10_000 + 2_000 * polls.unsigned_abs(), "{} steps", budget.steps());
            }
        }
    }

    /// Without the failures that are remembered, these take 2^n steps.
    #[test]
    fn what_failed_is_not_tried_again() {
        for regex in ["(?!x)(?:a|ab|b|ba)*[cd]", "(?=(?:a|b|ab)*c)a", "(?>(?:a+|b+)+)[cd]", "(?!x)(?:[ab]+)+[cd]"] {
            let of = |n| steps(regex, &format!("{}x", "ab".repeat(n))) as f64;
            let (once, twice) = (of(200), of(400));
            assert!(twice / once < 4.5, "{regex}: {once} and {twice} steps");
        }
    }

    #[test]
    fn an_ordinary_search_is_cheap() {
        let text = "The quick brown fox jumps over the lazy dog. ".repeat(100);
        for (regex, most) in
            [("(?<= )zebr[ao]", 600), ("fox(?! jumps)", 2_500), ("(?=(?s:.)*zebr[ao])[a-z]+ ", 8_000_000)]
        {
            let steps = steps(regex, &text);
            assert!(steps < most, "{regex}: {steps} steps");
        }
    }

    #[test]
    fn backtracking_from_one_position_has_a_limit() {
        let regex = Backtracking::compile(r"(a|a)*\1[bc]").unwrap();
        let found = regex.find(&"a".repeat(60), 0, 0, &Budget::unlimited());
        assert_eq!(found.unwrap_err().code(), Code::PatternLimit);
    }

    /// With a copy for the turn that has to be, each level would double the instructions.
    #[test]
    fn nested_repetitions_are_not_copied() {
        for (turns, levels) in [(")+", 18), ("){1,}", 18), (")+?", 18)] {
            let regex = format!("{}(?=a)a{}b", "(?:".repeat(levels), turns.repeat(levels));
            let ops = Backtracking::compile(&regex).unwrap().0.ops.len();
            assert!(ops < 10 * levels, "{turns}: {ops} instructions");
            assert!(Backtracking::compile(&regex).unwrap().find("aab", 0, 0, &Budget::unlimited()).unwrap().is_some());
        }
        let regex = format!("{}(?=a)a{}b", "(?:".repeat(10), "){2,}".repeat(10));
        let ops = Backtracking::compile(&regex).unwrap().0.ops.len();
        assert!(ops < 10 << 10, "{ops} instructions");
    }

    #[test]
    fn a_look_behind_can_be_limited() {
        let of = |least, most| {
            let regex = format!("(?<={}(?:b*))c", reach_text(least, most));
            let find = |text| Backtracking::compile(&regex).unwrap().find(text, 0, 0, &Budget::unlimited()).unwrap();
            ["c", "bc", "bbc", "bbbc"].map(|text| find(text).is_some())
        };
        assert_eq!(of(0, 0), [true; 4]);
        assert_eq!([of(1, 1), of(2, 4), of(4, 9)], [[false, true, true, true], [false, false, true, true], [false; 4]]);
        let starts = |text: &str| {
            let regex = format!("(?<={}(?:ab*))c", reach_text(0, 2));
            Backtracking::compile(&regex).unwrap().find(text, 0, 0, &Budget::unlimited()).unwrap().is_some()
        };
        assert!(starts("ac") && starts("abc") && !starts("abbc"));
    }

    /// Comparing one of 10,000 characters takes 150 ns.
    #[test]
    fn long_texts_are_charged() {
        let steps = steps(&format!("{}(?=b)", "a".repeat(10_000)), &"a".repeat(20_000));
        assert!(steps > 200_000, "{steps} steps");
    }

    #[test]
    fn memory_of_a_search_is_held() {
        let limits = Limits { memory: Some(1 << 20), ..Limits::none() };
        let regex = Backtracking::compile("(?!x)(?:a|b)*[cd]").unwrap();
        let found = regex.find(&"a".repeat(200_000), 0, 0, &Budget::new(&limits));
        assert_eq!(found.unwrap_err().code(), Code::MemoryLimit);
    }
}
