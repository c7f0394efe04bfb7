//! Copy-on-write access to data that outlives a render. Strings and numbers are read in place; a nested list or
//! map is thawed into a value of the render once, so that changes to it persist.

use super::datum::Members;
use super::{Arena, Datum, Plain, Value};
use std::collections::BTreeMap;

/// The thawed elements of one frozen list or map, by position. Usually there is one: `$context.identity`.
#[derive(Default)]
pub(super) enum Thawed<'r> {
    #[default]
    None,
    One((u32, Value<'r>)),
    Many(BTreeMap<u32, Value<'r>>),
}

impl<'r> Thawed<'r> {
    /// Returns the value of the element at a position; thaws it if it is a list or map.
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
            Thawed::One(other) => Thawed::Many(BTreeMap::from([other, (at, value.clone())])),
            Thawed::Many(mut made) => {
                made.insert(at, value.clone());
                Thawed::Many(made)
            }
        };
        value
    }

    /// Returns the value of the element at a position, if it was thawed.
    #[inline]
    pub(super) fn made(&self, at: u32) -> Option<&Value<'r>> {
        match self {
            Thawed::None => None,
            Thawed::One((other, value)) => (*other == at).then_some(value),
            Thawed::Many(made) => made.get(&at),
        }
    }

    /// Returns the element at a position, if it is of a plain kind.
    #[inline(always)]
    pub(super) fn plain(&self, data: &'r Members, at: usize) -> Option<Plain<'r>> {
        match &data.entries().get(at)?.1 {
            Datum::Map(_, members) => self.plain_map(members, at),
            scalar => Plain::of_scalar(scalar),
        }
    }

    fn plain_map(&self, members: &'r Members, at: usize) -> Option<Plain<'r>> {
        self.made(at as u32).map_or(Some(Plain::Data(members)), Plain::of)
    }

    /// Checks whether no element was thawed.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Thawed::None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::datum::Members;
    use super::super::{Arena, Datum, MapKind, Value};
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::limits::Limits;

    /// As in `#set($context.identity.x = 1)$context.identity.x`, for one, two and more such maps.
    #[test]
    fn a_change_below_frozen_data_is_seen_again() {
        for count in 1..6 {
            let mut data = Members::new();
            for at in 0..count {
                data.put(format!("text{at}"), Datum::str("t"));
                data.put(format!("map{at}"), Datum::Map(MapKind::Linked, Members::new()));
            }
            let budget = Budget::new(&Limits::service());
            let arena = Arena::new(&budget, Dialect::service());
            let map = arena.frozen_map(MapKind::Linked, &data);
            let member = |at: i32| match map.get_str(&format!("map{}", at * 7 % count)) {
                Some(Value::Map(member)) => member,
                other => panic!("{other:?}"),
            };
            for at in 0..count {
                member(at).put(Value::str("at"), Value::Int(at * 7 % count)).unwrap();
            }
            for at in 0..count {
                assert!(matches!(member(at).get_str("at"), Some(Value::Int(own)) if own == at * 7 % count));
            }
            assert!(map.members().iter().all(|(_, value)| !matches!(value, Value::Map(map) if map.is_empty())));
        }
    }
}
