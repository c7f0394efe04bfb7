//! Terraform's `selection_pattern = "-"` was the default response in its documents until 2021.
//!
//! ```vtl
//! selection_pattern = "-"
//! ```
//!
//! *Cause.* Terraform's documentation named `-` for the default response until 2021 (observed 18.12).
//! It is a regular expression that matches a minus sign.
//!
//! *Way out.* Leave the property out.

use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use vtl::Code;
use vtl_loaders::Kind;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    if !matches!(it.document.kind, Kind::Terraform | Kind::TerraformJson | Kind::TerraformPlan | Kind::TerraformState) {
        return;
    }
    for (at, rule) in it.integration.responses.iter().enumerate() {
        // The loader may have read it as the default response that is meant.
        let pointer = format!("/responses/{at}/selectionPattern");
        let is_written = || it.block_at(&format!("/responses/{at}")).is_some_and(|block| has_dash(&block));
        if rule.selection_pattern.as_deref() == Some("-") || (rule.selection_pattern.is_none() && is_written()) {
            found.push(
                Finding::property(
                    Code::TerraformDashPattern,
                    pointer,
                    "the pattern `-` matches a minus sign, not everything else",
                )
                .help("leave out selection_pattern for the default response"),
            );
        }
    }
}

/// Checks for the property in a block.
fn has_dash(block: &str) -> bool {
    let compact: String = block.chars().filter(|c| !c.is_whitespace()).collect();
    compact.contains("selection_pattern=\"-\"") || compact.contains("\"selection_pattern\":\"-\"")
}
