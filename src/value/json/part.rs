//! Reading those parts of a payload that are wanted, each straight to the place where it will be
//! looked for.
//!
//! `$input.path('$.order.customer.name')` makes one string: no object on the way is built. Of an
//! object that a template has in hands, `$o` in `#foreach($o in $input.path('$.orders'))`, the
//! members are made that it can ask for, `$o.sku`, under a [`Shape`] of their own. The next element
//! is expected to have the names of the last, wanted or not, in the same order ([`Track`]).

use super::read::{Borrowing, END, Reader, Stop};
use super::scan;
use super::wanted::{Kind, Member, Part, Plan};
use crate::error::Error;
use crate::value::shape::{Key, Name, Shape, print};
use crate::value::{Arena, ListKind, MapKind, Value};
use std::rc::Rc;

/// What was found of each part that is kept for paths.
pub(crate) type Captures<'r> = Vec<Option<Value<'r>>>;

/// Reads the parts of a text that a plan has. What is wrong with the rest is found all the same.
pub(crate) fn read_parts<'r>(arena: &'r Arena<'r>, text: &'r str, plan: &'r Plan) -> Result<Captures<'r>, Error> {
    let mut reader =
        PartReader { reader: Reader::new(arena, text)?, captures: vec![None; plan.captures], tracks: Vec::new() };
    reader.reader.marked = memchr::memchr(END, text.as_bytes()).is_some();
    reader.tracks.resize_with(plan.tracks, Tracked::default);
    reader.part(&plan.root, Stop::END)?;
    // Jayway refuses a null document; in it nothing is found.
    if let Some(root) = plan.root.capture.and_then(|capture| reader.captures.get_mut(capture)) {
        root.take_if(|root| root.is_null());
    }
    Ok(reader.captures)
}

/// What an object of a list looked like.
#[derive(Default)]
struct Track<'r> {
    /// Its names, and what is behind each.
    names: Vec<(Name<'r>, Behind<'r>)>,
    /// Those wanted, in its order, and the shape that they are.
    wanted: Vec<usize>,
    shape: Option<&'r Shape<'r>>,
}

/// What is behind a name.
#[derive(Clone, Copy)]
enum Behind<'r> {
    Nothing,
    /// One of those wanted, all of it.
    Whole(usize, &'r Part),
    Part(usize, &'r Part),
}

impl<'r> Behind<'r> {
    fn of(at: usize, member: &'r Member) -> Self {
        match member.part.kind {
            Kind::Whole if member.part.capture.is_none() => Behind::Whole(at, &member.part),
            _ => Behind::Part(at, &member.part),
        }
    }

    /// Which of those wanted it is.
    fn wanted(self) -> Option<usize> {
        match self {
            Behind::Nothing => None,
            Behind::Whole(at, _) | Behind::Part(at, _) => Some(at),
        }
    }
}

/// The track of a part, once there is one.
#[derive(Default)]
struct Tracked<'r> {
    track: Option<Rc<Track<'r>>>,
    /// How many objects were written down.
    written: u32,
    /// An object was not like the track.
    stale: bool,
}

impl<'r> Tracked<'r> {
    /// Whether the object that comes is to be written down.
    fn is_rewritten(&mut self) -> bool {
        let rewritten = self.usable().is_none() && self.written < MOST_WRITTEN;
        if rewritten {
            self.stale = false;
            self.written += 1;
        }
        rewritten
    }

    /// The track, unless it is to be written anew.
    fn usable(&self) -> Option<Rc<Track<'r>>> {
        self.track.clone().filter(|_| !self.stale || self.written >= MOST_WRITTEN)
    }
}

/// Objects that have nothing in common are not written down for ever.
const MOST_WRITTEN: u32 = 16;

/// So many names may be missing in an object that is like the last.
const MOST_MISSING: usize = 8;

struct PartReader<'r> {
    reader: Reader<'r, 'r, Borrowing>,
    captures: Captures<'r>,
    tracks: Vec<Tracked<'r>>,
}

