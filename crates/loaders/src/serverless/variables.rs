//! Variables of `serverless.yml`: `${self:custom.table}`, `${opt:stage, 'dev'}`, `${file(a.yml):b}`
//! ("Serverless Variables").
//!
//! A variable of the command line or the environment has the value that the caller gives: `stage` or
//! `opt:stage`, `env:NAME`. A value that is known only when the service is deployed (`ssm`, `cf`, `s3`)
//! is a placeholder. `${Name}` without a source is CloudFormation's, and stays.

use crate::budget::{Budget, VALUE};
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::kind::Grammar;
use crate::references::Index;
use crate::span::{Piece, Span};
use crate::syntax::build::{TextBuilder, push_part};
use crate::syntax::tree::{Data, MAX_DEPTH, Node};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use vtl::Code;

/// Steps of a value or a variable, besides those of its text.
const STEPS: usize = 8;

/// Most entries of a map that are searched one by one.
const FEW: usize = 64;

/// Stack that one more level may need, and that is allocated if less is left.
const STACK: (usize, usize) = (256 << 10, 4 << 20);

/// The value of a variable.
enum Value {
    Known(Node),
    /// Known only when the service is deployed.
    Later,
    /// Not there; the next of the variable's alternatives counts.
    Missing,
}

/// Resolver of the variables of a service.
pub(super) struct Variables<'a> {
    root: &'a Node,
    context: &'a Context<'a, 'a>,
    /// Values by their address; `None` while one is being resolved.
    known: RefCell<HashMap<String, Option<Rc<Node>>>>,
    /// Other files by their paths, which stay until the end.
    files: RefCell<HashMap<String, Option<Rc<Node>>>>,
    /// Positions of the entries of the large maps of these files.
    positions: RefCell<HashMap<*const Node, HashMap<String, usize>>>,
    stage: RefCell<Option<Rc<str>>>,
    depth: Cell<usize>,
    /// The large maps of the service's own file.
    index: Index<'a>,
    pub remarks: RefCell<Vec<Remark>>,
}

impl<'a> Variables<'a> {
    /// Creates a resolver for the root of a service's configuration.
    pub(super) fn new(root: &'a Node, context: &'a Context<'a, 'a>) -> Self {
        Variables {
            root,
            context,
            known: RefCell::default(),
            files: RefCell::default(),
            positions: RefCell::default(),
            stage: RefCell::default(),
            depth: Cell::new(0),
            index: Index::default(),
            remarks: RefCell::default(),
        }
    }

    /// Returns a section of the service, such as `functions`, with its variables resolved.
    ///
    /// # Errors
    /// A variable refers to itself, or the values grow too large.
    pub(super) fn section(&self, name: &str) -> Result<Node, Fault> {
        match self.root.get(name) {
            Some(node) => self.resolve(node),
            None => Ok(Node::null(self.root.span)),
        }
    }

    /// Returns the name of the stage: the caller's, the provider's, or `dev`.
    ///
    /// # Errors
    /// A variable refers to itself.
    pub(super) fn stage(&self) -> Result<Rc<str>, Fault> {
        if let Some(stage) = self.stage.borrow().clone() {
            return Ok(stage);
        }
        let stage = match self.option("stage") {
            Some(stage) => Rc::from(stage),
            None => {
                let path = ["provider", "stage"];
                let written = self.select("self:provider.stage", self.root, &path, self.root.span)?;
                written.and_then(|stage| stage.to_word()).map_or_else(|| Rc::from("dev"), Rc::from)
            }
        };
        *self.stage.borrow_mut() = Some(Rc::clone(&stage));
        Ok(stage)
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.context.parameter(&format!("opt:{name}")).or_else(|| self.context.parameter(name))
    }

    fn charge(&self, bytes: usize, span: Span) -> Result<(), Fault> {
        self.context.budget.spend(STEPS + bytes / 16, VALUE + bytes, span)
    }

    /// Charges bytes of a text, or entries of a map, that are looked through.
    fn look(&self, count: usize, span: Span) -> Result<(), Fault> {
        self.context.budget.spend(STEPS + count / 16, 0, span)
    }

    /// Resolves the variables in a value.
    ///
    /// # Errors
    /// A variable refers to itself, or the values grow too large.
    pub(super) fn resolve(&self, node: &Node) -> Result<Node, Fault> {
        if self.depth.get() >= 2 * MAX_DEPTH {
            return Err(Fault::new(Code::DocumentLimit, node.span, "the variables are nested too deeply"));
        }
        self.depth.set(self.depth.get() + 1);
        let resolved = stacker::maybe_grow(STACK.0, STACK.1, || self.resolve_inner(node));
        self.depth.set(self.depth.get() - 1);
        resolved
    }

