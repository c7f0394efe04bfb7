//! Terraform's expressions, as far as the document tells ("Expressions").
//!
//! Variables with defaults, locals, other resources' attributes and functions of known values are evaluated. What only the
//! service or the provider knows is a text `${…}` that says what was written, and never stops the rest:
//!
//! ```text
//! uri = "${local.base}/pets"            https://backend.test/pets
//! uri = aws_lambda_function.f.arn       ${aws_lambda_function.f.arn}
//! ```

use crate::context::Context;
use crate::document::Fault;
use crate::syntax::tree::{Data, Entries, MAX_DEPTH, Node, Span, Style};
use crate::terraform::configuration::{Configuration, Written, parse_fault, parse_on_stack, span_of};
use crate::terraform::expand::Instances;
use crate::terraform::functions;
use crate::terraform::operators;
use crate::terraform::template::Spelling;
use hcl_edit::expr::{Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::{Decorated, Ident};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// How much evaluating a document may cost: more than any real one, and a few seconds at most.
const MOST_WORK: usize = 20_000_000;

/// How much stack one more level may need, and how much it is given then.
const RED_ZONE: usize = 256 << 10;
const STACK: usize = 4 << 20;

/// Names that hold where an expression stands, such as `each`, and the file it stands in.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'s> {
    pub file: u32,
    pub names: &'s [(String, Node)],
    pub outer: Option<&'s Scope<'s>>,
}

impl<'s> Scope<'s> {
    fn find(&self, name: &str) -> Option<&'s Node> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, value)) = here.names.iter().rfind(|(known, _)| known == name) {
                return Some(value);
            }
            scope = here.outer;
        }
        None
    }
}

