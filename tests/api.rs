//! The public API as a user has it.

use std::cell::Cell;
use std::thread;
use vtl::{Code, Dialect, Globals, Limits, Params, ParseOptions, RenderOptions, Template, UnknownLimit, UnknownSwitch};

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

/// `{:#}` needs no name and no source: the error has those of its template.
#[test]
fn an_error_draws_its_template() {
    let options = ParseOptions::new().name("order.vtl");
    let source = "one\n$input.path('$.a').get(3)";
    let template = Template::parse_with(source, &options).expect("it compiles");
    let failed = template.render(&Globals::body("{\"a\": [1]}")).expect_err("it is out of range");
    assert_eq!((failed.template_name(), failed.template_source()), (Some("order.vtl"), Some(source)));
    assert_eq!(format!("{failed:#}"), failed.report("order.vtl", source).to_string());

    let broken = Template::parse("#if(true)").expect_err("it has no end");
    assert_eq!(broken.help(), Some("close the block with `#end`"));
    assert!(format!("{broken:#}").contains("template:1:1"), "{broken:#}");
    assert_eq!(std::mem::size_of_val(&broken), std::mem::size_of::<usize>());
}

#[test]
fn a_render_is_cancelled_by_its_caller() {
    let text = "#foreach($a in [1..1000])#foreach($b in [1..1000])x#end#end";
    let template = Template::parse(text).expect("it compiles");
    let asked = Cell::new(0);
    let third = || asked.replace(asked.get() + 1) == 2;
    let options = RenderOptions::new().cancel_when(&third);
    let error = template.render_with(&Globals::default(), options).expect_err("it is cancelled");
    assert_eq!((error.code(), asked.get()), (Code::Cancelled, 3));

    let never = || false;
    let options = RenderOptions::new().cancel_when(&never);
    assert_eq!(template.render_with(&Globals::default(), options).expect("renders").text.len(), 1_000_000);
    // A limit is the limit whoever else is asked.
    let options = RenderOptions::new().limits(Limits::service().with_steps(Some(2_500))).cancel_when(&never);
    let error = template.render_with(&Globals::default(), options).expect_err("it has few steps");
    assert_eq!(error.code(), Code::StepLimit);
}

#[test]
fn renders_are_appended_to_a_string() {
    let template =
        Template::parse("$input.path('$.n');#set($context.responseOverride.status = 201)$x").expect("it compiles");
    let mut text = "> ".to_owned();
    for n in ["1", "2"] {
        let rendered = template.render_into(&Globals::body(format!("{{\"n\": {n}}}")), &mut text).expect("renders");
        assert_eq!((rendered.text.as_str(), rendered.notes.len()), ("", 1));
        assert_eq!(rendered.overrides.response["status"], 201);
    }
    assert_eq!(text, "> 1;2;");
    let failing = Template::parse("lost$input.body.charAt(9)").expect("it compiles");
    assert!(failing.render_into(&Globals::body("x"), &mut text).is_err());
    assert_eq!(text, "> 1;2;");
}

#[test]
fn globals_may_own_their_data() {
    let owned: Globals<'static> = {
        let body = "[1]".to_owned();
        Globals::body(&body).params(Params::new().query("q", "a")).into_owned()
    };
    let template = Template::parse("$input.body $input.params('q')").expect("it compiles");
    assert_eq!(thread::spawn(move || template.render(&owned).expect("renders").text).join().expect("ends"), "[1] a");
}

/// The places of notes and errors in a template with `#evaluate`, and in macros that its text defines.
#[test]
fn what_happens_in_evaluated_text_is_placed_at_the_evaluate() {
    let source =
        "#set($text = 'a long text $before.gone $before.gone $other.gone')\n#evaluate($text)$mine.gone#evaluate($text)";
    let template = Template::parse_with(source, &ParseOptions::velocity_1_7()).expect("it compiles");
    let notes = template.render(&Globals::default()).expect("renders").notes;
    let placed: Vec<_> = notes.iter().map(|note| (&source[note.span.range()], note.detail.as_str())).collect();
    let [one, two] = [
        "`$before.gone` resolves to nothing: `$before` is not set",
        "`$other.gone` resolves to nothing: `$other` is not set",
    ];
    let evaluate = "#evaluate($text)";
    assert_eq!(
        placed,
        [
            (evaluate, one),
            (evaluate, two),
            ("$mine.gone", "`$mine.gone` resolves to nothing: `$mine` is not set"),
            (evaluate, one),
            (evaluate, two)
        ]
    );

    let source = "#evaluate('#macro(late)          $list.get(3)#end')\n#set($list = [1])#late()";
    let template = Template::parse_with(source, &ParseOptions::velocity_1_7()).expect("it compiles");
    let error = template.render(&Globals::default()).expect_err("it is out of range");
    assert_eq!(&source[error.span().expect("a place").range()], "#late()");
    let source = "#macro(own)$list.get(3)#end#set($list = [1])\n#evaluate('                     #own()')";
    let template = Template::parse_with(source, &ParseOptions::velocity_1_7()).expect("it compiles");
    let error = template.render(&Globals::default()).expect_err("it is out of range");
    assert_eq!(&source[error.span().expect("a place").range()], "get(3)");
}

#[test]
fn limits_are_set_and_read_by_name() {
    let mut limits = Limits::service();
    for (at, name) in Limits::NAMES.iter().enumerate() {
        limits.set(name, Some(at as u64)).expect("it is a limit");
        assert_eq!(limits.get(&name.replace('_', "-")), Ok(Some(at as u64)));
    }
    assert_eq!((limits.foreach(), limits.nesting()), (Some(0), Some(8)));
    assert_eq!(limits.set("turns", None), Err(UnknownLimit("turns".to_owned())));
}

#[test]
fn kept_values_are_those_of_the_last_set() {
    let source = "$context.requestId|$context.identity.sourceIp|$stageVariables.t|$input.params('q')";
    let template = Template::parse(source).unwrap();
    let mut globals = Globals::default();
    // In turn another text, the same, one of that length, a shorter one, and none.
    for text in ["one", "one", "two", "a", ""] {
        globals.set_context_text(["requestId"], text);
        globals.set_context_text(["identity", "sourceIp"], text);
        globals.set_stage_variable("t", text);
        globals.set_query("q", Some(text));
        let copy = globals.clone();
        assert_eq!(template.render(&globals).unwrap().text, [text; 4].join("|"));
        globals.set_context_text(["identity", "sourceIp"], "new");
        globals.set_stage_variable("t", "new");
        assert_eq!(template.render(&copy).unwrap().text, [text; 4].join("|"), "a copy has its own values");
    }
    // A text gives way to an object on the path.
    globals.set_context_text(["requestId", "part"], "x");
    let part = Template::parse("$context.requestId.part").unwrap();
    assert_eq!(part.render(&globals).unwrap().text, "x");
}
