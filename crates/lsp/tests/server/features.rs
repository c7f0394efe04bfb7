//! The features on templates of their own and in documents.

use crate::client::{Client, LOOSE, place, places};
use serde_json::{Value as Json, json};

#[test]
fn mistakes_are_published_while_typing() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", "#set($a = )$a\n\u{1f600} #if(true)\n");
    assert_eq!(client.diagnostics(LOOSE), ["0:10-0:11 syntax-error", "1:3-1:12 unclosed-block"]);
    let range = json!({"start": {"line": 0, "character": 10}, "end": {"line": 0, "character": 10}});
    client.edit(LOOSE, 2, range, "1");
    assert_eq!(client.diagnostics(LOOSE), ["1:3-1:12 unclosed-block"]);
    let range = json!({"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}});
    client.edit(LOOSE, 3, range, "#end");
    assert_eq!(client.diagnostics(LOOSE), [""; 0]);
}

const TEMPLATE: &str = "#set($total = $input.path('$.total'))\n#foreach($item in $list)\n$item.replaceAll(\"a\", $total)\n#end\n$total $context.identity.sourceIp\n";

#[test]
fn names_lead_to_their_definitions_and_are_renamed() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", TEMPLATE);
    assert_eq!(places(&client.at("textDocument/definition", LOOSE, (4, 3))), ["0:6-0:11"]);
    let highlights = client.at("textDocument/documentHighlight", LOOSE, (0, 7));
    assert_eq!(places(&highlights), ["0:6-0:11", "2:23-2:28", "4:1-4:6"]);
    let rename = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 2, "character": 2}, "newName": "$order"});
    let edit = client.request("textDocument/rename", rename);
    assert_eq!(places(&edit["changes"][LOOSE]), ["1:10-1:14", "2:1-2:5"]);
    assert_eq!(edit["changes"][LOOSE][0]["newText"], "order");
    // What the template does not define cannot be renamed.
    assert_eq!(client.at("textDocument/prepareRename", LOOSE, (0, 16)), Json::Null);
    let rename = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 16}, "newName": "x"});
    assert!(client.answer("textDocument/rename", rename).error.is_some());
    let references = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 7}, "context": {"includeDeclaration": false}});
    assert_eq!(places(&client.request("textDocument/references", references)), ["2:23-2:28", "4:1-4:6"]);
}

#[test]
fn places_of_a_name_are_bounded_and_renaming_finds_all() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", &format!("#set($a = 1)\n{}", "$a\n".repeat(12_000)));
    let references = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 6}, "context": {"includeDeclaration": true}});
    assert_eq!(places(&client.request("textDocument/references", references)).len(), 10_000);
    assert_eq!(places(&client.at("textDocument/documentHighlight", LOOSE, (0, 6))).len(), 10_000);
    let rename = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 6}, "newName": "b"});
    assert_eq!(places(&client.request("textDocument/rename", rename)["changes"][LOOSE]).len(), 12_001);
}

#[test]
fn hover_shows_the_row_of_the_reference() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", TEMPLATE);
    let mut hover =
        |at| client.at("textDocument/hover", LOOSE, at)["contents"]["value"].as_str().unwrap_or("").to_owned();
    assert!(hover((0, 22)).contains("path(String jsonPath)"));
    assert!(hover((2, 8)).contains("replaceAll(String regex, String replacement)"));
    assert!(hover((4, 26)).starts_with("`$context.identity.sourceIp`"));
    assert!(hover((4, 2)).contains("Defined in line 1"));
    assert!(hover((1, 3)).contains("1,000 times"));
    assert_eq!(hover((1, 16)), "");
    let help = client.at("textDocument/signatureHelp", LOOSE, (2, 21));
    assert_eq!(help["activeParameter"], 1);
    assert_eq!(help["signatures"][0]["label"], "replaceAll(String regex, String replacement)");
}

