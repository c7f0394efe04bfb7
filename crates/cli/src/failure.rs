//! The failures of a command.

use vtl::Code;
use vtl::diagnostic::Diagnostic;

/// A failure of a command; decides the exit code.
#[derive(Debug)]
pub enum Failure {
    /// Unusable input: wrong usage, a file that cannot be read or loaded, JSON of the wrong shape.
    Input(Box<Diagnostic>),
    /// A template that does not compile, or a render that failed.
    Template(Box<Diagnostic>),
    /// Errors in a document that the command has printed.
    Reported,
}

impl Failure {
    /// Creates the failure of unusable input.
    pub fn input(code: Code, message: impl Into<String>) -> Failure {
        Failure::Input(Box::new(Diagnostic::new(code, message)))
    }

    /// Creates the failure of flags and arguments that do not go together.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::input(Code::WrongUsage, message)
    }

    /// Returns the exit code: 2 for unusable input, 1 for everything that is wrong in usable input.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Template(_) | Failure::Reported => 1,
            Failure::Input(_) => 2,
        }
    }
}
