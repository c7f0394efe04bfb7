//! From counts of operations to lines and branches of files.

use super::hits::{Hits, Rendered};
use super::ways::Step;
use crate::subject::Subjects;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use vtl::diagnostic::{Lines, Location};
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
        let lines = Lines::new(source);
        places.add(&file.template, counts, |span| lines.location(source, span).in_file(&file.name));
    }
    for loaded in subjects.documents() {
        let document = &loaded.document;
        for part in document.templates() {
            let Ok(template) = loaded.part(part.route, &part.name) else { continue };
            let counts = hits.of(&Rendered::Part(loaded.name.clone(), part.route, part.name.clone()));
            places.add(&template, counts, |span| {
                document.locate(part.route, part.pointer, span.range()).unwrap_or_default()
            });
        }
        for route in 0..document.routes.len() {
            let Some(integration) = document.method(route).and_then(|(_, method)| method.integration.as_ref()) else {
                continue;
            };
            for (at, (_, name)) in integration.response_names().enumerate() {
                let Some(place) = document.location_of(route, &format!("/responses/{at}")) else { continue };
                let count = hits.of_response(&loaded.name, route, name);
                places.add_branch(&place, 0, place.line, "response", count);
            }
        }
    }
    places.finish()
}

impl Places {
    fn add(&mut self, template: &Template, counts: Vec<Step>, locate: impl Fn(Span) -> Location) {
        let statements = template.statements();
        let steps = Steps::of(counts);
        let owners: HashMap<Span, &Statement> =
            statements.iter().flat_map(|it| it.branches.iter().map(move |branch| (branch.head, it))).collect();
        for statement in &statements {
            let place = locate(statement.span);
            let count = match statement.kind {
                StatementKind::ElseIf => steps.tried(statement.span, owners.get(&statement.span).copied()),
                _ => steps.within(statement.span),
            };
            let key = (place.file.clone().unwrap_or_default(), place.line, place.column);
            let sum = self.statements.entry(key).or_default();
            *sum = sum.saturating_add(count);
            for (at, (clause, kind, count)) in steps.branches(statement).into_iter().enumerate() {
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

/// The steps of a template, in the order of their second and of their third operation.
struct Steps {
    by_second: Vec<Step>,
    by_third: Vec<Step>,
}

impl Steps {
    fn of(mut by_second: Vec<Step>) -> Steps {
        let mut by_third = by_second.clone();
        by_second.sort_unstable_by_key(|(step, _)| step[1]);
        by_third.sort_unstable_by_key(|(step, _)| step[2]);
        Steps { by_second, by_third }
    }

    /// Sums the runs of the steps whose second operation is in a span, and of which more holds.
    fn second_in(&self, span: Span, holds: impl Fn(&[Option<u32>; 3]) -> bool) -> u64 {
        sum(in_order(&self.by_second, span, 1), holds)
    }

    /// Sums the runs of the steps whose third operation is in a span, and of which more holds.
    fn third_in(&self, span: Span, holds: impl Fn(&[Option<u32>; 3]) -> bool) -> u64 {
        sum(in_order(&self.by_third, span, 2), holds)
    }

    /// Returns the runs of a statement: how often its operations are entered from outside.
    fn within(&self, span: Span) -> u64 {
        self.third_in(span, |[_, from, _]| !is_in(span, *from))
    }

    /// Returns the runs of an `#elseif`: how often it follows an earlier condition of its `#if`. The end of the
    /// block before it has its place too.
    fn tried(&self, span: Span, owner: Option<&Statement>) -> u64 {
        let heads = owner.iter().flat_map(|it| &it.branches).map(|branch| branch.head);
        let heads: Vec<Span> = heads.filter(|head| head.start < span.start).collect();
        self.third_in(span, |[_, from, _]| is_in_any(&heads, *from))
    }

    /// Returns the branches of a statement: clause, kind and number of runs.
    fn branches(&self, statement: &Statement) -> Vec<(Span, &'static str, u64)> {
        let mut found = Vec::new();
        if statement.kind == StatementKind::Foreach {
            let Some(turn) = statement.branches.iter().find(|branch| branch.kind == BranchKind::Turn) else {
                return found;
            };
            let end = statement.branches.iter().find(|branch| branch.kind == BranchKind::Skipped);
            let (head, body, end) = (statement.span, turn.body, end.map_or(turn.body, |branch| branch.head));
            // The head is followed by the loop's own operation at its end, then the body or what is behind it.
            let started = self.second_in(end, |[a, _, c]| is_in(head, *a) && is_in(body, *c));
            let skipped = self.second_in(end, |[a, _, c]| is_in(head, *a) && !is_in(body, *c));
            let again = self.second_in(end, |[a, _, c]| !is_in(head, *a) && is_in(body, *c));
            found.push((end, "no turn", skipped));
            found.push((head, "one turn", started));
            found.push((head, "more turns", again));
            return found;
        }
        let heads: Vec<Span> = std::iter::once(statement.span)
            .chain(statement.branches.iter().filter(|it| it.kind == BranchKind::Then).map(|it| it.head))
            .collect();
        let heads = apart(heads);
        // The end of a template has the place of an `#end` before it.
        let blocks = apart(statement.branches.iter().map(|branch| branch.body).collect());
        for branch in &statement.branches {
            let (kind, count) = match branch.kind {
                BranchKind::Skipped => {
                    let behind = |at: Option<u32>| !is_in_any(&heads, at) && !is_in_any(&blocks, at);
                    let counts = heads.iter().map(|head| self.second_in(*head, |[_, _, c]| behind(*c)));
                    ("skipped", counts.sum())
                }
                // A clause without content does nothing, so nothing tells that it was taken.
                _ if branch.body.len == 0 => continue,
                kind => {
                    let name = if kind == BranchKind::Else { "else" } else { "then" };
                    (name, self.third_in(branch.body, |[_, b, _]| !is_in(branch.body, *b)))
                }
            };
            found.push((branch.head, kind, count));
        }
        found
    }
}

/// Returns the steps whose operation of a number is in a span, of steps in the order of that operation.
fn in_order(steps: &[Step], span: Span, operation: usize) -> &[Step] {
    let range = span.range();
    let before = |end: usize| steps.partition_point(|(step, _)| step[operation].is_none_or(|at| (at as usize) < end));
    steps.get(before(range.start)..before(range.end)).unwrap_or_default()
}

fn sum(steps: &[Step], holds: impl Fn(&[Option<u32>; 3]) -> bool) -> u64 {
    steps.iter().filter(|(step, _)| holds(step)).map(|(_, count)| *count).sum()
}

fn is_in(span: Span, at: Option<u32>) -> bool {
    at.is_some_and(|at| span.range().contains(&(at as usize)))
}

/// Sorts spans that do not overlap, and leaves those that are empty or there twice out.
fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.len > 0);
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup();
    spans
}

/// Checks whether a place is in one of spans in the order of the source.
fn is_in_any(spans: &[Span], at: Option<u32>) -> bool {
    let Some(place) = at else { return false };
    let before = spans.partition_point(|span| span.start <= place);
    before.checked_sub(1).and_then(|last| spans.get(last)).is_some_and(|span| is_in(*span, at))
}
