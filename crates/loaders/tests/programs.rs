//! Programs that make a document are refused, with the way to the document.

use vtl_loaders::{File, Options, load};

#[test]
fn a_program_names_the_command_that_gives_its_document() {
    for (name, text, help) in [
        ("app.py", "from cdktf import App\n", "cdktf synth"),
        ("-", "from cdktf import App\n", "cdktf synth"),
        ("lib/stack.ts", "import * as cdk from 'aws-cdk-lib';\n", "cdk synth"),
        ("stack.py", "import aws_cdk as cdk\n", "cdk synth"),
        (
            "serverless.ts",
            "import type { AWS } from '@serverless/typescript';\nmodule.exports = {}\n",
            "serverless print",
        ),
        ("app/serverless.js", "module.exports = { service: 's' }\n", "serverless print"),
        ("index.js", "exports.handler = async () => {}\n", "run it"),
    ] {
        let error =
            load(&[File::new(name, text)], &Options::default()).map(drop).map_err(|error| error.diagnostic().clone());
        let diagnostic = error.expect_err(name);
        assert_eq!(diagnostic.code.name(), "unsupported-document", "{name}");
        assert!(diagnostic.help.as_deref().is_some_and(|found| found.contains(help)), "{name}: {diagnostic:?}");
    }
    // A document that mentions one is a document.
    let text = "# made by aws-cdk-lib\nAWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n";
    assert!(load(&[File::new("template.yaml", text)], &Options::default()).is_ok());
}
