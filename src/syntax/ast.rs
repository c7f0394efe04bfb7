//! The forms of a template.
//!
//! A template is a flat list of nodes: blocks are opened and closed by nodes of
//! their own, so 100,000 nested `#if` are data and no recursion. Only expressions nest.
//!
//! Names and texts are pieces of the source wherever they read as they stand there.

use crate::span::Span;

/// A parsed template.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ast<'s> {
    pub(crate) nodes: Vec<Node<'s>>,
}

/// One piece of a template and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node<'s> {
    pub(crate) span: Span,
    pub(crate) kind: Kind<'s>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'s> {
    /// Text to print.
    Text(&'s str),
    /// What is left of a `$` or `#` that starts nothing.
    Marks(&'s str),
    /// `$x.y`, printed.
    Reference(Box<Reference<'s>>),
    /// `## …` or `#* … *#`: prints nothing. What is left of it where source is printed as text.
    Comment(&'s str),
    /// `#set(target = value)`.
    Set(Box<(Reference<'s>, Expr<'s>)>),
    /// `#if(condition)`, up to its `End`.
    If(Expr<'s>),
    ElseIf(Expr<'s>),
    Else,
    End,
    /// `#name` or `#name(arguments)`; it opens a block when `block` says so.
    Directive(Box<Directive<'s>>),
}

/// `#name`, `#name(a b)`, `#@name(a) … #end`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Directive<'s> {
    /// Without `#`, braces and `@`.
    pub(crate) name: &'s str,
    /// `#@name`.
    pub(crate) at: bool,
    /// The arguments; none at all without parentheses.
    pub(crate) arguments: Option<Vec<Expr<'s>>>,
    /// Whether it runs up to an `#end`.
    pub(crate) block: bool,
    /// Where its `#end` ends, for those that print their source.
    pub(crate) whole: Span,
}

/// A reference, with what its mark was dressed in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference<'s> {
    pub(crate) span: Span,
    pub(crate) name: &'s str,
    pub(crate) steps: Vec<Step<'s>>,
    /// `$!x`.
    pub(crate) quiet: bool,
    /// `${x}`.
    pub(crate) formal: bool,
    /// Its source without what stands before its mark: what 1.7 prints for null.
    pub(crate) literal: &'s str,
    /// What stands before its mark, if anything does.
    pub(crate) mark: Option<Box<Mark<'s>>>,
}

/// What stands before the mark of a reference: `\\\$x`, `$$x`, `#$x`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mark<'s> {
    /// Half of the backslashes, printed before the value.
    pub(crate) backslashes: &'s str,
    /// An odd number of backslashes: the source is printed, not the value.
    pub(crate) escaped: bool,
    /// Text between the backslashes and the last `$`.
    pub(crate) text: &'s str,
    /// `$\!x`: no reference at all, this text instead (nothing on the service).
    pub(crate) broken: Option<Box<str>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step<'s> {
    /// `.name`
    Property(&'s str, Span),
    /// `.name(arguments)`
    Method(&'s str, Vec<Expr<'s>>, Span),
    /// `[key]`
    Index(Expr<'s>, Span),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expr<'s> {
    pub(crate) span: Span,
    pub(crate) kind: ExprKind<'s>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind<'s> {
    /// A bare word in the arguments of a method: read as a reference that has lost its mark.
    Null,
    /// A bare word in the arguments of a directive.
    Word(&'s str),
    True,
    False,
    /// Digits, with their sign.
    Integer(&'s str),
    Float(&'s str),
    Str(&'s str),
    /// A double-quoted string with something to evaluate in it.
    Template(Box<Interpolation<'s>>),
    Reference(Box<Reference<'s>>),
    List(Vec<Expr<'s>>),
    Map(Vec<(Expr<'s>, Expr<'s>)>),
    Range(Box<(Expr<'s>, Expr<'s>)>),
    /// `( … )`, which Velocity keeps as a node: it tells conditions from values.
    Group(Box<Expr<'s>>),
    Not(Box<Expr<'s>>),
    And(Vec<Expr<'s>>),
    Or(Vec<Expr<'s>>),
    /// One level of precedence, from left to right: `a + b - c`.
    Chain(Box<Expr<'s>>, Vec<Joint<'s>>),
}

impl ExprKind<'_> {
    /// Checks for a literal without parts: evaluating it cannot fail.
    pub(crate) fn is_literal(&self) -> bool {
        use ExprKind::{False, Float, Integer, Null, Str, True, Word};
        matches!(self, Null | Word(_) | True | False | Integer(_) | Float(_) | Str(_))
    }
}

/// `+ b`: an operator and what stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Joint<'s> {
    pub(crate) operator: Operator,
    pub(crate) at: Span,
    pub(crate) right: Expr<'s>,
}

/// A double-quoted string is a template with a blank put behind it, which is cut off again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interpolation<'s> {
    pub(crate) ast: Ast<'s>,
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

impl Ast<'_> {
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

impl Reference<'_> {
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

impl Expr<'_> {
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
