//! The server: reads the client's messages, keeps the open files, answers.

use crate::background::{Background, Done};
use crate::features::{
    actions, closing, completion, diagnostics, folding, hover, navigation, outline, render, selection, signature,
    tokens,
};
use crate::file::{OpenFile, View};
use crate::names::Names;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Exit, Notification as _,
    PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, CodeLensRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest,
    FoldingRangeRequest, GotoDefinition, HoverRequest, InlayHintRequest, OnTypeFormatting, PrepareRenameRequest,
    References, Rename, Request as _, SelectionRangeRequest, SemanticTokensFullRequest, Shutdown, SignatureHelpRequest,
};
use lsp_types::{
    CodeActionProviderCapability, CodeLensOptions, CompletionOptions, CompletionResponse, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentOnTypeFormattingOptions, DocumentSymbolResponse,
    FoldingRangeProviderCapability, GotoDefinitionResponse, HoverProviderCapability, Location, OneOf, Position,
    PrepareRenameResponse, PublishDiagnosticsParams, RenameOptions, RenameParams, SelectionRange,
    SelectionRangeProviderCapability, SemanticTokens, SemanticTokensFullOptions, SemanticTokensLegend,
    SemanticTokensOptions, SemanticTokensResult, ServerCapabilities, SignatureHelpOptions, TextDocumentIdentifier,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextEdit, Uri, WorkspaceEdit,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use vtl::Dialect;
use vtl::syntax_unstable::ast::Ast;
use vtl::syntax_unstable::{Texts, parse_for_tools};

/// Error of the server: the connection broke, or the client broke the protocol.
pub type ServeError = Box<dyn std::error::Error + Send + Sync>;

/// Parameters of `vtl/render`, which renders the template at a position with a sample request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RenderParams {
    text_document: TextDocumentIdentifier,
    position: Position,
    /// Path of the sample; the first one without it.
    #[serde(default)]
    sample: Option<String>,
    /// Set for a line of each part in place of the output.
    #[serde(default)]
    trace: bool,
}

/// Returns what the server can do; inlay hints are off unless the client asks for them.
fn capabilities(has_hints: bool) -> ServerCapabilities {
    let words = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: words(&["$", "#", ".", "{", "'", "\""]),
            ..CompletionOptions::default()
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: None }),
        inlay_hint_provider: has_hints.then_some(OneOf::Left(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "\n".to_owned(),
            more_trigger_character: None,
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: words(&["(", ","]),
            ..SignatureHelpOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: SemanticTokensLegend { token_types: tokens::TYPES.to_vec(), token_modifiers: Vec::new() },
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..SemanticTokensOptions::default()
            }
            .into(),
        ),
        ..ServerCapabilities::default()
    }
}

/// Serves a client until it asks to shut down.
///
/// # Errors
///
/// If the connection breaks, or the client breaks the protocol.
pub fn serve(connection: &Connection) -> Result<(), ServeError> {
    let (id, client) = connection.initialize_start()?;
    let has_hints = client["initializationOptions"]["sampleValues"].as_bool().unwrap_or_default();
    connection.initialize_finish(id, serde_json::json!({ "capabilities": capabilities(has_hints) }))?;
    let mut server =
        Server { connection, files: BTreeMap::new(), queue: VecDeque::new(), background: Background::start() };
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
                    server.refresh(&request.params)?;
                    server.answer(request)?;
                }
                Message::Response(_) => {}
            }
        }
        server.analyse(&changed)?;
    }
}

/// Time that a client has for `exit` after `shutdown`.
const EXIT_TIMEOUT: Duration = Duration::from_secs(30);

/// The connection and the open files by their addresses.
struct Server<'c> {
    connection: &'c Connection,
    files: BTreeMap<String, OpenFile>,
    /// Messages that have come.
    queue: VecDeque<Message>,
    background: Background,
}

