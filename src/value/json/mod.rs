//! JSON as the service reads and writes it: json-smart 2.2 in permissive mode.
//!
//! The reader takes nearly everything: `{a: b c, 'd': 1 2,, e:}` is an object of three
//! members. Each file beside this one is a part of it: [`read`] knows objects and lists,
//! `string` quoted and bare text, `number` Java's number classes, `refuse` the library's
//! own words for what even it does not take; `wanted`, `part` and `skim` pass over what nobody
//! asks for. [`write`] is the way back; `compact` tells when there is no need for it.

mod compact;
mod number;
pub(crate) mod part;
pub(crate) mod read;
mod refuse;
mod scan;
mod skim;
mod string;
#[cfg(test)]
mod tests;
mod tree;
mod wanted;
pub(crate) mod write;

pub(crate) use compact::compact;
pub(crate) use tree::to_serde;
pub(crate) use wanted::{PartId, Place, Plan, Toward, Wanted};
