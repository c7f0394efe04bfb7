//! The trees that paths are evaluated on, behind the trait [`Tree`]: the engine's values, and
//! `serde_json` documents for the public API.

use super::number::{Decimal, Number};
use crate::error::Error;
use crate::value::{Arena, Big, Datum, ListKind, MapKind, Value};
use std::rc::Rc;

/// The kind of a node, with the value of scalars.
pub(super) enum NodeKind<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'t str),
    List,
    Map,
}

/// A node of a tree. A clone refers to the same node.
pub(super) trait Tree: Clone {
    /// The allocator of new nodes.
    type Heap: Copy;

    fn kind(&self) -> NodeKind<'_>;
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

    /// Charges `n` steps to the limits of the render.
    fn charge(heap: Self::Heap, n: usize) -> Result<(), Error>;
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
            NodeKind::Number(number) => number.text(),
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
            Value::Byte(i) => NodeKind::Number(Number::Int((*i).into())),
            Value::Short(i) => NodeKind::Number(Number::Int((*i).into())),
            Value::Int(i) => NodeKind::Number(Number::Int((*i).into())),
            Value::Long(i) => NodeKind::Number(Number::Int(*i)),
            Value::Float(f) => NodeKind::Number(Number::Double((*f).into())),
            Value::Double(d) => NodeKind::Number(Number::Double(*d)),
            Value::Big(big) => NodeKind::Number(match &**big {
                Big::Integer(i) => Decimal::parse(&i.to_string()).map_or(Number::Double(f64::NAN), Number::Big),
                Big::Decimal(d) => Decimal::parse(&d.to_string()).map_or(Number::Double(f64::NAN), Number::Decimal),
            }),
            Value::Str(text) => NodeKind::Text(text),
            Value::List(_) => NodeKind::List,
            Value::Map(_) => NodeKind::Map,
            _ => NodeKind::Null,
        }
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

    fn charge(heap: Self::Heap, n: usize) -> Result<(), Error> {
        heap.budget.charge(n)
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
                let items = items.iter().map(|item| Self::data(heap, item)).collect::<Result<_, _>>()?;
                heap.list(ListKind::Json, items)?
            }
            Datum::Map(_, members) => {
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
pub(super) enum Json<'a> {
    Doc(&'a serde_json::Value),
    Name(&'a str),
    Made(Rc<Made<'a>>),
}

/// A node that an evaluation created.
pub(super) enum Made<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json<'a>>),
    Map(Vec<(String, Json<'a>)>),
}

impl<'a> Json<'a> {
    fn made(made: Made<'a>) -> Self {
        Json::Made(Rc::new(made))
    }

    /// Converts to an owned document.
    pub(super) fn to_value(&self) -> serde_json::Value {
        match self {
            Json::Doc(value) => (*value).clone(),
            Json::Name(name) => (*name).into(),
            Json::Made(made) => match &**made {
                Made::Null => serde_json::Value::Null,
                Made::Bool(b) => (*b).into(),
                Made::Number(Number::Int(i)) => (*i).into(),
                Made::Number(number) => {
                    number.text().parse::<u64>().map_or_else(|_| number.double().into(), serde_json::Value::from)
                }
                Made::Text(text) => text.as_str().into(),
                Made::List(items) => items.iter().map(Json::to_value).collect(),
                Made::Map(members) => members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect(),
            },
        }
    }
}

impl<'a> Tree for Json<'a> {
    type Heap = ();

    fn kind(&self) -> NodeKind<'_> {
        match self {
            Json::Doc(value) => match value {
                serde_json::Value::Null => NodeKind::Null,
                serde_json::Value::Bool(b) => NodeKind::Bool(*b),
                serde_json::Value::Number(number) => NodeKind::Number(match (number.as_i64(), number.as_u64()) {
                    (Some(i), _) => Number::Int(i),
                    (None, Some(u)) => Decimal::parse(&u.to_string()).map_or(Number::Double(u as f64), Number::Big),
                    (None, None) => Number::Double(number.as_f64().unwrap_or(f64::NAN)),
                }),
                serde_json::Value::String(text) => NodeKind::Text(text),
                serde_json::Value::Array(_) => NodeKind::List,
                serde_json::Value::Object(_) => NodeKind::Map,
            },
            Json::Name(name) => NodeKind::Text(name),
            Json::Made(made) => match &**made {
                Made::Null => NodeKind::Null,
                Made::Bool(b) => NodeKind::Bool(*b),
                Made::Number(number) => NodeKind::Number(number.clone()),
                Made::Text(text) => NodeKind::Text(text),
                Made::List(_) => NodeKind::List,
                Made::Map(_) => NodeKind::Map,
            },
        }
    }

    fn len(&self) -> usize {
        match self {
            Json::Doc(serde_json::Value::Array(items)) => items.len(),
            Json::Doc(serde_json::Value::Object(members)) => members.len(),
            Json::Made(made) => match &**made {
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
            Json::Made(made) => match &**made {
                Made::List(items) => items.get(index).cloned(),
                _ => None,
            },
            Json::Name(_) => None,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Json::Doc(value) => value.get(name).map(Json::Doc),
            Json::Made(made) => match &**made {
                Made::Map(members) => members.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()),
                _ => None,
            },
            Json::Name(_) => None,
        }
    }

    fn names(&self) -> Vec<Self> {
        match self {
            Json::Doc(serde_json::Value::Object(members)) => members.keys().map(|name| Json::Name(name)).collect(),
            Json::Made(made) => match &**made {
                Made::Map(members) => members.iter().map(|(n, _)| Json::made(Made::Text(n.clone()))).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn values(&self) -> Vec<Self> {
        match self {
            Json::Doc(serde_json::Value::Object(members)) => members.values().map(Json::Doc).collect(),
            Json::Made(made) => match &**made {
                Made::Map(members) => members.iter().map(|(_, value)| value.clone()).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn charge(_heap: (), _n: usize) -> Result<(), Error> {
        Ok(())
    }

    fn text(_heap: (), text: String) -> Result<Self, Error> {
        Ok(Json::made(Made::Text(text)))
    }

    fn number(number: Number) -> Self {
        Json::made(Made::Number(number))
    }

    fn null() -> Self {
        Json::made(Made::Null)
    }

    fn list(_heap: (), items: Vec<Self>) -> Result<Self, Error> {
        Ok(Json::made(Made::List(items)))
    }

    fn map(_heap: (), members: Vec<(&str, Self)>) -> Result<Self, Error> {
        let mut own: Vec<(String, Self)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            match own.iter_mut().find(|(n, _)| n == name) {
                Some((_, old)) => *old = value,
                None => own.push((name.to_owned(), value)),
            }
        }
        Ok(Json::made(Made::Map(own)))
    }

    fn data(_heap: (), data: &Datum) -> Result<Self, Error> {
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
                Made::List(items.iter().map(|item| Self::data((), item)).collect::<Result<_, _>>()?)
            }
            Datum::Map(_, members) => Made::Map(
                members
                    .entries()
                    .iter()
                    .map(|(name, value)| Ok((name.to_string(), Self::data((), value)?)))
                    .collect::<Result<_, Error>>()?,
            ),
        }))
    }

    fn push(&self, _heap: (), item: Self) -> Result<Self, Error> {
        let mut items: Vec<Self> = (0..self.len()).filter_map(|i| self.item(i)).collect();
        items.push(item);
        Ok(Json::made(Made::List(items)))
    }

    fn show_nested(&self, _heap: ()) -> Result<String, Error> {
        Ok(self.to_value().to_string())
    }
}
