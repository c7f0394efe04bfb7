//! CloudFormation beyond one template: nested stacks, and the folder that `cdk synth` writes.

use std::collections::HashMap;
use vtl_loaders::{Document, File, Kind, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Loads the first of the files, which can read the others.
fn read(files: &[(&str, &str)]) -> Result<Document, LoadError> {
    let all: HashMap<&str, &str> = files.iter().copied().collect();
    let read = |name: &str| all.get(name).map(|text| (*text).to_owned());
    load(&[File::new(files[0].0, files[0].1)], &Options::new().read_file(&read))
}

fn findings(document: &Document) -> Vec<String> {
    document.diagnostics().iter().map(|found| found.to_string()).collect()
}

fn keys(document: &Document) -> Vec<String> {
    (0..document.routes.len()).map(|route| document.route_label(route)).collect()
}

fn uris(document: &Document) -> Vec<String> {
    let uri = |route| document.method(route)?.1.integration.as_ref()?.uri.clone();
    (0..document.routes.len()).filter_map(uri).collect()
}

const PARENT: &str = "Parameters: {Host: {Type: String, Default: a.test}}
Resources:
  Pets:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: stacks/pets.yaml
      Parameters:
        ApiId: !GetAtt Base.Outputs.ApiId
        Root: !GetAtt Base.Outputs.Root
        Hosts: [!Ref Host, b.test]
  Base:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./stacks/base.json}
";
const BASE: &str = r#"{"Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "base"}}},
"Outputs": {"ApiId": {"Value": {"Ref": "Api"}}, "Root": {"Value": {"Fn::GetAtt": ["Api", "RootResourceId"]}}}}"#;
const PETS: &str = "Parameters: {ApiId: {Type: String}, Root: {Type: String}, Hosts: {Type: CommaDelimitedList}}
Resources:
  Resource: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref ApiId, ParentId: !Ref Root, PathPart: pets}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref ApiId
      ResourceId: !Ref Resource
      HttpMethod: GET
      Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: !Sub ['https://${H}/', {H: !Select [1, !Ref Hosts]}]}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref ApiId
      ResourceId: !Ref Resource
      HttpMethod: POST
      Integration: {Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: !Sub 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations'}
  Function: {Type: AWS::Lambda::Function}
";

// "Embed stacks within other stacks using nested stacks": parameters, outputs, local templates as
// `aws cloudformation package` takes them.
#[test]
fn nested_stacks_with_local_templates_are_followed() -> Outcome {
    let document =
        read(&[("infra/template.yaml", PARENT), ("infra/stacks/base.json", BASE), ("infra/stacks/pets.yaml", PETS)])?;
    assert_eq!(keys(&document), ["GET /pets", "POST /pets"]);
    assert_eq!(
        uris(&document),
        [
            "https://b.test/",
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Pets.Function.Arn}/invocations",
        ]
    );
    assert_eq!((document.apis.len(), document.apis[0].name.as_deref()), (1, Some("base")));
    assert_eq!(findings(&document), Vec::<String>::new());
    assert_eq!(document.routes[0].location.file, Some("infra/stacks/pets.yaml".to_owned()));
    Ok(())
}

// The rule: nothing that holds an integration disappears without a finding.
#[test]
fn nested_stacks_that_are_not_read_are_findings() -> Outcome {
    let template = "Resources:
  Web: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml'}}
  Gone: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: gone.yaml}}
  App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn, SemanticVersion: 1.0.0}}}
  Set: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: s}}
  Module: {Type: 'My::Api::Gateway::MODULE'}
  Fn::ForEach::Loop: [Name, !Ref Names, {'M${Name}': {Type: AWS::ApiGateway::Method}}]
  Off: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: off.yaml}}
