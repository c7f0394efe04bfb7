//! Java's regular expressions (`java.util.regex`, Java 17).
//!
//! A pattern without metacharacters is searched as plain text; others are translated ([`translate`]) and
//! matched in linear time ([`linear`]), or by backtracking ([`backtrack`]) if they look around or refer to groups.
//! The loop over all matches, splitting and replacement text (`$1`) follow Java.
//!
//! Called by `builtins`; independent of receivers and overloads.

mod backtrack;
mod blocks;
mod bracket;
pub(crate) mod class;
mod compiled;
pub(crate) mod engine;
mod escape;
mod extent;
pub(crate) mod fold;
mod linear;
mod nesting;
mod repeat;
mod replacement;
mod search;
mod translate;

use crate::budget::Budget;
use crate::error::Error;

pub(crate) use compiled::Pattern;
pub(crate) use search::Pieces;

impl Pattern {
    /// Replaces the first or all matches; returns `None` if there is no match.
    pub(crate) fn replace(
        &self,
        text: &str,
        replacement: &str,
        all: bool,
        budget: &Budget<'_>,
    ) -> Result<Option<String>, Error> {
        replacement::replace(self, text, replacement, all, budget)
    }

    /// Splits a text as `Pattern.split` does.
    pub(crate) fn split(&self, text: &str, limit: i32, budget: &Budget<'_>) -> Result<Pieces, Error> {
        search::split(self, text, limit, budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::limits::Limits;
    use serde_json::Value as Json;

    /// Returns the name of a failure in the recordings.
    fn name(error: &Error) -> &'static str {
        match error.code() {
            Code::BadPattern => "!BadPattern",
            Code::JavaException if error.detail().starts_with("Index") => "!IndexOutOfBoundsException",
            Code::JavaException => "!IllegalArgumentException",
            _ => "!",
        }
    }

    /// Each row was recorded from Java 17: pattern, text, replacement; then the results of `matches`, `replaceAll`,
    /// `replaceFirst` and `split` with the limits 0, -1 and 2.
    #[test]
    fn patterns_do_what_java_does() {
        let Some(rows) = crate::corpus::read("patterns/java17.jsonl") else { return };
        for line in rows.lines() {
            let row: Vec<Json> = serde_json::from_str(line).unwrap();
            let given: Vec<&str> = row[..3].iter().filter_map(Json::as_str).collect();
            let [source, text, replacement] = given[..] else { panic!("{line}") };
            let pattern = Pattern::compile(source, 0);
            let run = |act: &dyn Fn(&Pattern) -> Result<Json, Error>| {
                pattern.as_ref().map_err(Clone::clone).and_then(act).unwrap_or_else(|e| name(&e).into())
            };
            let split = |limit| {
                run(&|p| {
                    Ok(match p.split(text, limit, &Budget::new(&Limits::service()))? {
                        Pieces::Ranges(ranges) => ranges.into_iter().map(|range| &text[range]).collect(),
                        Pieces::Texts(texts) => texts.into_iter().collect(),
                    })
                })
            };
            let replace = |all| {
                run(&|p| {
                    Ok(p.replace(text, replacement, all, &Budget::new(&Limits::service()))?
                        .unwrap_or(text.to_owned())
                        .into())
                })
            };
            let matches = run(&|p| Ok(p.matches_within(text, &Budget::new(&Limits::service()))?.to_string().into()));
            let got = [matches, replace(true), replace(false), split(0), split(-1), split(2)];
            assert_eq!(got, row[3..], "{source:?} on {text:?}");
        }
    }

    /// Returns the steps of compiling a pattern and of matching it with a short text.
    fn steps_of(source: &str, text: &str) -> u64 {
        let budget = Budget::unlimited();
        let pattern = Pattern::compile_within(source, 0, &budget).unwrap();
        pattern.matches_within(text, &budget).unwrap();
        budget.steps()
    }

    /// A template can compile another pattern in each turn of a loop. A step is some 20 ns; the classes take 20 µs
    /// each and more, the automata a nanosecond for a byte.
    #[test]
    fn compiling_is_charged_by_classes_and_automata() {
        for (source, text, least) in [
            ("\\p{L}{0,0}x", "x", 2_000),
            ("[\\p{L}&&\\p{Lu}]x", "x", 5_000),
            ("[\\p{L}\\p{N}\\p{P}\\p{S}]", "x", 8_000),
            ("(?:(?=\\p{L}))x", "x", 2_000),
            ("(?iu)[A-\u{1FFFF}]", "x", 10_000),
            ("(?U)\\w", "x", 2_000),
            ("\\p{L}", "é", 10_000),
            ("[a-z]{400}", "x", 15_000),
            ("a{500}", "x", 15_000),
        ] {
            assert!(steps_of(source, text) > least, "{source}: {} steps", steps_of(source, text));
        }
        assert!(steps_of("[0-9]{4}-[0-9]{2}", "2024-05") < 2_000);
        assert!(steps_of("\\s*,\\s*", "a") < 2_000);
        // Letters are found by their cases, and not by a walk through all.
        assert!(steps_of("(?iu)kelvin", "x") < 2_000);
    }

    /// A search that finds an empty match takes some 120 ns, that of a literal less.
    #[test]
    fn each_search_is_charged() {
        let text = "x".repeat(1_000);
        for (source, least) in [("", 6_000), ("x??", 6_000), ("(?=x)", 6_000), ("x", 1_000)] {
            let budget = Budget::unlimited();
            let pattern = Pattern::compile_within(source, 0, &budget).unwrap();
            let before = budget.steps();
            pattern.replace(&text, "y", true, &budget).unwrap();
            assert!(budget.steps() - before >= least, "{source}: {}", budget.steps() - before);
        }
    }

    /// Groups that have matched nothing write nothing, and take some 7 ns each.
    #[test]
    fn groups_in_replacements_are_charged() {
        let pattern = Pattern::compile("()a", 0).unwrap();
        let budget = Budget::unlimited();
        let replaced = pattern.replace(&"a".repeat(1_000), &"$1".repeat(1_000), true, &budget).unwrap();
        assert_eq!(replaced.as_deref(), Some(""));
        assert!(budget.steps() > 400_000 && budget.held() == 0, "{budget:?}");
        let budget = Budget::new(&Limits { memory: Some(1 << 20), ..Limits::none() });
        let error = pattern.replace("a", &"$1".repeat(100_000), true, &budget).unwrap_err();
        assert_eq!(error.code(), Code::MemoryLimit);
    }

    /// Each half of a pair is a text of its own, which takes 150 ns and more.
    #[test]
    fn halves_of_pairs_are_charged() {
        for source in ["", "x*"] {
            let budget = Budget::unlimited();
            let pattern = Pattern::compile(source, 0).unwrap();
            let Ok(Pieces::Texts(texts)) = pattern.split(&"😀".repeat(100), -1, &budget) else { panic!("{source}") };
            assert!(texts.len() == 201 && budget.steps() > 1_600, "{source}: {budget:?}");
        }
    }

    /// Engines that follow all ways at once copy the groups of each.
    #[test]
    fn a_thousand_groups_are_found() {
        let pattern = Pattern::compile(&"(a)?".repeat(1_000), 0).unwrap();
        let budget = Budget::unlimited();
        let replaced = pattern.replace(&"a".repeat(900), "<$1$900$901>", true, &budget).unwrap();
        assert_eq!(replaced.as_deref(), Some("<aa><>"));
        assert!(budget.steps() < 8_000_000, "{budget:?}");
    }

    /// A character beyond ASCII is looked for in the ranges of a set: some 10 ns, where others take 5.
    #[test]
    fn characters_beyond_ascii_cost_more() {
        let of = |text: &str| {
            let budget = Budget::unlimited();
            let pattern = Pattern::compile("(?U)\\w+(?=x)", 0).unwrap();
            pattern.matches_within("é", &budget).unwrap();
            let before = budget.steps();
            assert_eq!(pattern.replace(text, "", true, &budget).unwrap(), None);
            budget.steps() - before
        };
        let (latin, other) = (of(&format!("é{}", "ab".repeat(1_000))), of(&"日本".repeat(1_000)));
        assert!(other > latin + latin / 20, "{latin} and {other} steps");
    }

    #[test]
    fn a_pattern_of_too_many_classes_ends() {
        let many = "\\p{L}".repeat(100_000);
        let budget = Budget::new(&Limits::service());
        let error = Pattern::compile_within(&many, 0, &budget).err().map(|error| error.code());
        assert_eq!(error, Some(Code::StepLimit));
        let ranges = "[a-\u{1FFFF}]".repeat(100);
        assert!(steps_of(&format!("(?iu){ranges}"), "x") > 40_000);
    }

    #[test]
    fn long_texts_take_linear_time() {
        let text = "lorem, ipsum; ".repeat(40_000);
        for source in ["lorem", "[aeiou]", "\\b", "x*", "(?<=o)r"] {
            let pattern = Pattern::compile(source, 0).unwrap();
            assert!(pattern.replace(&text, "-", true, &Budget::new(&Limits::service())).unwrap().is_some(), "{source}");
        }
    }

    #[test]
    fn backtracking_ends() {
        let pattern = Pattern::compile("(?=(a+)+$)b", 0).unwrap();
        let text = format!("{}é", "a".repeat(40));
        let budget = Budget::new(&Limits::service());
        let replaced = pattern.replace(&text, "", true, &budget).map(|_| ());
        let codes = [replaced, pattern.matches_within(&text, &budget).map(|_| ())];
        assert!(codes.iter().all(|c| c.as_ref().err().is_none_or(|e| e.code() == Code::PatternLimit)), "{codes:?}");
    }
}
