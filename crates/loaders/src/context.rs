//! Loading: the files of a document, what the caller gives beside them, and the way to the right reader.

use crate::aws_cli;
use crate::cloudformation;
use crate::cloudformation::intrinsics::Intrinsics;
use crate::detect::{self, Form, Kind};
use crate::document::{Document, Fault, LoadError};
use crate::model::bare;
use crate::model::draft::Drafts;
use crate::model::integration::Surface;
use crate::openapi::{self, BasePath};
use crate::syntax::json;
use crate::syntax::source::Sources;
use crate::syntax::tree::Node;
use crate::syntax::yaml;
use crate::terraform;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use vtl::pipeline::Protocol;

/// A file of a document.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name as places show it; its ending helps to tell its kind.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// A file of a name and a text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        File { name: name.into(), text: text.into() }
    }
}

/// Reads a file that a document names, such as `file("t.vtl")`; none where it cannot be read.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the caller gives beside the document.
#[derive(Clone)]
pub struct Options<'a> {
    /// The kind of document, in place of what is detected.
    pub kind: Option<Kind>,
    /// Values of parameters, variables and pseudo parameters.
    pub parameters: Vec<(String, String)>,
    /// How files that the document names are read; without it they stay unknown.
    pub read_file: Option<ReadFile<'a>>,
    /// The most bytes a document may have, all its files together.
    pub max_bytes: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { kind: None, parameters: Vec::new(), read_file: None, max_bytes: 4 << 20 }
    }
}

/// Loads a document: one file, or the files of one Terraform folder.
///
/// # Errors
/// The text cannot be parsed, is of no known kind, or refers to itself in a circle.
///
/// ```
/// use vtl_loaders::{File, Kind, Options, load};
/// let text = r#"{"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}"#;
/// let document = load(&[File::new("i.json", text)], &Options::default())?;
/// assert_eq!(document.kind, Kind::OpenApi3);
/// let error = load(&[File::new("i.json", "{\n  \"a\": }")], &Options::default()).map(drop);
/// assert_eq!(error.map_err(|error| error.to_string()), Err("i.json:2:8: a value is expected".to_owned()));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
pub fn load(files: &[File], options: &Options<'_>) -> Result<Document, LoadError> {
    run(options, |context| load_files(files, context))
}

/// Loads one integration alone, in whichever words: `x-amazon-apigateway-integration` with or without its name, CloudFormation's
/// `Integration` or properties of version 2, `put-integration`'s input or `get-integration`'s output. The document has one route.
///
/// # Errors
/// The text cannot be parsed, or is no map.
///
/// ```
/// use vtl_loaders::{File, Options, load_integration};
/// let file = File::new("i.yaml", "Integration: {Type: HTTP, IntegrationHttpMethod: GET, Uri: !Sub 'https://${Host}/'}");
/// let document = load_integration(&file, None, &Options::default())?;
/// let integration = document.method(0).and_then(|(_, method)| method.integration.as_ref());
/// assert_eq!(integration.and_then(|it| it.uri.as_deref()), Some("https://${Host}/"));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
pub fn load_integration(file: &File, protocol: Option<Protocol>, options: &Options<'_>) -> Result<Document, LoadError> {
    run(options, |context| {
        let at = context.add(&file.name, &file.text)?;
        let root = context.parse(at, detect::form(&file.name, &file.text))?;
        let node = bare::unwrap(&root);
        let surface = bare::surface_of(node);
        let kind = match surface {
            Surface::OpenApi => Kind::OpenApi3,
            Surface::Cfn | Surface::CfnV2 => Kind::CloudFormation,
            _ => Kind::AwsCli,
        };
        let api = match kind {
            _ if !node.is_map() => return Err(Fault::new(node.span, "an integration is a map")),
            Kind::CloudFormation => cloudformation::bare(&root, node, surface, protocol, context)?,
            _ => bare::load(node, surface, protocol),
        };
        Ok((kind, Drafts { apis: vec![api], remarks: Vec::new() }))
    })
}

fn run(
    options: &Options<'_>,
    read: impl FnOnce(&Context<'_, '_>) -> Result<(Kind, Drafts), Fault>,
) -> Result<Document, LoadError> {
    let context = Context { sources: RefCell::new(Sources::default()), options, bytes: Cell::new(0) };
    let loaded = read(&context);
    let sources = context.sources.into_inner();
    match loaded {
        Ok((kind, drafts)) => Ok(Document::new(kind, drafts, sources)),
        Err(fault) => Err(LoadError { message: fault.message, place: fault.span.map(|span| sources.place(span)) }),
    }
}

