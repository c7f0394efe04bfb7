//! An open file: a template, or a document with templates in it.

use crate::text::Text;
use crate::uri;
use lsp_types::Uri;
use std::ops::Range;
use std::path::Path;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl_check::{Found, TemplateOptions, check_document, check_template};
use vtl_loaders::{Document, File, Options, load};

/// Content of an open file.
enum Content {
    /// A mapping template.
    Template,
    /// An API document.
    Document(Box<Document>),
    /// A document that does not load, and why.
    Broken(Box<Diagnostic>),
    /// A file without templates.
    Other,
}

/// A file that the editor has open.
pub(crate) struct OpenFile {
    pub(crate) uri: Uri,
    /// Name of the file in diagnostics.
    pub(crate) name: String,
    pub(crate) version: i32,
    pub(crate) text: Text,
    is_template: bool,
    content: Content,
    /// Findings, with their fixes.
    pub(crate) found: Vec<Found>,
}

impl OpenFile {
    /// Opens a file; `language` is the editor's name of its language.
    pub(crate) fn new(uri: Uri, language: &str, version: i32, text: String) -> Self {
        let name = uri::path(&uri);
        let extension = Path::new(&name).extension().and_then(|it| it.to_str()).unwrap_or_default();
        let is_template = matches!(language, "vtl" | "velocity") || matches!(extension, "vtl" | "vm");
        OpenFile { uri, name, version, text: Text::new(text), is_template, content: Content::Other, found: Vec::new() }
    }

    /// Reads the text, after it is opened or has changed.
    pub(crate) fn read(&mut self) {
        self.content = if self.is_template { Content::Template } else { self.load() };
        self.found = match &self.content {
            Content::Template => check_template(&self.name, self.text.as_str(), &TemplateOptions::default()),
            Content::Document(document) => check_document(document),
            Content::Broken(_) | Content::Other => Vec::new(),
        };
    }

    fn load(&self) -> Content {
        let text = self.text.as_str();
        // An ordinary file is not searched for routes at every key.
        if !vtl_loaders::may_have_api(text.as_bytes()) {
            return Content::Other;
        }
        let file = File::new(self.name.as_str(), text);
        match load(&[file], &Options::new()) {
            Ok(document) => Content::Document(Box::new(document)),
            Err(error) => match error.diagnostic().code {
                Code::UnknownDocument | Code::UnsupportedDocument => Content::Other,
                _ => Content::Broken(Box::new(error.diagnostic().clone())),
            },
        }
    }

    /// Returns why the document does not load.
    pub(crate) fn failure(&self) -> Option<&Diagnostic> {
        match &self.content {
            Content::Broken(finding) => Some(finding),
            _ => None,
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

    /// Returns the template at an offset of the file, and the offset in the template.
    pub(crate) fn template_at(&self, offset: usize) -> Option<(View<'_>, usize)> {
        if let Content::Template = self.content {
            return Some((self.whole(), offset));
        }
        let view = self.templates().into_iter().find(|view| {
            let range = view.in_file(0..view.text.len());
            range.start <= offset && offset <= range.end
        })?;
        let at = view.offset(offset);
        Some((view, at))
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
    /// Returns the range of the file in which a range of the template is written.
    pub(crate) fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let Some(part) = &self.part else { return range };
        match part.document.locate(part.route, part.pointer, range) {
            Some(location) => self.file.text.located(&location),
            None => 0..0,
        }
    }

    /// Returns the range of the protocol for a range of the template.
    pub(crate) fn range(&self, range: Range<usize>) -> lsp_types::Range {
        self.file.text.range(self.in_file(range))
    }

    /// Returns the offset in the template of an offset in the file: the last that is written at or before it.
    fn offset(&self, in_file: usize) -> usize {
        let starts: Vec<usize> = self.text.char_indices().map(|(at, _)| at).chain([self.text.len()]).collect();
        let at = starts.partition_point(|at| self.in_file(*at..*at).start <= in_file);
        starts.get(at.saturating_sub(1)).copied().unwrap_or_default()
    }
}
