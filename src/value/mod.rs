//! Java's values, as far as templates can reach them.
//!
//! **Sharing.** Lists, maps and views are allocated in the [`Arena`] of one render, and a
//! [`Value`] is a reference to them. `#set($b = $a)` copies the reference, so
//! `#set($b.x = 1)` is visible through `$a`, as in Java; identity is pointer equality,
//! and a cycle (`$m.put("self", $m)`) is harmless: the arena is dropped as a whole.
//! Strings are immutable: borrowed from the body or the program, or reference-counted.
//!
//! **Null.** `Null` is Java's null. On the service a reference to null has the value `""`; the
//! machine implements that where references are read.
//!
//! Used by every floor above; depends on no template code. The files of containers import each other,
//! since values contain containers and containers contain values.

pub(crate) mod arena;
pub(crate) mod big;
pub(crate) mod compare;
pub(crate) mod datum;
mod datum_text;
pub(crate) mod float;
mod frozen;
#[cfg(test)]
pub(crate) mod java_number_tests;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod name_index;
pub(crate) mod num;
pub(crate) mod pattern;
pub(crate) mod shape;
pub(crate) mod show;
pub(crate) mod sink;
pub(crate) mod text;
pub(crate) mod units;
pub(crate) mod view;

pub(crate) use arena::Arena;
pub(crate) use datum::Datum;
pub(crate) use list::{List, ListKind};
pub(crate) use map::{InlineCache, Map, MapKind};
pub(crate) use text::Text;
pub(crate) use view::{Block, View};

use num_bigint::BigInt;
use std::rc::Rc;

/// A number that needs the heap: `java.math.BigInteger` or `BigDecimal`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Big {
    Integer(BigInt),
    /// The scale is Java's: the number of digits after the point, which may be negative.
    Decimal(bigdecimal::BigDecimal),
}

impl Big {
    /// Returns the steps of multiplying, dividing or printing a number of this size, or of aligning its
    /// scale with that of another.
    pub(crate) fn steps(&self) -> usize {
        4 + big::steps(match self {
            Big::Integer(integer) => integer.bits(),
            Big::Decimal(decimal) => {
                let (unscaled, scale) = decimal.as_bigint_and_scale();
                unscaled.bits().saturating_add(big::bits_of_zeros(scale))
            }
        })
    }

    /// Returns the number of bits, without a scale.
    pub(crate) fn bits(&self) -> u64 {
        match self {
            Big::Integer(integer) => integer.bits(),
            Big::Decimal(decimal) => decimal.as_bigint_and_scale().0.bits(),
        }
    }

    /// Returns the bytes that the number holds.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Big>() + 48 + self.bits() as usize / 8
    }
}

/// A root object that is not a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Input,
    Util,
}

