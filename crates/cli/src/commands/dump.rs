//! `vtl dump`: the bytecode of a template.

use crate::args::dump::DumpArgs;
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::template::Source;
use crate::report;
use crate::report::stdout::print;

pub fn run(args: &DumpArgs, reader: &mut Reader) -> Result<(), Failure> {
    let source = Source::read(&args.template, reader)?;
    let template = source.compile()?;
    print(template.dump().to_string().as_bytes())?;
    if !args.quiet {
        report::notes(&source.notes(&template, None), &reader.sources, "\n");
    }
    Ok(())
}
