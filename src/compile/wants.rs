//! What a template can ask of the payload: the parts that its paths lead to, and of those that it
//! keeps in variables only what it does with them.
//!
//! In `#foreach($o in $input.path('$.orders'))$o.sku#end` only the `sku` of each order is wanted. A
//! variable stands for all that is ever set to it, wherever and in whatever order that happens. What is
//! not understood here wants all of a part: to print it, to compare it, to hand it to a method, to
//! change it. So a part that can be seen whole, or changed, is always read whole.

use crate::builtins::JavaMethod;
use crate::dialect::Dialect;
use crate::program::{Op, Program};
use crate::syntax::ast::{Ast, Expr, ExprKind, Kind, Node, Reference, Step};
use crate::value::json::{PartId, Toward, Wanted};
use std::collections::HashMap;

/// Finds out what the program asks of the payload, unless it may compute a path while it runs.
pub(super) fn plan(program: &mut Program, ast: &Ast, dialect: Dialect) {
    let computes = program.methods.iter().any(|method| matches!(method.id, JavaMethod::Path | JavaMethod::Json));
    if computes || program.ops.contains(&Op::Evaluate) {
        return;
    }
    let mut flow = Flow { dialect, ..Flow::default() };
    for call in &program.paths {
        if let Ok(path) = &call.path {
            let part = flow.wanted.add_path(path.toward());
            if call.method == JavaMethod::Json {
                flow.wanted.add_whole(part);
            }
            flow.paths.insert(&call.text, part);
        }
    }
    if !flow.paths.is_empty() {
        flow.nodes(&ast.nodes);
        flow.settle();
    }
    let mut plan = flow.wanted.into_plan();
    for call in &mut program.paths {
        call.place = call.path.as_ref().ok().map(|path| plan.keep(path.toward()));
    }
    plan.settle();
    program.plan = Some(plan);
}

/// What is done with parts of the payload.
#[derive(Default)]
struct Flow<'a> {
    dialect: Dialect,
    wanted: Wanted,
    /// Where each path leads.
    paths: HashMap<&'a str, PartId, foldhash::fast::RandomState>,
    variables: HashMap<&'a str, usize, foldhash::fast::RandomState>,
    uses: Vec<Use<'a>>,
    /// Macros have variables of their own, and arguments that are evaluated elsewhere.
    has_macros: bool,
}

/// `$x.a[0].b` and what becomes of it.
struct Use<'a> {
    from: Origin,
    steps: Vec<Toward<'a>>,
    fate: Fate,
}

#[derive(Clone, Copy)]
enum Origin {
    Part(PartId),
    Variable(usize),
}

#[derive(Clone, Copy)]
enum Fate {
    /// Something that may look at all of it.
    Seen,
    /// A condition: all lists and objects are alike there.
    Tested,
    /// `.size()`, `.isEmpty()`.
    Counted,
    /// `#set($x = …)`
    Set(usize),
    /// `#foreach($x in …)`
    Each(usize),
}

/// Chains of variables are followed for so many rounds; `#set($n = $n.next)` has no end.
const MOST_ROUNDS: usize = 12;

/// A template that asks for more parts gets all of those in its variables.
const MOST_PARTS: usize = 2_000;

impl<'a> Flow<'a> {
    fn variable(&mut self, name: &'a str) -> usize {
        let next = self.variables.len();
        *self.variables.entry(name).or_insert(next)
    }

