//! CloudFormation's intrinsic functions ("Intrinsic function reference").
//!
//! Functions of parameters, mappings and conditions are evaluated. A value that is known only after
//! deployment becomes the placeholder `${Name}` (`Ref`) or `${Name.Attribute}` (`Fn::GetAtt`).

mod calls;
mod conditions;
mod loops;
mod names;

use crate::budget::VALUE;
use crate::cloudformation::surroundings::Surroundings;
use crate::context::Context;
use crate::diagnostic::{Remark, brief};
use crate::span::Span;
use crate::syntax::build::TextBuilder;
use crate::syntax::tree::{Data, MAX_DEPTH, Node, Text};
use base64::Engine as _;
use loops::Loop;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use vtl::Code;

/// Key of a macro, which stands for the value that it makes.
const TRANSFORM: &str = "Fn::Transform";

/// Prefix of the key of a loop.
const FOR_EACH: &str = "Fn::ForEach::";

/// Bytes of a piece of a string.
const PIECE: usize = 40;

/// Bytes of a finding.
const REMARK: usize = 512;

/// Most conditions that are not declared and have a finding each.
const MOST_UNDECLARED: usize = 100;

/// The state of a condition that is or was tested.
#[derive(Clone, Copy, Debug)]
enum Tested {
    /// Its functions are being evaluated.
    Now,
    /// Its value; `None` if that is known only after deployment.
    Known(Option<bool>),
}

/// Evaluator of the functions of a template.
pub(crate) struct Intrinsics<'a> {
    root: &'a Node,
    context: &'a Context<'a, 'a>,
    sections: Rc<Sections<'a>>,
    /// Values of the conditions that were tested, or are being tested.
    tested: RefCell<HashMap<&'a str, Tested>>,
    globals: RefCell<HashMap<String, Option<Rc<Node>>>>,
    /// Values from other stacks.
    around: Surroundings,
    /// Set if a resource is one of SAM, once it was asked for.
    is_sam: OnceCell<bool>,
    /// Set once a value was nested too deeply, which has one finding.
    is_deep: Cell<bool>,
    /// Number of places in strings that were looked up.
    located: Cell<usize>,
    /// Names in `Fn::Sub` that nothing in the template has, with their places.
    unresolved: RefCell<Vec<(String, Span)>>,
    /// Conditions that are named but not declared, with the places of their names.
    undeclared: RefCell<Vec<(String, Span)>>,
}

/// The names that a template declares, with what they name.
pub(crate) struct Sections<'a> {
    parameters: HashMap<&'a str, &'a Node>,
    resources: HashSet<&'a str>,
    conditions: HashMap<&'a str, &'a Node>,
    /// Set for a whole template; a fragment does not show the resources around it.
    is_whole: bool,
    /// Set if a macro that is not known, or a module, may make resources.
    has_macro: bool,
    /// Set if the transform of the language extensions is named.
    has_extensions: bool,
    /// Set if a loop makes resources.
    has_loop: bool,
}

impl<'a> Sections<'a> {
    /// Collects the names of a template.
    pub(crate) fn of(root: &'a Node) -> Rc<Self> {
        const HARMLESS: &[&str] =
            &["AWS::Serverless-", "AWS::LanguageExtensions", "AWS::SecretsManager", "AWS::CodeDeployBlueGreen"];
        let section = |name: &str| root.get(name).into_iter().flat_map(Node::fields);
        let macros = root.get("Transform").map_or(&[][..], Node::each);
        let macros =
            || macros.iter().map(|node| node.as_str().or_else(|| node.get("Name")?.as_str()).unwrap_or_default());
        let is_known = |name: &str| HARMLESS.iter().any(|known| name.starts_with(known));
        let is_module =
            |node: &Node| node.get("Type").and_then(Node::as_str).is_some_and(|it| it.ends_with("::MODULE"));
        Rc::new(Sections {
            parameters: section("Parameters").collect(),
            has_extensions: macros().any(|name| name == "AWS::LanguageExtensions"),
            has_macro: macros().any(|name| !is_known(name))
                || root.get(TRANSFORM).is_some()
                || section("Resources").any(|(name, node)| name == TRANSFORM || is_module(node)),
            has_loop: section("Resources").any(|(name, _)| name.starts_with(FOR_EACH)),
            resources: section("Resources").map(|(name, _)| name).collect(),
            conditions: section("Conditions").collect(),
            is_whole: root.get("Resources").is_some(),
        })
    }
}

