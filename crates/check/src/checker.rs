//! Documents and templates to diagnostics: runs the rules, places their findings, applies suppressions.

use crate::analysis::blocks::DEEPEST;
use crate::analysis::template::{Template, facts};
use crate::finding::{FileEdit, FileFix, Finding, Fix, Found, Place};
use crate::rules::{Check, RULES, quote_in_string};
use crate::subject::{self, Integrated, Siblings, Subject, response_model};
use crate::suppression::{Suppression, Suppressions};
use crate::tally::{Findings, Tally};
use crate::trial::drop_breaking_fixes;
use std::collections::{BTreeSet, HashMap};
use vtl::diagnostic::{Diagnostic, Lines, Location, Severity};
use vtl::pipeline::model::Table;
use vtl::pipeline::{Integration, Protocol};
use vtl::syntax_unstable::{Texts, check_size, parse_for_tools};
use vtl::{Budget, Code, Dialect, Limits, Span};
use vtl_loaders::{Document, Kind, TemplateText};

/// Settings of a check of a template that is a file of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TemplateOptions {
    /// Kind of API that the template belongs to.
    pub protocol: Protocol,
    /// Set for a template of a response.
    pub is_response: bool,
    /// Set for templates of Velocity 1.7 itself, which no rule of the service fits.
    pub is_velocity: bool,
    /// Limits of the template and of the check; `None` for those of the service, or of Velocity 1.7.
    pub limits: Option<Limits>,
}

impl Default for TemplateOptions {
    fn default() -> Self {
        TemplateOptions { protocol: Protocol::Rest, is_response: false, is_velocity: false, limits: None }
    }
}

impl TemplateOptions {
    /// Returns the settings for a file of that name: `order.response.vtl` is the template of a response.
    #[must_use]
    pub fn named(path: &str) -> TemplateOptions {
        let name = path.to_ascii_lowercase();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_response =
            name.contains("response") || name.contains(".res.") || name.starts_with("res.") || name.contains("error");
        TemplateOptions { is_response, ..TemplateOptions::default() }
    }
}

/// Checks a template that is a file of its own.
///
/// ```
/// use vtl_check::{TemplateOptions, check_template};
/// let source = "{\"id\": \"$input.params('id')\",}";
/// let found = check_template("order.vtl", source, &TemplateOptions::default());
/// let names: Vec<&str> = found.iter().map(|it| it.diagnostic.code.name()).collect();
/// assert_eq!(names, ["unescaped-in-string", "invalid-json"]);
/// ```
#[must_use]
pub fn check_template(name: &str, source: &str, options: &TemplateOptions) -> Vec<Found> {
    let usual = if options.is_velocity { Limits::velocity_1_7() } else { Limits::service() };
    let limits = options.limits.as_ref().unwrap_or(&usual);
    let budget = Budget::new(limits);
    let mut subject = Subject::loose(options.protocol, options.is_response, &budget);
    subject.may_be_foreign = name.ends_with(".vm");
    subject.is_velocity = options.is_velocity;
    let (findings, mut parse) = judge(name, source, &subject);
    let start = || Location::new(1, 1).in_file(name);
    parse.extend(check_size(source, limits).err().map(|error| error.diagnostic(name, source).at(start())));
    let lines = Lines::new(source);
    let locate = |span: Span| lines.location(source, span).in_file(name);
    let edit =
        |span: Span, text: &str| Some(FileEdit { file: name.to_owned(), range: span.range(), text: text.to_owned() });
    let mut suppressions = Suppressions::in_template(source, &budget);
    let mut found: Vec<Found> = parse.into_iter().map(|diagnostic| Found { diagnostic, fix: None }).collect();
    found.retain(|it| {
        let line = it.diagnostic.location.as_ref().map_or(0, |location| location.line);
        !suppressions.take(it.diagnostic.code, line)
    });
    let mut tally = Tally::new();
    for finding in findings.listed {
        let Place::Template(span) = finding.place else { continue };
        if !tally.may_place("") {
            break;
        }
        let location = locate(span);
        if suppressions.take(finding.code, location.line)
            || !tally.lists(finding.code, finding.severity, Some(&location))
        {
            continue;
        }
        let mut diagnostic = built(&finding).at(location);
        for (place, message) in &finding.related {
            if let Place::Template(span) = place {
                diagnostic = diagnostic.with_related(message.as_str(), locate(*span));
            }
        }
        found.push(Found { diagnostic, fix: written(finding.fix.as_ref(), edit) });
    }
    for (code, severity, place) in findings.more {
        let Place::Template(span) = place else { continue };
        if !tally.may_place("") {
            break;
        }
        let location = locate(span);
        if !suppressions.take(code, location.line) {
            tally.count(code, severity, Some(&location));
        }
    }
    found.extend(unused(&suppressions, &mut tally, "", |at, len| locate(Span::new(at, len))));
    found.extend(tally.rest());
    found.extend(spent(&budget, "judged"));
    found.extend(spent(&tally.budget, "listed"));
    sorted(found)
}

