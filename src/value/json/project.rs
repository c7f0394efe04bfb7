//! The projecting reader: parses a payload and builds only what a [`ReadPlan`] selects.
//!
//! `$input.path('$.order.customer.name')` builds one string: the objects on the way are never
//! built. For an object that a template holds, such as `$o` in
//! `#foreach($o in $input.path('$.orders'))`, only the members that it accesses (`$o.sku`) are
//! built, under a [`Shape`] of their own (projection pushdown).
//!
//! Objects in a list mostly repeat the keys of the previous object in the same order, so the reader
//! predicts them: a [`KeySequence`] records the keys of one object and what to do with each value,
//! and the next object is compared with it key by key without tokenizing ([`KeyPredictor`]). A key
//! that was not predicted is read the general way; an object that does not fit retrains the
//! predictor, up to a limit.

use super::cursor::{END, Reader, Stop};
use super::plan::{PlanNode, PlannedMember, Projection, ReadPlan};
use super::token::Expected;
use super::{scan, token};
use crate::error::Error;
use crate::value::shape::{KeyPattern, Shape, ShapeKey, fingerprint};
use crate::value::{Arena, ListKind, MapKind, Value};
use std::rc::Rc;

/// The captured values of a payload, by slot; `None` where the payload has no such value.
pub(crate) type Captures<'r> = Vec<Option<Value<'r>>>;

/// Reads a payload and returns the values that a plan captures. The whole text is validated.
pub(crate) fn read_projected<'r>(
    arena: &'r Arena<'r>,
    text: &'r str,
    plan: &'r ReadPlan,
) -> Result<Captures<'r>, Error> {
    let mut reader = ProjectingReader {
        reader: Reader::new(arena, text)?,
        captures: vec![None; plan.captures as usize],
        predictors: Vec::new(),
    };
    reader.reader.has_end_mark = memchr::memchr(END, text.as_bytes()).is_some();
    reader.predictors.resize_with(plan.predictors as usize, KeyPredictor::default);
    reader.value(&plan.root, Stop::END)?;
    // Jayway refuses a null document; in it nothing is found.
    if let Some(root) = plan.root.capture.and_then(|slot| reader.captures.get_mut(slot as usize)) {
        root.take_if(|root| root.is_null());
    }
    Ok(reader.captures)
}

/// The keys of one object in order: the prediction for the next object of the same list.
#[derive(Default)]
struct KeySequence<'r> {
    keys: Vec<PredictedKey<'r>>,
    /// The planned members that the object has, by index, in the order of the object.
    selected: Vec<usize>,
    /// The shape of the planned members; `None` if a key occurs twice or nothing is built.
    shape: Option<&'r Shape<'r>>,
}

/// A key that is expected after another.
struct PredictedKey<'r> {
    key: ShapeKey<'r>,
    /// The key as it is written without white space, from the bracket or comma before it to its colon.
    expected: Expected,
    length: usize,
    /// The action for its value.
    action: KeyAction<'r>,
}

impl<'r> PredictedKey<'r> {
    /// Creates the key that has this name, the first of its object if `is_first`.
    fn new(name: &'r str, is_first: bool, action: KeyAction<'r>) -> Self {
        let before = if is_first { b"{\"" } else { b",\"" };
        PredictedKey {
            key: ShapeKey::new((fingerprint(name.as_bytes()), Value::str(name))),
            expected: Expected::new(before.iter().copied().chain(name.bytes()).chain(*b"\":")),
            length: name.len() + 4,
            action,
        }
    }

    /// Returns the offset just past the colon if the bracket or comma and this key are at `at`.
    #[inline(always)]
    fn match_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let same = self.expected.is_at(token::window(bytes, at)?)
            && (self.length <= 16 || self.key.match_at(bytes, at + 1).is_some());
        same.then_some(at + self.length)
    }
}

/// The action for the value of a key. The index is that of the planned member.
#[derive(Clone, Copy)]
enum KeyAction<'r> {
    Skip,
    /// Build the whole value; it has no capture slot.
    ReadWhole(usize, &'r PlanNode),
    /// Read by the plan of the member.
    Project(usize, &'r PlanNode),
}

impl<'r> KeyAction<'r> {
    fn new(index: usize, member: &'r PlannedMember) -> Self {
        match member.node.projection {
            Projection::Whole if member.node.capture.is_none() => KeyAction::ReadWhole(index, &member.node),
            _ => KeyAction::Project(index, &member.node),
        }
    }

    /// Returns the index of the planned member, or `None` if the value is skipped.
    fn member(self) -> Option<usize> {
        match self {
            KeyAction::Skip => None,
            KeyAction::ReadWhole(index, _) | KeyAction::Project(index, _) => Some(index),
        }
    }
}

/// The key predictor of one plan node: the last recorded key sequence.
#[derive(Default)]
struct KeyPredictor<'r> {
    sequence: Option<Rc<KeySequence<'r>>>,
    /// The number of recorded objects.
    trainings: u32,
    /// An object had a key that was not predicted.
    stale: bool,
}

