//! Makes templates and compares what `vtl` and Velocity 1.7 make of them.
//!
//! ```text
//! vtl-fuzz gen     --seed S --count N [--kind language|mutation|methods|payload|all]    cases, as the oracle reads them
//! vtl-fuzz compare CASES RESULTS [--show N]                                     disagreements by kind
//! vtl-fuzz shrink  CASES RESULTS --oracle COMMAND [--most N]                    the same, made small
//! vtl-fuzz check   --seconds T --seed S                                         what needs no oracle
//! vtl-fuzz render  WORKLOAD --times N                                           to count instructions
//! ```

mod case;
mod check;
mod judge;
mod language;
mod methods;
mod mutate;
mod oracle;
mod patterns;
mod payload;
mod random;
mod shrink;
#[path = "../../../benches/work/mod.rs"]
mod work;

use case::{Case, DIALECTS, PAYLOAD};
use judge::Disagreement;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The words of the command line: those without a name, and `--name value` pairs.
struct Arguments {
    words: Vec<String>,
    named: BTreeMap<String, String>,
}

impl Arguments {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut arguments = Arguments { words: Vec::new(), named: BTreeMap::new() };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(name) => {
                    let value = words.next().ok_or_else(|| format!("--{name} wants a value"))?;
                    arguments.named.insert(name.to_owned(), value);
                }
                None => arguments.words.push(word),
            }
        }
        Ok(arguments)
    }

    fn number(&self, name: &str, default: u64) -> Result<u64, Box<dyn Error>> {
        Ok(self.named.get(name).map_or(Ok(default), |text| text.parse())?)
    }

    fn kind(&self) -> Result<case::Kind, Box<dyn Error>> {
        let name = self.named.get("kind").map_or("all", String::as_str);
        case::Kind::named(name).ok_or_else(|| format!("there is no kind {name}").into())
    }

    fn seeds(&self) -> Result<Vec<Case>, Box<dyn Error>> {
        let folder = self.named.get("corpus").map_or("corpus/velocity", String::as_str);
        Ok(case::seeds(Path::new(folder)).map_err(|error| format!("{folder}: {error}"))?)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("vtl-fuzz: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing was found.
fn run() -> Result<bool, Box<dyn Error>> {
    let arguments = Arguments::read()?;
    match arguments.words.first().map(String::as_str) {
        Some("gen") => generate(&arguments),
        Some("compare") => compare(&arguments),
        Some("shrink") => shrink(&arguments),
        Some("check") => check(&arguments),
        Some("render") => render(&arguments),
        _ => Err("usage: vtl-fuzz gen|compare|shrink|check|render".into()),
    }
}

/// Renders one of the benches' workloads again and again.
fn render(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let name = arguments.words.get(1).ok_or("a workload is wanted: w1 to w8")?;
    let mut workloads = work::all().into_iter();
    let workload = workloads.find(|workload| workload.name.starts_with(name.as_str()));
    let workload = workload.ok_or_else(|| format!("there is no workload {name}"))?;
    let template = workload.compile();
    let mut globals = workload.globals();
    globals.set_body_bytes(workload.body.as_bytes());
    let by_hand = (workload.by_hand)(&workload.body);
    for _ in 0..arguments.number("times", 1)? {
        if template.render(&globals)?.text != by_hand {
            return Ok(false);
        }
    }
    Ok(true)
}

fn generate(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let (seed, count) = (arguments.number("seed", 1)?, arguments.number("count", 1_000)?);
    let (kind, seeds) = (arguments.kind()?, arguments.seeds()?);
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

/// How many cases there were, and those in which the engines differ.
type Found = (usize, Vec<(Case, Disagreement)>);

/// The disagreements of two files, the shortest templates first.
fn disagreements(arguments: &Arguments) -> Result<Found, Box<dyn Error>> {
    let [_, cases, results] = arguments.words.as_slice() else { return Err("two files are wanted".into()) };
    let joined = oracle::join(&std::fs::read_to_string(cases)?, &std::fs::read_to_string(results)?)?;
    let all = joined.len();
    let mut found: Vec<_> =
        joined.into_iter().filter_map(|(case, answer)| judge::compare(&case, &answer).map(|d| (case, d))).collect();
    found.sort_by_key(|(case, _)| case.template.len());
    Ok((all, found))
}

fn compare(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let (all, found) = disagreements(arguments)?;
    let show = arguments.number("show", 3)? as usize;
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

fn shrink(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let command = arguments.named.get("oracle").ok_or("--oracle COMMAND is wanted")?;
    let (_, mut found) = disagreements(arguments)?;
    // What both dialects show is shrunk once.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(case, _)| seen.insert(case.template.clone()));
    found.truncate(arguments.number("most", 100)? as usize);
    let small = shrink::shrink(command, found)?;
    small.iter().for_each(print);
    Ok(small.is_empty())
}

fn check(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let end = Instant::now() + Duration::from_secs(arguments.number("seconds", 10)?);
    let (seed, kind, seeds) = (arguments.number("seed", 1)?, arguments.kind()?, arguments.seeds()?);
    // What panics is told with its case.
    std::panic::set_hook(Box::new(|_| ()));
    let (mut n, mut faults) = (0, 0);
    while Instant::now() < end {
        for case in check::cases(kind, seed, n, &seeds) {
            let Some(problem) = check::check(&case) else { continue };
            faults += 1;
            let small = shrink::while_holds(case, |case| check::check(case).is_some());
            println!("{} ({}) {problem}\n    {:?}", small.id, small.dialect, small.template);
        }
        n += 1;
    }
    println!("{n} rounds, {faults} faults");
    Ok(faults == 0)
}
