//! The state of evaluating a Terraform configuration.
//!
//! The sibling files add the evaluation of expressions, references, templates, blocks and instances
//! to [`Evaluator`]. They call each other through it, since each contains the others.

use crate::budget::VALUE;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::span::Span;
use crate::syntax::tree::{Data, MAX_DEPTH, Node, Text};
use crate::terraform::apis::with_api_gateway;
use crate::terraform::configuration::Configuration;
use crate::terraform::instance::{Instances, Module};
use hcl_edit::{Decorated, Ident};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use vtl::Code;

/// Bytes of names that are copied, hashed and compared in a step.
pub(super) const NAMED_PER_STEP: usize = 8;

/// Bytes of a text that are searched for a placeholder in a step.
const SEARCHED_PER_STEP: usize = 128;

/// Longest number that a unit of work has room for, in bytes.
const SHORT_NUMBER: usize = 24;

/// Digits that are written in a step.
const DIGITS_PER_STEP: usize = 16;

/// Bytes that a unit of [`Evaluator::charge`] stands for: a small value, or a part of a long one.
const UNIT: usize = 64;

/// Stack that one more level may need.
const RED_ZONE: usize = 256 << 10;

/// Stack that is allocated if less than [`RED_ZONE`] is left.
const STACK: usize = 4 << 20;

/// The names that are visible to an expression, such as `each`, and the file of the expression.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'s> {
    /// Index of the file.
    pub file: u32,
    /// Index of the module instance.
    pub module: usize,
    /// Names with their values; the last of a name counts.
    pub names: &'s [(String, Node)],
    /// Names that a template is given, behind those of all scopes.
    pub given: Option<&'s HashMap<&'s str, &'s Node>>,
    /// Whose names there are beyond those.
    pub names_of: Names,
    /// The scope around it.
    pub outer: Option<&'s Scope<'s>>,
}

/// Whose names an expression may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// Those of the configuration.
    #[default]
    Block,
    /// Only those that a template is given.
    Template,
    /// Those that a template is given, which are not known.
    Unknown,
    /// None, and no functions: the values of a file are literal.
    Nothing,
}

impl<'s> Scope<'s> {
    /// Returns the value of a name, looked up from the innermost scope outwards.
    pub(super) fn find(&self, name: &str) -> Option<&'s Node> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, value)) = here.names.iter().rfind(|(known, _)| known == name) {
                return Some(value);
            }
            scope = here.outer;
        }
        self.given?.get(name).copied()
    }
}

/// An instance by its position.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Of a resource: indices of the module instance, the resource and the instance.
    Resource(usize, usize, usize),
    /// Of a module that is followed: its index.
    Module(usize),
}

/// A block whose instances are expanded, by its index in the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Repeated {
    Resource(usize),
    Module(usize),
}

/// The instances of a block; `None` while they are being expanded.
type Expansion = Option<Rc<Instances>>;

/// Evaluator of a root module and the modules in it.
pub(crate) struct Evaluator<'a> {
    /// The configurations of all folders, the root first.
    pub configurations: &'a [Configuration<'a>],
    /// Indices of those that have resources of API Gateway, or call such.
    pub with_api: HashSet<usize>,
    pub context: &'a Context<'a, 'a>,
    /// The values of the root module's variables that files give.
    pub given: &'a HashMap<String, Node>,
    /// The instances of modules, the root first.
    pub modules: RefCell<Vec<Rc<Module<'a>>>>,
    /// Values by reference; `None` while one is being evaluated.
    known: RefCell<HashMap<String, Option<Rc<Node>>>>,
    /// Instances of a block in a module instance.
    pub expanded: RefCell<HashMap<(usize, Repeated), Expansion>>,
    /// Instances by their addresses.
    pub by_address: RefCell<HashMap<String, Place>>,
    /// Addresses of blocks of which the number of instances is unknown.
    pub uncounted: RefCell<HashSet<String>>,
    depth: Cell<usize>,
    /// Set if an expression failed, such as on a missing attribute; `try` goes on then.
    pub missing: Cell<bool>,
    /// Set if a function is not supported, so that what it would return or fail with is not known.
    pub unsupported: Cell<bool>,
    /// Number of calls of `try` and `can` around the expression.
    pub trying: Cell<usize>,
    /// Number of findings about expressions.
    pub told: Cell<usize>,
    /// Names that another file of the folder may declare, with the places of their first use.
    pub elsewhere: RefCell<BTreeMap<String, Span>>,
    /// Findings while evaluating.
    pub remarks: RefCell<Vec<Remark>>,
    /// Attributes that are meant by names that no resource of API Gateway has.
    pub meant: RefCell<HashMap<String, Option<&'static str>>>,
    /// Places of the expressions and dynamic blocks that have a finding: files, and the starts in them.
    pub reported: RefCell<HashSet<(String, usize)>>,
}

