//! Asks the oracle: a command that reads cases from standard input and writes answers to standard output.

use crate::case::{Answer, Case};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};

/// Asks about many cases at once; the answers are in the order of the cases.
///
/// # Errors
///
/// The command cannot be started, or its output cannot be read.
pub fn ask(command: &str, cases: &[Case]) -> std::io::Result<Vec<Option<Answer>>> {
    let mut child = Command::new(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let mut answers = vec![None; cases.len()];
    std::thread::scope(|scope| -> std::io::Result<()> {
        // Written from another thread, or both sides would wait with full pipes.
        scope.spawn(move || {
            let mut lines = BufWriter::new(input?);
            for (number, case) in cases.iter().enumerate() {
                let case = Case { id: number.to_string(), ..case.clone() };
                writeln!(lines, "{}", case.line()).ok()?;
            }
            lines.flush().ok()
        });
        for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()) {
            let (id, answer) = Answer::read(&line?)?;
            if let Some(place) = id.parse::<usize>().ok().and_then(|number| answers.get_mut(number)) {
                *place = Some(answer);
            }
        }
        Ok(())
    })?;
    child.wait()?;
    Ok(answers)
}

/// Joins the texts of a file of cases and a file of answers by their ids.
///
/// # Errors
///
/// A line is not JSON.
pub fn join(cases: &str, results: &str) -> Result<Vec<(Case, Answer)>, serde_json::Error> {
    let answers = results.lines().map(Answer::read).collect::<Result<HashMap<_, _>, _>>()?;
    let mut joined = Vec::new();
    for line in cases.lines() {
        let case = Case::read(line)?;
        if let Some(answer) = answers.get(&case.id) {
            joined.push((case, answer.clone()));
        }
    }
    Ok(joined)
}
