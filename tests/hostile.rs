//! Templates and payloads that were found to hang, to exhaust the memory or to overflow the stack, made
//! small by lower limits: each ends within its budget, and takes no more memory than it was charged for.

use vtl::{Budget, Code, Globals, Limits, ParseOptions, RenderOptions, Template};

const STEPS: u64 = 300_000;
const MEMORY: u64 = 8 << 20;

/// Three loops in each other, of 999 turns each, around a body.
fn turns(body: &str) -> String {
    format!("#foreach($i in [1..999])#foreach($j in [1..999])#foreach($k in [1..999]){body}#end#end#end")
}

/// A list of lists that are shared: sixty levels, 2^60 elements.
const SHARED: &str =
    "#set($l = ['x'])#set($m = ['x'])#foreach($i in [1..60])#set($l = [$l, $l])#set($m = [$m, $m])#end";

/// Two long texts that differ at their ends, one beyond ASCII, and a list, a map and a number of some length.
const SETUP: &str = "#set($p = $input.path('$'))#set($a = $p.a)#set($b = $p.b)#set($e = $p.e)#set($n = $p.n)\
                     #set($q = [])#set($h = {})#foreach($i in [1..200])#set($x = $q.add($a))#set($x = $h.put($i, $a))#end";

fn payload() -> String {
    let a = "ab".repeat(10_000);
    let (e, n) = ("\u{e9}\u{1f600}".repeat(5_000), "9".repeat(1_000));
    let list: Vec<String> = (0..500).map(|i| format!("{{\"a\":{i},\"s\":\"{}\"}}", "x".repeat(20))).collect();
    format!("{{\"a\":\"{a}\",\"b\":\"{a}x\",\"e\":\"{e}\",\"n\":{n},\"l\":[{}]}}", list.join(","))
}

/// Renders within the limits, and checks that the end is a result or a limit that was reached, that no more
/// memory was taken than the limit allows, and that no work was done behind the budget's back.
fn ends(name: &str, text: &str, body: &str) -> Option<Code> {
    let mut outcome = None;
    let measured = allocation_counter::measure(|| {
        for options in [ParseOptions::new(), ParseOptions::velocity_1_7()] {
            let limits = Limits::service().with_steps(Some(STEPS)).with_memory(Some(MEMORY));
            let limits = limits.with_output(Some(MEMORY)).with_foreach(None).with_source(None);
            let budget = Budget::new(&limits);
            let result = Template::parse_within(text, &options, &budget)
                .and_then(|template| template.render_with(&Globals::body(body), RenderOptions::new().budget(&budget)));
            let code = result.err().map(|error| error.code());
            assert!(budget.peak() <= MEMORY, "{name}: {budget:?}");
            outcome = outcome.or(code);
        }
    });
    // What a collection reserves beyond its members, the program and the output count as well.
    let most = 6 * MEMORY + 40 * (text.len() + body.len()) as u64;
    assert!(measured.bytes_max <= most, "{name}: {} bytes at a time, {most} expected", measured.bytes_max);
    outcome
}

/// Checks that an input ends with a limit of its budget.
fn is_ended(name: &str, text: &str) {
    let code = ends(name, text, &payload());
    let limits = [Code::StepLimit, Code::MemoryLimit, Code::OutputLimit, Code::DepthLimit, Code::PatternLimit];
    assert!(code.is_some_and(|code| limits.contains(&code)), "{name}: {code:?}");
}

#[test]
fn walks_of_a_payload_compile() {
    let either = "#if($n.a)#set($n = $n.a)#elseif($n.b)#set($n = $n.b)#else#set($n = $n.c)#end";
    let start = "#set($n = $input.path('$'))";
    let fan: String = (0..60).map(|i| format!("#set($v{0} = $v{i}.a)#set($v{0} = $v{i}.b)", i + 1)).collect();
    let blocks: String = (0..30).map(|i| format!("#define($d{i})#set($n = $n.a{i})$d{}#end", (i + 1) % 30)).collect();
    let rows = [
        ("either", format!("{start}{}$!n.v", either.repeat(60))),
        ("loops", format!("{start}{}$!n.v", "#foreach($x in $n.l)#set($n = $x.a)#set($m = $n.b)#end".repeat(100))),
        ("nested", format!("{start}{}{}$!n.v", "#foreach($x in $n.l)#set($n = $x.a)".repeat(60), "#end".repeat(60))),
        ("fan", format!("#set($v0 = $input.path('$')){fan}$!v60")),
        ("swap", format!("{start}#set($m = $n.x){}$!n.v", "#set($k = $m.l)#set($m = $n.r)#set($n = $k.q)".repeat(200))),
        ("lists", format!("{start}{}$!n.v", "#set($n = [$n.a, $n.b, {'x': $n.c}])".repeat(60))),
        ("blocks", format!("{start}{blocks}$!n.v")),
    ];
    for (name, text) in rows {
        assert_eq!(ends(name, &text, "{\"a\":{\"b\":{}}}"), None, "{name}");
    }
}

