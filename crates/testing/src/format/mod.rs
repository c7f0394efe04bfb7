//! Test files: what a file may say, and its tests as data.

pub(crate) mod expect;
mod fields;
pub(crate) mod file;
pub(crate) mod foreign;
pub(crate) mod payload;
mod read;
mod schema;
pub(crate) mod test;

pub(crate) use file::TestFile;
pub(crate) use read::read;
pub use schema::SCHEMA;
