//! Services of the Serverless framework: `serverless.yml`, and its plug-ins for integrations with
//! services of AWS.
//!
//! The framework makes a CloudFormation template of the configuration. The same template is made here,
//! with the places of the configuration, and read as such. Resources have the framework's names, so that
//! the service's own `resources` can refer to them and change them.

mod defaults;
mod functions;
mod made;
mod proxies;
mod service;
mod shapes;
mod steps;
mod template;
mod variables;

use crate::cloudformation;
use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::address::is_known;
use crate::model::draft::Drafts;
use crate::model::shape::Check;
use crate::model::shape::Shape::{Any, Map, OneOrMore};
use crate::syntax::tree::Node;
use made::{map, text};
use service::Service;
use template::{REST_API, Template};
use variables::Variables;
use vtl::Code;
use vtl::pipeline::Protocol;

/// Checks for the root of a service: its name and provider, or functions with events.
pub(crate) fn is_root(root: &Node) -> bool {
    let has = |name: &str| root.get(name).is_some();
    let has_events = |section: &Node| section.entries().iter().any(|(_, one)| one.get("events").is_some());
    (has("service") && has("provider"))
        || root.get("functions").is_some_and(has_events)
        || root.at(&["custom", "apiGatewayServiceProxies"]).is_some()
        || root.at(&["stepFunctions", "stateMachines"]).is_some_and(has_events)
}

/// Loads a service.
///
/// # Errors
/// A variable refers to itself, or the values grow too large.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let variables = Variables::new(root, context);
    let made = template_of(root, &variables)?;
    let mut drafts = cloudformation::load_made(&made, context)?;
    // The framework makes the stage of a WebSocket API as it makes that of the REST API.
    let stage = variables.stage()?;
    for draft in drafts.apis.iter_mut().filter(|draft| draft.api.protocol == Protocol::WebSocket) {
        draft.api.stage.get_or_insert_with(|| stage.to_string());
    }
    drafts.remarks.append(&mut variables.remarks.into_inner());
    Ok(drafts)
}

/// Makes the CloudFormation template of a service.
///
/// # Errors
/// The service is deployed to another provider, a variable refers to itself, or the values grow too large.
fn template_of(root: &Node, variables: &Variables<'_>) -> Result<Node, Fault> {
    let span = root.span;
    let stage = variables.stage()?;
    let service = Service::new(variables.section("provider")?, &variables.remarks, variables.budget());
    shapes::check_service(root, &service);
    let mut template = Template::new(span, variables.budget());
    let name = variables.section("service")?;
    let name = name.word("name").or_else(|| name.to_word()).unwrap_or_default();
    let provider = &service.provider;
    let cloud = provider.word("name").or_else(|| provider.to_word()).unwrap_or_default();
    if is_known(&cloud) && cloud != "aws" {
        let message = format!("a service of the provider {cloud} has no API of API Gateway");
        return Err(Fault::new(Code::UnknownDocument, provider.span, message));
    }
    let starts_with_service = provider.at(&["apiGateway", "shouldStartNameWithService"]).and_then(Node::to_bool);
    let api_name = match provider.word("apiName") {
        Some(name) => name,
        None if starts_with_service == Some(true) => format!("{name}-{stage}"),
        None => format!("{stage}-{name}"),
    };
    let binary = made::at(provider, &["apiGateway", "binaryMediaTypes"]);
    let source = made::at(provider, &["apiGateway", "apiKeySourceType"]);
    let properties =
        map(span, [("Name", text(span, api_name)), ("BinaryMediaTypes", binary), ("ApiKeySourceType", source)]);
    template.add(REST_API, "AWS::ApiGateway::RestApi", properties);

    let sections = ["functions", "stepFunctions", "custom", "resources"];
    for (name, written) in sections.iter().filter_map(|name| Some((name, root.get(name)?))) {
        Check::new(&mut service.remarks.borrow_mut()).all(name, written, &OneOrMore(&Map(&Any)));
    }
    for (name, function) in parts(&variables.section("functions")?) {
        functions::read(name, function, &service, &mut template)?;
    }
    let machines = variables.section("stepFunctions")?;
    for (name, machine) in machines.get("stateMachines").into_iter().flat_map(parts) {
        steps::read(name, machine, &service, &mut template)?;
    }
    let custom = variables.section("custom")?;
    if let Some(proxies) = custom.get("apiGatewayServiceProxies") {
        proxies::read(proxies, &service, &mut template)?;
    }
    template.add_preflights()?;
    let resources = variables.section("resources")?;
    if template.has_methods {
        let api = made::reference(span, REST_API);
        let properties = map(span, [("RestApiId", api), ("StageName", text(span, &*stage))]);
        template.add("ApiGatewayDeployment", "AWS::ApiGateway::Deployment", properties);
    } else {
        template.remove_api();
    }
    service.remarks.borrow_mut().append(&mut template.remarks);
    Ok(template.finish(resources.each()))
}

/// Returns the entries of a section, which is a map or a list of maps.
fn parts(section: &Node) -> impl Iterator<Item = (&str, &Node)> {
    section.each().iter().flat_map(Node::fields)
}
