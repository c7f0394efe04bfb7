//! The trees that paths are evaluated on, behind the trait [`Tree`]: the engine's values, and
//! `serde_json` documents for the public API.

use super::number::{Decimal, Number};
use crate::budget::Budget;
use crate::error::Error;
use crate::value::text::mapped;
use crate::value::{Arena, Big, Datum, ListKind, MapKind, Value};
use std::rc::Rc;

/// The kind of a node, with the value of scalars but numbers; see [`Tree::to_number`].
pub(super) enum NodeKind<'t> {
    Null,
    Bool(bool),
    Number,
    Text(&'t str),
    List,
    Map,
}

/// A node of a tree. A clone refers to the same node.
pub(super) trait Tree: Clone {
    /// The allocator of new nodes.
    type Heap: Copy;

    fn kind(&self) -> NodeKind<'_>;
    /// Returns the number that a node of that kind is. Its digits are charged before they are written.
    fn to_number(&self, heap: Self::Heap) -> Result<Number, Error>;
    /// Returns the number of elements or members.
    fn len(&self) -> usize;
    /// Returns an element of a list.
    fn item(&self, index: usize) -> Option<Self>;
    /// Returns a member of an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// Returns the names of an object as text nodes.
    fn names(&self) -> Vec<Self>;
    /// Returns the values of an object in order.
    fn values(&self) -> Vec<Self>;

