//! Findings about what is not read: modules of registries and repositories, commands, and unknown variables.

use crate::assemble::resource::is_unknown_type;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::model::draft::Drafts;
use crate::span::Span;
use crate::terraform::configuration::{Configuration, Declared, ModuleCall};
use crate::terraform::content::{Inner, Written};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::folders::local_folder;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::reference::{nearest, steps_of_nearest};

/// Resources whose template is another document.
const STACKS: &[&str] = &[
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    "aws_serverlessapplicationrepository_cloudformation_stack",
];

/// The resource that puts a definition into a REST API.
const DEFINITION: &str = "aws_api_gateway_rest_api_put";

/// Resources that exist for the commands that they run.
const COMMANDS: &[&str] = &["null_resource", "terraform_data"];

/// Adds a finding for each module that is not followed, and for each value that the caller gives to a
/// variable that does not exist.
///
/// # Errors
/// The configuration grows too large.
pub(crate) fn report(evaluator: &Evaluator<'_>, drafts: &mut Drafts) -> Result<(), Fault> {
    let mut brings_integrations = false;
    for configuration in evaluator.configurations {
        for call in configuration.calls.iter().filter(|call| call.target.is_none()) {
            drafts.remarks.push(unfollowed(call, configuration, evaluator.context));
            let is_linked = |text: &str| text.contains("aws_api_gateway_");
            brings_integrations |= any_text(evaluator, &call.inner, call.span, is_linked) || call_has_json_links(call);
        }
    }
    for configuration in evaluator.configurations {
        drafts.remarks.extend(configuration.unread.iter().cloned());
        for resource in &configuration.resources {
            drafts.remarks.extend(of_api_gateway(resource));
        }
    }
    for configuration in evaluator.configurations {
        for resource in configuration.resources.iter().filter(|resource| STACKS.contains(&resource.kind.as_str())) {
            let message = format!("the stack {} is not read; its template may have integrations", resource.address);
            let remark = Remark::new(Code::UnreadPart, "", message, resource.span);
            drafts.remarks.push(remark.with_help("load its template itself"));
        }
        for resource in configuration.resources.iter().filter(|resource| COMMANDS.contains(&resource.kind.as_str())) {
            if any_text(evaluator, &resource.inner, resource.span, puts_integration) {
                brings_integrations = true;
                let message = format!("the commands of {} are not read; they put an integration", resource.address);
                let remark = Remark::new(Code::UnreadPart, "", message, resource.span);
                drafts.remarks.push(remark.with_help("load a script of these commands itself"));
            }
        }
    }
    if brings_integrations {
        for api in drafts.apis.iter_mut().filter(|api| api.api.protocol == Protocol::Rest) {
            for route in api.routes.iter_mut().filter(|route| route.method.integration.is_none()) {
                if route.remarks.is_empty() {
                    let message = "the method has no integration here; a part that is not read may have it";
                    route.remark(Code::MissingIntegration, "type", message, route.span);
                }
            }
        }
    }
    if let Some(root) = evaluator.configurations.first() {
        for (name, _) in &evaluator.context.options.parameters {
            if name.starts_with("AWS::") || root.variables.contains_key(name.as_str()) {
                continue;
            }
            // The name is compared with all that are declared.
            let steps = root.variables.len().saturating_mul(steps_of_nearest(name));
            if !evaluator.context.budget.charge(steps, Span::default()) {
                break;
            }
            drafts.remarks.push(undeclared(name, root));
        }
    }
    Ok(())
}

/// Returns the finding about a resource of API Gateway that is not read.
fn of_api_gateway(resource: &Declared<'_>) -> Option<Remark> {
    let (kind, address) = (resource.kind.as_str(), &resource.address);
    if kind == DEFINITION {
        let message = format!("{address} is not read; the definition that it puts may have integrations");
        let remark = Remark::new(Code::UnreadPart, "", message, resource.span);
        return Some(remark.with_help("load its definition itself"));
    }
    let message = format!("{address} is not read: API Gateway has no resources of the type {kind}");
    is_unknown_type(kind).then(|| Remark::new(Code::UnknownField, "", message, resource.span))
}

/// Checks for the command of the AWS CLI that puts an integration, not the response of one.
fn puts_integration(text: &str) -> bool {
    text.split("apigateway put-integration").skip(1).any(|rest| !rest.starts_with('-'))
}

/// Checks for an argument in JSON that refers to a resource of API Gateway.
fn call_has_json_links(call: &ModuleCall<'_>) -> bool {
    let is_link = |written| match written {
        Written::Json(node) => node.as_str().is_some_and(|text| text.contains("aws_api_gateway_")),
        _ => false,
    };
    call.inner.arguments().into_iter().any(|(_, written, _)| is_link(written))
}

/// Checks the source texts of a block and of what overrides it.
fn any_text(evaluator: &Evaluator<'_>, inner: &Inner<'_>, span: Span, is_one: impl Fn(&str) -> bool) -> bool {
    inner.spans(span).into_iter().any(|span| is_one(&evaluator.source(span)))
}

fn unfollowed(call: &ModuleCall<'_>, configuration: &Configuration<'_>, context: &Context<'_, '_>) -> Remark {
    let (source, span) = call.inner.literal("source").unwrap_or(("", call.span));
    let name = call.name;
    if let Some(folder) = local_folder(call, &configuration.folder) {
        let reason = context.unread_path(&context.beside(&folder));
        let (message, help) = match reason.starts_with("cannot read") {
            true => (format!("{source} has no Terraform file"), "mend the path, or load the folder of the root module"),
            false => (reason, "give its folder with --allow"),
        };
        let message = format!("the module {name} is not read: {message}");
        return Remark::new(Code::UnreadPart, "", message, span).with_help(help);
    }
    let message = match (call.inner.attribute("source"), source.trim()) {
        (None, _) => format!("the module {name} is not read: it has no source"),
        (_, "") => match call.inner.literal("source") {
            Some(_) => format!("the module {name} is not read: its source is empty"),
            None => format!("the module {name} is not read: its source is no literal text"),
        },
        _ => format!("the module {name} is not read: its source {source} is not a local folder"),
    };
    Remark::new(Code::UnreadPart, "", message, span)
        .with_help("load the plan, which has all modules: `terraform show -json PLAN`")
}

fn undeclared(name: &str, root: &Configuration<'_>) -> Remark {
    let message = format!("a value is given for the variable {name}, which the configuration does not declare");
    let remark = Remark::new(Code::UndeclaredValue, "", message, Span::default());
    match nearest(name, root.variables.keys().copied()) {
        Some(near) => remark.with_help(format!("did you mean {near}?")),
        None => remark.with_help("declare it, or remove the value"),
    }
}
