//! Signatures of the Java methods by the kind of receiver: `signatures.txt`, in the words of Java.
//!
//! A template reaches a static method such as `parseInt` through any value of the class. `Object` is
//! every value, `Number` every number, `Collection` the `values()` of a map, `Set` its `keySet()` and
//! `entrySet()`; `ArrayList` is a list that is not a `subList`, `JSONArray` a list of the payload.

use crate::value::{Big, Host, ListKind, Value, View};

/// A method of one kind of receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) receiver: &'static str,
    pub(crate) returns: &'static str,
    pub(crate) name: &'static str,
    /// Types and names, such as `String str, int fromIndex`.
    pub(crate) parameters: &'static str,
}

/// Lists all signatures.
pub(crate) fn signatures() -> impl Iterator<Item = Signature> {
    let mut receiver = "";
    DECLARATIONS.lines().filter_map(move |line| match line.strip_prefix('[') {
        Some(heading) => {
            receiver = heading.trim_end_matches(']');
            None
        }
        None => read(receiver, line),
    })
}

/// Lists the signatures of one kind of receiver.
pub(crate) fn signatures_of(receiver: &str) -> impl Iterator<Item = Signature> {
    let mut sections = DECLARATIONS.split("\n[");
    let section = sections.find_map(|section| {
        let (heading, declarations) = section.trim_start_matches('[').split_once("]\n")?;
        (heading == receiver).then_some((heading, declarations))
    });
    let (heading, declarations) = section.unwrap_or_default();
    declarations.lines().filter_map(move |line| read(heading, line))
}

fn read(receiver: &'static str, declaration: &'static str) -> Option<Signature> {
    let (returns, rest) = declaration.split_once(' ')?;
    let (name, parameters) = rest.strip_suffix(')')?.split_once('(')?;
    Some(Signature { receiver, returns, name, parameters })
}

/// Declarations such as `int length()`, one a line, below the receiver's kind in brackets.
const DECLARATIONS: &str = include_str!("signatures.txt");

/// Returns the kinds of receiver that a value is, the most specific first.
pub(crate) fn receivers(value: &Value<'_>) -> &'static [&'static str] {
    match value {
        Value::Null | Value::Block(_) => &[],
        Value::Str(_) => &["String", "Object"],
        Value::Char(_) => &["Character", "Object"],
        Value::Bool(_) => &["Boolean", "Object"],
        Value::Int(_) => &["Integer", "Number", "Object"],
        Value::Long(_) => &["Long", "Number", "Object"],
        Value::Short(_) => &["Short", "Number", "Object"],
        Value::Byte(_) => &["Byte", "Number", "Object"],
        Value::Double(_) => &["Double", "Number", "Object"],
        Value::Float(_) => &["Float", "Number", "Object"],
        Value::Big(number) => match **number {
            Big::Integer(_) => &["BigInteger", "Number", "Object"],
            Big::Decimal(_) => &["BigDecimal", "Number", "Object"],
        },
        Value::List(list) => match list.kind() {
            ListKind::Json => &["JSONArray", "ArrayList", "List", "Object"],
            ListKind::Array => &["ArrayList", "List", "Object"],
            _ => &["List", "Object"],
        },
        Value::Map(_) => &["LinkedHashMap", "Map", "Object"],
        Value::Class(_) => &["Class", "Object"],
        Value::Host(Host::Input) => &["Input"],
        Value::Host(Host::Util) => &["Util"],
        Value::View(view) => match view {
            View::Keys(_) | View::Entries(_) => &["Set", "Object"],
            View::Values(_) => &["Collection", "Object"],
            View::Entry(_) => &["Entry", "Object"],
            View::Slice(_) => &["List", "Object"],
            View::Iterator(_, steps) if steps.both_ways => &["ListIterator", "Iterator", "Object"],
            View::Iterator(..) => &["Iterator", "Object"],
            View::Stream(_) => &["Stream", "Object"],
            View::Ints(_) => &["IntStream", "Object"],
            View::Optional(_) => &["Optional", "Object"],
            View::Loop(_) => &["Foreach", "Map", "Object"],
            View::LoopInfo(_) => &["Info", "Object"],
        },
    }
}
