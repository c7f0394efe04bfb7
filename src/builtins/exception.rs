//! The exceptions of `java.util`, as errors that stop a render.

use crate::diagnostic::Code;
use crate::error::Error;

fn thrown(class: &str) -> Error {
    Error::new(Code::JavaException, class)
}

/// A change of something that cannot be changed: `$l.of(1).add(2)`.
pub(super) fn unsupported() -> Error {
    thrown("java.lang.UnsupportedOperationException")
}

pub(super) fn null_pointer() -> Error {
    thrown("java.lang.NullPointerException")
}

pub(super) fn class_cast(from: &str, to: &str) -> Error {
    thrown(&format!("java.lang.ClassCastException: {from} is no {to}"))
}

pub(super) fn illegal_state() -> Error {
    thrown("java.lang.IllegalStateException")
}

pub(super) fn illegal_argument(detail: &str) -> Error {
    thrown(&format!("java.lang.IllegalArgumentException: {detail}"))
}

/// Velocity finds a method without parameters whatever the arguments, and then fails to call it:
/// `$l.size(1)` stops the render.
pub(super) fn wrong_count() -> Error {
    illegal_argument("wrong number of arguments")
}

pub(super) fn no_such_element() -> Error {
    thrown("java.util.NoSuchElementException")
}

pub(super) fn modified() -> Error {
    Error::new(Code::Modified, "java.util.ConcurrentModificationException")
}

pub(super) fn out_of_bounds(index: impl std::fmt::Display, len: usize) -> Error {
    Error::new(Code::OutOfBounds, format!("index {index} is out of range for {len} members"))
}
