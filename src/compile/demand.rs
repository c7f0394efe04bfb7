//! Demand analysis: which parts of the payload a template can observe.
//!
//! In `#foreach($o in $input.path('$.orders'))$o.sku#end` only the `sku` of each order is observed,
//! so only that is read (projection pushdown). The analysis is flow-insensitive and runs on the AST:
//!
//! 1. Every reference yields a [`Use`]: an origin (a literal path or a variable), the accesses
//!    applied to it, and what happens to the result ([`Effect`]).
//! 2. A variable is the union of all its assignments. The points-to sets of variables and the
//!    [`Demand`] graph grow together until a fixed point is reached. Both are bounded: a variable
//!    that may hold too many parts has them demanded whole, so the work is linear in the template.
//! 3. Anything that is not modelled (printing, comparison, a method argument, mutation) demands the
//!    whole subtree, so a part that can be seen whole or changed is always read whole.
//!
//! The resulting [`ReadPlan`](crate::value::json::ReadPlan) is part of the program. Templates that may
//! compute a path while they run have no plan and read the whole payload.

use super::block::is_builtin;
use crate::builtins::JavaMethod;
use crate::dialect::Dialect;
use crate::program::{Op, Program};
use crate::syntax::ast::{Ast, Expr, ExprKind, Kind, Node, Reference, Step};
use crate::value::json::{Access, Demand, DemandId};
use std::collections::HashMap;

/// Computes the read plan of a program; leaves it unset if the program may compute a path while it
/// runs.
pub(super) fn analyse(program: &mut Program, ast: &Ast, dialect: Dialect) {
    let computes = program.methods.iter().any(|method| matches!(method.id, JavaMethod::Path | JavaMethod::Json));
    if computes || program.ops.contains(&Op::Evaluate) {
        return;
    }
    let mut analysis = Analysis { dialect, ..Analysis::default() };
    for call in &program.paths {
        if let Ok(path) = &call.path {
            let node = analysis.demand.add_path(path.accesses());
            if call.method == JavaMethod::Json {
                analysis.demand.add_whole(node);
            }
            analysis.paths.insert(&call.text, node);
        }
    }
    if !analysis.paths.is_empty() {
        analysis.nodes(&ast.nodes);
        analysis.solve();
    }
    let mut plan = analysis.demand.into_plan();
    for call in &mut program.paths {
        call.capture = call.path.as_ref().ok().map(|path| plan.capture(path.accesses()));
    }
    plan.finish();
    program.plan = Some(plan);
}

/// The collected uses of payload parts and the demand graph they imply.
#[derive(Default)]
struct Analysis<'a> {
    dialect: Dialect,
    demand: Demand,
    /// The demanded node of each literal path, by its text.
    paths: HashMap<&'a str, DemandId, foldhash::fast::RandomState>,
    /// The index of each variable, by its name.
    variables: HashMap<&'a str, usize, foldhash::fast::RandomState>,
    uses: Vec<Use<'a>>,
    /// The template has macros. Their local variables and by-name arguments are not modelled.
    has_macros: bool,
}

/// One use of a variable or path: `$x.a[0].b` and its effect.
struct Use<'a> {
    from: Origin,
    accesses: Vec<Access<'a>>,
    effect: Effect,
}

/// The value that a use starts from.
#[derive(Clone, Copy)]
enum Origin {
    /// The value that a literal path selects.
    Path(DemandId),
    Variable(usize),
}

/// The effect of a use on the value it reaches.
#[derive(Clone, Copy)]
enum Effect {
    /// An operation that may observe the whole value.
    Escapes,
    /// A condition, in which all lists and objects are equally true.
    Tested,
    /// `.size()`, `.isEmpty()`: observes the number of elements.
    Counted,
    /// `#set($x = …)`: flows into the variable.
    Assigned(usize),
    /// `#foreach($x in …)`: each element flows into the variable.
    Iterated(usize),
}

/// Maximum number of nodes that a variable may hold before they are demanded whole:
/// `#set($n = $n.next)` never converges.
const MAX_HELD: usize = 32;

/// Maximum number of demand nodes before everything that variables hold is demanded whole.
const MAX_NODES: usize = 2_000;

impl<'a> Analysis<'a> {
    fn variable(&mut self, name: &'a str) -> usize {
        let next = self.variables.len();
        *self.variables.entry(name).or_insert(next)
    }

