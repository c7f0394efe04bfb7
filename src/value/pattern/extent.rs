//! The lengths of pattern parts, as Java computes them for look-behinds (`Pattern.study`): 32 bits, with overflow.

/// The properties of a pattern part that decide whether Java allows it in a look-behind.
pub(super) struct Extent {
    lengths: Lengths,
    /// The part matches in only one way (`TreeInfo.deterministic`).
    pub(super) single_way: bool,
    /// The part matches nothing but the empty string.
    pub(super) is_empty: bool,
    /// The part has a `\R`, which counts as one way though it has two.
    pub(super) has_line_end: bool,
}

/// The lengths of a part: Java's nodes, as far as `Pattern.study` tells them apart.
enum Lengths {
    /// From so many characters to so many.
    Fixed(i32, i32),
    Sequence(Vec<Lengths>),
    /// One of several parts, or one that may be left out as a group can.
    Choice(Vec<Lengths>),
    /// An atomic group.
    Atomic(Box<Lengths>),
    /// A part that is no group and may be left out.
    Optional(Box<Lengths>),
    /// A part that is repeated; `None` for without an end.
    Repeated(Box<Lengths>, i32, Option<i32>),
    /// Greedy repetition of a class without an end, at least so often.
    Run(i32),
    /// Of no length that Java computes.
    Unknown,
}

/// Holds what Java knows of the lengths so far (`TreeInfo`).
struct Info {
    least: i32,
    most: i32,
    is_valid: bool,
    /// The greatest length without overflow.
    longest: u64,
}

impl Info {
    const START: Info = Info { least: 0, most: 0, is_valid: true, longest: 0 };

    /// Adds the lengths of a part to what is before it.
    fn after(&mut self, before: &Info) {
        self.least = self.least.wrapping_add(before.least);
        self.most = self.most.wrapping_add(before.most);
        self.is_valid &= before.is_valid;
        self.longest = self.longest.saturating_add(before.longest);
    }
}

/// The places before the end of a look-behind at which Java looks for its start.
#[derive(Debug, PartialEq)]
pub(super) enum Reach {
    /// Java finds no greatest length.
    Unknown,
    /// All at which it can start.
    All,
    /// None, as the greatest length is less than the least.
    Never,
    /// All, if so many characters are before the end; otherwise none.
    Behind(u32),
    /// So many characters before the end to so many.
    Some(usize, usize),
}

impl Extent {
    /// The extent of an assertion.
    pub(super) const NONE: Extent = Extent::of(Lengths::Fixed(0, 0), true, false);
    /// The extent of a character.
    pub(super) const ONE: Extent = Extent::fixed(1, 1);
    /// The extent of a reference to a group.
    pub(super) const UNKNOWN: Extent = Extent::of(Lengths::Unknown, false, false);
    /// The extent of `\R`.
    pub(super) const LINE_END: Extent = Extent::of(Lengths::Fixed(1, 2), false, true);

    /// Returns the extent of a part of so many characters.
    pub(super) const fn fixed(least: i32, most: i32) -> Extent {
        Extent::of(Lengths::Fixed(least, most), false, false)
    }

    /// Returns the extent of a part that matches in one way.
    const fn of(lengths: Lengths, is_empty: bool, has_line_end: bool) -> Extent {
        Extent { lengths, single_way: true, is_empty, has_line_end }
    }

    /// Returns the extent of a sequence.
    pub(super) fn then(self, next: Extent) -> Extent {
        let lengths = match (self.lengths, next.lengths) {
            (Lengths::Fixed(least, most), Lengths::Fixed(more, further)) => {
                Lengths::Fixed(least.wrapping_add(more), most.wrapping_add(further))
            }
            (Lengths::Fixed(0, 0), other) | (other, Lengths::Fixed(0, 0)) => other,
            (Lengths::Sequence(mut parts), other) => {
                match (parts.last_mut(), other) {
                    (Some(Lengths::Fixed(least, most)), Lengths::Fixed(more, further)) => {
                        *least = least.wrapping_add(more);
                        *most = most.wrapping_add(further);
                    }
                    (_, other) => parts.push(other),
                }
                Lengths::Sequence(parts)
            }
            (one, other) => Lengths::Sequence(vec![one, other]),
        };
        let single_way = self.single_way && next.single_way;
        let has_line_end = self.has_line_end || next.has_line_end;
        Extent { lengths, single_way, is_empty: self.is_empty && next.is_empty, has_line_end }
    }

    /// Returns the extent of an alternation.
    pub(super) fn any_of(parts: Vec<Extent>) -> Extent {
        let is_empty = parts.iter().all(|part| part.is_empty);
        let has_line_end = parts.iter().any(|part| part.has_line_end);
        let lengths = Lengths::Choice(parts.into_iter().map(|part| part.lengths).collect());
        Extent { lengths, single_way: false, is_empty, has_line_end }
    }

