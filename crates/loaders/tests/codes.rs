//! The page of each code of the loaders has an example that shows it.

use vtl::Code;
use vtl_loaders::{File, Options, load};

/// Returns the codes of a document: those of its findings, or of the error of loading it.
fn codes(language: &str, text: &str) -> Vec<Code> {
    let name = match language {
        "hcl" => "main.tf",
        "sh" => "put.sh",
        "yaml" => "document.yaml",
        _ => "document.json",
    };
    match load(&[File::new(name, text)], &Options::default()) {
        Ok(document) => document.diagnostics().iter().map(|diagnostic| diagnostic.code).collect(),
        Err(error) => vec![error.diagnostic().code],
    }
}

fn is_of_loaders(code: &Code) -> bool {
    let number = code.as_str();
    ("V500".."V600").contains(&number) || ("V650".."V700").contains(&number)
}

#[test]
fn the_example_of_each_page_shows_its_code() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(|code| is_of_loaders(code)) {
        // Its example is shortened, or needs a value that the caller gives.
        if matches!(*code, Code::TooManyEntries | Code::UndeclaredValue) {
            continue;
        }
        let example = code.page().strip_prefix("```").and_then(|page| page.split_once("\n```"));
        let Some((language, text)) = example.and_then(|(block, _)| block.split_once('\n')) else {
            wrong.push(format!("{code}: no example"));
            continue;
        };
        let found = codes(language, text);
        if !found.contains(code) {
            wrong.push(format!("{code}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "examples that do not show their code:\n{}", wrong.join("\n"));
}

#[test]
fn a_table_with_too_many_entries() {
    let entries: String = (0..=5_000).map(|at| format!("  integration.request.header.h{at}: \"'1'\"\n")).collect();
    let text = format!("type: http\nhttpMethod: GET\nuri: https://b.test/\nrequestParameters:\n{entries}");
    assert!(codes("yaml", &text).contains(&Code::TooManyEntries));
}
