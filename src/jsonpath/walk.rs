//! The evaluator: walks a compiled path over a tree as Jayway's `PathToken` classes do.
//!
//! | Here | Jayway |
//! | --- | --- |
//! | `Walk::apply` | `PathToken.evaluate` |
//! | `Walk::names` | `PathToken.handleObjectProperty` |
//! | `Walk::index` | `ArrayPathToken.handleArrayIndex` |
//! | `Walk::scan` | `ScanPathToken.walk` |
//! | `Walk::upstream_indexes` | `PathToken.upstreamArrayIndex` |

use super::step::{Compiled, Fail, Literal, Predicate, Step};
use super::tree::{NodeKind, Tree};
use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Maximum recursion depth of steps and scans. Payloads nest to 400 levels.
const MAX_DEPTH: u32 = 1_000;

/// One evaluation of a path and of the paths nested in it.
pub(super) struct Walk<T: Tree> {
    pub(super) heap: T::Heap,
    pub(super) root: T,
    depth: Cell<u32>,
    /// Cached values of paths from `$` in filters, and of literals, by the address of their compiled form.
    cache: RefCell<HashMap<usize, T>>,
    /// The index that a scan last set on a step, by the address of the step; see [`Walk::is_dropped`].
    upstream_indexes: RefCell<Vec<(usize, usize)>>,
}

/// The mode of one pass over a path.
#[derive(Clone, Copy)]
pub(super) struct Run<'p> {
    path: &'p Compiled,
    /// Continue to the children of the values found, as `length(path)` does.
    children: bool,
    /// Fail at the first missing name, as the existence test of a filter does.
    strict: bool,
}

impl Run<'_> {
    fn is_leaf(&self, at: usize) -> bool {
        at + 1 == self.path.steps.len() + usize::from(self.children)
    }

    /// Returns an identity for a step. The pseudo-step for the children has one of its own.
    fn address(&self, at: usize) -> usize {
        match self.path.steps.get(at) {
            Some(step) => std::ptr::from_ref(step).addr(),
            None => std::ptr::from_ref(self.path).addr(),
        }
    }
}

impl<T: Tree> Walk<T> {
    pub(super) fn new(heap: T::Heap, root: T) -> Self {
        Walk { heap, root, depth: Cell::new(0), cache: RefCell::default(), upstream_indexes: RefCell::default() }
    }

    /// Evaluates a path: returns the last value found if it is definite, otherwise the list of all.
    pub(super) fn find(&self, path: &Compiled, from: &T) -> Result<T, Fail> {
        self.run(Run { path, children: false, strict: false }, from)
    }

