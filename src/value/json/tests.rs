//! Tests of the reader and the serializer: recorded cases, truncated texts, generated payloads.

use super::compact;
use super::demand::Demand;
use super::plan::Access;
use super::project::read_projected;
use super::read::{read, read_owned};
use super::write::write;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::value::{Arena, ListKind, MapKind, Value, text};
use serde_json::Value as Json;

fn arena<'r>(escape_slash: bool) -> Arena<'r> {
    let budget = Box::leak(Box::new(Budget::new(&Limits::service())));
    Arena::new(budget, Dialect::service().with_escape_slash(escape_slash))
}

fn cases() -> Vec<Json> {
    let cases = crate::corpus::read("json").unwrap_or_default();
    cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn printed<'r>(arena: &Arena<'r>, value: &Value<'r>) -> String {
    let mut out = String::new();
    write(arena, value, &mut out).unwrap();
    text::to_wire(out)
}

fn simple_class(value: &Value<'_>) -> String {
    value.class_name().rsplit('.').next().unwrap().to_owned()
}

/// Returns the Java classes of the numbers directly inside of a list or object.
fn number_classes(value: &Value<'_>) -> Vec<String> {
    let items = match value {
        Value::List(list) => list.to_vec(),
        Value::Map(map) => map.members().into_iter().map(|(_, v)| v).collect(),
        _ => Vec::new(),
    };
    let mut classes: Vec<_> = items.iter().filter(|v| v.is_number()).map(simple_class).collect();
    classes.sort();
    classes.dedup();
    classes
}

/// Checks one recorded case; an error says what differs.
fn check(case: &Json, escape_slash: bool) -> Result<(), String> {
    let source = case["text"].as_str().unwrap();
    let arena = arena(escape_slash);
    let (value, copied) = match (read(&arena, source), read_owned(&arena, source)) {
        (Ok(value), Ok(copied)) => (value, copied),
        (Err(error), Err(other)) => {
            assert_eq!(error, other);
            assert_eq!(error.code(), Code::BadPayload);
            assert!(error.span().is_some_and(|s| s.end() <= source.len()));
            let same = case["error"] == true && case["message"].as_str().is_none_or(|m| m == error.detail());
            return if same { Ok(()) } else { Err(error.detail().to_owned()) };
        }
        _ => return Err("borrowed and copied differ".to_owned()),
    };
    let out = printed(&arena, &value);
    let style = if escape_slash || case["printed_lt"].is_null() { "printed" } else { "printed_lt" };
    if case[style].as_str() != Some(&out) || out != printed(&arena, &copied) {
        return Err(out);
    }
    if let Some(class) = case["class"].as_str().filter(|class| *class != simple_class(&value)) {
        return Err(format!("not a {class}"));
    }
    match case["number_class"].as_str() {
        Some(class) if number_classes(&value) != [class] => Err(format!("no {class} inside")),
        _ => Ok(()),
    }
}

