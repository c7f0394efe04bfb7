//! AWS CLI commands such as `aws apigateway put-integration …`, one or many in a file.
//!
//! Each command that makes something becomes a resource, so that a script of `put-method`,
//! `put-integration` and `put-integration-response` is assembled like a template.

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::aws_cli::shorthand;
use crate::aws_cli::skeleton::without_empty;
use crate::budget::VALUE;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::model::draft::Drafts;
use crate::model::surface::{Surface, camel};
use crate::span::Span;
use crate::syntax::build::{MapBuilder, part};
use crate::syntax::shell::{self, Command, Path, Reason, is_other_branch};
use crate::syntax::tree::{Data, Node};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use vtl::Code;

/// Global options that take a value.
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

/// Global options that take no value.
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

/// Names of the command: the AWS CLI, and LocalStack's wrapper that sets its endpoint.
const PROGRAMS: &[&str] = &["aws", "awslocal"];

/// Checks for the command, also with its folder.
fn is_program(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    PROGRAMS.contains(&name.strip_suffix(".exe").unwrap_or(name))
}

/// Options whose value is a map, without their dashes.
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

/// Options whose value is a list of words, without their dashes.
const LISTS: &[&str] = &["cachekeyparameters", "binarymediatypes", "authorizationscopes"];

/// Loads the commands of a file.
///
/// # Errors
/// A command does not parse, or the file has no command of API Gateway.
pub(crate) fn load(file: u32, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let text = context.text(file);
    let given = |name: &str| context.parameter(name).map(str::to_owned);
    let shell::Script { commands, unread, written } =
        shell::script(&text, file, &given, &|path| context.read(path), &context.budget)?;
    let unread = unread.into_iter().map(|(span, message)| Remark::new(Code::UnreadPart, "", message, span));
    let mut script = Script {
        context,
        resources: Vec::new(),
        remarks: unread.collect(),
        told: HashSet::new(),
        written,
        at: 0,
        integrations: HashMap::new(),
    };
    let mut seen = false;
    for (at, command) in commands.iter().enumerate() {
        // The words are looked through, and most of them copied.
        let words = command.words.len();
        context.budget.spend(8 + 8 * words + command.body, VALUE * words, command.span)?;
        script.at = at;
        let body = commands.get(at.saturating_sub(command.body)..at).unwrap_or_default();
        seen |= script.command(command, body)?;
    }
    if !seen {
        if let Some(unread) = script.remarks.into_iter().next() {
            return Err(Fault::new(Code::MalformedCommand, unread.span, unread.message));
        }
        let span = context.sources.borrow().whole(file);
        return Err(Fault::new(Code::UnknownDocument, span, "no `aws apigateway` or `aws apigatewayv2` command found"));
    }
    script.name_only_api();
    let mut drafts = assemble(&script.resources, context)?;
    drafts.remarks.append(&mut script.remarks);
    Ok(drafts)
}

/// The commands that were read so far.
struct Script<'a> {
    context: &'a Context<'a, 'a>,
    resources: Vec<Resource>,
    remarks: Vec<Remark>,
    /// The reasons of unknown values that were told.
    told: HashSet<Reason>,
    /// The files that commands write, with the number of commands before the first one that does.
    written: HashMap<String, usize>,
    /// The number of commands before the one that is read.
    at: usize,
    /// The last integration of each method, and the branches of the script that it is in.
    integrations: HashMap<[String; 3], (Path, usize)>,
}

