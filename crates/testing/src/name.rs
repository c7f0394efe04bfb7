//! Names of tests in the names of files.

/// Longest name of a snapshot, in bytes; longer ones end in a digest.
const LONGEST_NAME: usize = 120;

/// Returns the name of a test in the name of a file: letters and digits in lower case, all else as `-`.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() || c == '_' => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.len() <= LONGEST_NAME && !slug.is_empty() {
        return slug.to_owned();
    }
    // FNV-1a over the whole name.
    let digest = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let end = (0..=LONGEST_NAME.min(slug.len())).rev().find(|end| slug.is_char_boundary(*end)).unwrap_or(0);
    format!("{}-{digest:016x}", &slug[..end])
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn names_are_those_of_files() {
        assert_eq!(slug("an order, with `two` lines"), "an-order-with-two-lines");
        assert_eq!(slug("Größe / 大きさ"), "größe-大きさ");
        let long = slug(&"x".repeat(500));
        assert!(long.len() < 140 && long != slug(&"x".repeat(501)));
        assert_ne!(slug("!"), slug("?"));
    }
}
