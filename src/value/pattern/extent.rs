//! The maximum match length of pattern parts, as Java computes it for look-behinds (`TreeInfo`).

/// The properties of a pattern part that decide whether Java allows it in a look-behind.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// Maximum match length in characters, if `bounded`.
    pub(super) most: usize,
    /// Java finds a maximum match length.
    pub(super) bounded: bool,
    /// The part matches in only one way (`TreeInfo.deterministic`).
    pub(super) single_way: bool,
    /// The number of unlimited repetitions of single characters, which Java considers bounded.
    pub(super) runs: u32,
    /// The part starts with a repetition that Java considers bounded only at the start of the look-behind.
    pub(super) must_lead: bool,
}

impl Extent {
    pub(super) const NONE: Extent = Extent { most: 0, bounded: true, single_way: true, runs: 0, must_lead: false };
    pub(super) const ONE: Extent = Extent { most: 1, ..Extent::NONE };

    /// Returns the extent of a sequence.
    pub(super) fn then(self, next: Extent) -> Extent {
        Extent {
            most: self.most.saturating_add(next.most),
            bounded: self.bounded && next.bounded && !(next.must_lead && self.most > 0),
            single_way: self.single_way && next.single_way,
            runs: self.runs + next.runs,
            must_lead: self.must_lead || next.must_lead,
        }
    }

    /// Returns the extent of an alternation.
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
