//! Documents whose parts multiply end with the finding of a budget that is spent.

use std::collections::BTreeMap;
use vtl::{Budget, Code, Limits};
use vtl_check::{Reach, TemplateOptions, check_document, check_template, output_misfits, with_ignores};
use vtl_loaders::{File, Options, load};

/// The limits of the service with a tenth of the steps, so that it takes a tenth of the time to use them up.
fn tenth() -> Limits {
    let steps = Limits::service().steps().map(|steps| steps / 10);
    Limits::service().with_steps(steps)
}

fn codes(text: String) -> Vec<&'static str> {
    let options = Options::default().limits(tenth());
    let document = load(&[File::new("api.json", text)], &options).unwrap_or_else(|error| panic!("{error}"));
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
fn long_names_that_are_compared_cost_their_letters() {
    // 48,400 comparisons of 64 letters: at 168 steps more than the limit, at 40 fewer.
    let name = "x".repeat(60);
    let text: String = (0..220).map(|at| format!("#set(${name}{at} = 1)${name}{at}y ")).collect();
    let mut options = TemplateOptions::default();
    options.limits = Some(tenth());
    let found = check_template("a.vtl", &text, &options);
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
    let ways = vec![r"\\d"; 120].join("|");
    for kind in ["http", "mock"] {
        let text = format!(
            r#"{{"openapi": "3.0.1", "paths": {{"/a": {{"get": {{"x-amazon-apigateway-integration": {{"type": "{kind}", "httpMethod": "GET",
                "uri": "http://x/", "responses": {{"({ways})*(x?)[yz]\\2": {{"statusCode": "200"}}, "200": {{"statusCode": "200"}}}}}}}}}}}}}}"#
        );
        let codes = codes(text);
        assert!(codes.contains(&"pattern-limit"), "{codes:?}");
    }
}

/// A mock selects its response by any number: one that is no HTTP status is compared where it is written.
#[test]
fn a_pattern_that_backtracks_too_much_with_the_status_of_a_mock_is_said_so() {
    let ways = vec![r"\\d"; 120].join("|");
    let found = |status: &str| {
        let text = format!(
            r#"{{"openapi": "3.0.1", "paths": {{"/a": {{"get": {{"x-amazon-apigateway-integration": {{"type": "mock",
                "requestTemplates": {{"application/json": "{{\"statusCode\": {status}}}"}},
                "responses": {{"({ways})*(x?)[yz]\\2": {{"statusCode": "200"}}}}}}}}}}}}}}"#
        );
        let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
        let found = check_document(&document);
        let limits = found.into_iter().filter(|it| it.diagnostic.code == Code::PatternLimit);
        let line = |it: vtl_check::Found| it.diagnostic.location.map(|at| at.line);
        limits.map(line).collect::<Vec<_>>()
    };
    // The pattern is in line 3, the template in line 2.
    assert_eq!(found("200"), [Some(3)]);
    assert_eq!(found("2000"), [Some(2), Some(3)]);
}

/// The pattern of a model is compared with the output of a sample: one that takes too much is told.
#[test]
fn a_pattern_of_a_model_that_backtracks_too_much_is_said_not_to_be_compared() {
    let pattern = r"^((a|a)*)*\\1[bd]$";
    let text = format!(
        r##"{{"swagger": "2.0", "info": {{"title": "a", "version": "1"}}, "paths": {{"/pets": {{"get": {{"produces": ["application/json"],
        "responses": {{"200": {{"description": "", "schema": {{"$ref": "#/definitions/Name"}}}}}},
        "x-amazon-apigateway-integration": {{"type": "mock", "requestTemplates": {{"application/json": "{{\"statusCode\": 200}}"}},
        "responses": {{"default": {{"statusCode": "200", "responseTemplates": {{"application/json": "$input.json('$')"}}}}}}}}}}}}}},
        "definitions": {{"Name": {{"type": "string", "pattern": "{pattern}"}}}}}}"##
    );
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let template = document.templates().last().expect("it has a response template");
    let budget = Budget::new(&Limits::service());
    let found = output_misfits(&document, &template, &format!("\"{}c\"", "a".repeat(200)), &budget);
    let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].starts_with("not all of it is compared: "), "{messages:?}");
    assert!(budget.check().is_ok());
}

