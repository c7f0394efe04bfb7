//! JSONPath with the semantics of Jayway's library, compiled once and evaluated on any tree.
//!
//! The service reads payloads with `$input.path('$.order.items[0].sku')`; the paths are those
//! of [Jayway JsonPath](https://github.com/json-path/JsonPath), version 2.8 and later, not
//! those of RFC 9535. This module follows Jayway in everything it accepts, refuses and finds
//! (source: its recorded behaviour, `corpus/jsonpath`). The main differences from RFC 9535:
//!
//! - the `$` is optional: `a.b` is `$.a.b`; a name extends to the next `.`, `[` or `(`;
//! - `['a','b']` as the last step gives one object with both members;
//! - filters need parentheses, test an object itself rather than its members, and support
//!   `=~ /pattern/i`, `in`, `nin`, `contains`, `anyof`, `noneof`, `subsetof`, `all`, `size` and `empty`;
//! - `==` between a number and a text compares by value: `1 == '1'`;
//! - functions end a path: `length` (also `size`), `keys`, `sum`, `avg`, `min`, `max`,
//!   `stddev`, `concat`, `append`, `first`, `last`, `index`.
//!
//! **Definite and indefinite.** A path of single names, indexes and functions is definite: it
//! returns the value itself, or fails with [`Code::PathNotFound`]. Any `..`, `*`, slice, filter or list
//! of indexes makes a path indefinite: it returns a list, which may be empty.
//!
//! ```
//! use vtl::{Code, jsonpath::JsonPath};
//! let order = serde_json::json!({"items": [{"sku": "A1", "n": 2}, {"sku": "B2", "n": 1}]});
//! let find = |path: &str| JsonPath::parse(path)?.find(&order).map(|found| found.into_owned());
//!
//! assert_eq!(find("$.items[0].sku")?, "A1");
//! assert_eq!(find("$.items[?(@.n > 1)].sku")?, serde_json::json!(["A1"]));
//! assert_eq!(find("$..n.sum()")?, 3.0);
//!
//! assert_eq!(find("$.items[0").unwrap_err().code(), Code::BadPath);
//! assert_eq!(find("$.items[9]").unwrap_err().code(), Code::PathNotFound);
//! assert_eq!(find("$.items.sum()").unwrap_err().code(), Code::PathFailed);
//! # Ok::<(), vtl::Error>(())
//! ```

mod filter;
mod function;
mod number;
mod parse;
mod step;
mod tree;
mod walk;

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::value::json::Access;
use crate::value::{Arena, MapKind, Value, View};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use step::{Compiled, Fail, SimpleStep};
use tree::{Json, Tree};
use walk::Walk;

/// A compiled JSONPath. Clones are cheap and share it.
///
/// ```
/// let path = vtl::jsonpath::JsonPath::parse("$.order.items[*].sku")?;
/// let body = serde_json::json!({"order": {"items": [{"sku": "A1"}, {}, {"sku": "B2"}]}});
/// assert_eq!(*path.find(&body)?, serde_json::json!(["A1", "B2"]));
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone)]
pub struct JsonPath(Arc<Inner>);

struct Inner {
    text: Box<str>,
    compiled: Compiled,
    /// The steps, if the path consists of single names and indexes only, as most do.
    simple: Option<Vec<SimpleStep>>,
}

impl JsonPath {
    /// Compiles a path.
    ///
    /// ```
    /// use vtl::jsonpath::JsonPath;
    /// assert!(JsonPath::parse("order['sku','n']").is_ok());
    /// assert_eq!(JsonPath::parse("$.order.").unwrap_err().code(), vtl::Code::BadPath);
    /// ```
    ///
    /// # Errors
    /// [`Code::BadPath`] if it does not compile, and
    /// [`Code::NestingLimit`] past 100 nested brackets.
    pub fn parse(text: &str) -> Result<JsonPath, Error> {
        JsonPath::parse_at_most(text, parse::MAX_NESTING, &Budget::new(&Limits::service()))
    }

