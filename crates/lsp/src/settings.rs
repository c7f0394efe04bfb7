//! The settings of the project: the nearest `vtl.toml` above a file.

use std::path::Path;
use vtl_check::{Config, FILE_NAME, Found, TemplateOptions};

/// Reads the nearest `vtl.toml` above a file; `None` without one, or if it is broken.
pub(crate) fn of(file: &str) -> Option<Config> {
    let path = Path::new(file);
    let (folder, text) = path.ancestors().skip(1).filter(|_| path.is_absolute()).find_map(|folder| {
        let text = std::fs::read_to_string(folder.join(FILE_NAME)).ok()?;
        Some((folder, text))
    })?;
    Config::parse(&text, folder).ok()
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
    found.retain_mut(|it| match config.level(it.diagnostic.code, Path::new(file)) {
        Some(None) => false,
        Some(Some(severity)) => {
            it.diagnostic.severity = severity;
            true
        }
        None => true,
    });
    found
}
