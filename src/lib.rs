//! API Gateway mapping templates.
#![allow(dead_code)]

mod builtins;
mod dialect;
mod error;
mod host;
mod limits;
mod note;
pub mod path;
pub mod pipeline;
mod span;
mod template;
mod value;

pub use dialect::Dialect;
pub use error::{Code, Error};
pub use host::{Globals, Overrides, Params};
pub use limits::Limits;
pub use note::Note;
pub use span::Span;
pub use template::{Rendered, Template};
