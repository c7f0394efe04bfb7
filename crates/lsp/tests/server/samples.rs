//! Lenses, renders with samples, keys of samples, hints, selection ranges, closing of blocks.

use crate::client::{Client, LOOSE, place};
use serde_json::{Value as Json, json};

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, impl Fn(&str) -> String + use<>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let root = folder.path().display().to_string();
    (folder, move |name: &str| format!("file://{root}/{name}"))
}

pub const ORDER: &str = "{\"n\": \"$input.path('$.name')\", \"id\": \"$input.params('id')\"}";

#[test]
fn a_template_is_rendered_with_the_samples_beside_it() {
    let (_folder, uri) = folder(&[
        ("order.json", r#"{"name": "\u00e9\ud83d\ude00"}"#),
        ("order.sample.json", r#"{"body": {"name": "Ada"}, "params": {"path": {"id": 7}}}"#),
        ("order.large.sample.json", r#"{"body": "{\"name\": \"Bob\"}"}"#),
        ("orders.sample.json", "{}"),
    ]);
    let uri = uri("order.vtl");
    let mut client = Client::new();
    client.open(&uri, "vtl", ORDER);
    let lenses = client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri}}));
    let titles: Vec<_> = lenses.as_array().unwrap().iter().map(|it| it["command"]["title"].clone()).collect();
    let expected =
        ["Render with order.sample.json", "Render with order.large.sample.json", "Render with order.json", "Trace"];
    assert_eq!(titles, expected);
    let mut render = |lens: usize, trace: bool| {
        let given = &lenses[lens]["command"]["arguments"];
        let position = json!({"line": given[1], "character": 0});
        let wanted =
            json!({"textDocument": {"uri": given[0]}, "position": position, "sample": given[2], "trace": trace});
        client.request("vtl/render", wanted)
    };
    assert_eq!(render(1, false)["output"], r#"{"n": "Bob", "id": ""}"#);
    assert_eq!(render(0, false)["output"], r#"{"n": "Ada", "id": "7"}"#);
    let body = render(2, false);
    assert_eq!(body["output"], "{\"n\": \"\u{e9}\u{1f600}\", \"id\": \"\"}");
    // The value has three UTF-16 units, and leads to the reference that wrote it.
    let piece = body["pieces"].as_array().unwrap().iter().find(|it| it["start"] == 7).unwrap();
    assert_eq!((&piece["end"], place(&piece["range"])), (&json!(10), "0:7-0:28".to_owned()));
    let trace = render(0, true)["output"].as_str().unwrap().to_owned();
    assert!(trace.contains("1  $input.path('$.name') → \"Ada\"\n"), "{trace}");
    let elsewhere =
        json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}, "sample": "/etc/passwd"});
    assert!(client.answer("vtl/render", elsewhere).error.is_some());
}

#[test]
fn tests_of_a_test_file_have_lenses() {
    let text = "template: order.vtl\ntests:\n  - name: first\n    input: {body: {}}\n  - name: second\n    input: {body: {}}\n";
    let (_folder, uri) = folder(&[("order.vtl", "x"), ("order.vtl-test.yaml", text)]);
    let uri = uri("order.vtl-test.yaml");
    let mut client = Client::new();
    client.open(&uri, "yaml", text);
    let lenses = client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri}}));
    let found: Vec<_> = lenses.as_array().unwrap().iter().map(|it| place(&it["range"])).collect();
    assert_eq!(found, ["2:0-2:0", "4:0-4:0"]);
    assert_eq!(lenses[1]["command"]["arguments"], json!([uri, "second"]));
}

