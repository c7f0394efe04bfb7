//! Comparison: Java's `equals` and `hashCode`, and the operators `==` and `<` of templates.

use super::float::{double_bits, float_bits};
use super::list::List;
use super::map::Map;
use super::show::{self, MAX_DEPTH, too_deep};
use super::sink::BYTES_PER_STEP;
use super::view::{Entry, View};
use super::{Arena, Big, Value, big, num};
use crate::error::Error;
use std::cmp::Ordering;

/// Steps of looking up the values of two entries.
const STEPS_PER_VALUE: usize = 4;

/// Steps of a comparison of values that are not both an `int` or a text.
pub(crate) const ACROSS: usize = 2;

/// Evaluates `left == right` in a template: numbers are compared by value, values of related classes by
/// `equals`, others by their text, so `2 == '2'` is true.
#[inline]
pub(crate) fn template_equals<'r>(arena: &Arena<'r>, left: &Value<'r>, right: &Value<'r>) -> Result<bool, Error> {
    match (left, right) {
        (Value::Int(l), Value::Int(r)) => Ok(l == r),
        (Value::Str(l), Value::Str(r)) => Ok(l == r),
        _ => equals_across(arena, left, right),
    }
}

fn equals_across<'r>(arena: &Arena<'r>, left: &Value<'r>, right: &Value<'r>) -> Result<bool, Error> {
    if left.is_null() || right.is_null() {
        return Ok(left.is_null() && right.is_null());
    }
    if left.is_number() && right.is_number() {
        arena.budget.charge(ACROSS.saturating_add(num::steps(left, right)))?;
        return Ok(num::compare(left, right)?.is_eq());
    }
    arena.budget.charge(ACROSS)?;
    if related(left, right) {
        arena.budget.charge(left.weight())?;
        return left.try_equals(right);
    }
    arena.budget.charge(ACROSS)?;
    let (mut left_text, mut right_text) = (String::new(), String::new());
    Ok(shown(arena, left, &mut left_text)? == shown(arena, right, &mut right_text)?)
}

/// Returns the text of a value; `made` holds it unless the value is one.
fn shown<'t>(arena: &Arena<'_>, value: &'t Value<'_>, made: &'t mut String) -> Result<&'t str, Error> {
    match value {
        Value::Str(text) => {
            arena.budget.charge(text.len() / BYTES_PER_STEP)?;
            Ok(text)
        }
        other => {
            show::show(arena, other, made)?;
            Ok(made)
        }
    }
}

