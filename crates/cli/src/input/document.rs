//! API documents: their files, findings and places.

use crate::args::document::ReadingArgs;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use std::path::Path;
use vtl::{Code, Limits};
use vtl_loaders::{Document, File, Options, Reach, files_of};

/// Loads a document: a file, the `.tf` and `.tf.json` files of a folder, or what else a folder is for.
pub fn load(path: &Path, args: &ReadingArgs, limits: Limits, reader: &mut Reader) -> Result<Document, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(Code::UnreadableInput, error.to_string());
    let paths = files_of(path).map_err(unreadable)?;
    let reach = Reach::of(path, &args.allow);
    let mut files = Vec::new();
    let mut bytes = 0;
    for file in paths {
        // The loader refuses files that are too large together.
        if bytes > Options::MAX_BYTES {
            break;
        }
        // The files of a folder were not named.
        let text = if file == path { reader.text(&file) } else { reader.text_within(&file, &reach) };
        let file = File::new(reader::name(&file), text?);
        bytes += file.text.len();
        files.push(file);
    }
    let mut options = Options::new().kind(args.kind).parameters(args.parameters.clone()).limits(limits);
    for path in &args.parameter_files {
        options = options.parameter_file(File::new(reader::name(path), reader.text(path)?));
    }
    let read = |name: &str| {
        let text = reach.read(Path::new(name))?;
        reader.sources.add(name, text.as_str());
        Some(text)
    };
    let list = |folder: &str| reach.list(Path::new(folder));
    let options = options.read_file(&read).list_folder(&list).reach(reach.paths());
    vtl_loaders::load(&files, &options).map_err(|error| Failure::Input(Box::new(error.diagnostic().clone())))
}
