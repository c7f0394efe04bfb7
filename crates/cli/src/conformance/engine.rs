//! The engines: another program that answers line by line, or this one.

use crate::input::line::{LONGEST_LINE, Line, read_line};
use serde_json::{Map, Value as Json, json};
use std::io::{BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use vtl_data::Session;

/// An engine under test.
pub enum Engine {
    Own(Box<Session>),
    Program { command: String, timeout: Duration, running: Option<Running> },
}

/// A program that waits for the next case.
pub struct Running {
    child: Child,
    questions: SyncSender<String>,
    answers: Receiver<Result<String, String>>,
}

impl Engine {
    /// Returns the answer to a case.
    ///
    /// # Errors
    /// There is none: the program ended, took too long, or wrote no JSON.
    pub fn answer(&mut self, question: &str) -> Result<Map<String, Json>, String> {
        match self {
            Engine::Own(session) => own(session, question),
            Engine::Program { command, timeout, running } => {
                let program = match running {
                    Some(program) => program,
                    None => running.insert(start(command)?),
                };
                let answer = program.ask(question, *timeout);
                if answer.is_err()
                    && let Some(mut ended) = running.take()
                {
                    let _ = ended.child.kill();
                    let _ = ended.child.wait();
                }
                let answer = answer?;
                serde_json::from_str(&answer).map_err(|_| format!("the answer is no JSON object: {answer}"))
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(command: &str) -> Result<Running, String> {
    let shell = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell.0)
        .args([shell.1, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start the engine: {error}"))?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the engine has no input and output".to_owned());
    };
    // An engine that does not read stops its writer alone, and one that writes without an end its reader.
    let (questions, asked) = sync_channel::<String>(1);
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
            let answer = match read_line(&mut output, &mut line, LONGEST_LINE) {
                Ok(Line::Read) => {
                    String::from_utf8(std::mem::take(&mut line)).map_err(|_| "the answer is no UTF-8".to_owned())
                }
                Ok(Line::TooLong) => Err(format!("the answer is longer than {} MiB", LONGEST_LINE >> 20)),
                Ok(Line::End) | Err(_) => break,
            };
            if send.send(answer).is_err() {
                break;
            }
        }
    });
    Ok(Running { child, questions, answers })
}

impl Running {
    fn ask(&mut self, question: &str, timeout: Duration) -> Result<String, String> {
        self.questions.send(question.to_owned()).map_err(|_| "the engine has ended".to_owned())?;
        self.answers.recv_timeout(timeout).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => format!("no answer within {} s", timeout.as_secs()),
                RecvTimeoutError::Disconnected => "the engine has ended".to_owned(),
            })
        })
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
    serde_json::from_slice(&session.answer(request.as_bytes())).map_err(wrong)
}

fn topic(case: &Map<String, Json>) -> String {
    format!("\"topic\":{},", case.get("topic").unwrap_or(&Json::Null))
}
