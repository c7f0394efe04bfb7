//! Documents that hold API Gateway integrations, read into one model.
//!
//! Nobody keeps an integration as a bare object: it stands in an OpenAPI document, a CloudFormation or SAM template, in Terraform's
//! files or plan, in a command line of the AWS CLI. [`load`] takes any of them:
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
//! // The blank before `"statusCode"` is the third character of the template, and the first of line 12 below the indentation.
//! let place = document.place_in(0, "/requestTemplates/application~1json", 4);
//! assert_eq!(place.map(|place| place.to_string()).as_deref(), Some("demo.yaml:12:15"));
//! # Ok::<(), vtl_loaders::LoadError>(())
//! ```
//!
//! ```text
//! text ─ json, yaml, hcl ─▶ tree ─ detect ─▶ openapi │ cloudformation, sam │ terraform │ aws_cli ─▶ drafts ─▶ Document
//! ```
//!
//! A value that only the service knows stays in the text as `${…}`, written as the document's language would write it. What does not
//! concern integrations is passed over. Findings are data: [`Document::findings`] and [`Document::problems`].

mod assemble;
mod aws_cli;
mod cloudformation;
mod context;
mod detect;
mod document;
mod model;
mod openapi;
mod syntax;
mod terraform;

pub use context::{File, Options, ReadFile, load, load_integration};
pub use detect::Kind;
pub use document::templates::TemplateText;
pub use document::{Document, Finding, LoadError, Route, Severity};
pub use syntax::source::Place;
