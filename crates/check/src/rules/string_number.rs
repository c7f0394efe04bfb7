//! Parameters and `$input.json` give strings: they are not ordered or calculated as numbers.
//!
//! ```vtl
//! #if($input.params('n') > 5)many#end
//! ```
//!
//! *Cause.* Parameters and the JSON of `$input.json` are strings. Ordered with a number they are always
//! false (observed 2.14); `+` joins the texts, other operators give nothing (2.31). `==` compares the
//! texts, and works.
//!
//! *Way out.* Convert it: `$n.parseInt(…)` of any number `$n`.
//!
//! ```vtl
//! #set($n = 0)#if($n.parseInt($input.params('n')) > 5)many#end
//! ```

use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::Code;
use vtl::syntax_unstable::ast::Operator;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for operation in &template.sites.operations {
        let is_string = |value: &Value| matches!(value, Value::Text(text) if !text.composed) || is_digits(value);
        let is_number = |value: &Value| matches!(value, Value::Number(_));
        let (left, right) = (&operation.left.1, &operation.right.1);
        let string = match (is_string(left) && is_number(right), is_number(left) && is_string(right)) {
            (true, _) => operation.left.0,
            (_, true) => operation.right.0,
            _ => continue,
        };
        let source = template.text(string.span);
        let message = match operation.operator {
            // `==` compares the texts.
            Operator::Eq | Operator::Ne => continue,
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                format!("`{source}` is a string: ordered with a number it is always false")
            }
            Operator::Add if matches!(left, Value::Exact(_)) || matches!(right, Value::Exact(_)) => continue,
            Operator::Add => format!("`{source}` is a string: `+` joins the texts"),
            _ => format!("`{source}` is a string: the result is nothing"),
        };
        found.push(
            Finding::new(Code::StringNumber, string.span, message)
                .help("convert it: `#set($n = 0)` and then `$n.parseInt(…)`"),
        );
    }
}

/// Checks for a string of digits that the template has.
fn is_digits(value: &Value) -> bool {
    matches!(value, Value::Exact(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}
