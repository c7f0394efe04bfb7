//! Large files of one kind: answers are of the asked range, bounded, and no input overflows a stack.

use crate::client::{Client, LOOSE, place};
use serde_json::json;

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn a_large_template_is_checked_behind_a_burst_of_edits() {
    let mut client = Client::new();
    let mut text = lines(6_000, |n| format!("#set($v{n} = 1)$v{n}\n"));
    client.open(LOOSE, "vtl", &text);
    assert_eq!(client.settled(LOOSE, 1), [""; 0]);
    let start = json!({"line": 0, "character": 0});
    for version in 2..=201 {
        client.edit(LOOSE, version, json!({"start": start, "end": start}), "\u{1f600}\n");
        text.insert_str(0, "\u{1f600}\n");
    }
    let end = json!({"line": 6_200, "character": 0});
    client.edit(LOOSE, 202, json!({"start": end, "end": end}), "#if($v1)");
    // What is in the text is answered at once, before the check.
    let definition = client.at("textDocument/definition", LOOSE, (6_199, 17));
    assert_eq!(place(&definition[0]["range"]), "6199:6-6199:11");
    assert_eq!(client.settled(LOOSE, 202), ["6200:0-6200:8 unclosed-block"]);
    // A key moves what was found.
    client.edit(LOOSE, 203, json!({"start": start, "end": start}), "\n");
    assert_eq!(client.quick(LOOSE, 203), ["6201:0-6201:8 unclosed-block"]);
}
