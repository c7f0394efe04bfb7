//! `vtl routes` and `vtl check`: documents that hold integrations.

use crate::run::{Folder, vtl, vtl_with};
use serde_json::Value;

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

#[test]
fn routes_are_listed_with_their_templates_and_problems() {
    let folder = Folder::new();
    let run = vtl(&["routes", &folder.file("pets.yaml", PETS)]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "REST pets (openapi2)");
    assert!(lines[1].starts_with("  GET /pets/{id}   HTTP        "), "{}", run.out);
    assert!(lines[1].ends_with("pets.yaml:9:9"), "{}", run.out);
    assert_eq!(lines[2], "    response:200:application/json");
    assert!(
        lines[3].starts_with("    problem: responses: response:200:application/json: `'` cannot stand here"),
        "{}",
        run.out
    );
    assert!(lines[4].starts_with("  POST /pets/{id}  MOCK        "), "{}", run.out);
    assert_eq!(lines[5..], ["    request:application/json"]);
}

#[test]
fn routes_as_json_have_the_model_and_the_places() {
    let folder = Folder::new();
    let run = vtl(&["routes", &folder.file("model.yaml", PETS), "--format", "json"]);
    let model: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(model["kind"], "openapi2");
    assert_eq!(model["apis"][0]["name"], "pets");
    assert_eq!(model["routes"][0]["requestParameters"]["method.request.path.id"], true);
    assert_eq!(model["routes"][1]["integration"]["timeoutInMillis"], 29_001);
    assert_eq!(model["routes"][1]["place"]["line"], 23);
    assert_eq!(model["problems"][0]["property"], "responses");
}

#[test]
fn check_tells_the_line_of_a_fault_within_a_template() {
    let folder = Folder::new();
    let path = folder.file("fault.yaml", PETS);
    let run = vtl(&["check", &path]);
    assert_eq!(run.code, Some(1));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.out);
    // The quote that is not closed is the 38th character of line 18.
    let problem = format!("{path}:18:38: problem: GET /pets/{{id}}: responses: response:200:application/json: ");
    assert!(lines[0].starts_with(&problem), "{}", run.out);
    let advice = format!("{path}:24:26: advice: POST /pets/{{id}}: timeoutInMillis: ");
    assert!(lines[1].starts_with(&advice), "{}", run.out);
    assert!(run.err.contains("1 problem in "), "{}", run.err);
}

#[test]
fn advice_alone_is_no_failure() {
    let folder = Folder::new();
    let sound = PETS.replace("$.id)", "$.id')");
    let run = vtl(&["check", &folder.file("advice.yaml", sound.as_str()), "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert_eq!(report["problems"].as_array().map(Vec::len), Some(0));
    assert_eq!(report["advice"][0]["property"], "timeoutInMillis");
    assert_eq!(report["advice"][0]["place"]["line"], 24);
    let quiet = vtl(&["check", &folder.file("sound.yaml", sound.as_str()), "--quiet"]);
    assert_eq!((quiet.code, quiet.out.as_str()), (Some(0), ""));
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
    assert!(run.code == Some(0) && run.err.contains("noted.yaml:18:26: "), "{}", run.err);
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
    assert!(run.err.contains("<stdin>:2:13: a value is expected"), "{}", run.err);
    assert_eq!(vtl(&["routes", "no/such/file.yaml"]).code, Some(2));
    let run = vtl_with(&["routes", "-"], b"just: a map");
    assert!(run.code == Some(2) && run.err.contains("the kinds are openapi2"), "{}", run.err);
}
