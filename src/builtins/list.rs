//! Methods of `ArrayList`, json-smart's `JSONArray`, sub-lists, and Java arrays, which Velocity wraps into
//! lists.

use super::JavaMethod as M;
use super::collection::{self, equal, int, sort_naturally};
use super::exception::{class_cast, illegal_argument, null_pointer, out_of_bounds, unsupported, wrong_count};
use crate::error::Error;
use crate::value::view::Slice;
use crate::value::{Arena, List, ListKind, Value, View, show};

/// A whole list or a part of one.
pub(super) struct Seq<'r> {
    pub(super) list: &'r List<'r>,
    slice: Option<&'r Slice<'r>>,
    from: usize,
    pub(super) len: usize,
}

impl<'r> Seq<'r> {
    /// Returns the list of a value, if it is one. Fails when the list of a part was changed.
    pub(super) fn of(value: &Value<'r>) -> Result<Option<Self>, Error> {
        Ok(match value {
            Value::List(list) => Some(Seq { list, slice: None, from: 0, len: list.len() }),
            Value::View(View::Slice(slice)) => {
                slice.check()?;
                Some(Seq { list: slice.list, slice: Some(slice), from: slice.from, len: slice.len() })
            }
            _ => None,
        })
    }

    pub(super) fn get(&self, index: usize) -> Option<Value<'r>> {
        if index < self.len { self.list.get(self.from + index) } else { None }
    }

    fn items(&self) -> Vec<Value<'r>> {
        if self.slice.is_none() { self.list.to_vec() } else { (0..self.len).filter_map(|i| self.get(i)).collect() }
    }

    /// Checks for a list whose size can change.
    fn resizes(&self) -> bool {
        matches!(self.list.kind(), ListKind::Array | ListKind::Json)
    }

    /// Replaces the elements from `at` to `end`.
    pub(super) fn splice(&self, at: usize, end: usize, new: Vec<Value<'r>>) -> Result<(), Error> {
        if !self.resizes() {
            return Err(unsupported());
        }
        let (at, end, added) = (self.from + at, self.from + end, new.len());
        // What is behind moves.
        let moved = if end - at == added { 0 } else { self.list.len().saturating_sub(end) };
        self.list.arena().budget.charge((moved + added) / 4)?;
        self.list.edit(true, |items| {
            let end = end.min(items.len());
            items.splice(at.min(end)..end, new);
        })?;
        if let Some(slice) = self.slice {
            slice.resized(end - at, added);
        }
        Ok(())
    }

    pub(super) fn set(&self, index: usize, value: Value<'r>) -> Result<Value<'r>, Error> {
        let fits = match self.list.kind() {
            ListKind::Array | ListKind::Json | ListKind::Objects => true,
            ListKind::Strings => matches!(value, Value::Str(_) | Value::Null),
            ListKind::Chars => matches!(value, Value::Char(_)),
            ListKind::Bytes => matches!(value, Value::Byte(_)),
            ListKind::Unmodifiable => return Err(unsupported()),
        };
        if !fits {
            return Err(illegal_argument("argument type mismatch"));
        }
        let at = self.from + index;
        let old = self.list.edit(false, |items| items.get_mut(at).map(|slot| std::mem::replace(slot, value)))?;
        old.ok_or_else(|| out_of_bounds(index, self.len))
    }

    /// Returns the position of the first or last element equal to `value`.
    fn position(&self, arena: &'r Arena<'r>, value: &Value<'r>, last: bool) -> Result<Option<usize>, Error> {
        arena.budget.charge(self.len)?;
        // Java's own immutable lists do not even look for null.
        if self.list.kind() == ListKind::Unmodifiable && value.is_null() {
            return Err(null_pointer());
        }
        for nth in 0..self.len {
            let at = if last { self.len - 1 - nth } else { nth };
            if let Some(item) = self.get(at)
                && if value.is_null() { item.is_null() } else { equal(arena, value, &item)? }
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Checks an index against `most`.
    fn index(&self, index: i32, most: usize) -> Result<usize, Error> {
        usize::try_from(index).ok().filter(|i| *i < most).ok_or_else(|| out_of_bounds(index, self.len))
    }

    /// Keeps the elements for which `keep` holds; returns whether any was removed.
    fn retain(&self, arena: &'r Arena<'r>, keep: impl Fn(&Value<'r>) -> Result<bool, Error>) -> Result<bool, Error> {
        arena.budget.charge(self.len)?;
        let mut kept = Vec::new();
        for item in self.items() {
            if keep(&item)? {
                kept.push(item);
            }
        }
        let any = kept.len() < self.len;
        if any {
            self.splice(0, self.len, kept)?;
        }
        Ok(any)
    }
}

fn position_or_minus_one<'r>(at: Option<usize>) -> Value<'r> {
    Value::Int(at.map_or(-1, |i| i as i32))
}

/// The methods without parameters: called with an argument they throw instead of being unknown.
const NULLARY: &[M] = &[M::Size, M::IsEmpty, M::Clear, M::Iterator, M::ListIterator];

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let whole = matches!(receiver, Value::List(_));
    if whole && receiver_is_array(receiver) && matches!(method, M::ToString | M::Equals | M::HashCode | M::GetClass) {
        return collection::object(arena, receiver, method, args);
    }
    let Some(seq) = Seq::of(receiver)? else { return Ok(None) };
    Ok(Some(match (method, args) {
        (M::Size, []) => Value::Int(seq.len as i32),
        (M::IsEmpty, []) => Value::Bool(seq.len == 0),
        (M::Get, [at]) => match int(at) {
            Some(at) => seq.get(seq.index(at, seq.len)?).unwrap_or(Value::Null),
            None => return Ok(None),
        },
        (M::Contains, [value]) => Value::Bool(seq.position(arena, value, false)?.is_some()),
        (M::IndexOf, [value]) => position_or_minus_one(seq.position(arena, value, false)?),
        (M::LastIndexOf, [value]) => position_or_minus_one(seq.position(arena, value, true)?),
        (M::Iterator, []) => collection::iterator(arena, receiver.clone(), Vec::new(), 0, false)?,
        (M::ListIterator, []) => collection::iterator(arena, receiver.clone(), Vec::new(), 0, true)?,
        (M::ListIterator, [at]) if int(at).is_some() => {
            let at = seq.index(int(at).unwrap_or(0), seq.len + 1)?;
            collection::iterator(arena, receiver.clone(), Vec::new(), at, true)?
        }
        (M::SubList, [from, to]) => match (int(from), int(to)) {
            (Some(from), Some(to)) => part(arena, &seq, from, to)?,
            _ => return Ok(None),
        },
        (M::Of, items) => list_of(arena, items.to_vec())?,
        (M::CopyOf, [items]) => match collection::collection(arena, items)? {
            Some(items) => list_of(arena, items)?,
            None => return Ok(None),
        },
        (M::Clone, []) if whole && seq.resizes() => arena.list(seq.list.kind(), seq.items())?,
        (M::Clone, [_, ..]) if whole && seq.resizes() => return Err(wrong_count()),
        (M::EnsureCapacity, [least]) if whole && seq.resizes() && int(least).is_some() => {
            // Room nobody sees, but Java takes it: 2147483647 of them are too many.
            arena.budget.hold(4 * usize::try_from(int(least).unwrap_or(0)).unwrap_or(0))?;
            Value::EMPTY
        }
        (M::TrimToSize, _) if whole && seq.resizes() => {
            if !args.is_empty() {
                return Err(wrong_count());
            }
            seq.list.edit(true, |_| ())?;
            Value::EMPTY
        }
        (M::ToJsonString, []) if seq.list.kind() == ListKind::Json && whole => json_text(arena, receiver)?,
        (M::ToJsonString, [list]) if seq.list.kind() == ListKind::Json && whole => match Seq::of(list)? {
            Some(list) => json_text(arena, &arena.list(ListKind::Json, list.items())?)?,
            None if list.is_null() => Value::str("null"),
            None => return Err(wrong_count()),
        },
        (M::Merge, [other]) if seq.list.kind() == ListKind::Json && whole => match other {
            Value::Null => Value::EMPTY,
            Value::List(more) if more.kind() == ListKind::Json => {
                seq.splice(seq.len, seq.len, more.to_vec())?;
                Value::EMPTY
            }
            _ => return Err(class_cast(other.class_name(), "net.minidev.json.JSONArray")),
        },
        _ => match change(arena, &seq, method, args)? {
            Some(value) => value,
            None if !args.is_empty() && NULLARY.contains(&method) => return Err(wrong_count()),
            None => return collection::read(arena, receiver, || Ok(seq.items()), method, args),
        },
    }))
}

fn receiver_is_array(receiver: &Value<'_>) -> bool {
    matches!(receiver, Value::List(list) if list.kind().is_java_array())
}

/// Calls a method that changes a list.
fn change<'r>(arena: &'r Arena<'r>, seq: &Seq<'r>, method: M, args: &[Value<'r>]) -> Result<Option<Value<'r>>, Error> {
    // Java's immutable lists refuse even a change that would change nothing.
    let refuse = || if seq.list.kind() == ListKind::Unmodifiable { Err(unsupported()) } else { Ok(()) };
    Ok(Some(match (method, args) {
        (M::Add, [value]) => {
            seq.splice(seq.len, seq.len, vec![value.clone()])?;
            Value::Bool(true)
        }
        (M::Add, [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            refuse()?;
            let at = seq.index(at, seq.len + 1)?;
            seq.splice(at, at, vec![value.clone()])?;
            Value::EMPTY
        }
        (M::AddAll, [items]) => {
            let Some(items) = collection::collection(arena, items)? else { return Ok(None) };
            refuse()?;
            add_all(seq, seq.len, items)?
        }
        (M::AddAll, [at, items]) => {
            let Some(at) = int(at) else { return Ok(None) };
            if !items.is_null() && collection::elements(arena, items)?.is_none() {
                return Ok(None);
            }
            refuse()?;
            let at = seq.index(at, seq.len + 1)?;
            add_all(seq, at, collection::collection(arena, items)?.unwrap_or_default())?
        }
        (M::Set, [at, value]) => {
            let Some(at) = int(at) else { return Ok(None) };
            refuse()?;
            seq.set(seq.index(at, seq.len)?, value.clone())?
        }
        (M::Remove, [at]) if int(at).is_some() => {
            if !seq.resizes() {
                return Err(unsupported());
            }
            arena.budget.charge(1)?;
            let at = seq.index(int(at).unwrap_or(-1), seq.len)?;
            let old = seq.get(at).unwrap_or(Value::Null);
            seq.splice(at, at + 1, Vec::new())?;
            old
        }
        (M::Remove, [value]) => {
            refuse()?;
            let at = seq.position(arena, value, false)?;
            if let Some(at) = at {
                seq.splice(at, at + 1, Vec::new())?;
            }
            Value::Bool(at.is_some())
        }
        (M::RemoveAll | M::RetainAll, [other]) => {
            if !other.is_null() && collection::elements(arena, other)?.is_none() {
                return Ok(None);
            }
            refuse()?;
            collection::collection(arena, other)?;
            let wanted = method == M::RetainAll;
            let any = seq.retain(arena, |item| Ok(collection::contains(arena, other, item)? == wanted))?;
            Value::Bool(any)
        }
        (M::Clear, []) => {
            refuse()?;
            if seq.len > 0 || seq.resizes() {
                seq.splice(0, seq.len, Vec::new())?;
            }
            Value::EMPTY
        }
        (M::Sort, [Value::Null]) => {
            refuse()?;
            arena.budget.charge(seq.len)?;
            let mut items = seq.items();
            sort_naturally(arena, &mut items)?;
            if seq.resizes() {
                seq.splice(0, seq.len, items)?;
            } else {
                for (i, item) in items.into_iter().enumerate() {
                    seq.set(i, item)?;
                }
            }
            Value::EMPTY
        }
        (_, [Value::Null]) if method.name() == "replaceAll" => return Err(null_pointer()),
        _ => return Ok(None),
    }))
}

fn add_all<'r>(seq: &Seq<'r>, at: usize, items: Vec<Value<'r>>) -> Result<Value<'r>, Error> {
    let any = !items.is_empty();
    if any || seq.resizes() {
        // A list that grows is copied to one of up to twice its length.
        let (budget, grown) = (seq.list.arena().budget, 2 * size_of::<Value<'_>>() * (seq.list.len() + items.len()));
        budget.hold(grown)?;
        budget.release(grown);
        seq.splice(at, at, items)?;
    }
    Ok(Value::Bool(any))
}

/// Runs `subList(from, to)`.
fn part<'r>(arena: &'r Arena<'r>, seq: &Seq<'r>, from: i32, to: i32) -> Result<Value<'r>, Error> {
    let start = usize::try_from(from).map_err(|_| out_of_bounds(from, seq.len))?;
    let end = usize::try_from(to).unwrap_or(0);
    if end > seq.len {
        return Err(out_of_bounds(to, seq.len));
    }
    if to < from {
        return Err(illegal_argument(format!("fromIndex({from}) > toIndex({to})")));
    }
    arena.view(View::Slice(Slice::new(seq.list, seq.slice, seq.from + start, end - start)))
}

/// Creates a list that cannot be changed and holds no null.
fn list_of<'r>(arena: &'r Arena<'r>, items: Vec<Value<'r>>) -> Result<Value<'r>, Error> {
    if items.iter().any(Value::is_null) {
        return Err(null_pointer());
    }
    arena.list(ListKind::Unmodifiable, items)
}

fn json_text<'r>(arena: &'r Arena<'r>, list: &Value<'r>) -> Result<Value<'r>, Error> {
    let mut text = String::new();
    show::show(arena, list, &mut text)?;
    arena.string(text)
}

