//! Blocks of a Terraform configuration, in HCL or JSON.
//!
//! Files in HCL and JSON may be in one folder and refer to each other, so evaluation sees both as
//! [`Written`] and [`Inner`].

use crate::context::Context;
use crate::diagnostic::{Fault, Remark, brief};
use crate::span::{Span, Style};
use crate::syntax::build::check_key;
use crate::syntax::tree::Node;
use crate::terraform::content::{Inner, Written, span_of};
use crate::terraform::parse_cost::{Cost, parse_cost};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::{Decor, Decorate};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use vtl::Code;
use vtl::reference::nearest;

/// A parsed file.
pub(crate) enum Parsed {
    /// HCL, and the index of its source.
    Hcl(Vec<Structure>, u32),
    /// JSON.
    Json(Node),
}

/// The parsed files of a module.
#[derive(Default)]
pub(crate) struct Folder {
    /// Path relative to that of the root module; empty for the root.
    pub path: String,
    pub files: Vec<Parsed>,
    /// The override files, in the order of their names.
    pub overrides: Vec<Parsed>,
    /// Set if all files of the folder are there.
    pub is_whole: bool,
    /// Set if other files of the folder are not read, since the caller gave one file of it.
    pub is_alone: bool,
}

/// A variable.
#[derive(Clone)]
pub(crate) struct Variable<'a> {
    /// Default value.
    pub default: Option<Written<'a>>,
    /// Its type; a text in JSON.
    pub kind: Option<Written<'a>>,
    /// Content of the block.
    pub inner: Inner<'a>,
    /// Span in the document.
    pub span: Span,
}

impl<'a> Variable<'a> {
    /// Takes over the default and the type of an override, which may have both, one or none.
    pub(super) fn change(&mut self, change: &Variable<'a>) {
        self.default = change.default.or(self.default);
        self.kind = change.kind.or(self.kind);
    }

    fn is_validated(&self) -> bool {
        match &self.inner {
            Inner::Hcl(body, _) => body.get_blocks("validation").next().is_some(),
            Inner::Json(node) => node.each().iter().any(|body| body.get("validation").is_some()),
            Inner::Merged(_) => false,
        }
    }
}

/// An output.
#[derive(Clone, Copy)]
pub(crate) struct Output<'a> {
    /// Its value, which only that of an override file may lack.
    pub value: Option<Written<'a>>,
    /// Span in the document.
    pub span: Span,
}

/// A resource or a data source.
pub(crate) struct Declared<'a> {
    /// Type, such as `aws_api_gateway_method`; `data.aws_api_gateway_resource` for a data source.
    pub kind: String,
    /// Address in references, such as `aws_api_gateway_method.get`.
    pub address: String,
    /// Content of the block.
    pub inner: Inner<'a>,
    /// Its attributes by their names, once one of them is looked up.
    attributes: OnceCell<HashMap<&'a str, Written<'a>>>,
    /// Span in the document.
    pub span: Span,
}

impl<'a> Declared<'a> {
    /// Returns the value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Written<'a>> {
        indexed(&self.inner, &self.attributes, name)
    }
}

/// A call of a module.
pub(crate) struct ModuleCall<'a> {
    /// Name of the call.
    pub name: &'a str,
    /// Content of the block.
    pub inner: Inner<'a>,
    /// Its arguments by their names, once one of them is looked up.
    arguments: OnceCell<HashMap<&'a str, Written<'a>>>,
    /// Span in the document.
    pub span: Span,
    /// Index of the module's configuration; `None` if the module is not followed.
    pub target: Option<usize>,
}

impl<'a> ModuleCall<'a> {
    fn new(name: &'a str, inner: Inner<'a>, span: Span) -> Self {
        ModuleCall { name, inner, arguments: OnceCell::new(), span, target: None }
    }

    /// Returns the value of an argument.
    pub(super) fn argument(&self, name: &str) -> Option<Written<'a>> {
        indexed(&self.inner, &self.arguments, name)
    }
}

