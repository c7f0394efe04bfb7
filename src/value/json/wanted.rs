//! The parts of a payload that a program can ask for.
//!
//! A template whose paths are all written out reads `$.order.id` and nothing else, whatever
//! the payload holds. The rest is looked at, since a broken text is an error, but not built.

use super::read::{Item, Keep, Member, Place, Reader, Stop, skip};
use crate::error::Error;

/// A part of a payload: all of it, or only some members and elements.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    whole: bool,
    members: Vec<(Box<str>, Wanted)>,
    items: Vec<(usize, Wanted)>,
}

impl Wanted {
    /// All of this part is wanted.
    pub(crate) fn add_whole(&mut self) {
        self.whole = true;
    }

    /// A member of this part.
    pub(crate) fn add_member(&mut self, name: &str) -> &mut Wanted {
        let at = self.members.iter().position(|(n, _)| **n == *name).unwrap_or_else(|| {
            self.members.push((name.into(), Wanted::default()));
            self.members.len() - 1
        });
        &mut self.members[at].1
    }

    /// An element of this part.
    pub(crate) fn add_item(&mut self, index: usize) -> &mut Wanted {
        let at = self.items.iter().position(|(i, _)| *i == index).unwrap_or_else(|| {
            self.items.push((index, Wanted::default()));
            self.items.len() - 1
        });
        &mut self.items[at].1
    }
}

/// How the members and elements of what is read are read: as values, or some of them not at all.
pub(super) trait Choice: Copy {
    /// Reads the value of the member whose name was read last.
    fn member<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>) -> Result<(), Error>;
    /// Reads the element at `index`.
    fn item<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>, index: usize) -> Result<(), Error>;
}

/// All of them.
#[derive(Clone, Copy)]
pub(super) struct Whole;

impl Choice for Whole {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn member<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>) -> Result<(), Error> {
        reader.value(Stop::IN_OBJECT, Member)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn item<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>, _index: usize) -> Result<(), Error> {
        reader.value(Stop::IN_LIST, Item)
    }
}

impl Choice for &Wanted {
    fn member<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>) -> Result<(), Error> {
        let name = reader.children.last_name();
        match self.members.iter().find(|(n, _)| name == Some(n)) {
            Some((_, wanted)) => read_part(reader, wanted, Stop::IN_OBJECT, Member),
            None => {
                skip(reader, Stop::IN_OBJECT)?;
                reader.children.forget_member();
                Ok(())
            }
        }
    }

    fn item<'t, 'r, K: Keep<'t, 'r>>(self, reader: &mut Reader<'t, 'r, K>, index: usize) -> Result<(), Error> {
        match self.items.iter().find(|(i, _)| *i == index) {
            Some((_, wanted)) => read_part(reader, wanted, Stop::IN_LIST, Item),
            None => {
                skip(reader, Stop::IN_LIST)?;
                // Those behind it keep their places.
                reader.children.nothing();
                Ok(())
            }
        }
    }
}

/// Reads the value that starts here, or as much of it as is wanted.
pub(super) fn read_part<'t, 'r, K: Keep<'t, 'r>>(
    reader: &mut Reader<'t, 'r, K>,
    wanted: &Wanted,
    stop: Stop,
    place: impl Place<'r>,
) -> Result<(), Error> {
    if wanted.whole { reader.value(stop, place) } else { reader.container(wanted, stop, place) }
}
