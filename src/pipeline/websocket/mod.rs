//! WebSocket APIs: routes selected by the content of a message, with the mappings and templates of REST
//! APIs.

pub(super) mod check;
mod event;
mod message;
pub(super) mod route;
pub(super) mod selector;

pub use event::socket_event;
pub use message::{EventType, SocketOutcome, SocketRequest, SocketResponse};
pub use route::SocketRoute;
pub use selector::Selector;