#[cfg(test)]
mod tests {
    use super::super::{JavaMethod as M, call};
    use super::*;
    use crate::budget::Budget;
    use crate::diagnostic::Code;
    use crate::dialect::Dialect;
    use crate::limits::Limits;

    fn numbers(list: &Value<'_>) -> Vec<i32> {
        let Ok(Some(seq)) = Seq::of(list) else { return vec![] };
        seq.items().iter().filter_map(int).collect()
    }

    /// Returns whether there is such a method, or the code of its failure.
    fn outcome<'r>(arena: &'r Arena<'r>, list: &Value<'r>, method: M, args: &[Value<'r>]) -> Result<bool, Code> {
        call(arena, list, method, args).map(|v| v.is_some()).map_err(|e| e.code())
    }

    #[test]
    fn a_whole_number_removes_by_index() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = arena.range(1, 3).unwrap();
        let old = call(&arena, &list, M::Remove, &[Value::Int(1)]).unwrap().unwrap();
        assert_eq!((int(&old), numbers(&list)), (Some(2), vec![1, 3]));
    }

    #[test]
    fn what_is_out_of_range_or_miscounted_fails_and_what_is_unknown_does_not() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = arena.range(1, 3).unwrap();
        assert_eq!(outcome(&arena, &list, M::Get, &[Value::Int(3)]), Err(Code::OutOfBounds));
        assert_eq!(outcome(&arena, &list, M::Get, &[Value::Long(0)]), Ok(false));
        assert_eq!(outcome(&arena, &list, M::Size, &[Value::Int(1)]), Err(Code::JavaException));
        assert_eq!(outcome(&arena, &list, M::AddAll, &[Value::Null]), Err(Code::JavaException));
        assert_eq!(outcome(&arena, &list, M::Put, &[Value::Int(1), Value::Int(2)]), Ok(false));
    }

    #[test]
    fn a_part_follows_its_own_changes_and_notices_others() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = arena.range(1, 5).unwrap();
        let outer = call(&arena, &list, M::SubList, &[Value::Int(1), Value::Int(4)]).unwrap().unwrap();
        let inner = call(&arena, &outer, M::SubList, &[Value::Int(0), Value::Int(1)]).unwrap().unwrap();
        call(&arena, &inner, M::Add, &[Value::Int(9)]).unwrap();
        assert_eq!((numbers(&outer), numbers(&list)), (vec![2, 9, 3, 4], vec![1, 2, 9, 3, 4, 5]));
        call(&arena, &list, M::Add, &[Value::Int(6)]).unwrap();
        assert_eq!(call(&arena, &outer, M::Size, &[]).unwrap_err().code(), Code::Modified);
        let range = [Value::Int(2), Value::Int(1)];
        assert_eq!(outcome(&arena, &list, M::SubList, &range), Err(Code::JavaException));
        let range = [Value::Int(0), Value::Int(99)];
        assert_eq!(outcome(&arena, &list, M::SubList, &range), Err(Code::OutOfBounds));
    }
}