impl Script<'_> {
    /// Reads a command; returns `false` if it is not one of API Gateway.
    fn command(&mut self, command: &Command, body: &[Command]) -> Result<bool, Fault> {
        // It runs when the script ends, and is told of.
        if command.words.first().and_then(Node::as_str) == Some("trap") {
            return Ok(false);
        }
        let words = split_program(&command.words);
        let start = words.iter().position(|word| word.as_str().is_some_and(is_program));
        // A function or an alias of the script that runs the command.
        let start = start.map(|start| start + 1).or_else(|| service_at(&words));
        let Some(words) = start.and_then(|start| words.get(start..)) else { return Ok(false) };
        // A function of the script whose own commands were read.
        let is_service = |word: &Node| matches!(word.as_str(), Some("apigateway" | "apigatewayv2"));
        if body.iter().any(|command| command.words.iter().any(is_service)) {
            return Ok(false);
        }
        let Arguments { names, options, query, unread, surplus } = split(words);
        if let (["apigateway" | "apigatewayv2"], Some(word)) = (names.as_slice(), unread.first()) {
            let shown = word.as_str().unwrap_or_default();
            let message =
                format!("which operation {shown} is, is known only when the script runs; the call is not read");
            self.remark(Code::UnreadPart, message, word.span);
            return Ok(true);
        }
        let [service, operation, ..] = names.as_slice() else { return Ok(false) };
        let is_v2 = match *service {
            "apigateway" => false,
            "apigatewayv2" => true,
            _ => return Ok(false),
        };
        // A command that makes no resource is not read further.
        let kind = kind_of(service, operation);
        if kind.is_none() {
            if is_ignored(service, operation) || !is_other(operation) {
                self.remark(Code::IgnoredCommand, format!("ignoring unsupported command {operation}"), command.span);
            }
            return Ok(true);
        }
        if let Some(word) = surplus {
            let message = format!("unexpected argument {}", word.as_str().unwrap_or_default());
            return Err(Fault::new(Code::MalformedCommand, word.span, message));
        }
        for (span, reason) in &command.reasons {
            if self.told.insert(reason.clone()) {
                self.remark(Code::UnknownValue, reason.to_string(), *span);
            }
        }
        for word in unread {
            let message = format!("{} may be options; they are not read", word.as_str().unwrap_or_default());
            self.remark(Code::UnknownValue, message, word.span);
        }
        let surface = if is_v2 { Surface::Cfn } else { Surface::CliInput };
        let input = self.input(&options, command.span)?;
        let mut properties = MapBuilder::default();
        input.entries().iter().for_each(|(key, value)| properties.set(key.clone(), value.clone()));
        for (name, values) in &options {
            self.option(name, values, is_v2, input.span, &mut properties)?;
        }
        let mut properties = properties.finish(input.span);
        if let Some(kind) = kind {
            let id = properties.word(&surface.spell(kind.identifier()));
            let mut ids: Vec<String> = id.into_iter().filter(|id| !id.is_empty()).collect();
            ids.extend(command.output.clone());
            if *operation == "get-resources" {
                // A part of a path may be that of any resource.
                if query.as_deref().is_some_and(|query| query.contains("pathPart")) {
                    return Ok(true);
                }
                let path = query.as_deref().and_then(queried_path).unwrap_or("/");
                let path = (Node::text(command.span, "path"), Node::text(command.span, path));
                properties = Node::new(command.span, Data::Map(vec![path]));
            }
            let resource = Resource { kind, ids, properties, surface, span: command.span };
            if kind == ResourceKind::Integration {
                self.replaces(&resource, &command.path);
            }
            self.resources.push(resource);
        }
        Ok(true)
    }

    /// Tells of an integration that a branch of the script puts where another branch puts another one.
    fn replaces(&mut self, resource: &Resource, path: &Path) {
        let key = ["restApiId", "resourceId", "httpMethod"].map(|name| resource.word(name).unwrap_or_default());
        let Some((other, at)) = self.integrations.insert(key, (path.clone(), self.resources.len())) else { return };
        let Some(old) = self.resources.get(at).filter(|_| is_other_branch(&other, path)) else { return };
        let weight = old.properties.weight() + resource.properties.weight();
        if self.context.budget.make(weight, resource.span) && old.properties.to_json() != resource.properties.to_json()
        {
            let message = "another branch of the script puts an integration for this method, which counts; \
                this one is not read";
            self.remark(Code::OrphanIntegration, message.to_owned(), old.span);
        }
    }

    fn remark(&mut self, code: Code, message: String, span: Span) {
        self.remarks.push(Remark::new(code, "", message, span));
    }

    /// Reads `--cli-input-json`, whose empty members count as absent.
    fn input(&mut self, options: &[(&str, Vec<Node>)], span: Span) -> Result<Node, Fault> {
        let empty = Node::new(span, Data::Map(Vec::new()));
        let given = options.iter().rfind(|(name, _)| matches!(*name, "cli-input-json" | "cli-input-yaml"));
        let Some(word) = given.and_then(|(_, values)| values.first()) else { return Ok(empty) };
        let Some(text) = self.contents(word) else { return Ok(empty) };
        let root = self.context.parse_text(&text)?;
        if !root.is_map() {
            return Err(Fault::new(Code::WrongShape, root.span, "the input must be an object"));
        }
        Ok(without_empty(&root))
    }

    /// Returns a word, or the content of the file that it names; `None` if that cannot be read.
    fn contents(&mut self, word: &Node) -> Option<Node> {
        let text = word.as_str().unwrap_or_default();
        let Some(path) = text.strip_prefix("file://").or_else(|| text.strip_prefix("fileb://")) else {
            return Some(word.clone());
        };
        if self.written.get(shell::plain_path(path).as_ref()).is_some_and(|before| *before <= self.at) {
            let message = format!("the script writes {path}; what it has then is not known");
            self.remark(Code::UnknownValue, message, word.span);
            return None;
        }
        let read = self.context.read(path);
        if read.is_none() && self.context.is_first_unread(path, word.span) {
            self.remark(Code::UnreadableFile, self.context.unread(path), word.span);
        }
        read
    }

    /// Sets the property of an option.
    fn option(
        &mut self,
        name: &str,
        values: &[Node],
        is_v2: bool,
        span: Span,
        properties: &mut MapBuilder,
    ) -> Result<(), Fault> {
        let mut set = |member: &str, value: Node| properties.set(Node::text(value.span, member), value);
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
            // A flag, such as `--validate-request-body` or `--no-validate-request-body`.
            let positive = member
                .strip_prefix(if is_v2 { "No" } else { "no" })
                .filter(|rest| rest.starts_with(char::is_uppercase));
            let flag = positive.is_none();
            if let Some(rest) = positive {
                member = if is_v2 { rest.to_owned() } else { camel(rest) };
            }
            set(&member, Node::new(span, Data::Bool(flag)));
            return Ok(());
        };
        let Some(text) = self.contents(first) else {
            let span = first.span;
            let unknown = format!("${{{}}}", first.as_str().unwrap_or_default());
            set(&member, Node::placeholder(span, unknown));
            return Ok(());
        };
        let is_json = text.as_str().is_some_and(|text| text.trim_start().starts_with(['{', '[']));
        let is_map = MAPS.contains(&plain.as_str());
        let is_list = LISTS.contains(&plain.as_str());
        let value = if (is_map || is_list) && is_json {
            self.context.parse_text(&text)?
        } else if is_map && text.as_text().is_some_and(|text| text.has_placeholder && !text.text.contains('=')) {
            text
        } else if is_map {
            shorthand::read(&text, self.context)?
        } else if is_list {
            Node::new(first.span, Data::List(values.to_vec()))
        } else {
            text
        };
        if let Some(second) = values.get(1).filter(|_| !is_list) {
            if is_open(second) {
                let message = format!("{} may be options; they are not read", second.as_str().unwrap_or_default());
                self.remark(Code::UnknownValue, message, second.span);
                set(&member, value);
                return Ok(());
            }
            return Err(Fault::new(Code::MalformedCommand, second.span, format!("--{name} takes one value")));
        }
        set(&member, value);
        Ok(())
    }

    /// Gives the only API of a script the identifiers that its commands use.
    fn name_only_api(&mut self) {
        let used: Vec<String> =
            self.resources.iter().filter_map(|it| it.word("RestApiId").or_else(|| it.word("ApiId"))).collect();
        let mut made =
            self.resources.iter_mut().filter(|it| matches!(it.kind, ResourceKind::RestApi | ResourceKind::V2Api));
        if let (Some(only), None) = (made.next(), made.next())
            && only.ids.is_empty()
        {
            only.ids = used;
        }
    }
}

