//! Documents of more than one file, in folders of their own.

use crate::run::Folder;

const MODULE: &str = r##"
resource "aws_api_gateway_integration" "i" {
  rest_api_id = "a"
  resource_id = "r"
  http_method = "GET"
  type = "MOCK"
  request_templates = { "application/json" = "#if($x" }
}
"##;

// cases/README.md, newcomer: `module-from-root`; the module has a template that does not parse.
#[test]
fn a_module_is_checked_from_its_root() {
    let folder = Folder::new();
    folder.file("main.tf", "module \"m\" {\n  source = \"./mod\"\n}\n");
    folder.file("mod/i.tf", MODULE);
    let run = folder.vtl(&["check", "."]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.out.contains(" --> mod/i.tf:7:53\n"), "{run:?}");
    // From elsewhere, places are relative to where the command runs.
    folder.file("infra/main.tf", "module \"m\" {\n  source = \"../mod\"\n}\n");
    assert!(folder.vtl(&["check", "infra"]).out.contains(" --> mod/i.tf:7:53\n"));
}

// cases/README.md, newcomer: `tfvars` and `side-files`.
#[test]
fn files_beside_the_document_are_read_and_named_from_where_the_command_runs() {
    let folder = Folder::new();
    folder.file(
        "api/main.tf",
        "variable \"host\" {}\n".to_owned()
            + &MODULE.replace("\"#if($x\"", "file(\"t.vtl\")")
            + "resource \"aws_api_gateway_rest_api\" \"a\" { name = var.host }\n",
    );
    folder.file("api/terraform.tfvars", "host = \"from-tfvars\"\n");
    folder.file("api/t.vtl", "#if($x");
    let run = folder.vtl(&["check", "api"]);
    assert!(run.out.contains(" --> api/t.vtl:1:7\n"), "{run:?}");
    assert!(run.out.contains("#if($x"), "the line is shown: {run:?}");
    let routes = folder.vtl(&["routes", "api/main.tf", "--format", "json"]);
    assert!(routes.out.contains("from-tfvars"), "{routes:?}");
    folder.file("prod.tfvars", "host = \"named\"\n");
    let routes = folder.vtl(&["routes", "api", "--parameter-file", "prod.tfvars", "--format", "json"]);
    assert!(routes.out.contains("\"named\""), "{routes:?}");
}

// cases/README.md, newcomer: `route-question-mark`.
#[test]
fn a_route_of_unknown_path_has_a_key() {
    let folder = Folder::new();
    folder.file("main.tf", MODULE.replace("#if($x", "$input.json('$')"));
    let run = folder.vtl(&["render", ".", "--route", "GET ?", "-d", "{\"a\": 1}"]);
    assert_eq!((run.code, run.out.trim()), (Some(0), "{\"a\":1}"), "{run:?}");
}

