//! An editor: a client in the same process as the server.

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};
use std::thread::JoinHandle;

/// An editor with the server behind it.
pub struct Client {
    connection: Connection,
    server: Option<JoinHandle<()>>,
    last: i32,
    /// Diagnostics that have come, newest last.
    published: VecDeque<Json>,
    /// Answers to requests that were started, with the codes of their errors.
    finished: HashMap<RequestId, Option<i32>>,
}

impl Client {
    pub fn new() -> Client {
        Client::with(&Json::Null)
    }

    /// Starts a server with initialization options.
    pub fn with(options: &Json) -> Client {
        let (server, client) = Connection::memory();
        let thread = std::thread::spawn(move || vtl_lsp::serve(&server).expect("the server ends in order"));
        let mut client = Client {
            connection: client,
            server: Some(thread),
            last: 0,
            published: VecDeque::new(),
            finished: HashMap::new(),
        };
        let answer = client.request("initialize", json!({"capabilities": {}, "initializationOptions": options}));
        assert!(answer["capabilities"]["hoverProvider"].as_bool().unwrap_or_default());
        client.notify("initialized", json!({}));
        client
    }

    pub fn notify(&self, method: &str, params: Json) {
        let message = Message::Notification(Notification { method: method.to_owned(), params });
        self.connection.sender.send(message).expect("the server listens");
    }

    pub fn answer(&mut self, method: &str, params: Json) -> Response {
        self.last += 1;
        let id: RequestId = self.last.into();
        self.start(self.last, method, &params);
        loop {
            match self.connection.receiver.recv().expect("the server answers") {
                Message::Response(response) if response.id == id => return response,
                other => self.receive(other),
            }
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Response(it) => drop(self.finished.insert(it.id, it.error.map(|error| error.code))),
            Message::Notification(notification) => self.published.push_back(notification.params),
            Message::Request(_) => {}
        }
    }

    /// Sends a request without waiting for the answer.
    pub fn start(&self, id: i32, method: &str, params: &Json) {
        let request = Request { id: id.into(), method: method.to_owned(), params: params.clone() };
        self.connection.sender.send(Message::Request(request)).expect("the server listens");
    }

    /// Returns the numbers of the started requests that have an answer.
    pub fn finished(&self) -> Vec<RequestId> {
        self.finished.keys().cloned().collect()
    }

    /// Waits for the answer to a started request; returns the code of its error.
    pub fn code_of(&mut self, id: i32) -> Option<i32> {
        loop {
            if let Some(code) = self.finished.get(&id.into()) {
                return *code;
            }
            let message = self.connection.receiver.recv().expect("the server answers");
            self.receive(message);
        }
    }

    pub fn request(&mut self, method: &str, params: Json) -> Json {
        let response = self.answer(method, params);
        assert!(response.error.is_none(), "{method}: {:?}", response.error);
        response.result.unwrap_or_default()
    }

    pub fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub fn edit(&mut self, uri: &str, version: i32, range: Json, text: &str) {
        let changes = json!([{ "range": range, "text": text }]);
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Returns the diagnostics that were published last for a file, as `line:column-line:column code`.
    pub fn diagnostics(&mut self, uri: &str) -> Vec<String> {
        // An answer comes behind everything before it.
        self.request("textDocument/foldingRange", json!({"textDocument": {"uri": uri}}));
        let last = self.published.iter().rev().find(|params| params["uri"] == uri).expect("diagnostics were sent");
        let items = last["diagnostics"].as_array().cloned().unwrap_or_default();
        items.iter().map(shown).collect()
    }

    /// Returns the diagnostics of the n-th publication for a version of a file.
    fn nth(&mut self, uri: &str, version: i32, n: usize) -> Vec<String> {
        loop {
            let is_own = |params: &&Json| params["uri"] == uri && params["version"] == version;
            if let Some(params) = self.published.iter().filter(is_own).nth(n) {
                let items = params["diagnostics"].as_array().cloned().unwrap_or_default();
                return items.iter().map(shown).collect();
            }
            let message = self.connection.receiver.recv().expect("the server publishes");
            self.receive(message);
        }
    }

    /// Returns the diagnostics that a large file has at once after an edit.
    pub fn quick(&mut self, uri: &str, version: i32) -> Vec<String> {
        self.nth(uri, version, 0)
    }

    /// Returns the diagnostics of a large file once it is checked as a whole.
    pub fn settled(&mut self, uri: &str, version: i32) -> Vec<String> {
        self.nth(uri, version, 1)
    }

    /// Sends two requests and cancels the second; returns the codes of their errors.
    pub fn cancelled(&mut self, uri: &str) -> [Option<i32>; 2] {
        let params = json!({"textDocument": {"uri": uri}});
        for id in [9001, 9002] {
            self.start(id, "textDocument/foldingRange", &params);
        }
        self.notify("$/cancelRequest", json!({"id": 9002}));
        [self.code_of(9001), self.code_of(9002)]
    }

    pub fn at(&mut self, method: &str, uri: &str, (line, character): (u32, u32)) -> Json {
        let position = json!({"line": line, "character": character});
        self.request(method, json!({"textDocument": {"uri": uri}, "position": position}))
    }

    pub fn labels(&mut self, uri: &str, position: (u32, u32)) -> Vec<String> {
        let items = self.at("textDocument/completion", uri, position);
        let label = |item: &Json| item["label"].as_str().unwrap_or_default().to_owned();
        items.as_array().map(|items| items.iter().map(label).collect()).unwrap_or_default()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.request("shutdown", Json::Null);
        self.notify("exit", Json::Null);
        self.server.take().expect("it runs").join().expect("the server does not panic");
    }
}

/// Returns a diagnostic as `line:column-line:column code`.
fn shown(item: &Json) -> String {
    format!("{} {}", place(&item["range"]), item["code"].as_str().unwrap_or(""))
}

pub fn place(range: &Json) -> String {
    let point = |end: &str| format!("{}:{}", range[end]["line"], range[end]["character"]);
    format!("{}-{}", point("start"), point("end"))
}

pub fn places(found: &Json) -> Vec<String> {
    let range = |item: &Json| place(if item["range"].is_null() { item } else { &item["range"] });
    found.as_array().map(|items| items.iter().map(range).collect()).unwrap_or_default()
}

pub const LOOSE: &str = "file:///project/order.vtl";
