//! The settings of a template: where it is used.

use crate::model::schema::Model;
use std::collections::HashMap;
use vtl::Budget;
use vtl::diagnostic::Location;
use vtl::pipeline::model::{IntegrationType, Table};
use vtl::pipeline::{Api, Integration, Method, Protocol};
use vtl_loaders::Document;

/// The backend that reads the output of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A MOCK, which reads JSON leniently.
    Mock,
    /// A service or function that takes JSON and nothing else.
    Json,
    /// Anything: the media type and the text decide.
    Any,
}

/// The settings of a template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'d> {
    /// Set for the template of a response.
    pub is_response: bool,
    /// Set for a template of Velocity 1.7 itself.
    pub is_velocity: bool,
    /// Set for a template of a document.
    pub is_embedded: bool,
    /// Set if the template may be one of another system than API Gateway.
    pub may_be_foreign: bool,
    /// Set if the text has placeholders of its document.
    pub is_open: bool,
    /// Set if the text is given to `Fn::Sub`.
    pub is_substituted: bool,
    /// Kind of API.
    pub protocol: Protocol,
    /// Media type that the template is keyed by.
    pub media_type: Option<&'d str>,
    /// API of the template.
    pub api: Option<&'d Api>,
    /// Method of the template, if the document declares it.
    pub method: Option<&'d Method>,
    /// Integration of the template.
    pub integration: Option<&'d Integration>,
    /// Set if an authorizer may give `$context.authorizer`.
    pub has_authorizer: bool,
    /// Model of the method response that the output is the body of.
    pub model: Option<Model<'d>>,
    /// Budget of the whole check.
    pub budget: &'d Budget<'static>,
}

impl<'d> Subject<'d> {
    /// Creates the settings of a template that is a file of its own.
    pub fn loose(protocol: Protocol, is_response: bool, budget: &'d Budget<'static>) -> Subject<'d> {
        Subject {
            is_response,
            is_velocity: false,
            is_embedded: false,
            may_be_foreign: false,
            is_open: false,
            is_substituted: false,
            protocol,
            media_type: None,
            api: None,
            method: None,
            integration: None,
            has_authorizer: true,
            model: None,
            budget,
        }
    }

    /// Returns who reads the output.
    pub fn reader(&self) -> Reader {
        match self.integration {
            Some(integration) if !self.is_response => match integration.kind {
                IntegrationType::Mock => Reader::Mock,
                _ if integration.is_lambda() => Reader::Json,
                IntegrationType::Aws if is_json_service(integration) => Reader::Json,
                _ => Reader::Any,
            },
            _ => Reader::Any,
        }
    }

    /// Returns the names of the path's parameters.
    pub fn path_parameters(&self) -> Vec<String> {
        let path = self.method.and_then(|method| method.path.as_deref()).unwrap_or_default();
        path.split('{')
            .skip(1)
            .filter_map(|part| part.split('}').next())
            .map(|it| it.trim_end_matches('+').to_owned())
            .collect()
    }
}

/// Returns the model that a method response has for a template of an integration response, by the pointer of
/// the template. The model `Empty`, which every method has by default, allows anything.
pub(crate) fn response_model<'d>(api: &'d Api, method: &'d Method, pointer: &str) -> Option<Model<'d>> {
    let (at, key) = pointer.strip_prefix("/responses/")?.split_once("/responseTemplates/")?;
    let rule = method.integration.as_ref()?.responses.get(at.parse::<usize>().ok()?)?;
    let response = method.method_responses.as_ref()?.get(&rule.status_code)?;
    let name = response.models.get(&key.replace("~1", "/").replace("~0", "~"))?;
    let model = Model { name, schema: api.models.get(name)?, models: &api.models };
    (name != "Empty").then_some(model)
}

/// Services whose requests are JSON.
const JSON_SERVICES: &[&str] = &["states", "events", "kinesis", "firehose", "dynamodb", "logs", "lambda"];

