//! The server: reads the client's messages, keeps the open files, hands requests to threads.

use crate::background::{Background, Done, What};
use crate::features::diagnostics;
use crate::file::OpenFile;
use crate::pool::{Pool, Stop, Task};
use crate::requests;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Exit, Notification as _,
    PublishDiagnostics,
};
use lsp_types::request::{Request as _, Shutdown};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, PublishDiagnosticsParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

/// Error of the server: the connection broke, or the client broke the protocol.
pub type ServeError = Box<dyn std::error::Error + Send + Sync>;

/// Serves a client until it asks to shut down.
///
/// # Errors
///
/// If the connection breaks, or the client breaks the protocol.
pub fn serve(connection: &Connection) -> Result<(), ServeError> {
    let (id, client) = connection.initialize_start().map_err(|error| match error.channel_is_disconnected() {
        true => ServeError::from("the input ended before a request `initialize`"),
        false => error.into(),
    })?;
    let has_hints = client["initializationOptions"]["sampleValues"].as_bool().unwrap_or_default();
    let server = serde_json::json!({"name": "vtl", "version": env!("CARGO_PKG_VERSION")});
    let capabilities = requests::capabilities(has_hints);
    connection.initialize_finish(id, serde_json::json!({"capabilities": capabilities, "serverInfo": server}))?;
    let mut server = Server {
        connection,
        files: BTreeMap::new(),
        queue: VecDeque::new(),
        waiting: Vec::new(),
        running: HashMap::new(),
        background: Background::start(),
        pool: Pool::start(),
    };
    loop {
        if server.queue.is_empty() {
            crossbeam_channel::select! {
                recv(connection.receiver) -> message => match message {
                    Ok(message) => server.receive(message)?,
                    Err(_) => return Ok(()),
                },
                recv(server.background.done) -> done => match done {
                    Ok(done) => server.done(done)?,
                    Err(_) => return Err("the thread that reads documents has ended".into()),
                },
                recv(server.pool.answers) -> answer => match answer {
                    Ok((id, response)) => server.answered(&id, response)?,
                    Err(_) => return Err("the threads that answer requests have ended".into()),
                },
            }
        }
        // Changes that wait are applied before anything is analysed: the last one counts.
        let mut changed = Vec::new();
        while let Some(message) = server.next()? {
            match message {
                Message::Notification(notification) => {
                    if let Some(uri) = server.notified(notification)?.filter(|uri| !changed.contains(uri)) {
                        changed.push(uri);
                    }
                }
                Message::Request(request) => {
                    server.analyse(&std::mem::take(&mut changed))?;
                    if request.method == Shutdown::METHOD {
                        return server.shut_down(request);
                    }
                    server.dispatch(request);
                }
                Message::Response(_) => {}
            }
        }
        server.analyse(&changed)?;
    }
}

/// Time that a client has for `exit` after `shutdown`.
const EXIT_TIMEOUT: Duration = Duration::from_secs(30);

/// A request that a thread works on.
struct Running {
    /// Address of the file that it is about, if an edit of it makes the answer worthless.
    uri: Option<String>,
    stop: Stop,
}

/// The connection and the open files by their addresses.
struct Server<'c> {
    connection: &'c Connection,
    files: BTreeMap<String, OpenFile>,
    /// Messages that have come.
    queue: VecDeque<Message>,
    /// Requests about files that are being read.
    waiting: Vec<Request>,
    running: HashMap<RequestId, Running>,
    background: Background,
    pool: Pool,
}

