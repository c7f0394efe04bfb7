//! A `#set` of one of the service's objects hides it for the rest of the template.
//!
//! ```vtl
//! #set($input = $input.path('$'))$input.params('id')
//! ```
//!
//! *Cause.* `$input`, `$util`, `$context` and `$stageVariables` are variables; after a `#set` the
//! service's object is hidden.
//!
//! *Way out.* Use another name.
//!
//! ```vtl
//! #set($body = $input.path('$'))$input.params('id')
//! ```

use crate::analysis::Template;
use crate::analysis::references::Use;
use crate::analysis::template::ROOTS;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::Code;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for (reference, used) in &template.references {
        let is_set = matches!(used, Use::Set | Use::Bound) && reference.steps.is_empty();
        if is_set && ROOTS.contains(&reference.name) {
            let name = reference.name;
            let message = format!("`${name}` is the service's: from here on it is hidden");
            found.push(Finding::new(Code::RootReassigned, reference.span, message).help("use another name"));
        }
    }
}
