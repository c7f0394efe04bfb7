//! The files below a folder, without the hidden ones and those that `.gitignore` and its kin leave out.
//!
//! The rules are those of Git with `.ignore` above them. Only their files are read here: they are a stranger's.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl_loaders::Reach;

/// Most bytes of a file with patterns.
const MAX_BYTES: u64 = 256 << 10;

/// Most bytes of the patterns of a walk, each with those of its rule.
const MOST: usize = 16 << 20;

/// Bytes of a rule.
const RULE: usize = 16;

/// Number of names that take as much memory as a pattern with a wildcard.
const WILD: usize = 16;

/// Lists the regular files below a folder, without links, and what is wrong with the patterns there.
pub fn files(folder: &Path, reach: &Reach) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let mut walk = Walk {
        reach,
        global: Gitignore::global().0,
        levels: Vec::new(),
        left: MOST,
        files: Vec::new(),
        findings: Vec::new(),
    };
    let Ok(real) = folder.canonicalize() else { return (walk.files, walk.findings) };
    let mut above: Vec<&Path> = real.ancestors().skip(1).take_while(|it| reach.check(it).is_ok()).collect();
    above.reverse();
    for folder in above {
        walk.enter(folder, folder);
    }
    walk.folder(folder, &real);
    (walk.files, walk.findings)
}

struct Walk<'a> {
    reach: &'a Reach,
    /// The patterns of the user.
    global: Gitignore,
    /// The patterns of the folders from the root to here.
    levels: Vec<Level>,
    /// Bytes that the patterns may still have.
    left: usize,
    files: Vec<PathBuf>,
    findings: Vec<Diagnostic>,
}

/// The patterns of a folder.
struct Level {
    ignore: Gitignore,
    git: Gitignore,
    exclude: Gitignore,
    /// Set if the folder is a repository, in which patterns above it do not count.
    is_repository: bool,
}

impl Walk<'_> {
    fn folder(&mut self, shown: &Path, real: &Path) {
        self.enter(shown, real);
        let entries = match std::fs::read_dir(real) {
            Ok(entries) => Some(entries),
            Err(error) => {
                let name = Walk::name(shown);
                let finding = Diagnostic::new(Code::UnreadableInput, format!("cannot read the folder {name}: {error}"))
                    .with_severity(Severity::Warning)
                    .with_help("what is in it is not looked at; leave it out by .ignore, or make it readable");
                self.findings.push(finding.at(Location::new(1, 1).in_file(name)));
                None
            }
        };
        for entry in entries.into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name();
            let path = real.join(&name);
            if self.is_left_out(&path, kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                self.folder(&shown.join(&name), &path);
            } else if kind.is_file() {
                self.files.push(shown.join(&name));
            }
        }
        self.levels.pop();
    }

    /// Returns the name of a path in findings; a long one by its start.
    fn name(path: &Path) -> String {
        /// Most characters of it.
        const LONGEST: usize = 200;
        let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
        match name.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name,
        }
    }

    fn is_left_out(&self, path: &Path, is_folder: bool) -> bool {
        // The nearest folder with a pattern decides.
        let nearest = |of: fn(&Level) -> &Gitignore, stops: bool| {
            for level in self.levels.iter().rev() {
                match of(level).matched(path, is_folder) {
                    Match::None if stops && level.is_repository => return Match::None,
                    Match::None => {}
                    found => return found.map(|_| ()),
                }
            }
            Match::None
        };
        let found = nearest(|level| &level.ignore, false)
            .or(nearest(|level| &level.git, true))
            .or(nearest(|level| &level.exclude, true))
            .or(self.global.matched(path, is_folder).map(|_| ()));
        match found {
            Match::Ignore(()) => true,
            Match::Whitelist(()) => false,
            Match::None => path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")),
        }
    }

    fn enter(&mut self, shown: &Path, real: &Path) {
        let level = Level {
            ignore: self.patterns(".ignore", shown, real),
            git: self.patterns(".gitignore", shown, real),
            exclude: self.patterns(".git/info/exclude", shown, real),
            is_repository: real.join(".git").exists(),
        };
        self.levels.push(level);
    }

    /// Reads the patterns of a file, if it is there.
    fn patterns(&mut self, name: &str, shown: &Path, real: &Path) -> Gitignore {
        let path = real.join(name);
        if path.symlink_metadata().is_err() {
            return Gitignore::empty();
        }
        let read = self.reach.bytes(&path, MAX_BYTES).map_err(|error| error.to_string());
        match read.and_then(|text| self.take(&String::from_utf8_lossy(&text), real)) {
            Ok(patterns) => patterns,
            Err(why) => {
                let name = Walk::name(&shown.join(name));
                let finding = Diagnostic::new(Code::UnreadableInput, format!("cannot read {name}: {why}"))
                    .with_severity(Severity::Warning)
                    .with_help("what it names is not left out; name the files to check, or make it a smaller file");
                self.findings.push(finding.at(Location::new(1, 1).in_file(name)));
                Gitignore::empty()
            }
        }
    }

    /// Compiles patterns, after their bytes are taken from those that are left.
    fn take(&mut self, text: &str, folder: &Path) -> Result<Gitignore, String> {
        let cost = |line: &str| (RULE + line.len()) * if line.contains(['*', '?', '[', '{', '\\']) { WILD } else { 1 };
        let left = self.left.checked_sub(text.lines().map(cost).sum());
        self.left = left.ok_or("the patterns of all such files are too many")?;
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.trim_start_matches('\u{feff}').lines() {
            // As Git does it: a pattern that is none matches nothing.
            let _ = builder.add_line(None, line);
        }
        builder.build().map_err(|error| error.to_string())
    }
}
