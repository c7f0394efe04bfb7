//! Documents of OpenAPI that refer to one part again and again, or multiply their lists, cost by what is made of them.

use vtl::Limits;
use vtl_loaders::{Document, File, Options, load};

/// Returns the name of the error's code under a million steps and 8 MiB; empty if the document loads.
fn refused(text: &str) -> &'static str {
    let limits = Limits::service().with_memory(Some(8 << 20)).with_steps(Some(1_000_000));
    let loaded = load(&[File::new("api.yaml", text)], &Options::default().limits(limits));
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
}

fn read(text: String) -> Document {
    load(&[File::new("api.yaml", text)], &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Joins a text with a number in place of `#`.
fn many(count: usize, text: &str) -> String {
    (0..count).map(|at| text.replace('#', &at.to_string())).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_last_body_of_an_operation_counts_for_all_its_media_types() {
    let body = |model: &str| format!("{{in: body, name: b, schema: {{$ref: '#/definitions/{model}'}}}}");
    let text = |bodies: usize| {
        format!(
            "swagger: '2.0'\ndefinitions: {{A: {{}}, B: {{}}}}\npaths:\n  /a:\n    post:\n      consumes: [{}]\n      \
             parameters: [{}, {}, {{in: body, name: c}}]\n",
            many(1_000, "a/b#"),
            vec![body("A"); bodies].join(", "),
            body("B"),
        )
    };
    let document = read(text(1));
    let (_, method) = document.method(0).expect("the route");
    assert_eq!(method.request_models.len(), 1_000);
    assert_eq!(method.request_models.get("a/b999").map(String::as_str), Some("B"));
    // Each body more costs the reading of its own text.
    let more = read(text(1_001)).steps() - document.steps();
    assert!(more < 200_000, "{more}");
}

#[test]
fn media_types_beyond_a_limit_are_told() {
    let text = format!(
        "swagger: '2.0'\ndefinitions: {{M: {{}}}}\nproduces: [{}]\npaths:\n  /a:\n    get:\n      responses: {{'200': \
         {{schema: {{$ref: '#/definitions/M'}}}}, '400': {{schema: {{$ref: '#/definitions/M'}}}}}}\n",
        many(5_005, "a/b#"),
    );
    let document = read(text);
    let told = document.diagnostics().into_iter().filter(|found| found.code.name() == "too-many-entries").count();
    assert_eq!(told, 1);
    let (_, method) = document.method(0).expect("the route");
    let models = |status: &str| method.method_responses.as_ref()?.get(status).map(|response| response.models.len());
    assert_eq!((models("200"), models("400")), (Some(5_000), Some(5_000)));
}

#[test]
fn what_responses_share_is_charged_with_each() {
    let responses = |count: usize, response: &str| {
        let all: String = (100..100 + count).map(|status| format!("'{status}': {response}, ")).collect();
        format!("paths:\n  /a:\n    get:\n      responses: {{{all}}}\n")
    };
    let produced = |count: usize| {
        let response = "{schema: {$ref: '#/definitions/M'}}";
        let list = many(1_000, "a/b#");
        format!("swagger: '2.0'\ndefinitions: {{M: {{}}}}\nproduces: [{list}]\n{}", responses(count, response))
    };
    assert_eq!((refused(&produced(2)), refused(&produced(500))), ("", "memory-limit"));
    let headed = |count: usize| {
        let shared = responses(count, "{$ref: '#/responses/R'}");
        format!("swagger: '2.0'\nresponses: {{R: {{headers: {{? {} : {{}}}}}}}}\n{shared}", "x".repeat(15_000))
    };
    assert_eq!((refused(&headed(5)), refused(&headed(800))), ("", "memory-limit"));
}

#[test]
fn a_large_part_that_many_refer_to_is_looked_through_once_or_charged() {
    let paths = |item: &str| (0..200).map(|at| format!("  /p{at}: {{get: {item}}}\n")).collect::<String>();
    // The names of a response and of a parameter are found without a search.
    let large = many(2_000, "k#: 1");
    let shared = |name: &str, of: &str, item: &str| {
        format!("swagger: '2.0'\n{name}: {{X: {{{large}, {of}}}}}\npaths:\n{}", paths(item))
    };
    assert_eq!(refused(&shared("responses", "description: a", "{responses: {'200': {$ref: '#/responses/X'}}}")), "");
    let item = "{parameters: [{$ref: '#/parameters/X'}]}";
    let document = read(shared("parameters", "in: query, name: q", item));
    let (_, method) = document.method(199).expect("the route");
    assert_eq!(method.request_parameters.names().collect::<Vec<_>>(), ["method.request.querystring.q"]);
    // An integration is searched for each of its properties.
    let item = "{x-amazon-apigateway-integration: {$ref: '#/x/X'}}";
    assert_eq!(refused(&shared("x", "type: mock", item)), "step-limit");
    for part in ["tlsConfig", "requestParameters", "responses: {default"] {
        let end = "}".repeat(1 + part.matches('{').count());
        let text = format!("swagger: '2.0'\nx: {{X: {{type: mock, {part}: {{{large}{end}}}}}\npaths:\n{}", paths(item));
        assert_eq!(refused(&text), "step-limit", "{part}");
    }
}

#[test]
fn long_words_of_the_document_are_compared_by_their_length() {
    let long = "y".repeat(1 << 20);
    let paths: String = (0..1_000).map(|at| format!("  /p{at}: {{get: {{security: [{{s: []}}]}}}}\n")).collect();
    let text = |name: &str| {
        format!(
            "openapi: 3.0.1\ncomponents: {{securitySchemes: {{s: {{type: apiKey, name: {name}}}}}}}\npaths:\n{paths}"
        )
    };
    let needs_key = |text: String| read(text).method(999).map(|(_, method)| method.api_key_required);
    assert_eq!((needs_key(text(&long)), needs_key(text("X-API-Key"))), (Some(false), Some(true)));
}

#[test]
fn a_shared_part_costs_by_its_values_with_each_reference() {
    const COUNT: usize = 2_000;
    let rest = "openapi: 3.0.1\n";
    let paths = |item: &str| (0..COUNT).map(|at| format!("  /p{at}: {item}\n")).collect::<String>();
    let operation = |member: &str| format!("{{get: {{{member}}}}}");
    let integration = operation("x-amazon-apigateway-integration: {$ref: '#/x/i'}");
    let response = operation("responses: {'200': {$ref: '#/x/i'}}");
    let body = operation("requestBody: {$ref: '#/x/i'}");
    let (keys, ones) = (many(2_000, "k#: 0"), many(2_000, "1"));
    for (part, item) in [
        (format!("{{type: http, responses: [{{{keys}}}]}}"), &integration),
        (format!("{{type: http, responses: [{{responseParameters: {{{keys}}}}}]}}"), &integration),
        (format!("{{type: http, cacheKeyParameters: [{ones}]}}"), &integration),
        (format!("{{type: http, requestParameters: {{a: [{ones}]}}}}"), &integration),
        (format!("{{description: a, content: {{a/b: {{{keys}}}}}}}"), &response),
        (format!("{{content: {{a/b: {{schema: {{{keys}}}}}}}}}"), &body),
    ] {
        let text = |part: &str| format!("{rest}x: {{i: {part}}}\npaths:\n{}", paths(item));
        let limits = Limits::service().with_steps(Some(3_000_000));
        let load = |text: &str| load(&[File::new("api.yaml", text)], &Options::default().limits(limits.clone()));
        let code = load(&text(&part)).map_or_else(|error| error.diagnostic().code.name(), |_| "");
        assert_eq!(code, "step-limit", "{}", &part[..60]);
        assert!(load(&text("{type: mock}")).is_ok());
    }
}

#[test]
fn a_path_that_many_refer_to_is_looked_through_once_for_the_protocol() {
    let keys = many(2_000, "k#: 0");
    let text = |paths: usize| {
        let paths: String = (0..paths).map(|at| format!("  /p{at}: {{$ref: '#/x/i'}}\n")).collect();
        format!("openapi: 3.0.1\nx: {{i: {{get: {{{keys}}}}}}}\npaths:\n{paths}")
    };
    assert_eq!((refused(&text(1)), refused(&text(300))), ("", "step-limit"));
}

#[test]
fn references_to_schemas_cost_by_their_length() {
    let text = |letters: usize, name: &str| {
        let schema = format!("{{$ref: '#{}{name}'}}", "/".repeat(letters));
        let responses: String = (100..400).map(|status| format!("'{status}': {{$ref: '#/x/i'}}, ")).collect();
        let shared = format!("x: {{i: {{description: a, content: {{a/b: {{schema: {schema}}}}}}}}}");
        format!("openapi: 3.0.1\n{shared}\npaths: {{/a: {{get: {{responses: {{{responses}}}}}}}}}\n")
    };
    assert_eq!((refused(&text(1, "x/S")), refused(&text(100_000, "x/S"))), ("", "step-limit"));
    // The last part of a reference that leads to nothing is the name of a model.
    assert_eq!(refused(&text(1, &"m".repeat(50_000))), "memory-limit");
}
