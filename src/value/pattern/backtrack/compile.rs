//! The compiler of regular expressions that backtrack.

use super::program::{Kind, Op, Place, Program, Run, Start, Towards};
use super::set::Set;
use fancy_regex::{Assertion, Expr, LookAround};
use memchr::memmem::Finder;
use std::collections::HashMap;

/// Compiles a regular expression in the words of `fancy-regex`, whose parser is used; `None` for what is no part of a
/// translated pattern. The caller has checked its depth and its size.
pub(super) fn compile(regex: &str) -> Option<Program> {
    let tree = Expr::parse_tree(regex).ok()?;
    let mut compiler = Compiler { program: Program::default(), sets: HashMap::new(), groups: 0, choices: 0 };
    compiler.program.reads_groups = reads_groups(&tree.expr);
    compiler.program.choices = Some(0);
    compiler.program.groups = 1 + count_groups(&tree.expr);
    compiler.program.slots = 3 * compiler.program.groups;
    compiler.add(&tree.expr, Direction::Forward)?;
    compiler.op(Op::Done);
    find_followers(&mut compiler.program.ops);
    compiler.program.start = compiler.start(&tree.expr);
    compiler.program.required = required(&tree.expr).map(|text| Finder::new(&text).into_owned());
    let mut program = compiler.program;
    let remembers = program.choices.is_some() && !program.reads_groups;
    program.choices = remembers.then_some(compiler.choices);
    Some(program)
}

