//! Reading those parts of a payload that are wanted, each straight to the place where it will be
//! looked for.
//!
//! `$input.path('$.order.customer.name')` makes one string: no object on the way is built. Of an
//! object that a template has in hands, `$o` in `#foreach($o in $input.path('$.orders'))`, the
//! members are made that it can ask for, `$o.sku`, under a [`Shape`] of their own. The next element
//! is expected to have the names of the last, wanted or not, in the same order ([`Track`]).

use super::read::{Borrowing, Reader, Stop, skip};
use super::refuse::Fault;
use super::wanted::{Kind, Member, Part, Plan};
use crate::error::Error;
use crate::value::shape::{Name, Shape, print};
use crate::value::{Arena, ListKind, MapKind, Value};

/// What was found of each part that is kept for paths.
pub(crate) type Captures<'r> = Vec<Option<Value<'r>>>;

/// Reads the parts of a text that a plan has. What is wrong with the rest is found all the same.
pub(crate) fn read_parts<'r>(arena: &'r Arena<'r>, text: &'r str, plan: &'r Plan) -> Result<Captures<'r>, Error> {
    let mut reader =
        PartReader { reader: Reader::new(arena, text)?, captures: vec![None; plan.captures], tracks: Vec::new() };
    reader.tracks.resize_with(plan.tracks, Track::default);
    reader.part(&plan.root, Stop::END)?;
    // Jayway refuses a null document; in it nothing is found.
    if let Some(root) = plan.root.capture.and_then(|capture| reader.captures.get_mut(capture)) {
        root.take_if(|root| root.is_null());
    }
    Ok(reader.captures)
}

/// What the object of a list that was read last looked like.
#[derive(Default)]
struct Track<'r> {
    /// Its names, and which of those wanted each is.
    names: Vec<(Name<'r>, Option<usize>)>,
    /// Those wanted, in its order.
    wanted: Vec<usize>,
    shape: Option<&'r Shape<'r>>,
    /// How often it was written down.
    written: u32,
    /// An object was not like it.
    stale: bool,
}

/// Objects that have nothing in common are not written down for ever.
const MOST_WRITTEN: u32 = 16;

/// So many names may be missing in an object that is like the last.
const MOST_MISSING: usize = 8;

struct PartReader<'r> {
    reader: Reader<'r, 'r, Borrowing>,
    captures: Captures<'r>,
    tracks: Vec<Track<'r>>,
}

impl<'r> PartReader<'r> {
    /// Reads as much as is wanted of the value that starts here.
    fn part(&mut self, part: &'r Part, stop: Stop) -> Result<(), Error> {
        let made = part.is_made();
        match &part.kind {
            Kind::Whole => self.reader.value(stop)?,
            Kind::Nothing => {
                skip(&mut self.reader, stop)?;
                self.reader.children.put(Value::Null);
            }
            kind => {
                self.reader.skip_space();
                match (self.reader.peek(), kind) {
                    (b'{', Kind::Members(members)) => self.object(part, members)?,
                    (b'[', Kind::Items(items)) => self.items(made, items)?,
                    (b'[', Kind::Each(each)) => self.each(each)?,
                    _ if !made => skip(&mut self.reader, stop)?,
                    // It has no such members or elements, so it may as well have none at all.
                    (b'[', Kind::Members(_)) => {
                        skip(&mut self.reader, stop)?;
                        let list = self.reader.arena.list(ListKind::Json, Vec::new())?;
                        self.reader.children.put(list);
                    }
                    (b'{', Kind::Items(_)) => {
                        skip(&mut self.reader, stop)?;
                        let map = self.reader.arena.map(MapKind::Linked)?;
                        self.reader.children.put(Value::Map(map));
                    }
                    _ => self.reader.value(stop)?,
                }
            }
        }
        if let Some(place) = part.capture.and_then(|capture| self.captures.get_mut(capture)) {
            *place = if part.held { self.reader.children.last() } else { self.reader.children.take() };
        }
        Ok(())
    }

    /// Forgets what was kept of a member, and of all in it, that is there again.
    #[cold]
    fn forget(&mut self, part: &Part) {
        if let Some(place) = part.capture.and_then(|capture| self.captures.get_mut(capture)) {
            *place = None;
        }
        match &part.kind {
            Kind::Whole | Kind::Nothing => {}
            Kind::Members(members) => members.iter().for_each(|member| self.forget(&member.part)),
            Kind::Items(items) => items.iter().for_each(|(_, part)| self.forget(part)),
            Kind::Each(each) => self.forget(each),
        }
    }

    #[inline(never)]
    fn each(&mut self, each: &'r Part) -> Result<(), Error> {
        let first = self.reader.open_list()?;
        while self.reader.is_item()? {
            self.part(each, Stop::IN_LIST)?;
        }
        self.reader.close_list(first)
    }

    #[inline(never)]
    fn items(&mut self, made: bool, items: &'r [(usize, Part)]) -> Result<(), Error> {
        let first = self.reader.open_list()?;
        let mut index = 0;
        while self.reader.is_item()? {
            match items.iter().find(|(i, _)| *i == index) {
                Some((_, part)) => self.part(part, Stop::IN_LIST)?,
                None => {
                    skip(&mut self.reader, Stop::IN_LIST)?;
                    // Those behind it keep their places.
                    if made {
                        self.reader.children.put(Value::Null);
                    }
                }
            }
            index += 1;
        }
        if made {
            return self.reader.close_list(first);
        }
        self.reader.close();
        Ok(())
    }

