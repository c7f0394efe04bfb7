//! Results in the format of JUnit, which most servers read.

use crate::suite::{Report, Status, TestResult};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use vtl::diagnostic::printable;

impl Report {
    /// Returns the results in the format of JUnit: a suite for each file. Times are left out.
    ///
    /// ```
    /// let xml = vtl_testing::Report::default().to_junit();
    /// assert!(xml.contains("<testsuites name=\"vtl\" tests=\"0\""));
    /// ```
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut junit = Junit::new("vtl");
        for tests in self.tests.chunk_by(|one, other| one.file == other.file) {
            let Some(first) = tests.first() else { continue };
            let mut suite = TestSuite::new(first.file.as_str());
            suite.add_test_cases(tests.iter().map(case));
            junit.add_test_suite(suite);
        }
        // XML has no place for these two, not even escaped.
        junit.to_string().unwrap_or_default().replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
    }
}

fn case(test: &TestResult) -> TestCase {
    let mut status = match test.status {
        Status::Passed => TestCaseStatus::success(),
        Status::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Skipped | Status::Todo => TestCaseStatus::skipped(),
    };
    if let Some(reason) = &test.reason {
        status.set_message(reason.as_str());
    }
    if test.status == Status::Failed {
        if let Some(first) = test.findings.first() {
            status.set_message(first.message.as_str()).set_type(first.code.as_str());
        }
        status.set_description(test.details());
    }
    let mut case = TestCase::new(test.name.as_str(), status);
    case.set_classname(test.file.as_str());
    case.extra.insert("file".into(), test.file.as_str().into());
    case.extra.insert("line".into(), test.line.to_string().as_str().into());
    case
}

impl TestResult {
    /// Returns the findings, a line each, and the differences.
    pub(crate) fn details(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(|it| printable(&it.to_string()).into_owned()).collect();
        lines.extend(self.diff.clone());
        lines.join("\n")
    }
}
