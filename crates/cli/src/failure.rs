//! Why a command did not do what it was asked to.

/// Decides the exit code, and what standard error shows.
pub enum Failure {
    /// The template does not compile, or its render stopped: drawn with the line it happened in.
    Template { error: vtl::Error, name: String, source: String },
    /// Flags that contradict each other, a file that cannot be read, a document of the wrong shape.
    Input(String),
    /// So many things the service would refuse in a document; they are told already.
    Problems(usize, String),
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Template { .. } | Failure::Problems(..) => 1,
            Failure::Input(_) => 2,
        }
    }
}
