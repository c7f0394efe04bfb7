//! The analysis of a template: its blocks, the kinds of its values, and its output as a text with holes.

pub mod blocks;
pub mod evaluate;
pub mod loops;
pub mod members;
pub mod path;
pub mod reader;
pub mod references;
pub mod sites;
pub mod template;
pub mod value;
pub mod walk;

pub use template::Template;
