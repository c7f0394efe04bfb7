//! A language server for API Gateway mapping templates: `.vtl` and `.vm` files, and every template inside
//! the API documents that `vtl-loaders` reads (YAML, JSON, HCL), with positions mapped both ways.
//!
//! [`serve`] speaks the protocol over any connection; `vtl lsp` runs it over standard input and output.
//! The modules, from the bottom up: `text` and `uri` know positions and addresses, `names` and `words` know
//! templates, `settings` reads `vtl.toml`, `quick` moves findings with edits, `pieces` applies many at once, `file` keeps an open file with the
//! templates in it, `sample` finds sample requests and `evaluate` renders with them, `features` has one file per
//! feature, `background` reads large files in a thread, `pool` has the threads that answer requests, `requests` maps
//! methods to features, `server` reads and answers messages.

mod background;
mod evaluate;
mod features;
mod file;
mod names;
mod pieces;
mod pool;
mod quick;
mod requests;
mod sample;
mod server;
mod settings;
mod text;
mod transport;
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
    let transport::Stdio { connection, writer, failed } = transport::stdio();
    let served = serve(&connection);
    drop(connection);
    let written = writer.join().map_err(|_| "the writer of messages has failed")?;
    if let Ok(error) = failed.try_recv() {
        return Err(error.into());
    }
    served?;
    written?;
    Ok(())
}
