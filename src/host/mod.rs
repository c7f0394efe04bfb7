//! The values of the root variables: `$input`, `$util`, `$context`, `$stageVariables`.
//!
//! [`Roots`] is one request seen by one render. Data is read in place, when a template asks for it; the
//! payload is parsed at most once.
//!
//! Called by `vm`; knows nothing of programs.

mod context;
mod data;
mod encode;
mod globals;
mod input;
mod overrides;
mod replace;
mod unreadable;
mod util;

pub use context::Variable;
pub(crate) use context::{ACCESS_LOG, CONTEXT};
pub use data::Data;
pub use globals::{Globals, Params};
pub use overrides::Overrides;
pub(crate) use util::write_script;

use crate::builtins::{self, JavaMethod};
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::value::json::{Capture, ReadPlan};
use crate::value::{Arena, Datum, Host, Map, MapKind, Value};
use input::Input;
use std::cell::OnceCell;

/// The root variables of one render.
pub(crate) struct Roots<'r> {
    arena: &'r Arena<'r>,
    globals: &'r Globals<'r>,
    input: Input<'r>,
    context: OnceCell<&'r Map<'r>>,
}

impl<'r> Roots<'r> {
    /// Creates the roots; `plan` is the read plan of the payload, if its demand is known.
    pub(crate) fn new(arena: &'r Arena<'r>, globals: &'r Globals<'r>, plan: Option<&'r ReadPlan>) -> Self {
        let input = Input::new(arena, &globals.body, &globals.params, plan);
        Roots { arena, globals, input, context: OnceCell::new() }
    }

    /// Returns the value of a variable before the template sets it.
    pub(crate) fn variable(&self, name: &str) -> Value<'r> {
        let variables = &self.globals.variables;
        if variables.len() > 0
            && let Some(value) = variables.get(name)
        {
            return self.arena.thaw(value);
        }
        match name {
            "input" => Value::Host(Host::Input),
            "util" => Value::Host(Host::Util),
            "context" => Value::Map(self.context()),
            "stageVariables" => Value::Map(self.arena.frozen_map(MapKind::Linked, &self.globals.stage_variables)),
            _ => Value::Null,
        }
    }

    fn context(&self) -> &'r Map<'r> {
        self.context.get_or_init(|| self.arena.frozen_map(MapKind::Context, &self.globals.context))
    }

    /// Evaluates `$input.path('…')` or `.json('…')` with a compiled path.
    pub(crate) fn find(
        &self,
        method: JavaMethod,
        path: &JsonPath,
        capture: Option<Capture>,
    ) -> Result<Value<'r>, Error> {
        self.input.find(method, path, capture)
    }

    /// Returns the captured value of `$input.path('…')` if the read plan captures exactly that path.
    pub(crate) fn captured(&self, capture: Capture) -> Result<Option<&Value<'r>>, Error> {
        self.input.captured(capture)
    }

    /// Returns `$input.params('name')` of a name in its exact spelling, given its fingerprint.
    pub(crate) fn parameter(&self, name: &str, fingerprint: u32) -> Option<&'r str> {
        let found = self.globals.params.groups().find_map(|group| group.get_fingerprinted(name, fingerprint));
        if let Some(Datum::Str(text)) = found { Some(text) } else { None }
    }

    /// Checks whether the last `$input.json` found nothing; the next call returns false.
    pub(crate) fn take_found_nothing(&self) -> bool {
        self.input.take_found_nothing()
    }

    /// Describes a payload in which no path finds anything, if it is one.
    pub(crate) fn payload_oddity(&self) -> Option<String> {
        self.input.oddity()
    }

    /// Calls a method of `$input` or `$util`; `None` when no method fits.
    pub(crate) fn call(&self, host: Host, method: JavaMethod, args: &[Value<'r>]) -> Result<Option<Value<'r>>, Error> {
        if method == JavaMethod::GetClass && args.is_empty() {
            return Ok(Some(Value::Class(Value::Host(host).class_name())));
        }
        match host {
            Host::Input => self.input.call(method, args),
            Host::Util => util::call(self.arena, method, args),
        }
    }

    /// Returns a property of `$input` or `$util`: `$input.body`.
    pub(crate) fn get(&self, host: Host, name: &str) -> Option<Value<'r>> {
        match (host, name) {
            (Host::Input, "body") => Some(self.input.body()),
            (_, "class") => Some(Value::Class(Value::Host(host).class_name())),
            _ => None,
        }
    }

    /// Returns the overrides that the template has set.
    pub(crate) fn overrides(&self) -> Result<Overrides, Error> {
        overrides::read(&self.globals.from_request, self.context.get().copied())
    }
}

/// Checks for a value that prints as nothing: `$input` and `$util` have no text of their own
/// (aws-observed 3.24, R but ambiguous).
pub(crate) fn is_silent(value: &Value<'_>) -> bool {
    matches!(value, Value::Host(_))
}

/// Calls a method of any value; `None` when no method fits.
pub(crate) fn call<'r>(
    roots: &Roots<'r>,
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    match receiver {
        Value::Host(host) => roots.call(*host, method, args),
        _ => builtins::call(arena, receiver, method, args),
    }
}
