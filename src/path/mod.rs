//! JSONPath as Jayway's library has it, compiled once and run over any tree.

use crate::error::{Code, Error};
use serde_json::Value as Json;

/// Dots and indexes only.
#[derive(Clone, Debug)]
pub struct Path(Vec<String>);

impl Path {
    /// Compiles a path.
    ///
    /// # Errors
    /// For none.
    pub fn parse(text: &str) -> Result<Path, Error> {
        let text = text.replace('[', ".").replace(']', "");
        Ok(Path(text.split('.').skip(1).map(str::to_owned).collect()))
    }

    /// Finds a value.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, json: &Json) -> Result<Json, Error> {
        let step = |value: &Json, key: &String| match value {
            Json::Array(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)).cloned(),
            other => other.get(key).cloned(),
        };
        let found = self.0.iter().try_fold(json.clone(), |value, key| step(&value, key));
        found.ok_or_else(|| Error::new(Code::PathFailed, "no hit"))
    }
}