pub(crate) struct Evaluator<'a> {
    pub configuration: &'a Configuration<'a>,
    pub context: &'a Context<'a, 'a>,
    /// Values by reference; none while one is being worked out.
    known: RefCell<HashMap<String, Option<Rc<Node>>>>,
    pub expanded: RefCell<HashMap<usize, Option<Rc<Instances>>>>,
    /// The resource of an instance's address, and which of its instances it is.
    pub by_address: RefCell<HashMap<String, (usize, usize)>>,
    depth: Cell<usize>,
    work: Cell<usize>,
    /// Whether something was asked of a known value that it does not have; `try` goes on then.
    pub missing: Cell<bool>,
    pub notes: RefCell<Vec<(String, Span)>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(configuration: &'a Configuration<'a>, context: &'a Context<'a, 'a>) -> Self {
        Evaluator {
            configuration,
            context,
            known: RefCell::default(),
            expanded: RefCell::default(),
            by_address: RefCell::default(),
            depth: Cell::new(0),
            work: Cell::new(0),
            missing: Cell::new(false),
            notes: RefCell::default(),
        }
    }

    /// Counts work, so that values which double and double end.
    pub(crate) fn charge(&self, work: usize, span: Span) -> Result<(), Fault> {
        self.work.set(self.work.get().saturating_add(work));
        if self.work.get() > MOST_WORK { Err(Fault::new(span, "the values grow too large")) } else { Ok(()) }
    }

    fn deeper<T>(&self, span: Span, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth.get() >= MAX_DEPTH {
            return Err(Fault::new(span, "the expressions nest too deeply"));
        }
        self.charge(1, span)?;
        self.depth.set(self.depth.get() + 1);
        let result = stacker::maybe_grow(RED_ZONE, STACK, work);
        self.depth.set(self.depth.get() - 1);
        result
    }

    /// The value of what is written.
    pub(crate) fn evaluate(&self, written: Written<'_>, scope: &Scope<'_>) -> Result<Node, Fault> {
        match written {
            Written::Hcl(expression, file) => self.expression(expression, &Scope { file, ..*scope }),
            Written::Json(node) => self.json(node, scope),
            Written::Literal(node) => self.copy(node),
        }
    }

    fn json(&self, node: &Node, scope: &Scope<'_>) -> Result<Node, Fault> {
        let data = match &node.data {
            Data::Text(text) if text.text.contains("${") || text.text.contains("%{") => {
                return self.deeper(node.span, || self.json_template(node, scope));
            }
            Data::List(items) => Data::List(items.iter().map(|item| self.json(item, scope)).collect::<Result<_, _>>()?),
            Data::Map(entries) => {
                let pair = |(key, value): &(Node, Node)| Ok((self.json(key, scope)?, self.json(value, scope)?));
                Data::Map(entries.iter().map(pair).collect::<Result<_, Fault>>()?)
            }
            _ => return self.copy(node),
        };
        Ok(Node::new(node.span, data))
    }

    fn json_template(&self, node: &Node, scope: &Scope<'_>) -> Result<Node, Fault> {
        let file = self.context.sources.borrow_mut().add_within(node);
        let template = self.parse_template(file)?;
        let mut value = self.template(&template, Spelling::lines(0), &Scope { file, ..*scope }, node.span)?;
        value.span = node.span;
        Ok(value)
    }

    pub(crate) fn parse_template(&self, file: u32) -> Result<hcl_edit::template::Template, Fault> {
        let text = self.context.text(file);
        self.charge(text.len() / 16, self.context.sources.borrow().whole(file))?;
        parse_on_stack(|| text.parse()).map_err(|error| parse_fault(&error, file))
    }

    /// The value of an expression.
    pub(crate) fn expression(&self, expression: &Expression, scope: &Scope<'_>) -> Result<Node, Fault> {
        let span = span_of(expression, scope.file);
        self.deeper(span, || self.term(expression, span, scope))
    }

    fn term(&self, expression: &Expression, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        Ok(match expression {
            Expression::Null(_) => Node::null(span),
            Expression::Bool(flag) => Node::new(span, Data::Bool(*flag.value())),
            Expression::Number(number) => Node::new(span, Data::Number(operators::spell(number.value()))),
            Expression::String(text) => {
                self.charge(text.value().len() / 16, span)?;
                let inside =
                    Span { start: span.start + 1, end: span.end.max(span.start + 2) - 1, style: Style::Quoted, ..span };
                Node::text(inside, text.value().as_str())
            }
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.expression(item, scope));
                Node::new(span, Data::List(items.collect::<Result<_, _>>()?))
            }
            Expression::Object(object) => self.object(object, span, scope)?,
            Expression::StringTemplate(template) => self.template(template.iter(), Spelling::Quoted, scope, span)?,
            Expression::HeredocTemplate(heredoc) => {
                let written = self.source(span);
                let indent = if written.starts_with("<<-") { self.indent_of(&heredoc.template, scope) } else { 0 };
                self.template(&heredoc.template, Spelling::lines(indent), scope, span)?
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner(), scope)?,
            Expression::Variable(name) => self.root(name.as_str(), &[], span, scope)?,
            Expression::Conditional(it) => {
                let condition = self.expression(&it.cond_expr, scope)?;
                match operators::truth(&condition) {
                    Some(true) => self.expression(&it.true_expr, scope)?,
                    Some(false) => self.expression(&it.false_expr, scope)?,
                    None => self.unknown(span),
                }
            }
            Expression::FuncCall(call) => self.call(call, span, scope)?,
            Expression::Traversal(traversal) => self.traversal(traversal, span, scope)?,
            Expression::UnaryOp(it) => {
                let value = self.expression(&it.expr, scope)?;
                operators::unary(*it.operator.value(), &value, span).unwrap_or_else(|| self.unknown(span))
            }
            Expression::BinaryOp(it) => {
                let (one, other) = (self.expression(&it.lhs_expr, scope)?, self.expression(&it.rhs_expr, scope)?);
                operators::binary(*it.operator.value(), &one, &other, span).unwrap_or_else(|| self.unknown(span))
            }
            Expression::ForExpr(it) => self.comprehension(it, span, scope)?,
        })
    }

    fn object(&self, object: &Object, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let mut map = Entries::default();
        for (key, value) in object.iter() {
            let key = match key {
                ObjectKey::Ident(name) | ObjectKey::Expression(Expression::Variable(name)) => {
                    Node::text(span_of(name, scope.file), name.as_str())
                }
                ObjectKey::Expression(expression) => self.expression(expression, scope)?,
            };
            let value = self.expression(value.expr(), scope)?;
            if let Some(word) = key.to_word() {
                map.set(if key.as_str().is_some() { key } else { Node::text(key.span, word) }, value);
            }
        }
        Ok(map.finish(span))
    }

    /// `[for x in xs : f(x) if g(x)]` and `{for k, v in m : k => v}`.
    fn comprehension(&self, it: &ForExpr, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let collection = self.expression(&it.intro.collection_expr, scope)?;
        let Some(items) = iterate(&collection) else { return Ok(self.unknown(span)) };
        let (mut values, mut entries) = (Vec::new(), Entries::default());
        for (key, value) in items {
            self.charge(weight(value), span)?;
            let names = loop_names(it.intro.key_var.as_ref(), &it.intro.value_var, key, value);
            let inner = Scope { file: scope.file, names: &names, outer: Some(scope) };
            if let Some(condition) = &it.cond {
                match operators::truth(&self.expression(&condition.expr, &inner)?) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Ok(self.unknown(span)),
                }
            }
            let result = self.expression(&it.value_expr, &inner)?;
            let Some(key) = &it.key_expr else {
                values.push(result);
                continue;
            };
            let key = self.expression(key, &inner)?;
            let Some(word) = key.to_word() else { return Ok(self.unknown(span)) };
            let key = Node::text(key.span, word);
            if it.grouping { entries.push(key, result) } else { entries.set(key, result) }
        }
        Ok(if it.key_expr.is_some() { entries.finish(span) } else { Node::new(span, Data::List(values)) })
    }

    fn call(&self, call: &FuncCall, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        if call.name.is_namespaced() {
            return Ok(self.unknown(span));
        }
        let name = call.name.name.as_str();
        if name == "try" || name == "can" {
            return self.attempt(name == "can", call, span, scope);
        }
        let mut arguments = Vec::with_capacity(call.args.len());
        for (at, argument) in call.args.iter().enumerate() {
            let argument = self.expression(argument, scope)?;
            if call.args.expand_final() && at + 1 == call.args.len() {
                let Data::List(items) = argument.data else { return Ok(self.unknown(span)) };
                arguments.extend(items);
            } else {
                arguments.push(argument);
            }
        }
        let size: usize = arguments.iter().map(weight).sum();
        self.charge(size, span)?;
        let known = match (name, arguments.as_slice()) {
            ("file" | "templatefile" | "fileexists", _) => self.file(name, &arguments, span)?,
            ("jsondecode" | "yamldecode", [text])
                if text.as_text().is_some_and(|text| !text.open || text.encoded.is_some()) =>
            {
                Some(self.context.parse_text(text)?)
            }
            ("templatestring", [text, names]) if !text.is_open() => {
                let file = self.context.sources.borrow_mut().add_within(text);
                Some(self.render(file, names, span)?)
            }
            _ => functions::call(name, &arguments, span),
        };
        if known.is_none() && !arguments.iter().any(Node::is_open) {
            self.missing.set(true);
        }
        if let Some(known) = &known {
            self.charge(weight(known), span)?;
        }
        Ok(known.unwrap_or_else(|| self.unknown(span)))
    }

    /// `try(a, b)`: the first that asks nothing of a known value which it does not have.
    fn attempt(&self, only_test: bool, call: &FuncCall, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let before = self.missing.replace(false);
        let mut found = None;
        for argument in call.args.iter() {
            self.missing.set(false);
            let value = self.expression(argument, scope)?;
            if only_test {
                found = Some(Node::new(span, Data::Bool(!self.missing.get())));
                break;
            }
            if !self.missing.get() {
                found = Some(value);
                break;
            }
        }
        self.missing.set(before || found.is_none());
        Ok(found.unwrap_or_else(|| self.unknown(span)))
    }

    /// Functions of the files beside the configuration.
    fn file(&self, name: &str, arguments: &[Node], span: Span) -> Result<Option<Node>, Fault> {
        let Some(path) = arguments.first().filter(|path| !path.is_open()).and_then(Node::to_word) else {
            return Ok(None);
        };
        let path = path.strip_prefix("./").unwrap_or(&path);
        let Some(text) = self.context.read(path) else {
            self.notes.borrow_mut().push((format!("{path} cannot be read"), span));
            return Ok((name == "fileexists").then(|| Node::new(span, Data::Bool(false))));
        };
        match (name, arguments) {
            ("fileexists", _) => Ok(Some(Node::new(span, Data::Bool(true)))),
            ("templatefile", [_, names]) => self.render(text.span.file, names, span).map(Some),
            ("templatefile", _) => Ok(None),
            _ => Ok(Some(text)),
        }
    }

    /// A template in a file, with names of its own.
    fn render(&self, file: u32, names: &Node, span: Span) -> Result<Node, Fault> {
        let template = self.parse_template(file)?;
        let names: Vec<(String, Node)> = names.fields().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        self.template(&template, Spelling::lines(0), &Scope { file, names: &names, outer: None }, span)
    }

    /// What only the service knows, as it is written.
    pub(crate) fn unknown(&self, span: Span) -> Node {
        let written = self.source(span);
        let words: Vec<&str> = written.split_whitespace().collect();
        let written = if written.contains('\n') { words.join(" ") } else { written };
        Node::open(span, format!("${{{}}}", written.trim()))
    }

    fn source(&self, span: Span) -> String {
        self.context.sources.borrow().slice(span).to_owned()
    }

    /// A copy of a value that is already known.
    fn copy(&self, node: &Node) -> Result<Node, Fault> {
        self.charge(weight(node), node.span)?;
        Ok(node.clone())
    }

    /// Works a value out once, however often it is referred to.
    fn once(&self, name: &str, span: Span, work: impl FnOnce() -> Result<Node, Fault>) -> Result<Rc<Node>, Fault> {
        let found = self.known.borrow().get(name).cloned();
        match found {
            Some(Some(value)) => return Ok(value),
            Some(None) => return Err(Fault::new(span, format!("{name} refers to itself in a circle"))),
            None => drop(self.known.borrow_mut().insert(name.to_owned(), None)),
        }
        let value = Rc::new(work()?);
        self.known.borrow_mut().insert(name.to_owned(), Some(value.clone()));
        Ok(value)
    }

    fn traversal(&self, traversal: &Traversal, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        match &traversal.expr {
            Expression::Variable(name) => self.root(name.as_str(), &traversal.operators, span, scope),
            other => {
                let value = self.expression(other, scope)?;
                self.follow(&value, &traversal.operators, span, scope)
            }
        }
    }

    /// What a name and what follows it mean.
    fn root(
        &self,
        name: &str,
        way: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        if let Some(value) = scope.find(name) {
            return self.follow(value, way, span, scope);
        }
        let member = |at: usize| match way.get(at).map(|step| step.value()) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
            _ => None,
        };
        let (address, taken) = match (name, member(0), member(1)) {
            ("var", Some(name), _) => {
                let value = self.variable(name, span)?;
                return self.follow(&value, &way[1..], span, scope);
            }
            ("local", Some(name), _) => {
                let Some(written) = self.configuration.locals.get(name).copied() else { return Ok(self.unknown(span)) };
                let name = format!("local.{name}");
                let value = self.once(&name, span, || self.evaluate(written, &Scope::default()))?;
                return self.follow(&value, &way[1..], span, scope);
            }
            ("path", Some("module" | "root"), _) => return Ok(Node::text(span, ".")),
            ("each" | "count" | "self" | "path" | "module" | "terraform", ..) => return Ok(self.unknown(span)),
            ("data", Some(kind), Some(name)) => (format!("data.{kind}.{name}"), 2),
            (kind, Some(name), _) => (format!("{kind}.{name}"), 1),
            _ => return Ok(self.unknown(span)),
        };
        let value = self.resource(&address, span)?;
        self.follow(&value, &way[taken..], span, scope)
    }

    fn variable(&self, name: &str, span: Span) -> Result<Rc<Node>, Fault> {
        let declared = self.configuration.variables.get(name).copied();
        self.once(&format!("var.{name}"), span, || {
            let kind = declared.and_then(|variable| variable.kind);
            let value = match (self.context.parameter(name), declared.and_then(|variable| variable.default)) {
                (Some(given), _) => self.given(given, kind, span),
                (None, Some(default)) => self.evaluate(default, &Scope::default())?,
                (None, None) => Node::open(span, format!("${{var.{name}}}")),
            };
            Ok(kind.map_or(value.clone(), |kind| operators::convert(value, kind)))
        })
    }

    /// A value from the command line: an expression unless the variable is a text.
    fn given(&self, given: &str, kind: Option<&Expression>, span: Span) -> Node {
        let is_text = match kind {
            Some(Expression::Variable(name)) => name.as_str() == "string",
            Some(_) => false,
            None => !given.trim_start().starts_with(['{', '[']),
        };
        let file = self.context.sources.borrow_mut().add("parameter", given);
        match parse_on_stack(|| hcl_edit::parser::parse_expr(given)) {
            Ok(expression) if !is_text => {
                let value = self.expression(&expression, &Scope { file, ..Scope::default() });
                value.unwrap_or_else(|_| Node::text(span, given))
            }
            _ => Node::text(span, given),
        }
    }

    /// Follows `.name`, `[index]` and `[*]`; within known values by reference, since they may be large.
    fn follow(
        &self,
        value: &Node,
        way: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        let mut value = std::borrow::Cow::Borrowed(value);
        for (at, step) in way.iter().enumerate() {
            let key = match step.value() {
                TraversalOperator::GetAttr(name) => Node::text(span, name.as_str()),
                TraversalOperator::Index(index) => self.expression(index, scope)?,
                TraversalOperator::LegacyIndex(index) => Node::new(span, Data::Number(index.value().to_string())),
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    return self.splat(&value, &way[at + 1..], span, scope);
                }
            };
            if let Some(inner) = symbol(&value) {
                let is_member = matches!(step.value(), TraversalOperator::GetAttr(_));
                value = std::borrow::Cow::Owned(self.member(inner, &key, is_member, span)?);
                continue;
            }
            let found = match (&value.data, key.to_word()) {
                (Data::Map(_), Some(name)) if !key.is_open() => value.get(&name).cloned(),
                (Data::List(items), Some(index)) => {
                    index.parse::<usize>().ok().and_then(|index| items.get(index)).cloned()
                }
                _ => None,
            };
            match (found, value) {
                (Some(found), _) => {
                    self.charge(weight(&found), span)?;
                    value = std::borrow::Cow::Owned(found);
                }
                (None, old) => {
                    if !old.is_open() && !key.is_open() {
                        self.missing.set(true);
                    }
                    return Ok(self.unknown(span));
                }
            }
        }
        match value {
            std::borrow::Cow::Borrowed(value) => self.copy(value),
            std::borrow::Cow::Owned(value) => Ok(value),
        }
    }

    fn splat(
        &self,
        value: &Node,
        way: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        if let Some(inner) = symbol(value).filter(|inner| !self.by_address.borrow().contains_key(*inner)) {
            let before = format!("${{{inner}[*]}}");
            return self.follow(&Node::open(span, before), way, span, scope);
        }
        let followed = value.each().iter().map(|item| self.follow(item, way, span, scope));
        Ok(Node::new(span, Data::List(followed.collect::<Result<_, _>>()?)))
    }

    /// A member of something unknown, which is known all the same if it is an attribute that a resource writes.
    fn member(&self, inner: &str, key: &Node, is_member: bool, span: Span) -> Result<Node, Fault> {
        let word = key.to_word().unwrap_or_default();
        if !is_member {
            let index = match &key.data {
                Data::Number(number) => number.clone(),
                _ => symbol(key).map_or_else(|| operators::quote(&word), str::to_owned),
            };
            return Ok(Node::open(span, format!("${{{inner}[{index}]}}")));
        }
        let found = self.by_address.borrow().get(inner).copied();
        let written = found.and_then(|(at, which)| {
            let written = self.configuration.resources.get(at)?.inner.attribute(&word)?;
            Some((at, which, written))
        });
        let name = format!("{inner}.{word}");
        if let Some((at, which, written)) = written {
            let instances = self.instances(at)?;
            let value = self.once(&name, span, || {
                let names = instances.iter().nth(which).map_or(&[][..], |instance| &instance.names);
                self.evaluate(written, &Scope { file: span.file, names, outer: None })
            })?;
            if !value.is_null() {
                return self.copy(&value);
            }
        }
        Ok(Node::open(span, format!("${{{name}}}")))
    }
}

/// The reference that an unknown value is; none of a text that only contains some.
pub(crate) fn symbol(node: &Node) -> Option<&str> {
    let text = node.as_text().filter(|text| text.open)?;
    let inner = text.text.strip_prefix("${")?.strip_suffix('}')?;
    (!inner.contains("${")).then_some(inner)
}

/// The names of one turn of a loop.
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

/// Keys and values of a collection: lists in their order, maps in that of their keys.
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

/// What it costs to copy a value; of one that nests too deeply, more than there is.
pub(crate) fn weight(node: &Node) -> usize {
    fn weigh(node: &Node, depth: usize) -> usize {
        let sum = |sum: usize, node: &Node| sum.saturating_add(weigh(node, depth + 1));
        match &node.data {
            _ if depth > MAX_DEPTH => MOST_WORK,
            Data::Text(text) => 1 + text.text.len() / 16,
            Data::List(items) => items.iter().fold(1, sum),
            Data::Map(entries) => entries.iter().fold(1, |all, (key, value)| sum(sum(all, key), value)),
            _ => 1,
        }
    }
    weigh(node, 0)
}
