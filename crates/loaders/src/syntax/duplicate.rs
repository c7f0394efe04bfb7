//! Keys that a map has more than once.

use crate::diagnostic::Remark;
use crate::span::Span;
use crate::syntax::tree::Node;
use std::collections::HashMap;
use vtl::Code;

/// Most keys of a document that have a remark of their own.
const MOST: usize = 1_000;

/// The keys that maps of a document have more than once, and tags that are not read.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    remarks: Vec<Remark>,
    /// Number of those behind the first [`MOST`].
    more: usize,
    /// Tags of YAML that are not read.
    tags: Vec<Remark>,
}

impl Duplicates {
    /// Adds a key at the place that counts, its last one.
    fn add(&mut self, name: &str, span: Span) {
        let message = || format!("the key {name} is written twice in one map; the last one counts");
        match self.remarks.len() {
            ..MOST => self
                .remarks
                .push(Remark::new(Code::DuplicateKey, "", message(), span).with_help("remove or rename one of them")),
            MOST => self.remarks.push(Remark::new(Code::DuplicateKey, "", "", span)),
            _ => {}
        }
        self.more += usize::from(self.remarks.len() > MOST);
    }

    /// Adds a tag of YAML whose value is taken as it is written.
    pub(crate) fn add_tag(&mut self, tag: &str, span: Span) {
        if self.tags.len() < MOST {
            let tag: String = tag.chars().take(100).collect();
            let message = format!("the tag {tag} is not read; its value is taken as it is written");
            self.tags.push(Remark::new(Code::UnknownField, "", message, span).with_help("write the value without it"));
        }
    }

    /// Returns a remark for each key, up to a number of them, and one that says how many more there are.
    pub(crate) fn remarks(mut self) -> Vec<Remark> {
        if let Some(last) = self.remarks.get_mut(MOST) {
            last.message = match self.more {
                1 => "and 1 more key is written twice in one map".to_owned(),
                more => format!("and {more} more keys are written twice in one map"),
            };
            last.help = Some("mend some of them to see the others".to_owned());
        }
        self.remarks.append(&mut self.tags);
        self.remarks
    }
}

/// Returns the entries of a map with each key once: the last value counts, at the position of the
/// first.
pub(crate) fn unique(entries: Vec<(Node, Node)>, duplicates: &mut Duplicates) -> Vec<(Node, Node)> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    let mut later: Vec<(usize, usize)> = Vec::new();
    for (at, (key, _)) in entries.iter().enumerate() {
        let Some(name) = key.as_str() else { continue };
        match places.get(name) {
            Some(first) => later.push((*first, at)),
            None => drop(places.insert(name, at)),
        }
    }
    if later.is_empty() {
        return entries;
    }
    let mut entries: Vec<Option<(Node, Node)>> = entries.into_iter().map(Some).collect();
    for (first, at) in later {
        let Some((key, value)) = entries.get_mut(at).and_then(Option::take) else { continue };
        duplicates.add(key.as_str().unwrap_or_default(), key.span);
        if let Some(slot) = entries.get_mut(first) {
            *slot = Some((key, value));
        }
    }
    entries.into_iter().flatten().collect()
}
