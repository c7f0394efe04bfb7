//! An offset in a string leads to the line and column of the file, however the string is written.

use vtl_loaders::{File, Options, load, load_integration};

/// Returns the place of the `@` in the template `a/b`.
fn place(name: &str, text: &str) -> String {
    let document = load_integration(&File::new(name, text), None, &Options::default());
    let place = document.map(|document| {
        let template = document.templates().next().map_or(String::new(), |template| template.text.to_owned());
        let at = template.find('@').unwrap_or(template.len());
        document.locate(0, "/requestTemplates/a~1b", at..at).map(|place| place.to_string())
    });
    place.ok().flatten().unwrap_or_default()
}

/// Returns the place of the `@` in the file.
fn wanted(name: &str, text: &str) -> String {
    let at = text.find('@').unwrap_or_default();
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{name}:{line}:{column}")
}

#[test]
fn every_spelling_of_yaml() {
    let spellings = [
        "|\n    {\n      @x\n    }\n",
        "|-\n    {\n    @x",
        "|+\n\n\n    {\n\n      @\n\n",
        "|1\n        {\n    @x\n",
        "|   # | > a comment |\n    # no comment\n    @x\n",
        ">\n    one\n    two @\n",
        ">-\n    one\n\n\n    two\n      more\n      @ more\n\n    end\n",
        ">\n\n    one\n    é @\n",
        "'it''s ''@'''",
        "'one\n    two\n\n    @'",
        "\"a\\\"b\\n\\u00e9\\x41\\U0001F600@\"",
        "\"one  \n    two\\\n    @\"",
        "plain @ words",
        "plain\n    words\n    over @ lines",
        "é日😀 @",
        "!Sub |\n    ${A}\n      ${!b} @\n",
        "!Sub '${!a}@'",
        "!Sub 'x ${Known} @'",
        "!Sub ['${A} ${B} @', {A: x, B: yy}]",
        "!Join ['', ['a', \"\\n\", 'b@']]",
        "!Join [', ', [a, !Sub '${X}@', c]]",
        "{'Fn::Sub': \"\\t${X}\\t@\"}",
    ];
    for spelling in spellings {
        let text = format!("Integration:\n  Type: HTTP\n  RequestTemplates:\n   a/b: {spelling}\n");
        assert_eq!(place("i.yaml", &text), wanted("i.yaml", &text), "{text}");
    }
    // A block at the end, with `\r\n`.
    let text = "type: http\r\nrequestTemplates:\r\n  a/b: |\r\n    {\r\n      @x\r\n    }\r\n";
    assert_eq!(place("i.yaml", text), wanted("i.yaml", text));
}

#[test]
fn json_with_its_escapes() {
    for spelling in [r#""a@""#, r#""\"\\\/\b\u00e9\ud83d\ude00\n\t@""#, "\"é日😀@\""] {
        let text = format!("{{\"type\": \"http\",\n \"requestTemplates\": {{\"a/b\": {spelling}}}}}");
        assert_eq!(place("i.json", &text), wanted("i.json", &text), "{text}");
    }
}

#[test]
fn a_document_within_a_document() {
    let text = "\
Resources:
  A:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body: |
        swagger: '2.0'
        paths:
          /a:
            get:
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates:
                  a/b: |
                    one
                      @
";
    let document = load(&[File::new("t.yaml", text)], &Options::default()).expect("it loads");
    let at = "one\n  ".len();
    let place = document.locate(0, "/requestTemplates/a~1b", at..at + 1).expect("it is written");
    assert_eq!(place.to_string(), wanted("t.yaml", text));
    assert_eq!((place.end_line, place.end_column), (place.line, place.column + 1));
    assert_eq!(document.source("t.yaml"), Some(text));
}