#[test]
fn keys_of_the_sample_are_completed() {
    let (_folder, uri) =
        folder(&[("a.json", r#"{"order": {"lines": [{"sku": "A1", "count": 2}], "id": 7, "with space": 1}}"#)]);
    let uri = uri("a.vtl");
    let mut client = Client::new();
    client.open(&uri, "vtl", "$input.path('$.')\n$input.json('$.order.')\n$input.path('$.order.lines[0].s')\n");
    assert_eq!(client.labels(&uri, (0, 15)), ["order"]);
    assert_eq!(client.labels(&uri, (1, 21)), ["lines", "id"]);
    assert_eq!(client.labels(&uri, (2, 31)), ["sku", "count"]);
    client.open(
        &uri,
        "vtl",
        "#set($o = $input.path('$.order'))$o.\n#foreach($l in $input.path('$.order.lines'))$l.#end\n",
    );
    assert_eq!(client.labels(&uri, (0, 36))[..2], ["lines", "id"]);
    assert_eq!(client.labels(&uri, (1, 47))[..2], ["sku", "count"]);
    // The methods are those of the class, also where the template does not parse as it is.
    let mut typed = |text: &str| {
        let text = format!("#set($o = $input.path('$.order'))\n#foreach($l in $o.lines)\n{text}");
        client.open(&uri, "vtl", &text);
        let at = text.find(".)").or_else(|| text.rfind('.')).unwrap() + 1;
        let line = text[..at].matches('\n').count();
        client.labels(
            &uri,
            (u32::try_from(line).unwrap(), u32::try_from(at - text[..at].rfind('\n').unwrap() - 1).unwrap()),
        )
    };
    let keys = typed("#if($l.)");
    assert_eq!(keys[..2], ["sku", "count"]);
    assert!(keys.contains(&"containsKey".to_owned()) && !keys.contains(&"substring".to_owned()), "{keys:?}");
    let keys = typed("$o.lines.");
    assert!(keys.contains(&"size".to_owned()) && !keys.contains(&"sku".to_owned()), "{keys:?}");
    let keys = typed("#set($n = $l.count.)");
    assert!(keys.contains(&"intValue".to_owned()) && !keys.contains(&"containsKey".to_owned()), "{keys:?}");
}

#[test]
fn the_model_of_a_route_is_its_sample() {
    let text = "swagger: '2.0'\npaths:\n  /a/{id}:\n    post:\n      parameters: [{in: body, name: b, schema: {type: object, properties: {sku: {type: string, example: A1}}}}]\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            $input.path('$.') $context.r\n            $input.path('$.sku') $input.params('id')\n        responses:\n          default:\n            statusCode: 200\n            responseTemplates:\n              application/json: |\n                $context.re\n";
    let uri = "file:///nowhere/api.yaml";
    let mut client = Client::new();
    client.open(uri, "yaml", text);
    assert_eq!(client.labels(uri, (9, 27)), ["sku"]);
    client.open(uri, "yaml", &text.replace("'$.')", "'$.sku')"));
    let position = json!({"line": 10, "character": 20});
    let rendered = client.request("vtl/render", json!({"textDocument": {"uri": uri}, "position": position}));
    assert!(rendered["output"].as_str().unwrap().ends_with("A1 1\n"), "{rendered}");
    // `$context` has what exists in the kind of API and the phase.
    let names = client.labels(uri, (9, 43));
    assert!(names.contains(&"requestOverride".to_owned()) && !names.contains(&"routeKey".to_owned()), "{names:?}");
    assert!(!client.labels(uri, (16, 27)).contains(&"requestOverride".to_owned()));
}

#[test]
fn a_line_end_behind_a_directive_closes_its_block() {
    let typed = |client: &mut Client, uri: &str, line: u32, character: u32| {
        let options = json!({"tabSize": 2, "insertSpaces": true});
        let position = json!({"line": line, "character": character});
        let given = json!({"textDocument": {"uri": uri}, "position": position, "ch": "\n", "options": options});
        client.request("textDocument/onTypeFormatting", given)
    };
    let mut client = Client::new();
    client.open(LOOSE, "vtl", "#if($a)\n  #foreach($x in $y)\n    \n#end\n");
    let edits = typed(&mut client, LOOSE, 2, 4);
    assert_eq!((place(&edits[0]["range"]), &edits[0]["newText"]), ("2:4-2:4".to_owned(), &json!("\n  #end")));
    client.open(LOOSE, "vtl", "#if($a)\n\n#end\n");
    assert_eq!(typed(&mut client, LOOSE, 1, 0), Json::Null);
    let text = "swagger: '2.0'\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            #if($a)\n            \n            x\n";
    let uri = "file:///nowhere/api.yaml";
    client.open(uri, "yaml", text);
    let edits = typed(&mut client, uri, 9, 12);
    assert_eq!(edits[0]["newText"], "\n            #end");
}

#[test]
fn a_selection_grows_from_the_name_to_the_template() {
    let mut client = Client::new();
    client.open(LOOSE, "vtl", "a #if($x)$input.path('$.a').size()#end b");
    let given = json!({"textDocument": {"uri": LOOSE}, "positions": [{"line": 0, "character": 17}]});
    let mut range = client.request("textDocument/selectionRange", given)[0].clone();
    let mut found = Vec::new();
    while range.is_object() {
        found.push(place(&range["range"]));
        range = range["parent"].clone();
    }
    assert_eq!(found, ["0:16-0:20", "0:16-0:27", "0:9-0:34", "0:2-0:38", "0:0-0:40"]);
}

#[test]
fn hints_show_values_where_the_client_asks_for_them() {
    let (_folder, uri) = folder(&[("order.json", r#"{"name": "Ada"}"#)]);
    let uri = uri("order.vtl");
    let mut client = Client::with(&json!({"sampleValues": true}));
    client.open(&uri, "vtl", ORDER);
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}});
    let hints = client.request("textDocument/inlayHint", json!({"textDocument": {"uri": uri}, "range": range}));
    assert_eq!((&hints[0]["label"], &hints[0]["position"]["character"]), (&json!("= Ada"), &json!(28)));
}

#[test]
fn a_side_file_below_the_root_is_read() {
    let (_folder, uri) = folder(&[
        (".git", ""),
        ("side.json", r##"{"type": "mock", "requestTemplates": {"application/json": "#if($x"}, "responses": {}}"##),
    ]);
    let uri = uri("api.yaml");
    let text = |name: &str| {
        format!(
            "swagger: '2.0'\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        $ref: {name}\n"
        )
    };
    let mut client = Client::new();
    client.open(&uri, "yaml", &text("side.json"));
    let with = client.diagnostics(&uri);
    client.open(&uri, "yaml", &text("missing.json"));
    assert_ne!(with, client.diagnostics(&uri));
}

#[test]
fn a_template_that_loops_and_a_large_body_end() {
    let loops = "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])$k#end#end#end";
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(10 << 20));
    let (_folder, uri) = folder(&[("loops.json", "{}"), ("large.json", &large)]);
    let mut client = Client::new();
    let render = |client: &mut Client, uri: &str| {
        client.answer("vtl/render", json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}))
    };
    client.open(&uri("loops.vtl"), "vtl", loops);
    assert!(render(&mut client, &uri("loops.vtl")).error.is_some());
    client.open(&uri("large.vtl"), "vtl", "$input.path('$.a').length()");
    assert_eq!(render(&mut client, &uri("large.vtl")).result.unwrap()["output"], (10 << 20).to_string());
}

#[test]
fn a_hover_shows_values_of_the_samples_and_of_the_model() {
    let (_folder, uri) = folder(&[
        ("vtl.toml", "[samples]\n\"order.vtl\" = [\"data/first.json\"]\n[rules]\nunknown-util = \"off\"\n"),
        ("data/first.json", r#"{"body": {"id": 12345678901, "lines": [{"sku": "A1"}], "unread": true}}"#),
        ("order.big.sample.json", r#"{"body": {"id": "x", "lines": []}}"#),
    ]);
    let uri = uri("order.vtl");
    let text = "#set($o = $input.path('$'))\n#foreach($l in $o.lines)$l.sku#end\n#if($o.id == 1)a#elseif($o.lines.size() > 5)b#end\n$input.path('$.lines[*].sku') $util.nothing()\n${o.id} $missing $o.lines.get(7)";
    let mut client = Client::new();
    client.open(&uri, "vtl", text);
    let mut hover = |part: &str, name: &str| {
        let at = text.find(part).unwrap();
        let at = at + text[at..].find(name).unwrap();
        let line = u32::try_from(text[..at].matches('\n').count()).unwrap();
        let column = u32::try_from(text[..at].rsplit('\n').next().unwrap().len()).unwrap();
        client.at("textDocument/hover", &uri, (line, column))["contents"]["value"].as_str().unwrap_or("").to_owned()
    };
    let id = hover("${o.id}", "id");
    assert!(id.contains("With first.json: Long\n```json\n12345678901\n```"), "{id}");
    assert!(id.contains("With order.big.sample.json: String\n```json\n\"x\"\n```"), "{id}");
    assert!(hover("#set($o", "o").contains("\"unread\": true"));
    assert!(hover("#foreach($l", "l in").contains("\"sku\": \"A1\""));
    // In a loop it is that of the first turn, in `#elseif` that in front of the `#if`.
    assert!(hover("$l.sku", "sku").contains("String\n```json\n\"A1\"\n```"));
    assert!(hover("$o.lines.size()", "size").contains("With first.json: Integer\n```json\n1\n```"));
    assert!(hover("'$.lines[*].sku'", "lines").contains("\"A1\""));
    // Nothing comes of what fails or is not there.
    assert!(!hover("$o.lines.get(7)", "get").contains("With first.json"));
    assert!(hover("$missing", "missing").contains("String\n```json\n\"\"\n```"));
    // The settings of the project hold.
    assert!(!client.diagnostics(&uri).iter().any(|it| it.ends_with("unknown-util")));

    let text = "swagger: '2.0'\npaths:\n  /a/{id}:\n    post:\n      parameters: [{in: body, name: b, schema: {type: object, properties: {sku: {type: string, example: A1}}}}]\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            $input.path('$.sku') $input.json('$')\n";
    let api = "file:///nowhere/api.yaml";
    client.open(api, "yaml", text);
    let value = |found: Json| found["contents"]["value"].as_str().unwrap_or("").to_owned();
    let found = value(client.at("textDocument/hover", api, (9, 28)));
    assert!(found.contains("With the model: String\n```json\n\"A1\"\n```"), "{found}");
    let found = value(client.at("textDocument/hover", api, (9, 46)));
    assert!(found.contains("sku"), "{found}");
}

#[test]
fn many_results_of_tests_have_the_places_of_their_file() {
    let tests: String = (0..600).map(|at| format!("- {{name: t{at}, expect: {{output: b}}}}\n")).collect();
    let text = format!("template: a.vtl\ntests:\n{tests}#{}", "x".repeat(1_000_000));
    let (folder, _) = folder(&[("a.vtl", "a"), ("a.vtl-test.yaml", &text)]);
    let mut client = Client::new();
    let found = client.request("vtl/runTests", json!({"path": folder.path().join("a.vtl-test.yaml")}));
    assert_eq!(found.as_array().unwrap().len(), 600);
    for at in [0, 599] {
        assert_eq!(found[at]["status"], "failed");
        let range = &found[at]["messages"][0]["range"];
        assert_eq!(range["start"]["line"], at + 2, "{range}");
    }
}

/// Each request is answered, whatever a folder has beside a template.
#[test]
#[cfg(unix)]
fn links_out_of_the_project_pipes_and_devices_are_not_read() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&secret, "\"nobody\"").unwrap();
    let test =
        format!("template: order.vtl\ntests:\n- {{name: t, input: {{body: {{file: {}}}}}}}\n", secret.path().display());
    let (root, uri) = folder(&[("order.vtl-test.yaml", test.as_str())]);
    let path = |name: &str| root.path().join(name);
    let link = |name: &str, target: &std::path::Path| std::os::unix::fs::symlink(target, path(name)).unwrap();
    link("order.sample.json", secret.path());
    link("order.json", std::path::Path::new("/dev/zero"));
    link("vtl.toml", secret.path());
    for name in ["order.a.sample.json", "p.vtl-test.yaml"] {
        assert!(std::process::Command::new("mkfifo").arg(path(name)).status().is_ok_and(|it| it.success()));
    }
    let uri = uri("order.vtl");
    let mut client = Client::with(&json!({"sampleValues": true}));
    client.open(&uri, "vtl", "$input.body");
    let told = client.diagnostics(&uri);
    assert!(told.iter().any(|it| it.contains("malformed-input")), "{told:?}");
    let document = json!({"textDocument": {"uri": uri}});
    let lenses = client.request("textDocument/codeLens", document.clone());
    let keys = lenses.as_array().unwrap().iter().map(|it| it["command"]["arguments"][2].clone());
    for key in keys.filter(|key| key.is_string()).collect::<Vec<_>>() {
        let wanted = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}, "sample": key});
        let error = client.answer("vtl/render", wanted).error.map(|it| it.message).unwrap_or_default();
        assert!(error.contains("it is outside of") || error.contains("no regular file"), "{key}: {error}");
    }
    let everything = json!({"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}});
    let hints = client.request("textDocument/inlayHint", json!({"textDocument": {"uri": uri}, "range": everything}));
    assert!(!hints.to_string().contains("nobody"), "{hints}");
    let found = client.request("vtl/discoverTests", json!({"paths": [root.path()]}));
    assert!(!found.to_string().contains("nobody"), "{found}");
}