/// The variables of one `Fn::Sub`, by name.
type Locals<'n> = HashMap<&'n str, &'n Node>;

impl<'a> Intrinsics<'a> {
    /// Creates the evaluator of a template, or of a part of one.
    pub(crate) fn new(root: &'a Node, context: &'a Context<'_, '_>) -> Self {
        Intrinsics::within(root, context, Surroundings::default())
    }

    /// Creates the evaluator of a template that has values from other stacks.
    pub(crate) fn within(root: &'a Node, context: &'a Context<'_, '_>, around: Surroundings) -> Self {
        Intrinsics::with_sections(root, Sections::of(root), context, around)
    }

    /// Creates the evaluator of a template whose names are collected already.
    pub(crate) fn with_sections(
        root: &'a Node,
        sections: Rc<Sections<'a>>,
        context: &'a Context<'_, '_>,
        around: Surroundings,
    ) -> Self {
        Intrinsics {
            root,
            context,
            sections,
            tested: RefCell::default(),
            globals: RefCell::default(),
            around,
            is_sam: OnceCell::new(),
            is_deep: Cell::new(false),
            located: Cell::new(0),
            unresolved: RefCell::default(),
            undeclared: RefCell::default(),
        }
    }

    /// Evaluates all functions in a value; returns `None` for `AWS::NoValue`.
    pub(crate) fn evaluate(&self, node: &Node) -> Option<Node> {
        self.value(node, 0)
    }

    /// Replaces the variables of an import, such as `${AWS::Region}`, that the caller gave values for.
    pub(crate) fn import(&self, mut node: Node) -> Node {
        match &mut node.data {
            Data::Text(text) if text.text.contains("${AWS::") => {
                for name in ["AWS::AccountId", "AWS::Partition", "AWS::Region"] {
                    if let Some(value) = self.context.parameter(name)
                        && self.charge(text.text.matches(name).count() * value.len(), node.span)
                    {
                        text.text = text.text.replace(&format!("${{{name}}}"), value);
                    }
                }
            }
            Data::List(items) => {
                items.iter_mut().for_each(|item| *item = self.import(std::mem::replace(item, Node::null(item.span))))
            }
            Data::Map(entries) => {
                entries
                    .iter_mut()
                    .for_each(|(_, value)| *value = self.import(std::mem::replace(value, Node::null(value.span))));
            }
            _ => {}
        }
        node
    }

    /// Returns what `Globals` sets for a type of resource such as `Api`.
    pub(crate) fn globals(&self, kind: &str) -> Option<Rc<Node>> {
        if let Some(known) = self.globals.borrow().get(kind) {
            return known.clone();
        }
        let section = self.root.at(&["Globals", kind]);
        let known = section.and_then(|node| self.evaluate(node)).map(Rc::new);
        self.globals.borrow_mut().insert(kind.to_owned(), known.clone());
        known
    }

    /// Returns the values from other stacks.
    pub(crate) fn into_surroundings(self) -> Surroundings {
        self.around
    }

    /// Returns the string that a reference to a resource of the template evaluates to.
    pub(crate) fn symbol(&self, name: &str) -> String {
        let owner = name.split('.').next().unwrap_or_default();
        let is_own =
            self.sections.resources.contains(owner) || matches!(owner, "ServerlessRestApi" | "ServerlessHttpApi");
        let prefix = if is_own { self.around.prefix.as_str() } else { "" };
        format!("${{{prefix}{name}}}")
    }

