//! HTTP APIs: requests pass unchanged, but for the parameter mapping. There are no templates.

pub(super) mod check;
pub(super) mod cors;
mod event;
mod mapping;
pub(super) mod route;
mod subtype;

pub use event::{http_event_1, http_event_2, http_result};
#[doc(hidden)]
pub use mapping::RESERVED;
pub use mapping::{MappedValue, MappingAction, MappingPlace, ParameterMapping, is_reserved};
pub use route::{HttpRoute, http_error};
pub use subtype::Subtype;
