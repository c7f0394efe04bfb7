//! How long a part of a pattern can get, as Java works it out for look-behinds.

/// What Java works out about a part before it allows it in a look-behind.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// The most characters it takes, where Java finds that there is such a number.
    pub(super) most: usize,
    pub(super) bounded: bool,
    /// It matches in one way only (`TreeInfo.deterministic`).
    pub(super) single_way: bool,
    /// How many endless repetitions of one character it has: Java takes these for bounded.
    pub(super) runs: u32,
    /// It starts with such a repetition that Java takes for bounded only where nothing stands before it.
    pub(super) must_lead: bool,
}

impl Extent {
    pub(super) const NONE: Extent = Extent { most: 0, bounded: true, single_way: true, runs: 0, must_lead: false };
    pub(super) const ONE: Extent = Extent { most: 1, ..Extent::NONE };

    pub(super) fn then(self, next: Extent) -> Extent {
        Extent {
            most: self.most.saturating_add(next.most),
            bounded: self.bounded && next.bounded && !(next.must_lead && self.most > 0),
            single_way: self.single_way && next.single_way,
            runs: self.runs + next.runs,
            must_lead: self.must_lead || next.must_lead,
        }
    }

    pub(super) fn or(self, other: Extent) -> Extent {
        Extent {
            most: self.most.max(other.most),
            bounded: self.bounded && other.bounded,
            single_way: false,
            runs: self.runs + other.runs,
            must_lead: false,
        }
    }
}
