//! Comparing what came out with what a test expects.

mod assert;
mod log;
mod schema;

use crate::diff;
use crate::format::expect::{Expect, Expectation, SchemaSource};
use crate::format::test::Redaction;
use crate::json;
use crate::query::Visits;
use crate::redact;
use crate::run::{Output, payload_text};
use crate::subject::Subjects;
use serde_json::Value as Json;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::pipeline::model::{Table, schema_faults};

/// Differences of a test: a finding each, and the drawn differences.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    pub findings: Vec<Diagnostic>,
    /// Findings about the test itself, which do not make it fail.
    pub notes: Vec<Diagnostic>,
    pub diffs: Vec<String>,
    /// Byte of the output at which it differs.
    pub at_byte: Option<usize>,
}

/// A text under test with the words that name it.
struct Subject<'a> {
    /// Name in messages, such as `the output`.
    what: &'a str,
    text: String,
    models: &'a Table<Json>,
}

/// Compares the result of a test with its expectations.
pub(crate) fn compare(
    expectations: &[Expectation],
    output: &Output,
    redactions: &[Redaction],
    file: &str,
    subjects: &Subjects,
) -> Differences {
    let what = if output.call.is_some() { "the body" } else { "the output" };
    let text = redact::apply(&String::from_utf8_lossy(&output.text), redactions);
    let mut checker = Checker { file, subjects, output, redactions, found: Differences::default() };
    let subject = Subject { what, text, models: &output.models };
    for expectation in expectations {
        checker.check(expectation, &subject, output.call.as_ref());
    }
    let is_error_expected = expectations.iter().any(|it| matches!(it.expect, Expect::Error { .. }));
    // The refusal of a call is an answer, whose status and body are compared; a render that fails has none.
    if let (Some(error), false, true) = (&output.error, is_error_expected, output.call.is_none()) {
        checker.found.findings.insert(0, error.clone());
        checker.found.findings.truncate(1);
        checker.found.diffs.clear();
        checker.found.at_byte = None;
    }
    checker.found
}

struct Checker<'a> {
    file: &'a str,
    subjects: &'a Subjects,
    output: &'a Output,
    redactions: &'a [Redaction],
    found: Differences,
}

