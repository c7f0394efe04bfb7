//! Templates and documents whose parts were compared with each other, or gone through again and again: with sizes at
//! which the work of each part with each other takes minutes.

use vtl::{Code, Limits};
use vtl_check::{Found, TemplateOptions, check_document, check_template};
use vtl_loaders::{File, Options, load};

fn template(text: &str) -> Vec<Found> {
    check_template("a.vtl", text, &TemplateOptions::default())
}

fn count(found: &[Found], code: Code) -> usize {
    found.iter().filter(|it| it.diagnostic.code == code).count()
}

/// Checks whether the output is judged no more at some place, since the paths are too many.
fn is_cut(text: &str) -> bool {
    template(text).iter().any(|it| it.diagnostic.message.contains("too many paths"))
}

/// Checks a document of routes that share an integration.
fn routes(integration: &serde_json::Value, head: &str, count: usize) -> Vec<Found> {
    answering("{}", integration, head, count, &Options::default())
}

/// Checks a document of routes that share an integration, with the responses of their methods.
fn answering(
    responses: &str,
    integration: &serde_json::Value,
    head: &str,
    count: usize,
    options: &Options,
) -> Vec<Found> {
    let route = |at: usize| {
        let shared = if at == 0 { format!("&i {integration}") } else { "*i".to_owned() };
        format!("  /p{at}:\n    get:\n      responses: {responses}\n      x-amazon-apigateway-integration: {shared}\n")
    };
    let paths: String = (0..count).map(route).collect();
    let text = format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n{head}paths:\n{paths}");
    check_document(&load(&[File::new("a.yaml", text)], options).unwrap_or_else(|error| panic!("{error}")))
}

fn loops(count: usize, body: &str) -> String {
    format!("{}{body}{}", "#foreach($i in $input.path('$.l'))".repeat(count), "#end".repeat(count))
}

/// The operands of a comparison are evaluated once, however deeply they are nested.
#[test]
fn comparisons_in_comparisons() {
    let operand = (0..60).fold("$a".to_owned(), |inner, _| format!("(!({inner} < 2))"));
    assert!(template(&loops(1, &format!("#if({operand} < 3)x#end"))).len() < 10);
    // A comparison with a size that is not known is taken for that of the list.
    let list = |test: &str| {
        let text = format!("#set($l = $input.path('$'))[#foreach($i in $l)\"a\"#if({test}),#end#end]");
        count(&template(&text), Code::CommaInLoop)
    };
    assert_eq!((list("$foreach.count < $l.size()"), list("($l.size() != $foreach.count)"), list("1 == 1")), (0, 0, 1));
}

/// The bytes of a condition, of a list, of a text that is printed and of what is known count for each visit.
#[test]
fn long_parts_that_are_visited_often() {
    let condition = |terms: usize| loops(8, &format!("#if({}$i==2)y#end", "$i==1 && ".repeat(terms)));
    assert_eq!((is_cut(&condition(20)), is_cut(&condition(2_500))), (false, true));
    let list = |items: usize| loops(8, &format!("#foreach($j in [{}1])y#end", "1,".repeat(items)));
    assert_eq!((is_cut(&list(20)), is_cut(&list(10_000))), (false, true));
    let prints = |bytes: usize| {
        let inner = loops(6, &"$a".repeat(200));
        format!("#set($a=\"{}\"){{\"b\":\"{inner}\"}}", "x".repeat(bytes))
    };
    assert_eq!((is_cut(&prints(10)), is_cut(&prints(4_000))), (false, true));
    let sets = |bytes: usize, references: usize| {
        let value = "y".repeat(bytes);
        let tests: Vec<String> = (0..199).map(|at| format!("$input.params('q{at}')=='{value}'")).collect();
        let list = vec!["$z"; references].join(",");
        format!("#if({}){}#end", tests.join(" && "), loops(2, &format!("#set($x=[{list}])").repeat(100)))
    };
    assert_eq!((is_cut(&sets(5, 2)), is_cut(&sets(900, 100))), (false, true));
}

#[test]
fn assignments_with_operations() {
    let text = format!("#set($a=$input.path('$'))$a{}", "#set($a=$b - $input.path('$.c'))".repeat(30_000));
    assert!(count(&template(&text), Code::AssignsNothing) > 0);
}

