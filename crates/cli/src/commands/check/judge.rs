//! The check of one document or template.

use crate::args::document::ReadingArgs;
use crate::commands::check::samples::{self, Samples};
use crate::commands::check::settings::Configs;
use crate::failure::Failure;
use crate::input::discovery::Target;
use crate::input::reader::{self, Reader};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use vtl::{Code, Limits};
use vtl_check::{Found, TemplateOptions, check_document, check_template};
use vtl_loaders::{Options, Reach};

/// The findings in a target, with the texts that were read.
#[derive(Default)]
pub struct Judged {
    pub found: Vec<Found>,
    pub texts: Texts,
}

/// The files that were read, with the texts that are kept.
pub type Texts = Vec<(String, Option<String>)>;

/// Why a target that was named cannot be checked, with the texts that were read.
pub type Unusable = Box<(Failure, Texts)>;

/// Most bytes of the texts with findings that are kept, for their lines and for fixes.
const MOST_KEPT: usize = 256 << 20;

/// Most bytes of a template in a folder.
const MAX_BYTES: u64 = Options::MAX_BYTES as u64;

/// Keeps the texts of files with findings, as long as there is room for them.
#[derive(Default)]
pub struct Keeper(AtomicUsize);

impl Keeper {
    fn kept(&self, reader: &Reader, found: &[Found]) -> Texts {
        let files: HashSet<&str> = found.iter().flat_map(files_of).collect();
        let has_room = |text: &str| self.0.fetch_add(text.len(), Ordering::Relaxed) + text.len() <= MOST_KEPT;
        let mut texts = texts(reader);
        for (name, text) in &mut texts {
            *text = text.take().filter(|text| files.contains(name.as_str()) && has_room(text));
        }
        texts
    }
}

/// Returns the files of a finding and of its fix.
fn files_of(found: &Found) -> impl Iterator<Item = &str> {
    let related = found.diagnostic.related.iter().map(|it| &it.location);
    let places = found.diagnostic.location.iter().chain(related).filter_map(|it| it.file.as_deref());
    places.chain(found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.file.as_str()))
}

pub fn document(
    target: &Target,
    args: &ReadingArgs,
    samples: &Samples<'_>,
    keeper: &Keeper,
) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let loaded = crate::input::document::load(&target.path, args, args.limits.over(Limits::service()), &mut reader);
    let found = match loaded {
        Ok(document) => {
            let mut found = check_document(&document);
            match samples::judge_document(&document, samples, &mut reader) {
                Ok(more) => found.extend(more),
                Err(error) => return Err(Box::new((error, texts(&reader)))),
            }
            found
        }
        Err(failure) if target.is_named => return Err(Box::new((failure, texts(&reader)))),
        Err(Failure::Input(diagnostic)) => {
            // In a folder, what is no document is passed over.
            let is_document = reader
                .sources
                .names()
                .iter()
                .any(|name| reader.sources.get(name).is_some_and(|source| vtl_loaders::has_api(source.text())));
            let is_broken = !matches!(diagnostic.code, Code::UnknownDocument | Code::WrongShape);
            // What it is cannot be told.
            let is_unread = matches!(
                diagnostic.code,
                Code::UnreadableInput | Code::DocumentLimit | Code::StepLimit | Code::MemoryLimit | Code::DepthLimit
            );
            if is_document && is_broken || is_unread {
                vec![Found::new(*diagnostic)]
            } else {
                return Ok(Judged::default());
            }
        }
        Err(other) => return Err(Box::new((other, texts(&reader)))),
    };
    let texts = keeper.kept(&reader, &found);
    Ok(Judged { found, texts })
}

pub fn template(
    target: &Target,
    settings: &Configs,
    samples: &Samples<'_>,
    keeper: &Keeper,
) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let read = match target.is_named {
        true => reader.text(&target.path),
        false => reader.text_of_most(&target.path, &Reach::of(&target.path, &[]), MAX_BYTES),
    };
    let text = match read {
        Ok(text) => text,
        Err(Failure::Input(diagnostic)) if !target.is_named => {
            return Ok(Judged { found: vec![Found::new(*diagnostic)], texts: texts(&reader) });
        }
        Err(error) => return Err(Box::new((error, texts(&reader)))),
    };
    let config = settings.known(&target.path);
    let mut options = TemplateOptions::named(&target.path.to_string_lossy());
    if let Some(config) = config {
        options.protocol = config.protocol();
        options.is_velocity = config.is_velocity();
    }
    options.limits = Some(samples.limits(options.is_velocity));
    let mut found = check_template(&reader::name(&target.path), &text, &options);
    match samples::judge(samples, config, &target.path, &text, options.is_velocity, &mut reader) {
        Ok(more) => found.extend(more),
        Err(error) => return Err(Box::new((error, texts(&reader)))),
    }
    let texts = keeper.kept(&reader, &found);
    Ok(Judged { found, texts })
}

fn texts(reader: &Reader) -> Texts {
    let names = reader.sources.names();
    let text = |name: &String| reader.sources.get(name).map(|it| it.text().to_owned());
    let mut texts: Texts = names.into_iter().map(|name| (text(&name), name)).map(|(text, name)| (name, text)).collect();
    texts.sort();
    texts
}
