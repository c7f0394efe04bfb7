//! YAML as libyaml and SnakeYAML read it, which CloudFormation and its users' tools are built on.
//!
//! The values are those of PyYAML 6.0.3 with libyaml. 7,551 YAML files of public repositories were
//! read by both and gave the same values.

use vtl_loaders::{Document, File, Options, load};

fn loaded(text: &str) -> Document {
    load(&[File::new("t.yaml", text)], &Options::default()).expect("the document loads")
}

/// Returns a request template that is written as the given scalar or list.
fn template(written: &str) -> String {
    let text = format!(
        "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          a/b: {written}\n"
    );
    let document = loaded(&text);
    let template = document.templates().next().expect("the integration has a template");
    template.text.to_owned()
}

#[test]
fn multi_line_scalars_need_no_indentation() {
    for (written, value) in [
        // As the continuation lines of public templates, at the column of their key or before it.
        ("\"one\n    two\"", "one two"),
        ("\"one\ntwo\n\nthree\"", "one two\nthree"),
        ("'one\n  it''s'", "one it's"),
        ("\"one\n\ttwo\"", "one two"),
        ("\"one\\\n  two\"", "onetwo"),
        ("one\n            two", "one two"),
        ("|\n            one\n              two\n", "one\n  two\n"),
        (">-\n            one\n            two\n", "one two"),
    ] {
        assert_eq!(template(written), value, "{written}");
    }
}

#[test]
fn the_last_line_of_a_block_may_have_no_line_end() {
    let text = "x-amazon-apigateway-integration:\n  type: mock\n  requestTemplates:\n    a/b: |\n      one";
    let document = loaded(text);
    assert_eq!(document.templates().next().map(|template| template.text), Some("one"));
}

#[test]
fn flow_collections_need_no_indentation() {
    for text in [
        include_str!("../../../corpus/reported/documents/yaml-flow-close-at-parent-column.yaml"),
        include_str!("../../../corpus/reported/documents/yaml-quoted-continuation-at-key-column.yaml"),
    ] {
        let document = loaded(text);
        assert_eq!(document.route_key(0).as_deref(), Some("GET /"));
        let templates: Vec<&str> = document.templates().map(|template| template.text).collect();
        assert_eq!(templates, ["{\"statusCode\": 200}"]);
    }
}

#[test]
fn places_lead_through_lines_without_indentation() {
    let text = "type: mock\nrequestTemplates:\n  a/b: \"one\ntwo #if($x)\"\n";
    let document = loaded(text);
    let location = document.locate(0, "/requestTemplates/a~1b", 8..11).expect("the template is in the document");
    assert_eq!((location.line, location.column), (4, 5));
}

#[test]
fn scalars_have_the_types_of_yaml_1_1() {
    for (written, status) in [("0o310", "0o310"), ("0310", "200"), ("0xC8", "200"), ("200", "200"), ("2_00", "200")] {
        let text = format!("type: mock\nresponses: {{default: {{statusCode: {written}}}}}\n");
        let document = loaded(&text);
        let (_, method) = document.method(0).expect("the document has a route");
        let responses = method.integration.as_ref().map(|integration| integration.responses.as_slice());
        assert_eq!(responses.and_then(|all| all.first()).map(|rule| rule.status_code.as_str()), Some(status));
    }
    for (written, required) in [("yes", true), ("On", true), ("off", false), ("No", false), ("TRUE", true)] {
        let text = format!(
            "swagger: '2.0'\npaths:\n  /a:\n    get:\n      parameters: [{{in: query, name: q, required: {written}}}]\n"
        );
        let document = loaded(&text);
        let (_, method) = document.method(0).expect("the document has a route");
        assert_eq!(method.request_parameters.get("method.request.querystring.q"), Some(&required), "{written}");
    }
}

#[test]
fn keys_twice_by_the_thousand_are_counted() {
    for (count, last) in [
        (1_000, "the key a is written twice in one map; the last one counts"),
        (1_001, "and 1 more key is written twice in one map"),
        (5_000, "and 4000 more keys are written twice in one map"),
    ] {
        let text = format!("{{\"type\": \"mock\", \"x\": {{\"a\": 0{}}}}}", ",\n\"a\": 0".repeat(count));
        let document = load(&[File::new("i.json", text)], &Options::default()).expect("the document loads");
        let found = document.diagnostics();
        let twice: Vec<_> = found.iter().filter(|found| found.code.name() == "duplicate-key").collect();
        assert_eq!((twice.len(), twice.last().unwrap().message.as_str()), (count.min(1_001), last));
        assert_eq!(twice.last().unwrap().location.as_ref().map(|at| at.line), Some(count.min(1_001) + 1));
    }
}

#[test]
fn a_key_twice_is_a_finding_and_the_last_one_counts() {
    for (name, text) in [
        ("i.yaml", "type: mock\nrequestTemplates:\n  a/b: one\n  c/d: two\n  a/b: three\n"),
        (
            "i.json",
            "{\"type\": \"mock\",\n\"requestTemplates\": {\n  \"a/b\": \"one\",\n  \"c/d\": \"two\",\n  \"a/b\": \"three\"}}",
        ),
    ] {
        let document = load(&[File::new(name, text)], &Options::default()).expect("the document loads");
        let templates: Vec<&str> = document.templates().map(|template| template.text).collect();
        assert_eq!(templates, ["three", "two"]);
        let found = document.diagnostics();
        let twice = found.iter().find(|found| found.code.name() == "duplicate-key").expect("the key is found");
        assert_eq!(twice.location.as_ref().map(|location| (location.line, location.column)), Some((5, 3)));
    }
}

// YAML 1.1, type `merge`: only the plain scalar `<<` resolves to it. PyYAML, SnakeYAML and js-yaml have `"<<"` as a name.
#[test]
fn a_merge_key_in_quotes_is_a_name() {
    let text = |key: &str| {
        format!(
            "openapi: 3.0.1\nx-a: &a {{type: mock}}\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        {key}: *a\n        uri: b\n"
        )
    };
    let kind = |key: &str| loaded(&text(key)).to_json()["routes"][0]["integration"]["type"].clone();
    assert_eq!((kind("<<"), kind("'<<'").as_str(), kind("\"<<\"").as_str()), ("MOCK".into(), None, None));
}

// YAML 1.1 has these types; CloudFormation's guide names them as not supported, and JSON has none of them.
#[test]
fn tags_that_are_not_read_are_told() {
    let told = |written: &str| {
        let text =
            format!("Resources:\n  A:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n      Name: {written}\n");
        let document = loaded(&text);
        let found = document.diagnostics();
        found.iter().filter(|it| it.message.contains(" tag ")).map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    for tag in ["!!binary aGk=", "!!timestamp 2001-01-01", "!<tag:x.test,2026:a> b", "!!python/object b"] {
        let name = tag.split([' ', '<', '>']).find(|part| part.len() > 1).unwrap_or_default();
        assert_eq!(told(tag), [format!("the tag {name} is not read; its value is taken as it is written")], "{tag}");
    }
    for tag in ["!!str 010", "!!int '5'", "! a", "!Ref AWS::Region", "!<!Ref> AWS::Region", "!!map {a: b}"] {
        assert_eq!(told(tag), Vec::<String>::new(), "{tag}");
    }
    for collection in ["!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]"] {
        assert_eq!(told(collection).len(), 1, "{collection}");
    }
    assert_eq!((template("!!str 010"), template("'010'")), ("010".to_owned(), "010".to_owned()));
}