/// Checks whether a regular expression can be read.
pub(super) fn is_valid(regex: &str) -> bool {
    Expr::parse_tree(regex).is_ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

struct Compiler {
    program: Program,
    /// The sets by their classes, and whether these ignore case.
    sets: HashMap<(String, bool), usize>,
    /// Groups that were opened.
    groups: usize,
    choices: usize,
}

impl Compiler {
    fn op(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.ops.len() - 1
    }

    fn next(&self) -> usize {
        self.program.ops.len()
    }

    fn choice(&mut self) -> usize {
        self.choices += 1;
        self.choices - 1
    }

    /// Adds the instructions of an expression.
    fn add(&mut self, expr: &Expr, direction: Direction) -> Option<()> {
        if let Expr::Literal { val, casei: false } = expr {
            self.op(Op::Text(val.as_str().into()));
            return Some(());
        }
        if let Some(set) = self.set(expr) {
            self.op(Op::Set(set));
            return Some(());
        }
        match expr {
            Expr::Empty => {}
            Expr::Literal { val, casei: true } => {
                let add = |c: char| Expr::Literal { val: c.into(), casei: true };
                let parts: Vec<Expr> = val.chars().map(add).collect();
                self.sequence(&parts, direction)?;
            }
            Expr::Assertion(assertion) => {
                let place = match assertion {
                    Assertion::StartText => Place::TextStart,
                    Assertion::EndText => Place::TextEnd,
                    Assertion::WordBoundary => Place::WordBoundary,
                    Assertion::NotWordBoundary => Place::NoWordBoundary,
                    _ => return None,
                };
                self.op(Op::At(place));
            }
            Expr::ContinueFromPreviousMatchEnd => {
                self.op(Op::At(Place::SearchStart));
            }
            Expr::Concat(parts) => self.sequence(parts, direction)?,
            Expr::Alt(parts) => self.choose(parts, direction)?,
            Expr::Group(inner) => {
                self.groups += 1;
                let group = self.groups;
                self.op(Op::Open(group));
                self.add(inner, direction)?;
                self.op(Op::Close(group));
            }
            Expr::Repeat { child, lo, hi, greedy } => {
                let most = if *hi == usize::MAX { None } else { Some(*hi) };
                self.repeat(child, *lo, most, if *greedy { Kind::Greedy } else { Kind::Lazy }, direction)?;
            }
            Expr::AtomicGroup(inner) => match &**inner {
                Expr::Repeat { child, lo, hi, greedy: true } if self.set(child).is_some() => {
                    self.run(child, *lo, *hi, Kind::Possessive)?;
                }
                inner => {
                    let at = self.op(Op::Atomic { end: 0 });
                    self.add(inner, direction)?;
                    let end = self.op(Op::Done);
                    self.program.ops[at] = Op::Atomic { end };
                }
            },
            Expr::LookAround(inner, look) => self.look(inner, look)?,
            Expr::Backref { group, casei } => {
                self.op(Op::Reference { group: *group, ignores_case: *casei });
            }
            Expr::Conditional { condition, true_branch, false_branch } => {
                let Expr::BackrefExistsCondition { group, relative_recursion_level: None } = **condition else {
                    return None;
                };
                let at = self.op(Op::Jump(0));
                self.add(true_branch, direction)?;
                let over = self.op(Op::Jump(0));
                let otherwise = self.next();
                self.add(false_branch, direction)?;
                self.program.ops[at] = Op::HasGroup { group, otherwise };
                self.program.ops[over] = Op::Jump(self.next());
            }
            _ => return None,
        }
        Some(())
    }

    /// Returns the set of an expression that matches one character.
    fn set(&mut self, expr: &Expr) -> Option<usize> {
        let (class, ignores_case) = match expr {
            Expr::Any { newline: true, .. } => ("(?s:.)".to_owned(), false),
            Expr::Delegate { inner, casei } => (inner.clone(), *casei),
            Expr::Literal { val, casei } if val.chars().count() == 1 => (regex_syntax::escape(val), *casei),
            _ => return None,
        };
        let key = (class, ignores_case);
        if let Some(set) = self.sets.get(&key) {
            return Some(*set);
        }
        self.program.sets.push(Set::parse(&key.0, ignores_case)?);
        self.sets.insert(key, self.program.sets.len() - 1);
        Some(self.program.sets.len() - 1)
    }

    fn sequence(&mut self, parts: &[Expr], direction: Direction) -> Option<()> {
        let add = |parts: &[Expr]| match text_of(parts) {
            Some(text) => {
                self.op(Op::Text(text.into()));
                Some(())
            }
            None => parts.iter().try_for_each(|part| self.add(part, direction)),
        };
        match direction {
            Direction::Forward => chunks(parts).try_for_each(add),
            Direction::Backward => chunks(parts).rev().try_for_each(add),
        }
    }

    fn choose(&mut self, parts: &[Expr], direction: Direction) -> Option<()> {
        let (last, others) = parts.split_last()?;
        let mut ends = Vec::with_capacity(others.len());
        for part in others {
            let split = self.split();
            self.add(part, direction)?;
            ends.push(self.op(Op::Jump(0)));
            self.branch(split, Kind::Greedy, split + 1, self.next());
        }
        self.add(last, direction)?;
        let end = self.next();
        ends.into_iter().for_each(|at| self.program.ops[at] = Op::Jump(end));
        Some(())
    }

    fn split(&mut self) -> usize {
        let choice = self.choice();
        self.op(Op::Split { first: 0, second: 0, choice })
    }

    /// Completes a split: into a body first, or out of it if it is lazy.
    fn branch(&mut self, at: usize, kind: Kind, body: usize, exit: usize) {
        let (to_first, to_second) = if kind == Kind::Lazy { (exit, body) } else { (body, exit) };
        if let Some(Op::Split { first, second, .. }) = self.program.ops.get_mut(at) {
            (*first, *second) = (to_first, to_second);
        }
    }

    fn run(&mut self, child: &Expr, least: usize, most: usize, kind: Kind) -> Option<()> {
        let (set, choice) = (self.set(child)?, self.choice());
        self.op(Op::Run(Run { set, least, most, kind, choice, follower: None }));
        Some(())
    }

    fn repeat(
        &mut self,
        child: &Expr,
        least: usize,
        most: Option<usize>,
        kind: Kind,
        direction: Direction,
    ) -> Option<()> {
        if self.set(child).is_some() {
            return self.run(child, least, most.unwrap_or(usize::MAX), kind);
        }
        let groups = self.groups;
        // What a turn does that starts anew depends on where it started. In Java an empty turn is the last, whatever
        // the count: with groups that are read, those after it would see what it has put into them.
        let slot = (may_be_empty(child) && (most.is_none() || self.program.reads_groups)).then(|| {
            self.program.choices = None;
            self.program.slots += 1;
            self.program.slots - 1
        });
        let mut leaves = Vec::new();
        let mut splits = Vec::new();
        // The last turn that has to be is that of the loop: a copy at each level would double the whole.
        let copies = if most.is_none() { least.saturating_sub(1) } else { least };
        for _ in 0..copies {
            self.groups = groups;
            leaves.extend(self.turn(child, slot, direction)?);
        }
        for _ in least..most.unwrap_or(least) {
            self.groups = groups;
            let split = self.split();
            splits.push((split, split + 1));
            leaves.extend(self.turn(child, slot, direction)?);
        }
        if most.is_none() {
            self.groups = groups;
            let head = (least == 0).then(|| self.split());
            let body = self.next();
            leaves.extend(self.turn(child, slot, direction)?);
            let split = match head {
                Some(head) => {
                    self.op(Op::Jump(head));
                    head
                }
                None => self.split(),
            };
            splits.push((split, body));
        }
        let exit = self.next();
        splits.into_iter().for_each(|(at, body)| self.branch(at, kind, body, exit));
        for at in leaves {
            if let Some(Op::Leave { exit: end, .. }) = self.program.ops.get_mut(at) {
                *end = exit;
            }
        }
        self.groups = groups + count_groups(child);
        Some(())
    }

    /// Adds a turn of a repetition; with a slot for where it starts, it leaves the repetition by the instruction that is
    /// returned if it matches nothing.
    fn turn(&mut self, child: &Expr, slot: Option<usize>, direction: Direction) -> Option<Option<usize>> {
        let Some(slot) = slot else { return self.add(child, direction).map(|()| None) };
        self.op(Op::Save(slot));
        self.add(child, direction)?;
        Some(Some(self.op(Op::Leave { slot, exit: 0 })))
    }

    fn look(&mut self, inner: &Expr, look: &LookAround) -> Option<()> {
        let is_negative = matches!(look, LookAround::LookAheadNeg | LookAround::LookBehindNeg);
        let is_ahead = matches!(look, LookAround::LookAhead | LookAround::LookAheadNeg);
        let (towards, direction) = match (is_ahead, reach(inner)) {
            (true, _) => (Towards::Ahead, Direction::Forward),
            (_, None) if is_reversible(inner) => (Towards::Behind, Direction::Backward),
            (_, reach) => {
                let (least, most) = reach.unwrap_or_else(|| length(inner));
                (Towards::From { least, most }, Direction::Forward)
            }
        };
        if let Towards::From { .. } = towards {
            // Whether it matches depends on where it has to end.
            self.program.choices = None;
        }
        let at = self.op(Op::Look { towards, is_negative, end: 0 });
        self.add(inner, direction)?;
        let end = self.op(Op::Done);
        self.program.ops[at] = Op::Look { towards, is_negative, end };
        Some(())
    }

    /// Returns where a match of an expression can start.
    fn start(&mut self, expr: &Expr) -> Start {
        match leading(expr) {
            Some(Expr::Assertion(Assertion::StartText)) => return Start::Text,
            Some(Expr::ContinueFromPreviousMatchEnd) => return Start::Search,
            _ => {}
        }
        let mut bytes = Box::new([false; 256]);
        if self.first_bytes(expr, &mut bytes) { Start::Anywhere } else { Start::Byte(bytes) }
    }

    /// Marks the bytes that a match can start with; returns true if it can be empty.
    fn first_bytes(&mut self, expr: &Expr, bytes: &mut [bool; 256]) -> bool {
        if let Some(set) = self.set(expr) {
            if let Some(set) = self.program.sets.get(set) {
                set.mark_first_bytes(bytes);
            }
            return false;
        }
        match expr {
            Expr::Literal { val, casei: false } => match val.as_bytes().first() {
                Some(&byte) => {
                    bytes[usize::from(byte)] = true;
                    false
                }
                None => true,
            },
            Expr::Concat(parts) => parts.iter().all(|part| self.first_bytes(part, bytes)),
            // All of them mark their bytes.
            Expr::Alt(parts) => parts.iter().filter(|part| self.first_bytes(part, bytes)).count() > 0,
            Expr::Group(inner) => self.first_bytes(inner, bytes),
            Expr::AtomicGroup(inner) => self.first_bytes(inner, bytes),
            Expr::Repeat { child, lo, .. } => self.first_bytes(child, bytes) || *lo == 0,
            Expr::Empty | Expr::Assertion(_) | Expr::ContinueFromPreviousMatchEnd | Expr::LookAround(..) => true,
            // With any: what a look-ahead has put into the group.
            _ => {
                bytes.fill(true);
                true
            }
        }
    }
}

/// Notes the bytes that have to follow repetitions.
fn find_followers(ops: &mut [Op]) {
    let mut backward_until = 0;
    for at in 0..ops.len() {
        match ops.get(at) {
            Some(Op::Look { towards: Towards::Behind, end, .. }) => backward_until = backward_until.max(*end),
            Some(Op::Run(_)) if at >= backward_until => {
                let next = ops.iter().skip(at + 1).find(|op| !matches!(op, Op::Open(_) | Op::Close(_)));
                let byte = if let Some(Op::Text(text)) = next { text.as_bytes().first().copied() } else { None };
                if let Some(Op::Run(run)) = ops.get_mut(at) {
                    run.follower = byte;
                }
            }
            _ => {}
        }
    }
}

/// Returns the expression that every match starts with.
fn leading(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Concat(parts) => parts.iter().find(|part| !matches!(part, Expr::Empty)).and_then(leading),
        Expr::Group(inner) => leading(inner),
        Expr::AtomicGroup(inner) => leading(inner),
        other => Some(other),
    }
}

