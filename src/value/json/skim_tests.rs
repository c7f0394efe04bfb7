//! Skimming against reading: documents that are long enough for predicted gaps, with every character
//! replaced by each that has a meaning.

use super::cursor::Stop;
use super::demand::Demand;
use super::plan::{Access, ReadPlan};
use super::project::read_projected;
use super::read::read;
use super::skim::end_of_value;
use super::tests::dice;
use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::value::{Arena, Value};
use serde::de::IgnoredAny;

/// The characters that replace others: structure, white space, controls (with json-smart's end mark), parts of
/// numbers, escapes and words, quotes, and characters of two and four bytes.
const REPLACEMENTS: [&str; 26] = [
    "\"", "\\", "{", "}", "[", "]", ":", ",", " ", "\n", "\t", "\u{1}", "\u{1a}", "\u{7f}", "é", "😀", "'", "-", "+",
    ".", "e", "0", "u", "t", "", ",,",
];

/// Returns lists of like objects, compact and indented, and a value of many kinds.
fn documents() -> Vec<String> {
    let row = |i: usize| {
        format!(
            r#"{{"id":{i},"part":-0.{}5,"e":1.5E+{i},"text":"a \"b\" \\ c\u00e9 é, and a tail that is longer","n":[1,{i},[]],"ok":true,"o":{{"x":null,"a longer name than most":"","y":{{}}}}}}"#,
            1 << i
        )
    };
    let rows = |count| (0..count).map(row).collect::<Vec<_>>().join(",");
    let compact = format!("[{}]", rows(5));
    let json: serde_json::Value = serde_json::from_str(&format!("[{}]", rows(2))).unwrap();
    let mixed = format!(r#"{{"k":[{}[7]],"s":"{}"}}"#, r#"1,"a",{"b":2},[],"#.repeat(32), "x\\n".repeat(20));
    vec![compact, serde_json::to_string_pretty(&json).unwrap(), mixed]
}

/// Returns the plan for `$.a`, with which every other member is skimmed.
fn plan() -> ReadPlan {
    let path = || [Some(Access::Member("a"))].into_iter();
    let mut demand = Demand::default();
    let part = demand.add_path(path());
    demand.add_whole(part);
    let mut plan = demand.into_plan();
    plan.capture(path());
    plan.finish();
    plan
}

/// Checks that skimming `document` has the outcome of reading it; returns `true` if it was skimmed to its end.
fn check(document: &str, plan: &ReadPlan, pad: usize) -> bool {
    let text = format!("{}{{\"x\":{document} ,\"a\":[7]}}", " ".repeat(pad));
    let budget = Budget::new(&Limits::service());
    let arena = Arena::new(&budget, Dialect::service());
    match (read(&arena, &text), read_projected(&arena, &text, plan)) {
        (Err(error), Err(other)) => assert_eq!(error, other, "{text}"),
        (Ok(Value::Map(whole)), Ok(parts)) => {
            let size =
                |value: Option<&Value<'_>>| value.map(|value| matches!(value, Value::List(list) if list.len() == 1));
            assert_eq!(size(whole.get_str("a").as_ref()), size(parts[0].as_ref()), "{text}");
        }
        (whole, parts) => panic!("{:?} {:?} {text}", whole.err(), parts.err()),
    }
    let end = end_of_value(document.as_bytes(), 0, Stop::END, 400);
    if !document.contains('\u{1a}') {
        let standard = serde_json::from_str::<IgnoredAny>(document).is_ok();
        assert!(!standard || end.is_some_and(|end| document[end..].trim_ascii().is_empty()), "{end:?} {document}");
    }
    end == Some(document.len())
}

#[test]
fn any_character_in_any_place_has_the_outcome_of_reading() {
    let plan = plan();
    let (mut skimmed, mut left) = (0, 0);
    // Under Miri a document takes a second.
    let sparse = if cfg!(miri) { 100 } else { 1 };
    for document in documents() {
        assert!(check(&document, &plan, 0));
        for (turn, (at, c)) in document.char_indices().enumerate().step_by(sparse) {
            for replacement in REPLACEMENTS {
                let text = [&document[..at], replacement, &document[at + c.len_utf8()..]].concat();
                *(if check(&text, &plan, turn % 64) { &mut skimmed } else { &mut left }) += 1;
            }
        }
    }
    assert!(skimmed > 10_000 / sparse && left > 10_000 / sparse, "{skimmed} {left}");
}

/// A gap is valid only between the brackets that it was seen between.
#[test]
fn gaps_that_look_alike_are_told_apart() {
    let rows = r#"{"a":[1,2],"b":{"c":3}},"#.repeat(40);
    let sound = format!("[{rows}1]");
    assert_eq!(end_of_value(sound.as_bytes(), 0, Stop::END, 400), Some(sound.len()));
    for wrong in [r#"{"a":[1,2},"b":[3]}"#, r#"{"a":[1,"b":{"c":3}}"#, r#"{"a":[1,2],"b":{"c":3,4}}"#, r#"{"a":{1,2}}"#]
    {
        let text = format!("[{rows}{wrong},{rows}1]");
        assert_eq!(end_of_value(text.as_bytes(), 0, Stop::END, 400), None, "{wrong}");
    }
    for other in [r#"{"a":[1,[2]],"b":{"c":[3]}}"#, r#"{"a":[1,2],"b":{"c":{}}}"#, r#"{"a":[1, 2 ], "b":{"c":3}}"#] {
        let text = format!("[{rows}{other},{rows}1]");
        assert_eq!(end_of_value(text.as_bytes(), 0, Stop::END, 400), Some(text.len()), "{other}");
    }
    let deep = |levels: usize| format!("[{rows}{}1{}]", "[".repeat(levels), "]".repeat(levels));
    assert!(end_of_value(deep(62).as_bytes(), 0, Stop::END, 400).is_some());
    assert!(end_of_value(deep(63).as_bytes(), 0, Stop::END, 400).is_none());
    assert!(end_of_value(deep(9).as_bytes(), 0, Stop::END, 10).is_some());
    assert!(end_of_value(deep(10).as_bytes(), 0, Stop::END, 10).is_none());
}

/// Appends a value of few names and many shapes.
fn made(roll: &mut impl FnMut(usize) -> usize, depth: usize, out: &mut String) {
    let kind = if depth == 0 { 1 } else { roll(if depth > 6 { 1 } else { 4 }) };
    if kind == 0 {
        out.push_str(["1", "-20.5", "\"text\"", "true", "[]", "{}"][roll(6)]);
        return;
    }
    let object = kind == 2;
    out.push(if object { '{' } else { '[' });
    for turn in 0..if depth == 0 { 60 } else { roll(4) } {
        if turn > 0 {
            out.push(',');
        }
        if object {
            out.push_str(["\"a\":", "\"bc\":", "\"a name of some length\":"][roll(3)]);
        }
        made(roll, depth + 1, out);
    }
    out.push(if object { '}' } else { ']' });
}

/// More gaps than are known at a time, between the same texts at other depths.
#[test]
fn skimming_accepts_what_a_strict_parser_accepts() {
    let mut roll = dice();
    for _ in 0..2_000 {
        let mut sound = String::new();
        made(&mut roll, 0, &mut sound);
        assert_eq!(end_of_value(sound.as_bytes(), 0, Stop::END, 400), Some(sound.len()), "{sound}");
        let structure: Vec<usize> = sound.match_indices(['{', '}', '[', ']', ',', ':']).map(|(at, _)| at).collect();
        let at = structure[roll(structure.len())];
        let changed = [&sound[..at], ["{", "}", "[", "]", ",", "", "],[", "},{"][roll(8)], &sound[at + 1..]].concat();
        let whole = end_of_value(changed.as_bytes(), 0, Stop::END, 400) == Some(changed.len());
        assert_eq!(whole, serde_json::from_str::<IgnoredAny>(&changed).is_ok(), "{changed}");
    }
}