impl<'a> Evaluator<'a> {
    /// Creates an evaluator.
    pub(crate) fn new(
        configurations: &'a [Configuration<'a>],
        given: &'a HashMap<String, Node>,
        context: &'a Context<'a, 'a>,
    ) -> Self {
        let root = configurations
            .first()
            .map(|configuration| Rc::new(Module { prefix: String::new(), configuration, call: None }));
        Evaluator {
            configurations,
            with_api: with_api_gateway(configurations),
            context,
            given,
            modules: RefCell::new(root.into_iter().collect()),
            known: RefCell::default(),
            expanded: RefCell::default(),
            by_address: RefCell::default(),
            uncounted: RefCell::default(),
            depth: Cell::new(0),
            missing: Cell::new(false),
            unsupported: Cell::new(false),
            trying: Cell::new(0),
            told: Cell::new(0),
            elsewhere: RefCell::default(),
            remarks: RefCell::default(),
            meant: RefCell::default(),
            reported: RefCell::default(),
        }
    }

    /// Returns an instance of a module.
    pub(crate) fn module(&self, at: usize) -> Option<Rc<Module<'a>>> {
        self.modules.borrow().get(at).cloned()
    }

    /// Counts work.
    ///
    /// # Errors
    /// The limit is exceeded: values can grow exponentially.
    pub(crate) fn charge(&self, work: usize, span: Span) -> Result<(), Fault> {
        match self.context.budget.make(work.saturating_mul(UNIT), span) {
            true => Ok(()),
            false => Err(self.spent(span)),
        }
    }

    fn spent(&self, span: Span) -> Fault {
        let message = "the values of the configuration grow too large";
        self.context.budget.fault().unwrap_or_else(|| Fault::new(Code::DocumentLimit, span, message))
    }

    /// Does work one level deeper, on a stack that is large enough.
    ///
    /// # Errors
    /// The nesting is too deep, the work is too much, or the work itself fails.
    pub(super) fn deeper<T>(&self, span: Span, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth.get() >= MAX_DEPTH {
            return Err(Fault::new(Code::DocumentLimit, span, "the expressions are nested too deeply"));
        }
        self.charge(1, span)?;
        self.depth.set(self.depth.get() + 1);
        let result = stacker::maybe_grow(RED_ZONE, STACK, work);
        self.depth.set(self.depth.get() - 1);
        result
    }

    /// Returns the placeholder for a value that is known only after deployment: its source text.
    pub(crate) fn unknown(&self, span: Span) -> Node {
        // The next charge fails as well, so that the evaluation ends.
        let length = span.end.saturating_sub(span.start) as usize;
        if !self.context.budget.make(length, span) || !self.context.budget.charge(length / 8, span) {
            return Node::placeholder(span, "${…}");
        }
        let written = self.source(span);
        let written = match written.contains('\n') {
            true => written.split_whitespace().collect::<Vec<_>>().join(" "),
            false => written,
        };
        Node::placeholder(span, format!("${{{}}}", written.trim()))
    }

    /// Returns the source text of a span.
    pub(super) fn source(&self, span: Span) -> String {
        self.context.sources.borrow().slice(span).to_owned()
    }

    /// Copies a value.
    ///
    /// # Errors
    /// The copies are too much work.
    pub(super) fn copy(&self, node: &Node) -> Result<Node, Fault> {
        self.charge(weight(node), node.span)?;
        Ok(node.clone())
    }

    /// Charges the digits of a number: `5e-324` has more than three hundred.
    ///
    /// # Errors
    /// The numbers are too long together.
    pub(super) fn digits(&self, mut value: Node) -> Result<Node, Fault> {
        if let Data::Number(digits) = &mut value.data
            && digits.len() > SHORT_NUMBER
        {
            self.context.budget.spend(digits.len() / DIGITS_PER_STEP, digits.len(), value.span)?;
            digits.shrink_to_fit();
        }
        Ok(value)
    }

    /// Returns the reference that a placeholder denotes; `None` for a string with other text around it.
    ///
    /// # Errors
    /// The texts that were searched are too long.
    pub(super) fn symbol<'n>(&self, node: &'n Node) -> Result<Option<&'n str>, Fault> {
        let Some(text) = node.as_text().filter(|text| text.has_placeholder) else { return Ok(None) };
        self.context.budget.spend(text.text.len() / SEARCHED_PER_STEP, 0, node.span)?;
        let inner = text.text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        Ok(inner.filter(|inner| !inner.contains("${")))
    }

    /// Returns the name of a value of a module, under which [`once`](Evaluator::once) keeps it.
    ///
    /// # Errors
    /// The names are too long.
    pub(super) fn named(&self, module: &Module<'_>, kind: &str, name: &str, span: Span) -> Result<String, Fault> {
        self.context.budget.spend((module.prefix.len() + name.len()) / NAMED_PER_STEP, 0, span)?;
        Ok(format!("{}{kind}.{name}", module.prefix))
    }

    /// Evaluates a value on its first use and returns the cached value later.
    ///
    /// # Errors
    /// The value refers to itself, or its evaluation fails.
    pub(super) fn once(
        &self,
        name: &str,
        span: Span,
        work: impl FnOnce() -> Result<Node, Fault>,
    ) -> Result<Rc<Node>, Fault> {
        let found = self.known.borrow().get(name).cloned();
        match found {
            Some(Some(value)) => return Ok(value),
            Some(None) => {
                let message = format!("{name} refers to itself");
                return Err(Fault::new(Code::CircularReference, span, message));
            }
            None => {
                self.context.budget.spend(1 + name.len() / NAMED_PER_STEP, 2 * VALUE + name.len(), span)?;
                self.known.borrow_mut().insert(name.to_owned(), None);
            }
        }
        let value = Rc::new(self.apart(work)?);
        self.known.borrow_mut().insert(name.to_owned(), Some(value.clone()));
        Ok(value)
    }
}

