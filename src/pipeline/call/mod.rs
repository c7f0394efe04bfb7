//! The call of a route: its surroundings, log, notes and refusals, the backend, and the steps that
//! all three kinds of API share.

mod authorizer;
pub(super) mod backend;
pub(super) mod choice;
pub(super) mod context;
pub(super) mod invocation;
pub(super) mod lambda;
pub(super) mod log;
mod note;
mod policy;
pub(super) mod prepared;
mod probe;
mod refusal;
mod response_type;
pub(super) mod route;
pub(super) mod steps;
pub(super) mod templated;

pub use authorizer::Authorizer;
pub use backend::{Backend, BackendError, Mock, Replay};
pub use choice::{Choice, ChoiceKind, Subject};
pub use invocation::Invocation;
pub use log::Log;
pub use note::{CallNote, Step};
pub use prepared::PrepareOptions;
pub use probe::CallProbe;
pub use refusal::Refusal;
pub use response_type::ResponseType;
pub use route::{Outcome, PendingCall, Route, Started};
