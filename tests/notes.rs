//! Notes name the cause and the way out, and are absent where nothing is wrong. The templates come from
//! newcomers and public reports: rows "newcomer" and "reports" of the collected cases.

use vtl::{Code, Globals, ParseOptions, Template};

const BODY: &str = r#"{"a": 1, "m": {"k": [1]}, "none": null}"#;

/// Each note as `code: detail`, with ` = help` where there is one.
fn notes(template: &str, body: &str) -> Vec<String> {
    let globals =
        Globals::body(body).context(serde_json::json!({"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}}));
    let rendered = Template::parse(template).expect("it compiles").render(&globals).expect("it renders");
    let line = |note: vtl::Note| match note.help {
        Some(help) => format!("{}: {} = {help}", note.code, note.detail),
        None => format!("{}: {}", note.code, note.detail),
    };
    rendered.notes.into_iter().map(line).collect()
}

#[test]
fn a_note_names_the_cause() {
    let true_here = "which is true in a condition on the service";
    let cases: &[(&str, &[&str])] = &[
        ("$x", &["V150: `$x` resolves to nothing"]),
        (
            "$inputs.path('$.a')",
            &["V150: `$inputs.path('$.a')` resolves to nothing: `$inputs` is not set = did you mean `$input`?"],
        ),
        ("#set($order = 1)$odrer", &["V150: `$odrer` resolves to nothing = did you mean `$order`?"]),
        (
            "$context.Stage",
            &[
                "V150: `$context.Stage` resolves to nothing: `$context` has no member `Stage` = did you mean `$context.stage`?",
            ],
        ),
        (
            "$context.requestid",
            &[
                "V150: `$context.requestid` resolves to nothing: `$context` has no member `requestid` = did you mean `$context.requestId`?",
            ],
        ),
        (
            "$context.identity.sourceip",
            &[
                "V150: `$context.identity.sourceip` resolves to nothing: `$context.identity` has no member `sourceip` = did you mean `$context.identity.sourceIp`?",
            ],
        ),
        ("#set($r = $input.path('$'))$r.none", &["V150: `$r.none` resolves to nothing: `$r.none` is null"]),
        // r01
        (
            "#if($gone)a#end",
            &[&format!(
                "V150: `$gone` resolves to nothing, {true_here} = to test for a value, compare: `#if($gone != \"\")`"
            )],
        ),
        (
            "#if(!$input.path('$.q'))a#end",
            &[&format!(
                "V250: `$.q` finds nothing in the payload, {true_here} = to test for a value, compare: `#if($input.path('$.q') != \"\")`"
            )],
        ),
        ("$input.json('$.gone')", &["V250: `$.gone` finds nothing in the payload"]),
        ("$input.path('$.gone')", &["V250: `$.gone` finds nothing in the payload"]),
        // r31
        (
            "$util.base64Encode($input.path('$.m'))",
            &[
                "V151: `base64Encode` of `$util` does not take a map: there is `base64Encode(String text)` = pass a text: `$input.json('…')` gives one of a part of the payload",
            ],
        ),
        (
            "$util.escapeJavascript('x')",
            &["V151: `$util` has no method `escapeJavascript` = did you mean `escapeJavaScript`?"],
        ),
        (
            "$util.toJson($input.path('$'))",
            &[
                "V151: `$util` has no method `toJson`: it is a function of AWS AppSync = `$input.json('$.path')` writes a part of the payload as JSON",
            ],
        ),
        ("$input.param('x')", &["V151: `$input` has no method `param` = did you mean `params`?"]),
        ("#set($s = 'abc')$s.len()", &["V151: a String has no method `len` = did you mean `length`?"]),
        ("#set($l = [1])$l.get('a')", &["V151: `get` of a list does not take a String: there is `get(int index)`"]),
        ("#set($l = [1])$l.x", &["V152: a list has no property `x`"]),
        ("#set($l = [1])$l.length", &["V152: a list has no property `length` = did you mean `size()`?"]),
        ("[#if(1 / 0 == 1)a#end]", &["V154: `1 / 0` has no value: it divides by zero"]),
        // r27
        (
            "{\"order\": $input.path('$.m')}",
            &[
                "V160: `$input.path('$.m')` prints a map in Java's form, `{key=value}`, which is not JSON = `$input.json('$.path')` writes a part of the payload as JSON",
            ],
        ),
        ("#set($n = 'a')#set($y = $n * 2)", &["V154: `$n * 2` has no value: the operands are a String and an Integer"]),
    ];
    for (template, expected) in cases {
        assert_eq!(notes(template, BODY), *expected, "{template}");
    }
}

#[test]
fn no_note_where_nothing_is_to_be_mended() {
    for template in [
        "$!gone",
        "$!{gone.member}",
        "$!input.path('$.gone')",
        "$!context.nothing",
        "#set($m = {})$m.put('a', 1)$m.remove('x')$m.putIfAbsent('b', 2)",
        "#if($gone == \"\")a#end$!gone.x",
        "$input.path('$.a') $input.json('$.m') $context.stage",
    ] {
        let made = notes(template, BODY);
        // A comparison with nothing is what the note on conditions advises.
        assert!(made.iter().all(|note| note.starts_with("V150: `$gone` resolves to nothing")), "{template}: {made:?}");
    }
    assert!(notes("$!gone", BODY).is_empty());
}

#[test]
fn a_payload_that_is_no_object_is_described() {
    let told = |body: &str| notes("$input.path('$.a')", body);
    let bom = "V250: `$.a` finds nothing in the payload: it starts with a byte order mark (U+FEFF), so it is read as one text";
    assert_eq!(told("\u{feff}{\"a\": 1}"), [bom]);
    assert_eq!(told("hello"), ["V250: `$.a` finds nothing in the payload: it is no object and no list but `hello`"]);
    assert_eq!(told("{}"), ["V250: `$.a` finds nothing in the payload"]);
}

#[test]
fn a_payload_that_breaks_off_says_where() {
    let template = Template::parse("$input.path('$.a')").expect("it compiles");
    for (body, help) in [
        ("{\"a\":", "line 1, column 6 of the payload: behind `{\"a\":` it ends"),
        ("{\n \"a\" 1}", "line 2, column 6 of the payload: behind ` \"a\" ` it goes on with `1}`"),
    ] {
        let error = template.render(&Globals::body(body)).expect_err("it is no JSON");
        assert_eq!((error.code(), error.help()), (Code::BadPayload, Some(help)), "{body}");
        assert_eq!(error.span().expect("the call").start, 7);
    }
}

/// The place is the call in the template, not the position in the text that it was given.
#[test]
fn a_text_that_is_no_json_says_where() {
    let template = Template::parse("one\ntwo\n  $util.parseJson($input.path('$.t'))").expect("it compiles");
    let error = template.render(&Globals::body(r#"{"t": "[1,"}"#)).expect_err("it is no JSON");
    assert_eq!(error.code(), Code::BadPayload);
    assert_eq!(error.span().expect("the call").line_column(template.source()), (3, 9));
    let help = "line 1, column 4 of the text given to `$util.parseJson`: behind `[1,` it ends";
    assert_eq!(error.help(), Some(help));
}

/// Inside of a macro a name may be an argument, so notes there name only certain causes.
#[test]
fn arguments_of_macros_are_not_called_missing() {
    let text = "#macro(m $arg)[$arg.x]#end#m($gone)";
    let template = Template::parse_with(text, &ParseOptions::velocity_1_7()).expect("it compiles");
    let notes = template.render(&Globals::default()).expect("it renders").notes;
    assert!(notes.iter().all(|note| !note.detail.contains("`$arg` is not set")), "{notes:?}");
}
