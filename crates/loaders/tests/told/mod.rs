//! The findings about a folder of Terraform files in memory.

use crate::folder::load_folder;

/// Returns the findings as lines `FILE:LINE CODE MESSAGE`, with their help in brackets, of some codes.
pub fn told(files: &[(&str, &str)], codes: &[&str]) -> Vec<String> {
    let found = match load_folder(files, &[]) {
        Ok(document) => document.diagnostics(),
        Err(error) => vec![error.diagnostic().clone()],
    };
    let line = |it: &vtl::diagnostic::Diagnostic| {
        let place = it.location.as_ref().map(|at| format!("{}:{}", at.file.as_deref().unwrap_or_default(), at.line));
        let help = it.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        format!("{} {} {}{help}", place.unwrap_or_default(), it.code, it.message)
    };
    found.iter().filter(|it| codes.contains(&it.code.as_str())).map(line).collect()
}
