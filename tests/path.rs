//! JSONPath against recorded behaviour of Jayway's library, and against `jsonpath-rust` where
//! RFC 9535 and Jayway agree.

#[path = "corpus/page.rs"]
mod page;

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use vtl::Code;
use vtl::jsonpath::JsonPath;

/// Evaluates a path on a document; the outcome is in the terms of the vectors.
fn outcome(path: &str, document: &Value) -> (Option<bool>, Result<Value, &'static str>) {
    let path = match JsonPath::parse(path) {
        Ok(path) => path,
        Err(error) => {
            assert!(matches!(error.code(), Code::BadPath | Code::NestingLimit));
            // The recording refuses a null document before it looks at the path.
            return (None, Err(if document.is_null() { "evaluation" } else { "path" }));
        }
    };
    let found = match path.find(document) {
        Ok(found) => Ok(found.into_owned()),
        Err(error) if error.code() == Code::PathNotFound => Err("missing"),
        Err(_) => Err("evaluation"),
    };
    (Some(path.is_definite()), found)
}

/// Equal as JSON, numbers by value and by whether they are whole. The members of objects must be in order.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            // `serde_json` reads `-0` as a float.
            let whole = |n: &serde_json::Number| !n.is_f64() || n.as_f64() == Some(0.0);
            (a.is_f64() == b.is_f64() || (whole(a) && whole(b)))
                && (a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a == b))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((m, a), (n, b))| m == n && same(a, b))
        }
        _ => a == b,
    }
}

/// Source: `corpus/jsonpath`, recorded with Jayway JsonPath 3.0.0; its README explains the fields.
#[test]
fn finds_what_jayway_finds() {
    let mut topics: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut misses = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("corpus/jsonpath").unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl")) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            // `serde_json` keeps no whole number past 64 bits, and this path shows its digits.
            if vector["id"] == "jp-numbers-044" {
                continue;
            }
            let (document, path) = (&vector["document"], vector["path"].as_str().unwrap());
            let (definite, found) = outcome(path, document);
            let expected = match vector.get("result") {
                Some(result) => Ok(result),
                None => Err(vector["error"].as_str().unwrap()),
            };
            let right = match (&found, expected) {
                (Ok(found), Ok(expected)) => same(found, expected),
                (Err(found), Err(expected)) => *found == expected,
                _ => false,
            };
            let right = right && definite == vector.get("definite").and_then(Value::as_bool);
            let (passed, all) = topics.entry(vector["topic"].as_str().unwrap().to_owned()).or_default();
            *all += 1;
            *passed += usize::from(right);
            if !right {
                misses.push(format!("{} {path:?}: {found:?}, not {expected:?}", vector["id"]));
            }
        }
    }
    for (topic, (passed, all)) in &topics {
        println!("{topic:16} {passed:4} of {all:4}");
    }
    assert!(!topics.is_empty());
    assert!(misses.is_empty(), "{} misses\n{}", misses.len(), misses.join("\n"));
    page::score("jsonpath", topics.iter().map(|(topic, (passed, all))| (topic.as_str(), *passed, *all)));
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        "[a-c]{1,2}".prop_map(Value::from),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-d]", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Steps that mean the same in both dialects.
fn step() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-d]".prop_map(|name| format!(".{name}")),
        1 => "[a-d]".prop_map(|name| format!("['{name}']")),
        2 => (-3i32..4).prop_map(|index| format!("[{index}]")),
        2 => Just("[*]".to_owned()),
        1 => Just(".*".to_owned()),
        1 => "[a-d]".prop_map(|name| format!("..{name}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn agrees_with_the_rfc_where_jayway_does(document in document(), steps in prop::collection::vec(step(), 1..5)) {
        prop_assume!(!document.is_null());
        let path = format!("${}", steps.concat());
        let expected: Vec<Value> =
            jsonpath_rust::JsonPath::query(&document, &path).unwrap().into_iter().cloned().collect();
        let (definite, found) = outcome(&path, &document);
        let found = match (definite, found) {
            (Some(true), Ok(value)) => vec![value],
            (_, Ok(Value::Array(values))) => values,
            // A name on the way to an indefinite step is an error when it is missing.
            (_, Err("missing")) => Vec::new(),
            other => panic!("{path} gave {other:?}"),
        };
        prop_assert_eq!(found, expected, "{}", path);
    }

    #[test]
    fn filters_agree_with_the_rfc(
        items in prop::collection::vec(prop::collection::btree_map("[a-d]", scalar(), 0..4), 0..6),
        name in "[a-d]",
        operator in prop_oneof!["==", "<", "<=", ">", ">="],
        number in -3i64..4,
        text in "[a-c]{1,2}",
        by_text in any::<bool>(),
    ) {
        let document = serde_json::json!({ "l": items });
        let literal = if by_text { format!("'{text}'") } else { number.to_string() };
        let path = format!("$.l[?(@.{name} {operator} {literal})]");
        let expected: Vec<Value> =
            jsonpath_rust::JsonPath::query(&document, &path).unwrap().into_iter().cloned().collect();
        prop_assert_eq!(outcome(&path, &document).1, Ok(Value::Array(expected)), "{}", path);
    }

    /// Whatever is written, the answer is a value or an error.
    #[test]
    fn no_text_is_too_odd(path in "[$@.*\\[\\]()?'\",:!=~/<>&|{}a-c0-2\\\\ -]{1,60}", document in document()) {
        let _ = outcome(&path, &document);
    }
}

#[test]
fn hostile_paths_end() {
    let nested = |n| (0..n).fold(Value::from(1), |inner, _| serde_json::json!([inner]));
    for path in ["[", "$[?(", "$[?(!", "$.a(", "$['", "((((", "$.sum($.sum(", "$[?(@[?(", "$..", "$[?(@.a=='"] {
        for count in [50, 99, 101, 5_000] {
            let _ = outcome(&path.repeat(count), &nested(5));
        }
    }
    // Long, but not deep: time grows with the text and no faster.
    for path in [".sum(1)", ".sum()", "[?(@)]", "..a", "['a','b']", "[0,1]", "[?(@.a in [1] || !@.b)]"] {
        assert!(JsonPath::parse(&format!("${}", path.repeat(3_000))).is_ok());
    }
    let balanced = format!("$[?{}@{}]", "(".repeat(90), ")".repeat(90));
    assert_eq!(outcome(&balanced, &serde_json::json!([1])).1, Ok(serde_json::json!([1])));
    let deep = nested(400);
    assert_eq!(outcome("$..[0]", &deep).1.unwrap().as_array().unwrap().len(), 400);
    assert_eq!(outcome(&format!("${}", "[0]".repeat(400)), &deep).1, Ok(Value::from(1)));
    assert_eq!(outcome(&format!("${}", "[*]".repeat(400)), &deep).1, Ok(serde_json::json!([1])));
}
