//! The rules of `vtl check`: they find what goes wrong in mapping templates and their integrations
//! before it is deployed.
//!
//! [`check_template`] judges a template that is a file of its own, [`check_document`] a document with all
//! templates in it. Both return diagnostics with their places, and fixes as edits of the files. The crate
//! prints nothing, and reads no files but `vtl.toml` ([`Config::in_folder`]).
//!
//! ```
//! use vtl_check::{TemplateOptions, check_template};
//! let found = check_template("a.vtl", "$util.escapeJavascript('x')", &TemplateOptions::default());
//! assert_eq!(found[0].diagnostic.code.name(), "unknown-util");
//! assert_eq!(found[0].diagnostic.help.as_deref(), Some("did you mean `$util.escapeJavaScript`?"));
//! ```
//!
//! A rule is a row of [`RULES`] and a file in `src/rules`. Behind the rules there is one analysis of a
//! template (`src/analysis`): it walks through the template along its paths, with abstract values
//! for its variables and a JSON reader that knows where in the JSON each reference is printed.

mod analysis;
mod checker;
mod config;
mod finding;
mod ignores;
mod java;
mod model;
mod outline;
mod output;
mod rules;
mod subject;
mod suppression;
mod tally;
mod trial;

pub use checker::{TemplateOptions, check_document, check_template};
pub use config::{Config, FILE_NAME};
pub use finding::{FileEdit, FileFix, Found};
pub use ignores::{Places, Reach, with_ignores};
pub use output::{Misfit, NotJson, looks_like_json, not_json, output_misfits};
pub use rules::{Category, RULES, Rule};
pub use tally::MOST_OF_A_RULE;
