//! Text of values: Java's `toString()` for every class.

use super::list::{List, ListKind};
use super::sink::{FREE, Sink};
use super::view::View;
use super::{Arena, Big, Value, big, float, json};
use crate::diagnostic::Code;
use crate::error::Error;

/// Maximum nesting of collections; Java's stack overflows at some greater depth.
pub(super) const MAX_DEPTH: usize = 1_000;

/// Creates the error of a collection that is nested too deeply, usually because it contains itself
/// indirectly.
pub(super) fn too_deep() -> Error {
    Error::new(Code::DepthLimit, format!("StackOverflowError: collections are nested more than {MAX_DEPTH} deep"))
        .with_help("does a list or map hold itself?")
}

/// Appends `value.toString()`. A block appends nothing: only the machine can render it.
#[inline]
pub(crate) fn show(arena: &Arena<'_>, value: &Value<'_>, out: &mut String) -> Result<(), Error> {
    match value {
        Value::Str(text) if text.len() <= FREE => out.push_str(text),
        Value::Int(i) => out.push_str(itoa::Buffer::new().format(*i)),
        _ => Show { arena, out: Sink::new(out, arena.budget), depth: 0 }.value(value)?,
    }
    Ok(())
}

/// Appends `value.toString()` to an output of at most `most` bytes.
pub(crate) fn show_at_most(arena: &Arena<'_>, value: &Value<'_>, out: &mut String, most: usize) -> Result<(), Error> {
    Show { arena, out: Sink::new(out, arena.budget).at_most(most), depth: 0 }.value(value)
}

/// Returns the steps of writing a number.
pub(crate) fn steps_of_number(number: &Value<'_>) -> usize {
    match number {
        Value::Double(number) => float::steps(*number),
        Value::Float(number) => float::steps(f64::from(*number)),
        Value::Big(number) => number.steps(),
        _ => 0,
    }
}

/// Appends the `toString()` of a number; nothing for other values.
pub(crate) fn number_text(number: &Value<'_>, out: &mut String) {
    let mut digits = itoa::Buffer::new();
    match number {
        Value::Int(i) => out.push_str(digits.format(*i)),
        Value::Long(l) => out.push_str(digits.format(*l)),
        Value::Short(s) => out.push_str(digits.format(*s)),
        Value::Byte(b) => out.push_str(digits.format(*b)),
        Value::Double(d) => float::show_double(*d, out),
        Value::Float(f) => float::show_float(*f, out),
        Value::Big(number) => match &**number {
            Big::Integer(i) => out.push_str(&i.to_string()),
            Big::Decimal(d) => big::show(d, big::Notation::Scientific, out),
        },
        _ => {}
    }
}

/// Appends the default `Object.toString()`: the class, `@` and a hash.
fn identity(value: &Value<'_>, hash: i32, out: &mut String) {
    out.push_str(value.class_name());
    out.push('@');
    out.push_str(&format!("{hash:x}"));
}

struct Show<'s, 'r> {
    arena: &'s Arena<'r>,
    out: Sink<'s>,
    depth: usize,
}

