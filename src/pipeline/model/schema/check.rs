//! The walk over a body: the library's keywords, in its order, with its message texts.
//!
//! A value is checked against all keywords of a schema first; its items and members are looked at only
//! while nothing was found wrong so far (the library's `deepCheck` is off).

use super::compile::{Compiled, Entry, Id, Items, Listed, Rule, Rules};
use super::ecma::Regex;
use super::format::Fault;
use super::node::{Members, Node};
use super::number::Number;
use crate::budget::Budget;
use crate::diagnostic::{Code, cut};
use crate::error::Error;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// The reason why a check ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// A schema was met twice at one place of the body: the library throws.
    Loop,
    /// The budget is used up.
    Limit(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Limit(error)
    }
}

/// A remainder takes as long as so many comparisons: a power of ten is taken of as many squares.
const STEPS_OF_REMAINDER: usize = 4;
/// Deeper schemas and values are refused.
const DEEPEST: usize = 256;
/// Bytes of an item that is kept to be compared with others, with its place, besides its text.
const KEPT_ITEM: usize = 64;
/// No more messages are kept once they are this long together.
const MOST_TEXT: usize = 1 << 20;
/// A message is cut behind this many bytes.
const LONGEST: usize = 16 << 10;
/// Texts of which a pattern's outcome is remembered, and the bytes of the longest.
const REMEMBERED: (usize, usize) = (4_096, 256);

/// Returns the messages about a body, in the order in which the library reports them.
pub(super) fn validate(compiled: &Compiled, body: &Node<'_>, budget: &Budget<'_>) -> Result<Vec<String>, Stop> {
    let mut checker =
        Checker { compiled, here: Vec::new(), depth: 0, budget, known: HashMap::new(), twins: HashMap::new() };
    let mut report = Report { failed: false, messages: Some(Vec::new()), length: 0 };
    checker.check(0, body, &mut report)?;
    Ok(report.messages.unwrap_or_default())
}

struct Report {
    failed: bool,
    /// None where only the outcome counts.
    messages: Option<Vec<String>>,
    length: usize,
}

impl Report {
    fn outcome() -> Report {
        Report { failed: false, messages: None, length: 0 }
    }

    fn error(&mut self, message: std::fmt::Arguments<'_>) {
        self.failed = true;
        if let Some(messages) = self.messages.as_mut().filter(|_| self.length < MOST_TEXT) {
            let text = cut(message, LONGEST);
            self.length += text.len();
            messages.push(text);
        }
    }
}

struct Checker<'a> {
    compiled: &'a Compiled,
    /// The schemas that are being applied to the value at hand.
    here: Vec<Id>,
    depth: usize,
    budget: &'a Budget<'a>,
    /// Outcomes of patterns, by the address of the pattern and a short text.
    known: HashMap<(usize, String), Option<bool>>,
    /// The arrays that were searched for equal items, by address: whether they have some.
    twins: HashMap<usize, bool>,
}

impl<'a> Checker<'a> {
    /// Charges the steps of looking at `bytes` bytes.
    fn spend(&self, bytes: usize) -> Result<(), Stop> {
        Ok(self.budget.charge(1 + bytes / 16)?)
    }

    fn check(&mut self, id: Id, value: &Node<'_>, report: &mut Report) -> Result<(), Stop> {
        // A schema costs more than a keyword.
        self.budget.charge(8)?;
        if self.depth > DEEPEST {
            let why = "the model or the body nests too deeply to be checked";
            return Err(Stop::Limit(Error::new(Code::DepthLimit, why).with_help("nest it less deeply")));
        }
        self.budget.descend()?;
        if self.here.contains(&id) {
            return Err(Stop::Loop);
        }
        let target = match self.compiled.schemas.get(id) {
            Some(Entry::Reference(target)) => *target,
            _ => id,
        };
        let rules = match self.compiled.schemas.get(target) {
            Some(Entry::Rules(rules)) => rules,
            Some(Entry::Circle) => return Err(Stop::Loop),
            _ => return Ok(()),
        };
        self.here.push(id);
        self.depth += 1;
        self.check_rules(rules, value, report)?;
        if !report.failed {
            let here = std::mem::take(&mut self.here);
            match value {
                Node::List(items) => self.check_items(rules, items, report)?,
                Node::Map(members) => self.check_members(rules, members, report)?,
                _ => {}
            }
            self.here = here;
        }
        self.depth -= 1;
        self.here.pop();
        Ok(())
    }

