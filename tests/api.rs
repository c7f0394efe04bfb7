//! The public API as a user has it.

use std::thread;
use vtl::{Code, Dialect, Globals, Params, ParseOptions, Template, UnknownSwitch};

fn with(dialect: Dialect, text: &str, body: &str) -> String {
    let template = Template::parse_with(text, &ParseOptions::new().dialect(dialect)).expect("it compiles");
    template.render(&Globals::body(body)).map_or_else(|error| error.code().to_string(), |out| out.text)
}

#[test]
fn a_template_is_shared_by_threads() {
    let template = Template::parse("$input.path('$.n')").expect("it compiles");
    let bodies: Vec<String> = (0..8).map(|n| format!("{{\"n\": {n}}}")).collect();
    thread::scope(|scope| {
        for (n, body) in bodies.iter().enumerate() {
            let template = template.clone();
            scope
                .spawn(move || assert_eq!(template.render(&Globals::body(body)).expect("renders").text, n.to_string()));
        }
    });
}

#[test]
fn globals_serve_many_renders() {
    let globals = Globals::body("{\"a\": [1]}").context(serde_json::json!({"stage": "prod"}));
    let change = Template::parse("#set($l = $input.path('$.a'))#set($x = $l.add(2))$l").expect("it compiles");
    let read = Template::parse("$input.json('$') $context.stage").expect("it compiles");
    assert_eq!(change.render(&globals).expect("renders").text, "[1,2]");
    assert_eq!(read.render(&globals).expect("renders").text, "{\"a\":[1]} prod");
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let template = Template::parse("$input.body").expect("it compiles");
    assert_eq!(template.render(&Globals::body_bytes(b"a\xFFb")).expect("renders").text, "a\u{FFFD}b");
}

#[test]
fn overrides_reach_the_next_phase() {
    let first =
        Template::parse("#set($context.requestOverride.header.X = 'v')#set($context.responseOverride.status = 201)");
    let left = first.expect("it compiles").render(&Globals::default()).expect("renders").overrides;
    assert_eq!(left.request["header"]["X"], "v");
    let second = Template::parse("$context.responseOverride.status").expect("it compiles");
    assert_eq!(second.render(&Globals::default().overrides(left)).expect("renders").text, "201");
}

#[test]
fn an_error_tells_what_and_where() {
    let source = "one\n$input.path('$.a').get(3)";
    let template = Template::parse(source).expect("it compiles");
    let error = template.render(&Globals::body("{\"a\": [1]}")).expect_err("it is out of range");
    assert_eq!(error.code(), Code::OutOfBounds);
    assert_eq!(error.line_column(source).map(|(line, _)| line), Some(2));
    assert_eq!(&source[error.span().expect("it has a place").range()], "get(3)");
}

#[test]
fn codes_are_never_twice() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
}

/// Each switch against the case that COMPATIBILITY.md names for it: off is the default, on the other answer.
#[test]
fn every_switch_switches() {
    let cases = [
        ("escape_slash", "$input.json('$')", r#"["a/b"]"#, r#"["a/b"]"#, r#"["a\/b"]"#),
        ("parse_per_call", "#set($z = $input.path('$').put('n', 1))$input.json('$')", "{}", r#"{"n":1}"#, "{}"),
        ("json_null", "$input.json('$.n')", r#"{"n": null}"#, "\"\"", "null"),
        ("exact_header_names", "[$input.params('x-h')]", "", "[v]", "[]"),
        ("short_script_escapes", "$util.escapeJavaScript($input.path('$'))", "\"é/'\"", r"\u00E9\/\'", r"é/\'"),
        ("util_takes_all", "[$util.urlEncode($input.path('$.i'))]", r#"{"i": 5}"#, "[]", "[5]"),
        ("lenient_parse_json", "[$util.parseJson('{')]", "", "V203", "[]"),
    ];
    assert_eq!(cases.map(|case| case.0), Dialect::SWITCHES);
    for (name, text, body, off, on) in cases {
        for (value, expected) in [(false, off), (true, on)] {
            let mut dialect = Dialect::service();
            dialect.set(name, value).expect("it is a switch");
            assert_eq!(dialect.get(name), Ok(value));
            let template = Template::parse_with(text, &ParseOptions::new().dialect(dialect)).expect("it compiles");
            let globals = Globals::body(body).params(Params::new().header("X-H", "v"));
            let found = template.render(&globals).map_or_else(|error| error.code().to_string(), |out| out.text);
            assert_eq!(found, expected, "{name} {value}");
        }
    }
    assert_eq!(Dialect::service().set("no_such_switch", true), Err(UnknownSwitch("no_such_switch".to_owned())));
}

#[test]
fn dialects_differ_where_they_should() {
    let text = "[$gone] #macro(m)x#end#m() #if($gone)yes#{else}no#end";
    assert_eq!(with(Dialect::service(), text, ""), "[] #m() yes");
    assert_eq!(with(Dialect::velocity_1_7(), text, ""), "[$gone] x no");
}
