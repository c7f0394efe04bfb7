//! Edits: large documents, cancelled requests, and thousands of edits beside a fresh start.

use crate::client::{Client, LOOSE};
use crate::samples::ORDER;
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// A document of as many templates.
fn large(templates: usize) -> String {
    let mut text = "swagger: '2.0'\npaths:\n".to_owned();
    for at in 0..templates {
        let _ = write!(
            text,
            "  /a{at}:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            #set($x = $input.path('$.a'))\n            \u{1f600}#if($x == 1)$util.urlEncode($x)#end\n            {{\"statusCode\": 200}}\n        responses: {{default: {{statusCode: 200}}}}\n"
        );
    }
    text
}

/// A configuration of Terraform of as many templates.
fn large_hcl(templates: usize) -> String {
    let mut text = String::new();
    for at in 0..templates {
        let _ = write!(
            text,
            "resource \"aws_api_gateway_integration\" \"a{at}\" {{\n  rest_api_id = \"x\"\n  resource_id = \"r{at}\"\n  http_method = \"GET\"\n  type = \"MOCK\"\n  request_templates = {{\n    \"application/json\" = <<-EOT\n      #set($x = $input.path('$.a'))\n      \u{1f600}#if($x == 1)$util.urlEncode($x)#end\n      {{\"statusCode\": 200}}\n    EOT\n  }}\n}}\n"
        );
    }
    text
}

