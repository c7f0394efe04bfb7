//! Flags of `vtl init`.

use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl init
  vtl init services/orders

Files that exist stay as they are. The tests are snapshots: `vtl test`, then `vtl review`.")]
pub struct InitArgs {
    /// Folder to search for API documents
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
}
