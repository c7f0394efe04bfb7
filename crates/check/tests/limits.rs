//! Documents whose parts multiply end with the finding of a budget that is spent.

use vtl_check::{TemplateOptions, check_document, check_template};
use vtl_loaders::{File, Options, load};

fn codes(text: String) -> Vec<&'static str> {
    let document = load(&[File::new("api.json", text)], &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    check_document(&document).iter().map(|found| found.diagnostic.code.name()).collect()
}

#[test]
fn patterns_by_the_thousand() {
    let rules: Vec<String> =
        (0..4_000).map(|at| format!(r#""((a{{1,99}}){{1,99}}){{1,9}}{at}": {{"statusCode": "200"}}"#)).collect();
    let text = format!(
        r#"{{"openapi": "3.0.1", "paths": {{"/a": {{"get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET",
            "uri": "http://x/", "responses": {{{}}}}}}}}}}}}}"#,
        rules.join(", ")
    );
    assert!(codes(text).contains(&"step-limit"));
}

#[test]
fn names_that_are_compared_with_names() {
    let names = |prefix: &str, n: usize| (0..n).map(|at| format!("{prefix}{at}")).collect::<Vec<_>>();
    let path: String = names("/{a", 1_500).iter().map(|name| format!("{name}}}")).collect();
    let template: String = names("$input.params('b", 1_500).iter().map(|call| format!("{call}')")).collect();
    let declared: Vec<String> =
        names("c", 1_500).iter().map(|name| format!(r#"{{"name": "{name}", "in": "query"}}"#)).collect();
    let text = format!(
        r#"{{"openapi": "3.0.1", "paths": {{"{path}": {{"get": {{"parameters": [{}], "x-amazon-apigateway-integration": {{"type": "http",
            "httpMethod": "GET", "uri": "http://x/", "requestTemplates": {{"application/json": "{template}"}}}}}}}}}}}}"#,
        declared.join(", ")
    );
    assert!(codes(text).contains(&"step-limit"));
}

#[test]
fn variables_that_are_compared_with_variables() {
    let text: String = (0..1_500).map(|at| format!("#set($variable{at} = 1)$misspelt{at} ")).collect();
    let found = check_template("a.vtl", &text, &TemplateOptions::default());
    assert!(found.iter().any(|it| it.diagnostic.code.name() == "step-limit"));
}

#[test]
fn many_findings_of_a_long_line() {
    let found = check_template("a.vtl", &"$nosuch ".repeat(5_000), &TemplateOptions::default());
    assert!(found.iter().any(|it| it.diagnostic.location.as_ref().is_some_and(|at| at.column > 39_000)));
}

#[test]
fn a_pattern_that_backtracks_too_much_is_said_not_to_be_judged() {
    // Three digits are matched in a million ways.
    let ways = vec![r"\\d"; 55].join("|");
    for kind in ["http", "mock"] {
        let text = format!(
            r#"{{"openapi": "3.0.1", "paths": {{"/a": {{"get": {{"x-amazon-apigateway-integration": {{"type": "{kind}", "httpMethod": "GET",
                "uri": "http://x/", "responses": {{"({ways})*(x?)y\\2": {{"statusCode": "200"}}, "200": {{"statusCode": "200"}}}}}}}}}}}}}}"#
        );
        let codes = codes(text);
        assert!(codes.contains(&"pattern-limit"), "{codes:?}");
    }
}