/// Splits a program that a variable names with its options: `$AWS` of `AWS="aws --endpoint-url …"`.
fn split_program(words: &[Node]) -> Cow<'_, [Node]> {
    let names_options = |word: &Node| {
        word.as_str().is_some_and(|text| text.split_once(' ').is_some_and(|(program, _)| is_program(program)))
    };
    let Some((at, word)) = words.iter().enumerate().find(|(_, word)| names_options(word)) else {
        return Cow::Borrowed(words);
    };
    let mut split = words[..at].to_vec();
    let text = word.as_str().unwrap_or_default();
    let mut start = 0;
    for one in text.split(' ') {
        if !one.is_empty() {
            split.push(part(word, start, start + one.len()));
        }
        start += one.len() + 1;
    }
    split.extend_from_slice(&words[at + 1..]);
    Cow::Owned(split)
}

/// Returns the position of the service in a command whose program is unknown: `local_aws apigateway
/// put-method …`.
fn service_at(words: &[Node]) -> Option<usize> {
    let word = |at: usize| words.get(at).and_then(Node::as_str);
    let is_operation = |service: &str, name: &str| kind_of(service, name).is_some() && !name.starts_with('-');
    (1..words.len()).find(|at| match word(*at) {
        Some(service @ ("apigateway" | "apigatewayv2")) => word(at + 1).is_some_and(|name| is_operation(service, name)),
        _ => false,
    })
}