#[test]
fn text_like_calls_nests() {
    for part in [
        "#a(",
        "#a($x ",
        "#a(\"",
        "#@a($b)",
        "#{a}(",
        "$a.b(\"",
        "$a[\"",
        "#set($x = \"#a('$b' ",
        "#a( ##\n",
        "#a(#*",
        "#a(#[[",
    ] {
        ends(part, &part.repeat(4_000), "");
        ends(part, &format!("#if(true){}#end", part.repeat(4_000)), "");
    }
}

#[test]
fn a_turn_costs_what_its_body_holds() {
    for part in [
        "#set($x = 1)",
        "#set($x = $n * $n)",
        "#set($x = 1.5 * 2.5)",
        "#if($i == 0)x#end",
        "$!h.a.b.c",
        "$!h.get('a')",
        "$!q[0]",
        "$!nothing",
        "some text",
        "#set($x = [1, 2])",
        "#set($x = \"$i $j\")",
        "#set($x = $input.path('$.l[0].a'))",
        "#set($x = $input.json('$.l[0]'))",
        "#set($x = $input.params('x'))",
        "#set($x = $util.urlEncode('a b'))",
        "#set($x = $context.identity)",
        "#foreach($y in [1..3])#end",
    ] {
        is_ended(part, &format!("{SETUP}{}", turns(&part.repeat(200))));
        let block = part.repeat(200);
        is_ended(part, &format!("{SETUP}#define($d){block}#end{}", turns("$d")));
    }
}

#[test]
fn work_on_long_values_is_charged() {
    for work in [
        "#if($a == $b)x#end",
        "#if($a < $b)x#end",
        "#if($i == 1.5)x#end#if($i < 1.5)x#end",
        "#if($i == '1')x#end#if($q == $q)x#end",
        "#set($x = 12345678901234567890)",
        "#set($x = $a.repeat(300))#set($x = $a.indent(3000))",
        "#set($x = $a.valueOf($cs))#set($x = $a.copyValueOf($cs, 1, 9))",
        "#set($x = $a + 'x')",
        "#set($x = $e + 'x')#set($y = $x + 'y')#set($z = $x + 'z')",
        "#set($x = $a.equals($b))",
        "#set($x = $a.compareTo($b))",
        "#set($x = $a.hashCode())",
        "#set($x = $b.indexOf($a))#set($x = $b.lastIndexOf($a))",
        "#set($x = $a.regionMatches(true, 0, $b, 0, 9000))",
        "#set($x = $a.replace('a', 'b'))",
        "#set($x = $e.substring(4000))#set($x = $e.charAt(7000))",
        "#set($x = $e.indexOf('z', 5000))",
        "#set($x = $e.substring(2, 3).concat($b))#set($x = $e.endsWith($e.substring(1, 2)))",
        "#set($x = $e.indexOf($e.substring(2, 3)))#set($x = $e.lastIndexOf($e.substring(1, 2)))",
        "#set($x = $e.split(''))",
        "#set($x = $a.toUpperCase())",
        "#set($x = $q.contains($b))#set($x = $q.indexOf($b))",
        "#set($x = $q.hashCode())",
        "#set($x = $q.stream().distinct().count())",
        "#set($x = $q.remove(0))#set($x = $q.add(1))",
        "#set($x = $h.containsValue($b))",
        "#set($x = $h.get($a))#set($x = $h.put($b, 1))",
        "#set($x = $n * $n)#set($x = $n / 7)#set($x = $n.pow(3))",
        "#set($x = $util.escapeJavaScript($a))#set($x = $util.base64Encode($e))",
        "#set($x = $util.parseJson('[1, 2, 3]'))",
        "#set($x = $input.path('$.l[?(@.a == 7)]'))",
        "#set($x = $input.path('$.l[?(@.a in [1, 2, 3])]'))",
        "#set($x = $input.path('$..*'))",
        "#set($path = \"$.x$i$j$k\")#set($x = $input.path($path))",
    ] {
        is_ended(work, &format!("{SETUP}#set($cs = $b.substring(0, 1000).toCharArray()){}", turns(work)));
    }
}

