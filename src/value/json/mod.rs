//! JSON as the service reads and writes it: json-smart in permissive mode.

pub(crate) mod read;
pub(crate) mod write;
