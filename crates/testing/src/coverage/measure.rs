//! From counts of operations to lines and branches of files.

use super::hits::{Hits, Rendered, TemplateHits};
use crate::subject::Subjects;
use serde::Serialize;
use std::collections::BTreeMap;
use vtl::diagnostic::Location;
use vtl::{BranchKind, Span, Statement, StatementKind, Template};

/// Coverage of the templates of a run.
///
/// Serialises as `{"files": […], "lines": {"covered", "total"}, "branches": {"covered", "total"}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Files with templates, sorted by name.
    pub files: Vec<FileCoverage>,
    /// Sum of the lines.
    pub lines: Ratio,
    /// Sum of the branches.
    pub branches: Ratio,
}

/// Coverage of a file: a template, or a document with templates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileCoverage {
    /// Name of the file.
    pub file: String,
    /// Runs of the lines that have statements; a line with several counts its most frequent one.
    #[serde(rename = "hits")]
    pub line_hits: BTreeMap<usize, u64>,
    /// Branches in the order of their places.
    #[serde(rename = "branchHits")]
    pub branch_hits: Vec<BranchHits>,
    /// Number of lines.
    pub lines: Ratio,
    /// Number of branches.
    pub branches: Ratio,
}

/// Runs of a branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct BranchHits {
    /// Line of the `#if`, `#foreach` or integration response.
    pub line: usize,
    /// Column of it.
    pub column: usize,
    /// Line of the branch's own clause.
    #[serde(rename = "clauseLine")]
    pub clause_line: usize,
    /// `then`, `else`, `skipped`, `no turn`, `one turn`, `more turns` or `response`.
    pub kind: &'static str,
    /// Position among the branches of its statement.
    #[serde(skip)]
    pub(super) at: usize,
    /// Number of runs.
    pub hits: u64,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ratio {
    /// Number that was run.
    pub covered: usize,
    /// Number of all.
    pub total: usize,
}

impl Ratio {
    /// Returns the percentage; 100 of nothing.
    #[must_use]
    pub fn percent(self) -> f64 {
        if self.total == 0 { 100.0 } else { self.covered as f64 * 100.0 / self.total as f64 }
    }

    fn of(hits: impl Iterator<Item = u64>) -> Self {
        hits.fold(Ratio::default(), |sum, hits| Ratio {
            covered: sum.covered + usize::from(hits > 0),
            total: sum.total + 1,
        })
    }

    fn plus(self, other: Ratio) -> Ratio {
        Ratio { covered: self.covered + other.covered, total: self.total + other.total }
    }
}

/// Counts by place while they are collected.
#[derive(Default)]
struct Places {
    /// Runs of statements by file, line and column.
    statements: BTreeMap<(String, usize, usize), u64>,
    /// Runs of branches by file, place and position, with clause and kind.
    branches: BTreeMap<BranchPlace, (usize, &'static str, u64)>,
}

/// File, line and column of a statement, and the position of the branch in it.
type BranchPlace = (String, usize, usize, usize);

/// Measures the coverage of all templates that were loaded.
pub(crate) fn measure(hits: &Hits, subjects: &Subjects) -> Coverage {
    let mut places = Places::default();
    for file in subjects.files() {
        let counts = hits.of(&Rendered::File(file.name.clone()));
        let source = file.template.source();
        places.add(&file.template, &counts, |span| Location::of(span, source).in_file(&file.name));
    }
    for loaded in subjects.documents() {
        let document = &loaded.document;
        for part in document.templates() {
            let Ok(template) = loaded.part(part.route, &part.name) else { continue };
            let counts = hits.of(&Rendered::Part(loaded.name.clone(), part.route, part.name.clone()));
            places.add(&template, &counts, |span| {
                document.locate(part.route, part.pointer, span.range()).unwrap_or_default()
            });
        }
        for route in 0..document.routes.len() {
            let Some(integration) = document.method(route).and_then(|(_, method)| method.integration.as_ref()) else {
                continue;
            };
            for (at, rule) in integration.responses.iter().enumerate() {
                let Some(place) = document.location_of(route, &format!("/responses/{at}")) else { continue };
                let count = hits.of_response(&loaded.name, route, integration.response_name(rule));
                places.add_branch(&place, 0, place.line, "response", count);
            }
        }
    }
    places.finish()
}

impl Places {
    fn add(&mut self, template: &Template, counts: &TemplateHits, locate: impl Fn(Span) -> Location) {
        let statements = template.statements();
        for statement in &statements {
            let place = locate(statement.span);
            let count = match statement.kind {
                StatementKind::ElseIf => tried(counts, statement.span, &statements),
                _ => within(counts, statement.span),
            };
            let key = (place.file.clone().unwrap_or_default(), place.line, place.column);
            let sum = self.statements.entry(key).or_default();
            *sum = sum.saturating_add(count);
            for (at, (clause, kind, count)) in branches(statement, counts).into_iter().enumerate() {
                self.add_branch(&place, at, locate(clause).line, kind, count);
            }
        }
    }

