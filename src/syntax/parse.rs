//! Pairs of the grammar → AST: one match, one function per form.

use super::ast::{Ast, Directive, Expr, ExprKind, Joint, Kind, Node, Operator, Reference, Step};
use super::blocks::Blocks;
use super::{Settings, marks, string};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;
use pest::Parser;
use pest::iterators::{Pair, Pairs};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/vtl.pest"]
struct Grammar;

type Tree<'s> = Pair<'s, Rule>;

pub(super) fn parse<'s>(source: &'s str, settings: Settings<'s>, brackets: u64) -> Result<Ast<'s>, Error> {
    let mut build =
        Build { source, settings, nodes: Vec::new(), blocks: Blocks::default(), lead: "", brackets, base: 0 };
    // An error of the grammar goes before any other, wherever it is.
    build.pieces().map_err(|error| match Grammar::parse(Rule::template, source) {
        Ok(_) => error,
        Err(wrong) => super::fault::explain(source, &wrong),
    })?;
    Ok(Ast { nodes: build.nodes })
}

struct Build<'s> {
    source: &'s str,
    settings: Settings<'s>,
    nodes: Vec<Node<'s>>,
    blocks: Blocks<'s>,
    /// The marks right before a `#`: their text belongs to what comes then.
    lead: &'s str,
    /// Where the piece starts that is read.
    base: usize,
    /// How many brackets are open around the term that is read: what stands in a string counts from there.
    brackets: u64,
}

impl<'s> Build<'s> {
    fn pieces(&mut self) -> Result<(), Error> {
        while self.base < self.source.len() {
            self.piece()?;
        }
        self.blocks.finish(self.source)
    }

    /// Reads the next piece of the template.
    fn piece(&mut self) -> Result<(), Error> {
        let piece = Grammar::parse(Rule::piece, &self.source[self.base..]).ok().and_then(|mut pairs| pairs.next());
        let piece =
            piece.ok_or_else(|| Error::new(Code::Syntax, "nothing can start like this").at(Span::new(self.base, 1)))?;
        let mut end = self.base + piece.as_str().len();
        let mut items = piece.into_inner().peekable();
        let mut first = true;
        while let Some(item) = items.next() {
            let next = items.peek();
            let wants_next = matches!(item.as_rule(), Rule::escapes | Rule::marks_text | Rule::lone_hash);
            if wants_next && next.is_none() && !first && end < self.source.len() {
                end = self.span(&item).start as usize;
                break;
            }
            first = false;
            self.item(item, next)?;
        }
        self.base = end;
        Ok(())
    }

    fn span(&self, pair: &Tree<'_>) -> Span {
        let span = pair.as_span();
        Span::new(self.base + span.start(), span.end() - span.start())
    }

    fn push(&mut self, span: Span, kind: Kind<'s>) {
        self.nodes.push(Node { span, kind });
    }

