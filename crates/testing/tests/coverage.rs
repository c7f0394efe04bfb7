//! Coverage of three templates, counted by hand.

use vtl_testing::{FileCoverage, Settings, run_files};

/// Renders a template with payloads and returns its coverage, and the codes of the findings.
fn counted(template: &str, payloads: &[&str]) -> (FileCoverage, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.vtl"), template).expect("writable");
    let test = |(at, body): (usize, &&str)| format!("- {{name: t{at}, input: {{body: '{body}'}}, expect: {{}}}}\n");
    let tests: String = payloads.iter().enumerate().map(test).collect();
    let file = folder.path().join("t.vtl-test.yaml");
    std::fs::write(&file, format!("template: t.vtl\ntests:\n{tests}")).expect("writable");
    let mut settings = Settings::default();
    settings.coverage = true;
    let report = run_files(&[file], &settings, &|_| {});
    assert_eq!(report.summary.passed, payloads.len(), "{:?}", report.tests);
    let codes = report.findings.iter().map(|finding| finding.code.as_str().to_owned()).collect();
    (report.coverage.expect("it was measured").files.remove(0), codes)
}

fn coverage(template: &str, payloads: &[&str]) -> FileCoverage {
    let (coverage, codes) = counted(template, payloads);
    assert!(codes.is_empty(), "{codes:?}");
    coverage
}

fn branches(file: &FileCoverage) -> Vec<(&'static str, u64)> {
    file.branch_hits.iter().map(|branch| (branch.kind, branch.hits)).collect()
}

fn lines(file: &FileCoverage) -> Vec<(usize, u64)> {
    file.line_hits.iter().map(|(line, hits)| (*line, *hits)).collect()
}

#[test]
fn an_if_with_all_its_clauses() {
    let template = "#set($n = $input.path('$.n'))\n#if($n == 1)\n$n\n#elseif($n == 2)\ntwo\n#else\n$input.body\n#end\n";
    let file = coverage(template, &[r#"{"n": 1}"#, r#"{"n": 1}"#]);
    assert_eq!(lines(&file), [(1, 2), (2, 2), (3, 2), (4, 0), (7, 0)]);
    assert_eq!(branches(&file), [("then", 2), ("then", 0), ("else", 0)]);
    let file = coverage(template, &[r#"{"n": 1}"#, r#"{"n": 2}"#, r#"{"n": 3}"#]);
    assert_eq!(lines(&file), [(1, 3), (2, 3), (3, 1), (4, 2), (7, 1)]);
    assert_eq!(branches(&file), [("then", 1), ("then", 1), ("else", 1)]);
}

#[test]
fn a_loop_with_no_one_and_more_turns() {
    let template = "#foreach($i in $input.path('$'))\n$i#if($foreach.hasNext),#end\n#end";
    let none = coverage(template, &["[]"]);
    assert_eq!((lines(&none), none.lines.percent()), (vec![(1, 1), (2, 0)], 50.0));
    assert_eq!(branches(&none), [("no turn", 1), ("one turn", 0), ("more turns", 0), ("then", 0), ("skipped", 0)]);
    let more = coverage(template, &["[1]", "[1, 2, 3]"]);
    assert_eq!(branches(&more), [("no turn", 0), ("one turn", 2), ("more turns", 2), ("then", 2), ("skipped", 2)]);
}

#[test]
fn an_if_without_else() {
    let template = "{\n#if($input.path('$.a') == 1)\n\"a\": 1\n#end\n}";
    let skipped = coverage(template, &["{}"]);
    assert_eq!((lines(&skipped), branches(&skipped)), (vec![(2, 1)], vec![("then", 0), ("skipped", 1)]));
    let last = coverage("a#if($input.path('$.a') == 1)b#end", &["{}", "{}"]);
    assert_eq!(branches(&last), [("then", 0), ("skipped", 2)]);
    let both = coverage(template, &["{}", r#"{"a": 1}"#]);
    assert_eq!(branches(&both), [("then", 1), ("skipped", 1)]);
}

#[test]
fn templates_that_no_test_ran_count_as_zero() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("ran.vtl"), "$input.body").expect("writable");
    std::fs::write(at("idle.vtl"), "#set($a = 1)\n\n$a").expect("writable");
    std::fs::write(at("broken.vtl"), "#if(").expect("writable");
    let api = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: |\n            {\"statusCode\": 200}\n            $input.body\n";
    std::fs::write(at("api.yaml"), api).expect("writable");
    let test = at("a.vtl-test.yaml");
    std::fs::write(&test, "template: ran.vtl\ntests: [{name: ran, expect: {}}]").expect("writable");
    let mut settings = Settings::default();
    settings.coverage = true;
    // The first is named twice, and counts once.
    settings.also_covered = ["./ran.vtl", "idle.vtl", "broken.vtl", "api.yaml", "nowhere.vtl"].map(at).to_vec();
    let coverage = run_files(&[test], &settings, &|_| {}).coverage.expect("it was measured");
    let counts: Vec<_> = coverage.files.iter().map(|file| (file.file.rsplit('/').next(), lines(file))).collect();
    let expected =
        [(Some("api.yaml"), vec![(10, 0)]), (Some("idle.vtl"), vec![(1, 0), (3, 0)]), (Some("ran.vtl"), vec![(1, 1)])];
    assert_eq!(counts, expected);
    assert_eq!((coverage.lines.covered, coverage.lines.total), (1, 4));
}

/// Checks that the text of an `#evaluate` does not count as lines of the template.
#[test]
fn an_evaluated_text_counts_as_its_evaluate() {
    let head = "#evaluate($input.path('$.e'))\n#if($input.body == '')\n";
    let body = format!(r#"{{"e": "{}$input.path(1)"}}"#, " ".repeat(head.len()));
    let file = coverage(&format!("{head}$input.path(2)\n#end"), &[&body]);
    assert_eq!(lines(&file), [(1, 1), (2, 1), (3, 0)]);
}

/// An operation takes several times as long while it is counted.
#[test]
fn a_render_is_counted_up_to_a_number_of_steps() {
    let template = |times: usize| {
        let searched = "#set($x = $l.contains(0))".repeat(times);
        format!("#set($l = [1..1000])\n#foreach($i in [1..999])\n{searched}\n#end\n$l.size()")
    };
    let (few, codes) = counted(&template(1), &["{}"]);
    assert_eq!((few.line_hits[&3], few.line_hits[&5], codes.len()), (999, 1, 0));
    let (many, codes) = counted(&template(6), &["{}"]);
    assert!((1..999).contains(&many.line_hits[&3]) && many.line_hits[&5] == 0, "{many:?}");
    assert_eq!(codes, ["V303"]);
}