/// Returns the value of an attribute of a block: many instances look them up, so a long one is indexed.
fn indexed<'a>(inner: &Inner<'a>, index: &OnceCell<HashMap<&'a str, Written<'a>>>, name: &str) -> Option<Written<'a>> {
    const SHORT: usize = 16;
    match inner.len() {
        ..=SHORT => inner.attribute(name),
        _ => index.get_or_init(|| inner.attributes()).get(name).copied(),
    }
}

/// The blocks of the files of a folder.
#[derive(Default)]
pub(crate) struct Configuration<'a> {
    /// Path of the folder, relative to that of the root module.
    pub folder: String,
    pub variables: HashMap<&'a str, Variable<'a>>,
    /// Names of the variables that have validations.
    pub validated: BTreeSet<&'a str>,
    pub locals: HashMap<&'a str, Written<'a>>,
    pub outputs: HashMap<&'a str, Output<'a>>,
    pub calls: Vec<ModuleCall<'a>>,
    /// Index of a call by its name.
    pub calls_by_name: HashMap<&'a str, usize>,
    pub resources: Vec<Declared<'a>>,
    /// Index of a resource by its address.
    pub by_address: HashMap<String, usize>,
    /// Findings about blocks that are not read, or are there twice.
    pub unread: Vec<Remark>,
    /// Set if all files of the folder are read, so that what they do not declare is declared nowhere.
    pub is_whole: bool,
    /// Set if other files of the folder are not read, since the caller gave one file of it.
    pub is_alone: bool,
    /// Set while the blocks of an override file are collected, of which several may change one block.
    pub is_override: bool,
}

/// Blocks that have no part in what an API does.
const OTHER_BLOCKS: &[&str] = &["action", "check", "ephemeral", "import", "moved", "provider", "removed", "terraform"];

/// Sections of a file in JSON that are read, and the comment.
const SECTIONS: &[&str] = &["resource", "data", "variable", "output", "module", "locals", "//"];

/// Arguments of a variable, with those that only JSON has.
const OF_VARIABLES: &[&str] = &[
    "type",
    "default",
    "description",
    "sensitive",
    "nullable",
    "ephemeral",
    "deprecated",
    "const",
    "validation",
    "//",
];

/// Arguments of an output, with those that only JSON has.
const OF_OUTPUTS: &[&str] =
    &["value", "type", "description", "sensitive", "depends_on", "ephemeral", "deprecated", "precondition", "//"];

/// Most blocks of a folder that have a finding each, and findings with the one about the others.
const LAST_UNREAD: usize = 1_000;
const MOST_UNREAD: usize = LAST_UNREAD + 1;

/// Parses a file as JSON if it starts with a brace, and as HCL otherwise.
///
/// # Errors
/// The file does not parse.
pub(crate) fn parse(file: u32, context: &Context<'_, '_>) -> Result<Parsed, Fault> {
    let text = context.text(file);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return context.parse_json(file).map(Parsed::Json);
    }
    let span = context.sources.borrow().whole(file);
    // Three blanks keep the offsets: a byte order mark has three bytes.
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), |rest| format!("   {rest}"));
    let Cost { steps, bytes, mut cuts } = parse_cost(&text);
    context.budget.spend(0, bytes, span)?;
    cuts.push(text.len());
    let (mut structures, mut names, mut start) = (Vec::new(), HashSet::new(), 0);
    for end in cuts {
        // The parser cannot be interrupted: the budget is asked between the pieces of a long file.
        let piece = end - start;
        let share = (steps as u128 * piece as u128 / text.len().max(1) as u128) as usize;
        context.budget.spend(share.saturating_add(start / BLANKS_PER_STEP), 0, span)?;
        let mut body = parse_piece(&text, start..end, file)?;
        for argument in body.attributes() {
            if !names.insert(argument.key.as_str().to_owned()) {
                let span = span_of(&argument.key, file);
                return Err(Fault::new(Code::MalformedHcl, Span { end: span.start, ..span }, REDEFINED));
            }
        }
        for block in body.blocks() {
            block.labels.iter().try_for_each(|label| check_key(label.as_str(), "label", span_of(label, file)))?;
        }
        if let Some(mut first) = body.iter_mut().next().filter(|_| start > 0) {
            *first.decor_mut() = Decor::default();
        }
        structures.extend(body);
        start = end;
    }
    Ok(Parsed::Hcl(structures, file))
}

