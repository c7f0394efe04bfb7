//! Expansion of `count` and `for_each`.

use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use crate::terraform::evaluator::{Evaluator, Scope};
use crate::terraform::instance::{Instance, Instances, set_or_map};
use crate::terraform::operators;
use std::rc::Rc;
use vtl::Code;

/// Most instances of a resource.
const MAX_INSTANCES: usize = 5_000;

impl Evaluator<'_> {
    /// Returns a resource as a value: the placeholder `${address}`, or a list or map of those of its
    /// instances.
    ///
    /// # Errors
    /// The resource refers to itself, or has too many instances.
    pub(crate) fn resource(&self, address: &str, span: Span) -> Result<Node, Fault> {
        let reference = |address: &str| Node::placeholder(span, format!("${{{address}}}"));
        let Some(at) = self.configuration.by_address.get(address).copied() else { return Ok(reference(address)) };
        let instances = self.instances(at)?;
        let data = match instances.as_ref() {
            Instances::One(_) => return Ok(reference(address)),
            Instances::Counted(all) => Data::List(all.iter().map(|one| reference(&one.address)).collect()),
            Instances::Keyed(all) => Data::Map(
                all.iter().map(|(key, one)| (Node::text(span, key.as_str()), reference(&one.address))).collect(),
            ),
        };
        self.charge(instances.iter().count(), span)?;
        Ok(Node::new(span, data))
    }

    /// Returns the instances of a resource, by its index in the configuration.
    ///
    /// # Errors
    /// The resource refers to itself, or has too many instances.
    pub(crate) fn instances(&self, at: usize) -> Result<Rc<Instances>, Fault> {
        let Some(declared) = self.configuration.resources.get(at) else {
            return Err(Fault::whole(Code::CircularReference, format!("resource {at} does not exist")));
        };
        let found = self.expanded.borrow().get(&at).cloned();
        match found {
            Some(Some(instances)) => return Ok(instances),
            Some(None) => {
                let message = format!("{} refers to itself", declared.address);
                return Err(Fault::new(Code::CircularReference, declared.span, message));
            }
            None => drop(self.expanded.borrow_mut().insert(at, None)),
        }
        let repeated = |name: &str| -> Result<Option<Node>, Fault> {
            let written = declared.inner.attribute(name);
            written.map(|written| self.evaluate(written, &Scope::default())).transpose()
        };
        let address = &declared.address;
        let (count, for_each) = (repeated("count")?, repeated("for_each")?);
        let counted = count.as_ref().filter(|count| !count.has_placeholder()).and_then(operators::number);
        let instances = if let Some(number) = counted {
            self.counted(address, number, declared.span)?
        } else if let Some(items) = for_each.as_ref().and_then(set_or_map) {
            self.charge(items.len(), declared.span)?;
            if items.len() > MAX_INSTANCES {
                return Err(too_many(declared.span));
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
        if number > MAX_INSTANCES as f64 {
            return Err(too_many(span));
        }
        let one = |index: usize| {
            let index_node = Node::new(span, Data::Number(index.to_string()));
            let names = vec![("count".to_owned(), named(&[("index", index_node)]))];
            Instance { address: format!("{address}[{index}]"), names }
        };
        Ok(Instances::Counted((0..number.max(0.0) as usize).map(one).collect()))
    }
}

fn too_many(span: Span) -> Fault {
    Fault::new(Code::DocumentLimit, span, format!("the resource has more than {MAX_INSTANCES} instances"))
}

/// Creates a map from names and values.
fn named(entries: &[(&str, Node)]) -> Node {
    let pair = |(name, value): &(&str, Node)| (Node::text(value.span, *name), value.clone());
    Node::new(Span::default(), Data::Map(entries.iter().map(pair).collect()))
}
