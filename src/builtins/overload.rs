//! The choice of an overload, by the rules of Velocity 1.7's `MethodMap`.
//!
//! `$s.indexOf('a')` and `$s.indexOf(97)` are two Java methods. Arguments are never converted: an `int`
//! parameter takes Integer, Short and Byte, but not a Long. When two overloads fit equally well, Velocity
//! finds none.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::{ListKind, Value, View};

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Param {
    Bool,
    Char,
    Int,
    Long,
    Float,
    Double,
    Str,
    CharSequence,
    Character,
    Object,
    Iterable,
    /// `char[]`, which also takes single characters.
    Chars,
    /// `byte[]`
    Bytes,
    /// `CharSequence...`
    CharSequences,
    /// `Object...`
    Objects,
    /// A class that no value has, so that only null fits.
    Locale,
    StringBuffer,
    Charset,
    Function,
    Lookup,
}

use Param::*;

impl Param {
    fn primitive(self) -> bool {
        matches!(self, Bool | Char | Int | Long | Float | Double)
    }

    /// Returns the type of an array's members.
    fn component(self) -> Option<Param> {
        match self {
            Chars => Some(Char),
            CharSequences => Some(CharSequence),
            Objects => Some(Object),
            _ => None,
        }
    }

    fn is_array(self) -> bool {
        matches!(self, Chars | Bytes | CharSequences | Objects)
    }

    fn takes(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (_, Value::Null) => !self.primitive(),
            (Object, _) => true,
            (Bool, Value::Bool(_)) | (Char | Character, Value::Char(_)) => true,
            (Int | Long | Float | Double, Value::Int(_) | Value::Short(_) | Value::Byte(_)) => true,
            (Long | Float | Double, Value::Long(_)) => true,
            (Float | Double, Value::Float(_)) | (Double, Value::Double(_)) => true,
            (Str | CharSequence, Value::Str(_)) => true,
            (Chars, Value::List(list)) => list.kind() == ListKind::Chars,
            (Bytes, Value::List(list)) => list.kind() == ListKind::Bytes,
            (Objects | CharSequences, Value::List(list)) => list.kind() == ListKind::Strings,
            (Iterable, Value::List(list)) => !list.kind().is_java_array(),
            (Iterable, Value::View(view)) => {
                matches!(view, View::Keys(_) | View::Values(_) | View::Entries(_) | View::Slice(..))
            }
            _ => false,
        }
    }

    /// Checks whether an argument fits as the last parameter, which may take a variable number of them.
    fn takes_last(self, value: &Value<'_>) -> bool {
        let primitives = matches!(value, Value::List(list) if matches!(list.kind(), ListKind::Chars | ListKind::Bytes));
        self.takes(value) || !primitives && self.component().is_some_and(|one| one.takes(value))
    }

    /// Checks whether every value of `other` is of this type too: `CharSequence` of `String`.
    fn covers(self, other: Param, last: bool) -> bool {
        let widened = |to: &[Param]| to.contains(&self);
        self == other
            || match other {
                Int => widened(&[Long, Float, Double]),
                Long => widened(&[Float, Double]),
                Float => self == Double,
                _ if other.primitive() => false,
                Str => widened(&[CharSequence, Object]),
                StringBuffer => widened(&[CharSequence, Object]),
                CharSequences => widened(&[Objects, Object]),
                _ => self == Object,
            }
            || last && self.component().is_some_and(|one| one.covers(other.component().unwrap_or(other), false))
    }

    /// Returns the class that an argument must have for Velocity's short cut by equal names; null counts
    /// as `Object`.
    fn is_exactly(self, value: &Value<'_>) -> bool {
        matches!(
            (self, value),
            (Bool, Value::Bool(_))
                | (Char | Character, Value::Char(_))
                | (Int, Value::Int(_))
                | (Long, Value::Long(_))
                | (Float, Value::Float(_))
                | (Double, Value::Double(_))
                | (Str, Value::Str(_))
                | (Object, Value::Null)
        ) || matches!((self, value), (Chars, Value::List(list)) if list.kind() == ListKind::Chars)
    }
}

