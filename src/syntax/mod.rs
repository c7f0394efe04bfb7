//! Text → AST: a lexer with states, a parser that drives it, the tree they build.
//!
//! ```text
//! source ─ scan ─▶ lexer ─ tokens ─▶ parser, expression ─▶ ast
//! ```
//!
//! Both follow Velocity 1.7's `Parser.jjt` state by state and production by production: mistakes in a template
//! have exactly the effects that they have there. Called by `template` (and through it by `#evaluate`); knows
//! nothing of values or programs.

pub mod ast;
mod blocks;
mod expression;
mod lexer;
mod marks;
mod parser;
mod quoted;
mod reads;
mod rewrite;
mod scan;
mod settings;
mod statement;
mod token;
mod tools;
mod unexpected;

pub use reads::{ReadPart, Reads};
pub use settings::Texts;
pub use statement::{Branch, BranchKind, Statement, StatementKind};
pub use tools::{parse_all, parse_for_tools};

pub(crate) use settings::{Macros, Settings};
pub(crate) use statement::statements;

use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use ast::Ast;

/// Parses a template; ends with the first error.
pub(crate) fn parse<'s>(source: &'s str, settings: Settings<'s>) -> Result<Ast<'s>, Error> {
    parser::strict(source, settings, 0)
}

/// Checks that a source is not larger than allowed.
///
/// # Errors
/// `V301` if it is.
///
/// ```
/// use vtl::{Code, Limits, syntax_unstable::check_size};
/// let limits = Limits::service().with_source(Some(4));
/// assert!(check_size("$a", &limits).is_ok());
/// assert_eq!(check_size("$a$b$c", &limits).unwrap_err().code(), Code::SourceLimit);
/// ```
pub fn check_size(source: &str, limits: &Limits) -> Result<(), Error> {
    match limits.source {
        Some(most) if source.len() as u64 > most => {
            Err(Error::new(Code::SourceLimit, format!("the template has {} bytes, more than {most}", source.len())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(source: &str) -> String {
        let budget = crate::budget::Budget::unlimited();
        let settings =
            Settings { evaluate: true, macros: &(), nesting: Some(100), budget: &budget, texts: &Texts::new() };
        format!("{:#?}", parse(source, settings).unwrap().nodes)
    }

    #[test]
    fn references() {
        insta::assert_snapshot!(nodes(r"\\$!{a.b}$c[0].d('x')"));
    }

    #[test]
    fn operators_by_precedence() {
        insta::assert_snapshot!(nodes("#if(!$a || 1 + 2 * 3 == 7)#end"));
    }

    #[test]
    fn a_template_in_quotes() {
        insta::assert_snapshot!(nodes(r##"#set($x = "a $b")"##));
    }

    #[test]
    fn blocks_are_flat() {
        insta::assert_snapshot!(nodes("#foreach($x in [1..2])\n  $x ## last\n#end"));
    }
}
