//! A path through a template: the variables it set, the JSON it wrote, and the choices it made.

use crate::analysis::reader::{Reader, Trust};
use crate::analysis::sites::Decision;
use crate::analysis::value::Value;
use crate::model::shape::{Hole, Part};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The turn of the innermost loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub index: i64,
    pub has_next: bool,
}

/// Conditions that were decided, by their text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    all: BTreeMap<Rc<str>, bool>,
    /// Bytes of their texts.
    bytes: usize,
}

/// Conditions that a path knows, and bytes of the longest.
const MOST_KNOWN: usize = 200;
pub const LONGEST_KNOWN: usize = 1_000;

impl Known {
    /// Returns the outcome of a condition.
    pub fn get(&self, condition: &str) -> Option<bool> {
        self.all.get(condition).copied()
    }

    /// Returns the number of conditions.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns the bytes that are read to find a word in the conditions.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Checks whether no more conditions are kept.
    pub fn is_full(&self) -> bool {
        self.all.len() >= MOST_KNOWN
    }

    /// Checks whether a condition has a word.
    pub fn has(&self, word: &str) -> bool {
        self.all.keys().any(|condition| condition.contains(word))
    }

    fn retain(&mut self, stays: impl Fn(&str, bool) -> bool) {
        self.all.retain(|condition, value| stays(condition, *value));
        self.bytes = self.all.keys().map(|condition| condition.len()).sum();
    }
}

/// A path.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    variables: Rc<BTreeMap<&'a str, Value>>,
    pub reader: Reader,
    pub decisions: Vec<Decision>,
    pub turn: Option<Turn>,
    /// Conditions that were decided.
    pub known: Rc<Known>,
    /// Set behind a `#break`, up to the end of the loop.
    pub broken: bool,
    /// Set behind a `#stop`.
    pub stopped: bool,
    /// The output with its places, where it is kept.
    pub output: Option<Rc<Vec<(Part, usize)>>>,
    /// Set if variables are kept no longer: each may have any value.
    is_blind: bool,
}

impl Default for Path<'_> {
    fn default() -> Self {
        Path {
            variables: Rc::default(),
            reader: Reader::new(),
            decisions: Vec::new(),
            turn: None,
            known: Rc::default(),
            broken: false,
            stopped: false,
            output: None,
            is_blind: false,
        }
    }
}

/// Paths that are followed at once; more are joined.
const MOST: usize = 32;

impl<'a> Path<'a> {
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.is_blind { Some(&Value::Unknown) } else { self.variables.get(name) }
    }

    /// Returns the number of variables that were set.
    pub fn variables(&self) -> usize {
        self.variables.len()
    }

    /// Gives the variables up, whatever they hold.
    pub fn forget(&mut self) {
        self.variables = Rc::default();
        self.is_blind = true;
    }

    pub fn set(&mut self, name: &'a str, value: Value) {
        if self.is_blind {
            return;
        }
        Rc::make_mut(&mut self.variables).insert(name, value);
        // What was known of conditions with the variable is known no longer.
        if self.known.has(name) {
            Rc::make_mut(&mut self.known).retain(|text, _| !text.contains(name));
        }
    }

    pub fn restore(&mut self, name: &'a str, value: Option<Value>) {
        match value {
            _ if self.is_blind => {}
            Some(value) => self.set(name, value),
            None => {
                Rc::make_mut(&mut self.variables).remove(name);
            }
        }
    }

    /// Keeps a part of the output.
    pub fn write(&mut self, part: Part, at: usize) {
        if let Some(output) = &mut self.output {
            Rc::make_mut(output).push((part, at));
        }
    }

    /// Keeps a hole of the output for a value that is not known.
    pub fn write_hole(&mut self, value: &Value, at: usize) {
        let hole = match value {
            Value::Number(_) => Hole::Number,
            Value::Boolean(_) => Hole::Boolean,
            Value::Data { .. } => Hole::Any,
            Value::Text(text) if !text.composed => Hole::Any,
            _ => Hole::Text,
        };
        self.write(Part::Hole(hole), at);
    }

    pub fn has_next(&self) -> Option<bool> {
        self.turn.map(|turn| turn.has_next)
    }

    pub fn count(&self, from: i64) -> Value {
        Value::Number(self.turn.map(|turn| turn.index + from))
    }

    pub fn learn(&mut self, condition: &str, value: bool) {
        if !self.known.is_full() && condition.len() <= LONGEST_KNOWN {
            let known = Rc::make_mut(&mut self.known);
            if known.all.insert(Rc::from(condition), value).is_none() {
                known.bytes += condition.len();
            }
        }
    }

    fn is_like(&self, other: &Path<'a>) -> bool {
        self.reader == other.reader
            && (self.turn, self.broken, self.stopped) == (other.turn, other.broken, other.stopped)
    }

    /// Joins a path that has written the same.
    fn absorb(&mut self, other: &Path<'a>) {
        self.decisions = common(&self.decisions, &other.decisions);
        if self.known != other.known {
            Rc::make_mut(&mut self.known).retain(|text, value| other.known.get(text) == Some(value));
        }
        if self.is_blind || other.is_blind {
            self.forget();
        } else if self.variables != other.variables {
            let mut joined = BTreeMap::new();
            for (name, value) in self.variables.iter() {
                let theirs = other.variables.get(name).unwrap_or(&Value::Nothing);
                joined.insert(*name, if value == theirs { value.clone() } else { merged(value, theirs) });
            }
            for (name, value) in other.variables.iter() {
                joined.entry(name).or_insert_with(|| merged(value, &Value::Nothing));
            }
            self.variables = Rc::new(joined);
        }
    }
}