/// Returns the last message of a code, and how many findings it has.
fn last<'f>(found: &'f [vtl_check::Found], code: &str) -> (usize, &'f str) {
    let of_code = || found.iter().map(|it| &it.diagnostic).filter(|it| it.code.name() == code);
    (of_code().count(), of_code().next_back().map_or("", |it| it.message.as_str()))
}

#[test]
fn of_unused_variables_the_first_in_the_text_are_listed() {
    let text: String = (0..6_000).map(|at| format!("#set($v{at} = 1)\n")).collect();
    let found = check_template("a.vtl", &text, &TemplateOptions::default());
    assert_eq!(last(&found, "unused-variable"), (5_001, "and 1000 more findings of `unused-variable`"));
    let lines = found.iter().filter_map(|it| it.diagnostic.location.as_ref()).map(|at| at.line);
    assert_eq!(lines.collect::<Vec<_>>(), (1..=5_001).collect::<Vec<_>>());
}

#[test]
fn findings_beyond_five_thousand_of_a_rule_are_counted() {
    let text = format!("## a comment\n{}", "$nosuch $util.nosuch()\n".repeat(7_000));
    let found = check_template("a.vtl", &text, &TemplateOptions::default());
    assert_eq!(last(&found, "unknown-variable"), (5_001, "and 2000 more findings of `unknown-variable`"));
    assert_eq!(last(&found, "unknown-util"), (5_001, "and 2000 more findings of `unknown-util`"));
    let more = found.iter().find(|it| it.diagnostic.message.starts_with("and 2000 more")).expect("it is there");
    assert_eq!(more.diagnostic.location.as_ref().map(|at| at.line), Some(5_002), "the first that is not listed");

    // Those that are suppressed do not count.
    let text = text.replacen("## a comment", "## vtl-ignore unknown-util", 1);
    let found = check_template("a.vtl", &text, &TemplateOptions::default());
    assert_eq!(last(&found, "unknown-util"), (0, ""));
    let found = check_template("a.vtl", &"$nosuch\n".repeat(5_000), &TemplateOptions::default());
    assert_eq!(last(&found, "unknown-variable").0, 5_000);
}

#[test]
fn findings_of_a_document_are_counted_over_all_its_templates() {
    let route = |at: usize| {
        format!(
            r#""/a{at}": {{"get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET", "uri": "http://x/",
                "requestTemplates": {{"application/json": "{}"}}, "responses": {{"default": {{"statusCode": "700"}}}}}}}}}}"#,
            "$nosuch ".repeat(60)
        )
    };
    let routes: Vec<String> = (0..100).map(route).collect();
    let text = format!(r#"{{"openapi": "3.0.1", "paths": {{{}}}}}"#, routes.join(", "));
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let found = check_document(&document);
    assert_eq!(last(&found, "unknown-variable"), (5_001, "and 1000 more findings of `unknown-variable`"));
    assert_eq!(last(&found, "step-limit").0, 0);
}

#[test]
fn names_of_routes_and_templates_are_cut_in_findings() {
    let name = "a".repeat(3_000);
    let text = format!(
        r#"{{"openapi": "3.0.1", "paths": {{"/{name}": {{"get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET",
            "uri": "http://x/", "requestTemplates": {{"a/{name}": "{}"}}, "responses": {{"default": {{"statusCode": "700"}}}}}}}}}}}}}}"#,
        "$nosuch ".repeat(9)
    );
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let found = check_document(&document);
    let of_code = |code: &'static str| found.iter().filter(move |it| it.diagnostic.code.name() == code);
    let cut = |head: &str| Some(format!("{head}{}…", "a".repeat(1_000 - head.len())));
    assert_eq!(of_code("unknown-variable").count(), 9);
    for found in of_code("unknown-variable") {
        assert_eq!(found.diagnostic.route, cut("GET /"));
        assert_eq!(found.diagnostic.template, cut("request:a/"));
    }
    assert!(found.iter().all(|it| it.diagnostic.route.as_ref().is_none_or(|route| route.len() < 1_010)));
}

