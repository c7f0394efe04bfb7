//! The outline of a file: routes and their templates, variables and macros.

use crate::file::{OpenFile, View};
use crate::names::{Names, Role};
use lsp_types::{DocumentSymbol, SymbolKind};
use std::collections::{HashMap, HashSet};
use vtl::syntax_unstable::{Texts, parse_for_tools};
use vtl::{Budget, Dialect, Limits};

/// Most variables and macros that are listed; each takes 4,400 bytes until it is sent.
const MOST: usize = 10_000;

/// Returns the outline of a file, in the order of the file, with its first 10,000 variables and macros.
pub(crate) fn symbols(file: &OpenFile) -> Vec<DocumentSymbol> {
    let mut found: Vec<DocumentSymbol> = Vec::new();
    let mut routes: HashMap<String, usize> = HashMap::new();
    let mut left = MOST;
    for view in file.templates() {
        let inner = variables(&view, left);
        left -= inner.len();
        let Some(part) = &view.part else { return inner };
        let range = view.range(0..view.text.len());
        let template = symbol(part.name.clone(), SymbolKind::STRING, range, range, Some(inner));
        let route = part.document.route_label(part.route);
        match routes.get(&route).and_then(|at| found.get_mut(*at)) {
            Some(parent) => {
                parent.range.end = parent.range.end.max(range.end);
                parent.range.start = parent.range.start.min(range.start);
                parent.children.get_or_insert_default().push(template);
            }
            None => {
                let place = part.document.location_of(part.route, "").map(|it| file.text.range(file.text.located(&it)));
                let place = place.filter(|place| place.start <= range.start).unwrap_or(range);
                let whole = lsp_types::Range::new(place.start, range.end.max(place.end));
                routes.insert(route.clone(), found.len());
                found.push(symbol(route, SymbolKind::METHOD, whole, place, Some(vec![template])));
            }
        }
    }
    found
}

fn variables(view: &View<'_>, most: usize) -> Vec<DocumentSymbol> {
    if most == 0 {
        return Vec::new();
    }
    let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
    let (ast, _) = parse_for_tools("", view.text, Dialect::service(), &texts, &budget);
    let names = Names::of(view.text, &ast);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for name in names.names.iter().filter(|name| name.role == Role::Definition) {
        if found.len() == most {
            break;
        }
        if !seen.insert((name.name, name.is_macro)) {
            continue;
        }
        let kind = if name.is_macro { SymbolKind::FUNCTION } else { SymbolKind::VARIABLE };
        let range = view.range(name.range.clone());
        let label = if name.is_macro { format!("#{}", name.name) } else { format!("${}", name.name) };
        found.push(symbol(label, kind, range, range, None));
    }
    found
}

#[expect(deprecated, reason = "the type has a field that must be set")]
fn symbol(
    name: String,
    kind: SymbolKind,
    range: lsp_types::Range,
    selection_range: lsp_types::Range,
    children: Option<Vec<DocumentSymbol>>,
) -> DocumentSymbol {
    DocumentSymbol { name, detail: None, kind, tags: None, deprecated: None, range, selection_range, children }
}
