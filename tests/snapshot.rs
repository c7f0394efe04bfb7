//! The page docs/snapshot-tests.md, done: the forms of a result that users keep are stable.

#[path = "../examples/snapshot.rs"]
mod example;

use insta::{assert_debug_snapshot, assert_json_snapshot, assert_snapshot};

#[test]
fn as_json() {
    assert_json_snapshot!(example::orders_page().expect("it renders"), @r#"
    {
      "text": "{\n  \"orders\": [\n    {\"id\": \"A-1042\", \"total\": 121.5, \"open\": true},\n    {\"id\": \"A-1043\", \"total\": 7, \"open\": false}\n  ],\n  \"count\": 2\n}\n",
      "overrides": {
        "request": {},
        "response": {
          "header": {
            "Link": "</orders?after=A-1043>; rel=next"
          },
          "status": 206
        }
      },
      "notes": []
    }
    "#);
}

#[test]
fn as_debug() {
    assert_debug_snapshot!(example::orders_page().expect("it renders"), @r#"
    Rendered {
        text: "{\n  \"orders\": [\n    {\"id\": \"A-1042\", \"total\": 121.5, \"open\": true},\n    {\"id\": \"A-1043\", \"total\": 7, \"open\": false}\n  ],\n  \"count\": 2\n}\n",
        overrides: Overrides {
            request: {},
            response: {
                "header": Object {
                    "Link": String("</orders?after=A-1043>; rel=next"),
                },
                "status": Number(206),
            },
        },
        notes: [],
    }
    "#);
}

#[test]
fn with_a_note() {
    let template = vtl::Template::parse("[\n $x.nope()]").expect("it compiles");
    let rendered = template.render(&vtl::Globals::default()).expect("it renders");
    assert_json_snapshot!(rendered, @r#"
    {
      "text": "[\n ]",
      "overrides": {
        "request": {},
        "response": {}
      },
      "notes": [
        {
          "code": "V150",
          "span": {
            "start": 3,
            "len": 9
          },
          "detail": "`$x.nope()` resolves to nothing: `$x` is not set"
        }
      ]
    }
    "#);
}

#[test]
fn a_failure() {
    let source = "ok\n#if(true)";
    let error = vtl::Template::parse(source).expect_err("the block is open");
    assert_snapshot!(error.report("hello.vtl", source), @r"
    error[V002]: `#if` is not closed
     --> hello.vtl:2:1
      |
    2 | #if(true)
      | ^^^^^^^^^
      = help: close the block with `#end`
    ");
}