/// A Java value.
#[derive(Clone, Debug)]
pub(crate) enum Value<'r> {
    Null,
    Bool(bool),
    /// `java.lang.Character`, one UTF-16 unit.
    Char(u16),
    Byte(i8),
    Short(i16),
    /// `java.lang.Integer`.
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Big(Rc<Big>),
    Str(Text<'r>),
    List(&'r List<'r>),
    Map(&'r Map<'r>),
    View(&'r View<'r>),
    Host(Host),
    /// The block of a `#define`.
    Block(&'r Block<'r>),
    /// `.class`: has a name and a text, and no members.
    Class(&'static str),
}

const _: () = assert!(size_of::<Value<'static>>() <= 24);

impl<'r> Value<'r> {
    /// Returns the steps of reading the value once: texts and long numbers by their size.
    #[inline]
    pub(crate) fn weight(&self) -> usize {
        match self {
            Value::Str(text) => text.len() / 16,
            Value::Big(number) => number.steps(),
            Value::View(view @ (View::Optional(_) | View::Entry(_))) => view.weight(),
            _ => 0,
        }
    }

    /// Returns the steps of reading a text, so many bytes in a step, or the digits of a long number; of other values
    /// their weight.
    fn price(&self, bytes_per_step: usize) -> usize {
        match self {
            Value::Str(text) => text.len() / bytes_per_step,
            Value::Big(number) => 2 + number.bits() as usize / 256,
            other => other.weight(),
        }
    }

    /// The empty string, the value of a null reference on the service.
    pub(crate) const EMPTY: Self = Value::Str(Text::Borrowed(""));

    /// Creates a string that borrows `text`.
    pub(crate) fn str(text: &'r str) -> Self {
        Value::Str(Text::Borrowed(text))
    }

    /// Creates a reference-counted string.
    pub(crate) fn string(text: String) -> Self {
        Value::Str(Text::from(text))
    }

    /// Creates a BigInteger.
    pub(crate) fn big(integer: BigInt) -> Self {
        Value::Big(Rc::new(Big::Integer(integer)))
    }

    /// Creates a BigDecimal.
    pub(crate) fn decimal(decimal: bigdecimal::BigDecimal) -> Self {
        Value::Big(Rc::new(Big::Decimal(decimal)))
    }

    /// Returns `true` if the value is reference-counted.
    #[inline]
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Value::Big(_) | Value::Str(Text::Built(_)))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Returns `true` if the value is a `java.lang.Number`.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Value::Int(_)
                | Value::Long(_)
                | Value::Double(_)
                | Value::Big(_)
                | Value::Float(_)
                | Value::Short(_)
                | Value::Byte(_)
        )
    }

    /// Returns the text of a string.
    pub(crate) fn as_text(&self) -> Option<&Text<'r>> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the truth of the value in `#if($x)`: `false` for null and the boolean false only.
    pub(crate) fn truth(&self) -> bool {
        !matches!(self, Value::Null | Value::Bool(false))
    }

    /// Returns the full name of the Java class; `"null"` for null.
    pub(crate) fn class_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "java.lang.Boolean",
            Value::Char(_) => "java.lang.Character",
            Value::Byte(_) => "java.lang.Byte",
            Value::Short(_) => "java.lang.Short",
            Value::Int(_) => "java.lang.Integer",
            Value::Long(_) => "java.lang.Long",
            Value::Float(_) => "java.lang.Float",
            Value::Double(_) => "java.lang.Double",
            Value::Big(big) => match **big {
                Big::Integer(_) => "java.math.BigInteger",
                Big::Decimal(_) => "java.math.BigDecimal",
            },
            Value::Str(_) => "java.lang.String",
            Value::List(list) => list.kind().class_name(),
            Value::Map(map) => map.kind().class_name(),
            Value::View(view) => view.class_name(),
            Value::Host(Host::Input) => "com.amazonaws.apigateway.Input",
            Value::Host(Host::Util) => "com.amazonaws.apigateway.Util",
            Value::Block(_) => "org.apache.velocity.runtime.directive.Block$Reference",
            Value::Class(_) => "java.lang.Class",
        }
    }
}

/// A value of a plain kind, which is copied without counting references.
#[derive(Clone, Copy)]
pub(crate) enum Plain<'r> {
    /// A string that is borrowed.
    Text(&'r str),
    Int(i32),
    Bool(bool),
    Map(&'r Map<'r>),
    /// A map of data that outlives the render, of which no map was made.
    Data(&'r datum::Members),
}

impl<'r> Plain<'r> {
    /// Returns a value, if it is of a plain kind.
    #[inline(always)]
    pub(crate) fn of(value: &Value<'r>) -> Option<Self> {
        match value {
            Value::Str(Text::Borrowed(text)) => Some(Plain::Text(text)),
            Value::Int(value) => Some(Plain::Int(*value)),
            Value::Bool(value) => Some(Plain::Bool(*value)),
            Value::Map(map) => Some(Plain::Map(map)),
            _ => None,
        }
    }

    /// Returns a scalar of data that outlives the render, if it is of a plain kind.
    #[inline(always)]
    pub(crate) fn of_scalar(data: &'r Datum) -> Option<Self> {
        match data {
            Datum::Str(text) => Some(Plain::Text(text)),
            Datum::Int(value) => Some(Plain::Int(*value)),
            Datum::Bool(value) => Some(Plain::Bool(*value)),
            _ => None,
        }
    }
}
