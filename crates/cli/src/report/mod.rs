//! Prints results and findings: a file for each format.

pub mod messages;
pub mod outcome;
pub mod stdout;
pub mod text;
