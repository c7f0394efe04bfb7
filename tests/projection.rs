//! A payload is read as far as a template can see it. What it shows is the same as when all is read.

use vtl::{Dialect, Globals, ParseOptions, Template};

/// Never runs, but computes a path: so everything is read.
const DEFEAT: &str = "#if(1 == 2)$input.path(\"$nothing\")#end";

/// Renders a template; returns output and notes as text.
fn outcome(template: &str, dialect: Dialect, body: &str) -> String {
    let template = Template::parse_with(template, &ParseOptions::velocity_1_7().dialect(dialect)).expect("it compiles");
    match template.render(&Globals::body(body)) {
        Ok(out) => {
            let notes: Vec<String> = out.notes.iter().map(|note| format!("{}: {note}", note.code)).collect();
            format!("{}\n{notes:#?}", out.text)
        }
        Err(error) => format!("{} {}", error.code(), error.detail()),
    }
}

#[track_caller]
fn same(template: &str, body: &str) {
    for dialect in [Dialect::service(), Dialect::velocity_1_7(), Dialect::service().with_parse_per_call(true)] {
        let all = outcome(&format!("{template}{DEFEAT}"), dialect, body);
        assert_eq!(outcome(template, dialect, body), all, "{template}\n{body}");
    }
}

const ORDERS: &str = r#"{"orders": [
    {"id": 1, "sku": "a", "n": 2, "at": {"city": "x", "zip": [1, {"a": 2}]}, "tags": []},
    {"id": 2, "sku": "b\n", "at": {"zip": "z", "city": null}, "n": 3, "more": {"n": [1]}},
    {"sku": "c", "\u0069d": 3, "n": 12345678901, "n": 4, "at": {"city": 1}, "at": {"zip": 2}},
    {"n": null, "id": "4", 'sku': bare word, at: [1, {"city": 5}]},
    null, 7, "text", [1, 2], [], {}, {"id": 5, "sku": "a", "n": 6, "at": {"city": "x", "zip": []}, "tags": {"a": 1}}
], "total": 4, "by": {"name": "n", "next": {"name": "m", "next": {"name": "l", "next": null}}}}"#;

const TEMPLATES: &[&str] = &[
    "#foreach($o in $input.path('$.orders'))$o.id $!o.sku ${o.n} $o.at.city;#end",
    "#set($l = $input.path('$.orders'))$l.size() $l.isEmpty() #foreach($o in $l)$o.id,#end",
    "#set($l = $input.path('$.orders'))$l.size()",
    "#set($l = $input.path('$.by'))$l.size() $l.name",
    "#set($l = $input.path('$.orders'))#foreach($o in $l)$o.size() $o.id;#end",
    "#foreach($o in $input.path('$.orders'))$o#end",
    "#foreach($o in $input.path('$.orders'))$o.keySet() $o.id#end",
    "#foreach($o in $input.path('$.orders'))$o.containsKey('sku') $o.get('id') $o['n'] $o.get(0) $!o[1]#end",
    "#foreach($o in $input.path('$.orders'))#if($o.containsKey('n'))n#end#if($!o.at.containsKey(\"zip\"))z#end$!o.id#end",
    "#set($r = $input.path('$'))#foreach($o in $r.orders)$!o.sku#if($foreach.hasNext),#end#end$r.by.name $r.total",
    "#foreach($o in $input.path('$.orders'))#if($o == $p)same#end#set($p = $o)$o.id#end",
    "#foreach($o in $input.path('$.orders'))#if($o.at)$o.at.zip#end#if(!$o.tags && $o.n || $o)-#end#end",
    "#foreach($o in $input.path('$.orders'))#foreach($o in $o.at.zip)$o.a#end$o.id#end$!o",
    "#foreach($o in $input.path('$.orders'))#foreach($v in $o)$v;#end#end",
    "#foreach($o in $input.path('$.orders'))#foreach($v in $o)$!v.city;#end#end",
    "#foreach($o in $input.path('$.by'))$!o.name $!o.next.name;#end",
    "#foreach($i in $input.path('$.orders'))$i.id#end#foreach($i in $input.path('$.by'))$i#end$input.path('$.total')",
    "#set($n = $input.path('$.by'))#foreach($i in [1..4])$!n.name#set($n = $n.next)#end",
    "#set($n = $input.path('$.by'))#set($m = $n.next)#set($k = $m.next)$k.name $m.name $n.name",
    "#set($n = $input.path('$.by'))#set($n.name = 'z')$input.path('$.by.name') $input.json('$.by') $n.name",
    "#set($n = $input.path('$.by'))#set($m = $n.next)#set($m.name = 'z')$input.path('$.by.next.name') $n.name",
    "#set($n = $input.path('$.by'))#set($x = $n.put('k', 1))$input.path('$.by.k') $input.json('$.by.next')",
    "#set($n = $input.path('$.by.next'))#set($x = $n.remove('name'))$!input.path('$.by.next.name') $!n.name",
    "#foreach($o in $input.path('$.orders'))$!o.id#end $input.json('$')",
    "$input.json('$.by') #set($b = $input.path('$.by'))$b.name $input.path('$.by.next.next.name')",
    "#foreach($o in $input.path('$.orders'))#set($a = $o.at)$!a.city#set($c = [$o.tags])$c#end",
    "#foreach($o in $input.path('$.orders'))$o.class $o.empty $!o.at.empty $!o.first#end",
    "#foreach($o in $input.path('$.orders'))#set($t = \"$!o.id: ${o.sku}\")$t#end",
    "#set($l = $input.path('$.orders'))$l[1].sku $l.get(2).id $l[0].at.zip[1].a $l.size()",
    "#set($l = $input.path('$.orders'))$l[-1].sku $l.sku $!l.by.name",
    "#set($l = $input.path('$.orders'))$l[1].sku#foreach($o in $l)$!o.n#end $input.path('$.orders[0].id')",
    "#set($l = $input.path('$.orders'))#set($x = $l.add(1))$input.path('$.orders').size()",
    "#if($input.path('$.by'))yes#end#if($input.path('$.none'))no#end$!input.path('$.total').x $input.path('$.total.x')",
    "#if($c)#set($v = $input.path('$.by'))#else#set($v = $input.path('$.orders'))#end$v.name $v.size()",
    "#define($b)$!o.id#end#foreach($o in $input.path('$.orders'))$b#end",
    "#macro(m $p)$!p.id$!o.sku#end#foreach($o in $input.path('$.orders'))#m($o)#end",
    "#macro(m)#set($l = $input.path('$.orders'))#end#m()#foreach($o in $l)$!o.id $o.at#end",
    "#foreach($o in $input.path('$.orders[*]'))$!o.id#end $input.path('$.orders[-1].id') $input.path('$..city')",
    "$input.path('$.orders[2].id') $input.path('$.orders[2].at.zip') $!input.path('$.orders[2].at.city') $input.path('$.by').name",
    "$input.path('$.orders').path('$.by') $input.path('$').total",
    "#set($a = $input)$a.path('$.by').next.name$a.json('$.total')",
    "#foreach($o in $input.path('$.orders'))#set($last = $o)#end$last.id $last.tags.a",
    "#set($b = $input.path('$.by'))#foreach($k in ['name', 'next'])$b.get($k)#end$b.name",
    "#set($b = $input.path('$.by'))$b.next.equals($b.next) $b.hashCode() $b.next.name.length()",
    "#set($b = [$input.path('$.by')])$b[0].next #set($m = {'k': $input.path('$.by')})$m.k.next",
    "#foreach($o in $input.path('$.orders'))#if($o.n > 2 && $o.sku != 'b')$o.n#end$!o.get('at').get('city')#end",
];

