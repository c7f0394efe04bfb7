//! Coverage of templates by tests: lines and branches, at the places where they are written.

pub(crate) mod hits;
mod measure;
mod print;
mod ways;

pub(crate) use hits::Hits;
pub(crate) use measure::measure;
pub use measure::{BranchHits, Coverage, FileCoverage, Ratio};
pub(crate) use print::escaped;
pub(crate) use ways::Ways;
