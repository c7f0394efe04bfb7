//! `vtl-difftest`: generates templates and payloads, and compares the engine with Velocity 1.7 and with itself.

use clap::{Args, Parser, Subcommand};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use vtl_difftest::case::{self, Case, DIALECTS, PAYLOAD};
use vtl_difftest::judge::{self, Disagreement};
use vtl_difftest::{invariants, oracle, shrink};

#[derive(Parser)]
#[command(name = "vtl-difftest", about = "Compares vtl with Velocity 1.7, and with itself, on generated cases")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print cases as JSON lines, in the form the oracle reads
    Gen {
        #[command(flatten)]
        generator: Generator,
        /// Number of templates; each is printed once per dialect
        #[arg(long, default_value_t = 1_000)]
        count: u64,
    },
    /// Report disagreements between the engine and an oracle's results, by kind
    Compare {
        #[command(flatten)]
        recorded: Recorded,
        /// Number of examples to print of each kind
        #[arg(long, default_value_t = 3)]
        show: usize,
    },
    /// Shrink disagreements, asking the oracle again
    Shrink {
        #[command(flatten)]
        recorded: Recorded,
        /// Command that reads cases on standard input and writes results on standard output
        #[arg(long)]
        oracle: String,
        /// Number of disagreements to shrink
        #[arg(long, default_value_t = 100)]
        most: usize,
    },
    /// Check invariants that need no oracle
    Check {
        #[command(flatten)]
        generator: Generator,
        /// Running time in seconds
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// End after this number of rounds instead
        #[arg(long, conflicts_with = "seconds")]
        rounds: Option<u64>,
    },
    /// Render a workload of the benches and check its output, to count instructions
    Render {
        /// Workload: w1 to w8
        workload: String,
        /// Number of renders
        #[arg(long, default_value_t = 1)]
        times: u64,
    },
}

#[derive(Args)]
struct Generator {
    /// Seed; equal seeds give equal cases
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Kind of cases to generate
    #[arg(long, value_enum, default_value_t = case::Kind::All)]
    kind: case::Kind,
    /// Folder of recorded cases that mutations start from
    #[arg(long, value_name = "FOLDER", default_value = "corpus/velocity")]
    corpus: PathBuf,
}

impl Generator {
    fn seeds(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        Ok(case::seeds(&self.corpus).map_err(|error| format!("{}: {error}", self.corpus.display()))?)
    }
}

#[derive(Args)]
struct Recorded {
    /// File of cases, as `gen` prints them
    cases: PathBuf,
    /// File of the oracle's results
    results: PathBuf,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("vtl-difftest: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs a command; returns `true` when it found no fault.
fn run(command: Command) -> Result<bool, Box<dyn Error>> {
    match command {
        Command::Gen { generator, count } => generate(&generator, count),
        Command::Compare { recorded, show } => compare(&recorded, show),
        Command::Shrink { recorded, oracle, most } => shrink(&recorded, &oracle, most),
        Command::Check { generator, seconds, rounds } => check(&generator, Duration::from_secs(seconds), rounds),
        Command::Render { workload, times } => render(&workload, times),
    }
}

/// Renders a workload `times` times; returns `false` when an output is wrong.
fn render(name: &str, times: u64) -> Result<bool, Box<dyn Error>> {
    let workload = vtl_workloads::named(name).ok_or_else(|| format!("there is no workload {name}"))?;
    let template = workload.compile();
    let mut globals = workload.globals();
    globals.set_body_bytes(workload.body.as_bytes());
    let by_hand = (workload.by_hand)(&workload.body);
    for _ in 0..times {
        if template.render(&globals)?.text != by_hand {
            return Ok(false);
        }
    }
    Ok(true)
}

fn generate(generator: &Generator, count: u64) -> Result<bool, Box<dyn Error>> {
    let (seed, kind, seeds) = (generator.seed, generator.kind, generator.seeds()?);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for n in 0..count {
        let made = case::make(kind, seed, n, &seeds);
        let dialects = if kind == case::Kind::Payload { &[PAYLOAD][..] } else { &DIALECTS };
        for &dialect in dialects {
            let case = Case { id: format!("{}-{dialect}", made.id), dialect: dialect.to_owned(), ..made.clone() };
            writeln!(out, "{}", case.line())?;
        }
    }
    Ok(true)
}

/// The number of cases, and those on which the engines disagree.
type Found = (usize, Vec<(Case, Disagreement)>);

/// Returns the disagreements between the engine and the recorded results, shortest templates first.
fn disagreements(recorded: &Recorded) -> Result<Found, Box<dyn Error>> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let joined = oracle::join(&read(&recorded.cases)?, &read(&recorded.results)?)?;
    let all = joined.len();
    let mut found: Vec<_> =
        joined.into_iter().filter_map(|(case, answer)| judge::compare(&case, &answer).map(|d| (case, d))).collect();
    found.sort_by_key(|(case, _)| case.template.len());
    Ok((all, found))
}

fn compare(recorded: &Recorded, show: usize) -> Result<bool, Box<dyn Error>> {
    let (all, found) = disagreements(recorded)?;
    println!("{all} cases, {} disagreements", found.len());
    let mut groups: BTreeMap<(judge::Kind, &str), Vec<&(Case, Disagreement)>> = BTreeMap::new();
    for one in &found {
        let origin = one.0.id.get(..1).unwrap_or_default();
        groups.entry((one.1.kind, origin)).or_default().push(one);
    }
    for ((kind, origin), group) in &groups {
        println!("\n{kind:?} ({origin}): {}", group.len());
        group.iter().take(show).for_each(|one| print(one));
    }
    Ok(found.is_empty())
}

fn print((case, found): &(Case, Disagreement)) {
    println!("  {} {:?} {:?}", case.id, found.kind, case.template);
    println!("      ours   {:?}\n      theirs {:?}", found.ours, found.theirs);
}

fn shrink(recorded: &Recorded, oracle: &str, most: usize) -> Result<bool, Box<dyn Error>> {
    let (_, mut found) = disagreements(recorded)?;
    // A template that fails in both dialects is shrunk once.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(case, _)| seen.insert(case.template.clone()));
    found.truncate(most);
    let small = shrink::shrink(oracle, found)?;
    small.iter().for_each(print);
    Ok(small.is_empty())
}

/// Checks the invariants of generated cases for a time, or for a number of rounds, which makes the same cases each time.
fn check(generator: &Generator, time: Duration, rounds: Option<u64>) -> Result<bool, Box<dyn Error>> {
    let end = Instant::now() + time;
    let (seed, kind, seeds) = (generator.seed, generator.kind, generator.seeds()?);
    // A panic is reported with its case, not by the default hook.
    std::panic::set_hook(Box::new(|_| ()));
    let (mut n, mut faults) = (0, 0);
    while rounds.map_or_else(|| Instant::now() < end, |most| n < most) {
        for case in invariants::cases(kind, seed, n, &seeds) {
            let Some(problem) = invariants::check(&case) else { continue };
            faults += 1;
            let small = shrink::while_holds(case, |case| invariants::check(case).is_some());
            println!("{} ({}) {problem}\n    {:?}", small.id, small.dialect, small.template);
        }
        n += 1;
    }
    println!("{n} rounds, {faults} faults");
    Ok(faults == 0)
}