#[test]
fn completion_fits_what_is_in_front_of_the_cursor() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", "#set($mine = 1)\n$\n#\n$input.\n$!{util.e\n$context.identity.\n$mine.toString().\n");
    let roots = client.labels(LOOSE, (1, 1));
    for name in ["input", "util", "context", "stageVariables", "mine"] {
        assert!(roots.iter().any(|root| root == name), "{roots:?}");
    }
    assert!(client.labels(LOOSE, (2, 1)).contains(&"foreach".to_owned()));
    assert_eq!(client.labels(LOOSE, (3, 7)), ["path", "json", "params"]);
    assert!(client.labels(LOOSE, (4, 9)).contains(&"escapeJavaScript".to_owned()));
    assert!(client.labels(LOOSE, (5, 18)).contains(&"sourceIp".to_owned()));
    assert!(client.labels(LOOSE, (6, 17)).contains(&"indexOf".to_owned()));
    // The item replaces the word that is there.
    let items = client.at("textDocument/completion", LOOSE, (4, 9));
    assert_eq!(place(&items[0]["textEdit"]["range"]), "4:8-4:9");
}

#[test]
fn blocks_fold_and_the_outline_lists_variables() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", TEMPLATE);
    let folds = client.request("textDocument/foldingRange", json!({"textDocument": {"uri": LOOSE}}));
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&json!(1), &json!(2)));
    let outline = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": LOOSE}}));
    let names: Vec<_> = outline.as_array().unwrap().iter().map(|symbol| symbol["name"].clone()).collect();
    assert_eq!(names, ["$total", "$item"]);
    let tokens = client.request("textDocument/semanticTokens/full", json!({"textDocument": {"uri": LOOSE}}));
    // `#set` is a keyword at the start; `total` a variable six characters on.
    let first: Vec<u64> = tokens["data"].as_array().unwrap().iter().take(10).filter_map(Json::as_u64).collect();
    assert_eq!(first, [0, 0, 4, 0, 0, 0, 6, 5, 1, 0]);
}

/// One template in each host language, with the line and column of its first character.
fn hosts() -> [(&'static str, &'static str, String, (u32, u32)); 4] {
    let yaml = "swagger: '2.0'\r\npaths:\r\n  /a/{id}:\r\n    get:\r\n      x-amazon-apigateway-integration:\r\n        type: mock\r\n        requestTemplates:\r\n          application/json: |\r\n            #set($x = \"\u{e9}\u{1f600}\")$x\r\n            $input.params('')\r\n            #if($x\r\n";
    let flow = "swagger: '2.0'\npaths: {/a/{id}: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: \"#set($x = 1)$x\\n$input.params('')\\n#if($x\"}}}}}\n".replace("/a/{id}:", "'/a/{id}':");
    let json = "{\"swagger\": \"2.0\", \"paths\": {\"/a/{id}\": {\"get\": {\"x-amazon-apigateway-integration\": {\"type\": \"mock\",\n\"requestTemplates\": {\"application/json\":\n\"#set($x = \\\"\\u00e9\\\")$x\\n$input.params('')\\n#if($x\"}}}}}}\n";
    let hcl = "resource \"aws_api_gateway_integration\" \"a\" {\n  type = \"MOCK\"\n  request_templates = {\n    \"application/json\" = <<-EOT\n      #set($x = 1)$x\n      $input.params('')\n      #if($x\n    EOT\n  }\n}\n";
    let column = u32::try_from(flow.lines().nth(1).unwrap().find("#set").unwrap()).unwrap();
    [
        ("file:///project/block.yaml", "yaml", yaml.to_owned(), (8, 12)),
        ("file:///project/flow.yaml", "yaml", flow, (1, column)),
        ("file:///project/api.json", "json", json.to_owned(), (2, 1)),
        ("file:///project/main.tf", "terraform", hcl.to_owned(), (4, 6)),
    ]
}