    fn resolve_inner(&self, node: &Node) -> Result<Node, Fault> {
        self.charge(node.as_str().map_or(0, str::len), node.span)?;
        let data = match &node.data {
            Data::Text(text) if text.text.contains("${") => return self.text(node),
            Data::List(items) => Data::List(items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?),
            Data::Map(entries) => {
                let pair = |(key, value): &(Node, Node)| Ok((key.clone(), self.resolve(value)?));
                Data::Map(entries.iter().map(pair).collect::<Result<_, Fault>>()?)
            }
            _ => return Ok(node.clone()),
        };
        Ok(Node::new(node.span, data))
    }

    /// Resolves a string: a single variable to its value, anything else to a string.
    fn text(&self, node: &Node) -> Result<Node, Fault> {
        let text = node.as_str().unwrap_or_default();
        let mut joined = TextBuilder::default();
        let mut copied = 0;
        let mut at = 0;
        while let Some(start) = text.get(at..).and_then(|rest| rest.find("${")).map(|found| at + found) {
            let Some(end) = closing(text, start + 2) else { break };
            let inside = text.get(start + 2..end).unwrap_or_default();
            self.look(inside.len(), node.span)?;
            at = end + 1;
            if !is_variable(inside) {
                // CloudFormation's `${Name}`, which may have a variable inside.
                at = start + 2;
                continue;
            }
            let value = self.variable(inside, node.span)?;
            if (start, at) == (0, text.len()) {
                return Ok(match value {
                    Value::Known(value) => value,
                    _ => Node::placeholder(node.span, text),
                });
            }
            push_part(&mut joined, node, copied, start);
            copied = at;
            match value {
                Value::Known(value) => {
                    let bytes = value.as_str().map_or(0, str::len) + size_of::<Piece>() * value.pieces();
                    self.charge(bytes, node.span)?;
                    joined.push_node(&value);
                }
                _ => joined.push_placeholder(text.get(start..at).unwrap_or_default(), node.span),
            }
        }
        push_part(&mut joined, node, copied, text.len());
        Ok(joined.finish(node.span))
    }

    /// Resolves the inside of `${…}`: the first of its alternatives that has a value.
    fn variable(&self, inside: &str, span: Span) -> Result<Value, Fault> {
        for alternative in alternatives(inside) {
            self.look(alternative.len(), span)?;
            match self.alternative(alternative.trim(), span)? {
                Value::Missing => {}
                found => return Ok(found),
            }
        }
        Ok(Value::Missing)
    }