/// Checks for characters that stand for themselves.
fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal { casei: false, .. })
}

/// Returns the parts of a sequence; characters that stand for themselves are one part.
fn chunks(parts: &[Expr]) -> impl DoubleEndedIterator<Item = &[Expr]> {
    parts.chunk_by(|one, other| is_text(one) && is_text(other))
}

/// Returns the text of characters that stand for themselves; `None` for other parts.
fn text_of(parts: &[Expr]) -> Option<String> {
    let text = |part: &Expr| if let Expr::Literal { val, casei: false } = part { Some(val.clone()) } else { None };
    parts.iter().map(text).collect()
}

/// Returns the longest text that is in every match.
fn required(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal { val, casei: false } => Some(val.clone()),
        Expr::Concat(parts) => {
            let texts = chunks(parts).filter_map(|part| text_of(part).or_else(|| required(part.first()?)));
            texts.max_by_key(String::len)
        }
        Expr::Group(inner) => required(inner),
        Expr::AtomicGroup(inner) => required(inner),
        Expr::Repeat { child, lo: 1.., .. } => required(child),
        _ => None,
    }
}

fn count_groups(expr: &Expr) -> usize {
    usize::from(matches!(expr, Expr::Group(_))) + expr.children_iter().map(count_groups).sum::<usize>()
}