#[test]
fn a_folder_of_another_kind_is_its_document() {
    let folder = Folder::new();
    folder
        .file("sls/serverless.yml", "service: s\nprovider: aws\nfunctions:\n  f:\n    events:\n      - http: GET a\n");
    assert!(
        folder.vtl(&["routes", "sls"]).out.contains("REST dev-s (serverless)"),
        "{:?}",
        folder.vtl(&["routes", "sls"])
    );
    let manifest = r#"{"version": "39.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.json"}}}}"#;
    let template = r#"{"Resources": {"M": {"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "GET", "Integration": {"Type": "MOCK"}}}}}"#;
    folder.file("app/cdk.out/manifest.json", manifest);
    folder.file("app/cdk.out/S.json", template);
    for place in ["app", "app/cdk.out", "app/cdk.out/manifest.json"] {
        let run = folder.vtl(&["routes", place]);
        assert!(run.out.contains("GET ?") && run.out.contains("app/cdk.out/S.json:1:"), "{place}: {run:?}");
    }
    let run = folder.vtl(&["routes", "."]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

// cases/README.md, reports: r34, a script that does not make the resource.
#[test]
fn a_route_of_unknown_path_is_called_by_its_key() {
    let folder = Folder::new();
    let script = "aws apigateway put-method --rest-api-id a1 --resource-id r1 --http-method GET --authorization-type NONE
aws apigateway put-integration --rest-api-id a1 --resource-id r1 --http-method GET --type AWS --integration-http-method POST \
  --uri arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations
aws apigateway put-method-response --rest-api-id a1 --resource-id r1 --http-method GET --status-code 200
aws apigateway put-method-response --rest-api-id a1 --resource-id r1 --http-method GET --status-code 404
aws apigateway put-integration-response --rest-api-id a1 --resource-id r1 --http-method GET --status-code 200 --selection-pattern ''
aws apigateway put-integration-response --rest-api-id a1 --resource-id r1 --http-method GET --status-code 404 \
  --selection-pattern '.*No value present.*'
";
    folder.file("cmds.sh", script);
    folder.file(
        "b.json",
        r#"{"lambda": {"payload": {"errorMessage": "No value present"}, "functionError": "Unhandled"}}"#,
    );
    let run = folder.vtl(&["invoke", "cmds.sh", "--route", "GET ?", "--backend", "b.json", "--format", "json"]);
    assert!(run.code == Some(0) && run.out.contains("\"status\":404"), "{run:?}");
    let run = folder.vtl(&["invoke", "cmds.sh", "--backend", "b.json", "/x"]);
    assert!(run.code == Some(2) && run.err.contains("call it with --route 'GET ?'"), "{run:?}");
    let run = folder.vtl(&["invoke", "cmds.sh", "--route", "PUT ?", "/x"]);
    assert!(run.code == Some(2) && run.err.contains("its routes are GET ?"), "{run:?}");
}

#[test]
fn files_that_are_not_checked_are_told() {
    let folder = Folder::outside();
    let mark = b"Resources: {Api: {Type: 'AWS::ApiGateway::RestApi'}}\n".to_vec();
    folder.file("large.yaml", [mark.clone(), vec![b' '; 17 << 20]].concat());
    folder.file("data.json", vec![b' '; 17 << 20]);
    folder.file("medium.sh", [b"# put-integration\n".to_vec(), vec![b'#'; 9 << 20]].concat());
    folder.file("latin.vtl", b"caf\xe9");
    folder.file("latin.json", b"{\"x-amazon-apigateway-integration\": \"\xe9\"}");
    let run = folder.vtl(&["check", ".", "--format", "concise"]);
    run.says(
        1,
        &[
            "large.yaml:1:1: warning[V902] unreadable-input: large.yaml is not checked: it has more than 16777216 bytes",
            "data.json:1:1: advice[V902] unreadable-input: data.json is not checked: it has more than 16777216 bytes",
            "error[V507] document-limit: medium.sh: the document is larger than 8388608 bytes",
            "error[V902] unreadable-input: cannot read latin.vtl: it is not UTF-8 (at byte 3)",
            "error[V902] unreadable-input: latin.json",
        ],
    );
}

#[test]
fn ignore_files_that_init_cannot_read_are_told() {
    let folder = Folder::outside();
    folder.file(".gitignore", "a\n".repeat(200_000));
    folder.file("t.vtl", "a");
    folder.vtl(&["init"]).says(0, &["warning[V902]: cannot read .gitignore", "t.vtl-test.yaml: 1 test"]);
}

#[test]
fn a_folder_with_nothing_but_large_files() {
    let folder = Folder::outside();
    folder.file("data.json", vec![b' '; 17 << 20]);
    folder.vtl(&["check", "."]).says(2, &["data.json is not checked: it has more than 16777216 bytes", "V902"]);
    folder.file("t.vtl", vec![b' '; 9 << 20]);
    folder.vtl(&["check", "."]).says(1, &["cannot read t.vtl: it has more than 8388608 bytes"]);
}

/// Each template listed its folder: 30,000 of them took more than a minute.
#[test]
fn samples_of_many_templates_in_a_folder() {
    let folder = Folder::outside();
    for name in ["a", "a.b", "ab"] {
        folder.file(&format!("{name}.vtl"), "{\"a\": \"$input.params('x')\"");
        folder.file(&format!("{name}.one.sample.json"), "{}");
    }
    let run = folder.vtl(&["check", ".", "--format", "concise"]);
    for sample in ["a.one.sample.json", "a.b.one.sample.json", "ab.one.sample.json"] {
        run.says(1, &[sample]);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_told() {
    let folder = Folder::new();
    folder.file("a.vtl", "x");
    // Its path is longer than a path may be.
    let name = "d".repeat(200);
    let deeper = format!("while mkdir {name} && cd {name}; do :; done");
    let made = std::process::Command::new("sh").args(["-c", &deeper]).current_dir(folder.path()).output();
    assert!(made.is_ok());
    let run = folder.vtl(&["check", "."]);
    assert!(run.code == Some(1) && run.out.contains("warning[V902]: cannot read the folder ddd"), "{run:?}");
}