    #[inline(never)]
    fn object(&mut self, part: &'r Part, members: &'r [Member]) -> Result<(), Error> {
        self.reader.open()?;
        let made = part.is_made();
        let first = self.reader.children.len();
        let first_name = self.reader.children.names.len();
        // No other object is of this part while this one is read.
        let mut track = part.track.and_then(|at| self.tracks.get_mut(at)).map(std::mem::take).unwrap_or_default();
        let writes = part.track.is_some() && track.is_rewritten();
        // As long as the members are those of the track, their names are not written down.
        let mut like = (made && !writes && track.shape.is_some()).then_some(0);
        let mut ahead = 0;
        let mut seen = 0_u64;
        let mut twice = false;
        loop {
            self.reader.skip_space();
            let expected = track.names.get(ahead).filter(|_| !writes);
            let member = if let Some((name, member)) = expected
                && let Some(end) = name.end_in(self.reader.bytes, self.reader.at)
            {
                ahead += 1;
                self.reader.at = end;
                *member
            } else {
                match self.reader.peek() {
                    b',' => {
                        self.reader.at += 1;
                        continue;
                    }
                    b'}' => break,
                    b':' | b'[' | b']' | b'{' => return Err(self.reader.refuse(Fault::Character, 0)),
                    _ if !writes && let Some((skipped, member, end)) = track.later(ahead, &self.reader) => {
                        ahead += skipped + 1;
                        self.reader.at = end;
                        member
                    }
                    byte => self.name(byte, members, &mut track, writes)?,
                }
            };
            self.reader.colon()?;
            match member.and_then(|at| Some((at, members.get(at)?))) {
                None => skip(&mut self.reader, Stop::IN_OBJECT)?,
                Some((at, member)) => {
                    if seen >> at & 1 == 1 {
                        twice = true;
                        self.forget(&member.part);
                    }
                    seen |= 1 << at;
                    if made {
                        match like {
                            Some(count) if track.wanted.get(count) == Some(&at) => like = Some(count + 1),
                            _ => {
                                if let Some(count) = like.take() {
                                    let met = track.wanted.iter().take(count).filter_map(|at| members.get(*at));
                                    self.reader.children.names.extend(met.map(Member::given));
                                }
                                self.reader.children.names.push(member.given());
                            }
                        }
                    }
                    self.part(&member.part, Stop::IN_OBJECT)?;
                }
            }
            if !self.reader.is_more()? {
                break;
            }
        }
        self.reader.close();
        if made {
            let shape = match like {
                Some(count) if count == track.wanted.len() => track.shape,
                Some(count) => {
                    let met = track.wanted.iter().take(count).filter_map(|at| members.get(*at));
                    self.reader.children.names.extend(met.map(Member::given));
                    self.reader.shape(first_name)
                }
                None if twice => None,
                None => self.reader.shape(first_name),
            };
            if writes {
                track.shape = shape;
            }
            self.reader.put_object(shape, first_name, first)?;
        }
        if let Some(place) = part.track.and_then(|at| self.tracks.get_mut(at)) {
            *place = track;
        }
        Ok(())
    }

    /// Reads a name that was not expected: which member it is.
    fn name(
        &mut self,
        byte: u8,
        members: &[Member],
        track: &mut Track<'r>,
        writes: bool,
    ) -> Result<Option<usize>, Error> {
        let find = |name: &str| {
            let print = print(name.as_bytes());
            members.iter().position(|member| member.print == print && *member.name == *name)
        };
        let member = match byte {
            b'"' | b'\'' => match self.reader.plain(byte) {
                Some(name) => {
                    let member = find(name);
                    if writes && byte == b'"' {
                        track.names.push((Name::new((print(name.as_bytes()), Value::str(name))), member));
                    }
                    member
                }
                None => find(&self.reader.unescape(byte)?),
            },
            _ => find(self.reader.bare(Stop::NAME)),
        };
        if writes {
            track.wanted.extend(member);
        } else {
            track.stale = true;
        }
        Ok(member)
    }
}

impl<'r> Track<'r> {
    /// Whether the names of the object that comes are to be written down.
    fn is_rewritten(&mut self) -> bool {
        let rewritten = (self.stale || self.written == 0) && self.written < MOST_WRITTEN;
        if rewritten {
            self.names.clear();
            self.wanted.clear();
            self.shape = None;
            self.stale = false;
            self.written += 1;
        }
        rewritten
    }

    /// The name that stands here, if it is one of the next but one: how many are missing, which member it is, and
    /// where it ends.
    fn later(&self, ahead: usize, reader: &Reader<'r, 'r, Borrowing>) -> Option<(usize, Option<usize>, usize)> {
        let rest = self.names.get(ahead + 1..)?.iter().take(MOST_MISSING).enumerate();
        rest.filter_map(|(skipped, (name, member))| Some((skipped + 1, *member, name.end_in(reader.bytes, reader.at)?)))
            .next()
    }
}