/// Returns the steps of one piece of work after the set-up.
fn steps_of(work: &str, body: &str) -> u64 {
    let steps = |text: &str| {
        let budget = Budget::new(&Limits::service());
        let options = ParseOptions::new();
        let rendered = Template::parse_within(text, &options, &budget)
            .and_then(|template| template.render_with(&Globals::body(body), RenderOptions::new().budget(&budget)));
        assert!(rendered.is_ok(), "{text}: {rendered:?}");
        budget.steps()
    };
    // Compiling the work is charged by its text.
    let none: String = work.chars().map(|c| if c.is_ascii_alphanumeric() { 'x' } else { ' ' }).collect();
    steps(&format!("{SCALES}{work}")).saturating_sub(steps(&format!("{SCALES}{none}")))
}

/// Texts of 240 bytes, ASCII and beyond, and decimals of few digits whose scales are far apart.
const SCALES: &str = "#set($p = $input.path('$'))#set($a = $p.a)#set($e = $p.e)#set($u = 9223372036854775808)\
                      #set($d = $u * 1.5)#set($far = $d.scaleByPowerOfTen(15000))#set($big = 1.5E300)";

#[test]
fn walks_through_short_texts_beyond_ascii_are_charged() {
    let body = format!("{{\"a\":\"{}\",\"e\":\"{}\"}}", "a".repeat(240), "\u{e9}".repeat(120));
    for call in [
        "charAt(100)",
        "codePointAt(100)",
        "substring(100)",
        "substring(1, 100)",
        "subSequence(1, 100)",
        "indexOf('z', 100)",
        "lastIndexOf('z', 100)",
        "startsWith('z', 100)",
        "toUpperCase()",
        "equalsIgnoreCase($p.a)",
        "compareToIgnoreCase($p.a)",
    ] {
        let [ascii, beyond] = ["a", "e"].map(|name| steps_of(&format!("#set($x = ${name}.{call})"), &body));
        // A walk is some 120 characters of about a nanosecond or more.
        assert!(beyond >= ascii + 6, "{call}: {beyond} steps, {ascii} of ASCII");
    }
}

