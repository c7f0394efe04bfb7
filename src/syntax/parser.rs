//! The parser: statements and blocks, by the productions of Velocity's `Parser.jjt`.
//!
//! It pulls tokens from the lexer one by one and only as far ahead as Velocity's parser does: a directive's name
//! and the end of a `#set` change the lexer's state. Blocks are matched with a stack, not by recursion.
//!
//! A strict parse ends with the first error. A tolerant one records it, drops the rest of the statement's line
//! and goes on.

use super::ast::{Ast, Directive, Expr, ExprKind, Kind, Node, Reference};
use super::blocks::Blocks;
use super::lexer::Lexer;
use super::rewrite::{Rewrite, Rewritten};
use super::settings::Settings;
use super::token::{Token, TokenKind};
use super::unexpected;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

/// Most errors that a tolerant parse records.
const MOST_ERRORS: usize = 500;

/// Parses a template, or the text of a string inside of `brackets` open brackets; ends with the first
/// error.
pub(super) fn strict<'s>(source: &'s str, settings: Settings<'s>, brackets: u64) -> Result<Ast<'s>, Error> {
    Parser::new(source, settings, brackets, None).template().map(|(ast, _)| ast)
}

/// Parses a template whatever is wrong with it; returns all errors in the order of the source.
pub(super) fn tolerant<'s>(source: &'s str, settings: Settings<'s>, brackets: u64) -> (Ast<'s>, Vec<Error>) {
    match Parser::new(source, settings, brackets, Some(Vec::new())).template() {
        Ok((ast, errors)) => (ast, errors),
        // A tolerant parse records its errors instead.
        Err(error) => (Ast::default(), vec![error]),
    }
}

