//! Failures: their text and exit codes.

use crate::run::{Folder, vtl, vtl_with};
use insta::assert_snapshot;

/// The exit code and what standard error shows; standard output must stay empty.
fn failure(args: &[&str]) -> String {
    let run = vtl(args);
    assert_eq!(run.out, "", "{args:?}");
    format!("exit code {}\n{}", run.code.unwrap_or(-1), run.err)
}

#[test]
fn a_quote_that_is_not_closed() {
    let template = "{\n  \"id\": \"$input.path('$.id)\"\n}";
    assert_snapshot!(failure(&["render", "-e", template]), @r##"
    exit code 1
    error[V001]: the string that starts here is not closed
     --> <text>:2:22
      |
    2 |   "id": "$input.path('$.id)"
      |                      ^
      |
      = help: close it with `'`
    "##);
}

#[test]
fn a_block_that_is_not_closed_names_the_line_that_opened_it() {
    assert_snapshot!(failure(&["dump", "-e", "{\n#if($a)\n  #foreach($x in $y)\n  #end\n}"]), @r##"
    exit code 1
    error[V002]: `#if` of line 2 is not closed
     --> <text>:2:1
      |
    2 | #if($a)
      | ^^^^^^^
      |
      = help: close the block with `#end`
    "##);
}

#[test]
fn a_java_exception_fails_the_render() {
    assert_snapshot!(failure(&["render", "-e", "#set($x = 'abc')\n\t$x.substring(9)"]), @r##"
    exit code 1
    error[V102]: begin 9, end 3, length 3
     --> <text>:2:5
      |
    2 |     $x.substring(9)
      |        ^^^^^^^^^^^^
    "##);
}

#[test]
fn a_template_fails_with_1_wherever_it_comes_from() {
    let folder = Folder::new();
    assert_eq!(vtl_with(&["render", "-"], b"#if(").code, Some(1));
    assert_eq!(vtl(&["render", &folder.file("bad.vtl", "#if(")]).code, Some(1));
    assert_eq!(vtl(&["bench", "-e", "#set($x = 'a')$x.substring(9)", "--format", "json"]).code, Some(1));
    assert!(vtl_with(&["render", "-"], b"#if(").err.contains("<stdin>:1:"));
}

#[test]
fn wrong_usage_is_2() {
    let cases: &[&[&str]] = &[
        &[],
        &["render"],
        &["nonsense"],
        &["render", "a.vtl", "-e", "b"],
        &["render", "-e", "x", "--body", "a", "-d", "b"],
        &["render", "-e", "x", "--dialect", "velocity-2"],
        &["render", "-e", "x", "--format", "xml"],
        &["render", "-e", "x", "--query", "novalue"],
        &["render", "-e", "x", "-H", "no-colon"],
        &["render", "-e", "x", "--limit", "loops=3"],
        &["render", "-e", "x", "--limit", "foreach=-3"],
        &["render", "-e", "x", "--limit", "foreach"],
        &["render", "-", "--body", "-"],
        &["render", "-e", "x", "--context-value", "a=1", "--context-value", "a.b=2"],
    ];
    for args in cases {
        let run = vtl(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn unreadable_input_is_2_and_says_which() {
    let folder = Folder::new();
    let run = vtl(&["render", "no/such.vtl"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error: cannot read no/such.vtl: "), "{}", run.err);
    let not_json = folder.file("not.json", "{\"a\": }");
    let list = folder.file("list.json", "[1]");
    let nested =
        folder.file("nested.json", r#"{"stageVariables": {"v": {"w": 1}}, "params": {"header": {"h": null}}}"#);
    let latin1 = folder.file("latin1.vtl", b"caf\xe9");
    let cases: &[(&str, &[&str])] = &[
        (&not_json, &["--input", &not_json]),
        (&not_json, &["--context", &not_json]),
        (&not_json, &["--vars", &not_json]),
        (&list, &["--context", &list]),
        (&list, &["--stage-variables", &list]),
        (&list, &["--vars", &list]),
        ("params.header.h", &["--input", &nested]),
        ("no/body", &["--body", "no/body"]),
        ("<stdin>", &["--input", "-"]),
    ];
    for (named, flags) in cases {
        let run = vtl(&[&["render", "-e", "x"], *flags].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{flags:?}");
        assert!(run.err.contains(named), "{flags:?}: {}", run.err);
    }
    let run = vtl(&["render", &latin1]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("UTF-8"), "{}", run.err);
}