    /// Compiles a path on a budget: its steps, its memory, and the stack that is left.
    pub(crate) fn parse_within(text: &str, budget: &Budget<'_>) -> Result<JsonPath, Error> {
        // Compiled, a path takes up to some hundred bytes for each of its own.
        budget.charge(STEPS_PER_BYTE * text.len())?;
        budget.hold(128 * text.len())?;
        budget.release(128 * text.len());
        let most = budget.levels(parse::FRAME);
        JsonPath::parse_at_most(text, most, budget).map_err(|error| match error.code() {
            Code::NestingLimit if most < parse::MAX_NESTING => budget.too_deep(),
            _ => error,
        })
    }

    fn parse_at_most(text: &str, most: usize, budget: &Budget<'_>) -> Result<JsonPath, Error> {
        let compiled = parse::compile(text, most, budget)?;
        let simple = compiled.simple();
        Ok(JsonPath(Arc::new(Inner { text: text.into(), compiled, simple })))
    }

    /// Returns `true` if the path is definite: it returns a value itself rather than a list of values.
    ///
    /// ```
    /// use vtl::jsonpath::JsonPath;
    /// assert!(JsonPath::parse("$.a[0].b")?.is_definite());
    /// assert!(!JsonPath::parse("$.a[*].b")?.is_definite());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.0.compiled.definite
    }

    /// Returns `true` for `$`, the document itself.
    pub(crate) fn is_root(&self) -> bool {
        self.0.simple.as_ref().is_some_and(Vec::is_empty)
    }

    /// Returns the accesses of a simple path, for demand analysis. `None` is a step that depends on the
    /// document.
    pub(crate) fn accesses(&self) -> impl Iterator<Item = Option<Access<'_>>> {
        let simple = self.0.simple.as_deref();
        let unknown = simple.is_none().then_some(None);
        unknown.into_iter().chain(simple.unwrap_or_default().iter().map(SimpleStep::access))
    }

    /// Evaluates the path on a document. The result borrows from the document if it is part of it.
    ///
    /// Numbers are represented as in `serde_json`; `append` returns a longer list and does not change the
    /// document.
    ///
    /// ```
    /// let body = serde_json::json!({"n": [3, 1, 2]});
    /// let path = vtl::jsonpath::JsonPath::parse("$.n.max()")?;
    /// assert_eq!(*path.find(&body)?, 3.0);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::PathNotFound`] if the path is definite and finds nothing;
    /// [`Code::PathFailed`] if it cannot be evaluated, such as `sum()` of a text; the error of a limit of
    /// [`Limits::service`].
    pub fn find<'a>(&self, document: &'a serde_json::Value) -> Result<Cow<'a, serde_json::Value>, Error> {
        self.find_within(document, &Budget::new(&Limits::service()))
    }

    /// Evaluates the path on a budget that other work may share. What the result holds that is no part of
    /// the document stays charged.
    ///
    /// ```
    /// use vtl::{Budget, Code, Limits, jsonpath::JsonPath};
    /// let budget = Budget::new(&Limits::service().with_steps(Some(10)));
    /// let path = JsonPath::parse("$..*")?;
    /// let body = serde_json::json!([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
    /// assert_eq!(path.find_within(&body, &budget).unwrap_err().code(), Code::StepLimit);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`find`](JsonPath::find), and the error of the budget when it is used up.
    pub fn find_within<'a>(
        &self,
        document: &'a serde_json::Value,
        budget: &Budget<'_>,
    ) -> Result<Cow<'a, serde_json::Value>, Error> {
        match self.find_in(budget, &Json::Doc(document))? {
            Json::Doc(found) => Ok(Cow::Borrowed(found)),
            made => made.to_value(budget).map(Cow::Owned),
        }
    }

    /// Evaluates the path on a value of a render.
    pub(crate) fn find_value<'r>(&self, arena: &'r Arena<'r>, root: &Value<'r>) -> Result<Value<'r>, Error> {
        let found = self.find_in(arena, root)?;
        match &found {
            // `keys()` gives a set: `$input.path` prints it as Java does, not as JSON.
            Value::List(names) if self.0.compiled.gives_keys() => {
                let members = names.to_vec().into_iter().map(|name| (name, Value::Null)).collect();
                arena.view(View::Keys(arena.map_of(MapKind::Linked, members)?))
            }
            _ => Ok(found),
        }
    }

    /// Evaluates the path without its first `steps` steps, starting at `from`.
    pub(crate) fn find_after<'r>(
        &self,
        steps: usize,
        arena: &'r Arena<'r>,
        from: &Value<'r>,
    ) -> Result<Value<'r>, Error> {
        match &self.0.simple {
            Some(simple) => {
                let left = simple.get(steps..).unwrap_or_default();
                arena.budget.charge(left.len())?;
                find_simple(left, from).ok_or_else(|| self.explain(Fail::NotFound))
            }
            None => self.find_value(arena, from),
        }
    }

    fn find_in<T: Tree>(&self, heap: T::Heap, root: &T) -> Result<T, Error> {
        if matches!(root.kind(), tree::NodeKind::Null) {
            return Err(self.explain(Fail::Other("the document is null")));
        }
        let found = match &self.0.simple {
            Some(steps) => {
                T::charge(heap, steps.len())?;
                find_simple(steps, root).ok_or(Fail::NotFound)
            }
            None => Walk::new(heap, root.clone()).find(&self.0.compiled, root),
        };
        // A charge that failed where no error can be raised.
        T::on_budget(heap, |budget| budget.check())?;
        found.map_err(|fail| self.explain(fail))
    }

    fn explain(&self, fail: Fail) -> Error {
        let text = &self.0.text;
        match fail {
            Fail::NotFound => Error::new(Code::PathNotFound, format!("`{text}` finds nothing")),
            Fail::Invalid(why) | Fail::Other(why) => {
                Error::new(Code::PathFailed, format!("`{text}` cannot be evaluated: {why}"))
            }
            Fail::OutOfBounds => Error::new(Code::PathFailed, format!("`{text}` uses an index out of range")),
            Fail::Stop(error) => error,
        }
    }
}

