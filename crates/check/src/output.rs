//! The check of a rendered text that is meant to be JSON.

use crate::analysis::reader::{Fault, Reader};
use crate::model::schema::Model;
use crate::model::shape;
use crate::subject::response_model;
use vtl::Budget;
use vtl::pipeline::model::Schema;
use vtl_loaders::{Document, TemplateText};

/// A text that is no JSON: where, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotJson {
    /// Offset of the byte at which it is noticed.
    pub at: usize,
    /// Description of what is wrong.
    pub message: String,
    /// Suggested way out, for faults that have one of their own.
    pub help: Option<&'static str>,
    /// Set if a value is missing where one is expected.
    pub is_missing_value: bool,
}

/// Reads a text as JSON, strictly; returns the first thing that is wrong.
///
/// ```
/// let wrong = vtl_check::not_json("{\n  \"n\": ,\n}").unwrap();
/// assert_eq!((wrong.at, wrong.message.as_str()), (9, "a value is missing before `,`"));
/// assert_eq!(vtl_check::not_json("{\"n\": 1}"), None);
/// ```
#[must_use]
pub fn not_json(text: &str) -> Option<NotJson> {
    let mut reader = Reader::new();
    let mut found = None;
    for (at, c) in text.char_indices() {
        if let Some(fault) = reader.read(c, at) {
            let at = match fault {
                Fault::TrailingComma => reader.comma,
                Fault::Unquoted => reader.word,
                _ => at,
            };
            found = Some((fault, at));
            break;
        }
    }
    let (fault, at) = found.or_else(|| reader.end().map(|fault| (fault, text.trim_end().len())))?;
    let c = text.get(at..).and_then(|rest| rest.chars().next());
    let shown = match c {
        Some('\n') => "a line end".to_owned(),
        Some('\t') => "a tab".to_owned(),
        Some(c) => format!("`{c}`"),
        None => "the end".to_owned(),
    };
    let message = match fault {
        Fault::TrailingComma => "the comma has no value behind it".to_owned(),
        Fault::DoubleComma => "there is no value before the comma".to_owned(),
        Fault::MissingComma => format!("a comma is missing before {shown}"),
        Fault::MissingColon => format!("a colon is missing before {shown}"),
        Fault::MissingValue => format!("a value is missing before {shown}"),
        Fault::Unquoted => "a text stands without quotes".to_owned(),
        Fault::SingleQuotes => "JSON has double quotes only".to_owned(),
        Fault::BehindEnd => format!("{shown} follows the end of the JSON"),
        Fault::WrongEnd => format!("{shown} closes a bracket of the other kind"),
        Fault::BadEscape => match c {
            Some(c) => format!("`\\{c}` is no escape of JSON"),
            None => "an escape is not complete".to_owned(),
        },
        Fault::RawControl => format!("{shown} in a string is not escaped"),
        Fault::Unclosed => "the JSON is not complete".to_owned(),
        Fault::Semicolon | Fault::Other => format!("{shown} cannot stand here"),
    };
    let help = match (fault, c) {
        (Fault::BadEscape, Some('\'')) => {
            Some("`$util.escapeJavaScript` writes `\\'`: add `.replaceAll(\"\\\\'\", \"'\")`")
        }
        (Fault::MissingValue, _) => {
            Some("print it with `$input.json`, which gives `\"\"` for nothing, or test it before")
        }
        _ => None,
    };
    Some(NotJson { at, message, help, is_missing_value: fault == Fault::MissingValue })
}

/// A part of an output that the model of its method response does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// Offset of the byte at which the part begins.
    pub at: usize,
    /// Description of what is wrong.
    pub message: String,
    /// Suggested way out, for misfits that have one.
    pub help: Option<String>,
}

/// Compares what a response template of a document wrote with the model of its method response; lists what the
/// model does not allow, as far as the budget lasts: [`Budget::check`] tells whether it did. What is no JSON, or
/// has no model, fits.
///
/// ```
/// use vtl::{Budget, Limits};
/// use vtl_loaders::{File, Options, load};
/// let document = load(&[File::new("a.yaml", r##"
/// swagger: "2.0"
/// info: {title: pets, version: "1"}
/// paths:
///   /pets:
///     get:
///       produces: [application/json]
///       responses: {"200": {description: ok, schema: {$ref: "#/definitions/Pet"}}}
///       x-amazon-apigateway-integration:
///         type: mock
///         requestTemplates: {application/json: '{"statusCode": 200}'}
///         responses: {default: {statusCode: "200", responseTemplates: {application/json: "$input.json('$')"}}}
/// definitions:
///   Pet: {type: object, properties: {age: {type: integer}}}
/// "##)], &Options::default())?;
/// let template = document.templates().last().expect("it has a response template");
/// let budget = Budget::new(&Limits::service());
/// let misfits = vtl_check::output_misfits(&document, &template, "{\"age\": \"3\"}", &budget);
/// assert_eq!(misfits[0].message, "`age` is a string where the model has an integer: the model is `Pet`");
/// assert_eq!(misfits[0].at, 8);
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
#[must_use]
pub fn output_misfits(
    document: &Document,
    template: &TemplateText<'_>,
    output: &str,
    budget: &Budget<'_>,
) -> Vec<Misfit> {
    let model = document.method(template.route);
    let Some(model) = model.and_then(|(api, method)| response_model(api, method, template.pointer)) else {
        return Vec::new();
    };
    budget.briefly(|| misfits(&model, output, budget))
}

fn misfits(model: &Model<'_>, output: &str, budget: &Budget<'_>) -> Vec<Misfit> {
    // A character with its place is 32 bytes.
    if budget.charge(2 * output.len()).is_err() || budget.hold(64 * output.len()).is_err() {
        return Vec::new();
    }
    let Some(shape) = shape::of_text(output) else { return Vec::new() };
    let told = |message: &str| format!("{message}: the model is `{}`", model.name);
    let mut found: Vec<Misfit> = model
        .misfits(&shape, budget)
        .into_iter()
        .map(|it| Misfit { at: it.at, message: told(&it.message), help: Some(it.help) })
        .collect();
    if found.is_empty() {
        // The other keywords, such as `minimum` and `pattern`, have no place.
        let schema = Schema::new(model.schema, model.models);
        let messages = match schema.messages_within(output.as_bytes(), budget) {
            Ok(messages) => messages,
            // That the budget is spent is told by the caller.
            Err(_) if budget.check().is_err() => Vec::new(),
            Err(error) => vec![format!("not all of it is compared: {}", error.detail())],
        };
        found.extend(messages.iter().map(|it| Misfit { at: shape.at, message: told(it), help: None }));
    }
    found
}

/// Checks whether a text is meant to be JSON: it begins like an object, or a list of values.
#[must_use]
pub fn looks_like_json(text: &str) -> bool {
    let mut chars = text.trim_start().chars();
    match (chars.next(), chars.find(|c| !c.is_whitespace())) {
        (Some('{'), next) => matches!(next, Some('"' | '}') | None),
        // A text such as `[a][b]` is a row of words in brackets.
        (Some('['), next) => matches!(next, Some('"' | '{' | '[' | ']')) && !has_rest(text),
        _ => false,
    }
}

/// Checks for a list with text behind it.
fn has_rest(text: &str) -> bool {
    let mut reader = Reader::new();
    let fault = text.char_indices().find_map(|(at, c)| reader.read(c, at));
    fault == Some(Fault::BehindEnd)
}
