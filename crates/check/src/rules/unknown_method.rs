//! A Java method that no value of the known kind has gives nothing.
//!
//! ```vtl
//! #set($list = [1, 2])$list.length()
//! ```
//!
//! *Cause.* Values are Java's: strings have `length()`, lists and maps `size()`, lists `add`, maps
//! `put`. A method that does not exist gives nothing (observed 2.4).
//!
//! *Way out.* Use Java's method; docs/reference.md lists all.
//!
//! ```vtl
//! #set($list = [1, 2])$list.size()
//! ```

use super::unknown_util::name_span;
use crate::analysis::Template;
use crate::analysis::evaluate::{has_method, is_method, method_names};
use crate::analysis::sites::Access;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use std::collections::BTreeMap;
use vtl::Code;
use vtl::reference::nearest;
use vtl::syntax_unstable::ast::Step;

/// Steps of finding the nearest of all methods.
const NEAREST: usize = 2_500;

/// Names of other languages, and Java's.
const ELSEWHERE: &[(&str, &str)] = &[
    ("push", "add"),
    ("append", "add"),
    ("includes", "contains"),
    ("has", "containsKey"),
    ("keys", "keySet"),
    ("upper", "toUpperCase"),
    ("lower", "toLowerCase"),
    ("strip_tags", "replaceAll"),
];

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let mut sites: BTreeMap<(usize, usize), Vec<&Access<'_, '_>>> = BTreeMap::new();
    for access in &template.sites.accesses {
        sites.entry((access.reference.span.range().start, access.step)).or_default().push(access);
    }
    for accesses in sites.values() {
        let access = accesses[0];
        let (name, span, is_call) = match &access.reference.steps[access.step] {
            Step::Method(name, _, span) => (*name, *span, true),
            Step::Property(name, span) if matches!(*name, "length" | "size" | "count") => (*name, *span, false),
            _ => continue,
        };
        if !accesses.iter().all(|access| is_wrong(&access.receiver, name, is_call)) {
            continue;
        }
        let at = name_span(template, span, name).unwrap_or(span);
        let kind = access.receiver.noun();
        if template.subject.budget.charge(NEAREST).is_err() {
            return;
        }
        let meant = meant(&access.receiver, name, is_call);
        let message = match is_call {
            true => format!("{kind} has no method `{name}` in Java: it gives nothing"),
            false => format!("{kind} has no property `{name}`: it gives nothing"),
        };
        let finding = Finding::new(Code::UnknownJavaMethod, at, message);
        found.push(match meant {
            Some(meant) => finding
                .help(format!("did you mean `.{meant}`?"))
                .fix(Fix::safe([(at, meant.trim_end_matches("()").to_owned() + if is_call { "" } else { "()" })])),
            None => finding.help("docs/reference.md lists the methods"),
        });
    }
}

fn is_wrong(receiver: &Value, name: &str, is_call: bool) -> bool {
    match (receiver, is_call) {
        (Value::Input | Value::Util | Value::Foreach | Value::Nothing | Value::Context(_) | Value::Block, _) => false,
        (Value::Exact(_) | Value::Text(_) | Value::List(..), false) => true,
        (_, false) => false,
        (receiver, true) => match receiver.receivers() {
            Some(receivers) => !has_method(receivers, name),
            None => !is_method(name),
        },
    }
}

fn meant(receiver: &Value, name: &str, is_call: bool) -> Option<String> {
    let length = match receiver {
        Value::List(..) | Value::Map | Value::Params | Value::ParamMap(_) => "size()",
        _ => "length()",
    };
    if !is_call || matches!(name, "len" | "length" | "size" | "count") {
        return Some(length.to_owned());
    }
    if let Some((_, java)) = ELSEWHERE.iter().find(|(it, _)| *it == name) {
        return Some((*java).to_owned());
    }
    nearest(name, method_names(receiver.receivers())).map(str::to_owned)
}