/// Steps of compiling one byte of a path.
const STEPS_PER_BYTE: usize = 8;

/// Evaluates a simple path without the evaluator.
fn find_simple<T: Tree>(steps: &[SimpleStep], root: &T) -> Option<T> {
    let mut here = root.clone();
    for step in steps {
        here = match step {
            SimpleStep::Name(name) => here.member(name)?,
            SimpleStep::Index(index) if *index < 0 => {
                here.item(usize::try_from(here.len() as i64 + i64::from(*index)).ok()?)?
            }
            SimpleStep::Index(index) => here.item(usize::try_from(*index).ok()?)?,
        };
    }
    Some(here)
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonPath({:?})", self.0.text)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl std::str::FromStr for JsonPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        JsonPath::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::jsonpath::number::Number;
    use crate::limits::Limits;
    use crate::value::{ListKind, MapKind, View, json};

    #[derive(serde::Deserialize)]
    struct Vector<'a> {
        id: String,
        #[serde(borrow)]
        document: &'a serde_json::value::RawValue,
        path: String,
        #[serde(borrow)]
        result: Option<&'a serde_json::value::RawValue>,
        error: Option<String>,
    }

    fn number_of<'r>(arena: &'r Arena<'r>, value: &Value<'r>) -> Number {
        Tree::to_number(value, arena).unwrap_or(Number::Double(f64::NAN))
    }

    /// Compares JSON values with their Java classes; the order of members matters.
    fn same<'r>(arena: &'r Arena<'r>, a: &Value<'r>, b: &Value<'r>) -> bool {
        match (a, b) {
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.to_vec().iter().zip(&b.to_vec()).all(|(a, b)| same(arena, a, b))
            }
            (Value::Map(a), Value::Map(b)) => {
                let (a, b) = (a.members(), b.members());
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(arena, &a.0, &b.0) && same(arena, &a.1, &b.1))
            }
            // `keys()` gives the set of a map's keys.
            (Value::View(View::Keys(a)), Value::List(b)) => {
                a.len() == b.len() && a.members().iter().zip(&b.to_vec()).all(|(a, b)| same(arena, &a.0, b))
            }
            (Value::Str(a), Value::Str(b)) => a == b,
            (left, right) => match (left.kind(), right.kind()) {
                (tree::NodeKind::Null, tree::NodeKind::Null) => true,
                (tree::NodeKind::Bool(a), tree::NodeKind::Bool(b)) => a == b,
                (tree::NodeKind::Number, tree::NodeKind::Number) => {
                    match (number_of(arena, left), number_of(arena, right)) {
                        // A double printed with many digits is a `BigDecimal` when it is read back.
                        (Number::Double(a), b @ Number::Decimal(_)) => a == b.double(),
                        (a, b) => a.java_equals(&b) || a.text() == b.text(),
                    }
                }
                _ => false,
            },
        }
    }

    /// Source: `corpus/jsonpath`, evaluated on values of a render and with numbers of any length.
    #[test]
    fn renders_find_what_jayway_finds() {
        let Some(cases) = crate::corpus::read("jsonpath") else { return };
        let mut misses = Vec::new();
        let mut count = 0;
        for line in cases.lines().filter(|line| line.starts_with('{')) {
            let vector: Vector<'_> = serde_json::from_str(line).unwrap();
            let budget = Budget::new(&Limits::service());
            let arena = Arena::new(&budget, Dialect::service());
            let document = json::read::read(&arena, vector.document.get()).unwrap();
            let found = JsonPath::parse(&vector.path).and_then(|path| path.find_value(&arena, &document));
            let right = match (&found, vector.result, vector.error.as_deref()) {
                (Ok(found), Some(result), _) => same(&arena, found, &json::read::read(&arena, result.get()).unwrap()),
                (Ok(found), None, None) => found.is_null(),
                (Err(error), None, Some(kind)) => match error.code() {
                    Code::BadPath => kind == "path" || document.is_null(),
                    Code::PathNotFound => kind == "missing",
                    _ => kind == "evaluation",
                },
                _ => false,
            };
            count += 1;
            if !right {
                misses.push(format!("{} {}: {found:?}", vector.id, vector.path));
            }
        }
        assert!(count > 2_000);
        assert!(misses.is_empty(), "{} misses\n{}", misses.len(), misses.join("\n"));
    }

    #[test]
    fn append_changes_the_document() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = arena.list(ListKind::Json, vec![Value::Int(1)]).unwrap();
        let root = arena.map(MapKind::Linked).unwrap();
        root.put(Value::str("n"), list).unwrap();
        let root = Value::Map(root);
        let find = |path| JsonPath::parse(path).unwrap().find_value(&arena, &root);
        find("$.n.append(2)").unwrap();
        assert!(matches!(find("$.n.length()"), Ok(Value::Int(2))));
        assert!(matches!(find("$.n.sum()"), Ok(Value::Double(3.0))));
    }

    #[test]
    fn a_document_that_holds_itself_ends() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let root = arena.list(ListKind::Json, Vec::new()).unwrap();
        let find = |path| JsonPath::parse(path).unwrap().find_value(&arena, &root).map_err(|error| error.code());
        find("$.append($, $)").unwrap();
        assert_eq!(find("$..a").unwrap_err(), Code::DepthLimit);
        assert_eq!(find("$..*..*").unwrap_err(), Code::DepthLimit);
        // A comparison with itself ends as well; whether it holds is open.
        assert!(matches!(find("$[?(@ == $)]"), Ok(Value::List(_)) | Err(Code::DepthLimit)));
    }
}
