//! `vtl lsp` as an editor has it: a scripted client drives the process over standard input and output through every
//! feature, in templates of their own and in YAML, JSON and HCL, with edits above, inside and below the template.

mod client;
mod hosts;
mod walk;