fn reads_groups(expr: &Expr) -> bool {
    matches!(expr, Expr::Backref { .. } | Expr::Conditional { .. }) || expr.children_iter().any(reads_groups)
}

/// A class that no character is in. No translated pattern writes it so: the empty class has another text.
const NOTHING: &str = "[b&&c]";

/// Added to the lengths of a look-behind, so that none is written as something else than a repetition.
const LEAST: usize = 2;

/// Returns what a look-behind starts with that looks at so many characters to so many. By itself it matches nothing.
pub(in super::super) fn reach_text(least: usize, most: usize) -> String {
    format!("(?:{NOTHING}{{{},{}}}|)", least + LEAST, most + LEAST)
}

/// Returns the lengths that a look-behind is limited to, which [`reach_text`] has written.
fn reach(inner: &Expr) -> Option<(usize, usize)> {
    let Expr::Concat(parts) = inner else { return None };
    let Some(Expr::Alt(ways)) = parts.first() else { return None };
    match ways.as_slice() {
        [Expr::Repeat { child, lo, hi, .. }, Expr::Empty] => match &**child {
            Expr::Delegate { inner, .. } if inner == NOTHING => Some((lo.checked_sub(LEAST)?, hi.checked_sub(LEAST)?)),
            _ => None,
        },
        _ => None,
    }
}

/// Checks for an expression that matches the same from right to left.
fn is_reversible(expr: &Expr) -> bool {
    match expr {
        Expr::Group(_) | Expr::AtomicGroup(_) | Expr::Backref { .. } | Expr::Conditional { .. } => false,
        // It is matched from left to right.
        Expr::LookAround(inner, _) => count_groups(inner) == 0 && !reads_groups(inner),
        _ => expr.children_iter().all(is_reversible),
    }
}

/// Checks whether an expression can match nothing.
fn may_be_empty(expr: &Expr) -> bool {
    length(expr).0 == 0
}

/// Returns the least and most characters that an expression matches.
fn length(expr: &Expr) -> (usize, usize) {
    match expr {
        Expr::Any { .. } | Expr::Delegate { .. } => (1, 1),
        Expr::Literal { val, .. } => {
            let length = val.chars().count();
            (length, length)
        }
        Expr::Concat(parts) => parts.iter().map(length).fold((0, 0), |(least, most), (low, high)| {
            (usize::saturating_add(least, low), usize::saturating_add(most, high))
        }),
        Expr::Alt(parts) => {
            let lengths = parts.iter().map(length);
            lengths.reduce(|(least, most), (low, high)| (least.min(low), most.max(high))).unwrap_or((0, 0))
        }
        Expr::Group(inner) => length(inner),
        Expr::AtomicGroup(inner) => length(inner),
        Expr::Repeat { child, lo, hi, .. } => {
            let (least, most) = length(child);
            (least.saturating_mul(*lo), most.saturating_mul(*hi))
        }
        Expr::Backref { .. } | Expr::Conditional { .. } => (0, usize::MAX),
        _ => (0, 0),
    }
}
