//! The variables of a script, and the branches that set them.

use crate::budget::Budget;
use crate::span::Span;
use crate::syntax::shell::names::{Id, Names};
use crate::syntax::tree::Node;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A choice that was made on the way to a command: the statement, and which of its branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    statement: u32,
    branch: u32,
}

/// A part of the way to a command: a choice, or a call or turn of a loop, of which others come before or behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Choice(Choice),
    Turn(u32, usize),
}

/// Checks whether a value that is set at a place comes behind one that was set at another, and not in its stead.
fn is_behind(earlier: &[Place], later: &[Place]) -> bool {
    let at = earlier.iter().zip(later).take_while(|(one, other)| one == other).count();
    match (earlier.get(at), later.get(at)) {
        (None, None) => true,
        (one, other) => matches!(one, Some(Place::Turn(..))) || matches!(other, Some(Place::Turn(..))),
    }
}

/// The choices on the way to a command, the outermost first.
pub(crate) type Path = Rc<[Choice]>;

/// Checks whether what is on a path may run although what is on another runs, or instead of it: the later one is in
/// a branch that the earlier one is not in.
pub(crate) fn is_other_branch(earlier: &Path, later: &Path) -> bool {
    !earlier.starts_with(later)
}

/// Why a value is not known.
pub(crate) type Reason = Rc<str>;

/// The value of a variable.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Known(Rc<Node>),
    /// As the script stands, but what it runs or the environment may set another.
    Likely(Rc<Node>),
    List(Rc<[Node]>),
    Arguments(Rc<Arguments>),
    /// The script unsets it.
    Unset,
    /// It is known only when the script runs. The number tells one such value from another of the same name.
    Unknown(u32, Option<Reason>),
    /// It is another value that is known only when the script runs.
    Same(Rc<Node>),
}

/// Name of the variable with the folder in which commands run, from that of the script.
pub(super) const FOLDER: &str = "/";

/// Name of the variable with the arguments of the script, or of the function that is being read.
pub(super) const ARGUMENTS: &str = "@";

/// The arguments of the script or of a function.
#[derive(Clone, Debug)]
pub(super) struct Arguments {
    pub list: Rc<[Node]>,
    /// The number of them that were shifted away.
    pub shifted: usize,
    /// Set if more arguments may follow.
    pub is_open: bool,
    /// Tells those that may follow from others.
    pub version: u32,
    /// Set if arguments may be others.
    pub is_likely: bool,
    /// Why arguments are not known.
    pub reasons: Rc<[Reason]>,
}

/// Bytes of texts that a step compares.
const BYTES_PER_STEP: usize = 128;

impl Value {
    /// Checks for the same value. Of a budget that is spent none is the same as another one.
    fn is(&self, other: &Value, budget: &Budget<'_>) -> bool {
        let is_same = |one: &Rc<Node>, other: &Rc<Node>| {
            if Rc::ptr_eq(one, other) {
                return true;
            }
            let (text, known) = (one.as_str().unwrap_or_default(), other.as_str().unwrap_or_default());
            let is_alike = text.len() == known.len() && budget.charge(text.len() / BYTES_PER_STEP, one.span);
            is_alike && text == known
        };
        match (self, other) {
            (Value::Known(one) | Value::Likely(one), Value::Known(other) | Value::Likely(other))
            | (Value::Same(one), Value::Same(other)) => is_same(one, other),
            (Value::List(one), Value::List(other)) => Rc::ptr_eq(one, other),
            (Value::Arguments(one), Value::Arguments(other)) => Rc::ptr_eq(one, other),
            (Value::Unset, Value::Unset) => true,
            (Value::Unknown(one, _), Value::Unknown(other, _)) => one == other,
            _ => false,
        }
    }
}

/// The statements that contain commands.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    If,
    /// A `case` with its word, if that is known.
    Case(Option<Rc<Node>>),
    /// The commands behind `&&` and `||`.
    List,
    /// A loop whose body is read once, for all its turns.
    Loop {
        /// Offset of its first command.
        head: usize,
        /// The commands, the parts that are not read and the functions before it.
        before: [usize; 3],
    },
    /// A `for` whose body at an offset is read for each of some words.
    For {
        name: String,
        words: Rc<[Node]>,
        turn: usize,
        body: usize,
        is_likely: bool,
        /// Set behind a `break` or `continue`.
        is_left: bool,
    },
    /// The commands of a substitution or in parentheses, which set variables for themselves.
    Subshell,
    /// Braces, of a function that is defined there or not, or parentheses of such a function.
    Group {
        /// Name of the function, and the start of its body.
        function: Option<(String, usize)>,
        /// Set for a statement that is the body of a function without braces.
        is_bare: bool,
    },
    /// The body of a function, for one of its calls.
    Call,
}

