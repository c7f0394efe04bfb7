//! The service has no macros, no `#evaluate`, and nothing that `#parse` and `#include` could load.
//!
//! ```vtl
//! #macro(name $x)$x#end#name('a')
//! ```
//!
//! *Cause.* The service has no macros: definitions vanish and calls print as text (observed 2.41,
//! 2.42). `#parse` and `#include` have nothing to load.
//!
//! *Way out.* Write the content in its place, or `#define` a block without parameters.
//!
//! ```vtl
//! #define($name)a#end$name
//! ```

use crate::analysis::Template;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::diagnostic::Severity;
use vtl::syntax_unstable::ast::Kind;
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    if template.subject.may_be_foreign && !template.uses_roots {
        return;
    }
    for node in &template.ast.nodes {
        let Kind::Directive(directive) = &node.kind else { continue };
        let name = directive.name;
        let (message, severity) = match name {
            "foreach" | "break" | "stop" | "define" | "literal" => continue,
            "parse" | "include" => (format!("`#{name}` has nothing to load on the service: the call fails"), Severity::Error),
            "macro" => ("the service has no macros: their calls print as text".to_owned(), level(template)),
            _ if directive.arguments.is_none() => continue,
            "evaluate" | "return" => (format!("`#{name}` prints as text on the service"), level(template)),
            _ => (format!("the service has no macros: `#{name}(…)` prints as text"), level(template)),
        };
        let start = template.text(node.span).find('#').unwrap_or(0) + node.span.range().start;
        let length = name.len() + 1 + usize::from(directive.at);
        found.push(
            Finding::new(Code::UnknownMacro, Span::new(start, length), message)
                .help("write its content in its place, or `#define` a block without parameters")
                .severity(severity),
        );
    }
}

/// Text that nobody parses may have a call printed in it; JSON may not.
fn level(template: &Template<'_, '_>) -> Severity {
    if template.is_json || template.subject.is_embedded { Severity::Error } else { Severity::Warning }
}
