//! What the roots hold: `$input`, `$util`, `$context`, `$stageVariables`.

mod globals;

pub use globals::{Globals, Overrides, Params};