#[test]
fn properties_and_what_is_not_written() {
    let text = "type: http\nuri: 7\nresponses:\n  default:\n    statusCode: 200\n    responseParameters: {a: b}\n";
    let document = load_integration(&File::new("i.yaml", text), None, &Options::default()).expect("it loads");
    let place = |pointer: &str| document.location_of(0, pointer).map(|place| (place.line, place.column));
    assert_eq!(place("/uri"), Some((2, 6)));
    assert_eq!(place("/responses/0/statusCode"), Some((5, 17)));
    assert_eq!(place("/responses/0/responseParameters/a"), Some((6, 29)));
    // The property around a missing one.
    assert_eq!(place("/responses/0/responseTemplates/a"), place("/responses/0"));
    assert_eq!(place("/httpMethod"), Some((1, 1)));
}

#[test]
fn a_range_ends_behind_its_last_character() {
    let yaml = |value: &str| format!("type: mock\nrequestTemplates:\n  a/b: {value}\n");
    for (name, text, wanted) in [
        ("i.yaml", yaml("x @é y"), (3, 12)),
        ("i.yaml", yaml("\"x\\n@\\u00e9 y\""), (3, 19)),
        ("i.yaml", yaml("'it''s @é y'"), (3, 17)),
        ("i.yaml", yaml("|\n    x\n      @é y"), (5, 9)),
        ("i.yaml", yaml(">\n    x\n    @é y"), (5, 7)),
        ("i.json", r#"{"type": "mock", "requestTemplates": {"a/b": "x\n@é y"}}"#.to_owned(), (1, 52)),
        (
            "t.yaml",
            "Integration:\n  Type: MOCK\n  RequestTemplates:\n    a/b: !Join ['', [x, '@é', y]]\n".to_owned(),
            (4, 28),
        ),
    ] {
        let document = load_integration(&File::new(name, text.as_str()), None, &Options::default()).expect("it loads");
        let template = document.templates().next().expect("it has a template");
        let at = template.text.find('@').expect("it has a mark");
        let place = document.locate(0, template.pointer, at..at + "@é".len()).expect("it is written");
        assert_eq!((place.end_line, place.end_column), wanted, "{text}");
        assert!(place.line == place.end_line && place.column < place.end_column, "{text}: {place:?}");
    }
}

/// Each mistake in the syntax of a template has its place in the document; what belongs to it is a related place there.
#[test]
fn all_mistakes_of_a_template_are_found() {
    let text = "\
type: mock
requestTemplates:
  application/json: |
    #if($a = 1)
      $input.path('$.a'
    #end
    #foreach($x in $y)
    #else
  text/plain: '#set($b = )'
responses: {default: {statusCode: 200}}
";
    let document = load_integration(&File::new("i.yaml", text), None, &Options::default()).unwrap();
    let found: Vec<String> =
        document.diagnostics().iter().map(|found| format!("{} {}", found.code, start(found))).collect();
    assert_eq!(found, ["V001 4:12", "V001 6:5", "V002 7:5", "V003 8:5", "V001 9:26"]);
    let unclosed = &document.diagnostics()[2];
    // The end of the directive, and not of its line.
    assert_eq!(unclosed.location.as_ref().map(|it| (it.end_line, it.end_column)), Some((7, 23)));
    let stray = &document.diagnostics()[3];
    assert_eq!(stray.related.iter().map(|related| related.location.line).collect::<Vec<_>>(), [7]);
    assert!(document.diagnostics().iter().all(|found| found.property.as_deref() == Some("requestTemplates")));
}

fn start(found: &vtl::diagnostic::Diagnostic) -> String {
    found.location.as_ref().map_or_else(String::new, |it| format!("{}:{}", it.line, it.column))
}

#[test]
fn an_integration_that_is_no_map_is_named_as_such() {
    for written in ["5", "[mock]", "''"] {
        let text = format!(
            "swagger: '2.0'\ninfo: {{title: x}}\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {written}\n"
        );
        let document = load(&[File::new("a.yaml", text.as_str())], &Options::default()).unwrap();
        let found: Vec<String> = document.errors().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("V653"), "{written:?}: {found:?}");
    }
}
