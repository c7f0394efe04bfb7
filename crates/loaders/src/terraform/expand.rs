//! Expansion of `count` and `for_each`.

use crate::diagnostic::{Fault, Remark, brief};
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::{Declared, ModuleCall};
use crate::terraform::content::{Inner, Written};
use crate::terraform::evaluator::{Evaluator, Place, Repeated, Scope};
use crate::terraform::instance::{Caller, Instance, Instances, Module, set_or_map};
use crate::terraform::operators;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use std::rc::Rc;
use vtl::Code;

/// Most instances of a resource or a module.
const MAX_INSTANCES: usize = 5_000;

/// A block whose instances are counted.
struct Block<'b> {
    /// Address with the modules around it.
    address: &'b str,
    inner: &'b Inner<'b>,
    count: Option<Written<'b>>,
    for_each: Option<Written<'b>>,
    span: Span,
    /// Set for a block of API Gateway, and for a module with such.
    is_ours: bool,
}

/// Functions that return lists, whatever their arguments are.
const LISTS: &[&str] = &[
    "chunklist",
    "compact",
    "concat",
    "distinct",
    "flatten",
    "formatlist",
    "keys",
    "matchkeys",
    "range",
    "regexall",
    "reverse",
    "slice",
    "sort",
    "split",
    "tolist",
    "values",
];

/// Most instances of all modules.
const MAX_MODULES: usize = 2_000;

impl<'a> Evaluator<'a> {
    /// Returns a resource or a module as a value: the placeholder `${address}`, or a list or map of
    /// those of its instances.
    ///
    /// # Errors
    /// It refers to itself, or has too many instances.
    pub(crate) fn reference(&self, address: &str, module: usize, span: Span) -> Result<Node, Fault> {
        let reference = |address: &str| Node::placeholder(span, format!("${{{address}}}"));
        let Some(here) = self.module(module) else { return Ok(reference(address)) };
        let repeated = match address.strip_prefix("module.") {
            Some(name) => here.configuration.calls_by_name.get(name).copied().map(Repeated::Module),
            None => here.configuration.by_address.get(address).copied().map(Repeated::Resource),
        };
        let Some(repeated) = repeated else {
            self.charge(1 + (here.prefix.len() + address.len()) / 64, span)?;
            return Ok(reference(&format!("{}{address}", here.prefix)));
        };
        let instances = self.instances(module, repeated)?;
        let bytes = instances.iter().map(|one| one.address.len()).sum::<usize>();
        self.charge(instances.iter().count() + bytes / 64, span)?;
        let data = match instances.as_ref() {
            Instances::One(one) | Instances::Uncounted(one) => return Ok(reference(&one.address)),
            Instances::Counted(all) => Data::List(all.iter().map(|one| reference(&one.address)).collect()),
            Instances::Keyed(all) => Data::Map(
                all.iter().map(|(key, one)| (Node::text(span, key.as_str()), reference(&one.address))).collect(),
            ),
        };
        Ok(Node::new(span, data))
    }

