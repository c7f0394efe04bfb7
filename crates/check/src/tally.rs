//! Findings by the thousand: at most [`MOST_OF_A_RULE`] of a rule are listed, the others are counted.

use crate::finding::{Finding, Found, Place};
use crate::suppression::Suppressions;
use std::collections::{BTreeMap, HashMap, HashSet};
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl::{Budget, Code, Limits};
use vtl_loaders::Document;

/// Most findings of one rule that the check lists in a file. Behind them one more, of the same code, says how
/// many there are: "and 195000 more findings of `unknown-variable`".
pub const MOST_OF_A_RULE: usize = 5_000;

/// Steps of a finding that a rule makes, of finding its place, and of one that is listed.
const MADE: usize = 20;
const PLACED: usize = 60;
const LISTED: usize = 400;

/// Bytes of a pointer that are looked up in a step.
const POINTER_BYTES: usize = 16;

/// Steps of comparing a name with another.
const COMPARED: usize = 8;

/// Findings of the rules for one template or integration.
pub(crate) struct Findings<'b> {
    budget: &'b Budget<'static>,
    /// Findings to list, in the order of the rules.
    pub listed: Vec<Finding>,
    /// Those behind the first [`MOST_OF_A_RULE`] of their rule.
    pub more: Vec<(Code, Severity, Place)>,
    counts: HashMap<Code, usize>,
    /// Offsets of a template that have a finding of a code.
    seen: HashSet<(usize, Code)>,
}

impl<'b> Findings<'b> {
    /// Creates an empty list.
    pub fn new(budget: &'b Budget<'static>) -> Findings<'b> {
        Findings { budget, listed: Vec::new(), more: Vec::new(), counts: HashMap::new(), seen: HashSet::new() }
    }

    /// Adds a finding, while the budget lasts; of a place of a template the first of its code.
    pub fn push(&mut self, finding: Finding) {
        let is_known =
            matches!(&finding.place, Place::Template(span) if !self.seen.insert((span.range().start, finding.code)));
        if self.budget.charge(MADE).is_err() || is_known {
            return;
        }
        let count = self.counts.entry(finding.code).or_default();
        *count += 1;
        if *count > MOST_OF_A_RULE {
            self.more.push((finding.code, finding.severity, finding.place));
        } else {
            self.listed.push(finding);
        }
    }
}

/// Findings of a rule that are not listed.
struct More {
    severity: Severity,
    count: usize,
    first: Option<Location>,
}

/// Steps of listing the findings of a check: what the rules found before they spent their own is listed.
const ALL_LISTED: u64 = 12_000_000;

/// Counts of the findings of a check, by rule and file.
pub(crate) struct Tally<'d> {
    /// The budget of listing.
    pub budget: Budget<'static>,
    /// The budget of ignored findings, which are kept until those that tell the same are dropped.
    ignored: Budget<'static>,
    /// The document, and the budget of reading its suppressions.
    document: Option<(&'d Document, &'d Budget<'static>)>,
    /// Suppressions of the files of the document that have a finding.
    suppressions: HashMap<String, Suppressions>,
    listed: HashMap<(Code, Option<String>), usize>,
    more: BTreeMap<(Code, Option<String>), More>,
    /// Places that have a finding of a code: a text that several routes share is judged once per use.
    told: HashSet<(Location, Code)>,
}