/// The places of references are found by the index of lines: what is in front of them costs nothing.
#[test]
fn references_that_are_substituted_behind_a_long_line() {
    let text = format!(
        r#"{{"Description": "{}", "Resources": {{"A": {{"Type": "AWS::ApiGateway::RestApi", "Properties": {{"Name": "x"}}}},
            "M": {{"Type": "AWS::ApiGateway::Method", "Properties": {{"RestApiId": {{"Ref": "A"}}, "HttpMethod": "GET",
            "ResourceId": {{"Fn::GetAtt": ["A", "RootResourceId"]}}, "Integration": {{"Type": "HTTP", "Uri": "https://x/",
            "IntegrationHttpMethod": "GET", "RequestTemplates": {{"application/json": {{"Fn::Sub": "{}"}}}}}}}}}}}}}}"#,
        "x".repeat(1_500_000),
        "${input.body}".repeat(2_200)
    );
    let document = load(&[File::new("t.json", text)], &Options::default()).expect("it loads");
    let found = check_document(&document);
    assert!(found.iter().any(|it| it.diagnostic.code == Code::SubTakesReference));
    assert!(found.iter().all(|it| it.diagnostic.code != Code::StepLimit));
}

/// The errors that a finding replaces are found by the names of their route and template.
#[test]
fn a_quote_in_a_string_replaces_the_error_of_a_template_with_a_long_name() {
    let text = format!(
        r##"{{"openapi": "3.0.1", "paths": {{"/a": {{"get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET",
            "uri": "http://x/", "requestTemplates": {{"a/{}": "#set($x = \"say \\\"hi\\\" to\")"}}, "responses": {{"default": {{"statusCode": "200"}}}}}}}}}}}}}}"##,
        "a".repeat(3_000)
    );
    let codes = codes(text);
    assert!(codes.contains(&"quote-in-string") && !codes.contains(&"syntax-error"), "{codes:?}");
}

#[test]
fn findings_by_the_million_end_with_the_budget() {
    let found = check_template("a.vtl", &"$a ".repeat(300_000), &TemplateOptions::default());
    assert!(found.iter().any(|it| it.diagnostic.message.ends_with("the rest is not judged")));
    assert!(last(&found, "unknown-variable").0 > 1_000, "what was found before is listed");
    assert!(found.len() < 6_000, "{}", found.len());
}

#[test]
fn suppressions_by_the_thousand() {
    let names = " a".repeat(30_000);
    for text in [format!("$input.body\n## vtl-ignore{names}"), "## vtl-ignore nosuch\n$input.body\n".repeat(6_000)] {
        let found = check_template("a.vtl", &text, &TemplateOptions::default());
        let (count, said) = last(&found, "unknown-rule");
        assert!(count == 5_001 && said.starts_with("and "), "{count} {said}");
    }
}

