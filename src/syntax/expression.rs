//! The parser's other half: references and expressions.

use super::ast::{Expr, ExprKind, Interpolation, Joint, Kind, Operator, Reference, Step};
use super::parser::{self, Parser, Referred};
use super::token::{Token, TokenKind};
use super::{marks, quoted, rewrite, unexpected};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;
use std::borrow::Cow;

const OPERAND: &str = "`(`, a list, a map, a number, a reference, a string or true or false";
const ARGUMENT: &str = "a list, a map, a number, a reference, a string or true or false";

/// Checks whether a token starts a method argument, or may precede one.
fn starts_parameter(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace
            | TokenKind::String
            | TokenKind::Integer
            | TokenKind::Float
            | TokenKind::LeftBracket
            | TokenKind::LeftBrace
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Identifier
            | TokenKind::LeftCurly
    )
}

impl<'s> Parser<'s> {
    // ---- references

    /// Parses a reference, at its name or brace.
    pub(super) fn reference(&mut self) -> Result<Referred<'s>, Error> {
        let first = self.take()?;
        let (start, image) = (first.start as usize, first.image(self.source));
        let formal = first.kind == TokenKind::LeftCurly;
        let (own_marks, after) = marks::split(image);
        let (mark, quiet, before) = marks::read(own_marks, after);
        if before > 0 {
            self.rewrite(Span::new(start, before), "", "");
        }
        let rewrites = self.rewrites.len();
        let name = if formal {
            self.expect(TokenKind::Identifier, "the name of a variable")?.image(self.source)
        } else {
            after
        };
        let steps = self.steps()?;
        let mut end = self.taken as usize;
        if formal {
            end = self.expect(TokenKind::RightCurly, "`}`")?.end as usize;
        }
        let span = Span::new(start, end - start);
        if own_marks.is_empty() {
            return Ok(Referred::Runt(span, image));
        }
        let printed = Span::new(start + before, end - start - before);
        let mut literal = &self.source[printed.range()];
        let dropped = self.dropped(first);
        let rewritten = rewrite::piece(self.source, printed, &self.rewrites[rewrites..]);
        if !dropped.is_empty() || rewritten.is_some() {
            let text = rewritten.as_deref().unwrap_or(literal);
            literal = self.settings.keep(format!("{dropped}{text}"));
        }
        self.hold::<Reference<'s>>(1)?;
        Ok(Referred::Variable(Reference { span, name, steps, quiet, formal, literal, mark }))
    }

    /// Parses the indexes, properties and calls behind the name of a reference.
    fn steps(&mut self) -> Result<Vec<Step<'s>>, Error> {
        let mut steps = Vec::new();
        loop {
            if !steps.is_empty() {
                self.hold::<Step<'s>>(2)?;
            }
            match self.kind(0)? {
                TokenKind::IndexLeft => steps.push(self.index()?),
                TokenKind::Dot if self.kind(1)? == TokenKind::Identifier => {
                    self.take()?;
                    let name = self.take()?;
                    let text = name.image(self.source);
                    if self.kind(0)? == TokenKind::LeftParen
                        && matches!(self.kind(1)?, kind if kind == TokenKind::CallEnd || starts_parameter(kind))
                    {
                        let (arguments, close) = self.call()?;
                        steps.push(Step::Method(text, arguments, name.span().to(close.span())));
                    } else {
                        steps.push(Step::Property(text, name.span()));
                    }
                }
                _ => return Ok(steps),
            }
        }
    }

    fn call(&mut self) -> Result<(Vec<Expr<'s>>, Token), Error> {
        let open = self.take()?;
        self.open(open)?;
        let mut arguments = Vec::new();
        if self.kind(0)? != TokenKind::CallEnd {
            arguments.push(self.parameter()?);
            while self.take_if(TokenKind::Comma)?.is_some() {
                arguments.push(self.parameter()?);
            }
        }
        let close = self.expect(TokenKind::CallEnd, "`,` or `)`")?;
        self.depth -= 1;
        Ok((arguments, close))
    }

    fn index(&mut self) -> Result<Step<'s>, Error> {
        let open = self.take()?;
        self.open(open)?;
        self.skip_blanks()?;
        let token = self.peek(0)?;
        let key = match token.kind {
            TokenKind::String
            | TokenKind::Integer
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Identifier
            | TokenKind::LeftCurly => self.value(token)?,
            _ => return Err(unexpected::token(self.source, token, "a number, a reference or a string")),
        };
        self.skip_blanks()?;
        let close = self.expect(TokenKind::IndexRight, "`]`")?;
        self.depth -= 1;
        Ok(Step::Index(key, open.span().to(close.span())))
    }

    // ---- values

    /// Parses an argument of a method or a member of a list or map, with the blanks around it.
    fn parameter(&mut self) -> Result<Expr<'s>, Error> {
        self.skip_blanks()?;
        let token = self.peek(0)?;
        let expr = self.value(token)?;
        self.skip_blanks()?;
        Ok(expr)
    }

    /// Parses an argument of a directive.
    pub(super) fn argument(&mut self) -> Result<Expr<'s>, Error> {
        let token = self.peek(0)?;
        if token.kind == TokenKind::Word {
            self.take()?;
            return Ok(Expr { span: token.span(), kind: ExprKind::Word(token.image(self.source)) });
        }
        self.value(token)
    }

    /// Parses a value at its first token.
    fn value(&mut self, token: Token) -> Result<Expr<'s>, Error> {
        self.hold::<Expr<'s>>(2)?;
        let kind = match token.kind {
            TokenKind::Identifier | TokenKind::LeftCurly => {
                return Ok(match self.reference()? {
                    Referred::Variable(reference) => {
                        Expr { span: reference.span, kind: ExprKind::Reference(Box::new(reference)) }
                    }
                    Referred::Runt(span, _) => Expr { span, kind: ExprKind::Null },
                });
            }
            TokenKind::String => self.string(token)?,
            TokenKind::Integer | TokenKind::Float => {
                self.take()?;
                let digits = token.image(self.source);
                if digits.starts_with('#') {
                    return Err(Error::new(Code::Syntax, format!("`{digits}` is no number")).at(token.span()));
                }
                if token.kind == TokenKind::Float { ExprKind::Float(digits) } else { ExprKind::Integer(digits) }
            }
            TokenKind::True => {
                self.take()?;
                ExprKind::True
            }
            TokenKind::False => {
                self.take()?;
                ExprKind::False
            }
            TokenKind::LeftBracket => return self.list(),
            TokenKind::LeftBrace => return self.map(),
            _ => return Err(unexpected::token(self.source, token, ARGUMENT)),
        };
        Ok(Expr { span: token.span(), kind })
    }

    /// Parses `[a, b]` or `[1..5]`.
    fn list(&mut self) -> Result<Expr<'s>, Error> {
        let open = self.take()?;
        self.open(open)?;
        let mut items = Vec::new();
        if self.kind(0)? != TokenKind::RightBracket {
            items.push(self.parameter()?);
            let next = self.peek(0)?;
            if next.kind == TokenKind::DoubleDot {
                return self.range(open, items);
            }
            while self.take_if(TokenKind::Comma)?.is_some() {
                items.push(self.parameter()?);
            }
        }
        let close = self.expect(TokenKind::RightBracket, "`,` or `]`")?;
        self.depth -= 1;
        Ok(Expr { span: open.span().to(close.span()), kind: ExprKind::List(items) })
    }

    /// Parses the rest of a range, at its dots.
    fn range(&mut self, open: Token, mut first: Vec<Expr<'s>>) -> Result<Expr<'s>, Error> {
        let dots = self.take()?;
        let first = first
            .pop()
            .filter(|first| matches!(first.kind, ExprKind::Integer(_) | ExprKind::Reference(_) | ExprKind::Null));
        let wrong = |at| Error::new(Code::Syntax, "a range goes from one whole number or reference to another").at(at);
        let first = first.ok_or_else(|| wrong(dots.span()))?;
        self.skip_blanks()?;
        let token = self.peek(0)?;
        if !matches!(token.kind, TokenKind::Integer | TokenKind::Identifier | TokenKind::LeftCurly) {
            return Err(wrong(token.span()));
        }
        let last = self.value(token)?;
        self.skip_blanks()?;
        let close = self.expect(TokenKind::RightBracket, "`]`")?;
        self.depth -= 1;
        Ok(Expr { span: open.span().to(close.span()), kind: ExprKind::Range(Box::new((first, last))) })
    }

    fn map(&mut self) -> Result<Expr<'s>, Error> {
        let open = self.take()?;
        self.open(open)?;
        let mut members = Vec::new();
        let empty = match self.kind(0)? {
            TokenKind::Whitespace => !starts_parameter(self.kind(1)?),
            kind => !starts_parameter(kind),
        };
        if empty {
            self.skip_blanks()?;
        } else {
            loop {
                let key = self.parameter()?;
                self.expect(TokenKind::Colon, "`:`")?;
                members.push((key, self.parameter()?));
                if self.take_if(TokenKind::Comma)?.is_none() {
                    break;
                }
            }
        }
        // Behind a reference, the brace is the reference's token.
        let close = match self.take_if(TokenKind::RightCurly)? {
            Some(close) => close,
            None => self.expect(TokenKind::RightBrace, "`,` or `}`")?,
        };
        self.depth -= 1;
        Ok(Expr { span: open.span().to(close.span()), kind: ExprKind::Map(members) })
    }

    // ---- strings

    fn string(&mut self, token: Token) -> Result<ExprKind<'s>, Error> {
        self.take()?;
        let (image, span) = (token.image(self.source), token.span());
        self.last_string = span;
        self.hold::<u8>(image.len())?;
        if image.starts_with('\'') {
            return Ok(ExprKind::Str(match quoted::single(image) {
                Cow::Borrowed(text) => text,
                Cow::Owned(text) => self.settings.keep(text),
            }));
        }
        let Some(text) = quoted::double(image) else {
            self.report(
                Error::new(Code::BadString, "`\\u` in a double-quoted string wants four hexadecimal digits")
                    .at(span)
                    .with_help("use single quotes, or write the character itself"),
            )?;
            return Ok(ExprKind::Str(quoted::inside(image)));
        };
        if memchr::memchr2(b'$', b'#', image.as_bytes()).is_none() {
            return Ok(ExprKind::Str(match text {
                Cow::Borrowed(text) => text,
                Cow::Owned(text) => self.settings.keep(text),
            }));
        }
        self.interpolation(&text, span)
    }

    /// Parses the template in a double-quoted string: its text with a blank behind it, as in Velocity.
    fn interpolation(&mut self, text: &str, span: Span) -> Result<ExprKind<'s>, Error> {
        let mut chop = !text.contains("##");
        let same_offsets = text.len() == span.len as usize - 2;
        let first = span.start as usize + 1;
        let text = self.settings.keep(if chop { format!("{text} ") } else { text.to_owned() });
        let place = |s: Span| if same_offsets { Span::new(first + s.start as usize, s.len as usize) } else { span };
        // The blank that is added has the place of the closing quote.
        let quote = span.end() - 1;
        let moved = |error: Error| {
            let inside = error.span().map_or(span, place);
            error.with_span(if inside.end() > quote && inside != span { Span::new(quote, 1) } else { inside })
        };
        let mut ast = if self.errors.is_some() {
            let (ast, errors) = parser::tolerant(text, self.settings, self.depth);
            for error in errors {
                self.report(moved(error))?;
            }
            ast
        } else {
            parser::strict(text, self.settings, self.depth).map_err(moved)?
        };
        ast.map_spans(&mut |s| place(s));
        // The blank is mostly the end of a piece of text: cut it off now.
        if chop
            && let Some(node) = ast.nodes.last_mut()
            && let Kind::Text(last) = &mut node.kind
            && last.ends_with(' ')
        {
            *last = &last[..last.len() - 1];
            chop = false;
            if last.is_empty() {
                ast.nodes.pop();
            }
        }
        Ok(match ast.nodes.as_slice() {
            [] => ExprKind::Str(""),
            [node] if !chop && matches!(node.kind, Kind::Text(_)) => match node.kind {
                Kind::Text(text) => ExprKind::Str(text),
                _ => ExprKind::Str(""),
            },
            _ => ExprKind::Template(Box::new(Interpolation { ast, chop })),
        })
    }

    // ---- expressions

    /// Parses an expression with the blanks around it.
    pub(super) fn expression(&mut self) -> Result<Expr<'s>, Error> {
        let first = self.operand()?;
        let Some(mut sign) = Sign::read(self.peek(0)?) else { return Ok(first) };
        let mut terms = vec![first];
        let mut signs = Vec::new();
        loop {
            self.take()?;
            signs.push(sign);
            terms.push(self.operand()?);
            match Sign::read(self.peek(0)?) {
                Some(next) => sign = next,
                None => return Ok(group_by_precedence(terms, &signs)),
            }
        }
    }

    /// Parses one operand with its negations.
    fn operand(&mut self) -> Result<Expr<'s>, Error> {
        self.hold::<Expr<'s>>(2)?;
        let mut nots = Vec::new();
        loop {
            match self.kind(0)? {
                TokenKind::Not => {}
                TokenKind::Whitespace if self.kind(1)? == TokenKind::Not => {
                    self.take()?;
                }
                _ => break,
            }
            nots.push(self.take()?.span());
        }
        let mut term = self.primary()?;
        // Two in a row make a boolean of it; more change nothing else.
        let keep = if nots.len() > 2 { 2 - nots.len() % 2 } else { nots.len() };
        for not in nots.drain(..).take(keep) {
            term = Expr { span: not.to(term.span), kind: ExprKind::Not(Box::new(term)) };
        }
        Ok(term)
    }

    fn primary(&mut self) -> Result<Expr<'s>, Error> {
        self.skip_blanks()?;
        let token = self.peek(0)?;
        let term = match token.kind {
            TokenKind::LeftParen => {
                self.take()?;
                self.open(token)?;
                let inner = self.expression()?;
                let close = self.expect(TokenKind::RightParen, "an operator or `)`")?;
                self.depth -= 1;
                // The line end that belongs to the parenthesis is not the group's.
                let span = Span::new(token.start as usize, close.start as usize + 1 - token.start as usize);
                Expr { span, kind: ExprKind::Group(Box::new(inner)) }
            }
            kind if starts_parameter(kind) && kind != TokenKind::Whitespace => self.value(token)?,
            _ => return Err(unexpected::token(self.source, token, OPERAND)),
        };
        self.skip_blanks()?;
        Ok(term)
    }
}

