//! The `vtl.toml` files of the paths that are checked.

use crate::failure::Failure;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl_check::Config;

/// The settings that were read, by folder.
#[derive(Default)]
pub struct Configs {
    by_folder: HashMap<PathBuf, Option<usize>>,
    /// Files with findings: each from the root on, with its settings.
    by_file: HashMap<PathBuf, (PathBuf, Option<usize>)>,
    all: Vec<Config>,
    none: Config,
    /// Level of the first settings that have one.
    pub fail_level: Option<Severity>,
}

impl Configs {
    /// Returns the settings for a file, found upward from it, and its path from the root on.
    pub fn of_file<'a>(&'a mut self, path: &'a Path) -> Result<(&'a Config, &'a Path), Failure> {
        if !self.by_file.contains_key(path) {
            let at = self.find(path)?;
            self.by_file.insert(path.to_owned(), (absolute(path), at));
        }
        let (whole, at) = self.by_file.get(path).map_or((path, None), |(whole, at)| (whole.as_path(), *at));
        Ok((at.and_then(|at| self.all.get(at)).unwrap_or(&self.none), whole))
    }

    /// Reads the settings for a file, found upward from it.
    pub fn read(&mut self, path: &Path) -> Result<(), Failure> {
        self.find(path).map(|_| ())
    }

    fn find(&mut self, path: &Path) -> Result<Option<usize>, Failure> {
        let folder = folder_of(path);
        let mut passed = Vec::new();
        let mut at = Some(folder.as_path());
        let mut found = None;
        while let Some(folder) = at {
            if let Some(known) = self.by_folder.get(folder) {
                found = *known;
                break;
            }
            passed.push(folder.to_owned());
            let config = Config::in_folder(folder).map_err(|error| Failure::input(Code::MalformedInput, error))?;
            if let Some(config) = config {
                self.fail_level = self.fail_level.or(config.fail_level());
                self.all.push(config);
                found = Some(self.all.len() - 1);
                break;
            }
            at = folder.parent();
        }
        for folder in passed {
            self.by_folder.insert(folder, found);
        }
        Ok(found)
    }

    /// Returns the settings of a file whose settings were asked for before.
    pub fn known(&self, path: &Path) -> Option<&Config> {
        self.all.get((*self.by_folder.get(&folder_of(path))?)?)
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let path = absolute(path);
    if path.is_dir() { path } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

/// Returns a path from the root on.
fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
