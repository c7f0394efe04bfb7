//! Parsing for tools: whatever is wrong with a template, all of it is read.

use super::ast::Ast;
use super::parser;
use super::settings::{Settings, Texts};
use crate::budget::Budget;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::limits::Limits;

/// Parses a template for an editor, linter or formatter: it reads on behind each mistake.
///
/// Returns the tree and what is wrong, in the order of the source: at most 500 diagnostics, with the
/// codes `V001` to `V006` and `V302`. Without any, the tree is the one that [`Template::parse`]
/// compiles. A statement that does not parse is a [`Broken`](super::ast::Kind::Broken) node up to
/// its next line or directive; an `#if` with a condition that does not parse is still an `#if`. A
/// block that is not closed has no `End` node, and an `#end` too many is `Broken`. Double-quoted
/// strings are templates, whose mistakes are found too.
///
/// `name` is the file that the diagnostics are located in. The tree borrows from `source` and
/// `texts`. The budget holds the memory of the tree until the caller gives it back
/// ([`Budget::briefly`]); once it is spent, its error is the only one and the tree is empty.
///
/// [`Template::parse`]: crate::Template::parse
///
/// ```
/// use vtl::syntax_unstable::{Texts, ast::Kind, parse_for_tools};
/// use vtl::{Budget, Dialect, Limits};
///
/// let source = "#if($a = 1)\n$input.path('$.a'\n#end\n#end\n#set($b = \"$c.d(\")";
/// let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
/// let (ast, found) = parse_for_tools("order.vtl", source, Dialect::service(), &texts, &budget);
///
/// let lines: Vec<_> = found.iter().map(|d| (d.code.as_str(), d.location.as_ref().unwrap().line)).collect();
/// assert_eq!(lines, [("V001", 1), ("V001", 3), ("V003", 4), ("V001", 5)]);
/// assert!(matches!(ast.nodes[0].kind, Kind::If(_)));
/// ```
#[must_use]
pub fn parse_for_tools<'s>(
    name: &str,
    source: &'s str,
    dialect: Dialect,
    texts: &'s Texts,
    budget: &'s Budget<'s>,
) -> (Ast<'s>, Vec<Diagnostic>) {
    let (ast, errors) = parse_all(source, dialect, texts, budget);
    (ast, errors.iter().map(|error| error.diagnostic(name, source)).collect())
}

/// Parses a template as [`parse_for_tools`] does, for a tool that places the errors itself, such as in the
/// document that contains the template.
///
/// ```
/// use vtl::syntax_unstable::{Texts, parse_all};
/// use vtl::{Budget, Dialect, Limits};
/// let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
/// let (_, errors) = parse_all("#if($a = 1)#end #end", Dialect::service(), &texts, &budget);
/// let starts: Vec<u32> = errors.iter().filter_map(|error| Some(error.span()?.start)).collect();
/// assert_eq!(starts, [7, 16]);
/// ```
#[must_use]
pub fn parse_all<'s>(
    source: &'s str,
    dialect: Dialect,
    texts: &'s Texts,
    budget: &'s Budget<'s>,
) -> (Ast<'s>, Vec<Error>) {
    if let Err(error) = budget.charge(source.len() / 8) {
        return (Ast::default(), vec![error]);
    }
    let nesting = Limits::service().nesting;
    let settings = Settings { evaluate: !dialect.service, macros: &(), nesting, budget, texts };
    parser::tolerant(source, settings, 0)
}
