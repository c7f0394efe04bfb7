//! API Gateway mapping templates.
#![allow(dead_code)]

mod builtins;
mod compile;
mod dialect;
mod error;
mod host;
mod limits;
mod note;
pub mod path;
pub mod pipeline;
mod program;
mod span;
mod syntax;
mod template;
mod value;
mod vm;

pub use dialect::Dialect;
pub use error::{Code, Error};
pub use host::{Globals, Overrides, Params};
pub use limits::Limits;
pub use note::Note;
pub use span::Span;
pub use template::{Rendered, Template};
pub use vm::{Call, Probe, State};
