//! `vtl check`: the findings in templates and API documents.

mod fixes;
mod judge;
mod parallel;
mod samples;
mod settings;
mod targets;

use crate::args::check::CheckArgs;
use crate::commands::check::settings::Configs;
use crate::failure::Failure;
use crate::input::discovery;
use crate::input::reader::Reader;
use crate::report::findings::{self, Listing};
use crate::report::stdout;
use vtl::diagnostic::{Diagnostic, Severity};

pub fn run(args: &CheckArgs, reader: &mut Reader) -> Result<(), Failure> {
    let targets = discovery::targets(&args.paths);
    let mut configs = Configs::default();
    let mut checked = targets::all(&targets, args, reader, &mut configs)?;
    if args.fix || args.unsafe_fixes || args.diff {
        // Fixes that overlap wait for the next round.
        for _ in 0..if args.diff { 1 } else { 5 } {
            let changes = fixes::changes(&checked.found, args.unsafe_fixes, &reader.sources);
            if changes.is_empty() {
                break;
            }
            if args.diff {
                return stdout::print(fixes::diff(&changes).as_bytes());
            }
            fixes::write(&changes)?;
            *reader = Reader::default();
            checked = targets::all(&targets, args, reader, &mut configs)?;
        }
    }
    if args.add_ignores {
        fixes::write(&fixes::suppressions(&checked.found, &reader.sources))?;
        *reader = Reader::default();
        checked = targets::all(&targets, args, reader, &mut configs)?;
    }
    let fixable = checked.found.iter().filter_map(|it| it.fix.as_ref());
    let (safe, other): (Vec<_>, Vec<_>) = fixable.partition(|fix| fix.is_safe);
    let fixable = (safe.len(), other.len());
    let mut findings: Vec<Diagnostic> = checked.found.into_iter().map(|it| it.diagnostic).collect();
    findings.retain(|finding| !args.quiet || finding.severity != Severity::Advice);
    let fail_level = args.fail_level.or(configs.fail_level).unwrap_or(Severity::Warning);
    let failed = findings.iter().any(|finding| finding.severity >= fail_level);
    let listing = Listing { findings: &findings, files: &checked.files, fixable, fail_level };
    findings::print(args.format, &listing, &reader.sources)?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}
