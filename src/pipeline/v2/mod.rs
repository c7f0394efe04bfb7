//! HTTP and WebSocket APIs: what differs from REST.
//!
//! An HTTP API passes requests on, changed only by its parameter mapping ([`HttpRoute`]); it has no templates. A WebSocket API
//! has the templates of REST, chosen by what the message says ([`SocketRoute`]).

mod check;
mod event;
mod expression;
mod http;
mod mapping;
mod selector;
mod socket;
mod socket_event;
mod subtype;

pub use event::{http_event_1, http_event_2, http_result};
pub use expression::Expression;
pub use http::{HttpRoute, http_error};
pub use mapping::{Action, MappedValue, ParameterMapping, Place, RESERVED, is_reserved};
pub use selector::Selector;
pub use socket::{SocketOutcome, SocketRoute};
pub use socket_event::{EventType, SocketRequest, socket_event};
pub use subtype::{SUBTYPES, Subtype};
