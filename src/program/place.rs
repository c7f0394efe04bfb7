//! Places: references whose values quick ops read without the stack.

/// A place of a value. Slots are those of variables, names are properties of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `$x`.
    Variable(u16),
    /// `$o.name`.
    Member(u16, u32),
    /// `$o.first.second`.
    Nested(u16, u32, u32),
    /// `$map.get($key)`.
    Key(u16, u16),
    /// `$input.path('…')`: the variable and the path call.
    Path(u16, u32),
    /// `$input.params('name')`.
    Parameter(u16, u32),
}
