//! References of OpenAPI documents, within the document and to files, and the models they lead to.

use serde_json::{Value as Json, json};
use std::collections::HashMap;
use vtl_loaders::{Document, File, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Loads the first of the files, which can read the others.
fn openapi(files: &[(&str, &str)]) -> Result<Document, LoadError> {
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

fn case(name: &str) -> String {
    let path = format!("{}/../../corpus/reported/newcomer/refs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the case is there")
}

// corpus/reported, newcomer: `refs/pref.yaml`: files are read, what is not there is a problem.
#[test]
fn paths_in_files_and_paths_that_are_missing() -> Outcome {
    let (root, path) = (case("pref.yaml"), case("px.yaml"));
    let document = openapi(&[("refs/pref.yaml", &root), ("refs/px.yaml", &path)])?;
    assert_eq!(keys(&document), ["GET /x", "GET /y"]);
    let found = findings(&document);
    assert!(found.contains(&"refs/pref.yaml:8:11: error[V520]: the reference #/components/pathItems/nope leads to nothing: there is no /components/pathItems/nope".to_owned()), "{found:#?}");
    // The integration has its place in its own file.
    assert!(found.iter().any(|found| found.starts_with("refs/px.yaml:3:")), "{found:#?}");
    let alone = openapi(&[("refs/pref.yaml", &root)])?;
    assert!(
        findings(&alone).contains(
            &"refs/pref.yaml:4:11: error[V520]: the reference ./px.yaml leads to nothing: the file cannot be read"
                .to_owned()
        ),
        "{:#?}",
        findings(&alone)
    );
    Ok(())
}

// corpus/reported, newcomer: `refs/sref.yaml`.
#[test]
fn a_schema_that_is_missing_is_a_problem() -> Outcome {
    let document = openapi(&[("sref.yaml", &case("sref.yaml"))])?;
    let found = findings(&document);
    assert_eq!(
        found,
        [
            "sref.yaml:7:65: error[V520]: the reference #/components/schemas/Nope leads to nothing: there is no /components/schemas/Nope"
        ]
    );
    Ok(())
}

// aws-samples/serverless-patterns, private-apigw-custom-domain and two others: the models that each API
// has from the start (aws-cdk, `Model.EMPTY_MODEL`) are not in the document.
#[test]
fn a_default_model_need_not_be_defined() -> Outcome {
    for (head, place) in [("openapi: 3.0.1", "components/schemas"), ("swagger: '2.0'", "definitions")] {
        for (model, count) in [("Empty", 0), ("Error", 0), ("Other", 1)] {
            let schema = format!("schema: {{$ref: '#/{place}/{model}'}}");
            let response = match place {
                "definitions" => format!("'200': {{description: ok, {schema}}}"),
                _ => format!("'200': {{description: ok, content: {{application/json: {{{schema}}}}}}}"),
            };
            let text = format!(
                "{head}\npaths:\n  /:\n    get:\n      responses: {{{response}}}\n      x-amazon-apigateway-integration: {{type: mock, passthroughBehavior: when_no_match, requestTemplates: {{application/json: '{{\"statusCode\": 200}}'}}, responses: {{default: {{statusCode: '200'}}}}}}\n"
            );
            let found = findings(&openapi(&[("api.yaml", &text)])?);
            assert_eq!(found.len(), count, "{place} {model}: {found:#?}");
        }
    }
    Ok(())
}

const API: &str = "openapi: 3.0.1
paths:
  /pets:
    post:
      parameters: [{$ref: 'parts/parameters.yaml#/Trace'}]
      requestBody: {content: {application/json: {schema: {$ref: 'parts/schemas/pet.json'}}}}
      responses: {'200': {$ref: 'parts/parameters.yaml#/Ok'}}
      x-amazon-apigateway-request-validator: all
      x-amazon-apigateway-integration: {$ref: 'parts/integration.yaml#/mock'}
    put:
      requestBody: {content: {application/json: {schema: {type: object, required: [id], properties: {of: {$ref: '#/components/schemas/Kind'}}}}}}
      x-amazon-apigateway-request-validator: all
      x-amazon-apigateway-integration: {type: mock}
x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: true}}
components: {schemas: {Kind: {enum: [cat, dog]}}}
";
const PARAMETERS: &str = "Trace: {name: X-Trace, in: header, required: true}\nOk: {description: ok, headers: {X-Id: {schema: {type: string}}}}\n";
const PET: &str = r##"{"type": "object", "required": ["name"], "properties": {"kind": {"$ref": "../../api.yaml#/components/schemas/Kind"}, "tag": {"$ref": "#/definitions/tag"}}, "definitions": {"tag": {"type": "string"}}}"##;
const INTEGRATION: &str = "mock: {type: mock, requestTemplates: {application/json: '{\"statusCode\": 200}'}, responses: {default: {statusCode: '200'}}}\n";

/// Returns the answer to a payload: whether it is valid.
fn is_valid(document: &Document, route: usize, body: &Json) -> bool {
    let Some((api, method)) = document.method(route) else { return false };
    let Some(name) = method.request_models.get("application/json") else { return false };
    let Some(schema) = api.models.get(name) else { return false };
    vtl::pipeline::model::Schema::new(schema, &api.models).messages(body.to_string().as_bytes()).is_empty()
}

