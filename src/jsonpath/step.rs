//! The compiled form of a path: steps, filters and function calls as plain data. A step may hold paths, in a
//! filter or an argument, so a path is defined here with its steps.

use super::number::{Decimal, Number};
use crate::error::Error;
use crate::value::json::Access;
use crate::value::pattern::Pattern;
use crate::value::{Arena, Datum, ListKind, MapKind, Value};

/// The steps of a path and their derived properties.
pub(super) struct Compiled {
    pub(super) steps: Vec<Step>,
    /// For each step, `true` if all before it are definite.
    pub(super) upstream: Vec<bool>,
    pub(super) definite: bool,
    /// The path starts at `$`, not at `@`.
    pub(super) rooted: bool,
}

impl Compiled {
    /// Creates a path from its steps; `rooted` if it starts at `$`.
    pub(super) fn new(mut steps: Vec<Step>, rooted: bool) -> Self {
        steps.shrink_to_fit();
        let mut upstream = Vec::with_capacity(steps.len());
        let mut definite = true;
        for (at, step) in steps.iter().enumerate() {
            upstream.push(definite);
            definite &= step.is_definite(at + 1 == steps.len());
        }
        Compiled { steps, upstream, definite, rooted }
    }

    /// Returns `true` if the last step is a function call.
    pub(super) fn ends_in_call(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Call(_)))
    }

    /// Returns `true` if the value is a Java key set, which is not a list.
    pub(super) fn gives_keys(&self) -> bool {
        self.definite && matches!(self.steps.last(), Some(Step::Call(call)) if call.function == Some(Function::Keys))
    }

    /// Returns the steps of a simple path: single names and indexes only.
    pub(super) fn simple(&self) -> Option<Vec<SimpleStep>> {
        let simple = |step: &Step| match step {
            Step::Names(names) => match names.as_slice() {
                [name] => Some(SimpleStep::Name(name.clone())),
                _ => None,
            },
            Step::Indexes(indexes) => match indexes.as_slice() {
                [index] => Some(SimpleStep::Index(*index)),
                _ => None,
            },
            _ => None,
        };
        self.steps.iter().map(simple).collect()
    }
}

/// One step of a simple path: a single name or index, as in `$.a[0]`.
pub(super) enum SimpleStep {
    Name(Box<str>),
    Index(i32),
}

impl SimpleStep {
    /// Returns the access for demand analysis; `None` for a negative index, which depends on the length.
    pub(super) fn access(&self) -> Option<Access<'_>> {
        match self {
            SimpleStep::Name(name) => Some(Access::Member(name)),
            SimpleStep::Index(index) => usize::try_from(*index).ok().map(Access::Item),
        }
    }
}

/// One step of a path.
pub(super) enum Step {
    /// `.a`, `['a','b']`.
    Names(Vec<Box<str>>),
    /// `[0]`, `[0,-1]`.
    Indexes(Vec<i32>),
    /// `[from:to]`, one of them present.
    Slice(Option<i32>, Option<i32>),
    /// `*`.
    Wildcard,
    /// `..`; the next step is matched at every depth.
    Scan,
    /// `[?(…)]`.
    Filter(Box<Predicate>),
    /// `.sum(…)`.
    Call(Box<FunctionCall>),
}

impl Step {
    /// Returns `true` if the step selects at most one value. Several names do if they are the last step
    /// (`leaf`), since they then give one object.
    pub(super) fn is_definite(&self, leaf: bool) -> bool {
        match self {
            Step::Names(names) => leaf || names.len() == 1,
            Step::Indexes(indexes) => indexes.len() == 1,
            Step::Call(_) => true,
            Step::Slice(..) | Step::Wildcard | Step::Scan | Step::Filter(_) => false,
        }
    }
}

/// A function call, `.sum(…)`.
pub(super) struct FunctionCall {
    /// `None` for an unknown name, which fails only when it is called.
    pub(super) function: Option<Function>,
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a function call.
pub(super) enum Argument {
    Json(Literal),
    Path(Compiled),
}

/// Defines the functions from one row each: variant and names.
macro_rules! functions {
    ($($variant:ident: $($name:literal)|+;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($variant,)* }

        impl Function {
            /// Returns the function of that name.
            pub(super) fn from_name(name: &str) -> Option<Self> {
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

/// The condition of a filter.
pub(super) enum Predicate {
    Any(Vec<Predicate>),
    All(Vec<Predicate>),
    Not(Box<Predicate>),
    /// `@.a` (`true`: the path must find something) or `!@.a` (`false`: it must not).
    Exists(Compiled, bool),
    Relation(Operand, Operator, Operand),
}

/// Defines the operators from one row each: variant and symbol, in capitals.
macro_rules! operators {
    ($($variant:ident: $text:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Operator { $($variant,)* }

        impl Operator {
            /// Returns the operator that is written so, in any case.
            pub(super) fn from_symbol(text: &str) -> Option<Self> {
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

/// An operand of a relation.
pub(super) enum Operand {
    Path(Compiled),
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Json(Literal),
    Pattern(Box<Pattern>),
}

/// A JSON literal; `None` if its text is not JSON, which fails only when it is used.
pub(super) struct Literal(pub(super) Option<Datum>);

impl Literal {
    /// Parses a literal with the lenient reader.
    pub(super) fn read(text: &str) -> Self {
        let budget = crate::budget::Budget::unlimited();
        let arena = Arena::new(&budget, crate::dialect::Dialect::service());
        let data = crate::value::json::read::read(&arena, text).ok().and_then(|value| datum(&value, 0));
        Literal(data)
    }
}

/// Converts a value that was just read to owned data.
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

/// Returns `true` if the lenient reader accepts a text.
pub(super) fn is_json(text: &str, budget: &crate::budget::Budget<'_>) -> bool {
    let held = budget.held();
    let arena = Arena::new(budget, crate::dialect::Dialect::service());
    let is_json = crate::value::json::read::read(&arena, text).is_ok();
    budget.release((budget.held() - held) as usize);
    is_json
}

/// An early end of an evaluation. The Java exception it represents decides who catches it.
pub(super) enum Fail {
    /// `PathNotFoundException`.
    NotFound,
    /// Another `InvalidPathException`; a filter treats it as false.
    Invalid(&'static str),
    /// `IndexOutOfBoundsException`: an index, wildcard or filter above skips the element.
    OutOfBounds,
    /// Any other exception.
    Other(&'static str),
    /// A limit was exceeded; never caught.
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
