//! `vtl check`: the findings in templates and API documents.

use crate::args::check::{CheckArgs, CheckFormat};
use crate::commands::fixes;
use crate::failure::Failure;
use crate::input::discovery::{self, Form, Target};
use crate::input::document;
use crate::input::reader::{self, Reader};
use crate::report::{json, junit, lines, sarif, stdout, text};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl_check::{Config, Found, RULES, TemplateOptions, check_document, check_template};
use vtl_data::Summary;

pub fn run(args: &CheckArgs, reader: &mut Reader) -> Result<(), Failure> {
    let targets = discovery::targets(&args.paths);
    let mut configs = Configs::default();
    let mut checked = check_all(&targets, args, reader, &mut configs)?;
    if args.fix || args.unsafe_fixes || args.diff {
        // Fixes that overlap wait for the next round.
        for _ in 0..if args.diff { 1 } else { 5 } {
            let changes = fixes::changes(&checked.found, args.unsafe_fixes, &reader.sources);
            if changes.is_empty() {
                break;
            }
            if args.diff {
                return stdout::print(fixes::diff(&changes).as_bytes());
            }
            fixes::write(&changes)?;
            *reader = Reader::default();
            checked = check_all(&targets, args, reader, &mut configs)?;
        }
    }
    if args.add_ignores {
        fixes::write(&fixes::suppressions(&checked.found, &reader.sources))?;
        *reader = Reader::default();
        checked = check_all(&targets, args, reader, &mut configs)?;
    }
    let fixable = checked.found.iter().filter_map(|it| it.fix.as_ref());
    let (safe, other): (Vec<_>, Vec<_>) = fixable.partition(|fix| fix.is_safe);
    let fixable = (safe.len(), other.len());
    let mut findings: Vec<Diagnostic> = checked.found.into_iter().map(|it| it.diagnostic).collect();
    findings.retain(|finding| !args.quiet || finding.severity != Severity::Advice);
    let fail_level = args.fail_level.or(configs.fail_level).unwrap_or(Severity::Warning);
    let failed = findings.iter().any(|finding| finding.severity >= fail_level);
    print(args.format, &findings, &checked.files, fixable, fail_level, reader)?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

fn print(
    format: CheckFormat,
    findings: &[Diagnostic],
    files: &[String],
    (safe, other): (usize, usize),
    fail_level: Severity,
    reader: &Reader,
) -> Result<(), Failure> {
    let summary = Summary::of(findings, files.len());
    match format {
        CheckFormat::Json => json::print_pretty(&json::Findings { findings, summary: Some(summary) }),
        CheckFormat::Sarif => json::print_pretty(&sarif::log(findings)),
        CheckFormat::Junit => stdout::print(junit::report(findings, files, fail_level).as_bytes()),
        CheckFormat::Concise => stdout::print(lines::concise(findings).as_bytes()),
        CheckFormat::Github => {
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
                let text = lines::github_summary(findings, &summary);
                let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
                written.map_err(|e| fixes::unwritable(Path::new(&path), &e))?;
            }
            stdout::print(lines::github(findings).as_bytes())
        }
        CheckFormat::Text if findings.is_empty() => Ok(()),
        CheckFormat::Text => {
            let drawn = text::draw_all(findings, &reader.sources);
            let hint = match (safe, other) {
                (0, 0) => String::new(),
                (0, other) => format!("{other} can be fixed with --unsafe-fixes\n"),
                (safe, 0) => format!("{safe} can be fixed with --fix\n"),
                (safe, other) => format!("{safe} can be fixed with --fix, {other} more with --unsafe-fixes\n"),
            };
            stdout::print_styled(&format!("{drawn}\n{summary}\n{hint}"))
        }
    }
}

/// The findings in all targets.
struct Checked {
    found: Vec<Found>,
    /// Names of the files that were read, in order.
    files: Vec<String>,
}

/// The findings in a target, with the texts that were read.
#[derive(Default)]
struct Judged {
    found: Vec<Found>,
    texts: Vec<(String, String)>,
}

/// Why a target that was named cannot be checked, with the texts that were read.
type Unusable = Box<(Failure, Vec<(String, String)>)>;

/// Keeps the texts for the excerpt of a failure.
fn failed((failure, texts): (Failure, Vec<(String, String)>), reader: &Reader) -> Failure {
    for (name, text) in texts {
        reader.sources.add(name, text);
    }
    failure
}

