//! The template that the flags name, with the rules it is compiled under.

use crate::args::rules::DialectName;
use crate::args::template::TemplateArgs;
use crate::args::value::Pair;
use crate::failure::Failure;
use crate::input::embedded::EmbeddedTemplate;
use crate::input::reader::{self, Reader};
use crate::input::rendered;
use vtl::diagnostic::{Diagnostic, Lines, Location};
use vtl::{
    Code, Dialect, Error, Globals, Limits, Note, OutputMap, ParseOptions, RenderOptions, Rendered, Span, Template,
};

/// A template with its name and rules.
pub struct Source {
    pub name: String,
    pub text: String,
    options: ParseOptions,
    /// Place in an API document, if the template is from one.
    part: Option<EmbeddedTemplate>,
}

impl Source {
    /// Reads the template that the flags name.
    pub fn read(args: &TemplateArgs, reader: &mut Reader) -> Result<Source, Failure> {
        let mut part = None;
        if args.part.route.is_none() && args.part.template.is_none() && args.part.reading.is_given() {
            let why = "--kind, --parameter, --parameter-file and --allow are about an API document; name its template \
                with --route or --template";
            return Err(Failure::usage(why));
        }
        let (name, text) = match (&args.text, &args.file) {
            (None, Some(file)) if args.part.route.is_some() || args.part.template.is_some() => {
                let (found, text) = EmbeddedTemplate::find(file, &args.part, reader)?;
                part = Some(found);
                (reader::name(file), text)
            }
            (Some(text), _) => {
                reader.sources.add("<text>", text.as_str());
                ("<text>".to_owned(), text.clone())
            }
            (None, Some(file)) => (reader::name(file), reader.text(file)?),
            (None, None) => return Err(Failure::usage("no template is given")),
        };
        let (dialect, limits) = match args.dialect {
            DialectName::Service => (Dialect::service(), Limits::service()),
            DialectName::Velocity17 => (Dialect::velocity_1_7(), Limits::velocity_1_7()),
        };
        let dialect = args.rules.dialect(dialect);
        let limits = args.part.reading.limits.over(limits).with_foreach_fails(args.foreach_fails);
        let options = ParseOptions::new().name(name.as_str()).dialect(dialect).limits(limits);
        Ok(Source { name, text, options, part })
    }

    /// Compiles the template.
    pub fn compile(&self) -> Result<Template, Failure> {
        Template::parse_with(&self.text, &self.options).map_err(|e| self.failed(&e))
    }

    /// Renders the template.
    pub fn render(&self, template: &Template, globals: &Globals<'_>) -> Result<Rendered, Failure> {
        template.render(globals).map_err(|e| self.failed(&e))
    }

    /// Renders the template, with the map from its output back to its text.
    pub fn render_mapped(&self, template: &Template, globals: &Globals<'_>) -> Result<(Rendered, OutputMap), Failure> {
        let mut map = OutputMap::default();
        let rendered = template.render_with(globals, RenderOptions::new().probe(&mut map));
        Ok((rendered.map_err(|e| self.failed(&e))?, map))
    }

    /// Returns the note on an output that is meant to be JSON and is none.
    pub fn not_json(&self, output: &str, map: &OutputMap, is_json: bool) -> Option<Diagnostic> {
        let note = rendered::note(&self.text, output, map, is_json)?;
        Some(self.placed(rendered::diagnostic(&note, &self.name, &self.text), Some(note.span), None))
    }

    /// Returns the line and column of a span, in the document if the template is a part of one. `lines` are those of
    /// the template.
    pub fn location(&self, span: Span, lines: &Lines) -> Location {
        let location = lines.location(&self.text, span).in_file(self.name.as_str());
        let diagnostic = Diagnostic::new(Code::InvalidJson, "").at(location.clone());
        self.placed(diagnostic, Some(span), None).location.unwrap_or(location)
    }

    /// Returns the notes of compiling and, if there was one, of a render, in the order of the text.
    pub fn notes(&self, template: &Template, rendered: Option<&Rendered>) -> Vec<Diagnostic> {
        let mut notes: Vec<&Note> = template.notes().iter().collect();
        notes.extend(rendered.iter().flat_map(|rendered| &rendered.notes));
        notes.sort_by_key(|note| note.span.start);
        notes
            .into_iter()
            .map(|note| self.placed(note.diagnostic(&self.name, &self.text), Some(note.span), None))
            .collect()
    }

    /// Returns the stage variables that the document defines.
    pub fn stage_variables(&self) -> Vec<Pair> {
        self.part.as_ref().map(EmbeddedTemplate::stage_variables).unwrap_or_default()
    }

    fn failed(&self, error: &Error) -> Failure {
        let diagnostic = error.diagnostic(&self.name, &self.text);
        Failure::Template(Box::new(self.placed(diagnostic, error.span(), error.related().map(|(span, _)| span))))
    }

    /// Moves a diagnostic to its place in the document, if the template is a part of one.
    fn placed(&self, diagnostic: Diagnostic, span: Option<Span>, related: Option<Span>) -> Diagnostic {
        match &self.part {
            Some(part) => part.placed(diagnostic, span, related),
            None => diagnostic,
        }
    }
}