    /// Returns the most bytes of a [`symbol`](Intrinsics::symbol).
    pub(crate) fn symbol_length(&self, name: &str) -> usize {
        self.around.prefix.len() + name.len() + "${}".len()
    }

    /// Returns the value of a parameter: of the parent stack, or of the caller.
    fn given(&self, name: &str, span: Span) -> Option<Node> {
        match &self.around.given {
            Some(given) if !name.starts_with("AWS::") => {
                given.get(name).filter(|value| self.charge(value.weight(), span)).cloned()
            }
            _ => {
                let given = self.context.parameter(name).filter(|value| self.charge(VALUE + value.len(), span));
                given.map(|value| Node::text(span, value))
            }
        }
    }

    /// Returns an attribute of a resource: an output of a nested stack, or a placeholder.
    fn attribute(&self, name: &str, span: Span) -> Node {
        let known = self.around.outputs.get(name).filter(|value| self.charge(value.weight(), span));
        known.cloned().unwrap_or_else(|| match self.charge(VALUE + self.around.prefix.len() + name.len(), span) {
            true => Node::placeholder(span, self.symbol(name)),
            false => Node::placeholder(span, "${…}"),
        })
    }

    /// Returns the names in `Fn::Sub` that nothing in the template has, with their places.
    pub(crate) fn take_unresolved(&self) -> Vec<(String, Span)> {
        self.unresolved.take()
    }

    /// Returns the names of conditions that are not declared, with their places.
    pub(crate) fn take_undeclared(&self) -> Vec<(String, Span)> {
        self.undeclared.take()
    }

    /// Charges for bytes that are made at a place; returns `false` if the budget is spent.
    pub(crate) fn charge(&self, bytes: usize, span: Span) -> bool {
        self.context.budget.make(bytes, span)
    }

    fn value(&self, node: &Node, depth: usize) -> Option<Node> {
        if self.is_too_deep(depth, node.span)
            || !self.charge(node.own_weight(), node.span)
            || !self.context.budget.descend(node.span)
        {
            return Some(Node::placeholder(node.span, "${…}"));
        }
        match &node.data {
            Data::List(items) => {
                let items = items.iter().filter_map(|item| self.value(item, depth + 1)).collect();
                Some(Node::new(node.span, Data::List(items)))
            }
            Data::Map(entries) => {
                if let [(key, argument)] = entries.as_slice() {
                    let name = key.as_str().unwrap_or_default();
                    if name == "Ref" || (name.starts_with("Fn::") && !name.starts_with(FOR_EACH)) {
                        return self.call(name, argument, node.span, depth + 1);
                    }
                }
                let mut evaluated = Vec::with_capacity(entries.len());
                let mut included = None;
                for (key, value) in self.repeated(entries, depth).iter() {
                    if key.as_str() == Some(TRANSFORM) {
                        included = self.include(value, depth + 1);
                    } else if let Some(value) = self.value(value, depth + 1) {
                        evaluated.push((key.clone(), value));
                    }
                }
                Some(Node::new(node.span, Data::Map(with_included(evaluated, included))))
            }
            _ => Some(node.clone()),
        }
    }

