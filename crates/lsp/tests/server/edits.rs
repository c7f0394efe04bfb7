//! Edits: large documents, cancelled requests, and thousands of edits beside a fresh start.

use crate::client::Client;
use crate::samples::ORDER;
use serde_json::json;
use std::fmt::Write;

/// A document of as many templates.
fn large(templates: usize) -> String {
    let mut text = "swagger: '2.0'\npaths:\n".to_owned();
    for at in 0..templates {
        let _ = write!(
            text,
            "  /a{at}:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            #set($x = $input.path('$.a'))\n            #if($x == 1)$util.urlEncode($x)#end\n            {{\"statusCode\": 200}}\n        responses: {{default: {{statusCode: 200}}}}\n"
        );
    }
    text
}

#[test]
fn a_large_document_shows_the_edited_template_at_once_and_the_rest_later() {
    let uri = "file:///nowhere/large.yaml";
    let mut text = large(300);
    let mut client = Client::new();
    client.open(uri, "yaml", &text);
    let fresh = |text: &str| {
        let mut client = Client::new();
        client.open(uri, "yaml", text);
        client.settled(uri, 1)
    };
    let before = fresh(&text);
    assert_eq!(client.settled(uri, 1), before);
    // `#end` of the template of `/a150` is deleted.
    let at = text.find("/a150:").unwrap();
    let end = at + text[at..].find("#end").unwrap();
    let line = text[..end].matches('\n').count();
    let range = json!({"start": {"line": line, "character": 43}, "end": {"line": line, "character": 47}});
    client.edit(uri, 2, range, "");
    text.replace_range(end..end + 4, "");
    let quick = client.quick(uri, 2);
    assert!(quick.iter().any(|it| it.starts_with(&format!("{line}:12-")) && it.ends_with("unclosed-block")));
    assert_eq!(client.settled(uri, 2), fresh(&text));
    // Lines above move everything.
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}});
    client.edit(uri, 3, range, "# a comment\n");
    text.insert_str(text.find("paths").unwrap(), "# a comment\n");
    let moved = client.quick(uri, 3);
    assert!(moved.iter().any(|it| it.starts_with(&format!("{}:12-", line + 1)) && it.ends_with("unclosed-block")));
    assert_eq!(client.settled(uri, 3), fresh(&text));
}

#[test]
fn a_cancelled_request_is_answered_so() {
    let mut client = Client::new();
    let uri = "file:///nowhere/large.yaml";
    client.open(uri, "yaml", &large(300));
    // The first waits for the document; the second is cancelled meanwhile.
    let codes = client.cancelled(uri);
    assert_eq!(codes, [None, Some(-32800)]);
}

/// Series of edits for each host language, and edits of a series: 10,000 in all.
const SERIES: usize = 25;
const EDITS: usize = 100;

#[test]
fn ten_thousand_random_edits_leave_what_a_fresh_start_finds() {
    let hosts: [(&str, &str, String); 4] = [
        ("file:///nowhere/a.vtl", "vtl", ORDER.replace(',', ",\r\n#if($a)\u{1f600}#end")),
        ("file:///nowhere/a.yaml", "yaml", large(2)),
        ("file:///nowhere/b.yaml", "yaml", large(2).replace('\n', "\r\n")),
        (
            "file:///nowhere/a.json",
            "json",
            "{\"swagger\": \"2.0\", \"paths\": {\"/a\": {\"get\": {\"x-amazon-apigateway-integration\": {\"type\": \"mock\",\n\"requestTemplates\": {\"application/json\": \"#if($x)\\u00e9#end\"}}}}}}".to_owned(),
        ),
    ];
    let pieces = ["", "\n", " ", "$x", "#end", "\u{1f600}", "\"", "#if($a)", "\r\n", "$input.path('$.a')"];
    let mut seed = 11_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for (uri, language, text) in hosts {
        let mut client = Client::new();
        client.open(uri, language, &text);
        let mut now = text.clone();
        let mut version = 1;
        for series in 0..SERIES {
            // A series starts from the whole text, so that the document is not broken beyond reading for ever.
            if series > 0 {
                version += 1;
                now.clone_from(&text);
                let whole =
                    json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": now}]});
                client.notify("textDocument/didChange", whole);
            }
            for _ in 0..EDITS {
                let mut at = draw(now.len() + 1);
                // Not within a character or a line end.
                while !now.is_char_boundary(at) || now[..at].ends_with('\r') {
                    at -= 1;
                }
                let piece = pieces[draw(pieces.len())];
                let removed = now[at..].chars().next().filter(|c| piece.is_empty() && *c != '\r' && *c != '\n');
                let end = at + removed.map_or(0, char::len_utf8);
                let position = |offset: usize| {
                    let line = now[..offset].matches('\n').count();
                    let column = now[..offset].rsplit('\n').next().unwrap().encode_utf16().count();
                    json!({"line": line, "character": column})
                };
                let range = json!({"start": position(at), "end": position(end)});
                version += 1;
                client.edit(uri, version, range, piece);
                now.replace_range(at..end, piece);
            }
            let edited = client.diagnostics(uri);
            let mut fresh = Client::new();
            fresh.open(uri, language, &now);
            assert_eq!(edited, fresh.diagnostics(uri), "{uri}:\n{now}");
        }
    }
}
