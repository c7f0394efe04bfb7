//! The walk through the features.

use crate::client::Editor;
use crate::hosts::{Host, hosts};
use serde_json::{Value as Json, json};

#[test]
fn every_feature_has_the_places_of_the_document_before_and_after_edits() {
    for host in hosts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().canonicalize().unwrap().join(host.name);
        std::fs::write(&file, &host.text).unwrap();
        let tests = folder.path().join("a.vtl-test.yaml");
        let input = "{body: {order: {id: B, total: 7, lines: [{sku: A1}]}}, params: {path: {id: 3}}}";
        let test = format!(
            "{}\ntests:\n  - name: one\n    input: {input}\n    expect: {{assert: [{{body: contains, value: B1}}]}}\n  - name: two\n    input: {input}\n    expect: {{output: B2}}\n",
            host.subject
        );
        std::fs::write(&tests, test).unwrap();
        let mut editor = Editor::open(&format!("file://{}", file.display()), host.language, &host.text);
        walk(&mut editor, &host);
        editor.insert(host.above.0, host.above.1);
        walk(&mut editor, &host);
        editor.insert(editor.offset("$input.params("), "\u{e9}\u{1f600} ");
        walk(&mut editor, &host);
        editor.insert(editor.text.len(), host.below);
        walk(&mut editor, &host);
        in_the_test_view(&mut editor, &tests);
    }
}

/// Asks for everything; what comes back is compared with the places in the text.
fn walk(editor: &mut Editor, host: &Host) {
    let name = host.name;
    let wrong = editor.range_of("$util.escapeJavascript", "escapeJavascript");

    // Diagnostics, with the page of the rule.
    let found = editor.diagnostics();
    let it = found.iter().find(|it| it["code"] == "unknown-util").unwrap_or_else(|| panic!("{name}: {found:?}"));
    assert_eq!(it["range"], wrong, "{name}");
    assert!(it["codeDescription"]["href"].as_str().unwrap().ends_with("#variant.UnknownUtil"), "{name}");

    // The fix, and a comment that silences.
    let actions = editor.ask("codeAction", json!({"range": wrong, "context": {"diagnostics": []}}));
    let title = |action: &Json| action["title"].as_str().unwrap().to_owned();
    let titles: Vec<String> = actions.as_array().unwrap().iter().map(title).collect();
    assert!(titles.contains(&"ignore unknown-util here".to_owned()), "{name}: {titles:?}");
    let fix = actions.as_array().unwrap().iter().find(|it| title(it).starts_with("did you mean")).expect("a fix");
    assert_eq!(fix["edit"]["changes"][&editor.uri][0]["range"], wrong, "{name}");

    // Completion: the item replaces the word that is there.
    let word = editor.range_of("$order.total", "total");
    let items = editor.at("completion", &word["end"]);
    let item = items.as_array().unwrap().iter().find(|it| it["label"] == "total");
    let item = item.unwrap_or_else(|| panic!("{name}: {items}"));
    assert_eq!(item["textEdit"]["range"], word, "{name}");
    if host.language != "vtl" && host.language != "terraform" {
        let inside = editor.range_of("$input.params('", "id");
        let items = editor.at("completion", &inside["start"]);
        assert_eq!(items[0]["label"], "id", "{name}: {items}");
    }

    // Hover: the value with the test's input; what a JSONPath finds; the row of the reference.
    let hover = editor.at("hover", &word["start"]);
    assert_eq!(hover["range"], word, "{name}");
    assert!(text_of(&hover).contains("Integer\n```json\n7\n```"), "{name}: {hover}");
    let path = editor.range_of("$input.path('$.order')", "'$.order'");
    let hover = editor.at("hover", &editor.range_of("$input.path('$.order')", "order'")["start"]);
    assert_eq!(hover["range"], path, "{name}");
    assert!(text_of(&hover).contains("\"total\": 7"), "{name}: {hover}");
    let hover = editor.at("hover", &editor.range_of("$line.sku.replaceAll", "replaceAll")["start"]);
    assert!(text_of(&hover).contains("replaceAll(String regex, String replacement)"), "{name}: {hover}");
    assert!(text_of(&hover).contains("\"B1\""), "{name}: {hover}");

    // Definition, references, highlights, rename.
    let definition = editor.range_of("#set($order", "order");
    let uses = ["$order.lines", "$order.id", "$order.total"].map(|part| editor.range_of(part, "order"));
    let found = editor.at("definition", &uses[2]["start"]);
    assert_eq!(ranges(&found), std::slice::from_ref(&definition), "{name}");
    let all = [vec![definition.clone()], uses.to_vec()].concat();
    assert_eq!(ranges(&editor.at("documentHighlight", &definition["start"])), all, "{name}");
    let position = json!({"position": definition["start"], "context": {"includeDeclaration": false}});
    assert_eq!(ranges(&editor.ask("references", position)), uses, "{name}");
    assert_eq!(editor.at("prepareRename", &uses[0]["end"]), uses[0], "{name}");
    let edits = editor.ask("rename", json!({"position": uses[1]["start"], "newName": "it"}));
    assert_eq!(ranges(&edits["changes"][&editor.uri]), all, "{name}");

    // Outline, folding, tokens, signatures, selections.
    let mut outline = editor.ask("documentSymbol", json!({}));
    while let Some(inner) = outline[0]["children"].as_array().filter(|it| !it.is_empty()) {
        outline = Json::Array(inner.clone());
    }
    assert_eq!((&outline[0]["name"], &outline[0]["range"]), (&json!("$order"), &definition), "{name}");
    let folds = editor.ask("foldingRange", json!({}));
    let start = &editor.range_of("#foreach", "#foreach")["start"]["line"];
    let is_folded = folds.as_array().unwrap().iter().any(|it| it["startLine"] == *start);
    assert_eq!(is_folded, host.has_lines, "{name}: {folds}");
    let tokens = editor.ask("semanticTokens/full", json!({}));
    let keyword = editor.range_of("#foreach", "#foreach");
    for (range, kind) in [(&wrong, 3), (&word, 2), (&definition, 1), (&keyword, 0)] {
        assert!(has_token(&tokens["data"], range, kind), "{name}: {kind} at {range}");
    }
    let argument = editor.range_of("replaceAll('A', ", "$order");
    let help = editor.at("signatureHelp", &argument["start"]);
    assert_eq!(help["activeParameter"], 1, "{name}");
    let selections = editor.ask("selectionRange", json!({"positions": [word["start"]]}));
    let texts = [&selections[0]["range"], &selections[0]["parent"]["range"]].map(|range| editor.part(range).to_owned());
    assert_eq!(texts, ["total", "$order.total"], "{name}");

    // Lenses; the output with the code that wrote each part; hints; the trace.
    let lenses = editor.ask("codeLens", json!({}));
    let lens = &lenses.as_array().unwrap().iter().find(|it| it["command"]["title"] == "Render with test “one”");
    let given = lens.unwrap_or_else(|| panic!("{name}: {lenses}"))["command"]["arguments"].clone();
    let mut render = |trace: bool| {
        let position = json!({"line": given[1], "character": 0});
        let text_document = json!({"uri": given[0]});
        let wanted = json!({"textDocument": text_document, "position": position, "sample": given[2], "trace": trace});
        editor.request("vtl/render", wanted)
    };
    let (rendered, trace) = (render(false), render(true));
    let output: Vec<u16> = rendered["output"].as_str().unwrap().encode_utf16().collect();
    let units = |piece: &Json| piece["start"].as_u64().unwrap() as usize..piece["end"].as_u64().unwrap() as usize;
    let written = |piece: &Json| String::from_utf16(&output[units(piece)]).unwrap();
    let pieces = rendered["pieces"].as_array().unwrap();
    for (text, code) in
        [("7", "$order.total"), ("3", "$input.params('id')"), ("B1", "$line.sku.replaceAll('A', $order.id)")]
    {
        let piece = pieces.iter().find(|piece| written(piece) == text).unwrap_or_else(|| panic!("{name}: {rendered}"));
        assert_eq!(editor.part(&piece["range"]), code, "{name}");
    }
    assert!(trace["output"].as_str().unwrap().contains("$order.total → \"7\""), "{name}: {trace}");
    let end = editor.position(editor.text.len());
    let hints = editor.ask("inlayHint", json!({"range": {"start": {"line": 0, "character": 0}, "end": end}}));
    let hint = hints.as_array().unwrap().iter().find(|it| it["label"] == "= 7");
    assert_eq!(hint.unwrap_or_else(|| panic!("{name}: {hints}"))["position"], word["end"], "{name}");
}

