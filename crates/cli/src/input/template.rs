//! The template that the flags name, with the rules it is compiled under.

use crate::args::rules::{DialectName, Limit};
use crate::args::template::TemplateArgs;
use crate::args::value::Pair;
use crate::failure::Failure;
use crate::input::embedded::EmbeddedTemplate;
use crate::input::reader::{self, Reader};
use vtl::{Dialect, Error, Globals, Limits, Note, Rendered, Span, Template};

/// A template that is to be compiled.
pub struct Source {
    pub name: String,
    pub text: String,
    dialect: Dialect,
    limits: Limits,
    /// The document that the text is a part of.
    part: Option<EmbeddedTemplate>,
}

impl Source {
    pub fn read(args: &TemplateArgs, reader: &mut Reader) -> Result<Source, Failure> {
        let mut part = None;
        let (name, text) = match (&args.text, &args.file) {
            (None, Some(file)) if args.part.route.is_some() || args.part.template.is_some() => {
                let (found, text) = EmbeddedTemplate::find(file, &args.part, reader)?;
                part = Some(found);
                (reader::name(file), text)
            }
            (Some(text), _) => ("<text>".to_owned(), text.clone()),
            (None, Some(file)) => (reader::name(file), reader.text(file)?),
            (None, None) => return Err(Failure::Input("no template is given".to_owned())),
        };
        let (dialect, limits) = match args.dialect {
            DialectName::Service => (Dialect::service(), Limits::service()),
            DialectName::Velocity17 => (Dialect::velocity_1_7(), Limits::velocity_1_7()),
        };
        let limits = changed(limits, &args.limits).foreach_fails(args.foreach_fails);
        Ok(Source { name, text, dialect, limits, part })
    }

    pub fn compile(&self) -> Result<Template, Failure> {
        Template::parse_with(&self.text, self.dialect, &self.limits).map_err(|e| self.failed(e))
    }

    pub fn render(&self, template: &Template, globals: &Globals<'_>) -> Result<Rendered, Failure> {
        template.render(globals).map_err(|e| self.failed(e))
    }

    /// The file, line and column of a place in the text.
    pub fn place(&self, span: Span) -> (String, usize, usize) {
        let place = self.part.as_ref().and_then(|part| part.place(span));
        place.unwrap_or_else(|| {
            let (line, column) = span.line_column(&self.text);
            (self.name.clone(), line, column)
        })
    }

    /// What the document says of the stage.
    pub fn stage_variables(&self) -> Vec<Pair> {
        self.part.as_ref().map(EmbeddedTemplate::stage_variables).unwrap_or_default()
    }

    fn failed(&self, error: Error) -> Failure {
        if let Some((error, name, source)) = self.part.as_ref().and_then(|part| part.moved(&error)) {
            return Failure::Template { error, name, source };
        }
        Failure::Template { error, name: self.name.clone(), source: self.text.clone() }
    }
}

/// Limits as the flags want them.
pub fn changed(mut limits: Limits, args: &[Limit]) -> Limits {
    for limit in args {
        limits.set(&limit.name, limit.value);
    }
    limits
}

/// What was found without running and what the render swallowed, in the order of the text.
pub fn all_notes<'a>(template: &'a Template, rendered: Option<&'a Rendered>) -> Vec<&'a Note> {
    let mut notes: Vec<&Note> = template.notes().iter().collect();
    notes.extend(rendered.iter().flat_map(|r| &r.notes));
    notes.sort_by_key(|note| note.span.start);
    notes
}