fn fits(params: &[Param], args: &[Value<'_>]) -> bool {
    let Some((&last, fixed)) = params.split_last() else {
        // A method without parameters passes for any number of arguments; calling it then fails.
        return true;
    };
    let each = |params: &[Param], args: &[Value<'_>]| params.iter().zip(args).all(|(p, a)| p.takes(a));
    if params.len() == args.len() {
        let Some((arg, before)) = args.split_last() else { return true };
        return each(fixed, before) && if last.is_array() { last.takes_last(arg) } else { last.takes(arg) };
    }
    if params.len() == args.len() + 1 {
        return last.is_array() && each(fixed, args);
    }
    params.len() < args.len()
        && last.component().is_some_and(|one| each(fixed, args) && args[fixed.len()..].iter().all(|arg| one.takes(arg)))
}

#[derive(PartialEq)]
enum Order {
    More,
    Less,
    Neither,
}

fn compare(one: &[Param], other: &[Param]) -> Order {
    match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Greater => return Order::More,
        std::cmp::Ordering::Less => return Order::Less,
        std::cmp::Ordering::Equal => {}
    }
    let (mut more, mut less) = (false, false);
    for (i, (&a, &b)) in one.iter().zip(other).enumerate().filter(|(_, (a, b))| a != b) {
        let last = i + 1 == one.len();
        more = more || b.covers(a, last) || b == Object;
        less = less || a.covers(b, last) || a == Object;
    }
    let arrays = (one.last().is_some_and(|p| p.is_array()), other.last().is_some_and(|p| p.is_array()));
    match (more, less, arrays) {
        (true, true, (true, false)) => Order::Less,
        (true, true, (false, true)) => Order::More,
        (true, false, _) => Order::More,
        (false, true, _) => Order::Less,
        _ => Order::Neither,
    }
}

/// Returns the number of the overload that a call means; `None` when none or more than one fits.
pub(super) fn choose(overloads: &[&[Param]], args: &[Value<'_>]) -> Result<Option<usize>, Error> {
    let exact = |params: &&[Param]| params.len() == args.len() && params.iter().zip(args).all(|(p, a)| p.is_exactly(a));
    if let Some(at) = overloads.iter().position(exact) {
        return Ok(Some(at));
    }
    let mut best: Option<usize> = None;
    let mut rivals: Vec<usize> = Vec::new();
    for (at, params) in overloads.iter().enumerate().filter(|(_, params)| fits(params, args)) {
        let Some(old) = best else {
            best = Some(at);
            continue;
        };
        match compare(params, overloads[old]) {
            Order::More if rivals.is_empty() => best = Some(at),
            Order::More => {
                let mut i = 0;
                while i < rivals.len() {
                    match compare(params, overloads[rivals[i]]) {
                        Order::More => {
                            best = Some(at);
                            rivals.clear();
                        }
                        Order::Neither => {
                            rivals.push(at);
                            break;
                        }
                        Order::Less => i += 1,
                    }
                }
            }
            Order::Neither => rivals.push(at),
            Order::Less => {}
        }
    }
    let best = best.filter(|_| rivals.is_empty());
    match best {
        Some(at) if overloads[at].is_empty() && !args.is_empty() => {
            Err(Error::new(Code::JavaException, "IllegalArgumentException: wrong number of arguments"))
        }
        _ => Ok(best),
    }
}

/// Returns the arguments of a variable parameter that starts at `from`; `None` for null.
pub(super) fn variable<'r>(args: &[Value<'r>], from: usize) -> Option<Vec<Value<'r>>> {
    match args.get(from..) {
        Some([Value::Null]) => None,
        Some([Value::List(list)]) if list.kind() == ListKind::Strings => Some(list.to_vec()),
        rest => Some(rest.unwrap_or(&[]).to_vec()),
    }
}
