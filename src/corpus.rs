//! Test: files of the recorded corpus, for tests of private parts.

use std::fs;
use std::path::Path;

/// Returns the text of a file, or of all files in a folder, of `corpus`. Returns `None` where there is no corpus, as
/// in an unpacked crate package; a part that is missing from a corpus is an error.
pub(crate) fn read(part: &str) -> Option<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let part = corpus.join(part);
    if !corpus.is_dir() {
        return None;
    }
    if part.is_file() {
        return Some(fs::read_to_string(part).expect("a file of the corpus"));
    }
    let files = fs::read_dir(part).expect("a folder of the corpus").map(|file| file.expect("a file").path());
    let mut cases: Vec<_> = files.filter(|file| file.extension().is_some_and(|it| it == "jsonl")).collect();
    cases.sort();
    Some(cases.into_iter().map(|file| fs::read_to_string(file).expect("a file of the corpus")).collect())
}
