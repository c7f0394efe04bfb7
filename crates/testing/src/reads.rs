//! The files on which the result of a test depends.

use crate::format::expect::{Expect, Expectation, SchemaSource};
use crate::format::payload::Payload;
use crate::format::test::{Subject, Test};
use crate::node::Node;
use crate::subject::Subjects;
use std::path::{Path, PathBuf};

/// Lists the files on which a test depends: its file, templates, documents with all that they refer to, and
/// fixtures. A file need not exist.
pub(crate) fn reads(file: &str, folder: &Path, test: &Test, subjects: &Subjects) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from(file)];
    match &test.subject {
        Subject::File { path, .. } => found.push(path.clone()),
        Subject::Part { document, .. } | Subject::Call { document, .. } => {
            found.push(document.path.clone());
            found.extend(document.parameter_files.iter().cloned());
            if let Ok(loaded) = subjects.document(document) {
                found.extend(loaded.files.iter().map(PathBuf::from));
            }
        }
    }
    let bodies = [&test.input, &test.request, &test.backend].map(|message| message.get("body"));
    let bodies = bodies.into_iter().flatten().filter_map(|body: &Node| Payload::read(body, folder).ok());
    found.extend(bodies.filter_map(|payload| file_of(&payload).cloned()));
    found.extend(test.expect.iter().flatten().flat_map(expected));
    found
}

fn file_of(payload: &Payload) -> Option<&PathBuf> {
    if let Payload::File(path) = payload { Some(path) } else { None }
}

fn expected(expectation: &Expectation) -> Vec<PathBuf> {
    match &expectation.expect {
        Expect::Output(payload) | Expect::Body(payload) | Expect::Log(payload) => {
            file_of(payload).cloned().into_iter().collect()
        }
        Expect::Schema(SchemaSource::File(path)) => vec![path.clone()],
        Expect::IntegrationRequest(expectations) => expectations.iter().flat_map(expected).collect(),
        _ => Vec::new(),
    }
}