/// Knowledge of a branch: whether it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Branch {
    Possible,
    Taken,
    Skipped,
}

/// Holds what a command has set that was not read to its end: one in a pipe or in the background runs as another
/// process, and what it sets is taken back.
#[derive(Debug, Default)]
struct Changes {
    /// The variables with their values before, in the order in which they were set.
    old: Vec<(Id, Option<Value>)>,
    /// Set if the command is behind a `|`.
    is_piped: bool,
}

/// A statement whose end was not read yet.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    /// Changes by the command that the statement is a part of.
    around: Changes,
    choice: Choice,
    /// Set once one of the branches runs in any case.
    is_exhaustive: bool,
    /// Knowledge of the branch that is being read.
    branch: Branch,
    /// Branches that may run.
    possible: u32,
    /// Set once it is known which branch runs, if none of those before does.
    is_decided: bool,
    /// Set if the statement is in one that does not run.
    is_dead: bool,
    /// The values, before this branch, of the variables that it sets.
    before: BTreeMap<Id, Option<Value>>,
    /// The values of variables at the ends of the branches that set them.
    after: BTreeMap<Id, Vec<Option<Value>>>,
    /// The values of the variables that are local to a call, before it.
    locals: BTreeMap<Id, Option<Value>>,
    /// Path of the commands around the statement.
    outer: Path,
}

/// The variables and statements of a script.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    budget: &'a Budget<'a>,
    names: Names,
    /// The values of the variables, by the numbers of their names.
    values: Vec<Option<Value>>,
    /// The number of the last unknown value of a name, and where it was set.
    versions: HashMap<Id, (u32, Rc<[Place]>)>,
    /// The place of the last such value.
    place: Rc<[Place]>,
    frames: Vec<Frame>,
    changes: Changes,
    path: Path,
    statements: u32,
    /// Set behind a command that may set any variable.
    pub is_sourced: bool,
    /// Set if the last command of a pipe is no other process, as `shopt -s lastpipe` may say.
    has_last: bool,
}

impl<'a> Flow<'a> {
    pub(super) fn new(has_last: bool, budget: &'a Budget<'a>) -> Self {
        let own = Node::text(Span::default(), "");
        let mut names = Names::default();
        // The first one has a value.
        names.add(FOLDER);
        let arguments = names.add(ARGUMENTS);
        Flow {
            budget,
            names,
            values: vec![Some(Value::Known(Rc::new(own)))],
            // The script has arguments.
            versions: HashMap::from([(arguments, (1, Rc::default()))]),
            place: Rc::default(),
            frames: Vec::new(),
            changes: Changes::default(),
            has_last,
            path: Rc::new([]),
            statements: 0,
            is_sourced: false,
        }
    }

