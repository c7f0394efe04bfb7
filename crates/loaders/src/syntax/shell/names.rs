//! The names of variables, each with a number: a name may be long, and is looked at again and again.

use std::collections::HashMap;
use std::rc::Rc;

/// The number of a name.
pub(super) type Id = u32;

/// The names of the variables of a script.
#[derive(Debug, Default)]
pub(super) struct Names {
    ids: HashMap<Rc<str>, Id>,
    names: Vec<Rc<str>>,
    /// Bytes of all names.
    bytes: usize,
}

impl Names {
    /// Returns the number of a name that was added before.
    pub(super) fn find(&self, name: &str) -> Option<Id> {
        self.ids.get(name).copied()
    }

    /// Returns the number of a name; a new name gets the next one.
    pub(super) fn add(&mut self, name: &str) -> Id {
        if let Some(id) = self.find(name) {
            return id;
        }
        self.bytes += name.len();
        let (id, name) = (self.names.len() as Id, Rc::<str>::from(name));
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// Returns the number of bytes of all names.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the name of a number.
    pub(super) fn of(&self, id: Id) -> Rc<str> {
        self.names.get(id as usize).cloned().unwrap_or_default()
    }
}
