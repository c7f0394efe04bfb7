//! Large files of one kind: answers are of the asked range, bounded, and no input overflows a stack.

use crate::client::{Client, LOOSE, place};
use serde_json::{Value as Json, json};
use std::fmt::Write;

fn whole(lines: usize) -> Json {
    json!({"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}})
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn actions(client: &mut Client, range: &Json, only: &Json) -> Vec<Json> {
    let context = json!({"diagnostics": [], "only": only});
    let params = json!({"textDocument": {"uri": LOOSE}, "range": range, "context": context});
    client.request("textDocument/codeAction", params).as_array().cloned().unwrap_or_default()
}

#[test]
fn actions_are_those_of_the_asked_range() {
    let mut client = Client::new();
    // 65 KiB and more: the findings come from a thread.
    client.open(LOOSE, "vtl", &lines(12_000, |n| format!("#set($v{n} = 1)\n")));
    let found = client.settled(LOOSE, 1);
    assert_eq!(found[700], "700:5-700:10 unused-variable");
    let line = json!({"start": {"line": 700, "character": 7}, "end": {"line": 700, "character": 7}});
    let titles = |actions: &[Json]| -> Vec<String> {
        actions.iter().map(|it| it["title"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let of_line = actions(&mut client, &line, &Json::Null);
    assert_eq!(titles(&of_line).last().unwrap(), "ignore unused-variable here");
    assert!(of_line.iter().all(|it| place(&it["diagnostics"][0]["range"]) == "700:5-700:10"));
    // Of a whole file: those of the first hundred findings.
    let all = actions(&mut client, &whole(12_000), &Json::Null);
    assert_eq!(all.len(), 100 * of_line.len());
    // None is a fix of the whole file, or a kind below quick fixes.
    assert_eq!(actions(&mut client, &whole(12_000), &json!(["source.fixAll"])), [Json::Null; 0]);
    assert_eq!(actions(&mut client, &line, &json!(["source", "quickfix"])), of_line);
    assert_eq!(actions(&mut client, &line, &json!([""])), of_line);
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

/// Edits of one message, at the start of a long line and in front of many lines.
#[test]
fn edits_of_a_message_are_applied_together() {
    let edits = 5_000;
    for text in ["y".repeat(200_000), "y\n".repeat(100_000)] {
        let mut client = Client::new();
        client.open(LOOSE, "vtl", &format!("{text}\n#if($a)"));
        let start = json!({"line": 0, "character": 0});
        let change = json!({"range": {"start": start, "end": start}, "text": "\u{1f600}"});
        let params = json!({"textDocument": {"uri": LOOSE, "version": 2}, "contentChanges": vec![change; edits]});
        client.notify("textDocument/didChange", params);
        let end = json!({"line": 0, "character": 2 * edits});
        client.edit(LOOSE, 3, json!({"start": start, "end": end}), "\n");
        let line = text.matches('\n').count() + 2;
        assert_eq!(client.settled(LOOSE, 3), [format!("{line}:0-{line}:7 unclosed-block")]);
    }
}

#[test]
fn selection_ranges_of_blocks_within_blocks_are_bounded() {
    let mut client = Client::new();
    let depth = 20_000;
    client.open(LOOSE, "vtl", &format!("{}x\n{}", "#if($a)\n".repeat(depth), "#end\n".repeat(depth)));
    let position = json!({"line": depth, "character": 0});
    let params = json!({"textDocument": {"uri": LOOSE}, "positions": [position, position]});
    let found = client.request("textDocument/selectionRange", params);
    assert_eq!(found[0], found[1]);
    let mut ranges = Vec::new();
    let mut at = &found[0];
    while at.is_object() {
        ranges.push(place(&at["range"]));
        at = &at["parent"];
    }
    assert_eq!(ranges.len(), 100);
    assert_eq!(ranges[1], format!("{}:0-{}:0", depth - 1, depth + 2));
    assert_eq!(ranges[99], format!("0:0-{}:0", 2 * depth + 1));
}

#[test]
fn each_of_many_positions_has_its_selection_ranges() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", &"$a.b\n".repeat(1_001));
    let positions: Vec<Json> = (0..1_001).map(|line| json!({"line": line, "character": 1})).collect();
    let params = json!({"textDocument": {"uri": LOOSE}, "positions": positions});
    let found = client.request("textDocument/selectionRange", params);
    for line in [0, 1, 999] {
        assert_eq!(place(&found[line]["range"]), format!("{line}:1-{line}:2"));
        assert_eq!(place(&found[line]["parent"]["range"]), format!("{line}:0-{line}:4"));
    }
    assert_eq!(found[1_000], json!({"range": {"start": positions[1_000], "end": positions[1_000]}}));
}

/// 64 MiB of files are gone through together: 63 times this one.
#[test]
fn fewer_positions_of_a_long_file_have_selection_ranges() {
    let mut client = Client::new();
    let text = format!("{}##{}", "$a.b\n".repeat(64), "x".repeat(1_050_000));
    client.open(LOOSE, "vtl", &text);
    let positions: Vec<Json> = (0..64).map(|line| json!({"line": line, "character": 1})).collect();
    let params = json!({"textDocument": {"uri": LOOSE}, "positions": positions});
    let found = client.request("textDocument/selectionRange", params);
    assert_eq!(place(&found[62]["range"]), "62:1-62:2");
    assert_eq!(found[63], json!({"range": {"start": positions[63], "end": positions[63]}}));
}

#[test]
fn lists_of_names_are_bounded() {
    let mut client = Client::new();
    let mut text = lines(30_000, |n| format!("#set($v{n} = 1)\n"));
    text.push_str("$v2999");
    client.open(LOOSE, "vtl", &text);
    let symbols = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": LOOSE}}));
    assert_eq!(symbols.as_array().unwrap().len(), 10_000);
    assert_eq!(symbols[9_999]["name"], "$v9999");
    let mut labels = |character: u32| {
        let found = client.at("textDocument/completion", LOOSE, (30_000, character));
        let items: Vec<String> =
            found["items"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect();
        (found["isIncomplete"] == true, items)
    };
    let (is_incomplete, items) = labels(1);
    assert!(is_incomplete && items.len() == 1_000 && items.contains(&"input".to_owned()));
    // The longer the word, the fewer fit: of `$v2999` those from `v2999` to `v29999`.
    let (is_incomplete, items) = labels(6);
    assert!(is_incomplete && items.len() == 11, "{items:?}");
    assert!(items.contains(&"v29995".to_owned()));
}

#[test]
fn tokens_folds_and_renames_are_bounded() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", &format!("#set($a = 1)\n{}", "$a\n".repeat(110_000)));
    let of_file = json!({"textDocument": {"uri": LOOSE}});
    let tokens = client.request("textDocument/semanticTokens/full", of_file.clone());
    assert_eq!(tokens["data"].as_array().unwrap().len(), 5 * 100_000);
    let rename = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 6}, "newName": "b"});
    let refused = client.answer("textDocument/rename", rename).error.expect("it is refused");
    assert_eq!(refused.message, "`a` is written in 110001 places: at most 50000 are renamed, replace it in the text");
    client.open(LOOSE, "vtl", &"#if($a)\nx\n#end\n".repeat(12_000));
    let folds = client.request("textDocument/foldingRange", of_file);
    assert_eq!(folds.as_array().unwrap().len(), 10_000);
}

#[test]
fn actions_of_a_document_look_its_templates_up_once() {
    let mut client = Client::new();
    let uri = "file:///nowhere/large.yaml";
    let mut text = "swagger: '2.0'\npaths:\n".to_owned();
    for at in 0..400 {
        let _ = write!(
            text,
            "  /a{at}:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            #set($x = 1)\n            {{\"statusCode\": 200}}\n        responses: {{default: {{statusCode: 200}}}}\n"
        );
    }
    client.open(uri, "yaml", &text);
    let found = client.settled(uri, 1);
    assert_eq!(found.iter().filter(|it| it.ends_with("unused-variable")).count(), 400, "{found:?}");
    let context = json!({"diagnostics": []});
    let params = json!({"textDocument": {"uri": uri}, "range": whole(10_000), "context": context});
    let found = client.request("textDocument/codeAction", params);
    let ignores: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["title"] == "ignore unused-variable here")
        .map(|it| place(&it["edit"]["changes"][uri][0]["range"]))
        .collect();
    assert_eq!(ignores.len(), 50);
    assert_eq!((ignores[0].as_str(), ignores[49].as_str()), ("8:12-8:12", "449:12-449:12"));
}

#[test]
fn pieces_of_an_output_are_bounded() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", "#foreach($i in [1..1000])#foreach($j in [1..30])$j,#end#end");
    let place = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 0}});
    let found = client.request("vtl/render", place.clone());
    let output = found["output"].as_str().unwrap();
    assert!(output.starts_with("1,2,3,") && output.ends_with(",29,30,"));
    assert_eq!(output.matches(',').count(), 30_000);
    let pieces = found["pieces"].as_array().unwrap();
    assert_eq!(pieces.len(), 10_000);
    assert_eq!(place_of(&pieces[9_999]), "0:50-0:51");
    let traced = client.request(
        "vtl/render",
        json!({"textDocument": place["textDocument"], "position": place["position"], "trace": true}),
    );
    let lines: Vec<&str> = traced["output"].as_str().unwrap().lines().collect();
    assert_eq!((lines.len(), lines[0], lines[10_000]), (10_001, "1  $j → \"1\"", "… and 50000 more"));
}

fn place_of(piece: &Json) -> String {
    crate::client::place(&piece["range"])
}