/// Returns choices that lead to what two paths have written: if they differ in one choice, that is a
/// condition no longer; if they differ in several, the fewer choices are kept.
fn common(one: &[Decision], other: &[Decision]) -> Vec<Decision> {
    let in_other = |decision: &Decision| other.iter().find(|it| (it.at, it.visit) == (decision.at, decision.visit));
    let in_one = |decision: &Decision| one.iter().any(|it| (it.at, it.visit) == (decision.at, decision.visit));
    let differs = |decision: &&Decision| in_other(decision).is_none_or(|it| it.options != decision.options);
    let missing = other.iter().filter(|it| !in_one(it)).count();
    if one.iter().filter(differs).count() + missing > 1 {
        return if other.len() < one.len() { other.to_vec() } else { one.to_vec() };
    }
    let mut common: Vec<Decision> = one.to_vec();
    common.retain_mut(|decision| {
        decision.options |= in_other(decision).map_or(decision.all, |same| same.options);
        decision.options != decision.all
    });
    common
}

fn merged(one: &Value, other: &Value) -> Value {
    match (one, other) {
        // A flag or separator that differs: nothing is known of what follows from it.
        (
            Value::Exact(_) | Value::Boolean(_) | Value::Number(_),
            Value::Exact(_) | Value::Boolean(_) | Value::Number(_),
        ) => Value::Unknown,
        (Value::Nothing, other) | (other, Value::Nothing) => match other {
            Value::Text(text) => Value::Text(crate::analysis::value::Text { may_miss: true, ..*text }),
            Value::Data { .. } => other.clone(),
            _ => Value::Unknown,
        },
        _ => one.join(other),
    }
}

/// Joins the paths that are equal, and if there are too many, those that have written the same.
pub fn join(paths: Vec<Path<'_>>) -> Vec<Path<'_>> {
    if paths.len() < 2 {
        return paths;
    }
    let mut kept: Vec<Path<'_>> = Vec::with_capacity(paths.len());
    let many = paths.len() > MOST;
    for path in paths {
        if kept.len() > MOST {
            break;
        }
        let same = |other: &&mut Path<'_>| other.is_like(&path) && (many || (other.variables == path.variables));
        match kept.iter_mut().find(same) {
            Some(other) => other.absorb(&path),
            None => kept.push(path),
        }
    }
    if kept.len() > MOST {
        // Too many to follow: one goes on, which judges nothing.
        kept.truncate(1);
        for path in &mut kept {
            path.reader.distrust(Trust::Lost);
        }
    }
    kept
}