    fn check_rules(&mut self, rules: &'a Rules, value: &Node<'_>, report: &mut Report) -> Result<(), Stop> {
        for rule in &rules.rules {
            self.spend(0)?;
            match (rule, value) {
                (Rule::Type { kinds, text }, _) if !kinds.contains(&value.kind()) => report.error(format_args!(
                    "instance type ({}) does not match any allowed primitive type (allowed: {text})",
                    value.kind().name()
                )),
                (Rule::Enum { keys, longest, text }, _) => {
                    // A value that is longer than all of them is none of them.
                    let size = value.size(*longest);
                    self.spend(size)?;
                    let mut key = String::new();
                    if size <= *longest {
                        self.budget.charge(value.steps())?;
                        value.write_key(&mut key);
                    }
                    if size > *longest || !keys.contains(&key) {
                        self.spend(if report.messages.is_some() { LONGEST } else { 0 })?;
                        report.error(format_args!(
                            "instance value ({value}) not found in enum (possible values: {text})"
                        ));
                    }
                }
                (Rule::AllOf(_) | Rule::AnyOf(_) | Rule::OneOf(_) | Rule::Not(_), _) => {
                    self.check_choice(rule, value, report)?;
                }
                (_, Node::Map(members)) => self.check_object(rule, rules, value, members, report)?,
                (_, Node::List(items)) => self.check_array(rule, items, report)?,
                (_, Node::Text(text)) => self.check_text(rule, text, report)?,
                (_, Node::Number(number)) => self.check_number(rule, number, report)?,
                _ => {}
            }
        }
        if let (Some(format), Node::Text(text)) = (&rules.format, value) {
            self.spend(text.len())?;
            if !format.fits(text, self.budget)? {
                report.error(format_args!("{}", Fault(*format, text)));
            }
        }
        Ok(())
    }

    /// Returns the number of schemas that a value is valid for.
    fn fitting(&mut self, schemas: &[Id], value: &Node<'_>) -> Result<usize, Stop> {
        let mut fitting = 0;
        for id in schemas {
            let mut inner = Report::outcome();
            self.check(*id, value, &mut inner)?;
            fitting += usize::from(!inner.failed);
        }
        Ok(fitting)
    }

