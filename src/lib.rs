//! An engine for the mapping templates of Amazon API Gateway.
//!
//! A REST API transforms requests and responses with mapping templates, written in the Velocity Template
//! Language. This crate compiles a template once and renders it any number of times, byte for byte as the
//! service does: Velocity 1.7 with the service's settings, payloads read as leniently as by json-smart,
//! [JSONPath](jsonpath) as in Jayway's library, and Java's strings, numbers and collections with their
//! methods.
//!
//! ```
//! use vtl::{Globals, Template};
//!
//! let template = Template::parse(r#"{"id": "$input.path('$.id')"}"#)?;
//! let out = template.render(&Globals::body(r#"{"id": 7}"#))?;
//! assert_eq!(out.text, r#"{"id": "7"}"#);
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Data of a request
//!
//! [`Globals`] hold the data of one request: payload, parameters, `$context`, stage variables.
//!
//! ```
//! use vtl::{Globals, Params, Template};
//!
//! let globals = Globals::body(r#"{"items": [{"sku": "A1"}, {"sku": "B2"}]}"#)
//!     .params(Params::new().path("id", "7").query("lang", "en").header("X-Trace", "t-1"))
//!     .context(serde_json::json!({"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}}))
//!     .stage_variables([("table".to_owned(), "orders".to_owned())]);
//!
//! let text = "$stageVariables.table/$context.stage/$input.params('id'):\
//!             #foreach($item in $input.path('$.items')) $item.sku#if($foreach.hasNext),#end#end";
//! assert_eq!(Template::parse(text)?.render(&globals)?.text, "orders/prod/7: A1, B2");
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! [`Rendered::overrides`] returns the values that a template sets below `$context.requestOverride` and
//! `$context.responseOverride`:
//!
//! ```
//! let template = vtl::Template::parse("#set($context.responseOverride.status = 404)gone")?;
//! let out = template.render(&vtl::Globals::default())?;
//! assert_eq!(out.overrides.response["status"], 404);
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Errors and notes
//!
//! Velocity ignores most mistakes, such as calls of unknown methods. This crate reports each as a [`Note`],
//! which never changes the output. A mistake that makes the service answer with an error is an [`Error`].
//! Both have a stable [`Code`], a place and, where possible, a suggested way out; `{:#}` draws an error with
//! its line of the template.
//!
//! ```
//! use vtl::{Code, Globals, Template};
//!
//! let out = Template::parse("[$input.path('$.name').shout()]")?.render(&Globals::body(r#"{"name": "Ada"}"#))?;
//! assert_eq!(out.text, "[]");
//! assert_eq!(out.notes[0].code, Code::UnknownMethod);
//!
//! let source = "#if($input.path('$.a') == 1)\n  one";
//! let error = Template::parse(source).unwrap_err();
//! assert_eq!(error.code(), Code::Unclosed);
//! println!("{error:#}");
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Options
//!
//! [`ParseOptions`] set a template's name, its [`Dialect`] (the service, or Velocity 1.7 with default
//! settings, with a switch for each open question about the service) and its [`Limits`]. No template and no
//! payload hangs, overflows the stack or panics under the default limits. [`RenderOptions`] set the limits
//! of one render, a [`Probe`] that watches it, and a function that cancels it.
//!
//! ```
//! use vtl::{Code, Globals, Limits, ParseOptions, Template};
//!
//! let limits = Limits::service().with_output(Some(1_000));
//! let template = Template::parse_with("#foreach($i in [1..500])$i #end", &ParseOptions::new().limits(limits))?;
//! assert_eq!(template.render(&Globals::default()).unwrap_err().code(), Code::OutputLimit);
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Integrations
//!
//! [`pipeline`] runs a whole integration: request validation, parameter mapping, the choice of templates and
//! responses, gateway responses and the execution log.
//!
//! # Further reading
//!
//! | | |
//! | --- | --- |
//! | methods, `$util` functions, `$context`, limits | `docs/reference.md`; as data: [`mod@reference`] |
//! | codes of errors and notes | `docs/codes.md`; as data: [`diagnostic`] |
//! | score, known differences, open questions | `COMPATIBILITY.md` |
//! | design of the engine | `ARCHITECTURE.md` |
//! | command line | the crate `vtl-cli` |

// pest is built without `std`: with it, it checks the remaining stack at each step.
extern crate alloc;

mod budget;
mod builtins;
mod compile;
#[cfg(test)]
mod corpus;
pub mod diagnostic;
mod dialect;
mod error;
mod host;
pub mod jsonpath;
mod limits;
mod nearest;
mod note;
mod options;
mod output_map;
pub mod pipeline;
mod program;
pub mod reference;
#[cfg(test)]
mod reference_tests;
mod span;
mod syntax;
mod template;
mod value;
mod vm;

/// The syntax tree of templates, and a parser for editors, linters and formatters.
///
/// **Unstable**: this module changes with the language and the compiler, in any release.
pub mod syntax_unstable {
    pub use crate::syntax::{Texts, ast, check_size, parse_all, parse_for_tools};
}

pub use budget::Budget;
pub use diagnostic::Code;
pub use dialect::{Dialect, UnknownSwitch};
pub use error::Error;
pub use host::{Data, Globals, Overrides, Params};
pub use limits::{Limits, UnknownLimit};
pub use note::Note;
pub use options::{ParseOptions, RenderOptions};
pub use output_map::{OutputMap, Piece};
pub use span::Span;
pub use syntax::{Branch, BranchKind, ReadPart, Reads, Statement, StatementKind};
pub use template::{Rendered, Template};
pub use vm::{Call, Probe, State};

/// The limit of JSON that is read into values, for the other crates of the project.
#[doc(hidden)]
pub mod json_unstable {
    pub use crate::value::json::{MOST_VALUES, check_values, count_values};
}

/// The examples of README.md, compiled and run with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of docs/limits.md.
#[cfg(doctest)]
#[doc = include_str!("../docs/limits.md")]
struct LimitsPage;