#[test]
fn parameters_responses_integrations_and_schemas_in_files() -> Outcome {
    let files = [
        ("api.yaml", API),
        ("parts/parameters.yaml", PARAMETERS),
        ("parts/schemas/pet.json", PET),
        ("parts/integration.yaml", INTEGRATION),
    ];
    let document = openapi(&files)?;
    let json = document.to_json();
    assert_eq!(json["routes"][0]["requestParameters"], json!({"method.request.header.X-Trace": true}));
    assert_eq!(json["routes"][0]["methodResponses"]["200"]["headers"], json!(["X-Id"]));
    assert_eq!(json["routes"][0]["integration"]["type"], "MOCK");
    assert!(!findings(&document).iter().any(|found| found.contains("V520")), "{:#?}", findings(&document));
    // References lead on from the file that they are in.
    assert!(is_valid(&document, 0, &json!({"name": "Rex", "kind": "dog", "tag": "x"})));
    assert!(!is_valid(&document, 0, &json!({"kind": "dog"})));
    assert!(!is_valid(&document, 0, &json!({"name": "Rex", "kind": "cow"})));
    assert!(!is_valid(&document, 0, &json!({"name": "Rex", "tag": 1})));
    // A schema written inline becomes a model as well.
    assert!(is_valid(&document, 1, &json!({"id": 1, "of": "cat"})));
    assert!(!is_valid(&document, 1, &json!({"id": 1, "of": "cow"})));
    Ok(())
}

#[test]
fn the_body_of_a_template_refers_to_files_too() -> Outcome {
    let template = "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: s\n      DefinitionUri: api/openapi.yaml\n";
    let root = "openapi: 3.0.1\npaths: {/a: {$ref: 'paths/a.yaml'}}\n";
    let path = "get: {x-amazon-apigateway-integration: {type: mock}}\n";
    let document = openapi(&[
        ("infra/template.yaml", template),
        ("infra/api/openapi.yaml", root),
        ("infra/api/paths/a.yaml", path),
    ])?;
    assert_eq!(keys(&document), ["GET /a"]);
    let missing = openapi(&[("infra/template.yaml", template), ("infra/api/openapi.yaml", root)])?;
    assert!(
        findings(&missing).iter().any(|found| found.starts_with("infra/api/openapi.yaml:2:20: error[V520]")),
        "{:#?}",
        findings(&missing)
    );
    Ok(())
}

#[test]
fn references_elsewhere_and_in_circles() -> Outcome {
    let addresses = "openapi: 3.0.1\npaths:\n  /a: {$ref: 'https://x.test/a.yaml'}\n  /b:\n    get:\n      requestBody: {content: {application/json: {schema: {$ref: 'https://apigateway.amazonaws.com/restapis/a/models/Pet'}}}}\n      x-amazon-apigateway-integration: {type: mock}\n";
    let found = findings(&openapi(&[("api.yaml", addresses)])?);
    assert!(
        found.contains(&"api.yaml:3:14: advice[V530]: https://x.test/a.yaml is not read: it is not a file".to_owned()),
        "{found:#?}"
    );
    assert!(!found.iter().any(|found| found.contains("V520")), "{found:#?}");
    // Without a reader, files are unknown rather than missing.
    let file = File::new("api.yaml", "openapi: 3.0.1\npaths: {/a: {$ref: 'a.yaml'}}\n");
    assert!(findings(&load(&[file], &Options::default())?)[0].contains("advice[V530]"));
    let circle = [
        ("api.yaml", "openapi: 3.0.1\npaths: {/a: {$ref: 'a.yaml#/x'}}\n"),
        ("a.yaml", "x: {$ref: 'b.yaml#/x'}\n"),
        ("b.yaml", "x: {$ref: 'a.yaml#/x'}\n"),
    ];
    assert_eq!(openapi(&circle).map_or_else(|error| error.diagnostic().code.name(), |_| ""), "circular-reference");
    let many: String = (0..2_000).map(|at| format!("  /p{at}: {{$ref: 'f{at}.yaml'}}\n")).collect();
    let many = openapi(&[("api.yaml", &format!("openapi: 3.0.1\npaths:\n{many}"))]);
    assert_eq!(many.map_or_else(|error| error.diagnostic().code.name(), |_| ""), "document-limit");
    Ok(())
}

// What is written as an example is no reference.
#[test]
fn examples_are_not_references() -> Outcome {
    let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      responses: {'200': {description: ok, content: {application/json: {example: {$ref: '#/nope'}}}}}\n      x-amazon-apigateway-integration: {type: mock}\n";
    assert!(!findings(&openapi(&[("api.yaml", text)])?).iter().any(|found| found.contains("V520")));
    Ok(())
}

#[test]
fn a_security_scheme_may_be_a_reference() -> Outcome {
    let text = "openapi: 3.0.1\ncomponents: {securitySchemes: {k: {$ref: '#/x/key'}}}\nx: {key: {type: apiKey, name: x-api-key, in: header}}\npaths: {/a: {get: {security: [{k: []}]}}}\n";
    let document = openapi(&[("api.yaml", text)])?;
    assert_eq!(document.method(0).map(|(_, method)| method.api_key_required), Some(true));
    Ok(())
}

#[test]
fn what_is_beside_the_reference_of_a_path_is_told() -> Outcome {
    let text = "openapi: 3.0.1\nx: {a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\npaths:\n  /a:\n    $ref: '#/x/a'\n    post: {}\n  /b: {$ref: '#/x/a', summary: s}\n";
    let document = openapi(&[("api.yaml", text)])?;
    assert_eq!(keys(&document), ["GET /a", "GET /b"]);
    let found = findings(&document);
    let told: Vec<&String> = found.iter().filter(|it| it.contains("V530")).collect();
    assert_eq!(
        told,
        ["api.yaml:6:11: advice[V530]: /a: post beside a $ref is not read: the reference is in its place"]
    );
    Ok(())
}
