//! Regions of the project's pages that are made: `<!-- name -->…<!-- /name -->`. A test compares them with what it
//! found; with `UPDATE=1` it writes them.

use std::sync::Mutex;

static WRITING: Mutex<()> = Mutex::new(());

/// Checks that the region of a page is this text, or makes it so.
pub fn region(page: &str, name: &str, text: &str) {
    let _alone = WRITING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = format!("{}/{page}", env!("CARGO_MANIFEST_DIR"));
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let content = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
    let (before, rest) = content.split_once(&open).unwrap_or_else(|| panic!("{page} has no region {name}"));
    let (found, after) = rest.split_once(&close).unwrap_or_else(|| panic!("{page} does not close its region {name}"));
    if found == text {
        return;
    }
    assert!(
        std::env::var_os("UPDATE").is_some(),
        "{page}: the region {name} is not what the cases give; UPDATE=1 cargo test writes it anew:\n{text}"
    );
    std::fs::write(&path, [before, &open, text, &close, after].concat()).expect("the page can be written");
}

/// The score of a suite on both pages: a table by topic, and the sum.
pub fn score<'a>(name: &str, topics: impl IntoIterator<Item = (&'a str, usize, usize)>) {
    let (mut rows, mut sum, mut whole) = (String::new(), 0, 0);
    for (topic, passed, all) in topics {
        rows += &format!("| {topic} | {passed} | {all} |\n");
        sum += passed;
        whole += all;
    }
    let table = format!("\n\n| | pass | of |\n| --- | ---: | ---: |\n{rows}| **all** | **{sum}** | **{whole}** |\n\n");
    region("COMPATIBILITY.md", name, &table);
    region("README.md", name, &format!("{sum} of {whole}"));
}
