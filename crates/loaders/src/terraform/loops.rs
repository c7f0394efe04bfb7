//! The names of the loops around an expression.

use std::borrow::Cow;
use std::rc::Rc;

/// Names that the loops around an expression set, the innermost first. A copy shares them: the expressions in a loop may
/// be many, and its name long.
#[derive(Clone, Default)]
pub(super) struct Loops<'a>(Option<Rc<Loop<'a>>>);

struct Loop<'a> {
    name: Cow<'a, str>,
    around: Loops<'a>,
}

impl<'a> Loops<'a> {
    /// Returns these names and that of a loop within.
    pub(super) fn with(&self, name: impl Into<Cow<'a, str>>) -> Self {
        Loops(Some(Rc::new(Loop { name: name.into(), around: self.clone() })))
    }

    /// Checks whether a loop sets a name.
    pub(super) fn contains(&self, name: &str) -> bool {
        let mut here = self.0.as_deref();
        while let Some(one) = here {
            if one.name == name {
                return true;
            }
            here = one.around.0.as_deref();
        }
        false
    }
}