/// Returns the names that one iteration of a loop sets.
pub(crate) fn loop_names(
    key_name: Option<&Decorated<Ident>>,
    value_name: &Decorated<Ident>,
    key: Node,
    value: &Node,
) -> Vec<(String, Node)> {
    let mut names = vec![(value_name.as_str().to_owned(), value.clone())];
    names.extend(key_name.map(|name| (name.as_str().to_owned(), key)));
    names
}

/// Returns the bytes of the names that each iteration of a loop copies.
pub(crate) fn written_names(key_name: Option<&Decorated<Ident>>, value_name: &Decorated<Ident>) -> usize {
    value_name.len() + key_name.map_or(0, |name| name.len())
}

/// Returns keys and values of a collection: lists in their order, maps in the order of their keys.
pub(crate) fn iterate(collection: &Node) -> Option<Vec<(Node, &Node)>> {
    match &collection.data {
        Data::List(items) => {
            let key = |at: usize| Node::new(collection.span, Data::Number(at.to_string()));
            Some(items.iter().enumerate().map(|(at, item)| (key(at), item)).collect())
        }
        Data::Map(entries) => {
            let mut sorted: Vec<(Node, &Node)> = entries.iter().map(|(key, value)| (key.clone(), value)).collect();
            sorted.sort_by(|one, other| one.0.as_str().cmp(&other.0.as_str()));
            Some(sorted)
        }
        _ => None,
    }
}

/// Returns the work of copying a value; more than the limit for one that is nested too deeply.
pub(crate) fn weight(node: &Node) -> usize {
    fn weigh(node: &Node, depth: usize) -> usize {
        let sum = |sum: usize, node: &Node| sum.saturating_add(weigh(node, depth + 1));
        match &node.data {
            _ if depth > MAX_DEPTH => usize::MAX,
            Data::Text(Text { text, .. }) | Data::Number(text) => 1 + text.len() / 16,
            Data::List(items) => items.iter().fold(1, sum),
            Data::Map(entries) => entries.iter().fold(1, |all, (key, value)| sum(sum(all, key), value)),
            _ => 1,
        }
    }
    weigh(node, 0)
}
