//! The types that values of a document must have, and the findings about values of another type.
//!
//! Readers take what they can use and pass over the rest. A [`Shape`] says what they can use, so that nothing is
//! passed over without a finding. A value that is known only after deployment fits every shape.

use crate::diagnostic::{Remark, brief};
use crate::syntax::tree::{Data, Node};
use vtl::Code;
use vtl::reference::nearest;

/// Most findings about the shapes of one value, with all that is in it.
const MOST_FINDINGS: usize = 100;

/// Longest name that is compared with the known ones for a suggestion, in bytes.
const LONGEST_NAME: usize = 64;

/// The type that a value must have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any type: the reader has findings of its own, or does not read the value.
    Any,
    /// A string, a number or a boolean.
    Scalar,
    /// A boolean, also one that is written as a string.
    Flag,
    /// A boolean, or a map whose names are given.
    FlagOrObject(&'static Object),
    /// A list of values of one shape.
    List(&'static Shape),
    /// A list of values of one shape, or one such value.
    OneOrMore(&'static Shape),
    /// A map whose names the author chooses.
    Map(&'static Shape),
    /// A list or a map of values of one shape.
    ListOrMap(&'static Shape),
    /// A map whose names are given.
    Object(&'static Object),
}

/// The properties of a map whose names are given.
#[derive(Debug)]
pub(crate) struct Object {
    /// Shapes of the properties by their names, CloudFormation's for resources.
    pub fields: &'static [(&'static str, Shape)],
    /// Names the map in a finding about another name, such as `a method`; `None` if it may have other names, so that
    /// only those that are nearly one of these have a finding.
    pub closed: Option<&'static str>,
}

/// Returns a name as it is.
pub(crate) fn as_it_is(name: &str) -> String {
    name.to_owned()
}

/// A check of one value.
pub(crate) struct Check<'r> {
    /// Returns the name that the document's language has for a name of a table.
    spell: &'r dyn Fn(&str) -> String,
    /// Set if a map may be written as blocks, which are lists.
    has_blocks: bool,
    /// Property of the integration that findings are about; empty for none.
    property: &'static str,
    remarks: &'r mut Vec<Remark>,
    count: usize,
}

impl<'r> Check<'r> {
    /// Creates a check of a value whose names are spelled as in the tables.
    pub(crate) fn new(remarks: &'r mut Vec<Remark>) -> Self {
        Check { spell: &as_it_is, has_blocks: false, property: "", remarks, count: 0 }
    }

    /// Sets how the document's language spells the names of the tables, and whether it writes maps as blocks too.
    pub(crate) fn spelled(mut self, has_blocks: bool, spell: &'r dyn Fn(&str) -> String) -> Self {
        self.spell = spell;
        self.has_blocks = has_blocks;
        self
    }

    /// Sets the property of the integration that findings are about.
    pub(crate) fn of_property(mut self, property: &'static str) -> Self {
        self.property = property;
        self
    }

    /// Adds the findings about a value of the given name, as the only value that is checked.
    pub(crate) fn all(mut self, name: &str, node: &Node, shape: &Shape) {
        self.value(name, node, shape);
    }

    /// Adds the findings about a value of the given name, and about the values in it.
    pub(crate) fn value(&mut self, name: &str, node: &Node, shape: &Shape) {
        if self.count > MOST_FINDINGS || is_open(node) {
            return;
        }
        if !matches!(shape, Shape::Any) {
            self.keys(name, node);
        }
        match (shape, &node.data) {
            (Shape::Any, _)
            | (Shape::Scalar | Shape::Flag, Data::Bool(_))
            | (Shape::Scalar, Data::Text(_) | Data::Number(_)) => {}
            // An empty list is an argument of Terraform without a value.
            (Shape::Scalar | Shape::Flag, Data::List(items)) if items.is_empty() => {}
            (Shape::Flag, Data::Text(text)) if text.text.is_empty() || node.to_bool().is_some() => {}
            (Shape::List(inner) | Shape::OneOrMore(inner) | Shape::ListOrMap(inner), Data::List(items)) => {
                for item in items {
                    self.value(name, item, inner);
                    if item.is_null() && !matches!(inner, Shape::Any) {
                        let message = format!("an item of {} is null; it is not read", brief(name));
                        self.add(Remark::new(Code::WrongValueType, self.property, message, item.span));
                    }
                }
            }
            (Shape::OneOrMore(inner), _) => self.value(name, node, inner),
            (Shape::FlagOrObject(object), Data::Map(_)) => self.object(node, object),
            (Shape::FlagOrObject(_), _) => self.value(name, node, &Shape::Flag),
            (Shape::Map(inner) | Shape::ListOrMap(inner), Data::Map(_)) => {
                for (key, item) in node.fields() {
                    self.value(key, item, inner);
                }
            }
            (Shape::Object(object), Data::Map(_)) => self.object(node, object),
            (Shape::Object(object), Data::List(items)) if self.has_blocks => {
                for item in items.iter().filter(|item| item.is_map()) {
                    self.object(item, object);
                }
            }
            _ => {
                let (name, wanted) = (brief(name), wanted(shape));
                let message = format!("{name} must be {wanted}, not {}; it is not read", node.type_name());
                self.add(Remark::new(Code::WrongValueType, self.property, message, node.span));
            }
        }
    }

    /// Adds the findings about keys of a map that are no strings, as YAML allows them.
    fn keys(&mut self, name: &str, node: &Node) {
        for (key, _) in node.entries().iter().filter(|(key, _)| key.as_str().is_none()) {
            let (name, kind) = (brief(name), key.type_name());
            let message = format!("a key in {name} must be a string, not {kind}; its value is not read");
            self.add(Remark::new(Code::WrongValueType, self.property, message, key.span));
        }
    }

    /// Adds the findings about the properties of a map.
    fn object(&mut self, node: &Node, object: &Object) {
        let names: Vec<String> = object.fields.iter().map(|(name, _)| (self.spell)(name)).collect();
        for (name, (_, shape)) in names.iter().zip(object.fields) {
            if let Some(value) = node.get(name) {
                self.value(name, value, shape);
            }
        }
        match object.closed {
            Some(what) => self.names(what, node, &names),
            None => self.misspelt(node, &names),
        }
    }

    /// Adds the findings about names of a map that are nearly known ones.
    fn misspelt<N: AsRef<str>>(&mut self, node: &Node, known: &[N]) {
        let is_known = |name: &str| known.iter().any(|known| known.as_ref() == name);
        let others = node.fields().filter(|(name, _)| name.len() <= LONGEST_NAME && !is_known(name));
        for (name, value) in others.take(MOST_FINDINGS) {
            // A word that a name begins with is another word; few are compared letter by letter.
            let first = |name: &str| name.bytes().next().map(|first| first.to_ascii_lowercase());
            let is_close = |known: &&str| known.len().abs_diff(name.len()) <= 2 && first(known) == first(name);
            let close = known.iter().map(AsRef::as_ref).filter(is_close);
            // One that is there too is meant by its own name.
            if let Some(near) = nearest(name, close).filter(|near| node.get(near).is_none()) {
                let message = format!("{name} is no known property; it is not read");
                let remark = Remark::new(Code::UnknownField, self.property, message, value.span);
                self.add(remark.with_help(format!("did you mean {near}?")));
            }
        }
    }

    /// Adds the findings about the names of a map that are not known; `what` names the map.
    pub(crate) fn names<N: AsRef<str>>(&mut self, what: &str, node: &Node, known: &[N]) {
        for (name, value) in node.fields() {
            if name.starts_with("x-") || name == "//" || known.iter().any(|known| known.as_ref() == name) {
                continue;
            }
            let message = format!("{} has no property {}; it is not read", brief(what), brief(name));
            let remark = Remark::new(Code::UnknownField, self.property, message, value.span);
            let is_short = name.len() <= LONGEST_NAME;
            let near = is_short.then(|| nearest(name, known.iter().map(AsRef::as_ref))).flatten();
            self.add(match near {
                Some(near) => remark.with_help(format!("did you mean {near}?")),
                None => remark,
            });
            if self.count > MOST_FINDINGS {
                return;
            }
        }
    }

    fn add(&mut self, remark: Remark) {
        self.count += 1;
        if self.count <= MOST_FINDINGS {
            self.remarks.push(remark);
        } else if self.count == MOST_FINDINGS + 1 {
            let message = format!("more than {MOST_FINDINGS} properties are not read; the others are not listed");
            self.remarks.push(Remark::new(remark.code, remark.property, message, remark.span));
        }
    }
}

/// Checks for a value that may be of any type: null, one that is known only after deployment, a reference, or a
/// function that is not evaluated.
fn is_open(node: &Node) -> bool {
    match &node.data {
        Data::Null => true,
        Data::Text(text) => text.has_placeholder || text.text.contains("${"),
        Data::Map(entries) => entries.iter().any(|(key, value)| {
            let is_reference = |key: &str| key == "$ref" && value.as_str().is_some();
            key.as_str()
                .is_some_and(|key| is_reference(key) || matches!(key, "Ref" | "Condition") || key.starts_with("Fn::"))
        }),
        _ => false,
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "a value",
        Shape::Scalar => "a string",
        Shape::Flag | Shape::FlagOrObject(_) => "true or false",
        Shape::List(_) => "a list",
        Shape::OneOrMore(inner) => wanted(inner),
        Shape::Map(_) | Shape::Object(_) => "a map",
        Shape::ListOrMap(_) => "a list or a map",
    }
}
