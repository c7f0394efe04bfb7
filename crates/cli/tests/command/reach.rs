//! A document reads regular files below its root and what `--allow` names, and nothing else.

use crate::run::Folder;

/// Returns a document that has the content of a file as the name of its API.
fn naming(file: &str) -> String {
    format!("resource \"aws_api_gateway_rest_api\" \"a\" {{ name = file(\"{file}\") }}\n")
}

/// Checks that the document in a folder shows the secret, or has a finding about the file instead.
fn assert_reads(folder: &Folder, document: &str, flags: &[&str], is_read: bool) {
    let mut args = vec!["routes", document, "--format", "json"];
    args.extend(flags);
    let run = folder.vtl(&args);
    assert_eq!(run.out.contains("secret"), is_read, "{document}: {run:?}");
    assert_eq!(run.out.contains("unreadable-file"), !is_read, "{document}: {run:?}");
}

#[test]
fn the_root_is_the_repository() {
    let folder = Folder::outside();
    folder.file("outside.txt", "secret");
    folder.file("repository/.git/HEAD", "");
    folder.file("repository/shared/name.txt", "secret");
    folder.file("repository/api/in.tf", naming("../shared/name.txt"));
    folder.file("repository/api/out.tf", naming("../../outside.txt"));
    folder.file("repository/api/round.tf", naming("../../repository/../outside.txt"));
    assert_reads(&folder, "repository/api/in.tf", &[], true);
    assert_reads(&folder, "repository/api/out.tf", &[], false);
    assert_reads(&folder, "repository/api/round.tf", &[], false);
    assert_reads(&folder, "repository/api/out.tf", &["--allow", "outside.txt"], true);
    assert_reads(&folder, "repository/api/out.tf", &["--allow", "."], true);
    let run = folder.vtl(&["check", "repository/api/out.tf"]);
    assert!(run.out.contains("../../outside.txt is not read: it is outside of the folders"), "{run:?}");
}

#[test]
fn without_a_repository_the_root_is_the_working_directory() {
    let folder = Folder::outside();
    let outside = Folder::outside();
    let secret = outside.file("s.txt", "secret");
    folder.file("shared/name.txt", "secret");
    folder.file("api/in.tf", naming("../shared/name.txt"));
    let absolute = folder.file("api/absolute.tf", naming(&secret));
    assert_reads(&folder, "api/in.tf", &[], true);
    assert_reads(&folder, "api/absolute.tf", &[], false);
    // The document is not below the working directory: its own folder counts.
    outside.file("t.tf", naming("../name.txt"));
    assert_reads(&outside, &absolute, &[], false);
    assert_reads(&folder, "api/absolute.tf", &["--allow", &secret], true);
    assert_reads(&folder, "api/absolute.tf", &["--allow", "/proc"], false);
}

#[test]
fn absolute_paths_below_the_root_are_read() {
    let folder = Folder::outside();
    let name = folder.file("name.txt", "secret");
    folder.file("main.tf", naming(&name));
    assert_reads(&folder, "main.tf", &[], true);
}