    /// Returns the value of a variable; `None` if the script does not set it before.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.value(self.names.find(name)?)
    }

    fn value(&self, id: Id) -> Option<&Value> {
        self.values.get(id as usize)?.as_ref()
    }

    /// Returns the choices on the way to the next command.
    pub(super) fn path(&self) -> Path {
        self.path.clone()
    }

    /// Returns the number of statements around the next command.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Returns the statement around the next command, if it is not further out than `base`.
    pub(super) fn top(&mut self, base: usize) -> Option<&mut Kind> {
        let is_there = self.frames.len() > base;
        self.frames.last_mut().filter(|_| is_there).map(|frame| &mut frame.kind)
    }

    /// Checks whether the next command is in a loop that is read once, inside of `base` statements.
    pub(super) fn is_in_loop(&self, base: usize) -> bool {
        self.frames.get(base..).unwrap_or_default().iter().any(|frame| matches!(frame.kind, Kind::Loop { .. }))
    }

    /// Makes a variable local to the call that is being read; `old` is its value so far.
    pub(super) fn localize(&mut self, name: &str, old: Option<Value>) {
        let id = self.names.add(name);
        for frame in self.frames.iter_mut().rev() {
            match frame.kind {
                Kind::Subshell => return,
                Kind::Call => {
                    frame.locals.entry(id).or_insert(old);
                    return;
                }
                _ => {}
            }
        }
    }

    /// Sets a variable, or takes away that it was set.
    pub(super) fn set(&mut self, name: &str, value: Option<Value>) {
        let id = self.names.add(name);
        self.put(id, value);
    }

    fn put(&mut self, id: Id, value: Option<Value>) {
        let old = self.restore(id, value);
        if let Some(frame) = self.frames.last_mut() {
            frame.before.entry(id).or_insert_with(|| old.clone());
        }
        self.changes.old.push((id, old));
    }

    /// Gives a variable the value back that it had.
    fn restore(&mut self, id: Id, old: Option<Value>) -> Option<Value> {
        let at = id as usize;
        if at >= self.values.len() {
            self.values.resize_with(at + 1, || None);
        }
        std::mem::replace(&mut self.values[at], old)
    }

    /// Takes back what the command at hand set, which runs as another process.
    fn take_back(&mut self) {
        for (id, old) in std::mem::take(&mut self.changes.old).into_iter().rev() {
            self.restore(id, old);
        }
    }

    /// Ends a command in front of `|` or `&`.
    pub(super) fn end_process(&mut self) {
        self.take_back();
        self.changes.is_piped = true;
    }

    /// Ends a pipe. What its only command set stays.
    pub(super) fn end_pipe(&mut self) {
        if std::mem::take(&mut self.changes.is_piped) && !self.has_last {
            self.take_back();
        }
    }

    /// Ends a command that no pipe goes on.
    pub(super) fn end_command(&mut self) {
        self.end_pipe();
        self.changes.old.clear();
    }

    /// Hands what a statement set on to the one around it.
    fn hand_on(&mut self, before: BTreeMap<Id, Option<Value>>) {
        for (id, old) in before {
            if let Some(around) = self.frames.last_mut() {
                around.before.entry(id).or_insert_with(|| old.clone());
            }
            self.changes.old.push((id, old));
        }
    }

    /// Returns a number for a value of a variable that is known only when the script runs. Values that a script sets
    /// one after another are different; those of branches may be the same.
    pub(super) fn version(&mut self, name: &str) -> u32 {
        let id = self.names.add(name);
        self.version_of(id, name == ARGUMENTS)
    }

    fn version_of(&mut self, id: Id, is_new: bool) -> u32 {
        let here = self.place();
        match self.versions.get_mut(&id) {
            Some((version, there)) => {
                *version += u32::from(is_new || Rc::ptr_eq(there, &here) || is_behind(there, &here));
                *there = here;
                *version
            }
            None => {
                self.versions.insert(id, (1, here));
                1
            }
        }
    }

    /// Returns the place of the next command, which the values that are set there share.
    fn place(&mut self) -> Rc<[Place]> {
        let place = |frame: &Frame| match frame.kind {
            Kind::If | Kind::Case(_) | Kind::List | Kind::Loop { .. } if frame.branch == Branch::Taken => None,
            Kind::If | Kind::Case(_) | Kind::List | Kind::Loop { .. } => Some(Place::Choice(frame.choice)),
            Kind::For { turn, .. } => Some(Place::Turn(frame.choice.statement, turn)),
            Kind::Call => Some(Place::Turn(frame.choice.statement, 0)),
            Kind::Group { .. } | Kind::Subshell => None,
        };
        let here = || self.frames.iter().filter_map(place);
        if !here().eq(self.place.iter().copied()) {
            self.place = here().collect();
        }
        self.place.clone()
    }

    /// Enters a statement.
    pub(super) fn open(&mut self, kind: Kind, is_dead: bool) {
        self.statements += 1;
        let branch = u32::from(matches!(kind, Kind::List));
        let frame = Frame {
            kind,
            choice: Choice { statement: self.statements, branch },
            is_exhaustive: false,
            branch: Branch::Possible,
            possible: 0,
            is_decided: false,
            is_dead,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            locals: BTreeMap::new(),
            around: std::mem::take(&mut self.changes),
            outer: self.path.clone(),
        };
        self.frames.push(frame);
        self.follow();
    }

    /// Enters the next branch of the innermost statement.
    fn branch(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.choice.branch += 1;
        self.changes = Changes::default();
        for (id, old) in std::mem::take(&mut frame.before) {
            // It was set, so it has a place.
            let new = self.values.get_mut(id as usize).and_then(|value| std::mem::replace(value, old));
            frame.after.entry(id).or_default().push(new);
        }
        self.follow();
    }

    /// Notes whether the condition of a branch of the innermost statement holds; returns whether the branch is skipped.
    pub(super) fn decide(&mut self, status: Option<bool>) -> bool {
        let Some(frame) = self.frames.last_mut().filter(|frame| !frame.is_dead) else { return false };
        frame.branch = match status {
            _ if frame.is_decided => Branch::Skipped,
            Some(false) => Branch::Skipped,
            Some(true) => {
                frame.is_decided = true;
                frame.is_exhaustive = true;
                if frame.possible == 0 { Branch::Taken } else { Branch::Possible }
            }
            None => Branch::Possible,
        };
        frame.possible += u32::from(frame.branch == Branch::Possible);
        let is_skipped = frame.branch == Branch::Skipped;
        self.follow();
        is_skipped
    }

    /// Leaves a branch of the innermost statement, of which others may follow; returns whether it was skipped.
    pub(super) fn leave(&mut self) -> bool {
        let Some(frame) = self.frames.last_mut().filter(|frame| !frame.is_dead) else { return false };
        match std::mem::replace(&mut frame.branch, Branch::Possible) {
            Branch::Possible => self.branch(),
            Branch::Taken => {}
            Branch::Skipped => return true,
        }
        false
    }

    /// Checks whether the branch of the innermost statement is skipped.
    pub(super) fn is_skipped(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.branch == Branch::Skipped)
    }

    /// Checks whether the branch of the innermost statement may run or not.
    pub(super) fn is_possible(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.branch == Branch::Possible)
    }

    /// Returns the variables that the innermost statement has changed although their values before were known.
    pub(super) fn altered(&self) -> Vec<Rc<str>> {
        let is_altered = |id: Id, old: &Option<Value>| match (old, self.value(id)) {
            (None, new) => matches!(new, Some(Value::Known(_) | Value::Likely(_) | Value::List(_))),
            (Some(Value::Unknown(..) | Value::Same(_)), _) => false,
            (Some(old), new) => !new.is_some_and(|new| new.is(old, self.budget)),
        };
        let before = self.frames.last().map(|frame| &frame.before);
        let altered = before.into_iter().flatten().filter(|(id, old)| is_altered(**id, old));
        altered.map(|(id, _)| self.names.of(*id)).collect()
    }

    /// Leaves the turns of a number of loops around the next command, if they are read for each of their words, inside
    /// of `base` statements, and the command is known to run in each turn; `is_last` leaves the outermost of them, too.
    /// Returns the number of loops whose turn was left: fewer than asked for if there are fewer.
    pub(super) fn leave_loops(&mut self, base: usize, count: usize, is_last: bool) -> usize {
        let frames = self.frames.get_mut(base..).unwrap_or_default();
        let mut left = Vec::new();
        for (at, frame) in frames.iter().enumerate().rev() {
            match &frame.kind {
                Kind::For { .. } => left.push(at),
                Kind::Group { .. } => {}
                _ if frame.branch == Branch::Taken => {}
                _ => return 0,
            }
            if left.len() == count {
                break;
            }
        }
        for (nth, at) in left.iter().enumerate() {
            if let Kind::For { turn, words, is_left, .. } = &mut frames[*at].kind {
                *is_left = true;
                if is_last || nth + 1 < left.len() {
                    *turn = words.len();
                }
            }
        }
        left.len()
    }

    /// Takes back what the innermost statement set, which is read again.
    pub(super) fn rewind(&mut self) {
        self.changes = Changes::default();
        let before = self.frames.last_mut().map(|frame| std::mem::take(&mut frame.before));
        for (id, old) in before.into_iter().flatten() {
            self.restore(id, old);
        }
    }

    /// Checks whether a branch of the innermost statement is known to run if none before it does.
    pub(super) fn is_decided(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_decided)
    }

    /// Goes on from a branch that was taken as if it was not known that it was, as the next one may run as well.
    pub(super) fn fall_through(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        frame.is_decided = false;
        if frame.possible == 0 {
            let before = std::mem::take(&mut frame.before);
            std::mem::swap(&mut self.changes, &mut frame.around);
            self.hand_on(before);
            std::mem::swap(&mut self.changes, &mut frame.around);
        }
        self.frames.push(frame);
    }

    /// Notes that the environment, or a command that was read, may have set any variable.
    pub(super) fn mark_likely(&mut self) {
        self.is_sourced = true;
        for value in self.values.iter_mut().flatten() {
            if let Value::Known(known) = value {
                *value = Value::Likely(known.clone());
            }
        }
    }

    /// Returns the names of all variables, in the order in which they were set first.
    pub(super) fn names(&self) -> Vec<Rc<str>> {
        (0..self.values.len() as Id).filter(|id| self.value(*id).is_some()).map(|id| self.names.of(id)).collect()
    }

    /// Returns the number of variables, with those that have no value any more.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// Returns the number of bytes of the names of all variables.
    pub(super) fn name_bytes(&self) -> usize {
        self.names.bytes()
    }

    /// Checks whether the next command runs once for each time that what is around `base` statements runs.
    pub(super) fn is_certain(&self, base: usize) -> bool {
        let is_certain = |frame: &Frame| {
            frame.branch == Branch::Taken
                || !matches!(frame.kind, Kind::If | Kind::Case(_) | Kind::List | Kind::Loop { .. })
        };
        self.frames.get(base..).unwrap_or_default().iter().all(is_certain)
    }

    /// Checks whether the next command is known to run: it is in no statement, or in branches that are known to run, of
    /// statements that run once.
    pub(super) fn is_taken(&self) -> bool {
        let is_taken = |frame: &Frame| frame.branch == Branch::Taken || matches!(frame.kind, Kind::Group { .. });
        self.frames.iter().all(is_taken)
    }

    /// Returns the number of variables that the innermost statement sets.
    pub(super) fn changed(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.before.len() + frame.after.len() + frame.locals.len())
    }

    /// Leaves the innermost statement of a script that is not read further.
    pub(super) fn discard(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.changes = frame.around;
        }
    }

    /// Leaves the innermost statement.
    pub(super) fn close(&mut self) {
        if self.frames.last().is_some_and(|frame| matches!(frame.kind, Kind::Subshell)) {
            let Some(frame) = self.frames.pop() else { return };
            (self.path, self.changes) = (frame.outer, frame.around);
            for (id, old) in frame.before {
                self.restore(id, old);
            }
            return;
        }
        let is_sequence = |frame: &Frame| {
            matches!(frame.kind, Kind::For { .. } | Kind::Group { .. } | Kind::Call)
                || frame.possible == 0 && !matches!(frame.kind, Kind::Loop { .. })
        };
        if self.frames.last().is_some_and(is_sequence) {
            let Some(frame) = self.frames.pop() else { return };
            (self.path, self.changes) = (frame.outer, frame.around);
            self.hand_on(frame.before);
            for (id, old) in frame.locals {
                self.put(id, old);
            }
            return;
        }
        if self.frames.last().is_some_and(|frame| frame.branch == Branch::Possible) {
            self.branch();
        }
        let Some(frame) = self.frames.pop() else { return };
        (self.path, self.changes) = (frame.outer, frame.around);
        let is_loop = matches!(frame.kind, Kind::Loop { .. });
        // A list starts with a command that is in no branch.
        let branches = frame.choice.branch as usize;
        for (id, mut values) in frame.after {
            if values.len() < branches || !frame.is_exhaustive {
                values.push(self.value(id).cloned());
            }
            let joined = self.joined(id, values, is_loop);
            self.put(id, joined);
        }
    }

    /// Returns the value of a variable that has one of several. What the environment may hold does not count, unless a
    /// loop that may not run at all sets the variable.
    fn joined(&mut self, id: Id, values: Vec<Option<Value>>, is_loop: bool) -> Option<Value> {
        let is_always_set = values.iter().all(Option::is_some);
        let is_likely = values.iter().flatten().any(|value| matches!(value, Value::Likely(_)));
        let mut values = values.into_iter().flatten();
        let first = values.next()?;
        let mut unknown = matches!(first, Value::Unknown(..)).then(|| first.clone());
        let mut is_same = true;
        for value in values {
            is_same &= value.is(&first, self.budget);
            if matches!(value, Value::Unknown(..)) {
                unknown = Some(value);
            }
        }
        if is_same {
            return Some(match first {
                Value::Known(_) | Value::Likely(_) | Value::List(_) if is_loop && !is_always_set => {
                    let name = self.names.of(id);
                    let message = format!("only a loop sets {name}, which may not run; its value is not known");
                    Value::Unknown(self.version_of(id, &*name == ARGUMENTS), Some(message.into()))
                }
                Value::Known(known) if is_likely || !is_always_set => Value::Likely(known),
                first => first,
            });
        }
        let name = self.names.of(id);
        let shown = if &*name == ARGUMENTS { "the arguments" } else { &*name };
        let message = format!("branches of the script set {shown} to different values; which one it has is not known");
        let version = match unknown {
            Some(Value::Unknown(version, _)) => version,
            _ => self.version_of(id, &*name == ARGUMENTS),
        };
        Some(Value::Unknown(version, Some(message.into())))
    }

    fn follow(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        self.path = match frame.kind {
            _ if frame.branch == Branch::Taken => frame.outer.clone(),
            Kind::Group { .. } | Kind::Subshell | Kind::Call | Kind::For { .. } | Kind::Loop { .. } => {
                frame.outer.clone()
            }
            _ => frame.outer.iter().copied().chain([frame.choice]).collect(),
        };
    }
}
