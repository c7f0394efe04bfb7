//! Cases of the service's behaviour for any engine: asking it, and comparing its answers.

pub mod case;
pub mod engine;
pub mod judge;
pub mod page;