fn is_json_service(integration: &Integration) -> bool {
    let service = integration.uri.as_deref().and_then(|uri| uri.split(':').nth(4)).unwrap_or_default();
    // A private or custom subdomain stands in front: `abc.iot`.
    JSON_SERVICES.contains(&service.rsplit('.').next().unwrap_or_default())
}

/// Returns a static value of a mapping: the text between its quotes.
pub(crate) fn static_value(source: &str) -> Option<&str> {
    source.strip_prefix('\'')?.strip_suffix('\'')
}

/// Returns the static value of a header that an integration sends.
pub(crate) fn static_header<'d>(parameters: &'d Table<String>, prefix: &str, name: &str) -> Option<&'d str> {
    let full = format!("{prefix}.{name}");
    parameters
        .iter()
        .find(|(target, _)| target.eq_ignore_ascii_case(&full))
        .and_then(|(_, source)| static_value(source))
}

/// An integration with what is around it.
pub(crate) struct Integrated<'d> {
    pub integration: &'d Integration,
    pub api: &'d Api,
    pub method: &'d Method,
    pub document: &'d Document,
    /// Index of the route in the document.
    pub route: usize,
    pub siblings: &'d Siblings<'d>,
    pub budget: &'d Budget<'static>,
}

/// The HTTP methods of the paths of all APIs.
#[derive(Debug, Default)]
pub(crate) struct Siblings<'d>(Vec<HashMap<&'d str, Vec<&'d str>>>);

impl<'d> Siblings<'d> {
    /// Collects the methods of a document.
    pub fn new(document: &'d Document) -> Siblings<'d> {
        let mut found = Siblings::default();
        for api in &document.apis {
            let mut paths: HashMap<&str, Vec<&str>> = HashMap::new();
            for method in &api.methods {
                if let (Some(path), Some(verb)) = (method.path.as_deref(), method.http_method.as_deref()) {
                    paths.entry(path).or_default().push(verb);
                }
            }
            found.0.push(paths);
        }
        found
    }

    /// Returns the methods of a path of an API, by its index.
    pub fn of(&self, api: usize, path: &str) -> &[&'d str] {
        self.0.get(api).and_then(|paths| paths.get(path)).map_or(&[], Vec::as_slice)
    }
}

/// Bytes of the longest block.
const MOST_BLOCK: usize = 16 << 10;

impl Integrated<'_> {
    /// Returns the lines of the document from a property on to the first that closes its block.
    pub fn block_at(&self, pointer: &str) -> Option<String> {
        let location = self.document.location_of(self.route, pointer)?;
        let file = location.file.as_deref()?;
        let start = self.document.offset_of(&Location::new(location.line, 1).in_file(file))?;
        let mut block = String::new();
        for line in self.document.source(file)?.get(start..)?.lines().take(100) {
            if block.len() + line.len() > MOST_BLOCK || self.budget.charge(1 + line.len() / 64).is_err() {
                break;
            }
            block.push_str(line);
            block.push('\n');
            if line.trim() == "}" {
                break;
            }
        }
        Some(block)
    }
}

/// Checks whether a document speaks of an authorizer anywhere, or has parts that are not read. `AWS_IAM` is
/// none: it fills `$context.identity`.
pub(crate) fn has_authorizer(document: &Document) -> bool {
    const WORDS: &[&str] = &["COGNITO", "CUSTOM", "JWT", "module \"", "Auth: !", "Auth: {Fn::"];
    document.texts().any(|text| {
        let lower = text.to_ascii_lowercase();
        let speaks = lower.match_indices("authorizer").any(|(at, word)| {
            let behind = lower[at + word.len()..].trim_start_matches(['"', '\'', ':', '=', ' ']);
            let is_kind = ["aws_iam", "none", "tocorspreflight"].iter().any(|kind| behind.starts_with(kind));
            // `$context.authorizer` of a template itself.
            !lower[..at].ends_with("context.") && !is_kind
        });
        // Schemes of OpenAPI without an authorizer: signatures and API keys.
        let is_signed = lower.contains("sigv4") || lower.contains("x-api-key");
        speaks || (lower.contains("security") && !is_signed) || WORDS.iter().any(|word| text.contains(word))
    })
}
