//! Command lines of the AWS CLI: `aws apigateway put-integration …` and its like, one or many in a file.
//!
//! Each command that makes something gives a resource, so that a script of `put-method`, `put-integration` and
//! `put-integration-response` is put together as Terraform's resources are.

use crate::assemble::{Resource, assemble};
use crate::aws_cli::shorthand;
use crate::context::Context;
use crate::document::Fault;
use crate::model::draft::{Drafts, Remark};
use crate::model::integration::Surface;
use crate::syntax::shell::{self, Command};
use crate::syntax::tree::{Data, Node, Span};

/// Options of every command that take a value.
const GLOBAL_WITH_VALUE: &[&str] = &[
    "region",
    "output",
    "profile",
    "query",
    "endpoint-url",
    "color",
    "ca-bundle",
    "cli-read-timeout",
    "cli-connect-timeout",
    "cli-binary-format",
    "page-size",
    "max-items",
    "starting-token",
    "generate-cli-skeleton",
];

/// Options of every command that take none.
const GLOBAL_FLAGS: &[&str] = &[
    "debug",
    "no-verify-ssl",
    "no-paginate",
    "no-sign-request",
    "no-cli-pager",
    "cli-auto-prompt",
    "no-cli-auto-prompt",
    "version",
];

/// Options whose value is a map or a structure, without the dashes.
const MAPS: &[&str] = &[
    "requestparameters",
    "requesttemplates",
    "requestmodels",
    "responseparameters",
    "responsetemplates",
    "responsemodels",
    "tlsconfig",
    "variables",
    "stagevariables",
    "tags",
    "parameters",
    "endpointconfiguration",
    "corsconfiguration",
];

/// Options whose value is a list of words.
const LISTS: &[&str] = &["cachekeyparameters", "binarymediatypes", "authorizationscopes"];

/// Loads the commands of a file.
pub(crate) fn load(file: u32, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let text = context.text(file);
    let given = |name: &str| context.parameter(name).map(str::to_owned);
    let commands = shell::commands(&text, file, &given)?;
    let mut line = CommandLine { context, resources: Vec::new(), remarks: Vec::new() };
    let mut seen = false;
    for command in &commands {
        seen |= line.command(command)?;
    }
    if !seen {
        let span = context.sources.borrow().whole(file);
        return Err(Fault::new(span, "there is no command `aws apigateway` or `aws apigatewayv2`"));
    }
    line.name_only_api();
    let mut drafts = assemble(&line.resources, context)?;
    drafts.remarks.append(&mut line.remarks);
    Ok(drafts)
}

struct CommandLine<'a> {
    context: &'a Context<'a, 'a>,
    resources: Vec<Resource>,
    remarks: Vec<Remark>,
}

