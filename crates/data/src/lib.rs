//! The engine with JSON in and JSON out, for bindings and for hosts of WebAssembly.
//!
//! A [`Session`] answers requests such as `{"command": "render", "template": "…", "body": "…"}` with the
//! documents that the command `vtl` prints with `--format json`. It keeps compiled templates and loaded
//! documents, so that a host compiles a template once and renders it any number of times.
//!
//! ```
//! let mut session = vtl_data::Session::new();
//! let request = br#"{"id": 1, "command": "render", "template": "Hi $input.path('$.name')", "body": {"name": "Ada"}}"#;
//! let answer = String::from_utf8(session.answer(request)).unwrap();
//! assert_eq!(answer, r#"{"id":1,"output":"Hi Ada","requestOverride":{},"responseOverride":{},"notes":[]}"#);
//! ```
//!
//! A request that cannot be answered gives `{"error"}`, with `findings` and a drawn `report` if a template
//! or a document is at fault:
//!
//! ```
//! let mut session = vtl_data::Session::new();
//! let answer = session.answer(br##"{"command": "render", "template": "#if(true)"}"##);
//! let answer: serde_json::Value = serde_json::from_slice(&answer)?;
//! assert_eq!(answer["findings"][0]["code"], "V002");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Bindings that have values of their own language use [`Api`], `check_template` and [`Rules`] directly.

mod api;
mod check;
mod failure;
mod input;
mod message;
mod outcome;
mod reference;
mod request;
mod rules;
mod sample;
mod session;
mod slots;
mod target;
mod trace;

pub use api::{Api, Call, Source, Step};
pub use check::{Checked, Summary, check_document, check_template, notes};
pub use failure::Failure;
pub use input::{compact, texts};
pub use rules::Rules;
pub use sample::{Sample, sample_files};
pub use session::{Answer, Session};
pub use trace::{Written, written};
