//! The ops that small templates are compiled to, in both dialects; the syntax tree for tools; statements.

use insta::assert_snapshot;
use vtl::syntax_unstable::ast::{ExprKind, Kind};
use vtl::syntax_unstable::{Texts, parse_for_tools};
use vtl::{BranchKind, Budget, Code, Dialect, ParseOptions, StatementKind, Template};

fn service(source: &str) -> String {
    Template::parse(source).expect("it compiles").dump().to_string()
}

fn velocity(source: &str) -> String {
    Template::parse_with(source, &ParseOptions::velocity_1_7()).expect("it compiles").dump().to_string()
}

#[test]
fn text_and_references() {
    assert_snapshot!(service("Hi $name, $!o.title of ${o.list[0]}!"));
    assert_snapshot!(velocity("Hi $name"));
}

#[test]
fn a_literal_path_is_parsed_when_compiling() {
    assert_snapshot!(service("$input.json('$.a.b') $input.path($p)"));
}

#[test]
fn set() {
    assert_snapshot!(service("#set($a = $b + 2 * 3)#set($m.k = [1, 'x', true])#set($m['i'] = {'k': \"$a\"})"));
}

#[test]
fn conditions_are_short() {
    assert_snapshot!(service("#if($a && $b || !$c)x#elseif($d > 1)y#{else}z#end"));
}

#[test]
fn loops() {
    assert_snapshot!(service("#foreach($i in [1..3])$foreach.count#if($i == 2)#break#end#end"));
}

#[test]
fn macros_are_velocity_s() {
    assert_snapshot!(velocity("#macro(m $x)<$x>#end#m('a')"));
    assert_snapshot!(service("#macro(m $x)<$x>#end#m('a')"));
}

#[test]
fn quick_ops() {
    assert_snapshot!(service("#set($n = ($n * 31 + $m) % 7)#if($n % 15 == 0 || $o.flag)a#end"));
    assert_snapshot!(service("#set($a = $b + 1)#set($c = $a + $b)#if($c % 2 != 0)x#end"));
    assert_snapshot!(service("$input.path('$.id')$o.id#if($o.s == 'x')$util.escapeJavaScript($o.note)#end"));
    assert_snapshot!(velocity("#macro(f $k $v)$k: $v#end#f('a' $x), #f('b' \"-$x\")"));
    assert_snapshot!(service("$input.params('q')$o.a.b#if($o.n > 3)$util.escapeJavaScript($m.get($k))#end"));
}

// ---- parsing for tools

/// Code, line and column of all that is wrong with a template.
fn found(source: &str) -> Vec<(&'static str, usize, usize)> {
    let texts = Texts::new();
    let budget = Budget::unlimited();
    let (_, found) = parse_for_tools("t.vtl", source, Dialect::service(), &texts, &budget);
    let place = |d: &vtl::diagnostic::Diagnostic| {
        d.location.as_ref().map_or((0, 0), |location| (location.line, location.column))
    };
    found.iter().map(|d| (d.code.as_str(), place(d).0, place(d).1)).collect()
}

#[test]
fn all_mistakes_are_found() {
    assert_eq!(found("$a #if($b)x#else y#end"), []);
    // A condition, a call, an `#end` too many, a text behind it all.
    assert_eq!(
        found("#if($a = 1)\n$input.path('$.a'\n#end\n#end\n#set($b = )\n$c"),
        [("V001", 1, 8), ("V001", 3, 1), ("V003", 4, 1), ("V001", 5, 11)]
    );
    // Each block that is not closed.
    assert_eq!(found("#if($a)\n#foreach($b in $c)\n$b"), [("V002", 1, 1), ("V002", 2, 1)]);
    // The end of the template cuts a directive off: no block that could be closed.
    assert_eq!(found("#if($a)\n#foreach($b in"), [("V002", 1, 1), ("V001", 2, 15)]);
    // A loop that is begun and left.
    assert_eq!(found("#foreach($b in )\n$b"), [("V005", 1, 1), ("V002", 1, 1)]);
    // A second `#else`.
    assert_eq!(found("#if($a)1#else 2#else 3#end"), [("V003", 1, 16)]);
    // The last character.
    assert_eq!(found("#set($a = )\n5 $"), [("V001", 1, 11), ("V004", 2, 3)]);
    // Arguments.
    assert_eq!(found("#macro($a)x#end\n#foreach(a in $b)#end"), [("V005", 1, 8), ("V005", 2, 10)]);
    // Strings are templates.
    assert_eq!(found("#set($a = \"$b.c(\")\n#set($d = \"\\u12\")"), [("V001", 1, 17), ("V006", 2, 11)]);
    // A quote that is not closed takes the text up to the next one, and no more than its line is dropped.
    assert_eq!(found("#set($a = \"x)\n$b\n#set($c = \"y\")\n#end").last(), Some(&("V003", 4, 1)));
}

