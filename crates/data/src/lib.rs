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
//! The feature `documents`, on by default, has all but the commands `compile`, `render`, `free` and `version`.
//!
//! Bindings that have values of their own language use [`Api`], `check_template` and [`Rules`] directly.

#[cfg(feature = "documents")]
mod api;
#[cfg(feature = "documents")]
mod check;
#[cfg(feature = "documents")]
mod documents;
mod failure;
mod input;
#[cfg(feature = "documents")]
mod message;
mod note;
#[cfg(feature = "documents")]
mod outcome;
#[cfg(feature = "documents")]
mod reference;
mod request;
mod rules;
#[cfg(feature = "documents")]
mod sample;
mod session;
mod slots;
#[cfg(feature = "documents")]
mod target;
mod trace;
mod write;

#[cfg(feature = "documents")]
pub use api::{Api, Call, Source, Step};
#[cfg(feature = "documents")]
pub use check::{Checked, Settings, Summary, check_document, check_template};
pub use failure::Failure;
pub use input::{compact, texts};
pub use note::notes;
pub use rules::Rules;
#[cfg(feature = "documents")]
pub use sample::{Sample, SampleFolders, sample_files};
pub use session::{Answer, Session};
pub use slots::{SlotRoot, Slots};
pub use trace::{Written, silent, written};
