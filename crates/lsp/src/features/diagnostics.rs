//! Diagnostics as the protocol has them.

use crate::file::OpenFile;
use lsp_types::{
    CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    PublishDiagnosticsParams, Uri,
};
use std::str::FromStr;
use vtl::diagnostic::{Diagnostic, Severity};

/// Page of the codes, where each has a section.
const PAGES: &str = "https://docs.rs/vtl/latest/vtl/enum.Code.html";

/// Returns what is wrong in a file; diagnostics of other files are left out.
pub(crate) fn publish(file: &OpenFile) -> PublishDiagnosticsParams {
    let found = file.found.iter().map(|it| &it.diagnostic).chain(file.failure());
    let is_here = |finding: &&Diagnostic| {
        finding.location.as_ref().is_none_or(|it| it.file.as_deref().is_none_or(|name| name == file.name))
    };
    let diagnostics = found.filter(is_here).map(|finding| convert(file, finding)).collect();
    PublishDiagnosticsParams { uri: file.uri.clone(), diagnostics, version: Some(file.version) }
}

pub(crate) fn convert(file: &OpenFile, finding: &Diagnostic) -> lsp_types::Diagnostic {
    let range = finding.location.as_ref().map(|it| file.text.range(file.text.located(it))).unwrap_or_default();
    let severity = match finding.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Advice => DiagnosticSeverity::INFORMATION,
    };
    let message = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let related: Vec<_> = finding
        .related
        .iter()
        .filter(|other| other.location.file.as_deref().is_none_or(|name| name == file.name))
        .map(|other| DiagnosticRelatedInformation {
            location: Location::new(file.uri.clone(), file.text.range(file.text.located(&other.location))),
            message: other.message.clone(),
        })
        .collect();
    lsp_types::Diagnostic {
        range,
        severity: Some(severity),
        code: Some(NumberOrString::String(finding.code.name().to_owned())),
        code_description: Uri::from_str(PAGES).ok().map(|href| CodeDescription { href }),
        source: Some("vtl".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..lsp_types::Diagnostic::default()
    }
}
