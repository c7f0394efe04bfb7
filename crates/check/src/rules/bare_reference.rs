//! A reference where JSON expects a value: nothing is printed when it is missing, a string has no quotes.
//!
//! ```vtl
//! {"n": $input.path('$.n')}
//! ```
//!
//! *Cause.* If the member is missing or null nothing is printed, `{"n": }` (observed 2.5); if it is a
//! string it has no quotes.
//!
//! *Way out.* Print it by `$input.json`, which gives `""` for nothing, or test it before.
//!
//! ```vtl
//! {"n": $input.json('$.n')}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::{Form, Value};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use vtl::syntax_unstable::ast::Step;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for print in &template.sites.prints {
        if print.position != Some(Position::Value { top: false }) || print.guarded {
            continue;
        }
        let message = match &print.value {
            Value::Data { root: false, .. } if template.members().has(print.reference) => continue,
            // A number or boolean of DynamoDB.
            Value::Data { .. } if matches!(print.reference.steps.last(), Some(Step::Property("N" | "BOOL", _))) => continue,
            Value::Data { root: false, .. } => "if it is missing nothing is printed, and a string has no quotes",
            Value::Text(text) if !text.json && !text.composed && text.may_miss && text.form == Form::Raw => {
                "a parameter is a text: it has no quotes, and if it is missing nothing is printed"
            }
            _ => continue,
        };
        let span = print.reference.span;
        let finding = Finding::new(Code::BareReference, span, format!("`{}` stands where JSON has a value: {message}", template.text(span)));
        let is_path = print.reference.name == "input"
            && matches!(print.reference.steps.as_slice(), [Step::Method("path", ..)]);
        found.push(if is_path {
            let fixed = template.text(span).replacen(".path(", ".json(", 1);
            finding.help("`$input.json` prints JSON, and `\"\"` if it is missing").fix(Fix::unsafe_([(span, fixed)]))
        } else {
            finding.help("print it with `$input.json('$.…')`, in quotes, or in an `#if` that compares it with `\"\"`")
        });
    }
}
