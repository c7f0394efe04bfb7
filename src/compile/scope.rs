//! Names → slots. Velocity has one flat context: one slot per name.

use super::Table;

#[derive(Debug, Default)]
pub(super) struct Scope {
    slots: Table,
    names: Vec<Box<str>>,
}

impl Scope {
    /// A scope that knows these names already, in this order.
    pub(super) fn with(names: &[Box<str>]) -> Self {
        let slots = names.iter().enumerate().map(|(i, n)| (n.clone(), i as u32)).collect();
        Scope { slots, names: names.to_vec() }
    }

    /// The slot of a name, a new one if it has none.
    pub(super) fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = self.names.len() as u32;
        self.slots.insert(name.into(), slot);
        self.names.push(name.into());
        slot
    }

    pub(super) fn known(&self, name: &str) -> Option<u32> {
        self.slots.get(name).copied()
    }

    pub(super) fn into_names(self) -> Vec<Box<str>> {
        self.names
    }
}