    fn item(&mut self, item: Tree<'s>, next: Option<&Tree<'s>>) -> Result<(), Error> {
        let at = self.span(&item);
        let source = item.as_str();
        let lead = std::mem::take(&mut self.lead);
        match item.as_rule() {
            Rule::lead => self.lead = source,
            Rule::text
            | Rule::text_behind
            | Rule::open_text
            | Rule::shut_text
            | Rule::empty_text
            | Rule::tail_open
            | Rule::tail_close
            | Rule::tail_empty => self.text(at, source),
            Rule::hash_number => self.text(at, self.with_lead(lead, at)),
            Rule::lost_mark => self.text(at, "."),
            Rule::marks_text | Rule::lone_hash => {
                // What is left over hangs on the next piece of text and is lost with an escape.
                let lost = next.is_some_and(|n| match n.as_rule() {
                    Rule::escapes => n.as_str().len() > 1,
                    rule => matches!(rule, Rule::escaped_directive | Rule::set),
                });
                let text = if lost { String::new() } else { marks::leftover(self.with_lead(lead, at)) };
                self.push(at, Kind::Marks(self.settings.keep(text)));
            }
            Rule::runt => {
                let name = item.into_inner().next().map_or("", |n| n.as_str());
                self.text(at, name);
            }
            Rule::runt_formal => self.text(at, "{"),
            Rule::item_formal | Rule::item_plain => {
                let reference = self.reference(item, lead)?;
                self.check_hanging(&reference)?;
                let end = reference.span.end();
                self.push(reference.span, Kind::Reference(Box::new(reference)));
                if end < at.end() {
                    self.hashes(Span::new(end, at.end() - end))?;
                }
            }
            Rule::text_block => {
                // Velocity cuts three characters from either end, whatever they are.
                let image = self.with_lead(lead, at);
                let cut = image.char_indices().nth(3).map_or(image.len(), |(i, _)| i);
                self.text(at, &image[cut..image.len() - 3]);
            }
            Rule::line_comment => {
                if !lead.is_empty() {
                    self.text(Span::new(at.start as usize - lead.len(), lead.len()), lead);
                }
                let line_end = source.len() - source.trim_end_matches(['\r', '\n']).len();
                let inside = &source[2..source.len() - line_end];
                let kept = marks::kept(inside);
                let line_end = &source[source.len() - line_end..];
                // Mostly nothing is kept but the end of the line.
                let rest = match (kept, line_end) {
                    ("", "\n") => "##\n",
                    _ => self.settings.keep(format!("##{kept}{line_end}")),
                };
                self.push(at, Kind::Comment(rest));
            }
            Rule::block_comment => {
                // All of `#**#` and `#***#` is kept.
                let rest = source.get(..source.len() - 2).filter(|_| source.ends_with("*#")).map(marks::kept);
                let rest = match rest {
                    Some("") => "*#",
                    Some(kept) => self.settings.keep(format!("{kept}*#")),
                    None => "",
                };
                self.push(at, Kind::Comment(rest));
            }
            Rule::escaped_directive => {
                let text = self.escaped_directive(source);
                self.text(at, text);
            }
            Rule::escapes => {
                // Pairs right before a directive print one backslash each.
                let halved = source.len().is_multiple_of(2) && next.is_some_and(|n| self.is_control(n));
                self.text(at, if halved { &source[..source.len() / 2] } else { source });
            }
            Rule::set => {
                let mut inner = item.into_inner();
                let target = self.reference(next_of(&mut inner, at)?, "")?;
                let value = self.expression(next_of(&mut inner, at)?)?;
                self.push(at, Kind::Set(Box::new((target, value))));
            }
            Rule::if_ => {
                let condition = self.expression(next_of(&mut item.into_inner(), at)?)?;
                self.blocks.open_if(at);
                self.push(at, Kind::If(condition));
            }
            Rule::elseif => {
                let condition = self.expression(next_of(&mut item.into_inner(), at)?)?;
                self.blocks.else_if(at)?;
                self.push(at, Kind::ElseIf(condition));
            }
            Rule::else_ => {
                self.blocks.else_(at)?;
                self.push(at, Kind::Else);
            }
            Rule::end => {
                if let Some(opened) = self.blocks.end(at)?
                    && let Kind::Directive(directive) = &mut self.nodes[opened].kind
                {
                    directive.whole = directive.whole.to(at);
                    if directive.name == "macro"
                        && let Some([Expr { kind: ExprKind::Word(name), .. }, ..]) = directive.arguments.as_deref()
                    {
                        self.blocks.macros.push(name);
                    }
                }
                self.push(at, Kind::End);
            }
            Rule::directive => self.directive(item, lead)?,
            _ => {}
        }
        Ok(())
    }

    /// In `$a.b${c}[0]` the scanner comes back to `$a.b` behind the brace, and takes the bracket for its index.
    fn check_hanging(&self, reference: &Reference) -> Result<(), Error> {
        let end = reference.span.end();
        let after = &self.source[end..];
        let committed = match after.as_bytes().first() {
            Some(b'[') => reference.formal,
            Some(b'.' | b't' | b'f') => reference.formal && is_boolean(after.strip_prefix('.').unwrap_or(after)),
            Some(b'(') => end + 1 < self.source.len(),
            _ => false,
        };
        if !committed {
            return Ok(());
        }
        let mut start = reference.span.start as usize;
        let mut before = self.nodes.iter().rev().map_while(|node| match &node.kind {
            Kind::Reference(before) if node.span.end() == start => {
                start = node.span.start as usize;
                Some(before)
            }
            _ => None,
        });
        if before.any(|r| {
            !r.formal
                && matches!(r.steps.iter().rev().find(|s| !matches!(s, Step::Index(..))), Some(Step::Property(..)))
        }) {
            return Err(
                Error::new(Code::Syntax, "this cannot stand behind two references in a row").at(Span::new(end, 1))
            );
        }
        Ok(())
    }