#[test]
fn a_statement_that_does_not_parse_is_a_node() {
    let source = "a #set($b = ) c\n#if(!)x#end";
    let texts = Texts::new();
    let budget = Budget::unlimited();
    let (ast, found) = parse_for_tools("t.vtl", source, Dialect::service(), &texts, &budget);
    assert_eq!(found.len(), 2);
    let kinds: Vec<_> = ast.nodes.iter().map(|node| (&source[node.span.range()], &node.kind)).collect();
    let [(text, Kind::Text("a ")), (set, Kind::Broken(broken)), (head, Kind::If(condition)), rest @ ..] = &kinds[..]
    else {
        panic!("{kinds:?}")
    };
    assert_eq!((*text, *set, *broken), ("a ", "#set($b = ) c\n", "#set($b = ) c\n"));
    assert_eq!((*head, &condition.kind), ("#if(!)x", &ExprKind::Null));
    assert!(matches!(rest, [("#end", Kind::End)]));
}

/// A template that compiles has no mistake for tools, one that does not parse has one, and whatever is cut off,
/// all places lie in the source.
#[test]
fn tools_and_templates_agree_on_the_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/velocity");
    let mut failed = 0;
    for file in std::fs::read_dir(folder).expect("the corpus is part of the project").flatten() {
        if file.path().extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let cases = std::fs::read_to_string(file.path()).expect("a file of cases");
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
            let source = case["template"].as_str().expect("a case has a template");
            let dialect = Dialect::velocity_1_7();
            let error = Template::parse_with(source, &ParseOptions::velocity_1_7()).err();
            let texts = Texts::new();
            let budget = Budget::unlimited();
            let (_, found) = parse_for_tools("t.vtl", source, dialect, &texts, &budget);
            let syntax = [Code::Syntax, Code::Unclosed, Code::StrayEnd, Code::LoneMark, Code::BadString];
            match error {
                None => assert!(found.is_empty(), "{source:?}: {found:?}"),
                Some(error) if syntax.contains(&error.code()) => {
                    failed += 1;
                    assert!(!found.is_empty(), "{source:?}: {error}");
                }
                Some(_) => {}
            }
            let cuts = source.char_indices().map(|(at, _)| at).filter(|at| at % 3 == 0 && *at < 200);
            for cut in cuts {
                let (front, back) = source.split_at(cut);
                for piece in [front, back] {
                    let texts = Texts::new();
                    let budget = Budget::unlimited();
                    let (ast, _) = parse_for_tools("t.vtl", piece, dialect, &texts, &budget);
                    let inside = |node: &vtl::syntax_unstable::ast::Node| piece.get(node.span.range()).is_some();
                    assert!(ast.nodes.iter().all(inside), "{piece:?}");
                }
            }
        }
    }
    assert!(failed > 100, "only {failed} templates do not parse");
}

// ---- statements

/// A statement: its kind, its source, and the kind, clause and block of each branch.
type Listed = (StatementKind, String, Vec<(BranchKind, String, String)>);

fn statements(source: &str, dialect: Dialect) -> Vec<Listed> {
    let template = Template::parse_with(source, &ParseOptions::new().dialect(dialect)).expect("it compiles");
    let text = |span: vtl::Span| source[span.range()].to_owned();
    let statements = template.statements();
    let branches = |s: &vtl::Statement| s.branches.iter().map(|b| (b.kind, text(b.head), text(b.body))).collect();
    statements.iter().map(|s| (s.kind, text(s.span), branches(s))).collect()
}

#[test]
fn statements_are_what_runs() {
    use StatementKind::{Directive, Reference, Set};
    let found = statements("a $b ## $c\n#set($d = \"$e\")#* $f *#\\$g #[[$h]]##stop", Dialect::service());
    let kinds: Vec<_> = found.iter().map(|(kind, source, _)| (*kind, source.as_str())).collect();
    assert_eq!(kinds, [(Reference, "$b"), (Set, "#set($d = \"$e\")"), (Reference, "\\$g"), (Directive, "#stop")]);
}

#[test]
fn branches_of_conditions_and_loops() {
    use BranchKind::{Else, Skipped, Then, Turn};
    use StatementKind::{ElseIf, Foreach, If, Reference};
    let branch = |kind, head: &str, body: &str| (kind, head.to_owned(), body.to_owned());
    let source = "#if($a)1#elseif($b)$c#else\n3#end#foreach($d in $e)#if($d)x#end#end";
    assert_eq!(
        statements(source, Dialect::service()),
        [
            (
                If,
                "#if($a)".to_owned(),
                vec![branch(Then, "#if($a)", "1"), branch(Then, "#elseif($b)", "$c"), branch(Else, "#else\n", "3")]
            ),
            (ElseIf, "#elseif($b)".to_owned(), vec![]),
            (Reference, "$c".to_owned(), vec![]),
            (
                Foreach,
                "#foreach($d in $e)".to_owned(),
                vec![branch(Turn, "#foreach($d in $e)", "#if($d)x#end"), branch(Skipped, "#end", "")]
            ),
            (If, "#if($d)".to_owned(), vec![branch(Then, "#if($d)", "x"), branch(Skipped, "#end", "")]),
        ]
    );
}

#[test]
fn blocks_that_never_run_have_no_statements() {
    let source = "#literal()$a#end#define($b)$c#end#macro(m)$d#end#@m()$e#end";
    let references = |dialect| -> Vec<String> {
        let all = statements(source, dialect).into_iter();
        all.filter(|(kind, ..)| *kind == StatementKind::Reference).map(|(_, source, _)| source).collect()
    };
    assert_eq!(references(Dialect::service()), ["$c"]);
    assert_eq!(references(Dialect::velocity_1_7()), ["$c", "$d", "$e"]);
}