/// Checks a document: what its reading and the service find, and the rules for its integrations and
/// templates.
///
/// ```
/// use vtl_check::check_document;
/// use vtl_loaders::{File, Options, load_integration};
/// let text = r#"{"type": "mock", "requestTemplates": {"application/json": "{}"}, "responses": {"default": {"statusCode": 200}}}"#;
/// let document = load_integration(&File::new("i.json", text), None, &Options::default())?;
/// let found = check_document(&document);
/// assert_eq!(found[0].diagnostic.to_string(),
///     "i.json:1:60: error[V728]: the mock gives no `statusCode`: every call is answered with 500");
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
#[must_use]
pub fn check_document(document: &Document) -> Vec<Found> {
    let mut found: Vec<Found> =
        document.diagnostics().into_iter().map(|diagnostic| Found { diagnostic, fix: None }).collect();
    let mut files = BTreeSet::new();
    let mut suppressed_in_templates: Vec<Found> = Vec::new();
    let has_authorizer = subject::has_authorizer(document);
    let siblings = Siblings::new(document);
    let budget = document.budget_left();
    let mut tally = Tally::of(document, &budget);
    found.retain(|it| tally.lists(it.diagnostic.code, it.diagnostic.severity, it.diagnostic.location.as_ref()));
    for route in 0..document.routes.len() {
        if budget.charge(ROUTE).is_err() {
            break;
        }
        let mut own = integration(document, route, &siblings, &budget, &mut tally);
        for template in document.templates_of(route) {
            let (findings, replaced, unused) =
                template_findings(document, &template, has_authorizer, &budget, &mut tally);
            if replaced {
                let own = document.on_route(Diagnostic::new(Code::Syntax, ""), route).in_template(&template.name);
                let is_own = |it: &Diagnostic| (&it.template, &it.route) == (&own.template, &own.route);
                found.retain(|it| !is_own(&it.diagnostic) || it.diagnostic.code.as_str() >= "V100");
            }
            own.extend(findings);
            suppressed_in_templates.extend(unused);
        }
        found.extend(own);
    }
    found.extend(spent(&budget, "judged"));
    // `Fn::Sub` that takes a reference has a finding of its own.
    let taken: BTreeSet<(Option<String>, usize, usize)> = found
        .iter()
        .filter(|it| it.diagnostic.code == Code::SubTakesReference)
        .filter_map(|it| it.diagnostic.location.as_ref().map(|at| (at.file.clone(), at.line, at.column)))
        .collect();
    found.retain(|it| {
        let at = it.diagnostic.location.as_ref().map(|at| (at.file.clone(), at.line, at.column));
        !matches!(it.diagnostic.code, Code::UnresolvedName | Code::InvalidSubName)
            || at.is_none_or(|at| !taken.contains(&at))
    });
    drop_same(&mut found);
    for it in found.iter().chain(&suppressed_in_templates) {
        files.extend(it.diagnostic.location.as_ref().and_then(|location| location.file.clone()));
    }
    for file in files {
        let Some(source) = document.source(&file) else { continue };
        let mut suppressions = tally.take_suppressions(&file);
        if suppressions.is_empty() {
            continue;
        }
        found.retain(|it| {
            let Some(location) = it.diagnostic.location.as_ref() else { return true };
            location.file.as_deref() != Some(&file) || !suppressions.take(it.diagnostic.code, location.line)
        });
        let lines = Lines::new(source);
        let locate = |at, len| lines.location(source, Span::new(at, len)).in_file(file.as_str());
        found.extend(unused(&suppressions, &mut tally, "", locate));
    }
    let mut seen = BTreeSet::new();
    suppressed_in_templates.retain(|it| seen.insert(it.diagnostic.location.clone()));
    found.extend(suppressed_in_templates);
    found.extend(tally.rest());
    found.extend(spent(&tally.budget, "listed"));
    sorted(found)
}