/// An operator of an expression.
#[derive(Clone, Copy)]
struct Sign {
    /// The precedence.
    level: u8,
    /// The operation; `None` for `||` and `&&`, which are identified by their precedence.
    operator: Option<Operator>,
    at: Span,
}

const OR: u8 = 0;
const AND: u8 = 1;

impl Sign {
    fn read(token: Token) -> Option<Self> {
        let (level, operator) = match token.kind {
            TokenKind::Or => (OR, None),
            TokenKind::And => (AND, None),
            TokenKind::Equal => (2, Some(Operator::Eq)),
            TokenKind::NotEqual => (2, Some(Operator::Ne)),
            TokenKind::Less => (3, Some(Operator::Lt)),
            TokenKind::Greater => (3, Some(Operator::Gt)),
            TokenKind::LessEqual => (3, Some(Operator::Le)),
            TokenKind::GreaterEqual => (3, Some(Operator::Ge)),
            TokenKind::Plus => (4, Some(Operator::Add)),
            TokenKind::Minus => (4, Some(Operator::Sub)),
            TokenKind::Times => (5, Some(Operator::Mul)),
            TokenKind::Divide => (5, Some(Operator::Div)),
            TokenKind::Modulo => (5, Some(Operator::Rem)),
            _ => return None,
        };
        Some(Sign { level, operator, at: token.span() })
    }
}