impl<'r> KeyPredictor<'r> {
    /// Returns `true` if the next object is to be recorded, and counts it.
    fn starts_training(&mut self) -> bool {
        let training = self.prediction().is_none() && self.trainings < MAX_TRAININGS;
        if training {
            self.stale = false;
            self.trainings += 1;
        }
        training
    }

    /// Returns the predicted keys, or `None` if the predictor must be trained first.
    fn prediction(&self) -> Option<Rc<KeySequence<'r>>> {
        self.sequence.clone().filter(|_| !self.stale || self.trainings >= MAX_TRAININGS)
    }
}

/// Maximum number of recorded objects per plan node: lists of unlike objects stop training.
const MAX_TRAININGS: u32 = 16;

/// Maximum number of predicted keys that may be absent before the key that follows.
const LOOKAHEAD: usize = 8;

struct ProjectingReader<'r> {
    reader: Reader<'r>,
    captures: Captures<'r>,
    predictors: Vec<KeyPredictor<'r>>,
}

/// The state of an object that departed from its prediction, or has none.
#[derive(Default)]
struct ObjectState<'r> {
    prediction: Option<Rc<KeySequence<'r>>>,
    /// The index of the predicted key that is expected next.
    next_key: usize,
    /// The number of planned members read so far, as long as they are a prefix of the prediction;
    /// `None` after the first that is not.
    shape_prefix: Option<usize>,
    /// The set of planned members read so far, one bit each.
    seen: u64,
    has_duplicate: bool,
    mispredicted: bool,
    /// The keys of this object, if it trains the predictor.
    recording: Option<KeySequence<'r>>,
}

impl<'r> ProjectingReader<'r> {
    /// Reads the value at the cursor by its plan.
    fn value(&mut self, node: &'r PlanNode, stop: Stop) -> Result<(), Error> {
        let built = node.is_built();
        match &node.projection {
            Projection::Whole => self.reader.value(stop)?,
            Projection::Existence => {
                self.reader.skip(stop)?;
                self.reader.children.put(Value::Null);
            }
            projection => {
                self.reader.skip_space();
                match (self.reader.peek(), projection) {
                    (b'{', Projection::Members(members)) => self.object(node, members)?,
                    (b'[', Projection::Items(items)) => self.items(built, items)?,
                    (b'[', Projection::Each(each)) => self.each(each)?,
                    _ if !built => self.reader.skip(stop)?,
                    // A list has no members and an object no elements, so an empty one looks the same.
                    (b'[', Projection::Members(_)) => {
                        self.reader.skip(stop)?;
                        let list = self.reader.arena.list(ListKind::Json, Vec::new())?;
                        self.reader.children.put(list);
                    }
                    (b'{', Projection::Items(_)) => {
                        self.reader.skip(stop)?;
                        let map = self.reader.arena.map(MapKind::Linked)?;
                        self.reader.children.put(Value::Map(map));
                    }
                    _ => self.reader.value(stop)?,
                }
            }
        }
        if let Some(captured) = node.capture.and_then(|slot| self.captures.get_mut(slot as usize)) {
            *captured = if node.contained { self.reader.children.last() } else { self.reader.children.take() };
        }
        Ok(())
    }

    /// Clears the captures of a member whose key occurs again: the last occurrence counts.
    #[cold]
    fn clear_captures(&mut self, node: &PlanNode) {
        if let Some(captured) = node.capture.and_then(|slot| self.captures.get_mut(slot as usize)) {
            *captured = None;
        }
        match &node.projection {
            Projection::Whole | Projection::Existence => {}
            Projection::Members(members) => members.iter().for_each(|member| self.clear_captures(&member.node)),
            Projection::Items(items) => items.iter().for_each(|(_, node)| self.clear_captures(node)),
            Projection::Each(each) => self.clear_captures(each),
        }
    }

