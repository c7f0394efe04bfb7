//! The read plan: a projection of the payload, and the slots that literal paths read from.
//!
//! [`ReadPlan`] is the immutable result of demand analysis (see `demand`). Each node says which part
//! of its value is built ([`Projection`]); a node that a literal path selects also has a capture
//! slot, where the path finds the value without a walk.

use crate::value::Value;
use crate::value::shape::{FingerprintedName, KeyPattern, fingerprint};

/// One access into a payload: a member name or a list index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access<'p> {
    Member(&'p str),
    Item(usize),
}

/// A projection of a payload, executed by the projecting reader.
#[derive(Debug)]
pub(crate) struct ReadPlan {
    pub(super) root: PlanNode,
    /// The number of capture slots.
    pub(super) captures: u32,
    /// The number of nodes with a key predictor.
    pub(super) predictors: u32,
}

/// The plan for one value of the payload.
#[derive(Debug)]
pub(super) struct PlanNode {
    pub(super) projection: Projection,
    /// The capture slot that literal paths read the value from.
    pub(super) capture: Option<u32>,
    /// The value is stored in a list or object that is built.
    pub(super) contained: bool,
    /// The key predictor, for objects that are elements of a list.
    pub(super) predictor: Option<u32>,
}

/// The part of a value that is built.
#[derive(Debug)]
pub(super) enum Projection {
    /// The whole subtree.
    Whole,
    /// Some members of an object.
    Members(Vec<PlannedMember>),
    /// Some elements of a list, by index.
    Items(Vec<(usize, PlanNode)>),
    /// All elements of a list, each by one plan.
    Each(Box<PlanNode>),
    /// Nothing but its existence: the value becomes null.
    Existence,
}

/// A member that a plan selects from an object.
#[derive(Debug)]
pub(super) struct PlannedMember {
    pub(super) name: Box<str>,
    fingerprint: u32,
    pub(super) pattern: KeyPattern,
    pub(super) node: PlanNode,
}

impl PlannedMember {
    pub(super) fn new(name: Box<str>, node: PlanNode) -> Self {
        PlannedMember { fingerprint: fingerprint(name.as_bytes()), pattern: KeyPattern::new(&name), name, node }
    }

    /// Returns the name as a string value with its fingerprint.
    pub(super) fn fingerprinted_name(&self) -> FingerprintedName<'_> {
        (self.fingerprint, Value::str(&self.name))
    }
}

/// The location of the value that a literal path selects: a capture slot and the steps after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    pub(crate) slot: u32,
    /// The number of steps of the path that lead to the captured value.
    pub(crate) steps: u32,
    /// The path has no further steps: it selects the captured value itself.
    pub(crate) exact: bool,
}

impl ReadPlan {
    pub(super) fn new(root: PlanNode) -> Self {
        ReadPlan { root, captures: 0, predictors: 0 }
    }

    /// Assigns a capture slot to the node that a path leads to, or to the whole subtree around it.
    pub(crate) fn capture<'p>(&mut self, path: impl Iterator<Item = Option<Access<'p>>>) -> Capture {
        self.root.assign_capture(path.fuse(), 0, &mut self.captures)
    }

    /// Marks the nodes whose values are built and assigns key predictors. Must be called once, after
    /// the last [`capture`](ReadPlan::capture).
    pub(crate) fn finish(&mut self) {
        self.root.finish(false, false, &mut self.predictors);
    }
}

impl PlanNode {
    pub(super) fn new(projection: Projection) -> Self {
        PlanNode { projection, capture: None, contained: false, predictor: None }
    }

    /// Returns `true` if a value is built for this node.
    pub(super) fn is_built(&self) -> bool {
        self.contained || self.capture.is_some()
    }

    fn assign_capture<'p>(
        &mut self,
        mut path: impl Iterator<Item = Option<Access<'p>>>,
        steps: u32,
        captures: &mut u32,
    ) -> Capture {
        let access = path.next();
        let exact = access.is_none();
        let next = match (&mut self.projection, access.flatten()) {
            (Projection::Members(members), Some(Access::Member(name))) => {
                members.iter_mut().find(|member| *member.name == *name).map(|member| &mut member.node)
            }
            (Projection::Items(items), Some(Access::Item(index))) => {
                items.iter_mut().find(|(i, _)| *i == index).map(|(_, node)| node)
            }
            _ => None,
        };
        if let Some(next) = next {
            return next.assign_capture(path, steps + 1, captures);
        }
        let slot = *self.capture.get_or_insert_with(|| {
            *captures += 1;
            *captures - 1
        });
        Capture { slot, steps, exact }
    }

    fn finish(&mut self, contained: bool, repeated: bool, predictors: &mut u32) {
        self.contained = contained;
        let built = self.is_built();
        match &mut self.projection {
            Projection::Whole | Projection::Existence => {}
            Projection::Members(members) => {
                if repeated {
                    self.predictor = Some(*predictors);
                    *predictors += 1;
                }
                members.iter_mut().for_each(|member| member.node.finish(built, repeated, predictors));
            }
            Projection::Items(items) => items.iter_mut().for_each(|(_, node)| node.finish(built, repeated, predictors)),
            Projection::Each(each) => each.finish(built, true, predictors),
        }
    }
}
