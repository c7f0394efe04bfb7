//! Fixes of `vtl check` in each notation that holds templates: the file before and after.

use crate::run::Folder;

/// A fixable rule with a template before and after its fix.
const FIXES: &[(&str, &str, &str)] = &[
    ("unknown-variable", "$inputs.body", "$input.body"),
    ("unknown-util", "$util.escapeJavascript($input.body)", "$util.escapeJavaScript($input.body)"),
    ("unknown-input", "$input.param('a')", "$input.params('a')"),
    ("unknown-context", "$context.identity.sourceIP", "$context.identity.sourceIp"),
    ("unknown-method", "$input.params('a').toUppercase()", "$input.params('a').toUpperCase()"),
    ("invalid-json", "#set($a = 1);{\"a\": $a}", "#set($a = 1){\"a\": $a}"),
    ("invalid-json", "{\"a\": [1, 2,]}", "{\"a\": [1, 2]}"),
    (
        "comma-in-loop",
        "[#foreach($e in $input.path('$.l')){\"a\": 1},#end]",
        "[#foreach($e in $input.path('$.l')){\"a\": 1}#if($foreach.hasNext),#end#end]",
    ),
    (
        "unescaped-in-string",
        "{\"a\": \"$input.params('a')\"}",
        "{\"a\": \"$util.escapeJavaScript($input.params('a')).replaceAll(\"\\\\'\", \"'\")\"}",
    ),
    (
        "apostrophe-escape",
        "{\"a\": \"$util.escapeJavaScript($input.params('a'))\"}",
        "{\"a\": \"$util.escapeJavaScript($input.params('a')).replaceAll(\"\\\\'\", \"'\")\"}",
    ),
    ("json-in-quotes", "{\"a\": \"$input.json('$.a')\"}", "{\"a\": $input.json('$.a')}"),
    ("bare-reference", "{\"a\": $input.path('$.a')}", "{\"a\": $input.json('$.a')}"),
    ("prints-java-map", "{\"a\": $input.path('$')}", "{\"a\": $input.json('$')}"),
    (
        "form-newline",
        "Action=SendMessage&MessageBody=$input.body",
        "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
    ),
    ("missing-is-true", "#if($input.path('$.a'))x#end", "#if($input.path('$.a') != \"\")x#end"),
    ("quote-in-string", "#set($a = \"say \\\"x\\\"\")$a", "#set($a = \"say \"\"x\"\"\")$a"),
];

/// A notation: name of the file, and its text around a template.
type Host = (&'static str, fn(&str) -> String);

const HOSTS: &[Host] = &[
    ("t.vtl", str::to_owned),
    ("block.yaml", |template| yaml(&format!("|\n            {template}"))),
    ("double.yaml", |template| yaml(&serde_json::to_string(template).expect("a string is JSON"))),
    ("single.yaml", |template| yaml(&format!("'{}'", template.replace('\'', "''")))),
    ("flow.yaml", |template| {
        let yaml = yaml("FLOW");
        let quoted = serde_json::to_string(template).expect("a string is JSON");
        yaml.replace("\n          application/json: FLOW", &format!(" {{application/json: {quoted}, text/plain: x}}"))
    }),
    ("api.json", |template| {
        let quoted = serde_json::to_string(template).expect("a string is JSON");
        INTEGRATION.replace("TEMPLATE", &quoted)
    }),
    ("quoted.tf", |template| terraform(&serde_json::to_string(template).expect("a string is JSON"))),
    ("heredoc.tf", |template| terraform(&format!("<<-EOT\n      {template}\n    EOT"))),
];

const INTEGRATION: &str = r#"{
  "type": "http",
  "httpMethod": "POST",
  "uri": "https://backend.test/",
  "passthroughBehavior": "never",
  "requestTemplates": {"application/json": TEMPLATE},
  "responses": {"default": {"statusCode": "200"}, "4\\d{2}": {"statusCode": "400"}}
}
"#;

