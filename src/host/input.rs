//! `$input`: the payload and the parameters.

use super::Params;
use super::unreadable::{excerpt, in_text};
use crate::builtins::JavaMethod;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::value::json::project::{self, Captures};
use crate::value::json::{Capture, FRAME, ReadPlan, compact, read, write};
use crate::value::shape::fingerprint;
use crate::value::{Arena, Datum, MapKind, Value, show};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// Length in bytes from which a computed path is not kept.
const LONGEST_KEPT: usize = 1 << 10;

/// Bytes of a name that one step compares without regard to case.
const FOLDED_PER_STEP: usize = 16;

pub(super) struct Input<'r> {
    arena: &'r Arena<'r>,
    body: &'r str,
    params: &'r Params,
    /// The read plan of the template, if its demand is known.
    plan: Option<&'r ReadPlan>,
    /// The values captured by the plan, once the payload was read.
    captures: OnceCell<Captures<'r>>,
    payload: OnceCell<Value<'r>>,
    all_params: OnceCell<Value<'r>>,
    /// Set by `$input.json` of a path that finds nothing, until it is asked for.
    found_nothing: Cell<bool>,
    /// Paths that were computed while rendering.
    paths: RefCell<Vec<(Rc<str>, JsonPath)>>,
}

impl<'r> Input<'r> {
    pub(super) fn new(arena: &'r Arena<'r>, body: &'r str, params: &'r Params, plan: Option<&'r ReadPlan>) -> Self {
        // An empty payload is `{}` (aws-observed 3.11, R).
        let body = if body.is_empty() { "{}" } else { body };
        Input {
            arena,
            body,
            params,
            plan,
            captures: OnceCell::new(),
            payload: OnceCell::new(),
            all_params: OnceCell::new(),
            found_nothing: Cell::new(false),
            paths: RefCell::default(),
        }
    }

