//! The charged steps of parsing, compiling and rendering grow no faster than each dimension of the input.
//!
//! The dimensions are compared with the engine's own tables, so a new form, operator, step, function or
//! method without a row fails. `cargo test --test growth -- --nocapture` prints the exponents.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use vtl::{Budget, Code, Globals, Limits, ParseOptions, RenderOptions, Template};

/// Renders on a budget with the rules of Velocity, which has all directives, and returns the steps and, if
/// it ends without an error, the codes of the notes.
fn steps(text: &str, body: &str) -> (u64, Vec<Code>) {
    let options = ParseOptions::velocity_1_7();
    let budget = Budget::new(&Limits::velocity_1_7().with_nesting(None));
    let rendered = Template::parse_within(text, &options, &budget)
        .and_then(|template| template.render_with(&Globals::body(body), RenderOptions::new().budget(&budget)));
    let codes = rendered.map_or_else(|_| Vec::new(), |rendered| rendered.notes.iter().map(|note| note.code).collect());
    (budget.steps(), codes)
}

/// Returns the exponent with which the steps grow from `n` to `2n`, over those of the smallest input.
fn exponent(make: &dyn Fn(usize) -> (String, String), n: usize) -> f64 {
    let at = |n: usize| {
        let (text, body) = make(n);
        steps(&text, &body).0 as f64
    };
    let base = at(1);
    ((at(2 * n) - base).max(1.0) / (at(n) - base).max(1.0)).log2()
}

/// Prints a table of exponents and fails with those that are too large.
fn judge(title: &str, found: &[(String, f64)]) {
    let mut table = format!("\n{title}\n");
    for (name, exponent) in found {
        writeln!(table, "  {exponent:>5.2}  {name}").expect("a string takes everything");
    }
    println!("{table}");
    let wrong: Vec<_> = found.iter().filter(|(_, exponent)| *exponent > 1.2).collect();
    assert!(wrong.is_empty(), "the steps grow faster than the input: {wrong:#?}");
}

/// Returns the variants of an enum of the engine's source, in `Enum::Variant` form.
fn variants(source: &str, name: &str) -> Vec<String> {
    let start = source.find(&format!("enum {name}")).unwrap_or_else(|| panic!("no enum {name}"));
    let lines = source[start..].lines().skip(1).map(str::trim_start).take_while(|line| !line.starts_with('}'));
    let words = lines.filter(|line| line.starts_with(|letter: char| letter.is_ascii_uppercase()));
    words.map(|line| format!("{name}::{}", line.split(|c: char| !c.is_alphanumeric()).next().unwrap())).collect()
}

/// Returns the rows of a table that a macro of the engine's source makes an enum from.
fn rows(source: &str, table: &str, name: &str) -> Vec<String> {
    let start = source.find(&format!("\n{table}! {{")).unwrap_or_else(|| panic!("no table {table}"));
    let lines = source[start..].lines().skip(2).take_while(|line| !line.starts_with('}'));
    lines.map(|line| format!("{name}::{}", line.trim().split(':').next().unwrap())).collect()
}

/// Fails with the names that no row covers: the name of a row begins with the name that it covers.
fn covered<'a>(names: &[String], covering: impl Iterator<Item = &'a str>) {
    let covering: BTreeSet<&str> = covering.map(|row| row.split(' ').next().unwrap()).collect();
    assert!(names.len() > 5, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !covering.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "no dimension of the growth test covers {missing:?}");
}

/// A part of a template that is repeated: name, before, the part, behind.
type Dimension = (&'static str, &'static str, &'static str, &'static str);