impl Server<'_> {
    fn send(&self, message: Message) -> Result<(), ServeError> {
        self.connection.sender.send(message).map_err(|_| "the client has closed the connection".into())
    }

    fn publish(&self, parameters: PublishDiagnosticsParams) -> Result<(), ServeError> {
        let method = PublishDiagnostics::METHOD.to_owned();
        self.send(Message::Notification(Notification::new(method, parameters)))
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, why: &str) -> Result<(), ServeError> {
        self.send(Message::Response(Response::new_err(id, code as i32, why.to_owned())))
    }

    /// Takes a message; a cancellation is honoured before all that has come.
    fn receive(&mut self, message: Message) -> Result<(), ServeError> {
        match message {
            Message::Notification(it) if it.method == Cancel::METHOD => self.cancel(&it.params["id"]),
            message => {
                self.queue.push_back(message);
                Ok(())
            }
        }
    }

    /// Ends a request that has come, waits for its file, or runs, and answers it so.
    fn cancel(&mut self, id: &Json) -> Result<(), ServeError> {
        let is_id = |own: &RequestId| serde_json::to_value(own).is_ok_and(|own| own == *id);
        let is_meant = |message: &Message| matches!(message, Message::Request(request) if is_id(&request.id));
        let found = if let Some(at) = self.queue.iter().position(is_meant) {
            self.queue.remove(at).and_then(|message| match message {
                Message::Request(request) => Some(request.id),
                _ => None,
            })
        } else if let Some(at) = self.waiting.iter().position(|request| is_id(&request.id)) {
            Some(self.waiting.remove(at).id)
        } else {
            let found = self.running.keys().find(|own| is_id(own)).cloned();
            if let Some(running) = found.as_ref().and_then(|id| self.running.remove(id)) {
                running.stop.set();
            }
            found
        };
        match found {
            Some(id) => self.refuse(id, ErrorCode::RequestCanceled, "the client has cancelled the request"),
            None => Ok(()),
        }
    }

    /// Ends the requests about a text that has changed.
    fn modified(&mut self, uri: &str) -> Result<(), ServeError> {
        let mut ended: Vec<RequestId> = Vec::new();
        self.waiting.retain(|request| {
            let is_kept = address(&request.params) != Some(uri);
            if !is_kept {
                ended.push(request.id.clone());
            }
            is_kept
        });
        self.running.retain(|id, running| {
            let is_kept = running.uri.as_deref() != Some(uri);
            if !is_kept {
                running.stop.set();
                ended.push(id.clone());
            }
            is_kept
        });
        let refuse = |id| self.refuse(id, ErrorCode::ContentModified, "the text has changed");
        ended.into_iter().try_for_each(refuse)
    }

    /// Returns the next message, after all that have come are taken.
    fn next(&mut self) -> Result<Option<Message>, ServeError> {
        while let Ok(message) = self.connection.receiver.try_recv() {
            self.receive(message)?;
        }
        Ok(self.queue.pop_front())
    }

    /// Answers `shutdown` and waits for `exit`, which may be among the messages that have come.
    fn shut_down(&mut self, request: Request) -> Result<(), ServeError> {
        self.running.values().for_each(|running| running.stop.set());
        self.send(Message::Response(Response::new_ok(request.id, ())))?;
        let is_exit = |message: &Message| matches!(message, Message::Notification(it) if it.method == Exit::METHOD);
        while !self.queue.iter().any(is_exit) {
            // A client that closes the connection has gone as well.
            let Ok(message) = self.connection.receiver.recv_timeout(EXIT_TIMEOUT) else { break };
            self.queue.push_back(message);
        }
        Ok(())
    }

    /// Takes what the background has done, unless the file has changed since.
    fn done(&mut self, Done { uri, version, what }: Done) -> Result<(), ServeError> {
        let Some(file) = self.files.get_mut(&uri).filter(|file| file.version == version) else { return Ok(()) };
        match what {
            What::Read(reading) => {
                file.take(reading);
                self.wake(&uri);
            }
            What::Checked(found, message) => {
                file.found = found;
                self.publish(message)?;
            }
        }
        Ok(())
    }

    /// Hands over the requests that wait for a file.
    fn wake(&mut self, uri: &str) {
        let (ready, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|it| address(&it.params) == Some(uri));
        self.waiting = waiting;
        ready.into_iter().for_each(|request| self.dispatch(request));
    }

    /// Hands a request to a thread, once the file that it is about is read.
    fn dispatch(&mut self, request: Request) {
        let uri = address(&request.params).map(str::to_owned);
        let file = uri.as_ref().and_then(|uri| self.files.get(uri)).cloned();
        if file.as_ref().is_some_and(|file| !file.is_fresh) {
            self.waiting.push(request);
            return;
        }
        let stop = Stop::default();
        let uri = uri.filter(|_| requests::is_about_text(&request.method));
        self.running.insert(request.id.clone(), Running { uri, stop: stop.clone() });
        let id = request.id.clone();
        let work = Box::new(move |stop: &Stop| {
            let Request { id, method, params } = request;
            match requests::answer(file.as_ref(), &method, params, stop) {
                // `Response::new_ok` copies the result.
                Some(Ok(result)) => Response { id, result: Some(result), error: None },
                Some(Err(why)) => Response::new_err(id, ErrorCode::InvalidParams as i32, why),
                None => {
                    let why = format!("{method} is not supported");
                    Response::new_err(id, ErrorCode::MethodNotFound as i32, why)
                }
            }
        });
        self.pool.send(Task { id, stop, work });
    }

    /// Sends the answer of a thread, unless the request has ended.
    fn answered(&mut self, id: &RequestId, response: Response) -> Result<(), ServeError> {
        match self.running.remove(id) {
            Some(_) => self.send(Message::Response(response)),
            None => Ok(()),
        }
    }

    /// Takes a notification; returns the file that has to be analysed.
    fn notified(&mut self, notification: Notification) -> Result<Option<Uri>, ServeError> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened = parameters::<DidOpenTextDocumentParams>(notification.params)?.text_document;
                let file = OpenFile::new(opened.uri.clone(), &opened.language_id, opened.version, opened.text);
                self.modified(opened.uri.as_str())?;
                self.files.insert(opened.uri.as_str().to_owned(), file);
                Ok(Some(opened.uri))
            }
            DidChangeTextDocument::METHOD => {
                let changed = parameters::<DidChangeTextDocumentParams>(notification.params)?;
                let uri = changed.text_document.uri;
                self.modified(uri.as_str())?;
                let Some(file) = self.files.get_mut(uri.as_str()) else { return Ok(None) };
                file.version = changed.text_document.version;
                file.edit(&changed.content_changes);
                Ok(Some(uri))
            }
            DidCloseTextDocument::METHOD => {
                let uri = parameters::<DidCloseTextDocumentParams>(notification.params)?.text_document.uri;
                self.modified(uri.as_str())?;
                self.files.remove(uri.as_str());
                self.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None })?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Reads changed files again and publishes what is wrong in them.
    fn analyse(&mut self, changed: &[Uri]) -> Result<(), ServeError> {
        for uri in changed {
            if let Some(file) = self.files.get_mut(uri.as_str()) {
                if let Some(version) = file.analyse() {
                    self.background.send(version);
                }
                let found = diagnostics::publish(file);
                self.publish(found)?;
            }
        }
        Ok(())
    }
}

/// Returns the address of the file that a request is about.
fn address(parameters: &Json) -> Option<&str> {
    parameters["textDocument"]["uri"].as_str()
}

fn parameters<P: DeserializeOwned>(given: Json) -> Result<P, ServeError> {
    Ok(serde_json::from_value(given)?)
}
