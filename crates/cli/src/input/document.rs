//! API documents: their files, findings and places.

use crate::args::document::ReadingArgs;
use crate::failure::Failure;
use crate::input::reach::Reach;
use crate::input::reader::{self, Reader};
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl_loaders::{Document, File, Options};

/// Loads a document: a file, the `.tf` and `.tf.json` files of a folder, or what else a folder is for.
pub fn load(path: &Path, args: &ReadingArgs, reader: &mut Reader) -> Result<Document, Failure> {
    let paths = if path.is_dir() { terraform_files(path)? } else { vec![path.to_owned()] };
    let mut files = Vec::new();
    for path in paths {
        files.push(File::new(reader::name(&path), reader.text(&path)?));
    }
    let mut options = Options::new().kind(args.kind).parameters(args.parameters.clone());
    for path in &args.parameter_files {
        options = options.parameter_file(File::new(reader::name(path), reader.text(path)?));
    }
    let reach = Reach::of(path, &args.allow);
    let read = |name: &str| {
        let text = reach.read(Path::new(name))?;
        reader.sources.add(name, text.as_str());
        Some(text)
    };
    let list = |folder: &str| reach.list(if folder.is_empty() { Path::new(".") } else { Path::new(folder) });
    let options = options.read_file(&read).list_folder(&list).reach(reach.paths());
    vtl_loaders::load(&files, &options).map_err(|error| Failure::Input(Box::new(error.diagnostic().clone())))
}

/// Documents that a folder without Terraform files is there for.
const OTHERS: &[&str] =
    &["manifest.json", "cdk.out/manifest.json", "serverless.yml", "serverless.yaml", "serverless.json"];

/// Returns the Terraform files of a folder, or the one document that it is there for.
fn terraform_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e| Failure::input(Code::UnreadableInput, format!("cannot read {}: {e}", folder.display()));
    let is_terraform = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json")) && path.is_file()
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_terraform).collect();
    paths.sort();
    if let (true, Some(other)) = (paths.is_empty(), OTHERS.iter().map(|name| folder.join(name)).find(|it| it.is_file()))
    {
        return Ok(vec![other]);
    }
    if paths.is_empty() {
        return Err(Failure::input(
            Code::UnreadableInput,
            format!(
                "{} has no .tf or .tf.json file, no serverless.yml and no cdk.out; give the file of the document",
                folder.display()
            ),
        ));
    }
    Ok(paths)
}