    /// Returns the instances of a block in a module instance.
    ///
    /// # Errors
    /// The block refers to itself, or has too many instances.
    pub(crate) fn instances(&self, module: usize, repeated: Repeated) -> Result<Rc<Instances>, Fault> {
        let Some(here) = self.module(module) else {
            return Err(Fault::whole(Code::CircularReference, format!("module {module} does not exist")));
        };
        let configuration = here.configuration;
        let block = match repeated {
            Repeated::Resource(at) => {
                let attributes = |it: &Declared<'a>| ["count", "for_each"].map(|name| it.attribute(name));
                let named = |it: &'a Declared<'a>| ("", it.address.as_str(), &it.inner, attributes(it), it.span, None);
                configuration.resources.get(at).map(named)
            }
            Repeated::Module(at) => {
                let arguments = |it: &ModuleCall<'a>| ["count", "for_each"].map(|name| it.argument(name));
                let named = |it: &'a ModuleCall<'a>| ("module.", it.name, &it.inner, arguments(it), it.span, Some(it));
                configuration.calls.get(at).map(named)
            }
        };
        let Some((kind, name, inner, [count, for_each], span, call)) = block else {
            return Err(Fault::whole(Code::CircularReference, "the block does not exist"));
        };
        let address = || format!("{}{kind}{name}", here.prefix);
        let key = (module, repeated);
        let found = self.expanded.borrow().get(&key).cloned();
        match found {
            Some(Some(instances)) => return Ok(instances),
            Some(None) => {
                let message = format!("{} refers to itself", address());
                return Err(Fault::new(Code::CircularReference, span, message));
            }
            None => drop(self.expanded.borrow_mut().insert(key, None)),
        }
        self.charge(copies(here.prefix.len() + name.len()), span)?;
        let address = address();
        let call = call.filter(|call| call.target.is_some());
        let is_ours = match call.and_then(|call| call.target) {
            Some(target) => self.with_api.contains(&target),
            None => address.contains("aws_api_gateway_") || address.contains("aws_apigatewayv2_"),
        };
        let block = Block { address: &address, inner, count, for_each, span, is_ours };
        let instances = Rc::new(self.apart(|| self.expand(&block, module))?);
        if matches!(*instances, Instances::Uncounted(_)) {
            self.uncounted.borrow_mut().insert(address);
        }
        for (which, instance) in instances.iter().enumerate() {
            let place = match (repeated, call) {
                (Repeated::Resource(at), _) => Place::Resource(module, at, which),
                (_, Some(call)) => Place::Module(self.enter(call, module, instance)?),
                _ => continue,
            };
            self.by_address.borrow_mut().insert(instance.address.clone(), place);
        }
        self.expanded.borrow_mut().insert(key, Some(instances.clone()));
        Ok(instances)
    }

    /// Adds an instance of a module and returns its index.
    fn enter(&self, block: &'a ModuleCall<'a>, module: usize, instance: &Instance) -> Result<usize, Fault> {
        let mut modules = self.modules.borrow_mut();
        let configuration = block.target.and_then(|target| self.configurations.get(target));
        let Some(configuration) = configuration.filter(|_| modules.len() < MAX_MODULES) else {
            let message = format!("the configuration has more than {MAX_MODULES} instances of modules");
            return Err(Fault::new(Code::DocumentLimit, block.span, message));
        };
        let mut outer = modules.get(module);
        while let Some(one) = outer {
            if std::ptr::eq(one.configuration, configuration) {
                let message = format!("{} calls a module that calls itself", instance.address);
                return Err(Fault::new(Code::CircularReference, block.span, message));
            }
            outer = one.call.as_ref().and_then(|call| modules.get(call.module));
        }
        let call = Some(Caller { module, block, names: instance.names.clone() });
        modules.push(Rc::new(Module { prefix: format!("{}.", instance.address), configuration, call }));
        Ok(modules.len() - 1)
    }