/// Large documents, in both forms of line ends.
fn large_hosts() -> [(&'static str, &'static str, String, &'static str); 4] {
    let (yaml, hcl) = (large(220), large_hcl(220));
    [
        ("file:///nowhere/large.yaml", "yaml", yaml.clone(), "/a150:"),
        ("file:///nowhere/crlf.yaml", "yaml", yaml.replace('\n', "\r\n"), "/a150:"),
        ("file:///nowhere/large.tf", "terraform", hcl.clone(), "\"a150\""),
        ("file:///nowhere/crlf.tf", "terraform", hcl.replace('\n', "\r\n"), "\"a150\""),
    ]
}

/// Returns the position of an offset, in UTF-16 units.
fn position(text: &str, offset: usize) -> Json {
    let line = text[..offset].matches('\n').count();
    let column = text[..offset].rsplit('\n').next().unwrap().encode_utf16().count();
    json!({"line": line, "character": column})
}

fn settled(uri: &str, language: &str, text: &str) -> Vec<String> {
    let mut client = Client::new();
    client.open(uri, language, text);
    client.settled(uri, 1)
}

#[test]
fn a_large_document_shows_the_edited_template_at_once_and_the_rest_later() {
    for (uri, language, mut text, template) in large_hosts() {
        let mut client = Client::new();
        client.open(uri, language, &text);
        assert_eq!(client.settled(uri, 1), settled(uri, language, &text), "{uri}");
        // `#end` of a template is deleted.
        let at = text.find(template).unwrap();
        let end = at + text[at..].find("#end").unwrap();
        let start = at + text[at..].find("#if").unwrap();
        let unclosed = |text: &str, start: usize| {
            let start = position(text, start);
            format!("{}:{}-", start["line"], start["character"])
        };
        let range = json!({"start": position(&text, end), "end": position(&text, end + 4)});
        client.edit(uri, 2, range, "");
        text.replace_range(end..end + 4, "");
        let has = |found: &[String], place: &str| {
            found.iter().any(|it| it.starts_with(place) && it.ends_with("unclosed-block"))
        };
        let quick = client.quick(uri, 2);
        assert!(has(&quick, &unclosed(&text, start)), "{uri}: {} {quick:?}", unclosed(&text, start));
        assert_eq!(client.settled(uri, 2), settled(uri, language, &text), "{uri}");
        // A line above moves everything.
        let range = json!({"start": position(&text, 0), "end": position(&text, 0)});
        client.edit(uri, 3, range, "# a comment\n");
        text.insert_str(0, "# a comment\n");
        assert!(has(&client.quick(uri, 3), &unclosed(&text, start + 12)), "{uri}");
        assert_eq!(client.settled(uri, 3), settled(uri, language, &text), "{uri}");
        // A line below does not.
        let range = json!({"start": position(&text, text.len()), "end": position(&text, text.len())});
        client.edit(uri, 4, range, "# a comment\n");
        text.push_str("# a comment\n");
        assert!(has(&client.quick(uri, 4), &unclosed(&text, start + 12)), "{uri}");
        assert_eq!(client.settled(uri, 4), settled(uri, language, &text), "{uri}");
    }
}

#[test]
fn random_edits_of_a_large_document_leave_what_a_fresh_start_finds() {
    let mut draw = draws(23);
    for (uri, language, mut text, _) in large_hosts() {
        let mut client = Client::new();
        client.open(uri, language, &text);
        let mut version = 1;
        for _ in 0..3 {
            for _ in 0..25 {
                version += 1;
                random_edit(&mut client, uri, version, &mut text, &mut draw);
            }
            assert_eq!(client.settled(uri, version), settled(uri, language, &text), "{uri}");
        }
    }
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

/// A template that loops to its limits, which takes longer than a test waits.
const LOOPS: &str = "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])$k#end#end#end";

#[test]
fn a_render_that_runs_is_cancelled_and_holds_nothing_up() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", LOOPS);
    let place = json!({"textDocument": {"uri": LOOSE}, "position": {"line": 0, "character": 0}});
    // More renders than threads would be a stop for the rest.
    let renders = [9001, 9002, 9003];
    for id in renders {
        client.start(id, "vtl/render", &place);
    }
    // Another request and an edit of another file are answered while they run.
    let other = "file:///project/other.vtl";
    client.open(other, "vtl", "#if($a)");
    assert_eq!(client.diagnostics(other).len(), 1);
    assert!(client.at("textDocument/hover", LOOSE, (0, 2)).is_object());
    assert!(client.finished().is_empty());
    client.notify("$/cancelRequest", json!({"id": 9001}));
    assert_eq!(client.code_of(9001), Some(-32800));
    // The text of the others is no longer that which they render.
    let end = json!({"line": 0, "character": 0});
    client.edit(LOOSE, 2, json!({"start": end, "end": end}), "x");
    assert_eq!([client.code_of(9002), client.code_of(9003)], [Some(-32801); 2]);
}

#[test]
fn a_request_that_waits_for_a_document_ends_with_an_edit_of_it() {
    let mut client = Client::new();
    let uri = "file:///nowhere/large.yaml";
    client.open(uri, "yaml", &large(300));
    client.start(9001, "textDocument/foldingRange", &json!({"textDocument": {"uri": uri}}));
    let start = json!({"line": 0, "character": 0});
    client.edit(uri, 2, json!({"start": start, "end": start}), "# x\n");
    assert_eq!(client.code_of(9001), Some(-32801));
}

/// Returns a source of numbers below a limit.
fn draws(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

/// Inserts a piece, or deletes a character, at a place that is drawn.
fn random_edit(client: &mut Client, uri: &str, version: i32, text: &mut String, draw: &mut impl FnMut(usize) -> usize) {
    let pieces = ["", "\n", " ", "$x", "#end", "\u{1f600}", "\"", "#if($a)", "\r\n", "$input.path('$.a')"];
    let mut at = draw(text.len() + 1);
    // Not within a character or a line end.
    while !text.is_char_boundary(at) || text[..at].ends_with('\r') {
        at -= 1;
    }
    let piece = pieces[draw(pieces.len())];
    let removed = text[at..].chars().next().filter(|c| piece.is_empty() && *c != '\r' && *c != '\n');
    let end = at + removed.map_or(0, char::len_utf8);
    client.edit(uri, version, json!({"start": position(text, at), "end": position(text, end)}), piece);
    text.replace_range(at..end, piece);
}

/// Series of edits for each document, and edits of a series: 10,000 in all.
const SERIES: usize = 16;
const EDITS: usize = 80;

#[test]
fn ten_thousand_random_edits_leave_what_a_fresh_start_finds() {
    let json = "{\"swagger\": \"2.0\", \"paths\": {\"/a\": {\"get\": {\"x-amazon-apigateway-integration\": {\"type\": \"mock\",\n\"requestTemplates\": {\"application/json\": \"#if($x)\\u00e9#end\"}}}}}}";
    let hosts: [(&str, &str, String); 8] = [
        ("file:///nowhere/a.vtl", "vtl", ORDER.replace(',', ",\n#if($a)\u{1f600}#end")),
        ("file:///nowhere/b.vtl", "vtl", ORDER.replace(',', ",\r\n#if($a)\u{1f600}#end")),
        ("file:///nowhere/a.yaml", "yaml", large(2)),
        ("file:///nowhere/b.yaml", "yaml", large(2).replace('\n', "\r\n")),
        ("file:///nowhere/a.json", "json", json.to_owned()),
        ("file:///nowhere/b.json", "json", json.replace('\n', "\r\n")),
        ("file:///nowhere/a.tf", "terraform", large_hcl(2)),
        ("file:///nowhere/b.tf", "terraform", large_hcl(2).replace('\n', "\r\n")),
    ];
    const { assert!(8 * SERIES * EDITS >= 10_000) };
    let mut draw = draws(11);
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
                version += 1;
                random_edit(&mut client, uri, version, &mut now, &mut draw);
            }
            let edited = client.diagnostics(uri);
            let mut fresh = Client::new();
            fresh.open(uri, language, &now);
            assert_eq!(edited, fresh.diagnostics(uri), "{uri}:\n{now}");
        }
    }
}
