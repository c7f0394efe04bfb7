//! `vtl serve`: answers requests of another program, line by line.

use crate::args::serve::ServeArgs;
use crate::failure::Failure;
use crate::report::stdout::print;
use std::io::BufRead;
use vtl::Code;
use vtl_data::Session;

pub fn run(_: &ServeArgs) -> Result<(), Failure> {
    let mut session = Session::new();
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|e| Failure::input(Code::UnreadableInput, format!("cannot read the requests: {e}")))? == 0 {
            return Ok(());
        }
        let request = line.trim_ascii();
        if !request.is_empty() {
            let mut answer = session.answer(request);
            answer.push(b'\n');
            print(&answer)?;
        }
    }
}
