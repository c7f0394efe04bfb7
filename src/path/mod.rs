//! JSONPath as Jayway's library has it, compiled once and run over any tree.

/// A compiled path.
#[derive(Clone, Debug)]
pub struct Path(String);
impl Path {
    pub(crate) fn find<'r>(&self, _arena: &'r crate::value::Arena<'r>, root: &crate::value::Value<'r>) -> Result<crate::value::Value<'r>, crate::Error> {
        let mut at = root.clone();
        for part in self.0.trim_start_matches('$').split('.').filter(|p| !p.is_empty()) {
            at = match at { crate::value::Value::Map(m) => m.get_str(part).ok_or_else(|| crate::Error::new(crate::Code::PathNotFound, "missing"))?, _ => return Err(crate::Error::new(crate::Code::PathNotFound, "missing")) };
        }
        Ok(at)
    }
    /// Parses.
    pub fn parse(text: &str) -> Result<Path, crate::Error> { Ok(Path(text.into())) }
}
