//! The files that the command reads and writes by itself, where no user named them: each is a regular file below the
//! root, of a size that is bounded. Links within the repository are followed.
#![cfg(unix)]

use crate::run::{Folder, Run};
use std::path::Path;
use std::process::Command;

const SECRET: &str = "# tell nobody\n\"nobody\": [";

/// A repository, with a secret file beside it.
struct Repository {
    folder: Folder,
}

impl Repository {
    fn new() -> Repository {
        let folder = Folder::outside();
        folder.file("secret", SECRET);
        folder.file("in/.git/HEAD", "");
        folder.file("in/a.vtl", "{\"a\": $input.json('$.a')}");
        Repository { folder }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        self.folder.file(&format!("in/{name}"), content);
        self
    }

    fn link(&self, name: &str, target: impl AsRef<Path>) -> &Self {
        let path = self.folder.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().expect("a link is in a folder")).expect("the folder can be made");
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(target, path).expect("the link can be made");
        self
    }

    fn pipe(&self, name: &str) -> &Self {
        let path = self.folder.path().join("in").join(name);
        let _ = std::fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().is_ok_and(|it| it.success()), "the pipe can be made");
        self
    }

    /// Makes a file of a gigabyte that takes no place.
    fn huge(&self, name: &str) -> &Self {
        let path = self.folder.path().join("in").join(name);
        let _ = std::fs::remove_file(&path);
        std::fs::File::create(path).and_then(|it| it.set_len(1200 << 20)).expect("the file can be made");
        self
    }

    fn vtl(&self, args: &[&str]) -> Run {
        let run = self.folder.vtl_in("in", args);
        run.never_says(&["nobody"]);
        run
    }

    fn outside(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("the file can be read")
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join(folder)).expect("the folder can be read");
        let mut names: Vec<String> =
            entries.map(|it| it.expect("an entry").file_name().into_string().expect("the name is text")).collect();
        names.sort();
        names
    }
}

/// Makes a file each of the things that are no file of the repository, and runs a command with it.
fn refused(file: &str, args: &[&str], code: i32, texts: &[&str], huge: (i32, &str)) {
    let repository = Repository::new();
    repository.file("f/template.vtl", "");
    let try_it = |why: &str| {
        let run = repository.vtl(args);
        run.says(code, &[file, why]).says(code, texts);
    };
    repository.link(file, "../../secret").link(file, repository.folder.path().join("secret"));
    try_it("it is outside of ");
    repository.link(file, "/dev/zero");
    try_it("it is outside of ");
    repository.pipe(file);
    try_it("it is no regular file");
    repository.link(file, "nowhere");
    try_it("No such file");
    repository.huge(file);
    repository.vtl(args).says(huge.0, &[huge.1]);
}

#[test]
fn settings() {
    refused("vtl.toml", &["check", "a.vtl"], 2, &["V903"], (2, "it has more than 262144 bytes"));
    let repository = Repository::new();
    repository.file("shared.toml", "[rules]\nbare-reference = \"off\"\n").link("vtl.toml", "shared.toml");
    repository.vtl(&["check", "a.vtl"]).says(0, &[]);
}

