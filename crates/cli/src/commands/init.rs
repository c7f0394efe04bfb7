//! `vtl init`: first tests for the documents of a folder, and settings.

use crate::args::document::ReadingArgs;
use crate::args::init::InitArgs;
use crate::failure::Failure;
use crate::input::discovery::{self, Form};
use crate::input::document;
use crate::input::reader::Reader;
use crate::report::stdout::print_styled;
use crate::report::{new_file, notes};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use vtl::diagnostic::printable;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::{Integration, IntegrationType};
use vtl::{Code, Limits};
use vtl_loaders::Document;
use vtl_testing::{sample_request, test_file};

const SETTINGS: &str = "\
# Settings of `vtl check`, found upward from each file; docs/check.md describes them.
fail-level = \"warning\"

# [rules]
# bare-reference = \"off\"   # off, advice, warning or error; `vtl explain NAME` explains a rule
";

/// Comment at the top of a test file.
const HEAD: &str = "\
# Made by `vtl init` from the routes of the document. A test without `expect` is a snapshot: run `vtl test`,
# look at the results with `vtl review`, and commit the snapshots. docs/testing.md has all that can be expected.
";

/// Most bytes of the requests of a test file, about.
const LONGEST: usize = 4 << 20;

/// Source of a test file: a document or a template.
struct Proposal {
    file: PathBuf,
    text: String,
    count: usize,
    /// Routes without a test, with the reason.
    left_out: Vec<String>,
}

pub fn run(args: &InitArgs, reader: &mut Reader) -> Result<(), Failure> {
    if !args.folder.is_dir() {
        return Err(Failure::input(Code::UnreadableInput, format!("{} is no folder", args.folder.display())));
    }
    let (targets, findings) = discovery::targets(std::slice::from_ref(&args.folder));
    notes(&findings, &reader.sources, "");
    let mut proposals = Vec::new();
    for target in targets.iter().filter(|target| target.form == Form::Document) {
        // A file that only looks like a document is none.
        let Ok(document) = document::load(&target.path, &ReadingArgs::default(), Limits::service(), reader) else {
            continue;
        };
        proposals.extend(of_document(&target.path, &document));
    }
    if proposals.is_empty() {
        let templates = targets.iter().filter(|target| target.form == Form::Template);
        proposals.extend(templates.map(|target| of_template(&target.path)));
    }
    let mut said = String::new();
    for proposal in &proposals {
        let shown = proposal.file.to_string_lossy();
        let shown = printable(&shown);
        if proposal.file.exists() {
            let _ = writeln!(said, "{shown} exists, and stays as it is");
            continue;
        }
        new_file::write(&proposal.file, &proposal.text)?;
        let many = if proposal.count == 1 { "1 test".to_owned() } else { format!("{} tests", proposal.count) };
        let _ = writeln!(said, "{shown}: {many}");
        for left_out in &proposal.left_out {
            let _ = writeln!(said, "  {}", printable(left_out));
        }
    }
    if proposals.is_empty() {
        let _ = writeln!(said, "no API document and no template is below {}", args.folder.display());
    }
    let settings = args.folder.strip_prefix(".").unwrap_or(&args.folder).join("vtl.toml");
    if settings.exists() {
        let _ = writeln!(said, "{} exists, and stays as it is", settings.display());
    } else {
        new_file::write(&settings, SETTINGS)?;
        let _ = writeln!(said, "{}: settings of `vtl check`", settings.display());
    }
    if !proposals.is_empty() {
        said.push_str("next: `vtl test`, then `vtl review`, and commit the tests with their snapshots\n");
    }
    print_styled(&said)
}

/// Proposes a test for each route of a document; `None` if it has no route that can be called.
fn of_document(path: &Path, document: &Document) -> Option<Proposal> {
    let (folder, stem) = if path.is_dir() {
        let name = path.canonicalize().ok().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into()));
        (path.to_owned(), name.unwrap_or_else(|| "api".to_owned()))
    } else {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        (path.parent().unwrap_or(Path::new("")).to_owned(), stem)
    };
    let mut tests = Vec::new();
    let mut left_out = Vec::new();
    let mut left = LONGEST;
    for route in 0..document.routes.len() {
        let label = document.route_label(route);
        let Some((api, method)) = document.method(route) else { continue };
        let Some(integration) = &method.integration else {
            left_out.push(format!("{label}: no test, for it has no integration"));
            continue;
        };
        if left == 0 {
            left_out.push(format!("{label}: no test, for those before it are {} MiB", LONGEST >> 20));
            continue;
        }
        let (Some(key), Some(sample)) = (document.route_key(route), sample_request(api, method)) else {
            left_out.push(format!("{label}: no test, for the document does not tell its path"));
            continue;
        };
        left = left.saturating_sub(sample.request.to_string().len());
        let mut test = Map::new();
        test.insert("name".to_owned(), json!(label));
        if document.apis.len() > 1 {
            let at = document.routes.get(route).map_or(0, |route| route.api);
            test.insert("api".to_owned(), json!(api.name.clone().unwrap_or_else(|| (at + 1).to_string())));
        }
        test.insert("route".to_owned(), json!(key));
        test.insert("request".to_owned(), sample.request);
        if let Some(answer) = answer(integration, api.protocol) {
            test.insert("backend".to_owned(), answer);
        }
        let comments = sample.faults.iter().map(|fault| format!("the body violates its model: {fault}")).collect();
        tests.push((comments, Json::Object(test)));
    }
    if tests.is_empty() {
        return None;
    }
    let mut settings = Map::new();
    settings.insert("document".to_owned(), json!(new_file::relative(&folder, path)));
    let text = HEAD.to_owned() + &test_file(&settings, &tests);
    Some(Proposal { file: folder.join(format!("{stem}.vtl-test.yaml")), text, count: tests.len(), left_out })
}

/// Returns an answer of the backend, to be replaced by a real one; `None` for a MOCK.
fn answer(integration: &Integration, protocol: Protocol) -> Option<Json> {
    match integration.kind {
        IntegrationType::Mock => None,
        IntegrationType::AwsProxy if integration.is_lambda() => {
            let payload = match protocol {
                Protocol::WebSocket => json!({"statusCode": 200}),
                _ => json!({"statusCode": 200, "body": "{}"}),
            };
            Some(json!({"lambda": {"payload": payload}}))
        }
        _ if integration.is_lambda() => Some(json!({"lambda": {"payload": {}}})),
        _ => Some(json!({"status": 200, "body": {}})),
    }
}

/// Proposes a test for a template of its own.
fn of_template(path: &Path) -> Proposal {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut settings = Map::new();
    settings.insert("template".to_owned(), json!(name));
    let test = json!({"name": "an empty object", "input": {"body": {}}});
    Proposal {
        file: path.with_file_name(format!("{stem}.vtl-test.yaml")),
        text: HEAD.replace("the routes of the document", "the template") + &test_file(&settings, &[(Vec::new(), test)]),
        count: 1,
        left_out: Vec::new(),
    }
}
