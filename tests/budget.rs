//! The budget from outside: cancellation is noticed, nested work fits small threads, and observers are
//! charged to nobody.

use std::cell::Cell;
use vtl::{Budget, Code, Globals, Limits, ParseOptions, Probe, RenderOptions, Span, State, Template};

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

/// The depth at its limit and beyond, of all that nests: what is too deep is refused by its own limit, not by the
/// stack that is left, which differs from build to build.
#[test]
fn each_limit_on_depth_is_reached_before_the_stack_is_used_up() {
    let blocks = |n: usize, print: fn(usize) -> String| {
        let blocks: String = (1..n).map(|i| format!("#define($b{i}){}#end", print(i - 1))).collect();
        format!("#define($b0)x#end{blocks}$b{}", n - 1)
    };
    let lists = |n: usize, use_of: &str| {
        let nest = |name: &str| format!("#set(${name} = ['x'])#foreach($i in [1..{n}])#set(${name} = [${name}])#end");
        format!("{}{}{use_of}", nest("l"), nest("m"))
    };
    let brackets = |n: usize, open: &str, close: &str| format!("#set($x = {}1{})", open.repeat(n), close.repeat(n));
    type Nest<'n> = (usize, &'static str, Box<dyn Fn(usize) -> String + 'n>);
    let kinds: Vec<Nest<'_>> = vec![
        (100, "V306", Box::new(|n| blocks(n, |i| format!("$b{i}")))),
        (100, "V306", Box::new(|n| blocks(n, |i| format!("#foreach($i in [1])#set($x = \"$b{i}\")$x#end")))),
        (100, "V306", Box::new(|n| blocks(n, |i| format!("#if($b{i} == 'x')y#end")))),
        (
            100,
            "V306",
            Box::new(|n| {
                format!("#set($n = 0)#set($e = '#set($n = $n + 1)#if($n < {n})#evaluate($e)#end')#evaluate($e)")
            }),
        ),
        (
            20,
            "V306",
            Box::new(|n| {
                format!("#macro(down $n $t)#if($n > 1)#set($m = $n - 1)#down($m \"x$t\")#else$t#end#end#down({n} 'q')")
            }),
        ),
        (999, "V306", Box::new(|n| lists(n, "$l"))),
        (999, "V306", Box::new(|n| lists(n, "$l.hashCode()"))),
        (999, "V306", Box::new(|n| lists(n, "$l.equals($m)"))),
        (99, "V302", Box::new(|n| brackets(n, "(", ")"))),
        (99, "V302", Box::new(|n| brackets(n, "[", "]"))),
        (99, "V302", Box::new(|n| brackets(n, "{'a':", "}"))),
        (99, "V302", Box::new(|n| brackets(n, "$a.b(", ")"))),
        (99, "V302", Box::new(|n| format!("#set($p = '$[?{}@{}]')$input.path($p)", "(".repeat(n), ")".repeat(n)))),
    ];
    for (most, code, text) in kinds {
        let (fits, is_too_deep) = (text(most), text(most + 1));
        in_a_small_thread(move || {
            let outcome =
                |text: &str| Template::parse_with(text, &ParseOptions::velocity_1_7())?.render(&Globals::body("[1]"));
            let shown = |text: &str| text[..text.len().min(80)].to_owned();
            assert!(outcome(&fits).is_ok(), "{}: {:?}", shown(&fits), outcome(&fits).err());
            let error = outcome(&is_too_deep).expect_err("it is too deep");
            let is_own = error.code().as_str() == code && !error.detail().contains("for the stack");
            assert!(is_own, "{}: {error}", shown(&is_too_deep));
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
