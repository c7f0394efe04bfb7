//! The fixtures of the rules: `rules/NAME/invalid` and `rules/NAME/valid`, templates and documents.
//!
//! In an invalid fixture each place where the rule finds something is marked by `«`, which is no part of
//! the fixture.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl_check::{Found, RULES, TemplateOptions, check_document, check_template};
use vtl_loaders::{File, Options, load};

const MARK: char = '«';

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).map(|entries| entries.flatten().map(|it| it.path()).collect());
    let mut files: Vec<PathBuf> = entries.unwrap_or_default();
    files.sort();
    files
}

fn check(path: &Path, text: &str) -> Vec<Found> {
    let name = path.file_name().and_then(|name| name.to_str()).expect("it has a name");
    if name.ends_with(".vtl") {
        let mut options = TemplateOptions::default();
        options.is_velocity = name.contains(".velocity.");
        return check_template(name, text, &options);
    }
    check_document(&load(&[File::new(name, text)], &Options::default()).expect("the fixture loads"))
}

/// Returns a text without its marks, and their lines and columns.
fn unmarked(text: &str) -> (String, BTreeSet<(usize, usize)>) {
    let (mut plain, mut places) = (String::new(), BTreeSet::new());
    let (mut line, mut column) = (1, 1);
    for c in text.chars() {
        match c {
            MARK => {
                places.insert((line, column));
                continue;
            }
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        plain.push(c);
    }
    (plain, places)
}

/// Returns the places of a rule's findings.
fn places(found: &[Found], code: Code) -> BTreeSet<(usize, usize)> {
    let of_code = found.iter().filter(|it| it.diagnostic.code == code);
    of_code.filter_map(|it| it.diagnostic.location.as_ref()).map(|at| (at.line, at.column)).collect()
}

#[test]
fn fixtures_have_the_findings_that_they_mark() {
    let mut wrong = Vec::new();
    for rule in files(&folder()) {
        let name = rule.file_name().and_then(|name| name.to_str()).expect("it has a name");
        let code = Code::from_name(name).unwrap_or_else(|| panic!("no rule has the name {name}"));
        for path in files(&rule.join("invalid")).into_iter().chain(files(&rule.join("valid"))) {
            let text = std::fs::read_to_string(&path).expect("it is a text");
            let (text, expected) = unmarked(&text);
            let is_invalid = path.parent().is_some_and(|parent| parent.ends_with("invalid"));
            assert_eq!(is_invalid, !expected.is_empty(), "{}: marks", path.display());
            let found = places(&check(&path, &text), code);
            if found != expected {
                wrong.push(format!("{}: expected {expected:?}, found {found:?}\n{text}\n", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} fixtures:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_rule_has_fixtures_of_both_kinds() {
    let known = RULES.iter().map(|rule| rule.code);
    for code in known.chain([Code::QuoteInString, Code::UnusedSuppression, Code::UnknownRule]) {
        for kind in ["invalid", "valid"] {
            let folder = folder().join(code.name()).join(kind);
            assert!(!files(&folder).is_empty(), "{} has no fixture", folder.display());
        }
    }
}

/// Safe and other fixes: afterwards the finding is gone, and the fixture is one that the rule finds nothing in.
#[test]
fn a_fix_removes_its_finding() {
    let mut fixed = BTreeSet::new();
    for rule in files(&folder()) {
        let name = rule.file_name().and_then(|name| name.to_str()).expect("it has a name");
        let code = Code::from_name(name).expect("it is a rule");
        for path in files(&rule.join("invalid")) {
            let (text, _) = unmarked(&std::fs::read_to_string(&path).expect("it is a text"));
            let before = check(&path, &text);
            for it in before.iter().filter(|it| it.diagnostic.code == code) {
                let Some(fix) = &it.fix else { continue };
                let mut edits = fix.edits.clone();
                edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
                let mut after = text.clone();
                for edit in edits {
                    after.replace_range(edit.range, &edit.text);
                }
                let left = places(&check(&path, &after), code);
                let old = places(&before, code);
                assert!(left.len() < old.len(), "{}: {after}\n{left:?}", path.display());
                fixed.insert(name.to_owned());
            }
        }
    }
    assert!(fixed.len() >= 12, "{fixed:?}");
}

/// A fix that would change more than the line ends or the last comma is not offered.
#[test]
fn safe_fixes_do_no_harm() {
    let is_fixed = |text: &str| {
        let found = check(Path::new("t.vtl"), text);
        let rules = [Code::FormNewline, Code::CommaInLoop, Code::InvalidJson];
        let of_rule = |it: &&Found| rules.contains(&it.diagnostic.code);
        let found: Vec<&Found> = found.iter().filter(of_rule).collect();
        assert!(!found.is_empty(), "{text}");
        found.iter().any(|it| it.fix.is_some())
    };
    for text in ["a=$x\n&c=d", "a=$x[0]\n[0]", "a=b#* c *#\n&c=d", "a=#[[x]]#\n&c=d", "a=#b\n&c=d"] {
        assert!(is_fixed(&format!("Action=Publish&{text}")), "{text}");
    }
    for text in ["a=b#\n&c=d", "a=b#\r\n&c=d", "a=b\\#\n&c=d", "a=#[[x\ny]]#", "a=$x\n[0]&c=d", "a=$x.y\n[0]&c=d"] {
        assert!(!is_fixed(&format!("Action=Publish&{text}")), "{text}");
    }
    let of_loop = |body: &str| format!("[#foreach($x in $input.path('$.l')){body}#end]");
    for body in ["\"$x\",", "#if($x == 1)#end\"$x\","] {
        assert!(is_fixed(&of_loop(body)), "{body}");
    }
    for body in ["#if($foreach.index == 1)#break#end\"$x\",", "#foreach($i in [1..2])\"$x$i\",#end"] {
        assert!(!is_fixed(&of_loop(body)), "{body}");
    }
    for text in ["#set($a = 1);{}", "{\"a\": $input.json('$');}"] {
        assert!(is_fixed(text), "{text}");
    }
    for text in ["{\"a\": $x;y(}", "{\"a\": $x;.y}", "{\"a\": $x;[0]}"] {
        assert!(!is_fixed(text), "{text}");
    }
}

/// Templates that are recorded as working on the service have no error; each warning is right for a reason.
#[test]
fn recorded_templates_have_no_error() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/apigateway/templates.jsonl");
    let cases = std::fs::read_to_string(path).expect("the corpus is there");
    let reasons = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded.txt"));
    let reasons = reasons.expect("the list is there");
    let mut warnings = BTreeSet::new();
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
        if case["expect"].get("output").is_none() {
            continue;
        }
        let (id, template) = (case["id"].as_str().expect("an id"), case["template"].as_str().expect("a template"));
        let mut options = TemplateOptions::default();
        options.is_response = case["phase"] == "response";
        for it in check_template(id, template, &options) {
            let severity = it.diagnostic.severity;
            assert!(severity < vtl::diagnostic::Severity::Error, "{id}: {}", it.diagnostic);
            if severity == vtl::diagnostic::Severity::Warning {
                warnings.insert(format!("{id} {}", it.diagnostic.code.name()));
            }
        }
    }
    let listed: BTreeSet<String> =
        reasons.lines().filter_map(|line| line.split_once(": ")).map(|(key, _)| key.to_owned()).collect();
    assert_eq!(warnings, listed, "tests/recorded.txt has a line with the reason for each warning");
}

/// Strings that double, lists in lists and long paths: what is known of a value has an end.
#[test]
fn values_of_a_template_do_not_grow() {
    for (start, line) in [("#set($a = \"0123456789\")", "#set($a = \"$a$a\")"), ("#set($a = [1])", "#set($a = [$a])")] {
        let template = format!("{start}\n{}{{\"a\": $a}}", format!("{line}\n").repeat(5_000));
        let found = check_template("a.vtl", &template, &TemplateOptions::default());
        assert!(found.is_empty(), "{line}: {:?}", found[0].diagnostic);
    }
}

/// The page of a rule is the doc comment of its file: `UPDATE=1 cargo test -p vtl-check --test rules` writes it.
#[test]
fn pages_are_made_from_the_doc_comments_of_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../src/diagnostic/pages/v7.md");
    let there = std::fs::read_to_string(&path).expect("the pages are there");
    let mut pages: Vec<(&str, String)> = there
        .split("## V7")
        .filter_map(|page| page.split_once('\n'))
        .map(|(number, text)| (number, text.trim_matches('\n').to_owned()))
        .collect();
    for rule in RULES.iter().map(|rule| rule.code).chain([Code::QuoteInString]) {
        let file = rule.name().replace('-', "_") + ".rs";
        let source = std::fs::read_to_string(root.join("src/rules").join(&file)).expect("a file has its rule's name");
        let lines = source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line));
        let doc = lines.collect::<Vec<_>>().join("\n");
        // The first paragraph is for the readers of the code.
        let page =
            doc.split_once("\n\n").map(|(_, page)| page.to_owned()).expect("the page is behind the first paragraph");
        let number = rule.as_str().trim_start_matches("V7");
        match pages.iter_mut().find(|(other, _)| *other == number) {
            Some((_, old)) => *old = page,
            None => pages.push((number, page)),
        }
    }
    pages.sort();
    let made = pages.iter().map(|(number, page)| format!("## V7{number}\n\n{page}\n")).collect::<Vec<_>>().join("\n");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the pages are writable");
    }
    assert!(made == there, "src/diagnostic/pages/v7.md is not what the rules give; UPDATE=1 writes it");
}

/// Velocity 1.7 reads what follows `$input.params(.a.b(` as a string, what follows `$input.params()(.a.b(` as text: there
/// `$o.c(d')` is a call, and no call that parses.
#[test]
fn a_fix_after_which_the_template_does_not_parse_is_not_offered() {
    let of = "#set($o = $input.path('$.o'))";
    let texts = [
        (Code::UnescapedInString, "$o.q", true),
        (Code::UnescapedInString, "$!o.q", true),
        (Code::UnescapedInString, "$!{o.q}", true),
        (Code::UnescapedInString, "$o$$!.q", true),
        (Code::UnknownInput, "$input.params", true),
        (Code::UnknownInput, "$input.params(.a.b('$o.c(d')", false),
    ];
    for (code, text, is_fixed) in texts {
        let found = check(Path::new("t.vtl"), &format!("{of}{{\"a\": \"{text}\"}}"));
        let found: Vec<&Found> = found.iter().filter(|it| it.diagnostic.code == code).collect();
        assert!(!found.is_empty() && found.iter().all(|it| it.fix.is_some() == is_fixed), "{text}: {found:?}");
    }
}