impl<'v> Show<'_, '_> {
    fn value(&mut self, value: &Value<'v>) -> Result<(), Error> {
        match value {
            Value::Str(text) => self.out.push_str(text)?,
            Value::Null => self.out.push_str("null")?,
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" })?,
            Value::Char(unit) => {
                self.arena.budget.charge(1)?;
                match char::from_u32(u32::from(*unit)) {
                    Some(c) => self.out.push(c)?,
                    None => self.out.push_str(&super::text::from_utf16(&[*unit]))?,
                }
            }
            Value::Class(name) => {
                self.out.push_str("class ")?;
                self.out.push_str(name)?;
            }
            Value::List(list) => return self.nested(|show| show.list(value, list)),
            Value::View(view) => return self.nested(|show| show.view(value, view)),
            Value::Map(map) if map.kind().is_silent() => {}
            Value::Map(map) => {
                return self.nested(|show| {
                    show.arena.budget.charge(4 + 4 * map.len())?;
                    show.entries(('{', '}'), value, map.members())
                });
            }
            Value::Host(_) => self.identity(value)?,
            Value::Block(_) => {}
            number => {
                self.arena.budget.charge(1 + steps_of_number(number))?;
                self.out.write(32, |out| number_text(number, out))?;
            }
        }
        Ok(())
    }

    fn nested(&mut self, act: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep());
        }
        self.arena.budget.descend()?;
        self.arena.budget.charge(1)?;
        self.depth += 1;
        let result = act(self);
        self.depth -= 1;
        result
    }

    fn identity(&mut self, value: &Value<'v>) -> Result<(), Error> {
        let hash = value.try_java_hash()?;
        self.out.write(64, |out| identity(value, hash, out))
    }

    fn list(&mut self, value: &Value<'v>, list: &'v List<'v>) -> Result<(), Error> {
        match list.kind() {
            ListKind::Json => json::write::write_to(list.arena(), value, &mut self.out),
            kind if kind.is_java_array() => {
                self.identity(value)?;
                Ok(())
            }
            _ => {
                self.arena.budget.charge(4 + 2 * list.len())?;
                self.items(value, (0..list.len()).map_while(|i| list.get(i)))
            }
        }
    }

    /// Writes `[a, b]`; an item that is the collection itself is not followed.
    fn items(&mut self, whole: &Value<'v>, items: impl Iterator<Item = Value<'v>>) -> Result<(), Error> {
        self.out.push('[')?;
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.out.push_str(", ")?;
            }
            self.part(whole, &item, "(this Collection)")?;
        }
        self.out.push(']')?;
        Ok(())
    }

    /// Writes `{k=v, l=w}`; a key or value that is the map itself is not followed.
    fn entries(
        &mut self,
        (open, close): (char, char),
        whole: &Value<'v>,
        members: Vec<(Value<'v>, Value<'v>)>,
    ) -> Result<(), Error> {
        self.out.push(open)?;
        for (i, (key, value)) in members.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ")?;
            }
            self.part(whole, key, "(this Map)")?;
            self.out.push('=')?;
            self.part(whole, value, "(this Map)")?;
        }
        self.out.push(close)?;
        Ok(())
    }

    fn part(&mut self, whole: &Value<'v>, part: &Value<'v>, itself: &str) -> Result<(), Error> {
        if part.is_same(whole) {
            self.out.push_str(itself)?;
            return Ok(());
        }
        self.value(part)
    }

    fn view(&mut self, value: &Value<'v>, view: &View<'v>) -> Result<(), Error> {
        match view {
            View::Keys(map) => {
                self.arena.budget.charge(4 + 2 * map.len())?;
                self.items(value, map.keys().into_iter())
            }
            View::Values(map) => {
                self.arena.budget.charge(4 + 4 * map.len())?;
                self.items(value, map.members().into_iter().map(|(_, value)| value))
            }
            View::Entries(map) => {
                self.arena.budget.charge(4 + 4 * map.len())?;
                self.entries(('[', ']'), value, map.members())
            }
            View::Entry(entry) => {
                self.value(&entry.key)?;
                self.out.push('=')?;
                self.value(&entry.value())
            }
            View::Slice(slice) => {
                self.arena.budget.charge(4 + 2 * slice.len())?;
                self.items(value, slice.to_vec()?.into_iter())
            }
            // `$foreach` is a map of what was set on it.
            View::Loop(state) => match *state.own.borrow() {
                Some(own) => self.value(&Value::Map(own)),
                None => {
                    self.out.push_str("{}")?;
                    Ok(())
                }
            },
            View::Optional(None) => {
                self.out.push_str("Optional.empty")?;
                Ok(())
            }
            View::Optional(Some(item)) => {
                self.out.push_str("Optional[")?;
                self.value(item)?;
                self.out.push(']')?;
                Ok(())
            }
            View::Iterator(..) | View::Stream(_) | View::Ints(_) | View::LoopInfo(_) => {
                self.identity(value)?;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::limits::Limits;
    use crate::value::MapKind;

    fn text<'r>(arena: &'r Arena<'r>, value: &Value<'r>) -> String {
        let mut out = String::new();
        show(arena, value, &mut out).unwrap();
        out
    }

    #[test]
    fn collections_print_as_in_java_and_do_not_follow_themselves() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Linked).unwrap();
        let whole = Value::Map(map);
        map.put(Value::str("k"), Value::Int(1)).unwrap();
        map.put(Value::Int(2), Value::Null).unwrap();
        map.put(Value::str("me"), whole.clone()).unwrap();
        let items =
            vec![Value::Int(1), Value::str("b"), Value::Null, Value::Bool(true), Value::Double(2.5), whole.clone()];
        let list = arena.list(ListKind::Array, items).unwrap();
        let Value::List(l) = list else { panic!() };
        l.edit(true, |items| items.push(list.clone())).unwrap();
        assert_eq!(text(&arena, &whole), "{k=1, 2=null, me=(this Map)}");
        assert_eq!(text(&arena, &list), "[1, b, null, true, 2.5, {k=1, 2=null, me=(this Map)}, (this Collection)]");
        let view = |view| text(&arena, &arena.view(view).unwrap());
        assert_eq!(view(View::Keys(map)), "[k, 2, me]");
        assert_eq!(view(View::Entries(map)), "[k=1, 2=null, me={k=1, 2=null, me=(this Map)}]");
        assert_eq!(view(View::Values(map)), "[1, null, {k=1, 2=null, me=(this Map)}]");
        assert_eq!(view(View::Entry(crate::value::view::Entry::new(map, Value::str("k"), Value::Null))), "k=1");
        assert_eq!(view(View::Slice(crate::value::view::Slice::new(l, None, 0, 2))), "[1, b]");
        assert_eq!(text(&arena, &Value::Class("java.lang.String")), "class java.lang.String");
    }

    #[test]
    fn an_override_prints_as_nothing() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Override).unwrap();
        map.put(Value::str("status"), Value::Int(201)).unwrap();
        assert_eq!(text(&arena, &Value::Map(map)), "");
    }

    #[test]
    fn two_lists_that_hold_each_other_are_an_error() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let one = arena.list(ListKind::Array, vec![]).unwrap();
        let two = arena.list(ListKind::Array, vec![one.clone()]).unwrap();
        let Value::List(l) = one else { panic!() };
        l.edit(true, |items| items.push(two.clone())).unwrap();
        assert_eq!(show(&arena, &two, &mut String::new()).unwrap_err().code(), Code::DepthLimit);
        assert_eq!(two.try_java_hash().unwrap_err().code(), Code::DepthLimit);
        assert_eq!(one.try_equals(&two).unwrap_err().code(), Code::DepthLimit);
    }
}