#[test]
fn models_that_fork() {
    let answer = |pet: &str, rest: &str, template: &str| {
        codes(format!(
            r##"{{"swagger": "2.0", "info": {{"title": "a", "version": "1"}}, "paths": {{"/pets": {{"get": {{"produces": ["application/json"],
                "responses": {{"200": {{"description": "", "schema": {{"$ref": "#/definitions/P0"}}}}}},
                "x-amazon-apigateway-integration": {{"type": "mock", "requestTemplates": {{"application/json": "{{\"statusCode\": 200}}"}},
                "responses": {{"default": {{"statusCode": "200", "responseTemplates": {{"application/json": "{template}"}}}}}}}}}}}}}},
                "definitions": {{"P0": {pet}{rest}}}}}"##
        ))
    };
    let all_of =
        |at: usize| format!(r##"{{"allOf": [{{"$ref": "#/definitions/P{at}"}}, {{"$ref": "#/definitions/P{at}"}}]}}"##);
    let chain: String = (1..40).map(|at| format!(r#", "P{at}": {}"#, all_of(at + 1))).collect();
    let chain = chain + r#", "P40": {"type": "string"}"#;
    assert!(answer(&all_of(1), &chain, r#"{\"a\": 1}"#).contains(&"step-limit"));
    assert!(answer(&all_of(0), "", r#"{\"a\": 1}"#).contains(&"step-limit"));
    // Each of 5,000 values lacks each of 5,000 members.
    let required: Vec<String> = (0..5_000).map(|at| format!("\"x{at}\"")).collect();
    let lacks = format!(r#"{{"type": "array", "items": {{"required": [{}]}}}}"#, required.join(", "));
    let values = vec![r#"{\"y\": 1}"#; 5_000].join(", ");
    let found = answer(&lacks, "", &format!("[{values}]"));
    assert!(found.iter().any(|code| matches!(*code, "step-limit" | "memory-limit")), "{}", found.len());
}

#[test]
fn patterns_of_all_routes_share_a_budget() {
    let pattern = r"\\p{L}".repeat(3_000);
    let rules: Vec<String> = (0..30)
        .map(|at| {
            format!(
                r#""/a{at}": {{"get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET",
            "uri": "http://x/", "responses": {{"{pattern}{at}": {{"statusCode": "200"}}}}}}}}}}"#
            )
        })
        .collect();
    let text = format!(r#"{{"openapi": "3.0.1", "paths": {{{}}}}}"#, rules.join(", "));
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let spent = document.diagnostics().into_iter().find(|it| it.code.name() == "step-limit");
    assert!(spent.is_some_and(|it| it.message.ends_with("the rest of it is not checked")));
}

#[test]
fn ignored_findings_take_the_place_of_no_other() {
    let route = |before: &str, template: &str| {
        format!(
            r#"{{{before} "get": {{"x-amazon-apigateway-integration": {{"type": "http", "httpMethod": "GET", "uri": "http://x/",
                "requestTemplates": {{"application/json": "{template}"}}, "responses": {{"default": {{"statusCode": "200"}}}}}}}}}}"#
        )
    };
    let ignored = route(r#""x-vtl-ignore": ["unknown-util"],"#, &"$util.nosuch() ".repeat(6_000));
    let text = format!(
        "{{\"openapi\": \"3.0.1\", \"paths\": {{\n\"/a\": {ignored},\n\"/b\": {}}}}}",
        route("", "$util.typo()")
    );
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let found = check_document(&document);
    let (count, message) = last(&found, "unknown-util");
    assert_eq!(count, 1, "{message}");
    assert!(message.contains("typo"), "{message}");
    assert_eq!(last(&found, "unused-suppression").0, 0);
}

#[test]
fn misfits_of_an_output_end_with_the_budget() {
    let text = r##"{"swagger": "2.0", "info": {"title": "a", "version": "1"}, "paths": {"/pets": {"get": {"produces": ["application/json"],
        "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Names"}}},
        "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "$input.json('$')"}}}}}}},
        "definitions": {"Names": {"type": "array", "items": {"type": "string"}}}}"##;
    let document = load(&[File::new("api.json", text)], &Options::default()).expect("it loads");
    let template = document.templates().last().expect("it has a response template");
    // Each number is a misfit of 60 steps.
    let output = format!("[{}1]", "1,".repeat(999));
    let misfits = |limits: &Limits| {
        let budget = Budget::new(limits);
        let found = output_misfits(&document, &template, &output, &budget).len();
        (found, budget.check().err().map(|error| error.code()), budget.held())
    };
    assert_eq!(misfits(&Limits::service()), (1_000, None, 0));
    let (found, code, held) = misfits(&Limits::service().with_steps(Some(40_000)));
    assert!((100..999).contains(&found) && held == 0, "{found} {held}");
    assert_eq!(code, Some(Code::StepLimit));
    let (found, code, held) = misfits(&Limits::service().with_memory(Some(200_000)));
    assert!((100..999).contains(&found) && held == 0, "{found} {held}");
    assert_eq!(code, Some(Code::MemoryLimit));
}