/// A construct with the form of a reference.
pub(super) enum Referred<'s> {
    Variable(Reference<'s>),
    /// A *runt*, as Velocity calls it: a name or brace without a `$` where a reference is read. It has no value;
    /// printed, it is its name or brace alone.
    Runt(Span, &'s str),
}

pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    pub(super) settings: Settings<'s>,
    pub(super) lexer: Lexer<'s>,
    /// The tokens that have been looked at.
    ahead: [Token; 3],
    known: usize,
    /// The end of the last consumed token.
    pub(super) taken: u32,
    nodes: Vec<Node<'s>>,
    blocks: Blocks<'s>,
    pub(super) rewrites: Vec<Rewrite<'s>>,
    /// Brackets that are open.
    pub(super) depth: u64,
    /// Brackets that are open around the whole source.
    pub(super) around: u64,
    /// The outermost bracket that is open.
    pub(super) outermost: Span,
    /// The last string literal that was read.
    pub(super) last_string: Span,
    /// The errors so far; `None` in a strict parse.
    pub(super) errors: Option<Vec<Error>>,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, settings: Settings<'s>, around: u64, errors: Option<Vec<Error>>) -> Self {
        let none = Token { kind: TokenKind::Eof, start: 0, end: 0, dropped: 0 };
        Parser {
            source,
            settings,
            lexer: Lexer::new(source),
            ahead: [none; 3],
            known: 0,
            taken: 0,
            nodes: Vec::new(),
            blocks: Blocks::default(),
            rewrites: Vec::new(),
            depth: around,
            around,
            outermost: Span::default(),
            last_string: Span::default(),
            errors,
        }
    }

    fn template(mut self) -> Result<(Ast<'s>, Vec<Error>), Error> {
        let mut held = 0;
        loop {
            let start = self.taken as usize;
            let kept = self.nodes.len() + self.rewrites.len();
            let more = self.hold::<Node<'s>>(2 * (kept - held));
            held = kept;
            match more.and_then(|()| self.statement()) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    // A budget that is spent ends a tolerant parse too.
                    self.settings.budget.check().map_err(|_| error.clone())?;
                    let error = self.with_open_bracket(error);
                    let dropped = self.recover(error, start)?;
                    self.nodes.push(Node { span: dropped, kind: Kind::Broken(&self.source[dropped.range()]) });
                }
            }
        }
        // A directive that the end of the template cuts off is one mistake, not a block that is open too.
        let end = self.source.len();
        let is_cut = self.errors.iter().flatten().any(|error| error.span().is_some_and(|at| at.start as usize == end));
        if is_cut {
            self.blocks.drop_last(end);
        }
        for error in self.blocks.finish() {
            self.report(error)?;
        }
        self.set_directive_texts();
        let mut errors = self.errors.unwrap_or_default();
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        Ok((Ast { nodes: self.nodes }, errors))
    }

    // ---- errors

    /// Adds the place of the bracket that is open to an error at the end of the source.
    fn with_open_bracket(&self, error: Error) -> Error {
        let at_end = error.span().is_some_and(|at| at.start as usize == self.source.len());
        if at_end && error.code() == Code::Syntax && self.depth > self.around {
            return error.with_related(self.outermost, "this bracket is not closed");
        }
        error
    }

    /// Records an error in a tolerant parse, gives it back in a strict one.
    pub(super) fn report(&mut self, error: Error) -> Result<(), Error> {
        match &mut self.errors {
            None => Err(error),
            Some(errors) => {
                if errors.len() < MOST_ERRORS {
                    errors.push(error);
                }
                Ok(())
            }
        }
    }

    /// Records an error in the statement that starts at `start` and continues behind it; returns the piece of the
    /// source that is dropped.
    fn recover(&mut self, error: Error, start: usize) -> Result<Span, Error> {
        let place = error.span().map_or(start, |span| span.start as usize);
        self.report(error)?;
        let string = self.last_string.range();
        let first_line = self.source.get(string.clone()).and_then(|text| text.find('\n'));
        let from = match first_line {
            // A string of several lines has most likely lost its closing quote.
            Some(line) if string.start >= start => string.start + line,
            _ => place.max(start + 1),
        };
        let end = next_line_or_directive(self.source, from);
        // What an unclosed block took up to the end of the source is read again.
        self.settings.budget.charge(self.lexer.position().saturating_sub(end) / 4)?;
        self.last_string = Span::default();
        self.known = 0;
        self.lexer.restart(end);
        self.taken = end as u32;
        self.depth = self.around;
        Ok(Span::new(start, end - start))
    }

    // ---- tokens

    /// Looks at a token ahead: 0 is the next one.
    #[inline]
    pub(super) fn peek(&mut self, n: usize) -> Result<Token, Error> {
        while self.known <= n {
            let token = self.lexer.next().map_err(|found| unexpected::no_token(self.source, found))?;
            self.ahead[self.known] = token;
            self.known += 1;
        }
        Ok(self.ahead[n])
    }

    /// Looks at the kind of a token ahead.
    #[inline]
    pub(super) fn kind(&mut self, n: usize) -> Result<TokenKind, Error> {
        Ok(self.peek(n)?.kind)
    }

    /// Takes the next token.
    #[inline]
    pub(super) fn take(&mut self) -> Result<Token, Error> {
        let token = self.peek(0)?;
        self.ahead.copy_within(1.., 0);
        self.known -= 1;
        if token.start != self.taken {
            self.note_gap(token);
        }
        self.taken = token.end;
        match token.kind {
            TokenKind::Dot if token.end - token.start > 1 => {
                self.rewrite(Span::new(token.start as usize, token.span().len as usize - 1), "", "");
            }
            TokenKind::BlockCommentEnd => {
                let image = token.image(self.source);
                self.rewrite(token.span(), image, "");
            }
            _ => {}
        }
        Ok(token)
    }

    /// Notes what was dropped in front of a token.
    #[cold]
    fn note_gap(&mut self, token: Token) {
        let dropped = self.dropped(token);
        let gap = Span::new(self.taken as usize, (token.start - self.taken) as usize);
        self.rewrite(gap, "", dropped);
    }

    /// Returns what is left of the marks in front of a token.
    pub(super) fn dropped(&self, token: Token) -> &'s str {
        match token.dropped {
            0 => "",
            n => self.settings.keep(self.lexer.dropped[n as usize - 1].clone()),
        }
    }

    pub(super) fn rewrite(&mut self, at: Span, in_call: &'s str, in_literal: &'s str) {
        self.rewrites.push(Rewrite { at, in_call, in_literal });
    }

    /// Takes the next token if it is of a kind.
    #[inline]
    pub(super) fn take_if(&mut self, kind: TokenKind) -> Result<Option<Token>, Error> {
        if self.kind(0)? == kind { self.take().map(Some) } else { Ok(None) }
    }

    /// Takes the next token, which must be of a kind; `expected` names it.
    #[inline]
    pub(super) fn expect(&mut self, kind: TokenKind, expected: &str) -> Result<Token, Error> {
        let token = self.peek(0)?;
        if token.kind == kind { self.take() } else { Err(unexpected::token(self.source, token, expected)) }
    }

    /// Skips blanks between tokens.
    #[inline]
    pub(super) fn skip_blanks(&mut self) -> Result<(), Error> {
        if self.kind(0)? == TokenKind::Whitespace {
            self.take()?;
        }
        Ok(())
    }

    /// Counts an opening bracket.
    pub(super) fn open(&mut self, bracket: Token) -> Result<(), Error> {
        let at = Span::new(bracket.end as usize - 1, 1);
        if self.depth == self.around {
            self.outermost = at;
        }
        self.depth += 1;
        self.settings.budget.descend().map_err(|error| error.at(at))?;
        match self.settings.nesting {
            Some(most) if self.depth > most => {
                Err(Error::new(Code::NestingLimit, format!("brackets nest deeper than {most}"))
                    .at(at)
                    .with_related(self.outermost, "the expression starts here"))
            }
            _ => Ok(()),
        }
    }

    /// Charges the memory of `n` parts of the tree, which are about to be kept.
    pub(super) fn hold<T>(&self, n: usize) -> Result<(), Error> {
        let here = Span::new(self.taken as usize, 0);
        self.settings.budget.hold(n * size_of::<T>()).map_err(|error| error.at(here))
    }

    // ---- statements

    /// Parses the next statement; returns false at the end of the template.
    fn statement(&mut self) -> Result<bool, Error> {
        let token = self.peek(0)?;
        match token.kind {
            TokenKind::Eof => return Ok(false),
            TokenKind::Text
            | TokenKind::Dot
            | TokenKind::RightParen
            | TokenKind::LeftParen
            | TokenKind::Integer
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::Escape
            | TokenKind::RightCurly
            | TokenKind::EmptyIndex => self.text_token()?,
            TokenKind::Identifier => self.reference_statement()?,
            TokenKind::LeftCurly if self.kind(1)? == TokenKind::Identifier => self.reference_statement()?,
            TokenKind::LeftCurly => self.text_token()?,
            TokenKind::LineComment | TokenKind::FormalCommentEnd | TokenKind::BlockCommentEnd => self.comment()?,
            TokenKind::TextBlock => {
                self.take()?;
                // Velocity cuts three characters from either end, whatever marks stand in front.
                let image = token.image(self.source);
                self.text(token.span(), &image[3..image.len() - 3]);
            }
            TokenKind::Set => self.set()?,
            TokenKind::EscapedDirective => self.escaped_directive()?,
            TokenKind::DoubleEscape => self.escapes()?,
            TokenKind::Word | TokenKind::BracketedWord => self.directive()?,
            TokenKind::If => {
                self.take()?;
                let (condition, at) = self.condition(token)?;
                self.blocks.open_if(at);
                self.push(at, Kind::If(condition));
            }
            TokenKind::ElseIf => {
                self.take()?;
                let (condition, at) = self.condition(token)?;
                let allowed = self.blocks.else_if(at);
                self.clause(at, Kind::ElseIf(condition), allowed)?;
            }
            TokenKind::Else => {
                self.take()?;
                let allowed = self.blocks.else_(token.span());
                self.clause(token.span(), Kind::Else, allowed)?;
            }
            TokenKind::End => self.end()?,
            _ => return Err(unexpected::token(self.source, token, "")),
        }
        Ok(true)
    }

    fn push(&mut self, span: Span, kind: Kind<'s>) {
        self.nodes.push(Node { span, kind });
    }

    /// Pushes a node of a block that may not be open.
    fn clause(&mut self, at: Span, kind: Kind<'s>, allowed: Result<(), Error>) -> Result<(), Error> {
        match allowed {
            Ok(()) => self.push(at, kind),
            Err(error) => {
                self.report(error)?;
                self.push(at, Kind::Broken(&self.source[at.range()]));
            }
        }
        Ok(())
    }

    /// Parses a token that is text where no other statement starts.
    fn text_token(&mut self) -> Result<(), Error> {
        let before = self.taken as usize;
        let token = self.take()?;
        let dropped = self.dropped(token);
        let start = token.start as usize;
        if !dropped.is_empty() {
            self.push(Span::new(before, start - before), Kind::Marks(dropped));
        }
        let image = token.image(self.source);
        self.text(Span::new(token.end as usize - image.len(), image.len()), image);
        Ok(())
    }

    /// Pushes text, joined with the text before it where both read as the source does.
    pub(super) fn text(&mut self, at: Span, text: &'s str) {
        if let Some(Node { span, kind: Kind::Text(last) }) = self.nodes.last_mut()
            && span.end() == at.start as usize
            && is_piece(last, self.source, *span)
            && is_piece(text, self.source, at)
        {
            *span = span.to(at);
            *last = &self.source[span.range()];
            return;
        }
        self.push(at, Kind::Text(text));
    }

    /// Parses a reference that is printed.
    fn reference_statement(&mut self) -> Result<(), Error> {
        match self.reference()? {
            Referred::Variable(reference) => self.push(reference.span, Kind::Reference(Box::new(reference))),
            Referred::Runt(at, text) => self.text(at, text),
        }
        Ok(())
    }

    /// Parses a comment, at `##` or at the end of a block comment.
    fn comment(&mut self) -> Result<(), Error> {
        let before = self.taken as usize;
        let token = self.take()?;
        let (mut start, mut end) = (token.start as usize, token.end as usize);
        // The marks in front of a comment are printed.
        let image = token.image(self.source);
        let printed = image.find("##").or_else(|| image.find("#*")).unwrap_or(0);
        if printed > 0 {
            self.text(Span::new(start, printed), &image[..printed]);
            start += printed;
        } else if token.kind != TokenKind::LineComment {
            start = before;
        }
        if token.kind == TokenKind::LineComment {
            // The last line of a template may end without a token.
            end = self.take_if(TokenKind::LineCommentEnd)?.map_or(self.source.len(), |line| line.end as usize);
        }
        self.push(Span::new(start, end - start), Kind::Comment);
        Ok(())
    }

    fn set(&mut self) -> Result<(), Error> {
        let token = self.take()?;
        self.open(token)?;
        self.skip_blanks()?;
        if !matches!(self.kind(0)?, TokenKind::Identifier | TokenKind::LeftCurly) {
            let found = self.peek(0)?;
            return Err(unexpected::token(self.source, found, "a reference"));
        }
        let target = match self.reference()? {
            Referred::Variable(target) => target,
            Referred::Runt(at, _) => return Err(Error::new(Code::Syntax, "`#set` wants a reference").at(at)),
        };
        self.skip_blanks()?;
        self.expect(TokenKind::Assign, "`=`")?;
        let value = self.expression()?;
        let close = self.expect(TokenKind::RightParen, "an operator or `)`")?;
        self.depth -= 1;
        self.lexer.leave_set();
        let at = token.span().to(close.span());
        self.push(at, Kind::Set(Box::new((target, value))));
        Ok(())
    }

    /// Parses the condition of `#if` or `#elseif`; returns it with the place of the whole.
    fn condition(&mut self, head: Token) -> Result<(Expr<'s>, Span), Error> {
        match self.parenthesized() {
            Ok((condition, close)) => Ok((condition, head.span().to(close.span()))),
            Err(error) => {
                let at = self.recover(error, head.start as usize)?;
                Ok((Expr { span: at, kind: ExprKind::Null }, at))
            }
        }
    }

    fn parenthesized(&mut self) -> Result<(Expr<'s>, Token), Error> {
        self.skip_blanks()?;
        let open = self.expect(TokenKind::LeftParen, "`(`")?;
        self.open(open)?;
        let condition = self.expression()?;
        let close = self.expect(TokenKind::RightParen, "an operator or `)`")?;
        self.depth -= 1;
        Ok((condition, close))
    }

    fn end(&mut self) -> Result<(), Error> {
        let inside = self.taken as usize;
        let token = self.take()?;
        let at = token.span();
        match self.blocks.end(at) {
            Ok(None) => {}
            Ok(Some(opened)) => {
                if let Kind::Directive(directive) = &mut self.nodes[opened].kind {
                    let start = directive.whole.end();
                    directive.inside = Span::new(start, inside.saturating_sub(start));
                    directive.whole = directive.whole.to(at);
                    if directive.name == "macro"
                        && let Some([Expr { kind: ExprKind::Word(name), .. }, ..]) = directive.arguments.as_deref()
                    {
                        self.blocks.macros.insert(name);
                    }
                }
            }
            Err(error) => {
                self.report(error)?;
                self.push(at, Kind::Broken(&self.source[at.range()]));
                return Ok(());
            }
        }
        self.push(at, Kind::End);
        Ok(())
    }

    // ---- escapes

    /// Parses an escaped directive: `\#if` prints `#if`, `\#nosuch` prints verbatim.
    fn escaped_directive(&mut self) -> Result<(), Error> {
        let token = self.take()?;
        let image = token.image(self.source);
        let last = image.rfind('\\').unwrap_or(0);
        let directive = &image[last + 1..];
        let name = directive[1..].trim_start_matches('{').trim_end_matches('}');
        let known = self.is_directive(name) || matches!(name, "if" | "end" | "set" | "else" | "elseif");
        let text = if known { self.settings.keep(format!("{}{directive}", &image[..last / 2])) } else { image };
        if known {
            self.rewrite(token.span(), text, text);
        }
        self.text(token.span(), text);
        Ok(())
    }

    /// Pairs of backslashes right before a directive print one backslash each.
    fn escapes(&mut self) -> Result<(), Error> {
        let mut at = self.take()?.span();
        while let Some(more) = self.take_if(TokenKind::DoubleEscape)? {
            at = at.to(more.span());
        }
        let next = self.peek(0)?;
        let control = match next.kind {
            TokenKind::If | TokenKind::Else | TokenKind::ElseIf | TokenKind::End => true,
            TokenKind::Eof => false,
            // The token's text less its first character, whatever the token is.
            _ => {
                let image = next.image(self.source);
                image.char_indices().nth(1).is_some_and(|(second, _)| self.is_directive(&image[second..]))
            }
        };
        let source = &self.source[at.range()];
        self.text(at, if control { &source[..source.len() / 2] } else { source });
        Ok(())
    }

    fn is_directive(&self, name: &str) -> bool {
        self.settings.is_builtin(name) || self.blocks.macros.contains(name) || self.settings.macros.is_macro(name)
    }

    // ---- directives

    fn directive(&mut self) -> Result<(), Error> {
        let token = self.take()?;
        let image = token.image(self.source);
        // Marks before the `#` count as a part of the name: `$#foreach` calls the macro `#foreach`.
        let name = match token.kind {
            TokenKind::BracketedWord => &image[2..image.len() - 1],
            _ => &image[1..],
        };
        let known = self.settings.is_builtin(name);
        let mut at = token.span();
        let mut arguments = None;
        if self.lexer.enter_directive() {
            match self.arguments() {
                Ok((list, close)) => {
                    at = at.to(close.span());
                    arguments = Some(list);
                }
                Err(error) => {
                    at = self.recover(error, token.start as usize)?;
                    arguments = Some(Vec::new());
                }
            }
        }
        if let Err(error) = self.check_arguments(name, known, arguments.as_deref(), at) {
            self.report(error)?;
        }
        let at_call = !known && name.starts_with('@');
        let block = arguments.is_some() && (at_call || matches!(name, "foreach" | "macro" | "literal" | "define"));
        if block {
            match &arguments {
                Some(list) if name == "foreach" && list.len() == 2 => {
                    self.blocks.open_empty_loop(self.nodes.len(), at);
                }
                _ => self.blocks.open(self.nodes.len(), name, at),
            }
        }
        let name = if at_call { &name[1..] } else { name };
        let inside = Span::new(at.end(), 0);
        let directive = Directive { name, at: at_call, arguments, block, whole: at, inside, text: "" };
        self.push(at, Kind::Directive(Box::new(directive)));
        Ok(())
    }

    /// Parses the arguments of a directive; commas between them may be left out.
    fn arguments(&mut self) -> Result<(Vec<Expr<'s>>, Token), Error> {
        self.skip_blanks()?;
        let open = self.expect(TokenKind::LeftParen, "`(`")?;
        self.open(open)?;
        let mut arguments = Vec::new();
        loop {
            self.skip_blanks()?;
            if self.take_if(TokenKind::Comma)?.is_some() {
                self.skip_blanks()?;
            } else if self.kind(0)? == TokenKind::RightParen {
                break;
            }
            arguments.push(self.argument()?);
        }
        let close = self.take()?;
        self.depth -= 1;
        Ok((arguments, close))
    }

    /// Checks where Velocity allows a bare word: the name of a macro, the `in` of a loop, and calls of macros that
    /// it does not know yet.
    fn check_arguments(&self, name: &str, known: bool, arguments: Option<&[Expr<'_>]>, at: Span) -> Result<(), Error> {
        let no_name = || Error::new(Code::BadArguments, "`#macro` wants at least a name: `#macro(name)`").at(at);
        let Some(arguments) = arguments else {
            return if name == "macro" { Err(no_name()) } else { Ok(()) };
        };
        for (i, argument) in arguments.iter().enumerate() {
            let is_word = matches!(argument.kind, ExprKind::Word(_));
            let allowed = match name {
                "macro" if i == 0 => is_word,
                "foreach" => !is_word || i == 1,
                _ if known || self.settings.macros.is_macro(name) => !is_word,
                _ => true,
            };
            if !allowed {
                let what = if name == "macro" && i == 0 {
                    "the first argument of `#macro` must be a bare name".to_owned()
                } else {
                    format!("a bare word cannot be an argument of `#{name}`")
                };
                return Err(Error::new(Code::BadArguments, what)
                    .at(argument.span)
                    .with_help("quote it or give it a `$`"));
            }
        }
        if name == "macro" && arguments.is_empty() {
            return Err(no_name());
        }
        Ok(())
    }

    // ---- the source as Velocity prints it

    /// Gives each directive the text that is printed where its source is.
    fn set_directive_texts(&mut self) {
        let source = self.source;
        if self.rewrites.is_empty() {
            for node in &mut self.nodes {
                if let Kind::Directive(directive) = &mut node.kind {
                    let printed = if directive.name == "literal" { directive.inside } else { directive.whole };
                    directive.text = &source[printed.range()];
                }
            }
            return;
        }
        if !self.nodes.iter().any(|node| matches!(node.kind, Kind::Directive(_))) {
            return;
        }
        let (calls, in_calls) = Rewritten::new(source, &self.rewrites, |r| r.in_call).into_parts();
        let (literals, in_literals) = Rewritten::new(source, &self.rewrites, |r| r.in_literal).into_parts();
        let (calls, literals) = (self.settings.keep(calls), self.settings.keep(literals));
        for node in &mut self.nodes {
            if let Kind::Directive(directive) = &mut node.kind {
                directive.text = if directive.name == "literal" {
                    literals.get(in_literals(directive.inside)).unwrap_or("")
                } else {
                    calls.get(in_calls(directive.whole)).unwrap_or("")
                };
            }
        }
    }
}

/// Returns where a tolerant parse goes on: at the next line, or at a directive before it.
fn next_line_or_directive(source: &str, from: usize) -> usize {
    const HEADS: [&str; 9] = ["if", "else", "end", "set", "foreach", "macro", "define", "literal", "evaluate"];
    let bytes = source.as_bytes();
    for (at, &b) in bytes.iter().enumerate().skip(from) {
        if b == b'\n' {
            return at + 1;
        }
        let name = |rest: &str| HEADS.iter().any(|head| rest.trim_start_matches('{').starts_with(head));
        if b == b'#' && source.get(at + 1..).is_some_and(name) {
            return at;
        }
    }
    source.len()
}

/// Checks whether a text is the very piece of the source at a span.
fn is_piece(text: &str, source: &str, at: Span) -> bool {
    std::ptr::eq(text, &source[at.range()])
}
