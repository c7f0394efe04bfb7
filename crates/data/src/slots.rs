//! The values that a template reads, in a fixed order: a render without JSON on the way in.

use crate::failure::Failure;
use serde_json::{Value as Json, json};
use vtl::{Data, Error, Globals, ReadPart, Reads, Rendered, Template};

/// The values that a template reads, each in a slot with a number: first parameters, then members of
/// `$context`, then stage variables.
///
/// They are kept from render to render, so a host sets all of them before each.
///
/// ```
/// use vtl_data::{SlotRoot, Slots};
/// let template = vtl::Template::parse("$input.body from $context.identity.sourceIp")?;
/// let mut slots = Slots::of(&template.reads()).unwrap();
/// assert_eq!(slots.paths().collect::<Vec<_>>(), [(SlotRoot::Context, &["identity".into(), "sourceIp".into()][..])]);
/// slots.set(0, Some("192.0.2.1"));
/// assert_eq!(slots.render(&template, "{}")?.text, "{} from 192.0.2.1");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Slots {
    slots: Vec<Slot>,
    /// The values; none before the first is set.
    globals: Option<Globals<'static>>,
}

/// Owner of the value of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotRoot {
    /// `$input.params('NAME')`, of any group.
    Params,
    /// `$context`.
    Context,
    /// `$stageVariables`.
    StageVariables,
}

#[derive(Clone, Debug)]
struct Slot {
    root: SlotRoot,
    path: Vec<String>,
}

impl Slots {
    /// Returns the slots of a template; `None` if it reads all of something, whose members are not known.
    #[must_use]
    pub fn of(reads: &Reads) -> Option<Slots> {
        /// Adds a slot for each value below `part`; only the inner parts may be read as a whole.
        fn add(root: SlotRoot, part: &ReadPart, before: &[String], slots: &mut Vec<Slot>) -> Option<()> {
            let ReadPart::Members(members) = part else { return None };
            for (name, part) in members {
                let path = [before, &[name.to_string()]].concat();
                let is_inside = root == SlotRoot::Context && add(root, part, &path, slots).is_some();
                if !is_inside {
                    slots.push(Slot { root, path });
                }
            }
            Some(())
        }
        let mut slots = Vec::new();
        add(SlotRoot::Params, &reads.params, &[], &mut slots)?;
        add(SlotRoot::Context, &reads.context, &[], &mut slots)?;
        add(SlotRoot::StageVariables, &reads.stage_variables, &[], &mut slots)?;
        Some(Slots { slots, globals: None })
    }

    /// Lists the paths of the slots.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = (SlotRoot, &[String])> {
        self.slots.iter().map(|slot| (slot.root, slot.path.as_slice()))
    }

    /// Returns the slots as JSON: `[["params", "q"], ["context", "identity", "sourceIp"]]`.
    pub(crate) fn to_json(&self) -> Json {
        let path = |slot: &Slot| {
            let root = match slot.root {
                SlotRoot::Params => "params",
                SlotRoot::Context => "context",
                SlotRoot::StageVariables => "stageVariables",
            };
            json!([&[root.to_owned()], slot.path.as_slice()].concat())
        };
        self.slots.iter().map(path).collect()
    }

    /// Sets the value of a slot. Returns `false` for a slot that does not exist, and for `None` unless it is a
    /// parameter: only these may be missing.
    pub fn set(&mut self, slot: usize, value: Option<&str>) -> bool {
        let Some(Slot { root, path }) = self.slots.get(slot) else { return false };
        let globals = self.globals.get_or_insert_default();
        match (root, path.first(), value) {
            // A template that reads parameters by name cannot see their groups.
            (SlotRoot::Params, Some(name), _) => globals.set_query(name, value),
            (SlotRoot::StageVariables, Some(name), Some(value)) => globals.set_stage_variable(name, value),
            (SlotRoot::Context, Some(_), Some(value)) => {
                globals.set_context_text(path.iter().map(String::as_str), value);
            }
            _ => return false,
        }
        true
    }

    /// Sets the value of a slot of `$context`, which need not be a text.
    pub fn set_context(&mut self, slot: usize, value: Data) {
        if let Some(Slot { root: SlotRoot::Context, path }) = self.slots.get(slot) {
            self.globals.get_or_insert_default().set_context_member(path.iter().map(String::as_str), value);
        }
    }

    /// Renders the template with the values of all slots and a payload, which is UTF-8.
    ///
    /// # Errors
    /// As [`Template::render`].
    pub fn render(&mut self, template: &Template, body: &str) -> Result<Rendered, Error> {
        self.render_with(template, |globals| globals.set_body(body))
    }

    /// Renders the template with the values of all slots and a payload of bytes, as [`Globals::body_bytes`].
    ///
    /// # Errors
    /// As [`Template::render`].
    pub fn render_bytes(&mut self, template: &Template, body: &[u8]) -> Result<Rendered, Error> {
        self.render_with(template, |globals| globals.set_body_bytes(body))
    }

    fn render_with<'a>(
        &mut self,
        template: &Template,
        set_body: impl FnOnce(&mut Globals<'a>),
    ) -> Result<Rendered, Error> {
        let mut globals: Globals<'a> = self.globals.take().unwrap_or_default();
        set_body(&mut globals);
        let rendered = template.render(&globals);
        globals.set_body("");
        self.globals = Some(globals.into_owned());
        rendered
    }

    /// Reads the values of the slots and the payload behind them: the length of the payload, the length of
    /// each value, the values, the payload. Lengths have four bytes, the least first; a parameter that is
    /// missing has the length `0xffffffff`. Returns the payload.
    pub(crate) fn read<'a>(&mut self, data: &'a [u8]) -> Result<&'a [u8], Failure> {
        self.try_read(data).ok_or_else(|| Failure::usage("the values do not fit the slots of the template"))
    }

    fn try_read<'a>(&mut self, data: &'a [u8]) -> Option<&'a [u8]> {
        let (lengths, mut rest) = data.split_at_checked(4 * (self.slots.len() + 1))?;
        let mut lengths = lengths.chunks_exact(4).filter_map(|it| it.try_into().ok()).map(u32::from_le_bytes);
        let payload = lengths.next()? as usize;
        for (slot, length) in lengths.enumerate() {
            let value = match length {
                u32::MAX => None,
                length => {
                    let (value, behind) = rest.split_at_checked(length as usize)?;
                    rest = behind;
                    Some(std::str::from_utf8(value).ok()?)
                }
            };
            self.set(slot, value).then_some(())?;
        }
        (rest.len() == payload).then_some(rest)
    }
}