/// Repeated parts of a template.
const REPEATED: &[Dimension] = &[
    ("Kind::Text", "", "some text ", ""),
    ("Kind::Marks escape", "", "\\$a", ""),
    ("Kind::Marks dollars", "", "$$", ""),
    ("Kind::Reference", "", "$a", ""),
    ("Kind::Reference quiet", "", "$!a", ""),
    ("Kind::Comment", "", "## c\n", ""),
    ("Kind::Comment block", "", "#* c *#", ""),
    ("Kind::Set", "", "#set($a = 1)", ""),
    ("Kind::Set of a member", "#set($m = {})", "#set($m.a = 1)", ""),
    ("Kind::If", "", "#if($a)x#end", ""),
    ("Kind::ElseIf", "#if($a)", "#elseif($b)x", "#end"),
    ("Kind::Else", "", "#if($a)#{else}x#end", ""),
    ("Kind::End", "", "#if($a)#end", ""),
    ("Kind::Directive unknown", "", "#nosuch($a)", ""),
    ("Kind::Directive unknown block", "", "#@nosuch()", ""),
    ("Kind::Broken", "", "#end ", ""),
    ("#foreach", "", "#foreach($i in [1..3])x#end", ""),
    ("#foreach turns", "#foreach($i in [1", ",1", "])x#end"),
    ("#define", "", "#define($d)x#end$d", ""),
    ("#macro", "", "#macro(m)x#end#m()", ""),
    ("#macro calls", "#macro(m $a)$a$a#end", "#m('x')", ""),
    ("#macro parameters", "#macro(m", " $p", ")x#end#m()"),
    ("#literal", "", "#literal()x#end", ""),
    ("#evaluate", "", "#evaluate('x')", ""),
    ("#evaluate text", "#evaluate('", "x", "')"),
    ("#break", "#foreach($i in [1..3])", "#if($a)#break#end", "#end"),
    ("#stop", "", "#if($a)#stop#end", ""),
    ("#include", "", "#include('a')", ""),
    ("#parse", "", "#parse('a')", ""),
    ("Step::Property", "$a", ".b", ""),
    ("Step::Method", "$a", ".b()", ""),
    ("Step::Method arguments", "$a.b(1", ", 1", ")"),
    ("Step::Index", "#set($a = [])$a", "[0]", ""),
    ("ExprKind::Null", "$a.b(x", ", x", ")"),
    ("ExprKind::Word", "#nosuch(", "x ", ")"),
    ("ExprKind::True", "#set($l = [true", ",true", "])"),
    ("ExprKind::False", "#set($l = [false", ",false", "])"),
    ("ExprKind::Integer", "#set($l = [1", ",1", "])"),
    ("ExprKind::Integer digits", "#set($l = 1", "0", ")"),
    ("ExprKind::Float", "#set($l = [1.5", ",1.5", "])"),
    ("ExprKind::Float digits", "#set($l = 1.", "5", ")"),
    ("ExprKind::Str", "#set($s = '", "x", "')"),
    ("ExprKind::Template", "#set($s = \"", "$a", "\")"),
    ("ExprKind::Reference", "#set($l = [$a", ",$a", "])"),
    ("ExprKind::List", "#set($l = [[]", ",[]", "])"),
    ("ExprKind::Map", "#set($l = {", "'a':1,", "'b':2})"),
    ("ExprKind::Range", "#set($l = [[1..2]", ",[1..2]", "])"),
    ("ExprKind::Group", "#set($x = (1)", " + (1)", ")"),
    ("ExprKind::Not", "#if(", "!", "true)x#end"),
    ("ExprKind::And", "#if(true", " && true", ")x#end"),
    ("ExprKind::Or", "#if(false", " || false", ")x#end"),
    ("ExprKind::Chain", "#set($x = 1", " + 1 - 1", ")"),
    ("Operator::Add", "#set($x = 1", " + 1", ")"),
    ("Operator::Add texts", "#set($x = 'a'", " + 'b'", ")"),
    ("Operator::Sub", "#set($x = 1", " - 1", ")"),
    ("Operator::Mul", "#set($x = 1", " * 1", ")"),
    ("Operator::Div", "#set($x = 1", " / 1", ")"),
    ("Operator::Rem", "#set($x = 1", " % 1", ")"),
    ("Operator::Eq", "#if(true", " && 1 == 1", ")x#end"),
    ("Operator::Ne", "#if(true", " && 1 != 2", ")x#end"),
    ("Operator::Lt", "#if(true", " && 1 < 2", ")x#end"),
    ("Operator::Le", "#if(true", " && 1 <= 2", ")x#end"),
    ("Operator::Gt", "#if(true", " && 2 > 1", ")x#end"),
    ("Operator::Ge", "#if(true", " && 2 >= 1", ")x#end"),
    ("walk down", "#set($v = $input.path('$'))", "#set($v = $v.a)", "$!v"),
    ("walk up", "#set($v0 = $input.path('$'))", "#set($v1 = $v0.a)#set($v0 = $v1.b)", "$!v0"),
    ("walk either way", "#set($v = $input.path('$'))", "#if($v.c)#set($v = $v.a)#else#set($v = $v.b)#end", "$!v"),
];

/// Nested parts of a template: name, opening, inside, closing.
const NESTED: &[Dimension] = &[
    ("#if in #if", "#if(true)", "x", "#end"),
    ("#foreach in #foreach", "#foreach($i in [1..1])", "x", "#end"),
    ("#define in #define", "#define($d)", "x", "#end"),
    ("#macro in #macro", "#macro(m)", "x", "#end"),
    ("#literal in #literal", "#literal()", "x", "#end"),
    ("block call in block call", "#@nosuch()", "x", "#end"),
    ("list in list", "#set($x = [", "1", "])"),
];

