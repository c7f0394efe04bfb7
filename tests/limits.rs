//! Each limit just below and just above, and what would bring an engine down that had none.

use std::time::{Duration, Instant};
use vtl::{Code, Dialect, Error, Globals, Limits, ParseOptions, Rendered, Template};

fn service() -> (Dialect, Limits) {
    (Dialect::service(), Limits::service())
}

fn velocity() -> (Dialect, Limits) {
    (Dialect::velocity_1_7(), Limits::velocity_1_7())
}

fn render(text: &str, body: &str, (dialect, limits): (Dialect, Limits)) -> Result<Rendered, Error> {
    Template::parse_with(text, &ParseOptions::new().dialect(dialect).limits(limits))?.render(&Globals::body(body))
}

/// `ok`, or the code of the error.
fn outcome(text: &str, body: &str, rules: (Dialect, Limits)) -> String {
    render(text, body, rules).map_or_else(|error| error.code().to_string(), |_| "ok".to_owned())
}

/// The smallest number under which a limit lets a template pass; below it, it must fail with `code`.
fn least(text: &str, code: Code, limit: impl Fn(u64) -> Limits) -> u64 {
    let passes = |n: u64| match render(text, "", (Dialect::velocity_1_7(), limit(n))) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), code, "under {n}");
            false
        }
    };
    let (mut low, mut high) = (0, 1 << 24);
    assert!(passes(high));
    while low + 1 < high {
        let middle = low.midpoint(high);
        if passes(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn source() {
    let most = 300 << 10;
    assert_eq!(outcome(&"x".repeat(most), "", service()), "ok");
    assert_eq!(outcome(&"x".repeat(most + 1), "", service()), "V301");
    assert_eq!(outcome(&"x".repeat(most + 1), "", velocity()), "ok");
}

#[test]
fn turns_of_a_loop() {
    let text = |turns: u32| format!("#foreach($i in [1..{turns}])x#end");
    let all = render(&text(1_000), "", service()).expect("the quota itself is allowed");
    assert_eq!((all.text.len(), all.notes.len()), (1_000, 0));

    let cut = render(&text(1_001), "", service()).expect("the loop ends in silence");
    assert_eq!((cut.text.len(), cut.notes[0].code), (1_000, Code::LoopCut));

    let failing = |turns| outcome(&text(turns), "", (Dialect::service(), Limits::service().with_foreach_fails(true)));
    assert_eq!((failing(1_000), failing(1_001)), ("ok".into(), "V307".into()));
    assert_eq!(render(&text(1_001), "", velocity()).expect("it has no quota").text.len(), 1_001);
}

#[test]
fn steps() {
    let turns = |n: u32| format!("#foreach($i in [1..{n}])#end");
    let cost = |n| least(&turns(n), Code::StepLimit, |steps| Limits::velocity_1_7().with_steps(Some(steps)));
    assert_eq!(cost(2_000) - cost(1_000), 1_000, "a turn is a step");
}

/// A mistake in a text that `#evaluate` runs is looked into at each run, since another text may be run there.
#[test]
fn mistakes_in_evaluated_texts() {
    let turns = |n: u32| format!("#foreach($i in [1..{n}])#evaluate('$i.nope()')#end");
    let cost = |n| least(&turns(n), Code::StepLimit, |steps| Limits::velocity_1_7().with_steps(Some(steps)));
    assert!(cost(20) - cost(10) > 10_000, "{}", cost(20) - cost(10));
}

#[test]
fn output() {
    let limits = |n| Limits::velocity_1_7().with_output(Some(n));
    assert_eq!(least("four", Code::OutputLimit, limits), 4);
    assert_eq!(least("#set($s = 'abc')$s$s", Code::OutputLimit, limits), 6);
}

#[test]
fn memory() {
    let limits = |n| Limits::velocity_1_7().with_memory(Some(n));
    let cost = |n: u32| least(&format!("#set($s = 'x')#set($t = $s.repeat({n}))"), Code::MemoryLimit, limits);
    assert_eq!(cost(5_000) - cost(1_000), 4_000, "a byte of a string is a byte");
}

#[test]
fn depth() {
    // Blocks that print each other, each once.
    let chain = |n: u32| {
        let blocks: String = (1..n).map(|i| format!("#define($b{i})$b{}#end", i - 1)).collect();
        format!("#define($b0)x#end{blocks}$b{}", n - 1)
    };
    let limited = |n, most| outcome(&chain(n), "", (Dialect::service(), Limits::service().with_depth(Some(most))));
    assert_eq!((limited(10, 10), limited(11, 10)), ("ok".into(), "V306".into()));
    assert_eq!(outcome(&chain(100), "", service()), "ok");
    assert_eq!(outcome(&chain(101), "", service()), "V306");
}

#[test]
fn macros_in_macros() {
    let calls = |n: u32| format!("#macro(down $n)$n #if($n > 1)#set($m = $n - 1)#down($m)#end#end#down({n})");
    assert_eq!(outcome(&calls(20), "", velocity()), "ok");
    assert_eq!(outcome(&calls(21), "", velocity()), "V306");
}

#[test]
fn nesting_of_an_expression() {
    let text = |n: usize| format!("#if({}true{})x#end", "(".repeat(n - 1), ")".repeat(n - 1));
    for rules in [service, velocity] {
        assert_eq!(outcome(&text(100), "", rules()), "ok");
        assert_eq!(outcome(&text(101), "", rules()), "V302");
    }
    // What stands in a string is nested in what stands around it.
    let text = |n: usize| {
        let lists = |inner: &str, n: usize| format!("{}{inner}{}", "[".repeat(n), "]".repeat(n));
        format!("#set($x = {})", lists(&format!("\"$x.y({})\"", lists("1", n - 51)), 49))
    };
    assert_eq!(outcome(&text(100), "", service()), "ok");
    assert_eq!(outcome(&text(101), "", service()), "V302");
    let text = "( [ { ".repeat(10_000);
    assert_eq!(render(&text, "", service()).expect("text is no expression").text, text);
}

#[test]
fn depth_of_a_payload() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(outcome("$input.json('$')", &nested(400), service()), "ok");
    assert_eq!(outcome("$input.json('$')", &nested(401), service()), "V203");
}

#[test]
fn blocks_are_data() {
    let text = format!("{}x{}", "#if(true)".repeat(100_000), "#end".repeat(100_000));
    assert_eq!(render(&text, "", velocity()).expect("nothing recurses").text, "x");
}

/// The rows: template, payload, and the expected outcome in each dialect, `ok` or a code.
#[test]
fn hostile_input() {
    let n = 100_000;
    let cases: Vec<(&str, String, String, [&str; 2])> = vec![
        ("a text of (", "(".repeat(n), "".into(), ["ok", "ok"]),
        ("(", format!("#if({}", "(".repeat(n)), "".into(), ["V302", "V302"]),
        ("[", format!("#set($x = {}", "[".repeat(n)), "".into(), ["V302", "V302"]),
        ("{", format!("#set($x = {}", "{".repeat(n)), "".into(), ["V302", "V302"]),
        ("#if … #end", format!("{}x{}", "#if(true)".repeat(5_000), "#end".repeat(5_000)), "".into(), ["ok", "ok"]),
        ("#if without #end", "#if(true)".repeat(5_000), "".into(), ["V002", "V002"]),
        ("#foreach without #end", "#foreach($i in [1])".repeat(2_000), "".into(), ["V002", "V002"]),
        ("#end", "#end".repeat(2_000), "".into(), ["V003", "V003"]),
        ("$a.b(", "$a.b(".repeat(10_000), "".into(), ["V302", "V302"]),
        ("$a.b(…)", format!("{}1{}", "$a.b(".repeat(99), ")".repeat(99)), "".into(), ["ok", "ok"]),
        ("[$a.b( 30 deep", format!("#set($x = {}1{})", "[$a.b(".repeat(30), ")]".repeat(30)), "".into(), ["ok", "ok"]),
        ("[$a.b( 30 deep, open", format!("#set($x = {}", "[$a.b(".repeat(30)), "".into(), ["V001", "V001"]),
        ("strings in strings", strings(12), "".into(), ["ok", "ok"]),
        ("!", format!("#if({}true)x#end", "!".repeat(n)), "".into(), ["ok", "ok"]),
        ("&&", format!("#if(true{})x#end", " && true".repeat(20_000)), "".into(), ["ok", "ok"]),
        ("+", format!("#set($x = 1{})$x", " + 1".repeat(20_000)), "".into(), ["ok", "ok"]),
        ("$", "$".repeat(20_000) + " ", "".into(), ["ok", "ok"]),
        ("$!", "$!".repeat(20_000) + " ", "".into(), ["ok", "ok"]),
        ("\\", "\\".repeat(100_000) + "x", "".into(), ["ok", "ok"]),
        ("\\$", "\\$".repeat(20_000) + " ", "".into(), ["ok", "ok"]),
        ("\\…$x", "\\".repeat(100_000) + "$x", "".into(), ["ok", "ok"]),
        ("#", "# ".repeat(10_000), "".into(), ["ok", "ok"]),
        ("##", "#".repeat(n), "".into(), ["V004", "V004"]),
        ("#*", "#*".repeat(n), "".into(), ["V001", "V001"]),
        ("#[[", "#[[".repeat(n), "".into(), ["V001", "V001"]),
        ("\"\"", format!("#set($x = \"{}\")", "\"\"".repeat(n)), "".into(), ["ok", "ok"]),
        ("\"", "#set($x = \"".repeat(10_000), "".into(), ["V001", "V001"]),
        (".b", format!("$a{}", ".b".repeat(n)), "".into(), ["ok", "ok"]),
        ("$a$b", "$a$b".repeat(n / 2), "".into(), ["ok", "ok"]),
        ("[0]", format!("$a{}", "[0]".repeat(50_000)), "".into(), ["ok", "ok"]),
        (
            "doubling a string",
            format!("#set($s = 'x')#foreach($i in [1..100])#set($s = {})#end", "\"$s$s\""),
            "".into(),
            ["V304", "V304"],
        ),
        (
            "doubling by +",
            "#set($s = 'x')#foreach($i in [1..100])#set($s = $s + $s)#end".into(),
            "".into(),
            ["V305", "V305"],
        ),
        ("a long range", "#set($x = [1..2000000000])$x.size()".into(), "".into(), ["V305", "V305"]),
        (
            "a long range, copied",
            "#set($x = [1..2000000000])#set($y = $x.subList(0, 5))$y#set($z = $x.add(1))".into(),
            "".into(),
            ["V305", "V305"],
        ),
        ("a long range, printed", "#set($x = [1..2000000000])$x".into(), "".into(), ["V305", "V305"]),
        ("a map in itself", "#set($m = {})#set($x = $m.put('self', $m))$m".into(), "".into(), ["ok", "ok"]),
        (
            "maps in themselves, compared",
            "#set($m = {})#set($x = $m.put('s', $m))#set($k = {})#set($x = $k.put('s', $k))#if($m == $k)x#end".into(),
            "".into(),
            ["V306", "V306"],
        ),
        (
            "two lists in each other",
            "#set($a = [])#set($b = [$a])#set($x = $a.add($b))$a".into(),
            "".into(),
            ["V306", "V306"],
        ),
        (
            "the hash of a cycle",
            "#set($a = [])#set($b = [$a])#set($x = $a.add($b))$a.hashCode()".into(),
            "".into(),
            ["V306", "V306"],
        ),
        (
            "a cycle as JSON",
            "#set($p = $input.path('$'))#set($x = $p.put('p', $p))$input.json('$')".into(),
            "{\"a\":1}".into(),
            ["V306", "V306"],
        ),
        (
            "a list thirty times doubled by itself",
            format!("#set($l = ['x']){}$l", "#set($l = [$l, $l])".repeat(30)),
            "".into(),
            ["V303", "V303"],
        ),
        ("a block in itself", "#define($b)x$b#end$b".into(), "".into(), ["ok", "ok"]),
        ("two blocks in each other", "#define($a)x$b$b#end#define($b)y$a$a#end$a".into(), "".into(), ["ok", "ok"]),
        ("a macro in itself", "#macro(m)x#m()#end#m()".into(), "".into(), ["ok", "V306"]),
        ("#evaluate in itself", "#set($e = '#evaluate($e)')#evaluate($e)".into(), "".into(), ["ok", "V306"]),
        ("(a+)+", format!("#set($s = '{}b')$s.matches('(a+)+$')", "a".repeat(60)), "".into(), ["ok", "ok"]),
        ("(a|aa)+", format!("#set($s = '{}b')$s.matches('(a|aa)+')", "a".repeat(60)), "".into(), ["ok", "ok"]),
        ("(a*)*c", format!("#set($s = '{}b')$s.replaceAll('(a*)*c', 'x')", "a".repeat(60)), "".into(), ["ok", "ok"]),
        ("(?=(a+)+$)x", format!("#set($s = '{}b')$s.matches('(?=(a+)+$)x')", "a".repeat(60)), "".into(), ["ok", "ok"]),
        ("(a+)+\\1c", format!("#set($s = '{}b')$s.matches('(a+)+\\1c')", "a".repeat(60)), "".into(), ["ok", "ok"]),
        (
            "a pattern of {",
            "#set($s = 'x')$s.matches('((((a{1000}){1000}){1000}){1000})')".into(),
            "".into(),
            ["V109", "V109"],
        ),
        ("a pattern of (", format!("#set($s = 'x')$s.matches('{}')", "(".repeat(50_000)), "".into(), ["V303", "V303"]),
        (
            "loops in loops",
            "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#end#end#end".into(),
            "".into(),
            ["V303", "V303"],
        ),
        (
            "output in loops",
            "#foreach($a in [1..1000])#foreach($b in [1..1000])$input.body#end#end".into(),
            "x".repeat(1_000),
            ["V304", "V304"],
        ),
        (
            "squaring",
            "#set($x = 9999999999)#foreach($i in [1..1000])#set($x = $x * $x)#end".into(),
            "".into(),
            ["V305", "V305"],
        ),
        ("a power", "#set($x = 9999999999999999999)$x.pow(2000000000)".into(), "".into(), ["V305", "V305"]),
        ("a shift", "#set($x = 9999999999999999999)$x.shiftLeft(2000000000)".into(), "".into(), ["V305", "V305"]),
        ("a scale", "#set($x = 9999999999999999999 * 1.5)$x.setScale(2000000000)".into(), "".into(), ["V305", "V305"]),
        ("a wide format", "#set($s = '')$s.format('%2000000000d', 1)".into(), "".into(), ["V305", "V305"]),
        ("a precise format", "#set($s = '')$s.format('%.2000000000f', 1.5)".into(), "".into(), ["V305", "V305"]),
        ("repeat", "#set($s = 'abc')$s.repeat(2000000000)".into(), "".into(), ["V305", "V305"]),
        ("indent", "#set($s = 'abc')$s.indent(2000000000)".into(), "".into(), ["V305", "V305"]),
        (
            "a list that grows by itself",
            "#set($l = [1])#foreach($i in [1..100])#set($x = $l.addAll($l))#end".into(),
            "".into(),
            ["V303", "V303"],
        ),
        (
            "split between all",
            "#set($p = $input.path('$.s').split(''))$p.size()".into(),
            format!("{{\"s\":\"{}\"}}", "x".repeat(1 << 18)),
            ["ok", "ok"],
        ),
        (
            "replace between all",
            "#set($p = $input.path('$.s').replaceAll('', '-'))$p.length()".into(),
            format!("{{\"s\":\"{}\"}}", "x".repeat(1 << 16)),
            ["ok", "ok"],
        ),
        ("a path of names", format!("$input.path('$.{}b')", "a.".repeat(50_000)), "{}".into(), ["ok", "ok"]),
        ("a path of filters", format!("$input.path('${}')", "[?(@.a".repeat(2_000)), "{}".into(), ["V302", "V302"]),
        ("a path of ..", format!("$input.path('$..{}')", "*..".repeat(20) + "a"), "[[[[[[1]]]]]]".into(), ["ok", "ok"]),
        (
            "a path of .. over much",
            "$input.path('$..*..*..*..*')".into(),
            format!("[{}]", "[[[1]]],".repeat(200)),
            ["ok", "ok"],
        ),
        ("a deep payload", "$input.path('$')".into(), "[".repeat(n), ["V203", "V203"]),
        ("deep objects", "$input.path('$')".into(), "{a:".repeat(n), ["V203", "V203"]),
        ("a payload of commas", "$input.path('$').size()".into(), format!("[{}]", ",".repeat(1 << 20)), ["ok", "ok"]),
        ("a payload of quotes", "$input.path('$')".into(), "\"".repeat(1 << 20), ["ok", "ok"]),
        (
            "a payload of backslashes",
            "$input.path('$')".into(),
            format!("\"{}", "\\".repeat(1 << 20)),
            ["V203", "V203"],
        ),
        ("a long number", "$input.path('$')".into(), "9".repeat(1 << 20), ["V303", "V303"]),
        (
            "a long exponent",
            "$input.path('$.n')".into(),
            "{\"n\": 1.0000000000000000000000e999999999}".into(),
            ["ok", "ok"],
        ),
        ("colliding keys", "$input.path('$').size()".into(), colliding(), ["ok", "ok"]),
    ];
    let mut wrong = Vec::new();
    for (name, text, body, expected) in cases {
        for ((dialect, limits), expected) in [service(), velocity()].into_iter().zip(expected) {
            // Lower ceilings than a user has, so that an unoptimized engine reaches them soon.
            let rules =
                (dialect, limits.with_steps(Some(1 << 20)).with_memory(Some(32 << 20)).with_output(Some(4 << 20)));
            let start = Instant::now();
            let found = outcome(&text, &body, rules);
            let took = start.elapsed();
            if found != expected || took > Duration::from_secs(20) {
                wrong.push(format!("{name}: {found}, expected {expected}, in {took:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `"$x"` in a string, in a string, and so on: quotes double each time.
fn strings(depth: usize) -> String {
    (0..depth).fold("$x".to_owned(), |text, _| format!("#set($x = \"{}\")", text.replace('"', "\"\"")))
}

/// An object whose 65,536 keys all have the same hash in Java: `Aa` and `BB` are worth the same.
fn colliding() -> String {
    let key = |n: u32| (0..16).map(|bit| if n >> bit & 1 == 0 { "Aa" } else { "BB" }).collect::<String>();
    let members: Vec<String> = (0..1 << 14).map(|n| format!("\"{}\":{n}", key(n))).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn a_hundred_megabytes() {
    let body = format!("{{\"b\":\"{}\",\"a\":1}}", "x".repeat(100 << 20));
    assert_eq!(render("$input.json('$.a')", &body, service()).expect("it is read in place").text, "1");
}

/// Returns the steps of a render in the `service` dialect.
fn steps_of(template: &str, body: &str) -> u64 {
    let budget = vtl::Budget::new(&vtl::Limits::service());
    let template = vtl::Template::parse(template).expect("it parses");
    let options = vtl::RenderOptions::new().budget(&budget);
    template.render_with(&vtl::Globals::body(body), options).expect("it renders");
    budget.steps()
}

/// In a loop it took 3 seconds of its 50 million steps of 20 ns.
#[test]
fn members_that_are_put_are_charged() {
    let members: Vec<String> = (0..1_000).map(|i| format!("\"k{i}\":{i}")).collect();
    let body = format!("{{{}}}", members.join(","));
    let put = |times: usize| {
        let calls = "#set($x = $h.putAll($m))".repeat(times);
        steps_of(&format!("#set($m = $input.path('$'))#set($h = {{}}){calls}"), &body)
    };
    assert!(put(2) - put(1) >= 4_000, "{} and {}", put(1), put(2));
}

/// Looking it up in a set of 20,000 others took 12 seconds, which the limits did not end.
#[test]
fn elements_that_are_no_texts_are_looked_up_within_the_limits() {
    let members = "#set($m = {})#foreach($i in [1..100])#foreach($j in [1..15])$!m.put(\"$i,$j\", 1)#end#end";
    for call in ["$m.keySet().copyOf($m.entrySet()).size()", "$m.entrySet().stream().distinct().count()"] {
        let limits = Limits::service().with_steps(Some(300_000));
        let budget = vtl::Budget::new(&limits);
        let template = Template::parse(&format!("{members}{call}")).expect("it parses");
        let rendered = template.render_with(&Globals::default(), vtl::RenderOptions::new().budget(&budget));
        assert_eq!(rendered.map(|it| it.text).map_err(|error| error.code()), Err(Code::StepLimit), "{call}");
        assert!(budget.steps() < 320_000, "{call}: {} steps", budget.steps());
    }
}

#[test]
fn entries_that_are_compared_are_charged() {
    let members = "#set($m = {})#foreach($i in [1..300])$!m.put(\"$i\", 1)#end";
    let run = |call: &str| steps_of(&format!("{members}#set($x = $m.entrySet().stream(){call}.count())"), "");
    let steps = run(".distinct()") - run("");
    assert!(steps >= 300 * 300 * 9 / 10, "{steps} steps");
}

/// Keys of 9,000 bytes that are put took 7.7 seconds, and maps of keys of a megabyte were hashed for each copy.
#[test]
fn keys_are_charged_by_their_length() {
    let body = |length: usize| {
        let members: Vec<String> = (10..30).map(|i| format!("\"{i}{}\":1", "k".repeat(length))).collect();
        format!("{{{}}}", members.join(","))
    };
    for calls in [
        "#set($h = {})$h.putAll($m)$h.putAll($m)",
        "#set($x = $m.clone().get(\"x\"))#set($x = $m.clone().get(\"x\"))",
        "#set($q = $input.params().querystring)$q.putAll($m)#set($x = $q.keySet().iterator())",
        "#set($k = [])$!k.addAll($m.keySet())$!m.keySet().containsAll($k)$!m.keySet().containsAll($k)",
    ] {
        let text = format!("#set($m = $input.path('$'))$!m.put('own', 1){calls}");
        let (short, long) = (steps_of(&text, &body(20)), steps_of(&text, &body(12_800)));
        // Reading the payload takes one for four bytes.
        let read = 20 * 12_800 / 4;
        assert!(long - short - read >= 2 * 20 * 100 * 9 / 10, "{calls}: {short} and {long}");
    }
}

/// Each of these took 2 to 8 seconds in loops.
#[test]
fn texts_that_take_longer_than_others_cost_more() {
    let call = |call: &str, body: &str| {
        let text = |calls: usize| format!("#set($s = $input.body){}", call.repeat(calls));
        steps_of(&text(2), body) - steps_of(&text(1), body)
    };
    let decoded = |body: &str| call("#set($x = $util.base64Decode($s))", body);
    let (valid, broken) = (decoded(&"eHh4".repeat(10_000)), decoded(&"aaaa".repeat(10_000)));
    assert!(broken > valid + 15_000, "{valid} and {broken} steps");
    let url = |body: &str| call("#set($x = $util.urlDecode($s))", body);
    let (valid, broken) = (url(&"%41".repeat(10_000)), url(&"%FF".repeat(10_000)));
    assert!(broken > valid + 5_000, "{valid} and {broken} steps");
    let blanks = url(&"+".repeat(30_000));
    assert!(blanks >= 5_000, "{blanks} steps");
    let joined = call("#set($x = $s.join($s, [$s, $s, $s]))", &"x".repeat(100_000));
    assert!(joined > 500_000 / 16, "{joined} steps");
    let lines = call("#set($x = $s.stripIndent())", &"\n".repeat(10_000));
    assert!(lines > 30_000, "{lines} steps");
    let places = call("#set($x = $s.lastIndexOf('é', 7))", &"x".repeat(1_000));
    assert!(places >= 4, "{places} steps");
}

/// The ops of an inlined call are joined into a line, which has no charge of its own.
#[test]
fn calls_that_are_inlined_cost_the_turns_of_their_loop() {
    let template = |calls: usize, last: usize| {
        let calls = "#m($j)".repeat(calls);
        format!("#macro(m $a)<$a>#end#foreach($i in [1..{last}])#foreach($j in [1..100])$i,{calls}#end#end")
    };
    let run = |text: &str, steps: u64| {
        let limits = Limits::velocity_1_7().with_steps(Some(steps)).with_output(None);
        let budget = vtl::Budget::new(&limits);
        let options = ParseOptions::new().dialect(Dialect::velocity_1_7()).limits(limits);
        let template = Template::parse_with(text, &options).expect(text);
        let rendered = template.render_with(&Globals::default(), vtl::RenderOptions::new().budget(&budget));
        (rendered.map(|it| it.text.len()).map_err(|error| error.code()), budget.steps())
    };
    // Eight instructions are a step; a call has three.
    let (written, steps) = run(&template(100, 20), 50_000_000);
    assert!(written.expect("it ends") > 2_000 * 300 && steps >= 2_000 * 100 * 3 / 8, "{steps} steps");
    assert_eq!(run(&template(100, 1_000_000), 1_000_000).0, Err(Code::StepLimit));
}

#[test]
fn large_texts_that_are_replaced_are_given_back() {
    // Four texts of 102,400 bytes are more than is held at a time; all that are made are a gigabyte.
    let limits = |memory| Limits::velocity_1_7().with_memory(Some(memory)).with_steps(None);
    let body = format!("{{\"s\":\"{}\"}}", "x".repeat(102_400));
    let run = |set: &str| {
        let text = format!("#set($t = $input.path('$.s'))#foreach($i in [1..10000]){set}#end$s.length()");
        outcome(&text, &body, (Dialect::velocity_1_7(), limits(1 << 20)))
    };
    for set in
        ["#set($s = \"$t$i\")", "#set($s = $t + $i)", "#set($s = \"$t$i\")#set($s = $s.trim())#set($s = \"$s \")"]
    {
        assert_eq!(run(set), "ok", "{set}");
    }
    // A text that something else uses stays.
    assert_eq!(run("#set($s = \"$t$i\")#set($keep = [$s, $keep])"), "V305");
    assert_eq!(
        run("#set($s = \"$t$i\")#set($old = $s)#set($l = [])#set($x = $l.add($old))#set($all = [$all, $l])"),
        "V305"
    );
}

#[test]
fn texts_of_lists_that_plus_appends_are_charged() {
    let body = format!("{{\"s\":\"{}\"}}", "x".repeat(102_400));
    for sum in ["\"a\" + $big", "$big + \"a\"", "\"$s$i\" + $big"] {
        let text = format!(
            "#set($s = $input.path('$.s'))#set($big = [$s, $s])#set($l = [])#foreach($i in [1..20])#set($t = {sum})\
            #set($x = $l.add($t))#set($t = {sum})#set($t = $s + $i)#end"
        );
        let limits = Limits::velocity_1_7().with_memory(Some(2 << 20));
        assert_eq!(outcome(&text, &body, (Dialect::velocity_1_7(), limits)), "V305", "{sum}");
    }
}

#[test]
fn trimmed_copies_are_charged() {
    let body = format!("{{\"s\":\"{}\"}}", "x".repeat(102_400));
    for method in ["trim", "strip", "stripLeading", "stripTrailing"] {
        let text = format!(
            "#set($s = \" $input.path('$.s') \")#set($l = [])#foreach($i in [1..20])#set($x = $l.add($s.{method}()))#end"
        );
        let limits = Limits::velocity_1_7().with_memory(Some(1 << 20));
        assert_eq!(outcome(&text, &body, (Dialect::velocity_1_7(), limits)), "V305", "{method}");
    }
}

/// Regular expressions of literal paths took 2.1 s in one template, each with a budget of its own.
#[test]
fn regular_expressions_of_literal_paths_share_a_budget() {
    let text = |paths| format!("$input.path('$[?(@.a =~ /{}/)]')\n", r"\pL".repeat(200)).repeat(paths);
    assert_eq!(outcome(&text(100), "[]", service()), "ok");
    assert_eq!(outcome(&text(450), "[]", service()), "V303");
    let error = Template::parse(&text(450)).expect_err("each property takes 1,000 steps");
    assert!(error.span().is_some(), "{error:?}");
}

#[test]
fn groups_of_a_regular_expression() {
    let text = |depth| format!("$input.body.matches('{}a{}')", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(outcome(&text(60), "a", service()), "ok");
    let error = render(&text(61), "a", service()).expect_err("it has 61 groups");
    assert!(error.detail().contains("more than 60 nested groups"), "{error}");
}
