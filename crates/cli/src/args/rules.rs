//! Values of the flags that set the rules: the dialect and the limits.

use clap::ValueEnum;
use vtl::Limits;

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    #[default]
    Service,
    #[value(name = "velocity-1.7")]
    Velocity17,
}

#[derive(Clone)]
pub struct Limit {
    /// As the engine spells it: one of [`Limits::NAMES`].
    pub name: String,
    pub value: Option<u64>,
}

pub fn limit(text: &str) -> Result<Limit, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=N or NAME=none")?;
    let name = name.replace('-', "_");
    if !Limits::NAMES.contains(&name.as_str()) {
        return Err(format!("the limits are {}", limit_names()));
    }
    let value = match value {
        "none" => None,
        digits => Some(digits.parse().map_err(|_| "a limit is a whole number or none")?),
    };
    Ok(Limit { name, value })
}

fn limit_names() -> String {
    Limits::NAMES.join(", ").replace('_', "-")
}

pub fn limit_help() -> String {
    format!("Sets a limit, or takes it away; repeat it for more. The limits are {}", limit_names())
}
