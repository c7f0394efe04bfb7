//! Terraform's expressions ("Expressions").
//!
//! Variables with defaults, locals, attributes of other resources and functions of known values are
//! evaluated. A value that is known only after deployment becomes a placeholder with its source
//! text:
//!
//! ```text
//! uri = "${local.base}/pets"            https://backend.test/pets
//! uri = aws_lambda_function.f.arn       ${aws_lambda_function.f.arn}
//! ```

use crate::diagnostic::{Fault, Remark, brief};
use crate::span::{Span, Style};
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::{parse_fault, parse_on_stack};
use crate::terraform::content::{Written, span_of};
use crate::terraform::evaluator::{Evaluator, Names, Scope, iterate, loop_names, weight, written_names};
use crate::terraform::failure::{refused, wrong_number};
use crate::terraform::parse_cost::template_cost;
use crate::terraform::template::Spelling;
use crate::terraform::{functions, operators, patterns, signatures};
use hcl_edit::expr::{BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey};
use hcl_edit::template::Template;
use std::collections::HashMap;
use vtl::Code;
use vtl::reference::nearest;

/// Work of a finding about a file that is not read.
const UNREAD: usize = 32;

/// Steps of a parser, which has a stack of its own.
const PARSER: usize = 800;

/// Bytes of a heredoc whose indentation is measured in a step.
const MEASURED_PER_STEP: usize = 16;

/// Bytes that a pattern looks at in a step.
const SCANNED_PER_STEP: usize = 10;

