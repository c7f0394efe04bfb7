//! The walk of a compiled path over a tree.

use super::Compiled;
use super::step::{Fail, Literal, Predicate, Step};
use super::tree::{Kind, Tree};
use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::{Cell, RefCell};

/// How deep steps and scans may be inside each other; payloads nest to 400.
const DEEPEST: u32 = 1_000;

/// One evaluation of a path and of all paths inside of it.
pub(super) struct Walk<T: Tree> {
    pub(super) world: T::World,
    pub(super) root: T,
    depth: Cell<u32>,
    /// What paths from `$` inside of filters gave, and literals as nodes, by the address of what was compiled.
    known: RefCell<Vec<(usize, T)>>,
    /// The last index that a scan handed to a step, by the step's address; see [`Walk::is_dropped`].
    handed: RefCell<Vec<(usize, usize)>>,
}

/// A path on its way.
#[derive(Clone, Copy)]
pub(super) struct Run<'p> {
    path: &'p Compiled,
    /// Go on to the children of what is found, as `length(path)` does.
    children: bool,
    /// A name that is missing ends the evaluation, as when a filter asks whether a path exists.
    strict: bool,
}

impl Run<'_> {
    fn is_leaf(&self, at: usize) -> bool {
        at + 1 == self.path.steps.len() + usize::from(self.children)
    }

    /// What tells a step from all others; the children have a place of their own.
    fn address(&self, at: usize) -> usize {
        match self.path.steps.get(at) {
            Some(step) => std::ptr::from_ref(step).addr(),
            None => std::ptr::from_ref(self.path).addr(),
        }
    }
}

impl<T: Tree> Walk<T> {
    pub(super) fn new(world: T::World, root: T) -> Self {
        Walk { world, root, depth: Cell::new(0), known: RefCell::default(), handed: RefCell::default() }
    }

    /// The value of a path: the last thing found if it is definite, else the list of all.
    pub(super) fn find(&self, path: &Compiled, from: &T) -> Result<T, Fail> {
        self.run(Run { path, children: false, strict: false }, from)
    }

