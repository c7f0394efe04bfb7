//! The AWS CLI: its commands, and the JSON that it reads and prints.

pub(crate) mod command;
pub(crate) mod json;
mod shorthand;
mod skeleton;