/// Steps of the rules for a route, and for a byte of a template.
const ROUTE: usize = 500;
const STEPS_PER_BYTE: usize = 8;
/// Steps of the rules for a parameter, response or template of an integration, and bytes of it that cost another.
const ENTRY: usize = 10;
const BYTES_OF_ENTRY: usize = 16;

/// Findings that tell the same of a place: the one that stays, and the one that is dropped. Of those that the
/// service tells, the words stay as well.
const SAME: &[(Code, Code)] = &[
    (Code::UriNotEncoded, Code::InvalidUri),
    (Code::DuplicatePattern, Code::DuplicateSelectionPattern),
    (Code::StaticNotEncoded, Code::InvalidMapping),
    (Code::InvalidContentType, Code::TemplateNeverUsed),
];

/// Returns the finding of a budget that is spent: what is left is not judged by the rules, or not listed.
fn spent(budget: &Budget<'_>, work: &str) -> Option<Found> {
    let error = budget.check().err()?;
    let message = format!("judging by the rules: {}; the rest is not {work}", error.detail());
    Some(Found::new(Diagnostic::new(error.code(), message)))
}

/// Leaves one finding of those that tell the same of a place.
fn drop_same(found: &mut Vec<Found>) {
    for (kept, dropped) in SAME {
        let mut words: HashMap<Option<Location>, Option<String>> = HashMap::new();
        for it in found.iter().filter(|it| it.diagnostic.code == *kept) {
            words.insert(it.diagnostic.location.clone(), None);
        }
        found.retain(|it| match words.get_mut(&it.diagnostic.location) {
            Some(words) if it.diagnostic.code == *dropped => {
                *words = Some(it.diagnostic.message.clone());
                false
            }
            _ => true,
        });
        if !matches!(kept, Code::DuplicatePattern | Code::StaticNotEncoded) {
            continue;
        }
        for it in found.iter_mut().filter(|it| it.diagnostic.code == *kept) {
            if let Some(Some(words)) = words.get(&it.diagnostic.location) {
                it.diagnostic.message.clone_from(words);
            }
        }
    }
}

/// Returns the steps of the rules that look at all of an integration, which many routes may share as an alias.
fn work(integration: &Integration) -> usize {
    let texts = |table: &Table<String>| -> usize {
        table.iter().map(|(name, value)| ENTRY + (name.len() + value.len()) / BYTES_OF_ENTRY).sum()
    };
    let responses = integration.responses.iter().map(|rule| {
        let pattern = rule.selection_pattern.as_ref().map_or(0, String::len);
        let templates = rule.response_templates.names().count();
        ENTRY * (1 + templates) + pattern / BYTES_OF_ENTRY + texts(&rule.response_parameters)
    });
    let own = integration.uri.as_ref().map_or(0, String::len) / BYTES_OF_ENTRY + texts(&integration.request_parameters);
    own + ENTRY * integration.request_templates.names().count() + responses.sum::<usize>()
}

/// Runs the rules for the integration of a route.
fn integration(
    document: &Document,
    route: usize,
    siblings: &Siblings<'_>,
    budget: &Budget<'static>,
    tally: &mut Tally<'_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let Some((api, method)) = document.method(route) else { return found };
    let Some(integration) = &method.integration else { return found };
    if budget.charge(work(integration)).is_err() {
        return found;
    }
    let it = Integrated { integration, api, method, document, route, siblings, budget };
    let mut findings = Findings::new(budget);
    for rule in RULES {
        if let Check::Integration(check) = rule.check {
            check(&it, &mut findings);
        }
    }
    for finding in findings.listed {
        let Place::Property(pointer) = &finding.place else { continue };
        if !tally.may_place(pointer) {
            break;
        }
        let mut location = document.location_of(route, pointer);
        if finding.code == Code::TemplateNeverUsed {
            location = location.map(|at| key_before(document, &at, pointer).unwrap_or(at));
        }
        if !tally.is_first(finding.code, location.as_ref())
            || !tally.lists(finding.code, finding.severity, location.as_ref())
        {
            continue;
        }
        let mut diagnostic = document.on_route(built(&finding), route);
        diagnostic.location = location;
        diagnostic.property = pointer.split('/').nth(1).map(str::to_owned);
        for (place, message) in &finding.related {
            if let (Place::Property(pointer), message) = (place, message)
                && let Some(location) = document.location_of(route, pointer)
            {
                diagnostic = diagnostic.with_related(message.as_str(), location);
            }
        }
        found.push(Found { diagnostic, fix: None });
    }
    for (code, severity, place) in findings.more {
        let Place::Property(pointer) = place else { continue };
        if !tally.may_place(&pointer) {
            break;
        }
        let location = document.location_of(route, &pointer);
        if tally.is_first(code, location.as_ref()) {
            tally.count(code, severity, location.as_ref());
        }
    }
    found
}

