//! The values that a template has from other stacks.

use crate::syntax::tree::Node;
use std::collections::HashMap;
use std::rc::Rc;

/// The stacks around a template: of its parent, of the stacks nested in it, and of those beside it.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// Path of the stack, which precedes the names of its resources; empty for the only one.
    pub prefix: String,
    /// Values of its parameters; `None` if the caller gives them.
    pub given: Option<HashMap<String, Node>>,
    /// Outputs of the stacks nested in it, by `Name.Outputs.Output`.
    pub outputs: HashMap<String, Node>,
    /// Outputs that other stacks export, by the name of the export.
    pub exports: Rc<HashMap<String, Node>>,
    /// Set for a template that was made of another document: what is not made may have any name.
    pub is_made: bool,
}