/// Lists and runs the tests of the test file.
fn in_the_test_view(editor: &mut Editor, tests: &std::path::Path) {
    let found = editor.request("vtl/discoverTests", json!({"paths": [tests.parent().unwrap()]}));
    assert_eq!(found[0]["path"], tests.to_str().unwrap());
    let listed: Vec<_> =
        found[0]["tests"].as_array().unwrap().iter().map(|it| (&it["name"], &it["range"]["start"])).collect();
    let test = std::fs::read_to_string(tests).unwrap();
    let line = |name: &str| test.lines().position(|line| line.contains(&format!("name: {name}"))).unwrap();
    let start = |name: &str| json!({"line": line(name), "character": 0});
    assert_eq!(listed, [(&json!("one"), &start("one")), (&json!("two"), &start("two"))]);
    let results = editor.request("vtl/runTests", json!({"path": tests}));
    let ends: Vec<_> = results.as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(ends, ["passed", "failed"], "{results}");
    // The message is at the expectation that does not hold.
    let message = &results[1]["messages"][0];
    assert_eq!(
        (&message["path"], &message["range"]["start"]["line"]),
        (&json!(tests), &json!(line("two") + 2)),
        "{results}"
    );
    let one = editor.request("vtl/runTests", json!({"path": tests, "names": ["one"]}));
    assert_eq!(one.as_array().unwrap().len(), 1);
}

fn text_of(hover: &Json) -> &str {
    hover["contents"]["value"].as_str().unwrap_or_default()
}

fn ranges(found: &Json) -> Vec<Json> {
    found.as_array().into_iter().flatten().map(|it| it["range"].clone()).collect()
}

fn has_token(data: &Json, range: &Json, kind: u64) -> bool {
    let numbers: Vec<u64> = data.as_array().unwrap().iter().filter_map(Json::as_u64).collect();
    let (mut line, mut column) = (0, 0);
    numbers.chunks(5).any(|token| {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let is_there = range["start"] == json!({"line": line, "character": column});
        is_there && range["end"]["character"] == column + token[2] && token[3] == kind
    })
}
