//! Diagnostics as the protocol has them.

use crate::file::OpenFile;
use crate::quick::Finding;
use lsp_types::{
    CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    PublishDiagnosticsParams, Uri,
};
use std::str::FromStr;
use vtl::diagnostic::Severity;

/// Page of the codes, where each has a section with an example, the cause and the way out.
const PAGES: &str = "https://docs.rs/vtl/latest/vtl/enum.Code.html";

/// Returns what is wrong in a file; diagnostics of other files are left out. Behind those that are kept one says
/// how many more there are.
pub(crate) fn publish(file: &OpenFile) -> PublishDiagnosticsParams {
    let mut diagnostics: Vec<_> = file.found.shown.iter().map(|it| convert(file, it)).collect();
    let more = file.found.more;
    if more > 0 {
        diagnostics.push(lsp_types::Diagnostic {
            severity: Some(DiagnosticSeverity::INFORMATION),
            source: Some("vtl".to_owned()),
            message: format!("{more} more findings of this file are not shown; `vtl check` prints more"),
            ..lsp_types::Diagnostic::default()
        });
    }
    PublishDiagnosticsParams { uri: file.uri.clone(), diagnostics, version: Some(file.version) }
}

pub(crate) fn convert(file: &OpenFile, it: &Finding) -> lsp_types::Diagnostic {
    let finding = &it.found.diagnostic;
    let range = it.at.clone().map(|at| file.text.range(at)).unwrap_or_default();
    // A whole resource is marked at its head: waves below each of its lines would hide other findings.
    let range = if range.end.line > range.start.line {
        lsp_types::Range::new(range.start, file.text.end_of_line(range.start.line))
    } else {
        range
    };
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
        code_description: Uri::from_str(&format!("{PAGES}#variant.{:?}", finding.code))
            .ok()
            .map(|href| CodeDescription { href }),
        source: Some("vtl".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..lsp_types::Diagnostic::default()
    }
}
