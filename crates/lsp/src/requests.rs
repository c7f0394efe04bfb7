//! The requests: what the server can do, and the answer to each method.

use crate::features::{
    actions, closing, completion, folding, hover, navigation, outline, render, selection, signature, tests, tokens,
};
use crate::file::{OpenFile, View};
use crate::names::Names;
use crate::pool::Stop;
use lsp_types::request::{
    CodeActionRequest, CodeLensRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest,
    FoldingRangeRequest, GotoDefinition, HoverRequest, InlayHintRequest, OnTypeFormatting, PrepareRenameRequest,
    References, Rename, Request as _, SelectionRangeRequest, SemanticTokensFullRequest, SignatureHelpRequest,
};
use lsp_types::{
    CodeActionProviderCapability, CodeLensOptions, CompletionOptions, DocumentOnTypeFormattingOptions,
    DocumentSymbolResponse, FoldingRangeProviderCapability, GotoDefinitionResponse, HoverProviderCapability, Location,
    OneOf, Position, PrepareRenameResponse, RenameOptions, RenameParams, SelectionRange,
    SelectionRangeProviderCapability, SemanticTokens, SemanticTokensFullOptions, SemanticTokensLegend,
    SemanticTokensOptions, SemanticTokensResult, ServerCapabilities, SignatureHelpOptions, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextEdit, Uri,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::path::PathBuf;
use vtl::syntax_unstable::ast::Ast;
use vtl::syntax_unstable::{Texts, parse_for_tools};
use vtl::{Budget, Dialect, Limits};

/// Method that renders the template at a position with a sample request.
pub(crate) const RENDER: &str = "vtl/render";

/// Method that finds tests.
pub(crate) const DISCOVER_TESTS: &str = "vtl/discoverTests";

/// Method that runs the tests of a file.
pub(crate) const RUN_TESTS: &str = "vtl/runTests";

/// Parameters of [`RENDER`], beside `textDocument`.
#[derive(Deserialize)]
struct RenderParams {
    position: Position,
    /// Key of the sample; the first one without it.
    #[serde(default)]
    sample: Option<String>,
    /// Set for a line of each part in place of the output.
    #[serde(default)]
    trace: bool,
}

/// Parameters of [`DISCOVER_TESTS`].
#[derive(Deserialize)]
struct DiscoverTestsParams {
    /// Test files, and folders that have some.
    paths: Vec<PathBuf>,
}

/// Parameters of [`RUN_TESTS`].
#[derive(Deserialize)]
struct RunTestsParams {
    path: PathBuf,
    /// Names of tests; all without them.
    #[serde(default)]
    names: Option<Vec<String>>,
}

/// Returns what the server can do; inlay hints are off unless the client asks for them.
pub(crate) fn capabilities(has_hints: bool) -> ServerCapabilities {
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

/// Checks if the answer of a method is about the text of an open file, so that an edit makes it worthless.
pub(crate) fn is_about_text(method: &str) -> bool {
    !matches!(method, DISCOVER_TESTS | RUN_TESTS)
}

/// Answers a request about a file; `None` for a method that the server does not know.
pub(crate) fn answer(file: Option<&OpenFile>, method: &str, given: Json, stop: &Stop) -> Option<Result<Json, String>> {
    Some(match method {
        CodeActionRequest::METHOD => with::<CodeActionRequest, _>(given, |it| {
            let file = file?;
            let (start, end) = (file.text.offset(it.range.start), file.text.offset(it.range.end));
            Some(actions::actions(file, start..end.max(start), it.context.only.as_deref()))
        }),
        HoverRequest::METHOD => with::<HoverRequest, _>(given, |it| {
            let position = it.text_document_position_params.position;
            at(file, position, |view, names, ast, at| hover::hover(view, names, ast, at, stop)).flatten()
        }),
        Completion::METHOD => with::<Completion, _>(given, |it| {
            let position = it.text_document_position.position;
            at(file, position, |view, names, _, at| completion::items(view, names, at, stop))
        }),
        SignatureHelpRequest::METHOD => with::<SignatureHelpRequest, _>(given, |it| {
            let place = &it.text_document_position_params;
            at(file, place.position, |view, names, _, at| signature::help(view.text, names, at)).flatten()
        }),
        GotoDefinition::METHOD => with::<GotoDefinition, _>(given, |it| {
            let place = &it.text_document_position_params;
            let found = at(file, place.position, |view, names, _, at| navigation::definitions(view, names, at));
            found.map(|ranges| GotoDefinitionResponse::Array(located(&place.text_document.uri, ranges)))
        }),
        References::METHOD => with::<References, _>(given, |it| {
            let (place, all) = (&it.text_document_position, it.context.include_declaration);
            let found = at(file, place.position, |view, names, _, at| navigation::references(view, names, at, all));
            found.map(|ranges| located(&place.text_document.uri, ranges))
        }),
        DocumentHighlightRequest::METHOD => with::<DocumentHighlightRequest, _>(given, |it| {
            let place = &it.text_document_position_params;
            at(file, place.position, |view, names, _, at| navigation::highlights(view, names, at))
        }),
        PrepareRenameRequest::METHOD => with::<PrepareRenameRequest, _>(given, |place| {
            let found = at(file, place.position, |view, names, _, at| navigation::renamable(view, names, at));
            found.flatten().map(PrepareRenameResponse::Range)
        }),
        Rename::METHOD => match serde_json::from_value::<RenameParams>(given) {
            Ok(it) => rename(file, &it),
            Err(error) => Err(error.to_string()),
        },
        DocumentSymbolRequest::METHOD => with::<DocumentSymbolRequest, _>(given, |_| {
            let file = file?;
            Some(DocumentSymbolResponse::Nested(outline::symbols(file)))
        }),
        FoldingRangeRequest::METHOD => with::<FoldingRangeRequest, _>(given, |_| {
            let file = file?;
            let fold = |view: View<'_>| parsed(&view, |_, ast| folding::ranges(&view, ast));
            Some(file.templates().into_iter().flat_map(fold).take(folding::MOST).collect::<Vec<_>>())
        }),
        CodeLensRequest::METHOD => with::<CodeLensRequest, _>(given, |_| Some(render::lenses(file?))),
        InlayHintRequest::METHOD => with::<InlayHintRequest, _>(given, |it| {
            let file = file?;
            let shown = file.text.offset(it.range.start)..file.text.offset(it.range.end);
            let near = file.templates().into_iter().filter(|view| {
                let range = view.in_file(0..view.text.len());
                range.start <= shown.end && shown.start <= range.end
            });
            let hints = near.flat_map(|view| render::hints(&view, it.range, stop));
            Some(hints.take(render::MOST_HINTS).collect::<Vec<_>>())
        }),
        SelectionRangeRequest::METHOD => {
            with::<SelectionRangeRequest, _>(given, |it| Some(selections(file, &it.positions)))
        }
        OnTypeFormatting::METHOD => with::<OnTypeFormatting, _>(given, |it| {
            at(file, it.text_document_position.position, |view, _, ast, at| closing::end_of_block(view, ast, at))
                .flatten()
        }),
        SemanticTokensFullRequest::METHOD => with::<SemanticTokensFullRequest, _>(given, |_| {
            let file = file?;
            let data = tokens::tokens(file);
            Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: None, data }))
        }),
        RENDER => match serde_json::from_value::<RenderParams>(given) {
            Ok(it) => rendered(file, &it, stop),
            Err(error) => Err(error.to_string()),
        },
        DISCOVER_TESTS => match serde_json::from_value::<DiscoverTestsParams>(given) {
            Ok(it) => tests::discover(&it.paths),
            Err(error) => Err(error.to_string()),
        },
        RUN_TESTS => match serde_json::from_value::<RunTestsParams>(given) {
            Ok(it) => Ok(tests::run(&it.path, it.names.as_deref(), stop)),
            Err(error) => Err(error.to_string()),
        },
        _ => return None,
    })
}

