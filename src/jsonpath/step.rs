//! What a path is once compiled: steps, filters and calls as plain data.

use super::Compiled;
use super::number::{Decimal, Number};
use crate::error::Error;
use crate::value::json::Access;
use crate::value::pattern::Pattern;
use crate::value::{Arena, Datum, ListKind, MapKind, Value};

/// One step of a plain path, such as `$.a[0]`.
pub(super) enum Plain {
    Name(Box<str>),
    Index(i32),
}

impl Plain {
    /// As a step into a payload; an index below 0 counts from an end that is not known before.
    pub(super) fn access(&self) -> Option<Access<'_>> {
        match self {
            Plain::Name(name) => Some(Access::Member(name)),
            Plain::Index(index) => usize::try_from(*index).ok().map(Access::Item),
        }
    }
}

pub(super) enum Step {
    /// `.a`, `['a','b']`.
    Names(Vec<Box<str>>),
    /// `[0]`, `[0,-1]`.
    Indexes(Vec<i32>),
    /// `[from:to]`, one of them present.
    Slice(Option<i32>, Option<i32>),
    /// `*`.
    Wildcard,
    /// `..`; what is scanned for is the next step.
    Scan,
    /// `[?(…)]`.
    Filter(Predicate),
    /// `.sum(…)`.
    Call(Call),
}

impl Step {
    /// Whether it leads to at most one value; names do when nothing follows or there is only one.
    pub(super) fn is_definite(&self, leaf: bool) -> bool {
        match self {
            Step::Names(names) => leaf || names.len() == 1,
            Step::Indexes(indexes) => indexes.len() == 1,
            Step::Call(_) => true,
            Step::Slice(..) | Step::Wildcard | Step::Scan | Step::Filter(_) => false,
        }
    }
}

pub(super) struct Call {
    /// `None` for an unknown name: that is found out only when it is called.
    pub(super) function: Option<Function>,
    pub(super) arguments: Vec<Argument>,
}

pub(super) enum Argument {
    Json(Literal),
    Path(Compiled),
}

/// One row per function: its variant and its names.
macro_rules! functions {
    ($($variant:ident: $($name:literal)|+;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($variant,)* }

        impl Function {
            pub(super) fn of(name: &str) -> Option<Self> {
                match name { $($($name)|+ => Some(Function::$variant),)* _ => None }
            }
        }
    };
}

functions! {
    Length: "length" | "size";
    Keys: "keys";
    Append: "append";
    Concat: "concat";
    Min: "min";
    Max: "max";
    Avg: "avg";
    Stddev: "stddev";
    Sum: "sum";
    First: "first";
    Last: "last";
    Index: "index";
}

pub(super) enum Predicate {
    Any(Vec<Predicate>),
    All(Vec<Predicate>),
    Not(Box<Predicate>),
    /// `@.a` or `!@.a`: whether it shall be there.
    Exists(Compiled, bool),
    Relation(Operand, Operator, Operand),
}

/// One row per operator: its variant and how it is written, in capitals.
macro_rules! operators {
    ($($variant:ident: $text:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Operator { $($variant,)* }

        impl Operator {
            pub(super) fn of(text: &str) -> Option<Self> {
                match text.to_ascii_uppercase().as_str() { $($text => Some(Operator::$variant),)* _ => None }
            }
        }
    };
}

operators! {
    Equal: "==";
    NotEqual: "!=";
    Same: "===";
    NotSame: "!==";
    Less: "<";
    LessEqual: "<=";
    Greater: ">";
    GreaterEqual: ">=";
    Matches: "=~";
    In: "IN";
    NotIn: "NIN";
    Contains: "CONTAINS";
    All: "ALL";
    Size: "SIZE";
    Empty: "EMPTY";
    SubsetOf: "SUBSETOF";
    AnyOf: "ANYOF";
    NoneOf: "NONEOF";
    Exists: "EXISTS";
    Type: "TYPE";
    Predicate: "MATCHES";
}

pub(super) enum Operand {
    Path(Compiled),
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Json(Literal),
    Pattern(Box<Pattern>),
}

/// A JSON literal. Whether its text is JSON at all is found out only when it is used.
pub(super) struct Literal(pub(super) Option<Datum>);

impl Literal {
    pub(super) fn read(text: &str) -> Self {
        let arena = Arena::new(&crate::limits::Limits::none(), crate::dialect::Dialect::service());
        let data = crate::value::json::read::read(&arena, text).ok().and_then(|value| datum(&value, 0));
        Literal(data)
    }
}

/// A value just read, as data that stays.
fn datum(value: &Value<'_>, depth: u32) -> Option<Datum> {
    if depth > 400 {
        return None;
    }
    Some(match value {
        Value::Null => Datum::Null,
        Value::Bool(b) => Datum::Bool(*b),
        Value::Int(i) => Datum::Int(*i),
        Value::Long(l) => Datum::Long(*l),
        Value::Double(d) => Datum::Double(*d),
        Value::Big(big) => match &**big {
            crate::value::Big::Integer(i) => Datum::Big(i.clone()),
            crate::value::Big::Decimal(d) => Datum::Decimal(d.clone()),
        },
        Value::Str(text) => Datum::str(text.as_str()),
        Value::List(list) => {
            Datum::List(ListKind::Json, list.to_vec().iter().map(|v| datum(v, depth + 1)).collect::<Option<_>>()?)
        }
        Value::Map(map) => {
            let mut members = crate::value::datum::Members::new();
            for (key, value) in map.members() {
                members.put(key.as_text()?.as_str(), datum(&value, depth + 1)?);
            }
            Datum::Map(MapKind::Linked, members)
        }
        _ => return None,
    })
}

/// Whether a text is JSON to the lenient reader.
pub(super) fn is_json(text: &str) -> bool {
    let arena = Arena::new(&crate::limits::Limits::none(), crate::dialect::Dialect::service());
    crate::value::json::read::read(&arena, text).is_ok()
}

/// How an evaluation ends early. Which of Java's exceptions it was decides who swallows it.
pub(super) enum Fail {
    /// `PathNotFoundException`.
    NotFound,
    /// Another `InvalidPathException`: a filter takes it for false.
    Invalid(&'static str),
    /// `IndexOutOfBoundsException`: an index, wildcard or filter above skips the element.
    OutOfBounds,
    /// Any other exception.
    Other(&'static str),
    /// A limit; nobody swallows it.
    Stop(Error),
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Fail::Stop(error)
    }
}

impl From<Decimal> for Operand {
    fn from(decimal: Decimal) -> Self {
        Operand::Number(Number::Decimal(decimal))
    }
}
