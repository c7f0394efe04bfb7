//! The server: reads the client's messages, keeps the open files, answers.

use crate::features::{actions, completion, diagnostics, folding, hover, navigation, outline, signature, tokens};
use crate::file::{OpenFile, View};
use crate::names::Names;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest, FoldingRangeRequest,
    GotoDefinition, HoverRequest, PrepareRenameRequest, References, Rename, Request as _, SemanticTokensFullRequest,
    SignatureHelpRequest,
};
use lsp_types::{
    CodeActionProviderCapability, CompletionOptions, CompletionResponse, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentSymbolResponse, FoldingRangeProviderCapability,
    GotoDefinitionResponse, HoverProviderCapability, Location, OneOf, Position, PrepareRenameResponse,
    PublishDiagnosticsParams, RenameOptions, RenameParams, SemanticTokens, SemanticTokensFullOptions,
    SemanticTokensLegend, SemanticTokensOptions, SemanticTokensResult, ServerCapabilities, SignatureHelpOptions,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextEdit, Uri, WorkspaceEdit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use vtl::Dialect;
use vtl::syntax_unstable::ast::Ast;
use vtl::syntax_unstable::{Texts, parse_for_tools};

/// Error of the server: the connection broke, or the client broke the protocol.
pub type ServeError = Box<dyn std::error::Error + Send + Sync>;

/// Returns what the server can do.
fn capabilities() -> ServerCapabilities {
    let words = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: words(&["$", "#", ".", "{", "'", "\""]),
            ..CompletionOptions::default()
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
    connection.initialize(serde_json::to_value(capabilities())?)?;
    let mut server = Server { connection, files: BTreeMap::new() };
    while let Ok(message) = connection.receiver.recv() {
        // Changes that wait are applied before anything is analysed: the last one counts.
        let mut changed = Vec::new();
        let mut next = Some(message);
        while let Some(message) = next.take() {
            match message {
                Message::Notification(notification) => {
                    if let Some(uri) = server.notified(notification)? {
                        if !changed.contains(&uri) {
                            changed.push(uri);
                        }
                        next = connection.receiver.try_recv().ok();
                    }
                }
                Message::Request(request) => {
                    server.analyse(&changed)?;
                    changed.clear();
                    if connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    server.answer(request)?;
                }
                Message::Response(_) => {}
            }
        }
        server.analyse(&changed)?;
    }
    Ok(())
}

/// The connection and the open files by their addresses.
struct Server<'c> {
    connection: &'c Connection,
    files: BTreeMap<String, OpenFile>,
}

impl Server<'_> {
    fn send(&self, message: Message) -> Result<(), ServeError> {
        self.connection.sender.send(message).map_err(|_| "the client has closed the connection".into())
    }

    fn publish(&self, parameters: PublishDiagnosticsParams) -> Result<(), ServeError> {
        let method = PublishDiagnostics::METHOD.to_owned();
        self.send(Message::Notification(Notification::new(method, parameters)))
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
                changed.content_changes.iter().for_each(|change| file.text.edit(change));
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
                file.read();
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