    /// Whether a path leads somewhere.
    pub(super) fn exists(&self, path: &Compiled, from: &T) -> Result<bool, Fail> {
        match self.run(Run { path, children: false, strict: true }, from) {
            Ok(_) => Ok(true),
            Err(Fail::NotFound) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// What `length(path)` counts: the children of what the path finds.
    pub(super) fn children(&self, path: &Compiled, from: &T) -> Result<T, Fail> {
        let children = !path.steps.is_empty() && !path.ends_in_call();
        self.run(Run { path, children, strict: false }, from)
    }

    /// The value of a path from `$`, walked once per evaluation.
    pub(super) fn find_from_root(&self, path: &Compiled) -> Result<T, Fail> {
        self.once(std::ptr::from_ref(path).addr(), || self.find(path, &self.root))
    }

    /// A JSON literal as a node.
    pub(super) fn literal(&self, literal: &Literal) -> Result<T, Fail> {
        let data = literal.0.as_ref().ok_or(Fail::Other("a literal is no JSON"))?;
        self.once(std::ptr::from_ref(literal).addr(), || Ok(T::data(self.world, data)?))
    }

    fn once(&self, address: usize, make: impl FnOnce() -> Result<T, Fail>) -> Result<T, Fail> {
        if let Some((_, known)) = self.known.borrow().iter().find(|(a, _)| *a == address) {
            return Ok(known.clone());
        }
        let made = make()?;
        self.known.borrow_mut().push((address, made.clone()));
        Ok(made)
    }

    fn run(&self, run: Run<'_>, from: &T) -> Result<T, Fail> {
        let mut found = Vec::new();
        self.follow(run, 0, from, &mut found)?;
        if run.path.definite {
            return found.pop().ok_or(Fail::NotFound);
        }
        Ok(T::list(self.world, found)?)
    }

    fn enter(&self) -> Result<(), Fail> {
        T::charge(self.world, 1)?;
        let depth = self.depth.get() + 1;
        if depth > DEEPEST {
            return Err(Fail::Stop(Error::new(Code::DepthLimit, "a JSONPath went too deep into the document")));
        }
        self.depth.set(depth);
        Ok(())
    }

    fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Applies the step at `at` and all after it to `model`.
    fn follow(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        self.enter()?;
        let result = self.apply(run, at, model, found);
        self.leave();
        result
    }

    fn apply(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        let Some(step) = run.path.steps.get(at) else {
            if run.children && at == run.path.steps.len() {
                return self.all(run, at, model, found);
            }
            found.push(model.clone());
            return Ok(());
        };
        // Below an indefinite step what is missing is skipped.
        let definite = run.path.upstream.get(at).copied().unwrap_or(false);
        let missing = || if definite { Err(Fail::NotFound) } else { Ok(()) };
        match step {
            Step::Names(names) if model.is_map() => self.names(run, at, names, definite, model, found),
            Step::Names(_) => missing(),
            Step::Indexes(_) | Step::Slice(..) if !model.is_list() => missing(),
            Step::Indexes(indexes) => {
                for &index in indexes {
                    self.index(run, at, i64::from(index), model, found)?;
                }
                Ok(())
            }
            Step::Slice(from, to) => {
                let length = model.len() as i64;
                for i in slice(*from, *to, length) {
                    self.index(run, at, i, model, found)?;
                }
                Ok(())
            }
            Step::Wildcard => self.all(run, at, model, found),
            Step::Filter(predicate) => self.filter(run, at, predicate, definite, model, found),
            Step::Scan if at + 1 == run.path.steps.len() => Err(Fail::Other("there is nothing to scan for")),
            Step::Scan => self.scan(run, at + 1, model, found),
            Step::Call(call) => {
                let result = self.call(call, model)?;
                found.push(result.clone());
                if at + 1 < run.path.steps.len() { self.follow(run, at + 1, &result, found) } else { Ok(()) }
            }
        }
    }

    fn names(
        &self,
        run: Run<'_>,
        at: usize,
        names: &[Box<str>],
        definite: bool,
        model: &T,
        found: &mut Vec<T>,
    ) -> Result<(), Fail> {
        let leaf = run.is_leaf(at);
        if leaf && names.len() > 1 {
            let mut members = Vec::with_capacity(names.len());
            for name in names {
                match model.member(name) {
                    Some(value) => members.push((&**name, value)),
                    None if run.strict => return Err(Fail::NotFound),
                    None => {}
                }
            }
            found.push(T::map(self.world, members)?);
            return Ok(());
        }
        for name in names {
            match model.member(name) {
                Some(_) if leaf && self.is_dropped(run, at) => {}
                Some(value) => self.follow(run, at + 1, &value, found)?,
                None if run.strict || (!leaf && definite && names.len() == 1) => return Err(Fail::NotFound),
                None => {}
            }
        }
        Ok(())
    }

    /// The element at `index`, from the end if negative; nothing if there is none.
    fn index(&self, run: Run<'_>, at: usize, index: i64, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        let index = if index < 0 { model.len() as i64 + index } else { index };
        let Some(element) = usize::try_from(index).ok().and_then(|i| model.item(i)) else { return Ok(()) };
        match self.follow(run, at + 1, &element, found) {
            Err(Fail::OutOfBounds) => Ok(()),
            other => other,
        }
    }

    /// `*`.
    fn all(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        match model.kind() {
            Kind::Map if run.is_leaf(at) && self.is_dropped(run, at) => {}
            Kind::Map => {
                for value in model.values() {
                    self.follow(run, at + 1, &value, found)?;
                }
            }
            Kind::List => {
                for i in 0..model.len() {
                    match self.index(run, at, i as i64, model, found) {
                        Err(Fail::NotFound) if !run.strict => {}
                        other => other?,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn filter(
        &self,
        run: Run<'_>,
        at: usize,
        predicate: &Predicate,
        definite: bool,
        model: &T,
        found: &mut Vec<T>,
    ) -> Result<(), Fail> {
        match model.kind() {
            // An object is tested itself, not its members.
            Kind::Map if !self.accepts(predicate, model)? => {}
            Kind::Map => self.follow(run, at + 1, model, found)?,
            Kind::List => {
                for i in 0..model.len() {
                    let Some(element) = model.item(i) else { break };
                    if self.accepts(predicate, &element)? {
                        self.index(run, at, i as i64, model, found)?;
                    }
                }
            }
            _ if definite => return Err(Fail::Invalid("a filter cannot be applied to a scalar")),
            _ => {}
        }
        Ok(())
    }

    /// `..`: the step at `at` on `model` and on everything below it, in document order.
    fn scan(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        self.enter()?;
        let result = self.scan_here(run, at, model, found);
        self.leave();
        result
    }

    fn scan_here(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        let Some(step) = run.path.steps.get(at) else { return Ok(()) };
        match model.kind() {
            Kind::Map => {
                if self.is_match(run, at, step, model)? {
                    self.follow(run, at, model, found)?;
                }
                for value in model.values() {
                    self.scan(run, at, &value, found)?;
                }
            }
            Kind::List => {
                if self.is_match(run, at, step, model)? {
                    if run.is_leaf(at) {
                        self.follow(run, at, model, found)?;
                    } else {
                        for i in 0..model.len() {
                            let Some(element) = model.item(i) else { break };
                            self.hand(run, at + 1, i);
                            self.follow(run, at + 1, &element, found)?;
                        }
                    }
                }
                for i in 0..model.len() {
                    let Some(element) = model.item(i) else { break };
                    self.scan(run, at, &element, found)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes that a scan hands the element at `index` of a list to the step at `at`.
    fn hand(&self, run: Run<'_>, at: usize, index: usize) {
        let address = run.address(at);
        let mut handed = self.handed.borrow_mut();
        match handed.iter_mut().find(|(a, _)| *a == address) {
            Some((_, last)) => *last = index,
            None => handed.push((address, index)),
        }
    }

    /// Whether a last name or `*` adds nothing. In `$..[0].a` a scan hands every element of a list
    /// to `.a`, which adds its value only for the index that is written before it. The index sticks:
    /// after its first list `$..*.a` finds nothing more.
    fn is_dropped(&self, run: Run<'_>, at: usize) -> bool {
        let handed = self.handed.borrow();
        let address = run.address(at);
        let Some(&(_, index)) = handed.iter().find(|(a, _)| *a == address) else { return false };
        let before = run.path.steps.len().checked_sub(2).and_then(|before| run.path.steps.get(before));
        !matches!(before, Some(Step::Indexes(indexes)) if matches!(indexes[..], [i] if i64::from(i) == index as i64))
    }

    /// Whether a scan stops at this object or list.
    fn is_match(&self, run: Run<'_>, at: usize, step: &Step, model: &T) -> Result<bool, Fail> {
        Ok(match step {
            Step::Names(names) => {
                let iterated = names.len() > 1 && !run.is_leaf(at);
                model.is_map() && (iterated || names.iter().all(|name| model.member(name).is_some()))
            }
            Step::Indexes(_) | Step::Slice(..) => model.is_list(),
            Step::Wildcard => true,
            Step::Filter(predicate) => self.accepts(predicate, model)?,
            Step::Scan | Step::Call(_) => false,
        })
    }
}

/// The indexes a slice goes through. Between two bounds negative ones are not normalized: they
/// count from the end one by one, so `[-2:2]` wraps around.
fn slice(from: Option<i32>, to: Option<i32>, length: i64) -> std::ops::Range<i64> {
    match (from.map(i64::from), to.map(i64::from)) {
        (Some(from), Some(to)) => from.max(-length)..to.min(length),
        (Some(from), None) => (if from < 0 { length + from } else { from }).max(0)..length,
        (None, Some(to)) => 0..(if to < 0 { length + to } else { to }).min(length),
        (None, None) => 0..0,
    }
}