/// Compares two values for `<`, `<=`, `>` and `>=`; `None` if one is not a number.
#[inline]
pub(crate) fn template_compare(left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>, Error> {
    match (left, right) {
        (Value::Int(l), Value::Int(r)) => Ok(Some(l.cmp(r))),
        _ if left.is_number() && right.is_number() => num::compare(left, right).map(Some),
        _ => Ok(None),
    }
}

/// Returns `true` if one class equals or extends the other.
fn related(left: &Value<'_>, right: &Value<'_>) -> bool {
    const EXTENDS: [(&str, &str); 2] =
        [("net.minidev.json.JSONArray", "java.util.ArrayList"), ("java.util.LinkedHashMap", "java.util.HashMap")];
    let (l, r) = (left.class_name(), right.class_name());
    match (left, right) {
        // The views of maps of different classes are of different classes; entries are not.
        (Value::View(View::Entry(..)), Value::View(View::Entry(..))) => true,
        (Value::View(left), Value::View(right)) => l == r && viewed(left) == viewed(right),
        _ => l == r || EXTENDS.contains(&(l, r)) || EXTENDS.contains(&(r, l)),
    }
}

/// Returns the class of the map that a view belongs to.
fn viewed(view: &View<'_>) -> Option<&'static str> {
    match view {
        View::Keys(map) | View::Values(map) | View::Entries(map) => Some(map.kind().class_name()),
        _ => None,
    }
}

impl<'r> Value<'r> {
    /// Evaluates `Object.equals`: class and value (1 and 1.0 differ), lists and maps by their members. Returns
    /// `false` for values that are nested too deeply.
    pub(crate) fn equals(&self, other: &Value<'r>) -> bool {
        self.try_equals(other).unwrap_or(false)
    }

    /// Evaluates `Object.equals`; fails with [`Code::DepthLimit`](crate::Code::DepthLimit) where Java's stack
    /// would overflow.
    pub(crate) fn try_equals(&self, other: &Value<'r>) -> Result<bool, Error> {
        equal(self, other, 0)
    }

    /// Returns `Object.hashCode()`; 0 for a value that is nested too deeply.
    pub(crate) fn java_hash(&self) -> i32 {
        self.try_java_hash().unwrap_or(0)
    }

    /// Returns `Object.hashCode()`; fails with [`Code::DepthLimit`](crate::Code::DepthLimit) where Java's
    /// stack would overflow.
    pub(crate) fn try_java_hash(&self) -> Result<i32, Error> {
        hash(self, 0)
    }

    /// Evaluates Java's `==` of two collections, views or blocks: identity.
    pub(crate) fn is_same(&self, other: &Value<'r>) -> bool {
        match (self, other) {
            (Value::List(l), Value::List(r)) => std::ptr::eq(*l, *r),
            (Value::Map(l), Value::Map(r)) => std::ptr::eq(*l, *r),
            (Value::Block(l), Value::Block(r)) => std::ptr::eq(*l, *r),
            (Value::View(l), Value::View(r)) => {
                std::ptr::eq(*l, *r)
                    || match (l, r) {
                        // A Java map returns the same view object on each call.
                        (View::Keys(l), View::Keys(r))
                        | (View::Values(l), View::Values(r))
                        | (View::Entries(l), View::Entries(r)) => std::ptr::eq(*l, *r),
                        _ => false,
                    }
            }
            _ => false,
        }
    }
}

fn equal<'r>(left: &Value<'r>, right: &Value<'r>, depth: usize) -> Result<bool, Error> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(match (left, right) {
        (Value::Str(l), Value::Str(r)) => l == r,
        (Value::Int(l), Value::Int(r)) => l == r,
        (Value::Null, Value::Null) => true,
        (Value::Bool(l), Value::Bool(r)) => l == r,
        (Value::Char(l), Value::Char(r)) => l == r,
        (Value::Byte(l), Value::Byte(r)) => l == r,
        (Value::Short(l), Value::Short(r)) => l == r,
        (Value::Long(l), Value::Long(r)) => l == r,
        (Value::Float(l), Value::Float(r)) => float_bits(*l) == float_bits(*r),
        (Value::Double(l), Value::Double(r)) => double_bits(*l) == double_bits(*r),
        (Value::Big(l), Value::Big(r)) => match (&**l, &**r) {
            (Big::Integer(l), Big::Integer(r)) => l == r,
            (Big::Decimal(l), Big::Decimal(r)) => big::parts(l) == big::parts(r),
            _ => false,
        },
        (Value::Class(l), Value::Class(r)) => l == r,
        (Value::Host(l), Value::Host(r)) => l == r,
        _ if left.is_same(right) => true,
        (Value::Map(l), Value::Map(r)) => equal_maps(l, r, depth)?,
        (Value::View(View::Entry(l)), Value::View(View::Entry(r))) => equal_entries(l, r, depth)?,
        (Value::View(View::Optional(l)), Value::View(View::Optional(r))) => match (l, r) {
            (Some(l), Some(r)) => equal(l, r, depth + 1)?,
            (l, r) => l.is_none() && r.is_none(),
        },
        _ => match (as_list(left), as_list(right), as_set(left), as_set(right)) {
            (Some(l), Some(r), ..) => equal_lists(l, r, depth)?,
            (_, _, Some(l), Some(r)) => equal_sets(l, r, depth)?,
            _ => false,
        },
    })
}

fn equal_entries<'r>(left: &Entry<'r>, right: &Entry<'r>, depth: usize) -> Result<bool, Error> {
    let budget = left.map.arena().budget;
    budget.descend()?;
    budget.charge(1 + left.key.price(128))?;
    if !equal(&left.key, &right.key, depth + 1)? {
        return Ok(false);
    }
    // Each value is looked up by its key.
    budget.charge(STEPS_PER_VALUE + left.key.price(64))?;
    let value = left.value();
    budget.charge(value.price(128))?;
    equal(&value, &right.value(), depth + 1)
}

/// Returns the list and range of a `java.util.List`.
fn as_list<'v, 'r>(value: &'v Value<'r>) -> Option<(&'v List<'r>, usize, usize)> {
    match value {
        Value::List(list) if !list.kind().is_java_array() => Some((list, 0, list.len())),
        Value::View(View::Slice(slice)) => Some((slice.list, slice.from, slice.from + slice.len())),
        _ => None,
    }
}

