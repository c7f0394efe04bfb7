//! A quote, backslash or line end of the client ends the JSON string or breaks it.
//!
//! ```vtl
//! {"name": "$input.params('name')"}
//! ```
//!
//! *Cause.* A quote, a backslash or a line end of the client breaks the JSON, or adds members to it.
//! Lambda answers 400 for it (observed 13.4).
//!
//! *Way out.* Escape it, with the remedy for apostrophes.
//!
//! ```vtl
//! {"name": "$util.escapeJavaScript($input.params('name')).replaceAll("\\'", "'")"}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::{Form, Origin, Value};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for print in &template.sites.prints {
        let text = print.value.text();
        let is_raw = text.form == Form::Raw && text.origin == Origin::Client && !text.json;
        let is_map = matches!(print.value, Value::Params | Value::ParamMap(_) | Value::Data { root: true, .. });
        if !matches!(print.position, Some(Position::InString | Position::InKey)) || !is_raw || is_map {
            continue;
        }
        let span = print.reference.span;
        let source = template.text(span);
        let message = format!("`{source}` is what the client sends: a quote in it breaks the JSON");
        let finding = Finding::new(Code::UnescapedInString, span, message)
            .help("write `$util.escapeJavaScript(…).replaceAll(\"\\\\'\", \"'\")` around it");
        let inner = source.strip_prefix("$!").map_or_else(|| source.to_owned(), |rest| format!("${rest}"));
        let fixed = format!("$util.escapeJavaScript({inner}).replaceAll(\"\\\\'\", \"'\")");
        found.push(finding.fix(Fix::unsafe_([(span, fixed)])));
    }
}
