//! The rules a template is compiled under, by their names.

use crate::failure::Failure;
use std::collections::BTreeMap;
use vtl::pipeline::PrepareOptions;
use vtl::{Dialect, Limits, ParseOptions};

/// Dialect, switches and limits by the names that the flags of the command have.
///
/// ```
/// use vtl_data::Rules;
/// let rules = Rules { switches: vec!["escape-slash".to_owned()], ..Rules::default() };
/// let template = vtl::Template::parse_with("$input.json('$')", &rules.parse_options()?)?;
/// assert_eq!(template.render(&vtl::Globals::body(r#"["a/b"]"#))?.text, r#"["a\/b"]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rules {
    /// `service`, the default, or `velocity-1.7`.
    pub dialect: Option<String>,
    /// Switches of the dialect that are on.
    pub switches: Vec<String>,
    /// Limits that differ from those of the dialect; `None` removes one.
    pub limits: BTreeMap<String, Option<u64>>,
    /// Fail at the limit of a `#foreach`; by default the loop ends there with a note.
    pub foreach_fails: bool,
}

impl Rules {
    /// Returns the dialect and the limits.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a name that does not exist.
    pub fn resolve(&self) -> Result<(Dialect, Limits), Failure> {
        let (mut dialect, mut limits) = match self.dialect.as_deref() {
            None | Some("service") => (Dialect::service(), Limits::service()),
            Some("velocity-1.7") => (Dialect::velocity_1_7(), Limits::velocity_1_7()),
            Some(other) => {
                let message = format!("unknown dialect `{other}`; the dialects are service, velocity-1.7");
                return Err(Failure::Usage(message));
            }
        };
        for switch in &self.switches {
            dialect.set(switch, true).map_err(|error| Failure::usage(error.to_string()))?;
        }
        for (name, value) in &self.limits {
            limits.set(name, *value).map_err(|error| Failure::usage(error.to_string()))?;
        }
        Ok((dialect, limits.with_foreach_fails(self.foreach_fails)))
    }

    /// Returns the options of compiling a template.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a name that does not exist.
    pub fn parse_options(&self) -> Result<ParseOptions, Failure> {
        let (dialect, limits) = self.resolve()?;
        Ok(ParseOptions::new().dialect(dialect).limits(limits))
    }

    /// Returns the options of compiling an API.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a name that does not exist.
    pub fn prepare_options(&self) -> Result<PrepareOptions, Failure> {
        let (dialect, limits) = self.resolve()?;
        Ok(PrepareOptions::new().dialect(dialect).limits(limits))
    }
}