#[test]
fn every_language_keeps_within_its_root() {
    let folder = Folder::outside();
    let outside = Folder::outside();
    let secret = outside.file("s.txt", "secret");
    for (name, text) in [
        (
            "cli.sh",
            format!(
                "aws apigateway create-rest-api --name file://{secret}\naws apigateway put-method --rest-api-id a --resource-id b --http-method GET\n"
            ),
        ),
        (
            "short.sh",
            format!(
                "aws apigateway put-integration --rest-api-id a --resource-id b --http-method GET --type MOCK --request-templates a/b@=file://{secret}\n"
            ),
        ),
        (
            "include.yaml",
            format!(
                "Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Transform {{Name: AWS::Include, Parameters: {{Location: {secret}}}}}}}}}\n"
            ),
        ),
        (
            "uri.yaml",
            format!("Resources:\n  A: {{Type: AWS::Serverless::Api, Properties: {{DefinitionUri: {secret}}}}}\n"),
        ),
        (
            "templatefile.tf",
            format!("resource \"aws_api_gateway_rest_api\" \"a\" {{ name = templatefile(\"{secret}\", {{}}) }}\n"),
        ),
        ("environment.tf", naming("/proc/self/environ")),
        ("device.tf", naming("/dev/zero")),
    ] {
        folder.file(name, text);
        let run = folder.vtl(&["check", name]);
        assert!(run.out.contains("is not read") || run.out.contains("is outside of"), "{name}: {run:?}");
        let run = folder.vtl(&["routes", name, "--format", "json"]);
        assert!(!run.out.contains("\"secret\""), "{name}: {run:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_root_and_pipes_are_not_read() {
    let folder = Folder::outside();
    let outside = Folder::outside();
    let secret = outside.file("s.txt", "secret");
    let main = folder.file("link.tf", naming("link.txt"));
    let root = std::path::Path::new(&main).parent().expect("a file is in a folder");
    std::os::unix::fs::symlink(&secret, root.join("link.txt")).expect("the link can be made");
    folder.file("pipe.tf", naming("pipe"));
    let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "the pipe can be made");
    folder.file("folder.tf", naming("."));
    folder.file("large.txt", "x".repeat(9 << 20));
    folder.file("large.tf", naming("large.txt"));
    for name in ["link.tf", "pipe.tf", "folder.tf", "large.tf"] {
        assert_reads(&folder, name, &[], false);
    }
    assert_reads(&folder, "link.tf", &["--allow", &secret], true);
}

/// Files whose reading may never end. That the command ends is what is tested.
#[test]
#[cfg(target_os = "linux")]
fn a_pipe_or_device_is_refused_wherever_a_file_is_named() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    folder.file("t.vtl", "$input.body");
    for file in ["pipe", "/dev/zero", "/dev/tty", "/proc/kmsg", "/proc/self/environ"] {
        let calls: [&[&str]; 7] = [
            &["routes", file],
            &["check", file],
            &["render", file],
            &["render", "t.vtl", "--body", file],
            &["render", "t.vtl", "--context", file],
            &["dump", file],
            &["invoke", "--integration", file, "/p"],
        ];
        for call in calls {
            let run = folder.vtl(call);
            assert_eq!(run.code, Some(2), "{call:?}: {run:?}");
            assert!(run.err.contains("regular file") || run.err.contains("os error"), "{call:?}: {run:?}");
        }
    }
    assert_eq!(folder.vtl(&["render", "t.vtl", "--body", "/dev/null"]).code, Some(0));
}

/// As curl, a command of it reads payloads and headers of files; those outside of its repository are told.
#[test]
fn a_curl_command_reads_files_of_its_repository_alone() {
    let folder = Folder::outside();
    let outside = Folder::outside();
    let secret = outside.file("s.txt", "secret: canary");
    folder.file("own.txt", "a: own file\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, folder.path().join("link.txt")).expect("the link can be made");
    folder.file("api.json", r#"{"protocolType": "HTTP", "routeKeys": ["POST /p"]}"#);
    let mut files = vec![secret.as_str(), "/proc/self/environ", "-"];
    if cfg!(unix) {
        files.push("link.txt");
    }
    for option in ["-d @", "--json @", "--data-binary @", "--data-urlencode a@", "--data-urlencode @", "-H @"] {
        let say = |file: &str, flags: &[&str]| {
            folder.file("r.sh", format!("curl http://a.test/p -d '' {option}{file}"));
            [&["record", "r.sh"][..], &["invoke", "--api", "api.json", "--request", "r.sh", "--format", "json"]]
                .map(|command| folder.vtl(&[command, flags].concat()))
        };
        for file in &files {
            for run in say(file, &[]) {
                run.says(2, &["V902", file]).never_says(&["canary", "PATH="]);
            }
        }
        let [record, invoke] = say("own.txt", &[]);
        record.says(0, &[if option.contains("urlencode") { "own%20file" } else { "own file" }]);
        invoke.says(0, &[]);
        say(&secret, &["--allow", &secret])[0].says(0, &["canary"]);
    }
    folder.file("r.sh", "curl http://a.test/p -b cookies.txt");
    folder.vtl(&["record", "r.sh"]).says(2, &["the cookies of the file cookies.txt are not read"]);
}
