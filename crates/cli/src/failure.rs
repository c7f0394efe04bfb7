//! The failures of a command.

use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl::reference::nearest;

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

    /// Creates the failure of a name that the document does not have, with the nearest of those that it has.
    pub fn no_such<'n>(message: String, name: &str, known: impl IntoIterator<Item = &'n str>) -> Failure {
        let mut finding = Diagnostic::new(Code::NoSuchPart, message);
        finding.help = nearest(name, known).map(|meant| format!("did you mean {meant}?"));
        Failure::Input(Box::new(finding))
    }

    /// Returns the exit code: 2 for unusable input, 1 for everything that is wrong in usable input.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Template(_) | Failure::Reported => 1,
            Failure::Input(_) => 2,
        }
    }
}
