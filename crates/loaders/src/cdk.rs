//! The folder that `cdk synth` writes (`cdk.out`), by its `manifest.json` ("Cloud assembly").
//!
//! The manifest names the templates of all stacks, and the files that are deployed with them. A template
//! names such a file by its key in a bucket, which is the digest of its content.

use crate::cloudformation;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::kind::Grammar;
use crate::model::draft::Drafts;
use crate::path;
use crate::span::Span;
use crate::syntax::tree::Node;
use vtl::Code;

/// Most templates and manifests of a folder.
const MAX_ARTIFACTS: usize = 1_000;

/// Checks for a manifest.
pub(crate) fn is_manifest(root: &Node) -> bool {
    let artifacts = root.get("artifacts").map_or(&[][..], Node::entries);
    root.get("version").is_some()
        && !artifacts.is_empty()
        && artifacts.iter().all(|(_, node)| node.get("type").is_some())
}

/// Loads the stacks of a manifest.
///
/// # Errors
/// A template does not parse, or the artifacts are too many.
pub(crate) fn load(root: Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let mut assembly = Assembly { context, templates: Vec::new(), remarks: Vec::new() };
    let folder = path::folder_of(&context.sources.borrow().name(root.span.file)).to_owned();
    let mut waiting = vec![(folder, root)];
    let mut count = 0;
    while let Some((folder, manifest)) = waiting.pop() {
        for (name, artifact) in manifest.get("artifacts").into_iter().flat_map(Node::fields) {
            count += 1;
            if count > MAX_ARTIFACTS {
                let message = format!("the manifest has more than {MAX_ARTIFACTS} artifacts");
                return Err(Fault::new(Code::DocumentLimit, artifact.span, message));
            }
            waiting.extend(assembly.artifact(&folder, name, artifact)?);
        }
    }
    let Assembly { templates, mut remarks, .. } = assembly;
    let mut drafts = cloudformation::load_together(&templates, context)?;
    drafts.remarks.append(&mut remarks);
    Ok(drafts)
}

/// The templates and assets that were found so far.
struct Assembly<'a> {
    context: &'a Context<'a, 'a>,
    /// Templates by the names of their stacks.
    templates: Vec<(String, Node)>,
    remarks: Vec<Remark>,
}

impl Assembly<'_> {
    /// Reads an artifact; returns the manifest of a nested assembly, with its folder.
    fn artifact(&mut self, folder: &str, name: &str, artifact: &Node) -> Result<Option<(String, Node)>, Fault> {
        let property = |name: &str| artifact.at(&["properties", name]).and_then(Node::to_word);
        match artifact.get("type").and_then(Node::as_str).unwrap_or_default() {
            "aws:cloudformation:stack" => {
                let file = path::join(folder, &property("templateFile").unwrap_or_default());
                if let Some(template) = self.parse(&file, artifact.span)? {
                    self.templates.push((name.to_owned(), template));
                }
                self.legacy_assets(folder, artifact);
                Ok(None)
            }
            "cdk:asset-manifest" => {
                let file = path::join(folder, &property("file").unwrap_or_default());
                if let Some(assets) = self.parse(&file, artifact.span)? {
                    self.assets(folder, &assets);
                }
                Ok(None)
            }
            "cdk:cloud-assembly" => {
                let inner = path::join(folder, &property("directoryName").unwrap_or_default());
                let manifest = self.parse(&path::join(&inner, "manifest.json"), artifact.span)?;
                Ok(manifest.map(|manifest| (inner, manifest)))
            }
            _ => Ok(None),
        }
    }

    /// Adds the files of an asset manifest under the keys that they are deployed with.
    fn assets(&self, folder: &str, assets: &Node) {
        for (_, file) in assets.get("files").into_iter().flat_map(Node::fields) {
            let Some(source) = file.at(&["source", "path"]).and_then(Node::to_word) else { continue };
            for (_, destination) in file.get("destinations").into_iter().flat_map(Node::fields) {
                if let Some(key) = destination.word("objectKey") {
                    self.context.add_asset(&key, path::join(folder, &source));
                }
            }
        }
    }

    /// Adds the files that the metadata of a stack names, as older versions of the CDK have it.
    fn legacy_assets(&self, folder: &str, artifact: &Node) {
        let metadata = artifact.get("metadata").into_iter().flat_map(Node::fields);
        let assets = metadata.flat_map(|(_, entries)| entries.items()).filter_map(|entry| entry.get("data"));
        for asset in assets {
            if let (Some(path), Some(hash)) = (asset.word("path"), asset.word("sourceHash")) {
                self.context.add_asset(&hash, path::join(folder, &path));
            }
        }
    }

    fn parse(&mut self, file: &str, span: Span) -> Result<Option<Node>, Fault> {
        let Some(source) = self.context.open(file) else {
            let message = format!("cannot read {file}; what it has is missing");
            self.remarks.push(Remark::new(Code::UnreadableFile, "", message, span));
            return Ok(None);
        };
        self.context.parse(source, Grammar::Json).map(Some)
    }
}
