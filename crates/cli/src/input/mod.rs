//! Reads what the flags name: files and standard input, templates, requests, API documents.

pub mod call;
pub mod client;
pub mod curl;
pub mod discovery;
pub mod document;
pub mod embedded;
pub mod event;
pub mod line;
pub mod named_files;
pub mod reader;
pub mod recording;
pub mod rendered;
pub mod request;
pub mod request_file;
pub mod sources;
pub mod target;
pub mod template;
pub mod walk;
