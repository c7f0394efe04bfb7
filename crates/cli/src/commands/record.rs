//! `vtl record`: tests made of recorded calls.

use crate::args::record::RecordArgs;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use crate::input::{document, recording};
use crate::report::new_file;
use crate::report::stdout::{print, print_styled};
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use vtl::diagnostic::printable;
use vtl::pipeline::model::IntegrationType;
use vtl::pipeline::{PreparedApi, Protocol};
use vtl::{Code, Limits};
use vtl_loaders::Document;
use vtl_testing::{Recording, test_file};

pub fn run(args: &RecordArgs, reader: &mut Reader) -> Result<(), Failure> {
    let (mut recordings, log) = recording::read(&args.recording, &args.reading.allow, reader)?;
    let document = args.document.as_ref();
    let document = document
        .map(|path| document::load(path, &args.reading, args.reading.limits.over(Limits::service()), reader))
        .transpose()?;
    let folder = args.output.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let mut settings = Map::new();
    if let Some(path) = &args.document {
        settings.insert("document".to_owned(), json!(new_file::relative(folder, path)));
        if !args.reading.parameters.is_empty() {
            let parameters = args.reading.parameters.iter().map(|(name, value)| (name.clone(), json!(value)));
            settings.insert("parameters".to_owned(), Json::Object(parameters.collect()));
        }
        let files: Vec<_> = args.reading.parameter_files.iter().map(|file| new_file::relative(folder, file)).collect();
        if !files.is_empty() {
            settings.insert("parameterFiles".to_owned(), json!(files));
        }
    }
    let mut beside = None;
    let expected_log = match (args.log, log) {
        (false, _) => None,
        (true, None) => return Err(Failure::usage("--log needs a recording with an execution log")),
        (true, Some(_)) if recordings.len() > 1 => {
            return Err(Failure::usage("--log needs a log of one call, and this has several"));
        }
        (true, Some(text)) => Some(match (&args.output, text) {
            (Some(output), text) => {
                let file = log_beside(output);
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                beside = Some((file, text));
                json!({"file": name})
            }
            (None, text) => Json::String(text),
        }),
    };
    let mut tests = Vec::new();
    // Recordings may be many, so the tables of routes are built once.
    let apis: Vec<PreparedApi> = document.iter().flat_map(|document| &document.apis).map(PreparedApi::new).collect();
    let named = args.route.as_deref();
    let named = named.zip(document.as_ref()).map(|(key, document)| (key, document.find_routes(key).first().copied()));
    for recording in &mut recordings {
        let place = document.as_ref().map(|document| place(document, &apis, named, recording)).transpose()?;
        let (method, path) = recording.target();
        let status = recording.answer.status.map(|status| format!(" gives {status}")).unwrap_or_default();
        let name = args.name.clone().unwrap_or_else(|| format!("{method} {}{status}", shortened(path)));
        let mut test = recording.to_test(&name, place.as_ref().map(|place| place.route.as_str()));
        settle(&mut test, recording, place.is_some_and(|place| place.is_mock));
        if let (Some(log), Some(expect)) = (&expected_log, test.get_mut("expect").and_then(Json::as_object_mut)) {
            expect.insert("log".to_owned(), log.clone());
        }
        let comments = recording.left_out.iter().map(|what| format!("left out: {what}")).collect();
        tests.push((comments, test));
    }
    if settings.is_empty() {
        settings.insert("document".to_owned(), json!("openapi.yaml"));
    }
    let mut text = test_file(&settings, &tests);
    if args.document.is_none() {
        text.insert_str(0, "# Name the document of the API here.\n");
    }
    let Some(output) = &args.output else { return print(text.as_bytes()) };
    new_file::write(output, &text)?;
    if let Some((file, log)) = &beside {
        new_file::write(file, log)?;
    }
    let many = if tests.len() == 1 { "1 test".to_owned() } else { format!("{} tests", tests.len()) };
    let mut said = format!("wrote {} with {many} of {}\n", output.display(), reader::name(&args.recording));
    for (comments, test) in &tests {
        for comment in comments {
            let name = test.get("name").and_then(Json::as_str).unwrap_or_default();
            said += &format!("{}: {}\n", printable(name), printable(comment));
        }
    }
    print_styled(&said)
}

/// Cuts a path that is too long for a name.
fn shortened(path: &str) -> String {
    /// Most characters of it.
    const LONGEST: usize = 1_000;
    match path.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path.to_owned(),
    }
}

/// Returns the file of a log beside a test file.
fn log_beside(output: &Path) -> PathBuf {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split_once(".vtl-test.").map_or(name.as_str(), |(stem, _)| stem);
    output.with_file_name(format!("{stem}.log"))
}

/// The route of a recording.
struct Place {
    route: String,
    is_mock: bool,
}

/// Finds the route that a recording takes; `named` is the key that is asked for, with its route.
fn place(
    document: &Document,
    apis: &[PreparedApi],
    named: Option<(&str, Option<usize>)>,
    recording: &mut Recording,
) -> Result<Place, Failure> {
    let is_rest = document.apis.iter().any(|api| api.protocol == Protocol::Rest);
    if recording.has_stage && is_rest {
        recording.remove_stage();
    }
    let (method, path) = recording.target();
    let found = match named {
        Some((_, found)) => found,
        None => (0..).zip(apis).find_map(|(at, api)| {
            let index = api.find(method, path)?.index;
            document.routes.iter().position(|route| route.api == at && route.method == index)
        }),
    };
    let Some(at) = found else {
        let labels: Vec<String> = (0..document.routes.len()).map(|at| document.route_label(at)).collect();
        let wanted = named.map_or_else(|| format!("{method} {path}"), |(key, _)| key.to_owned());
        let listed = labels.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
        let why = match named {
            Some((key, _)) => format!("the document has no route {key}; its routes are {listed}"),
            None => format!("no route takes {wanted}; the routes are {listed}"),
        };
        return Err(Failure::no_such(why, &wanted, labels.iter().map(String::as_str)));
    };
    let integration = document.method(at).and_then(|(_, method)| method.integration.as_ref());
    let is_mock = integration.is_none_or(|integration| integration.kind == IntegrationType::Mock);
    let Some(route) = document.route_key(at) else {
        return Err(Failure::input(Code::NoSuchPart, "the document does not tell the path of this route"));
    };
    Ok(Place { route, is_mock })
}

/// Adapts a test to what is missing: it passes as it is, or says what to add.
fn settle(test: &mut Json, recording: &Recording, is_mock: bool) {
    let Some(members) = test.as_object_mut() else { return };
    let knows_answer = recording.answer.status.is_some() || recording.answer.body.is_some();
    if is_mock {
        if !knows_answer {
            members.shift_remove("expect");
        }
        return;
    }
    if recording.is_of_client && knows_answer {
        let reason = "the recording has no answer of the backend: add `backend`, then remove this line";
        members.insert("todo".to_owned(), json!(reason));
    }
}
