//! Counting what a render runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use vtl::pipeline::call::CallProbe;
use vtl::{Probe, Span, State};

/// Counts of the templates of a run, by the template that was rendered.
#[derive(Default)]
pub(crate) struct Hits {
    templates: Mutex<HashMap<Rendered, TemplateHits>>,
    /// Uses of integration responses, by document, route and name.
    responses: Mutex<HashMap<(String, usize, String), u64>>,
}

/// A template that was rendered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rendered {
    File(String),
    /// Document, index of the route, name of the template.
    Part(String, usize, String),
}

/// Counts of one template.
#[derive(Clone, Debug, Default)]
pub(crate) struct TemplateHits {
    /// Runs of three operations in sequence, by the bytes at which they start; `None` is before the start or behind the end of a render.
    pub steps: HashMap<[Option<u32>; 3], u64>,
    last: [Option<u32>; 2],
}

impl TemplateHits {
    fn end(&mut self) {
        let [before, last] = std::mem::take(&mut self.last);
        *self.steps.entry([before, last, None]).or_default() += 1;
    }

    fn merge(&mut self, mut other: TemplateHits) {
        other.end();
        for (step, count) in other.steps {
            *self.steps.entry(step).or_default() += count;
        }
    }
}

impl Probe for TemplateHits {
    fn op(&mut self, at: Span, _: &State<'_, '_>) {
        let [before, last] = self.last;
        *self.steps.entry([before, last, Some(at.start)]).or_default() += 1;
        self.last = [last, Some(at.start)];
    }
}

/// Returns the probe of one render.
pub(crate) fn probe() -> TemplateHits {
    TemplateHits::default()
}

/// Counts of the templates of a call.
#[derive(Default)]
pub(crate) struct CallHits(HashMap<String, TemplateHits>);

impl CallProbe for CallHits {
    fn template(&mut self, name: &str) -> Option<&mut dyn Probe> {
        let hits = self.0.entry(name.to_owned()).or_default();
        if hits.last[1].is_some() {
            hits.end();
        }
        Some(hits)
    }
}

impl Hits {
    pub fn add_file(&self, name: &str, hits: TemplateHits) {
        self.add(Rendered::File(name.to_owned()), hits);
    }

    pub fn add_part(&self, document: &str, route: usize, template: &str, hits: TemplateHits) {
        self.add(Rendered::Part(document.to_owned(), route, template.to_owned()), hits);
    }

    pub fn add_call(&self, document: &str, route: usize, call: CallHits) {
        for (name, hits) in call.0 {
            self.add_part(document, route, &name, hits);
        }
    }

    fn add(&self, key: Rendered, hits: TemplateHits) {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().merge(hits);
    }

    pub fn add_response(&self, document: &str, route: usize, name: &str) {
        let key = (document.to_owned(), route, name.to_owned());
        *self.responses.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    pub fn of(&self, key: &Rendered) -> TemplateHits {
        self.templates.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned().unwrap_or_default()
    }

    pub fn of_response(&self, document: &str, route: usize, name: &str) -> u64 {
        let key = (document.to_owned(), route, name.to_owned());
        self.responses.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied().unwrap_or_default()
    }
}
