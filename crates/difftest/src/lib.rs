//! Differential tests of `vtl`: generated cases, the comparison with Velocity 1.7, and [`invariants`] that
//! hold of any input without a second engine. The command `vtl-difftest` and the fuzz targets of `fuzz/`
//! are made of it.

pub mod case;
mod failure;
mod generate;
pub mod invariants;
pub mod judge;
pub mod oracle;
pub mod shrink;
