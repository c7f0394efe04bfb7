//! `vtl lsp`: serves an editor.

use crate::args::lsp::LspArgs;
use crate::failure::Failure;
use vtl::Code;

pub fn run(_: &LspArgs) -> Result<(), Failure> {
    vtl_lsp::stdio().map_err(|error| Failure::input(Code::UnreadableInput, format!("the editor's connection: {error}")))
}
