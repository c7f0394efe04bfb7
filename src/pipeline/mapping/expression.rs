//! Expressions: texts with variables, such as `${request.body.service}/${request.body.action}`.
//!
//! HTTP APIs map parameters with them; WebSocket APIs select routes, templates and responses by them
//! ("WebSocket selection expressions"). A text that is a single variable may omit the braces:
//! `$request.body.action`. `\$` is a dollar sign. Values are not substituted again.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use std::collections::HashMap;

/// A parsed text with variables.
///
/// ```
/// use vtl::pipeline::mapping::Expression;
/// let expression = Expression::parse("${request.body.a}-${request.body.b}")?;
/// let key = expression.fill_in(|name| (name == "request.body.a").then(|| "join".to_owned()));
/// assert_eq!(key, "join-");
/// assert_eq!(Expression::parse(r"\$default")?.fill_in(|_| None), "$default");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

impl Expression {
    /// Parses a text.
    ///
    /// # Errors
    /// `V403` for `${` without a closing brace.
    pub fn parse(text: &str) -> Result<Expression, Error> {
        if let Some(name) = lone_variable(text) {
            return Ok(Expression { parts: vec![Part::Variable(name.to_owned())] });
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '\\']) {
            let (before, sign) = rest.split_at(at);
            plain.push_str(before);
            if let Some(variable) = sign.strip_prefix("${") {
                let unclosed = || Error::new(Code::Mapping, format!("a variable is not closed with `}}`: {sign}"));
                let (name, behind) = variable.split_once('}').ok_or_else(unclosed)?;
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Variable(name.to_owned()));
                rest = behind;
            } else if let Some(behind) = sign.strip_prefix("\\$") {
                plain.push('$');
                rest = behind;
            } else {
                plain.push_str(&sign[..1]);
                rest = &sign[1..];
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Expression { parts })
    }

    /// Iterates over the names of the variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Substitutes the variables; one without a value becomes empty.
    pub fn fill_in(&self, mut value: impl FnMut(&str) -> Option<String>) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable(name) => value(name).unwrap_or_default(),
        });
        parts.collect()
    }

    /// Substitutes the variables, each evaluated once, up to a length: `None` once the text is longer.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn fill_in_within(
        &self,
        budget: &Budget<'_>,
        most: usize,
        mut value: impl FnMut(&str) -> Result<Option<String>, Error>,
    ) -> Result<Option<String>, Error> {
        let mut known: HashMap<&str, String> = HashMap::new();
        let mut filled = String::new();
        for part in &self.parts {
            budget.charge(2)?;
            let text = match part {
                Part::Text(text) => text,
                Part::Variable(name) => {
                    if !known.contains_key(name.as_str()) {
                        known.insert(name, value(name)?.unwrap_or_default());
                    }
                    known.get(name.as_str()).map_or("", String::as_str)
                }
            };
            if text.len() > most.saturating_sub(filled.len()) {
                return Ok(None);
            }
            budget.make(text.len())?;
            filled.push_str(text);
        }
        Ok(Some(filled))
    }

    /// Substitutes the variables; returns `None` for a single variable without a value.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn value_within(
        &self,
        budget: &Budget<'_>,
        mut value: impl FnMut(&str) -> Result<Option<String>, Error>,
    ) -> Result<Option<String>, Error> {
        match self.parts.as_slice() {
            [Part::Variable(name)] => value(name),
            _ => self.fill_in_within(budget, usize::MAX, value),
        }
    }
}

/// Returns the name in `$request.body.action`; `$default` has no dot, so it is a text.
fn lone_variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let (first, _) = name.split_once('.')?;
    (!first.is_empty() && first.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Budget, Expression};

    fn filled(text: &str) -> String {
        Expression::parse(text).unwrap().fill_in(|name| Some(format!("<{name}>")))
    }

    #[test]
    fn variables_have_braces_unless_they_are_alone() {
        assert_eq!(filled("$request.body.a[0].b"), "<request.body.a[0].b>");
        assert_eq!(filled("${request.path.name} ${request.path.id}"), "<request.path.name> <request.path.id>");
        assert_eq!(filled("env-${stageVariables.env}!"), "env-<stageVariables.env>!");
        assert_eq!(filled("costs $5.00 and $x"), "costs $5.00 and $x");
    }

    #[test]
    fn dollars_are_texts_when_they_are_escaped_or_name_nothing() {
        assert_eq!(filled(r"\$default"), "$default");
        assert_eq!(filled("$default"), "$default");
        assert_eq!(filled(r"a\b \${x}"), r"a\b ${x}");
        assert_eq!(filled(""), "");
        assert!(Expression::parse("a ${b").is_err());
    }

    #[test]
    fn one_variable_without_a_value_is_nothing() {
        let budget = Budget::unlimited();
        let value = |text: &str| Expression::parse(text).unwrap().value_within(&budget, |_| Ok(None)).unwrap();
        assert_eq!(value("$request.header.x"), None);
        assert_eq!(value("${request.header.x}"), None);
        assert_eq!(value("a${request.header.x}").as_deref(), Some("a"));
    }
}
