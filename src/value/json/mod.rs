//! JSON as the service reads and writes it: json-smart 2.2 in permissive mode.
//!
//! The reader accepts nearly everything: `{a: b c, 'd': 1 2,, e:}` is an object of three members.
//!
//! | File | Contents |
//! | --- | --- |
//! | `cursor` | the state of a parse: cursor, child stack, terminators of tokens |
//! | [`read`] | the lenient reader: objects, lists, shapes |
//! | `string`, `number`, `refuse` | its strings, Java's number classes, json-smart's error messages |
//! | `demand`, `plan`, `project` | projection pushdown: demand graph, read plan, projecting reader |
//! | `skim`, `gap` | validates and skips values that nobody demands; predicts what is between scalars |
//! | `walk`, `token` | standard JSON by tokens; the ends of strings, numbers and words |
//! | `scan` | byte scanning in 8- and 16-byte words |
//! | [`write`](mod@write) | the serializer |
//! | `compact` | recognizes payloads that serialize to themselves |
//! | `tree` | payload → `serde_json` |
//! | `size` | the number of values in a text, for what is read into values all at once |

mod compact;
mod cursor;
mod demand;
mod gap;
mod number;
mod plan;
pub(crate) mod project;
pub(crate) mod read;
mod refuse;
mod scan;
mod size;
mod skim;
#[cfg(test)]
mod skim_tests;
mod string;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod walk;
pub(crate) mod write;

pub(crate) use compact::compact;
pub(crate) use cursor::FRAME;
pub(crate) use demand::{Demand, DemandId};
pub(crate) use plan::{Access, Capture, ReadPlan};
pub(crate) use size::escaped_length;
pub use size::{MOST_VALUES, check_values, count_values};
pub(crate) use tree::to_serde;
