//! Runs the built command, as a person would from the root of the project.

use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The result of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

pub fn vtl(args: &[&str]) -> Run {
    vtl_with(args, b"")
}

/// Runs the command with text on standard input.
pub fn vtl_with(args: &[&str], stdin: &[u8]) -> Run {
    run(&mut command(args), stdin)
}

fn run(command: &mut Command, stdin: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that does not read its standard input may be gone by now.
    let _ = child.stdin.take().expect("it has a standard input").write_all(stdin);
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vtl"));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    command.args(args).current_dir(root);
    // `CI` chooses `test --check`, `GITHUB_STEP_SUMMARY` gets a summary: a test sets them where it is about them.
    for choice in ["CI", "CLICOLOR_FORCE", "GITHUB_STEP_SUMMARY", "NO_COLOR"] {
        command.env_remove(choice);
    }
    for proxy in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"] {
        command.env_remove(proxy);
    }
    command
}

/// Renders, and expects it to go well without a note.
pub fn rendered(args: &[&str]) -> String {
    let run = vtl(&[&["render"], args].concat());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{args:?}");
    run.out
}

/// A folder of one test, removed at its end.
pub struct Folder(TempDir);

impl Folder {
    /// Creates an empty folder that no other test writes to.
    pub fn new() -> Folder {
        Folder(TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder can be made"))
    }

    /// Creates an empty folder outside of this repository.
    pub fn outside() -> Folder {
        Folder(TempDir::new().expect("a folder can be made"))
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        std::fs::write(&path, content).expect("the file can be written");
        path.into_os_string().into_string().expect("the path is text")
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    /// Runs the command in the folder.
    pub fn vtl(&self, args: &[&str]) -> Run {
        self.vtl_in("", args)
    }

    /// Runs the command in a folder of the folder.
    pub fn vtl_in(&self, folder: &str, args: &[&str]) -> Run {
        run(command(args).current_dir(self.0.path().join(folder)), b"")
    }
}

/// Runs the command in a folder of `corpus/reported`, on the inputs of one row.
pub fn vtl_in_row(folder: &str, args: &[&str]) -> Run {
    let folder = format!("{}/../../corpus/reported/{folder}", env!("CARGO_MANIFEST_DIR"));
    run(command(args).current_dir(folder), b"")
}

impl Run {
    /// Expects an exit code, and texts on standard output or standard error.
    #[track_caller]
    pub fn says(&self, code: i32, texts: &[&str]) -> &Run {
        assert_eq!(self.code, Some(code), "{self:?}");
        for text in texts {
            assert!(self.out.contains(text) || self.err.contains(text), "{text:?} is missing: {self:#?}");
        }
        self
    }

    /// Expects that texts are neither on standard output nor on standard error.
    #[track_caller]
    pub fn never_says(&self, texts: &[&str]) -> &Run {
        for text in texts {
            assert!(!self.out.contains(text) && !self.err.contains(text), "{text:?} is said: {self:#?}");
        }
        self
    }
}
