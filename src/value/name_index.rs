//! Places of names in a list, found by a hash once the list is long.

use std::hash::{BuildHasher, Hasher};

/// The number of names up to which a list is searched from the front.
const MAX_LINEAR: usize = 24;

/// The places of distinct names in a list that keeps the names itself. With `FOLD`, names that differ only in
/// the case of ASCII letters are one.
#[derive(Clone, Default)]
pub(crate) struct NameIndex<const FOLD: bool> {
    /// `None` while the list is short.
    places: Option<Box<Places>>,
}

#[derive(Clone, Default)]
struct Places {
    table: hashbrown::HashTable<u32>,
    state: foldhash::fast::RandomState,
}

impl<const FOLD: bool> NameIndex<FOLD> {
    pub(crate) const fn new() -> Self {
        NameIndex { places: None }
    }

    /// Returns the place of a name among the first `count` of a list, the first one of several.
    pub(crate) fn position<'n>(&self, name: &str, count: usize, at: impl Fn(usize) -> &'n str) -> Option<usize> {
        let Some(places) = &self.places else {
            return (0..count).find(|place| same::<FOLD>(at(*place), name));
        };
        let is = |place: &u32| same::<FOLD>(at(*place as usize), name);
        places.table.find(hash::<FOLD>(&places.state, name), is).map(|place| *place as usize)
    }

    /// Records the last of `count` names, which is a new one.
    pub(crate) fn add<'n>(&mut self, count: usize, at: impl Fn(usize) -> &'n str) {
        if count <= MAX_LINEAR && self.places.is_none() {
            return;
        }
        let first = if self.places.is_none() { 0 } else { count - 1 };
        let places = self.places.get_or_insert_default();
        for place in first..count {
            places.insert::<FOLD>(place, &at);
        }
    }

    /// Forgets all places.
    pub(crate) fn clear(&mut self) {
        self.places = None;
    }

    /// Forgets a name, whose entries stood at the places `removed`, in order, and moves what is behind them.
    ///
    /// No other name is hashed.
    pub(crate) fn remove(&mut self, name: &str, removed: &[usize]) {
        let (Some(places), Some(first)) = (&mut self.places, removed.first()) else { return };
        let name_hash = hash::<FOLD>(&places.state, name);
        if let Ok(found) = places.table.find_entry(name_hash, |place| *place as usize == *first) {
            found.remove();
        }
        for place in places.table.iter_mut() {
            let before = match removed {
                [one] => usize::from(*one < *place as usize),
                several => several.partition_point(|at| *at < *place as usize),
            };
            *place -= u32::try_from(before).unwrap_or_default();
        }
    }
}

impl Places {
    fn insert<'n, const FOLD: bool>(&mut self, place: usize, at: &impl Fn(usize) -> &'n str) {
        let (name, state) = (at(place), &self.state);
        let name_hash = hash::<FOLD>(state, name);
        // Of two equal names the first one stays: a list may hold a name several times.
        if self.table.find(name_hash, |other| same::<FOLD>(at(*other as usize), name)).is_none() {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            self.table.insert_unique(name_hash, place, |other| hash::<FOLD>(state, at(*other as usize)));
        }
    }
}

fn hash<const FOLD: bool>(state: &foldhash::fast::RandomState, name: &str) -> u64 {
    let mut hasher = state.build_hasher();
    if FOLD && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        hasher.write(name.to_ascii_lowercase().as_bytes());
    } else {
        hasher.write(name.as_bytes());
    }
    hasher.finish()
}

fn same<const FOLD: bool>(one: &str, other: &str) -> bool {
    if FOLD { one.eq_ignore_ascii_case(other) } else { one == other }
}

#[cfg(test)]
mod tests {
    use super::NameIndex;

    #[test]
    fn names_are_found_in_short_and_long_lists() {
        let names: Vec<String> = (0..200).map(|i| format!("Name-{i}")).collect();
        let at = |place: usize| names[place].as_str();
        let (mut exact, mut folded) = (NameIndex::<false>::default(), NameIndex::<true>::default());
        for count in 1..=names.len() {
            exact.add(count, at);
            folded.add(count, at);
            for (place, name) in names.iter().enumerate() {
                let found = (place < count).then_some(place);
                assert_eq!(exact.position(name, count, at), found);
                assert_eq!(folded.position(&name.to_uppercase(), count, at), found);
                assert_eq!(exact.position(&name.to_uppercase(), count, at), None);
            }
        }
        exact.clear();
        assert_eq!(exact.position("Name-7", names.len(), at), Some(7));
    }

    #[test]
    fn places_move_when_a_name_is_removed() {
        let mut names: Vec<String> = (0..40).map(|i| format!("Name-{}", i % 30)).collect();
        let mut index = NameIndex::<true>::default();
        (1..=names.len()).for_each(|count| index.add(count, |at| names[at].as_str()));
        // The list becomes short, and long again.
        for gone in [3, 29, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
            let name = format!("Name-{gone}");
            let places: Vec<usize> = (0..names.len()).filter(|at| names[*at] == name).collect();
            index.remove(&name.to_uppercase(), &places);
            names.retain(|other| *other != name);
            names.push(format!("More-{gone}"));
            index.add(names.len(), |at| names[at].as_str());
            for name in names.iter().chain([&name]) {
                let expected = names.iter().position(|other| other == name);
                assert_eq!(index.position(name, names.len(), |at| names[at].as_str()), expected, "{name}");
            }
        }
    }
}
