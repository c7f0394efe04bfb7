//! Findings about sections and resources that are not read.

use crate::assemble::resource::{ResourceKind, is_unknown_type, near_type};
use crate::cloudformation::parameters::PARAMETER;
use crate::context::Context;
use crate::diagnostic::Remark;
use crate::model::shape::Shape::{Any, Map, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::syntax::tree::{Data, Node};
use vtl::Code;

/// Types of SAM that are read, or that have no integrations.
const OF_SAM: &[&str] = &[
    "Api",
    "Application",
    "CapacityProvider",
    "Connector",
    "Function",
    "GraphQLApi",
    "HttpApi",
    "LayerVersion",
    "SimpleTable",
    "StateMachine",
];

/// The sections of a template.
const SECTIONS: Object = Object {
    fields: &[
        ("Conditions", Map(&Any)),
        ("Globals", Map(&Any)),
        ("Mappings", Map(&Map(&Any))),
        ("Outputs", Map(&Any)),
        ("Parameters", Map(&Shape::Object(&PARAMETER))),
        ("Resources", Map(&Any)),
        ("AWSTemplateFormatVersion", Any),
        ("Description", Any),
        ("Hooks", Any),
        ("Metadata", Any),
        ("Rules", Any),
        ("Transform", Any),
    ],
    closed: None,
};

/// The attributes of a resource, with SAM's. `Description` is in no reference, but in templates that are deployed.
const ATTRIBUTES: &[&str] = &[
    "Condition",
    "Connectors",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Description",
    "IgnoreGlobals",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// Types of events of functions, and of state machines ("EventSource").
const EVENTS: &[&str] = &[
    "AlexaSkill",
    "Api",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "HttpApi",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
];

/// Bytes of a finding, besides those of its message.
const REMARK: usize = 256;

/// Steps of a finding about a name, which is compared with all that are known.
const STEPS_OF_REMARK: usize = 80;

/// Adds the findings about sections that are not maps.
pub(super) fn report_sections(root: &Node, remarks: &mut Vec<Remark>) {
    Check::new(remarks).value("the template", root, &Shape::Object(&SECTIONS));
    if let Some(globals) = root.get("Globals").filter(|globals| globals.is_map()) {
        Check::new(remarks).names("the section Globals", globals, OF_SAM);
    }
}

/// Adds the findings about the nulls in a resource of API Gateway, which CloudFormation refuses; SAM leaves them out.
pub(super) fn report_nulls(node: &Node, context: &Context<'_, '_>, remarks: &mut Vec<Remark>) {
    let kind = node.get("Type").and_then(Node::as_str).unwrap_or_default();
    if !kind.starts_with("AWS::ApiGateway") {
        return;
    }
    let mut waiting: Vec<(&str, &Node)> = node.fields().filter(|(name, _)| *name == "Properties").collect();
    while let Some((name, value)) = waiting.pop() {
        if !context.budget.charge(1, value.span) {
            return;
        }
        match &value.data {
            Data::Null => {
                let message = format!("{name} is null, which CloudFormation does not allow; it is not read");
                if !context.budget.make(REMARK + message.len(), value.span) {
                    return;
                }
                remarks.push(Remark::new(Code::WrongValueType, "", message, value.span));
            }
            Data::List(items) => waiting.extend(items.iter().rev().map(|item| (name, item))),
            Data::Map(_) => waiting.extend(value.fields()),
            _ => {}
        }
    }
}

/// Adds the findings about a resource as it is written.
pub(super) fn report(name: &str, node: &Node, context: &Context<'_, '_>, remarks: &mut Vec<Remark>) {
    if !node.is_map() && !name.starts_with("Fn::") && !name.starts_with("AWS::Include") {
        Check::new(remarks).value(name, node, &Map(&Any));
        return;
    }
    let kind = node.get("Type").and_then(Node::as_str).unwrap_or_default();
    // A macro in a resource may add its type.
    let has_macro = node.fields().any(|(key, _)| key.starts_with("Fn::"));
    if node.is_map() && kind.is_empty() && !has_macro && !name.starts_with("Fn::") {
        let message = format!("the resource {name} has no type; it is not read");
        let place = node.get("Type").map_or(node.span, |written| written.span);
        remarks.push(Remark::new(Code::WrongValueType, "", message, place));
    }
    if ResourceKind::from_cloudformation(kind).is_some() && !has_macro {
        let before = remarks.len();
        Check::new(remarks).names(name, node, ATTRIBUTES);
        // Once this fails, assembling the resources does.
        context.budget.charge((remarks.len() - before) * STEPS_OF_REMARK, node.span);
    }
    if let Some(condition) = node.get("Condition").filter(|it| !it.is_null()) {
        Check::new(remarks).value("Condition", condition, &Scalar);
    }
    if let Some(written) = node.get("Type").filter(|_| !kind.is_empty() && !kind.ends_with("::MODULE")) {
        let near = near_type(kind, written.span, &context.budget);
        let message = match near {
            _ if is_unknown_type(kind) => {
                format!("{name} is not read: API Gateway has no resources of the type {kind}")
            }
            Some(_) => format!("{name} is not read: there is no type {kind}"),
            None if !kind.contains("::") => format!("{name} is not read: {kind} is no type of resources"),
            None => String::new(),
        };
        if !message.is_empty() {
            let remark = Remark::new(Code::UnknownField, "", message, written.span);
            remarks.push(match near {
                Some(near) => remark.with_help(format!("did you mean {near}?")),
                None => remark,
            });
        }
    }
    let mut add = |message: String, node: &Node| {
        // The name of a function is copied for each of its events.
        if context.budget.make(message.len(), node.span) {
            remarks.push(Remark::new(Code::UnreadPart, "", message, node.span));
        }
    };
    let of_sam = kind.strip_prefix("AWS::Serverless::");
    let is_unread = kind.ends_with("::MODULE")
        || kind == "AWS::CloudFormation::StackSet"
        || of_sam.is_some_and(|kind| !OF_SAM.contains(&kind));
    if is_unread {
        add(format!("{name} is not read: what {kind} makes may have integrations"), node);
    }
    if kind == "AWS::ApiGatewayV2::ApiGatewayManagedOverrides"
        && let Some(own) = node.at(&["Properties", "Integration"])
    {
        add(format!("{name} is not read: it changes an integration that the service made"), own);
    }
    let is_machine = of_sam == Some("StateMachine");
    if !is_machine && of_sam != Some("Function") {
        return;
    }
    for (event, written) in node.at(&["Properties", "Events"]).into_iter().flat_map(Node::fields) {
        let kind = written.word("Type").unwrap_or_default();
        let kind = kind.as_str();
        if !written.is_map() {
            continue;
        }
        if kind.is_empty() && written.fields().any(|(key, _)| key.starts_with("Fn::")) {
            add(format!("the event {event} of {name} is a function, which SAM does not evaluate there"), written);
        } else if kind.is_empty() {
            add(format!("the event {event} of {name} is not read: it has no type"), written);
        } else if !EVENTS.contains(&kind) {
            add(format!("the event {event} of {name} is not read: SAM has no events of the type {kind}"), written);
        } else if is_machine && kind == "HttpApi" {
            add(
                format!("the event {event} of {name} is not read: state machines have no events of the type {kind}"),
                written,
            );
        }
    }
}