impl Evaluator<'_> {
    /// Evaluates a value as it is written.
    ///
    /// # Errors
    /// A value refers to itself, or the values grow too large.
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
            Data::List(items) => {
                self.charge(1, node.span)?;
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.json(item, scope)?);
                }
                Data::List(values)
            }
            Data::Map(entries) => {
                self.charge(1, node.span)?;
                let mut values = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    values.push((self.json(key, scope)?, self.json(value, scope)?));
                }
                Data::Map(values)
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

    /// Parses a file as a template.
    pub(super) fn parse_template(&self, file: u32) -> Result<Template, Fault> {
        let text = self.context.text(file);
        let span = self.context.sources.borrow().whole(file);
        let cost = template_cost(&text);
        self.context.budget.spend(PARSER + cost.steps, cost.bytes, span)?;
        parse_on_stack(|| text.parse()).map_err(|error| parse_fault(&error, file))
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// A value refers to itself, or the values grow too large.
    pub(crate) fn expression(&self, expression: &Expression, scope: &Scope<'_>) -> Result<Node, Fault> {
        let span = span_of(expression, scope.file);
        let mut value = self.deeper(span, || self.term(expression, span, scope))?;
        value.shrink();
        Ok(value)
    }

    fn term(&self, expression: &Expression, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        Ok(match expression {
            Expression::Null(_) => Node::null(span),
            Expression::Bool(flag) => Node::new(span, Data::Bool(*flag.value())),
            Expression::Number(number) => {
                self.digits(Node::new(span, Data::Number(operators::spell(number.value()))))?
            }
            Expression::String(text) => {
                self.charge(text.value().len() / 16, span)?;
                let inside =
                    Span { start: span.start + 1, end: span.end.max(span.start + 2) - 1, style: Style::Quoted, ..span };
                Node::text(inside, text.value().as_str())
            }
            Expression::Array(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.expression(item, scope)?);
                }
                Node::new(span, Data::List(values))
            }
            Expression::Object(object) => self.object(object, span, scope)?,
            Expression::StringTemplate(template) => self.template(template.iter(), Spelling::Quoted, scope, span)?,
            Expression::HeredocTemplate(heredoc) => {
                let is_indented = self.context.sources.borrow().slice(span).starts_with("<<-");
                // All lines are looked at, also those of a branch that is not taken.
                let looked = if is_indented { span.end.saturating_sub(span.start) as usize } else { 0 };
                self.context.budget.spend(looked / MEASURED_PER_STEP, 0, span)?;
                let indent = if is_indented { self.indent_of(&heredoc.template, scope) } else { 0 };
                self.template(&heredoc.template, Spelling::lines(indent), scope, span)?
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner(), scope)?,
            Expression::Variable(name) => self.root(name.as_str(), &[], span, scope)?,
            Expression::Conditional(it) => {
                let condition = self.expression(&it.cond_expr, scope)?;
                match operators::truth(&condition) {
                    Some(true) => self.expression(&it.true_expr, scope)?,
                    Some(false) => self.expression(&it.false_expr, scope)?,
                    None if condition.has_placeholder() => self.unknown(span),
                    None => {
                        let message = || format!("a condition must be true or false, not {}", condition.type_name());
                        self.fail(span_of(&it.cond_expr, scope.file), message)?;
                        self.unknown(span)
                    }
                }
            }
            Expression::FuncCall(call) => self.call(call, span, scope)?,
            Expression::Traversal(traversal) => self.traversal(traversal, span, scope)?,
            Expression::UnaryOp(it) => {
                let value = self.expression(&it.expr, scope)?;
                match operators::unary(*it.operator.value(), &value, span) {
                    Some(value) => self.digits(value)?,
                    None if value.has_placeholder() => self.unknown(span),
                    None => self.fail(span, || format!("the operand is {}", value.type_name()))?,
                }
            }
            Expression::BinaryOp(it) => {
                let operator = *it.operator.value();
                let one = self.expression(&it.lhs_expr, scope)?;
                // The other side may fail where the first one decides.
                if let (BinaryOperator::And, Some(false)) | (BinaryOperator::Or, Some(true)) =
                    (operator, operators::truth(&one))
                {
                    return Ok(Node::new(span, Data::Bool(operator == BinaryOperator::Or)));
                }
                let other = self.expression(&it.rhs_expr, scope)?;
                match operators::binary(operator, &one, &other, span) {
                    Some(value) => self.digits(value)?,
                    None if one.has_placeholder() || other.has_placeholder() => self.unknown(span),
                    None => {
                        let message = || match operators::number(&other) {
                            Some(0.0) if operators::number(&one).is_some() => "a division by zero".to_owned(),
                            _ => format!("the operands are {} and {}", one.type_name(), other.type_name()),
                        };
                        self.fail(span, message)?
                    }
                }
            }
            Expression::ForExpr(it) => self.comprehension(it, span, scope)?,
        })
    }

    /// Evaluates an object.
    fn object(&self, object: &Object, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let mut map = MapBuilder::default();
        for (key, value) in object.iter() {
            let (key, place) = match key {
                ObjectKey::Ident(name) | ObjectKey::Expression(Expression::Variable(name)) => {
                    let place = span_of(name, scope.file);
                    self.charge(1 + name.len() / 16, place)?;
                    (Node::text(place, name.as_str()), place)
                }
                ObjectKey::Expression(key) => (self.expression(key, scope)?, span_of(key, scope.file)),
            };
            let value = self.expression(value.expr(), scope)?;
            let Some(word) = key.to_word() else {
                self.fail(place, || format!("a key is {}; it must be a string", key.type_name()))?;
                continue;
            };
            if map.get(&word).is_some() && !key.has_placeholder() {
                let message = || format!("the map has the key {} twice; the last one counts", brief(&word));
                self.tell(Code::DuplicateKey, place, message, || None)?;
            }
            map.set(if key.as_str().is_some() { key } else { Node::text(key.span, word) }, value);
        }
        Ok(map.finish(span))
    }

    /// Evaluates `[for x in xs : f(x) if g(x)]` and `{for k, v in m : k => v}`.
    fn comprehension(&self, it: &ForExpr, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let collection = self.expression(&it.intro.collection_expr, scope)?;
        let Some(items) = iterate(&collection) else {
            if !collection.has_placeholder() {
                let message = || format!("`for` needs a list or a map, not {}", collection.type_name());
                self.fail(span_of(&it.intro.collection_expr, scope.file), message)?;
            }
            return Ok(self.unknown(span));
        };
        let (mut values, mut entries) = (Vec::new(), MapBuilder::default());
        let names = written_names(it.intro.key_var.as_ref(), &it.intro.value_var);
        for (key, value) in items {
            self.charge(weight(value).saturating_add(names / 16), span)?;
            let names = loop_names(it.intro.key_var.as_ref(), &it.intro.value_var, key, value);
            let inner = Scope { names: &names, outer: Some(scope), ..*scope };
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
            let Some(word) = key.to_word() else {
                return match key.has_placeholder() {
                    true => Ok(self.unknown(span)),
                    false => self.fail(span, || format!("a key is {}; it must be a string", key.type_name())),
                };
            };
            if !it.grouping && !key.has_placeholder() && entries.get(&word).is_some() {
                let message = || format!("two items have the key {}; `...` behind the value groups them", brief(&word));
                self.fail(span, message)?;
            }
            let key = Node::text(key.span, word);
            if it.grouping { entries.push(key, result) } else { entries.set(key, result) }
        }
        Ok(if it.key_expr.is_some() { entries.finish(span) } else { Node::new(span, Data::List(values)) })
    }

    /// Evaluates a function call.
    fn call(&self, call: &FuncCall, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        if call.name.is_namespaced() {
            return Ok(self.unknown(span));
        }
        let name = call.name.name.as_str();
        if scope.names_of == Names::Nothing {
            return self.fail(span, || format!("{} cannot be called in a file of values", brief(name)));
        }
        let Some((least, most)) = signatures::arguments_of(name) else {
            return self.no_function(name, span);
        };
        if name == "try" || name == "can" {
            return self.attempt(name == "can", call, span, scope);
        }
        let mut arguments = Vec::with_capacity(call.args.len());
        for (at, argument) in call.args.iter().enumerate() {
            let argument = self.expression(argument, scope)?;
            if call.args.expand_final() && at + 1 == call.args.len() {
                let Data::List(items) = argument.data else {
                    if !argument.has_placeholder() {
                        let message = || format!("`...` needs a list, not {}", argument.type_name());
                        self.fail(argument.span, message)?;
                    }
                    return Ok(self.unknown(span));
                };
                arguments.extend(items);
            } else {
                arguments.push(argument);
            }
        }
        if arguments.len() < least || arguments.len() > most {
            return self.fail(span, || wrong_number(name, least, most, arguments.len()));
        }
        let size: usize = arguments.iter().map(weight).sum();
        self.charge(size, span)?;
        self.charge(functions::growth(name, &arguments), span)?;
        if let Some((pattern, value)) = functions::pattern_of(name, &arguments) {
            self.context.budget.spend(patterns::reading(pattern), 0, span)?;
            self.context.budget.spend(patterns::work(pattern, value), 0, span)?;
        }
        let known = match (name, arguments.as_slice()) {
            // An unknown collection remains the same one.
            ("toset" | "tolist" | "tomap", [value]) if self.symbol(value)?.is_some() => Some(value.clone()),
            ("file" | "filebase64" | "templatefile" | "fileexists", _) => self.file(name, &arguments, span, scope)?,
            ("jsondecode" | "yamldecode", [text])
                if text.as_text().is_some_and(|text| !text.has_placeholder || text.encoded.is_some()) =>
            {
                Some(self.context.parse_text(text)?)
            }
            ("templatestring", [text, names]) if !text.has_placeholder() => {
                let file = self.context.sources.borrow_mut().add_within(text);
                Some(self.render(file, names, span, scope)?)
            }
            _ => functions::call(name, &arguments, span, &|bytes| {
                self.context.budget.charge(1 + bytes / SCANNED_PER_STEP, span)
            }),
        };
        if known.is_none() && !arguments.iter().any(Node::has_placeholder) {
            if functions::is_refused(name, &arguments) {
                return self.fail(span, || refused(name, &arguments));
            }
            self.unsupported.set(true);
        }
        if let Some(known) = &known {
            self.charge(weight(known), span)?;
        }
        Ok(known.unwrap_or_else(|| self.unknown(span)))
    }

    /// Returns the placeholder of a call of a function that Terraform does not have.
    fn no_function(&self, name: &str, span: Span) -> Result<Node, Fault> {
        self.missing.set(true);
        if self.trying.get() == 0 {
            let help = || nearest(name, signatures::names()).map(|near| format!("did you mean {near}?"));
            let message = || format!("Terraform has no function {}", brief(name));
            self.tell(Code::FailedExpression, span, message, help)?;
        }
        Ok(self.unknown(span))
    }

    /// Evaluates `try(a, b)`, the first argument that does not fail, or `can(a)`.
    fn attempt(&self, only_test: bool, call: &FuncCall, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let (missing, unsupported) = (self.missing.get(), self.unsupported.get());
        let mut found = None;
        for argument in call.args.iter() {
            self.missing.set(false);
            self.unsupported.set(false);
            self.trying.set(self.trying.get() + 1);
            let value = self.expression(argument, scope)?;
            self.trying.set(self.trying.get() - 1);
            if only_test {
                let is_known = self.missing.get() || !self.unsupported.get();
                let test = || Node::new(span, Data::Bool(!self.missing.get()));
                found = Some(if is_known { test() } else { self.unknown(span) });
                break;
            }
            if !self.missing.get() {
                found = Some(value);
                break;
            }
        }
        self.missing.set(missing);
        self.unsupported.set(unsupported || self.unsupported.get());
        match found {
            Some(found) => Ok(found),
            None => self.fail(span, || "no argument of `try` has a value".to_owned()),
        }
    }

    /// Evaluates a function that reads a file.
    fn file(&self, name: &str, arguments: &[Node], span: Span, scope: &Scope<'_>) -> Result<Option<Node>, Fault> {
        let Some(path) = arguments.first().filter(|path| !path.has_placeholder()).and_then(Node::to_word) else {
            return Ok(None);
        };
        let path = path.strip_prefix("./").unwrap_or(&path);
        let Some(file) = self.context.open(&self.context.beside(path)) else {
            if self.context.is_first_unread(path, span) {
                let message = self.context.unread(path);
                self.charge(UNREAD + message.len() / 16, span)?;
                self.remarks.borrow_mut().push(Remark::new(Code::UnreadableFile, "", message, span));
            }
            let is_absent = name == "fileexists" && self.context.is_absent(path);
            return Ok(is_absent.then(|| Node::new(span, Data::Bool(false))));
        };
        match (name, arguments) {
            ("fileexists", _) => Ok(Some(Node::new(span, Data::Bool(true)))),
            ("templatefile", [_, names]) => self.render(file, names, span, scope).map(Some),
            ("templatefile", _) => Ok(None),
            ("filebase64", _) => {
                let text = self.context.content(file).map(|text| [text]);
                Ok(text.and_then(|text| functions::call("base64encode", &text, span, &|_| true)))
            }
            _ => Ok(self.context.content(file)),
        }
    }

    /// Evaluates a template in a file, with names of its own.
    fn render(&self, file: u32, names: &Node, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let template = self.parse_template(file)?;
        let names_of = if names.is_map() { Names::Template } else { Names::Unknown };
        let given: HashMap<&str, &Node> = names.fields().collect();
        let scope = Scope { file, names: &[], given: Some(&given), names_of, outer: None, ..*scope };
        self.template(&template, Spelling::lines(0), &scope, span)
    }
}