    fn check_choice(&mut self, rule: &Rule, value: &Node<'_>, report: &mut Report) -> Result<(), Stop> {
        match rule {
            Rule::AllOf(schemas) => {
                let (fitting, all) = (self.fitting(schemas, value)?, schemas.len());
                if fitting != all {
                    report.error(format_args!(
                        "instance failed to match all required schemas (matched only {fitting} out of {all})"
                    ));
                }
            }
            Rule::AnyOf(schemas) if self.fitting(schemas, value)? == 0 => {
                report.error(format_args!(
                    "instance failed to match at least one required schema among {}",
                    schemas.len()
                ));
            }
            Rule::OneOf(schemas) => {
                let (fitting, all) = (self.fitting(schemas, value)?, schemas.len());
                if fitting != 1 {
                    report.error(format_args!(
                        "instance failed to match exactly one schema (matched {fitting} out of {all})"
                    ));
                }
            }
            Rule::Not(schema) if self.fitting(&[*schema], value)? == 1 => {
                report.error(format_args!("instance matched a schema which it should not have"));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_object(
        &mut self,
        rule: &'a Rule,
        rules: &'a Rules,
        value: &Node<'_>,
        members: &Members<'_>,
        report: &mut Report,
    ) -> Result<(), Stop> {
        let found = members.len();
        match rule {
            Rule::Required(names) => {
                let missing = self.missing(names, members)?;
                if !missing.is_empty() {
                    let missing = Listed(missing.into_iter());
                    report.error(format_args!("object has missing required properties ({missing})"));
                }
            }
            Rule::AdditionalProperties => {
                let mut unwanted = Vec::new();
                for (name, _) in members.by_name() {
                    self.charge_name(name)?;
                    let mut wanted = rules.properties.get(name).is_some();
                    self.charge_patterns(rules)?;
                    for (regex, _) in &rules.patterns {
                        wanted = wanted || self.finds(regex, name)? != Some(false);
                    }
                    if !wanted {
                        unwanted.push(name);
                    }
                }
                if !unwanted.is_empty() {
                    let unwanted = Listed(unwanted.into_iter());
                    report.error(format_args!(
                        "object instance has properties which are not allowed by the schema: {unwanted}"
                    ));
                }
            }
            Rule::Dependencies { names, schemas } => {
                for (property, needed) in names {
                    if !self.has(members, property)? {
                        continue;
                    }
                    let missing = self.missing(needed, members)?;
                    if !missing.is_empty() {
                        let needed = Listed(needed.iter().map(String::as_str));
                        let missing = Listed(missing.into_iter());
                        report.error(format_args!(
                            "property \"{property}\" of object has missing property dependencies (schema requires {needed}; missing: {missing})"
                        ));
                    }
                }
                for (property, schema) in schemas {
                    if self.has(members, property)? {
                        self.check(*schema, value, report)?;
                    }
                }
            }
            Rule::MinProperties(least) if below(found, *least) => report.error(format_args!(
                "object has too few properties (found {found} but schema requires at least {least})"
            )),
            Rule::MaxProperties(most) if above(found, *most) => report.error(format_args!(
                "object has too many properties (found {found} but schema requires at most {most})"
            )),
            _ => {}
        }
        Ok(())
    }

    /// Checks whether an array has equal items, which is found out once.
    fn has_twins(&mut self, items: &[Node<'_>]) -> Result<bool, Stop> {
        // Empty arrays have one address.
        if items.len() < 2 {
            return Ok(false);
        }
        let address = items.as_ptr().addr();
        if let Some(known) = self.twins.get(&address) {
            return Ok(*known);
        }
        let found = self.budget.briefly(|| {
            self.budget.hold(items.len().saturating_mul(KEPT_ITEM))?;
            let mut seen = HashSet::with_capacity(items.len());
            let mut twin = false;
            for item in items {
                let size = item.size(usize::MAX);
                self.spend(size)?;
                // It is measured, hashed, written and kept.
                self.budget.charge(item.steps().saturating_mul(4))?;
                self.budget.hold(size)?;
                let mut key = format!("{}:", item.hash());
                item.write_key(&mut key);
                twin |= !seen.insert(key);
            }
            Ok::<_, Stop>(twin)
        })?;
        self.budget.hold(size_of::<(usize, bool)>())?;
        self.twins.insert(address, found);
        Ok(found)
    }

    fn check_array(&mut self, rule: &Rule, items: &[Node<'_>], report: &mut Report) -> Result<(), Stop> {
        let found = items.len();
        match rule {
            Rule::AdditionalItems(most) if found > *most => report
                .error(format_args!("schema only allows {most} elements in array but instance has {found} elements")),
            Rule::MinItems(least) if below(found, *least) => report.error(format_args!(
                "array is too short: must have at least {least} elements but instance has {found} elements"
            )),
            Rule::MaxItems(most) if above(found, *most) => report.error(format_args!(
                "array is too long: must have at most {most} elements but instance has {found} elements"
            )),
            Rule::UniqueItems if self.has_twins(items)? => {
                report.error(format_args!("array must not contain duplicate elements"));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_text(&mut self, rule: &'a Rule, text: &str, report: &mut Report) -> Result<(), Stop> {
        self.spend(text.len())?;
        let length = || text.chars().count();
        match rule {
            Rule::MinLength(least) if below(length(), *least) => report.error(format_args!(
                "string \"{text}\" is too short (length: {}, required minimum: {least})",
                length()
            )),
            Rule::MaxLength(most) if above(length(), *most) => report
                .error(format_args!("string \"{text}\" is too long (length: {}, maximum allowed: {most})", length())),
            Rule::Pattern(regex) if self.finds(regex, text)? == Some(false) => {
                let source = regex.source();
                report.error(format_args!("ECMA 262 regex \"{source}\" does not match input string \"{text}\""));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_number(&self, rule: &Rule, number: &Number, report: &mut Report) -> Result<(), Stop> {
        let steps = |other: &Number| number.steps().saturating_add(other.steps());
        self.budget.charge(match rule {
            Rule::Minimum { limit, .. } | Rule::Maximum { limit, .. } => steps(limit),
            Rule::MultipleOf(divisor) => steps(divisor).saturating_mul(STEPS_OF_REMAINDER),
            _ => 0,
        })?;
        compare_number(rule, number, report);
        Ok(())
    }

    /// Charges looking up a name.
    fn charge_name(&self, name: &str) -> Result<(), Stop> {
        Ok(self.budget.charge(4 + name.len() / 16)?)
    }

    fn has(&self, members: &Members<'_>, name: &str) -> Result<bool, Stop> {
        self.charge_name(name)?;
        Ok(members.has(name))
    }

    /// Returns those of some names that an object lacks.
    fn missing<'n>(&self, names: &'n [String], members: &Members<'_>) -> Result<Vec<&'n str>, Stop> {
        let mut missing = Vec::new();
        for name in names {
            if !self.has(members, name)? {
                missing.push(name.as_str());
            }
        }
        Ok(missing)
    }

    /// Charges for patterns of names that are too many for the caches of a processor.
    fn charge_patterns(&self, rules: &Rules) -> Result<(), Stop> {
        let count = rules.patterns.len();
        Ok(self.budget.charge(if count < 64 { 0 } else { 24 * count })?)
    }

    /// Checks whether a pattern is found in a text; `None` if it is not a valid regular expression.
    fn finds(&mut self, regex: &'a Regex, text: &str) -> Result<Option<bool>, Stop> {
        self.spend(text.len())?;
        let address = std::ptr::from_ref(regex).addr();
        let key = (text.len() <= REMEMBERED.1).then(|| (address, text.to_owned()));
        if let Some(known) = key.as_ref().and_then(|key| self.known.get(key)) {
            return Ok(*known);
        }
        let found = regex.finds(text, self.budget)?;
        if let Some(key) = key.filter(|_| self.known.len() < REMEMBERED.0) {
            self.known.insert(key, found);
        }
        Ok(found)
    }

    fn check_items(&mut self, rules: &'a Rules, items: &[Node<'_>], report: &mut Report) -> Result<(), Stop> {
        for (at, item) in items.iter().enumerate() {
            let schema = match &rules.items {
                Items::All(schema) => Some(*schema),
                Items::Each(schemas) => schemas.get(at).copied().or(rules.additional_items),
                Items::Unnamed => rules.additional_items,
            };
            // Those that follow have none either.
            let Some(schema) = schema else { break };
            self.check(schema, item, report)?;
        }
        Ok(())
    }

    fn check_members(&mut self, rules: &'a Rules, members: &Members<'_>, report: &mut Report) -> Result<(), Stop> {
        for (name, value) in members.by_name() {
            self.charge_name(name)?;
            let named = rules.properties.get(name);
            let mut any = named.is_some();
            if let Some(schema) = named {
                self.check(*schema, value, report)?;
            }
            self.charge_patterns(rules)?;
            for (regex, schema) in &rules.patterns {
                if self.finds(regex, name)? == Some(true) {
                    any = true;
                    self.check(*schema, value, report)?;
                }
            }
            if let (false, Some(schema)) = (any, rules.additional_properties) {
                self.check(schema, value, report)?;
            }
        }
        Ok(())
    }
}

fn below(found: usize, least: i64) -> bool {
    i64::try_from(found).is_ok_and(|found| found < least)
}

fn above(found: usize, most: i64) -> bool {
    i64::try_from(found).is_ok_and(|found| found > most)
}

fn compare_number(rule: &Rule, number: &Number, report: &mut Report) {
    match rule {
        Rule::Minimum { limit, exclusive } => match number.compare(limit) {
            Ordering::Less => report.error(format_args!(
                "numeric instance is lower than the required minimum (minimum: {limit}, found: {number})"
            )),
            Ordering::Equal if *exclusive => {
                report.error(format_args!("numeric instance is not strictly greater than the required minimum {limit}"))
            }
            _ => {}
        },
        Rule::Maximum { limit, exclusive } => match number.compare(limit) {
            Ordering::Greater => report.error(format_args!(
                "numeric instance is greater than the required maximum (maximum: {limit}, found: {number})"
            )),
            Ordering::Equal if *exclusive => {
                report.error(format_args!("numeric instance is not strictly lower than the required maximum {limit}"));
            }
            _ => {}
        },
        Rule::MultipleOf(divisor) if !number.is_multiple_of(divisor) => {
            report.error(format_args!("remainder of division is not zero ({number} / {divisor})"));
        }
        _ => {}
    }
}
