//! The values that a template reads, in a fixed order: a render without JSON on the way in.

use crate::failure::Failure;
use serde_json::{Value as Json, json};
use vtl::{Data, Globals, Params, ReadPart, Reads};

/// The slots of a template: first parameters, then members of `$context`, then stage variables.
pub(crate) struct Slots {
    params: Vec<String>,
    context: Vec<Slot>,
    stage_variables: Vec<String>,
    /// Number of all slots.
    count: usize,
}

/// A member of `$context`: a value, or an object with slots of its own.
struct Slot {
    name: String,
    inner: Vec<Slot>,
}

impl Slots {
    /// Returns the slots of a template; `None` if it reads all of something, whose members are not known.
    pub fn of(reads: &Reads) -> Option<Slots> {
        fn names(part: &ReadPart) -> Option<Vec<String>> {
            let ReadPart::Members(members) = part else { return None };
            Some(members.keys().map(|name| name.to_string()).collect())
        }
        fn tree(part: &ReadPart) -> Option<Vec<Slot>> {
            let ReadPart::Members(members) = part else { return None };
            let slots = members
                .iter()
                .map(|(name, part)| Slot { name: name.to_string(), inner: tree(part).unwrap_or_default() });
            Some(slots.collect())
        }
        let (params, stage_variables) = (names(&reads.params)?, names(&reads.stage_variables)?);
        let context = tree(&reads.context)?;
        let count = params.len() + stage_variables.len() + context.iter().map(Slot::count).sum::<usize>();
        Some(Slots { params, context, stage_variables, count })
    }

    /// Returns the slots as JSON: `[["params", "q"], ["context", "identity", "sourceIp"]]`.
    pub fn to_json(&self) -> Json {
        fn paths(slots: &[Slot], before: &[&str], all: &mut Vec<Json>) {
            for slot in slots {
                let path = [before, &[&slot.name]].concat();
                match slot.inner.is_empty() {
                    true => all.push(json!(path)),
                    false => paths(&slot.inner, &path, all),
                }
            }
        }
        let mut all: Vec<Json> = self.params.iter().map(|name| json!(["params", name])).collect();
        paths(&self.context, &["context"], &mut all);
        all.extend(self.stage_variables.iter().map(|name| json!(["stageVariables", name])));
        all.into()
    }

    /// Reads the values of the slots and the payload behind them: the length of the payload, the length of
    /// each value, the values, the payload. Lengths have four bytes, the least first; a parameter that is
    /// missing has the length `0xffffffff`.
    pub fn globals<'a>(&self, data: &'a [u8]) -> Result<Globals<'a>, Failure> {
        self.read(data).ok_or_else(|| Failure::usage("the values do not fit the slots of the template"))
    }

    fn read<'a>(&self, data: &'a [u8]) -> Option<Globals<'a>> {
        let (lengths, mut rest) = data.split_at_checked(4 * (self.count + 1))?;
        let mut lengths = lengths.chunks_exact(4).filter_map(|it| it.try_into().ok()).map(u32::from_le_bytes);
        let payload = lengths.next()? as usize;
        let mut next = || -> Option<Option<&'a str>> {
            let length = lengths.next()?;
            if length == u32::MAX {
                return Some(None);
            }
            let (value, behind) = rest.split_at_checked(length as usize)?;
            rest = behind;
            Some(Some(std::str::from_utf8(value).ok()?))
        };
        let mut globals = Globals::default();
        if !self.params.is_empty() {
            let mut params = Params::new();
            for name in &self.params {
                // A template that reads parameters by name cannot see their groups.
                if let Some(value) = next()? {
                    params = params.query(name, value);
                }
            }
            globals = globals.params(params);
        }
        if !self.context.is_empty() {
            globals = globals.context_members(members(&self.context, &mut next)?);
        }
        if !self.stage_variables.is_empty() {
            let mut variables = Vec::with_capacity(self.stage_variables.len());
            for name in &self.stage_variables {
                variables.push((name.clone(), next()??.to_owned()));
            }
            globals = globals.stage_variables(variables);
        }
        globals.set_body_bytes(rest);
        (rest.len() == payload).then_some(globals)
    }
}

impl Slot {
    fn count(&self) -> usize {
        if self.inner.is_empty() { 1 } else { self.inner.iter().map(Slot::count).sum() }
    }
}

fn members<'s, 'a>(
    slots: &'s [Slot],
    next: &mut impl FnMut() -> Option<Option<&'a str>>,
) -> Option<Vec<(&'s str, Data)>> {
    let mut members = Vec::with_capacity(slots.len());
    for slot in slots {
        let value = match slot.inner.is_empty() {
            true => Data::from(next()??),
            false => Data::object(self::members(&slot.inner, next)?),
        };
        members.push((slot.name.as_str(), value));
    }
    Some(members)
}