impl<'d> Tally<'d> {
    /// Creates counts of zero for a template.
    pub fn new() -> Tally<'d> {
        let budget = || Budget::new(&Limits::none().with_steps(Some(ALL_LISTED)));
        Tally {
            budget: budget(),
            ignored: budget(),
            document: None,
            suppressions: HashMap::new(),
            listed: HashMap::new(),
            more: BTreeMap::new(),
            told: HashSet::new(),
        }
    }

    /// Creates counts of zero for a document; its suppressions are read while the budget lasts.
    pub fn of(document: &'d Document, budget: &'d Budget<'static>) -> Tally<'d> {
        Tally { document: Some((document, budget)), ..Tally::new() }
    }

    /// Returns the suppressions around a place, which are read at the first finding of its file.
    fn around(&mut self, location: Option<&Location>) -> Option<&mut Suppressions> {
        let file = location?.file.as_deref()?;
        let (document, budget) = self.document?;
        if !self.suppressions.contains_key(file) {
            let read = document.source(file).map(|source| Suppressions::in_document(source, budget));
            self.suppressions.insert(file.to_owned(), read.unwrap_or_default());
        }
        self.suppressions.get_mut(file)
    }

    /// Takes the suppressions of a file, with those noted that findings without a place in the list have used.
    pub fn take_suppressions(&mut self, file: &str) -> Suppressions {
        let location = Location::new(1, 1).in_file(file);
        self.around(Some(&location)).map(std::mem::take).unwrap_or_default()
    }

    /// Charges finding the place of a finding in a string of a document, which a pointer names; it is empty for a
    /// file of its own. Returns false when the budget is spent.
    pub fn may_place(&self, pointer: &str) -> bool {
        self.budget.charge(PLACED + pointer.len() / POINTER_BYTES).is_ok()
    }

    /// Charges comparing a name with others. Returns false when the budget is spent.
    pub fn may_compare(&self, names: usize) -> bool {
        self.budget.charge(names.saturating_mul(COMPARED)).is_ok()
    }

    /// Checks whether a place has no finding of a code yet, and notes that it has one.
    pub fn is_first(&mut self, code: Code, location: Option<&Location>) -> bool {
        self.told.insert((location.cloned().unwrap_or_default(), code))
    }

    /// Counts a finding. Returns false if it is not to be listed: its rule has enough, or the budget is spent.
    /// An ignored one is listed at a budget of its own, so that it takes the place of no other.
    pub fn lists(&mut self, code: Code, severity: Severity, location: Option<&Location>) -> bool {
        if let (Some(at), Some(suppressions)) = (location, self.around(location))
            && suppressions.covers(code, at.line)
        {
            let is_listed = self.ignored.charge(LISTED).is_ok();
            if !is_listed && let Some(suppressions) = self.around(location) {
                suppressions.take(code, at.line);
            }
            return is_listed;
        }
        let listed = self.listed.entry((code, file_of(location))).or_default();
        if *listed >= MOST_OF_A_RULE {
            self.count(code, severity, location);
            return false;
        }
        *listed += 1;
        self.budget.charge(LISTED).is_ok()
    }

    /// Counts a finding that is not listed, unless it is ignored.
    pub fn count(&mut self, code: Code, severity: Severity, location: Option<&Location>) {
        if let (Some(at), Some(suppressions)) = (location, self.around(location))
            && suppressions.take(code, at.line)
        {
            return;
        }
        let key = (code, file_of(location));
        let more = self.more.entry(key).or_insert_with(|| More { severity, count: 0, first: location.cloned() });
        more.count += 1;
        more.severity = more.severity.max(severity);
    }

    /// Says for each rule and file how many findings are not listed, at the place of the first.
    pub fn rest(&mut self) -> impl Iterator<Item = Found> {
        std::mem::take(&mut self.more).into_iter().map(|((code, _), more)| {
            let (message, help) = match more.count {
                1 => (format!("and 1 more finding of `{}`", code.name()), "mend some of them to see it"),
                count => {
                    (format!("and {count} more findings of `{}`", code.name()), "mend some of them to see the others")
                }
            };
            let mut diagnostic = Diagnostic::new(code, message).with_severity(more.severity).with_help(help);
            diagnostic.location = more.first;
            Found::new(diagnostic)
        })
    }
}

fn file_of(location: Option<&Location>) -> Option<String> {
    location.and_then(|location| location.file.clone())
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_pointer_is_charged_by_its_length() {
        let places = |pointer: &str| {
            let tally = Tally::new();
            (0..300_000).take_while(|_| tally.may_place(pointer)).count()
        };
        assert_eq!(places("/requestTemplates"), 12_000_000 / 61);
        assert_eq!(places(&"x".repeat(64_000)), 12_000_000 / 4_060);
    }
}