/// Builds the tree of `a + b * c == d`: splits at the loosest operators first, keeping each level flat.
fn group_by_precedence<'s>(mut terms: Vec<Expr<'s>>, signs: &[Sign]) -> Expr<'s> {
    let Some(level) = signs.iter().map(|sign| sign.level).min() else {
        return terms.pop().unwrap_or(Expr { span: Span::default(), kind: ExprKind::Null });
    };
    let mut groups = Vec::with_capacity(terms.len());
    let mut joints = Vec::with_capacity(signs.len());
    let mut rest = terms.into_iter();
    for part in signs.split_inclusive(|sign| sign.level == level) {
        let (own, tighter) = match part.split_last() {
            Some((last, tighter)) if last.level == level => (Some(*last), tighter),
            _ => (None, part),
        };
        groups.extend(match tighter {
            [] => rest.next(),
            _ => Some(group_by_precedence(rest.by_ref().take(tighter.len() + 1).collect(), tighter)),
        });
        joints.extend(own);
    }
    // An operator at the very end has its last operand still to come.
    if joints.len() == groups.len() {
        groups.extend(rest.next());
    }
    let span = groups.first().zip(groups.last()).map_or(Span::default(), |(first, last)| first.span.to(last.span));
    let kind = match level {
        OR => ExprKind::Or(groups),
        AND => ExprKind::And(groups),
        _ => {
            let mut groups = groups.into_iter();
            let first = groups.next().unwrap_or(Expr { span, kind: ExprKind::Null });
            let joint = |(sign, right): (Sign, Expr<'s>)| Some(Joint { operator: sign.operator?, at: sign.at, right });
            let mut rest = Vec::with_capacity(groups.len());
            rest.extend(joints.into_iter().zip(groups).filter_map(joint));
            ExprKind::Chain(Box::new(first), rest)
        }
    };
    Expr { span, kind }
}
