//! Templates and documents under test, each loaded and compiled once.

use crate::format::file::{MAX_BYTES, Obstacle, read_text, unreadable};
use crate::format::test::DocumentKey;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl::pipeline::PreparedApi;
use vtl::{Code, Error, Note, ParseOptions, Span, Template};
use vtl_loaders::{Document, File, Options, Reach, RouteKeys, files_of};

/// Everything that the tests of a run share, and what those of a test file may read of it.
#[derive(Clone)]
pub(crate) struct Subjects {
    shared: Arc<Shared>,
    reach: Arc<Reach>,
    /// Paths that the user allows.
    allowed: Arc<[PathBuf]>,
}

/// Everything that the tests of a run share.
#[derive(Default)]
struct Shared {
    files: Once<PathBuf, Arc<TemplateFile>>,
    documents: Once<DocumentKey, Arc<LoadedDocument>>,
    texts: Mutex<Texts>,
    sources: Mutex<HashMap<String, Arc<str>>>,
}

/// Most bytes of a template, of a payload and of a schema.
const MOST_OF_TEXT: u64 = 16 << 20;

/// Texts of files that tests name, as long as they fit.
struct Texts {
    kept: HashMap<PathBuf, Arc<str>>,
    /// Bytes that may still be kept.
    left: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Texts { kept: HashMap::new(), left: 64 << 20 }
    }
}

/// A template file.
pub(crate) struct TemplateFile {
    pub name: String,
    pub template: Template,
}

/// A document with its compiled APIs and templates.
pub(crate) struct LoadedDocument {
    pub name: String,
    pub document: Document,
    pub apis: Vec<PreparedApi>,
    /// Its routes by their keys: a file may have many tests.
    pub routes: RouteKeys,
    /// Names of the files that were read for it.
    pub files: Vec<String>,
    parts: Once<(usize, String), Template>,
    /// Errors of each route, found when a call first asks for them.
    errors: OnceLock<Vec<Vec<Diagnostic>>>,
    /// Routes by the names of their templates, once they were asked for.
    by_template: OnceLock<HashMap<String, HashSet<usize>>>,
}

impl Subjects {
    /// Creates the subjects of a run, of which the user allows some paths.
    pub fn new(allowed: &[PathBuf]) -> Self {
        let reach = Arc::new(Reach::of(Path::new(""), allowed));
        Subjects { shared: Arc::default(), reach, allowed: Arc::from(allowed) }
    }

    /// Returns the subjects for what has a reach of its own.
    pub fn within(&self, reach: &Arc<Reach>) -> Self {
        Subjects { reach: Arc::clone(reach), ..self.clone() }
    }

    /// Checks that a path is within reach. Another test file, whose reach is not the same, may have read it.
    fn check(&self, path: &Path) -> Result<(), Obstacle> {
        self.reach.check(path).map_err(|error| unreadable(path, &error))
    }

    /// Returns the template of a file.
    pub fn file(&self, path: &Path) -> Result<Arc<TemplateFile>, Obstacle> {
        self.check(path)?;
        self.shared.files.get(&path.to_owned(), || {
            let name = path.display().to_string();
            let text = read_text(path, &self.reach, MOST_OF_TEXT)?;
            self.keep(&name, &text);
            let options = ParseOptions::new().name(name.as_str());
            let template =
                Template::parse_with(&text, &options).map_err(|error| Box::new(error.diagnostic(&name, &text)))?;
            Ok(Arc::new(TemplateFile { name, template }))
        })
    }

    /// Returns a document.
    pub fn document(&self, key: &DocumentKey) -> Result<Arc<LoadedDocument>, Obstacle> {
        [&key.path].into_iter().chain(&key.parameter_files).try_for_each(|path| self.check(path))?;
        self.shared.documents.get(key, || self.load(key).map(Arc::new))
    }

    /// Returns the text of a file that a test names.
    pub fn text(&self, path: &Path) -> Result<String, Obstacle> {
        self.check(path)?;
        let texts = || self.shared.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts().kept.get(path) {
            return Ok(text.to_string());
        }
        let text = read_text(path, &self.reach, MOST_OF_TEXT)?;
        let mut texts = texts();
        if let Some(left) = texts.left.checked_sub(text.len()) {
            texts.left = left;
            texts.kept.insert(path.to_owned(), Arc::from(text.as_str()));
        }
        Ok(text)
    }

