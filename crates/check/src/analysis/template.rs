//! A template with all that the analysis knows of it.

use crate::analysis::blocks;
use crate::analysis::loops::Loops;
use crate::analysis::members::Members;
use crate::analysis::references::{self, Use};
use crate::analysis::sites::Sites;
use crate::analysis::walk::{Facts, Walker};
use crate::model::shape::{self, Shape};
use crate::subject::{Reader, Subject};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use vtl::Span;
use vtl::syntax_unstable::ast::{Ast, Kind, Reference};

/// The objects of the service.
pub const ROOTS: &[&str] = &["input", "util", "context", "stageVariables"];

/// Variables that exist in a loop.
pub const LOOP_VARIABLES: &[&str] = &["foreach", "velocityCount", "velocityHasNext"];

/// A template with its analysis.
pub struct Template<'a, 's> {
    pub source: &'s str,
    pub ast: &'a Ast<'s>,
    pub subject: &'a Subject<'a>,
    /// Set if the output is read as JSON.
    pub is_json: bool,
    /// Set if the output is a form.
    pub is_form: bool,
    /// Set if the service's objects occur in it.
    pub uses_roots: bool,
    /// All references with their use.
    pub references: Vec<(&'a Reference<'s>, Use)>,
    /// Names that are set, and how often each is read.
    pub set: BTreeMap<&'s str, Span>,
    pub read: BTreeSet<&'s str>,
    pub sites: Sites<'a, 's>,
    pub loops: Loops,
    facts: &'a Facts,
    members: OnceCell<Members<'s>>,
}

/// Decides what is known of a template before its walk.
pub fn facts(source: &str, ast: &Ast<'_>, subject: &Subject<'_>) -> Facts {
    Facts {
        is_response: subject.is_response,
        is_json: !subject.is_velocity && is_json(source, ast, subject),
        variables_unknown: subject.is_velocity || subject.is_open || subject.is_substituted || has_macros(ast),
        path_parameters: subject.path_parameters(),
    }
}

impl<'a, 's> Template<'a, 's> {
    /// Analyses a template.
    pub fn new(source: &'s str, ast: &'a Ast<'s>, subject: &'a Subject<'a>, facts: &'a Facts) -> Self {
        let mut all = Vec::new();
        references::each(ast, &mut |reference, used| all.push((reference, used)));
        let mut set = BTreeMap::new();
        let mut read = BTreeSet::new();
        for (reference, used) in &all {
            let is_whole = reference.steps.is_empty();
            match used {
                Use::Set if is_whole => {
                    set.entry(reference.name).or_insert(reference.span);
                }
                Use::Bound => {
                    set.entry(reference.name).or_insert(reference.span);
                    read.insert(reference.name);
                }
                _ => {
                    read.insert(reference.name);
                }
            }
        }
        let tree = blocks::tree(ast);
        let sites = Walker::run(source, facts, &tree, subject.budget);
        Template {
            source,
            ast,
            subject,
            is_json: facts.is_json,
            is_form: is_form(ast, subject),
            uses_roots: all.iter().any(|(reference, _)| ROOTS.contains(&reference.name)),
            references: all,
            set,
            read,
            sites,
            loops: Loops::of(ast),
            facts,
            members: OnceCell::new(),
        }
    }

    /// Returns the members that the template reads.
    pub fn members(&self) -> &Members<'s> {
        self.members.get_or_init(|| Members::of(&self.references))
    }

    /// Returns JSON values that the template may write; those that are no JSON, or whose structure depends
    /// on a value, are left out.
    pub fn shapes(&self) -> Vec<Shape> {
        let outputs = Walker::outputs(self.source, self.facts, &blocks::tree(self.ast), self.subject.budget);
        outputs.iter().filter_map(|output| shape::read(output)).collect()
    }

    /// Returns the source of a span.
    pub fn text(&self, span: Span) -> &'s str {
        self.source.get(span.range()).unwrap_or_default()
    }
}

fn has_macros(ast: &Ast<'_>) -> bool {
    ast.nodes.iter().any(|node| {
        matches!(&node.kind, Kind::Directive(directive) if matches!(directive.name, "parse" | "include" | "evaluate"))
    })
}

/// Returns the first text that is printed, as far as it is literal.
fn beginning(ast: &Ast<'_>) -> String {
    let mut text = String::new();
    for node in &ast.nodes {
        match &node.kind {
            Kind::Text(part) | Kind::Marks(part) if text.is_empty() => text.push_str(part.trim_start()),
            Kind::Text(part) | Kind::Marks(part) => text.push_str(part),
            Kind::Reference(_) => text.push('$'),
            // A block: what stands in it may be next.
            _ => {}
        }
        // Blanks by the thousand between statements are not gone through again.
        if text.len() > 4096 || text.trim().len() > 60 {
            break;
        }
    }
    text.trim_start().trim_start_matches([';', ' ', '\n', '\r', '\t']).to_owned()
}

/// Checks whether the output is read as JSON: by its reader, or by how it begins.
fn is_json(source: &str, ast: &Ast<'_>, subject: &Subject<'_>) -> bool {
    let start = beginning(ast);
    match subject.reader() {
        Reader::Mock => false,
        Reader::Json => start.starts_with(['{', '[']),
        Reader::Any => {
            let mut chars = start.chars();
            let first = chars.next();
            let next = chars.find(|c| !c.is_whitespace());
            // Under a media type of JSON a bracket is one of JSON.
            let is_named = subject.media_type.is_some_and(is_json_type);
            match (first, next) {
                (Some('{' | '['), Some(next)) if is_named && next != ':' => true,
                // A mock reads single quotes as well.
                (Some('{'), Some('\'')) => !source.contains("statusCode"),
                (Some('{'), next) => matches!(next, None | Some('"' | '}' | '$')),
                (Some('['), next) => {
                    (matches!(next, None | Some('{' | '[' | '"' | ']' | '$' | ',')) && has_json_sign(&start))
                        || is_loop_in_brackets(source)
                }
                _ => false,
            }
        }
    }
}

/// Checks for a list whose members a loop writes: `[#foreach(…)…#end]`.
fn is_loop_in_brackets(source: &str) -> bool {
    let open = source.find('[').map(|at| source[at + 1..].trim_start());
    open.is_some_and(|rest| rest.starts_with("#foreach")) && source.trim_end().ends_with("#end]")
}

/// Checks for a media type of JSON.
fn is_json_type(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    name == "application/json" || name.ends_with("+json")
}

/// Checks for a sign that brackets are those of JSON: a template of a document has one by its place.
fn has_json_sign(start: &str) -> bool {
    start.contains('"') || start.contains('{')
}

/// Checks whether the output is a form.
fn is_form(ast: &Ast<'_>, subject: &Subject<'_>) -> bool {
    let start = beginning(ast);
    let name = start.split('=').next().unwrap_or_default();
    let is_pair = start.contains('=')
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let is_query = subject.integration.is_some_and(|integration| {
        let form = "application/x-www-form-urlencoded";
        let header = "integration.request.header";
        let mapped = crate::subject::static_header(&integration.request_parameters, header, "Content-Type");
        mapped.is_some_and(|value| value.starts_with(form))
    });
    is_pair && !subject.is_response && (start.starts_with("Action=") || is_query)
}
