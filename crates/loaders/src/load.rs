//! The entry points: files to a [`Document`], by the reader of their format.

use crate::cloudformation::openapi_body;
use crate::context::{Context, File, Options};
use crate::diagnostic::{Fault, Remark};
use crate::document::{Document, LoadError};
use crate::kind::{Grammar, Kind};
use crate::model::bare;
use crate::model::draft::Drafts;
use crate::model::surface::Surface;
use crate::openapi::{self, BasePath};
use crate::references::References;
use crate::syntax::tree::Node;
use crate::{aws_cli, cdk, cloudformation, detect, serverless, terraform};
use std::collections::HashSet;
use vtl::Code;
use vtl::pipeline::Protocol;

/// Loads a document: one file, or all files of one Terraform folder.
///
/// # Errors
/// The text does not parse, its format is unknown, it is too large, or it refers to itself in a
/// circle: codes `V501` to `V509`.
///
/// ```
/// use vtl_loaders::{File, Kind, Options, load};
/// let text = r#"{"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}"#;
/// let document = load(&[File::new("i.json", text)], &Options::default())?;
/// assert_eq!(document.kind, Kind::OpenApi3);
/// let error = load(&[File::new("i.json", "{\n  \"a\": }")], &Options::default()).map(drop);
/// assert_eq!(error.map_err(|error| error.to_string()), Err("i.json:2:8: expected a value".to_owned()));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
pub fn load(files: &[File], options: &Options<'_>) -> Result<Document, LoadError> {
    run(options, |context| load_files(files, context))
}

/// Loads a single integration as a document with one route.
///
/// The integration is written in any of the document languages: `x-amazon-apigateway-integration`
/// with or without its name, CloudFormation's `Integration` or the properties of
/// `AWS::ApiGatewayV2::Integration`, the input of `put-integration`, or the output of
/// `get-integration`. The protocol is guessed from its properties if it is `None`.
///
/// # Errors
/// The text does not parse (`V501`, `V502`), or is not a map (`V509`).
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
        let root = context.parse(at, detect::grammar(&file.name, &file.text))?;
        let node = bare::unwrap(&root);
        if !node.is_map() {
            return Err(Fault::new(Code::WrongShape, node.span, "an integration must be a map"));
        }
        let surface = bare::surface_of(node);
        let (kind, api) = match surface {
            Surface::Cfn | Surface::CfnV2 => {
                let api = cloudformation::load_integration(&root, node, surface, protocol, context);
                (Kind::CloudFormation, api)
            }
            Surface::OpenApi => (Kind::OpenApi3, bare::load(node, surface, protocol)),
            _ => (Kind::AwsCli, bare::load(node, surface, protocol)),
        };
        Ok((kind, Drafts::of(api)))
    })
}

fn run(
    options: &Options<'_>,
    read: impl FnOnce(&Context<'_, '_>) -> Result<(Kind, Drafts), Fault>,
) -> Result<Document, LoadError> {
    let context = Context::new(options);
    let loaded = read(&context);
    let loaded = context.budget.fault().map_or(loaded, Err);
    let steps = context.budget.steps();
    let (sources, remarks) = (context.sources.into_inner(), context.remarks.into_inner());
    let duplicates = context.duplicates.into_inner().remarks();
    match loaded {
        Ok((kind, mut drafts)) => {
            drafts.remarks.extend(remarks.into_iter().chain(duplicates));
            keep_distinct(&mut drafts.remarks);
            Ok(Document::new(kind, drafts, sources, steps, options.limits.clone()))
        }
        Err(fault) => Err(LoadError::new(fault, sources)),
    }
}

/// Removes findings that are there already: what is evaluated more than once has each of them again.
fn keep_distinct(remarks: &mut Vec<Remark>) {
    let mut known = HashSet::new();
    let are_new: Vec<bool> =
        remarks.iter().map(|remark| known.insert((remark.code, remark.span, remark.message.as_str()))).collect();
    let mut are_new = are_new.into_iter();
    remarks.retain(|_| are_new.next().unwrap_or_default());
}

/// Loads files by the grammar of the first one.
fn load_files(files: &[File], context: &Context<'_, '_>) -> Result<(Kind, Drafts), Fault> {
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        let at = context.add(&file.name, &file.text)?;
        if let Some((what, help)) = detect::program(&file.name, &file.text) {
            let span = context.sources.borrow().whole(at);
            let message = format!("the source of {what} cannot be loaded");
            return Err(Fault::new(Code::UnsupportedDocument, span, message).with_help(help));
        }
        sources.push(at);
    }
    let (Some(file), Some(source)) = (files.first(), sources.first().copied()) else {
        return Err(Fault::whole(Code::UnknownDocument, "no file is given"));
    };
    let is_terraform = |file: &File| file.name.ends_with(".tf") || file.name.ends_with(".tf.json");
    let grammar = match context.options.kind {
        Some(Kind::Terraform) if !file.name.ends_with(".json") => Grammar::Hcl,
        _ if files.len() > 1 && files.iter().all(is_terraform) => Grammar::Hcl,
        _ => detect::grammar(&file.name, &file.text),
    };
    if files.len() > 1 && grammar != Grammar::Hcl {
        let message = "cannot load several files together unless all are .tf or .tf.json files";
        return Err(Fault::whole(Code::UnsupportedDocument, message));
    }
    match grammar {
        Grammar::Hcl => Ok((Kind::Terraform, terraform::load_files(&sources, context)?)),
        Grammar::Shell => {
            context.read_parameter_files()?;
            Ok((Kind::AwsCli, aws_cli::command::load(source, context)?))
        }
        Grammar::Json | Grammar::Yaml => load_tree(context.parse(source, grammar)?, context),
    }
}

/// Loads a parsed document. A new document format is added here.
fn load_tree(mut root: Node, context: &Context<'_, '_>) -> Result<(Kind, Drafts), Fault> {
    let kind = match context.options.kind {
        Some(kind) => kind,
        None => detect::kind(&root)?,
    };
    if kind != Kind::TerraformJson && kind != Kind::Terraform {
        context.read_parameter_files()?;
    }
    let drafts = match kind {
        Kind::OpenApi2 | Kind::OpenApi3 => {
            openapi_body::evaluate(&mut root, context);
            let is_whole = openapi::is_root(&root) || root.get("paths").is_some();
            let mut references = References::read(&root, context)?;
            for file in references.documents_mut() {
                openapi_body::evaluate(file, context);
            }
            Drafts::of(match root.get(openapi::INTEGRATIONS) {
                _ if is_whole => openapi::load(&root, None, BasePath::Ignore, &references, &context.budget)?,
                Some(shared) => openapi::load_shared(shared),
                None => bare::load(bare::unwrap(&root), Surface::OpenApi, None),
            })
        }
        Kind::CloudFormation | Kind::Sam => cloudformation::load(&root, context)?,
        Kind::Terraform | Kind::TerraformJson => terraform::load_json(root, context)?,
        Kind::TerraformPlan | Kind::TerraformState => terraform::plan::load(&root, context)?,
        Kind::Cdk => cdk::load(root, context)?,
        Kind::Serverless => serverless::load(&root, context)?,
        Kind::AwsCli => aws_cli::json::load(&root, context)?,
    };
    Ok((kind, drafts))
}