#[test]
fn templates_in_documents_have_the_positions_of_the_document() {
    for (uri, language, text, (line, column)) in hosts() {
        let mut client = Client::new();
        client.open(uri, language, &text);
        let found = client.diagnostics(uri);
        assert!(found.iter().any(|item| item.ends_with(" syntax-error")), "{uri}: {found:?}");
        // The definition of `$x` is six characters into the template.
        let definition = format!("{line}:{}-{line}:{}", column + 6, column + 7);
        let source = text.lines().nth(line as usize).unwrap();
        let byte = source.find(")$x").unwrap() + 2;
        let used = u32::try_from(source[..byte].encode_utf16().count()).unwrap();
        assert_eq!(places(&client.at("textDocument/definition", uri, (line, used))), [definition], "{uri}");
        let outline = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
        assert_eq!(outline[0]["children"][0]["name"], "request:application/json", "{uri}");
    }
}

#[test]
fn the_route_of_a_template_gives_its_parameters() {
    let (uri, language, text, _) = hosts()[0].clone();
    let mut client = Client::new();
    client.open(uri, language, &text);
    assert_eq!(client.labels(uri, (9, 27)), ["id"]);
}

#[test]
fn edits_above_inside_and_below_leave_what_a_fresh_start_finds() {
    for (uri, language, text, _) in hosts() {
        let mut client = Client::new();
        client.open(uri, language, &text);
        let mut now = text.replace("\r\n", "\n");
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": now}]}),
        );
        let mut seed = 7_u64;
        for version in 3..60 {
            // Deletes or inserts a piece at a place that is drawn.
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let places: Vec<usize> = now.char_indices().map(|(at, _)| at).collect();
            let at = places[(seed >> 33) as usize % places.len()];
            let piece = ["", "\n", " ", "$x", "#end", "\u{1f600}"][(seed >> 20) as usize % 6];
            let end = if piece.is_empty() { at + now[at..].chars().next().map_or(0, char::len_utf8) } else { at };
            let position = |offset: usize| {
                let line = now[..offset].matches('\n').count();
                let column = now[..offset].rsplit('\n').next().unwrap().encode_utf16().count();
                json!({"line": line, "character": column})
            };
            let range = json!({"start": position(at), "end": position(end)});
            client.edit(uri, version, range, piece);
            now.replace_range(at..end, piece);
        }
        let edited = client.diagnostics(uri);
        let mut fresh = Client::new();
        fresh.open(uri, language, &now);
        assert_eq!(edited, fresh.diagnostics(uri), "{uri}:\n{now}");
    }
}

#[test]
fn a_file_without_templates_has_no_diagnostics() {
    let mut client = Client::new();
    let uri = "file:///project/package.json";
    client.open(uri, "json", "{\"name\": \"pets\", \"type\": \"module\"}");
    assert_eq!(client.diagnostics(uri), [""; 0]);
    assert_eq!(client.labels(uri, (0, 3)), [""; 0]);
    assert!(client.answer("textDocument/unknown", json!({})).error.is_some());
    assert!(client.answer("textDocument/hover", json!({"textDocument": 5})).error.is_some());
}

