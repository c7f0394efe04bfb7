//! A map prints as `{a=b}`, a list of the template as `[a, b]`: neither is JSON.
//!
//! ```vtl
//! {"body": $input.path('$')}
//! ```
//!
//! *Cause.* An object prints as Java prints maps, `{a=b}` (observed 3.1), also `$input.params()` and
//! the result of `$util.parseJson`.
//!
//! *Way out.* Print it by `$input.json`, or member by member.
//!
//! ```vtl
//! {"body": $input.json('$')}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use vtl::syntax_unstable::ast::Step;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    // A list of the payload is looped over.
    let has_list = template.sites.loops.iter().any(|(_, value)| matches!(value, Value::Data { root: true, .. }));
    for print in &template.sites.prints {
        let is_inside = matches!(print.position, Some(Position::InString | Position::Value { .. }));
        if !is_inside {
            continue;
        }
        let noun = match &print.value {
            // A list of the payload prints as JSON.
            Value::Data { root: true, .. } if has_list => continue,
            Value::Data { root: true, .. } => "the payload",
            Value::Params | Value::ParamMap(_) | Value::Map => "a map",
            Value::List(member, Some(_)) if matches!(**member, Value::Exact(_) | Value::Text(_) | Value::Map) => "a list",
            Value::Data { root: false, .. } if template.members().has(print.reference) => "a map",
            _ => continue,
        };
        let span = print.reference.span;
        let form = if noun == "a list" { "[a, b]" } else { "{a=b}" };
        let message = format!("`{}` is {noun} and prints in Java's form `{form}`", template.text(span));
        let finding = Finding::new(Code::PrintsJavaMap, span, message);
        let is_path = print.reference.name == "input"
            && matches!(print.reference.steps.as_slice(), [Step::Method("path", ..)])
            && matches!(print.position, Some(Position::Value { .. }));
        found.push(if is_path {
            let fixed = template.text(span).replacen(".path(", ".json(", 1);
            finding.help("print JSON with `$input.json('$')`").fix(Fix::safe([(span, fixed)]))
        } else {
            finding.help("print JSON with `$input.json('$.…')`, or its members one by one")
        });
    }
}
