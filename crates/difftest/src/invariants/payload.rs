//! The reader of payloads beside `serde_json`.

use vtl::{Globals, Template};

/// Checks that a payload that `serde_json` reads is read to the same value.
pub fn payload(text: &str) -> Option<String> {
    let rendered = Template::parse("$input.json('$')").and_then(|t| t.render(&Globals::body(text)));
    // json-smart drops a raw U+007F from a string with a backslash, and so does the engine.
    let wanted: serde_json::Value = serde_json::from_str(text).ok()?;
    if text.contains('\u{7f}') && text.contains('\\') {
        return None;
    }
    // The last private-use characters stand for lone surrogates (COMPATIBILITY.md).
    if has_highest(&wanted) {
        return None;
    }
    // A null payload is written as the empty string.
    let wanted = if wanted.is_null() { "".into() } else { wanted };
    let text = match rendered {
        Ok(rendered) => rendered.text,
        Err(error) if NO_EXPONENT.contains(&error.detail()) => return None,
        Err(error) => return Some(format!("{error}, but serde_json reads it")),
    };
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(found) if same(&found, &wanted) => None,
        other => Some(format!("is read as {other:?}, not {wanted:?}")),
    }
}

/// Checks whether a name or text of a value has one of the last 2,048 private-use characters.
fn has_highest(value: &serde_json::Value) -> bool {
    value.to_string().chars().any(|c| c >= '\u{10f800}')
}

/// Messages of Java's `BigDecimal` for an exponent that it refuses (the first is recorded as js-fuzz-033).
const NO_EXPONENT: [&str; 3] = ["Scale out of range.", "Too many nonzero exponent digits.", "Exponent overflow."];

/// Compares two values, numbers as `f64`.
fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn recorded_payloads_agree() {
        let rows = [
            "[0.00000000000000000E-2147483647]",
            "[0.000000000000000E-214748364647]",
            "[0.00000000e3097483647]",
            "[1.5, 1e5]",
            "[\"\\u00DD\\udbfe\\udc3d\"]",
        ];
        for row in rows {
            assert_eq!(super::payload(row), None, "{row}");
        }
    }
}
