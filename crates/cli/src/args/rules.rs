//! Values of the flags that set the limits and the dialect.

use clap::{Args, ValueEnum};
use vtl::{Dialect, Limits};

/// Limits of reading a document and of rendering.
#[derive(Args, Default)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit, help = limit_help())]
    limits: Vec<Limit>,
}

impl LimitArgs {
    /// Returns `limits` with those that the flags set.
    pub fn over(&self, mut limits: Limits) -> Limits {
        for limit in &self.limits {
            let _ = limits.set_text(&limit.name, &limit.value); // The flag checks both.
        }
        limits
    }

    /// Returns the limits of reading a document whose templates the limits of the flags are for: those of the service,
    /// unless the flags raise them, and the time of the flags.
    pub fn raised(&self) -> Limits {
        let (usual, limits) = (Limits::service(), self.over(Limits::service()));
        let larger = |usual: Option<u64>, given: Option<u64>| Some(usual?.max(given?));
        let steps = larger(usual.steps(), limits.steps());
        let memory = larger(usual.memory(), limits.memory());
        limits.with_steps(steps).with_memory(memory)
    }
}

/// Dialect switches.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
pub struct RulesArgs {
    #[arg(long = "dialect-switch", value_name = "NAME", value_parser = switch, help = switch_help())]
    switches: Vec<&'static str>,
}

impl RulesArgs {
    /// Returns `dialect` with the switches that the flags turn on.
    pub fn dialect(&self, mut dialect: Dialect) -> Dialect {
        for switch in &self.switches {
            let _ = dialect.set(switch, true); // The flag checks the name.
        }
        dialect
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    #[default]
    Service,
    #[value(name = "velocity-1.7")]
    Velocity17,
}

#[derive(Clone)]
struct Limit {
    name: String,
    value: String,
}

fn limit(text: &str) -> Result<Limit, String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Limits::service().set_text(name, value)?;
    Ok(Limit { name: name.to_owned(), value: value.to_owned() })
}

fn limit_names() -> String {
    Limits::NAMES.join(", ").replace('_', "-")
}

fn limit_help() -> String {
    format!(
        "Set a limit of reading a document and of rendering, as steps=1000000, memory=512MiB, time=2s, or remove it \
         (=none); may be repeated. Limits: {}",
        limit_names()
    )
}

fn switch(text: &str) -> Result<&'static str, String> {
    let name = text.replace('-', "_");
    let known = Dialect::SWITCHES.iter().find(|switch| **switch == name);
    known.copied().ok_or_else(|| format!("unknown switch; the switches are {}", Dialect::SWITCHES.join(", ")))
}

fn switch_help() -> String {
    format!(
        "Turn on a dialect switch; may be repeated. COMPATIBILITY.md describes them. Switches: {}",
        Dialect::SWITCHES.join(", ")
    )
}