/// A render refuses a template of more than 300 KB; the rules judge it all the same.
#[test]
fn a_template_that_is_too_large_is_said_to_be() {
    let found = |n: usize, is_velocity: bool| {
        let mut options = TemplateOptions::default();
        options.is_velocity = is_velocity;
        check_template("a.vtl", &format!("$nosuch{}", "x".repeat(n - 7)), &options)
    };
    let codes = |found: Vec<vtl_check::Found>| found.iter().map(|it| it.diagnostic.code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes(found(300 << 10, false)), ["V701"]);
    assert_eq!(codes(found((300 << 10) + 1, false)), ["V301", "V701"]);
    assert_eq!(codes(found((300 << 10) + 1, true)), [""; 0]);
}

#[test]
fn the_tree_of_a_template_is_charged() {
    let found = check_template("a.vtl", &"$a".repeat(2_000_000), &TemplateOptions::default());
    assert!(found.iter().any(|it| it.diagnostic.code == Code::MemoryLimit), "{found:?}");
}

#[test]
fn loops_in_loops_are_walked_through_once_when_they_are_many() {
    let loops = |open: &str| format!("{}{{\"a\": $i}}{}", open.repeat(60), "#end".repeat(60));
    for text in
        [loops("#foreach($i in $input.path('$.x'))"), loops("#if($input.body == 1)a#else b#end#foreach($i in [1, 2])")]
    {
        let found = check_template("a.vtl", &text, &TemplateOptions::default());
        assert!(found.len() < 1_000, "{}", found.len());
    }
}

#[test]
fn arms_by_the_thousand() {
    let arms: String = (0..5_000).map(|at| format!("#elseif($a{at})\"a{at}\": {at},")).collect();
    let found = check_template("a.vtl", &format!("{{#if($a){arms}#end}}"), &TemplateOptions::default());
    assert_eq!(last(&found, "unknown-variable").0, 5_001);
}

#[test]
fn suppressions_of_all_of_a_document_by_the_thousand() {
    let routes: String = (0..3_000)
        .map(|at| {
            format!(
                "  /a{at}: {{x-vtl-ignore: [unknown-util], get: {{x-amazon-apigateway-integration: {{type: http, httpMethod: GET, uri: 'http://x/', \
                 requestTemplates: {{application/json: '$util.nosuch()'}}, responses: {{default: {{statusCode: '200'}}}}}}}}}}\n"
            )
        })
        .collect();
    for head in ["", &"# vtl-ignore unknown-util\n".repeat(3_000)] {
        let text = format!("{head}openapi: 3.0.1\npaths:\n{routes}");
        let document = load(&[File::new("api.yaml", text)], &Options::default()).expect("it loads");
        let found = check_document(&document);
        assert_eq!((last(&found, "unknown-util").0, last(&found, "unused-suppression").0), (0, 0));
    }
}

/// Findings of many resources, of one resource, of a document as a whole, and of a block, beside much else.
#[test]
fn suppressions_are_written_for_findings_by_the_thousand() {
    let written = |name: &str, text: &str, lines: std::ops::Range<usize>| {
        let places: BTreeMap<_, _> = lines.map(|line| ((line, 1), vec!["unknown-util"])).collect();
        with_ignores(name, text, &places, Reach::Near).expect("it has a place").matches("unknown-util").count()
    };
    let rest = format!("\"Z\": {{{}\"z\": {{}}}}", "\"z\": {}, ".repeat(100_000));
    let methods: String = (0..4_000).map(|at| format!("\"m{at}\": {{\n}},\n")).collect();
    let text = format!("{{\"Resources\": {{\n{methods}\"n\": {{}}}}, {rest}}}");
    assert_eq!(written("t.json", &text, 3..8_003), 4_001);
    let text = format!("{{\"Resources\": {{\"a\": {{{}{rest}}}}}}}", "\n".repeat(4_000));
    assert_eq!(written("t.json", &text, 2..4_002), 1);
    let text = format!("{{\"openapi\": 3, {}{rest}}}", "\n".repeat(4_000));
    assert_eq!(written("t.json", &text, 2..4_002), 1);
    let text = format!("a: |\n{}{}", "\n".repeat(100_000), "  $util.nosuch()\n".repeat(4_000));
    assert_eq!(written("t.yaml", &text, 100_002..104_002), 4_000);
    let text = format!("{}{}", "a = <<E\nE\n".repeat(50_000), "b = 1\n".repeat(4_000));
    assert_eq!(written("t.tf", &text, 100_001..104_001), 4_000);
}