#[test]
fn fixes_and_ignores_are_actions_and_silence_what_they_are_for() {
    let template = "{\"a\": \"$util.escapeJavascript($input.params('a'))\"}";
    let api = "swagger: '2.0'\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: aws\n        requestTemplates:\n";
    let block = format!("{api}          application/json: |\n            {template}\n");
    let plain = format!("{api}          text/plain: a $util.escapeJavascript($input.params('a'))\n");
    let single = format!("{api}          text/plain: 'a $util.escapeJavascript($input.params(''a''))'\n");
    let double = format!("{api}          application/json: {}\n", json!(template));
    let split = format!("{api}          application/json: \"{{}}\n\n            $util.escapeJavascript('')\"\n");
    let json = json!({"swagger": "2.0", "paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"type": "aws", "requestTemplates": {"application/json": template}}}}}}).to_string();
    let resource = "resource \"aws_api_gateway_integration\" \"a\" {\n  type = \"AWS\"\n  request_templates = {\n";
    let heredoc = format!("{resource}    \"application/json\" = <<-EOT\n      {template}\n    EOT\n  }}\n}}\n");
    let quoted = format!("{resource}    \"application/json\" = {}\n  }}\n}}\n", json!(template));
    for (uri, language, text, comment) in [
        (LOOSE, "vtl", "$util.escapeJavascript('x')".to_owned(), "## vtl-ignore unknown-util: reason\n"),
        ("file:///project/block.yaml", "yaml", block.clone(), "## vtl-ignore unknown-util: reason\n            "),
        (
            "file:///project/crlf.yaml",
            "yaml",
            block.replace('\n', "\r\n"),
            "## vtl-ignore unknown-util: reason\n            ",
        ),
        ("file:///project/plain.yaml", "yaml", plain, "          # vtl-ignore unknown-util: reason\n"),
        ("file:///project/single.yaml", "yaml", single, "          # vtl-ignore unknown-util: reason\n"),
        ("file:///project/double.yaml", "yaml", double, "          # vtl-ignore unknown-util: reason\n"),
        ("file:///project/split.yaml", "yaml", split, "## vtl-ignore unknown-util: reason\\n"),
        ("file:///project/api.json", "json", json, "## vtl-ignore unknown-util: reason\\n"),
        ("file:///project/heredoc.tf", "terraform", heredoc, "## vtl-ignore unknown-util: reason\n      "),
        ("file:///project/quoted.tf", "terraform", quoted, "    # vtl-ignore unknown-util: reason\n"),
    ] {
        let mut client = Client::new();
        client.open(uri, language, &text);
        let is_unknown = |found: &Vec<String>| found.iter().any(|item| item.ends_with("unknown-util"));
        assert!(is_unknown(&client.diagnostics(uri)), "{uri}");
        let line = text.lines().position(|line| line.contains("escapeJavascript")).unwrap();
        let column = text.lines().nth(line).unwrap().find("escapeJavascript").unwrap();
        let range = json!({"start": {"line": line, "character": column}, "end": {"line": line, "character": column}});
        let ask = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        let actions = client.request("textDocument/codeAction", ask);
        let of = |part: &str| {
            let all = actions.as_array().unwrap();
            let action = all.iter().find(|action| action["title"].as_str().unwrap().contains(part));
            action.unwrap_or_else(|| panic!("{uri}: {part}"))["edit"]["changes"][uri][0].clone()
        };
        let fix = of("escapeJavaScript");
        assert_eq!(place(&fix["range"]), format!("{line}:{column}-{line}:{}", column + 16), "{uri}");
        assert_eq!(fix["newText"], "escapeJavaScript");
        let ignore = of("ignore unknown-util");
        assert_eq!(ignore["newText"], comment, "{uri}");
        client.edit(uri, 2, ignore["range"].clone(), ignore["newText"].as_str().unwrap());
        let found = client.diagnostics(uri);
        assert!(!is_unknown(&found), "{uri}: {found:?}");
        assert!(!found.iter().any(|item| item.ends_with("unused-suppression")), "{uri}: {found:?}");
    }
}

#[test]
fn a_finding_about_a_whole_resource_is_marked_at_its_head() {
    let text = "resource \"aws_api_gateway_integration\" \"a\" {\r\n  rest_api_id = \"x\"\r\n  resource_id = \"r\"\r\n  http_method = \"GET\"\r\n  type = \"MOCK\"\r\n  request_templates = { \"text/plain\" = \"x\" }\r\n}\r\n";
    let uri = "file:///project/main.tf";
    let mut client = Client::new();
    client.open(uri, "terraform", text);
    let found = client.diagnostics(uri);
    assert!(found.contains(&"0:0-0:44 missing-passthrough-behavior".to_owned()), "{found:?}");
}
