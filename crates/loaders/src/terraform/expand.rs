//! `count` and `for_each`: one block of Terraform's that stands for many things.

use crate::document::Fault;
use crate::syntax::tree::{Data, Node, Span};
use crate::terraform::evaluate::{Evaluator, Scope};
use crate::terraform::operators;
use std::rc::Rc;

/// How many instances a resource may have.
const MOST_INSTANCES: usize = 5_000;

/// One of the things that a block with `count` or `for_each` stands for.
#[derive(Debug)]
pub(crate) struct Instance {
    /// `aws_api_gateway_method.m["get"]`.
    pub address: String,
    /// `each` or `count`.
    pub names: Vec<(String, Node)>,
}

/// What a block stands for.
#[derive(Debug)]
pub(crate) enum Instances {
    /// One thing; also where only the service knows how many.
    One(Instance),
    /// `count`.
    Counted(Vec<Instance>),
    /// `for_each`, in the order of its keys.
    Keyed(Vec<(String, Instance)>),
}

impl Instances {
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = &Instance> + '_> {
        match self {
            Instances::One(one) => Box::new(std::iter::once(one)),
            Instances::Counted(all) => Box::new(all.iter()),
            Instances::Keyed(all) => Box::new(all.iter().map(|(_, one)| one)),
        }
    }
}

impl Evaluator<'_> {
    /// A resource as a value: itself as a text `${address}`, or a list or map of its instances.
    pub(crate) fn resource(&self, address: &str, span: Span) -> Result<Node, Fault> {
        let open = |address: &str| Node::open(span, format!("${{{address}}}"));
        let Some(at) = self.configuration.by_address.get(address).copied() else { return Ok(open(address)) };
        let instances = self.instances(at)?;
        let data = match instances.as_ref() {
            Instances::One(_) => return Ok(open(address)),
            Instances::Counted(all) => Data::List(all.iter().map(|one| open(&one.address)).collect()),
            Instances::Keyed(all) => {
                Data::Map(all.iter().map(|(key, one)| (Node::text(span, key.as_str()), open(&one.address))).collect())
            }
        };
        self.charge(instances.iter().count(), span)?;
        Ok(Node::new(span, data))
    }

    /// What a block stands for.
    pub(crate) fn instances(&self, at: usize) -> Result<Rc<Instances>, Fault> {
        let Some(declared) = self.configuration.resources.get(at) else {
            return Err(Fault::whole("there is no such resource"));
        };
        let found = self.expanded.borrow().get(&at).cloned();
        match found {
            Some(Some(instances)) => return Ok(instances),
            Some(None) => {
                return Err(Fault::new(declared.span, format!("{} refers to itself in a circle", declared.address)));
            }
            None => drop(self.expanded.borrow_mut().insert(at, None)),
        }
        let repeated = |name: &str| -> Result<Option<Node>, Fault> {
            let written = declared.inner.attribute(name);
            written.map(|written| self.evaluate(written, &Scope::default())).transpose()
        };
        let address = &declared.address;
        let (count, for_each) = (repeated("count")?, repeated("for_each")?);
        let counted = count.as_ref().filter(|count| !count.is_open()).and_then(operators::number);
        let instances = if let Some(number) = counted {
            self.counted(address, number, declared.span)?
        } else if let Some(items) = for_each.as_ref().and_then(set_or_map) {
            self.charge(items.len(), declared.span)?;
            if items.len() > MOST_INSTANCES {
                return Err(Fault::new(declared.span, format!("more than {MOST_INSTANCES} instances")));
            }
            let one = |(key, value): (String, Node)| {
                let address = format!("{address}[{}]", operators::quote(&key));
                let names = vec![(
                    "each".to_owned(),
                    named(&[("key", Node::text(value.span, key.as_str())), ("value", value)]),
                )];
                (key, Instance { address, names })
            };
            Instances::Keyed(items.into_iter().map(one).collect())
        } else {
            Instances::One(Instance { address: address.clone(), names: Vec::new() })
        };
        let instances = Rc::new(instances);
        for (which, instance) in instances.iter().enumerate() {
            self.by_address.borrow_mut().insert(instance.address.clone(), (at, which));
        }
        self.expanded.borrow_mut().insert(at, Some(instances.clone()));
        Ok(instances)
    }

    fn counted(&self, address: &str, number: f64, span: Span) -> Result<Instances, Fault> {
        if number > MOST_INSTANCES as f64 {
            return Err(Fault::new(span, format!("more than {MOST_INSTANCES} instances")));
        }
        let one = |index: usize| {
            let index_node = Node::new(span, Data::Number(index.to_string()));
            let names = vec![("count".to_owned(), named(&[("index", index_node)]))];
            Instance { address: format!("{address}[{index}]"), names }
        };
        Ok(Instances::Counted((0..number.max(0.0) as usize).map(one).collect()))
    }
}

/// What `for_each` goes over: a map, or a set whose keys are its values.
pub(crate) fn set_or_map(node: &Node) -> Option<Vec<(String, Node)>> {
    let mut entries: Vec<(String, Node)> = match &node.data {
        Data::Map(_) => node.fields().map(|(key, value)| (key.to_owned(), value.clone())).collect(),
        Data::List(items) => items.iter().filter_map(|item| Some((item.to_word()?, item.clone()))).collect(),
        _ => return None,
    };
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    entries.dedup_by(|one, other| one.0 == other.0);
    Some(entries)
}

fn named(entries: &[(&str, Node)]) -> Node {
    let pair = |(name, value): &(&str, Node)| (Node::text(value.span, *name), value.clone());
    Node::new(Span::default(), Data::Map(entries.iter().map(pair).collect()))
}