    /// Checks whether a path finds something.
    pub(super) fn exists(&self, path: &Compiled, from: &T) -> Result<bool, Fail> {
        match self.run(Run { path, children: false, strict: true }, from) {
            Ok(_) => Ok(true),
            Err(Fail::NotFound) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Returns the values that `length(path)` counts: the children of what the path finds.
    pub(super) fn children(&self, path: &Compiled, from: &T) -> Result<T, Fail> {
        let children = !path.steps.is_empty() && !path.ends_in_call();
        self.run(Run { path, children, strict: false }, from)
    }

    /// Evaluates a path from `$`, at most once per evaluation.
    pub(super) fn find_from_root(&self, path: &Compiled) -> Result<T, Fail> {
        self.cached(std::ptr::from_ref(path).addr(), || self.find(path, &self.root))
    }

    /// Returns a JSON literal as a node; `None` if its text is not JSON.
    pub(super) fn literal(&self, literal: &Literal) -> Result<Option<T>, Fail> {
        let Some(data) = literal.0.as_ref() else { return Ok(None) };
        self.cached(std::ptr::from_ref(literal).addr(), || Ok(T::data(self.heap, data)?)).map(Some)
    }

    /// Returns the cached node for an address, or creates it.
    fn cached(&self, address: usize, make: impl FnOnce() -> Result<T, Fail>) -> Result<T, Fail> {
        if let Some(known) = self.cache.borrow().get(&address) {
            return Ok(known.clone());
        }
        let made = make()?;
        self.cache.borrow_mut().insert(address, made.clone());
        Ok(made)
    }

    fn run(&self, run: Run<'_>, from: &T) -> Result<T, Fail> {
        let mut found = Vec::new();
        let result = self.follow(run, 0, from, &mut found);
        T::release(self.heap, found.capacity().saturating_mul(size_of::<T>()));
        result?;
        if run.path.definite {
            return found.pop().ok_or(Fail::NotFound);
        }
        Ok(T::list(self.heap, found)?)
    }

    /// Adds a value to those found, whose list is charged before it grows.
    fn add(&self, found: &mut Vec<T>, value: T) -> Result<(), Fail> {
        if found.len() == found.capacity() {
            let more = found.capacity().max(4);
            T::hold(self.heap, more.saturating_mul(size_of::<T>()))?;
            found.reserve_exact(more);
        }
        found.push(value);
        Ok(())
    }

    /// Enters a recursion: charges two steps and checks the depth.
    fn enter(&self) -> Result<(), Fail> {
        T::on_budget(self.heap, |budget| budget.charge(2).and_then(|()| budget.descend()))?;
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            return Err(Fail::Stop(Error::new(Code::DepthLimit, "a JSONPath recurses too deeply into the document")));
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
            return self.add(found, model.clone());
        };
        // Below an indefinite step what is missing is skipped.
        let definite = run.path.upstream.get(at).copied().unwrap_or(false);
        let missing = || if definite { Err(Fail::NotFound) } else { Ok(()) };
        match step {
            Step::Names(names) if model.is_map() => self.names(run, at, names, definite, model, found),
            Step::Names(_) => missing(),
            Step::Indexes(_) | Step::Slice(..) if !model.is_list() => missing(),
            Step::Indexes(indexes) => {
                // Those that are there are charged again.
                T::charge(self.heap, indexes.len() / 2)?;
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
                self.add(found, result.clone())?;
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
        T::charge(self.heap, looked_up(names))?;
        if leaf && names.len() > 1 {
            let mut members = Vec::with_capacity(names.len());
            for name in names {
                match model.member(name) {
                    Some(value) => members.push((&**name, value)),
                    None if run.strict => return Err(Fail::NotFound),
                    None => {}
                }
            }
            return self.add(found, T::map(self.heap, members)?);
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

    /// Follows the element at `index`, counted from the end if negative; does nothing if there is none.
    fn index(&self, run: Run<'_>, at: usize, index: i64, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        let index = if index < 0 { model.len() as i64 + index } else { index };
        let Some(element) = usize::try_from(index).ok().and_then(|i| model.item(i)) else { return Ok(()) };
        match self.follow(run, at + 1, &element, found) {
            Err(Fail::OutOfBounds) => Ok(()),
            other => other,
        }
    }

    /// Follows every element or member (`*`).
    fn all(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        match model.kind() {
            NodeKind::Map if run.is_leaf(at) && self.is_dropped(run, at) => {}
            NodeKind::Map => {
                for value in model.values() {
                    self.follow(run, at + 1, &value, found)?;
                }
            }
            NodeKind::List => {
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
            NodeKind::Map if !self.accepts(predicate, model)? => {}
            NodeKind::Map => self.follow(run, at + 1, model, found)?,
            NodeKind::List => {
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

    /// Applies the step at `at` to `model` and everything below it in document order (`..`).
    fn scan(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        self.enter()?;
        let result = self.scan_here(run, at, model, found);
        self.leave();
        result
    }

    fn scan_here(&self, run: Run<'_>, at: usize, model: &T, found: &mut Vec<T>) -> Result<(), Fail> {
        let Some(step) = run.path.steps.get(at) else { return Ok(()) };
        match model.kind() {
            NodeKind::Map => {
                if self.is_match(run, at, step, model)? {
                    self.follow(run, at, model, found)?;
                }
                for value in model.values() {
                    self.scan(run, at, &value, found)?;
                }
            }
            NodeKind::List => {
                if self.is_match(run, at, step, model)? {
                    if run.is_leaf(at) {
                        self.follow(run, at, model, found)?;
                    } else {
                        for i in 0..model.len() {
                            let Some(element) = model.item(i) else { break };
                            self.set_upstream_index(run, at + 1, i);
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

    /// Records that a scan passes the element at `index` of a list to the step at `at`.
    fn set_upstream_index(&self, run: Run<'_>, at: usize, index: usize) {
        let address = run.address(at);
        let mut indexes = self.upstream_indexes.borrow_mut();
        match indexes.iter_mut().find(|(a, _)| *a == address) {
            Some((_, last)) => *last = index,
            None => indexes.push((address, index)),
        }
    }

    /// Returns `true` if a last name or `*` must add nothing. In `$..[0].a` a scan passes every element
    /// of a list to `.a`, which adds its value only if the step before it is that element's index. Jayway
    /// never resets the index: after its first list `$..*.a` finds nothing more.
    fn is_dropped(&self, run: Run<'_>, at: usize) -> bool {
        let indexes = self.upstream_indexes.borrow();
        let address = run.address(at);
        let Some(&(_, index)) = indexes.iter().find(|(a, _)| *a == address) else { return false };
        let before = run.path.steps.len().checked_sub(2).and_then(|before| run.path.steps.get(before));
        !matches!(before, Some(Step::Indexes(indexes)) if matches!(indexes[..], [i] if i64::from(i) == index as i64))
    }

    /// Returns `true` if a scan applies its step to this object or list.
    fn is_match(&self, run: Run<'_>, at: usize, step: &Step, model: &T) -> Result<bool, Fail> {
        Ok(match step {
            Step::Names(names) => {
                let iterated = names.len() > 1 && !run.is_leaf(at);
                T::charge(self.heap, if iterated { 0 } else { looked_up(names) })?;
                model.is_map() && (iterated || names.iter().all(|name| model.member(name).is_some()))
            }
            Step::Indexes(_) | Step::Slice(..) => model.is_list(),
            Step::Wildcard => true,
            Step::Filter(predicate) => self.accepts(predicate, model)?,
            Step::Scan | Step::Call(_) => false,
        })
    }
}

/// Returns the steps of looking names up, beyond those of one that is short.
fn looked_up(names: &[Box<str>]) -> usize {
    names.len().saturating_sub(1) + names.iter().map(|name| name.len()).sum::<usize>() / 64
}

/// Returns the indexes of a slice. With two bounds negative ones are not normalized but count from the end
/// one by one, so `[-2:2]` wraps around.
fn slice(from: Option<i32>, to: Option<i32>, length: i64) -> std::ops::Range<i64> {
    match (from.map(i64::from), to.map(i64::from)) {
        (Some(from), Some(to)) => from.max(-length)..to.min(length),
        (Some(from), None) => (if from < 0 { length + from } else { from }).max(0)..length,
        (None, Some(to)) => 0..(if to < 0 { length + to } else { to }).min(length),
        (None, None) => 0..0,
    }
}
