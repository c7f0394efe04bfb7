//! The integration: one client request on its way through API Gateway and back.
//!
//! ```text
//! MethodRequest ─ receive ─▶ validate ─▶ request ─▶ IntegrationRequest ─ send ─▶ IntegrationResponse ─ respond ─▶ MethodResponse
//!                                └────────────┴──────── Refusal ────────┴──────────────────┴── refuse ──────▶ MethodResponse
//! ```
//!
//! A [`Method`] of an [`Api`] is plain data; [`Prepared`] is the same compiled, and each arrow is one of its
//! methods. [`Prepared::invoke`] goes the whole way. The [`Backend`] is the caller's: there is no network here, only a [`Mock`]
//! and a [`Replay`] of recorded answers. What happened is in the [`Invocation`]: its log has the lines of the service's own.
//!
//! [`Api::route`] tells the method of a request. Methods of REST APIs are made ready as [`Prepared`], routes of HTTP APIs as
//! [`HttpRoute`], those of WebSocket APIs, which [`Api::route_message`] tells, as [`SocketRoute`].
//!
//! The facts are those recorded from the service; comments name the paragraph they rest on, with R for recorded, H for seen by hand and
//! D for documented.

mod backend;
mod check;
mod gateway;
mod headers;
mod invocation;
mod lambda;
mod log;
mod mapping;
mod media;
mod message;
mod model;
mod prepared;
mod reading;
mod request;
mod resource;
mod response;
mod schema;
mod table;
mod uri;
mod v2;
mod validate;

pub use backend::{Backend, BackendError, Mock, Replay};
pub use check::Problem;
pub use gateway::{Refusal, ResponseType};
pub use headers::{Fate, Headers, NOT_FORWARDED, STRIPPED, TO_BACKEND, TO_CLIENT, fate_to_backend, fate_to_client};
pub use invocation::{CallNote, Invocation, Step};
pub use lambda::{lambda_event, lambda_result};
pub use log::Log;
pub use mapping::{BodyPath, Source, Target};
pub use media::{
    Conversion, REQUEST_CONVERSIONS, RESPONSE_CONVERSIONS, is_binary, request_conversion, response_conversion,
};
pub use message::{
    CacheKey, Credentials, IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse, ServiceCall,
    Settings,
};
pub use model::{
    Api, ConnectionType, ContentHandling, DeclaredResponse, GatewayResponse, Integration, IntegrationType, Method,
    PassthroughBehavior, Protocol, RequestValidator, ResponseRule, ResponseTransferMode, TlsConfig,
};
pub use prepared::Prepared;
pub use resource::match_resource;
pub use response::Outcome;
pub use schema::schema_faults;
pub use table::Table;
pub use uri::{fill_in_uri, is_endpoint};
pub use v2::{
    Action, EventType, Expression, HttpRoute, MappedValue, ParameterMapping, Place, RESERVED, SUBTYPES, Selector,
    SocketOutcome, SocketRequest, SocketRoute, Subtype, http_error, http_event_1, http_event_2, http_result,
    is_reserved, socket_event,
};
