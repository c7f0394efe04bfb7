//! `vtl serve`: answers requests of another program, line by line.

use crate::args::serve::ServeArgs;
use crate::failure::Failure;
use crate::input::line::{LONGEST_LINE, Line, read_line};
use crate::report::stdout::print;
use vtl::Code;
use vtl_data::Session;

pub fn run(_: &ServeArgs) -> Result<(), Failure> {
    let mut session = Session::new();
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        let read = read_line(&mut input, &mut line, LONGEST_LINE);
        match read.map_err(|e| Failure::input(Code::UnreadableInput, format!("cannot read the requests: {e}")))? {
            Line::End => return Ok(()),
            Line::Read => {}
            Line::TooLong => {
                let error = format!("the request is longer than {} MiB", LONGEST_LINE >> 20);
                print(format!("{}\n", serde_json::json!({"error": error})).as_bytes())?;
                continue;
            }
        }
        let request = line.trim_ascii();
        if !request.is_empty() {
            let mut answer = session.answer(request);
            answer.push(b'\n');
            print(&answer)?;
        }
    }
}
