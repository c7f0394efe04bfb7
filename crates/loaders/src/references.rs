//! References of an OpenAPI document (`$ref`), within the document and to other files.
//!
//! A file is named relative to the file that has the reference. All files are read before the document,
//! and what leads to nothing is a finding.

use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::model::defaults::MODELS;
use crate::path;
use crate::span::Span;
use crate::syntax::pointer::unescape;
use crate::syntax::tree::{MAX_DEPTH, Node};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use vtl::Code;

/// Most files that a document may refer to.
const MAX_FILES: usize = 1_000;

/// Name of an integration in an operation.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Parts of a document in which `$ref` is no reference.
const OPAQUE: &[&str] = &["example", "examples", "default", "enum", "const"];

/// Folders of models in a document, with the slash before their names.
const FOLDERS: &[&str] = &["/components/schemas/", "/definitions/"];

/// The files that an OpenAPI document refers to.
#[derive(Default)]
pub(crate) struct References {
    /// Parsed files by their paths; `None` if a file cannot be read.
    files: HashMap<String, Option<Node>>,
    /// Paths of the files, by the index of their source.
    paths: HashMap<u32, String>,
    /// References that lead to nothing, and files that are not read.
    pub remarks: Vec<Remark>,
}

impl References {
    /// Reads the files that a document refers to, and those that they refer to.
    ///
    /// # Errors
    /// The files are too many.
    pub(crate) fn read(root: &Node, context: &Context<'_, '_>) -> Result<Self, Fault> {
        let mut references = References::default();
        let mut written = Vec::new();
        collect(root, true, 0, &mut written);
        let mut queue: VecDeque<(String, Span)> =
            written.iter().filter_map(|node| references.file(node, context)).collect();
        while let Some((file, span)) = queue.pop_front() {
            if references.files.contains_key(&file) {
                continue;
            }
            if references.files.len() >= MAX_FILES {
                let message = format!("the document refers to more than {MAX_FILES} files");
                return Err(Fault::new(Code::DocumentLimit, span, message));
            }
            let parsed = references.parse(&file, span, context);
            let mut more = Vec::new();
            if let Some(node) = &parsed {
                collect(node, true, 0, &mut more);
                queue.extend(more.iter().filter_map(|node| references.file(node, context)));
            }
            references.files.insert(file, parsed);
        }
        references.report(root, context);
        Ok(references)
    }

    /// Returns the path of the file that a reference names; `None` for one within its own file.
    fn file(&mut self, node: &Node, context: &Context<'_, '_>) -> Option<(String, Span)> {
        let (file, _) = split(node.as_str()?);
        let is_elsewhere = file.contains("://") || node.has_placeholder() || file.contains("${");
        if file.is_empty() || is_elsewhere {
            return None;
        }
        let from = context.sources.borrow().name(node.span.file);
        self.paths.entry(node.span.file).or_insert_with(|| from.clone());
        Some((path::beside(&from, file), node.span))
    }

    fn parse(&mut self, file: &str, span: Span, context: &Context<'_, '_>) -> Option<Node> {
        let source = context.open(file)?;
        self.paths.insert(source, file.to_owned());
        match context.parse_tree(source) {
            Ok(node) => Some(node),
            Err(fault) => {
                self.remarks.push(Remark::new(fault.code, "", fault.message, fault.span.unwrap_or(span)));
                None
            }
        }
    }

