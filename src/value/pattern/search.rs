//! The loop over all matches, and `split`.
//!
//! Java goes on after an empty match by one UTF-16 unit, so `"😀".split("")` takes the
//! pair apart. When that happens the text is rewritten with the halves of that
//! one pair as characters of their own, and the search goes on there.

use super::translate::For;
use super::{Pattern, Pieces, Use, texts_like, too_hard};
use crate::error::Error;
use crate::value::text::{as_lone_surrogate, from_utf16, lone_surrogate, to_utf16};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;

/// `Matcher.find`, again and again.
pub(super) struct Search<'p, 't> {
    pattern: &'p Pattern,
    /// Finds a pattern that is plain text.
    finder: Option<Finder<'p>>,
    pub(super) text: Cow<'t, str>,
    texts: For,
    /// Where the next search starts; past the end when it is over.
    next: usize,
    /// The last match was empty: what continues it cannot match any more.
    after_empty: bool,
}

/// A match: where it is, and its groups if they were asked for.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) groups: Vec<Option<Range<usize>>>,
}

impl<'p, 't> Search<'p, 't> {
    pub(super) fn new(pattern: &'p Pattern, text: &'t str) -> Self {
        let finder = pattern.literal.as_ref().map(|literal| Finder::new(literal.as_bytes()));
        Search { pattern, finder, text: Cow::Borrowed(text), texts: texts_like(text), next: 0, after_empty: false }
    }

    pub(super) fn next(&mut self, groups: bool) -> Result<Option<Found>, Error> {
        if let Some(finder) = &self.finder {
            let at = self.text.as_bytes().get(self.next..).and_then(|rest| finder.find(rest));
            let start = self.next + at.unwrap_or(0);
            let found = at.map(|_| Found { range: start..start + finder.needle().len(), groups: Vec::new() });
            return self.take(found);
        }
        if self.after_empty {
            if let Some(found) = self.between_halves(groups)? {
                return Ok(Some(found));
            }
            let Some(c) = self.text.get(self.next..).and_then(|rest| rest.chars().next()) else { return Ok(None) };
            self.next += c.len_utf8();
        }
        let used = if self.after_empty && self.pattern.continues { Use::Later } else { Use::Find };
        let found = find(self.pattern, &self.text, self.texts, self.next, used, groups)?;
        self.take(found)
    }

    fn take(&mut self, found: Option<Found>) -> Result<Option<Found>, Error> {
        if let Some(found) = &found {
            self.after_empty = found.range.is_empty();
            self.next = found.range.end;
        }
        Ok(found)
    }

    /// After an empty match before a surrogate pair: a match that starts inside of it.
    fn between_halves(&mut self, groups: bool) -> Result<Option<Found>, Error> {
        let next = self.text.get(self.next..).and_then(|rest| rest.chars().next());
        let Some(c) = next.filter(|&c| c > '\u{FFFF}' && as_lone_surrogate(c).is_none()) else { return Ok(None) };
        let mut pair = [0; 2];
        let halves: String = c.encode_utf16(&mut pair).iter().map(|&unit| lone_surrogate(unit)).collect();
        let mut apart = self.text.to_string();
        apart.replace_range(self.next..self.next + c.len_utf8(), &halves);
        let middle = self.next + halves.len() / 2;
        let used = if self.pattern.continues { Use::Later } else { Use::Find };
        match find(self.pattern, &apart, For::AnyText, middle, used, groups)? {
            Some(found) if found.range.start == middle => {
                self.text = Cow::Owned(apart);
                self.take(Some(found))
            }
            _ => Ok(None),
        }
    }

    /// Whether the text is no longer the one that was given.
    pub(super) fn taken_apart(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }
}

fn find(
    pattern: &Pattern,
    text: &str,
    texts: For,
    from: usize,
    used: Use,
    groups: bool,
) -> Result<Option<Found>, Error> {
    let engine = pattern.engine(texts, used)?;
    if !groups {
        let found = engine.find_from_pos(text, from).map_err(too_hard)?;
        return Ok(found.map(|found| Found { range: found.range(), groups: Vec::new() }));
    }
    let Some(captures) = engine.captures_from_pos(text, from).map_err(too_hard)? else { return Ok(None) };
    let Some(whole) = captures.get(0) else { return Ok(None) };
    let groups = (0..=pattern.groups).map(|group| captures.get(group).map(|found| found.range())).collect();
    Ok(Some(Found { range: whole.range(), groups }))
}

/// Halves that stand side by side again are one character.
pub(super) fn joined(text: &str) -> String {
    from_utf16(&to_utf16(text))
}

pub(super) fn split(pattern: &Pattern, text: &str, limit: i32) -> Result<Pieces, Error> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut search = Search::new(pattern, text);
    let most = usize::try_from(limit).ok().filter(|&most| most > 0);
    while most.is_none_or(|most| pieces.len() + 1 < most) {
        let Some(found) = search.next(false)? else { break };
        // No empty piece before an empty match at the start.
        if found.range == (0..0) {
            continue;
        }
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
    if !search.taken_apart() {
        return Ok(Pieces::Ranges(pieces));
    }
    Ok(Pieces::Texts(pieces.into_iter().map(|range| joined(&search.text[range])).collect()))
}
