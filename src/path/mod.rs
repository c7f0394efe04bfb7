//! JSONPath as Jayway's library has it, compiled once and run over any tree.
//!
//! The service reads payloads with `$input.path('$.order.items[0].sku')`; the paths are those
//! of [Jayway JsonPath](https://github.com/json-path/JsonPath), version 2.8 and later, not
//! those of RFC 9535. This module follows Jayway in all it accepts, refuses and finds
//! (source: its recorded behaviour, `corpus/jsonpath`). What differs most from RFC 9535:
//!
//! - the `$` may be left out: `a.b` is `$.a.b`; a name takes all up to the next `.`, `[` or `(`;
//! - `['a','b']` at the end gives one object with both members;
//! - filters need parentheses, test an object itself rather than its members, and know
//!   `=~ /pattern/i`, `in`, `nin`, `contains`, `anyof`, `noneof`, `subsetof`, `all`, `size` and `empty`;
//! - `==` between a number and a text compares by value: `1 == '1'`;
//! - functions stand at the end: `length` (also `size`), `keys`, `sum`, `avg`, `min`, `max`,
//!   `stddev`, `concat`, `append`, `first`, `last`, `index`.
//!
//! **Definite and indefinite.** A path of single names, indexes and functions is definite: it
//! gives the value itself, or fails with [`Code::PathNotFound`](crate::Code::PathNotFound). Any
//! `..`, `*`, slice, filter or list of indexes makes it indefinite: it gives a list, empty at worst.
//!
//! ```
//! use vtl::{Code, path::Path};
//! let order = serde_json::json!({"items": [{"sku": "A1", "n": 2}, {"sku": "B2", "n": 1}]});
//! let find = |path: &str| Path::parse(path)?.find(&order).map(|found| found.into_owned());
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

use crate::error::{Code, Error};
use crate::value::{Arena, Value};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use step::{Fail, Function, Plain, Step};
use tree::{Json, Tree};
use walk::Walk;

/// A compiled JSONPath; a clone is cheap and shares it.
///
/// ```
/// let path = vtl::path::Path::parse("$.order.items[*].sku")?;
/// let body = serde_json::json!({"order": {"items": [{"sku": "A1"}, {}, {"sku": "B2"}]}});
/// assert_eq!(*path.find(&body)?, serde_json::json!(["A1", "B2"]));
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone)]
pub struct Path(Arc<Inner>);

struct Inner {
    text: Box<str>,
    compiled: Compiled,
    /// The steps of a path of single names and indexes, which is most of them.
    plain: Option<Vec<Plain>>,
}

/// The steps of a path and what they imply.
struct Compiled {
    steps: Vec<Step>,
    /// For each step, whether all before it are definite.
    upstream: Vec<bool>,
    definite: bool,
    /// It starts at `$`, not at `@`.
    rooted: bool,
}

impl Compiled {
    fn new(steps: Vec<Step>, rooted: bool) -> Self {
        let mut upstream = Vec::with_capacity(steps.len());
        let mut definite = true;
        for (at, step) in steps.iter().enumerate() {
            upstream.push(definite);
            definite &= step.is_definite(at + 1 == steps.len());
        }
        Compiled { steps, upstream, definite, rooted }
    }

    fn ends_in_call(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Call(_)))
    }

    /// Its value is a set of keys, which Java tells from a list.
    fn gives_keys(&self) -> bool {
        self.definite && matches!(self.steps.last(), Some(Step::Call(call)) if call.function == Some(Function::Keys))
    }

    fn plain(&self) -> Option<Vec<Plain>> {
        let plain = |step: &Step| match step {
            Step::Names(names) => match names.as_slice() {
                [name] => Some(Plain::Name(name.clone())),
                _ => None,
            },
            Step::Indexes(indexes) => match indexes.as_slice() {
                [index] => Some(Plain::Index(*index)),
                _ => None,
            },
            _ => None,
        };
        self.steps.iter().map(plain).collect()
    }
}