#[test]
fn a_part_shows_what_the_whole_would() {
    for template in TEMPLATES {
        same(template, ORDERS);
        same(template, &ORDERS.replace("\": ", "\"\t :\n"));
        let object = ORDERS.replacen("[\n", "{\"p\":", 1).replacen("},\n    {\"id\": 2", "}, \"q\": {\"id\": 2", 1);
        let object =
            object.split_once("    {\"sku\": \"c\"").map_or("", |(head, _)| head).trim_end().trim_end_matches(',');
        same(template, &format!("{object}}}, \"by\": [1, {{\"name\": 2}}], \"total\": {{\"x\": 1}}}}"));
        for body in ["{}", "[]", "null", "", "7", r#"{"orders": null, "by": "text"}"#, r#"{"orders": "x", "by": 1}"#] {
            same(template, body);
        }
        for broken in
            ["{\"orders\": [{\"id\": 1, \"sku\": }]}", "{\"orders\": [{\"id\": 1, \"z\": \"\\u12\"}]}", "{\"by\": {"]
        {
            same(template, broken);
        }
    }
}

/// Members that come and go, in any order, wanted and not.
#[test]
fn no_object_need_look_like_the_last() {
    let names = ["id", "other", "sku", "x y", "n", "at", "more"];
    let mut state = 1_u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % below
    };
    for _ in 0..150 {
        let objects: Vec<String> = (0..12)
            .map(|_| {
                let first = next(names.len());
                let step = if next(3) == 0 { 1 + next(names.len() - 1) } else { 1 };
                let members: Vec<String> = (0..next(names.len() + 2))
                    .map(|at| {
                        let value = ["1", "\"t\"", "{\"city\": 2, \"z\": 3}", "[{}]", "null"][next(5)];
                        format!("\"{}\": {value}", names[(first + at * step) % names.len()])
                    })
                    .collect();
                format!("{{{}}}", members.join(", "))
            })
            .collect();
        let colon = ["\":", "\": ", "\" : "][next(3)];
        let body = format!("{{\"orders\": [{}]}}", objects.join(",")).replace("\": ", colon);
        same("#foreach($o in $input.path('$.orders'))$!o.id,$!o.sku,$!o.n,$!o.at.city;#end", &body);
        same("#foreach($o in $input.path('$.orders'))$!o.sku,$!o.other.city,$!o.get('x y');#end", &body);
    }
}
