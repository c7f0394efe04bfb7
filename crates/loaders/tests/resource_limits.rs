//! Templates of CloudFormation and SAM whose evaluation would take longer than they are long.

use vtl::Limits;
use vtl_loaders::{Document, File, Options, load};

/// Loads the first of the files, which can read the others, with 16 MiB.
fn read(files: &[(&str, &str)]) -> Result<Document, &'static str> {
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
    let options = Options::new().limits(Limits::service().with_memory(Some(16 << 20))).read_file(&read);
    load(&[File::new(files[0].0, files[0].1)], &options).map_err(|error| error.diagnostic().code.name())
}

/// Returns the name of the error's code; empty if the template loads.
fn refused(files: &[(&str, &str)]) -> &'static str {
    read(files).map_or_else(|code| code, |_| "")
}

/// Returns the messages of a template.
fn messages(text: &str) -> Vec<String> {
    let document = read(&[("t.yaml", text)]).unwrap_or_else(|code| panic!("{code}"));
    document.diagnostics().into_iter().map(|found| found.message).collect()
}

const API: &str = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n";

/// Returns an entry of the resources, whose name may be longer than YAML's plain keys.
fn entry(name: &str, value: &str) -> String {
    format!("  ? {name}\n  : {value}\n")
}

/// Returns the template of a stack with another one, `m.yaml`, nested in it.
fn nested(name: &str) -> String {
    API.to_owned() + &entry(name, "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: m.yaml}}")
}

/// Each resource has the path of its stack.
#[test]
fn the_path_of_a_nested_stack_is_charged_with_each_resource() {
    let models = |count: usize| -> String {
        let models = (0..count).map(|at| format!("  M{at}: {{Type: AWS::ApiGateway::Model}}\n"));
        "Resources:\n".to_owned() + &models.collect::<String>()
    };
    let with = |name: &str, count: usize| refused(&[("t.yaml", &nested(name)), ("m.yaml", &models(count))]);
    let long = "S".repeat(16_000);
    assert_eq!((with("S", 1_000), with(&long, 10), with(&long, 1_000)), ("", "", "memory-limit"));
    let outputs: String = (0..1_200).map(|at| format!("  O{at}: {{Value: a}}\n")).collect();
    let outputs = |name: &str| refused(&[("t.yaml", &nested(name)), ("m.yaml", &format!("{API}Outputs:\n{outputs}"))]);
    assert_eq!((outputs("S"), outputs(&long)), ("", "memory-limit"));
}

/// The API of an event that names none is named with the path of the stack.
#[test]
fn the_path_of_a_nested_stack_is_charged_with_each_event() {
    let events: String =
        (0..1_200).map(|at| format!("E{at}: {{Type: Api, Properties: {{Path: /, Method: GET}}}}, ")).collect();
    let inner = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {{Type: AWS::Serverless::Function, Properties: {{Events: {{{events}}}}}}}\n"
    );
    let with = |name: &str| refused(&[("t.yaml", &nested(name)), ("m.yaml", &inner)]);
    assert_eq!((with("S"), with(&"S".repeat(16_000))), ("", "memory-limit"));
}

/// A long identifier of a loop is searched for in strings that are long enough, and replaced in all.
#[test]
fn identifiers_of_loops_are_replaced() {
    let named = |identifier: &str| {
        let text = format!(
            "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n  - {identifier}\n  - [a, b]\n  - ? R${{{identifier}}}\n    : \
             Type: AWS::ApiGateway::RestApi\n      Properties: {{Name: '${{{identifier}}}-${{{identifier}}}', Description: !Ref {identifier}}}\n"
        );
        let document = read(&[("t.yaml", &text)]).unwrap_or_else(|code| panic!("{code}"));
        document.apis.iter().map(|api| api.name.clone().unwrap_or_default()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((named("X"), named(&"X".repeat(8_000))), ("a-a b-b".to_owned(), "a-a b-b".to_owned()));
}

/// A finding shows the beginning of a name.
#[test]
fn long_names_are_cut_in_findings() {
    let long = "L".repeat(16_000);
    for (name, value) in [
        (long.clone(), "{Type: AWS::ApiGateway::Model, Properties: {RestApiId: !Ref A}, Wrong: 1, Bad: 2}"),
        (format!("Fn::ForEach::{long}"), "[x, [[], [], []], {}]"),
        (long.clone(), "1"),
    ] {
        let text = format!("Transform: AWS::LanguageExtensions\n{API}{}", entry(&name, value));
        let found = messages(&text);
        assert!(!found.is_empty() && found.iter().all(|message| message.len() < 300), "{found:#?}");
        assert!(found.iter().any(|message| message.contains("LLL…")), "{found:#?}");
    }
}

/// Routes that share an integration have it with its places and findings, each.
#[test]
fn routes_share_an_integration() {
    let routes = |count: usize| -> String {
        let route = |at| {
            format!(
                "  R{at}: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref W, RouteKey: r{at}, Target: !Sub 'integrations/${{I}}'}}}}\n"
            )
        };
        (0..count).map(route).collect()
    };
    let text = format!(
        "Resources:\n  W: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: w, ProtocolType: WEBSOCKET}}}}\n  I:\n    \
         Type: AWS::ApiGatewayV2::Integration\n    Properties: {{ApiId: !Ref W, IntegrationType: MOCK, RequestTemplates: {{a: '{{}}'}}, Wrong: 1}}\n  \
         P: {{Type: AWS::ApiGatewayV2::IntegrationResponse, Properties: {{ApiId: !Ref W, IntegrationId: !Ref I, IntegrationResponseKey: $default}}}}\n{}",
        routes(3)
    );
    let document = read(&[("t.yaml", &text)]).unwrap_or_else(|code| panic!("{code}"));
    assert_eq!(document.routes.len(), 3);
    for route in 0..3 {
        let integration = document.method(route).and_then(|(_, method)| method.integration.as_ref());
        let integration = integration.map(|it| (it.request_templates.len(), it.responses.len()));
        assert_eq!(integration, Some((1, 1)), "{route}");
    }
    let found = messages(&text);
    assert_eq!(found.iter().filter(|message| message.as_str() == "unknown property Wrong").count(), 3, "{found:#?}");
}

/// A name that is not known is compared with all that are.
#[test]
fn unknown_properties_are_charged() {
    let steps = |resource: &str, count: usize| {
        let names: String = (0..count).map(|at| format!("x{at}: 1, ")).collect();
        let text = format!("{API}  {}\n", resource.replace('#', &names));
        read(&[("t.yaml", &text)]).unwrap_or_else(|code| panic!("{code}")).steps()
    };
    for resource in [
        "B: {Type: AWS::ApiGateway::RestApi, Properties: {#}}",
        "B: {Type: AWS::ApiGateway::RestApi, #}",
        "B: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref A, MethodResponses: [{#}]}}",
    ] {
        let (few, many) = (steps(resource, 1), steps(resource, 91));
        assert!(many > few + 90 * 80, "{resource}: {few} to {many}");
    }
}