fn yaml(value: &str) -> String {
    format!(
        "swagger: '2.0'
info: {{title: t, version: '1'}}
paths:
  /a:
    post:
      responses: {{'200': {{description: x}}, '400': {{description: x}}}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: https://backend.test/
        passthroughBehavior: never
        responses: {{default: {{statusCode: '200'}}, '4\\d{{2}}': {{statusCode: '400'}}}}
        requestTemplates:
          application/json: {value}
"
    )
}

fn terraform(value: &str) -> String {
    format!(
        r#"resource "aws_api_gateway_rest_api" "a" {{ name = "a" }}
resource "aws_api_gateway_integration" "i" {{
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "POST"
  type = "HTTP"
  integration_http_method = "POST"
  uri = "https://backend.test/"
  passthrough_behavior = "NEVER"
  request_templates = {{
    "application/json" = {value}
  }}
}}
"#
    )
}

/// Nothing but the template changes, the file still loads, and the finding is gone.
#[test]
fn each_fix_is_written_in_each_notation() {
    let mut wrong = Vec::new();
    for (rule, before, after) in FIXES {
        let folder = Folder::outside();
        // Terraform reads all files of a folder.
        let name = |file: &str| format!("{}/{file}", file.replace('.', "-"));
        for (file, host) in HOSTS {
            folder.file(&name(file), host(before));
        }
        let check =
            |args: &[&str]| folder.vtl(&[&["check", ".", "--select", rule, "--format", "concise"], args].concat());
        let found = check(&[]);
        let run = check(&["--unsafe-fixes", "--quiet"]);
        for (file, host) in HOSTS {
            let text = std::fs::read_to_string(folder.path().join(name(file))).expect("it is there");
            if !found.out.contains(&name(file)) || run.out.contains(&name(file)) || text != host(after) {
                wrong.push(format!("{rule} in {file}:\n{text}\n{}{}", found.out, run.out));
            }
        }
        let routes = folder.vtl(&["routes", &name("double.yaml")]);
        assert_eq!((run.code, routes.code), (Some(0), Some(0)), "{rule}: {}{}", run.err, routes.err);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FIXES.len() * HOSTS.len(), wrong.join("\n"));
}

/// Documents in JSON: OpenAPI with an operation on one line, and with a property that is there; CloudFormation.
const JSON_HOSTS: &[Host] = &[
    ("openapi.json", |template| openapi_json("", template)),
    ("there.json", |template| openapi_json(r#""x-vtl-ignore": ["passthrough-open"], "#, template)),
    ("cloudformation.json", |template| cloudformation_json("", template)),
    ("metadata.json", |template| cloudformation_json("\n      \"Metadata\": {\"owner\": \"x\"},", template)),
];

fn openapi_json(property: &str, template: &str) -> String {
    let template = serde_json::to_string(template).expect("a string is JSON");
    format!(
        r#"{{
  "swagger": "2.0",
  "info": {{"title": "t", "version": "1"}},
  "paths": {{"/a": {{"post": {{{property}"responses": {{"200": {{"description": "x"}}}},
    "x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "POST", "uri": "https://backend.test/",
      "requestTemplates": {{"application/json": {template}}}, "responses": {{"default": {{"statusCode": "200"}}}}}}}}}}}}
}}
"#
    )
}

fn cloudformation_json(metadata: &str, template: &str) -> String {
    let template = serde_json::to_string(template).expect("a string is JSON");
    format!(
        r#"{{
  "Resources": {{
    "Api": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "a"}}}},
    "M": {{{metadata}
      "Type": "AWS::ApiGateway::Method",
      "Properties": {{
        "RestApiId": {{"Ref": "Api"}}, "ResourceId": {{"Fn::GetAtt": ["Api", "RootResourceId"]}},
        "HttpMethod": "POST", "AuthorizationType": "NONE",
        "Integration": {{"Type": "HTTP", "IntegrationHttpMethod": "POST", "Uri": "https://backend.test/",
          "RequestTemplates": {{"application/json": {template}}}, "IntegrationResponses": [{{"StatusCode": "200"}}]}},
        "MethodResponses": [{{"StatusCode": "200"}}]
      }}
    }}
  }}
}}
"#
    )
}

/// Suppressions for an old code base: a comment or a property, the file loads, and nothing is found then.
#[test]
fn suppressions_are_written_in_documents() {
    let hosts = HOSTS.iter().filter(|(file, _)| *file != "api.json").chain(JSON_HOSTS);
    for (file, host) in hosts {
        let folder = Folder::outside();
        let before = host("{\"a\": $input.path('$.a')}");
        folder.file(file, &before);
        let target = if file.ends_with(".tf") { "." } else { file };
        let run = folder.vtl(&["check", target, "--select", "bare-reference,unused-suppression", "--add-ignores"]);
        let text = std::fs::read_to_string(folder.path().join(file)).expect("it is there");
        // The suppression of another rule that is there is unused, which is advice.
        assert_eq!((run.code, run.out.contains("bare-reference")), (Some(0), false), "{file}: {text}");
        let added: Vec<&str> = text.lines().filter(|line| !before.lines().any(|old| old == *line)).collect();
        assert_eq!(added.len(), 1, "{file}: {text}");
        assert!(added[0].contains("vtl-ignore") && added[0].contains("bare-reference"), "{file}: {text}");
        let loads = *file == "t.vtl" || folder.vtl(&["routes", target]).code == Some(0);
        assert!(loads, "{file}: {text}");
    }
}

/// A suppression is one for the whole template if a comment on its line would break the text.
#[test]
fn a_suppression_breaks_no_template() {
    let folder = Folder::outside();
    folder.file("t.vtl", "x\n#if($input.body != \"\" &&\n  $input.params('x'))y#end\n");
    let run = folder.vtl(&["check", "t.vtl", "--add-ignores"]);
    let text = std::fs::read_to_string(folder.path().join("t.vtl")).expect("it is there");
    assert_eq!((run.code, &*run.out), (Some(0), ""), "{text}");
    assert!(text.starts_with("## vtl-ignore missing-is-true: before the rules\nx\n"), "{text}");
}

/// A suppression above the first line holds for that line, not for all of the template.
#[test]
fn a_suppression_above_the_first_line_hides_no_other() {
    let folder = Folder::outside();
    folder.file("t.vtl", "$nosuch\n$input.body\n");
    let added = folder.vtl(&["check", "t.vtl", "--add-ignores"]);
    let text = std::fs::read_to_string(folder.path().join("t.vtl")).expect("it is there");
    assert_eq!((added.code, &*added.out), (Some(0), ""), "{text}");
    assert!(text.starts_with("## vtl-ignore-next-line unknown-variable"), "{text}");
    folder.file("t.vtl", format!("{text}$another\n"));
    assert!(folder.vtl(&["check", "t.vtl"]).out.contains("$another"));
}
