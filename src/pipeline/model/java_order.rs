//! The order of the service's unsorted maps and sets: that of `java.util.HashMap`, Java 8.
//!
//! Every map of names that public execution logs print, from 2016 to 2025 and of up to 19 names, is in
//! this order, as are the lists of validation messages.

/// Puts items with different keys, given in the order of insertion, into the order of a `HashMap`.
pub(crate) fn sort<T>(items: &mut [T], key: impl Fn(&T) -> &str) {
    // The table doubles when it is fuller than three quarters; chains keep the order of insertion.
    let mut size: u32 = 16;
    while items.len() as u64 * 4 > u64::from(size) * 3 && size < 1 << 30 {
        size *= 2;
    }
    items.sort_by_cached_key(|item| spread(key(item)) & (size - 1));
}

/// `HashMap.hash`: the upper half of the hash code folded into the lower.
fn spread(text: &str) -> u32 {
    let hash = text_hash(text).cast_unsigned();
    hash ^ (hash >> 16)
}

/// `String.hashCode`.
pub(crate) fn text_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}
