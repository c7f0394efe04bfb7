//! Generators of templates and payloads. Each takes a [`Random`](vtl_workloads::Random) and nothing else,
//! so a seed gives its cases again.

pub mod language;
pub mod loops;
pub mod methods;
pub mod mutate;
mod patterns;
pub mod payload;