#[test]
fn samples() {
    refused("a.x.sample.json", &["check", "a.vtl"], 2, &["V902"], (1, "1 render is not judged"));
    let repository = Repository::new();
    repository.file("vtl.toml", "[samples]\n\"a.vtl\" = [\"../secret\"]");
    repository.vtl(&["check", "a.vtl"]).says(2, &["it is outside of", "--allow"]);
    repository.file("vtl.toml", "[samples]\n\"a.vtl\" = [\"b/link.json\"]");
    repository.file("s/a.json", r#"{"body": {"a": "\""}}"#).link("b/link.json", "../s/a.json");
    repository.vtl(&["check", "a.vtl"]).says(0, &[]);
    // What a flag names may lie anywhere.
    repository.folder.file("own.json", "{\"body\": {\"a\": 1}}");
    repository.vtl(&["check", "a.vtl", "--input", "../own.json"]).says(0, &[]);
    repository.file("vtl.toml", "[samples]\n\"a.vtl\" = [\"../own.json\"]");
    repository.vtl(&["check", "a.vtl", "--allow", "../own.json"]).says(0, &[]);
}

#[test]
fn files_of_a_folder() {
    for name in ["l.tf", "serverless.yml", "manifest.json", "cdk.out/manifest.json"] {
        let repository = Repository::new();
        repository.link(name, repository.folder.path().join("secret"));
        repository.vtl(&["routes", "."]).says(2, &[name, "it is outside of", "--allow"]);
        repository.vtl(&["check", ".", "--fail-level", "advice"]).never_says(&["panic"]);
        repository.link(name, "nowhere");
        repository.vtl(&["routes", "."]).says(2, &[name, "No such file"]);
        let outside = repository.folder.path().join("secret").display().to_string();
        repository.folder.file("secret", "variable \"a\" {}");
        repository.link(name, &outside);
        repository.vtl(&["routes", ".", "--allow", &outside]).never_says(&["it is outside of"]);
    }
    let repository = Repository::new();
    repository.file("t/main.tf", "").pipe("t/pipe.tf").link("t/out.tf", "../../secret");
    repository.vtl(&["routes", "t"]).says(2, &["t/out.tf"]);
    repository.vtl(&["check", "."]).says(1, &["t/out.tf", "it is outside of"]);
    repository.file("shared.tf", "variable \"a\" {}").link("t/out.tf", "../shared.tf").file("t/pipe2.tf", "");
    repository.vtl(&["check", "."]).says(1, &["t/pipe.tf", "it is no regular file"]);
}

#[test]
fn fixes_are_written_within_the_repository() {
    let repository = Repository::new();
    repository.folder.file("victim", "as it was");
    let source = "$input.json('$.a') $nope";
    repository.file("a.vtl", source).link("a.vtl.vtl-fix", "../victim");
    repository.vtl(&["check", "a.vtl", "--add-ignores"]).says(0, &[]);
    assert_eq!(repository.outside("victim"), "as it was");
    assert!(repository.outside("in/a.vtl").starts_with("##"), "{}", repository.outside("in/a.vtl"));
    assert!(!repository.folder.path().join("in/a.vtl").is_symlink());
    // A link of the repository stays one.
    repository.file("shared/b.vtl", source).link("b.vtl", "shared/b.vtl");
    repository.vtl(&["check", "b.vtl", "--add-ignores"]).says(0, &[]);
    assert!(repository.folder.path().join("in/b.vtl").is_symlink());
    assert!(repository.outside("in/shared/b.vtl").starts_with("##"));
    // Of a file outside, the text is read as it is named, but not changed.
    repository.folder.file("c.vtl", source);
    repository.link("c.vtl", "../c.vtl");
    repository.vtl(&["check", "c.vtl", "--add-ignores"]).says(2, &["V907", "it is outside of"]);
    assert_eq!(repository.outside("c.vtl"), source);
    assert_eq!(repository.names("in"), [".git", "a.vtl", "a.vtl.vtl-fix", "b.vtl", "c.vtl", "shared"]);
}

#[test]
fn conformance_cases_of_a_folder() {
    refused("cases/a.jsonl", &["conformance", "cases"], 2, &["V902"], (2, "bytes"));
}

#[test]
fn patterns_of_what_is_left_out() {
    for file in [".gitignore", ".ignore", ".git/info/exclude"] {
        let repository = Repository::new();
        repository.file(".git/info/none", "").file("b.vtl", "#if(").file("sub/c.vtl", "#if(");
        let told = |why: &str| {
            repository.vtl(&["check", "."]).says(1, &["cannot read", file, why, "b.vtl", "c.vtl"]);
        };
        repository.pipe(file);
        told("it is no regular file");
        repository.link(file, "/dev/zero");
        told("it is outside of");
        repository.huge(file);
        told("bytes");
        repository.file(file, "?*a\n".repeat(60_000));
        told("too many");
        repository.file(file, "a*[b-z]{c,d}\n".repeat(10_000));
        repository.vtl(&["check", "."]).says(1, &["b.vtl"]).never_says(&[file]);
        let _ = std::fs::remove_file(repository.folder.path().join("in").join(file));
        repository.file(file, "b.*\n/sub/\n");
        repository.vtl(&["check", "."]).says(0, &[]);
    }
}

#[test]
fn patterns_count_as_in_git() {
    let repository = Repository::new();
    for name in ["x/b.vtl", "x/y/b.vtl", "x/keep/b.vtl", "x/.hidden/b.vtl", "x/.shown/b.vtl", "x/own/b.vtl"] {
        repository.file(name, "#if(");
    }
    repository.file(".gitignore", "b.vtl\n").file("x/.gitignore", "!keep/*.vtl\n!.shown\n!.shown/*\n");
    repository.file("x/own/.git/HEAD", "");
    let run = repository.vtl(&["check", "x", "--format", "concise"]);
    run.says(1, &["x/keep/b.vtl", "x/.shown/b.vtl", "x/own/b.vtl"]).never_says(&["x/b.vtl", "x/y/b.vtl", ".hidden"]);
    repository.file(".ignore", "!x/y/b.vtl\n/x/keep/\n");
    let run = repository.vtl(&["check", ".", "--format", "concise"]);
    run.says(1, &["x/y/b.vtl", "x/.shown/b.vtl"]).never_says(&["x/b.vtl", "x/keep/b.vtl", "./"]);
}

#[test]
fn test_files_and_what_they_name() {
    refused("x.vtl-test.yaml", &["test", "."], 1, &["V805"], (1, "bytes"));
    refused("f/input.json", &["test", "."], 1, &["V805"], (1, "bytes"));
}

#[test]
fn files_that_a_test_names() {
    let tests = |test: &str| format!("tests:\n- {{name: t, {test}}}\n");
    for test in [
        "template: FILE, expect: {output: ''}",
        "template: a.vtl, input: {body: {file: FILE}}, expect: {output: ''}",
        "template: a.vtl, input: {body: '{}'}, expect: {output: {file: FILE}}",
        "template: a.vtl, input: {body: '{}'}, expect: {schema: {file: FILE}}",
        "document: FILE, route: GET /, expect: {status: 200}",
        "document: d.json, parameterFiles: [FILE], route: GET /, expect: {status: 200}",
    ] {
        let repository = Repository::new();
        repository.file("d.json", "{}").file("main.tf", "").link("link", "../secret").pipe("pipe").huge("huge");
        let secret = repository.folder.path().join("secret").display().to_string();
        for (file, why) in [
            ("../secret", "it is outside of"),
            (secret.as_str(), "it is outside of"),
            ("link", "it is outside of"),
            ("/dev/zero", "it is outside of"),
            ("pipe", "it is no regular file"),
            ("huge", "bytes"),
        ] {
            repository.file("a.vtl-test.yaml", tests(&test.replace("FILE", file)));
            repository.vtl(&["test", "."]).says(1, &["V805", why]);
        }
        // What the repository has is read, and what the user allows.
        repository.file("shared/ok.txt", "{}").link("link", "shared/ok.txt").file("t/b.vtl-test.yaml", "");
        for file in ["../shared/ok.txt", "../link"] {
            repository.file(
                "t/b.vtl-test.yaml",
                tests(&test.replace("FILE", file).replace("a.vtl", "../a.vtl").replace("d.json", "../d.json")),
            );
            repository.vtl(&["test", "t"]).never_says(&["V805"]);
        }
        repository.folder.file("own.txt", "{}");
        repository.file(
            "t/b.vtl-test.yaml",
            tests(&test.replace("FILE", "../../own.txt").replace("a.vtl", "../a.vtl").replace("d.json", "../d.json")),
        );
        repository.vtl(&["test", "t"]).says(1, &["V805", "--allow"]);
        repository.vtl(&["test", "t", "--allow", "../own.txt"]).never_says(&["V805"]);
    }
}

#[test]
fn a_test_reads_what_its_own_reach_allows() {
    // Two repositories in one run: what one may read the other may not, though it has been read.
    let folder = Folder::outside();
    folder.file("one/.git/HEAD", "");
    folder.file("one/s.vtl", "nobody");
    folder.file("one/a.vtl-test.yaml", "tests:\n- {name: t, template: s.vtl, expect: {output: nobody}}\n");
    folder.file("two/.git/HEAD", "");
    let mine = "tests:\n- {name: t, template: ../one/s.vtl, expect: {output: x}}\n";
    folder.file("two/a.vtl-test.yaml", mine);
    folder.vtl(&["test", ".", "--jobs", "1"]).says(1, &["it is outside of"]).never_says(&["nobody"]);
}

#[test]
fn folders_that_are_links_hold_no_tests() {
    let repository = Repository::new();
    repository.folder.file("out/template.vtl", "$input.body");
    repository.folder.file("out/input.json", "nobody");
    repository.link("x.vtl-test.yaml", "../out").link("y", "../out");
    repository.vtl(&["test", "."]).says(0, &[]);
    assert_eq!(repository.names("out"), ["input.json", "template.vtl"]);
}

#[test]
fn snapshots() {
    let test = "tests:\n- {name: x, template: a.vtl, input: {body: '{\"a\": 1}'}}\n";
    let repository = Repository::new();
    repository.file("a.vtl-test.yaml", test).file("snapshots/other", "");
    for file in ["snapshots/a__x.snap", "snapshots/zz__y.snap"] {
        let try_it = |why: &str| {
            let code = if file.contains("a__x") { 1 } else { 0 };
            repository.vtl(&["test", "."]).says(code, &["V807", file, why]);
        };
        repository.file("snapshots/a__x.snap", "---\nsource: a.vtl-test.yaml\n---\n{\"a\": 1}\n");
        repository.vtl(&["test", "."]).says(0, &[]).never_says(&["V807"]);
        repository.link(file, "/dev/zero");
        try_it("it is outside of");
        repository.link(file, "../../secret");
        try_it("it is outside of");
        repository.pipe(file);
        try_it("it is no regular file");
        repository.huge(file);
        try_it("bytes");
        repository.vtl(&["test", ".", "--unreferenced", "delete", "--check"]);
        let _ = std::fs::remove_file(repository.folder.path().join("in").join(file));
    }
    assert_eq!(repository.outside("secret"), SECRET);
}

#[test]
fn snapshots_are_written_within_the_repository() {
    let test = "tests:\n- {name: x, template: a.vtl, input: {body: '{\"a\": 1}'}}\n";
    let repository = Repository::new();
    repository.folder.file("out/zz__y.snap", "---\nsource: zz.vtl-test.yaml\n---\nnobody\n");
    repository.file("a.vtl-test.yaml", test).link("snapshots", "../out");
    for flags in [&[][..], &["--update"], &["--unreferenced", "delete"], &["--check"]] {
        repository.vtl(&[&["test", "."], flags].concat()).says(1, &["V807", "it is outside of"]);
        assert_eq!(repository.names("out"), ["zz__y.snap"]);
    }
    // A link within the repository is a folder as any other, and a new one is made.
    repository.file("kept/none", "").link("snapshots", "kept");
    repository.vtl(&["test", "."]).says(1, &["V821"]).never_says(&["V807"]);
    repository.vtl(&["test", ".", "--update"]).says(0, &[]);
    assert_eq!(repository.names("in/kept"), ["a__x.snap", "none"]);
    let _ = std::fs::remove_file(repository.folder.path().join("in/snapshots"));
    repository.vtl(&["test", "."]).says(1, &[]).never_says(&["V807"]);
    assert_eq!(repository.names("in/snapshots"), ["a__x.snap.new"]);
    // What waits for a review is read in the same way.
    repository.vtl(&["accept", "."]).says(0, &["accepted snapshots/a__x.snap"]);
    repository.link("snapshots/a__x.snap.new", "/dev/zero");
    repository.vtl(&["accept", "."]).says(2, &["snapshots/a__x.snap.new", "it is outside of"]);
    repository.pipe("snapshots/a__x.snap.new");
    repository.vtl(&["reject", "snapshots/a__x.snap"]).says(2, &["it is no regular file"]);
}

#[test]
fn results_are_decided_together_or_not_at_all() {
    let folder = crate::run::Folder::outside();
    let result = |text: &str| format!("---\nsource: a.vtl-test.yaml\nexpression: \"t\"\n---\n{text}\n");
    folder.file("snapshots/a__1.snap", result("old"));
    folder.file("snapshots/a__1.snap.new", result("new"));
    folder.file("snapshots/a__2.snap.new", result("other"));
    folder
        .vtl(&["accept", "--as-json"])
        .says(0, &["[{\"snapshot\":\"snapshots/a__1.snap\"", "\"old\":\"old\",\"new\":\"new\"},{", "}]\n"]);
    folder.file("snapshots/a__3.snap.new/a", "a folder");
    std::fs::create_dir(folder.path().join("snapshots/a__2.snap")).unwrap();
    folder.vtl(&["accept"]).says(2, &["a__2.snap"]).never_says(&["accepted"]);
    std::fs::remove_dir(folder.path().join("snapshots/a__2.snap")).unwrap();
    folder.vtl(&["accept"]).says(0, &["accepted snapshots/a__1.snap\naccepted snapshots/a__2.snap\n"]);
    folder.vtl(&["accept", "--as-json"]).says(0, &["[]\n"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    use std::process::Command;
    let folder = crate::run::Folder::outside();
    folder.file("t.vtl", "a");
    folder.file("t.vtl-test.yaml", "template: t.vtl\ntests: [{name: a, expect: {output: a}}]\n");
    let old = folder.file("out.xml", "old");
    // Files may have one block of 512 bytes; the report has less, the page more.
    let limited = |report: &str| {
        let command = format!("ulimit -f 1; trap '' XFSZ; exec {} test {report}", env!("CARGO_BIN_EXE_vtl"));
        Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().expect("it runs")
    };
    let output = limited("--html out.xml");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    folder.vtl(&["test", "--junit", "out.xml"]).says(0, &["1 passed"]);
    assert!(std::fs::read_to_string(&old).unwrap().contains("testsuite"));
}

#[cfg(unix)]
#[test]
fn a_report_on_standard_output_is_not_written_over() {
    let folder = crate::run::Folder::outside();
    folder.file("t.vtl", "a");
    folder.file("t.vtl-test.yaml", "template: t.vtl\ntests: [{name: a, expect: {output: a}}]\n");
    let out = folder.path().join("out");
    let mut command = crate::run::command(&["test", "--tap", "/dev/stdout"]);
    command.current_dir(folder.path()).stdout(std::fs::File::create(&out).unwrap());
    assert!(command.status().unwrap().success());
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("TAP version") && text.ends_with("1 passed, 0 failed in 1 file\n"), "{text}");
}
