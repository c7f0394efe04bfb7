//! Runs declarative tests of API Gateway mapping templates and whole integrations.
//!
//! A test file `NAME.vtl-test.yaml` names a template or a document and what must come out; docs/testing.md
//! describes it. [`discover`] finds the files, [`run_files`] runs them, and the [`Report`] has the results,
//! which can be written as JUnit, TAP, HTML and annotations. Nothing is printed here.
//!
//! ```
//! use vtl_testing::{Settings, discover, run_files};
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("id.vtl"), r#"{"id": "$input.path('$.id')"}"#)?;
//! std::fs::write(folder.path().join("id.vtl-test.yaml"), "
//! template: id.vtl
//! tests:
//!   - name: a number becomes a text
//!     input: {body: {id: 7}}
//!     expect: {json: {id: '7'}, notes: none}
//! ")?;
//! let files = discover(&[folder.path().to_owned()])?;
//! let report = run_files(&files, &Settings::default(), &|_| {});
//! assert_eq!((report.summary.passed, report.summary.failed), (1, 0));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | Module | Content |
//! | --- | --- |
//! | `node` | YAML and JSON with places |
//! | `format` | test files, and the folders of other tools |
//! | `inputs` | inputs of tests, as samples |
//! | `subject` | templates and documents, loaded once |
//! | `run` | the run of a test |
//! | `check`, `diff`, `redact`, `snapshot` | comparing what came out |
//! | `coverage` | lines and branches of templates |
//! | `suite` | many tests on several threads |
//! | `report` | results for other tools |
//! | `record`, `sample`, `yaml` | tests made of recorded calls and of models |

mod check;
mod coverage;
mod diff;
mod discover;
mod format;
mod inputs;
mod json;
mod name;
mod node;
mod pattern;
mod query;
mod reads;
mod record;
mod redact;
mod report;
mod run;
mod sample;
mod snapshot;
mod subject;
mod suite;
mod writer;
mod yaml;

pub use coverage::{BranchHits, Coverage, FileCoverage, Ratio};
pub use diff::{json as json_diff, text as text_diff};
pub use discover::discover;
pub use format::SCHEMA;
pub use inputs::{TestInput, test_inputs};
pub use record::{Answer, Recording, test_file};
pub use sample::{SampleRequest, sample, sample_request};
pub use snapshot::{Pending, SnapshotMode};
pub use suite::{Report, Settings, SnapshotSummary, Status, Summary, TestResult, Unreferenced, run_files};

pub use yaml::to_yaml;

pub use regex::Regex;
