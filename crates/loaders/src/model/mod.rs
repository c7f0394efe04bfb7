//! Tree to model: integrations, responses and tables of [`vtl::pipeline`], read from a tree in the
//! words of any document language.

pub(crate) mod address;
pub(crate) mod bare;
pub(crate) mod cors;
pub(crate) mod defaults;
pub(crate) mod draft;
pub(crate) mod integration;
pub(crate) mod protocol;
pub(crate) mod response;
pub(crate) mod shape;
pub(crate) mod surface;
pub(crate) mod table;
pub(crate) mod words;