/// Parses a piece of a file, with blanks for what is before it, so that offsets are those of the file.
fn parse_piece(text: &str, piece: Range<usize>, file: u32) -> Result<Body, Fault> {
    let padded = match piece.start {
        0 => Cow::Borrowed(text.get(piece).unwrap_or_default()),
        start => Cow::Owned(" ".repeat(start) + text.get(piece).unwrap_or_default()),
    };
    parse_on_stack(|| hcl_edit::parser::parse_body(&padded)).map_err(|error| {
        let fault = parse_fault(&error, file);
        if is_old_map(text, error.location().offset()) { fault.with_help(OLD_MAP) } else { fault }
    })
}

/// Message of the parser for an argument that a body has twice.
const REDEFINED: &str = "invalid attribute; expected unique attribute key; found redefined attribute";

/// Blanks that the parser passes in a step.
const BLANKS_PER_STEP: usize = 16;

/// Way out of a file for Terraform 0.11, which took `request_parameters { "a" = true }` for a map.
const OLD_MAP: &str = "a map is written with an equals sign since Terraform 0.12: `request_parameters = { … }`; \
     `terraform 0.12upgrade` rewrites the file";

/// Checks for a line `"key" = value`, which only a map can have.
fn is_old_map(text: &str, offset: usize) -> bool {
    let start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim_start();
    line.starts_with('"') && line.contains('=')
}

/// Parses on a stack that is large enough for the 64 levels that the parser allows.
pub(crate) fn parse_on_stack<T>(parse: impl FnOnce() -> T) -> T {
    const STACK: usize = 16 << 20;
    stacker::maybe_grow(STACK / 2, STACK, parse)
}

/// Reads on a stack that has room for the parser and the evaluator, so that none of many expressions allocates its own.
pub(super) fn on_large_stack<T>(read: impl FnOnce() -> T) -> T {
    const STACK: usize = 24 << 20;
    stacker::maybe_grow(STACK - (4 << 20), STACK, read)
}

/// Converts an error of the HCL parser.
pub(crate) fn parse_fault(error: &hcl_edit::parser::Error, file: u32) -> Fault {
    let at = error.location().offset() as u32;
    let span = Span { file, start: at, end: at, style: Style::Verbatim };
    Fault::new(Code::MalformedHcl, span, error.message())
}

impl<'a> Configuration<'a> {
    /// Collects the blocks of files.
    pub(crate) fn new(files: &'a [Parsed]) -> Self {
        let mut configuration = Configuration::default();
        files.iter().for_each(|file| configuration.file(file));
        configuration
    }

    /// Collects the blocks of an override file.
    pub(super) fn of_override(file: &'a Parsed) -> Self {
        let mut configuration = Configuration { is_override: true, ..Configuration::default() };
        configuration.file(file);
        configuration
    }