    /// `##` right behind a property, where it is text; one of them alone is lost.
    fn hashes(&mut self, at: Span) -> Result<(), Error> {
        let after = &self.source[at.end()..];
        if after.is_empty() {
            return Err(Error::new(Code::Syntax, "a `#` cannot be the last character").at(at));
        }
        if let Some(rest) = after.strip_prefix("set").or_else(|| after.strip_prefix("{set}"))
            && rest.trim_start_matches(' ').starts_with('(')
        {
            return Err(Error::new(Code::Syntax, "`##set` cannot stand behind a property").at(at));
        }
        if at.len == 2 {
            self.text(at, &self.source[at.range()]);
        }
        Ok(())
    }

    /// The source at a span and the marks before it.
    fn with_lead(&self, lead: &str, at: Span) -> &'s str {
        &self.source[at.start as usize - lead.len()..at.end()]
    }

    fn text(&mut self, at: Span, text: &'s str) {
        // Pieces of the source that touch are one text, so that it is written at once.
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

    // ---- escapes

    /// `\#if` prints `#if`, `\#nosuch` prints as it stands.
    fn escaped_directive(&self, image: &'s str) -> &'s str {
        let last = image.rfind('\\').unwrap_or(0);
        let directive = &image[last + 1..];
        let name = directive[1..].trim_start_matches('{').trim_end_matches('}');
        if self.is_directive(name) || matches!(name, "if" | "end" | "set" | "else" | "elseif") {
            self.settings.keep(format!("{}{directive}", &image[..last / 2]))
        } else {
            image
        }
    }

    /// Whether the token after `\\` is a directive. Velocity
    /// looks at the token's text less its first character, whatever the token is.
    fn is_control(&self, next: &Tree<'s>) -> bool {
        match next.as_rule() {
            Rule::if_ | Rule::elseif | Rule::else_ | Rule::end => true,
            Rule::directive => next.clone().into_inner().next().is_some_and(|w| self.is_directive(w.as_str())),
            Rule::text => {
                next.as_str().char_indices().nth(1).is_some_and(|(i, _)| self.is_directive(&next.as_str()[i..]))
            }
            _ => false,
        }
    }

    fn is_directive(&self, name: &str) -> bool {
        match name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => self.settings.evaluate,
            _ => self.blocks.macros.contains(&name) || self.settings.macros.is_macro(name),
        }
    }

    // ---- directives

    fn directive(&mut self, item: Tree<'s>, lead: &'s str) -> Result<(), Error> {
        let at = Span::new(self.span(&item).start as usize - lead.len(), item.as_str().len() + lead.len());
        let mut inner = item.into_inner();
        let word = next_of(&mut inner, at)?;
        let mut name = word.as_str();
        if word.as_rule() == Rule::braced_word {
            name = &name[1..name.len() - 1];
        }
        let arguments = match inner.next() {
            Some(list) => {
                let list = list.into_inner();
                let mut arguments = Vec::with_capacity(list.len());
                for argument in list {
                    arguments.push(self.argument(argument)?);
                }
                Some(arguments)
            }
            None => None,
        };
        // `$#foreach(…)` is a call of the macro `#foreach`.
        if let Some(lead) = lead.get(1..) {
            name = self.settings.keep(format!("{lead}#{name}"));
        }
        let known = self.is_builtin(name);
        self.check_arguments(name, known, arguments.as_deref(), at)?;
        let at_call = !known && name.starts_with('@');
        let block = arguments.is_some() && (at_call || matches!(name, "foreach" | "macro" | "literal" | "define"));
        if block {
            self.blocks.open(self.nodes.len(), name, at);
        }
        let name = if at_call { &name[1..] } else { name };
        let directive = Directive { name, at: at_call, arguments, block, whole: at };
        self.push(at, Kind::Directive(Box::new(directive)));
        Ok(())
    }

    fn is_builtin(&self, name: &str) -> bool {
        match name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => self.settings.evaluate,
            _ => false,
        }
    }

    /// Where Velocity allows a bare word: the name of a macro, the `in` of a loop, and calls of macros that
    /// it does not know yet.
    fn check_arguments(&self, name: &str, known: bool, arguments: Option<&[Expr]>, at: Span) -> Result<(), Error> {
        let Some(arguments) = arguments else {
            return match name {
                "macro" => Err(Error::new(Code::BadArguments, "`#macro` wants at least a name: `#macro(name)`").at(at)),
                _ => Ok(()),
            };
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
            return Err(Error::new(Code::BadArguments, "`#macro` wants at least a name: `#macro(name)`").at(at));
        }
        Ok(())
    }

    fn argument(&mut self, pair: Tree<'s>) -> Result<Expr<'s>, Error> {
        if pair.as_rule() == Rule::word_argument {
            return Ok(Expr { span: self.span(&pair), kind: ExprKind::Word(pair.as_str()) });
        }
        self.term(pair, false)
    }

    // ---- references

    /// A reference; `lead` are marks that stand before its own.
    fn reference(&mut self, pair: Tree<'s>, lead: &'s str) -> Result<Reference<'s>, Error> {
        let own = self.span(&pair);
        let start = own.start as usize - lead.len();
        let whole = Span::new(start, own.end() - start);
        let mut inner = pair.into_inner();
        let mut steps = next_of(&mut inner, whole)?;
        let mut marks = "$";
        if matches!(steps.as_rule(), Rule::marks | Rule::item_marks) {
            marks = &self.source[start..self.span(&steps).end()];
            steps = next_of(&mut inner, whole)?;
        } else if !lead.is_empty() {
            marks = &self.source[start..=own.start as usize];
        }
        let formal = steps.as_rule() == Rule::formal;
        let mut rest = inner;
        if formal {
            rest = steps.into_inner();
            steps = next_of(&mut rest, whole)?;
        }
        let name = steps.as_str();
        let (mark, quiet, before) = marks::read(marks, if formal { "{" } else { name });
        let (steps, hashes) = self.steps(rest)?;
        let span = Span::new(start, whole.len as usize - hashes);
        let literal = &self.source[start + before..span.end()];
        Ok(Reference { span, name, steps, quiet, formal, literal, mark })
    }

    /// The steps of a reference, and how long the `##` is that hangs on the last.
    fn steps(&mut self, pairs: Pairs<'s, Rule>) -> Result<(Vec<Step<'s>>, usize), Error> {
        let mut hashes = 0;
        let mut steps = Vec::with_capacity(pairs.len());
        let mut pairs = pairs.peekable();
        while let Some(pair) = pairs.next() {
            let at = self.span(&pair);
            let call = pairs.next_if(|next| next.as_rule() == Rule::call);
            if pair.as_rule() == Rule::hashes {
                hashes = pair.as_str().len();
                continue;
            }
            steps.push(match (pair.as_rule(), call) {
                (Rule::index, _) => Step::Index(self.term(next_of(&mut pair.into_inner(), at)?, false)?, at),
                (_, Some(call)) => {
                    let whole = at.to(self.span(&call));
                    let call = call.into_inner();
                    let mut arguments = Vec::with_capacity(call.len());
                    for argument in call {
                        arguments.push(self.term(argument, true)?);
                    }
                    Step::Method(pair.as_str(), arguments, whole)
                }
                _ => Step::Property(pair.as_str(), at),
            });
        }
        Ok((steps, hashes))
    }

    // ---- expressions

    fn expression(&mut self, pair: Tree<'s>) -> Result<Expr<'s>, Error> {
        let parts = pair.into_inner();
        let mut terms = Vec::with_capacity(parts.len() / 2 + 1);
        let mut operators = Vec::new();
        let mut nots = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::not => nots.push(self.span(&part)),
                Rule::operator => operators.push(Sign::read(part.as_str(), self.span(&part))),
                _ => {
                    let mut term = self.term(part, false)?;
                    // Two in a row make a boolean of it; more change nothing else.
                    let keep = if nots.len() > 2 { 2 - nots.len() % 2 } else { nots.len() };
                    for not in nots.drain(..).take(keep) {
                        term = Expr { span: not.to(term.span), kind: ExprKind::Not(Box::new(term)) };
                    }
                    terms.push(term);
                }
            }
        }
        Ok(group_by_precedence(terms, &operators))
    }

    /// One operand; `in_method` says that a bare name counts as one.
    fn term(&mut self, pair: Tree<'s>, in_method: bool) -> Result<Expr<'s>, Error> {
        let at = self.span(&pair);
        self.brackets += 1;
        let kind = match pair.as_rule() {
            Rule::string => {
                let image = pair.as_str();
                if image.starts_with('"') {
                    string::double(image, at, self.settings, self.brackets)?
                } else {
                    string::single(image, self.settings)
                }
            }
            Rule::reference => ExprKind::Reference(Box::new(self.reference(pair, "")?)),
            Rule::number => {
                let digits = pair.as_str();
                if digits.contains(['.', 'e', 'E']) { ExprKind::Float(digits) } else { ExprKind::Integer(digits) }
            }
            Rule::int => ExprKind::Integer(pair.as_str()),
            Rule::boolean | Rule::constant => {
                if pair.as_str() == "true" {
                    ExprKind::True
                } else {
                    ExprKind::False
                }
            }
            Rule::group => ExprKind::Group(Box::new(self.expression(next_of(&mut pair.into_inner(), at)?)?)),
            Rule::bracket => self.bracket(pair, in_method)?,
            Rule::map => {
                let mut members = Vec::new();
                let mut inner = pair.into_inner();
                while let (Some(key), Some(value)) = (inner.next(), inner.next()) {
                    members.push((self.term(key, in_method)?, self.term(value, in_method)?));
                }
                ExprKind::Map(members)
            }
            Rule::bare_name if in_method => ExprKind::Null,
            _ => return Err(Error::new(Code::Syntax, format!("`{}` cannot stand here", pair.as_str())).at(at)),
        };
        self.brackets -= 1;
        Ok(Expr { span: at, kind })
    }

    /// `[a, b]` or `[1..5]`.
    fn bracket(&mut self, pair: Tree<'s>, in_method: bool) -> Result<ExprKind<'s>, Error> {
        let mut items = Vec::new();
        for part in pair.into_inner() {
            let at = self.span(&part);
            if part.as_rule() != Rule::range_end {
                items.push(self.term(part, in_method)?);
                continue;
            }
            let last = self.term(next_of(&mut part.into_inner(), at)?, false)?;
            return match items.pop() {
                Some(first) if matches!(first.kind, ExprKind::Integer(_) | ExprKind::Reference(_)) => {
                    Ok(ExprKind::Range(Box::new((first, last))))
                }
                _ => Err(Error::new(Code::Syntax, "a range goes from one whole number or reference to another").at(at)),
            };
        }
        Ok(ExprKind::List(items))
    }
}

/// The next part of a form. The grammar says that it is there.
fn next_of<'s>(inner: &mut impl Iterator<Item = Tree<'s>>, at: Span) -> Result<Tree<'s>, Error> {
    inner.next().ok_or_else(|| Error::new(Code::Syntax, "the form is not complete").at(at))
}

