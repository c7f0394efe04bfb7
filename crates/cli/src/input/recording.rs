//! Recorded calls, in any of the forms that people have them in.

use crate::failure::Failure;
use crate::input::curl;
use crate::input::event::Event;
use crate::input::named_files::NamedFiles;
use crate::input::reader::{self, Reader};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl_testing::Recording;

/// Most values of a recording with those of the JSON in its texts, by the commas and the brackets that open one.
const MOST_VALUES: usize = 2_000_000;

/// Most bytes of a recording.
const MOST_BYTES: usize = 64 << 20;

/// Most bytes of a curl command, of which shells take no more.
const MOST_OF_CURL: usize = 2 << 20;

/// Reads the recordings of a file, and its execution log if it has one. A curl command may name files that are
/// `allowed`, besides those of its repository.
pub fn read(
    path: &Path,
    allowed: &[PathBuf],
    reader: &mut Reader,
) -> Result<(Vec<Recording>, Option<String>), Failure> {
    let text = reader.text(path)?;
    let name = reader::name(path);
    let most = if curl::is_curl(&text) { MOST_OF_CURL } else { MOST_BYTES };
    if text.len() > most {
        let why = format!("{name}: the recording has more than {} MiB; record some of its calls", most >> 20);
        return Err(Failure::input(Code::MemoryLimit, why));
    }
    if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MOST_VALUES {
        let why = format!("{name}: the recording has more than {MOST_VALUES} values; record some of its calls");
        return Err(Failure::input(Code::MemoryLimit, why));
    }
    let found = Recording::of_log(&text);
    if !found.is_empty() && !text.trim_start().starts_with('{') {
        return Ok((found, Some(text)));
    }
    if curl::is_curl(&text) {
        let curl = curl::read(&text, &mut NamedFiles::of(path, allowed, reader))?;
        let mut recording = Recording::of_request(&curl.request);
        recording.has_stage = curl.has_stage;
        return Ok((vec![recording], None));
    }
    let unknown = || {
        let mut finding = vtl::diagnostic::Diagnostic::new(Code::MalformedInput, format!("{name} is no recording"));
        finding.help = Some(
            "it takes an execution log, the JSON of test-invoke-method or get-log-events, an HTTP archive, the event \
             of a function, or a curl command"
                .to_owned(),
        );
        Failure::Input(Box::new(finding))
    };
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Err(unknown());
    }
    let json: Json = reader::read(path, &text)?;
    if let Some(event) = Event::read(&json) {
        let Event::Http(event) = event.map_err(|error| reader::malformed(path, &text, &error))? else {
            return Err(Failure::usage(
                "events of WebSocket APIs cannot be recorded; write the test's `request` by hand",
            ));
        };
        let mut recording = Recording::of_request(&event.message);
        recording.context = event.context;
        recording.stage_variables = event.stage_variables;
        return Ok((vec![recording], None));
    }
    let found = Recording::of_json(&json).filter(|found| !found.is_empty()).ok_or_else(unknown)?;
    Ok((found, json.get("log").and_then(Json::as_str).map(str::to_owned)))
}
