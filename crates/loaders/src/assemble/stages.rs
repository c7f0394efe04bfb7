//! Stages of APIs: their names and variables.

use crate::assemble::assembly::Assembly;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::diagnostic::Remark;
use crate::model::address::is_known;
use crate::model::table::table;
use crate::syntax::tree::Node;
use std::collections::BTreeMap;
use vtl::Code;
use vtl::pipeline::model::Table;

/// A stage of an API.
struct Stage<'a> {
    /// Its name; `None` if it is known only after deployment.
    name: Option<String>,
    variables: Table<String>,
    resource: &'a Resource,
}

/// Gives each API the name and the variables of its stage. Of several stages none is the API's, so only variables that
/// all have are.
pub(super) fn settle(assembly: &mut Assembly<'_>) {
    let mut by_api: BTreeMap<String, Vec<Stage<'_>>> = BTreeMap::new();
    for resource in assembly.resources {
        let (owner, variables) = match resource.kind {
            ResourceKind::Stage => ("RestApiId", resource.get("Variables")),
            ResourceKind::V2Stage => ("ApiId", resource.get("StageVariables")),
            ResourceKind::Deployment if resource.get("StageName").is_some() => {
                let described = resource.get("StageDescription").and_then(|node| node.some("Variables"));
                ("RestApiId", described.or_else(|| resource.get("Variables")))
            }
            _ => continue,
        };
        let variables =
            variables.map(|node| table(node, &mut assembly.drafts.remarks, Node::to_word)).unwrap_or_default();
        // Terraform's stages of version 2 have a `name`.
        let name = resource.word("StageName").or_else(|| resource.word("Name")).filter(|name| is_known(name));
        by_api.entry(resource.word(owner).unwrap_or_default()).or_default().push(Stage { name, variables, resource });
    }
    for (api, mut stages) in by_api {
        let Some(draft) = assembly.known_api(&api) else {
            assembly.drafts.remarks.extend(stages.iter().map(|stage| {
                let message = "the document does not have the API of this stage; it is not read";
                Remark::new(Code::UnreadPart, "", message, stage.resource.span)
            }));
            continue;
        };
        join_namesakes(&mut stages);
        let Some((last, others)) = stages.split_last() else { continue };
        match others.iter().find(|stage| stage.variables != last.variables) {
            None => {
                draft.api.stage_variables = last.variables.clone();
                if others.is_empty() {
                    draft.api.stage = last.name.clone().or(draft.api.stage.take());
                }
            }
            Some(_) => {
                let message = format!("the API has {} stages whose variables differ; none are read", stages.len());
                let remark = Remark::new(Code::UnreadPart, "", message, last.resource.span);
                draft.remarks.push(remark.with_help("give those of one stage with --stage-variable NAME=VALUE"));
            }
        }
    }
}

/// Makes one stage of those that have one name: a deployment makes a stage that a resource of its own may describe. One
/// that a deployment alone makes, without variables, does not count beside a resource: SAM adds such a stage `Stage`.
fn join_namesakes(stages: &mut Vec<Stage<'_>>) {
    stages.sort_by(|one, other| one.name.cmp(&other.name));
    stages.dedup_by(|later, first| {
        let are_one = first.name.is_some() && later.name == first.name;
        if are_one && first.is_bare() {
            std::mem::swap(first, later);
        }
        are_one
    });
    if stages.iter().any(|stage| stage.resource.kind != ResourceKind::Deployment) {
        stages.retain(|stage| !stage.is_bare());
    }
}

impl Stage<'_> {
    /// Checks for a stage of a deployment without variables.
    fn is_bare(&self) -> bool {
        self.resource.kind == ResourceKind::Deployment && self.variables.is_empty()
    }
}
