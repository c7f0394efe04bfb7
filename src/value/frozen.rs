//! Data that outlives a render, seen by one: strings and numbers are read in place, a list or map becomes a
//! value of the render once, so that a change to it is seen again.

use super::{Arena, Datum, Value};

/// The lists and maps that were made of the elements of one frozen list or map, by their places. Mostly
/// there is one: `$context.identity`.
#[derive(Default)]
pub(super) enum Thawed<'r> {
    #[default]
    None,
    One((u32, Value<'r>)),
    /// In order of the place.
    Many(Vec<(u32, Value<'r>)>),
}

impl<'r> Thawed<'r> {
    /// The value of the element at a place.
    #[inline]
    pub(super) fn value(&mut self, arena: &'r Arena<'r>, data: &'r Datum, at: usize) -> Value<'r> {
        match data {
            Datum::List(..) | Datum::Map(..) => self.container(arena, data, at as u32),
            other => arena.thaw(other),
        }
    }

    fn container(&mut self, arena: &'r Arena<'r>, data: &'r Datum, at: u32) -> Value<'r> {
        if let Some(value) = self.made(at) {
            return value.clone();
        }
        let value = arena.thaw(data);
        *self = match std::mem::take(self) {
            Thawed::None => Thawed::One((at, value.clone())),
            Thawed::One(other) => {
                let mut made = vec![other, (at, value.clone())];
                made.sort_by_key(|(at, _)| *at);
                Thawed::Many(made)
            }
            Thawed::Many(mut made) => {
                // A loop adds at the end.
                let place = made.partition_point(|(other, _)| *other < at);
                made.insert(place, (at, value.clone()));
                Thawed::Many(made)
            }
        };
        value
    }

    #[inline]
    fn made(&self, at: u32) -> Option<&Value<'r>> {
        match self {
            Thawed::None => None,
            Thawed::One((other, value)) => (*other == at).then_some(value),
            Thawed::Many(made) => {
                let place = made.binary_search_by_key(&at, |(other, _)| *other).ok()?;
                made.get(place).map(|(_, value)| value)
            }
        }
    }

    /// What was made, with its places.
    pub(super) fn all(&self) -> &[(u32, Value<'r>)] {
        match self {
            Thawed::None => &[],
            Thawed::One(made) => std::slice::from_ref(made),
            Thawed::Many(made) => made,
        }
    }
}
