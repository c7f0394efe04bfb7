//! Whole calls: one client request on its way through API Gateway and back.
//!
//! [`PreparedApi`] is the door: give it an [`Api`], a request and a [`Backend`], and get the answer.
//!
//! ```text
//! MethodRequest ─ receive ─▶ validate ─▶ request ─▶ IntegrationRequest ─ send ─▶ IntegrationResponse ─ respond ─▶ MethodResponse
//!                                └────────────┴──────── Refusal ────────┴──────────────────┴── refuse ──────▶ MethodResponse
//! ```
//!
//! Each arrow is a step of a [`Route`], which a server may take one by one: a [`PreparedMethod`] of a
//! REST API, an [`HttpRoute`](http::HttpRoute) or a [`SocketRoute`](websocket::SocketRoute). There is no
//! network, no clock and no random number here; the [`Backend`] and the [`Invocation`] are the
//! caller's. After a call, the [`Invocation`] has the execution log in the service's words, and notes.
//!
//! | Module | Content |
//! | --- | --- |
//! | [`model`] | the configuration of an API as plain data |
//! | [`message`] | the messages of a call, headers, media types |
//! | [`mapping`] | expressions of parameter mappings |
//! | [`call`] | the steps, backends, refusals, notes, the log |
//! | [`check`] | problems of a configuration |
//! | [`rest`] | methods of REST APIs, Lambda events of format 1.0 |
//! | [`http`] | routes of HTTP APIs, their mappings and events |
//! | [`websocket`] | routes of WebSocket APIs, their messages and events |
//!
//! The facts are those recorded from the service. Comments name the paragraph of `docs/observed.md`
//! that they rest on, with R for recorded, H for checked by hand and D for documented.

mod api;
pub mod call;
pub mod check;
pub mod http;
pub mod mapping;
pub mod message;
pub mod model;
pub mod rest;
pub mod websocket;

pub use api::{PreparedApi, RouteMatch, match_resource};
pub use call::{Backend, BackendError, Invocation, Outcome, PrepareOptions, Refusal, Route};
pub use message::{IntegrationRequest, IntegrationResponse, MethodRequest, MethodResponse};
pub use model::{Api, Integration, Method, Protocol};
pub use rest::PreparedMethod;

/// Compiles and runs the examples of docs/emulators.md.
#[cfg(doctest)]
#[doc = include_str!("../../docs/emulators.md")]
struct Emulators;