    /// The raw text (aws-observed 3.12, R).
    pub(super) fn body(&self) -> Value<'r> {
        Value::str(self.body)
    }

    /// The payload, parsed once.
    fn payload(&self) -> Result<Value<'r>, Error> {
        if self.arena.dialect.parse_per_call {
            return self.parse();
        }
        if let Some(value) = self.payload.get() {
            return Ok(value.clone());
        }
        let value = self.parse()?;
        Ok(self.payload.get_or_init(|| value).clone())
    }

    fn parse(&self) -> Result<Value<'r>, Error> {
        read::read(self.arena, self.body).map_err(|error| in_text(error, self.body, "payload"))
    }

    pub(super) fn find(
        &self,
        method: JavaMethod,
        path: &JsonPath,
        capture: Option<Capture>,
    ) -> Result<Value<'r>, Error> {
        self.found_nothing.set(false);
        self.arena.budget.charge(1)?;
        // The captured value of exactly this path.
        if method == JavaMethod::Path
            && let (Some(captures), Some(capture)) = (self.captures.get(), capture)
            && capture.exact
        {
            return Ok(captures.get(capture.slot as usize).cloned().flatten().unwrap_or(Value::Null));
        }
        // Nothing was read yet, so the template cannot have changed the payload.
        if method == JavaMethod::Json
            && path.is_root()
            && self.captures.get().is_none()
            && self.payload.get().is_none()
            && let Some(text) = compact(self.body, self.arena.dialect.escape_slash, self.arena.budget.levels(FRAME))
        {
            self.arena.budget.charge(4 + self.body.len() / 8)?;
            return Ok(Value::str(text));
        }
        let found = match (self.plan, capture) {
            (Some(plan), Some(capture)) => self.find_captured(plan, path, capture),
            _ => self.find_in_payload(path),
        };
        let found = match found {
            Ok(found) => found,
            Err(error) if error.code() == Code::PathNotFound => None,
            Err(error) => return Err(error),
        };
        if method == JavaMethod::Path {
            return Ok(found.unwrap_or(Value::Null));
        }
        self.arena.budget.charge(4)?;
        self.found_nothing.set(found.is_none());
        // Nothing is `""`, with its quotes (aws-observed 3.5, H).
        let mut text = String::new();
        match found {
            // What it writes for a null that is there is not known (open).
            Some(Value::Null) if self.arena.dialect.json_null => text.push_str("null"),
            None | Some(Value::Null) => text.push_str("\"\""),
            Some(value) => write::write(self.arena, &value, &mut text)?,
        }
        self.arena.string(text)
    }

    /// Returns the captured value of a path if the read plan captures exactly that path.
    pub(super) fn captured(&self, capture: Capture) -> Result<Option<&Value<'r>>, Error> {
        let (Some(plan), true) = (self.plan, capture.exact && !self.arena.dialect.parse_per_call) else {
            return Ok(None);
        };
        let captures = match self.captures.get() {
            Some(captures) => captures,
            None => {
                let captures = project::read_projected(self.arena, self.body, plan)
                    .map_err(|error| in_text(error, self.body, "payload"))?;
                self.captures.get_or_init(|| captures)
            }
        };
        Ok(captures.get(capture.slot as usize).and_then(Option::as_ref))
    }

    /// Checks whether the last `$input.json` found nothing; the next call returns false.
    pub(super) fn take_found_nothing(&self) -> bool {
        self.found_nothing.replace(false)
    }

    /// Describes a payload in which no path finds anything, if it is one.
    pub(super) fn oddity(&self) -> Option<String> {
        let text = self.body.trim_start_matches([' ', '\t', '\r', '\n']);
        match text.chars().next() {
            Some('\u{feff}') => Some("it starts with a byte order mark (U+FEFF), so it is read as one text".to_owned()),
            Some('{' | '[') | None => None,
            Some(_) => Some(format!("it is no object and no list but `{}`", excerpt(text))),
        }
    }

    /// Evaluates a path on the captured values.
    fn find_captured(&self, plan: &'r ReadPlan, path: &JsonPath, capture: Capture) -> Result<Option<Value<'r>>, Error> {
        let read = || {
            project::read_projected(self.arena, self.body, plan).map_err(|error| in_text(error, self.body, "payload"))
        };
        let anew;
        let captures = match self.captures.get() {
            Some(captures) => captures,
            None if self.arena.dialect.parse_per_call => {
                anew = read()?;
                &anew
            }
            None => {
                let captures = read()?;
                self.captures.get_or_init(|| captures)
            }
        };
        match captures.get(capture.slot as usize) {
            Some(Some(found)) if capture.exact => Ok(Some(found.clone())),
            Some(Some(from)) => path.find_after(capture.steps as usize, self.arena, from).map(Some),
            _ => Ok(None),
        }
    }

    /// Evaluates a path on the whole payload.
    fn find_in_payload(&self, path: &JsonPath) -> Result<Option<Value<'r>>, Error> {
        let payload = self.payload()?;
        // Jayway refuses a null document; in it nothing is found.
        if payload.is_null() { Ok(None) } else { path.find_value(self.arena, &payload).map(Some) }
    }

    pub(super) fn call(&self, method: JavaMethod, args: &[Value<'r>]) -> Result<Option<Value<'r>>, Error> {
        // A name is looked for in the headers one by one.
        let headers = self.params.groups().last().map_or(0, |headers| headers.entries().len());
        self.arena.budget.charge(4 + headers / 8 + args.iter().map(Value::weight).sum::<usize>())?;
        match (method, args) {
            (JavaMethod::Path | JavaMethod::Json, [Value::Str(path)]) => self.computed(method, path).map(Some),
            (JavaMethod::Params, []) => Ok(Some(self.all_params())),
            (JavaMethod::Params, [Value::Null]) => Ok(Some(Value::Null)),
            (JavaMethod::Params, [Value::Str(name)]) => self.param(name).map(Some),
            (JavaMethod::Params, [name]) => {
                let mut text = String::new();
                show::show(self.arena, name, &mut text)?;
                self.param(&text).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A path that is not known before it is run: compiled once for each text.
    fn computed(&self, method: JavaMethod, text: &str) -> Result<Value<'r>, Error> {
        let known = self.paths.borrow().iter().find(|(t, _)| **t == *text).map(|(_, p)| p.clone());
        let path = match known {
            Some(path) => path,
            None => {
                let path = JsonPath::parse_within(text, self.arena.budget)?;
                let mut paths = self.paths.borrow_mut();
                if paths.len() < 64 && text.len() < LONGEST_KEPT {
                    paths.push((text.into(), path.clone()));
                }
                path
            }
        };
        self.find(method, &path, None)
    }

    /// `{path={…}, querystring={…}, header={…}}` (aws-observed 3.16, U).
    fn all_params(&self) -> Value<'r> {
        self.all_params.get_or_init(|| Value::Map(self.arena.frozen_map(MapKind::Linked, self.params.all()))).clone()
    }

    /// Path, then query string, then header; then header names without regard to case (assumed: HTTP's
    /// rule; aws-observed 3.25 leaves it open).
    fn param(&self, name: &str) -> Result<Value<'r>, Error> {
        let fingerprint = fingerprint(name.as_bytes());
        if let Some(value) = self.params.groups().find_map(|g| g.get_fingerprinted(name, fingerprint)) {
            return Ok(self.arena.thaw(value));
        }
        if self.arena.dialect.exact_header_names {
            return Ok(Value::Null);
        }
        let headers = self.params.groups().last();
        let entries = headers.map(|h| h.entries()).unwrap_or_default();
        let as_long = entries.iter().filter(|(other, _)| other.len() == name.len()).count();
        self.arena.budget.charge(as_long.saturating_mul(name.len()) / FOLDED_PER_STEP)?;
        match entries.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some((_, value @ Datum::Str(_))) => Ok(self.arena.thaw(value)),
            _ => Ok(Value::Null),
        }
    }
}
