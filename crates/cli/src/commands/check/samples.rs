//! Sample requests: a template is rendered with them, and what it writes is checked.

use crate::args::document::ReadingArgs;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use crate::input::rendered;
use crate::input::request::Request;
use std::path::{Path, PathBuf};
use vtl::diagnostic::{Diagnostic, Location};
use vtl::{
    Budget, Code, Dialect, Error, Globals, Limits, Note, OutputMap, ParseOptions, RenderOptions, Span, Template,
};
use vtl_check::{Config, Found, looks_like_json, not_json, output_misfits};
use vtl_data::SampleFolders;
use vtl_loaders::{Document, Reach, TemplateText};

/// The samples that the flags name, and where others may lie.
pub struct Samples<'a> {
    named: &'a [PathBuf],
    reading: &'a ReadingArgs,
    folders: SampleFolders,
}

impl<'a> Samples<'a> {
    /// Creates the samples of `--input`, those that `--allow` permits, and the limits of rendering with them.
    pub fn new(named: &'a [PathBuf], reading: &'a ReadingArgs) -> Samples<'a> {
        Samples { named, reading, folders: SampleFolders::default() }
    }

    /// Returns the limits of a template: those of its language with those that the flags set.
    pub fn limits(&self, is_velocity: bool) -> Limits {
        self.reading.limits.over(if is_velocity { Limits::velocity_1_7() } else { Limits::service() })
    }

    /// Reads a sample of a template or document. One that the user did not name lies within reach of it.
    fn read(&self, sample: &Path, of: &Path, reader: &mut Reader) -> Result<Request, Failure> {
        let text = match self.named.iter().any(|named| named == sample) {
            true => reader.text(sample)?,
            false => reader.text_within(sample, &Reach::of(of, &self.reading.allow))?,
        };
        Request::of_text(sample, &text, reader)
    }

    /// Returns the samples of a template file: those of `--input`, then its own.
    fn of_template(&self, path: &Path, config: Option<&Config>) -> Vec<PathBuf> {
        self.named.iter().cloned().chain(self.folders.files(path, config)).collect()
    }
}

/// Renders a template file with each sample; returns what is wrong with what it writes.
pub fn judge(
    samples: &Samples<'_>,
    config: Option<&Config>,
    path: &Path,
    text: &str,
    is_velocity: bool,
    reader: &mut Reader,
) -> Result<Vec<Found>, Failure> {
    let name = reader::name(path);
    let options = ParseOptions::new().name(name.as_str()).limits(samples.limits(is_velocity));
    let options = if is_velocity { options.dialect(Dialect::velocity_1_7()) } else { options };
    // What does not compile is told already.
    let Ok(template) = Template::parse_with(text, &options) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut left = Left::new(samples.limits(false));
    left.place = Some(Location::new(1, 1).in_file(name.as_str()));
    for sample in &samples.of_template(path, config) {
        if !left.may_read(sample) {
            continue;
        }
        let request = samples.read(sample, path, reader)?;
        let at = |diagnostic: Diagnostic| with_sample(diagnostic, sample);
        match rendered_with(&template, text, &request.globals()?, &mut left).0 {
            Written::Note(note) => found.push(Found::new(at(note.diagnostic(&name, text)))),
            Written::Error(error) => found.push(Found::new(at(error.diagnostic(&name, text)))),
            Written::Fine | Written::TooMuch => {}
        }
    }
    found.extend(left.finding());
    Ok(found)
}

/// Renders the templates of a document with their samples. The samples of `--input` are requests, so that
/// templates of responses take those beside their files alone.
pub fn judge_document(document: &Document, samples: &Samples<'_>, reader: &mut Reader) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    let limits = samples.limits(false);
    let mut left = Left::new(limits.clone());
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
        if left.skipped == 0 {
            left.place = document.location_of(part.route, part.pointer);
        }
        if !left.take(part.text.len()) {
            left.skipped += files.len();
            continue;
        }
        let Ok(template) = Template::parse_with(part.text, &ParseOptions::new().limits(limits.clone())) else {
            continue;
        };
        for sample in files {
            if !left.may_read(&sample) {
                continue;
            }
            let mut request = samples.read(&sample, Path::new(file.as_deref().unwrap_or_default()), reader)?;
            let variables = document.method(part.route).map(|(api, _)| api.stage_variables.iter());
            let variables = variables.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.clone()));
            request.add_stage_variables(variables.collect());
            let globals = request.globals()?;
            let (written, output) = rendered_with(&template, part.text, &globals, &mut left);
            let diagnostic = match written {
                Written::Note(note) => placed(document, &part, note.span, note.diagnostic("", part.text)),
                Written::Error(error) => document.error_in(&part, &error),
                Written::TooMuch => continue,
                Written::Fine => {
                    let budget = left.budget();
                    let misfits = output_misfits(document, &part, &output, &budget);
                    left.spend(&budget);
                    if let Err(error) = budget.check() {
                        match error.code() {
                            Code::StepLimit => left.skipped += 1,
                            _ => found
                                .push(Found::new(with_sample(uncompared(document, &part, &output, &error), &sample))),
                        }
                    }
                    let pieces = match misfits.is_empty() {
                        true => Vec::new(),
                        false => left.map(&template, &globals).pieces(output.len()),
                    };
                    let more = misfits.len().saturating_sub(MOST_MISFITS);
                    let mut add = |at: usize, message: String, help: Option<String>| {
                        let span = rendered::writer(part.text, &output, &pieces, at);
                        let mut diagnostic = Diagnostic::new(Code::OutputMatchesModel, message);
                        diagnostic.help = help;
                        found.push(Found::new(with_sample(placed(document, &part, span, diagnostic), &sample)));
                    };
                    if let Some(next) = misfits.get(MOST_MISFITS) {
                        add(next.at, format!("and {more} more parts that the model does not allow"), None);
                    }
                    for misfit in misfits.into_iter().take(MOST_MISFITS) {
                        add(misfit.at, misfit.message, misfit.help);
                    }
                    continue;
                }
            };
            found.push(Found::new(with_sample(diagnostic, &sample)));
        }
    }
    found.extend(left.finding());
    Ok(found)
}

