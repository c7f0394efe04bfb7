//! The state that all readers share: the caller's options and the files read so far.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::{Fault, Remark};
use crate::kind::{Grammar, Kind};
use crate::path;
use crate::span::Span;
use crate::syntax::duplicate::Duplicates;
use crate::syntax::source::Sources;
use crate::syntax::tree::Node;
use crate::syntax::{json, yaml};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use vtl::{Code, Limits};

/// Bytes of a text that a parser reads in one step.
const BYTES_PER_STEP: usize = 8;

/// Steps in which the system opens a file, or says that there is none.
const STEPS_OF_OPENING: usize = 700;

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
///
/// The name is a path: that of the document's folder, taken from [`File::name`], with the reference
/// after it. `api/template.yaml` that includes `pets.yaml` asks for `api/pets.yaml`. Only names below
/// the folders of [`Options::reach`] are asked for. Symbolic links, devices and sizes are the reader's
/// to check.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Lists the names of the files in a folder; empty if there is no such folder.
///
/// The path of the folder is formed as for [`ReadFile`], and is empty for the working directory.
pub type ListFolder<'a> = &'a dyn Fn(&str) -> Vec<String>;

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
    pub(crate) parameter_files: Vec<File>,
    pub(crate) read_file: Option<ReadFile<'a>>,
    pub(crate) list_folder: Option<ListFolder<'a>>,
    pub(crate) reach: Vec<String>,
    pub(crate) max_bytes: usize,
    pub(crate) limits: Limits,
    pub(crate) cancel: Option<&'a dyn Fn() -> bool>,
}

impl<'a> Options<'a> {
    /// Bytes that the files of a document may have together, unless [`Options::max_bytes`] is called: more than the
    /// 6 MB of a definition that the service imports.
    pub const MAX_BYTES: usize = 8 << 20;

    /// Creates the default options: detected format, no parameters, no reader of files.
    #[must_use]
    pub fn new() -> Self {
        Options {
            kind: None,
            parameters: Vec::new(),
            parameter_files: Vec::new(),
            read_file: None,
            list_folder: None,
            reach: Vec::new(),
            max_bytes: Self::MAX_BYTES,
            limits: Limits::service(),
            cancel: None,
        }
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

    /// Adds a file with values of parameters; [`Options::parameters`] have precedence, and later files.
    ///
    /// A `.tfvars` file for Terraform. For all others JSON or YAML: a map of names and values, a map
    /// `Parameters` of them, or the list of `ParameterKey` and `ParameterValue` that the AWS CLI takes.
    #[must_use]
    pub fn parameter_file(mut self, file: File) -> Self {
        self.parameter_files.push(file);
        self
    }

    /// Sets the reader of files that the document refers to; without one their content is unknown.
    #[must_use]
    pub fn read_file(mut self, read: ReadFile<'a>) -> Self {
        self.read_file = Some(read);
        self
    }

    /// Adds folders and files that the document may refer to, as paths like those of [`File::name`];
    /// without any, that is the folder of the first file.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load};
    /// let text = "resource \"aws_api_gateway_rest_api\" \"a\" { name = file(\"../name.txt\") }";
    /// let read = |_: &str| Some("pets".to_owned());
    /// let files = [File::new("api/main.tf", text)];
    /// let options = Options::new().read_file(&read);
    /// assert_eq!(load(&files, &options)?.diagnostics().len(), 1);
    /// assert_eq!(load(&files, &options.reach([""]))?.apis[0].name.as_deref(), Some("pets"));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn reach<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.reach.extend(paths.into_iter().map(|path| path::join("", &path.into())));
        self
    }

    /// Sets the list of files in a folder; without one, local modules and `terraform.tfvars` of a
    /// Terraform configuration are not found.
    #[must_use]
    pub fn list_folder(mut self, list: ListFolder<'a>) -> Self {
        self.list_folder = Some(list);
        self
    }

    /// Sets the most bytes that the files of the document may have together.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets the limits of loading: its steps, memory and time.
    ///
    /// ```
    /// use vtl::Limits;
    /// use vtl_loaders::{File, Options, load};
    /// let text = "Resources: {Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: [a, b, c]}}}";
    /// let options = Options::new().limits(Limits::service().with_steps(Some(3)));
    /// let error = load(&[File::new("t.yaml", text)], &options).unwrap_err();
    /// assert_eq!(error.diagnostic().code.name(), "step-limit");
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets a function that ends the loading with `V309` once it returns true.
    #[must_use]
    pub fn cancel_when(mut self, cancel: &'a dyn Fn() -> bool) -> Self {
        self.cancel = Some(cancel);
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
            .field("parameter_files", &self.parameter_files)
            .field("read_file", &self.read_file.is_some())
            .field("list_folder", &self.list_folder.is_some())
            .field("reach", &self.reach)
            .field("max_bytes", &self.max_bytes)
            .field("limits", &self.limits)
            .field("cancel", &self.cancel.is_some())
            .finish()
    }
}

