//! Stacks that belong together: a template with the stacks nested in it, and several templates that are
//! deployed together.
//!
//! The resources of all of them are assembled as one document. Their names have the path of their
//! stack: the resource `Api` of the nested stack `Pets` is `${Pets.Api}`.

use crate::assemble::resource::Resource;
use crate::budget::VALUE;
use crate::cloudformation::intrinsics::{Intrinsics, Sections};
use crate::cloudformation::resources::{implicit_apis, read};
use crate::cloudformation::surroundings::Surroundings;
use crate::cloudformation::{transform, unread};
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::path;
use crate::syntax::tree::{Data, Node};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use vtl::Code;

/// Types of resources that are stacks, with the property that names their template.
const NESTED: &[(&str, &str)] =
    &[("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")];

/// Most stacks of a document, and their deepest nesting.
const MAX_STACKS: usize = 200;
const MAX_NESTED: usize = 20;

/// The stacks that were read so far.
pub(super) struct Stacks<'a> {
    context: &'a Context<'a, 'a>,
    pub resources: Vec<Resource>,
    pub remarks: Vec<Remark>,
    count: usize,
}

/// A stack that another one has as a resource.
struct Nested<'n> {
    name: &'n str,
    node: &'n Node,
    property: &'static str,
}

impl<'a> Stacks<'a> {
    /// Creates a reader of stacks.
    pub(super) fn new(context: &'a Context<'a, 'a>) -> Self {
        Stacks { context, resources: Vec::new(), remarks: Vec::new(), count: 0 }
    }

    /// Reads a stack and those nested in it, and returns its outputs.
    ///
    /// # Errors
    /// The stacks are too many, or contain themselves.
    pub(super) fn read(&mut self, root: &Node, around: Surroundings) -> Result<HashMap<String, Node>, Fault> {
        self.stack(root, around, &mut Vec::new())
    }

    /// Reads a stack; `files` are those of the templates around it.
    fn stack(
        &mut self,
        root: &Node,
        mut around: Surroundings,
        files: &mut Vec<String>,
    ) -> Result<HashMap<String, Node>, Fault> {
        self.count += 1;
        if self.count > MAX_STACKS || files.len() > MAX_NESTED {
            let message = format!("more than {MAX_STACKS} stacks, or {MAX_NESTED} in each other");
            return Err(Fault::new(Code::DocumentLimit, root.span, message));
        }
        let expanded = transform::expand(root, self.context, &mut self.remarks);
        let root = &*expanded;
        let sections = Sections::of(root);
        for stack in in_order(nested(root)?) {
            let outputs = self.nested_stack(&stack, root, &sections, &mut around, files)?;
            for (output, value) in outputs {
                self.context.budget.spend(1, VALUE + stack.name.len() + output.len(), stack.node.span)?;
                around.outputs.insert(format!("{}.Outputs.{output}", stack.name), value);
            }
        }
        unread::report_sections(root, &mut self.remarks);
        for (name, node) in root.get("Resources").into_iter().flat_map(Node::fields) {
            unread::report(name, node, self.context, &mut self.remarks);
            if !around.is_made {
                unread::report_nulls(node, self.context, &mut self.remarks);
            }
        }
        let prefix = around.prefix.clone();
        let intrinsics = Intrinsics::with_sections(root, sections, self.context, around);
        let start = self.resources.len();
        let entries = root.get("Resources").map_or(&[][..], Node::entries);
        for (name, node) in intrinsics.repeated(entries, 0).iter() {
            if let Some(name) = name.as_str() {
                self.resources.extend(read(name, node, &intrinsics));
            }
        }
        intrinsics.test_all();
        for (_, resource) in root.get("Resources").into_iter().flat_map(Node::fields) {
            intrinsics.check_dependencies(resource);
        }
        let mut own = self.resources.split_off(start);
        implicit_apis(&mut own, &intrinsics, &prefix);
        self.resources.append(&mut own);
        let outputs = root.get("Outputs").into_iter().flat_map(Node::fields);
        let outputs =
            outputs.filter_map(|(name, output)| Some((name.to_owned(), intrinsics.evaluate(output.get("Value")?)?)));
        let outputs = outputs.collect();
        for (name, span) in intrinsics.take_undeclared() {
            let message = format!("the template has no condition {name}");
            let help = "declare it in the section Conditions, or mend the name";
            self.remarks.push(Remark::new(Code::UnknownCondition, "", message, span).with_help(help));
        }
        for (name, span) in intrinsics.take_unresolved() {
            let message = format!("the template has no resource or parameter {name}");
            let help = format!("write ${{!{name}}} where the mapping template itself has the reference");
            self.remarks.push(Remark::new(Code::UnresolvedName, "", message, span).with_help(help));
        }
        Ok(outputs)
    }