    fn nodes(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match &node.kind {
                Kind::Text(_) | Kind::Marks(_) | Kind::Comment | Kind::Else | Kind::End | Kind::Broken(_) => {}
                Kind::Reference(reference) => self.reference(reference, Effect::Escapes),
                Kind::Set(set) => self.set(&set.0, &set.1),
                Kind::If(condition) | Kind::ElseIf(condition) => self.condition(condition),
                Kind::Directive(directive) => {
                    let arguments = directive.arguments.as_deref().unwrap_or_default();
                    self.has_macros |=
                        !self.dialect.service && !is_builtin(directive, self.dialect) || directive.name == "macro";
                    match arguments {
                        [Expr { kind: ExprKind::Reference(item), .. }, _, list, rest @ ..]
                            if directive.name == "foreach" =>
                        {
                            let item = self.variable(item.name);
                            self.flow(list, Effect::Iterated(item));
                            rest.iter().for_each(|argument| self.value(argument));
                        }
                        _ => arguments.iter().for_each(|argument| self.value(argument)),
                    }
                }
            }
        }
    }

    fn set(&mut self, target: &'a Reference, value: &'a Expr) {
        let Some((last, before)) = target.steps.split_last() else {
            // `#set(${x} = …)` assigns a variable that no template can read.
            let variable = self.variable(target.name);
            return self.flow(value, Effect::Assigned(variable));
        };
        let variable = self.variable(target.name);
        self.steps(Origin::Variable(variable), before, Effect::Escapes);
        self.arguments(last);
        self.value(value);
    }

    /// Collects the uses in an expression whose value has an effect. Only the value of a plain
    /// reference keeps its identity; any other expression lets its operands escape.
    fn flow(&mut self, expr: &'a Expr, effect: Effect) {
        match &expr.kind {
            ExprKind::Reference(reference) => self.reference(reference, effect),
            _ => self.value(expr),
        }
    }

    fn condition(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Reference(reference) => self.reference(reference, Effect::Tested),
            ExprKind::Group(inner) | ExprKind::Not(inner) => self.condition(inner),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| self.condition(part)),
            _ => self.value(expr),
        }
    }

    fn value(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Word(_)
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_) => {}
            ExprKind::Template(inner) => self.nodes(&inner.ast.nodes),
            ExprKind::Reference(reference) => self.reference(reference, Effect::Escapes),
            ExprKind::List(items) => items.iter().for_each(|item| self.value(item)),
            ExprKind::Map(members) => members.iter().for_each(|(key, value)| {
                self.value(key);
                self.value(value);
            }),
            ExprKind::Range(ends) => {
                self.value(&ends.0);
                self.value(&ends.1);
            }
            ExprKind::Group(inner) => self.value(inner),
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => self.condition(expr),
            ExprKind::Chain(first, rest) => {
                self.value(first);
                rest.iter().for_each(|joint| self.value(&joint.right));
            }
        }
    }

    fn reference(&mut self, reference: &'a Reference, effect: Effect) {
        let variable = self.variable(reference.name);
        self.steps(Origin::Variable(variable), &reference.steps, effect);
    }

    fn steps(&mut self, from: Origin, steps: &'a [Step], effect: Effect) {
        let mut from = Some(from);
        let mut accesses = Vec::new();
        for step in steps {
            self.arguments(step);
            let effect = match StepMeaning::of(step) {
                StepMeaning::Access(next) => {
                    accesses.push(next);
                    continue;
                }
                StepMeaning::Count => Effect::Counted,
                StepMeaning::Presence(member) => {
                    accesses.push(member);
                    Effect::Tested
                }
                StepMeaning::Path(_) | StepMeaning::Other => Effect::Escapes,
            };
            let accesses = std::mem::take(&mut accesses);
            if let Some(from) = from.take() {
                self.uses.push(Use { from, accesses, effect });
            }
            if let StepMeaning::Path(path) = StepMeaning::of(step) {
                from = self.paths.get(path).copied().map(Origin::Path);
            }
        }
        if let Some(from) = from {
            self.uses.push(Use { from, accesses, effect });
        }
    }

    fn arguments(&mut self, step: &'a Step) {
        match step {
            Step::Property(..) => {}
            Step::Index(key, _) => self.value(key),
            Step::Method(_, arguments, _) => arguments.iter().for_each(|argument| self.value(argument)),
        }
    }

    /// Propagates demand along all uses until nothing changes or a bound is reached.
    fn solve(&mut self) {
        let uses = std::mem::take(&mut self.uses);
        let mut flow = Flow { held: vec![Vec::new(); self.variables.len()], ..Flow::default() };
        if self.has_macros {
            flow.most = 0;
        }
        let mut of_variable: Vec<Vec<usize>> = vec![Vec::new(); self.variables.len()];
        for (at, used) in uses.iter().enumerate() {
            match used.from {
                Origin::Path(node) => self.apply(used, node, &mut flow),
                Origin::Variable(variable) => of_variable[variable].push(at),
            }
        }
        // Each use sees each node that its variable holds once.
        while let Some((variable, node)) = flow.new.pop() {
            for &at in &of_variable[variable] {
                self.apply(&uses[at], node, &mut flow);
            }
            if self.demand.len() > MAX_NODES {
                // Sound at any time: a whole subtree includes everything derived from it.
                flow.held.iter().flatten().for_each(|node| self.demand.add_whole(*node));
                return;
            }
        }
    }

    /// Applies a use to one node that it starts from.
    fn apply(&mut self, used: &Use<'_>, origin: DemandId, flow: &mut Flow) {
        let node = used.accesses.iter().fold(origin, |node, access| self.demand.add(node, *access));
        let (variable, node) = match used.effect {
            Effect::Escapes => return self.demand.add_whole(node),
            Effect::Tested => return,
            Effect::Counted => return self.demand.add_count(node),
            Effect::Assigned(variable) => (variable, node),
            Effect::Iterated(variable) => (variable, self.demand.add_each(node)),
        };
        let held = &mut flow.held[variable];
        if held.contains(&node) {
            return;
        }
        if held.len() < flow.most {
            held.push(node);
            flow.new.push((variable, node));
        } else {
            // Too many paths lead to the variable: all that it may hold is demanded whole.
            held.iter().chain([&node]).for_each(|node| self.demand.add_whole(*node));
        }
    }
}