#[test]
fn recorded_texts_are_read_and_written_as_by_the_library() {
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        for escape_slash in [true, false] {
            if let Err(got) = check(case, escape_slash) {
                wrong.push(format!("{} {}: {got}", case["id"], case["text"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len() * 2, wrong.join("\n"));
    assert!(cases.len() >= 596);
}

#[test]
fn text_without_escapes_is_borrowed() {
    let arena = arena(false);
    let source = r#"{"a": "plain", "b": "a\nb", c: bare}"#;
    let Value::Map(map) = read(&arena, source).unwrap() else { panic!() };
    let borrowed = |name| {
        let value = map.get_str(name).unwrap();
        source.as_bytes().as_ptr_range().contains(&value.as_text().unwrap().as_str().as_ptr())
    };
    assert!(borrowed("a") && borrowed("c") && !borrowed("b"));
}

#[test]
fn many_members_and_long_lists_of_objects() {
    let arena = arena(false);
    let members: Vec<_> = (0..500).map(|i| format!("\"name{}\":{i}", i % 400)).collect();
    let Value::Map(map) = read_owned(&arena, &format!("{{{}}}", members.join(","))).unwrap() else { panic!() };
    assert_eq!(map.len(), 400);
    assert!(matches!(map.get_str("name7"), Some(Value::Int(407))));
    assert!(matches!(map.keys().first(), Some(Value::Str(name)) if name.as_str() == "name0"));
    let Value::List(list) = read_owned(&arena, &format!("[{}]", r#"{"a":1},"#.repeat(1000))).unwrap() else { panic!() };
    assert_eq!(list.len(), 1000);
}

/// Key prediction must not change what is read, whether or not the next object has the keys.
#[test]
fn names_that_look_like_those_before_are_no_others() {
    let arena = arena(false);
    let text = r#"[{"a" : 1, "b\"c" : 2, "d\\t":3, "longer than a word":4}, {"a":5,"b\"c":6, "d\\t" :7, "longer than a word" : 8},
        {"a"
        :1, "b'c":2, "d\t":3, "longer then a word":4}]"#;
    let compact = r#"[{"a":1,"b\"c":2,"d\\t":3,"longer than a word":4},{"a":5,"b\"c":6,"d\\t":7,"longer than a word":8},{"a":1,"b'c":2,"d\t":3,"longer then a word":4}]"#;
    assert_eq!(printed(&arena, &read(&arena, text).unwrap()), compact);
}

#[test]
fn a_fault_is_placed_in_bytes_and_told_in_units() {
    let arena = arena(false);
    let error = read(&arena, "{\"é\": 1, \"😀\": ]}").unwrap_err();
    assert_eq!(error.detail(), "Unexpected character (]) at position 15.");
    assert_eq!(error.span().unwrap().range(), 18..19);
}

#[test]
fn a_list_that_holds_itself_is_refused() {
    let arena = arena(false);
    let list = arena.list(ListKind::Json, Vec::new()).unwrap();
    let Value::List(own) = &list else { panic!() };
    own.edit(true, |items| items.push(list.clone())).unwrap();
    assert_eq!(write(&arena, &list, &mut String::new()).unwrap_err().code(), Code::DepthLimit);
}

#[test]
fn what_java_makes_of_values_that_json_does_not_know() {
    let arena = arena(false);
    let map = arena.map(MapKind::Linked).unwrap();
    map.put(Value::str("k"), Value::Double(f64::INFINITY)).unwrap();
    map.put(Value::str("c"), Value::Char(99)).unwrap();
    assert_eq!(printed(&arena, &Value::Map(map)), r#"{"k":null,"c":{}}"#);
    map.put(Value::Null, Value::Null).unwrap();
    assert_eq!(write(&arena, &Value::Map(map), &mut String::new()).unwrap_err().code(), Code::JavaException);
    let chars = arena.list(ListKind::Chars, vec![Value::Char(99)]).unwrap();
    assert_eq!(write(&arena, &chars, &mut String::new()).unwrap_err().code(), Code::JavaException);
}

/// Returns `$.a[1].b` as text.
fn selected_part(value: &Value<'_>) -> Option<String> {
    let Value::Map(map) = value else { return None };
    let Some(Value::List(list)) = map.get_str("a") else { return None };
    let Some(Value::Map(map)) = list.get(1) else { return None };
    Some(printed(map.arena(), &map.get_str("b")?))
}

/// Skimming reports the faults that reading reports, at the same positions, wherever a text is cut off.
#[test]
fn what_nobody_wants_is_still_checked() {
    let path = || [Access::Member("a"), Access::Item(1), Access::Member("b")].into_iter().map(Some);
    let mut demand = Demand::default();
    let part = demand.add_path(path());
    demand.add_whole(part);
    let mut plan = demand.into_plan();
    let capture = plan.capture(path());
    plan.finish();
    let sound = [
        r#"{"b": {"c": [1, -2.5e3, "x\"\u00e9", true], "d": {}}, "a": [{"b": 0}, {"b": {"c": 2}, "e": [[], {}]}]}"#,
        "[\n  {\"a\": 12 ]}, {\"a\": 1e999}, 12345678901234567890, \"\\x41\", \"\u{1a}\", \"\\n\u{1a}\", tru, 01, .5]",
    ];
    let sources = cases().iter().filter_map(|case| case["text"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    for source in sources.iter().map(String::as_str).chain(sound).filter(|source| source.len() < 2_000) {
        for text in [source.to_owned(), format!("{{\"x\":{source} ,\"a\":[{source}, {{\"b\": {source}}}]}}")] {
            let cuts = (0..=text.len()).rev().filter(|&end| text.is_char_boundary(end)).take(160);
            for cut in cuts.filter_map(|end| text.get(..end)) {
                let arena = arena(false);
                let (whole, parts) = (read(&arena, cut), read_projected(&arena, cut, &plan));
                assert_eq!(whole.as_ref().err(), parts.as_ref().err(), "{cut}");
                let part = parts
                    .ok()
                    .and_then(|parts| parts[capture.slot as usize].as_ref().map(|part| printed(&arena, part)));
                assert_eq!(whole.ok().as_ref().and_then(selected_part), part, "{cut}");
            }
        }
    }
}

/// A text that the compactness scan accepts serializes to itself, and machine-written payloads are accepted.
#[test]
fn compact_texts_are_written_as_they_stand() {
    let plain = r#"{"a":[1,-20,0.5,1234567.0,true,null,"x\"\\\n é"],"b":{},"c":[[]]}"#;
    assert_eq!(compact(plain, false, 400), Some(plain));
    assert_eq!(compact("[1]  x", false, 400), Some("[1]"));
    let odd = [
        r#"{"a":1,"a":1}"#,
        "[ 1]",
        "[1 ]",
        "[1,]",
        "[1.50]",
        "[1e2]",
        "[01]",
        "[-0]",
        "[-]",
        "[1.]",
        "[.5]",
        "[0.0001]",
        "[12345678.5]",
        r#"["\u00e9"]"#,
        r#"["\/"]"#,
        "[\"\u{7f}\"]",
        "[\"\u{85}\"]",
        "[\"\u{2028}\"]",
        "[\"\t\"]",
        "{a:1}",
        "['a']",
        "1",
        "\"a\"",
        "",
        "[",
        "[1",
        "[2147483648123456789]",
        "[0.12345678901234567]",
        r#"{"a"}"#,
        "{}}",
    ];
    let sources = cases().iter().filter_map(|case| case["text"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    let mut taken = 0;
    for slash in [false, true] {
        for source in sources.iter().map(String::as_str).chain(odd) {
            for source in [source.to_owned(), format!("[{source}]"), format!("{{\"/\":{source}}}")] {
                let arena = arena(slash);
                if let Some(text) = compact(&source, slash, 400) {
                    assert_eq!(printed(&arena, &read(&arena, &source).unwrap()), text, "{source}");
                    taken += 1;
                }
            }
        }
    }
    assert!(taken > 100, "{taken}");
    assert!(compact(r#"["/"]"#, true, 400).is_none() && compact(r#"["\/"]"#, false, 400).is_none());
}

/// Generates a compact payload with a defect in about every eighth value. `roll(n)` returns a number
/// below `n`.
fn made(roll: &mut impl FnMut(usize) -> usize, depth: usize, out: &mut String) {
    let name = |roll: &mut dyn FnMut(usize) -> usize, out: &mut String| {
        let names =
            ["a", "b", "quantity", "a name of more than sixteen bytes", "a name of more than sixteen bites", "é"];
        let odd = ["\u{85}", "\u{7f}", "\\u0041", "x\u{2028}yyyyyyyyyyyyy", "\\/", "/", "eight by\t"];
        let longer = [r#"\""#, r"\n\\ 12345678", "日本語 –日本語", "\u{a0}\u{2100}", "😀 12345678 😀"];
        let list = [&names[..], &names, &longer, if roll(60) == 0 { &odd } else { &names }][roll(4)];
        out.push('"');
        out.push_str(list[roll(list.len())]);
        out.push('"');
    };
    let numbers = ["0", "7", "-20", "12345678", "123456789012345678", "0.5", "1234567.0", "-1.25", "3.14159"];
    let odd = [
        "01",
        "-0",
        "1.50",
        "1e3",
        "12345678901234567890",
        "1.",
        "-",
        "nul",
        "",
        " 1",
        "5.684341886080802E-14",
        "0.00001",
    ];
    match roll(if depth > 4 { 4 } else { 9 }) {
        0 => name(roll, out),
        1 if roll(60) == 0 => out.push_str(odd[roll(odd.len())]),
        1 => out.push_str(numbers[roll(numbers.len())]),
        2 => out.push_str(["true", "false", "null"][roll(3)]),
        3 => out.push_str(["[]", "{}"][roll(2)]),
        4..7 => {
            out.push('[');
            for turn in 0..roll(5) {
                if turn > 0 {
                    out.push(',');
                }
                made(roll, depth + 1, out);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            let mut first = roll(3);
            for turn in 0..roll(5) {
                if turn > 0 {
                    out.push(',');
                }
                if roll(3) == 0 {
                    name(roll, out);
                } else {
                    first += 1;
                    out.push_str(&format!("\"name{first}\""));
                }
                out.push(':');
                made(roll, depth + 1, out);
            }
            out.push('}');
        }
    }
}

/// Returns numbers below a bound, the same in each run (xorshift).
pub(super) fn dice() -> impl FnMut(usize) -> usize {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    }
}

/// The compactness scan accepts only texts that serialize to themselves, and rejects few others.
#[test]
fn compact_says_the_same_as_reading_and_writing() {
    let mut roll = dice();
    let (mut taken, mut missed) = (0, 0);
    for turn in 0..20_000 {
        let mut source = String::from("[");
        made(&mut roll, 0, &mut source);
        source.push(',');
        made(&mut roll, 0, &mut source);
        source.push(']');
        let slash = turn % 2 == 0;
        let arena = arena(slash);
        let same = read(&arena, &source).is_ok_and(|value| printed(&arena, &value) == source);
        match compact(&source, slash, 400) {
            Some(text) => {
                assert!(same && text == source, "{source}");
                taken += 1;
            }
            None => missed += usize::from(same),
        }
    }
    assert!(taken > 5_000, "{taken}");
    // Numbers of many digits.
    assert!(missed < taken / 20, "{missed} of {taken}");
}

/// Decimals are taken exactly if Java writes them with the same digits.
#[test]
fn compact_takes_the_decimals_that_java_writes_so() {
    let mut dice = dice();
    let mut roll = |below: u64| dice(below as usize) as u64;
    let mut counts = [0; 2];
    for _ in 0..20_000 {
        let (whole, fraction) = (10_u64.pow(roll(9) as u32), 10_u64.pow(1 + roll(8) as u32));
        let sign = ["", "", "-"][roll(3) as usize];
        let width = fraction.ilog10() as usize;
        let number = format!("{sign}{}.{:0width$}", roll(whole), roll(fraction) / [1, 10, 1000][roll(3) as usize]);
        // At the end of the text, and with more than a window after it.
        for source in [format!("[{number}]"), format!("[{number},\"some text that follows\"]")] {
            let arena = arena(false);
            let same = printed(&arena, &read(&arena, &source).unwrap()) == source;
            assert_eq!(compact(&source, false, 400).is_some(), same, "{source}");
            counts[usize::from(same)] += 1;
        }
    }
    assert!(counts.iter().all(|&count| count > 5_000), "{counts:?}");
}

/// A key node that was truncated is not mistaken for a later one with its index.
#[test]
fn compact_knows_an_object_by_all_its_names() {
    let other = |i: usize| format!(r#"{{"a":{{"x{i}":1,"y{i}":[{{"z":1}}]}},"b{i}":2}}"#);
    let many: Vec<String> = (0..3_000).map(other).collect();
    for repeated in [r#"{"a":1,"a":1}"#, r#"{"a":1,"b2999":1,"a":1}"#, r#"{"b7":1,"b7":1}"#] {
        let text = format!("[{},{repeated},{}]", many.join(","), many.join(","));
        assert!(compact(&text, false, 400).is_none(), "{repeated}");
        let text = text.replace(repeated, "{}");
        assert_eq!(compact(&text, false, 400), Some(text.as_str()));
    }
    let wide =
        |count: usize| format!("{{{}}}", (0..count).map(|i| format!(r#""name{i}":{i}"#)).collect::<Vec<_>>().join(","));
    assert!(compact(&wide(64), false, 400).is_some() && compact(&wide(65), false, 400).is_none());
    let deep = |count: usize| "[".repeat(count) + &"]".repeat(count);
    assert!(compact(&deep(400), false, 400).is_some() && compact(&deep(401), false, 400).is_none());
}

/// Objects that share a prefix of keys with the previous object and then continue, end or change.
#[test]
fn objects_like_the_one_before_keep_their_own_names() {
    let text = r#"[{"a":1,"b":{"x":1,"y":2},"longer name":3},{"a":4,"b":{"x":5,"y":6},"longer name":7},{"a":8,"b":{"y":9}},
        {"a":1,"b":{"x":2,"y":3,"z":4},"longer nome":5},{},{"a":1,"a":2,"b":3},{"a":1,"b":[{"x":1},{"x":2,"y":3}],"longer name":4},
        {"b":1,"a":2},{"a\\b":1,"\u0061":2},{"a\b":1,"a":2},{"a":1,"b":2,"b":3},{a : 1, 'b':2},{"a":{"a":{"a":{}}},"b":1}]"#;
    let arena = arena(false);
    let value = read(&arena, text).unwrap();
    let expected = r#"[{"a":1,"b":{"x":1,"y":2},"longer name":3},{"a":4,"b":{"x":5,"y":6},"longer name":7},{"a":8,"b":{"y":9}},{"a":1,"b":{"x":2,"y":3,"z":4},"longer nome":5},{},{"a":2,"b":3},{"a":1,"b":[{"x":1},{"x":2,"y":3}],"longer name":4},{"b":1,"a":2},{"a\\b":1,"a":2},{"a\b":1,"a":2},{"a":1,"b":3},{"a":1,"b":2},{"a":{"a":{"a":{}}},"b":1}]"#;
    assert_eq!(printed(&arena, &value), expected);

    let Value::List(list) = value else { panic!() };
    let (Some(Value::Map(one)), Some(Value::Map(other))) = (list.get(0), list.get(1)) else { panic!() };
    // Objects of one shape share keys, not values.
    assert!(matches!(one.put(Value::str("a"), Value::Int(70)), Ok(Some(Value::Int(1)))));
    one.put(Value::str("new"), Value::Null).unwrap();
    one.remove(&Value::str("b"));
    assert_eq!(printed(&arena, &Value::Map(one)), r#"{"a":70,"longer name":3,"new":null}"#);
    assert_eq!(printed(&arena, &Value::Map(other)), r#"{"a":4,"b":{"x":5,"y":6},"longer name":7}"#);
    assert!(other.get(&Value::Int(1)).is_none() && other.get_str("new").is_none());
    let members: Vec<String> = (0..600).map(|i| format!(r#""name{}":{i}"#, i % 500)).collect();
    let Value::Map(large) = read_owned(&arena, &format!("{{{}}}", members[..500].join(","))).unwrap() else { panic!() };
    assert!((0..500).all(|i| matches!(large.get_str(&format!("name{i}")), Some(Value::Int(n)) if n == i)));
    assert!(large.get_str("name500").is_none());
    let Value::Map(large) = read_owned(&arena, &format!("{{{}}}", members.join(","))).unwrap() else { panic!() };
    assert!(large.len() == 500 && matches!(large.get_str("name7"), Some(Value::Int(507))));
}
