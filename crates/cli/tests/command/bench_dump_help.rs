//! `vtl bench`, `vtl dump`, `--help` and `--version`.

use crate::run::vtl;
use serde_json::Value;

#[test]
fn bench_gives_figures_and_the_digest_of_the_output() {
    let run = vtl(&["bench", "-e", "abc", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let figures: Value = serde_json::from_str(&run.out).expect("it is JSON");
    assert!(figures["ns_per_render"].as_u64().is_some_and(|ns| ns > 0), "{figures}");
    assert!(figures["compile_ns"].as_u64().is_some_and(|ns| ns > 0), "{figures}");
    // FIPS 180-2, appendix B.1.
    assert_eq!(figures["output_sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(figures.as_object().map(|o| o.len()), Some(3));
}

#[test]
fn bench_for_people() {
    let run = vtl(&["bench", "examples/order.vtl", "--body", "examples/order.json"]);
    assert_eq!(run.code, Some(0));
    let words: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(words, ["render", "compile", "output"]);
}

#[test]
fn dump_shows_ops() {
    let run = vtl(&["dump", "-e", "Hi $name"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("Text") && run.out.contains("\"Hi \"") && run.out.contains("$name"), "{}", run.out);
}

#[test]
fn every_command_has_help_with_an_example() {
    let help = vtl(&["--help"]).out;
    assert!(help.contains("vtl render order.vtl --body order.json") && help.contains("Exit codes"), "{help}");
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list of commands");
    let commands: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 8, "{help}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let run = vtl(&[command, "--help"]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{command}");
        assert!(run.out.contains("Example") && run.out.contains(&format!("  vtl {command} ")), "{}", run.out);
    }
}

#[test]
fn completions_complete_the_flags() {
    assert!(vtl(&["completions", "bash"]).out.contains("--stage-variable"));
}
