//! The content of blocks, in HCL and JSON, with what override files replace in it.

use crate::span::{Span, Style};
use crate::syntax::tree::Node;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A value as it is written.
#[derive(Clone, Copy)]
pub(crate) enum Written<'a> {
    /// An expression, and the index of its source.
    Hcl(&'a Expression, u32),
    /// JSON whose strings are templates.
    Json(&'a Node),
    /// JSON whose strings are literal: the default of a variable.
    Literal(&'a Node),
}

impl<'a> Written<'a> {
    /// Returns the place of the value.
    pub(crate) fn span(self) -> Span {
        match self {
            Written::Hcl(expression, file) => span_of(expression, file),
            Written::Json(node) | Written::Literal(node) => node.span,
        }
    }

    /// Returns the text of a literal string.
    pub(crate) fn literal(self) -> Option<&'a str> {
        match self {
            Written::Hcl(expression, _) => expression.as_str(),
            Written::Json(node) | Written::Literal(node) => node.as_str(),
        }
    }
}

/// Returns the span of a parsed element.
pub(crate) fn span_of(node: &impl hcl_edit::Span, file: u32) -> Span {
    let range = node.span().unwrap_or_default();
    Span { file, start: range.start as u32, end: range.end as u32, style: Style::Verbatim }
}

/// The content of a block.
#[derive(Clone)]
pub(crate) enum Inner<'a> {
    Hcl(&'a Body, u32),
    Json(&'a Node),
    /// The content of a block that override files change.
    Merged(Rc<Merged<'a>>),
}

/// The content of a block with that of the override files, which hides what has the same name.
pub(crate) struct Merged<'a> {
    /// What is left.
    pub parts: Vec<Part<'a>>,
    /// Places of all the blocks.
    pub spans: Vec<Span>,
}

/// An argument or a nested block.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    Hcl(&'a Structure, u32),
    /// An argument or nested blocks in JSON, where they look alike.
    Json(&'a str, &'a Node),
    /// Dynamic blocks in JSON, by their name.
    Dynamic(&'a str, &'a Node),
}

impl<'a> Part<'a> {
    /// Returns the name by which an override replaces the part: that of the blocks, for a dynamic block.
    fn name(self) -> &'a str {
        match self {
            Part::Hcl(Structure::Attribute(attribute), _) => attribute.key.as_str(),
            Part::Hcl(Structure::Block(block), _) => match (block.ident.as_str(), block.labels.first()) {
                ("dynamic", Some(label)) => label.as_str(),
                (name, _) => name,
            },
            Part::Json(name, _) | Part::Dynamic(name, _) => name,
        }
    }

    /// Returns the name, the value and the place of the name of an argument.
    fn argument(self) -> Option<(&'a str, Written<'a>, Span)> {
        match self {
            Part::Hcl(Structure::Attribute(it), file) => {
                Some((it.key.as_str(), Written::Hcl(&it.value, file), span_of(&it.key, file)))
            }
            Part::Json(name, value) => Some((name, Written::Json(value), value.span)),
            Part::Hcl(Structure::Block(_), _) | Part::Dynamic(..) => None,
        }
    }
}

impl<'a> Inner<'a> {
    /// Merges the contents of a block and of its overrides, each with the place of its block: a name of a later one
    /// hides all arguments and blocks of that name in those before it.
    pub(crate) fn merged(layers: &[(Inner<'a>, Span)]) -> Self {
        let mut hidden = HashSet::new();
        let mut merged = Vec::new();
        for (layer, _) in layers.iter().rev() {
            let parts = layer.parts();
            merged.push(parts.iter().copied().filter(|part| !hidden.contains(part.name())).collect::<Vec<_>>());
            hidden.extend(parts.iter().map(|part| part.name()));
        }
        let parts = merged.into_iter().rev().flatten().collect();
        Inner::Merged(Rc::new(Merged { parts, spans: layers.iter().map(|(_, span)| *span).collect() }))
    }

    fn parts(&self) -> Vec<Part<'a>> {
        match self {
            Inner::Hcl(body, file) => body.into_iter().map(|structure| Part::Hcl(structure, *file)).collect(),
            Inner::Json(node) => {
                let plain = node.fields().filter(|(name, _)| *name != "dynamic");
                let dynamic = node.get("dynamic").map_or(&[][..], Node::each);
                let is_wrong = |node: &&Node| !node.is_map();
                plain
                    .map(|(name, value)| Part::Json(name, value))
                    .chain(dynamic.iter().filter(is_wrong).map(|node| Part::Dynamic("dynamic", node)))
                    .chain(dynamic.iter().flat_map(Node::fields).map(|(name, blocks)| Part::Dynamic(name, blocks)))
                    .collect()
            }
            Inner::Merged(merged) => merged.parts.clone(),
        }
    }

    /// Returns an attribute that is a literal string, with its span.
    pub(crate) fn literal(&self, name: &str) -> Option<(&'a str, Span)> {
        let written = self.attribute(name)?;
        Some((written.literal()?, written.span()))
    }

    /// Returns the value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<Written<'a>> {
        match self {
            Inner::Hcl(body, file) => Some(Written::Hcl(&body.get_attribute(name)?.value, *file)),
            Inner::Json(node) => node.get(name).map(Written::Json),
            Inner::Merged(merged) => {
                let mut all = merged.parts.iter().filter_map(|part| part.argument());
                all.find(|(known, ..)| *known == name).map(|(_, value, _)| value)
            }
        }
    }

    /// Returns the number of arguments and blocks.
    pub(crate) fn len(&self) -> usize {
        match self {
            Inner::Hcl(body, _) => body.len(),
            Inner::Json(node) => node.entries().len(),
            Inner::Merged(merged) => merged.parts.len(),
        }
    }

    /// Returns the values of all attributes by their names, as [`attribute`](Inner::attribute) finds them.
    pub(crate) fn attributes(&self) -> HashMap<&'a str, Written<'a>> {
        match self {
            Inner::Hcl(body, file) => {
                body.attributes().map(|it| (it.key.as_str(), Written::Hcl(&it.value, *file))).collect()
            }
            Inner::Json(node) => node.fields().map(|(name, value)| (name, Written::Json(value))).collect(),
            Inner::Merged(merged) => {
                let all = merged.parts.iter().rev().filter_map(|part| part.argument());
                all.map(|(name, value, _)| (name, value)).collect()
            }
        }
    }

    /// Returns the names and values of the arguments, with the places of the names.
    pub(crate) fn arguments(&self) -> Vec<(&'a str, Written<'a>, Span)> {
        self.parts().into_iter().filter_map(Part::argument).collect()
    }

    /// Returns the places of the blocks with the content, of which one is known.
    pub(crate) fn spans(&self, span: Span) -> Vec<Span> {
        match self {
            Inner::Merged(merged) => merged.spans.clone(),
            _ => vec![span],
        }
    }
}
