//! A scripted client drives the server.

mod client;
mod edits;
mod features;
mod samples;
