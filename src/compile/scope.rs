//! Slot allocation: one slot per variable name, since Velocity has one flat context.

use std::collections::HashMap;

/// A map from texts to their indexes.
pub(super) type Table = HashMap<Box<str>, u32, foldhash::fast::RandomState>;

/// The slots of the variables.
#[derive(Debug, Default)]
pub(super) struct Scope {
    slots: Table,
    names: Vec<Box<str>>,
    /// The number of times that `$foreach` was looked up.
    loop_mentions: usize,
}

impl Scope {
    /// Creates a scope in which these names have the first slots.
    pub(super) fn with(names: &[Box<str>]) -> Self {
        let slots = names.iter().enumerate().map(|(i, n)| (n.clone(), i as u32)).collect();
        Scope { slots, names: names.to_vec(), loop_mentions: 0 }
    }

    /// Returns the slot of a name; allocates one if it has none.
    pub(super) fn slot(&mut self, name: &str) -> u32 {
        self.loop_mentions += usize::from(name == "foreach");
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = self.names.len() as u32;
        self.slots.insert(name.into(), slot);
        self.names.push(name.into());
        slot
    }

    /// Returns the slot of a name, if it has one.
    pub(super) fn existing(&self, name: &str) -> Option<u32> {
        self.slots.get(name).copied()
    }

    /// Returns the number of times that `$foreach` was looked up so far.
    pub(super) fn loop_mentions(&self) -> usize {
        self.loop_mentions
    }

    /// Returns the names by slot.
    pub(super) fn into_names(self) -> Vec<Box<str>> {
        self.names
    }
}
