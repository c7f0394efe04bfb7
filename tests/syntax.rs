//! What small templates are compiled to, in both dialects.

use insta::assert_snapshot;
use vtl::{ParseOptions, Template};

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
    assert_snapshot!(service("$input.path('$.id')$o.id#if($o.s == 'x')$util.escapeJavaScript($o.note)#end"));
    assert_snapshot!(velocity("#macro(f $k $v)$k: $v#end#f('a' $x), #f('b' \"-$x\")"));
}
