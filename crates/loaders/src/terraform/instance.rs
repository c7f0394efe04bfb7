//! Instances of resources and modules that have `count` or `for_each`.

use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::{Configuration, ModuleCall};

/// An instance of a module.
pub(crate) struct Module<'a> {
    /// Prefix of the addresses in it, such as `module.m["get"].`; empty for the root module.
    pub prefix: String,
    pub configuration: &'a Configuration<'a>,
    /// The call; `None` for the root module.
    pub call: Option<Caller<'a>>,
}

/// The call of an instance of a module.
pub(crate) struct Caller<'a> {
    /// Index of the calling module instance.
    pub module: usize,
    /// The block that calls it.
    pub block: &'a ModuleCall<'a>,
    /// The names that the instance sets: `each` or `count`.
    pub names: Vec<(String, Node)>,
}

/// An instance of a resource or a module.
#[derive(Debug)]
pub(crate) struct Instance {
    /// Its address, such as `aws_api_gateway_method.m["get"]`.
    pub address: String,
    /// The names that it sets: `each` or `count`.
    pub names: Vec<(String, Node)>,
}

/// The instances of a resource or a module.
#[derive(Debug)]
pub(crate) enum Instances {
    /// The only instance, without `count` and `for_each`.
    One(Instance),
    /// One instance for all, whose number is known only after deployment.
    Uncounted(Instance),
    /// The instances of `count`.
    Counted(Vec<Instance>),
    /// The instances of `for_each`, in the order of its keys.
    Keyed(Vec<(String, Instance)>),
}

impl Instances {
    /// Iterates over all instances.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = &Instance> + '_> {
        match self {
            Instances::One(one) | Instances::Uncounted(one) => Box::new(std::iter::once(one)),
            Instances::Counted(all) => Box::new(all.iter()),
            Instances::Keyed(all) => Box::new(all.iter().map(|(_, one)| one)),
        }
    }

    /// Returns an instance by its position.
    pub(crate) fn get(&self, at: usize) -> Option<&Instance> {
        match self {
            Instances::One(one) | Instances::Uncounted(one) => (at == 0).then_some(one),
            Instances::Counted(all) => all.get(at),
            Instances::Keyed(all) => all.get(at).map(|(_, one)| one),
        }
    }
}

/// Returns what `for_each` iterates over: the entries of a map, or of a set, whose keys are its values.
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
