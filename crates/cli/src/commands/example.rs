//! `vtl example`: a sample request of a route.

use crate::args::example::ExampleArgs;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::Reader;
use crate::report::{self, json};
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::{Code, Limits};
use vtl_testing::sample_request;

pub fn run(args: &ExampleArgs, reader: &mut Reader) -> Result<(), Failure> {
    let (path, reading) = (&args.document.document, &args.document.reading);
    let document = document::load(path, reading, reading.limits.over(Limits::service()), reader)?;
    let routes = match &args.route {
        Some(key) => document.find_routes(key),
        None => (0..document.routes.len()).collect(),
    };
    let labels: Vec<String> = (0..document.routes.len()).map(|at| document.route_label(at)).collect();
    let listed = labels.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
    let at = match (routes.as_slice(), &args.route) {
        ([at, ..], Some(_)) | ([at], None) => *at,
        ([], Some(key)) => {
            let message = format!("the document has no route {key}; its routes are {listed}");
            return Err(Failure::no_such(message, key, labels.iter().map(String::as_str)));
        }
        ([], None) => return Err(Failure::input(Code::NoSuchPart, "the document has no routes")),
        (_, None) => {
            let message = format!("the document has several routes; choose one with --route: {listed}");
            return Err(Failure::input(Code::AmbiguousChoice, message));
        }
    };
    let Some(sample) = document.method(at).and_then(|(api, method)| sample_request(api, method)) else {
        let label = document.route_label(at);
        return Err(Failure::input(Code::NoSuchPart, format!("the document does not tell the path of {label}")));
    };
    if !sample.faults.is_empty() {
        let message = format!("the sample violates the model: {}", sample.faults.join("; "));
        let finding = Diagnostic::new(Code::SchemaViolated, message).with_severity(Severity::Warning);
        let finding = finding.with_help("change it by hand, or give the model an `example`");
        report::notes(&[finding], &reader.sources, "");
    }
    let mut request = sample.request;
    if let Some(body) = request.get_mut("body").filter(|body| !body.is_string()) {
        *body = body.to_string().into();
    }
    json::print_pretty(&request)
}
