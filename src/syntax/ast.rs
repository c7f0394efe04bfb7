//! The syntax tree of a template.
//!
//! A template is a flat list of nodes: blocks are opened and closed by nodes of their own, so
//! 100,000 nested `#if` take no recursion. Only expressions nest.
//!
//! Names and texts are slices of the source wherever it has them as they read.

use crate::span::Span;

/// Syntax tree of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ast<'s> {
    /// The nodes in the order of the source.
    pub nodes: Vec<Node<'s>>,
}

/// Node of a template: text, a reference, a comment, a directive, or the start or end of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'s> {
    /// Place in the source, with the blanks and line end that it takes.
    pub span: Span,
    /// Form and parts.
    pub kind: Kind<'s>,
}

/// Form of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'s> {
    /// Text that is printed.
    Text(&'s str),
    /// The rest of a `$` or `#` that starts nothing, which is printed.
    Marks(&'s str),
    /// A reference that is printed: `$x.y`.
    Reference(Box<Reference<'s>>),
    /// A comment: `## …` or `#* … *#`.
    Comment,
    /// `#set(target = value)`
    Set(Box<(Reference<'s>, Expr<'s>)>),
    /// `#if(condition)`: opens a block, up to its [`End`](Kind::End).
    If(Expr<'s>),
    /// `#elseif(condition)`
    ElseIf(Expr<'s>),
    /// `#else`
    Else,
    /// `#end`
    End,
    /// `#name` or `#name(arguments)`: opens a block if [`block`](Directive::block) is set.
    Directive(Box<Directive<'s>>),
    /// Source that does not parse. Only tolerant parses make it.
    Broken(&'s str),
}

/// A directive or macro call: `#name`, `#name(a b)`, `#@name(a) … #end`.
#[derive(Clone, Debug, PartialEq)]
pub struct Directive<'s> {
    /// Name without `#`, braces and `@`.
    pub name: &'s str,
    /// Set for `#@name`, a macro call with a block.
    pub at: bool,
    /// The arguments; `None` without parentheses.
    pub arguments: Option<Vec<Expr<'s>>>,
    /// Set if it opens a block, up to an `#end`.
    pub block: bool,
    /// Place of the directive with its block and `#end`.
    pub whole: Span,
    /// Place of its block, without the `#end`.
    pub inside: Span,
    /// Text that is printed where Velocity prints the source of the directive: of a call, all of it;
    /// of `#literal`, its block.
    pub text: &'s str,
}

/// A reference: `$name`, `$!{name.property[0].method(1)}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference<'s> {
    /// Place in the source, with the marks in front.
    pub span: Span,
    /// Name of the variable.
    pub name: &'s str,
    /// Properties, calls and indexes behind the name.
    pub steps: Vec<Step<'s>>,
    /// Set for `$!x`, which prints nothing for null.
    pub quiet: bool,
    /// Set for `${x}`.
    pub formal: bool,
    /// Text that Velocity 1.7 prints for null: the source without the marks in front of the last `$`.
    pub literal: &'s str,
    /// Marks in front of the last `$`, if there are any.
    pub mark: Option<Box<Mark<'s>>>,
}

/// Marks in front of the `$` of a reference: `\\\$x`, `$$x`, `#$x`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark<'s> {
    /// Half of the backslashes, printed in front of the value.
    pub backslashes: &'s str,
    /// Set for an odd number of backslashes: the source is printed, not the value.
    pub escaped: bool,
    /// Text between the backslashes and the last `$`.
    pub text: &'s str,
    /// Text that is printed instead of a value for `$\!x`; on the service, nothing is.
    pub broken: Option<Box<str>>,
}

/// Step of a reference, with its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'s> {
    /// `.name`
    Property(&'s str, Span),
    /// `.name(arguments)`
    Method(&'s str, Vec<Expr<'s>>, Span),
    /// `[key]`
    Index(Expr<'s>, Span),
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr<'s> {
    /// Place in the source, without blanks around it.
    pub span: Span,
    /// Form and operands.
    pub kind: ExprKind<'s>,
}

impl<'s> Expr<'s> {
    /// Calls a function with each operand, in the order of the source. References and double-quoted strings have none:
    /// their parts are no operands.
    pub fn each_operand(&self, mut each: impl FnMut(&Expr<'s>)) {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Word(_)
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Template(_)
            | ExprKind::Reference(_) => {}
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => items.iter().for_each(each),
            ExprKind::Map(members) => members.iter().for_each(|(key, value)| {
                each(key);
                each(value);
            }),
            ExprKind::Range(ends) => {
                each(&ends.0);
                each(&ends.1);
            }
            ExprKind::Group(inner) | ExprKind::Not(inner) => each(inner),
            ExprKind::Chain(first, rest) => {
                each(first);
                rest.iter().for_each(|joint| each(&joint.right));
            }
        }
    }
}

/// Form of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind<'s> {
    /// A bare word in the arguments of a method, which has no value; or an expression that does not parse.
    Null,
    /// A bare word in the arguments of a directive.
    Word(&'s str),
    /// `true`
    True,
    /// `false`
    False,
    /// A whole number: its digits and sign.
    Integer(&'s str),
    /// A number with a fraction or exponent, as it is written.
    Float(&'s str),
    /// A string without anything to evaluate.
    Str(&'s str),
    /// A double-quoted string with something to evaluate in it.
    Template(Box<Interpolation<'s>>),
    /// `$x`
    Reference(Box<Reference<'s>>),
    /// `[a, b]`
    List(Vec<Expr<'s>>),
    /// `{a: b}`
    Map(Vec<(Expr<'s>, Expr<'s>)>),
    /// `[a..b]`
    Range(Box<(Expr<'s>, Expr<'s>)>),
    /// `(a)`, a node of its own in Velocity, which distinguishes conditions from values.
    Group(Box<Expr<'s>>),
    /// `!a`
    Not(Box<Expr<'s>>),
    /// `a && b`, two or more operands.
    And(Vec<Expr<'s>>),
    /// `a || b`, two or more operands.
    Or(Vec<Expr<'s>>),
    /// Operators of one level of precedence, from left to right: `a + b - c`.
    Chain(Box<Expr<'s>>, Vec<Joint<'s>>),
}

impl ExprKind<'_> {
    /// Checks for a literal without parts: evaluating it cannot fail.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        use ExprKind::{False, Float, Integer, Null, Str, True, Word};
        matches!(self, Null | Word(_) | True | False | Integer(_) | Float(_) | Str(_))
    }
}

/// An operator and its right operand: `+ b`.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint<'s> {
    /// The operator.
    pub operator: Operator,
    /// Place of the operator.
    pub at: Span,
    /// The operand behind it.
    pub right: Expr<'s>,
}

/// A double-quoted string: a template, to which Velocity adds a blank that is cut off again.
#[derive(Clone, Debug, PartialEq)]
pub struct Interpolation<'s> {
    /// Syntax tree of the text.
    pub ast: Ast<'s>,
    /// Set if the last character of the rendered text is that blank.
    pub chop: bool,
}

/// Operator of arithmetic or comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Ast<'_> {
    /// Applies `f` to every span.
    pub(super) fn map_spans(&mut self, f: &mut dyn FnMut(Span) -> Span) {
        for node in &mut self.nodes {
            node.span = f(node.span);
            match &mut node.kind {
                Kind::Text(_) | Kind::Marks(_) | Kind::Comment | Kind::Else | Kind::End | Kind::Broken(_) => {}
                Kind::Reference(reference) => reference.map_spans(f),
                Kind::Set(set) => {
                    set.0.map_spans(f);
                    set.1.map_spans(f);
                }
                Kind::If(condition) | Kind::ElseIf(condition) => condition.map_spans(f),
                Kind::Directive(directive) => {
                    directive.whole = f(directive.whole);
                    directive.inside = f(directive.inside);
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
