//! CloudFormation's functions and variables inside of an OpenAPI document.
//!
//! A template includes OpenAPI documents that have its functions in them, and an import replaces a
//! few variables ("AWS variables for OpenAPI import").

use crate::cloudformation::intrinsics::Intrinsics;
use crate::context::Context;
use crate::openapi::{INTEGRATION, INTEGRATIONS};
use crate::syntax::tree::{Data, Node};

/// Extensions whose values may have functions and variables.
const EXTENSIONS: &[&str] = &[INTEGRATION, INTEGRATIONS, "x-amazon-apigateway-gateway-responses"];

/// Deepest level at which an extension occurs: below `paths`, a path and an operation.
const MAX_LEVEL: usize = 3;

/// Evaluates functions and variables in the extensions of a document.
pub(crate) fn evaluate(root: &mut Node, context: &Context<'_, '_>) {
    let mut values = Vec::new();
    // The functions refer to the document as it is written, so all are evaluated before any is set.
    collect(root, &Intrinsics::new(root, context), 0, &mut values);
    replace(root, 0, &mut values.into_iter());
}

fn is_extension(key: &Node) -> bool {
    key.as_str().is_some_and(|key| EXTENSIONS.contains(&key))
}

fn collect(node: &Node, functions: &Intrinsics<'_>, level: usize, values: &mut Vec<Node>) {
    for (key, value) in node.entries() {
        if is_extension(key) {
            let known = functions.evaluate(value);
            values.push(functions.import(known.unwrap_or_else(|| Node::null(value.span))));
        } else if level < MAX_LEVEL {
            collect(value, functions, level + 1, values);
        }
    }
}

/// Sets the extensions to the values, in the order of [`collect`].
fn replace(node: &mut Node, level: usize, values: &mut impl Iterator<Item = Node>) {
    let Data::Map(entries) = &mut node.data else { return };
    for (key, value) in entries {
        if is_extension(key) {
            *value = values.next().unwrap_or_else(|| Node::null(value.span));
        } else if level < MAX_LEVEL {
            replace(value, level + 1, values);
        }
    }
}
