//! What the calls of all three kinds of API share: the surroundings, the log, refusals and the backend.

pub(crate) mod backend;
pub(crate) mod invocation;
pub(crate) mod lambda;
pub(crate) mod log;
pub(crate) mod prepared;
pub(crate) mod refusal;
