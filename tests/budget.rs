//! The budget from outside: what is charged grows no faster than the input, cancellation is noticed,
//! nested work fits small threads, and observers are charged to nobody.

use std::cell::Cell;
use vtl::{Budget, Code, Error, Globals, Limits, ParseOptions, Probe, RenderOptions, Span, State, Template};

/// Renders on a budget with the rules of Velocity, which has all directives; returns the steps and the outcome.
fn steps(text: &str, body: &str) -> (u64, Result<String, Error>) {
    let options = ParseOptions::velocity_1_7();
    let budget = Budget::new(&Limits::velocity_1_7().with_nesting(None));
    let outcome = Template::parse_within(text, &options, &budget).and_then(|template| {
        let rendered = template.render_with(&Globals::body(body), RenderOptions::new().budget(&budget))?;
        Ok(rendered.text)
    });
    (budget.steps(), outcome)
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

/// A part of a template or payload that is repeated, around `{}` if it nests.
type Dimension = (&'static str, &'static str, &'static str, &'static str);

/// Repeated parts: name, before, the part, behind.
const REPEATED: &[Dimension] = &[
    ("text", "", "some text ", ""),
    ("reference", "", "$a", ""),
    ("quiet reference", "", "$!a", ""),
    ("property", "$a", ".b", ""),
    ("index", "#set($a = [])$a", "[0]", ""),
    ("#set", "", "#set($a = 1)", ""),
    ("#if", "", "#if($a)x#end", ""),
    ("#elseif", "#if($a)", "#elseif($b)x", "#end"),
    ("#foreach", "", "#foreach($i in [1..3])x#end", ""),
    ("#define", "", "#define($d)x#end$d", ""),
    ("#macro", "", "#macro(m)x#end#m()", ""),
    ("#literal", "", "#literal()x#end", ""),
    ("#evaluate", "", "#evaluate('x')", ""),
    ("#break", "#foreach($i in [1..3])", "#if($a)#break#end", "#end"),
    ("comment", "", "## c\n", ""),
    ("block comment", "", "#* c *#", ""),
    ("escape", "", "\\$a", ""),
    ("unknown macro", "", "#nosuch($a)", ""),
    ("block call in a block call", "", "#@nosuch()", ""),
    ("element of a list", "#set($l = [", "1,", "2])"),
    ("element of a map", "#set($l = {", "'a':1,", "'b':2})"),
    ("+", "#set($x = 1", " + 1", ")"),
    ("-", "#set($x = 1", " - 1", ")"),
    ("*", "#set($x = 1", " * 1", ")"),
    ("/", "#set($x = 1", " / 1", ")"),
    ("%", "#set($x = 1", " % 1", ")"),
    ("+ of texts", "#set($x = 'a'", " + 'b'", ")"),
    ("&&", "#if(true", " && true", ")x#end"),
    ("||", "#if(false", " || false", ")x#end"),
    ("!", "#if(", "!", "true)x#end"),
    ("walk down", "#set($v = $input.path('$'))", "#set($v = $v.a)", "$!v"),
    ("walk up", "#set($v0 = $input.path('$'))", "#set($v1 = $v0.a)#set($v0 = $v1.b)", "$!v0"),
    ("path step", "$input.path('$", ".a", "')"),
    ("scan", "$input.path('$", "..a", "')"),
    ("wildcard", "$input.path('$", "[*]", "')"),
    ("filter", "$input.path('$", "[?(@.a == 1)]", "')"),
    ("path function", "$input.path('$", ".length()", "')"),
];

/// Nested parts: name, opening, inside, closing.
const NESTED: &[Dimension] = &[
    ("#if in #if", "#if(true)", "x", "#end"),
    ("#foreach in #foreach", "#foreach($i in [1..1])", "x", "#end"),
    ("#define in #define", "#define($d)", "x", "#end"),
    ("#macro in #macro", "#macro(m)", "x", "#end"),
    ("#literal in #literal", "#literal()", "x", "#end"),
    ("block call in block call", "#@nosuch()", "x", "#end"),
];

#[test]
fn steps_grow_as_the_template_does() {
    let mut wrong = Vec::new();
    for (name, before, part, behind) in REPEATED {
        let make = |n: usize| (format!("{before}{}{behind}", part.repeat(n)), r#"{"a":[{"a":1}]}"#.to_owned());
        let found = exponent(&make, 400);
        if found > 1.2 {
            wrong.push(format!("{name}: {found:.2}"));
        }
    }
    for (name, open, inside, close) in NESTED {
        let make = |n: usize| (format!("{}{inside}{}", open.repeat(n), close.repeat(n)), String::new());
        let found = exponent(&make, 400);
        if found > 1.2 {
            wrong.push(format!("{name}: {found:.2}"));
        }
    }
    assert!(wrong.is_empty(), "the steps grow faster than the template:\n{}", wrong.join("\n"));
}

/// Every method of the reference, on texts, lists and maps of growing size and with arguments of that size.
#[test]
fn steps_of_methods_grow_as_their_receiver_and_arguments_do() {
    let setups = [
        "#set($r = $input.path('$.s'))#set($a = $input.path('$.t'))",
        "#set($r = $input.path('$.l'))#set($a = $input.path('$.m'))",
        "#set($r = $input.path('$.o'))#set($a = $input.path('$.s'))",
        "#set($r = $input.path('$.l').stream())#set($a = 1)",
        "#set($r = $util)#set($a = $input.path('$.s'))",
    ];
    let body = |n: usize| {
        let numbers = |from: usize| (0..n).map(|i| (from + i).to_string()).collect::<Vec<_>>().join(",");
        let members = (0..n).map(|i| format!("\"k{i}\":{i}")).collect::<Vec<_>>().join(",");
        let (s, t) = ("ab\u{e9}".repeat(n), "ab\u{e9}".repeat(n) + "x");
        format!("{{\"s\":\"{s}\",\"t\":\"{t}\",\"l\":[{}],\"m\":[{}],\"o\":{{{members}}}}}", numbers(0), numbers(1))
    };
    let mut names: Vec<&str> =
        vtl::reference::methods().chain(vtl::reference::util_functions()).map(|m| m.name).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 100);
    let (small, large) = (body(100), body(200));
    let mut wrong = Vec::new();
    for name in names {
        for setup in setups {
            for arguments in ["", "$a", "1", "$a, 1", "$a, $a"] {
                let text = format!("{setup}$!r.{name}({arguments})");
                let (one, two) = (steps(&text, &small), steps(&text, &large));
                let base = steps(setup, &small).0;
                let base_large = steps(setup, &large).0;
                // Two texts of each other's size, as in a list of all pairs, are what the reader of `containsAll`
                // and its kin expects.
                let pairs = matches!(name, "containsAll" | "removeAll" | "retainAll");
                let grown = (two.0.saturating_sub(base_large)) as f64;
                let before = (one.0.saturating_sub(base)).max(40) as f64;
                let most = if pairs { 2.2 } else { 1.2 };
                if (grown.max(40.0) / before).log2() > most {
                    wrong.push(format!("{text}: {before} to {grown} steps"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "methods cost more than their input:\n{}", wrong.join("\n"));
}

const WORK: &str = "#set($s = '')#foreach($i in [1..40])#set($s = \"$s$i\")#if($s.contains('39'))$s.length()#end\
                    $s.replaceAll('[0-8]+', '-')#end$input.path('$..a')$input.json('$')";

#[test]
fn ten_thousand_renders_are_cancelled_at_any_moment() {
    let template = Template::parse(WORK).expect("it parses");
    let body = r#"{"a":[1,{"a":2}]}"#;
    let whole = template.render(&Globals::body(body)).expect("it renders");
    let polls = Cell::new(0u32);
    let count = || {
        polls.set(polls.get() + 1);
        false
    };
    template.render_with(&Globals::body(body), RenderOptions::new().cancel_when(&count)).expect("it renders");
    let all = polls.get();
    assert!(all > 1, "{all}");
    let mut seed = 1u32;
    for _ in 0..10_000 {
        // A linear congruential generator: any sequence will do.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = 1 + (seed >> 8) % all;
        polls.set(0);
        let cancel = || {
            polls.set(polls.get() + 1);
            polls.get() >= moment
        };
        let cancelled = template.render_with(&Globals::body(body), RenderOptions::new().cancel_when(&cancel));
        assert_eq!(cancelled.map_err(|error| error.code()).unwrap_err(), Code::Cancelled);
        // It is asked once more by nobody.
        assert_eq!(polls.get(), moment);
    }
    assert_eq!(template.render(&Globals::body(body)).expect("it renders still").text, whole.text);
}

/// Between two looks at the clock or the flag there are a thousand steps, and what one operation charges.
#[test]
fn a_cancellation_is_looked_at_every_thousand_steps() {
    for text in [
        "#foreach($i in [1..1000])#foreach($j in [1..100])$i#end#end",
        "#set($s = $input.path('$.s'))#foreach($i in [1..1000])$!s.replaceAll('[b-c]+', 'x').length()#end",
        "#set($s = $input.path('$.s'))#foreach($i in [1..1000])$!s.contains('zz')$!s.hashCode()#end",
        "#foreach($i in [1..1000])#set($x = $input.path('$..a'))#end",
        "#foreach($i in [1..1000])#set($x = $util.parseJson($input.body))#end",
    ] {
        let polls = Cell::new(0u64);
        let count = || {
            polls.set(polls.get() + 1);
            false
        };
        let budget = Budget::new(&Limits::service().with_steps(Some(400_000))).cancel_when(&count);
        let template = Template::parse(text).expect("it parses");
        let body = format!(r#"{{"s":"{}","a":[1,2]}}"#, "ab".repeat(400));
        let _ = template.render_with(&Globals::body(&body), RenderOptions::new().budget(&budget));
        let wanted = budget.steps().min(400_000) / 2_000;
        assert!(polls.get() >= wanted, "{text}: {} polls in {} steps", polls.get(), budget.steps());
    }
}

struct Looks;

impl Probe for Looks {
    fn op(&mut self, _: Span, state: &State<'_, '_>) {
        let _ = (state.text("l"), state.variable("l"));
    }
}

#[test]
fn a_probe_that_looks_is_charged_to_nobody() {
    let template = Template::parse("#set($l = [1..20000])#foreach($i in [1..90])#set($x = $i)#end done").unwrap();
    let limits = Limits::service().with_steps(Some(100_000));
    let options = || RenderOptions::new().limits(limits.clone());
    let alone = template.render_with(&Globals::default(), options()).expect("it renders");
    let watched = template.render_with(&Globals::default(), options().probe(&mut Looks)).expect("it renders as well");
    assert_eq!(alone, watched);
}

/// Runs work in a thread with the smallest stack that is documented.
fn in_a_small_thread(work: impl FnOnce() + Send + 'static) {
    let size = if cfg!(debug_assertions) { 2 << 20 } else { 512 << 10 };
    std::thread::Builder::new().stack_size(size).spawn(work).expect("a thread").join().expect("it ends");
}

/// A hundred blocks in each other, with something deep inside.
fn chain(inside: &str) -> String {
    let blocks: String = (0..98).map(|i| format!("#define($d{i})$d{}#end", i + 1)).collect();
    format!("{blocks}#define($d98){inside}#end$d0")
}

#[test]
fn deep_work_in_deep_work_fits_a_small_thread() {
    let list = "#set($l = ['x'])#foreach($i in [1..900])#set($l = [$l])#end";
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    let parens = format!("$[?{}@{}]", "(".repeat(90), ")".repeat(90));
    let cases = [
        (format!("{list}{}", chain("$l")), String::new()),
        (format!("{list}{}", chain("$l.hashCode()$l.equals($l)")), String::new()),
        (chain("$input.path('$')"), deep(400)),
        (chain("$input.json('$')"), deep(400)),
        (chain("$util.parseJson($input.body)"), deep(400)),
        (format!("#set($p = '{parens}'){}", chain("$input.path($p)")), "[1]".into()),
        (chain("#set($p = '$..*')$input.path($p)"), deep(400)),
        (format!("$input.path('{parens}')"), "[1]".into()),
    ];
    for (text, body) in cases {
        in_a_small_thread(move || {
            let template = Template::parse_with(&text, &ParseOptions::velocity_1_7()).expect("it parses");
            // A result or an error, but the process goes on.
            let _ = template.render(&Globals::body(body.as_str())).map(|rendered| rendered.text);
        });
    }
}

#[test]
fn brackets_without_a_limit_are_an_error() {
    for (open, inside, close) in [("(", "1", ")"), ("[", "1", "]"), ("{'a':", "1", "}"), ("$a.b(", "1", ")")] {
        in_a_small_thread(move || {
            let text = format!("#set($x = {}{inside}{})", open.repeat(50_000), close.repeat(50_000));
            let options = ParseOptions::velocity_1_7().limits(Limits::none());
            let error = Template::parse_with(&text, &options).expect_err("no stack is that deep");
            assert!(matches!(error.code(), Code::DepthLimit | Code::NestingLimit), "{error}");
        });
    }
}
