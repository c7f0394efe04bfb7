//! The order of the messages: the service collects them in a `java.util.HashSet` of Java 8.
//!
//! Three public answers of the service list two, two and four messages so; one of them shows an order
//! that is not that of the library (the sources are at the tests).

use super::node::text_hash;

/// Returns each text once, in the order in which a `HashSet<String>` that they were added to lists them.
pub(super) fn as_hash_set(texts: Vec<String>) -> Vec<String> {
    let mut set: Vec<(u32, String)> = Vec::with_capacity(texts.len());
    let mut seen = std::collections::HashSet::with_capacity(texts.len());
    for text in texts {
        if seen.insert(text.clone()) {
            set.push((spread(&text), text));
        }
    }
    // The table doubles when it is fuller than three quarters; chains keep the order of insertion.
    let mut size: u32 = 16;
    while set.len() as u64 * 4 > u64::from(size) * 3 && size < 1 << 30 {
        size *= 2;
    }
    set.sort_by_key(|(hash, _)| hash & (size - 1));
    set.into_iter().map(|(_, text)| text).collect()
}

/// `HashMap.hash` of Java 8: the upper half of the hash code folded into the lower.
fn spread(text: &str) -> u32 {
    let hash = text_hash(text).cast_unsigned();
    hash ^ (hash >> 16)
}
