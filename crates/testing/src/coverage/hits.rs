//! Counting what a render runs.

use super::ways::{Step, Ways, summed};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use vtl::Probe;
use vtl::pipeline::call::CallProbe;

/// Counts of the templates of a run, by the template that was rendered.
#[derive(Default)]
pub(crate) struct Hits {
    templates: Mutex<HashMap<Rendered, Counted>>,
    /// Uses of integration responses, by document, route and name.
    responses: Mutex<HashMap<(String, usize, String), u64>>,
    /// Names of files of which a render took more steps than are counted.
    cut: Mutex<BTreeSet<String>>,
}

/// A template that was rendered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rendered {
    File(String),
    /// Document, index of the route, name of the template.
    Part(String, usize, String),
}

/// Counts of the renders of one template.
#[derive(Default)]
struct Counted {
    steps: Vec<Step>,
    /// Number of the steps at the front that are all different.
    distinct: usize,
}

impl Counted {
    /// Adds the steps of a render; those that are there already are summed once they are as many as the others.
    fn add(&mut self, steps: Vec<Step>) {
        self.steps.extend(steps);
        if self.distinct == 0 || self.steps.len() / 2 > self.distinct {
            self.sum();
        }
    }

    fn sum(&mut self) {
        self.steps = summed(std::mem::take(&mut self.steps));
        self.distinct = self.steps.len();
    }
}

/// Returns the probe of one render.
pub(crate) fn probe() -> Ways {
    Ways::default()
}

/// Counts of the templates of a call.
#[derive(Default)]
pub(crate) struct CallHits(HashMap<String, Ways>);

impl CallProbe for CallHits {
    fn template(&mut self, name: &str) -> Option<&mut dyn Probe> {
        let hits = self.0.entry(name.to_owned()).or_default();
        hits.end();
        Some(hits)
    }
}

impl Hits {
    pub fn add_file(&self, name: &str, hits: Ways) {
        self.add(Rendered::File(name.to_owned()), hits);
    }

    pub fn add_part(&self, document: &str, route: usize, template: &str, hits: Ways) {
        self.add(Rendered::Part(document.to_owned(), route, template.to_owned()), hits);
    }

    pub fn add_call(&self, document: &str, route: usize, call: CallHits) {
        for (name, hits) in call.0 {
            self.add_part(document, route, &name, hits);
        }
    }

    fn add(&self, key: Rendered, hits: Ways) {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().add(hits.into_steps());
    }

    /// Notes that a render of a file is not counted to its end.
    pub fn cut(&self, name: &str) {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }

    /// Returns the files of which a render is not counted to its end.
    pub fn all_cut(&self) -> Vec<String> {
        self.cut.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub fn add_response(&self, document: &str, route: usize, name: &str) {
        let key = (document.to_owned(), route, name.to_owned());
        *self.responses.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    /// Returns the steps of all renders of a template, each once, in the order of their operations.
    pub fn of(&self, key: &Rendered) -> Vec<Step> {
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counted) = templates.get_mut(key) else { return Vec::new() };
        counted.sum();
        counted.steps.clone()
    }

    pub fn of_response(&self, document: &str, route: usize, name: &str) -> u64 {
        let key = (document.to_owned(), route, name.to_owned());
        self.responses.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied().unwrap_or_default()
    }
}
