//! Depths of several kinds within each other, in the smallest thread that is documented: each combination ends with a
//! result or an error of depth, and the process goes on.

use std::collections::BTreeSet;
use std::fmt::Write;
use vtl::{Globals, ParseOptions, Template};

/// Nests a text `depth` levels deep. Returns the definitions that the nested text needs, and the nested text.
type Around = fn(name: &str, depth: usize, inner: &str) -> (String, String);

fn blocks(name: &str, depth: usize, inner: &str, print: impl Fn(String) -> String) -> (String, String) {
    let mut definitions = format!("#define(${name}0){inner}#end");
    for at in 1..depth.max(1) {
        let _ = write!(definitions, "#define(${name}{at}){}#end", print(format!("${name}{}", at - 1)));
    }
    (definitions, format!("${name}{}", depth.max(1) - 1))
}

const AROUND: &[(&str, Around)] = &[
    ("if", |_, n, inner| (String::new(), format!("{}{inner}{}", "#if(true)".repeat(n), "#end".repeat(n)))),
    ("foreach", |_, n, inner| {
        (String::new(), format!("{}{inner}{}", "#foreach($i in [1])".repeat(n), "#end".repeat(n)))
    }),
    ("define", |name, n, inner| blocks(name, n, inner, |block| block)),
    ("define in text", |name, n, inner| {
        blocks(name, n, inner, |block| format!("#foreach($i in [1])#set($x = \"{block}\")$x#end"))
    }),
    ("define compared", |name, n, inner| blocks(name, n, inner, |block| format!("#if({block} == 'x')y#end"))),
    ("evaluate", |name, n, inner| {
        let again = format!("#set($n{name} = $n{name} + 1)#if($n{name} < {n})#evaluate($e{name})#else$in{name}#end");
        let definitions = format!("#define($in{name}){inner}#end#set($n{name} = 0)#set($e{name} = '{again}')");
        (definitions, format!("#set($n{name} = 0)#evaluate($e{name})"))
    }),
    ("macro", |name, n, inner| {
        let down = format!("#if($n > 1)#set($m = $n - 1)#down{name}($m \"x$t\")#else$t$in{name}#end");
        let n = n.min(19);
        (format!("#define($in{name}){inner}#end#macro(down{name} $n $t){down}#end"), format!("#down{name}({n} 'q')"))
    }),
    ("list", |name, n, inner| {
        let n = n.min(99);
        let set = format!("#set($x = {}\"$in{name}\"{})$x", "[".repeat(n), "]".repeat(n));
        (format!("#define($in{name}){inner}#end"), set)
    }),
    ("argument", |name, n, inner| {
        let n = n.min(99);
        let call = format!("{}\"$in{name}\"{}", "$s.concat(".repeat(n), ")".repeat(n));
        (format!("#define($in{name}){inner}#end#set($s = 'a')"), format!("#set($x = {call})$x"))
    }),
];

/// Returns names and templates of the innermost work, each of which nests deeply by itself.
fn bottoms() -> Vec<(&'static str, String)> {
    let nested =
        |n: usize, open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(n), close.repeat(n));
    let filters = format!("$[?({})]", nested(48, "!(", "@.b", ")"));
    vec![
        ("print", "$l".to_owned()),
        ("hash", "$l.hashCode()".to_owned()),
        ("equals", "$l.equals($m)".to_owned()),
        ("json", "$input.json('$')".to_owned()),
        ("path", "$input.path('$')".to_owned()),
        ("scan", "#set($p = '$..*')$input.path($p)".to_owned()),
        ("parse", "$util.parseJson($input.body)".to_owned()),
        ("filter", format!("#set($p = '$[?{}]')$input.path($p)", nested(98, "(", "@", ")"))),
        ("filters", format!("#set($p = '{filters}')$input.path($p)")),
        ("pattern", format!("#set($p = '{}')$input.body.matches($p)", nested(59, "(", "a", ")"))),
        ("look", format!("#set($p = '{}')$input.body.matches($p)", nested(59, "(?=", "a", ")"))),
        ("choice", format!("#set($p = '{}')$input.body.matches($p)", nested(28, "(?:b|c(?=x)", "a", "d)*"))),
        ("filter pattern", format!("#set($p = '$[?(\"a\" =~ /{}/)]')$input.path($p)", nested(59, "(?=", "a", ")"))),
        ("brackets", format!("#evaluate('#set($y = {})')", nested(98, "(", "1", ")"))),
        ("ifs", format!("#evaluate('{}')", nested(500, "#if(true)", "z", "#end"))),
        ("text", format!("#evaluate('#set($y = \"{}\")')", nested(98, "$a.b(", "1", ")"))),
    ]
}

/// Renders a template in a small thread of a name, with which a stack that overflows is reported.
fn small(name: String, text: String, body: String, options: ParseOptions) -> Result<String, vtl::Error> {
    let size = if cfg!(debug_assertions) { 2 << 20 } else { 512 << 10 };
    let work = move || {
        let template = Template::parse_with(&text, &options)?;
        template.render(&Globals::body(body.as_str())).map(|rendered| rendered.text)
    };
    std::thread::Builder::new().name(name).stack_size(size).spawn(work).expect("a thread").join().expect("it ends")
}

#[test]
fn depths_of_several_kinds_end_in_order() {
    let list = "#set($l = ['x'])#set($m = ['x'])#foreach($i in [1..900])#set($l = [$l])#set($m = [$m])#end";
    let body = format!("{}1{}", "[1,".repeat(380), "]".repeat(380));
    let mut codes = BTreeSet::new();
    for (outer, around_all) in AROUND {
        for (inner, around) in AROUND {
            for (bottom, deep) in bottoms() {
                // Together within the limit of depth, and each at it.
                for depth in [48, 99] {
                    let (first, text) = around("a", depth, &deep);
                    let (second, text) = around_all("b", depth, &text);
                    let name = format!("{outer}, {inner}, {bottom}, {depth}");
                    let outcome = small(
                        name.clone(),
                        format!("{list}{first}{second}{text}"),
                        body.clone(),
                        ParseOptions::velocity_1_7(),
                    );
                    let code = outcome.as_ref().err().map(|error| error.code().as_str());
                    assert!(matches!(code, None | Some("V306")), "{name}: {outcome:?}");
                    codes.insert(code);
                }
            }
        }
    }
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), [None, Some("V306")]);
}

/// Reads a sound payload where little of the stack is left: it is read as a whole or the render fails with V306, and it is
/// never taken for a broken one.
#[test]
fn a_payload_is_read_whole_or_not_at_all_where_the_stack_is_nearly_used_up() {
    let body = format!("{}1{}", "[1,".repeat(399), "]".repeat(399));
    let mut outcomes = BTreeSet::new();
    for depth in (1..=99).step_by(7) {
        for read in ["$util.parseJson($input.body).size()", "$input.path('$').size()", "$input.path('$')[1].size()"] {
            let (definitions, text) =
                blocks("b", depth, &format!("#set($s = {read})$s"), |block| format!("#set($x = \"{block}\")$x"));
            let text = format!("{definitions}{text}");
            let name = format!("{depth} {read}");
            let outcome = small(name.clone(), text, body.clone(), ParseOptions::new());
            let outcome = outcome.map_err(|error| error.code().as_str());
            assert!(matches!(outcome.as_deref(), Ok("2") | Err(&"V306")), "{name}: {outcome:?}");
            outcomes.insert(outcome);
        }
    }
    assert!(outcomes.contains(&Ok("2".to_owned())), "{outcomes:?}");
}