fn load_files(files: &[File], context: &Context<'_, '_>) -> Result<(Kind, Drafts), Fault> {
    let mut parsed = Vec::new();
    for file in files {
        let at = context.add(&file.name, &file.text)?;
        if detect::is_cdktf_source(&file.name, &file.text) {
            let span = context.sources.borrow().whole(at);
            let message = "this is a program; run `cdktf synth` and load cdktf.out/stacks/*/cdk.tf.json";
            return Err(Fault::new(span, message));
        }
        parsed.push(at);
    }
    let Some(first) = parsed.first().copied() else { return Err(Fault::whole("there is no file")) };
    let form = match context.options.kind {
        Some(Kind::Terraform) if !files[0].name.ends_with(".json") => Form::Hcl,
        _ => detect::form(&files[0].name, &files[0].text),
    };
    let is_terraform = files.iter().all(|file| file.name.ends_with(".tf") || file.name.ends_with(".tf.json"));
    if form == Form::Hcl || (files.len() > 1 && is_terraform) {
        return Ok((Kind::Terraform, terraform::load(&parsed, context)?));
    }
    if files.len() > 1 {
        return Err(Fault::whole("only the .tf and .tf.json files of a folder are loaded together"));
    }
    if form == Form::CommandLine {
        return Ok((Kind::AwsCli, aws_cli::command::load(first, context)?));
    }
    let root = context.parse(first, form)?;
    let kind = match context.options.kind {
        Some(kind) => kind,
        None => detect::kind(&root)?,
    };
    // A kind is plugged in here: what gives `Drafts` for the tree (or, above, for the files) of a document.
    let drafts = match kind {
        Kind::OpenApi2 | Kind::OpenApi3 => {
            let mut known = root.clone();
            openapi::evaluate(&mut known, &Intrinsics::new(&root, context), 0)?;
            let root = known;
            let whole = openapi::is_root(&root) || root.get("paths").is_some();
            let api = match root.get(openapi::INTEGRATIONS) {
                _ if whole => openapi::load(&root, None, BasePath::Ignore)?,
                Some(shared) => openapi::load_shared(shared),
                None => bare::load(bare::unwrap(&root), Surface::OpenApi, None),
            };
            Drafts { apis: vec![api], remarks: Vec::new() }
        }
        Kind::CloudFormation | Kind::Sam => cloudformation::load(&root, context)?,
        Kind::Terraform | Kind::TerraformJson => terraform::load(&parsed, context)?,
        Kind::TerraformPlan | Kind::TerraformState => terraform::plan::load(&root, context)?,
        Kind::AwsCli => aws_cli::json::load(&root, context)?,
    };
    Ok((kind, drafts))
}

/// What all readers share.
pub(crate) struct Context<'o, 'r> {
    pub sources: RefCell<Sources>,
    pub options: &'o Options<'r>,
    bytes: Cell<usize>,
}

impl Context<'_, '_> {
    fn add(&self, name: &str, text: &str) -> Result<u32, Fault> {
        self.bytes.set(self.bytes.get().saturating_add(text.len()));
        if self.bytes.get() > self.options.max_bytes {
            return Err(Fault::whole(format!("{name}: more than {} bytes", self.options.max_bytes)));
        }
        Ok(self.sources.borrow_mut().add(name, text))
    }

    /// The text of a file.
    pub(crate) fn text(&self, file: u32) -> Rc<str> {
        self.sources.borrow().text(file)
    }

    /// The value of a parameter that the caller gave.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.options.parameters.iter().rfind(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A file that the document names, as a text with its place.
    pub(crate) fn read(&self, name: &str) -> Option<Node> {
        let text = self.options.read_file?(name)?;
        let file = self.add(name, &text).ok()?;
        let span = self.sources.borrow().whole(file);
        Some(Node::text(span, text))
    }

    /// Parses a file.
    pub(crate) fn parse(&self, file: u32, form: Form) -> Result<Node, Fault> {
        let text = self.text(file);
        match form {
            Form::Json => json::read(&text, file),
            _ => yaml::read(&text, file),
        }
    }

    /// Parses a text that is a document itself, such as Terraform's `body`; its places lead back to the text.
    pub(crate) fn parse_text(&self, node: &Node) -> Result<Node, Fault> {
        let text = node.as_text().cloned().unwrap_or_default();
        if let Some(value) = text.encoded {
            return Ok(value.as_ref().clone());
        }
        self.bytes.set(self.bytes.get().saturating_add(text.text.len()));
        if self.bytes.get() > self.options.max_bytes.saturating_mul(4) {
            return Err(Fault::new(node.span, "the texts that are documents themselves are too large"));
        }
        let file = self.sources.borrow_mut().add_within(node);
        let form = if text.text.trim_start().starts_with(['{', '[']) { Form::Json } else { Form::Yaml };
        self.parse(file, form)
    }
}