    /// Returns the texts that findings may point into, by their names.
    pub fn into_sources(self) -> HashMap<String, Arc<str>> {
        std::mem::take(&mut *self.shared.sources.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads templates and documents that no test has loaded. Those that do not load have no lines.
    pub fn load_also(&self, paths: &[PathBuf]) {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut known: HashSet<PathBuf> = self.shared.files.keys().iter().map(|path| real(path)).collect();
        known.extend(self.shared.documents.keys().iter().map(|key| real(&key.path)));
        for path in paths {
            if !known.insert(real(path)) {
                continue;
            }
            let own = self.within(&Arc::new(Reach::of(path, &self.allowed)));
            if matches!(path.extension().and_then(|end| end.to_str()), Some("vtl" | "vm")) {
                let _ = own.file(path);
            } else {
                let _ = own.document(&DocumentKey { path: path.clone(), ..DocumentKey::default() });
            }
        }
    }

    /// Returns the documents that were loaded.
    pub fn documents(&self) -> Vec<Arc<LoadedDocument>> {
        self.shared.documents.all()
    }

    /// Returns the template files that were compiled.
    pub fn files(&self) -> Vec<Arc<TemplateFile>> {
        self.shared.files.all()
    }

    fn keep(&self, name: &str, text: &str) {
        self.shared.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::from(text));
    }

    fn load(&self, key: &DocumentKey) -> Result<LoadedDocument, Obstacle> {
        let name = key.path.display().to_string();
        let mut files = Vec::new();
        let read_names = Mutex::new(Vec::new());
        for path in
            files_of(&key.path).map_err(|error| Diagnostic::new(Code::UnreadableTestInput, error.to_string()))?
        {
            let text = read_text(&path, &self.reach, MAX_BYTES)?;
            let name = path.strip_prefix(".").unwrap_or(&path).display().to_string();
            self.keep(&name, &text);
            files.push(File::new(name, text));
        }
        let kind = key.kind.as_deref().map(str::parse).transpose();
        let wrong = |error: vtl_loaders::UnknownKind| Diagnostic::new(Code::WrongTest, error.to_string());
        let kind = kind.map_err(|error| Box::new(wrong(error)))?;
        let mut options = Options::new().kind(kind).parameters(key.parameters.clone());
        for path in &key.parameter_files {
            let text = read_text(path, &self.reach, MAX_BYTES)?;
            options = options.parameter_file(File::new(path.display().to_string(), text));
        }
        let reach = Reach::of(&key.path, &self.allowed);
        let read = |name: &str| {
            let text = reach.read(Path::new(name))?;
            self.keep(name, &text);
            read_names.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
            Some(text)
        };
        let list = |folder: &str| reach.list(Path::new(folder));
        let options = options.read_file(&read).list_folder(&list).reach(reach.paths());
        let document = vtl_loaders::load(&files, &options).map_err(|error| Box::new(error.diagnostic().clone()))?;
        let apis = document.apis.iter().map(PreparedApi::new).collect();
        let mut names = std::mem::take(&mut *read_names.lock().unwrap_or_else(PoisonError::into_inner));
        names.extend(files.into_iter().map(|file| file.name));
        let routes = document.route_keys();
        Ok(LoadedDocument {
            name,
            document,
            apis,
            routes,
            files: names,
            parts: Once::default(),
            errors: OnceLock::new(),
            by_template: OnceLock::new(),
        })
    }
}

impl LoadedDocument {
    /// Returns the errors of a route.
    pub fn errors_of(&self, route: usize) -> &[Diagnostic] {
        let all = self.errors.get_or_init(|| {
            let mut all = self.document.diagnostics_by_route();
            all.iter_mut().for_each(|found| found.retain(|finding| finding.severity == Severity::Error));
            all
        });
        all.get(route).map_or(&[], Vec::as_slice)
    }

    /// Returns the routes that have a template of a name.
    pub fn routes_with(&self, name: &str) -> Option<&HashSet<usize>> {
        let all = self.by_template.get_or_init(|| {
            let mut all: HashMap<String, HashSet<usize>> = HashMap::new();
            for template in self.document.templates() {
                all.entry(template.name).or_default().insert(template.route);
            }
            all
        });
        all.get(name)
    }

    /// Returns a compiled template of a route.
    pub fn part(&self, route: usize, name: &str) -> Result<Template, Obstacle> {
        self.parts.get(&(route, name.to_owned()), || {
            let found = self.document.template_of(route, name);
            let Some(text) = found else {
                return Err(Box::new(Diagnostic::new(Code::NoSuchPart, format!("there is no template {name}"))));
            };
            let options = ParseOptions::new().name(name);
            Template::parse_with(text.text, &options).map_err(|error| Box::new(self.document.error_in(&text, &error)))
        })
    }

    /// Returns an error of a template at its place in the document.
    pub fn error(&self, route: usize, name: &str, error: &Error) -> Diagnostic {
        match self.document.template_of(route, name) {
            Some(template) => self.document.error_in(&template, error),
            None => Diagnostic::new(error.code(), error.detail()),
        }
    }

    /// Returns a note of a template at its place in the document.
    pub fn note(&self, route: usize, name: &str, note: &Note) -> Diagnostic {
        match self.document.template_of(route, name) {
            Some(template) => self.document.note_in(&template, note),
            None => Diagnostic::new(note.code, note.detail.as_str()),
        }
    }

    /// Returns the place of a part of a template.
    pub fn locate(&self, route: usize, name: &str, span: Span) -> Option<Location> {
        let template = self.document.template_of(route, name)?;
        self.document.locate(route, template.pointer, span.range())
    }
}

/// Values that are made once for each key; threads that need one wait for it.
struct Once<K, V>(Mutex<HashMap<K, Cell<V>>>);

/// A value that is made, or the reason why it cannot be.
type Cell<V> = Arc<OnceLock<Result<V, Obstacle>>>;

impl<K, V> Default for Once<K, V> {
    fn default() -> Self {
        Once(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Once<K, V> {
    fn get(&self, key: &K, make: impl FnOnce() -> Result<V, Obstacle>) -> Result<V, Obstacle> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match cells.get(key) {
                Some(cell) => Arc::clone(cell),
                None => Arc::clone(cells.entry(key.clone()).or_default()),
            }
        };
        cell.get_or_init(make).clone()
    }

    fn keys(&self) -> Vec<K> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn all(&self) -> Vec<V> {
        let cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cells.values().filter_map(|cell| cell.get()?.as_ref().ok().cloned()).collect()
    }
}