/// Returns the place of the key of a template, which is written before its text; the text's if it is not.
fn key_before(document: &Document, text: &Location, pointer: &str) -> Option<Location> {
    let key = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    let file = text.file.as_deref()?;
    let source = document.source(file)?;
    let end = document.offset_of(text)?;
    let start = (end.saturating_sub(MOST_BEFORE)..=end).find(|at| source.is_char_boundary(*at))?;
    let found = source.get(start..end).and_then(|before| before.rfind(&key));
    match found {
        Some(at) => document.location_in(file, start + at..start + at + key.len()),
        None => Some(text.clone()),
    }
}

fn subject<'d>(document: &'d Document, route: usize, has_authorizer: bool, budget: &'d Budget<'static>) -> Subject<'d> {
    let mut subject = Subject::loose(Protocol::Rest, false, budget);
    subject.is_embedded = true;
    subject.has_authorizer = has_authorizer || document.routes.get(route).is_none_or(|route| !route.is_declared);
    if let Some((api, method)) = document.method(route) {
        subject.protocol = api.protocol;
        subject.api = Some(api);
        subject.method = document.routes.get(route).filter(|route| route.is_declared).map(|_| method);
        subject.integration = method.integration.as_ref();
    }
    subject
}

/// Bytes in front of a template in which `Fn::Sub` is looked for.
const MOST_BEFORE: usize = 1_000;

/// Checks whether a template is the argument of CloudFormation's `Fn::Sub`.
fn is_substituted(document: &Document, template: &TemplateText<'_>) -> bool {
    if !matches!(document.kind, Kind::CloudFormation | Kind::Sam) || !template.text.contains("${") {
        return false;
    }
    let before = document.write_back(template.route, template.pointer, 0..0, "").and_then(|(file, range, _)| {
        let source = document.source(&file)?;
        let start = (range.start.saturating_sub(MOST_BEFORE)..=range.start).find(|at| source.is_char_boundary(*at))?;
        source.get(start..range.start)
    });
    let words =
        before.unwrap_or_default().trim_end_matches([' ', '\n', '\r', '\t', '[', '-', '"', '\'', '|', '>', '+']);
    ["!Sub", "Fn::Sub:", "Fn::Sub\":", "Fn::Sub\" :", "Fn::Sub':"].iter().any(|word| words.ends_with(word))
}

