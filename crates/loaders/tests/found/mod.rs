//! The findings of small documents.

use vtl_loaders::{File, Options, load};

/// Returns the findings of a document as lines `LINE CODE MESSAGE`.
pub fn findings(name: &str, text: &str) -> Vec<String> {
    match load(&[File::new(name, text)], &Options::default()) {
        Ok(document) => {
            let line = |it: &vtl::diagnostic::Diagnostic| {
                let line = it.location.as_ref().map_or(0, |location| location.line);
                format!("{line} {} {}", it.code, it.message)
            };
            document.diagnostics().iter().map(line).collect()
        }
        Err(error) => vec![format!("0 {} {}", error.diagnostic().code, error.diagnostic().message)],
    }
}

/// Checks that each document, its part after a frame, has a finding whose line starts and goes on as given.
pub fn assert_found(name: &str, frame: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (part, expected) in cases {
        let text = frame.replace("PART", part);
        let found = findings(name, &text);
        if !found.iter().any(|line| line.contains(expected)) {
            wrong.push(format!("{part}\n  expected: {expected}\n  found: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