#[test]
fn prints_with_assignments() {
    let text = format!(
        "{{\"a\": \"{}#set($a=$util.escapeJavaScript($input.params('x'))){}\", \"b\":$b}}",
        "#set($b=1)".repeat(30_000),
        "$a".repeat(30_000)
    );
    assert_eq!(count(&template(&text), Code::ApostropheEscape), 5_001);
}

#[test]
fn references_of_a_mock_between_quotes() {
    let mock = |text: &str| {
        let integration = serde_json::json!({"type": "mock", "requestTemplates": {"application/json": text},
            "responses": {"default": {"statusCode": "200"}}});
        count(&routes(&integration, "", 1), Code::MockStatusCode)
    };
    assert_eq!(mock(&format!("{{\"a\": \"{}\"}}", "$a".repeat(60_000))), 1);
    assert_eq!(mock(r#"{"a": "$a b $c", "d": "$e"}"#), 1);
    for open in [r#"{"a": "$a", $b}"#, r#"{"$a": 1}"#, r#"{"a": "b", "$a": 1}"#, r#"{"a": $a}"#, "{\"a\": \"x\n$a\"}"] {
        assert_eq!(mock(open), 0, "{open}");
    }
}

#[test]
fn braces_of_an_address() {
    let names = |uri: &str| {
        let integration = serde_json::json!({"type": "http", "httpMethod": "GET", "uri": uri});
        let found = routes(&integration, "", 1);
        let of_rule = found.iter().find(|it| it.diagnostic.code == Code::UriVariableUnmapped);
        of_rule.map(|it| it.diagnostic.message.clone()).unwrap_or_default()
    };
    assert!(names("https://b.test/{a{b}/${c}").starts_with("`{b}` of the URI has no value"));
    assert_eq!(names("https://b.test/{a b}{}/{c"), "");
}

/// A template that routes share is judged for each of them.
#[test]
fn templates_of_many_routes() {
    let found = |text: &str| {
        let integration = serde_json::json!({"type": "http", "httpMethod": "POST", "uri": "https://b.test/",
            "requestTemplates": {"application/json": text}});
        routes(&integration, "", 10)
    };
    let members = format!("#set($a=$input.path('$')){{\"k\":[{}1],\"l\":$a.b.c}}", "$a.b,".repeat(1_990));
    let members = found(&members);
    assert_eq!((count(&members, Code::PrintsJavaMap), count(&members, Code::BareReference)), (1_990, 1));
    let tests: String = (0..2_000).map(|at| format!("#if($a.b{at})#end")).collect();
    let tests =
        format!("#set($a=$input.path('$')){tests}#if($a.x && ! $a.x.isEmpty())#end#if($a.y and $a.y != \"\")#end");
    assert_eq!(count(&found(&tests), Code::MissingIsTrue), 2_000);
}

#[test]
fn members_that_are_sizes() {
    let found = |rest: &str| {
        let text = format!("#set($a=$input.path('$')){{\"k\": \"$a.b\", {rest}}}");
        count(&template(&text), Code::PrintsJavaMap)
    };
    assert_eq!(found("\"l\": $a.b.length, \"s\": $a.b.size, \"c\": \"$a.bc.d\""), 0);
    assert_eq!(found("\"l\": $a.b.length, \"c\": \"$a.b.z\""), 1);
    assert_eq!(found("\"l\": \"$a.b.c\", \"c\": \"$a.b.size\""), 1);
}

#[test]
fn patterns_and_media_types_of_many_routes() {
    let responses: serde_json::Map<String, serde_json::Value> = (0..960)
        .map(|at| {
            let (status, code) = if at % 2 == 0 { (598, 200) } else { (599, 201) };
            (format!("{status}|x{at:04}"), serde_json::json!({"statusCode": code.to_string()}))
        })
        .collect();
    let mut integration = serde_json::json!({"type": "http", "httpMethod": "GET", "uri": "https://b.test/"});
    integration["responses"] = responses.into();
    assert_eq!(count(&routes(&integration, "", 50), Code::PatternNeverMatches), 0);
    let found = |second: &str| {
        integration["responses"] =
            serde_json::json!({"[2-5]\\d\\d": {"statusCode": "200"}, second: {"statusCode": "201"}});
        count(&routes(&integration, "", 1), Code::PatternNeverMatches)
    };
    assert_eq!(["599", "2..", "[1-5]\\d\\d", "600"].map(found), [1, 1, 0, 1]);

    let templates: serde_json::Map<String, serde_json::Value> =
        (0..4_000).map(|at| (format!("Text/x{at}; a=b"), "{\"statusCode\": 200}".into())).collect();
    let mut integration = serde_json::json!({"type": "mock", "responses": {"default": {"statusCode": "200"}}});
    integration["requestTemplates"] = templates.into();
    let types: Vec<String> = (0..4_900).map(|at| format!("image/{at}")).chain(["text/X7".to_owned()]).collect();
    let head = |types: &[String]| format!("x-amazon-apigateway-binary-media-types: {}\n", serde_json::json!(types));
    assert_eq!(count(&routes(&integration, &head(&types), 10), Code::BinaryMock), 1);
    assert_eq!(count(&routes(&integration, &head(&["text/*".to_owned()]), 1), Code::BinaryMock), 4_000);
}

#[test]
fn loops_with_assignments() {
    let found = |text: &str| {
        let document = serde_json::json!({"swagger": "2.0", "paths": {"/a": {"post": {
            "parameters": [{"in": "body", "name": "M", "schema": {"$ref": "#/definitions/M"}}],
            "consumes": ["application/json"], "responses": {}, "x-amazon-apigateway-integration": {"type": "http",
                "httpMethod": "POST", "uri": "https://b.test/", "requestTemplates": {"application/json": text}}}}},
            "definitions": {"M": {"type": "object", "properties": {"l": {"type": "array", "maxItems": 2000,
                "items": {"type": "object", "properties": {"m": {"type": "array", "maxItems": 3000}}}}}}}});
        let document = load(&[File::new("a.json", document.to_string())], &Options::default())
            .unwrap_or_else(|error| panic!("{error}"));
        let found = check_document(&document);
        let limits = found.into_iter().filter(|it| it.diagnostic.code == Code::LoopOverLimit);
        limits.map(|it| it.diagnostic.message).collect::<Vec<_>>()
    };
    let text = format!(
        "{}#set($l = $input.path('$.l'))#foreach($i in $l)#foreach($j in $i.m)#end#end{}",
        "#set($a = 1)".repeat(20_000),
        "#foreach($k in $z.l)#end".repeat(5_000)
    );
    let turns = |count: usize| format!("the loop may have {count} turns; the service ends it after 1000");
    assert_eq!(found(&text), [turns(2_000), turns(3_000)]);
    // A variable that is set twice, from itself, or to something else.
    for sets in ["#set($l = $input.path('$.l'))#set($l = $input.path('$'))", "#set($l = $l)", "#set($l = [1])"] {
        assert_eq!(found(&format!("{sets}#foreach($i in $l)#end")), [""; 0]);
    }
}

/// The outputs of a template that are compared with its model are charged.
#[test]
fn outputs_of_many_routes() {
    let loops = "#foreach($i in $l)#end".repeat(1_000);
    let arms: String = (0..4).map(|at| format!("#elseif($input.params('b{at}'))")).collect();
    let text = format!(
        "{{\"a\":\"{}\"#if($input.params('a')){arms}#end#set($l=$input.path('$.l')){loops},\"b\":1}}",
        "x".repeat(2_000)
    );
    let integration = serde_json::json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": text}}}});
    let model = "components: {schemas: {M: {type: object, properties: {a: {type: integer}}}}}\n";
    let responses =
        "{'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/M'}}}}}";
    let options = Options::default().limits(Limits::service().with_steps(Some(5_000_000)));
    let found = |routes: usize| {
        let found = answering(responses, &integration, model, routes, &options);
        (count(&found, Code::OutputMatchesModel), count(&found, Code::StepLimit) > 0)
    };
    // A route takes 210,000 steps, and its outputs 140,000.
    assert_eq!((found(5), found(20)), ((1, false), (1, true)));
}