/// Replaces placeholders that are no references of a template, such as `${AWS::Region}`, by letters.
fn masked(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
        filled.push_str(&rest[..start]);
        match rest[start..end].contains("::") {
            true => filled.extend(std::iter::repeat_n('x', end - start)),
            false => filled.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    filled + rest
}

/// Bytes that are searched in a step.
const SEARCHED: usize = 16;

/// Returns the place of a text at or behind a location, and its offset in the file. What is searched is charged.
fn as_written(document: &Document, from: &Location, text: &str, budget: &Budget<'_>) -> Option<(Location, usize)> {
    let file = from.file.as_deref()?;
    let start = document.offset_of(from)?;
    let rest = document.source(file)?.get(start..)?;
    let found = rest.find(text);
    budget.charge(found.unwrap_or(rest.len()) / SEARCHED).ok()?;
    let at = start + found?;
    Some((document.location_in(file, at..at + text.len())?, at))
}

/// Judges a template of a document. Returns its findings, whether they replace the error of its syntax,
/// and its suppressions without effect.
fn template_findings(
    document: &Document,
    template: &TemplateText<'_>,
    has_authorizer: bool,
    budget: &Budget<'static>,
    tally: &mut Tally<'_>,
) -> (Vec<Found>, bool, Vec<Found>) {
    let route = template.route;
    let mut subject = subject(document, route, has_authorizer, budget);
    subject.is_response = !template.name.starts_with("request:");
    subject.is_open = template.is_open;
    subject.is_substituted = is_substituted(document, template);
    let key = template.pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    subject.media_type = Some(&key);
    subject.model = document.method(route).and_then(|(api, method)| response_model(api, method, template.pointer));
    let masked = (subject.is_open || subject.is_substituted).then(|| masked(template.text));
    let (findings, _) = judge("", masked.as_deref().unwrap_or(template.text), &subject);
    let replaced = findings.listed.iter().any(|finding| finding.code == Code::QuoteInString);
    let locate = |span: Span| document.locate(route, template.pointer, span.range()).unwrap_or_default();
    let property = if subject.is_response { "responses" } else { "requestTemplates" };
    let placed = |diagnostic: Diagnostic, location: Location| {
        document.on_route(diagnostic, route).at(location).in_template(&template.name).of_property(property)
    };
    let lines = Lines::new(template.text);
    let mut suppressions = Suppressions::in_template(template.text, budget);
    let mut found = Vec::new();
    for finding in findings.listed {
        let Place::Template(span) = finding.place else { continue };
        if !tally.may_place(template.pointer) {
            break;
        }
        let line = lines.line_column(template.text, span.range().start).0;
        if suppressions.take(finding.code, line) {
            continue;
        }
        if !template.is_written && finding.code != Code::ApostropheEscape {
            // Nobody can mend the text that SAM or a plug-in generates.
            continue;
        }
        let mut location = locate(span);
        let mut written_at = None;
        if template.is_written && finding.code == Code::SubTakesReference {
            // `Fn::Sub` has changed the text: the reference is looked for where it is written.
            let text = &template.text[span.range()];
            let Some(found) = as_written(document, &location, text, budget) else {
                if budget.check().is_err() {
                    break;
                }
                continue;
            };
            (location, written_at) = (found.0, Some(found.1));
        }
        if !tally.is_first(finding.code, Some(&location))
            || !tally.lists(finding.code, finding.severity, Some(&location))
        {
            continue;
        }
        if !template.is_written {
            if document.kind == Kind::Sam {
                let message = "the template that SAM generates writes an apostrophe as `\\'`, which is no JSON";
                let diagnostic = Diagnostic::new(finding.code, message)
                    .with_severity(finding.severity)
                    .with_help("set `UnescapeMappingTemplate: true` at the event");
                found.push(Found { diagnostic: placed(diagnostic, location), fix: None });
            }
            continue;
        }
        if let Some(at) = written_at {
            let file = location.file.clone().unwrap_or_default();
            let edit = FileEdit { file, range: at + 2..at + 2, text: "!".to_owned() };
            let fix = Some(FileFix { is_safe: true, edits: vec![edit] });
            found.push(Found { diagnostic: placed(built(&finding), location), fix });
            continue;
        }
        let diagnostic = placed(built(&finding), location);
        let edit = |span: Span, text: &str| {
            let (file, range, text) = document.write_back(route, template.pointer, span.range(), text)?;
            Some(FileEdit { file, range, text })
        };
        found.push(Found { diagnostic, fix: written(finding.fix.as_ref(), edit) });
    }
    for (code, severity, place) in findings.more {
        let Place::Template(span) = place else { continue };
        if !tally.may_place(template.pointer) {
            break;
        }
        let line = lines.line_column(template.text, span.range().start).0;
        if suppressions.take(code, line) || !template.is_written {
            continue;
        }
        let location = locate(span);
        if tally.is_first(code, Some(&location)) {
            tally.count(code, severity, Some(&location));
        }
    }
    let unused = unused(&suppressions, tally, template.pointer, |at, len| locate(Span::new(at, len)));
    (found, replaced, unused)
}

/// Runs the rules for a template. Returns their findings, and the errors of its syntax.
fn judge<'b>(name: &str, source: &str, subject: &Subject<'b>) -> (Findings<'b>, Vec<Diagnostic>) {
    subject.budget.briefly(|| judged(name, source, subject))
}

