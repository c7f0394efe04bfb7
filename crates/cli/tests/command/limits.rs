//! `--limit NAME=N|none` on each command that renders: just at each limit, and just beyond it.

use crate::run::{Folder, Run, vtl};
use serde_json::{Value, json};

/// A limit, a template that needs it, the flags beside it, and the code of the error.
const LIMITS: [(&str, &str, &[&str], &str); 8] = [
    ("foreach", "#foreach($i in [1..7])$i#end", &["--foreach-fails"], "V307"),
    ("steps", "#foreach($i in [1..40])$i#end", &[], "V303"),
    ("output", "12345", &[], "V304"),
    ("memory", "#set($l = [])#foreach($i in [1..40])#set($x = $l.add($i))#end", &[], "V305"),
    ("depth", "#define($a)x#end#define($b)$a#end#define($c)$b#end$c", &[], "V306"),
    ("macro-depth", "#macro(a)x#end#macro(b)#a()#end#macro(c)#b()#end#c()", &["--dialect", "velocity-1.7"], "V306"),
    ("source", "0123456789", &[], "V301"),
    ("nesting", "#set($x = [[1]])", &[], "V302"),
];

fn limited(command: &[&str], limit: &str, value: u64) -> Run {
    vtl(&[command, &["--limit", &format!("{limit}={value}")]].concat())
}

/// The smallest value that is enough.
fn least(is_enough: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, 4096);
    while low < high {
        let middle = (low + high) / 2;
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn enough(command: &[&str], limit: &str) -> u64 {
    least(|value| limited(command, limit, value).code == Some(0))
}

#[test]
fn each_limit_on_render() {
    for (limit, template, flags, code) in LIMITS {
        let command = [&["render", "-q", "-e", template], flags].concat();
        let enough = enough(&command, limit);
        assert!((1..4096).contains(&enough), "{limit}: {enough}");
        let beyond = limited(&command, limit, enough - 1);
        assert_eq!((beyond.code, beyond.out.as_str()), (Some(1), ""), "{limit}");
        assert!(beyond.err.starts_with(&format!("error[{code}]")), "{limit}: {}", beyond.err);
        assert_eq!(limited(&command, limit, enough).err, "", "{limit}");
        let none = vtl(&[&command[..], &["--limit", &format!("{limit}=none")]].concat());
        assert_eq!(none.code, Some(0), "{limit}: {}", none.err);
    }
}

#[test]
fn limits_count_what_they_are_named_for() {
    for (limit, template, least) in [
        ("foreach", LIMITS[0].1, 7),
        ("output", LIMITS[2].1, 5),
        ("depth", LIMITS[4].1, 3),
        ("macro-depth", LIMITS[5].1, 3),
        ("source", LIMITS[6].1, 10),
    ] {
        let (.., flags, _) = LIMITS[LIMITS.iter().position(|row| row.0 == limit).expect("it is a limit")];
        assert_eq!(enough(&[&["render", "-q", "-e", template], flags].concat(), limit), least, "{limit}");
    }
}

#[test]
fn each_limit_on_bench() {
    for (limit, template, flags, code) in LIMITS {
        let beyond = limited(&[&["bench", "-e", template], flags].concat(), limit, 0);
        assert_eq!((beyond.code, beyond.out.as_str()), (Some(1), ""), "{limit}");
        assert!(beyond.err.starts_with(&format!("error[{code}]")), "{limit}: {}", beyond.err);
    }
    assert_eq!(limited(&["bench", "-e", "12345", "--format", "json"], "output", 5).code, Some(0));
}

#[test]
fn each_limit_on_invoke() {
    let folder = Folder::new();
    // A render that runs into a limit is the service's 500, with a note that names the limit.
    for (limit, template, _, code) in
        LIMITS.into_iter().filter(|(limit, ..)| !matches!(*limit, "foreach" | "macro-depth"))
    {
        let integration = json!({
            "type": "mock", "requestTemplates": {"application/json": r#"{"statusCode": 200}"#},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}},
        });
        let path = folder.file(&format!("limit-{limit}.json"), integration.to_string());
        let status = |value: u64| {
            let run = limited(&["invoke", "--integration", &path, "--format", "json", "/"], limit, value);
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{limit}");
            let answer: Value = serde_json::from_str(&run.out).expect("it is JSON");
            (answer["response"]["status"].as_u64(), answer["notes"].to_string())
        };
        // The request's template needs more of some limits than the small one of the response.
        let enough = least(|value| status(value).0 == Some(200));
        assert!((1..4096).contains(&enough), "{limit}: {enough}");
        assert!(status(enough - 1).1.contains(code), "{limit}: {}", status(enough - 1).1);
    }
}

#[test]
fn a_loop_ends_quietly_at_its_limit() {
    let command = ["render", "-e", "#foreach($i in [1..7])$i#end"];
    let beyond = limited(&command, "foreach", 6);
    assert_eq!((beyond.code, beyond.out.as_str()), (Some(0), "123456"));
    assert!(beyond.err.starts_with("warning[V158]"), "{}", beyond.err);
    let at = limited(&command, "foreach", 7);
    assert_eq!((at.out.as_str(), at.err.as_str()), ("1234567", ""));
}