/// The arguments of a command.
struct Arguments<'a> {
    /// Service and operation.
    names: Vec<&'a str>,
    /// Options with their values, without global options.
    options: Vec<(&'a str, Vec<Node>)>,
    /// The value of `--query`, which selects from the output.
    query: Option<String>,
    /// Words known only when the script runs that stand where an option or nothing is expected.
    unread: Vec<&'a Node>,
    /// A word behind the operation that belongs to no option.
    surplus: Option<&'a Node>,
}

/// Checks for a word that a shell may replace by any number of words.
fn is_open(word: &Node) -> bool {
    word.has_placeholder()
        && word.as_str().is_some_and(|text| text.starts_with("${") && text.find('}') == Some(text.len() - 1))
}

fn split(words: &[Node]) -> Arguments<'_> {
    let mut arguments =
        Arguments { names: Vec::new(), options: Vec::new(), query: None, unread: Vec::new(), surplus: None };
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.as_str().unwrap_or_default();
        let Some(option) = text.strip_prefix("--").filter(|option| !option.is_empty()) else {
            if is_open(word) {
                arguments.unread.push(word);
                continue;
            }
            if arguments.names.len() >= 2 {
                arguments.surplus = arguments.surplus.or(Some(word));
            } else {
                arguments.names.push(text);
            }
            continue;
        };
        // An option as `--name=value`.
        if let Some((name, value)) = option.split_once('=') {
            if name == "query" {
                arguments.query = Some(value.to_owned());
            } else if !GLOBAL_WITH_VALUE.contains(&name) {
                arguments.options.push((name, vec![part(word, name.len() + 3, text.len())]));
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
        if option == "query" {
            arguments.query = values.first().and_then(Node::to_word);
        } else if limit == usize::MAX {
            arguments.options.push((option, values));
        }
    }
    arguments
}

/// Returns the path that a query looks for: `/pets` of ``items[?path==`/pets`].id``.
fn queried_path(query: &str) -> Option<&str> {
    let rest = query.split_once("path")?.1.trim_start().strip_prefix("==")?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '`' | '\'' | '"'))?;
    let path = rest.get(1..)?.split(quote).next()?.trim_matches('"');
    path.starts_with('/').then_some(path)
}

/// Returns the kind of resource that an operation makes or changes.
fn kind_of(service: &str, operation: &str) -> Option<ResourceKind> {
    let (verb, noun) = operation.split_once('-')?;
    match (service, verb) {
        // The root of the paths, where a script looks it up.
        ("apigateway", "get") if noun == "resources" => Some(ResourceKind::Resource),
        _ if is_ignored(service, operation) => None,
        _ => ResourceKind::from_aws_cli(service, noun),
    }
}

/// Checks for an operation that makes what has no part in an integration.
fn is_other(operation: &str) -> bool {
    const NOUNS: &[&str] = &[
        "account",
        "api-key",
        "api-keys",
        "api-mapping",
        "authorizer",
        "base-path-mapping",
        "client-certificate",
        "documentation-part",
        "documentation-parts",
        "documentation-version",
        "domain-name",
        "domain-name-access-association",
        "routing-rule",
        "usage",
        "usage-plan",
        "usage-plan-key",
        "vpc-link",
    ];
    operation.split_once('-').is_some_and(|(_, noun)| NOUNS.contains(&noun))
}

/// Checks for an operation that does not make a resource, or whose changes are not applied.
fn is_ignored(service: &str, operation: &str) -> bool {
    const VERBS: &[&str] = &["get", "delete", "test", "flush", "export", "tag", "untag", "generate", "reset"];
    match operation.split_once('-') {
        Some(("update", _)) => service == "apigateway",
        Some((verb, _)) => VERBS.contains(&verb),
        None => true,
    }
}
