//! Loads API Gateway integrations from the documents that hold them.
//!
//! An integration is a part of an OpenAPI document, a CloudFormation or SAM template, a Terraform
//! configuration, plan or state, or an AWS CLI command. [`load`] reads any of them to the model of
//! [`vtl::pipeline`]:
//!
//! ```
//! use vtl_loaders::{File, Options, load};
//! let text = "
//! swagger: '2.0'
//! info: {title: demo}
//! paths:
//!   /pets:
//!     get:
//!       x-amazon-apigateway-integration:
//!         type: mock
//!         requestTemplates:
//!           application/json: |
//!             {
//!               \"statusCode\": 200
//!             }
//! ";
//! let document = load(&[File::new("demo.yaml", text)], &Options::default())?;
//! assert_eq!(document.route_key(0).as_deref(), Some("GET /pets"));
//! // `"statusCode"` starts at byte 4 of the template, and in line 12 of the file.
//! let location = document.locate(0, "/requestTemplates/application~1json", 4..16);
//! assert_eq!(location.map(|location| location.to_string()).as_deref(), Some("demo.yaml:12:15"));
//! # Ok::<(), vtl_loaders::LoadError>(())
//! ```
//!
//! # Layers
//!
//! Each layer imports only those before it; a test checks that.
//!
//! | Layer | Modules | From → to |
//! | --- | --- | --- |
//! | words | `marks` | bytes → whether they may be a document |
//! | text | `syntax` | text → tree with places |
//! | model | `model` | tree → integrations, responses, tables |
//! | OpenAPI | `references`, `openapi` | tree → API |
//! | resources | `assemble` | resources that refer to each other → APIs |
//! | languages | `cloudformation`, `terraform`, `aws_cli` | tree → evaluated resources |
//! | frameworks | `serverless`, `cdk` | configuration or manifest → CloudFormation templates |
//! | result | `document` | APIs → [`Document`] with [`Diagnostic`](vtl::diagnostic::Diagnostic)s |
//! | entry points | `load` | files → [`Document`] |
//! | disk | `disk` | paths → the files that a caller hands to `load`, or writes |
//!
//! # Unknown values
//!
//! A value that is known only after deployment becomes a placeholder `${…}`, written as the
//! document's language writes it. Parts of a document that do not concern integrations are ignored.
//!
//! # Findings
//!
//! [`Document::diagnostics`] returns what the service would refuse and what is worth knowing, each
//! with a code and a place in a file. Only a document that cannot be read at all is a [`LoadError`].

mod assemble;
mod aws_cli;
mod budget;
mod cdk;
mod cloudformation;
mod context;
mod detect;
mod diagnostic;
mod disk;
mod document;
mod kind;
mod load;
mod marks;
mod model;
mod openapi;
mod path;
mod references;
mod serverless;
mod span;
mod syntax;
mod terraform;

pub use context::{File, ListFolder, Options, ReadFile};
pub use disk::{Reach, files_of, open_named};
pub use document::{Document, LoadError, Route, RouteKeys, TemplateText};
pub use kind::{Kind, UnknownKind};
pub use load::{load, load_integration};
pub use marks::{has_api, may_have_api};
