//! References in Terraform's expressions: `var.x`, `local.x`, `aws_x.y.z[0].w`.

use crate::budget::VALUE;
use crate::diagnostic::{Fault, brief};
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::parse_on_stack;
use crate::terraform::content::Written;
use crate::terraform::evaluator::{Evaluator, NAMED_PER_STEP, Names, Place, Repeated, Scope, weight};
use crate::terraform::failure::lacks;
use crate::terraform::instance::Module;
use crate::terraform::operators;
use crate::terraform::parse_cost::parse_cost;
use crate::terraform::schema;
use crate::terraform::types::mismatch;
use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use std::borrow::Cow;
use std::rc::Rc;
use vtl::Code;

impl Evaluator<'_> {
    /// Evaluates a reference.
    pub(super) fn traversal(&self, traversal: &Traversal, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        match &traversal.expr {
            Expression::Variable(name) => self.root(name.as_str(), &traversal.operators, span, scope),
            other => {
                let value = self.expression(other, scope)?;
                let is_index = matches!(
                    traversal.operators.first().map(|step| step.value()),
                    Some(TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_))
                );
                if is_index && value.is_list() && is_set(other) {
                    return self.fail(span, || "a set has no indexes; `tolist(…)` makes a list of it".to_owned());
                }
                self.follow(&value, &traversal.operators, span, scope)
            }
        }
    }

    /// Evaluates a name and the path that follows it.
    pub(super) fn root(
        &self,
        name: &str,
        path: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        let member = |at: usize| match path.get(at).map(|step| step.value()) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
            _ => None,
        };
        let length = |at: usize| member(at).map_or(0, str::len);
        self.context.budget.spend((name.len() + length(0) + length(1)) / NAMED_PER_STEP, 0, span)?;
        if let Some(value) = scope.find(name) {
            return self.follow(value, path, span, scope);
        }
        match scope.names_of {
            Names::Block | Names::Nothing => {}
            Names::Template => return self.misplaced(name, None, scope, span),
            Names::Unknown => return Ok(self.unknown(span)),
        }
        let (address, taken) = match (name, member(0), member(1)) {
            ("var", Some(name), _) => {
                let Some(module) = self.module(scope.module) else { return Ok(self.unknown(span)) };
                let variables = &module.configuration.variables;
                if !variables.contains_key(name) && (module.configuration.is_whole || !self.is_given(name, &module)) {
                    return self.undeclared(module.configuration, "var.", name, variables.keys().copied(), span);
                }
                let value = self.variable(name, scope.module, span)?;
                return self.follow(&value, &path[1..], span, scope);
            }
            ("local", Some(name), _) => {
                let Some(module) = self.module(scope.module) else { return Ok(self.unknown(span)) };
                let locals = &module.configuration.locals;
                let Some(written) = locals.get(name).copied() else {
                    return self.undeclared(module.configuration, "local.", name, locals.keys().copied(), span);
                };
                let name = self.named(&module, "local", name, span)?;
                let outside = Scope { module: scope.module, ..Scope::default() };
                let value = self.once(&name, span, || self.evaluate(written, &outside))?;
                return self.follow(&value, &path[1..], span, scope);
            }
            ("path", Some("module"), _) => {
                let module = self.module(scope.module);
                let folder = module.as_ref().map_or("", |module| module.configuration.folder.as_str());
                self.context.budget.spend(folder.len() / NAMED_PER_STEP, folder.len(), span)?;
                return Ok(Node::text(span, if folder.is_empty() { "." } else { folder }));
            }
            ("path", Some("root"), _) => return Ok(Node::text(span, ".")),
            ("module", Some(name), _) => (format!("module.{name}"), 1),
            ("path", Some("cwd"), _) | ("terraform" | "ephemeral", Some(_), _) => return Ok(self.unknown(span)),
            ("data", Some(kind), Some(name)) => (format!("data.{kind}.{name}"), 2),
            ("resource", Some(kind), Some(name)) => (format!("{kind}.{name}"), 2),
            ("each" | "count" | "self" | "path" | "data" | "resource", ..) | (_, None, _) => {
                return self.misplaced(name, member(0), scope, span);
            }
            (kind, Some(name), _) => (format!("{kind}.{name}"), 1),
        };
        self.check_address(name, &address, scope, span)?;
        let value = self.reference(&address, scope.module, span)?;
        self.follow(&value, &path[taken..], span, scope)
    }

    /// Checks that the block of an address is declared.
    fn check_address(&self, root: &str, address: &str, scope: &Scope<'_>, span: Span) -> Result<(), Fault> {
        let Some(module) = self.module(scope.module) else { return Ok(()) };
        let configuration = module.configuration;
        if let Some(name) = address.strip_prefix("module.") {
            let calls = &configuration.calls_by_name;
            if !calls.contains_key(name) {
                self.undeclared(configuration, "module.", name, calls.keys().copied(), span)?;
            }
        } else if !configuration.by_address.contains_key(address)
            // In a file alone, most resources of other services are names only.
            && (configuration.is_whole || root.starts_with("aws_api") || address.starts_with("data.aws_api"))
        {
            self.undeclared(configuration, "", address, configuration.by_address.keys().map(String::as_str), span)?;
        }
        Ok(())
    }

    /// Returns the placeholder of a name that is there in other blocks only, or has no attribute behind it.
    fn misplaced(&self, name: &str, member: Option<&str>, scope: &Scope<'_>, span: Span) -> Result<Node, Fault> {
        let help = match (name, member) {
            _ if scope.names_of == Names::Template => "give it in the map of the template's values",
            ("each", _) => "only blocks with `for_each` have it",
            ("count", _) => "only blocks with `count` have it",
            ("self", _) => "only provisioners and conditions have it",
            ("path", _) => "`path` has `module`, `root` and `cwd`",
            _ => "a reference is a name, a dot and another name; a text is written in quotes",
        };
        let member = member.map_or_else(String::new, |member| format!(".{}", brief(member)));
        let message = || format!("{}{member} is not declared here", brief(name));
        self.tell(Code::UnresolvedName, span, message, || Some(help.to_owned()))?;
        Ok(self.unknown(span))
    }

    /// Checks whether a variable has a value without being declared: another file of the folder declares it.
    fn is_given(&self, name: &str, module: &Module<'_>) -> bool {
        module.call.is_none() && (self.context.parameter(name).is_some() || self.given.contains_key(name))
    }

    /// Evaluates a variable: the argument of the module's call, for the root module the caller's
    /// value, or else the default.
    pub(super) fn variable(&self, name: &str, module: usize, span: Span) -> Result<Rc<Node>, Fault> {
        let Some(here) = self.module(module) else { return Ok(Rc::new(self.unknown(span))) };
        let declared = here.configuration.variables.get(name);
        let scope = Scope { module, ..Scope::default() };
        let address = self.named(&here, "var", name, span)?;
        self.once(&address, span, || {
            let written = declared.and_then(|variable| variable.kind);
            let of_json = match written {
                Some(Written::Json(node) | Written::Literal(node)) => self.type_in_json(node, span)?,
                _ => None,
            };
            let kind = match written {
                Some(Written::Hcl(kind, _)) => Some(kind),
                _ => of_json.as_ref(),
            };
            let given = match &here.call {
                Some(call) => match call.block.argument(name) {
                    Some(written) => {
                        let scope = Scope { module: call.module, names: &call.names, ..Scope::default() };
                        Some(self.evaluate(written, &scope)?)
                    }
                    None => None,
                },
                None => match self.context.parameter(name) {
                    Some(given) => Some(self.given(given, kind, span)?),
                    None => self.given.get(name).cloned(),
                },
            };
            // Null as an argument of a module means the default.
            let given = given.filter(|given| here.call.is_none() || !given.is_null());
            let value = match (given, declared.and_then(|variable| variable.default)) {
                (Some(given), _) => given,
                (None, Some(default)) => self.evaluate(default, &scope)?,
                (None, None) => {
                    self.context.budget.spend(0, address.len(), span)?;
                    Node::placeholder(span, format!("${{{address}}}"))
                }
            };
            let Some(kind) = kind else { return Ok(value) };
            self.charge(weight(&value), span)?;
            if let Some(why) = mismatch(&value, kind, &|steps| self.context.budget.spend(steps, 0, span))? {
                let place = if value.span.end > value.span.start { value.span } else { span };
                let message =
                    || format!("{}var.{} has a value of the wrong type: {why}", brief(&here.prefix), brief(name));
                self.tell(Code::DisallowedValue, place, message, || None)?;
            }
            operators::convert(value, kind, &|work| self.charge(work, span))
        })
    }

    /// Parses the type of a variable in JSON, where it is a string.
    fn type_in_json(&self, written: &Node, span: Span) -> Result<Option<Expression>, Fault> {
        let Some(text) = written.as_str() else { return Ok(None) };
        let cost = parse_cost(text);
        self.context.budget.spend(cost.steps, cost.bytes, span)?;
        Ok(parse_on_stack(|| hcl_edit::parser::parse_expr(text)).ok())
    }

    /// Evaluates a value that the caller gave: an expression, unless the variable is a string.
    fn given(&self, given: &str, kind: Option<&Expression>, span: Span) -> Result<Node, Fault> {
        let is_text = match kind {
            Some(Expression::Variable(name)) => name.as_str() == "string",
            Some(_) => false,
            None => !given.trim_start().starts_with(['{', '[']),
        };
        if is_text {
            return Ok(Node::text(span, given));
        }
        let file = self.context.sources.borrow_mut().add("parameter", given);
        let cost = parse_cost(given);
        self.context.budget.spend(cost.steps, cost.bytes, span)?;
        match parse_on_stack(|| hcl_edit::parser::parse_expr(given)) {
            Ok(expression) => self.expression(&expression, &Scope { file, ..Scope::default() }),
            Err(_) => Ok(Node::text(span, given)),
        }
    }

    /// Follows `.name`, `[index]` and `[*]`.
    fn follow(
        &self,
        value: &Node,
        path: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        let mut value = Cow::Borrowed(value);
        for (at, step) in path.iter().enumerate() {
            let key = match step.value() {
                TraversalOperator::GetAttr(name) => {
                    self.context.budget.spend(name.len() / NAMED_PER_STEP, 0, span)?;
                    Node::text(span, name.as_str())
                }
                TraversalOperator::Index(index) => self.expression(index, scope)?,
                TraversalOperator::LegacyIndex(index) => Node::new(span, Data::Number(index.value().to_string())),
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    return self.deeper(span, || self.splat(&value, &path[at + 1..], span, scope));
                }
            };
            if let Some(inner) = self.symbol(&value)? {
                let is_member = matches!(step.value(), TraversalOperator::GetAttr(_));
                // One instance is there for all of them.
                if !is_member && self.uncounted.borrow().contains(inner) {
                    continue;
                }
                value = Cow::Owned(self.member(inner, &key, is_member, span)?);
                continue;
            }
            // The entries of a map are searched from the front.
            self.charge(value.entries().len() / 16, span)?;
            let found = match (&value.data, key.to_word()) {
                (Data::Map(_), Some(name)) if !key.has_placeholder() => value.get(&name).cloned(),
                (Data::List(items), Some(index)) => {
                    index.parse::<usize>().ok().and_then(|index| items.get(index)).cloned()
                }
                _ => None,
            };
            match (found, value) {
                (Some(found), _) => {
                    self.charge(weight(&found), span)?;
                    value = Cow::Owned(found);
                }
                (None, old) => {
                    let is_open = match &old.data {
                        Data::Map(entries) => entries.iter().any(|(key, _)| key.has_placeholder()),
                        Data::List(_) => false,
                        _ => old.has_placeholder(),
                    };
                    if is_open || key.has_placeholder() {
                        return Ok(self.unknown(span));
                    }
                    return self.fail(span, || lacks(&old, &key));
                }
            }
        }
        match value {
            Cow::Borrowed(value) => self.copy(value),
            Cow::Owned(value) => Ok(value),
        }
    }

    /// Evaluates the path after `[*]` for each item.
    fn splat(
        &self,
        value: &Node,
        path: &[Decorated<TraversalOperator>],
        span: Span,
        scope: &Scope<'_>,
    ) -> Result<Node, Fault> {
        if let Some(inner) = self.symbol(value)?.filter(|inner| !self.by_address.borrow().contains_key(*inner)) {
            let before = format!("${{{inner}[*]}}");
            return self.follow(&Node::placeholder(span, before), path, span, scope);
        }
        let followed = value.each().iter().map(|item| self.follow(item, path, span, scope));
        Ok(Node::new(span, Data::List(followed.collect::<Result<_, _>>()?)))
    }

    /// Returns a member of a placeholder: a value if it is an attribute that the resource sets, and
    /// a longer placeholder otherwise.
    fn member(&self, inner: &str, key: &Node, is_member: bool, span: Span) -> Result<Node, Fault> {
        let word = key.to_word().unwrap_or_default();
        self.charge(1 + (inner.len() + word.len()) / 16, span)?;
        if !is_member {
            let index = match &key.data {
                Data::Number(number) => number.clone(),
                _ => self.symbol(key)?.map_or_else(|| operators::quote(&word), str::to_owned),
            };
            return Ok(Node::placeholder(span, format!("${{{inner}[{index}]}}")));
        }
        let found = self.by_address.borrow().get(inner).copied();
        let name = format!("{inner}.{word}");
        let value = match found {
            Some(Place::Resource(module, at, which)) => {
                let value = self.attribute(&name, &word, (module, at, which), span)?;
                if value.is_none() {
                    self.check_attribute(&word, module, at, span)?;
                }
                value
            }
            Some(Place::Module(module)) => match self.output(&name, &word, module, span)? {
                None => return self.no_output(inner, &word, module, span),
                found => found,
            },
            None => None,
        };
        if let Some(value) = value.filter(|value| !value.is_null()) {
            return self.copy(&value);
        }
        Ok(Node::placeholder(span, format!("${{{name}}}")))
    }

    /// Checks the name of an attribute that a resource of API Gateway does not set.
    fn check_attribute(&self, word: &str, module: usize, at: usize, span: Span) -> Result<(), Fault> {
        let Some(here) = self.module(module) else { return Ok(()) };
        let Some(declared) = here.configuration.resources.get(at) else { return Ok(()) };
        if !schema::is_unknown(&declared.kind, word) {
            return Ok(());
        }
        let known = self.meant.borrow().get(word).copied();
        let meant = match known {
            Some(meant) => meant,
            None => {
                self.context.budget.spend(schema::COMPARING, VALUE + word.len(), span)?;
                let meant = schema::meant(word);
                self.meant.borrow_mut().insert(word.to_owned(), meant);
                meant
            }
        };
        match meant {
            Some(near) => {
                let message = || format!("{} has no attribute {}", brief(&declared.address), brief(word));
                self.tell(Code::UnresolvedName, span, message, || Some(format!("did you mean {near}?")))
            }
            None => Ok(()),
        }
    }

    /// Evaluates an attribute that an instance of a resource sets.
    fn attribute(
        &self,
        name: &str,
        word: &str,
        (module, at, which): (usize, usize, usize),
        span: Span,
    ) -> Result<Option<Rc<Node>>, Fault> {
        let Some(here) = self.module(module) else { return Ok(None) };
        let Some(declared) = here.configuration.resources.get(at) else { return Ok(None) };
        let Some(written) = declared.attribute(word) else { return Ok(None) };
        let instances = self.instances(module, Repeated::Resource(at))?;
        let names = instances.get(which).map_or(&[][..], |instance| &instance.names);
        let scope = Scope { file: span.file, module, names, ..Scope::default() };
        self.once(name, span, || self.evaluate(written, &scope)).map(Some)
    }

    /// Returns the placeholder of an output that a module does not have.
    fn no_output(&self, address: &str, word: &str, module: usize, span: Span) -> Result<Node, Fault> {
        let name = Node::placeholder(span, format!("${{{address}.{word}}}"));
        let Some(here) = self.module(module).filter(|here| here.configuration.is_whole) else { return Ok(name) };
        self.missing.set(true);
        if self.trying.get() == 0 {
            let outputs = &here.configuration.outputs;
            self.undeclared(here.configuration, &format!("{}.", brief(address)), word, outputs.keys().copied(), span)?;
        }
        Ok(name)
    }

    /// Evaluates an output of an instance of a module.
    fn output(&self, name: &str, word: &str, module: usize, span: Span) -> Result<Option<Rc<Node>>, Fault> {
        let Some(here) = self.module(module) else { return Ok(None) };
        let output = here.configuration.outputs.get(word);
        let Some(written) = output.and_then(|output| output.value) else { return Ok(None) };
        let scope = Scope { file: span.file, module, ..Scope::default() };
        self.once(name, span, || self.evaluate(written, &scope)).map(Some)
    }
}

/// Checks for a call of a function that returns a set, whose items have no indexes.
fn is_set(expression: &Expression) -> bool {
    match expression {
        Expression::Parenthesis(it) => is_set(it.inner()),
        Expression::FuncCall(call) => {
            !call.name.is_namespaced()
                && ["toset", "setunion", "setintersection", "setsubtract"].contains(&call.name.name.as_str())
        }
        _ => false,
    }
}
