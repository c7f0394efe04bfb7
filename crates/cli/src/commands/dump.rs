//! `vtl dump`: the ops of a template.

use crate::args::dump::DumpArgs;
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::template::{Source, all_notes};
use crate::report::stdout::print;
use crate::report::text;

pub fn run(args: &DumpArgs) -> Result<(), Failure> {
    let source = Source::read(&args.template, &mut Reader::default())?;
    let template = source.compile()?;
    print(template.dump().to_string().as_bytes())?;
    if !args.quiet {
        text::notes(&source, &all_notes(&template, None), "\n");
    }
    Ok(())
}