impl Path {
    /// Compiles a path.
    ///
    /// ```
    /// use vtl::path::Path;
    /// assert!(Path::parse("order['sku','n']").is_ok());
    /// assert_eq!(Path::parse("$.order.").unwrap_err().code(), vtl::Code::BadPath);
    /// ```
    ///
    /// # Errors
    /// [`Code::BadPath`](crate::Code::BadPath) if it does not compile, and
    /// [`Code::NestingLimit`](crate::Code::NestingLimit) past 100 nested brackets.
    pub fn parse(text: &str) -> Result<Path, Error> {
        let compiled = parse::compile(text)?;
        let plain = compiled.plain();
        Ok(Path(Arc::new(Inner { text: text.into(), compiled, plain })))
    }

    /// Whether it gives the value itself rather than a list of all that was found.
    ///
    /// ```
    /// use vtl::path::Path;
    /// assert!(Path::parse("$.a[0].b")?.is_definite());
    /// assert!(!Path::parse("$.a[*].b")?.is_definite());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.0.compiled.definite
    }

    /// What the path finds in a document; borrowed from it where it is a part of it.
    ///
    /// Numbers are as `serde_json` holds them; `append` gives the longer list and leaves the
    /// document as it is.
    ///
    /// ```
    /// let body = serde_json::json!({"n": [3, 1, 2]});
    /// let path = vtl::path::Path::parse("$.n.max()")?;
    /// assert_eq!(*path.find(&body)?, 3.0);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::PathNotFound`](crate::Code::PathNotFound) if it is definite and nothing is there;
    /// [`Code::PathFailed`](crate::Code::PathFailed) if it cannot be evaluated, as `sum()` of a text.
    pub fn find<'a>(&self, document: &'a serde_json::Value) -> Result<Cow<'a, serde_json::Value>, Error> {
        match self.find_in((), &Json::Doc(document))? {
            Json::Doc(found) => Ok(Cow::Borrowed(found)),
            made => Ok(Cow::Owned(made.to_value())),
        }
    }

    /// What the path finds in a value of a render.
    pub(crate) fn find_value<'r>(&self, arena: &'r Arena<'r>, root: &Value<'r>) -> Result<Value<'r>, Error> {
        self.find_in(arena, root)
    }

    fn find_in<T: Tree>(&self, world: T::World, root: &T) -> Result<T, Error> {
        if matches!(root.kind(), tree::Kind::Null) {
            return Err(self.explain(Fail::Other("the document is null")));
        }
        let found = match &self.0.plain {
            Some(steps) => go(steps, root).ok_or(Fail::NotFound),
            None => Walk::new(world, root.clone()).find(&self.0.compiled, root),
        };
        found.map_err(|fail| self.explain(fail))
    }

    fn explain(&self, fail: Fail) -> Error {
        let text = &self.0.text;
        match fail {
            Fail::NotFound => Error::new(Code::PathNotFound, format!("nothing is at `{text}`")),
            Fail::Invalid(why) | Fail::Other(why) => {
                Error::new(Code::PathFailed, format!("`{text}` cannot be evaluated: {why}"))
            }
            Fail::OutOfBounds => Error::new(Code::PathFailed, format!("`{text}` asks for an index out of range")),
            Fail::Stop(error) => error,
        }
    }
}

/// The fast lane: names and indexes, one after the other.
fn go<T: Tree>(steps: &[Plain], root: &T) -> Option<T> {
    let mut here = root.clone();
    for step in steps {
        here = match step {
            Plain::Name(name) => here.member(name)?,
            Plain::Index(index) if *index < 0 => {
                here.item(usize::try_from(here.len() as i64 + i64::from(*index)).ok()?)?
            }
            Plain::Index(index) => here.item(usize::try_from(*index).ok()?)?,
        };
    }
    Some(here)
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({:?})", self.0.text)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl std::str::FromStr for Path {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Path::parse(text)
    }
}