/// An operator as it stands in an expression.
#[derive(Clone, Copy)]
struct Sign {
    /// How tightly it binds.
    level: u8,
    /// What it does; none where the level says it.
    operator: Option<Operator>,
    at: Span,
}

const OR: u8 = 0;
const AND: u8 = 1;

impl Sign {
    fn read(text: &str, at: Span) -> Self {
        let (level, operator) = match text {
            "||" | "or" => (OR, None),
            "&&" | "and" => (AND, None),
            "==" | "eq" => (2, Some(Operator::Eq)),
            "!=" | "ne" => (2, Some(Operator::Ne)),
            "<" | "lt" => (3, Some(Operator::Lt)),
            ">" | "gt" => (3, Some(Operator::Gt)),
            "<=" | "le" => (3, Some(Operator::Le)),
            ">=" | "ge" => (3, Some(Operator::Ge)),
            "+" => (4, Some(Operator::Add)),
            "-" => (4, Some(Operator::Sub)),
            "*" => (5, Some(Operator::Mul)),
            "/" => (5, Some(Operator::Div)),
            _ => (5, Some(Operator::Rem)),
        };
        Sign { level, operator, at }
    }
}

/// `a + b * c == d`: splits at the loosest operators first, keeping each level flat.
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

/// Whether a text is the very piece of the source at a span.
fn is_piece(text: &str, source: &str, at: Span) -> bool {
    std::ptr::eq(text, &source[at.range()])
}

/// Whether a text starts with `true` or `false`, and no longer word.
fn is_boolean(text: &str) -> bool {
    let rest = text.strip_prefix("true").or_else(|| text.strip_prefix("false"));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '-')))
}