    fn expand(&self, block: &Block<'_>, module: usize) -> Result<Instances, Fault> {
        let Block { address, inner, count, for_each, span, .. } = *block;
        let scope = Scope { file: span.file, module, ..Scope::default() };
        // An override file may add one of them to the other, and `count` is read then.
        if let (Some(_), Some(second), Inner::Hcl(..) | Inner::Json(_)) = (count, for_each, inner) {
            let message = || format!("{} has `count` and `for_each`; `count` is read", brief(address));
            self.tell(Code::WrongValueType, second.span(), message, || Some("remove one of them".into()))?;
        }
        if let Some(written) = count {
            let count = self.evaluate(written, &scope)?;
            return match operators::number(&count) {
                Some(number) if number >= 0.0 && number.fract() == 0.0 => self.counted(address, number, span),
                _ => {
                    let wanted = "a whole number that is not negative";
                    self.report_number(block, "count", wanted, &count, written)?;
                    let names = if is_at_most_one(written) {
                        index_names(0, span)
                    } else {
                        open_names("count", &["index"], span)
                    };
                    Ok(Instances::Uncounted(Instance { address: address.to_owned(), names }))
                }
            };
        }
        let Some(written) = for_each else {
            return Ok(Instances::One(Instance { address: address.to_owned(), names: Vec::new() }));
        };
        let for_each = self.evaluate(written, &scope)?;
        let Some(items) = set_or_map(&for_each) else {
            self.report_number(block, "for_each", "a map or a set of strings", &for_each, written)?;
            let names = self.each_of_unknown(&for_each, span)?;
            return Ok(Instances::Uncounted(Instance { address: address.to_owned(), names }));
        };
        self.charge(items.len().saturating_mul(copies(address.len())), span)?;
        let is_list = for_each.is_list() && self.is_list(written, module)?;
        if is_list || for_each.items().iter().any(|item| item.to_word().is_none()) {
            let wanted = if is_list { "a map or a set, not a list" } else { "a map or a set of strings" };
            let message = || format!("for_each of {} must be {wanted}", brief(address));
            let help = || is_list.then(|| "`toset(…)` makes a set of a list".to_owned());
            self.tell(Code::WrongValueType, written.span(), message, help)?;
        }
        if items.len() > MAX_INSTANCES {
            return Err(too_many(span));
        }
        let one = |(key, value): (String, Node)| {
            let address = format!("{address}[{}]", operators::quote(&key));
            let names = each_names(Node::text(value.span, key.as_str()), value);
            (key, Instance { address, names })
        };
        Ok(Instances::Keyed(items.into_iter().map(one).collect()))
    }

    /// Adds a finding about a block of which one is read, since the number of its instances is wrong, or not known and
    /// the block is one of API Gateway, or a module with such.
    fn report_number(
        &self,
        block: &Block<'_>,
        argument: &str,
        wanted: &str,
        value: &Node,
        written: Written<'_>,
    ) -> Result<(), Fault> {
        let address = block.address;
        if !value.has_placeholder() && !value.is_null() {
            let message = || format!("{argument} of {} must be {wanted}; one is read", brief(address));
            return self.tell(Code::WrongValueType, written.span(), message, || None);
        }
        if !block.is_ours {
            return Ok(());
        }
        let message = format!("the number of {address} is known only after deployment; one is read");
        if self.context.budget.make(message.len(), value.span) {
            self.remarks.borrow_mut().push(Remark::new(Code::UnknownValue, "", message, value.span));
        }
        Ok(())
    }

    /// Checks for a value that is a list, not a set, whatever is known only after deployment.
    fn is_list(&self, written: Written<'_>, module: usize) -> Result<bool, Fault> {
        let (expression, file) = match written {
            Written::Hcl(expression, file) => (expression, file),
            Written::Json(node) | Written::Literal(node) => return Ok(node.is_list()),
        };
        let here = |expression| Written::Hcl(expression, file);
        self.deeper(written.span(), || match expression {
            Expression::Array(_) => Ok(true),
            Expression::ForExpr(it) => Ok(it.key_expr.is_none()),
            Expression::Parenthesis(it) => self.is_list(here(it.inner()), module),
            Expression::Conditional(it) => {
                Ok(self.is_list(here(&it.true_expr), module)? && self.is_list(here(&it.false_expr), module)?)
            }
            Expression::FuncCall(call) => Ok(!call.name.is_namespaced() && LISTS.contains(&call.name.name.as_str())),
            Expression::Traversal(it) => self.is_list_of(it, module),
            _ => Ok(false),
        })
    }

