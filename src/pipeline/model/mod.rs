//! The configuration of an API as plain data: methods, integrations and their responses.
//!
//! One model serves every format that an integration is written in (OpenAPI, CloudFormation,
//! Terraform, AWS CLI). Names are those of the service's API in camel case, enumerations are in
//! capitals, defaults are filled in. Reading is more liberal than writing: enumerations in any case,
//! `responses` as a list or by pattern, null for an empty table.
//!
//! The structs are `#[non_exhaustive]`, since the service adds properties: create one with `new`,
//! `default` or serde, and set its fields.

mod api;
mod integration;
pub(super) mod java_order;
pub(super) mod java_uri;
pub(crate) mod kept_patterns;
mod method;
mod reading;
mod response;
pub(super) mod schema;
pub(super) mod service;
pub(super) mod table;
pub(super) mod uri;
pub(super) mod words;

pub use api::{Api, CorsConfiguration, GatewayResponse};
pub use integration::{Integration, TlsConfig};
pub use method::{DeclaredResponse, METHODS, Method, RequestValidator};
pub use response::ResponseRule;
pub use schema::{Schema, schema_faults};
pub use table::Table;
pub(crate) use uri::fill_in_uri_within;
pub use uri::{fill_in_uri, is_endpoint};
pub use words::{
    ApiKeySource, ConnectionType, ContentHandling, IntegrationType, PassthroughBehavior, Protocol,
    ResponseTransferMode, UnknownWord,
};
