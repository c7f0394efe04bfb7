//! Java exceptions as errors that stop a render.

use crate::diagnostic::Code;
use crate::error::Error;
use std::fmt::Display;

/// Creates the error for a Java exception from its class name and message.
pub(super) fn exception(class: &str, message: impl Display) -> Error {
    Error::new(Code::JavaException, format!("{class}: {message}"))
}

/// Creates the error for a change of an unmodifiable collection: `$l.of(1).add(2)`.
pub(super) fn unsupported() -> Error {
    exception("UnsupportedOperationException", "this collection cannot be changed")
}

/// Creates the error for an argument, or an element of one, that is null.
pub(super) fn null_pointer() -> Error {
    exception("NullPointerException", "an argument is null")
}

/// Creates the error for a value of class `from` where Java needs a `to`.
pub(super) fn class_cast(from: &str, to: &str) -> Error {
    exception("ClassCastException", format_args!("{from} cannot be cast to {to}"))
}

pub(super) fn illegal_state() -> Error {
    exception("IllegalStateException", "the iterator or stream does not allow this call now")
}

/// Creates the error of `wait` and `notify`: a template never owns an object's monitor.
pub(super) fn illegal_monitor() -> Error {
    exception("IllegalMonitorStateException", "a template owns no monitor")
}

pub(super) fn illegal_argument(message: impl Display) -> Error {
    exception("IllegalArgumentException", message)
}

/// Creates the error for arguments given to a method that takes none: Velocity finds it anyway and
/// fails to call it, so `$l.size(1)` stops the render.
pub(super) fn wrong_count() -> Error {
    illegal_argument("wrong number of arguments")
}

pub(super) fn no_such_element() -> Error {
    exception("NoSuchElementException", "there is no element")
}

/// Creates the error for a collection that was changed while a loop or iterator runs over it.
pub(super) fn modified() -> Error {
    Error::new(Code::Modified, "ConcurrentModificationException: the collection was changed while it is iterated over")
}

/// Creates the error for an index outside of a list of `len` members.
pub(super) fn out_of_bounds(index: impl Display, len: usize) -> Error {
    Error::new(Code::OutOfBounds, format!("index {index} is out of range for {len} members"))
}