fn equal_lists<'r>(
    left: (&List<'r>, usize, usize),
    right: (&List<'r>, usize, usize),
    depth: usize,
) -> Result<bool, Error> {
    let ((l, from, to), (r, other, end)) = (left, right);
    if to.saturating_sub(from) != end.saturating_sub(other) {
        return Ok(false);
    }
    l.arena().budget.descend()?;
    l.arena().budget.charge(4 + 4 * to.saturating_sub(from))?;
    for (i, j) in (from..to).zip(other..end) {
        let item = |list: &List<'r>, at| list.get(at).unwrap_or(Value::Null);
        let (one, other) = (item(l, i), item(r, j));
        l.arena().budget.charge(one.price(128))?;
        if !equal(&one, &other, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps<'r>(left: &Map<'r>, right: &Map<'r>, depth: usize) -> Result<bool, Error> {
    if left.len() != right.len() {
        return Ok(false);
    }
    left.arena().budget.charge(4 + 6 * left.len())?;
    left.arena().budget.descend()?;
    for (key, value) in left.members() {
        left.arena().budget.charge(key.price(128) + value.price(128))?;
        match right.get(&key) {
            Some(other) if equal(&value, &other, depth + 1)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Returns the map of a `java.util.Set`, and `true` if its elements are entries.
fn as_set<'r>(value: &Value<'r>) -> Option<(&'r Map<'r>, bool)> {
    match value {
        Value::View(View::Keys(map)) => Some((map, false)),
        Value::View(View::Entries(map)) => Some((map, true)),
        _ => None,
    }
}

fn equal_sets<'r>(left: (&Map<'r>, bool), right: (&Map<'r>, bool), depth: usize) -> Result<bool, Error> {
    match (left, right) {
        ((l, true), (r, true)) => equal_maps(l, r, depth),
        ((l, false), (r, false)) => {
            l.arena().budget.charge(l.len())?;
            if l.len() != r.len() {
                return Ok(false);
            }
            for key in l.keys() {
                l.arena().budget.charge(key.price(128))?;
                if r.get(&key).is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        ((l, _), (r, _)) => Ok(l.is_empty() && r.is_empty()),
    }
}

/// Returns `Long.hashCode`.
pub(crate) fn hash_long(bits: u64) -> i32 {
    (bits ^ (bits >> 32)) as i32
}

/// Returns `Boolean.hashCode`.
pub(crate) fn hash_bool(bit: bool) -> i32 {
    if bit { 1231 } else { 1237 }
}

fn hash_text(text: &str) -> i32 {
    if text.is_ascii() { hash_units(text.as_bytes()) } else { hash_units(&super::text::to_utf16(text)) }
}

/// Returns `String.hashCode` of UTF-16 units, four at a time: their products do not wait for one another.
fn hash_units<T: Copy + Into<i32>>(units: &[T]) -> i32 {
    let (fours, rest) = units.as_chunks();
    let hash = fours.iter().fold(0i32, |hash, &[a, b, c, d]| {
        // 31⁴, 31³ and 31².
        let sum = 29_791i32.wrapping_mul(a.into()).wrapping_add(961 * b.into()).wrapping_add(31 * c.into() + d.into());
        hash.wrapping_mul(923_521).wrapping_add(sum)
    });
    rest.iter().fold(hash, |hash, &unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

fn hash(value: &Value<'_>, depth: usize) -> Result<i32, Error> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let entry = |key: &Value<'_>, value: &Value<'_>| Ok(hash(key, depth + 1)? ^ hash(value, depth + 1)?);
    Ok(match value {
        Value::Null => 0,
        Value::Bool(b) => hash_bool(*b),
        Value::Char(unit) => i32::from(*unit),
        Value::Byte(b) => i32::from(*b),
        Value::Short(s) => i32::from(*s),
        Value::Int(i) => *i,
        Value::Long(l) => hash_long(*l as u64),
        Value::Float(f) => float_bits(*f) as i32,
        Value::Double(d) => hash_long(double_bits(*d)),
        Value::Big(number) => match &**number {
            Big::Integer(i) => big::hash(i),
            Big::Decimal(d) => big::decimal_hash(d),
        },
        Value::Str(text) => hash_text(text),
        Value::Map(map) | Value::View(View::Entries(map)) => {
            map.arena().budget.descend()?;
            map.arena().budget.charge(4 + 4 * map.len())?;
            map.members().iter().try_fold(0i32, |sum, (k, v)| {
                map.arena().budget.charge(k.price(32) + v.price(32))?;
                Ok::<_, Error>(sum.wrapping_add(entry(k, v)?))
            })?
        }
        Value::View(View::Keys(map)) => {
            map.arena().budget.charge(map.len())?;
            map.keys().iter().try_fold(0i32, |sum, key| {
                map.arena().budget.charge(key.price(32))?;
                Ok::<_, Error>(sum.wrapping_add(hash(key, depth + 1)?))
            })?
        }
        Value::View(View::Entry(member)) => hash_entry(member, depth)?,
        Value::View(View::Optional(item)) => match item {
            Some(item) => hash(item, depth + 1)?,
            None => 0,
        },
        _ => match as_list(value) {
            Some((list, from, to)) => {
                list.arena().budget.descend()?;
                list.arena().budget.charge(4 + 3 * to.saturating_sub(from))?;
                (from..to).map_while(|i| list.get(i)).try_fold(1i32, |sum, item| {
                    list.arena().budget.charge(item.price(32))?;
                    Ok::<_, Error>(sum.wrapping_mul(31).wrapping_add(hash(&item, depth + 1)?))
                })?
            }
            // Java's identity hash is arbitrary; one per class keeps renders reproducible.
            None => hash_text(value.class_name()),
        },
    })
}

fn hash_entry(entry: &Entry<'_>, depth: usize) -> Result<i32, Error> {
    entry.map.arena().budget.descend()?;
    let value = entry.value();
    entry.map.arena().budget.charge(entry.key.price(32) + value.price(32))?;
    Ok(hash(&entry.key, depth + 1)? ^ hash(&value, depth + 1)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::limits::Limits;
    use crate::value::{ListKind, MapKind};

    #[test]
    fn hashes_are_those_of_java() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let items =
            vec![Value::Int(1), Value::Long(2), Value::str("x"), Value::Null, Value::Bool(true), Value::Char(99)];
        let list = arena.list(ListKind::Array, items).unwrap();
        assert_eq!(list.java_hash(), 921_593_054);
        let map = arena.map(MapKind::Linked).unwrap();
        map.put(Value::str("a"), Value::Int(1)).unwrap();
        map.put(Value::str("é😀"), Value::Double(2.5)).unwrap();
        map.put(Value::str("l"), list).unwrap();
        assert_eq!(Value::Map(map).java_hash(), 1_997_069_598);
        assert_eq!(arena.view(View::Keys(map)).unwrap().java_hash(), 1_997_017);
        assert_eq!(arena.view(View::Entries(map)).unwrap().java_hash(), 1_997_069_598);
        assert_eq!(
            arena
                .view(View::Entry(crate::value::view::Entry::new(map, Value::str("a"), Value::Null)))
                .unwrap()
                .java_hash(),
            96
        );
    }

    /// Java 17's answers; texts of no unit, of fours, and of fours with a rest.
    #[test]
    fn hashes_of_texts_are_those_of_java() {
        let cases = [
            ("", 0),
            ("12345678", -1_861_353_340),
            ("123456789", -1_867_378_635),
            ("The quick brown fox jumps over the lazy dog.", -1_712_403_141),
            ("é😀 is not ASCII, and long", 447_065_563),
        ];
        for (text, hash) in cases {
            assert_eq!(Value::str(text).java_hash(), hash, "{text}");
        }
    }

    #[test]
    fn equality_in_a_template_is_looser_than_in_java() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = |kind, items| arena.list(kind, items).unwrap();
        let (one, one_long) = (Value::Int(1), Value::Long(1));
        assert!(!one.equals(&one_long));
        assert!(template_equals(&arena, &one, &one_long).unwrap());
        assert!(template_equals(&arena, &one, &Value::str("1")).unwrap());
        assert!(template_equals(&arena, &Value::Bool(true), &Value::str("true")).unwrap());
        assert!(!template_equals(&arena, &Value::Null, &Value::str("null")).unwrap());
        assert!(template_equals(&arena, &Value::Null, &Value::Null).unwrap());

        // Inside of collections Java's rule holds.
        let (ints, longs) = (list(ListKind::Array, vec![one.clone()]), list(ListKind::Json, vec![one_long]));
        assert!(!template_equals(&arena, &ints, &longs).unwrap());
        assert!(template_equals(&arena, &ints, &list(ListKind::Json, vec![one.clone()])).unwrap());
        assert!(template_equals(&arena, &ints, &Value::str("[1]")).unwrap());

        // Java's arrays are equal to themselves only.
        let array = list(ListKind::Strings, vec![one.clone()]);
        assert!(template_equals(&arena, &array, &array).unwrap());
        assert!(!template_equals(&arena, &array, &list(ListKind::Strings, vec![one])).unwrap());

        let nan = Value::Double(f64::NAN);
        assert!(template_equals(&arena, &nan, &Value::Int(5)).unwrap());
        assert_eq!(template_compare(&Value::str("a"), &Value::str("b")).unwrap(), None);
    }
}
