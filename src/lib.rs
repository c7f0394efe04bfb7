//! API Gateway mapping templates, rendered as the service renders them.
//!
//! A REST API of Amazon API Gateway turns requests and responses into other ones with templates in
//! Velocity's language. This crate compiles such a template once and renders it as often as you like, byte
//! for byte as the service does: Velocity 1.7 with the service's settings, payloads read as leniently as
//! json-smart reads them, [JSONPath](path) as Jayway has it, and the Java values that show through.
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
//! # What a template sees
//!
//! [`Globals`] hold one request: the payload, the parameters, `$context`, the stage variables.
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
//! What a template sets below `$context.requestOverride` and `$context.responseOverride` comes back in
//! [`Rendered::overrides`]:
//!
//! ```
//! let template = vtl::Template::parse("#set($context.responseOverride.status = 404)gone")?;
//! let out = template.render(&vtl::Globals::default())?;
//! assert_eq!(out.overrides.response["status"], 404);
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Mistakes
//!
//! Velocity swallows most of them. So does this crate, and reports each as a [`Note`] that never changes the
//! output. What the service does not swallow is an [`Error`], with a stable [`Code`], the place, and
//! a [report](Error::report) that draws it.
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
//! println!("{}", error.report("answer.vtl", source));
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! # Rules and limits
//!
//! A [`Dialect`] says which engine to be: the service, or Velocity 1.7 as it comes; and it has a switch for each
//! question about the service that nobody outside can answer. [`Limits`] are the ceilings on what a template
//! may use; no template and no payload hangs, overflows or panics.
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
//! # The rest of a call
//!
//! [`pipeline`] is the integration around the templates: validation, parameter mapping, the choice of
//! templates and responses, the errors of the gateway and the execution log.
//!
//! # Where to look
//!
//! | | |
//! | --- | --- |
//! | every method, `$util` function, code and limit | `docs/reference.md` |
//! | how right it is, known differences, open questions | `COMPATIBILITY.md` |
//! | how it is built | `ARCHITECTURE.md` |
//! | the command | the crate `vtl-cli` |

// The parser of the grammars is made without `std`: with it, it would ask at each step how much stack is left.
extern crate alloc;

mod builtins;
mod compile;
pub mod diagnostic;
mod dialect;
mod error;
mod host;
pub mod jsonpath;
mod limits;
mod nearest;
mod note;
mod options;
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

pub use diagnostic::Code;
pub use dialect::{Dialect, UnknownSwitch};
pub use error::Error;
pub use host::{Globals, Overrides, Params};
pub use limits::{Limits, UnknownLimit};
pub use note::Note;
pub use options::{ParseOptions, RenderOptions};
pub use span::Span;
pub use template::{Rendered, Template};
pub use vm::{Call, Probe, State};

/// The examples of README.md, compiled and run with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
