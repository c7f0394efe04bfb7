//! Flags of `vtl lsp`.

use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl lsp --stdio

In Neovim:
  vim.lsp.config('vtl', { cmd = { 'vtl', 'lsp' }, filetypes = { 'vtl', 'yaml', 'json', 'terraform' } })
  vim.lsp.enable('vtl')

docs/editors.md shows other editors.")]
pub struct LspArgs {
    /// Speak over standard input and output, which is the only way; editors may add the flag
    #[arg(long)]
    pub stdio: bool,
}