/// Repeated parts of a JSONPath: name, before, the part, behind.
const PATHS: &[Dimension] = &[
    ("Step::Names", "$", ".a", ""),
    ("Step::Names several", "$['a'", ",'a'", "]"),
    ("Step::Indexes", "$", "[0]", ""),
    ("Step::Indexes several", "$[0", ",0", "]"),
    ("Step::Slice", "$", "[0:1]", ""),
    ("Step::Wildcard", "$", "[*]", ""),
    ("Step::Scan", "$", "..a", ""),
    ("Step::Filter", "$", "[?(@.a == 1)]", ""),
    ("Step::Call", "$", ".length()", ""),
    ("filter of many", "$[?(@.a == 1", " || @.a == 1", ")]"),
];

#[test]
fn templates() {
    let ast = include_str!("../src/syntax/ast.rs");
    let mut names: Vec<String> =
        ["Kind", "ExprKind", "Operator", "Step"].iter().flat_map(|name| variants(ast, name)).collect();
    // The directives that the parser knows by name.
    let settings = include_str!("../src/syntax/settings.rs");
    let known = &settings[settings.find("fn is_builtin").expect("the table of directives")..];
    let quoted = known[..known.find("_ => false").unwrap()].split('"').skip(1).step_by(2);
    names.extend(quoted.map(|name| format!("#{name}")));
    covered(&names, REPEATED.iter().map(|row| row.0));

    let mut found = Vec::new();
    for (name, before, part, behind) in REPEATED {
        let make = |n: usize| (format!("{before}{}{behind}", part.repeat(n)), r#"{"a":[{"a":1}]}"#.to_owned());
        found.push(((*name).to_owned(), exponent(&make, 400)));
    }
    for (name, open, inside, close) in NESTED {
        let make = |n: usize| (format!("{}{inside}{}", open.repeat(n), close.repeat(n)), String::new());
        found.push(((*name).to_owned(), exponent(&make, 400)));
    }
    judge("Parts of a template", &found);
}

#[test]
fn json_paths() {
    let names = variants(include_str!("../src/jsonpath/step.rs"), "Step");
    covered(&names, PATHS.iter().map(|row| row.0));
    let mut found = Vec::new();
    for (name, before, part, behind) in PATHS {
        let make = |n: usize| {
            (format!("$input.path(\"{before}{}{behind}\")", part.repeat(n)), r#"{"a":[{"a":1}]}"#.to_owned())
        };
        found.push(((*name).to_owned(), exponent(&make, 400)));
    }
    judge("Parts of a JSONPath", &found);
}

/// A list of numbers, texts and objects, and texts, each with `n` members.
fn payload(n: usize) -> String {
    let numbers = |from: usize| (0..n).map(|i| (from + i).to_string()).collect::<Vec<_>>().join(",");
    let members = (0..n).map(|i| format!("\"k{i}\":{i}")).collect::<Vec<_>>().join(",");
    let (s, t) = ("ab\u{e9}".repeat(n), "ab\u{e9}".repeat(n) + "x");
    let items = vec![r#"{"a":1,"s":"ab"}"#; n].join(",");
    let long = "7".repeat(n);
    format!(
        "{{\"s\":\"{s}\",\"t\":\"{t}\",\"l\":[{}],\"m\":[{}],\"o\":{{{members}}},\"i\":[{items}],\"n\":{long}}}",
        numbers(0),
        numbers(1)
    )
}

/// Functions and operators of JSONPath over a payload that grows.
const OVER_A_PAYLOAD: &[(&str, &str)] = &[
    ("Step::Names", "$.o.k1"),
    ("Step::Indexes", "$.l[-1]"),
    ("Step::Slice", "$.l[1:]"),
    ("Step::Wildcard", "$.i[*].a"),
    ("Step::Scan", "$..a"),
    ("Step::Filter", "$.i[?(@.a)]"),
    ("Step::Call", "$.l.size()"),
    ("Function::Length", "$.l.length()"),
    ("Function::Keys", "$.o.keys()"),
    ("Function::Append", "$.l.append(1)"),
    ("Function::Concat", "$.l.concat($.s)"),
    ("Function::Min", "$.l.min()"),
    ("Function::Max", "$.l.max()"),
    ("Function::Avg", "$.l.avg()"),
    ("Function::Stddev", "$.l.stddev()"),
    ("Function::Sum", "$.l.sum()"),
    ("Function::First", "$.l.first()"),
    ("Function::Last", "$.l.last()"),
    ("Function::Index", "$.l.index(1)"),
    ("Operator::Equal", "$.i[?(@.a == 1)]"),
    ("Operator::NotEqual", "$.i[?(@.a != 1)]"),
    ("Operator::Same", "$.i[?(@.a === 1)]"),
    ("Operator::NotSame", "$.i[?(@.a !== 1)]"),
    ("Operator::Less", "$.i[?(@.a < 2)]"),
    ("Operator::LessEqual", "$.i[?(@.a <= 2)]"),
    ("Operator::Greater", "$.i[?(@.a > 2)]"),
    ("Operator::GreaterEqual", "$.i[?(@.a >= 2)]"),
    ("Operator::Matches", "$.i[?(@.s =~ /a.*/)]"),
    ("Operator::In", "$.i[?(@.a in [1, 2])]"),
    ("Operator::NotIn", "$.i[?(@.a nin [1, 2])]"),
    ("Operator::Contains", "$.i[?(@.s contains 'a')]"),
    ("Operator::All", "$.i[?(@.s all ['a'])]"),
    ("Operator::Size", "$.i[?(@.s size 2)]"),
    ("Operator::Empty", "$.i[?(@.s empty false)]"),
    ("Operator::SubsetOf", "$.i[?(@.s subsetof ['a'])]"),
    ("Operator::AnyOf", "$.i[?(@.s anyof ['a'])]"),
    ("Operator::NoneOf", "$.i[?(@.s noneof ['a'])]"),
    ("Operator::Exists", "$.i[?(@.a EXISTS true)]"),
    ("Operator::Type", "$.i[?(@.a TYPE 'x')]"),
    ("Operator::Predicate", "$.i[?(@.a MATCHES 'x')]"),
];

#[test]
fn json_paths_over_payloads() {
    let source = include_str!("../src/jsonpath/step.rs");
    let mut names = variants(source, "Step");
    names.extend(rows(source, "functions", "Function"));
    names.extend(rows(source, "operators", "Operator"));
    covered(&names, OVER_A_PAYLOAD.iter().map(|row| row.0));
    let mut found = Vec::new();
    for (name, path) in OVER_A_PAYLOAD {
        for (call, function) in [("path", "$input.path"), ("json", "$input.json")] {
            let make = |n: usize| (format!("{function}(\"{path}\")"), payload(n));
            found.push((format!("{name} {call}"), exponent(&make, 200)));
        }
    }
    judge("JSONPaths over a payload", &found);
}

/// Every method of the reference, on texts, lists, maps, numbers and streams of growing size and with
/// arguments of that size.
#[test]
fn methods() {
    let setups = [
        "#set($r = $input.path('$.s'))#set($a = $input.path('$.t'))",
        "#set($r = $input.path('$.l'))#set($a = $input.path('$.m'))",
        "#set($r = $input.path('$.o'))#set($a = $input.path('$.s'))",
        "#set($r = $input.path('$.n'))#set($a = $input.path('$.n'))",
        "#set($r = $input.path('$.o').entrySet())#set($a = $input.path('$.m'))",
        "#set($r = $input.path('$.l').stream())#set($a = 1)",
        "#set($r = $input.path('$.s').chars())#set($a = 1)",
        "#set($r = $input.path('$.l').listIterator())#set($a = $input.path('$.s'))",
        "#set($r = 'x')#set($a = $input.path('$.s'))",
        "#set($r = $input)#set($a = $input.path('$.s'))",
        "#set($r = $util)#set($a = $input.path('$.s'))",
    ];
    use vtl::reference::{input_functions, methods, util_functions};
    let names: BTreeSet<&str> =
        methods().chain(util_functions()).chain(input_functions()).map(|method| method.name).collect();
    assert!(names.len() > 100);
    let (small, large) = (payload(100), payload(200));
    let bases: Vec<_> = setups.iter().map(|setup| (steps(setup, &small).0, steps(setup, &large).0)).collect();
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for name in names {
        let mut highest = 0.0_f64;
        for (setup, (base, base_large)) in setups.iter().zip(&bases) {
            for arguments in ["", "$a", "1", "$a, 1", "1, $a", "$a, $a"] {
                let text = format!("{setup}$!r.{name}({arguments})");
                let (before, codes) = steps(&text, &small);
                if codes.contains(&Code::UnknownMethod) {
                    continue;
                }
                let before = before.saturating_sub(*base).max(40) as f64;
                let grown = steps(&text, &large).0.saturating_sub(*base_large).max(40) as f64;
                let exponent = (grown / before).log2();
                // As in Java, lists are compared pair by pair, Euclid's algorithm takes the square of the length
                // of its numbers, and powers and primes the third power and more. It is charged, so the budget
                // ends it.
                let most = match name {
                    "containsAll" | "removeAll" | "retainAll" | "gcd" | "modInverse" => 2.2,
                    "modPow" => 3.2,
                    "isProbablePrime" | "nextProbablePrime" => 4.5,
                    _ => 1.2,
                };
                if exponent > most {
                    wrong.push(format!("{text}: {before} to {grown} steps"));
                }
                highest = highest.max(exponent);
            }
        }
        found.push(format!("  {highest:>5.2}  {name}"));
    }
    println!("\nMethods: the highest exponent of up to 66 calls each\n{}", found.join("\n"));
    assert!(wrong.is_empty(), "methods cost more than their input:\n{}", wrong.join("\n"));
}
