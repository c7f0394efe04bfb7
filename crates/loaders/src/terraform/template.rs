//! Terraform's templates: strings with `${…}` and `%{…}` in quotes, heredocs and files ("Strings and
//! Templates").
//!
//! Literal text is appended line by line, each line with the place where it is written, since an
//! error in a mapping template must lead to its line of the `.tf` file although the indentation of
//! the heredoc is cut.

use crate::diagnostic::Fault;
use crate::span::{Piece, Span, Style};
use crate::syntax::build::TextBuilder;
use crate::syntax::tree::Node;
use crate::terraform::content::span_of;
use crate::terraform::evaluator::{Evaluator, Scope, iterate, loop_names, written_names};
use crate::terraform::operators;
use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};
use std::ops::Range;

/// Steps of a line of a heredoc or a file.
const STEPS_PER_LINE: usize = 4;

/// The notation of the literal parts of a template.
#[derive(Clone, Copy)]
pub(crate) enum Spelling {
    /// In quotes, with escapes.
    Quoted,
    /// In lines whose first `indent` blanks are cut.
    Lines { indent: usize },
}

impl Spelling {
    /// Creates the spelling of a heredoc or a file.
    pub(crate) fn lines(indent: usize) -> Self {
        Spelling::Lines { indent }
    }
}

/// Which ends of a template lose their blanks: `~}` before it, `%{~` after it.
#[derive(Clone, Copy, Default)]
struct Trim {
    start: bool,
    end: bool,
}