impl CommandLine<'_> {
    /// Reads a command, if it is one of API Gateway.
    fn command(&mut self, command: &Command) -> Result<bool, Fault> {
        let start = command
            .words
            .iter()
            .position(|word| word.as_str().is_some_and(|word| word == "aws" || word.ends_with("/aws")));
        let Some(words) = start.and_then(|start| command.words.get(start + 1..)) else { return Ok(false) };
        let Line { names, options } = split(words)?;
        let [service, operation] = names.as_slice() else { return Ok(false) };
        let is_v2 = match *service {
            "apigateway" => false,
            "apigatewayv2" => true,
            _ => return Ok(false),
        };
        let surface = if is_v2 { Surface::Cfn } else { Surface::CliInput };
        let mut properties = self.input(&options, command.span)?;
        for (name, values) in &options {
            self.option(name, values, is_v2, &mut properties)?;
        }
        match kind_of(operation, is_v2) {
            Some(kind) => {
                let id = kind.trim_start_matches("V2").to_owned() + "Id";
                let id = properties.word(&surface.spell(&id)).filter(|_| kind != "V2IntegrationResponse");
                let mut ids: Vec<String> = id.into_iter().filter(|id| !id.is_empty()).collect();
                ids.extend(command.into.as_ref().map(|name| format!("${{{name}}}")));
                // The root of the tree of resources, where a script looks it up.
                if kind == "Root" {
                    let path = (Node::text(command.span, "path"), Node::text(command.span, "/"));
                    properties = Node::new(command.span, Data::Map(vec![path]));
                }
                let kind = if kind == "Root" { "Resource".to_owned() } else { kind };
                self.resources.push(Resource { kind, ids, properties, surface, span: command.span });
            }
            None => self.note(format!("{operation} is passed over"), command.span),
        }
        Ok(true)
    }

    fn note(&mut self, message: String, span: Span) {
        self.remarks.push(Remark { problem: false, property: "", message, span });
    }

    /// `--cli-input-json`, whose empty members count for nothing.
    fn input(&mut self, options: &[(&str, Vec<Node>)], span: Span) -> Result<Node, Fault> {
        let empty = Node::new(span, Data::Map(Vec::new()));
        let given = options.iter().rfind(|(name, _)| matches!(*name, "cli-input-json" | "cli-input-yaml"));
        let Some(word) = given.and_then(|(_, values)| values.first()) else { return Ok(empty) };
        let Some(text) = self.contents(word) else { return Ok(empty) };
        let root = self.context.parse_text(&text)?;
        if !root.is_map() {
            return Err(Fault::new(root.span, "an object is expected"));
        }
        Ok(clean(&root))
    }

    /// The word, or the file that it names; none of a file that cannot be read.
    fn contents(&mut self, word: &Node) -> Option<Node> {
        let text = word.as_str().unwrap_or_default();
        let Some(path) = text.strip_prefix("file://").or_else(|| text.strip_prefix("fileb://")) else {
            return Some(word.clone());
        };
        let read = self.context.read(path);
        if read.is_none() {
            self.note(format!("{path} cannot be read"), word.span);
        }
        read
    }

    fn option(&mut self, name: &str, values: &[Node], is_v2: bool, properties: &mut Node) -> Result<(), Fault> {
        if matches!(name, "cli-input-json" | "cli-input-yaml") {
            return Ok(());
        }
        let words = name.split('-').enumerate().map(|(at, word)| {
            let mut letters = word.chars();
            let first = letters.next().unwrap_or_default();
            let first = if at > 0 || is_v2 { first.to_ascii_uppercase() } else { first };
            format!("{first}{}", letters.as_str())
        });
        let mut member: String = words.collect();
        let plain = name.replace('-', "");
        let Some(first) = values.first() else {
            // `--validate-request-body` and `--no-validate-request-body`.
            let positive = member
                .strip_prefix(if is_v2 { "No" } else { "no" })
                .filter(|rest| rest.starts_with(char::is_uppercase));
            let flag = positive.is_none();
            if let Some(rest) = positive {
                member = if is_v2 { rest.to_owned() } else { crate::model::integration::camel(rest) };
            }
            let span = properties.span;
            properties.set(&member, Node::new(span, Data::Bool(flag)));
            return Ok(());
        };
        let Some(text) = self.contents(first) else {
            let span = first.span;
            let unknown = format!("${{{}}}", first.as_str().unwrap_or_default());
            properties.set(&member, Node::open(span, unknown));
            return Ok(());
        };
        let is_json = text.as_str().is_some_and(|text| text.trim_start().starts_with(['{', '[']));
        let is_map = MAPS.contains(&plain.as_str());
        let is_list = LISTS.contains(&plain.as_str());
        let value = if (is_map || is_list) && is_json {
            self.context.parse_text(&text)?
        } else if is_map && text.as_text().is_some_and(|text| text.open && !text.text.contains('=')) {
            text
        } else if is_map {
            shorthand::read(&text, self.context)?
        } else if is_list {
            Node::new(first.span, Data::List(values.to_vec()))
        } else {
            text
        };
        if let Some(second) = values.get(1).filter(|_| !is_list) {
            return Err(Fault::new(second.span, format!("--{name} takes one value")));
        }
        properties.set(&member, value);
        Ok(())
    }

    /// A script that makes one API and names it by an identifier means that one.
    fn name_only_api(&mut self) {
        let used: Vec<String> =
            self.resources.iter().filter_map(|it| it.word("RestApiId").or_else(|| it.word("ApiId"))).collect();
        let mut made = self.resources.iter_mut().filter(|it| matches!(it.kind.as_str(), "RestApi" | "V2Api"));
        if let (Some(only), None) = (made.next(), made.next())
            && only.ids.is_empty()
        {
            only.ids = used;
        }
    }
}

