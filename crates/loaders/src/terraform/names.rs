//! References in expressions that are not evaluated: those in branches that are not taken, and in resources of other
//! services.
//!
//! Terraform looks all names up before it evaluates anything (`internal/terraform/evaluate_valid.go`).

use crate::budget::Budget;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::{Configuration, parse_on_stack};
use crate::terraform::content::{Inner, Part, Written, span_of};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::loops::Loops;
use hcl_edit::expr::{Expression, ForExpr, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{ForDirective, Template};
use hcl_edit::visit::{self, Visit};
use vtl::Code;

/// Most references that are kept, one more than have a finding.
const MOST: usize = 1_001;

/// Bytes of a block that are walked through in a step.
const BYTES_PER_STEP: usize = 4;

/// Arguments of a block whose values are no expressions, or name what is no block.
const KEYWORDS: &[&str] = &["provider", "providers", "lifecycle", "ignore_changes", "when", "on_failure", "//"];

/// Roots of references that lead to no block, or to blocks that are not collected.
const OTHER_ROOTS: &[&str] =
    &["each", "count", "self", "path", "terraform", "tofu", "ephemeral", "action", "list", "run", "check"];

/// A reference to what is not declared.
struct Undeclared {
    /// What is written before the name, such as `var.`; empty for a resource.
    kind: &'static str,
    name: String,
    span: Span,
}

/// A string in JSON that is a template, with the names of the loops around it.
struct Within<'a> {
    node: &'a Node,
    loops: Loops<'a>,
}

/// Finds references to what a configuration does not declare.
struct Names<'a> {
    configuration: &'a Configuration<'a>,
    file: u32,
    /// Names that loops around the expression set.
    loops: Loops<'a>,
    /// What is not declared.
    found: Vec<Undeclared>,
    /// The templates in JSON, which are to be parsed.
    templates: Vec<Within<'a>>,
}

impl<'a> Names<'a> {
    /// Walks through the blocks of a configuration.
    ///
    /// # Errors
    /// The budget is spent.
    fn of(configuration: &'a Configuration<'a>, budget: &Budget<'_>) -> Result<Self, Fault> {
        let mut names =
            Names { configuration, file: 0, loops: Loops::default(), found: Vec::new(), templates: Vec::new() };
        let pay =
            |span: Span| budget.spend(1 + (span.end.saturating_sub(span.start)) as usize / BYTES_PER_STEP, 0, span);
        let blocks = configuration.resources.iter().map(|it| (&it.inner, it.span));
        for (inner, span) in blocks.chain(configuration.calls.iter().map(|it| (&it.inner, it.span))) {
            inner.spans(span).into_iter().try_for_each(pay)?;
            parse_on_stack(|| names.content(inner));
        }
        let outputs = configuration.outputs.values().filter_map(|it| it.value);
        let mut values: Vec<Written<'a>> = configuration.locals.values().copied().chain(outputs).collect();
        // A span is looked for at the end of an expression.
        values.sort_by_cached_key(|it| (it.span().file, it.span().start));
        for written in values {
            pay(written.span())?;
            parse_on_stack(|| names.value(written));
        }
        Ok(names)
    }

    /// Walks through a template in JSON.
    fn template(&mut self, template: &Template, file: u32, within: Within<'a>) {
        self.file = file;
        self.loops = within.loops;
        parse_on_stack(|| self.visit_template(template));
    }

    fn content(&mut self, inner: &Inner<'a>) {
        match inner {
            Inner::Hcl(body, file) => {
                self.file = *file;
                self.visit_body(body);
            }
            Inner::Json(node) => self.fields(node, &Loops::default()),
            Inner::Merged(merged) => {
                for part in &merged.parts {
                    match *part {
                        Part::Hcl(structure, file) => {
                            self.file = file;
                            self.visit_structure(structure);
                        }
                        Part::Json(name, value) => self.field(name, value, &Loops::default()),
                        Part::Dynamic(name, blocks) => self.dynamic_in_json(name, blocks, &Loops::default()),
                    }
                }
            }
        }
    }

