//! Texts and values that are printed one after another, as Velocity 1.7 prints them (all outputs are its own), where a
//! value is not a string or number: nothing, a list, a block, a block in a macro whose parameters it sees.

use vtl::{Globals, ParseOptions, Template};

const CASES: &[(&str, &str)] = &[
    (r##"#macro(m $p)<$x $b>#end#define($b)[$p]#end#set($x = 1)a#m("v")z"##, "a<1 [v]>z"),
    (r##"#macro(m $p)<$n $b $p>#end#define($b)[$p]#end#m("v"), #m($n)"##, "<$n [v] v>, <$n [$n] $n>"),
    (
        r##"#macro(m $p)<$p|$b>#end#define($b)[$p]#end#foreach($i in [1..3])#m("v-$i")#if($foreach.hasNext),#end#end"##,
        "<v-1|[v-1]>,<v-2|[v-2]>,<v-3|[v-3]>",
    ),
    (
        r##"#macro(m $p)<$p $l $b>#end#define($b)[$p]#end#set($l = [1, 2])#foreach($i in $l)#m("$l,$i")#m($i)#end"##,
        "<[1, 2],1 [1, 2] [[1, 2],1]><1 [1, 2] [1]><[1, 2],2 [1, 2] [[1, 2],2]><2 [1, 2] [2]>",
    ),
    ("#set($l = [1, 2])a $l b $!n c $l.size() d $n", "a [1, 2] b  c 2 d $n"),
    ("#define($b)x$n y#end$b|$b#set($n = 2)|$b|", "x$n y|x$n y|x2 y|"),
    ("#define($b)#if($n)yes#{else}no#end#end<$b $b>#set($n = 2)<$b>", "<no no><yes>"),
];

#[test]
fn a_value_that_is_not_plain_prints_in_its_place() {
    let unlike: Vec<_> = CASES
        .iter()
        .filter_map(|(source, expected)| {
            let template = Template::parse_with(source, &ParseOptions::velocity_1_7()).expect("it compiles");
            let text = template.render(&Globals::default()).expect("it renders").text;
            (text != *expected).then_some((source, text))
        })
        .collect();
    assert!(unlike.is_empty(), "{unlike:#?}");
}
