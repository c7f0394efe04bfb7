//! Measures the time from a key to diagnostics in a document of 4,000 templates, and the memory of the server.
//!
//! `cargo run --release -p vtl-lsp --example latency`

use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::time::{Duration, Instant};

const URI: &str = "file:///nowhere/large.yaml";

fn document() -> String {
    let mut text = "swagger: '2.0'\npaths:\n".to_owned();
    for at in 0..4_000 {
        let _ = write!(
            text,
            "  /a{at}:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            #set($x = $input.path('$.orders'))\n            #foreach($i in $x)$util.urlEncode($i)#if($foreach.hasNext),#end#end\n            {{\"statusCode\": 200}}\n        responses: {{default: {{statusCode: 200}}}}\n"
        );
    }
    text
}

/// Name of the thread that reads messages.
const SERVER: &str = "server";

/// Returns the time that the server's thread was on a processor, which other programs do not lengthen.
fn on_processor() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|task| task.path());
    let is_server = |task: &std::path::PathBuf| {
        std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim_end() == SERVER)
    };
    let nanoseconds = |task: std::path::PathBuf| {
        std::fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(tasks.filter(is_server).find_map(nanoseconds).unwrap_or_default())
}

fn memory(key: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?").trim_start_matches(':').trim().to_owned()
}

/// Waits for the n-th publication of a version; returns the time since the start.
fn published(client: &Connection, version: i64, n: usize, start: Instant) -> Duration {
    let mut seen = 0;
    loop {
        match client.receiver.recv() {
            Ok(Message::Notification(it)) if it.params["version"] == version => {
                seen += 1;
                if seen == n {
                    if version == 1 {
                        println!("diagnostics: {}", it.params["diagnostics"].as_array().map_or(0, Vec::len));
                    }
                    return start.elapsed();
                }
            }
            Ok(_) => {}
            Err(_) => return start.elapsed(),
        }
    }
}

fn main() -> std::io::Result<()> {
    let (server, client) = Connection::memory();
    let thread = std::thread::Builder::new().name(SERVER.to_owned()).spawn(move || vtl_lsp::serve(&server))?;
    let send = |method: &str, params: Json| {
        let _ = client.sender.send(Message::Notification(Notification { method: method.to_owned(), params }));
    };
    let ask = |id: i32, method: &str, params: Json| {
        let request = Request { id: id.into(), method: method.to_owned(), params };
        let _ = client.sender.send(Message::Request(request));
        while !matches!(client.receiver.recv(), Ok(Message::Response(_)) | Err(_)) {}
    };
    ask(1, "initialize", json!({"capabilities": {}}));
    send("initialized", json!({}));
    let text = document();
    println!("document: {} bytes, 4,000 templates", text.len());
    let start = Instant::now();
    send(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": URI, "languageId": "yaml", "version": 1, "text": text}}),
    );
    println!("open to the diagnostics of the whole file: {:?}", published(&client, 1, 2, start));
    let line = text.lines().position(|line| line == "  /a2000:").unwrap_or_default() + 6;
    let (mut times, mut busy) = (Vec::new(), Vec::new());
    for version in 2..52 {
        let end = json!({"line": line, "character": 30});
        let start = Instant::now();
        send(
            "textDocument/didChange",
            json!({"textDocument": {"uri": URI, "version": version}, "contentChanges": [{"range": {"start": end, "end": end}, "text": "x"}]}),
        );
        let before = on_processor();
        times.push(published(&client, version, 1, start));
        busy.push(on_processor() - before);
        std::thread::sleep(Duration::from_millis(100));
    }
    times.sort();
    busy.sort();
    println!("key to diagnostics: median {:?}, worst {:?}", times[25], times[49]);
    println!("  of it the server's thread on a processor: median {:?}, worst {:?}", busy[25], busy[49]);
    let start = Instant::now();
    send(
        "textDocument/didChange",
        json!({"textDocument": {"uri": URI, "version": 60}, "contentChanges": [{"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}, "text": "# a line above\n"}]}),
    );
    println!("a line above, key to diagnostics: {:?}", published(&client, 60, 1, start));
    println!("key to the diagnostics of the whole file: {:?}", published(&client, 60, 1, start));
    let start = Instant::now();
    ask(
        2,
        "textDocument/completion",
        json!({"textDocument": {"uri": URI}, "position": {"line": line, "character": 30}}),
    );
    println!("completion: {:?}", start.elapsed());
    for (id, method) in [(3, "codeLens"), (4, "documentSymbol"), (5, "semanticTokens/full"), (6, "foldingRange")] {
        let start = Instant::now();
        ask(id, &format!("textDocument/{method}"), json!({"textDocument": {"uri": URI}}));
        println!("{method}: {:?}", start.elapsed());
    }
    println!("memory: {} now, {} at most; the client has a part of it", memory("VmRSS"), memory("VmHWM"));
    ask(7, "shutdown", Json::Null);
    send("exit", Json::Null);
    let _ = thread.join();
    Ok(())
}