/// The propagation in progress.
struct Flow {
    /// The points-to sets: the nodes that each variable may hold.
    held: Vec<Vec<DemandId>>,
    /// The nodes that were added to a set and not yet seen by the uses of the variable.
    new: Vec<(usize, DemandId)>,
    /// Most nodes in one set.
    most: usize,
}

impl Default for Flow {
    fn default() -> Self {
        Flow { held: Vec::new(), new: Vec::new(), most: MAX_HELD }
    }
}

/// The meaning of a reference step for a list or object of a payload.
enum StepMeaning<'a> {
    /// An access to one member or element.
    Access(Access<'a>),
    /// `.size()`, `.isEmpty()`.
    Count,
    /// `.containsKey('…')`.
    Presence(Access<'a>),
    /// `.path('…')` or `.json('…')`.
    Path(&'a str),
    /// A step that is not modelled.
    Other,
}

impl<'a> StepMeaning<'a> {
    fn of(step: &'a Step) -> Self {
        match step {
            // These are getters of lists: `$l.empty` is `$l.isEmpty()`.
            Step::Property(name, _) => match &*name.to_ascii_lowercase() {
                "class" | "empty" | "first" | "last" => StepMeaning::Other,
                _ => StepMeaning::Access(Access::Member(name)),
            },
            Step::Index(key, _) => StepMeaning::key(key),
            Step::Method(name, arguments, _) => match (&**name, arguments.as_slice()) {
                ("path", [Expr { kind: ExprKind::Str(path), .. }]) => StepMeaning::Path(path),
                ("get", [key]) => StepMeaning::key(key),
                ("containsKey", [Expr { kind: ExprKind::Str(name), .. }]) => {
                    StepMeaning::Presence(Access::Member(name))
                }
                ("size" | "isEmpty", []) => StepMeaning::Count,
                _ => StepMeaning::Other,
            },
        }
    }

    fn key(key: &'a Expr) -> Self {
        match &key.kind {
            ExprKind::Str(name) => StepMeaning::Access(Access::Member(name)),
            ExprKind::Integer(digits) => match digits.parse() {
                Ok(index) => StepMeaning::Access(Access::Item(index)),
                Err(_) => StepMeaning::Other,
            },
            _ => StepMeaning::Other,
        }
    }
}
