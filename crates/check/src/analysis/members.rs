//! The members of variables and of the payload that a template reads.

use crate::analysis::references::Use;
use std::collections::{HashMap, HashSet};
use vtl::syntax_unstable::ast::{ExprKind, Reference, Step};

/// The paths of the members that a template reads.
#[derive(Debug, Default)]
pub struct Members<'s> {
    /// By the name of the variable, in their order: those with the same beginning follow each other.
    paths: HashMap<&'s str, Vec<Vec<&'s str>>>,
    /// Variables that are set twice, which may be something else where their members are read.
    set_twice: HashSet<&'s str>,
}

impl<'s> Members<'s> {
    /// Lists the members of the references of a template.
    pub fn of(references: &[(&Reference<'s>, Use)]) -> Members<'s> {
        let mut found = Members::default();
        let mut set = HashSet::new();
        for (reference, used) in references {
            if reference.steps.is_empty() && matches!(used, Use::Set | Use::Bound) && !set.insert(reference.name) {
                found.set_twice.insert(reference.name);
            }
            if let Some(path) = path(reference).filter(|path| !path.is_empty()) {
                found.paths.entry(reference.name).or_default().push(path);
            }
        }
        for paths in found.paths.values_mut() {
            paths.sort_unstable();
            paths.dedup();
        }
        found
    }

    /// Checks whether the template reads members of what a reference finds, so that it is a map.
    pub fn has(&self, reference: &Reference<'s>) -> bool {
        if self.set_twice.contains(reference.name) {
            return false;
        }
        let (Some(own), Some(paths)) = (path(reference), self.paths.get(reference.name)) else { return false };
        let mut rest = &paths[paths.partition_point(|path| *path <= own)..];
        while let Some(next) = rest.first().filter(|path| path.starts_with(&own)).and_then(|path| path.get(own.len())) {
            if !matches!(*next, "length" | "size") {
                return true;
            }
            // Behind all that begin with a size.
            let begins_so = |path: &Vec<&str>| path.starts_with(&own) && path.get(own.len()) == Some(next);
            rest = &rest[rest.partition_point(begins_so)..];
        }
        false
    }
}

/// Returns the names of the members that a reference reads, up to a call or index; with the JSONPath of
/// `$input.path` in front.
fn path<'s>(reference: &Reference<'s>) -> Option<Vec<&'s str>> {
    let mut names = Vec::new();
    let mut steps = reference.steps.as_slice();
    if reference.name == "input" {
        let [Step::Method("path", arguments, _), rest @ ..] = steps else { return None };
        let ExprKind::Str(text) = &arguments.first()?.kind else { return None };
        if text.contains(['[', '*', '?', '(']) || text.contains("..") {
            return None;
        }
        names.extend(text.strip_prefix('$')?.split('.').filter(|name| !name.is_empty()));
        steps = rest;
    }
    for step in steps {
        let Step::Property(name, _) = step else { break };
        names.push(name);
    }
    // A call at the end gives something else.
    let is_whole = steps.iter().all(|step| matches!(step, Step::Property(..)));
    (is_whole || !names.is_empty()).then_some(names)
}