#[test]
fn methods_that_are_compared_with_all_methods() {
    let text = "#set($a = 1)".to_owned() + &"$a.e() ".repeat(4_000);
    let mut options = TemplateOptions::default();
    options.limits = Some(tenth());
    let found = check_template("a.vtl", &text, &options);
    assert!(found.iter().any(|it| it.diagnostic.code.name() == "step-limit"));
}

#[test]
fn blanks_between_statements_are_gone_through_once() {
    let text = "\r\n#set($m = 1)#stop".repeat(15_000) + "{\"a\": 1}";
    assert!(!check_template("a.vtl", &text, &TemplateOptions::default()).is_empty());
}

#[test]
fn a_template_with_too_many_paths_is_told() {
    let sets: String = (0..300).map(|at| format!("#set($v{at} = 1)")).collect();
    let found = |forks: usize| {
        let text = format!("{sets}{}", "#if($v0)a#end".repeat(forks));
        let found = check_template("a.vtl", &text, &TemplateOptions::default());
        found.iter().filter(|it| it.diagnostic.message.contains("too many paths")).count()
    };
    // A fork counts a node for 2 variables; 400,000 nodes are judged.
    assert_eq!((found(1_000), found(12_000)), (0, 1));
}

/// Loops in loops that give nothing else are 3^60 paths, and templates of a document share its steps.
#[test]
fn templates_share_the_paths_that_are_followed() {
    let template = format!("{}{{{}", "#foreach($a in $input.path('$.x'))".repeat(60), "#end".repeat(60));
    let paths: Vec<String> = (0..40)
        .map(|at| {
            let integration = serde_json::json!({"type": "http", "httpMethod": "POST", "uri": "http://b.test/",
                "passthroughBehavior": "never", "requestTemplates": {"application/json": template}});
            format!("\"/p{at}\": {{\"post\": {{\"x-amazon-apigateway-integration\": {integration}}}}}")
        })
        .collect();
    let text = format!("{{\"openapi\": \"3.0.1\", \"paths\": {{{}}}}}", paths.join(","));
    let document = load(&[File::new("a.json", text)], &Options::default()).expect("it loads");
    let found = check_document(&document);
    let told = |words: &str| found.iter().filter(|it| it.diagnostic.message.contains(words)).count();
    assert_eq!((told("too many paths"), told("is not judged")), (40, 40));
}

#[test]
fn blocks_that_are_nested_too_deeply_are_told() {
    let found = |depth: usize| {
        let text = format!("{}{{\"a\": 1}}{}", "#if($input.body)".repeat(depth), "#end".repeat(depth));
        let found = check_template("a.vtl", &text, &TemplateOptions::default());
        let deep = found.iter().filter(|it| it.diagnostic.message.contains("blocks are nested"));
        deep.map(|it| it.diagnostic.location.as_ref().map(|at| at.column)).collect::<Vec<_>>()
    };
    assert_eq!(found(64), []);
    // The place is that of the block inside of 64 others, each of 16 letters.
    assert_eq!(found(65), [Some(64 * 16 + 1)]);
    assert_eq!(found(1_000), [Some(64 * 16 + 1)]);
}