impl Evaluator<'_> {
    /// Evaluates a template: a single `${…}` to its value, anything else to a string.
    ///
    /// # Errors
    /// A value refers to itself, or the values grow too large.
    pub(crate) fn template<'t>(
        &self,
        elements: impl IntoIterator<Item = &'t Element>,
        spelling: Spelling,
        scope: &Scope<'_>,
        span: Span,
    ) -> Result<Node, Fault> {
        let elements: Vec<&Element> = elements.into_iter().collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            return self.expression(&only.expr, scope);
        }
        let mut joined = TextBuilder::default();
        match self.elements(&elements, spelling, Trim::default(), scope, &mut joined)? {
            true => Ok(joined.finish(span)),
            false => Ok(self.unknown(span)),
        }
    }

    /// Appends the elements to `joined`; returns `false` if a directive depends on an unknown value.
    fn elements(
        &self,
        elements: &[&Element],
        spelling: Spelling,
        trim: Trim,
        scope: &Scope<'_>,
        joined: &mut TextBuilder,
    ) -> Result<bool, Fault> {
        for (at, element) in elements.iter().enumerate() {
            let span = span_of(*element, scope.file);
            match element {
                Element::Literal(text) => {
                    let before = at.checked_sub(1).and_then(|before| elements.get(before));
                    let trim = Trim {
                        start: before.map_or(trim.start, |element| strips(element).end),
                        end: elements.get(at + 1).map_or(trim.end, |element| strips(element).start),
                    };
                    self.charge(text.len() / 16, span)?;
                    match spelling {
                        Spelling::Quoted => {
                            push_trimmed(text.as_str(), Span { style: Style::Quoted, ..span }, trim, joined)
                        }
                        Spelling::Lines { indent } => self.lines(span, indent, trim, joined)?,
                    }
                }
                Element::Interpolation(it) => {
                    let value = self.expression(&it.expr, scope)?;
                    let bytes = value.as_str().map_or(1, |text| text.len() / 16);
                    self.charge(bytes.saturating_add(3 * value.pieces()), span)?;
                    if value.to_word().is_none() {
                        let message = || format!("a string cannot contain {}", value.type_name());
                        self.fail(span_of(&it.expr, scope.file), message)?;
                        return Ok(false);
                    }
                    joined.push_node(&value);
                }
                Element::Directive(directive) => {
                    let known = match directive.as_ref() {
                        Directive::If(it) => self.branch(it, spelling, scope, joined)?,
                        Directive::For(it) => self.repeat(it, spelling, scope, joined)?,
                    };
                    if !known {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Appends a branch of `%{if}`.
    fn branch(
        &self,
        it: &IfDirective,
        spelling: Spelling,
        scope: &Scope<'_>,
        joined: &mut TextBuilder,
    ) -> Result<bool, Fault> {
        let condition = self.expression(&it.if_expr.cond_expr, scope)?;
        let middle = it.else_expr.as_ref().map_or(it.endif_expr.strip, |other| other.strip);
        let (template, trim) = match (operators::truth(&condition), &it.else_expr) {
            (None, _) => {
                if !condition.has_placeholder() {
                    let message = || format!("a condition must be true or false, not {}", condition.type_name());
                    self.fail(span_of(&it.if_expr.cond_expr, scope.file), message)?;
                }
                return Ok(false);
            }
            (Some(true), _) => {
                (&it.if_expr.template, Trim { start: it.if_expr.strip.strip_end(), end: middle.strip_start() })
            }
            (Some(false), Some(other)) => {
                (&other.template, Trim { start: other.strip.strip_end(), end: it.endif_expr.strip.strip_start() })
            }
            (Some(false), None) => return Ok(true),
        };
        self.elements(&template.iter().collect::<Vec<_>>(), spelling, trim, scope, joined)
    }

    /// Appends the iterations of `%{for}`.
    fn repeat(
        &self,
        it: &ForDirective,
        spelling: Spelling,
        scope: &Scope<'_>,
        joined: &mut TextBuilder,
    ) -> Result<bool, Fault> {
        let intro = &it.for_expr;
        let collection = self.expression(&intro.collection_expr, scope)?;
        let Some(items) = iterate(&collection) else {
            if !collection.has_placeholder() {
                let message = || format!("`for` needs a list or a map, not {}", collection.type_name());
                self.fail(span_of(&intro.collection_expr, scope.file), message)?;
            }
            return Ok(false);
        };
        let trim = Trim { start: intro.strip.strip_end(), end: it.endfor_expr.strip.strip_start() };
        let elements: Vec<&Element> = intro.template.iter().collect();
        let names = written_names(intro.key_var.as_ref(), &intro.value_var);
        for (key, value) in items {
            self.charge(1 + names / 16, collection.span)?;
            let names = loop_names(intro.key_var.as_ref(), &intro.value_var, key, value);
            let inner = Scope { names: &names, outer: Some(scope), ..*scope };
            if !self.elements(&elements, spelling, trim, &inner, joined)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Appends literal text of a heredoc or a file.
    fn lines(&self, span: Span, indent: usize, trim: Trim, joined: &mut TextBuilder) -> Result<(), Fault> {
        let text = self.context.text(span.file);
        let raw = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let count = 1 + raw.bytes().filter(|byte| *byte == b'\n').count();
        self.context.budget.spend(STEPS_PER_LINE * count, size_of::<Piece>() * count, span)?;
        let mut begins = starts_line(&text, span.start as usize);
        let mut at = span.start as usize;
        let mut lines = raw.split_inclusive('\n').peekable();
        let mut first = true;
        while let Some(line) = lines.next() {
            let taken = if begins && !is_blank(line) { leading(line, indent) } else { 0 };
            let trim = Trim { start: first && trim.start, end: lines.peek().is_none() && trim.end };
            let written =
                Span { start: (at + taken) as u32, end: (at + line.len()) as u32, style: Style::Heredoc(0), ..span };
            let content = line.get(taken..).unwrap_or_default();
            push_trimmed(&content.replace("$${", "${").replace("%%{", "%{"), written, trim, joined);
            at += line.len();
            (begins, first) = (true, false);
        }
        Ok(())
    }

    /// Returns the least indentation of the lines of a heredoc; blank lines do not count.
    pub(crate) fn indent_of(&self, template: &Template, scope: &Scope<'_>) -> usize {
        let text = self.context.text(scope.file);
        let mut least = usize::MAX;
        measure(template, &text, &mut least);
        if least == usize::MAX { 0 } else { least }
    }
}

/// Lowers `least` to the least indentation of a template's lines.
fn measure(template: &Template, text: &str, least: &mut usize) {
    for element in template {
        let range: Range<usize> = hcl_edit::Span::span(element).unwrap_or_default();
        let begins = starts_line(text, range.start);
        match element {
            Element::Literal(_) => {
                let raw = text.get(range).unwrap_or_default();
                for (at, line) in raw.split_inclusive('\n').enumerate() {
                    if (at > 0 || begins) && !is_blank(line) {
                        *least = (*least).min(line.chars().take_while(|letter| letter.is_whitespace()).count());
                    }
                }
            }
            _ if begins => *least = 0,
            _ => {}
        }
        if let Element::Directive(directive) = element {
            match directive.as_ref() {
                Directive::If(it) => {
                    measure(&it.if_expr.template, text, least);
                    if let Some(other) = &it.else_expr {
                        measure(&other.template, text, least);
                    }
                }
                Directive::For(it) => measure(&it.for_expr.template, text, least),
            }
        }
    }
}

/// Checks for the first offset of a line.
fn starts_line(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n')
}

/// Checks for a whole line of blanks, which keeps them.
fn is_blank(line: &str) -> bool {
    line.ends_with('\n') && line.trim().is_empty()
}

/// Returns the length in bytes of at most `count` leading blanks.
fn leading(line: &str, count: usize) -> usize {
    line.chars().take(count).take_while(|letter| letter.is_whitespace()).map(char::len_utf8).sum()
}

/// Appends text without the blanks that are trimmed.
fn push_trimmed(text: &str, span: Span, trim: Trim, joined: &mut TextBuilder) {
    let skip = if trim.start { text.len() - text.trim_start().len() } else { 0 };
    let kept = text.get(skip..).unwrap_or_default();
    joined.push_written(if trim.end { kept.trim_end() } else { kept }, span, skip);
}

/// Returns whether an element trims the literal before it (`start`) and after it (`end`).
fn strips(element: &Element) -> Trim {
    let of = |first: Strip, last: Strip| Trim { start: first.strip_start(), end: last.strip_end() };
    match element {
        Element::Literal(_) => Trim::default(),
        Element::Interpolation(it) => of(it.strip, it.strip),
        Element::Directive(directive) => match directive.as_ref() {
            Directive::If(it) => of(it.if_expr.strip, it.endif_expr.strip),
            Directive::For(it) => of(it.for_expr.strip, it.endfor_expr.strip),
        },
    }
}
