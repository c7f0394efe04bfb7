//! Terraform's `selection_pattern = "-"` was the default response in its documents until 2021.

use super::Integrated;
use crate::finding::Finding;
use vtl::Code;
use vtl_loaders::Kind;

pub fn check(it: &Integrated<'_>, found: &mut Vec<Finding>) {
    if !matches!(it.kind, Kind::Terraform | Kind::TerraformJson | Kind::TerraformPlan | Kind::TerraformState) {
        return;
    }
    for (at, rule) in it.integration.responses.iter().enumerate() {
        if rule.selection_pattern.as_deref() == Some("-") {
            found.push(
                Finding::property(
                    Code::TerraformDashPattern,
                    format!("/responses/{at}/selectionPattern"),
                    "the pattern `-` matches a minus sign, not everything else",
                )
                .help("leave out selection_pattern for the default response"),
            );
        }
    }
}
