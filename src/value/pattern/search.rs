//! Iteration over all matches, and `split`.
//!
//! After an empty match Java advances by one UTF-16 unit, so `"😀".split("")` splits the surrogate pair.
//! When a match starts inside of a pair, the text is rewritten with the two surrogates as characters of their
//! own, and the search continues there.

use super::compiled::{Pattern, Purpose, texts_like};
use super::engine::Match;
use super::translate::Subject;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::text::{as_lone_surrogate, from_utf16, lone_surrogate, to_utf16};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;

/// Steps of a piece that is a text of its own.
const STEPS_PER_TEXT: usize = 8;

/// An iteration over matches: repeated `Matcher.find`.
pub(super) struct Search<'p, 't> {
    pattern: &'p Pattern,
    /// The searcher of a pattern that is plain text.
    finder: Option<Finder<'p>>,
    pub(super) text: Cow<'t, str>,
    texts: Subject,
    /// The offset of the next search; past the end when the iteration is over.
    next: usize,
    budget: &'p Budget<'p>,
    /// The last match was empty, so `\G` cannot match any more.
    after_empty: bool,
}

impl<'p, 't> Search<'p, 't> {
    pub(super) fn new(pattern: &'p Pattern, text: &'t str, budget: &'p Budget<'p>) -> Self {
        let finder = pattern.literal.as_ref().map(|literal| Finder::new(literal.as_bytes()));
        let texts = texts_like(text);
        Search { pattern, finder, text: Cow::Borrowed(text), texts, next: 0, budget, after_empty: false }
    }

    /// Returns the next match; `groups` requests its groups.
    pub(super) fn next(&mut self, groups: bool) -> Result<Option<Match>, Error> {
        if let Some(finder) = &self.finder {
            self.budget.charge(1)?;
            let at = self.text.as_bytes().get(self.next..).and_then(|rest| finder.find(rest));
            let start = self.next + at.unwrap_or(0);
            let found = at.map(|_| Match { range: start..start + finder.needle().len(), groups: Vec::new() });
            return self.advance_past(found);
        }
        if self.after_empty {
            if let Some(found) = self.find_inside_pair(groups)? {
                return Ok(Some(found));
            }
            let Some(c) = self.text.get(self.next..).and_then(|rest| rest.chars().next()) else { return Ok(None) };
            self.next += c.len_utf8();
        }
        let used = if self.after_empty && self.pattern.continues { Purpose::Later } else { Purpose::Find };
        let found = self.pattern.find(&self.text, self.texts, self.next, used, groups, self.budget)?;
        self.advance_past(found)
    }

    /// Advances past a match.
    fn advance_past(&mut self, found: Option<Match>) -> Result<Option<Match>, Error> {
        if let Some(found) = &found {
            self.after_empty = found.range.is_empty();
            self.next = found.range.end;
        }
        Ok(found)
    }

    /// Returns a match that starts inside of the surrogate pair ahead, after an empty match before it.
    fn find_inside_pair(&mut self, groups: bool) -> Result<Option<Match>, Error> {
        let next = self.text.get(self.next..).and_then(|rest| rest.chars().next());
        let Some(c) = next.filter(|&c| c > '\u{FFFF}' && as_lone_surrogate(c).is_none()) else { return Ok(None) };
        self.budget.charge_bytes(self.text.len())?;
        let mut pair = [0; 2];
        let halves: String = c.encode_utf16(&mut pair).iter().map(|&unit| lone_surrogate(unit)).collect();
        let mut apart = self.text.to_string();
        apart.replace_range(self.next..self.next + c.len_utf8(), &halves);
        let middle = self.next + halves.len() / 2;
        let used = if self.pattern.continues { Purpose::Later } else { Purpose::Find };
        match self.pattern.find(&apart, Subject::AnyText, middle, used, groups, self.budget)? {
            Some(found) if found.range.start == middle => {
                self.text = Cow::Owned(apart);
                self.advance_past(Some(found))
            }
            _ => Ok(None),
        }
    }

    /// Returns `true` if a surrogate pair of the text was split.
    pub(super) fn has_split_pair(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

/// Joins adjacent surrogates into characters.
pub(super) fn join_surrogates(text: &str) -> String {
    from_utf16(&to_utf16(text))
}

/// The pieces of a split text.
pub(crate) enum Pieces {
    /// Byte ranges of the text.
    Ranges(Vec<Range<usize>>),
    /// The pieces themselves, if an empty match split a surrogate pair.
    Texts(Vec<String>),
}

/// Splits a text as `Pattern.split` does.
pub(super) fn split(pattern: &Pattern, text: &str, limit: i32, budget: &Budget<'_>) -> Result<Pieces, Error> {
    let mut pieces = Vec::new();
    let mut start = 0;
    if pattern.is_empty() {
        return split_units(text, limit, budget);
    }
    let mut search = Search::new(pattern, text, budget);
    let most = usize::try_from(limit).ok().filter(|&most| most > 0);
    while most.is_none_or(|most| pieces.len() + 1 < most) {
        let Some(found) = search.next(false)? else { break };
        // No empty piece before an empty match at the start.
        if found.range == (0..0) {
            continue;
        }
        budget.hold(size_of::<Range<usize>>())?;
        // Taking a pair apart moves what comes after, never what was before.
        pieces.push(start..found.range.start);
        start = found.range.end;
    }
    pieces.push(start..search.text.len());
    if limit == 0 && pieces.len() > 1 {
        while pieces.last().is_some_and(Range::is_empty) {
            pieces.pop();
        }
    }
    budget.release(pieces.len() * size_of::<Range<usize>>());
    if !search.has_split_pair() {
        return Ok(Pieces::Ranges(pieces));
    }
    let texts = pieces.into_iter().map(|range| {
        budget.charge(STEPS_PER_TEXT)?;
        Ok(join_surrogates(&search.text[range]))
    });
    Ok(Pieces::Texts(texts.collect::<Result<_, Error>>()?))
}

/// Splits a text between all its units, as the empty pattern does.
fn split_units(text: &str, limit: i32, budget: &Budget<'_>) -> Result<Pieces, Error> {
    let most = usize::try_from(limit).ok().filter(|&most| most > 0).unwrap_or(usize::MAX);
    budget.make(text.len().min(most).saturating_mul(size_of::<Range<usize>>()))?;
    budget.release(text.len().min(most).saturating_mul(size_of::<Range<usize>>()));
    let is_pair = |c: char| c > '\u{FFFF}' && as_lone_surrogate(c).is_none();
    if text.is_ascii() || !text.chars().any(is_pair) {
        let mut pieces = Vec::new();
        for (at, c) in text.char_indices() {
            if pieces.len() + 1 >= most {
                pieces.push(at..text.len());
                return Ok(Pieces::Ranges(pieces));
            }
            pieces.push(at..at + c.len_utf8());
        }
        if limit != 0 || text.is_empty() {
            pieces.push(text.len()..text.len());
        }
        return Ok(Pieces::Ranges(pieces));
    }
    let units = to_utf16(text);
    let mut pieces = Vec::new();
    budget.make(units.len().min(most).saturating_mul(64))?;
    budget.release(units.len().min(most).saturating_mul(64));
    for at in 0..units.len() {
        budget.charge(STEPS_PER_TEXT)?;
        if pieces.len() + 1 >= most {
            pieces.push(from_utf16(&units[at..]));
            return Ok(Pieces::Texts(pieces));
        }
        pieces.push(from_utf16(&units[at..=at]));
    }
    if limit != 0 {
        pieces.push(String::new());
    }
    Ok(Pieces::Texts(pieces))
}
