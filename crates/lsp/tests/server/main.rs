//! A scripted client drives the server.

mod bounds;
mod client;
mod edits;
mod features;
mod samples;
