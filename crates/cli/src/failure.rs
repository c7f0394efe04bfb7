//! The failures of a command.

use vtl::diagnostic::Diagnostic;

/// A failure of a command; decides the exit code.
pub enum Failure {
    /// Wrong usage, a file that cannot be read, or JSON of the wrong shape.
    Input(String),
    /// An API document that cannot be loaded.
    Document(Box<Diagnostic>),
    /// A template that does not compile, or a render that failed.
    Template(Box<Diagnostic>),
    /// Errors in a document that the command has printed.
    Reported,
}

impl Failure {
    /// Returns the exit code: 2 for unusable input, 1 for everything that is wrong in usable input.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Template(_) | Failure::Reported => 1,
            Failure::Input(_) | Failure::Document(_) => 2,
        }
    }
}