    /// Reads an element of a list by its plan; the fast case is an object.
    #[inline(always)]
    fn element(&mut self, node: &'r PlanNode, stop: Stop) -> Result<(), Error> {
        if let (Projection::Members(members), None) = (&node.projection, node.capture) {
            self.reader.skip_space();
            if self.reader.peek() == b'{' {
                return self.object(node, members);
            }
        }
        self.value(node, stop)
    }

    #[inline(never)]
    fn each(&mut self, each: &'r PlanNode) -> Result<(), Error> {
        let first = self.reader.open_list()?;
        while self.reader.is_item()? {
            self.element(each, Stop::IN_LIST)?;
        }
        self.reader.close_list(first)
    }

    #[inline(never)]
    fn items(&mut self, built: bool, items: &'r [(usize, PlanNode)]) -> Result<(), Error> {
        let first = self.reader.open_list()?;
        let mut index = 0;
        while self.reader.is_item()? {
            match items.iter().find(|(i, _)| *i == index) {
                Some((_, node)) => self.value(node, Stop::IN_LIST)?,
                None => {
                    self.reader.skip(Stop::IN_LIST)?;
                    // Later elements keep their indexes.
                    if built {
                        self.reader.children.put(Value::Null);
                    }
                }
            }
            index += 1;
        }
        if built {
            return self.reader.close_list(first);
        }
        self.reader.close();
        Ok(())
    }

    #[inline(never)]
    fn object(&mut self, node: &'r PlanNode, members: &'r [PlannedMember]) -> Result<(), Error> {
        self.reader.open()?;
        let first = self.reader.children.len();
        let Some(at) = node.predictor else { return self.single_object(node.is_built(), members, first) };
        let mut matched = 0;
        let prediction = self.predictors.get(at as usize).and_then(KeyPredictor::prediction);
        if let Some(prediction) = &prediction
            && let Some(shape) = prediction.shape
            && self.predicted_object(prediction, &mut matched)?
        {
            self.reader.close();
            return self.reader.put_object(Some(shape), 0, first);
        }
        self.remaining_members(node, members, first, prediction.map(|prediction| (prediction, matched)))
    }

    /// Reads an object outside of any list: prediction would not pay.
    fn single_object(&mut self, built: bool, members: &'r [PlannedMember], first: usize) -> Result<(), Error> {
        let first_name = self.reader.children.names.len();
        let mut seen = 0_u64;
        let mut has_duplicate = false;
        while let Some(byte) = self.reader.next_key()? {
            let member = self.match_key(byte, members)?;
            match member.and_then(|at| Some((at, members.get(at)?))) {
                None => match self.scalar::<false>(self.reader.at) {
                    Some(end) => self.reader.at = end,
                    None => self.reader.skip(Stop::IN_OBJECT)?,
                },
                Some((at, member)) => {
                    if seen >> at & 1 == 1 {
                        has_duplicate = true;
                        self.clear_captures(&member.node);
                    }
                    seen |= 1 << at;
                    if built {
                        self.reader.children.names.push(member.fingerprinted_name());
                    }
                    self.value(&member.node, Stop::IN_OBJECT)?;
                }
            }
            if !self.reader.is_more()? {
                break;
            }
        }
        self.reader.close();
        if !built {
            return Ok(());
        }
        let shape = if has_duplicate { None } else { self.reader.intern_shape(first_name) };
        self.reader.put_object(shape, first_name, first)
    }