    fn alternative(&self, written: &str, span: Span) -> Result<Value, Fault> {
        let quoted = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote);
        if let Some(literal) = quoted('\'').or_else(|| quoted('"')) {
            return Ok(Value::Known(self.resolve(&Node::text(span, literal))?));
        }
        if written.starts_with("${") {
            return Ok(match self.resolve(&Node::text(span, written))? {
                value if value.has_placeholder() => Value::Missing,
                value => Value::Known(value),
            });
        }
        let literal = match written {
            "null" => Some(Data::Null),
            "true" | "false" => Some(Data::Bool(written == "true")),
            _ => written.parse::<f64>().ok().map(|_| Data::Number(written.to_owned())),
        };
        if let Some(literal) = literal {
            return Ok(Value::Known(Node::new(span, literal)));
        }
        // Variables inside of an address: `self:custom.${opt:stage}`.
        let address = match self.resolve(&Node::text(span, written))? {
            node if node.has_placeholder() => return Ok(Value::Later),
            node => node.to_word().unwrap_or_default(),
        };
        self.address(&address, span)
    }

    fn address(&self, address: &str, span: Span) -> Result<Value, Fault> {
        let found = |node: Option<Rc<Node>>| self.copied(node, span);
        let word = |word: Option<&str>| match word {
            Some(word) => {
                self.context.budget.spend(1, VALUE + word.len(), span).map(|()| Value::Known(Node::text(span, word)))
            }
            None => Ok(Value::Missing),
        };
        if let Some(rest) = address.strip_prefix("file(") {
            return self.file(rest, span);
        }
        let Some((source, rest)) = address.split_once(':') else { return Ok(Value::Missing) };
        Ok(match source {
            "self" => {
                let path: Vec<&str> = rest.split('.').filter(|part| !part.is_empty()).collect();
                match self.select(address, self.root, &path, span)? {
                    None if path == ["provider", "stage"] => word(Some(&self.stage()?))?,
                    None if path == ["provider", "region"] => word(Some(self.region()))?,
                    node => found(node)?,
                }
            }
            "opt" => word(self.option(rest))?,
            "env" => word(self.context.parameter(address))?,
            "sls" if rest == "stage" => word(Some(&self.stage()?))?,
            "aws" if rest == "region" => word(Some(self.region()))?,
            "aws" if rest == "accountId" => {
                let given = self.context.parameter("AWS::AccountId").map(|given| Node::text(span, given));
                Value::Known(given.unwrap_or_else(|| Node::placeholder(span, "${AWS::AccountId}")))
            }
            "param" => match self.option(rest) {
                Some(given) => word(Some(given))?,
                None => {
                    let stage = self.stage()?;
                    // All of them are of one stage.
                    let own = self.select(address, self.root, &["params", &stage, rest], span)?;
                    let shared = format!("params.default.{rest}");
                    match own {
                        Some(own) => found(Some(own))?,
                        None => found(self.select(&shared, self.root, &["params", "default", rest], span)?)?,
                    }
                }
            },
            _ => Value::Later,
        })
    }

    /// Returns the budget of the document.
    pub(super) fn budget(&self) -> &'a Budget<'a> {
        &self.context.budget
    }

    fn region(&self) -> &str {
        let given = self.context.parameter("AWS::Region").or_else(|| self.option("region"));
        let written = || self.index.get(self.index.get(self.root, "provider")?, "region")?.as_str();
        given.or_else(|| written().filter(|it| !it.contains("${"))).unwrap_or("us-east-1")
    }

    /// Reads `path)` or `path):address` of `file(path):address`.
    fn file(&self, rest: &str, span: Span) -> Result<Value, Fault> {
        let Some((name, address)) = rest.split_once(')') else { return Ok(Value::Missing) };
        let (name, address) = (name.trim(), address.trim_start_matches(':'));
        let file = self.context.beside(name);
        let known = self.files.borrow().get(&file).cloned();
        let root = match known {
            Some(root) => root,
            None => {
                let read = self.read(&file, span)?.map(Rc::new);
                self.files.borrow_mut().insert(file.clone(), read.clone());
                read
            }
        };
        let Some(root) = root else { return Ok(Value::Missing) };
        let path: Vec<&str> = address.split('.').filter(|part| !part.is_empty()).collect();
        let node = self.select(&format!("file({file}):{address}"), &root, &path, span)?;
        self.copied(node, span)
    }

    /// Copies a value, unless it is absent or null.
    fn copied(&self, node: Option<Rc<Node>>, span: Span) -> Result<Value, Fault> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return Ok(Value::Missing) };
        self.charge(node.weight(), span)?;
        Ok(Value::Known(node.as_ref().clone()))
    }

    fn read(&self, file: &str, span: Span) -> Result<Option<Node>, Fault> {
        let has = |endings: &[&str]| endings.iter().any(|ending| file.ends_with(ending));
        if has(&[".js", ".cjs", ".mjs", ".ts"]) {
            let message = format!("{file} is a program and is not run; its values are unknown");
            let remark = Remark::new(Code::UnreadPart, "", message, span);
            self.remarks.borrow_mut().push(remark.with_help("load the output of `serverless print`"));
            return Ok(None);
        }
        let Some(text) = self.context.read_path(file) else {
            let message = self.context.unread_path(file);
            self.remarks.borrow_mut().push(Remark::new(Code::UnreadableFile, "", message, span));
            return Ok(None);
        };
        let source = text.span.file;
        Ok(Some(match () {
            () if has(&[".yml", ".yaml"]) => self.context.parse(source, Grammar::Yaml)?,
            () if has(&[".json"]) => self.context.parse(source, Grammar::Json)?,
            () => text,
        }))
    }

    /// Returns the value at a path, with its variables resolved.
    fn select(&self, address: &str, root: &Node, path: &[&str], span: Span) -> Result<Option<Rc<Node>>, Fault> {
        self.look(address.len(), span)?;
        let known = self.known.borrow().get(address).cloned();
        match known {
            Some(Some(value)) => return Ok(Some(value)),
            Some(None) => {
                let message = format!("the variable {address} refers to itself");
                return Err(Fault::new(Code::CircularReference, span, message));
            }
            None => drop(self.known.borrow_mut().insert(address.to_owned(), None)),
        }
        let value = self.walk(root, path)?.map(Rc::new);
        match &value {
            Some(value) => drop(self.known.borrow_mut().insert(address.to_owned(), Some(value.clone()))),
            None => drop(self.known.borrow_mut().remove(address)),
        }
        Ok(value)
    }

    /// Follows the parts of a path that are written in the service's own file, and returns the others.
    fn within_own_file<'p, 's>(&self, path: &'p [&'s str]) -> Result<(&'a Node, &'p [&'s str]), Fault> {
        let mut node = self.root;
        for (at, part) in path.iter().enumerate() {
            if self.index.has(node) {
                self.look(part.len(), node.span)?;
            }
            match self.index.get(node, part) {
                Some(found) => node = found,
                None => return Ok((node, &path[at..])),
            }
        }
        Ok((node, &[]))
    }

    /// Returns the value of a key of a large map of another file, which many variables may name.
    fn entry<'n>(&self, map: &'n Node, key: &str) -> Result<Option<&'n Node>, Fault> {
        let (mut positions, entries) = (self.positions.borrow_mut(), map.entries());
        if !positions.contains_key(&std::ptr::from_ref(map)) {
            let named = || entries.iter().enumerate().filter_map(|(at, (key, _))| Some((key.as_str()?, at)));
            let bytes = named().map(|(key, _)| VALUE + key.len()).sum();
            self.context.budget.spend(STEPS * entries.len(), bytes, map.span)?;
            positions.insert(map, named().map(|(key, at)| (key.to_owned(), at)).collect());
        }
        let found = positions.get(&std::ptr::from_ref(map)).and_then(|positions| positions.get(key));
        Ok(found.and_then(|at| entries.get(*at)).map(|(_, value)| value))
    }

    fn walk(&self, root: &Node, path: &[&str]) -> Result<Option<Node>, Fault> {
        let is_own = std::ptr::eq(root, self.root);
        let (start, path) = if is_own { self.within_own_file(path)? } else { (root, path) };
        if start.is_map() && is_own && !path.is_empty() {
            return Ok(None);
        }
        let mut node = Cow::Borrowed(start);
        for part in path {
            if let Cow::Borrowed(map) = &node
                && !is_own
                && map.entries().len() > FEW
            {
                match self.entry(map, part)? {
                    Some(found) => node = Cow::Borrowed(found),
                    None => return Ok(None),
                }
                continue;
            }
            self.look(node.entries().len(), node.span)?;
            // A part of the path may be a variable itself.
            let here = if node.as_str().is_some() { Cow::Owned(self.resolve(&node)?) } else { node };
            if let Cow::Owned(here) = &here {
                self.charge(here.weight(), here.span)?;
            }
            match step(here, part) {
                Some(found) => node = found,
                None => return Ok(None),
            }
        }
        self.resolve(&node).map(Some)
    }
}

