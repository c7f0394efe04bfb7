//! The blocks of a Terraform configuration, from HCL and from its JSON spelling.
//!
//! Both spellings come in one folder and refer to each other, so what follows sees values as [`Written`], whichever it is.

use crate::context::Context;
use crate::document::Fault;
use crate::syntax::json;
use crate::syntax::tree::{Node, Span, Style};
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use std::collections::HashMap;

/// A file, parsed.
pub(crate) enum Parsed {
    /// HCL, and the index of its source.
    Hcl(Body, u32),
    /// JSON.
    Json(Node),
}

/// A value as it is written.
#[derive(Clone, Copy)]
pub(crate) enum Written<'a> {
    /// An expression, and the index of its source.
    Hcl(&'a Expression, u32),
    /// JSON, whose texts are templates.
    Json(&'a Node),
    /// JSON whose texts are only texts: the default of a variable.
    Literal(&'a Node),
}

/// What stands between the braces of a block.
#[derive(Clone, Copy)]
pub(crate) enum Inner<'a> {
    Hcl(&'a Body, u32),
    Json(&'a Node),
}

impl<'a> Inner<'a> {
    /// The value of an attribute.
    pub(crate) fn attribute(self, name: &str) -> Option<Written<'a>> {
        match self {
            Inner::Hcl(body, file) => Some(Written::Hcl(&body.get_attribute(name)?.value, file)),
            Inner::Json(node) => node.get(name).map(Written::Json),
        }
    }
}

/// A variable.
#[derive(Clone, Copy)]
pub(crate) struct Variable<'a> {
    pub default: Option<Written<'a>>,
    /// Its type, if that is written in HCL.
    pub kind: Option<&'a Expression>,
}

/// A resource or a data source.
pub(crate) struct Declared<'a> {
    /// `aws_api_gateway_method`; of a data source `data.aws_api_gateway_resource`.
    pub kind: String,
    /// What it is called in references: `aws_api_gateway_method.get`.
    pub address: String,
    pub inner: Inner<'a>,
    pub span: Span,
}

/// All blocks of all files that decide what an integration is.
#[derive(Default)]
pub(crate) struct Configuration<'a> {
    pub variables: HashMap<&'a str, Variable<'a>>,
    pub locals: HashMap<&'a str, Written<'a>>,
    pub resources: Vec<Declared<'a>>,
    pub by_address: HashMap<String, usize>,
}

/// Parses a file: JSON if its name says so or if it looks like it.
pub(crate) fn parse(file: u32, context: &Context<'_, '_>) -> Result<Parsed, Fault> {
    let text = context.text(file);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return json::read(&text, file).map(Parsed::Json);
    }
    // A byte order mark is three bytes, as are three blanks.
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), |rest| format!("   {rest}"));
    match parse_on_stack(|| hcl_edit::parser::parse_body(&text)) {
        Ok(body) => Ok(Parsed::Hcl(body, file)),
        Err(error) => Err(parse_fault(&error, file)),
    }
}

/// Parses where there is stack enough for the 64 levels that the parser goes down, some of which take much.
pub(crate) fn parse_on_stack<T>(parse: impl FnOnce() -> T) -> T {
    const STACK: usize = 16 << 20;
    stacker::maybe_grow(STACK / 2, STACK, parse)
}

/// The fault of an HCL text or template that cannot be parsed.
pub(crate) fn parse_fault(error: &hcl_edit::parser::Error, file: u32) -> Fault {
    let at = error.location().offset() as u32;
    Fault::new(Span { file, start: at, end: at, style: Style::Verbatim }, error.message())
}

/// The place of something parsed.
pub(crate) fn span_of(node: &impl hcl_edit::Span, file: u32) -> Span {
    let range = node.span().unwrap_or_default();
    Span { file, start: range.start as u32, end: range.end as u32, style: Style::Verbatim }
}

impl<'a> Configuration<'a> {
    pub(crate) fn new(files: &'a [Parsed]) -> Self {
        let mut configuration = Configuration::default();
        for file in files {
            match file {
                Parsed::Hcl(body, file) => body.blocks().for_each(|block| configuration.block(block, *file)),
                Parsed::Json(root) => configuration.json(root),
            }
        }
        configuration
    }

    fn block(&mut self, block: &'a Block, file: u32) {
        let labels: Vec<&'a str> = block.labels.iter().map(|label| label.as_str()).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => {
                self.declare((*kind).to_owned(), name, Inner::Hcl(&block.body, file), span_of(block, file));
            }
            ("data", [kind, name]) => {
                self.declare(format!("data.{kind}"), name, Inner::Hcl(&block.body, file), span_of(block, file));
            }
            ("variable", [name]) => {
                let default = block.body.get_attribute("default").map(|it| Written::Hcl(&it.value, file));
                let kind = block.body.get_attribute("type").map(|it| &it.value);
                self.variables.insert(name, Variable { default, kind });
            }
            ("locals", []) => {
                for attribute in block.body.attributes() {
                    self.locals.insert(attribute.key.as_str(), Written::Hcl(&attribute.value, file));
                }
            }
            _ => {}
        }
    }

    /// Any level of labels may be a list of objects.
    fn json(&mut self, root: &'a Node) {
        for (section, prefix) in [("resource", ""), ("data", "data.")] {
            for (kind, named) in fields_of(root.get(section)) {
                for (name, bodies) in fields_of(Some(named)) {
                    for body in bodies.each().iter().filter(|body| body.is_map()) {
                        self.declare(format!("{prefix}{kind}"), name, Inner::Json(body), body.span);
                    }
                }
            }
        }
        for (name, variables) in fields_of(root.get("variable")) {
            let default = variables.each().iter().find_map(|body| body.get("default")).map(Written::Literal);
            self.variables.insert(name, Variable { default, kind: None });
        }
        for (name, value) in fields_of(root.get("locals")) {
            self.locals.insert(name, Written::Json(value));
        }
    }

    fn declare(&mut self, kind: String, name: &str, inner: Inner<'a>, span: Span) {
        let address = format!("{kind}.{name}");
        self.by_address.insert(address.clone(), self.resources.len());
        self.resources.push(Declared { kind, address, inner, span });
    }
}

/// The entries of an object or of a list of objects, without comments.
fn fields_of(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.into_iter().flat_map(Node::each).flat_map(Node::fields).filter(|(name, _)| *name != "//")
}
