//! The page docs/snapshot-tests.md, done: the forms of a result that users keep are stable.

#[path = "../examples/snapshot.rs"]
mod example;

use insta::{assert_debug_snapshot, assert_json_snapshot, assert_snapshot};

#[test]
fn as_json() {
    assert_json_snapshot!(example::orders_page().expect("it renders"), @"");
}

#[test]
fn as_debug() {
    assert_debug_snapshot!(example::orders_page().expect("it renders"), @"");
}

#[test]
fn with_a_note() {
    let template = vtl::Template::parse("[\n $x.nope()]").expect("it compiles");
    let rendered = template.render(&vtl::Globals::default()).expect("it renders");
    assert_json_snapshot!(rendered, @"");
}

#[test]
fn a_failure() {
    let source = "ok\n#if(true)";
    let error = vtl::Template::parse(source).expect_err("the block is open");
    assert_snapshot!(error.report("hello.vtl", source), @"");
}
