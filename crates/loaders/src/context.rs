//! The state that all readers share: the caller's options and the files read so far.

use crate::diagnostic::Fault;
use crate::kind::{Grammar, Kind};
use crate::syntax::source::Sources;
use crate::syntax::tree::Node;
use crate::syntax::{json, yaml};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use vtl::Code;

/// A file of a document.
///
/// ```
/// let file = vtl_loaders::File::new("openapi.yaml", "openapi: 3.0.1");
/// assert_eq!(file.name, "openapi.yaml");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// Name that locations show; its ending helps to detect the format.
    pub name: String,
    /// Content of the file.
    pub text: String,
}

impl File {
    /// Creates a file from its name and content.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        File { name: name.into(), text: text.into() }
    }
}

/// Reads a file that a document refers to, such as `file("t.vtl")`; returns `None` if it cannot.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Options of loading a document.
///
/// ```
/// use vtl_loaders::{File, Options, load};
/// let text = "AWSTemplateFormatVersion: '2010-09-09'
/// Parameters: {Host: {Type: String}}
/// Resources:
///   Get:
///     Type: AWS::ApiGateway::Method
///     Properties:
///       HttpMethod: GET
///       Integration: {Type: HTTP, IntegrationHttpMethod: GET, Uri: !Sub 'https://${Host}/'}
/// ";
/// let options = Options::new().parameters([("Host", "api.test")]);
/// let document = load(&[File::new("template.yaml", text)], &options)?;
/// let integration = document.method(0).and_then(|(_, method)| method.integration.as_ref());
/// assert_eq!(integration.and_then(|it| it.uri.as_deref()), Some("https://api.test/"));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
#[derive(Clone)]
pub struct Options<'a> {
    pub(crate) kind: Option<Kind>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) read_file: Option<ReadFile<'a>>,
    pub(crate) max_bytes: usize,
}

impl<'a> Options<'a> {
    /// Bytes that the files of a document may have together, unless [`Options::max_bytes`] is called.
    pub const MAX_BYTES: usize = 4 << 20;

    /// Creates the default options: detected format, no parameters, no reader of files.
    #[must_use]
    pub fn new() -> Self {
        Options { kind: None, parameters: Vec::new(), read_file: None, max_bytes: Self::MAX_BYTES }
    }

    /// Sets the format of the document; `None` detects it.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<Option<Kind>>) -> Self {
        self.kind = kind.into();
        self
    }

    /// Adds values of parameters, variables and pseudo parameters, by name; the last of a name
    /// counts.
    #[must_use]
    pub fn parameters<N: Into<String>, V: Into<String>>(mut self, values: impl IntoIterator<Item = (N, V)>) -> Self {
        self.parameters.extend(values.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Sets the reader of files that the document refers to; without one their content is unknown.
    #[must_use]
    pub fn read_file(mut self, read: ReadFile<'a>) -> Self {
        self.read_file = Some(read);
        self
    }

    /// Sets the most bytes that the files of the document may have together.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options::new()
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("kind", &self.kind)
            .field("parameters", &self.parameters)
            .field("read_file", &self.read_file.is_some())
            .field("max_bytes", &self.max_bytes)
            .finish()
    }
}

/// Options and files of the document that is being read.
pub(crate) struct Context<'o, 'r> {
    pub options: &'o Options<'r>,
    pub sources: RefCell<Sources>,
    bytes: Cell<usize>,
}

impl<'o, 'r> Context<'o, 'r> {
    /// Creates a context without files.
    pub(crate) fn new(options: &'o Options<'r>) -> Self {
        Context { options, sources: RefCell::default(), bytes: Cell::new(0) }
    }

    /// Adds a file and returns its index.
    ///
    /// # Errors
    /// The files are larger than the options allow.
    pub(crate) fn add(&self, name: &str, text: &str) -> Result<u32, Fault> {
        self.bytes.set(self.bytes.get().saturating_add(text.len()));
        if self.bytes.get() > self.options.max_bytes {
            let message = format!("{name}: the document is larger than {} bytes", self.options.max_bytes);
            return Err(Fault::whole(Code::DocumentLimit, message));
        }
        Ok(self.sources.borrow_mut().add(name, text))
    }

    /// Returns the text of a file.
    pub(crate) fn text(&self, file: u32) -> Arc<str> {
        self.sources.borrow().text(file)
    }

    /// Returns the value of a parameter that the caller set.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.options.parameters.iter().rfind(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Returns the content of a file that the document refers to.
    pub(crate) fn read(&self, name: &str) -> Option<Node> {
        let text = self.options.read_file?(name)?;
        let file = self.add(name, &text).ok()?;
        let span = self.sources.borrow().whole(file);
        Some(Node::text(span, text))
    }

    /// Parses a file as JSON or YAML.
    pub(crate) fn parse(&self, file: u32, grammar: Grammar) -> Result<Node, Fault> {
        let text = self.text(file);
        match grammar {
            Grammar::Json => json::read(&text, file),
            _ => yaml::read(&text, file),
        }
    }

    /// Parses a string that is a document itself, such as Terraform's `body`; its places lead back
    /// to the file that contains the string.
    pub(crate) fn parse_text(&self, node: &Node) -> Result<Node, Fault> {
        let text = node.as_text().cloned().unwrap_or_default();
        if let Some(value) = text.encoded {
            return Ok(value.as_ref().clone());
        }
        self.bytes.set(self.bytes.get().saturating_add(text.text.len()));
        if self.bytes.get() > self.options.max_bytes.saturating_mul(4) {
            let message = "the documents that are embedded in the document are too large";
            return Err(Fault::new(Code::DocumentLimit, node.span, message));
        }
        let file = self.sources.borrow_mut().add_within(node);
        let is_json = text.text.trim_start().starts_with(['{', '[']);
        self.parse(file, if is_json { Grammar::Json } else { Grammar::Yaml })
    }
}
