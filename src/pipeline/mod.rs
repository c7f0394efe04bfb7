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

mod api;
mod call;
mod http;
mod mapping;
mod message;
mod model;
mod rest;
mod websocket;

pub use api::match_resource;
pub use call::backend::{Backend, BackendError, Mock, Replay};
pub use call::invocation::{CallNote, Invocation, Step};
pub use call::lambda::{lambda_event, lambda_result};
pub use call::log::Log;
pub use call::prepared::Prepared;
pub use call::refusal::{Refusal, ResponseType};
pub use http::event::{http_event_1, http_event_2, http_result};
pub use http::mapping::{Action, MappedValue, ParameterMapping, Place, RESERVED, is_reserved};
pub use http::route::{HttpRoute, http_error};
pub use http::subtype::{SUBTYPES, Subtype};
pub use mapping::expression::Expression;
pub use mapping::source::{BodyPath, Source, Target};
pub use message::headers::{
    Fate, Headers, NOT_FORWARDED, STRIPPED, TO_BACKEND, TO_CLIENT, fate_to_backend, fate_to_client,
};
pub use message::integration::{
    CacheKey, Credentials, IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse, ServiceCall,
    Settings,
};
pub use message::media::{
    Conversion, REQUEST_CONVERSIONS, RESPONSE_CONVERSIONS, is_binary, request_conversion, response_conversion,
};
pub use model::integration::{
    Api, ConnectionType, ContentHandling, DeclaredResponse, GatewayResponse, Integration, IntegrationType, Method,
    PassthroughBehavior, Protocol, RequestValidator, ResponseRule, ResponseTransferMode, TlsConfig,
};
pub use model::schema::{Schema, schema_faults};
pub use model::table::Table;
pub use model::uri::{fill_in_uri, is_endpoint};
pub use rest::check::Problem;
pub use rest::response::Outcome;
pub use websocket::event::{EventType, SocketRequest, socket_event};
pub use websocket::route::{SocketOutcome, SocketRoute};
pub use websocket::selector::Selector;