/// Steps of 20 ns beside what the work takes in a release build: a long text of few letters is searched at some
/// nanoseconds a place that looks like the part, from its end at a nanosecond a byte.
#[test]
fn work_beyond_the_copy_of_a_text_is_charged() {
    let body = format!("{{\"a\":\"{}\",\"e\":\"\",\"n\":{}}}", "ab".repeat(4_000), "9".repeat(1_000));
    for (work, least) in [
        ("#set($x = $a.indexOf('abababbb'))", 1_000),
        ("#set($x = $a.contains('ababababababababababababababababababababbb'))", 2_500),
        ("#set($x = $a.lastIndexOf('baa'))", 900),
        ("#set($x = $a.repeat(100))", 20_000),
        ("#set($c = $a.toCharArray())#set($x = $a.valueOf($c))", 4_000),
        ("#set($l = [$p.n, $p.n, $p.n, $p.n])#set($x = $l.hashCode())", 40),
        ("#set($x = $a.equalsIgnoreCase('\u{e9}'))", 8_000),
        ("#set($x = $a.compareTo('\u{e9}'))", 8_000),
        ("#set($x = $a.format('%1$h', $a))", 500),
        ("#set($x = $a.format('%1$S', $a))", 1_000),
        ("#set($x = $a.format('%100000d', 7))", 3_000),
        ("#set($x = $a.format('%100000%'))", 3_000),
        ("#set($x = $a.format('%.100000f', $big))", 3_000),
        ("#set($x = $a.format('%.100000e', $d))", 3_000),
        ("#if($far == 'x')x#end", 4),
        ("#if($e == true)x#end", 2),
    ] {
        let steps = steps_of(work, &body);
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
    let plain = steps_of("#set($x = $a.indexOf('xyz'))", &body);
    // The index of its units is one for 16 bytes.
    assert!(plain < 600, "{plain} steps for a part that looks like nothing in the text");
}

/// A name that has the case of no header is compared with each that is as long.
#[test]
fn headers_are_compared_with_a_long_name() {
    let budget = Budget::new(&Limits::service());
    let name = "x".repeat(1_600);
    let params = (0..100).fold(vtl::Params::new(), |all, at| all.header(&format!("{}{at:02}", &name[2..]), "v"));
    let template = Template::parse("$input.params($input.body)").expect("it parses");
    let globals = Globals::body(&name).params(params);
    template.render_with(&globals, RenderOptions::new().budget(&budget)).expect("it renders");
    assert!(budget.steps() >= 100 * 1_600 / 16, "{} steps", budget.steps());
}

/// The names of an object are read for each text that is parsed.
#[test]
fn names_of_parsed_texts_are_held() {
    let held = |members: usize| {
        let members: Vec<String> = (0..members).map(|at| format!("'k{at:04}':1")).collect();
        let text = format!("#set($x = $util.parseJson(\"{{{}}}\"))", members.join(","));
        let budget = Budget::new(&Limits::service());
        let template = Template::parse(&text).expect(&text);
        template.render_with(&Globals::default(), RenderOptions::new().budget(&budget)).expect(&text);
        budget.held()
    };
    // A name with its fingerprint and pattern, and its value.
    assert!(held(50) - held(1) >= 49 * 80, "{} and {} bytes", held(50), held(1));
}

#[test]
fn steps_of_a_path_are_charged() {
    let body = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    for step in ["[0]", "[-1]"] {
        let [one, many] = [1, 80].map(|count| {
            let text = format!("#set($x = $input.path('$').size())#set($x = $input.path('${}'))", step.repeat(count));
            let budget = Budget::new(&Limits::service());
            let template = Template::parse(&text).expect(&text);
            template.render_with(&Globals::body(&body), RenderOptions::new().budget(&budget)).expect(&text);
            budget.steps()
        });
        assert!(many >= one + 79, "{step}: {many} and {one} steps");
    }
}

/// The least is the square of the 64-bit words by 16, or one for each digit where they are divided off.
#[test]
fn numbers_that_become_long_are_charged() {
    for (work, least) in [
        ("#set($x = $d.setScale(15000))", 20_000),
        ("#set($x = $d.divide($d, 15000, 1))", 20_000),
        ("#set($x = $far + $d)", 20_000),
        ("#if($far < $d)x#end", 20_000),
        ("#if($far == $d)x#end", 20_000),
        ("#set($x = $far.compareTo($d))", 20_000),
        ("#set($x = $far.toBigInteger())", 20_000),
        ("#set($x = $far.remainder($d))", 20_000),
        ("#set($x = $u.pow(900))", 20_000),
        ("#set($x = $u.sqrt())", 30),
        ("#set($x = $u.gcd($u))", 8),
        ("#set($x = $d.valueOf($big))", 100),
        ("#set($x = $big + $d)", 100),
        ("$big", 100),
        ("#set($x = $big.toString())", 100),
        ("#set($x = $util.escapeJavaScript($big))", 100),
    ] {
        let steps = steps_of(work, "{\"a\":\"\",\"e\":\"\"}");
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
    let body = format!("[{}]", vec!["1.5e300"; 100].join(","));
    let steps = steps_of("$input.json('$[*]')", &body);
    assert!(steps >= 100 * 100, "{steps} steps");
}

#[test]
fn regular_expressions_are_charged() {
    for pattern in [
        "(?=[ab]*c)a",
        "(?<=[ab]{0,50})c",
        "(?<![ab]{1,200})z",
        "(?![ab]*c)b",
        "([ab])(?!(?:[ab][ab]?){1,17}c\\1)",
        "([ab]*)\\1c",
        "(a|ab)(bab|ab)*c",
        "[ab]*[ab]*[ab]*c",
        "(?>[ab]*)c",
        "[ab]*+c",
        "[ab]*b[ab]{9000}b",
        "(((((a|b)*)*)*)*)*c",
        "(?:(?=[ab]*c?)[ab])*",
        "(?>(?:(?=[ab])[ab])*)c",
        "(?:(?=(.*))[ab])*\\1",
        "(?=([ab]?[ab]?){1000}c).",
        "(?=([ab]{1,50000}))c",
    ] {
        for call in ["replaceAll('P', 'x')", "replaceFirst('P', 'x')", "split('P')", "matches('P')"] {
            is_ended(pattern, &format!("{SETUP}{}", turns(&format!("#set($x = $a.{})", call.replace('P', pattern)))));
        }
    }
    for pattern in ["((a{1,99}){1,99}){1,5}$i$j$k", "(?i)\\p{L}{1,50}$i.$j.$k", "($i|$j|$k|a{1,500}){1,20}"] {
        is_ended(pattern, &turns(&format!("#set($p = \"{pattern}\")#set($s = 'aaa')#set($x = $s.matches($p))")));
    }
}

#[test]
fn memory_is_charged_before_it_is_taken() {
    for work in [
        "$q.add($a.toCharArray())",
        "$q.add($a.getBytes())",
        "$q.add($a.chars())",
        "$q.add($a.lines())",
        "$q.add($a.split(''))",
        "$q.add($a.concat('x'))",
        "$q.add($a.repeat(9))",
        "$q.add($q.listIterator())",
        "$q.add($q.clone())",
        "$q.add($q.subList(0, 9))",
        "$q.add($h.entrySet())",
        "$q.add($h.keySet().iterator())",
        "$q.add([])$q.add({})",
        "$q.add($util.parseJson('[1, 2, 3]'))",
        "$q.add($input.json('$'))",
        "#set($x = $a + 'x')$q.add($x)",
        "$q.add($a.indent(9))$q.add($a.stripIndent())",
        "$q.add($n.negate())$q.add($n.pow(2))",
        "$q.add($a.format('%10000s', 'x'))",
        "$q.addAll($q)",
        "$h.put(\"$i $j $k\", $a.toUpperCase())",
        "$!a",
        "#set($context.requestOverride.header[\"h$i.$j.$k\"] = $a)",
        "#set($context.requestOverride.header[\"h$i.$j.$k\"] = $q)",
    ] {
        is_ended(work, &format!("{SETUP}{}", turns(work)));
    }
    for work in [
        "#set($x = $a.replace('a', $a))",
        "#set($x = $a.replaceAll('[a]', $a))",
        "#set($r = '$0')#set($r = $r.repeat(1000000))#set($x = $a.replaceAll('[a]', $r))",
        "#set($x = $a.join($a, $a.split('')))",
        "#set($f = $a.replace('ab', '%1$s'))#set($x = $a.format($f, $a))",
        "#set($x = $a.replace('a', '\n').indent(100000))",
        "#set($x = $a)#foreach($i in [1..60])#set($x = \"$x$x\")#end",
        "#set($x = $a)#foreach($i in [1..60])#set($x = $util.base64Encode($x))#end",
        "#foreach($i in [1..200])#set($x = $p.l.add($a))#end$input.path('$.l.concat()')$q$q$q",
    ] {
        is_ended(work, &format!("{SETUP}{work}"));
    }
}

#[test]
fn shared_values_are_charged_for_each_copy() {
    for work in [
        "$l",
        "$l.hashCode()",
        "$l.equals($m)",
        "#if($l == $m)x#end",
        "$l.indexOf($m.get(0))$l.contains($m.get(0))",
        "$l.toString().length()",
        "#set($s = \"$l\")",
        "#set($s = 'x' + $l)",
        "#set($s = '')#set($s = $s.format('%s', $l))",
        "#set($s = '')#set($s = $s.valueOf($l))",
        "$util.escapeJavaScript($l)",
        "#set($p = $input.path('$'))#set($x = $p.put('l', $l))$input.json('$')",
        "#set($p = $input.path('$'))#set($x = $p.put('l', $l))#set($x = $input.path('$..x'))",
        "#set($context.requestOverride.header.a = $l)",
        "#set($context.requestOverride.path.a = $l)",
        "#set($context.responseOverride.header.a = $l)",
    ] {
        is_ended(work, &format!("{SHARED}{work}"));
    }
}

#[test]
fn many_macros_and_variables_are_compiled() {
    let macros: String = (0..2_000).map(|i| format!("#macro(m{i} $a)$a#end#m{i}('x')")).collect();
    let variables: String = (0..2_000).map(|i| format!("#set($v{i} = {i})$v{i}")).collect();
    let inlined = format!("#macro(m $a)$a$a$a$a#end{}", "#m(\"#m('x')\")".repeat(500));
    let chain: String = (0..19).map(|i| format!("#macro(m{i} $a)#m{0}($a)#m{0}($a)#end", i + 1)).collect();
    for (name, text) in [
        ("macros", macros),
        ("variables", variables),
        ("inlined", inlined),
        ("chain", format!("{chain}#macro(m19 $a)$a#end#m0('x')")),
        ("evaluate", turns("#evaluate('#set($a = 1)')")),
    ] {
        ends(name, &text, "");
    }
}

/// An operator that looks at a long text for each of a hundred items pays for the text a hundred times.
#[test]
fn filters_pay_for_the_texts_that_they_look_at() {
    let text = "ab".repeat(32_000);
    let items = vec!["1"; 100].join(",");
    let body = format!("{{\"a\":\"{text}\",\"b\":\"{text}\",\"l\":[{items}]}}");
    for condition in ["$.a < $.b", "$.a >= $.b", "$.a == $.b", "$.a contains 'c'", "$.a size 5", "$.a =~ /c/"] {
        let budget = Budget::new(&Limits::service());
        let template = Template::parse(&format!("$input.path(\"$.l[?({condition})]\")")).expect("it parses");
        template.render_with(&Globals::body(&body), RenderOptions::new().budget(&budget)).expect("it renders");
        let least = 100 * text.len() as u64 / 128;
        assert!(budget.steps() > least, "{condition}: {} steps, at least {least} expected", budget.steps());
    }
}

/// Names and indexes that are not there, numbers of arguments and long digits are work as well.
#[test]
fn paths_pay_for_what_they_look_up() {
    let list = |item: &str, count| format!("[{}]", vec![item; count].join(","));
    let number = "7".repeat(5_000);
    let body = format!(
        "{{\"a\":\"\",\"e\":\"\",\"l\":{},\"m\":{},\"q\":{},\"n\":{number},\"k\":[{number}]}}",
        list("1", 1_000),
        list("{}", 100),
        list("[1]", 100),
    );
    let many = |part: &str| vec![part; 100].join(",");
    for (path, least) in [
        (format!("$.l.sum({})", many("$.l")), 200_000),
        (format!("$.l.index({})", many("$.l")), 200_000),
        (format!("$.m[*][{}].x", many("'a'")), 9_000),
        (format!("$.m[*][{}]", many("'a'")), 9_000),
        (format!("$..[{}]", many("'a'")), 9_000),
        (format!("$.q[*][{}].a", many("7")), 5_000),
        // The square of 260 words by 16.
        ("$.k[?(@ == 7)]".to_owned(), 4_000),
        ("$.k.max()".to_owned(), 4_000),
        ("$.q[?($.n in $.l)]".to_owned(), 100 * 1_000 * 300),
        // Operators that refuse their operands look them up all the same.
        ("$.l[?($.a type 'x')]".to_owned(), 16_000),
        ("$.l[?($.l == 'x')]".to_owned(), 16_000),
        // Each value of the list is compared, for each item.
        ("$.l[?($.l == $.l)]".to_owned(), 2_000_000),
        // A name of 6,400 bytes is looked up a hundred times, beside 8 steps a byte of compiling it.
        (format!("$.m[*].{}", "x".repeat(6_400)), 61_000),
        // A number is read as JSON.
        (format!("$.l.sum({})", many("1")), 10_000),
        // A filter of twelve bytes with two literals.
        ("$[?([1] == [2])]".to_owned(), 450),
    ] {
        let steps = steps_of(&format!("#set($x = $input.path(\"{path}\"))"), &body);
        assert!(steps >= least, "{path:.30}: {steps} steps, {least} at least");
    }
}

#[test]
fn elements_that_a_filter_compares_are_held() {
    let body = format!("{{\"q\":[1],\"l\":[{}]}}", vec!["'[1]'"; 10_000].join(",").replace('\'', "\""));
    for (condition, times) in [("'x' in $.l", 1), ("$.l contains 'x'", 1), ("$.l subsetof $.l", 2)] {
        let budget = Budget::new(&Limits::service());
        let template = Template::parse(&format!("#set($x = $input.path(\"$.q[?({condition})]\"))")).expect("it parses");
        let held = allocation_counter::measure(|| {
            template.render_with(&Globals::body(&body), RenderOptions::new().budget(&budget)).expect("it renders");
        });
        let least = held.bytes_max / 2;
        assert!(budget.peak() >= least, "{condition} x{times}: {} bytes held, {least} at least", budget.peak());
    }
}

/// Half a surrogate pair in a long text is no reason to write the text again in UTF-16.
#[test]
fn halves_of_pairs_cost_no_copies() {
    let half = "\\ud83d";
    let body = format!("{{\"a\":\"{}{half}\",\"e\":\"{half}\"}}", "a".repeat(100_000));
    for work in ["$a.concat($a)", "$a.repeat(2)", "$a.join($e, $a, $a)", "$a.format('%s%s', $a, $a)"] {
        let text = format!("#set($p = $input.path('$'))#set($a = $p.a)#set($e = $p.e)#set($x = {work})$x.length()");
        let template = Template::parse(&text).expect(work);
        let (limits, globals) = (Limits::service(), Globals::body(&body));
        let budget = Budget::new(&limits);
        let measured = allocation_counter::measure(|| {
            template.render_with(&globals, RenderOptions::new().budget(&budget)).expect(work);
        });
        assert!(measured.bytes_max < 900_000, "{work}: {} bytes at a time", measured.bytes_max);
    }
}

#[test]
fn work_on_blanks_keys_and_inverses_is_charged() {
    let keys: Vec<String> = (0..100).map(|i| format!("\"{}{i}\":1", "k".repeat(3_200))).collect();
    let number = |digit: &str| digit.repeat(3_001);
    let body = format!(
        "{{\"a\":\"{}\",\"e\":\"\",\"q\":\"{}\",\"u\":\"{}\",\"m\":{{{}}},\"n\":{},\"o\":{}}}",
        " ".repeat(64_000),
        "\\n".repeat(32_000),
        "\u{e9}".repeat(32_000),
        keys.join(","),
        number("7"),
        number("9"),
    );
    for (work, least) in [
        ("#set($x = $a.strip())", 8_000),
        ("#set($x = $a.isBlank())", 8_000),
        ("#set($x = $p.q.indent(2))", 36_000),
        ("#set($x = $input.json('$.q'))", 10_000),
        ("#set($x = $util.urlEncode($p.u))", 8_000),
        ("#set($x = $util.base64Encode($p.u))", 8_000),
        ("#set($x = $a.stripIndent())", 32_000),
        ("#set($s = $p.m.keySet())#set($x = $s.hashCode())", 10_000),
        // Two divisions for each step of Euclid's algorithm, and two products.
        ("#set($b = $p.n.multiply($p.n))#set($x = $b.modInverse($p.o.add($p.n)))", 180_000),
        ("#set($y = $u.pow(2))#set($x = $y.modPow($y, $p.n))", 250_000),
    ] {
        let budget = Budget::new(&Limits::service());
        let text = format!("{SCALES}{work}");
        let template = Template::parse(&text).expect(work);
        // An inverse need not exist.
        let _ = template.render_with(&Globals::body(&body), RenderOptions::new().budget(&budget));
        let steps = budget.steps();
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
}

/// A text in quotes or of a block is written and copied, whether or not it is used.
#[test]
fn captured_texts_are_charged() {
    let body = format!("{{\"a\":\"{}\",\"e\":\"\"}}", "a".repeat(64_000));
    for work in [
        "#set($x = \"$a$a\")",
        "#set($x = \"${a}b$a\")",
        "#if(\"$a$a\" == 1)#end",
        "#define($d)$a$a#end#set($x = $d.toString())",
        "#foreach($i in [1])#set($x = \"$a$a#break\")#end",
    ] {
        let steps = steps_of(work, &body);
        assert!(steps >= 8_000, "{work}: {steps} steps for 128,000 bytes");
    }
}

/// An operator that looks at the text of a value pays for it, and views print at the price of what they show.
#[test]
fn texts_that_operators_look_at_are_charged() {
    let members: Vec<String> = (0..500).map(|i| format!("\"k{i}\":{i}")).collect();
    let body = format!("{{\"a\":\"{}\",\"e\":\"\",\"m\":{{{}}}}}", "a".repeat(64_000), members.join(","));
    for (work, least) in [
        ("#set($x = 1 == $a)", 500),
        ("#set($x = $a == true)", 500),
        ("#set($x = 'x' + $a)", 1_000),
        ("#set($x = 1 + $a)", 1_000),
        ("#set($m = $p.m.values())#set($x = $m == 'x')", 2_000),
        ("#set($m = $p.m.keySet())#set($x = $m + 'x')", 1_000),
        ("#set($m = $p.m.entrySet())#set($x = $m.toString())", 2_000),
        ("#set($l = $a.toCharArray().subList(0, 500))#set($x = $l + 'x')", 1_000),
        // The power of ten that a change of a scale takes, and the digits that are counted.
        ("#set($y = $far.unscaledValue())#set($x = $far.setScale(0))", 1_000),
        ("#set($x = $far.toBigInteger())", 1_000),
    ] {
        let steps = steps_of(work, &body);
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
}

/// An `Optional` and an entry cost what they hold, and a long key what is compared.
#[test]
fn what_an_optional_holds_is_charged() {
    let text = "a".repeat(64_000);
    let body = format!("{{\"a\":\"{text}\",\"e\":\"\",\"m\":{{\"{text}\":1}}}}");
    let own = "#set($h = {})#set($x = $h.put($a, 1))#set($m = $p.m)#set($k = $m.keySet())";
    let pair = "#set($m = $a.describeConstable())#set($h = $a.describeConstable())";
    let ten = |set_up: &str, work: &str| format!("{set_up}#foreach($i in [1..10]){work}#end");
    for (work, least) in [
        (ten("#set($m = $p.entry($a, 1))", "#set($x = $m.getValue())"), 40_000),
        (ten("#set($m = $p.entry($a, 1))", "#set($x = $m.value)"), 40_000),
        (ten(pair, "#if($m == $h)#end"), 40_000),
        (ten(own, "#set($x = $m.get($a))"), 40_000),
        (ten(own, "#set($x = $k.equals($h.keySet()))"), 9_000),
    ] {
        let steps = steps_of(&work, &body);
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
    for (work, least) in [
        ("#set($m = $a.describeConstable())#set($x = $m.hashCode())", 4_000),
        ("#set($m = $a.describeConstable())#set($x = $m.equals($m))", 4_000),
        ("#set($l = [$a.describeConstable()])#set($x = $l.hashCode())", 4_000),
        ("#set($m = $p.entry($a, $a))#set($x = $m.hashCode())", 4_000),
        ("#set($l = [])#set($m = $l.of($a))#set($x = $m.hashCode())", 2_000),
    ] {
        let steps = steps_of(work, &body);
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
}

/// The names of a large object are sorted and put into a table.
#[test]
fn names_of_a_large_object_are_charged() {
    let members: Vec<String> = (0..2_000).map(|at| format!("\\\"k{at}\\\":1")).collect();
    let body = format!("{{\"a\":\"\",\"e\":\"\",\"t\":\"{{{}}}\"}}", members.join(","));
    let steps = steps_of("#set($t = $p.t)#set($x = $util.parseJson($t))", &body);
    assert!(steps >= 40_000, "{steps} steps");
}

/// Methods that choose between many overloads, or make a list of what they look at, cost more than their call.
#[test]
fn choices_and_lists_of_a_method_are_charged() {
    let map = "#set($k = 'x')#set($h = {})#foreach($i in [1..200])#set($x = $h.put($i, $i))#end\
               #set($q = $h.values().toArray())#foreach($i in [1])#set($x = $foreach.putAll($h))#set($f = $foreach)#end";
    let turns = |work: &str| steps_of(&format!("{map}#foreach($i in [1..900]){work}#end"), &payload());
    let none = turns("");
    // The members of the view are listed, and each is looked for.
    let members = "#set($x = $h.keySet().retainAll($h.keySet()))";
    // One with many members in hash order, and one that has none.
    let inner = "#foreach($j in [1])#set($x = $foreach.get('a'))#end";
    for (work, least) in [
        ("#set($x = $k.valueOf('a'))", 3),
        (members, 400),
        ("#set($x = $h.values().toArray($q))", 100),
        ("#set($x = $f.containsValue('a'))", 600),
        (inner, 8),
    ] {
        let steps = (turns(work) - none) / 900;
        assert!(steps >= least, "{work}: {steps} steps, {least} at least");
    }
}

/// A tolerant parse goes on behind each error: it reads again what an unclosed block took, and looks for advice in
/// a line of any length.
#[test]
fn errors_by_the_thousand_end_a_tolerant_parse() {
    let parse = |text: &str| {
        let budget = Budget::new(&Limits::service());
        let texts = vtl::syntax_unstable::Texts::default();
        let (_, errors) = vtl::syntax_unstable::parse_all(text, vtl::Dialect::service(), &texts, &budget);
        (!errors.is_empty(), budget.check().is_err())
    };
    assert_eq!(parse(&"$d#foreach($i in [1..3])#[[.e()".repeat(60_000)), (true, true));
    assert_eq!(parse(&"#set(".repeat(400_000)), (true, false));
}
