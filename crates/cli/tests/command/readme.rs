//! The commands of README.md that run `vtl` on files of the repository.

use crate::run::vtl;

#[test]
fn the_first_commands_succeed_without_notes() {
    let readme = include_str!("../../../../README.md");
    let commands: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .flat_map(|block| block.split("```").next().unwrap_or_default().lines())
        .filter_map(|line| line.strip_prefix("cargo run -p vtl-cli -- ").or_else(|| line.strip_prefix("vtl ")))
        .collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let args = words(command);
        let run = vtl(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{command}");
    }
}

/// Splits a command line at blanks outside of single quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}