/// The words of a command: what it is, and its options.
struct Line<'a> {
    names: Vec<&'a str>,
    options: Vec<(&'a str, Vec<Node>)>,
}

fn split(words: &[Node]) -> Result<Line<'_>, Fault> {
    let mut line = Line { names: Vec::new(), options: Vec::new() };
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.as_str().unwrap_or_default();
        let Some(option) = text.strip_prefix("--").filter(|option| !option.is_empty()) else {
            if line.names.len() >= 2 {
                return Err(Fault::new(word.span, format!("unexpected argument {text}")));
            }
            line.names.push(text);
            continue;
        };
        // `--flag=value`.
        if let Some((name, _)) = option.split_once('=') {
            if !GLOBAL_WITH_VALUE.contains(&name) {
                line.options.push((name, vec![shorthand::part(word, name.len() + 3, text.len())]));
            }
            continue;
        }
        let mut values = Vec::new();
        let limit = match option {
            _ if GLOBAL_FLAGS.contains(&option) => 0,
            _ if GLOBAL_WITH_VALUE.contains(&option) => 1,
            _ => usize::MAX,
        };
        while values.len() < limit
            && let Some(value) = words.next_if(|next| !next.as_str().is_some_and(|next| next.starts_with("--")))
        {
            values.push(value.clone());
        }
        if limit == usize::MAX {
            line.options.push((option, values));
        }
    }
    Ok(line)
}

/// What an operation makes; none of one that makes nothing that is loaded.
fn kind_of(operation: &str, is_v2: bool) -> Option<String> {
    let (verb, rest) = operation.split_once('-')?;
    match (verb, rest, is_v2) {
        ("get", "resources", false) => return Some("Root".to_owned()),
        ("update", _, false)
        | ("get" | "delete" | "test" | "flush" | "export" | "tag" | "untag" | "generate" | "reset", ..) => {
            return None;
        }
        _ => {}
    }
    let words = rest.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    Some(format!("{}{}", if is_v2 { "V2" } else { "" }, words.collect::<String>()))
}

/// A value without what `--generate-cli-skeleton` prints for nothing: empty texts, empty maps, a timeout of 0.
/// A template that is empty stays: it is one.
pub(crate) fn clean(node: &Node) -> Node {
    let Data::Map(entries) = &node.data else { return node.clone() };
    let mut kept = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let name = key.as_str().unwrap_or_default().to_ascii_lowercase();
        let cleaned = match &value.data {
            Data::Map(_) if name == "tlsconfig" => clean(value),
            Data::Map(inner) => {
                let inner = inner.iter().filter(|(key, _)| key.as_str() != Some("KeyName")).cloned().collect();
                Node::new(value.span, Data::Map(inner))
            }
            Data::List(items) => {
                let items = items.iter().filter(|item| item.as_str() != Some("")).cloned().collect();
                Node::new(value.span, Data::List(items))
            }
            _ => value.clone(),
        };
        let is_nothing = match &cleaned.data {
            Data::Text(text) => text.text.is_empty(),
            Data::Map(inner) => inner.is_empty() && !value.entries().is_empty(),
            Data::Number(number) => number == "0" && name == "timeoutinmillis",
            _ => false,
        };
        if !is_nothing {
            kept.push((key.clone(), cleaned));
        }
    }
    Node::new(node.span, Data::Map(kept))
}
