//! An open file: a template, or a document with templates in it.

use crate::pieces::Pieces;
use crate::quick::{self, Edit, Finding, Findings, Region};
use crate::settings;
use crate::text::Text;
use crate::uri;
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl_check::{Found, check_document, check_template};
use vtl_loaders::{Document, File, Options, Reach, load};

/// Most changes of a message that are applied one by one.
const MOST_EDITS: usize = 20;

/// Most bytes of a file that is read and checked at once; a larger one is left to the background.
const SMALL: usize = 64 << 10;

/// Content of an open file.
#[derive(Clone)]
pub(crate) enum Content {
    /// A mapping template.
    Template,
    /// An API document.
    Document(Arc<Document>),
    /// A document that does not load, and why.
    Broken(Box<Diagnostic>),
    /// A file without templates.
    Other,
}

/// Reads a file that is no template.
fn read(name: &str, text: &str) -> Content {
    // An ordinary file is not searched for routes at every key.
    if !vtl_loaders::may_have_api(text.as_bytes()) {
        return Content::Other;
    }
    let reach = Reach::of(Path::new(name), &[]);
    let side = |path: &str| reach.read(path.as_ref());
    let list = |folder: &str| reach.list(folder.as_ref());
    let mut options = Options::new();
    // A file that is not saved yet has no folder.
    if Path::new(name).is_absolute() {
        options = options.read_file(&side).list_folder(&list).reach(reach.paths());
    }
    match load(&[File::new(name, text)], &options) {
        Ok(document) => Content::Document(Arc::new(document)),
        Err(error) => match error.diagnostic().code {
            Code::UnknownDocument | Code::UnsupportedDocument => Content::Other,
            _ => Content::Broken(Box::new(error.diagnostic().clone())),
        },
    }
}

/// Finds what is wrong in a file, at the levels of its project.
fn check(name: &str, text: &Text, content: &Content) -> Arc<Findings> {
    let (config, broken) = match settings::of(name) {
        Ok(config) => (config, None),
        Err(why) => (None, Some(Found::new(Diagnostic::new(Code::MalformedInput, why)))),
    };
    let mut found = match content {
        Content::Template => check_template(name, text.as_str(), &settings::template_options(name, config.as_ref())),
        Content::Document(document) => check_document(document),
        Content::Broken(why) => vec![Found::new((**why).clone())],
        Content::Other => return Arc::default(),
    };
    found.extend(broken);
    let found = settings::leveled(found, name, config.as_ref());
    Arc::new(found.into_iter().map(|found| Finding::new(found, name, text)).collect())
}

/// Content of a large file, with the places of the templates in a document.
#[derive(Clone)]
pub(crate) struct Reading {
    content: Content,
    regions: Arc<Vec<Region>>,
}

impl Reading {
    /// Reads a file; finds the templates in a document.
    pub(crate) fn of(file: &OpenFile) -> Reading {
        if file.is_template {
            return Reading { content: Content::Template, regions: Arc::default() };
        }
        let mut file = file.clone();
        file.content = read(&file.name, file.text.as_str());
        let regions = file.templates().into_iter().filter_map(|view| {
            let is_response = view.part.as_ref()?.name.starts_with("response:");
            Some(Region::new(view.in_file(0..view.text.len()), view.text, is_response, &file.text))
        });
        let regions = Arc::new(regions.collect());
        Reading { content: file.content, regions }
    }

    /// Finds what is wrong in the file.
    pub(crate) fn check(&self, file: &OpenFile) -> Arc<Findings> {
        check(&file.name, &file.text, &self.content)
    }
}

/// A file that the editor has open. A clone shares its texts and trees: it is the version for a thread.
#[derive(Clone)]
pub(crate) struct OpenFile {
    pub(crate) uri: Uri,
    /// Name of the file in diagnostics.
    pub(crate) name: String,
    pub(crate) version: i32,
    pub(crate) text: Arc<Text>,
    is_template: bool,
    content: Content,
    /// Set if the content is that of the text.
    pub(crate) is_fresh: bool,
    /// Templates of a file that is read in the background.
    regions: Arc<Vec<Region>>,
    /// Findings, with their fixes and places.
    pub(crate) found: Arc<Findings>,
}

