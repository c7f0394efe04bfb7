//! A map prints as `{a=b}`, a list of the template as `[a, b]`: neither is JSON.

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use vtl::Code;
use vtl::syntax_unstable::ast::Step;

pub fn check(template: &Template<'_, '_>, found: &mut Vec<Finding>) {
    for print in &template.sites.prints {
        let is_inside = matches!(print.position, Some(Position::InString | Position::Value { .. }));
        if !is_inside {
            continue;
        }
        let noun = match &print.value {
            Value::Data { root: true, .. } => "the payload",
            Value::Params | Value::ParamMap(_) | Value::Map => "a map",
            Value::List(member, Some(_)) if matches!(**member, Value::Exact(_) | Value::Text(_) | Value::Map) => "a list",
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