    fn value(&mut self, written: Written<'a>) {
        match written {
            Written::Hcl(expression, file) => {
                self.file = file;
                self.visit_expr(expression);
            }
            Written::Json(node) => self.json(node, &Loops::default()),
            Written::Literal(_) => {}
        }
    }

    fn json(&mut self, node: &'a Node, loops: &Loops<'a>) {
        match &node.data {
            Data::Text(text) => {
                let is_template = text.text.contains("${") || text.text.contains("%{");
                if is_template && !self.is_declared(&text.text, loops) {
                    self.templates.push(Within { node, loops: loops.clone() });
                }
            }
            Data::List(items) => items.iter().for_each(|item| self.json(item, loops)),
            Data::Map(_) => self.fields(node, loops),
            _ => {}
        }
    }

    fn fields(&mut self, node: &'a Node, loops: &Loops<'a>) {
        for (name, value) in node.fields() {
            self.field(name, value, loops);
        }
    }

    fn field(&mut self, name: &'a str, value: &'a Node, loops: &Loops<'a>) {
        if name == "dynamic" {
            let blocks = value.each().iter().flat_map(Node::fields);
            blocks.for_each(|(label, blocks)| self.dynamic_in_json(label, blocks, loops));
        } else if !KEYWORDS.contains(&name) {
            self.json(value, loops);
        }
    }

    fn dynamic_in_json(&mut self, label: &'a str, blocks: &'a Node, loops: &Loops<'a>) {
        for block in blocks.each() {
            block.get("for_each").into_iter().for_each(|items| self.json(items, loops));
            let iterator = block.get("iterator").and_then(Node::as_str).unwrap_or(label);
            let inside = loops.with(iterator);
            block.get("content").into_iter().for_each(|content| self.json(content, &inside));
        }
    }

    /// Checks for a text that is one plain reference to what is declared: most strings of cdktf are.
    fn is_declared(&self, text: &str, loops: &Loops<'_>) -> bool {
        let plain = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let Some(plain) = plain.filter(|plain| plain.chars().all(is_letter)) else { return false };
        let mut path = plain.split('.');
        let root = path.next().unwrap_or_default();
        loops.contains(root) || self.lacks(root, path.next(), path.next()).is_none()
    }

    /// Returns what a reference names, if that is not declared.
    fn lacks(&self, root: &str, first: Option<&str>, second: Option<&str>) -> Option<(&'static str, String)> {
        let configuration = self.configuration;
        let (is_declared, kind, name) = match (root, first, second) {
            ("var", Some(name), _) => (configuration.variables.contains_key(name), "var.", name.to_owned()),
            ("local", Some(name), _) => (configuration.locals.contains_key(name), "local.", name.to_owned()),
            ("module", Some(name), _) => (configuration.calls_by_name.contains_key(name), "module.", name.to_owned()),
            ("data", Some(kind), Some(name)) => {
                let address = format!("data.{kind}.{name}");
                (configuration.by_address.contains_key(&address), "", address)
            }
            ("resource", Some(kind), Some(name)) | (kind, Some(name), _)
                if !OTHER_ROOTS.contains(&root) && (root != "resource" || second.is_some()) && root != "data" =>
            {
                let address = format!("{kind}.{name}");
                (configuration.by_address.contains_key(&address), "", address)
            }
            _ => return None,
        };
        (!is_declared).then_some((kind, name))
    }

    fn dynamic(&mut self, block: &Block) {
        let label = block.labels.first().map_or("", |label| label.as_str());
        let mut iterator = label.to_owned();
        for structure in &block.body {
            match structure {
                Structure::Attribute(it) if it.key.as_str() == "iterator" => {
                    iterator = it.value.to_string().trim().to_owned();
                }
                Structure::Attribute(it) => self.visit_expr(&it.value),
                Structure::Block(_) => {}
            }
        }
        self.repeated([Some(&iterator), None], |inner| {
            block.body.blocks().for_each(|content| inner.visit_body(&content.body));
        });
    }