    fn file(&mut self, file: &'a Parsed) {
        match file {
            Parsed::Hcl(structures, file) => {
                structures.iter().filter_map(Structure::as_block).for_each(|block| self.block(block, *file));
            }
            Parsed::Json(root) => self.json(root),
        }
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
                self.known_arguments("variable", name, &block.body, file);
                let default = block.body.get_attribute("default").map(|it| Written::Hcl(&it.value, file));
                let kind = block.body.get_attribute("type").map(|it| Written::Hcl(&it.value, file));
                let inner = Inner::Hcl(&block.body, file);
                self.variable(name, Variable { default, kind, inner, span: span_of(block, file) });
            }
            ("output", [name]) => {
                self.known_arguments("output", name, &block.body, file);
                let value = block.body.get_attribute("value").map(|it| Written::Hcl(&it.value, file));
                self.output(name, Output { value, span: span_of(block, file) });
            }
            ("module", [name]) => {
                let inner = Inner::Hcl(&block.body, file);
                self.call(ModuleCall::new(name, inner, span_of(block, file)));
            }
            ("locals", []) => {
                for attribute in block.body.attributes() {
                    let name = attribute.key.as_str();
                    let before = self.locals.insert(name, Written::Hcl(&attribute.value, file));
                    self.once(before.is_some(), "local.", name, || span_of(attribute, file));
                }
            }
            (name, _) if OTHER_BLOCKS.contains(&name) => {}
            (name, labels) => {
                let expected = match name {
                    "resource" | "data" => "a type and a name",
                    "variable" | "output" | "module" => "a name",
                    "locals" => "no label",
                    _ => "",
                };
                self.tell(|| {
                    let name = brief(name);
                    let message = match expected {
                        "" => format!("Terraform has no blocks {name}; the block is not read"),
                        _ => format!("the block {name} has {expected}, not {} labels; it is not read", labels.len()),
                    };
                    Remark::new(Code::UnknownField, "", message, span_of(&block.ident, file))
                });
            }
        }
    }

    /// Collects the blocks of a JSON file, in which any level of labels may be a list of objects.
    fn json(&mut self, root: &'a Node) {
        // The levels of names in a section.
        for (name, levels) in
            [("resource", 2), ("data", 2), ("variable", 1), ("output", 1), ("module", 1), ("locals", 0)]
        {
            if let Some(section) = root.get(name) {
                self.shape(name, section, levels);
            }
        }
        for (section, prefix) in [("resource", ""), ("data", "data.")] {
            for (kind, named) in fields_of(root.get(section)) {
                for (name, bodies) in fields_of(Some(named)) {
                    for body in bodies.each().iter().filter(|body| body.is_map()) {
                        self.declare(format!("{prefix}{kind}"), name, Inner::Json(body), body.span);
                    }
                }
            }
        }
        for (name, section) in root.fields() {
            let is_known = SECTIONS.contains(&name) || OTHER_BLOCKS.contains(&name);
            if !is_known {
                self.tell(|| {
                    let message = format!("Terraform has no blocks {}; they are not read", brief(name));
                    meant(Remark::new(Code::UnknownField, "", message, section.span), name, SECTIONS)
                });
            }
        }
        for (kind, section) in ["variable", "output"].map(|kind| (kind, root.get(kind))) {
            for (name, bodies) in fields_of(section) {
                for (argument, value) in bodies.each().iter().flat_map(Node::fields) {
                    self.known_argument(kind, name, argument, || value.span);
                }
            }
        }
        for (name, variables) in fields_of(root.get("variable")) {
            let argument = |name| variables.each().iter().find_map(|body| body.get(name)).map(Written::Literal);
            let (default, kind, inner) = (argument("default"), argument("type"), Inner::Json(variables));
            self.variable(name, Variable { default, kind, inner, span: variables.span });
        }
        for (name, outputs) in fields_of(root.get("output")) {
            let value = outputs.each().iter().find_map(|body| body.get("value")).map(Written::Json);
            self.output(name, Output { value, span: outputs.span });
        }
        for (name, calls) in fields_of(root.get("module")) {
            for body in calls.each().iter().filter(|body| body.is_map()) {
                self.call(ModuleCall::new(name, Inner::Json(body), body.span));
            }
        }
        for (name, value) in fields_of(root.get("locals")) {
            let before = self.locals.insert(name, Written::Json(value));
            self.once(before.is_some(), "local.", name, || value.span);
        }
    }

    /// Adds a message for each part of a section that is no map, or list of maps.
    fn shape(&mut self, name: &str, node: &Node, levels: usize) {
        if node.is_null() {
            return;
        }
        for item in node.each() {
            if !item.is_map() {
                self.tell(|| {
                    let message = format!("{} must be a map; it is not read", brief(name));
                    Remark::new(Code::UnknownField, "", message, item.span)
                });
            } else if levels > 0 {
                item.fields()
                    .filter(|(name, _)| *name != "//")
                    .for_each(|(name, inner)| self.shape(name, inner, levels - 1));
            }
        }
    }

    /// Adds a finding for each argument that a variable or an output does not have.
    fn known_arguments(&mut self, kind: &str, name: &str, body: &Body, file: u32) {
        for attribute in body.attributes() {
            self.known_argument(kind, name, attribute.key.as_str(), || span_of(&attribute.key, file));
        }
    }

    fn known_argument(&mut self, kind: &str, name: &str, argument: &str, span: impl FnOnce() -> Span) {
        let known = if kind == "variable" { OF_VARIABLES } else { OF_OUTPUTS };
        if !known.contains(&argument) {
            self.tell(|| {
                let message = format!("the {kind} {} has no argument {}; it is not read", brief(name), brief(argument));
                meant(Remark::new(Code::UnknownField, "", message, span()), argument, known)
            });
        }
    }

    /// Adds the finding about a block whose kind and name another one has.
    fn once(&mut self, is_second: bool, kind: &str, name: &str, span: impl FnOnce() -> Span) {
        if is_second && !self.is_override {
            self.tell(|| {
                let message = format!("{kind}{} is declared twice; references lead to the last one", brief(name));
                Remark::new(Code::DuplicateKey, "", message, span()).with_help("rename or remove one of them")
            });
        }
    }

    /// Adds a finding, unless there are too many of them; the first one that is too many says so.
    pub(super) fn tell(&mut self, remark: impl FnOnce() -> Remark) {
        match self.unread.len() {
            MOST_UNREAD.. => {}
            LAST_UNREAD => {
                let message = format!("more than {LAST_UNREAD} blocks are wrong; the others are not listed");
                let Remark { code, span, .. } = remark();
                self.unread.push(Remark::new(code, "", message, span));
            }
            _ => self.unread.push(remark()),
        }
    }

    fn variable(&mut self, name: &'a str, variable: Variable<'a>) {
        match self.variables.get_mut(name) {
            Some(before) if self.is_override => before.change(&variable),
            _ => {
                let span = variable.span;
                if variable.is_validated() {
                    self.validated.insert(name);
                }
                let before = self.variables.insert(name, variable);
                self.once(before.is_some(), "var.", name, || span);
            }
        }
    }

    fn output(&mut self, name: &'a str, output: Output<'a>) {
        if self.is_override {
            let before = self.outputs.get(name).and_then(|before| before.value);
            self.outputs.insert(name, Output { value: output.value.or(before), ..output });
        } else if output.value.is_some() {
            let before = self.outputs.insert(name, output);
            self.once(before.is_some(), "output.", name, || output.span);
        }
    }

    fn call(&mut self, call: ModuleCall<'a>) {
        let before = self.calls_by_name.insert(call.name, self.calls.len());
        self.once(before.is_some(), "module.", call.name, || call.span);
        self.calls.push(call);
    }

    fn declare(&mut self, kind: String, name: &str, inner: Inner<'a>, span: Span) {
        let address = format!("{kind}.{name}");
        let before = self.by_address.insert(address.clone(), self.resources.len());
        self.once(before.is_some(), "", &address, || span);
        self.resources.push(Declared { kind, address, inner, attributes: OnceCell::new(), span });
    }
}

/// Adds the name that is meant to a finding about one that does not exist.
fn meant(remark: Remark, name: &str, known: &[&str]) -> Remark {
    match nearest(name, known.iter().copied()) {
        Some(near) => remark.with_help(format!("did you mean {near}?")),
        None => remark,
    }
}

/// Iterates over the entries of an object or of a list of objects, without comments.
fn fields_of(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.into_iter().flat_map(Node::each).flat_map(Node::fields).filter(|(name, _)| *name != "//")
}