/// Options and files of the document that is being read.
pub(crate) struct Context<'o, 'r> {
    pub options: &'o Options<'r>,
    pub sources: RefCell<Sources>,
    /// Steps and memory that are left.
    pub budget: Budget<'r>,
    /// Findings that concern no API.
    pub remarks: RefCell<Vec<Remark>>,
    /// Keys that a map has twice.
    pub duplicates: RefCell<Duplicates>,
    /// Paths of files that are deployed under another name, by the last part of that.
    assets: RefCell<HashMap<String, String>>,
    /// Values of the files of parameters, once they are read.
    file_parameters: OnceCell<HashMap<String, String>>,
    /// Values that the caller set, by the names of their parameters.
    given: HashMap<&'o str, &'o str>,
    /// Indices of the files that were opened, by their paths; `None` for those that cannot be read.
    opened: RefCell<HashMap<String, Option<u32>>>,
    /// Names of files that cannot be read, with the places that tell so.
    unread: RefCell<HashSet<(String, Span)>>,
    bytes: Cell<usize>,
}

impl<'o, 'r> Context<'o, 'r> {
    /// Creates a context without files.
    pub(crate) fn new(options: &'o Options<'r>) -> Self {
        Context {
            options,
            sources: RefCell::default(),
            budget: Budget::new(&options.limits, options.cancel),
            remarks: RefCell::default(),
            duplicates: RefCell::default(),
            assets: RefCell::default(),
            file_parameters: OnceCell::new(),
            given: options.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            opened: RefCell::default(),
            unread: RefCell::default(),
            bytes: Cell::new(0),
        }
    }