    /// Walks through what a loop repeats.
    fn repeated(&mut self, names: [Option<&str>; 2], walk: impl FnOnce(&mut Self)) {
        let inside = names.into_iter().flatten().fold(self.loops.clone(), |loops, name| loops.with(name.to_owned()));
        let around = std::mem::replace(&mut self.loops, inside);
        walk(self);
        self.loops = around;
    }
}

impl Visit for Names<'_> {
    fn visit_body(&mut self, body: &Body) {
        body.into_iter().for_each(|structure| self.visit_structure(structure));
    }

    fn visit_structure(&mut self, structure: &Structure) {
        match structure {
            Structure::Attribute(attribute) if KEYWORDS.contains(&attribute.key.as_str()) => {}
            Structure::Attribute(attribute) => self.visit_expr(&attribute.value),
            Structure::Block(block) => match block.ident.as_str() {
                "dynamic" => self.dynamic(block),
                // Its arguments name attributes; its blocks are conditions.
                "lifecycle" => block.body.blocks().for_each(|inner| self.visit_body(&inner.body)),
                _ => self.visit_body(&block.body),
            },
        }
    }

    fn visit_traversal(&mut self, traversal: &Traversal) {
        if let Expression::Variable(root) = &traversal.expr {
            let member = |at: usize| match traversal.operators.get(at).map(|step| step.value()) {
                Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
                _ => None,
            };
            let is_loop = self.loops.contains(root.as_str());
            let found = if is_loop || self.found.len() >= MOST {
                None
            } else {
                self.lacks(root.as_str(), member(0), member(1))
            };
            if let Some((kind, name)) = found {
                self.found.push(Undeclared { kind, name, span: span_of(traversal, self.file) });
            }
        } else {
            self.visit_expr(&traversal.expr);
        }
        traversal.operators.iter().for_each(|step| self.visit_traversal_operator(step));
    }

    fn visit_for_expr(&mut self, it: &ForExpr) {
        self.visit_expr(&it.intro.collection_expr);
        let names = [it.intro.key_var.as_ref().map(|name| name.as_str()), Some(it.intro.value_var.as_str())];
        self.repeated(names, |inner| {
            it.key_expr.iter().for_each(|key| inner.visit_expr(key));
            inner.visit_expr(&it.value_expr);
            it.cond.iter().for_each(|condition| inner.visit_expr(&condition.expr));
        });
    }

    fn visit_for_directive(&mut self, it: &ForDirective) {
        let it = &it.for_expr;
        self.visit_expr(&it.collection_expr);
        let names = [it.key_var.as_ref().map(|name| name.as_str()), Some(it.value_var.as_str())];
        self.repeated(names, |inner| visit::visit_template(inner, &it.template));
    }
}

impl Evaluator<'_> {
    /// Adds the findings about references to what is not declared, unless nothing is of API Gateway: what another tool
    /// makes may be named in folders of other services.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn report_names(&self) -> Result<(), Fault> {
        let is_whole = |configuration: &&Configuration<'_>| configuration.is_whole && !self.with_api.is_empty();
        for configuration in self.configurations.iter().filter(is_whole) {
            let mut names = Names::of(configuration, &self.context.budget)?;
            for within in std::mem::take(&mut names.templates) {
                let file = self.context.sources.borrow_mut().add_within(within.node);
                match self.parse_template(file) {
                    Ok(template) => names.template(&template, file, within),
                    // A string that is evaluated has a finding.
                    Err(fault) if fault.code == Code::MalformedHcl => {}
                    Err(fault) => return Err(fault),
                }
            }
            names.found.sort_by_key(|it| (it.span.file, it.span.start));
            for Undeclared { kind, name, span } in names.found {
                let Configuration { variables, locals, calls_by_name, by_address, .. } = configuration;
                match kind {
                    "var." => self.undeclared(configuration, kind, &name, variables.keys().copied(), span)?,
                    "local." => self.undeclared(configuration, kind, &name, locals.keys().copied(), span)?,
                    "module." => self.undeclared(configuration, kind, &name, calls_by_name.keys().copied(), span)?,
                    _ => self.undeclared(configuration, "", &name, by_address.keys().map(String::as_str), span)?,
                };
            }
        }
        Ok(())
    }
}