impl OpenFile {
    /// Opens a file; `language` is the editor's name of its language.
    pub(crate) fn new(uri: Uri, language: &str, version: i32, text: String) -> Self {
        let name = uri::path(&uri);
        let extension = Path::new(&name).extension().and_then(|it| it.to_str()).unwrap_or_default();
        let is_template = matches!(language, "vtl" | "velocity") || matches!(extension, "vtl" | "vm");
        OpenFile {
            uri,
            name,
            version,
            text: Arc::new(Text::new(text)),
            is_template,
            content: Content::Other,
            is_fresh: false,
            regions: Arc::default(),
            found: Arc::default(),
        }
    }

    /// Applies the changes of a message. The findings move with their text; with many changes those between the first
    /// and the last place that is edited do not.
    pub(crate) fn edit(&mut self, changes: &[TextDocumentContentChangeEvent]) {
        if changes.len() <= MOST_EDITS {
            changes.iter().for_each(|change| self.change(change));
            return;
        }
        let mut pieces = Pieces::new(self.text.as_str());
        changes.iter().for_each(|change| pieces.edit(change));
        let (text, edit) = pieces.join();
        self.shift(&edit);
        self.text = Arc::new(Text::new(text));
    }

    fn change(&mut self, change: &TextDocumentContentChangeEvent) {
        let range = match change.range {
            Some(range) => {
                let start = self.text.offset(range.start);
                start..self.text.offset(range.end).max(start)
            }
            None => 0..self.text.as_str().len(),
        };
        self.shift(&Edit { range: range.clone(), len: change.text.len() });
        Arc::make_mut(&mut self.text).edit(range, &change.text);
    }

    /// Moves what was found with an edit.
    fn shift(&mut self, edit: &Edit) {
        self.is_fresh = false;
        let (found, regions) = (Arc::make_mut(&mut self.found), Arc::make_mut(&mut self.regions));
        quick::shift(&self.name, &mut found.shown, regions, edit);
    }

    /// Reads and checks the text after it is opened or has changed. A large file is left to the background: then only
    /// the templates of a document that were edited are checked, and the version to check is returned. It has no
    /// findings, so that those of the open file can be moved in place.
    pub(crate) fn analyse(&mut self) -> Option<OpenFile> {
        if self.is_template {
            self.content = Content::Template;
            self.is_fresh = true;
        }
        if self.text.as_str().len() <= SMALL {
            let content = if self.is_template { Content::Template } else { read(&self.name, self.text.as_str()) };
            self.found = check(&self.name, &self.text, &content);
            self.content = content;
            self.is_fresh = true;
            self.regions = Arc::default();
            return None;
        }
        let (found, regions) = (Arc::make_mut(&mut self.found), Arc::make_mut(&mut self.regions));
        quick::check(&self.name, &self.text, found, regions);
        let found = std::mem::take(&mut self.found);
        let version = self.clone();
        self.found = found;
        Some(version)
    }

    /// Takes what the background read.
    pub(crate) fn take(&mut self, reading: Reading) {
        let old = std::mem::replace(&mut self.content, reading.content);
        self.is_fresh = true;
        self.regions = reading.regions;
        if let Content::Document(_) = old {
            // It takes long to free the tree of a large document.
            std::thread::spawn(move || drop(old));
        }
    }

    /// Returns all templates of the file.
    pub(crate) fn templates(&self) -> Vec<View<'_>> {
        match &self.content {
            Content::Template => vec![self.whole()],
            Content::Document(document) => {
                document.templates().filter_map(|template| self.part(document, template)).collect()
            }
            Content::Broken(_) | Content::Other => Vec::new(),
        }
    }

    /// Returns all templates of the file, with the bytes of the file in which they are written.
    pub(crate) fn placed(&self) -> Placed<'_> {
        Placed(self.templates().into_iter().map(|view| (view.in_file(0..view.text.len()), view)).collect())
    }

    /// Returns the template at an offset of the file, and the offset in the template.
    pub(crate) fn template_at(&self, offset: usize) -> Option<(View<'_>, usize)> {
        let Placed(mut views) = self.placed();
        let number = Placed::find(&views, offset)?;
        let (_, view) = views.swap_remove(number);
        let at = view.offset(offset);
        Some((view, at))
    }

    /// Checks if `#` starts a comment in the language of the document.
    pub(crate) fn has_hash_comments(&self) -> bool {
        let text = self.text.as_str().trim_start_matches('\u{feff}').trim_start();
        matches!(self.content, Content::Document(_)) && !text.starts_with(['{', '['])
    }

    fn whole(&self) -> View<'_> {
        View { text: self.text.as_str(), file: self, part: None }
    }

    /// Returns a template that is written in this very file.
    fn part<'a>(&'a self, document: &'a Document, template: vtl_loaders::TemplateText<'a>) -> Option<View<'a>> {
        let place = document.locate(template.route, template.pointer, 0..template.text.len())?;
        let is_here = place.file.as_deref() == Some(self.name.as_str()) && !template.text.is_empty();
        let part = Part { document, route: template.route, pointer: template.pointer, name: template.name };
        is_here.then_some(View { text: template.text, file: self, part: Some(part) })
    }
}

