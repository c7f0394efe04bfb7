//! `vtl routes` and `vtl check`: documents that hold integrations.

use crate::run::{Folder, vtl, vtl_with};
use serde_json::{Value, json};

const PETS: &str = "\
swagger: '2.0'
info: {title: pets}
paths:
  /pets/{id}:
    get:
      parameters: [{name: id, in: path, required: true}]
      responses: {200: {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: https://pets.test/
        responses:
          default:
            statusCode: 200
            responseTemplates:
              application/json: |
                {
                  \"id\": \"$input.path('$.id)\"
                }
    post:
      responses: {200: {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        timeoutInMillis: 29001
        requestTemplates:
          application/json: '{\"statusCode\": 200}'
        responses:
          default: {statusCode: 200}
";

/// The first finding of a report in JSON, and its place as `LINE:COLUMN`.
fn first(report: &Value) -> (&Value, String) {
    let finding = &report["findings"][0];
    (finding, format!("{}:{}", finding["line"], finding["column"]))
}

#[test]
fn routes_are_listed_with_their_templates() {
    let folder = Folder::new();
    let path = folder.file("pets.yaml", PETS);
    let run = vtl(&["routes", &path]);
    assert_eq!(run.code, Some(0));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "REST pets (openapi2)");
    assert!(lines[1].starts_with("  GET /pets/{id}   HTTP        "), "{}", run.out);
    assert!(lines[1].ends_with("pets.yaml:9:9"), "{}", run.out);
    assert_eq!(lines[2], "    response:200:application/json");
    assert!(lines[3].starts_with("  POST /pets/{id}  MOCK        "), "{}", run.out);
    assert_eq!(lines[4..], ["    request:application/json"]);
    // Errors are shown beside the list, advice is left to `vtl check`.
    assert!(run.err.starts_with("error[V"), "{}", run.err);
    assert!(run.err.contains(&format!("--> {path}:18:38\n")), "{}", run.err);
    assert!(!run.err.contains("advice"), "{}", run.err);
}

#[test]
fn routes_as_json_have_the_model_and_the_places() {
    let folder = Folder::new();
    let run = vtl(&["routes", &folder.file("model.yaml", PETS), "--format", "json"]);
    let model: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!((model["kind"].as_str(), run.err.as_str()), (Some("openapi2"), ""));
    assert_eq!(model["apis"][0]["name"], "pets");
    assert_eq!(model["routes"][0]["requestParameters"]["method.request.path.id"], true);
    assert_eq!(model["routes"][1]["integration"]["timeoutInMillis"], 29_001);
    assert_eq!(model["routes"][1]["place"]["line"], 23);
    assert_eq!(first(&model).1, "18:38");
    // A problem is an error that the service answers with; advice is none.
    assert_eq!(model["problems"], json!([{"routeKey": "GET /pets/{id}", "property": "responses", "code": "V001"}]));
}

#[test]
fn check_shows_findings_at_the_lines_of_the_document() {
    let folder = Folder::new();
    let path = folder.file("fault.yaml", PETS);
    let run = vtl(&["check", &path]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    // The quote that is not closed is the 38th character of line 18.
    let places: Vec<&str> = run.out.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
    assert_eq!(places, [format!("{path}:13:11"), format!("{path}:18:38"), format!("{path}:24:26")]);
    assert!(run.out.contains("\nerror[V"), "{}", run.out);
    assert!(run.out.contains("\nadvice[V"), "{}", run.out);
    assert!(run.out.contains("= note: in timeoutInMillis of POST /pets/{id}\n"), "{}", run.out);
    assert!(run.out.ends_with("\n1 error, 0 warnings, 2 advice in 1 file\n"), "{}", run.out);
}

#[test]
fn check_as_json_has_findings_and_a_summary() {
    let folder = Folder::new();
    let path = folder.file("fault.yaml", PETS);
    let run = vtl(&["check", &path, "--format", "json", "--ignore", "only-default-response"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(report["summary"], json!({"error": 1, "warning": 0, "advice": 1, "files": 1}));
    assert_eq!(report.as_object().map(|o| o.len()), Some(2));
    let (finding, place) = first(&report);
    let expected = [("severity", "error"), ("file", &path), ("route", "GET /pets/{id}")];
    for (key, value) in expected {
        assert_eq!(finding[key], value, "{key}");
    }
    assert_eq!(place, "18:38");
}

#[test]
fn advice_alone_is_no_failure() {
    let folder = Folder::new();
    let path = folder.file("advice.yaml", PETS.replace("$.id)", "$.id')").as_str());
    let run = vtl(&["check", &path, "--format", "json", "--ignore", "only-default-response"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(report["summary"], json!({"error": 0, "warning": 0, "advice": 1, "files": 1}));
    let (finding, place) = first(&report);
    assert_eq!((finding["property"].as_str(), place.as_str()), (Some("timeoutInMillis"), "24:26"));
    let quiet = vtl(&["check", &path, "--quiet"]);
    assert_eq!((quiet.code, quiet.out.as_str()), (Some(0), ""));
}

/// A template in each language of documents, with a quote that is not closed: the excerpt is the line of the document,
/// and the mark is below the quote.
#[test]
fn an_error_is_shown_in_every_document_language() {
    const JSON: &str = r#"{
  "openapi": "3.0.1", "info": {"title": "a", "version": "1"},
  "paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {
    "application/json": "\t$input.path('$.id)"
  }}}}}
}"#;
    const HCL: &str = r#"resource "aws_api_gateway_rest_api" "a" {
  name = "a"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "GET"
  type = "MOCK"
  request_templates = { "application/json" = TEMPLATE
  }
}"#;
    const COMMANDS: &str = r#"aws apigateway put-integration --rest-api-id a --resource-id b --http-method GET --type MOCK \
  --request-templates "{\"application/json\": \"\$input.path('\$.id)\"}""#;
    let cases = [
        ("a.yaml", PETS.to_owned()),
        ("a.json", JSON.to_owned()),
        ("a.tf", HCL.replace("TEMPLATE", r#""\t$input.path('$.id)""#)),
        ("heredoc.tf", HCL.replace("TEMPLATE", "<<EOT\n{\n $input.path('$.id)\n}\nEOT")),
        ("a.sh", COMMANDS.to_owned()),
    ];
    for (name, document) in cases {
        let folder = Folder::new();
        let path = folder.file(name, &document);
        let run = vtl(&["check", &path]);
        assert_eq!((run.code, run.err.as_str()), (Some(1), ""), "{name}: {}", run.out);
        let (at, line) = document.lines().enumerate().find(|(_, line)| line.contains("$.id)")).expect("it is there");
        let (line_number, column) = (at + 1, line.find("('").expect("the quote") + 2);
        let pad = " ".repeat(line_number.to_string().len());
        let mark = " ".repeat(column - 1);
        let shown =
            format!("{pad}--> {path}:{line_number}:{column}\n{pad} |\n{line_number} | {line}\n{pad} | {mark}^",);
        assert!(run.out.contains(&shown), "{name}: expected\n{shown}\nin\n{}", run.out);
    }
}

#[test]
fn a_template_of_a_document_is_rendered() {
    let folder = Folder::new();
    let sound = folder.file("render.yaml", PETS.replace("$.id)", "$.id')").as_str());
    let args = [
        "render",
        &sound,
        "--route",
        "get /pets/{id}",
        "--template",
        "response:200:application/json",
        "-d",
        r#"{"id": 7}"#,
    ];
    let run = vtl(&args);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "{\n  \"id\": \"7\"\n}\n"), "{}", run.err);
    // One of the two is enough where it tells enough.
    assert_eq!(vtl(&["render", &sound, "--route", "POST /pets/{id}"]).out, "{\"statusCode\": 200}");
    assert_eq!(vtl(&["render", &sound, "--template", "request:application/json"]).out, "{\"statusCode\": 200}");
    assert!(vtl(&["dump", &sound, "--route", "POST /pets/{id}"]).out.contains("statusCode"));
}

#[test]
fn errors_and_notes_of_a_template_are_told_at_the_lines_of_the_document() {
    let folder = Folder::new();
    let broken = folder.file("broken.yaml", PETS);
    let run = vtl(&["render", &broken, "--route", "GET /pets/{id}"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.contains("broken.yaml:18:38"), "{}", run.err);
    assert!(run.err.contains("18 |                   \"id\": \"$input.path('$.id)\""), "{}", run.err);
    let failing = folder.file("failing.yaml", PETS.replace("$.id)\"", "$').id.substring(9)\"").as_str());
    let run = vtl(&["render", &failing, "--route", "GET /pets/{id}", "-d", r#"{"id": "a"}"#]);
    assert!(run.code == Some(1) && run.err.contains("failing.yaml:18:"), "{}", run.err);
    let noted = folder.file("noted.yaml", PETS.replace("$input.path('$.id)", "$nothing").as_str());
    let run = vtl(&["render", &noted, "--route", "GET /pets/{id}"]);
    assert!(run.code == Some(0) && run.err.contains("noted.yaml:18:26\n"), "{}", run.err);
}

#[test]
fn the_variables_of_the_stage_are_those_of_the_document() {
    let folder = Folder::new();
    let template = "\
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref A, StageName: s, Variables: {a: one, b: two}}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration: {Type: MOCK, RequestTemplates: {a/b: $stageVariables.a $stageVariables.b}}
";
    let path = folder.file("stage.yaml", template);
    let run = vtl(&["render", &path, "--route", "GET /", "--stage-variable", "b=mine"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "one mine"), "{}", run.err);
}

#[test]
fn a_template_that_is_not_there_names_those_that_are() {
    let folder = Folder::new();
    let path = folder.file("names.yaml", PETS);
    let err = |args: &[&str]| {
        let run = vtl(&[&["render", path.as_str()], args].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        run.err
    };
    assert!(err(&["--route", "GET /"]).contains("its routes are GET /pets/{id}, POST /pets/{id}"));
    assert!(err(&["--template", "request:text/plain"]).contains("response:200:application/json of GET /pets/{id}"));
    assert!(err(&["-e", "x", "--route", "GET /"]).contains("cannot be used with"));
}

#[test]
fn parameters_and_kinds_are_given() {
    let template = "\
Parameters: {Host: {Type: String}}
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration: {Type: HTTP, IntegrationHttpMethod: GET, Uri: !Sub 'https://${Host}/'}
";
    let args = ["routes", "-", "--format", "json"];
    let uri = |extra: &[&str]| {
        let run = vtl_with(&[&args[..], extra].concat(), template.as_bytes());
        let model: Value = serde_json::from_str(&run.out).expect("it is JSON");
        model["routes"][0]["integration"]["uri"].clone()
    };
    assert_eq!(uri(&[]), "https://${Host}/");
    assert_eq!(uri(&["--parameter", "Host=b.test"]), "https://b.test/");
    assert_eq!(uri(&["--kind", "cloudformation"]), "https://${Host}/");
    assert_eq!(vtl_with(&["routes", "-", "--kind", "word"], b"").code, Some(2));
}

#[test]
fn what_cannot_be_read_is_2_with_the_place() {
    let run = vtl_with(&["check", "-"], b"{\n \"swagger\": }");
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    for part in ["error[V501]: expected a value", "<stdin>:2:13", "\"swagger\": }"] {
        assert!(run.err.contains(part), "{}", run.err);
    }
    for command in ["check", "routes"] {
        let run = vtl_with(&[command, "-", "--format", "json"], b"{\n \"swagger\": }");
        assert_eq!((run.code, run.err.as_str()), (Some(2), ""), "{command}");
        let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
        let (finding, place) = first(&report);
        assert_eq!((finding["code"].as_str(), finding["file"].as_str()), (Some("V501"), Some("<stdin>")));
        assert_eq!((place.as_str(), report.get("summary").is_some()), ("2:13", command == "check"));
    }
    assert_eq!(vtl(&["routes", "no/such/file.yaml"]).code, Some(2));
    let run = vtl_with(&["routes", "-"], b"just: a map");
    assert!(run.code == Some(2) && run.err.contains("supported formats: openapi2"), "{}", run.err);
}

/// An empty list would say that there is nothing.
#[test]
fn routes_tell_what_is_not_read() {
    let folder = Folder::new();
    folder.file("main.tf", "module \"api\" {\n  source = \"terraform-aws-modules/apigateway-v2/aws\"\n}\n");
    let run = folder.vtl(&["routes", "main.tf"]);
    assert!(run.out.is_empty() && run.err.contains("V530"), "{run:?}");
    folder.vtl(&["routes", "main.tf", "--format", "json"]).says(0, &["V530"]);
}
