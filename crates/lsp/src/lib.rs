//! A language server for API Gateway mapping templates: `.vtl` and `.vm` files, and every template inside
//! the API documents that `vtl-loaders` reads (YAML, JSON, HCL), with positions mapped both ways.
//!
//! [`serve`] speaks the protocol over any connection; `vtl lsp` runs it over standard input and output.
//! The rooms, from the bottom up: `text` and `uri` know positions and addresses, `names` and `words` know
//! templates, `quick` moves findings with edits, `file` keeps an open file with the templates in it, `background`
//! reads large ones in a thread, `sample` finds sample requests, `features` has one file per feature, `server`
//! reads and answers messages.

mod background;
mod features;
mod file;
mod names;
mod quick;
mod sample;
mod server;
mod text;
mod uri;
mod words;

pub use lsp_server::Connection;
pub use server::{ServeError, serve};

/// Serves the client at standard input and output.
///
/// # Errors
///
/// If the streams break, or the client breaks the protocol.
pub fn stdio() -> Result<(), ServeError> {
    let (connection, threads) = Connection::stdio();
    serve(&connection)?;
    drop(connection);
    threads.join()?;
    Ok(())
}
