//! Document formats, and the grammars they are written in.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $word:literal;)*) => {
        /// A document format.
        ///
        /// ```
        /// use vtl_loaders::Kind;
        /// assert_eq!("sam".parse(), Ok(Kind::Sam));
        /// assert_eq!(Kind::OpenApi3.as_str(), "openapi3");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind { $($(#[doc = $doc])* $variant,)* }

        impl Kind {
            /// Lists every format.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),*];

            /// Returns the name that `--kind` takes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    /// OpenAPI 2.0.
    OpenApi2 = "openapi2";
    /// OpenAPI 3.x.
    OpenApi3 = "openapi3";
    /// A CloudFormation template.
    CloudFormation = "cloudformation";
    /// A CloudFormation template with serverless resources.
    Sam = "sam";
    /// A Terraform configuration in HCL.
    Terraform = "terraform";
    /// A Terraform configuration in JSON (`.tf.json`), such as cdktf's output.
    TerraformJson = "terraform-json";
    /// The output of `terraform show -json` for a plan.
    TerraformPlan = "terraform-plan";
    /// The output of `terraform show -json` for a state.
    TerraformState = "terraform-state";
    /// The `manifest.json` of the folder that `cdk synth` writes.
    Cdk = "cdk";
    /// A service of the Serverless framework (`serverless.yml`).
    Serverless = "serverless";
    /// AWS CLI commands, their JSON input or their JSON output.
    AwsCli = "aws-cli";
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of parsing a [`Kind`]: no document format has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKind(pub String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown document format `{}`; supported formats: {}", self.0, names())
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        let found = Kind::ALL.iter().copied().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// Returns the names of all formats, separated by commas.
pub(crate) fn names() -> String {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

/// The grammar of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    Json,
    Yaml,
    Hcl,
    Shell,
}