fn check_all(
    targets: &[Target],
    args: &CheckArgs,
    reader: &mut Reader,
    configs: &mut Configs,
) -> Result<Checked, Failure> {
    let documents: Vec<&Target> = targets.iter().filter(|it| it.form == Form::Document).collect();
    let mut results =
        in_parallel(&documents, |target| check_one_document(target, args)).map_err(|it| failed(*it, reader))?;
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
        configs.of(&target.path)?;
    }
    let known = &*configs;
    results
        .extend(in_parallel(&templates, |target| check_one_template(target, known)).map_err(|it| failed(*it, reader))?);
    let mut found = Vec::new();
    let mut files = BTreeSet::new();
    let mut told = BTreeSet::new();
    for result in results {
        for (name, text) in result.texts {
            reader.sources.add(name.as_str(), text);
            files.insert(name);
        }
        for mut it in result.found {
            let key = (it.diagnostic.location.clone(), it.diagnostic.code, it.diagnostic.message.clone());
            if !is_selected(it.diagnostic.code, args) || (key.0.is_some() && !told.insert(key)) {
                continue;
            }
            let file = it.diagnostic.location.as_ref().and_then(|location| location.file.clone());
            let config = configs.of(Path::new(file.as_deref().unwrap_or(".")))?;
            match config.level(it.diagnostic.code, &absolute(Path::new(file.as_deref().unwrap_or(".")))) {
                Some(None) => continue,
                Some(Some(severity)) => it.diagnostic.severity = severity,
                None => {}
            }
            found.push(it);
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

/// Runs `check` for each target on all cores; returns the results in the order of the targets.
fn in_parallel(
    targets: &[&Target],
    check: impl Fn(&Target) -> Result<Judged, Unusable> + Sync,
) -> Result<Vec<Judged>, Unusable> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    if threads < 2 {
        return targets.iter().map(|target| check(target)).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<Judged, Unusable>>>> = Mutex::new(targets.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(target) = targets.get(at) else { break };
                    let result = check(target);
                    if let Ok(mut results) = results.lock()
                        && let Some(place) = results.get_mut(at)
                    {
                        *place = Some(result);
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_default();
    results.into_iter().flatten().collect()
}

fn check_one_document(target: &Target, args: &CheckArgs) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let loaded = document::load(&target.path, &args.reading, &mut reader);
    let found = match loaded {
        Ok(document) => check_document(&document),
        Err(failure) if target.is_named => return Err(Box::new((failure, texts(&reader)))),
        Err(Failure::Input(diagnostic)) => {
            // In a folder, what is no document is passed over.
            let is_document = reader
                .sources
                .names()
                .iter()
                .any(|name| reader.sources.get(name).is_some_and(|source| discovery::is_document(source.text())));
            let is_broken = !matches!(diagnostic.code, Code::UnknownDocument | Code::WrongShape);
            if is_document && is_broken {
                vec![Found::new(*diagnostic)]
            } else {
                return Ok(Judged::default());
            }
        }
        Err(other) => return Err(Box::new((other, texts(&reader)))),
    };
    Ok(Judged { found, texts: texts(&reader) })
}

fn check_one_template(target: &Target, configs: &Configs) -> Result<Judged, Unusable> {
    let mut reader = Reader::default();
    let text = match reader.text(&target.path) {
        Ok(text) => text,
        Err(error) if target.is_named => return Err(Box::new((error, texts(&reader)))),
        Err(_) => return Ok(Judged::default()),
    };
    let config = configs.known(&target.path);
    let mut options = TemplateOptions::named(&target.path.to_string_lossy());
    if let Some(config) = config {
        options.protocol = config.protocol();
        options.is_velocity = config.is_velocity();
    }
    let found = check_template(&reader::name(&target.path), &text, &options);
    Ok(Judged { found, texts: texts(&reader) })
}

fn texts(reader: &Reader) -> Vec<(String, String)> {
    let names = reader.sources.names();
    let mut texts: Vec<(String, String)> =
        names.into_iter().filter_map(|name| reader.sources.get(&name).map(|it| (name, it.text().to_owned()))).collect();
    texts.sort();
    texts
}

/// Returns a path without `.` parts, for comparison.
fn normal(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.components().collect())
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The settings that were read, by folder.
#[derive(Default)]
struct Configs {
    by_folder: HashMap<PathBuf, Option<usize>>,
    all: Vec<Config>,
    none: Config,
    /// Level of the first settings that have one.
    fail_level: Option<Severity>,
}

impl Configs {
    /// Returns the settings for a file, found upward from it.
    fn of(&mut self, path: &Path) -> Result<&Config, Failure> {
        let folder = folder_of(path);
        let mut passed = Vec::new();
        let mut at = Some(folder.as_path());
        let mut found = None;
        while let Some(folder) = at {
            if let Some(known) = self.by_folder.get(folder) {
                found = *known;
                break;
            }
            passed.push(folder.to_owned());
            let file = folder.join(vtl_check::FILE_NAME);
            if let Ok(text) = std::fs::read_to_string(&file) {
                let config = Config::parse(&text, folder)
                    .map_err(|error| Failure::input(Code::MalformedInput, format!("{}: {error}", file.display())))?;
                self.fail_level = self.fail_level.or(config.fail_level());
                self.all.push(config);
                found = Some(self.all.len() - 1);
                break;
            }
            at = folder.parent();
        }
        for folder in passed {
            self.by_folder.insert(folder, found);
        }
        Ok(found.and_then(|at| self.all.get(at)).unwrap_or(&self.none))
    }

    /// Returns the settings of a file whose settings were asked for before.
    fn known(&self, path: &Path) -> Option<&Config> {
        self.all.get((*self.by_folder.get(&folder_of(path))?)?)
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let path = absolute(path);
    if path.is_dir() { path } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) }
}
