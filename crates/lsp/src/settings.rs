//! The settings of the project: the nearest `vtl.toml` above a file.

use std::path::Path;
use vtl_check::{Config, Found, TemplateOptions};

/// Reads the nearest `vtl.toml` above a file; the error is why it cannot be read.
pub(crate) fn of(file: &str) -> Result<Option<Config>, String> {
    let path = Path::new(file);
    let folders = path.ancestors().skip(1).filter(|_| path.is_absolute());
    folders.map(Config::in_folder).find_map(Result::transpose).transpose()
}

/// Returns the settings for the check of a template in a file.
pub(crate) fn template_options(file: &str, config: Option<&Config>) -> TemplateOptions {
    let mut options = TemplateOptions::named(file);
    if let Some(config) = config {
        options.protocol = config.protocol();
        options.is_velocity = config.is_velocity();
    }
    options
}

/// Gives findings in a file the levels of the project, and leaves out those that are off.
pub(crate) fn leveled(mut found: Vec<Found>, file: &str, config: Option<&Config>) -> Vec<Found> {
    let Some(config) = config else { return found };
    found.retain_mut(|it| config.keeps(&mut it.diagnostic, Path::new(file)));
    found
}