    /// Runs work on the budget of the evaluation.
    fn on_budget<O>(heap: Self::Heap, work: impl FnOnce(&Budget<'_>) -> O) -> O;
    /// Charges `n` steps to the limits of the render.
    fn charge(heap: Self::Heap, n: usize) -> Result<(), Error>;
    /// Charges memory that is about to be taken.
    fn hold(heap: Self::Heap, bytes: usize) -> Result<(), Error>;
    /// Gives charged memory back.
    fn release(heap: Self::Heap, bytes: usize);
    fn text(heap: Self::Heap, text: String) -> Result<Self, Error>;
    fn number(number: Number) -> Self;
    fn null() -> Self;
    fn list(heap: Self::Heap, items: Vec<Self>) -> Result<Self, Error>;
    fn map(heap: Self::Heap, members: Vec<(&str, Self)>) -> Result<Self, Error>;
    fn data(heap: Self::Heap, data: &Datum) -> Result<Self, Error>;
    /// Appends to a list and returns it: the list itself where lists are mutable, a copy elsewhere.
    fn push(&self, heap: Self::Heap, item: Self) -> Result<Self, Error>;
    /// Returns Java's `toString()` of a list or object.
    fn show_nested(&self, heap: Self::Heap) -> Result<String, Error>;

    /// Returns Java's `toString()`.
    fn show(&self, heap: Self::Heap) -> Result<String, Error> {
        Ok(match self.kind() {
            NodeKind::Null => "null".to_owned(),
            NodeKind::Bool(b) => b.to_string(),
            NodeKind::Number => self.to_number(heap)?.text(),
            NodeKind::Text(text) => text.to_owned(),
            NodeKind::List | NodeKind::Map => self.show_nested(heap)?,
        })
    }

    fn is_list(&self) -> bool {
        matches!(self.kind(), NodeKind::List)
    }

    fn is_map(&self) -> bool {
        matches!(self.kind(), NodeKind::Map)
    }
}

impl<'r> Tree for Value<'r> {
    type Heap = &'r Arena<'r>;

    fn kind(&self) -> NodeKind<'_> {
        match self {
            Value::Bool(b) => NodeKind::Bool(*b),
            Value::Byte(_) | Value::Short(_) | Value::Int(_) | Value::Long(_) => NodeKind::Number,
            Value::Float(_) | Value::Double(_) | Value::Big(_) => NodeKind::Number,
            Value::Str(text) => NodeKind::Text(mapped(text)),
            Value::List(_) => NodeKind::List,
            Value::Map(_) => NodeKind::Map,
            _ => NodeKind::Null,
        }
    }

    fn to_number(&self, heap: Self::Heap) -> Result<Number, Error> {
        Ok(match self {
            Value::Byte(i) => Number::Int((*i).into()),
            Value::Short(i) => Number::Int((*i).into()),
            Value::Int(i) => Number::Int((*i).into()),
            Value::Long(i) => Number::Int(*i),
            Value::Float(f) => Number::Double((*f).into()),
            Value::Double(d) => Number::Double(*d),
            Value::Big(big) => {
                heap.budget.charge(big.steps())?;
                match &**big {
                    Big::Integer(i) => Decimal::parse(&i.to_string()).map_or(Number::Double(f64::NAN), Number::Big),
                    Big::Decimal(d) => Decimal::parse(&d.to_string()).map_or(Number::Double(f64::NAN), Number::Decimal),
                }
            }
            _ => Number::Double(f64::NAN),
        })
    }

    fn len(&self) -> usize {
        match self {
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            _ => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match self {
            Value::List(list) => list.get(index),
            _ => None,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Value::Map(map) => map.get_str(name),
            _ => None,
        }
    }

    fn names(&self) -> Vec<Self> {
        match self {
            Value::Map(map) => map.keys(),
            _ => Vec::new(),
        }
    }

    fn values(&self) -> Vec<Self> {
        match self {
            Value::Map(map) => map.members().into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        }
    }

    fn on_budget<O>(heap: Self::Heap, work: impl FnOnce(&Budget<'_>) -> O) -> O {
        work(heap.budget)
    }

    fn charge(heap: Self::Heap, n: usize) -> Result<(), Error> {
        heap.budget.charge(n)
    }

    fn hold(heap: Self::Heap, bytes: usize) -> Result<(), Error> {
        heap.budget.hold(bytes)
    }

    fn release(heap: Self::Heap, bytes: usize) {
        heap.budget.release(bytes);
    }

    fn text(heap: Self::Heap, text: String) -> Result<Self, Error> {
        heap.string(text)
    }

    fn number(number: Number) -> Self {
        match number {
            Number::Int(i) => i32::try_from(i).map_or(Value::Long(i), Value::Int),
            other => Value::Double(other.double()),
        }
    }

    fn null() -> Self {
        Value::Null
    }

    fn list(heap: Self::Heap, items: Vec<Self>) -> Result<Self, Error> {
        heap.list(ListKind::Json, items)
    }

    fn map(heap: Self::Heap, members: Vec<(&str, Self)>) -> Result<Self, Error> {
        let map = heap.map(MapKind::Linked)?;
        for (name, value) in members {
            map.put(heap.string(name.to_owned())?, value)?;
        }
        Ok(Value::Map(map))
    }

    fn data(heap: Self::Heap, data: &Datum) -> Result<Self, Error> {
        Ok(match data {
            Datum::Null => Value::Null,
            Datum::Bool(b) => Value::Bool(*b),
            Datum::Int(i) => Value::Int(*i),
            Datum::Long(l) => Value::Long(*l),
            Datum::Double(d) => Value::Double(*d),
            Datum::Big(i) => Value::big(i.clone()),
            Datum::Decimal(d) => Value::decimal(d.clone()),
            Datum::Str(text) => heap.string(text.to_string())?,
            Datum::List(_, items) => {
                heap.budget.charge(2 + items.len())?;
                let items = items.iter().map(|item| Self::data(heap, item)).collect::<Result<_, _>>()?;
                heap.list(ListKind::Json, items)?
            }
            Datum::Map(_, members) => {
                heap.budget.charge(4 + 4 * members.entries().len())?;
                let map = heap.map(MapKind::Linked)?;
                for (name, value) in members.entries() {
                    map.put(heap.string(name.to_string())?, Self::data(heap, value)?)?;
                }
                Value::Map(map)
            }
        })
    }

    fn push(&self, _heap: Self::Heap, item: Self) -> Result<Self, Error> {
        if let Value::List(list) = self {
            list.edit(true, |items| items.push(item))?;
        }
        Ok(self.clone())
    }

    fn show_nested(&self, heap: Self::Heap) -> Result<String, Error> {
        let mut text = String::new();
        crate::value::show::show(heap, self, &mut text)?;
        Ok(text)
    }
}

/// A node of a `serde_json` document, or one that an evaluation created.
#[derive(Clone)]
pub(super) enum Json<'a, 'b> {
    Doc(&'a serde_json::Value),
    Name(&'a str),
    Made(Rc<Node<'a, 'b>>),
}

/// A node that an evaluation created, with the memory that it holds of a budget.
pub(super) struct Node<'a, 'b> {
    made: Made<'a, 'b>,
    held: Option<(&'b Budget<'b>, usize)>,
}

/// The value of a node that an evaluation created.
pub(super) enum Made<'a, 'b> {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json<'a, 'b>>),
    Map(Vec<(String, Json<'a, 'b>)>),
}

impl Drop for Node<'_, '_> {
    fn drop(&mut self) {
        if let Some((budget, bytes)) = self.held {
            budget.release(bytes);
        }
    }
}

/// Bytes of one node of a document, roughly.
const NODE: usize = size_of::<serde_json::Value>();

/// Charges the steps and the memory of a copy of a document.
fn charge_copy(budget: &Budget<'_>, value: &serde_json::Value) -> Result<(), Error> {
    budget.descend()?;
    budget.charge(1)?;
    match value {
        serde_json::Value::String(text) => budget.make(NODE + text.len()),
        serde_json::Value::Array(items) => {
            budget.hold(NODE)?;
            items.iter().try_for_each(|item| charge_copy(budget, item))
        }
        serde_json::Value::Object(members) => {
            budget.hold(NODE)?;
            members.iter().try_for_each(|(name, value)| {
                budget.make(NODE + name.len())?;
                charge_copy(budget, value)
            })
        }
        _ => budget.hold(NODE),
    }
}

impl<'a, 'b> Json<'a, 'b> {
    fn made(made: Made<'a, 'b>) -> Self {
        Json::Made(Rc::new(Node { made, held: None }))
    }

    /// Creates a node whose memory was charged.
    fn holding(budget: &'b Budget<'b>, bytes: usize, made: Made<'a, 'b>) -> Self {
        Json::Made(Rc::new(Node { made, held: Some((budget, bytes)) }))
    }

    /// Converts to an owned document, which is charged.
    pub(super) fn to_value(&self, budget: &Budget<'_>) -> Result<serde_json::Value, Error> {
        Ok(match self {
            Json::Doc(value) => {
                charge_copy(budget, value)?;
                (*value).clone()
            }
            Json::Name(name) => {
                budget.make(NODE + name.len())?;
                (*name).into()
            }
            Json::Made(node) => {
                budget.descend()?;
                budget.make(NODE)?;
                match &node.made {
                    Made::Null => serde_json::Value::Null,
                    Made::Bool(b) => (*b).into(),
                    Made::Number(Number::Int(i)) => (*i).into(),
                    Made::Number(number) => {
                        number.text().parse::<u64>().map_or_else(|_| number.double().into(), serde_json::Value::from)
                    }
                    Made::Text(text) => {
                        budget.make(text.len())?;
                        text.as_str().into()
                    }
                    Made::List(items) => {
                        items.iter().map(|item| item.to_value(budget)).collect::<Result<Vec<_>, Error>>()?.into()
                    }
                    Made::Map(members) => {
                        let members = members.iter().map(|(name, value)| {
                            budget.make(NODE + name.len())?;
                            Ok((name.clone(), value.to_value(budget)?))
                        });
                        serde_json::Value::Object(members.collect::<Result<_, Error>>()?)
                    }
                }
            }
        })
    }
}

impl<'a, 'b> Tree for Json<'a, 'b> {
    type Heap = &'b Budget<'b>;

    fn kind(&self) -> NodeKind<'_> {
        match self {
            Json::Doc(value) => match value {
                serde_json::Value::Null => NodeKind::Null,
                serde_json::Value::Bool(b) => NodeKind::Bool(*b),
                serde_json::Value::Number(_) => NodeKind::Number,
                serde_json::Value::String(text) => NodeKind::Text(mapped(text)),
                serde_json::Value::Array(_) => NodeKind::List,
                serde_json::Value::Object(_) => NodeKind::Map,
            },
            Json::Name(name) => NodeKind::Text(name),
            Json::Made(made) => match &made.made {
                Made::Null => NodeKind::Null,
                Made::Bool(b) => NodeKind::Bool(*b),
                Made::Number(_) => NodeKind::Number,
                Made::Text(text) => NodeKind::Text(mapped(text)),
                Made::List(_) => NodeKind::List,
                Made::Map(_) => NodeKind::Map,
            },
        }
    }

    fn to_number(&self, heap: Self::Heap) -> Result<Number, Error> {
        Ok(match self {
            Json::Doc(serde_json::Value::Number(number)) => match (number.as_i64(), number.as_u64()) {
                (Some(i), _) => Number::Int(i),
                (None, Some(u)) => Decimal::parse(&u.to_string()).map_or(Number::Double(u as f64), Number::Big),
                (None, None) => Number::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::Made(node) => match &node.made {
                Made::Number(number) => {
                    heap.charge_bytes(number.len())?;
                    number.clone()
                }
                _ => Number::Double(f64::NAN),
            },
            _ => Number::Double(f64::NAN),
        })
    }

    fn len(&self) -> usize {
        match self {
            Json::Doc(serde_json::Value::Array(items)) => items.len(),
            Json::Doc(serde_json::Value::Object(members)) => members.len(),
            Json::Made(made) => match &made.made {
                Made::List(items) => items.len(),
                Made::Map(members) => members.len(),
                _ => 0,
            },
            _ => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match self {
            Json::Doc(value) => value.get(index).map(Json::Doc),
            Json::Made(made) => match &made.made {
                Made::List(items) => items.get(index).cloned(),
                _ => None,
            },
            Json::Name(_) => None,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Json::Doc(value) => value.get(name).map(Json::Doc),
            Json::Made(made) => match &made.made {
                Made::Map(members) => members.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()),
                _ => None,
            },
            Json::Name(_) => None,
        }
    }

    fn names(&self) -> Vec<Self> {
        match self {
            Json::Doc(serde_json::Value::Object(members)) => members.keys().map(|name| Json::Name(name)).collect(),
            Json::Made(made) => match &made.made {
                Made::Map(members) => members.iter().map(|(n, _)| Json::made(Made::Text(n.clone()))).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn values(&self) -> Vec<Self> {
        match self {
            Json::Doc(serde_json::Value::Object(members)) => members.values().map(Json::Doc).collect(),
            Json::Made(made) => match &made.made {
                Made::Map(members) => members.iter().map(|(_, value)| value.clone()).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn on_budget<O>(heap: Self::Heap, work: impl FnOnce(&Budget<'_>) -> O) -> O {
        work(heap)
    }

    fn charge(heap: Self::Heap, n: usize) -> Result<(), Error> {
        heap.charge(n)
    }

    fn hold(heap: Self::Heap, bytes: usize) -> Result<(), Error> {
        heap.hold(bytes)
    }

    fn release(heap: Self::Heap, bytes: usize) {
        heap.release(bytes);
    }

    fn text(heap: Self::Heap, text: String) -> Result<Self, Error> {
        heap.hold(text.len())?;
        Ok(Json::holding(heap, text.len(), Made::Text(text)))
    }

    fn number(number: Number) -> Self {
        Json::made(Made::Number(number))
    }

    fn null() -> Self {
        Json::made(Made::Null)
    }

    fn list(heap: Self::Heap, items: Vec<Self>) -> Result<Self, Error> {
        let bytes = items.len().saturating_mul(size_of::<Self>());
        heap.make(bytes)?;
        Ok(Json::holding(heap, bytes, Made::List(items)))
    }

    fn map(heap: Self::Heap, members: Vec<(&str, Self)>) -> Result<Self, Error> {
        // Each name is looked for among those before it.
        heap.charge(members.len().saturating_mul(members.len()) / 8)?;
        let bytes = members.iter().map(|(name, _)| name.len() + size_of::<(String, Self)>()).sum();
        heap.make(bytes)?;
        let mut own: Vec<(String, Self)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            match own.iter_mut().find(|(n, _)| n == name) {
                Some((_, old)) => *old = value,
                None => own.push((name.to_owned(), value)),
            }
        }
        Ok(Json::holding(heap, bytes, Made::Map(own)))
    }

    fn data(heap: Self::Heap, data: &Datum) -> Result<Self, Error> {
        let whole = |digits: &str| Decimal::parse(digits).map_or(Made::Null, |d| Made::Number(Number::Big(d)));
        Ok(Json::made(match data {
            Datum::Null => Made::Null,
            Datum::Bool(b) => Made::Bool(*b),
            Datum::Int(i) => Made::Number(Number::Int((*i).into())),
            Datum::Long(l) => Made::Number(Number::Int(*l)),
            Datum::Double(d) => Made::Number(Number::Double(*d)),
            Datum::Big(i) => whole(&i.to_string()),
            Datum::Decimal(d) => Made::Number(Number::Double(d.to_string().parse().unwrap_or(f64::NAN))),
            Datum::Str(text) => Made::Text(text.to_string()),
            Datum::List(_, items) => {
                heap.charge(2 + items.len())?;
                Made::List(items.iter().map(|item| Self::data(heap, item)).collect::<Result<_, _>>()?)
            }
            Datum::Map(_, members) => Made::Map(
                members
                    .entries()
                    .iter()
                    .map(|(name, value)| Ok((name.to_string(), Self::data(heap, value)?)))
                    .collect::<Result<_, Error>>()?,
            ),
        }))
    }

    fn push(&self, heap: Self::Heap, item: Self) -> Result<Self, Error> {
        let bytes = (self.len() + 1).saturating_mul(size_of::<Self>());
        heap.make(bytes)?;
        let mut items: Vec<Self> = (0..self.len()).filter_map(|i| self.item(i)).collect();
        items.push(item);
        Ok(Json::holding(heap, bytes, Made::List(items)))
    }

    fn show_nested(&self, heap: Self::Heap) -> Result<String, Error> {
        Ok(self.to_value(heap)?.to_string())
    }
}