fn judged<'b>(name: &str, source: &str, subject: &Subject<'b>) -> (Findings<'b>, Vec<Diagnostic>) {
    let mut findings = Findings::new(subject.budget);
    if subject.budget.charge(source.len().saturating_mul(STEPS_PER_BYTE)).is_err() {
        return (findings, Vec::new());
    }
    let texts = Texts::new();
    let dialect = if subject.is_velocity { Dialect::velocity_1_7() } else { Dialect::service() };
    let before = subject.budget.held();
    let (ast, mut errors) = parse_for_tools(name, source, dialect, &texts, subject.budget);
    // The analysis keeps as much as the tree again.
    let tree = subject.budget.held().saturating_sub(before) as usize;
    if subject.budget.hold(tree).is_err() || subject.budget.check().is_err() {
        return (findings, Vec::new());
    }
    if let Some(first) = errors.first() {
        let at = first.location.as_ref().and_then(|location| offset(source, location.line, location.column));
        if let Some(finding) = at.and_then(|at| quote_in_string::explain(source, at)) {
            findings.push(finding);
            errors.clear();
            return (findings, errors);
        }
    }
    // What does not parse has no output, and its names may be a part of the mistake.
    let is_foreign = !subject.is_embedded && !subject.is_velocity && is_appsync(source);
    if is_foreign || !errors.is_empty() {
        return (findings, errors);
    }
    let facts = facts(source, &ast, subject);
    let template = Template::new(source, &ast, subject, &facts);
    let paths = "the template has too many paths: from here on its output is not judged".to_owned();
    let depth = format!("blocks are nested more than {DEEPEST} deep here: from here on the output is not judged");
    for (at, message) in [(template.sites.cut, paths), (template.sites.deep, depth)] {
        if let Some(at) = at.filter(|_| !subject.is_velocity) {
            let finding = Finding::new(Code::StepLimit, Span::new(at, 0), message).severity(Severity::Advice);
            findings.push(finding.help("make templates of its parts"));
        }
    }
    for rule in RULES.iter().filter(|rule| !subject.is_velocity || rule.code == Code::AssignsNothing) {
        if let Check::Template(check) = rule.check {
            check(&template, &mut findings);
        }
    }
    drop_breaking_fixes(source, dialect, &mut findings.listed, subject.budget);
    (findings, errors)
}

/// Checks for a resolver of AppSync, the sibling service, whose templates look alike.
fn is_appsync(source: &str) -> bool {
    let has_version = ["\"2017-02-28\"", "\"2018-05-29\""].iter().any(|version| source.contains(version));
    let has = |word: &str| {
        let behind = source.match_indices(word).filter_map(|(at, _)| source[at + word.len()..].chars().next());
        behind.into_iter().any(|c| !c.is_alphanumeric())
    };
    let words = [
        "$ctx",
        "${ctx",
        "$context.arguments",
        "$context.args",
        "$context.result",
        "$context.source",
        "$context.stash",
    ];
    (has_version && source.contains("version")) || (words.iter().any(|word| has(word)) && !source.contains("$input"))
}

fn offset(source: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = source.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = source.get(start..)?;
    Some(start + rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(at, _)| at))
}

fn built(finding: &Finding) -> Diagnostic {
    let diagnostic = Diagnostic::new(finding.code, finding.message.as_str()).with_severity(finding.severity);
    match &finding.help {
        Some(help) => diagnostic.with_help(help.as_str()),
        None => diagnostic,
    }
}

fn written(fix: Option<&Fix>, edit: impl Fn(Span, &str) -> Option<FileEdit>) -> Option<FileFix> {
    let fix = fix?;
    let edits: Option<Vec<FileEdit>> = fix.edits.iter().map(|it| edit(it.span, &it.text)).collect();
    Some(FileFix { is_safe: fix.is_safe, edits: edits? })
}

/// Returns the findings of suppressions without effect, in a string of a document that a pointer names.
fn unused(
    suppressions: &Suppressions,
    tally: &mut Tally<'_>,
    pointer: &str,
    locate: impl Fn(usize, usize) -> Location,
) -> Vec<Found> {
    let told = |it: &Suppression| {
        let location = locate(it.at, it.name.len());
        let code = if it.code.is_some() { Code::UnusedSuppression } else { Code::UnknownRule };
        if !tally.may_place(pointer)
            || !tally.is_first(code, Some(&location))
            || !tally.lists(code, code.severity(), Some(&location))
            || (it.code.is_none() && !tally.may_compare(Code::ALL.len()))
        {
            return None;
        }
        let diagnostic = match it.code {
            Some(_) => Diagnostic::new(Code::UnusedSuppression, format!("there is no `{}` to ignore here", it.name))
                .with_help("remove it"),
            None => {
                let diagnostic = Diagnostic::new(Code::UnknownRule, format!("no rule has the name `{}`", it.name));
                match vtl::reference::nearest(&it.name, Code::ALL.iter().map(|code| code.name())) {
                    Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
                    None => diagnostic.with_help("`vtl explain` lists the rules"),
                }
            }
        };
        Some(Found { diagnostic: diagnostic.at(location), fix: None })
    };
    suppressions.unused().filter_map(told).collect()
}

fn sorted(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|one, other| {
        let key = |it: &Found| (it.diagnostic.location.clone(), it.diagnostic.code);
        key(one).cmp(&key(other))
    });
    found
}