    /// Returns the extent of an atomic group.
    pub(super) fn atomic(self) -> Extent {
        Extent { lengths: Lengths::Atomic(self.lengths.into()), ..self }
    }

    /// Returns the extent of a repetition; `None` for one without an end.
    pub(super) fn repeated(self, least: u32, most: Option<u32>, repeats: Repeats) -> Extent {
        let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let single_way = self.single_way && most == Some(least);
        let lengths = match (repeats, most) {
            (Repeats::Group, Some(1)) if least == 0 => Lengths::Choice(vec![self.lengths, Lengths::Fixed(0, 0)]),
            (_, Some(1)) if least == 0 => Lengths::Optional(self.lengths.into()),
            (Repeats::Group, _) if !self.single_way => Lengths::Unknown,
            (Repeats::ClassGreedily, None) => Lengths::Run(count(least)),
            _ => Lengths::Repeated(self.lengths.into(), count(least), most.map(count)),
        };
        Extent { lengths, single_way, ..self }
    }

    /// Returns the places at which Java looks for the start of a look-behind.
    pub(super) fn reach(&self) -> Reach {
        let info = self.lengths.whole();
        match u64::try_from(info.most) {
            _ if !info.is_valid => Reach::Unknown,
            Ok(most) if most >= info.longest || most >= FURTHEST => Reach::All,
            Ok(_) if info.most < info.least => Reach::Never,
            Ok(_) => Reach::Some(info.least.unsigned_abs() as usize, info.most.unsigned_abs() as usize),
            // The end less the greatest length overflows, unless the end is close to the start of the text.
            Err(_) => match info.most.abs_diff(i32::MIN) {
                0 => Reach::All,
                behind if u64::from(behind) >= FURTHEST => Reach::Never,
                behind => Reach::Behind(behind),
            },
        }
    }
}

/// Tells parts apart whose repetitions Java studies differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// A class or character, as often as possible.
    ClassGreedily,
    /// A group that is no atomic one, and not possessively.
    Group,
    Other,
}

/// Characters that no text has.
const FURTHEST: u64 = 1 << 30;

/// Java's count of a repetition without an end.
const ENDLESS: i32 = i32::MAX;

impl Lengths {
    /// Returns what Java finds in a part that stands for itself.
    fn whole(&self) -> Info {
        let mut info = Info::START;
        self.to_end(&mut info);
        info
    }

    /// Adds a part and what is behind its alternatives.
    fn to_end(&self, info: &mut Info) {
        let mut before = Vec::new();
        self.study(info, &mut before);
        before.iter().rev().for_each(|before| info.after(before));
    }

    /// Adds a part. What follows a choice is counted from zero, and added to what is `before` it at the end.
    fn study(&self, info: &mut Info, before: &mut Vec<Info>) {
        match self {
            &Lengths::Fixed(least, most) => {
                info.least = info.least.wrapping_add(least);
                info.most = info.most.wrapping_add(most);
                info.longest = info.longest.saturating_add(u64::from(most.unsigned_abs()));
            }
            Lengths::Sequence(parts) => parts.iter().for_each(|part| part.study(info, before)),
            Lengths::Choice(parts) => {
                let mut all = Info { least: i32::MAX, most: -1, is_valid: true, longest: 0 };
                for part in parts {
                    let part = part.whole();
                    all.least = all.least.min(part.least);
                    all.most = all.most.max(part.most);
                    all.is_valid &= part.is_valid;
                    all.longest = all.longest.max(part.longest);
                }
                all.after(info);
                before.push(all);
                *info = Info::START;
            }
            Lengths::Atomic(part) => part.to_end(info),
            Lengths::Optional(part) => {
                let least = info.least;
                part.to_end(info);
                info.least = least;
            }
            Lengths::Repeated(part, least, most) => {
                let part = part.whole();
                let shortest = part.least.wrapping_mul(*least).wrapping_add(info.least);
                info.least = if shortest < info.least { 0x0FFF_FFFF } else { shortest };
                let most_of_all = part.most.wrapping_mul(most.unwrap_or(ENDLESS)).wrapping_add(info.most);
                info.is_valid &= part.is_valid && most_of_all >= info.most;
                info.most = most_of_all;
                let times = most.map_or(u64::MAX, |most| u64::from(most.unsigned_abs()));
                info.longest = info.longest.saturating_add(part.longest.saturating_mul(times));
            }
            Lengths::Run(least) => {
                info.least = info.least.wrapping_add(*least);
                if info.is_valid {
                    info.most = info.most.wrapping_add(ENDLESS);
                }
                info.longest = u64::MAX;
            }
            Lengths::Unknown => info.is_valid = false,
        }
    }
}
