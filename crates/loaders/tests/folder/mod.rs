//! A folder of Terraform files in memory.

use std::collections::HashMap;
use vtl_loaders::{Document, File, LoadError, Options, load};

/// Loads the Terraform files of the root folder among `files`; the others can be read.
pub fn load_folder(files: &[(&str, &str)], parameters: &[(&str, &str)]) -> Result<Document, LoadError> {
    let all: HashMap<&str, &str> = files.iter().copied().collect();
    let read = |name: &str| all.get(name).map(|text| (*text).to_owned());
    let list = |folder: &str| {
        let inside = |name: &&str| name.rsplit_once('/').map_or("", |(path, _)| path) == folder;
        let names = all.keys().filter(|name| inside(name)).map(|name| name.rsplit('/').next().unwrap_or_default());
        names.map(str::to_owned).collect()
    };
    let is_own = |name: &str| !name.contains('/') && (name.ends_with(".tf") || name.ends_with(".tf.json"));
    let own: Vec<File> =
        files.iter().filter(|(name, _)| is_own(name)).map(|(name, text)| File::new(*name, *text)).collect();
    load(&own, &Options::new().parameters(parameters.iter().copied()).read_file(&read).list_folder(&list))
}