    /// Checks for a local or a variable that is a list, or what `[*]` makes.
    fn is_list_of(&self, traversal: &Traversal, module: usize) -> Result<bool, Fault> {
        let is_splat = |step: &TraversalOperator| {
            matches!(step, TraversalOperator::FullSplat(_) | TraversalOperator::AttrSplat(_))
        };
        let (Expression::Variable(root), Some(here)) = (&traversal.expr, self.module(module)) else { return Ok(false) };
        match (root.as_str(), traversal.operators.iter().map(|step| step.value()).collect::<Vec<_>>().as_slice()) {
            ("local", [TraversalOperator::GetAttr(name)]) => match here.configuration.locals.get(name.as_str()) {
                Some(written) => self.is_list(*written, module),
                None => Ok(false),
            },
            ("var", [TraversalOperator::GetAttr(name)]) => {
                let kind = here.configuration.variables.get(name.as_str()).and_then(|variable| variable.kind);
                Ok(
                    matches!(kind, Some(Written::Hcl(Expression::FuncCall(call), _)) if ["list", "tuple"].contains(&call.name.name.as_str())),
                )
            }
            (_, steps) => Ok(steps.iter().any(|step| is_splat(step))),
        }
    }

    /// Returns the value of `each` in a block whose `for_each` is unknown: placeholders that are equal
    /// for equal collections, so that what belongs together is linked.
    fn each_of_unknown(&self, collection: &Node, span: Span) -> Result<Vec<(String, Node)>, Fault> {
        let Some(inner) = self.symbol(collection)? else { return Ok(open_names("each", &["key", "value"], span)) };
        let one = |name: &str| Node::placeholder(span, format!("${{{inner}[*].{name}}}"));
        // The instances of another block that has such a `for_each`.
        let is_block = self.uncounted.borrow().contains(inner);
        let value = if is_block { collection.clone() } else { one("value") };
        Ok(each_names(one("key"), value))
    }

    fn counted(&self, address: &str, number: f64, span: Span) -> Result<Instances, Fault> {
        if number > MAX_INSTANCES as f64 {
            return Err(too_many(span));
        }
        self.charge((number as usize).saturating_mul(copies(address.len())), span)?;
        let one = |index: usize| Instance { address: format!("{address}[{index}]"), names: index_names(index, span) };
        Ok(Instances::Counted((0..number as usize).map(one).collect()))
    }
}

/// Returns the work of an instance by the bytes of its address, which the instance, the index and references keep.
fn copies(address: usize) -> usize {
    1 + 3 * address / 64
}

/// Checks for `condition ? 1 : 0`, whose only index is 0.
fn is_at_most_one(written: Written<'_>) -> bool {
    let is_bit = |expression: &Expression| matches!(expression, Expression::Number(number) if number.value().as_u64().is_some_and(|number| number < 2));
    match written {
        Written::Hcl(Expression::Conditional(it), _) => is_bit(&it.true_expr) && is_bit(&it.false_expr),
        Written::Hcl(Expression::Parenthesis(it), file) => is_at_most_one(Written::Hcl(it.inner(), file)),
        _ => false,
    }
}

fn too_many(span: Span) -> Fault {
    Fault::new(Code::DocumentLimit, span, format!("the block has more than {MAX_INSTANCES} instances"))
}

fn each_names(key: Node, value: Node) -> Vec<(String, Node)> {
    vec![("each".to_owned(), named(&[("key", key), ("value", value)]))]
}

fn index_names(index: usize, span: Span) -> Vec<(String, Node)> {
    vec![("count".to_owned(), named(&[("index", Node::new(span, Data::Number(index.to_string())))]))]
}

/// Creates the placeholders of a block whose `for_each` or `count` is not known: `${each.key}`.
fn open_names(name: &str, members: &[&str], span: Span) -> Vec<(String, Node)> {
    let member = |member: &&str| (Node::text(span, *member), Node::placeholder(span, format!("${{{name}.{member}}}")));
    vec![(name.to_owned(), Node::new(span, Data::Map(members.iter().map(member).collect())))]
}

/// Creates a map from names and values.
fn named(entries: &[(&str, Node)]) -> Node {
    let pair = |(name, value): &(&str, Node)| (Node::text(value.span, *name), value.clone());
    Node::new(Span::default(), Data::Map(entries.iter().map(pair).collect()))
}
