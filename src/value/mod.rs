//! What a template works on: Java's values as a template can reach them.
//!
//! **Sharing.** Lists, maps and views live in the [`Arena`] of one render and a
//! [`Value`] holds their address. `#set($b = $a)` copies the address, so
//! `#set($b.x = 1)` is seen through `$a`, as in Java; identity is pointer equality,
//! and a cycle (`$m.put("self", $m)`) costs nothing: the arena is dropped whole.
//! Strings are immutable: borrowed from the body or the program, or counted.
//!
//! **Nothing.** `Null` is Java's null. That a reference to nothing has the value
//! `""` on the service is decided where references are read, not here.
//!
//! Called by every floor above; knows nothing of templates.

pub(crate) mod arena;
pub(crate) mod big;
pub(crate) mod compare;
pub(crate) mod datum;
pub(crate) mod float;
mod frozen;
#[cfg(test)]
pub(crate) mod java_number_tests;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod num;
pub(crate) mod pattern;
pub(crate) mod shape;
pub(crate) mod show;
pub(crate) mod text;
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
    /// Its scale is Java's: the number of digits after the point, which may be negative.
    Decimal(bigdecimal::BigDecimal),
}

/// The objects behind the roots that are no maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Input,
    Util,
}

/// One Java value.
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
    /// What `#define` makes.
    Block(&'r Block<'r>),
    /// What `.class` gives: it prints, knows its name, and leads nowhere.
    Class(&'static str),
}

const _: () = assert!(size_of::<Value<'static>>() <= 24);

impl<'r> Value<'r> {
    /// The empty string: what nothing is on the service.
    pub(crate) const EMPTY: Self = Value::Str(Text::Borrowed(""));

    pub(crate) fn str(text: &'r str) -> Self {
        Value::Str(Text::Borrowed(text))
    }

    pub(crate) fn string(text: String) -> Self {
        Value::Str(Text::from(text))
    }

    pub(crate) fn big(integer: BigInt) -> Self {
        Value::Big(Rc::new(Big::Integer(integer)))
    }

    pub(crate) fn decimal(decimal: bigdecimal::BigDecimal) -> Self {
        Value::Big(Rc::new(Big::Decimal(decimal)))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// `instanceof Number`.
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

    pub(crate) fn as_text(&self) -> Option<&Text<'r>> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// `#if($x)`: false for null and the boolean false, true for all else.
    pub(crate) fn truth(&self) -> bool {
        !matches!(self, Value::Null | Value::Bool(false))
    }

    /// The full name of its Java class; `"null"` for null.
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
