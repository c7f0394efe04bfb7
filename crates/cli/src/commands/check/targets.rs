//! The check of all targets: documents with what they refer to, then the templates that are left.

use crate::args::check::CheckArgs;
use crate::commands::check::judge::{self, Judged, Keeper, Unusable};
use crate::commands::check::parallel;
use crate::commands::check::samples::Samples;
use crate::commands::check::settings::Configs;
use crate::failure::Failure;
use crate::input::discovery::{Form, Target};
use crate::input::reader::Reader;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl_check::{Found, RULES};

/// The findings in all targets.
pub struct Checked {
    pub found: Vec<Found>,
    /// Names of the files that were read, in order.
    pub files: Vec<String>,
}

/// Returns the results, or why the first target that was named cannot be checked; keeps its texts for the
/// excerpt.
fn usable(results: Vec<Result<Judged, Unusable>>, reader: &Reader) -> Result<Vec<Judged>, Failure> {
    let results: Result<Vec<Judged>, Unusable> = results.into_iter().collect();
    results.map_err(|unusable| {
        let (failure, texts) = *unusable;
        for (name, text) in texts {
            if let Some(text) = text {
                reader.sources.add(name, text);
            }
        }
        failure
    })
}

pub fn all(
    targets: &[Target],
    args: &CheckArgs,
    reader: &mut Reader,
    configs: &mut Configs,
) -> Result<Checked, Failure> {
    let documents: Vec<&Target> = targets.iter().filter(|it| it.form == Form::Document).collect();
    let samples = Samples::new(&args.inputs, &args.reading);
    let keeper = Keeper::default();
    let judged = parallel::map(&documents, |target| judge::document(target, &args.reading, &samples, &keeper));
    let mut results = usable(judged, reader)?;
    // A folder that another document has read, such as a local module, is a part of that document.
    let read: Vec<BTreeSet<PathBuf>> =
        results.iter().map(|result| result.texts.iter().map(|(name, _)| normal(Path::new(name))).collect()).collect();
    let is_part = |at: usize| {
        let own = &read[at];
        let is_folder = documents[at].path.is_dir() && !documents[at].is_named;
        is_folder
            && !own.is_empty()
            && read.iter().enumerate().any(|(other, read)| other != at && read.len() > own.len() && own.is_subset(read))
    };
    for at in (0..results.len()).rev() {
        if is_part(at) {
            results.remove(at);
        }
    }
    let referred: BTreeSet<PathBuf> = read.into_iter().flatten().collect();
    // A template that a document refers to is checked there.
    let is_loose = |target: &&Target| target.form == Form::Template && !referred.contains(&normal(&target.path));
    let templates: Vec<&Target> = targets.iter().filter(is_loose).collect();
    for target in &templates {
        configs.read(&target.path)?;
    }
    let known = &*configs;
    let judged = parallel::map(&templates, |target| judge::template(target, known, &samples, &keeper));
    results.extend(usable(judged, reader)?);
    let mut found = Vec::new();
    let mut files = BTreeSet::new();
    let mut told = BTreeSet::new();
    for result in results {
        for (name, text) in result.texts {
            if let Some(text) = text {
                reader.sources.add(name.as_str(), text);
            }
            files.insert(name);
        }
        for mut it in result.found {
            let key = (it.diagnostic.location.clone(), it.diagnostic.code, it.diagnostic.message.clone());
            if !is_selected(it.diagnostic.code, args) || (key.0.is_some() && !told.insert(key)) {
                continue;
            }
            let file = it.diagnostic.location.as_ref().and_then(|location| location.file.as_deref());
            let path = Path::new(file.unwrap_or(".")).to_owned();
            let (config, path) = configs.of_file(&path)?;
            if config.keeps(&mut it.diagnostic, path) {
                found.push(it);
            }
        }
    }
    Ok(Checked { found, files: files.into_iter().collect() })
}

/// Checks whether the flags want findings of a code.
fn is_selected(code: Code, args: &CheckArgs) -> bool {
    let category = RULES.iter().find(|rule| rule.code == code).map(|rule| rule.category.as_str());
    let fits = |word: &String| word == code.name() || Some(word.as_str()) == category;
    (args.select.is_empty() || args.select.iter().any(fits)) && !args.ignore.iter().any(fits)
}

/// Returns a path without `.` parts, for comparison.
fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.components().collect())
}