impl Server<'_> {
    fn send(&self, message: Message) -> Result<(), ServeError> {
        self.connection.sender.send(message).map_err(|_| "the client has closed the connection".into())
    }

    fn publish(&self, parameters: PublishDiagnosticsParams) -> Result<(), ServeError> {
        let method = PublishDiagnostics::METHOD.to_owned();
        self.send(Message::Notification(Notification::new(method, parameters)))
    }

    /// Takes a message; a request that is cancelled while it waits is answered so.
    fn receive(&mut self, message: Message) -> Result<(), ServeError> {
        let id = match &message {
            Message::Notification(it) if it.method == Cancel::METHOD => it.params["id"].clone(),
            _ => {
                self.queue.push_back(message);
                return Ok(());
            }
        };
        let is_meant = |message: &Message| match message {
            Message::Request(request) => serde_json::to_value(&request.id).is_ok_and(|own| own == id),
            _ => false,
        };
        let waiting = self.queue.iter().position(is_meant).and_then(|at| self.queue.remove(at));
        if let Some(Message::Request(request)) = waiting {
            let why = "the client has cancelled the request".to_owned();
            self.send(Message::Response(Response::new_err(request.id, ErrorCode::RequestCanceled as i32, why)))?;
        }
        Ok(())
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
    fn done(&mut self, done: Done) -> Result<(), ServeError> {
        let (Done::Read { uri, version, .. } | Done::Checked { uri, version, .. }) = &done;
        let Some(file) = self.files.get_mut(uri).filter(|file| file.version == *version) else { return Ok(()) };
        match done {
            Done::Read { content, .. } => file.take(content),
            Done::Checked { found, .. } => {
                file.checked(found);
                let found = diagnostics::publish(file);
                self.publish(found)?;
            }
        }
        Ok(())
    }

    /// Waits until the file that a request is about is read.
    fn refresh(&mut self, parameters: &Json) -> Result<(), ServeError> {
        let Some(uri) = parameters["textDocument"]["uri"].as_str() else { return Ok(()) };
        while self.files.get(uri).is_some_and(|file| !file.is_fresh) {
            let done = self.background.done.recv()?;
            self.done(done)?;
        }
        Ok(())
    }

    /// Takes a notification; returns the file that has to be analysed.
    fn notified(&mut self, notification: Notification) -> Result<Option<Uri>, ServeError> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened = parameters::<DidOpenTextDocumentParams>(notification.params)?.text_document;
                let file = OpenFile::new(opened.uri.clone(), &opened.language_id, opened.version, opened.text);
                self.files.insert(opened.uri.as_str().to_owned(), file);
                Ok(Some(opened.uri))
            }
            DidChangeTextDocument::METHOD => {
                let changed = parameters::<DidChangeTextDocumentParams>(notification.params)?;
                let uri = changed.text_document.uri;
                let Some(file) = self.files.get_mut(uri.as_str()) else { return Ok(None) };
                file.version = changed.text_document.version;
                changed.content_changes.iter().for_each(|change| file.edit(change));
                Ok(Some(uri))
            }
            DidCloseTextDocument::METHOD => {
                let uri = parameters::<DidCloseTextDocumentParams>(notification.params)?.text_document.uri;
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
                if let Some(job) = file.analyse() {
                    self.background.send(job);
                }
                let found = diagnostics::publish(file);
                self.publish(found)?;
            }
        }
        Ok(())
    }

    fn answer(&self, request: Request) -> Result<(), ServeError> {
        let Request { id, method, params } = request;
        let response = match self.result(&method, params) {
            Some(Ok(result)) => Response::new_ok(id, result),
            Some(Err(why)) => Response::new_err(id, ErrorCode::InvalidParams as i32, why),
            None => unknown(id, &method),
        };
        self.send(Message::Response(response))
    }

    /// Computes the result of a request; `None` for a method that the server does not know.
    fn result(&self, method: &str, given: Json) -> Option<Result<Json, String>> {
        Some(match method {
            CodeActionRequest::METHOD => with::<CodeActionRequest, _>(given, |it| {
                let file = self.files.get(it.text_document.uri.as_str())?;
                let (start, end) = (file.text.offset(it.range.start), file.text.offset(it.range.end));
                Some(actions::actions(file, start..end.max(start)))
            }),
            HoverRequest::METHOD => with::<HoverRequest, _>(given, |it| {
                self.at(&it.text_document_position_params, |view, names, _, at| hover::hover(view, names, at)).flatten()
            }),
            Completion::METHOD => with::<Completion, _>(given, |it| {
                self.at(&it.text_document_position, |view, names, _, at| completion::items(view, names, at))
                    .map(CompletionResponse::Array)
            }),
            SignatureHelpRequest::METHOD => with::<SignatureHelpRequest, _>(given, |it| {
                let place = &it.text_document_position_params;
                self.at(place, |view, names, _, at| signature::help(view.text, names, at)).flatten()
            }),
            GotoDefinition::METHOD => with::<GotoDefinition, _>(given, |it| {
                let place = &it.text_document_position_params;
                let found = self.at(place, |view, names, _, at| navigation::definitions(view, names, at));
                found.map(|ranges| GotoDefinitionResponse::Array(located(&place.text_document.uri, ranges)))
            }),
            References::METHOD => with::<References, _>(given, |it| {
                let (place, all) = (&it.text_document_position, it.context.include_declaration);
                let found = self.at(place, |view, names, _, at| navigation::references(view, names, at, all));
                found.map(|ranges| located(&place.text_document.uri, ranges))
            }),
            DocumentHighlightRequest::METHOD => with::<DocumentHighlightRequest, _>(given, |it| {
                let place = &it.text_document_position_params;
                self.at(place, |view, names, _, at| navigation::highlights(view, names, at))
            }),
            PrepareRenameRequest::METHOD => with::<PrepareRenameRequest, _>(given, |place| {
                let found = self.at(&place, |view, names, _, at| navigation::renamable(view, names, at));
                found.flatten().map(PrepareRenameResponse::Range)
            }),
            Rename::METHOD => match parameters::<RenameParams>(given) {
                Ok(it) => self.rename(&it),
                Err(error) => Err(error.to_string()),
            },
            DocumentSymbolRequest::METHOD => with::<DocumentSymbolRequest, _>(given, |it| {
                let file = self.files.get(it.text_document.uri.as_str())?;
                Some(DocumentSymbolResponse::Nested(outline::symbols(file)))
            }),
            FoldingRangeRequest::METHOD => with::<FoldingRangeRequest, _>(given, |it| {
                let file = self.files.get(it.text_document.uri.as_str())?;
                let fold = |view: View<'_>| parsed(&view, |_, ast| folding::ranges(&view, ast));
                Some(file.templates().into_iter().flat_map(fold).collect::<Vec<_>>())
            }),
            "vtl/render" => match parameters::<RenderParams>(given) {
                Ok(it) => self.render(&it),
                Err(error) => Err(error.to_string()),
            },
            CodeLensRequest::METHOD => with::<CodeLensRequest, _>(given, |it| {
                Some(render::lenses(self.files.get(it.text_document.uri.as_str())?))
            }),
            InlayHintRequest::METHOD => with::<InlayHintRequest, _>(given, |it| {
                let file = self.files.get(it.text_document.uri.as_str())?;
                let shown = file.text.offset(it.range.start)..file.text.offset(it.range.end);
                let near = file.templates().into_iter().filter(|view| {
                    let range = view.in_file(0..view.text.len());
                    range.start <= shown.end && shown.start <= range.end
                });
                Some(near.flat_map(|view| render::hints(&view, &file.name, it.range)).collect::<Vec<_>>())
            }),
            SelectionRangeRequest::METHOD => with::<SelectionRangeRequest, _>(given, |it| {
                let around = |position: &Position| {
                    let place = TextDocumentPositionParams::new(it.text_document.clone(), *position);
                    self.at(&place, selection::ranges).unwrap_or_else(|| {
                        let range = lsp_types::Range::new(*position, *position);
                        SelectionRange { range, parent: None }
                    })
                };
                Some(it.positions.iter().map(around).collect::<Vec<_>>())
            }),
            OnTypeFormatting::METHOD => with::<OnTypeFormatting, _>(given, |it| {
                self.at(&it.text_document_position, |view, _, ast, at| closing::end_of_block(view, ast, at)).flatten()
            }),
            SemanticTokensFullRequest::METHOD => with::<SemanticTokensFullRequest, _>(given, |it| {
                let file = self.files.get(it.text_document.uri.as_str())?;
                let data = tokens::tokens(file);
                Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: None, data }))
            }),
            _ => return None,
        })
    }

    /// Computes something at a position of a template; `None` where there is no template.
    fn at<T>(
        &self,
        place: &TextDocumentPositionParams,
        work: impl FnOnce(&View<'_>, &Names<'_>, &Ast<'_>, usize) -> T,
    ) -> Option<T> {
        let file = self.files.get(place.text_document.uri.as_str())?;
        let position: Position = place.position;
        let (view, at) = file.template_at(file.text.offset(position))?;
        Some(parsed(&view, |names, ast| work(&view, names, ast, at)))
    }

    /// Renders the template at a position, or else the first that starts in its line; `null` without one.
    fn render(&self, wanted: &RenderParams) -> Result<Json, String> {
        let Some(file) = self.files.get(wanted.text_document.uri.as_str()) else { return Ok(Json::Null) };
        let line = wanted.position.line;
        let found = file.template_at(file.text.offset(wanted.position)).map(|(view, _)| view);
        let starts = || file.templates().into_iter().find(|view| view.range(0..0).start.line == line);
        let Some(view) = found.or_else(starts) else { return Ok(Json::Null) };
        render::render(&view, &file.name, wanted.sample.as_deref(), wanted.trace)
    }

    fn rename(&self, wanted: &RenameParams) -> Result<Json, String> {
        let place = &wanted.text_document_position;
        let found = self.at(place, |view, names, _, at| navigation::rename(view, names, at, &wanted.new_name));
        let edits: Vec<TextEdit> = found.ok_or("there is no template here")??;
        let uri = place.text_document.uri.as_str().to_owned();
        // The type of the protocol has addresses as keys, which JSON has as texts.
        let edit = serde_json::json!({ "changes": { uri: edits } });
        serde_json::from_value::<WorkspaceEdit>(edit.clone()).map(|_| edit).map_err(|error| error.to_string())
    }
}