    /// Reads the key at the cursor with its colon and returns the index of the planned member it
    /// names, or `None` if no member is planned under it.
    #[inline(always)]
    fn match_key(&mut self, byte: u8, members: &[PlannedMember]) -> Result<Option<usize>, Error> {
        let (bytes, at) = (self.reader.bytes, self.reader.at);
        if let Some(word) = KeyPattern::first_word(bytes, at) {
            for (index, member) in members.iter().enumerate() {
                if member.pattern.matches_first_word(word)
                    && let Some(end) = member.pattern.match_at(|| &member.name, bytes, at)
                {
                    self.reader.at = end;
                    return Ok(Some(index));
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
        self.match_unusual_key(byte, members)
    }

    /// Reads a key that is escaped, in single quotes, bare, or followed by blanks, with its colon;
    /// returns the index of the planned member.
    fn match_unusual_key(&mut self, byte: u8, members: &[PlannedMember]) -> Result<Option<usize>, Error> {
        let position = |name: &str| members.iter().position(|member| *member.name == *name);
        let member = match byte {
            b'"' | b'\'' => match self.reader.plain(byte) {
                Some(name) => position(name),
                None => position(self.reader.unescape(byte)?.as_text().map_or("", |name| name.as_str())),
            },
            _ => position(self.reader.bare(Stop::NAME)),
        };
        self.reader.colon()?;
        Ok(member)
    }

    /// Reads members while their keys are the predicted ones, and counts them in `matched`. Returns
    /// `true` if the object ended exactly where the prediction does.
    #[inline(always)]
    fn predicted_object(&mut self, prediction: &KeySequence<'r>, matched: &mut usize) -> Result<bool, Error> {
        let bytes = self.reader.bytes;
        // The end of the value before, or the bracket.
        let mut at = self.reader.at - 1;
        for key in &prediction.keys {
            at = match key.match_at(bytes, at) {
                Some(end) => end,
                None => {
                    self.reader.at = at;
                    if *matched == 0 {
                        self.reader.at += 1;
                    } else if !self.reader.is_more()? {
                        return Ok(false);
                    }
                    self.reader.skip_space();
                    match key.key.match_spaced_at(bytes, self.reader.at) {
                        Some(end) => end,
                        None => return Ok(false),
                    }
                }
            };
            *matched += 1;
            let end = match key.action {
                KeyAction::Skip => self.scalar::<false>(at),
                KeyAction::ReadWhole(..) => self.scalar::<true>(at),
                KeyAction::Project(_, node) => {
                    self.reader.at = at;
                    self.element(node, Stop::IN_OBJECT)?;
                    Some(self.reader.at)
                }
            };
            at = match end {
                Some(end) => end,
                None => {
                    self.reader.at = at;
                    match key.action {
                        KeyAction::Skip => self.reader.skip(Stop::IN_OBJECT)?,
                        _ => self.reader.value(Stop::IN_OBJECT)?,
                    }
                    self.reader.at
                }
            };
        }
        if prediction.keys.is_empty() {
            return Ok(false);
        }
        self.reader.at = at;
        Ok(!self.reader.is_more()?)
    }

    /// Scans the value of a member at `at` if it is a string without escapes, a number or a word, as
    /// most are; builds it if `BUILD`. Returns its end, or `None` for any other value.
    #[inline(always)]
    fn scalar<const BUILD: bool>(&mut self, at: usize) -> Option<usize> {
        let reader = &mut self.reader;
        let first = *reader.bytes.get(at)?;
        if first == b'"' {
            let end = scan::end_of_plain(reader.bytes, at + 1)?;
            if BUILD {
                let text = reader.text.get(at + 1..)?.get(..end - at - 2)?;
                reader.children.put(Value::str(text));
            }
            return Some(end);
        }
        if !BUILD {
            if matches!(first, b'{' | b'[') {
                return None;
            }
            let end = token::end_of_scalar(reader.bytes, at, first)?;
            return Stop::IN_OBJECT.contains(*reader.bytes.get(end)?).then_some(end);
        }
        if first.is_ascii_digit() {
            let (int, end, next) = scan::small_integer(reader.bytes, at)?;
            if !Stop::IN_OBJECT.contains(next) {
                return None;
            }
            reader.children.put(Value::Int(int));
            return Some(end);
        }
        let (word, end) = scan::json_word(reader.bytes, at)?;
        if !Stop::IN_OBJECT.contains(*reader.bytes.get(end)?) {
            return None;
        }
        reader.children.put(word.map_or(Value::Null, Value::Bool));
        Some(end)
    }

    /// Reads the members of an object after those that were predicted, and closes it. `prediction`
    /// holds the number of keys that matched.
    #[inline(never)]
    fn remaining_members(
        &mut self,
        node: &'r PlanNode,
        members: &'r [PlannedMember],
        first: usize,
        prediction: Option<(Rc<KeySequence<'r>>, usize)>,
    ) -> Result<(), Error> {
        let built = node.is_built();
        let first_name = self.reader.children.names.len();
        let mut state = ObjectState::new(prediction);
        if node.predictor.and_then(|at| self.predictors.get_mut(at as usize)).is_some_and(KeyPredictor::starts_training)
        {
            state.recording = Some(KeySequence::default());
        }
        while let Some(byte) = self.reader.next_key()? {
            let action = self.key_action(byte, members, &mut state)?;
            match action {
                KeyAction::Skip => self.reader.skip(Stop::IN_OBJECT)?,
                KeyAction::ReadWhole(index, member) | KeyAction::Project(index, member) => {
                    if state.seen >> index & 1 == 1 {
                        state.has_duplicate = true;
                        self.clear_captures(member);
                    }
                    state.seen |= 1 << index;
                    if built && !state.extends_prefix(index) {
                        self.record_prefix(members, &mut state);
                        self.reader.children.names.extend(members.get(index).map(PlannedMember::fingerprinted_name));
                    }
                    self.value(member, Stop::IN_OBJECT)?;
                }
            }
            if !self.reader.is_more()? {
                break;
            }
        }
        self.reader.close();
        let mut shape = None;
        if built {
            if state.has_predicted_shape() {
                shape = state.prediction.as_ref().and_then(|prediction| prediction.shape);
            } else {
                self.record_prefix(members, &mut state);
                shape = if state.has_duplicate { None } else { self.reader.intern_shape(first_name) };
            }
            self.reader.put_object(shape, first_name, first)?;
        }
        if let Some(predictor) = node.predictor.and_then(|at| self.predictors.get_mut(at as usize)) {
            match state.recording {
                Some(recorded) => predictor.sequence = Some(Rc::new(KeySequence { shape, ..recorded })),
                None => predictor.stale |= state.mispredicted,
            }
        }
        Ok(())
    }

    /// Records the names of the members that followed the predicted shape so far: the object needs
    /// a shape of its own.
    fn record_prefix(&mut self, members: &'r [PlannedMember], state: &mut ObjectState<'r>) {
        if let (Some(prediction), Some(count)) = (&state.prediction, state.shape_prefix.take()) {
            let read = prediction.selected.iter().take(count).filter_map(|index| members.get(*index));
            self.reader.children.names.extend(read.map(PlannedMember::fingerprinted_name));
        }
    }

    /// Reads the key at the cursor with its colon and returns the action for its value.
    fn key_action(
        &mut self,
        byte: u8,
        members: &'r [PlannedMember],
        state: &mut ObjectState<'r>,
    ) -> Result<KeyAction<'r>, Error> {
        let reader = &mut self.reader;
        if let Some((action, end)) = state.predicted_action(reader) {
            reader.at = end;
            return Ok(action);
        }
        state.mispredicted = true;
        let start = reader.at;
        let member = self.match_key(byte, members)?;
        let action =
            member.and_then(|index| Some(KeyAction::new(index, members.get(index)?))).unwrap_or(KeyAction::Skip);
        if let Some(recording) = &mut state.recording {
            recording.selected.extend(member);
            // A key with escapes or other quotes is not predicted.
            if let Some(name) = self.reader.unescaped_key(start) {
                recording.keys.push(PredictedKey::new(name, recording.keys.is_empty(), action));
            }
        }
        Ok(action)
    }
}

impl<'r> ObjectState<'r> {
    /// Creates the state of an object whose first `matched` keys were the predicted ones.
    fn new(prediction: Option<(Rc<KeySequence<'r>>, usize)>) -> Self {
        let mut state = ObjectState::default();
        if let Some((prediction, matched)) = prediction {
            let read = || prediction.keys.iter().take(matched).filter_map(|key| key.action.member());
            state.seen = read().fold(0, |seen, index| seen | 1 << index);
            state.shape_prefix = prediction.shape.map(|_| read().count());
            state.next_key = matched;
            state.prediction = Some(prediction);
        }
        state
    }

    /// Returns the action for the key at the cursor and the offset just past its colon, if the key is
    /// among the next predicted ones.
    fn predicted_action(&mut self, reader: &Reader<'r>) -> Option<(KeyAction<'r>, usize)> {
        let next = self.prediction.as_ref()?.keys.get(self.next_key..)?.iter().take(LOOKAHEAD).enumerate();
        for (absent, predicted) in next {
            if let Some(end) = predicted.key.match_spaced_at(reader.bytes, reader.at) {
                self.next_key += absent + 1;
                return Some((predicted.action, end));
            }
        }
        None
    }

    /// Returns `true` if the members read so far and this one are a prefix of the predicted shape,
    /// and counts it.
    fn extends_prefix(&mut self, index: usize) -> bool {
        let (Some(prediction), Some(count)) = (&self.prediction, self.shape_prefix) else { return false };
        let extends = prediction.selected.get(count) == Some(&index);
        if extends {
            self.shape_prefix = Some(count + 1);
        }
        extends
    }

    /// Returns `true` if the members read are those of the predicted shape and no other.
    fn has_predicted_shape(&self) -> bool {
        let prediction = self.prediction.as_ref();
        prediction.is_some_and(|prediction| self.shape_prefix == Some(prediction.selected.len()))
    }
}
