//! Documents that hold integrations: the files that a flag names, as the loaders want them.

use crate::failure::Failure;
use crate::flags::ReadingFlags;
use crate::inputs::{self, Reader};
use std::path::{Path, PathBuf};
use vtl_loaders::{Document, File, Options};

/// Reads a document: one file, or the `.tf` and `.tf.json` files of a folder.
pub fn load(path: &Path, flags: &ReadingFlags, reader: &mut Reader) -> Result<Document, Failure> {
    let paths = if path.is_dir() { terraform_files(path)? } else { vec![path.to_owned()] };
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let mut options = Options { kind: flags.kind, parameters: flags.parameters.clone(), ..Options::default() };
    let most = options.max_bytes as u64;
    // A device has no end, and a file that is too large need not be read to be refused.
    let is_fit = |path: &Path| path.metadata().is_ok_and(|file| file.is_file() && file.len() <= most);
    let read = |name: &str| {
        Some(folder.join(name)).filter(|path| is_fit(path)).and_then(|path| std::fs::read_to_string(path).ok())
    };
    options.read_file = Some(&read);
    let mut files = Vec::new();
    for path in paths {
        files.push(File::new(inputs::name(&path), reader.text(&path)?));
    }
    vtl_loaders::load(&files, &options).map_err(|error| Failure::Input(error.to_string()))
}

fn terraform_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e| Failure::Input(format!("cannot read {}: {e}", folder.display()));
    let is_terraform = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json")) && path.is_file()
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_terraform).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::Input(format!(
            "{} has no .tf or .tf.json file; name the document itself",
            folder.display()
        )));
    }
    Ok(paths)
}
