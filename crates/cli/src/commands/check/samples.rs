//! Sample requests: a template is rendered with them, and what it writes is checked.

use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use crate::input::rendered;
use crate::input::request::Request;
use std::path::{Path, PathBuf};
use vtl::diagnostic::Diagnostic;
use vtl::{Budget, Code, Dialect, Error, Limits, Note, OutputMap, ParseOptions, RenderOptions, Span, Template};
use vtl_check::{Config, Found, output_misfits};
use vtl_loaders::{Document, TemplateText};

/// The samples that the flags name.
pub struct Samples<'a> {
    named: &'a [PathBuf],
}

impl<'a> Samples<'a> {
    /// Creates the samples of `--input`.
    pub fn new(named: &'a [PathBuf]) -> Samples<'a> {
        Samples { named }
    }

    /// Returns the samples of a template file: those of `--input`, then its own.
    pub fn of_template(&self, path: &Path, config: Option<&Config>) -> Vec<PathBuf> {
        self.named.iter().cloned().chain(vtl_data::sample_files(path, config)).collect()
    }
}

/// Renders a template file with each sample; returns what is wrong with what it writes.
pub fn judge(
    samples: &[PathBuf],
    path: &Path,
    text: &str,
    is_velocity: bool,
    reader: &mut Reader,
) -> Result<Vec<Found>, Failure> {
    let name = reader::name(path);
    let options = ParseOptions::new().name(name.as_str());
    let options = match is_velocity {
        true => options.dialect(Dialect::velocity_1_7()).limits(Limits::velocity_1_7()),
        false => options,
    };
    // What does not compile is told already.
    let Ok(template) = Template::parse_with(text, &options) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut left = Left::default();
    for sample in samples {
        let request = Request::of_file(sample, reader)?;
        let at = |diagnostic: Diagnostic| with_sample(diagnostic, sample);
        match rendered_with(&template, text, &request, &mut left)?.0 {
            Written::Note(note) => found.push(Found::new(at(note.diagnostic(&name, text)))),
            Written::Error(error) => found.push(Found::new(at(error.diagnostic(&name, text)))),
            Written::Fine => {}
        }
    }
    Ok(found)
}

/// Renders the templates of a document with their samples. The samples of `--input` are requests, so that
/// templates of responses take those beside their files alone.
pub fn judge_document(document: &Document, samples: &Samples<'_>, reader: &mut Reader) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    let mut left = Left::default();
    for part in document.templates() {
        let file = document.location_of(part.route, part.pointer).and_then(|location| location.file);
        let own = file.as_deref().map(|file| Path::new(file).with_extension("sample.json"));
        let mut files: Vec<PathBuf> = Vec::new();
        if part.name.starts_with("request:") {
            files.extend_from_slice(samples.named);
        }
        // A document is no template.
        let is_side_file = file.as_deref().is_some_and(|file| document.source(file) == Some(part.text));
        files.extend(own.filter(|own| is_side_file && own.is_file()));
        if files.is_empty() || part.is_open {
            continue;
        }
        let Ok(template) = Template::parse(part.text) else { continue };
        for sample in files {
            let mut request = Request::of_file(&sample, reader)?;
            let variables = document.method(part.route).map(|(api, _)| api.stage_variables.iter());
            let variables = variables.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.clone()));
            request.add_stage_variables(variables.collect());
            let (written, output, map) = rendered_with(&template, part.text, &request, &mut left)?;
            let diagnostic = match written {
                Written::Note(note) => placed(document, &part, note.span, note.diagnostic("", part.text)),
                Written::Error(error) => document.error_in(&part, &error),
                Written::Fine => {
                    for misfit in output_misfits(document, &part, &output) {
                        let span = rendered::writer(part.text, &output, &map, misfit.at);
                        let mut diagnostic = Diagnostic::new(Code::OutputMatchesModel, misfit.message);
                        diagnostic.help = misfit.help;
                        found.push(Found::new(with_sample(placed(document, &part, span, diagnostic), &sample)));
                    }
                    continue;
                }
            };
            found.push(Found::new(with_sample(diagnostic, &sample)));
        }
    }
    Ok(found)
}

fn placed(document: &Document, part: &TemplateText<'_>, span: Span, diagnostic: Diagnostic) -> Diagnostic {
    document.place(part, span, diagnostic)
}

/// The result of a render.
enum Written {
    Fine,
    /// The output is meant to be JSON and is none.
    Note(Note),
    /// The render fails.
    Error(Error),
}

/// The steps that the renders with all samples may still take together.
struct Left(u64);

impl Default for Left {
    fn default() -> Self {
        Left(Limits::service().steps().unwrap_or(u64::MAX))
    }
}

/// Renders a template with a sample; returns the result, the output and the map of it.
fn rendered_with(
    template: &Template,
    text: &str,
    request: &Request,
    left: &mut Left,
) -> Result<(Written, String, OutputMap), Failure> {
    let globals = request.globals()?;
    let mut map = OutputMap::default();
    let budget = Budget::new(&Limits::service().with_steps(Some(left.0)));
    let rendered = template.render_with(&globals, RenderOptions::new().probe(&mut map).budget(&budget));
    left.0 = left.0.saturating_sub(budget.steps());
    Ok(match rendered {
        Ok(rendered) => {
            let note = rendered::note(text, &rendered.text, &map, false);
            (note.map_or(Written::Fine, Written::Note), rendered.text, map)
        }
        Err(error) => (Written::Error(error), String::new(), map),
    })
}

/// Names the sample in a finding.
fn with_sample(mut diagnostic: Diagnostic, sample: &Path) -> Diagnostic {
    // Those of `vtl.toml` are found from its folder.
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    let shown = sample.strip_prefix(here).unwrap_or(sample);
    diagnostic.message = format!("with {}: {}", shown.display(), diagnostic.message);
    diagnostic
}