fn parameters<P: DeserializeOwned>(given: Json) -> Result<P, ServeError> {
    Ok(serde_json::from_value(given)?)
}

/// Answers a request with the result of `work`, and `null` for none.
fn with<R: lsp_types::request::Request, T: Serialize>(
    given: Json,
    work: impl FnOnce(R::Params) -> Option<T>,
) -> Result<Json, String> {
    let parameters = serde_json::from_value(given).map_err(|error| error.to_string())?;
    serde_json::to_value(work(parameters)).map_err(|error| error.to_string())
}

fn unknown(id: RequestId, method: &str) -> Response {
    Response::new_err(id, ErrorCode::MethodNotFound as i32, format!("{method} is not supported"))
}

fn located(uri: &Uri, ranges: Vec<lsp_types::Range>) -> Vec<Location> {
    ranges.into_iter().map(|range| Location::new(uri.clone(), range)).collect()
}

/// Parses a template, whatever is wrong with it, and works on its names and tree.
fn parsed<T>(view: &View<'_>, work: impl FnOnce(&Names<'_>, &Ast<'_>) -> T) -> T {
    let texts = Texts::new();
    let (ast, _) = parse_for_tools("", view.text, Dialect::service(), &texts);
    work(&Names::of(view.text, &ast), &ast)
}