    /// Reads a nested stack, or adds a finding if its template is not read.
    fn nested_stack(
        &mut self,
        stack: &Nested<'_>,
        root: &Node,
        sections: &Rc<Sections<'_>>,
        around: &mut Surroundings,
        files: &mut Vec<String>,
    ) -> Result<HashMap<String, Node>, Fault> {
        let taken = std::mem::take(around);
        let prefix = format!("{}{}.", taken.prefix, stack.name);
        let intrinsics = Intrinsics::with_sections(root, sections.clone(), self.context, taken);
        let is_left_out = stack.node.get("Condition").is_some_and(|name| intrinsics.condition(name, 0) == Some(false));
        let evaluate = |name: &str| intrinsics.evaluate(stack.node.at(&["Properties", name])?);
        let (location, parameters) = (evaluate(stack.property), evaluate("Parameters"));
        *around = intrinsics.into_surroundings();
        if is_left_out {
            return Ok(HashMap::new());
        }
        let location = location.unwrap_or_else(|| Node::null(stack.node.span));
        let Some((file, source)) = self.template_of(stack, &location) else {
            let written = location.to_word().map_or_else(String::new, |word| format!(": {word}"));
            let message = format!("the nested stack {} is not read{written} is not a local file", stack.name);
            let message =
                if written.is_empty() { format!("the nested stack {} is not read", stack.name) } else { message };
            let remark = Remark::new(Code::UnreadPart, "", message, location.span);
            self.remarks.push(remark.with_help("name a local file, or load its template itself"));
            return Ok(HashMap::new());
        };
        if files.contains(&file) {
            let message = format!("the nested stack {} contains itself", stack.name);
            return Err(Fault::new(Code::CircularReference, location.span, message));
        }
        let template = match self.context.parse_tree(source) {
            Ok(template) => template,
            Err(fault) => {
                self.remarks.push(Remark::new(fault.code, "", fault.message, fault.span.unwrap_or(location.span)));
                return Ok(HashMap::new());
            }
        };
        let given = parameters.as_ref().into_iter().flat_map(Node::fields);
        let given = given.map(|(name, value)| (name.to_owned(), as_parameter(value))).collect();
        let exports = around.exports.clone();
        let inner = Surroundings { prefix, given: Some(given), exports, ..Surroundings::default() };
        files.push(file);
        let outputs = self.stack(&template, inner, files);
        files.pop();
        outputs
    }

    /// Opens the template of a nested stack: a local file, or an asset by its key.
    fn template_of(&self, stack: &Nested<'_>, location: &Node) -> Option<(String, u32)> {
        let here = self.context.sources.borrow().name(stack.node.span.file);
        let asset = stack.node.at(&["Metadata", "aws:asset:path"]).and_then(Node::to_word);
        let word = location.to_word().unwrap_or_default();
        let is_address = word.contains("://") || location.has_placeholder();
        let file = match (self.context.asset(&word), asset) {
            (Some(file), _) => file,
            (None, Some(asset)) => path::beside(&here, &asset),
            (None, None) if is_address || word.is_empty() => return None,
            (None, None) => path::beside(&here, &word),
        };
        let source = self.context.open(&file)?;
        Some((file, source))
    }
}

/// Returns the stacks that a template has as resources.
///
/// # Errors
/// They are too many.
fn nested(root: &Node) -> Result<Vec<Nested<'_>>, Fault> {
    let mut found = Vec::new();
    for (name, node) in root.get("Resources").into_iter().flat_map(Node::fields) {
        let kind = node.get("Type").and_then(Node::as_str);
        let Some((_, property)) = NESTED.iter().find(|(known, _)| kind == Some(*known)) else { continue };
        if found.len() >= MAX_STACKS {
            let message = format!("the template has more than {MAX_STACKS} nested stacks");
            return Err(Fault::new(Code::DocumentLimit, node.span, message));
        }
        found.push(Nested { name, node, property });
    }
    Ok(found)
}

/// Orders stacks so that one whose parameters have outputs of another one comes after it.
fn in_order(stacks: Vec<Nested<'_>>) -> Vec<Nested<'_>> {
    let parameters = |stack: &Nested<'_>| {
        stack.node.at(&["Properties", "Parameters"]).map_or_else(String::new, |node| node.to_json().to_string())
    };
    let places: HashMap<&str, usize> = stacks.iter().enumerate().map(|(at, stack)| (stack.name, at)).collect();
    let before: Vec<HashSet<usize>> = stacks
        .iter()
        .enumerate()
        .map(|(at, stack)| {
            let text = parameters(stack);
            let others = named(&text).filter_map(|name| places.get(name).copied());
            others.filter(|other| *other != at).collect()
        })
        .collect();
    let mut waiting: Vec<(usize, Nested<'_>)> = stacks.into_iter().enumerate().collect();
    let mut done = Vec::new();
    let mut is_done: HashSet<usize> = HashSet::new();
    while !waiting.is_empty() {
        let is_free = |(at, _): &(usize, Nested<'_>)| before.get(*at).is_none_or(|others| others.is_subset(&is_done));
        let next = waiting.iter().position(is_free).unwrap_or_default();
        let (at, stack) = waiting.remove(next);
        is_done.insert(at);
        done.push(stack);
    }
    done
}

/// Returns the strings of a JSON text that may be names of stacks, and the names before `.Outputs.`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let before = text.split(".Outputs.").map(|before| {
        let start = before.rfind(|letter: char| !letter.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        before.get(start..).unwrap_or_default()
    });
    text.split('"').chain(before)
}

/// Returns a value as a parameter has it: a list is joined.
fn as_parameter(value: &Node) -> Node {
    match &value.data {
        Data::List(items) if !value.has_placeholder() => {
            let words: Vec<String> = items.iter().filter_map(Node::to_word).collect();
            Node::text(value.span, words.join(","))
        }
        _ => value.clone(),
    }
}