/// An object that is not, or not to its end, as the track has it.
#[derive(Default)]
struct Open<'r> {
    track: Option<Rc<Track<'r>>>,
    /// The name of the track that is expected next.
    ahead: usize,
    /// How many of those wanted were met in the order of the track, before any other.
    like: Option<usize>,
    /// Which of those wanted were met, a bit each.
    seen: u64,
    twice: bool,
    /// A name was not expected.
    stale: bool,
    /// Its names, where they are written down.
    writes: Option<Track<'r>>,
}

impl<'r> PartReader<'r> {
    /// Reads as much as is wanted of the value that starts here.
    fn part(&mut self, part: &'r Part, stop: Stop) -> Result<(), Error> {
        let made = part.is_made();
        match &part.kind {
            Kind::Whole => self.reader.value(stop)?,
            Kind::Nothing => {
                self.reader.skip(stop)?;
                self.reader.children.put(Value::Null);
            }
            kind => {
                self.reader.skip_space();
                match (self.reader.peek(), kind) {
                    (b'{', Kind::Members(members)) => self.object(part, members)?,
                    (b'[', Kind::Items(items)) => self.items(made, items)?,
                    (b'[', Kind::Each(each)) => self.each(each)?,
                    _ if !made => self.reader.skip(stop)?,
                    // It has no such members or elements, so it may as well have none at all.
                    (b'[', Kind::Members(_)) => {
                        self.reader.skip(stop)?;
                        let list = self.reader.arena.list(ListKind::Json, Vec::new())?;
                        self.reader.children.put(list);
                    }
                    (b'{', Kind::Items(_)) => {
                        self.reader.skip(stop)?;
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

    /// The same for one of many, nearly always an object.
    #[inline(always)]
    fn element(&mut self, part: &'r Part, stop: Stop) -> Result<(), Error> {
        if let (Kind::Members(members), None) = (&part.kind, part.capture) {
            self.reader.skip_space();
            if self.reader.peek() == b'{' {
                return self.object(part, members);
            }
        }
        self.part(part, stop)
    }

    #[inline(never)]
    fn each(&mut self, each: &'r Part) -> Result<(), Error> {
        let first = self.reader.open_list()?;
        while self.reader.is_item()? {
            self.element(each, Stop::IN_LIST)?;
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
                    self.reader.skip(Stop::IN_LIST)?;
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
        let first = self.reader.children.len();
        let Some(at) = part.track else { return self.once(part.is_made(), members, first) };
        let mut ahead = 0;
        let track = self.tracks.get(at).and_then(Tracked::usable);
        if let Some(track) = &track
            && let Some(shape) = track.shape
            && self.follow(track, &mut ahead)?
        {
            self.reader.close();
            return self.reader.put_object(Some(shape), 0, first);
        }
        self.others(part, members, first, track.map(|track| (track, ahead)))
    }

    /// Reads an object that is the only one of its part.
    fn once(&mut self, made: bool, members: &'r [Member], first: usize) -> Result<(), Error> {
        let first_name = self.reader.children.names.len();
        let mut seen = 0_u64;
        let mut twice = false;
        while let Some(byte) = self.reader.start_of_name()? {
            let member = self.member(byte, members)?;
            match member.and_then(|at| Some((at, members.get(at)?))) {
                None => match self.quick::<false>(self.reader.at) {
                    Some(end) => self.reader.at = end,
                    None => self.reader.skip(Stop::IN_OBJECT)?,
                },
                Some((at, member)) => {
                    if seen >> at & 1 == 1 {
                        twice = true;
                        self.forget(&member.part);
                    }
                    seen |= 1 << at;
                    if made {
                        self.reader.children.names.push(member.given());
                    }
                    self.part(&member.part, Stop::IN_OBJECT)?;
                }
            }
            if !self.reader.is_more()? {
                break;
            }
        }
        self.reader.close();
        if !made {
            return Ok(());
        }
        let shape = if twice { None } else { self.reader.shape(first_name) };
        self.reader.put_object(shape, first_name, first)
    }

    /// Reads a name with its colon: which of those wanted it is.
    #[inline(always)]
    fn member(&mut self, byte: u8, members: &[Member]) -> Result<Option<usize>, Error> {
        let (bytes, at) = (self.reader.bytes, self.reader.at);
        if let Some(word) = Key::word(bytes, at) {
            for (member, found) in members.iter().enumerate() {
                if found.key.starts(word)
                    && let Some(behind) = found.key.behind(|| &found.name, bytes, at)
                {
                    self.reader.at = behind;
                    return Ok(Some(member));
                }
            }
            if let Some(end) = scan::end_of_plain(bytes, at + 1)
                && bytes.get(end) == Some(&b':')
                && end + 1 < bytes.len()
            {
                self.reader.at = end + 1;
                return Ok(None);
            }
        }
        self.name(byte, members)
    }

    /// The same for a name that is not written as they are.
    fn name(&mut self, byte: u8, members: &[Member]) -> Result<Option<usize>, Error> {
        let position = |name: &str| members.iter().position(|member| *member.name == *name);
        let member = match byte {
            b'"' | b'\'' => match self.reader.plain(byte) {
                Some(name) => position(name),
                None => position(&self.reader.unescape(byte)?),
            },
            _ => position(self.reader.bare(Stop::NAME)),
        };
        self.reader.colon()?;
        Ok(member)
    }

    /// Reads members as long as they are those of the track. True: they were, and the object has ended.
    #[inline(always)]
    fn follow(&mut self, track: &Track<'r>, ahead: &mut usize) -> Result<bool, Error> {
        let bytes = self.reader.bytes;
        let mut at = self.reader.at;
        for (name, behind) in &track.names {
            at = match name.behind(bytes, at) {
                Some(behind) => behind,
                None => {
                    self.reader.at = at;
                    self.reader.skip_space();
                    match name.behind_spaced(bytes, self.reader.at) {
                        Some(behind) => behind,
                        None => return Ok(false),
                    }
                }
            };
            *ahead += 1;
            let quick = match behind {
                Behind::Nothing => self.quick::<false>(at),
                Behind::Whole(..) => self.quick::<true>(at),
                Behind::Part(..) => None,
            };
            at = match quick {
                Some(end) => end,
                None => {
                    self.reader.at = at;
                    match behind {
                        Behind::Nothing => self.reader.skip(Stop::IN_OBJECT)?,
                        Behind::Whole(..) => self.reader.value(Stop::IN_OBJECT)?,
                        Behind::Part(_, part) => self.element(part, Stop::IN_OBJECT)?,
                    }
                    self.reader.at
                }
            };
            if bytes.get(at) == Some(&b',') {
                at += 1;
                continue;
            }
            self.reader.at = at;
            if !self.reader.is_more()? {
                return Ok(*ahead == track.names.len());
            }
            at = self.reader.at;
        }
        self.reader.at = at;
        Ok(false)
    }

    /// Reads the value at a place, or passes over it, if it is a plain string or a small number, as most are; gives
    /// its end.
    #[inline(always)]
    fn quick<const MAKE: bool>(&mut self, at: usize) -> Option<usize> {
        let reader = &mut self.reader;
        let first = *reader.bytes.get(at)?;
        if first == b'"' {
            let end = scan::end_of_plain(reader.bytes, at + 1)?;
            if MAKE {
                let text = reader.text.get(at + 1..)?.get(..end - at - 2)?;
                reader.children.put(Value::str(text));
            }
            return Some(end);
        }
        if !first.is_ascii_digit() {
            return None;
        }
        let (int, end, next) = scan::small_integer(reader.bytes, at)?;
        if !Stop::IN_OBJECT.holds(next) {
            return None;
        }
        if MAKE {
            reader.children.put(Value::Int(int));
        }
        Some(end)
    }

    /// Reads the members of an object, but for those that were on the track.
    #[inline(never)]
    fn others(
        &mut self,
        part: &'r Part,
        members: &'r [Member],
        first: usize,
        track: Option<(Rc<Track<'r>>, usize)>,
    ) -> Result<(), Error> {
        let made = part.is_made();
        let first_name = self.reader.children.names.len();
        let mut open = Open::new(track);
        if part.track.and_then(|at| self.tracks.get_mut(at)).is_some_and(Tracked::is_rewritten) {
            open.writes = Some(Track::default());
        }
        while let Some(byte) = self.reader.start_of_name()? {
            let behind = self.behind(byte, members, &mut open)?;
            match behind {
                Behind::Nothing => self.reader.skip(Stop::IN_OBJECT)?,
                Behind::Whole(at, part) | Behind::Part(at, part) => {
                    if open.seen >> at & 1 == 1 {
                        open.twice = true;
                        self.forget(part);
                    }
                    open.seen |= 1 << at;
                    if made && !open.is_like(at) {
                        self.write_down(members, &mut open);
                        self.reader.children.names.extend(members.get(at).map(Member::given));
                    }
                    self.part(part, Stop::IN_OBJECT)?;
                }
            }
            if !self.reader.is_more()? {
                break;
            }
        }
        self.reader.close();
        let mut shape = None;
        if made {
            if open.is_complete() {
                shape = open.track.as_ref().and_then(|track| track.shape);
            } else {
                self.write_down(members, &mut open);
                shape = if open.twice { None } else { self.reader.shape(first_name) };
            }
            self.reader.put_object(shape, first_name, first)?;
        }
        if let Some(tracked) = part.track.and_then(|at| self.tracks.get_mut(at)) {
            match open.writes {
                Some(track) => tracked.track = Some(Rc::new(Track { shape, ..track })),
                None => tracked.stale |= open.stale,
            }
        }
        Ok(())
    }

    /// Writes down the names of the members that were like the track so far.
    fn write_down(&mut self, members: &'r [Member], open: &mut Open<'r>) {
        if let (Some(track), Some(count)) = (&open.track, open.like.take()) {
            let met = track.wanted.iter().take(count).filter_map(|at| members.get(*at));
            self.reader.children.names.extend(met.map(Member::given));
        }
    }

    /// Reads the name that starts here, with its colon, and gives what is behind it.
    fn behind(&mut self, byte: u8, members: &'r [Member], open: &mut Open<'r>) -> Result<Behind<'r>, Error> {
        let reader = &mut self.reader;
        if let Some((behind, end)) = open.later(reader) {
            reader.at = end;
            return Ok(behind);
        }
        open.stale = true;
        let start = reader.at;
        let member = self.member(byte, members)?;
        let behind = member.and_then(|at| Some(Behind::of(at, members.get(at)?))).unwrap_or(Behind::Nothing);
        if let Some(writes) = &mut open.writes {
            writes.wanted.extend(member);
            // One that is written in another way is read anew wherever it is met.
            if let Some(name) = self.reader.plain_name(start) {
                writes.names.push((Name::new((print(name.as_bytes()), Value::str(name))), behind));
            }
        }
        Ok(behind)
    }
}

impl<'r> Open<'r> {
    /// Goes on where the track was left.
    fn new(track: Option<(Rc<Track<'r>>, usize)>) -> Self {
        let mut open = Open::default();
        if let Some((track, ahead)) = track {
            let met = || track.names.iter().take(ahead).filter_map(|(_, behind)| behind.wanted());
            open.seen = met().fold(0, |seen, at| seen | 1 << at);
            open.like = track.shape.map(|_| met().count());
            open.ahead = ahead;
            open.track = Some(track);
        }
        open
    }

    /// What is behind the name that stands here, if it is one of the next in the track, and where that starts.
    fn later(&mut self, reader: &Reader<'r, 'r, Borrowing>) -> Option<(Behind<'r>, usize)> {
        let next = self.track.as_ref()?.names.get(self.ahead..)?.iter().take(MOST_MISSING).enumerate();
        for (missing, (name, behind)) in next {
            if let Some(end) = name.behind_spaced(reader.bytes, reader.at) {
                self.ahead += missing + 1;
                return Some((*behind, end));
            }
        }
        None
    }

    /// Whether a member is the next of those wanted in the track, as all before it were.
    fn is_like(&mut self, at: usize) -> bool {
        let (Some(track), Some(count)) = (&self.track, self.like) else { return false };
        let like = track.wanted.get(count) == Some(&at);
        if like {
            self.like = Some(count + 1);
        }
        like
    }

    /// Whether all of those wanted in the track were met, and no other.
    fn is_complete(&self) -> bool {
        self.track.as_ref().is_some_and(|track| self.like == Some(track.wanted.len()))
    }
}
