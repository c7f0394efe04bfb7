//! An editor: it starts `vtl lsp` and speaks with it.

use lsp_server::{Message, Notification, Request};
use serde_json::{Value as Json, json};
use std::io::BufReader;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: i32,
    /// Diagnostics of the file that was published last.
    published: Json,
    pub uri: String,
    /// Text of the open file, after all edits.
    pub text: String,
    version: i32,
}

impl Editor {
    /// Starts the server and opens a file.
    pub fn open(uri: &str, language: &str, text: &str) -> Editor {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vtl"));
        let mut server =
            command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let input = server.stdin.take().expect("a pipe");
        let output = BufReader::new(server.stdout.take().expect("a pipe"));
        let (uri, text) = (uri.to_owned(), text.to_owned());
        let mut editor = Editor { server, input, output, last: 0, published: Json::Null, uri, text, version: 1 };
        let options = json!({"sampleValues": true});
        editor.request("initialize", json!({"capabilities": {}, "initializationOptions": options}));
        editor.notify("initialized", json!({}));
        let document = json!({"uri": editor.uri, "languageId": language, "version": 1, "text": editor.text});
        editor.notify("textDocument/didOpen", json!({ "textDocument": document }));
        editor
    }

    fn send(&mut self, message: Message) {
        message.write(&mut self.input).expect("the server reads");
    }

    fn notify(&mut self, method: &str, params: Json) {
        self.send(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    pub fn request(&mut self, method: &str, params: Json) -> Json {
        self.last += 1;
        let request = Request { id: self.last.into(), method: method.to_owned(), params };
        self.send(Message::Request(request));
        loop {
            match Message::read(&mut self.output).expect("the protocol").expect("the server answers") {
                Message::Response(response) => {
                    assert!(response.error.is_none(), "{method}: {:?}", response.error);
                    return response.result.unwrap_or_default();
                }
                Message::Notification(it) => self.published = it.params,
                Message::Request(_) => {}
            }
        }
    }

    /// Asks about the open file.
    pub fn ask(&mut self, method: &str, mut params: Json) -> Json {
        params["textDocument"] = json!({"uri": self.uri});
        self.request(&format!("textDocument/{method}"), params)
    }

    /// Asks about a place of the open file.
    pub fn at(&mut self, method: &str, place: &Json) -> Json {
        self.ask(method, json!({ "position": place }))
    }

    /// Puts a text at an offset, as typing does.
    pub fn insert(&mut self, offset: usize, text: &str) {
        self.version += 1;
        let place = self.position(offset);
        let range = json!({"start": place, "end": place});
        let document = json!({"uri": self.uri, "version": self.version});
        let changes = json!([{"range": range, "text": text}]);
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
        self.text.insert_str(offset, text);
    }

    /// Returns the diagnostics of the text as it is.
    pub fn diagnostics(&mut self) -> Vec<Json> {
        self.ask("foldingRange", json!({}));
        assert_eq!(self.published["version"], self.version);
        self.published["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Returns the offset of a part of the text, which is there once.
    pub fn offset(&self, part: &str) -> usize {
        let mut found = self.text.match_indices(part);
        let (at, _) = found.next().unwrap_or_else(|| panic!("`{part}` in\n{}", self.text));
        assert!(found.next().is_none(), "`{part}` twice in\n{}", self.text);
        at
    }

    /// Returns the protocol's position of an offset: lines, and UTF-16 units.
    pub fn position(&self, offset: usize) -> Json {
        let before = &self.text[..offset];
        let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
        json!({"line": before.matches('\n').count(), "character": column})
    }

    /// Returns the range of bytes of a range of the protocol.
    pub fn part(&self, range: &Json) -> &str {
        let offset = |position: &Json| {
            let line = usize::try_from(position["line"].as_u64().expect("a line")).unwrap();
            let start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
            let mut left = position["character"].as_u64().expect("a column");
            let mut at = start;
            for c in self.text[start..].chars() {
                if left == 0 {
                    break;
                }
                left -= c.len_utf16() as u64;
                at += c.len_utf8();
            }
            at
        };
        &self.text[offset(&range["start"])..offset(&range["end"])]
    }

    /// Returns the range of the first `name` behind a part of the text that is there once.
    pub fn range_of(&self, part: &str, name: &str) -> Json {
        let from = self.offset(part);
        let start = from + self.text[from..].find(name).expect("the name");
        json!({"start": self.position(start), "end": self.position(start + name.len())})
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.server.kill();
            return;
        }
        self.request("shutdown", Json::Null);
        self.notify("exit", Json::Null);
        assert!(self.server.wait().expect("it ends").success());
    }
}
