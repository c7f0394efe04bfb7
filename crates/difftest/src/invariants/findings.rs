//! The rules of `check` on any template.

use std::cmp::Reverse;
use vtl::Template;
use vtl_check::{TemplateOptions, check_template};

/// Checks that `check` finds twice the same in a template, that fixes replace parts of it, and that a template that
/// parses still does after each fix.
pub fn findings(source: &str) -> Option<String> {
    let parses = |text: &str| Template::parse(text).is_ok();
    [false, true].into_iter().find_map(|is_response| {
        let mut options = TemplateOptions::default();
        options.is_response = is_response;
        let check = || check_template("template.vtl", source, &options);
        let (first, second) = (check(), check());
        if format!("{first:?}") != format!("{second:?}") {
            return Some(format!("{first:?}, then {second:?}"));
        }
        first.iter().filter_map(|found| found.fix.as_ref()).find_map(|fix| {
            let mut edits: Vec<_> = fix.edits.iter().collect();
            edits.sort_by_key(|edit| Reverse(edit.range.start));
            let mut fixed = source.to_owned();
            for edit in edits {
                if fixed.get(edit.range.clone()).is_none() {
                    return Some(format!("{edit:?} is outside of the template"));
                }
                fixed.replace_range(edit.range.clone(), &edit.text);
            }
            (parses(source) && !parses(&fixed)).then(|| format!("does not parse after {fix:?}"))
        })
    })
}
