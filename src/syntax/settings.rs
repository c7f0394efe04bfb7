//! The settings of a parse: what a template's syntax depends on besides its text.

use crate::budget::Budget;

/// Settings of a parse.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'a> {
    /// Makes `#evaluate` a directive. The service has none: there it calls an unknown macro.
    pub(crate) evaluate: bool,
    /// The macros that are defined already.
    pub(crate) macros: &'a dyn Macros,
    /// Most brackets that may be open at once in an expression.
    pub(crate) nesting: Option<u64>,
    /// The memory that the tree may hold, and the stack that nested brackets may use.
    pub(crate) budget: &'a Budget<'a>,
    /// Storage of texts that do not occur in the source as they read.
    pub(crate) texts: &'a Texts,
}

impl<'a> Settings<'a> {
    /// Stores a text for as long as the AST lives.
    pub(super) fn keep(self, text: String) -> &'a str {
        self.texts.0.alloc(text)
    }

    /// Checks whether `name` is a directive of Velocity's own.
    pub(super) fn is_builtin(self, name: &str) -> bool {
        match name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => self.evaluate,
            _ => false,
        }
    }
}

/// Storage of texts that an AST refers to besides its source: those that the source has in another
/// form, such as a string with `""` in it.
#[derive(Default)]
pub struct Texts(typed_arena::Arena<String>);

impl Texts {
    /// Creates an empty storage.
    #[must_use]
    pub fn new() -> Self {
        Texts(typed_arena::Arena::with_capacity(0))
    }
}

/// Set of the macros that are defined when a template is parsed.
pub(crate) trait Macros {
    /// Checks whether a macro is defined.
    fn is_macro(&self, name: &str) -> bool;
}

impl Macros for () {
    fn is_macro(&self, _: &str) -> bool {
        false
    }
}
