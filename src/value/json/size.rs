//! The size of JSON that is read into values all at once, unlike a payload.

use crate::diagnostic::Code;
use crate::error::Error;

/// Most values and names of JSON beside a payload, such as `$context`.
pub const MOST_VALUES: usize = 500_000;

/// Counts the values and the names of JSON; a text counts one more for each 64 bytes. Of other text it counts words.
#[must_use]
pub fn count_values(json: &str) -> usize {
    let bytes = json.as_bytes();
    let (mut count, mut at, mut in_word) = (0, 0, false);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        let is_gap = matches!(byte, b',' | b':' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        let is_start = matches!(byte, b'"' | b'[' | b'{');
        count += usize::from(is_start || !is_gap && !in_word);
        in_word = !is_gap && !is_start;
        if *byte == b'"' {
            let length = length_of_text(bytes.get(at..).unwrap_or_default());
            count += length / 64;
            at += length;
        }
    }
    count
}

/// Returns the most bytes that a text takes between the quotes of JSON.
pub(crate) fn escaped_length(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        ..0x20 => "\\u0000".len(),
        b'"' | b'\\' => 2,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
}

/// Returns the bytes up to the end of a text, with its quote.
fn length_of_text(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(length) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'"' | b'\\'))) {
        at += length + 1;
        if bytes.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Checks that JSON has no more values and names than `most`.
///
/// # Errors
/// `V305`: it has more.
pub fn check_values(json: &str, most: usize) -> Result<(), Error> {
    // A value takes a byte at least.
    if json.len() > most && count_values(json) > most {
        let why = format!("the JSON has more than {most} values and names, of which a text of 64 bytes is one more");
        return Err(Error::new(Code::MemoryLimit, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_values, count_values, escaped_length};

    #[test]
    fn escapes_count_as_they_are_written() {
        assert_eq!(escaped_length("a\"\\é\n\u{1}"), 1 + 2 + 2 + 2 + 6 + 6);
    }

    #[test]
    fn values_names_and_long_texts_count() {
        let long = format!(r#"["{}\"", 1]"#, "x".repeat(640));
        for (json, count) in [
            ("", 0),
            (" 12 ", 1),
            (r#"{"a": [1, 2.5e3,true ], "b\"]\\": {}}"#, 8),
            (r#"{"a":"b","c":null}"#, 5),
            (&long, 13),
            ("\"open", 1),
            ("\"open\\", 1),
        ] {
            assert_eq!(count_values(json), count, "{json}");
        }
        assert!(check_values("[1,2]", 3).is_ok());
        assert_eq!(check_values("[1,2,3]", 3).unwrap_err().code(), super::Code::MemoryLimit);
    }
}