    fn nodes(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            match &node.kind {
                Kind::Text(_) | Kind::Marks(_) | Kind::Comment(_) | Kind::Else | Kind::End => {}
                Kind::Reference(reference) => self.reference(reference, Fate::Seen),
                Kind::Set(set) => self.set(&set.0, &set.1),
                Kind::If(condition) | Kind::ElseIf(condition) => self.condition(condition),
                Kind::Directive(directive) => {
                    let arguments = directive.arguments.as_deref().unwrap_or_default();
                    self.has_macros |= !self.dialect.service && !super::is_builtin(directive, self.dialect)
                        || directive.name == "macro";
                    match arguments {
                        [Expr { kind: ExprKind::Reference(item), .. }, _, list, rest @ ..]
                            if directive.name == "foreach" =>
                        {
                            let item = self.variable(item.name);
                            self.hand(list, Fate::Each(item));
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
            // `#set(${x} = …)` sets nothing that can be read.
            let variable = self.variable(target.name);
            return self.hand(value, Fate::Set(variable));
        };
        let variable = self.variable(target.name);
        self.steps(Origin::Variable(variable), before, Fate::Seen);
        self.arguments(last);
        self.value(value);
    }

    /// The value of an expression, where a plain reference goes on as it is.
    fn hand(&mut self, expr: &'a Expr, fate: Fate) {
        match &expr.kind {
            ExprKind::Reference(reference) => self.reference(reference, fate),
            _ => self.value(expr),
        }
    }

    fn condition(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Reference(reference) => self.reference(reference, Fate::Tested),
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
            ExprKind::Reference(reference) => self.reference(reference, Fate::Seen),
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

    fn reference(&mut self, reference: &'a Reference, fate: Fate) {
        let variable = self.variable(reference.name);
        self.steps(Origin::Variable(variable), &reference.steps, fate);
    }

    fn steps(&mut self, from: Origin, steps: &'a [Step], fate: Fate) {
        let mut from = Some(from);
        let mut toward = Vec::new();
        for step in steps {
            self.arguments(step);
            let fate = match Known::of(step) {
                Known::Toward(next) => {
                    toward.push(next);
                    continue;
                }
                Known::Count => Fate::Counted,
                Known::Presence(member) => {
                    toward.push(member);
                    Fate::Tested
                }
                Known::Path(_) | Known::Other => Fate::Seen,
            };
            let steps = std::mem::take(&mut toward);
            if let Some(from) = from.take() {
                self.uses.push(Use { from, steps, fate });
            }
            if let Known::Path(path) = Known::of(step) {
                from = self.paths.get(path).copied().map(Origin::Part);
            }
        }
        if let Some(from) = from {
            self.uses.push(Use { from, steps: toward, fate });
        }
    }

    fn arguments(&mut self, step: &'a Step) {
        match step {
            Step::Property(..) => {}
            Step::Index(key, _) => self.value(key),
            Step::Method(_, arguments, _) => arguments.iter().for_each(|argument| self.value(argument)),
        }
    }

    /// Follows all uses until nothing new is found.
    fn settle(&mut self) {
        let mut held: Vec<Vec<PartId>> = vec![Vec::new(); self.variables.len()];
        let uses = std::mem::take(&mut self.uses);
        let mut rounds = if self.has_macros { 0 } else { MOST_ROUNDS };
        loop {
            let mut changed = false;
            for Use { from, steps, fate } in &uses {
                let parts = match from {
                    Origin::Part(part) => vec![*part],
                    Origin::Variable(variable) => held[*variable].clone(),
                };
                for part in parts {
                    let part = steps.iter().fold(part, |part, step| self.wanted.add(part, *step));
                    let (variable, part) = match *fate {
                        Fate::Seen => {
                            self.wanted.add_whole(part);
                            continue;
                        }
                        Fate::Tested => continue,
                        Fate::Counted => {
                            self.wanted.add_count(part);
                            continue;
                        }
                        Fate::Set(variable) => (variable, part),
                        Fate::Each(variable) => (variable, self.wanted.add_each(part)),
                    };
                    if !held[variable].contains(&part) {
                        held[variable].push(part);
                        changed = true;
                    }
                }
            }
            if rounds == 0 || self.wanted.len() > MOST_PARTS {
                // What is in a variable is wanted whole, and so is all that comes from it.
                held.iter().flatten().for_each(|part| self.wanted.add_whole(*part));
                return;
            }
            if !changed {
                return;
            }
            rounds -= 1;
        }
    }
}

/// What a step is to a list or object of a payload.
enum Known<'a> {
    /// One member or element.
    Toward(Toward<'a>),
    Count,
    /// Whether it has a member.
    Presence(Toward<'a>),
    /// `.path('…')` or `.json('…')`.
    Path(&'a str),
    Other,
}

impl<'a> Known<'a> {
    fn of(step: &'a Step) -> Self {
        match step {
            // To a list these are methods: `$l.empty` is `$l.isEmpty()`.
            Step::Property(name, _) => match &*name.to_ascii_lowercase() {
                "class" | "empty" | "first" | "last" => Known::Other,
                _ => Known::Toward(Toward::Member(name)),
            },
            Step::Index(key, _) => Known::key(key),
            Step::Method(name, arguments, _) => match (&**name, arguments.as_slice()) {
                ("path", [Expr { kind: ExprKind::Str(path), .. }]) => Known::Path(path),
                ("get", [key]) => Known::key(key),
                ("containsKey", [Expr { kind: ExprKind::Str(name), .. }]) => Known::Presence(Toward::Member(name)),
                ("size" | "isEmpty", []) => Known::Count,
                _ => Known::Other,
            },
        }
    }

    fn key(key: &'a Expr) -> Self {
        match &key.kind {
            ExprKind::Str(name) => Known::Toward(Toward::Member(name)),
            ExprKind::Integer(digits) => match digits.parse() {
                Ok(index) => Known::Toward(Toward::Item(index)),
                Err(_) => Known::Other,
            },
            _ => Known::Other,
        }
    }
}
