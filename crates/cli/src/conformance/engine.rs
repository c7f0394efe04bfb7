//! The engines: another program that answers line by line, or this one.

use serde_json::{Map, Value as Json, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
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
    input: ChildStdin,
    answers: Receiver<String>,
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
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the engine has no input and output".to_owned());
    };
    let (send, answers) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    Ok(Running { child, input, answers })
}

impl Running {
    fn ask(&mut self, question: &str, timeout: Duration) -> Result<String, String> {
        let written = writeln!(self.input, "{question}").and_then(|()| self.input.flush());
        written.map_err(|_| "the engine has ended".to_owned())?;
        self.answers.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("no answer within {} s", timeout.as_secs()),
            RecvTimeoutError::Disconnected => "the engine has ended".to_owned(),
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
