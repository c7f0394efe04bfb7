//! The engines: another program that answers line by line, or this one.

use crate::input::line::{Line, read_line};
use serde_json::{Map, Value as Json, json};
use std::fmt::{Display, Formatter};
use std::io::{BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::Duration;
use vtl::json_unstable::{MOST_VALUES, check_values};
use vtl_data::Session;

/// Longest answer in bytes, of a program and of this engine.
const LONGEST_ANSWER: usize = 8 << 20;

/// An engine under test.
pub enum Engine {
    Own(Box<Session>),
    Program { command: String, timeouts: Timeouts, running: Option<Running> },
}

/// Time that a program may take.
#[derive(Clone, Copy)]
pub struct Timeouts {
    /// For the first answer, with the start: an engine may compile itself or load a virtual machine.
    pub start: Duration,
    /// For any other answer.
    pub answer: Duration,
}

/// Reason for which a case has no answer.
pub enum NoAnswer {
    /// The program took longer than this.
    Late(Duration),
    /// The program ended, or wrote no JSON.
    Other(String),
}

impl Display for NoAnswer {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            NoAnswer::Late(limit) => write!(f, "no answer within {} s", limit.as_secs()),
            NoAnswer::Other(why) => f.write_str(why),
        }
    }
}

impl From<String> for NoAnswer {
    fn from(why: String) -> NoAnswer {
        NoAnswer::Other(why)
    }
}

/// A program that waits for the next case.
pub struct Running {
    child: Child,
    has_answered: bool,
    questions: Sender<String>,
    answers: Receiver<Result<String, String>>,
}

impl Engine {
    /// Returns the answer to a case.
    ///
    /// # Errors
    /// There is none: the program ended, took too long, or wrote no JSON.
    pub fn answer(&mut self, question: &str) -> Result<Map<String, Json>, NoAnswer> {
        match self {
            Engine::Own(session) => Ok(own(session, question)?),
            Engine::Program { command, timeouts, running } => {
                let program = match running {
                    Some(program) => program,
                    None => running.insert(start(command)?),
                };
                let answer = program.ask(question, *timeouts);
                if answer.is_err() {
                    *running = None;
                }
                let answer = answer?;
                check_values(&answer, MOST_VALUES).map_err(|error| error.detail().to_owned())?;
                serde_json::from_str(&answer)
                    .map_err(|_| NoAnswer::Other(format!("the answer is no JSON object: {answer}")))
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.store(0, Ordering::SeqCst);
        end_group(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process group of the running engine; 0 for none.
static RUNNING: AtomicU32 = AtomicU32::new(0);

/// Ends the processes of a group. The shell is the first of it: the program that it started would go on without it,
/// and keep the machine from the next.
fn end_group(group: u32) {
    if cfg!(unix) && group != 0 {
        let _ = Command::new("sh").args(["-c", &format!("kill -KILL -{group}")]).stderr(Stdio::null()).status();
    }
}

/// Has a signal that ends this program end the engine too, which is in a process group of its own.
fn end_with_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without a handler the engine ends with its input.
        let _ = ctrlc::set_handler(|| {
            end_group(RUNNING.load(Ordering::SeqCst));
            std::process::exit(INTERRUPTED);
        });
    });
}

/// The exit code after a signal.
const INTERRUPTED: i32 = 130;

fn start(command: &str) -> Result<Running, String> {
    end_with_signals();
    let shell = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut program = Command::new(shell.0);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut program, 0);
    let mut child = program
        .args([shell.1, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start the engine: {error}"))?;
    RUNNING.store(child.id(), Ordering::SeqCst);
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the engine has no input and output".to_owned());
    };
    // An engine that does not read stops its writer alone, and one that writes without an end its reader. Questions
    // wait without a limit on their number, so that asking never blocks: they are parts of the pack.
    let (questions, asked) = channel::<String>();
    std::thread::spawn(move || {
        for question in asked {
            if writeln!(input, "{question}").and_then(|()| input.flush()).is_err() {
                break;
            }
        }
    });
    let (send, answers) = sync_channel(1);
    std::thread::spawn(move || {
        let (mut output, mut line) = (BufReader::new(output), Vec::new());
        loop {
            // One byte more is the line end: what is behind the limit is not read.
            let mut rest = output.by_ref().take(LONGEST_ANSWER as u64 + 1);
            let answer = match read_line(&mut rest, &mut line, LONGEST_ANSWER) {
                Ok(Line::Read) => {
                    String::from_utf8(std::mem::take(&mut line)).map_err(|_| "the answer is no UTF-8".to_owned())
                }
                Ok(Line::TooLong) => Err(too_long()),
                Ok(Line::End) | Err(_) => break,
            };
            // An engine whose answer is refused is ended.
            let is_last = answer.is_err();
            if send.send(answer).is_err() || is_last {
                break;
            }
        }
    });
    Ok(Running { child, has_answered: false, questions, answers })
}

impl Running {
    fn ask(&mut self, question: &str, timeouts: Timeouts) -> Result<String, NoAnswer> {
        let limit = if self.has_answered { timeouts.answer } else { timeouts.start.max(timeouts.answer) };
        let ended = || "the engine has ended".to_owned();
        self.questions.send(question.to_owned()).map_err(|_| ended())?;
        let answer = self.answers.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => NoAnswer::Late(limit),
            RecvTimeoutError::Disconnected => NoAnswer::Other(ended()),
        })?;
        self.has_answered = true;
        Ok(answer?)
    }
}

/// Answers a case with this engine.
fn own(session: &mut Session, question: &str) -> Result<Map<String, Json>, String> {
    let wrong = |error: serde_json::Error| error.to_string();
    let case: Map<String, Json> = serde_json::from_str(question).map_err(wrong)?;
    let request = if case.contains_key("template") {
        // The text of the case, so that numbers keep their digits.
        question.replacen(r#""kind":"render""#, r#""command":"render""#, 1).replacen(&topic(&case), "", 1)
    } else {
        let get = |key: &str| case.get(key).cloned().unwrap_or_default();
        let mut integration = get("integration");
        if let (Some(responses), Some(members)) = (case.get("integrationResponses"), integration.as_object_mut()) {
            members.insert("IntegrationResponses".to_owned(), responses.clone());
        }
        let settings = case.get("api").cloned().unwrap_or_else(|| json!({}));
        let backend = if get("backend").is_null() { json!({"failure": "connection"}) } else { get("backend") };
        json!({"command": "invoke", "integration": integration, "settings": settings, "request": get("request"),
            "backend": backend, "context": get("context"), "stageVariables": get("stageVariables")})
        .to_string()
    };
    let answer = session.answer(request.as_bytes());
    if answer.len() > LONGEST_ANSWER {
        return Err(too_long());
    }
    serde_json::from_slice(&answer).map_err(wrong)
}

/// Returns why an answer is refused that is longer than [`LONGEST_ANSWER`].
fn too_long() -> String {
    format!("the answer is longer than {} MiB", LONGEST_ANSWER >> 20)
}

fn topic(case: &Map<String, Json>) -> String {
    format!("\"topic\":{},", case.get("topic").unwrap_or(&Json::Null))
}
