//! The forms of a template.
//!
//! A template is a flat list of nodes: blocks are opened and closed by nodes of
//! their own, so 100,000 nested `#if` are data and no recursion. Only expressions nest.

use crate::span::Span;

/// A parsed template.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ast {
    pub(crate) nodes: Vec<Node>,
}

/// One piece of a template and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Text to print.
    Text(String),
    /// What is left of a `$` or `#` that starts nothing.
    Marks(String),
    /// `$x.y`, printed.
    Reference(Box<Reference>),
    /// `## …` or `#* … *#`: prints nothing. What is left of it where source is printed as text.
    Comment(Box<str>),
    /// `#set(target = value)`.
    Set(Box<(Reference, Expr)>),
    /// `#if(condition)`, up to its `End`.
    If(Expr),
    ElseIf(Expr),
    Else,
    End,
    /// `#name` or `#name(arguments)`; it opens a block when `block` says so.
    Directive(Box<Directive>),
}

/// `#name`, `#name(a b)`, `#@name(a) … #end`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Directive {
    /// Without `#`, braces and `@`.
    pub(crate) name: Box<str>,
    /// `#@name`.
    pub(crate) at: bool,
    /// The arguments; none at all without parentheses.
    pub(crate) arguments: Option<Vec<Expr>>,
    /// Whether it runs up to an `#end`.
    pub(crate) block: bool,
    /// Where its `#end` ends, for those that print their source.
    pub(crate) whole: Span,
}

/// A reference, with what its mark was dressed in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    pub(crate) span: Span,
    pub(crate) name: Box<str>,
    pub(crate) steps: Vec<Step>,
    /// `$!x`.
    pub(crate) quiet: bool,
    /// `${x}`.
    pub(crate) formal: bool,
    /// Its source without what stands before its mark: what 1.7 prints for null.
    pub(crate) literal: Box<str>,
    /// What stands before its mark.
    pub(crate) mark: Mark,
}

/// What stands before the mark of a reference: `\\\$x`, `$$x`, `#$x`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mark {
    /// Half of the backslashes, printed before the value.
    pub(crate) backslashes: Box<str>,
    /// An odd number of backslashes: the source is printed, not the value.
    pub(crate) escaped: bool,
    /// Text between the backslashes and the last `$`.
    pub(crate) text: Box<str>,
    /// `$\!x`: no reference at all, this text instead (nothing on the service).
    pub(crate) broken: Option<Box<str>>,
}

impl Mark {
    pub(crate) fn is_plain(&self) -> bool {
        !self.escaped && self.backslashes.is_empty() && self.text.is_empty() && self.broken.is_none()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// `.name`
    Property(Box<str>, Span),
    /// `.name(arguments)`
    Method(Box<str>, Vec<Expr>, Span),
    /// `[key]`
    Index(Expr, Span),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind {
    /// A bare word in the arguments of a method: read as a reference that has lost its mark.
    Null,
    /// A bare word in the arguments of a directive.
    Word(Box<str>),
    True,
    False,
    /// Digits, with their sign.
    Integer(Box<str>),
    Float(Box<str>),
    Str(Box<str>),
    /// A double-quoted string with something to evaluate in it.
    Template(Box<Interpolation>),
    Reference(Box<Reference>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Range(Box<(Expr, Expr)>),
    /// `( … )`, which Velocity keeps as a node: it tells conditions from values.
    Group(Box<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// One level of precedence, from left to right: `a + b - c`.
    Chain(Box<Expr>, Vec<Joint>),
}

/// `+ b`: an operator and what stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Joint {
    pub(crate) operator: Operator,
    pub(crate) at: Span,
    pub(crate) right: Expr,
}

/// A double-quoted string is a template with a blank put behind it, which is cut off again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interpolation {
    pub(crate) ast: Ast,
    /// Whether the last character of what is rendered is that blank, to be cut off.
    pub(crate) chop: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Ast {
    /// Applies `f` to every span.
    pub(crate) fn map_spans(&mut self, f: &mut dyn FnMut(Span) -> Span) {
        for node in &mut self.nodes {
            node.span = f(node.span);
            match &mut node.kind {
                Kind::Text(_) | Kind::Marks(_) | Kind::Comment(_) | Kind::Else | Kind::End => {}
                Kind::Reference(reference) => reference.map_spans(f),
                Kind::Set(set) => {
                    set.0.map_spans(f);
                    set.1.map_spans(f);
                }
                Kind::If(condition) | Kind::ElseIf(condition) => condition.map_spans(f),
                Kind::Directive(directive) => {
                    directive.whole = f(directive.whole);
                    directive.arguments.iter_mut().flatten().for_each(|a| a.map_spans(f));
                }
            }
        }
    }
}

impl Reference {
    fn map_spans(&mut self, f: &mut dyn FnMut(Span) -> Span) {
        self.span = f(self.span);
        for step in &mut self.steps {
            match step {
                Step::Property(_, span) => *span = f(*span),
                Step::Method(_, arguments, span) => {
                    *span = f(*span);
                    arguments.iter_mut().for_each(|a| a.map_spans(f));
                }
                Step::Index(key, span) => {
                    *span = f(*span);
                    key.map_spans(f);
                }
            }
        }
    }
}

impl Expr {
    fn map_spans(&mut self, f: &mut dyn FnMut(Span) -> Span) {
        self.span = f(self.span);
        match &mut self.kind {
            ExprKind::Null
            | ExprKind::Word(_)
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_) => {}
            ExprKind::Template(inner) => inner.ast.map_spans(f),
            ExprKind::Reference(reference) => reference.map_spans(f),
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
                items.iter_mut().for_each(|i| i.map_spans(f))
            }
            ExprKind::Map(members) => {
                for (key, value) in members {
                    key.map_spans(f);
                    value.map_spans(f);
                }
            }
            ExprKind::Range(ends) => {
                ends.0.map_spans(f);
                ends.1.map_spans(f);
            }
            ExprKind::Group(inner) | ExprKind::Not(inner) => inner.map_spans(f),
            ExprKind::Chain(first, rest) => {
                first.map_spans(f);
                for joint in rest {
                    joint.at = f(joint.at);
                    joint.right.map_spans(f);
                }
            }
        }
    }
}
