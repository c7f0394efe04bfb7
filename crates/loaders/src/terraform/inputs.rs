//! Findings about what variables are given: arguments of modules, values in files, and validations.

use crate::diagnostic::{Fault, brief};
use crate::span::Span;
use crate::syntax::tree::Node;
use crate::terraform::configuration::ModuleCall;
use crate::terraform::content::Inner;
use crate::terraform::evaluator::{Evaluator, Scope};
use crate::terraform::operators;
use vtl::Code;
use vtl::reference::nearest;

/// Arguments of the call of a module that are none of the module.
const META: &[&str] = &["source", "version", "count", "for_each", "providers", "depends_on", "//"];

/// Most variables that an unknown argument is compared with.
const COMPARED: usize = 256;

impl Evaluator<'_> {
    /// Adds the findings about what the variables of all modules are given.
    ///
    /// # Errors
    /// The configuration grows too large.
    pub(super) fn report_inputs(&self) -> Result<(), Fault> {
        for configuration in self.configurations {
            for call in &configuration.calls {
                self.arguments(call)?;
            }
        }
        if let Some(root) = self.configurations.first().filter(|root| root.is_whole) {
            let mut values: Vec<_> =
                self.given.iter().filter(|(name, _)| !root.variables.contains_key(name.as_str())).collect();
            values.sort_by_key(|(_, value)| (value.span.file, value.span.start));
            for (name, value) in values {
                let message =
                    || format!("the value of {} is not read: the configuration has no such variable", brief(name));
                let help = || self.near(name, root.variables.keys().copied());
                self.tell(Code::UnknownField, value.span, message, help)?;
            }
        }
        let mut module = 0;
        while let Some(here) = self.module(module) {
            for name in &here.configuration.validated {
                self.charge(1, Span::default())?;
                self.validate(name, module)?;
            }
            module += 1;
        }
        Ok(())
    }

    /// Compares the arguments of a call with the variables of its module.
    fn arguments(&self, call: &ModuleCall<'_>) -> Result<(), Fault> {
        let target = call.target.and_then(|target| self.configurations.get(target));
        let Some(target) = target.filter(|target| target.is_whole) else { return Ok(()) };
        let given = call.inner.arguments();
        self.charge(given.len() / 4 + target.variables.len() / 4, call.span)?;
        for (name, _, span) in given {
            if !META.contains(&name) && !target.variables.contains_key(name) {
                let message = || {
                    format!("the module {} has no variable {}; the value is not read", brief(call.name), brief(name))
                };
                self.tell(Code::UnknownField, span, message, || self.near(name, target.variables.keys().copied()))?;
            }
        }
        let needed = target.variables.iter().filter(|(_, variable)| variable.default.is_none());
        let mut missing: Vec<&str> =
            needed.map(|(name, _)| *name).filter(|name| call.argument(name).is_none()).collect();
        missing.sort_unstable();
        if let Some(first) = missing.first() {
            let more = missing.len() - 1;
            let others = if more > 0 { format!(" and {more} others") } else { String::new() };
            let message =
                || format!("the module {} gets no value of its variable {}{others}", brief(call.name), brief(first));
            self.tell(Code::FailedExpression, call.span, message, || {
                Some("give a value, or declare a default".into())
            })?;
        }
        Ok(())
    }

    fn near<'n>(&self, name: &str, among: impl ExactSizeIterator<Item = &'n str>) -> Option<String> {
        let few = if among.len() <= COMPARED { among.len() } else { 0 };
        let near = nearest(name, among.take(few)).map(|near| format!("did you mean {near}?"));
        Some(near.unwrap_or_else(|| "declare it, or remove the value".to_owned()))
    }

    /// Checks the value of a variable against its validations.
    fn validate(&self, name: &str, module: usize) -> Result<(), Fault> {
        let Some(here) = self.module(module) else { return Ok(()) };
        let Some(variable) = here.configuration.variables.get(name) else { return Ok(()) };
        self.context.budget.spend(variable.inner.len(), 0, variable.span)?;
        // Override files do not change the rules.
        let rules: Vec<Inner<'_>> = match &variable.inner {
            Inner::Hcl(body, file) => body.get_blocks("validation").map(|it| Inner::Hcl(&it.body, *file)).collect(),
            Inner::Json(node) => {
                let bodies = node.each().iter().filter_map(|body| body.get("validation"));
                bodies.flat_map(Node::each).map(Inner::Json).collect()
            }
            Inner::Merged(_) => Vec::new(),
        };
        for rule in rules {
            let Some(condition) = rule.attribute("condition") else { continue };
            let value = self.variable(name, module, condition.span())?;
            let scope = Scope { module, ..Scope::default() };
            let passes = self.apart(|| self.evaluate(condition, &scope))?;
            if operators::truth(&passes) != Some(false) {
                continue;
            }
            let why = rule.literal("error_message").map(|(text, _)| brief(text));
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let span = if value.span.end > value.span.start { value.span } else { condition.span() };
            let message =
                || format!("the value of {}var.{} does not pass its validation{why}", brief(&here.prefix), brief(name));
            self.tell(Code::DisallowedValue, span, message, || None)?;
        }
        Ok(())
    }
}