    /// Adds a finding for each reference that leads to nothing.
    fn report(&mut self, root: &Node, context: &Context<'_, '_>) {
        let mut found = Vec::new();
        let index = Index::default();
        let documents = std::iter::once(root).chain(self.files.values().flatten());
        for document in documents {
            let mut written = Vec::new();
            collect(document, false, 0, &mut written);
            for node in written {
                if node.as_str().is_none() {
                    let message = "a reference must be a string; it is not followed";
                    found.push(Remark::new(Code::WrongValueType, "", message, node.span));
                }
                let Some(target) = node.as_str().filter(|target| !target.contains("${")) else { continue };
                let (file, pointer) = split(target);
                if file.contains("://") {
                    // A model of the service is named by an address.
                    if !file.contains("/restapis/") {
                        let message = format!("{target} is not read: it is not a file");
                        found.push(Remark::new(Code::UnreadPart, "", message, node.span));
                    }
                    continue;
                }
                // A document need not define the models that each API has.
                let mut names = FOLDERS.iter().filter_map(|folder| pointer.strip_prefix(folder));
                let is_default = file.is_empty() && names.any(|name| MODELS.contains(&name));
                if is_default || self.find(root, node, &index).is_some() {
                    continue;
                }
                let is_read = file.is_empty() || self.document(root, node).is_some();
                if !is_read && context.options.read_file.is_none() {
                    let message = format!("{file} is not read: files cannot be read here");
                    found.push(Remark::new(Code::UnreadPart, "", message, node.span));
                    continue;
                }
                let message = match is_read {
                    true => format!("the reference {target} leads to nothing: there is no {pointer}"),
                    false => format!("the reference {target} leads to nothing: the file cannot be read"),
                };
                found.push(Remark::new(Code::MissingReference, "", message, node.span));
            }
        }
        found.sort_by_key(|remark| (remark.span.file, remark.span.start));
        if let Some(more) = found.len().checked_sub(MAX_FILES).filter(|more| *more > 0) {
            found.truncate(MAX_FILES);
            let message = format!("{more} more references lead to nothing");
            found.push(Remark::new(Code::MissingReference, "", message, root.span));
        }
        self.remarks.append(&mut found);
    }

    /// Returns the document that a reference is followed in: its own file, or the one that it names.
    fn document<'a>(&'a self, root: &'a Node, node: &Node) -> Option<&'a Node> {
        let (file, _) = split(node.as_str()?);
        let own = self.paths.get(&node.span.file);
        if file.is_empty() {
            let document = own.and_then(|path| self.files.get(path)).and_then(Option::as_ref);
            return Some(document.unwrap_or(root));
        }
        self.files.get(&path::beside(own?, file))?.as_ref()
    }

    /// Returns what a reference leads to; `None` if that is nothing, or is not read.
    pub(crate) fn find<'a>(&'a self, root: &'a Node, node: &Node, index: &Index<'a>) -> Option<&'a Node> {
        let (_, pointer) = split(node.as_str()?);
        let step = |node: &'a Node, part: &str| {
            let key = unescape(part);
            index.get(node, &key).or_else(|| node.items().get(key.parse::<usize>().ok()?))
        };
        let mut parts = pointer.trim_start_matches('/').split('/').filter(|part| !part.is_empty());
        parts.try_fold(self.document(root, node)?, step)
    }

    /// Iterates over the files that were read.
    pub(crate) fn documents_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.files.values_mut().flatten()
    }
}

/// Finds the entries of large maps, which references name again and again.
#[derive(Default)]
pub(crate) struct Index<'a>(RefCell<HashMap<*const Node, HashMap<&'a str, &'a Node>>>);

impl<'a> Index<'a> {
    /// Checks for a map that is large enough for an index.
    pub(crate) fn has(&self, node: &Node) -> bool {
        const FEW: usize = 16;
        node.entries().len() > FEW
    }

    /// Returns the value of a key.
    pub(crate) fn get(&self, node: &'a Node, key: &str) -> Option<&'a Node> {
        if !self.has(node) {
            return node.get(key);
        }
        let mut indexed = self.0.borrow_mut();
        let entries = indexed.entry(std::ptr::from_ref(node)).or_insert_with(|| node.fields().collect());
        entries.get(key).copied()
    }
}

/// Splits a reference into file and pointer: `pets.yaml#/Pet`.
fn split(target: &str) -> (&str, &str) {
    target.split_once('#').unwrap_or((target, ""))
}

/// Collects the targets of the references in a value. Those of integrations are left out of a report:
/// the reader of integrations has a finding of its own.
fn collect<'n>(node: &'n Node, with_integrations: bool, depth: usize, found: &mut Vec<&'n Node>) {
    if depth > MAX_DEPTH {
        return;
    }
    node.items().iter().for_each(|item| collect(item, with_integrations, depth + 1, found));
    for (key, value) in node.fields() {
        // A schema may have a property of that name, whose value is a schema.
        if key == "$ref" && !value.is_map() {
            found.push(value);
        } else if key == INTEGRATION {
            found.extend(value.get("$ref").filter(|target| with_integrations && target.as_str().is_some()));
        } else if !OPAQUE.contains(&key) {
            collect(value, with_integrations, depth + 1, found);
        }
    }
}
