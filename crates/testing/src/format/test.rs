//! A test: what is run, with which input, and what is expected.

use super::expect::{self, Expectation};
use super::fields::{items, map, members, text, texts};
use super::payload::within;
use crate::node::{Data, Fault, Node, Place};
use crate::query;
use jsonpath_rust::parser::model::JpQuery;
use std::path::{Path, PathBuf};

/// A test of a template or of a whole call.
#[derive(Debug)]
pub(crate) struct Test {
    pub name: String,
    pub place: Place,
    pub tags: Vec<String>,
    pub skip: Option<String>,
    pub todo: Option<String>,
    pub subject: Subject,
    /// `input` of a template, with the test's `context` and `stageVariables`.
    pub input: Node,
    /// `request` of a call.
    pub request: Node,
    /// `backend` of a call.
    pub backend: Node,
    pub context: Node,
    pub stage_variables: Node,
    /// `None` if the test has no `expect`: it is a snapshot of everything.
    pub expect: Option<Vec<Expectation>>,
    pub redact: Vec<Redaction>,
}

/// The thing under test.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A template file.
    File { path: PathBuf, place: Place },
    /// A template of a document.
    Part { document: DocumentKey, route: Option<String>, template: String, place: Place },
    /// A whole call of a document.
    Call { document: DocumentKey, api: Option<String>, route: Option<String>, place: Place },
}

/// A document and how it is read: what tells documents apart that are loaded once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct DocumentKey {
    pub path: PathBuf,
    pub kind: Option<String>,
    pub parameters: Vec<(String, String)>,
    pub parameter_files: Vec<PathBuf>,
}

/// A part of the JSON output that is replaced before it is compared.
#[derive(Clone, Debug)]
pub(crate) struct Redaction {
    pub path: JpQuery,
    pub with: String,
}

/// Keys of a test. Those of the subject may stand at the top of the file too.
pub(super) const KEYS: &[&str] = &[
    "name",
    "tags",
    "skip",
    "todo",
    "template",
    "document",
    "kind",
    "parameters",
    "parameterFiles",
    "api",
    "route",
    "input",
    "request",
    "backend",
    "context",
    "stageVariables",
    "expect",
    "redact",
    "cases",
];

/// Keys of the subject, and others that a file may set for all its tests.
pub(super) const SHARED: &[&str] =
    &["template", "document", "kind", "parameters", "parameterFiles", "api", "route", "redact"];

pub(super) const INPUT_KEYS: &[&str] = &["body", "params", "context", "stageVariables", "variables"];
pub(super) const REQUEST_KEYS: &[&str] = &[
    "method",
    "path",
    "pathParameters",
    "querystring",
    "rawQueryString",
    "headers",
    "body",
    "bodyIsBase64",
    "eventType",
];
pub(super) const BACKEND_KEYS: &[&str] = &["status", "headers", "body", "bodyIsBase64", "lambda", "failure"];

impl Test {
    /// Reads a test with the file's own keys and defaults merged under it.
    pub fn read(node: &Node, name: String, folder: &Path) -> Result<Test, Fault> {
        members(node, "the test", KEYS)?;
        let subject = subject(node, folder)?;
        let absent = Node { place: node.place, data: Data::Map(Vec::new()) };
        let part = |key: &str, known: &[&str]| -> Result<Node, Fault> {
            let Some(value) = node.get(key) else { return Ok(absent.clone()) };
            if !known.is_empty() {
                members(value, &format!("`{key}`"), known)?;
            }
            Ok(map(value, &format!("`{key}`"))?.clone())
        };
        let reason = |key: &str| node.get(key).map(|value| text(value, &format!("`{key}`"))).transpose();
        let is_call = matches!(subject, Subject::Call { .. });
        let misplaced = if is_call { &["input"][..] } else { &["request", "backend"] };
        if let Some(entry) = node.entries().iter().find(|entry| misplaced.contains(&entry.key.as_str())) {
            let why = if is_call {
                "`input` is for a template; a whole call has `request`"
            } else {
                "`request` and `backend` are for whole calls; a template has `input`"
            };
            return Err(Fault::new(entry.place, why));
        }
        let input = part("input", INPUT_KEYS)?;
        if let Some(params) = input.get("params") {
            members(params, "`input.params`", &["path", "querystring", "header"])?;
        }
        let backend = match node.get("backend").map(|backend| &backend.data) {
            Some(Data::Null) => absent.clone(),
            _ => part("backend", BACKEND_KEYS)?,
        };
        let redact = node.get("redact").map_or(Ok(&[][..]), |list| items(list, "`redact`"))?;
        Ok(Test {
            name,
            place: node.place,
            tags: node.get("tags").map_or(Ok(Vec::new()), |tags| texts(tags, "`tags`"))?,
            skip: reason("skip")?,
            todo: reason("todo")?,
            subject,
            input,
            request: part("request", REQUEST_KEYS)?,
            backend,
            context: part("context", &[])?,
            stage_variables: part("stageVariables", &[])?,
            expect: node.get("expect").map(|expect| expect::read(expect, folder)).transpose()?,
            redact: redact.iter().map(redaction).collect::<Result<_, _>>()?,
        })
    }
}

fn subject(node: &Node, folder: &Path) -> Result<Subject, Fault> {
    let word = |key: &str| -> Result<Option<(String, Place)>, Fault> {
        let value = node.get(key);
        value.map(|value| Ok((text(value, &format!("`{key}`"))?, value.place))).transpose()
    };
    let (template, document) = (word("template")?, word("document")?);
    let only = |key: &str| node.entries().iter().find(|entry| entry.key == key).map(|entry| entry.place);
    match (template, document) {
        (None, None) => {
            Err(Fault::new(node.place, "the test has nothing to run: give a `template`, or a `document` and `route`"))
        }
        (Some((template, place)), None) => match ["route", "api", "kind", "parameters"].into_iter().find_map(only) {
            Some(place) => Err(Fault::new(place, "this goes with a `document`, and the test has none")),
            None => Ok(Subject::File { path: within(folder, &template), place }),
        },
        (template, Some((document, place))) => {
            let mut parameters = Vec::new();
            for entry in node.get("parameters").map_or(Ok(&[][..]), |it| Ok(map(it, "`parameters`")?.entries()))? {
                parameters.push((entry.key.clone(), text(&entry.value, "a parameter")?));
            }
            let files = node.get("parameterFiles").map_or(Ok(Vec::new()), |it| texts(it, "`parameterFiles`"))?;
            let document = DocumentKey {
                path: within(folder, &document),
                kind: word("kind")?.map(|(kind, _)| kind),
                parameters,
                parameter_files: files.iter().map(|file| within(folder, file)).collect(),
            };
            let (route, api) = (word("route")?.map(|(it, _)| it), word("api")?.map(|(it, _)| it));
            Ok(match template {
                Some((template, place)) => Subject::Part { document, route, template, place },
                None => Subject::Call { document, api, route, place },
            })
        }
    }
}

fn redaction(node: &Node) -> Result<Redaction, Fault> {
    let entries = members(node, "a redaction", &["path", "with"])?;
    let [path, with] = ["path", "with"].map(|key| entries.iter().find(|entry| entry.key == key));
    let (Some(path), Some(with)) = (path, with) else {
        return Err(Fault::new(node.place, "a redaction has `path` and `with`"));
    };
    let word = text(&path.value, "`path`")?;
    let path = query::parse(&word).map_err(|why| Fault::new(path.value.place, why))?;
    Ok(Redaction { path, with: text(&with.value, "`with`")? })
}