    fn add_branch(&mut self, place: &Location, at: usize, clause: usize, kind: &'static str, count: u64) {
        let key = (place.file.clone().unwrap_or_default(), place.line, place.column, at);
        let entry = self.branches.entry(key).or_insert((clause, kind, 0));
        entry.2 = entry.2.saturating_add(count);
    }

    fn finish(self) -> Coverage {
        let mut files: BTreeMap<String, FileCoverage> = BTreeMap::new();
        let new = |file: &String| FileCoverage { file: file.clone(), ..FileCoverage::default() };
        for ((file, line, _), count) in self.statements {
            let hits = files.entry(file.clone()).or_insert_with(|| new(&file)).line_hits.entry(line).or_default();
            *hits = count.max(*hits);
        }
        for ((file, line, column, at), (clause_line, kind, hits)) in self.branches {
            let branch = BranchHits { line, column, clause_line, kind, at, hits };
            files.entry(file.clone()).or_insert_with(|| new(&file)).branch_hits.push(branch);
        }
        let mut coverage = Coverage::default();
        for mut file in files.into_values() {
            file.lines = Ratio::of(file.line_hits.values().copied());
            file.branches = Ratio::of(file.branch_hits.iter().map(|branch| branch.hits));
            coverage.lines = coverage.lines.plus(file.lines);
            coverage.branches = coverage.branches.plus(file.branches);
            coverage.files.push(file);
        }
        coverage
    }
}

/// Returns the runs of a statement: how often its operations are entered from outside.
fn within(counts: &TemplateHits, span: Span) -> u64 {
    let is_in = |at: Option<u32>| at.is_some_and(|at| contains(span, at));
    let entries = counts.steps.iter().filter(|([_, from, to], _)| !is_in(*from) && is_in(*to));
    entries.map(|(_, count)| *count).sum()
}

/// Returns the runs of an `#elseif`: how often it follows an earlier condition. The end of the block
/// before it has its place too.
fn tried(counts: &TemplateHits, span: Span, statements: &[Statement]) -> u64 {
    let owner = statements.iter().find(|it| it.branches.iter().any(|branch| branch.head == span));
    let heads =
        owner.iter().flat_map(|it| &it.branches).map(|branch| branch.head).filter(|head| head.start < span.start);
    let heads: Vec<Span> = heads.collect();
    let is_condition = |at: Option<u32>| heads.iter().any(|head| at.is_some_and(|at| contains(*head, at)));
    let is_here = |at: Option<u32>| at.is_some_and(|at| contains(span, at));
    let entries = counts.steps.iter().filter(|([_, from, to], _)| is_condition(*from) && is_here(*to));
    entries.map(|(_, count)| *count).sum()
}

fn contains(span: Span, at: u32) -> bool {
    span.range().contains(&(at as usize))
}

/// Returns the branches of a statement: clause, kind and number of runs.
fn branches(statement: &Statement, counts: &TemplateHits) -> Vec<(Span, &'static str, u64)> {
    let is_in = |span: Span, at: Option<u32>| at.is_some_and(|at| contains(span, at));
    let sum = |is_it: &dyn Fn(&[Option<u32>; 3]) -> bool| -> u64 {
        counts.steps.iter().filter(|(steps, _)| is_it(steps)).map(|(_, count)| *count).sum()
    };
    let mut found = Vec::new();
    if statement.kind == StatementKind::Foreach {
        let Some(turn) = statement.branches.iter().find(|branch| branch.kind == BranchKind::Turn) else { return found };
        let end = statement.branches.iter().find(|branch| branch.kind == BranchKind::Skipped);
        let (head, body, end) = (statement.span, turn.body, end.map_or(turn.body, |branch| branch.head));
        // The head is followed by the loop's own operation at its end, then the body or what is behind it.
        let started = sum(&|[a, b, c]| is_in(head, *a) && is_in(end, *b) && is_in(body, *c));
        let skipped = sum(&|[a, b, c]| is_in(head, *a) && is_in(end, *b) && !is_in(body, *c));
        let again = sum(&|[a, b, c]| !is_in(head, *a) && is_in(end, *b) && is_in(body, *c));
        found.push((end, "no turn", skipped));
        found.push((head, "one turn", started));
        found.push((head, "more turns", again));
        return found;
    }
    let heads: Vec<Span> = std::iter::once(statement.span)
        .chain(statement.branches.iter().filter(|it| it.kind == BranchKind::Then).map(|it| it.head))
        .collect();
    let is_condition = |at: Option<u32>| heads.iter().any(|head| is_in(*head, at));
    // The end of a template has the place of an `#end` before it.
    let is_block = |at: Option<u32>| statement.branches.iter().any(|branch| is_in(branch.body, at));
    for branch in &statement.branches {
        let (kind, count) = match branch.kind {
            BranchKind::Skipped => {
                ("skipped", sum(&|[_, b, c]| is_condition(*b) && !is_condition(*c) && !is_block(*c)))
            }
            // A clause without content does nothing, so nothing tells that it was taken.
            _ if branch.body.len == 0 => continue,
            kind => {
                let name = if kind == BranchKind::Else { "else" } else { "then" };
                (name, sum(&|[_, b, c]| !is_in(branch.body, *b) && is_in(branch.body, *c)))
            }
        };
        found.push((branch.head, kind, count));
    }
    found
}
