//! `vtl explain`: the pages of the codes.

use crate::run::vtl;
use vtl::Code;

#[test]
fn every_code_is_explained_by_number_and_name() {
    for code in Code::ALL {
        let page = vtl(&["explain", code.as_str()]);
        assert_eq!((page.code, page.err.as_str()), (Some(0), ""), "{code}");
        let title = format!("{code} {} ({}): {}\n\n", code.name(), code.severity(), code.title());
        assert!(page.out.starts_with(&title), "{}", page.out);
        assert!(page.out.len() > title.len() + 40, "{code} has no page: {}", page.out);
        assert_eq!(vtl(&["explain", code.name()]).out, page.out);
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let run = vtl(&["explain"]);
    assert_eq!(run.out.lines().count(), Code::ALL.len());
    assert!(run.out.lines().zip(Code::ALL).all(|(line, code)| line.starts_with(code.as_str())), "{}", run.out);
}

#[test]
fn an_unknown_code_names_a_similar_one() {
    let err = |name: &str| {
        let run = vtl(&["explain", name]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{name}");
        run.err
    };
    assert!(err("no-such-metod").contains("did you mean no-such-method?"));
    assert!(err("V1511").contains("did you mean V151?"));
    assert!(err("unclosed").contains("did you mean unclosed-block?"));
    assert!(err("zzz").contains("`vtl explain` lists all codes"));
}
