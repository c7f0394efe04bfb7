//! `vtl dump`: the ops of a template.

use crate::failure::Failure;
use crate::flags::DumpFlags;
use crate::inputs::Reader;
use crate::plan::{Source, all_notes};
use crate::{paint, print};

pub fn run(flags: &DumpFlags) -> Result<(), Failure> {
    let source = Source::read(&flags.template, &mut Reader::default())?;
    let template = source.compile()?;
    print(template.dump().to_string().as_bytes())?;
    if !flags.quiet {
        paint::notes(&source, &all_notes(&template, None), "\n");
    }
    Ok(())
}