    /// Expands each `Fn::ForEach::Name: [Identifier, [a, b], {…}]` whose list is known.
    pub(crate) fn repeated<'n>(&self, entries: &'n [(Node, Node)], depth: usize) -> Cow<'n, [(Node, Node)]> {
        let is_loop = |key: &Node| key.as_str().is_some_and(|name| name.starts_with(FOR_EACH));
        if !entries.iter().any(|(key, _)| is_loop(key))
            || entries.first().is_some_and(|(key, _)| self.is_too_deep(depth, key.span))
        {
            return Cow::Borrowed(entries);
        }
        let mut written = Vec::new();
        for (key, value) in entries {
            if !is_loop(key) {
                if self.charge(value.weight(), value.span) {
                    written.push((key.clone(), value.clone()));
                }
                continue;
            }
            let name = brief(key.as_str().unwrap_or_default());
            self.check_extension("Fn::ForEach", key.span);
            let unread = |code, why: &str, span| {
                if self.charge(REMARK, span) {
                    let remark = Remark::new(code, "", format!("{name} is not read: {why}"), span);
                    self.context.remarks.borrow_mut().push(remark);
                }
            };
            let parts = match value.items() {
                [identifier, list, body] if body.is_map() => Loop::of(identifier).map(|one| (one, list, body)),
                _ => None,
            };
            let Some((one, list, body)) = parts else {
                unread(Code::WrongValueType, "it is no list of an identifier, a list and a map", value.span);
                continue;
            };
            let list = self.value(list, depth + 1);
            match &list {
                Some(list) if list.is_list() => {}
                Some(list) if !list.has_placeholder() => {
                    unread(Code::WrongValueType, "its second part is no list", list.span);
                }
                _ => unread(Code::UnreadPart, "its list is known only when the stack is deployed", key.span),
            }
            for item in list.iter().flat_map(Node::items) {
                let Some(item) = item.to_word() else {
                    unread(Code::WrongValueType, "this item of its list is no text", item.span);
                    continue;
                };
                let with = |node: &Node| self.with_item(node, &one, &item, depth);
                let turn: Vec<(Node, Node)> =
                    body.entries().iter().map(|(name, inner)| (with(name), with(inner))).collect();
                let loops = match self.repeated(&turn, depth + 1) {
                    Cow::Borrowed(_) => None,
                    Cow::Owned(entries) => Some(entries),
                };
                written.extend(loops.unwrap_or(turn));
            }
        }
        Cow::Owned(written)
    }

    /// Replaces the identifier of a loop in strings and references.
    fn with_item(&self, node: &Node, one: &Loop, item: &str, depth: usize) -> Node {
        let inner = |node: &Node| self.with_item(node, one, item, depth + 1);
        if self.is_too_deep(depth, node.span) || !self.charge(node.own_weight(), node.span) {
            return Node::null(node.span);
        }
        let data = match &node.data {
            Data::Text(text) => match one.count(&text.text) {
                0 => return node.clone(),
                count if !self.charge(count.saturating_mul(item.len()), node.span) => return Node::null(node.span),
                _ => return Node::text(node.span, one.replace(&text.text, item)),
            },
            Data::Map(entries) if matches!(entries.as_slice(), [(key, name)] if key.as_str() == Some("Ref") && name.as_str().is_some_and(|name| one.is(name))) =>
            {
                return match self.charge(item.len(), node.span) {
                    true => Node::text(node.span, item),
                    false => Node::null(node.span),
                };
            }
            Data::List(items) => Data::List(items.iter().map(inner).collect()),
            Data::Map(entries) => Data::Map(entries.iter().map(|(key, value)| (inner(key), inner(value))).collect()),
            _ => return node.clone(),
        };
        Node::new(node.span, data)
    }

    fn call(&self, name: &str, argument: &Node, span: Span, depth: usize) -> Option<Node> {
        let unknown = || Some(Node::placeholder(span, format!("${{{name}}}")));
        match name {
            "Ref" => {
                let Some(name) = argument.to_word() else {
                    self.refuse_reference(name, argument);
                    return None;
                };
                self.check_reference(&name, argument.span);
                return self.reference(&name, span, depth);
            }
            "Fn::If" => {
                let ([condition, yes, no], true) = (argument.items(), is_condition(argument)) else {
                    let message = "Fn::If must have the name of a condition and two values; its value is not read";
                    self.refuse(Code::WrongValueType, message.to_owned(), argument.span);
                    return unknown();
                };
                let word = condition.to_word()?;
                return match self.condition(condition, depth) {
                    Some(true) => self.value(yes, depth),
                    Some(false) => self.value(no, depth),
                    None => Some(Node::placeholder(span, format!("${{Fn::If:{word}}}"))),
                };
            }
            TRANSFORM => return Some(self.include(argument, depth).unwrap_or_else(|| Node::null(span))),
            "Fn::Sub" => return Some(self.substitute(argument, depth)),
            _ => {}
        }
        let mut argument = self.value(argument, depth)?;
        self.check_call(name, &argument);
        let known = match name {
            "Fn::GetAtt" => {
                let parts: Vec<String> = argument.each().iter().filter_map(Node::to_word).collect();
                if parts.is_empty() {
                    self.refuse_reference(name, &argument);
                }
                self.check_reference(&parts.join("."), argument.span);
                Some(self.attribute(&parts.join("."), span))
            }
            "Fn::ImportValue" => {
                let exported = argument.to_word().unwrap_or_default();
                let known = self.around.exports.get(&exported).filter(|value| self.charge(value.weight(), span));
                let unknown = || Node::placeholder(span, format!("${{Fn::ImportValue:{exported}}}"));
                Some(known.cloned().unwrap_or_else(unknown))
            }
            "Fn::Join" => self.join(&argument, span),
            "Fn::Select" => select(&mut argument),
            "Fn::Split" => self.split(&argument, span),
            "Fn::FindInMap" => self.find_in_map(&argument, depth),
            "Fn::Base64" => argument
                .as_text()
                .filter(|text| !text.has_placeholder && self.charge(2 * text.text.len(), span))
                .map(|text| Node::text(span, base64::engine::general_purpose::STANDARD.encode(&text.text))),
            "Fn::Length" => match &argument.data {
                Data::List(items) => Some(Node::new(span, Data::Number(items.len().to_string()))),
                _ => None,
            },
            "Fn::ToJsonString" if self.charge(2 * argument.weight(), span) => {
                let text = argument.to_json().to_string();
                let has_placeholder = argument.has_placeholder();
                let encoded = Some(Rc::new(argument));
                Some(Node::new(span, Data::Text(Text { text, has_placeholder, pieces: None, encoded })))
            }
            _ => {
                self.check_function(name, span);
                None
            }
        };
        known.or_else(unknown)
    }

    fn reference(&self, name: &str, span: Span, depth: usize) -> Option<Node> {
        if name == "AWS::NoValue" {
            return None;
        }
        let declared = self.sections.parameters.get(name);
        let kind = declared.and_then(|parameter| parameter.word("Type")).unwrap_or_default();
        let given = self.given(name, span);
        // The default of a stored parameter is the name of the value, not the value.
        let is_stored = kind.starts_with("AWS::SSM::Parameter::Value");
        let default = || declared?.some("Default").filter(|_| !is_stored && depth < MAX_DEPTH);
        let value = match given {
            Some(value) => value,
            None => match default() {
                Some(value) if !self.charge(value.weight(), span) => Node::placeholder(span, "${…}"),
                Some(value) => value.to_word().map_or_else(
                    || value.clone(),
                    |word| if value.as_text().is_some() { value.clone() } else { Node::text(value.span, word) },
                ),
                None => return Some(self.attribute(name, span)),
            },
        };
        if kind == "CommaDelimitedList" || kind.starts_with("List<") {
            let text = value.as_str().unwrap_or_default();
            let count = text.bytes().filter(|byte| *byte == b',').count();
            if !self.charge(text.len() + VALUE * (count + 1), span) {
                return Some(Node::placeholder(span, "${…}"));
            }
            let items = text.split(',');
            let items = items.map(|item| Node::text(value.span, item.trim())).collect();
            return Some(Node::new(span, Data::List(items)));
        }
        Some(value)
    }

    /// Evaluates `Fn::Sub`: replaces `${Name}` and `${Name.Attribute}`, and writes `${!Name}` as `${Name}`.
    fn substitute(&self, argument: &Node, depth: usize) -> Node {
        let (template, locals) = match argument.items() {
            [template, locals] => (template, self.value(locals, depth)),
            [template] => {
                let message = "a list of Fn::Sub must have a string and a map".to_owned();
                self.refuse(Code::WrongValueType, message, argument.span);
                (template, None)
            }
            _ => (argument, None),
        };
        if let Some(node) = locals.as_ref().filter(|node| !node.is_map() && !node.has_placeholder()) {
            let message = "the variables of Fn::Sub must be a map; they are not read";
            self.refuse(Code::WrongValueType, message.to_owned(), node.span);
        }
        let locals: Locals<'_> = locals.iter().flat_map(Node::fields).collect();
        let Some(text) = template.as_str() else {
            let message = "Fn::Sub must have a string, or a list of a string and a map; it is not evaluated";
            self.refuse(Code::WrongValueType, message.to_owned(), template.span);
            return template.clone();
        };
        // Up to four pieces are made at each name.
        let names = memchr::memmem::find_iter(text.as_bytes(), "${").count();
        if !self.charge(text.len() + 4 * PIECE * (names + 1), template.span) {
            return Node::placeholder(template.span, "${…}");
        }
        let mut joined = TextBuilder::default();
        let mut at = 0;
        while let Some(start) = text[at..].find("${").map(|found| at + found) {
            let Some(end) = text[start..].find('}').map(|found| start + found) else { break };
            joined.push_written(&text[at..start], template.span, at);
            let name = &text[start + 2..end];
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte))
            };
            at = end + 1;
            if let Some(literal) = name.strip_prefix('!') {
                joined.push_written("${", template.span, start);
                joined.push_written(literal, template.span, start + 3);
                joined.push_written("}", template.span, end);
            } else if is_name(name.trim()) {
                if self.is_unresolved(name.trim(), &locals) {
                    self.record_unresolved(name.trim(), template, start..at);
                }
                self.substitute_name(name.trim(), &locals, template.span, depth, &mut joined);
            } else {
                self.refuse_name(name, template, start..at);
                joined.push_written(&text[start..at], template.span, start);
            }
        }
        joined.push_written(&text[at..], template.span, at);
        joined.finish(template.span)
    }

    fn substitute_name(&self, name: &str, locals: &Locals<'_>, span: Span, depth: usize, joined: &mut TextBuilder) {
        if let Some(value) = locals.get(name) {
            if (value.is_list() || value.is_map()) && !value.has_placeholder() {
                let message = format!("the variable {name} of Fn::Sub must be a string; it is not replaced");
                self.refuse(Code::WrongValueType, message, value.span);
            }
            self.push(value, joined);
            return;
        }
        let Some(value) = self.reference(name, span, depth) else { return };
        match &value.data {
            Data::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    joined.push(if at > 0 { "," } else { "" });
                    self.push(item, joined);
                }
            }
            Data::Text(text) if text.has_placeholder => joined.push_placeholder(&text.text, span),
            _ => self.push(&value, joined),
        }
    }

    fn join(&self, argument: &Node, span: Span) -> Option<Node> {
        let [separator, items] = argument.items() else { return None };
        let separator = separator.to_word()?;
        let Data::List(items) = &items.data else { return None };
        let mut joined = TextBuilder::default();
        for (at, item) in items.iter().enumerate() {
            if at > 0 && self.charge(separator.len(), span) {
                joined.push(&separator);
            }
            self.push(item, &mut joined);
        }
        Some(joined.finish(span))
    }

    fn push(&self, node: &Node, joined: &mut TextBuilder) {
        if self.charge(node.own_weight() + PIECE * node.pieces(), node.span) {
            joined.push_node(node);
        }
    }

    fn find_in_map(&self, argument: &Node, depth: usize) -> Option<Node> {
        let items = argument.items();
        let key = |at: usize| items.get(at).filter(|node| !node.has_placeholder()).and_then(Node::to_word);
        let found = match (key(0), key(1), key(2)) {
            (Some(map), Some(first), Some(second)) => {
                ["Mappings", &map, &first, &second].iter().try_fold(self.root, |node, key| {
                    // The key is searched for among all.
                    self.context.budget.charge(node.entries().len(), argument.span).then(|| node.get(key)).flatten()
                })
            }
            _ => None,
        };
        match found {
            Some(found) => self.value(found, depth),
            None => {
                let default = items.get(3).and_then(|last| last.get("DefaultValue"));
                let keys: Vec<String> = (0..3).map_while(key).collect();
                if default.is_some() {
                    self.check_extension("DefaultValue of Fn::FindInMap", argument.span);
                } else if keys.len() == 3 {
                    self.check_mapping(&keys, argument.span);
                }
                default.cloned()
            }
        }
    }

    /// Evaluates `AWS::Include` of a local file. A macro that is not read is a finding.
    fn include(&self, argument: &Node, depth: usize) -> Option<Node> {
        self.value(&self.included(argument, depth)?, depth + 1)
    }

    /// Returns the local file that `AWS::Include` names, not evaluated.
    pub(crate) fn included(&self, argument: &Node, depth: usize) -> Option<Node> {
        // A list of one macro is read too.
        let argument = argument.items().first().unwrap_or(argument);
        let name = argument.word("Name").unwrap_or_default();
        let location = argument.at(&["Parameters", "Location"]).and_then(|node| self.value(node, depth));
        let read = || {
            let location = location.as_ref().filter(|_| name == "AWS::Include")?.to_word()?;
            let text = match self.context.asset(&location) {
                Some(file) => self.context.read_path(&file)?,
                None => self.context.read_beside(self.root.span.file, &location)?,
            };
            self.context.parse_text(&text).ok()
        };
        let Some(parsed) = read() else {
            let place = location.as_ref().and_then(Node::to_word).unwrap_or_default();
            let reason = match name.as_str() {
                "AWS::Include" => self.context.unread(&place),
                _ => format!("the macro {name} is not run"),
            };
            let message = format!("{reason}; what it adds is missing");
            if self.context.is_first_unread(&message, argument.span) {
                self.context.remarks.borrow_mut().push(Remark::new(Code::UnreadPart, "", message, argument.span));
            }
            return None;
        };
        Some(parsed)
    }

    fn split(&self, argument: &Node, span: Span) -> Option<Node> {
        let [separator, text] = argument.items() else { return None };
        let (separator, whole) = (separator.to_word()?, text.as_text()?);
        if whole.has_placeholder || separator.is_empty() {
            return None;
        }
        let count = whole.text.matches(separator.as_str()).count();
        if !self.charge(whole.text.len() + VALUE * (count + 1), span) {
            return None;
        }
        let items = whole.text.split(separator.as_str()).map(|part| Node::text(text.span, part)).collect();
        Some(Node::new(span, Data::List(items)))
    }
}

/// Checks for the arguments of `Fn::If`, whose first is the name of a condition.
fn is_condition(argument: &Node) -> bool {
    argument.items().first().is_some_and(|name| name.to_word().is_some())
}

/// Merges what an include adds into the keys beside it; what is included wins.
fn with_included(mut entries: Vec<(Node, Node)>, included: Option<Node>) -> Vec<(Node, Node)> {
    let Some(Node { data: Data::Map(mut added), .. }) = included else { return entries };
    let names: HashSet<&str> = added.iter().filter_map(|(key, _)| key.as_str()).collect();
    entries.retain(|(key, _)| key.as_str().is_none_or(|key| !names.contains(key)));
    entries.append(&mut added);
    entries
}

fn select(argument: &mut Node) -> Option<Node> {
    let [index, items] = argument.items_mut() else { return None };
    let index = index.to_word()?.parse::<usize>().ok()?;
    let item = items.items_mut().get_mut(index)?;
    let span = item.span;
    Some(std::mem::replace(item, Node::null(span)))
}