/// Returns the finding of an output that is not compared with its model.
fn uncompared(document: &Document, part: &TemplateText<'_>, output: &str, error: &Error) -> Diagnostic {
    let message =
        format!("the output of {} bytes is not compared with its model: that takes {}", output.len(), error.detail());
    let diagnostic = Diagnostic::new(error.code(), message).with_help("check with a sample for which it writes less");
    placed(document, part, Span::new(0, part.text.len()), diagnostic)
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
    /// The render, or judging its output, is beyond the steps that are left.
    TooMuch,
}

/// Most misfits of an output that are listed.
const MOST_MISFITS: usize = 100;

/// Steps of judging a byte of an output.
const JUDGED: usize = 2;

/// The part of the steps that renders with a map may take beside them: each takes some times as long.
const MAPPED: u64 = 5;

/// The steps that the renders with all samples of a document or template may still take together.
struct Left {
    limits: Limits,
    steps: u64,
    /// Those that renders with a map may take.
    mapped: u64,
    /// Set when a render has taken steps. The first has all of them, whatever reading the samples took.
    is_shared: bool,
    /// Number of renders that are not judged, as there are no more steps.
    skipped: usize,
    /// Place of the template that is rendered, or of the first of whose renders one is not judged.
    place: Option<Location>,
}

impl Left {
    fn new(limits: Limits) -> Left {
        let steps = limits.steps().unwrap_or(u64::MAX);
        Left { steps, mapped: steps / MAPPED, limits, is_shared: false, skipped: 0, place: None }
    }

    /// Renders again with the map from the output to the template, which is empty if there are not as many steps.
    fn map(&mut self, template: &Template, globals: &Globals<'_>) -> OutputMap {
        let mut map = OutputMap::default();
        let budget = Budget::new(&self.limits.clone().with_steps(Some(self.mapped)));
        let rendered = template.render_with(globals, RenderOptions::new().probe(&mut map).budget(&budget));
        self.mapped = self.mapped.saturating_sub(budget.steps());
        if rendered.is_ok() { map } else { OutputMap::default() }
    }

    /// Creates a budget with the steps that are left, and the whole memory: a render gives back its own.
    fn budget(&self) -> Budget<'static> {
        Budget::new(&self.limits.clone().with_steps(Some(self.steps)))
    }

    /// Takes the steps of a budget that [`budget`](Left::budget) created.
    fn spend(&mut self, budget: &Budget<'_>) {
        self.steps = self.steps.saturating_sub(budget.steps());
    }

    /// Takes steps. Returns false, and takes all, if there are not as many.
    fn take(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps as u64);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Takes the steps of reading a sample. Returns false, and counts the render, if there are not as many.
    fn may_read(&mut self, sample: &Path) -> bool {
        let bytes = sample.metadata().map_or(0, |it| usize::try_from(it.len()).unwrap_or(usize::MAX));
        let is_left = self.take(1 + bytes / 8) && self.steps > 0;
        self.skipped += usize::from(!is_left);
        is_left
    }

    /// Returns the finding of renders that are not judged.
    fn finding(&self) -> Option<Found> {
        let renders = match self.skipped {
            0 => return None,
            1 => "1 render is".to_owned(),
            many => format!("{many} renders are"),
        };
        let most = self.limits.steps().unwrap_or(u64::MAX);
        let message = format!(
            "the renders with samples and judging what they write take more than {most} steps together; {renders} not judged"
        );
        let mut diagnostic = Diagnostic::new(Code::StepLimit, message);
        diagnostic.location.clone_from(&self.place);
        Some(Found::new(diagnostic.with_help("check with fewer samples, or with smaller ones")))
    }
}

/// Renders a template with a sample; returns the result and the output.
fn rendered_with(template: &Template, text: &str, globals: &Globals<'_>, left: &mut Left) -> (Written, String) {
    let is_shared = std::mem::replace(&mut left.is_shared, true);
    let budget = if is_shared { left.budget() } else { Budget::new(&left.limits) };
    let rendered = template.render_with(globals, RenderOptions::new().budget(&budget));
    left.spend(&budget);
    match rendered {
        Ok(rendered) if !left.take(rendered.text.len().saturating_mul(JUDGED)) => {
            left.skipped += 1;
            (Written::TooMuch, String::new())
        }
        Ok(rendered) if looks_like_json(&rendered.text) && not_json(&rendered.text).is_some() => {
            let note = rendered::note(text, &rendered.text, &left.map(template, globals), false);
            (note.map_or(Written::Fine, Written::Note), rendered.text)
        }
        Ok(rendered) => (Written::Fine, rendered.text),
        // Earlier samples took the steps: the template may need no more than it may have.
        Err(error) if is_shared && error.code() == Code::StepLimit => {
            left.skipped += 1;
            (Written::TooMuch, String::new())
        }
        Err(error) => (Written::Error(error), String::new()),
    }
}

/// Names the sample in a finding.
fn with_sample(mut diagnostic: Diagnostic, sample: &Path) -> Diagnostic {
    // Those of `vtl.toml` are found from its folder.
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    let shown = sample.strip_prefix(here).unwrap_or(sample);
    diagnostic.message = format!("with {}: {}", shown.display(), diagnostic.message);
    diagnostic
}
