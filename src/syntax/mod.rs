//! Text → AST. The grammar is `grammar/vtl.pest`; the builder gives its pairs a meaning.
//!
//! Called by `template` (and through it by `#evaluate`); knows nothing of values or programs.

pub(crate) mod ast;
mod blocks;
mod fault;
mod marks;
mod nesting;
mod parse;
mod string;

pub(crate) use ast::Ast;

use crate::error::Error;
use crate::limits::Limits;

/// What of a template's syntax depends on where it is parsed.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'a> {
    /// The service has no `#evaluate`: it is a call of an unknown macro.
    pub(crate) evaluate: bool,
    /// The macros that are known already, for `\#name`.
    pub(crate) macros: &'a dyn Macros,
    /// How deep brackets may nest in one expression.
    pub(crate) nesting: Option<u64>,
    /// Where texts are kept that do not read so in the source.
    pub(crate) texts: &'a Texts,
}

impl<'a> Settings<'a> {
    fn keep(self, text: String) -> &'a str {
        self.texts.alloc(text)
    }
}

pub(crate) type Texts = typed_arena::Arena<String>;

/// Who knows which macros are defined.
pub(crate) trait Macros {
    fn is_macro(&self, name: &str) -> bool;
}

impl Macros for () {
    fn is_macro(&self, _: &str) -> bool {
        false
    }
}

/// Parses a template.
pub(crate) fn parse<'s>(source: &'s str, settings: Settings<'s>) -> Result<Ast<'s>, Error> {
    parse_inside(source, settings, 0)
}

/// Parses the text of a string that stands in so many brackets.
fn parse_inside<'s>(source: &'s str, settings: Settings<'s>, brackets: u64) -> Result<Ast<'s>, Error> {
    nesting::check(source, settings.nesting, brackets)?;
    parse::parse(source, settings, brackets)
}

/// Refuses a source that is larger than allowed.
pub(crate) fn check_size(source: &str, limits: &Limits) -> Result<(), Error> {
    match limits.source {
        Some(most) if source.len() as u64 > most => Err(Error::new(
            crate::diagnostic::Code::SourceLimit,
            format!("the template has {} bytes, more than {most}", source.len()),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(source: &str) -> String {
        let settings = Settings { evaluate: true, macros: &(), nesting: Some(100), texts: &Texts::new() };
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