Conditions: {Never: !Equals [a, b]}
Parameters: {Names: {Type: CommaDelimitedList}}
";
    let found = findings(&read(&[("template.yaml", template)])?);
    assert_eq!(found.len(), 6, "{found:#?}");
    for (line, name) in [(5, "Set"), (6, "Module"), (7, "Fn::ForEach::Loop")] {
        let start = format!("template.yaml:{line}:");
        assert!(
            found
                .iter()
                .any(|found| found.starts_with(&start) && found.contains(&format!("[V530]: {name} is not read"))),
            "{found:#?}"
        );
    }
    for (line, name) in [(2, "Web"), (3, "Gone"), (4, "App")] {
        let start = format!("template.yaml:{line}:");
        let is_there = |found: &String| {
            found.starts_with(&start) && found.contains(&format!("advice[V530]: the nested stack {name} is not read"))
        };
        assert!(found.iter().any(is_there), "{found:#?}");
    }
    Ok(())
}

#[test]
fn stacks_in_circles_and_too_many_are_refused() {
    let code = |files: &[(&str, &str)]| read(files).map_or_else(|error| error.diagnostic().code.name(), |_| "");
    let nested = |file: &str| {
        format!("Resources: {{A: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {file}}}}}}}\n")
    };
    assert_eq!(
        code(&[("t.yaml", &nested("a.yaml")), ("a.yaml", &nested("b.yaml")), ("b.yaml", &nested("a.yaml"))]),
        "circular-reference"
    );
    let many: String = (0..300)
        .map(|at| format!("  S{at}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: x.yaml}}}}\n"))
        .collect();
    assert_eq!(code(&[("t.yaml", &format!("Resources:\n{many}"))]), "document-limit");
    // Doubled at each level.
    let two = |level: usize| {
        let one = |name: &str| {
            format!(
                "  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: l{}.yaml}}}}\n",
                level + 1
            )
        };
        format!("Resources:\n{}{}", one("A"), one("B"))
    };
    let levels: Vec<(String, String)> = (0..18).map(|level| (format!("l{level}.yaml"), two(level))).collect();
    let files: Vec<(&str, &str)> = levels.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(code(&files), "document-limit");
}

// Functions of two applications have an API each.
#[test]
fn applications_have_apis_of_their_own() -> Outcome {
    let parent = "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Application, Properties: {Location: a/template.yaml}}\n  B: {Type: AWS::Serverless::Application, Properties: {Location: b/template.yaml}}\n";
    let app = |path: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {{Events: {{E: {{Type: Api, Properties: {{Path: {path}, Method: get}}}}}}}}\n"
        )
    };
    let document =
        read(&[("template.yaml", parent), ("a/template.yaml", &app("/a")), ("b/template.yaml", &app("/b"))])?;
    assert_eq!((keys(&document), document.apis.len()), (vec!["GET /a".to_owned(), "GET /b".to_owned()], 2));
    Ok(())
}

// The files have the shape that aws-cdk 2 writes: "cloud-assembly-schema", manifest and asset manifest.
const MANIFEST: &str = r#"{"version": "39.0.0", "artifacts": {
  "Base.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Base.assets.json"}},
  "Base": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "Base.template.json"}},
  "Pets": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Pets.template.json"}},
  "Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
  "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}"#;
const ASSETS: &str = r#"{"version": "39.0.0", "files": {
  "aaa": {"source": {"path": "asset.aaa.yaml", "packaging": "file"}, "destinations": {"current_account-current_region": {"bucketName": "b", "objectKey": "aaa.yaml"}}},
  "bbb": {"source": {"path": "asset.bbb.vtl", "packaging": "file"}, "destinations": {"d": {"bucketName": "b", "objectKey": "bbb.yaml"}}},
  "ccc": {"source": {"path": "BaseNested.nested.template.json", "packaging": "file"}, "destinations": {"d": {"bucketName": "b", "objectKey": "ccc.json"}}}}}"#;
const BUCKET: &str = r#"{"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}"#;