/// Computes something at a position of a template; `None` where there is no template.
fn at<T>(
    file: Option<&OpenFile>,
    position: Position,
    work: impl FnOnce(&View<'_>, &Names<'_>, &Ast<'_>, usize) -> T,
) -> Option<T> {
    let file = file?;
    let (view, at) = file.template_at(file.text.offset(position))?;
    Some(parsed(&view, |names, ast| work(&view, names, ast, at)))
}

/// Most positions whose selection ranges are found; the others have themselves.
const MOST_SELECTIONS: usize = 1_000;

/// Bytes of files that positions may stand in together: the places of a file are counted for each.
const MOST_SELECTED_BYTES: usize = 64 << 20;

/// Returns the ranges around each position.
fn selections(file: Option<&OpenFile>, positions: &[Position]) -> Vec<SelectionRange> {
    let itself = |at: &Position| SelectionRange { range: lsp_types::Range::new(*at, *at), parent: None };
    let mut found: Vec<SelectionRange> = positions.iter().map(itself).collect();
    let Some(file) = file else { return found };
    let most = MOST_SELECTIONS.min(MOST_SELECTED_BYTES / file.text.as_str().len().max(1));
    let offsets: Vec<usize> = positions.iter().take(most).map(|at| file.text.offset(*at)).collect();
    for (view, offsets) in file.placed().each(&offsets) {
        parsed(view, |names, ast| {
            for (number, offset) in offsets {
                found[number] = selection::ranges(view, names, ast, offset);
            }
        });
    }
    found
}

/// Renders the template at a position, or else the first that starts in its line; `null` without one.
fn rendered(file: Option<&OpenFile>, wanted: &RenderParams, stop: &Stop) -> Result<Json, String> {
    let Some(file) = file else { return Ok(Json::Null) };
    let line = wanted.position.line;
    let found = file.template_at(file.text.offset(wanted.position)).map(|(view, _)| view);
    let starts = || file.templates().into_iter().find(|view| view.range(0..0).start.line == line);
    let Some(view) = found.or_else(starts) else { return Ok(Json::Null) };
    render::render(&view, wanted.sample.as_deref(), wanted.trace, stop)
}

fn rename(file: Option<&OpenFile>, wanted: &RenameParams) -> Result<Json, String> {
    let place = &wanted.text_document_position;
    let found = at(file, place.position, |view, names, _, at| navigation::rename(view, names, at, &wanted.new_name));
    let edits: Vec<TextEdit> = found.ok_or("there is no template here")??;
    let uri = place.text_document.uri.as_str().to_owned();
    // The type of the protocol has addresses as keys, which JSON has as texts.
    let edits = serde_json::to_value(edits).map_err(|error| error.to_string())?;
    let changes = serde_json::Map::from_iter([(uri, edits)]);
    Ok(Json::Object(serde_json::Map::from_iter([("changes".to_owned(), Json::Object(changes))])))
}

/// Answers a request with the result of `work`, and `null` for none.
fn with<R: lsp_types::request::Request, T: Serialize>(
    given: Json,
    work: impl FnOnce(R::Params) -> Option<T>,
) -> Result<Json, String> {
    let parameters = serde_json::from_value(given).map_err(|error| error.to_string())?;
    serde_json::to_value(work(parameters)).map_err(|error| error.to_string())
}

fn located(uri: &Uri, ranges: Vec<lsp_types::Range>) -> Vec<Location> {
    ranges.into_iter().map(|range| Location::new(uri.clone(), range)).collect()
}

/// Parses a template, whatever is wrong with it, and works on its names and tree.
fn parsed<T>(view: &View<'_>, work: impl FnOnce(&Names<'_>, &Ast<'_>) -> T) -> T {
    let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
    let (ast, _) = parse_for_tools("", view.text, Dialect::service(), &texts, &budget);
    work(&Names::of(view.text, &ast), &ast)
}