    /// Adds a file and returns its index.
    ///
    /// # Errors
    /// The files are larger than the options allow.
    pub(crate) fn add(&self, name: &str, text: &str) -> Result<u32, Fault> {
        self.bytes.set(self.bytes.get().saturating_add(text.len()));
        if self.is_full() {
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
        let of_files = || self.file_parameters.get()?.get(name);
        self.given.get(name).copied().or_else(|| of_files().map(String::as_str))
    }

    /// Returns the names of the parameters that the caller set.
    pub(crate) fn parameter_names(&self) -> Vec<&str> {
        let of_files = self.file_parameters.get().into_iter().flatten().map(|(name, _)| name.as_str());
        let mut names: Vec<&str> = of_files.chain(self.given.keys().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Reads the files of parameters: a map of names and values, a map `Parameters` of them, or the
    /// list of `ParameterKey` and `ParameterValue` that the AWS CLI takes.
    ///
    /// # Errors
    /// A file does not parse.
    pub(crate) fn read_parameter_files(&self) -> Result<(), Fault> {
        let mut all = HashMap::new();
        for file in &self.options.parameter_files {
            let at = self.add(&file.name, &file.text)?;
            let root = self.parse_tree(at)?;
            if !root.is_map() && !root.is_list() {
                self.misplaced(root.span, "a file of parameters is a map of names and values, or a list of pairs");
            }
            for item in root.items() {
                match item.word("ParameterKey").zip(item.word("ParameterValue")) {
                    Some((name, value)) => drop(all.insert(name, value)),
                    None => {
                        self.misplaced(item.span, "an item has no ParameterKey and ParameterValue, and sets nothing")
                    }
                }
            }
            let map = root.get("Parameters").filter(|map| map.is_map()).unwrap_or(&root);
            for (name, value) in map.fields() {
                let words = || value.items().iter().map(Node::to_word).collect::<Option<Vec<_>>>();
                let list = || words().filter(|_| value.is_list());
                match value.to_word().or_else(|| Some(list()?.join(","))) {
                    Some(word) => drop(all.insert(name.to_owned(), word)),
                    None => self.misplaced(value.span, &format!("the value of {name} is no text and no list of texts")),
                }
            }
        }
        // Nothing else sets it.
        let _ = self.file_parameters.set(all);
        Ok(())
    }

    /// Notes a value of a file of parameters that is none.
    fn misplaced(&self, span: Span, message: &str) {
        self.remarks.borrow_mut().push(Remark::new(Code::WrongValueType, "", message, span));
    }

    /// Returns the path of a file that the document refers to from its own folder.
    pub(crate) fn beside(&self, name: &str) -> String {
        path::beside(&self.sources.borrow().name(0), name)
    }

    /// Returns the content of a file that the document refers to from its own folder.
    pub(crate) fn read(&self, name: &str) -> Option<Node> {
        self.read_path(&self.beside(name))
    }

    /// Returns the content of a file by its path.
    pub(crate) fn read_path(&self, path: &str) -> Option<Node> {
        self.content(self.open(path)?)
    }

    /// Returns a copy of the text of a file; `None` if the budget is spent.
    pub(crate) fn content(&self, file: u32) -> Option<Node> {
        let span = self.sources.borrow().whole(file);
        let text = self.text(file);
        self.budget.make(VALUE + text.len(), span).then(|| Node::text(span, text.as_ref()))
    }

    /// Checks that the document may refer to a file.
    fn reaches(&self, path: &str) -> bool {
        match self.options.reach.as_slice() {
            [] => path::is_below(&path::join("", path::folder_of(&self.sources.borrow().name(0))), path),
            reach => reach.iter().any(|folder| path::is_below(folder, path)),
        }
    }

    /// Says why a file cannot be read that the document refers to from its own folder.
    pub(crate) fn unread(&self, name: &str) -> String {
        self.reason(name, &self.beside(name))
    }

    /// Checks that a place does not tell yet that the document refers there to a file that cannot be read.
    pub(crate) fn is_first_unread(&self, name: &str, span: Span) -> bool {
        self.budget.make(VALUE + name.len(), span) && self.unread.borrow_mut().insert((name.to_owned(), span))
    }

    /// Checks whether a file that cannot be read would have been read if it were there.
    pub(crate) fn is_absent(&self, name: &str) -> bool {
        self.options.read_file.is_some() && self.reaches(&self.beside(name)) && !self.is_full()
    }

    /// Says why a file cannot be read, by its path.
    pub(crate) fn unread_path(&self, path: &str) -> String {
        self.reason(path, path)
    }

    fn reason(&self, name: &str, path: &str) -> String {
        if self.options.read_file.is_some() && !self.reaches(path) {
            return format!("{name} is not read: it is outside of the folders that the document may refer to");
        }
        if self.is_full() {
            return format!("{name} is not read: the files have more than {} bytes together", self.options.max_bytes);
        }
        format!("cannot read {name}")
    }

    /// Checks whether the files were larger than the options allow.
    fn is_full(&self) -> bool {
        self.bytes.get() > self.options.max_bytes
    }

    /// Returns the content of a file that another file refers to.
    pub(crate) fn read_beside(&self, file: u32, name: &str) -> Option<Node> {
        let from = self.sources.borrow().name(file);
        self.read_path(&path::beside(&from, name))
    }

    /// Adds a file that is deployed under a key.
    pub(crate) fn add_asset(&self, key: &str, path: String) {
        self.assets.borrow_mut().insert(last_part(key).to_owned(), path);
    }

    /// Returns the path of the file that is deployed under a key, or at an address that ends with it.
    pub(crate) fn asset(&self, key: &str) -> Option<String> {
        self.assets.borrow().get(last_part(key)).cloned()
    }

    /// Reads a file by its path, once for the document, and returns its index.
    pub(crate) fn open(&self, path: &str) -> Option<u32> {
        if let Some(known) = self.opened.borrow().get(path) {
            return *known;
        }
        // Once a file did not fit, no other is read.
        if !self.reaches(path) || self.is_full() {
            return None;
        }
        let read = self.options.read_file?;
        if self.budget.spend(STEPS_OF_OPENING, VALUE + path.len(), Span::default()).is_err() {
            return None;
        }
        let file = read(path).and_then(|text| self.add(path, &text).ok());
        self.opened.borrow_mut().insert(path.to_owned(), file);
        file
    }

    /// Returns the names of the files in a folder, sorted.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        if !self.reaches(folder) {
            return Vec::new();
        }
        let mut names = self.options.list_folder.map(|list| list(folder)).unwrap_or_default();
        names.sort_unstable();
        names
    }

    /// Parses a file as JSON.
    pub(crate) fn parse_json(&self, file: u32) -> Result<Node, Fault> {
        self.parse(file, Grammar::Json)
    }

    /// Parses a file as JSON or YAML.
    pub(crate) fn parse(&self, file: u32, grammar: Grammar) -> Result<Node, Fault> {
        let text = self.text(file);
        let span = self.sources.borrow().whole(file);
        self.budget.spend(text.len() / BYTES_PER_STEP, 0, span)?;
        let mut duplicates = self.duplicates.borrow_mut();
        match grammar {
            Grammar::Json => json::read(&text, file, &mut duplicates, &self.budget),
            _ => {
                let (node, second) = yaml::read(&text, file, &mut duplicates, &self.budget)?;
                if let Some(second) = second {
                    let message = "the documents behind the first one of the file are not read";
                    self.remarks.borrow_mut().push(Remark::new(Code::UnreadPart, "", message, second));
                }
                Ok(node)
            }
        }
    }

    /// Parses a file as JSON if it starts with a bracket, and as YAML otherwise.
    pub(crate) fn parse_tree(&self, file: u32) -> Result<Node, Fault> {
        let is_json = self.text(file).trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        self.parse(file, if is_json { Grammar::Json } else { Grammar::Yaml })
    }

    /// Parses a string that is a document itself, such as Terraform's `body`; its places lead back
    /// to the file that contains the string.
    pub(crate) fn parse_text(&self, node: &Node) -> Result<Node, Fault> {
        let text = node.as_text().cloned().unwrap_or_default();
        if let Some(value) = text.encoded {
            let weight = value.weight();
            self.budget.spend(weight / VALUE, weight, node.span)?;
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

/// Returns the part of a key or an address behind its last slash.
fn last_part(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or_default()
}