fn base_template() -> String {
    format!(
        r#"{{"Resources": {{
  "Api": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "api"}}}},
  "Spec": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "spec", "BodyS3Location": {{"Bucket": {BUCKET}, "Key": "aaa.yaml"}}}}}},
  "Included": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "included", "Body": {{"Fn::Transform": {{"Name": "AWS::Include", "Parameters": {{"Location": {{"Fn::Sub": "s3://cdk-hnb659fds-assets-${{AWS::AccountId}}-${{AWS::Region}}/bbb.yaml"}}}}}}}}}}}},
  "Nested": {{"Type": "AWS::CloudFormation::Stack", "Properties": {{"TemplateURL": {{"Fn::Join": ["", ["https://s3.", {{"Ref": "AWS::Region"}}, ".", {{"Ref": "AWS::URLSuffix"}}, "/", {BUCKET}, "/ccc.json"]]}}, "Parameters": {{"Id": {{"Ref": "Api"}}, "Root": {{"Fn::GetAtt": ["Api", "RootResourceId"]}}}}}}}}}},
"Outputs": {{"ExportsOutputRefApi": {{"Value": {{"Ref": "Api"}}, "Export": {{"Name": "Base:ExportsOutputRefApi"}}}},
  "ExportsRoot": {{"Value": {{"Fn::GetAtt": ["Api", "RootResourceId"]}}, "Export": {{"Name": "Base:Root"}}}}}}}}"#
    )
}

fn method(api: &str, root: &str, verb: &str) -> String {
    format!(
        r#"{{"Resources": {{"M": {{"Type": "AWS::ApiGateway::Method", "Properties": {{"RestApiId": {api}, "ResourceId": {root}, "HttpMethod": "{verb}", "Integration": {{"Type": "HTTP_PROXY", "IntegrationHttpMethod": "GET", "Uri": "https://x.test/"}}}}}}}}}}"#
    )
}

#[test]
fn the_folder_of_cdk_synth() -> Outcome {
    let spec = |path: &str| {
        format!("openapi: 3.0.1\npaths: {{{path}: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}}}\n")
    };
    let nested = method(r#"{"Ref": "Id"}"#, r#"{"Ref": "Root"}"#, "PUT");
    let pets =
        method(r#"{"Fn::ImportValue": "Base:ExportsOutputRefApi"}"#, r#"{"Fn::ImportValue": "Base:Root"}"#, "GET");
    let prod = r#"{"version": "39.0.0", "artifacts": {"Prod-Api": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "ProdApi.template.json"}}, "Lost": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Lost.template.json"}}}}"#;
    let own = method(r#"{"Ref": "Api"}"#, r#"{"Fn::GetAtt": ["Api", "RootResourceId"]}"#, "DELETE");
    let own = own.replacen(
        r#"{"M":"#,
        r#"{"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "prod"}}, "M":"#,
        1,
    );
    let document = read(&[
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/Base.assets.json", ASSETS),
        ("cdk.out/Base.template.json", &base_template()),
        ("cdk.out/Pets.template.json", &pets),
        ("cdk.out/asset.aaa.yaml", &spec("/spec")),
        ("cdk.out/asset.bbb.vtl", &spec("/included")),
        ("cdk.out/BaseNested.nested.template.json", &nested),
        ("cdk.out/assembly-Prod/manifest.json", prod),
        ("cdk.out/assembly-Prod/ProdApi.template.json", &own),
    ])?;
    assert_eq!(document.kind, Kind::Cdk);
    let of = |name: &str| {
        let at = document.apis.iter().position(|api| api.name.as_deref() == Some(name));
        let routes = document.routes.iter().enumerate().filter(|(_, route)| Some(route.api) == at);
        routes.map(|(route, _)| document.route_label(route)).collect::<Vec<_>>()
    };
    assert_eq!(of("api"), ["PUT /", "GET /"]);
    assert_eq!(
        (of("spec"), of("included"), of("prod")),
        (vec!["GET /spec".to_owned()], vec!["GET /included".to_owned()], vec!["DELETE /".to_owned()])
    );
    let found = findings(&document);
    assert!(
        found.iter().any(|found| found.starts_with("cdk.out/assembly-Prod/manifest.json:1:") && found.contains("V524")),
        "{found:#?}"
    );
    Ok(())
}
