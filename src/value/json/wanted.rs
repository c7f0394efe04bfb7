//! The parts of a payload that a program can ask for.
//!
//! A template whose paths are all written out reads `$.order.id` and nothing else, whatever
//! the payload holds. The rest is looked at, since a broken text is an error, but not built.
//! [`Wanted`] gathers what is asked for; [`Plan`] is the same, settled, as it is read.

use crate::value::Value;
use crate::value::shape::{Given, Key, print};

/// One step into a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Toward<'p> {
    Member(&'p str),
    Item(usize),
}

/// A part of a payload, by its number in [`Wanted`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartId(usize);

/// The parts that are asked for, the payload first.
#[derive(Debug)]
pub(crate) struct Wanted(Vec<Asked>);

/// What is asked of one part.
#[derive(Debug, Default)]
struct Asked {
    whole: bool,
    counted: bool,
    members: Vec<(Box<str>, PartId)>,
    items: Vec<(usize, PartId)>,
    /// What is asked of each element or value.
    each: Option<PartId>,
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted(vec![Asked::default()])
    }
}

/// A payload nests to 400. What a path of 50,000 names wants below that is not there, and would be
/// dropped by recursion.
const DEEPEST: usize = 400;

/// Of a part with more names all is read.
const MOST_NAMES: usize = 64;

impl Wanted {
    pub(crate) const ROOT: PartId = PartId(0);

    /// How many parts there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of a part is wanted.
    pub(crate) fn add_whole(&mut self, part: PartId) {
        self.0[part.0].whole = true;
    }

    /// It is asked how many elements or members a part has.
    pub(crate) fn add_count(&mut self, part: PartId) {
        self.0[part.0].counted = true;
    }

    /// The part that a step leads to. All that lies in a whole part is that part.
    pub(crate) fn add(&mut self, part: PartId, toward: Toward<'_>) -> PartId {
        let new = PartId(self.0.len());
        let asked = &mut self.0[part.0];
        if asked.whole {
            return part;
        }
        let known = match toward {
            Toward::Member(name) => asked.members.iter().find(|(n, _)| **n == *name).map(|(_, part)| *part),
            Toward::Item(index) => asked.items.iter().find(|(i, _)| *i == index).map(|(_, part)| *part),
        };
        if let Some(known) = known {
            return known;
        }
        match toward {
            _ if asked.members.len() + asked.items.len() >= MOST_NAMES => {
                asked.whole = true;
                return part;
            }
            Toward::Member(name) => asked.members.push((name.into(), new)),
            Toward::Item(index) => asked.items.push((index, new)),
        }
        self.0.push(Asked::default());
        new
    }

    /// The elements of a list, or the values of a map, which are all alike.
    pub(crate) fn add_each(&mut self, part: PartId) -> PartId {
        let new = PartId(self.0.len());
        let asked = &mut self.0[part.0];
        if asked.whole {
            return part;
        }
        if let Some(each) = asked.each {
            return each;
        }
        asked.each = Some(new);
        self.0.push(Asked::default());
        new
    }

    /// The part that a path leads to.
    pub(crate) fn add_path<'p>(&mut self, path: impl Iterator<Item = Option<Toward<'p>>>) -> PartId {
        let mut part = Wanted::ROOT;
        for (depth, toward) in path.enumerate() {
            match toward.filter(|_| depth < DEEPEST) {
                Some(toward) => part = self.add(part, toward),
                None => {
                    self.add_whole(part);
                    break;
                }
            }
        }
        part
    }

    /// Settles what is read.
    pub(crate) fn into_plan(mut self) -> Plan {
        Plan { root: self.settle(Wanted::ROOT), captures: 0, tracks: 0 }
    }

    fn settle(&mut self, part: PartId) -> Part {
        let asked = std::mem::take(&mut self.0[part.0]);
        let ways = [!asked.members.is_empty(), !asked.items.is_empty(), asked.each.is_some() || asked.counted];
        let kind = if asked.whole || ways.iter().filter(|way| **way).count() > 1 {
            Kind::Whole
        } else if let Some(each) = asked.each {
            Kind::Each(Box::new(self.settle(each)))
        } else if asked.counted {
            Kind::Each(Box::new(Part::new(Kind::Nothing)))
        } else if !asked.items.is_empty() {
            Kind::Items(asked.items.into_iter().map(|(index, part)| (index, self.settle(part))).collect())
        } else {
            let member = |(name, part): (Box<str>, PartId)| Member {
                print: print(name.as_bytes()),
                key: Key::new(&name),
                name,
                part: self.settle(part),
            };
            Kind::Members(asked.members.into_iter().map(member).collect())
        };
        Part::new(kind)
    }
}

