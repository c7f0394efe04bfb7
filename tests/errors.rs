//! Reports of templates that do not compile: position, message and help.

use insta::assert_snapshot;
use vtl::Template;

fn report(source: &str) -> String {
    Template::parse(source).expect_err("it does not compile").report("order.vtl", source).to_string()
}

#[test]
fn a_backslash_before_a_quote() {
    assert_snapshot!(report(r#"#set($x = "say \"hi\"")"#));
}

#[test]
fn a_mark_at_the_end() {
    assert_snapshot!(report("{\n  \"price\": 5 $"));
}

#[test]
fn an_if_that_is_not_closed() {
    assert_snapshot!(report("#if($a)\n one\n#if($b)\n  two\n#end"));
}

#[test]
fn an_end_that_is_text() {
    assert_snapshot!(report("#if($a)yes#endOff"));
}

#[test]
fn an_end_too_many() {
    assert_snapshot!(report("#if($a)one#end#end"));
}

#[test]
fn a_quote_that_is_not_closed() {
    assert_snapshot!(report("#set($id = \"a-1)\n{ }"));
    assert_snapshot!(report("#set($id = \"a-1)\n{\"id\": \"$id\"}"));
}

#[test]
fn one_equals_sign() {
    assert_snapshot!(report("#if($a = 1)one#end"));
}

#[test]
fn words_and_operators_of_other_languages() {
    for (source, help) in [
        (
            "#if($x == null)a#end",
            "there is no `null`: on the service compare with `\"\"`, which a missing value equals",
        ),
        ("#set($i = $i++)", "there is no `++` and no `+=`: `#set($i = $i + 1)`"),
        ("#set($i += 1)", "there is no `++` and no `+=`: `#set($i = $i + 1)`"),
        ("#set($x = name)", "a text stands in quotes, and a variable begins with `$`"),
        ("#if($x == name)a#end", "a text stands in quotes, and a variable begins with `$`"),
    ] {
        let report = report(source);
        assert!(report.contains(&format!("= help: {help}")), "{source}: {report}");
    }
}

#[test]
fn a_line_of_a_minified_document_is_cut() {
    let source = format!("{}#if($a = 1)x#end{}", "x".repeat(500), "y".repeat(500));
    let report = report(&source);
    assert!(report.contains("order.vtl:1:508"), "{report}");
    assert!(report.lines().all(|line| line.len() < 200), "{report}");
}

#[test]
fn no_line_ends_in_blanks() {
    for source in ["#if(true)", "#end", "$", "\n\n#set($x = )\n", "#set($x = \"a\\\"b\")", "#if($a\n\n\n"] {
        let report = report(source);
        assert!(report.lines().all(|line| line == line.trim_end()), "{report:?}");
    }
}

#[test]
fn a_failing_render_names_its_place() {
    let source = "#set($list = [1, 2])\n$list.get(7)";
    let template = Template::parse(source).expect("it compiles");
    let error = template.render(&vtl::Globals::default()).expect_err("there is no such element");
    assert_snapshot!(error.report("order.vtl", source));
}