/// The templates of a file with their places: for questions about many offsets.
pub(crate) struct Placed<'a>(Vec<(Range<usize>, View<'a>)>);

impl<'a> Placed<'a> {
    /// Returns the template at an offset of the file, and the offset in the template.
    pub(crate) fn at(&self, offset: usize) -> Option<(&View<'a>, usize)> {
        let (_, view) = self.0.get(Placed::find(&self.0, offset)?)?;
        Some((view, view.offset(offset)))
    }

    /// Groups offsets by the template at them: for each its offsets, with their numbers.
    pub(crate) fn each(&self, offsets: &[usize]) -> Vec<(&View<'a>, Vec<(usize, usize)>)> {
        let mut groups: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (number, offset) in offsets.iter().enumerate() {
            if let Some(at) = Placed::find(&self.0, *offset) {
                groups.entry(at).or_default().push((number, *offset));
            }
        }
        let view = |(at, offsets): (usize, Vec<(usize, usize)>)| {
            let (_, view) = self.0.get(at)?;
            Some((view, offsets.into_iter().map(|(number, offset)| (number, view.offset(offset))).collect()))
        };
        groups.into_iter().filter_map(view).collect()
    }

    /// Returns the number of the first template that is written around an offset.
    fn find(views: &[(Range<usize>, View<'_>)], offset: usize) -> Option<usize> {
        views.iter().position(|(range, _)| range.start <= offset && offset <= range.end)
    }
}

/// The place of a template in a document.
pub(crate) struct Part<'a> {
    pub(crate) document: &'a Document,
    pub(crate) route: usize,
    pointer: &'a str,
    /// Name of the template, such as `request:application/json`.
    pub(crate) name: String,
}

/// A template and its place in the file.
pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
    file: &'a OpenFile,
    pub(crate) part: Option<Part<'a>>,
}

impl View<'_> {
    /// Returns the name of the file.
    pub(crate) fn name(&self) -> &str {
        &self.file.name
    }

    /// Returns the range of the file in which a range of the template is written.
    pub(crate) fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let Some(part) = &self.part else { return range };
        match part.document.locate(part.route, part.pointer, range) {
            Some(location) => self.file.text.located(&location),
            None => 0..0,
        }
    }

    /// Returns the edit of the file that inserts a line in front of the line at an offset of the template, if the lines
    /// of the template are lines of the file.
    pub(crate) fn insert_line(&self, at: usize, line: &str) -> Option<(Range<usize>, String)> {
        let start = self.in_file(at..at).start;
        let (before, behind) = self.file.text.as_str().split_at_checked(start)?;
        let indent = before.get(self.file.text.start_of_line(start)..)?;
        let is_as_written = indent.trim().is_empty() && behind.lines().next() == self.text.get(at..)?.lines().next();
        is_as_written.then(|| (start..start, format!("{line}\n{indent}")))
    }

    /// Returns the edit of the file that inserts such a line with escapes, if the notation of the template has them.
    pub(crate) fn insert_escaped(&self, at: usize, line: &str) -> Option<(Range<usize>, String)> {
        let part = self.part.as_ref()?;
        let (file, range, text) = part.document.write_back(part.route, part.pointer, at..at, &format!("{line}\n"))?;
        (file == self.file.name && !text.contains('\n')).then_some((range, text))
    }

    /// Returns the range of the protocol for a range of the template.
    pub(crate) fn range(&self, range: Range<usize>) -> lsp_types::Range {
        self.file.text.range(self.in_file(range))
    }

    /// Returns the offset in the template of an offset in the file: the first that is written there, or else the last
    /// before it.
    fn offset(&self, in_file: usize) -> usize {
        if self.part.is_none() {
            return in_file;
        }
        let place = |at: usize| self.in_file(at..at).start;
        let boundary = |at: usize| (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or_default();
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let middle = boundary(low + (high - low) / 2);
            match self.text.get(middle..).and_then(|rest| rest.chars().next()) {
                Some(next) if place(middle) < in_file => low = middle + next.len_utf8(),
                _ => high = middle,
            }
        }
        if place(low) > in_file { boundary(low.saturating_sub(1)) } else { low }
    }
}