/// What is read of a payload, and where it is kept.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) root: Part,
    /// How many parts are kept for paths.
    pub(super) captures: usize,
    /// How many parts are objects that likely look like the one before.
    pub(super) tracks: usize,
}

/// A part of a payload as it is read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) kind: Kind,
    /// Where its value is kept for the paths that lead to it.
    pub(super) capture: Option<usize>,
    /// Whether its value has its place in a list or object that is made.
    pub(super) held: bool,
    /// Which of the objects it is that likely look like the one before.
    pub(super) track: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Whole,
    /// These members of an object.
    Members(Vec<Member>),
    /// These elements of a list.
    Items(Vec<(usize, Part)>),
    /// As much of each element of a list.
    Each(Box<Part>),
    /// That it is there.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Box<str>,
    print: u32,
    pub(super) key: Key,
    pub(super) part: Part,
}

impl Member {
    /// Its name as one that was met.
    pub(super) fn given(&self) -> Given<'_> {
        (self.print, Value::str(&self.name))
    }
}

/// Where the value of a path is found: a part that was kept, and how many steps of the path lead there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) capture: usize,
    pub(crate) steps: usize,
    /// They are all there are: the part is what the path finds.
    pub(crate) exact: bool,
}

impl Plan {
    /// Keeps the part that a path leads to, or the whole part that holds it.
    pub(crate) fn keep<'p>(&mut self, path: impl Iterator<Item = Option<Toward<'p>>>) -> Place {
        self.root.keep(path.fuse(), 0, &mut self.captures)
    }

    /// To be called when all paths have their places.
    pub(crate) fn settle(&mut self) {
        self.root.hold(false, false, &mut self.tracks);
    }
}

impl Part {
    fn new(kind: Kind) -> Self {
        Part { kind, capture: None, held: false, track: None }
    }

    /// Whether a value is made of it.
    pub(super) fn is_made(&self) -> bool {
        self.held || self.capture.is_some()
    }

    fn keep<'p>(
        &mut self,
        mut path: impl Iterator<Item = Option<Toward<'p>>>,
        steps: usize,
        captures: &mut usize,
    ) -> Place {
        let toward = path.next();
        let exact = toward.is_none();
        let next = match (&mut self.kind, toward.flatten()) {
            (Kind::Members(members), Some(Toward::Member(name))) => {
                members.iter_mut().find(|member| *member.name == *name).map(|member| &mut member.part)
            }
            (Kind::Items(items), Some(Toward::Item(index))) => {
                items.iter_mut().find(|(i, _)| *i == index).map(|(_, part)| part)
            }
            _ => None,
        };
        if let Some(next) = next {
            return next.keep(path, steps + 1, captures);
        }
        let capture = *self.capture.get_or_insert_with(|| {
            *captures += 1;
            *captures - 1
        });
        Place { capture, steps, exact }
    }

    fn hold(&mut self, held: bool, repeated: bool, tracks: &mut usize) {
        self.held = held;
        let made = self.is_made();
        match &mut self.kind {
            Kind::Whole | Kind::Nothing => {}
            Kind::Members(members) => {
                if repeated {
                    self.track = Some(*tracks);
                    *tracks += 1;
                }
                members.iter_mut().for_each(|member| member.part.hold(made, repeated, tracks));
            }
            Kind::Items(items) => items.iter_mut().for_each(|(_, part)| part.hold(made, repeated, tracks)),
            Kind::Each(each) => each.hold(made, true, tracks),
        }
    }
}
