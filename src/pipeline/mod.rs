//! The integration: one client request on its way through API Gateway and back.

mod model;
mod table;

pub use model::{
    Api, ConnectionType, ContentHandling, DeclaredResponse, GatewayResponse, Integration, IntegrationType, Method,
    PassthroughBehavior, Protocol, RequestValidator, ResponseRule, ResponseTransferMode, TlsConfig,
};
pub use table::Table;
