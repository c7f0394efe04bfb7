//! The check of one document or template.

use crate::args::document::ReadingArgs;
use crate::commands::check::samples::{self, Samples};
use crate::commands::check::settings::Configs;
use crate::failure::Failure;
use crate::input::discovery::Target;
use crate::input::reader::{self, Reader};
use vtl::Code;
use vtl_check::{Found, TemplateOptions, check_document, check_template};

/// The findings in a target, with the texts that were read.
#[derive(Default)]
pub struct Judged {
    pub found: Vec<Found>,
    pub texts: Vec<(String, String)>,
}

/// Why a target that was named cannot be checked, with the texts that were read.
pub type Unusable = Box<(Failure, Vec<(String, String)>)>;

pub fn document(target: &Target, args: &ReadingArgs, samples: &Samples) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let loaded = crate::input::document::load(&target.path, args, &mut reader);
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
    Ok(Judged { found, texts: texts(&reader) })
}

pub fn template(target: &Target, settings: &Configs, samples: &Samples) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let text = match reader.text(&target.path) {
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
    let mut found = check_template(&reader::name(&target.path), &text, &options);
    match samples::judge(samples, config, &target.path, &text, options.is_velocity, &mut reader) {
        Ok(more) => found.extend(more),
        Err(error) => return Err(Box::new((error, texts(&reader)))),
    }
    Ok(Judged { found, texts: texts(&reader) })
}

fn texts(reader: &Reader) -> Vec<(String, String)> {
    let names = reader.sources.names();
    let mut texts: Vec<(String, String)> =
        names.into_iter().filter_map(|name| reader.sources.get(&name).map(|it| (name, it.text().to_owned()))).collect();
    texts.sort();
    texts
}
