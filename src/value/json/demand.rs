//! The demand graph: which parts of a payload a template can observe.
//!
//! Demand analysis (`compile::demand`) fills a [`Demand`] with the member names, list indexes and
//! iterations that a template applies to its payload; [`Demand::into_plan`] turns it into the
//! [`ReadPlan`] that the projecting reader (`project`) executes. The rest of the payload is
//! validated, since a syntax error must be reported, but no values are built for it.

use super::plan::{Access, PlanNode, PlannedMember, Projection, ReadPlan};

/// Index of a node in a [`Demand`] graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DemandId(usize);

/// The demand graph: one node per observed part of the payload, the root first.
#[derive(Debug)]
pub(crate) struct Demand(Vec<DemandNode>);

/// The accesses that a template applies to one part of the payload.
#[derive(Debug, Default)]
struct DemandNode {
    /// The number of accesses that lead to the node.
    depth: usize,
    /// The whole subtree is demanded.
    whole: bool,
    /// The number of elements or members is demanded.
    count: bool,
    members: Vec<(Box<str>, DemandId)>,
    items: Vec<(usize, DemandId)>,
    /// The node that represents all elements of a list, or all values of a map.
    each: Option<DemandId>,
}

impl DemandNode {
    /// Checks whether one more access would be too much.
    fn is_full(&self) -> bool {
        self.depth >= MAX_DEPTH || self.members.len() + self.items.len() >= MAX_ACCESSES
    }
}

impl Default for Demand {
    fn default() -> Self {
        Demand(vec![DemandNode::default()])
    }
}

/// Maximum depth of a demanded path. Payloads nest to 400 levels, so deeper accesses find nothing,
/// and dropping the plan recurses.
const MAX_DEPTH: usize = 400;

/// Maximum number of accesses to one node before its whole subtree is demanded.
const MAX_ACCESSES: usize = 64;

impl Demand {
    pub(crate) const ROOT: DemandId = DemandId(0);

    /// Returns the number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Demands the whole subtree of a node.
    pub(crate) fn add_whole(&mut self, node: DemandId) {
        self.0[node.0].whole = true;
    }

    /// Demands the number of elements or members of a node.
    pub(crate) fn add_count(&mut self, node: DemandId) {
        self.0[node.0].count = true;
    }

    /// Demands one access to a node and returns the node it leads to. Everything inside of a whole
    /// subtree is represented by the root of that subtree.
    pub(crate) fn add(&mut self, node: DemandId, access: Access<'_>) -> DemandId {
        let new = DemandId(self.0.len());
        let demanded = &mut self.0[node.0];
        if demanded.whole {
            return node;
        }
        let existing = match access {
            Access::Member(name) => demanded.members.iter().find(|(n, _)| **n == *name).map(|(_, node)| *node),
            Access::Item(index) => demanded.items.iter().find(|(i, _)| *i == index).map(|(_, node)| *node),
        };
        if let Some(existing) = existing {
            return existing;
        }
        match access {
            _ if demanded.is_full() => {
                demanded.whole = true;
                return node;
            }
            Access::Member(name) => demanded.members.push((name.into(), new)),
            Access::Item(index) => demanded.items.push((index, new)),
        }
        let depth = demanded.depth + 1;
        self.0.push(DemandNode { depth, ..DemandNode::default() });
        new
    }

    /// Demands an iteration over a node and returns the node that represents all its elements.
    pub(crate) fn add_each(&mut self, node: DemandId) -> DemandId {
        let new = DemandId(self.0.len());
        let demanded = &mut self.0[node.0];
        if demanded.whole {
            return node;
        }
        if let Some(each) = demanded.each {
            return each;
        }
        if demanded.is_full() {
            demanded.whole = true;
            return node;
        }
        demanded.each = Some(new);
        let depth = demanded.depth + 1;
        self.0.push(DemandNode { depth, ..DemandNode::default() });
        new
    }

    /// Demands the accesses of a JSONPath and returns the node it leads to. `None` in `path` is a
    /// step that cannot be resolved statically: it demands the whole subtree.
    pub(crate) fn add_path<'p>(&mut self, path: impl Iterator<Item = Option<Access<'p>>>) -> DemandId {
        let mut node = Demand::ROOT;
        for access in path {
            match access {
                Some(access) => node = self.add(node, access),
                None => {
                    self.add_whole(node);
                    break;
                }
            }
        }
        node
    }

    /// Converts the graph into the plan that the reader executes.
    pub(crate) fn into_plan(mut self) -> ReadPlan {
        ReadPlan::new(self.plan_node(Demand::ROOT))
    }

    fn plan_node(&mut self, node: DemandId) -> PlanNode {
        let demanded = std::mem::take(&mut self.0[node.0]);
        // A node that is accessed both as an object and as a list is read whole.
        let kinds =
            [!demanded.members.is_empty(), !demanded.items.is_empty(), demanded.each.is_some() || demanded.count];
        let projection = if demanded.whole || kinds.iter().filter(|kind| **kind).count() > 1 {
            Projection::Whole
        } else if let Some(each) = demanded.each {
            Projection::Each(Box::new(self.plan_node(each)))
        } else if demanded.count {
            Projection::Each(Box::new(PlanNode::new(Projection::Existence)))
        } else if !demanded.items.is_empty() {
            Projection::Items(demanded.items.into_iter().map(|(index, node)| (index, self.plan_node(node))).collect())
        } else {
            let member = |(name, node): (Box<str>, DemandId)| PlannedMember::new(name, self.plan_node(node));
            Projection::Members(demanded.members.into_iter().map(member).collect())
        };
        PlanNode::new(projection)
    }
}
