//! Everything that a template can name, as data: Java methods, the functions of `$input` and `$util`,
//! the variables of `$context`. Made for editors and other tools; `docs/reference.md` is made from the
//! same rows.

use crate::builtins::method::{Row, TABLE};
use crate::builtins::signature::{Signature, signatures, signatures_of};
use crate::host::{ACCESS_LOG, CONTEXT};

pub use crate::host::Variable;
pub use crate::nearest::{nearest, steps_of_nearest};

/// A method or function that a template can call.
///
/// ```
/// let ends_with = vtl::reference::methods().find(|method| method.name == "endsWith").unwrap();
/// assert_eq!(ends_with.receiver, "String");
/// assert_eq!(ends_with.signature(), "endsWith(String suffix)");
/// assert_eq!(ends_with.returns, "boolean");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Method {
    /// Kind of the value that it is called on, such as `String`, `List` or `Foreach`; `Object` is every
    /// value, `Number` every number, `Input` and `Util` are `$input` and `$util`.
    pub receiver: &'static str,
    /// Name, such as `indexOf`.
    pub name: &'static str,
    /// Types and names of the parameters, such as `String str, int fromIndex`; empty for none.
    pub parameters: &'static str,
    /// Type of the result, such as `boolean`.
    pub returns: &'static str,
    /// Description in one or two sentences of Markdown. Methods of one name share it.
    pub doc: &'static str,
    /// Template that calls a method of this name; the payload is `{"a": 1}`.
    pub example: &'static str,
    /// Output of the example.
    pub output: &'static str,
}

impl Method {
    /// Returns name and parameters, such as `indexOf(String str, int fromIndex)`.
    #[must_use]
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.parameters)
    }
}

/// Lists the methods of Java values, one item per overload and kind of receiver.
pub fn methods() -> impl Iterator<Item = Method> {
    signatures().filter(|signature| !matches!(signature.receiver, "Input" | "Util")).filter_map(method)
}

/// Lists the functions of `$input`.
///
/// ```
/// let names: Vec<_> = vtl::reference::input_functions().map(|function| function.signature()).collect();
/// assert_eq!(names, ["path(String jsonPath)", "json(String jsonPath)", "params()", "params(String name)"]);
/// ```
pub fn input_functions() -> impl Iterator<Item = Method> {
    signatures_of("Input").filter_map(method)
}

/// Lists the functions of `$util`.
pub fn util_functions() -> impl Iterator<Item = Method> {
    signatures_of("Util").filter_map(method)
}

fn method(signature: Signature) -> Option<Method> {
    let Signature { receiver, returns, name, parameters } = signature;
    let mut rows = TABLE.iter().flat_map(|(_, rows)| *rows);
    let Row { doc, example, output, .. } = *rows.find(|row| row.name == name)?;
    Some(Method { receiver, name, parameters, returns, doc, example, output })
}

/// Lists the variables of `$context` as the service fills it (source: "API Gateway mapping template and
/// access logging variable reference").
///
/// ```
/// assert!(vtl::reference::context_variables().iter().any(|variable| variable.name == "stage"));
/// ```
#[must_use]
pub fn context_variables() -> &'static [Variable] {
    CONTEXT
}

/// Returns the variables of `$context` that access logs alone have; a template gets nothing for them.
///
/// ```
/// assert!(vtl::reference::access_log_variables().iter().any(|variable| variable.name == "responseLatency"));
/// ```
#[must_use]
pub fn access_log_variables() -> &'static [Variable] {
    ACCESS_LOG
}
