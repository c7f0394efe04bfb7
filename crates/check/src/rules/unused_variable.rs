//! A variable that is set and never read.
//!
//! ```vtl
//! #set($unused = $input.path('$.a'))done
//! ```
//!
//! *Cause.* Nothing reads the variable. It may be a name that is misspelt elsewhere.
//!
//! *Way out.* Remove the `#set`.
//!
//! ```vtl
//! done
//! ```

use crate::analysis::Template;
use crate::finding::Finding;
use crate::tally::Findings;
use std::collections::BTreeSet;
use vtl::Code;
use vtl::syntax_unstable::ast::{ExprKind, Step};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    if template.subject.may_be_foreign && !template.uses_roots {
        return;
    }
    // `#set($ignored = $list.add(1))` is there for its effect.
    let with_effect: BTreeSet<&str> = template
        .sites
        .assignments
        .iter()
        .filter(|it| {
            matches!(&it.expr.kind, ExprKind::Reference(reference)
                if matches!(reference.steps.last(), Some(Step::Method(method, ..)) if is_effect(method)))
        })
        .map(|it| it.target.name)
        .collect();
    let is_used = |name: &str| template.read.contains(name) || crate::analysis::template::ROOTS.contains(&name);
    // The first findings are listed: those that stand first.
    let mut unused: Vec<_> = template.set.iter().filter(|(name, _)| !is_used(name)).collect();
    unused.sort_unstable_by_key(|(_, span)| span.start);
    for (name, span) in unused {
        if !with_effect.contains(name) {
            let message = format!("`${name}` is set and never read");
            found.push(Finding::new(Code::UnusedVariable, *span, message).help("remove the `#set`"));
        }
    }
}

fn is_effect(method: &str) -> bool {
    method.starts_with("add") || method.starts_with("put") || method.starts_with("remove")
        || matches!(method, "set" | "clear" | "replaceAll" | "sort" | "qr" | "retainAll" | "replace")
}
