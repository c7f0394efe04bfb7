//! `vtl conformance`: the score of an engine on the recorded cases.

use crate::args::conformance::ConformanceArgs;
use crate::args::value::Format;
use crate::conformance::engine::{Engine, Timeouts};
use crate::conformance::page::Score;
use crate::conformance::{case, judge};
use crate::failure::Failure;
use crate::report::{json, output_file, stdout};
use std::time::Duration;
use vtl::Code;
use vtl_data::Session;

pub fn run(args: &ConformanceArgs) -> Result<(), Failure> {
    let cases = case::read(&args.cases, args.filter.as_deref())?;
    let mut engine = match &args.engine {
        None => Engine::Own(Box::new(Session::new())),
        Some(command) => {
            let [start, answer] = [args.start_timeout, args.timeout].map(Duration::from_secs);
            Engine::Program { command: command.clone(), timeouts: Timeouts { start, answer }, running: None }
        }
    };
    let mut score = Score::default();
    for case in &cases {
        let answer = engine.answer(&case.question).map(|answer| judge::judge(case, &answer));
        score.count(case, answer);
    }
    if let Some(page) = &args.page {
        let text = score.page(args.engine.as_deref().unwrap_or("vtl"));
        output_file::replace(page, &text)
            .map_err(|e| Failure::input(Code::UnwritableOutput, format!("cannot write {}: {e}", page.display())))?;
    }
    match args.format {
        Format::Text => stdout::print(score.table().as_bytes())?,
        Format::Json => json::print_line(&score)?,
    }
    match args.at_least {
        Some(least) if score.passed < least => Err(Failure::Reported),
        _ => Ok(()),
    }
}
