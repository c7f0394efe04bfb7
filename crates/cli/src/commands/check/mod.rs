//! `vtl check`: the findings in templates and API documents.

mod fixes;
mod judge;
mod parallel;
mod samples;
mod settings;
mod targets;

use crate::args::check::CheckArgs;
use crate::commands::check::settings::Configs;
use crate::commands::check::targets::Checked;
use crate::failure::Failure;
use crate::input::discovery::{self, Target};
use crate::input::reader::Reader;
use crate::report::findings::{self, Listing};
use crate::report::{self, stdout};
use std::collections::BTreeSet;
use vtl::Code;
use vtl::diagnostic::Severity;

/// Bytes of changed files behind which they are checked once more and not again and again.
const LARGE: usize = 256 << 10;

pub fn run(args: &CheckArgs, reader: &mut Reader) -> Result<(), Failure> {
    let (targets, of_discovery) = discovery::targets(&args.paths);
    let mut configs = Configs::default();
    let mut checked = targets::all(&targets, args, reader, &mut configs)
        .inspect_err(|_| report::notes(&of_discovery, &reader.sources, ""))?;
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
            if fixes::bytes(&changes) > LARGE {
                break;
            }
        }
    }
    if args.add_ignores {
        checked = silenced(checked, &targets, args, reader, &mut configs)?;
    }
    let fixable = checked.found.iter().filter_map(|it| it.fix.as_ref());
    let (safe, other): (Vec<_>, Vec<_>) = fixable.partition(|fix| fix.is_safe);
    let fixable = (safe.len(), other.len());
    let mut findings = of_discovery;
    findings.extend(checked.found.into_iter().map(|it| it.diagnostic));
    findings.retain(|finding| !args.quiet || finding.severity != Severity::Advice);
    let fail_level = args.fail_level.or(configs.fail_level).unwrap_or(Severity::Warning);
    let failed = findings.iter().any(|finding| finding.severity >= fail_level);
    let listing = Listing { findings: &findings, files: &checked.files, fixable, fail_level };
    findings::print(args.format, &listing, &reader.sources)?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

/// Writes suppressions for the findings; where one breaks its text, wider ones take their place, and where the
/// documents cannot be read any more, or are large, the files are as they were.
fn silenced(
    checked: Checked,
    targets: &[Target],
    args: &CheckArgs,
    reader: &mut Reader,
    configs: &mut Configs,
) -> Result<Checked, Failure> {
    let near = fixes::suppressions(&checked.found, &reader.sources, &BTreeSet::new());
    let before = std::mem::take(reader);
    let mut again = |reader: &mut Reader| {
        *reader = Reader::default();
        targets::all(targets, args, reader, configs)
    };
    fixes::write(&near)?;
    let silent = again(reader);
    let mut wide = match &silent {
        Ok(silent) => fixes::broken(&near, &checked.found, &silent.found),
        Err(_) => near.iter().map(|change| change.file.clone()).collect(),
    };
    if let Ok(silent) = &silent {
        let left = silent.found.iter().filter(|it| it.diagnostic.code != Code::UnusedSuppression);
        wide.extend(left.filter_map(|it| it.diagnostic.location.as_ref()?.file.clone()));
    }
    if wide.is_empty() {
        return silent;
    }
    fixes::write(&fixes::undone(&near))?;
    if fixes::bytes(&near) > LARGE {
        *reader = before;
        return Ok(checked);
    }
    again(reader)?;
    let changes = fixes::suppressions(&checked.found, &reader.sources, &wide);
    fixes::write(&changes)?;
    match again(reader) {
        Ok(silent) if fixes::broken(&changes, &checked.found, &silent.found).is_empty() => Ok(silent),
        _ => {
            fixes::write(&fixes::undone(&changes))?;
            again(reader)
        }
    }
}