/// Returns the value of a key, or of an index of a list, of a value that is borrowed or owned.
fn step<'n>(node: Cow<'n, Node>, part: &str) -> Option<Cow<'n, Node>> {
    match node {
        Cow::Borrowed(node) => child(node, part).map(Cow::Borrowed),
        Cow::Owned(node) => child(&node, part).cloned().map(Cow::Owned),
    }
}

/// Returns the value of a key, or of an index of a list.
fn child<'n>(node: &'n Node, part: &str) -> Option<&'n Node> {
    node.get(part).or_else(|| node.items().get(part.parse::<usize>().ok()?))
}

/// Returns the offset of the brace that closes `${`, from the offset behind it.
fn closing(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (from, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'$' if bytes.get(at + 1) == Some(&b'{') => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Checks for a variable: a source such as `self:` or `file(`, and not `AWS::Region`.
fn is_variable(inside: &str) -> bool {
    let inside = inside.trim_start();
    let name = inside.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-');
    let Some(rest) = name.filter(|length| *length > 0).and_then(|length| inside.get(length..)) else { return false };
    rest.starts_with('(') || (rest.starts_with(':') && !rest.starts_with("::"))
}

/// Splits the inside of a variable at the commas between its alternatives.
fn alternatives(inside: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, letter) in inside.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '{' | '(') => depth += 1,
            (None, '}' | ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(inside.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inside.get(start..).unwrap_or_default());
    parts
}
