//! Routes of WebSocket APIs: the templates of REST, selected by what a message says.

pub(crate) mod event;
pub(crate) mod route;
pub(crate) mod selector;