impl Checker<'_> {
    /// Adds the finding of a file that cannot be read.
    fn cannot(&mut self, at: &Expectation, finding: Diagnostic) {
        self.fail(at, finding.code, finding.message).help = finding.help;
    }

    fn fail(&mut self, at: &Expectation, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let finding = Diagnostic::new(code, message).at(at.place.in_file(self.file));
        self.found.findings.push(finding);
        let last = self.found.findings.len() - 1;
        &mut self.found.findings[last]
    }

    fn diff(&mut self, title: &str, text: &str) {
        self.found.diffs.push(format!("{title}\n{text}"));
    }

    /// Checks an expectation on a text, and on the members of a message.
    fn check(&mut self, at: &Expectation, subject: &Subject<'_>, message: Option<&Json>) {
        let what = subject.what;
        match &at.expect {
            Expect::Output(payload) | Expect::Body(payload) => {
                let expected = match payload_text(payload, self.subjects) {
                    Ok(expected) => redact::apply(&expected, self.redactions),
                    Err(finding) => return self.cannot(at, *finding),
                };
                if expected != subject.text {
                    self.fail(at, Code::OutputDiffers, format!("{what} is not the expected text"));
                    self.found.at_byte =
                        self.found.at_byte.or_else(|| diff::first_difference(&expected, &subject.text));
                    self.diff(what, &diff::text(&expected, &subject.text));
                }
            }
            Expect::Json(expected) => self.json(at, subject, expected, false),
            Expect::JsonContains(expected) => self.json(at, subject, expected, true),
            Expect::Assert(assertions) => {
                let mut left = Visits::default();
                let text = assert::Subject::new(what, &subject.text);
                for assertion in assertions {
                    if let Err(why) = assert::check(assertion, &text, &mut left) {
                        let finding = Diagnostic::new(Code::AssertionFailed, why);
                        self.found.findings.push(finding.at(assertion.place.in_file(self.file)));
                    }
                }
            }
            Expect::Schema(source) => self.schema(at, subject, source),
            Expect::RequestOverride(expected) => {
                let actual = self.output.overrides.as_ref().map(|it| Json::Object(it.request.clone()));
                self.contains(at, "requestOverride", expected, actual);
            }
            Expect::ResponseOverride(expected) => {
                let actual = self.output.overrides.as_ref().map(|it| Json::Object(it.response.clone()));
                self.contains(at, "responseOverride", expected, actual);
            }
            Expect::Notes(expected) => {
                let mut actual: Vec<Code> = self.output.notes.iter().map(|note| note.code).collect();
                actual.sort_unstable();
                if *expected != actual {
                    let words = |codes: &[Code]| match codes {
                        [] => "none".to_owned(),
                        codes => codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", "),
                    };
                    let message = format!("the notes are {}; expected {}", words(&actual), words(expected));
                    let notes: Vec<_> = self
                        .output
                        .notes
                        .iter()
                        .filter_map(|it| Some((it.message.clone(), it.location.clone()?)))
                        .collect();
                    let finding = self.fail(at, Code::NotesDiffer, message);
                    for (message, location) in notes {
                        *finding = finding.clone().with_related(message, location);
                    }
                }
            }
            Expect::Error { code, line } => self.error(at, *code, *line),
            Expect::Status(expected) => {
                let status = message.and_then(|it| it.pointer("/response/status").or_else(|| it.get("status")));
                match status.and_then(Json::as_u64) {
                    Some(actual) if actual == *expected => {}
                    Some(actual) => {
                        let why = self.output.error.as_ref().map(|error| error.message.clone());
                        let finding =
                            self.fail(at, Code::AnswerDiffers, format!("the status is {actual}; expected {expected}"));
                        if let Some(why) = why {
                            finding.help = Some(format!("the gateway answered itself: {why}"));
                        }
                    }
                    None => {
                        self.fail(at, Code::AnswerDiffers, "a template has no status; expect `output` or `json`");
                    }
                }
            }
            Expect::Headers(expected) => {
                let headers = message.and_then(|it| it.pointer("/response/headers").or_else(|| it.get("headers")));
                let headers = headers.and_then(Json::as_object);
                for (name, wanted) in expected {
                    let values: Vec<String> = headers
                        .into_iter()
                        .flatten()
                        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                        .flat_map(|(_, value)| header_values(value))
                        .collect();
                    let joined = values.join(", ");
                    match wanted {
                        Some(wanted) if values.iter().any(|value| value == wanted) || joined == *wanted => {}
                        None if values.is_empty() => {}
                        Some(wanted) if values.is_empty() => {
                            self.fail(at, Code::AnswerDiffers, format!("there is no header {name}; expected {wanted}"));
                        }
                        Some(wanted) => {
                            self.fail(
                                at,
                                Code::AnswerDiffers,
                                format!("the header {name} is {joined}; expected {wanted}"),
                            );
                        }
                        None => {
                            self.fail(at, Code::AnswerDiffers, format!("the header {name} is {joined}; expected none"));
                        }
                    }
                }
            }
            Expect::NoIntegrationRequest => {
                if let Some(request) = message.and_then(|it| it.get("integrationRequest")).filter(|it| !it.is_null()) {
                    let word = |key: &str| request.get(key).and_then(Json::as_str).unwrap_or_default();
                    let message = format!("the backend is called: {} {}", word("method"), word("uri"));
                    self.fail(at, Code::BackendCallDiffers, message);
                }
            }
            Expect::IntegrationRequest(expectations) => {
                let Some(request) = message.and_then(|it| it.get("integrationRequest")).filter(|it| !it.is_null())
                else {
                    let why = self.output.error.as_ref().map(|error| error.message.clone());
                    let finding = self.fail(at, Code::BackendCallDiffers, "the backend is not called");
                    finding.help = why;
                    return;
                };
                let text = request.get("body").and_then(Json::as_str).unwrap_or_default();
                let text = redact::apply(text, self.redactions);
                let subject = Subject { what: "the body of the integration request", text, models: subject.models };
                for expectation in expectations {
                    self.check(expectation, &subject, Some(request));
                }
            }
            Expect::Querystring(expected) => {
                let actual = message.and_then(|it| it.get("querystring")).map(single_values);
                let expected = single_values(expected);
                self.contains(at, "querystring", &expected, actual);
            }
            Expect::Member(name, expected) => {
                // A call without invalid properties does not list them.
                let absent = if *name == "invalid" { Json::Array(Vec::new()) } else { Json::Null };
                let actual = message.and_then(|it| it.get(*name)).filter(|it| !it.is_null()).unwrap_or(&absent);
                let wanted = if *name == "message" && !expected.is_string() && !expected.is_null() {
                    // A message that is no text is compared as JSON.
                    let parsed = actual.as_str().and_then(|text| json::read(text).ok());
                    match parsed {
                        Some(parsed) if diff::json(expected, &parsed, false).is_none() => return,
                        _ => Json::String(expected.to_string()),
                    }
                } else {
                    expected.clone()
                };
                if diff::json(&wanted, actual, false).is_some() {
                    let show = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let message = format!("the {name} is {}; expected {}", show(actual), show(&wanted));
                    self.fail(at, Code::AnswerDiffers, message);
                }
            }
            Expect::Log(payload) => match payload_text(payload, self.subjects) {
                Ok(expected) => {
                    if let Some(text) = log::compare(&expected, &self.output.log) {
                        self.fail(at, Code::LogDiffers, "the execution log is not the recorded one");
                        self.diff("the log", &text);
                    }
                }
                Err(finding) => self.cannot(at, *finding),
            },
            // Compared by the caller, which knows the files.
            Expect::Snapshot => {}
        }
    }

    fn json(&mut self, at: &Expectation, subject: &Subject<'_>, expected: &Json, contains: bool) {
        let actual = match json::read(&subject.text) {
            Ok(actual) => actual,
            Err(error) => {
                let message = format!("{} is no JSON: {error}", subject.what);
                self.fail(at, Code::JsonDiffers, message);
                self.found.at_byte =
                    self.found.at_byte.or_else(|| byte_of(&subject.text, error.line(), error.column()));
                self.diff(subject.what, &diff::shown(&subject.text));
                return;
            }
        };
        let expected = redact::value(expected.clone(), self.redactions);
        if let Some(text) = diff::json(&expected, &actual, contains) {
            self.fail(at, Code::JsonDiffers, format!("{} is not the expected JSON", subject.what));
            self.diff(subject.what, &text);
        }
    }

    fn contains(&mut self, at: &Expectation, name: &str, expected: &Json, actual: Option<Json>) {
        let Some(actual) = actual else {
            self.fail(at, Code::JsonDiffers, format!("a call has no {name} of its own; expect its messages"));
            return;
        };
        if let Some(text) = diff::json(expected, &actual, true) {
            self.fail(at, Code::JsonDiffers, format!("{name} is not the expected one"));
            self.diff(name, &text);
        }
    }

    fn schema(&mut self, at: &Expectation, subject: &Subject<'_>, source: &SchemaSource) {
        let found;
        let schema = match source {
            SchemaSource::Inline(schema) => schema,
            SchemaSource::Model(name) => match subject.models.get(name) {
                Some(schema) => schema,
                None => {
                    let names = subject.models.names().collect::<Vec<_>>().join(", ");
                    let finding = self.fail(at, Code::WrongTest, format!("the document has no model {name}"));
                    finding.help = Some(format!("its models are {names}")).filter(|_| !names.is_empty());
                    return;
                }
            },
            SchemaSource::File(path) => match self.subjects.text(path).map(|text| json::read(&text)) {
                Ok(Ok(schema)) => {
                    found = schema;
                    &found
                }
                Ok(Err(error)) => {
                    self.fail(at, Code::WrongTest, format!("{} is no JSON: {error}", path.display()));
                    return;
                }
                Err(finding) => return self.cannot(at, *finding),
            },
        };
        let unread = schema::unread(schema, subject.models);
        if let Some(why) = unread.references() {
            self.fail(at, Code::WrongTest, format!("the schema has {why}")).help = Some(REFERENCES.to_owned());
            return;
        }
        // The keywords of a model are the document's.
        if let (Some(why), false) = (unread.keywords(), matches!(source, SchemaSource::Model(_))) {
            let note = Diagnostic::new(Code::WrongTest, format!("the schema has {why}"));
            let note = note.with_severity(Severity::Warning).at(at.place.in_file(self.file));
            self.found.notes.push(note.with_help("schemas are those of JSON Schema draft 4, as the service has them"));
        }
        let actual = match json::read(&subject.text) {
            Ok(actual) => actual,
            Err(error) => {
                self.fail(at, Code::SchemaViolated, format!("{} is no JSON: {error}", subject.what));
                return;
            }
        };
        let faults = schema_faults(schema, &actual, subject.models);
        if !faults.is_empty() {
            let message = format!("{} violates the schema: {}", subject.what, faults.join("; "));
            self.fail(at, Code::SchemaViolated, message);
        }
    }

    fn error(&mut self, at: &Expectation, code: Option<Code>, line: Option<usize>) {
        let Some(error) = self.output.error.clone() else {
            let expected = code.map_or_else(|| "an error".to_owned(), |code| format!("{code} ({})", code.title()));
            self.fail(at, Code::ErrorDiffers, format!("there is no error; expected {expected}"));
            return;
        };
        let related = error.location.clone().map(|location| (error.message.clone(), location));
        let actual = error.location.as_ref().map(|location| location.line);
        let message = match (code, line) {
            (Some(code), _) if code != error.code => {
                format!("the error is {}: {}; expected {code}", error.code, error.message)
            }
            (_, Some(line)) if actual != Some(line) => match actual {
                Some(actual) => format!("the error is in line {actual}; expected line {line}"),
                None => format!("the error has no line; expected line {line}"),
            },
            _ => return,
        };
        let finding = self.fail(at, Code::ErrorDiffers, message);
        if let Some((message, location)) = related {
            *finding = finding.clone().with_related(message, location).with_severity(Severity::Error);
        }
    }
}

/// Tells what a reference of a schema may refer to.
const REFERENCES: &str = "a `$ref` names a part of the same schema, such as #/definitions/Order, or a model of the \
    document; write what other files have into `definitions`";

/// Returns the values of a header in JSON.
fn header_values(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(header_values).collect(),
        Json::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// Replaces lists of one value by the value, and everything else by its text.
fn single_values(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.clone(), single_values(value))).collect())
        }
        Json::Array(items) => match items.as_slice() {
            [only] => single_values(only),
            items => items.iter().map(single_values).collect(),
        },
        Json::Number(_) | Json::Bool(_) => Json::String(json.to_string()),
        other => other.clone(),
    }
}

/// Returns the byte of a line and column as `serde_json` counts them.
fn byte_of(text: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    Some((start + column.saturating_sub(1)).min(text.len()))
}
