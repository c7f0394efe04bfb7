//! Places: the operands of quick ops that print and compare.

use super::probe::Watch;
use super::state::Vm;
use crate::builtins::JavaMethod;
use crate::error::Error;
use crate::host;
use crate::program::{PathCall, Place};
use crate::value::map::frozen_position;
use crate::value::{Host, Plain, Value, View};

impl<'r, W: Watch> Vm<'r, W> {
    /// Returns the value of a place, if it is of a plain kind; changes nothing.
    #[inline(always)]
    fn plain(&mut self, place: u32) -> Result<Option<Plain<'r>>, Error> {
        let program = self.program;
        match program.places.get(place as usize) {
            Some(&Place::Member(slot, name)) => Ok(self.member(slot, name)),
            Some(place) => self.other_plain(place),
            None => Ok(None),
        }
    }

    /// Returns `$o.name` if it is of a plain kind.
    #[inline(always)]
    pub(super) fn member(&mut self, slot: u16, name: u32) -> Option<Plain<'r>> {
        let property = self.program.properties.get(name as usize)?;
        match self.slots.get(usize::from(slot))? {
            Value::Map(map) => {
                let cache = if self.number == 0 { self.caches.get_mut(name as usize) } else { None };
                map.plain(&property.name, property.fingerprint, cache)
            }
            Value::View(View::Loop(state)) => match property.getter {
                JavaMethod::GetHasNext => Some(Plain::Bool(state.has_next.get())),
                JavaMethod::GetIndex => Some(Plain::Int(state.index.get())),
                JavaMethod::GetCount => Some(Plain::Int(state.index.get().saturating_add(1))),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns `$o.first.second` if it is of a plain kind.
    fn nested_member(&mut self, slot: u16, first: u32, second: u32) -> Option<Plain<'r>> {
        let inner = self.member(slot, first)?;
        let property = self.program.properties.get(second as usize)?;
        let cache = if self.number == 0 { self.caches.get_mut(second as usize) } else { None };
        match inner {
            Plain::Map(map) => map.plain(&property.name, property.fingerprint, cache),
            Plain::Data(data) => {
                let at = frozen_position(data, &property.name, property.fingerprint, cache)?;
                data.entries().get(at).and_then(|(_, value)| Plain::of_scalar(value))
            }
            _ => None,
        }
    }

    /// Returns the value of a place that is not a member, if it is of a plain kind.
    #[inline(never)]
    fn other_plain(&mut self, place: &Place) -> Result<Option<Plain<'r>>, Error> {
        let program = self.program;
        let variable = |slot: u16| self.slots.get(usize::from(slot));
        match *place {
            Place::Variable(slot) => Ok(variable(slot).and_then(Plain::of)),
            Place::Member(slot, name) => Ok(self.member(slot, name)),
            Place::Nested(slot, first, second) => Ok(self.nested_member(slot, first, second)),
            Place::Key(map, key) => match (variable(map), variable(key)) {
                (Some(Value::Map(map)), Some(Value::Str(key))) => {
                    self.arena.budget.charge(1 + key.len() / 64)?;
                    let expected = self.loops.last().and_then(|running| running.cursor.key_position());
                    Ok(map.plain_at(key, expected))
                }
                _ => Ok(None),
            },
            Place::Path(slot, call) => match (variable(slot), program.paths.get(call as usize)) {
                (Some(Value::Host(Host::Input)), Some(PathCall { capture: Some(capture), .. })) => {
                    self.roots.captured(*capture).map(|value| value.and_then(Plain::of))
                }
                _ => Ok(None),
            },
            Place::Parameter(slot, name) => match (variable(slot), program.properties.get(name as usize)) {
                (Some(Value::Host(Host::Input)), Some(name)) => {
                    self.arena.budget.charge(4)?;
                    Ok(self.roots.parameter(&name.name, name.fingerprint).map(Plain::Text))
                }
                _ => Ok(None),
            },
        }
    }

    /// Writes the value of a place; returns `false` and writes nothing if it is not a scalar of a plain kind.
    #[inline(never)]
    pub(super) fn print_place(&mut self, place: u32) -> Result<bool, Error> {
        match self.plain(place)? {
            Some(value) => self.out.push_plain(value),
            None => Ok(false),
        }
    }

    /// Writes the string of a place escaped as `$util.escapeJavaScript` does; returns `false` and writes nothing if
    /// it is not a string, or `util` is not `$util`.
    #[inline(never)]
    pub(super) fn print_script(&mut self, util: u16, place: u32) -> Result<bool, Error> {
        let Some(Value::Host(Host::Util)) = self.slots.get(usize::from(util)) else { return Ok(false) };
        let Some(Plain::Text(text)) = self.plain(place)? else { return Ok(false) };
        let arena = self.arena;
        self.out.write(|out, _| host::write_script(arena, text, out))
    }

    /// Returns the boolean of a place, if it is one.
    #[inline(never)]
    pub(super) fn truth_of_place(&mut self, place: u32) -> Result<Option<bool>, Error> {
        Ok(if let Some(Plain::Bool(truth)) = self.plain(place)? { Some(truth) } else { None })
    }

    /// Returns the Integer of a place, if it is one.
    #[inline(never)]
    pub(super) fn int_of_place(&mut self, place: u16) -> Result<Option<i32>, Error> {
        Ok(if let Some(Plain::Int(value)) = self.plain(u32::from(place))? { Some(value) } else { None })
    }

    /// Compares the string of a place with a text; `None` if the place is not a string.
    #[inline(never)]
    pub(super) fn place_equals(&mut self, place: u16, text: &str) -> Result<Option<bool>, Error> {
        Ok(if let Some(Plain::Text(own)) = self.plain(u32::from(place))? { Some(own == text) } else { None })
    }
}
